/*
 * Demand behind empty shelves: near what the invented chain's buyers asked for, never below what was sold,
 * the same for any threads and company, and nothing where nothing could be asked for.
 */
#include "config.h"
#include "unit.h"
#include "fixture.h"
#include "shop.h"

#include "num/library.h"
#include "num/rng.h"
#include "stock/parameter.h"
#include "stock/truth.h"

enum { DAYS = 730, STORES = 3, ITEMS = 30 };

/* Units asked for and filled in on days that the chain lists and opens, and on those that ran out. */
struct seen {
	double asked, drawn, sales, out_asked, out_drawn, out_sold;
	int days, below; /* days on which less was filled in than sold: freak values, taken for slips */
};

static struct seen see(uint64_t seed)
{
	struct shop sold, asked;
	struct truth draw, sales;
	struct arena a = { 0 };
	struct seen x = { 0 };
	shop_open(&sold, STORES, ITEMS, DAYS, seed, SHOP_SOLD);
	shop_open(&asked, STORES, ITEMS, DAYS, seed, SHOP_DEMAND);
	period_t first = sold.panel.until - DAYS + 1;
	truth_fill(&sold.panel, first, DAYS, TRUTH_DRAW, 1, 1, &a, &draw);
	truth_fill(&sold.panel, first, DAYS, TRUTH_SALES, 1, 1, &a, &sales);
	for (size_t k = 0; k < (size_t)sold.panel.n * DAYS; k++) {
		double y = asked.panel.units[k];
		if (isnan(y))
			continue;
		x.below += (double)draw.demand[k] < sold.panel.units[k];
		x.days++;
		x.asked += y;
		x.drawn += (double)draw.demand[k];
		x.sales += (double)sales.demand[k];
		if (sold.panel.state[k] != DAY_STOCKOUT)
			continue;
		x.out_asked += y;
		x.out_drawn += (double)draw.demand[k];
		x.out_sold += sold.panel.units[k];
	}
	shop_close(&sold);
	shop_close(&asked);
	arena_release(&a);
	return x;
}

/* Sales fall short of demand by three in a hundred here, what is filled in by one. Days in stock sell a
 * little less than all days would (shelves run empty on days of much demand), so it stays below. */
static void finds_what_was_asked_for(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct seen x = see(seed);
		double left = 1 - x.drawn / x.asked, hidden = 1 - x.sales / x.asked;
		assert_true(x.below < x.days / 5000);
		assert_true(hidden > .02);
		assert_true(fabs(left) < .015);
		assert_true(fabs(left) < .5 * hidden);
		assert_true(fabs(x.out_drawn / x.out_asked - 1) < .12);
		assert_true(x.out_sold / x.out_asked < .75);
	}
}

/* ---- by hand ---- */

/* 400 days of Poisson-like sales about 5, of which every tenth is of another state. */
static void make(struct fixture *f, enum day_state other, double units)
{
	double y[400];
	struct rng *r = rng_new();
	fixture_init(f, PERIOD_DAY);
	for (int i = 0; i < 3; i++) {
		rng_seed(r, (uint64_t)i, "sales", "test");
		for (int t = 0; t < 400; t++)
			y[t] = (double)rng_poisson(r, 5);
		char item[16];
		snprintf(item, sizeof item, "%d", i);
		fixture_add(f, "S", item, 0, 400, y);
	}
	for (int k = 0; k < 1200; k += 10) {
		f->units.at[k] = units;
		f->state.at[k] = (uint8_t)other;
	}
	rng_free(r);
}

static double mean_of_tenths(const struct truth *x)
{
	double sum = 0;
	for (int k = 0; k < 1200; k += 10)
		sum += (double)x->demand[k] / 120;
	return sum;
}

/*
 * 360 days of Poisson(5) and 40 of which is only known that they were 6 or more: the likelihood is largest
 * where (360 x 5 + 40 E[D | D >= 6]) / 400 is the mean, at 5.24, and E[D | D >= 6] = m P(D >= 5) / P(D >= 6)
 * is 7.38 there.
 */
static void draws_from_the_tail(void **state)
{
	struct fixture f;
	struct truth x;
	struct arena a = { 0 };
	(void)state;
	make(&f, DAY_STOCKOUT, 6);
	truth_fill(fixture_panel(&f), 0, 400, TRUTH_DRAW, 1, 1, &a, &x);
	for (int k = 0; k < 1200; k += 10)
		assert_true(x.demand[k] >= 6);
	unit_near(mean_of_tenths(&x), 7.38, .45); /* three standard errors of 120 draws */
	assert_int_equal(x.stockout_days, 120);
	assert_int_equal(x.unknown_days, 0);
	truth_fill(fixture_panel(&f), 0, 400, TRUTH_SALES, 1, 1, &a, &x);
	unit_near(mean_of_tenths(&x), 6, 1e-9);
	assert_true(x.imputed[0] == 0);
	fixture_release(&f);
	arena_release(&a);
}

