/*
 * Method `boost`: trees over the features of all series, by gradient boosting (Friedman 2001; Chen &
 * Guestrin 2016). Here is what others may ask of its models beside forecasts.
 */
#ifndef MODEL_BOOST_H
#define MODEL_BOOST_H

#include "model/method.h"

/* What each family of features adds to the means of one series. */
struct boost_parts {
	int n_step, n_part;
	const char **family; /* [n_part] */
	double *base;        /* [n_step] what stands without any: the trees' mean, or the level */
	double *part;        /* [n_step][n_part] */
	double *mean;        /* [n_step] = base + sum of the parts, to 1e-9 of it */
};

/*
 * Exact contributions to the means of series i for steps 1..n_step from the past's end. Memory is the
 * arena's.
 *
 * On the link's scale they are Shapley values c_k by family, S their sum, on top of b. With a log link
 * the mean is e^(b + S), and a family gets
 *
 *     c_k e^b (e^S - 1) / S,
 *
 * which is the Aumann-Shapley value of e^(b + sum c) along the straight line from 0 to c (Aumann &
 * Shapley 1974): the parts and e^b sum to the mean. Of several boosters it is the mean of theirs. With
 * objective pinball what is explained is that quantile. E_FIT: nothing is known of the series, or the
 * spec is recursive, where a step stands on the steps before it.
 */
MUST_CHECK enum status boost_contributions(const void *model, const struct panel *past,
					   const struct fit_context *, int i, int n_step, struct arena *,
					   struct boost_parts *out, struct err *);

#endif
