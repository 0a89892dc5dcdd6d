/*
 * Seasonal window mean: each step is the mean of the known values at the same place in the season
 * within the last `window` seasons; for days, the mean of the last eight Mondays, Tuesdays ... It
 * is the seasonal naive of FPP3, section 5.2, averaged over seasons (retailers' "average of the last
 * 8 weeks"). A place without a known value in the window gets the mean of the whole window.
 */
#include "config.h"
#include "model/known.h"

#include <math.h>

#define seasonal_window_mean_NAME "seasonal_window_mean"
#define seasonal_window_mean_SUMMARY "the mean of the same weekday (month ...) in the last seasons"
static const struct option seasonal_window_mean_OPTIONS[] = {
	{ .name = "window", .type = OPTION_INT, .value = "N", .preset = "0", .min = 0, .max = 5000,
	  .help = "seasons that are averaged; 0: 8 short ones (weeks), 2 long ones (years)" },
	SEASON_OPTION,
	{ 0 }
};

#define SHORT_SEASON 10 /* periods; eight of these are still like the present, eight years are not */

static int window_of(const struct spec *spec, int season)
{
	int window = (int)spec_number(spec, "window");
	return window ? window : season <= SHORT_SEASON ? 8 : 2;
}

/* Mean of the known values season, 2 season ... `window` seasons before place n + h, h < season. */
static double place_mean(const struct local_series *s, int season, int window, int h)
{
	double sum = 0;
	int known = 0, t = s->n + h - season;
	for (int k = 0; k < window && t >= 0; k++, t -= season) {
		if (isnan(s->y[t]))
			continue;
		sum += s->y[t];
		known++;
	}
	return known ? sum / known : (double)NAN;
}

static enum status seasonal_window_mean_predict(const struct spec *spec, const double *p,
						const struct local_series *s, struct arena *scratch,
						int n_step, double *out, struct err *e)
{
	(void)p, (void)scratch;
	int season = local_season(spec, s), window = window_of(spec, season);
	double all = known_mean(s->y, s->n / season >= window ? s->n - window * season : 0, s->n);
	if (isnan(all))
		return err_set(e, E_FIT, "no known value in the last %d seasons", window);
	if (s->n < season)
		return err_set(e, E_FIT, "%d periods are less than a season of %d", s->n, season);
	for (int h = 0; h < n_step; h++) {
		double place = h < season ? place_mean(s, season, window, h) : out[h - season];
		out[h] = isnan(place) ? all : place;
	}
	return OK;
}

static const struct local_method seasonal_window_mean = {
	.name = seasonal_window_mean_NAME,
	.summary = seasonal_window_mean_SUMMARY,
	.options = seasonal_window_mean_OPTIONS,
	.predict = seasonal_window_mean_predict,
};
LOCAL_METHOD(seasonal_window_mean);
