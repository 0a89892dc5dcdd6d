/*
 * Holidays: public days of single years as published (made with the npm package date-holidays, which
 * shares no code or table with ours, and checked by hand against the gazettes' lists), well-known
 * moving days, and how the user's events win.
 */
#include "config.h"
#include "unit.h"

#include <string.h>
#include "base/buf.h"
#include "series/events.h"

struct golden {
	const char *region;
	int year;
	const char *days;
};

static const struct golden golden[] = {
	{ "US", 2016, "01-01 01-18 02-15 05-30 07-04 09-05 10-10 11-11 11-24 12-25 12-26" },
	{ "US", 2020, "01-01 01-20 02-17 05-25 07-03 07-04 09-07 10-12 11-11 11-26 12-25" },
	{ "US", 2021, "01-01 01-18 02-15 05-31 06-18 06-19 07-04 07-05 09-06 10-11 11-11 11-25 12-24"
		      " 12-25 12-31" },
	{ "US", 2022, "01-01 01-17 02-21 05-30 06-19 06-20 07-04 09-05 10-10 11-11 11-24 12-25 12-26" },
	{ "DE-BE", 2020, "01-01 03-08 04-10 04-13 05-01 05-08 05-21 06-01 10-03 12-25 12-26" },
	{ "DE-BY", 2019, "01-01 01-06 04-19 04-22 05-01 05-30 06-10 06-20 10-03 11-01 12-25 12-26" },
	{ "DE-HH", 2018, "01-01 03-30 04-02 05-01 05-10 05-21 10-03 10-31 12-25 12-26" },
	{ "DE-SN", 2024, "01-01 03-29 04-01 05-01 05-09 05-20 10-03 10-31 11-20 12-25 12-26" },
	{ "DE-TH", 2017, "01-01 04-14 04-17 05-01 05-25 06-05 10-03 10-31 12-25 12-26" },
	{ "DE-MV", 2023, "01-01 03-08 04-07 04-10 05-01 05-18 05-29 10-03 10-31 12-25 12-26" },
	/* Einigungsvertrag: 17 June for the last time and 3 October for the first; Busstag till 1994 */
	{ "DE-NW", 1990, "01-01 04-13 04-16 05-01 05-24 06-04 06-14 06-17 10-03 11-01 11-21 12-25"
			 " 12-26" },
	{ "FR", 2021, "01-01 04-05 05-01 05-08 05-13 05-24 07-14 08-15 11-01 11-11 12-25" },
	{ "FR-67", 2024, "01-01 03-29 04-01 05-01 05-08 05-09 05-20 07-14 08-15 11-01 11-11 12-25"
			 " 12-26" },
	{ "GB-ENG", 2002, "01-01 03-29 04-01 05-06 06-03 06-04 08-26 12-25 12-26" },
	{ "GB-ENG", 2012, "01-01 01-02 04-06 04-09 05-07 06-04 06-05 08-27 12-25 12-26" },
	{ "GB-ENG", 2021, "01-01 04-02 04-05 05-03 05-31 08-30 12-25 12-26 12-27 12-28" },
	{ "GB-ENG", 2022, "01-01 01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-25 12-26 12-27" },
	{ "GB-SCT", 2022, "01-01 01-02 01-03 01-04 04-15 05-02 06-02 06-03 08-01 09-19 11-30 12-25"
			  " 12-26 12-27" },
	{ "GB-NIR", 2020, "01-01 03-17 04-10 04-13 05-08 05-25 07-12 07-13 08-31 12-25 12-26 12-28" },
	{ "GB-WLS", 2023, "01-01 01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26" },
	{ "IT", 2018, "01-01 01-06 04-01 04-02 04-25 05-01 06-02 08-15 11-01 12-08 12-25 12-26" },
};

static void public_days_are_those_published(void **state)
{
	(void)state;
	for (size_t g = 0; g < sizeof golden / sizeof *golden; g++) {
		struct events ev;
		struct err e = { 0 };
		struct buf got = { 0 };
		day_t last = DAY_NONE;
		char text[DAY_TEXT_MAX];
		assert_int_equal(events_holidays(&ev, golden[g].region, day_from_ymd(golden[g].year, 1, 1),
						 day_from_ymd(golden[g].year, 12, 31), &e), OK);
		for (size_t i = 0; i < ev.n; i++) {
			if (strcmp(ev.event[i].type, "public") || ev.event[i].day == last)
				continue;
			last = ev.event[i].day;
			buf_addf(&got, "%s%s", got.n ? " " : "", day_format(last, text) + 5);
		}
		if (strcmp(got.text, golden[g].days))
			print_message("# %s %d\n", golden[g].region, golden[g].year);
		assert_string_equal(got.text, golden[g].days);
		buf_release(&got);
		events_release(&ev);
	}
}

/* The day of a name in a year of a region, or DAY_NONE. */
static day_t day_of(const char *region, int year, const char *name)
{
	struct events ev;
	struct err e = { 0 };
	day_t day = DAY_NONE;
	assert_int_equal(events_holidays(&ev, region, day_from_ymd(year, 1, 1),
					 day_from_ymd(year, 12, 31), &e), OK);
	for (size_t i = 0; i < ev.n; i++)
		if (!strcmp(ev.event[i].name, name))
			day = ev.event[i].day;
	events_release(&ev);
	return day;
}

