/*
 * New items by their like: the conjugate update and the launch curve by hand, twins and names, and in
 * invented chains the first weeks of items that were launched in them.
 */
#include "config.h"
#include "unit.h"

#include <math.h>
#include <string.h>
#include "fixture.h"
#include "model/analogue.h"
#include "series/simulate.h"

#define MONDAY 19723
#define DAYS 300

struct shop {
	struct fixture f;
	struct drivers drivers;
	struct attribute attribute[2];
	int32_t code[2][FIXTURE_SERIES_MAX];
};

static const char *const category_name[] = { "bread", "cake" }, *const twin_name[] = { "b1", "c1" };

/* Six breads of 8 +- 2 a day and six cakes of 40 +- 4; a new bread "new" of which so many days are known,
 * each of `sold`. */
static void make_shop(struct shop *s, int known, double sold, int twin)
{
	double y[DAYS];
	memset(s, 0, sizeof *s);
	fixture_init(&s->f, PERIOD_DAY);
	for (int i = 0; i < 12; i++) {
		char item[16];
		snprintf(item, sizeof item, "%c%d", i < 6 ? 'b' : 'c', i % 6);
		for (int t = 0; t < DAYS; t++)
			y[t] = (i < 6 ? 8 + (i % 3 - 1) * 2 : 40 + (i % 3 - 1) * 4) + t % 2 * 2 - 1;
		fixture_add(&s->f, "shop", item, MONDAY, DAYS, y);
		s->code[0][i] = i >= 6;
		s->code[1][i] = -1;
	}
	for (int t = 0; t < known; t++)
		y[t] = sold;
	fixture_add(&s->f, "shop", "new", MONDAY + DAYS - known, known, y);
	s->code[1][12] = twin;
	s->attribute[0] = (struct attribute){ "category", 0, 2, category_name, s->code[0] };
	s->attribute[1] = (struct attribute){ "twin", 0, 2, twin_name, s->code[1] };
	s->drivers = (struct drivers){ .n = 13, .n_attribute = 2, .attribute = s->attribute };
	s->f.panel.drivers = &s->drivers;
}

struct answer {
	double mean;
	char reason[200];
};

static struct answer ask(struct shop *s)
{
	struct arena a = { 0 };
	struct err e = { 0 };
	const struct spec *spec;
	const struct fit_context context = { .jobs = 1, .seed = 1 };
	struct forecast f;
	struct answer out;
	void *model;
	const struct panel *p = fixture_panel(&s->f);
	assert_int_equal(spec_parse("analogue(most=6)", &a, &spec, &e), OK);
	assert_int_equal(spec->method->fit(spec, p, &context, &a, &model, &e), OK);
	forecast_init(&f, &a, p->n, 7, N_DEFAULT_LEVEL, default_level, p->until);
	assert_int_equal(spec->method->predict(model, p, &context, &a, &f, &e), OK);
	assert_string_equal(f.used[12].method, "analogue");
	assert_null(f.used[0].method); /* is left to others */
	out.mean = f.mean[12 * 7];
	snprintf(out.reason, sizeof out.reason, "%s", f.used[12].reason);
	arena_release(&a);
	fixture_release(&s->f);
	return out;
}

static void breads_are_like_breads(void **state)
{
	(void)state;
	static struct shop s;
	make_shop(&s, 0, 0, -1);
	struct answer none = ask(&s);
	/* Six breads weigh alike, so their mean: 8. */
	unit_near(none.mean, 8, .5);
	assert_non_null(strstr(none.reason, "basis=analogue:b0,b1,b2,b3 and 2 more; own 0 %"));
	/* Its own days weigh more with each. */
	double before = none.mean, weight = 0;
	for (int known = 1; known < 60; known += 7) {
		make_shop(&s, known, 20, -1);
		struct answer a = ask(&s);
		double own = strtod(strstr(a.reason, "own ") + 4, NULL);
		assert_true(a.mean > before && a.mean < 20.5);
		assert_true(own >= weight);
		before = a.mean;
		weight = own;
	}
	assert_true(before > 18);
}

