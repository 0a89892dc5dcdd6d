/* Ridge and elastic net on standardised columns. */
#include "config.h"
#include "num/ridge.h"

#include <gsl/gsl_eigen.h>
#include <math.h>
#include <string.h>

#define GRID_LOW (-48) /* eighths of a decade */
#define GRID_HIGH 24
#define FLAT 1e-14     /* variance below this share of the mean square is rounding */

/* The problem in standard units: R b = r. */
struct standard {
	int k;              /* columns without the constant */
	double n;           /* rows */
	double *mean, *sd;  /* [k]; sd 0: the column says nothing */
	double y_mean, var; /* of y */
	double *cor, *cy;   /* [k][k] correlations; [k] covariances with y */
};

static void standardise(const struct gram *g, double n, struct arena *a, struct standard *s)
{
	size_t all = (size_t)g->k, k = all - 1;
	double w = g->weight;
	*s = (struct standard){ .k = (int)k, .n = n, .y_mean = g->xy[0] / w };
	s->mean = ARENA_ARRAY(a, double, k + 1);
	s->sd = ARENA_ARRAY(a, double, k + 1);
	s->cor = ARENA_ARRAY(a, double, k * k + 1);
	s->cy = ARENA_ARRAY(a, double, k + 1);
	s->var = fmax(0, g->yy / w - s->y_mean * s->y_mean);
	for (size_t j = 0; j < k; j++) {
		double square = g->xx[(j + 1) * all + j + 1] / w;
		s->mean[j] = g->xx[(j + 1) * all] / w;
		double var = square - s->mean[j] * s->mean[j];
		s->sd[j] = var > FLAT * square ? sqrt(var) : 0;
		s->cy[j] = s->sd[j] > 0 ? (g->xy[j + 1] / w - s->mean[j] * s->y_mean) / s->sd[j] : 0;
	}
	for (size_t i = 0; i < k; i++)
		for (size_t j = 0; j <= i; j++) {
			double cov = g->xx[(i + 1) * all + j + 1] / w - s->mean[i] * s->mean[j];
			double cor = i == j ? 1 : cov / (s->sd[i] * s->sd[j]);
			s->cor[i * k + j] = s->cor[j * k + i] = s->sd[i] > 0 && s->sd[j] > 0 ? cor : 0;
		}
}

/* Mean squared residual at standard coefficients. */
static double mse_at(const struct standard *s, const double *b)
{
	size_t k = (size_t)s->k;
	double sum = s->var;
	for (size_t i = 0; i < k; i++) {
		double inner = 0;
		for (size_t j = 0; j < k; j++)
			inner += s->cor[i * k + j] * b[j];
		sum += b[i] * (inner - 2 * s->cy[i]);
	}
	return fmax(0, sum);
}

static double gcv_of(const struct standard *s, double mse, double edf)
{
	double left = 1 - edf / s->n;
	return left > 0 ? mse / (left * left) : (double)INFINITY;
}

static double grid(int step)
{
	return pow(10, step / 8.);
}

/* Eigenvalues d of the correlations and u = V'cy: what the curve of GCV takes. */
static enum status spectrum(const struct standard *s, struct arena *a, double *d, double *u)
{
	size_t k = (size_t)s->k;
	double *room = ARENA_ARRAY(a, double, 2 * k * k + k);
	gsl_matrix_view m = gsl_matrix_view_array(room, k, k);
	gsl_matrix_view v = gsl_matrix_view_array(room + k * k, k, k);
	gsl_vector_view values = gsl_vector_view_array(d, k);
	gsl_eigen_symmv_workspace *w = gsl_eigen_symmv_alloc(k);
	memcpy(room, s->cor, k * k * sizeof *room);
	int failed = !w || gsl_eigen_symmv(&m.matrix, &values.vector, &v.matrix, w);
	gsl_eigen_symmv_free(w);
	for (size_t i = 0; !failed && i < k; i++) {
		d[i] = fmax(0, d[i]);
		u[i] = 0;
		for (size_t j = 0; j < k; j++)
			u[i] += gsl_matrix_get(&v.matrix, j, i) * s->cy[j];
	}
	return failed ? E_FIT : OK;
}

/* Effective parameters and residuals of ridge at a lambda. */
static void ridge_curve(const struct standard *s, const double *d, const double *u, double lambda,
			double *edf, double *mse)
{
	*edf = 1;
	*mse = s->var;
	for (int i = 0; i < s->k; i++) {
		double all = d[i] + lambda;
		*edf += all > 0 ? d[i] / all : 0;
		*mse -= all > 0 ? u[i] * u[i] * (d[i] + 2 * lambda) / (all * all) : 0;
	}
	*mse = fmax(0, *mse);
}

