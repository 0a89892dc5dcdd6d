/* Runs, their forecasts, and the pointer to the one that is published. */
#ifndef IO_DB_RUN_H
#define IO_DB_RUN_H

#include "base/mem.h"
#include "io/db.h"
#include "io/db_catalog.h"
#include "series/forecast.h"

#define RUN_ID_SIZE 13 /* 12 hex digits */

/* One run as the db has it; strings are the arena's. */
struct run_row {
	int64_t seq;
	const char *id, *kind, *state, *trigger, *spec, *levels;
	day_t as_of;
	int horizon, series, done, fallbacks, exit_code; /* exit_code -1: not ended */
	int64_t model, data_version;
	const char *data_hash, *config_hash, *code_hash, *model_hash, *published_hash;
	const char *started, *ended, *note;
};

/* The published run. E_NOTFOUND: nothing was published yet. */
MUST_CHECK enum status db_run_published(struct db *db, struct arena *a, struct run_row *out,
					struct err *e);
/* A run by id, by number, or "last". */
MUST_CHECK enum status db_run_find(struct db *db, const char *name, struct arena *a,
				   struct run_row *out, struct err *e);
/* The newest `limit` runs, newest first. */
MUST_CHECK enum status db_runs(struct db *db, int limit, struct arena *a, struct run_row **out,
			       int *n, struct err *e);

/*
 * Reads forecasts of a run in (store, item) order. store NULL: all; item NULL: all of the store.
 * `seen` gets each series with a forecast of one series (n = 1), valid during the call; a status
 * other than OK ends the reading and is returned. Strings (method) live until the end of the read.
 */
typedef enum status forecast_seen(void *context, const struct catalog_series *, const struct forecast *,
				  struct err *);
MUST_CHECK enum status db_forecast_read(struct db *db, const struct run_row *run, const char *store,
					const char *item, forecast_seen *seen, void *context,
					struct err *e);

#endif
