/* Copies, going back, SQL, retention. */
#include "config.h"
#include "io/db_admin.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/file.h"
#include "base/process.h"
#include "io/db_audit.h"
#include "io/db_sales.h"
#include "io/db_private.h"

/* ---- copies ---- */

static enum status sync_file(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int bad = fd < 0 || fsync(fd);
	if (fd >= 0)
		close(fd);
	return bad ? err_set(e, E_IO, "cannot sync '%s'", path) : OK;
}

enum status db_copy(struct db *db, const char *path, struct err *e)
{
	struct stmt s;
	struct buf part = { 0 };
	if (file_exists(path))
		return err_set(e, E_USAGE, "'%s' is there already", path);
	buf_addf(&part, "%s.part", path);
	unlink(part.text);
	/* The other file is written, never this one, which is open for reading alone where that was asked. */
	enum status status = db_exec(db, "PRAGMA query_only = 0", e);
	if (!status)
		status = stmt_open(&s, db, "VACUUM INTO ?1", e);
	if (!status) {
		stmt_text(&s, 1, part.text);
		stmt_run(&s);
		status = stmt_close(&s, e);
	}
	if (!status && db->mode == DB_READ)
		status = db_exec(db, "PRAGMA query_only = 1", e);
	FAILPOINT("copy.written");
	if (!status)
		status = sync_file(part.text, e);
	if (!status && rename(part.text, path))
		status = err_set(e, E_IO, "cannot rename '%s' to '%s'", part.text, path);
	if (status)
		unlink(part.text);
	buf_release(&part);
	return status;
}

/* ---- back ---- */

static enum status undo_tables(struct db *db, int64_t batch, struct err *e)
{
	struct stmt s;
	VEC(char *) sql = { 0 };
	enum status status = stmt_open(&s, db, "SELECT sql FROM undo_log WHERE batch > ?1 ORDER BY n DESC", e);
	if (status)
		return status;
	stmt_int(&s, 1, batch);
	while (stmt_step(&s))
		VEC_PUSH(&sql, xstrdup(stmt_get_text(&s, 0)));
	status = stmt_close(&s, e);
	if (!status)
		status = db_begin(db, e);
	for (size_t k = 0; !status && k < sql.n; k++)
		status = db_exec(db, sql.at[k], e);
	if (!status)
		status = db_commit(db, e);
	if (status)
		db_rollback(db);
	for (size_t k = 0; k < sql.n; k++)
		free(sql.at[k]);
	VEC_FREE(&sql);
	return status;
}

static enum status forget(struct db *db, const char *sql, int64_t parameter, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, sql, e);
	if (status)
		return status;
	stmt_int(&s, 1, parameter);
	stmt_run(&s);
	return stmt_close(&s, e);
}

static enum status undo_batches(struct db *db, int64_t batch, struct err *e)
{
	for (;;) {
		int64_t newest;
		enum status status = db_query_int(db, "SELECT max(id) FROM ingest_batch", 0, &newest, e);
		if (!status && newest > batch)
			status = db_batch_forget(db, newest, e);
		if (status || newest <= batch)
			return status;
	}
}

enum status db_go_back(struct db *db, int64_t batch, day_t day, int64_t unchecked, struct err *e)
{
	static const char *const later[] = { "DELETE FROM dq_finding WHERE as_of > ?1",
					     "DELETE FROM stock WHERE day > ?1" };
	static const char forget_checks[] = "DELETE FROM meta WHERE key = 'states_until' AND CAST(value AS INTEGER) > ?1",
			  as_nights_left[] = "UPDATE meta SET value = coalesce((SELECT max(as_of) FROM run"
			  " WHERE kind = 'nightly' AND seq < ?1), -2147483648) WHERE key = 'states_until'"
			  " AND EXISTS (SELECT 1 FROM run WHERE kind = 'nightly' AND seq > ?1)";
	enum status status = undo_tables(db, batch, e);
	if (!status)
		status = undo_batches(db, batch, e);
	for (size_t k = 0; !status && k < sizeof later / sizeof *later; k++)
		status = forget(db, later[k], day, e);
	if (!status)
		status = unchecked ? forget(db, as_nights_left, unchecked, e) : forget(db, forget_checks, day, e);
	return status;
}

