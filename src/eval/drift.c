/* The chain from residuals to verdicts, and the same over the past. */
#include "config.h"
#include "eval/drift.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "num/stat.h"

#define CLIP 2.2           /* of Huber's psi, in sd */
#define SPAN_FLOOR 1       /* j0 */
#define GROUP_PRIOR 4      /* members' worth of zero in a group's median */
#define POSITIONS 12       /* windows of the past that a null is made of, at most */
#define FEW 4000           /* cases below which a class borrows from all */
#define BODY_FROM 10       /* grid points between which the tail's slope is read: P = .1 .. */
#define BODY_TO 20         /* .. .01 */

/* A fleet with the common part taken away, weeks by series for each series in one row. */
struct chain {
	const struct drift_fleet *f;
	float *x;          /* [n][n_week] */
	double *phi;       /* [n_class] */
	double *scratch;   /* [n_week or n] */
};

/* ---- net of the group ---- */

struct member {
	int group, series;
};

static int by_group(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	return x->group != y->group ? (x->group > y->group) - (x->group < y->group) : x->series - y->series;
}

/* What the members have in common in a week; of few it is drawn towards none. */
static double common_of(struct chain *c, const float *z, const struct member *m, int n, double fleet)
{
	for (int k = 0; k < n; k++)
		c->scratch[k] = (double)z[m[k].series] - fleet;
	size_t known = stat_sort(c->scratch, (size_t)n);
	return known > 1 ? stat_median(c->scratch, known) * (double)known / (double)(known + GROUP_PRIOR) : 0;
}

static void take_away(struct chain *c, int week, const struct member *m, int n, double fleet)
{
	const struct drift_fleet *f = c->f;
	const float *z = f->z + (size_t)week * (size_t)f->n;
	double common = fleet + common_of(c, z, m, n, fleet);
	for (int k = 0; k < n; k++)
		c->x[(size_t)m[k].series * (size_t)f->n_week + (size_t)week] = z[m[k].series] - (float)common;
}

static void chain_net(struct chain *c)
{
	const struct drift_fleet *f = c->f;
	struct member *m = NEW_ARRAY(struct member, f->n + 1);
	for (int i = 0; i < f->n; i++)
		m[i] = (struct member){ f->group ? f->group[i] : i, i };
	qsort(m, (size_t)f->n, sizeof *m, by_group);
	double *fleet = NEW_ARRAY(double, f->n_week + 1);
	for (int week = 0; f->group && week < f->n_week; week++)
		fleet[week] = common_of(c, f->z + (size_t)week * (size_t)f->n, m, f->n, 0);
	for (int from = 0, to; from < f->n; from = to) {
		for (to = from + 1; to < f->n && m[to].group == m[from].group; to++)
			;
		for (int week = 0; week < f->n_week; week++)
			take_away(c, week, m + from, f->group ? to - from : 1, fleet[week]);
	}
	free(fleet);
	free(m);
}

/* ---- autocorrelation ---- */

/* Huber's psi. */
static double clipped(double u, double clip)
{
	return u > clip ? clip : u < -clip ? -clip : u;
}

/* Median and MAD sigma of x[from, to) without [skip, until); false with too few. */
static int baseline(const float *x, int from, int to, int skip, int until, double *scratch, double *location,
		    double *scale)
{
	size_t n = 0;
	for (int t = from; t < to; t++)
		if ((t < skip || t >= until) && !isnan(x[t]))
			scratch[n++] = (double)x[t];
	if (n < DRIFT_LEAST)
		return 0;
	stat_sort(scratch, n);
	*location = stat_median(scratch, n);
	for (size_t k = 0; k < n; k++)
		scratch[k] = fabs(scratch[k] - *location);
	stat_sort(scratch, n);
	*scale = STAT_MAD_SIGMA * stat_median(scratch, n);
	if (!(*scale > 0))
		return 0;
	/* One step from the median towards Huber's estimate: less noise where tails are not that heavy. */
	double sum = 0;
	int inside = 0, known = 0;
	for (int t = from; t < to; t++)
		if ((t < skip || t >= until) && !isnan(x[t])) {
			double u = ((double)x[t] - *location) / *scale;
			sum += clipped(u, CLIP);
			inside += fabs(u) < CLIP;
			known++;
		}
	*location += inside ? *scale * sum / inside : 0;
	return known > 0;
}

/* phi of each class: pooled first autocorrelation of clipped values, freed of its bias in short series,
 * -(1 + 3 phi) / T (Kendall 1954, "Note on bias in the estimation of autocorrelation", Biometrika 41). */
