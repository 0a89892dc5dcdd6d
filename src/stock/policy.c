/*
 * Quantiles of scaled errors, in three passes: errors and their sizes of every series; pools of errors
 * divided by size, by segment; then each series' own quantiles, drawn towards its pool's times its own
 * size. A series' sorted errors are kept from one refresh to the next and the new ones merged in.
 *
 * Errors of neighbouring origins share most of their days, so n errors tell about as much as n / P:
 * that is what credibility counts (Buehlmann 1967). Own quantiles are conformal: tau of n errors is the
 * value below which a new one lies with probability tau (stat_quantile_type6).
 */
#include "config.h"
#include "stock/policy.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/par.h"
#include "num/count.h"
#include "num/stat.h"

#define SIZE_TRUST 10.  /* errors, for the size of a series' errors */
#define POOL_MOST 8192  /* errors that a pool keeps; more are thinned evenly */
#define CHUNK 64

struct policy {
	const struct policy_case *c;
	int n_refresh;
	float *q; /* [n][n_refresh][n_tau]; NaN: no error was ever seen */
};

/* Working memory of policy_learn. */
struct learning {
	const struct policy_case *c;
	struct policy *out;
	float *error;   /* [n][n_origin] NaN: none */
	int *seen;      /* [n][n_refresh] errors known by then */
	float *size;    /* [n][n_refresh] mean size of them; NaN: none */
	double *pooled_size;   /* [n_segment + 1][n_refresh]; the last is of all */
	double *pooled;        /* [n_segment + 1][n_refresh][n_tau] */
	int *member_begin, *member; /* series by segment; [n_segment + 2], [2 n] */
};

static const float *means_of(const struct policy_case *c, int i)
{
	return c->mean + (size_t)i * (c->stride ? c->stride : (size_t)c->n_origin);
}

static int refresh_origin(const struct policy_case *c, int m)
{
	return c->first + m * c->refresh;
}

/* ---- errors ---- */

static void errors_of(const struct learning *l, int i)
{
	const struct policy_case *c = l->c;
	size_t at = (size_t)i * (size_t)c->n_origin;
	const float *mean = means_of(c, i);
	const double *known = c->known + at;
	float *error = l->error + at;
	int protect = c->protect[i];
	for (int o = 0; o < c->n_origin; o++) {
		double sum = 0;
		for (int h = 1; h <= protect; h++)
			sum += o + h < c->n_origin ? known[o + h] : (double)NAN;
		error[o] = (float)((sum - (double)mean[o]) / sqrt((double)mean[o] + 1));
	}
}

/* Sizes at every refresh: the mean of |E| over intervals that were over by then. */
static void sizes_of(const struct learning *l, int i)
{
	const struct policy_case *c = l->c;
	const float *error = l->error + (size_t)i * (size_t)c->n_origin;
	double sum = 0;
	int n = 0, o = 0;
	for (int m = 0; m < l->out->n_refresh; m++) {
		for (; o + c->protect[i] <= refresh_origin(c, m); o++)
			if (!isnan(error[o])) {
				sum += fabs((double)error[o]);
				n++;
			}
		size_t at = (size_t)i * (size_t)l->out->n_refresh + (size_t)m;
		l->seen[at] = n;
		l->size[at] = n ? (float)(sum / n) : (float)NAN;
	}
}

static void learn_errors(void *context, size_t from, size_t to, int worker)
{
	(void)worker;
	for (size_t i = from; i < to; i++) {
		errors_of(context, (int)i);
		sizes_of(context, (int)i);
	}
}

/* ---- pools ---- */

static void sort_members(struct learning *l, struct arena *a)
{
	const struct policy_case *c = l->c;
	l->member_begin = ARENA_ARRAY(a, int, c->n_segment + 2);
	l->member = ARENA_ARRAY(a, int, 2 * (size_t)c->n + 1);
	int at = 0;
	for (int s = 0; s <= c->n_segment; s++) {
		l->member_begin[s] = at;
		for (int i = 0; i < c->n; i++)
			if (s == c->n_segment || c->segment[i] == s)
				l->member[at++] = i;
	}
	l->member_begin[c->n_segment + 1] = at;
}

