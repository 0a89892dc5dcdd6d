/*
 * What a monitor's alarms are worth, measured: false alarms a week where nothing is wrong, and how long it
 * takes to find what is. On an invented fleet, or on the user's own residuals with shifts put in.
 */
#ifndef EVAL_DRIFT_BENCH_H
#define EVAL_DRIFT_BENCH_H

#include <stdint.h>
#include "eval/drift.h"

/* An invented fleet: weekly residuals, autoregressive with heavy tails and a part that all share. */
struct drift_world {
	int n, n_group;      /* series; groups (departments x stores) that they lie in */
	int history, weeks;  /* weeks before the chart begins, and charted */
	double phi, nu;      /* AR(1) of each series' own part; degrees of its t innovations, 0: normal */
	double common;       /* share of the variance that all have in common */
	double share;        /* of the series that shift at week 0 of the chart */
	double shift;        /* of these, in sd of their own part */
	double spoilt;       /* share of the series that had shifted as much in the middle of the history */
	uint64_t seed;
};
/* 30,490 series in 70 groups, 104 weeks and 26, phi .3, t5, 10 % common, 0.5 % shifting. */
struct drift_world drift_world_usual(void);

struct drift_score {
	double false_week;   /* false alarms that begin, a week */
	double low, high;    /* 90 % interval of it (Poisson) */
	double found;        /* share of the shifted that was found within the charted weeks */
	double delay;        /* median weeks until then, those never found counted as longer; NaN: under half */
	double false_share;  /* false ones among all alarms that began */
	int shifted, weeks;
};
/* Calibrates on the history and charts week by week. `budget` as in drift_judge. */
void drift_bench(const struct drift_world *w, double budget, struct drift_score *out);

/*
 * The same on residuals of the user's own: f->z of which the last `weeks` are charted; `share` of the series
 * get `factor` of their week's mean added from the first charted week on (units of z: shift[i]).
 */
void drift_bench_own(const struct drift_fleet *f, int weeks, const float *shift, double share, uint64_t seed,
		     double budget, struct drift_score *out);

#endif