static void the_planner_names_the_twin(void **state)
{
	(void)state;
	static struct shop s;
	make_shop(&s, 0, 0, 1);
	struct answer a = ask(&s);
	assert_non_null(strstr(a.reason, "basis=analogue:c1;"));
	unit_near(a.mean, 40, 1);
}

/*
 * By hand: one analogue alone of level 8 in a shop of its own size. prior a = 1 / (variance + between),
 * level = (a + sold / phi) / (a / 8 + days / phi).
 */
static void days_update_the_level(void **state)
{
	(void)state;
	static struct shop s;
	struct arena a = { 0 };
	struct market m;
	struct likeness like;
	make_shop(&s, 10, 20, 0);
	market_init(&m, fixture_panel(&s.f), 7, 84, 1, &a);
	assert_int_equal(market_groups(&s.f.panel, NULL, m.group, NULL), 3);
	assert_int_equal(market_liken(&m, m.item_of[12], 6, &a, &like), 1);
	assert_string_equal(m.item[like.item[0]], "b1");
	/* No item is in two shops: .05 between shops; a twin has .1 of its own. phi: every series is its level
	 * +- 1, so the sum of variances 1 over that of levels. */
	unit_near(like.variance, .1, 1e-12);
	unit_near(m.between_stores, .05, 1e-12);
	unit_near(m.within, 12 / (6 * 8. + 6 * 40), 1e-12);
	double expected = like.level * m.store[0], prior = 1 / .15, exposure = 0;
	for (int t = 0; t < 10; t++)
		exposure += market_profile(&m, 0, MONDAY + DAYS - 10 + t);
	double level = (prior + 200 / m.within) / (prior / expected + exposure / m.within);
	double mean = level * market_profile(&m, 0, MONDAY + DAYS);
	arena_release(&m.memory);
	arena_release(&a);
	fixture_release(&s.f);
	make_shop(&s, 10, 20, 0);
	unit_near(ask(&s).mean, mean, 1e-9);
}

/* ---- the invented chain ---- */

#define STORES 5
#define ITEMS 240
#define LIFE 500
#define HORIZON 28

struct chain {
	struct arena arena;
	struct panel panel;
	struct drivers drivers;
	double *demand; /* truth, [cells] */
};

static const char *number_text(struct arena *a, const char *text)
{
	return arena_strdup(a, text);
}

/* Attribute of items by a value's number; values need not ascend for what is asked here. */
static void add_attribute(struct chain *c, const char *name, int n_value, const char *const *value,
			  const int32_t *code)
{
	struct attribute *all = (struct attribute *)(uintptr_t)c->drivers.attribute;
	all[c->drivers.n_attribute++] = (struct attribute){ name, 0, n_value, value, code };
}

