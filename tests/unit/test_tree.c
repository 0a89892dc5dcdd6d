/*
 * Methods that learn across series: blends, the tree and its reconciliation, calibrated distributions.
 * Numbers of small trees are those of numpy (solve, and scipy's nnls) on the tree of Hyndman &
 * Athanasopoulos, "Forecasting: principles and practice" (3rd ed.), figure 11.1.
 */
#include "config.h"
#include "unit.h"

#include <math.h>
#include <string.h>
#include "fixture.h"
#include "model/node_panel.h"
#include "model/tree.h"
#include "model/trial.h"
#include "num/count.h"
#include "num/gls.h"
#include "num/library.h"
#include "num/rng.h"

#define N (double)NAN
#define MONDAY 19723
#define STEPS 28
#define LEVELS N_DEFAULT_LEVEL

/* ---- least squares ---- */

static const double sums[8 * 5] = { 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0,
				    0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1 };
static const double said[8] = { 100, 55, 40, 20, 18, 12, 22, 25 };
static const double variance[8] = { 9, 4, 5, 2, 3, 1, 2, 4 };

static void near_all(const double *x, const double *expected, int n, double far)
{
	for (int k = 0; k < n; k++)
		unit_near(x[k], expected[k], far);
}

static void textbook_tree(void **state)
{
	(void)state;
	static const double ones[8] = { 1, 1, 1, 1, 1, 1, 1, 1 }, size[8] = { 5, 3, 2, 1, 1, 1, 1, 1 };
	static const double ols[] = { 21.65517241, 19.65517241, 13.65517241, 20.20689655, 23.20689655 };
	static const double structural[] = { 21.1, 19.1, 13.1, 20.51666667, 23.51666667 };
	static const double wls[] = { 21.21621622, 19.82432432, 12.60810811, 20.97297297, 22.94594595 };
	double b[5];
	assert_true(gls_solve(sums, 8, 5, ones, 1, 0, said, 1, b));
	near_all(b, ols, 5, 1e-7);
	assert_true(gls_solve(sums, 8, 5, size, 1, 0, said, 1, b));
	near_all(b, structural, 5, 1e-7);
	assert_true(gls_solve(sums, 8, 5, variance, 1, 0, said, 1, b));
	near_all(b, wls, 5, 1e-7);
}

static void shrunken_covariance(void **state)
{
	(void)state;
	static const double mint[] = { 20.95256024, 19.17289067, 14.15104253, 20.74886149, 21.74566764 };
	double x[80], w[64], b[5], v[8] = { 0 };
	for (int i = 0; i < 10; i++) {
		double sum = 0;
		for (int j = 0; j < 8; j++) {
			x[i * 8 + j] = (i * 3 + j * 5) % 7 - 3;
			sum += j >= 3 ? x[i * 8 + j] : 0;
		}
		x[i * 8] += .5 * sum;
		for (int j = 0; j < 8; j++)
			v[j] += x[i * 8 + j] * x[i * 8 + j] / 10;
	}
	unit_near(gls_shrink(x, 10, 8, v, w), 0.48207762039861646, 1e-12);
	assert_true(gls_solve(sums, 8, 5, w, 0, 0, said, 1, b));
	near_all(b, mint, 5, 1e-7);
}

static void nothing_below_zero(void **state)
{
	(void)state;
	static const double y[] = { 10, 9, 1, 5, -4, 3, 2, -1 };
	static const double nnls[] = { 5.27226891, 0, 3.13613445, 1.69747899, 0 };
	double b[5];
	assert_true(gls_solve(sums, 8, 5, variance, 1, 1, y, 1, b));
	near_all(b, nnls, 5, 1e-7);
}

/* ---- trees ---- */

/* Series AA AB AC of store A, BA BB of store B. */
static void small_tree(struct fixture *f, struct arena *a, struct tree *t)
{
	static const char *const key[5][2] = { { "A", "AA" }, { "A", "AB" }, { "A", "AC" }, { "B", "BA" },
					       { "B", "BB" } };
	double y[10] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 };
	struct err e = { 0 };
	fixture_init(f, PERIOD_DAY);
	for (int k = 0; k < 5; k++)
		fixture_add(f, key[k][0], key[k][1], MONDAY, 10, y);
	*t = (struct tree){ .leaves = fixture_panel(f), .middle = -1 };
	assert_int_equal(node_tiers(t->leaves, "total+store", a, &t->tiers, &e), OK);
	node_panel_make(t->leaves, &t->tiers, a, &t->nodes);
}

