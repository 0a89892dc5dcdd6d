/* Values of features against what a hand computes, family by family. */
#include "config.h"
#include "unit.h"

#include "fixture.h"
#include "feature/feature.h"

#define N (double)NAN
#define MONDAY 19723 /* 2024-01-01 */

struct bench {
	struct fixture f;
	struct drivers d;
	struct feature_set *set;
	struct arena scratch;
};

static void begin(struct bench *b, enum period_kind kind)
{
	memset(b, 0, sizeof *b);
	fixture_init(&b->f, kind);
}

static void open_set(struct bench *b, int season, double cycle)
{
	const struct feature_options options = { .season = season, .cycle = cycle };
	fixture_panel(&b->f);
	b->d.n = b->f.panel.n;
	b->set = feature_set_new(&b->f.panel, &options, 1);
}

static void end(struct bench *b)
{
	feature_set_free(b->set);
	arena_release(&b->scratch);
	fixture_release(&b->f);
}

static double get(struct bench *b, const char *name, int i, period_t origin, int step)
{
	const struct feature *list;
	int n = feature_list(b->set, &list), k = 0;
	while (k < n && strcmp(list[k].name, name))
		k++;
	if (k == n)
		fail_msg("there is no feature '%s'", name);
	float *row = ARENA_ARRAY(&b->scratch, float, n);
	feature_rows(b->set, i, origin, 1, &step, row, &b->scratch);
	return (double)row[k];
}

#define is(b, name, i, origin, step, expected) \
	unit_near(get(b, name, i, origin, step), expected, 1e-6 * (1 + fabs((double)(expected))))

static const double ten[10] = { 0, 0, 2, 4, N, 6, 0, 0, 8, 3 };

static void history(void **state)
{
	struct bench b;
	const period_t o = MONDAY + 9;
	(void)state;
	begin(&b, PERIOD_DAY);
	fixture_add(&b.f, "s", "a", MONDAY, 10, ten);
	open_set(&b, 7, 365.25);
	is(&b, "step", 0, o, 12, 12);
	is(&b, "lag_1", 0, o, 1, 3);
	is(&b, "lag_7", 0, o, 5, 4);
	assert_true(isnan(get(&b, "lag_6", 0, o, 1)));
	is(&b, "same_1", 0, o, 1, 4);
	is(&b, "same_1", 0, o, 8, 4);
	assert_true(isnan(get(&b, "same_1", 0, o, 2)));
	assert_true(isnan(get(&b, "same_2", 0, o, 1)));
	is(&b, "same_mean_4", 0, o, 1, 4);
	is(&b, "same_1", 0, o, 7, 3);
	is(&b, "mean_7", 0, o, 1, 3.5);
	is(&b, "mean_28", 0, o, 1, 23. / 9);
	is(&b, "sd_28", 0, o, 1, sqrt((129 - 529. / 9) / 8));
	is(&b, "median_28", 0, o, 1, 2);
	is(&b, "q90_28", 0, o, 1, 6.4);
	is(&b, "sold_28", 0, o, 1, 5. / 9);
	is(&b, "since_sale", 0, o, 1, 0);
	is(&b, "since_sale", 0, MONDAY + 7, 1, 2);
	is(&b, "zero_run", 0, MONDAY + 7, 1, 2);
	is(&b, "since_sale", 0, MONDAY + 4, 1, 1);
	is(&b, "zero_run", 0, MONDAY + 4, 1, 0);
	/* Weights 1, k, k^2 with k = 2^(-1/5): 2 / 2.628409. */
	is(&b, "smooth_5", 0, MONDAY + 2, 1, .7609166);
	is(&b, "ratio_7_28", 0, o, 1, 3.5 / (23. / 9));
	/* 0, 0, 2, 4 over 0..3: slope 7/5 of mean 1.5, seven days. */
	is(&b, "slope_28", 0, MONDAY + 3, 1, 1.4 / 1.5 * 7);
	is(&b, "age", 0, o, 1, 8);
	assert_true(isnan(get(&b, "age", 0, MONDAY + 1, 1)));
	is(&b, "scaled_mean_7", 0, o, 1, 3.5 / (23. / 9));
	assert_true(isnan(feature_target(b.set, 0, MONDAY + 1)));
	assert_true(isnan(feature_target(b.set, 0, MONDAY + 4)));
	unit_near(feature_target(b.set, 0, MONDAY + 7), 0, 0);
	end(&b);
}

