/* The parallel loop: each item once, for any number of threads and any chunk. */
#include "config.h"
#include "unit.h"

#include "base/mem.h"
#include "base/par.h"

struct slots {
	int *times; /* [n] how often each item came */
	int jobs;
	int bad;    /* a worker number out of range */
};

static void count(void *context, size_t from, size_t to, int worker)
{
	struct slots *s = context;
	if (worker < 0 || worker >= (s->jobs < 1 ? 1 : s->jobs))
		s->bad = 1;
	for (size_t i = from; i < to; i++)
		s->times[i]++;
}

static void count_all(size_t n, size_t chunk, int jobs)
{
	struct slots s = { NEW_ARRAY(int, n), jobs, 0 };
	par_for(n, chunk, jobs, count, &s);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(s.times[i], 1);
	assert_false(s.bad);
	free(s.times);
}

static void each_item_once(void **state)
{
	(void)state;
	static const size_t size[] = { 0, 1, 2, 7, 1000, 100003 };
	static const size_t chunk[] = { 0, 1, 3, 64, 200000 };
	static const int jobs[] = { 0, 1, 2, 3, 16 };
	for (size_t a = 0; a < sizeof size / sizeof *size; a++)
		for (size_t b = 0; b < sizeof chunk / sizeof *chunk; b++)
			for (size_t c = 0; c < sizeof jobs / sizeof *jobs; c++)
				count_all(size[a], chunk[b], jobs[c]);
	count_all(1000, 1, 1000); /* more than the loop will start */
}

static void at_least_one_processor(void **state)
{
	(void)state;
	assert_true(par_processors() >= 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_item_once),
		cmocka_unit_test(at_least_one_processor),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
