/*
 * The invented chain: drawing stores and items, and living its days. What a day's demand is made of
 * lies in simulate_demand.c, the shelf in simulate_stock.c, prices, promotions and closures in
 * simulate_plan.c, the habits as tables in simulate_catalog.c.
 */
#include "config.h"
#include "series/simulate_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIN_DAYS 60

static char *text_of(struct simulation *s, const char *a, const char *b, const char *c)
{
	char text[120];
	snprintf(text, sizeof text, "%s %s %s", a, b, c);
	return arena_strdup(&s->memory, text);
}

static void draw_store(struct simulation *s, int i, struct rng *r)
{
	const struct sim_place *place = &sim_places[i % sim_n_place];
	const struct sim_format *format = &sim_formats[place->format];
	struct sim_store *st = &s->store[i];
	char id[16], name[64];
	double sum = 0;
	snprintf(id, sizeof id, s->plan.n_store < 100 ? "S%02d" : "S%03d", i + 1);
	snprintf(name, sizeof name, i < sim_n_place ? "%s" : "%s %d", place->name,
		 i / sim_n_place + 1);
	rng_seed(r, s->plan.seed, id, "store");
	st->id = arena_strdup(&s->memory, id);
	st->place = arena_strdup(&s->memory, name);
	st->state = place->state;
	st->format = format->name;
	st->region = place->region;
	st->tourist = place->tourist;
	double spread = exp(.22 * rng_gaussian(r));
	st->size = format->size * spread;
	st->area = (int)(format->area * (.6 + .4 * spread)) / 10 * 10;
	for (int d = 0; d < 7; d++) {
		st->weekday[d] = format->weekday[d] * (1 + .03 * rng_gaussian(r));
		sum += d < 6 ? st->weekday[d] : 0;
	}
	for (int d = 0; d < 7; d++)
		st->weekday[d] *= 6 / sum;
	st->opened = s->first;
	st->refit_from = st->refit_until = DAY_NONE;
	/* The last of a chain opens late; the second is rebuilt for two weeks. */
	if (s->plan.n_store >= 6 && i == s->plan.n_store - 1) {
		st->opened = s->first + (day_t)(.45 * s->plan.n_day);
		st->opened -= day_of_week(st->opened) - 3;
	}
	if (s->plan.n_store >= 2 && i == 1) {
		st->refit_from = s->first + (day_t)(.6 * s->plan.n_day);
		st->refit_from -= day_of_week(st->refit_from);
		st->refit_until = st->refit_from + 13;
	}
}

/* Items of each category: by its share, the rest to the largest remainders. */
static void items_of_categories(int n_item, int *count)
{
	double total = 0;
	int given = 0;
	for (int c = 0; c < sim_n_category; c++)
		total += sim_categories[c].share;
	for (int c = 0; c < sim_n_category; c++)
		given += count[c] = (int)(n_item * sim_categories[c].share / total);
	for (; given < n_item; given++) {
		int best = 0;
		double most = -1e9;
		for (int c = 0; c < sim_n_category; c++) {
			double rest = n_item * sim_categories[c].share / total - count[c];
			if (rest > most) {
				most = rest;
				best = c;
			}
		}
		count[best]++;
	}
}

/* Launches and ends: some items come or go within the history, a few in the planned days. */
static void draw_item_life(const struct simulation *s, struct sim_item *it, struct rng *r)
{
	double u = rng_uniform(r), v = rng_uniform(r), w = rng_uniform(r);
	day_t span = s->plan.n_day;
	it->launched = it->delisted = it->outage_from = it->outage_until = DAY_NONE;
	if (u < .07)
		it->launched = s->first + (day_t)(span * (.15 + .8 * v));
	else if (u < .12)
		it->delisted = s->first + (day_t)(span * (.3 + .65 * v));
	else if (u < .13)
		it->launched = s->plan.last + 5 + (day_t)(20 * v);
	else if (u < .14)
		it->delisted = s->plan.last + 3 + (day_t)(20 * v);
	if (it->launched != DAY_NONE)
		it->launched -= day_of_week(it->launched);
	if (it->delisted != DAY_NONE)
		it->delisted += 5 - day_of_week(it->delisted) % 6;
	if (w < .12 * span / 365.0) {
		it->outage_from = s->first + (day_t)(span * rng_uniform(r));
		it->outage_until = it->outage_from + 4 + rng_choice(r, 12);
	}
}

