/*
 * Arms: ways of forecasting inside a replay. Only the forecasts differ between arms. At each origin the
 * model sees panel_until(origin) and nothing else; it is fitted anew at the declared cadence and, in
 * between, predicts with the data up to the origin. Kept are the forecasts of sums over the next
 * `span` periods, which is all that a policy needs.
 */
#ifndef STOCK_ARM_H
#define STOCK_ARM_H

#include "model/method.h"
#include "stock/truth.h"

/* A forecast that somebody made: rows sorted by (series, made, period). */
struct given_row {
	int series;              /* index in the panel */
	period_t made;           /* known at the end of this period */
	period_t period;         /* of what */
	double mean;
};
struct given {
	size_t n;
	const struct given_row *row;
};

enum arm_kind {
	ARM_SPEC,
	ARM_GIVEN,   /* the newest forecast of each period that was made by the origin; where one is missing,
	              * the series' mean comes from `spec` */
	ARM_PERFECT, /* the truth: the floor */
};
struct arm {
	const char *name;        /* "snaive", "champion" ...; the given one as the user names it */
	enum arm_kind kind;
	const struct spec *spec; /* closed by the fallback */
	const struct given *given;
};

struct arm_plan {
	const struct panel *panel;   /* all that the specs are shown */
	struct fit_context context;  /* horizon: the longest span */
	period_t first;              /* first origin */
	int n_origin;                /* consecutive */
	int refit;                   /* origins between fits; 0: fitted once, at the first */
	int step;                    /* origins between forecasts; between them the last one serves, its
				      * steps counted from its own origin; >= 1 */
	int n_span;
	const int *span;             /* [n][n_span] periods of each sum; 0: not wanted */
	const struct truth *truth;   /* of ARM_PERFECT */
};

struct arm_result {
	float *mean;                 /* [n][n_span][n_origin] units; NaN: the series had not begun */
	int64_t made, fell;          /* forecasts of series, and those below rung 0 (or without a given one) */
	int fits;
	double fit_cpu, predict_cpu; /* seconds; not part of any result */
};

/* Runs one arm over all origins. Memory is the arena's. E_USAGE from a spec's fit; E_STOPPED: a signal. */
MUST_CHECK enum status arm_run(const struct arm *arm, const struct arm_plan *plan, struct arena *a,
			       struct arm_result *out, struct err *e);

#endif
