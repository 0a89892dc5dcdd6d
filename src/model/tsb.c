/*
 * The method of Teunter, Syntetos and Babai (2011, "Intermittent demand: linking forecasting to
 * inventory obsolescence", European J. of Operational Research 214): the probability of a demand
 * is smoothed in every period, so that the forecast of an item that has ceased to sell falls.
 *
 *     demand:     z = z + alpha (y - z),  p = p + beta (1 - p)
 *     no demand:  z = z,                  p = p + beta (0 - p)        forecast of every step: p z
 *
 * They begin at the first demand, with its size and with one over the interval up to it, as
 * Croston's.
 */
#include "config.h"
#include "model/intermittent.h"

#include <math.h>
#include "model/known.h"

#define tsb_NAME "tsb"
#define tsb_SUMMARY "probability and size of a demand smoothed (Teunter, Syntetos, Babai)"
static const struct option tsb_OPTIONS[] = {
	{ .name = "alpha_demand", .type = OPTION_NUMBER, .value = "X", .preset = "0", .min = 0,
	  .max = 1, .help = "weight of the newest size; 0: fitted" },
	{ .name = "alpha_probability", .type = OPTION_NUMBER, .value = "X", .preset = "0", .min = 0,
	  .max = 1, .help = "weight of the newest period; 0: fitted" },
	PROFILE_OPTIONS,
	{ 0 }
};

enum { ALPHA, BETA, N_PARAMETER }; /* places in p */

static const double alpha_tried[] = { .02, .05, .1, .2, .3 };
static const double beta_tried[] = { .01, .02, .035, .05, .075, .1, .15, .2, .3 };
#define N_OF(table) ((int)(sizeof(table) / sizeof *(table)))

struct tsb {
	double alpha, beta;
	double z, zz, p; /* zz: of the squared sizes, as z */
	double gap;      /* known periods before the first demand */
	int n;           /* demands */
};

static void tsb_learn(void *state, double y)
{
	struct tsb *c = state;
	if (!c->n) {
		c->gap++;
		if (!(y > 0))
			return;
		c->z = y;
		c->zz = y * y;
		c->p = 1 / c->gap;
		c->n = 1;
		return;
	}
	c->p += c->beta * ((y > 0) - c->p);
	if (!(y > 0))
		return;
	c->z += c->alpha * (y - c->z);
	c->zz += c->alpha * (y * y - c->zz);
	c->n++;
}

static double tsb_rate(void *state)
{
	const struct tsb *c = state;
	return c->p * c->z;
}

static int tsb_n_parameter(const struct spec *spec, int season)
{
	(void)spec, (void)season;
	return N_PARAMETER;
}

static enum status tsb_fit(const struct spec *spec, const struct local_series *s,
			   struct arena *scratch, double *p, struct err *e)
{
	(void)scratch;
	if (known_last(s->y, s->n) < 0)
		return err_set(e, E_FIT, "no known value");
	double alpha = spec_number(spec, "alpha_demand"),
	       beta = spec_number(spec, "alpha_probability");
	int n_alpha = alpha > 0 ? 1 : N_OF(alpha_tried), n_beta = beta > 0 ? 1 : N_OF(beta_tried);
	double least = INFINITY;
	p[ALPHA] = alpha;
	p[BETA] = beta;
	for (int k = 0; n_alpha * n_beta > 1 && k < n_alpha * n_beta; k++) {
		struct tsb c = { .alpha = n_alpha > 1 ? alpha_tried[k / n_beta] : alpha,
				 .beta = n_beta > 1 ? beta_tried[k % n_beta] : beta };
		double a = c.alpha, b = c.beta;
		struct rate_source source = { &c, tsb_learn, tsb_rate };
		double sse = rate_sse(s, &source);
		if (sse < least) {
			least = sse;
			p[ALPHA] = a;
			p[BETA] = b;
		}
	}
	return OK;
}

static enum status tsb_replay(const struct spec *spec, const double *p,
			      const struct local_series *s, struct arena *scratch, int n_end,
			      const int *end, int n_step, double *mean, struct err *e)
{
	(void)e;
	struct tsb c = { .alpha = p[ALPHA], .beta = p[BETA] };
	struct rate_source source = { &c, tsb_learn, tsb_rate };
	return rate_replay(spec, s, scratch, &source, n_end, end, n_step, mean);
}

static enum status tsb_predict(const struct spec *spec, const double *p,
			       const struct local_series *s, struct arena *scratch, int n_step,
			       double *mean, struct err *e)
{
	struct tsb c = { .alpha = p[ALPHA], .beta = p[BETA] };
	struct rate_source source = { &c, tsb_learn, tsb_rate };
	return rate_predict(spec, s, scratch, &source, n_step, mean, e);
}

/*
 * The estimates of z and p are independent, with variances v s^2 and w p (1 - p), v = alpha /
 * (2 - alpha) and w = beta / (2 - beta); the variance of their product is Goodman's (1960, "On the
 * exact variance of products", J. of the American Statistical Association 55).
 */
static struct occurrence tsb_occurrence(const double *p, const struct local_series *s)
{
	struct tsb c = { .alpha = p[ALPHA], .beta = p[BETA] };
	for (int t = 0; t < s->n; t++)
		if (!isnan(s->y[t]))
			tsb_learn(&c, s->y[t]);
	struct occurrence o = { .probability = c.p, .weight = c.alpha, .size = c.z,
				.variance = fmax(c.zz - c.z * c.z, 0) };
	double of_z = c.alpha / (2 - c.alpha) * o.variance;
	double of_p = c.beta / (2 - c.beta) * c.p * (1 - c.p);
	o.rate_variance = c.z * c.z * of_p + c.p * c.p * of_z + of_z * of_p;
	return o;
}

static enum status tsb_sd(const struct spec *spec, const double *p, const struct local_series *s,
			  struct arena *scratch, int n_step, double *sd, struct err *e)
{
	struct occurrence o = tsb_occurrence(p, s);
	return occurrence_sd(spec, s, scratch, &o, n_step, sd, e);
}

static enum status tsb_paths(const struct spec *spec, const double *p, const struct local_series *s,
			     struct arena *scratch, struct rng *r, int n_path, int n_step,
			     double *path, struct err *e)
{
	struct occurrence o = tsb_occurrence(p, s);
	return occurrence_paths(spec, s, scratch, &o, r, n_path, n_step, path, e);
}

static const struct local_method tsb = {
	.name = tsb_NAME,
	.summary = tsb_SUMMARY,
	.options = tsb_OPTIONS,
	.n_parameter = tsb_n_parameter,
	.fit = tsb_fit,
	.predict = tsb_predict,
	.replay = tsb_replay,
	.sd = tsb_sd,
	.paths = tsb_paths,
};
LOCAL_METHOD(tsb);
