/* Normal equations: sums, signs, and the absolute values of the elastic net. */
#include "config.h"
#include "num/quadratic.h"

#include <gsl/gsl_linalg.h>
#include <math.h>
#include <string.h>

void gram_init(struct gram *g, int k, struct arena *a)
{
	*g = (struct gram){ .k = k };
	g->xx = ARENA_ARRAY(a, double, (size_t)k * (size_t)k + 1);
	g->xy = ARENA_ARRAY(a, double, k + 1);
	g->place = ARENA_ARRAY(a, int, k + 1);
}

/* Adds w x x' to the lower half; returns how many columns are not 0, whose places are in g->place. */
static int outer(struct gram *g, const double *x, double w)
{
	int n = 0;
	for (int j = 0; j < g->k; j++) {
		if (x[j] < 0 || x[j] > 0)
			g->place[n++] = j;
	}
	for (int i = 0; i < n; i++) {
		double *row = g->xx + (size_t)g->place[i] * (size_t)g->k, wx = w * x[g->place[i]];
		for (int j = 0; j <= i; j++)
			row[g->place[j]] += wx * x[g->place[j]];
	}
	return n;
}

void gram_add(struct gram *g, const double *x, double y, double w)
{
	int n = outer(g, x, w);
	for (int i = 0; i < n; i++)
		g->xy[g->place[i]] += w * y * x[g->place[i]];
	g->weight += w;
	g->yy += w * y * y;
}

void gram_remove(struct gram *g, const double *x, double w)
{
	outer(g, x, -w);
}

void gram_sum(struct gram *to, const struct gram *from)
{
	size_t k = (size_t)to->k;
	for (size_t j = 0; j < k * k; j++)
		to->xx[j] += from->xx[j];
	for (size_t j = 0; j < k; j++)
		to->xy[j] += from->xy[j];
	to->weight += from->weight;
	to->yy += from->yy;
}

void gram_mirror(struct gram *g)
{
	size_t k = (size_t)g->k;
	for (size_t i = 0; i < k; i++)
		for (size_t j = i + 1; j < k; j++)
			g->xx[i * k + j] = g->xx[j * k + i];
}

/* ---- solving ---- */

/* Numbers of the free columns into `at`. */
static int free_columns(int k, const unsigned char *is_free, int *at)
{
	int n = 0;
	for (int j = 0; j < k; j++)
		if (!is_free || is_free[j])
			at[n++] = j;
	return n;
}

/* Cholesky factor of the free part of A. */
static enum status factor(int k, const double *a, int n, const int *at, gsl_matrix *m)
{
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
			gsl_matrix_set(m, (size_t)i, (size_t)j, a[(size_t)at[i] * (size_t)k + (size_t)at[j]]);
	return gsl_linalg_cholesky_decomp1(m) ? E_FIT : OK;
}

static enum status solve_free(const struct quadratic *q, const unsigned char *is_free, struct arena *scratch,
			      double *b)
{
	int *at = ARENA_ARRAY(scratch, int, q->k + 1), n = free_columns(q->k, is_free, at);
	memset(b, 0, (size_t)q->k * sizeof *b);
	if (!n)
		return OK;
	double *room = ARENA_ARRAY(scratch, double, (size_t)n * (size_t)n + (size_t)n);
	gsl_matrix_view m = gsl_matrix_view_array(room, (size_t)n, (size_t)n);
	gsl_vector_view x = gsl_vector_view_array(room + (size_t)n * (size_t)n, (size_t)n);
	if (factor(q->k, q->a, n, at, &m.matrix))
		return E_FIT;
	for (int i = 0; i < n; i++)
		gsl_vector_set(&x.vector, (size_t)i, q->c[at[i]]);
	if (gsl_linalg_cholesky_svx(&m.matrix, &x.vector))
		return E_FIT;
	for (int i = 0; i < n; i++) {
		b[at[i]] = gsl_vector_get(&x.vector, (size_t)i);
		if (!isfinite(b[at[i]]))
			return E_FIT;
	}
	return OK;
}

/* Gradient A b - c of column j. */
static double slope(const struct quadratic *q, const double *b, int j)
{
	const double *row = q->a + (size_t)j * (size_t)q->k;
	double sum = -q->c[j];
	for (int i = 0; i < q->k; i++)
		sum += row[i] * b[i];
	return sum;
}

