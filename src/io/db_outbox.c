/* The outbox. */
#include "config.h"
#include "io/db_outbox.h"

#include <string.h>
#include <stdlib.h>
#include "base/process.h"
#include "io/db_private.h"

enum status db_outbox_add(struct db *db, const char *key, const char *grade, const char *subject,
			  const char *body, struct err *e)
{
	struct stmt s;
	char now[UTC_TEXT_MAX];
	enum status status = stmt_open(&s, db, "INSERT OR IGNORE INTO outbox(key, at, grade, subject, body)"
				       " VALUES(?1, ?2, ?3, ?4, ?5)", e);
	if (status)
		return status;
	const char *const text[] = { key, db_utc_now(now), grade, subject, body };
	for (int k = 0; k < 5; k++)
		stmt_text(&s, 1 + k, text[k]);
	stmt_run(&s);
	FAILPOINT("outbox.add");
	return stmt_close(&s, e);
}

enum status db_outbox_unsent(struct db *db, struct arena *a, struct outbox_row **out, int *n, struct err *e)
{
	struct stmt s;
	VEC(struct outbox_row) found = { 0 };
	enum status status = stmt_open(&s, db, "SELECT id, key, grade, subject, body, tries FROM outbox"
				       " WHERE sent IS NULL ORDER BY id", e);
	if (status)
		return status;
	while (stmt_step(&s))
		VEC_PUSH(&found, (struct outbox_row){ stmt_get_int(&s, 0), arena_strdup(a, stmt_get_text(&s, 1)),
						      arena_strdup(a, stmt_get_text(&s, 2)),
						      arena_strdup(a, stmt_get_text(&s, 3)),
						      arena_strdup(a, stmt_get_text(&s, 4)),
						      (int)stmt_get_int(&s, 5) });
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, struct outbox_row, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	return stmt_close(&s, e);
}

/* One statement with a number and two texts. */
static enum status change(struct db *db, const char *sql, int64_t id, const char *x, const char *y, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, sql, e);
	if (status)
		return status;
	stmt_int(&s, 1, id);
	stmt_text(&s, 2, x);
	stmt_text(&s, 3, y);
	stmt_run(&s);
	return stmt_close(&s, e);
}

enum status db_outbox_fill(struct db *db, int64_t id, const char *grade, const char *body, struct err *e)
{
	return change(db, "UPDATE outbox SET grade = ?2, body = ?3 WHERE id = ?1 AND sent IS NULL", id, grade, body, e);
}

enum status db_outbox_done(struct db *db, int64_t id, const char *error, struct err *e)
{
	char now[UTC_TEXT_MAX];
	FAILPOINT("outbox.sent");
	return change(db, "UPDATE outbox SET tries = tries + 1, error = ?3, sent = CASE WHEN ?3 IS NULL THEN ?2 END"
		      " WHERE id = ?1", id, db_utc_now(now), error, e);
}
