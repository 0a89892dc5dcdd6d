/* Who there is, read back in order of name (bytes compared, as SQLite's BINARY collation does). */
#include "config.h"
#include "io/db_catalog.h"

#include <stdlib.h>
#include <string.h>
#include "io/db_private.h"

static int by_key(const void *a, const void *b)
{
	const struct catalog_series *x = a, *y = b;
	return series_key_compare(&x->key, &y->key);
}

static void read_series(struct stmt *s, struct catalog_series *out, const char *store,
			struct arena *a)
{
	out->id = stmt_get_int(s, 0);
	out->store = stmt_get_int(s, 1);
	out->item = stmt_get_int(s, 2);
	out->rows = stmt_get_int(s, 5);
	out->first = out->rows ? (day_t)stmt_get_int(s, 3) : DAY_NONE;
	out->last = out->rows ? (day_t)stmt_get_int(s, 4) : DAY_NONE;
	out->whole = (int)stmt_get_int(s, 6);
	out->key = (struct series_key){ store, arena_strdup(a, stmt_get_text(s, 8)) };
	out->listed_until = (day_t)stmt_get_int(s, 10);
	out->listed_from = out->listed_until == DAY_NONE ? DAY_NONE : (day_t)stmt_get_int(s, 9);
}

int catalog_in_panel(const struct catalog_series *s, day_t end)
{
	if (s->rows && s->first <= end)
		return 1;
	return s->listed_until != DAY_NONE && s->listed_until > end && s->listed_from <= end + LAUNCH_AHEAD;
}

#define SERIES_COLUMNS                                                                             \
	"SELECT e.id, e.store, e.item, e.first, e.last, e.rows, e.whole, st.name, it.name,"         \
	" (SELECT min(day) FROM assortment l WHERE l.series = e.id),"                              \
	" coalesce((SELECT max(coalesce(until, 2147483647)) FROM assortment l WHERE l.series = e.id), -2147483648)" \
	" FROM series e CROSS JOIN store st ON st.id = e.store CROSS JOIN item it ON it.id = e.item"

enum status db_series(struct db *db, const char *store, struct arena *a,
		      struct catalog_series **out, int *n, struct err *e)
{
	struct stmt s;
	VEC(struct catalog_series) found = { 0 };
	*out = NULL;
	*n = 0;
	/* Two queries, so that one store is a range of an index and not a scan of all series. */
	enum status status = stmt_open(&s, db, store
		? SERIES_COLUMNS " WHERE e.store = (SELECT id FROM store WHERE name = ?1) ORDER BY e.id"
		: SERIES_COLUMNS " ORDER BY e.id", e);
	if (status)
		return status;
	if (store)
		stmt_text(&s, 1, store);
	const char *last = NULL;
	while (stmt_step(&s)) {
		const char *name = stmt_get_text(&s, 7);
		struct catalog_series one;
		if (!last || strcmp(last, name))
			last = arena_strdup(a, name);
		read_series(&s, &one, last, a);
		VEC_PUSH(&found, one);
	}
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, struct catalog_series, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	qsort(*out, (size_t)*n, sizeof **out, by_key);
	return stmt_close(&s, e);
}

enum status db_series_find(struct db *db, const char *store, const char *item, struct arena *a,
			   struct catalog_series *out, int *found, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, SERIES_COLUMNS " WHERE e.store = (SELECT id FROM store"
				       " WHERE name = ?1) AND e.item = (SELECT id FROM item"
				       " WHERE name = ?2)", e);
	if (status)
		return status;
	stmt_text(&s, 1, store);
	stmt_text(&s, 2, item);
	*found = stmt_step(&s);
	if (*found)
		read_series(&s, out, arena_strdup(a, stmt_get_text(&s, 7)), a);
	return stmt_close(&s, e);
}

