/* The rule of the gates on losses per origin. */
#include "config.h"
#include "life/gate.h"

#include <math.h>
#include "num/library.h"
#include "num/rng.h"
#include "unit.h"

static void too_few_origins(void **state)
{
	(void)state;
	double x[GATE_ORIGINS], y[GATE_ORIGINS];
	struct gate_better b;
	for (int t = 0; t < GATE_ORIGINS; t++) {
		x[t] = 100 + t % 3;
		y[t] = 50 + t % 2;
	}
	gate_better(x, y, GATE_ORIGINS - 1, 1, &b);
	assert_int_equal(b.verdict, GATE_INSUFFICIENT);
	gate_better(x, y, GATE_ORIGINS, 1, &b);
	assert_int_equal(b.verdict, GATE_PASS);
	unit_near(b.effect, 1 - 50.5 / 100.96153846153847, 1e-12);
}

/* A gain that is sure but tiny does not open it; nor does a large one that is not sure. */
static void effect_and_p(void **state)
{
	(void)state;
	double x[40], y[40];
	struct gate_better b;
	for (int t = 0; t < 40; t++) {
		x[t] = 100 + 10 * sin(t);
		y[t] = x[t] - .3 - .01 * cos(3 * t);
	}
	gate_better(x, y, 40, 1, &b);
	assert_true(b.p < .001);
	assert_int_equal(b.verdict, GATE_FAIL); /* .3 % */
	for (int t = 0; t < 40; t++)
		y[t] = x[t] - 2 - 40 * (t % 2 ? 1 : -1) * cos(t / 7.);
	gate_better(x, y, 40, 1, &b);
	assert_true(b.effect > .005 || b.p > .025);
}

/* The p that is wanted goes by the number of tries (alpha spending). */
static void tries_count(void **state)
{
	(void)state;
	double x[30] = { 0 }, y[30] = { 0 };
	struct gate_better b;
	for (int t = 0; t < 30; t++)
		x[t] = y[t] = 1;
	gate_better(x, y, 30, 1, &b);
	unit_near(b.limit, .025, 0);
	assert_int_equal(b.verdict, GATE_FAIL);
	gate_better(x, y, 30, 20, &b);
	unit_near(b.limit, .00125, 0);
}

/* Equal models pass in at most 5 of 100; one that is 3 % better, differences of 2 % sd, in 80 at 52 origins. */
static void size_and_power(void **state)
{
	(void)state;
	struct rng *r = rng_new();
	int equal = 0, better = 0;
	for (int k = 0; k < 100; k++) {
		double x[52], y[52], z[52];
		struct gate_better b;
		char key[24];
		snprintf(key, sizeof key, "%d", k);
		rng_seed(r, 3, key, "gate");
		for (int t = 0; t < 52; t++) {
			double d = 2 * rng_gaussian(r);
			x[t] = 100 + 10 * rng_gaussian(r);
			y[t] = x[t] + d;
			z[t] = x[t] + d - 3;
		}
		gate_better(x, y, 52, 1, &b);
		equal += b.verdict == GATE_PASS;
		gate_better(x, z, 52, 1, &b);
		better += b.verdict == GATE_PASS;
	}
	assert_true(equal <= 5);
	assert_true(better >= 80);
	rng_free(r);
}

int main(void)
{
	num_library_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(too_few_origins),
		cmocka_unit_test(effect_and_p),
		cmocka_unit_test(tries_count),
		cmocka_unit_test(size_and_power),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
