/* What the gates said, and the counts that they ask for. */
#ifndef IO_DB_GATE_H
#define IO_DB_GATE_H

#include "base/mem.h"
#include "io/db.h"

struct gate_keep {
	const char *gate, *verdict, *text;
	double value, threshold;
};
/* Keeps the rows of one trial, in the caller's transaction. */
MUST_CHECK enum status db_gates_write(struct db *db, int64_t version, int64_t against, day_t day,
				      const struct gate_keep *row, int n, struct err *e);
/* The newest trial of a version; the arena's. */
MUST_CHECK enum status db_gates_read(struct db *db, int64_t version, struct arena *a, struct gate_keep **out, int *n,
				     struct err *e);
/* The first day from which live weeks are evidence between two versions: after both recipes were first fitted, and after
 * the last promotion or rollback; DAY_NONE: any. */
MUST_CHECK enum status db_gate_since(struct db *db, int64_t version, int64_t against, day_t *out, struct err *e);
/* The last day with sales when any gates were run; DAY_NONE: never. */
MUST_CHECK enum status db_gates_day(struct db *db, day_t *out, struct err *e);
/* Different versions that were ever held against one, `version` among them. */
MUST_CHECK enum status db_gate_tries(struct db *db, int64_t version, int64_t against, int *out, struct err *e);
/* Mean absolute change of the means over the mean: of the newest two published runs about a week apart, and between
 * the newest shadow run of a version and what was published on that day; days that both tell. NaN: there are none. */
MUST_CHECK enum status db_gate_change(struct db *db, int64_t version, double *own, double *other, struct err *e);
/* CPU seconds of the newest shadow run of a version, and of the newest published run. NaN: there is none. */
MUST_CHECK enum status db_gate_cpu(struct db *db, int64_t version, double *shadow, double *served, struct err *e);
/* Sources of the files that were taken in: their names without folders and dates; the arena's. */
MUST_CHECK enum status db_sources(struct db *db, struct arena *a, const char ***out, int *n, struct err *e);

#endif
