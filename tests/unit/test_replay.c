/*
 * The replay against traces worked by hand (the specification's A and B), the rounding rules that
 * other programs publish, an exact Markov chain, and its own balance on random shelves.
 */
#include "config.h"
#include "stock/replay.h"

#include <math.h>
#include <string.h>
#include "num/library.h"
#include "num/rng.h"
#include "unit.h"

#define MOST 4000

static int64_t demand[MOST];
static float level[MOST];
static uint8_t review[MOST];
static struct replay_day day[MOST];

static struct replay shelf_of(const struct stock_rules *rules, int n, const int *d, double s)
{
	for (int t = 0; t < n; t++) {
		demand[t] = d ? d[t] : 0;
		level[t] = (float)s;
		review[t] = (uint8_t)stock_review(rules, t, t);
	}
	return (struct replay){ .rules = rules, .n = n, .demand = demand, .review = review,
				.level = level };
}

static struct stock_sums run(const struct replay *r)
{
	struct stock_sums sums;
	struct replay_room *room = replay_room_new();
	replay_run(r, room, &sums, day);
	replay_room_free(room);
	return sums;
}

#define COLUMN(field, ...)                                                                         \
	do {                                                                                       \
		const int want[] = { __VA_ARGS__ };                                                \
		for (size_t t_ = 0; t_ < sizeof want / sizeof *want; t_++)                         \
			assert_int_equal(day[t_].field, want[t_]);                                 \
	} while (0)

/* Money of the traces: price 3, cost 2, salvage .5, disposal .1, goodwill .5, order 1, holding .002. */
static const struct stock_costs trace_costs = { .price = 3, .unit_cost = 2, .lost_margin = 1,
						.goodwill = .5, .waste = 2 - .5 + .1,
						.holding = .002, .order_line = 1 };

static void trace_a(void **state)
{
	(void)state;
	static const int d[] = { 4, 7, 3, 0, 9, 5, 6, 2, 8, 4 };
	const struct stock_rules rules = { .lead = 1, .review = 2, .phase = 1, .pack = 6, .moq = 6,
					   .shelf = 3 };
	struct replay r = shelf_of(&rules, 10, d, 15);
	r.start = 10;
	struct stock_sums s = run(&r);
	COLUMN(received, 0, 0, 0, 18, 0, 0, 0, 18, 0, 0);
	COLUMN(open, 10, 6, 0, 18, 18, 9, 0, 18, 16, 8);
	COLUMN(sold, 4, 6, 0, 0, 9, 5, 0, 2, 8, 4);
	COLUMN(lost, 0, 1, 3, 0, 0, 0, 6, 0, 0, 0);
	COLUMN(wasted, 0, 0, 0, 0, 0, 4, 0, 0, 0, 4);
	COLUMN(end, 6, 0, 0, 18, 9, 0, 0, 16, 8, 0);
	COLUMN(order, 0, 18, 0, 0, 0, 18, 0, 0, 0, 18);
	COLUMN(on_order, 0, 18, 18, 0, 0, 18, 18, 0, 0, 18);
	assert_int_equal(s.sold, 38);
	assert_int_equal(s.lost, 10);
	assert_int_equal(s.wasted, 8);
	assert_int_equal(s.held, 57);
	assert_int_equal(s.lines, 3);
	assert_int_equal(s.open + s.received, s.sold + s.wasted + s.end);
	struct stock_money m = stock_money_of(&s, &trace_costs);
	unit_near(m.holding, .114, 1e-12);
	unit_near(m.waste, 12.8, 1e-12);
	unit_near(m.lost_margin, 10, 0);
	unit_near(m.goodwill, 5, 0);
	unit_near(m.ordering, 3, 0);
	unit_near(m.total, 30.914, 1e-9);
}

