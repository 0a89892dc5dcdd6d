/*
 * Has a series drifted away from its forecast? The chart runs on standardised residuals of weeks, net of what
 * the group has in common and freed of autocorrelation; what its values mean is learnt by running the same
 * chain over the past (a replayed null), because thresholds from books are wrong by orders of magnitude under
 * heavy tails, dependence and estimated parameters.
 *
 *   x = z - medians of fleet and group that week  what all share is the business of the group's own chart
 *   e = x(t) - phi x(t - 1)                     phi pooled by class
 *   u = (e - location) / scale                  median with one step of Huber's, and MAD, of the series'
 *                                               baseline, the weeks before
 *   s = u cut at 2.2 (Huber's psi)              one freak week is no lasting shift
 *   S = largest |sum of the last j s| / sqrt(j + j0) over the chart's window
 *
 * S is a windowed likelihood ratio for a shift that began j weeks ago (Willsky & Jones 1976; Lai 1995,
 * "Sequential changepoint detection", J. R. Statist. Soc. B 57, eq. 3.4) with j0 against the noise of the
 * shortest spans. The chart looks at the last `window` weeks and takes location and scale from the `baseline`
 * before them, so it keeps no state, and what lasts longer than the window becomes the new normal.
 *
 * Invariants: a verdict depends on weeks up to its own alone; permuting the series permutes the verdicts; no
 * number depends on threads (there are none).
 */
#ifndef EVAL_DRIFT_H
#define EVAL_DRIFT_H

#include <stdint.h>
#include "base/mem.h"

#define DRIFT_WINDOW 26   /* weeks of the chart */
#define DRIFT_BASELINE 104/* weeks of the baseline at most */
#define DRIFT_LEAST 26    /* weeks of baseline below which the answer is INSUFFICIENT */
#define DRIFT_BUDGET (5 / 30000.) /* false alarms a series and week */

/* A fleet over weeks 0 .. n_week - 1, the last one being the week in hand. Borrowed. */
struct drift_fleet {
	int n, n_week;
	const float *z;    /* [n_week][n] NaN: not known, or a week that charts nothing */
	const int *group;  /* [n] 0 .. n_group - 1, of those whose common part is taken away; NULL: nothing is */
	int n_group;
	const int *class_; /* [n] 0 .. n_class - 1: series that share phi and a null */
	int n_class;
	int one_sided;     /* 1: only upward shifts count */
	double clip;       /* of Huber's psi, in sd; 0: 2.2, for series. Sums of many have lighter tails and may
			    * go further, so that a large shift is told sooner */
};

#define DRIFT_GRID 40
/* What a class of series does when nothing is wrong. */
struct drift_class {
	double phi;
	double tail[DRIFT_GRID]; /* S that is exceeded with probability 10^-(k/10), k = 0, 1 ...; NaN beyond what
				  * was seen in a hundred cases */
	double slope;            /* d log10 P / d S^2 beyond; of S itself where `few` */
	int few;                 /* 1: too few cases to trust that fall: the tail is taken as exponential */
	int64_t cases;
	int series;
};
struct drift_null {
	int n_class;
	struct drift_class *class_; /* [n_class] */
	int weeks;                  /* of history that it stands on */
};
/*
 * The null of each class, from all weeks of the fleet but none later: the chain is run over windows of the past,
 * each with a baseline of other weeks. Classes with few series borrow from all. A tail that 1 % of drifting
 * series would spoil is extended from its body. Memory is the arena's.
 */
void drift_calibrate(const struct drift_fleet *f, struct arena *a, struct drift_null *out);

enum drift_grade { DRIFT_OK, DRIFT_INSUFFICIENT, DRIFT_ALARM };
struct drift_verdict {
	enum drift_grade grade;
	double statistic, p; /* NaN where insufficient */
	int sign, weeks;     /* which way, and since how many weeks at best */
	double shift;        /* of that span's mean, in sd of the series' residuals */
};
/*
 * Judges the last week of the fleet. ALARM: the p value is within `budget` false alarms a series and week, or
 * among those that Benjamini-Hochberg rejects at `fdr` (0: never) this week and the week before. out[n].
 */
void drift_judge(const struct drift_fleet *f, const struct drift_null *null, double budget, double fdr,
		 struct drift_verdict *out);
/* The rate of false discoveries that a fleet of n series is judged with: small fleets would pay for .1 with more
 * false alarms than their budget. */
double drift_fdr(int n);
/* P(S >= statistic) when nothing is wrong, of one class. */
double drift_p(const struct drift_class *c, double statistic);

#endif
