/* Trials: one fit before the first origin, predictions at each. */
#include "config.h"
#include "model/trial.h"

#include <math.h>
#include <string.h>
#include "base/process.h"
#include "base/sha256.h"

#define WINDOWS_MAX ((int)(sizeof ((struct trial_plan *)0)->origin / sizeof(period_t)))

static const int usual_step[] = { 28, 13, 12, 14 };
static const int usual_stride[] = { 7, 4, 3, 7 };

void trial_plan(const struct panel *past, int windows, int stride, int n_step, struct trial_plan *plan)
{
	period_t first = past->until;
	for (int i = 0; i < past->n; i++)
		first = past->first[i] < first ? past->first[i] : first;
	int length = past->until - first + 1;
	memset(plan, 0, sizeof *plan);
	n_step = n_step > 0 ? n_step : usual_step[past->calendar.kind];
	stride = stride > 0 ? stride : usual_stride[past->calendar.kind];
	windows = windows < WINDOWS_MAX ? windows : WINDOWS_MAX;
	/* Two thirds of the past are for the fit. */
	while (n_step > 1 && 3 * n_step > length)
		n_step--;
	while (windows > 0 && 3 * ((windows - 1) * stride + n_step) > length)
		windows--;
	plan->n_step = n_step;
	plan->n_origin = windows;
	for (int k = 0; k < windows; k++)
		plan->origin[k] = past->until - n_step - (windows - 1 - k) * stride;
}

/* What a method is shown of a panel: a part of the db's series, or one whose values another method has
 * made better, is not the db's panel. */
static void panel_hash(const struct panel *past, char hex[SHA256_HEX_SIZE])
{
	struct sha256 s;
	unsigned char hash[SHA256_SIZE];
	sha256_init(&s);
	for (int i = 0; i < past->n; i++) {
		struct series one = panel_series(past, i);
		sha256_add_string(&s, one.key.store);
		sha256_add_string(&s, one.key.item);
		sha256_add_i64(&s, one.first);
		sha256_add_i64(&s, one.n);
		sha256_add(&s, one.units, (size_t)one.n * sizeof *one.units);
		sha256_add(&s, one.state, (size_t)one.n);
		if (one.demand)
			sha256_add(&s, one.demand, (size_t)one.n * sizeof *one.demand);
	}
	sha256_end(&s, hash);
	sha256_hex(hash, hex);
}

/* What a fitted part depends on besides data, config and code. */
static void part_name(const struct spec *spec, const struct panel *past, struct buf *name)
{
	char hex[SHA256_HEX_SIZE];
	panel_hash(past, hex);
	spec_write(spec, name);
	buf_addf(name, " @ %d of %.12s", (int)past->until, hex);
}

/* Fits a spec, or loads what the cache has. */
static enum status fit_cached(const struct spec *spec, const struct panel *past,
			      const struct fit_context *context, struct arena *a, void **model,
			      struct err *e)
{
	struct buf name = { 0 }, blob = { 0 };
	if (context->cache)
		part_name(spec, past, &name);
	int found = context->cache && context->cache->get(context->cache->context, name.text, &blob);
	enum status status = OK;
	/* What was kept and cannot be read is made anew. */
	if (found && spec->method->load(spec, (const unsigned char *)blob.text, blob.n, a, model, e)) {
		buf_clear(&blob);
		memset(e, 0, sizeof *e);
		*model = NULL;
		found = 0;
	}
	if (!found && process_stop())
		status = err_set(e, E_STOPPED, "stopped; what is fitted so far is kept where that is possible");
	else if (!found)
		status = spec->method->fit(spec, past, context, a, model, e);
	if (!status && !found && context->cache) {
		status = spec->method->save(*model, &blob, e);
		if (!status)
			context->cache->put(context->cache->context, name.text, &blob);
	}
	buf_release(&blob);
	buf_release(&name);
	return status;
}

enum status trial_run(const struct spec *spec, const struct panel *past, const struct fit_context *context,
		      const struct trial_plan *plan, struct arena *a, struct trial *out, struct err *e)
{
	size_t cells = (size_t)past->n * (size_t)plan->n_step;
	period_t *origin = ARENA_ARRAY(a, period_t, plan->n_origin + 1);
	void *model = NULL;
	enum status status = OK;
	memcpy(origin, plan->origin, (size_t)plan->n_origin * sizeof *origin);
	*out = (struct trial){ past->n, plan->n_origin, plan->n_step, origin,
			       ARENA_ARRAY(a, double, (size_t)plan->n_origin * cells + 1) };
	struct arena own = { 0 };
	struct fit_context anew = *context;
	anew.previous = NULL;
	if (plan->n_origin) {
		struct panel first = panel_until(past, plan->origin[0]);
		status = fit_cached(spec, &first, &anew, &own, &model, e);
	}
	for (int k = 0; !status && k < plan->n_origin; k++) {
		struct arena scratch = { 0 };
		struct panel then = panel_until(past, plan->origin[k]);
		struct forecast f;
		forecast_init(&f, &scratch, past->n, plan->n_step, 0, NULL, plan->origin[k]);
		status = spec->method->predict(model, &then, &anew, &scratch, &f, e);
		for (int i = 0; !status && i < past->n; i++)
			for (int h = 0; h < plan->n_step; h++) {
				size_t at = (size_t)i * (size_t)plan->n_step + (size_t)h;
				int made = f.used[i].method && past->first[i] <= plan->origin[k];
				out->mean[(size_t)k * cells + at] = made ? f.mean[at] : (double)NAN;
			}
		arena_release(&scratch);
	}
	if (model && spec->method->release)
		spec->method->release(model);
	arena_release(&own);
	return status;
}

enum status trial_fit(const struct spec *spec, const struct panel *past, const struct fit_context *context,
		      const struct trial_plan *plan, struct arena *a, void **model,
		      const struct trial **trial, struct err *e)
{
	*model = NULL;
	/* A method that keeps its own trial makes it while it is fitted, and keeps its parts by itself. */
	enum status status = spec->method->trial ? spec->method->fit(spec, past, context, a, model, e)
						 : fit_cached(spec, past, context, a, model, e);
	if (status || !trial)
		return status;
	*trial = spec->method->trial ? spec->method->trial(*model) : NULL;
	if (!*trial) {
		struct trial *made = ARENA_ARRAY(a, struct trial, 1);
		status = trial_run(spec, past, context, plan, a, made, e);
		*trial = made;
	}
	return status;
}

double *trial_actual(const struct trial *t, const struct panel *past, struct arena *a)
{
	size_t cells = (size_t)t->n * (size_t)t->n_step;
	double *actual = ARENA_ARRAY(a, double, (size_t)t->n_origin * cells + 1);
	for (int i = 0; i < t->n; i++) {
		struct series s = panel_series(past, i);
		for (int k = 0; k < t->n_origin; k++)
			for (int h = 0; h < t->n_step; h++) {
				int at = t->origin[k] + 1 + h - s.first;
				double *cell = actual + (size_t)k * cells + (size_t)i * (size_t)t->n_step + (size_t)h;
				*cell = at >= 0 && at < s.n && series_usable(&s, at) ? s.units[at] : (double)NAN;
			}
	}
	return actual;
}
