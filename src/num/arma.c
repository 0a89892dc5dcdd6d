/*
 * ARMA processes. The exact filter starts from the stationary state and uses that, as long as no
 * value is missing, the state's covariance changes from step to step by a matrix of rank one
 * (Morf, Sidhu & Kailath 1974; Pearlman 1980; Mélard 1984 for ARMA): with P[t+1] - P[t] = -L L'/F,
 *
 *     z = L[0],  v = T L,  F' = F - z^2 / F,  M' = M - (z/F) v,  L' = v - (z/F) M
 *
 * where F is the variance of the one-step error, M = T P Z' its covariance with the next state, and
 * L = M at the start. A step costs 3 r products instead of the r^2 of the general filter.
 */
#include "config.h"
#include "num/arma.h"

#include <math.h>
#include <string.h>

/* The filter's loops go by whole blocks of numbers that are worked on at once (a vector of gcc's and
 * clang's C; any machine has it, if only as two numbers). */
#define BLOCK 2
typedef double block __attribute__((vector_size(BLOCK * sizeof(double)), aligned(sizeof(double)),
				    may_alias));
#define AT(x, i) (*(block *)((x) + (i)))
#define SEEN(x, i) (*(const block *)((x) + (i)))
#define STABLE_MOST 60

int arma_room(int r)
{
	return (r + BLOCK - 1) / BLOCK * BLOCK + BLOCK;
}

struct arma *arma_new(const struct arima_order *o, struct arena *a)
{
	struct arma *m = ARENA_ARRAY(a, struct arma, 1);
	m->p = o->p + o->P * o->season;
	m->q = o->q + o->Q * o->season;
	m->r = m->p > m->q ? m->p : m->q;
	m->r = m->r > 0 ? m->r : 1;
	m->phi = ARENA_ARRAY(a, double, arma_room(m->r));
	m->theta = ARENA_ARRAY(a, double, arma_room(m->r));
	m->phi_lag = ARENA_ARRAY(a, int, (o->p + 1) * (o->P + 1));
	m->theta_lag = ARENA_ARRAY(a, int, (o->q + 1) * (o->Q + 1));
	m->gamma = ARENA_ARRAY(a, double, m->r + m->q + 2);
	m->psi = ARENA_ARRAY(a, double, m->r + 1);
	m->table = ARENA_ARRAY(a, double, (m->p + 1) * m->p / 2 + 1);
	return m;
}

/* (1 - sum a B^i)(1 - sum b B^(i season)) for sign -1, with + for sign 1; lags ascending. */
static int multiply(const double *a, int n_a, const double *b, int n_b, int season, double sign,
		    double *out, int *lag)
{
	int n = 0;
	for (int j = 0; j <= n_b; j++)
		for (int i = 0; i <= n_a; i++) {
			int at = i + j * season;
			if (!at)
				continue;
			double x = !j ? a[i - 1] : !i ? b[j - 1] : sign * a[i - 1] * b[j - 1];
			out[at - 1] += x;
			int k = n;
			while (k > 0 && lag[k - 1] > at)
				k--;
			if (k > 0 && lag[k - 1] == at)
				continue;
			memmove(lag + k + 1, lag + k, (size_t)(n - k) * sizeof *lag);
			lag[k] = at;
			n++;
		}
	return n;
}

void arma_set(struct arma *m, const struct arima_order *o, const double *coef)
{
	const double *phi = coef, *theta = phi + o->p, *sphi = theta + o->q, *stheta = sphi + o->P;
	memset(m->phi, 0, (size_t)arma_room(m->r) * sizeof *m->phi);
	memset(m->theta, 0, (size_t)arma_room(m->r) * sizeof *m->theta);
	m->n_phi = multiply(phi, o->p, sphi, o->P, o->season, -1, m->phi, m->phi_lag);
	m->n_theta = multiply(theta, o->q, stheta, o->Q, o->season, 1, m->theta, m->theta_lag);
}

/* Levinson's step up: from the best predictor of order k to that of order k + 1. */
static void step_up(const double *from, int k, double r, double *to)
{
	for (int j = 0; j < k; j++)
		to[j] = from[j] - r * from[k - 1 - j];
	to[k] = r;
}

