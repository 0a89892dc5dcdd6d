/* Losses in closed form, and by summing the tail where that form is a difference of near equals. */
#include "config.h"
#include "num/loss.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include "num/count.h"

#define TAIL_SDS 4.       /* above the mean plus so many sd the tail is summed */
#define TAIL_MOST 2000000 /* terms of it */
#define FAR_NORMAL 12.    /* beyond it the asymptotic series */

/* ---- the standard normal ---- */

double normal_cdf(double k)
{
	return gsl_cdf_ugaussian_P(k);
}

double normal_quantile(double level)
{
	return level < .5 ? gsl_cdf_ugaussian_Pinv(level) : gsl_cdf_ugaussian_Qinv(1 - level);
}

/* phi(k)/k^2 (1 - 3/k^2 + 15/k^4 - ...): terms (-1)^j (2j+1)!!/k^2j fall until j is about k^2/2. */
static double far_loss(double k)
{
	double term = 1, sum = 0, x = 1 / (k * k);
	for (int j = 1; j < 40; j++) {
		double next = -term * (2 * j + 1) * x;
		sum += term;
		if (fabs(next) >= fabs(term) || fabs(next) < 1e-18)
			break;
		term = next;
	}
	return gsl_ran_ugaussian_pdf(k) * x * sum;
}

double normal_loss(double k)
{
	if (k > FAR_NORMAL)
		return far_loss(k);
	return gsl_ran_ugaussian_pdf(k) - k * gsl_cdf_ugaussian_Q(k);
}

/* G falls from infinity to 0 and is convex: Newton's steps from a bracket, kept within it. */
double normal_loss_inverse(double g)
{
	double low = -1, high = 1;
	if (!(g > 0))
		return (double)NAN;
	while (normal_loss(low) < g)
		low *= 2;
	while (normal_loss(high) > g && high < 40)
		high *= 2;
	for (int k = 0; k < 200; k++) {
		double middle = low + (high - low) / 2;
		if (middle == low || middle == high)
			break;
		*(normal_loss(middle) > g ? &low : &high) = middle;
	}
	return low + (high - low) / 2;
}

double normal_loss2(double k)
{
	return ((k * k + 1) * gsl_cdf_ugaussian_Q(k) - k * gsl_ran_ugaussian_pdf(k)) / 2;
}

/* ---- moments and distribution ---- */

int law_counts(const struct law *l)
{
	return l->kind == LAW_POISSON || l->kind == LAW_NEGBIN;
}

double law_mean(const struct law *l)
{
	double sum = 0;
	switch (l->kind) {
	case LAW_NORMAL:
	case LAW_POISSON:
		return l->a;
	case LAW_NEGBIN:
		return l->a * (1 - l->b) / l->b;
	case LAW_LOGNORMAL:
		return exp(l->a + l->b * l->b / 2);
	case LAW_EXPONENTIAL:
		return 1 / l->a;
	case LAW_GAMMA:
		return l->a * l->b;
	case LAW_UNIFORM:
		return (l->a + l->b) / 2;
	case LAW_PMF:
		for (int k = 0; k < l->n; k++)
			sum += l->value[k] * l->probability[k];
		return sum;
	}
	return (double)NAN;
}

double law_variance(const struct law *l)
{
	double m = law_mean(l), sum = 0;
	switch (l->kind) {
	case LAW_NORMAL:
		return l->b * l->b;
	case LAW_POISSON:
		return l->a;
	case LAW_NEGBIN:
		return m / l->b;
	case LAW_LOGNORMAL:
		return expm1(l->b * l->b) * m * m;
	case LAW_EXPONENTIAL:
		return 1 / (l->a * l->a);
	case LAW_GAMMA:
		return l->a * l->b * l->b;
	case LAW_UNIFORM:
		return (l->b - l->a) * (l->b - l->a) / 12;
	case LAW_PMF:
		for (int k = 0; k < l->n; k++)
			sum += (l->value[k] - m) * (l->value[k] - m) * l->probability[k];
		return sum;
	}
	return (double)NAN;
}

static struct count count_of(const struct law *l)
{
	if (l->kind == LAW_POISSON)
		return (struct count){ .mean = l->a };
	return (struct count){ .mean = law_mean(l), .dispersion = 1 / l->a };
}

double law_density(const struct law *l, double x)
{
	struct count c;
	switch (l->kind) {
	case LAW_NORMAL:
		return gsl_ran_gaussian_pdf(x - l->a, l->b);
	case LAW_POISSON:
	case LAW_NEGBIN:
		c = count_of(l);
		return count_pmf(&c, x);
	case LAW_LOGNORMAL:
		return gsl_ran_lognormal_pdf(x, l->a, l->b);
	case LAW_EXPONENTIAL:
		return gsl_ran_exponential_pdf(x, 1 / l->a);
	case LAW_GAMMA:
		return gsl_ran_gamma_pdf(x, l->a, l->b);
	case LAW_UNIFORM:
		return gsl_ran_flat_pdf(x, l->a, l->b);
	case LAW_PMF:
		for (int k = 0; k < l->n; k++)
			if (l->value[k] == x)
				return l->probability[k];
		return 0;
	}
	return (double)NAN;
}

