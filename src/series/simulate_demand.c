/*
 * A day's demand in the invented chain: factors of stores, categories, items and promotions are made
 * once a day, so that a cell is a handful of products and one draw.
 */
#include "config.h"
#include "series/simulate_private.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define LEVEL_PHI .9   /* a week's memory of a series' own level */
#define LEVEL_SD .075  /* its weekly shock; the level's sd is SD / sqrt(1 - PHI^2) = .17 */
#define WARMTH_PHI .8

void sim_demand_init(struct simulation *s)
{
	struct sim_life *l = s->life;
	int n_store = s->plan.n_store, n_item = s->plan.n_item;
	size_t n = (size_t)n_store * n_item;
	char key[SIM_KEY_MAX];
	l->level = ARENA_ARRAY(&s->memory, double, n);
	l->base = ARENA_ARRAY(&s->memory, double, n);
	l->taste = ARENA_ARRAY(&s->memory, double, n);
	l->category = ARENA_ARRAY(&s->memory, double, n_store *sim_n_category);
	l->weekday = ARENA_ARRAY(&s->memory, double, n_store *sim_n_category * 7);
	l->item = ARENA_ARRAY(&s->memory, double, n_item);
	l->price_factor = ARENA_ARRAY(&s->memory, double, n_item);
	l->price_at = ARENA_ARRAY(&s->memory, size_t, n_item);
	l->promo_at = ARENA_ARRAY(&s->memory, size_t, n_item);
	l->effect = ARENA_ARRAY(&s->memory, struct sim_effect, n_item *SIM_REGIONS);
	l->regular = ARENA_ARRAY(&s->memory, double, sim_n_category);
	l->extra = ARENA_ARRAY(&s->memory, double, sim_n_category);
	for (size_t i = 0; i < n; i++) {
		rng_seed(l->rng, s->plan.seed,
			 sim_key(s, (int)(i / (size_t)n_item), (int)(i % (size_t)n_item), key), "taste");
		l->taste[i] = .35 * rng_gaussian(l->rng);
		l->level[i] = LEVEL_SD / sqrt(1 - LEVEL_PHI * LEVEL_PHI) * rng_gaussian(l->rng);
	}
	for (int st = 0; st < n_store; st++)
		for (int c = 0; c < sim_n_category; c++)
			for (int d = 0; d < 7; d++)
				l->weekday[(st * sim_n_category + c) * 7 + d] =
					pow(s->store[st].weekday[d], sim_categories[c].weekend);
	size_t price = 0, promo = 0;
	for (int i = 0; i < n_item; i++) {
		while (s->price[price].item < i)
			price++;
		while (promo < s->n_promotion && s->promotion[promo].item < i)
			promo++;
		l->price_at[i] = price;
		l->promo_at[i] = promo;
	}
}

double sim_eve(const struct simulation *s, int store, day_t day)
{
	int sunday = day_of_week(day + 1) == 6;
	/* A closed Sunday is in the weekday's factor; a holiday beside it is not. */
	if (!sunday && !sim_open(s, store, day + 1))
		return 1.4;
	if (sunday && !sim_open(s, store, day + 1) && !sim_open(s, store, day + 2))
		return 1.3;
	if (!sim_open(s, store, day + 2) && day_of_week(day + 2) != 6)
		return 1.15;
	if (!sim_open(s, store, day - 1) && day_of_week(day - 1) != 6 && day - 1 >= s->first)
		return 1.08;
	return 1;
}

/* Anchor of an occasion in a year. */
static day_t occasion_day(const struct sim_occasion *o, int year)
{
	if (o->month == SIM_EASTER)
		return day_easter(year) + o->dom;
	if (o->month == SIM_MOTHERS_DAY) {
		day_t may = day_from_ymd(year, 5, 1);
		return may + (6 - day_of_week(may)) + 7;
	}
	return day_from_ymd(year, o->month, o->dom);
}

static double occasion_factor(const struct sim_category *c, day_t day)
{
	int year, month, dom;
	double factor = 1;
	day_to_ymd(day, &year, &month, &dom);
	for (const struct sim_occasion *o = sim_occasions; o->category; o++) {
		if (strcmp(o->category, c->name))
			continue;
		day_t at = day - occasion_day(o, year);
		if (at >= o->from && at <= o->until)
			factor *= 1 + (o->peak - 1) * (at - o->from + 1) / (o->until - o->from + 1);
	}
	return factor;
}

/* Tourists: full in July and August, few in winter. */
static double tourist_factor(const struct sim_store *st, day_t day)
{
	static const double month_factor[12] = { .7,   .72, .8,	 .95, 1.1, 1.35,
						 1.75, 1.8, 1.2, .95, .7,  .8 };
	struct sim_category as = { .season = month_factor };
	return st->tourist ? sim_season(&as, day) : 1;
}

