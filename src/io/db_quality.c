/* Findings and states of days in the db. */
#include "config.h"
#include "io/db_quality.h"

#include <stdlib.h>
#include <string.h>
#include "io/db_private.h"

static void bind_day(struct stmt *s, int at, day_t day)
{
	if (day == DAY_NONE)
		stmt_text(s, at, NULL);
	else
		stmt_int(s, at, day);
}

enum status db_findings_write(struct db *db, day_t as_of, const struct finding *finding, size_t n,
			      struct err *e)
{
	struct stmt s;
	char now[UTC_TEXT_MAX];
	enum status status = stmt_open(&s, db, "DELETE FROM dq_finding WHERE as_of = ?1", e);
	if (status)
		return status;
	stmt_int(&s, 1, as_of);
	stmt_run(&s);
	status = stmt_close(&s, e);
	if (!status)
		status = db_set_meta(db, "checked_at", db_utc_now(now), e);
	if (!status)
		status = stmt_open(&s, db, "INSERT INTO dq_finding(checked_at, as_of, rule, severity, store,"
				   " item, day, until, value, expected, cases, text)"
				   " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)", e);
	if (status)
		return status;
	for (size_t i = 0; i < n; i++) {
		const struct finding *f = &finding[i];
		stmt_text(&s, 1, now);
		stmt_int(&s, 2, as_of);
		stmt_text(&s, 3, f->rule);
		stmt_text(&s, 4, severity_name(f->severity));
		stmt_text(&s, 5, f->store);
		stmt_text(&s, 6, f->item);
		bind_day(&s, 7, f->day);
		bind_day(&s, 8, f->until);
		stmt_double(&s, 9, f->value);
		stmt_double(&s, 10, f->expected);
		stmt_int(&s, 11, f->cases);
		stmt_text(&s, 12, f->text);
		stmt_run(&s);
	}
	return stmt_close(&s, e);
}

static day_t get_day(struct stmt *s, int column)
{
	return stmt_get_text(s, column) ? (day_t)stmt_get_int(s, column) : DAY_NONE;
}

static const char *get_text(struct stmt *s, int column, struct arena *a)
{
	const char *text = stmt_get_text(s, column);
	return text ? arena_strdup(a, text) : NULL;
}

enum status db_findings(struct db *db, day_t as_of, struct arena *a, struct finding **out, size_t *n,
			day_t *as_of_out, struct err *e)
{
	struct stmt s;
	VEC(struct finding) all = { 0 };
	int64_t last;
	enum status status = db_query_int(db, "SELECT as_of FROM dq_finding ORDER BY checked_at DESC,"
					  " id DESC LIMIT 1", DAY_NONE, &last, e);
	*as_of_out = as_of == DAY_NONE ? (day_t)last : as_of;
	if (!status)
		status = stmt_open(&s, db, "SELECT rule, severity, store, item, day, until, value, expected,"
				   " cases, text FROM dq_finding WHERE as_of = ?1 ORDER BY id", e);
	if (status)
		return status;
	stmt_int(&s, 1, *as_of_out);
	while (stmt_step(&s)) {
		int severity = severity_find(stmt_get_text(&s, 1));
		VEC_PUSH(&all, (struct finding){
			.rule = get_text(&s, 0, a), .severity = (enum severity)(severity < 0 ? 0 : severity),
			.store = get_text(&s, 2, a), .item = get_text(&s, 3, a), .day = get_day(&s, 4),
			.until = get_day(&s, 5), .value = stmt_get_double(&s, 6),
			.expected = stmt_get_double(&s, 7), .cases = stmt_get_int(&s, 8),
			.text = get_text(&s, 9, a) });
	}
	*n = all.n;
	*out = ARENA_ARRAY(a, struct finding, all.n + 1);
	if (all.n)
		memcpy(*out, all.at, all.n * sizeof *all.at);
	VEC_FREE(&all);
	return stmt_close(&s, e);
}

/* Are the store-days in the db these, one for one? */
static enum status same_store_days(struct db *db, const struct store_day *day, size_t n, int *same,
				   struct err *e)
{
	struct stmt s;
	size_t i = 0;
	enum status status = stmt_open(&s, db, "SELECT store, day, state, basis FROM store_day"
				       " ORDER BY store, day", e);
	if (status)
		return status;
	for (*same = 1; *same && stmt_step(&s); i++)
		*same = i < n && stmt_get_int(&s, 0) == day[i].store && stmt_get_int(&s, 1) == day[i].day
			&& !strcmp(stmt_get_text(&s, 2), day_state_name(day[i].state))
			&& !strcmp(stmt_get_text(&s, 3), day[i].basis);
	*same = *same && i == n;
	return stmt_close(&s, e);
}

static enum status same_series_days(struct db *db, const struct series_day *day, size_t n, int *same,
				    struct err *e)
{
	struct stmt s;
	size_t i = 0;
	enum status status = stmt_open(&s, db, "SELECT day, series, state, basis FROM day_state"
				       " ORDER BY day, series", e);
	if (status)
		return status;
	for (*same = 1; *same && stmt_step(&s); i++)
		*same = i < n && stmt_get_int(&s, 0) == day[i].day && stmt_get_int(&s, 1) == day[i].series
			&& !strcmp(stmt_get_text(&s, 2), day_state_name(day[i].state))
			&& !strcmp(stmt_get_text(&s, 3), day[i].basis);
	*same = *same && i == n;
	return stmt_close(&s, e);
}

