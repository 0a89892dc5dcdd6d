/* Names and numbers in memory; see the header. */
#include "config.h"
#include "io/db_roster.h"

#include <stdlib.h>
#include <string.h>
#include "io/db_catalog.h"
#include "io/db_private.h"

static uint64_t pair_hash(int32_t store, int32_t item)
{
	uint64_t h = ((uint64_t)(uint32_t)store << 32 | (uint32_t)item) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

static size_t slot_of(const struct roster *r, int32_t store, int32_t item)
{
	size_t i = pair_hash(store, item) & (r->n_slot - 1);
	for (; r->slot[i]; i = (i + 1) & (r->n_slot - 1)) {
		const struct roster_series *s = &r->series.at[r->slot[i] - 1];
		if (s->store == store && s->item == item)
			break;
	}
	return i;
}

static void grow(struct roster *r)
{
	r->n_slot = r->n_slot ? r->n_slot * 2 : 1024;
	free(r->slot);
	r->slot = NEW_ARRAY(int32_t, r->n_slot);
	for (size_t k = 0; k < r->series.n; k++)
		r->slot[slot_of(r, r->series.at[k].store, r->series.at[k].item)] = (int32_t)k + 1;
}

static void put_store(struct roster *r, int64_t id)
{
	while ((int64_t)r->store_of_id.n <= id)
		VEC_PUSH(&r->store_of_id, -1);
	r->store_of_id.at[id] = (int32_t)r->store.n;
	VEC_PUSH(&r->store, (struct roster_store){ .id = id });
	/* n = 0 stands for the store as a whole and is no series. */
	VEC_PUSH(&r->store.at[r->store.n - 1].series, -1);
}

int32_t roster_store_of(struct roster *r, const char *text, size_t n)
{
	int32_t k = symtab_intern(&r->store_name, text, n);
	if ((size_t)k == r->store.n)
		put_store(r, r->store_of_id.n ? (int64_t)r->store_of_id.n : 1);
	return k;
}

int32_t roster_item_of(struct roster *r, const char *text, size_t n)
{
	int32_t k = symtab_intern(&r->item_name, text, n);
	if ((size_t)k == r->item.n)
		VEC_PUSH(&r->item, r->next_item++);
	return k;
}

static int32_t put_series(struct roster *r, const struct roster_series *series)
{
	struct roster_store *store = &r->store.at[series->store];
	if (2 * r->series.n >= r->n_slot)
		grow(r);
	int32_t k = (int32_t)r->series.n;
	VEC_PUSH(&r->series, *series);
	r->slot[slot_of(r, series->store, series->item)] = k + 1;
	int64_t n = series->id % SERIES_PER_STORE;
	while ((int64_t)store->series.n <= n)
		VEC_PUSH(&store->series, -1);
	store->series.at[n] = k;
	return k;
}

int32_t roster_series_of(struct roster *r, int32_t store, int32_t item)
{
	if (r->n_slot) {
		int32_t found = r->slot[slot_of(r, store, item)];
		if (found)
			return found - 1;
	}
	const struct roster_store *s = &r->store.at[store];
	if (s->series.n == SERIES_PER_STORE)
		BUG("a store has more than %d series", SERIES_PER_STORE - 1);
	return put_series(r, &(struct roster_series){ .id = s->id * SERIES_PER_STORE + (int64_t)s->series.n,
						      .store = store, .item = item,
						      .first = DAY_NONE, .last = DAY_NONE,
						      .old_first = DAY_NONE, .old_last = DAY_NONE,
						      .whole = 1 });
}

static enum status load_names(struct roster *r, struct db *db, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT id, name FROM store ORDER BY id", e);
	if (status)
		return status;
	while (stmt_step(&s)) {
		const char *name = stmt_get_text(&s, 1);
		symtab_intern(&r->store_name, name, strlen(name));
		put_store(r, stmt_get_int(&s, 0));
	}
	status = stmt_close(&s, e);
	if (!status)
		status = stmt_open(&s, db, "SELECT id, name FROM item ORDER BY id", e);
	if (status)
		return status;
	r->next_item = 1;
	while (stmt_step(&s)) {
		const char *name = stmt_get_text(&s, 1);
		symtab_intern(&r->item_name, name, strlen(name));
		VEC_PUSH(&r->item, stmt_get_int(&s, 0));
		r->next_item = stmt_get_int(&s, 0) + 1;
	}
	return stmt_close(&s, e);
}

/* Number of the item of an id; ids ascend with the numbers. */
static int32_t item_number(const struct roster *r, int64_t id)
{
	size_t from = 0, to = r->old_items;
	while (from + 1 < to) {
		size_t middle = (from + to) / 2;
		if (r->item.at[middle] <= id)
			from = middle;
		else
			to = middle;
	}
	return (int32_t)from;
}

enum status roster_load(struct roster *r, struct db *db, struct err *e)
{
	struct stmt s;
	enum status status = load_names(r, db, e);
	r->old_stores = r->store.n;
	r->old_items = r->item.n;
	if (!status)
		status = stmt_open(&s, db, "SELECT id, store, item, first, last, rows, whole FROM series"
				   " ORDER BY id", e);
	if (status)
		return status;
	while (stmt_step(&s)) {
		struct roster_series series = { .id = stmt_get_int(&s, 0), .first = DAY_NONE,
						.last = DAY_NONE };
		series.store = r->store_of_id.at[stmt_get_int(&s, 1)];
		series.item = item_number(r, stmt_get_int(&s, 2));
		series.rows = series.old_rows = stmt_get_int(&s, 5);
		if (series.rows) {
			series.first = (day_t)stmt_get_int(&s, 3);
			series.last = (day_t)stmt_get_int(&s, 4);
		}
		series.old_first = series.first;
		series.old_last = series.last;
		series.whole = (int)stmt_get_int(&s, 6);
		put_series(r, &series);
	}
	r->old_series = r->series.n;
	return stmt_close(&s, e);
}

void roster_release(struct roster *r)
{
	for (size_t k = 0; k < r->store.n; k++)
		VEC_FREE(&r->store.at[k].series);
	VEC_FREE(&r->store);
	VEC_FREE(&r->item);
	VEC_FREE(&r->series);
	VEC_FREE(&r->store_of_id);
	free(r->slot);
	symtab_release(&r->store_name);
	symtab_release(&r->item_name);
	memset(r, 0, sizeof *r);
}

static enum status save_names(const struct roster *r, struct db *db, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "INSERT INTO store(id, name) VALUES(?1, ?2)", e);
	if (status)
		return status;
	for (size_t k = r->old_stores; k < r->store.n; k++) {
		stmt_int(&s, 1, r->store.at[k].id);
		stmt_text(&s, 2, r->store_name.name[k]);
		stmt_run(&s);
	}
	status = stmt_close(&s, e);
	if (!status)
		status = stmt_open(&s, db, "INSERT INTO item(id, name) VALUES(?1, ?2)", e);
	if (status)
		return status;
	for (size_t k = r->old_items; k < r->item.n; k++) {
		stmt_int(&s, 1, r->item.at[k]);
		stmt_text(&s, 2, r->item_name.name[k]);
		stmt_run(&s);
	}
	return stmt_close(&s, e);
}

