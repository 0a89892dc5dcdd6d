/* Joint draws: each step keeps its distribution, and the template says what goes together. */
#include "config.h"
#include "unit.h"

#include <math.h>
#include <gsl/gsl_cdf.h>
#include "num/copula.h"
#include "num/library.h"

#define PATHS 4000
#define STEPS 8
#define LEVELS 99

static double level[LEVELS], quantile[STEPS * LEVELS], path[PATHS * STEPS];

/* Standard normal at each step. */
static void make_normal(void)
{
	for (int l = 0; l < LEVELS; l++)
		level[l] = (l + 1) / 100.0;
	for (int h = 0; h < STEPS; h++)
		for (int l = 0; l < LEVELS; l++)
			quantile[h * LEVELS + l] = gsl_cdf_ugaussian_Pinv(level[l]);
}

/* Variance of the sum over the steps of the paths. */
static double variance_of_sum(void)
{
	double sum = 0, squares = 0;
	for (int k = 0; k < PATHS; k++) {
		double s = 0;
		for (int h = 0; h < STEPS; h++)
			s += path[k * STEPS + h];
		sum += s;
		squares += s * s;
	}
	return squares / PATHS - sum * sum / PATHS / PATHS;
}

static struct rng *stream(void)
{
	struct rng *r = rng_new();
	rng_seed(r, 1, "copula", "test");
	return r;
}

static void reads_a_quantile_function(void **state)
{
	(void)state;
	const double at[] = { .1, .5, .9 }, q[] = { 0, 10, 30 };
	unit_near(copula_quantile(at, q, 3, .5), 10, 1e-12);
	unit_near(copula_quantile(at, q, 3, .1), 0, 1e-12);
	/* Half-way between the normal scores of .5 and .9. */
	unit_near(copula_quantile(at, q, 3, gsl_cdf_ugaussian_P(1.2815515655446004 / 2)), 20, 1e-9);
	/* Beyond the last level: never further than the last level is from the middle. */
	unit_near(copula_quantile(at, q, 3, 1 - 1e-12), 50, 1e-12);
}

static void independent_steps_add_their_variances(void **state)
{
	(void)state;
	struct rng *r = stream();
	make_normal();
	for (int k = 0; k < PATHS * STEPS; k++)
		path[k] = NAN;
	copula_reorder(r, level, LEVELS, quantile, STEPS, PATHS, path);
	unit_near(variance_of_sum(), STEPS, .05 * STEPS);
	rng_free(r);
}

static void equal_steps_add_their_deviations(void **state)
{
	(void)state;
	struct rng *r = stream();
	make_normal();
	for (int k = 0; k < PATHS; k++)
		for (int h = 0; h < STEPS; h++)
			path[k * STEPS + h] = k % 777;
	copula_reorder(r, level, LEVELS, quantile, STEPS, PATHS, path);
	unit_near(variance_of_sum(), STEPS * STEPS, .05 * STEPS * STEPS);
	rng_free(r);
}

/* A first-order autoregression, phi = .7: Var(sum) = sum over i, j of phi^|i-j|. */
static void an_autoregression_keeps_its_sum(void **state)
{
	(void)state;
	struct rng *r = stream();
	double theory = 0;
	make_normal();
	for (int k = 0; k < PATHS; k++) {
		double x = rng_gaussian(r);
		for (int h = 0; h < STEPS; h++, x = .7 * x + sqrt(1 - .49) * rng_gaussian(r))
			path[k * STEPS + h] = 100 + 3 * x;
	}
	for (int i = 0; i < STEPS; i++)
		for (int j = 0; j < STEPS; j++)
			theory += pow(.7, abs(i - j));
	copula_reorder(r, level, LEVELS, quantile, STEPS, PATHS, path);
	unit_near(variance_of_sum(), theory, .05 * theory);
	rng_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_quantile_function),
		cmocka_unit_test(independent_steps_add_their_variances),
		cmocka_unit_test(equal_steps_add_their_deviations),
		cmocka_unit_test(an_autoregression_keeps_its_sum),
	};
	num_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
