/*
 * Exponential smoothing, the form chosen by information criterion (Hyndman, Koehler, Ord & Snyder
 * 2008; num/ets.h has the formulas). Kept for each series are the form, its parameters and the states
 * before the first value fitted, so a forecast is one pass of the filter to the end of whatever
 * series is given, and a new day moves the states without a refit.
 *
 * A series that begins before the fitted one is filtered from the fitted beginning on. Of one whose
 * beginning was cut off, the states are begun anew from its own first values, as a fit would.
 */
#include "config.h"
#include "model/known.h"

#include <math.h>
#include <string.h>
#include "num/ets.h"

#define ets_NAME "ets"
#define ets_SUMMARY "exponential smoothing of the best form (error, trend, season)"
static const struct option ets_OPTIONS[] = {
	{ .name = "model", .type = OPTION_TEXT, .value = "FORM", .preset = "ZZZ",
	  .help = "error, trend (d: damped), season: N, A, M, or Z for the best" },
	{ .name = "damped", .type = OPTION_CHOICE, .value = "HOW", .preset = "auto",
	  .choices = "auto|yes|no", .help = "damp the trend, where the form leaves it open" },
	{ .name = "ic", .type = OPTION_CHOICE, .value = "IC", .preset = "aicc",
	  .choices = "aicc|aic|bic", .help = "criterion by which a form is chosen" },
	{ .name = "bounds", .type = OPTION_CHOICE, .value = "REGION", .preset = "both",
	  .choices = "both|usual|admissible", .help = "where parameters may lie" },
	{ .name = "restrict", .type = OPTION_CHOICE, .value = "HOW", .preset = "yes",
	  .choices = "yes|no", .help = "leave out forms whose forecasts have no finite variance" },
	{ .name = "seasonal", .type = OPTION_CHOICE, .value = "HOW", .preset = "auto",
	  .choices = "auto|ic", .help = "auto: a season plain to see stays, whatever the criterion says" },
	SEASON_OPTION,
	{ 0 }
};

/* Places in p. */
enum { ERROR, TREND, DAMPED, SEASON_KIND, SEASON_LENGTH, FIRST, SIGMA2, LOGLIK, CRITERION, THETA };

#define CAP 10          /* no forecast beyond this many times the largest value seen */
#define SD_PATHS 400    /* futures behind a spread that no formula gives */
#define SALES_FOR_TREND 10 /* a series with zeros needs so many sales for a slope */
#define SD_LEAST 1e-9   /* of the largest value seen: a perfect fit is no certainty */

/* ---- what is asked ---- */

static int bits_of(char c, int none, unsigned *out)
{
	unsigned all = (none ? 1u << ETS_NONE : 0) | 1u << ETS_ADD | 1u << ETS_MUL;
	*out = c == 'Z' ? all : c == 'A' ? 1u << ETS_ADD : c == 'M' ? 1u << ETS_MUL :
	       c == 'N' && none ? 1u << ETS_NONE : 0;
	return *out != 0;
}

static enum status wish_of(const struct spec *spec, struct ets_wish *w, struct err *e)
{
	const char *model = spec_text(spec, "model"), *damped = spec_text(spec, "damped");
	const char *ic = spec_text(spec, "ic"), *bounds = spec_text(spec, "bounds");
	size_t n = strlen(model);
	int has_d = n == 4 && model[2] == 'd';
	memset(w, 0, sizeof *w);
	if ((n != 3 && !has_d) || !bits_of(model[0], 0, &w->error) || !bits_of(model[1], 1, &w->trend) ||
	    !bits_of(model[n - 1], 1, &w->season) || (has_d && model[1] == 'N'))
		return err_set(e, E_USAGE, "model '%s' is no form: error, trend, season as in AAdN or ZZZ",
			       model);
	/* A multiplicative trend runs away: only where it is asked for by name. */
	if (model[1] == 'Z')
		w->trend &= ~(1u << ETS_MUL);
	w->damped = has_d || !strcmp(damped, "yes") ? 2 : !strcmp(damped, "no") ? 1 : 3;
	if (has_d)
		w->trend &= ~(1u << ETS_NONE);
	w->restricted = !strcmp(spec_text(spec, "restrict"), "yes") && model[1] != 'M';
	w->keep_season = !strcmp(spec_text(spec, "seasonal"), "auto");
	w->ic = !strcmp(ic, "aic") ? ETS_AIC : !strcmp(ic, "bic") ? ETS_BIC : ETS_AICC;
	w->bounds = !strcmp(bounds, "usual") ? ETS_USUAL
		    : !strcmp(bounds, "admissible") ? ETS_ADMISSIBLE : ETS_BOTH;
	return OK;
}

