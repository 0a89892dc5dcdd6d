/*
 * Every feature there is, held to what features promise: the same bytes from a past that ends at the
 * origin as from one that goes on, whatever comes after, with any number of threads, for any series and
 * any calendar. A new feature is found by itself.
 */
#include "config.h"
#include "../unit/unit.h"

#include "../unit/driven.h"
#include "feature/feature.h"

#define STEPS 5
static const int step[STEPS] = { 1, 2, 7, 15, 28 };
#define ORIGINS 4
static const int before_end[ORIGINS] = { 0, 1, 40, 250 };

static const struct simulation_plan small = { .n_store = 3, .n_item = 24, .n_day = 420, .last = 20400,
					      .seed = 11 };
static const struct feature_options usual = { .season = 7, .cycle = 365.25, .uncensor = 0 };
static const struct feature_options uncensored = { .season = 7, .cycle = 365.25, .uncensor = 1 };

static void make(struct driven *d)
{
	if (!driven_make(d, &small))
		fail_msg("the simulation's plan is out of bounds");
}

static float *rows(const struct feature_set *set, int i, period_t origin, size_t *bytes)
{
	const struct feature *list;
	struct arena scratch = { 0 };
	int n = feature_list(set, &list);
	*bytes = (size_t)n * STEPS * sizeof(float);
	float *out = xmalloc(*bytes);
	memset(out, 0x5a, *bytes);
	feature_rows(set, i, origin, STEPS, step, out, &scratch);
	arena_release(&scratch);
	return out;
}

/* Says which column of which row differs. */
static void same_rows(const struct feature_set *a, int ia, const struct feature_set *b, int ib,
		      period_t origin, const char *what)
{
	const struct feature *list;
	size_t bytes, other;
	int n = feature_list(a, &list);
	float *x = rows(a, ia, origin, &bytes), *y = rows(b, ib, origin, &other);
	assert_int_equal(bytes, other);
	for (int k = 0; k < n * STEPS; k++)
		if (memcmp(x + k, y + k, sizeof *x))
			fail_msg("%s: %s at step %d of series %d, origin %d: %.9g and %.9g", what,
				 list[k % n].name, step[k / n], ia, origin, (double)x[k], (double)y[k]);
	free(x);
	free(y);
}

static void same_level(const struct feature_set *a, int ia, const struct feature_set *b, int ib,
		       period_t origin)
{
	double x = feature_level(a, ia, origin), y = feature_level(b, ib, origin);
	assert_true(x > 0);
	assert_true(!memcmp(&x, &y, sizeof x));
}

/* A past that ends at the origin gives what the longer one gives for that origin. */
static void the_past_alone_is_enough(void **state)
{
	const struct feature_options *const options[] = { &usual, &uncensored };
	struct driven d, less;
	(void)state;
	make(&d);
	int *kept = NEW_ARRAY(int, d.panel.n);
	for (int o = 0; o < 2; o++) {
		struct feature_set *whole = feature_set_new(&d.panel, options[o], 1);
		for (int k = 0; k < ORIGINS; k++) {
			period_t origin = d.panel.until - before_end[k];
			struct buf names = { 0 }, other = { 0 };
			driven_cut(&less, &d, origin, kept);
			struct feature_set *set = feature_set_new(&less.panel, options[o], 1);
			feature_names(whole, &names);
			feature_names(set, &other);
			assert_string_equal(names.text, other.text);
			for (int i = 0; i < less.panel.n; i++) {
				same_rows(whole, kept[i], set, i, origin, "cut at the origin");
				same_level(whole, kept[i], set, i, origin);
			}
			buf_release(&names);
			buf_release(&other);
			feature_set_free(set);
			driven_release(&less);
		}
		feature_set_free(whole);
	}
	free(kept);
	driven_release(&d);
}

/* Whatever is sold, and whatever past columns say, after the origin: no byte moves. */
static void the_future_is_not_read(void **state)
{
	struct driven d, other;
	(void)state;
	make(&d);
	for (int o = 0; o < 2; o++)
		for (int k = 1; k < ORIGINS; k++) {
			period_t origin = d.panel.until - before_end[k];
			const struct feature_options *options = o ? &uncensored : &usual;
			make(&other);
			driven_scramble(&other, origin, 5);
			struct feature_set *a = feature_set_new(&d.panel, options, 1);
			struct feature_set *b = feature_set_new(&other.panel, options, 1);
			struct panel view = panel_until(&other.panel, origin);
			struct feature_set *c = feature_set_new(&view, options, 1);
			for (int i = 0; i < d.panel.n; i++) {
				same_rows(a, i, b, i, origin, "other sales after the origin");
				same_rows(a, i, c, i, origin, "a view up to the origin");
				same_level(a, i, c, i, origin);
			}
			feature_set_free(a);
			feature_set_free(b);
			feature_set_free(c);
			driven_release(&other);
		}
	driven_release(&d);
}

