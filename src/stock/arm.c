/* One arm over all origins: fit at the cadence, predict, keep sums; or copy what was given, or the truth. */
#include "config.h"
#include "stock/arm.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/process.h"
#include "stock/foresight.h"

/* The model of the moment. */
struct fitted {
	const struct spec *spec;
	struct spec closed;
	const struct spec *part[1];
	void *model; /* NULL: none yet */
	int at;      /* number of the origin that it was fitted at */
	struct arena arena;
};

/* A spec that is no chain is closed by the last rungs, as it would be at night. */
static void fitted_init(struct fitted *f, const struct spec *spec)
{
	const struct method *fallback = method_find("fallback");
	*f = (struct fitted){ .spec = spec };
	if (spec->method == fallback)
		return;
	f->part[0] = spec;
	f->closed = (struct spec){ .method = fallback, .n_part = 1, .part = f->part };
	f->spec = &f->closed;
}

static void fitted_release(struct fitted *f)
{
	if (f->model && f->spec->method->release)
		f->spec->method->release(f->model);
	f->model = NULL;
	arena_release(&f->arena);
}

static float *sums_at(const struct arm_plan *p, const struct arm_result *out, int i, int k)
{
	return out->mean + ((size_t)i * (size_t)p->n_span + (size_t)k) * (size_t)p->n_origin;
}

static int longest(const struct arm_plan *p)
{
	int most = 1;
	for (size_t k = 0; k < (size_t)p->panel->n * (size_t)p->n_span; k++)
		most = p->span[k] > most ? p->span[k] : most;
	return most;
}

/* Sums of the steps that each span wants, for the origins that this forecast serves: o, o + 1 ... */
static void keep_sums(const struct arm_plan *p, const struct forecast *f, int o, struct arm_result *out)
{
	for (int i = 0; i < f->n; i++) {
		struct forecast one = forecast_at(f, i);
		int begun = p->panel->first[i] <= f->origin;
		for (int k = 0; k < p->n_span; k++) {
			int span = p->span[(size_t)i * (size_t)p->n_span + (size_t)k];
			float *to = sums_at(p, out, i, k);
			for (int j = 0; j < p->step && o + j < p->n_origin; j++) {
				double sum = begun && span ? 0 : (double)NAN;
				for (int h = j; h < j + span; h++)
					sum += one.mean[h];
				to[o + j] = (float)sum;
			}
		}
		if (begun) {
			out->made++;
			out->fell += f->used[i].rung != RUNG_SPEC;
		}
	}
}

static enum status forecast_origin(const struct arm_plan *p, const struct foresight *foresight,
				   struct fitted *fitted, int o, int steps, struct arena *a,
				   struct arm_result *out, struct err *e)
{
	struct panel past = foresight_panel(foresight, p->first + o, steps, a);
	const struct method *method = fitted->spec->method;
	struct forecast f;
	enum status status = OK;
	double began = process_cpu();
	if (!fitted->model || (p->refit > 0 && o - fitted->at >= p->refit)) {
		fitted_release(fitted);
		fitted->at = o;
		status = method->fit(fitted->spec, &past, &p->context, &fitted->arena, &fitted->model, e);
		out->fits++;
		out->fit_cpu += process_cpu() - began;
		began = process_cpu();
	}
	if (status)
		return status;
	forecast_init(&f, a, past.n, steps, 0, NULL, past.until);
	status = method->predict(fitted->model, &past, &p->context, a, &f, e);
	if (!status)
		status = forecast_check(&f, past.key, e);
	if (!status)
		keep_sums(p, &f, o, out);
	out->predict_cpu += process_cpu() - began;
	return status;
}

static enum status run_spec(const struct arm *arm, const struct arm_plan *p, struct arm_result *out,
			    struct err *e)
{
	struct fitted fitted;
	struct arena a = { 0 }, kept = { 0 };
	enum status status = OK;
	int steps = longest(p) + p->step - 1;
	const struct foresight *foresight =
		foresight_new(p->panel, p->first, p->first + p->n_origin - 1, &kept);
	fitted_init(&fitted, arm->spec);
	for (int o = 0; !status && o < p->n_origin; o += p->step) {
		arena_reset(&a);
		if (process_stop())
			status = err_set(e, E_STOPPED, "stopped; nothing was kept");
		else
			status = forecast_origin(p, foresight, &fitted, o, steps, &a, out, e);
		progress(arm->name, o + p->step, p->n_origin);
	}
	arena_release(&a);
	arena_release(&kept);
	fitted_release(&fitted);
	return status && status != E_STOPPED ? err_wrap(e, "arm '%s'", arm->name) : status;
}