void arma_from_free(const double *x, int n, double *phi)
{
	double before[STABLE_MOST];
	for (int k = 0; k < n && k < STABLE_MOST; k++) {
		memcpy(before, phi, (size_t)k * sizeof *phi);
		step_up(before, k, tanh(x[k]), phi);
	}
}

/* Step down: the predictors of orders n, n-1, ... into the triangle; false where one is not stable. */
static int step_down(double *table, int n)
{
	for (int k = n; k >= 1; k--) {
		const double *from = table + k * (k - 1) / 2;
		double *to = table + (k - 1) * (k - 2) / 2, r = from[k - 1];
		if (!(fabs(r) < 1))
			return 0;
		for (int j = 0; j < k - 1; j++)
			to[j] = (from[j] + r * from[k - 2 - j]) / ((1 - r) * (1 + r));
	}
	return 1;
}

int arma_to_free(const double *phi, int n, double *x)
{
	double table[STABLE_MOST * (STABLE_MOST + 1) / 2];
	if (n < 1)
		return 1;
	if (n > STABLE_MOST)
		return 0;
	memcpy(table + n * (n - 1) / 2, phi, (size_t)n * sizeof *phi);
	if (!step_down(table, n))
		return 0;
	for (int k = 1; k <= n; k++)
		x[k - 1] = atanh(table[k * (k - 1) / 2 + k - 1]);
	return 1;
}

int arma_is_stable(const double *phi, int n, double radius)
{
	double wide[STABLE_MOST], x[STABLE_MOST], power = 1;
	for (int k = 0; k < n && k < STABLE_MOST; k++)
		wide[k] = phi[k] * (power *= radius);
	return arma_to_free(wide, n, x);
}

void arma_psi(const struct arma *m, const double *delta, int n_delta, double *psi, int n)
{
	for (int t = 0; t < n; t++) {
		double x = !t ? 1 : t <= m->q ? m->theta[t - 1] : 0;
		for (int k = 0; k < m->n_phi && m->phi_lag[k] <= t; k++)
			x += m->phi[m->phi_lag[k] - 1] * psi[t - m->phi_lag[k]];
		psi[t] = x;
	}
	for (int t = 1; t < n; t++)
		for (int k = 0; k < n_delta && k < t; k++)
			psi[t] += delta[k] * psi[t - 1 - k];
}

/* Autocovariances of the pure autoregression into gamma[0, most], by its predictors of all orders. */
static int ar_autocovariance(struct arma *m, double *gamma, int most)
{
	int p = m->p;
	if (p)
		memcpy(m->table + p * (p - 1) / 2, m->phi, (size_t)p * sizeof *m->phi);
	if (!step_down(m->table, p))
		return 0;
	gamma[0] = 1;
	for (int k = 1; k <= p; k++) {
		double r = m->table[k * (k - 1) / 2 + k - 1];
		gamma[0] /= (1 - r) * (1 + r);
	}
	for (int k = 1; k <= most; k++) {
		double sum = 0;
		if (k <= p) {
			const double *a = m->table + k * (k - 1) / 2;
			for (int j = 1; j <= k; j++)
				sum += a[j - 1] * gamma[k - j];
		} else {
			for (int j = 0; j < m->n_phi; j++)
				sum += m->phi[m->phi_lag[j] - 1] * gamma[k - m->phi_lag[j]];
		}
		gamma[k] = sum;
	}
	return isfinite(gamma[0]);
}

/* Sum of theta[i] theta[i + lag] with theta of lag 0 = 1. */
static double ma_product(const struct arma *m, int lag)
{
	double sum = lag ? m->theta[lag - 1] : 1;
	for (int k = 0; k < m->n_theta && m->theta_lag[k] + lag <= m->q; k++)
		sum += m->theta[m->theta_lag[k] - 1] * m->theta[m->theta_lag[k] + lag - 1];
	return sum;
}

