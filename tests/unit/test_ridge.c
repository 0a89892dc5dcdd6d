/* Ridge beside MASS::lm.ridge, cross-validation and elastic net beside their definitions
 * (tests/reference/glm.R); signs by hand. */
#include "config.h"
#include "unit.h"

#include "num/library.h"
#include "num/ridge.h"
#include "regression.h"

#define FILE_NAME "tests/reference/ridge.csv"

static double row[REGRESSION_ROWS][N_FIELD];

/* Sums of the rows of z, in two parts. */
static struct gram sums(struct arena *a)
{
	struct gram part[2];
	regression_rows(row);
	for (int h = 0; h < 2; h++) {
		gram_init(&part[h], 4, a);
		for (int i = h * 150; i < (h ? REGRESSION_ROWS : 150); i++) {
			const double x[] = { 1, row[i][X1], row[i][X2], row[i][X3] };
			gram_add(&part[h], x, row[i][Z], 1);
		}
	}
	gram_sum(&part[0], &part[1]);
	gram_mirror(&part[0]);
	return part[0];
}

static struct ridge_fit fit(double lambda, double alpha, const signed char *sign, struct arena *a)
{
	struct gram g = sums(a);
	struct ridge_fit out;
	const struct ridge_options o = { lambda, alpha, sign };
	assert_int_equal(ridge_fit(&g, REGRESSION_ROWS, &o, a, &out), OK);
	return out;
}

static void ridge_is_lm_ridge(void **state)
{
	(void)state;
	struct arena a = { 0 };
	regression_agrees(FILE_NAME, "ridge_0.01", fit(.01, 0, NULL, &a).coef);
	regression_agrees(FILE_NAME, "ridge_0.1", fit(.1, 0, NULL, &a).coef);
	regression_agrees(FILE_NAME, "ridge_1", fit(1, 0, NULL, &a).coef);
	arena_release(&a);
}

static void cross_validation_is_its_definition(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct ridge_fit f = fit(0, 0, NULL, &a);
	regression_agrees(FILE_NAME, "gcv_lambda", &f.lambda);
	regression_agrees(FILE_NAME, "gcv", &f.gcv);
	arena_release(&a);
}

static void elastic_net_is_its_definition(void **state)
{
	(void)state;
	struct arena a = { 0 };
	regression_agrees(FILE_NAME, "net_.1_.5", fit(.1, .5, NULL, &a).coef);
	regression_agrees(FILE_NAME, "net_.6_.9", fit(.6, .9, NULL, &a).coef);
	regression_agrees(FILE_NAME, "net_.3_1", fit(.3, 1, NULL, &a).coef);
	arena_release(&a);
}

/* A coefficient that may not have its sign is 0, and the others are as if its column were not there;
 * one that has it anyway changes nothing. */
static void signs_bind(void **state)
{
	(void)state;
	static const signed char against[] = { 0, 0, 1, 0 }, with[] = { 0, 1, -1, 1 };
	struct arena a = { 0 };
	struct ridge_fit f = fit(.1, 0, against, &a), g = fit(.1, 0, with, &a), h = fit(.1, 0, NULL, &a);
	unit_near(f.coef[2], 0, 0);
	for (int k = 0; k < 4; k++)
		unit_near(g.coef[k], h.coef[k], 1e-12);
	struct gram s = sums(&a), less;
	gram_init(&less, 3, &a);
	for (int i = 0; i < REGRESSION_ROWS; i++) {
		const double x[] = { 1, row[i][X1], row[i][X3] };
		gram_add(&less, x, row[i][Z], 1);
	}
	gram_mirror(&less);
	assert_int_equal(ridge_fit(&less, REGRESSION_ROWS, &(struct ridge_options){ .lambda = .1 }, &a, &g), OK);
	unit_near(f.coef[1], g.coef[1], 1e-10);
	unit_near(f.coef[3], g.coef[2], 1e-10);
	(void)s;
	arena_release(&a);
}

/* A column that never changes says nothing, and its coefficient is 0. */
static void constant_column(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct gram g;
	struct ridge_fit f;
	gram_init(&g, 3, &a);
	for (int i = 0; i < 20; i++) {
		const double x[] = { 1, 7.1, i };
		gram_add(&g, x, 3 + 2 * i, 1);
	}
	gram_mirror(&g);
	assert_int_equal(ridge_fit(&g, 20, &(struct ridge_options){ .lambda = 1e-12 }, &a, &f), OK);
	unit_near(f.coef[0], 3, 1e-8);
	unit_near(f.coef[1], 0, 0);
	unit_near(f.coef[2], 2, 1e-9);
	arena_release(&a);
}

/* Least squares under signs by block pivoting has the marks of its optimum (Karush, Kuhn & Tucker). */
static void pivoting_ends_in_the_optimum(void **state)
{
	(void)state;
	for (int seed = 0; seed < 200; seed++) {
		struct arena a = { 0 };
		struct gram g;
		signed char sign[8];
		double b[8];
		uint32_t r = 12345u + 7919u * (uint32_t)seed;
		gram_init(&g, 8, &a);
		for (int i = 0; i < 30; i++) {
			double x[8], common = 0;
			for (int j = 0; j < 8; j++) {
				r = r * 1664525u + 1013904223u;
				x[j] = r / 4294967296. - .5 + common;
				common = .8 * x[j];
				sign[j] = (signed char)(j % 3 - 1);
			}
			gram_add(&g, x, x[0] - x[3] + x[5] + x[7] * x[2], 1);
		}
		gram_mirror(&g);
		assert_int_equal(quadratic_solve(&(struct quadratic){ 8, g.xx, g.xy, NULL, sign }, &a, b), OK);
		for (int j = 0; j < 8; j++) {
			double slope = -g.xy[j];
			for (int i = 0; i < 8; i++)
				slope += g.xx[j * 8 + i] * b[i];
			assert_true(sign[j] * b[j] >= 0);
			if (!sign[j] || fabs(b[j]) > 0)
				unit_near(slope, 0, 1e-8);
			else
				assert_true(sign[j] * slope > -1e-8);
		}
		arena_release(&a);
	}
}

int main(void)
{
	num_library_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ridge_is_lm_ridge),
		cmocka_unit_test(cross_validation_is_its_definition),
		cmocka_unit_test(elastic_net_is_its_definition),
		cmocka_unit_test(signs_bind),
		cmocka_unit_test(constant_column),
		cmocka_unit_test(pivoting_ends_in_the_optimum),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
