/* Lists that only a report asks for. */
#include "config.h"
#include "io/db_report.h"

#include <stdlib.h>
#include <string.h>
#include "io/db_private.h"

static const char *kept_text(struct stmt *s, int column, struct arena *a)
{
	const char *text = stmt_get_text(s, column);
	return arena_strdup(a, text ? text : "");
}

enum status db_ledger(struct db *db, int limit, struct arena *a, struct ledger_row **out, int *n,
		      struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT id, rows, new, changed, rejected, path, known_at"
				       " FROM ingest_batch ORDER BY id DESC LIMIT ?1", e);
	if (status)
		return status;
	*out = ARENA_ARRAY(a, struct ledger_row, limit + 1);
	*n = 0;
	stmt_int(&s, 1, limit);
	while (*n < limit && stmt_step(&s)) {
		struct ledger_row *row = &(*out)[(*n)++];
		row->id = stmt_get_int(&s, 0);
		row->rows = stmt_get_int(&s, 1);
		row->added = stmt_get_int(&s, 2);
		row->changed = stmt_get_int(&s, 3);
		row->rejected = stmt_get_int(&s, 4);
		row->path = kept_text(&s, 5, a);
		row->known_at = kept_text(&s, 6, a);
	}
	return stmt_close(&s, e);
}

enum status db_events(struct db *db, const char *store, day_t from, day_t until, struct arena *a,
		      struct event **out, size_t *n, struct err *e)
{
	struct stmt s;
	VEC(struct event) all = { 0 };
	enum status status = stmt_open(&s, db, "SELECT c.day, s.name, c.name, c.type, c.closed FROM"
				       " calendar_event c LEFT JOIN store s ON s.id = c.store"
				       " WHERE c.day BETWEEN ?1 AND ?2 AND (c.store = 0 OR s.name = ?3)"
				       " ORDER BY c.day, s.name, c.name", e);
	if (status)
		return status;
	stmt_int(&s, 1, from);
	stmt_int(&s, 2, until);
	stmt_text(&s, 3, store);
	while (stmt_step(&s))
		VEC_PUSH(&all, (struct event){ (day_t)stmt_get_int(&s, 0),
					       stmt_get_text(&s, 1) ? kept_text(&s, 1, a) : NULL,
					       kept_text(&s, 2, a), kept_text(&s, 3, a),
					       (int)stmt_get_int(&s, 4) });
	*n = all.n;
	*out = ARENA_ARRAY(a, struct event, all.n + 1);
	if (all.n)
		memcpy(*out, all.at, all.n * sizeof *all.at);
	VEC_FREE(&all);
	return stmt_close(&s, e);
}
