/*
 * The hash of the data. Sales are hashed month by month in (day, key) order, each row as 64 bits of
 * its key's SHA-256 and its value, so neither the order of files nor the numbers that series got
 * matter. A month's hash is kept until a file touches it: a night costs one month, not the history.
 */
#include "config.h"
#include "io/db_panel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "io/db_private.h"

struct rank {
	int64_t id;
	int64_t key; /* 64 bits of SHA-256 of the series' key */
	int32_t rank; /* place by key */
};

struct hasher {
	struct db *db;
	struct arena arena;
	struct calendar calendar;
	struct rank *rank; /* [n] by id */
	int64_t *key;      /* [n] by rank */
	double *day_units; /* [n] by rank; NaN = no row on the day in hand */
	int n;
	day_t day;         /* in hand */
	int at;            /* place in `rank` up to which the day's ids were walked */
	struct sha256 hash;
	int64_t rows;
};

static int by_id(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;
	return x->id < y->id ? -1 : x->id > y->id;
}

static enum status prepare(struct hasher *h, struct err *e)
{
	struct catalog_series *catalog;
	int known;
	enum status status = db_calendar(h->db, &h->calendar, &known, e);
	if (!status)
		status = db_series(h->db, NULL, &h->arena, &catalog, &h->n, e);
	if (status)
		return status;
	h->rank = ARENA_ARRAY(&h->arena, struct rank, h->n + 1);
	h->key = ARENA_ARRAY(&h->arena, int64_t, h->n + 1);
	h->day_units = ARENA_ARRAY(&h->arena, double, h->n + 1);
	for (int i = 0; i < h->n; i++) {
		h->key[i] = series_key_hash(&catalog[i].key);
		h->rank[i] = (struct rank){ catalog[i].id, h->key[i], i };
		h->day_units[i] = (double)NAN;
	}
	qsort(h->rank, (size_t)h->n, sizeof *h->rank, by_id);
	return OK;
}

/* Hashes the gathered day and empties it. */
static void flush_day(struct hasher *h)
{
	sha256_add_i64(&h->hash, h->day);
	for (int r = 0; r < h->n; r++) {
		if (isnan(h->day_units[r]))
			continue;
		sha256_add_i64(&h->hash, h->key[r]);
		sha256_add_double(&h->hash, h->day_units[r]);
		h->day_units[r] = (double)NAN;
		h->rows++;
	}
}

static void take_row(void *context, int64_t row_day, int64_t id, double units)
{
	struct hasher *h = context;
	day_t day = (day_t)row_day;
	if (day != h->day) {
		if (h->day != DAY_NONE)
			flush_day(h);
		h->day = day;
		h->at = 0;
	}
	while (h->at < h->n && h->rank[h->at].id < id)
		h->at++;
	if (h->at < h->n && h->rank[h->at].id == id)
		h->day_units[h->rank[h->at].rank] = units;
}

/* Hash of the sales of [from, until]. */
static enum status hash_days(struct hasher *h, day_t from, day_t until, char hex[SHA256_HEX_SIZE],
			     int64_t *rows, struct err *e)
{
	struct stmt q;
	unsigned char hash[SHA256_SIZE];
	enum status status = db_collect(h->db, take_row, h, e);
	if (!status)
		status = stmt_open(&q, h->db, "SELECT collect(day, series, units) FROM sales"
				   " WHERE day BETWEEN ?1 AND ?2", e);
	if (status)
		return status;
	stmt_int(&q, 1, from);
	stmt_int(&q, 2, until);
	sha256_init(&h->hash);
	h->day = DAY_NONE;
	h->rows = 0;
	stmt_run(&q);
	if (h->day != DAY_NONE)
		flush_day(h);
	*rows = h->rows;
	sha256_end(&h->hash, hash);
	sha256_hex(hash, hex);
	return stmt_close(&q, e);
}

/* First day of a month as db_month counts them. */
static day_t month_start(const struct calendar *c, int month)
{
	struct calendar months = { PERIOD_MONTH, 0 };
	return c->kind == PERIOD_NUMBER ? month * 32 : period_start(&months, month);
}

