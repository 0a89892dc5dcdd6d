/*
 * Files into the db. Each file is read whole before anything of it is written, then written in one
 * transaction: it is in, or it is not. The ledger knows it by its hash, so a second time changes
 * nothing. Rows that cannot be used are kept aside with line, field, value and reason.
 *
 * A file speaks for the days and series it names: what the db has otherwise for the same (series,
 * day) is corrected, and the old value kept with the day until which it was believed.
 */
#ifndef IO_INGEST_H
#define IO_INGEST_H

#include "base/mem.h"
#include "io/db.h"
#include "io/db_sales.h"

struct ingest_options {
	const char *map;       /* map.conf, or NULL */
	const char *returns;   /* "net", "separate", "floor"; NULL: the map's, else net */
	const char *gaps;      /* "zero", "missing"; NULL: the map's, else inferred */
	const char *owner, *licence, *purpose; /* for the ledger; NULL = not told */
	day_t known;           /* from when on the values count as known; DAY_NONE: today (UTC) */
	double reject_share;   /* a file with a larger share of unusable rows is refused */
	int dry;               /* say what would be done, and leave the db as it was */
};

/* What became of one file. Strings are the arena's. */
struct ingest_result {
	const char *file, *format;
	int64_t batch;         /* in the ledger */
	int known;             /* the ledger had it: nothing was done */
	struct ingest_counts counts;
};

/*
 * Reads n files, calendars and attributes before sales, whatever their order here; out[n] is in the
 * order of reading, *done tells how many were finished. Files before one that fails stay in.
 * E_INPUT: a file is refused, with file, line and reason.
 */
MUST_CHECK enum status ingest_files(struct db *db, const struct ingest_options *, int n,
				    const char *const *path, struct arena *, struct ingest_result *out,
				    int *done, struct err *e);

#endif
