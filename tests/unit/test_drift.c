/*
 * The drift chart: what it must not do (look ahead, care for order, be moved by what all share), what it must find,
 * and how often it may be wrong; Benjamini and Hochberg's own example.
 */
#include "config.h"
#include "eval/drift_bench.h"

#include <math.h>
#include <string.h>
#include "num/library.h"
#include "num/rng.h"
#include "num/stat.h"
#include "unit.h"

/* Benjamini & Hochberg (1995), section 3.2: 15 p-values of the rt-PA trial; at q = .05 the four smallest go. */
static void the_papers_example(void **state)
{
	(void)state;
	static const double p[] = { .0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344,
				    .0459, .3240, .4262, .5719, .6528, .7590, 1.0000 };
	double scratch[15];
	unit_near(stat_fdr(p, 15, .05, scratch), .0095, 0);
	unit_near(stat_fdr(p + 9, 6, .05, scratch), -1, 0);
	const double known[] = { (double)NAN, .001, (double)NAN, .2 };
	unit_near(stat_fdr(known, 4, .05, scratch), .001, 0); /* two tests: .001 <= .025 */
}

enum { N = 300, WEEKS = 140 };

static float *noise(uint64_t seed)
{
	float *z = malloc(sizeof *z * N * WEEKS);
	struct rng *r = rng_new();
	rng_seed(r, seed, "z", "test");
	for (int k = 0; k < N * WEEKS; k++)
		z[k] = (float)rng_gaussian(r);
	rng_free(r);
	return z;
}

static void judge(const float *z, const int *group, int weeks, struct drift_verdict *out)
{
	static const int class_[N];
	struct arena a = { 0 };
	struct drift_null null;
	const struct drift_fleet past = { N, 104, z, group, 10, class_, 1, 0, 0 };
	const struct drift_fleet now = { N, weeks, z, group, 10, class_, 1, 0, 0 };
	drift_calibrate(&past, &a, &null);
	drift_judge(&now, &null, DRIFT_BUDGET, 0, out);
	arena_release(&a);
}

static void groups(int *group)
{
	for (int i = 0; i < N; i++)
		group[i] = i % 10;
}

static void the_future_changes_nothing(void **state)
{
	(void)state;
	int group[N];
	struct drift_verdict x[N], y[N];
	float *z = noise(1);
	groups(group);
	judge(z, group, 120, x);
	for (int k = 120 * N; k < WEEKS * N; k++)
		z[k] = 1000;
	judge(z, group, 120, y);
	for (int i = 0; i < N; i++)
		unit_near(x[i].statistic, y[i].statistic, 0);
	free(z);
}

/* Series in another order: the same verdicts in that order. */
static void order_changes_nothing(void **state)
{
	(void)state;
	int group[N], turned[N];
	struct drift_verdict x[N], y[N];
	float *z = noise(2), *back = malloc(sizeof *back * N * WEEKS);
	groups(group);
	for (int i = 0; i < N; i++) {
		turned[i] = group[N - 1 - i];
		for (int t = 0; t < WEEKS; t++)
			back[t * N + i] = z[t * N + N - 1 - i];
	}
	judge(z, group, WEEKS, x);
	judge(back, turned, WEEKS, y);
	for (int i = 0; i < N; i++) {
		unit_near(x[i].statistic, y[N - 1 - i].statistic, 0);
		unit_near(x[i].p, y[N - 1 - i].p, 0);
	}
	free(z);
	free(back);
}

/* All move alike: no series is odd. */
static void what_all_share_is_no_alarm(void **state)
{
	(void)state;
	int group[N];
	struct drift_verdict v[N];
	float *z = noise(3);
	groups(group);
	for (int t = 120; t < WEEKS; t++)
		for (int i = 0; i < N; i++)
			z[t * N + i] += 3;
	judge(z, group, WEEKS, v);
	int alarms = 0;
	for (int i = 0; i < N; i++)
		alarms += v[i].grade == DRIFT_ALARM;
	assert_true(alarms <= 1); /* a thirtieth of the shift stays: the median is shrunk */
	free(z);
}

/* A shift of 3 sd in one series since 8 weeks is found, upwards, with its size; the others stay quiet. */
static void one_that_moves_is_found(void **state)
{
	(void)state;
	int group[N], alarms = 0;
	struct drift_verdict v[N];
	float *z = noise(4);
	groups(group);
	for (int t = WEEKS - 8; t < WEEKS; t++)
		z[t * N + 17] -= 3;
	judge(z, group, WEEKS, v);
	assert_int_equal(v[17].grade, DRIFT_ALARM);
	assert_int_equal(v[17].sign, -1);
	assert_in_range(v[17].weeks, 6, 10);
	unit_near(v[17].shift, -3, 1);
	for (int i = 0; i < N; i++)
		alarms += v[i].grade == DRIFT_ALARM;
	assert_int_equal(alarms, 1);
	free(z);
}

static void too_few_weeks_are_not_judged(void **state)
{
	(void)state;
	int group[N];
	struct drift_verdict v[N];
	float *z = noise(5);
	groups(group);
	judge(z, group, DRIFT_WINDOW + DRIFT_LEAST - 1, v);
	for (int i = 0; i < N; i++)
		assert_int_equal(v[i].grade, DRIFT_INSUFFICIENT);
	free(z);
}

/* An invented fleet of 2,000: the budget is a third of a false alarm a week, 8.7 in 26 weeks; 21 are four sd more. */
static void the_budget_is_kept(void **state)
{
	(void)state;
	struct drift_world w = drift_world_usual();
	struct drift_score s;
	w.n = 2000;
	w.n_group = 5;
	w.share = .02;
	w.shift = 2;
	drift_bench(&w, DRIFT_BUDGET, &s);
	assert_true(s.false_week <= .8);
	assert_true(s.found > .9);
	assert_true(s.delay <= 12); /* 9 on the whole fleet */
}

int main(void)
{
	num_library_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_papers_example),
		cmocka_unit_test(the_future_changes_nothing),
		cmocka_unit_test(order_changes_nothing),
		cmocka_unit_test(what_all_share_is_no_alarm),
		cmocka_unit_test(one_that_moves_is_found),
		cmocka_unit_test(too_few_weeks_are_not_judged),
		cmocka_unit_test(the_budget_is_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