/* The part of a series' error that is its segment's: mean size, credible by the errors it rests on. */
static double pool_size(const struct learning *l, int s, int m)
{
	double sum = 0, n = 0;
	for (int k = l->member_begin[s]; k < l->member_begin[s + 1]; k++) {
		size_t at = (size_t)l->member[k] * (size_t)l->out->n_refresh + (size_t)m;
		if (l->seen[at]) {
			sum += l->seen[at] * (double)l->size[at];
			n += l->seen[at];
		}
	}
	return n > 0 ? sum / n : (double)NAN;
}

static double size_at(const struct learning *l, int i, int m, double pooled)
{
	size_t at = (size_t)i * (size_t)l->out->n_refresh + (size_t)m;
	double n = (double)l->seen[at] / l->c->protect[i];
	if (!l->seen[at] || isnan(pooled))
		return pooled;
	return (n * (double)l->size[at] + SIZE_TRUST * pooled) / (n + SIZE_TRUST);
}

/* Every k-th error of the segment's series, each divided by its series' size. */
static int gather(const struct learning *l, int s, int m, double pooled, double *out)
{
	const struct policy_case *c = l->c;
	int64_t all = 0, turn = 0;
	int n = 0;
	for (int k = l->member_begin[s]; k < l->member_begin[s + 1]; k++)
		all += l->seen[(size_t)l->member[k] * (size_t)l->out->n_refresh + (size_t)m];
	int64_t stride = all / POOL_MOST + 1;
	for (int k = l->member_begin[s]; k < l->member_begin[s + 1]; k++) {
		int i = l->member[k];
		const float *error = l->error + (size_t)i * (size_t)c->n_origin;
		double size = size_at(l, i, m, pooled);
		for (int o = 0; size > 0 && o + c->protect[i] <= refresh_origin(c, m); o++)
			if (!isnan(error[o]) && turn++ % stride == 0)
				out[n++] = (double)error[o] / size;
	}
	return n;
}

static void learn_pools(void *context, size_t from, size_t to, int worker)
{
	struct learning *l = context;
	const struct policy_case *c = l->c;
	double *x = NEW_ARRAY(double, POOL_MOST + 2);
	(void)worker;
	for (size_t k = from; k < to; k++) {
		int s = (int)(k / (size_t)l->out->n_refresh), m = (int)(k % (size_t)l->out->n_refresh);
		double *q = l->pooled + k * (size_t)c->n_tau;
		l->pooled_size[k] = pool_size(l, s, m);
		int n = isnan(l->pooled_size[k]) ? 0 : gather(l, s, m, l->pooled_size[k], x);
		stat_sort(x, (size_t)n);
		for (int t = 0; t < c->n_tau; t++)
			q[t] = n ? stat_quantile_type6(x, (size_t)n, c->tau[t]) : (double)NAN;
	}
	free(x);
}

/* ---- a series' own ---- */

/* Merges ascending b[m] into ascending a[n], which has room for both. */
static void merge(double *a, int n, const double *b, int m)
{
	for (int to = n + m - 1; m > 0; to--)
		a[to] = n > 0 && a[n - 1] > b[m - 1] ? a[--n] : b[--m];
}

