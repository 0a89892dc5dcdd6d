/*
 * Sales into the db, and the ledger of what came from which file: batches, rejected rows, the way
 * back. Every file is one batch, written in one transaction that the caller opens.
 */
#ifndef IO_DB_SALES_H
#define IO_DB_SALES_H

#include "base/mem.h"
#include "base/sha256.h"
#include "io/db.h"
#include "io/db_roster.h"

/* What a file did to the db. Days are first days of periods, DAY_NONE = none. */
struct ingest_counts {
	int64_t rows;     /* values (cells of wide files, lines of others) that the file holds */
	int64_t fresh;    /* new to the db */
	int64_t changed;  /* corrections of what the db had */
	int64_t same;     /* known already */
	int64_t rejected; /* could not be used; kept with line and reason */
	day_t first, last;
};

/* A row of the ledger. Strings are borrowed when written, the arena's when read. */
struct batch {
	int64_t id;
	const char *sha256, *path, *format, *map_hash;
	int64_t bytes;
	struct ingest_counts counts;
	const char *known_at; /* UTC, when it was read */
	day_t known_day;      /* from when on its values count as known */
	const char *owner, *licence, *purpose; /* NULL = not told */
};

/* Could a file of that length be in the ledger? Saves hashing those that cannot. */
MUST_CHECK enum status db_batch_of_length(struct db *db, int64_t bytes, int *found, struct err *e);
/* The batch of the same bytes read by the same map, if there was one. */
MUST_CHECK enum status db_batch_find(struct db *db, const char *sha256, const char *map_hash,
				     struct arena *a, struct batch *out, int *found, struct err *e);
/* Enters a batch and gives it its id; the counts are entered when it is done. */
MUST_CHECK enum status db_batch_add(struct db *db, struct batch *b, struct err *e);
MUST_CHECK enum status db_batch_end(struct db *db, const struct batch *b, struct err *e);

/* A row that could not be used. */
struct reject {
	int64_t line;
	const char *field, *value, *reason;
};
MUST_CHECK enum status db_reject_add(struct db *db, int64_t batch, const struct reject *reject,
				     size_t n, struct err *e);

/*
 * Begins the transaction of a file. Into a db that has no sales yet it is written without the
 * write-ahead log, each page once: as safe, and a fifth of the work less.
 */
MUST_CHECK enum status db_load_begin(struct db *db, struct err *e);
/* Commits, or rolls back where `status` is not OK; gives the status back. */
MUST_CHECK enum status db_load_end(struct db *db, enum status status, struct err *e);

struct sales_writer;
/* Writes sales in ascending (day, id), each pair once. What the db has otherwise goes to
 * sales_history. `roster` is kept up to date and must be saved by the caller. */
MUST_CHECK enum status sales_writer_open(struct sales_writer **out, struct db *db, struct roster *roster,
					 const struct batch *batch, struct err *e);
MUST_CHECK enum status sales_writer_put(struct sales_writer *w, day_t day, int64_t id, double units,
					struct err *e);
/* Ends the writing, adds to the counts, marks the months touched. Frees the writer in any case. */
MUST_CHECK enum status sales_writer_close(struct sales_writer *w, const struct calendar *c,
					  struct ingest_counts *counts, struct err *e);
/* Frees a writer whose transaction will be rolled back. */
void sales_writer_drop(struct sales_writer *w);

/* Keeps what undo needs of a batch: the last day the db had before it (DAY_NONE = none), and the spans
 * of series that it extended before that day. To be called before roster_save. */
MUST_CHECK enum status db_batch_keep_undo(struct db *db, const struct batch *b, const struct roster *r,
					  day_t known_last, int only_sales, struct err *e);
/* Takes back the newest batch (`id` must be it): the sales it brought and changed. E_NOTFOUND: no
 * such batch. E_USAGE: a later batch builds on it, or it brought more than sales. */
MUST_CHECK enum status db_batch_undo(struct db *db, int64_t id, struct ingest_counts *counts,
				     struct err *e);
/* Takes the newest batch back whatever it brought: its sales and its entry; what else it changed is for the undo log
 * (db_go_back). */
MUST_CHECK enum status db_batch_forget(struct db *db, int64_t id, struct err *e);

#endif
