/*
 * The likelihood of a seasonal ARIMA with regressors. Innovations of y and of every column of X are
 * taken by the same filter, then beta is least squares of the one on the others: the generalised
 * least squares of the model at these coefficients (Harvey & Phillips 1979).
 */
#include "config.h"
#include "num/arima_private.h"

#include <math.h>
#include <string.h>
#include "num/arma.h"

#define SETTLED 1e-7       /* of the filter: the likelihood is then exact to 1e-10 or so */
#define ROUGH_GAIN 1e-3    /* fits that need no more gain may be rough */
#define SETTLED_ROUGH 1e-3 /* while orders are compared */
#define SIGMA2_LEAST 1e-300 /* of a series that a model explains wholly: its likelihood stays finite */

int arima_coefs(const struct arima_order *o)
{
	return o->p + o->q + o->P + o->Q;
}

int arima_is_allowed(const struct arima_order *o, int k)
{
	return o->p >= 0 && o->q >= 0 && o->P >= 0 && o->Q >= 0 && o->p <= 8 && o->q <= 8 &&
	       o->P <= 2 && o->Q <= 2 && o->d >= 0 && o->d <= 2 && o->D >= 0 && o->D <= 1 &&
	       o->season >= 1 && (!(o->P + o->D + o->Q) || o->season <= ARIMA_SEASON) &&
	       k <= ARIMA_COLUMNS;
}

int arima_delta(const struct arima_order *o, double *delta)
{
	double poly[2 * ARIMA_SEASON + 4] = { 1 };
	int n = 0;
	for (int k = 0; k < o->d + o->D; k++) {
		int lag = k < o->d ? 1 : o->season;
		for (int i = n; i >= 0; i--)
			poly[i + lag] -= poly[i];
		n += lag;
	}
	for (int i = 0; i < n; i++)
		delta[i] = -poly[i + 1];
	return n;
}

/* Differences in place; returns how many are left, at the front. */
static int difference(double *x, int n, const struct arima_order *o)
{
	for (int k = 0; k < o->d + o->D; k++) {
		int lag = k < o->d ? 1 : o->season;
		n = n > lag ? n - lag : 0;
		for (int t = 0; t < n; t++)
			x[t] = x[t + lag] - x[t];
	}
	return n;
}

static void fill_columns(struct arima_work *w)
{
	const struct arima_data *data = w->data;
	int n = data->n, at = 0;
	if (w->trend) {
		for (int t = 0; t < n; t++)
			w->column[0][t] = w->most.d + w->most.D ? t : 1;
		at = 1;
	}
	for (int c = 0; c < data->k; c++)
		memcpy(w->column[at + c], data->x[c], (size_t)n * sizeof(double));
	for (int t = 0; t < n; t++)
		w->column[w->k][t] = data->y[t] - w->shift;
}

struct arima_work *arima_work_new(const struct arima_data *data, const struct arima_order *most,
				  int trend, struct arena *a)
{
	struct arima_work *w = ARENA_ARRAY(a, struct arima_work, 1);
	int n = data->n, first = 0;
	w->data = data;
	w->most = *most;
	w->trend = trend;
	w->settle = SETTLED;
	w->worth = INFINITY;
	w->k = data->k + trend;
	w->arena = a;
	while (first < n && isnan(data->y[first]))
		first++;
	/* The lagged values of a diffuse start have mean 0: let that be near the series. */
	w->shift = first < n && most->d + most->D ? data->y[first] : 0;
	for (int t = 0; t < n; t++)
		w->missing |= isnan(data->y[t]);
	w->column = ARENA_ARRAY(a, double *, w->k + 1);
	w->error = ARENA_ARRAY(a, double *, w->k + 1);
	for (int c = 0; c <= w->k; c++) {
		w->column[c] = ARENA_ARRAY(a, double, n + 1);
		w->error[c] = ARENA_ARRAY(a, double, n + 1);
	}
	w->residual = ARENA_ARRAY(a, double, n + 1);
	w->scale = ARENA_ARRAY(a, double, n + 1);
	fill_columns(w);
	w->n = n;
	for (int c = 0; !w->missing && c <= w->k; c++)
		w->n = difference(w->column[c], n, most);
	w->arma = arma_new(most, a);
	if (w->missing)
		arima_kalman_room(&w->kalman, most, a);
	int room = arma_room(w->arma->r + 1 + most->d + most->D * most->season);
	w->state = ARENA_ARRAY(a, double, (w->k + 1) * room);
	w->start.M = ARENA_ARRAY(a, double, 2 * room);
	w->start.L = w->start.M + room;
	return w;
}

