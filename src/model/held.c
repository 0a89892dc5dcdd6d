/* Methods within methods. */
#include "config.h"
#include "model/held.h"

#include <string.h>

int trial_is_of(const struct trial *t, const struct trial_plan *plan)
{
	return t->n_origin == plan->n_origin && t->n_step == plan->n_step
		&& !memcmp(t->origin, plan->origin, (size_t)t->n_origin * sizeof *t->origin);
}

/* `adopt`: the plan, to be changed to that of the method's own trial; NULL: the method is tried by ours. */
static enum status fit_one(const struct spec *spec, const struct panel *past, const struct fit_context *context,
			   const void *previous, const struct trial_plan *plan, struct trial_plan *adopt,
			   struct arena *a, struct held *out, struct err *e)
{
	struct fit_context own = *context;
	own.previous = previous;
	*out = (struct held){ .spec = spec };
	enum status status = trial_fit(spec, past, &own, plan, a, &out->model, &out->trial, e);
	if (!status && adopt && out->trial->n_origin) {
		adopt->n_origin = out->trial->n_origin;
		adopt->n_step = out->trial->n_step;
		memcpy(adopt->origin, out->trial->origin, (size_t)adopt->n_origin * sizeof *adopt->origin);
	}
	if (!status && !trial_is_of(out->trial, plan)) {
		struct trial *trial = ARENA_ARRAY(a, struct trial, 1);
		status = trial_run(spec, past, &own, plan, a, trial, e);
		out->trial = trial;
	}
	if (status && out->model)
		held_release(out);
	if (status == E_FIT) {
		out->why = arena_strdup(a, e->text);
		memset(e, 0, sizeof *e);
		return OK;
	}
	return status;
}

enum status held_fit(const struct spec *spec, const struct panel *past, const struct fit_context *context,
		     const void *previous, const struct trial_plan *plan, struct arena *a, struct held *out,
		     struct err *e)
{
	return fit_one(spec, past, context, previous, plan, NULL, a, out, e);
}

enum status held_fit_first(const struct spec *spec, const struct panel *past,
			   const struct fit_context *context, const void *previous, struct trial_plan *plan,
			   struct arena *a, struct held *out, struct err *e)
{
	return fit_one(spec, past, context, previous, plan, plan, a, out, e);
}

void held_plan(const struct spec *spec, const struct panel *past, const struct fit_context *context,
	       struct trial_plan *plan)
{
	static const int local_stride[] = { 14, 0, 0, 14 };
	int stride = (int)spec_number(spec, "stride"), whole = 0;
	for (int k = 0; k < spec->n_part; k++)
		whole = whole || spec_is_whole(spec->part[k]);
	trial_plan(past, (int)spec_number(spec, "windows"),
		   stride || whole ? stride : local_stride[past->calendar.kind],
		   context->horizon, plan);
}

enum status held_save(const struct held *h, struct buf *out, struct err *e)
{
	struct buf own = { 0 };
	enum status status = OK;
	blob_put(out, h->model != NULL);
	if (h->model)
		status = h->spec->method->save(h->model, &own, e);
	blob_put_bytes(out, own.n ? own.text : "", own.n);
	blob_put_text(out, h->why ? h->why : "");
	buf_release(&own);
	return status;
}

enum status held_load(const struct spec *spec, struct blob *b, struct arena *a, struct held *out,
		      struct err *e)
{
	size_t n;
	int fitted = blob_get(b) == 1;
	const unsigned char *bytes = blob_get_bytes(b, &n);
	*out = (struct held){ .spec = spec };
	out->why = blob_get_text(b, a);
	if (b->bad)
		return err_set(e, E_INPUT, "the model of method '%s' is damaged", spec->method->name);
	return fitted ? spec->method->load(spec, bytes, n, a, &out->model, e) : OK;
}

enum status held_predict(const struct held *h, const struct panel *past, const struct fit_context *context,
			 struct arena *a, struct forecast *out, struct err *e)
{
	struct forecast means = *out;
	means.n_level = 0;
	if (h->model)
		return h->spec->method->predict(h->model, past, context, a, &means, e);
	for (int i = 0; i < out->n; i++)
		out->used[i] = (struct made_by){ .reason = h->why };
	return OK;
}

enum status held_paths(const struct held *h, const struct panel *past, const struct fit_context *context,
		       struct arena *a, int i, const struct forecast *one, int n_path, double *path,
		       struct err *e)
{
	const struct method *method = h->spec->method;
	if (!h->model || !method->paths)
		return err_set(e, E_FIT, "'%s' draws no paths", method->name);
	return method->paths(h->model, past, context, a, i, one, n_path, path, e);
}

void mean_parts_init(struct mean_parts *p, struct arena *a, int n_step, int n_part)
{
	*p = (struct mean_parts){ n_step, n_part, ARENA_ARRAY(a, const char *, n_part + 1),
				  ARENA_ARRAY(a, double, n_step + 1),
				  ARENA_ARRAY(a, double, (size_t)n_step * (size_t)n_part + 1),
				  ARENA_ARRAY(a, double, n_step + 1) };
}

/* Means that nothing more is known of: their level, and what differs from it. */
static void name_means(const char *name, const double *mean, int n_step, struct arena *a,
		       struct mean_parts *out)
{
	double level = 0;
	mean_parts_init(out, a, n_step, 1);
	out->name[0] = name;
	for (int h = 0; h < n_step; h++)
		level += mean[h] / n_step;
	for (int h = 0; h < n_step; h++) {
		out->base[h] = level;
		out->part[h] = mean[h] - level;
		out->mean[h] = mean[h];
	}
}

enum status held_explain(const struct held *h, const struct panel *past, const struct fit_context *context,
			 struct arena *a, int i, const struct forecast *means, struct mean_parts *out,
			 struct err *e)
{
	const struct method *method = h->spec->method;
	const struct made_by *used = &means->used[i];
	struct err why = { 0 };
	if (!used->method)
		return err_set(e, E_FIT, "%s", used->reason ? used->reason : "it has no forecast");
	/* What a lower rung made is not what the spec's own parts sum to. */
	enum status status = h->model && method->explain && used->rung == RUNG_SPEC
		? method->explain(h->model, past, context, a, i, means->n_step, out, &why) : E_FIT;
	if (status == E_FIT) {
		name_means(arena_strdup(a, used->method), means->mean + (size_t)i * (size_t)means->n_step,
			   means->n_step, a, out);
		return OK;
	}
	if (status)
		*e = why;
	return status;
}

void held_release(struct held *h)
{
	if (h->model && h->spec->method->release)
		h->spec->method->release(h->model);
	h->model = NULL;
}
