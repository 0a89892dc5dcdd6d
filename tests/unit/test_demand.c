/* Means of what was cut off, and demand on days out of stock. */
#include "config.h"
#include "unit.h"

#include <math.h>
#include <string.h>
#include "feature/demand.h"
#include "fixture.h"
#include "model/method.h"
#include "num/censor.h"
#include "num/rng.h"

#define MONDAY 19723

/* By hand: Poisson(2), D >= 1: 2 / (1 - e^-2); D >= 2: 2 P(D >= 1) / P(D >= 2). */
static void censored_counts_have_their_mean(void **state)
{
	(void)state;
	double e2 = exp(-2.);
	unit_near(censored_count_mean(2, 0, 1), 2 / (1 - e2), 1e-12);
	unit_near(censored_count_mean(2, 0, 2), 2 * (1 - e2) / (1 - 3 * e2), 1e-12);
	unit_near(censored_count_mean(2, 0, 0), 2, 0);
	/* Geometric (a = 1) has no memory: E[D | D >= s] = s + mean. */
	for (int s = 0; s < 30; s += 7)
		unit_near(censored_count_mean(3, 1, s), s + 3, 1e-9);
	/* Far out in the tail it is still a number, and not below what was sold. */
	assert_true(censored_count_mean(.01, 0, 200) >= 200 && censored_count_mean(.01, 0, 200) < 201);
	/* R: s <- 5; m <- 4; k <- 2; d <- 0:1e4; p <- dnbinom(d, size = k, mu = m)
	 *    sum((d * p)[d >= s]) / sum(p[d >= s]) */
	double sum = 0, above = 0, p = 1. / 9;
	for (int d = 0; d < 2000; d++) {
		if (d >= 5) {
			sum += d * p;
			above += p;
		}
		p *= (2. + d) / (d + 1) * (4. / 6);
	}
	unit_near(censored_count_mean(4, .5, 5), sum / above, 1e-9);
	/* An exponential (variance = mean^2) has no memory either. */
	unit_near(censored_gamma_mean(3, 9, 4.5), 7.5, 1e-9);
}

/* Gamma-Poisson: shape 2, rate 2 and 6 sold in an exposure of 4: (2 + 6) / (2 + 4). */
static void exposure_is_conjugate(void **state)
{
	(void)state;
	unit_near(exposure_factor(4, 6, 1, .5), 8. / 6, 1e-15);
	unit_near(exposure_factor(0, 0, 1, .5), 1, 0);
	/* The unit of measure does not matter: a hundred times all, variance within a hundred times. */
	unit_near(exposure_factor(400, 600, 100, .5), 8. / 6, 1e-15);
}

#define ITEMS 20
#define DAYS 400

struct shop {
	struct fixture f;
	struct drivers drivers;
	float share[ITEMS * DAYS];
	double truth[ITEMS * DAYS];
};

/*
 * A shop whose shelves hold so many units each morning. With hours, demand comes evenly over ten of them
 * and the share out of stock is told; `scale` makes other units of them, `spoil` other days from a day on.
 */
static void make_shop(struct shop *s, double shelf, int hours, double scale, int spoil)
{
	struct rng *r = rng_new();
	rng_seed(r, 7, "shop", "demand");
	fixture_init(&s->f, PERIOD_DAY);
	for (int i = 0; i < ITEMS; i++) {
		double rate = 4 + i, y[DAYS];
		char item[16];
		snprintf(item, sizeof item, "i%02d", i);
		for (int t = 0; t < DAYS; t++) {
			double m = rate * (t % 7 >= 5 ? 1.5 : .8), left = floor(shelf * rate), sold = 0;
			int at = i * DAYS + t, out = 0;
			s->truth[at] = 0;
			for (int h = 0; h < 10; h++) {
				double d = (double)rng_negative_binomial(r, m / 10, 0);
				s->truth[at] += d * scale;
				out += left - sold <= 0;
				sold += fmin(d, left - sold);
			}
			s->share[at] = hours ? (float)out / 10 : NAN;
			y[t] = sold * scale;
			if (spoil && t >= spoil)
				y[t] = 3 + t % 5;
		}
		fixture_add(&s->f, "shop", item, MONDAY, DAYS, y);
		for (int t = 0; t < DAYS; t++)
			if (y[t] >= floor(shelf * rate) * scale)
				s->f.state.at[i * DAYS + t] = DAY_STOCKOUT;
	}
	s->drivers = (struct drivers){ .n = ITEMS, .share_out = s->share };
	s->f.panel.drivers = &s->drivers;
	rng_free(r);
}

static double total(const double *x, const uint8_t *only)
{
	double sum = 0;
	for (int k = 0; k < ITEMS * DAYS; k++)
		sum += !only || only[k] == DAY_STOCKOUT ? x[k] : 0;
	return sum;
}

