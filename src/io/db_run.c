/*
 * Runs and what they forecast. A run's rows are written in chunks under its number while the
 * pointer still names the last one; publishing is one small transaction.
 */
#include "config.h"
#include "io/db_run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/process.h"
#include "base/sha256.h"
#include "io/db_audit.h"
#include "io/db_outbox.h"
#include "io/db_private.h"

#define RUN_COLUMNS                                                                                \
	"r.seq, r.id, r.kind, r.state, r.trigger, r.spec, r.levels, r.as_of, r.horizon, r.series,"  \
	" r.done, r.fallbacks, coalesce(r.exit_code, -1), coalesce(r.model, 0), r.data_version,"    \
	" r.data_hash, r.config_hash, r.code_hash, r.model_hash, coalesce(r.published_hash, ''),"   \
	" r.started, coalesce(r.ended, ''), coalesce(r.note, '')"

static void read_run(struct stmt *s, struct arena *a, struct run_row *out)
{
	const char **text[] = { &out->id, &out->kind, &out->state, &out->trigger, &out->spec,
				&out->levels };
	const char **hash[] = { &out->data_hash, &out->config_hash, &out->code_hash, &out->model_hash,
				&out->published_hash, &out->started, &out->ended, &out->note };
	out->seq = stmt_get_int(s, 0);
	for (int k = 0; k < 6; k++)
		*text[k] = arena_strdup(a, stmt_get_text(s, 1 + k));
	out->as_of = (day_t)stmt_get_int(s, 7);
	out->horizon = (int)stmt_get_int(s, 8);
	out->series = (int)stmt_get_int(s, 9);
	out->done = (int)stmt_get_int(s, 10);
	out->fallbacks = (int)stmt_get_int(s, 11);
	out->exit_code = (int)stmt_get_int(s, 12);
	out->model = stmt_get_int(s, 13);
	out->data_version = stmt_get_int(s, 14);
	for (int k = 0; k < 8; k++)
		*hash[k] = arena_strdup(a, stmt_get_text(s, 15 + k));
}

/* The one run that a prepared query names; `missing` says what is not there. */
static enum status take_run(struct stmt *s, const char *missing, struct arena *a, struct run_row *out,
			    struct err *e)
{
	int found = stmt_step(s);
	if (found)
		read_run(s, a, out);
	enum status status = stmt_close(s, e);
	return status || found ? status : err_set(e, E_NOTFOUND, "%s", missing);
}

enum status db_run_published(struct db *db, struct arena *a, struct run_row *out, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT " RUN_COLUMNS " FROM pointer p JOIN run r"
				       " ON r.seq = p.run WHERE p.name = 'published'", e);
	return status ? status : take_run(&s, "nothing is published yet: 'forecast nightly' does it", a,
					  out, e);
}

enum status db_run_find(struct db *db, const char *name, struct arena *a, struct run_row *out,
			struct err *e)
{
	struct stmt s;
	struct buf missing = { 0 };
	char *end;
	long long seq = strtoll(name, &end, 10);
	int last = !strcmp(name, "last");
	enum status status = last
		? stmt_open(&s, db, "SELECT " RUN_COLUMNS " FROM run r ORDER BY seq DESC LIMIT 1", e)
		: stmt_open(&s, db, "SELECT " RUN_COLUMNS " FROM run r WHERE r.seq = ?1 OR r.id = ?2"
			    " ORDER BY r.seq DESC LIMIT 1", e);
	if (status)
		return status;
	if (!last) {
		stmt_int(&s, 1, *end ? -1 : seq);
		stmt_text(&s, 2, name);
	}
	buf_addf(&missing, "run '%s' is not there: 'forecast status runs' lists them", name);
	status = take_run(&s, missing.text, a, out, e);
	buf_release(&missing);
	return status;
}

enum status db_runs(struct db *db, int limit, struct arena *a, struct run_row **out, int *n,
		    struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT " RUN_COLUMNS " FROM run r"
				       " ORDER BY seq DESC LIMIT ?1", e);
	if (status)
		return status;
	*out = ARENA_ARRAY(a, struct run_row, limit + 1);
	*n = 0;
	stmt_int(&s, 1, limit);
	while (*n < limit && stmt_step(&s))
		read_run(&s, a, &(*out)[(*n)++]);
	return stmt_close(&s, e);
}

