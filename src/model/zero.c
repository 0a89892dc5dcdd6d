/*
 * Zero: nothing will be sold. The last rung of every ladder, and the floor that error measures based
 * on absolute errors must be seen against: on intermittent items it beats many a real method there.
 */
#include "config.h"
#include "model/local.h"

#define zero_NAME "zero"
#define zero_SUMMARY "nothing will be sold"
#define zero_OPTIONS NULL

static enum status zero_predict(const struct spec *spec, const double *p,
				const struct local_series *s, struct arena *scratch, int n_step,
				double *out, struct err *e)
{
	(void)spec, (void)p, (void)s, (void)scratch, (void)e;
	for (int h = 0; h < n_step; h++)
		out[h] = 0;
	return OK;
}

static const struct local_method zero = {
	.name = zero_NAME,
	.summary = zero_SUMMARY,
	.options = zero_OPTIONS,
	.predict = zero_predict,
};
LOCAL_METHOD(zero);