/* Full trolleys before Christmas, empty purses after it. */
static double festive_factor(int month, int dom)
{
	if (month == 12 && dom >= 10 && dom <= 24)
		return 1 + .02 * (dom - 9);
	return month == 1 && dom >= 3 && dom <= 24 ? .92 : 1;
}

static void category_factors(struct simulation *s)
{
	struct sim_life *l = s->life;
	int year, month, dom, weekday = day_of_week(s->day);
	char date[DAY_TEXT_MAX];
	double common[64];
	day_to_ymd(s->day, &year, &month, &dom);
	rng_seed(l->rng, s->plan.seed, day_format(s->day, date), "weather");
	for (int r = 0; r < SIM_REGIONS; r++)
		l->warmth[r] = WARMTH_PHI * l->warmth[r]
			       + sqrt(1 - WARMTH_PHI * WARMTH_PHI) * rng_gaussian(l->rng);
	double chain = festive_factor(month, dom);
	chain *= dom <= 3 ? 1.05 : dom >= 26 && dom <= 29 ? .97 : 1;
	for (int c = 0; c < sim_n_category; c++)
		common[c] = chain * sim_season(&sim_categories[c], s->day)
			    * occasion_factor(&sim_categories[c], s->day);
	for (int st = 0; st < s->plan.n_store; st++) {
		const struct sim_store *store = &s->store[st];
		double eve = sim_eve(s, st, s->day);
		double crowd = tourist_factor(store, s->day) * exp(.05 * rng_gaussian(l->rng));
		/* A new store needs some weeks to be found; a reopened one is looked at. */
		day_t age = s->day - store->opened;
		if (store->opened > s->first)
			crowd *= 1 - .45 * exp(-age / 30.0);
		if (store->refit_until != DAY_NONE && s->day > store->refit_until
		    && s->day <= store->refit_until + 12)
			crowd *= 1.15;
		for (int c = 0; c < sim_n_category; c++) {
			const struct sim_category *k = &sim_categories[c];
			l->category[st * sim_n_category + c] =
				common[c] * crowd * l->weekday[(st * sim_n_category + c) * 7 + weekday]
				* (eve > 1 ? pow(eve, k->eve) : 1)
				* exp(k->weather * l->warmth[store->region]);
		}
	}
}

/* What a promotion does on a day, at its time or beside it; 1 where it is over. */
static double promotion_factor(const struct simulation *s, const struct sim_promotion *p)
{
	double dip = sim_categories[s->item[p->item].category].dip;
	day_t day = s->day;
	if (day >= p->from && day <= p->until) {
		day_t k = day - p->from;
		return p->lift_price * p->lift_mechanic
		       * sim_promo_day[k < SIM_PROMO_DAYS ? k : SIM_PROMO_DAYS - 1];
	}
	if (day > p->until && day <= p->until + SIM_DIP_DAYS + 1) /* the Sunday does not count */
		return 1 - dip;
	/* Who has seen the flyer waits. */
	if (day >= p->from - 3 && day < p->from && !strcmp(p->mechanic, "flyer"))
		return 1 - dip / 2;
	return 1;
}

static void promotion_effects(struct simulation *s, int i)
{
	struct sim_life *l = s->life;
	struct sim_effect *effect = &l->effect[i * SIM_REGIONS];
	size_t *at = &l->promo_at[i];
	for (int r = 0; r < SIM_REGIONS; r++)
		effect[r] = (struct sim_effect){ 1, -1 };
	while (*at < s->n_promotion && s->promotion[*at].item == i
	       && s->promotion[*at].until + SIM_DIP_DAYS + 1 < s->day)
		++*at;
	for (size_t k = *at; k < s->n_promotion; k++) {
		const struct sim_promotion *p = &s->promotion[k];
		if (p->item != i || p->from - 3 > s->day)
			break;
		double factor = promotion_factor(s, p);
		int running = s->day >= p->from && s->day <= p->until;
		for (int r = 0; r < SIM_REGIONS; r++)
			if (p->region < 0 || p->region == r) {
				effect[r].factor *= factor;
				effect[r].promotion = running ? (int)k : effect[r].promotion;
			}
	}
}