enum status db_config_text(struct db *db, const char *config_hash, struct buf *out, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT text FROM config_snapshot WHERE hash = ?1", e);
	if (status)
		return status;
	stmt_text(&s, 1, config_hash);
	if (stmt_step(&s))
		buf_adds(out, stmt_get_text(&s, 0));
	return stmt_close(&s, e);
}

/* Text kept once by its hash. */
static enum status keep_text(struct db *db, const char *sql, const char *hash, const char *text,
			     struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, sql, e);
	if (status)
		return status;
	stmt_text(&s, 1, hash);
	stmt_text(&s, 2, text);
	stmt_run(&s);
	return stmt_close(&s, e);
}

static enum status insert_run(struct db *db, const struct run_new *r, int64_t *seq, struct err *e)
{
	struct stmt s;
	char now[UTC_TEXT_MAX];
	enum status status = stmt_open(
		&s, db, "INSERT INTO run(id, kind, state, trigger, as_of, horizon, levels, spec, model,"
		" data_hash, data_version, config_hash, code_hash, model_hash, series, started, asked, canary,"
		" canary_share, batch) VALUES(?1, ?2, 'NEW', ?3, ?4, ?5, ?6, ?7, nullif(?8, 0), ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,"
		" (SELECT max(id) FROM ingest_batch))",
		e);
	if (status)
		return status;
	stmt_text(&s, 1, r->id);
	stmt_text(&s, 2, r->kind);
	stmt_text(&s, 3, r->trigger);
	stmt_int(&s, 4, r->as_of);
	stmt_int(&s, 5, r->horizon);
	stmt_text(&s, 6, r->levels);
	stmt_text(&s, 7, r->spec);
	stmt_int(&s, 8, r->model);
	stmt_text(&s, 9, r->data_hash);
	stmt_int(&s, 10, r->data_version);
	stmt_text(&s, 11, r->config_hash);
	stmt_text(&s, 12, r->code_hash);
	stmt_text(&s, 13, r->model_hash);
	stmt_int(&s, 14, r->series);
	stmt_text(&s, 15, db_utc_now(now));
	if (r->asked != DAY_NONE)
		stmt_int(&s, 16, r->asked);
	if (r->canary) {
		stmt_int(&s, 17, r->canary);
		stmt_double(&s, 18, r->canary_share);
	}
	stmt_run(&s);
	*seq = sqlite3_last_insert_rowid(db->handle);
	return stmt_close(&s, e);
}

enum status db_run_begin(struct db *db, const struct run_new *r, int64_t *seq, struct err *e)
{
	enum status status = db_begin(db, e);
	if (status)
		return status;
	status = keep_text(db, "INSERT OR IGNORE INTO config_snapshot VALUES(?1, ?2)", r->config_hash,
			   r->config_text, e);
	if (!status)
		status = keep_text(db, "INSERT OR IGNORE INTO build VALUES(?1, '" PACKAGE_VERSION "', ?2)",
				   r->code_hash, r->code_text, e);
	if (!status)
		status = insert_run(db, r, seq, e);
	if (!status)
		status = db_commit(db, e);
	if (status)
		db_rollback(db);
	return status;
}

enum status db_run_state(struct db *db, int64_t seq, const char *state, int exit_code, const char *note,
			 struct err *e)
{
	struct stmt s;
	char now[UTC_TEXT_MAX];
	enum status status = stmt_open(&s, db, "UPDATE run SET state = ?2, note = coalesce(?3, note),"
				       " exit_code = CASE WHEN ?4 >= 0 THEN ?4 ELSE exit_code END,"
				       " ended = CASE WHEN ?4 >= 0 THEN ?5 ELSE ended END WHERE seq = ?1", e);
	if (status)
		return status;
	stmt_int(&s, 1, seq);
	stmt_text(&s, 2, state);
	stmt_text(&s, 3, note);
	stmt_int(&s, 4, exit_code);
	stmt_text(&s, 5, db_utc_now(now));
	stmt_run(&s);
	return stmt_close(&s, e);
}

