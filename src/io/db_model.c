/* Model versions and aliases. */
#include "config.h"
#include "io/db_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/process.h"
#include "io/db_audit.h"
#include "io/db_private.h"

#define MODEL_COLUMNS                                                                              \
	"m.version, m.method, m.spec, m.hash, m.data_hash, m.config_hash, m.made_at, m.as_of,"      \
	" m.series, m.bytes, coalesce((SELECT group_concat(alias) FROM (SELECT alias FROM"          \
	" model_alias a WHERE a.version = m.version ORDER BY alias)), '')"

static void read_model(struct stmt *s, struct arena *a, struct model_row *out)
{
	const char **text[] = { &out->method, &out->spec, &out->hash, &out->data_hash,
				&out->config_hash, &out->made_at };
	out->version = stmt_get_int(s, 0);
	for (int k = 0; k < 6; k++)
		*text[k] = arena_strdup(a, stmt_get_text(s, 1 + k));
	out->as_of = (day_t)stmt_get_int(s, 7);
	out->series = (int)stmt_get_int(s, 8);
	out->bytes = stmt_get_int(s, 9);
	out->aliases = arena_strdup(a, stmt_get_text(s, 10));
}

enum status db_model_begin(struct db *db, int64_t *version, struct err *e)
{
	/* The number comes first: the parts name it. Foreign keys are looked at when it commits. */
	enum status status = db_exec(db, "PRAGMA defer_foreign_keys = 1", e);
	if (!status)
		status = db_query_int(db, "SELECT coalesce(max(v), 0) + 1 FROM (SELECT max(version) AS v FROM"
				      " model_version UNION ALL SELECT seq FROM sqlite_sequence"
				      " WHERE name = 'model_version')", 1, version, e);
	return status;
}

enum status db_model_part(struct db *db, int64_t version, int part, const char *name,
			  const void *blob, size_t n, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "INSERT INTO model_part VALUES(?1, ?2, ?3, ?4)", e);
	if (status)
		return status;
	stmt_int(&s, 1, version);
	stmt_int(&s, 2, part);
	stmt_text(&s, 3, name);
	stmt_blob(&s, 4, blob, n);
	stmt_run(&s);
	return stmt_close(&s, e);
}

static enum status same_hash(struct db *db, const char *hash, int64_t *version, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT version FROM model_version WHERE hash = ?1", e);
	if (status)
		return status;
	stmt_text(&s, 1, hash);
	*version = stmt_step(&s) ? stmt_get_int(&s, 0) : 0;
	return stmt_close(&s, e);
}

enum status db_model_keep(struct db *db, const struct model_row *row, int64_t *version, struct err *e)
{
	struct stmt s;
	int64_t same = 0;
	char now[UTC_TEXT_MAX];
	enum status status = same_hash(db, row->hash, &same, e);
	if (!status && same) {
		status = stmt_open(&s, db, "DELETE FROM model_part WHERE version = ?1", e);
		if (status)
			return status;
		stmt_int(&s, 1, *version);
		stmt_run(&s);
		*version = same;
		return stmt_close(&s, e);
	}
	if (!status)
		status = stmt_open(&s, db, "INSERT INTO model_version(version, method, spec, as_of, series,"
				   " data_hash, config_hash, code_hash, hash, bytes, made_at, run)"
				   " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, '', ?8, ?9, ?10, nullif(?11, 0))", e);
	if (status)
		return status;
	stmt_int(&s, 1, *version);
	stmt_text(&s, 2, row->method);
	stmt_text(&s, 3, row->spec);
	stmt_int(&s, 4, row->as_of);
	stmt_int(&s, 5, row->series);
	stmt_text(&s, 6, row->data_hash);
	stmt_text(&s, 7, row->config_hash);
	stmt_text(&s, 8, row->hash);
	stmt_int(&s, 9, row->bytes);
	stmt_text(&s, 10, db_utc_now(now));
	stmt_int(&s, 11, row->run);
	stmt_run(&s);
	return stmt_close(&s, e);
}

