/*
 * Order-up-to levels: tau holds on slow and fast movers and long intervals, with forecasts that err; what
 * is lent where a series has no errors of its own; a later past changes no earlier level.
 */
#include "config.h"
#include "unit.h"

#include <math.h>
#include <string.h>
#include "num/count.h"
#include "num/library.h"
#include "num/rng.h"
#include "stock/policy.h"

enum { N = 120, DAYS = 560, FIRST = 120, N_TAU = 11, SEGMENTS = 2 };
static const double tau[N_TAU] = { .50, .60, .70, .80, .85, .90, .93, .95, .97, .98, .99 };

struct market {
	struct arena a;
	float *mean;
	double *known;
	int protect[N], segment[N];
	struct policy_case c;
};

static double rate_of(int i)
{
	static const double rate[] = { .1, .3, 1, 3, 10, 40 };
	return rate[i % 6];
}

/* Negative binomial days, weekends of double demand, forecasts the mean of the last 28 days: wrong by
 * weekday and by chance, as forecasts are. */
static void market_open(struct market *m, uint64_t seed)
{
	struct rng *r = rng_new();
	memset(m, 0, sizeof *m);
	m->mean = ARENA_ARRAY(&m->a, float, N * DAYS);
	m->known = ARENA_ARRAY(&m->a, double, N * DAYS);
	for (int i = 0; i < N; i++) {
		static const int interval[] = { 1, 2, 5, 14 };
		double *y = m->known + i * DAYS, sum = 0;
		char key[16];
		snprintf(key, sizeof key, "%d", i);
		rng_seed(r, seed, key, "market");
		m->protect[i] = interval[i / 6 % 4];
		m->segment[i] = i % 6 >= 3;
		for (int t = 0; t < DAYS; t++) {
			y[t] = (double)rng_negative_binomial(r, rate_of(i) * (t % 7 > 4 ? 2 : 1), .3);
			sum += y[t] - (t >= 28 ? y[t - 28] : 0);
			m->mean[i * DAYS + t] = t < 27 ? (float)NAN : (float)(sum / 28 * m->protect[i]);
		}
	}
	rng_free(r);
	m->c = (struct policy_case){ .n = N, .n_origin = DAYS, .mean = m->mean, .known = m->known,
				     .protect = m->protect, .segment = m->segment, .n_segment = SEGMENTS,
				     .refresh = 28, .first = FIRST, .n_tau = N_TAU, .tau = tau, .jobs = 1 };
}

static double sum_after(const struct market *m, int i, int o)
{
	double sum = 0;
	for (int h = 1; h <= m->protect[i]; h++)
		sum += m->known[i * DAYS + o + h];
	return sum;
}

/* P(Y <= S) and P(Y < S): a share of tau lies between them, as far as counts can. */
static void share_below(const struct market *m, const struct policy *p, int i, int k, double below[2])
{
	float level[DAYS];
	int to = DAYS - m->protect[i];
	policy_levels(p, i, k, FIRST, to, 1, level);
	for (int o = FIRST; o < to; o++) {
		double y = sum_after(m, i, o), s = ceil((double)level[o - FIRST] - 1e-6);
		below[0] += (y < s) / (double)(to - FIRST);
		below[1] += (y <= s) / (double)(to - FIRST);
	}
}

/* The replay orders whole units, so up to the level rounded up: what is held then is tau or more, and
 * with one unit less it is tau or less. */
static void tau_holds_for_slow_and_fast(void **state)
{
	(void)state;
	struct market m;
	market_open(&m, 1);
	struct policy *p = policy_learn(&m.c, &m.a);
	for (int g = 0; g < 6; g++)
		for (int k = 0; k < N_TAU; k++) {
			double below[2] = { 0 };
			int n = 0;
			for (int i = g; i < N; i += 6, n++)
				share_below(&m, p, i, k, below);
			assert_true(below[0] / n < tau[k] + .03);
			assert_true(below[1] / n > tau[k] - .03);
		}
	arena_release(&m.a);
}

static void levels_rise_with_tau_and_scale(void **state)
{
	(void)state;
	struct market m;
	float low[DAYS], high[DAYS], thousand[DAYS];
	market_open(&m, 2);
	struct policy *p = policy_learn(&m.c, &m.a);
	for (int i = 0; i < N; i++)
		for (int k = 0; k < N_TAU; k++) {
			policy_levels(p, i, k, FIRST, DAYS, 1, high);
			policy_levels(p, i, k, FIRST, DAYS, 1000, thousand);
			for (int o = 0; o < DAYS - FIRST; o++) {
				assert_true(high[o] >= 0);
				assert_true(!k || high[o] >= low[o]);
				unit_near((double)thousand[o], 1000 * (double)high[o],
					  1e-6 * (double)thousand[o] + 1e-9);
			}
			memcpy(low, high, sizeof low);
		}
	arena_release(&m.a);
}

