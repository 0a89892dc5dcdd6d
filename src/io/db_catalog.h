/* Who there is: stores, items, series and their attributes. */
#ifndef IO_DB_CATALOG_H
#define IO_DB_CATALOG_H

#include "base/mem.h"
#include "io/db.h"
#include "series/panel.h"

#define SERIES_PER_STORE 1000000 /* series id = store id x this + n */

/* One series as the db has it; strings are the arena's. Days are first days of periods. */
struct catalog_series {
	int64_t id;
	struct series_key key;
	int64_t store, item; /* ids */
	day_t first, last;   /* of its sales rows; DAY_NONE when it has none */
	int64_t rows;
	int whole;           /* all its units are whole numbers */
	day_t listed_from, listed_until; /* its span in the assortment; DAY_NONE: it has none */
};

/*
 * Does a panel that ends on a day hold the series? It has sold by then, or it is listed but has not sold
 * yet: on the list after that day, from LAUNCH_AHEAD days after it at the latest.
 */
#define LAUNCH_AHEAD 100
int catalog_in_panel(const struct catalog_series *, day_t end);

/* The series of a store (NULL: of all stores), sorted by key. *out is the arena's. */
MUST_CHECK enum status db_series(struct db *db, const char *store, struct arena *a,
				 struct catalog_series **out, int *n, struct err *e);
/* The one series of a store and an item; *found 0 when there is none. Strings are the arena's. */
MUST_CHECK enum status db_series_find(struct db *db, const char *store, const char *item,
				      struct arena *a, struct catalog_series *out, int *found,
				      struct err *e);
/* Names of all stores, or all items, ascending. */
MUST_CHECK enum status db_stores(struct db *db, struct arena *a, const char ***out, int *n,
				 struct err *e);
MUST_CHECK enum status db_items(struct db *db, const char *store, struct arena *a, const char ***out,
				int *n, struct err *e);
/* Names of the attributes that stores ("store") or items ("item") have, ascending. */
MUST_CHECK enum status db_attributes(struct db *db, const char *of, struct arena *a,
				     const char ***out, int *n, struct err *e);
/* Value of an attribute for each of n series; "" where it is not set. "store" and "item" name the
 * key itself. E_NOTFOUND: there is no such attribute. out[n] strings are the arena's. */
MUST_CHECK enum status db_attribute_column(struct db *db, const char *name,
					   const struct catalog_series *series, int n, struct arena *a,
					   const char **out, struct err *e);

#endif