/* ---- forecasts that somebody made ---- */

/* What was told of each period by the origin at hand, the newest standing; NaN: nothing. */
struct told {
	const struct arm_plan *plan;
	const struct given_row *row; /* [n] of one series */
	size_t n, at;                /* rows made by the origin: [0, at) */
	double *mean;                /* [n_period] by period - plan->first */
	int n_period;
};

static void told_until(struct told *t, period_t origin)
{
	for (; t->at < t->n && t->row[t->at].made <= origin; t->at++) {
		int64_t k = (int64_t)t->row[t->at].period - t->plan->first;
		if (k >= 0 && k < t->n_period)
			t->mean[k] = t->row[t->at].mean;
	}
}

/* Sums of one series at one origin; 1 where the first of its spans was told. */
static int told_sums(const struct told *t, int i, int o, const struct arm_result *out)
{
	const struct arm_plan *p = t->plan;
	int whole = 1;
	for (int k = 0; k < p->n_span; k++) {
		int span = p->span[(size_t)i * (size_t)p->n_span + (size_t)k];
		double sum = 0;
		for (int h = 1; h <= span; h++)
			sum += t->mean[o + h];
		if (span && !isnan(sum))
			sums_at(p, out, i, k)[o] = (float)sum;
		whole &= k > 0 || !isnan(sum);
	}
	return whole;
}

/* Replaces the spec's sums by the given ones where every period of the span was told. */
static void take_given(const struct given *g, const struct arm_plan *p, struct arm_result *out)
{
	struct told t = { .plan = p, .n_period = p->n_origin + longest(p) + 1 };
	size_t at = 0;
	t.mean = NEW_ARRAY(double, t.n_period);
	out->made = out->fell = 0;
	for (int i = 0; i < p->panel->n; i++) {
		t.row = g->row + at;
		t.at = t.n = 0;
		for (; at < g->n && g->row[at].series == i; at++)
			t.n++;
		for (int k = 0; k < t.n_period; k++)
			t.mean[k] = (double)NAN;
		for (int o = 0; o < p->n_origin; o++) {
			told_until(&t, p->first + o);
			if (p->panel->first[i] > p->first + o)
				continue;
			out->made++;
			out->fell += !told_sums(&t, i, o, out);
		}
	}
	free(t.mean);
}

static void take_truth(const struct arm_plan *p, struct arm_result *out)
{
	const struct truth *truth = p->truth;
	for (int i = 0; i < p->panel->n; i++) {
		const int64_t *d = truth->demand + (size_t)i * (size_t)truth->n_period;
		for (int k = 0; k < p->n_span; k++) {
			int span = p->span[(size_t)i * (size_t)p->n_span + (size_t)k];
			float *to = sums_at(p, out, i, k);
			for (int o = 0; o < p->n_origin; o++) {
				int begun = p->panel->first[i] <= p->first + o;
				int64_t sum = 0;
				for (int h = 1; h <= span; h++) {
					int64_t t = (int64_t)p->first + o + h - truth->first;
					sum += t < truth->n_period ? d[t] : 0;
				}
				to[o] = begun && span ? (float)((double)sum / truth->scale[i]) : (float)NAN;
				out->made += begun;
			}
		}
	}
}

enum status arm_run(const struct arm *arm, const struct arm_plan *plan, struct arena *a,
		    struct arm_result *out, struct err *e)
{
	size_t n = (size_t)plan->panel->n * (size_t)plan->n_span * (size_t)plan->n_origin;
	*out = (struct arm_result){ .mean = ARENA_ARRAY(a, float, n + 1) };
	if (arm->kind == ARM_PERFECT) {
		take_truth(plan, out);
		return OK;
	}
	enum status status = run_spec(arm, plan, out, e);
	if (!status && arm->kind == ARM_GIVEN)
		take_given(arm->given, plan, out);
	progress_end();
	return status;
}
