/* Distributions of counts: against R's, closed forms, and what holds for any. */
#include "config.h"
#include "unit.h"

#include <float.h>
#include <math.h>
#include <string.h>
#include "num/count.h"

static void near_relative(double x, double expected, double far)
{
	unit_near(x, expected, far * fabs(expected));
}

/* R 4.2: pnbinom(c(0,3,10), size=2.5, mu=3), dnbinom(c(0,3,10,200), ..., log=TRUE). */
static void negative_binomial_as_in_r(void **state)
{
	(void)state;
	const struct count c = { 3, .4, 0 };
	near_relative(count_cdf(&c, 0), 0.13929749224447152, 1e-13);
	near_relative(count_cdf(&c, 3.9), 0.65891586113538159, 1e-13);
	near_relative(count_cdf(&c, 10), 0.98547030589075502, 1e-13);
	near_relative(count_log_pmf(&c, 0), -1.9711434009106754, 1e-13);
	near_relative(count_log_pmf(&c, 3), -1.9081791837038800, 1e-13);
	near_relative(count_log_pmf(&c, 10), -4.6872493682258192, 1e-13);
	near_relative(count_log_pmf(&c, 200), -115.5261670399363254, 1e-13);
	/* pnbinom(c(0,1,7), size=.02, mu=40) */
	const struct count wide = { 40, 50, 0 };
	near_relative(count_cdf(&wide, 0), 0.85896418929950558, 1e-12);
	near_relative(count_cdf(&wide, 1), 0.87613488773627735, 1e-12);
	near_relative(count_cdf(&wide, 7), 0.90435014271230807, 1e-12);
	/* pnbinom(c(900,1000,1100), size=1e6, mu=1000), dnbinom(same, log=TRUE) */
	const struct count narrow = { 1000, 1e-6, 0 };
	near_relative(count_cdf(&narrow, 900), 0.00070153242188701311, 1e-8);
	near_relative(count_cdf(&narrow, 1000), 0.50840936821867410700, 1e-8);
	near_relative(count_log_pmf(&narrow, 900), -9.4912190417711120, 1e-11);
	near_relative(count_log_pmf(&narrow, 1100), -9.2572996640726508, 1e-11);
}

/* pnbinom(c(50,400,5000), size=2.5, mu=3, lower=FALSE, log=TRUE); ppois(c(100,1000), 5, same). */
static void far_tails_keep_their_digits(void **state)
{
	(void)state;
	const struct count c = { 3, .4, 0 }, poisson = { 5, 0, 0 };
	near_relative(count_log_tail(&c, 50), -26.411859311221438, 1e-12);
	near_relative(count_log_tail(&c, 400), -235.527741702613270, 1e-12);
	near_relative(count_log_tail(&c, 5000), -3019.975698099533929, 1e-12);
	near_relative(count_log_tail(&poisson, 100), -210.75103082558562, 1e-12);
	near_relative(count_log_tail(&poisson, 1000), -4312.98458043433584, 1e-12);
	const struct count inflated = { 5, 0, .75 };
	near_relative(count_log_tail(&inflated, 1000), -4312.98458043433584 + log(.25), 1e-12);
	assert_true(count_log_tail(&c, -1) == 0);
	assert_true(count_tail(&c, INFINITY) == 0);
}

static void poisson_is_the_limit(void **state)
{
	(void)state;
	const struct count poisson = { 5, 0, 0 }, nearly = { 5, 1e-8, 0 };
	/* dpois(c(0,1,5), 5, log=TRUE) */
	near_relative(count_log_pmf(&poisson, 0), -5, 1e-15);
	near_relative(count_log_pmf(&poisson, 1), -3.3905620875658995, 1e-14);
	near_relative(count_log_pmf(&poisson, 5), -1.7403021806115442, 1e-14);
	/* The expression of count.c in decimals of 60 digits (R's dnbinom has 9 right here). */
	near_relative(count_log_pmf(&nearly, 0), -4.99999987500000416666651, 1e-14);
	near_relative(count_log_pmf(&nearly, 1), -3.39056201256590254206579, 1e-14);
	near_relative(count_log_pmf(&nearly, 5), -1.74030220561154353791059, 1e-14);
	/* dnbinom(1e5, size=1e8, mu=5, log=TRUE) */
	near_relative(count_log_pmf(&nearly, 100000), -8.9031045281367505e+05, 1e-9);
	/* What changes at the border between the two ways to a cdf is not seen. */
	for (double k = 0; k < 20; k++) {
		struct count below = { 5, .99e-9 / 5, 0 }, above = { 5, 1.01e-9 / 5, 0 };
		unit_near(count_cdf(&above, k), count_cdf(&below, k), 1e-8);
	}
}

