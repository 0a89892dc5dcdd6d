/*
 * What an invented chain knows beforehand: holidays and closed days, regular prices, promotions.
 * All of it reaches SIM_PLAN_DAYS beyond the history, since a forecast needs tomorrow's plans.
 */
#include "config.h"
#include "series/simulate_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "series/events.h"

#define EVENT_DAYS 400 /* the calendar of events reaches further than the plans */

struct event_list {
	VEC(struct sim_event) events;
};

static int event_order(const void *a, const void *b)
{
	const struct sim_event *x = a, *y = b;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	int by_name = strcmp(x->name, y->name);
	return by_name ? by_name : x->store - y->store;
}

/* An event that every store has becomes one of the chain. The list is sorted by (day, name, store). */
static void events_share(struct simulation *s, struct event_list *list)
{
	struct sim_event *at = list->events.at;
	size_t n = list->events.n, kept = 0;
	s->event = ARENA_ARRAY(&s->memory, struct sim_event, n + 1);
	for (size_t i = 0, j; i < n; i = j) {
		for (j = i; j < n && at[j].day == at[i].day && !strcmp(at[j].name, at[i].name); j++)
			;
		if (j - i == (size_t)s->plan.n_store) {
			s->event[kept] = at[i];
			s->event[kept++].store = -1;
		} else {
			memcpy(s->event + kept, at + i, (j - i) * sizeof *at);
			kept += j - i;
		}
	}
	s->n_event = kept;
}

static void store_days(struct simulation *s, int store)
{
	const struct sim_store *st = &s->store[store];
	day_t span = s->plan.n_day + SIM_PLAN_DAYS;
	for (day_t d = 0; d < span; d++) {
		day_t day = s->first + d;
		int year, month, dom;
		day_to_ymd(day, &year, &month, &dom);
		int sunday = day_of_week(day) == 6 && !(st->tourist && month >= 6 && month <= 9);
		int refit = st->refit_from != DAY_NONE && day >= st->refit_from
			    && day <= st->refit_until;
		s->open[(size_t)store * span + d] = day >= st->opened && !sunday && !refit;
	}
}

enum status sim_plan_events(struct simulation *s, struct err *e)
{
	struct event_list list = { 0 };
	enum status status = OK;
	day_t span = s->plan.n_day + SIM_PLAN_DAYS;
	for (int i = 0; i < s->plan.n_store && !status; i++) {
		struct events ev;
		char region[16];
		snprintf(region, sizeof region, "DE-%s", s->store[i].state);
		status = events_holidays(&ev, region, s->first, s->plan.last + EVENT_DAYS, e);
		if (status)
			break;
		store_days(s, i);
		for (size_t k = 0; k < ev.n; k++) {
			const struct event *v = &ev.event[k];
			VEC_PUSH(&list.events, (struct sim_event){
						       v->day, i,
						       arena_strdup(&s->memory, v->name),
						       arena_strdup(&s->memory, v->type),
						       v->closed });
			if (v->closed && v->day - s->first < span)
				s->open[(size_t)i * span + (v->day - s->first)] = 0;
		}
		events_release(&ev);
	}
	if (!status) {
		qsort(list.events.at, list.events.n, sizeof *list.events.at, event_order);
		events_share(s, &list);
	}
	VEC_FREE(&list.events);
	return status;
}

/* Prices end in 9. */
static int price_nine(double cents)
{
	int tens = (int)(cents / 10 + .5);
	return tens < 3 ? 29 : tens * 10 - 1;
}

void sim_plan_prices(struct simulation *s, struct rng *r)
{
	VEC(struct sim_price) list = { 0 };
	for (int i = 0; i < s->plan.n_item; i++) {
		double price = s->item[i].price;
		rng_seed(r, s->plan.seed, s->item[i].id, "price");
		VEC_PUSH(&list, (struct sim_price){ i, s->first, s->item[i].price });
		for (double at = 30 - 190 * log(1 - rng_uniform(r));;
		     at += 45 - 150 * log(1 - rng_uniform(r))) {
			if (at >= s->plan.n_day + SIM_PLAN_DAYS)
				break;
			day_t day = s->first + (day_t)at;
			/* More rises than cuts, but no drift: a demand of elasticity -2 would fade. */
			double change = rng_bernoulli(r, .6) ? .03 + .06 * rng_uniform(r)
							     : -.05 - .07 * rng_uniform(r);
			double next = price * (1 + change);
			if (next > 1.3 * s->item[i].price || next < .8 * s->item[i].price)
				next = price * (1 - change);
			if (price_nine(next) == price_nine(price))
				next = price + (change > 0 ? 10 : -10);
			price = next;
			if (price_nine(price) == list.at[list.n - 1].price)
				continue;
			VEC_PUSH(&list, (struct sim_price){ i, day - day_of_week(day),
							    price_nine(price) });
		}
	}
	s->n_price = list.n;
	s->price = ARENA_ARRAY(&s->memory, struct sim_price, list.n);
	memcpy(s->price, list.at, list.n * sizeof *list.at);
	VEC_FREE(&list);
}

