/*
 * Blending: several methods, whole-panel or local, joined to one weighted mean. Each is tried on the
 * same past windows by a model that had not seen them; the weights are made of those errors and shared
 * by all series or by those of a segment, because a series' own windows are too few to weigh by. The
 * plain mean is hard to beat (Clemen 1989; the M5's winner), so weights are kept only if they pay:
 *
 *     weights=equal      one weight for all
 *     weights=inverse    that go as one over the mean squared error (Bates & Granger 1969)
 *     weights=stacked    >= 0 with sum 1, of the least squared error of the sum (Breiman 1996), pulled
 *                        half-way to equal ones
 *     weights=auto       stacked where that is better by more than one standard error of the paired
 *                        differences over the windows, each weighed without itself; else equal
 *
 * A squared error counts by what the series sells and relative to how it jumps from day to day: weight
 * mean demand / mean squared difference (the squared RMSSE weighted by volume), cut at ERROR_MOST times
 * the jump, so that neither a large series nor a freak day decides alone.
 *
 * A part that cannot do a series leaves its weight to the others there; one that cannot be fitted as a
 * whole is left out, and each series' row says so.
 */
#include "config.h"
#include "model/calibration.h"
#include "model/held.h"

#include <math.h>
#include <string.h>
#include <gsl/gsl_linalg.h>
#include "base/log.h"

#define PARTS_MAX 32
#define ERROR_MOST 10.0      /* root mean squared differences at which an error is cut */
#define SEGMENT_TRUST 5000.0 /* cases of a segment that weigh as much as all of them */
#define RIDGE 0.02           /* of the mean variance, on the diagonal: parts that agree share */

static const struct option blend_options[] = {
	{ .name = "weights", .type = OPTION_CHOICE, .value = "auto|equal|stacked|inverse",
	  .choices = "auto|equal|stacked|inverse", .preset = "auto",
	  .help = "how the parts are weighed; auto: stacked where that clearly pays, else equal" },
	{ .name = "by", .type = OPTION_CHOICE, .value = "all|segment", .choices = "all|segment",
	  .preset = "all", .help = "who shares the weights" },
	{ .name = "windows", .type = OPTION_INT, .value = "N", .preset = "8", .min = 1, .max = 60,
	  .help = "past windows of the trial" },
	{ .name = "stride", .type = OPTION_INT, .value = "N", .preset = "0", .min = 0, .max = 1000,
	  .help = "periods between them; 0: a week, two where all parts are local" },
	{ 0 }
};

struct blend_model {
	int n_part, n_segment;     /* n_segment 1: by all */
	struct held part[PARTS_MAX];
	double *weight;            /* [n_segment][n_part] */
	const char *missing;       /* the parts left out, or NULL */
	struct trial trial;
	struct calibration *calibration;
};

/* ---- weights ---- */

/* Cross products of the errors of the parts, by segment and window; NaN parts of a cell leave it out. */
struct products {
	int n_part, n_segment, n_origin;
	double *cross; /* [n_segment][n_origin][n_part][n_part] */
	double *cases; /* [n_segment][n_origin] */
};

/* What a squared error of a series counts: demand over its mean squared difference; and the error at
 * which one is cut. */
static double influence(const struct series *s, double *most)
{
	double sum = 0, jumps = 0, before = (double)NAN;
	int n = 0, n_jump = 0;
	for (int t = 0; t < s->n; t++) {
		if (!series_usable(s, t))
			continue;
		sum += fabs(s->units[t]);
		n++;
		if (!isnan(before)) {
			jumps += (s->units[t] - before) * (s->units[t] - before);
			n_jump++;
		}
		before = s->units[t];
	}
	double jump = n_jump ? jumps / n_jump : 0;
	*most = ERROR_MOST * sqrt(jump);
	return jump > 0 ? sum / n / jump : 0;
}

static void add_cell(const double *error, int n, double most, double weight, double *cross)
{
	double largest = 0;
	for (int p = 0; p < n; p++)
		largest = fmax(largest, fabs(error[p]));
	double cut = largest > most ? most / largest : 1;
	for (int p = 0; p < n; p++)
		for (int q = 0; q < n; q++)
			cross[p * n + q] += weight * cut * cut * error[p] * error[q];
}

