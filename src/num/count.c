/*
 * Counts: see the header. Probabilities are made in log space from one expression that is as good
 * for dispersion 0 as for any other, so that Poisson is a limit and no case:
 *
 *     log NB(k) = sum_{j<k} log(1 + a j) + k log m - (k + 1/a) log(1 + a m) - log k!
 */
#include "config.h"
#include "num/count.h"

#include <float.h>
#include <math.h>
#include <string.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sf_gamma.h>
#include <gsl/gsl_sf_psi.h>
#include "base/mem.h"
#include "num/optim.h"

#define NEARLY_POISSON 1e-9 /* a m below: the gamma mean's spread is lost in the rounding */
#define NEARLY_NORMAL 1e5   /* mean and 1/a above: GSL's incomplete beta does not converge */
#define SUMMED_MEAN 100     /* means up to which quantiles are summed from 0 */
#define TALLIED 1024        /* counts up to which values are tallied */
#define PIT_CELLS 1024      /* cells of (0, 1) in which a transform is collected */
#define QUANTILE_FUZZ (64 * DBL_EPSILON)

double count_mean(const struct count *c)
{
	return (1 - c->zero) * c->mean;
}

double count_variance(const struct count *c)
{
	double m = c->mean;
	return (1 - c->zero) * (m + (c->dispersion + c->zero) * m * m);
}

static int is_poisson(const struct count *c)
{
	return c->dispersion * fmax(c->mean, 1) < NEARLY_POISSON;
}

/* The part of Stirling's series that is left of log gamma(x) after (x - 1/2) log x - x + const. */
static double stirling_rest(double x)
{
	double y = 1 / (x * x);
	return (1. / 12 - y * (1. / 360 - y * (1. / 1260 - y / 1680))) / x;
}

/* sum_{j<k} log(1 + a j) = log gamma(r + k) - log gamma(r) - k log r, r = 1/a. */
static double log_rising(double a, double k)
{
	if (k <= 1 || a <= 0)
		return 0;
	double r = 1 / a;
	if (r < 20)
		return gsl_sf_lngamma(r + k) - gsl_sf_lngamma(r) - k * log(r);
	/* Differences of large logarithms, taken before they are large. */
	return (r + k - .5) * log1p(a * k) - k + stirling_rest(r + k) - stirling_rest(r);
}

/* log(1 + a m) / a, m at a = 0. */
static double log_gain(double a, double m)
{
	return a * m > 1e-12 ? log1p(a * m) / a : m;
}

/* log NB(k) where log_rising(a, k) and log k! are known; of k = 0 they are not looked at. */
static double log_plain_with(double mean, double a, double k, double rising, double factorial)
{
	if (mean <= 0)
		return k == 0 ? 0 : -INFINITY;
	double grown = log1p(a * mean), up = k > 0 ? rising + k * (log(mean) - grown) - factorial : 0;
	return up - (a * mean > 1e-12 ? grown / a : mean);
}

static double log_plain(double mean, double a, double k)
{
	return log_plain_with(mean, a, k, k > 0 ? log_rising(a, k) : 0, k > 0 ? gsl_sf_lngamma(k + 1) : 0);
}

double count_log_pmf(const struct count *c, double k)
{
	if (!(k >= 0) || k != floor(k) || isinf(k))
		return -INFINITY;
	double plain = log_plain(c->mean, c->dispersion, k);
	if (k == 0)
		return c->zero > 0 ? log(c->zero + (1 - c->zero) * exp(plain)) : plain;
	return plain + log1p(-c->zero);
}

double count_pmf(const struct count *c, double k)
{
	return exp(count_log_pmf(c, k));
}

static int is_normal(const struct count *c)
{
	return c->mean > NEARLY_NORMAL && c->dispersion * NEARLY_NORMAL < 1;
}

/* Edgeworth's first term (Johnson, Kemp & Kotz, chapter 1), upper: of X > k; good to 1/variance. */
static double plain_edgeworth(const struct count *c, double k, int upper)
{
	double m = c->mean, am = c->dispersion * m, sd = sqrt(m * (1 + am));
	double z = (k + .5 - m) / sd, skew = (1 + 2 * am) / sd;
	double shift = skew / 6 * (z * z - 1) * exp(-z * z / 2) / sqrt(2 * M_PI);
	double p = upper ? gsl_cdf_ugaussian_Q(z) + shift : gsl_cdf_ugaussian_P(z) - shift;
	return fmin(fmax(p, 0), 1);
}