static double pmf_sum(const struct law *l, double x, int above)
{
	double sum = 0;
	for (int k = 0; k < l->n; k++)
		if ((l->value[k] > x) == above)
			sum += l->probability[k];
	return sum;
}

double law_cdf(const struct law *l, double x)
{
	struct count c;
	switch (l->kind) {
	case LAW_NORMAL:
		return gsl_cdf_gaussian_P(x - l->a, l->b);
	case LAW_POISSON:
	case LAW_NEGBIN:
		c = count_of(l);
		return count_cdf(&c, x);
	case LAW_LOGNORMAL:
		return x > 0 ? gsl_cdf_lognormal_P(x, l->a, l->b) : 0;
	case LAW_EXPONENTIAL:
		return x > 0 ? gsl_cdf_exponential_P(x, 1 / l->a) : 0;
	case LAW_GAMMA:
		return x > 0 ? gsl_cdf_gamma_P(x, l->a, l->b) : 0;
	case LAW_UNIFORM:
		return gsl_cdf_flat_P(x, l->a, l->b);
	case LAW_PMF:
		return pmf_sum(l, x, 0);
	}
	return (double)NAN;
}

double law_tail(const struct law *l, double x)
{
	struct count c;
	switch (l->kind) {
	case LAW_NORMAL:
		return gsl_cdf_gaussian_Q(x - l->a, l->b);
	case LAW_POISSON:
	case LAW_NEGBIN:
		c = count_of(l);
		return count_tail(&c, x);
	case LAW_LOGNORMAL:
		return x > 0 ? gsl_cdf_lognormal_Q(x, l->a, l->b) : 1;
	case LAW_EXPONENTIAL:
		return x > 0 ? gsl_cdf_exponential_Q(x, 1 / l->a) : 1;
	case LAW_GAMMA:
		return x > 0 ? gsl_cdf_gamma_Q(x, l->a, l->b) : 1;
	case LAW_UNIFORM:
		return gsl_cdf_flat_Q(x, l->a, l->b);
	case LAW_PMF:
		return pmf_sum(l, x, 1);
	}
	return (double)NAN;
}

double law_quantile(const struct law *l, double level)
{
	struct count c;
	double sum = 0;
	switch (l->kind) {
	case LAW_NORMAL:
		return l->a + l->b * normal_quantile(level);
	case LAW_POISSON:
	case LAW_NEGBIN:
		c = count_of(l);
		return count_quantile(&c, level);
	case LAW_LOGNORMAL:
		return exp(l->a + l->b * normal_quantile(level));
	case LAW_EXPONENTIAL:
		return -log1p(-level) / l->a;
	case LAW_GAMMA:
		return gsl_cdf_gamma_Pinv(level, l->a, l->b);
	case LAW_UNIFORM:
		return l->a + level * (l->b - l->a);
	case LAW_PMF:
		for (int k = 0; k < l->n; k++)
			if ((sum += l->probability[k]) >= level - 1e-12)
				return l->value[k];
		return l->value[l->n - 1];
	}
	return (double)NAN;
}

/* ---- losses ---- */

/* f(k + 1) / f(k). */
static double step_up(const struct law *l, double k)
{
	return l->kind == LAW_POISSON ? l->a / (k + 1) : (k + l->a) / (k + 1) * (1 - l->b);
}

/* sum over k > m of weight(k) f(k) with weight (k - s), or (k - s)(k - s - 1)/2 for second != 0. */
static double count_tail_sum(const struct law *l, double m, double s, int second)
{
	double k = m + 1, f = law_density(l, k), sum = 0;
	for (int j = 0; j < TAIL_MOST && f > 0; j++) {
		double weight = second ? (k - s) * (k - s - 1) / 2 : k - s, term = weight * f;
		sum += term;
		if (term < 1e-17 * sum && k > m + 2)
			break;
		f *= step_up(l, k);
		k++;
	}
	return sum;
}

static int far_up(const struct law *l, double s)
{
	return s > law_mean(l) + TAIL_SDS * sqrt(law_variance(l));
}

static double count_loss(const struct law *l, double s)
{
	double m = floor(s), mean = law_mean(l);
	if (s < 0)
		return mean - s;
	if (far_up(l, s))
		return count_tail_sum(l, m, s, 0);
	double above = l->kind == LAW_POISSON ? l->a : (m + l->a) * (1 - l->b) / l->b;
	return above * law_density(l, m) - (m - mean) * law_tail(l, m) - (s - m) * law_tail(l, m);
}

