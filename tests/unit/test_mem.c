/* Arenas and growable arrays: alignment, zeroing, reuse after a reset. */
#include "config.h"
#include "unit.h"

#include <stdalign.h>
#include <string.h>
#include "base/mem.h"

static void arena_gives_zeroed_aligned_memory(void **state)
{
	(void)state;
	struct arena a = { 0 };
	for (size_t i = 1; i < 3000; i += 7) {
		unsigned char *p = arena_alloc(&a, i);
		assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
		for (size_t k = 0; k < i; k++)
			assert_int_equal(p[k], 0);
		memset(p, 0xaa, i);
	}
	arena_reset(&a);
	unsigned char *p = arena_alloc(&a, 5000);
	for (size_t k = 0; k < 5000; k++)
		assert_int_equal(p[k], 0);
	arena_release(&a);
	arena_release(&a);
}

static void arena_pieces_do_not_overlap(void **state)
{
	(void)state;
	enum { N = 2000 };
	struct arena a = { 0 };
	unsigned *p[N];
	for (unsigned i = 0; i < N; i++) {
		p[i] = ARENA_ARRAY(&a, unsigned, 1 + i % 50);
		for (unsigned k = 0; k < 1 + i % 50; k++)
			p[i][k] = i;
	}
	for (unsigned i = 0; i < N; i++)
		for (unsigned k = 0; k < 1 + i % 50; k++)
			assert_int_equal(p[i][k], i);
	double *big = ARENA_ARRAY(&a, double, 1000000);
	big[999999] = 1;
	assert_string_equal(arena_strdup(&a, "kept"), "kept");
	arena_release(&a);
}

static void vec_grows(void **state)
{
	(void)state;
	VEC(int) v = { 0 };
	for (int i = 0; i < 100000; i++)
		VEC_PUSH(&v, i);
	assert_int_equal(v.n, 100000);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(v.at[i], i);
	VEC_FREE(&v);
	assert_null(v.at);
	assert_int_equal(v.n, 0);
}

static void nothing_asked_is_still_a_pointer(void **state)
{
	(void)state;
	void *p = xmalloc(0), *q = xcalloc(0, 0);
	int *r = NEW_ARRAY(int, 0);
	assert_non_null(p);
	assert_non_null(q);
	assert_non_null(r);
	free(p);
	free(q);
	free(r);
	char *s = xstrndup("abcdef", 3);
	assert_string_equal(s, "abc");
	free(s);
	assert_true(mem_peak() > 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arena_gives_zeroed_aligned_memory),
		cmocka_unit_test(arena_pieces_do_not_overlap),
		cmocka_unit_test(vec_grows),
		cmocka_unit_test(nothing_asked_is_still_a_pointer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
