/* States of store-days: each way in which a day can be without sales, made by hand. */
#include "config.h"
#include "unit.h"

#include "feed.h"

#define DAYS 400

static void wipe(struct made_feed *m, int store, int day, double with)
{
	for (int i = 0; i < m->n_item; i++)
		*made_at(m, store, i, day) = with;
}

static void a_plain_feed_has_no_states(void **state)
{
	struct made_feed m;
	struct check_result r;
	(void)state;
	made_init(&m, 3, 30, DAYS);
	made_check(&m, NULL, &r);
	assert_int_equal(r.n_store_day, 0);
	assert_int_equal(r.n_series_day, 0);
	assert_int_equal(r.n_finding, 0);
	assert_int_equal(check_exit_code(&r, 1), 0);
	made_release(&m);
}

static void a_missing_store_day_is_nofeed(void **state)
{
	struct made_feed m;
	struct check_result r;
	const struct finding *f;
	const char *basis;
	(void)state;
	made_init(&m, 4, 30, DAYS);
	wipe(&m, 1, DAYS - 1, (double)NAN);
	made_check(&m, NULL, &r);
	assert_int_equal(made_state(&r, 1, m.scope.last, &basis), DAY_NOFEED);
	assert_string_equal(basis, "peers");
	assert_int_equal(r.n_store_day, 1);
	assert_int_equal(made_found(&r, "nofeed", &f), 1);
	assert_string_equal(f->store, "S1");
	assert_int_equal(check_exit_code(&r, 0), 3);
	assert_int_equal(check_exit_code(&r, 1), 5);
	made_release(&m);
}

static void an_old_hole_degrades_nothing(void **state)
{
	struct made_feed m;
	struct check_result r;
	const struct finding *f;
	(void)state;
	made_init(&m, 4, 30, DAYS);
	wipe(&m, 1, 200, (double)NAN);
	made_check(&m, NULL, &r);
	assert_int_equal(made_found(&r, "nofeed", &f), 1);
	assert_int_equal(f->severity, SEVERITY_NOTE);
	assert_int_equal(f->day, m.scope.first + 200);
	assert_int_equal(check_exit_code(&r, 0), 0);
	made_release(&m);
}

static void a_broken_file_is_nofeed(void **state)
{
	struct made_feed m;
	struct check_result r;
	const char *basis;
	(void)state;
	made_init(&m, 4, 30, DAYS);
	for (int i = 5; i < 30; i++)
		*made_at(&m, 2, i, 300) = (double)NAN; /* 5 of 30 rows came: below a fifth */
	made_check(&m, NULL, &r);
	assert_int_equal(made_state(&r, 2, m.scope.first + 300, &basis), DAY_NOFEED);
	assert_string_equal(basis, "half");
	made_release(&m);
}

static void without_peers_it_is_missing(void **state)
{
	struct made_feed m;
	struct check_result r;
	const struct finding *f;
	const char *basis;
	(void)state;
	made_init(&m, 1, 30, DAYS);
	wipe(&m, 0, 100, (double)NAN);
	made_check(&m, NULL, &r);
	assert_int_equal(made_state(&r, 0, m.scope.first + 100, &basis), DAY_MISSING);
	assert_int_equal(made_found(&r, "gap", &f), 1);
	assert_int_equal(f->cases, 1);
	made_release(&m);
}

static void sundays_are_closed_and_will_be(void **state)
{
	struct made_feed m;
	struct check_result r;
	const char *basis;
	(void)state;
	made_init(&m, 2, 30, DAYS);
	for (int d = 6; d < DAYS; d += 7)
		if (d != 6 + 7 * 20) /* one Sunday it opened */
			wipe(&m, 0, d, d % 2 ? 0 : (double)NAN);
	made_check(&m, NULL, &r);
	for (int d = 0; d < DAYS + 28; d++) {
		enum day_state s = made_state(&r, 0, m.scope.first + d, &basis);
		assert_int_equal(s, d % 7 == 6 && d != 6 + 7 * 20 ? DAY_CLOSED : DAY_SOLD);
		assert_int_equal(made_state(&r, 1, m.scope.first + d, &basis), DAY_SOLD);
	}
	made_release(&m);
}

static void rows_without_sales_are_a_closing(void **state)
{
	struct made_feed m;
	struct check_result r;
	const struct finding *f;
	const char *basis;
	(void)state;
	made_init(&m, 3, 30, DAYS);
	int christmas = day_from_ymd(2015, 12, 25) - m.scope.first;
	for (int s = 0; s < 3; s++)
		wipe(&m, s, christmas, 0);
	*made_at(&m, 0, 0, christmas) = 1;
	made_check(&m, NULL, &r);
	for (int s = 0; s < 3; s++)
		assert_int_equal(made_state(&r, s, m.scope.first + christmas, &basis), DAY_CLOSED);
	assert_string_equal(basis, "empty");
	assert_int_equal(made_found(&r, "closed", &f), 1);
	assert_int_equal(f->cases, 3);
	assert_int_equal(check_exit_code(&r, 0), 0);
	made_release(&m);
}