static void trace_b(void **state)
{
	(void)state;
	static const int d[] = { 3, 2, 6, 1, 2, 7, 0, 5 };
	struct stock_rules rules = { .review = 1, .pack = 4, .moq = 4, .shelf = 3 };
	struct replay r = shelf_of(&rules, 8, d, 9);
	r.start = 9;
	struct stock_sums s = run(&r);
	COLUMN(end, 6, 8, 6, 8, 8, 5, 8, 7);
	COLUMN(wasted, 0, 0, 0, 1, 2, 0, 1, 0);
	COLUMN(order, 4, 4, 4, 4, 4, 4, 4, 4);
	assert_int_equal(s.sold, 26);
	assert_int_equal(s.lost, 0);
	assert_int_equal(s.held, 56);
	unit_near(stock_money_of(&s, &trace_costs).total, 14.512, 1e-9);
	rules.lifo = 1;
	s = run(&r);
	COLUMN(end, 6, 8, 0, 11, 9, 0, 12, 7);
	COLUMN(wasted, 0, 0, 6, 0, 0, 2, 0, 0);
	COLUMN(order, 4, 4, 12, 0, 0, 12, 0, 4);
	assert_int_equal(s.wasted, 8);
	assert_int_equal(s.held, 53);
	unit_near(stock_money_of(&s, &trace_costs).total, 17.906, 1e-9);
}

static void rounds_as_other_programs_do(void **state)
{
	(void)state;
	/* Odoo: multiple 3, at most 20; releases 17 and 19 go over, 18 stays below. */
	struct stock_rules r = { .review = 1, .pack = 3 };
	assert_int_equal(stock_order(&r, 20, 0), 21);
	r.rounding = ROUND_DOWN;
	assert_int_equal(stock_order(&r, 20, 0), 18);
	/* SAP Business One: at least 1000, then in steps of 500. */
	r = (struct stock_rules){ .review = 1, .pack = 500, .moq = 1000 };
	assert_int_equal(stock_order(&r, 100, 0), 1000);
	assert_int_equal(stock_order(&r, 1001, 0), 1500);
	assert_int_equal(stock_order(&r, 1501, 0), 2000);
	r.rounding = ROUND_DOWN;
	assert_int_equal(stock_order(&r, 900, 0), 0);
	/* (R,s,nQ): nothing at s, one batch below it. */
	r = (struct stock_rules){ .review = 1, .pack = 6, .policy = POLICY_RSNQ };
	assert_int_equal(stock_order(&r, 10, 10), 0);
	assert_int_equal(stock_order(&r, 10, 9), 6);
	assert_int_equal(stock_order(&r, 10, 3), 12);
	r.moq = 13;
	assert_int_equal(stock_order(&r, 10, 9), 18);
	r.max_stock = 20;
	assert_int_equal(stock_order(&r, 10, 9), 0);
	assert_int_equal(stock_order(&r, (double)NAN, 0), 0);
}

