/* Costs and stock out of the db; replays, pages and decisions into it. */
#include "config.h"
#include "io/db_stock.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "io/db_private.h"

enum status db_item_costs(struct db *db, struct arena *a, struct item_cost **out, int *n, struct err *e)
{
	struct stmt s;
	VEC(struct item_cost) found = { 0 };
	enum status status = stmt_open(&s, db, "SELECT item, name, value FROM item_cost ORDER BY item, name",
				       e);
	if (status)
		return status;
	while (stmt_step(&s)) {
		struct item_cost row = { stmt_get_int(&s, 0), arena_strdup(a, stmt_get_text(&s, 1)),
					 stmt_get_double(&s, 2) };
		VEC_PUSH(&found, row);
	}
	status = stmt_close(&s, e);
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, struct item_cost, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	return status;
}

enum status db_prices_on(struct db *db, day_t day, const struct catalog_series *series, int n, double *out,
			 struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT coalesce((SELECT price FROM price WHERE series = ?1"
				       " AND day <= ?2 ORDER BY day DESC LIMIT 1), (SELECT price FROM price"
				       " WHERE series = ?1 ORDER BY day LIMIT 1))", e);
	if (status)
		return status;
	for (int i = 0; i < n; i++) {
		stmt_int(&s, 1, series[i].id);
		stmt_int(&s, 2, day);
		out[i] = stmt_step(&s) ? stmt_get_double(&s, 0) : (double)NAN;
		stmt_reset(&s);
	}
	return stmt_close(&s, e);
}

struct units_sum {
	int64_t id;
	int at;
	double units;
};

static int by_id(const void *a, const void *b)
{
	int64_t x = ((const struct units_sum *)a)->id, y = ((const struct units_sum *)b)->id;
	return (x > y) - (x < y);
}

static enum status add_units(struct db *db, day_t day, struct units_sum *sum, int n, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT series, sum(max(units, 0)) FROM sales WHERE day <= ?1"
				       " GROUP BY series", e);
	if (status)
		return status;
	stmt_int(&s, 1, day);
	while (stmt_step(&s)) {
		struct units_sum key = { .id = stmt_get_int(&s, 0) };
		struct units_sum *at = bsearch(&key, sum, (size_t)n, sizeof *sum, by_id);
		if (at)
			at->units = stmt_get_double(&s, 1);
	}
	return stmt_close(&s, e);
}

enum status db_units_until(struct db *db, day_t day, const struct catalog_series *series, int n, double *out,
			   struct err *e)
{
	struct units_sum *sum = NEW_ARRAY(struct units_sum, n + 1);
	for (int i = 0; i < n; i++)
		sum[i] = (struct units_sum){ series[i].id, i, 0 };
	qsort(sum, (size_t)n, sizeof *sum, by_id);
	enum status status = n ? add_units(db, day, sum, n, e) : OK;
	for (int i = 0; i < n; i++)
		out[sum[i].at] = sum[i].units;
	free(sum);
	return status;
}

enum status db_has_stock(struct db *db, int *out, struct err *e)
{
	int64_t any;
	enum status status = db_query_int(db, "SELECT EXISTS(SELECT 1 FROM stock)", 0, &any, e);
	*out = (int)any;
	return status;
}

enum status db_stock_on(struct db *db, day_t day, day_t since, const struct catalog_series *series, int n,
			double *on_hand, double *on_order, day_t *on, struct err *e)
{
	struct stmt s;
	for (int i = 0; i < n; i++) {
		on_hand[i] = on_order[i] = (double)NAN;
		on[i] = DAY_NONE;
	}
	/* By day, so that a later row stands; ids ascend within a store, keys do not, hence the search. */
	enum status status = stmt_open(&s, db, "SELECT on_hand, on_order, day FROM stock WHERE day = ?1"
				       " AND series = ?2", e);
	if (status)
		return status;
	for (int i = 0; i < n; i++)
		for (day_t d = day; d >= since && on[i] == DAY_NONE; d--) {
			stmt_int(&s, 1, d);
			stmt_int(&s, 2, series[i].id);
			if (stmt_step(&s)) {
				on_hand[i] = stmt_get_double(&s, 0);
				on_order[i] = stmt_get_double(&s, 1);
				on[i] = isnan(on_hand[i]) ? DAY_NONE : d;
			}
			stmt_reset(&s);
		}
	return stmt_close(&s, e);
}