/* P(NB <= k) is I_p(r, k + 1) with p = 1 / (1 + a m); of a Poisson it is Q(k + 1, m). */
static double plain_cdf(const struct count *c, double k)
{
	if (c->mean <= 0)
		return 1;
	if (is_poisson(c))
		return gsl_cdf_gamma_Q(c->mean, k + 1, 1);
	if (is_normal(c))
		return plain_edgeworth(c, k, 0);
	double am = c->dispersion * c->mean;
	/* The smaller of p and 1 - p is the argument: the other has lost its digits. */
	return am > 1 ? gsl_cdf_beta_P(1 / (1 + am), 1 / c->dispersion, k + 1)
		      : gsl_cdf_beta_Q(am / (1 + am), k + 1, 1 / c->dispersion);
}

static double plain_tail(const struct count *c, double k)
{
	if (c->mean <= 0)
		return 0;
	if (is_poisson(c))
		return gsl_cdf_gamma_P(c->mean, k + 1, 1);
	if (is_normal(c))
		return plain_edgeworth(c, k, 1);
	double am = c->dispersion * c->mean;
	return am > 1 ? gsl_cdf_beta_Q(1 / (1 + am), 1 / c->dispersion, k + 1)
		      : gsl_cdf_beta_P(am / (1 + am), k + 1, 1 / c->dispersion);
}

double count_cdf(const struct count *c, double k)
{
	if (!(k >= 0))
		return isnan(k) ? k : 0;
	return isinf(k) ? 1 : c->zero + (1 - c->zero) * plain_cdf(c, floor(k));
}

double count_tail(const struct count *c, double k)
{
	if (!(k >= 0))
		return isnan(k) ? k : 1;
	return isinf(k) ? 0 : (1 - c->zero) * plain_tail(c, floor(k));
}

/*
 * log of P(NB > k) / NB(k + 1), for k above the mean: the continued fraction of the incomplete
 * beta function I_x(k + 1, r), x = a m / (1 + a m) (DLMF 8.17.22), by the method of Lentz. r x is
 * written m / (1 + a m), so that the fraction holds for a = 0.
 */
static double log_tail_ratio(double mean, double a, double k)
{
	const double tiny = 1e-300;
	double x = mean / (1 + a * mean);
	double p = k + 1, c = 1, d = 1 - (1 + a * p) * x / (p + 1);
	d = 1 / (fabs(d) < tiny ? tiny : d);
	double f = d;
	for (int m = 1; m < 100000; m++) {
		double even = m * (1 - a * m) * x / ((p + 2 * m - 1) * (p + 2 * m));
		double odd = -(p + m) * (1 + a * (p + m)) * x / ((p + 2 * m) * (p + 2 * m + 1));
		double before = f;
		for (int part = 0; part < 2; part++) {
			double term = part ? odd : even;
			d = 1 + term * d;
			c = 1 + term / c;
			d = 1 / (fabs(d) < tiny ? tiny : d);
			c = fabs(c) < tiny ? tiny : c;
			f *= d * c;
		}
		if (fabs(f - before) <= 1e-15 * fabs(f))
			break;
	}
	return log(f);
}

double count_log_tail(const struct count *c, double k)
{
	if (!(k >= 0))
		return isnan(k) ? k : 0;
	double tail = count_tail(c, k);
	if (tail > 1e-280 || k < c->mean || !(c->mean > 0) || isinf(k))
		return log(tail);
	k = floor(k);
	return log1p(-c->zero) + log_plain(c->mean, c->dispersion, k + 1)
		+ log_tail_ratio(c->mean, c->dispersion, k);
}

/* ---- quantiles ---- */

static int reached(double cdf, double level)
{
	return cdf >= level * (1 - QUANTILE_FUZZ);
}

