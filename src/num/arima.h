/*
 * Seasonal ARIMA with regressors:
 *
 *     y[t] = X[t] beta + u[t],    u ~ ARIMA(p,d,q)(P,D,Q)season
 *
 * (Box & Jenkins; Hyndman & Athanasopoulos, FPP3, chapters 9 and 10). The likelihood is the exact
 * Gaussian one of the differenced series, by the filter of arma.h where every value is known and by
 * a Kalman filter with diffuse differences where some are missing (Harvey 1989, 3.3-3.4). beta and
 * the variance are least squares within the likelihood, so that a search sees nothing but the ARMA
 * coefficients. Numbers in, numbers out: NaN in y is not known, columns of X have no NaN.
 */
#ifndef NUM_ARIMA_H
#define NUM_ARIMA_H

#include "base/err.h"
#include "num/arma.h"
#include "num/rng.h"

#define ARIMA_COEF 24      /* most ARMA coefficients: p + q + P + Q */
#define ARIMA_COLUMNS 64   /* most columns of X, the trend's with them */
#define ARIMA_SEASON 60    /* longest season with seasonal terms or differences */

/* A series with its columns, borrowed. */
struct arima_data {
	int n;
	const double *y;        /* [n]; NaN = not known */
	int k;                  /* columns */
	const double *const *x; /* [k][n] */
};

/* A fitted model; its arrays are its own, so it can be copied and kept. */
struct arima_model {
	struct arima_order order;
	int trend;                   /* 1: column 0 is 1 (d + D = 0) or t = 0, 1, ... (d + D = 1) */
	int k;                       /* columns, the trend's with them */
	double coef[ARIMA_COEF];     /* phi, theta, seasonal phi, seasonal theta */
	double beta[ARIMA_COLUMNS];  /* [k] the trend's first */
	double se[ARIMA_COLUMNS];    /* [k] their standard errors */
	double sigma2;               /* variance of e, the likelihood's (no degrees of freedom) */
	double loglik, aicc;
	int n_used;                  /* known values less those that differences took */
};

/* Number of ARMA coefficients. */
int arima_coefs(const struct arima_order *o);
/* Can these be fitted: lags, columns and season within the limits above? */
int arima_is_allowed(const struct arima_order *o, int k);

/*
 * Everything of a likelihood but the ARMA coefficients, made once for a series, its differences and
 * its columns and used for all orders up to those of `most`. From the arena.
 */
struct arima_work;
struct arima_work *arima_work_new(const struct arima_data *data, const struct arima_order *most,
				  int trend, struct arena *a);

/* The model at given coefficients [arima_coefs], exactly. E_FIT: not stationary, or too few values. */
MUST_CHECK enum status arima_evaluate(struct arima_work *w, const struct arima_order *o,
				      const double *coef, struct arima_model *out);
/*
 * Maximum likelihood from the coefficients in out->coef if they are stationary and invertible, else
 * from zero: Gauss-Newton with damping on the free parameters, until an iteration gains less than
 * `gain` in log-likelihood or after `most` evaluations. arima_fit_css minimises the conditional sum
 * of squares instead (loglik is then that of arima_css_loglik). E_FIT as above.
 */
MUST_CHECK enum status arima_fit(struct arima_work *w, const struct arima_order *o, double gain,
				 int most, struct arima_model *out);
MUST_CHECK enum status arima_fit_css(struct arima_work *w, const struct arima_order *o, double gain,
				     int most, struct arima_model *out);
/* Log-likelihood of the values from place `from` on (of the differenced series), given those before,
 * at the coefficients of the last arima_evaluate or arima_fit: orders of differences are compared on
 * the values that both explain. */
double arima_loglik_from(const struct arima_work *w, double sigma2, int from);
/*
 * How many of the last n_group groups of `width` columns are worth their parameters by AICc, at the
 * coefficients of `m`, which was evaluated or fitted last: 0 to n_group. The first `fixed` columns (the
 * trend's with them) stay; the last group may be narrower.
 */
int arima_columns_worth(const struct arima_work *w, const struct arima_model *m, int n_group, int fixed,
			int width);
/* Likelihood evaluations so far. */
int arima_evaluations(const struct arima_work *w);

/* ---- forecasts ---- */

/* Coefficients [d + D season] of y[t-1], y[t-2], ... that the differences bring; returns how many. */
int arima_delta(const struct arima_order *o, double *delta);

/*
 * Means of steps 1..n_step from the end of the data, whose columns have n + n_step rows, and unless
 * NULL the standard deviations of their errors. Both [n_step].
 */
void arima_forecast(const struct arima_model *m, const struct arima_data *data, int n_step,
		    struct arena *a, double *mean, double *sd);
/* The same means from n_end places: mean[n_end][n_step] from y[0, end[k]), end ascending; columns
 * reach to the last end + n_step. */
void arima_replay(const struct arima_model *m, const struct arima_data *data, int n_end,
		  const int *end, int n_step, struct arena *a, double *mean);
/* Covariance of the errors of steps 1..n_step, [n_step][n_step], all values before being known. */
void arima_covariance(const struct arima_model *m, int n_step, struct arena *a, double *cov);
/* n_path futures, path[n_path][n_step], with normal errors. */
void arima_paths(const struct arima_model *m, const struct arima_data *data, struct rng *rng,
		 int n_path, int n_step, struct arena *a, double *path);

#endif
