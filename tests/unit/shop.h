/*
 * A panel with drivers out of the invented chain (series/simulate.h): prices, promotions, events and
 * the items' categories, as a db would give them.
 */
#ifndef TESTS_SHOP_H
#define TESTS_SHOP_H

#include "unit.h"

#include <math.h>
#include <string.h>
#include "series/driver.h"
#include "series/simulate.h"

struct shop {
	struct arena arena;
	struct simulation *s;
	struct panel panel;
	struct drivers drivers;
	int *store, *item; /* [panel.n] numbers in the simulation */
};

enum { SHOP_DEMAND, SHOP_SOLD }; /* what was wanted, or what was sold, days out of stock marked */

static inline int shop_attribute_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static inline void shop_category(struct shop *h)
{
	struct attribute *at = ARENA_ARRAY(&h->arena, struct attribute, 1);
	const char **value = ARENA_ARRAY(&h->arena, const char *, sim_n_category);
	int32_t *code = ARENA_ARRAY(&h->arena, int32_t, h->panel.n);
	for (int c = 0; c < sim_n_category; c++)
		value[c] = sim_categories[c].name;
	qsort(value, (size_t)sim_n_category, sizeof *value, shop_attribute_order);
	for (int i = 0; i < h->panel.n; i++)
		for (int c = 0; c < sim_n_category; c++)
			if (!strcmp(value[c], sim_categories[h->s->item[h->item[i]].category].name))
				code[i] = c;
	*at = (struct attribute){ "category", 0, sim_n_category, value, code };
	h->drivers.n_attribute = 1;
	h->drivers.attribute = at;
}

static inline int shop_text(const char **name, int *n, const char *text)
{
	for (int i = 0; i < *n; i++)
		if (!strcmp(name[i], text))
			return i;
	name[*n] = text;
	return (*n)++;
}

static inline void shop_drivers(struct shop *h)
{
	static const char *const mechanic[] = { "display", "flyer", "price" };
	struct simulation *s = h->s;
	struct drivers *d = &h->drivers;
	int n = h->panel.n;
	int64_t *pb = ARENA_ARRAY(&h->arena, int64_t, n + 1), *qb = ARENA_ARRAY(&h->arena, int64_t, n + 1);
	VEC(struct price_step) price = { 0 };
	VEC(struct promotion_span) promotion = { 0 };
	VEC(struct event_day) event = { 0 };
	const char **type = ARENA_ARRAY(&h->arena, const char *, s->n_event + 1);
	const char **name = ARENA_ARRAY(&h->arena, const char *, s->n_event + 1);
	for (int i = 0; i < n; i++) {
		for (size_t k = 0; k < s->n_price; k++)
			if (s->price[k].item == h->item[i])
				VEC_PUSH(&price, (struct price_step){ s->price[k].from, s->price[k].price / 100. });
		pb[i + 1] = (int64_t)price.n;
		for (size_t k = 0; k < s->n_promotion; k++) {
			const struct sim_promotion *q = &s->promotion[k];
			if (q->item != h->item[i] || (q->region >= 0 && q->region != s->store[h->store[i]].region))
				continue;
			int regular = s->price[sim_price_on(s, q->item, q->from)].price;
			int m = 0;
			while (strcmp(mechanic[m], q->mechanic))
				m++;
			VEC_PUSH(&promotion, (struct promotion_span){ q->from, q->until, m,
								       1 - (double)q->price / regular });
		}
		qb[i + 1] = (int64_t)promotion.n;
	}
	for (size_t k = 0; k < s->n_event; k++) {
		const struct sim_event *v = &s->event[k];
		int from = 0, to = n;
		if (v->store >= 0)
			panel_store(&h->panel, s->store[v->store].id, &from, &to);
		VEC_PUSH(&event, (struct event_day){ v->day, from, to,
						      shop_text(name, &d->n_event_name, v->name),
						      shop_text(type, &d->n_event_type, v->type), v->closed });
	}
	*d = (struct drivers){ .n = n, .price_begin = pb, .promotion_begin = qb, .n_mechanic = 3,
			       .mechanic = mechanic, .n_event = (int)event.n, .event_name = name,
			       .event_type = type, .n_event_name = d->n_event_name,
			       .n_event_type = d->n_event_type, .price_until = s->plan.last + SIM_PLAN_DAYS,
			       .promotion_until = s->plan.last + SIM_PLAN_DAYS,
			       .event_from = s->first, .event_until = s->plan.last + 365 };
	struct price_step *p = ARENA_ARRAY(&h->arena, struct price_step, price.n + 1);
	struct promotion_span *q = ARENA_ARRAY(&h->arena, struct promotion_span, promotion.n + 1);
	struct event_day *v = ARENA_ARRAY(&h->arena, struct event_day, event.n + 1);
	memcpy(p, price.at, price.n * sizeof *p);
	memcpy(q, promotion.at, promotion.n * sizeof *q);
	memcpy(v, event.at, event.n * sizeof *v);
	d->price = p;
	d->promotion = q;
	d->event = v;
	VEC_FREE(&price);
	VEC_FREE(&promotion);
	VEC_FREE(&event);
	shop_category(h);
	h->panel.drivers = d;
}

