/*
 * The invented chain: its identities, and its truth found again from its own demand by plain means
 * (ratios and one regression through the origin), as any later estimator must find it.
 */
#include "config.h"
#include <math.h>
#include <string.h>
#include "series/simulate.h"
#include "unit.h"

#define STORES 8
#define ITEMS 300
#define DAYS 760
#define SUPERMARKET 2 /* the third store is one */

/* One pass over a chain: demand of each item and day over the stores, and counts. */
static struct {
	struct simulation *s;
	float *demand;            /* [DAYS][ITEMS] over all stores */
	uint8_t *promoted;        /* [DAYS][ITEMS] anywhere, or just before or after */
	double weekday[7], weekday_days[7]; /* SUPERMARKET in whole weeks */
	double *price_demand;     /* [n_price] demand while the price held, without promotions */
	double *price_base;       /* [n_price] what was to be expected of it at the first price */
	int64_t rows, zeros, empty, sold, lost;
} seen;

static int plain_week(const struct simulation *s, int store, day_t day)
{
	day_t monday = day - day_of_week(day);
	for (day_t d = monday - 3; d <= monday + 9; d++)
		if (!sim_open(s, store, d) && day_of_week(d) != 6)
			return 0;
	return 1;
}

static void see_cell(int st, int i, const struct sim_cell *c)
{
	const struct simulation *s = seen.s;
	const struct sim_item *it = &s->item[i];
	size_t at = (size_t)(s->day - s->first) * ITEMS + (size_t)i;
	seen.rows++;
	seen.zeros += !c->sold;
	seen.empty += !c->on_hand;
	seen.sold += c->sold;
	seen.lost += c->demand - c->sold;
	seen.demand[at] += (float)c->demand;
	seen.promoted[at] |= c->promotion >= 0;
	if (c->expected == c->regular) {
		size_t p = sim_price_on(s, i, s->day);
		seen.price_demand[p] += c->demand;
		seen.price_base[p] += c->regular / pow((double)c->price / it->price,
						       sim_categories[it->category].elasticity);
	}
	if (st == SUPERMARKET && c->promotion < 0 && sim_categories[it->category].weekend == 1
	    && plain_week(s, st, s->day))
		seen.weekday[day_of_week(s->day)] += c->demand;
}

static void check_cell(int st, int i, const struct sim_cell *c, int on_hand_before)
{
	const struct simulation *s = seen.s;
	int open = sim_open(s, st, s->day);
	assert_int_equal(c->opening, on_hand_before);
	assert_int_equal(c->opening + c->arrived - c->sold - c->wasted, c->on_hand);
	assert_true(c->sold >= 0 && c->sold <= c->demand && c->sold <= c->opening + c->arrived);
	assert_true(c->on_hand >= 0 && c->arrived >= 0 && c->wasted >= 0);
	assert_int_equal(c->listed, sim_listed(s, st, i, s->day));
	if (!open || !c->listed) {
		assert_int_equal(c->demand, 0);
		assert_int_equal(c->promotion, -1);
		return;
	}
	assert_true(c->expected > 0 && c->regular > 0 && isfinite(c->expected));
	assert_int_equal(c->promotion, sim_promotion_on(s, st, i, s->day));
	assert_int_equal(c->price, c->promotion >= 0
					   ? s->promotion[c->promotion].price
					   : s->price[sim_price_on(s, i, s->day)].price);
}

static struct simulation *chain(int stores, int items, int days, uint64_t seed)
{
	struct simulation *s;
	struct err e = { 0 };
	struct simulation_plan plan = { stores, items, days, day_from_ymd(2025, 6, 28), seed };
	if (simulation_new(&s, &plan, &e))
		fail_msg("%s", e.text);
	return s;
}

