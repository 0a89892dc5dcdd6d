/* Draws whose order is a template's and whose values are a distribution's. */
#include "config.h"
#include "num/copula.h"

#include <math.h>
#include <stdlib.h>
#include <gsl/gsl_cdf.h>
#include "base/mem.h"

double copula_quantile(const double *level, const double *quantile, int n_level, double u)
{
	int k = 0;
	if (n_level == 1)
		return quantile[0];
	while (k < n_level - 2 && u > level[k + 1])
		k++;
	double left = gsl_cdf_ugaussian_Pinv(level[k]), right = gsl_cdf_ugaussian_Pinv(level[k + 1]);
	double part = (gsl_cdf_ugaussian_Pinv(u) - left) / (right - left);
	double q = quantile[k] + part * (quantile[k + 1] - quantile[k]);
	double middle = quantile[n_level / 2];
	double low = quantile[0] - (middle - quantile[0]);
	double high = quantile[n_level - 1] + (quantile[n_level - 1] - middle);
	return q < low ? low : q > high ? high : q;
}

struct place {
	double value, tie; /* NaN values come last, in the order of their ties */
	int path;
};

static int by_value(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int known = isnan(x->value) - isnan(y->value);
	if (known)
		return known;
	if (x->value < y->value || x->value > y->value)
		return x->value < y->value ? -1 : 1;
	return x->tie < y->tie ? -1 : x->tie > y->tie;
}

void copula_reorder(struct rng *rng, const double *level, int n_level, const double *quantile, int n_step,
		    int n_path, double *path)
{
	struct place *place = NEW_ARRAY(struct place, n_path);
	for (int h = 0; h < n_step; h++) {
		for (int k = 0; k < n_path; k++) {
			double v = path[(size_t)k * (size_t)n_step + (size_t)h];
			place[k] = (struct place){ v, rng_uniform(rng), k };
		}
		qsort(place, (size_t)n_path, sizeof *place, by_value);
		for (int k = 0; k < n_path; k++)
			path[(size_t)place[k].path * (size_t)n_step + (size_t)h] =
				copula_quantile(level, quantile + (size_t)h * (size_t)n_level, n_level,
						(k + .5) / n_path);
	}
	free(place);
}
