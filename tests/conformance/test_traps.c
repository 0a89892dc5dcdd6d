/*
 * Traps that programs of this kind have fallen into, set for every method there is; and the odd
 * series that every night brings, through the whole ladder.
 */
#include "config.h"
#include "../unit/unit.h"

#include "../unit/fixture.h"
#include "model/local.h"
#include "num/library.h"

#define N (double)NAN
#define MONDAY 19723
#define MOST 10000

struct made {
	struct arena arena;
	struct forecast f;
	size_t bytes; /* of the model's blob */
};

/* Methods inside one that holds methods; "" for the others. */
static const char *parts_of(const struct method *m)
{
	static const char *const holder[] = { "fallback", "combine", "select", "blend", "reconcile" };
	for (size_t k = 0; k < sizeof holder / sizeof *holder; k++)
		if (!strcmp(m->name, holder[k]))
			return "(ses, snaive)";
	return strcmp(m->name, "calibrate") && strcmp(m->name, "borrow") ? "" : "(ses)";
}

static void make(const char *text, const struct panel *p, const struct fit_context *context, int steps,
		 struct made *out)
{
	struct err e = { 0 };
	struct buf blob = { 0 };
	const struct spec *spec;
	void *model;
	memset(out, 0, sizeof *out);
	if (spec_read(text, &out->arena, &spec, &e))
		fail_msg("%s", e.text);
	assert_int_equal(spec->method->fit(spec, p, context, &out->arena, &model, &e), OK);
	assert_int_equal(spec->method->save(model, &blob, &e), OK);
	out->bytes = blob.n;
	buf_release(&blob);
	forecast_init(&out->f, &out->arena, p->n, steps, N_DEFAULT_LEVEL, default_level, p->until);
	assert_int_equal(spec->method->predict(model, p, context, &out->arena, &out->f, &e), OK);
	if (spec->method->release)
		spec->method->release(model);
}

/* Each method closed by the ladder, as at night. */
static void closed_text(const struct method *m, struct buf *text)
{
	buf_clear(text);
	buf_addf(text, "fallback(%s%s)", !strcmp(m->name, "boost") ? "boost(rounds=20)" : m->name,
		 parts_of(m)); /* spares time */
}

static const struct fit_context plain = { .jobs = 1, .seed = 1 };

static double weekly(int t, uint64_t salt)
{
	static const double week[] = { 10, 12, 14, 16, 30, 45, 5 };
	return floor(week[t % 7] * (.8 + .4 * fixture_noise(salt, (uint64_t)t)));
}

/* Which methods have a week of their own in them. */
static int knows_the_week(const char *name)
{
	static const char *const seasonal[] = { "snaive", "seasonal_window_mean", "ets", "arima", "dhr",
						"theta", "otheta", "dotm", "stl", "negbin" };
	for (size_t k = 0; k < sizeof seasonal / sizeof *seasonal; k++)
		if (!strcmp(name, seasonal[k]))
			return 1;
	return 0;
}

/* Lags are places in time: ten unknown days in the middle do not turn Saturday into Wednesday. */
static void gaps_do_not_shift_the_week(void **state)
{
	(void)state;
	static double y[300];
	struct buf text = { 0 };
	for (int t = 0; t < 300; t++)
		y[t] = t >= 150 && t < 160 ? N : weekly(t, 1);
	for (const struct method *const *m = methods; *m; m++) {
		struct fixture f;
		struct made made;
		if (!knows_the_week((*m)->name))
			continue;
		fixture_init(&f, PERIOD_DAY);
		fixture_add(&f, "s", "i", MONDAY, 300, y);
		closed_text(*m, &text);
		make(text.text, fixture_panel(&f), &plain, 14, &made);
		assert_int_equal(made.f.used[0].rung, RUNG_SPEC);
		for (int h = 0; h < 14; h++) {
			double mean = made.f.mean[h], truth = weekly(300 + h, 1);
			int saturday = (300 + h) % 7 == 5, sunday = (300 + h) % 7 == 6;
			if ((saturday && mean < 30) || (sunday && mean > 12))
				fail_msg("%s: step %d is %g, truth %g", (*m)->name, h + 1, mean, truth);
		}
		arena_release(&made.arena);
		fixture_release(&f);
	}
	buf_release(&text);
}