static void threads_change_nothing(void **state)
{
	struct driven d;
	(void)state;
	make(&d);
	struct feature_set *a = feature_set_new(&d.panel, &uncensored, 1);
	struct feature_set *b = feature_set_new(&d.panel, &uncensored, 3);
	for (int i = 0; i < d.panel.n; i++)
		same_rows(a, i, b, i, d.panel.until - 30, "three threads");
	feature_set_free(a);
	feature_set_free(b);
	driven_release(&d);
}

/* Rows of several steps are those of each by itself. */
static void steps_do_not_meet(void **state)
{
	struct driven d;
	const struct feature *list;
	struct arena scratch = { 0 };
	size_t bytes;
	(void)state;
	make(&d);
	struct feature_set *set = feature_set_new(&d.panel, &usual, 1);
	int n = feature_list(set, &list);
	float *one = xmalloc((size_t)n * sizeof *one);
	for (int i = 0; i < d.panel.n; i += 5) {
		float *all = rows(set, i, d.panel.until, &bytes);
		for (int h = 0; h < STEPS; h++) {
			feature_rows(set, i, d.panel.until, 1, &step[h], one, &scratch);
			assert_memory_equal(one, all + (size_t)h * (size_t)n, (size_t)n * sizeof *one);
		}
		free(all);
	}
	free(one);
	feature_set_free(set);
	arena_release(&scratch);
	driven_release(&d);
}

/* What a column says of itself holds: of what is known at the origin, the target's own events, prices
 * and promotions change nothing. */
static void columns_say_when_they_are_known(void **state)
{
	struct driven d;
	const struct feature *list;
	size_t bytes;
	(void)state;
	make(&d);
	struct feature_set *set = feature_set_new(&d.panel, &usual, 1);
	int n = feature_list(set, &list), families = 0;
	assert_true(n > 60);
	period_t origin = d.panel.until - 40;
	float **before = NEW_ARRAY(float *, d.panel.n);
	for (int i = 0; i < d.panel.n; i++)
		before[i] = rows(set, i, origin, &bytes);
	feature_set_free(set);
	/* Every plan for later is torn up. */
	for (int64_t k = 0; k < d.drivers.price_begin[d.panel.n]; k++)
		if (d.drivers.price[k].from > origin)
			d.price[k].price *= 3;
	for (int64_t k = 0; k < d.drivers.promotion_begin[d.panel.n]; k++)
		if (d.drivers.promotion[k].from > origin)
			d.promotion[k].mechanic = 0;
	for (size_t v = 0; v < (size_t)d.column[DRIVEN_FLAG].n_row * (size_t)(d.column[DRIVEN_FLAG].until
	     - d.column[DRIVEN_FLAG].from + 1); v++)
		if (d.column[DRIVEN_FLAG].from + (period_t)(v % (size_t)(d.column[DRIVEN_FLAG].until
		    - d.column[DRIVEN_FLAG].from + 1)) > origin)
			d.value[DRIVEN_FLAG][v] = 1 - d.value[DRIVEN_FLAG][v];
	set = feature_set_new(&d.panel, &usual, 1);
	assert_int_equal(feature_list(set, &list), n);
	for (int k = 0; k < n; k++) {
		int moved = 0;
		for (int i = 0; i < d.panel.n; i++) {
			float *now = rows(set, i, origin, &bytes);
			for (int h = 0; h < STEPS; h++)
				moved |= memcmp(&now[h * n + k], &before[i][h * n + k], sizeof *now) != 0;
			free(now);
		}
		if (moved && list[k].known != KNOWN_AHEAD)
			fail_msg("%s follows a plan but is said to be known at the origin", list[k].name);
		if (!moved && (!strcmp(list[k].name, "price") || !strcmp(list[k].name, "flag")))
			fail_msg("%s does not follow its plan", list[k].name);
		families += k == 0 || strcmp(list[k].family, list[k - 1].family);
		assert_true(*list[k].owner && *list[k].summary && list[k].version >= 1);
	}
	assert_true(families >= 10);
	for (int i = 0; i < d.panel.n; i++)
		free(before[i]);
	free(before);
	feature_set_free(set);
	driven_release(&d);
}

/* Prices and promotions that are only known when their day is over: no plan is read at all. */
static void past_plans_are_not_read(void **state)
{
	struct driven d, other;
	(void)state;
	make(&d);
	make(&other);
	const period_t origin = d.panel.until - 40;
	d.drivers.price_known = other.drivers.price_known = DRIVER_PAST;
	d.drivers.promotion_known = other.drivers.promotion_known = DRIVER_PAST;
	for (int64_t k = 0; k < d.drivers.price_begin[d.panel.n]; k++)
		if (other.price[k].from > origin)
			other.price[k].price *= 3;
	for (int64_t k = 0; k < d.drivers.promotion_begin[d.panel.n]; k++) {
		struct promotion_span *s = &other.promotion[k];
		if (s->from > origin)
			*s = (struct promotion_span){ s->from + 1, s->until + 9, 0, .9 };
		else if (s->until > origin)
			s->until += 3;
	}
	struct feature_set *a = feature_set_new(&d.panel, &usual, 1);
	struct feature_set *b = feature_set_new(&other.panel, &usual, 1);
	for (int i = 0; i < d.panel.n; i++)
		same_rows(a, i, b, i, origin, "other plans after the origin");
	feature_set_free(a);
	feature_set_free(b);
	driven_release(&d);
	driven_release(&other);
}

