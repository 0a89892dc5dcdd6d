/*
 * Croston's method and its corrections. Croston (1972, "Forecasting and stock control for
 * intermittent demands", Operational Research Quarterly 23), at each period t with a demand y[t],
 * q periods after the one before:
 *
 *     z = z + alpha (y[t] - z),    p = p + alpha (q - p),    forecast of every step: f z / p
 *
 * z and p begin with the first size and the first interval, which is counted from the beginning of
 * the series, as in R's forecast::croston. z / p is too high by the curvature of 1 / p:
 *
 *     croston  f = 1
 *     sba      f = 1 - alpha / 2          (Syntetos & Boylan 2005, Int. J. Forecasting 21)
 *     sbj      f = 1 - alpha / (2 - alpha)  (Shale, Boylan & Johnston 2006, J. Oper. Res. Soc. 57)
 *
 * where all intervals were 1, p is not uncertain and nothing is corrected. No demand yet: 0.
 */
#include "config.h"
#include "model/intermittent.h"

#include <math.h>
#include <string.h>
#include "model/known.h"

#define ALPHA_OPTION                                                                        \
	{ .name = "alpha", .type = OPTION_NUMBER, .value = "X", .preset = "0", .min = 0,    \
	  .max = 1, .help = "weight of the newest size and interval; 0: fitted" }

#define croston_NAME "croston"
#define croston_SUMMARY "Croston's method: sizes and intervals smoothed apart"
static const struct option croston_OPTIONS[] = { ALPHA_OPTION, PROFILE_OPTIONS, { 0 } };

#define sba_NAME "sba"
#define sba_SUMMARY "Croston's method, its bias corrected"
static const struct option sba_OPTIONS[] = {
	ALPHA_OPTION,
	{ .name = "correction", .type = OPTION_CHOICE, .value = "KIND", .preset = "sba",
	  .choices = "sba|sbj",
	  .help = "factor 1 - alpha/2 (sba), or 1 - alpha/(2 - alpha) (sbj)" },
	PROFILE_OPTIONS,
	{ 0 }
};

enum { ALPHA, N_PARAMETER }; /* places in p */

/* Weights tried where alpha is fitted, by the squared errors of the demand a period. */
static const double alpha_tried[] = { .02, .035, .05, .075, .1, .15, .2, .3, .4, .5 };
#define N_TRIED ((int)(sizeof alpha_tried / sizeof *alpha_tried))

struct croston {
	double alpha, factor;
	double z, zz, p; /* zz: of the squared sizes, as z */
	double gap;    /* known periods since the last demand */
	int n, uneven; /* demands; an interval other than 1 was seen */
};

static void croston_learn(void *state, double y)
{
	struct croston *c = state;
	c->gap++;
	if (!(y > 0))
		return;
	c->z = c->n ? c->z + c->alpha * (y - c->z) : y;
	c->zz = c->n ? c->zz + c->alpha * (y * y - c->zz) : y * y;
	c->p = c->n ? c->p + c->alpha * (c->gap - c->p) : c->gap;
	c->uneven |= c->gap > 1;
	c->gap = 0;
	c->n++;
}

static double croston_rate(void *state)
{
	const struct croston *c = state;
	return c->n ? (c->uneven ? c->factor : 1) * c->z / c->p : 0;
}

static struct croston croston_start(const struct spec *spec, double alpha)
{
	const char *kind = option_find(spec->method->options, "correction")
				   ? spec_text(spec, "correction")
				   : "";
	double factor = !strcmp(kind, "sba")   ? 1 - alpha / 2
			: !strcmp(kind, "sbj") ? 1 - alpha / (2 - alpha)
					       : 1;
	return (struct croston){ .alpha = alpha, .factor = factor };
}

static int croston_n_parameter(const struct spec *spec, int season)
{
	(void)spec, (void)season;
	return N_PARAMETER;
}