static void levels(void **state)
{
	struct bench b;
	static const double one[] = { 10 }, none[60];
	(void)state;
	begin(&b, PERIOD_DAY);
	fixture_add(&b.f, "s", "a", MONDAY, 10, ten);
	fixture_add(&b.f, "s", "b", MONDAY + 9, 1, one);
	fixture_add(&b.f, "t", "a", MONDAY - 50, 60, none);
	open_set(&b, 7, 365.25);
	/* The group's mean is 33/10; a day's own counts against a week of it, twice. */
	unit_near(feature_level(b.set, 1, MONDAY + 9), (10 + 7 * ((10 + 7 * 3.3) / 8)) / 8, 1e-12);
	/* Nothing was ever sold: some positive size all the same. */
	assert_true(feature_level(b.set, 2, MONDAY + 9) > 0);
	end(&b);
}

static void season_and_year(void **state)
{
	struct bench b;
	double y[28], rising[400];
	(void)state;
	for (int t = 0; t < 28; t++)
		y[t] = t % 7 == 5 ? 3 : 1;
	for (int t = 0; t < 400; t++)
		rising[t] = t;
	begin(&b, PERIOD_DAY);
	fixture_add(&b.f, "s", "a", MONDAY, 28, y);
	open_set(&b, 7, 365.25);
	is(&b, "season", 0, MONDAY + 27, 6, (12 / (9. / 7) + 4) / 8);
	is(&b, "store_season", 0, MONDAY + 27, 13, (12 / (9. / 7) + 4) / 8);
	is(&b, "season", 0, MONDAY + 27, 1, (4 / (9. / 7) + 4) / 8);
	end(&b);
	begin(&b, PERIOD_DAY);
	fixture_add(&b.f, "s", "a", MONDAY, 400, rising);
	open_set(&b, 7, 365.25);
	double level = feature_level(b.set, 0, MONDAY + 399);
	is(&b, "year_ago", 0, MONDAY + 399, 1, 36 / level);
	is(&b, "total_year_ahead", 0, MONDAY + 399, 1, 36 / 21.5);
	is(&b, "total_growth", 0, MONDAY + 399, 1, 385.5 / 21.5);
	end(&b);
}

static void groups(void **state)
{
	struct bench b;
	static const double a[] = { 1, 3 }, c[] = { 5, N }, e[] = { 0, 11 };
	static const int32_t dept[] = { 0, 1, 0, 0, 1, 1, 1, 1 };
	static const char *const value[] = { "dairy", "fruit" };
	static const struct attribute attribute = { "dept", 0, 2, value, dept };
	static const char *const item[] = { "a", "b", "c", "d" };
	(void)state;
	begin(&b, PERIOD_DAY);
	for (int k = 0; k < 8; k++)
		fixture_add(&b.f, k < 4 ? "s" : "t", item[k % 4], MONDAY, 2, k == 0 ? a : k == 2 ? c : e);
	b.d.n_attribute = 1;
	b.d.attribute = &attribute;
	b.f.panel.drivers = &b.d;
	open_set(&b, 7, 0);
	/* s/dairy: a 1 3, c 5 -, d 0 11. */
	is(&b, "store_dept_mean_28", 0, MONDAY + 1, 1, (1 + 3 + 5 + 0 + 11) / 5.);
	is(&b, "store_dept_mean_28", 0, MONDAY, 1, (1 + 5 + 0) / 3.);
	is(&b, "item_mean_28", 0, MONDAY + 1, 1, (1 + 3 + 0 + 11) / 4.);
	is(&b, "item_sold_28", 0, MONDAY + 1, 1, 3. / 4);
	is(&b, "total_mean_28", 7, MONDAY, 1, 6. / 8);
	assert_true(get(&b, "dept_code", 0, MONDAY, 1) == get(&b, "dept_code", 2, MONDAY, 1));
	assert_true(get(&b, "dept_code", 0, MONDAY, 1) != get(&b, "dept_code", 1, MONDAY, 1));
	assert_true(get(&b, "store_code", 0, MONDAY, 1) != get(&b, "store_code", 4, MONDAY, 1));
	end(&b);
}

static void calendars(void **state)
{
	struct bench b;
	static const double one[] = { 1 };
	(void)state;
	begin(&b, PERIOD_DAY);
	fixture_add(&b.f, "s", "a", MONDAY, 1, one);
	open_set(&b, 7, 365.25);
	/* 2024-02-29 is a Thursday, the fifth of its month, in ISO week 9. */
	is(&b, "place", 0, MONDAY, 59, 3);
	is(&b, "month", 0, MONDAY, 59, 2);
	is(&b, "month_day", 0, MONDAY, 59, 29);
	is(&b, "month_left", 0, MONDAY, 59, 0);
	is(&b, "month_week", 0, MONDAY, 59, 5);
	is(&b, "year_week", 0, MONDAY, 59, 9);
	is(&b, "year_sin", 0, MONDAY, 59, .8494504794814806);
	end(&b);
	begin(&b, PERIOD_MONTH);
	fixture_add(&b.f, "s", "a", 648, 1, one); /* January 2024 */
	open_set(&b, 12, 0);
	is(&b, "month", 0, 648, 1, 2);
	is(&b, "month_days", 0, 648, 1, 29);
	is(&b, "weekend_days", 0, 648, 1, 8);
	end(&b);
}

