/*
 * Each kind of fact has one statement that puts a row unless it is there with the same value; what it
 * did is told by a look before. Prices and promotions are folded into changes and spans in memory.
 */
#include "config.h"
#include "io/db_fact.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/buf.h"
#include "io/db_private.h"

enum sql {
	PRICE_GET, PRICE_DROP, PRICE_PUT, PRICE_TOLD, PROMO_GET, PROMO_DROP, PROMO_PUT, PROMO_LOOK, STOCK_LOOK,
	STOCK_PUT, DRIVER_LOOK, DRIVER_PUT, LIST_LOOK, LIST_PUT, EVENT_LOOK, EVENT_PUT, LABEL_LOOK,
	LABEL_PUT, SPAN_PUT, ATTRIBUTE_LOOK, ATTRIBUTE_PUT, ATTRIBUTE_DROP, COST_LOOK, COST_PUT, NODE_FIND,
	NODE_ADD, NODE_LOOK, NODE_PUT, N_SQL
};

static const char *const sql[N_SQL] = {
	[PRICE_GET] = "SELECT day, price FROM price WHERE series = ?1 ORDER BY day",
	[PRICE_DROP] = "DELETE FROM price WHERE series = ?1",
	[PRICE_PUT] = "INSERT OR REPLACE INTO price(series, day, price) VALUES(?1, ?2, ?3)",
	[PRICE_TOLD] = "INSERT INTO price_told(series, day) VALUES(?1, ?2) ON CONFLICT(series)"
		       " DO UPDATE SET day = excluded.day WHERE excluded.day > day",
	[PROMO_GET] = "SELECT day, until, depth FROM promotion WHERE series = ?1 AND mechanic = ''"
		      " ORDER BY day",
	[PROMO_DROP] = "DELETE FROM promotion WHERE series = ?1 AND mechanic = ''",
	[PROMO_PUT] = "INSERT OR REPLACE INTO promotion(series, day, until, mechanic, depth)"
		      " VALUES(?1, ?2, ?3, ?4, ?5)",
	[PROMO_LOOK] = "SELECT until, depth FROM promotion WHERE series = ?1 AND day = ?2"
		       " AND mechanic = ?3",
	[STOCK_LOOK] = "SELECT on_hand, on_order, hours_out, hours_open FROM stock WHERE day = ?1"
		       " AND series = ?2",
	[STOCK_PUT] = "INSERT OR REPLACE INTO stock(day, series, on_hand, on_order, hours_out, hours_open)"
		      " VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
	[DRIVER_LOOK] = "SELECT value FROM driver WHERE name = ?1 AND day = ?2 AND series = ?3",
	[DRIVER_PUT] = "INSERT OR REPLACE INTO driver(name, day, series, value) VALUES(?1, ?2, ?3, ?4)",
	[LIST_LOOK] = "SELECT until FROM assortment WHERE series = ?1 AND day = ?2",
	[LIST_PUT] = "INSERT OR REPLACE INTO assortment(series, day, until) VALUES(?1, ?2, ?3)",
	[EVENT_LOOK] = "SELECT closed, type FROM calendar_event WHERE day = ?1 AND store = ?2"
		       " AND name = ?3",
	[EVENT_PUT] = "INSERT OR REPLACE INTO calendar_event(day, store, name, type, closed)"
		      " VALUES(?1, ?2, ?3, ?4, ?5)",
	[LABEL_LOOK] = "SELECT day, until FROM calendar_label WHERE label = ?1",
	[LABEL_PUT] = "INSERT OR REPLACE INTO calendar_label(label, day, until) VALUES(?1, ?2, ?3)",
	[SPAN_PUT] = "INSERT OR REPLACE INTO calendar_span(source, from_day, until_day)"
		     " VALUES(?1, ?2, ?3)",
	[ATTRIBUTE_LOOK] = "SELECT value FROM attribute WHERE of = ?1 AND owner = ?2 AND name = ?3",
	[ATTRIBUTE_PUT] = "INSERT OR REPLACE INTO attribute(of, owner, name, value)"
			  " VALUES(?1, ?2, ?3, ?4)",
	[ATTRIBUTE_DROP] = "DELETE FROM attribute WHERE of = ?1 AND owner = ?2 AND name = ?3",
	[NODE_FIND] = "SELECT id FROM node WHERE name = ?1",
	[NODE_ADD] = "INSERT INTO node(name) VALUES(?1) ON CONFLICT DO NOTHING",
	[NODE_LOOK] = "SELECT units FROM node_sales WHERE node = ?1 AND day = ?2",
	[NODE_PUT] = "INSERT OR REPLACE INTO node_sales(node, day, units) VALUES(?1, ?2, ?3)",
	[COST_LOOK] = "SELECT value FROM item_cost WHERE item = ?1 AND name = ?2",
	[COST_PUT] = "INSERT OR REPLACE INTO item_cost(item, name, value) VALUES(?1, ?2, ?3)",
};