static const struct {
	const char *name;
	double share, lift;
	double deepest; /* per cent off at most */
} mechanics[] = {
	{ "price", .4, 1.1, 24 },
	{ "display", .3, 1.5, 28 },
	{ "flyer", .3, 1.9, 36 },
};

static struct sim_promotion draw_promotion(const struct simulation *s, int item, day_t monday,
					   struct rng *r)
{
	const struct sim_category *c = &sim_categories[s->item[item].category];
	double u = rng_uniform(r);
	int m = u < mechanics[0].share ? 0 : u < mechanics[0].share + mechanics[1].share ? 1 : 2;
	int regular = s->price[sim_price_on(s, item, monday)].price;
	double depth = (10 + (mechanics[m].deepest - 10) * rng_uniform(r)) / 100;
	struct sim_promotion p = { .item = item, .from = monday, .until = monday + 5,
				   .mechanic = mechanics[m].name };
	p.region = rng_bernoulli(r, .25) ? rng_choice(r, SIM_REGIONS) : -1;
	p.price = price_nine(regular * (1 - depth));
	if (p.price >= regular)
		p.price = regular > 39 ? regular - 10 : regular * 3 / 4;
	p.depth = (int)(100.0 * (regular - p.price) / regular + .5);
	p.lift_price = pow((double)p.price / regular, c->elasticity);
	p.lift_mechanic = mechanics[m].lift * exp(.08 * rng_gaussian(r));
	p.planned = exp(-.12 + .3 * rng_gaussian(r));
	return p;
}

/* May the item be promoted in the week? Its list does not change within it, nor just before. */
static int promotable(const struct simulation *s, int item, day_t monday)
{
	const struct sim_item *it = &s->item[item];
	const struct sim_category *c = &sim_categories[it->category];
	int year, month, dom;
	day_to_ymd(monday + 5, &year, &month, &dom);
	if (it->launched != DAY_NONE && monday < it->launched + 28)
		return 0;
	if (it->delisted != DAY_NONE && monday + 5 > it->delisted - 14)
		return 0;
	return !c->month_from || (month > c->month_from && (month < 12 || dom < 20));
}

void sim_plan_promotions(struct simulation *s, struct rng *r)
{
	VEC(struct sim_promotion) list = { 0 };
	day_t end = s->plan.last + SIM_PLAN_DAYS - 6;
	day_t first_monday = s->first + (7 - day_of_week(s->first)) % 7;
	for (int i = 0; i < s->plan.n_item; i++) {
		const struct sim_category *c = &sim_categories[s->item[i].category];
		day_t free_from = s->first;
		rng_seed(r, s->plan.seed, s->item[i].id, "promotion");
		for (day_t monday = first_monday; monday <= end; monday += 7) {
			double season = sim_season(c, monday);
			double rate = c->promo_rate * (season < .5 ? .5 : season > 1.6 ? 1.6 : season);
			/* Drawn in any case, so that one promotion less moves no other. */
			int wanted = rng_bernoulli(r, rate * 1.25);
			struct sim_promotion p = draw_promotion(s, i, monday, r);
			if (!wanted || monday < free_from || !promotable(s, i, monday))
				continue;
			VEC_PUSH(&list, p);
			free_from = monday + 35;
		}
	}
	s->n_promotion = list.n;
	s->promotion = ARENA_ARRAY(&s->memory, struct sim_promotion, list.n);
	if (list.n)
		memcpy(s->promotion, list.at, list.n * sizeof *list.at);
	VEC_FREE(&list);
}

size_t sim_price_on(const struct simulation *s, int item, day_t day)
{
	size_t from = 0, to = s->n_price;
	while (to - from > 1) {
		size_t middle = from + (to - from) / 2;
		const struct sim_price *p = &s->price[middle];
		if (p->item < item || (p->item == item && p->from <= day))
			from = middle;
		else
			to = middle;
	}
	return from;
}

int sim_promotion_on(const struct simulation *s, int store, int item, day_t day)
{
	size_t from = 0, to = s->n_promotion;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		const struct sim_promotion *p = &s->promotion[middle];
		if (p->item < item || (p->item == item && p->until < day))
			from = middle + 1;
		else
			to = middle;
	}
	if (from == s->n_promotion)
		return -1;
	const struct sim_promotion *p = &s->promotion[from];
	int here = p->region < 0 || p->region == s->store[store].region;
	return p->item == item && p->from <= day && here ? (int)from : -1;
}
