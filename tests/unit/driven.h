/*
 * A panel with drivers, out of the simulator: sales with closures, stock-outs and gaps; prices,
 * promotions and events as they were planned; a column of flags of each store that is known ahead, one
 * of the chain and one of every series that are not; attributes. All memory is one arena's.
 *
 *     struct driven d;
 *     driven_make(&d, &(struct simulation_plan){ .n_store = 3, ... });
 *     driven_cut(&less, &d, origin);    the same as it was at an origin, without what came later
 *     driven_scramble(&d, origin, 7);   other sales and other values of past columns after the origin
 */
#ifndef TESTS_DRIVEN_H
#define TESTS_DRIVEN_H

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "fixture.h"
#include "series/driver.h"
#include "series/simulate.h"

#define DRIVEN_COLUMNS 3
enum { DRIVEN_FLAG, DRIVEN_WARMTH, DRIVEN_FOOTFALL }; /* known; past, of the chain; past, of each series */
#define DRIVEN_ATTRIBUTES 3

struct driven {
	struct arena arena;
	struct panel panel;
	struct drivers drivers;
	double *units;
	uint8_t *state;
	struct price_step *price;
	struct promotion_span *promotion;
	struct driver_column column[DRIVEN_COLUMNS];
	float *value[DRIVEN_COLUMNS];
	struct attribute attribute[DRIVEN_ATTRIBUTES];
};

static inline int driven_by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Distinct texts, ascending, and the number of each of them. */
static inline const char **driven_numbers(struct arena *a, const char **text, int n, int *n_value, int32_t *code)
{
	const char **value = ARENA_ARRAY(a, const char *, n + 1);
	int kept = 0;
	for (int i = 0; i < n; i++)
		value[i] = text[i];
	qsort(value, (size_t)n, sizeof *value, driven_by_text);
	for (int i = 0; i < n; i++)
		if (!kept || strcmp(value[kept - 1], value[i]))
			value[kept++] = value[i];
	for (int i = 0; i < n; i++) {
		const char **at = bsearch(&text[i], value, (size_t)kept, sizeof *value, driven_by_text);
		code[i] = (int32_t)(at - value);
	}
	*n_value = kept;
	return value;
}

/* Store and item of series i in the simulation: series go store by store, items in order. */
static inline void driven_whose(const struct simulation *s, const int *at, int i, int *store, int *item)
{
	*store = at[i] / s->plan.n_item;
	*item = at[i] % s->plan.n_item;
}

static inline void driven_sales(struct driven *d, struct simulation *s, int **at_out)
{
	int cells = s->plan.n_store * s->plan.n_item, days = s->plan.n_day;
	double *units = ARENA_ARRAY(&d->arena, double, (size_t)cells * (size_t)days);
	uint8_t *state = ARENA_ARRAY(&d->arena, uint8_t, (size_t)cells * (size_t)days);
	int *first = ARENA_ARRAY(&d->arena, int, cells);
	for (int k = 0; k < cells; k++)
		first[k] = -1;
	for (int t = 0; t < days && simulation_step(s); t++)
		for (int k = 0; k < cells; k++) {
			const struct sim_cell *c = &s->cell[k];
			size_t to = (size_t)k * (size_t)days + (size_t)t;
			int missing = fixture_noise((uint64_t)k, (uint64_t)t) < .01;
			units[to] = !c->listed || missing ? (double)NAN : c->sold;
			state[to] = !c->listed || missing ? DAY_MISSING
				: !sim_open(s, k / s->plan.n_item, s->day) ? DAY_CLOSED
				: c->sold < c->demand ? DAY_STOCKOUT : c->sold ? DAY_SOLD : DAY_ZERO;
			if (c->listed && first[k] < 0)
				first[k] = t;
		}
	int n = 0, *at = ARENA_ARRAY(&d->arena, int, cells);
	for (int k = 0; k < cells; k++)
		if (first[k] >= 0)
			at[n++] = k;
	struct series_key *key = ARENA_ARRAY(&d->arena, struct series_key, n);
	int64_t *id = ARENA_ARRAY(&d->arena, int64_t, n), *begin = ARENA_ARRAY(&d->arena, int64_t, n + 1);
	period_t *from = ARENA_ARRAY(&d->arena, period_t, n);
	d->units = ARENA_ARRAY(&d->arena, double, (size_t)n * (size_t)days + 1);
	d->state = ARENA_ARRAY(&d->arena, uint8_t, (size_t)n * (size_t)days + 1);
	for (int i = 0; i < n; i++) {
		int store, item, k = at[i], length = days - first[k];
		driven_whose(s, at, i, &store, &item);
		key[i] = (struct series_key){ arena_strdup(&d->arena, s->store[store].id),
					      arena_strdup(&d->arena, s->item[item].id) };
		id[i] = (store + 1) * 1000000 + item;
		from[i] = s->first + first[k];
		begin[i + 1] = begin[i] + length;
		memcpy(d->units + begin[i], units + (size_t)k * (size_t)days + first[k],
		       (size_t)length * sizeof *units);
		memcpy(d->state + begin[i], state + (size_t)k * (size_t)days + first[k], (size_t)length);
	}
	d->panel = (struct panel){ .calendar = { PERIOD_DAY, 0 }, .n = n, .until = s->first + days - 1,
				   .key = key, .id = id, .first = from, .begin = begin, .units = d->units,
				   .state = d->state, .segment = ARENA_ARRAY(&d->arena, int32_t, n),
				   .n_segment = 1, .drivers = &d->drivers };
	*at_out = at;
}