static void products_fill(const struct blend_model *m, const struct panel *past, const double *actual,
			  struct products *out)
{
	size_t steps = (size_t)m->trial.n_step, square = (size_t)m->n_part * (size_t)m->n_part;
	double error[PARTS_MAX], most;
	for (int i = 0; i < past->n; i++) {
		struct series s = panel_series(past, i);
		double weight = influence(&s, &most);
		size_t segment = m->n_segment > 1 ? (size_t)past->segment[i] : 0;
		for (int k = 0; weight > 0 && k < m->trial.n_origin; k++) {
			size_t at = ((size_t)k * (size_t)past->n + (size_t)i) * steps;
			size_t sum = segment * (size_t)m->trial.n_origin + (size_t)k;
			for (size_t h = at; h < at + steps; h++) {
				int known = 1;
				for (int p = 0; p < m->n_part; p++) {
					const struct trial *t = m->part[p].trial;
					error[p] = t ? actual[h] - t->mean[h] : 0;
					known = known && isfinite(error[p]);
				}
				if (!known)
					continue;
				out->cases[sum]++;
				add_cell(error, m->n_part, most, weight, out->cross + sum * square);
			}
		}
	}
}

/* Mean cross products [n_part][n_part] of a segment (-1: of all) over the windows but one (-1: all).
 * Returns the cases. */
static double products_mean(const struct products *p, int segment, int without, double *out)
{
	size_t square = (size_t)p->n_part * (size_t)p->n_part;
	double cases = 0;
	memset(out, 0, square * sizeof *out);
	for (int s = segment < 0 ? 0 : segment; s < (segment < 0 ? p->n_segment : segment + 1); s++)
		for (int k = 0; k < p->n_origin; k++) {
			size_t at = (size_t)s * (size_t)p->n_origin + (size_t)k;
			if (k == without)
				continue;
			cases += p->cases[at];
			for (size_t c = 0; c < square; c++)
				out[c] += p->cross[at * square + c];
		}
	for (size_t c = 0; c < square; c++)
		out[c] = cases > 0 ? out[c] / cases : 0;
	return cases;
}

static double loss_of(const double *cross, int n, const double *w)
{
	double loss = 0;
	for (int p = 0; p < n; p++)
		for (int q = 0; q < n; q++)
			loss += w[p] * w[q] * cross[p * n + q];
	return loss;
}

/* Weights of the least loss among those parts in `use`, sum 1: S^-1 1 by Cholesky. */
static int least_loss(const double *cross, int n, const int *use, double *w)
{
	double cell[PARTS_MAX * PARTS_MAX], ones[PARTS_MAX], sum = 0, trace = 0;
	size_t m = 0;
	int at = 0;
	for (int p = 0; p < n; p++) {
		m += (size_t)use[p];
		trace += use[p] ? cross[p * n + p] : 0;
	}
	for (int p = 0; p < n; p++)
		for (int q = 0; use[p] && q < n; q++)
			if (use[q])
				cell[at++] = cross[p * n + q] + (p == q ? RIDGE * trace / (double)m + 1e-300 : 0);
	gsl_matrix_view a = gsl_matrix_view_array(cell, m, m);
	gsl_vector_view x = gsl_vector_view_array(ones, m);
	gsl_vector_set_all(&x.vector, 1);
	if (gsl_linalg_cholesky_decomp1(&a.matrix) || gsl_linalg_cholesky_svx(&a.matrix, &x.vector))
		return 0;
	for (size_t k = 0; k < m; k++)
		sum += ones[k];
	at = 0;
	for (int p = 0; p < n; p++)
		w[p] = use[p] ? ones[at++] / sum : 0;
	return 1;
}

static void equal_weights(const struct blend_model *m, double *w)
{
	int n = 0;
	for (int p = 0; p < m->n_part; p++)
		n += m->part[p].model != NULL;
	for (int p = 0; p < m->n_part; p++)
		w[p] = m->part[p].model ? 1.0 / n : 0;
}

static void inverse_weights(const struct blend_model *m, const double *cross, double *w)
{
	double sum = 0;
	equal_weights(m, w);
	for (int p = 0; p < m->n_part; p++)
		if (!(cross[p * m->n_part + p] > 0) && w[p] > 0)
			return;
	for (int p = 0; p < m->n_part; p++)
		sum += w[p] > 0 ? 1 / cross[p * m->n_part + p] : 0;
	for (int p = 0; p < m->n_part; p++)
		w[p] = w[p] > 0 ? 1 / cross[p * m->n_part + p] / sum : 0;
}