/* A forecast is never fed back as history: a year ahead, a steady series still has its mean. */
static void long_horizons_keep_their_mean(void **state)
{
	(void)state;
	static double y[420];
	struct buf text = { 0 };
	for (int t = 0; t < 420; t++)
		y[t] = weekly(t, 2);
	double mean = 0;
	for (int t = 0; t < 420; t++)
		mean += y[t] / 420;
	for (const struct method *const *m = methods; *m; m++) {
		struct fixture f;
		struct made made;
		double end = 0;
		/* These say the last value, a line through the ends, or nothing at all, by definition. */
		if (!strcmp((*m)->name, "naive") || !strcmp((*m)->name, "drift")
		    || !strcmp((*m)->name, "zero"))
			continue;
		fixture_init(&f, PERIOD_DAY);
		fixture_add(&f, "s", "i", MONDAY, 420, y);
		closed_text(*m, &text);
		make(text.text, fixture_panel(&f), &plain, 364, &made);
		for (int h = 364 - 28; h < 364; h++)
			end += made.f.mean[h] / 28;
		if (!(end > .7 * mean && end < 1.3 * mean))
			fail_msg("%s: a mean of %g has become %g", (*m)->name, mean, end);
		arena_release(&made.arena);
		fixture_release(&f);
	}
	buf_release(&text);
}

/* A yearly term is not learnt from one year and a half. */
static void short_series_have_no_year_of_their_own(void **state)
{
	(void)state;
	static double y[540];
	struct buf text = { 0 };
	double most = 0;
	for (int t = 0; t < 540; t++) {
		y[t] = weekly(t, 3) + (t > 330 && t < 360 ? 20 : 0);
		most = y[t] > most ? y[t] : most;
	}
	for (const struct method *const *m = methods; *m; m++) {
		struct fixture f;
		struct made made;
		fixture_init(&f, PERIOD_DAY);
		fixture_add(&f, "s", "i", MONDAY, 540, y);
		closed_text(*m, &text);
		make(text.text, fixture_panel(&f), &plain, 365, &made);
		for (int h = 0; h < 365; h++)
			if (made.f.mean[h] > 2 * most)
				fail_msg("%s: step %d is %g", (*m)->name, h + 1, made.f.mean[h]);
		arena_release(&made.arena);
		fixture_release(&f);
	}
	buf_release(&text);
}

/* What a model weighs per series: a release that lets it grow is seen here. */
static void models_stay_small(void **state)
{
	(void)state;
	static double y[420];
	struct buf text = { 0 };
	for (const struct method *const *m = methods; *m; m++) {
		struct fixture f;
		struct made made;
		fixture_init(&f, PERIOD_DAY);
		for (int i = 0; i < 8; i++) {
			char item[16];
			snprintf(item, sizeof item, "i%d", i);
			for (int t = 0; t < 420; t++)
				y[t] = weekly(t, (uint64_t)i);
			fixture_add(&f, "s", item, MONDAY, 420, y);
		}
		closed_text(*m, &text);
		make(text.text, fixture_panel(&f), &plain, 7, &made);
		/* Trees weigh by their number and regressions by their columns, whatever the number of series. */
		if (made.bytes > ((*m)->whole ? 50 * 16 * 1024 : 8 * 1024 + 16))
			fail_msg("%s: %zu bytes for 8 series", (*m)->name, made.bytes);
		arena_release(&made.arena);
		fixture_release(&f);
	}
	buf_release(&text);
}

/* ---- odd series ---- */