static void fills_unknown_days_and_leaves_closed_ones(void **state)
{
	struct fixture f;
	struct truth x;
	struct arena a = { 0 };
	(void)state;
	make(&f, DAY_MISSING, (double)NAN);
	truth_fill(fixture_panel(&f), 0, 400, TRUTH_DRAW, 1, 1, &a, &x);
	unit_near(mean_of_tenths(&x), 5, .65);
	assert_int_equal(x.unknown_days, 120);
	fixture_release(&f);
	make(&f, DAY_CLOSED, 0);
	truth_fill(fixture_panel(&f), 0, 400, TRUTH_DRAW, 1, 1, &a, &x);
	unit_near(mean_of_tenths(&x), 0, 0);
	fixture_release(&f);
	arena_release(&a);
}

/* What is not in the assortment is not asked for, though its days are not known. */
static void nothing_outside_of_the_assortment(void **state)
{
	struct fixture f;
	struct truth x;
	struct arena a = { 0 };
	const int32_t begin[] = { 0, 1, 1, 1 };
	const struct listing listing[] = { { 100, 199 } };
	(void)state;
	make(&f, DAY_MISSING, (double)NAN);
	struct panel p = *fixture_panel(&f);
	for (int t = 200; t < 400; t++) {
		f.units.at[t] = (double)NAN;
		f.state.at[t] = DAY_MISSING;
	}
	p.listing_begin = begin;
	p.listing = listing;
	truth_fill(&p, 0, 400, TRUTH_DRAW, 1, 1, &a, &x);
	double inside = 0;
	for (int t = 0; t < 400; t += 10)
		if (t >= 100 && t < 200)
			inside += (double)x.demand[t] / 10;
		else
			assert_int_equal(x.demand[t], 0);
	assert_true(inside > 2);
	for (int t = 200; t < 400; t++)
		assert_int_equal(x.demand[t], 0);
	assert_int_equal(x.days, 900);
	assert_int_equal(x.unknown_days, 90);
	fixture_release(&f);
	arena_release(&a);
}

/* The same draws for any threads, whatever stands beside a series, and wherever the span begins. */
static void a_draw_hangs_on_its_series_and_day_alone(void **state)
{
	struct shop h;
	struct truth x, y, z;
	struct arena a = { 0 };
	(void)state;
	shop_open(&h, 2, 12, 400, 5, SHOP_SOLD);
	h.panel.drivers = NULL;
	period_t first = h.panel.until - 399;
	struct panel one = panel_slice(&h.panel, 7, 20);
	truth_fill(&h.panel, first, 400, TRUTH_DRAW, 9, 1, &a, &x);
	truth_fill(&h.panel, first, 400, TRUTH_DRAW, 9, 3, &a, &y);
	assert_memory_equal(x.demand, y.demand, (size_t)h.panel.n * 400 * sizeof *x.demand);
	truth_fill(&one, first + 100, 300, TRUTH_DRAW, 9, 1, &a, &z);
	for (int i = 0; i < one.n; i++)
		assert_memory_equal(z.demand + (size_t)i * 300, x.demand + (size_t)(i + 7) * 400 + 100,
				    300 * sizeof *x.demand);
	truth_fill(&h.panel, first, 400, TRUTH_DRAW, 10, 1, &a, &y);
	assert_true(memcmp(x.demand, y.demand, (size_t)h.panel.n * 400 * sizeof *x.demand) != 0);
	shop_close(&h);
	arena_release(&a);
}

/* Goods by weight are counted in thousandths. */
static void weighed_goods_are_scaled(void **state)
{
	struct fixture f;
	struct truth x;
	struct arena a = { 0 };
	(void)state;
	make(&f, DAY_STOCKOUT, 6.25);
	truth_fill(fixture_panel(&f), 0, 400, TRUTH_DRAW, 1, 1, &a, &x);
	assert_int_equal(x.scale[0], WEIGHED);
	assert_int_equal(x.demand[1], (int64_t)(f.units.at[1] * WEIGHED));
	for (int k = 0; k < 1200; k += 10)
		assert_true(x.demand[k] >= 6250);
	fixture_release(&f);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_was_asked_for),
		cmocka_unit_test(draws_from_the_tail),
		cmocka_unit_test(fills_unknown_days_and_leaves_closed_ones),
		cmocka_unit_test(nothing_outside_of_the_assortment),
		cmocka_unit_test(a_draw_hangs_on_its_series_and_day_alone),
		cmocka_unit_test(weighed_goods_are_scaled),
	};
	num_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