/* By bisection between a place below and one above, found by doubling steps from the mean. */
static double quantile_searched(const struct count *c, double level)
{
	double step = fmax(1, floor(sqrt(count_variance(c)))), high = floor(count_mean(c)), low;
	while (!reached(count_cdf(c, high), level)) {
		high += step;
		step *= 2;
		if (high > 1e300)
			return INFINITY;
	}
	for (low = high, step = 1; low >= 0 && reached(count_cdf(c, low), level); step *= 2) {
		high = low;
		low -= step;
	}
	low = fmax(low, -1);
	while (high - low > 1) {
		double middle = floor(low + (high - low) / 2);
		if (middle <= low || middle >= high)
			break; /* whole numbers lie closer than doubles do */
		if (reached(count_cdf(c, middle), level))
			high = middle;
		else
			low = middle;
	}
	return high;
}

void count_quantiles(const struct count *c, int n, const double *level, double *out)
{
	double a = c->dispersion, m = c->mean, k = 0;
	double p = m <= SUMMED_MEAN ? count_pmf(c, 0) : 0, cdf = p;
	double plain = (1 - c->zero) * exp(log_plain(m, a, 0));
	double most = m + 60 * sqrt(m + a * m * m) + 60;
	for (int l = 0; l < n; l++) {
		/* A sum has lost the digits of a far tail: 1 - 1e-9 is the last level. */
		int summed = m <= SUMMED_MEAN && level[l] < 1 - 1e-9;
		for (; summed && !reached(cdf, level[l]) && k < most; k++) {
			plain *= m * (1 + a * k) / ((1 + a * m) * (k + 1));
			cdf += plain;
		}
		if (summed && reached(cdf, level[l]))
			out[l] = k;
		else
			out[l] = level[l] < 1 ? quantile_searched(c, level[l]) : (double)INFINITY;
	}
}

double count_quantile(const struct count *c, double level)
{
	double q;
	count_quantiles(c, 1, &level, &q);
	return q;
}

double count_draw(const struct count *c, struct rng *r)
{
	if (c->zero > 0 && rng_bernoulli(r, c->zero))
		return 0;
	double mean = c->mean;
	if (mean > 0 && c->dispersion > 0)
		mean = rng_gamma(r, 1 / c->dispersion, mean * c->dispersion);
	/* A Poisson this large is a normal to all digits, and too large for GSL's. */
	if (mean > 1e9)
		return floor(mean + sqrt(mean) * rng_gaussian(r) + .5);
	return (double)rng_poisson(r, mean);
}

/* ---- fits ---- */

static int tells(double y, double mean)
{
	return mean > 0 && y >= 0 && isfinite(mean) && isfinite(y);
}

double count_dispersion_moments(const double *y, const double *mean, int n)
{
	double over = 0, square = 0;
	for (int t = 0; t < n; t++) {
		if (!tells(y[t], mean[t]))
			continue;
		double e = y[t] - mean[t];
		over += e * e - mean[t];
		square += mean[t] * mean[t];
	}
	if (!(square > 0))
		return NAN;
	return fmin(fmax(over / square, 0), COUNT_DISPERSION_MAX);
}

/* Derivative of sum_{j<k} log(1 + a j) after a, sum_{j<k} j / (1 + a j), for a large k. */
static double rising_slope(double a, double k)
{
	if (a * k < 1e-6)
		return k * (k - 1) / 2 - a * k * (k - 1) * (2 * k - 1) / 6;
	double r = 1 / a;
	return r * (k - r * (gsl_sf_psi(r + k) - gsl_sf_psi(r)));
}

/*
 * What the score reads: the pairs that tell, those of a value y > 0 with y m beside them, and a tally of the
 * values. The slopes of all values up to TALLIED are taken at once: sum over y of sum_{j<y} is sum over j of
 * the number of y above j.
 */
#define BLOCK 32      /* pairs that are done together, in LANES sums that do not wait for one another */
#define LANES 4
#define SMALL .015625 /* a m up to which the series is used */
struct pairs {
	int n;
	double *mean, *product; /* [n], of y m; zeros behind to the end of a block, which add nothing */
	double above[TALLIED];  /* [j] values > j that are at most TALLIED */
	int largest;            /* of those */
	double *beyond;         /* [n_beyond] the values that are not tallied */
	int n_beyond;
	struct arena arena;
};

