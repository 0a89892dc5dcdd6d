/*
 * Least squares by its sums: rows are added to X'WX and X'Wy and forgotten, so millions of them need
 * no matrix, and what is solved afterwards has the size of the columns alone. Cholesky of the normal
 * equations costs a thirtieth of a singular value decomposition and is as good where a penalty keeps
 * them from being singular.
 *
 * All matrices are [k][k], row by row, symmetric and whole. Numbers in, numbers out: no NaN.
 */
#ifndef NUM_QUADRATIC_H
#define NUM_QUADRATIC_H

#include "base/err.h"
#include "base/mem.h"

/* Sums over weighted rows of k columns. */
struct gram {
	int k;
	double weight, yy; /* sums of w and w y^2 */
	double *xx;        /* [k][k] sum of w x x'; its upper half is filled by gram_mirror */
	double *xy;        /* [k] sum of w x y */
	int *place;        /* [k] scratch */
};

/* Empty sums; memory is the arena's. */
void gram_init(struct gram *g, int k, struct arena *a);
/* Adds a row x [k]; costs the square of its columns that are not 0. */
void gram_add(struct gram *g, const double *x, double y, double w);
/* Takes w x x' off again: what centring about a mean takes. */
void gram_remove(struct gram *g, const double *x, double w);
/* Adds the sums of `from`. */
void gram_sum(struct gram *to, const struct gram *from);
/* Copies the lower half of xx to the upper. Once, after the last row. */
void gram_mirror(struct gram *g);

/*
 * The minimum over b of  b'A b / 2 - c'b + sum_j l1[j] |b[j]|  where sign[j] b[j] >= 0.
 */
struct quadratic {
	int k;
	const double *a;         /* [k][k] */
	const double *c;         /* [k] */
	const double *l1;        /* [k] >= 0, or NULL */
	const signed char *sign; /* [k] -1: not above 0; 1: not below 0; 0: free. Or NULL */
};

/*
 * Solves it into b [k]. Without l1 exactly, by Cholesky and, under signs, by block principal pivoting
 * (Portugal, Judice & Vicente 1994, "A comparison of block pivoting and interior-point algorithms
 * for linear least squares problems with nonnegative variables", algorithm 3); with l1 by cyclic
 * coordinate descent on the Gram matrix (Friedman, Hastie & Tibshirani 2010, "Regularization paths for
 * generalized linear models via coordinate descent", 2.2) from what b holds. A column with A[j][j] = 0
 * gets 0. E_FIT: A is not positive definite.
 */
MUST_CHECK enum status quadratic_solve(const struct quadratic *q, struct arena *scratch, double *b);

/* Inverse of A of the free columns: rows and columns with is_free[j] = 0 (NULL: none) are 0. E_FIT as above. */
MUST_CHECK enum status quadratic_invert(int k, const double *a, const unsigned char *is_free,
					struct arena *scratch, double *inverse);

#endif
