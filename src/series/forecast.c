/* Forecasts: room for them, and the invariants that every one of them keeps. */
#include "config.h"
#include "series/forecast.h"

#include <math.h>

const double default_level[N_DEFAULT_LEVEL] = { .05, .1, .25, .5, .75, .9, .95 };

const char *rung_name(enum rung rung)
{
	static const char *const name[] = { "spec", "simpler", "seasonal naive", "profile", "own mean",
					    "zero" };
	return name[rung];
}

void forecast_init(struct forecast *f, struct arena *a, int n, int n_step, int n_level,
		   const double *level, period_t origin)
{
	f->n = n;
	f->n_step = n_step;
	f->n_level = n_level;
	f->origin = origin;
	f->level = level;
	f->mean = ARENA_ARRAY(a, double, (size_t)n * (size_t)n_step);
	f->quantile = ARENA_ARRAY(a, double, (size_t)n * (size_t)n_step * (size_t)n_level);
	f->used = ARENA_ARRAY(a, struct made_by, n);
}

struct forecast forecast_at(const struct forecast *f, int i)
{
	struct forecast one = *f;
	one.n = 1;
	one.mean += (size_t)i * (size_t)f->n_step;
	one.quantile += (size_t)i * (size_t)f->n_step * (size_t)f->n_level;
	one.used += i;
	return one;
}

/* What is wrong with one step, or NULL. */
static const char *step_fault(const struct forecast *f, const double *q, double mean)
{
	if (!isfinite(mean))
		return "mean is not finite";
	for (int l = 0; l < f->n_level; l++) {
		if (!isfinite(q[l]))
			return "quantile is not finite";
		if (l && q[l] < q[l - 1])
			return "quantiles cross";
	}
	return NULL;
}

enum status forecast_check(const struct forecast *f, const struct series_key *key, struct err *e)
{
	for (int l = 0; l < f->n_level; l++)
		if (!(f->level[l] > 0 && f->level[l] < 1 && (!l || f->level[l] > f->level[l - 1])))
			return err_set(e, E_BUG, "forecast levels do not ascend within (0, 1)");
	for (int i = 0; i < f->n; i++) {
		struct forecast one = forecast_at(f, i);
		const char *fault = one.used->method ? NULL : "has no method";
		int step = 0;
		for (; !fault && step < f->n_step; step++)
			fault = step_fault(f, one.quantile + (size_t)step * (size_t)f->n_level,
					   one.mean[step]);
		if (fault)
			return err_set(e, E_BUG, "forecast of '%s/%s', step %d: %s", key[i].store,
				       key[i].item, step, fault);
	}
	return OK;
}
