/* Sums by joint draws whose ranks the past lends. */
#include "config.h"
#include "stock/interval.h"

#include <math.h>
#include <stdlib.h>
#include "base/buf.h"
#include "num/copula.h"
#include "num/rng.h"
#include "num/stat.h"

/*
 * A template of n_step values for each path: stretches of the past that begin on the same place of the
 * season as the interval, newest first, again and again; NaN (a random rank) where nothing is known. Each
 * use after the first is turned a little by noise far below the smallest difference, so that equal
 * stretches do not stay glued.
 */
static void fill_template(const struct series *past, int from, int n_step, int season, struct rng *r,
			  double *path)
{
	int ahead = past->n + from; /* place of the interval's first period behind the series' start */
	int back = (ahead + season - 1) / season, stretches = 0;
	/* Stretches end before the origin: k seasons back, k from the least that allows it. */
	int k0 = (from + n_step + season - 1) / season;
	stretches = back - k0 > 0 ? back - k0 : 0;
	for (int p = 0; p < INTERVAL_PATHS; p++)
		for (int h = 0; h < n_step; h++) {
			int k = stretches ? k0 + p % stretches : 0, t = ahead + h - k * season;
			double x = (double)NAN, turn = rng_uniform(r);
			if (stretches && t >= 0 && t < past->n && series_usable(past, t))
				x = past->units[t] + 1e-6 * turn;
			path[(size_t)p * (size_t)n_step + (size_t)h] = x;
		}
}

/* Draws moved so that each step's mean is the published one: what is between quantiles is interpolated, and
 * the mean of that is not quite the mean that was published. */
static void meet_means(const struct forecast *one, int from, int n_step, double *path)
{
	for (int h = 0; h < n_step; h++) {
		double sum = 0, want = one->mean[from + h];
		for (int p = 0; p < INTERVAL_PATHS; p++)
			sum += path[(size_t)p * (size_t)n_step + (size_t)h];
		double by = sum > 0 ? want * INTERVAL_PATHS / sum : 1;
		for (int p = 0; p < INTERVAL_PATHS; p++) {
			double *x = &path[(size_t)p * (size_t)n_step + (size_t)h];
			*x = *x < 0 ? 0 : *x * by;
		}
	}
}

void interval_of(const struct series *past, const struct forecast *one, int from, int to, int season,
		 uint64_t seed, struct arena *a, struct interval *out)
{
	int n_step = to - from, whole = series_is_whole(past);
	double *path = ARENA_ARRAY(a, double, (size_t)INTERVAL_PATHS * (size_t)n_step + 1);
	struct rng *r = rng_new();
	struct buf key = { 0 };
	buf_addf(&key, "%s/%s", past->key.store, past->key.item);
	rng_seed(r, seed, key.text, "order");
	buf_release(&key);
	*out = (struct interval){ .n = INTERVAL_PATHS, .sum = ARENA_ARRAY(a, double, INTERVAL_PATHS) };
	fill_template(past, from, n_step, season > 0 ? season : 1, r, path);
	copula_reorder(r, one->level, one->n_level, one->quantile + (size_t)from * (size_t)one->n_level, n_step,
		       INTERVAL_PATHS, path);
	meet_means(one, from, n_step, path);
	for (int h = from; h < to; h++)
		out->mean += one->mean[h];
	for (int p = 0; p < INTERVAL_PATHS; p++) {
		double sum = 0;
		for (int h = 0; h < n_step; h++)
			sum += path[(size_t)p * (size_t)n_step + (size_t)h];
		out->sum[p] = whole ? floor(sum + .5) : sum;
	}
	stat_sort(out->sum, INTERVAL_PATHS);
	rng_free(r);
}

double interval_quantile(const struct interval *i, double tau)
{
	return stat_quantile_type1(i->sum, (size_t)i->n, tau);
}
