/*
 * What one run's errors cost: from its origin on every series orders by that run's own distribution, against
 * what was then sold; beside it the same with perfect foresight.
 */
#ifndef LIFE_COST_RUN_H
#define LIFE_COST_RUN_H

#include "io/db_run.h"
#include "life/settings.h"
#include "stock/cost.h"

struct cost_request {
	const char *run;          /* NULL: the newest whose days have come */
	const char *cost;
	int n_set;
	const char *const *set;
	double level;             /* > 0: tau for all; else the textbook's */
};
struct cost_row {
	struct series_key key;
	double demand, lost, wasted, leftover; /* units */
	int short_periods;
	struct stock_money money, perfect;
};
struct cost_result {
	struct run_row run;
	struct calendar calendar;
	period_t first, last;     /* what was replayed */
	int n;
	struct cost_row *row;     /* [n] by key; memory is the arena's */
	struct cost_row all;      /* key NULL */
	double imputed;           /* share of demand that was drawn */
};
/* E_USAGE: too few of the run's days have come; E_NOTFOUND: there is no run. Writes nothing. */
MUST_CHECK enum status cost_run(struct db *db, const struct config *config, const struct cost_request *q,
				struct arena *a, struct cost_result *out, struct err *e);

#endif
