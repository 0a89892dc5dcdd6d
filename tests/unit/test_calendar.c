/* Days and periods: known dates, the whole range there and back, ISO weeks, Easter. */
#include "config.h"
#include "unit.h"

#include <string.h>
#include "series/calendar.h"

static void days_there_and_back(void **state)
{
	(void)state;
	for (day_t d = day_from_ymd(1, 1, 1); d <= day_from_ymd(9999, 12, 31); d += 1) {
		int y, m, k;
		day_to_ymd(d, &y, &m, &k);
		if (day_from_ymd(y, m, k) != d)
			fail_msg("day %d", d);
	}
}

/* Well-known days: the Unix epoch (Thursday), the moon landing (Sunday), M5's first day (Saturday). */
static void known_days(void **state)
{
	(void)state;
	assert_int_equal(day_from_ymd(1970, 1, 1), 0);
	assert_int_equal(day_of_week(0), 3);
	assert_int_equal(day_of_week(day_from_ymd(1969, 7, 20)), 6);
	assert_int_equal(day_of_week(day_from_ymd(2011, 1, 29)), 5);
	assert_int_equal(day_from_ymd(2011, 1, 29) + 1941 - 1, day_from_ymd(2016, 5, 22));
	assert_int_equal(day_from_ymd(2023, 2, 29), DAY_NONE);
	assert_int_equal(day_from_ymd(1900, 2, 29), DAY_NONE);
	assert_int_not_equal(day_from_ymd(2000, 2, 29), DAY_NONE);
}

/* Western Easter from the table of the Nautical Almanac; the earliest and latest dates possible. */
static void easter_sundays(void **state)
{
	(void)state;
	static const int table[][3] = { { 1818, 3, 22 }, { 1943, 4, 25 }, { 1961, 4, 2 },
					{ 2000, 4, 23 }, { 2008, 3, 23 }, { 2016, 3, 27 },
					{ 2024, 3, 31 }, { 2025, 4, 20 }, { 2038, 4, 25 } };
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		assert_int_equal(day_easter(table[i][0]),
				 day_from_ymd(table[i][0], table[i][1], table[i][2]));
}

/* ISO 8601: the examples that people get wrong. */
static void iso_weeks(void **state)
{
	(void)state;
	int year;
	assert_int_equal(day_iso_week(day_from_ymd(2021, 1, 3), &year), 53);
	assert_int_equal(year, 2020);
	assert_int_equal(day_iso_week(day_from_ymd(2021, 1, 4), &year), 1);
	assert_int_equal(day_iso_week(day_from_ymd(2026, 12, 31), &year), 53);
	assert_int_equal(day_iso_week(day_from_ymd(2008, 12, 29), &year), 1);
	assert_int_equal(year, 2009);
}

static void every_week_start_holds_its_days(void **state)
{
	(void)state;
	for (int start = 0; start < 7; start++) {
		struct calendar c = { PERIOD_WEEK, start };
		for (day_t d = -4000; d < 4000; d++) {
			period_t p = period_of_day(&c, d);
			assert_true(period_start(&c, p) <= d && d < period_start(&c, p + 1));
			assert_int_equal(day_of_week(period_start(&c, p)), start);
		}
	}
}

static void months_follow_without_gaps(void **state)
{
	(void)state;
	struct calendar c = { PERIOD_MONTH, 0 };
	assert_int_equal(period_of_day(&c, day_from_ymd(2000, 1, 31)) + 1,
			 period_of_day(&c, day_from_ymd(2000, 2, 29)));
	assert_int_equal(period_of_day(&c, day_from_ymd(1969, 12, 31)), -1);
	assert_int_equal(period_start(&c, period_of_day(&c, day_from_ymd(1969, 12, 31))),
			 day_from_ymd(1969, 12, 1));
}

static void text_both_ways(void **state)
{
	(void)state;
	char text[DAY_TEXT_MAX];
	struct calendar number = { PERIOD_NUMBER, 0 }, month = { PERIOD_MONTH, 0 };
	assert_string_equal(day_format(day_from_ymd(2026, 11, 23), text), "2026-11-23");
	assert_int_equal(day_parse("20261123", 8), day_from_ymd(2026, 11, 23));
	assert_int_equal(day_parse("2026/11/23", 10), day_from_ymd(2026, 11, 23));
	assert_int_equal(day_parse("2026-13-01", 10), DAY_NONE);
	assert_int_equal(day_parse("2026-1-01", 9), DAY_NONE);
	assert_int_equal(period_parse(&number, "-12", 3), -12);
	assert_int_equal(period_parse(&number, "1x", 2), DAY_NONE);
	assert_string_equal(period_format(&month, period_parse(&month, "2026-11-23", 10), text),
			    "2026-11-01");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(days_there_and_back),
		cmocka_unit_test(known_days),
		cmocka_unit_test(easter_sundays),
		cmocka_unit_test(iso_weeks),
		cmocka_unit_test(every_week_start_holds_its_days),
		cmocka_unit_test(months_follow_without_gaps),
		cmocka_unit_test(text_both_ways),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