/* Nodes stand by the names of their tiers: stores A and B, then the total. */
static void joined_at_the_leaves(void **state)
{
	(void)state;
	static const double wls[] = { 21.21621622, 19.82432432, 12.60810811, 20.97297297, 22.94594595 };
	struct fixture f;
	struct arena a = { 0 };
	struct tree t;
	double top[] = { 55, 40, 100 }, v_top[] = { 4, 5, 9 }, v_leaf[] = { 2, 3, 1, 2, 4 };
	double leaf[] = { 20, 18, 12, 22, 25 };
	const struct tree_errors errors = { v_top, NULL, v_leaf, NULL };
	const struct tree_rule rule = { WLS, 0, 1000, 0 };
	small_tree(&f, &a, &t);
	assert_string_equal(t.nodes.panel.key[0].store, "store");
	assert_string_equal(t.nodes.panel.key[2].store, "total");
	assert_true(tree_join(&t, &errors, &rule, top, 1, leaf));
	near_all(leaf, wls, 5, 1e-7);
	arena_release(&a);
	fixture_release(&f);
}

static void joined_at_a_middle(void **state)
{
	(void)state;
	/* b of total 100 (9), A 55 (4), B 40 (5), sums 50 and 47 (6 each), by numpy. */
	static const double b[] = { 53.64864865, 43.91891892 };
	struct fixture f;
	struct arena a = { 0 };
	struct tree t;
	double top[] = { 55, 40, 100 }, v_top[] = { 4, 5, 9 }, v_sum[] = { 6, 6 };
	double v_leaf[] = { 2, 0, 1, 2, 4 };
	const struct tree_errors errors = { v_top, v_sum, v_leaf, NULL };
	struct tree_rule rule = { WLS, 0, 1000, 0 };
	double leaf[] = { 20, 18, 12, 22, 25 }, half[] = { 20, 18, 12, 22, 25 }, bound[] = { 20, 18, 12, 22, 25 };
	small_tree(&f, &a, &t);
	t.middle = 1;
	assert_true(tree_join(&t, &errors, &rule, top, 1, leaf));
	unit_near(leaf[0] + leaf[1] + leaf[2], b[0], 1e-7);
	unit_near(leaf[3] + leaf[4], b[1], 1e-7);
	unit_near(leaf[1], 18, 0); /* it never erred */
	unit_near(leaf[0] / leaf[2], 20. / 12, 1e-12);
	rule.shrink = .5;
	assert_true(tree_join(&t, &errors, &rule, top, 1, half));
	near_all(half, (double[]){ (20 + leaf[0]) / 2, 18, (12 + leaf[2]) / 2, (22 + leaf[3]) / 2,
				   (25 + leaf[4]) / 2 }, 5, 1e-9);
	rule.shrink = 0;
	rule.most = .02;
	assert_true(tree_join(&t, &errors, &rule, top, 1, bound));
	near_all(bound, (double[]){ 20 * 1.02, 18, 12 * 1.02, 22 * .98, 25 * .98 }, 5, 1e-12);
	rule = (struct tree_rule){ PROPORTIONS, 0, 1000, 0 };
	assert_true(tree_join(&t, &errors, &rule, top, 1, bound));
	unit_near(bound[0] + bound[1] + bound[2], 55, 1e-9);
	unit_near(bound[3] + bound[4], 40, 1e-9);
	rule.how = BOTTOM_UP;
	assert_false(tree_join(&t, &errors, &rule, top, 1, bound));
	arena_release(&a);
	fixture_release(&f);
}

/* ---- node panels ---- */

/* Three stores of four items in two departments and two brands, some of which come late. */
static int32_t dept_code[12], brand_code[12];
static const char *const dept_name[] = { "dry", "fresh" }, *const brand_name[] = { "b1", "b2" };
static const struct attribute attribute[] = { { "dept", 0, 2, dept_name, dept_code },
					      { "brand", 0, 2, brand_name, brand_code } };
static struct drivers drivers;

static void three_stores(struct fixture *f, int n, int scramble_after)
{
	static double y[2000];
	fixture_init(f, PERIOD_DAY);
	for (int i = 0; i < 12; i++) {
		char store[16], item[16];
		int late = i % 4 == 3 ? n / 2 : 0;
		snprintf(store, sizeof store, "s%d", i / 4);
		snprintf(item, sizeof item, "i%d", i % 4);
		for (int t = late; t < n; t++) {
			double common = 1 + .3 * sin(t / 20.) + (t % 7 >= 5 ? .5 : 0);
			y[t] = floor((4 + i) * common * (.5 + fixture_noise((uint64_t)i, (uint64_t)t)));
			if (fixture_noise(99, (uint64_t)(i * n + t)) < .02)
				y[t] = N;
			if (scramble_after && t >= scramble_after)
				y[t] = floor(100 * fixture_noise(7, (uint64_t)(t + i)));
		}
		fixture_add(f, store, item, MONDAY + late, n - late, y + late);
		dept_code[i] = i % 2;
		brand_code[i] = i % 4 >= 2;
	}
	drivers = (struct drivers){ .n = 12, .n_attribute = 2, .attribute = attribute };
	f->panel.drivers = &drivers;
}

