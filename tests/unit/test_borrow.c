/* Borrowed seasons: credibility by hand, sparse items of one category, and years for the young. */
#include "config.h"
#include "unit.h"

#include <math.h>
#include <string.h>
#include "fixture.h"
#include "model/season_index.h"
#include "num/rng.h"

#define MONDAY 19723 /* 2024-01-01 */
#define STEPS 28

/*
 * Two nodes of 10 expected at each of two places, phi .1, parents' indices 1. Between: (10 (.04 + .04 +
 * .01 + .01) - 4 x .1) / 40 = .015; Z = .15 / (.15 + .1) = .6.
 */
static void credibility_by_hand(void **state)
{
	(void)state;
	static const double sold[] = { 12, 8, 9, 11 }, expected[] = { 10, 10, 10, 10 };
	static const double phi[] = { .1, .1 }, above[] = { 1, 1 }, none[] = { 0, 0, 10, 10 };
	static const int32_t parent[] = { 0, 0 };
	double index[4];
	credibility_step(2, 2, sold, expected, phi, parent, above, index);
	unit_near(index[0], 1.12, 1e-12);
	unit_near(index[1], .88, 1e-12);
	unit_near(index[2], .94, 1e-12);
	unit_near(index[3], 1.06, 1e-12);
	/* Who has seen nothing has its parent's. */
	credibility_step(2, 2, sold, none, phi, parent, above, index);
	unit_near(index[0], 1, 0);
	/* Differences that chance explains are none. */
	static const double noisy[] = { 1, 1 };
	credibility_step(2, 2, sold, expected, noisy, parent, above, index);
	unit_near(index[0], 1, 0);
}

static const double week[7] = { .5, .6, .7, .8, 1.2, 1.8, 1.4 };

static void forecast_of(const char *text, const struct panel *p, double *mean)
{
	struct arena a = { 0 };
	struct err e = { 0 };
	const struct spec *spec;
	const struct fit_context context = { .jobs = 1, .seed = 1 };
	struct forecast f;
	void *model;
	assert_int_equal(spec_parse(text, &a, &spec, &e), OK);
	assert_int_equal(spec->method->fit(spec, p, &context, &a, &model, &e), OK);
	forecast_init(&f, &a, p->n, STEPS, 0, NULL, p->until);
	assert_int_equal(spec->method->predict(model, p, &context, &a, &f, &e), OK);
	memcpy(mean, f.mean, (size_t)p->n * STEPS * sizeof *mean);
	if (spec->method->release)
		spec->method->release(model);
	arena_release(&a);
}

/* Five items that sell every third day and share a week: mean error of the means about the truth. */
static void sparse_items_share_a_week(void **state)
{
	(void)state;
	static const char *const rival[] = { "borrow(ses)", "seasonal_window_mean(window=8)",
					     "tsb(profile=on)", "ets", "ses" };
	double error[5] = { 0 }, mean[5 * STEPS], own_variance = 0, variance = 0;
	struct rng *r = rng_new();
	for (int seed = 0; seed < 10; seed++) {
		struct fixture f;
		struct arena a = { 0 };
		struct season_index x;
		double y[280], raw[5][7];
		fixture_init(&f, PERIOD_DAY);
		rng_seed(r, (uint64_t)seed, "sparse", "week");
		for (int i = 0; i < 5; i++) {
			double sum = 0, place[7] = { 0 };
			char item[16];
			snprintf(item, sizeof item, "i%d", i);
			for (int t = 0; t < 280; t++) {
				y[t] = (double)rng_poisson(r, (.25 + .05 * i) * week[t % 7]);
				sum += y[t];
				place[(MONDAY + t) % 7] += y[t];
			}
			for (int d = 0; d < 7; d++)
				raw[i][d] = place[d] / (sum / 7);
			fixture_add(&f, "shop", item, MONDAY, 280, y);
		}
		const struct panel *p = fixture_panel(&f);
		season_index_learn(&x, p, 7, NULL, 1, 1, &a);
		for (int d = 0; d < 7; d++) {
			double s[2] = { 0, 0 }, q[2] = { 0, 0 };
			for (int i = 0; i < 5; i++) {
				double v[2] = { raw[i][d], (double)x.week[i * 7 + d] };
				for (int k = 0; k < 2; k++) {
					s[k] += v[k] / 5;
					q[k] += v[k] * v[k] / 5;
				}
			}
			own_variance += q[0] - s[0] * s[0];
			variance += q[1] - s[1] * s[1];
		}
		for (int k = 0; k < 5; k++) {
			forecast_of(rival[k], p, mean);
			for (int i = 0; i < 5; i++)
				for (int h = 0; h < STEPS; h++)
					error[k] += fabs(mean[i * STEPS + h] - (.25 + .05 * i) * week[h % 7]);
		}
		arena_release(&a);
		fixture_release(&f);
	}
	rng_free(r);
	print_message("variance of indices %.4f, own %.4f\n", variance, own_variance);
	for (int k = 0; k < 5; k++) {
		print_message("%s: %.3f\n", rival[k], error[k] / (10 * STEPS * 5));
		assert_true(!k || error[0] < .8 * error[k]);
	}
	assert_true(variance < .3 * own_variance);
}

/* Half as much again in July as in January; thirty items have seen three years, the last one and a half. */
static void the_young_borrow_a_year(void **state)
{
	(void)state;
	struct fixture f;
	struct arena a = { 0 };
	struct season_index x;
	double y[1095];
	struct rng *r = rng_new();
	rng_seed(r, 1, "years", "demand");
	fixture_init(&f, PERIOD_DAY);
	for (int i = 0; i < 31; i++) {
		char item[16];
		snprintf(item, sizeof item, "i%02d", i);
		for (int t = 0; t < 1095; t++)
			y[t] = (double)rng_poisson(r, 5 * (1 - .2 * cos(2 * M_PI * (t - 15) / 365.25)));
		int n = i < 30 ? 1095 : 548;
		fixture_add(&f, "shop", item, MONDAY + 1095 - n, n, y + 1095 - n);
	}
	const struct panel *p = fixture_panel(&f);
	season_index_learn(&x, p, 7, NULL, 1, 1, &a);
	assert_true(x.yearly);
	assert_int_equal(x.own_year[0], 1);
	assert_int_equal(x.own_year[30], 0);
	for (int m = 0; m < 12; m++) {
		double truth = 1 - .2 * cos(2 * M_PI * m / 12);
		unit_near((double)x.year[30 * 12 + m], truth, .03);
		assert_true(x.year[30 * 12 + m] >= .5f && x.year[30 * 12 + m] <= 2);
	}
	/* Its forecast follows the year, and a week by chance is none. */
	double jan = season_index_at(&x, 30, &p->calendar, day_from_ymd(2027, 1, 15));
	double jul = season_index_at(&x, 30, &p->calendar, day_from_ymd(2027, 7, 16));
	unit_near(jul / jan, 1.5, .1);
	/* Without the years of the others it has none. */
	struct panel alone = panel_slice(p, 30, 31);
	season_index_learn(&x, &alone, 7, NULL, 1, 1, &a);
	assert_false(x.yearly);
	rng_free(r);
	arena_release(&a);
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(credibility_by_hand),
		cmocka_unit_test(sparse_items_share_a_week),
		cmocka_unit_test(the_young_borrow_a_year),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
