/*
 * Forecasts of a fitted ARIMA. The state of an origin (arima_private.h's: ARMA part, then the last
 * values) comes from the fast filter of the differenced series where all values up to the last known
 * one are known, else from the Kalman filter; which of the two depends on the values before the
 * origin alone, so a replay gives the same numbers as a forecast of the series cut there.
 */
#include "config.h"
#include "num/arima_private.h"

#include <math.h>
#include <string.h>

#define SETTLED 1e-7

struct origin {
	const struct arima_model *m;
	const struct arima_data *data;
	struct arma *arma;
	struct arima_kalman kalman;
	struct arena *arena;
	double shift;
	double *u;     /* [n] y less regression and shift; NaN = not known */
	double *a;     /* [s] state before the next value */
	int stationary;
};

static double regression_at(const struct origin *o, int t)
{
	const struct arima_model *m = o->m;
	double sum = o->shift;
	if (m->trend)
		sum += m->beta[0] * (m->order.d + m->order.D ? t : 1);
	for (int c = m->trend; c < m->k; c++)
		sum += m->beta[c] * o->data->x[c - m->trend][t];
	return sum;
}

static void origin_init(struct origin *o, const struct arima_model *m, const struct arima_data *data,
			struct arena *a)
{
	const double *y = data->y;
	int first = 0, n = data->n;
	*o = (struct origin){ .m = m, .data = data, .arma = arma_new(&m->order, a), .arena = a };
	arma_set(o->arma, &m->order, m->coef);
	o->stationary = arma_autocovariance(o->arma);
	arima_kalman_layout(&o->kalman, o->arma, &m->order);
	while (first < n && isnan(y[first]))
		first++;
	o->shift = first < n && o->kalman.n_delta ? y[first] : 0;
	o->u = ARENA_ARRAY(a, double, n + 1);
	for (int t = 0; t < n; t++)
		o->u[t] = y[t] - regression_at(o, t);
	o->a = ARENA_ARRAY(a, double, o->kalman.s + 1);
}

/* Means from a state before place t, `ahead` places before the end that the steps count from. */
static void means_from(const struct origin *o, const double *state, int t, int ahead, int n_step,
		       double *work, double *mean)
{
	memcpy(work, state, (size_t)o->kalman.s * sizeof *work);
	for (int h = 0; h < ahead + n_step; h++) {
		if (h >= ahead)
			mean[h - ahead] = regression_at(o, t + h) + arima_kalman_value(&o->kalman, work);
		arima_kalman_state(&o->kalman, work, NAN);
	}
}

/* Which filter an origin needs: the values before it that the fast one takes, or -1. */
static int fast_until(const struct origin *o, int end)
{
	int whole = 0, last = end;
	while (whole < end && !isnan(o->u[whole]))
		whole++;
	while (last > 0 && isnan(o->u[last - 1]))
		last--;
	return last <= whole ? whole : -1;
}

/* The fast filter's state as the Kalman filter's: its own part, then the values before t. */
static void widen(const struct origin *o, const double *state, int t, double *a)
{
	const struct arima_kalman *f = &o->kalman;
	memset(a, 0, (size_t)f->s * sizeof *a);
	memcpy(a, state, (size_t)(o->arma->r < f->r ? o->arma->r : f->r) * sizeof *a);
	for (int i = 0; i < f->n_delta; i++)
		a[f->r + i] = o->u[t - 1 - i];
}

/* Runs the fast filter and calls back before each place from n_delta to `until`. */
static void run_fast(struct origin *o, int until, int n_end, const int *end, int n_step, double *mean)
{
	const struct arma *m = o->arma;
	int n_delta = o->kalman.n_delta, k = 0, settled = 0, room = arma_room(m->r);
	double *all = ARENA_ARRAY(o->arena, double, 3 * room), *state = all + 2 * room;
	double *work = ARENA_ARRAY(o->arena, double, o->kalman.s);
	struct arma_start st = { 0, all, all + room };
	arma_start(m, &st);
	for (int t = n_delta; t <= until; t++) {
		for (; k < n_end && end[k] <= until && end[k] <= t; k++)
			if (end[k] == t && fast_until(o, t) == t) {
				widen(o, state, t, o->a);
				means_from(o, o->a, t, 0, n_step, work, mean + (size_t)k * (size_t)n_step);
			}
		if (t == until)
			break;
		double w = o->u[t];
		for (int i = 0; i < n_delta; i++)
			w -= o->kalman.delta[i] * o->u[t - 1 - i];
		arma_state_step(m, st.M, st.F, w - state[0], state);
		settled = settled || arma_start_settled(m, &st, SETTLED);
		if (!settled)
			arma_start_step(m, &st);
	}
	if (until < n_delta)
		return;
	widen(o, state, until, o->a);
	for (k = 0; k < n_end; k++)
		if (end[k] > until && fast_until(o, end[k]) == until)
			means_from(o, o->a, until, end[k] - until, n_step, work,
				   mean + (size_t)k * (size_t)n_step);
}

