/*
 * What a return means in money: the difference of costs is the difference of profits, a wrong order level
 * costs more than a better forecast earns, the firm's own level claims no gain of policy, and empty
 * shelves and long shelf lives open no door to the future.
 */
#include "config.h"
#include "roi_fixture.h"

#include "num/library.h"

static struct roi_case c, d;

/* Sales less purchases, with what lies there valued at cost, before and after (Brealey, Myers & Allen count
 * cash; stock at cost makes it profit). */
static double profit(const struct roi_result *r, const struct roi_case *k, int i, int arm)
{
	const struct stock_sums *s = &r->sums[i * r->n_arm + arm];
	const double *v = k->parameters[i].value;
	double cost = v[PARAMETER_PRICE] * (1 - v[PARAMETER_MARGIN]);
	return v[PARAMETER_PRICE] * (double)s->sold - cost * (double)s->received
	       + cost * (double)(s->end - s->open)
	       + cost * (v[PARAMETER_SALVAGE] - v[PARAMETER_DISPOSAL]) * (double)s->wasted
	       - v[PARAMETER_HOLDING] * (double)s->held - v[PARAMETER_ORDER_COST] * (double)s->lines;
}

static void costs_saved_are_profit_earned(void **state)
{
	(void)state;
	roi_case_init(&c, 21);
	c.setup.rival = 0;
	for (int i = 0; i < ROI_SERIES; i++) {
		double *v = c.parameters[i].value;
		v[PARAMETER_SUBST] = v[PARAMETER_GOODWILL] = 0;
		v[PARAMETER_SALVAGE] = .1;
		v[PARAMETER_HOLDING] = .01;
		v[PARAMETER_ORDER_COST] = .3;
	}
	const struct roi_result *r = roi_case_run(&c);
	double earned = 0;
	for (int i = 0; i < ROI_SERIES; i++) {
		double one = profit(r, &c, i, r->model) - profit(r, &c, i, r->rival);
		unit_near(r->money[i * r->n_arm + r->rival].total - r->money[i * r->n_arm + r->model].total, one,
			  1e-8);
		earned += one;
	}
	assert_true(fabs(earned) > 1);
	unit_near(r->benefit.total, earned, 1e-7);
	roi_case_release(&c);
}

/* roi.md 1.4: the better forecast at a level of the wrong kind loses to the worse one at its own. */
static void a_wrong_level_costs_more_than_a_forecast_earns(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 3; seed++) {
		roi_case_init(&c, seed);
		c.setup.model = 1;
		c.setup.rival = 2;
		for (int i = 0; i < ROI_SERIES; i++)
			c.parameters[i].value[PARAMETER_SHELF_DAYS] = i % 3 ? 6 : 3;
		const struct roi_result *r = roi_case_run(&c);
		const struct roi_arm_result *model = &r->arm[1], *rival = &r->arm[2];
		assert_true(model->point.money.total < rival->point.money.total);
		assert_true(model->curve[0].money.total > rival->point.money.total);
		assert_true(model->curve[N_ROI_TAU - 1].money.total > rival->point.money.total);
		roi_case_release(&c);
	}
}

/* Choosing a level by cost is a gain of policy; keeping the firm's own is none. */
static void the_firms_own_level_is_no_gain(void **state)
{
	(void)state;
	roi_case_init(&c, 22);
	c.setup.tau_fixed = .92;
	const struct roi_result *r = roi_case_run(&c);
	assert_int_equal(r->n_tau, N_ROI_TAU + 1);
	for (int k = 0; k < r->n_arm; k++)
		for (int g = 0; g < 2; g++)
			unit_near(r->arm[k].tau[g], .92, 0);
	unit_near(r->policy_before, r->arm[r->rival].point.money.total, 1e-9 * r->policy_before);
	unit_near(r->policy_gain, 0, 1e-9 * r->policy_before);
	unit_near(r->forecast_gain, r->benefit.total, 1e-9 * r->policy_before);
	roi_case_release(&c);
}

/* Every fifteenth day runs out. */
static void run_out(struct roi_case *k)
{
	for (int i = 0; i < ROI_SERIES; i++)
		for (int t = i % 15; t < ROI_DAYS; t += 15)
			k->f.state.at[k->f.begin[i] + t] = DAY_STOCKOUT;
}

/* What comes after day `seen` is turned into something else, and where it ran out too. */
static void scramble(struct roi_case *k, int seen)
{
	for (int i = 0; i < ROI_SERIES; i++)
		for (int t = seen + 1; t < ROI_DAYS; t++) {
			size_t at = (size_t)(k->f.begin[i] + t);
			k->f.units.at[at] = (t * 37 + i * 11) % 23;
			k->f.state.at[at] = t % 4 ? DAY_SOLD : t % 8 ? DAY_STOCKOUT : DAY_CLOSED;
		}
}

/* Rows up to `seen` of one series and arm, with and without another future; the truth of what was asked
 * for, which is filled in with hindsight, is the same for both. Returns how many rows were held. */
static int hold(int arm, int series, int seen)
{
	struct roi_trace_row *x, *y;
	struct truth truth;
	int n, m, t = 0;
	struct err e;
	truth_fill(&c.panel, c.setup.learn, ROI_DAYS - c.setup.learn, TRUTH_DRAW, 1, 1, &c.arena, &truth);
	scramble(&d, seen);
	c.setup.told = d.setup.told = &truth;
	assert_int_equal(roi_trace(&c.setup, arm, series, &c.arena, &x, &n, &e), OK);
	assert_int_equal(roi_trace(&d.setup, arm, series, &d.arena, &y, &m, &e), OK);
	assert_int_equal(n, m);
	for (; t < n && x[t].period <= seen; t++) {
		assert_true(x[t].level == y[t].level);
		assert_true(x[t].forecast == y[t].forecast);
		assert_memory_equal(&x[t].day, &y[t].day, sizeof x[t].day);
	}
	return t;
}

static void empty_shelves_open_no_door_to_the_future(void **state)
{
	(void)state;
	static const char *const spec[] = { "snaive", "window_mean(window=28)", "ets" };
	for (int k = 0; k < 3; k++) {
		roi_case_init(&c, 23);
		roi_case_init(&d, 23);
		c.arm[k].spec = roi_spec(&c.arena, spec[k]);
		d.arm[k].spec = roi_spec(&d.arena, spec[k]);
		run_out(&c);
		run_out(&d);
		assert_true(hold(k, 7 + k, ROI_DAYS - 60) > 80);
		roi_case_release(&c);
		roi_case_release(&d);
	}
}

/* A shelf life of 60 days makes a warm-up of 60: its first stock knows nothing of those days. */
static void a_long_warm_up_begins_with_what_was_known(void **state)
{
	(void)state;
	roi_case_init(&c, 24);
	roi_case_init(&d, 24);
	c.parameters[9].value[PARAMETER_SHELF_DAYS] = d.parameters[9].value[PARAMETER_SHELF_DAYS] = 60;
	c.setup.tau_fixed = d.setup.tau_fixed = .9; /* calibration sees days of the validation window */
	assert_int_equal(hold(1, 9, ROI_DAYS - ROI_TEST - 55), 6);
	roi_case_release(&c);
	roi_case_release(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(costs_saved_are_profit_earned),
		cmocka_unit_test(a_wrong_level_costs_more_than_a_forecast_earns),
		cmocka_unit_test(the_firms_own_level_is_no_gain),
		cmocka_unit_test(empty_shelves_open_no_door_to_the_future),
		cmocka_unit_test(a_long_warm_up_begins_with_what_was_known),
	};
	num_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
