/*
 * Generalised linear models of counts with log link (McCullagh & Nelder 1989, chapters 2 and 6; negative
 * binomial with variance mu + a mu^2: Lawless 1987, "Negative binomial and mixed Poisson regression"):
 *
 *     log mu = offset + x b + level of the row's group,
 *
 * by iteratively reweighted least squares with a quadratic penalty about a prior, signs, weights, and
 * groups whose level is a parameter that is profiled out (a fixed effect for each series costs no
 * column). y need not be whole.
 *
 * Rows are handed over in blocks by a callback, once a pass, and only sums are kept: the memory is that
 * of the columns and of one block a thread. Blocks are summed in SLOTS fixed runs, added in order, so
 * that the number of threads changes no bit.
 */
#ifndef NUM_GLM_H
#define NUM_GLM_H

#include "num/quadratic.h"

/* Rows as the callback fills them in; arrays have room for `most` rows of glm_rows. */
struct glm_block {
	double *x;              /* [n][k] */
	double *y, *offset;     /* [n]; offset is 0 before */
	double *weight;         /* [n]; 1 before */
	int *group;             /* [n] equal numbers lie side by side; all of a group are in one block */
	int *cluster;           /* [n] equal numbers of a block lie side by side */
};

struct glm_rows {
	int k;                  /* columns; a constant is one of them, unless there are groups */
	size_t n_block;
	int most;               /* most rows in a block */
	int grouped;            /* groups have levels of their own; one without a sale says nothing */
	void *context;
	/* Fills block `b`, returns its rows. Called by several threads at once, the same rows each time. */
	int (*fill)(void *context, size_t b, struct glm_block *out);
};

enum glm_family {
	GLM_POISSON,
	GLM_NB,
	GLM_AUTO /* Poisson; negative binomial where its Pearson dispersion is above 1 */
};

struct glm_options {
	enum glm_family family;
	const double *penalty;   /* [k] of (b - prior)^2 / 2, >= 0; NULL: none */
	const double *prior;     /* [k]; NULL: 0 */
	const signed char *sign; /* [k] as in struct quadratic; NULL: free */
	int most;                /* passes over the rows at most; 0: 50 */
	double gain;             /* relative change of the log-likelihood that ends it; 0: 1e-11 */
	int jobs;
};

struct glm_fit {
	int k;
	double *coef;        /* [k] */
	double *covariance;  /* [k][k] inverse of information and penalty; 0 where a sign binds */
	double *sandwich;    /* [k][k] robust to dependence within clusters (Liang & Zeger 1986), with
			      * C / (C - 1) */
	double dispersion;   /* a; 0: Poisson */
	double pearson;      /* sum of squared Pearson residuals by degrees of freedom */
	double loglik;       /* without penalty */
	double n;            /* rows that count, groups that count */
	int n_group, n_cluster, passes;
};

/* Fits; memory of the fit is the arena's. E_FIT: no rows, or the columns cannot be told apart. */
MUST_CHECK enum status glm_fit(const struct glm_rows *, const struct glm_options *, struct arena *,
			       struct glm_fit *out);

#endif