static void events(void **state)
{
	struct bench b;
	static double y[200];
	static const char *const name[] = { "eve", "fair" }, *const type[] = { "local", "public" };
	static const struct event_day event[] = {
		{ MONDAY + 60, 0, 1, 1, 0, 0 }, { MONDAY + 200, 0, 1, 0, 1, 1 }, { MONDAY + 205, 0, 1, 1, 0, 0 },
	};
	const period_t o = MONDAY + 199;
	(void)state;
	for (int t = 0; t < 200; t++)
		y[t] = t == 60 ? 15 : t == 59 ? 10 : 5;
	begin(&b, PERIOD_DAY);
	fixture_add(&b.f, "s", "a", MONDAY, 200, y);
	b.d = (struct drivers){ .n_event = 3, .event = event, .n_event_name = 2, .event_name = name,
				.n_event_type = 2, .event_type = type, .event_until = MONDAY + 400 };
	b.f.panel.drivers = &b.d;
	open_set(&b, 7, 365.25);
	is(&b, "event_to", 0, o, 5, 1);    /* the day before the second fair */
	is(&b, "event_since", 0, o, 5, 4); /* of the eve's */
	is(&b, "near_local", 0, o, 5, -1);
	is(&b, "near_public", 0, o, 5, 4);
	is(&b, "event_lift", 0, o, 5, 2);
	is(&b, "event_lift", 0, o, 6, 3);
	is(&b, "event_count", 0, o, 4, 2); /* three days around */
	is(&b, "closed_yesterday", 0, o, 2, 1);
	is(&b, "closed_tomorrow", 0, o, 2, 0);
	assert_true(isnan(get(&b, "event_name", 0, o, 5)));
	assert_true(get(&b, "event_name", 0, o, 1) == get(&b, "event_yesterday", 0, o, 2));
	assert_true(get(&b, "event_name", 0, o, 6) == get(&b, "event_tomorrow", 0, o, 5));
	assert_true(isnan(get(&b, "event_since", 0, o, 40)));
	/* The fair's own past had not come by then. */
	assert_true(isnan(get(&b, "event_lift", 0, MONDAY + 50, 10)));
	end(&b);
}

static void prices(void **state)
{
	struct bench b;
	static double y[60];
	static const int64_t steps[] = { 0, 2, 3 };
	static const struct price_step price[] = { { MONDAY, 10 }, { MONDAY + 50, 8 }, { MONDAY, 20 } };
	const period_t o = MONDAY + 48;
	(void)state;
	for (int t = 0; t < 60; t++)
		y[t] = 1;
	begin(&b, PERIOD_DAY);
	fixture_add(&b.f, "s", "a", MONDAY, 60, y);
	fixture_add(&b.f, "s", "b", MONDAY, 60, y);
	b.d = (struct drivers){ .price_begin = steps, .price = price, .price_until = MONDAY + 55 };
	b.f.panel.drivers = &b.d;
	open_set(&b, 7, 365.25);
	is(&b, "price", 0, o, 4, log(8));
	is(&b, "price_to_max", 0, o, 4, .8);
	is(&b, "price_to_mean", 0, o, 4, 8 / ((50 * 10 + 3 * 8) / 53.));
	is(&b, "price_to_last", 0, o, 4, .8);
	is(&b, "price_to_origin", 0, o, 4, .8);
	is(&b, "price_since", 0, o, 4, 2);
	is(&b, "price_off", 0, o, 4, .2);
	is(&b, "price_relative", 0, o, 4, 8 / 15.);
	is(&b, "price_to_last", 0, o, 1, 1);
	assert_int_equal(feature_assumed(b.set, 0, o, 7), 0);
	assert_int_equal(feature_assumed(b.set, 0, o, 8), 1);
	end(&b);
	/* A price that is only known when its day is over does not tell the change. */
	b.d.price_known = DRIVER_PAST;
	begin(&b, PERIOD_DAY);
	fixture_add(&b.f, "s", "a", MONDAY, 60, y);
	fixture_add(&b.f, "s", "b", MONDAY, 60, y);
	b.d = (struct drivers){ .price_begin = steps, .price = price, .price_until = MONDAY + 55,
				.price_known = DRIVER_PAST };
	b.f.panel.drivers = &b.d;
	open_set(&b, 7, 365.25);
	is(&b, "price", 0, o, 4, log(10));
	end(&b);
}

