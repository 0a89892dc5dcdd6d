/*
 * The replay: what it scores, and what must not change a score: the future, the number of threads,
 * the units of measurement, how the series are cut into blocks.
 */
#include "config.h"
#include "unit.h"

#include "eval/backtest.h"
#include "fixture.h"

#define N (double)NAN
#define N_SERIES 12
#define N_DAYS 120

/* Two stores of six items with weekly seasons, some zeros, one unknown day each. */
static void make_chain(struct fixture *f, int store, double scale, int scramble_after)
{
	fixture_init(f, PERIOD_DAY);
	for (int i = 0; i < N_SERIES; i++) {
		char name[2][16];
		double y[N_DAYS];
		snprintf(name[0], sizeof name[0], "S%d", i / 6);
		snprintf(name[1], sizeof name[1], "I%d", i % 6);
		if (store >= 0 && i / 6 != store)
			continue;
		for (int t = 0; t < N_DAYS; t++) {
			uint64_t key = (uint64_t)i + (t > scramble_after ? 1000 : 0);
			double level = 2 * i * (1 + (t % 7 == 5));
			y[t] = scale * floor(level * fixture_noise(key, (uint64_t)t) + .4 * i);
			if (t % 50 == i)
				y[t] = N;
		}
		fixture_add(f, name[0], name[1], 19723 + i % 3, N_DAYS - i % 3, y + i % 3);
	}
}

static const char *const spec_name[] = { "snaive", "ses", "window_mean(window=14)" };
static const char *const attribute[] = { "store", "item" };

struct scored {
	struct arena arena;
	const struct score *score;
	int n;
};

struct variant {
	double scale;
	int scramble_after, jobs, windows, by_store, last_earlier, refit, calibrated;
};

static void add_block(struct backtest *b, const struct panel *p, int first_leaf, struct arena *a)
{
	struct err e = { 0 };
	const char **store = ARENA_ARRAY(a, const char *, p->n), **item = ARENA_ARRAY(a, const char *, p->n);
	int32_t *leaf = ARENA_ARRAY(a, int32_t, p->n);
	double *weight = ARENA_ARRAY(a, double, p->n);
	for (int i = 0; i < p->n; i++) {
		store[i] = p->key[i].store;
		item[i] = p->key[i].item;
		leaf[i] = first_leaf + i;
		weight[i] = 1 + first_leaf + i;
	}
	const char *const *const member[] = { store, item };
	const struct backtest_block block = { .panel = p, .member = member, .leaf = leaf, .weight = weight };
	assert_int_equal(backtest_block(b, &block, &e), OK);
}

static void run(const struct variant *v, struct scored *out)
{
	struct err e = { 0 };
	struct arena *a = &out->arena;
	const struct spec *spec[3];
	const char *of[2][N_SERIES];
	struct hierarchy tree = { .n = N_SERIES };
	memset(out, 0, sizeof *out);
	for (int s = 0; s < 3; s++)
		assert_int_equal(spec_parse(v->calibrated && !s ? "calibrate(snaive)" : spec_name[s], a, &spec[s],
					    &e), OK);
	for (int i = 0; i < N_SERIES; i++) {
		of[0][i] = i / 6 ? "S1" : "S0";
		of[1][i] = &"I0\0I1\0I2\0I3\0I4\0I5"[3 * (i % 6)];
	}
	const char *const *const by_store[] = { of[0] }, *const *const by_item[] = { of[1] };
	hierarchy_add(&tree, a, "total", 0, NULL);
	hierarchy_add(&tree, a, "store", 1, by_store);
	hierarchy_add(&tree, a, "item", 1, by_item);
	struct backtest_setup setup = {
		.n_spec = 3, .spec = spec, .name = spec_name, .calendar = { PERIOD_DAY, 0 },
		.windows = v->windows, .step = 7, .horizon = 14, .gap = 1, .refit = v->refit,
		.first = 19723, .n_level = N_DEFAULT_LEVEL, .level = default_level,
		.context = { .jobs = v->jobs }, .n_attribute = 2, .attribute = attribute,
		.tree = &tree, .weighted = 1,
		.last = backtest_last_origin(19723 + N_DAYS - 1, 1, 14) - v->last_earlier,
	};
	struct backtest *b = backtest_new(&setup);
	for (int store = v->by_store ? 0 : -1; store < (v->by_store ? 2 : 0); store++) {
		struct fixture f;
		make_chain(&f, store, v->scale, v->scramble_after);
		add_block(b, fixture_panel(&f), store > 0 ? 6 : 0, a);
		fixture_release(&f);
	}
	out->n = backtest_scores(b, a, &out->score);
	backtest_free(b);
}

static const struct score *find(const struct scored *s, const char *method, const char *part,
				const char *member, const char *metric)
{
	for (int k = 0; k < s->n; k++) {
		const struct score *x = &s->score[k];
		if (!strcmp(x->method, method) && !strcmp(x->part, part)
		    && !strcmp(x->member, member) && !strcmp(x->metric, metric))
			return x;
	}
	return NULL;
}

