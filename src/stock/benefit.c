/*
 * The pigeonhole bootstrap: a draw takes blocks with replacement and, apart from them, series with
 * replacement; the total of the draw is the sum over all pairs. Owen (2007) shows that for crossed
 * random effects its variance is at least that of the total, and little more where either effect
 * outweighs the noise of single cells.
 */
#include "config.h"
#include "stock/benefit.h"

#include <math.h>
#include <string.h>
#include "num/rng.h"
#include "num/stat.h"

/* One draw; y [n] is scratch. */
static double draw_total(const double *x, int n, int n_block, struct rng *r, int *times, double *y)
{
	double total = 0;
	memset(times, 0, (size_t)n_block * sizeof *times);
	for (int b = 0; b < n_block; b++)
		times[rng_choice(r, n_block)]++;
	for (int i = 0; i < n; i++) {
		const double *row = x + (size_t)i * (size_t)n_block;
		y[i] = 0;
		for (int b = 0; b < n_block; b++)
			y[i] += times[b] * row[b];
	}
	for (int k = 0; k < n; k++)
		total += y[rng_choice(r, n)];
	return total;
}

void benefit_bootstrap(const double *x, int n, int n_block, int draws, double level, uint64_t seed,
		       const char *name, double *draw, struct benefit *out)
{
	struct arena a = { 0 };
	struct rng *r = rng_new();
	double *drawn = ARENA_ARRAY(&a, double, draws + 1), *y = ARENA_ARRAY(&a, double, n + 1);
	int *times = ARENA_ARRAY(&a, int, n_block + 1), positive = 0;
	*out = (struct benefit){ .low = (double)NAN, .high = (double)NAN, .positive = (double)NAN,
				 .sd = (double)NAN };
	for (size_t k = 0; k < (size_t)n * (size_t)n_block; k++)
		out->total += x[k];
	rng_seed(r, seed, name, "benefit");
	for (int k = 0; n > 0 && n_block > 0 && k < draws; k++) {
		drawn[k] = draw_total(x, n, n_block, r, times, y);
		positive += drawn[k] > 0;
		if (draw)
			draw[k] = drawn[k];
	}
	rng_free(r);
	if (n > 0 && n_block > 0 && draws > 1) {
		out->sd = sqrt(stat_variance(drawn, (size_t)draws));
		stat_sort(drawn, (size_t)draws);
		out->low = stat_quantile(drawn, (size_t)draws, (1 - level) / 2);
		out->high = stat_quantile(drawn, (size_t)draws, (1 + level) / 2);
		out->positive = (double)positive / draws;
	}
	arena_release(&a);
}
