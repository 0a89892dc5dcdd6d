/* Generalised least squares for sums, and the covariance it takes. */
#include "config.h"
#include "num/gls.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>

#define RIDGE 1e-10 /* of the mean diagonal */

/* What is the same for all right-hand sides. */
struct system {
	int m, n;
	const double *s;
	double *ws;     /* [m][n] W^-1 S */
	double *normal; /* [n][n] S' W^-1 S */
};

/* W^-1 S, by dividing or by Cholesky. */
static int weigh_rows(const double *w, int diagonal, struct system *y)
{
	size_t m = (size_t)y->m, n = (size_t)y->n;
	memcpy(y->ws, y->s, m * n * sizeof(double));
	if (diagonal) {
		for (size_t i = 0; i < m; i++)
			for (size_t j = 0; j < n; j++)
				y->ws[i * n + j] /= w[i];
		return 1;
	}
	double *cell = NEW_ARRAY(double, m * m + 1), *column = NEW_ARRAY(double, m + 1);
	memcpy(cell, w, m * m * sizeof(double));
	gsl_matrix_view a = gsl_matrix_view_array(cell, m, m);
	gsl_vector_view x = gsl_vector_view_array(column, m);
	int good = !gsl_linalg_cholesky_decomp1(&a.matrix);
	for (size_t j = 0; good && j < n; j++) {
		for (size_t i = 0; i < m; i++)
			column[i] = y->ws[i * n + j];
		good = !gsl_linalg_cholesky_svx(&a.matrix, &x.vector);
		for (size_t i = 0; i < m; i++)
			y->ws[i * n + j] = column[i];
	}
	free(column);
	free(cell);
	return good;
}

static void make_normal(struct system *y)
{
	size_t m = (size_t)y->m, n = (size_t)y->n;
	double trace = 0;
	for (size_t i = 0; i < m; i++)
		for (size_t j = 0; j < n; j++) {
			double s = y->s[i * n + j];
			if (!(s > 0) && !(s < 0))
				continue;
			for (size_t k = 0; k < n; k++)
				y->normal[j * n + k] += s * y->ws[i * n + k];
		}
	for (size_t j = 0; j < n; j++)
		trace += y->normal[j * n + j];
	for (size_t j = 0; j < n; j++)
		y->normal[j * n + j] += RIDGE * trace / (double)n + 1e-300;
}

/* Solves the rows and columns in `use`; the others are 0. x[n] holds S' W^-1 y and gets b. */
static int solve_some(const struct system *y, const int *use, double *x)
{
	size_t k = 0, n = (size_t)y->n;
	for (size_t j = 0; j < n; j++)
		k += use[j] != 0;
	if (!k) {
		memset(x, 0, n * sizeof *x);
		return 1;
	}
	double *cell = NEW_ARRAY(double, k * k), *right = NEW_ARRAY(double, k);
	size_t at = 0, row = 0;
	for (size_t i = 0; i < n; i++) {
		if (!use[i])
			continue;
		right[row++] = x[i];
		for (size_t j = 0; j < n; j++)
			if (use[j])
				cell[at++] = y->normal[i * n + j];
	}
	gsl_matrix_view a = gsl_matrix_view_array(cell, k, k);
	gsl_vector_view v = gsl_vector_view_array(right, k);
	int good = !gsl_linalg_cholesky_decomp1(&a.matrix) && !gsl_linalg_cholesky_svx(&a.matrix, &v.vector);
	row = 0;
	for (size_t i = 0; good && i < n; i++)
		x[i] = use[i] ? right[row++] : 0;
	free(right);
	free(cell);
	return good;
}

