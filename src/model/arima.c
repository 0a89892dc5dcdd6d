/*
 * Automatic seasonal ARIMA (Hyndman & Khandakar 2008) by exact likelihood; num/arima_search.h.
 *
 * Whether a season is to be differenced cannot be settled by likelihood, and on noisy counts not by
 * the strength of the season either: a stationary season dies out over the steps, a differenced one
 * stays, and either is wrong somewhere. So both are searched, and the forecast is the mean of the
 * best of each (as robust as any rule of choice on daily, monthly and hourly sets, and better than
 * the worse of the two everywhere).
 *
 * A season of more than 24 periods is made of harmonics instead of lags.
 */
#include "config.h"
#include "model/arima_kept.h"

#include <math.h>
#include <string.h>
#include "base/option.h"
#include "model/known.h"
#include "num/arima_search.h"
#include "num/stl.h"

#define arima_NAME "arima"
#define arima_SUMMARY "automatic seasonal ARIMA by exact likelihood"
static const struct option arima_OPTIONS[] = {
	SEASON_OPTION,
	{ .name = "order", .type = OPTION_TEXT, .value = "auto|pdq", .preset = "auto",
	  .help = "three digits such as 101, or the best by AICc" },
	{ .name = "seasonal", .type = OPTION_TEXT, .value = "auto|PDQ", .preset = "auto",
	  .help = "three digits such as 011, or the best by AICc" },
	{ .name = "difference", .type = OPTION_CHOICE, .value = "both|strength|no|yes", .preset = "both",
	  .choices = "both|strength|no|yes",
	  .help = "seasonal difference: mean of with and without, by the season's strength, no, yes" },
	{ .name = "fourier", .type = OPTION_TEXT, .value = "auto|K", .preset = "auto",
	  .help = "harmonics of the season instead of seasonal lags; auto: from a season of 25 on" },
	{ .name = "drift", .type = OPTION_CHOICE, .value = "yes|no", .preset = "yes", .choices = "yes|no",
	  .help = "allow a mean, or with one difference a drift" },
	{ .name = "stationary", .type = OPTION_CHOICE, .value = "yes|no", .preset = "no",
	  .choices = "yes|no", .help = "no differences" },
	{ .name = "ic", .type = OPTION_CHOICE, .value = "aicc|aic|bic", .preset = "aicc",
	  .choices = "aicc|aic|bic", .help = "what orders are compared by" },
	{ .name = "max_p", .type = OPTION_INT, .value = "N", .preset = "5", .min = 0, .max = 8,
	  .help = "most autoregressive lags" },
	{ .name = "max_q", .type = OPTION_INT, .value = "N", .preset = "5", .min = 0, .max = 8,
	  .help = "most moving-average lags" },
	{ .name = "models", .type = OPTION_INT, .value = "N", .preset = "94", .min = 1, .max = 200,
	  .help = "most orders that are tried in a search" },
	DRIVERS_OPTION,
	{ 0 }
};

#define LONG_SEASON 24   /* longest whose lags are searched */
#define HARMONICS_MOST 12
#define MODELS 2

/* Most harmonics that a spec asks for with a season. */
static int harmonics_most(const struct spec *spec, int season)
{
	const char *text = spec_text(spec, "fourier");
	int k = strcmp(text, "auto") ? (int)option_number(text) : season > LONG_SEASON ? HARMONICS_MOST : 0;
	k = k < season / 2 ? k : season / 2;
	return season < 2 || k < 0 ? 0 : k < (ARIMA_COLUMNS - 2) / 2 ? k : (ARIMA_COLUMNS - 2) / 2;
}

static int columns_most(const struct spec *spec, int season)
{
	return 1 + 2 * harmonics_most(spec, season);
}

static int causes_most(const struct spec *spec)
{
	return kept_drivers_of(spec) == DRIVERS_OFF ? 0 : KEPT_CAUSES;
}

static int season_option(const struct spec *spec, int season)
{
	int own = (int)spec_number(spec, "season");
	return own ? own : season;
}

static int arima_n_parameter(const struct spec *spec, int season)
{
	return arima_kept_parameters(MODELS, columns_most(spec, season_option(spec, season)), causes_most(spec));
}

/* Three digits, or `auto`: returns 1 where they are given, 0 for auto, -1 for neither. */
static int digits(const char *text, int *x)
{
	if (!strcmp(text, "auto"))
		return 0;
	for (int i = 0; i < 3; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		x[i] = text[i] - '0';
	}
	return text[3] ? -1 : 1;
}

static struct arima_scope scope_of(const struct spec *spec, int season)
{
	struct arima_scope scope = arima_scope_default(season);
	const char *ic = spec_text(spec, "ic");
	scope.max_p = (int)spec_number(spec, "max_p");
	scope.max_q = (int)spec_number(spec, "max_q");
	scope.trend = *spec_text(spec, "drift") == 'y';
	scope.stationary = *spec_text(spec, "stationary") == 'y';
	scope.criterion = !strcmp(ic, "aic") ? ARIMA_AIC : !strcmp(ic, "bic") ? ARIMA_BIC : ARIMA_AICC;
	scope.models = (int)spec_number(spec, "models");
	return scope;
}

