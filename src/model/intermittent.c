/* One pass over an intermittent series, and the profile of its season: see the header. */
#include "config.h"
#include "model/intermittent.h"

#include <math.h>
#include <string.h>
#include "model/known.h"

/* ---- the profile ---- */

void profile_init(struct profile *p, int season, period_t first, struct arena *a)
{
	p->season = season > 1 ? season : 1;
	p->place = (int)(((int64_t)first % p->season + p->season) % p->season);
	p->n = ARENA_ARRAY(a, double, p->season);
	p->sum = ARENA_ARRAY(a, double, p->season);
	p->square = ARENA_ARRAY(a, double, p->season);
}

void profile_add(struct profile *p, double y)
{
	if (!isnan(y)) {
		double v = y > 0 ? y : 0;
		p->n[p->place] += 1;
		p->sum[p->place] += v;
		p->square[p->place] += v * v;
	}
	if (++p->place == p->season)
		p->place = 0;
}

/* Variances between and within the places (Buehlmann & Gisler 2005, chapter 4): 1 / k is their
 * ratio. */
static double one_by_k(const struct profile *p, double mean, double n)
{
	double within = 0, free = 0, between = 0, n_square = 0, places = 0;
	for (int j = 0; j < p->season; j++) {
		if (!(p->n[j] > 0))
			continue;
		double m = p->sum[j] / p->n[j];
		within += p->square[j] - m * p->sum[j];
		free += p->n[j] - 1;
		between += p->n[j] * (m - mean) * (m - mean);
		n_square += p->n[j] * p->n[j];
		places++;
	}
	if (!(free > 0) || places < 2)
		return 0;
	within = fmax(within, 0) / free;
	between = (between - (places - 1) * within) / (n - n_square / n);
	return between <= 0 ? 0 : within > 0 ? between / within : (double)INFINITY;
}

void profile_index(const struct profile *p, double *index)
{
	double n = 0, sum = 0, all = 0;
	for (int j = 0; j < p->season; j++) {
		n += p->n[j];
		sum += p->sum[j];
	}
	double mean = n > 0 ? sum / n : 0, ratio = mean > 0 ? one_by_k(p, mean, n) : 0;
	for (int j = 0; j < p->season; j++) {
		double z = isinf(ratio) ? 1 : p->n[j] * ratio / (p->n[j] * ratio + 1);
		index[j] =
			ratio > 0 && p->n[j] > 0 ? 1 + z * (p->sum[j] / (p->n[j] * mean) - 1) : 1;
		all += index[j];
	}
	for (int j = 0; all > 0 && j < p->season; j++)
		index[j] *= p->season / all;
}

/* ---- the pass ---- */

/* Steps 1..n_step at the place where the profile stands; NULL: flat. */
static void rate_row(double rate, const struct profile *p, double *index, int n_step, double *mean)
{
	if (p)
		profile_index(p, index);
	for (int h = 0; h < n_step; h++)
		mean[h] = p ? rate * index[(p->place + h) % p->season] : rate;
}

/* The season of the profile that a spec asks for; 0: it asks for none. */
static int profile_season(const struct spec *spec, const struct local_series *s)
{
	int season = local_season(spec, s);
	return season > 1 && !strcmp(spec_text(spec, "profile"), "on") ? season : 0;
}

enum status rate_replay(const struct spec *spec, const struct local_series *s,
			struct arena *scratch, struct rate_source *source, int n_end,
			const int *end, int n_step, double *mean)
{
	struct profile own, *profile = NULL;
	double *index = NULL;
	int t = 0, known = 0, season = profile_season(spec, s);
	if (season) {
		profile = &own;
		profile_init(profile, season, s->first, scratch);
		index = ARENA_ARRAY(scratch, double, season);
	}
	for (int k = 0; k < n_end; k++) {
		for (; t < end[k]; t++) {
			if (profile)
				profile_add(profile, s->y[t]);
			if (isnan(s->y[t]))
				continue;
			source->learn(source->state, s->y[t] > 0 ? s->y[t] : 0);
			known++;
		}
		rate_row(known ? source->rate(source->state) : (double)NAN, profile, index, n_step,
			 mean + (size_t)k * (size_t)n_step);
	}
	return OK;
}

