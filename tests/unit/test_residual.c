/* Residuals of served forecasts, worked by hand. */
#include "config.h"
#include "eval/residual.h"

#include <math.h>
#include "unit.h"

static struct forecast two_days(struct arena *a)
{
	/* A normal of mean 100 and sd 10 at the seven levels, twice. */
	static const double z[] = { -1.6448536269514722, -1.2815515655446004, -0.6744897501960817, 0, 0.6744897501960817,
				    1.2815515655446004,	 1.6448536269514722 };
	struct forecast f;
	forecast_init(&f, a, 1, 2, N_DEFAULT_LEVEL, default_level, 0);
	for (int h = 0; h < 2; h++) {
		f.mean[h] = 100;
		for (int k = 0; k < N_DEFAULT_LEVEL; k++)
			f.quantile[h * N_DEFAULT_LEVEL + k] = 100 + 10 * z[k];
	}
	return f;
}

static void by_hand(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct forecast f = two_days(&a);
	struct residual r;
	const double actual[] = { 110, 95 };
	residual_of(&f, 0, 2, actual, &r);
	assert_int_equal(r.days, 2);
	unit_near(r.units, 205, 1e-12);
	unit_near(r.mean, 200, 1e-12);
	unit_near(r.z, 5 / sqrt(200), 1e-9);
	unit_near(r.loss, 15, 1e-12);
	/* E|Y - median| of a normal is sd sqrt(2 / pi) = 7.979; seven quantiles give it within 3 %. */
	unit_near(r.expected, 2 * 10 * sqrt(2 / acos(-1)), .5);
	assert_int_equal(r.outside, 0);
	const double gaps[] = { (double)NAN, 120 };
	residual_of(&f, 0, 2, gaps, &r);
	assert_int_equal(r.days, 1);
	assert_int_equal(r.outside, 1);
	unit_near(r.z, 2, 1e-9);
	const double none[] = { (double)NAN, (double)NAN };
	residual_of(&f, 0, 2, none, &r);
	assert_int_equal(r.days, 0);
	assert_true(isnan(r.z));
	arena_release(&a);
}

/* Where a forecast is certain of little, the sd is a Poisson's, so one unit is no alarm. */
static void small_counts(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct forecast f;
	struct residual r;
	const double actual[] = { 1 };
	forecast_init(&f, &a, 1, 1, N_DEFAULT_LEVEL, default_level, 0);
	f.mean[0] = .25; /* all quantiles 0 */
	residual_of(&f, 0, 1, actual, &r);
	unit_near(r.z, .75 / .5, 1e-12);
	arena_release(&a);
}

static void sums(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct forecast f = two_days(&a);
	struct realised s = { 0 };
	realised_add(&s, &f, 0, 105);
	realised_add(&s, &f, 1, 115);
	assert_int_equal(s.cells, 2);
	unit_near(s.units, 220, 1e-12);
	unit_near(s.abs_error, 20, 1e-12);
	assert_int_equal(s.inside[0], 1); /* 50 %: 93.3 .. 106.7 */
	assert_int_equal(s.inside[1], 1); /* 80 %: 87.2 .. 112.8 */
	assert_int_equal(s.inside[2], 2); /* 90 %: 83.6 .. 116.4 */
	/* Pinball at the median is half the absolute error. */
	struct realised one = { 0 };
	realised_add(&one, &f, 0, 100);
	double sum = 0;
	for (int k = 0; k < N_DEFAULT_LEVEL; k++) {
		double q = f.quantile[k];
		sum += 100 >= q ? default_level[k] * (100 - q) : (1 - default_level[k]) * (q - 100);
	}
	unit_near(one.pinball, sum / 7, 1e-12);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_hand),
		cmocka_unit_test(small_counts),
		cmocka_unit_test(sums),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
