/* How often a series is to be differenced. */
#ifndef NUM_UNITROOT_H
#define NUM_UNITROOT_H

#include "base/mem.h"

/* KPSS statistic of level stationarity of x[n], no NaN, with the Bartlett window of `lags` lags
 * (Kwiatkowski, Phillips, Schmidt & Shin 1992, eq. 13). NaN when x is constant or empty. */
double unitroot_kpss(const double *x, int n, int lags);
/* d in [0, most]: differences until the statistic is below the 5 % point .463, with
 * trunc(3 sqrt(n) / 13) lags as R's ndiffs. */
int unitroot_differences(const double *x, int n, int most, struct arena *scratch);
#endif
