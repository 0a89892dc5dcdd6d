/*
 * Window mean: every step is the mean of the known values within the last `window` periods (moving
 * average of Hyndman & Athanasopoulos, FPP3, section 5.2 "mean method" over a rolling window). The
 * window counts periods, known or not: a long stock-out does not reach back into last year.
 */
#include "config.h"
#include "model/known.h"

#include <math.h>

#define window_mean_NAME "window_mean"
#define window_mean_SUMMARY "the mean of the last periods"
static const struct option window_mean_OPTIONS[] = {
	{ .name = "window", .type = OPTION_INT, .value = "N", .preset = "28", .min = 1, .max = 100000,
	  .help = "periods that are averaged" },
	{ 0 }
};

static enum status window_mean_predict(const struct spec *spec, const double *p,
				       const struct local_series *s, struct arena *scratch, int n_step,
				       double *out, struct err *e)
{
	(void)p, (void)scratch;
	int window = (int)spec_number(spec, "window");
	double level = known_mean(s->y, s->n - window, s->n);
	if (isnan(level))
		return err_set(e, E_FIT, "no known value in the last %d periods", window);
	for (int h = 0; h < n_step; h++)
		out[h] = level;
	return OK;
}

static const struct local_method window_mean = {
	.name = window_mean_NAME,
	.summary = window_mean_SUMMARY,
	.options = window_mean_OPTIONS,
	.predict = window_mean_predict,
};
LOCAL_METHOD(window_mean);
