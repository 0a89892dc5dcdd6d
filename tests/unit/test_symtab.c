/* Names to numbers and back, and the nearest name (Levenshtein's distance, counted by hand). */
#include "config.h"
#include "unit.h"

#include <string.h>
#include "base/symtab.h"

static void numbers_in_order_of_coming(void **state)
{
	(void)state;
	struct symtab t = { 0 };
	assert_int_equal(symtab_find(&t, "a", 1), -1);
	assert_int_equal(symtab_intern(&t, "a", 1), 0);
	assert_int_equal(symtab_intern(&t, "b", 1), 1);
	assert_int_equal(symtab_intern(&t, "a", 1), 0);
	assert_int_equal(symtab_intern(&t, "", 0), 2);
	assert_int_equal(symtab_intern(&t, "abc", 2), 3);
	assert_int_equal(symtab_find(&t, "ab", 2), 3);
	assert_int_equal(symtab_find(&t, "abc", 3), -1);
	assert_string_equal(t.name[3], "ab");
	assert_int_equal(t.n, 4);
	symtab_release(&t);
	assert_int_equal(t.n, 0);
}

static void many_names_keep_their_numbers(void **state)
{
	(void)state;
	enum { N = 50000 };
	struct symtab t = { 0 };
	char name[32];
	for (int i = 0; i < N; i++) {
		int n = snprintf(name, sizeof name, "ITEM_%d_%d", i % 97, i);
		assert_int_equal(symtab_intern(&t, name, (size_t)n), i);
	}
	for (int i = 0; i < N; i++) {
		int n = snprintf(name, sizeof name, "ITEM_%d_%d", i % 97, i);
		assert_int_equal(symtab_find(&t, name, (size_t)n), i);
		assert_string_equal(t.name[i], name);
	}
	symtab_release(&t);
}

static void nearest(void **state)
{
	(void)state;
	static const char *const name[] = { "nightly", "ingest", "backtest", "report", "CA_1" };
	const size_t n = sizeof name / sizeof *name;
	assert_string_equal(nearest_name("nigthly", name, n), "nightly"); /* distance 2 */
	assert_string_equal(nearest_name("ingset", name, n), "ingest");   /* 2 */
	assert_string_equal(nearest_name("reports", name, n), "report");  /* 1 */
	assert_string_equal(nearest_name("ca_1", name, n), "CA_1");       /* 0: case is no letter */
	assert_null(nearest_name("zzzzzz", name, n));                     /* 6 */
	assert_null(nearest_name("", name, n));
	assert_null(nearest_name("nightly", name, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_in_order_of_coming),
		cmocka_unit_test(many_names_keep_their_numbers),
		cmocka_unit_test(nearest),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