/* A span of days with one value: a price until the next, or a promotion. */
struct stretch {
	day_t from, until;
	double value;
};

struct fact_writer {
	struct db *db;
	const struct calendar *calendar;
	struct stmt stmt[N_SQL]; /* .db NULL = not opened */
	VEC(struct stretch) old, made;
	char *node_text;         /* name of the node in hand, as given */
	int64_t node;
	enum status status;      /* of the first failure, with its sentence in e */
	struct err e;
};

struct fact_writer *fact_writer_new(struct db *db, const struct calendar *c)
{
	struct fact_writer *w = xcalloc(1, sizeof *w);
	w->db = db;
	w->calendar = c;
	return w;
}

enum status fact_writer_close(struct fact_writer *w, struct err *e)
{
	for (int k = 0; k < N_SQL; k++) {
		enum status closed = w->stmt[k].db ? stmt_close(&w->stmt[k], &w->e) : OK;
		w->status = w->status ? w->status : closed;
	}
	enum status status = w->status;
	if (status && e)
		*e = w->e;
	VEC_FREE(&w->old);
	VEC_FREE(&w->made);
	free(w->node_text);
	free(w);
	return status;
}

/* The statement, prepared when it is first asked for; NULL once something has failed. */
static struct stmt *use(struct fact_writer *w, enum sql k)
{
	struct stmt *s = &w->stmt[k];
	if (w->status)
		return NULL;
	if (!s->db) {
		w->status = stmt_open(s, w->db, sql[k], &w->e);
		if (w->status)
			s->db = NULL;
	}
	if (s->db && s->rc && !w->status)
		w->status = db_error(w->db, s->rc, "cannot write to", &w->e);
	return w->status ? NULL : s;
}

