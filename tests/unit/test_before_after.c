/* Difference in differences: values worked by hand, and its size where nothing happened. */
#include "config.h"
#include "num/before_after.h"

#include <math.h>
#include "num/library.h"
#include "num/rng.h"
#include "unit.h"

/*
 * Means 5 and 2, variances 1 and 1 over 3 units each: standard error sqrt(2/3), t = 3.6742346, 4 degrees. Tail of t with
 * 4 degrees: 1/2 - 3/4 s (1 - s^2/3), s = t / sqrt(4 + t^2) = .8783101: .0106655.
 */
static void two_sides(void **state)
{
	(void)state;
	const double treated[] = { 4, 5, 6 }, control[] = { 1, 2, 3 };
	struct before_after b;
	before_after_test(treated, 3, control, 3, &b);
	unit_near(b.effect, 3, 1e-15);
	unit_near(b.freedom, 4, 1e-12);
	double s = b.effect / sqrt(2. / 3);
	s /= sqrt(4 + s * s);
	unit_near(b.p_one, .5 - .75 * s * (1 - s * s / 3), 1e-12);
	unit_near(b.p_one, .0106, 1e-4);
	before_after_test(control, 3, treated, 3, &b);
	unit_near(b.p_one, 1 - .0106, 1e-4);
}

/* Welch's degrees: variances over n are 4/2 = 2 and 1/4: (2.25)^2 / (2^2/1 + .25^2/3) = 1.2591. */
static void unequal_spreads(void **state)
{
	(void)state;
	const double treated[] = { -1.4142135623730951, 1.4142135623730951 };
	const double control[] = { -1, 1, .7071067811865476, -.7071067811865476 };
	struct before_after b;
	before_after_test(treated, 2, control, 4, &b);
	unit_near(b.effect, 0, 1e-15);
	unit_near(b.freedom, 2.25 * 2.25 / (4. + .0625 / 3), 1e-9);
	unit_near(b.p_one, .5, 1e-12);
}

/*
 * One treated unit: the control's variance 1, times 1 + 1/3: t = 3 / sqrt(4/3) = 2.5980762 with 2 degrees, whose tail is
 * 1/2 - t / (2 sqrt(2 + t^2)) = .0608.
 */
static void one_alone(void **state)
{
	(void)state;
	const double treated[] = { 5 }, control[] = { 1, 2, 3 };
	struct before_after b;
	before_after_test(treated, 1, control, 3, &b);
	unit_near(b.freedom, 2, 0);
	double t = 3 / sqrt(4. / 3);
	unit_near(b.p_one, .5 - t / (2 * sqrt(2 + t * t)), 1e-12);
}

static void too_little(void **state)
{
	(void)state;
	const double x[] = { 1, 1, 1 };
	struct before_after b;
	before_after_test(x, 0, x, 3, &b);
	assert_true(isnan(b.effect) && isnan(b.p_one));
	before_after_test(x, 1, x, 1, &b);
	assert_true(isnan(b.p_one));
	before_after_test(x, 3, x, 3, &b);
	assert_true(isnan(b.p_one));
}

/* Nothing happened, one in four is treated: at 5 % it is found in about 5 % of 4,000 trials (s.e. .34 %), whether one store
 * is treated or three. */
static void size(void **state)
{
	(void)state;
	struct rng *r = rng_new();
	for (int n = 1; n <= 3; n += 2) {
		int found = 0;
		for (int trial = 0; trial < 4000; trial++) {
			double x[12];
			struct before_after b;
			rng_seed(r, (uint64_t)trial, "trial", "size");
			for (int k = 0; k < 4 * n; k++)
				x[k] = .1 * rng_gaussian(r);
			before_after_test(x, n, x + n, 3 * n, &b);
			found += b.p_one < .05;
		}
		assert_in_range(found, 150, 250);
	}
	rng_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_sides), cmocka_unit_test(unequal_spreads), cmocka_unit_test(one_alone),
		cmocka_unit_test(too_little), cmocka_unit_test(size),
	};
	num_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
