/*
 * Is one forecast better than another? Tests on the difference of their losses per origin, d[n] (positive:
 * the second is better), all series having been summed first: per-series tests promote equal models half of
 * the time.
 */
#ifndef NUM_FIXED_B_H
#define NUM_FIXED_B_H

#include <stdint.h>

#define FIXED_B_LEAST 8 /* origins below which there is no test */

struct fixed_b {
	double mean;      /* of d */
	double statistic; /* mean over its standard error */
	int freedom;      /* of the t distribution: 2 m */
	double p_one;     /* P of a statistic as large if the mean is not above 0 */
	double p_two;
};
/*
 * Diebold-Mariano with the weighted periodogram: variance from the first m = floor(n^(1/3)) ordinates, t with
 * 2 m degrees (Coroneo & Iacone 2020, "Comparing predictive accuracy in small samples using fixed-smoothing
 * asymptotics", J. Appl. Econometrics 35, eqs. 8 to 10). All d equal to 0: p 1. NaN below FIXED_B_LEAST, or
 * where d varies not at all about a mean that is not 0.
 */
void fixed_b_test(const double *d, int n, struct fixed_b *out);

/* Interval of the mean at `level`, circular blocks of `block` origins, `draws` draws (Politis & Romano 1992);
 * from the stream of (seed, "origins"). */
void origins_bootstrap(const double *d, int n, int block, int draws, double level, uint64_t seed, double *low,
		       double *high);

#endif
