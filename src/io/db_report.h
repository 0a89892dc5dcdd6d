/* Lists that only a report asks for: the newest files, the events of a span. */
#ifndef IO_DB_REPORT_H
#define IO_DB_REPORT_H

#include "base/mem.h"
#include "io/db.h"
#include "series/events.h"

/* A file of the ledger; strings are the arena's. */
struct ledger_row {
	int64_t id, rows, added, changed, rejected;
	const char *path, *known_at;
};
/* The newest `limit` files, newest first; *out is the arena's. */
MUST_CHECK enum status db_ledger(struct db *db, int limit, struct arena *a, struct ledger_row **out,
				 int *n, struct err *e);

/* The user's events from..until of every store and, unless store is NULL, of that one; in order of
 * (day, store, name). Array and strings are the arena's. */
MUST_CHECK enum status db_events(struct db *db, const char *store, day_t from, day_t until,
				 struct arena *a, struct event **out, size_t *n, struct err *e);

#endif