/* Every day and stretch balances, whatever the rules. */
static void balances(void **state)
{
	(void)state;
	struct rng *g = rng_new();
	struct replay_room *room = replay_room_new();
	for (int k = 0; k < 300; k++) {
		char key[16];
		snprintf(key, sizeof key, "%d", k);
		rng_seed(g, 1, key, "shelf");
		const struct stock_rules rules = {
			.lead = rng_choice(g, 5), .review = 1 + rng_choice(g, 7),
			.weekdays = (uint8_t)(rng_bernoulli(g, .3) ? 1 + rng_choice(g, 127) : 0),
			.pack = 1 + rng_choice(g, 12), .moq = rng_choice(g, 20),
			.shelf = rng_bernoulli(g, .6) ? 1 + rng_choice(g, 30) : 0,
			.marked_days = rng_choice(g, 3), .lifo = rng_bernoulli(g, .5) ? rng_uniform(g) : 0,
			.policy = rng_bernoulli(g, .5) ? POLICY_RS : POLICY_RSNQ,
			.rounding = rng_bernoulli(g, .5) ? ROUND_UP : ROUND_DOWN,
		};
		struct replay r = shelf_of(&rules, 200, NULL, 0);
		int64_t due[5], sum = 0, before;
		for (int t = 0; t < r.n; t++) {
			demand[t] = rng_negative_binomial(g, 4, .5);
			level[t] = (float)(30 * rng_uniform(g));
		}
		for (int t = 0; t <= rules.lead; t++)
			sum += due[t] = rng_choice(g, 9);
		r.start = before = rng_choice(g, 30);
		r.due = due;
		r.warm = 28;
		r.block = 28;
		struct stock_sums part[7], all = { 0 };
		assert_int_equal(replay_blocks(&r), 7);
		replay_run(&r, room, part, day);
		for (int t = 0; t < r.n; t++) {
			const struct replay_day *d = &day[t];
			assert_int_equal(before + d->received, d->open);
			assert_int_equal(d->open, d->sold + d->wasted + d->end);
			assert_int_equal(demand[t], d->sold + d->lost);
			assert_true(d->order % rules.pack == 0);
			assert_true(!d->order || d->order >= rules.moq);
			sum += d->order - d->received;
			assert_int_equal(sum, d->on_order);
			before = d->end;
		}
		for (int b = 0; b < 7; b++) {
			assert_int_equal(part[b].open, b ? part[b - 1].end : day[27].end);
			stock_sums_add(&all, &part[b]);
		}
		assert_int_equal(all.open + all.received, all.sold + all.wasted + all.end);
		assert_int_equal(all.demand, all.sold + all.lost);
		assert_int_equal(all.periods, 172);
	}
	replay_room_free(room);
	rng_free(g);
}

/* Exact lost-sales chain (roi.md 2.5): Poisson(5), L = 1, S = 12: fill .927907, mean end stock 2.720934. */
static void agrees_with_the_exact_chain(void **state)
{
	(void)state;
	enum { BATCHES = 250 };
	const struct stock_rules rules = { .lead = 1, .review = 1, .pack = 1 };
	struct replay r = shelf_of(&rules, MOST, NULL, 12);
	struct rng *g = rng_new();
	struct replay_room *room = replay_room_new();
	double fill = 0, fill2 = 0, held = 0, held2 = 0;
	rng_seed(g, 7, "chain", "demand");
	r.start = 6;
	r.warm = 100;
	for (int k = 0; k < BATCHES; k++) {
		struct stock_sums s;
		for (int t = 0; t < MOST; t++)
			demand[t] = rng_poisson(g, 5);
		replay_run(&r, room, &s, NULL);
		double f = 1 - (double)s.lost / (double)s.demand, h = (double)s.held / (double)s.periods;
		fill += f;
		fill2 += f * f;
		held += h;
		held2 += h * h;
	}
	fill /= BATCHES;
	held /= BATCHES;
	double fill_se = sqrt((fill2 / BATCHES - fill * fill) / BATCHES);
	double held_se = sqrt((held2 / BATCHES - held * held) / BATCHES);
	unit_near(fill, .927907, 4 * fill_se);
	unit_near(held, 2.720934, 4 * held_se);
	replay_room_free(room);
	rng_free(g);
}

/* With one order a week and one day of lead, cycles are weeks. */
static void counts_cycles(void **state)
{
	(void)state;
	const struct stock_rules rules = { .lead = 1, .review = 7, .pack = 1 };
	struct replay r = shelf_of(&rules, 70, NULL, 9);
	for (int t = 0; t < 70; t++)
		demand[t] = t == 30 ? 50 : 1;
	r.start = 10;
	struct stock_sums s = run(&r);
	assert_int_equal(s.cycles, 9);
	assert_int_equal(s.short_cycles, 1); /* the rush empties the shelf until the next arrival */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trace_a),
		cmocka_unit_test(trace_b),
		cmocka_unit_test(rounds_as_other_programs_do),
		cmocka_unit_test(balances),
		cmocka_unit_test(agrees_with_the_exact_chain),
		cmocka_unit_test(counts_cycles),
	};
	num_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
