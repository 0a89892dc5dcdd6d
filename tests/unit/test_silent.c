/*
 * Stock-outs found without a stock file, from runs of days without sale, in chains whose shelves are
 * known. What can be found is days on which nothing was there all day; of those, the ones of series that
 * sell often enough for a silence to be strange.
 */
#include "config.h"
#include "unit.h"

#include <math.h>
#include <string.h>
#include "feature/demand.h"
#include "num/rng.h"
#include "quality/check.h"
#include "series/simulate.h"

#define DAYS 730

/* A chain's sales, day by day, beside what the shelves had. */
struct chain {
	struct arena arena;
	struct feed_scope scope;
	int n, n_day;
	float *sold;      /* [n_day][n] NaN: no row */
	float *demand;    /* [n_day][n] */
	uint8_t *out;     /* [n_day][n] 1: nothing was on the shelf all day */
	double *rate;     /* [n] units sold a day in stock */
	struct feed_promotion *promotion;
	int n_promotion;
};

struct found {
	double out, marked, right;
};

static void chain_init(struct chain *c, int n_store, int n_item, int n_day, day_t first)
{
	int n = n_store * n_item;
	struct arena *a = &c->arena;
	*c = (struct chain){ .n = n, .n_day = n_day };
	a = &c->arena;
	int64_t *store_id = ARENA_ARRAY(a, int64_t, n_store), *id = ARENA_ARRAY(a, int64_t, n);
	const char **store = ARENA_ARRAY(a, const char *, n_store);
	uint8_t *declared = ARENA_ARRAY(a, uint8_t, n + n_store);
	struct series_key *key = ARENA_ARRAY(a, struct series_key, n);
	int32_t *store_of = ARENA_ARRAY(a, int32_t, n);
	memset(declared, DECLARED_NO_LIST, (size_t)(n + n_store));
	for (int i = 0; i < n; i++) {
		char name[32];
		int s = i / n_item;
		snprintf(name, sizeof name, "S%03d", s);
		if (i % n_item == 0)
			store[s] = arena_strdup(a, name);
		store_id[s] = s + 1;
		snprintf(name, sizeof name, "I%05d", i % n_item);
		key[i] = (struct series_key){ store[s], arena_strdup(a, name) };
		id[i] = (s + 1) * 1000000 + i % n_item;
		store_of[i] = s;
	}
	c->scope = (struct feed_scope){ .calendar = { PERIOD_DAY, 0 }, .n_store = n_store,
					.store_id = store_id, .store = store, .store_declared = declared,
					.n = n, .id = id, .key = key, .store_of = store_of,
					.item_declared = declared + n_store, .first = first,
					.last = first + n_day - 1, .last_ever = first + n_day - 1 };
	c->sold = ARENA_ARRAY(a, float, (size_t)n * (size_t)n_day);
	c->demand = ARENA_ARRAY(a, float, (size_t)n * (size_t)n_day);
	c->out = ARENA_ARRAY(a, uint8_t, (size_t)n * (size_t)n_day);
	c->rate = ARENA_ARRAY(a, double, n);
}

static void chain_rates(struct chain *c)
{
	for (int i = 0; i < c->n; i++) {
		double sum = 0, days = 0;
		for (int d = 0; d < c->n_day; d++) {
			size_t at = (size_t)d * (size_t)c->n + (size_t)i;
			if (c->out[at] || isnan(c->sold[at]))
				continue;
			sum += (double)c->sold[at];
			days++;
		}
		c->rate[i] = days > 0 ? sum / days : 0;
	}
}