enum status db_run_origin(struct db *db, int64_t seq, struct run_origin *out, struct err *e)
{
	struct stmt s;
	*out = (struct run_origin){ .asked = DAY_NONE };
	enum status status = stmt_open(&s, db, "SELECT coalesce(batch, 0), asked IS NOT NULL, coalesce(asked, 0),"
				       " coalesce(canary, 0), coalesce(canary_share, 0.0) FROM run WHERE seq = ?1", e);
	if (status)
		return status;
	stmt_int(&s, 1, seq);
	if (stmt_step(&s)) {
		out->batch = stmt_get_int(&s, 0);
		out->asked = stmt_get_int(&s, 1) ? (day_t)stmt_get_int(&s, 2) : DAY_NONE;
		out->canary = stmt_get_int(&s, 3);
		out->canary_share = stmt_get_double(&s, 4);
	}
	return stmt_close(&s, e);
}

/* ---- snapshots ---- */

static enum status has_snapshot(struct db *db, const char *hash, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT 1 FROM data_snapshot WHERE hash = ?1 LIMIT 1", e);
	if (status)
		return status;
	stmt_text(&s, 1, hash);
	int there = stmt_step(&s);
	status = stmt_close(&s, e);
	return status || there ? status : err_set(e, E_NOTFOUND, "no snapshot of the data has the hash '%.12s'", hash);
}

enum status db_snapshot_diff(struct db *db, const char *one, const char *other, struct arena *a,
			     const char ***out, int *n, struct err *e)
{
	struct stmt s;
	VEC(const char *) found = { 0 };
	*n = 0;
	enum status status = has_snapshot(db, one, e);
	if (!status)
		status = has_snapshot(db, other, e);
	if (!status)
		status = stmt_open(&s, db, "SELECT part FROM (SELECT part, sha256 FROM data_snapshot WHERE hash = ?1 UNION"
				   " SELECT part, sha256 FROM data_snapshot WHERE hash = ?2) GROUP BY part"
				   " HAVING count(*) > 1 OR part NOT IN (SELECT part FROM data_snapshot WHERE hash = ?1)"
				   " OR part NOT IN (SELECT part FROM data_snapshot WHERE hash = ?2) ORDER BY part", e);
	if (status)
		return status;
	stmt_text(&s, 1, one);
	stmt_text(&s, 2, other);
	while (stmt_step(&s))
		VEC_PUSH(&found, arena_strdup(a, stmt_get_text(&s, 0)));
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, const char *, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	return stmt_close(&s, e);
}

enum status db_snapshots(struct db *db, int limit, struct arena *a, struct snapshot_row **out, int *n,
			 struct err *e)
{
	struct stmt s;
	*out = ARENA_ARRAY(a, struct snapshot_row, limit + 1);
	*n = 0;
	enum status status = stmt_open(&s, db, "SELECT min(r.seq), min(r.as_of), r.data_hash, min(r.started),"
				       " (SELECT count(*) FROM data_snapshot d WHERE d.hash = r.data_hash) FROM run r"
				       " WHERE EXISTS (SELECT 1 FROM data_snapshot d WHERE d.hash = r.data_hash)"
				       " GROUP BY r.data_hash ORDER BY 1 DESC LIMIT ?1", e);
	if (status)
		return status;
	stmt_int(&s, 1, limit);
	while (*n < limit && stmt_step(&s))
		(*out)[(*n)++] = (struct snapshot_row){ stmt_get_int(&s, 0), (day_t)stmt_get_int(&s, 1),
							arena_strdup(a, stmt_get_text(&s, 2)),
							arena_strdup(a, stmt_get_text(&s, 3)), (int)stmt_get_int(&s, 4) };
	return stmt_close(&s, e);
}

