/*
 * Seasonal-trend decomposition, and another method for what it leaves: the seasons of an STL or MSTL
 * (num/stl.h) are taken off, the part's local method forecasts the rest as a series without season,
 * and each season's last cycle is put back (Hyndman & Athanasopoulos, FPP3, section 5.7).
 *
 *     stl                  with theta for the rest
 *     stl(ets, robust=yes) any local method
 *
 * Seasons are the series' own and its longer cycle, rounded to whole periods (365.25 days: 365, so
 * the yearly season drifts by a day in four years), as far as the past holds each more than twice.
 * Where it holds none, the part has the series as it is. Each origin is decomposed anew, so a new day
 * moves the seasons too; what is kept is the part's parameters.
 *
 * A series of values above 0 alone is decomposed and forecast on a Box-Cox scale, which comes back as
 * a mean by the part's own variance (or as a median, which absolute errors reward). Any other is left
 * as it is.
 */
#include "config.h"
#include "model/parts.h"

#include <math.h>
#include <string.h>
#include "base/option.h"
#include "model/known.h"
#include "num/boxcox.h"
#include "num/cap.h"
#include "num/stl.h"

#define stl_NAME "stl"
#define stl_SUMMARY "seasons taken off by STL or MSTL, another method for the rest"
static const struct option stl_OPTIONS[] = {
	SEASON_OPTION,
	{ .name = "cycle", .type = OPTION_INT, .value = "N", .preset = "0", .min = 0, .max = 5000,
	  .help = "longer season in periods; 0 is the calendar's, 1 none" },
	{ .name = "window", .type = OPTION_INT, .value = "N", .preset = "0", .min = 0, .max = 9999,
	  .help = "cycles over which a season changes, 3 or more; 0 is 11, and 15 for the longer one" },
	{ .name = "robust", .type = OPTION_CHOICE, .value = "yes|no", .preset = "no",
	  .choices = "yes|no", .help = "hold outliers off the seasons" },
	{ .name = "lambda", .type = OPTION_TEXT, .value = "auto|none|X", .preset = "auto",
	  .help = "Box-Cox transformation: by Guerrero's method, none, or a number from 0 to 1" },
	{ .name = "back", .type = OPTION_CHOICE, .value = "mean|median", .preset = "mean",
	  .choices = "mean|median", .help = "what comes back from the Box-Cox scale" },
	{ 0 }
};

/* Places in p; the part's parameters follow. */
enum { CAP, LAMBDA, LEAST, N_FIXED };

#define WINDOWS 12 /* past origins worth a decomposition each */
#define SEASONS_MOST 2

extern const struct method theta_method;
static const struct spec default_part = { .method = &theta_method };

static const struct spec *part_of(const struct spec *spec)
{
	return spec->n_part ? spec->part[0] : &default_part;
}

static int stl_n_parameter(const struct spec *spec, int season)
{
	(void)season;
	const struct spec *part = part_of(spec);
	return N_FIXED + (part->method->local ? local_parameters(part->method->local, part, 1) : 0);
}

/* The seasons that n periods hold, ascending. */
static int seasons_of(const struct spec *spec, const struct local_series *s, int *period)
{
	int cycle = (int)spec_number(spec, "cycle");
	int all[SEASONS_MOST] = { local_season(spec, s), cycle ? cycle : (int)floor(s->cycle + .5) };
	return mstl_usable(SEASONS_MOST, all, s->n, period);
}

/* What the part sees of a series, and the seasons that were taken off. */
struct parted {
	struct local_series rest; /* without season */
	struct mstl_plan plan;
	double *season;           /* [plan.n_season][rest.n] */
};

/*
 * Takes the seasons off. Values keep their places: what is not known stays so in the rest, filled only
 * for the decomposition.
 */
static enum status part_series(const struct spec *spec, const double *p, const struct local_series *s,
			       struct arena *scratch, struct parted *out, struct err *e)
{
	int n = s->n;
	double *y = ARENA_ARRAY(scratch, double, n + 1), *trend = ARENA_ARRAY(scratch, double, n + 1);
	memset(out, 0, sizeof *out);
	for (int t = 0; t < n; t++) {
		y[t] = cap_value(s->y[t], p[CAP]);
		if (p[LAMBDA] < 1) /* a 0 that came after the fit counts as the least value before */
			y[t] = boxcox(y[t] < p[LEAST] ? p[LEAST] : y[t], p[LAMBDA]);
	}
	struct mstl_plan *plan = &out->plan;
	plan->n_season = known_last(y, n) < 0 ? 0 : seasons_of(spec, s, plan->period);
	plan->window = (int)spec_number(spec, "window");
	plan->iterate = MSTL_ITERATE;
	plan->robust = *spec_text(spec, "robust") == 'y';
	out->season = ARENA_ARRAY(scratch, double, (size_t)plan->n_season * (size_t)n + 1);
	if (plan->n_season && mstl_decompose(plan, n, y, scratch, out->season, trend))
		return err_set(e, E_FIT, "could not be decomposed");
	for (int k = 0; k < plan->n_season; k++)
		for (int t = 0; t < n; t++)
			y[t] -= out->season[(size_t)k * (size_t)n + (size_t)t];
	out->rest = *s;
	out->rest.y = y;
	out->rest.season = 1;
	out->rest.cycle = 0;
	out->rest.whole = 0;
	out->rest.negative_ok = 1;
	return OK;
}

