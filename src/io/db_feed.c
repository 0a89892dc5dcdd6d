/*
 * The feed out of the db, for a check: who there is, the sales day by day, and what the ledger, the
 * lists and the calendar know. The sales are read in one scan in the order in which they lie.
 */
#include "config.h"
#include "io/db_quality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "io/db_catalog.h"
#include "io/db_panel.h"
#include "io/db_private.h"

static enum status count_rows(struct db *db, const char *sql, int64_t *out, struct err *e)
{
	return db_query_int(db, sql, 0, out, e);
}

static enum status read_stores(struct db *db, struct arena *a, struct feed_scope *out, struct err *e)
{
	struct stmt s;
	int64_t listed, n;
	enum status status = count_rows(db, "SELECT EXISTS(SELECT 1 FROM attribute WHERE of = 'store')",
					&listed, e);
	if (!status)
		status = count_rows(db, "SELECT count(*) FROM store", &n, e);
	if (!status)
		status = stmt_open(&s, db, "SELECT t.id, t.name, EXISTS(SELECT 1 FROM attribute x"
				   " WHERE x.of = 'store' AND x.owner = t.id) FROM store t ORDER BY t.id",
				   e);
	if (status)
		return status;
	int64_t *id = ARENA_ARRAY(a, int64_t, n + 1);
	const char **name = ARENA_ARRAY(a, const char *, n + 1);
	uint8_t *declared = ARENA_ARRAY(a, uint8_t, n + 1);
	for (; out->n_store < n && stmt_step(&s); out->n_store++) {
		int k = out->n_store;
		id[k] = stmt_get_int(&s, 0);
		name[k] = arena_strdup(a, stmt_get_text(&s, 1));
		declared[k] = (uint8_t)(!listed ? DECLARED_NO_LIST
					: stmt_get_int(&s, 2) ? DECLARED_YES : DECLARED_NOT);
	}
	out->store_id = id;
	out->store = name;
	out->store_declared = declared;
	return stmt_close(&s, e);
}