static enum status log_alias(struct db *db, const char *alias, int64_t version, int64_t before,
			     const char *reason, struct err *e)
{
	struct stmt s;
	char now[UTC_TEXT_MAX];
	enum status status = stmt_open(&s, db, "INSERT INTO model_alias_log(at, day, alias, version, before, reason)"
				       " VALUES(?1, coalesce((SELECT max(day) FROM sales), 0), ?2,"
				       " nullif(?3, 0), nullif(?4, 0), ?5)", e);
	if (status)
		return status;
	stmt_text(&s, 1, db_utc_now(now));
	stmt_text(&s, 2, alias);
	stmt_int(&s, 3, version);
	stmt_int(&s, 4, before);
	stmt_text(&s, 5, reason ? reason : "");
	stmt_run(&s);
	return stmt_close(&s, e);
}

/* The version that an alias names; 0: none. */
static enum status alias_at(struct db *db, const char *alias, int64_t *version, struct err *e)
{
	struct stmt s;
	*version = 0;
	enum status status = stmt_open(&s, db, "SELECT version FROM model_alias WHERE alias = ?1", e);
	if (status)
		return status;
	stmt_text(&s, 1, alias);
	if (stmt_step(&s))
		*version = stmt_get_int(&s, 0);
	return stmt_close(&s, e);
}

/* Points an alias at a version (0: takes it away), with its row in the log and in the audit. */
static enum status set_alias(struct db *db, const char *alias, int64_t version, const char *reason, struct err *e)
{
	struct stmt s;
	char now[UTC_TEXT_MAX], from[24], to[24];
	int64_t before;
	enum status status = alias_at(db, alias, &before, e);
	if (status || before == version)
		return status;
	status = stmt_open(&s, db, version ? "INSERT OR REPLACE INTO model_alias VALUES(?1, ?2, ?3)"
					   : "DELETE FROM model_alias WHERE alias = ?1", e);
	if (status)
		return status;
	stmt_text(&s, 1, alias);
	if (version) {
		stmt_int(&s, 2, version);
		stmt_text(&s, 3, db_utc_now(now));
	}
	stmt_run(&s);
	status = stmt_close(&s, e);
	if (!status)
		status = log_alias(db, alias, version, before, reason, e);
	snprintf(from, sizeof from, "%lld", (long long)before);
	snprintf(to, sizeof to, "%lld", (long long)version);
	const struct audit_entry entry = { .action = "alias", .object = alias, .before = before ? from : NULL,
					   .after = version ? to : NULL, .reason = reason };
	return status ? status : db_audit_add(db, &entry, e);
}

enum status db_model_alias(struct db *db, const char *alias, int64_t version, const char *reason, struct err *e)
{
	int64_t before = 0;
	enum status status = OK;
	if (!strcmp(alias, "champion")) {
		status = alias_at(db, "champion", &before, e);
		if (!status && before && before != version)
			status = set_alias(db, "previous", before, reason, e);
	}
	return status ? status : set_alias(db, alias, version, reason, e);
}

enum status db_model_unalias(struct db *db, const char *alias, int64_t version, struct err *e)
{
	int64_t now;
	enum status status = alias_at(db, alias, &now, e);
	return status || now != version ? status : set_alias(db, alias, 0, NULL, e);
}

enum status db_model_log(struct db *db, const char *what, int64_t version, int64_t before, const char *reason,
			 struct err *e)
{
	return log_alias(db, what, version, before, reason, e);
}

/* The newest run that a version published whose horizon has not passed; 0: none. */
static enum status valid_run(struct db *db, int64_t version, int64_t *run, struct err *e)
{
	struct stmt s;
	*run = 0;
	enum status status = stmt_open(
		&s, db, "SELECT seq FROM run r WHERE model = ?1 AND published_hash IS NOT NULL AND (SELECT count(*)"
		" FROM period WHERE day > r.as_of) < r.horizon"
		" ORDER BY as_of DESC, seq DESC LIMIT 1", e);
	if (status)
		return status;
	stmt_int(&s, 1, version);
	if (stmt_step(&s))
		*run = stmt_get_int(&s, 0);
	return stmt_close(&s, e);
}

