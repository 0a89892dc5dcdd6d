/* Effects found again: on rows with known coefficients, and on the invented chain. */
#include "config.h"
#include "shop.h"

#include "model/effects.h"
#include "num/library.h"
#include "num/rng.h"

#define DAYS 730
#define MONDAY 19723 /* 2024-01-01 */

/* Items of one category in some stores with effects that are set: log mean = level + e log price, a
 * promotion of six days every some weeks that multiplies by `lift`, four days after it by `dip`. */
struct plan {
	int items, stores;
	double elasticity, lift, dip, mean;
	double noise;       /* sd of the log level from week to week, of each item */
	int faithless;      /* item whose sales rise with its price; -1: none */
	double few;         /* its mean */
};

struct world {
	struct arena arena;
	struct panel panel;
	struct drivers drivers;
};

static double price_of(int item, int t)
{
	int step = t / (90 + 7 * (item % 5));
	return 2 * (1 + .08 * ((step * 7 + item * 3) % 5 - 2));
}

static void world_open(struct world *w, const struct plan *p, uint64_t seed)
{
	int n = p->items * p->stores;
	struct arena *a = &w->arena;
	memset(w, 0, sizeof *w);
	struct rng *rng = rng_new();
	struct series_key *key = ARENA_ARRAY(a, struct series_key, n);
	int64_t *begin = ARENA_ARRAY(a, int64_t, n + 1), *pb = ARENA_ARRAY(a, int64_t, n + 1);
	int64_t *qb = ARENA_ARRAY(a, int64_t, n + 1);
	period_t *first = ARENA_ARRAY(a, period_t, n);
	double *units = ARENA_ARRAY(a, double, (size_t)n * DAYS);
	uint8_t *state = ARENA_ARRAY(a, uint8_t, (size_t)n * DAYS);
	struct price_step *price = ARENA_ARRAY(a, struct price_step, (size_t)n * 16);
	struct promotion_span *span = ARENA_ARRAY(a, struct promotion_span, (size_t)n * 64);
	static const char *const mechanic[] = { "flyer" };
	rng_seed(rng, seed, "effects", "test");
	for (int k = 0; k < n; k++) {
		int st = k / p->items, i = k % p->items;
		char text[16];
		snprintf(text, sizeof text, "s%02d", st);
		key[k].store = arena_strdup(a, text);
		snprintf(text, sizeof text, "i%02d", i);
		key[k].item = arena_strdup(a, text);
		first[k] = MONDAY;
		begin[k + 1] = begin[k] + DAYS;
		pb[k + 1] = pb[k];
		qb[k + 1] = qb[k];
		double level = log(i == p->faithless ? p->few : p->mean), drift = 0;
		for (int t = 0; t < DAYS; t++) {
			int at = (t + 11 * i) % (35 + 3 * (i % 4)), running = at < 6, after = at >= 6 && at < 10;
			if (t % 7 == 0)
				drift = .8 * drift + p->noise * rng_gaussian(rng);
			if (!t || price_of(i, t) < price_of(i, t - 1) || price_of(i, t) > price_of(i, t - 1))
				price[pb[k + 1]++] = (struct price_step){ MONDAY + t, price_of(i, t) };
			if (!at)
				span[qb[k + 1]++] = (struct promotion_span){ MONDAY + t, MONDAY + t + 5, 0, NAN };
			double e = i == p->faithless ? 1.5 : p->elasticity;
			double eta = level + drift + e * log(price_of(i, t) / 2) + (t % 7 >= 5 ? .3 : 0)
				+ (running ? log(p->lift) : after && t >= 6 ? log(p->dip) : 0);
			units[(size_t)k * DAYS + (size_t)t] = (double)rng_negative_binomial(rng, exp(eta), .1);
		}
	}
	rng_free(rng);
	w->drivers = (struct drivers){ .n = n, .price_begin = pb, .price = price,
				       .price_until = MONDAY + 2 * DAYS, .promotion_begin = qb,
				       .promotion = span, .promotion_until = MONDAY + 2 * DAYS,
				       .n_mechanic = 1, .mechanic = mechanic };
	w->panel = (struct panel){ .calendar = { PERIOD_DAY, 0 }, .n = n, .until = MONDAY + DAYS - 1,
				   .key = key, .first = first, .begin = begin, .units = units,
				   .state = state, .segment = ARENA_ARRAY(a, int32_t, n), .n_segment = 1,
				   .drivers = &w->drivers };
}

static const struct effect *find(const struct effect *e, int n, enum effect_scope scope, const char *member,
				 const char *effect)
{
	for (int k = 0; k < n; k++)
		if (e[k].scope == scope && !strcmp(e[k].member, member) && !strcmp(e[k].effect, effect))
			return &e[k];
	fail_msg("no effect '%s' of '%s'", effect, member);
	return NULL;
}