static void holidays_and_user_closings_are_known(void **state)
{
	struct made_feed m;
	struct check_result r;
	struct err e = { 0 };
	const char *basis;
	(void)state;
	made_init(&m, 1, 30, DAYS);
	int may = day_from_ymd(2015, 5, 1) - m.scope.first, fair = may + 20, open = may + 40;
	const struct event mine[] = {
		{ m.scope.first + fair, "S0", "stocktaking", "user", 1 },
		{ m.scope.first + open, NULL, "said to be shut", "user", 1 },
		{ m.scope.last + 3, NULL, "works", "user", 1 },
	};
	wipe(&m, 0, may, (double)NAN);
	wipe(&m, 0, fair, (double)NAN);
	events_copy(&m.user, mine, 3, m.scope.first, m.scope.last + 3);
	assert_int_equal(events_holidays(&m.rules, "FR", m.scope.first, m.scope.last + 400, &e), OK);
	made_check(&m, NULL, &r);
	assert_int_equal(made_state(&r, 0, m.scope.first + may, &basis), DAY_CLOSED);
	assert_string_equal(basis, "holiday");
	assert_int_equal(made_state(&r, 0, m.scope.first + fair, &basis), DAY_CLOSED);
	assert_string_equal(basis, "calendar");
	/* It sold as usual: the sales are believed, not the calendar. */
	assert_int_equal(made_state(&r, 0, m.scope.first + open, &basis), DAY_SOLD);
	assert_int_equal(made_state(&r, 0, m.scope.last + 3, &basis), DAY_CLOSED);
	assert_string_equal(basis, "calendar");
	made_release(&m);
}

static void yearly_closings_need_no_calendar(void **state)
{
	struct made_feed m;
	struct check_result r;
	const char *basis;
	(void)state;
	made_init(&m, 1, 30, 1060);
	/* Easter Sunday moves, 8 December does not; the latter is closed in all but no year. */
	for (int y = 2015; y <= 2017; y++) {
		wipe(&m, 0, day_easter(y) - m.scope.first, (double)NAN);
		if (y < 2017)
			wipe(&m, 0, day_from_ymd(y, 8, 15) - m.scope.first, (double)NAN);
	}
	wipe(&m, 0, day_from_ymd(2017, 8, 15) - m.scope.first, (double)NAN);
	made_check(&m, NULL, &r);
	for (int y = 2015; y <= 2017; y++) {
		assert_int_equal(made_state(&r, 0, day_easter(y), &basis), DAY_CLOSED);
		assert_string_equal(basis, "annual");
		assert_int_equal(made_state(&r, 0, day_from_ymd(y, 8, 15), &basis), DAY_CLOSED);
	}
	made_release(&m);
}

static void who_sells_seldom_is_left_alone(void **state)
{
	struct made_feed m;
	struct check_result r;
	const char *basis;
	(void)state;
	made_init(&m, 3, 30, DAYS);
	for (int d = 0; d < DAYS; d++)
		if (d % 5 && d % 13)
			wipe(&m, 2, d, (double)NAN);
	made_check(&m, NULL, &r);
	for (int d = 0; d < DAYS; d++)
		assert_int_equal(made_state(&r, 2, m.scope.first + d, &basis), DAY_SOLD);
	made_release(&m);
}

static void a_store_that_is_gone_is_not_late(void **state)
{
	struct made_feed m;
	struct check_result r;
	const struct finding *f;
	(void)state;
	made_init(&m, 3, 30, DAYS);
	for (int d = 250; d < DAYS; d++)
		wipe(&m, 2, d, (double)NAN);
	made_check(&m, NULL, &r);
	assert_int_equal(r.n_store_day, 0);
	assert_int_equal(made_found(&r, "stale", &f), 1);
	assert_int_equal(f->severity, SEVERITY_NOTE);
	assert_int_equal(check_exit_code(&r, 0), 0);
	made_release(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_plain_feed_has_no_states),
		cmocka_unit_test(a_missing_store_day_is_nofeed),
		cmocka_unit_test(an_old_hole_degrades_nothing),
		cmocka_unit_test(a_broken_file_is_nofeed),
		cmocka_unit_test(without_peers_it_is_missing),
		cmocka_unit_test(sundays_are_closed_and_will_be),
		cmocka_unit_test(rows_without_sales_are_a_closing),
		cmocka_unit_test(holidays_and_user_closings_are_known),
		cmocka_unit_test(yearly_closings_need_no_calendar),
		cmocka_unit_test(who_sells_seldom_is_left_alone),
		cmocka_unit_test(a_store_that_is_gone_is_not_late),
	};
	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