static enum status croston_fit(const struct spec *spec, const struct local_series *s,
			       struct arena *scratch, double *p, struct err *e)
{
	(void)scratch;
	if (known_last(s->y, s->n) < 0)
		return err_set(e, E_FIT, "no known value");
	p[ALPHA] = spec_number(spec, "alpha");
	double least = INFINITY;
	for (int k = 0; spec_number(spec, "alpha") <= 0 && k < N_TRIED; k++) {
		struct croston c = croston_start(spec, alpha_tried[k]);
		struct rate_source source = { &c, croston_learn, croston_rate };
		double sse = rate_sse(s, &source);
		if (sse < least) {
			least = sse;
			p[ALPHA] = alpha_tried[k];
		}
	}
	return OK;
}

static enum status croston_replay(const struct spec *spec, const double *p,
				  const struct local_series *s, struct arena *scratch, int n_end,
				  const int *end, int n_step, double *mean, struct err *e)
{
	(void)e;
	struct croston c = croston_start(spec, p[ALPHA]);
	struct rate_source source = { &c, croston_learn, croston_rate };
	return rate_replay(spec, s, scratch, &source, n_end, end, n_step, mean);
}

static enum status croston_predict(const struct spec *spec, const double *p,
				   const struct local_series *s, struct arena *scratch, int n_step,
				   double *mean, struct err *e)
{
	struct croston c = croston_start(spec, p[ALPHA]);
	struct rate_source source = { &c, croston_learn, croston_rate };
	return rate_predict(spec, s, scratch, &source, n_step, mean, e);
}

/*
 * Variance of the estimate f z / p (Syntetos & Boylan 2010, "On the variance of intermittent demand
 * estimates", Int. J. Production Economics 128), v = alpha / (2 - alpha):
 *
 *     f^2 v [ (p - 1) / p^3 (z^2 + v s^2) + s^2 / p^2 ],    s^2 the variance of the sizes
 */
static struct occurrence croston_occurrence(const struct spec *spec, const double *p,
					    const struct local_series *s)
{
	struct croston c = croston_start(spec, p[ALPHA]);
	for (int t = 0; t < s->n; t++)
		if (!isnan(s->y[t]))
			croston_learn(&c, s->y[t]);
	double f = c.uneven ? c.factor : 1, v = c.alpha / (2 - c.alpha);
	struct occurrence o = { .probability = c.n ? f / c.p : 0, .weight = c.alpha, .size = c.z,
				.variance = fmax(c.zz - c.z * c.z, 0) };
	if (c.n)
		o.rate_variance = f * f * v *
				  ((c.p - 1) / pow(c.p, 3) * (c.z * c.z + v * o.variance) +
				   o.variance / (c.p * c.p));
	return o;
}

static enum status croston_sd(const struct spec *spec, const double *p,
			      const struct local_series *s, struct arena *scratch, int n_step,
			      double *sd, struct err *e)
{
	struct occurrence o = croston_occurrence(spec, p, s);
	return occurrence_sd(spec, s, scratch, &o, n_step, sd, e);
}

static enum status croston_paths(const struct spec *spec, const double *p,
				 const struct local_series *s, struct arena *scratch, struct rng *r,
				 int n_path, int n_step, double *path, struct err *e)
{
	struct occurrence o = croston_occurrence(spec, p, s);
	return occurrence_paths(spec, s, scratch, &o, r, n_path, n_step, path, e);
}

#define CROSTON(NAME)                                                                              \
	static const struct local_method NAME = {                                                  \
		.name = NAME##_NAME,                                                               \
		.summary = NAME##_SUMMARY,                                                         \
		.options = NAME##_OPTIONS,                                                         \
		.n_parameter = croston_n_parameter,                                                \
		.fit = croston_fit,                                                                \
		.predict = croston_predict,                                                        \
		.replay = croston_replay,                                                          \
		.sd = croston_sd,                                                                  \
		.paths = croston_paths,                                                            \
	};                                                                                         \
	LOCAL_METHOD(NAME)

CROSTON(croston);
CROSTON(sba);
