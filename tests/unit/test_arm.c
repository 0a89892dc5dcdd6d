/*
 * Sums of forecasts by arm, against values by hand: what each span sums, how long a forecast serves, when
 * a model is fitted anew, which given forecast stands, what the perfect arm knows, and which closed days
 * an origin foresees. No arm sees beyond its origin.
 */
#include "config.h"
#include "unit.h"
#include "fixture.h"

#include "num/library.h"
#include "stock/arm.h"
#include "stock/foresight.h"

enum { DAYS = 140, FIRST = 60, ORIGINS = 40 };

static struct fixture f;
static struct arena a;

static const struct spec *spec_of(const char *text)
{
	const struct spec *spec;
	struct err e;
	if (spec_parse(text, &a, &spec, &e))
		fail_msg("%s", e.text);
	return spec;
}

/* Two series: one begins at 0, one within the origins; sales of a weekday and slowly up. */
static double sold(int i, int t)
{
	return 3 + t % 7 + t / 10 + 2 * i;
}

static void make(void)
{
	double y[DAYS];
	fixture_init(&f, PERIOD_DAY);
	for (int i = 0; i < 2; i++) {
		int first = i ? FIRST + 10 : 0;
		for (int t = first; t < DAYS; t++)
			y[t - first] = sold(i, t);
		fixture_add(&f, "S", i ? "b" : "a", first, DAYS - first, y);
	}
}

static void drop(void)
{
	fixture_release(&f);
	arena_release(&a);
	memset(&a, 0, sizeof a);
}

static struct arm_result run(const struct arm *arm, const int *span, int n_span, int refit, int step,
			     const struct truth *truth)
{
	struct arm_result r;
	struct err e;
	const struct arm_plan plan = { .panel = fixture_panel(&f), .context = { .jobs = 1, .seed = 1 },
				       .first = FIRST, .n_origin = ORIGINS, .refit = refit, .step = step,
				       .n_span = n_span, .span = span, .truth = truth };
	if (arm_run(arm, &plan, &a, &r, &e))
		fail_msg("%s", e.text);
	return r;
}

static double at(const struct arm_result *r, int n_span, int i, int k, int o)
{
	return (double)r->mean[(i * n_span + k) * ORIGINS + o];
}

/* Mean of the days in [from, to]. */
static double mean_of(int i, int from, int to)
{
	double sum = 0;
	for (int t = from; t <= to; t++)
		sum += sold(i, t);
	return sum / (to - from + 1);
}

static void sums_are_of_the_periods_after_the_origin(void **state)
{
	(void)state;
	make();
	const int span[] = { 3, 10, 2, 0 };
	const struct arm naive = { .name = "n", .spec = spec_of("snaive") };
	struct arm_result r = run(&naive, span, 2, 0, 1, NULL);
	for (int o = 0; o < ORIGINS; o++)
		for (int k = 0; k < 2; k++) {
			double sum = 0;
			for (int h = 1; h <= span[k]; h++)
				sum += sold(0, FIRST + o + h - (h > 7 ? 14 : 7));
			unit_near(at(&r, 2, 0, k, o), sum, 1e-4);
		}
	/* not begun: none; a span of 0: not wanted */
	for (int o = 0; o < ORIGINS; o++) {
		assert_true(isnan(at(&r, 2, 1, 0, o)) == (o < 10));
		assert_true(isnan(at(&r, 2, 1, 1, o)));
	}
	assert_int_equal(r.made, ORIGINS + ORIGINS - 10);
	drop();
}

/* Between forecasts the last one serves, counted from its own origin. */
static void a_forecast_serves_until_the_next(void **state)
{
	(void)state;
	make();
	const int span[] = { 2, 2 };
	const struct arm mean = { .name = "m", .spec = spec_of("window_mean(window=28)") };
	const struct arm naive = { .name = "n", .spec = spec_of("snaive") };
	struct arm_result r = run(&mean, span, 1, 0, 5, NULL), s = run(&naive, span, 1, 0, 5, NULL);
	for (int o = 0; o < ORIGINS; o++) {
		int made = FIRST + o / 5 * 5;
		unit_near(at(&r, 1, 0, 0, o), 2 * mean_of(0, made - 27, made), 1e-4);
		double sum = 0;
		for (int t = FIRST + o + 1; t <= FIRST + o + 2; t++)
			sum += sold(0, t - 7 > made ? t - 14 : t - 7);
		unit_near(at(&s, 1, 0, 0, o), sum, 1e-4);
	}
	drop();
}