static void make_chain(struct chain *c, uint64_t seed)
{
	struct simulation *s;
	struct err e = { 0 };
	struct simulation_plan plan = { STORES, ITEMS, LIFE, day_from_ymd(2025, 6, 28), seed };
	assert_int_equal(simulation_new(&s, &plan, &e), OK);
	memset(c, 0, sizeof *c);
	struct arena *a = &c->arena;
	int n = STORES * ITEMS;
	struct series_key *key = ARENA_ARRAY(a, struct series_key, n);
	int64_t *id = ARENA_ARRAY(a, int64_t, n), *begin = ARENA_ARRAY(a, int64_t, n + 1);
	period_t *first = ARENA_ARRAY(a, period_t, n);
	int32_t *category = ARENA_ARRAY(a, int32_t, n), *brand = ARENA_ARRAY(a, int32_t, n);
	struct price_step *price = ARENA_ARRAY(a, struct price_step, n);
	int64_t *price_begin = ARENA_ARRAY(a, int64_t, n + 1);
	int32_t *listing_begin = ARENA_ARRAY(a, int32_t, n + 1);
	struct listing *listing = ARENA_ARRAY(a, struct listing, n);
	const char **name = ARENA_ARRAY(a, const char *, n), **brands = ARENA_ARRAY(a, const char *, n);
	double *units = ARENA_ARRAY(a, double, n * LIFE);
	uint8_t *state = ARENA_ARRAY(a, uint8_t, n * LIFE);
	c->demand = ARENA_ARRAY(a, double, n * LIFE);
	for (int i = 0; i < n; i++) {
		const struct sim_item *it = &s->item[i % ITEMS];
		key[i] = (struct series_key){ number_text(a, s->store[i / ITEMS].id), number_text(a, it->id) };
		begin[i + 1] = begin[i] + LIFE;
		first[i] = s->first;
		category[i] = it->category;
		brands[i] = number_text(a, it->brand);
		brand[i] = i;
		for (int k = 0; k < i; k++)
			if (!strcmp(brands[k], brands[i])) {
				brand[i] = k;
				break;
			}
		price[i] = (struct price_step){ s->first, it->price / 100. };
		price_begin[i + 1] = i + 1;
		listing[i] = (struct listing){ it->launched == DAY_NONE ? s->first : it->launched,
					       it->delisted == DAY_NONE ? INT32_MAX : it->delisted };
		listing_begin[i + 1] = i + 1;
	}
	for (int k = 0; k < sim_n_category; k++)
		name[k] = sim_categories[k].name;
	for (int d = 0; d < LIFE && simulation_step(s); d++)
		for (int i = 0; i < n; i++) {
			const struct sim_cell *cell = &s->cell[i];
			size_t at = (size_t)i * LIFE + (size_t)d;
			int row = cell->listed && sim_open(s, i / ITEMS, s->day);
			units[at] = row ? cell->sold : (double)NAN;
			c->demand[at] = row ? cell->demand : (double)NAN;
			state[at] = (uint8_t)(!row ? DAY_MISSING : cell->sold ? DAY_SOLD : DAY_ZERO);
		}
	/* A series begins with its listing. */
	for (int i = 0; i < n; i++) {
		int skip = 0;
		while (skip < LIFE && isnan(units[begin[i] + skip]))
			skip++;
		first[i] += skip;
	}
	c->drivers = (struct drivers){ .n = n, .price_known = DRIVER_KNOWN, .price_begin = price_begin,
				       .price = price, .price_until = INT32_MAX,
				       .attribute = ARENA_ARRAY(a, struct attribute, 2) };
	add_attribute(c, "category", sim_n_category, name, category);
	add_attribute(c, "brand", n, brands, brand);
	/* Cells before the first value are left out. */
	int64_t to = 0;
	int64_t *trimmed = ARENA_ARRAY(a, int64_t, n + 1);
	for (int i = 0; i < n; i++) {
		int64_t from = begin[i] + (first[i] - s->first), length = begin[i + 1] - from;
		trimmed[i] = to;
		memmove(units + to, units + from, (size_t)length * sizeof *units);
		memmove(c->demand + to, c->demand + from, (size_t)length * sizeof *c->demand);
		memmove(state + to, state + from, (size_t)length);
		to += length;
	}
	trimmed[n] = to;
	c->panel = (struct panel){ .calendar = { PERIOD_DAY, 0 }, .n = n, .until = s->plan.last, .key = key,
				   .id = id, .first = first, .begin = trimmed, .units = units, .state = state,
				   .segment = ARENA_ARRAY(a, int32_t, n), .n_segment = 1,
				   .listing_begin = listing_begin, .listing = listing,
				   .drivers = &c->drivers };
	simulation_free(s);
}

struct rivals {
	double analogue, category, own, actual; /* sums of absolute errors of 28-day sums */
	double said;
	int cases;
};

/* Mean of a series' last 56 known days up to an origin; NaN: none. */
static double recent_mean(const struct series *s)
{
	double sum = 0;
	int known = 0;
	for (int t = s->n - 1; t >= 0 && known < 56; t--)
		if (!isnan(s->units[t])) {
			sum += s->units[t];
			known++;
		}
	return known ? sum / known : (double)NAN;
}

