/* The weighted periodogram's test, and blocks of origins. */
#include "config.h"
#include "num/fixed_b.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <math.h>
#include <stdlib.h>
#include "base/mem.h"
#include "num/rng.h"
#include "num/stat.h"

/* |sum (d - mean) e^{-i 2 pi j t / n}|^2. */
static double ordinate(const double *d, int n, double mean, int j)
{
	double re = 0, im = 0;
	for (int t = 0; t < n; t++) {
		double angle = 2 * M_PI * j * t / n;
		re += (d[t] - mean) * cos(angle);
		im += (d[t] - mean) * sin(angle);
	}
	return re * re + im * im;
}

void fixed_b_test(const double *d, int n, struct fixed_b *out)
{
	int m = (int)floor(cbrt(n) + 1e-9), zero = 1;
	double sum = 0;
	*out = (struct fixed_b){ .mean = stat_mean(d, (size_t)n), .freedom = 2 * m, .statistic = (double)NAN,
				 .p_one = (double)NAN, .p_two = (double)NAN };
	for (int t = 0; t < n; t++)
		zero &= d[t] == 0;
	if (zero && n > 0) {
		out->statistic = 0;
		out->p_one = out->p_two = 1;
		return;
	}
	if (n < FIXED_B_LEAST)
		return;
	for (int j = 1; j <= m; j++)
		sum += ordinate(d, n, out->mean, j);
	double variance = sum / ((double)m * n);
	if (!(variance > 1e-28 * out->mean * out->mean))
		return;
	out->statistic = sqrt(n) * out->mean / sqrt(variance);
	out->p_one = gsl_cdf_tdist_Q(out->statistic, out->freedom);
	out->p_two = 2 * gsl_cdf_tdist_Q(fabs(out->statistic), out->freedom);
}

void origins_bootstrap(const double *d, int n, int block, int draws, double level, uint64_t seed, double *low,
		       double *high)
{
	double *mean = NEW_ARRAY(double, draws + 1);
	struct rng *r = rng_new();
	*low = *high = (double)NAN;
	rng_seed(r, seed, "origins", "compare");
	for (int k = 0; k < draws && n > 1; k++) {
		double sum = 0;
		for (int t = 0, start = 0; t < n; t++) {
			if (t % block == 0)
				start = rng_choice(r, n);
			sum += d[(start + t % block) % n];
		}
		mean[k] = sum / n;
	}
	if (n > 1) {
		stat_sort(mean, (size_t)draws);
		*low = stat_quantile(mean, (size_t)draws, (1 - level) / 2);
		*high = stat_quantile(mean, (size_t)draws, (1 + level) / 2);
	}
	rng_free(r);
	free(mean);
}
