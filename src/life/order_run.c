/* Tonight's orders. The evening is that of the run's origin: the day whose sales and stock are known. */
#include "config.h"
#include "life/order_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "io/db_stock.h"
#include "life/cost_conf.h"
#include "life/roi_keep.h"
#include "life/run_private.h"
#include "life/segments.h"

#define STOCK_AGE 7 /* days that a count of stock may be old */

struct work {
	struct db *db;
	const struct config *config;
	const struct order_request *q;
	struct arena *a;
	struct run_plan plan;
	struct panel_owner owner;
	struct catalog_series *series;      /* [n] in panel order */
	int n;
	struct cost_conf cost;
	struct parameters *parameters;      /* [n] */
	struct segments segments;
	double *tau_of_segment;             /* [n_segment]; NaN: the textbook's */
	double *on_hand, *on_order;         /* [n] */
	day_t *counted;                     /* [n] */
	struct arena scratch;
	struct order_result *out;
	size_t room;
};

/* ---- what it is made from ---- */

static enum status read_panel(struct work *w, struct err *e)
{
	struct catalog_series *all;
	int n, at = 0;
	enum status status = run_plan(&w->plan, w->db, w->config, "order", w->out->forecast.as_of, NULL, 1,
				      w->a, e);
	if (status)
		return status;
	struct panel_request request = run_panel_request(&w->plan, w->q->store);
	request.drivers = 0;
	status = db_panel(w->db, &request, &w->owner, e);
	if (!status)
		status = db_series(w->db, w->q->store, w->a, &all, &n, e);
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

/* The levels that the last return chose for its model; NaN where there is none. */
static enum status read_levels(struct work *w, struct err *e)
{
	struct run_row run;
	struct roi_rows rows;
	struct err none;
	w->tau_of_segment = ARENA_ARRAY(w->a, double, w->segments.n_segment);
	for (int g = 0; g < w->segments.n_segment; g++)
		w->tau_of_segment[g] = (double)NAN;
	w->out->level_from = w->q->level > 0 ? "--level" : "the textbook";
	if (w->q->level > 0)
		return OK;
	enum status status = roi_kept(w->db, NULL, w->a, &run, &rows, &none);
	if (status == E_NOTFOUND)
		return OK;
	if (status) {
		*e = none;
		return status;
	}
	const char *model = roi_figure_text(&rows, "model");
	for (int k = 0; model && k < rows.n_level; k++)
		for (int g = 0; g < w->segments.n_segment; g++)
			if (!strcmp(rows.level[k].arm, model)
			    && !strcmp(rows.level[k].segment, w->segments.name[g]))
				w->tau_of_segment[g] = rows.level[k].tau;
	struct buf text = { 0 };
	char day[DAY_TEXT_MAX];
	buf_addf(&text, "return %lld, up to %s", (long long)run.seq,
		 period_format(&w->plan.calendar, period_of_day(&w->plan.calendar, run.as_of), day));
	w->out->level_from = arena_strdup(w->a, text.text);
	buf_release(&text);
	return OK;
}

static enum status read_stock(struct work *w, struct err *e)
{
	day_t evening = w->out->forecast.as_of;
	w->on_hand = ARENA_ARRAY(w->a, double, w->n + 1);
	w->on_order = ARENA_ARRAY(w->a, double, w->n + 1);
	w->counted = ARENA_ARRAY(w->a, day_t, w->n + 1);
	int age = w->plan.calendar.kind == PERIOD_DAY ? STOCK_AGE : 0;
	return db_stock_on(w->db, evening, evening - age, w->series, w->n, w->on_hand, w->on_order, w->counted,
			   e);
}

static enum status settle(struct work *w, struct err *e)
{
	enum status status = w->q->run ? db_run_find(w->db, w->q->run, w->a, &w->out->forecast, e)
				       : db_run_published(w->db, w->a, &w->out->forecast, e);
	if (status == E_NOTFOUND && !w->q->run)
		err_wrap(e, "an order is made from a published forecast ('forecast run' makes one)");
	if (!status)
		status = read_panel(w, e);
	if (!status)
		status = cost_conf_read(&w->cost, w->config, w->q->cost, e);
	if (status)
		return status;
	w->parameters = ARENA_ARRAY(w->a, struct parameters, w->n + 1);
	status = cost_conf_settle(&w->cost, w->db, w->out->forecast.as_of, w->q->n_set, w->q->set, w->series,
				  w->n, w->a, w->parameters, e);
	if (status)
		return status;
	segments_of(&w->owner.panel, w->parameters, w->a, &w->segments);
	status = read_levels(w, e);
	return status ? status : read_stock(w, e);
}

/* ---- one series ---- */

static double tau_of(const struct work *w, int i, const struct stock_rules *r, const struct stock_costs *c,
		     enum level_basis *basis)
{
	double tau = w->tau_of_segment[w->segments.of[i]];
	*basis = w->q->level > 0 ? LEVEL_YOURS : isnan(tau) ? LEVEL_TEXTBOOK : LEVEL_CALIBRATED;
	return *basis == LEVEL_YOURS ? w->q->level : isnan(tau) ? order_textbook(r, c) : tau;
}

static void add_line(struct work *w, const struct order_question *q, int i, const struct order_line *line,
		     day_t arrives)
{
	struct order_result *out = w->out;
	struct buf reason = { 0 };
	order_reason(q, line, period_kind_name(w->plan.calendar.kind), &reason);
	if ((size_t)out->n == w->room) {
		size_t room = w->room ? 2 * w->room : 256;
		struct order_proposal *more = ARENA_ARRAY(w->a, struct order_proposal, room);
		if (out->n)
			memcpy(more, out->line, (size_t)out->n * sizeof *more);
		out->line = more;
		w->room = room;
	}
	out->line[out->n++] = (struct order_proposal){
		.key = w->series[i].key, .series = w->series[i].id, .day = out->forecast.as_of,
		.arrives = arrives, .tau = q->tau, .on_hand = q->on_hand, .on_order = q->on_order,
		.cost = line->units * q->scale * q->costs->unit_cost, .line = *line,
		.reason = arena_strdup(w->a, reason.text),
	};
	buf_release(&reason);
}

static enum status take_series(struct work *w, int i, const struct forecast *one, struct err *e)
{
	const struct panel *p = &w->owner.panel;
	struct series past = panel_series(p, i);
	struct stock_rules rules;
	struct stock_costs costs;
	struct order_line line;
	int scale = series_is_whole(&past) || !past.n ? 1 : WEIGHED;
	period_t evening = one->origin;
	enum status status = parameters_settle(&w->parameters[i], &p->calendar, scale, &rules, &costs, e);
	if (status)
		return err_wrap(e, "'%s/%s'", past.key.store, past.key.item);
	rules.policy = w->q->policy;
	rules.rounding = w->q->rounding;
	period_t arrives = evening + 1 + rules.lead;
	struct order_question q = { .rules = &rules, .costs = &costs, .scale = scale, .past = &past, .one = one,
				    .season = period_season(&p->calendar), .seed = run_fit_context(&w->plan).seed,
				    .on_hand = w->on_hand[i], .on_order = w->on_order[i] };
	q.tau = tau_of(w, i, &rules, &costs, &q.basis);
	if (isnan(q.on_hand))
		q.on_hand = w->q->assume_stock;
	if (isnan(q.on_order))
		q.on_order = 0;
	if (!w->q->all && !stock_review(&rules, evening, period_start(&p->calendar, evening))) {
		w->out->not_tonight++;
	} else if (isnan(q.on_hand)) {
		w->out->unknown++;
	} else if (!panel_listed(p, i, arrives)) {
		w->out->not_listed++;
	} else if (rules.protect > one->n_step) {
		w->out->too_short++;
	} else {
		arena_reset(&w->scratch);
		status = order_line(&q, &w->scratch, &line, e);
		if (!status && (line.units > 0 || w->q->all))
			add_line(w, &q, i, &line, period_start(&p->calendar, arrives));
	}
	return status;
}

static enum status take_forecast(void *context, const struct catalog_series *series,
				 const struct forecast *one, struct err *e)
{
	struct work *w = context;
	int i = panel_find(&w->owner.panel, series->key.store, series->key.item);
	if (i < 0 || (w->q->item && strcmp(w->q->item, series->key.item)))
		return OK;
	return take_series(w, i, one, e);
}

/* ---- the budget ---- */

static int by_gain(const void *a, const void *b)
{
	const struct order_proposal *x = *(struct order_proposal *const *)a;
	const struct order_proposal *y = *(struct order_proposal *const *)b;
	double p = x->line.gain, q = y->line.gain;
	return p != q ? (p < q) - (p > q) : series_key_compare(&x->key, &y->key);
}

/* Keeps the lines that earn most per money until it is spent; what does not fit is cut, with its reason. */
static void spend(struct work *w)
{
	struct order_result *out = w->out;
	struct order_proposal **order = ARENA_ARRAY(w->a, struct order_proposal *, out->n + 1);
	double left = w->q->budget;
	for (int k = 0; k < out->n; k++)
		order[k] = &out->line[k];
	qsort(order, (size_t)out->n, sizeof *order, by_gain);
	for (int k = 0; k < out->n; k++) {
		if (order[k]->cost <= left) {
			left -= order[k]->cost;
			continue;
		}
		struct buf reason = { 0 };
		buf_addf(&reason, "%s; cut: the budget goes to lines that earn more", order[k]->reason);
		order[k]->reason = arena_strdup(w->a, reason.text);
		buf_release(&reason);
		order[k]->cut = 1;
		order[k]->line.units = order[k]->line.packs = order[k]->cost = 0;
		out->cut++;
	}
}

/* ---- the record ---- */

static enum status keep(struct work *w, struct err *e)
{
	struct order_result *out = w->out;
	struct run_plan *p = &w->plan;
	struct decision_row *row = ARENA_ARRAY(w->a, struct decision_row, out->n + 1);
	struct buf text = { 0 };
	buf_addf(&text, "orders of run %s; level %g budget %g all %d policy %d rounding %d: %s", out->forecast.id,
		 w->q->level, w->q->budget, w->q->all, (int)w->q->policy, (int)w->q->rounding, out->level_from);
	p->spec_text = arena_strdup(w->a, text.text);
	buf_release(&text);
	p->model = 0;
	p->model_hash = "";
	for (int k = 0; k < out->n; k++) {
		const struct order_proposal *l = &out->line[k];
		row[k] = (struct decision_row){ l->series, l->day, l->arrives, l->line.forecast, l->tau,
						l->line.level, l->on_hand, l->on_order, l->line.units, l->reason };
	}
	enum status status = run_name(p, w->a, e);
	if (status)
		return status;
	struct run_new new = run_record(p, out->n);
	out->id = arena_strdup(w->a, p->id);
	status = db_run_begin(w->db, &new, &out->seq, e);
	if (!status)
		status = db_decisions_write(w->db, out->seq, out->forecast.seq, row, out->n, e);
	return status ? status : db_run_state(w->db, out->seq, "PROPOSED", 0, NULL, e);
}

enum status order_run(struct db *db, const struct config *config, const struct order_request *request,
		      struct arena *a, struct order_result *out, struct err *e)
{
	struct work w = { .db = db, .config = config, .q = request, .a = a, .out = out };
	memset(out, 0, sizeof *out);
	enum status status = settle(&w, e);
	out->calendar = w.plan.calendar;
	out->evening = status ? 0 : period_of_day(&w.plan.calendar, out->forecast.as_of);
	if (!status)
		status = db_forecast_read(db, &out->forecast, request->store, NULL, take_forecast, &w, e);
	if (!status && request->budget > 0)
		spend(&w);
	for (int k = 0; !status && k < out->n; k++)
		out->cost += out->line[k].cost;
	if (!status)
		status = keep(&w, e);
	cost_conf_release(&w.cost);
	panel_release(&w.owner);
	arena_release(&w.scratch);
	return status;
}
