/*
 * What the io/db*.c files share: the handle and the few verbs with which they speak SQL. Included by
 * nobody else.
 */
#ifndef IO_DB_PRIVATE_H
#define IO_DB_PRIVATE_H

#include <sqlite3.h>
#include "io/db.h"

/* What takes the rows of collect(). */
typedef void collected_row(void *context, int64_t day, int64_t series, double units);

struct db {
	sqlite3 *handle;
	char *path;
	enum db_mode mode;
	int in_transaction;
	collected_row *row;   /* see db_collect */
	void *row_context;
};

/*
 * A prepared statement in use. SQL is always a literal of ours; values are always bound:
 *
 *   struct stmt s;
 *   if (stmt_open(&s, db, "SELECT name FROM store WHERE id = ?1", e)) return e->code;
 *   stmt_int(&s, 1, id);
 *   while (stmt_step(&s)) use(stmt_get_text(&s, 0));
 *   return stmt_close(&s, e);
 *
 * An error is kept in the statement and told by stmt_close.
 */
struct stmt {
	struct db *db;
	sqlite3_stmt *handle;
	int rc;
};

/* Prepares; binds parameter `at` (from 1). A failure on the way is kept and told by stmt_close. */
MUST_CHECK enum status stmt_open(struct stmt *s, struct db *db, const char *sql, struct err *e);
void stmt_int(struct stmt *s, int at, int64_t value);
void stmt_double(struct stmt *s, int at, double value); /* NaN binds NULL */
void stmt_text(struct stmt *s, int at, const char *value); /* NULL binds NULL; must live until the step */
void stmt_blob(struct stmt *s, int at, const void *value, size_t n);
int stmt_step(struct stmt *s);  /* 1: there is a row */
void stmt_run(struct stmt *s);  /* steps to the end and resets, for INSERT and UPDATE in a loop */
void stmt_reset(struct stmt *s);
int64_t stmt_get_int(struct stmt *s, int column);
double stmt_get_double(struct stmt *s, int column); /* NULL gives NaN */
double stmt_get_real(struct stmt *s, int column);   /* of a column that is NOT NULL */
const char *stmt_get_text(struct stmt *s, int column); /* until the next step; NULL stays NULL */
const void *stmt_get_blob(struct stmt *s, int column, size_t *n);
MUST_CHECK enum status stmt_close(struct stmt *s, struct err *e);

/*
 * Rows at the pace of the engine: from now on the SQL function collect(day, series, units) calls
 * `row`, inside the scan, instead of handing row by row out through stmt_step (13.6 M rows in 2.0 s of
 * CPU instead of 3.8). It is an aggregate; its own result is NULL.
 */
MUST_CHECK enum status db_collect(struct db *db, collected_row *row, void *context, struct err *e);

/* One statement without result, or several separated by semicolons. */
MUST_CHECK enum status db_exec(struct db *db, const char *sql, struct err *e);
/* First column of the first row as a number; `none` when there is no row or it is NULL. */
MUST_CHECK enum status db_query_int(struct db *db, const char *sql, int64_t none, int64_t *out,
				    struct err *e);
/* The db's last error as an err: E_LOCKED when busy, E_INPUT when damaged, E_IO otherwise. */
enum status db_error(struct db *db, int rc, const char *doing, struct err *e);

/* Brings the tables to this program's version. */
MUST_CHECK enum status schema_migrate(struct db *db, struct err *e);

#endif
