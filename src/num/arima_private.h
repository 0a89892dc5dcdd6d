/* What the files of the ARIMA engine share. */
#ifndef NUM_ARIMA_PRIVATE_H
#define NUM_ARIMA_PRIVATE_H

#include "num/arima.h"

/* The filter of a series with gaps, one value at a time, for several columns at once. */
struct arima_kalman {
	const struct arma *arma;
	int r, n_delta, s;      /* ARMA states, lagged values, both */
	double delta[ARIMA_SEASON + 4 + ARIMA_SEASON];
	double *theta;          /* [r] response to e: 1, theta */
	double *P;              /* [s][s] of the state before the next value */
	double *last, *work;    /* [s][s] */
	double *gain;           /* [s] P Z' of the last known value */
	double F;
	int steady;
};

struct arima_work {
	const struct arima_data *data;
	struct arima_order most;
	int trend;
	int k;                /* columns of X, the trend's with them */
	int missing;          /* does y have a gap? Then columns are raw, else differenced */
	int n;                /* rows of the columns: data->n, or less those differences took */
	double shift;         /* taken off y before all else: the first known value; 0 with a constant */
	double **column;      /* [k + 1][n]: X, then y */
	double **error;       /* [k + 1][n]: their innovations, divided by the root of their variance */
	double *residual;     /* [n] after regression */
	double *scale;        /* [n] variance of the innovation, 1 where settled, 0: not counted */
	double *state;        /* [k + 1][state room] */
	struct arma_start start;
	double settle;        /* how near the filter is to its limit when the plain recursion takes over */
	int settled, hold;    /* where it did; with `hold` it does so again there */
	struct arma *arma;    /* room for `most` */
	int n_used;           /* values that count */
	double logdet;        /* sum of the logs of scale */
	double ssq;           /* of the residual */
	double normal[ARIMA_COLUMNS * ARIMA_COLUMNS]; /* Cholesky factor of the columns' products */
	double beta[ARIMA_COLUMNS];
	double worth;         /* log of the variance that a search has to reach; INFINITY: any */
	int evaluations;
	struct arima_kalman kalman;
	double *slope_room;   /* of the descent, made when first asked for */
	struct arena *arena;
};

/* The concentrated objective at coefficients: log of ssq |Omega|^(1/n) / n. INFINITY: not there. */
double arima_log_variance(struct arima_work *w, const struct arima_order *o, const double *coef);
double arima_dot(const double *a, const double *b, int n);
/* Solves A x = b for symmetric A [n][n], which gets its Cholesky factor; x [n] is b before. Where a
 * column depends on those before it, its x is 0. */
void arima_solve(double *A, int n, double *x);
/* Innovations of all columns of a series with gaps, into error, scale, n_used, logdet. 0: no. */
int arima_kalman_pass(struct arima_work *w, const struct arima_order *o);

/* Memory for all orders up to `most`. */
void arima_kalman_room(struct arima_kalman *f, const struct arima_order *most, struct arena *a);
/* What kinds of entries a state has; enough for arima_kalman_value and arima_kalman_state(NAN). */
void arima_kalman_layout(struct arima_kalman *f, const struct arma *m, const struct arima_order *o);
/* The covariance before the first value, after arma_autocovariance; states begin at 0. */
void arima_kalman_start(struct arima_kalman *f);
/* Variance of the next value and its covariance with the state, before arima_kalman_next. */
void arima_kalman_look(struct arima_kalman *f);
/* Prediction of the next value from a state. */
double arima_kalman_value(const struct arima_kalman *f, const double *a);
/* One step of a state: v is the error of the value, NAN where it is not known. */
void arima_kalman_state(const struct arima_kalman *f, double *a, double v);
/* One step of the covariance. */
void arima_kalman_next(struct arima_kalman *f, int known);

#endif
