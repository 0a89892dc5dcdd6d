/*
 * What a forecast came to, in the shape that monitoring wants: standardised by the distribution that was
 * forecast, so that a week which the model knew to be wild is not odd, and summed over the days of a week,
 * so that one number stands for a series and week.
 */
#ifndef EVAL_RESIDUAL_H
#define EVAL_RESIDUAL_H

#include "series/forecast.h"

/* Some steps of one series against what came. */
struct residual {
	double z;           /* sum of errors over the sd of the sum, steps taken as independent; what that
			     * leaves out is in the replayed null too */
	double units, mean; /* sums of what came and of the means */
	double loss;        /* sum of |y - median| */
	double expected;    /* what it would be on average under the forecast */
	int days, outside;  /* steps that count; of them outside the 5 and 95 % quantiles */
};
/*
 * Steps [from, to) of a forecast of one series; actual[k] is what came in step from + k, NaN: does not
 * count (closed, out of stock, not known). days 0 and z NaN when nothing counts. The forecast has the seven
 * stored levels (others may be between them).
 */
void residual_of(const struct forecast *one, int from, int to, const double *actual, struct residual *out);

/* Sums of realised cells, of any set of series at one step. */
struct realised {
	int64_t cells;
	double units, mean, abs_error, expected, pinball; /* pinball: mean over the seven levels */
	int64_t inside[3];                                /* of the 50, 80, 90 % interval */
};
/* Adds step h of a forecast of one series; y is not NaN. */
void realised_add(struct realised *sum, const struct forecast *one, int h, double y);

#endif
