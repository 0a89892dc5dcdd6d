/* What nodes of the tree sold before the items' sales begin: sums that were ingested as such. */
#ifndef IO_DB_HISTORY_H
#define IO_DB_HISTORY_H

#include "base/mem.h"
#include "io/db.h"
#include "series/driver.h"

/* The histories of all nodes up to `until` into d->history; memory is the arena's. A node that has been
 * told nothing by then is left out. */
MUST_CHECK enum status db_history(struct db *db, const struct calendar *, period_t until, struct arena *,
				  struct drivers *d, struct err *);

#endif