enum status db_run_unfinished(struct db *db, const char *kind, const char *id, struct arena *a,
			      struct run_row *out, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT " RUN_COLUMNS " FROM run r WHERE r.kind = ?1"
				       " AND r.id = ?2 AND r.published_hash IS NULL AND r.state NOT IN"
				       " ('HELD','FAILED','BLOCKED') ORDER BY seq DESC LIMIT 1", e);
	if (status)
		return status;
	stmt_text(&s, 1, kind);
	stmt_text(&s, 2, id);
	return take_run(&s, "no such run is unfinished", a, out, e);
}

enum status db_run_newest(struct db *db, const char *kind, const char *state, const char *spec,
			  struct arena *a, struct run_row *out, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT " RUN_COLUMNS " FROM run r WHERE r.kind = ?1"
				       " AND r.state = ?2 AND r.spec = ?3 ORDER BY seq DESC LIMIT 1", e);
	if (status)
		return status;
	stmt_text(&s, 1, kind);
	stmt_text(&s, 2, state);
	stmt_text(&s, 3, spec);
	return take_run(&s, "there is no such run", a, out, e);
}

enum status db_resource(struct db *db, int64_t seq, const char *stage, double wall, double cpu,
			struct err *e)
{
	struct stmt s;
	char now[UTC_TEXT_MAX];
	enum status status = stmt_open(&s, db, "INSERT INTO resource_use VALUES(?1, ?2, ?3, ?4, ?5, ?6)"
				       " ON CONFLICT DO UPDATE SET wall = wall + excluded.wall,"
				       " cpu = cpu + excluded.cpu, maxrss = max(maxrss, excluded.maxrss),"
				       " ended = excluded.ended", e);
	if (status)
		return status;
	stmt_int(&s, 1, seq);
	stmt_text(&s, 2, stage);
	stmt_double(&s, 3, wall);
	stmt_double(&s, 4, cpu);
	stmt_int(&s, 5, (int64_t)mem_peak());
	stmt_text(&s, 6, db_utc_now(now));
	stmt_run(&s);
	return stmt_close(&s, e);
}

/* ---- writing forecasts ---- */

/* Places of the seven stored levels within the forecast's own; false when one is not there. */
static int stored_levels(const struct forecast *f, int at[N_DEFAULT_LEVEL])
{
	for (int k = 0; k < N_DEFAULT_LEVEL; k++) {
		at[k] = -1;
		for (int l = 0; l < f->n_level; l++)
			if (fabs(f->level[l] - default_level[k]) < 1e-9)
				at[k] = l;
		if (at[k] < 0)
			return 0;
	}
	return 1;
}

static void write_series(struct stmt *s, int64_t seq, int64_t id, const struct forecast *one,
			 const int at[N_DEFAULT_LEVEL])
{
	stmt_int(s, 1, seq);
	stmt_int(s, 2, id);
	stmt_text(s, 12, one->used->method);
	stmt_int(s, 13, one->used->rung);
	stmt_text(s, 14, one->used->reason);
	for (int h = 0; h < one->n_step; h++) {
		const double *q = one->quantile + (size_t)h * (size_t)one->n_level;
		stmt_int(s, 3, h + 1);
		stmt_double(s, 4, one->mean[h]);
		for (int k = 0; k < N_DEFAULT_LEVEL; k++)
			stmt_double(s, 5 + k, q[at[k]]);
		stmt_run(s);
	}
}

static int is_stored(int l, const int at[N_DEFAULT_LEVEL])
{
	for (int k = 0; k < N_DEFAULT_LEVEL; k++)
		if (at[k] == l)
			return 1;
	return 0;
}

/* Levels beyond the seven go to a table of their own. */
static void write_extra(struct stmt *s, int64_t seq, int64_t id, const struct forecast *one,
			const int at[N_DEFAULT_LEVEL])
{
	for (int h = 0; h < one->n_step; h++)
		for (int l = 0; l < one->n_level; l++) {
			if (is_stored(l, at))
				continue;
			stmt_int(s, 1, seq);
			stmt_int(s, 2, id);
			stmt_int(s, 3, h + 1);
			stmt_double(s, 4, one->level[l]);
			stmt_double(s, 5, one->quantile[h * one->n_level + l]);
			stmt_run(s);
		}
}

