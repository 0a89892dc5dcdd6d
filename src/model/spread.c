/* Errors of past origins, and the quantiles made of them. */
#include "config.h"
#include "model/spread.h"
#include "model/negbin.h"

#include <math.h>
#include <gsl/gsl_cdf.h>
#include "num/copula.h"
#include "num/stat.h"

#define WINDOWS_MAX 40   /* past origins that are replayed */
#define STRIDE_MAX 11    /* periods between them: no season's divisor, so every place in it is seen; fewer
			  * windows reach as far back */
#define ERRORS_ENOUGH 20 /* errors from which a range needs no help */
#define COUNT_LEVEL 3    /* mean demand up to which a distribution of counts is used */
#define COUNT_ENOUGH 28  /* periods from which a series' dispersion is its own */
#define RATIO_MOST 3.0   /* mean error to mean demand: what even the sparsest series does not exceed */
#define LEVEL_LEAST 1e-200
#define FLAT 0.1         /* share of the scale that does not go with the mean */
#define POWER_PRIOR 0.5  /* of the mean, as errors grow: the root, as for counts */
#define POWER_TRUST 5.0  /* sum of squared log ratios of level that outweighs it */
#define SIZE_ENOUGH 5    /* errors from which a series' own size of error counts */

/* Width of the first range: a short season, else four steps. */
static int range_width(int season)
{
	return season > 1 && season <= 14 ? season : 4;
}

/* Steps in ranges that double: 1-7, 8-14, 15-28, 29- for a season of 7. */
static int range_of(int step, int season)
{
	int width = range_width(season);
	return step <= width ? 0 : step <= 2 * width ? 1 : step <= 4 * width ? 2 : 3;
}

/* The first ranges are always replayed whole: what a step gets does not depend on how many steps were asked for. */
static int steps_learnt(int n_step, int season)
{
	int whole = 4 * range_width(season);
	return n_step > whole ? n_step : whole;
}

/* Mean size of the newest values: about a year of days. */
static double mean_demand(const struct local_series *s)
{
	double sum = 0;
	int n = 0, from = s->n > 400 ? s->n - 400 : 0;
	for (int t = from; t < s->n; t++)
		if (!isnan(s->y[t])) {
			sum += fabs(s->y[t]);
			n++;
		}
	return n ? sum / n : 0;
}

/* How errors go with the mean: a power of it, flat near zero, 1 at the level. */
static double step_scale(double mean, double level, double power)
{
	return level > 0 ? pow(FLAT + (1 - FLAT) * (mean > 0 ? mean : 0) / level, power) : 1;
}

/* step_scale of means [n]; a mean that stands a step or a season before, as most do, is not raised again. */
static void step_scales(int n, const double *mean, int season, double level, double power, double *out)
{
	for (int h = 0; h < n; h++) {
		int same = h && mean[h] == mean[h - 1] ? h - 1
			: h >= season && mean[h] == mean[h - season] ? h - season : h;
		out[h] = same < h ? out[same] : step_scale(mean[h], level, power);
	}
}

/* The method replayed at past origins: what it is given and what it gives. */
struct replay {
	const struct local_method *method;
	const struct spec *spec;
	const double *p;
	const struct local_series *series;
	struct arena *scratch;
	int n_end, n_step;
	int *end;       /* [n_end] values known at each origin, ascending */
	double *mean;   /* [n_end][n_step] */
	double *growth; /* [n_step] */
};

/* Past origins worth replaying: the fewest that the method or one that it holds asks for. */
static int windows_of(const struct local_method *m, const struct spec *spec)
{
	int most = m->windows ? m->windows : WINDOWS_MAX;
	for (int k = 0; k < spec->n_part; k++) {
		const struct local_method *part = spec->part[k]->method->local;
		int own = part ? windows_of(part, spec->part[k]) : most;
		most = own < most ? own : most;
	}
	return most;
}

int spread_shortest(int season)
{
	return season <= 1 ? 3 : season <= 14 ? 2 * season : season + 4;
}

/* Origins a stride apart, the last one stride before the end, none before there is a past. */
static void choose_origins(struct replay *r)
{
	int n = r->series->n, shortest = spread_shortest(r->series->season);
	int most = windows_of(r->method, r->spec), widest = (STRIDE_MAX * WINDOWS_MAX / most) | 1;
	int stride = (n - shortest) / most;
	stride = stride < 1 ? 1 : stride > widest ? widest : stride;
	int fit = n >= shortest ? (n - shortest) / stride : 0;
	r->n_end = fit < most ? fit : most;
	r->end = ARENA_ARRAY(r->scratch, int, r->n_end + 1);
	for (int k = 0; k < r->n_end; k++)
		r->end[k] = n - (r->n_end - k) * stride;
}

