/* The ledger of files: what was read, what was refused of it, and the way back. */
#include "config.h"
#include "io/db_sales.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "io/db_panel.h"
#include "io/db_audit.h"
#include "io/db_private.h"

static day_t get_day(struct stmt *s, int column)
{
	double day = stmt_get_double(s, column);
	return isnan(day) ? DAY_NONE : (day_t)day;
}

static const char *get_text(struct stmt *s, int column, struct arena *a)
{
	const char *text = stmt_get_text(s, column);
	return text ? arena_strdup(a, text) : NULL;
}

enum status db_batch_of_length(struct db *db, int64_t bytes, int *found, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT 1 FROM ingest_batch WHERE bytes = ?1", e);
	if (status)
		return status;
	stmt_int(&s, 1, bytes);
	*found = stmt_step(&s);
	return stmt_close(&s, e);
}

enum status db_batch_find(struct db *db, const char *sha256, const char *map_hash, struct arena *a,
			  struct batch *out, int *found, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT id, path, format, bytes, rows, new, changed, same,"
				       " rejected, day_min, day_max, known_at, known_day"
				       " FROM ingest_batch WHERE sha256 = ?1 AND map_hash = ?2", e);
	if (status)
		return status;
	stmt_text(&s, 1, sha256);
	stmt_text(&s, 2, map_hash);
	*found = stmt_step(&s);
	if (*found) {
		*out = (struct batch){ .id = stmt_get_int(&s, 0), .path = get_text(&s, 1, a),
				       .format = get_text(&s, 2, a), .bytes = stmt_get_int(&s, 3),
				       .known_at = get_text(&s, 11, a),
				       .known_day = (day_t)stmt_get_int(&s, 12) };
		out->counts = (struct ingest_counts){ stmt_get_int(&s, 4), stmt_get_int(&s, 5),
						      stmt_get_int(&s, 6), stmt_get_int(&s, 7),
						      stmt_get_int(&s, 8), get_day(&s, 9),
						      get_day(&s, 10) };
	}
	return stmt_close(&s, e);
}

static enum status audit_batch(struct db *db, const char *action, int64_t id, const char *path,
			       const char *sha256, struct err *e)
{
	struct buf object = { 0 };
	buf_addf(&object, "batch %lld%s%s", (long long)id, *path ? " " : "", path);
	const struct audit_entry entry = { .action = action, .object = object.text, .after = sha256 };
	enum status status = db_audit_add(db, &entry, e);
	buf_release(&object);
	return status;
}

enum status db_batch_add(struct db *db, struct batch *b, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "INSERT INTO ingest_batch(sha256, path, bytes, format,"
				       " map_hash, known_at, known_day, owner, licence, purpose)"
				       " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)", e);
	if (status)
		return status;
	stmt_text(&s, 1, b->sha256);
	stmt_text(&s, 2, b->path);
	stmt_int(&s, 3, b->bytes);
	stmt_text(&s, 4, b->format);
	stmt_text(&s, 5, b->map_hash);
	stmt_text(&s, 6, b->known_at);
	stmt_int(&s, 7, b->known_day);
	stmt_text(&s, 8, b->owner);
	stmt_text(&s, 9, b->licence);
	stmt_text(&s, 10, b->purpose);
	stmt_run(&s);
	status = stmt_close(&s, e);
	if (!status)
		status = db_query_int(db, "SELECT max(id) FROM ingest_batch", 0, &b->id, e);
	return status ? status : audit_batch(db, "ingest", b->id, b->path, b->sha256, e);
}

enum status db_batch_end(struct db *db, const struct batch *b, struct err *e)
{
	struct stmt s;
	const struct ingest_counts *c = &b->counts;
	enum status status = stmt_open(&s, db, "UPDATE ingest_batch SET rows = ?2, new = ?3, changed = ?4,"
				       " same = ?5, rejected = ?6, day_min = ?7, day_max = ?8"
				       " WHERE id = ?1", e);
	if (status)
		return status;
	stmt_int(&s, 1, b->id);
	stmt_int(&s, 2, c->rows);
	stmt_int(&s, 3, c->fresh);
	stmt_int(&s, 4, c->changed);
	stmt_int(&s, 5, c->same);
	stmt_int(&s, 6, c->rejected);
	stmt_double(&s, 7, c->first == DAY_NONE ? (double)NAN : (double)c->first);
	stmt_double(&s, 8, c->last == DAY_NONE ? (double)NAN : (double)c->last);
	stmt_run(&s);
	return stmt_close(&s, e);
}