static void closed_forms(void **state)
{
	(void)state;
	/* Dispersion 1 is geometric: P(X > k) = (m / (1 + m))^(k + 1). */
	const struct count geometric = { 4, 1, 0 };
	for (double k = 0; k < 60; k++)
		near_relative(count_tail(&geometric, k), pow(.8, k + 1), 1e-12);
	near_relative(count_log_tail(&geometric, 9999), 10000 * log(.8), 1e-12);
	/* Extra zeros move the rest up by 1 - zero. */
	const struct count c = { 2, 0, .3 };
	near_relative(count_pmf(&c, 0), .3 + .7 * exp(-2), 1e-14);
	near_relative(count_pmf(&c, 2), .7 * 2 * exp(-2), 1e-14);
	near_relative(count_mean(&c), 1.4, 1e-15);
	/* E X^2 = .7 (2 + 4) */
	near_relative(count_variance(&c), 4.2 - 1.4 * 1.4, 1e-14);
	/* Nothing is sold for certain. */
	const struct count never = { 0, .5, 0 };
	assert_true(count_pmf(&never, 0) == 1 && count_pmf(&never, 1) == 0);
	assert_true(count_cdf(&never, 0) == 1 && count_quantile(&never, .999) == 0);
	assert_true(isinf(count_log_pmf(&c, 1.5)) && isinf(count_log_pmf(&c, -1)));
}

static void pmf_sums_to_cdf(void **state)
{
	(void)state;
	static const struct count all[] = { { .2, 0, 0 },   { 3, .4, .2 },  { 30, 2, 0 },
					    { 300, .01, 0 }, { 80, 30, .5 }, { 999, 0, .1 } };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		double sum = 0, mean = 0;
		for (double k = 0; k < 30000; k++) {
			double p = count_pmf(&all[i], k);
			sum += p;
			mean += k * p;
			unit_near(count_cdf(&all[i], k), sum, 1e-9);
			unit_near(count_tail(&all[i], k), 1 - sum, 1e-9);
		}
		near_relative(mean, count_mean(&all[i]), 1e-5);
	}
}

/* qnbinom and qpois of R 4.2. */
static void quantiles_as_in_r(void **state)
{
	(void)state;
	static const double level[] = { .025, .1, .5, .9, .975, .999999 };
	static const struct {
		struct count c;
		double q[6];
	} all[] = { { { 3, .4, 0 }, { 0, 0, 2, 6, 9, 28 } },
		    { { 700, 1 / .3, 0 }, { 0, 1, 171, 2065, 4435, 25637 } },
		    { { 1.7, 0, 0 }, { 0, 0, 2, 3, 5, 11 } } };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		double q[6];
		count_quantiles(&all[i].c, 6, level, q);
		for (int l = 0; l < 6; l++) {
			assert_true(q[l] == all[i].q[l]);
			assert_true(count_quantile(&all[i].c, level[l]) == q[l]);
		}
	}
	const struct count large = { 1e7, .5, 0 }, poisson = { 1e4, 0, 0 };
	assert_true(count_quantile(&large, .1) == 2659057);
	assert_true(count_quantile(&large, .5) == 8391735);
	assert_true(count_quantile(&large, .9) == 19448602);
	assert_true(count_quantile(&poisson, .001) == 9692);
	assert_true(count_quantile(&poisson, .999) == 10310);
}

/* q is the first whole number whose cdf reaches the level, whatever the size of things. */
static void quantiles_invert_the_cdf(void **state)
{
	(void)state;
	static const double level[] = { 0, .001, .05, .3, .5, .8, .95, .999, .9999999, 1 - 1e-12 };
	for (double mean = 1e-6; mean < 1e13; mean *= 7)
		for (double a = 1e-12; a < 1e4; a *= 30) {
			struct count c = { mean, a, a > 1 ? .4 : 0 };
			double q[10];
			count_quantiles(&c, 10, level, q);
			for (int l = 0; l < 10; l++) {
				assert_true(isfinite(q[l]) && q[l] >= 0 && q[l] == floor(q[l]));
				assert_true(!l || q[l] >= q[l - 1]);
				assert_true(count_cdf(&c, q[l]) >= level[l] * (1 - 1e-9) - 1e-11);
				if (q[l] > 0 && q[l] < 1e15)
					assert_true(count_cdf(&c, q[l] - 1) < level[l] + 1e-9);
			}
		}
	const struct count c = { 3, .4, 0 };
	assert_true(isinf(count_quantile(&c, 1)));
}

