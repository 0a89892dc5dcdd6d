/* What forecasts came to. */
#include "config.h"
#include "io/db_realised.h"

#include <math.h>
#include <string.h>
#include <stdlib.h>
#include "io/db_private.h"

static const char *const role_name[] = { "served", "shadow", "replay" };
static const char *const band_name[] = { "near", "far" };

enum status db_judged_runs(struct db *db, day_t from, struct arena *a, struct judged_run **out, int *n,
			   struct err *e)
{
	struct stmt s;
	VEC(struct judged_run) found = { 0 };
	/* Of several for one origin the last stands: it was served last. */
	enum status status = stmt_open(
		&s, db, "SELECT max(seq), coalesce(model, 0), as_of, horizon, kind = 'shadow' AS shadow,"
		" EXISTS (SELECT 1 FROM realised x WHERE x.run = run.seq) FROM run"
		" WHERE as_of >= ?1 AND (published_hash IS NOT NULL OR (kind = 'shadow' AND state = 'SHADOWED'))"
		" GROUP BY shadow, as_of ORDER BY shadow, as_of", e);
	if (status)
		return status;
	stmt_int(&s, 1, from);
	while (stmt_step(&s))
		VEC_PUSH(&found, (struct judged_run){ stmt_get_int(&s, 0), stmt_get_int(&s, 1),
						      (day_t)stmt_get_int(&s, 2), (int)stmt_get_int(&s, 3),
						      (int)stmt_get_int(&s, 4), (int)stmt_get_int(&s, 5) });
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, struct judged_run, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	return stmt_close(&s, e);
}

/* ---- what was sold ---- */

struct actuals {
	const struct calendar *calendar;
	const struct catalog_series *series;
	period_t from;
	int n, n_period, at;
	double *out;
};

