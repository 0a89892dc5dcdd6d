/*
 * The ladder and the guards: which rung broken series end on and why, that the named method is the
 * one that ran, that good neighbours are not touched, and what closes, delists or kills a series.
 */
#include "config.h"
#include "unit.h"

#include "fixture.h"
#include "model/method.h"

#define N (double)NAN
#define STEPS 14

struct made {
	struct arena arena;
	struct forecast f;
};

static void make(const char *text, const struct panel *p, struct made *out)
{
	struct err e = { 0 };
	const struct spec *spec;
	const struct fit_context context = { .jobs = 2 };
	void *model;
	memset(out, 0, sizeof *out);
	if (spec_parse(text, &out->arena, &spec, &e))
		fail_msg("%s", e.text);
	assert_int_equal(spec->method->fit(spec, p, &context, &out->arena, &model, &e), OK);
	forecast_init(&out->f, &out->arena, p->n, STEPS, N_DEFAULT_LEVEL, default_level, p->until);
	assert_int_equal(spec->method->predict(model, p, &context, &out->arena, &out->f, &e), OK);
	if (forecast_check(&out->f, p->key, &e))
		fail_msg("%s", e.text);
}

static void fill(double *y, int n, double base)
{
	for (int t = 0; t < n; t++)
		y[t] = base + t % 7;
}

#define CHAIN "fallback(seasonal_window_mean(window=8), snaive)"

/* Monday 2024-01-01 is day 19723. */
static void every_series_ends_with_a_forecast(void **state)
{
	(void)state;
	struct fixture f;
	struct made m;
	double good[70], one[] = { 5 }, none[] = { N, N, N }, two[] = { 0, 8 };
	fill(good, 70, 10);
	fixture_init(&f, PERIOD_DAY);
	fixture_add(&f, "s", "a-good", 19723, 70, good);
	fixture_add(&f, "s", "b-one", 19723 + 69, 1, one);
	fixture_add(&f, "s", "c-none", 19723 + 67, 3, none);
	fixture_add(&f, "s", "d-two", 19723 + 68, 2, two);
	const struct panel *p = fixture_panel(&f);
	make(CHAIN, p, &m);
	assert_string_equal(m.f.used[0].method, "seasonal_window_mean");
	assert_int_equal(m.f.used[0].rung, RUNG_SPEC);
	assert_null(m.f.used[0].reason);
	/* One value of 5: the weekday's index of the segment times 5; its weekday is a Sunday. */
	assert_string_equal(m.f.used[1].method, "profile");
	assert_int_equal(m.f.used[1].rung, RUNG_PROFILE);
	assert_non_null(m.f.used[1].reason);
	assert_string_equal(m.f.used[2].method, "zero");
	assert_int_equal(m.f.used[2].rung, RUNG_ZERO);
	assert_int_equal(m.f.used[3].rung, RUNG_PROFILE);
	for (int h = 0; h < STEPS; h++)
		unit_near(m.f.mean[2 * STEPS + h], 0, 0);
	arena_release(&m.arena);
	fixture_release(&f);
}

/* The same good series alone and among broken ones: the same bytes. */
static void broken_neighbours_change_nothing(void **state)
{
	(void)state;
	struct fixture f, g;
	struct made alone, among;
	double good[70], none[] = { N };
	fill(good, 70, 3);
	fixture_init(&f, PERIOD_DAY);
	fixture_add(&f, "s", "good", 19723, 70, good);
	make(CHAIN, fixture_panel(&f), &alone);
	fixture_init(&g, PERIOD_DAY);
	fixture_add(&g, "s", "good", 19723, 70, good);
	fixture_add(&g, "s", "x", 19723 + 69, 1, none);
	make(CHAIN, fixture_panel(&g), &among);
	assert_memory_equal(alone.f.mean, among.f.mean, STEPS * sizeof(double));
	assert_memory_equal(alone.f.quantile, among.f.quantile,
			    STEPS * N_DEFAULT_LEVEL * sizeof(double));
	arena_release(&alone.arena);
	arena_release(&among.arena);
	fixture_release(&f);
	fixture_release(&g);
}

/* Trap 5: a fallback that fails too drops one rung further; two failing methods in one chain. */
static void a_failing_fallback_drops_further(void **state)
{
	(void)state;
	struct fixture f;
	struct made m;
	double three[] = { 4, 4, 4 };
	fixture_init(&f, PERIOD_DAY);
	fixture_add(&f, "s", "i", 19723, 3, three);
	make("fallback(seasonal_window_mean, snaive, naive)", fixture_panel(&f), &m);
	assert_string_equal(m.f.used[0].method, "naive");
	assert_int_equal(m.f.used[0].rung, RUNG_SIMPLER);
	unit_near(m.f.mean[5], 4, 0);
	arena_release(&m.arena);
	fixture_release(&f);
}