static void pairs_fill(struct pairs *p, const double *y, const double *mean, int n)
{
	memset(p, 0, sizeof *p);
	p->mean = ARENA_ARRAY(&p->arena, double, n + BLOCK);
	p->product = ARENA_ARRAY(&p->arena, double, n + BLOCK);
	p->beyond = ARENA_ARRAY(&p->arena, double, n + 1);
	for (int t = 0; t < n; t++) {
		if (!tells(y[t], mean[t]))
			continue;
		p->mean[p->n] = mean[t];
		p->product[p->n++] = y[t] * mean[t];
		if (y[t] >= 1 && y[t] <= TALLIED) {
			p->above[(int)y[t] - 1]++;
			p->largest = (int)fmax(p->largest, y[t]);
		}
		if (y[t] > TALLIED)
			p->beyond[p->n_beyond++] = y[t];
	}
	for (int j = p->largest - 2; j >= 0; j--)
		p->above[j] += p->above[j + 1];
}

/* log(1 + x) / x^2 - 1 / (x (1 + x)), |x| <= SMALL, where it would cancel: sum of (-x)^k (k + 1) / (k + 2). */
static double gain_series(double x)
{
	return 1. / 2 - x * (2. / 3 - x * (3. / 4 - x * (4. / 5 - x * (5. / 6 - x * (6. / 7 - x * (7. / 8 - x * 8. / 9))))));
}

/* Sums over some pairs, each in LANES: of log(1 + am) where am is not small, of am / (1 + am) there, and of the
 * rest of the score. */
struct score_sums {
	double gain[LANES], share[LANES], rest[LANES];
};

/* Adds a block. A logarithm is taken of a product of eight, BLOCK / LANES: of means up to 1e38 it is finite. */
static void score_block(const double *m, const double *product, double a, struct score_sums *s)
{
	double small[BLOCK], grown[BLOCK], share[BLOCK], rest[BLOCK], factor[LANES] = { 1, 1, 1, 1 };
	/* Factors of 0 and 1 stand for branches, which would keep the compiler from doing two pairs at a time. */
	for (int k = 0; k < BLOCK; k++)
		small[k] = a * m[k] < SMALL ? 1 : 0;
	for (int k = 0; k < BLOCK; k++) {
		double x = a * m[k], part = 1 / (1 + x), large = 1 - small[k], square = small[k] * m[k] * m[k];
		grown[k] = 1 + large * x;
		share[k] = large * x * part;
		rest[k] = square * gain_series(small[k] * x) - product[k] * part;
	}
	for (int k = 0; k < BLOCK; k += LANES)
		for (int j = 0; j < LANES; j++) {
			factor[j] *= grown[k + j];
			s->share[j] += share[k + j];
			s->rest[j] += rest[k + j];
		}
	for (int j = 0; j < LANES; j++)
		s->gain[j] += factor[j] > 1 ? log(factor[j]) : 0;
}

/* Sum of d log NB(y) / da, at a > 0 (Lawless 1987): for a pair, beside what the tally gives,
 * log(1 + am)/a^2 - m/(a (1 + am)) - y m / (1 + am). */
static double score(const struct pairs *p, double a)
{
	struct score_sums s = { { 0 }, { 0 }, { 0 } };
	double sum = 0;
	for (int j = 1; j < p->largest; j++)
		sum += p->above[j] * j / (1 + a * j);
	for (int k = 0; k < p->n_beyond; k++)
		sum += rising_slope(a, p->beyond[k]);
	for (int from = 0; from < p->n; from += BLOCK)
		score_block(p->mean + from, p->product + from, a, &s);
	for (int j = 0; j < LANES; j++)
		sum += (s.gain[j] - s.share[j]) / (a * a) + s.rest[j];
	return sum;
}

/* The root of the score between x and z, logarithms of the dispersion, where it is fx > 0 and fz <= 0: regula
 * falsi in log a, as the score is bent, by the Illinois rule (Dowell & Jarratt 1971): the value at an end that
 * stays a second time is halved. */