/* Place of a series among those sorted by id, or -1. */
static int place_of(const struct actuals *x, int64_t id)
{
	int low = 0, high = x->n;
	while (low < high) {
		int middle = (low + high) / 2;
		if (x->series[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < x->n && x->series[low].id == id ? low : -1;
}

static void take_sale(void *context, int64_t day, int64_t id, double units)
{
	struct actuals *x = context;
	int k = period_of_day(x->calendar, (day_t)day) - x->from;
	/* Rows of a day come by series: the next is mostly the one after the last. */
	int i = x->at < x->n && x->series[x->at].id == id ? x->at : place_of(x, id);
	if (i < 0 || k < 0 || k >= x->n_period)
		return;
	x->at = i + 1;
	x->out[(size_t)i * (size_t)x->n_period + (size_t)k] = units;
}

static enum status blank_series_days(struct db *db, struct actuals *x, day_t first, day_t last, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT series, day FROM day_state WHERE day BETWEEN ?1 AND ?2"
				       " AND state <> 'zero'", e);
	if (status)
		return status;
	stmt_int(&s, 1, first);
	stmt_int(&s, 2, last);
	while (stmt_step(&s)) {
		int i = place_of(x, stmt_get_int(&s, 0));
		int k = period_of_day(x->calendar, (day_t)stmt_get_int(&s, 1)) - x->from;
		if (i >= 0 && k >= 0 && k < x->n_period)
			x->out[(size_t)i * (size_t)x->n_period + (size_t)k] = (double)NAN;
	}
	return stmt_close(&s, e);
}

static enum status blank_store_days(struct db *db, struct actuals *x, day_t first, day_t last, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT store, day FROM store_day WHERE day BETWEEN ?1 AND ?2", e);
	if (status)
		return status;
	stmt_int(&s, 1, first);
	stmt_int(&s, 2, last);
	while (stmt_step(&s)) {
		int64_t store = stmt_get_int(&s, 0);
		int k = period_of_day(x->calendar, (day_t)stmt_get_int(&s, 1)) - x->from;
		for (int i = 0; k >= 0 && k < x->n_period && i < x->n; i++)
			if (x->series[i].store == store)
				x->out[(size_t)i * (size_t)x->n_period + (size_t)k] = (double)NAN;
	}
	return stmt_close(&s, e);
}

enum status db_actuals(struct db *db, const struct calendar *calendar, period_t from, int n_period,
		       int gaps_zero, const struct catalog_series *series, int n, double *out, struct err *e)
{
	struct stmt s;
	struct actuals x = { .calendar = calendar, .series = series, .from = from, .n = n, .n_period = n_period,
			     .out = out };
	day_t first = period_start(calendar, from), last = period_start(calendar, from + n_period) - 1;
	for (int i = 0; i < n; i++)
		for (int k = 0; k < n_period; k++) {
			int begun = series[i].rows && period_of_day(calendar, series[i].first) <= from + k;
			out[(size_t)i * (size_t)n_period + (size_t)k] = gaps_zero && begun ? 0 : (double)NAN;
		}
	enum status status = db_collect(db, take_sale, &x, e);
	if (!status)
		status = stmt_open(&s, db, "SELECT collect(day, series, units) FROM sales"
				   " WHERE day BETWEEN ?1 AND ?2", e);
	if (status)
		return status;
	stmt_int(&s, 1, first);
	stmt_int(&s, 2, last);
	stmt_run(&s);
	status = stmt_close(&s, e);
	if (!status)
		status = blank_series_days(db, &x, first, last, e);
	return status ? status : blank_store_days(db, &x, first, last, e);
}

enum status db_promoted_series(struct db *db, day_t from, day_t until, const struct catalog_series *series, int n,
			       int *out, struct err *e)
{
	struct stmt s;
	struct actuals x = { .series = series, .n = n };
	memset(out, 0, (size_t)n * sizeof *out);
	enum status status = stmt_open(&s, db, "SELECT DISTINCT series FROM promotion WHERE day <= ?2 AND until >= ?1", e);
	if (status)
		return status;
	stmt_int(&s, 1, from);
	stmt_int(&s, 2, until);
	while (stmt_step(&s)) {
		int i = place_of(&x, stmt_get_int(&s, 0));
		if (i >= 0)
			out[i] = 1;
	}
	return stmt_close(&s, e);
}

/* ---- sums by run and step ---- */

enum status db_realised_write(struct db *db, int64_t run, const struct realised_row *row, int n, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "INSERT OR REPLACE INTO realised VALUES(?1, ?2, ?3, ?4, ?5, ?6,"
				       " ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)", e);
	if (status)
		return status;
	stmt_int(&s, 1, run);
	for (int k = 0; k < n; k++) {
		const struct realised_row *r = &row[k];
		const double value[] = { r->units, r->mean, r->abs_error, r->expected, r->pinball };
		stmt_int(&s, 2, r->step);
		stmt_text(&s, 3, r->part);
		stmt_text(&s, 4, r->member);
		stmt_int(&s, 5, r->day);
		stmt_int(&s, 6, r->cells);
		for (int j = 0; j < 5; j++)
			stmt_double(&s, 7 + j, value[j]);
		for (int j = 0; j < 3; j++)
			stmt_int(&s, 12 + j, r->inside[j]);
		stmt_run(&s);
	}
	return stmt_close(&s, e);
}

static void read_sum(struct stmt *s, struct arena *a, struct realised_sum *out)
{
	struct realised_row *r = &out->sum;
	double *const value[] = { &r->units, &r->mean, &r->abs_error, &r->expected, &r->pinball };
	out->part = r->part = arena_strdup(a, stmt_get_text(s, 0));
	out->member = r->member = arena_strdup(a, stmt_get_text(s, 1));
	out->step_from = (int)stmt_get_int(s, 2);
	out->step_to = (int)stmt_get_int(s, 3);
	out->runs = (int)stmt_get_int(s, 4);
	r->cells = stmt_get_int(s, 5);
	for (int j = 0; j < 5; j++)
		*value[j] = stmt_get_real(s, 6 + j);
	for (int j = 0; j < 3; j++)
		r->inside[j] = stmt_get_int(s, 11 + j);
}

enum status db_realised_read(struct db *db, int shadow, day_t from, day_t until, int by_step, struct arena *a,
			     struct realised_sum **out, int *n, struct err *e)
{
	struct stmt s;
	VEC(struct realised_sum) found = { 0 };
	enum status status = stmt_open(
		&s, db, "SELECT part, member, min(step), max(step), count(DISTINCT x.run), sum(cells), sum(units),"
		" sum(mean), sum(abs_error), sum(expected), sum(pinball), sum(inside50), sum(inside80),"
		" sum(inside90) FROM realised x JOIN run r ON r.seq = x.run WHERE r.as_of BETWEEN ?1 AND ?2"
		" AND (r.kind = 'shadow') = ?3 GROUP BY part, member, CASE WHEN ?4 THEN step WHEN step = 1 THEN 1"
		" WHEN step <= 7 THEN 2 WHEN step <= 14 THEN 3 ELSE 4 END"
		" ORDER BY part <> 'all', part, member, min(step)", e);
	if (status)
		return status;
	stmt_int(&s, 1, from);
	stmt_int(&s, 2, until);
	stmt_int(&s, 3, shadow);
	stmt_int(&s, 4, by_step);
	while (stmt_step(&s)) {
		struct realised_sum one = { 0 };
		read_sum(&s, a, &one);
		VEC_PUSH(&found, one);
	}
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, struct realised_sum, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	return stmt_close(&s, e);
}

/* ---- residuals ---- */

/* A row as it is kept: little-endian, without gaps. */
struct kept_row {
	int32_t number; /* of the series within its store */
	float z, error;
	uint8_t days, outside, none[2];
};
_Static_assert(sizeof(struct kept_row) == 16, "rows of resid are 16 bytes");

static struct kept_row keep(const struct resid_row *r)
{
	return (struct kept_row){ (int32_t)(r->series % SERIES_PER_STORE), r->z, r->error, (uint8_t)r->days,
				  (uint8_t)r->outside, { 0, 0 } };
}

enum status db_resid_write(struct db *db, enum resid_role role, enum resid_band band, int week,
			   const struct resid_row *row, int n, struct err *e)
{
	struct stmt s;
	VEC(struct kept_row) kept = { 0 };
	enum status status = stmt_open(&s, db, "INSERT OR REPLACE INTO resid VALUES(?1, ?2, ?3, ?4, ?5, ?6)", e);
	if (status)
		return status;
	stmt_text(&s, 1, role_name[role]);
	stmt_text(&s, 2, band_name[band]);
	stmt_int(&s, 3, week);
	for (int k = 0; k < n; k++) {
		int64_t store = row[k].series / SERIES_PER_STORE;
		VEC_PUSH(&kept, keep(&row[k]));
		if (k + 1 < n && row[k + 1].series / SERIES_PER_STORE == store)
			continue;
		stmt_int(&s, 4, store);
		stmt_int(&s, 5, (int64_t)kept.n);
		stmt_blob(&s, 6, kept.at, kept.n * sizeof *kept.at);
		stmt_run(&s);
		kept.n = 0;
	}
	VEC_FREE(&kept);
	return stmt_close(&s, e);
}

enum status db_resid_nodes_write(struct db *db, enum resid_role role, enum resid_band band,
				 const struct resid_node *node, int n, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "INSERT OR REPLACE INTO resid_node VALUES(?1, ?2, ?3, ?4, ?5, ?6,"
				       " ?7, ?8, ?9, ?10, ?11, ?12)", e);
	if (status)
		return status;
	stmt_text(&s, 1, role_name[role]);
	stmt_text(&s, 2, band_name[band]);
	for (int k = 0; k < n; k++) {
		const double value[] = { node[k].units, node[k].mean, node[k].loss, node[k].expected };
		stmt_int(&s, 3, node[k].week);
		stmt_text(&s, 4, node[k].part);
		stmt_text(&s, 5, node[k].member);
		stmt_int(&s, 6, node[k].series);
		for (int j = 0; j < 4; j++)
			stmt_double(&s, 7 + j, value[j]);
		stmt_int(&s, 11, node[k].days);
		stmt_int(&s, 12, node[k].outside);
		stmt_run(&s);
	}
	return stmt_close(&s, e);
}