enum status db_reject_add(struct db *db, int64_t batch, const struct reject *reject, size_t n,
			  struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "INSERT INTO reject_row(batch, line, field, value, reason)"
				       " VALUES(?1, ?2, ?3, ?4, ?5)", e);
	if (status)
		return status;
	for (size_t k = 0; k < n; k++) {
		stmt_int(&s, 1, batch);
		stmt_int(&s, 2, reject[k].line);
		stmt_text(&s, 3, reject[k].field);
		stmt_text(&s, 4, reject[k].value);
		stmt_text(&s, 5, reject[k].reason);
		stmt_run(&s);
	}
	return stmt_close(&s, e);
}

/*
 * An empty db is loaded through the rollback journal: pages beyond the file's old end need no copy
 * in it, so each is written once, where the write-ahead log writes each twice. A crash leaves the
 * journal, by which the next opener takes the file back to its old end. Where somebody else has the
 * db open the switch is refused, and the log serves.
 */
enum status db_load_begin(struct db *db, struct err *e)
{
	int64_t sales;
	struct stmt s;
	enum status status = db_query_int(db, "SELECT EXISTS(SELECT 1 FROM sales)", 0, &sales, e);
	if (!status && !sales) {
		sqlite3_busy_timeout(db->handle, 0);
		if (!stmt_open(&s, db, "PRAGMA journal_mode = DELETE", NULL)) {
			stmt_run(&s);
			if (stmt_close(&s, NULL)) {
				/* It is in use: the log serves as well. */
			}
		}
		sqlite3_busy_timeout(db->handle, 10000);
	}
	return status ? status : db_begin(db, e);
}

enum status db_load_end(struct db *db, enum status status, struct err *e)
{
	if (!status)
		status = db_commit(db, e);
	if (status)
		db_rollback(db);
	enum status back = db_exec(db, "PRAGMA journal_mode = WAL", status ? NULL : e);
	return status ? status : back;
}

/* Where the way back of a batch is kept: see batch_keep_undo. */
static void undo_key(int64_t batch, char out[40])
{
	snprintf(out, 40, "undo.%lld", (long long)batch);
}

enum status db_batch_keep_undo(struct db *db, const struct batch *b, const struct roster *r,
			       day_t known_last, int only_sales, struct err *e)
{
	char key[40];
	struct buf text = { 0 };
	undo_key(b->id, key);
	buf_addf(&text, "%s %lld", only_sales ? "sales" : "more", (long long)known_last);
	for (size_t k = 0; k < r->series.n; k++) {
		const struct roster_series *s = &r->series.at[k];
		/* Rows up to known_last that extended a series, or made it. */
		int extended = s->changed && s->first != DAY_NONE && known_last != DAY_NONE
			&& (s->old_first == DAY_NONE || s->first < s->old_first
			    || (s->last > s->old_last && s->old_last < known_last));
		if (extended)
			buf_addf(&text, " %lld %lld %lld", (long long)s->id, (long long)s->old_first,
				 (long long)s->old_last);
	}
	enum status status = db_set_meta(db, key, text.text, e);
	buf_release(&text);
	return status;
}

/* Runs a statement whose parameters 1 .. 3 are numbers; adds the rows it changed to *n. */
static enum status run_with(struct db *db, const char *sql, int64_t a, int64_t b, int64_t c,
			    int64_t *n, struct err *e)
{
	struct stmt s;
	int64_t value[3] = { a, b, c };
	enum status status = stmt_open(&s, db, sql, e);
	if (status)
		return status;
	for (int k = 0; k < sqlite3_bind_parameter_count(s.handle); k++)
		stmt_int(&s, k + 1, value[k]);
	stmt_run(&s);
	if (n && !s.rc)
		*n += sqlite3_changes(db->handle);
	return stmt_close(&s, e);
}

/* Takes away what the batch appended: later days than there were, and ends of single series. */
static enum status remove_appended(struct db *db, const char *kept, int64_t *removed, struct err *e)
{
	char *end;
	long long known_last = strtoll(kept, &end, 10);
	enum status status = run_with(db, "DELETE FROM sales WHERE day > ?1", known_last, 0, 0, removed, e);
	while (!status && *end) {
		long long id = strtoll(end, &end, 10);
		long long first = strtoll(end, &end, 10);
		long long last = strtoll(end, &end, 10);
		/* A series that was not there has no first day (DAY_NONE): all its rows go. */
		status = run_with(db, first == DAY_NONE ? "DELETE FROM sales WHERE series = ?1"
				  : "DELETE FROM sales WHERE series = ?1 AND (day < ?2 OR day > ?3)",
				  id, first, last, removed, e);
	}
	return status;
}

