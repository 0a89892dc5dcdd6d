/*
 * A return keeps its promises: equal arms are worth nothing, swapped arms the opposite, money scales,
 * threads change no bit, the future changes no order of the past, and what should move one way does.
 */
#include "config.h"
#include "roi_fixture.h"

#include "num/library.h"

static struct roi_case c, d;

static void equal_arms_are_worth_nothing(void **state)
{
	(void)state;
	roi_case_init(&c, 1);
	c.arm[2].spec = roi_spec(&c.arena, "window_mean(window=28)");
	c.setup.rival = 1;
	const struct roi_result *r = roi_case_run(&c);
	assert_true(r->benefit.total == 0 && r->benefit.low == 0 && r->benefit.high == 0);
	assert_int_equal(r->worse, 0);
	assert_true(r->arm[1].point.money.total == r->arm[2].point.money.total);
	roi_case_release(&c);
}

static void swapped_arms_flip_the_sign(void **state)
{
	(void)state;
	roi_case_init(&c, 2);
	roi_case_init(&d, 2);
	c.setup.model = d.setup.rival = 2;
	c.setup.rival = d.setup.model = 1;
	const struct roi_result *x = roi_case_run(&c), *y = roi_case_run(&d);
	assert_true(x->benefit.total != 0);
	assert_true(x->benefit.total == -y->benefit.total);
	unit_near(x->benefit.low, -y->benefit.high, 1e-9);
	unit_near(x->benefit.high, -y->benefit.low, 1e-9);
	roi_case_release(&c);
	roi_case_release(&d);
}

/* Names too: a cut's members and the arms may stand in any order. */
static void order_of_arms_is_nothing(void **state)
{
	(void)state;
	roi_case_init(&c, 3);
	roi_case_init(&d, 3);
	struct arm first = d.arm[0];
	d.arm[0] = d.arm[2];
	d.arm[2] = first;
	d.setup.model = 0;
	const struct roi_result *x = roi_case_run(&c), *y = roi_case_run(&d);
	assert_true(x->benefit.total == y->benefit.total);
	assert_true(x->benefit.low == y->benefit.low);
	assert_string_equal(x->arm[x->rival].name, y->arm[y->rival].name);
	roi_case_release(&c);
	roi_case_release(&d);
}

static void threads_change_no_bit(void **state)
{
	(void)state;
	roi_case_init(&c, 4);
	roi_case_init(&d, 4);
	d.setup.context.jobs = 3;
	const struct roi_result *x = roi_case_run(&c), *y = roi_case_run(&d);
	for (int k = 0; k < 4; k++) {
		assert_memory_equal(&x->arm[k].point, &y->arm[k].point, sizeof x->arm[k].point);
		assert_memory_equal(x->arm[k].curve, y->arm[k].curve, sizeof x->arm[k].curve);
	}
	assert_memory_equal(&x->benefit, &y->benefit, sizeof x->benefit);
	roi_case_release(&c);
	roi_case_release(&d);
}

static void money_scales(void **state)
{
	(void)state;
	roi_case_init(&c, 5);
	roi_case_init(&d, 5);
	for (int i = 0; i < ROI_SERIES; i++)
		d.parameters[i].value[PARAMETER_PRICE] *= 2;
	const struct roi_result *x = roi_case_run(&c), *y = roi_case_run(&d);
	unit_near(y->benefit.total, 2 * x->benefit.total, 1e-9 * fabs(y->benefit.total) + 1e-9);
	for (int k = 0; k < 4; k++)
		assert_memory_equal(x->arm[k].tau, y->arm[k].tau, 2 * sizeof(double));
	roi_case_release(&c);
	roi_case_release(&d);
}

static void dear_stock_is_less_stock(void **state)
{
	(void)state;
	roi_case_init(&c, 6);
	roi_case_init(&d, 6);
	for (int i = 0; i < ROI_SERIES; i++) {
		c.parameters[i].value[PARAMETER_HOLD_RATE] = 2;
		d.parameters[i].value[PARAMETER_HOLD_RATE] = 4;
	}
	const struct roi_result *x = roi_case_run(&c), *y = roi_case_run(&d);
	for (int k = 0; k < 3; k++)
		assert_true(y->arm[k].point.stock_value < x->arm[k].point.stock_value);
	assert_true(y->arm[3].point.stock_value <= x->arm[3].point.stock_value);
	roi_case_release(&c);
	roi_case_release(&d);
}

/* Lines sum, stock and demand balance, and along the grid fill and stock rise with tau (packs and lots
 * that spoil may turn a day around, so by a thousandth either may fall). */
