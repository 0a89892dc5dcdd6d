/*
 * Boosted trees: the one door to XGBoost's C API. Compiled only where configure found XGBoost.
 *
 * The gradients are our own, for two reasons: XGBoost 1.7 has no quantile objective, and its sums of
 * gradients depend on how the rows fall to threads. Here every gradient is rounded to a multiple of a
 * power of two so coarse that sums over all rows are exact in double precision (max |g| x n fits 53
 * bits: some 1e-9 of the largest). Exact sums have no order, so the trees are the same bytes with any
 * number of threads; what is left of XGBoost's draws (rows, columns) it makes alike by itself.
 *
 *     struct xgb *b;
 *     xgb_train(&plan, &rows, &b, e);
 *     xgb_predict(b, n, x, NULL, XGB_VALUE, y, e);
 *     xgb_free(b);
 */
#ifndef MODEL_XGB_H
#define MODEL_XGB_H

#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"
#include "base/err.h"

struct xgb;

enum xgb_objective {
	XGB_SQUARED, /* mean, identity link */
	XGB_POISSON, /* mean, log link */
	XGB_TWEEDIE, /* mean, log link, variance ~ mean^power */
	XGB_PINBALL, /* quantile, identity link */
};

struct xgb_plan {
	enum xgb_objective objective;
	double power;     /* Tweedie's variance power, in (1, 2) */
	double quantile;  /* of XGB_PINBALL, in (0, 1) */
	double base;      /* where all rows without a margin start, on the scale of the label: > 0 for a
			   * log link */
	int rounds, depth, leaves; /* leaves > 0: grown leaf by leaf up to so many, depth 0 = no bound */
	double eta, min_child, subsample, colsample, lambda; /* as XGBoost calls them; min_child is a sum
							      * of second derivatives */
	int bins;         /* cuts of each column */
	uint32_t seed;
	int jobs;
	float missing;    /* the value that says "not known"; NaN always does */
	const int8_t *monotone; /* [n_column] -1 falling, +1 rising, 0; NULL: no constraint */
	/* Called after each round, from the calling thread; 0 goes on, else training ends with E_STOPPED. */
	int (*round)(void *context, int done);
	void *context;
};

/*
 * Rows to learn from, handed over in batches: `batch` gives rows [from, from + n) as x[n][n_column],
 * valid until the next call: a place in a matrix, or a chunk made on the way. It is asked for every
 * batch some three times, in order, and must give the same each time.
 */
struct xgb_rows {
	size_t n, batch_size;
	int n_column;
	const float *(*batch)(void *context, size_t from, size_t n);
	void *context;
	const float *label;  /* [n] */
	const float *weight; /* [n] > 0, or NULL */
	const float *margin; /* [n] where each row starts, on the link's scale, or NULL: the base */
};

/* Trains; *out is the caller's, xgb_free it. E_FIT with XGBoost's sentence. */
MUST_CHECK enum status xgb_train(const struct xgb_plan *, const struct xgb_rows *, struct xgb **out,
				 struct err *e);
void xgb_free(struct xgb *);

enum xgb_kind {
	XGB_VALUE,  /* on the label's scale */
	XGB_MARGIN, /* on the link's */
};
/* Predicts x[n][n_column] into out[n], starting at margin[n] (NULL: the base). One caller at a time. */
MUST_CHECK enum status xgb_predict(const struct xgb *, size_t n, const float *x, const float *margin,
				   enum xgb_kind, float *out, struct err *e);
/*
 * What each column adds to the margin of each row: out[n][n_column + 1], the last is where the row
 * starts and the trees' mean. Exact Shapley values by TreeSHAP (Lundberg, Erion & Lee 2018, "Consistent
 * individualized feature attribution for tree ensembles", algorithm 2): they sum to the margin. Some
 * 30 us a row and tree: for single series.
 */
MUST_CHECK enum status xgb_contributions(const struct xgb *, size_t n, const float *x,
					 const float *margin, float *out, struct err *e);
/* Total gain of each column's splits, out[n_column]. */
MUST_CHECK enum status xgb_gain(const struct xgb *, double *out, struct err *e);

/* The trees as XGBoost's UBJSON, and back. What is loaded must be known to be whole: XGBoost does not
 * check. */
MUST_CHECK enum status xgb_save(const struct xgb *, struct buf *out, struct err *e);
MUST_CHECK enum status xgb_load(const void *bytes, size_t n, int n_column, float missing, int jobs,
				struct xgb **out, struct err *e);
/* Threads for prediction. */
MUST_CHECK enum status xgb_jobs(struct xgb *, int jobs, struct err *e);
/* Ends the threads that the library keeps for its next call, so that this process may fork. */
void xgb_rest(void);
/* The library's version, "1.7.4", as the models of a run were made by it. */
void xgb_version(struct buf *out);

/*
 * First and second derivative of the loss of label y at a margin, before weights. Tweedie: g = -y
 * e^((1-p)m) + e^((2-p)m). Pinball, smoothed by an arctangent of width s (Sluijterman, Kreuwel, Cator &
 * Heskes 2024, "Composite quantile regression with XGBoost using the novel arctan pinball loss", eq. 6):
 * with u = y - m, L = (q - 1/2 + atan(u/s)/pi) u + s/pi. `width` is s; the others do not look at it.
 */
void xgb_gradient(const struct xgb_plan *, double width, double y, double margin, double *g, double *h);

#endif
