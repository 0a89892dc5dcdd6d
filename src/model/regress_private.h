/* What the files of methods `ridge` and `glm` share: columns made of features, a model of their
 * coefficients, its distribution. */
#ifndef MODEL_REGRESS_PRIVATE_H
#define MODEL_REGRESS_PRIVATE_H

#include "feature/feature.h"
#include "model/method.h"

/* How a feature becomes a column. L is the size of the series at the origin. */
enum regress_kind {
	REGRESS_PLAIN, /* as it is */
	REGRESS_UNITS, /* log((x + L/10) / L) */
	REGRESS_RATIO, /* log x, of .05 to 20 */
	REGRESS_SLOPE, /* 28 x, of -3 to 3 */
	REGRESS_LEVEL, /* log of L against the mean L of all rows */
	REGRESS_LOG,   /* log(1 + x) */
	REGRESS_NEAR,  /* 1 / (1 + |x|); not known: 0 */
	REGRESS_HOT,   /* 1 where x is `code` */
	REGRESS_TIMES, /* x of feature `with`, times log of this one (a ratio) */
};

struct regress_column {
	int feature;
	enum regress_kind kind;
	int with;
	float code;
	signed char sign;      /* of its coefficient: see struct quadratic */
	double mean, low, high;/* what stands for an unknown value; bounds */
};

/* Columns of a design; column 0 is the constant and has no entry. */
struct regress_design {
	int n;
	double level;              /* mean L of the rows it was made for */
	struct regress_column *at; /* [n] */
};

/*
 * Chooses the columns for features by what is seen in `n` rows of `width` values (x[n][width], level
 * [n]): codes that occur, means, bounds. Memory is the arena's.
 */
void regress_design(const struct feature *feature, int width, const float *x, const double *level, size_t n,
		    struct arena *, struct regress_design *out);
/* One row of features into 1 + design->n columns. */
void regress_row(const struct regress_design *, const float *x, double level, double *out);

#define REGRESS_CLASSES 16 /* of sizes of means, each twice the one before */

/* Variance of an error over its mean, by size of the mean against `unit`. */
struct regress_spread {
	double unit;
	double ratio[REGRESS_CLASSES];
};

/* Learns it from pairs of mean and truth that were kept back. */
void regress_spread_learn(const double *mean, const double *y, size_t n, struct regress_spread *out);
/* Quantiles around the means of `one` (n = 1): counts are negative binomial with that variance, other
 * quantities log-normal. */
void regress_spread_apply(const struct regress_spread *, int whole, int negative_ok, struct forecast *one);

#endif
