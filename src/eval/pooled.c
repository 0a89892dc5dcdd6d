/* Distances of a week's cross-section from those before it. */
#include "config.h"
#include "eval/pooled.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "num/stat.h"

/* The quantile functions of all groups over all weeks. */
struct history {
	int n_week, n_node;
	double *q;      /* [n_node][n_week][POOLED_GRID]; NaN where too few series are known */
	int *count;     /* [n_node] series known in the last week */
};

/* ---- quantile functions ---- */

struct known {
	float x;
	int i;
};

static int by_value(const void *a, const void *b)
{
	const struct known *x = a, *y = b;
	return x->x < y->x ? -1 : x->x > y->x ? 1 : x->i - y->i;
}

/* The known values of a week, ascending. */
static int sort_week(const float *x, int n, struct known *out)
{
	int m = 0;
	for (int i = 0; i < n; i++)
		if (!isnan(x[i]))
			out[m++] = (struct known){ x[i], i };
	qsort(out, (size_t)m, sizeof *out, by_value);
	return m;
}

/* Deals the sorted values to the groups of a cut: group g gets value[begin[g]..begin[g + 1]), ascending. */
static void deal(const struct pooled_cut *cut, const struct known *known, int m, int *begin, double *value)
{
	int *at = begin + 1; /* while dealing: where the next value of group g goes */
	memset(begin, 0, ((size_t)cut->n_group + 2) * sizeof *begin);
	for (int k = 0; k < m; k++)
		begin[cut->of[known[k].i] + 2]++;
	for (int g = 0; g < cut->n_group; g++)
		begin[g + 2] += begin[g + 1];
	for (int k = 0; k < m; k++)
		value[at[cut->of[known[k].i]]++] = (double)known[k].x;
}

static void take_week(struct history *h, int t, const struct pooled_cut *cut, int n_cut, const struct known *known,
		      int m, int *begin, double *value)
{
	int node = 0;
	for (int c = 0; c < n_cut; c++) {
		deal(&cut[c], known, m, begin, value);
		for (int g = 0; g < cut[c].n_group; g++, node++) {
			double *q = h->q + ((size_t)node * (size_t)h->n_week + (size_t)t) * POOLED_GRID;
			size_t size = (size_t)(begin[g + 1] - begin[g]);
			h->count[node] = (int)size;
			for (int k = 0; k < POOLED_GRID; k++)
				q[k] = size < POOLED_LEAST ? (double)NAN
					: stat_quantile(value + begin[g], size, (k + .5) / POOLED_GRID);
		}
	}
}

/* ---- distances ---- */

/* The mean quantile function of the weeks before t; returns how many there are. */
static int reference_of(const double *q, int t, double *r)
{
	int weeks = 0;
	memset(r, 0, POOLED_GRID * sizeof *r);
	for (int s = t - 1; s >= 0 && s >= t - POOLED_REFERENCE; s--) {
		const double *one = q + (size_t)s * POOLED_GRID;
		if (isnan(one[0]))
			continue;
		weeks++;
		for (int k = 0; k < POOLED_GRID; k++)
			r[k] += one[k];
	}
	for (int k = 0; weeks && k < POOLED_GRID; k++)
		r[k] /= weeks;
	return weeks;
}

static double distance_of(const double *q, const double *r)
{
	double far = 0, spread = 0, middle = stat_median(r, POOLED_GRID);
	for (int k = 0; k < POOLED_GRID; k++) {
		far += fabs(q[k] - r[k]);
		spread += fabs(r[k] - middle);
	}
	/* A column that never moved before has no spread, and any move is odd. */
	return far > 0 ? far / spread : 0;
}

/* Is week t beyond what earlier weeks came to? The one just before it is no measure: it may be odd for the same cause. */
static int is_odd(const double *d, int t, double *scratch, double *threshold)
{
	size_t n = t > 0 ? (size_t)t - 1 : 0;
	memcpy(scratch, d, n * sizeof *d);
	int past = (int)stat_sort(scratch, n);
	*threshold = past < POOLED_LEAST_PAST || isnan(d[t]) ? (double)NAN : stat_quantile_type6(scratch, (size_t)past, .99);
	return d[t] > *threshold;
}

static struct pooled_test judge_last(const double *q, int n_week)
{
	double r[POOLED_GRID], *d = NEW_ARRAY(double, 2 * n_week), before;
	struct pooled_test out = { POOLED_INSUFFICIENT, (double)NAN, (double)NAN };
	for (int t = 0; t < n_week; t++) {
		int weeks = reference_of(q, t, r);
		const double *now = q + (size_t)t * POOLED_GRID;
		d[t] = isnan(now[0]) || weeks < POOLED_LEAST_REFERENCE ? (double)NAN : distance_of(now, r);
	}
	int odd = is_odd(d, n_week - 1, d + n_week, &out.threshold);
	if (!isnan(out.threshold)) {
		int odd_before = odd && n_week > 1 && is_odd(d, n_week - 2, d + n_week, &before);
		out.distance = d[n_week - 1];
		out.grade = odd_before ? POOLED_LASTING : odd ? POOLED_ODD : POOLED_OK;
	}
	free(d);
	return out;
}

static void take_medians(double *q, int n_week)
{
	for (int t = 0; t < n_week; t++) {
		double *now = q + (size_t)t * POOLED_GRID, middle = stat_median(now, POOLED_GRID);
		for (int k = 0; k < POOLED_GRID; k++)
			now[k] -= middle;
	}
}

static void judge_node(double *q, int n_week, struct pooled_verdict *out)
{
	double r[POOLED_GRID];
	const double *last = q + (size_t)(n_week - 1) * POOLED_GRID;
	int weeks = reference_of(q, n_week - 1, r);
	for (int k = 0; k < 3; k++) {
		out->quartile[k] = stat_quantile(last, POOLED_GRID, .25 * (k + 1));
		out->usual[k] = weeks ? stat_quantile(r, POOLED_GRID, .25 * (k + 1)) : (double)NAN;
	}
	out->plain = judge_last(q, n_week);
	take_medians(q, n_week);
	out->net = judge_last(q, n_week);
}

void pooled_judge(const float *x, int n_week, int n, const struct pooled_cut *cut, int n_cut,
		  struct pooled_verdict *out)
{
	struct history h = { .n_week = n_week };
	int most = 0;
	for (int c = 0; c < n_cut; c++) {
		h.n_node += cut[c].n_group;
		most = cut[c].n_group > most ? cut[c].n_group : most;
	}
	if (!n_week)
		return;
	h.q = NEW_ARRAY(double, (size_t)h.n_node * (size_t)n_week * POOLED_GRID);
	h.count = NEW_ARRAY(int, h.n_node);
	struct known *known = NEW_ARRAY(struct known, n);
	double *value = NEW_ARRAY(double, n);
	int *begin = NEW_ARRAY(int, most + 2);
	for (int t = 0; t < n_week; t++) {
		int m = sort_week(x + (size_t)t * (size_t)n, n, known);
		take_week(&h, t, cut, n_cut, known, m, begin, value);
	}
	for (int k = 0; k < h.n_node; k++) {
		out[k] = (struct pooled_verdict){ .n = h.count[k] };
		judge_node(h.q + (size_t)k * (size_t)n_week * POOLED_GRID, n_week, &out[k]);
	}
	free(begin);
	free(value);
	free(known);
	free(h.count);
	free(h.q);
}
