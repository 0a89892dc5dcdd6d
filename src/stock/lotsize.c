/* Square roots of cost ratios, and a walk over the regions of a discount. */
#include "config.h"
#include "stock/lotsize.h"

#include <math.h>

double eoq_best(double fixed, double holding, double demand)
{
	return sqrt(2 * fixed * demand / holding);
}

double eoq_cost(double fixed, double holding, double demand, double q)
{
	return fixed * demand / q + holding * q / 2;
}

double eoq_backorder_best(double fixed, double holding, double backorder, double demand, double *backordered,
			  double *cost)
{
	double sum = holding + backorder;
	*backordered = holding / sum;
	*cost = sqrt(2 * fixed * demand * holding * backorder / sum);
	return sqrt(2 * fixed * demand * sum / (holding * backorder));
}

double epq_best(double fixed, double holding, double demand, double rate, double *cost)
{
	double share = 1 - demand / rate;
	*cost = share > 0 ? sqrt(2 * fixed * demand * holding * share) : (double)NAN;
	return share > 0 ? sqrt(2 * fixed * demand / (holding * share)) : (double)NAN;
}

/* Cost of q within region k, all units at its price. */
static double all_units_cost(double fixed, double demand, const struct discount *d, int k, double q)
{
	return d->price[k] * demand + eoq_cost(fixed, d->rate * d->price[k], demand, q);
}

double discount_all_units(double fixed, double demand, const struct discount *d, int *region, double *cost)
{
	double best = (double)NAN;
	*cost = INFINITY;
	for (int k = 0; k < d->n; k++) {
		double q = eoq_best(fixed, d->rate * d->price[k], demand);
		if (q < d->from[k])
			q = d->from[k];
		if (k + 1 < d->n && q >= d->from[k + 1])
			continue;
		double x = all_units_cost(fixed, demand, d, k, q);
		if (x < *cost) {
			*cost = x;
			*region = k;
			best = q;
		}
	}
	return best;
}

double discount_incremental(double fixed, double demand, const struct discount *d, int *region, double *cost)
{
	double best = (double)NAN, below = 0; /* what the units below the region cost more than at its price */
	*cost = INFINITY;
	for (int k = 0; k < d->n; k++) {
		if (k)
			below += (d->price[k - 1] - d->price[k]) * d->from[k];
		double h = d->rate * d->price[k], q = eoq_best(fixed + below, h, demand);
		if (q < d->from[k] || (k + 1 < d->n && q >= d->from[k + 1]))
			continue;
		double x = d->price[k] * demand + d->rate * below / 2 + eoq_cost(fixed + below, h, demand, q);
		if (x < *cost) {
			*cost = x;
			*region = k;
			best = q;
		}
	}
	return best;
}