enum { ONE_VALUE, TWO_VALUES, ALL_ZERO, CONSTANT, SPIKE, ALL_MISSING_BUT_ONE, ALL_MISSING, TRAILING_ZEROS,
       NEGATIVE, LONG_ONE, ONE_SALE, TINY, DENORMAL, HUGE_VALUES, N_ODD };

static int odd_series(int kind, double *y)
{
	int n = kind == ONE_VALUE ? 1 : kind == TWO_VALUES ? 2 : kind == LONG_ONE ? MOST : 400;
	for (int t = 0; t < n; t++) {
		double noise = fixture_noise((uint64_t)kind, (uint64_t)t);
		y[t] = kind == ALL_ZERO ? 0 : kind == CONSTANT ? 7
			: kind == SPIKE ? (t == 350 ? 1e9 : floor(6 * noise))
			: kind == ALL_MISSING_BUT_ONE ? (t == 200 ? 5 : N) : kind == ALL_MISSING ? N
			: kind == TRAILING_ZEROS ? (t < 200 ? floor(9 * noise) : 0)
			: kind == NEGATIVE ? floor(20 * noise) - 8 : kind == ONE_SALE ? (t == 100 ? 3 : 0)
			: kind == TINY ? 1e-9 * noise
			: kind == DENORMAL ? (t < 300 ? floor(1000 * noise) : 1e-310) : kind == HUGE_VALUES ? 1e12 * (1 + noise)
			: floor(10 * noise);
	}
	return n;
}

static void odd_panel(struct fixture *f)
{
	static double y[MOST];
	fixture_init(f, PERIOD_DAY);
	for (int k = 0; k < N_ODD; k++) {
		char item[16];
		int n = odd_series(k, y);
		snprintf(item, sizeof item, "odd%02d", k);
		fixture_add(f, "s", item, MONDAY + MOST - n, n, y);
	}
}

/* A forecast for each, whole and within three times what was ever sold; the ladder says why. */
static void check_odd(const char *spec, const struct fit_context *context)
{
	static double y[MOST];
	struct fixture f;
	struct made made;
	struct err e = { 0 };
	odd_panel(&f);
	const struct panel *p = fixture_panel(&f);
	make(spec, p, context, 28, &made);
	if (!context->negative_ok && forecast_check(&made.f, p->key, &e))
		fail_msg("%s: %s", spec, e.text);
	for (int k = 0; k < N_ODD; k++) {
		double most = 0;
		int n = odd_series(k, y);
		struct forecast one = forecast_at(&made.f, k);
		for (int t = 0; t < n; t++)
			most = fabs(y[t]) > most ? fabs(y[t]) : most;
		assert_non_null(one.used->method);
		if (one.used->rung != RUNG_SPEC && !one.used->reason)
			fail_msg("%s: odd series %d fell without a reason", spec, k);
		for (int h = 0; h < 28; h++) {
			const double *q = one.quantile + h * N_DEFAULT_LEVEL;
			if (!isfinite(one.mean[h]) || one.mean[h] > 3 * most
			    || q[N_DEFAULT_LEVEL - 1] > 3 * most || (!context->negative_ok && q[0] < 0))
				fail_msg("%s: odd series %d, step %d: %g (%g to %g)", spec, k, h + 1,
					 one.mean[h], q[0], q[N_DEFAULT_LEVEL - 1]);
		}
	}
	/* The spike does not raise the forecast: it is one day in four hundred. */
	assert_true(forecast_at(&made.f, SPIKE).mean[0] < 1e9);
	arena_release(&made.arena);
	fixture_release(&f);
}

static void odd_series_end_with_a_forecast(void **state)
{
	(void)state;
	struct buf text = { 0 };
	static const struct fit_context returns = { .jobs = 1, .seed = 1, .negative_ok = 1 };
	for (const struct method *const *m = methods; *m; m++) {
		closed_text(*m, &text);
		check_odd(text.text, &plain);
		check_odd(text.text, &returns);
	}
	check_odd("champion", &plain);
	buf_release(&text);
}