static void nodes_sum_their_members(void **state)
{
	(void)state;
	struct fixture f;
	struct arena a = { 0 };
	struct err e = { 0 };
	struct hierarchy h;
	struct node_panel out;
	/* Two of a store; the third is of another. Day 2: one unknown, usual share 10 of 30; day 3: both shut. */
	double one[] = { 10, 10, N, 0, 12 }, other[] = { 20, 20, 22, 0, 18 }, third[] = { 5, 5, 5, 5, N };
	fixture_init(&f, PERIOD_DAY);
	fixture_add(&f, "a", "x", MONDAY, 5, one);
	fixture_add(&f, "a", "y", MONDAY, 5, other);
	fixture_add(&f, "b", "x", MONDAY, 5, third);
	f.state.at[3] = f.state.at[8] = DAY_CLOSED;
	const struct panel *p = fixture_panel(&f);
	assert_int_equal(node_tiers(p, "store,item", &a, &h, &e), OK);
	node_panel_make(p, &h, &a, &out);
	assert_int_equal(out.panel.n, 4); /* item x, item y, store a, store b */
	struct series s = panel_series(&out.panel, out.begin[0]);
	assert_string_equal(s.key.item, "a");
	near_all(s.units, (double[]){ 30, 30, 33, 0, 30 }, 5, 1e-12);
	assert_int_equal(s.state[3], DAY_CLOSED);
	assert_false(series_usable(&s, 3));
	s = panel_series(&out.panel, out.begin[0] + 1);
	assert_int_equal(s.state[4], DAY_MISSING);
	s = panel_series(&out.panel, out.begin[1]);
	/* x: shut in a (10 of 15): more than half is to be filled in. */
	assert_string_equal(s.key.item, "x");
	assert_int_equal(s.state[3], DAY_MISSING);
	/* Day 4: store b's 5 is missing; a's 10 has faded on two days of which nothing is known. */
	unit_near(s.units[4], 12 * (9.025 + 5) / 9.025, 1e-12);
	assert_int_equal(node_tiers(p, "store+brand", &a, &h, &e), E_USAGE);
	assert_int_equal(node_tiers(p, "store+store", &a, &h, &e), E_USAGE);
	arena_release(&a);
	fixture_release(&f);
}

static void nodes_do_not_see_ahead(void **state)
{
	(void)state;
	struct fixture f[2];
	struct arena a = { 0 };
	struct err e = { 0 };
	struct hierarchy h;
	struct node_panel out[3];
	for (int k = 0; k < 2; k++) {
		three_stores(&f[k], 300, k ? 200 : 0);
		const struct panel *p = fixture_panel(&f[k]);
		assert_int_equal(node_tiers(p, "total+store+store*dept", &a, &h, &e), OK);
		node_panel_make(p, &h, &a, &out[k]);
	}
	struct panel then = panel_until(fixture_panel(&f[0]), MONDAY + 199);
	node_panel_make(&then, &h, &a, &out[2]);
	for (int j = 0; j < out[0].panel.n; j++) {
		struct series s[3];
		for (int k = 0; k < 3; k++) {
			struct panel view = panel_until(&out[k].panel, MONDAY + 199);
			s[k] = panel_series(&view, j);
		}
		for (int k = 1; k < 3; k++) {
			assert_int_equal(s[k].n, s[0].n);
			assert_memory_equal(s[k].units, s[0].units, (size_t)s[0].n * sizeof(double));
			assert_memory_equal(s[k].state, s[0].state, (size_t)s[0].n);
		}
	}
	arena_release(&a);
	fixture_release(&f[0]);
	fixture_release(&f[1]);
}

static void usual_tiers_are_those_that_say_something(void **state)
{
	(void)state;
	static const char *const expected[] = { "total", "dept", "brand" };
	struct fixture f;
	struct arena a = { 0 };
	struct err e = { 0 };
	struct hierarchy h;
	three_stores(&f, 60, 0);
	assert_int_equal(node_tiers(fixture_panel(&f), "", &a, &h, &e), OK);
	/* Three stores are a quarter of twelve series, store*dept half of them: too fine. */
	assert_int_equal(h.n_tier, 3);
	for (int k = 0; k < 3; k++)
		assert_string_equal(h.tier[k].name, expected[k]);
	arena_release(&a);
	fixture_release(&f);
}

