/*
 * Tonight's orders from the published run: stock of the evening, rules and costs, the level of each segment
 * as the last return chose it, one proposal a series with its reason; kept as a run of kind "order" whose
 * decisions name the run they were made from.
 */
#ifndef LIFE_ORDER_RUN_H
#define LIFE_ORDER_RUN_H

#include "io/db_run.h"
#include "life/settings.h"
#include "stock/order.h"

struct order_request {
	const char *store, *item;     /* NULL: all */
	const char *run;              /* NULL: the published one */
	const char *cost;             /* file; NULL: the usual */
	int n_set;
	const char *const *set;
	enum stock_policy policy;
	enum stock_rounding rounding;
	double level;                 /* > 0: tau for all */
	double budget;                /* money at unit cost; <= 0: none */
	double assume_stock;          /* on hand where it is not known; NaN: such series are left out */
	int all;                      /* also series whose review is not tonight, and lines of 0 */
};

struct order_proposal {
	struct series_key key;
	int64_t series;
	day_t day, arrives;           /* evening, and the day on which it arrives */
	double tau, on_hand, on_order, cost; /* cost: of the units, money */
	struct order_line line;
	int cut;                      /* the budget did not reach */
	const char *reason;
};

struct order_result {
	int64_t seq;
	const char *id;
	struct run_row forecast;      /* what it was made from */
	struct calendar calendar;
	period_t evening;
	int n;
	struct order_proposal *line;  /* [n] by key; memory is the arena's */
	double cost;                  /* of all that is ordered */
	int unknown, not_tonight, too_short, not_listed, cut; /* series left out, and why; lines cut */
	const char *level_from;       /* "return 12 of 2026-11-22", "the textbook", "--level" */
};

/* Proposes and keeps. E_NOTFOUND: nothing is published; E_USAGE: a cost or rule is wrong. */
MUST_CHECK enum status order_run(struct db *db, const struct config *config,
				 const struct order_request *request, struct arena *a,
				 struct order_result *out, struct err *e);

#endif
