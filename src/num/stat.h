/*
 * Small statistics of arrays of doubles. Where nothing else is said, the input holds no NaN and an
 * empty array gives NaN. Sums run from front to back, so a result depends on nothing but the input.
 */
#ifndef NUM_STAT_H
#define NUM_STAT_H

#include <stddef.h>

/* Scale of the median absolute deviation that makes it the sd of a normal: 1 / qnorm(3/4). */
#define STAT_MAD_SIGMA 1.482602218505602

/* A running sum with its rounding error kept beside it (Neumaier 1974, "Rundungsfehleranalyse
 * einiger Verfahren zur Summation endlicher Summen", algorithm IV). Zero-initialised = 0. */
struct stat_sum {
	double sum, error;
};
void stat_sum_add(struct stat_sum *s, double x);
double stat_sum_value(const struct stat_sum *s);

/* Sum of x[n] with the rounding error kept; 0 for an empty array. */
double stat_sum(const double *x, size_t n);
double stat_mean(const double *x, size_t n);
/* Sample variance, divisor n - 1, two passes with the correction of Chan, Golub and LeVeque (1983),
 * eq. 1.7. NaN for n < 2. */
double stat_variance(const double *x, size_t n);

/* Sorts x[n] ascending in place, NaN last; returns how many are no NaN. No memory is taken. */
size_t stat_sort(double *x, size_t n);

/*
 * Quantile p in [0, 1] of sorted[n], ascending. Types as in Hyndman and Fan (1996), "Sample
 * quantiles in statistical packages": 7 interpolates between the order statistics (R's and numpy's
 * default), 1 inverts the empirical distribution, so it is always one of the values, and 6 puts
 * value k of n at k / (n + 1), so that a new value lies below it with probability p (exchangeable
 * values; the conformal quantile).
 */
double stat_quantile(const double *sorted, size_t n, double p);
double stat_quantile_type1(const double *sorted, size_t n, double p);
double stat_quantile_type6(const double *sorted, size_t n, double p);
double stat_median(const double *sorted, size_t n);

/* Median of |x - median(x)|, times no constant (STAT_MAD_SIGMA makes it a sd). x[n] in any order,
 * scratch[n] is overwritten. */
double stat_mad(const double *x, size_t n, double *scratch);

/*
 * Benjamini and Hochberg (1995), "Controlling the false discovery rate", J. R. Statist. Soc. B 57, eq. 1: the
 * largest p value p(i) <= i q / n of n, at or below which all are rejected; -1 where none is. p[n] in any order,
 * NaN are no tests; scratch[n] is overwritten.
 */
double stat_fdr(const double *p, size_t n, double q, double *scratch);

#endif
