/*
 * Other worlds. The tornado changes one assumption at a time: where it changes decisions (costs, pack,
 * lead time) levels are calibrated and the windows lived again, for the model and its rival; where it
 * changes money alone (build, run, rate ...) the cash is counted again. Shadows ask whether it is the
 * forecast at all: a shorter lead time, single packs, a day more of shelf life.
 */
#include "config.h"
#include "stock/roi_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/log.h"
#include "base/process.h"

#define OWN_LOW .5   /* of a value that the user gave, where the table's range does not hold */
#define OWN_HIGH 1.5
#define BARS 20

/* ---- parameters ---- */

/* The value that stands for all series: that of the first; the presets where they are made of others. */
static double typical(const struct roi_state *s, enum parameter k, int *yours)
{
	double sum = 0;
	*yours = 0;
	for (int i = 0; i < s->n; i++) {
		double x = s->u->parameters[i].value[k];
		if (k == PARAMETER_HOLD_RATE && isnan(x))
			x = s->u->parameters[i].value[PARAMETER_SHELF_DAYS] > 0 ? .18 : .25;
		sum += x;
		*yours |= s->u->parameters[i].basis[k] == BASIS_YOURS;
	}
	return s->n ? sum / s->n : (double)NAN;
}

/* All series' values of a parameter times a factor, within its bounds. */
static struct parameters *scaled(const struct roi_state *s, enum parameter k, double by, struct arena *a)
{
	const struct parameter_info *info = &parameter_info[k];
	struct parameters *p = ARENA_ARRAY(a, struct parameters, s->n + 1);
	for (int i = 0; i < s->n; i++) {
		p[i] = s->u->parameters[i];
		double x = p[i].value[k];
		if (k == PARAMETER_HOLD_RATE && isnan(x))
			x = p[i].value[PARAMETER_SHELF_DAYS] > 0 ? .18 : .25;
		x *= by;
		if (k == PARAMETER_PACK)
			x = floor(x + .5);
		p[i].value[k] = x < info->min ? info->min : x > info->max ? info->max : x;
	}
	return p;
}

/* The benefit of the window with these parameters, seen with these sums. */
static enum status live_again(const struct roi_state *s, const struct world *base, const struct roi_result *r,
			      const struct parameters *p, int span, double *rival, double *model,
			      struct err *e)
{
	struct arena a = { 0 };
	struct world w;
	uint8_t wanted[ROI_ARM_MAX] = { 0 };
	enum status status = process_stop() ? err_set(e, E_STOPPED, "stopped; nothing was kept")
					    : world_settle(s, p, &a, &w, e);
	wanted[r->rival] = wanted[r->model] = 1;
	if (!status) {
		w.span = span;
		world_live(s, &w, wanted, 0, base, &a);
		*rival = w.total[r->rival];
		*model = w.total[r->model];
	}
	arena_release(&a);
	return status;
}

/* ---- bars ---- */

/* What a bar shows: the NPV of a window's benefit, or that benefit where there is no cash. */
static double worth(const struct roi_state *s, const struct roi_result *r, const struct cash_plan *plan,
		    double window)
{
	if (!s->u->cash_told || r->short_window)
		return window;
	struct cash_plan p = *plan;
	p.benefit = roi_year(s, r, window);
	return cash_judge(&p).npv;
}

static int is_shared(const struct roi_state *s, enum parameter k)
{
	for (int i = 0; i < s->n; i++) {
		const double *v = s->u->parameters[i].value;
		int told = !isnan(v[PARAMETER_SHORTAGE]);
		switch (k) {
		case PARAMETER_MARGIN:
			if (isnan(v[PARAMETER_UNIT_COST]) && !told)
				return 1;
			break;
		case PARAMETER_GOODWILL:
		case PARAMETER_SUBST:
			if (!told)
				return 1;
			break;
		case PARAMETER_HOLD_RATE:
			if (isnan(v[PARAMETER_HOLDING]))
				return 1;
			break;
		default:
			return 1;
		}
	}
	return 0;
}

