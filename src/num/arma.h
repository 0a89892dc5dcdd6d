/*
 * Stationary ARMA processes with innovations of variance 1:
 *
 *     w[t] = phi[0] w[t-1] + phi[1] w[t-2] + ... + e[t] + theta[0] e[t-1] + ...
 *
 * (Box & Jenkins with the signs of Hyndman & Athanasopoulos, FPP3, section 9.5). What likelihood,
 * forecast and search share: polynomials, partial autocorrelations, autocovariances, psi weights and
 * the exact innovations of complete columns.
 */
#ifndef NUM_ARMA_H
#define NUM_ARMA_H

#include "base/mem.h"

/* Multiplicative seasonal ARIMA(p,d,q)(P,D,Q) with a season of `season` periods. */
struct arima_order {
	int p, d, q, P, D, Q, season;
};

/* An order's polynomials multiplied out; all arrays are the arena's that arma_new was given. */
struct arma {
	int p, q;              /* highest lags */
	int r;                 /* max(p, q), at least 1: length of phi and theta */
	double *phi, *theta;   /* [r] of lag 1, 2, ...; 0 beyond p and q */
	int n_phi, n_theta;    /* lags whose coefficient may differ from 0 ... */
	int *phi_lag, *theta_lag; /* ... [n_phi], [n_theta] ascending */
	double *gamma;         /* [r + q + 2] autocovariances, by arma_autocovariance */
	double *psi;           /* [r + 1] */
	double *table;         /* [(p + 1) p / 2] predictors of all orders up to p */
};

/* Room for an order; coefficients are set by arma_set. */
struct arma *arma_new(const struct arima_order *order, struct arena *a);
/* Coefficients [p + q + P + Q] in R's order (phi, theta, seasonal phi, seasonal theta). */
void arma_set(struct arma *m, const struct arima_order *order, const double *coef);

/*
 * Any reals x[n] to the coefficients of a stationary autoregression: tanh(x) are its partial
 * autocorrelations (Jones 1980; Monahan 1984). Moving averages are the same with the sign turned.
 */
void arma_from_free(const double *x, int n, double *phi);
/* Back; false where phi is not stationary (x is then not to be used). */
int arma_to_free(const double *phi, int n, double *x);
/* Do all roots of 1 - phi[0] z - ... lie outside of the circle of radius `radius`? n <= 60. */
int arma_is_stable(const double *phi, int n, double radius);

/* gamma[0, r] and psi[0, r]; false where the autoregression is not stationary. */
int arma_autocovariance(struct arma *m);
/* psi[n] of the process with its differences: the answer to one unit of e, psi[0] = 1. `delta` [n_delta]
 * are the coefficients of y[t-1], y[t-2], ... that the differences bring. */
void arma_psi(const struct arma *m, const double *delta, int n_delta, double *psi, int n);

/* The state of the exact filter before the first value, and how it goes on: see arma.c. */
struct arma_start {
	double F, *M, *L; /* [arma_room(r)] */
};
/* Length of the filter's arrays: whole blocks, zero from r on. */
int arma_room(int r);
/* After arma_autocovariance; st's arrays have room. */
void arma_start(const struct arma *m, struct arma_start *st);
/* One value further. */
void arma_start_step(const struct arma *m, struct arma_start *st);
/* Is every entry of L within `far`? Variance and gain then change by its square at most, and the
 * plain recursion may go on. */
int arma_start_settled(const struct arma *m, const struct arma_start *st, double far);
/* The state a[arma_room(r)] after a value whose error is v. */
void arma_state_step(const struct arma *m, const double *M, double F, double v, double *a);

/*
 * e[t] = w[t] - sum phi w[t-i] - sum theta e[t-j] for t in [0, n), nothing before 0. `lead` [n_lead]
 * is taken off the first values of w: what a state before 0 knew of them (NULL: nothing).
 */
void arma_recursion(const struct arma *m, const double *w, int n, const double *lead, int n_lead,
		    double *e);

#endif
