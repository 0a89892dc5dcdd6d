/* Error against the age of a model. */
#include "config.h"
#include "life/staleness.h"

#include <math.h>
#include "base/log.h"
#include "base/process.h"
#include "io/db_panel.h"
#include "life/run_private.h"
#include "stock/foresight.h"

#define TOLERANCE .01

/* In weeks of days, else in periods. */
static const int ages[2][STALENESS_AGES] = { { 0, 7, 14, 28, 56, 91, 182 }, { 0, 1, 2, 4, 8, 13, 26 } };

struct ageing {
	struct db *db;
	const struct staleness_request *q;
	struct arena *a;
	struct run_plan plan;
	struct pieces pieces;
	struct staleness *out;
	period_t last;                 /* latest origin */
	int step;
	double loss[STALENESS_AGES], units[STALENESS_AGES];
	int done;
};

static void add_losses(struct ageing *x, int age, const struct panel *p, const struct forecast *f)
{
	for (int i = 0; i < p->n; i++) {
		struct series s = panel_series(p, i);
		for (int h = 0; p->first[i] <= f->origin && h < f->n_step; h++) {
			int t = f->origin + 1 + h - s.first;
			if (t < 0 || t >= s.n || !series_usable(&s, t))
				continue;
			x->loss[age] += fabs(s.units[t] - f->mean[i * f->n_step + h]);
			x->units[age] += s.units[t];
			x->out->point[age].cases++;
		}
	}
}

static enum status forecast_aged(struct ageing *x, const struct panel *p, const struct foresight *foresight,
				 period_t origin, int age, struct err *e)
{
	struct arena a = { 0 };
	const struct method *m = x->plan.spec->method;
	struct fit_context context = run_fit_context(&x->plan);
	struct panel then = foresight_panel(foresight, origin - x->out->point[age].age, x->plan.horizon, &a);
	struct panel past = foresight_panel(foresight, origin, x->plan.horizon, &a);
	struct forecast f;
	void *model = NULL;
	enum status status = m->fit(x->plan.spec, &then, &context, &a, &model, e);
	if (!status) {
		forecast_init(&f, &a, past.n, x->plan.horizon, 0, NULL, origin);
		status = m->predict(model, &past, &context, &a, &f, e);
	}
	if (!status)
		add_losses(x, age, p, &f);
	if (model && m->release)
		m->release(model);
	arena_release(&a);
	return status;
}

static enum status run_piece(struct ageing *x, const char *piece, struct err *e)
{
	struct panel_owner owner = { 0 };
	struct arena a = { 0 };
	enum status status = run_read_piece(&x->plan, piece, &owner, e);
	if (status)
		return status;
	period_t oldest = x->last - (x->q->windows - 1) * x->step - x->out->point[STALENESS_AGES - 1].age;
	const struct foresight *foresight = foresight_new(&owner.panel, oldest, x->last, &a);
	for (int w = 0; !status && w < x->q->windows; w++)
		for (int age = 0; !status && age < STALENESS_AGES; age++) {
			status = process_stop() ? err_set(e, E_STOPPED, "stopped")
						: forecast_aged(x, &owner.panel, foresight, x->last - w * x->step, age, e);
			progress("ageing", ++x->done, (double)x->pieces.n * x->q->windows * STALENESS_AGES);
		}
	panel_release(&owner);
	arena_release(&a);
	return status;
}

static enum status settle(struct ageing *x, const struct config *config, struct err *e)
{
	day_t first, last;
	enum status status = run_plan(&x->plan, x->db, config, "backtest", x->q->as_of, x->q->spec, x->q->jobs, x->a, e);
	if (!status)
		status = db_sales_span(x->db, x->q->as_of, &first, &last, e);
	if (!status)
		status = run_pieces(&x->plan, x->a, &x->pieces, e);
	if (status)
		return status;
	const struct calendar *c = &x->plan.calendar;
	for (int k = 0; k < STALENESS_AGES; k++)
		x->out->point[k] = (struct staleness_point){ .age = ages[c->kind != PERIOD_DAY][k] };
	x->step = x->q->step ? x->q->step : x->plan.horizon;
	x->last = period_of_day(c, last) - x->plan.horizon;
	x->out->spec = x->plan.spec_text;
	x->out->windows = x->q->windows;
	int needed = (x->q->windows - 1) * x->step + x->out->point[STALENESS_AGES - 1].age + 2 * period_season(c);
	int there = x->last - period_of_day(c, first) + 1;
	return there >= needed ? OK
		: err_set(e, E_INPUT, "history allows no model of %d %ss at %d origins: %d are needed before the last"
			  " one, %d are there", x->out->point[STALENESS_AGES - 1].age, period_kind_name(c->kind),
			  x->q->windows, needed, there);
}

enum status staleness_run(struct db *db, const struct config *config, const struct staleness_request *q,
			  struct arena *a, struct staleness *out, struct err *e)
{
	struct ageing x = { .db = db, .q = q, .a = a, .out = out };
	*out = (struct staleness){ .n = STALENESS_AGES };
	enum status status = settle(&x, config, e);
	for (int k = 0; !status && k < x.pieces.n; k++)
		status = run_piece(&x, x.pieces.name[k], e);
	progress_end();
	for (int k = 0; !status && k < STALENESS_AGES; k++) {
		struct staleness_point *p = &out->point[k];
		p->wape = x.units[k] > 0 ? x.loss[k] / x.units[k] : (double)NAN;
		p->gain = p->wape > 0 ? 1 - out->point[0].wape / p->wape : 0;
	}
	for (int k = 0; !status && k < STALENESS_AGES && out->point[k].gain < TOLERANCE; k++)
		out->proposed = out->point[k].age;
	return status;
}
