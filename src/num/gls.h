/*
 * Reconciliation as generalised least squares: m forecasts y of sums S b of n quantities, errors of
 * covariance W, give
 *
 *     b = argmin (y - S b)' W^-1 (y - S b) = (S' W^-1 S)^-1 S' W^-1 y
 *
 * (Hyndman, Ahmed, Athanasopoulos & Shang 2011; Wickramasuriya, Athanasopoulos & Hyndman 2019, MinT).
 * Matrices are row by row.
 */
#ifndef NUM_GLS_H
#define NUM_GLS_H

#include "base/mem.h"

/*
 * Solves for n_rhs columns at once: y[m][n_rhs] to b[n][n_rhs]. s[m][n]; w is the covariance [m][m], or,
 * with w_diagonal, the variances [m], all > 0. A small ridge keeps columns that no row determines at 0.
 * `nonnegative`: what comes out below 0 is held at 0 and the rest solved anew (active set, as
 * Wickramasuriya, Turlach & Hyndman 2020). False: W is not positive definite; b is not set.
 */
int gls_solve(const double *s, int m, int n, const double *w, int w_diagonal, int nonnegative,
	      const double *y, int n_rhs, double *b);

/*
 * Shrunken covariance of n_case errors x[n_case][m] around 0 (NaN: not known): correlations times
 * 1 - lambda, lambda by Schaefer & Strimmer (2005) in the form of Wickramasuriya et al. (2019), 2.4.4.
 * Into w[m][m]; pairs with fewer than 3 common cases have correlation 0. `variance` [m] are the
 * variances to be had, whatever the sample's. Returns lambda.
 */
double gls_shrink(const double *x, int n_case, int m, const double *variance, double *w);

#endif