/* How the model's errors grow, without the season that some models have in them. */
static void learn_growth(struct replay *r, int n_step, struct spread *out)
{
	struct err e;
	double *sd = ARENA_ARRAY(r->scratch, double, r->n_step);
	int told = r->method->sd && !r->method->sd(r->spec, r->p, r->series, r->scratch, r->n_step, sd, &e)
		&& sd[0] > 0 && isfinite(sd[0]);
	out->sd = told ? sd[0] : 0;
	r->growth = sd;
	for (int h = r->n_step - 1; h >= 0; h--)
		sd[h] = told && isfinite(sd[h]) ? sd[h] / sd[0] : 1;
	for (int h = 1; h < r->n_step; h++)
		sd[h] = sd[h] > sd[h - 1] ? sd[h] : sd[h - 1];
	for (int h = 0; h < n_step; h++)
		out->growth[h] = sd[h];
}

/*
 * The power of the mean with which errors grow (Taylor's law): the slope of log mean absolute error
 * on log mean over the windows, pulled towards the root where the level hardly varied.
 */
static double learn_power(const struct replay *r, double level)
{
	double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
	const struct local_series *s = r->series;
	for (int k = 0; k < r->n_end; k++) {
		double size = 0, mean = 0;
		int m = 0;
		for (int h = 0; h < r->n_step && r->end[k] + h < s->n; h++) {
			double guess = r->mean[(size_t)k * (size_t)r->n_step + (size_t)h];
			double e = (s->y[r->end[k] + h] - guess) / r->growth[h];
			if (isfinite(e)) {
				size += fabs(e);
				mean += guess;
				m++;
			}
		}
		if (!m || !(size > 0) || !(level > 0))
			continue;
		double x = log(FLAT + (1 - FLAT) * (mean > 0 ? mean / m : 0) / level), y = log(size / m);
		n++;
		sx += x;
		sy += y;
		sxx += x * x;
		sxy += x * y;
	}
	if (n < 2)
		return POWER_PRIOR;
	double power = (sxy - sx * sy / n + POWER_TRUST * POWER_PRIOR) / (sxx - sx * sx / n + POWER_TRUST);
	return power < 0 ? 0 : power > 1 ? 1 : power;
}

static void learn_range(double *error, int n, int whole, const struct forecast *one, int range,
			struct spread *out)
{
	double sum = 0;
	double *quantile = out->quantile + (size_t)range * (size_t)one->n_level;
	for (int k = 0; k < n; k++)
		sum += fabs(error[k]);
	out->n[range] = n;
	out->size[range] = n ? sum / n : 0;
	stat_sort(error, (size_t)n);
	for (int l = 0; n && l < one->n_level; l++)
		quantile[l] = whole ? stat_quantile_type1(error, (size_t)n, one->level[l])
				    : stat_quantile_type6(error, (size_t)n, one->level[l]);
}

void spread_learn(const struct local_method *method, const struct spec *spec, const double *p,
		  const struct local_series *s, struct arena *scratch, struct forecast *one,
		  struct spread *out)
{
	int season = s->season > 1 ? s->season : 1, n[SPREAD_RANGES] = { 0 };
	struct replay r = { .method = method, .spec = spec, .p = p, .series = s, .scratch = scratch,
			    .n_step = steps_learnt(one->n_step, season) };
	double *error[SPREAD_RANGES], *scale = ARENA_ARRAY(scratch, double, r.n_step);
	choose_origins(&r);
	r.mean = ARENA_ARRAY(scratch, double, (size_t)r.n_end * (size_t)r.n_step + 1);
	local_replay(method, spec, p, s, scratch, r.n_end, r.end, r.n_step, r.mean);
	learn_growth(&r, one->n_step, out);
	out->level = mean_demand(s);
	out->power = learn_power(&r, out->level);
	for (int k = 0; k < SPREAD_RANGES; k++)
		error[k] = ARENA_ARRAY(scratch, double, (size_t)r.n_end * (size_t)r.n_step + 1);
	for (int k = 0; k < r.n_end; k++) {
		const double *y = s->y + r.end[k], *mean = r.mean + (size_t)k * (size_t)r.n_step;
		int steps = r.n_step < s->n - r.end[k] ? r.n_step : s->n - r.end[k];
		step_scales(steps, mean, season, out->level, out->power, scale);
		for (int h = 0; h < steps; h++) {
			int range = range_of(h + 1, season);
			double e = (y[h] - mean[h]) / (r.growth[h] * scale[h]);
			if (isfinite(e))
				error[range][n[range]++] = e;
		}
	}
	for (int k = 0; k < SPREAD_RANGES; k++)
		learn_range(error[k], n[k], s->whole, one, k, out);
}

int spread_count(const struct local_series *s, struct arena *scratch, struct forecast *one)
{
	struct err e;
	return s->whole && !s->negative_ok && s->n >= COUNT_ENOUGH && mean_demand(s) <= COUNT_LEVEL
	       && !negbin_around(s, scratch, one, &e);
}

int spread_rows(const struct local_method *method, const struct spec *spec, const double *p,
		const struct local_series *s, struct arena *scratch, int n_step, double **rows)
{
	struct replay r = { .method = method, .spec = spec, .p = p, .series = s, .scratch = scratch,
			    .n_step = n_step };
	double level = mean_demand(s);
	choose_origins(&r);
	while (r.n_end && r.end[r.n_end - 1] + n_step > s->n)
		r.n_end--;
	r.mean = ARENA_ARRAY(scratch, double, (size_t)r.n_end * (size_t)n_step + 1);
	local_replay(method, spec, p, s, scratch, r.n_end, r.end, n_step, r.mean);
	for (int k = 0; k < r.n_end; k++)
		for (int h = 0; h < n_step; h++) {
			double *cell = r.mean + (size_t)k * (size_t)n_step + (size_t)h;
			*cell = (s->y[r.end[k] + h] - *cell) / step_scale(*cell, level, POWER_PRIOR);
		}
	*rows = r.mean;
	return r.n_end;
}