/* ---- what a return leaves ---- */

static void bind_values(struct stmt *s, int at, const double *x, int n)
{
	for (int k = 0; k < n; k++)
		stmt_double(s, at + k, x[k]);
}

static enum status write_replay(struct db *db, int64_t run, const struct roi_rows *r, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "INSERT INTO replay(run, arm, series, demand, sold, lost, wasted,"
				       " held, received, lines, lost_margin, goodwill, waste, holding, ordering,"
				       " markdown, total) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
				       " CAST(?10 AS INTEGER), ?11, ?12, ?13, ?14, ?15, ?16, ?17)", e);
	for (int k = 0; !status && k < r->n_replay; k++) {
		stmt_int(&s, 1, run);
		stmt_text(&s, 2, r->replay[k].arm);
		stmt_int(&s, 3, r->replay[k].series);
		bind_values(&s, 4, r->replay[k].value, REPLAY_VALUES);
		stmt_run(&s);
	}
	return status ? status : stmt_close(&s, e);
}

static enum status write_points(struct db *db, int64_t run, const struct roi_rows *r, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "INSERT INTO roi_point VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
				       " ?9, ?10, ?11, ?12, ?13, ?14, ?15)", e);
	for (int k = 0; !status && k < r->n_point; k++) {
		stmt_int(&s, 1, run);
		stmt_text(&s, 2, r->point[k].arm);
		stmt_double(&s, 3, r->point[k].tau);
		bind_values(&s, 4, r->point[k].value, POINT_VALUES);
		stmt_run(&s);
	}
	return status ? status : stmt_close(&s, e);
}

static enum status write_members(struct db *db, int64_t run, const struct roi_rows *r, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "INSERT INTO roi_member VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
				       " ?9, ?10, ?11, ?12, ?13)", e);
	for (int k = 0; !status && k < r->n_member; k++) {
		stmt_int(&s, 1, run);
		stmt_text(&s, 2, r->member[k].cut);
		stmt_text(&s, 3, r->member[k].member);
		stmt_int(&s, 4, r->member[k].series);
		stmt_int(&s, 5, r->member[k].worse);
		bind_values(&s, 6, r->member[k].value, MEMBER_VALUES);
		stmt_run(&s);
	}
	return status ? status : stmt_close(&s, e);
}

static enum status write_figures(struct db *db, int64_t run, const struct roi_rows *r, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "INSERT INTO roi_figure VALUES(?1, ?2, ?3, ?4)", e);
	for (int k = 0; !status && k < r->n_figure; k++) {
		stmt_int(&s, 1, run);
		stmt_text(&s, 2, r->figure[k].name);
		stmt_double(&s, 3, r->figure[k].text ? (double)NAN : r->figure[k].value);
		stmt_text(&s, 4, r->figure[k].text);
		stmt_run(&s);
	}
	status = status ? status : stmt_close(&s, e);
	if (!status)
		status = stmt_open(&s, db, "INSERT INTO order_level VALUES(?1, ?2, ?3, ?4)", e);
	for (int k = 0; !status && k < r->n_level; k++) {
		stmt_int(&s, 1, run);
		stmt_text(&s, 2, r->level[k].arm);
		stmt_text(&s, 3, r->level[k].segment);
		stmt_double(&s, 4, r->level[k].tau);
		stmt_run(&s);
	}
	status = status ? status : stmt_close(&s, e);
	if (!status)
		status = stmt_open(&s, db, "INSERT INTO cash VALUES(?1, ?2, ?3, ?4)", e);
	for (int k = 0; !status && k < r->n_cash; k++) {
		stmt_int(&s, 1, run);
		stmt_int(&s, 2, r->cash[k].year);
		stmt_text(&s, 3, r->cash[k].item);
		stmt_double(&s, 4, r->cash[k].amount);
		stmt_run(&s);
	}
	return status ? status : stmt_close(&s, e);
}

