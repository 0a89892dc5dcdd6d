/* Panels with periods added at their end. */
#include "config.h"
#include "model/ahead.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"

/* Will the series be shut? By the calendar's closures and the panel's. */
static int is_closed(const struct panel *p, int i, period_t period)
{
	const struct event_day *event[16];
	int n = p->drivers ? driver_events(p, i, period, event, 16) : 0;
	for (int k = 0; k < n && k < 16; k++)
		if (event[k]->closed)
			return 1;
	for (int k = 0; k < p->n_closing; k++)
		if (p->closing[k].period == period && p->closing[k].from <= i && i < p->closing[k].to)
			return 1;
	return 0;
}

/* Prices up to the origin only. */
static void cut_prices(struct ahead *x, const struct drivers *d, int n)
{
	int64_t *begin = ARENA_ARRAY(&x->arena, int64_t, n + 1), to = 0;
	struct price_step *price = ARENA_ARRAY(&x->arena, struct price_step, d->price_begin[n] + 1);
	for (int i = 0; i < n; i++) {
		begin[i] = to;
		for (int64_t k = d->price_begin[i]; k < d->price_begin[i + 1]; k++)
			if (d->price[k].from <= x->origin)
				price[to++] = d->price[k];
	}
	begin[n] = to;
	x->drivers.price_begin = begin;
	x->drivers.price = price;
	if (x->drivers.price_until > x->origin)
		x->drivers.price_until = x->origin;
}

static void cut_promotions(struct ahead *x, const struct drivers *d, int n)
{
	int64_t *begin = ARENA_ARRAY(&x->arena, int64_t, n + 1), to = 0;
	struct promotion_span *span = ARENA_ARRAY(&x->arena, struct promotion_span, d->promotion_begin[n] + 1);
	for (int i = 0; i < n; i++) {
		begin[i] = to;
		for (int64_t k = d->promotion_begin[i]; k < d->promotion_begin[i + 1]; k++)
			if (d->promotion[k].from <= x->origin) {
				span[to] = d->promotion[k];
				span[to].until = span[to].until < x->origin ? span[to].until : x->origin;
				to++;
			}
	}
	begin[n] = to;
	x->drivers.promotion_begin = begin;
	x->drivers.promotion = span;
	if (x->drivers.promotion_until > x->origin)
		x->drivers.promotion_until = x->origin;
}

static void cut_column(struct ahead *x, struct driver_column *c)
{
	if (c->known != DRIVER_PAST || c->until <= x->origin)
		return;
	int64_t all = c->until - c->from + 1, keep = x->origin - c->from + 1;
	keep = keep > 0 ? keep : 0;
	float *value = ARENA_ARRAY(&x->arena, float, (size_t)c->n_row * (size_t)keep + 1);
	for (int64_t r = 0; r < c->n_row; r++)
		memcpy(value + r * keep, c->value + r * all, (size_t)keep * sizeof *value);
	c->value = value;
	c->until = x->origin;
}

static void copy_drivers(struct ahead *x, const struct drivers *d, int n)
{
	struct driver_column *column = ARENA_ARRAY(&x->arena, struct driver_column, d->n_column + 1);
	x->drivers = *d;
	if (d->n_column)
		memcpy(column, d->column, (size_t)d->n_column * sizeof *column);
	for (int k = 0; k < d->n_column; k++)
		cut_column(x, &column[k]);
	x->drivers.column = column;
	if (d->price_begin && d->price_known == DRIVER_PAST)
		cut_prices(x, d, n);
	if (d->promotion_begin && d->promotion_known == DRIVER_PAST)
		cut_promotions(x, d, n);
	x->drivers.share_out = NULL;
	x->panel.drivers = &x->drivers;
}

/* Shares out of stock, moved to where the cells are now. */
static void copy_shares(struct ahead *x, const struct panel *past)
{
	size_t cells = (size_t)x->panel.begin[past->n];
	float *share = ARENA_ARRAY(&x->arena, float, cells + 1);
	for (size_t k = 0; k < cells; k++)
		share[k] = NAN;
	for (int i = 0; i < past->n; i++) {
		struct series s = panel_series(past, i);
		memcpy(share + x->panel.begin[i], past->drivers->share_out + past->begin[i],
		       (size_t)s.n * sizeof *share);
	}
	x->drivers.share_out = share;
}

void ahead_init(struct ahead *x, const struct panel *past, int n_step)
{
	int n = past->n;
	memset(x, 0, sizeof *x);
	int64_t *begin = ARENA_ARRAY(&x->arena, int64_t, n + 1);
	period_t *first = ARENA_ARRAY(&x->arena, period_t, n + 1);
	x->panel = *past;
	x->panel.demand = NULL; /* of other cells */
	x->origin = past->until;
	x->panel.until = past->until + n_step;
	for (int i = 0; i < n; i++) {
		first[i] = past->first[i] > past->until + 1 ? past->until + 1 : past->first[i];
		begin[i + 1] = begin[i] + (x->panel.until - first[i] + 1);
	}
	x->units = xmalloc(((size_t)begin[n] + 1) * sizeof *x->units);
	x->state = xmalloc((size_t)begin[n] + 1);
	for (int i = 0; i < n; i++) {
		struct series s = panel_series(past, i);
		for (int64_t k = begin[i], t = 0; k < begin[i + 1]; k++, t++) {
			x->units[k] = t < s.n ? s.units[t] : (double)NAN;
			x->state[k] = t < s.n ? s.state[t] : DAY_MISSING;
		}
	}
	x->panel.begin = begin;
	x->panel.first = first;
	x->panel.units = x->units;
	x->panel.state = x->state;
	if (past->drivers)
		copy_drivers(x, past->drivers, n);
	if (past->drivers && past->drivers->share_out)
		copy_shares(x, past);
}

void ahead_set(struct ahead *x, int i, period_t period, double units)
{
	int64_t k = x->panel.begin[i] + (period - x->panel.first[i]);
	int closed = is_closed(&x->panel, i, period);
	x->units[k] = closed ? 0 : units;
	x->state[k] = closed ? DAY_CLOSED : isnan(units) ? DAY_MISSING : units > 0 ? DAY_SOLD : DAY_ZERO;
}

void ahead_release(struct ahead *x)
{
	free(x->units);
	free(x->state);
	arena_release(&x->arena);
}