/* What is known of a node from before its items: the parts of its name in another order. */
static void nodes_have_a_history(void **state)
{
	(void)state;
	static const double before[] = { 7, 8, 0, 100, 100 };
	static const struct node_history history[] = { { "a|x", MONDAY - 4, 5, before },
						       { "total", MONDAY - 2, 1, before } };
	static const struct drivers d = { .n = 1, .n_history = 2, .history = history };
	struct fixture f;
	struct arena a = { 0 };
	struct err e = { 0 };
	struct hierarchy h;
	struct node_panel out;
	double y[] = { 1, 2, 3 };
	fixture_init(&f, PERIOD_DAY);
	fixture_add(&f, "a", "x", MONDAY, 3, y);
	f.panel.drivers = &d;
	assert_int_equal(node_tiers(fixture_panel(&f), "total+item*store", &a, &h, &e), OK);
	node_panel_make(fixture_panel(&f), &h, &a, &out);
	struct series s = panel_series(&out.panel, out.begin[1]);
	assert_int_equal(s.first, MONDAY - 4);
	near_all(s.units, (double[]){ 7, 8, 0, 100, 1, 2, 3 }, 7, 0);
	assert_int_equal(s.state[2], DAY_ZERO);
	s = panel_series(&out.panel, out.begin[0]);
	assert_int_equal(s.n, 5);
	unit_near(s.units[0], 7, 0);
	assert_int_equal(s.state[1], DAY_MISSING);
	arena_release(&a);
	fixture_release(&f);
}

/* Drivers of nodes by hand: events told store by store, a chained price, the share on promotion. */
static void drivers_of_nodes(void **state)
{
	(void)state;
	static const int64_t price_begin[] = { 0, 2, 4, 5 }, promotion_begin[] = { 0, 1, 1, 1 };
	static const struct price_step price[] = { { MONDAY, 2 }, { MONDAY + 2, 1 }, { MONDAY, 10 },
						   { MONDAY + 2, 10 }, { MONDAY, 3 } };
	static const struct promotion_span span[] = { { MONDAY + 1, MONDAY + 2, 0, 0 } };
	static const struct event_day event[] = { { MONDAY + 1, 0, 2, 0, 0, 0 }, { MONDAY + 3, 0, 2, 0, 0, 0 },
						  { MONDAY + 3, 2, 3, 0, 0, 0 } };
	static const char *const name[] = { "feast" };
	static const float hot[] = { 1, 2, 3, 4, 5, 7, 7, 7, 7, 7 };
	static const int32_t row[] = { 0, 0, 1 };
	static const struct driver_column column[] = {
		{ "hot", DRIVER_KNOWN, MISSING_CARRY, 2, row, MONDAY, MONDAY + 4, hot }
	};
	static const struct drivers d = {
		.n = 3, .price_begin = price_begin, .price = price, .price_until = MONDAY + 4,
		.promotion_begin = promotion_begin, .promotion = span, .promotion_until = MONDAY + 4,
		.n_event = 3, .event = event, .event_from = MONDAY, .event_until = MONDAY + 4,
		.n_event_name = 1, .event_name = name, .n_event_type = 1, .event_type = name,
		.n_column = 1, .column = column
	};
	struct fixture f;
	struct arena a = { 0 };
	struct err e = { 0 };
	struct hierarchy h;
	struct node_panel out;
	const struct event_day *seen[4];
	double y[] = { 1, 1, 1, 1, 1 };
	fixture_init(&f, PERIOD_DAY);
	fixture_add(&f, "a", "x", MONDAY, 5, y);
	fixture_add(&f, "a", "y", MONDAY, 5, y);
	fixture_add(&f, "b", "x", MONDAY, 5, y);
	f.panel.drivers = &d;
	assert_int_equal(node_tiers(fixture_panel(&f), "store+total", &a, &h, &e), OK);
	node_panel_make(fixture_panel(&f), &h, &a, &out);
	const struct panel *p = &out.panel; /* store a, store b, total */
	assert_int_equal(p->n, 3);
	unit_near(driver_price(p, 0, MONDAY + 1, NULL), 1, 1e-12);
	unit_near(driver_price(p, 0, MONDAY + 2, NULL), sqrt(.5), 1e-12);
	unit_near(driver_price(p, 2, MONDAY + 2, NULL), pow(.5, 1. / 3), 1e-12);
	assert_int_equal(driver_events(p, 0, MONDAY + 1, seen, 4), 1);
	assert_int_equal(driver_events(p, 1, MONDAY + 1, seen, 4), 0);
	assert_int_equal(driver_events(p, 2, MONDAY + 1, seen, 4), 1); /* two of three */
	assert_int_equal(driver_events(p, 1, MONDAY + 3, seen, 4), 1);
	assert_int_equal(driver_events(p, 2, MONDAY + 3, seen, 4), 1);
	assert_int_equal(p->drivers->n_column, 2);
	unit_near(driver_value(p, 0, 2, MONDAY + 1, NULL), (2 + 2 + 7) / 3., 1e-6);
	unit_near(driver_value(p, 1, 0, MONDAY + 1, NULL), .5, 1e-6);
	unit_near(driver_value(p, 1, 2, MONDAY + 2, NULL), 1 / 3., 1e-6);
	unit_near(driver_value(p, 1, 2, MONDAY + 3, NULL), 0, 0);
	const struct attribute *store = driver_attribute(p->drivers, "store");
	assert_non_null(store);
	assert_string_equal(store->value[store->code[1]], "b");
	assert_int_equal(store->code[2], -1);
	arena_release(&a);
	fixture_release(&f);
}