/* A fifth of demand is lost; both ways of telling find it again, and nothing is below what was sold. */
static void demand_is_found_again(void **state)
{
	(void)state;
	static struct shop s;
	static double demand[ITEMS * DAYS];
	for (int hours = 0; hours < 2; hours++) {
		make_shop(&s, 1, hours, 1, 0);
		const struct panel *p = fixture_panel(&s.f);
		double truth = total(s.truth, NULL);
		demand_fill(p, DEMAND_FULL, 1, demand);
		assert_true(total(p->units, NULL) < .9 * truth);
		print_message("naive %g found %g\n", total(p->units, NULL) / truth, total(demand, NULL) / truth);
		unit_near(total(demand, NULL) / truth, 1, .05);
		for (int k = 0; k < ITEMS * DAYS; k++)
			assert_true(demand[k] >= p->units[k]);
		fixture_release(&s.f);
	}
}

/* What methods learn has the mean of the days in stock, whatever the days out of stock were. */
static void in_stock_is_neutral(void **state)
{
	(void)state;
	static struct shop s;
	static double demand[ITEMS * DAYS];
	make_shop(&s, 1.2, 1, 1, 0);
	const struct panel *p = fixture_panel(&s.f);
	demand_fill(p, DEMAND_IN_STOCK, 1, demand);
	for (int weekend = 0; weekend < 2; weekend++) {
		double in = 0, n_in = 0, out = 0, n_out = 0;
		for (int k = 200; k < ITEMS * DAYS; k++) {
			double rate = 4 + k / DAYS;
			if (k % DAYS < 100 || (k % DAYS % 7 >= 5) != weekend)
				continue;
			if (p->state[k] == DAY_STOCKOUT) {
				out += demand[k] / rate;
				n_out++;
			} else {
				in += demand[k] / rate;
				n_in++;
			}
		}
		unit_near(out / n_out / (in / n_in), 1, .12);
	}
	fixture_release(&s.f);
}

/* Nothing of a day is made of later days: a view that ends earlier, and one with another future, have the
 * same bytes; and so have two threads. */
static void the_future_is_not_seen(void **state)
{
	(void)state;
	static struct shop s, other;
	static double whole[ITEMS * DAYS], early[ITEMS * DAYS], spoilt[ITEMS * DAYS];
	for (int mode = DEMAND_KNOWN; mode <= DEMAND_FULL; mode++) {
		make_shop(&s, 1, 1, 1, 0);
		make_shop(&other, 1, 1, 1, 300);
		struct panel past = panel_until(fixture_panel(&s.f), MONDAY + 299);
		demand_fill(fixture_panel(&s.f), mode, 2, whole);
		demand_fill(&past, mode, 1, early);
		demand_fill(fixture_panel(&other.f), mode, 1, spoilt);
		for (int i = 0; i < ITEMS; i++) {
			size_t bytes = 300 * sizeof(double);
			assert_memory_equal(whole + i * DAYS, early + i * DAYS, bytes);
			assert_memory_equal(whole + i * DAYS, spoilt + i * DAYS, bytes);
			assert_true(isnan(early[i * DAYS + 300]));
		}
		fixture_release(&s.f);
		fixture_release(&other.f);
	}
}

/* Quantities: in another unit it is the same demand. */
static void the_unit_does_not_matter(void **state)
{
	(void)state;
	static struct shop s[2];
	static double demand[2][ITEMS * DAYS];
	for (int mode = DEMAND_IN_STOCK; mode <= DEMAND_FULL; mode++) {
		for (int k = 0; k < 2; k++) {
			make_shop(&s[k], 1, 1, k ? .137 : .0137, 0);
			demand_fill(fixture_panel(&s[k].f), mode, 1, demand[k]);
			fixture_release(&s[k].f);
		}
		for (int k = 0; k < ITEMS * DAYS; k++)
			if (!isnan(demand[0][k]))
				unit_near(demand[1][k], 10 * demand[0][k], 1e-9 * (1 + demand[1][k]));
	}
}

/* A series learns from a panel's estimates where there are some, else from days in stock. */
static void methods_take_the_estimates(void **state)
{
	(void)state;
	struct fixture f;
	static const double y[] = { 4, 1, 4, 4 };
	static const double demand[] = { 4, 6, 4, 4 };
	double out[4];
	fixture_init(&f, PERIOD_DAY);
	fixture_add(&f, "s", "i", MONDAY, 4, y);
	f.state.at[1] = DAY_STOCKOUT;
	struct panel p = *fixture_panel(&f);
	struct series s = panel_series(&p, 0);
	assert_int_equal(series_demand(&s, out), 3);
	assert_true(isnan(out[1]));
	p.demand = demand;
	s = panel_series(&p, 0);
	assert_int_equal(series_demand(&s, out), 4);
	unit_near(out[1], 6, 0);
	assert_int_equal(series_known(&s, out), 3);
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(censored_counts_have_their_mean),
		cmocka_unit_test(exposure_is_conjugate),
		cmocka_unit_test(demand_is_found_again),
		cmocka_unit_test(in_stock_is_neutral),
		cmocka_unit_test(the_future_is_not_seen),
		cmocka_unit_test(the_unit_does_not_matter),
		cmocka_unit_test(methods_take_the_estimates),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