static int live_chain(void **state)
{
	(void)state;
	seen.s = chain(STORES, ITEMS, DAYS, 1);
	seen.demand = NEW_ARRAY(float, DAYS * ITEMS);
	seen.promoted = NEW_ARRAY(uint8_t, DAYS * ITEMS);
	seen.price_demand = NEW_ARRAY(double, seen.s->n_price);
	seen.price_base = NEW_ARRAY(double, seen.s->n_price);
	int *before = NEW_ARRAY(int, STORES * ITEMS);
	while (seen.s->day < seen.s->plan.last && simulation_step(seen.s)) {
		if (plain_week(seen.s, SUPERMARKET, seen.s->day) && sim_open(seen.s, SUPERMARKET, seen.s->day))
			seen.weekday_days[day_of_week(seen.s->day)]++;
		for (int k = 0; k < STORES * ITEMS; k++) {
			const struct sim_cell *c = &seen.s->cell[k];
			check_cell(k / ITEMS, k % ITEMS, c, before[k]);
			before[k] = c->on_hand;
			if (c->listed && sim_open(seen.s, k / ITEMS, seen.s->day))
				see_cell(k / ITEMS, k % ITEMS, c);
		}
	}
	free(before);
	return 0;
}

static int end_chain(void **state)
{
	(void)state;
	simulation_free(seen.s);
	free(seen.demand);
	free(seen.promoted);
	free(seen.price_demand);
	free(seen.price_base);
	return 0;
}

/* live_chain has checked each cell; here, that the shop is one to believe. */
static void sales_look_like_a_shop(void **state)
{
	(void)state;
	double rows = (double)seen.rows, demand = (double)(seen.sold + seen.lost);
	assert_true((double)seen.zeros / rows > .3 && (double)seen.zeros / rows < .7);
	/* Gruen and Corsten (2008): 4 to 12 % of items out of stock; evenings are the worst hour. */
	assert_true((double)seen.empty / rows > .02 && (double)seen.empty / rows < .12);
	assert_true((double)seen.lost / demand > .01 && (double)seen.lost / demand < .08);
}

static void weekday_profile_is_found(void **state)
{
	(void)state;
	double mean = 0;
	for (int d = 0; d < 6; d++)
		mean += seen.weekday[d] / seen.weekday_days[d] / 6;
	for (int d = 0; d < 6; d++) {
		double found = seen.weekday[d] / seen.weekday_days[d] / mean;
		double truth = seen.s->store[SUPERMARKET].weekday[d];
		if (fabs(found / truth - 1) > .05)
			fail_msg("weekday %d: %g, not %g", d, found, truth);
	}
}

/* Mean daily demand of an item over n days from `from`; -1 where a promotion disturbs it. */
static double mean_demand(int item, day_t from, int n)
{
	double sum = 0;
	for (day_t d = from - 7; d < from + n + 4; d++) {
		day_t t = d - seen.s->first;
		if (t < 0 || t >= DAYS || seen.promoted[(size_t)t * ITEMS + (size_t)item])
			return -1;
		if (d >= from && d < from + n)
			sum += (double)seen.demand[(size_t)t * ITEMS + (size_t)item];
	}
	return sum / n;
}

static int always_listed(const struct sim_item *it)
{
	return it->launched == DAY_NONE && it->delisted == DAY_NONE
	       && !sim_categories[it->category].month_from;
}

/* Log demand, less what season, weekday, level and crowd make of it, on log price in units of the
 * category's elasticity, weighted by the count. */
static void elasticities_are_found(void **state)
{
	(void)state;
	double xy = 0, xx = 0;
	for (size_t k = 0; k < seen.s->n_price; k++) {
		const struct sim_price *p = &seen.s->price[k];
		const struct sim_item *it = &seen.s->item[p->item];
		double demand = seen.price_demand[k];
		if (p->price == it->price || demand < 20)
			continue;
		double x = sim_categories[it->category].elasticity * log((double)p->price / it->price);
		xy += demand * x * log(demand / seen.price_base[k]);
		xx += demand * x * x;
	}
	assert_true(fabs(xy / xx - 1) < .05);
}

#define MON_TO_THU .62 /* share of a week's sales, by the weekday factors of all stores */

/* Demand of the week of a promotion and of the four days after it, against the item's mean two to
 * four weeks before. */
