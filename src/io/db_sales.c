/*
 * The writer of sales. Days later than all the db has are appended, many rows to a statement (an
 * INSERT of one row spends most of its time on entering and leaving SQLite: 97 s of CPU for 59 M
 * rows, against 30 s by 400). For other days the rows that are there are read once and compared in
 * memory.
 */
#include "config.h"
#include "io/db_sales.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "io/db_panel.h"
#include "io/db_private.h"

#define AT_ONCE 400    /* rows of one INSERT */
#define LOOK_UP_MAX 64 /* fewer rows of a day are looked up one by one */

struct row {
	day_t day;
	int64_t id;
	double units;
};

struct sales_writer {
	struct db *db;
	struct roster *roster;
	const struct batch *batch;
	day_t known_last; /* the last day the db had before; DAY_NONE = none */
	VEC(struct row) row; /* in hand: up to AT_ONCE to be appended, or those of one day */
	VEC(day_t) days;  /* all days written */
	VEC(struct row) there; /* what the db has of the day in hand */
	struct stmt many, one, history, range, look, change;
	struct ingest_counts counts;
};

static enum status open_statements(struct sales_writer *w, struct err *e)
{
	struct buf sql = { 0 };
	buf_adds(&sql, "INSERT INTO sales(day, series, units) VALUES(?,?,?)");
	for (int k = 1; k < AT_ONCE; k++)
		buf_adds(&sql, ",(?,?,?)");
	enum status status = stmt_open(&w->many, w->db, sql.text, e);
	buf_release(&sql);
	if (!status)
		status = stmt_open(&w->one, w->db, "INSERT INTO sales(day, series, units)"
				   " VALUES(?1, ?2, ?3)", e);
	if (!status)
		status = stmt_open(&w->history, w->db, "INSERT INTO sales_history(day, series,"
				   " known_until, batch, units) VALUES(?1, ?2, ?3, ?4, ?5)", e);
	if (!status)
		status = stmt_open(&w->range, w->db, "SELECT series, units FROM sales WHERE day = ?1"
				   " AND series BETWEEN ?2 AND ?3 ORDER BY series", e);
	if (!status)
		status = stmt_open(&w->look, w->db, "SELECT units FROM sales WHERE day = ?1"
				   " AND series = ?2", e);
	if (!status)
		status = stmt_open(&w->change, w->db, "UPDATE sales SET units = ?3 WHERE day = ?1"
				   " AND series = ?2", e);
	return status;
}

static enum status close_statements(struct sales_writer *w, struct err *e)
{
	struct stmt *s[] = { &w->many, &w->one, &w->history, &w->range, &w->look, &w->change };
	enum status status = OK;
	for (size_t k = 0; k < sizeof s / sizeof *s; k++) {
		enum status closed = s[k]->db ? stmt_close(s[k], status ? NULL : e) : OK;
		status = status ? status : closed;
	}
	return status;
}

enum status sales_writer_open(struct sales_writer **out, struct db *db, struct roster *roster,
			      const struct batch *batch, struct err *e)
{
	day_t first;
	struct sales_writer *w = xcalloc(1, sizeof *w);
	*w = (struct sales_writer){ .db = db, .roster = roster, .batch = batch,
				    .counts = { .first = DAY_NONE, .last = DAY_NONE } };
	enum status status = db_sales_span(db, DAY_NONE, &first, &w->known_last, e);
	if (!status)
		status = open_statements(w, e);
	*out = status ? NULL : w;
	if (status)
		sales_writer_drop(w);
	return status;
}

void sales_writer_drop(struct sales_writer *w)
{
	if (!w)
		return;
	if (close_statements(w, NULL)) {
		/* The reason was told when it happened. */
	}
	VEC_FREE(&w->row);
	VEC_FREE(&w->there);
	VEC_FREE(&w->days);
	free(w);
}

/* The series' span as it is with one more row. */
static void note_row(struct sales_writer *w, day_t day, int64_t id, double units)
{
	struct roster_series *s = &w->roster->series.at[roster_find(w->roster, id)];
	if (s->first == DAY_NONE || day < s->first)
		s->first = day;
	if (s->last == DAY_NONE || day > s->last)
		s->last = day;
	s->rows++;
	s->whole &= units == floor(units);
	s->changed = 1;
	w->counts.fresh++;
}

static void insert(struct sales_writer *w, const struct row *r)
{
	stmt_int(&w->one, 1, r->day);
	stmt_int(&w->one, 2, r->id);
	stmt_double(&w->one, 3, r->units);
	stmt_run(&w->one);
}

/* Rows later than all the db had. */
static void append_rows(struct sales_writer *w)
{
	if (w->row.n < AT_ONCE) {
		for (size_t k = 0; k < w->row.n; k++)
			insert(w, &w->row.at[k]);
	} else {
		sqlite3_stmt *many = w->many.handle;
		for (int k = 0; k < AT_ONCE; k++) {
			const struct row *r = &w->row.at[k];
			w->many.rc |= sqlite3_bind_int64(many, 3 * k + 1, r->day);
			w->many.rc |= sqlite3_bind_int64(many, 3 * k + 2, r->id);
			w->many.rc |= sqlite3_bind_double(many, 3 * k + 3, r->units);
		}
		stmt_run(&w->many);
	}
	w->row.n = 0;
}

/* Keeps what was believed until this batch; NaN = there was no row. */
static void keep_old(struct sales_writer *w, const struct row *r, double old)
{
	stmt_int(&w->history, 1, r->day);
	stmt_int(&w->history, 2, r->id);
	stmt_int(&w->history, 3, w->batch->known_day);
	stmt_int(&w->history, 4, w->batch->id);
	stmt_double(&w->history, 5, old);
	stmt_run(&w->history);
}

