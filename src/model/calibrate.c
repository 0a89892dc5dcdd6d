/*
 * Calibration: the means of a method with the distribution that its own past errors give them
 * (model/calibration.h). The part makes means alone; whatever it is, what is published around them is
 * one calibrated distribution a series and step, and of every node of the tree.
 */
#include "config.h"
#include "model/calibration.h"
#include "model/held.h"

#include <string.h>

static const struct option calibrate_options[] = {
	{ .name = "windows", .type = OPTION_INT, .value = "N", .preset = "8", .min = 1, .max = 60,
	  .help = "past windows whose errors are learnt from, where the part has none of its own" },
	{ .name = "stride", .type = OPTION_INT, .value = "N", .preset = "0", .min = 0, .max = 1000,
	  .help = "periods between them; 0: a week, two where all parts are local" },
	{ 0 }
};

struct calibrate_model {
	struct held part;
	struct calibration *calibration;
};

static enum status calibrate_fit(const struct spec *spec, const struct panel *past,
				 const struct fit_context *context, struct arena *a, void **model,
				 struct err *e)
{
	struct trial_plan plan;
	const struct calibrate_model *before = context->previous;
	if (spec->n_part != 1)
		return err_set(e, E_USAGE, "method 'calibrate' takes one method");
	struct calibrate_model *m = ARENA_ARRAY(a, struct calibrate_model, 1);
	held_plan(spec, past, context, &plan);
	enum status status = held_fit_first(spec->part[0], past, context, before ? before->part.model : NULL,
					    &plan, a, &m->part, e);
	if (status)
		return status;
	/* A part that could not be fitted as a whole is told of by predict, and the fallback takes over. */
	if (m->part.model)
		m->calibration = calibration_learn(past, m->part.trial, context, 1, a);
	*model = m;
	return OK;
}

static enum status calibrate_predict(const void *model, const struct panel *past,
				     const struct fit_context *context, struct arena *a,
				     struct forecast *out, struct err *e)
{
	const struct calibrate_model *m = model;
	enum status status = held_predict(&m->part, past, context, a, out, e);
	if (!status && m->calibration)
		calibration_apply(m->calibration, past, context, out);
	return status;
}

static enum status calibrate_save(const void *model, struct buf *out, struct err *e)
{
	const struct calibrate_model *m = model;
	size_t from = out->n;
	enum status status = held_save(&m->part, out, e);
	if (m->calibration)
		calibration_save(m->calibration, out);
	blob_seal(out, from);
	return status;
}

static enum status calibrate_load(const struct spec *spec, const unsigned char *bytes, size_t n,
				  struct arena *a, void **model, struct err *e)
{
	struct calibrate_model *m = ARENA_ARRAY(a, struct calibrate_model, 1);
	struct blob b;
	if (spec->n_part != 1 || !blob_open(&b, bytes, n))
		return err_set(e, E_INPUT, "the model of method 'calibrate' is damaged");
	enum status status = held_load(spec->part[0], &b, a, &m->part, e);
	if (!status && m->part.model)
		status = calibration_load(&b, a, &m->calibration, e);
	if (status)
		held_release(&m->part);
	*model = status ? NULL : m;
	return status;
}

static void calibrate_release(void *model)
{
	struct calibrate_model *m = model;
	held_release(&m->part);
}

static enum status calibrate_paths(const void *model, const struct panel *past,
				   const struct fit_context *context, struct arena *a, int i,
				   const struct forecast *one, int n_path, double *path, struct err *e)
{
	const struct calibrate_model *m = model;
	(void)a;
	if (!m->calibration)
		return err_set(e, E_FIT, "%s", m->part.why);
	return calibration_paths(m->calibration, past, context, i, one, n_path, path, e);
}

/* The means are the part's, and so is what they are made of. */
static enum status calibrate_explain(const void *model, const struct panel *past,
				     const struct fit_context *context, struct arena *a, int i, int n_step,
				     struct mean_parts *out, struct err *e)
{
	const struct calibrate_model *m = model;
	const struct method *part = m->part.spec->method;
	if (!m->part.model)
		return err_set(e, E_FIT, "%s", m->part.why);
	if (!part->explain)
		return err_set(e, E_FIT, "method '%s' has no parts of its own", part->name);
	return part->explain(m->part.model, past, context, a, i, n_step, out, e);
}

static const struct trial *calibrate_trial(const void *model)
{
	const struct calibrate_model *m = model;
	return m->part.trial;
}

static enum status calibrate_nodes(const void *model, const struct panel *past,
				   const struct fit_context *context, const struct tier *tier,
				   struct arena *a, struct forecast *node, struct err *e)
{
	const struct calibrate_model *m = model;
	(void)a;
	if (!m->calibration)
		return err_set(e, E_FIT, "%s", m->part.why);
	return calibration_nodes(m->calibration, past, context, tier, node, e);
}

extern const struct method calibrate_method;
const struct method calibrate_method = {
	.name = "calibrate",
	.summary = "a method's means with the distribution of its own past errors",
	.options = calibrate_options,
	.fit = calibrate_fit,
	.predict = calibrate_predict,
	.save = calibrate_save,
	.load = calibrate_load,
	.release = calibrate_release,
	.paths = calibrate_paths,
	.explain = calibrate_explain,
	.trial = calibrate_trial,
	.nodes = calibrate_nodes,
};