/* Fitted anew when the cadence is over, also where forecasts are made at other origins. */
static void cadence_is_kept(void **state)
{
	(void)state;
	make();
	const int span[] = { 2, 2 };
	const struct arm naive = { .name = "n", .spec = spec_of("snaive") };
	assert_int_equal(run(&naive, span, 1, 0, 1, NULL).fits, 1);
	assert_int_equal(run(&naive, span, 1, 10, 1, NULL).fits, 4);
	assert_int_equal(run(&naive, span, 1, 1, 1, NULL).fits, ORIGINS);
	assert_int_equal(run(&naive, span, 1, 6, 4, NULL).fits, 5); /* at 0, 8, 16, 24, 32 */
	drop();
}

/* The newest that was made by the origin; without one, the spec's. */
static void given_forecasts_stand_when_they_are_known(void **state)
{
	(void)state;
	make();
	const struct given_row row[] = {
		{ 0, FIRST - 1, FIRST + 1, 100 }, { 0, FIRST - 1, FIRST + 2, 200 },
		{ 0, FIRST - 1, FIRST + 3, 300 }, { 0, FIRST + 1, FIRST + 2, 1 },
		{ 0, FIRST + 1, FIRST + 3, 20 },  { 0, FIRST + 2, FIRST + 4, 7 },
		{ 0, FIRST + 9, FIRST + 4, 8 },
	};
	const struct given given = { sizeof row / sizeof *row, row };
	const int span[] = { 2, 3, 2, 3 };
	const struct arm planner = { .name = "planner", .kind = ARM_GIVEN, .given = &given,
				     .spec = spec_of("window_mean(window=28)") };
	struct arm_result r = run(&planner, span, 2, 0, 1, NULL);
	unit_near(at(&r, 2, 0, 0, 0), 300, 0);     /* origin 60: 100 + 200, the later ones are not known */
	unit_near(at(&r, 2, 0, 1, 0), 600, 0);
	unit_near(at(&r, 2, 0, 0, 1), 21, 0);      /* origin 61: 1 + 20 */
	unit_near(at(&r, 2, 0, 0, 2), 27, 0);      /* origin 62: 20 + 7 */
	unit_near(at(&r, 2, 0, 1, 1), 3 * mean_of(0, FIRST - 26, FIRST + 1), 1e-4); /* day 64 is not told */
	unit_near(at(&r, 2, 0, 0, 3), 2 * mean_of(0, FIRST - 24, FIRST + 3), 1e-4);
	/* by the first span: three origins of the first series were told */
	assert_int_equal(r.made, 2 * ORIGINS - 10);
	assert_int_equal(r.fell, 2 * ORIGINS - 10 - 3);
	drop();
}

static void the_perfect_arm_has_the_truth(void **state)
{
	(void)state;
	make();
	enum { N = ORIGINS + 10 };
	int64_t demand[2 * N];
	int scale[] = { 1, 1000 };
	const int span[] = { 3, 2 };
	for (int t = 0; t < N; t++) {
		demand[t] = t * t;
		demand[N + t] = 1500 * t;
	}
	const struct truth truth = { .n = 2, .n_period = N, .first = FIRST, .scale = scale, .demand = demand };
	const struct arm perfect = { .name = "perfect", .kind = ARM_PERFECT };
	struct arm_result r = run(&perfect, span, 1, 0, 1, &truth);
	for (int o = 0; o < ORIGINS; o++) {
		unit_near(at(&r, 1, 0, 0, o), (o + 1) * (o + 1) + (o + 2) * (o + 2) + (o + 3) * (o + 3), 0);
		if (o >= 10)
			unit_near(at(&r, 1, 1, 0, o), 1.5 * (2 * o + 3), 0);
	}
	drop();
}

/* ---- closed days ahead ---- */

/* Shut on the weekday of t % 7 == 3, and once on another day that nobody could know of. */
static void shut(int i, int surprise)
{
	for (int t = f.first[i]; t < DAYS; t++)
		if (t % 7 == 3 || t == surprise) {
			size_t k = (size_t)(f.begin[i] + t - f.first[i]);
			f.units.at[k] = 0;
			f.state.at[k] = DAY_CLOSED;
		}
}

