/*
 * Classical decomposition by moving means (Hyndman & Athanasopoulos, FPP3, section 3.4; Persons
 * 1919), as R's decompose(): the trend is the centred mean of a period (2 x m for an even one), the
 * season the mean distance, or ratio, of each phase to it.
 */
#ifndef NUM_DECOMPOSE_H
#define NUM_DECOMPOSE_H

#include "base/err.h"
#include "base/mem.h"

enum decompose_kind { DECOMPOSE_ADDITIVE, DECOMPOSE_MULTIPLICATIVE };

/*
 * figure [period]: season of place t mod period of y [n]; their sum is 0 (additive), their mean 1
 * (multiplicative). trend [n], NULL or filled, NaN for the half period at both ends. A window that
 * holds an unknown value (NaN) has no trend, and a place without one does not count for its figure.
 * E_FIT when the period is below 2, n < 2 periods, a phase has no place that counts, or, for
 * ratios, a trend is 0.
 */
MUST_CHECK enum status decompose(enum decompose_kind, int n, const double *y, int period,
				 struct arena *scratch, double *figure, double *trend);

#endif