static void same(const struct scored *a, const struct scored *b)
{
	assert_int_equal(a->n, b->n);
	for (int k = 0; k < a->n; k++) {
		assert_string_equal(a->score[k].member, b->score[k].member);
		assert_string_equal(a->score[k].metric, b->score[k].metric);
		assert_memory_equal(&a->score[k].value, &b->score[k].value, sizeof(double));
		assert_int_equal(a->score[k].cases, b->score[k].cases);
	}
}

static const struct variant plain = { 1, N_DAYS, 1, 4, 0, 0, 1, 0 };

static void threads_change_no_bit(void **state)
{
	(void)state;
	struct variant v = plain;
	struct scored one, two;
	run(&v, &one);
	v.jobs = 2;
	run(&v, &two);
	same(&one, &two);
	arena_release(&one.arena);
	arena_release(&two.arena);
}

/* A method that knows distributions of sums has its nodes scored, if it was shown the whole tree. */
static void quantiles_of_nodes(void **state)
{
	(void)state;
	static const char *const tier[] = { "total", "store", "item", "series" };
	struct variant v = plain;
	struct scored s;
	double sum = 0;
	v.calibrated = 1;
	run(&v, &s);
	for (int k = 0; k < 4; k++) {
		const struct score *wspl = find(&s, "snaive", "tier", tier[k], "wspl");
		const struct score *coverage = find(&s, "snaive", "tier", tier[k], "coverage_90");
		assert_non_null(wspl);
		assert_non_null(coverage);
		assert_true(wspl->value > 0 && wspl->value < 1);
		assert_true(coverage->value > .6 && coverage->value <= 1);
		sum += wspl->value / 4;
	}
	unit_near(find(&s, "snaive", "tier", "mean", "wspl")->value, sum, 1e-12);
	assert_null(find(&s, "ses", "tier", "total", "wspl"));
	assert_null(find(&s, "ses", "tier", "mean", "wspl"));
	arena_release(&s.arena);
	v.by_store = 1;
	run(&v, &s);
	assert_null(find(&s, "snaive", "tier", "total", "wspl"));
	arena_release(&s.arena);
}

/* Windows before a scrambled day score the same bits; the last one does not. */
static void the_future_changes_no_earlier_window(void **state)
{
	(void)state;
	struct variant v = plain;
	struct scored a, b;
	int same_windows = 0, n = 0;
	run(&v, &a);
	v.scramble_after = N_DAYS - 5;
	run(&v, &b);
	for (int k = 0; k < a.n; k++) {
		if (strcmp(a.score[k].part, "window"))
			continue;
		n++;
		same_windows += !memcmp(&a.score[k].value, &b.score[k].value, sizeof(double));
		if (strcmp(a.score[k].member, "2024-04-14"))
			assert_memory_equal(&a.score[k].value, &b.score[k].value, sizeof(double));
	}
	assert_true(n > 0 && same_windows < n);
	/* A replay that ends before the scrambled days is the same altogether. */
	struct scored c, d;
	v.last_earlier = 5;
	run(&v, &c);
	v.scramble_after = N_DAYS;
	run(&v, &d);
	same(&c, &d);
	arena_release(&a.arena);
	arena_release(&b.arena);
	arena_release(&c.arena);
	arena_release(&d.arena);
}

static void units_of_measurement_cancel(void **state)
{
	(void)state;
	struct variant v = plain;
	struct scored a, b;
	run(&v, &a);
	v.scale = 8; /* a power of two: nothing is rounded */
	run(&v, &b);
	static const char *const scaled[] = { "mae", "rmse" };
	static const char *const free_of_scale[] = { "wape", "bias", "mase", "rmsse", "wrmsse",
						     "cumulative", "mape" };
	for (size_t k = 0; k < 2; k++)
		unit_near(find(&b, "snaive", "all", "", scaled[k])->value,
			  8 * find(&a, "snaive", "all", "", scaled[k])->value, 1e-9);
	for (size_t k = 0; k < sizeof free_of_scale / sizeof *free_of_scale; k++)
		for (int s = 0; s < 3; s++)
			unit_near(find(&b, spec_name[s], "all", "", free_of_scale[k])->value,
				  find(&a, spec_name[s], "all", "", free_of_scale[k])->value, 1e-6);
	arena_release(&a.arena);
	arena_release(&b.arena);
}

/* Blocks add up: sums are taken in another order, so equal to rounding; counts exactly. */
static void blocks_add_up(void **state)
{
	(void)state;
	struct variant v = plain;
	struct scored a, b;
	run(&v, &a);
	v.by_store = 1;
	run(&v, &b);
	for (int k = 0; k < a.n; k++) {
		const struct score *x = &a.score[k];
		const struct score *y = find(&b, x->method, x->part, x->member, x->metric);
		/* Quantiles borrow from the segment, which the blocks cut in two. */
		if (!strcmp(x->method, "ses") || strchr(x->metric, '_') || *x->metric == 'p'
		    || !strcmp(x->metric, "wql"))
			continue;
		assert_non_null(y);
		assert_int_equal(x->cases, y->cases);
		if (!isnan(x->value))
			unit_near(y->value, x->value, 1e-9 * (1 + fabs(x->value)));
	}
	arena_release(&a.arena);
	arena_release(&b.arena);
}

