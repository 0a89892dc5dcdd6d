/*
 * The cost of one run. Period 0 is the evening of the origin, when the first order is placed; the shelf
 * begins with what is expected to sell over the protection interval, for the run and for perfect foresight
 * alike. Orders stop where the horizon no longer covers their protection interval.
 */
#include "config.h"
#include "life/cost_run.h"

#include <math.h>
#include <string.h>
#include "base/log.h"
#include "io/db_stock.h"
#include "life/cost_conf.h"
#include "life/run_private.h"
#include "stock/interval.h"
#include "stock/order.h"
#include "stock/truth.h"

struct work {
	struct db *db;
	const struct config *config;
	const struct cost_request *q;
	struct arena *a;
	struct run_plan plan;
	struct panel_owner owner;
	struct catalog_series *series;
	int n, n_period;              /* series; periods with the origin's evening */
	struct cost_conf cost;
	struct parameters *parameters;
	struct truth truth;           /* of the origin and the days after it */
	struct arena scratch;
	struct replay_room *room;
	struct cost_result *out;
};

static enum status find_run(struct work *w, day_t last, struct err *e)
{
	struct run_row *all;
	int n;
	if (w->q->run)
		return db_run_find(w->db, w->q->run, w->a, &w->out->run, e);
	enum status status = db_runs(w->db, 1000000, w->a, &all, &n, e);
	for (int k = 0; !status && k < n; k++)
		if (!strcmp(all[k].kind, "run") && all[k].done && all[k].as_of < last) {
			w->out->run = all[k];
			return OK;
		}
	return status ? status
		      : err_set(e, E_USAGE, "no run's days have come yet: it takes sales after a run's origin");
}

static enum status read_panel(struct work *w, struct err *e)
{
	struct catalog_series *all;
	day_t first, last;
	int n, at = 0;
	enum status status = db_sales_span(w->db, DAY_NONE, &first, &last, e);
	if (!status)
		status = find_run(w, last, e);
	if (!status)
		status = run_plan(&w->plan, w->db, w->config, "cost", DAY_NONE, NULL, 1, w->a, e);
	if (status)
		return status;
	struct panel_request request = run_panel_request(&w->plan, NULL);
	status = db_panel(w->db, &request, &w->owner, e);
	if (!status)
		status = db_series(w->db, NULL, w->a, &all, &n, e);
	if (status)
		return status;
	const struct panel *p = &w->owner.panel;
	w->n = p->n;
	w->series = ARENA_ARRAY(w->a, struct catalog_series, p->n + 1);
	for (int i = 0; i < p->n; i++) {
		while (at < n && series_key_compare(&all[at].key, &p->key[i]) < 0)
			at++;
		w->series[i] = all[at];
	}
	return OK;
}

static enum status settle(struct work *w, struct err *e)
{
	enum status status = read_panel(w, e);
	if (status)
		return status;
	const struct panel *p = &w->owner.panel;
	struct run_row *run = &w->out->run;
	period_t origin = period_of_day(&p->calendar, run->as_of);
	int known = p->until - origin;
	w->n_period = 1 + (known < run->horizon ? known : run->horizon);
	if (known < 1)
		return err_set(e, E_USAGE, "run %s: none of its days has come yet", run->id);
	w->out->calendar = p->calendar;
	w->out->first = origin + 1;
	w->out->last = origin + w->n_period - 1;
	w->parameters = ARENA_ARRAY(w->a, struct parameters, w->n + 1);
	status = cost_conf_read(&w->cost, w->config, w->q->cost, e);
	if (!status)
		status = cost_conf_settle(&w->cost, w->db, run->as_of, w->q->n_set, w->q->set, w->series, w->n,
					  w->a, w->parameters, e);
	if (!status)
		truth_fill(p, origin, w->n_period, TRUTH_DRAW, run_fit_context(&w->plan).seed, 1, w->a,
			   &w->truth);
	return status;
}

/* ---- one series ---- */

struct shelf_case {
	struct stock_rules rules;
	struct stock_costs costs;
	struct series past;
	const struct forecast *one;
	const int64_t *demand;  /* [n_period] period 0 is the evening: demand 0 */
	uint8_t *review;
	float *level, *perfect; /* [n_period] */
	int scale;
	double tau;
};