/* Mean level of the store's older series of the same category. */
static double category_mean(const struct panel *past, int i)
{
	const int32_t *code = past->drivers->attribute[0].code;
	double sum = 0, n = 0;
	for (int k = 0; k < past->n; k++) {
		struct series s = panel_series(past, k);
		double mean = s.n >= 84 ? recent_mean(&s) : (double)NAN;
		if (code[k] != code[i] || strcmp(past->key[k].store, past->key[i].store) || isnan(mean))
			continue;
		sum += mean;
		n++;
	}
	return n > 0 ? sum / n : 0;
}

static void judge(const struct chain *c, const struct panel *past, const struct forecast *f, int i,
		  struct rivals *r)
{
	struct series s = panel_series(past, i);
	double actual = 0, said = 0, days = 0, own = recent_mean(&s);
	for (int h = 0; h < HORIZON; h++) {
		int64_t at = (int64_t)past->until + 1 + h - c->panel.first[i] + c->panel.begin[i];
		if (at < c->panel.begin[i] || at >= c->panel.begin[i + 1] || isnan(c->demand[at]))
			continue;
		actual += c->demand[at];
		said += f->mean[i * HORIZON + h];
		days++;
	}
	if (days < 7)
		return;
	r->analogue += fabs(said - actual);
	r->category += fabs(days * category_mean(past, i) - actual);
	r->own += fabs(days * (isnan(own) ? 0 : own) - actual);
	r->actual += actual;
	r->said += said;
	r->cases++;
}

/* Series of items launched within the four weeks before each origin (`from` 0), or about to be (from 1). */
static void play(const struct chain *c, int from, struct rivals *r)
{
	for (period_t origin = c->panel.until - HORIZON - 280; origin <= c->panel.until - HORIZON; origin += 7) {
		struct arena a = { 0 };
		struct err e = { 0 };
		const struct spec *spec;
		const struct fit_context context = { .jobs = 1, .seed = 1 };
		struct forecast f;
		void *model;
		struct panel past = panel_until(&c->panel, origin);
		assert_int_equal(spec_parse("analogue", &a, &spec, &e), OK);
		assert_int_equal(spec->method->fit(spec, &past, &context, &a, &model, &e), OK);
		forecast_init(&f, &a, past.n, HORIZON, 0, NULL, origin);
		assert_int_equal(spec->method->predict(model, &past, &context, &a, &f, &e), OK);
		for (int i = 0; i < past.n; i++) {
			period_t launch = past.listing[i].from;
			int is_new = from ? launch > origin && launch <= origin + 7
					  : launch <= origin && launch > origin - 28;
			if (is_new && launch > c->panel.until - LIFE + 100 && c->panel.begin[i + 1] > c->panel.begin[i])
				judge(c, &past, &f, i, r);
		}
		arena_release(&a);
	}
}

static void new_items_are_ahead(void **state)
{
	(void)state;
	static struct chain c;
	for (int from = 0; from < 2; from++) {
		int won = 0, of = 0;
		struct rivals all = { 0 };
		for (uint64_t seed = 1; seed <= 8; seed++) {
			struct rivals r = { 0 };
			make_chain(&c, seed);
			play(&c, from, &r);
			arena_release(&c.arena);
			print_message("seed %d %s: %d cases, WAPE analogue %.3f category %.3f own %.3f, bias %+.3f\n",
				      (int)seed, from ? "not yet sold" : "four weeks", r.cases, r.analogue / r.actual,
				      r.category / r.actual, r.own / r.actual, r.said / r.actual - 1);
			won += r.analogue < r.category && r.analogue < r.own;
			of += r.cases > 0;
			all.analogue += r.analogue / r.actual;
			all.category += r.category / r.actual;
			all.own += r.own / r.actual;
		}
		print_message("ahead of both in %d of %d\n", won, of);
		assert_true(all.analogue < all.category && all.analogue < all.own);
		assert_true(from || won == of);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(breads_are_like_breads),
		cmocka_unit_test(the_planner_names_the_twin),
		cmocka_unit_test(days_update_the_level),
		cmocka_unit_test(new_items_are_ahead),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
