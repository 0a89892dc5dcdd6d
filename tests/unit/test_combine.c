/* Methods that hold methods: how forecasts are joined and chosen, and whose name is on them. */
#include "config.h"
#include "unit.h"

#include "fixture.h"
#include "model/method.h"
#include "model/parts.h"
#include "num/library.h"

#define N (double)NAN
#define STEPS 7
#define MOST 400

struct made {
	struct arena arena;
	struct forecast f;
	void *model;
	const struct spec *spec;
};

static void make_from(const char *text, const struct panel *p, const void *previous, struct made *out)
{
	struct err e = { 0 };
	const struct fit_context context = { .jobs = 1, .seed = 1, .previous = previous };
	memset(out, 0, sizeof *out);
	assert_int_equal(spec_parse(text, &out->arena, &out->spec, &e), OK);
	assert_int_equal(out->spec->method->fit(out->spec, p, &context, &out->arena, &out->model, &e), OK);
	forecast_init(&out->f, &out->arena, p->n, STEPS, N_DEFAULT_LEVEL, default_level, p->until);
	assert_int_equal(out->spec->method->predict(out->model, p, &context, &out->arena, &out->f, &e), OK);
}

static void make(const char *text, const struct panel *p, struct made *out)
{
	make_from(text, p, NULL, out);
}

/* One series of days. */
static const struct panel *one_series(struct fixture *f, int n, const double *y)
{
	fixture_init(f, PERIOD_DAY);
	fixture_add(f, "s", "i", 19723, n, y);
	return fixture_panel(f);
}

static const double fifteen[] = { 1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 14, 15, 16, 17, 3 };

/* naive 3, snaive 12, mean 129/15 = 8.6, zero 0: step 1 by hand. */
static void joins_as_it_says(void **state)
{
	(void)state;
	static const struct {
		const char *spec;
		double step1;
	} known[] = {
		{ "combine(naive, snaive)", 7.5 },
		{ "combine(naive, snaive, mean, by=median)", 8.6 },
		{ "combine(naive, snaive, mean, zero, by=median)", 5.8 },
		{ "combine(naive, snaive, mean, zero, by=trimmed)", 5.8 },
		{ "combine(combine(naive, zero), snaive)", 6.75 },
	};
	struct fixture f;
	const struct panel *p = one_series(&f, 15, fifteen);
	for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
		struct made m;
		make(known[k].spec, p, &m);
		unit_near(m.f.mean[0], known[k].step1, 1e-12);
		assert_string_equal(m.f.used[0].method, "combine");
		assert_null(m.f.used[0].reason);
		arena_release(&m.arena);
	}
	fixture_release(&f);
}

/* Three days are no season: what is left has its own name, and what is missing is named. */
static void names_what_is_missing(void **state)
{
	(void)state;
	struct fixture f;
	struct made m;
	const double y[] = { 4, N, 6 };
	const struct panel *p = one_series(&f, 3, y);
	make("combine(naive, window_mean(window=1), zero)", p, &m);
	unit_near(m.f.mean[0], 4, 1e-12);
	arena_release(&m.arena);
	const double none[] = { N, N, N };
	fixture_release(&f);
	p = one_series(&f, 3, none);
	make("combine(ses, zero)", p, &m);
	assert_string_equal(m.f.used[0].method, "zero");
	assert_string_equal(m.f.used[0].reason, "without ses");
	arena_release(&m.arena);
	make("combine(ses, ses)", p, &m);
	assert_null(m.f.used[0].method);
	assert_string_equal(m.f.used[0].reason, "no known value");
	arena_release(&m.arena);
	fixture_release(&f);
}

/* A week that repeats exactly: the seasonal naive makes no error, so it gets all the weight. */
static const struct panel *weeks(struct fixture *f)
{
	static double y[MOST];
	for (int t = 0; t < MOST; t++)
		y[t] = 10 + 5 * (t % 7);
	return one_series(f, MOST, y);
}

static void weighs_by_past_windows(void **state)
{
	(void)state;
	struct fixture f;
	struct made m;
	const struct panel *p = weeks(&f);
	double truth = 10 + 5 * (MOST % 7);
	make("combine(snaive, mean, by=inverse)", p, &m);
	unit_near(m.f.mean[0], truth, 1e-6);
	arena_release(&m.arena);
	make("combine(snaive, mean, by=stacked)", p, &m);
	/* The diagonal is raised by .02 of the mean one: .99 of the weight, then half-way to all of it. */
	unit_near(m.f.mean[0], truth, .005 * 15 + 1e-6);
	arena_release(&m.arena);
	fixture_release(&f);
}

