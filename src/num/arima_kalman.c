/*
 * The Kalman filter of a series with gaps (Harvey 1989, 3.3; Harvey & Pierse 1984 for differences):
 * the state is that of the ARMA process (Harvey's form, r entries) and the last n_delta values,
 *
 *     y[t] = a[0] + sum delta[i] y[t-1-i]
 *
 * those with a diffuse start: variance 1e7 times the innovations', and values whose error still has
 * a variance of 1e4 of it are not counted, as in R's arima (whose 1e6 leaves a few 1e-6 of the
 * likelihood to chance). A value that is not known moves the state on without an update. Where the covariance no longer changes, it is left as it is until the next
 * gap, and a step costs no more than the plain recursion.
 */
#include "config.h"
#include "num/arima_private.h"

#include <math.h>
#include <string.h>

#define DIFFUSE 1e7
#define COUNTED 1e4
#define SETTLED 1e-10

/*
 * Covariance of the stationary state, P = T P T' + R R'. Its first row follows from autocovariances
 * and psi weights, the rest from the last entry upwards:
 *     P[i][j] = phi_i phi_j P[0][0] + phi_i P[0][j+1] + phi_j P[i+1][0] + P[i+1][j+1] + R_i R_j.
 */
static void stationary(struct arima_kalman *f, const struct arma *m)
{
	int r = f->r, s = f->s;
	double *P = f->P;
#define PHI(i) ((i) < m->r ? m->phi[i] : 0)
	P[0] = m->gamma[0];
	for (int i = 1; i < r; i++) {
		double sum = 0;
		for (int j = i; j < r; j++)
			sum += PHI(j) * m->gamma[1 + j - i] + f->theta[j] * m->psi[j - i];
		P[i] = P[i * s] = sum;
	}
	for (int i = r - 1; i >= 1; i--)
		for (int j = r - 1; j >= 1; j--)
			P[i * s + j] = PHI(i) * PHI(j) * P[0] +
				       PHI(i) * (j + 1 < r ? P[j + 1] : 0) +
				       PHI(j) * (i + 1 < r ? P[(i + 1) * s] : 0) +
				       (i + 1 < r && j + 1 < r ? P[(i + 1) * s + j + 1] : 0) +
				       f->theta[i] * f->theta[j];
#undef PHI
}

void arima_kalman_layout(struct arima_kalman *f, const struct arma *m, const struct arima_order *o)
{
	f->arma = m;
	f->r = m->p > m->q + 1 ? m->p : m->q + 1;
	f->n_delta = arima_delta(o, f->delta);
	f->s = f->r + f->n_delta;
}

void arima_kalman_room(struct arima_kalman *f, const struct arima_order *most, struct arena *a)
{
	int p = most->p + most->P * most->season, q = most->q + most->Q * most->season;
	size_t s = (size_t)((p > q + 1 ? p : q + 1) + most->d + most->D * most->season);
	f->P = ARENA_ARRAY(a, double, 3 * s * s + 2 * s);
	f->last = f->P + s * s;
	f->work = f->last + s * s;
	f->gain = f->work + s * s;
	f->theta = f->gain + s;
}

void arima_kalman_start(struct arima_kalman *f)
{
	const struct arma *m = f->arma;
	size_t s = (size_t)f->s;
	memset(f->P, 0, s * s * sizeof(double));
	f->theta[0] = 1;
	for (int i = 1; i < f->r; i++)
		f->theta[i] = i <= m->q ? m->theta[i - 1] : 0;
	stationary(f, m);
	for (int i = f->r; i < f->s; i++)
		f->P[i * f->s + i] = DIFFUSE;
	f->steady = 0;
}

double arima_kalman_value(const struct arima_kalman *f, const double *a)
{
	double sum = a[0];
	for (int i = 0; i < f->n_delta; i++)
		sum += f->delta[i] * a[f->r + i];
	return sum;
}

void arima_kalman_look(struct arima_kalman *f)
{
	int s = f->s;
	if (f->steady)
		return;
	for (int i = 0; i < s; i++)
		f->gain[i] = arima_kalman_value(f, f->P + i * s);
	f->F = arima_kalman_value(f, f->gain);
}

