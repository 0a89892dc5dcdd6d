/* Scope as typed: stores, items and days that must exist. */
#ifndef CLI_SCOPE_H
#define CLI_SCOPE_H

#include "cli/command.h"

/* E_NOTFOUND with the nearest names, unless the db knows the store. */
MUST_CHECK enum status scope_store(struct call *c, struct db *db, const char *store, struct err *e);
/* The same for an item of a store. */
MUST_CHECK enum status scope_item(struct call *c, struct db *db, const char *store, const char *item,
				  struct err *e);
/* Store and item of the word STORE/ITEM, which must exist; a store's name may hold a '/'. *item NULL: the word has no
 * '/' and is a store's name. The strings are the arena's. */
MUST_CHECK enum status scope_series(struct call *c, struct db *db, const char *word, const char **store,
				    const char **item, struct err *e);
/* The day that --as-of names; DAY_NONE when it is not given. E_USAGE when it is no date. */
MUST_CHECK enum status scope_as_of(const struct call *c, const struct calendar *calendar, day_t *out,
				   struct err *e);

#endif