static int rounded_price(double cents)
{
	int tens = (int)(cents / 10 + .5);
	return tens < 3 ? 29 : tens * 10 - 1;
}

static void draw_item(struct simulation *s, int i, int category, double popularity, struct rng *r)
{
	const struct sim_category *c = &sim_categories[category];
	struct sim_item *it = &s->item[i];
	char id[16];
	snprintf(id, sizeof id, "%d", 100000 + 41 * i + 17);
	rng_seed(r, s->plan.seed, id, "item");
	it->id = arena_strdup(&s->memory, id);
	it->category = category;
	it->brand = sim_brands[rng_choice(r, sim_n_brand)];
	it->name = text_of(s, it->brand, c->noun, sim_variants[rng_choice(r, sim_n_variant)]);
	double u = rng_uniform(r);
	it->price = rounded_price(100 * c->price_low * pow(c->price_high / c->price_low, u));
	double margin = c->margin * (.85 + .3 * rng_uniform(r));
	it->cost = (int)(it->price * (1 - margin) + .5);
	it->pack = c->pack;
	if (popularity < .5 && it->pack > 1)
		it->pack = (it->pack + 1) / 2; /* slow sellers come in half cases */
	it->shelf_life = c->shelf_life;
	it->lead = c->lead;
	it->review = c->review;
	it->rate = .8 * c->rate * popularity * exp(.2 * rng_gaussian(r));
	it->trend = .01 + .1 * rng_gaussian(r);
	it->dispersion = c->dispersion * exp(.3 * rng_gaussian(r));
	it->clump = rng_uniform(r) < .25 ? c->clump : 1;
	draw_item_life(s, it, r);
}

/* Popularity falls with the rank to the power .95, mean 1 in each category; ranks are shuffled, so
 * the number of an item tells nothing. */
static void draw_items(struct simulation *s, struct rng *r)
{
	int *count = ARENA_ARRAY(&s->memory, int, sim_n_category);
	int *rank = ARENA_ARRAY(&s->memory, int, s->plan.n_item);
	int i = 0;
	items_of_categories(s->plan.n_item, count);
	for (int c = 0; c < sim_n_category; c++) {
		double sum = 0;
		rng_seed(r, s->plan.seed, sim_categories[c].name, "rank");
		for (int k = 0; k < count[c]; k++) {
			int other = rng_choice(r, k + 1);
			rank[k] = rank[other];
			rank[other] = k;
			sum += pow(k + 1, -.95);
		}
		for (int k = 0; k < count[c]; k++)
			draw_item(s, i++, c, pow(rank[k] + 1, -.95) * count[c] / sum, r);
	}
}

/* Smaller formats leave out slow items first; every store has a mind of its own. */
static void draw_range(struct simulation *s, struct rng *r)
{
	for (int st = 0; st < s->plan.n_store; st++) {
		double range = sim_formats[sim_places[st % sim_n_place].format].range;
		rng_seed(r, s->plan.seed, s->store[st].id, "range");
		for (int i = 0; i < s->plan.n_item; i++) {
			double pull = s->item[i].rate / sim_categories[s->item[i].category].rate;
			double p = range >= 1 ? .98 : range * (pull > 1 ? 1.3 : .55 + .75 * pull);
			s->carried[(size_t)st * s->plan.n_item + i] = rng_bernoulli(r, p);
		}
	}
}

