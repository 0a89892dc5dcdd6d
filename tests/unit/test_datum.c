/* Dates and numbers as people write them; day numbers by hand: 2024-01-01 is 19723. */
#include "config.h"
#include "unit.h"

#include <string.h>
#include "io/datum.h"

static day_t read_as(enum date_form form, const char *text)
{
	return date_read(form, text, strlen(text));
}

static void reads_dates(void **state)
{
	(void)state;
	static const char *const ymd[] = { "2024-01-02", "2024/01/02", "2024.1.2", "20240102", "2024-1-2",
					   "2024-01-02 08:26:00", "2024-01-02T08:26:00.5Z",
					   "2024-01-02 9:05 PM" };
	static const char *const dmy[] = { "02.01.2024", "2/1/24", "02-01-2024 0:00", "2.1.2024" };
	static const char *const mdy[] = { "01/02/2024", "1/2/24", "01-02-2024" };
	for (size_t k = 0; k < sizeof ymd / sizeof *ymd; k++)
		assert_int_equal(read_as(DATE_YMD, ymd[k]), 19724);
	for (size_t k = 0; k < sizeof dmy / sizeof *dmy; k++)
		assert_int_equal(read_as(DATE_DMY, dmy[k]), 19724);
	for (size_t k = 0; k < sizeof mdy / sizeof *mdy; k++)
		assert_int_equal(read_as(DATE_MDY, mdy[k]), 19724);
	assert_int_equal(read_as(DATE_MONTH, "2024-01"), 19723);
	assert_int_equal(read_as(DATE_MONTH, "2024M01"), 19723);
	/* ISO 8601: 2024-W01 begins on Monday, 1 January; 2026-W53 on 28 December 2026. */
	assert_int_equal(read_as(DATE_WEEK, "2024-W01"), 19723);
	assert_int_equal(read_as(DATE_WEEK, "2026-W53"), day_from_ymd(2026, 12, 28));
	assert_int_equal(read_as(DATE_NUMBER, "48"), 48);
	assert_int_equal(read_as(DATE_NUMBER, "48.0"), 48);
}

static void refuses_what_is_no_date(void **state)
{
	(void)state;
	static const char *const none[] = { "", "2024-02-30", "2023-02-29", "2024-13-01", "2024-01/02",
					    "2024-01-02x", "2024-01-02 later", "0024-01-02", "24-1", "today",
					    "2024-01-02 T" };
	for (size_t k = 0; k < sizeof none / sizeof *none; k++)
		assert_int_equal(read_as(DATE_YMD, none[k]), DAY_NONE);
	assert_int_equal(read_as(DATE_MDY, "01.02.2024"), DAY_NONE);
	assert_int_equal(read_as(DATE_WEEK, "2025-W53"), DAY_NONE);
	assert_int_equal(read_as(DATE_NUMBER, "-1"), DAY_NONE);
}

static int decide(const char *const *text)
{
	struct date_votes v = { { 0 }, 0 };
	for (; *text; text++)
		date_vote(&v, *text, strlen(*text));
	return date_decide(&v);
}

static void decides_over_the_column(void **state)
{
	(void)state;
	assert_int_equal(decide((const char *const[]){ "01/02/2024", "13/02/2024", NULL }), DATE_DMY);
	assert_int_equal(decide((const char *const[]){ "01/02/2024", "02/13/2024", NULL }), DATE_MDY);
	assert_int_equal(decide((const char *const[]){ "01/02/2024", "02/02/2024", NULL }), DATE_ASK);
	assert_int_equal(decide((const char *const[]){ "13/02/2024", "02/13/2024", NULL }), DATE_ASK);
	assert_int_equal(decide((const char *const[]){ "01.02.2024", NULL }), DATE_DMY);
	assert_int_equal(decide((const char *const[]){ "2024-01-02", "x", NULL }), DATE_YMD);
	assert_int_equal(decide((const char *const[]){ "1", "2", NULL }), DATE_NUMBER);
	assert_int_equal(decide((const char *const[]){ "x", NULL }), DATE_NO_FORM);
}

/* '.' or ',' for what separates the decimals; '?' for what must be asked. */
static char decide_numbers(char delimiter, const char *const *text)
{
	struct number_votes v = { 0 };
	struct number_form form;
	for (; *text; text++)
		number_vote(&v, *text, strlen(*text));
	return number_decide(&v, delimiter, &form) ? form.point : '?';
}

static void decides_on_decimals(void **state)
{
	(void)state;
	assert_int_equal(decide_numbers(';', (const char *const[]){ "1,5", NULL }), ',');
	assert_int_equal(decide_numbers(';', (const char *const[]){ "1.5", NULL }), '.');
	assert_int_equal(decide_numbers(';', (const char *const[]){ "1.234,5", NULL }), ',');
	assert_int_equal(decide_numbers(';', (const char *const[]){ "1,234.5", NULL }), '.');
	assert_int_equal(decide_numbers(';', (const char *const[]){ "1.234.567", NULL }), ',');
	assert_int_equal(decide_numbers(';', (const char *const[]){ "0.125", NULL }), '.');
	assert_int_equal(decide_numbers(';', (const char *const[]){ "1234.567", NULL }), '.');
	assert_int_equal(decide_numbers(';', (const char *const[]){ "1.234", "1,5", NULL }), ',');
	assert_int_equal(decide_numbers(';', (const char *const[]){ "1.234", NULL }), '?');
	assert_int_equal(decide_numbers(',', (const char *const[]){ "1.234", NULL }), '.');
	assert_int_equal(decide_numbers(';', (const char *const[]){ "1", "12", NULL }), '.');
}

static void reads_numbers(void **state)
{
	(void)state;
	static const struct number_form german = { ',', '.' }, english = { '.', ',' };
	double x = 0;
	assert_true(number_read(&german, "1.234,5", 7, &x) && x == 1234.5);
	assert_true(number_read(&german, "-0,25", 5, &x) && x == -0.25);
	assert_true(number_read(&english, "1,234.5", 7, &x) && x == 1234.5);
	assert_true(number_read(&english, " 17 ", 4, &x) && x == 17);
	assert_true(number_read(&english, "123456789012", 12, &x) && x == 123456789012.0);
	assert_false(number_read(&english, "1,5", 3, &x));
	assert_false(number_read(&german, "1.5", 3, &x));
	assert_false(number_read(&english, "", 0, &x));
	assert_false(number_read(&english, "12a", 3, &x));
	assert_true(number_is_missing("NA", 2) && number_is_missing("", 0) && number_is_missing("null", 4));
	assert_false(number_is_missing("0", 1));
	assert_false(number_is_missing("many", 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_dates),
		cmocka_unit_test(refuses_what_is_no_date),
		cmocka_unit_test(decides_over_the_column),
		cmocka_unit_test(decides_on_decimals),
		cmocka_unit_test(reads_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