static int same_value(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

static void count(struct ingest_counts *c, int there, int same)
{
	if (!there)
		c->fresh++;
	else if (same)
		c->same++;
	else
		c->changed++;
}

/* Price that stood on a day by the old changes; NaN before the first. *at moves forward only. */
static double price_on(const struct fact_writer *w, day_t day, size_t *at)
{
	while (*at < w->old.n && w->old.at[*at].from <= day)
		++*at;
	return *at ? w->old.at[*at - 1].value : (double)NAN;
}

/* Adds a change unless the price stands already. */
static void push_price(struct fact_writer *w, day_t day, double price)
{
	if (isnan(price) || (w->made.n && w->made.at[w->made.n - 1].value == price))
		return;
	VEC_PUSH(&w->made, (struct stretch){ day, day, price });
}

static day_t next_day(const struct fact_writer *w, day_t day)
{
	return period_start(w->calendar, period_of_day(w->calendar, day) + 1);
}

static void merge_prices(struct fact_writer *w, const struct observation *o, size_t n,
			 day_t known_last, struct ingest_counts *counts)
{
	size_t at = 0, k = 0;
	w->made.n = 0;
	while (k < w->old.n && w->old.at[k].from < o[0].day) {
		push_price(w, w->old.at[k].from, w->old.at[k].value);
		k++;
	}
	for (size_t i = 0; i < n; i++) {
		double old = price_on(w, o[i].day, &at);
		int known = !isnan(old) && (known_last == DAY_NONE || o[i].day <= known_last || at < w->old.n
					    || old == o[i].value);
		count(counts, known, same_value(old, o[i].value));
		push_price(w, o[i].day, o[i].value);
	}
	day_t after = next_day(w, o[n - 1].day);
	double then = price_on(w, after, &at);
	if (known_last != DAY_NONE && known_last >= after)
		push_price(w, after, then);
	for (; at < w->old.n; at++)
		push_price(w, w->old.at[at].from, w->old.at[at].value);
}

void fact_prices(struct fact_writer *w, int64_t series, const struct observation *o, size_t n,
		 day_t known_last, struct ingest_counts *counts)
{
	struct stmt *get = use(w, PRICE_GET), *drop = use(w, PRICE_DROP), *put = use(w, PRICE_PUT);
	struct stmt *told = use(w, PRICE_TOLD);
	if (!get || !drop || !put || !told || !n)
		return;
	w->old.n = 0;
	stmt_int(get, 1, series);
	while (stmt_step(get)) {
		day_t day = (day_t)stmt_get_int(get, 0);
		VEC_PUSH(&w->old, (struct stretch){ day, day, stmt_get_double(get, 1) });
	}
	stmt_reset(get);
	merge_prices(w, o, n, known_last, counts);
	/* Mostly the old changes stand and some follow. */
	size_t keep = 0;
	while (keep < w->old.n && keep < w->made.n && w->old.at[keep].from == w->made.at[keep].from
	       && w->old.at[keep].value == w->made.at[keep].value)
		keep++;
	if (keep < w->old.n) {
		stmt_int(drop, 1, series);
		stmt_run(drop);
		keep = 0;
	}
	for (; keep < w->made.n; keep++) {
		stmt_int(put, 1, series);
		stmt_int(put, 2, w->made.at[keep].from);
		stmt_double(put, 3, w->made.at[keep].value);
		stmt_run(put);
	}
	stmt_int(told, 1, series);
	stmt_int(told, 2, o[n - 1].day);
	stmt_run(told);
}

/* Adds days of a promotion, joined to the stretch before where it goes on unchanged. */
static void push_stretch(struct fact_writer *w, day_t from, day_t until, double depth)
{
	struct stretch *last = w->made.n ? &w->made.at[w->made.n - 1] : NULL;
	if (last && same_value(last->value, depth) && next_day(w, last->until) >= from) {
		if (until > last->until)
			last->until = until;
		return;
	}
	VEC_PUSH(&w->made, (struct stretch){ from, until, depth });
}

/* Old stretches between two observed days (exclusive) stay as they were. */
static void push_between(struct fact_writer *w, int64_t after, int64_t before)
{
	for (size_t k = 0; k < w->old.n; k++) {
		const struct stretch *s = &w->old.at[k];
		int64_t from = s->from > after ? s->from : after + 1;
		int64_t until = s->until < before ? s->until : before - 1;
		if (from > until || s->until <= after || s->from >= before)
			continue;
		/* Cut ends lie on first days of periods. */
		day_t a = s->from > after ? s->from : next_day(w, (day_t)after);
		day_t b = s->until < before ? s->until
			: period_start(w->calendar, period_of_day(w->calendar, (day_t)before) - 1);
		if (a <= b)
			push_stretch(w, a, b, s->value);
	}
}

static double depth_on(const struct fact_writer *w, day_t day, int *there)
{
	for (size_t k = 0; k < w->old.n; k++)
		if (w->old.at[k].from <= day && day <= w->old.at[k].until) {
			*there = 1;
			return w->old.at[k].value;
		}
	*there = 0;
	return (double)NAN;
}

void fact_promotion_days(struct fact_writer *w, int64_t series, const struct observation *o, size_t n,
			 struct ingest_counts *counts)
{
	struct stmt *get = use(w, PROMO_GET), *drop = use(w, PROMO_DROP), *put = use(w, PROMO_PUT);
	if (!get || !drop || !put || !n)
		return;
	w->old.n = w->made.n = 0;
	stmt_int(get, 1, series);
	while (stmt_step(get)) {
		struct stretch s = { (day_t)stmt_get_int(get, 0), (day_t)stmt_get_int(get, 1),
				     stmt_get_double(get, 2) };
		VEC_PUSH(&w->old, s);
	}
	stmt_reset(get);
	int64_t after = INT32_MIN;
	for (size_t i = 0; i < n; i++) {
		int there;
		double depth = o[i].value == 0 ? (double)NAN : o[i].value;
		double old = depth_on(w, o[i].day, &there);
		if (w->old.n)
			push_between(w, after, o[i].day);
		if (!isnan(o[i].value)) {
			push_stretch(w, o[i].day, o[i].day, depth);
			count(counts, there, same_value(old, depth));
		} else if (there) {
			counts->changed++;
		}
		after = o[i].day;
	}
	push_between(w, after, INT64_MAX / 2);
	if (w->old.n) {
		stmt_int(drop, 1, series);
		stmt_run(drop);
	}
	for (size_t k = 0; k < w->made.n; k++) {
		stmt_int(put, 1, series);
		stmt_int(put, 2, w->made.at[k].from);
		stmt_int(put, 3, w->made.at[k].until);
		stmt_text(put, 4, "");
		stmt_double(put, 5, w->made.at[k].value);
		stmt_run(put);
	}
}

void fact_promotion(struct fact_writer *w, int64_t series, day_t from, day_t until,
		    const char *mechanic, double depth, struct ingest_counts *counts)
{
	struct stmt *look = use(w, PROMO_LOOK), *put = use(w, PROMO_PUT);
	if (!look || !put)
		return;
	stmt_int(look, 1, series);
	stmt_int(look, 2, from);
	stmt_text(look, 3, mechanic);
	int there = stmt_step(look);
	int same = there && stmt_get_int(look, 0) == until
		&& same_value(stmt_get_double(look, 1), depth);
	stmt_reset(look);
	count(counts, there, same);
	if (same)
		return;
	stmt_int(put, 1, series);
	stmt_int(put, 2, from);
	stmt_int(put, 3, until);
	stmt_text(put, 4, mechanic);
	stmt_double(put, 5, depth);
	stmt_run(put);
}

void fact_stock(struct fact_writer *w, day_t day, int64_t series, const double told[STOCK_VALUES],
		struct ingest_counts *counts)
{
	struct stmt *look = use(w, STOCK_LOOK), *put = use(w, STOCK_PUT);
	if (!look || !put)
		return;
	double value[STOCK_VALUES];
	memcpy(value, told, sizeof value);
	stmt_int(look, 1, day);
	stmt_int(look, 2, series);
	int there = stmt_step(look), same = there;
	for (int k = 0; there && k < STOCK_VALUES; k++) {
		double old = stmt_get_double(look, k);
		if (isnan(value[k]))
			value[k] = old;
		same &= same_value(old, value[k]);
	}
	stmt_reset(look);
	count(counts, there, same);
	if (same)
		return;
	stmt_int(put, 1, day);
	stmt_int(put, 2, series);
	for (int k = 0; k < STOCK_VALUES; k++)
		stmt_double(put, 3 + k, value[k]);
	stmt_run(put);
}

void fact_driver(struct fact_writer *w, const char *name, day_t day, int64_t series, double value,
		 struct ingest_counts *counts)
{
	struct stmt *look = use(w, DRIVER_LOOK), *put = use(w, DRIVER_PUT);
	if (!look || !put)
		return;
	stmt_text(look, 1, name);
	stmt_int(look, 2, day);
	stmt_int(look, 3, series);
	int there = stmt_step(look), same = there && stmt_get_double(look, 0) == value;
	stmt_reset(look);
	count(counts, there, same);
	if (same)
		return;
	stmt_text(put, 1, name);
	stmt_int(put, 2, day);
	stmt_int(put, 3, series);
	stmt_double(put, 4, value);
	stmt_run(put);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The one name of a node: its values in byte order, '|' between them. */
static void node_name(const char *text, struct buf *out)
{
	char *copy = xstrdup(text);
	const char *part[NODE_PARTS];
	int n = 0;
	for (char *at = copy; *at && n < NODE_PARTS;) {
		size_t length = strcspn(at, "/|");
		int last = !at[length];
		at[length] = '\0';
		part[n++] = at;
		at += length + !last;
	}
	qsort(part, (size_t)n, sizeof *part, by_text);
	if (n == 1 && (!strcasecmp(part[0], "total") || !strcasecmp(part[0], "all")))
		part[0] = "total";
	for (int k = 0; k < n; k++)
		buf_addf(out, "%s%s", k ? "|" : "", part[k]);
	free(copy);
}

/* Number of the node of a name, which is made where it is new. */
static int64_t node_of(struct fact_writer *w, const char *text)
{
	struct stmt *find = use(w, NODE_FIND), *add = use(w, NODE_ADD);
	struct buf name = { 0 };
	int64_t id = 0;
	node_name(text, &name);
	for (int pass = 0; find && add && !id && pass < 2; pass++) {
		if (pass) {
			stmt_text(add, 1, name.text);
			stmt_run(add);
		}
		stmt_text(find, 1, name.text);
		id = stmt_step(find) ? stmt_get_int(find, 0) : 0;
		stmt_reset(find);
	}
	buf_release(&name);
	return id;
}

void fact_node(struct fact_writer *w, const char *name, day_t day, double units,
	       struct ingest_counts *counts)
{
	struct stmt *look = use(w, NODE_LOOK), *put = use(w, NODE_PUT);
	if (!look || !put)
		return;
	if (!w->node_text || strcmp(w->node_text, name)) {
		free(w->node_text);
		w->node_text = xstrdup(name);
		w->node = node_of(w, name);
	}
	day = period_start(w->calendar, period_of_day(w->calendar, day));
	stmt_int(look, 1, w->node);
	stmt_int(look, 2, day);
	int there = stmt_step(look), same = there && stmt_get_double(look, 0) == units;
	stmt_reset(look);
	count(counts, there, same);
	if (same)
		return;
	stmt_int(put, 1, w->node);
	stmt_int(put, 2, day);
	stmt_double(put, 3, units);
	stmt_run(put);
}

static void bind_end(struct stmt *s, int at, day_t until)
{
	stmt_double(s, at, until == DAY_NONE ? (double)NAN : (double)until);
}

void fact_listing(struct fact_writer *w, int64_t series, day_t from, day_t until,
		  struct ingest_counts *counts)
{
	struct stmt *look = use(w, LIST_LOOK), *put = use(w, LIST_PUT);
	if (!look || !put)
		return;
	stmt_int(look, 1, series);
	stmt_int(look, 2, from);
	int there = stmt_step(look);
	double end = until == DAY_NONE ? (double)NAN : (double)until;
	int same = there && same_value(stmt_get_double(look, 0), end);
	stmt_reset(look);
	count(counts, there, same);
	if (same)
		return;
	stmt_int(put, 1, series);
	stmt_int(put, 2, from);
	bind_end(put, 3, until);
	stmt_run(put);
}

void fact_event(struct fact_writer *w, day_t day, int64_t store, const char *name, const char *type,
		int closed, struct ingest_counts *counts)
{
	struct stmt *look = use(w, EVENT_LOOK), *put = use(w, EVENT_PUT);
	if (!look || !put)
		return;
	stmt_int(look, 1, day);
	stmt_int(look, 2, store);
	stmt_text(look, 3, name);
	int there = stmt_step(look);
	int same = there && stmt_get_int(look, 0) == closed && !strcmp(stmt_get_text(look, 1), type);
	stmt_reset(look);
	count(counts, there, same);
	if (same)
		return;
	stmt_int(put, 1, day);
	stmt_int(put, 2, store);
	stmt_text(put, 3, name);
	stmt_text(put, 4, type);
	stmt_int(put, 5, closed);
	stmt_run(put);
}

void fact_label(struct fact_writer *w, const char *label, day_t from, day_t until,
		struct ingest_counts *counts)
{
	struct stmt *look = use(w, LABEL_LOOK), *put = use(w, LABEL_PUT);
	if (!look || !put)
		return;
	stmt_text(look, 1, label);
	int there = stmt_step(look);
	int same = there && stmt_get_int(look, 0) == from && stmt_get_int(look, 1) == until;
	stmt_reset(look);
	count(counts, there, same);
	if (same)
		return;
	stmt_text(put, 1, label);
	stmt_int(put, 2, from);
	stmt_int(put, 3, until);
	stmt_run(put);
}

void fact_span(struct fact_writer *w, const char *source, day_t from, day_t until)
{
	struct stmt *put = use(w, SPAN_PUT);
	if (!put)
		return;
	stmt_text(put, 1, source);
	stmt_int(put, 2, from);
	stmt_int(put, 3, until);
	stmt_run(put);
}

void fact_attribute(struct fact_writer *w, const char *of, int64_t owner, const char *name,
		    const char *value, struct ingest_counts *counts)
{
	struct stmt *look = use(w, ATTRIBUTE_LOOK);
	struct stmt *put = use(w, *value ? ATTRIBUTE_PUT : ATTRIBUTE_DROP);
	if (!look || !put)
		return;
	stmt_text(look, 1, of);
	stmt_int(look, 2, owner);
	stmt_text(look, 3, name);
	int there = stmt_step(look), same = there && !strcmp(stmt_get_text(look, 0), value);
	stmt_reset(look);
	if (there || *value)
		count(counts, there, same);
	if (same || (!there && !*value))
		return;
	stmt_text(put, 1, of);
	stmt_int(put, 2, owner);
	stmt_text(put, 3, name);
	if (*value)
		stmt_text(put, 4, value);
	stmt_run(put);
}

void fact_cost(struct fact_writer *w, int64_t item, const char *name, double value,
	       struct ingest_counts *counts)
{
	struct stmt *look = use(w, COST_LOOK), *put = use(w, COST_PUT);
	if (!look || !put)
		return;
	stmt_int(look, 1, item);
	stmt_text(look, 2, name);
	int there = stmt_step(look), same = there && stmt_get_double(look, 0) == value;
	stmt_reset(look);
	count(counts, there, same);
	if (same)
		return;
	stmt_int(put, 1, item);
	stmt_text(put, 2, name);
	stmt_double(put, 3, value);
	stmt_run(put);
}

enum status db_labels(struct db *db, struct arena *a, struct label **out, size_t *n, struct err *e)
{
	struct stmt s;
	int64_t count_all;
	*n = 0;
	*out = NULL;
	enum status status = db_query_int(db, "SELECT count(*) FROM calendar_label", 0, &count_all, e);
	if (!status)
		status = stmt_open(&s, db, "SELECT label, day, until FROM calendar_label ORDER BY label", e);
	if (status)
		return status;
	*out = ARENA_ARRAY(a, struct label, count_all + 1);
	while ((int64_t)*n < count_all && stmt_step(&s)) {
		const char *text = arena_strdup(a, stmt_get_text(&s, 0));
		(*out)[(*n)++] = (struct label){ text, (day_t)stmt_get_int(&s, 1),
						 (day_t)stmt_get_int(&s, 2) };
	}
	return stmt_close(&s, e);
}
