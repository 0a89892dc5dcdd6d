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
/* Has retention left only some steps of the run's forecasts? */
MUST_CHECK enum status db_run_thinned(struct db *db, const struct run_row *run, int *out, struct err *e);
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


/* The settings that a run had, as sorted "key = value" lines. */
MUST_CHECK enum status db_config_text(struct db *db, const char *config_hash, struct buf *out,
				      struct err *e);

/* What a new run is made of. */
struct run_new {
	const char *id, *kind, *trigger, *spec, *levels;
	const char *data_hash, *config_hash, *config_text, *code_hash, *code_text, *model_hash;
	day_t as_of;
	day_t asked; /* the day of --as-of; DAY_NONE: it was not given */
	int horizon, series;
	int64_t data_version, model; /* model 0: none kept */
	int64_t canary;              /* version that serves a share of the stores; 0: none */
	double canary_share;
};

/* Writes a run in state NEW, with its config and build. *seq is its number. */
MUST_CHECK enum status db_run_begin(struct db *db, const struct run_new *, int64_t *seq,
				    struct err *e);
/* Sets the state; with `note` (may be NULL) and, when exit_code >= 0, the end. */
MUST_CHECK enum status db_run_state(struct db *db, int64_t seq, const char *state, int exit_code,
				    const char *note, struct err *e);
/* The newest run of a kind that neither ended nor was published and has this id; E_NOTFOUND. */
MUST_CHECK enum status db_run_unfinished(struct db *db, const char *kind, const char *id,
					 struct arena *a, struct run_row *out, struct err *e);
/* The newest run of a kind that is in that state and has this spec; E_NOTFOUND. */
MUST_CHECK enum status db_run_newest(struct db *db, const char *kind, const char *state, const char *spec,
				     struct arena *a, struct run_row *out, struct err *e);
/* What a stage took. */
MUST_CHECK enum status db_resource(struct db *db, int64_t seq, const char *stage, double wall,
				   double cpu, struct err *e);

/*
 * Writes the forecasts of n series (id[n], f->n = n) as chunk number `chunk` of the run, in one
 * transaction with the run's count of series that are done. A chunk that is there is replaced.
 */
MUST_CHECK enum status db_forecast_write(struct db *db, int64_t seq, int chunk, const int64_t *id,
					 const struct forecast *f, struct err *e);
/* Number of chunks from 0 on that are written without a gap. */
MUST_CHECK enum status db_forecast_chunks(struct db *db, int64_t seq, int *n, struct err *e);
/* Series of a guarded run that kept their cheap forecast, by number: their reason begins with the mark. */
#define CHEAP_MARK "cheap: "
#define CHEAP_BEYOND "cheap:!" /* the least text that no longer begins so */
struct cheap_series {
	int64_t id;
	const char *reason; /* the arena's */
};
MUST_CHECK enum status db_run_cheap(struct db *db, int64_t seq, struct arena *a, struct cheap_series **out, int *n,
				    struct err *e);
/* The chunks' hashes in order; the arena's. */
MUST_CHECK enum status db_chunk_hashes(struct db *db, int64_t seq, struct arena *a, const char ***out, int *n,
				       struct err *e);
/* SHA-256 over the chunks' hashes: what was forecast, in key order. */
MUST_CHECK enum status db_forecast_hash(struct db *db, int64_t seq, char hex[65], struct err *e);

/* Ends a run as held, with the reason; what was published stays. */
MUST_CHECK enum status db_run_hold(struct db *db, int64_t seq, const char *why, struct err *e);
/* Ends a run that came to nothing ("BLOCKED", "FAILED"), with its message to the outside. */
MUST_CHECK enum status db_run_stop(struct db *db, int64_t seq, const char *state, int exit_code, const char *why,
				   struct err *e);
/*
 * Makes a run the published one: pointer, state PUBLISHED, hash, and the active method of each
 * series, in one transaction. Readers see all of the old run or all of the new one.
 */
MUST_CHECK enum status db_publish(struct db *db, int64_t seq, const char *published_hash,
				  int exit_code, struct err *e);

/* Counts of series by (method, rung), most frequent first; strings are the arena's. */
struct method_share {
	const char *method;
	int rung, series;
};
MUST_CHECK enum status db_method_shares(struct db *db, int64_t seq, struct arena *a,
					struct method_share **out, int *n, struct err *e);

/* Series that fell down the ladder or met a guard, worst rung first, at most `limit`. */
struct fallen_series {
	const char *store, *item, *method, *reason;
	int rung;
};
MUST_CHECK enum status db_fallen(struct db *db, int64_t seq, int limit, struct arena *a,
				 struct fallen_series **out, int *n, struct err *e);

/* Stages of a run with what they took, in the order in which they ended. */
struct stage_use {
	const char *stage;
	double wall, cpu;
	int64_t maxrss;
};
MUST_CHECK enum status db_stages(struct db *db, int64_t seq, struct arena *a, struct stage_use **out,
				 int *n, struct err *e);
/* By stage, the medians of up to `nights` runs of the same kind that were published before. */
MUST_CHECK enum status db_stages_usual(struct db *db, const struct run_row *run, int nights, struct arena *a,
				       struct stage_use **out, int *n, struct err *e);

#endif
