/*
 * The night: ingest what is new, check, run, publish, report, notify, under one lock, as a machine of
 * stages. Every stage can be done again: files are known by their hash, a run by its id, a chunk by
 * its number. So a night that was killed anywhere is taken up by doing the night again.
 *
 *	NEW -> INGESTED -> VERIFIED -> FORECAST -> CHECKED -> PUBLISHED -> MONITORED -> NOTIFIED
 *	           |           |           \-> CANCELLED (signal)  \-> HELD (exit 4)
 *	           \-> FAILED  \-> BLOCKED (exit 5)
 *
 * life knows the order, not who draws: cli fills in the table of stages, so the arrow from life to
 * report is not needed.
 */
#ifndef LIFE_NIGHTLY_H
#define LIFE_NIGHTLY_H

#include "life/run.h"

/* What the stages of one night share. */
struct night {
	struct db *db;
	const struct config *config;
	struct arena *arena;
	day_t as_of;             /* DAY_NONE: the last day there is */
	int jobs, strict;
	int verify;              /* make the run once more and hold the bytes beside it */
	const char *verified;    /* how that ended, in words; NULL: it was not asked */
	const char *accept_change; /* why a change that nothing explains is right; NULL: it holds the run */
	int guarded;             /* the run is a guarded one, within these limits */
	struct run_limits limits;
	void *context;           /* cli's own */
	struct run_plan plan;    /* from `run` on */
	struct run_result result;
	int64_t rows_new, rows_rejected; /* by ingest */
	int files_new;
	int findings, degraded;  /* by check; degraded: stale or missing feed */
	int stale_days;          /* age of the last sales where check finds the feed stale; else 0 */
	int blocked;             /* check found what must stop the night */
	const char *why_blocked; /* the worst of it; NULL: not told */
	int alarms, alerts_opened; /* by monitor */
	const char *trained, *shadowed, *promoted; /* what was done about models, or NULL */
	const char *canary;      /* how the canary stands, or NULL: none serves */
	const char *report_path; /* by report, or NULL */
};

struct stage {
	const char *name;  /* "ingest" */
	const char *state; /* of the run once the stage is done; NULL: the stage sets it */
	/* Does the stage's work. E_INPUT from ingest or check blocks the night. */
	enum status (*run)(struct night *, struct err *);
	int after_publish; /* 1: a failure here leaves the night published and is told as a warning */
};

/*
 * Walks the stages (ends with name NULL). *exit_code: 0, 3 degraded, 4 held, 5 blocked. Stops before
 * the next stage when a signal came (E_STOPPED).
 */
MUST_CHECK enum status nightly_walk(struct night *night, const struct stage *stages, int *exit_code,
				    struct err *e);

/* The stages that need nobody else: fitting where it is due, forecasting and publishing; the challenger's shadow,
 * and who serves from tomorrow. */
MUST_CHECK enum status nightly_shadow(struct night *night, struct err *e);
MUST_CHECK enum status nightly_promote(struct night *night, struct err *e);
MUST_CHECK enum status nightly_train(struct night *night, struct err *e);
MUST_CHECK enum status nightly_forecast(struct night *night, struct err *e);
MUST_CHECK enum status nightly_publish(struct night *night, struct err *e);
/*
 * Makes tonight's run again in a copy of the db, from files and version to forecasts, where `verify` is set: other
 * bytes make the night degraded and name the first series and step. As costly as the forecast itself.
 */
MUST_CHECK enum status nightly_verify(struct night *night, struct err *e);
/* "ok", "degraded", "held" or "blocked". */
const char *nightly_grade(const struct night *night);
/* Where seven days have passed since the last time: thins what is older than the setting db.keep_days as
 * 'db gc' does, the last 14 published runs apart. A night of the past (as_of) takes nothing away. */
MUST_CHECK enum status nightly_retain(struct night *night, struct err *e);
/* Empties the outbox. */
MUST_CHECK enum status nightly_notify(struct night *night, struct err *e);
/* Ten lines that tell a manager how the night went. */
void nightly_digest(const struct night *night, int exit_code, struct buf *out);

#endif