static enum status drop_rows(struct db *db, int64_t run, struct err *e)
{
	static const char *const sql[] = {
		"DELETE FROM replay WHERE run = ?1",     "DELETE FROM roi_point WHERE run = ?1",
		"DELETE FROM roi_member WHERE run = ?1", "DELETE FROM roi_figure WHERE run = ?1",
		"DELETE FROM order_level WHERE run = ?1", "DELETE FROM cash WHERE run = ?1",
	};
	enum status status = OK;
	for (size_t k = 0; !status && k < sizeof sql / sizeof *sql; k++) {
		struct stmt s;
		status = stmt_open(&s, db, sql[k], e);
		if (status)
			return status;
		stmt_int(&s, 1, run);
		stmt_run(&s);
		status = stmt_close(&s, e);
	}
	return status;
}

enum status db_roi_write(struct db *db, int64_t run, const struct roi_rows *rows, struct err *e)
{
	enum status status = db_begin(db, e);
	if (status)
		return status;
	status = drop_rows(db, run, e);
	if (!status)
		status = write_replay(db, run, rows, e);
	if (!status)
		status = write_points(db, run, rows, e);
	if (!status)
		status = write_members(db, run, rows, e);
	if (!status)
		status = write_figures(db, run, rows, e);
	if (!status)
		status = db_commit(db, e);
	if (status)
		db_rollback(db);
	return status;
}

static void get_values(struct stmt *s, int at, double *x, int n)
{
	for (int k = 0; k < n; k++)
		x[k] = stmt_get_double(s, at + k);
}

static int count_rows(struct db *db, int64_t run, const char *sql, struct err *e)
{
	struct stmt s;
	int n = 0;
	if (stmt_open(&s, db, sql, e))
		return -1;
	stmt_int(&s, 1, run);
	if (stmt_step(&s))
		n = (int)stmt_get_int(&s, 0);
	return stmt_close(&s, e) ? -1 : n;
}

static enum status read_points(struct db *db, int64_t run, struct arena *a, struct roi_rows *r, struct err *e)
{
	struct stmt s;
	int n = count_rows(db, run, "SELECT count(*) FROM roi_point WHERE run = ?1", e);
	enum status status = n < 0 ? e->code
				   : stmt_open(&s, db, "SELECT arm, tau, fill, service, stock_value, cover,"
					       " waste_share, lost_margin, goodwill, waste, holding, ordering,"
					       " markdown, total FROM roi_point WHERE run = ?1"
					       " ORDER BY arm, tau", e);
	if (status)
		return status;
	r->point = ARENA_ARRAY(a, struct point_row, n + 1);
	stmt_int(&s, 1, run);
	while (r->n_point < n && stmt_step(&s)) {
		struct point_row *p = &r->point[r->n_point++];
		p->arm = arena_strdup(a, stmt_get_text(&s, 0));
		p->tau = stmt_get_double(&s, 1);
		get_values(&s, 2, p->value, POINT_VALUES);
	}
	return stmt_close(&s, e);
}

static enum status read_members(struct db *db, int64_t run, struct arena *a, struct roi_rows *r, struct err *e)
{
	struct stmt s;
	int n = count_rows(db, run, "SELECT count(*) FROM roi_member WHERE run = ?1", e);
	enum status status = n < 0 ? e->code
				   : stmt_open(&s, db, "SELECT cut, member, series, worse, sales, rival_total,"
					       " model_total, rival_wape, model_wape, benefit, low, high"
					       " FROM roi_member WHERE run = ?1 ORDER BY cut, member", e);
	if (status)
		return status;
	r->member = ARENA_ARRAY(a, struct member_row, n + 1);
	stmt_int(&s, 1, run);
	while (r->n_member < n && stmt_step(&s)) {
		struct member_row *m = &r->member[r->n_member++];
		m->cut = arena_strdup(a, stmt_get_text(&s, 0));
		m->member = arena_strdup(a, stmt_get_text(&s, 1));
		m->series = (int)stmt_get_int(&s, 2);
		m->worse = (int)stmt_get_int(&s, 3);
		get_values(&s, 4, m->value, MEMBER_VALUES);
	}
	return stmt_close(&s, e);
}

