/*
 * Naive: every step is the last known value (Hyndman & Athanasopoulos, Forecasting: Principles and
 * Practice, 3rd ed., section 5.2). The best there is for a random walk.
 */
#include "config.h"
#include "model/known.h"

#define naive_NAME "naive"
#define naive_SUMMARY "the last known value"
#define naive_OPTIONS NULL

static enum status naive_predict(const struct spec *spec, const double *p,
				 const struct local_series *s, struct arena *scratch, int n_step,
				 double *out, struct err *e)
{
	(void)spec, (void)p, (void)scratch;
	int last = known_last(s->y, s->n);
	if (last < 0)
		return err_set(e, E_FIT, "no known value");
	for (int h = 0; h < n_step; h++)
		out[h] = s->y[last];
	return OK;
}

static const struct local_method naive = {
	.name = naive_NAME,
	.summary = naive_SUMMARY,
	.options = naive_OPTIONS,
	.predict = naive_predict,
};
LOCAL_METHOD(naive);