static void promotion_lifts_and_dips_are_found(void **state)
{
	(void)state;
	double lift = 0, truth = 0, dip = 0, dip_truth = 0;
	int n = 0;
	for (size_t k = 0; k < seen.s->n_promotion; k++) {
		const struct sim_promotion *p = &seen.s->promotion[k];
		const struct sim_item *it = &seen.s->item[p->item];
		double base = mean_demand(p->item, p->from - 28, 14);
		if (p->region >= 0 || !always_listed(it) || base <= 0
		    || p->until + 8 > seen.s->plan.last)
			continue;
		double during = 0, after = 0;
		for (day_t d = 0; d < 14; d++) {
			size_t t = (size_t)(p->from - seen.s->first + d);
			double units = (double)seen.demand[t * ITEMS + (size_t)p->item];
			during += d < 7 ? units : 0;
			after += d >= 7 && d < 11 ? units : 0;
		}
		lift += during / 7;
		truth += base * p->lift_price * p->lift_mechanic;
		dip += after / 7;
		dip_truth += base * (1 - sim_categories[it->category].dip) * MON_TO_THU;
		n++;
	}
	assert_true(n > 300);
	assert_true(fabs(lift / truth - 1) < .1);
	assert_true(fabs(dip / dip_truth - 1) < .15);
}

static void the_same_plan_makes_the_same_chain(void **state)
{
	(void)state;
	struct simulation *a = chain(2, 30, 90, 5), *b = chain(2, 30, 90, 5), *c = chain(2, 30, 90, 6);
	int differs = 0;
	while (simulation_step(a) && simulation_step(b) && simulation_step(c)) {
		for (int k = 0; k < 60; k++) {
			assert_int_equal(a->cell[k].demand, b->cell[k].demand);
			assert_int_equal(a->cell[k].on_hand, b->cell[k].on_hand);
			assert_true(a->cell[k].expected == b->cell[k].expected);
			differs += a->cell[k].demand != c->cell[k].demand;
		}
	}
	assert_true(differs > 1000);
	assert_int_equal(a->day, a->plan.last + SIM_PLAN_DAYS);
	assert_int_equal(simulation_step(a), 0);
	simulation_free(a);
	simulation_free(b);
	simulation_free(c);
	simulation_free(NULL);
}

static void seasons_are_lines_between_months(void **state)
{
	(void)state;
	struct sim_category c = { .season = (const double[]){ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 } };
	/* April has 30 days: its middle lies between the 15th and the 16th */
	double middle = (sim_season(&c, day_from_ymd(2025, 4, 15)) + sim_season(&c, day_from_ymd(2025, 4, 16)))
			/ 2;
	assert_true(fabs(middle - 4) < .02);
	assert_true(fabs(sim_season(&c, day_from_ymd(2025, 2, 28)) - 2.482) < .001);
	/* over the turn of the year from 12 towards 1 */
	assert_true(fabs(sim_season(&c, day_from_ymd(2024, 12, 31)) - 6.677) < .001);
	for (day_t d = day_from_ymd(2024, 1, 1); d < day_from_ymd(2026, 1, 1); d++)
		assert_true(fabs(sim_season(&c, d + 1) - sim_season(&c, d)) < .37);
}

static void plans_out_of_bounds_are_refused(void **state)
{
	(void)state;
	static const struct simulation_plan bad[] = {
		{ 0, 10, 100, 20000, 1 }, { 201, 10, 100, 20000, 1 }, { 1, 0, 100, 20000, 1 },
		{ 1, 20001, 100, 20000, 1 }, { 1, 1, 59, 20000, 1 }, { 1, 1, 7301, 20000, 1 },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct simulation *s;
		struct err e = { 0 };
		assert_int_equal(simulation_new(&s, &bad[i], &e), E_USAGE);
		assert_true(e.text[0]);
	}
	struct simulation *s = chain(1, 1, 60, 1); /* the smallest there is */
	while (simulation_step(s))
		;
	simulation_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sales_look_like_a_shop),
		cmocka_unit_test(weekday_profile_is_found),
		cmocka_unit_test(elasticities_are_found),
		cmocka_unit_test(promotion_lifts_and_dips_are_found),
		cmocka_unit_test(the_same_plan_makes_the_same_chain),
		cmocka_unit_test(seasons_are_lines_between_months),
		cmocka_unit_test(plans_out_of_bounds_are_refused),
	};
	return cmocka_run_group_tests(tests, live_chain, end_chain);
}