static inline void driven_prices(struct driven *d, const struct simulation *s, const int *at)
{
	int n = d->panel.n;
	int64_t *begin = ARENA_ARRAY(&d->arena, int64_t, n + 1);
	struct price_step *step = ARENA_ARRAY(&d->arena, struct price_step, (size_t)n * s->n_price);
	for (int i = 0; i < n; i++) {
		int store, item;
		driven_whose(s, at, i, &store, &item);
		begin[i + 1] = begin[i];
		for (size_t k = 0; k < s->n_price; k++)
			if (s->price[k].item == item)
				step[begin[i + 1]++] = (struct price_step){ s->price[k].from,
									    s->price[k].price / 100. };
	}
	d->drivers.price_begin = begin;
	d->drivers.price = d->price = step;
	d->drivers.price_until = d->panel.until + SIM_PLAN_DAYS;
}

static inline void driven_promotions(struct driven *d, const struct simulation *s, const int *at)
{
	static const char *const mechanic[] = { "display", "flyer", "price" };
	int n = d->panel.n;
	int64_t *begin = ARENA_ARRAY(&d->arena, int64_t, n + 1);
	struct promotion_span *span = ARENA_ARRAY(&d->arena, struct promotion_span,
						  (size_t)n * (s->n_promotion + 1));
	for (int i = 0; i < n; i++) {
		int store, item;
		driven_whose(s, at, i, &store, &item);
		begin[i + 1] = begin[i];
		for (size_t k = 0; k < s->n_promotion; k++) {
			const struct sim_promotion *p = &s->promotion[k];
			int m = 0;
			if (p->item != item || (p->region >= 0 && p->region != s->store[store].region))
				continue;
			while (strcmp(mechanic[m], p->mechanic))
				m++;
			span[begin[i + 1]++] = (struct promotion_span){ p->from, p->until, m,
									p->depth / 100. };
		}
	}
	d->drivers.promotion_begin = begin;
	d->drivers.promotion = d->promotion = span;
	d->drivers.promotion_until = d->panel.until + SIM_PLAN_DAYS;
	d->drivers.n_mechanic = 3;
	d->drivers.mechanic = mechanic;
}