static void shops_days_are_known(void **state)
{
	static const struct {
		const char *region, *name;
		int year, month, day;
	} known[] = {
		{ "US", "Super Bowl", 2002, 2, 3 },     { "US", "Super Bowl", 2003, 1, 26 },
		{ "US", "Super Bowl", 2011, 2, 6 },     { "US", "Super Bowl", 2016, 2, 7 },
		{ "US", "Super Bowl", 2024, 2, 11 },    { "US", "Mother's Day", 2015, 5, 10 },
		{ "US", "Father's Day", 2015, 6, 21 },  { "US", "Black Friday", 2019, 11, 29 },
		{ "US", "Black Friday", 2018, 11, 23 }, { "US", "Cyber Monday", 2019, 12, 2 },
		{ "US", "Easter Sunday", 2016, 3, 27 }, { "US", "Halloween", 2016, 10, 31 },
		{ "GB", "Mothering Sunday", 2023, 3, 19 }, { "DE", "Muttertag", 2023, 5, 14 },
		{ "DE", "1. Advent", 2022, 11, 27 },    { "DE", "4. Advent", 2023, 12, 24 },
		{ "DE", "Rosenmontag", 2020, 2, 24 },   { "FR", "Fete des meres", 2019, 5, 26 },
		{ "FR", "Fete des meres", 2020, 6, 7 }, { "FR", "Fete des meres", 2023, 6, 4 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		day_t day = day_of(known[i].region, known[i].year, known[i].name);
		if (day != day_from_ymd(known[i].year, known[i].month, known[i].day))
			print_message("# %s %s %d\n", known[i].region, known[i].name, known[i].year);
		assert_int_equal(day, day_from_ymd(known[i].year, known[i].month, known[i].day));
	}
}

static void laws_begin_and_end(void **state)
{
	(void)state;
	assert_int_equal(day_of("US", 1985, "Martin Luther King Day"), DAY_NONE);
	assert_int_equal(day_of("US", 1986, "Martin Luther King Day"), day_from_ymd(1986, 1, 20));
	assert_int_equal(day_of("US", 2020, "Juneteenth"), DAY_NONE);
	assert_int_equal(day_of("DE-NI", 2016, "Reformationstag"), DAY_NONE);
	assert_int_equal(day_of("DE-BY", 2018, "Reformationstag"), DAY_NONE);
	assert_int_equal(day_of("DE-BE", 2018, "Internationaler Frauentag"), DAY_NONE);
	assert_int_equal(day_of("DE-SN", 1995, "Buss- und Bettag"), day_from_ymd(1995, 11, 22));
	assert_int_equal(day_of("DE-NW", 1995, "Buss- und Bettag"), DAY_NONE);
	assert_int_equal(day_of("GB", 2018, "Royal wedding"), DAY_NONE);
	assert_int_equal(day_of("GB-SCT", 2006, "St Andrew's Day"), DAY_NONE);
}

static void unknown_region_names_the_known(void **state)
{
	struct events ev;
	struct err e = { 0 };
	(void)state;
	assert_int_equal(events_holidays(&ev, "DE-XX", 0, 1, &e), E_USAGE);
	assert_non_null(strstr(e.text, "'DE-XX'"));
	assert_non_null(strstr(e.text, "DE-BY"));
}

static void user_events_win(void **state)
{
	day_t christmas = day_from_ymd(2015, 12, 25), fair = day_from_ymd(2015, 5, 9);
	const struct event mine[] = {
		{ christmas, NULL, "Family day", "user", 0 },
		{ fair, "S1", "Fair", "user", 1 },
		{ day_from_ymd(2015, 7, 4), "S1", "Parade", "user", 0 },
	};
	struct events rules, user, both;
	const struct event *at;
	struct err e = { 0 };
	(void)state;
	assert_int_equal(events_holidays(&rules, "US", day_from_ymd(2015, 1, 1),
					 day_from_ymd(2015, 12, 31), &e), OK);
	events_copy(&user, mine, 3, day_from_ymd(2015, 1, 1), day_from_ymd(2015, 12, 26));
	events_merge(&both, &rules, &user);
	events_release(&rules);
	events_release(&user);
	assert_int_equal(events_on(&both, christmas, &at), 1);
	assert_string_equal(at->name, "Family day");
	assert_int_equal(at->closed, 0);
	assert_int_equal(events_on(&both, fair, &at), 1);
	assert_true(event_is_for(at, "S1"));
	assert_false(event_is_for(at, "S2"));
	/* An event of one store leaves the others their holiday. */
	assert_int_equal(events_on(&both, day_from_ymd(2015, 7, 4), &at), 2);
	assert_string_equal(at[0].name, "Independence Day");
	assert_int_equal(events_on(&both, day_from_ymd(2015, 7, 6), &at), 0);
	assert_int_equal(both.until, day_from_ymd(2015, 12, 26));
	events_release(&both);
}

static void events_ascend(void **state)
{
	(void)state;
	for (const char *const *region = events_regions(); *region; region++) {
		struct events ev;
		struct err e = { 0 };
		assert_int_equal(events_holidays(&ev, *region, day_from_ymd(1980, 1, 1),
						 day_from_ymd(2050, 12, 31), &e), OK);
		assert_true(ev.n > 71 * 5);
		for (size_t i = 1; i < ev.n; i++)
			assert_true(ev.event[i - 1].day <= ev.event[i].day);
		events_release(&ev);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(public_days_are_those_published),
		cmocka_unit_test(shops_days_are_known),
		cmocka_unit_test(laws_begin_and_end),
		cmocka_unit_test(unknown_region_names_the_known),
		cmocka_unit_test(user_events_win),
		cmocka_unit_test(events_ascend),
	};
	return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
