/*
 * When a model is fitted anew, and what happens to one that wants to serve. A refit of the recipe that serves takes
 * its place at once; another recipe (setting challenger.spec) is fitted beside it, forecasts in the shadow on the
 * eve of each week, and serves when the gates let it (life/gate.h) or a person says so.
 */
#ifndef LIFE_RETRAIN_H
#define LIFE_RETRAIN_H

#include "life/run.h"

#define RETRAIN_COOLDOWN 14 /* days after a rollback, or a refit for drift, without another */

/* Why the recipe of a plan is to be fitted anew. */
struct retrain_reason {
	const char *trigger; /* "schedule", "drift", "features"; NULL: it need not be */
	const char *words;
	int n_only;          /* stores that have drifted; 0: all are fitted */
	const char *const *only;
};
/*
 * Looks at the age of the plan's version (train.every), and at open ALARMs of errors that began after it was fitted
 * (train.drift). Strings are the arena's.
 */
MUST_CHECK enum status retrain_due(const struct run_plan *plan, struct arena *a, struct retrain_reason *out,
				   struct err *e);
/* The stores with open ALARMs of errors, whatever the age; for `train --only drifted`. */
MUST_CHECK enum status retrain_drifted(const struct run_plan *plan, struct arena *a,
				       struct retrain_reason *out, struct err *e);

/*
 * The challenger's part of a night: fitted when it is due, and forecast into the shadow on the eve of a week. Does
 * nothing without challenger.spec. *said: what was done, or NULL.
 */
MUST_CHECK enum status retrain_shadow(struct db *db, const struct config *config, day_t as_of, int jobs,
				      struct arena *a, const char **said, struct err *e);
/*
 * Lets the challenger serve when all gates pass (promote.auto = yes), or says that it could; takes a promoted model
 * back when errors alarm within four weeks. *said: what was done, or NULL.
 */
MUST_CHECK enum status retrain_promote(struct db *db, const struct config *config, struct arena *a,
				       const char **said, struct err *e);

#endif
