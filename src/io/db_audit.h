/*
 * The chain of who did what, and why: one row for each change of state, written in the transaction of the
 * change, never changed after (triggers), each with the SHA-256 of the row before it. A row that is edited,
 * taken out, moved or put in by hand breaks the chain from there; rows cut off at the end are told by the head
 * that was kept elsewhere.
 */
#ifndef IO_DB_AUDIT_H
#define IO_DB_AUDIT_H

#include "base/mem.h"
#include "base/sha256.h"
#include "io/db.h"

/* What was done; all but action and object may be NULL. */
struct audit_entry {
	const char *action;         /* "publish", "alias", "ingest", "undo" ... */
	const char *object;         /* "run 12", "champion", "batch 3 sales.csv" */
	const char *before, *after; /* hashes or numbers of the state */
	const char *reason;
};
/* Adds a row with time, user, host and command line, within the caller's transaction or as one of its own. */
MUST_CHECK enum status db_audit_add(struct db *db, const struct audit_entry *entry, struct err *e);

/* One row as it is; strings are the arena's. */
struct audit_row {
	int64_t seq;
	const char *at, *user, *host, *command, *action, *object, *before, *after, *reason, *previous, *hash;
};
/* All rows by seq. */
MUST_CHECK enum status db_audit_read(struct db *db, struct arena *a, struct audit_row **out, int *n,
				     struct err *e);
/*
 * Checks the chain. *bad: 0, or the first seq at which it breaks, with *why in words (static). With `head`
 * (a hash that was kept) the chain must also still hold that row: else *bad is one past the end.
 */
void db_audit_verify(const struct audit_row *row, int n, const char *head, int64_t *bad, const char **why);

#endif
