/*
 * The Box-Cox transformation with sign, (sign(y) |y|^lambda - 1) / lambda, log y for lambda 0 (Box &
 * Cox 1964; Bickel & Doksum 1981), for lambda >= 0.
 */
#ifndef NUM_BOXCOX_H
#define NUM_BOXCOX_H

#include "base/mem.h"

/* y > 0 where lambda is 0. */
double boxcox(double y, double lambda);

/*
 * Back again: the median of what was a symmetric distribution around x, or, with the variance of that
 * distribution, its mean to the second order (FPP3, section 5.6, eq. 5.2). variance 0: the median.
 * NaN where no y can have been there.
 */
double boxcox_back(double x, double lambda, double variance);

/*
 * The lambda in [0, 1] at which the sd of a period's values varies least with their mean: the least
 * coefficient of variation of sd / mean^(1 - lambda) over the whole periods of y [n], counted from
 * the end (Guerrero 1993, Journal of Forecasting 12, 37-48); periods below 2 are taken as 2. Unknown
 * values are left out. 1 when a known value is not above 0, or there are fewer than 2 whole periods.
 */
double boxcox_lambda(int n, const double *y, int period, struct arena *scratch);

#endif
