/*
 * Forecasts that somebody made, scored by the same metrics and on the same cells as our own: at each day on
 * which they were made, specs forecast from what was known then.
 */
#ifndef LIFE_JUDGE_RUN_H
#define LIFE_JUDGE_RUN_H

#include "eval/metric.h"
#include "io/db_run.h"
#include "life/settings.h"
#include "series/score.h"

struct judge_request {
	int n_file;
	const char *const *file;  /* [n_file] see io/given.h */
	int n_spec;
	const char *const *spec;  /* [n_spec] beside them; in the order of the stairs */
	int jobs;
};
struct judge_result {
	struct calendar calendar;
	int n_step;               /* columns of `value`: the specs, then the files */
	const char *const *name;  /* [n_step] */
	int n_metric;
	const struct metric *metric; /* [n_metric] */
	double *value;            /* [n_step][n_metric] on the cells that all the files tell of */
	double *better;           /* [n_step] share of series on which it beats the step before; [0] NaN */
	int64_t cells, not_told;  /* scored; days known between made and last that a file does not tell of */
	int n_made;               /* days on which forecasts were made */
	int64_t rejected, unknown, crossing, future; /* rows set aside, of unknown series, crossing quantiles, not yet due */
};
/* E_INPUT: a file cannot be read; E_USAGE: no cell can be scored. Memory is the arena's. */
MUST_CHECK enum status judge_run(struct db *db, const struct config *config, const struct judge_request *q,
				 struct arena *a, struct judge_result *out, struct err *e);

#endif