/* The most negative part is dropped until none is; then half-way to equal weights. */
static void stacked_weights(const struct blend_model *m, const double *cross, double *w)
{
	int use[PARTS_MAX], left = 0, n = m->n_part;
	double equal[PARTS_MAX];
	equal_weights(m, equal);
	for (int p = 0; p < n; p++)
		left += use[p] = m->part[p].model != NULL;
	for (; left; left--) {
		int worst = -1;
		if (!least_loss(cross, n, use, w)) {
			memcpy(w, equal, (size_t)n * sizeof *w);
			return;
		}
		for (int p = 0; p < n; p++)
			if (w[p] < 0 && (worst < 0 || w[p] < w[worst]))
				worst = p;
		if (worst < 0)
			break;
		use[worst] = 0;
	}
	for (int p = 0; p < n; p++)
		w[p] = (w[p] + equal[p]) / 2;
}

/* Do stacked weights pay? Each window is weighed by the others. */
static int stacking_pays(const struct blend_model *m, const struct products *p)
{
	double cross[PARTS_MAX * PARTS_MAX], own[PARTS_MAX * PARTS_MAX], equal[PARTS_MAX], w[PARTS_MAX];
	double sum = 0, squares = 0, n = 0;
	equal_weights(m, equal);
	for (int k = 0; k < p->n_origin; k++) {
		if (!(products_mean(p, -1, k, cross) > 0))
			continue;
		stacked_weights(m, cross, w);
		memset(own, 0, sizeof own);
		double cases = 0;
		for (int s = 0; s < p->n_segment; s++) {
			size_t at = (size_t)s * (size_t)p->n_origin + (size_t)k;
			cases += p->cases[at];
			for (int c = 0; c < m->n_part * m->n_part; c++)
				own[c] += p->cross[at * (size_t)(m->n_part * m->n_part) + (size_t)c];
		}
		if (!(cases > 0))
			continue;
		double gain = (loss_of(own, m->n_part, equal) - loss_of(own, m->n_part, w)) / cases;
		sum += gain;
		squares += gain * gain;
		n++;
	}
	double mean = sum / n, variance = (squares - sum * mean) / (n - 1);
	return n >= 3 && mean > sqrt(fmax(variance, 0) / n);
}

static void weigh_segment(const struct spec *spec, const struct blend_model *m, const struct products *p,
			  int segment, int stacked, double *w)
{
	double cross[PARTS_MAX * PARTS_MAX], own[PARTS_MAX * PARTS_MAX];
	double cases = products_mean(p, -1, -1, cross);
	double mine = m->n_segment > 1 ? products_mean(p, segment, -1, own) : 0;
	equal_weights(m, w);
	double all = loss_of(cross, m->n_part, w), here = mine > 0 ? loss_of(own, m->n_part, w) : 0;
	/* Segments of large errors and of small ones have the same say. */
	for (int c = 0; mine > 0 && here > 0 && c < m->n_part * m->n_part; c++)
		cross[c] = (mine * own[c] / here * all + SEGMENT_TRUST * cross[c]) / (mine + SEGMENT_TRUST);
	if (!(cases > 0))
		return;
	if (!strcmp(spec_text(spec, "weights"), "inverse"))
		inverse_weights(m, cross, w);
	else if (stacked)
		stacked_weights(m, cross, w);
}

static void weigh(const struct spec *spec, struct blend_model *m, const struct panel *past,
		  struct arena *scratch)
{
	const char *weights = spec_text(spec, "weights");
	struct products p = { m->n_part, m->n_segment, m->trial.n_origin, NULL, NULL };
	size_t cells = (size_t)m->n_segment * (size_t)m->trial.n_origin;
	p.cross = ARENA_ARRAY(scratch, double, cells * (size_t)(m->n_part * m->n_part) + 1);
	p.cases = ARENA_ARRAY(scratch, double, cells + 1);
	if (m->trial.n_origin && strcmp(weights, "equal"))
		products_fill(m, past, trial_actual(&m->trial, past, scratch), &p);
	int stacked = !strcmp(weights, "stacked") || (!strcmp(weights, "auto") && stacking_pays(m, &p));
	for (int s = 0; s < m->n_segment; s++)
		weigh_segment(spec, m, &p, s, stacked, m->weight + (size_t)s * (size_t)m->n_part);
}

/* ---- joining ---- */

