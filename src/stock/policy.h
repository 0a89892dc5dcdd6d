/*
 * Order-up-to levels out of forecasts of sums, the same way for every arm (roi.md 1.3 a):
 *
 *	S[t] = max(0, F + q_tau sqrt(F + 1)),  F = forecast of the sum over the protection interval
 *
 * q_tau is the tau-quantile of the scaled errors E = (Y - F) / sqrt(F + 1) that past origins had left
 * by t: of the series' own, drawn towards that of its segment by credibility (own n against
 * POLICY_TRUST). The errors are those of the P-period sum, so the correlation of the days within is
 * kept, and no quantile is ever added to another. Y is the demand that the past itself knows, not the
 * truth of the replay, which was filled in with hindsight.
 *
 * Quantiles are made anew every `refresh` origins, from errors whose interval was over by then, so a
 * later past changes no earlier level.
 */
#ifndef STOCK_POLICY_H
#define STOCK_POLICY_H

#include "base/mem.h"

#define POLICY_TRUST 40

/* Forecasts of one arm beside what the past knows. Arrays are borrowed. Origin k and period k of
 * `known` are the same day: the forecast made at the end of period k. */
struct policy_case {
	int n, n_origin;        /* series; consecutive periods */
	const float *mean;      /* [n][n_origin] F in units; NaN: no forecast */
	size_t stride;          /* from one series' means to the next's; 0: n_origin */
	const double *known;    /* [n][n_origin] demand as the past knows it; NaN: not known */
	const int *protect;     /* [n] P */
	const int *segment;     /* [n] 0 .. n_segment-1 */
	int n_segment;
	int refresh;            /* origins between new quantiles, >= 1 */
	int first;              /* first origin that needs a level */
	int n_tau;
	const double *tau;      /* [n_tau] ascending */
	int jobs;
};
struct policy;

/* Memory is the arena's; 4 bytes a series, refresh and tau. Where neither series nor segment has left
 * an error, the errors of all; where there are none at all, the Poisson quantile of F. */
struct policy *policy_learn(const struct policy_case *c, struct arena *a);
/* Levels of series i for tau k at origins [from, to) into level[to - from], times `scale`. */
void policy_levels(const struct policy *p, int i, int k, int from, int to, int scale, float *level);

#endif
