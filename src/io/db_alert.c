/* Statistics, alerts and calibrations. */
#include "config.h"
#include "io/db_alert.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "io/db_audit.h"
#include "io/db_private.h"

enum status db_stats_write(struct db *db, int64_t run, const struct stat_row *row, int n, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "INSERT OR REPLACE INTO monitor_stat VALUES(?1, ?2, ?3, ?4, ?5,"
				       " ?6, ?7, ?8, ?9, ?10)", e);
	if (status)
		return status;
	stmt_int(&s, 1, run);
	for (int k = 0; k < n; k++) {
		stmt_text(&s, 2, row[k].monitor);
		stmt_text(&s, 3, row[k].node);
		stmt_int(&s, 4, row[k].day);
		stmt_int(&s, 5, row[k].from);
		stmt_double(&s, 6, row[k].value);
		stmt_double(&s, 7, row[k].p);
		stmt_double(&s, 8, row[k].threshold);
		stmt_int(&s, 9, row[k].calibration);
		stmt_text(&s, 10, row[k].verdict);
		stmt_run(&s);
	}
	return stmt_close(&s, e);
}

/* ---- alerts ---- */

static enum status add_event(struct db *db, int64_t id, day_t day, const char *event, const char *text,
			     struct err *e)
{
	struct stmt s;
	char now[UTC_TEXT_MAX];
	enum status status = stmt_open(&s, db, "INSERT INTO alert_event SELECT ?1, coalesce(max(n), 0) + 1, ?2, ?3,"
				       " ?4, ?5 FROM alert_event WHERE alert = ?1", e);
	if (status)
		return status;
	stmt_int(&s, 1, id);
	stmt_text(&s, 2, db_utc_now(now));
	stmt_int(&s, 3, day);
	stmt_text(&s, 4, event);
	stmt_text(&s, 5, text);
	stmt_run(&s);
	return stmt_close(&s, e);
}

/* The open alert of a code and node: its number (0: none) and whether it is an ALARM. */
static enum status find_open(struct db *db, const struct alert_row *row, int64_t *id, int *is_alarm, struct err *e)
{
	struct stmt s;
	*id = 0;
	enum status status = stmt_open(&s, db, "SELECT id, grade = 'ALARM' FROM alert WHERE code = ?1 AND node = ?2"
				       " AND closed IS NULL", e);
	if (status)
		return status;
	stmt_text(&s, 1, row->code);
	stmt_text(&s, 2, row->node);
	if (stmt_step(&s)) {
		*id = stmt_get_int(&s, 0);
		*is_alarm = (int)stmt_get_int(&s, 1);
	}
	return stmt_close(&s, e);
}

static void bind_alert(struct stmt *s, const struct alert_row *r, const char *grade)
{
	const double value[] = { r->value, r->baseline, r->threshold, r->money };
	stmt_text(s, 2, grade);
	stmt_int(s, 3, r->last);
	for (int j = 0; j < 4; j++)
		stmt_double(s, 4 + j, value[j]);
	stmt_int(s, 8, r->series);
	stmt_int(s, 9, r->version);
	stmt_text(s, 10, r->cause ? r->cause : "");
	stmt_text(s, 11, r->text);
	stmt_int(s, 12, r->from);
}

static enum status insert_alert(struct db *db, const struct alert_row *r, struct err *e)
{
	struct stmt s;
	int64_t id;
	enum status status = stmt_open(&s, db, "INSERT INTO alert(code, layer, node, grade, opened, last, value,"
				       " baseline, threshold, money, series, version, cause, text, from_day)"
				       " VALUES(?1, ?13, ?14, ?2, ?3, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)", e);
	if (status)
		return status;
	bind_alert(&s, r, r->grade);
	stmt_text(&s, 1, r->code);
	stmt_text(&s, 13, r->layer);
	stmt_text(&s, 14, r->node);
	stmt_run(&s);
	status = stmt_close(&s, e);
	if (!status)
		status = db_query_int(db, "SELECT last_insert_rowid()", 0, &id, e);
	return status ? status : add_event(db, id, r->last, "opened", r->text, e);
}

