/*
 * The test that gates rely on: a value worked by hand, and its size on equal models whose losses overlap
 * (the specification's table: 5.2 % at 52 origins, nominal 5 % one-sided).
 */
#include "config.h"
#include "num/fixed_b.h"

#include <math.h>
#include "num/library.h"
#include "num/rng.h"
#include "unit.h"

/* n = 8, so m = 2. d = 1 + cos(2 pi t / 8): ordinate 1 is (8/2)^2 = 16, ordinate 2 is 0; variance
 * 16 / (2 * 8) = 1, statistic sqrt(8) * 1 / 1, t with 4 degrees: Q(2.8284271) = .0237 (tables: .02369). */
static void a_value_by_hand(void **state)
{
	(void)state;
	double d[8];
	struct fixed_b f;
	for (int t = 0; t < 8; t++)
		d[t] = 1 + cos(acos(-1) * t / 4);
	fixed_b_test(d, 8, &f);
	assert_int_equal(f.freedom, 4);
	unit_near(f.mean, 1, 1e-15);
	unit_near(f.statistic, sqrt(8), 1e-12);
	unit_near(f.p_one, .02369, 5e-5); /* 1/2 - (3/4) x (1 - x^2/3)..., x = t / sqrt(4 + t^2) */
	unit_near(f.p_two, 2 * f.p_one, 1e-15);
}

static void nothing_and_too_little(void **state)
{
	(void)state;
	const double zero[30] = { 0 }, few[5] = { 1, 2, 3, 1, 2 };
	double same[30];
	struct fixed_b f;
	for (int t = 0; t < 30; t++)
		same[t] = .5;
	fixed_b_test(zero, 30, &f);
	unit_near(f.p_one, 1, 0);
	fixed_b_test(few, 5, &f);
	assert_true(isnan(f.p_one));
	fixed_b_test(same, 30, &f);
	assert_true(isnan(f.p_one));
}

/* Equal models: moving averages of four shocks, as windows of four steps that overlap leave them. */
static int promoted(int n, int trials, double p)
{
	struct rng *r = rng_new();
	int count = 0;
	for (int k = 0; k < trials; k++) {
		double d[64], shock[68];
		char key[16];
		struct fixed_b f;
		snprintf(key, sizeof key, "%d", k);
		rng_seed(r, 3, key, "equal");
		for (int t = 0; t < n + 3; t++)
			shock[t] = rng_gaussian(r);
		for (int t = 0; t < n; t++)
			d[t] = shock[t] + shock[t + 1] + shock[t + 2] + shock[t + 3];
		fixed_b_test(d, n, &f);
		count += f.p_one < p;
	}
	rng_free(r);
	return count;
}

static void equal_models_are_seldom_promoted(void **state)
{
	(void)state;
	/* 2,000 trials: a share of 5.2 % has a standard error of .5 points, one of 7.4 % of .6. */
	unit_near(promoted(52, 2000, .05) / 2000., .052, .017);
	unit_near(promoted(26, 2000, .05) / 2000., .074, .02);
	assert_true(promoted(52, 2000, .025) <= .045 * 2000);
}

static void bootstrap_holds_the_mean(void **state)
{
	(void)state;
	struct rng *r = rng_new();
	int held = 0;
	for (int k = 0; k < 200; k++) {
		double d[52], low, high;
		char key[16];
		snprintf(key, sizeof key, "%d", k);
		rng_seed(r, 5, key, "mean");
		for (int t = 0; t < 52; t++)
			d[t] = 1 + rng_gaussian(r);
		origins_bootstrap(d, 52, 4, 500, .9, 1, &low, &high);
		held += low <= 1 && 1 <= high;
	}
	rng_free(r);
	assert_in_range(held, 160, 195); /* .9 of 200, a little less by blocks */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_by_hand),
		cmocka_unit_test(nothing_and_too_little),
		cmocka_unit_test(equal_models_are_seldom_promoted),
		cmocka_unit_test(bootstrap_holds_the_mean),
	};
	num_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