enum status db_resid_weeks(struct db *db, enum resid_role role, enum resid_band band, int from, int until,
			   uint8_t *has, struct err *e)
{
	struct stmt s;
	memset(has, 0, (size_t)(until - from + 1));
	enum status status = stmt_open(&s, db, "SELECT DISTINCT week FROM resid_node WHERE role = ?1 AND band = ?2"
				       " AND week BETWEEN ?3 AND ?4", e);
	if (status)
		return status;
	stmt_text(&s, 1, role_name[role]);
	stmt_text(&s, 2, band_name[band]);
	stmt_int(&s, 3, from);
	stmt_int(&s, 4, until);
	while (stmt_step(&s))
		has[stmt_get_int(&s, 0) - from] = 1;
	return stmt_close(&s, e);
}

enum status db_resid_last(struct db *db, enum resid_band band, int *week, struct err *e)
{
	struct stmt s;
	*week = INT32_MIN;
	enum status status = stmt_open(&s, db, "SELECT max(week) FROM resid_node WHERE role <> 'shadow' AND band = ?1",
				       e);
	if (status)
		return status;
	stmt_text(&s, 1, band_name[band]);
	if (stmt_step(&s) && stmt_get_text(&s, 0))
		*week = (int)stmt_get_int(&s, 0);
	return stmt_close(&s, e);
}

