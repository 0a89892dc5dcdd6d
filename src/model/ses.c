/*
 * Simple exponential smoothing (Hyndman & Athanasopoulos, FPP3, section 8.1):
 *
 *     l[t] = alpha y[t] + (1 - alpha) l[t-1],    forecast of every step: l[T]
 *
 * alpha and l[0] minimise the sum of squared one-step errors. For a given alpha the errors are linear
 * in l[0] (e[t] = y[t] - c[t] - (1 - alpha)^k l[0], k values seen before t), so the best l[0] is a
 * least-squares solution in one pass, and only alpha is searched: a grid over [0, 1], because the sum
 * may have several valleys, then golden sections within the best cell. A value that is not known
 * leaves the level as it is.
 */
#include "config.h"
#include "model/known.h"

#include <math.h>

#define ses_NAME "ses"
#define ses_SUMMARY "simple exponential smoothing"
static const struct option ses_OPTIONS[] = {
	{ .name = "alpha", .type = OPTION_NUMBER, .value = "X", .min = 0, .max = 1,
	  .help = "weight of the newest value; fitted when not given" },
	{ 0 }
};

enum { ALPHA, LEVEL, N_PARAMETER }; /* places in p */

#define ALPHA_CELLS 20
#define GOLDEN_STEPS 24 /* cell of .1 shrinks to 1e-6 */

/* Best first level for an alpha; *sse gets the sum of squared errors that it leaves. */
static double first_level(const struct local_series *s, double alpha, double *sse)
{
	double c = 0, share = 1; /* level before t is c + share l[0] */
	double aa = 0, ab = 0, bb = 0;
	for (int t = 0; t < s->n; t++) {
		if (isnan(s->y[t]))
			continue;
		double a = s->y[t] - c;
		aa += a * a;
		ab += a * share;
		bb += share * share;
		c += alpha * a;
		share *= 1 - alpha;
	}
	*sse = aa - ab * ab / bb; /* the first known value gives bb >= 1 */
	return ab / bb;
}

static double sse_at(const struct local_series *s, double alpha)
{
	double sse;
	first_level(s, alpha, &sse);
	return sse;
}

/* Golden-section search of the minimum within [from, to]. */
static double alpha_between(const struct local_series *s, double from, double to)
{
	const double ratio = 0.61803398874989484820;
	double left = to - ratio * (to - from), right = from + ratio * (to - from);
	double at_left = sse_at(s, left), at_right = sse_at(s, right);
	for (int k = 0; k < GOLDEN_STEPS; k++) {
		if (at_left <= at_right) {
			to = right;
			right = left;
			at_right = at_left;
			left = to - ratio * (to - from);
			at_left = sse_at(s, left);
		} else {
			from = left;
			left = right;
			at_left = at_right;
			right = from + ratio * (to - from);
			at_right = sse_at(s, right);
		}
	}
	return at_left <= at_right ? left : right;
}

static double best_alpha(const struct local_series *s)
{
	const double cell = 1.0 / ALPHA_CELLS;
	double best = 0, least = sse_at(s, 0);
	for (int k = 1; k <= ALPHA_CELLS; k++) {
		double sse = sse_at(s, k * cell);
		if (sse < least) {
			least = sse;
			best = k * cell;
		}
	}
	double finer = alpha_between(s, fmax(0, best - cell), fmin(1, best + cell));
	return sse_at(s, finer) < least ? finer : best;
}

static int ses_n_parameter(const struct spec *spec, int season)
{
	(void)spec, (void)season;
	return N_PARAMETER;
}

static enum status ses_fit(const struct spec *spec, const struct local_series *s,
			   struct arena *scratch, double *p, struct err *e)
{
	(void)scratch;
	if (known_last(s->y, s->n) < 0)
		return err_set(e, E_FIT, "no known value");
	double sse;
	p[ALPHA] = spec_text(spec, "alpha") ? spec_number(spec, "alpha") : best_alpha(s);
	p[LEVEL] = first_level(s, p[ALPHA], &sse);
	return OK;
}

static enum status ses_predict(const struct spec *spec, const double *p,
			       const struct local_series *s, struct arena *scratch, int n_step,
			       double *out, struct err *e)
{
	(void)spec, (void)scratch, (void)e;
	double level = p[LEVEL];
	for (int t = 0; t < s->n; t++)
		if (!isnan(s->y[t]))
			level += p[ALPHA] * (s->y[t] - level);
	for (int h = 0; h < n_step; h++)
		out[h] = level;
	return OK;
}

static const struct local_method ses = {
	.name = ses_NAME,
	.summary = ses_SUMMARY,
	.options = ses_OPTIONS,
	.n_parameter = ses_n_parameter,
	.fit = ses_fit,
	.predict = ses_predict,
};
LOCAL_METHOD(ses);