static enum status plan_check(const struct simulation_plan *p, struct err *e)
{
	if (p->n_store < 1 || p->n_store > 200)
		return err_set(e, E_USAGE, "a chain of %d stores: 1 to 200 can be made", p->n_store);
	if (p->n_item < 1 || p->n_item > 20000)
		return err_set(e, E_USAGE, "a list of %d items: 1 to 20000 can be made", p->n_item);
	if (p->n_day < MIN_DAYS || p->n_day > 7300)
		return err_set(e, E_USAGE, "a history of %d days: %d to 7300 can be made", p->n_day,
			       MIN_DAYS);
	return OK;
}

enum status simulation_new(struct simulation **out, const struct simulation_plan *plan,
			   struct err *e)
{
	enum status status = plan_check(plan, e);
	if (status)
		return status;
	struct simulation *s = xcalloc(1, sizeof *s);
	size_t n = (size_t)plan->n_store * plan->n_item;
	s->plan = *plan;
	s->first = plan->last - plan->n_day + 1;
	s->day = s->first - 1;
	s->life = ARENA_ARRAY(&s->memory, struct sim_life, 1);
	s->life->rng = rng_new();
	s->store = ARENA_ARRAY(&s->memory, struct sim_store, plan->n_store);
	s->item = ARENA_ARRAY(&s->memory, struct sim_item, plan->n_item);
	s->carried = ARENA_ARRAY(&s->memory, uint8_t, n);
	s->cell = ARENA_ARRAY(&s->memory, struct sim_cell, n);
	s->open = ARENA_ARRAY(&s->memory, uint8_t,
			      (size_t)plan->n_store * (plan->n_day + SIM_PLAN_DAYS));
	for (int i = 0; i < plan->n_store; i++)
		draw_store(s, i, s->life->rng);
	draw_items(s, s->life->rng);
	draw_range(s, s->life->rng);
	status = sim_plan_events(s, e);
	if (status) {
		simulation_free(s);
		return status;
	}
	sim_plan_prices(s, s->life->rng);
	sim_plan_promotions(s, s->life->rng);
	sim_demand_init(s);
	sim_stock_init(s);
	*out = s;
	return OK;
}

void simulation_free(struct simulation *s)
{
	if (!s)
		return;
	rng_free(s->life->rng);
	arena_release(&s->memory);
	free(s);
}

int simulation_step(struct simulation *s)
{
	if (s->day >= s->plan.last + SIM_PLAN_DAYS)
		return 0;
	s->day++;
	sim_demand_day(s);
	sim_stock_day(s);
	return 1;
}

int sim_open(const struct simulation *s, int store, day_t day)
{
	day_t span = s->plan.n_day + SIM_PLAN_DAYS;
	if (day < s->first || day >= s->first + span)
		return 0;
	return s->open[(size_t)store * span + (day - s->first)];
}

int sim_listed(const struct simulation *s, int store, int item, day_t day)
{
	const struct sim_item *it = &s->item[item];
	const struct sim_category *c = &sim_categories[it->category];
	int year, month, dom;
	if (!s->carried[(size_t)store * s->plan.n_item + item] || day < s->store[store].opened)
		return 0;
	if ((it->launched != DAY_NONE && day < it->launched)
	    || (it->delisted != DAY_NONE && day > it->delisted))
		return 0;
	if (!c->month_from)
		return 1;
	day_to_ymd(day, &year, &month, &dom);
	/* Seasonal goods leave the shelves on Christmas Eve. */
	return month >= c->month_from && month <= c->month_until && (month < 12 || dom <= 24);
}

double sim_season(const struct sim_category *c, day_t day)
{
	int year, month, dom;
	day_to_ymd(day, &year, &month, &dom);
	double at = (dom - .5) / month_days(year, month) - .5; /* from the middle of this month */
	int other = at < 0 ? (month + 10) % 12 : month % 12;
	double w = fabs(at);
	return c->season[month - 1] * (1 - w) + c->season[other] * w;
}

const char *sim_key(const struct simulation *s, int store, int item, char out[SIM_KEY_MAX])
{
	snprintf(out, SIM_KEY_MAX, "%s/%s", s->store[store].id, s->item[item].id);
	return out;
}
