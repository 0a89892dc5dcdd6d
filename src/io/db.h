/*
 * The db: one SQLite file behind this interface. No SQL and no sqlite3 type leaves io/db*.c, so a
 * second engine can stand behind the same functions. The functions speak the glossary's nouns and
 * lie by subject in
 *
 *   db.h           open, transactions, settings        (this file)
 *   db_catalog.h   stores, items, series, attributes
 *   db_sales.h     sales, prices, promotions, stock, calendar, the ledger of files, rejected rows
 *   db_quality.h   findings, day states
 *   db_panel.h     panels and data hashes out of the above
 *   db_run.h       runs, forecasts, the pointer to the published run
 *   db_model.h     fitted versions, parts of a training under way
 *   db_node.h      sums of a run's forecasts over the tiers
 *   db_score.h     scores of backtests
 *   db_stock.h     costs and stock; what replays came to; orders
 *   db_audit.h     who did what, and why
 *
 * Invariants:
 *  1. One writer: whoever writes holds the run lock (life/lock.h) or is one short transaction.
 *  2. WAL and synchronous=FULL: a committed transaction survives a power cut, readers never wait.
 *  3. Columns named `day` hold the first day of a period (a bare number for PERIOD_NUMBER).
 *  4. A series' id is its store's id x 1,000,000 + n, so a store is one key range on each day.
 */
#ifndef IO_DB_H
#define IO_DB_H

#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "series/calendar.h"

struct db;

enum db_mode {
	DB_READ,   /* E_NOTFOUND where there is no file; never writes */
	DB_WRITE,  /* E_NOTFOUND where there is no file; migrates an older one */
	DB_CREATE, /* makes the file and its tables where there is none */
};

/* Opens the file, migrates it to this program's schema (under a lock; several openers at once are
 * fine). E_INPUT: no forecast db, damaged, or of a later schema. Close with db_close. */
MUST_CHECK enum status db_open(struct db **out, const char *path, enum db_mode mode, struct err *e);
void db_close(struct db *db);
const char *db_path(const struct db *db);

/* Transactions do not nest: db_join begins one unless one is under way (*own 0), and db_leave, with how the work
 * ended, commits or takes back what it began. Rollback cannot fail in a way that matters. */
MUST_CHECK enum status db_join(struct db *db, int *own, struct err *e);
MUST_CHECK enum status db_leave(struct db *db, int own, enum status status, struct err *e);
MUST_CHECK enum status db_begin(struct db *db, struct err *e);
MUST_CHECK enum status db_commit(struct db *db, struct err *e);
void db_rollback(struct db *db);

/* Settings that belong to the data: "period", "week_start", "simulated" ... NULL when not set;
 * the text is the arena's. */
const char *db_meta(struct db *db, const char *key, struct arena *a);
MUST_CHECK enum status db_set_meta(struct db *db, const char *key, const char *value, struct err *e);
/* The calendar of the db; kind is PERIOD_DAY until the first ingest has set it (*known = 0). */
MUST_CHECK enum status db_calendar(struct db *db, struct calendar *out, int *known, struct err *e);

/* Counter that rises with every change of the data (sales, prices, calendar, states): a published
 * run with the same number is up to date. */
MUST_CHECK enum status db_data_version(struct db *db, int64_t *out, struct err *e);
MUST_CHECK enum status db_touch(struct db *db, struct err *e);

/* Is the file whole? (integrity_check.) E_INPUT with the first complaint. */
MUST_CHECK enum status db_integrity(struct db *db, struct err *e);
/* Folds the write-ahead log into the file. */
MUST_CHECK enum status db_checkpoint(struct db *db, struct err *e);

/* Version of the engine, "3.40.1". */
const char *db_library_version(void);

/* UTC now as YYYY-MM-DDThh:mm:ssZ, for records of who did what when; never in anything hashed. */
#define UTC_TEXT_MAX 24
const char *db_utc_now(char out[UTC_TEXT_MAX]);

#endif