static void draws_follow_the_distribution(void **state)
{
	(void)state;
	const struct count c = { 3, .4, .2 }, large = { 1e10, 0, 0 };
	struct rng *r = rng_new();
	double n = 200000, seen[8] = { 0 }, sum = 0;
	rng_seed(r, 1, "item", "count");
	for (int i = 0; i < n; i++) {
		double x = count_draw(&c, r);
		assert_true(x >= 0 && x == floor(x));
		sum += x;
		if (x < 8)
			seen[(int)x]++;
	}
	/* Within 4.5 standard errors. */
	unit_near(sum / n, count_mean(&c), 4.5 * sqrt(count_variance(&c) / n));
	for (int k = 0; k < 8; k++) {
		double p = count_pmf(&c, k);
		unit_near(seen[k] / n, p, 4.5 * sqrt(p * (1 - p) / n));
	}
	unit_near(count_draw(&large, r), 1e10, 7e5);
	rng_free(r);
}

static const double y20[] = { 0, 3, 1, 0, 0, 8, 2, 5, 0, 1, 12, 0, 4, 0, 7, 1, 0, 2, 0, 3 };

static void means_of_four(double *mean, int n)
{
	for (int t = 0; t < n; t++)
		mean[t] = 1 + t % 4;
}

/* MASS: 1 / theta.ml(y, rep(1:4, 5), limit=100, eps=1e-12), and the log-likelihood there. */
static void dispersion_as_in_r(void **state)
{
	(void)state;
	double mean[22], y[22];
	means_of_four(mean, 20);
	near_relative(count_dispersion(y20, mean, 20), 1.5799253860872589, 1e-8);
	const struct count at = { 0, 1.5799254089561394, 0 };
	near_relative(count_log_likelihood(y20, mean, 20, &at), -40.2868581575021736, 1e-13);
	/* Neither what is not known nor what was not expected to sell tells anything. */
	memcpy(y, y20, sizeof y20);
	memcpy(mean + 20, (double[]){ 0, 2 }, 2 * sizeof(double));
	y[20] = 3;
	y[21] = NAN;
	near_relative(count_dispersion(y, mean, 22), 1.5799253860872589, 1e-8);
	/* By hand: y = 0, 4 about 2: (4 + 4 - 4) / 8. */
	near_relative(count_dispersion_moments((double[]){0, 4}, (double[]){2, 2}, 2), .5, 1e-15);
}

static void dispersion_at_its_ends(void **state)
{
	(void)state;
	/* Less dispersed than Poisson, nothing to tell, more than can be. */
	const double even[] = { 2, 2, 2, 3, 2, 2 }, two[] = { 2, 2, 2, 2, 2, 2 };
	assert_true(count_dispersion(even, two, 6) == 0);
	assert_true(isnan(count_dispersion(even, two, 0)));
	assert_true(isnan(count_dispersion((double[]){ NAN }, two, 1)));
	const double none[6] = { 0 };
	double a = count_dispersion(none, two, 6);
	assert_true(a > 0 && a <= COUNT_DISPERSION_MAX);
	const double spike[] = { 0, 0, 1e9, 0, 0, 0 };
	a = count_dispersion(spike, two, 6);
	assert_true(a > 1 && a <= COUNT_DISPERSION_MAX);
	/* A thousand-fold mean: the slope of the logarithms by psi and by sum agree. */
	double y[400], mean[400];
	struct rng *r = rng_new();
	const struct count c = { 3000, .2, 0 };
	for (int t = 0; t < 400; t++) {
		y[t] = count_draw(&c, r);
		mean[t] = 3000;
	}
	unit_near(count_dispersion(y, mean, 400), .2, .05);
	unit_near(count_dispersion_moments(y, mean, 400), .2, .05);
	rng_free(r);
}

/* set.seed(1); ifelse(runif(200) < .4, 0, rpois(200, 6)) in R: counted per value. */
static const int inflated_seen[] = { 74, 0, 3, 16, 16, 27, 19, 13, 13, 4, 7, 4, 4 };