static enum status point_back(struct db *db, int64_t run, const char *reason, struct err *e)
{
	struct stmt s;
	char object[40];
	enum status status = stmt_open(&s, db, "UPDATE pointer SET run = ?1 WHERE name = 'published'", e);
	if (status)
		return status;
	stmt_int(&s, 1, run);
	stmt_run(&s);
	status = stmt_close(&s, e);
	snprintf(object, sizeof object, "run %lld", (long long)run);
	const struct audit_entry entry = { .action = "republish", .object = object, .reason = reason };
	return status ? status : db_audit_add(db, &entry, e);
}

static enum status roll_back(struct db *db, int64_t *version, int64_t *run, const char *reason, struct err *e)
{
	int64_t champion;
	enum status status = alias_at(db, "champion", &champion, e);
	if (!status && !*version)
		status = alias_at(db, "previous", version, e);
	if (!status && !*version)
		status = err_set(e, E_NOTFOUND, "there is no model before the champion to go back to");
	if (!status && *version == champion)
		status = err_set(e, E_USAGE, "version %lld is the champion already", (long long)champion);
	if (!status)
		status = set_alias(db, "champion", *version, reason, e);
	FAILPOINT("rollback.alias");
	if (!status && champion)
		status = set_alias(db, "previous", champion, reason, e);
	if (!status)
		status = log_alias(db, "rollback", *version, champion, reason, e);
	if (!status)
		status = valid_run(db, *version, run, e);
	return status || !*run ? status : point_back(db, *run, reason, e);
}

enum status db_model_rollback(struct db *db, int64_t *version, int64_t *run, const char *reason, struct err *e)
{
	*run = 0;
	enum status status = db_begin(db, e);
	if (status)
		return status;
	status = roll_back(db, version, run, reason, e);
	FAILPOINT("rollback.commit");
	if (!status)
		status = db_commit(db, e);
	if (status)
		db_rollback(db);
	return status;
}

enum status db_model_moves(struct db *db, int limit, struct arena *a, struct alias_move **out, int *n, struct err *e)
{
	struct stmt s;
	*out = ARENA_ARRAY(a, struct alias_move, limit + 1);
	*n = 0;
	enum status status = stmt_open(&s, db, "SELECT day, alias, reason, coalesce(version, 0), coalesce(before, 0)"
				       " FROM model_alias_log WHERE alias <> 'previous' ORDER BY seq DESC LIMIT ?1", e);
	if (status)
		return status;
	stmt_int(&s, 1, limit);
	while (*n < limit && stmt_step(&s))
		(*out)[(*n)++] = (struct alias_move){ (day_t)stmt_get_int(&s, 0), arena_strdup(a, stmt_get_text(&s, 1)),
						      arena_strdup(a, stmt_get_text(&s, 2)), stmt_get_int(&s, 3),
						      stmt_get_int(&s, 4) };
	return stmt_close(&s, e);
}

enum status db_model_promoted_from(struct db *db, int64_t *version, struct err *e)
{
	return db_query_int(db, "SELECT before FROM model_alias_log WHERE alias = 'promotion' ORDER BY seq DESC LIMIT 1",
			    0, version, e);
}

enum status db_model_days_since(struct db *db, const char *alias, day_t *out, struct err *e)
{
	struct stmt s;
	*out = DAY_NONE;
	enum status status = stmt_open(&s, db, "SELECT day FROM model_alias_log WHERE alias = ?1 ORDER BY seq DESC"
				       " LIMIT 1", e);
	if (status)
		return status;
	stmt_text(&s, 1, alias);
	if (stmt_step(&s))
		*out = (day_t)stmt_get_int(&s, 0);
	return stmt_close(&s, e);
}

