/*
 * The shelf of the invented chain, in the order of a day: arrivals, sales from what is there, waste
 * of what has had its last day, and in the evening of review days an order up to a level. The
 * planner's forecast is a plain one (smoothed sales x weekday, half of what an eve brings, a guess at
 * each promotion), so shelves run empty when they do in shops: in promotions, before holidays, at
 * launches, when a supplier fails. The level itself is mean + z sd of the protection interval
 * (Silver, Pyke and Thomas 2017, ch. 6), rounded up to cases.
 */
#include "config.h"
#include "series/simulate_private.h"

#include <math.h>
#include <string.h>

void sim_stock_init(struct simulation *s)
{
	s->life->shelf = ARENA_ARRAY(&s->memory, struct sim_shelf,
				     (size_t)s->plan.n_store * s->plan.n_item);
}

static int spoils(const struct sim_item *it)
{
	return it->shelf_life > 0 && it->shelf_life < SIM_SHELF_MAX;
}

static void shelf_fill(struct sim_shelf *sh, const struct sim_item *it, int units)
{
	sh->on_hand += units;
	if (spoils(it))
		sh->lot[it->shelf_life - 1] += units;
}

/* Sells the oldest first. */
static void shelf_take(struct sim_shelf *sh, const struct sim_item *it, int units)
{
	sh->on_hand -= units;
	for (int k = 0; spoils(it) && units; k++) {
		int n = sh->lot[k] < units ? sh->lot[k] : units;
		sh->lot[k] -= n;
		units -= n;
	}
}

/* The night: what had its last day goes, the rest is a day older. */
static int shelf_age(struct sim_shelf *sh, const struct sim_item *it)
{
	if (!spoils(it))
		return 0;
	int wasted = sh->lot[0];
	memmove(sh->lot, sh->lot + 1, (SIM_SHELF_MAX - 1) * sizeof *sh->lot);
	sh->lot[SIM_SHELF_MAX - 1] = 0;
	sh->on_hand -= wasted;
	return wasted;
}

/* What the planner expects to sell on a day. */
static double planned_sales(const struct simulation *s, int st, int i, day_t day)
{
	const struct sim_shelf *sh = &s->life->shelf[(size_t)st * s->plan.n_item + i];
	int c = s->item[i].category;
	if (!sim_open(s, st, day) || !sim_listed(s, st, i, day))
		return 0;
	double f = sh->average
		   * s->life->weekday[(st * sim_n_category + c) * 7 + day_of_week(day)]
		   * sqrt(sim_eve(s, st, day));
	int promotion = sim_promotion_on(s, st, i, day);
	if (promotion >= 0) {
		const struct sim_promotion *p = &s->promotion[promotion];
		f *= p->lift_price * p->lift_mechanic * p->planned;
	}
	return f;
}

/* Suppliers fail; the planner learns of it when nothing comes. Nothing is ordered for days after
 * the end of a listing. */
static void order(struct simulation *s, int st, int i)
{
	const struct sim_item *it = &s->item[i];
	const struct sim_category *c = &sim_categories[it->category];
	struct sim_shelf *sh = &s->life->shelf[(size_t)st * s->plan.n_item + i];
	day_t arrival = s->day + 1 + it->lead;
	double mean = 0;
	for (day_t d = s->day + 1; d <= s->day + it->lead + it->review; d++)
		mean += planned_sales(s, st, i, d);
	double z = c->shelf_life && c->shelf_life < 12 ? (c->shelf_life < 5 ? .8 : 1.2) : c->rate > 1 ? 1.75 : 1.45;
	double sd = sqrt(mean * it->clump + (it->dispersion + .06) * mean * mean / 3);
	int level = (int)ceil(mean + z * sd) + (mean > 0 && !c->shelf_life);
	int want = level - sh->on_hand - sh->on_order;
	if (want <= 0)
		return;
	int units = (want + it->pack - 1) / it->pack * it->pack;
	if (it->outage_from != DAY_NONE && arrival >= it->outage_from && arrival <= it->outage_until)
		return;
	sh->arriving[(unsigned)arrival % SIM_PIPELINE] += units;
	sh->on_order += units;
}

/* The first order: what a planner guesses without sales, on the shelf when the item is listed. */
static void begin(struct simulation *s, int st, int i)
{
	const struct sim_item *it = &s->item[i];
	struct sim_shelf *sh = &s->life->shelf[(size_t)st * s->plan.n_item + i];
	double season = sim_season(&sim_categories[it->category], s->day);
	if (!sh->average)
		sh->average = it->rate * s->store[st].size * (season > .5 ? season : .5);
	double days = it->lead + it->review + 1;
	int level = (int)(sh->average * days * 1.1) + 1;
	sh->begun = 1;
	shelf_fill(sh, it, (level + it->pack - 1) / it->pack * it->pack);
}

/* Whatever arrives on a closed day comes on the next one. */
static int arrivals(struct simulation *s, struct sim_shelf *sh, int open)
{
	int *slot = &sh->arriving[(unsigned)s->day % SIM_PIPELINE];
	int units = *slot;
	*slot = 0;
	if (open) {
		sh->on_order -= units;
		return units;
	}
	sh->arriving[(unsigned)(s->day + 1) % SIM_PIPELINE] += units;
	return 0;
}

/* Smoothed sales; a day that ended empty only teaches that more could be sold. */
static void planner_learns(const struct simulation *s, struct sim_shelf *sh, int st, int i, int sold)
{
	int c = s->item[i].category;
	double usual = sold / s->life->weekday[(st * sim_n_category + c) * 7 + day_of_week(s->day)];
	if (sh->on_hand > 0 || usual > sh->average)
		sh->average += .06 * (usual - sh->average);
}

static int review_today(const struct simulation *s, int st, int i)
{
	int every = s->item[i].review;
	/* Weekly orders go on a weekday of the store and department; others count from the start. */
	if (every == 7)
		return day_of_week(s->day) == (st + s->item[i].category) % 5;
	return (s->day - s->first + i) % every == 0;
}

static void cell_day(struct simulation *s, int st, int i, int open)
{
	const struct sim_item *it = &s->item[i];
	size_t at = (size_t)st * s->plan.n_item + i;
	struct sim_cell *cell = &s->cell[at];
	struct sim_shelf *sh = &s->life->shelf[at];
	int before = sh->on_hand;
	if (cell->listed && !sh->begun)
		begin(s, st, i);
	int units = arrivals(s, sh, open);
	shelf_fill(sh, it, units);
	cell->arrived = sh->on_hand - before;
	cell->sold = cell->demand < sh->on_hand ? cell->demand : sh->on_hand;
	shelf_take(sh, it, cell->sold);
	cell->wasted = shelf_age(sh, it);
	if (!cell->listed && sh->begun && !sim_listed(s, st, i, s->day + 7)) {
		/* Off the list: what is left goes back, and is booked as waste. */
		cell->wasted += sh->on_hand;
		*sh = (struct sim_shelf){ .average = sh->average };
	}
	cell->on_hand = sh->on_hand;
	if (!cell->listed)
		return;
	if (open && cell->promotion < 0)
		planner_learns(s, sh, st, i, cell->sold);
	if (review_today(s, st, i))
		order(s, st, i);
}

void sim_stock_day(struct simulation *s)
{
	for (int st = 0; st < s->plan.n_store; st++) {
		int open = sim_open(s, st, s->day);
		for (int i = 0; i < s->plan.n_item; i++)
			if (s->carried[(size_t)st * s->plan.n_item + i])
				cell_day(s, st, i, open);
	}
}