int arima_evaluations(const struct arima_work *w)
{
	return w->evaluations;
}

/* Sets the work's polynomials to an order within `most`. */
static void set_arma(struct arima_work *w, const struct arima_order *o, const double *coef)
{
	struct arma *m = w->arma;
	m->p = o->p + o->P * o->season;
	m->q = o->q + o->Q * o->season;
	m->r = m->p > m->q ? m->p : m->q;
	m->r = m->r > 0 ? m->r : 1;
	arma_set(m, o, coef);
}

/* Exact innovations of complete columns. */
static int exact_pass(struct arima_work *w)
{
	struct arma *m = w->arma;
	int room = arma_room(m->r), t = 0;
	double product = 1;
	if (!arma_autocovariance(m))
		return 0;
	arma_start(m, &w->start);
	memset(w->state, 0, (size_t)((w->k + 1) * room) * sizeof(double));
	w->logdet = 0;
	for (; t < w->n && (w->hold ? t < w->settled : !arma_start_settled(m, &w->start, w->settle)); t++) {
		double F = w->start.F, root = 1 / sqrt(F);
		for (int c = 0; c <= w->k; c++) {
			double *a = w->state + c * room, v = w->column[c][t] - a[0];
			w->error[c][t] = v * root;
			arma_state_step(m, w->start.M, F, v, a);
		}
		w->scale[t] = F;
		product *= F;
		if (product > 1e200 || product < 1e-200) {
			w->settled = t;
	w->logdet += log(product);
			product = 1;
		}
		arma_start_step(m, &w->start);
	}
	w->settled = t;
	w->logdet += log(product);
	for (int s = t; s < w->n; s++)
		w->scale[s] = 1;
	for (int c = 0; c <= w->k; c++)
		arma_recursion(m, w->column[c] + t, w->n - t, w->state + c * room, m->r, w->error[c] + t);
	w->n_used = w->n;
	return 1;
}

/* Innovations given zero errors before: the first p are not counted. */
static int css_pass(struct arima_work *w)
{
	struct arma *m = w->arma;
	int from = m->p < w->n ? m->p : w->n;
	for (int c = 0; c <= w->k; c++) {
		double *e = w->error[c], *x = w->column[c];
		memset(e, 0, (size_t)from * sizeof *e);
		/* What the values before `from` say of those after it is their autoregressive part. */
		double *lead = w->state + c * m->r;
		for (int i = 0; i < m->p; i++) {
			lead[i] = 0;
			for (int k = 0; k < m->n_phi; k++)
				if (m->phi_lag[k] > i && from + i < w->n)
					lead[i] += m->phi[m->phi_lag[k] - 1] * x[from + i - m->phi_lag[k]];
		}
		arma_recursion(m, x + from, w->n - from, lead, m->p, e + from);
	}
	for (int t = 0; t < w->n; t++)
		w->scale[t] = t < from ? 0 : 1;
	w->logdet = 0;
	w->n_used = w->n - from;
	return 1;
}

double arima_dot(const double *a, const double *b, int n)
{
	double s[4] = { 0 };
	int t = 0;
	for (; t + 4 <= n; t += 4)
		for (int i = 0; i < 4; i++)
			s[i] += a[t + i] * b[t + i];
	for (; t < n; t++)
		s[0] += a[t] * b[t];
	return (s[0] + s[1]) + (s[2] + s[3]);
}

/* Cholesky in place of the columns' products, lower [k][k]; a column that is a sum of those before it
 * gets a pivot of 0 and with it the coefficient 0. */
static void factor(double *A, int k)
{
	for (int j = 0; j < k; j++) {
		double whole = A[j * k + j];
		for (int i = j; i < k; i++) {
			double sum = A[i * k + j];
			for (int l = 0; l < j; l++)
				sum -= A[i * k + l] * A[j * k + l];
			A[i * k + j] = sum;
		}
		double pivot = A[j * k + j];
		int dependent = !(pivot > 1e-10 * whole);
		double root = dependent ? 0 : sqrt(pivot);
		for (int i = j; i < k; i++)
			A[i * k + j] = dependent ? 0 : A[i * k + j] / root;
	}
}

/* Solves L L' x = b in place, L from factor(). */
static void substitute(const double *L, int n, double *x)
{
	for (int i = 0; i < n; i++) {
		for (int j = 0; j < i; j++)
			x[i] -= L[i * n + j] * x[j];
		x[i] = L[i * n + i] > 0 ? x[i] / L[i * n + i] : 0;
	}
	for (int i = n - 1; i >= 0; i--) {
		for (int j = i + 1; j < n; j++)
			x[i] -= L[j * n + i] * x[j];
		x[i] = L[i * n + i] > 0 ? x[i] / L[i * n + i] : 0;
	}
}

