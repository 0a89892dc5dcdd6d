/*
 * The stores, items and series of the db in memory, where names get numbers at the pace of a file
 * being read, and those that are new wait until the file is accepted (roster_save).
 */
#ifndef IO_DB_ROSTER_H
#define IO_DB_ROSTER_H

#include "base/symtab.h"
#include "io/db.h"
#include "series/calendar.h"

struct roster_store {
	int64_t id;
	VEC(int32_t) series; /* by n of the series' id: index into roster.series, -1 = none */
};

struct roster_series {
	int64_t id;
	int32_t store, item; /* numbers, as roster_store_of and roster_item_of give them */
	day_t first, last;   /* of its sales rows; DAY_NONE = none */
	int64_t rows;
	int whole;           /* all units are whole numbers */
	int changed;         /* the four above are not what the db has */
	int64_t old_rows;    /* what the db has */
	day_t old_first, old_last;
};

/* Zero-initialised = empty. */
struct roster {
	struct symtab store_name, item_name;
	VEC(struct roster_store) store; /* by number */
	VEC(int64_t) item;              /* ids by number */
	VEC(struct roster_series) series;
	VEC(int32_t) store_of_id;       /* number of the store of an id, -1 = none */
	int32_t *slot;                  /* [n_slot] series index + 1, 0 = free; by (store, item) */
	size_t n_slot;
	size_t old_stores, old_items, old_series; /* those before are in the db */
	int64_t next_item;
};

/* Reads what the db has. */
MUST_CHECK enum status roster_load(struct roster *r, struct db *db, struct err *e);
void roster_release(struct roster *r);
/* Number of a store or item, which is put in if it is new. */
int32_t roster_store_of(struct roster *r, const char *text, size_t n);
int32_t roster_item_of(struct roster *r, const char *text, size_t n);
/* Index of the series of a store and an item; made if there is none. */
int32_t roster_series_of(struct roster *r, int32_t store, int32_t item);
/* Index of the series of an id that this roster gave. */
static inline int32_t roster_find(const struct roster *r, int64_t id)
{
	const struct roster_store *s = &r->store.at[r->store_of_id.at[id / 1000000]];
	return s->series.at[id % 1000000];
}
/* Writes new names and series, and the spans of those that changed. Within a transaction. */
MUST_CHECK enum status roster_save(struct roster *r, struct db *db, struct err *e);

#endif
