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
	/* A series without a span is always in the assortment; so is one whose last span has no end. */
	static const char ended[] =
		"SELECT t.id, t.name, EXISTS(SELECT 1 FROM attribute x WHERE x.of = 'store' AND x.owner = t.id),"
		" (SELECT max(coalesce(a.until, ?1)) FROM series s LEFT JOIN assortment a ON a.series = s.id"
		" WHERE s.store = t.id) FROM store t ORDER BY t.id";
	enum status status = count_rows(db, "SELECT EXISTS(SELECT 1 FROM attribute WHERE of = 'store')",
					&listed, e);
	if (!status)
		status = count_rows(db, "SELECT count(*) FROM store", &n, e);
	if (!status)
		status = stmt_open(&s, db, ended, e);
	if (status)
		return status;
	stmt_int(&s, 1, INT32_MAX);
	int64_t *id = ARENA_ARRAY(a, int64_t, n + 1);
	const char **name = ARENA_ARRAY(a, const char *, n + 1);
	uint8_t *declared = ARENA_ARRAY(a, uint8_t, n + 1);
	day_t *until = ARENA_ARRAY(a, day_t, n + 1);
	for (; out->n_store < n && stmt_step(&s); out->n_store++) {
		int k = out->n_store;
		id[k] = stmt_get_int(&s, 0);
		name[k] = arena_strdup(a, stmt_get_text(&s, 1));
		declared[k] = (uint8_t)(!listed ? DECLARED_NO_LIST
					: stmt_get_int(&s, 2) ? DECLARED_YES : DECLARED_NOT);
		double last = stmt_get_double(&s, 3); /* NULL: a store without series */
		until[k] = last < INT32_MAX ? (day_t)last : DAY_NONE;
	}
	out->store_until = until;
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

/*
 * The sales go by as the arguments of an aggregate function of ours: SQLite calls it for each row of its
 * scan, which costs two thirds of stepping through a result (13.6 M rows: 1.7 s CPU for 2.65 s). The
 * scan of the one b-tree is in the order of its key; that it was is checked row by row.
 */
struct walk {
	const struct feed_scope *scope;
	struct finder finder;
	int32_t *series, *stock_series;
	double *units, *on_hand, *hours_out, *hours_open;
	struct feed_day day;
	int has_day;
	int64_t last;          /* id of the row before */
	int disordered;
	struct stmt stock;
	int more_stock;
	feed_day_seen *seen;
	void *context;
};

static void walk_init(struct walk *w, const struct feed_scope *s, feed_day_seen *seen, void *context,
		      struct arena *a)
{
	size_t n = (size_t)s->n + 1;
	*w = (struct walk){ .scope = s, .seen = seen, .context = context,
			    .series = ARENA_ARRAY(a, int32_t, n),
			    .stock_series = ARENA_ARRAY(a, int32_t, n),
			    .units = ARENA_ARRAY(a, double, n), .on_hand = ARENA_ARRAY(a, double, n),
			    .hours_out = ARENA_ARRAY(a, double, n),
			    .hours_open = ARENA_ARRAY(a, double, n) };
	finder_init(&w->finder, s, a);
	w->day = (struct feed_day){ .series = w->series, .units = w->units,
				    .stock_series = w->stock_series, .on_hand = w->on_hand,
				    .hours_out = w->hours_out, .hours_open = w->hours_open };
}

/* Takes the stock rows of a day from where the statement stands. */
static void take_stock(struct walk *w, day_t day)
{
	struct stmt *s = &w->stock;
	w->day.n_stock = 0;
	for (; w->more_stock && stmt_get_int(s, 0) == day; w->more_stock = stmt_step(s)) {
		int32_t i = finder_find(&w->finder, stmt_get_int(s, 1));
		int at = w->day.n_stock;
		if (i < 0)
			continue;
		w->stock_series[at] = i;
		w->on_hand[at] = stmt_get_double(s, 2);
		w->hours_out[at] = stmt_get_double(s, 3);
		w->hours_open[at] = stmt_get_double(s, 4);
		w->day.n_stock++;
	}
}

/* Hands over the stock rows of the days before `day` that have no sales. */
static void pass_stock_before(struct walk *w, day_t day)
{
	while (w->more_stock && stmt_get_int(&w->stock, 0) < day) {
		w->day.day = (day_t)stmt_get_int(&w->stock, 0);
		w->day.n = 0;
		take_stock(w, w->day.day);
		w->seen(w->context, &w->day);
	}
}