void arima_solve(double *A, int n, double *x)
{
	factor(A, n);
	substitute(A, n, x);
}

static void regress(struct arima_work *w)
{
	int k = w->k, n = w->n;
	double *A = w->normal, *beta = w->beta;
	for (int i = 0; i < k; i++) {
		for (int j = 0; j <= i; j++)
			A[i * k + j] = arima_dot(w->error[i], w->error[j], n);
		beta[i] = arima_dot(w->error[i], w->error[k], n);
	}
	arima_solve(A, k, beta);
	memcpy(w->residual, w->error[k], (size_t)n * sizeof(double));
	for (int c = 0; c < k; c++)
		for (int t = 0; t < n; t++)
			w->residual[t] -= beta[c] * w->error[c][t];
	w->ssq = arima_dot(w->residual, w->residual, n);
}

/* ---- the two objectives, each the sum of squares whose logarithm is to be least ---- */

typedef int pass_function(struct arima_work *, const struct arima_order *, const double *);

static int exact(struct arima_work *w, const struct arima_order *o, const double *coef)
{
	w->evaluations++;
	set_arma(w, o, coef);
	if (!(w->missing ? arima_kalman_pass(w, o) : exact_pass(w)) || w->n_used < 1)
		return 0;
	regress(w);
	return isfinite(w->ssq) && isfinite(w->logdet);
}

static int conditional(struct arima_work *w, const struct arima_order *o, const double *coef)
{
	w->evaluations++;
	set_arma(w, o, coef);
	if (!css_pass(w) || w->n_used < 1)
		return 0;
	regress(w);
	return isfinite(w->ssq);
}

double arima_log_variance(struct arima_work *w, const struct arima_order *o, const double *coef)
{
	if (!exact(w, o, coef))
		return INFINITY;
	return log(fmax(w->ssq, SIGMA2_LEAST) / w->n_used) + w->logdet / w->n_used;
}

static void standard_errors(const struct arima_work *w, struct arima_model *out)
{
	int k = w->k;
	const double *A = w->normal;
	/* Diagonal of (L L')^-1: squared columns of L^-1. */
	for (int i = 0; i < k; i++) {
		double inverse[ARIMA_COLUMNS], sum = 0;
		for (int l = i; l < k; l++) {
			double x = l == i;
			for (int j = i; j < l; j++)
				x -= A[l * k + j] * inverse[j];
			inverse[l] = A[l * k + l] > 0 ? x / A[l * k + l] : 0;
			sum += inverse[l] * inverse[l];
		}
		out->se[i] = sqrt(out->sigma2 * sum);
	}
}

static void keep(const struct arima_work *w, const struct arima_order *o, const double *coef,
		 struct arima_model *out)
{
	double n = w->n_used;
	int parameters = arima_coefs(o) + w->k + 1;
	if (coef != out->coef)
		memcpy(out->coef, coef, (size_t)arima_coefs(o) * sizeof *coef);
	memcpy(out->beta, w->beta, (size_t)w->k * sizeof *out->beta);
	out->order = *o;
	out->trend = w->trend;
	out->k = w->k;
	out->sigma2 = fmax(w->ssq / n, SIGMA2_LEAST);
	out->n_used = w->n_used;
	out->loglik = -.5 * (n * (log(out->sigma2) + 1 + log(2 * M_PI)) + w->logdet);
	out->aicc = n > parameters + 1
		? -2 * out->loglik + 2 * parameters * (1 + (parameters + 1) / (n - parameters - 1))
		: (double)INFINITY;
	standard_errors(w, out);
}

enum status arima_evaluate(struct arima_work *w, const struct arima_order *o, const double *coef,
			   struct arima_model *out)
{
	if (!exact(w, o, coef))
		return E_FIT;
	keep(w, o, coef, out);
	return OK;
}

double arima_loglik_from(const struct arima_work *w, double sigma2, int from)
{
	double sum = 0;
	for (int t = from < 0 ? 0 : from; t < w->n; t++)
		if (w->scale[t] > 0)
			sum -= .5 * (log(2 * M_PI * sigma2 * w->scale[t]) +
				     w->residual[t] * w->residual[t] / sigma2);
	return sum;
}