/* A lone spike of 1e9 does not raise the cap: 3 x the third largest value. */
static void the_cap_holds(void **state)
{
	(void)state;
	struct fixture f;
	struct made m;
	double y[70];
	fill(y, 70, 10);
	y[69] = 1e9;
	fixture_init(&f, PERIOD_DAY);
	fixture_add(&f, "s", "i", 19723, 70, y);
	make("fallback(naive)", fixture_panel(&f), &m);
	unit_near(m.f.mean[0], 48, 0); /* largest ordinary value 16 */
	assert_string_equal(m.f.used[0].method, "naive");
	assert_non_null(strstr(m.f.used[0].reason, "guard: held at 48"));
	arena_release(&m.arena);
	fixture_release(&f);
}

static void dead_and_delisted_items_sell_nothing(void **state)
{
	(void)state;
	struct fixture f;
	struct made m;
	double y[40], live[40];
	fill(live, 40, 10);
	fill(y, 40, 10);
	for (int t = 20; t < 40; t++)
		y[t] = 0;
	fixture_init(&f, PERIOD_DAY);
	fixture_add(&f, "s", "a-silent", 19723, 40, y);
	fixture_add(&f, "s", "b-delisted", 19723, 40, live);
	fixture_add(&f, "s", "c-leaving", 19723, 40, live);
	/* b: sold until day 29, and again from long after; c: listed for five more days. */
	const int32_t begin[] = { 0, 0, 2, 3 };
	const struct listing listing[] = { { 19723, 19723 + 29 }, { 19723 + 300, 19723 + 400 },
					   { 19723, 19723 + 40 + 4 } };
	struct panel p = *fixture_panel(&f);
	p.listing_begin = begin;
	p.listing = listing;
	make("fallback(dead_after=20, mean)", &p, &m);
	assert_string_equal(m.f.used[0].method, "zero");
	assert_non_null(strstr(m.f.used[0].reason, "dead"));
	assert_string_equal(m.f.used[1].method, "zero");
	assert_string_equal(m.f.used[1].reason, "not_listed");
	assert_string_equal(m.f.used[2].method, "mean");
	assert_true(m.f.mean[2 * STEPS + 4] > 0);
	unit_near(m.f.mean[2 * STEPS + 5], 0, 0);
	unit_near(m.f.quantile[(2 * STEPS + 5) * N_DEFAULT_LEVEL + 6], 0, 0);
	arena_release(&m.arena);
	fixture_release(&f);
	/* One day less of silence than dead_after: still alive, and back without a refit of others. */
	fixture_init(&f, PERIOD_DAY);
	fixture_add(&f, "s", "a-silent", 19723, 40, y);
	make("fallback(dead_after=21, mean)", fixture_panel(&f), &m);
	assert_string_equal(m.f.used[0].method, "mean");
	arena_release(&m.arena);
	fixture_release(&f);
}

static void shut_days_are_exactly_zero(void **state)
{
	(void)state;
	struct fixture f;
	struct made m;
	struct closing closing[] = { { 0, 1, 19723 + 40 + 3 }, { 0, 1, 19723 + 10 } };
	double y[40];
	fill(y, 40, 10);
	fixture_init(&f, PERIOD_DAY);
	fixture_add(&f, "s", "a", 19723, 40, y);
	fixture_add(&f, "t", "a", 19723, 40, y);
	struct panel p = *fixture_panel(&f);
	p.closing = closing;
	p.n_closing = 2;
	make("fallback(mean)", &p, &m);
	for (int h = 0; h < STEPS; h++) {
		assert_int_equal(m.f.mean[h] == 0, h == 3);
		assert_true(m.f.mean[STEPS + h] > 0);
	}
	unit_near(m.f.quantile[3 * N_DEFAULT_LEVEL + 6], 0, 0);
	arena_release(&m.arena);
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_series_ends_with_a_forecast),
		cmocka_unit_test(broken_neighbours_change_nothing),
		cmocka_unit_test(a_failing_fallback_drops_further),
		cmocka_unit_test(the_cap_holds),
		cmocka_unit_test(dead_and_delisted_items_sell_nothing),
		cmocka_unit_test(shut_days_are_exactly_zero),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