static void compare(const struct market *m, const struct policy *p, const struct policy *q, int to)
{
	float x[DAYS], y[DAYS];
	for (int i = 0; i < m->c.n; i++)
		for (int k = 0; k < N_TAU; k++) {
			policy_levels(p, i, k, FIRST, to, 1, x);
			policy_levels(q, i, k, FIRST, to, 1, y);
			assert_memory_equal(x, y, (size_t)(to - FIRST) * sizeof *x);
		}
}

static void threads_change_no_bit(void **state)
{
	(void)state;
	struct market m;
	market_open(&m, 3);
	struct policy *p = policy_learn(&m.c, &m.a);
	m.c.jobs = 3;
	compare(&m, p, policy_learn(&m.c, &m.a), DAYS);
	arena_release(&m.a);
}

/* Demand after a day and forecasts after it: whatever they are, levels up to it stand. */
static void the_future_changes_no_level(void **state)
{
	(void)state;
	enum { SEEN = 317 }; /* a day after a refresh: long intervals are not over */
	struct market m, other;
	market_open(&m, 4);
	market_open(&other, 4);
	for (int i = 0; i < N; i++)
		for (int t = SEEN + 1; t < DAYS; t++) {
			other.known[i * DAYS + t] = t % 3 ? (t * 13 + i) % 50 : (double)NAN;
			other.mean[i * DAYS + t] = (float)(t % 11);
		}
	compare(&m, policy_learn(&m.c, &m.a), policy_learn(&other.c, &other.a), SEEN + 1);
	arena_release(&m.a);
	arena_release(&other.a);
}

/* Means that stand among others, as an arm with several spans keeps them. */
static void means_may_lie_apart(void **state)
{
	(void)state;
	struct market m;
	market_open(&m, 5);
	struct policy *p = policy_learn(&m.c, &m.a);
	float *wide = ARENA_ARRAY(&m.a, float, 3 * N * DAYS);
	for (int i = 0; i < N; i++)
		memcpy(wide + (3 * i + 1) * DAYS, m.mean + i * DAYS, DAYS * sizeof *wide);
	m.c.mean = wide + DAYS;
	m.c.stride = 3 * DAYS;
	compare(&m, p, policy_learn(&m.c, &m.a), DAYS);
	arena_release(&m.a);
}

/* Without errors of its own: its segment's; without those, of all; without any, the Poisson quantile. */
static void what_is_not_known_is_lent(void **state)
{
	(void)state;
	enum { DAY = 200, M = 6 };
	float mean[M * DAY], level[DAY];
	double known[M * DAY];
	int protect[M], segment[] = { 0, 0, 0, 0, 1, 2 };
	struct arena a = { 0 };
	for (int i = 0; i < M; i++) {
		protect[i] = 1;
		for (int t = 0; t < DAY; t++) {
			mean[i * DAY + t] = 8;
			known[i * DAY + t] = i < 3 ? 8 + 3 * (t % 21 - 10) / 10. : (double)NAN;
		}
	}
	mean[5 * DAY + 150] = (float)NAN;
	struct policy_case c = { .n = M, .n_origin = DAY, .mean = mean, .known = known, .protect = protect,
				 .segment = segment, .n_segment = 3, .refresh = 28, .first = 100,
				 .n_tau = N_TAU, .tau = tau, .jobs = 1 };
	struct policy *p = policy_learn(&c, &a);
	/* E is even on [-1, 1] in steps of .1: its .8 quantile is .6 or a step off, of level .6 x 3 */
	for (int i = 0; i < 5; i++) {
		policy_levels(p, i, 3, 100, DAY, 1, level);
		unit_near((double)level[50], 9.8, .31);
	}
	policy_levels(p, 5, 3, 100, DAY, 1, level);
	unit_near((double)level[49], 9.8, .31);
	assert_true(isnan(level[50])); /* no forecast, no level */
	for (int k = 0; k < M * DAY; k++)
		known[k] = (double)NAN;
	p = policy_learn(&c, &a);
	policy_levels(p, 0, 3, 100, DAY, 1, level);
	unit_near((double)level[0], count_quantile(&(struct count){ .mean = 8 }, .8), 0); /* 10 */
	unit_near((double)level[0], 10, 0);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tau_holds_for_slow_and_fast),
		cmocka_unit_test(levels_rise_with_tau_and_scale),
		cmocka_unit_test(threads_change_no_bit),
		cmocka_unit_test(the_future_changes_no_level),
		cmocka_unit_test(means_may_lie_apart),
		cmocka_unit_test(what_is_not_known_is_lent),
	};
	num_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