/* Runs the Kalman filter to `until` and makes the means of the origins that need it. */
static void run_kalman(struct origin *o, int until, int n_end, const int *end, int n_step, double *mean)
{
	struct arima_kalman *f = &o->kalman;
	double *work = ARENA_ARRAY(o->arena, double, f->s);
	int k = 0;
	arima_kalman_room(f, &o->m->order, o->arena);
	arima_kalman_start(f);
	memset(o->a, 0, (size_t)f->s * sizeof *o->a);
	for (int t = 0; t <= until; t++) {
		for (; k < n_end && end[k] <= t; k++)
			if (end[k] == t && fast_until(o, t) < 0)
				means_from(o, o->a, t, 0, n_step, work, mean + (size_t)k * (size_t)n_step);
		if (t == until)
			break;
		arima_kalman_look(f);
		int known = !isnan(o->u[t]);
		double v = known ? o->u[t] - arima_kalman_value(f, o->a) : (double)NAN;
		arima_kalman_state(f, o->a, v);
		arima_kalman_next(f, known);
	}
}

static void all_unknown(double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] = NAN;
}

void arima_replay(const struct arima_model *m, const struct arima_data *data, int n_end,
		  const int *end, int n_step, struct arena *a, double *mean)
{
	struct origin o;
	int until = 0, slow = 0;
	origin_init(&o, m, data, a);
	all_unknown(mean, (size_t)n_end * (size_t)n_step);
	if (!o.stationary)
		return;
	for (int k = 0; k < n_end; k++) {
		int fast = fast_until(&o, end[k]);
		until = fast > until ? fast : until;
		slow = fast < 0 ? end[k] : slow;
	}
	run_fast(&o, until, n_end, end, n_step, mean);
	if (slow)
		run_kalman(&o, slow, n_end, end, n_step, mean);
}

/* Standard deviations from psi weights, the first step being `ahead` + 1 places from the state. */
static void sd_by_psi(const struct origin *o, int ahead, int n_step, double *sd)
{
	int n = ahead + n_step;
	double *psi = ARENA_ARRAY(o->arena, double, n), sum = 0;
	arma_psi(o->arma, o->kalman.delta, o->kalman.n_delta, psi, n);
	for (int h = 0; h < n; h++) {
		sum += psi[h] * psi[h];
		if (h >= ahead)
			sd[h - ahead] = sqrt(o->m->sigma2 * sum);
	}
}

/* Brings the state to the end of the data; returns how many places before it that is. */
static int to_end(struct origin *o)
{
	int fast = fast_until(o, o->data->n);
	if (fast >= 0)
		run_fast(o, fast, 0, NULL, 0, NULL);
	else
		run_kalman(o, o->data->n, 0, NULL, 0, NULL);
	return fast >= 0 ? o->data->n - fast : 0;
}

void arima_forecast(const struct arima_model *m, const struct arima_data *data, int n_step,
		    struct arena *a, double *mean, double *sd)
{
	struct origin o;
	int end = data->n;
	arima_replay(m, data, 1, &end, n_step, a, mean);
	if (!sd)
		return;
	origin_init(&o, m, data, a);
	all_unknown(sd, (size_t)n_step);
	if (!o.stationary)
		return;
	int ahead = to_end(&o);
	if (fast_until(&o, end) >= 0) {
		sd_by_psi(&o, ahead, n_step, sd);
		return;
	}
	o.kalman.steady = 0;
	for (int h = 0; h < n_step; h++) {
		arima_kalman_look(&o.kalman);
		sd[h] = sqrt(m->sigma2 * o.kalman.F);
		arima_kalman_next(&o.kalman, 0);
	}
}

void arima_covariance(const struct arima_model *m, int n_step, struct arena *a, double *cov)
{
	double delta[2 * ARIMA_SEASON + 4], *psi = ARENA_ARRAY(a, double, n_step);
	struct arma *arma = arma_new(&m->order, a);
	arma_set(arma, &m->order, m->coef);
	arma_psi(arma, delta, arima_delta(&m->order, delta), psi, n_step);
	for (int i = 0; i < n_step; i++)
		for (int j = i; j < n_step; j++) {
			double sum = 0;
			for (int k = 0; k <= i; k++)
				sum += psi[k] * psi[k + j - i];
			cov[i * n_step + j] = cov[j * n_step + i] = m->sigma2 * sum;
		}
}

void arima_paths(const struct arima_model *m, const struct arima_data *data, struct rng *rng,
		 int n_path, int n_step, struct arena *a, double *path)
{
	struct origin o;
	origin_init(&o, m, data, a);
	all_unknown(path, (size_t)n_path * (size_t)n_step);
	if (!o.stationary)
		return;
	int ahead = to_end(&o), t = data->n - ahead, s = o.kalman.s;
	if (fast_until(&o, data->n) >= 0 && t < o.kalman.n_delta)
		return;
	double *state = ARENA_ARRAY(a, double, s), sigma = sqrt(m->sigma2);
	for (int k = 0; k < n_path; k++) {
		memcpy(state, o.a, (size_t)s * sizeof *state);
		for (int h = 0; h < ahead + n_step; h++) {
			double e = sigma * rng_gaussian(rng);
			state[0] += e;
			for (int i = 0; i < o.arma->n_theta; i++)
				state[o.arma->theta_lag[i]] += o.arma->theta[o.arma->theta_lag[i] - 1] * e;
			if (h >= ahead)
				path[(size_t)k * (size_t)n_step + (size_t)(h - ahead)] =
					regression_at(&o, t + h) + arima_kalman_value(&o.kalman, state);
			arima_kalman_state(&o.kalman, state, NAN);
		}
	}
}