static inline void driven_events(struct driven *d, const struct simulation *s)
{
	int n = (int)s->n_event;
	const char **text = ARENA_ARRAY(&d->arena, const char *, n + 1);
	int32_t *name = ARENA_ARRAY(&d->arena, int32_t, n + 1), *type = ARENA_ARRAY(&d->arena, int32_t, n + 1);
	struct event_day *event = ARENA_ARRAY(&d->arena, struct event_day, n + 1);
	for (int k = 0; k < n; k++)
		text[k] = arena_strdup(&d->arena, s->event[k].name);
	d->drivers.event_name = driven_numbers(&d->arena, text, n, &d->drivers.n_event_name, name);
	for (int k = 0; k < n; k++)
		text[k] = arena_strdup(&d->arena, s->event[k].type);
	d->drivers.event_type = driven_numbers(&d->arena, text, n, &d->drivers.n_event_type, type);
	for (int k = 0; k < n; k++) {
		struct event_day *e = &event[d->drivers.n_event];
		*e = (struct event_day){ s->event[k].day, 0, d->panel.n, name[k], type[k], s->event[k].closed };
		if (s->event[k].store >= 0)
			panel_store(&d->panel, s->store[s->event[k].store].id, &e->series_from, &e->series_to);
		d->drivers.n_event += e->series_to > e->series_from;
	}
	d->drivers.event = event;
	d->drivers.event_from = s->first;
	d->drivers.event_until = d->panel.until + SIM_PLAN_DAYS;
}

static inline void driven_columns(struct driven *d, const struct simulation *s, const int *at)
{
	static const struct driver_column made[DRIVEN_COLUMNS] = {
		{ .name = "flag", .known = DRIVER_KNOWN, .missing = MISSING_ZERO },
		{ .name = "warmth", .known = DRIVER_PAST, .missing = MISSING_CARRY },
		{ .name = "footfall", .known = DRIVER_PAST, .missing = MISSING_NONE },
	};
	int n = d->panel.n;
	int32_t *store_of = ARENA_ARRAY(&d->arena, int32_t, n), *own = ARENA_ARRAY(&d->arena, int32_t, n);
	for (int i = 0; i < n; i++) {
		store_of[i] = at[i] / s->plan.n_item;
		own[i] = i;
	}
	for (int k = 0; k < DRIVEN_COLUMNS; k++) {
		struct driver_column *c = &d->column[k];
		*c = made[k];
		c->from = s->first;
		c->until = d->panel.until + (k == DRIVEN_FLAG ? 40 : 0);
		c->n_row = k == DRIVEN_FLAG ? s->plan.n_store : k == DRIVEN_WARMTH ? 1 : n;
		c->row_of = k == DRIVEN_FLAG ? store_of : k == DRIVEN_WARMTH ? NULL : own;
		size_t width = (size_t)(c->until - c->from + 1);
		d->value[k] = ARENA_ARRAY(&d->arena, float, (size_t)c->n_row * width);
		for (size_t v = 0; v < (size_t)c->n_row * width; v++) {
			double x = fixture_noise(v, (uint64_t)k + 77);
			d->value[k][v] = x < .02 ? NAN : k == DRIVEN_FLAG ? (float)(x > .7) : (float)x;
		}
		c->value = d->value[k];
	}
	d->drivers.n_column = DRIVEN_COLUMNS;
	d->drivers.column = d->column;
}

static inline void driven_attributes(struct driven *d, const struct simulation *s, const int *at)
{
	static const char *const name[DRIVEN_ATTRIBUTES] = { "category", "department", "state" };
	int n = d->panel.n;
	const char **text = ARENA_ARRAY(&d->arena, const char *, n);
	for (int k = 0; k < DRIVEN_ATTRIBUTES; k++) {
		struct attribute *a = &d->attribute[k];
		int32_t *code = ARENA_ARRAY(&d->arena, int32_t, n);
		for (int i = 0; i < n; i++) {
			int store, item;
			driven_whose(s, at, i, &store, &item);
			const struct sim_category *c = &sim_categories[s->item[item].category];
			text[i] = arena_strdup(&d->arena, k == 2 ? s->store[store].state
					       : k == 1 ? c->department : c->name);
		}
		a->name = name[k];
		a->of_store = k == 2;
		a->value = driven_numbers(&d->arena, text, n, &a->n_value, code);
		a->code = code;
	}
	d->drivers.n_attribute = DRIVEN_ATTRIBUTES;
	d->drivers.attribute = d->attribute;
}