/* ---- methods ---- */

struct made {
	struct arena arena;
	struct forecast f;
	const struct spec *spec;
	void *model;
};

enum { PLAIN, THROUGH_BLOB, TWO_JOBS };

static void make(const char *text, const struct panel *p, int how, int steps, struct made *out)
{
	struct err e = { 0 };
	const struct fit_context context = { .jobs = how == TWO_JOBS ? 2 : 1, .seed = 1 };
	memset(out, 0, sizeof *out);
	if (spec_parse(text, &out->arena, &out->spec, &e))
		fail_msg("%s", e.text);
	const struct method *m = out->spec->method;
	if (m->fit(out->spec, p, &context, &out->arena, &out->model, &e))
		fail_msg("%s", e.text);
	if (how == THROUGH_BLOB) {
		struct buf blob = { 0 };
		assert_int_equal(m->save(out->model, &blob, &e), OK);
		if (m->release)
			m->release(out->model);
		if (m->load(out->spec, (unsigned char *)blob.text, blob.n, &out->arena, &out->model, &e))
			fail_msg("%s", e.text);
		buf_release(&blob);
	}
	forecast_init(&out->f, &out->arena, p->n, steps, LEVELS, default_level, p->until);
	if (m->predict(out->model, p, &context, &out->arena, &out->f, &e))
		fail_msg("%s", e.text);
}

static void drop(struct made *m)
{
	if (m->spec->method->release)
		m->spec->method->release(m->model);
	arena_release(&m->arena);
}

static void same_bytes(const struct made *a, const struct made *b)
{
	size_t cells = (size_t)a->f.n * (size_t)a->f.n_step;
	assert_memory_equal(a->f.mean, b->f.mean, cells * sizeof(double));
	assert_memory_equal(a->f.quantile, b->f.quantile, cells * LEVELS * sizeof(double));
}

static const char *const whole_specs[] = {
	"calibrate(blend(ses, snaive, ets))",
	"calibrate(blend(ses, snaive, by=segment, weights=stacked))",
	"calibrate(reconcile(ses, ets, snaive, auto=off))",
	"reconcile(blend(ses, snaive), ets, auto=off, tiers=total+store+dept*brand)",
	"calibrate(reconcile(ses, ets, auto=off, method=mint))",
	"calibrate(reconcile(ses, ets, auto=off, at=leaves, shrink=0))",
	"reconcile(ses, ets, auto=off, method=proportions)",
};
#define N_WHOLE (sizeof whole_specs / sizeof *whole_specs)

static void same_bytes_however_made(void **state)
{
	(void)state;
	struct fixture f;
	struct made made, again;
	three_stores(&f, 300, 0);
	for (size_t k = 0; k < N_WHOLE; k++) {
		make(whole_specs[k], fixture_panel(&f), PLAIN, STEPS, &made);
		for (int how = 1; how < 3; how++) {
			make(whole_specs[k], fixture_panel(&f), how, STEPS, &again);
			same_bytes(&made, &again);
			drop(&again);
		}
		drop(&made);
	}
	fixture_release(&f);
}

static void no_method_sees_ahead(void **state)
{
	(void)state;
	struct fixture f[2];
	struct made made[2];
	for (size_t k = 0; k < N_WHOLE; k++) {
		for (int j = 0; j < 2; j++) {
			three_stores(&f[j], 300, j ? 250 : 0);
			struct panel then = panel_until(fixture_panel(&f[j]), MONDAY + 249);
			make(whole_specs[k], &then, PLAIN, STEPS, &made[j]);
		}
		same_bytes(&made[0], &made[1]);
		for (int j = 0; j < 2; j++) {
			drop(&made[j]);
			fixture_release(&f[j]);
		}
	}
}

