/* Proposals: hand-made cases of packs, level, position and shelf life; cost by metric; parameters. */
#include "config.h"
#include "stock/order.h"

#include <math.h>
#include <string.h>
#include "num/library.h"
#include "stock/cost_metric.h"
#include "unit.h"

static const double level[] = { .05, .1, .25, .5, .75, .9, .95 };
static double units[140], mean[28], quantile[28 * 7];
static uint8_t state_of[140];

/* Five a day, always: every quantile of every sum is the sum itself. */
static void certain(struct series *past, struct forecast *one)
{
	for (int t = 0; t < 140; t++) {
		units[t] = 5;
		state_of[t] = DAY_SOLD;
	}
	for (int h = 0; h < 28; h++) {
		mean[h] = 5;
		for (int l = 0; l < 7; l++)
			quantile[7 * h + l] = 5;
	}
	*past = (struct series){ .key = { "S", "I" }, .n = 140, .units = units, .state = state_of };
	*one = (struct forecast){ .n = 1, .n_step = 28, .n_level = 7, .origin = 139, .level = level,
				  .mean = mean, .quantile = quantile };
}

static struct order_line propose(const struct stock_rules *r, double on_hand, double on_order)
{
	static struct arena a;
	struct series past;
	struct forecast one;
	struct order_line line;
	struct err e;
	const struct stock_costs costs = { .price = 3, .unit_cost = 2, .lost_margin = 1, .goodwill = .2,
					   .waste = 2, .holding = .001 };
	certain(&past, &one);
	const struct order_question q = { .rules = r, .costs = &costs, .scale = 1, .tau = .9, .past = &past,
					  .one = &one, .season = 7, .seed = 1, .on_hand = on_hand,
					  .on_order = on_order };
	assert_int_equal(order_line(&q, &a, &line, &e), OK);
	return line;
}

static void orders_what_the_interval_needs(void **state)
{
	(void)state;
	/* L = 2, R = 3: five days of 5 are 25; 4 are there, 6 on their way: 15 are needed, 18 in packs of 6. */
	struct stock_rules r = { .lead = 2, .review = 3, .protect = 5, .pack = 6 };
	struct order_line l = propose(&r, 4, 6);
	unit_near(l.level, 25, 0);
	unit_near(l.forecast, 25, 1e-12);
	unit_near(l.until, 10, 1e-12);
	unit_near(l.units, 18, 0);
	unit_near(l.packs, 3, 0);
	/* What is on its way counts. */
	unit_near(propose(&r, 4, 21).units, 0, 0);
	unit_near(propose(&r, 4, 20).units, 6, 0);
	r.rounding = ROUND_DOWN;
	unit_near(propose(&r, 4, 6).units, 12, 0);
	/* MOQ above the need. */
	r = (struct stock_rules){ .lead = 2, .review = 3, .protect = 5, .pack = 6, .moq = 20 };
	unit_near(propose(&r, 4, 6).units, 24, 0);
}

static void not_more_than_sells_in_its_life(void **state)
{
	(void)state;
	/* L = 1, R = 1, shelf 4: by day 6 (1 + 1 + 4) 25 sell, so of packs of 20 only one fits into 25 - 0. */
	const struct stock_rules r = { .lead = 1, .review = 1, .protect = 2, .pack = 20, .moq = 0, .shelf = 4 };
	struct order_line l = propose(&r, 0, 0);
	unit_near(l.units, 20, 0);
	unit_near(l.spoils, 0, 0);
}

/* (p - c + g) / (p - s + g) for what spoils; m / (m + h R) for what keeps (roi.md 1.4). */
static void the_textbooks_levels(void **state)
{
	(void)state;
	const struct stock_costs c = { .lost_margin = 4, .goodwill = 0, .holding = 1, .waste = 1 };
	const struct stock_rules keeps = { .review = 1 }, weekly = { .review = 4 }, spoils = { .review = 1, .shelf = 1 };
	unit_near(order_textbook(&keeps, &c), .8, 1e-15);
	unit_near(order_textbook(&weekly, &c), .5, 1e-15);
	unit_near(order_textbook(&spoils, &c), .8, 1e-15);
}

/* The metric by hand: under 3, over 1, so the .75 quantile; 8, 8, 8 against 10, 2, 9. What keeps: short 2,
 * left 6 (no order), short 1 more: 3 x 2 + 6 + 3 x 1 = 15 over 21. What spoils the same here. */