static enum status ets_check(const struct spec *spec, struct err *e)
{
	struct ets_wish wish;
	return wish_of(spec, &wish, e);
}

static int ets_n_parameter(const struct spec *spec, int season)
{
	int own = (int)spec_number(spec, "season");
	return THETA + ETS_SEASON + (own ? own : season > 1 ? season : 1);
}

/* Known values that are not zero; those that are never zero have all the slope they show. */
static int sales_of(const struct local_series *s)
{
	int sales = 0, zeros = 0;
	for (int t = 0; t < s->n; t++) {
		sales += !isnan(s->y[t]) && s->y[t] != 0;
		zeros += s->y[t] == 0;
	}
	return zeros ? sales : SALES_FOR_TREND;
}

static enum status ets_fit_series(const struct spec *spec, const struct local_series *s,
				  struct arena *scratch, double *p, struct err *e)
{
	struct ets_wish wish;
	struct ets_choice choice;
	int season = local_season(spec, s);
	enum status status = wish_of(spec, &wish, e);
	if (status)
		return status;
	/* Two sales at the end of a year of zeros are no trend. */
	if (wish.trend & 1u << ETS_NONE && sales_of(s) < SALES_FOR_TREND)
		wish.trend = 1u << ETS_NONE;
	if (!ets_choose(&wish, season > 1 ? season : 1, s->n, s->y, scratch, p + THETA, &choice))
		return err_set(e, E_FIT, "no known value");
	p[ERROR] = choice.form.error;
	p[TREND] = choice.form.trend;
	p[DAMPED] = choice.form.damped;
	p[SEASON_KIND] = choice.form.season;
	p[SEASON_LENGTH] = choice.m;
	p[FIRST] = s->first;
	p[SIGMA2] = choice.sigma2;
	p[LOGLIK] = -choice.criterion / 2;
	/* A criterion that does not exist for so few values is kept as 0. */
	p[CRITERION] = isfinite(choice.ic) ? choice.ic : 0;
	return OK;
}

/* ---- from parameters to states ---- */

/* A fitted form on its way over a series. */
struct run {
	struct ets_form form;
	int m, from, at;  /* states began before y[from] and stand before y[at] */
	int fresh;        /* they were begun anew, from the values of this series */
	double *theta;    /* [ETS_SEASON + m] */
	double *state;    /* [2 + m] */
	double largest;   /* of |y[0, at)| and the first level */
	const struct local_series *s;
};

static enum status run_begin(struct run *r, const double *p, const struct local_series *s,
			     struct arena *scratch, struct err *e)
{
	int m = (int)p[SEASON_LENGTH];
	*r = (struct run){ .form = { (enum ets_part)p[ERROR], (enum ets_part)p[TREND],
				     (enum ets_part)p[SEASON_KIND], p[DAMPED] > 0 },
			   .m = m, .s = s };
	double away = p[FIRST] - s->first;
	r->theta = ARENA_ARRAY(scratch, double, ETS_SEASON + m);
	r->state = ARENA_ARRAY(scratch, double, 2 + m);
	memcpy(r->theta, p + THETA, (size_t)(ETS_SEASON + m) * sizeof(double));
	if (known_last(s->y, s->n) < 0)
		return err_set(e, E_FIT, "no known value");
	r->fresh = !(away >= 0 && away < s->n);
	if (r->fresh)
		ets_start(r->form, m, s->n, s->y, r->theta);
	else
		r->from = r->at = (int)away;
	for (int t = 0; t < r->from; t++)
		if (!isnan(s->y[t]))
			r->largest = fmax(r->largest, fabs(s->y[t]));
	r->largest = fmax(r->largest, fabs(r->theta[ETS_LEVEL]));
	memcpy(r->state, r->theta + ETS_LEVEL, (size_t)(2 + m) * sizeof(double));
	return OK;
}

static void run_to(struct run *r, int end)
{
	ets_advance(r->form, r->m, r->theta, r->at - r->from, end - r->from, r->s->y + r->from, r->state,
		    NULL);
	for (; r->at < end; r->at++)
		if (!isnan(r->s->y[r->at]))
			r->largest = fmax(r->largest, fabs(r->s->y[r->at]));
}

static int run_path(const struct run *r, int n_step, double *mean)
{
	double cap = CAP * r->largest;
	ets_path(r->form, r->m, r->theta, r->at - r->from, r->state, n_step, mean);
	for (int h = 0; h < n_step; h++) {
		if (!isfinite(mean[h]))
			return 0;
		mean[h] = fmin(fmax(mean[h], -cap), cap);
	}
	return 1;
}