/* Index of the store of a series' id: stores ascend by number. */
static int store_index(const struct feed_scope *s, int64_t store)
{
	int from = 0, to = s->n_store;
	while (from < to) {
		int middle = from + (to - from) / 2;
		if (s->store_id[middle] < store)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static enum status read_series(struct db *db, struct arena *a, struct feed_scope *out, struct err *e)
{
	struct stmt s;
	int64_t listed, n;
	enum status status = count_rows(db, "SELECT EXISTS(SELECT 1 FROM attribute WHERE of = 'item')"
					" OR EXISTS(SELECT 1 FROM item_cost)", &listed, e);
	if (!status)
		status = count_rows(db, "SELECT count(*) FROM series", &n, e);
	if (!status)
		status = stmt_open(&s, db, "SELECT s.id, s.store, i.name, EXISTS(SELECT 1 FROM attribute x"
				   " WHERE x.of = 'item' AND x.owner = i.id) OR EXISTS(SELECT 1 FROM"
				   " item_cost c WHERE c.item = i.id) FROM series s JOIN item i"
				   " ON i.id = s.item ORDER BY s.id", e);
	if (status)
		return status;
	int64_t *id = ARENA_ARRAY(a, int64_t, n + 1);
	struct series_key *key = ARENA_ARRAY(a, struct series_key, n + 1);
	int32_t *store_of = ARENA_ARRAY(a, int32_t, n + 1);
	uint8_t *declared = ARENA_ARRAY(a, uint8_t, n + 1);
	for (; out->n < n && stmt_step(&s); out->n++) {
		int i = out->n;
		id[i] = stmt_get_int(&s, 0);
		store_of[i] = store_index(out, stmt_get_int(&s, 1));
		key[i] = (struct series_key){ out->store[store_of[i]],
					      arena_strdup(a, stmt_get_text(&s, 2)) };
		declared[i] = (uint8_t)(!listed ? DECLARED_NO_LIST
					: stmt_get_int(&s, 3) ? DECLARED_YES : DECLARED_NOT);
	}
	out->id = id;
	out->key = key;
	out->store_of = store_of;
	out->item_declared = declared;
	return stmt_close(&s, e);
}

enum status db_feed_scope(struct db *db, day_t as_of, struct arena *a, struct feed_scope *out,
			  struct err *e)
{
	int known;
	day_t first;
	*out = (struct feed_scope){ 0 };
	enum status status = db_calendar(db, &out->calendar, &known, e);
	if (!status)
		status = read_stores(db, a, out, e);
	if (!status)
		status = read_series(db, a, out, e);
	if (!status)
		status = db_sales_span(db, as_of, &out->first, &out->last, e);
	if (!status)
		status = db_sales_span(db, DAY_NONE, &first, &out->last_ever, e);
	return status;
}

/*
 * Series numbers to indexes. Ids are the store's number times a million and a count from 1 or 0, so a
 * table of the counts of each store answers at once.
 */
struct finder {
	int64_t *base;    /* [n_slot] of the store's number: where its counts begin, -1 = no store */
	int64_t n_slot;
	int32_t *index;   /* by base + count; -1 = no series */
	int64_t *end;     /* [n_slot] first place after the store's counts */
};

static void finder_init(struct finder *f, const struct feed_scope *s, struct arena *a)
{
	int64_t cells = 0;
	f->n_slot = s->n_store ? s->store_id[s->n_store - 1] + 1 : 0;
	f->base = ARENA_ARRAY(a, int64_t, f->n_slot + 1);
	f->end = ARENA_ARRAY(a, int64_t, f->n_slot + 1);
	for (int i = 0; i < s->n; i++) {
		int64_t store = s->id[i] / SERIES_PER_STORE, count = s->id[i] % SERIES_PER_STORE;
		f->end[store] = count + 1;
	}
	for (int64_t k = 0; k < f->n_slot; k++) {
		int64_t n = f->end[k];
		f->base[k] = cells;
		cells += n;
		f->end[k] = cells;
	}
	f->index = ARENA_ARRAY(a, int32_t, cells + 1);
	memset(f->index, -1, (size_t)(cells + 1) * sizeof *f->index);
	for (int i = 0; i < s->n; i++)
		f->index[f->base[s->id[i] / SERIES_PER_STORE] + s->id[i] % SERIES_PER_STORE] = i;
}

static int32_t finder_find(const struct finder *f, int64_t id)
{
	int64_t store = id / SERIES_PER_STORE;
	if (store < 0 || store >= f->n_slot)
		return -1;
	int64_t at = f->base[store] + id % SERIES_PER_STORE;
	return at < f->end[store] ? f->index[at] : -1;
}

/* One day being gathered. */
struct gather {
	struct finder finder;
	int32_t *series, *stock_series;
	double *units, *on_hand, *hours_out, *hours_open;
	struct feed_day day;
};

static void gather_init(struct gather *g, const struct feed_scope *s, struct arena *a)
{
	size_t n = (size_t)s->n + 1;
	*g = (struct gather){ .series = ARENA_ARRAY(a, int32_t, n),
			      .stock_series = ARENA_ARRAY(a, int32_t, n),
			      .units = ARENA_ARRAY(a, double, n), .on_hand = ARENA_ARRAY(a, double, n),
			      .hours_out = ARENA_ARRAY(a, double, n),
			      .hours_open = ARENA_ARRAY(a, double, n) };
	finder_init(&g->finder, s, a);
	g->day = (struct feed_day){ .series = g->series, .units = g->units,
				    .stock_series = g->stock_series, .on_hand = g->on_hand,
				    .hours_out = g->hours_out, .hours_open = g->hours_open };
}

/* Takes the sales rows of the day that `s` stands on; returns whether there is a further row. */
static int gather_sales(struct gather *g, struct stmt *s, day_t day)
{
	int more = 1;
	for (; more && stmt_get_int(s, 0) == day; more = stmt_step(s)) {
		int32_t i = finder_find(&g->finder, stmt_get_int(s, 1));
		if (i < 0)
			continue;
		g->series[g->day.n] = i;
		g->units[g->day.n++] = stmt_get_double(s, 2);
	}
	return more;
}

static int gather_stock(struct gather *g, struct stmt *s, day_t day)
{
	int more = 1;
	for (; more && stmt_get_int(s, 0) == day; more = stmt_step(s)) {
		int32_t i = finder_find(&g->finder, stmt_get_int(s, 1));
		int at = g->day.n_stock;
		if (i < 0)
			continue;
		g->stock_series[at] = i;
		g->on_hand[at] = stmt_get_double(s, 2);
		g->hours_out[at] = stmt_get_double(s, 3);
		g->hours_open[at] = stmt_get_double(s, 4);
		g->day.n_stock++;
	}
	return more;
}

static void walk(const struct feed_scope *scope, struct gather *g, struct stmt *sales,
		 struct stmt *stock, feed_day_seen *seen, void *context)
{
	int more_sales = stmt_step(sales), more_stock = stmt_step(stock);
	while (more_sales || more_stock) {
		int64_t day = more_sales ? stmt_get_int(sales, 0) : INT64_MAX;
		if (more_stock && stmt_get_int(stock, 0) < day)
			day = stmt_get_int(stock, 0);
		g->day.day = (day_t)day;
		g->day.n = g->day.n_stock = 0;
		if (more_sales)
			more_sales = gather_sales(g, sales, (day_t)day);
		if (more_stock)
			more_stock = gather_stock(g, stock, (day_t)day);
		seen(context, &g->day);
		progress("check", (double)day - scope->first, (double)scope->last - scope->first + 1);
	}
	progress_end();
}

enum status db_feed_days(struct db *db, const struct feed_scope *scope, day_t as_of,
			 feed_day_seen *seen, void *context, struct err *e)
{
	struct stmt sales, stock;
	struct arena a = { 0 };
	struct gather g;
	enum status status = stmt_open(&sales, db, "SELECT day, series, units FROM sales WHERE day <= ?1"
				       " ORDER BY day, series", e);
	if (status)
		return status;
	status = stmt_open(&stock, db, "SELECT day, series, on_hand, hours_out, hours_open FROM stock"
			   " WHERE day <= ?1 ORDER BY day, series", e);
	if (!status) {
		gather_init(&g, scope, &a);
		stmt_int(&sales, 1, as_of);
		stmt_int(&stock, 1, as_of);
		walk(scope, &g, &sales, &stock, seen, context);
		arena_release(&a);
		status = stmt_close(&stock, e);
	}
	enum status closed = stmt_close(&sales, status ? NULL : e);
	return status ? status : closed;
}

static enum status read_rejects(struct db *db, struct arena *a, struct feed_facts *out, struct err *e)
{
	struct stmt s;
	VEC(struct feed_reject) all = { 0 };
	/* The columns beside min() are those of its row. */
	enum status status = stmt_open(&s, db,
		"SELECT r.reason, coalesce(r.field, ''), coalesce(r.value, ''), b.path, r.line, count(*),"
		" min(r.batch * 4294967296 + r.line) FROM reject_row r JOIN ingest_batch b"
		" ON b.id = r.batch WHERE b.known_at >= (SELECT date(max(known_at), '-1 day')"
		" FROM ingest_batch) GROUP BY r.reason, r.field ORDER BY r.reason, r.field", e);
	if (status)
		return status;
	while (stmt_step(&s))
		VEC_PUSH(&all, (struct feed_reject){
			.reason = arena_strdup(a, stmt_get_text(&s, 0)),
			.field = arena_strdup(a, stmt_get_text(&s, 1)),
			.value = arena_strdup(a, stmt_get_text(&s, 2)),
			.path = arena_strdup(a, stmt_get_text(&s, 3)),
			.line = stmt_get_int(&s, 4), .rows = stmt_get_int(&s, 5) });
	out->n_reject = (int)all.n;
	out->reject = ARENA_ARRAY(a, struct feed_reject, all.n + 1);
	if (all.n)
		memcpy(out->reject, all.at, all.n * sizeof *all.at);
	VEC_FREE(&all);
	return stmt_close(&s, e);
}

static enum status read_prices(struct db *db, const struct feed_scope *scope, struct arena *a,
			       struct feed_facts *out, struct err *e)
{
	struct stmt s;
	struct finder finder;
	VEC(struct feed_price) all = { 0 };
	enum status status = stmt_open(&s, db, "SELECT min(price) FILTER (WHERE price > 0),"
				       " max(price) FILTER (WHERE price > 0) FROM price", e);
	if (status)
		return status;
	out->price_min = out->price_max = (double)NAN;
	if (stmt_step(&s)) {
		out->price_min = stmt_get_double(&s, 0);
		out->price_max = stmt_get_double(&s, 1);
	}
	status = stmt_close(&s, e);
	if (!status)
		status = stmt_open(&s, db, "SELECT series, count(*), min(day), min(price) FROM price"
				   " WHERE price <= 0 GROUP BY series ORDER BY series", e);
	if (status)
		return status;
	finder_init(&finder, scope, a);
	while (stmt_step(&s)) {
		int32_t i = finder_find(&finder, stmt_get_int(&s, 0));
		if (i >= 0)
			VEC_PUSH(&all, (struct feed_price){ i, stmt_get_int(&s, 1),
							    (day_t)stmt_get_int(&s, 2),
							    stmt_get_double(&s, 3) });
	}
	out->n_price = (int)all.n;
	out->price = ARENA_ARRAY(a, struct feed_price, all.n + 1);
	if (all.n)
		memcpy(out->price, all.at, all.n * sizeof *all.at);
	VEC_FREE(&all);
	return stmt_close(&s, e);
}

static enum status read_spans(struct db *db, struct arena *a, struct feed_facts *out, struct err *e)
{
	struct stmt s;
	VEC(struct feed_span) all = { 0 };
	enum status status = stmt_open(&s, db, "SELECT source, from_day, until_day FROM calendar_span"
				       " ORDER BY source", e);
	if (status)
		return status;
	while (stmt_step(&s))
		VEC_PUSH(&all, (struct feed_span){ arena_strdup(a, stmt_get_text(&s, 0)),
						   (day_t)stmt_get_int(&s, 1),
						   (day_t)stmt_get_int(&s, 2) });
	out->n_span = (int)all.n;
	out->span = ARENA_ARRAY(a, struct feed_span, all.n + 1);
	if (all.n)
		memcpy(out->span, all.at, all.n * sizeof *all.at);
	VEC_FREE(&all);
	return stmt_close(&s, e);
}

static enum status read_events(struct db *db, struct arena *a, struct feed_facts *out, struct err *e)
{
	struct stmt s;
	VEC(struct event) all = { 0 };
	enum status status = stmt_open(&s, db, "SELECT c.day, s.name, c.name, c.type, c.closed FROM"
				       " calendar_event c LEFT JOIN store s ON s.id = c.store"
				       " WHERE c.store = 0 OR s.name IS NOT NULL"
				       " ORDER BY c.day, s.name, c.name", e);
	if (status)
		return status;
	while (stmt_step(&s)) {
		const char *store = stmt_get_text(&s, 1);
		VEC_PUSH(&all, (struct event){ (day_t)stmt_get_int(&s, 0),
					       store ? arena_strdup(a, store) : NULL,
					       arena_strdup(a, stmt_get_text(&s, 2)),
					       arena_strdup(a, stmt_get_text(&s, 3)),
					       (int)stmt_get_int(&s, 4) });
	}
	out->n_event = all.n;
	out->event = ARENA_ARRAY(a, struct event, all.n + 1);
	if (all.n)
		memcpy(out->event, all.at, all.n * sizeof *all.at);
	VEC_FREE(&all);
	return stmt_close(&s, e);
}

/* The least days between the last day of a file that brought sales and the day it came in. */
static enum status read_lag(struct db *db, struct feed_facts *out, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT known_at, day_max FROM ingest_batch"
				       " WHERE new + changed > 0 AND day_max IS NOT NULL", e);
	if (status)
		return status;
	out->lag = -1;
	while (stmt_step(&s)) {
		const char *at = stmt_get_text(&s, 0);
		day_t known = strlen(at) < 10 ? DAY_NONE : day_parse(at, 10);
		int64_t lag = known - stmt_get_int(&s, 1);
		if (known != DAY_NONE && lag >= 0 && lag < INT32_MAX && (out->lag < 0 || lag < out->lag))
			out->lag = (int)lag;
	}
	return stmt_close(&s, e);
}

enum status db_feed_facts(struct db *db, const struct feed_scope *scope, struct arena *a,
			  struct feed_facts *out, struct err *e)
{
	*out = (struct feed_facts){ 0 };
	enum status status = read_rejects(db, a, out, e);
	if (!status)
		status = read_prices(db, scope, a, out, e);
	if (!status)
		status = read_spans(db, a, out, e);
	if (!status)
		status = read_events(db, a, out, e);
	if (!status)
		status = read_lag(db, out, e);
	return status;
}