/* ---- SQL ---- */

enum status db_sql(struct db *db, const char *sql, sql_row *seen, void *context, struct err *e)
{
	sqlite3_stmt *handle = NULL;
	const char *rest = NULL;
	int rc = sqlite3_prepare_v2(db->handle, sql, -1, &handle, &rest);
	if (rc)
		return err_set(e, E_USAGE, "SQL: %s", sqlite3_errmsg(db->handle));
	int more = rest && rest[strspn(rest, " \t\r\n;")];
	if (!handle || more || !sqlite3_stmt_readonly(handle) || !sqlite3_column_count(handle)) {
		sqlite3_finalize(handle);
		return err_set(e, E_USAGE, more ? "one statement at a time" : "only statements that read are taken");
	}
	int n = sqlite3_column_count(handle), row = 0;
	const char **value = NEW_ARRAY(const char *, n);
	for (int k = 0; k < n; k++)
		value[k] = sqlite3_column_name(handle, k);
	seen(context, -1, n, value);
	while ((rc = sqlite3_step(handle)) == SQLITE_ROW) {
		for (int k = 0; k < n; k++)
			value[k] = (const char *)sqlite3_column_text(handle, k);
		seen(context, row++, n, value);
	}
	free(value);
	sqlite3_finalize(handle);
	return rc == SQLITE_DONE ? OK : db_error(db, rc, "cannot read", e);
}

/* ---- retention ---- */

/* Runs whose rows may be thinned: published or shadowed, older than what stays, and (?3) their whole horizon is a
 * month past, so that all of it has been judged. */
#define OLD_RUNS                                                                                   \
	" (SELECT seq FROM run WHERE kind IN ('nightly','run','shadow') AND as_of < ?1 AND as_of + 30 + horizon * (CASE"      \
	" coalesce((SELECT value FROM meta WHERE key = 'period'), 'day') WHEN 'week' THEN 7 WHEN 'month' THEN 31 ELSE 1 END)" \
	" <= ?3 AND seq NOT IN (SELECT seq FROM run WHERE published_hash IS NOT NULL ORDER BY seq DESC LIMIT ?2) AND seq NOT IN (SELECT run FROM pointer))"

/* Versions that nothing needs: no alias, no run that stays, none of the last three champions. */
#define IDLE_VERSIONS                                                                              \
	" (SELECT version FROM model_version v WHERE version NOT IN (SELECT version FROM model_alias)"                 \
	" AND version NOT IN (SELECT model FROM run WHERE model IS NOT NULL AND (as_of >= ?1 OR seq IN (SELECT seq FROM run"  \
	" WHERE published_hash IS NOT NULL ORDER BY seq DESC LIMIT ?2) OR seq IN (SELECT run FROM pointer)))"              \
	" AND version NOT IN (SELECT version FROM (SELECT version, max(seq) AS s FROM model_alias_log WHERE alias ="       \
	" 'champion' GROUP BY version) ORDER BY s DESC LIMIT 3)"                                                    \
	" AND version NOT IN (SELECT version FROM gate_result UNION SELECT against FROM gate_result WHERE against IS NOT"   \
	" NULL))"

static enum status gc_step(struct db *db, const struct gc_plan *p, const char *count, const char *remove,
			   int64_t *out, struct err *e)
{
	const char *sql[2] = { count, p->dry ? NULL : remove };
	for (int k = 0; k < 2 && sql[k]; k++) {
		struct stmt s;
		enum status status = stmt_open(&s, db, sql[k], e);
		if (status)
			return status;
		int n = sqlite3_bind_parameter_count(s.handle);
		if (n > 0)
			stmt_int(&s, 1, p->today - p->keep_days);
		if (n > 1)
			stmt_int(&s, 2, p->keep_runs);
		if (n > 2)
			stmt_int(&s, 3, p->unjudged ? INT32_MAX : p->today);
		if (k == 0)
			*out = stmt_step(&s) ? stmt_get_int(&s, 0) : 0;
		else
			stmt_run(&s);
		status = stmt_close(&s, e);
		if (status)
			return status;
	}
	return OK;
}

