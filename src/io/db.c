/*
 * The SQLite door: opening, transactions, prepared statements, settings. WAL with synchronous=FULL,
 * so a commit survives a power cut and readers never wait; see io/db.h for the invariants.
 */
#include "config.h"
#include "io/db_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/file.h"

#define BUSY_MS 10000

enum status db_error(struct db *db, int rc, const char *doing, struct err *e)
{
	const char *reason = db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(rc);
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, E_LOCKED, "%s '%s': another process holds the db", doing, db->path);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return err_set(e, E_INPUT, "%s '%s': %s", doing, db->path, reason);
	default:
		return err_set(e, E_IO, "%s '%s': %s", doing, db->path, reason);
	}
}

static enum status open_handle(struct db *db, struct err *e)
{
	int flags = db->mode == DB_READ ? SQLITE_OPEN_READONLY
		: db->mode == DB_WRITE ? SQLITE_OPEN_READWRITE
		: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	int rc = sqlite3_open_v2(db->path, &db->handle, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (rc)
		return db_error(db, rc, "cannot open", e);
	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_busy_timeout(db->handle, BUSY_MS);
	const char *pragmas = db->mode == DB_READ
		? "PRAGMA query_only = 1; PRAGMA mmap_size = 2147418112; PRAGMA temp_store = MEMORY"
		: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = 1;"
		  "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536; PRAGMA secure_delete = 0";
	return db_exec(db, pragmas, e);
}

enum status db_open(struct db **out, const char *path, enum db_mode mode, struct err *e)
{
	*out = NULL;
	if (mode != DB_CREATE && !file_exists(path))
		return err_set(e, E_NOTFOUND, "db '%s' is not there: 'forecast ingest FILE...' makes it",
			       path);
	if (file_is_dir(path))
		return err_set(e, E_USAGE, "db '%s' is a folder", path);
	if (file_exists(path) && !file_is_regular(path))
		return err_set(e, E_USAGE, "db '%s' is no ordinary file", path);
	struct db *db = xcalloc(1, sizeof *db);
	db->path = xstrdup(path);
	db->mode = mode;
	enum status status = open_handle(db, e);
	if (!status)
		status = schema_migrate(db, e);
	if (status)
		db_close(db);
	else
		*out = db;
	return status;
}

void db_close(struct db *db)
{
	if (!db)
		return;
	if (db->in_transaction)
		db_rollback(db);
	sqlite3_close(db->handle);
	free(db->path);
	free(db);
}

const char *db_path(const struct db *db)
{
	return db->path;
}

enum status db_exec(struct db *db, const char *sql, struct err *e)
{
	int rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
	return rc ? db_error(db, rc, "cannot write to", e) : OK;
}

enum status db_begin(struct db *db, struct err *e)
{
	enum status status = db_exec(db, "BEGIN IMMEDIATE", e);
	db->in_transaction = !status;
	return status;
}

enum status db_commit(struct db *db, struct err *e)
{
	enum status status = db_exec(db, "COMMIT", e);
	if (!status)
		db->in_transaction = 0;
	return status;
}

void db_rollback(struct db *db)
{
	sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
	db->in_transaction = 0;
}

enum status db_join(struct db *db, int *own, struct err *e)
{
	*own = !db->in_transaction;
	return *own ? db_begin(db, e) : OK;
}

enum status db_leave(struct db *db, int own, enum status status, struct err *e)
{
	if (!own)
		return status;
	if (!status)
		status = db_commit(db, e);
	if (status)
		db_rollback(db);
	return status;
}

enum status stmt_open(struct stmt *s, struct db *db, const char *sql, struct err *e)
{
	s->db = db;
	s->handle = NULL;
	s->rc = sqlite3_prepare_v2(db->handle, sql, -1, &s->handle, NULL);
	return s->rc ? db_error(db, s->rc, "cannot read", e) : OK;
}

static void keep(struct stmt *s, int rc)
{
	if (rc && !s->rc)
		s->rc = rc;
}

void stmt_int(struct stmt *s, int at, int64_t value)
{
	keep(s, sqlite3_bind_int64(s->handle, at, value));
}

void stmt_double(struct stmt *s, int at, double value)
{
	keep(s, isnan(value) ? sqlite3_bind_null(s->handle, at)
			     : sqlite3_bind_double(s->handle, at, value));
}

void stmt_text(struct stmt *s, int at, const char *value)
{
	keep(s, sqlite3_bind_text(s->handle, at, value, -1, SQLITE_STATIC));
}

void stmt_blob(struct stmt *s, int at, const void *value, size_t n)
{
	keep(s, sqlite3_bind_blob64(s->handle, at, n ? value : "", n, SQLITE_STATIC));
}

int stmt_step(struct stmt *s)
{
	if (s->rc)
		return 0;
	int rc = sqlite3_step(s->handle);
	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		keep(s, rc);
	return 0;
}

void stmt_run(struct stmt *s)
{
	while (stmt_step(s))
		;
	sqlite3_reset(s->handle);
}

void stmt_reset(struct stmt *s)
{
	sqlite3_reset(s->handle);
}

int64_t stmt_get_int(struct stmt *s, int column)
{
	return sqlite3_column_int64(s->handle, column);
}

double stmt_get_double(struct stmt *s, int column)
{
	return sqlite3_column_type(s->handle, column) == SQLITE_NULL
		? (double)NAN : sqlite3_column_double(s->handle, column);
}

double stmt_get_real(struct stmt *s, int column)
{
	return sqlite3_column_double(s->handle, column);
}

const char *stmt_get_text(struct stmt *s, int column)
{
	return (const char *)sqlite3_column_text(s->handle, column);
}

const void *stmt_get_blob(struct stmt *s, int column, size_t *n)
{
	const void *blob = sqlite3_column_blob(s->handle, column);
	*n = (size_t)sqlite3_column_bytes(s->handle, column);
	return blob;
}

enum status stmt_close(struct stmt *s, struct err *e)
{
	/* The message belongs to the last call on the handle: take it before the statement goes. */
	enum status status = s->rc ? db_error(s->db, s->rc, "cannot use", e) : OK;
	sqlite3_finalize(s->handle);
	s->handle = NULL;
	return status;
}

static void collect_step(sqlite3_context *c, int n, sqlite3_value **value)
{
	(void)n;
	struct db *db = sqlite3_user_data(c);
	db->row(db->row_context, sqlite3_value_int64(value[0]), sqlite3_value_int64(value[1]),
		sqlite3_value_double(value[2]));
}

static void collect_end(sqlite3_context *c)
{
	sqlite3_result_null(c);
}

enum status db_collect(struct db *db, collected_row *row, void *context, struct err *e)
{
	int first = !db->row;
	db->row = row;
	db->row_context = context;
	int rc = first ? sqlite3_create_function(db->handle, "collect", 3,
						 SQLITE_UTF8 | SQLITE_DIRECTONLY, db, NULL, collect_step,
						 collect_end)
		       : SQLITE_OK;
	return rc ? db_error(db, rc, "cannot read", e) : OK;
}

enum status db_query_int(struct db *db, const char *sql, int64_t none, int64_t *out, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, sql, e);
	if (status)
		return status;
	*out = none;
	if (stmt_step(&s) && sqlite3_column_type(s.handle, 0) != SQLITE_NULL)
		*out = stmt_get_int(&s, 0);
	return stmt_close(&s, e);
}