static void chain_phi(struct chain *c)
{
	const struct drift_fleet *f = c->f;
	double *up = NEW_ARRAY(double, 2 * f->n_class + 1), *down = up + f->n_class;
	for (int i = 0; i < f->n; i++) {
		const float *x = c->x + (size_t)i * (size_t)f->n_week;
		double location, scale;
		if (!baseline(x, 0, f->n_week, 0, 0, c->scratch, &location, &scale))
			continue;
		for (int t = 1; t < f->n_week; t++) {
			if (isnan(x[t]) || isnan(x[t - 1]))
				continue;
			double a = clipped(((double)x[t - 1] - location) / scale, CLIP);
			double b = clipped(((double)x[t] - location) / scale, CLIP);
			up[f->class_[i]] += a * b;
			down[f->class_[i]] += .5 * (a * a + b * b);
		}
	}
	for (int k = 0; k < f->n_class; k++) {
		double r = down[k] > 0 ? up[k] / down[k] : 0;
		double phi = (r * f->n_week + 1) / (f->n_week > 6 ? f->n_week - 3 : 3);
		c->phi[k] = phi < -.5 ? -.5 : phi > .9 ? .9 : phi;
	}
	free(up);
}

static void chain_whiten(struct chain *c)
{
	const struct drift_fleet *f = c->f;
	for (int i = 0; i < f->n; i++) {
		float *x = c->x + (size_t)i * (size_t)f->n_week;
		float phi = (float)c->phi[f->class_[i]];
		for (int t = f->n_week - 1; t > 0; t--)
			x[t] = isnan(x[t - 1]) ? x[t] : x[t] - phi * x[t - 1];
	}
}

static void chain_init(struct chain *c, const struct drift_fleet *f, const struct drift_null *null)
{
	int most = f->n > f->n_week ? f->n : f->n_week;
	*c = (struct chain){ .f = f };
	c->x = xmalloc((size_t)f->n * (size_t)f->n_week * sizeof *c->x + 1);
	c->phi = NEW_ARRAY(double, f->n_class + 1);
	c->scratch = NEW_ARRAY(double, most + 1);
	chain_net(c);
	if (!null)
		chain_phi(c);
	for (int k = 0; null && k < f->n_class; k++)
		c->phi[k] = null->class_[k].phi;
	chain_whiten(c);
}

static void chain_release(struct chain *c)
{
	free(c->x);
	free(c->phi);
	free(c->scratch);
}

/* ---- the chart ---- */

/* S of weeks [from, to): the last week is to - 1. */
static void chart(const struct drift_fleet *f, const float *x, int from, int to, double location, double scale,
		  struct drift_verdict *out)
{
	double sum = 0, raw = 0, best = 0;
	int n = 0;
	out->sign = 0;
	for (int t = to - 1; t >= from; t--) {
		if (isnan(x[t]))
			continue;
		double u = ((double)x[t] - location) / scale;
		sum += clipped(u, f->clip > 0 ? f->clip : CLIP);
		raw += u;
		n++;
		double s = (f->one_sided ? fmax(sum, 0) : fabs(sum)) / sqrt(n + SPAN_FLOOR);
		if (s > best) {
			best = s;
			out->sign = sum > 0 ? 1 : -1;
			out->weeks = to - t;
			out->shift = raw / n;
		}
	}
	out->statistic = best;
}

/* ---- the null ---- */

struct pool {
	VEC(float) s;         /* statistics of windows of the past */
	int series;
};

static int by_value(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;
	return (x > y) - (x < y);
}

/* Windows of the past: ends at n_week, n_week - step ... each with the other weeks as its baseline. */
static void pool_series(const struct chain *c, int i, int step, struct pool *pool)
{
	const struct drift_fleet *f = c->f;
	const float *x = c->x + (size_t)i * (size_t)f->n_week;
	int used = 0;
	for (int end = f->n_week; end - DRIFT_WINDOW >= 0; end -= step) {
		struct drift_verdict v = { 0 };
		double location, scale;
		int start = end - DRIFT_WINDOW;
		int from = start - DRIFT_BASELINE < 0 ? 0 : start - DRIFT_BASELINE;
		int to = start - from < DRIFT_BASELINE ? from + DRIFT_BASELINE + DRIFT_WINDOW : end;
		if (!baseline(x, from, to > f->n_week ? f->n_week : to, start, end, c->scratch, &location, &scale))
			continue;
		chart(f, x, start, end, location, scale, &v);
		VEC_PUSH(&pool->s, (float)v.statistic);
		used = 1;
	}
	pool->series += used;
}

static double square(double x)
{
	return x * x;
}

/* The tail beyond what was seen falls as that of a likelihood ratio does, log P being linear in S^2; of few
 * cases only an exponential tail is claimed. */