static void cost_by_hand(void **state)
{
	(void)state;
	static const double l[] = { .5, .75, .9 }, actual[] = { 10, 2, 9 }, m[] = { 7, 7, 7 };
	static const double q[] = { 7, 8, 9, 7, 8, 9, 7, 8, 9 };
	struct unit_cost cost = { 3, 1, 1 };
	struct pairs p = { .n = 3, .actual = actual, .mean = m, .n_level = 3, .level = l, .quantile = q,
			   .cost = &cost };
	double sum[METRIC_SUMS] = { 0 };
	cost_metric.add(&cost_metric, &p, sum);
	unit_near(cost_metric.value(sum), 15. / 21, 1e-15);
	/* Left-over above the next level stays where it keeps: 10 is asked for 0, then 12. */
	static const double low[] = { 0, 12, 9 }, steps[] = { 7, 20, 9, 7, 8, 9, 7, 8, 9 };
	p.actual = low;
	p.quantile = steps;
	memset(sum, 0, sizeof sum);
	cost_metric.add(&cost_metric, &p, sum); /* 20 left; 20 - 12 = 8 left; short 1 */
	unit_near(cost_metric.value(sum), (20 + 8 + 3) / 21., 1e-15);
	cost.keeps = 0;
	memset(sum, 0, sizeof sum);
	cost_metric.add(&cost_metric, &p, sum); /* 20 wasted; 8 against 12: short 4; 8 against 9: short 1 */
	unit_near(cost_metric.value(sum), (20 + 12 + 3) / 21., 1e-15);
	p.cost = NULL;
	memset(sum, 0, sizeof sum);
	cost_metric.add(&cost_metric, &p, sum);
	assert_true(isnan(cost_metric.value(sum)));
}

/* Money that depends on money, and absolute costs; a weekly db. */
static void parameters_by_hand(void **state)
{
	(void)state;
	struct parameters p;
	struct stock_rules r;
	struct stock_costs c;
	struct err e;
	const struct calendar day = { PERIOD_DAY, 0 }, week = { PERIOD_WEEK, 0 };
	parameters_init(&p);
	p.value[PARAMETER_PRICE] = 10;
	assert_int_equal(parameters_settle(&p, &day, 1, &r, &c, &e), OK);
	/* margin .25: cost 7.5; lost 2.5 x .65; goodwill .2 x 2.5; waste 7.5 x 1.02; holding .25 a year. */
	unit_near(c.unit_cost, 7.5, 1e-12);
	unit_near(c.lost_margin, 1.625, 1e-12);
	unit_near(c.goodwill, .5, 1e-12);
	unit_near(c.waste, 7.65, 1e-12);
	unit_near(c.holding, 7.5 * .25 / 365, 1e-15);
	assert_int_equal(r.protect, 2);
	assert_int_equal(r.pack, 6);
	p.value[PARAMETER_SHELF_DAYS] = 5;
	assert_int_equal(parameters_settle(&p, &week, 1, &r, &c, &e), OK);
	unit_near(c.holding, 7.5 * .18 * 7 / 365, 1e-15);
	/* The weekly competition of 2025: holding .2 and shortage 1 a unit, two weeks of lead time. */
	p.value[PARAMETER_HOLDING] = .2;
	p.value[PARAMETER_SHORTAGE] = 1;
	p.value[parameter_find("lead_periods")] = 2;
	assert_int_equal(parameters_settle(&p, &week, 1, &r, &c, &e), OK);
	unit_near(c.holding, .2, 0);
	unit_near(c.lost_margin, 1, 0);
	unit_near(c.goodwill, 0, 0);
	assert_int_equal(r.protect, 3);
	p.value[PARAMETER_LEAD_DAYS] = 1.5;
	assert_int_equal(parameters_settle(&p, &week, 1, &r, &c, &e), E_USAGE);
	assert_int_equal(parameter_find("lead_dais"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(orders_what_the_interval_needs),
		cmocka_unit_test(not_more_than_sells_in_its_life),
		cmocka_unit_test(the_textbooks_levels),
		cmocka_unit_test(cost_by_hand),
		cmocka_unit_test(parameters_by_hand),
	};
	num_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