static day_t day_at(struct stmt *s, int column)
{
	return stmt_get_text(s, column) ? (day_t)stmt_get_int(s, column) : DAY_NONE;
}

enum status db_canary_days(struct db *db, int64_t version, double share, struct canary_days *out, struct err *e)
{
	struct stmt s;
	*out = (struct canary_days){ DAY_NONE, DAY_NONE, DAY_NONE };
	/* Of several runs for one origin the last stands. */
	enum status status = stmt_open(
		&s, db, "WITH r AS (SELECT max(seq), as_of, canary, canary_share FROM run WHERE published_hash IS NOT NULL"
		" GROUP BY as_of), f AS (SELECT min(as_of) AS day FROM r WHERE canary = ?1 AND as_of >="
		" (SELECT day FROM model_alias_log WHERE alias = 'canary' AND version = ?1 ORDER BY seq DESC LIMIT 1))"
		" SELECT f.day, (SELECT min(as_of) FROM r WHERE canary = ?1 AND as_of >= f.day AND as_of >"
		" (SELECT coalesce(max(as_of), f.day - 1) FROM r WHERE as_of >= f.day AND (canary IS NOT ?1 OR"
		" canary_share IS NOT ?2))),"
		" (SELECT max(as_of) FROM r WHERE canary IS NOT NULL AND as_of < f.day) FROM f", e);
	if (status)
		return status;
	stmt_int(&s, 1, version);
	stmt_double(&s, 2, share);
	if (stmt_step(&s))
		*out = (struct canary_days){ day_at(&s, 0), day_at(&s, 1), day_at(&s, 2) };
	return stmt_close(&s, e);
}

enum status db_model_find(struct db *db, const char *name, struct arena *a, struct model_row *out,
			  struct err *e)
{
	struct stmt s;
	char *end;
	long long version = strtoll(name, &end, 10);
	enum status status = stmt_open(&s, db, "SELECT " MODEL_COLUMNS " FROM model_version m WHERE"
				       " m.version = ?1 OR m.version = (SELECT version FROM model_alias"
				       " WHERE alias = ?2)", e);
	if (status)
		return status;
	stmt_int(&s, 1, *end || !*name ? -1 : version);
	stmt_text(&s, 2, name);
	int found = stmt_step(&s);
	if (found)
		read_model(&s, a, out);
	status = stmt_close(&s, e);
	return status || found ? status
		: err_set(e, E_NOTFOUND, "model '%s' is not there: 'forecast models list' lists them", name);
}

enum status db_models(struct db *db, struct arena *a, struct model_row **out, int *n, struct err *e)
{
	struct stmt s;
	VEC(struct model_row) found = { 0 };
	enum status status = stmt_open(&s, db, "SELECT " MODEL_COLUMNS " FROM model_version m"
				       " ORDER BY m.version DESC", e);
	if (status)
		return status;
	while (stmt_step(&s)) {
		struct model_row row;
		read_model(&s, a, &row);
		VEC_PUSH(&found, row);
	}
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, struct model_row, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	return stmt_close(&s, e);
}

enum status db_model_parts(struct db *db, int64_t version, struct arena *a, struct model_part **out, int *n,
			   struct err *e)
{
	struct stmt s;
	VEC(struct model_part) found = { 0 };
	enum status status = stmt_open(&s, db, "SELECT name, length(blob) FROM model_part WHERE version = ?1"
				       " ORDER BY part", e);
	if (status)
		return status;
	stmt_int(&s, 1, version);
	while (stmt_step(&s)) {
		struct model_part part = { arena_strdup(a, stmt_get_text(&s, 0)), stmt_get_int(&s, 1) };
		VEC_PUSH(&found, part);
	}
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, struct model_part, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	return stmt_close(&s, e);
}

