/*
 * Distributions of counts 0, 1, 2 ...: Poisson, negative binomial, and both with extra zeros, which
 * are one family with three numbers (Johnson, Kemp & Kotz, "Univariate Discrete Distributions", 3rd
 * ed., 2005, chapters 4, 5 and 8):
 *
 *     P(X = k) = zero [k = 0] + (1 - zero) NB(k),    NB with mean `mean`, variance mean + a mean^2
 *
 * a = dispersion: 0 is Poisson. In R's words NB has size = 1/a and mu = mean. Counts are doubles
 * that hold whole numbers, so that 1e12 is no special case. Nothing here takes memory.
 */
#ifndef NUM_COUNT_H
#define NUM_COUNT_H

#include "base/err.h"
#include "num/rng.h"

struct count {
	double mean;       /* of the part without extra zeros, >= 0 */
	double dispersion; /* a >= 0; 0: Poisson */
	double zero;       /* share of extra zeros, in [0, 1) */
};

/* Mean and variance of the whole: (1 - zero) mean, and so on. */
double count_mean(const struct count *);
double count_variance(const struct count *);

/* log P(X = k); -INFINITY where k is below 0 or no whole number. */
double count_log_pmf(const struct count *, double k);
double count_pmf(const struct count *, double k);
/* P(X <= k) and P(X > k); k need not be whole. The smaller of the two keeps its digits. */
double count_cdf(const struct count *, double k);
double count_tail(const struct count *, double k);
/* log P(X > k), right where P itself is too small for a double. */
double count_log_tail(const struct count *, double k);

/*
 * Smallest whole q with P(X <= q) >= level, level in [0, 1); a cdf that misses the level by
 * rounding alone counts as reached, as in R. INFINITY for level 1.
 */
double count_quantile(const struct count *, double level);
/* The same for n ascending levels in one pass: out [n]. */
void count_quantiles(const struct count *, int n, const double *level, double *out);

/* One draw. */
double count_draw(const struct count *, struct rng *);

/*
 * Dispersion of y [n] with means `mean` [n], y whole and >= 0, where a pair with mean 0 or a NaN
 * tells nothing. By moments: the a with sum (y - m)^2 = sum m + a m^2, at least 0. By maximum
 * likelihood: the root of the score (Lawless 1987, "Negative binomial and mixed Poisson
 * regression"), 0 where the likelihood falls from there; at most COUNT_DISPERSION_MAX. NaN: no
 * pair.
 */
#define COUNT_DISPERSION_MAX 1e4
double count_dispersion_moments(const double *y, const double *mean, int n);
double count_dispersion(const double *y, const double *mean, int n);

/*
 * Dispersion and extra zeros by maximum likelihood, with the mean of the whole held at `mean`
 * [n]: the part without extra zeros has mean / (1 - zero). Extra zeros are looked for only where
 * there are more zeros than the negative binomial expects by two standard deviations, and kept
 * where they gain more than 2 in log-likelihood (BIC of some 50 values). out->mean is left as it
 * is.
 */
void count_fit(const double *y, const double *mean, int n, struct count *out);
/* Sum of log P(y) over the pairs that count_fit looks at; out->mean is not read. */
double count_log_likelihood(const double *y, const double *mean, int n, const struct count *);

/*
 * Levels to ask the distribution for, so that what it says is right for y [n] with means `mean`
 * [n] (fitted into `c`; its mean is not read). The probability integral transform of a count is
 * spread over [P(X < y), P(X <= y)], its mean over the past is G (Czado, Gneiting & Held 2009,
 * "Predictive model assessment for count data", Biometrics 65), and a level u is asked for as
 * G^-1(u): the past then lies below the quantiles as often as they say, also where it varies less
 * than any of the family can. G is (n G + trust u) / (n + trust): with few pairs the family is
 * believed. `level` [n_level] ascends, and so does `asked` [n_level].
 */
void count_recalibrate(const double *y, const double *mean, int n, const struct count *c,
		       double trust, int n_level, const double *level, double *asked);

/*
 * Share of the transform of y between two levels: what y counts toward the coverage of the
 * interval from quantile `low` to quantile `high`. An interval of counts cannot be narrower than
 * one value, so its closed ends hold more than high - low (all of P(X = 0), where that is most);
 * this share has the mean high - low if the distribution is right (the randomised transform's
 * expectation; Czado, Gneiting & Held 2009).
 */
double count_covered(const struct count *, double y, double low, double high);
/*
 * The same where only quantiles are known: quantile [n] at level [n], both ascending. P(X < y)
 * and P(X <= y) are known to lie between two levels each, and taken in their middle, so the
 * result is as good as the levels are close. A y that is no quantile counts whole or not at all.
 */
double quantiles_covered(int n, const double *level, const double *quantile, double y, double low,
			 double high);

#endif