int arma_autocovariance(struct arma *m)
{
	double *gamma = m->gamma;
	if (!ar_autocovariance(m, gamma, m->r + m->q))
		return 0;
	/* gamma_w[k] needs gamma_u[|k - q| .. k + q]: in place it would be overwritten, so psi's place
	 * holds the products first. */
	double *product = m->psi;
	for (int l = 0; l <= m->q; l++)
		product[l] = ma_product(m, l);
	if (m->q) {
		double head[STABLE_MOST * 4 + 1];
		if (m->r > STABLE_MOST * 4)
			return 0;
		for (int k = 0; k <= m->r; k++) {
			double sum = product[0] * gamma[k];
			for (int l = 1; l <= m->q; l++)
				sum += product[l] * (gamma[k + l] + gamma[k > l ? k - l : l - k]);
			head[k] = sum;
		}
		memcpy(gamma, head, (size_t)(m->r + 1) * sizeof *gamma);
	}
	arma_psi(m, NULL, 0, m->psi, m->r + 1);
	return gamma[0] > 0 && isfinite(gamma[0]);
}

void arma_start(const struct arma *m, struct arma_start *st)
{
	int r = m->r;
	memset(st->M, 0, (size_t)arma_room(r) * sizeof *st->M);
	memset(st->L, 0, (size_t)arma_room(r) * sizeof *st->L);
	for (int i = 0; i < r; i++) {
		double sum = 0;
		for (int k = 0; k < m->n_phi; k++)
			if (m->phi_lag[k] > i)
				sum += m->phi[m->phi_lag[k] - 1] * m->gamma[m->phi_lag[k] - 1 - i];
		for (int k = 0; k < m->n_theta; k++)
			if (m->theta_lag[k] > i)
				sum += m->theta[m->theta_lag[k] - 1] * m->psi[m->theta_lag[k] - 1 - i];
		st->M[i] = st->L[i] = sum;
	}
	st->F = m->gamma[0];
}

void arma_start_step(const struct arma *m, struct arma_start *st)
{
	double *M = st->M, *L = st->L, z = L[0], ratio = z / st->F;
	/* L[i + 1] is read before the block that holds it is written. */
	for (int i = 0; i < m->r; i += BLOCK) {
		block v = SEEN(m->phi, i) * z + SEEN(L, i + 1);
		AT(L, i) = v - ratio * SEEN(M, i);
		AT(M, i) -= ratio * v;
	}
	st->F -= z * ratio;
}

int arma_start_settled(const struct arma *m, const struct arma_start *st, double far)
{
	for (int i = 0; i < m->r; i++)
		if (fabs(st->L[i]) > far)
			return 0;
	return 1;
}

void arma_state_step(const struct arma *m, const double *M, double F, double v, double *a)
{
	double first = a[0], gain = v / F;
	for (int i = 0; i < m->r; i += BLOCK)
		AT(a, i) = SEEN(m->phi, i) * first + SEEN(a, i + 1) + SEEN(M, i) * gain;
}

void arma_recursion(const struct arma *m, const double *w, int n, const double *lead, int n_lead,
		    double *restrict e)
{
	memcpy(e, w, (size_t)n * sizeof *e);
	for (int t = 0; t < n_lead && t < n; t++)
		e[t] -= lead[t];
	for (int k = 0; k < m->n_phi; k++) {
		int lag = m->phi_lag[k];
		double phi = m->phi[lag - 1];
		for (int t = lag; t < n; t++)
			e[t] -= phi * w[t - lag];
	}
	int head = m->q < n ? m->q : n;
	for (int t = 0; t < head; t++)
		for (int k = 0; k < m->n_theta && m->theta_lag[k] <= t; k++)
			e[t] -= m->theta[m->theta_lag[k] - 1] * e[t - m->theta_lag[k]];
	double theta[32];
	int lag[32], n_theta = m->n_theta < 32 ? m->n_theta : 32;
	for (int k = 0; k < n_theta; k++) {
		/* Far lags first: the nearest, which the processor waits for, is used last. */
		lag[k] = m->theta_lag[n_theta - 1 - k];
		theta[k] = m->theta[lag[k] - 1];
	}
	for (int t = head; n_theta && t < n; t++) {
		double x = e[t];
		for (int k = 0; k < n_theta; k++)
			x -= theta[k] * e[t - lag[k]];
		e[t] = x;
	}
}