static void hash_forecast(const struct forecast *f, char hex[SHA256_HEX_SIZE])
{
	struct sha256 s;
	unsigned char hash[SHA256_SIZE];
	size_t steps = (size_t)f->n * (size_t)f->n_step;
	sha256_init(&s);
	sha256_add_i64(&s, f->origin);
	for (size_t k = 0; k < steps; k++)
		sha256_add_double(&s, f->mean[k]);
	for (size_t k = 0; k < steps * (size_t)f->n_level; k++)
		sha256_add_double(&s, f->quantile[k]);
	for (int i = 0; i < f->n; i++) {
		sha256_add_string(&s, f->used[i].method);
		sha256_add_i64(&s, f->used[i].rung);
		sha256_add_string(&s, f->used[i].reason ? f->used[i].reason : "");
	}
	sha256_end(&s, hash);
	sha256_hex(hash, hex);
}

static enum status write_rows(struct db *db, int64_t seq, const int64_t *id, const struct forecast *f,
			      struct err *e)
{
	int at[N_DEFAULT_LEVEL];
	struct stmt rows, extra, failure, recovered;
	if (!stored_levels(f, at))
		return err_set(e, E_BUG, "a published forecast lacks one of the seven stored levels");
	enum status status = stmt_open(&rows, db, "INSERT OR REPLACE INTO forecast VALUES(?1, ?2, ?3, ?4,"
				       " ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)", e);
	if (status)
		return status;
	status = stmt_open(&extra, db, "INSERT OR REPLACE INTO forecast_level VALUES(?1, ?2, ?3, ?4, ?5)",
			   e);
	if (!status)
		status = stmt_open(&failure, db, "INSERT OR REPLACE INTO series_failure"
				   " VALUES(?1, ?2, ?3, ?4, ?5)", e);
	if (!status)
		status = stmt_open(&recovered, db, "DELETE FROM series_failure WHERE run = ?1 AND series = ?2", e);
	for (int i = 0; !status && i < f->n; i++) {
		struct forecast one = forecast_at(f, i);
		write_series(&rows, seq, id[i], &one, at);
		if (f->n_level > N_DEFAULT_LEVEL)
			write_extra(&extra, seq, id[i], &one, at);
		if (one.used->rung == RUNG_SPEC) {
			/* A better forecast in the place of one that fell. */
			stmt_int(&recovered, 1, seq);
			stmt_int(&recovered, 2, id[i]);
			stmt_run(&recovered);
			continue;
		}
		stmt_int(&failure, 1, seq);
		stmt_int(&failure, 2, id[i]);
		stmt_int(&failure, 3, one.used->rung);
		stmt_text(&failure, 4, one.used->method);
		stmt_text(&failure, 5, one.used->reason ? one.used->reason : "");
		stmt_run(&failure);
	}
	if (status)
		return status;
	status = stmt_close(&rows, e);
	enum status closed = stmt_close(&extra, e);
	status = status ? status : closed;
	closed = stmt_close(&failure, e);
	status = status ? status : closed;
	closed = stmt_close(&recovered, e);
	return status ? status : closed;
}

static enum status write_chunk_row(struct db *db, int64_t seq, int chunk, const struct forecast *f,
				   struct err *e)
{
	struct stmt s;
	char hex[SHA256_HEX_SIZE];
	hash_forecast(f, hex);
	enum status status = stmt_open(&s, db, "INSERT OR REPLACE INTO run_chunk VALUES(?1, ?2, ?3, ?4)",
				       e);
	if (status)
		return status;
	stmt_int(&s, 1, seq);
	stmt_int(&s, 2, chunk);
	stmt_int(&s, 3, f->n);
	stmt_text(&s, 4, hex);
	stmt_run(&s);
	status = stmt_close(&s, e);
	if (!status)
		status = stmt_open(&s, db, "UPDATE run SET state = 'FORECAST', done = (SELECT sum(series)"
				   " FROM run_chunk WHERE run = ?1), fallbacks = (SELECT count(*) FROM"
				   " series_failure WHERE run = ?1) WHERE seq = ?1", e);
	if (status)
		return status;
	stmt_int(&s, 1, seq);
	stmt_run(&s);
	return stmt_close(&s, e);
}

enum status db_forecast_write(struct db *db, int64_t seq, int chunk, const int64_t *id,
			      const struct forecast *f, struct err *e)
{
	int own;
	enum status status = db_join(db, &own, e);
	if (status)
		return status;
	status = write_rows(db, seq, id, f, e);
	FAILPOINT("chunk.rows");
	if (!status)
		status = write_chunk_row(db, seq, chunk, f, e);
	FAILPOINT("chunk.commit");
	status = db_leave(db, own, status, e);
	FAILPOINT("chunk.committed");
	return status;
}