static void closed_weekdays_are_foreseen(void **state)
{
	enum { SURPRISE = FIRST + 21 };
	(void)state;
	make();
	shut(0, SURPRISE);
	shut(1, SURPRISE);
	const int span[] = { 1, 1 };
	const struct arm mean = { .name = "m", .spec = spec_of("window_mean(window=28)") };
	struct arm_result r = run(&mean, span, 1, 0, 1, NULL);
	for (int o = 0; o < ORIGINS; o++)
		assert_true((at(&r, 1, 0, 0, o) == 0) == ((FIRST + o + 1) % 7 == 3));
	assert_true(at(&r, 1, 0, 0, SURPRISE - 1 - FIRST) > 0);
	drop();
}

static int foreseen(const struct panel *p, period_t origin, period_t day, int series)
{
	struct arena scratch = { 0 };
	struct foresight *x = foresight_new(p, origin, origin + 1, &scratch);
	struct panel view = foresight_panel(x, origin, 10, &scratch);
	int found = 0;
	assert_int_equal(view.until, origin);
	for (int k = 0; k < view.n_closing; k++)
		found += view.closing[k].period == day && view.closing[k].from <= series
			 && series < view.closing[k].to;
	arena_release(&scratch);
	return found;
}

/* 25 December 2024 was a Wednesday, 2025 a Thursday; one store was shut, the other was not. */
static void yearly_closings_are_foreseen_and_only_after_the_first(void **state)
{
	enum { N = 800 };
	double y[N];
	day_t first = day_from_ymd(2024, 1, 1), then = day_from_ymd(2024, 12, 25);
	day_t now = day_from_ymd(2025, 12, 25);
	(void)state;
	for (int t = 0; t < N; t++)
		y[t] = 4;
	fixture_init(&f, PERIOD_DAY);
	fixture_add(&f, "S1", "a", first, N, y);
	fixture_add(&f, "S2", "a", first, N, y);
	f.state.at[then - first] = f.state.at[now - first] = DAY_CLOSED;
	const struct panel *p = fixture_panel(&f);
	assert_int_equal(foreseen(p, now - 3, now, 0), 1);
	assert_int_equal(foreseen(p, now - 3, now, 1), 0);
	assert_int_equal(foreseen(p, now - 3, now + 1, 0), 0);
	assert_int_equal(foreseen(p, then - 3, then, 0), 0);
	fixture_release(&f);
}

/* Days after an origin may be anything: what was foreseen at it and forecast from it stays, to the bit. */
static void nothing_beyond_the_origin_counts(void **state)
{
	static const char *const text[] = { "snaive", "window_mean(window=28)", "ets", "ses" };
	enum { SEEN = 25 };
	const int span[] = { 12, 10 }; /* over a week, so that the last weekday lies ahead too */
	(void)state;
	for (int k = 0; k < 4; k++) {
		make();
		shut(0, -1);
		shut(1, -1);
		const struct arm arm = { .name = text[k], .spec = spec_of(text[k]) };
		struct arm_result x = run(&arm, span, 1, 7, 1, NULL);
		for (int i = 0; i < 2; i++)
			for (int t = FIRST + SEEN + 1; t < DAYS; t++) {
				size_t c = (size_t)(f.begin[i] + t - f.first[i]);
				f.units.at[c] = (t * 31 + i) % 17;
				f.state.at[c] = t % 5 ? DAY_SOLD : t % 3 ? DAY_STOCKOUT : DAY_CLOSED;
			}
		struct arm_result y = run(&arm, span, 1, 7, 1, NULL);
		for (int i = 0; i < 2; i++)
			assert_memory_equal(x.mean + i * ORIGINS, y.mean + i * ORIGINS,
					    (SEEN + 1) * sizeof *x.mean);
		drop();
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sums_are_of_the_periods_after_the_origin),
		cmocka_unit_test(a_forecast_serves_until_the_next),
		cmocka_unit_test(cadence_is_kept),
		cmocka_unit_test(given_forecasts_stand_when_they_are_known),
		cmocka_unit_test(the_perfect_arm_has_the_truth),
		cmocka_unit_test(closed_weekdays_are_foreseen),
		cmocka_unit_test(yearly_closings_are_foreseen_and_only_after_the_first),
		cmocka_unit_test(nothing_beyond_the_origin_counts),
	};
	num_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