/* Rows of one week; false when there are none. */
static int read_week(struct stmt *s, enum resid_role role, int week, resid_seen *seen, void *context)
{
	int any = 0;
	stmt_text(s, 1, role_name[role]);
	stmt_int(s, 3, week);
	while (stmt_step(s)) {
		size_t bytes;
		int64_t store = stmt_get_int(s, 0);
		const unsigned char *blob = stmt_get_blob(s, 1, &bytes);
		for (size_t at = 0; at + sizeof(struct kept_row) <= bytes; at += sizeof(struct kept_row)) {
			struct kept_row k;
			memcpy(&k, blob + at, sizeof k);
			const struct resid_row row = { store * SERIES_PER_STORE + k.number, k.z, k.error, k.days,
						       k.outside };
			seen(context, week, &row);
		}
		any = 1;
	}
	stmt_reset(s);
	return any;
}

enum status db_resid_read(struct db *db, int shadow, enum resid_band band, int from, int until, resid_seen *seen,
			  void *context, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT store, rows FROM resid WHERE role = ?1 AND band = ?2"
				       " AND week = ?3 ORDER BY store", e);
	if (status)
		return status;
	stmt_text(&s, 2, band_name[band]);
	for (int week = from; week <= until; week++)
		if (shadow)
			read_week(&s, RESID_SHADOW, week, seen, context);
		else if (!read_week(&s, RESID_SERVED, week, seen, context))
			read_week(&s, RESID_REPLAY, week, seen, context);
	return stmt_close(&s, e);
}

enum status db_resid_nodes_read(struct db *db, int shadow, enum resid_band band, int from, int until, struct arena *a,
				struct resid_node **out, int *n, struct err *e)
{
	struct stmt s;
	VEC(struct resid_node) found = { 0 };
	enum status status = stmt_open(
		&s, db, "SELECT part, member, week, series, units, mean, loss, expected, days, outside"
		" FROM resid_node x WHERE band = ?1 AND week BETWEEN ?2 AND ?3 AND CASE WHEN ?4 THEN role = 'shadow'"
		" ELSE (role = 'served' OR (role = 'replay' AND NOT EXISTS (SELECT 1 FROM resid_node y WHERE y.role = 'served'"
		" AND y.band = x.band AND y.week = x.week))) END ORDER BY week, part, member", e);
	if (status)
		return status;
	stmt_text(&s, 1, band_name[band]);
	stmt_int(&s, 2, from);
	stmt_int(&s, 3, until);
	stmt_int(&s, 4, shadow);
	while (stmt_step(&s))
		VEC_PUSH(&found, (struct resid_node){ arena_strdup(a, stmt_get_text(&s, 0)),
						      arena_strdup(a, stmt_get_text(&s, 1)),
						      (int)stmt_get_int(&s, 2), (int)stmt_get_int(&s, 3),
						      stmt_get_real(&s, 4), stmt_get_real(&s, 5), stmt_get_real(&s, 6),
						      stmt_get_real(&s, 7), stmt_get_int(&s, 8),
						      stmt_get_int(&s, 9) });
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, struct resid_node, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	return stmt_close(&s, e);
}

enum status db_resid_drop(struct db *db, enum resid_role role, struct err *e)
{
	static const char *const sql[] = { "DELETE FROM resid WHERE role = ?1", "DELETE FROM resid_node WHERE role = ?1" };
	enum status status = OK;
	for (int k = 0; !status && k < 2; k++) {
		struct stmt s;
		status = stmt_open(&s, db, sql[k], e);
		if (status)
			return status;
		stmt_text(&s, 1, role_name[role]);
		stmt_run(&s);
		status = stmt_close(&s, e);
	}
	return status;
}