/* A local method without parameters forecasts the same from an old fit. */
static void refit_matters_only_for_parameters(void **state)
{
	(void)state;
	struct variant v = plain;
	struct scored a, b;
	run(&v, &a);
	v.refit = 4;
	run(&v, &b);
	unit_near(find(&a, "snaive", "all", "", "rmse")->value,
		  find(&b, "snaive", "all", "", "rmse")->value, 0);
	assert_true(find(&a, "ses", "all", "", "rmse")->value
		    != find(&b, "ses", "all", "", "rmse")->value);
	arena_release(&a.arena);
	arena_release(&b.arena);
}

/* Parts are cuts of the same cases. */
static void parts_cover_all_cases(void **state)
{
	(void)state;
	static const char *const parts[] = { "window", "horizon", "bucket", "class", "store", "item" };
	struct scored a;
	run(&plain, &a);
	int64_t all = find(&a, "snaive", "all", "", "mae")->cases;
	assert_true(all > 4 * 14 * N_SERIES * 9 / 10 && all < 4 * 14 * N_SERIES);
	for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
		int64_t cases = 0;
		double sum = 0;
		for (int j = 0; j < a.n; j++)
			if (!strcmp(a.score[j].part, parts[k]) && !strcmp(a.score[j].metric, "mae")
			    && !strcmp(a.score[j].method, "snaive") && a.score[j].cases) {
				cases += a.score[j].cases;
				sum += a.score[j].value * (double)a.score[j].cases;
			}
		assert_int_equal(cases, all);
		unit_near(sum / (double)all, find(&a, "snaive", "all", "", "mae")->value, 1e-12);
	}
	assert_non_null(find(&a, "snaive", "horizon", "2", "wape"));
	assert_null(find(&a, "snaive", "horizon", "1", "wape")); /* the gap */
	assert_non_null(find(&a, "snaive", "bucket", "2-8", "wape"));
	assert_non_null(find(&a, "snaive", "window", "2024-04-14", "wape"));
	arena_release(&a.arena);
}

/* One series, one window, by hand: history 1 2 1 2 ..., then a stock-out day that is not scored. */
static void by_hand(void **state)
{
	(void)state;
	struct fixture f;
	struct arena a = { 0 };
	struct err e = { 0 };
	double y[60];
	const struct spec *spec;
	const char *const name[] = { "naive" };
	for (int t = 0; t < 60; t++)
		y[t] = 1 + t % 2;
	y[57] = 9;
	y[58] = 0;
	fixture_init(&f, PERIOD_DAY);
	fixture_add(&f, "S", "I", 0, 60, y);
	fixture_add(&f, "S", "J", 57, 3, y); /* began after the origin: not scored */
	f.state.at[59] = DAY_STOCKOUT;
	assert_int_equal(spec_parse("naive", &a, &spec, &e), OK);
	struct backtest_setup setup = {
		.n_spec = 1, .spec = &spec, .name = name, .calendar = { PERIOD_DAY, 0 }, .windows = 1,
		.step = 1, .horizon = 3, .n_level = N_DEFAULT_LEVEL, .level = default_level,
		.last = backtest_last_origin(59, 0, 3), .context = { .jobs = 1 },
	};
	const struct backtest_block block = { .panel = fixture_panel(&f) };
	struct backtest *b = backtest_new(&setup);
	struct scored s = { 0 };
	assert_int_equal(backtest_block(b, &block, &e), OK);
	s.n = backtest_scores(b, &a, &s.score);
	backtest_free(b);
	/* Origin 56, last value 1. Actuals 9 0 (stock-out). Naive first differences are all 1. */
	assert_int_equal(find(&s, "naive", "all", "", "mae")->cases, 2);
	unit_near(find(&s, "naive", "all", "", "mae")->value, 4.5, 0);
	unit_near(find(&s, "naive", "all", "", "wape")->value, 1, 0);
	unit_near(find(&s, "naive", "all", "", "bias")->value, 100 * -7. / 9, 1e-12);
	unit_near(find(&s, "naive", "all", "", "rmsse")->value, sqrt(65. / 2), 1e-12);
	assert_int_equal(find(&s, "naive", "class", "smooth", "mae")->cases, 2);
	assert_true(isnan(find(&s, "naive", "horizon", "2", "wape")->value));
	assert_int_equal(find(&s, "naive", "all", "", "fallback")->value, 0);
	assert_int_equal(find(&s, "naive", "all", "", "fallback")->cases, 1);
	assert_null(find(&s, "naive", "all", "", "wrmsse"));
	arena_release(&a);
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_hand),
		cmocka_unit_test(parts_cover_all_cases),
		cmocka_unit_test(threads_change_no_bit),
		cmocka_unit_test(quantiles_of_nodes),
		cmocka_unit_test(the_future_changes_no_earlier_window),
		cmocka_unit_test(units_of_measurement_cancel),
		cmocka_unit_test(blocks_add_up),
		cmocka_unit_test(refit_matters_only_for_parameters),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