static void pass_day(struct walk *w)
{
	if (!w->has_day)
		return;
	take_stock(w, w->day.day);
	w->seen(w->context, &w->day);
	progress("check", (double)w->day.day - w->scope->first,
		 (double)w->scope->last - w->scope->first + 1);
}

static void take_row(sqlite3_context *context, int n, sqlite3_value **value)
{
	struct walk *w = sqlite3_user_data(context);
	day_t day = (day_t)sqlite3_value_int64(value[0]);
	int64_t id = sqlite3_value_int64(value[1]);
	(void)n;
	if (!w->has_day || day != w->day.day) {
		pass_day(w);
		w->disordered |= w->has_day && day < w->day.day;
		pass_stock_before(w, day);
		w->day.day = day;
		w->day.n = 0;
		w->has_day = 1;
	} else {
		w->disordered |= id <= w->last;
	}
	w->last = id;
	int32_t i = finder_find(&w->finder, id);
	if (i < 0 || w->day.n >= w->scope->n)
		return;
	w->series[w->day.n] = i;
	w->units[w->day.n++] = sqlite3_value_double(value[2]);
}

static void end_rows(sqlite3_context *context)
{
	sqlite3_result_int(context, 1);
}

static enum status scan(struct db *db, struct walk *w, day_t as_of, struct err *e)
{
	struct stmt s;
	int rc = sqlite3_create_function(db->handle, "feed_row", 3, SQLITE_UTF8 | SQLITE_DIRECTONLY, w,
					 NULL, take_row, end_rows);
	if (rc)
		return db_error(db, rc, "cannot scan", e);
	/* Without a bound where none is needed: it would be compared with each row. */
	enum status status = as_of >= w->scope->last_ever
		? stmt_open(&s, db, "SELECT feed_row(day, series, units) FROM sales", e)
		: stmt_open(&s, db, "SELECT feed_row(day, series, units) FROM sales WHERE day <= ?1", e);
	if (!status) {
		if (as_of < w->scope->last_ever)
			stmt_int(&s, 1, as_of);
		stmt_run(&s);
		status = stmt_close(&s, e);
	}
	sqlite3_create_function(db->handle, "feed_row", 3, SQLITE_UTF8, NULL, NULL, NULL, NULL);
	if (!status) {
		pass_day(w);
		pass_stock_before(w, as_of + 1);
	}
	progress_end();
	return status || !w->disordered ? status
		: err_set(e, E_BUG, "sales of '%s' did not come in the order of their key", db_path(db));
}

enum status db_feed_days(struct db *db, const struct feed_scope *scope, day_t as_of,
			 feed_day_seen *seen, void *context, struct err *e)
{
	struct arena a = { 0 };
	struct walk w;
	walk_init(&w, scope, seen, context, &a);
	enum status status = stmt_open(&w.stock, db, "SELECT day, series, on_hand, hours_out, hours_open"
				       " FROM stock WHERE day <= ?1 ORDER BY day, series", e);
	if (!status) {
		stmt_int(&w.stock, 1, as_of);
		w.more_stock = stmt_step(&w.stock);
		status = scan(db, &w, as_of, e);
		enum status closed = stmt_close(&w.stock, status ? NULL : e);
		status = status ? status : closed;
	}
	arena_release(&a);
	return status;
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
		" FROM ingest_batch) GROUP BY substr(r.reason, 1, 20), r.field"
		" ORDER BY r.reason, r.field", e);
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

static enum status read_promotions(struct db *db, const struct feed_scope *scope, struct arena *a,
				   struct feed_facts *out, struct err *e)
{
	struct stmt s;
	struct finder finder;
	VEC(struct feed_promotion) all = { 0 };
	enum status status = stmt_open(&s, db, "SELECT series, day, until FROM promotion"
				       " ORDER BY series, day, until", e);
	if (status)
		return status;
	finder_init(&finder, scope, a);
	while (stmt_step(&s)) {
		int32_t i = finder_find(&finder, stmt_get_int(&s, 0));
		if (i >= 0)
			VEC_PUSH(&all, (struct feed_promotion){ i, (day_t)stmt_get_int(&s, 1),
								(day_t)stmt_get_int(&s, 2) });
	}
	out->n_promotion = (int)all.n;
	out->promotion = ARENA_ARRAY(a, struct feed_promotion, all.n + 1);
	if (all.n)
		memcpy(out->promotion, all.at, all.n * sizeof *all.at);
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
		status = read_promotions(db, scope, a, out, e);
	if (!status)
		status = read_spans(db, a, out, e);
	if (!status)
		status = read_events(db, a, out, e);
	if (!status)
		status = read_lag(db, out, e);
	return status;
}