static void trial_keeps_the_truth_out(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct err e = { 0 };
	const struct spec *spec;
	struct tryout t;
	double y[MOST];
	for (int k = 0; k < MOST; k++)
		y[k] = 10 + 5 * (k % 7) + (k == MOST - 3 ? 100 : 0);
	struct local_series s = { .n = MOST, .y = y, .season = 7 };
	assert_int_equal(spec_parse("select(snaive, mean)", &a, &spec, &e), OK);
	tryout_run(spec, &s, 8, &a, &t);
	assert_int_equal(t.n_end, 8);
	assert_int_equal(t.n_step, 28);
	assert_int_equal(t.end[7], MOST - 28);
	assert_int_equal(t.end[6], MOST - 35);
	/* The spike is missed in the only window that holds it, by its whole height. */
	int cases;
	unit_near(tryout_loss(&t, 0, &cases), 100.0 * 100 / (8 * 28), 1e-9);
	assert_int_equal(cases, 8 * 28);
	/* Too short for any window: nothing is tried. */
	s.n = 30;
	tryout_run(spec, &s, 8, &a, &t);
	assert_int_equal(t.n_end, 0);
	arena_release(&a);
}

static void chooses_one_and_names_it(void **state)
{
	(void)state;
	struct fixture f;
	struct made m;
	make("select(mean, snaive, naive)", weeks(&f), &m);
	assert_string_equal(m.f.used[0].method, "snaive");
	unit_near(m.f.mean[0], 10 + 5 * (MOST % 7), 1e-12);
	arena_release(&m.arena);
	fixture_release(&f);
	/* Too short for a trial: the one named first. */
	make("select(mean, snaive, naive)", one_series(&f, 15, fifteen), &m);
	assert_string_equal(m.f.used[0].method, "mean");
	arena_release(&m.arena);
	fixture_release(&f);
}

/* Two methods that are as good: what served before goes on serving, whichever it was. */
static void keeps_what_served(void **state)
{
	(void)state;
	struct fixture f;
	struct made before, m;
	double y[MOST];
	for (int t = 0; t < MOST; t++)
		y[t] = floor(10 + 4 * fixture_noise(3, (uint64_t)t));
	const struct panel *p = one_series(&f, MOST, y);
	make("select(window_mean(window=200), mean)", p, &m);
	assert_string_equal(m.f.used[0].method, "window_mean");
	arena_release(&m.arena);
	make("select(mean, window_mean(window=200))", p, &m);
	assert_string_equal(m.f.used[0].method, "mean");
	arena_release(&m.arena);
	/* The weekly pattern made snaive serve; after it has faded, the next fit needs the margin. */
	make("select(mean, window_mean(window=200), margin=0)", p, &before);
	const char *served = before.f.used[0].method;
	make_from("select(mean, window_mean(window=200), margin=0.5)", p, before.model, &m);
	assert_string_equal(m.f.used[0].method, served);
	arena_release(&m.arena);
	arena_release(&before.arena);
	fixture_release(&f);
}

/* A series too short for a trial takes what its segment found best. */
static void segment_helps_the_young(void **state)
{
	(void)state;
	struct fixture f;
	struct made m;
	double y[MOST];
	fixture_init(&f, PERIOD_DAY);
	for (int k = 0; k < 4; k++) {
		char item[16];
		snprintf(item, sizeof item, "i%d", k);
		int n = k == 3 ? 30 : MOST;
		for (int t = 0; t < n; t++)
			y[t] = 10 + 5 * ((t + MOST - n) % 7) + k;
		fixture_add(&f, "s", item, 19723 + MOST - n, n, y);
	}
	make("select(mean, snaive)", fixture_panel(&f), &m);
	for (int k = 0; k < 4; k++)
		assert_string_equal(m.f.used[k].method, "snaive");
	arena_release(&m.arena);
	fixture_release(&f);
}