/* Sound numbers, and nodes that are the sums of their leaves to the last digits. */
static void trees_add_up(void **state)
{
	(void)state;
	struct fixture f;
	struct arena a = { 0 };
	struct err e = { 0 };
	struct hierarchy h;
	three_stores(&f, 300, 0);
	assert_int_equal(node_tiers(fixture_panel(&f), "total+store", &a, &h, &e), OK);
	for (size_t k = 0; k < N_WHOLE; k++) {
		struct made made;
		double total[STEPS] = { 0 }, store[3 * STEPS], leaves[STEPS];
		make(whole_specs[k], fixture_panel(&f), PLAIN, STEPS, &made);
		if (forecast_check(&made.f, f.key, &e))
			fail_msg("%s: %s", whole_specs[k], e.text);
		hierarchy_sum(&h.tier[0], 12, STEPS, made.f.mean, leaves);
		hierarchy_sum(&h.tier[1], 12, STEPS, made.f.mean, store);
		for (int s = 0; s < 3 * STEPS; s++)
			total[s % STEPS] += store[s];
		near_all(total, leaves, STEPS, 1e-6);
		for (int c = 0; c < 12 * STEPS; c++)
			assert_true(made.f.mean[c] >= 0);
		drop(&made);
	}
	arena_release(&a);
	fixture_release(&f);
}

static void blends_lie_between_their_parts(void **state)
{
	(void)state;
	static const char *const spec[] = { "blend(ses, snaive, weights=equal)", "blend(ses, snaive, weights=stacked)",
					    "blend(ses, snaive, weights=inverse)", "blend(ses, snaive)" };
	struct fixture f;
	struct made part[2], twice, made;
	three_stores(&f, 300, 0);
	make("ses", fixture_panel(&f), PLAIN, STEPS, &part[0]);
	make("snaive", fixture_panel(&f), PLAIN, STEPS, &part[1]);
	make("blend(ses, ses, ses, weights=stacked)", fixture_panel(&f), PLAIN, STEPS, &twice);
	near_all(twice.f.mean, part[0].f.mean, 12 * STEPS, 1e-9);
	drop(&twice);
	for (size_t k = 0; k < sizeof spec / sizeof *spec; k++) {
		double weight = N;
		make(spec[k], fixture_panel(&f), PLAIN, STEPS, &made);
		for (int c = 0; c < 12 * STEPS; c++) {
			double x = part[0].f.mean[c], y = part[1].f.mean[c], z = made.f.mean[c];
			assert_true(z >= fmin(x, y) - 1e-9 && z <= fmax(x, y) + 1e-9);
			if (fabs(y - x) < .5)
				continue;
			/* One weight for all. */
			double own = (z - x) / (y - x);
			weight = isnan(weight) ? own : weight;
			unit_near(own, weight, 1e-9);
		}
		if (!k)
			unit_near(weight, .5, 1e-9);
		assert_string_equal(made.f.used[0].method, "blend");
		drop(&made);
	}
	drop(&part[0]);
	drop(&part[1]);
	fixture_release(&f);
}

/* Where one part knows it all, stacking finds out, and auto takes it. */
static void weights_go_to_who_is_right(void **state)
{
	(void)state;
	static double y[400];
	struct fixture f;
	struct made made;
	fixture_init(&f, PERIOD_DAY);
	for (int i = 0; i < 8; i++) {
		char item[16];
		snprintf(item, sizeof item, "i%d", i);
		for (int t = 0; t < 400; t++)
			y[t] = 10 + (t % 7) * (i + 1) + fixture_noise((uint64_t)i, (uint64_t)t);
		fixture_add(&f, "s", item, MONDAY, 400, y);
	}
	make("blend(snaive, zero)", fixture_panel(&f), PLAIN, 7, &made);
	for (int h = 0; h < 7; h++) {
		double snaive = 0;
		snaive = f.units.at[400 - 7 + h];
		/* Stacked weights of 1 and 0, half-way to equal ones: 3/4. */
		unit_near(made.f.mean[h], .75 * snaive, .05 * snaive);
	}
	drop(&made);
	fixture_release(&f);
}