int arima_columns_worth(const struct arima_work *w, const struct arima_model *m, int n_group, int fixed,
			int width)
{
	int k = w->k, best = 0;
	double ssq[ARIMA_COLUMNS + 1], least = INFINITY, n = w->n_used;
	/* With z = L' beta, leaving out the columns from i on adds z[i]^2 + ... to the sum of squares. */
	ssq[k] = w->ssq;
	for (int i = k - 1; i >= 0; i--) {
		double z = 0;
		for (int j = i; j < k; j++)
			z += w->normal[j * k + i] * w->beta[j];
		ssq[i] = ssq[i + 1] + z * z;
	}
	for (int g = 0; g <= n_group; g++) {
		int columns = fixed + g * width < k ? fixed + g * width : k;
		double parameters = arima_coefs(&m->order) + columns + 1;
		double aicc = n > parameters + 1
			? n * log(fmax(ssq[columns] / n, SIGMA2_LEAST))
			  + 2 * parameters * (1 + (parameters + 1) / (n - parameters - 1))
			: (double)INFINITY;
		if (aicc < least) {
			least = aicc;
			best = g;
		}
	}
	return best;
}

/* ---- damped Gauss-Newton (Levenberg 1944; Marquardt 1963) ---- */

#define COEF_FAR 6. /* tanh(6) = .99999: no further towards a unit root */
#define SLOPE_STEP 1e-5
#define HOPE 6.            /* iterations as good as the last that a fit may be from what it has to reach */

static void to_coef(const struct arima_order *o, const double *x, double *coef)
{
	const int n[4] = { o->p, o->q, o->P, o->Q };
	for (int b = 0; b < 4; b++) {
		arma_from_free(x, n[b], coef);
		for (int i = 0; b % 2 && i < n[b]; i++)
			coef[i] = -coef[i];
		x += n[b];
		coef += n[b];
	}
}

static int to_free(const struct arima_order *o, const double *coef, double *x)
{
	const int n[4] = { o->p, o->q, o->P, o->Q };
	for (int b = 0; b < 4; b++) {
		double turned[ARIMA_COEF];
		for (int i = 0; i < n[b]; i++)
			turned[i] = b % 2 ? -coef[i] : coef[i];
		if (!arma_to_free(turned, n[b], x))
			return 0;
		for (int i = 0; i < n[b]; i++)
			x[i] = fmin(fmax(x[i], -COEF_FAR), COEF_FAR);
		x += n[b];
		coef += n[b];
	}
	return 1;
}

struct descent {
	struct arima_work *w;
	const struct arima_order *o;
	pass_function *pass;
	int n;               /* parameters */
	double *slope;       /* [n][rows] of the scaled residual */
	double *residual;    /* [rows] at the point */
	double *scaled;      /* [rows] at a trial */
	double damping;
	int settled;         /* where the filter did at the point */
};

/* Scaled so that the sum of squares is ssq |Omega|^(1/n), the concentrated likelihood's. */
static double objective(struct descent *d, const double *x, double *scaled)
{
	double coef[ARIMA_COEF];
	struct arima_work *w = d->w;
	to_coef(d->o, x, coef);
	if (!d->pass(w, d->o, coef))
		return INFINITY;
	double factor_of = exp(w->logdet / (2 * (double)w->n_used));
	for (int t = 0; scaled && t < w->n; t++)
		scaled[t] = factor_of * w->residual[t];
	return w->ssq * factor_of * factor_of;
}

static void slopes(struct descent *d, double *x)
{
	struct arima_work *w = d->w;
	int n = w->n;
	w->hold = 1; /* the same filter as at the point: what is left is smooth in x */
	w->settled = d->settled;
	for (int i = 0; i < d->n; i++) {
		double *g = d->slope + (size_t)i * (size_t)n, before = x[i];
		double h = x[i] > 0 ? -SLOPE_STEP : SLOPE_STEP;
		x[i] += h;
		if (isfinite(objective(d, x, g))) {
			for (int t = 0; t < n; t++)
				g[t] = (g[t] - d->residual[t]) / h;
		} else {
			memset(g, 0, (size_t)n * sizeof *g);
		}
		x[i] = before;
	}
	w->hold = 0;
}

/* What a step taught of the slopes (Broyden 1965, eq. 4.5): they then give the change that was seen. */
static void learn(struct descent *d, const double *step, const double *now)
{
	size_t rows = (size_t)d->w->n;
	double length = 0;
	for (int i = 0; i < d->n; i++)
		length += step[i] * step[i];
	for (size_t t = 0; length > 0 && t < rows; t++) {
		double miss = now[t] - d->residual[t];
		for (int i = 0; i < d->n; i++)
			miss -= d->slope[(size_t)i * rows + t] * step[i];
		for (int i = 0; i < d->n; i++)
			d->slope[(size_t)i * rows + t] += miss / length * step[i];
	}
}