static void extra_zeros_are_found(void **state)
{
	(void)state;
	double y[200], mean[200];
	int n = 0;
	for (int k = 0; k < 13; k++)
		for (int i = 0; i < inflated_seen[k]; i++)
			y[n++] = k;
	assert_int_equal(n, 200);
	for (int t = 0; t < n; t++)
		mean[t] = 3.6;
	struct count c = { 0 };
	count_fit(y, mean, n, &c);
	/* optim(c(-3, 0), ...) over log a and logit zero of the likelihood: 0, .392, value -417.52;
	 * the plain negative binomial has -489.39. */
	unit_near(c.zero, 3.9207284126773856e-01, 2e-3);
	assert_true(c.dispersion < 1e-3);
	unit_near(count_log_likelihood(y, mean, n, &c), -4.1751793882198592e+02, 1e-2);
	means_of_four(mean, 20);
	count_fit(y20, mean, 20, &c);
	assert_true(c.zero == 0);
	near_relative(c.dispersion, 1.5799253860872589, 1e-8);
}

/* By hand: y = 0 under a Poisson with P(0) = 1/2 has a transform even on [0, 1/2]. */
static void recalibration_by_hand(void **state)
{
	(void)state;
	const struct count poisson = { 0 };
	const double y[] = {0, NAN, 0, 3}, mean[] = {M_LN2, 1, M_LN2, 0}, level[] = {.2, .5, .9};
	double asked[3];
	count_recalibrate(y, mean, 4, &poisson, 0, 3, level, asked);
	for (int l = 0; l < 3; l++)
		unit_near(asked[l], level[l] / 2, 1e-12);
	/* One pair and trust 1: (2 u + u) / 2 up to u = 1/2, then (1 + u) / 2. */
	count_recalibrate(y, mean, 1, &poisson, 1, 3, level, asked);
	unit_near(asked[0], .4 / 3, 1e-12);
	unit_near(asked[1], 1 / 3., 1e-12);
	unit_near(asked[2], .8, 1e-12);
	/* Nothing seen: the levels as they are, below 1. */
	count_recalibrate(y, mean, 0, &poisson, 1, 3, level, asked);
	for (int l = 0; l < 3; l++)
		unit_near(asked[l], level[l], 1e-12);
}

/* Of draws from the distribution, 80 % are covered by 80 %, however many are 0. */
static void coverage_is_what_it_says(void **state)
{
	(void)state;
	double level[19];
	struct rng *r = rng_new();
	for (int l = 0; l < 19; l++)
		level[l] = (l + 1) / 20.;
	for (double mean = .1; mean < 30; mean *= 3) {
		struct count c = { mean, .6, 0 };
		double q[19], exact = 0, listed = 0, n = 40000;
		count_quantiles(&c, 19, level, q);
		for (int i = 0; i < n; i++) {
			double y = count_draw(&c, r);
			exact += count_covered(&c, y, .1, .9);
			listed += quantiles_covered(19, level, q, y, .1, .9);
		}
		unit_near(exact / n, .8, .01);
		unit_near(listed / n, .8, .025);
	}
	/* By hand, P(0) = 1/2: [0, 1/2] lies in [.1, .9] by four fifths. */
	const struct count half = { M_LN2, 0, 0 };
	unit_near(count_covered(&half, 0, .1, .9), .8, 1e-12);
	/* 0 at three levels of four: P(0) in the middle of .5 and .9; 5 is above, 2 is within. */
	const double l[] = { .1, .3, .5, .9 }, q[] = { 0, 0, 0, 3 };
	unit_near(quantiles_covered(4, l, q, 0, .1, .9), .6 / .7, 1e-12);
	unit_near(quantiles_covered(4, l, q, 5, .1, .9), 0, 0);
	unit_near(quantiles_covered(4, l, q, 2, .1, .9), 1, 0);
	rng_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(negative_binomial_as_in_r),
		cmocka_unit_test(far_tails_keep_their_digits),
		cmocka_unit_test(poisson_is_the_limit),
		cmocka_unit_test(closed_forms),
		cmocka_unit_test(pmf_sums_to_cdf),
		cmocka_unit_test(quantiles_as_in_r),
		cmocka_unit_test(quantiles_invert_the_cdf),
		cmocka_unit_test(draws_follow_the_distribution),
		cmocka_unit_test(dispersion_as_in_r),
		cmocka_unit_test(dispersion_at_its_ends),
		cmocka_unit_test(extra_zeros_are_found),
		cmocka_unit_test(recalibration_by_hand),
		cmocka_unit_test(coverage_is_what_it_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
