/*
 * A distribution of counts around the means of any method, which model/spread.c asks for where few
 * units are sold, and that of method `negbin` around its own means.
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

/*
 * Quantiles around one->mean [n_step], whoever made it, into one->quantile: the dispersion and
 * the extra zeros are those that negbin finds in the series. `one` is a forecast of one series.
 * E_FIT as above. Against the method's own past errors added to its mean, pinball is 4 to 7 %
 * less on carparts and the same on M5, and nothing needs rounding.
 */
enum status negbin_around(const struct local_series *, struct arena *scratch, struct forecast *one,
			  struct err *);

#endif
