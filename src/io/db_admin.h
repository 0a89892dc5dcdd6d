/* The file as a whole: copies, a way back to an earlier state, reading by SQL, retention. */
#ifndef IO_DB_ADMIN_H
#define IO_DB_ADMIN_H

#include "base/mem.h"
#include "io/db.h"

/* Writes a copy as it is at this moment to a new file, whole and synced; readers and a writer go on. E_IO. */
MUST_CHECK enum status db_copy(struct db *db, const char *path, struct err *e);

/*
 * Brings a db (a copy!) back to what it knew when batch number `batch` was the newest: files taken in later are
 * undone, latest first, and what was found out about days after `day` is forgotten. unchecked, the number of a run
 * before which no check was made (0: the caller makes one): until when days had been checked stays what the nights
 * before it left, or where none came after it what it is.
 */
MUST_CHECK enum status db_go_back(struct db *db, int64_t batch, day_t day, int64_t unchecked, struct err *e);
/* What a run was made from beside what its row tells. */
struct run_origin {
	int64_t batch;  /* the newest file that it saw; 0: none, or the run is older than that was kept */
	day_t asked;    /* the day that it was asked as of; DAY_NONE: as of all there was */
	int64_t canary; /* version that served a share of the stores; 0: none */
	double canary_share;
};
MUST_CHECK enum status db_run_origin(struct db *db, int64_t seq, struct run_origin *out, struct err *e);

/* Parts of the data whose hashes differ between two snapshots: names, ascending; the arena's. E_NOTFOUND: a hash
 * has no snapshot. */
MUST_CHECK enum status db_snapshot_diff(struct db *db, const char *one, const char *other, struct arena *a,
					const char ***out, int *n, struct err *e);
/* Data snapshots with the first run that saw each, newest first. */
struct snapshot_row {
	int64_t run;
	day_t as_of;
	const char *hash, *at;
	int parts;
};
MUST_CHECK enum status db_snapshots(struct db *db, int limit, struct arena *a, struct snapshot_row **out, int *n,
				    struct err *e);

/*
 * A query that only reads: each row as texts (NULL: NULL), the first call with the names of the columns (row -1).
 * E_USAGE: it is not one statement, or would write.
 */
typedef void sql_row(void *context, int row, int n, const char *const *value);
MUST_CHECK enum status db_sql(struct db *db, const char *sql, sql_row *seen, void *context, struct err *e);

/* What retention takes away, or would: rows by table. */
struct gc_result {
	int64_t runs_thinned, forecast_rows, versions, resid_weeks, stats, parts;
};
struct gc_plan {
	int keep_runs;   /* newest published runs that stay whole */
	int keep_days;   /* days of origins after which older runs keep steps 1, 7, 14, 28 alone */
	day_t today;     /* the last day with sales */
	int unjudged;    /* 1: also runs whose days have not all come, or not a month ago: they will never be judged whole */
	int dry;         /* count only */
};
#define GC_DAY "gc.day" /* key of db_meta: `today` of the last retention */
/* Takes away in one transaction, with a row of the audit where anything went. What is published, what an alias names, the last three champions and the versions
 * of runs that stay, and the audit are never touched. */
MUST_CHECK enum status db_gc(struct db *db, const struct gc_plan *plan, struct gc_result *out, struct err *e);
/* Gives the freed pages back to the disk. */
MUST_CHECK enum status db_compact(struct db *db, struct err *e);

#endif