static enum status restore_changed(struct db *db, int64_t batch, struct ingest_counts *c, struct err *e)
{
	enum status status = run_with(db, "DELETE FROM sales WHERE (day, series) IN (SELECT day, series"
				      " FROM sales_history WHERE batch = ?1 AND units IS NULL)", batch,
				      0, 0, &c->fresh, e);
	if (!status)
		status = run_with(db, "UPDATE sales SET units = h.units FROM sales_history h"
				  " WHERE h.batch = ?1 AND h.units IS NOT NULL AND sales.day = h.day"
				  " AND sales.series = h.series", batch, 0, 0, &c->changed, e);
	if (!status)
		status = run_with(db, "DELETE FROM sales_history WHERE batch = ?1", batch, 0, 0, NULL, e);
	return status;
}

/* Spans of all series as the sales now have them. Names stay: they do no harm. */
static enum status recount(struct db *db, struct err *e)
{
	return db_exec(db, "UPDATE series SET rows = 0, first = NULL, last = NULL, whole = 1;"
		       "UPDATE series SET rows = t.n, first = t.a, last = t.b, whole = t.w FROM"
		       " (SELECT series AS id, count(*) AS n, min(day) AS a, max(day) AS b,"
		       " min(units = floor(units)) AS w FROM sales GROUP BY series) t"
		       " WHERE series.id = t.id;"
		       "DELETE FROM period WHERE NOT EXISTS (SELECT 1 FROM sales WHERE day = period.day);"
		       "UPDATE data_month SET hash = NULL;"
		       "DELETE FROM meta WHERE key IN ('period', 'week_start', 'gaps')"
		       " AND NOT EXISTS (SELECT 1 FROM sales)", e);
}

static enum status undo_within(struct db *db, int64_t id, const char *kept, struct ingest_counts *c,
			       struct err *e)
{
	char key[40];
	struct stmt s;
	undo_key(id, key);
	enum status status = remove_appended(db, strchr(kept, ' ') + 1, &c->fresh, e);
	if (!status)
		status = restore_changed(db, id, c, e);
	if (!status)
		status = recount(db, e);
	if (!status)
		status = run_with(db, "DELETE FROM ingest_batch WHERE id = ?1", id, 0, 0, NULL, e);
	if (!status)
		status = stmt_open(&s, db, "DELETE FROM meta WHERE key = ?1", e);
	if (status)
		return status;
	stmt_text(&s, 1, key);
	stmt_run(&s);
	status = stmt_close(&s, e);
	return status ? status : db_touch(db, e);
}

static enum status batch_is_there(struct db *db, int64_t id, int64_t *out, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT 1 FROM ingest_batch WHERE id = ?1", e);
	if (status)
		return status;
	stmt_int(&s, 1, id);
	*out = stmt_step(&s);
	return stmt_close(&s, e);
}

enum status db_batch_undo(struct db *db, int64_t id, struct ingest_counts *counts, struct err *e)
{
	struct arena a = { 0 };
	char key[40];
	int64_t newest, there;
	undo_key(id, key);
	const char *kept = db_meta(db, key, &a);
	enum status status = db_query_int(db, "SELECT max(id) FROM ingest_batch", 0, &newest, e);
	if (!status)
		status = batch_is_there(db, id, &there, e);
	if (!status && !there)
		status = err_set(e, E_NOTFOUND, "batch %lld is not in the ledger; the newest is %lld",
				 (long long)id, (long long)newest);
	else if (!status && id != newest)
		status = err_set(e, E_USAGE, "batch %lld is not the newest: later ones build on it; take back"
				 " %lld first", (long long)id, (long long)newest);
	else if (!status && (!kept || strncmp(kept, "sales ", 6)))
		status = err_set(e, E_USAGE, "batch %lld brought more than sales: correct it by a new file",
				 (long long)id);
	if (!status)
		status = db_begin(db, e);
	if (!status) {
		status = undo_within(db, id, kept, counts, e);
		if (!status)
			status = audit_batch(db, "undo", id, "", NULL, e);
		if (!status)
			status = db_commit(db, e);
		if (status)
			db_rollback(db);
	}
	arena_release(&a);
	return status;
}

enum status db_batch_forget(struct db *db, int64_t id, struct err *e)
{
	struct arena a = { 0 };
	struct ingest_counts counts = { 0 };
	char key[40];
	undo_key(id, key);
	const char *kept = db_meta(db, key, &a);
	enum status status = db_begin(db, e);
	if (!status)
		status = kept && strchr(kept, ' ') ? undo_within(db, id, kept, &counts, e)
						   : run_with(db, "DELETE FROM ingest_batch WHERE id = ?1", id, 0, 0, NULL, e);
	if (!status)
		status = db_commit(db, e);
	if (status)
		db_rollback(db);
	arena_release(&a);
	return status;
}
