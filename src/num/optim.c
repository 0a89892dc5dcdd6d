/* Minimising by GSL's multimin. */
#include "config.h"
#include "num/optim.h"

#include <math.h>
#include <string.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multimin.h>

#define NOWHERE 1e300 /* what GSL is told where the function is not finite */

/* The best point seen, whatever GSL makes of it. */
struct search {
	const struct optim_problem *problem;
	double best, *x;
};

static double seen(struct search *s, const double *x, double f)
{
	if (!isfinite(f))
		return NOWHERE;
	if (f < s->best) {
		s->best = f;
		memcpy(s->x, x, (size_t)s->problem->n * sizeof *x);
	}
	return f;
}

static double value_of(const gsl_vector *v, void *context)
{
	struct search *s = context;
	return seen(s, v->data, s->problem->value(v->data, s->problem->context));
}

static void both_of(const gsl_vector *v, void *context, double *f, gsl_vector *g)
{
	struct search *s = context;
	*f = seen(s, v->data, s->problem->gradient(v->data, g->data, s->problem->context));
	for (size_t k = 0; *f >= NOWHERE && k < g->size; k++)
		g->data[k] = 0;
}

static void gradient_of(const gsl_vector *v, void *context, gsl_vector *g)
{
	double f;
	both_of(v, context, &f, g);
}

double optim_simplex(const struct optim_problem *p, double *x, const double *step, double size, int most)
{
	size_t n = (size_t)p->n;
	struct search s = { p, p->value(x, p->context), x };
	gsl_multimin_function f = { value_of, n, &s };
	gsl_multimin_fminimizer *m = gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, n);
	gsl_vector *start = gsl_vector_alloc(n), *steps = gsl_vector_alloc(n);
	if (!isfinite(s.best))
		s.best = INFINITY;
	memcpy(start->data, x, n * sizeof *x);
	memcpy(steps->data, step, n * sizeof *step);
	int status = gsl_multimin_fminimizer_set(m, &f, start, steps);
	for (int k = 0; !status && k < most; k++) {
		status = gsl_multimin_fminimizer_iterate(m);
		if (!status && gsl_multimin_fminimizer_size(m) < size)
			break;
	}
	gsl_vector_free(steps);
	gsl_vector_free(start);
	gsl_multimin_fminimizer_free(m);
	return s.best;
}

double optim_bfgs(const struct optim_problem *p, double *x, double step, double gain, int most)
{
	size_t n = (size_t)p->n;
	struct search s = { p, INFINITY, x };
	gsl_multimin_function_fdf f = { value_of, gradient_of, both_of, n, &s };
	gsl_multimin_fdfminimizer *m = gsl_multimin_fdfminimizer_alloc(gsl_multimin_fdfminimizer_vector_bfgs2, n);
	gsl_vector *start = gsl_vector_alloc(n);
	memcpy(start->data, x, n * sizeof *x);
	int status = gsl_multimin_fdfminimizer_set(m, &f, start, step, 0.1), idle = 0;
	for (int k = 0; !status && k < most && idle < 2; k++) {
		double before = s.best;
		status = gsl_multimin_fdfminimizer_iterate(m);
		idle = before - s.best < gain ? idle + 1 : 0;
	}
	gsl_vector_free(start);
	gsl_multimin_fdfminimizer_free(m);
	return s.best;
}
