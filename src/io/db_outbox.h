/*
 * What is to be told outside: a row for each change that somebody should hear of, written in the transaction of the
 * change, so it is neither lost nor told of something that was not. It is sent at least once; its key lets whoever
 * takes it drop a second copy.
 */
#ifndef IO_DB_OUTBOX_H
#define IO_DB_OUTBOX_H

#include "base/mem.h"
#include "io/db.h"

struct outbox_row {
	int64_t id;
	const char *key;   /* "run 12 published" */
	const char *grade; /* "ok", "degraded", "held", "blocked", "failed" */
	const char *subject, *body;
	int tries;
};
/* Adds a row, in the caller's transaction or one of its own; a key that is there is left alone. */
MUST_CHECK enum status db_outbox_add(struct db *db, const char *key, const char *grade, const char *subject,
				     const char *body, struct err *e);
/* Rows that are not sent, oldest first; the arena's. */
MUST_CHECK enum status db_outbox_unsent(struct db *db, struct arena *a, struct outbox_row **out, int *n,
					struct err *e);
/* Grade and body as they are known when it is sent. */
MUST_CHECK enum status db_outbox_fill(struct db *db, int64_t id, const char *grade, const char *body,
				      struct err *e);
/* It was sent (error NULL), or could not be. */
MUST_CHECK enum status db_outbox_done(struct db *db, int64_t id, const char *error, struct err *e);
#endif
