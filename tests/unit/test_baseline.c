/* The baseline methods: book values, hand calculations, and lags that keep to the calendar. */
#include "config.h"
#include "unit.h"

#include "fixture.h"
#include "model/method.h"

#define N (double)NAN

/* Means of steps 1..n_step of one series of days from Monday 2024-01-01; false: it could not. */
static int means_of(const char *text, enum period_kind kind, int n, const double *y, int n_step,
		    double *out)
{
	struct fixture f;
	struct arena a = { 0 };
	struct err e = { 0 };
	const struct spec *spec;
	void *model;
	fixture_init(&f, kind);
	fixture_add(&f, "s", "i", 19723, n, y);
	const struct panel *p = fixture_panel(&f);
	const struct fit_context context = { .jobs = 1 };
	struct forecast forecast;
	assert_int_equal(spec_parse(text, &a, &spec, &e), OK);
	assert_int_equal(spec->method->fit(spec, p, &context, &a, &model, &e), OK);
	forecast_init(&forecast, &a, 1, n_step, N_DEFAULT_LEVEL, default_level, p->until);
	assert_int_equal(spec->method->predict(model, p, &context, &a, &forecast, &e), OK);
	int made = forecast.used[0].method != NULL;
	if (made)
		assert_string_equal(forecast.used[0].method, spec->method->name);
	else
		assert_non_null(forecast.used[0].reason);
	memcpy(out, forecast.mean, (size_t)n_step * sizeof *out);
	arena_release(&a);
	fixture_release(&f);
	return made;
}

static void expect(const char *spec, int n, const double *y, int n_step, const double *expected)
{
	double mean[64];
	assert_true(means_of(spec, PERIOD_DAY, n, y, n_step, mean));
	for (int h = 0; h < n_step; h++)
		unit_near(mean[h], expected[h], 1e-9);
}

static void refuse(const char *spec, int n, const double *y)
{
	double mean[64];
	assert_false(means_of(spec, PERIOD_DAY, n, y, 7, mean));
}

static const double weeks[] = { 1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 14, 15, 16, 17, 3 };

static void plain_formulas(void **state)
{
	(void)state;
	expect("zero", 15, weeks, 3, (double[]){ 0, 0, 0 });
	expect("naive", 14, weeks, 3, (double[]){ 17, 17, 17 });
	expect("mean", 14, weeks, 2, (double[]){ 9, 9 });
	expect("window_mean(window=3)", 14, weeks, 2, (double[]){ 16, 16 });
	expect("window_mean", 14, weeks, 1, (double[]){ 9 });
	expect("drift", 14, weeks, 2, (double[]){ 17 + 16. / 13, 17 + 32. / 13 });
	expect("snaive", 14, weeks, 9, (double[]){ 11, 12, 13, 14, 15, 16, 17, 11, 12 });
	expect("snaive", 15, weeks, 7, (double[]){ 12, 13, 14, 15, 16, 17, 3 });
	expect("snaive(season=2)", 14, weeks, 3, (double[]){ 16, 17, 16 });
	expect("seasonal_window_mean(window=2)", 14, weeks, 8,
	       (double[]){ 6, 7, 8, 9, 10, 11, 12, 6 });
	expect("seasonal_window_mean(window=1)", 15, weeks, 7,
	       (double[]){ 12, 13, 14, 15, 16, 17, 3 });
	expect("seasonal_window_mean", 15, weeks, 7, (double[]){ 7, 8, 9, 10, 11, 12, 5 });
}

/* A lag is a distance in time: unknown days neither shift nor shorten it. */
static void unknown_days_keep_their_place(void **state)
{
	(void)state;
	const double y[] = { 1, 2, 3, 4, 5, 6, 7, 11, N, 13, 14, N, 16, N };
	expect("naive", 14, y, 1, (double[]){ 16 });
	expect("snaive", 14, y, 7, (double[]){ 11, 2, 13, 14, 5, 16, 7 });
	expect("mean", 14, y, 1, (double[]){ 82. / 11 });
	expect("window_mean(window=3)", 14, y, 1, (double[]){ 16 });
	expect("seasonal_window_mean", 14, y, 7, (double[]){ 6, 2, 8, 9, 5, 11, 7 });
	/* From the first known (place 0) to the last known (place 12), then on to place 14. */
	expect("drift", 14, y, 1, (double[]){ 16 + 2 * 15. / 12 });
	/* Sundays never known: the last known value, or the mean of the window. */
	const double shut[] = { 1, 2, 3, 4, 5, 6, N, 11, 12, 13, 14, 15, 16, N };
	expect("snaive", 14, shut, 7, (double[]){ 11, 12, 13, 14, 15, 16, 16 });
	expect("seasonal_window_mean", 14, shut, 7, (double[]){ 6, 7, 8, 9, 10, 11, 8.5 });
}

static void too_little_is_refused(void **state)
{
	(void)state;
	const double unknown[] = { N, N, N, N, N, N, N, N }, one[] = { 4 };
	const char *const all[] = { "naive", "snaive", "mean", "window_mean", "seasonal_window_mean",
				    "drift", "ses" };
	for (size_t k = 0; k < sizeof all / sizeof *all; k++)
		refuse(all[k], 8, unknown);
	refuse("drift", 1, one);
	refuse("snaive", 6, weeks);
	refuse("seasonal_window_mean", 6, weeks);
	refuse("window_mean(window=2)", 4, (double[]){ 3, 4, N, N });
	expect("naive", 1, one, 1, (double[]){ 4 });
	expect("mean", 1, one, 1, (double[]){ 4 });
	expect("ses", 1, one, 1, (double[]){ 4 });
}

/*
 * Oil production of Saudi Arabia, 1996-2013, in million tonnes: Hyndman & Athanasopoulos,
 * Forecasting: Principles and Practice, 2nd ed., section 7.1: alpha 0.8339, first level 446.5868,
 * forecast 542.68.
 */
static const double oil[] = { 445.36, 453.20, 454.41, 422.38, 456.04, 440.39, 425.19, 486.21, 500.43,
			      521.28, 508.95, 488.89, 509.87, 456.72, 473.82, 525.95, 549.83, 542.34 };

static void smoothing_as_in_the_book(void **state)
{
	(void)state;
	double mean[2];
	assert_true(means_of("ses", PERIOD_NUMBER, 18, oil, 2, mean));
	unit_near(mean[0], 542.68, 0.005);
	unit_near(mean[1], mean[0], 0);
	assert_true(means_of("ses(alpha=0.8339)", PERIOD_NUMBER, 18, oil, 2, mean));
	unit_near(mean[0], 542.68, 0.005);
}

static void smoothing_at_the_ends_of_alpha(void **state)
{
	(void)state;
	expect("ses(alpha=1)", 14, weeks, 2, (double[]){ 17, 17 });
	expect("ses(alpha=0)", 14, weeks, 2, (double[]){ 9, 9 });
	/* By hand, alpha 1/2: errors 4 - l0 and 6 - l0/2 are least at l0 = 5.6; levels 4.8, 6.4. */
	expect("ses(alpha=0.5)", 3, (double[]){ 4, N, 8 }, 1, (double[]){ 6.4 });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_formulas),
		cmocka_unit_test(unknown_days_keep_their_place),
		cmocka_unit_test(too_little_is_refused),
		cmocka_unit_test(smoothing_as_in_the_book),
		cmocka_unit_test(smoothing_at_the_ends_of_alpha),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
