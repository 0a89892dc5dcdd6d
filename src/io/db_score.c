/* The table of scores. */
#include "config.h"
#include "io/db_score.h"

#include <stdlib.h>
#include <string.h>
#include "io/db_private.h"

static enum status write_all(struct db *db, int64_t run, const struct score *score, int n,
			     struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "DELETE FROM score WHERE run = ?1", e);
	if (status)
		return status;
	stmt_int(&s, 1, run);
	stmt_run(&s);
	status = stmt_close(&s, e);
	if (!status)
		status = stmt_open(&s, db, "INSERT INTO score(run, method, part, member, metric, value,"
				   " cases) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)", e);
	if (status)
		return status;
	for (int i = 0; i < n; i++) {
		stmt_int(&s, 1, run);
		stmt_text(&s, 2, score[i].method);
		stmt_text(&s, 3, score[i].part);
		stmt_text(&s, 4, score[i].member);
		stmt_text(&s, 5, score[i].metric);
		stmt_double(&s, 6, score[i].value);
		stmt_int(&s, 7, score[i].cases);
		stmt_run(&s);
	}
	return stmt_close(&s, e);
}

enum status db_score_write(struct db *db, int64_t run, const struct score *score, int n, struct err *e)
{
	enum status status = db_begin(db, e);
	if (status)
		return status;
	status = write_all(db, run, score, n, e);
	if (!status)
		status = db_commit(db, e);
	if (status)
		db_rollback(db);
	return status;
}

enum status db_score_read(struct db *db, int64_t run, const char *method, const char *part,
			  const char *metric, struct arena *a, struct score **out, int *n,
			  struct err *e)
{
	struct stmt s;
	VEC(struct score) found = { 0 };
	*n = 0;
	enum status status = stmt_open(&s, db, "SELECT method, part, member, metric, value, cases"
				       " FROM score WHERE run = ?1 AND (?2 IS NULL OR method = ?2)"
				       " AND (?3 IS NULL OR part = ?3) AND (?4 IS NULL OR metric = ?4)"
				       " ORDER BY method, part, CASE WHEN part IN ('horizon', 'bucket')"
				       " THEN CAST(member AS INTEGER) END, member, metric", e);
	if (status)
		return status;
	stmt_int(&s, 1, run);
	stmt_text(&s, 2, method);
	stmt_text(&s, 3, part);
	stmt_text(&s, 4, metric);
	while (stmt_step(&s)) {
		struct score row = { arena_strdup(a, stmt_get_text(&s, 0)),
				     arena_strdup(a, stmt_get_text(&s, 1)),
				     arena_strdup(a, stmt_get_text(&s, 2)),
				     arena_strdup(a, stmt_get_text(&s, 3)),
				     stmt_get_double(&s, 4), stmt_get_int(&s, 5) };
		VEC_PUSH(&found, row);
	}
	status = stmt_close(&s, e);
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, struct score, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	return status;
}
