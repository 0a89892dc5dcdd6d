/*
 * What the replay takes for demand (roi.md 1.7). On days in stock it is what was sold. On days out of
 * stock it is at least that: a draw from the negative binomial (gamma for weighed goods) of the same
 * series' days in stock around it, given that it is not below what was sold. The draw comes from the
 * stream of (seed, series), so it is the same for all arms, threads and orders of rows; the
 * distribution is of days in stock on both sides and of none of the arms. Unknown days, and those of
 * freak values (num/cap.h), are drawn too, without a bound; closed days are 0, and days outside of the
 * assortment what was sold then, as a rule nothing.
 */
#ifndef STOCK_TRUTH_H
#define STOCK_TRUTH_H

#include "series/panel.h"

enum truth_mode {
	TRUTH_DRAW,  /* as above */
	TRUTH_SALES, /* sales are demand: what hides a benefit; unknown days are 0 */
};

struct truth {
	int n, n_period;
	period_t first;          /* period of column 0 */
	int *scale;              /* [n] 1, or WEIGHED for series that are not counted */
	int64_t *demand;         /* [n][n_period] in units x scale */
	double *sold;            /* [n] units in the span */
	double *imputed;         /* [n] units that were drawn beyond what was sold */
	int64_t stockout_days, unknown_days, days; /* of series that had begun and are listed */
};

/* Periods first .. first + n_period - 1 of all series; the panel reaches beyond them. Before a series
 * begins its demand is 0. Memory is the arena's. */
void truth_fill(const struct panel *p, period_t first, int n_period, enum truth_mode mode, uint64_t seed,
		int jobs, struct arena *a, struct truth *out);

#endif