static void settle(const struct learning *l, int i, int m, const double *sorted, int n)
{
	const struct policy_case *c = l->c;
	int s = c->segment[i];
	size_t pool = (size_t)s * (size_t)l->out->n_refresh + (size_t)m;
	if (isnan(l->pooled_size[pool]))
		pool = (size_t)c->n_segment * (size_t)l->out->n_refresh + (size_t)m;
	double size = size_at(l, i, m, l->pooled_size[pool]), own = (double)n / c->protect[i];
	double trust = own / (own + POLICY_TRUST);
	float *q = l->out->q + ((size_t)i * (size_t)l->out->n_refresh + (size_t)m) * (size_t)c->n_tau;
	double least = -INFINITY;
	for (int t = 0; t < c->n_tau; t++) {
		double lent = l->pooled[pool * (size_t)c->n_tau + (size_t)t] * size;
		double x = n ? trust * stat_quantile_type6(sorted, (size_t)n, c->tau[t]) + (1 - trust) * lent
			     : lent;
		least = x > least ? x : least; /* never falls with tau */
		q[t] = isnan(x) ? (float)NAN : (float)least;
	}
}

static void learn_series(void *context, size_t from, size_t to, int worker)
{
	struct learning *l = context;
	const struct policy_case *c = l->c;
	double *sorted = NEW_ARRAY(double, c->n_origin + 1), *fresh = NEW_ARRAY(double, c->n_origin + 1);
	(void)worker;
	for (size_t i = from; i < to; i++) {
		const float *error = l->error + i * (size_t)c->n_origin;
		int n = 0, o = 0;
		for (int m = 0; m < l->out->n_refresh; m++) {
			int k = 0;
			for (; o + c->protect[i] <= refresh_origin(c, m); o++)
				if (!isnan(error[o]))
					fresh[k++] = (double)error[o];
			stat_sort(fresh, (size_t)k);
			merge(sorted, n, fresh, k);
			n += k;
			settle(l, (int)i, m, sorted, n);
		}
	}
	free(sorted);
	free(fresh);
}

struct policy *policy_learn(const struct policy_case *c, struct arena *a)
{
	struct policy *p = ARENA_ARRAY(a, struct policy, 1);
	struct policy_case *kept = ARENA_ARRAY(a, struct policy_case, 1);
	struct arena scratch = { 0 };
	*kept = *c;
	p->c = kept;
	p->n_refresh = c->n_origin > c->first ? (c->n_origin - 1 - c->first) / c->refresh + 1 : 0;
	size_t cells = (size_t)c->n * (size_t)p->n_refresh;
	size_t pools = ((size_t)c->n_segment + 1) * (size_t)p->n_refresh;
	p->q = ARENA_ARRAY(a, float, cells * (size_t)c->n_tau + 1);
	struct learning l = {
		.c = kept, .out = p,
		.error = ARENA_ARRAY(&scratch, float, (size_t)c->n * (size_t)c->n_origin + 1),
		.seen = ARENA_ARRAY(&scratch, int, cells + 1),
		.size = ARENA_ARRAY(&scratch, float, cells + 1),
		.pooled_size = ARENA_ARRAY(&scratch, double, pools + 1),
		.pooled = ARENA_ARRAY(&scratch, double, pools * (size_t)c->n_tau + 1),
	};
	sort_members(&l, &scratch);
	par_for((size_t)c->n, CHUNK, c->jobs, learn_errors, &l);
	par_for(pools, 1, c->jobs, learn_pools, &l);
	par_for((size_t)c->n, CHUNK, c->jobs, learn_series, &l);
	arena_release(&scratch);
	return p;
}

void policy_levels(const struct policy *p, int i, int k, int from, int to, int scale, float *level)
{
	const struct policy_case *c = p->c;
	const float *mean = means_of(c, i);
	const float *q = p->q + (size_t)i * (size_t)p->n_refresh * (size_t)c->n_tau + (size_t)k;
	for (int o = from; o < to; o++) {
		int m = o < c->first ? 0 : (o - c->first) / c->refresh;
		double f = (double)mean[o], x = (double)q[(size_t)m * (size_t)c->n_tau];
		double s = f + x * sqrt(f + 1);
		if (isnan(x) && !isnan(f))
			s = count_quantile(&(struct count){ .mean = f }, c->tau[k]);
		level[o - from] = s > 0 || isnan(s) ? (float)(s * scale) : 0;
	}
}