/* Is column j on the wrong side: a free one against its sign, or a bound one that would rather move? */
static int is_wrong(const struct quadratic *q, const unsigned char *is_free, const double *b, int j)
{
	const double little = 1e-12;
	if (!q->sign || !q->sign[j] || !(q->a[(size_t)j * (size_t)q->k + (size_t)j] > 0))
		return 0;
	if (is_free[j])
		return q->sign[j] * b[j] < -little;
	return q->sign[j] * slope(q, b, j) < -little * (1 + fabs(q->c[j]));
}

static enum status solve_signs(const struct quadratic *q, struct arena *scratch, double *b)
{
	unsigned char *is_free = ARENA_ARRAY(scratch, unsigned char, q->k + 1);
	int least = q->k + 1, patience = 3;
	for (int j = 0; j < q->k; j++)
		is_free[j] = q->a[(size_t)j * (size_t)q->k + (size_t)j] > 0;
	for (int round = 0; round < 100 + 10 * q->k; round++) {
		int wrong = 0, last = -1;
		if (solve_free(q, is_free, scratch, b))
			return E_FIT;
		unsigned char *turn = ARENA_ARRAY(scratch, unsigned char, q->k + 1);
		for (int j = 0; j < q->k; j++)
			if (is_wrong(q, is_free, b, j)) {
				turn[j] = 1;
				last = j;
				wrong++;
			}
		if (!wrong)
			break;
		/* All wrong ones change sides while that makes them fewer; else only the last one does,
		 * which cannot go in circles. */
		patience = wrong < least ? 3 : patience - 1;
		least = wrong < least ? wrong : least;
		for (int j = 0; j < q->k; j++)
			if (patience >= 0 ? turn[j] : j == last)
				is_free[j] = !is_free[j];
	}
	/* What rounding left on the wrong side. */
	for (int j = 0; q->sign && j < q->k; j++)
		if (q->sign[j] * b[j] < 0)
			b[j] = 0;
	return OK;
}

/* One round over the columns; returns the largest change, in units of the objective's root. */
static double descend(const struct quadratic *q, double *b)
{
	double most = 0;
	for (int j = 0; j < q->k; j++) {
		double own = q->a[(size_t)j * (size_t)q->k + (size_t)j], old = b[j];
		if (!(own > 0)) {
			b[j] = 0;
			continue;
		}
		double z = own * old - slope(q, b, j);
		b[j] = z > q->l1[j] ? (z - q->l1[j]) / own : z < -q->l1[j] ? (z + q->l1[j]) / own : 0;
		if (q->sign && q->sign[j] * b[j] < 0)
			b[j] = 0;
		most = fmax(most, fabs(b[j] - old) * sqrt(own));
	}
	return most;
}

enum status quadratic_solve(const struct quadratic *q, struct arena *scratch, double *b)
{
	double size = 0;
	if (!q->l1)
		return solve_signs(q, scratch, b);
	for (int j = 0; j < q->k; j++) {
		double own = q->a[(size_t)j * (size_t)q->k + (size_t)j];
		size = own > 0 ? fmax(size, fabs(q->c[j]) / sqrt(own)) : size;
	}
	for (int round = 0; round < 10000; round++)
		if (descend(q, b) <= 1e-12 * size)
			break;
	return OK;
}

enum status quadratic_invert(int k, const double *a, const unsigned char *is_free, struct arena *scratch,
			     double *inverse)
{
	int *at = ARENA_ARRAY(scratch, int, k + 1), n = free_columns(k, is_free, at);
	memset(inverse, 0, (size_t)k * (size_t)k * sizeof *inverse);
	if (!n)
		return OK;
	double *room = ARENA_ARRAY(scratch, double, (size_t)n * (size_t)n);
	gsl_matrix_view m = gsl_matrix_view_array(room, (size_t)n, (size_t)n);
	if (factor(k, a, n, at, &m.matrix) || gsl_linalg_cholesky_invert(&m.matrix))
		return E_FIT;
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
			inverse[(size_t)at[i] * (size_t)k + (size_t)at[j]] =
				gsl_matrix_get(&m.matrix, (size_t)i, (size_t)j);
	return OK;
}