static enum status solve_at(const struct standard *s, double lambda, double alpha, const signed char *sign,
			    struct arena *a, double *b)
{
	size_t k = (size_t)s->k;
	double *m = ARENA_ARRAY(a, double, k * k + 1), *l1 = ARENA_ARRAY(a, double, k + 1);
	memcpy(m, s->cor, k * k * sizeof *m);
	for (size_t j = 0; j < k; j++) {
		m[j * k + j] = s->sd[j] > 0 ? m[j * k + j] + lambda * (1 - alpha) : 0;
		l1[j] = lambda * alpha;
	}
	struct quadratic q = { (int)k, m, s->cy, alpha > 0 ? l1 : NULL, sign };
	return quadratic_solve(&q, a, b);
}

static void judge_net(const struct standard *s, const double *b, double *edf, double *mse)
{
	*edf = 1;
	for (int j = 0; j < s->k; j++)
		*edf += b[j] < 0 || b[j] > 0;
	*mse = mse_at(s, b);
}

/* The elastic net from the largest lambda down, each from the one before. */
static enum status net_path(const struct standard *s, const struct ridge_options *o, const signed char *sign,
			    struct arena *a, double *b, struct ridge_fit *out)
{
	double *at = ARENA_ARRAY(a, double, s->k + 1), edf, mse;
	out->gcv = INFINITY;
	for (int step = o->lambda > 0 ? GRID_LOW : GRID_HIGH; step >= GRID_LOW; step--) {
		double lambda = o->lambda > 0 ? o->lambda : grid(step) * sqrt(s->var);
		if (solve_at(s, lambda, o->alpha, sign, a, at))
			return E_FIT;
		judge_net(s, at, &edf, &mse);
		if (o->lambda > 0 || gcv_of(s, mse, edf) < out->gcv) {
			memcpy(b, at, (size_t)s->k * sizeof *b);
			out->lambda = lambda;
			out->edf = edf;
			out->mse = mse;
			out->gcv = gcv_of(s, mse, edf);
		}
	}
	return OK;
}

static enum status ridge_best(const struct standard *s, const struct ridge_options *o,
			      const signed char *sign, struct arena *a, double *b, struct ridge_fit *out)
{
	double *d = ARENA_ARRAY(a, double, s->k + 1), *u = ARENA_ARRAY(a, double, s->k + 1), edf, mse;
	out->lambda = o->lambda;
	if (s->k && spectrum(s, a, d, u))
		return E_FIT;
	out->gcv = INFINITY;
	for (int step = GRID_LOW; !(o->lambda > 0) && step <= GRID_HIGH; step++) {
		ridge_curve(s, d, u, grid(step), &edf, &mse);
		if (gcv_of(s, mse, edf) < out->gcv) {
			out->gcv = gcv_of(s, mse, edf);
			out->lambda = grid(step);
		}
	}
	if (!(out->lambda > 0))
		out->lambda = grid(GRID_HIGH);
	ridge_curve(s, d, u, out->lambda, &out->edf, &out->mse);
	if (solve_at(s, out->lambda, 0, sign, a, b))
		return E_FIT;
	out->mse = mse_at(s, b);
	out->gcv = gcv_of(s, out->mse, out->edf);
	return OK;
}

enum status ridge_fit(const struct gram *g, double n, const struct ridge_options *o, struct arena *a,
		      struct ridge_fit *out)
{
	struct standard s;
	const signed char *sign = o->sign ? o->sign + 1 : NULL;
	memset(out, 0, sizeof *out);
	if (!(g->weight > 0) || g->k < 1 || !isfinite(g->yy))
		return E_FIT;
	standardise(g, n, a, &s);
	double *b = ARENA_ARRAY(a, double, s.k + 1);
	out->coef = ARENA_ARRAY(a, double, g->k);
	if (o->alpha > 0 ? net_path(&s, o, sign, a, b, out) : ridge_best(&s, o, sign, a, b, out))
		return E_FIT;
	out->coef[0] = s.y_mean;
	for (int j = 0; j < s.k; j++) {
		out->coef[j + 1] = s.sd[j] > 0 ? b[j] / s.sd[j] : 0;
		out->coef[0] -= out->coef[j + 1] * s.mean[j];
	}
	return isfinite(out->coef[0]) ? OK : E_FIT;
}