static enum status add_parameter(const struct roi_state *s, const struct world *w, struct roi_result *r,
				 enum parameter k, struct roi_bar *bar, struct err *e)
{
	const struct parameter_info *info = &parameter_info[k];
	int yours;
	double base = typical(s, k, &yours), rival, model;
	double low = yours || !(info->high > 0) ? base * OWN_LOW : info->low;
	double high = yours || !(info->high > 0) ? base * OWN_HIGH : info->high;
	low = low > base ? base * OWN_LOW : low;
	high = high < base ? base * OWN_HIGH : high;
	if (!(base > 0))
		return OK;
	*bar = (struct roi_bar){ .name = info->name, .unit = info->unit, .low = low, .base = base,
				 .high = high, .replayed = 1 };
	for (int side = 0; side < 2; side++) {
		struct arena a = { 0 };
		struct parameters *p = scaled(s, k, (side ? high : low) / base, &a);
		enum status status = live_again(s, w, r, p, SPAN_USUAL, &rival, &model, e);
		arena_release(&a);
		if (status)
			return status;
		*(side ? &bar->at_high : &bar->at_low) = worth(s, r, &s->u->cash, rival - model);
	}
	r->n_bar++;
	return OK;
}

/* Lead time: one period shorter, and doubled. */
static struct parameters *led(const struct roi_state *s, int longer, struct arena *a)
{
	struct parameters *p = ARENA_ARRAY(a, struct parameters, s->n + 1);
	for (int i = 0; i < s->n; i++) {
		p[i] = s->u->parameters[i];
		double *lead = &p[i].value[PARAMETER_LEAD_DAYS];
		*lead = longer ? (*lead > 0 ? 2 * *lead : 1) : (*lead > 0 ? *lead - 1 : 0);
	}
	return p;
}

static enum status add_lead(const struct roi_state *s, const struct world *w, struct roi_result *r,
			    struct roi_bar *bar, struct err *e)
{
	int yours;
	double base = typical(s, PARAMETER_LEAD_DAYS, &yours), rival, model;
	*bar = (struct roi_bar){ .name = "lead_days", .unit = "periods", .low = base > 1 ? base - 1 : 0,
				 .base = base, .high = base > 0 ? 2 * base : 1, .replayed = 1 };
	for (int side = 0; side < 2; side++) {
		struct arena a = { 0 };
		struct parameters *p = led(s, side, &a);
		enum status status = live_again(s, w, r, p, side ? SPAN_LONGER : SPAN_SHORTER, &rival,
						&model, e);
		arena_release(&a);
		if (status)
			return status;
		*(side ? &bar->at_high : &bar->at_low) = worth(s, r, &s->u->cash, rival - model);
	}
	r->n_bar++;
	return OK;
}

/* An assumption that changes no decision. */
static void add_cash(const struct roi_state *s, struct roi_result *r, const char *name, const char *unit,
		     size_t offset, double low, double high, struct roi_bar *bar)
{
	struct cash_plan p = s->u->cash;
	double *x = (double *)(void *)((char *)&p + offset);
	*bar = (struct roi_bar){ .name = name, .unit = unit, .low = low, .base = *x, .high = high };
	*x = low;
	bar->at_low = worth(s, r, &p, r->benefit.total);
	*x = high;
	bar->at_high = worth(s, r, &p, r->benefit.total);
	r->n_bar++;
}

static int wider(const void *a, const void *b)
{
	const struct roi_bar *x = a, *y = b;
	double p = fabs(x->at_high - x->at_low), q = fabs(y->at_high - y->at_low);
	return p != q ? (p < q) - (p > q) : strcmp(x->name, y->name);
}