/* Lives a chain of some stores, items and days; `what`: demand or sales. */
static inline void shop_open(struct shop *h, int stores, int items, int days, uint64_t seed, int what)
{
	struct err e;
	memset(h, 0, sizeof *h);
	const struct simulation_plan plan = { stores, items, days, day_from_ymd(2025, 12, 31), seed };
	assert_int_equal(simulation_new(&h->s, &plan, &e), OK);
	int n = stores * items, k = 0;
	struct arena *a = &h->arena;
	struct series_key *key = ARENA_ARRAY(a, struct series_key, n);
	int64_t *begin = ARENA_ARRAY(a, int64_t, n + 1), *id = ARENA_ARRAY(a, int64_t, n);
	period_t *first = ARENA_ARRAY(a, period_t, n);
	double *units = ARENA_ARRAY(a, double, (size_t)n * (size_t)days);
	uint8_t *state = ARENA_ARRAY(a, uint8_t, (size_t)n * (size_t)days);
	h->store = ARENA_ARRAY(a, int, n);
	h->item = ARENA_ARRAY(a, int, n);
	for (int st = 0; st < stores; st++)
		for (int i = 0; i < items; i++, k++) {
			key[k] = (struct series_key){ h->s->store[st].id, h->s->item[i].id };
			id[k] = k;
			first[k] = h->s->first;
			begin[k + 1] = begin[k] + days;
			h->store[k] = st;
			h->item[k] = i;
		}
	for (int t = 0; t < days && simulation_step(h->s); t++)
		for (k = 0; k < n; k++) {
			const struct sim_cell *c = &h->s->cell[k];
			size_t at = (size_t)k * (size_t)days + (size_t)t;
			int open = c->listed && sim_open(h->s, h->store[k], h->s->day);
			units[at] = what == SHOP_DEMAND ? c->demand : c->sold;
			state[at] = !c->listed ? DAY_MISSING : !open ? DAY_CLOSED
				: what == SHOP_SOLD && c->on_hand + c->wasted == 0 ? DAY_STOCKOUT
				: units[at] > 0 ? DAY_SOLD : DAY_ZERO;
			if (state[at] == DAY_MISSING)
				units[at] = NAN;
		}
	h->panel = (struct panel){ .calendar = { PERIOD_DAY, 0 }, .n = n, .until = plan.last, .key = key,
				   .id = id, .first = first, .begin = begin, .units = units, .state = state,
				   .segment = ARENA_ARRAY(a, int32_t, n), .n_segment = 1 };
	shop_drivers(h);
}

static inline void shop_close(struct shop *h)
{
	simulation_free(h->s);
	arena_release(&h->arena);
}

#endif