/* The simulator's chain as it lives. */
static void make_simulated(struct chain *c, uint64_t seed)
{
	struct simulation *s;
	struct err e = { 0 };
	struct simulation_plan plan = { 4, 200, DAYS, day_from_ymd(2025, 6, 28), seed };
	assert_int_equal(simulation_new(&s, &plan, &e), OK);
	chain_init(c, 4, 200, DAYS, s->first);
	for (int d = 0; d < DAYS && simulation_step(s); d++)
		for (int i = 0; i < c->n; i++) {
			const struct sim_cell *cell = &s->cell[i];
			size_t at = (size_t)d * (size_t)c->n + (size_t)i;
			int row = cell->listed && sim_open(s, i / 200, s->day);
			c->sold[at] = row ? (float)cell->sold : NAN;
			c->demand[at] = (float)cell->demand;
			c->out[at] = row && cell->opening + cell->arrived == 0;
		}
	VEC(struct feed_promotion) all = { 0 };
	for (int i = 0; i < c->n; i++)
		for (size_t k = 0; k < s->n_promotion; k++) {
			const struct sim_promotion *p = &s->promotion[k];
			if (p->item == i % 200 && (p->region < 0 || p->region == s->store[i / 200].region))
				VEC_PUSH(&all, (struct feed_promotion){ i, p->from, p->until });
		}
	c->promotion = ARENA_ARRAY(&c->arena, struct feed_promotion, all.n + 1);
	memcpy(c->promotion, all.at, all.n * sizeof *all.at);
	c->n_promotion = (int)all.n;
	VEC_FREE(&all);
	simulation_free(s);
	chain_rates(c);
}

/* The same chain with shelves that never run empty but on 15 % of the days, in runs of two to nine. */
static void make_known(struct chain *c, uint64_t seed)
{
	struct simulation *s;
	struct err e = { 0 };
	struct simulation_plan plan = { 4, 200, DAYS, day_from_ymd(2025, 6, 28), seed };
	struct rng *r = rng_new();
	rng_seed(r, seed, "chain", "outages");
	assert_int_equal(simulation_new(&s, &plan, &e), OK);
	chain_init(c, 4, 200, DAYS, s->first);
	int *left = NEW_ARRAY(int, c->n);
	for (int d = 0; d < DAYS && simulation_step(s); d++)
		for (int i = 0; i < c->n; i++) {
			const struct sim_cell *cell = &s->cell[i];
			size_t at = (size_t)d * (size_t)c->n + (size_t)i;
			int row = cell->listed && sim_open(s, i / 200, s->day);
			if (!left[i] && rng_bernoulli(r, .15 / .85 / 5.5))
				left[i] = 2 + rng_choice(r, 8);
			c->out[at] = row && left[i] > 0;
			c->sold[at] = !row ? NAN : left[i] ? 0 : (float)cell->demand;
			c->demand[at] = (float)cell->demand;
			left[i] -= left[i] > 0 && row;
		}
	free(left);
	rng_free(r);
	simulation_free(s);
	chain_rates(c);
}

static void run_check(struct chain *c, struct check_result *out)
{
	struct events none = { 0 };
	struct check_input input = { .scope = &c->scope, .as_of = c->scope.last, .today = DAY_NONE,
				     .horizon = 28, .zero_gaps = 1, .n_ahead = 28, .silent = SILENT_STATE,
				     .user = &none, .rules = &none, .promotion = c->promotion,
				     .n_promotion = c->n_promotion };
	struct feed_facts facts = { .price_min = NAN, .price_max = NAN, .lag = -1 };
	int32_t *series = ARENA_ARRAY(&c->arena, int32_t, c->n);
	double *units = ARENA_ARRAY(&c->arena, double, c->n);
	struct check *check = check_new(&input, &c->arena);
	for (int d = 0; d < c->n_day; d++) {
		struct feed_day day = { .day = c->scope.first + d, .series = series, .units = units };
		for (int i = 0; i < c->n; i++) {
			float v = c->sold[(size_t)d * (size_t)c->n + (size_t)i];
			if (isnan(v))
				continue;
			series[day.n] = i;
			units[day.n++] = (double)v;
		}
		if (day.n)
			check_day(check, &day);
	}
	check_end(check, &facts, out);
	check_free(check);
}

/* Days of series that sell between `low` and `high` a day. */
static struct found count(const struct chain *c, const struct check_result *r, double low, double high)
{
	struct found f = { 0 };
	for (int i = 0; i < c->n; i++)
		for (int d = 0; d < c->n_day && c->rate[i] >= low && c->rate[i] < high; d++)
			f.out += c->out[(size_t)d * (size_t)c->n + (size_t)i];
	for (size_t k = 0; k < r->n_series_day; k++) {
		const struct series_day *day = &r->series_day[k];
		int i = (int)(day->series / 1000000 - 1) * (c->n / c->scope.n_store)
			+ (int)(day->series % 1000000);
		if (day->state != DAY_STOCKOUT || !(c->rate[i] >= low && c->rate[i] < high))
			continue;
		f.marked++;
		f.right += c->out[(size_t)(day->day - c->scope.first) * (size_t)c->n + (size_t)i];
	}
	return f;
}

