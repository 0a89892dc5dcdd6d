/*
 * What a fan and a history are drawn from: forecasts of a run, and sales read as the runs read them.
 */
#include "config.h"
#include "cli/plotting.h"

#include <math.h>
#include <string.h>
#include "io/db_panel.h"
#include "io/db_report.h"
#include "life/digest_gather.h"
#include "life/run.h"

struct fan_reading {
	struct plotting *p;
	struct fan *fan;
	int found;
};

static enum status fan_seen(void *context, const struct catalog_series *series,
			    const struct forecast *f, struct err *e)
{
	struct fan_reading *r = context;
	struct arena *a = r->p->arena;
	size_t n_step = (size_t)f->n_step, n_level = (size_t)f->n_level;
	double *mean = ARENA_ARRAY(a, double, n_step), *level = ARENA_ARRAY(a, double, n_level);
	double *quantile = ARENA_ARRAY(a, double, n_step * n_level);
	(void)series;
	(void)e;
	memcpy(mean, f->mean, n_step * sizeof *mean);
	memcpy(level, f->level, n_level * sizeof *level);
	memcpy(quantile, f->quantile, n_step * n_level * sizeof *quantile);
	r->fan->n_step = f->n_step;
	r->fan->n_level = f->n_level;
	r->fan->origin = f->origin;
	r->fan->mean = mean;
	r->fan->level = level;
	r->fan->quantile = quantile;
	r->found = 1;
	return OK;
}

/* Values of series i in periods from..until as arrays of their own; NaN where there are none. */
static void copy_span(const struct panel *panel, int i, period_t from, period_t until, struct arena *a,
		      double **units, uint8_t **state)
{
	struct series s = panel_series(panel, i);
	int n = until - from + 1;
	*units = ARENA_ARRAY(a, double, n);
	*state = arena_alloc(a, (size_t)n + 1);
	for (int t = 0; t < n; t++) {
		int at = from + t - s.first;
		int there = at >= 0 && at < s.n;
		(*units)[t] = there ? s.units[at] : (double)NAN;
		(*state)[t] = there ? s.state[at] : DAY_SOLD;
	}
}

static enum status add_events(struct plotting *p, struct fan *fan, struct err *e)
{
	struct event *event;
	size_t n;
	period_t until = fan->n_step ? fan->origin + fan->n_step : fan->first + fan->n_past - 1;
	enum status status = db_events(p->db, p->store, period_start(&p->calendar, fan->first),
				       period_start(&p->calendar, until + 1) - 1, p->arena, &event, &n, e);
	fan->event = event;
	fan->n_event = status ? 0 : (int)n;
	return status;
}

/* The panel of a store as the published runs see it. */
static enum status read_panel(struct plotting *p, const char *store, struct panel_owner *owner,
			      struct err *e)
{
	const struct run_plan plan = { .db = p->db, .config = p->call->config, .calendar = p->calendar };
	struct panel_request request = run_panel_request(&plan, store);
	return db_panel(p->db, &request, owner, e);
}

static int history_option(const struct plotting *p, int otherwise)
{
	const char *text = call_option(p->call, "history");
	return text ? (int)option_number(text) : otherwise;
}

/* Past of one series before its forecast, and what was sold after it, as far as that is known. */
static enum status fan_history(struct plotting *p, struct fan *fan, struct err *e)
{
	struct panel_owner owner = { 0 };
	double *units, *actual;
	uint8_t *state, *after;
	enum status status = read_panel(p, p->store, &owner, e);
	int i = status ? -1 : panel_find(&owner.panel, p->store, p->item);
	if (!status && i < 0)
		status = err_set(e, E_NOTFOUND, "series '%s/%s' has no sales", p->store, p->item);
	if (!status) {
		fan->n_past = history_option(p, digest_past(&p->calendar, fan->n_step));
		fan->first = fan->origin - fan->n_past + 1;
		copy_span(&owner.panel, i, fan->first, fan->origin, p->arena, &units, &state);
		copy_span(&owner.panel, i, fan->origin + 1, fan->origin + fan->n_step, p->arena, &actual,
			  &after);
		fan->units = units;
		fan->state = state;
		fan->actual = owner.panel.until > fan->origin ? actual : NULL;
		status = add_events(p, fan, e);
	}
	panel_release(&owner);
	return status;
}

