/* Means of what was cut off. */
#include "config.h"
#include "num/censor.h"

#include <math.h>
#include <gsl/gsl_cdf.h>
#include "num/count.h"

double censored_count_mean(double mean, double a, double sold)
{
	if (!(mean > 0))
		return sold > 0 ? sold : 0;
	if (sold <= 0)
		return mean;
	struct count own = { mean, a, 0 }, next = { mean * (1 + a), a / (1 + a), 0 };
	double least = ceil(sold) - 1;
	/* P(X >= s) = P(X > s - 1); the logarithms hold where both tails are tiny. */
	double part = exp(count_log_tail(&next, least - 1) - count_log_tail(&own, least));
	double x = mean * part;
	return isfinite(x) && x > sold ? x : sold;
}

double censored_gamma_mean(double mean, double variance, double sold)
{
	double scale = variance / mean, shape = mean / scale;
	if (sold <= 0)
		return mean;
	double x = mean * (gsl_cdf_gamma_Q(sold, shape + 1, scale) / gsl_cdf_gamma_Q(sold, shape, scale));
	/* So far out that no tail is left, it falls like an exponential's. */
	return !isfinite(x) ? sold + scale : x > sold ? x : sold;
}

double exposure_factor(double seen, double sold, double within, double between)
{
	double weight = seen * between;
	if (!(seen > 0) || !(weight > 0))
		return 1;
	return 1 + weight / (weight + within) * (sold / seen - 1);
}
