/* The test that settles the order of differencing. */
#include "config.h"
#include "num/unitroot.h"

#include <math.h>
#include <string.h>

#define KPSS_FIVE_PERCENT .463 /* Kwiatkowski et al. (1992), table 1 */

double unitroot_kpss(const double *x, int n, int lags)
{
	double mean = 0, partial = 0, sum = 0, longrun = 0;
	for (int t = 0; t < n; t++)
		mean += x[t] / n;
	for (int t = 0; t < n; t++) {
		partial += x[t] - mean;
		sum += partial * partial;
	}
	for (int l = 0; l <= lags && l < n; l++) {
		double product = 0;
		for (int t = l; t < n; t++)
			product += (x[t] - mean) * (x[t - l] - mean);
		longrun += (l ? 2 * (1 - l / (lags + 1.)) : 1) * product / n;
	}
	return longrun > 0 ? sum / ((double)n * n * longrun) : (double)NAN;
}

int unitroot_differences(const double *x, int n, int most, struct arena *scratch)
{
	double *w = ARENA_ARRAY(scratch, double, n + 1);
	int d = 0;
	memcpy(w, x, (size_t)n * sizeof *w);
	for (; d < most && n > 3; d++) {
		if (!(unitroot_kpss(w, n, (int)(3 * sqrt(n) / 13)) > KPSS_FIVE_PERCENT))
			break;
		n--;
		for (int t = 0; t < n; t++)
			w[t] = w[t + 1] - w[t];
	}
	return d;
}
