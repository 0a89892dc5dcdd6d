/* The external sort: order, stability and values, in memory and through the disk, in any order. */
#include "config.h"
#include "unit.h"

#include <math.h>
#include <string.h>
#include "base/mem.h"
#include "io/sorter.h"

#define N 20000

/* A permutation of 0 .. N-1: 7919 is prime to N. */
static uint64_t scattered(int i)
{
	return (uint64_t)i * 7919 % N;
}

/* Adds keys in the order of `key`, each twice (line 2i, 2i+1), and reads all back. */
static void round_trip(size_t chunk, uint64_t (*key)(int), uint64_t spread)
{
	struct err e = { 0 };
	struct sorter *s = sorter_new(chunk, ".");
	struct sorter_record r;
	int more;
	for (int copy = 0; copy < 2; copy++)
		for (int i = 0; i < N; i++)
			assert_int_equal(sorter_add(s, key(i) * spread, (double)key(i) + 0.5 * copy,
						    copy ? -i : i, &e), OK);
	assert_int_equal(sorter_count(s), 2 * N);
	assert_int_equal(sorter_finish(s, &e), OK);
	for (uint64_t k = 0; k < 2 * N; k++) {
		assert_int_equal(sorter_next(s, &r, &more, &e), OK);
		assert_true(more);
		assert_true(r.key == k / 2 * spread);
		/* Stable: the copy that went in first comes out first. */
		assert_true(r.value == (double)(k / 2) + 0.5 * (double)(k % 2));
		assert_true(k % 2 ? r.line <= 0 : r.line >= 0);
	}
	assert_int_equal(sorter_next(s, &r, &more, &e), OK);
	assert_false(more);
	sorter_free(s);
}

static uint64_t ascending(int i)
{
	return (uint64_t)i;
}

static uint64_t descending(int i)
{
	return (uint64_t)(N - 1 - i);
}

static void sorts_in_memory(void **state)
{
	(void)state;
	round_trip(1 << 20, scattered, 1);
	round_trip(1 << 20, ascending, 1);
	round_trip(1 << 20, descending, UINT64_C(1) << 40);
}

static void sorts_through_the_disk(void **state)
{
	(void)state;
	round_trip(1000, scattered, 1);
	round_trip(1000, scattered, UINT64_C(0x10000000001));
	round_trip(1000, ascending, 1);
	round_trip(999, descending, UINT64_C(1) << 48);
	round_trip(2 * N, scattered, 3);
}

/* A file that goes series by series: the lower part of a key by day ascends within a chunk. */
static void sorts_what_is_half_in_order(void **state)
{
	(void)state;
	struct err e = { 0 };
	struct sorter *s = sorter_new(700, ".");
	struct sorter_record r;
	int more;
	for (uint64_t series = 1000001; series < 1000201; series++)
		for (uint64_t day = 0; day < 100; day++)
			assert_int_equal(sorter_add(s, day << 40 | series, 1, 1, &e), OK);
	assert_int_equal(sorter_finish(s, &e), OK);
	for (uint64_t day = 0; day < 100; day++)
		for (uint64_t series = 1000001; series < 1000201; series++) {
			assert_int_equal(sorter_next(s, &r, &more, &e), OK);
			assert_true(more && r.key == (day << 40 | series));
		}
	sorter_free(s);
}

/* Values that are packed as whole numbers and those that are not, NaN among them. */
static void keeps_every_value(void **state)
{
	(void)state;
	static const double value[] = { 0, 1, 255, 999999999, 1e9, 1e15, -1, -0.1, 0.1, 1e-300, 4294967295.0,
					4294967296.0 };
	struct err e = { 0 };
	struct sorter *s = sorter_new(2, ".");
	struct sorter_record r;
	int more, n = (int)(sizeof value / sizeof *value);
	for (int i = 0; i < n; i++)
		assert_int_equal(sorter_add(s, (uint64_t)i, value[i], INT64_C(1) << (5 * i), &e), OK);
	assert_int_equal(sorter_add(s, UINT64_MAX, (double)NAN, INT64_MIN, &e), OK);
	assert_int_equal(sorter_finish(s, &e), OK);
	for (int i = 0; i < n; i++) {
		assert_int_equal(sorter_next(s, &r, &more, &e), OK);
		assert_true(more && r.value == value[i] && r.line == INT64_C(1) << (5 * i));
	}
	assert_int_equal(sorter_next(s, &r, &more, &e), OK);
	assert_true(more && isnan(r.value) && r.key == UINT64_MAX && r.line == INT64_MIN);
	sorter_free(s);
}

static void says_where_it_cannot_write(void **state)
{
	(void)state;
	struct err e = { 0 };
	struct sorter *s = sorter_new(1, "no such folder");
	assert_int_equal(sorter_add(s, 1, 1, 1, &e), OK);
	assert_int_equal(sorter_add(s, 2, 1, 1, &e), E_IO);
	assert_non_null(strstr(e.text, "cannot make a temporary file in 'no such folder'"));
	sorter_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorts_in_memory),
		cmocka_unit_test(sorts_through_the_disk),
		cmocka_unit_test(sorts_what_is_half_in_order),
		cmocka_unit_test(keeps_every_value),
		cmocka_unit_test(says_where_it_cannot_write),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