/* The best without or with a seasonal difference, or both, into kept; false: none. */
static int search(const struct spec *spec, const struct arima_data *data, struct arima_scope scope,
		  struct arena *a, struct arima_kept *kept)
{
	const char *difference = spec_text(spec, "difference");
	int seasonal = scope.season > 1 && scope.max_P + scope.max_Q > 0 && !scope.stationary &&
		       data->n > 3 * scope.season + 2;
	int from = *difference == 'y' && seasonal, to = *difference != 'n' && seasonal;
	if (*difference == 's')
		from = to = -1;
	for (int D = from; D <= to; D++) {
		scope.D = D;
		if (!arima_search(data, &scope, a, &kept->model[kept->n_model]))
			kept->n_model++;
	}
	return kept->n_model > 0;
}

static enum status arima_check(const struct spec *spec, struct err *e)
{
	static const struct option number = { .name = "fourier", .type = OPTION_INT, .min = 0, .max = 31 };
	const char *fourier = spec_text(spec, "fourier");
	int pdq[3];
	if (strcmp(fourier, "auto") && option_check(&number, fourier, e))
		return E_USAGE;
	if (digits(spec_text(spec, "order"), pdq) < 0 || digits(spec_text(spec, "seasonal"), pdq) < 0)
		return err_set(e, E_USAGE, "order and seasonal of method 'arima' are three digits or auto");
	return OK;
}

static enum status arima_fit_series(const struct spec *spec, const struct local_series *s,
				    struct arena *a, double *p, struct err *e)
{
	struct arima_kept *kept = ARENA_ARRAY(a, struct arima_kept, 1);
	int season = local_season(spec, s), pdq[3] = { 0 }, PDQ[3] = { 0 }, known = 0;
	int given = digits(spec_text(spec, "order"), pdq);
	int seasonal = digits(spec_text(spec, "seasonal"), PDQ);
	const char *fourier = spec_text(spec, "fourier");
	for (int t = 0; t < s->n; t++)
		known += !isnan(s->y[t]);
	if (!known)
		return err_set(e, E_FIT, "no known value");
	arima_kept_start(kept, s, a);
	kept->harmonics.period[0] = season;
	kept->harmonics.k[0] = s->n >= 2 * season ? harmonics_most(spec, season) : 0;
	if (kept->harmonics.k[0] && !strcmp(fourier, "auto")) {
		struct arima_kept none = { .cap = kept->cap, .scale = kept->scale, .first = s->first };
		double *y = ARENA_ARRAY(a, double, s->n + 1);
		stl_fill(1, &season, s->n, arima_kept_data(&none, s, 0, a).y, a, y);
		arima_kept_choose(s, y, 1, &kept->harmonics, a);
	}
	arima_kept_causes(kept, s, kept_drivers_of(spec), a);
	int lags = season > 1 && season <= LONG_SEASON && !kept->harmonics.k[0];
	do {
		struct arima_data data = arima_kept_data(kept, s, 0, a);
		kept->n_model = 0;
		if (given) {
			struct arima_order o = { pdq[0], pdq[1], pdq[2], PDQ[0], PDQ[1], PDQ[2], season };
			int trend = *spec_text(spec, "drift") == 'y' && o.d + o.D < 2 && !(o.d + o.D && seasonal);
			kept->n_model = !arima_fit_order(&data, &o, trend, a, &kept->model[0]);
		} else {
			struct arima_scope scope = scope_of(spec, lags ? season : 1);
			search(spec, &data, scope, a, kept);
		}
	} while (arima_kept_wrong(kept, s, a));
	if (!kept->n_model)
		return err_set(e, E_FIT, "%d known values are too few for an ARIMA", known);
	arima_kept_write(kept, MODELS, columns_most(spec, season), causes_most(spec), p);
	return OK;
}

static struct arima_kept *kept_of(const struct spec *spec, const double *p, const struct local_series *s,
				  struct arena *a)
{
	struct arima_kept *kept = ARENA_ARRAY(a, struct arima_kept, 1);
	arima_kept_read(p, MODELS, columns_most(spec, local_season(spec, s)), causes_most(spec), kept);
	return kept;
}

static enum status arima_predict(const struct spec *spec, const double *p, const struct local_series *s,
				 struct arena *a, int n_step, double *mean, struct err *e)
{
	return arima_kept_predict(kept_of(spec, p, s, a), s, a, n_step, mean, e);
}

static enum status arima_replay_series(const struct spec *spec, const double *p,
				       const struct local_series *s, struct arena *a, int n_end,
				       const int *end, int n_step, double *mean, struct err *e)
{
	return arima_kept_replay(kept_of(spec, p, s, a), s, a, n_end, end, n_step, mean, e);
}

static enum status arima_sd(const struct spec *spec, const double *p, const struct local_series *s,
			    struct arena *a, int n_step, double *sd, struct err *e)
{
	return arima_kept_sd(kept_of(spec, p, s, a), s, a, n_step, sd, e);
}

static enum status arima_paths_series(const struct spec *spec, const double *p,
				      const struct local_series *s, struct arena *a, struct rng *rng,
				      int n_path, int n_step, double *path, struct err *e)
{
	return arima_kept_paths(kept_of(spec, p, s, a), s, a, rng, n_path, n_step, path, e);
}

static const struct local_method arima = {
	.name = arima_NAME,
	.summary = arima_SUMMARY,
	.options = arima_OPTIONS,
	.check = arima_check,
	.n_parameter = arima_n_parameter,
	.fit = arima_fit_series,
	.predict = arima_predict,
	.replay = arima_replay_series,
	.sd = arima_sd,
	.paths = arima_paths_series,
};
LOCAL_METHOD(arima);