static void fill_levels(struct work *w, struct shelf_case *c)
{
	const struct calendar *calendar = &w->owner.panel.calendar;
	int season = period_season(calendar);
	for (int t = 0; t < w->n_period; t++) {
		period_t period = c->one->origin + t;
		int until = t + c->rules.protect;
		int64_t sum = 0;
		c->review[t] = (uint8_t)(t == 0 || stock_review(&c->rules, period, period_start(calendar, period)));
		c->level[t] = c->perfect[t] = (float)NAN;
		if (!c->review[t] || until > c->one->n_step || until >= w->n_period)
			continue;
		struct interval i;
		arena_reset(&w->scratch);
		interval_of(&c->past, c->one, t, until, season, run_fit_context(&w->plan).seed, &w->scratch, &i);
		c->level[t] = (float)(interval_quantile(&i, c->tau) * c->scale);
		for (int h = t + 1; h <= until; h++)
			sum += c->demand[h];
		c->perfect[t] = (float)sum;
	}
}

static struct stock_sums live(struct work *w, const struct shelf_case *c, const float *level)
{
	struct stock_sums sums;
	double expected = 0;
	int cover = c->rules.protect < c->one->n_step ? c->rules.protect : c->one->n_step;
	for (int h = 0; h < cover; h++)
		expected += c->one->mean[h];
	const struct replay r = { .rules = &c->rules, .n = w->n_period, .demand = c->demand,
				  .review = c->review, .level = level,
				  .start = (int64_t)floor(expected * c->scale + .5), .warm = 1 };
	replay_run(&r, w->room, &sums, NULL);
	return sums;
}

static void add(struct cost_row *to, const struct cost_row *x)
{
	to->demand += x->demand;
	to->lost += x->lost;
	to->wasted += x->wasted;
	to->leftover += x->leftover;
	to->short_periods += x->short_periods;
	stock_money_add(&to->money, &x->money);
	stock_money_add(&to->perfect, &x->perfect);
}

static enum status take_forecast(void *context, const struct catalog_series *series, const struct forecast *one,
				 struct err *e)
{
	struct work *w = context;
	struct panel past = panel_until(&w->owner.panel, one->origin);
	int i = panel_find(&w->owner.panel, series->key.store, series->key.item);
	if (i < 0)
		return OK;
	struct arena a = { 0 };
	int64_t *demand = ARENA_ARRAY(&a, int64_t, w->n_period);
	struct shelf_case c = { .past = panel_series(&past, i), .one = one, .demand = demand,
				.review = ARENA_ARRAY(&a, uint8_t, w->n_period),
				.level = ARENA_ARRAY(&a, float, w->n_period),
				.perfect = ARENA_ARRAY(&a, float, w->n_period), .scale = w->truth.scale[i] };
	enum status status = parameters_settle(&w->parameters[i], &past.calendar, c.scale, &c.rules, &c.costs, e);
	if (!status) {
		memcpy(demand + 1, w->truth.demand + (size_t)i * (size_t)w->n_period + 1,
		       (size_t)(w->n_period - 1) * sizeof *demand);
		c.tau = w->q->level > 0 ? w->q->level : order_textbook(&c.rules, &c.costs);
		fill_levels(w, &c);
		struct stock_sums own = live(w, &c, c.level), perfect = live(w, &c, c.perfect);
		struct cost_row *row = &w->out->row[w->out->n++];
		*row = (struct cost_row){ w->series[i].key, (double)own.demand / c.scale,
					  (double)own.lost / c.scale, (double)own.wasted / c.scale,
					  (double)own.end / c.scale, (int)own.short_periods,
					  stock_money_of(&own, &c.costs), stock_money_of(&perfect, &c.costs) };
		add(&w->out->all, row);
	}
	arena_release(&a);
	return status ? err_wrap(e, "'%s/%s'", series->key.store, series->key.item) : OK;
}

enum status cost_run(struct db *db, const struct config *config, const struct cost_request *q, struct arena *a,
		     struct cost_result *out, struct err *e)
{
	struct work w = { .db = db, .config = config, .q = q, .a = a, .out = out };
	double demand = 0, drawn = 0;
	memset(out, 0, sizeof *out);
	enum status status = settle(&w, e);
	out->row = ARENA_ARRAY(a, struct cost_row, w.n + 1);
	w.room = replay_room_new();
	if (!status)
		status = db_forecast_read(db, &out->run, NULL, NULL, take_forecast, &w, e);
	for (int i = 0; !status && i < w.n; i++) {
		demand += w.truth.sold[i] + w.truth.imputed[i];
		drawn += w.truth.imputed[i];
	}
	out->imputed = demand > 0 ? drawn / demand : 0;
	replay_room_free(w.room);
	cost_conf_release(&w.cost);
	panel_release(&w.owner);
	arena_release(&w.scratch);
	return status;
}
