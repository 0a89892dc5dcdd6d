/*
 * A backtest of the db: settles origins, specs, cuts and tiers, replays store by store, and keeps the
 * scores as a run of kind "backtest".
 */
#ifndef LIFE_BACKTEST_RUN_H
#define LIFE_BACKTEST_RUN_H

#include "eval/metric.h"
#include "life/run.h"
#include "series/score.h"

/* What is asked for. The horizon is the config's (run.horizon). */
struct backtest_request {
	int windows, step;       /* step 0: 7 days, 4 weeks, 3 months, 7 numbers */
	int refit, gap;          /* see eval/backtest.h */
	int n_spec;
	const char *const *spec; /* [n_spec] as typed; none: the config's and the baselines */
	int n_by;
	const char *const *by;   /* [n_by] cuts that must be there; attributes whatever their number */
	const char *store;       /* NULL: all stores */
	const char *weights;     /* file of revenues per series (io/weights.h); NULL: none */
	day_t as_of;             /* the last day that is known; DAY_NONE: all there is */
	int costs;               /* 1: the metric "cost" too (stock/cost_metric.h) */
	int jobs;
};

/* What came out; everything is the arena's. */
struct backtest_result {
	int64_t seq;             /* number of the run */
	const char *id;
	struct calendar calendar;
	int n_store, n_series;
	int windows, step, horizon, gap, refit;
	period_t first, last;    /* earliest and latest origin */
	int n_spec;
	const char *const *spec; /* [n_spec] as the scores name them; `reference` is one */
	const char *reference;   /* what gains are measured against: "snaive" */
	int n_metric, n_score;
	const struct metric *metric;
	const struct score *score; /* [n_score] spec by spec; not all have the same cuts and metrics */
	const int *begin;        /* [n_spec + 1] first score of each spec */
	int weighted;
};

/*
 * Replays and keeps the scores. E_INPUT: history too short for the windows, with how many it allows;
 * E_USAGE: a spec or setting is wrong; E_STOPPED: a signal came, nothing is kept.
 */
MUST_CHECK enum status backtest_run(struct db *db, const struct config *config,
				    const struct backtest_request *request, struct arena *a,
				    struct backtest_result *out, struct err *e);

/* The reference's score of the same metric in the same cut as score i, or NULL. */
const struct score *backtest_reference(const struct backtest_result *r, int i);
/* The score of a method in a cut, or NULL. */
const struct score *backtest_find(const struct backtest_result *r, const char *method,
				  const char *part, const char *member, const char *metric);

#endif