static void add_money(const struct roi_state *s, struct roi_result *r, struct roi_bar *bar)
{
	const struct cash_plan *c = &s->u->cash;
	struct roi_bar *at = bar + r->n_bar;
	*at++ = (struct roi_bar){ .name = "benefit", .unit = "the interval", .low = r->benefit.low,
				  .base = r->benefit.total, .high = r->benefit.high,
				  .at_low = worth(s, r, c, r->benefit.low),
				  .at_high = worth(s, r, c, r->benefit.high) };
	r->n_bar++;
	if (!s->u->cash_told || r->short_window)
		return;
	*at++ = (struct roi_bar){ .name = "realisation", .unit = "share", .low = .3,
				  .base = s->u->realisation, .high = .9,
				  .at_low = worth(s, r, c, r->benefit.total * .3 / s->u->realisation),
				  .at_high = worth(s, r, c, r->benefit.total * .9 / s->u->realisation) };
	r->n_bar++;
	add_cash(s, r, "build", "money", offsetof(struct cash_plan, build), .7 * c->build, 2 * c->build, at++);
	add_cash(s, r, "run", "money a year", offsetof(struct cash_plan, run), .7 * c->run, 2 * c->run, at++);
	add_cash(s, r, "people", "money a year", offsetof(struct cash_plan, people), .7 * c->people,
		 2 * c->people, at++);
	add_cash(s, r, "r", "a year", offsetof(struct cash_plan, rate), c->rate < .06 ? c->rate / 2 : .06,
		 c->rate > .15 ? 1.5 * c->rate : .15, at++);
}

/* ---- shadows ---- */

static enum status add_shadow(const struct roi_state *s, const struct world *w, const struct roi_result *r,
			      int which, struct roi_shadow *out, struct err *e)
{
	static const char *const name[] = { "lead time one period shorter", "packs of one",
					    "shelf life one period longer" };
	struct arena a = { 0 };
	struct parameters *p = which == 0 ? led(s, 0, &a) : ARENA_ARRAY(&a, struct parameters, s->n + 1);
	out->name = name[which];
	for (int i = 0; i < s->n; i++) {
		const double *v = s->u->parameters[i].value;
		if (which == 0) {
			out->series += v[PARAMETER_LEAD_DAYS] > 0;
			continue;
		}
		p[i] = s->u->parameters[i];
		if (which == 1 && v[PARAMETER_PACK] > 1) {
			p[i].value[PARAMETER_PACK] = 1;
			out->series++;
		} else if (which == 2 && v[PARAMETER_SHELF_DAYS] > 0) {
			p[i].value[PARAMETER_SHELF_DAYS]++;
			out->series++;
		}
	}
	enum status status = live_again(s, w, r, p, which ? SPAN_USUAL : SPAN_SHORTER, &out->rival_total,
					&out->model_total, e);
	arena_release(&a);
	return status;
}

enum status roi_tornado(const struct roi_state *s, const struct world *w, struct roi_result *out,
			struct err *e)
{
	static const enum parameter tried[] = { PARAMETER_HOLD_RATE, PARAMETER_MARGIN, PARAMETER_GOODWILL,
						PARAMETER_SUBST, PARAMETER_PACK, PARAMETER_ORDER_COST };
	struct roi_bar *bar = ARENA_ARRAY(s->a, struct roi_bar, BARS);
	struct roi_shadow *shadow = ARENA_ARRAY(s->a, struct roi_shadow, 3);
	enum status status = OK;
	int n = (int)(sizeof tried / sizeof *tried);
	for (int k = 0; !status && s->u->tornado && k < n; k++) {
		if (is_shared(s, tried[k]))
			status = add_parameter(s, w, out, tried[k], &bar[out->n_bar], e);
		progress("other worlds", k + 1, n + 4);
	}
	if (!status && s->u->tornado)
		status = add_lead(s, w, out, &bar[out->n_bar], e);
	if (!status && s->u->tornado) {
		add_money(s, out, bar);
		qsort(bar, (size_t)out->n_bar, sizeof *bar, wider);
	}
	for (int k = 0; !status && s->u->shadows && k < 3; k++) {
		status = add_shadow(s, w, out, k, &shadow[out->n_shadow], e);
		out->n_shadow += !status && shadow[out->n_shadow].series > 0;
		progress("other worlds", n + 2 + k, n + 4);
	}
	progress_end();
	out->bar = bar;
	out->shadow = shadow;
	return status;
}