static double score_root(const struct pairs *p, double x, double fx, double z, double fz)
{
	int stayed = 0; /* 1: z, -1: x */
	for (int k = 0; k < 40; k++) {
		double w = fx > fz ? (z * fx - x * fz) / (fx - fz) : (x + z) / 2;
		if (fabs(w - x) < 1e-10 || fabs(z - w) < 1e-10)
			return exp(w);
		double fw = score(p, exp(w));
		if (fw > 0) {
			x = w;
			fx = fw;
			fz = stayed > 0 ? fz / 2 : fz;
			stayed = 1;
		} else {
			z = w;
			fz = fw;
			fx = stayed < 0 ? fx / 2 : fx;
			stayed = -1;
		}
	}
	return exp((x + z) / 2);
}

/* The same from dispersions: a bracket of a factor of 4 about the root is sought from `high` on. */
static double score_solve(const struct pairs *p, double high)
{
	double low = 1e-8, at_low = score(p, low), at_high, below;
	if (at_low <= 0)
		return 0;
	while ((at_high = score(p, high)) > 0) {
		low = high;
		at_low = at_high;
		high *= 4;
		if (high > COUNT_DISPERSION_MAX)
			return COUNT_DISPERSION_MAX;
	}
	while (low < high / 4) {
		below = score(p, high / 4);
		if (below > 0) {
			low = high / 4;
			at_low = below;
			break;
		}
		high /= 4;
		at_high = below;
	}
	return score_root(p, log(low), at_low, log(high), at_high);
}

double count_dispersion(const double *y, const double *mean, int n)
{
	double start = count_dispersion_moments(y, mean, n);
	if (isnan(start))
		return NAN;
	struct pairs p;
	pairs_fill(&p, y, mean, n);
	double a = score_solve(&p, fmax(start, 1e-3));
	arena_release(&p.arena);
	return a;
}

#define FEW_UNITS 64 /* values below which the parts of log NB(y) that hang on y alone are made once */

double count_log_likelihood(const double *y, const double *mean, int n, const struct count *c)
{
	double sum = 0, not_zero = log1p(-c->zero), rising[FEW_UNITS], factorial[FEW_UNITS];
	struct count at = *c;
	for (int k = 0; k < FEW_UNITS; k++)
		rising[k] = NAN;
	for (int t = 0; t < n; t++) {
		if (!tells(y[t], mean[t]))
			continue;
		at.mean = mean[t] / (1 - at.zero);
		int k = y[t] < FEW_UNITS ? (int)y[t] : 0;
		if (!k || k != y[t]) {
			sum += count_log_pmf(&at, y[t]);
			continue;
		}
		if (isnan(rising[k])) {
			rising[k] = log_rising(c->dispersion, k);
			factorial[k] = gsl_sf_lngamma(k + 1);
		}
		sum += log_plain_with(at.mean, at.dispersion, k, rising[k], factorial[k]) + not_zero;
	}
	return sum;
}

struct inflation {
	const double *y, *mean;
	int n;
};

/* x: log of the dispersion, and logit of the share of extra zeros. */
static struct count inflated(const double *x)
{
	return (struct count){ .dispersion = exp(fmin(x[0], log(COUNT_DISPERSION_MAX))),
			       .zero = fmin(1 / (1 + exp(-x[1])), .999) };
}

static double inflation_value(const double *x, void *context)
{
	const struct inflation *i = context;
	struct count c = inflated(x);
	return -count_log_likelihood(i->y, i->mean, i->n, &c);
}

/* Zeros seen beyond those expected, in standard deviations. */
static double zeros_beyond(const double *y, const double *mean, int n, double a)
{
	double beyond = 0, variance = 0;
	for (int t = 0; t < n; t++) {
		if (!tells(y[t], mean[t]))
			continue;
		double p = exp(-log_gain(a, mean[t]));
		beyond += (y[t] == 0) - p;
		variance += p * (1 - p);
	}
	return variance > 0 ? beyond / sqrt(variance) : 0;
}

void count_fit(const double *y, const double *mean, int n, struct count *out)
{
	double a = count_dispersion(y, mean, n);
	out->dispersion = isnan(a) ? 0 : a;
	out->zero = 0;
	if (isnan(a) || zeros_beyond(y, mean, n, a) < 2)
		return;
	struct inflation context = { y, mean, n };
	const struct optim_problem problem = {
		.n = 2, .value = inflation_value, .context = &context};
	double x[] = { log(fmax(a / 2, .01)), -2 }, step[] = { 1, 1 };
	double plain = count_log_likelihood(y, mean, n, out);
	if (plain + 2 < -optim_simplex(&problem, x, step, 1e-3, 100)) {
		struct count found = inflated(x);
		out->dispersion = found.dispersion;
		out->zero = found.zero;
	}
}