static void item_factors(struct simulation *s)
{
	struct sim_life *l = s->life;
	for (int i = 0; i < s->plan.n_item; i++) {
		const struct sim_item *it = &s->item[i];
		size_t *at = &l->price_at[i];
		while (*at + 1 < s->n_price && s->price[*at + 1].item == i
		       && s->price[*at + 1].from <= s->day)
			++*at;
		/* Once at the start and on days with a change. */
		if (s->day == s->first || s->price[*at].from == s->day)
			l->price_factor[i] = pow((double)s->price[*at].price / it->price,
						 sim_categories[it->category].elasticity);
		double factor = exp(it->trend * (s->day - s->first) / 365.25);
		if (it->launched != DAY_NONE && s->day >= it->launched) {
			/* Found by few at first, tried by many, then settled. */
			double age = s->day - it->launched;
			factor *= (1 - exp(-(age + 2) / 12)) * (1 + .5 * exp(-age / 45));
		}
		l->item[i] = factor * l->price_factor[i];
		promotion_effects(s, i);
	}
}

/* Once a week each series drifts; its base holds all that is its own. */
static void level_step(struct simulation *s, int st)
{
	struct sim_life *l = s->life;
	char key[SIM_KEY_MAX], date[DAY_TEXT_MAX];
	size_t at = (size_t)st * s->plan.n_item;
	snprintf(key, sizeof key, "%s %s", s->store[st].id, day_format(s->day, date));
	rng_seed(l->rng, s->plan.seed, key, "level");
	for (int i = 0; i < s->plan.n_item; i++, at++) {
		l->level[at] = LEVEL_PHI * l->level[at] + LEVEL_SD * rng_gaussian(l->rng);
		l->base[at] = s->item[i].rate * s->store[st].size * exp(l->taste[at] + l->level[at]);
	}
}

/* Regular means, then promotions, and what the category's other items lose to them. */
static void expected_demand(struct simulation *s, int st)
{
	struct sim_life *l = s->life;
	struct sim_cell *cell = s->cell + (size_t)st * s->plan.n_item;
	const double *base = l->base + (size_t)st * s->plan.n_item;
	int region = s->store[st].region;
	memset(l->regular, 0, (size_t)sim_n_category * sizeof *l->regular);
	memset(l->extra, 0, (size_t)sim_n_category * sizeof *l->extra);
	for (int i = 0; i < s->plan.n_item; i++) {
		int c = s->item[i].category;
		const struct sim_effect *effect = &l->effect[i * SIM_REGIONS + region];
		if (!cell[i].listed)
			continue;
		cell[i].promotion = effect->promotion;
		cell[i].price = effect->promotion >= 0 ? s->promotion[effect->promotion].price
						       : s->price[l->price_at[i]].price;
		cell[i].regular = base[i] * l->item[i] * l->category[st * sim_n_category + c];
		cell[i].expected = cell[i].regular * effect->factor;
		if (effect->promotion >= 0)
			l->extra[c] += cell[i].expected - cell[i].regular;
		else
			l->regular[c] += cell[i].regular;
	}
	for (int i = 0; i < s->plan.n_item; i++) {
		int c = s->item[i].category;
		if (!cell[i].listed || cell[i].promotion >= 0 || l->extra[c] <= 0)
			continue;
		double left = 1 - SIM_CANNIBALISED * l->extra[c] / l->regular[c];
		cell[i].expected *= left > .5 ? left : .5;
	}
}

static int draw_demand(struct rng *r, double mean, double dispersion, int clump)
{
	if (clump <= 1)
		return (int)rng_negative_binomial(r, mean, dispersion);
	/* Purchases of 1 to 2 x clump - 1 units, each as likely. */
	int64_t purchases = rng_negative_binomial(r, mean / clump, dispersion);
	int units = 0;
	while (purchases-- > 0)
		units += 1 + rng_choice(r, 2 * clump - 1);
	return units;
}

static void store_demand(struct simulation *s, int st)
{
	struct sim_life *l = s->life;
	struct sim_cell *cell = s->cell + (size_t)st * s->plan.n_item;
	char key[SIM_KEY_MAX], date[DAY_TEXT_MAX];
	int open = sim_open(s, st, s->day);
	if (s->day == s->first || day_of_week(s->day) == 0)
		level_step(s, st);
	for (int i = 0; i < s->plan.n_item; i++) {
		cell[i] = (struct sim_cell){ .opening = cell[i].on_hand, .promotion = -1 };
		cell[i].listed = sim_listed(s, st, i, s->day);
	}
	if (!open)
		return;
	expected_demand(s, st);
	snprintf(key, sizeof key, "%s %s", s->store[st].id, day_format(s->day, date));
	rng_seed(l->rng, s->plan.seed, key, "demand");
	for (int i = 0; i < s->plan.n_item; i++)
		if (cell[i].listed)
			cell[i].demand = draw_demand(l->rng, cell[i].expected,
						     s->item[i].dispersion, s->item[i].clump);
}

void sim_demand_day(struct simulation *s)
{
	category_factors(s);
	item_factors(s);
	for (int st = 0; st < s->plan.n_store; st++)
		store_demand(s, st);
}
