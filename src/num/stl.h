/*
 * Seasonal-trend decomposition by loess: STL (Cleveland, Cleveland, McRae & Terpenning 1990, Journal
 * of Official Statistics 6, 3-73) for one season and MSTL (Bandara, Hyndman & Bergmeir 2021,
 * arXiv:2107.13462) for several: y = trend + seasons + remainder. Results are those of R's
 * stats::stl and of mstl in R's package forecast 8.20.
 *
 * Place t of an array is phase t mod period of a season; arrays are n long and begin at the same
 * place. Scratch is an arena that the caller resets; nothing else is allocated.
 */
#ifndef NUM_STL_H
#define NUM_STL_H

#include "base/err.h"
#include "base/mem.h"

#define STL_PERIODIC 0 /* as a season window: the season is the same in every cycle */
#define MSTL_ITERATE 2 /* rounds over the seasons, R's default */
#define MSTL_SEASONS 6 /* most seasons at once */

/* One of the three smoothers: places in the window (odd), degree 0 or 1, places from one fit to the
 * next, between which the curve is a straight line. */
struct stl_loess {
	int window, degree, jump;
};

struct stl_plan {
	int period;               /* 2 or more */
	int periodic;             /* seasons are averaged over the cycles after the last round */
	struct stl_loess season, trend, low;
	int inner;                /* rounds of season and trend */
	int outer;                /* rounds with robustness weights; 0: none */
};

/*
 * R's defaults for a period and a season window (odd, 3 or more, or STL_PERIODIC) over n values: a
 * trend window of 1.5 periods / (1 - 1.5 / season window), jumps of a tenth of each window; robust:
 * 15 outer rounds of one inner, else two inner rounds alone.
 */
struct stl_plan stl_plan_of(int n, int period, int season_window, int robust);

/*
 * Decomposes y [n] by a plan into season [n] and trend [n]; weight [n] gets the robustness weights
 * (1 where the plan has no outer rounds) unless it is NULL. E_FIT when n <= 2 periods, the period is
 * below 2 or a value is not finite.
 */
MUST_CHECK enum status stl_decompose(const struct stl_plan *, int n, const double *y,
				     struct arena *scratch, double *season, double *trend,
				     double *weight);

/* Several seasons. */
struct mstl_plan {
	int n_season, period[MSTL_SEASONS]; /* ascending */
	int window;  /* of every season; 0: 11, 15, 19, ... as in R */
	int iterate; /* rounds over the seasons; a single one has one */
	int robust;
};

/*
 * MSTL of y [n]: the seasons are taken off in turn, each by an STL of what the others leave, as often
 * as the plan says. season [n_season][n], trend [n] of the last STL. A value that is not known (NaN)
 * is first filled by stl_fill. E_FIT when there is no season, a period is below 2 or 2 periods are
 * not less than n (ask mstl_usable), or nothing is known.
 */
MUST_CHECK enum status mstl_decompose(const struct mstl_plan *, int n, const double *y,
				      struct arena *scratch, double *season, double *trend);

/* Copies those of period [n] that are at least 2 and fit into `length` values more than twice to
 * out, ascending, each once; returns how many. out may be period. */
int mstl_usable(int n, const int *period, int length, int *out);

/*
 * Copies y [n] to out with unknown values (NaN) filled: for each period, ascending, the mean
 * distance of each phase to a centred moving mean of the known values is taken off, the rest is
 * interpolated along straight lines between its known neighbours (level at the ends), and the
 * seasons are put back. Without periods these are the straight lines of R's approx(rule = 2). All
 * unknown: all NaN. out may be y.
 */
void stl_fill(int n_period, const int *period, int n, const double *y, struct arena *scratch,
	      double *out);

/*
 * Strength of a season beside its remainder, 0 (none) to 1: 1 - var(remainder) / var(season +
 * remainder), cut at 0 (Wang, Smith & Hyndman 2006; FPP3, section 4.3). 0 where both are constant.
 */
double stl_strength(int n, const double *season, const double *remainder);

/*
 * The same for one season of y [n], by an MSTL of that season alone, as nsdiffs(test = "seas") of R's
 * forecast has it (which differences from .64 on). NaN when the season does not fit in twice.
 */
double stl_season_strength(int n, const double *y, int period, struct arena *scratch);

#endif