static enum status kept_hash(struct db *db, int month, char hex[SHA256_HEX_SIZE], struct err *e)
{
	struct stmt s;
	hex[0] = '\0';
	enum status status = stmt_open(&s, db, "SELECT hash FROM data_month WHERE month = ?1", e);
	if (status)
		return status;
	stmt_int(&s, 1, month);
	if (stmt_step(&s) && stmt_get_text(&s, 0))
		memcpy(hex, stmt_get_text(&s, 0), SHA256_HEX_SIZE);
	return stmt_close(&s, e);
}

static enum status keep_hash(struct db *db, int month, const char *hex, int64_t rows, struct err *e)
{
	struct stmt s;
	if (db->mode == DB_READ)
		return OK;
	enum status status = stmt_open(&s, db, "INSERT INTO data_month VALUES(?1, ?2, ?3) ON CONFLICT(month)"
				       " DO UPDATE SET hash = excluded.hash, rows = excluded.rows", e);
	if (status)
		return status;
	stmt_int(&s, 1, month);
	stmt_text(&s, 2, hex);
	stmt_int(&s, 3, rows);
	stmt_run(&s);
	return stmt_close(&s, e);
}

/* The parts of a data hash: tables, and months of the sales. */
struct data_part {
	char name[40], hex[SHA256_HEX_SIZE];
};
typedef VEC(struct data_part) part_list;

static void add_part(part_list *parts, struct sha256 *whole, const char *name, const char *hex)
{
	struct data_part part;
	snprintf(part.name, sizeof part.name, "%s", name);
	snprintf(part.hex, sizeof part.hex, "%s", hex);
	VEC_PUSH(parts, part);
	sha256_add_string(whole, part.name);
	sha256_add_string(whole, part.hex);
}

/* Keeps the parts under the hash of all; what is there stays. */
static enum status keep_parts(struct db *db, const char *root, const part_list *parts, struct err *e)
{
	struct stmt s;
	if (db->mode == DB_READ)
		return OK;
	enum status status = stmt_open(&s, db, "INSERT OR IGNORE INTO data_snapshot VALUES(?1, ?2, ?3)", e);
	if (status)
		return status;
	stmt_text(&s, 1, root);
	for (size_t k = 0; k < parts->n; k++) {
		stmt_text(&s, 2, parts->at[k].name);
		stmt_text(&s, 3, parts->at[k].hex);
		stmt_run(&s);
	}
	return stmt_close(&s, e);
}

static void month_name(const struct calendar *c, int month, char out[40])
{
	int y, m, d;
	day_to_ymd(month_start(c, month), &y, &m, &d);
	if (c->kind == PERIOD_NUMBER)
		snprintf(out, 40, "sales %d", month);
	else
		snprintf(out, 40, "sales %04d-%02d", y, m);
}

static enum status add_months(struct hasher *h, struct sha256 *whole, part_list *parts, day_t first, day_t last,
			      day_t as_of, struct err *e)
{
	int from = db_month(&h->calendar, first), to = db_month(&h->calendar, last);
	for (int month = from; month <= to; month++) {
		char hex[SHA256_HEX_SIZE] = "";
		int64_t rows = 0;
		day_t start = month_start(&h->calendar, month);
		day_t end = month_start(&h->calendar, month + 1) - 1;
		int cut = as_of != DAY_NONE && end > as_of;
		enum status status = cut ? OK : kept_hash(h->db, month, hex, e);
		if (!status && !*hex) {
			if (!h->n)
				status = prepare(h, e);
			if (!status)
				status = hash_days(h, start, cut ? as_of : end, hex, &rows, e);
			if (!status && !cut)
				status = keep_hash(h->db, month, hex, rows, e);
		}
		if (status)
			return status;
		char name[40];
		month_name(&h->calendar, month, name);
		add_part(parts, whole, name, hex);
		progress("hashing the data", month - from + 1, to - from + 1);
	}
	return OK;
}

/* Rows of a query as text, in its order; ?1 is the day up to which rows count. */
static enum status add_rows(struct db *db, struct sha256 *whole, part_list *parts, const char *name, const char *sql,
			    day_t as_of, struct err *e)
{
	struct stmt s;
	struct sha256 rows;
	unsigned char hash[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];
	enum status status = stmt_open(&s, db, sql, e);
	if (status)
		return status;
	if (sqlite3_bind_parameter_count(s.handle))
		stmt_int(&s, 1, as_of == DAY_NONE ? INT32_MAX : as_of);
	int n = sqlite3_column_count(s.handle);
	sha256_init(&rows);
	while (stmt_step(&s))
		for (int k = 0; k < n; k++) {
			const char *text = stmt_get_text(&s, k);
			sha256_add_string(&rows, text ? text : "");
		}
	sha256_add_i64(&rows, n);
	sha256_end(&rows, hash);
	sha256_hex(hash, hex);
	add_part(parts, whole, name, hex);
	return stmt_close(&s, e);
}

