/* Box-Cox transformation, and its parameter by Guerrero's method. */
#include "config.h"
#include "num/boxcox.h"

#include <math.h>

#define GOLDEN_STEPS 30
#define NEAR 1e-3 /* an end of the range this near is meant: log, or no transformation */

double boxcox(double y, double lambda)
{
	if (!(lambda > 0))
		return log(y);
	return (copysign(pow(fabs(y), lambda), y) - 1) / lambda;
}

double boxcox_back(double x, double lambda, double variance)
{
	if (!(lambda > 0))
		return exp(x) * (1 + .5 * variance);
	double power = lambda * x + 1;
	double y = copysign(pow(fabs(power), 1 / lambda), power);
	if (variance > 0 && y > 0)
		y *= 1 + .5 * variance * (1 - lambda) / (power * power);
	return y;
}

/* Mean and sd of each whole period; returns how many have both. */
static int moments(int n, const double *y, int period, double *mean, double *sd)
{
	int n_period = n / period, kept = 0;
	for (int k = 0; k < n_period; k++) {
		const double *x = y + n - (n_period - k) * period;
		double sum = 0, square = 0;
		int known = 0;
		for (int t = 0; t < period; t++)
			if (!isnan(x[t])) {
				sum += x[t];
				known++;
			}
		if (known < 2)
			continue;
		mean[kept] = sum / known;
		for (int t = 0; t < period; t++)
			if (!isnan(x[t]))
				square += (x[t] - mean[kept]) * (x[t] - mean[kept]);
		sd[kept++] = sqrt(square / (known - 1));
	}
	return kept;
}

/* Coefficient of variation of sd / mean^(1 - lambda); log_mean holds the logs of the means. */
static double unevenness(int n, const double *log_mean, const double *sd, double lambda, double *ratio)
{
	double sum = 0, square = 0;
	for (int k = 0; k < n; k++)
		sum += ratio[k] = sd[k] * exp((lambda - 1) * log_mean[k]);
	double mean = sum / n;
	for (int k = 0; k < n; k++)
		square += (ratio[k] - mean) * (ratio[k] - mean);
	return mean > 0 ? sqrt(square / (n - 1)) / mean : 0;
}

double boxcox_lambda(int n, const double *y, int period, struct arena *scratch)
{
	const double golden = 0.61803398874989484820;
	period = period > 2 ? period : 2;
	for (int t = 0; t < n; t++)
		if (y[t] <= 0)
			return 1;
	int most = n / period + 1;
	double *mean = ARENA_ARRAY(scratch, double, most), *sd = ARENA_ARRAY(scratch, double, most);
	double *ratio = ARENA_ARRAY(scratch, double, most);
	int kept = moments(n, y, period, mean, sd);
	if (kept < 2)
		return 1;
	for (int k = 0; k < kept; k++)
		mean[k] = log(mean[k]);
	double low = 0, high = 1, left = 1 - golden, right = golden;
	double at_left = unevenness(kept, mean, sd, left, ratio);
	double at_right = unevenness(kept, mean, sd, right, ratio);
	for (int step = 0; step < GOLDEN_STEPS; step++) {
		if (at_left <= at_right) {
			high = right;
			right = left;
			at_right = at_left;
			left = high - golden * (high - low);
			at_left = unevenness(kept, mean, sd, left, ratio);
		} else {
			low = left;
			left = right;
			at_left = at_right;
			right = low + golden * (high - low);
			at_right = unevenness(kept, mean, sd, right, ratio);
		}
	}
	double lambda = (low + high) / 2;
	return lambda < NEAR ? 0 : lambda > 1 - NEAR ? 1 : lambda;
}
