/* What io/db_driver.c and io/db_driver_column.c share. */
#ifndef IO_DB_DRIVER_PRIVATE_H
#define IO_DB_DRIVER_PRIVATE_H

#include "io/db_driver.h"
#include "io/db_private.h"
#include "series/driver.h"

/* Where an id of the panel has its series. */
struct driver_place {
	int64_t id;
	int32_t series;
};

struct gather {
	struct db *db;
	const struct panel_request *request;
	const struct panel *panel;
	const struct catalog_series *catalog;
	struct arena *arena;   /* of the drivers */
	struct arena scratch;
	struct drivers *out;
	struct driver_place *place; /* [n] by id */
	int n_store;
	int *store_from;       /* [n_store + 1] slices of the panel */
	int32_t *store_of;     /* [n] index of each series' store */
	int64_t low, high;     /* numbers of the series asked for; tables hold those of other stores too */
	day_t feed_last;       /* last day with sales, whatever the view's end */
};

/* Series of an id, or -1. */
int gather_series(const struct gather *g, int64_t id);
/* Index of a store's number, or -1. */
int gather_store(const struct gather *g, int64_t store);
/* Is a name among a comma-separated list's? NULL is empty. */
int list_has(const char *list, const char *name);
/* The numeric columns. */
MUST_CHECK enum status gather_columns(struct gather *g, struct err *e);

#endif
