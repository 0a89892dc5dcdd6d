/*
 * Drift: the line through the first and the last known value, continued (Hyndman & Athanasopoulos,
 * FPP3, section 5.2): y[T] + h (y[T] - y[1]) / (T - 1). Steps are counted from the place of the last
 * known value, so unknown days at the end do not flatten the line.
 */
#include "config.h"
#include "model/known.h"

#include <math.h>

#define drift_NAME "drift"
#define drift_SUMMARY "the line through the first and the last value"
#define drift_OPTIONS NULL

static enum status drift_predict(const struct spec *spec, const double *p,
				 const struct local_series *s, struct arena *scratch, int n_step,
				 double *out, struct err *e)
{
	(void)spec, (void)p, (void)scratch;
	int first = 0, last = known_last(s->y, s->n);
	while (first < last && isnan(s->y[first]))
		first++;
	if (first >= last)
		return err_set(e, E_FIT, "a line needs two known values");
	double slope = (s->y[last] - s->y[first]) / (last - first);
	for (int h = 0; h < n_step; h++)
		out[h] = s->y[last] + slope * (s->n + h - last);
	return OK;
}

static const struct local_method drift = {
	.name = drift_NAME,
	.summary = drift_SUMMARY,
	.options = drift_OPTIONS,
	.predict = drift_predict,
};
LOCAL_METHOD(drift);