static const double *weights_of(const struct blend_model *m, const struct panel *p, int i)
{
	int segment = p->segment[i] < m->n_segment ? p->segment[i] : 0;
	return m->weight + (size_t)segment * (size_t)m->n_part;
}

/* The weighted mean of one step; NaN: no part has it. */
static double join(const double *x, const double *w, int n)
{
	double sum = 0, weights = 0, plain = 0;
	int known = 0;
	for (int p = 0; p < n; p++)
		if (isfinite(x[p])) {
			sum += w[p] * x[p];
			weights += w[p];
			plain += x[p];
			known++;
		}
	return weights > 0 ? sum / weights : known ? plain / known : (double)NAN;
}

/* The trial of the blend, as predict would have joined it. */
static void join_trials(struct blend_model *m, const struct panel *past, const struct trial_plan *plan,
			struct arena *a)
{
	size_t steps = (size_t)plan->n_step, cells = (size_t)past->n * steps;
	period_t *origin = ARENA_ARRAY(a, period_t, plan->n_origin + 1);
	memcpy(origin, plan->origin, (size_t)plan->n_origin * sizeof *origin);
	m->trial = (struct trial){ past->n, plan->n_origin, plan->n_step, origin,
				   ARENA_ARRAY(a, double, (size_t)plan->n_origin * cells + 1) };
}

static void join_means(struct blend_model *m, const struct panel *past)
{
	double x[PARTS_MAX];
	size_t steps = (size_t)m->trial.n_step;
	for (int k = 0; k < m->trial.n_origin; k++)
		for (int i = 0; i < past->n; i++) {
			size_t at = ((size_t)k * (size_t)past->n + (size_t)i) * steps;
			for (size_t h = at; h < at + steps; h++) {
				for (int p = 0; p < m->n_part; p++)
					x[p] = m->part[p].trial ? m->part[p].trial->mean[h] : (double)NAN;
				m->trial.mean[h] = join(x, weights_of(m, past, i), m->n_part);
			}
		}
}

static const char *missing_parts(const struct blend_model *m, struct arena *a)
{
	struct buf text = { 0 };
	for (int p = 0; p < m->n_part; p++)
		if (!m->part[p].model)
			buf_addf(&text, "%s%s (%s)", text.n ? ", " : "without ", m->part[p].spec->method->name,
				 m->part[p].why);
	const char *missing = text.n ? arena_strdup(a, text.text) : NULL;
	buf_release(&text);
	return missing;
}

/* ---- the contract ---- */

static void blend_release(void *model)
{
	struct blend_model *m = model;
	for (int p = 0; p < m->n_part; p++)
		held_release(&m->part[p]);
}

static struct blend_model *blend_new(const struct spec *spec, int n_segment, struct arena *a)
{
	struct blend_model *m = ARENA_ARRAY(a, struct blend_model, 1);
	m->n_part = spec->n_part;
	m->n_segment = n_segment;
	m->weight = ARENA_ARRAY(a, double, (size_t)n_segment * (size_t)spec->n_part + 1);
	return m;
}

static enum status fit_parts(const struct spec *spec, const struct panel *past,
			     const struct fit_context *context, const struct trial_plan *plan,
			     struct arena *a, struct blend_model *m, struct err *e)
{
	const struct blend_model *before = context->previous;
	enum status status = OK;
	for (int p = 0; !status && p < m->n_part; p++)
		status = held_fit(spec->part[p], past, context, before ? before->part[p].model : NULL, plan,
				  a, &m->part[p], e);
	return status;
}

static enum status blend_fit(const struct spec *spec, const struct panel *past,
			     const struct fit_context *context, struct arena *a, void **model, struct err *e)
{
	struct trial_plan plan;
	struct arena scratch = { 0 };
	if (!spec->n_part || spec->n_part > PARTS_MAX)
		return err_set(e, E_USAGE, "method 'blend' takes 1 to %d methods", PARTS_MAX);
	int by_segment = !strcmp(spec_text(spec, "by"), "segment") && past->n_segment > 1;
	struct blend_model *m = blend_new(spec, by_segment ? past->n_segment : 1, a);
	held_plan(spec, past, context, &plan);
	enum status status = fit_parts(spec, past, context, &plan, a, m, e);
	if (status) {
		blend_release(m);
		return status;
	}
	join_trials(m, past, &plan, a);
	weigh(spec, m, past, &scratch);
	join_means(m, past);
	m->missing = missing_parts(m, a);
	if (m->missing)
		log_note("blend: %s", m->missing);
	m->calibration = calibration_learn(past, &m->trial, context, 0, a);
	arena_release(&scratch);
	*model = m;
	return OK;
}