/* ---- recalibration ---- */

/* P(X < k) and P(X <= k), in one pass where they are small sums. */
static void cdf_around(const struct count *c, double k, double *below, double *up_to)
{
	if (c->mean > SUMMED_MEAN || k > 4 * SUMMED_MEAN) {
		*below = count_cdf(c, k - 1);
		*up_to = count_cdf(c, k);
		return;
	}
	double m = c->mean, a = c->dispersion, plain = (1 - c->zero) * exp(log_plain(m, a, 0));
	*below = 0;
	*up_to = c->zero + plain;
	for (double j = 0; j < k; j++) {
		plain *= m * (1 + a * j) / ((1 + a * m) * (j + 1));
		*below = *up_to;
		*up_to += plain;
	}
}

/* Adds a mass of 1, spread evenly over [from, to], to the cells: whole ones by their slope, which
 * is summed up at the end. */
static void spread_mass(double *cell, double *slope, double from, double to)
{
	from = fmin(fmax(from, 0), 1) * PIT_CELLS;
	to = fmin(fmax(to, 0), 1) * PIT_CELLS;
	int i = (int)fmin(from, PIT_CELLS - 1), j = (int)fmin(to, PIT_CELLS - 1);
	if (i >= j || to - from < 1e-12) {
		cell[i] += 1;
		return;
	}
	double density = 1 / (to - from);
	cell[i] += (i + 1 - from) * density;
	cell[j] += (to - j) * density;
	slope[i + 1] += density;
	slope[j] -= density;
}

void count_recalibrate(const double *y, const double *mean, int n, const struct count *c,
		       double trust, int n_level, const double *level, double *asked)
{
	double cell[PIT_CELLS] = { 0 }, slope[PIT_CELLS + 1] = { 0 };
	double seen = 0, density = 0, below = 0;
	struct count at = *c;
	for (int t = 0; t < n; t++) {
		double from, to;
		if (!tells(y[t], mean[t]))
			continue;
		at.mean = mean[t] / (1 - at.zero);
		cdf_around(&at, y[t], &from, &to);
		spread_mass(cell, slope, from, to);
		seen++;
	}
	for (int i = 0, l = 0; i < PIT_CELLS && l < n_level; i++) {
		density += slope[i];
		double mass = (cell[i] + fmax(density, 0) + trust / PIT_CELLS) / (seen + trust);
		for (; l < n_level && (level[l] <= below + mass || i == PIT_CELLS - 1); l++) {
			double part = mass > 0 ? fmin((level[l] - below) / mass, 1) : 1;
			asked[l] = fmin((i + fmax(part, 0)) / PIT_CELLS, 1 - 1e-9);
		}
		below += mass;
	}
}

/* ---- coverage ---- */

/* Share of [from, to] within [low, high]; a point is in or out. */
static double share_within(double from, double to, double low, double high)
{
	if (!(to > from))
		return from >= low && from <= high;
	return fmax(fmin(to, high) - fmax(from, low), 0) / (to - from);
}

double count_covered(const struct count *c, double y, double low, double high)
{
	double from, to;
	cdf_around(c, y, &from, &to);
	return share_within(from, to, low, high);
}

double quantiles_covered(int n, const double *level, const double *quantile, double y, double low,
			 double high)
{
	int below = 0, up_to; /* quantiles < y, and <= y */
	while (below < n && quantile[below] < y)
		below++;
	for (up_to = below; up_to < n && quantile[up_to] <= y;)
		up_to++;
	double a = below ? level[below - 1] : 0, b = below < n ? level[below] : 1;
	double c = up_to ? level[up_to - 1] : 0, d = up_to < n ? level[up_to] : 1;
	if (below == up_to)
		return share_within((a + b) / 2, (a + b) / 2, low, high);
	/* Nothing lies below a count of 0. */
	return share_within(y > 0 ? (a + b) / 2 : 0, (c + d) / 2, low, high);
}