static enum status collect_garbage(struct db *db, const struct gc_plan *p, struct gc_result *out, struct err *e)
{
	int64_t none;
	const struct {
		const char *count, *remove;
		int64_t *n;
	} step[] = {
		{ "SELECT count(DISTINCT run) FROM forecast WHERE run IN" OLD_RUNS " AND step NOT IN (1, 7, 14, 28)", NULL,
		  &out->runs_thinned },
		{ "SELECT count(*) FROM forecast WHERE run IN" OLD_RUNS " AND step NOT IN (1, 7, 14, 28)",
		  "DELETE FROM forecast WHERE run IN" OLD_RUNS " AND step NOT IN (1, 7, 14, 28)", &out->forecast_rows },
		{ "SELECT 0", "DELETE FROM forecast_level WHERE run IN" OLD_RUNS, &none },
		{ "SELECT 0", "DELETE FROM forecast_node WHERE run IN" OLD_RUNS " AND step NOT IN (1, 7, 14, 28)", &none },
		{ "SELECT 0", "DELETE FROM model_part WHERE version IN" IDLE_VERSIONS, &none },
		{ "SELECT count(*) FROM model_version WHERE version IN" IDLE_VERSIONS
		  " AND version NOT IN (SELECT version FROM model_fact WHERE name = 'forgotten')",
		  "INSERT OR IGNORE INTO model_fact SELECT version, 'forgotten', 'db gc' FROM model_version WHERE version IN"
		  IDLE_VERSIONS, &out->versions },
		{ "SELECT count(*) FROM resid WHERE role = 'replay' AND week < (?1 - 1095) / 7",
		  "DELETE FROM resid WHERE week < (?1 - 1095) / 7 AND EXISTS (SELECT 1 FROM meta WHERE key = 'period' AND"
		  " value = 'day')", &out->resid_weeks },
		{ "SELECT count(*) FROM monitor_stat WHERE day < ?1", "DELETE FROM monitor_stat WHERE day < ?1", &out->stats },
		{ "SELECT count(*) FROM training_part WHERE made_at < strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-7 days')",
		  "DELETE FROM training_part WHERE made_at < strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-7 days')", &out->parts },
	};
	enum status status = OK;
	for (size_t k = 0; !status && k < sizeof step / sizeof *step; k++)
		status = gc_step(db, p, step[k].count, step[k].remove, step[k].n, e);
	return status;
}

/* The day of it, and a row of the audit where anything went. */
static enum status note_gc(struct db *db, const struct gc_plan *plan, const struct gc_result *r, struct err *e)
{
	char day[24], what[80];
	snprintf(day, sizeof day, "%d", (int)plan->today);
	snprintf(what, sizeof what, "%lld runs thinned, %lld versions forgotten", (long long)r->runs_thinned,
		 (long long)r->versions);
	enum status status = db_set_meta(db, GC_DAY, day, e);
	if (!status && (r->runs_thinned || r->versions))
		status = db_audit_add(db, &(struct audit_entry){ .action = "retention", .object = what }, e);
	return status;
}

enum status db_gc(struct db *db, const struct gc_plan *plan, struct gc_result *out, struct err *e)
{
	*out = (struct gc_result){ 0 };
	enum status status = db_begin(db, e);
	if (status)
		return status;
	status = collect_garbage(db, plan, out, e);
	if (!status && !plan->dry)
		status = note_gc(db, plan, out, e);
	FAILPOINT("gc.commit");
	if (!status)
		status = db_commit(db, e);
	if (status)
		db_rollback(db);
	return status;
}

enum status db_compact(struct db *db, struct err *e)
{
	return db_exec(db, "VACUUM", e);
}