/* A leaf that begins too late for the parts is left to the fallback, and its tree is no worse for it. */
static void leaves_that_are_not_made(void **state)
{
	(void)state;
	double y[3] = { N, N, N };
	struct fixture f;
	struct made made;
	three_stores(&f, 300, 0);
	fixture_add(&f, "s3", "new", MONDAY + 297, 3, y);
	dept_code[11] = 1;
	static int32_t dept[13], brand[13];
	static struct attribute more[2];
	static struct drivers d;
	memcpy(dept, dept_code, sizeof dept_code);
	memcpy(brand, brand_code, sizeof brand_code);
	more[0] = attribute[0];
	more[1] = attribute[1];
	more[0].code = dept;
	more[1].code = brand;
	d = drivers;
	d.n = 13;
	d.attribute = more;
	f.panel.drivers = &d;
	make("calibrate(reconcile(ses, ets, auto=off))", fixture_panel(&f), PLAIN, STEPS, &made);
	assert_null(made.f.used[12].method);
	assert_non_null(made.f.used[12].reason);
	for (int c = 0; c < 12 * STEPS; c++)
		assert_true(isfinite(made.f.mean[c]));
	drop(&made);
	make("fallback(calibrate(reconcile(ses, ets, auto=off)), snaive)", fixture_panel(&f), PLAIN, STEPS, &made);
	struct err e = { 0 };
	assert_int_equal(forecast_check(&made.f, f.key, &e), OK);
	drop(&made);
	fixture_release(&f);
}

/* A top that sees the common wave better than the leaves do pulls them along. */
static void the_top_changes_the_leaves(void **state)
{
	(void)state;
	struct fixture f;
	struct made plain, made, same;
	double change = 0;
	three_stores(&f, 300, 0);
	make("mean", fixture_panel(&f), PLAIN, STEPS, &plain);
	make("reconcile(mean, ets, auto=off, shrink=0, most=1)", fixture_panel(&f), PLAIN, STEPS, &made);
	make("reconcile(mean, zero)", fixture_panel(&f), PLAIN, STEPS, &same);
	for (int c = 0; c < 12 * STEPS; c++) {
		change += fabs(made.f.mean[c] - plain.f.mean[c]);
		unit_near(same.f.mean[c], plain.f.mean[c], .35 * plain.f.mean[c]);
	}
	assert_true(change > 1);
	drop(&plain);
	drop(&made);
	drop(&same);
	fixture_release(&f);
}

/* ---- calibration ---- */

#define COUNTS 60
#define COUNT_DAYS 560

/* Negative binomial sales with a week: the truth is known to be what the method says of the mean. */
static void count_panel(struct fixture *f)
{
	static double y[COUNT_DAYS];
	struct rng *rng = rng_new();
	rng_seed(rng, 5, "counts", "test");
	fixture_init(f, PERIOD_DAY);
	for (int i = 0; i < COUNTS; i++) {
		char item[16], store[16];
		double mean = .15 * pow(1.09, i), dispersion = .2 + .8 * fixture_noise(3, (uint64_t)i);
		snprintf(store, sizeof store, "s%d", i / 6);
		snprintf(item, sizeof item, "i%02d", i);
		for (int t = 0; t < COUNT_DAYS; t++) {
			struct count c = { .mean = mean * (t % 7 >= 5 ? 2 : .8), .dispersion = dispersion };
			y[t] = count_draw(&c, rng);
		}
		fixture_add(f, store, item, MONDAY, COUNT_DAYS, y);
	}
	rng_free(rng);
}

/* Quantiles of a node of each store too: method->nodes. */
static void score_nodes(const struct made *m, const struct panel *past, const struct panel *all, double *in,
			double *n)
{
	struct arena a = { 0 };
	struct hierarchy h;
	struct err e = { 0 };
	struct forecast node;
	const struct fit_context context = { .jobs = 1, .seed = 1 };
	assert_int_equal(node_tiers(past, "store", &a, &h, &e), OK);
	forecast_init(&node, &a, h.tier[0].n_node, STEPS, LEVELS, default_level, past->until);
	hierarchy_sum(&h.tier[0], past->n, STEPS, m->f.mean, node.mean);
	assert_int_equal(m->spec->method->nodes(m->model, past, &context, &h.tier[0], &a, &node, &e), OK);
	double *actual = ARENA_ARRAY(&a, double, h.tier[0].n_node * STEPS);
	for (int i = 0; i < all->n; i++)
		for (int s = 0; s < STEPS; s++)
			actual[h.tier[0].node_of[i] * STEPS + s] +=
				all->units[all->begin[i] + past->until - MONDAY + 1 + s];
	for (int c = 0; c < h.tier[0].n_node * STEPS; c++) {
		const double *q = node.quantile + c * LEVELS;
		*in += actual[c] >= q[0] && actual[c] <= q[LEVELS - 1];
		*n += 1;
		for (int l = 1; l < LEVELS; l++)
			assert_true(q[l] >= q[l - 1] && q[0] >= 0);
	}
	arena_release(&a);
}

