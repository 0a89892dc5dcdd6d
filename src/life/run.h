/*
 * A run: forecasts for every series at one origin, recorded with the hashes of what made them.
 *
 *   run_plan     what would be run: origin, horizon, levels, spec, model
 *   run_name     the hashes of all that goes in, and so the id
 *   run_execute  store by store, or the whole panel at once where the spec learns across series: read,
 *                fit or load, predict, write in chunks; takes up where an interrupted run of the same
 *                id stopped
 *   run_publish  publish, or hold when too many series fell back
 *
 * Invariants:
 *  1. The id is a hash of the inputs: the same inputs give the same id, and a published id is never
 *     written again, but for a guarded run that had too little time: what is asked once more with time
 *     is another run of the same id.
 *  2. Work is cut by the catalogue alone (blocks of whole stores, chunks of 1,000 series), so chunk k
 *     holds the same series in every attempt and at any number of threads.
 *  3. What one series gets depends on its store's data alone, or, where the spec learns across series
 *     (spec_is_whole), on those of the whole panel, so a store asked for by itself gets what the
 *     night's run gave it.
 *  4. Memory holds one block, whatever the number of series; of a spec that learns across series, the
 *     whole panel.
 */
#ifndef LIFE_RUN_H
#define LIFE_RUN_H

#include "io/db_model.h"
#include "io/db_panel.h"
#include "io/db_run.h"
#include "life/settings.h"
#include "model/method.h"

/* What a guarded run may take. */
struct run_limits {
	double deadline;       /* to be published by then, by process_wall; 0: none */
	size_t memory;         /* bytes of data of one working process; 0: no limit */
	double series_seconds; /* wall seconds that one series may take; 0: no limit */
};

struct run_plan {
	struct db *db;
	const struct config *config;
	const char *kind, *trigger;
	struct calendar calendar;
	day_t as_of;             /* the origin's first day; rows after it are not read */
	day_t asked;             /* the day of --as-of, at or after the origin; DAY_NONE */
	int as_of_given;         /* --as-of: corrections known later are not seen either */
	int horizon, jobs;
	int n_level;
	const double *level;     /* [n_level] ascending, the seven stored ones among them */
	const char *levels_text;
	const struct spec *spec; /* closed by the fallback ladder */
	const char *spec_text;   /* canonical */
	const char *alias;       /* of the version: "champion", or whose shadow it is */
	int n_only;              /* a training fits only these stores anew and takes the others over; 0: all */
	const char *const *only; /* [n_only] */
	int64_t model;           /* version whose parameters are used; 0: fit */
	int64_t canary;          /* version that serves a share of the stores instead; 0: none */
	double canary_share;
	const char *canary_hash;
	day_t model_as_of;       /* what that version was fitted to; of use where model is not 0 */
	int strict;              /* 1: drivers that end before the horizon refuse the run; no part of the id */
	int model_later;         /* 1: the champion knows later days; a night of the past leaves it alone */
	const struct spec *cheap;/* of a guarded run: what every series gets first; NULL: the run is not guarded */
	struct run_limits limits;/* of a guarded run; no part of the id */
	int stale_ends;          /* 1: E_STALE ends a guarded run too, so that it can be fitted anew; 0: it stays cheap */
	int64_t follow;          /* the guarded run that is made again: what stayed cheap there stays so; 0: none */
	const char *hold_because;/* run_publish holds the run for that reason; NULL: it decides by the fallbacks */
	const char *model_hash, *data_hash, *config_hash, *config_text, *code_hash, *code_text;
	int64_t data_version;
	char id[RUN_ID_SIZE];
};

/* How a run went. */
struct run_result {
	int64_t seq;
	int series, fallbacks;
	int exit_code;        /* 0, 3 degraded, 4 held */
	const char *why_held; /* borrowed; of use where exit_code is 4 */
	int already_published;/* 1: nothing was written */
	int told;             /* and its night went through to the end */
	int cheap;            /* series of a guarded run that kept their cheap forecast */
	double at_stake;      /* share of the last weeks' sales, in money where prices are known, whose series got more
			       * than that; of use where cheap is not 0 and the run was made just now */
	char published_hash[SHA256_HEX_SIZE];
};

/*
 * Settles what a run of `kind` would be. as_of DAY_NONE: the last day with sales. spec NULL: the
 * config's. Strings are the arena's. E_INPUT: no sales; E_USAGE: a setting is wrong.
 */
MUST_CHECK enum status run_plan(struct run_plan *plan, struct db *db, const struct config *config,
				const char *kind, day_t as_of, const char *spec, int jobs,
				struct arena *a, struct err *e);
/* The same run by the version of another alias, and by its spec. E_NOTFOUND: the alias names none. */
MUST_CHECK enum status run_plan_alias(struct run_plan *plan, const char *alias, struct arena *a, struct err *e);
/*
 * Makes a planned run a guarded one (life/guard.c), before it gets its name. E_USAGE: the setting run.cheap names no
 * spec that looks at one series at a time.
 */
MUST_CHECK enum status run_guard(struct run_plan *plan, const struct run_limits *limits, struct arena *a,
				 struct err *e);
/* Adds the data's hash and, from all hashes, the id: what run_execute and run_train need. */
MUST_CHECK enum status run_name(struct run_plan *plan, struct arena *a, struct err *e);
/* The record of a run of this plan, named, with so many series. */
struct run_new run_record(const struct run_plan *plan, int series);
/* What the plan asks of db_panel for one store (NULL: all). */
struct panel_request run_panel_request(const struct run_plan *plan, const char *store);
struct fit_context run_fit_context(const struct run_plan *plan);

/* Writes the run's record (or finds that of an interrupted one) and all its forecasts. E_STOPPED: a
 * signal came; what is written stays and `--resume` takes it up. E_INPUT: a strict plan, and a driver
 * that ends before the horizon; nothing was written. */
MUST_CHECK enum status run_execute(const struct run_plan *plan, struct run_result *result,
				   struct err *e);
/* Publishes what run_execute wrote, or holds it; fills exit_code and published_hash. */
MUST_CHECK enum status run_publish(const struct run_plan *plan, struct run_result *result,
				   struct err *e);

/* Forecasts computed for a question and held, for the next one may be of the same piece. Zero it. */
struct run_answer {
	const char *piece; /* store, or "": all */
	int made;
	struct panel_owner owner;
	struct forecast forecast;
	struct arena arena;
};
/* Forecasts of one store (or one item of it) computed at once, written nowhere. A spec that learns
 * across series makes all and shows the part; what `held` has is not made again. */
MUST_CHECK enum status run_store(const struct run_plan *plan, struct run_answer *held, const char *store,
				 const char *item, forecast_seen *seen, void *context, struct err *e);
void run_answer_release(struct run_answer *held);
/* The published run, of now or before, that has forecast just this: no need to compute it again. */
MUST_CHECK enum status run_kept(const struct run_plan *plan, struct arena *a, struct run_row *out,
				int *found, struct err *e);

/* What a training came to. */
struct train_result {
	int64_t version, record; /* the version; number of the run that its stages are recorded under */
	int parts_found;         /* parts that an earlier attempt had fitted */
};
/*
 * Fits the plan's spec for every store, or for all at once, and keeps it as a version, which gets `alias` unless
 * that is NULL. What is fitted is kept as it comes, so a training that was cut off goes on from there.
 * E_STOPPED: a signal came.
 */
MUST_CHECK enum status run_train(const struct run_plan *plan, const char *alias, struct train_result *out,
				 struct err *e);

#endif
