/* Distributions of pooled regressions from errors on rows that were kept back. */
#include "config.h"
#include "model/regress_private.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>
#include "num/count.h"

#define TRUST 100 /* errors of all sizes that a class's own are weighed against */

static int class_of(double mean, double unit)
{
	int c = mean > 0 && unit > 0 ? (int)floor(log2(mean / unit)) + REGRESS_CLASSES / 2 : 0;
	return c < 0 ? 0 : c >= REGRESS_CLASSES ? REGRESS_CLASSES - 1 : c;
}

void regress_spread_learn(const double *mean, const double *y, size_t n, struct regress_spread *out)
{
	double square[REGRESS_CLASSES] = { 0 }, sum[REGRESS_CLASSES] = { 0 }, all2 = 0, all = 0;
	memset(out, 0, sizeof *out);
	for (size_t r = 0; r < n; r++)
		all += mean[r];
	out->unit = n ? all / (double)n : 0;
	for (size_t r = 0; r < n; r++) {
		int c = class_of(mean[r], out->unit);
		square[c] += (y[r] - mean[r]) * (y[r] - mean[r]);
		sum[c] += mean[r];
		all2 += (y[r] - mean[r]) * (y[r] - mean[r]);
	}
	double ratio = all > 0 ? all2 / all : 0;
	for (int c = 0; c < REGRESS_CLASSES; c++) {
		double typical = ldexp(1.5 * out->unit, c - REGRESS_CLASSES / 2);
		out->ratio[c] = out->unit > 0 ? (square[c] + TRUST * typical * ratio) / (sum[c] + TRUST * typical)
					      : 0;
	}
}

static double quantile_at(double mean, double variance, int whole, int negative_ok, double level)
{
	if (negative_ok) {
		double q = mean + sqrt(variance) * gsl_cdf_ugaussian_Pinv(level);
		return whole ? rint(q) : q;
	}
	if (!(mean > 0))
		return 0;
	double excess = variance / (mean * mean), sigma = sqrt(log1p(excess));
	struct count c = { mean, variance > mean ? (variance - mean) / (mean * mean) : 0, 0 };
	return whole ? count_quantile(&c, level)
		     : mean / sqrt(1 + excess) * exp(sigma * gsl_cdf_ugaussian_Pinv(level));
}

void regress_spread_apply(const struct regress_spread *s, int whole, int negative_ok, struct forecast *one)
{
	for (int h = 0; h < one->n_step; h++) {
		double mean = one->mean[h], last = negative_ok ? -(double)INFINITY : 0;
		double variance = fabs(mean) * s->ratio[class_of(fabs(mean), s->unit)];
		for (int l = 0; l < one->n_level; l++) {
			double q = quantile_at(mean, variance, whole, negative_ok, one->level[l]);
			last = isfinite(q) && q > last ? q : isfinite(last) ? last : mean;
			one->quantile[h * one->n_level + l] = last;
		}
	}
}