/* First column of all rows, as the arena's strings. */
static enum status read_names(struct stmt *s, struct arena *a, const char ***out, int *n,
			      struct err *e)
{
	VEC(const char *) name = { 0 };
	while (stmt_step(s))
		VEC_PUSH(&name, arena_strdup(a, stmt_get_text(s, 0)));
	*n = (int)name.n;
	*out = ARENA_ARRAY(a, const char *, name.n + 1);
	if (name.n)
		memcpy(*out, name.at, name.n * sizeof **out);
	VEC_FREE(&name);
	return stmt_close(s, e);
}

enum status db_stores(struct db *db, struct arena *a, const char ***out, int *n, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT name FROM store ORDER BY name", e);
	return status ? status : read_names(&s, a, out, n, e);
}

enum status db_items(struct db *db, const char *store, struct arena *a, const char ***out, int *n,
		     struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, store
				       ? "SELECT it.name FROM store st JOIN series e ON e.store = st.id"
					 " JOIN item it ON it.id = e.item WHERE st.name = ?1 ORDER BY 1"
				       : "SELECT name FROM item ORDER BY name", e);
	if (status)
		return status;
	if (store)
		stmt_text(&s, 1, store);
	return read_names(&s, a, out, n, e);
}

enum status db_attributes(struct db *db, const char *of, struct arena *a, const char ***out, int *n,
			  struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT DISTINCT name FROM attribute WHERE of = ?1"
				       " ORDER BY name", e);
	if (status)
		return status;
	stmt_text(&s, 1, of);
	return read_names(&s, a, out, n, e);
}

struct owner_value {
	int64_t owner;
	const char *value;
};

static int by_owner(const void *a, const void *b)
{
	const struct owner_value *x = a, *y = b;
	return x->owner < y->owner ? -1 : x->owner > y->owner;
}

/* Values of an attribute of stores or items, in order of owner. */
static enum status read_values(struct db *db, const char *of, const char *name, struct arena *a,
			       struct owner_value **out, size_t *n, struct err *e)
{
	struct stmt s;
	VEC(struct owner_value) values = { 0 };
	enum status status = stmt_open(&s, db, "SELECT owner, value FROM attribute WHERE of = ?1"
				       " AND name = ?2 ORDER BY owner", e);
	if (status)
		return status;
	stmt_text(&s, 1, of);
	stmt_text(&s, 2, name);
	while (stmt_step(&s)) {
		int64_t owner = stmt_get_int(&s, 0);
		VEC_PUSH(&values, (struct owner_value){ owner, arena_strdup(a, stmt_get_text(&s, 1)) });
	}
	*n = values.n;
	*out = ARENA_ARRAY(a, struct owner_value, values.n + 1);
	if (values.n)
		memcpy(*out, values.at, values.n * sizeof **out);
	VEC_FREE(&values);
	return stmt_close(&s, e);
}

enum status db_attribute_column(struct db *db, const char *name, const struct catalog_series *series,
				int n, struct arena *a, const char **out, struct err *e)
{
	struct owner_value *value[2];
	size_t n_value[2];
	int of_key = !strcmp(name, "store") ? 0 : !strcmp(name, "item") ? 1 : -1;
	for (int i = 0; of_key >= 0 && i < n; i++)
		out[i] = of_key ? series[i].key.item : series[i].key.store;
	if (of_key >= 0)
		return OK;
	enum status status = read_values(db, "item", name, a, &value[0], &n_value[0], e);
	if (!status)
		status = read_values(db, "store", name, a, &value[1], &n_value[1], e);
	if (status)
		return status;
	if (!n_value[0] && !n_value[1])
		return err_set(e, E_NOTFOUND, "attribute '%s' is not known: no store and no item has it",
			       name);
	for (int i = 0; i < n; i++) {
		out[i] = "";
		/* Where stores and items have an attribute of one name, the item's stands. */
		for (int k = 0; k < 2 && !*out[i]; k++) {
			struct owner_value key = { k ? series[i].store : series[i].item, NULL };
			const struct owner_value *found = n_value[k] ? bsearch(&key, value[k],
				n_value[k], sizeof key, by_owner) : NULL;
			if (found)
				out[i] = found->value;
		}
	}
	return OK;
}