static void intervals_cover_what_they_say(void **state)
{
	(void)state;
	struct fixture f;
	double in = 0, n = 0, middle = 0, node_in = 0, nodes = 0;
	count_panel(&f);
	const struct panel *p = fixture_panel(&f);
	for (int origin = 420; origin + STEPS < COUNT_DAYS; origin += STEPS) {
		struct made made;
		struct panel past = panel_until(p, MONDAY + origin);
		make("calibrate(seasonal_window_mean(window=20))", &past, PLAIN, STEPS, &made);
		for (int i = 0; i < COUNTS; i++)
			for (int s = 0; s < STEPS; s++) {
				double y = p->units[p->begin[i] + origin + 1 + s];
				const double *q = made.f.quantile + (i * STEPS + s) * LEVELS;
				in += quantiles_covered(LEVELS, default_level, q, y, .05, .95);
				middle += quantiles_covered(LEVELS, default_level, q, y, .25, .75);
				n++;
			}
		score_nodes(&made, &past, p, &node_in, &nodes);
		drop(&made);
	}
	if (!(in / n >= .88 && in / n <= .92) || !(middle / n > .46 && middle / n < .54)
	    || !(node_in / nodes > .87 && node_in / nodes < .93))
		fail_msg("90 %% covers %g, 50 %% %g, 90 %% of stores %g", in / n, middle / n, node_in / nodes);
	fixture_release(&f);
}

/* The sum over a week of a random walk's errors: sigma^2 (1 + 4 + ... + 49), five times that of steps that
 * had nothing to do with one another. */
static void paths_know_that_errors_stay(void **state)
{
	(void)state;
	static double y[500], path[2000 * 7];
	struct fixture f;
	struct made made;
	struct err e = { 0 };
	const struct fit_context context = { .jobs = 1, .seed = 1 };
	struct rng *rng = rng_new();
	rng_seed(rng, 6, "walks", "test");
	fixture_init(&f, PERIOD_DAY);
	for (int i = 0; i < 40; i++) {
		char item[16];
		snprintf(item, sizeof item, "i%02d", i);
		for (int t = 0; t < 500; t++)
			y[t] = t ? y[t - 1] + rng_gaussian(rng) : 1000;
		fixture_add(&f, "s", item, MONDAY, 500, y);
	}
	rng_free(rng);
	make("calibrate(naive)", fixture_panel(&f), THROUGH_BLOB, 7, &made);
	double variance_all = 0, own = 0;
	for (int i = 0; i < 40; i++) {
		struct forecast one = forecast_at(&made.f, i);
		double sum = 0, squares = 0;
		assert_int_equal(made.spec->method->paths(made.model, fixture_panel(&f), &context, &made.arena, i,
							  &one, 2000, path, &e), OK);
		for (int k = 0; k < 2000; k++) {
			double week = 0;
			for (int h = 0; h < 7; h++)
				week += path[k * 7 + h] - one.mean[h];
			sum += week;
			squares += week * week;
		}
		variance_all += (squares - sum * sum / 2000) / 2000 / 40;
		own += (one.quantile[6 * LEVELS + LEVELS - 1] - one.quantile[6 * LEVELS]) / 40;
	}
	/* The 90 % interval of step 7 is 3.29 sqrt(7) wide. */
	unit_near(own, 3.29 * sqrt(7), .2 * 3.29 * sqrt(7));
	unit_near(variance_all, 140, .2 * 140);
	drop(&made);
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(textbook_tree),
		cmocka_unit_test(shrunken_covariance),
		cmocka_unit_test(nothing_below_zero),
		cmocka_unit_test(joined_at_the_leaves),
		cmocka_unit_test(joined_at_a_middle),
		cmocka_unit_test(nodes_sum_their_members),
		cmocka_unit_test(nodes_do_not_see_ahead),
		cmocka_unit_test(usual_tiers_are_those_that_say_something),
		cmocka_unit_test(drivers_of_nodes),
		cmocka_unit_test(nodes_have_a_history),
		cmocka_unit_test(same_bytes_however_made),
		cmocka_unit_test(no_method_sees_ahead),
		cmocka_unit_test(trees_add_up),
		cmocka_unit_test(blends_lie_between_their_parts),
		cmocka_unit_test(weights_go_to_who_is_right),
		cmocka_unit_test(leaves_that_are_not_made),
		cmocka_unit_test(the_top_changes_the_leaves),
		cmocka_unit_test(intervals_cover_what_they_say),
		cmocka_unit_test(paths_know_that_errors_stay),
	};
	num_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
