/* Values against option tables: types, bounds, choices, and the sentences. */
#include "config.h"
#include "unit.h"

#include <math.h>
#include "base/option.h"

static const struct option table[] = {
	{ .name = "quiet", .type = OPTION_FLAG, .help = "say less" },
	{ .name = "store", .type = OPTION_TEXT, .value = "S", .several = 1, .help = "a store" },
	{ .name = "horizon", .type = OPTION_INT, .value = "N", .min = 1, .max = 400, .help = "days" },
	{ .name = "share", .type = OPTION_NUMBER, .value = "X", .min = 0, .max = 1, .help = "a share" },
	{ .name = "seed", .type = OPTION_INT, .value = "N", .help = "any whole number" },
	{ .name = "format", .type = OPTION_CHOICE, .value = "F", .choices = "table|csv|tsv",
	  .help = "shape" },
	{ 0 },
};

static void finds_by_whole_name(void **state)
{
	(void)state;
	assert_ptr_equal(option_find(table, "store"), &table[1]);
	assert_null(option_find(table, "stor"));
	assert_null(option_find(table, "stores"));
	assert_null(option_find(NULL, "store"));
}

static void right_values(void **state)
{
	(void)state;
	static const char *const c[][2] = {
		{ "store", "any \"text\"" }, { "horizon", "1" }, { "horizon", "400" },
		{ "share", "0" }, { "share", "0.25" }, { "share", "1" }, { "seed", "-12" },
		{ "format", "table" }, { "format", "tsv" },
	};
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct err e = { 0 };
		if (option_check(option_find(table, c[i][0]), c[i][1], &e))
			fail_msg("%s", e.text);
	}
}

static void wrong_values(void **state)
{
	(void)state;
	static const char *const c[][3] = {
		{ "horizon", "0", "'horizon' must lie between 1 and 400, not be 0" },
		{ "horizon", "401", "'horizon' must lie between 1 and 400, not be 401" },
		{ "horizon", "2.5", "'horizon' must be a whole number, not '2.5'" },
		{ "horizon", "four", "'horizon' must be a number, not 'four'" },
		{ "horizon", "", "'horizon' must be a number, not ''" },
		{ "share", "1.01", "'share' must lie between 0 and 1, not be 1.01" },
		{ "format", "xml", "'format' must be one of table|csv|tsv, not 'xml'" },
		{ "format", "tab", "'format' must be one of table|csv|tsv, not 'tab'" },
		{ "format", "", "'format' must be one of table|csv|tsv, not ''" },
		{ "format", "table|csv", "'format' must be one of table|csv|tsv, not 'table|csv'" },
	};
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct err e = { 0 };
		assert_int_equal(option_check(option_find(table, c[i][0]), c[i][1], &e), E_USAGE);
		assert_string_equal(e.text, c[i][2]);
	}
}

static void numbers(void **state)
{
	(void)state;
	assert_true(option_number("0.5") == 0.5);
	assert_true(option_number("1e3") == 1000);
	assert_true(isnan(option_number("half")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_by_whole_name),
		cmocka_unit_test(right_values),
		cmocka_unit_test(wrong_values),
		cmocka_unit_test(numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