enum status db_model_blob(struct db *db, int64_t version, const char *name, struct buf *out, int *found,
			  struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT blob FROM model_part WHERE version = ?1"
				       " AND name = ?2", e);
	if (status)
		return status;
	stmt_int(&s, 1, version);
	stmt_text(&s, 2, name);
	*found = stmt_step(&s);
	if (*found) {
		size_t n;
		const void *blob = stmt_get_blob(&s, 0, &n);
		buf_add(out, blob, n);
	}
	return stmt_close(&s, e);
}

/* ---- parts of a training ---- */

enum status db_part_get(struct db *db, const char *key, struct buf *out, int *found, struct err *e)
{
	struct stmt s;
	*found = 0;
	enum status status = stmt_open(&s, db, "SELECT blob FROM training_part WHERE key = ?1", e);
	if (status)
		return status;
	stmt_text(&s, 1, key);
	*found = stmt_step(&s);
	if (*found) {
		size_t n;
		const void *blob = stmt_get_blob(&s, 0, &n);
		buf_add(out, blob, n);
	}
	return stmt_close(&s, e);
}

enum status db_part_put(struct db *db, const char *key, const char *base, const char *name,
			const struct buf *blob, struct err *e)
{
	struct stmt s;
	char now[UTC_TEXT_MAX];
	enum status status = stmt_open(&s, db, "INSERT OR REPLACE INTO training_part"
				       " VALUES(?1, ?2, ?3, ?4, ?5)", e);
	if (status)
		return status;
	stmt_text(&s, 1, key);
	stmt_text(&s, 2, base);
	stmt_text(&s, 3, name);
	stmt_blob(&s, 4, blob->n ? blob->text : "", blob->n);
	stmt_text(&s, 5, db_utc_now(now));
	FAILPOINT("part.before");
	stmt_run(&s);
	status = stmt_close(&s, e);
	FAILPOINT("part.kept");
	return status;
}

enum status db_part_keep(struct db *db, const char *key, int64_t version, int part, const char *name,
			 struct err *e)
{
	struct stmt s;
	int64_t kept = 0;
	enum status status = stmt_open(&s, db, "INSERT INTO model_part SELECT ?1, ?2, ?3, blob"
				       " FROM training_part WHERE key = ?4", e);
	if (status)
		return status;
	stmt_int(&s, 1, version);
	stmt_int(&s, 2, part);
	stmt_text(&s, 3, name);
	stmt_text(&s, 4, key);
	stmt_run(&s);
	status = stmt_close(&s, e);
	if (!status)
		status = db_query_int(db, "SELECT changes()", 0, &kept, e);
	return status || kept ? status : err_set(e, E_BUG, "part '%s' of the training is gone", name);
}

enum status db_parts_drop(struct db *db, const char *base, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "DELETE FROM training_part WHERE base = ?1 OR made_at <"
				       " strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-7 days')", e);
	if (status)
		return status;
	stmt_text(&s, 1, base);
	stmt_run(&s);
	return stmt_close(&s, e);
}

/* ---- facts ---- */

enum status db_model_fact(struct db *db, int64_t version, const char *name, const char *value, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "INSERT OR IGNORE INTO model_fact VALUES(?1, ?2, ?3)", e);
	if (status)
		return status;
	stmt_int(&s, 1, version);
	stmt_text(&s, 2, name);
	stmt_text(&s, 3, value);
	stmt_run(&s);
	return stmt_close(&s, e);
}

const char *db_model_told(struct db *db, int64_t version, const char *name, struct arena *a)
{
	struct stmt s;
	struct err none = { 0 };
	const char *value = NULL;
	if (stmt_open(&s, db, "SELECT value FROM model_fact WHERE version = ?1 AND name = ?2", &none))
		return NULL;
	stmt_int(&s, 1, version);
	stmt_text(&s, 2, name);
	if (stmt_step(&s))
		value = arena_strdup(a, stmt_get_text(&s, 0));
	return stmt_close(&s, &none) ? NULL : value;
}