static void bind_day(struct stmt *s, int at, day_t day)
{
	if (day == DAY_NONE)
		stmt_text(s, at, NULL);
	else
		stmt_int(s, at, day);
}

static enum status save_new_series(const struct roster *r, struct db *db, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "INSERT INTO series(id, store, item, first, last, rows,"
				       " whole) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)", e);
	if (status)
		return status;
	for (size_t k = r->old_series; k < r->series.n; k++) {
		const struct roster_series *series = &r->series.at[k];
		stmt_int(&s, 1, series->id);
		stmt_int(&s, 2, r->store.at[series->store].id);
		stmt_int(&s, 3, r->item.at[series->item]);
		bind_day(&s, 4, series->first);
		bind_day(&s, 5, series->last);
		stmt_int(&s, 6, series->rows);
		stmt_int(&s, 7, series->whole);
		stmt_run(&s);
	}
	return stmt_close(&s, e);
}

static enum status save_spans(const struct roster *r, struct db *db, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "UPDATE series SET first = ?2, last = ?3, rows = ?4,"
				       " whole = ?5 WHERE id = ?1", e);
	if (status)
		return status;
	for (size_t k = 0; k < r->old_series; k++) {
		const struct roster_series *series = &r->series.at[k];
		if (!series->changed)
			continue;
		stmt_int(&s, 1, series->id);
		bind_day(&s, 2, series->first);
		bind_day(&s, 3, series->last);
		stmt_int(&s, 4, series->rows);
		stmt_int(&s, 5, series->whole);
		stmt_run(&s);
	}
	return stmt_close(&s, e);
}

enum status roster_save(struct roster *r, struct db *db, struct err *e)
{
	enum status status = save_names(r, db, e);
	if (!status)
		status = save_new_series(r, db, e);
	if (!status)
		status = save_spans(r, db, e);
	if (status)
		return status;
	r->old_stores = r->store.n;
	r->old_items = r->item.n;
	r->old_series = r->series.n;
	for (size_t k = 0; k < r->series.n; k++) {
		struct roster_series *series = &r->series.at[k];
		series->changed = 0;
		series->old_rows = series->rows;
		series->old_first = series->first;
		series->old_last = series->last;
	}
	return OK;
}
