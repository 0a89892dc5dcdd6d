/* Gate results and counts. */
#include "config.h"
#include "io/db_gate.h"

#include <math.h>
#include <string.h>
#include <stdlib.h>
#include "io/db_private.h"

enum status db_gates_write(struct db *db, int64_t version, int64_t against, day_t day,
			   const struct gate_keep *row, int n, struct err *e)
{
	struct stmt s;
	int64_t trial;
	char now[UTC_TEXT_MAX];
	enum status status = db_query_int(db, "SELECT coalesce(max(trial), 0) + 1 FROM gate_result", 1, &trial, e);
	if (!status)
		status = stmt_open(&s, db, "INSERT INTO gate_result(trial, at, day, version, against, gate, verdict,"
				   " value, threshold, text) VALUES(?1, ?2, ?3, ?4, nullif(?5, 0), ?6, ?7, ?8, ?9,"
				   " ?10)", e);
	if (status)
		return status;
	stmt_int(&s, 1, trial);
	stmt_text(&s, 2, db_utc_now(now));
	stmt_int(&s, 3, day);
	stmt_int(&s, 4, version);
	stmt_int(&s, 5, against);
	for (int k = 0; k < n; k++) {
		stmt_text(&s, 6, row[k].gate);
		stmt_text(&s, 7, row[k].verdict);
		stmt_double(&s, 8, row[k].value);
		stmt_double(&s, 9, row[k].threshold);
		stmt_text(&s, 10, row[k].text);
		stmt_run(&s);
	}
	return stmt_close(&s, e);
}

enum status db_gates_read(struct db *db, int64_t version, struct arena *a, struct gate_keep **out, int *n,
			  struct err *e)
{
	struct stmt s;
	VEC(struct gate_keep) found = { 0 };
	enum status status = stmt_open(&s, db, "SELECT gate, verdict, text, value, threshold FROM gate_result"
				       " WHERE trial = (SELECT max(trial) FROM gate_result WHERE version = ?1)"
				       " ORDER BY id", e);
	if (status)
		return status;
	stmt_int(&s, 1, version);
	while (stmt_step(&s))
		VEC_PUSH(&found, (struct gate_keep){ arena_strdup(a, stmt_get_text(&s, 0)),
						     arena_strdup(a, stmt_get_text(&s, 1)),
						     arena_strdup(a, stmt_get_text(&s, 2)), stmt_get_double(&s, 3),
						     stmt_get_double(&s, 4) });
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, struct gate_keep, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	return stmt_close(&s, e);
}

enum status db_gate_since(struct db *db, int64_t version, int64_t against, day_t *out, struct err *e)
{
	struct stmt s;
	*out = DAY_NONE;
	enum status status = stmt_open(
		&s, db, "SELECT max(day) FROM (SELECT min(as_of) AS day FROM model_version WHERE spec = (SELECT spec FROM"
		" model_version WHERE version = ?1) UNION ALL SELECT min(as_of) FROM model_version WHERE spec = (SELECT spec"
		" FROM model_version WHERE version = ?2) UNION ALL SELECT max(day) FROM model_alias_log WHERE alias IN"
		" ('promotion', 'rollback'))", e);
	if (status)
		return status;
	stmt_int(&s, 1, version);
	stmt_int(&s, 2, against);
	if (stmt_step(&s) && stmt_get_text(&s, 0))
		*out = (day_t)stmt_get_int(&s, 0);
	return stmt_close(&s, e);
}

enum status db_gates_day(struct db *db, day_t *out, struct err *e)
{
	int64_t day;
	enum status status = db_query_int(db, "SELECT max(day) FROM gate_result", DAY_NONE, &day, e);
	*out = (day_t)day;
	return status;
}

