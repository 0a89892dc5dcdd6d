/*
 * Which ARIMA: the stepwise search of Hyndman & Khandakar (2008, "Automatic time series forecasting:
 * the forecast package for R", section 3.2), with exact likelihoods throughout.
 */
#ifndef NUM_ARIMA_SEARCH_H
#define NUM_ARIMA_SEARCH_H

#include "num/arima.h"

enum arima_criterion { ARIMA_AICC, ARIMA_AIC, ARIMA_BIC };

/* What may be tried. */
struct arima_scope {
	int season;              /* 1: none */
	int d;                   /* -1: by the likelihood on the same values */
	int D;                   /* -1: by the strength of the season */
	int max_p, max_q, max_P, max_Q;
	int trend;               /* a constant (d + D = 0) or drift (d + D = 1) may be in it */
	int stationary;          /* d = D = 0 */
	enum arima_criterion criterion;
	int models;              /* most orders fitted, 94 in the paper */
};

/* The scope of the paper for a season. */
struct arima_scope arima_scope_default(int season);

/*
 * The best model within a scope, fitted by exact maximum likelihood on the data as they are. E_FIT:
 * fewer than 3 known values, or none could be fitted. A series that does not vary gets order 0 and
 * its constant.
 */
MUST_CHECK enum status arima_search(const struct arima_data *data, const struct arima_scope *scope,
				    struct arena *a, struct arima_model *out);
/* One order, with the trend column if `trend`. */
MUST_CHECK enum status arima_fit_order(const struct arima_data *data, const struct arima_order *o,
				       int trend, struct arena *a, struct arima_model *out);

#endif