/* An ALARM does not fall back to a REVIEW while it is open. */
static enum status update_alert(struct db *db, int64_t id, int was_alarm, const struct alert_row *r, int rose,
				struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "UPDATE alert SET grade = ?2, last = ?3, value = ?4, baseline = ?5,"
				       " threshold = ?6, money = ?7, series = ?8, version = ?9, cause = ?10,"
				       " text = ?11, from_day = ?12 WHERE id = ?1", e);
	if (status)
		return status;
	bind_alert(&s, r, was_alarm ? "ALARM" : r->grade);
	stmt_int(&s, 1, id);
	stmt_run(&s);
	status = stmt_close(&s, e);
	return status || !rose ? status : add_event(db, id, r->last, "rose to ALARM", r->text, e);
}

enum status db_alert_raise(struct db *db, const struct alert_row *row, int *fresh, struct err *e)
{
	int64_t id;
	int was_alarm = 0;
	enum status status = find_open(db, row, &id, &was_alarm, e);
	int rose = id && !was_alarm && !strcmp(row->grade, "ALARM");
	*fresh = !id || rose;
	if (status)
		return status;
	return id ? update_alert(db, id, was_alarm, row, rose, e) : insert_alert(db, row, e);
}

enum status db_alert_expire(struct db *db, int errors, day_t seen_before, day_t day, int *n, struct err *e)
{
	struct stmt s;
	VEC(int64_t) id = { 0 };
	enum status status = stmt_open(&s, db, "SELECT id FROM alert WHERE closed IS NULL AND last < ?1"
				       " AND (layer BETWEEN 'L2' AND 'L4') = ?2", e);
	*n = 0;
	if (status)
		return status;
	stmt_int(&s, 1, seen_before);
	stmt_int(&s, 2, errors);
	while (stmt_step(&s))
		VEC_PUSH(&id, stmt_get_int(&s, 0));
	status = stmt_close(&s, e);
	if (!status)
		status = stmt_open(&s, db, "UPDATE alert SET closed = ?2 WHERE closed IS NULL AND last < ?1"
				   " AND (layer BETWEEN 'L2' AND 'L4') = ?3", e);
	if (!status) {
		stmt_int(&s, 1, seen_before);
		stmt_int(&s, 2, day);
		stmt_int(&s, 3, errors);
		stmt_run(&s);
		status = stmt_close(&s, e);
	}
	for (size_t k = 0; !status && k < id.n; k++)
		status = add_event(db, id.at[k], day, "closed", "quiet for long enough", e);
	*n = (int)id.n;
	VEC_FREE(&id);
	return status;
}

static day_t day_or_none(struct stmt *s, int column)
{
	return stmt_get_text(s, column) ? (day_t)stmt_get_int(s, column) : DAY_NONE;
}

enum status db_alerts(struct db *db, int all, struct arena *a, struct alert_row **out, int *n, struct err *e)
{
	struct stmt s;
	VEC(struct alert_row) found = { 0 };
	enum status status = stmt_open(
		&s, db, "SELECT id, code, layer, grade, node, cause, text, opened, last, closed, snoozed_until,"
		" from_day, value, baseline, threshold, money, series, coalesce(version, 0) FROM alert"
		" WHERE ?1 OR closed IS NULL ORDER BY closed IS NOT NULL, grade, money DESC, id", e);
	if (status)
		return status;
	stmt_int(&s, 1, all);
	while (stmt_step(&s)) {
		struct alert_row r = { .id = stmt_get_int(&s, 0) };
		const char **text[] = { &r.code, &r.layer, &r.grade, &r.node, &r.cause, &r.text };
		day_t *day[] = { &r.opened, &r.last, &r.closed, &r.snoozed_until, &r.from };
		double *value[] = { &r.value, &r.baseline, &r.threshold, &r.money };
		for (int k = 0; k < 6; k++)
			*text[k] = arena_strdup(a, stmt_get_text(&s, 1 + k));
		for (int k = 0; k < 5; k++)
			*day[k] = day_or_none(&s, 7 + k);
		for (int k = 0; k < 4; k++)
			*value[k] = stmt_get_double(&s, 12 + k);
		r.series = (int)stmt_get_int(&s, 16);
		r.version = stmt_get_int(&s, 17);
		VEC_PUSH(&found, r);
	}
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, struct alert_row, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	return stmt_close(&s, e);
}

