/*
 * Has the whole fleet changed at once? A column over many series, week by week: the cross-section of the week in hand
 * against those of the weeks before, as a distance of distributions, with a threshold that is the column's own past
 * and never a constant: on stable retail sales rules like PSI > 0.2 or KS p < .05 alarm in most months.
 *
 *   Q_t(p)   quantile function of week t's cross-section on a grid of p
 *   R_t      mean of Q over the REFERENCE weeks before t: their Wasserstein barycentre (Agueh & Carlier 2011,
 *            "Barycenters in the Wasserstein space", SIAM J. Math. Anal. 43, sec. 6.1)
 *   D_t      = mean_p |Q_t(p) - R_t(p)| / mean_p |R_t(p) - R_t(1/2)|: the 1-Wasserstein distance in units of the
 *            reference's spread
 *
 * Week t is odd when D_t exceeds the .99 quantile of the D of weeks before t - 1 (at least LEAST_PAST of them; under
 * exchangeability with probability .01, or 1 / (n + 1) where there are fewer than 99). `net` does the same after each
 * week's median was taken away: a shift of some of the series shows there, a shift of all only in the plain one.
 *
 * Invariants: a verdict depends on weeks up to its own alone, and not on the order of the series; multiplying a column
 * by a positive constant changes no verdict.
 */
#ifndef EVAL_POOLED_H
#define EVAL_POOLED_H

#include "base/mem.h"

#define POOLED_GRID 64
#define POOLED_REFERENCE 52 /* weeks of the reference at most */
#define POOLED_LEAST_REFERENCE 26
#define POOLED_LEAST_PAST 26 /* distances of earlier weeks */
#define POOLED_LEAST 26      /* series of a cross-section: below, the answer is INSUFFICIENT */

/* ODD counts for one week, LASTING for the week in hand and the one before it. */
enum pooled_grade { POOLED_INSUFFICIENT, POOLED_OK, POOLED_ODD, POOLED_LASTING };
struct pooled_test {
	enum pooled_grade grade;
	double distance, threshold; /* NaN where insufficient */
};
struct pooled_verdict {
	int n;                        /* series of the week in hand */
	struct pooled_test plain, net;
	double quartile[3], usual[3]; /* of the week in hand; of its reference; NaN where insufficient */
};

/* A division of the series into groups that are judged each by itself. */
struct pooled_cut {
	const int *of; /* [n] 0 .. n_group - 1 */
	int n_group;
};

/* Judges the last week of x[n_week][n] (NaN: not known) in each group of each cut: out[sum of n_group], in order.
 * Time n_week x n log n whatever the number of cuts. */
void pooled_judge(const float *x, int n_week, int n, const struct pooled_cut *cut, int n_cut,
		  struct pooled_verdict *out);

#endif
