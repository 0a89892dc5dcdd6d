/* Metrics against hand calculations and the worked example of the M5 guide. */
#include "config.h"
#include "unit.h"

#include <math.h>
#include <string.h>
#include "eval/metric.h"

static const double levels[] = { .1, .5, .9 };

/* Value of a metric over some sets of pairs. */
static double value_of(const char *name, const struct pairs *p, int n)
{
	struct arena a = { 0 };
	const struct metric *list;
	int n_metric = metric_list(&a, 3, levels, 0, NULL, &list);
	const struct metric *m = metric_find(list, n_metric, name);
	double sum[METRIC_SUMS] = { 0 };
	assert_non_null(m);
	for (int i = 0; i < n; i++)
		m->add(m, &p[i], sum);
	double value = m->value(sum);
	arena_release(&a);
	return value;
}

static void near(double x, double expected)
{
	unit_near(x, expected, 1e-12);
}

/* Series A: actual 4 0 2, mean 3 1 2. Series B: actual 10, mean 6. */
static const double actual_a[] = { 4, 0, 2 }, mean_a[] = { 3, 1, 2 };
static const double quantile_a[] = { 1, 3, 4, 0, 0, 2, 1, 2, 3 };
static const double actual_b[] = { 10 }, mean_b[] = { 6 }, quantile_b[] = { 4, 6, 8 };
static const struct pairs two[] = {
	{ 3, actual_a, mean_a, 3, levels, quantile_a, 2, 4, 30, 2, NULL },
	{ 1, actual_b, mean_b, 3, levels, quantile_b, 1, 16, 10, 4, NULL },
};

static void point_metrics_by_hand(void **state)
{
	(void)state;
	near(value_of("wape", two, 2), 6. / 16);
	near(value_of("bias", two, 2), 100 * -4. / 16);
	near(value_of("mae", two, 2), 6. / 4);
	near(value_of("rmse", two, 2), sqrt(18. / 4));
	near(value_of("mase", two, 2), (2. / 2 + 4. / 1) / 4);
	near(value_of("rmsse", two, 2), (sqrt(2. / 3 / 4) + sqrt(16. / 16)) / 2);
	near(value_of("wrmsse", two, 2), (30 * sqrt(2. / 3 / 4) + 10) / 40);
	near(value_of("cumulative", two, 2), (0. + 4) / 16);
	near(value_of("mape", two, 2), 100 * (.25 + 0 + .4) / 3);
	near(value_of("mape_share", two, 2), 75);
	near(value_of("unscaled", two, 2), 0);
}

static void quantile_metrics_by_hand(void **state)
{
	(void)state;
	/* Losses at .1: .3 0 .1 | .6; at .5: .5 0 0 | 2; at .9: 0 .2 .1 | 1.8 */
	near(value_of("pinball_0.1", two, 2), 1.0 / 4);
	near(value_of("pinball_0.5", two, 2), 2.5 / 4);
	near(value_of("pinball_0.9", two, 2), 2.1 / 4);
	near(value_of("pinball", two, 2), 5.6 / 12);
	near(value_of("wql", two, 2), 2 * 5.6 / 3 / 16);
	near(value_of("coverage_80", two, 2), 3. / 4);
	near(value_of("atmost_0.5", two, 2), 2. / 4);
	near(value_of("below_0.5", two, 2), 0);
	near(value_of("below_0.9", two, 2), 2. / 4);
	/* Scaled: A has 3.4 - 1.8 - 2 - .6 of the losses: .4, .5 and .3 over 9 pairs and a change of 2; B .6,
	 * 2 and 1.8 over 3 and 4. Revenue 30 and 10. */
	near(value_of("spl", two, 2), (1.2 / 9 / 2 + 4.4 / 3 / 4) / 2);
	near(value_of("wspl", two, 2), (30 * (1.2 / 9 / 2) + 10 * (4.4 / 3 / 4)) / 40);
	/* A: 4 is the quantile of .9, so P(X < 4) lies in (.5, .9), P(X <= 4) in (.9, 1): [.7, .95], of which
	 * .2 of .25 are within .1 to .9. 0 is at .1 and .5: [0, .7], .6 of .7. 2 is at .5: [.3, .7]. B's 10 is
	 * beyond. */
	near(value_of("covered_80", two, 2), (.2 / .25 + .6 / .7 + 1 + 0) / 4);
}

/* M5 Competitors' Guide, p. 7: two series of RMSSE .8 and .7 with sales of $10 and $12 whose sum has
 * RMSSE .77 give .8 x .5 x 10/22 + .7 x .5 x 12/22 + .77 x .5 = .758. */
