/*
 * The return on a forecast from the db: reads panel, costs and stock, settles arms, windows, segments
 * and cuts, replays (stock/roi.h), and keeps what came out as a run of kind "roi".
 */
#ifndef LIFE_ROI_RUN_H
#define LIFE_ROI_RUN_H

#include "io/db.h"
#include "life/settings.h"
#include "stock/roi.h"

/* What is asked for. */
struct roi_request {
	day_t from, to;              /* test window; DAY_NONE: the last 52 weeks, or what history allows */
	const char *baseline;        /* a file of forecasts (see life/given.h), or a spec's name; NULL: best of
				      * snaive, window_mean(window=28), seasonal_window_mean and ets */
	const char *model;           /* spec; NULL: the config's */
	const char *cost;            /* cost.conf; NULL: the one beside the config, else defaults */
	const char *store;           /* NULL: all */
	int n_set;
	const char *const *set;      /* [n_set] "name=value": parameters from the command line */
	enum stock_policy policy;
	enum stock_rounding rounding;
	double tau;                  /* > 0: the firm's own level */
	enum truth_mode truth;
	int refit, step;             /* 0: 28 days or 4 weeks, 13 weeks of what learns across series; 1 */
	int tornado, shadows;        /* 1: make them */
	int jobs;
};

/* What the page's head says besides the result; strings are the arena's. */
struct roi_scope {
	int64_t seq;                 /* number of the run */
	const char *id, *data_hash, *store; /* store NULL: all */
	struct calendar calendar;
	int n_store, n_item, n_series;
	double share_of_sales;       /* of all sales in the window that the replay covers */
	const char *currency;        /* "EUR"; "" not told */
	uint64_t seed;
	int simulated;               /* sales are invented */
	int scenario;                /* stock, costs or lead times are not the firm's own */
	const char *const *missing;  /* [n_missing] what is not: "stock", "unit cost", "lead time" */
	int n_missing;
	/* Each parameter as a person reads it: the value of most series, and whose it is. */
	struct roi_assumption {
		const char *name, *unit, *source;
		double low, high;    /* over the series; equal: one value */
		int yours;           /* series for which it was told */
	} assumption[N_PARAMETER];
	struct roi_cash_assumption {
		const char *name, *unit;
		double value;
		enum basis basis;
	} cash[8];                   /* build, run, people, r, N, ramp, decay, realisation */
	int n_cash;
};

/* Replays and keeps. E_INPUT: the history is too short; E_USAGE: a spec, cost or rule is wrong; E_STOPPED:
 * a signal came, nothing is kept. */
MUST_CHECK enum status roi_run_db(struct db *db, const struct config *config,
				  const struct roi_request *request, struct arena *a,
				  struct roi_scope *scope, struct roi_result *out, struct err *e);

#endif