/* Any season a user may name. */
static void every_season_works(void **state)
{
	(void)state;
	static const int season[] = { 1, 2, 7, 12, 24, 52, 53, 168 };
	static double y[400];
	struct buf text = { 0 };
	struct err e = { 0 };
	for (int t = 0; t < 400; t++)
		y[t] = 20 + floor(10 * fixture_noise(5, (uint64_t)t));
	for (const struct method *const *m = methods; *m; m++)
		for (size_t k = 0; k < sizeof season / sizeof *season; k++) {
			struct fixture f;
			struct made made;
			struct fit_context context = { .jobs = 1, .seed = 1, .season = season[k] };
			fixture_init(&f, PERIOD_NUMBER);
			fixture_add(&f, "s", "i", 1, 400, y);
			closed_text(*m, &text);
			make(text.text, fixture_panel(&f), &context, 60, &made);
			if (forecast_check(&made.f, f.key, &e))
				fail_msg("%s, season %d: %s", (*m)->name, season[k], e.text);
			arena_release(&made.arena);
			fixture_release(&f);
		}
	buf_release(&text);
}

/* ---- one pass and many, tonight and tomorrow ---- */

/* What a method says of past origins in one pass is what it would have said at each of them. */
static void replays_are_predictions(void **state)
{
	(void)state;
	enum { LENGTH = 300, ENDS = 5, AHEAD = 20 };
	static const int end[ENDS] = { 40, 120, 121, 200, 293 };
	static double y[LENGTH], many[ENDS * AHEAD], one[AHEAD], p[LOCAL_PARAMETERS];
	for (int t = 0; t < LENGTH; t++)
		y[t] = t % 50 == 13 || (t > 170 && t < 190) ? N : weekly(t, 6);
	for (const struct method *const *m = methods; *m; m++) {
		const struct local_method *local = (*m)->local;
		struct arena a = { 0 };
		struct err e = { 0 };
		struct buf text = { 0 };
		const struct spec *spec;
		struct local_series s = { .n = LENGTH, .y = y, .season = 7, .first = MONDAY, .whole = 1 };
		if (!local || !local->replay)
			continue;
		memset(p, 0, sizeof p);
		buf_addf(&text, "%s%s", (*m)->name, parts_of(*m));
		assert_int_equal(spec_parse(text.text, &a, &spec, &e), OK);
		assert_int_equal(local->fit ? local->fit(spec, &s, &a, p, &e) : OK, OK);
		assert_int_equal(local->replay(spec, p, &s, &a, ENDS, end, AHEAD, many, &e), OK);
		for (int k = 0; k < ENDS; k++) {
			s.n = end[k];
			assert_int_equal(local->predict(spec, p, &s, &a, AHEAD, one, &e), OK);
			for (int h = 0; h < AHEAD; h++)
				if (!(fabs(one[h] - many[k * AHEAD + h]) <= 1e-9 * (1 + fabs(one[h]))))
					fail_msg("%s, origin %d, step %d: %.12g and %.12g", (*m)->name, end[k],
						 h + 1, one[h], many[k * AHEAD + h]);
		}
		buf_release(&text);
		arena_release(&a);
	}
}

