/*
 * The distribution of method `negbin`, by itself: what the adapter asks for where a method knows its
 * own quantiles.
 */
#ifndef MODEL_NEGBIN_H
#define MODEL_NEGBIN_H

#include "model/local.h"

/*
 * Quantiles of steps 1..n_step, quantile [n_step][n_level], of a fitted series: whole numbers >= 0
 * that ascend with level [n_level], ascending in (0, 1). E_FIT where the series is not counted in
 * whole units or nothing is known.
 */
enum status negbin_quantile(const struct spec *, const double *p, const struct local_series *,
			    struct arena *scratch, int n_step, int n_level, const double *level,
			    double *quantile, struct err *);

#endif