int spread_is_short(const struct spread *s, int n_step, int season)
{
	int last = range_of(steps_learnt(n_step, season), season);
	for (int r = 0; r <= last; r++)
		if (s->n[r] < ERRORS_ENOUGH)
			return 1;
	return 0;
}

void spread_pool_add(struct spread_pool *pool, const struct spread *s, int n_level)
{
	for (int r = 0; r < SPREAD_RANGES; r++) {
		/* Whose past was another than its present (a dead item, a slip of the decimal point) is no
		 * example to others. */
		if (s->n[r] < ERRORS_ENOUGH || !(s->size[r] > 0) || !(s->level > 0)
		    || !(s->size[r] <= RATIO_MOST * s->level) || !(s->level > LEVEL_LEAST))
			continue;
		pool->n[r]++;
		pool->size_to_level[r] += s->size[r] / s->level;
		for (int l = 0; l < n_level; l++)
			pool->quantile[r][l] += s->quantile[r * n_level + l] / s->size[r];
	}
}

/* Fills up a range with few errors: the segment's form times the own size (quantile averaging,
 * Vincent 1912). False: no help. */
static int borrow(struct spread *s, const struct spread_pool *pool, int r, int n_level)
{
	if (!pool || !pool->n[r])
		return 0;
	double size = s->n[r] >= SIZE_ENOUGH ? s->size[r] : s->level * pool->size_to_level[r] / pool->n[r];
	for (int l = 0; l < n_level; l++)
		s->quantile[r * n_level + l] = size * pool->quantile[r][l] / pool->n[r];
	return 1;
}

/* A quantile as it is published; what overflowed says no more than the mean. */
static double settle(double q, double mean, int whole, int negative_ok)
{
	if (!isfinite(q))
		q = mean;
	if (whole)
		q = floor(q + 0.5);
	return q < 0 && !negative_ok ? 0 : q;
}

/* Normal, with the standard deviation of each step. */
static void normal_steps(struct forecast *one, double sd, const double *growth, int whole, int negative_ok)
{
	for (int h = 0; h < one->n_step; h++)
		for (int l = 0; l < one->n_level; l++) {
			double z = gsl_cdf_ugaussian_Pinv(one->level[l]) * (growth ? growth[h] : 1);
			one->quantile[h * one->n_level + l] = settle(one->mean[h] + sd * z, one->mean[h], whole,
									    negative_ok);
		}
}

void spread_normal(struct forecast *one, double sd, int whole, int negative_ok)
{
	normal_steps(one, sd, NULL, whole, negative_ok);
}

void spread_apply(struct spread *s, const struct spread_pool *pool, int season, int whole, int negative_ok,
		  struct forecast *one)
{
	int known[SPREAD_RANGES], any = -1, n_level = one->n_level;
	if (s->counted)
		return;
	for (int r = 0; r < SPREAD_RANGES; r++) {
		known[r] = s->n[r] >= ERRORS_ENOUGH || borrow(s, pool, r, n_level)
			|| (s->n[r] >= SIZE_ENOUGH && !(s->sd > 0));
		any = known[r] && (r < SPREAD_RANGES - 1 || any < 0) ? r : any;
	}
	if (any < 0) {
		normal_steps(one, s->sd > 0 ? s->sd : s->level, s->growth, whole, negative_ok);
		return;
	}
	for (int h = 0; h < one->n_step; h++) {
		/* A range without errors of its own takes those of the longest that has. */
		int r = range_of(h + 1, season);
		const double *error = s->quantile + (known[r] ? r : any) * n_level;
		double scale = s->growth[h] * step_scale(one->mean[h], s->level, s->power), last = -INFINITY;
		for (int l = 0; l < n_level; l++) {
			double q = settle(one->mean[h] + scale * error[l], one->mean[h], whole,
					  negative_ok);
			last = q > last ? q : last;
			one->quantile[h * n_level + l] = last;
		}
	}
}

struct rng *spread_rng(const struct series_key *key, uint64_t seed)
{
	struct rng *rng = rng_new();
	struct buf name = { 0 };
	buf_addf(&name, "%s/%s", key->store, key->item);
	rng_seed(rng, seed, name.text, "paths");
	buf_release(&name);
	return rng;
}

void spread_paths(struct rng *rng, const struct forecast *one, int whole, int negative_ok, int n_path,
		  double *path)
{
	copula_reorder(rng, one->level, one->n_level, one->quantile, one->n_step, n_path, path);
	for (size_t k = 0; k < (size_t)n_path * (size_t)one->n_step; k++)
		path[k] = settle(path[k], one->mean[k % (size_t)one->n_step], whole, negative_ok);
}
