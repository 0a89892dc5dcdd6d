/* Parts of composite local methods: their places, fits, replays and trials. */
#include "config.h"
#include "model/parts.h"

#include <math.h>
#include <string.h>

static const struct local_method *local_of(const struct spec *spec, int k)
{
	return spec->part[k]->method->local;
}

int parts_at(const struct spec *spec, int season, int k)
{
	int at = 0;
	for (int i = 0; i < k; i++)
		if (local_of(spec, i))
			at += 1 + local_parameters(local_of(spec, i), spec->part[i], season);
	return at;
}

int parts_n_parameter(const struct spec *spec, int season)
{
	return parts_at(spec, season, spec->n_part);
}

enum status parts_check(const struct spec *spec, struct err *e)
{
	if (!spec->n_part)
		return err_set(e, E_USAGE, "method '%s' needs methods, as in %s(ses, snaive)",
			       spec->method->name, spec->method->name);
	for (int k = 0; k < spec->n_part; k++)
		if (!local_of(spec, k))
			return err_set(e, E_USAGE, "method '%s' cannot hold '%s', which is no method of"
				       " single series", spec->method->name, spec->part[k]->method->name);
	return OK;
}

enum status parts_fit(const struct spec *spec, int k, const struct local_series *s, struct arena *scratch,
		      double *p, struct err *e)
{
	const struct local_method *m = local_of(spec, k);
	double *own = p + parts_at(spec, s->season, k);
	enum status status = m->fit ? m->fit(spec->part[k], s, scratch, own + 1, e) : OK;
	own[0] = status == OK;
	return status;
}

int parts_replay(const struct spec *spec, int k, const double *p, const struct local_series *s,
		 struct arena *scratch, int n_end, const int *end, int n_step, double *mean)
{
	const double *own = p + parts_at(spec, s->season, k);
	if (own[0] > 0)
		local_replay(local_of(spec, k), spec->part[k], own + 1, s, scratch, n_end, end, n_step,
			     mean);
	return own[0] > 0;
}

/* Steps that a trial looks ahead, and periods between its origins: about what the season's users do. */
static void trial_shape(int season, int *n_step, int *stride)
{
	*n_step = season <= 1 ? 8 : season <= 7 ? 4 * season : season <= 13 ? season
		: season <= 30 ? 2 * season : 13;
	*stride = season <= 1 ? 2 : season <= 7 ? season : season <= 13 ? 3 : season <= 30 ? season / 2 : 4;
}

void tryout_run(const struct spec *spec, const struct local_series *s, int windows, struct arena *a,
	       struct tryout *out)
{
	int stride, first, season = s->season > 1 ? s->season : 1;
	memset(out, 0, sizeof *out);
	trial_shape(season, &out->n_step, &stride);
	/* Two thirds of the past are for the fit, and at least two seasons. */
	while (windows > 0 && (s->n - windows * stride - out->n_step < 2 * s->n / 3
			       || s->n - windows * stride - out->n_step < 2 * season + 4))
		windows--;
	out->n_part = spec->n_part;
	out->n_end = windows;
	if (!windows)
		return;
	out->end = ARENA_ARRAY(a, int, windows);
	first = s->n - out->n_step - (windows - 1) * stride;
	for (int w = 0; w < windows; w++)
		out->end[w] = first + w * stride;
	size_t cells = (size_t)windows * (size_t)out->n_step;
	double *p = ARENA_ARRAY(a, double, parts_n_parameter(spec, s->season) + 1);
	struct local_series past = *s;
	past.n = first;
	out->error = ARENA_ARRAY(a, double, (size_t)spec->n_part * cells);
	for (int k = 0; k < spec->n_part; k++) {
		struct err e;
		double *mean = out->error + (size_t)k * cells;
		int made = !parts_fit(spec, k, &past, a, p, &e)
			&& parts_replay(spec, k, p, s, a, windows, out->end, out->n_step, mean);
		for (int w = 0; w < windows; w++)
			for (int h = 0; h < out->n_step; h++) {
				double *cell = mean + (size_t)w * (size_t)out->n_step + (size_t)h;
				double guess = made && *cell < 0 && !s->negative_ok ? 0 : *cell;
				*cell = made ? s->y[out->end[w] + h] - guess : (double)NAN;
			}
	}
}

/* Has part k any case at all? One without is not compared. */
static int has_errors(const struct tryout *t, int k)
{
	size_t cells = (size_t)t->n_end * (size_t)t->n_step;
	for (size_t c = 0; c < cells; c++)
		if (isfinite(t->error[(size_t)k * cells + c]))
			return 1;
	return 0;
}

double tryout_loss(const struct tryout *t, int k, int *cases)
{
	size_t cells = (size_t)t->n_end * (size_t)t->n_step;
	double sum = 0;
	*cases = 0;
	for (size_t c = 0; c < cells; c++) {
		int all = isfinite(t->error[(size_t)k * cells + c]);
		for (int j = 0; all && j < t->n_part; j++)
			all = isfinite(t->error[(size_t)j * cells + c]) || !has_errors(t, j);
		if (all) {
			sum += t->error[(size_t)k * cells + c] * t->error[(size_t)k * cells + c];
			++*cases;
		}
	}
	return *cases ? sum / *cases : (double)NAN;
}
