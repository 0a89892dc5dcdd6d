/* Difference in differences over units. */
#include "config.h"
#include "num/before_after.h"

#include <math.h>
#include <gsl/gsl_cdf.h>

static double mean_of(const double *x, int n)
{
	double sum = 0;
	for (int k = 0; k < n; k++)
		sum += x[k];
	return sum / n;
}

static double square_sum(const double *x, int n, double mean)
{
	double sum = 0;
	for (int k = 0; k < n; k++)
		sum += (x[k] - mean) * (x[k] - mean);
	return sum;
}

void before_after_test(const double *treated, int n_treated, const double *control, int n_control,
		       struct before_after *out)
{
	*out = (struct before_after){ (double)NAN, (double)NAN, (double)NAN };
	if (n_treated < 1 || n_control < 1 || n_treated + n_control < 3)
		return;
	double mean[2] = { mean_of(treated, n_treated), mean_of(control, n_control) };
	double square[2] = { square_sum(treated, n_treated, mean[0]), square_sum(control, n_control, mean[1]) };
	double variance, freedom;
	if (n_treated == 1 || n_control == 1) {
		freedom = n_treated + n_control - 2;
		variance = (square[0] + square[1]) / freedom * (1. / n_treated + 1. / n_control);
	} else {
		double a = square[0] / (n_treated - 1) / n_treated, b = square[1] / (n_control - 1) / n_control;
		variance = a + b;
		freedom = variance * variance / (a * a / (n_treated - 1) + b * b / (n_control - 1));
	}
	if (!(variance > 0))
		return;
	out->effect = mean[0] - mean[1];
	out->freedom = freedom;
	out->p_one = gsl_cdf_tdist_Q(out->effect / sqrt(variance), freedom);
}