static enum status write_store_days(struct db *db, const struct store_day *day, size_t n, struct err *e)
{
	struct stmt s;
	enum status status = db_exec(db, "DELETE FROM store_day", e);
	if (!status)
		status = stmt_open(&s, db, "INSERT INTO store_day VALUES(?1, ?2, ?3, ?4)", e);
	if (status)
		return status;
	for (size_t i = 0; i < n; i++) {
		stmt_int(&s, 1, day[i].store);
		stmt_int(&s, 2, day[i].day);
		stmt_text(&s, 3, day_state_name(day[i].state));
		stmt_text(&s, 4, day[i].basis);
		stmt_run(&s);
	}
	return stmt_close(&s, e);
}

static enum status write_series_days(struct db *db, const struct series_day *day, size_t n,
				     struct err *e)
{
	struct stmt s;
	enum status status = db_exec(db, "DELETE FROM day_state", e);
	if (!status)
		status = stmt_open(&s, db, "INSERT INTO day_state VALUES(?1, ?2, ?3, ?4)", e);
	if (status)
		return status;
	for (size_t i = 0; i < n; i++) {
		stmt_int(&s, 1, day[i].day);
		stmt_int(&s, 2, day[i].series);
		stmt_text(&s, 3, day_state_name(day[i].state));
		stmt_text(&s, 4, day[i].basis);
		stmt_run(&s);
	}
	return stmt_close(&s, e);
}

enum status db_states_write(struct db *db, const struct store_day *store_day, size_t n_store,
			    const struct series_day *series_day, size_t n_series, int *changed,
			    struct err *e)
{
	int same_stores = 0, same_series = 0;
	enum status status = same_store_days(db, store_day, n_store, &same_stores, e);
	if (!status)
		status = same_series_days(db, series_day, n_series, &same_series, e);
	if (!status && !same_stores)
		status = write_store_days(db, store_day, n_store, e);
	if (!status && !same_series)
		status = write_series_days(db, series_day, n_series, e);
	*changed = !same_stores || !same_series;
	if (!status && *changed)
		status = db_touch(db, e);
	return status;
}

static enum status same_estimates(struct db *db, const struct demand_estimate *x, size_t n, int *same,
				  struct err *e)
{
	struct stmt s;
	size_t i = 0;
	enum status status = stmt_open(&s, db, "SELECT day, series, demand FROM demand_estimate"
				       " ORDER BY day, series", e);
	if (status)
		return status;
	for (*same = 1; *same && stmt_step(&s); i++)
		*same = i < n && stmt_get_int(&s, 0) == x[i].day && stmt_get_int(&s, 1) == x[i].series
			&& stmt_get_double(&s, 2) == x[i].demand;
	*same = *same && i == n;
	return stmt_close(&s, e);
}

enum status db_estimates_write(struct db *db, const struct demand_estimate *x, size_t n, struct err *e)
{
	struct stmt s;
	int same = 0;
	enum status status = same_estimates(db, x, n, &same, e);
	if (status || same)
		return status;
	status = db_exec(db, "DELETE FROM demand_estimate", e);
	if (!status)
		status = stmt_open(&s, db, "INSERT INTO demand_estimate VALUES(?1, ?2, ?3)", e);
	if (status)
		return status;
	for (size_t i = 0; i < n; i++) {
		stmt_int(&s, 1, x[i].day);
		stmt_int(&s, 2, x[i].series);
		stmt_double(&s, 3, x[i].demand);
		stmt_run(&s);
	}
	return stmt_close(&s, e);
}

enum status db_stores_out(struct db *db, struct arena *a, const char ***out, int *n, struct err *e)
{
	struct stmt s;
	VEC(const char *) name = { 0 };
	enum status status = stmt_open(&s, db, "SELECT name FROM store WHERE id IN (SELECT e.store FROM"
				       " day_state d JOIN series e ON e.id = d.series"
				       " WHERE d.state = 'stockout') ORDER BY name", e);
	if (status)
		return status;
	while (stmt_step(&s))
		VEC_PUSH(&name, arena_strdup(a, stmt_get_text(&s, 0)));
	*n = (int)name.n;
	*out = ARENA_ARRAY(a, const char *, name.n + 1);
	if (name.n)
		memcpy(*out, name.at, name.n * sizeof **out);
	VEC_FREE(&name);
	return stmt_close(&s, e);
}

enum status db_store_days(struct db *db, int64_t store, day_t from, struct arena *a,
			  struct store_day **out, size_t *n, struct err *e)
{
	struct stmt s;
	VEC(struct store_day) all = { 0 };
	enum status status = stmt_open(&s, db, "SELECT store, day, state, basis FROM store_day"
				       " WHERE day >= ?2 AND (?1 = 0 OR store = ?1) ORDER BY store, day",
				       e);
	if (status)
		return status;
	stmt_int(&s, 1, store);
	stmt_int(&s, 2, from);
	while (stmt_step(&s)) {
		const char *name = stmt_get_text(&s, 2);
		enum day_state state = !strcmp(name, day_state_name(DAY_CLOSED)) ? DAY_CLOSED
				       : !strcmp(name, day_state_name(DAY_NOFEED)) ? DAY_NOFEED
										   : DAY_MISSING;
		VEC_PUSH(&all, (struct store_day){ stmt_get_int(&s, 0), (day_t)stmt_get_int(&s, 1),
						   state, get_text(&s, 3, a) });
	}
	*n = all.n;
	*out = ARENA_ARRAY(a, struct store_day, all.n + 1);
	if (all.n)
		memcpy(*out, all.at, all.n * sizeof *all.at);
	VEC_FREE(&all);
	return stmt_close(&s, e);
}