/* A wrong spec is told when it is read, wherever it stands. */
static void refuses_what_it_cannot_hold(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct err e = { 0 };
	const struct spec *spec;
	static const char *const wrong[] = {
		"combine(fallback(ses), ses)", "select(fallback(ses))", "combine", "select", "ses(ets)",
		"combine(arima(order=9), naive)", "fallback(snaive, ets(model=XYZ))", "stl(ets, ses)",
		"arima(fourier=many)",
	};
	for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++)
		assert_int_equal(spec_parse(wrong[k], &a, &spec, &e), E_USAGE);
	arena_release(&a);
}

/* A blob with a bit flipped anywhere is damage; so is one that was cut. */
static void damaged_blobs_are_refused(void **state)
{
	(void)state;
	struct fixture f;
	struct made m;
	struct err e = { 0 };
	struct buf blob = { 0 };
	struct arena a = { 0 };
	void *model;
	make("select(ses, combine(ses, snaive))", weeks(&f), &m);
	assert_int_equal(m.spec->method->save(m.model, &blob, &e), OK);
	const unsigned char *bytes = (const unsigned char *)blob.text;
	assert_int_equal(m.spec->method->load(m.spec, bytes, blob.n, &a, &model, &e), OK);
	for (size_t k = 0; k < 8 * blob.n; k += 7) {
		blob.text[k / 8] = (char)(blob.text[k / 8] ^ 1 << k % 8);
		assert_int_equal(m.spec->method->load(m.spec, bytes, blob.n, &a, &model, &e), E_INPUT);
		blob.text[k / 8] = (char)(blob.text[k / 8] ^ 1 << k % 8);
	}
	for (size_t n = 0; n < blob.n; n++)
		assert_int_equal(m.spec->method->load(m.spec, bytes, n, &a, &model, &e), E_INPUT);
	buf_release(&blob);
	arena_release(&a);
	arena_release(&m.arena);
	fixture_release(&f);
}

/* A model fitted with one season is not used with another, though it may have as many numbers. */
static void another_season_is_refused(void **state)
{
	(void)state;
	struct fixture f;
	struct made m;
	struct err e = { 0 };
	struct forecast out;
	const struct panel *p = weeks(&f);
	make("ses", p, &m);
	const struct fit_context other = { .jobs = 1, .seed = 1, .season = 12 };
	forecast_init(&out, &m.arena, 1, 3, N_DEFAULT_LEVEL, default_level, p->until);
	assert_int_equal(m.spec->method->predict(m.model, p, &other, &m.arena, &out, &e), E_USAGE);
	arena_release(&m.arena);
	fixture_release(&f);
}

/* An item that sold a thousand a day a year ago and one since is no example for new items. */
static void dead_items_do_not_spread(void **state)
{
	(void)state;
	static double y[800];
	double top[2];
	for (int with = 0; with < 2; with++) {
		struct fixture f;
		struct made m;
		fixture_init(&f, PERIOD_DAY);
		for (int k = 0; k < 4; k++) {
			char item[16];
			snprintf(item, sizeof item, "i%d", k);
			for (int t = 0; t < 800; t++)
				y[t] = floor(20 + 10 * fixture_noise((uint64_t)k, (uint64_t)t));
			fixture_add(&f, "s", item, 19723, 800, y);
		}
		for (int t = 0; with && t < 800; t++)
			y[t] = t < 399 ? floor(900 + 200 * fixture_noise(9, (uint64_t)t)) : t == 770;
		if (with)
			fixture_add(&f, "s", "i7", 19723, 800, y);
		fixture_add(&f, "s", "i9", 19723 + 794, 6, (const double[]){ 20, 21, 22, 20, 22, 21 });
		make("fallback(naive)", fixture_panel(&f), &m);
		top[with] = forecast_at(&m.f, 4 + with).quantile[N_DEFAULT_LEVEL - 1];
		arena_release(&m.arena);
		fixture_release(&f);
	}
	unit_near(top[1], top[0], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(joins_as_it_says),
		cmocka_unit_test(names_what_is_missing),
		cmocka_unit_test(weighs_by_past_windows),
		cmocka_unit_test(trial_keeps_the_truth_out),
		cmocka_unit_test(chooses_one_and_names_it),
		cmocka_unit_test(keeps_what_served),
		cmocka_unit_test(segment_helps_the_young),
		cmocka_unit_test(refuses_what_it_cannot_hold),
		cmocka_unit_test(damaged_blobs_are_refused),
		cmocka_unit_test(another_season_is_refused),
		cmocka_unit_test(dead_items_do_not_spread),
	};
	num_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
