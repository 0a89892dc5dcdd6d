/*
 * Ridge regression and the elastic net by normal equations, on columns that are centred and divided by
 * their standard deviation (divisor n):
 *
 *     sum w (y - b0 - x b)^2 / (2 sum w) + lambda ((1 - alpha) |b|^2 / 2 + alpha |b|_1)
 *
 * (Hoerl & Kennard 1970; Zou & Hastie 2005, in the scale of Friedman, Hastie & Tibshirani 2010, eq. 1).
 */
#ifndef NUM_RIDGE_H
#define NUM_RIDGE_H

#include "num/quadratic.h"

struct ridge_options {
	double lambda;           /* 0: by generalised cross-validation */
	double alpha;            /* share of the absolute values, 0..1; 0: ridge */
	const signed char *sign; /* [k] as in struct quadratic, or NULL */
};

struct ridge_fit {
	double *coef;            /* [k] for the columns as they are; coef[0] is the constant's */
	double lambda;
	double edf;              /* effective parameters, the constant with them */
	double mse;              /* mean of the squared residuals */
	double gcv;              /* mse / (1 - edf / n)^2 (Golub, Heath & Wahba 1979, eq. 1.4) */
};

/*
 * Fits to the sums, whose column 0 is the constant 1 in every row. `n`: how many rows there were. The
 * lambda of the cross-validation is the best of a grid of eighths of a decade from 1e-6 to 1e3, for the
 * elastic net with edf the number of columns that are not 0 (Zou, Hastie & Tibshirani 2007). E_FIT: no
 * row, or numbers that are not finite. Memory of coef is the arena's.
 */
MUST_CHECK enum status ridge_fit(const struct gram *g, double n, const struct ridge_options *, struct arena *,
				 struct ridge_fit *out);

#endif
