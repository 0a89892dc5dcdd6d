/* Gathers the digest of a run out of the db. */
#ifndef LIFE_DIGEST_GATHER_H
#define LIFE_DIGEST_GATHER_H

#include "io/db.h"
#include "io/db_run.h"
#include "life/digest.h"
#include "life/settings.h"

/* Periods of history that a digest shows before a horizon of n_step. */
int digest_past(const struct calendar *c, int n_step);

/* The run that a digest is asked of: an id or number, "last" for the newest that forecast anything,
 * NULL for the published one. E_NOTFOUND. */
MUST_CHECK enum status digest_find_run(struct db *db, const char *name, struct arena *a,
				       struct run_row *out, struct err *e);

/*
 * Fills the digest of a run for one store (NULL: all), store by store, so that memory holds one store
 * and the nodes. Everything is the arena's. The scores are those of the last backtest.
 */
MUST_CHECK enum status digest_gather(struct db *db, const struct config *config,
				     const struct run_row *run, const char *store, struct arena *a,
				     struct digest *out, struct err *e);

/* The scores of the last backtest alone, in the cuts that a digest shows, with calendar, spec and
 * floor; n_score 0: there was no backtest. */
MUST_CHECK enum status digest_scores(struct db *db, const struct config *config, struct arena *a,
				     struct digest *d, struct err *e);

#endif