/* The model of last week forecasts from today's states: no fit is needed for a new day. */
static void new_days_advance_the_states(void **state)
{
	(void)state;
	static double y[427];
	struct buf text = { 0 };
	for (int t = 0; t < 427; t++)
		y[t] = floor(weekly(t, 7) * (t < 420 ? 1 + t / 200.0 : 9));
	for (const struct method *const *m = methods; *m; m++) {
		struct fixture f;
		struct arena a = { 0 };
		struct err e = { 0 };
		struct forecast before, after;
		const struct spec *spec;
		void *model;
		if (!strcmp((*m)->name, "analogue"))
			continue; /* leaves a series as old as this one to others */
		if (strstr((*m)->summary, "not in this program")) /* boost without XGBoost makes none */
			continue;
		fixture_init(&f, PERIOD_DAY);
		fixture_add(&f, "s", "i", MONDAY, 427, y);
		const struct panel *p = fixture_panel(&f);
		struct panel past = panel_until(p, MONDAY + 419);
		closed_text(*m, &text);
		assert_int_equal(spec_parse(text.text, &a, &spec, &e), OK);
		assert_int_equal(spec->method->fit(spec, &past, &plain, &a, &model, &e), OK);
		forecast_init(&before, &a, 1, 7, N_DEFAULT_LEVEL, default_level, past.until);
		forecast_init(&after, &a, 1, 7, N_DEFAULT_LEVEL, default_level, p->until);
		assert_int_equal(spec->method->predict(model, &past, &plain, &a, &before, &e), OK);
		assert_int_equal(spec->method->predict(model, p, &plain, &a, &after, &e), OK);
		assert_int_equal(after.used[0].rung, RUNG_SPEC);
		double old = 0, new = 0;
		for (int h = 0; h < 7; h++) {
			old += before.mean[h];
			new += after.mean[h];
		}
		/* A week at three times the level: all but `zero` have seen it. */
		if (strcmp((*m)->name, "zero") && !(fabs(new - old) > .001 * old))
			fail_msg("%s: %g before and %g after a week of thrice the sales", (*m)->name, old, new);
		if (spec->method->release)
			spec->method->release(model);
		arena_release(&a);
		fixture_release(&f);
	}
	buf_release(&text);
}

/* ---- paths ---- */

/* Sums of paths have the means that the steps have, and each step its own distribution. */
static void paths_agree_with_the_forecast(void **state)
{
	(void)state;
	static double y[420], path[2000 * 14];
	struct err e = { 0 };
	for (int t = 0; t < 420; t++)
		y[t] = weekly(t, 4);
	for (const struct method *const *m = methods; *m; m++) {
		struct fixture f;
		struct arena a = { 0 };
		struct buf text = { 0 };
		struct forecast forecast;
		const struct spec *spec;
		void *model;
		fixture_init(&f, PERIOD_DAY);
		fixture_add(&f, "s", "i", MONDAY, 420, y);
		const struct panel *p = fixture_panel(&f);
		closed_text(*m, &text);
		assert_int_equal(spec_parse(text.text, &a, &spec, &e), OK);
		assert_int_equal(spec->method->fit(spec, p, &plain, &a, &model, &e), OK);
		forecast_init(&forecast, &a, 1, 14, N_DEFAULT_LEVEL, default_level, p->until);
		assert_int_equal(spec->method->predict(model, p, &plain, &a, &forecast, &e), OK);
		assert_int_equal(spec->method->paths(model, p, &plain, &a, 0, &forecast, 2000, path, &e), OK);
		for (int h = 0; h < 14; h++) {
			const double *q = forecast.quantile + h * N_DEFAULT_LEVEL;
			int below = 0, above = 0;
			for (int k = 0; k < 2000; k++) {
				double v = path[k * 14 + h];
				assert_true(isfinite(v) && v >= 0);
				below += v < q[0];
				above += v > q[N_DEFAULT_LEVEL - 1];
			}
			if (below > 110 || above > 110)
				fail_msg("%s: step %d: %d and %d of 2000 beyond the outer levels", (*m)->name,
					 h + 1, below, above);
		}
		if (spec->method->release)
			spec->method->release(model);
		arena_release(&a);
		buf_release(&text);
		fixture_release(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gaps_do_not_shift_the_week),
		cmocka_unit_test(long_horizons_keep_their_mean),
		cmocka_unit_test(short_series_have_no_year_of_their_own),
		cmocka_unit_test(models_stay_small),
		cmocka_unit_test(odd_series_end_with_a_forecast),
		cmocka_unit_test(every_season_works),
		cmocka_unit_test(replays_are_predictions),
		cmocka_unit_test(new_days_advance_the_states),
		cmocka_unit_test(paths_agree_with_the_forecast),
	};
	num_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
