/* Classical decomposition. */
#include "config.h"
#include "num/decompose.h"

#include <math.h>

/* Centred moving means of a period. An even one has half a value at both ends. */
static void centred_means(int n, const double *y, int period, double *trend)
{
	int half = period / 2, even = period % 2 == 0;
	for (int t = 0; t < n; t++) {
		trend[t] = (double)NAN;
		if (t < half || t + half >= n)
			continue;
		double sum = 0;
		for (int j = t - half + even; j <= t + half - even; j++)
			sum += y[j];
		if (even)
			sum += .5 * (y[t - half] + y[t + half]);
		trend[t] = sum / period;
	}
}

/* Figures of sum 0 or mean 1. */
static enum status centre(enum decompose_kind kind, int period, double *figure)
{
	double mean = 0;
	for (int k = 0; k < period; k++)
		mean += figure[k] / period;
	if (!isfinite(mean) || (kind == DECOMPOSE_MULTIPLICATIVE && !(fabs(mean) > 0)))
		return E_FIT;
	for (int k = 0; k < period; k++)
		figure[k] = kind == DECOMPOSE_ADDITIVE ? figure[k] - mean : figure[k] / mean;
	return OK;
}

enum status decompose(enum decompose_kind kind, int n, const double *y, int period,
		      struct arena *scratch, double *figure, double *trend)
{
	if (period < 2 || n < 2 * period)
		return E_FIT;
	if (!trend)
		trend = ARENA_ARRAY(scratch, double, n);
	centred_means(n, y, period, trend);
	for (int k = 0; k < period; k++) {
		double sum = 0;
		int counted = 0;
		for (int t = k; t < n; t += period) {
			if (isnan(trend[t]) || isnan(y[t]))
				continue;
			sum += kind == DECOMPOSE_ADDITIVE ? y[t] - trend[t] : y[t] / trend[t];
			counted++;
		}
		if (!counted || !isfinite(sum))
			return E_FIT;
		figure[k] = sum / counted;
	}
	return centre(kind, period, figure);
}