/* Makes the panel of a plan; 0 when the plan is out of bounds. */
static inline int driven_make(struct driven *d, const struct simulation_plan *plan)
{
	struct err e = { 0 };
	struct simulation *s;
	int *at;
	memset(d, 0, sizeof *d);
	if (simulation_new(&s, plan, &e))
		return 0;
	driven_sales(d, s, &at);
	d->drivers.n = d->panel.n;
	driven_prices(d, s, at);
	driven_promotions(d, s, at);
	driven_events(d, s);
	driven_columns(d, s, at);
	driven_attributes(d, s, at);
	simulation_free(s);
	return 1;
}

static inline void driven_release(struct driven *d)
{
	arena_release(&d->arena);
}

/* Columns of the past up to an origin, rows of the series kept alone. */
static inline void driven_cut_columns(struct driven *out, const struct driven *d, period_t origin,
				      const int *kept)
{
	for (int k = 0; k < DRIVEN_COLUMNS; k++) {
		struct driver_column *c = &out->column[k];
		const struct driver_column *from = &d->column[k];
		*c = *from;
		if (c->known == DRIVER_PAST)
			c->until = origin;
		if (k == DRIVEN_FOOTFALL)
			c->n_row = out->panel.n;
		int32_t *row_of = ARENA_ARRAY(&out->arena, int32_t, out->panel.n + 1);
		size_t width = (size_t)(c->until - c->from + 1), had = (size_t)(from->until - from->from + 1);
		out->value[k] = ARENA_ARRAY(&out->arena, float, (size_t)c->n_row * width);
		for (int r = 0; r < c->n_row; r++)
			memcpy(out->value[k] + (size_t)r * width,
			       from->value + (size_t)(k == DRIVEN_FOOTFALL ? kept[r] : r) * had,
			       width * sizeof(float));
		for (int i = 0; i < out->panel.n; i++)
			row_of[i] = k == DRIVEN_FOOTFALL ? i : from->row_of ? from->row_of[kept[i]] : 0;
		c->row_of = from->row_of ? row_of : NULL;
		c->value = out->value[k];
	}
	out->drivers.column = out->column;
}

/* What is told of series, for those kept. */
static inline void driven_cut_drivers(struct driven *out, const struct driven *d, const int *kept)
{
	int n = out->panel.n;
	const struct drivers *from = &d->drivers;
	struct drivers *to = &out->drivers;
	int64_t *price = ARENA_ARRAY(&out->arena, int64_t, n + 1);
	int64_t *promotion = ARENA_ARRAY(&out->arena, int64_t, n + 1);
	struct price_step *step = ARENA_ARRAY(&out->arena, struct price_step, from->price_begin[from->n] + 1);
	struct promotion_span *span = ARENA_ARRAY(&out->arena, struct promotion_span,
						  from->promotion_begin[from->n] + 1);
	struct event_day *event = ARENA_ARRAY(&out->arena, struct event_day, from->n_event + 1);
	*to = *from;
	to->n = n;
	to->n_event = 0;
	for (int i = 0; i < n; i++) {
		price[i + 1] = price[i];
		promotion[i + 1] = promotion[i];
		for (int64_t k = from->price_begin[kept[i]]; k < from->price_begin[kept[i] + 1]; k++)
			step[price[i + 1]++] = from->price[k];
		for (int64_t k = from->promotion_begin[kept[i]]; k < from->promotion_begin[kept[i] + 1]; k++)
			span[promotion[i + 1]++] = from->promotion[k];
	}
	for (int k = 0; k < from->n_event; k++) {
		struct event_day *e = &event[to->n_event];
		*e = from->event[k];
		e->series_from = e->series_to = 0;
		for (int i = 0; i < n; i++) {
			e->series_from += kept[i] < from->event[k].series_from;
			e->series_to += kept[i] < from->event[k].series_to;
		}
		to->n_event += e->series_to > e->series_from;
	}
	for (int k = 0; k < DRIVEN_ATTRIBUTES; k++) {
		int32_t *code = ARENA_ARRAY(&out->arena, int32_t, n + 1);
		for (int i = 0; i < n; i++)
			code[i] = from->attribute[k].code[kept[i]];
		out->attribute[k] = from->attribute[k];
		out->attribute[k].code = code;
	}
	to->price_begin = price;
	to->price = step;
	to->promotion_begin = promotion;
	to->promotion = span;
	to->event = event;
	to->attribute = out->attribute;
}