enum status db_run_cheap(struct db *db, int64_t seq, struct arena *a, struct cheap_series **out, int *n,
			 struct err *e)
{
	struct stmt s;
	VEC(struct cheap_series) found = { 0 };
	enum status status = stmt_open(&s, db, "SELECT series, reason FROM series_failure WHERE run = ?1 AND"
				       " reason >= '" CHEAP_MARK "' AND reason < '" CHEAP_BEYOND "' ORDER BY series", e);
	if (status)
		return status;
	stmt_int(&s, 1, seq);
	while (stmt_step(&s)) {
		struct cheap_series one = { stmt_get_int(&s, 0), arena_strdup(a, stmt_get_text(&s, 1)) };
		VEC_PUSH(&found, one);
	}
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, struct cheap_series, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	return stmt_close(&s, e);
}

enum status db_forecast_chunks(struct db *db, int64_t seq, int *n, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT chunk FROM run_chunk WHERE run = ?1 ORDER BY chunk",
				       e);
	if (status)
		return status;
	stmt_int(&s, 1, seq);
	*n = 0;
	while (stmt_step(&s) && stmt_get_int(&s, 0) == *n)
		++*n;
	return stmt_close(&s, e);
}

enum status db_chunk_hashes(struct db *db, int64_t seq, struct arena *a, const char ***out, int *n, struct err *e)
{
	struct stmt s;
	VEC(const char *) found = { 0 };
	enum status status = stmt_open(&s, db, "SELECT hash FROM run_chunk WHERE run = ?1 ORDER BY chunk", e);
	if (status)
		return status;
	stmt_int(&s, 1, seq);
	while (stmt_step(&s))
		VEC_PUSH(&found, arena_strdup(a, stmt_get_text(&s, 0)));
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, const char *, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	return stmt_close(&s, e);
}

enum status db_forecast_hash(struct db *db, int64_t seq, char hex[65], struct err *e)
{
	struct stmt s;
	struct sha256 whole;
	unsigned char hash[SHA256_SIZE];
	enum status status = stmt_open(&s, db, "SELECT hash FROM run_chunk WHERE run = ?1 ORDER BY chunk",
				       e);
	if (status)
		return status;
	stmt_int(&s, 1, seq);
	sha256_init(&whole);
	while (stmt_step(&s))
		sha256_add_string(&whole, stmt_get_text(&s, 0));
	sha256_end(&whole, hash);
	sha256_hex(hash, hex);
	return stmt_close(&s, e);
}

/* ---- publishing ---- */

static enum status run_with(struct db *db, const char *sql, int64_t seq, const char *text,
			    int64_t number, struct err *e)
{
	struct stmt s;
	char now[UTC_TEXT_MAX];
	enum status status = stmt_open(&s, db, sql, e);
	if (status)
		return status;
	int n = sqlite3_bind_parameter_count(s.handle);
	db_utc_now(now);
	stmt_int(&s, 1, seq);
	if (n > 1)
		stmt_text(&s, 2, text);
	if (n > 2)
		stmt_int(&s, 3, number);
	if (n > 3)
		stmt_text(&s, 4, now);
	stmt_run(&s);
	return stmt_close(&s, e);
}

static enum status audit_run(struct db *db, const char *action, int64_t seq, const char *after,
			     const char *reason, struct err *e)
{
	char object[40];
	snprintf(object, sizeof object, "run %lld", (long long)seq);
	const struct audit_entry entry = { .action = action, .object = object, .after = after, .reason = reason };
	return db_audit_add(db, &entry, e);
}

/* What is to be told of a run. */
static enum status tell(struct db *db, int64_t seq, const char *grade, const char *what, const char *why,
			struct err *e)
{
	char key[60], subject[120];
	snprintf(key, sizeof key, "run %lld %s", (long long)seq, what);
	snprintf(subject, sizeof subject, "forecast: run %lld was %s", (long long)seq, what);
	return db_outbox_add(db, key, grade, subject, why ? why : "", e);
}

static enum status hold(struct db *db, int64_t seq, const char *why, struct err *e)
{
	enum status status = db_run_state(db, seq, "HELD", 4, why, e);
	FAILPOINT("hold.state");
	if (!status)
		status = audit_run(db, "hold", seq, NULL, why, e);
	return status ? status : tell(db, seq, "held", "held", why, e);
}