static void sums_and_curves(void **state)
{
	(void)state;
	roi_case_init(&c, 7);
	const struct roi_result *r = roi_case_run(&c);
	for (int k = 0; k < r->n_arm; k++) {
		const struct stock_money *m = &r->arm[k].point.money;
		double sum = 0, series = 0;
		for (int line = 0; line < N_MONEY_LINE; line++)
			sum += money_line(m, line);
		unit_near(sum, m->total, 1e-9 * m->total);
		for (int i = 0; i < ROI_SERIES; i++) {
			const struct stock_sums *s = &r->sums[i * r->n_arm + k];
			assert_int_equal(s->open + s->received, s->sold + s->wasted + s->end);
			assert_int_equal(s->demand, s->sold + s->lost);
			assert_int_equal(s->periods, ROI_TEST);
			series += r->money[i * r->n_arm + k].total;
		}
		unit_near(series, m->total, 1e-9 * m->total);
		for (int t = 1; t < r->n_tau; t++) {
			const struct roi_point *now = &r->arm[k].curve[t], *before = now - 1;
			assert_true(now->fill >= before->fill - .001);
			assert_true(now->stock_value >= .999 * before->stock_value);
		}
	}
	assert_true(r->arm[r->perfect].point.money.total < r->arm[r->model].point.money.total);
	assert_true(r->arm[r->perfect].wape == 0);
	unit_near(r->policy_before - r->policy_gain - r->forecast_gain,
		  r->arm[r->model].point.money.total, 1e-9 * r->policy_before);
	roi_case_release(&c);
}

/* Whatever comes after day t changes no order up to t: of any arm, of any series that is tried. */
static void the_future_changes_no_order(void **state)
{
	(void)state;
	enum { SEEN = ROI_DAYS - 60 };
	static const char *const spec[] = { "snaive", "window_mean(window=28)", "ets" };
	for (int k = 0; k < 3; k++) {
		struct roi_trace_row *x, *y;
		int n, m;
		struct err e;
		roi_case_init(&c, 8);
		roi_case_init(&d, 8);
		c.arm[k].spec = roi_spec(&c.arena, spec[k]);
		d.arm[k].spec = roi_spec(&d.arena, spec[k]);
		for (int i = 0; i < ROI_SERIES; i++)
			for (int t = SEEN + 1; t < ROI_DAYS; t++)
				d.f.units.at[d.f.begin[i] + t] = (t * 37 + i * 11) % 23;
		assert_int_equal(roi_trace(&c.setup, k, 13, &c.arena, &x, &n, &e), OK);
		assert_int_equal(roi_trace(&d.setup, k, 13, &d.arena, &y, &m, &e), OK);
		assert_int_equal(n, m);
		for (int t = 0; t < n && x[t].period <= SEEN; t++) {
			assert_true(x[t].level == y[t].level || (isnan(x[t].level) && isnan(y[t].level)));
			assert_int_equal(x[t].day.order, y[t].day.order);
		}
		roi_case_release(&c);
		roi_case_release(&d);
	}
}

/* Known errors of the past are so that tau holds in the future: P(Y <= S) is near tau. */
static void levels_hold_what_they_say(void **state)
{
	(void)state;
	enum { N = 60, DAYS = 700 };
	struct arena a = { 0 };
	struct rng *r = rng_new();
	static const double tau[] = { .5, .8, .95 };
	float *mean = ARENA_ARRAY(&a, float, N * DAYS), level[DAYS];
	double *known = ARENA_ARRAY(&a, double, N * DAYS);
	int protect[N], segment[N], below[3] = { 0 }, cases = 0;
	for (int i = 0; i < N; i++) {
		char key[16];
		snprintf(key, sizeof key, "%d", i);
		rng_seed(r, 11, key, "levels");
		protect[i] = 2 + i % 6;
		segment[i] = i % 2;
		for (int t = 0; t < DAYS; t++) {
			known[i * DAYS + t] = (double)rng_negative_binomial(r, 3 + .4 * i, .2);
			mean[i * DAYS + t] = (float)((3 + .4 * i) * protect[i]);
		}
	}
	const struct policy_case pc = { .n = N, .n_origin = DAYS, .mean = mean, .known = known,
					.protect = protect, .segment = segment, .n_segment = 2, .refresh = 28,
					.first = 200, .n_tau = 3, .tau = tau, .jobs = 2 };
	struct policy *p = policy_learn(&pc, &a);
	for (int k = 0; k < 3; k++)
		for (int i = 0; i < N; i++) {
			policy_levels(p, i, k, 200, DAYS - 10, 1, level);
			for (int o = 200; o < DAYS - 10; o++) {
				double sum = 0;
				for (int h = 1; h <= protect[i]; h++)
					sum += known[i * DAYS + o + h];
				below[k] += sum <= (double)level[o - 200];
				cases += k == 0;
			}
		}
	for (int k = 0; k < 3; k++)
		unit_near((double)below[k] / cases, tau[k], .02);
	rng_free(r);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_arms_are_worth_nothing),
		cmocka_unit_test(swapped_arms_flip_the_sign),
		cmocka_unit_test(order_of_arms_is_nothing),
		cmocka_unit_test(threads_change_no_bit),
		cmocka_unit_test(money_scales),
		cmocka_unit_test(dear_stock_is_less_stock),
		cmocka_unit_test(sums_and_curves),
		cmocka_unit_test(the_future_changes_no_order),
		cmocka_unit_test(levels_hold_what_they_say),
	};
	num_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