/* Shares of the days out of stock that were found, and of the days found that were. */
static void found_are(const struct found *f, double recall, double precision)
{
	print_message("%g days out, recall %.3f, precision %.3f\n", f->out, f->right / f->out,
		      f->right / f->marked);
	assert_true(f->right >= recall * f->out);
	assert_true(f->right >= precision * f->marked);
}

/*
 * Demand of the chain by its sales and what is known of its shelves, beside the truth: sums over all days
 * with a row, from the hundredth on. r NULL: days out are known; else they are those that it found.
 */
static double uncensored(const struct chain *c, const struct check_result *r, double *naive)
{
	struct arena a = { 0 };
	size_t days = (size_t)c->n_day, cells = (size_t)c->n * days;
	double *units = ARENA_ARRAY(&a, double, cells), *demand = ARENA_ARRAY(&a, double, cells);
	uint8_t *state = ARENA_ARRAY(&a, uint8_t, cells);
	period_t *first = ARENA_ARRAY(&a, period_t, c->n);
	int64_t *begin = ARENA_ARRAY(&a, int64_t, c->n + 1);
	double truth = 0, sold = 0, found = 0;
	for (size_t i = 0; i < (size_t)c->n; i++) {
		first[i] = c->scope.first;
		begin[i + 1] = begin[i] + c->n_day;
		for (size_t d = 0; d < days; d++) {
			size_t from = d * (size_t)c->n + i, to = i * days + d;
			units[to] = (double)c->sold[from];
			state[to] = isnan(c->sold[from]) ? DAY_MISSING : units[to] > 0 ? DAY_SOLD : DAY_ZERO;
			if (!r && c->out[from])
				state[to] = DAY_STOCKOUT;
		}
	}
	for (size_t k = 0; r && k < r->n_series_day; k++) {
		int64_t id = r->series_day[k].series, item = c->n / c->scope.n_store;
		int64_t i = (id / 1000000 - 1) * item + id % 1000000;
		state[i * c->n_day + (r->series_day[k].day - c->scope.first)] = DAY_STOCKOUT;
	}
	struct panel p = { .calendar = c->scope.calendar, .n = c->n, .until = c->scope.last,
			   .key = c->scope.key, .id = c->scope.id, .first = first, .begin = begin,
			   .units = units, .state = state };
	demand_fill(&p, DEMAND_FULL, 1, demand);
	for (size_t i = 0; i < (size_t)c->n; i++)
		for (size_t d = 100; d < days; d++) {
			size_t to = i * days + d;
			if (isnan(units[to]))
				continue;
			truth += (double)c->demand[d * (size_t)c->n + i];
			sold += units[to];
			found += isnan(demand[to]) ? 0 : demand[to];
		}
	arena_release(&a);
	*naive = sold / truth;
	return found / truth;
}

static void known_stockouts_are_found(void **state)
{
	(void)state;
	static struct chain c;
	struct check_result r;
	double naive, detected;
	for (uint64_t seed = 1; seed <= 3; seed++) {
		make_known(&c, seed);
		run_check(&c, &r);
		struct found often = count(&c, &r, 3, 1e9), all = count(&c, &r, 0, 1e9);
		found_are(&often, .8, .9);
		found_are(&all, .3, .8);
		/* Demand is known again where days out are known, and mostly where they were found. */
		double known = uncensored(&c, NULL, &naive);
		detected = uncensored(&c, &r, &naive);
		print_message("naive %.3f, known %.3f, detected %.3f\n", naive, known, detected);
		assert_true(naive < .9);
		unit_near(known, 1, .05);
		unit_near(detected, 1, .05);
		arena_release(&c.arena);
	}
}

/* Where shelves are seldom empty for more than a day or two, few can be found; what is told is true. */
static void simulated_stockouts_are_found(void **state)
{
	(void)state;
	static struct chain c;
	struct check_result r;
	for (uint64_t seed = 1; seed <= 3; seed++) {
		make_simulated(&c, seed);
		run_check(&c, &r);
		struct found all = count(&c, &r, 0, 1e9);
		found_are(&all, .01, .8);
		arena_release(&c.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_stockouts_are_found),
		cmocka_unit_test(simulated_stockouts_are_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
