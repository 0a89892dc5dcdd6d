/*
 * Seasonal naive: each step is the latest known value of the same place in the season
 * (Hyndman & Athanasopoulos, FPP3, section 5.2): y[T + h - m(k + 1)], k whole seasons back. Where that
 * value is not known, the one a season before it is taken, and so on. A place that was never known
 * (the weekday on which a shop is shut) gets the last known value of any place.
 */
#include "config.h"
#include "model/known.h"

#include <math.h>
#include <string.h>

#define snaive_NAME "snaive"
#define snaive_SUMMARY "the last season again"
static const struct option snaive_OPTIONS[] = {
	SEASON_OPTION,
	{ .name = "of", .type = OPTION_CHOICE, .value = "season|cycle", .choices = "season|cycle",
	  .preset = "season", .help = "repeat the season, or the longer cycle beside it in whole seasons" },
	{ 0 }
};

/* Periods that are repeated: the longer cycle counts in whole seasons, so that a year of days ends
 * on the weekday on which it began (364). 0: there is none. */
static int repeated(const struct spec *spec, const struct local_series *s)
{
	int season = local_season(spec, s);
	return strcmp(spec_text(spec, "of"), "cycle") ? season : (int)floor(s->cycle / season + .5) * season;
}

static enum status snaive_predict(const struct spec *spec, const double *p,
				  const struct local_series *s, struct arena *scratch, int n_step,
				  double *out, struct err *e)
{
	(void)p, (void)scratch;
	int season = repeated(spec, s), last = known_last(s->y, s->n);
	if (last < 0)
		return err_set(e, E_FIT, "no known value");
	if (season < 1)
		return err_set(e, E_FIT, "there is no longer cycle");
	if (s->n < season)
		return err_set(e, E_FIT, "%d periods are less than a season of %d", s->n, season);
	for (int h = 0; h < n_step; h++) {
		int t = s->n - season + h % season;
		while (t >= 0 && isnan(s->y[t]))
			t -= season;
		out[h] = s->y[t >= 0 ? t : last];
	}
	return OK;
}

static const struct local_method snaive = {
	.name = snaive_NAME,
	.summary = snaive_SUMMARY,
	.options = snaive_OPTIONS,
	.predict = snaive_predict,
};
LOCAL_METHOD(snaive);