static const struct effect *estimate(struct world *w, int *n)
{
	const struct effect *e;
	struct err err;
	const struct effects_options o = { .jobs = 1 };
	assert_int_equal(effects_estimate(&w->panel, &o, &w->arena, &e, n, &err), OK);
	return e;
}

/* An elasticity of -2 lies in [-2.2, -1.8]; a lift of three and a dip of 30 % for four days within 15 %. */
static void price_lift_and_dip(void **state)
{
	(void)state;
	const struct plan p = { 6, 4, -2, 3, .7, 12, .06, -1, 0 };
	for (uint64_t seed = 1; seed <= 4; seed++) {
		struct world w;
		int n;
		world_open(&w, &p, seed);
		const struct effect *e = estimate(&w, &n);
		const struct effect *price = find(e, n, EFFECT_CHAIN, "", "price");
		assert_true(price->estimate >= -2.2 && price->estimate <= -1.8);
		assert_true(fabs(price->estimate + 2) < 3 * price->se);
		unit_near(find(e, n, EFFECT_CHAIN, "", "promotion flyer")->estimate, 3, .15 * 3);
		unit_near(1 - find(e, n, EFFECT_CHAIN, "", "after promotion")->estimate, .3, .15 * .3);
		unit_near(find(e, n, EFFECT_ITEM, "i03", "promotion flyer")->estimate, 3, .15 * 3);
		arena_release(&w.arena);
	}
}

/* An item of few sales that rise with its price: what is shipped is not above 0 and is the category's
 * within its interval. */
static void wrong_sign_gives_way(void **state)
{
	(void)state;
	const struct plan p = { 6, 2, -2, 3, .7, 12, .06, 2, .08 };
	for (uint64_t seed = 1; seed <= 3; seed++) {
		struct world w;
		int n;
		world_open(&w, &p, seed);
		const struct effect *e = estimate(&w, &n);
		const struct effect *item = find(e, n, EFFECT_ITEM, "i02", "price");
		const struct effect *category = find(e, n, EFFECT_CATEGORY, "all", "price");
		assert_true(item->estimate <= 0 && item->high <= 0);
		assert_true(category->estimate >= item->low && category->estimate <= item->high);
		assert_true(item->own < .5);
		arena_release(&w.arena);
	}
}

/* The invented chain: what its truth says, within two standard errors for nine in ten. */
static void invented_chain(void **state)
{
	(void)state;
	struct shop h;
	const struct effect *e;
	struct err err;
	struct arena a = { 0 };
	int n, seen = 0, near = 0;
	shop_open(&h, 5, 60, 500, 5, SHOP_DEMAND);
	const struct effects_options o = { .by = "category", .jobs = 2 };
	assert_int_equal(effects_estimate(&h.panel, &o, &a, &e, &n, &err), OK);
	for (int k = 0; k < n; k++)
		for (int i = 0; e[k].scope == EFFECT_ITEM && !strcmp(e[k].effect, "price") && i < 60; i++) {
			if (strcmp(h.s->item[i].id, e[k].member) != 0)
				continue;
			double truth = sim_categories[h.s->item[i].category].elasticity;
			seen++;
			near += fabs(e[k].estimate - truth) < 2 * e[k].se;
			assert_true(e[k].estimate <= 0 && e[k].low <= e[k].estimate && e[k].estimate <= e[k].high);
		}
	assert_int_equal(seen, 60);
	assert_true(near >= 50);
	/* Days 1 to 6 of a promotion, as factors on its mean. */
	unit_near(find(e, n, EFFECT_CHAIN, "", "promotion day 1")->estimate, sim_promo_day[0], .12);
	unit_near(find(e, n, EFFECT_CHAIN, "", "promotion day 4")->estimate, sim_promo_day[3], .12);
	arena_release(&a);
	shop_close(&h);
}

/* The same bytes at any -j. */
static void threads_change_no_bit(void **state)
{
	(void)state;
	const struct plan p = { 4, 2, -2, 2, .8, 5, .05, -1, 0 };
	struct world w;
	const struct effect *e[2];
	struct err err;
	int n[2];
	world_open(&w, &p, 1);
	for (int k = 0; k < 2; k++) {
		const struct effects_options o = { .jobs = 1 + k };
		assert_int_equal(effects_estimate(&w.panel, &o, &w.arena, &e[k], &n[k], &err), OK);
	}
	assert_int_equal(n[0], n[1]);
	for (int k = 0; k < n[0]; k++)
		assert_memory_equal(&e[0][k].estimate, &e[1][k].estimate, sizeof(double));
	arena_release(&w.arena);
}

int main(void)
{
	num_library_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(price_lift_and_dip),
		cmocka_unit_test(wrong_sign_gives_way),
		cmocka_unit_test(invented_chain),
		cmocka_unit_test(threads_change_no_bit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