enum status db_data_hash(struct db *db, day_t as_of, char hex[SHA256_HEX_SIZE], struct err *e)
{
	static const struct {
		const char *name, *sql;
	} beside[] = {
		{ "attribute", "SELECT a.of, coalesce(st.name, it.name), a.name, a.value FROM attribute a"
		" LEFT JOIN store st ON a.of = 'store' AND st.id = a.owner"
		" LEFT JOIN item it ON a.of = 'item' AND it.id = a.owner ORDER BY 1, 2, 3" },
		/* Closings ahead of the last day count: forecasts know them. */
		{ "store_day", "SELECT st.name, d.day, d.state FROM store_day d JOIN store st ON st.id = d.store"
		" WHERE d.day <= ?1 + 366 ORDER BY 1, 2" },
		{ "day_state", "SELECT st.name, it.name, d.day, d.state FROM day_state d JOIN series s ON s.id = d.series"
		" JOIN store st ON st.id = s.store JOIN item it ON it.id = s.item WHERE d.day <= ?1"
		" ORDER BY 3, 1, 2" },
		{ "calendar_event", "SELECT e.day, coalesce(st.name, ''), e.name, e.type, e.closed FROM calendar_event e"
		" LEFT JOIN store st ON st.id = e.store ORDER BY 1, 2, 3" },
		{ "assortment", "SELECT st.name, it.name, a.day, a.until FROM assortment a JOIN series s ON s.id = a.series"
		" JOIN store st ON st.id = s.store JOIN item it ON it.id = s.item ORDER BY 1, 2, 3" },
		{ "sales_history", "SELECT st.name, it.name, h.day, h.known_until, h.units FROM sales_history h"
		" JOIN series s ON s.id = h.series JOIN store st ON st.id = s.store"
		" JOIN item it ON it.id = s.item WHERE h.day <= ?1 ORDER BY 1, 2, 3, 4" },
		/* Drivers that came within files of sales, as sums of whole numbers, which do not depend on
		 * the order of files; files of their own are told by their hash below. */
		{ "price", "SELECT count(*), sum(day), sum(round(price * 1e4)), sum(round(price * 1e4) * (day % 1009))"
		" FROM price" },
		{ "promotion", "SELECT mechanic, count(*), sum(day), sum(until), sum(round(depth * 1e4)) FROM promotion"
		" GROUP BY mechanic ORDER BY mechanic" },
		{ "driver", "SELECT name, count(*), sum(day), sum(round(value * 1e4)), sum(round(value * 1e4)"
		" * (day % 1009)) FROM driver GROUP BY name ORDER BY name" },
		{ "files", "SELECT sha256 FROM ingest_batch WHERE format NOT IN ('long','wide','invoice') ORDER BY 1" },
		{ "settings", "SELECT key, value FROM meta WHERE key IN ('period','week_start','gaps') ORDER BY 1" },
	};
	struct hasher h = { .db = db };
	struct sha256 whole;
	part_list parts = { 0 };
	unsigned char hash[SHA256_SIZE];
	day_t first, last;
	sha256_init(&whole);
	int own = db->mode != DB_READ && !db->in_transaction;
	enum status status = own ? db_begin(db, e) : OK;
	if (status)
		return status;
	status = db_sales_span(db, as_of, &first, &last, e);
	if (!status && first != DAY_NONE) {
		int known;
		status = db_calendar(db, &h.calendar, &known, e);
		if (!status)
			status = add_months(&h, &whole, &parts, first, last, as_of, e);
	}
	for (size_t k = 0; !status && k < sizeof beside / sizeof *beside; k++)
		status = add_rows(db, &whole, &parts, beside[k].name, beside[k].sql, as_of, e);
	sha256_end(&whole, hash);
	sha256_hex(hash, hex);
	if (!status)
		status = keep_parts(db, hex, &parts, e);
	if (own && !status)
		status = db_commit(db, e);
	else if (own)
		db_rollback(db);
	progress_end();
	arena_release(&h.arena);
	VEC_FREE(&parts);
	return status;
}
