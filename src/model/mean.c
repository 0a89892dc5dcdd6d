/*
 * Mean: every step is the mean of all known values (Hyndman & Athanasopoulos, FPP3, section 5.2).
 */
#include "config.h"
#include "model/known.h"

#include <math.h>

#define mean_NAME "mean"
#define mean_SUMMARY "the mean of all known values"
#define mean_OPTIONS NULL

static enum status mean_predict(const struct spec *spec, const double *p,
				const struct local_series *s, struct arena *scratch, int n_step,
				double *out, struct err *e)
{
	(void)spec, (void)p, (void)scratch;
	double level = known_mean(s->y, 0, s->n);
	if (isnan(level))
		return err_set(e, E_FIT, "no known value");
	for (int h = 0; h < n_step; h++)
		out[h] = level;
	return OK;
}

static const struct local_method mean = {
	.name = mean_NAME,
	.summary = mean_SUMMARY,
	.options = mean_OPTIONS,
	.predict = mean_predict,
};
LOCAL_METHOD(mean);