enum status db_run_hold(struct db *db, int64_t seq, const char *why, struct err *e)
{
	enum status status = db_begin(db, e);
	if (status)
		return status;
	status = hold(db, seq, why, e);
	if (!status)
		status = db_commit(db, e);
	if (status)
		db_rollback(db);
	FAILPOINT("hold.committed");
	return status;
}

static enum status stop_run(struct db *db, int64_t seq, const char *state, int exit_code, const char *why,
			    struct err *e)
{
	int blocked = !strcmp(state, "BLOCKED");
	enum status status = db_run_state(db, seq, state, exit_code, why, e);
	return status ? status : tell(db, seq, blocked ? "blocked" : "failed", blocked ? "blocked" : "a failure", why, e);
}

enum status db_run_stop(struct db *db, int64_t seq, const char *state, int exit_code, const char *why, struct err *e)
{
	enum status status = db_begin(db, e);
	if (status)
		return status;
	status = stop_run(db, seq, state, exit_code, why, e);
	if (!status)
		status = db_commit(db, e);
	if (status)
		db_rollback(db);
	return status;
}

enum status db_publish(struct db *db, int64_t seq, const char *published_hash, int exit_code,
		       struct err *e)
{
	enum status status = db_begin(db, e);
	if (status)
		return status;
	status = run_with(db, "INSERT INTO pointer VALUES('published', ?1) ON CONFLICT(name)"
			  " DO UPDATE SET run = excluded.run", seq, NULL, 0, e);
	FAILPOINT("publish.pointer");
	if (!status)
		status = run_with(db, "UPDATE run SET state = 'PUBLISHED', published_hash = ?2,"
				  " exit_code = ?3, ended = ?4 WHERE seq = ?1", seq, published_hash,
				  exit_code, e);
	if (!status)
		status = run_with(db, "INSERT OR REPLACE INTO active SELECT f.series, f.method, r.model"
				  " FROM forecast f JOIN run r ON r.seq = f.run"
				  " WHERE f.run = ?1 AND f.step = 1", seq, NULL, 0, e);
	if (!status)
		status = audit_run(db, "publish", seq, published_hash, NULL, e);
	if (!status)
		status = tell(db, seq, exit_code ? "degraded" : "ok", "published", NULL, e);
	FAILPOINT("publish.commit");
	if (!status)
		status = db_commit(db, e);
	if (status)
		db_rollback(db);
	FAILPOINT("publish.committed");
	return status;
}

/* ---- reading ---- */

/* Reads "0.05,0.1" into level[]; returns how many. */
static int read_levels(const char *text, double *level, int room)
{
	int n = 0;
	while (*text && n < room) {
		size_t length = strcspn(text, ",");
		if (number_parse(text, length, '.', 0, &level[n]))
			n++;
		text += length + (text[length] == ',');
	}
	return n;
}

#define LEVELS_MAX 99

struct forecast_reader {
	struct stmt rows, extra;
	struct forecast one;
	struct made_by used;
	double level[LEVELS_MAX];
	int at[N_DEFAULT_LEVEL];
	char method[64], reason[512];
};

static void copy_text(char *to, size_t size, const char *from)
{
	size_t n = from ? strlen(from) : 0;
	n = n < size ? n : size - 1;
	if (n)
		memcpy(to, from, n);
	to[n] = '\0';
}

static void read_extra(struct forecast_reader *r, int64_t seq, int64_t id)
{
	stmt_int(&r->extra, 1, seq);
	stmt_int(&r->extra, 2, id);
	while (stmt_step(&r->extra)) {
		int h = (int)stmt_get_int(&r->extra, 0) - 1;
		double level = stmt_get_double(&r->extra, 1);
		for (int l = 0; l < r->one.n_level; l++)
			if (fabs(r->level[l] - level) < 1e-9)
				r->one.quantile[h * r->one.n_level + l] = stmt_get_double(&r->extra, 2);
	}
	stmt_reset(&r->extra);
}

