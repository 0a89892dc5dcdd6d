/*
 * Dynamic harmonic regression (Young, Pedregal & Tych 1999; FPP3, section 10.5): harmonics of the
 * season and, from two of its cycles on, of the longer cycle (7 and 365.25 days), with ARIMA errors.
 * How many harmonics is settled by AICc, lowest first.
 */
#include "config.h"
#include "model/arima_kept.h"

#include <math.h>
#include "model/known.h"
#include "num/arima_search.h"
#include "num/stl.h"

#define dhr_NAME "dhr"
#define dhr_SUMMARY "harmonics of season and cycle with ARIMA errors"
static const struct option dhr_OPTIONS[] = {
	SEASON_OPTION,
	{ .name = "cycle", .type = OPTION_NUMBER, .value = "X", .preset = "0", .min = 0, .max = 100000,
	  .help = "longer season in periods; 0 is the calendar's, 1 none" },
	{ .name = "harmonics", .type = OPTION_INT, .value = "N", .preset = "12", .min = 0, .max = 12,
	  .help = "most harmonics of the season" },
	{ .name = "cycle_harmonics", .type = OPTION_INT, .value = "N", .preset = "8", .min = 0, .max = 12,
	  .help = "most harmonics of the longer cycle" },
	DRIVERS_OPTION,
	{ 0 }
};

static int columns_most(const struct spec *spec)
{
	return 1 + 2 * (int)(spec_number(spec, "harmonics") + spec_number(spec, "cycle_harmonics"));
}

static int causes_most(const struct spec *spec)
{
	return kept_drivers_of(spec) == DRIVERS_OFF ? 0 : KEPT_CAUSES;
}

static int dhr_n_parameter(const struct spec *spec, int season)
{
	(void)season;
	return arima_kept_parameters(1, columns_most(spec), causes_most(spec));
}

/* What the series is long enough for. */
static struct harmonics allowed(const struct spec *spec, const struct local_series *s)
{
	int season = local_season(spec, s), k = (int)spec_number(spec, "harmonics");
	double cycle = spec_number(spec, "cycle") > 0 ? spec_number(spec, "cycle") : s->cycle;
	struct harmonics h = { .period = { season, cycle } };
	if (season > 1 && s->n >= 2 * season)
		h.k[0] = k < season / 2 ? k : season / 2;
	if (cycle > 2 && s->n >= 2 * cycle && (cycle < season || cycle > season))
		h.k[1] = (int)fmin(spec_number(spec, "cycle_harmonics"), floor(cycle / 2));
	return h;
}

static enum status dhr_fit(const struct spec *spec, const struct local_series *s, struct arena *a,
			   double *p, struct err *e)
{
	struct arima_kept *kept = ARENA_ARRAY(a, struct arima_kept, 1);
	struct arima_scope scope = arima_scope_default(1);
	int season = local_season(spec, s);
	if (known_last(s->y, s->n) < 0)
		return err_set(e, E_FIT, "no known value");
	arima_kept_start(kept, s, a);
	struct arima_data plain = arima_kept_data(kept, s, 0, a);
	double *y = ARENA_ARRAY(a, double, s->n + 1);
	stl_fill(season > 1 && s->n > 2 * season, &season, s->n, plain.y, a, y);
	kept->harmonics = allowed(spec, s);
	arima_kept_choose(s, y, 1, &kept->harmonics, a);
	arima_kept_causes(kept, s, kept_drivers_of(spec), a);
	do {
		struct arima_data data = arima_kept_data(kept, s, 0, a);
		if (arima_search(&data, &scope, a, &kept->model[0]))
			return err_set(e, E_FIT, "too few known values for an ARIMA");
		kept->n_model = 1;
	} while (arima_kept_wrong(kept, s, a));
	arima_kept_write(kept, 1, columns_most(spec), causes_most(spec), p);
	return OK;
}

static struct arima_kept *kept_of(const struct spec *spec, const double *p, struct arena *a)
{
	struct arima_kept *kept = ARENA_ARRAY(a, struct arima_kept, 1);
	arima_kept_read(p, 1, columns_most(spec), causes_most(spec), kept);
	return kept;
}

static enum status dhr_predict(const struct spec *spec, const double *p, const struct local_series *s,
			       struct arena *a, int n_step, double *mean, struct err *e)
{
	return arima_kept_predict(kept_of(spec, p, a), s, a, n_step, mean, e);
}

static enum status dhr_replay(const struct spec *spec, const double *p, const struct local_series *s,
			      struct arena *a, int n_end, const int *end, int n_step, double *mean,
			      struct err *e)
{
	return arima_kept_replay(kept_of(spec, p, a), s, a, n_end, end, n_step, mean, e);
}

static enum status dhr_sd(const struct spec *spec, const double *p, const struct local_series *s,
			  struct arena *a, int n_step, double *sd, struct err *e)
{
	return arima_kept_sd(kept_of(spec, p, a), s, a, n_step, sd, e);
}

static enum status dhr_paths(const struct spec *spec, const double *p, const struct local_series *s,
			     struct arena *a, struct rng *rng, int n_path, int n_step, double *path,
			     struct err *e)
{
	return arima_kept_paths(kept_of(spec, p, a), s, a, rng, n_path, n_step, path, e);
}

static const struct local_method dhr = {
	.name = dhr_NAME,
	.summary = dhr_SUMMARY,
	.options = dhr_OPTIONS,
	.n_parameter = dhr_n_parameter,
	.fit = dhr_fit,
	.predict = dhr_predict,
	.replay = dhr_replay,
	.sd = dhr_sd,
	.paths = dhr_paths,
};
LOCAL_METHOD(dhr);
