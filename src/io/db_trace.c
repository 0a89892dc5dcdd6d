/* What came from what, by the hashes and numbers that each run recorded. */
#include "config.h"
#include "io/db_trace.h"

#include <stdlib.h>
#include <string.h>
#include "io/db_private.h"

static const char *kept(struct arena *a, struct stmt *s, int column)
{
	const char *text = stmt_get_text(s, column);
	return text ? arena_strdup(a, text) : NULL;
}

/* All rows of a query with the columns of trace_link; ?1 is `key`. */
static enum status links(struct db *db, const char *sql, int64_t key, struct arena *a, struct trace_link **out, int *n,
			 struct err *e)
{
	struct stmt s;
	VEC(struct trace_link) found = { 0 };
	enum status status = stmt_open(&s, db, sql, e);
	if (status)
		return status;
	stmt_int(&s, 1, key);
	while (stmt_step(&s))
		VEC_PUSH(&found, (struct trace_link){ kept(a, &s, 0), kept(a, &s, 1), kept(a, &s, 2), kept(a, &s, 3),
						      kept(a, &s, 4) });
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, struct trace_link, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	return stmt_close(&s, e);
}

enum status db_trace_run(struct db *db, const struct run_row *run, struct arena *a, struct trace_link **out, int *n,
			 struct err *e)
{
	return links(db,
		     "SELECT what, name, hash, at, note FROM ("
		     "SELECT 1 AS k, 0 AS m, 'run' AS what, CAST(seq AS TEXT) AS name, id AS hash, started AS at,"
		     " kind || ', ' || state AS note FROM run WHERE seq = ?1"
		     " UNION ALL SELECT 2, 0, 'data', (SELECT count(*) FROM data_snapshot d WHERE d.hash = r.data_hash)"
		     " || ' parts', data_hash, NULL, NULL FROM run r WHERE seq = ?1"
		     " UNION ALL SELECT 3, 0, 'config', NULL, config_hash, NULL, NULL FROM run WHERE seq = ?1"
		     " UNION ALL SELECT 4, 0, 'code', b.version, b.hash, NULL, NULL FROM run r JOIN build b"
		     " ON b.hash = r.code_hash WHERE r.seq = ?1"
		     " UNION ALL SELECT 5, 0, 'model', coalesce(CAST(v.version AS TEXT), 'not kept'),"
		     " coalesce(v.hash, r.model_hash), v.made_at, r.spec FROM run r LEFT JOIN model_version v"
		     " ON v.version = r.model WHERE r.seq = ?1"
		     " UNION ALL SELECT 6, 0, 'training', CAST(t.seq AS TEXT), t.id, t.started, t.trigger FROM run r"
		     " JOIN model_version v ON v.version = r.model JOIN run t ON t.seq = v.run WHERE r.seq = ?1"
		     " UNION ALL SELECT 7, b.id, 'file', CAST(b.id AS TEXT), b.sha256, b.known_at, b.path FROM run r"
		     " JOIN ingest_batch b ON b.id <= r.batch WHERE r.seq = ?1) ORDER BY k, m",
		     run->seq, a, out, n, e);
}

static enum status find_batch(struct db *db, const char *name, int64_t *out, struct err *e)
{
	struct stmt s;
	size_t length = strlen(name);
	int by_number = length && length < 6 && strspn(name, "0123456789") == length, found = 0;
	if (!by_number && (length < 6 || strspn(name, "0123456789abcdef") != length))
		return err_set(e, E_USAGE, "a file is named by its number or by six digits or more of its hash, not '%s'",
			       name);
	enum status status = stmt_open(&s, db, by_number ? "SELECT id FROM ingest_batch WHERE id = CAST(?1 AS INTEGER)"
							 : "SELECT id FROM ingest_batch WHERE substr(sha256, 1, length(?1)) = ?1",
				       e);
	if (status)
		return status;
	stmt_text(&s, 1, name);
	while (stmt_step(&s)) {
		*out = stmt_get_int(&s, 0);
		found++;
	}
	status = stmt_close(&s, e);
	if (!status && found > 1)
		return err_set(e, E_USAGE, "%d files have a hash that begins with '%s'", found, name);
	return status || found ? status : err_set(e, E_NOTFOUND, "no file taken in is '%s'", name);
}

enum status db_trace_batch(struct db *db, const char *batch, struct arena *a, struct trace_link **out, int *n,
			   struct err *e)
{
	int64_t id = 0;
	enum status status = find_batch(db, batch, &id, e);
	return status ? status :
			links(db,
			      "SELECT what, name, hash, at, note FROM ("
			      "SELECT 1 AS k, id AS m, 'file' AS what, CAST(id AS TEXT) AS name, sha256 AS hash,"
			      " known_at AS at, path AS note FROM ingest_batch WHERE id = ?1"
			      " UNION ALL SELECT 2, r.seq * 2, CASE WHEN r.published_hash IS NULL THEN 'run' ELSE 'forecast' END,"
			      " CAST(r.seq AS TEXT), coalesce(r.published_hash, r.id), r.started, r.kind || ', ' || r.state"
			      " FROM run r WHERE r.batch >= ?1"
			      " UNION ALL SELECT 2, r.seq * 2 + 1, 'model', CAST(v.version AS TEXT), v.hash, v.made_at, v.spec"
			      " FROM run r JOIN model_version v ON v.run = r.seq WHERE r.batch >= ?1) ORDER BY k, m",
			      id, a, out, n, e);
}