/* The panel as it was at an origin: later cells, later series and later values of past columns are not
 * there at all. What was known ahead stays. kept[] (may be NULL): number in `d` of each series. */
static inline void driven_cut(struct driven *out, const struct driven *d, period_t origin, int *kept_out)
{
	const struct panel *p = &d->panel;
	int *kept = NEW_ARRAY(int, p->n + 1), n = 0;
	memset(out, 0, sizeof *out);
	for (int i = 0; i < p->n; i++)
		if (p->first[i] <= origin)
			kept[n++] = i;
	struct series_key *key = ARENA_ARRAY(&out->arena, struct series_key, n + 1);
	int64_t *id = ARENA_ARRAY(&out->arena, int64_t, n + 1);
	int64_t *begin = ARENA_ARRAY(&out->arena, int64_t, n + 1);
	period_t *first = ARENA_ARRAY(&out->arena, period_t, n + 1);
	out->units = ARENA_ARRAY(&out->arena, double, p->begin[p->n] + 1);
	out->state = ARENA_ARRAY(&out->arena, uint8_t, p->begin[p->n] + 1);
	for (int i = 0; i < n; i++) {
		int64_t from = p->begin[kept[i]], had = p->begin[kept[i] + 1] - from;
		int64_t length = origin - p->first[kept[i]] + 1 < had ? origin - p->first[kept[i]] + 1 : had;
		key[i] = p->key[kept[i]];
		id[i] = p->id[kept[i]];
		first[i] = p->first[kept[i]];
		begin[i + 1] = begin[i] + length;
		memcpy(out->units + begin[i], p->units + from, (size_t)length * sizeof *out->units);
		memcpy(out->state + begin[i], p->state + from, (size_t)length);
	}
	out->panel = *p;
	out->panel.n = n;
	out->panel.until = origin;
	out->panel.key = key;
	out->panel.id = id;
	out->panel.first = first;
	out->panel.begin = begin;
	out->panel.units = out->units;
	out->panel.state = out->state;
	out->panel.segment = ARENA_ARRAY(&out->arena, int32_t, n + 1);
	out->panel.drivers = &out->drivers;
	driven_cut_drivers(out, d, kept);
	driven_cut_columns(out, d, origin, kept);
	for (int i = 0; kept_out && i < n; i++)
		kept_out[i] = kept[i];
	free(kept);
}

/* Other sales, other states and other values of past columns after an origin. */
static inline void driven_scramble(struct driven *d, period_t origin, uint64_t salt)
{
	const struct panel *p = &d->panel;
	for (int i = 0; i < p->n; i++)
		for (int64_t k = p->begin[i]; k < p->begin[i + 1]; k++) {
			double x = fixture_noise((uint64_t)k, salt);
			if (p->first[i] + (k - p->begin[i]) <= origin)
				continue;
			d->state[k] = (uint8_t)(x * N_DAY_STATE);
			d->units[k] = d->state[k] == DAY_MISSING || d->state[k] == DAY_NOFEED ? (double)NAN
				: floor(1000 * x);
		}
	for (int k = 0; k < DRIVEN_COLUMNS; k++) {
		const struct driver_column *c = &d->column[k];
		size_t width = (size_t)(c->until - c->from + 1);
		for (size_t v = 0; c->known == DRIVER_PAST && v < (size_t)c->n_row * width; v++)
			if (c->from + (period_t)(v % width) > origin)
				d->value[k][v] = (float)fixture_noise(v, salt + 1) * 1000;
	}
}

#endif
