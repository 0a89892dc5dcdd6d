/* Small statistics against hand values, R's documented types and awkward sums. */
#include "config.h"
#include <math.h>
#include <string.h>
#include "num/stat.h"
#include "unit.h"

#define NEAR(a, b) assert_true(fabs((a) - (b)) <= 1e-12 * fmax(1, fabs(1.0 * (b))))
#define COUNT(x) (sizeof(x) / sizeof *(x))

/* The first digits of pi: mean, variance, median and quantiles by hand and by another program. */
static const double pi_digits[] = { 3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5 };

static void mean_and_variance(void **state)
{
	(void)state;
	NEAR(stat_mean(pi_digits, COUNT(pi_digits)), 4.0);
	NEAR(stat_variance(pi_digits, COUNT(pi_digits)), 5.6);
	assert_true(isnan(stat_mean(pi_digits, 0)));
	assert_true(isnan(stat_variance(pi_digits, 1)));
}

static void variance_of_values_far_from_zero(void **state)
{
	(void)state;
	/* NIST StRD NumAcc4: 1001 values about 10000000.2, certified sd 0.1. */
	double x[1001];
	x[0] = 10000000.2;
	for (int i = 1; i < 1001; i++)
		x[i] = i % 2 ? 10000000.1 : 10000000.3;
	assert_true(fabs(sqrt(stat_variance(x, 1001)) - 0.1) < 1e-9);
	assert_true(fabs(stat_mean(x, 1001) - 10000000.2) < 1e-8);
}

static void sum_keeps_what_rounding_loses(void **state)
{
	(void)state;
	double peters[] = { 1, 1e100, 1, -1e100 };
	NEAR(stat_sum(peters, 4), 2.0);
	double tenth[10];
	for (int i = 0; i < 10; i++)
		tenth[i] = 0.1;
	assert_true(stat_sum(tenth, 10) == 1.0);
	double inf[] = { 1, INFINITY, 2 };
	assert_true(isinf(stat_sum(inf, 3)));
	assert_true(stat_sum(inf, 0) == 0);
}

static void quantiles(void **state)
{
	(void)state;
	double x[COUNT(pi_digits)], ten[10], hundred[100];
	memcpy(x, pi_digits, sizeof x);
	assert_int_equal(stat_sort(x, COUNT(x)), COUNT(x));
	NEAR(stat_quantile(x, 11, .15), 1.5);
	NEAR(stat_quantile(x, 11, .95), 7.5);
	NEAR(stat_quantile(x, 11, 0), 1);
	NEAR(stat_quantile(x, 11, 1), 9);
	NEAR(stat_median(x, 11), 4);
	for (int i = 0; i < 10; i++)
		ten[i] = i + 1;
	/* R: quantile(1:10, .25, type = 7) is 3.25, type = 1 is 3 */
	NEAR(stat_quantile(ten, 10, .25), 3.25);
	NEAR(stat_quantile_type1(ten, 10, .25), 3);
	NEAR(stat_quantile_type1(ten, 10, .3), 3);
	NEAR(stat_quantile_type1(ten, 10, 0), 1);
	NEAR(stat_quantile_type1(ten, 10, 1), 10);
	/* quantile(1:10, c(.25, .3, .95), type = 6) */
	NEAR(stat_quantile_type6(ten, 10, .25), 2.75);
	NEAR(stat_quantile_type6(ten, 10, .3), 3.3);
	NEAR(stat_quantile_type6(ten, 10, .95), 10);
	NEAR(stat_median(ten, 10), 5.5);
	for (int i = 0; i < 100; i++)
		hundred[i] = i + 1;
	/* 100 x .55 is 55.00000000000001 in doubles */
	NEAR(stat_quantile_type1(hundred, 100, .55), 55);
	assert_true(isnan(stat_quantile(ten, 0, .5)));
	assert_true(isnan(stat_quantile_type1(ten, 0, .5)));
	double edge[] = { 1, INFINITY };
	assert_true(stat_quantile(edge, 2, 0) == 1);
}

static void mad(void **state)
{
	(void)state;
	/* R's example: mad(c(1:9), constant = 1) is 2; the outlier does not move it */
	double x[] = { 1, 2, 3, 4, 5, 6, 7, 8, 1000 }, scratch[9];
	NEAR(stat_mad(x, 9, scratch), 2);
	assert_true(x[8] == 1000);
	assert_true(fabs(STAT_MAD_SIGMA - 1.4826) < 1e-5);
}

/* Deterministic numbers for the sort; quality does not matter. */
static uint64_t lcg(uint64_t *s)
{
	return (*s = *s * 6364136223846793005u + 1442695040888963407u) >> 33;
}

static void check_sorted(double *x, size_t n)
{
	double before = 0, after = 0;
	size_t known = 0;
	for (size_t i = 0; i < n; i++)
		if (!isnan(x[i])) {
			before += x[i];
			known++;
		}
	assert_int_equal(stat_sort(x, n), known);
	for (size_t i = 0; i < n; i++) {
		if (i < known)
			after += x[i];
		assert_true(i < known ? !isnan(x[i]) && (!i || x[i - 1] <= x[i]) : isnan(x[i]));
	}
	assert_true(before == after); /* whole numbers: exact */
}

static void sort_of_any_shape(void **state)
{
	(void)state;
	static double x[5000];
	uint64_t s = 1;
	for (int shape = 0; shape < 7; shape++)
		for (size_t n = 0; n <= 5000; n = n < 60 ? n + 1 : n * 3) {
			for (size_t i = 0; i < n; i++) {
				double r = (double)(lcg(&s) % 1000);
				double of[] = { r, (double)i, (double)(n - i), 7, (double)(i % 2),
						i < n / 2 ? (double)i : (double)(n - i),
						i % 3 ? r : (double)NAN };
				x[i] = of[shape];
			}
			check_sorted(x, n);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mean_and_variance),
		cmocka_unit_test(variance_of_values_far_from_zero),
		cmocka_unit_test(sum_keeps_what_rounding_loses),
		cmocka_unit_test(quantiles),
		cmocka_unit_test(mad),
		cmocka_unit_test(sort_of_any_shape),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
