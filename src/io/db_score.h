/* Scores in the db: what a backtest, or later the monitor, found out about forecasts. */
#ifndef IO_DB_SCORE_H
#define IO_DB_SCORE_H

#include "base/mem.h"
#include "io/db.h"
#include "series/score.h"

/* Writes n scores of a run in one transaction; those that it had are replaced. */
MUST_CHECK enum status db_score_write(struct db *db, int64_t run, const struct score *score, int n,
				      struct err *e);
/*
 * Scores of a run; method, part and metric NULL: all. Sorted by (method, part, member, metric); steps
 * and ranges of steps by number, all else by bytes. Array and strings are the arena's.
 */
MUST_CHECK enum status db_score_read(struct db *db, int64_t run, const char *method,
				     const char *part, const char *metric, struct arena *a,
				     struct score **out, int *n, struct err *e);

#endif
