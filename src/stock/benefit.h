/*
 * Is a difference of money real? Bootstrap of paired differences x[series][block], series and 4-week
 * blocks drawn together (Owen 2007, "The pigeonhole bootstrap", for crossed samples): demand of one
 * series is not independent from week to week, nor are series within one week.
 */
#ifndef STOCK_BENEFIT_H
#define STOCK_BENEFIT_H

#include <stdint.h>
#include "base/mem.h"

struct benefit {
	double total;            /* sum of x */
	double low, high;        /* interval at `level` */
	double positive;         /* share of draws above 0 */
	double sd;               /* of the draws */
};
/* draw [draws] totals, or NULL. Equal arms (all x 0) give 0 with [0, 0]. The stream depends on `seed`
 * and `name` alone. */
void benefit_bootstrap(const double *x, int n, int n_block, int draws, double level, uint64_t seed,
		       const char *name, double *draw, struct benefit *out);

#endif
