/*
 * What is sold over several periods of one published forecast: the distribution of the SUM, never a sum of
 * quantiles. Each period has its published distribution; which values go together is what the series did
 * before: stretches of as many periods, a whole number of seasons ago, lend their ranks (the Schaake shuffle
 * of Clark et al. 2004; num/copula.h). What is left to chance where the past is short comes from the stream
 * of (seed, series).
 */
#ifndef STOCK_INTERVAL_H
#define STOCK_INTERVAL_H

#include "base/mem.h"
#include "series/forecast.h"

#define INTERVAL_PATHS 1000

/* Sums over steps [from, to) of a forecast, ascending. */
struct interval {
	int n;             /* INTERVAL_PATHS */
	double *sum;       /* [n] ascending, whole for counted series */
	double mean;       /* sum of the published means */
};
/*
 * `one` has n = 1 and covers the steps (counted from 0); `past` is the series up to the forecast's origin
 * (n may be 0). Memory is the arena's.
 */
void interval_of(const struct series *past, const struct forecast *one, int from, int to, int season,
		 uint64_t seed, struct arena *a, struct interval *out);
/* The smallest sum that is reached with probability tau. */
double interval_quantile(const struct interval *i, double tau);

#endif