enum status db_file_kinds(struct db *db, struct arena *a, struct source_row **out, int *n, struct err *e)
{
	struct stmt s;
	VEC(struct source_row) found = { 0 };
	*n = 0;
	enum status status = stmt_open(&s, db, "SELECT b.format, b.owner, b.licence, b.path, b.known_at, g.files, g.rows,"
				       " g.until IS NULL, coalesce(g.until, 0) FROM (SELECT max(id) AS newest,"
				       " count(*) AS files, sum(rows) AS rows, max(day_max) AS until FROM ingest_batch"
				       " GROUP BY format) g JOIN ingest_batch b ON b.id = g.newest ORDER BY b.format", e);
	if (status)
		return status;
	while (stmt_step(&s))
		VEC_PUSH(&found, (struct source_row){ kept(a, &s, 0), kept(a, &s, 1), kept(a, &s, 2), kept(a, &s, 3),
						      kept(a, &s, 4), (int)stmt_get_int(&s, 5), stmt_get_int(&s, 6),
						      stmt_get_int(&s, 7) ? DAY_NONE : (day_t)stmt_get_int(&s, 8) });
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, struct source_row, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	return stmt_close(&s, e);
}

/* The published runs, newest first, without what they said. */
static enum status published(struct db *db, const struct calendar *calendar, period_t period, struct arena *a,
			     struct served_row **out, int *n, struct err *e)
{
	struct stmt s;
	VEC(struct served_row) found = { 0 };
	enum status status = stmt_open(&s, db, "SELECT seq, coalesce(model, 0), id, coalesce(ended, started), as_of, horizon"
				       " FROM run WHERE published_hash IS NOT NULL ORDER BY seq DESC", e);
	if (status)
		return status;
	while (stmt_step(&s)) {
		struct served_row r = { .run = stmt_get_int(&s, 0), .model = stmt_get_int(&s, 1), .as_of = (day_t)stmt_get_int(&s, 4) };
		r.step = period - period_of_day(calendar, r.as_of);
		if (r.step < 1 || r.step > stmt_get_int(&s, 5))
			continue;
		r.id = kept(a, &s, 2);
		r.ended = kept(a, &s, 3);
		VEC_PUSH(&found, r);
	}
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, struct served_row, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	return stmt_close(&s, e);
}

enum status db_trace_value(struct db *db, const struct calendar *calendar, const char *store, const char *item,
			   period_t period, struct arena *a, struct served_row **out, int *n, struct err *e)
{
	struct stmt s;
	int asked = 0;
	*n = 0;
	enum status status = published(db, calendar, period, a, out, &asked, e);
	if (!status)
		status = stmt_open(&s, db, "SELECT f.mean, f.q05, f.q10, f.q25, f.q50, f.q75, f.q90, f.q95, f.method, f.rung,"
				   " f.reason FROM forecast f WHERE f.run = ?1 AND f.step = ?2 AND f.series = (SELECT x.id"
				   " FROM series x JOIN store st ON st.id = x.store JOIN item it ON it.id = x.item"
				   " WHERE st.name = ?3 AND it.name = ?4)", e);
	if (status)
		return status;
	for (int k = 0; k < asked; k++) {
		struct served_row *r = &(*out)[k];
		stmt_reset(&s);
		stmt_int(&s, 1, r->run);
		stmt_int(&s, 2, r->step);
		stmt_text(&s, 3, store);
		stmt_text(&s, 4, item);
		if (!stmt_step(&s))
			continue;
		r->mean = stmt_get_double(&s, 0);
		for (int l = 0; l < 7; l++)
			r->q[l] = stmt_get_double(&s, 1 + l);
		r->method = kept(a, &s, 8);
		r->rung = (int)stmt_get_int(&s, 9);
		r->reason = kept(a, &s, 10);
		(*out)[(*n)++] = *r;
	}
	return stmt_close(&s, e);
}

enum status db_run_diff(struct db *db, int64_t one, int64_t other, int shift, int most, int64_t also,
			struct arena *a, struct diff_row **out, int *n, struct err *e)
{
	struct stmt s;
	VEC(struct diff_row) found = { 0 };
	*n = 0;
	enum status status = stmt_open(&s, db, "SELECT st.name, count(*), sum(d.changed), sum(d.one), sum(d.other) FROM ("
				       "SELECT f.series AS series, max(f.mean <> g.mean) AS changed, sum(f.mean) AS one,"
				       " sum(g.mean) AS other FROM forecast f JOIN forecast g ON g.run = ?2"
				       " AND g.series = f.series AND g.step = f.step + ?3 WHERE f.run = ?1 AND (?4 = 0 OR g.step <= ?4)"
				       " AND (?5 = 0 OR EXISTS (SELECT 1 FROM forecast h WHERE h.run = ?5 AND h.series ="
				       " f.series)) GROUP BY f.series) d"
				       " JOIN series x ON x.id = d.series JOIN store st ON st.id = x.store"
				       " GROUP BY st.name ORDER BY st.name", e);
	if (status)
		return status;
	stmt_int(&s, 1, one);
	stmt_int(&s, 2, other);
	stmt_int(&s, 3, shift);
	stmt_int(&s, 4, most);
	stmt_int(&s, 5, also);
	while (stmt_step(&s))
		VEC_PUSH(&found, (struct diff_row){ kept(a, &s, 0), (int)stmt_get_int(&s, 1), (int)stmt_get_int(&s, 2),
						    stmt_get_double(&s, 3), stmt_get_double(&s, 4) });
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, struct diff_row, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	return stmt_close(&s, e);
}