static enum status fan_of_series(struct plotting *p, struct fan *fan, struct err *e)
{
	struct fan_reading reading = { p, fan, 0 };
	struct run_row run;
	enum status status = digest_find_run(p->db, call_option(p->call, "run"), p->arena, &run, e);
	if (!status)
		status = db_forecast_read(p->db, &run, p->store, p->item, fan_seen, &reading, e);
	if (!status && !reading.found)
		status = err_set(e, E_NOTFOUND, "series '%s/%s' has no forecast in run '%s'", p->store, p->item,
				 run.id);
	return status ? status : fan_history(p, fan, e);
}

enum status plot_add_fan(struct plotting *p, struct err *e)
{
	struct fan fan = { .calendar = p->calendar, .unit = "units" };
	struct digest d;
	enum status status = OK;
	if (p->item) {
		status = fan_of_series(p, &fan, e);
	} else {
		status = plot_digest(p, &d, e);
		const struct digest_node *total = status ? NULL : digest_total(&d);
		if (!status && !total)
			status = err_set(e, E_USAGE, "hierarchy.tiers has no 'total', so there is no sum to draw");
		if (!status)
			digest_fan(&d, total, NULL, &fan);
	}
	fan.title = plot_title(p, NULL);
	if (!status)
		picture_fan(p->plot, "fan", &p->look, &fan);
	return status;
}

/* ---- history ---- */

/* Adds the series of a panel to units[n] of periods from `first` on. */
static void add_panel(const struct panel *panel, period_t first, int n, double *units)
{
	for (int i = 0; i < panel->n; i++) {
		struct series s = panel_series(panel, i);
		for (int t = 0; t < s.n; t++) {
			int at = s.first + t - first;
			if (at >= 0 && at < n && isfinite(s.units[t]))
				units[at] = isfinite(units[at]) ? units[at] + s.units[t] : s.units[t];
		}
	}
}

/* The sum of the stores' sales. */
static enum status history_of_stores(struct plotting *p, struct fan *fan, double *units, struct err *e)
{
	const char **store = &p->store;
	int n = 1;
	enum status status = p->store ? OK : db_stores(p->db, p->arena, &store, &n, e);
	for (int t = 0; t < fan->n_past; t++)
		units[t] = (double)NAN;
	for (int k = 0; !status && k < n; k++) {
		struct panel_owner owner = { 0 };
		status = read_panel(p, store[k], &owner, e);
		if (!status)
			add_panel(&owner.panel, fan->first, fan->n_past, units);
		panel_release(&owner);
	}
	fan->units = units;
	return status;
}

static enum status history_of_series(struct plotting *p, struct fan *fan, struct err *e)
{
	struct panel_owner owner = { 0 };
	double *units;
	uint8_t *state;
	enum status status = read_panel(p, p->store, &owner, e);
	int i = status ? -1 : panel_find(&owner.panel, p->store, p->item);
	if (!status && i < 0)
		status = err_set(e, E_NOTFOUND, "series '%s/%s' has no sales", p->store, p->item);
	if (!status) {
		period_t last = fan->first + fan->n_past - 1;
		if (!call_option(p->call, "history") && owner.panel.first[i] > fan->first)
			fan->first = owner.panel.first[i];
		fan->n_past = last - fan->first + 1;
		copy_span(&owner.panel, i, fan->first, last, p->arena, &units, &state);
		fan->units = units;
		fan->state = state;
	}
	panel_release(&owner);
	return status;
}

enum status plot_add_series(struct plotting *p, struct err *e)
{
	struct fan fan = { .calendar = p->calendar, .unit = "units" };
	day_t first, last;
	enum status status = db_sales_span(p->db, DAY_NONE, &first, &last, e);
	if (!status && last == DAY_NONE)
		status = err_set(e, E_NOTFOUND, "there are no sales yet");
	if (status)
		return status;
	period_t until = period_of_day(&p->calendar, last);
	int all = until - period_of_day(&p->calendar, first) + 1, asked = history_option(p, all);
	fan.n_past = asked < all ? asked : all;
	fan.first = until - fan.n_past + 1;
	if (p->item)
		status = history_of_series(p, &fan, e);
	else
		status = history_of_stores(p, &fan, ARENA_ARRAY(p->arena, double, fan.n_past), e);
	if (!status && fan.n_past < 400)
		status = add_events(p, &fan, e);
	fan.title = plot_title(p, NULL);
	if (!status)
		picture_series(p->plot, "series", &p->look, &fan);
	return status;
}
