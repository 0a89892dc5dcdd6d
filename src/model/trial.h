/* Trials: what specs would have said at past origins, for methods that weigh, reconcile or calibrate. */
#ifndef MODEL_TRIAL_H
#define MODEL_TRIAL_H

#include "model/method.h"

/* Which past origins. */
struct trial_plan {
	int n_origin, n_step;
	period_t origin[64]; /* ascending */
};

/*
 * Origins for a trial over a past: `windows` of them, `stride` apart (0: 7 days, 4 weeks, 3 months, 7
 * numbers), the last n_step before the end (n_step 0: 28 days, 13 weeks, 12 months, 14 numbers, less
 * where the past is short). n_origin 0: the past is too short.
 */
void trial_plan(const struct panel *past, int windows, int stride, int n_step, struct trial_plan *plan);

/*
 * Makes a trial of a spec: fits it to the past up to the first origin and predicts at each, without
 * fitting anew. With context->cache, the fitted part is kept there. Memory is the arena's. A series
 * that began after an origin or could not be fitted is NaN there.
 */
MUST_CHECK enum status trial_run(const struct spec *, const struct panel *past,
				 const struct fit_context *, const struct trial_plan *, struct arena *,
				 struct trial *out, struct err *);
/*
 * Fits a spec to the past, or takes it from context->cache. *trial: the method's own where it keeps one,
 * else made with trial_run; NULL asks for none. The model is to be released by the method.
 */
MUST_CHECK enum status trial_fit(const struct spec *, const struct panel *past,
				 const struct fit_context *, const struct trial_plan *, struct arena *,
				 void **model, const struct trial **trial, struct err *);

/* What came, beside a trial: actual[n_origin][n][n_step] of usable demand, NaN where unknown. */
double *trial_actual(const struct trial *, const struct panel *past, struct arena *);

#endif