static void class_of_pool(struct pool *p, double phi, struct drift_class *out)
{
	*out = (struct drift_class){ .phi = phi, .slope = -1, .cases = (int64_t)p->s.n,
				     .series = p->series };
	qsort(p->s.at, p->s.n, sizeof *p->s.at, by_value);
	for (int k = 0; k < DRIFT_GRID; k++) {
		double beyond = (double)p->s.n * pow(10, -k / 10.);
		/* Up to .01 by what was seen; a few drifting series sit above and are not to be learnt. */
		out->tail[k] = k > BODY_TO || beyond < 10 ? (double)NAN
			: (double)p->s.at[p->s.n - (size_t)ceil(beyond)];
	}
	int last = BODY_TO;
	while (last > 0 && isnan(out->tail[last]))
		last--;
	int first = last > BODY_FROM ? BODY_FROM : last / 2;
	out->few = p->s.n < FEW;
	double run = last <= first ? 0 : out->few ? out->tail[last] - out->tail[first]
						  : square(out->tail[last]) - square(out->tail[first]);
	if (run > 0)
		out->slope = -(last - first) / 10. / run;
}

void drift_calibrate(const struct drift_fleet *f, struct arena *a, struct drift_null *out)
{
	struct chain c;
	int step = (f->n_week - DRIFT_WINDOW) / POSITIONS;
	struct pool all = { 0 }, *pool = NEW_ARRAY(struct pool, f->n_class + 1);
	step = step < 3 ? 3 : step;
	chain_init(&c, f, NULL);
	for (int i = 0; i < f->n; i++)
		pool_series(&c, i, step, &pool[f->class_[i]]);
	for (int k = 0; k < f->n_class; k++) {
		for (size_t j = 0; j < pool[k].s.n; j++)
			VEC_PUSH(&all.s, pool[k].s.at[j]);
		all.series += pool[k].series;
	}
	*out = (struct drift_null){ f->n_class, ARENA_ARRAY(a, struct drift_class, f->n_class + 1), f->n_week };
	for (int k = 0; k < f->n_class; k++) {
		class_of_pool(pool[k].s.n < FEW ? &all : &pool[k], c.phi[k], &out->class_[k]);
		VEC_FREE(&pool[k].s);
	}
	VEC_FREE(&all.s);
	free(pool);
	chain_release(&c);
}

double drift_p(const struct drift_class *c, double statistic)
{
	int k = 0;
	if (!(statistic > c->tail[0]))
		return 1;
	while (k + 1 < DRIFT_GRID && !isnan(c->tail[k + 1]) && statistic > c->tail[k + 1])
		k++;
	if (k + 1 < DRIFT_GRID && !isnan(c->tail[k + 1])) {
		double run = c->tail[k + 1] - c->tail[k];
		return pow(10, -(k + (run > 0 ? (statistic - c->tail[k]) / run : 0)) / 10);
	}
	double beyond = c->few ? statistic - c->tail[k] : square(statistic) - square(c->tail[k]);
	return pow(10, -k / 10. + c->slope * beyond);
}

/* ---- the judgement ---- */

static void judge_week(const struct chain *c, const struct drift_null *null, int end, struct drift_verdict *out)
{
	const struct drift_fleet *f = c->f;
	int start = end - DRIFT_WINDOW;
	int from = start - DRIFT_BASELINE < 0 ? 0 : start - DRIFT_BASELINE;
	for (int i = 0; i < f->n; i++) {
		double location, scale;
		out[i] = (struct drift_verdict){ DRIFT_INSUFFICIENT, (double)NAN, (double)NAN, 0, 0, 0 };
		if (start < DRIFT_LEAST || !null->class_[f->class_[i]].cases
		    || !baseline(c->x + (size_t)i * (size_t)f->n_week, from, start, 0, 0, c->scratch, &location,
				 &scale))
			continue;
		chart(f, c->x + (size_t)i * (size_t)f->n_week, start, end, location, scale, &out[i]);
		out[i].p = drift_p(&null->class_[f->class_[i]], out[i].statistic);
		out[i].grade = DRIFT_OK;
	}
}

double drift_fdr(int n)
{
	return n >= 3000 ? .1 : .01;
}

void drift_judge(const struct drift_fleet *f, const struct drift_null *null, double budget, double fdr,
		 struct drift_verdict *out)
{
	struct chain c;
	double threshold[2];
	struct drift_verdict *before = NEW_ARRAY(struct drift_verdict, f->n + 1);
	double *p = NEW_ARRAY(double, 2 * f->n + 1);
	chain_init(&c, f, null);
	judge_week(&c, null, f->n_week - 1, before);
	judge_week(&c, null, f->n_week, out);
	for (int k = 0; k < 2; k++) {
		for (int i = 0; i < f->n; i++)
			p[i] = k ? out[i].p : before[i].p;
		threshold[k] = fdr > 0 ? stat_fdr(p, (size_t)f->n, fdr, p + f->n) : -1;
	}
	for (int i = 0; i < f->n; i++) {
		int twice = before[i].p <= threshold[0] && out[i].p <= threshold[1];
		/* An alarm lasts about two weeks: so many weeks above make one that begins. */
		if (out[i].grade == DRIFT_OK && (out[i].p <= 2 * budget || twice))
			out[i].grade = DRIFT_ALARM;
	}
	chain_release(&c);
	free(before);
	free(p);
}