static enum status settle(struct db *db, int64_t id, day_t day, day_t until, const char *reason, struct err *e)
{
	struct stmt s;
	int64_t changed;
	char object[40];
	int snooze = until != DAY_NONE;
	enum status status = stmt_open(&s, db, snooze
		? "UPDATE alert SET snoozed_until = ?2 WHERE id = ?1 AND closed IS NULL"
		: "UPDATE alert SET closed = ?2 WHERE id = ?1 AND closed IS NULL", e);
	if (status)
		return status;
	stmt_int(&s, 1, id);
	stmt_int(&s, 2, snooze ? until : day);
	stmt_run(&s);
	status = stmt_close(&s, e);
	if (!status)
		status = db_query_int(db, "SELECT changes()", 0, &changed, e);
	if (!status && !changed)
		status = err_set(e, E_NOTFOUND, "no open alert has the number %lld: 'forecast status alerts' lists"
				 " them", (long long)id);
	if (!status)
		status = add_event(db, id, day, snooze ? "snoozed" : "closed by hand", reason, e);
	snprintf(object, sizeof object, "alert %lld", (long long)id);
	return status ? status : db_audit_add(db, &(struct audit_entry){ .action = snooze ? "snooze" : "close",
									 .object = object, .reason = reason }, e);
}

enum status db_alert_settle(struct db *db, int64_t id, day_t day, day_t snooze_until, const char *reason,
			    struct err *e)
{
	enum status status = db_begin(db, e);
	if (status)
		return status;
	status = settle(db, id, day, snooze_until, reason, e);
	if (!status)
		status = db_commit(db, e);
	if (status)
		db_rollback(db);
	return status;
}

/* ---- calibrations ---- */

enum status db_null_write(struct db *db, day_t day, int64_t version, const char *config_hash,
			  const struct null_row *row, int n, int64_t *id, struct err *e)
{
	struct stmt s;
	char now[UTC_TEXT_MAX];
	enum status status = db_query_int(db, "SELECT coalesce(max(id), 0) + 1 FROM monitor_null", 1, id, e);
	if (!status)
		status = stmt_open(&s, db, "INSERT INTO monitor_null VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
				   e);
	if (status)
		return status;
	stmt_int(&s, 1, *id);
	for (int k = 0; k < n; k++) {
		stmt_text(&s, 2, row[k].class_);
		stmt_text(&s, 3, db_utc_now(now));
		stmt_int(&s, 4, day);
		stmt_int(&s, 5, row[k].weeks);
		stmt_int(&s, 6, row[k].series);
		stmt_text(&s, 7, config_hash);
		stmt_int(&s, 8, version);
		stmt_double(&s, 9, row[k].phi);
		stmt_blob(&s, 10, row[k].tail, (size_t)row[k].n_tail * sizeof *row[k].tail);
		stmt_run(&s);
	}
	return stmt_close(&s, e);
}

enum status db_null_newest(struct db *db, struct arena *a, int64_t *id, day_t *day, struct null_row **out, int *n,
			   struct err *e)
{
	struct stmt s;
	VEC(struct null_row) found = { 0 };
	*id = 0;
	*day = DAY_NONE;
	enum status status = stmt_open(&s, db, "SELECT id, day, class, weeks, series, phi, tail FROM monitor_null"
				       " WHERE id = (SELECT max(id) FROM monitor_null) ORDER BY class", e);
	if (status)
		return status;
	while (stmt_step(&s)) {
		size_t bytes;
		const void *blob = stmt_get_blob(&s, 6, &bytes);
		double *tail = arena_alloc(a, bytes + sizeof *tail);
		if (bytes)
			memcpy(tail, blob, bytes);
		*id = stmt_get_int(&s, 0);
		*day = (day_t)stmt_get_int(&s, 1);
		VEC_PUSH(&found, (struct null_row){ arena_strdup(a, stmt_get_text(&s, 2)), (int)stmt_get_int(&s, 3),
						    (int)stmt_get_int(&s, 4), stmt_get_real(&s, 5), tail,
						    (int)(bytes / sizeof *tail) });
	}
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, struct null_row, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	return stmt_close(&s, e);
}
