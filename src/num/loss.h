/*
 * Laws of demand and their losses: how much is expected above a stock S, and how much of it is left.
 *
 *	n(S)    = E[(D - S)+]              first loss
 *	nbar(S) = E[(S - D)+] = n(S) + S - E[D]
 *	n2(S)   = E[((D - S)+)^2] / 2      of counts: E[(D - S)+ (D - S - 1)+] / 2, the sum of n above S
 *
 * (Zipkin, "Foundations of Inventory Management", 2000, appendix C.) Counts are 0, 1, 2 ...; S may lie
 * between them. Tails are summed where the closed form would cancel.
 */
#ifndef NUM_LOSS_H
#define NUM_LOSS_H

enum law_kind {
	LAW_NORMAL,      /* a mean, b standard deviation > 0 */
	LAW_POISSON,     /* a mean */
	LAW_NEGBIN,      /* a = r > 0, b = p in (0, 1): C(k+r-1, k) p^r (1-p)^k */
	LAW_LOGNORMAL,   /* a, b: mean and sd of the logarithm */
	LAW_EXPONENTIAL, /* a rate */
	LAW_GAMMA,       /* a shape, b scale */
	LAW_UNIFORM,     /* from a to b */
	LAW_PMF,         /* value [n] ascending with probability [n] that sum to 1 */
};

struct law {
	enum law_kind kind;
	double a, b;
	int n;
	const double *value, *probability; /* borrowed */
};

/* Is it counted in whole numbers from 0 on? */
int law_counts(const struct law *);
double law_mean(const struct law *);
double law_variance(const struct law *);
/* P(D = x) of counts and LAW_PMF; the density of the others. */
double law_density(const struct law *, double x);
/* P(D <= x) and P(D > x); the smaller of the two keeps its digits. */
double law_cdf(const struct law *, double x);
double law_tail(const struct law *, double x);
/* Smallest x with P(D <= x) >= level, level in (0, 1). */
double law_quantile(const struct law *, double level);
double law_loss(const struct law *, double s);
double law_left(const struct law *, double s); /* nbar */
double law_loss2(const struct law *, double s);
/*
 * The law of the sum of n > 0 independent demands: normal, Poisson, negative binomial and gamma
 * (exponential), whose sums are of their own family, for any n; the others for n = 1 alone. Returns 0
 * where there is none.
 */
int law_sum(const struct law *, double n, struct law *out);

/* Standard normal loss G(k) = phi(k) - k (1 - Phi(k)), its inverse (g > 0), and the second-order loss. */
double normal_loss(double k);
double normal_loss_inverse(double g);
double normal_loss2(double k);
/* Standard normal distribution function and quantile. */
double normal_cdf(double k);
double normal_quantile(double level);

#endif