static void guide_example(void **state)
{
	(void)state;
	static const double zero[] = { 0 }, e8[] = { .8 }, e7[] = { .7 }, e77[] = { .77 };
	const struct pairs series[] = { { 1, zero, e8, 0, NULL, NULL, 1, 1, 10, 1, NULL },
					{ 1, zero, e7, 0, NULL, NULL, 1, 1, 12, 1, NULL } };
	const struct pairs total = { 1, zero, e77, 0, NULL, NULL, 1, 1, 22, 1, NULL };
	double wrmsse = (value_of("wrmsse", series, 2) + value_of("wrmsse", &total, 1)) / 2;
	unit_near(wrmsse, 0.758, 5e-4);
	near(wrmsse, .8 * .5 * 10 / 22 + .7 * .5 * 12 / 22 + .77 * .5);
}

static void zeros_are_not_available(void **state)
{
	(void)state;
	static const double zero[] = { 0, 0 }, one[] = { 1, 1 };
	const double q[] = { 0, 1, 2, 0, 1, 2 };
	const struct pairs p = { 2, zero, one, 3, levels, q, 0, (double)NAN, 0, 0, NULL };
	const char *const nothing[] = { "wape", "bias", "mase", "rmsse", "wrmsse", "cumulative", "mape",
					"wql" };
	for (size_t k = 0; k < sizeof nothing / sizeof *nothing; k++)
		assert_true(isnan(value_of(nothing[k], &p, 1)));
	near(value_of("mae", &p, 1), 1);
	near(value_of("mape_share", &p, 1), 0);
	near(value_of("unscaled", &p, 1), 1);
	assert_true(isnan(value_of("mae", &p, 0)));
	/* A series without a scale is left out, not counted as perfect. */
	const struct pairs both[] = { p, two[1] };
	near(value_of("rmsse", both, 2), 1);
	near(value_of("unscaled", both, 2), 1);
}

static void scales_by_hand(void **state)
{
	(void)state;
	const double nan = (double)NAN, y[] = { 0, 0, 3, 5, nan, 4, 8, 1 };
	const int end[] = { 2, 4, 6, 7, 8 };
	double mae[5], mse[5], step[5];
	scales_at(y, 8, 2, 5, end, mae, mse, step);
	/* First sale at 2. Steps: 2 | - | - | 4 | -7; of two: nan | -1 | nan | -3. */
	assert_true(isnan(mse[0]));
	near(mse[1], 4);
	near(mse[2], 4);
	near(mse[3], (4. + 16) / 2);
	near(mse[4], (4. + 16 + 49) / 3);
	assert_true(isnan(mae[1]));
	near(mae[2], 1);
	near(mae[3], 1);
	near(mae[4], (1. + 3) / 2);
	/* Changes of one period: 2 | 4 | -7. */
	assert_true(isnan(step[0]));
	near(step[1], 2);
	near(step[4], (2. + 4 + 7) / 3);
}

static void gain_over_a_reference(void **state)
{
	(void)state;
	const struct metric *wape = &metric_table[0], *bias = &metric_table[1];
	near(metric_gain(wape, .3, .4), .25);
	assert_true(isnan(metric_gain(wape, .3, 0)));
	assert_true(isnan(metric_gain(wape, .3, (double)NAN)));
	assert_true(isnan(metric_gain(bias, .3, .4)));
}

static void lists_what_levels_allow(void **state)
{
	(void)state;
	struct arena a = { 0 };
	const struct metric *list;
	const double seven[] = { .05, .1, .25, .5, .75, .9, .95 }, lone[] = { .9 };
	int n = metric_list(&a, 7, seven, 0, NULL, &list);
	assert_non_null(metric_find(list, n, "coverage_50"));
	assert_non_null(metric_find(list, n, "coverage_80"));
	assert_non_null(metric_find(list, n, "coverage_90"));
	assert_non_null(metric_find(list, n, "pinball_0.05"));
	n = metric_list(&a, 1, lone, 0, NULL, &list);
	assert_null(metric_find(list, n, "coverage_80"));
	assert_non_null(metric_find(list, n, "pinball_0.9"));
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(point_metrics_by_hand),
		cmocka_unit_test(quantile_metrics_by_hand),
		cmocka_unit_test(guide_example),
		cmocka_unit_test(zeros_are_not_available),
		cmocka_unit_test(scales_by_hand),
		cmocka_unit_test(gain_over_a_reference),
		cmocka_unit_test(lists_what_levels_allow),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