/* One right-hand side held above 0, from the solution x of the plain system. */
static int hold_above(const struct system *y, const double *right, double *x)
{
	int *use = NEW_ARRAY(int, y->n + 1), good = 1, below = 0;
	for (int j = 0; j < y->n; j++)
		use[j] = 1;
	do {
		below = 0;
		for (int j = 0; j < y->n; j++)
			if (x[j] < 0) {
				use[j] = 0;
				below = 1;
			}
		if (below) {
			memcpy(x, right, (size_t)y->n * sizeof *x);
			good = solve_some(y, use, x);
		}
	} while (good && below);
	free(use);
	return good;
}

int gls_solve(const double *s, int m, int n, const double *w, int w_diagonal, int nonnegative,
	      const double *y, int n_rhs, double *b)
{
	size_t n2 = (size_t)n * (size_t)n;
	struct system system = { m, n, s, NEW_ARRAY(double, (size_t)m * (size_t)n + 1),
				 NEW_ARRAY(double, n2 + 1) };
	double *factor = NEW_ARRAY(double, n2 + 1), *x = NEW_ARRAY(double, n + 1);
	double *right = NEW_ARRAY(double, n + 1);
	int good = n > 0 && weigh_rows(w, w_diagonal, &system);
	if (good) {
		make_normal(&system);
		memcpy(factor, system.normal, n2 * sizeof *factor);
		gsl_matrix_view a = gsl_matrix_view_array(factor, (size_t)n, (size_t)n);
		gsl_vector_view v = gsl_vector_view_array(x, (size_t)n);
		good = !gsl_linalg_cholesky_decomp1(&a.matrix);
		for (int r = 0; good && r < n_rhs; r++) {
			memset(right, 0, (size_t)n * sizeof *right);
			for (int i = 0; i < m; i++)
				for (int j = 0; j < n; j++)
					right[j] += system.ws[(size_t)i * (size_t)n + (size_t)j]
						* y[(size_t)i * (size_t)n_rhs + (size_t)r];
			memcpy(x, right, (size_t)n * sizeof *x);
			good = !gsl_linalg_cholesky_svx(&a.matrix, &v.vector);
			if (good && nonnegative)
				good = hold_above(&system, right, x);
			for (int j = 0; good && j < n; j++)
				b[(size_t)j * (size_t)n_rhs + (size_t)r] = x[j];
		}
	}
	free(right);
	free(x);
	free(factor);
	free(system.normal);
	free(system.ws);
	return good;
}

double gls_shrink(const double *x, int n_case, int m, const double *variance, double *w)
{
	double *size = NEW_ARRAY(double, m + 1), above = 0, below = 0;
	for (int i = 0; i < m; i++) {
		double sum = 0;
		int n = 0;
		for (int k = 0; k < n_case; k++)
			if (!isnan(x[k * m + i])) {
				sum += x[k * m + i] * x[k * m + i];
				n++;
			}
		size[i] = n ? sqrt(sum / n) : 0;
	}
	for (int i = 0; i < m; i++)
		for (int j = 0; j < i; j++) {
			double sum = 0, squares = 0, r = 0;
			int n = 0;
			for (int k = 0; size[i] > 0 && size[j] > 0 && k < n_case; k++) {
				double z = x[k * m + i] / size[i] * (x[k * m + j] / size[j]);
				if (isnan(z))
					continue;
				sum += z;
				squares += z * z;
				n++;
			}
			if (n >= 3) {
				r = sum / n;
				r = r > .9999 ? .9999 : r < -.9999 ? -.9999 : r;
				above += (squares - sum * sum / n) / ((double)n * (n - 1));
				below += r * r;
			}
			w[i * m + j] = r;
		}
	double lambda = below > 0 ? above / below : 1;
	lambda = lambda < 0 ? 0 : lambda > 1 ? 1 : lambda;
	for (int i = 0; i < m; i++) {
		w[i * m + i] = variance[i];
		for (int j = 0; j < i; j++) {
			w[i * m + j] *= (1 - lambda) * sqrt(variance[i] * variance[j]);
			w[j * m + i] = w[i * m + j];
		}
	}
	free(size);
	return lambda;
}