void arima_kalman_state(const struct arima_kalman *f, double *a, double v)
{
	const struct arma *m = f->arma;
	int r = f->r;
	if (!isnan(v))
		for (int i = 0; i < f->s; i++)
			a[i] += f->gain[i] * (v / f->F);
	double value = arima_kalman_value(f, a), first = a[0];
	memmove(a, a + 1, (size_t)(r - 1) * sizeof *a);
	a[r - 1] = 0;
	for (int k = 0; k < m->n_phi; k++)
		a[m->phi_lag[k] - 1] += m->phi[m->phi_lag[k] - 1] * first;
	if (f->n_delta) {
		memmove(a + r + 1, a + r, (size_t)(f->n_delta - 1) * sizeof *a);
		a[r] = value;
	}
}

/* T P T' by rows and then, P being symmetric, by rows of the transpose. */
static void carry(struct arima_kalman *f, const double *from, double *to)
{
	const struct arma *m = f->arma;
	int s = f->s, r = f->r;
	for (int i = 0; i + 1 < r; i++)
		memcpy(to + i * s, from + (i + 1) * s, (size_t)s * sizeof *to);
	memset(to + (r - 1) * s, 0, (size_t)s * sizeof *to);
	for (int k = 0; k < m->n_phi; k++) {
		double *row = to + (m->phi_lag[k] - 1) * s, phi = m->phi[m->phi_lag[k] - 1];
		for (int j = 0; j < s; j++)
			row[j] += phi * from[j];
	}
	if (!f->n_delta)
		return;
	double *row = to + r * s;
	memcpy(row, from, (size_t)s * sizeof *to);
	for (int i = 0; i < f->n_delta; i++)
		for (int j = 0; f->delta[i] != 0 && j < s; j++)
			row[j] += f->delta[i] * from[(r + i) * s + j];
	for (int i = r + 1; i < s; i++)
		memcpy(to + i * s, from + (i - 1) * s, (size_t)s * sizeof *to);
}

static void transpose(double *A, int s)
{
	for (int i = 0; i < s; i++)
		for (int j = 0; j < i; j++) {
			double x = A[i * s + j];
			A[i * s + j] = A[j * s + i];
			A[j * s + i] = x;
		}
}

void arima_kalman_next(struct arima_kalman *f, int known)
{
	int s = f->s, r = f->r;
	double *P = f->P;
	if (known && f->steady)
		return;
	f->steady = 0;
	memcpy(f->last, P, (size_t)(s * s) * sizeof *P);
	for (int i = 0; known && i < s; i++) {
		double share = f->gain[i] / f->F;
		for (int j = 0; j < s; j++)
			P[i * s + j] -= share * f->gain[j];
	}
	carry(f, P, f->work);
	transpose(f->work, s);
	carry(f, f->work, P);
	for (int i = 0; i < r; i++)
		for (int j = 0; f->theta[i] != 0 && j < r; j++)
			P[i * s + j] += f->theta[i] * f->theta[j];
	if (!known)
		return;
	for (int k = 0; k < s * s; k++)
		if (fabs(P[k] - f->last[k]) > SETTLED * (1 + fabs(P[k])))
			return;
	/* Gain and variance are those of P: computed once more, then kept. */
	arima_kalman_look(f);
	f->steady = f->F < COUNTED;
}

int arima_kalman_pass(struct arima_work *w, const struct arima_order *o)
{
	struct arma *m = w->arma;
	struct arima_kalman *f = &w->kalman;
	if (!arma_autocovariance(m))
		return 0;
	arima_kalman_layout(f, m, o);
	arima_kalman_start(f);
	int s = f->s;
	memset(w->state, 0, (size_t)((w->k + 1) * s) * sizeof(double));
	w->logdet = 0;
	w->n_used = 0;
	for (int t = 0; t < w->n; t++) {
		int known = !isnan(w->column[w->k][t]);
		arima_kalman_look(f);
		int counts = known && f->F < COUNTED;
		double root = counts ? 1 / sqrt(f->F) : 0;
		for (int c = 0; c <= w->k; c++) {
			double *a = w->state + c * s;
			double v = known ? w->column[c][t] - arima_kalman_value(f, a) : (double)NAN;
			w->error[c][t] = counts ? v * root : 0;
			arima_kalman_state(f, a, v);
		}
		w->scale[t] = counts ? f->F : 0;
		w->logdet += counts ? log(f->F) : 0;
		w->n_used += counts;
		arima_kalman_next(f, known);
	}
	return isfinite(w->logdet);
}