enum status rate_predict(const struct spec *spec, const struct local_series *s,
			 struct arena *scratch, struct rate_source *source, int n_step,
			 double *mean, struct err *e)
{
	if (known_last(s->y, s->n) < 0)
		return err_set(e, E_FIT, "no known value");
	return rate_replay(spec, s, scratch, source, 1, &s->n, n_step, mean);
}

double rate_sse(const struct local_series *s, const struct rate_source *source)
{
	double sse = 0;
	int known = 0;
	for (int t = 0; t < s->n; t++) {
		if (isnan(s->y[t]))
			continue;
		double y = s->y[t] > 0 ? s->y[t] : 0,
		       e = known++ ? y - source->rate(source->state) : 0;
		sse += e * e;
		source->learn(source->state, y);
	}
	return sse;
}

/* ---- occurrence and size ---- */

/* Index of steps 1..n_step; all 1 without a profile. */
static double *index_ahead(const struct spec *spec, const struct local_series *s,
			   struct arena *scratch, int n_step)
{
	double *ahead = ARENA_ARRAY(scratch, double, n_step);
	int season = profile_season(spec, s);
	struct profile p;
	if (season) {
		double *index = ARENA_ARRAY(scratch, double, season);
		profile_init(&p, season, s->first, scratch);
		for (int t = 0; t < s->n; t++)
			profile_add(&p, s->y[t]);
		rate_row(1, &p, index, n_step, ahead);
	} else {
		rate_row(1, NULL, NULL, n_step, ahead);
	}
	return ahead;
}

/* A size of the past; size [n] in order of time. */
static double draw_size(const double *size, int n, double weight, struct rng *r)
{
	double u = rng_uniform(r);
	if (!(weight > 0))
		return size[0];
	/* The number of steps back is geometric; weight 1 never steps. */
	double back = weight < 1 ? floor(log1p(-u) / log1p(-weight)) : 0;
	return size[back < n ? n - 1 - (int)back : 0];
}

enum status occurrence_paths(const struct spec *spec, const struct local_series *s,
			     struct arena *scratch, const struct occurrence *o, struct rng *r,
			     int n_path, int n_step, double *path, struct err *e)
{
	if (known_last(s->y, s->n) < 0)
		return err_set(e, E_FIT, "no known value");
	const double *ahead = index_ahead(spec, s, scratch, n_step);
	double *size = ARENA_ARRAY(scratch, double, s->n + 1);
	int n = 0;
	for (int t = 0; t < s->n; t++)
		if (s->y[t] > 0)
			size[n++] = s->y[t];
	for (int64_t k = 0; k < (int64_t)n_path * n_step; k++) {
		double probability = o->probability * ahead[k % n_step];
		path[k] = 0;
		if (!n || !rng_bernoulli(r, probability))
			continue;
		path[k] = draw_size(size, n, o->weight, r) * fmax(probability, 1);
		if (s->whole)
			path[k] = floor(path[k] + (probability > 1 ? rng_uniform(r) : 0));
	}
	return OK;
}

enum status occurrence_sd(const struct spec *spec, const struct local_series *s,
			  struct arena *scratch, const struct occurrence *o, int n_step, double *sd,
			  struct err *e)
{
	const double *ahead = index_ahead(spec, s, scratch, n_step);
	for (int h = 0; h < n_step; h++) {
		double over = fmax(o->probability * ahead[h], 1);
		double q = o->probability * ahead[h] / over, z = o->size * over;
		double variance = q * (o->variance * over * over + z * z) - q * q * z * z
				  + o->rate_variance * ahead[h] * ahead[h];
		if (!(variance > 0) || !isfinite(variance))
			return err_set(e, E_FIT, "demand that never varies has no spread");
		sd[h] = sqrt(variance);
	}
	return OK;
}
