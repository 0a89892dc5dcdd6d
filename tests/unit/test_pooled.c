/* The pooled test: distances by hand, its rate of false alarms, what it finds, and what it must not depend on. */
#include "config.h"
#include "unit.h"

#include <math.h>
#include <string.h>
#include "base/mem.h"
#include "eval/pooled.h"
#include "num/rng.h"

enum { N = 133, WEEKS = 130 };

static float *fleet(uint64_t seed, int n_week)
{
	struct rng *rng = rng_new();
	rng_seed(rng, seed, "fleet", "test");
	float *x = NEW_ARRAY(float, n_week * N);
	for (int t = 0; t < n_week; t++) {
		/* What all share: seasons of a year and shocks, as retail has. */
		double common = .3 * rng_gaussian(rng) + (t % 52 > 48 ? 1.5 : 0);
		for (int i = 0; i < N; i++)
			x[t * N + i] = (float)(common + rng_gaussian(rng));
	}
	rng_free(rng);
	return x;
}

static void all_one(int *of)
{
	memset(of, 0, N * sizeof *of);
}

/* All series equal to a week's value c[t] but for a fixed spread: the distance is |c - mean of the c before| over the
 * mean absolute deviation of the spread. */
static void distance_by_hand(void **state)
{
	enum { M = 64, T = 60 }; /* 64 series i / 64: the grid's own points up to interpolation */
	float *x = NEW_ARRAY(float, M * T);
	int of[M] = { 0 };
	const struct pooled_cut cut = { of, 1 };
	struct pooled_verdict v;
	(void)state;
	for (int t = 0; t < T; t++)
		for (int i = 0; i < M; i++)
			x[t * M + i] = (float)(i + (t == T - 1 ? 8 : t % 2));
	pooled_judge(x, T, M, &cut, 1, &v);
	/* The 52 weeks before have shifts 0 and 1 in turn: .5 on average; spread of 0..63 on the grid
	 * (k + .5) / 64 * 63: mean |.| = 63 / 4. */
	unit_near(v.plain.distance, 7.5 / (63 / 4.), 1e-6);
	assert_int_equal(v.plain.grade, POOLED_ODD);
	unit_near(v.net.distance, 0, 1e-6);
	assert_int_equal(v.net.grade, POOLED_OK);
	unit_near(v.quartile[1] - v.usual[1], 7.5, 1e-6);
	assert_int_equal(v.n, M);
	free(x);
}

static void false_alarms_are_few(void **state)
{
	enum { SEEDS = 8, FROM = 104 };
	int of[N], odd = 0, odd_net = 0, checks = 0;
	const struct pooled_cut cut = { of, 1 };
	(void)state;
	all_one(of);
	for (int seed = 1; seed <= SEEDS; seed++) {
		float *x = fleet((uint64_t)seed, 2 * WEEKS);
		for (int t = FROM; t < 2 * WEEKS; t++) {
			struct pooled_verdict v;
			pooled_judge(x + (t >= WEEKS ? t - WEEKS + 1 : 0) * N, t >= WEEKS ? WEEKS : t + 1, N, &cut, 1, &v);
			odd += v.plain.grade >= POOLED_ODD;
			odd_net += v.net.grade >= POOLED_ODD;
			checks++;
		}
		free(x);
	}
	/* The goal for stable data is 3 % of the checks. */
	assert_true(odd <= .03 * checks && odd > 0);
	assert_true(odd_net <= .03 * checks && odd_net > 0);
}

/* Half of the series move down by two sd, this week and the last: the net test sees it in both. */
static void half_that_moves_is_found(void **state)
{
	enum { SEEDS = 40 };
	int of[N], found = 0, lasting = 0;
	const struct pooled_cut cut = { of, 1 };
	(void)state;
	all_one(of);
	for (int seed = 100; seed < 100 + SEEDS; seed++) {
		float *x = fleet((uint64_t)seed, WEEKS);
		struct pooled_verdict v;
		for (int i = 0; i < N; i += 2)
			for (int t = WEEKS - 2; t < WEEKS; t++)
				x[t * N + i] -= 2;
		pooled_judge(x, WEEKS, N, &cut, 1, &v);
		found += v.net.grade >= POOLED_ODD;
		lasting += v.net.grade == POOLED_LASTING;
		free(x);
	}
	assert_true(found >= .9 * SEEDS);
	assert_true(lasting >= .8 * SEEDS);
}

static void order_scale_and_future_are_nothing(void **state)
{
	float *x = fleet(7, WEEKS), *y = NEW_ARRAY(float, WEEKS * N);
	int of[N], turned[N];
	struct pooled_verdict v[3], w[3];
	const struct pooled_cut cut[] = { { of, 3 } }, other[] = { { turned, 3 } };
	(void)state;
	for (int i = 0; i < N; i++) {
		of[i] = i % 3;
		turned[N - 1 - i] = of[i];
	}
	for (int t = 0; t < WEEKS; t++)
		for (int i = 0; i < N; i++)
			y[t * N + N - 1 - i] = 4 * x[t * N + i]; /* a power of two is exact */
	x[3] = NAN;
	y[N - 1 - 3] = NAN;
	pooled_judge(x, WEEKS - 5, N, cut, 1, v);
	pooled_judge(y, WEEKS - 5, N, other, 1, w);
	for (int g = 0; g < 3; g++) {
		unit_near(v[g].plain.distance, w[g].plain.distance, 0);
		unit_near(v[g].net.distance, w[g].net.distance, 0);
		assert_int_equal(v[g].plain.grade, w[g].plain.grade);
	}
	/* A group by itself is what it is among others. */
	struct pooled_verdict alone;
	float *z = NEW_ARRAY(float, WEEKS * N);
	int one[N] = { 0 }, m = 0;
	const struct pooled_cut single = { one, 1 };
	for (int t = 0; t < WEEKS - 5; t++) {
		m = 0;
		for (int i = 1; i < N; i += 3)
			z[t * ((N + 1) / 3) + m++] = x[t * N + i];
	}
	assert_int_equal(m, (N + 1) / 3);
	pooled_judge(z, WEEKS - 5, m, &single, 1, &alone);
	unit_near(alone.plain.distance, v[1].plain.distance, 0);
	free(x);
	free(y);
	free(z);
}

static void too_little_is_said(void **state)
{
	float *x = fleet(9, WEEKS);
	int of[N];
	struct pooled_verdict v[2];
	const struct pooled_cut cut = { of, 2 };
	(void)state;
	for (int i = 0; i < N; i++)
		of[i] = i < POOLED_LEAST - 1;
	pooled_judge(x, WEEKS, N, &cut, 1, v);
	assert_int_equal(v[1].plain.grade, POOLED_INSUFFICIENT);
	assert_true(isnan(v[1].plain.distance));
	assert_int_equal(v[0].plain.grade >= POOLED_OK, 1);
	pooled_judge(x, POOLED_LEAST_REFERENCE + POOLED_LEAST_PAST - 1, N, &cut, 1, v);
	assert_int_equal(v[0].plain.grade, POOLED_INSUFFICIENT);
	free(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distance_by_hand),
		cmocka_unit_test(false_alarms_are_few),
		cmocka_unit_test(half_that_moves_is_found),
		cmocka_unit_test(order_scale_and_future_are_nothing),
		cmocka_unit_test(too_little_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