/* A row that the db does not have. One that fills a hole of a known series came late: that it was
 * not there before is part of the history. */
static void add_row(struct sales_writer *w, const struct row *r)
{
	const struct roster_series *s = &w->roster->series.at[roster_find(w->roster, r->id)];
	if (s->old_first != DAY_NONE && r->day > s->old_first && r->day < s->old_last)
		keep_old(w, r, (double)NAN);
	insert(w, r);
	note_row(w, r->day, r->id, r->units);
}

static void compare_row(struct sales_writer *w, const struct row *r, double old)
{
	if (old == r->units) {
		w->counts.same++;
		return;
	}
	keep_old(w, r, old);
	stmt_int(&w->change, 1, r->day);
	stmt_int(&w->change, 2, r->id);
	stmt_double(&w->change, 3, r->units);
	stmt_run(&w->change);
	struct roster_series *s = &w->roster->series.at[roster_find(w->roster, r->id)];
	if (s->whole && r->units != floor(r->units)) {
		s->whole = 0;
		s->changed = 1;
	}
	w->counts.changed++;
}

static void look_up_rows(struct sales_writer *w)
{
	for (size_t k = 0; k < w->row.n; k++) {
		const struct row *r = &w->row.at[k];
		stmt_int(&w->look, 1, r->day);
		stmt_int(&w->look, 2, r->id);
		int there = stmt_step(&w->look);
		double old = there ? stmt_get_double(&w->look, 0) : 0;
		stmt_reset(&w->look);
		if (there)
			compare_row(w, r, old);
		else
			add_row(w, r);
	}
}

/* The rows of one day against those that the db has of it. */
static void settle_day(struct sales_writer *w)
{
	size_t n = w->row.n, at = 0;
	if (n <= LOOK_UP_MAX) {
		look_up_rows(w);
		w->row.n = 0;
		return;
	}
	w->there.n = 0;
	stmt_int(&w->range, 1, w->row.at[0].day);
	stmt_int(&w->range, 2, w->row.at[0].id);
	stmt_int(&w->range, 3, w->row.at[n - 1].id);
	while (stmt_step(&w->range)) {
		struct row there = { 0, stmt_get_int(&w->range, 0), stmt_get_double(&w->range, 1) };
		VEC_PUSH(&w->there, there);
	}
	stmt_reset(&w->range);
	for (size_t k = 0; k < n; k++) {
		const struct row *r = &w->row.at[k];
		while (at < w->there.n && w->there.at[at].id < r->id)
			at++;
		if (at < w->there.n && w->there.at[at].id == r->id)
			compare_row(w, r, w->there.at[at].units);
		else
			add_row(w, r);
	}
	w->row.n = 0;
}

static enum status first_failure(struct sales_writer *w, struct err *e)
{
	const struct stmt *s[] = { &w->many, &w->one, &w->history, &w->range, &w->look, &w->change };
	for (size_t k = 0; k < sizeof s / sizeof *s; k++)
		if (s[k]->rc)
			return db_error(w->db, s[k]->rc, "cannot write sales to", e);
	return OK;
}

enum status sales_writer_put(struct sales_writer *w, day_t day, int64_t id, double units,
			     struct err *e)
{
	int same_day = w->days.n && w->days.at[w->days.n - 1] == day;
	int later = w->known_last == DAY_NONE || day > w->known_last;
	if (!same_day) {
		if (w->days.n && w->known_last != DAY_NONE && w->days.at[w->days.n - 1] <= w->known_last)
			settle_day(w);
		VEC_PUSH(&w->days, day);
		enum status status = first_failure(w, e);
		if (status)
			return status;
	}
	VEC_PUSH(&w->row, (struct row){ day, id, units });
	if (!later)
		return OK;
	note_row(w, day, id, units);
	if (w->row.n == AT_ONCE)
		append_rows(w);
	return w->many.rc ? first_failure(w, e) : OK;
}

/* Enters the days, and makes the hashes of their months stale. */
static enum status mark_days(struct sales_writer *w, const struct calendar *c, struct err *e)
{
	struct stmt period, month;
	int last = INT32_MIN;
	enum status status = stmt_open(&period, w->db, "INSERT OR IGNORE INTO period(day) VALUES(?1)", e);
	if (status)
		return status;
	for (size_t k = 0; k < w->days.n; k++) {
		stmt_int(&period, 1, w->days.at[k]);
		stmt_run(&period);
	}
	status = stmt_close(&period, e);
	if (!status)
		status = stmt_open(&month, w->db, "INSERT INTO data_month(month) VALUES(?1)"
				   " ON CONFLICT(month) DO UPDATE SET hash = NULL", e);
	if (status)
		return status;
	for (size_t k = 0; k < w->days.n; k++) {
		if (db_month(c, w->days.at[k]) == last)
			continue;
		last = db_month(c, w->days.at[k]);
		stmt_int(&month, 1, last);
		stmt_run(&month);
	}
	return stmt_close(&month, e);
}

enum status sales_writer_close(struct sales_writer *w, const struct calendar *c,
			       struct ingest_counts *counts, struct err *e)
{
	enum status status = OK;
	if (w->days.n && w->known_last != DAY_NONE && w->days.at[w->days.n - 1] <= w->known_last)
		settle_day(w);
	else
		append_rows(w);
	if (w->counts.fresh || w->counts.changed)
		status = mark_days(w, c, e);
	counts->fresh += w->counts.fresh;
	counts->changed += w->counts.changed;
	counts->same += w->counts.same;
	if (!status)
		status = close_statements(w, e);
	sales_writer_drop(w);
	return status;
}