/* Fills the reader with one series; false when the run has no rows for it. */
static int read_series(struct forecast_reader *r, int64_t seq, int64_t id)
{
	int steps = 0;
	stmt_int(&r->rows, 1, seq);
	stmt_int(&r->rows, 2, id);
	while (stmt_step(&r->rows)) {
		int h = (int)stmt_get_int(&r->rows, 0) - 1;
		if (h < 0 || h >= r->one.n_step)
			continue;
		r->one.mean[h] = stmt_get_double(&r->rows, 1);
		for (int k = 0; k < N_DEFAULT_LEVEL; k++)
			r->one.quantile[h * r->one.n_level + r->at[k]] = stmt_get_double(&r->rows, 2 + k);
		if (!steps++) {
			copy_text(r->method, sizeof r->method, stmt_get_text(&r->rows, 9));
			r->used.rung = (enum rung)stmt_get_int(&r->rows, 10);
			copy_text(r->reason, sizeof r->reason, stmt_get_text(&r->rows, 11));
			r->used.reason = *r->reason ? r->reason : NULL;
		}
	}
	stmt_reset(&r->rows);
	if (steps && r->one.n_level > N_DEFAULT_LEVEL)
		read_extra(r, seq, id);
	return steps > 0;
}

static enum status reader_open(struct forecast_reader *r, struct db *db, const struct run_row *run,
			       struct arena *a, struct err *e)
{
	struct calendar calendar;
	int known;
	int n_level = read_levels(run->levels, r->level, LEVELS_MAX);
	enum status status = db_calendar(db, &calendar, &known, e);
	if (status)
		return status;
	forecast_init(&r->one, a, 1, run->horizon, n_level, r->level,
		      period_of_day(&calendar, run->as_of));
	r->one.used = &r->used;
	r->used.method = r->method;
	if (!stored_levels(&r->one, r->at))
		return err_set(e, E_INPUT, "run %lld does not hold the seven levels", (long long)run->seq);
	status = stmt_open(&r->rows, db, "SELECT step, mean, q05, q10, q25, q50, q75, q90, q95, method,"
			   " rung, reason FROM forecast WHERE run = ?1 AND series = ?2 ORDER BY step", e);
	if (!status)
		status = stmt_open(&r->extra, db, "SELECT step, level, value FROM forecast_level"
				   " WHERE run = ?1 AND series = ?2", e);
	return status;
}

enum status db_forecast_read(struct db *db, const struct run_row *run, const char *store,
			     const char *item, forecast_seen *seen, void *context, struct err *e)
{
	struct arena a = { 0 };
	struct forecast_reader r;
	struct catalog_series *series, one;
	int n;
	memset(&r, 0, sizeof r);
	enum status status;
	if (store && item) {
		series = &one;
		status = db_series_find(db, store, item, &a, &one, &n, e);
	} else {
		status = db_series(db, store, &a, &series, &n, e);
	}
	if (!status)
		status = reader_open(&r, db, run, &a, e);
	for (int i = 0; !status && i < n; i++) {
		if (item && strcmp(series[i].key.item, item))
			continue;
		if (read_series(&r, run->seq, series[i].id))
			status = seen(context, &series[i], &r.one, e);
	}
	enum status closed = r.rows.handle ? stmt_close(&r.rows, status ? NULL : e) : OK;
	status = status ? status : closed;
	closed = r.extra.handle ? stmt_close(&r.extra, status ? NULL : e) : OK;
	arena_release(&a);
	return status ? status : closed;
}

enum status db_method_shares(struct db *db, int64_t seq, struct arena *a, struct method_share **out,
			     int *n, struct err *e)
{
	struct stmt s;
	VEC(struct method_share) found = { 0 };
	enum status status = stmt_open(&s, db, "SELECT method, rung, count(*) FROM forecast WHERE run = ?1"
				       " AND step = 1 GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2", e);
	if (status)
		return status;
	stmt_int(&s, 1, seq);
	while (stmt_step(&s))
		VEC_PUSH(&found, (struct method_share){ arena_strdup(a, stmt_get_text(&s, 0)),
							(int)stmt_get_int(&s, 1),
							(int)stmt_get_int(&s, 2) });
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, struct method_share, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	return stmt_close(&s, e);
}