static enum status read_figures(struct db *db, int64_t run, struct arena *a, struct roi_rows *r, struct err *e)
{
	struct stmt s;
	int n = count_rows(db, run, "SELECT count(*) FROM roi_figure WHERE run = ?1", e);
	enum status status = n < 0 ? e->code
				   : stmt_open(&s, db, "SELECT name, value, text FROM roi_figure"
					       " WHERE run = ?1 ORDER BY name", e);
	if (status)
		return status;
	r->figure = ARENA_ARRAY(a, struct figure_row, n + 1);
	stmt_int(&s, 1, run);
	while (r->n_figure < n && stmt_step(&s)) {
		struct figure_row *f = &r->figure[r->n_figure++];
		const char *text = stmt_get_text(&s, 2);
		f->name = arena_strdup(a, stmt_get_text(&s, 0));
		f->value = stmt_get_double(&s, 1);
		f->text = text ? arena_strdup(a, text) : NULL;
	}
	return stmt_close(&s, e);
}

static enum status read_levels(struct db *db, int64_t run, struct arena *a, struct roi_rows *r, struct err *e)
{
	struct stmt s;
	int n = count_rows(db, run, "SELECT count(*) FROM order_level WHERE run = ?1", e);
	enum status status = n < 0 ? e->code
				   : stmt_open(&s, db, "SELECT arm, segment, tau FROM order_level"
					       " WHERE run = ?1 ORDER BY arm, segment", e);
	if (status)
		return status;
	r->level = ARENA_ARRAY(a, struct level_row, n + 1);
	stmt_int(&s, 1, run);
	while (r->n_level < n && stmt_step(&s))
		r->level[r->n_level++] = (struct level_row){ arena_strdup(a, stmt_get_text(&s, 0)),
							     arena_strdup(a, stmt_get_text(&s, 1)),
							     stmt_get_double(&s, 2) };
	return stmt_close(&s, e);
}

enum status db_roi_read(struct db *db, int64_t run, struct arena *a, struct roi_rows *out, struct err *e)
{
	*out = (struct roi_rows){ 0 };
	enum status status = read_points(db, run, a, out, e);
	if (!status)
		status = read_members(db, run, a, out, e);
	if (!status)
		status = read_figures(db, run, a, out, e);
	return status ? status : read_levels(db, run, a, out, e);
}

/* ---- pages and decisions ---- */

enum status db_page_write(struct db *db, int64_t run, const char *name, const char *html, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "INSERT OR REPLACE INTO page(run, name, html)"
				       " VALUES(?1, ?2, ?3)", e);
	if (status)
		return status;
	stmt_int(&s, 1, run);
	stmt_text(&s, 2, name);
	stmt_text(&s, 3, html);
	stmt_run(&s);
	return stmt_close(&s, e);
}

enum status db_page_newest(struct db *db, const char *name, struct arena *a, int64_t *run, const char **html,
			   struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT run, html FROM page WHERE name = ?1"
				       " ORDER BY run DESC LIMIT 1", e);
	*html = NULL;
	*run = 0;
	if (status)
		return status;
	stmt_text(&s, 1, name);
	if (stmt_step(&s)) {
		*run = stmt_get_int(&s, 0);
		*html = arena_strdup(a, stmt_get_text(&s, 1));
	}
	return stmt_close(&s, e);
}

static enum status write_decisions(struct db *db, int64_t run, int64_t forecast_run,
				   const struct decision_row *row, int n, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "INSERT OR REPLACE INTO decision VALUES(?1, ?2, ?3, ?4, ?5, ?6,"
				       " ?7, ?8, ?9, ?10, ?11, ?12)", e);
	if (status)
		return status;
	for (int k = 0; k < n; k++) {
		stmt_int(&s, 1, run);
		stmt_int(&s, 2, forecast_run);
		stmt_int(&s, 3, row[k].series);
		stmt_int(&s, 4, row[k].day);
		stmt_int(&s, 5, row[k].arrives);
		stmt_double(&s, 6, row[k].forecast);
		stmt_double(&s, 7, row[k].tau);
		stmt_double(&s, 8, row[k].level);
		stmt_double(&s, 9, row[k].on_hand);
		stmt_double(&s, 10, row[k].on_order);
		stmt_double(&s, 11, row[k].units);
		stmt_text(&s, 12, row[k].reason);
		stmt_run(&s);
	}
	return stmt_close(&s, e);
}

enum status db_decisions_write(struct db *db, int64_t run, int64_t forecast_run,
			       const struct decision_row *row, int n, struct err *e)
{
	enum status status = db_begin(db, e);
	if (status)
		return status;
	status = write_decisions(db, run, forecast_run, row, n, e);
	if (!status)
		status = db_commit(db, e);
	if (status)
		db_rollback(db);
	return status;
}