static void promotions(void **state)
{
	struct bench b;
	static double y[31];
	static const int64_t spans[] = { 0, 2 };
	static const struct promotion_span span[] = { { MONDAY + 20, MONDAY + 22, 0, .25 },
						      { MONDAY + 40, MONDAY + 41, 1, NAN } };
	static const char *const mechanic[] = { "display", "flyer" };
	const period_t o = MONDAY + 30;
	(void)state;
	for (int t = 0; t < 31; t++)
		y[t] = t >= 20 && t <= 22 ? 6 : 2;
	begin(&b, PERIOD_DAY);
	fixture_add(&b.f, "s", "a", MONDAY, 31, y);
	b.d = (struct drivers){ .promotion_begin = spans, .promotion = span, .promotion_until = MONDAY + 60,
				.n_mechanic = 2, .mechanic = mechanic };
	b.f.panel.drivers = &b.d;
	open_set(&b, 7, 365.25);
	is(&b, "promo", 0, MONDAY + 19, 2, 1);
	is(&b, "promo_day", 0, MONDAY + 19, 2, 2);
	is(&b, "promo_left", 0, MONDAY + 19, 2, 1);
	is(&b, "promo_depth", 0, MONDAY + 19, 2, .25);
	is(&b, "promo", 0, MONDAY + 19, 5, 0);
	is(&b, "promo_since", 0, MONDAY + 19, 5, 2);
	is(&b, "promo_to", 0, MONDAY + 15, 3, 2);
	is(&b, "promo_to", 0, o, 1, 9);
	is(&b, "promo", 0, o, 10, 1);
	assert_true(isnan(get(&b, "promo_depth", 0, o, 10)));
	is(&b, "promo_share_28", 0, o, 1, 3. / 28);
	is(&b, "promo_share_28", 0, MONDAY + 21, 1, 2. / 28);
	/* 18 units against exponential means of half-life 20 the days before: by another program. */
	is(&b, "promo_group_lift", 0, o, 1, 2.66050074196426);
	is(&b, "promo_lift", 0, o, 1, 2.76235051937497);
	assert_true(isnan(get(&b, "promo_group_lift", 0, MONDAY + 19, 1)));
	assert_int_equal(feature_assumed(b.set, 0, o, 31), 1);
	end(&b);
}

static void columns(void **state)
{
	struct bench b;
	static double y[40];
	static float flag[60], warmth[40];
	struct driver_column column[] = {
		{ "snap", DRIVER_KNOWN, MISSING_ZERO, 1, NULL, MONDAY, MONDAY + 59, flag },
		{ "warmth", DRIVER_PAST, MISSING_CARRY, 1, NULL, MONDAY, MONDAY + 39, warmth },
	};
	const period_t o = MONDAY + 30; /* 2024-01-31 */
	(void)state;
	for (int t = 0; t < 60; t++)
		flag[t] = t == 31 || t == 33 || t == 36; /* 1, 3 and 6 February */
	for (int t = 0; t < 40; t++) {
		warmth[t] = (float)t;
		y[t] = 1;
	}
	begin(&b, PERIOD_DAY);
	fixture_add(&b.f, "s", "a", MONDAY, 40, y);
	b.d = (struct drivers){ .n_column = 2, .column = column };
	b.f.panel.drivers = &b.d;
	open_set(&b, 7, 365.25);
	is(&b, "snap", 0, o, 3, 1);
	is(&b, "snap", 0, o, 2, 0);
	is(&b, "snap_number", 0, o, 1, 1);
	is(&b, "snap_number", 0, o, 3, 2);
	is(&b, "snap_number", 0, o, 6, 3);
	is(&b, "snap_number", 0, o, 2, 0);
	is(&b, "snap_around", 0, o, 3, 3. / 7);
	is(&b, "warmth_last", 0, o, 9, 30);
	is(&b, "warmth_mean_7", 0, o, 9, 27);
	assert_int_equal(feature_assumed(b.set, 0, o, 29), 0);
	assert_int_equal(feature_assumed(b.set, 0, o, 30), 1);
	end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(history),    cmocka_unit_test(levels),	    cmocka_unit_test(season_and_year),
		cmocka_unit_test(groups),     cmocka_unit_test(calendars),  cmocka_unit_test(events),
		cmocka_unit_test(prices),     cmocka_unit_test(promotions), cmocka_unit_test(columns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
