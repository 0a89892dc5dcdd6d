/* What came from what: the inputs of a run, what a file reached, what was served for a day, two runs side by side. */
#ifndef IO_DB_TRACE_H
#define IO_DB_TRACE_H

#include "base/mem.h"
#include "io/db.h"
#include "io/db_run.h"
#include "series/calendar.h"

/* One thing in the chain. Strings are the arena's; NULL where the thing has none. */
struct trace_link {
	const char *what; /* run, data, config, code, model, training, file, forecast */
	const char *name; /* its number, version or count */
	const char *hash, *at, *note;
};

/* Upwards: what the run was made of, its data, settings, program, model, training and files, in that order. */
MUST_CHECK enum status db_trace_run(struct db *db, const struct run_row *run, struct arena *a,
				    struct trace_link **out, int *n, struct err *e);
/*
 * Downwards: a file (its batch number, or its SHA-256 from the first six digits on), the runs that saw it, the
 * models that these trained, oldest first. E_NOTFOUND: no such file; E_USAGE: several begin so.
 */
MUST_CHECK enum status db_trace_batch(struct db *db, const char *batch, struct arena *a, struct trace_link **out,
				      int *n, struct err *e);

/* One kind of file that came in. Strings are the arena's; NULL: not told. */
struct source_row {
	const char *kind, *owner, *licence; /* "long", "prices"; owner and licence of the newest file */
	const char *path, *at;              /* the newest file, and when it was taken in, UTC */
	int files;
	int64_t rows;
	day_t until;                        /* last day that any of them tells of; DAY_NONE: they have no days */
};
/* By kind, ascending. The array is the arena's. */
MUST_CHECK enum status db_file_kinds(struct db *db, struct arena *a, struct source_row **out, int *n, struct err *e);

/* What a published run said of one series and period; q: the levels .05 .1 .25 .5 .75 .9 .95. */
struct served_row {
	int64_t run, model;
	const char *id, *ended, *method, *reason;
	day_t as_of;
	int step, rung;
	double mean, q[7];
};
/* All that was published for a series and period, newest run first. The array is the arena's. */
MUST_CHECK enum status db_trace_value(struct db *db, const struct calendar *calendar, const char *store,
				      const char *item, period_t period, struct arena *a, struct served_row **out,
				      int *n, struct err *e);

/*
 * A store's sums of the means of two runs over the series and periods that both have. `shift`: period of the first
 * run's origin less that of the second's, so that step s of the first is step s + shift of the second.
 */
struct diff_row {
	const char *store;
	int series, changed; /* series in both; of these with another mean somewhere */
	double one, other;   /* units over the common periods */
};
/* By store, ascending. Of the second run steps up to `most` count (0: all), and series that run `also` has too (0: all
 * do). The array is the arena's. */
MUST_CHECK enum status db_run_diff(struct db *db, int64_t one, int64_t other, int shift, int most, int64_t also,
				   struct arena *a, struct diff_row **out, int *n, struct err *e);

#endif