const char *db_meta(struct db *db, const char *key, struct arena *a)
{
	struct stmt s;
	const char *value = NULL;
	if (stmt_open(&s, db, "SELECT value FROM meta WHERE key = ?1", NULL))
		return NULL;
	stmt_text(&s, 1, key);
	if (stmt_step(&s))
		value = arena_strdup(a, stmt_get_text(&s, 0));
	return stmt_close(&s, NULL) ? NULL : value;
}

enum status db_set_meta(struct db *db, const char *key, const char *value, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "INSERT INTO meta VALUES(?1, ?2)"
				       " ON CONFLICT(key) DO UPDATE SET value = excluded.value", e);
	if (status)
		return status;
	stmt_text(&s, 1, key);
	stmt_text(&s, 2, value);
	stmt_run(&s);
	return stmt_close(&s, e);
}

enum status db_calendar(struct db *db, struct calendar *out, int *known, struct err *e)
{
	struct arena a = { 0 };
	const char *kind = db_meta(db, "period", &a), *week_start = db_meta(db, "week_start", &a);
	int k = kind ? period_kind_find(kind) : PERIOD_DAY;
	enum status status = OK;
	*known = kind != NULL;
	if (k < 0)
		status = err_set(e, E_INPUT, "'%s': period '%s' is unknown", db->path, kind);
	else
		*out = (struct calendar){ (enum period_kind)k, week_start ? atoi(week_start) : 0 };
	arena_release(&a);
	return status;
}

enum status db_data_version(struct db *db, int64_t *out, struct err *e)
{
	return db_query_int(db, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'data_version'", 0,
			    out, e);
}

enum status db_touch(struct db *db, struct err *e)
{
	return db_exec(db, "INSERT INTO meta VALUES('data_version', '1') ON CONFLICT(key)"
		       " DO UPDATE SET value = CAST(value AS INTEGER) + 1", e);
}

enum status db_integrity(struct db *db, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "PRAGMA integrity_check(1)", e);
	if (status)
		return status;
	if (stmt_step(&s) && strcmp(stmt_get_text(&s, 0), "ok"))
		status = err_set(e, E_INPUT, "'%s' is damaged: %s", db->path, stmt_get_text(&s, 0));
	enum status closed = stmt_close(&s, status ? NULL : e);
	return status ? status : closed;
}

enum status db_checkpoint(struct db *db, struct err *e)
{
	int rc = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	/* A reader may be holding the log: it is folded in another night. */
	return rc && rc != SQLITE_BUSY ? db_error(db, rc, "cannot fold the log into", e) : OK;
}

const char *db_library_version(void)
{
	return sqlite3_libversion();
}

const char *db_utc_now(char out[UTC_TEXT_MAX])
{
	struct timespec now;
	int y, m, d;
	clock_gettime(CLOCK_REALTIME, &now);
	day_to_ymd((day_t)(now.tv_sec / 86400), &y, &m, &d);
	int s = (int)(now.tv_sec % 86400);
	snprintf(out, UTC_TEXT_MAX, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)y % 10000u,
		 (unsigned)m % 100u, (unsigned)d % 100u, (unsigned)s / 3600u % 100u,
		 (unsigned)s / 60u % 60u, (unsigned)s % 60u);
	return out;
}