/* Chooses the scale: LAMBDA, 1 for the data's own, and the least value it was chosen for. */
static enum status fit_scale(const struct spec *spec, const struct local_series *s,
			     struct arena *scratch, double *p, struct err *e)
{
	const char *text = spec_text(spec, "lambda");
	const struct option number = { .name = "lambda", .type = OPTION_NUMBER, .min = 0, .max = 1 };
	int given = strcmp(text, "auto") && strcmp(text, "none");
	double *y = ARENA_ARRAY(scratch, double, s->n + 1), least = INFINITY;
	enum status status = given ? option_check(&number, text, e) : OK;
	for (int t = 0; t < s->n; t++) {
		y[t] = cap_value(s->y[t], p[CAP]);
		least = y[t] < least ? y[t] : least;
	}
	p[LAMBDA] = 1;
	p[LEAST] = least;
	if (status || !(least > 0) || !strcmp(text, "none"))
		return status;
	p[LAMBDA] = given ? option_number(text)
		: boxcox_lambda(s->n, y, local_season(spec, s), scratch);
	return OK;
}

static enum status stl_check(const struct spec *spec, struct err *e)
{
	if (spec->n_part > 1 || !part_of(spec)->method->local)
		return err_set(e, E_USAGE, "method 'stl' takes one method of single series");
	return OK;
}

static enum status stl_fit(const struct spec *spec, const struct local_series *s,
			   struct arena *scratch, double *p, struct err *e)
{
	const struct spec *part = part_of(spec);
	const struct local_method *method = part->method->local;
	struct parted parted;
	if (known_last(s->y, s->n) < 0)
		return err_set(e, E_FIT, "no known value");
	p[CAP] = cap_of(s->n, s->y, scratch);
	enum status status = fit_scale(spec, s, scratch, p, e);
	if (!status)
		status = part_series(spec, p, s, scratch, &parted, e);
	if (!status && method->fit)
		status = method->fit(part, &parted.rest, scratch, p + N_FIXED, e);
	return status;
}

/* Sum of the seasons at step h (from 0) after the end: their last cycles again. */
static double seasons_at(const struct parted *parted, int h)
{
	int n = parted->rest.n;
	double sum = 0;
	for (int k = 0; k < parted->plan.n_season; k++) {
		const double *season = parted->season + (size_t)k * (size_t)n;
		int period = parted->plan.period[k];
		sum += season[n - period + h % period];
	}
	return sum;
}

static enum status stl_predict(const struct spec *spec, const double *p, const struct local_series *s,
			       struct arena *scratch, int n_step, double *mean, struct err *e)
{
	const struct spec *part = part_of(spec);
	const struct local_method *method = part->method->local;
	double *sd = ARENA_ARRAY(scratch, double, n_step);
	struct parted parted;
	struct err unasked;
	enum status status = part_series(spec, p, s, scratch, &parted, e);
	if (!status)
		status = method->predict(part, p + N_FIXED, &parted.rest, scratch, n_step, mean, e);
	if (status)
		return status;
	int as_mean = p[LAMBDA] < 1 && method->sd && !strcmp(spec_text(spec, "back"), "mean");
	if (!as_mean || method->sd(part, p + N_FIXED, &parted.rest, scratch, n_step, sd, &unasked))
		memset(sd, 0, (size_t)n_step * sizeof *sd);
	for (int h = 0; h < n_step; h++) {
		mean[h] += seasons_at(&parted, h);
		if (p[LAMBDA] < 1)
			mean[h] = boxcox_back(mean[h], p[LAMBDA], sd[h] * sd[h]);
	}
	return OK;
}

/* The part's own, brought from the Box-Cox scale by its slope, y^(1 - lambda), at the median. */
static enum status stl_sd(const struct spec *spec, const double *p, const struct local_series *s,
			  struct arena *scratch, int n_step, double *sd, struct err *e)
{
	const struct spec *part = part_of(spec);
	const struct local_method *method = part->method->local;
	double *x = ARENA_ARRAY(scratch, double, n_step);
	struct parted parted;
	if (!method->sd)
		return err_set(e, E_FIT, "%s knows no spread of its own", method->name);
	enum status status = part_series(spec, p, s, scratch, &parted, e);
	if (!status)
		status = method->sd(part, p + N_FIXED, &parted.rest, scratch, n_step, sd, e);
	if (status || !(p[LAMBDA] < 1))
		return status;
	status = method->predict(part, p + N_FIXED, &parted.rest, scratch, n_step, x, e);
	for (int h = 0; !status && h < n_step; h++) {
		double y = boxcox_back(x[h] + seasons_at(&parted, h), p[LAMBDA], 0);
		sd[h] *= pow(fabs(y), 1 - p[LAMBDA]);
		if (!(sd[h] > 0 && isfinite(sd[h])))
			status = err_set(e, E_FIT, "no spread at a forecast of 0");
	}
	return status;
}

static const struct local_method stl = {
	.name = stl_NAME,
	.summary = stl_SUMMARY,
	.options = stl_OPTIONS,
	.holds = 1,
	.check = stl_check,
	.n_parameter = stl_n_parameter,
	.fit = stl_fit,
	.predict = stl_predict,
	.sd = stl_sd,
	.windows = WINDOWS,
};
LOCAL_METHOD(stl);