enum status db_gate_tries(struct db *db, int64_t version, int64_t against, int *out, struct err *e)
{
	struct stmt s;
	*out = 1;
	/* Refits of one recipe are one try: what is chosen among is recipes. */
	enum status status = stmt_open(
		&s, db, "SELECT count(DISTINCT m.spec) FROM (SELECT version FROM gate_result g WHERE g.against IN"
		" (SELECT version FROM model_version WHERE spec = (SELECT spec FROM model_version WHERE version = ?2))"
		" UNION SELECT ?1) v JOIN model_version m ON m.version = v.version", e);
	if (status)
		return status;
	stmt_int(&s, 1, version);
	stmt_int(&s, 2, against);
	if (stmt_step(&s))
		*out = (int)stmt_get_int(&s, 0);
	*out = *out < 1 ? 1 : *out;
	return stmt_close(&s, e);
}

/* Two numbers, NULL as NaN. */
static enum status two(struct db *db, const char *sql, int64_t version, double *x, double *y, struct err *e)
{
	struct stmt s;
	*x = *y = (double)NAN;
	enum status status = stmt_open(&s, db, sql, e);
	if (status)
		return status;
	stmt_int(&s, 1, version);
	if (stmt_step(&s)) {
		*x = stmt_get_double(&s, 0);
		*y = stmt_get_double(&s, 1);
	}
	return stmt_close(&s, e);
}

enum status db_gate_change(struct db *db, int64_t version, double *own, double *other, struct err *e)
{
	/* Periods are told by their place in table period only for the past, so runs a fixed number of steps apart
	 * are compared on daily and numbered calendars alone; elsewhere the gate is skipped. */
	return two(db, "WITH s AS (SELECT max(seq) AS seq FROM run WHERE kind = 'shadow' AND state = 'SHADOWED'"
		   " AND model = ?1), o AS (SELECT max(r.seq) AS seq FROM run r JOIN run x ON x.seq = (SELECT seq FROM s)"
		   " WHERE r.published_hash IS NOT NULL AND r.as_of = x.as_of), b AS (SELECT max(r.seq) AS seq, x.as_of -"
		   " r.as_of AS lag FROM run r JOIN run x ON x.seq = (SELECT seq FROM o) WHERE r.published_hash IS NOT NULL"
		   " AND r.as_of = x.as_of - 7)"
		   " SELECT (SELECT sum(abs(f.mean - g.mean)) / nullif(sum(f.mean), 0) FROM forecast f JOIN b JOIN forecast g"
		   " ON g.run = b.seq AND g.series = f.series AND g.step = f.step + 7 WHERE f.run = (SELECT seq FROM o)),"
		   " (SELECT sum(abs(f.mean - g.mean)) / nullif(sum(f.mean), 0) FROM forecast f JOIN forecast g ON g.run ="
		   " (SELECT seq FROM o) AND g.series = f.series AND g.step = f.step WHERE f.run = (SELECT seq FROM s))",
		   version, own, other, e);
}

enum status db_gate_cpu(struct db *db, int64_t version, double *shadow, double *served, struct err *e)
{
	return two(db, "SELECT (SELECT sum(cpu) FROM resource_use WHERE stage IN ('read','forecast','write') AND run ="
		   " (SELECT max(seq) FROM run WHERE kind = 'shadow' AND state = 'SHADOWED' AND model = ?1)),"
		   " (SELECT sum(cpu) FROM resource_use WHERE stage IN ('read','forecast','write') AND run ="
		   " (SELECT max(seq) FROM run WHERE published_hash IS NOT NULL AND model IS NOT NULL))",
		   version, shadow, served, e);
}

enum status db_sources(struct db *db, struct arena *a, const char ***out, int *n, struct err *e)
{
	struct stmt s;
	VEC(const char *) found = { 0 };
	enum status status = stmt_open(&s, db, "SELECT DISTINCT format FROM ingest_batch ORDER BY 1", e);
	if (status)
		return status;
	while (stmt_step(&s))
		VEC_PUSH(&found, arena_strdup(a, stmt_get_text(&s, 0)));
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, const char *, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	return stmt_close(&s, e);
}