/* The step for a damping, from A = slope' slope and g = slope' residual. */
static void damped_step(const double *A, const double *g, int n, double damping, double *step)
{
	double L[ARIMA_COEF * ARIMA_COEF];
	for (int i = 0; i < n; i++)
		for (int j = 0; j <= i; j++)
			L[i * n + j] = A[i * n + j] + (i == j ? damping * (A[i * n + i] + 1e-12 * A[0]) : 0);
	for (int i = 0; i < n; i++)
		step[i] = -g[i];
	arima_solve(L, n, step);
}

/* Tries steps with rising damping until one gains; returns the new sum, or the old one. */
static double improve(struct descent *d, double *x, double sum, int trials)
{
	int n = d->n, rows = d->w->n;
	double A[ARIMA_COEF * ARIMA_COEF], g[ARIMA_COEF], step[ARIMA_COEF], to[ARIMA_COEF];
	for (int i = 0; i < n; i++) {
		const double *a = d->slope + (size_t)i * (size_t)rows;
		for (int j = 0; j <= i; j++)
			A[i * n + j] = arima_dot(a, d->slope + (size_t)j * (size_t)rows, rows);
		g[i] = arima_dot(a, d->residual, rows);
	}
	for (int trial = 0; trial < trials; trial++) {
		damped_step(A, g, n, d->damping, step);
		for (int i = 0; i < n; i++) {
			to[i] = fmin(fmax(x[i] + fmin(fmax(step[i], -2), 2), -COEF_FAR), COEF_FAR);
			step[i] = to[i] - x[i];
		}
		double now = objective(d, to, d->scaled);
		if (now < sum) {
			learn(d, step, d->scaled);
			memcpy(x, to, (size_t)n * sizeof *x);
			memcpy(d->residual, d->scaled, (size_t)rows * sizeof *d->scaled);
			d->settled = d->w->settled;
			d->damping *= .1;
			return now;
		}
		d->damping = d->damping < 1e-3 ? 1e-2 : d->damping * 10;
	}
	return sum;
}

/*
 * From x to where an iteration with fresh slopes gains less than `gain`, or `last` evaluations. A
 * search gives up earlier on what is far below its best and gains little.
 */
static void descend(struct descent *d, double *x, double sum, double gain, int last)
{
	struct arima_work *w = d->w;
	int fresh = 1;
	if (d->n && sum > 0)
		slopes(d, x);
	while (d->n && sum > 0 && w->evaluations < last) {
		double n = w->n_used, now = improve(d, x, sum, fresh ? 6 : 2);
		double gained = n * .5 * log(sum / now);
		double missing = n * .5 * (log(now / n) - w->worth);
		int small = gained < gain;
		sum = now;
		if ((small && fresh) || missing > HOPE * gained)
			break;
		if (small)
			slopes(d, x);
		fresh = small;
	}
}

static enum status fit_by(struct arima_work *w, const struct arima_order *o, pass_function *pass,
			  double gain, int most, struct arima_model *out)
{
	double x[ARIMA_COEF] = { 0 }, coef[ARIMA_COEF];
	size_t rows = (size_t)w->n + 1;
	if (w->n < 1)
		return E_FIT;
	if (!w->slope_room)
		w->slope_room = ARENA_ARRAY(w->arena, double, rows * (size_t)(arima_coefs(&w->most) + 2));
	struct descent d = { .w = w, .o = o, .pass = pass, .n = arima_coefs(o), .damping = 1e-3,
			     .residual = w->slope_room, .scaled = w->slope_room + rows,
			     .slope = w->slope_room + 2 * rows };
	if (!to_free(o, out->coef, x))
		memset(x, 0, sizeof x);
	w->settle = gain > ROUGH_GAIN ? SETTLED_ROUGH : SETTLED;
	double sum = objective(&d, x, d.residual);
	d.settled = w->settled;
	if (isfinite(sum))
		descend(&d, x, sum, gain, w->evaluations + most);
	w->settle = SETTLED;
	to_coef(o, x, coef);
	if (!isfinite(sum) || !pass(w, o, coef))
		return E_FIT;
	keep(w, o, coef, out);
	return OK;
}

enum status arima_fit(struct arima_work *w, const struct arima_order *o, double gain, int most,
		      struct arima_model *out)
{
	return fit_by(w, o, exact, gain, most, out);
}

enum status arima_fit_css(struct arima_work *w, const struct arima_order *o, double gain, int most,
			  struct arima_model *out)
{
	return fit_by(w, o, conditional, gain, most, out);
}