/* The means of every part, and what made them. */
static enum status predict_parts(const struct blend_model *m, const struct panel *past,
				 const struct fit_context *context, struct arena *a,
				 const struct forecast *out, struct forecast *part, struct err *e)
{
	enum status status = OK;
	for (int p = 0; !status && p < m->n_part; p++) {
		forecast_init(&part[p], a, out->n, out->n_step, 0, NULL, out->origin);
		status = held_predict(&m->part[p], past, context, a, &part[p], e);
	}
	return status;
}

/* What made a series' numbers: the blend, or the one part that could. */
static struct made_by made_by(const struct blend_model *m, const struct forecast *part, int i,
			      struct arena *a)
{
	struct buf note = { 0 };
	struct made_by used = { 0 };
	int n = 0, last = 0;
	for (int p = 0; p < m->n_part; p++) {
		int made = part[p].used[i].method != NULL;
		n += made;
		last = made ? p : last;
		if (!made && m->part[p].model)
			buf_addf(&note, "%s%s", note.n ? ", " : "without ", m->part[p].spec->method->name);
	}
	if (!n)
		used.reason = part[0].used[i].reason ? part[0].used[i].reason : "no part has a forecast";
	else {
		used.method = n == 1 && m->n_part > 1 ? part[last].used[i].method : "blend";
		used.reason = note.n ? arena_strdup(a, note.text) : m->missing;
	}
	buf_release(&note);
	return used;
}

static enum status blend_predict(const void *model, const struct panel *past,
				 const struct fit_context *context, struct arena *a, struct forecast *out,
				 struct err *e)
{
	const struct blend_model *m = model;
	struct forecast part[PARTS_MAX];
	double x[PARTS_MAX];
	enum status status = predict_parts(m, past, context, a, out, part, e);
	for (int i = 0; !status && i < out->n; i++) {
		out->used[i] = made_by(m, part, i, a);
		for (size_t h = 0; out->used[i].method && h < (size_t)out->n_step; h++) {
			size_t at = (size_t)i * (size_t)out->n_step + h;
			for (int p = 0; p < m->n_part; p++)
				x[p] = part[p].used[i].method ? part[p].mean[at] : (double)NAN;
			out->mean[at] = join(x, weights_of(m, past, i), m->n_part);
		}
	}
	if (!status)
		calibration_apply(m->calibration, past, context, out);
	return status;
}

static enum status blend_save(const void *model, struct buf *out, struct err *e)
{
	const struct blend_model *m = model;
	enum status status = OK;
	size_t from = out->n;
	blob_put(out, (uint64_t)m->n_part);
	blob_put(out, (uint64_t)m->n_segment);
	for (int k = 0; k < m->n_part * m->n_segment; k++)
		blob_put_double(out, m->weight[k]);
	for (int p = 0; !status && p < m->n_part; p++)
		status = held_save(&m->part[p], out, e);
	calibration_save(m->calibration, out);
	blob_seal(out, from);
	return status;
}

static enum status blend_load(const struct spec *spec, const unsigned char *bytes, size_t n,
			      struct arena *a, void **model, struct err *e)
{
	struct blob b;
	int whole = blob_open(&b, bytes, n), n_part = whole ? blob_get_count(&b, 8) : 0;
	int n_segment = whole ? blob_get_count(&b, 8) : 0;
	if (b.bad || n_part != spec->n_part || n_part > PARTS_MAX || !n_part || n_segment < 1)
		return err_set(e, E_INPUT, "the model of method 'blend' is damaged");
	struct blend_model *m = blend_new(spec, n_segment, a);
	enum status status = OK;
	for (int k = 0; k < n_part * n_segment; k++)
		m->weight[k] = blob_get_double(&b);
	for (int p = 0; !status && p < n_part; p++)
		status = held_load(spec->part[p], &b, a, &m->part[p], e);
	if (!status)
		status = calibration_load(&b, a, &m->calibration, e);
	m->missing = status ? NULL : missing_parts(m, a);
	if (status)
		blend_release(m);
	*model = status ? NULL : m;
	return status;
}

