/* A method within a method: fitted with its trial, saved and loaded as a nested blob. */
#ifndef MODEL_HELD_H
#define MODEL_HELD_H

#include "model/blob.h"
#include "model/trial.h"

struct held {
	const struct spec *spec;
	void *model;               /* NULL: it could not be fitted as a whole */
	const struct trial *trial; /* of the plan asked for; NULL: loaded, or not fitted */
	const char *why;           /* why it could not be fitted */
};

/*
 * Fits a spec and makes its trial; `previous` is the model that served until now or NULL. A fit that
 * fails with E_FIT leaves model NULL and is no error.
 */
MUST_CHECK enum status held_fit(const struct spec *, const struct panel *past, const struct fit_context *,
				const void *previous, const struct trial_plan *, struct arena *,
				struct held *out, struct err *e);
/* The same, where a method that keeps a trial of its own makes the plan: nothing is tried twice. */
MUST_CHECK enum status held_fit_first(const struct spec *, const struct panel *past,
				      const struct fit_context *, const void *previous, struct trial_plan *,
				      struct arena *, struct held *out, struct err *e);
/* The means of a forecast; of a part that could not be fitted, why, for every series. */
MUST_CHECK enum status held_predict(const struct held *, const struct panel *past,
				    const struct fit_context *, struct arena *, struct forecast *out,
				    struct err *e);
/* Paths by the part; E_FIT: it was not fitted, or draws none. */
MUST_CHECK enum status held_paths(const struct held *, const struct panel *past, const struct fit_context *,
				  struct arena *, int i, const struct forecast *one, int n_path,
				  double *path, struct err *e);
/*
 * What the means of series i are made of, `means` being what held_predict gave: by the method's own
 * parts; where it has none, the mean over the horizon as base and what differs from it under the method's
 * name. Parts sum to the means but for a library's rounding. E_FIT: the series has no means. Memory is
 * the arena's.
 */
MUST_CHECK enum status held_explain(const struct held *, const struct panel *past,
				    const struct fit_context *, struct arena *, int i,
				    const struct forecast *means, struct mean_parts *out, struct err *e);
/* Parts of so many steps and names, all of them 0 and without names; memory is the arena's. */
void mean_parts_init(struct mean_parts *, struct arena *, int n_step, int n_part);
/* As a nested blob, and back. */
MUST_CHECK enum status held_save(const struct held *, struct buf *out, struct err *e);
/* E_INPUT: it is damaged. */
MUST_CHECK enum status held_load(const struct spec *, struct blob *, struct arena *, struct held *out,
				 struct err *e);
/* Gives the model back. */
void held_release(struct held *);

/*
 * Where a method that holds methods tries them: by its options `windows` and `stride`. Without a stride,
 * two weeks of days where all parts are local (their fits hardly age, and more days say more of errors),
 * the usual one, a week of days, else.
 */
void held_plan(const struct spec *, const struct panel *past, const struct fit_context *,
	       struct trial_plan *plan);

/* Is a trial of just this plan? */
int trial_is_of(const struct trial *, const struct trial_plan *);

#endif