double law_loss(const struct law *l, double s)
{
	double sum = 0, k;
	switch (l->kind) {
	case LAW_NORMAL:
		return l->b * normal_loss((s - l->a) / l->b);
	case LAW_POISSON:
	case LAW_NEGBIN:
		return count_loss(l, s);
	case LAW_LOGNORMAL:
		if (s <= 0)
			return law_mean(l) - s;
		k = (l->a + l->b * l->b - log(s)) / l->b;
		return law_mean(l) * gsl_cdf_ugaussian_P(k) - s * law_tail(l, s);
	case LAW_EXPONENTIAL:
		return s > 0 ? exp(-l->a * s) / l->a : law_mean(l) - s;
	case LAW_GAMMA:
		return s > 0 ? law_mean(l) * gsl_cdf_gamma_Q(s, l->a + 1, l->b) - s * law_tail(l, s)
			     : law_mean(l) - s;
	case LAW_UNIFORM:
		if (s <= l->a)
			return law_mean(l) - s;
		return s < l->b ? (l->b - s) * (l->b - s) / (2 * (l->b - l->a)) : 0;
	case LAW_PMF:
		for (int j = 0; j < l->n; j++)
			sum += l->value[j] > s ? (l->value[j] - s) * l->probability[j] : 0;
		return sum;
	}
	return (double)NAN;
}

double law_left(const struct law *l, double s)
{
	double sum = 0;
	if (l->kind == LAW_NORMAL)
		return l->b * normal_loss((l->a - s) / l->b);
	if (l->kind == LAW_PMF) {
		for (int j = 0; j < l->n; j++)
			sum += l->value[j] < s ? (s - l->value[j]) * l->probability[j] : 0;
		return sum;
	}
	if (l->kind == LAW_UNIFORM && s > l->a && s < l->b)
		return (s - l->a) * (s - l->a) / (2 * (l->b - l->a));
	return law_loss(l, s) + s - law_mean(l);
}

/* E[((D - s)+)^2] / 2 of laws whose first two partial moments above s are known. */
static double loss2_of(double s, double tail, double first, double second)
{
	return (second - 2 * s * first + s * s * tail) / 2;
}

/*
 * By factorial moments: k (k-1) f_r(k) = r (r+1) b^2 f_{r+2}(k-2) with b = (1-p)/p, k f_r(k) = r b f_{r+1}(k-1);
 * of the Poisson lambda^2 f(k-2) and lambda f(k-1). So their sums above m are tails.
 */
static double count_loss2(const struct law *l, double s)
{
	double m = s < 0 ? -1 : floor(s), b = (1 - l->b) / l->b;
	struct law one = *l, two = *l;
	if (s >= 0 && far_up(l, s))
		return count_tail_sum(l, m, s, 1);
	double first = l->a, second = l->a * l->a;
	if (l->kind == LAW_NEGBIN) {
		one.a += 1;
		two.a += 2;
		first = l->a * b;
		second = l->a * (l->a + 1) * b * b;
	}
	return (second * law_tail(&two, m - 2) - 2 * s * first * law_tail(&one, m - 1)
		+ s * (s + 1) * law_tail(l, m)) / 2;
}

double law_loss2(const struct law *l, double s)
{
	double sum = 0, m = law_mean(l), b = l->b;
	switch (l->kind) {
	case LAW_NORMAL:
		return b * b * normal_loss2((s - l->a) / b);
	case LAW_POISSON:
	case LAW_NEGBIN:
		return count_loss2(l, s);
	case LAW_LOGNORMAL:
		if (s <= 0)
			break;
		return loss2_of(s, law_tail(l, s), m * normal_cdf((l->a + b * b - log(s)) / b),
				exp(2 * l->a + 2 * b * b) * normal_cdf((l->a + 2 * b * b - log(s)) / b));
	case LAW_EXPONENTIAL:
		if (s <= 0)
			break;
		return exp(-l->a * s) / (l->a * l->a);
	case LAW_GAMMA:
		if (s <= 0)
			break;
		return loss2_of(s, law_tail(l, s), m * gsl_cdf_gamma_Q(s, l->a + 1, b),
				l->a * (l->a + 1) * b * b * gsl_cdf_gamma_Q(s, l->a + 2, b));
	case LAW_UNIFORM:
		if (s <= l->a)
			break;
		return s < b ? pow(b - s, 3) / (6 * (b - l->a)) : 0;
	case LAW_PMF:
		for (int j = 0; j < l->n; j++)
			sum += l->value[j] > s ? (l->value[j] - s) * (l->value[j] - s) * l->probability[j] : 0;
		return sum / 2;
	}
	/* All of the law lies above s. */
	return (law_variance(l) + (m - s) * (m - s)) / 2;
}

int law_sum(const struct law *l, double n, struct law *out)
{
	*out = *l;
	switch (l->kind) {
	case LAW_NORMAL:
		out->a = n * l->a;
		out->b = sqrt(n) * l->b;
		return 1;
	case LAW_POISSON:
	case LAW_NEGBIN:
	case LAW_GAMMA:
		out->a = n * l->a;
		return 1;
	case LAW_EXPONENTIAL:
		*out = (struct law){ .kind = LAW_GAMMA, .a = n, .b = 1 / l->a };
		return 1;
	default:
		return n == 1;
	}
}