/* How the steps go together is that of the first part that knows; its values are the blend's. */
static enum status blend_paths(const void *model, const struct panel *past, const struct fit_context *context,
			       struct arena *a, int i, const struct forecast *one, int n_path, double *path,
			       struct err *e)
{
	const struct blend_model *m = model;
	enum status status = E_FIT;
	for (int p = 0; status && p < m->n_part; p++)
		status = held_paths(&m->part[p], past, context, a, i, one, n_path, path, e);
	return status;
}

/* Place of a name among those that are there, added where it is new. */
static int part_place(const char **name, int *n, const char *wanted)
{
	int k = 0;
	while (k < *n && strcmp(name[k], wanted))
		k++;
	if (k == *n)
		name[(*n)++] = wanted;
	return k;
}

/* Adds a part's parts, each step by its share of the blend. */
static void add_weighed(const struct mean_parts *p, const double *share, const int *place,
			struct mean_parts *out)
{
	for (int h = 0; h < out->n_step; h++) {
		out->base[h] += share[h] * p->base[h];
		out->mean[h] += share[h] * p->mean[h];
		for (int k = 0; k < p->n_part; k++)
			out->part[h * out->n_part + place[k]] += share[h] * p->part[h * p->n_part + k];
	}
}

/* What each part counts in a step: join() of what has 1 in its place and 0 elsewhere. */
static void part_shares(const struct blend_model *m, const struct panel *past, int i,
			const struct forecast *part, int n_step, double *share)
{
	double x[PARTS_MAX];
	for (int p = 0; p < m->n_part; p++)
		for (size_t h = 0; h < (size_t)n_step; h++) {
			for (int q = 0; q < m->n_part; q++) {
				double mean = part[q].mean[(size_t)i * (size_t)n_step + h];
				x[q] = part[q].used[i].method && isfinite(mean) ? (double)(p == q)
										: (double)NAN;
			}
			share[(size_t)p * (size_t)n_step + h] = isnan(x[p]) ? 0
				: join(x, weights_of(m, past, i), m->n_part);
		}
}

/* The parts' own parts, weighed, those of one name together. */
static enum status blend_explain(const void *model, const struct panel *past,
				 const struct fit_context *context, struct arena *a, int i, int n_step,
				 struct mean_parts *out, struct err *e)
{
	const struct blend_model *m = model;
	struct forecast all, part[PARTS_MAX];
	struct mean_parts own[PARTS_MAX] = { { 0 } };
	const char **name = NULL;
	int *place[PARTS_MAX], n = 0, room = 0;
	double *share = ARENA_ARRAY(a, double, (size_t)m->n_part * (size_t)n_step + 1);
	forecast_init(&all, a, past->n, n_step, 0, NULL, past->until);
	enum status status = predict_parts(m, past, context, a, &all, part, e);
	if (!status && !made_by(m, part, i, a).method)
		status = err_set(e, E_FIT, "no part of the blend has a forecast");
	for (int p = 0; !status && p < m->n_part; p++) {
		if (part[p].used[i].method)
			status = held_explain(&m->part[p], past, context, a, i, &part[p], &own[p], e);
		room += own[p].n_part;
	}
	if (status)
		return status;
	name = ARENA_ARRAY(a, const char *, room + 1);
	for (int p = 0; p < m->n_part; p++) {
		place[p] = ARENA_ARRAY(a, int, own[p].n_part + 1);
		for (int k = 0; k < own[p].n_part; k++)
			place[p][k] = part_place(name, &n, own[p].name[k]);
	}
	mean_parts_init(out, a, n_step, n);
	memcpy(out->name, name, (size_t)n * sizeof *name);
	part_shares(m, past, i, part, n_step, share);
	for (int p = 0; p < m->n_part; p++)
		if (part[p].used[i].method)
			add_weighed(&own[p], share + (size_t)p * (size_t)n_step, place[p], out);
	return OK;
}

static const struct trial *blend_trial(const void *model)
{
	const struct blend_model *m = model;
	return m->trial.mean ? &m->trial : NULL;
}

extern const struct method blend_method;
const struct method blend_method = {
	.name = "blend",
	.summary = "any methods joined, weighed by past windows",
	.options = blend_options,
	.fit = blend_fit,
	.predict = blend_predict,
	.save = blend_save,
	.load = blend_load,
	.release = blend_release,
	.paths = blend_paths,
	.explain = blend_explain,
	.trial = blend_trial,
};