static enum status ets_predict(const struct spec *spec, const double *p, const struct local_series *s,
			       struct arena *scratch, int n_step, double *mean, struct err *e)
{
	(void)spec;
	struct run r;
	enum status status = run_begin(&r, p, s, scratch, e);
	if (status)
		return status;
	run_to(&r, s->n);
	return run_path(&r, n_step, mean) ? OK : err_set(e, E_FIT, "the states left all bounds");
}

static enum status ets_replay(const struct spec *spec, const double *p, const struct local_series *s,
			      struct arena *scratch, int n_end, const int *end, int n_step,
			      double *mean, struct err *e)
{
	struct run r;
	enum status status = run_begin(&r, p, s, scratch, e);
	if (status)
		return status;
	for (int k = 0; k < n_end; k++) {
		double *row = mean + (size_t)k * (size_t)n_step;
		int made;
		struct err none;
		struct local_series past = *s;
		past.n = end[k];
		/* States begun anew lean on values that an earlier origin does not know. */
		if (r.fresh || end[k] <= r.from) {
			made = !ets_predict(spec, p, &past, scratch, n_step, row, &none);
		} else {
			run_to(&r, end[k]);
			made = known_last(past.y, past.n) >= 0 && run_path(&r, n_step, row);
		}
		for (int h = 0; !made && h < n_step; h++)
			row[h] = (double)NAN;
	}
	return OK;
}

/* ---- spread ---- */

static void draw_paths(const struct run *r, double sigma2, struct rng *rng, struct arena *scratch,
		       int n_path, int n_step, double *path)
{
	double *state = ARENA_ARRAY(scratch, double, 2 + r->m);
	for (int k = 0; k < n_path; k++) {
		double *one = path + (size_t)k * (size_t)n_step;
		memcpy(state, r->state, (size_t)(2 + r->m) * sizeof *state);
		ets_draw(r->form, r->m, r->theta, sigma2, r->at - r->from, state, CAP * r->largest, rng,
			 n_step, one);
		for (int h = 0; r->form.error == ETS_MUL && h < n_step; h++)
			one[h] = fmax(one[h], 0);
	}
}

/* By futures drawn from a stream of its own: the same for the same parameters and series. */
static void sd_by_paths(const struct run *r, double sigma2, struct arena *scratch, int n_step, double *sd)
{
	double *path = ARENA_ARRAY(scratch, double, (size_t)SD_PATHS * (size_t)n_step);
	struct rng *rng = rng_new();
	rng_seed(rng, 0, "ets", "sd");
	draw_paths(r, sigma2, rng, scratch, SD_PATHS, n_step, path);
	rng_free(rng);
	for (int h = 0; h < n_step; h++) {
		double mean = 0, square = 0;
		for (int k = 0; k < SD_PATHS; k++)
			mean += path[(size_t)k * (size_t)n_step + (size_t)h] / SD_PATHS;
		for (int k = 0; k < SD_PATHS; k++) {
			double far = path[(size_t)k * (size_t)n_step + (size_t)h] - mean;
			square += far * far;
		}
		sd[h] = sqrt(square / (SD_PATHS - 1));
	}
}

static enum status ets_spread(const struct spec *spec, const double *p, const struct local_series *s,
			      struct arena *scratch, int n_step, double *sd, struct err *e)
{
	(void)spec;
	struct run r;
	enum status status = run_begin(&r, p, s, scratch, e);
	if (status)
		return status;
	run_to(&r, s->n);
	if (!ets_sd(r.form, r.m, r.theta, p[SIGMA2], r.at - r.from, r.state, n_step, sd))
		sd_by_paths(&r, p[SIGMA2], scratch, n_step, sd);
	double least = r.largest > 0 ? SD_LEAST * r.largest : SD_LEAST;
	double most = CAP * fmax(r.largest, least);
	for (int h = 0; h < n_step; h++)
		sd[h] = sd[h] > least ? fmin(sd[h], most) : least;
	return OK;
}

static enum status ets_paths(const struct spec *spec, const double *p, const struct local_series *s,
			     struct arena *scratch, struct rng *rng, int n_path, int n_step, double *path,
			     struct err *e)
{
	(void)spec;
	struct run r;
	enum status status = run_begin(&r, p, s, scratch, e);
	if (status)
		return status;
	run_to(&r, s->n);
	draw_paths(&r, p[SIGMA2], rng, scratch, n_path, n_step, path);
	return OK;
}

static const struct local_method ets = {
	.name = ets_NAME,
	.summary = ets_SUMMARY,
	.options = ets_OPTIONS,
	.check = ets_check,
	.n_parameter = ets_n_parameter,
	.fit = ets_fit_series,
	.predict = ets_predict,
	.replay = ets_replay,
	.sd = ets_spread,
	.paths = ets_paths,
};
LOCAL_METHOD(ets);