/* Each family can be left out, and then only its columns are missing. */
static void families_can_be_left_out(void **state)
{
	struct driven d;
	const struct feature *all, *less;
	(void)state;
	make(&d);
	struct feature_set *whole = feature_set_new(&d.panel, &usual, 1);
	int n = feature_list(whole, &all);
	for (int k = 0; k < n; k++) {
		int of_family = 0, at = 0;
		struct feature_options options = usual;
		if (k && !strcmp(all[k].family, all[k - 1].family))
			continue;
		options.without = all[k].family;
		struct feature_set *set = feature_set_new(&d.panel, &options, 1);
		int kept = feature_list(set, &less);
		for (int j = 0; j < n; j++) {
			int out = !strcmp(all[j].family, all[k].family);
			of_family += out;
			if (!out)
				assert_string_equal(all[j].name, less[at++].name);
		}
		assert_int_equal(kept, n - of_family);
		feature_set_free(set);
	}
	feature_set_free(whole);
	driven_release(&d);
}

static void names_are_unlike(void **state)
{
	struct driven d;
	const struct feature *list;
	(void)state;
	make(&d);
	struct feature_set *set = feature_set_new(&d.panel, &usual, 1);
	int n = feature_list(set, &list);
	for (int a = 0; a < n; a++)
		for (int b = a + 1; b < n; b++)
			assert_string_not_equal(list[a].name, list[b].name);
	feature_set_free(set);
	driven_release(&d);
}

/* Series as they come: empty, of one value, unknown throughout, begun after the origin, never sold. */
static void odd_series(enum period_kind kind, int season, double cycle)
{
	static const double one[] = { 3 }, unknown[] = { NAN, NAN, NAN, NAN }, zero[40];
	struct feature_options options = { .season = season, .cycle = cycle };
	struct fixture f;
	const struct feature *list;
	double y[120];
	for (int t = 0; t < 120; t++)
		y[t] = floor(10 * fixture_noise(3, (uint64_t)t));
	fixture_init(&f, kind);
	fixture_add(&f, "s", "a", 1000, 120, y);
	fixture_add(&f, "s", "b", 1120, 0, y);
	fixture_add(&f, "s", "c", 1119, 1, one);
	fixture_add(&f, "s", "d", 1116, 4, unknown);
	fixture_add(&f, "s", "e", 1080, 40, zero);
	fixture_add(&f, "t", "a", 1060, 60, y);
	const struct panel *p = fixture_panel(&f);
	struct feature_set *set = feature_set_new(p, &options, 1);
	int n = feature_list(set, &list);
	for (int i = 0; i < p->n; i++)
		for (int back = 0; back < 130; back += 9) {
			size_t bytes;
			float *x = rows(set, i, p->until - back, &bytes);
			double level = feature_level(set, i, p->until - back);
			assert_true(level > 0 && level < 1e6);
			for (int k = 0; k < n * STEPS; k++)
				if (isinf(x[k]))
					fail_msg("%s of series %d is infinite", list[k % n].name, i);
			free(x);
		}
	assert_true(isnan(feature_target(set, 3, 1117)));
	assert_true(isnan(feature_target(set, 4, 1090)));
	assert_true(isnan(feature_target(set, 0, 999)));
	assert_true(isnan(feature_target(set, 0, 1120)));
	unit_near(feature_target(set, 2, 1119), 3, 0);
	assert_int_equal(feature_assumed(set, 0, p->until, 7), 0);
	feature_set_free(set);
	fixture_release(&f);
}

static void odd_series_of_every_calendar(void **state)
{
	(void)state;
	odd_series(PERIOD_DAY, 7, 365.25);
	odd_series(PERIOD_DAY, 1, 0);
	odd_series(PERIOD_WEEK, 52, 0);
	odd_series(PERIOD_MONTH, 12, 0);
	odd_series(PERIOD_NUMBER, 1, 0);
	odd_series(PERIOD_NUMBER, 24, 168);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_past_alone_is_enough),
		cmocka_unit_test(the_future_is_not_read),
		cmocka_unit_test(threads_change_nothing),
		cmocka_unit_test(steps_do_not_meet),
		cmocka_unit_test(columns_say_when_they_are_known),
		cmocka_unit_test(past_plans_are_not_read),
		cmocka_unit_test(families_can_be_left_out),
		cmocka_unit_test(names_are_unlike),
		cmocka_unit_test(odd_series_of_every_calendar),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
