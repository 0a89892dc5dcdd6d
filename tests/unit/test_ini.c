/* INI syntax: what a line can be, and the sentence for what it cannot. */
#include "config.h"
#include "unit.h"

#include <string.h>
#include "base/ini.h"

static void reads_sections_keys_values(void **state)
{
	(void)state;
	struct ini ini = { 0 };
	struct err e = { 0 };
	assert_int_equal(ini_parse(&ini, "x.conf",
				   "\xef\xbb\xbf# remark\n"
				   "top = 1\r\n"
				   "\n"
				   "[ run ]\n"
				   "  horizon=28  \n"
				   "; another\n"
				   "name = \" a # \\\"b\\\" \\\\ \"\n"
				   "empty =\n"
				   "url = a=b # not a remark\n"
				   "horizon = 14",
				   &e),
			 OK);
	assert_int_equal(ini.n, 6);
	assert_string_equal(ini_get(&ini, "", "top"), "1");
	assert_string_equal(ini_get(&ini, "run", "horizon"), "14");
	assert_string_equal(ini_get(&ini, "run", "name"), " a # \"b\" \\ ");
	assert_string_equal(ini_get(&ini, "run", "empty"), "");
	assert_string_equal(ini_get(&ini, "run", "url"), "a=b # not a remark");
	assert_null(ini_get(&ini, "run", "top"));
	assert_string_equal(ini.entry[1].value, "28");
	assert_int_equal(ini.entry[0].line, 2);
	assert_int_equal(ini.entry[5].line, 10);
	ini_release(&ini);
}

static void refuses_with_file_and_line(void **state)
{
	(void)state;
	static const char *const c[][2] = {
		{ "a = 1\n[run\n", "x.conf:2: '[run' lacks its closing bracket" },
		{ "hello\n", "x.conf:1: 'hello' is neither 'key = value' nor '[section]'" },
		{ "\n\n = 3\n", "x.conf:3: key before '=' is empty" },
		{ "k = \"open\n", "x.conf:1: value of 'k' lacks its closing quote" },
		{ "k = \"a\" b\n", "x.conf:1: value of 'k' lacks its closing quote" },
	};
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		struct ini ini = { 0 };
		struct err e = { 0 };
		assert_int_equal(ini_parse(&ini, "x.conf", c[i][0], &e), E_USAGE);
		assert_string_equal(e.text, c[i][1]);
		ini_release(&ini);
	}
}

static void absent_file(void **state)
{
	(void)state;
	struct ini ini = { 0 };
	struct err e = { 0 };
	assert_int_equal(ini_read(&ini, "no-such-folder/no.conf", &e), E_IO);
	assert_string_equal(e.text, "cannot read 'no-such-folder/no.conf': No such file or directory");
	ini_release(&ini);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_sections_keys_values),
		cmocka_unit_test(refuses_with_file_and_line),
		cmocka_unit_test(absent_file),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