enum status db_fallen(struct db *db, int64_t seq, int limit, struct arena *a,
		      struct fallen_series **out, int *n, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(
		&s, db, "SELECT st.name, it.name, f.method, coalesce(f.reason, ''), f.rung FROM forecast f"
		" JOIN series x ON x.id = f.series JOIN store st ON st.id = x.store"
		" JOIN item it ON it.id = x.item WHERE f.run = ?1 AND f.step = 1"
		" AND (f.rung > 0 OR f.reason LIKE 'guard%') ORDER BY f.rung DESC, 1, 2 LIMIT ?2", e);
	if (status)
		return status;
	*out = ARENA_ARRAY(a, struct fallen_series, limit + 1);
	*n = 0;
	stmt_int(&s, 1, seq);
	stmt_int(&s, 2, limit);
	while (*n < limit && stmt_step(&s))
		(*out)[(*n)++] = (struct fallen_series){ arena_strdup(a, stmt_get_text(&s, 0)),
							 arena_strdup(a, stmt_get_text(&s, 1)),
							 arena_strdup(a, stmt_get_text(&s, 2)),
							 arena_strdup(a, stmt_get_text(&s, 3)),
							 (int)stmt_get_int(&s, 4) };
	return stmt_close(&s, e);
}

enum status db_stages(struct db *db, int64_t seq, struct arena *a, struct stage_use **out, int *n,
		      struct err *e)
{
	struct stmt s;
	enum { STAGES_MAX = 256 };
	enum status status = stmt_open(&s, db, "SELECT stage, wall, cpu, maxrss FROM resource_use"
				       " WHERE run = ?1 ORDER BY ended, maxrss LIMIT 256", e);
	if (status)
		return status;
	*out = ARENA_ARRAY(a, struct stage_use, STAGES_MAX);
	*n = 0;
	stmt_int(&s, 1, seq);
	while (*n < STAGES_MAX && stmt_step(&s))
		(*out)[(*n)++] = (struct stage_use){ arena_strdup(a, stmt_get_text(&s, 0)),
						     stmt_get_double(&s, 1), stmt_get_double(&s, 2),
						     stmt_get_int(&s, 3) };
	return stmt_close(&s, e);
}

enum status db_stages_usual(struct db *db, const struct run_row *run, int nights, struct arena *a,
			    struct stage_use **out, int *n, struct err *e)
{
	struct stmt s;
	enum { STAGES_MAX = 256 };
	/* The lower median of each column by itself. */
	enum status status = stmt_open(
		&s, db, "WITH night AS (SELECT seq FROM run WHERE kind = ?1 AND seq < ?2 AND published_hash IS NOT NULL"
		" ORDER BY seq DESC LIMIT ?3), took AS (SELECT stage, wall, cpu, maxrss,"
		" row_number() OVER (PARTITION BY stage ORDER BY wall) AS w, row_number() OVER (PARTITION BY stage"
		" ORDER BY cpu) AS c, row_number() OVER (PARTITION BY stage ORDER BY maxrss) AS m,"
		" (count(*) OVER (PARTITION BY stage) + 1) / 2 AS middle FROM resource_use WHERE run IN night)"
		" SELECT stage, max(wall) FILTER (WHERE w = middle), max(cpu) FILTER (WHERE c = middle),"
		" max(maxrss) FILTER (WHERE m = middle) FROM took GROUP BY stage ORDER BY stage LIMIT 256", e);
	if (status)
		return status;
	*out = ARENA_ARRAY(a, struct stage_use, STAGES_MAX);
	*n = 0;
	stmt_text(&s, 1, run->kind);
	stmt_int(&s, 2, run->seq);
	stmt_int(&s, 3, nights);
	while (*n < STAGES_MAX && stmt_step(&s))
		(*out)[(*n)++] = (struct stage_use){ arena_strdup(a, stmt_get_text(&s, 0)), stmt_get_double(&s, 1),
						     stmt_get_double(&s, 2), stmt_get_int(&s, 3) };
	return stmt_close(&s, e);
}

enum status db_run_thinned(struct db *db, const struct run_row *run, int *out, struct err *e)
{
	struct stmt s;
	*out = 0;
	enum status status = stmt_open(&s, db, "SELECT count(*) FROM forecast WHERE run = ?1 AND series ="
				       " (SELECT series FROM forecast WHERE run = ?1 LIMIT 1)", e);
	if (status)
		return status;
	stmt_int(&s, 1, run->seq);
	if (stmt_step(&s))
		*out = stmt_get_int(&s, 0) < run->horizon;
	return stmt_close(&s, e);
}
