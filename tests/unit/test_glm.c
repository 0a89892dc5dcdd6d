/* Count regression beside R's glm and MASS::glm.nb (tests/reference/glm.R). */
#include "config.h"
#include "unit.h"

#include "num/glm.h"
#include "num/library.h"
#include "regression.h"

#define FILE_NAME "tests/reference/glm.csv"

struct table {
	double row[REGRESSION_ROWS][N_FIELD];
	int constant, weighted;
	size_t block; /* rows in a block */
};

static int fill(void *context, size_t b, struct glm_block *out)
{
	const struct table *t = context;
	int n = 0, k = 3 + t->constant;
	for (size_t i = b * t->block; i < (b + 1) * t->block && i < REGRESSION_ROWS; i++, n++) {
		double *x = out->x + n * k;
		if (t->constant)
			*x++ = 1;
		memcpy(x, &t->row[i][X1], 3 * sizeof *x);
		out->y[n] = t->row[i][Y];
		out->offset[n] = t->row[i][OFFSET];
		if (t->weighted)
			out->weight[n] = t->row[i][WEIGHT];
		out->group[n] = out->cluster[n] = (int)t->row[i][GROUP];
	}
	return n;
}

static struct table table;

/* A fit of the table, with blocks of 50 rows: one group each. */
static struct glm_fit fit(int constant, int weighted, int grouped, const struct glm_options *o,
			  struct arena *a)
{
	struct glm_fit out;
	regression_rows(table.row);
	table.constant = constant;
	table.weighted = weighted;
	table.block = 50;
	const struct glm_rows rows = { .k = 3 + constant, .n_block = REGRESSION_ROWS / 50, .most = 50,
				       .grouped = grouped, .context = &table, .fill = fill };
	assert_int_equal(glm_fit(&rows, o, a, &out), OK);
	return out;
}

static void roots(const double *matrix, int k, double *out)
{
	for (int j = 0; j < k; j++)
		out[j] = sqrt(matrix[j * k + j]);
}

static void poisson_is_that_of_r(void **state)
{
	(void)state;
	struct arena a = { 0 };
	double se[4];
	struct glm_fit f = fit(1, 1, 0, &(struct glm_options){ .family = GLM_POISSON }, &a);
	regression_agrees(FILE_NAME, "poisson", f.coef);
	roots(f.covariance, 4, se);
	regression_agrees(FILE_NAME, "poisson_se", se);
	roots(f.sandwich, 4, se);
	regression_agrees(FILE_NAME, "poisson_sandwich", se);
	regression_agrees(FILE_NAME, "poisson_pearson", &f.pearson);
	regression_agrees(FILE_NAME, "poisson_loglik", &f.loglik);
	assert_int_equal(f.n_cluster, 8);
	arena_release(&a);
}

/* A level for each group, profiled out, is a column for each. */
static void groups_are_columns(void **state)
{
	(void)state;
	struct arena a = { 0 };
	double se[3];
	struct glm_fit f = fit(0, 0, 1, &(struct glm_options){ .family = GLM_POISSON }, &a);
	regression_agrees(FILE_NAME, "grouped", f.coef);
	roots(f.covariance, 3, se);
	regression_agrees(FILE_NAME, "grouped_se", se);
	f = fit(0, 0, 1, &(struct glm_options){ .family = GLM_NB }, &a);
	regression_agrees(FILE_NAME, "nb_grouped", f.coef);
	regression_agrees(FILE_NAME, "nb_grouped_dispersion", &f.dispersion);
	arena_release(&a);
}

static void negative_binomial_is_that_of_r(void **state)
{
	(void)state;
	struct arena a = { 0 };
	double se[4];
	struct glm_fit f = fit(1, 0, 0, &(struct glm_options){ .family = GLM_NB }, &a);
	regression_agrees(FILE_NAME, "nb", f.coef);
	regression_agrees(FILE_NAME, "nb_dispersion", &f.dispersion);
	regression_agrees(FILE_NAME, "nb_loglik", &f.loglik);
	roots(f.covariance, 4, se);
	regression_agrees(FILE_NAME, "nb_se", se);
	arena_release(&a);
}

static void penalties_and_signs(void **state)
{
	(void)state;
	static const double prior[] = { 0, -1, 0, 1 }, penalty[] = { 0, 20, 5, 50 };
	static const signed char sign[] = { 0, 1, 0, 0 };
	struct arena a = { 0 };
	struct glm_fit f = fit(1, 0, 0, &(struct glm_options){ .penalty = penalty, .prior = prior }, &a);
	regression_agrees(FILE_NAME, "penalised", f.coef);
	f = fit(1, 0, 0, &(struct glm_options){ .sign = sign }, &a);
	regression_agrees(FILE_NAME, "signed", f.coef);
	unit_near(f.covariance[1 * 4 + 1], 0, 0); /* it is held, not estimated */
	arena_release(&a);
}

/* Dispersed data take the negative binomial, Poisson data do not. */
static void dispersion_chooses_the_family(void **state)
{
	(void)state;
	struct arena a = { 0 };
	double *b;
	struct glm_fit f = fit(1, 0, 0, &(struct glm_options){ .family = GLM_AUTO }, &a);
	assert_true(f.dispersion > .4);
	b = f.coef;
	/* The mean itself, rounded, varies less than any Poisson. */
	for (int i = 0; i < REGRESSION_ROWS; i++) {
		const double *r = table.row[i];
		table.row[i][Y] = floor(.5 + exp(b[0] + b[1] * r[X1] + b[2] * r[X2] + b[3] * r[X3] + r[OFFSET]));
	}
	const struct glm_rows rows = { .k = 4, .n_block = 8, .most = 50, .context = &table, .fill = fill };
	assert_int_equal(glm_fit(&rows, &(struct glm_options){ .family = GLM_AUTO }, &a, &f), OK);
	unit_near(f.dispersion, 0, 0);
	arena_release(&a);
}

static void threads_change_no_bit(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct glm_fit one = fit(0, 1, 1, &(struct glm_options){ .family = GLM_NB, .jobs = 1 }, &a);
	struct glm_fit two = fit(0, 1, 1, &(struct glm_options){ .family = GLM_NB, .jobs = 2 }, &a);
	assert_memory_equal(one.coef, two.coef, 3 * sizeof(double));
	assert_memory_equal(one.sandwich, two.sandwich, 9 * sizeof(double));
	assert_true(one.dispersion <= two.dispersion && one.dispersion >= two.dispersion);
	arena_release(&a);
}

int main(void)
{
	num_library_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(poisson_is_that_of_r),
		cmocka_unit_test(groups_are_columns),
		cmocka_unit_test(negative_binomial_is_that_of_r),
		cmocka_unit_test(penalties_and_signs),
		cmocka_unit_test(dispersion_chooses_the_family),
		cmocka_unit_test(threads_change_no_bit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
