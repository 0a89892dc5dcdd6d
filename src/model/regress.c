/*
 * Methods `ridge` and `glm`: one regression over the features of all series, or one a group. A row is
 * (series, target, step); what is known at target - step explains the target, and the step is a column
 * (direct forecasts). Rows are drawn by a hash of key, target and step.
 *
 *     ridge   y / level = b0 + x b, weighted by the level, by ridge or elastic net; lambda by generalised
 *             cross-validation (num/ridge.h)
 *     glm     log mu = log level + b0 + x b, Poisson or negative binomial by reweighted least squares
 *             (num/glm.h), shrunken by one step of cross-validated ridge on the working model (Gu 1992)
 *
 * Prices may not raise demand nor promotions lower it. Both take boosting's place where XGBoost is not
 * built in. A series that has never varied is forecast as what it was.
 */
#include "config.h"
#include "model/regress_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/par.h"
#include "model/blob.h"
#include "num/cap.h"
#include "num/glm.h"
#include "num/ridge.h"

#define GROUP_ROWS 1500 /* a group with fewer rows is served by the regression over all */
#define BLOCK 512
#define SHAPE_MAX 20.   /* a target is at most so many levels */
#define KEPT_BACK 30    /* rows that a distribution is learned from at least */

#define SHARED_OPTIONS                                                                             \
	{ .name = "by", .type = OPTION_TEXT, .value = "all|segment|ATTRIBUTE", .preset = "all",    \
	  .help = "one regression for all, or one for each value" },                               \
	{ .name = "rows", .type = OPTION_INT, .value = "N", .preset = "200000", .min = 100,        \
	  .max = 2e9, .help = "most rows that are learned from; more are drawn from" },            \
	{ .name = "lambda", .type = OPTION_NUMBER, .value = "X", .preset = "0", .min = 0,          \
	  .max = 1e9, .help = "penalty of standardised columns; 0: by cross-validation" },         \
	{ .name = "history", .type = OPTION_INT, .value = "N", .preset = "0", .min = 0,            \
	  .max = 100000, .help = "last periods that are learned from; 0: three years, else all" }, \
	{ .name = "steps", .type = OPTION_INT, .value = "N", .preset = "0", .min = 0, .max = 1000, \
	  .help = "horizons that are learned; 0: those of the run" },                                     \
	{ .name = "without", .type = OPTION_TEXT, .value = "LIST", .preset = "",                   \
	  .help = "families of features left out, joined by +" },                                  \
	{ .name = "uncensor", .type = OPTION_CHOICE, .value = "yes|no", .choices = "yes|no",       \
	  .preset = "yes", .help = "learn estimated demand on days out of stock" }

static const struct option ridge_options[] = {
	SHARED_OPTIONS,
	{ .name = "alpha", .type = OPTION_NUMBER, .value = "X", .preset = "0", .min = 0, .max = 1,
	  .help = "share of absolute values in the penalty (elastic net); 0: ridge" },
	{ 0 }
};

static const struct option glm_options[] = {
	SHARED_OPTIONS,
	{ .name = "family", .type = OPTION_CHOICE, .value = "poisson|nb|auto", .choices = "poisson|nb|auto",
	  .preset = "auto", .help = "distribution; auto: negative binomial where errors are wider" },
	{ 0 }
};

/* The options of a spec, read. */
struct plan {
	int is_glm, steps, history;
	size_t rows;
	double lambda, alpha;
	enum glm_family family;
	const char *by;
	struct feature_options feature;
};

struct group {
	const char *name;
	double *coef;   /* [1 + design.n] */
};

struct model {
	const struct spec *spec;
	struct plan plan;
	int n_feature, n_group;
	struct group *group;        /* [n_group]; the first is that of all */
	struct regress_design design;
	const char *names;          /* feature_names() it was trained on */
	struct regress_spread spread;
};

static struct plan plan_of(const struct spec *s, const struct panel *past, const struct fit_context *context,
			   struct arena *a)
{
	static const int usual_step[] = { 28, 13, 12, 14 }, usual_history[] = { 1096, 157, 0, 0 };
	int kind = past->calendar.kind, steps = (int)spec_number(s, "steps");
	int history = (int)spec_number(s, "history");
	struct plan p = { .is_glm = !strcmp(s->method->name, "glm"), .lambda = spec_number(s, "lambda"),
			  .steps = steps > 0 ? steps : context->horizon > 0 ? context->horizon
									 : usual_step[kind], .by = spec_text(s, "by"),
			  .rows = (size_t)spec_number(s, "rows"),
			  .history = history > 0 ? history : usual_history[kind] };
	char *without = arena_strdup(a, spec_text(s, "without"));
	for (char *c = without; *c; c++)
		*c = *c == '+' ? ',' : *c;
	if (p.is_glm) {
		const char *family = spec_text(s, "family");
		p.family = *family == 'p' ? GLM_POISSON : *family == 'n' ? GLM_NB : GLM_AUTO;
	} else {
		p.alpha = spec_number(s, "alpha");
	}
	p.feature.season = context->season > 0 ? context->season : period_season(&past->calendar);
	p.feature.cycle = context->season > 0 || context->cycle > 0 ? context->cycle
								    : period_cycle(&past->calendar);
	p.feature.without = *without ? without : NULL;
	p.feature.uncensor = *spec_text(s, "uncensor") == 'y';
	return p;
}

/* ---- rows ---- */

struct row {
	int32_t i, step, group;
	period_t target;
};

struct table {
	const struct plan *plan;
	const struct panel *past;
	const struct feature_set *set;
	size_t n;
	int width;
	struct row *row;   /* [n] */
	float *x;          /* [n][width] */
	double *y, *level; /* [n] */
	double *cap;       /* [past->n] bound on freak values */
};

static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

/* First target of a series that is learned from: something must have been seen before it. */
static period_t first_target(const struct plan *p, const struct panel *past, int i)
{
	period_t first = past->first[i] + 2 + (p->steps < 14 ? p->steps : 14);
	return p->history > 0 && past->until - p->history + 1 > first ? past->until - p->history + 1 : first;
}

static void draw_rows(struct table *t, uint64_t seed)
{
	const struct plan *p = t->plan;
	double all = 0;
	VEC(struct row) row = { 0 };
	for (int i = 0; i < t->past->n; i++)
		for (period_t d = first_target(p, t->past, i); d <= t->past->until; d++)
			all += !isnan(feature_target(t->set, i, d));
	double share = all > 0 ? (double)p->rows / all : 1;
	for (int i = 0; i < t->past->n; i++) {
		uint64_t key = mix((uint64_t)series_key_hash(&t->past->key[i]) + seed);
		for (period_t d = first_target(p, t->past, i); d <= t->past->until; d++) {
			uint64_t draw = mix(key + 0x9e3779b97f4a7c15u * (uint64_t)(uint32_t)d);
			int most = d - t->past->first[i] < p->steps ? d - t->past->first[i] : p->steps;
			int step = 1 + (int)((draw >> 40) % (uint64_t)most);
			if ((double)(draw & 0xffffffffu) < share * 4294967296.
			    && !isnan(feature_target(t->set, i, d)))
				VEC_PUSH(&row, (struct row){ i, step, 0, d });
		}
	}
	t->row = row.at;
	t->n = row.n;
}

static void find_caps(struct table *t)
{
	struct arena scratch = { 0 };
	t->cap = NEW_ARRAY(double, t->past->n + 1);
	for (int i = 0; i < t->past->n; i++) {
		struct series s = panel_series(t->past, i);
		double *y = ARENA_ARRAY(&scratch, double, s.n + 1);
		series_demand(&s, y);
		t->cap[i] = cap_of(s.n, y, &scratch);
		arena_reset(&scratch);
	}
	arena_release(&scratch);
}

static void fill_rows(void *context, size_t from, size_t to, int worker)
{
	struct table *t = context;
	struct arena scratch = { 0 };
	(void)worker;
	for (size_t r = from; r < to; r++) {
		const struct row *row = &t->row[r];
		period_t origin = row->target - row->step;
		feature_rows(t->set, row->i, origin, 1, &row->step, t->x + r * (size_t)t->width, &scratch);
		double y = feature_target(t->set, row->i, row->target), cap = t->cap[row->i];
		t->level[r] = fmin(feature_level(t->set, row->i, origin), cap);
		t->y[r] = fmin(fmax(cap_value(y, cap), 0), SHAPE_MAX * t->level[r]);
		arena_reset(&scratch);
	}
	arena_release(&scratch);
}

static void table_make(struct table *t, uint64_t seed, int jobs)
{
	const struct feature *list;
	t->width = feature_list(t->set, &list);
	draw_rows(t, seed);
	find_caps(t);
	t->x = NEW_ARRAY(float, t->n * (size_t)t->width + 1);
	t->y = NEW_ARRAY(double, t->n + 1);
	t->level = NEW_ARRAY(double, t->n + 1);
	par_for(t->n, 64, jobs, fill_rows, t);
}

static void table_free(struct table *t)
{
	free(t->row);
	free(t->x);
	free(t->y);
	free(t->level);
	free(t->cap);
}

/* ---- fitting ---- */

/* Some rows of the table, and what is fitted to them. */
struct subset {
	const struct table *t;
	const struct model *m;
	const size_t *row;  /* [n] */
	size_t n;
	double unit;        /* mean of y: sizes are in it, so that pieces or dozens make no difference */
	struct gram *slot;  /* of ridge */
};

#define SLOTS 16

static void add_rows(void *context, size_t from, size_t to, int worker)
{
	struct subset *s = context;
	double *x = NEW_ARRAY(double, s->m->design.n + 1);
	(void)worker;
	for (size_t slot = from; slot < to; slot++)
		for (size_t k = slot * s->n / SLOTS; k < (slot + 1) * s->n / SLOTS; k++) {
			size_t r = s->row[k];
			double level = s->t->level[r];
			regress_row(&s->m->design, s->t->x + r * (size_t)s->t->width, level, x);
			gram_add(&s->slot[slot], x, s->t->y[r] / level, level / s->unit);
		}
	free(x);
}

static signed char *signs_of(const struct model *m, struct arena *a)
{
	signed char *sign = ARENA_ARRAY(a, signed char, m->design.n + 1);
	for (int k = 0; k < m->design.n; k++)
		sign[1 + k] = m->design.at[k].sign;
	return sign;
}

static enum status fit_ridge(struct subset *s, int jobs, struct arena *a, double *coef)
{
	struct gram slot[SLOTS];
	struct ridge_fit fit;
	int k = s->m->design.n + 1;
	const struct ridge_options o = { s->m->plan.lambda, s->m->plan.alpha, signs_of(s->m, a) };
	for (int b = 0; b < SLOTS; b++)
		gram_init(&slot[b], k, a);
	s->slot = slot;
	par_for(SLOTS, 1, jobs, add_rows, s);
	for (int b = 1; b < SLOTS; b++)
		gram_sum(&slot[0], &slot[b]);
	gram_mirror(&slot[0]);
	if (ridge_fit(&slot[0], (double)s->n, &o, a, &fit))
		return E_FIT;
	memcpy(coef, fit.coef, (size_t)k * sizeof *coef);
	return OK;
}

static int fill_block(void *context, size_t b, struct glm_block *out)
{
	const struct subset *s = context;
	size_t k = (size_t)s->m->design.n + 1;
	int n = 0;
	for (size_t at = b * BLOCK; at < (b + 1) * BLOCK && at < s->n; at++, n++) {
		size_t r = s->row[at];
		regress_row(&s->m->design, s->t->x + r * (size_t)s->t->width, s->t->level[r],
			    out->x + (size_t)n * k);
		out->y[n] = s->t->y[r] / s->unit;
		out->offset[n] = log(s->t->level[r] / s->unit);
	}
	return n;
}

/*
 * Ridge on the working model at a maximum b: information H (from the covariance), sum of squared Pearson
 * residuals S. As least squares with X'WX = H, X'Wz = H b and residuals S at b, it is a gram whose
 * constant is column 0.
 */
static enum status shrink(const struct subset *s, const struct glm_fit *f, const double *penalty,
			  struct arena *a, double *coef)
{
	size_t k = (size_t)f->k;
	struct gram g;
	struct ridge_fit ridge;
	double *h = ARENA_ARRAY(a, double, k * k + 1), left = (double)s->n - (double)k;
	if (quadratic_invert(f->k, f->covariance, NULL, a, h))
		return E_FIT;
	gram_init(&g, f->k, a);
	memcpy(g.xx, h, k * k * sizeof *h);
	g.yy = left > 0 ? f->pearson * left : 0;
	for (size_t i = 0; i < k; i++) {
		g.xx[i * k + i] = fmax(h[i * k + i] - penalty[i], 0);
		for (size_t j = 0; j < k; j++)
			g.xy[i] += g.xx[i * k + j] * f->coef[j];
	}
	for (size_t i = 0; i < k; i++)
		g.yy += f->coef[i] * g.xy[i];
	g.weight = g.xx[0];
	const struct ridge_options o = { s->m->plan.lambda, 0, signs_of(s->m, a) };
	if (ridge_fit(&g, (double)s->n, &o, a, &ridge))
		return E_FIT;
	memcpy(coef, ridge.coef, k * sizeof *coef);
	return OK;
}

static enum status fit_glm(const struct subset *s, int jobs, struct arena *a, double *coef)
{
	struct subset copy = *s;
	struct glm_fit fit;
	int k = s->m->design.n + 1, bound = 0;
	double *penalty = ARENA_ARRAY(a, double, k);
	const signed char *sign = signs_of(s->m, a);
	for (int j = 1; j < k; j++)
		penalty[j] = 1e-3 + 1e-6 * (double)s->n;
	const struct glm_rows rows = { .k = k, .n_block = (s->n + BLOCK - 1) / BLOCK, .most = BLOCK,
				       .context = &copy, .fill = fill_block };
	const struct glm_options o = { .family = s->m->plan.family, .penalty = penalty, .sign = sign,
				       .most = 25, .gain = 1e-7, .jobs = jobs };
	if (glm_fit(&rows, &o, a, &fit))
		return E_FIT;
	memcpy(coef, fit.coef, (size_t)k * sizeof *coef);
	for (int j = 0; j < k; j++)
		bound |= !(fit.covariance[j * k + j] > 0);
	/* Where a sign binds the covariance is not of the whole; the penalty of the fit has to do. */
	return bound ? OK : shrink(s, &fit, penalty, a, coef);
}

/* Coefficients for some rows. */
static enum status fit_subset(const struct model *m, const struct table *t, const size_t *row, size_t n,
			      int jobs, double *coef)
{
	struct arena scratch = { 0 };
	struct subset s = { .t = t, .m = m, .row = row, .n = n };
	for (size_t k = 0; k < n; k++)
		s.unit += t->y[row[k]] / (double)n;
	enum status status = !n || !(s.unit > 0) ? E_FIT
		: m->plan.is_glm ? fit_glm(&s, jobs, &scratch, coef) : fit_ridge(&s, jobs, &scratch, coef);
	arena_release(&scratch);
	return status;
}

/* Mean of a row by some coefficients; `x` is room for a row. */
static double mean_of(const struct model *m, const double *coef, const float *feature, double level, double *x)
{
	double sum = 0;
	regress_row(&m->design, feature, level, x);
	for (int k = 0; k <= m->design.n; k++)
		sum += coef[k] * x[k];
	return level * (m->plan.is_glm ? exp(fmin(fmax(sum, -6), 3)) : fmin(fmax(sum, 0), SHAPE_MAX));
}

/* The distribution, from the last steps by coefficients that did not see them. */
static void learn_spread(struct model *m, const struct table *t, int jobs)
{
	size_t *row = NEW_ARRAY(size_t, t->n + 1), before = 0, after = 0;
	double *coef = NEW_ARRAY(double, m->design.n + 1), *x = NEW_ARRAY(double, m->design.n + 1);
	double *mean = NEW_ARRAY(double, t->n + 1), *y = NEW_ARRAY(double, t->n + 1);
	period_t end = t->past->until - m->plan.steps;
	for (size_t r = 0; r < t->n; r++)
		if (t->row[r].target <= end)
			row[before++] = r;
	int honest = t->n - before >= KEPT_BACK && !fit_subset(m, t, row, before, jobs, coef);
	if (!honest)
		memcpy(coef, m->group[0].coef, (size_t)(m->design.n + 1) * sizeof *coef);
	for (size_t r = 0; r < t->n; r++)
		if (!honest || t->row[r].target > end) {
			mean[after] = mean_of(m, coef, t->x + r * (size_t)t->width, t->level[r], x);
			y[after++] = t->y[r];
		}
	regress_spread_learn(mean, y, after, &m->spread);
	free(row);
	free(coef);
	free(x);
	free(mean);
	free(y);
}

/* ---- groups ---- */

/* Names of the groups of all series, name[n], by the option. */
static enum status group_names(const struct plan *p, const struct panel *past, struct arena *a,
			       const char **name, struct err *e)
{
	int segment = !strcmp(p->by, "segment"), all = !strcmp(p->by, "all");
	const struct attribute *at = segment || all ? NULL : driver_attribute(past->drivers, p->by);
	if (!segment && !all && !at)
		return err_set(e, E_USAGE, "by: there is no attribute '%s'", p->by);
	for (int i = 0; i < past->n; i++) {
		struct buf text = { 0 };
		if (segment)
			buf_add_int(&text, past->segment[i]);
		name[i] = all ? "" : at ? (at->code[i] < 0 ? "" : at->value[at->code[i]])
					: arena_strdup(a, text.text);
		buf_release(&text);
	}
	return OK;
}

static int group_of(const struct model *m, const char *name)
{
	for (int g = 1; g < m->n_group; g++)
		if (!strcmp(m->group[g].name, name))
			return g;
	return 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static enum status fit_groups(struct model *m, const struct table *t, int jobs, struct arena *a, struct err *e)
{
	int n = t->past->n;
	struct arena scratch = { 0 };
	const char **name = ARENA_ARRAY(&scratch, const char *, n + 1);
	const char **sorted = ARENA_ARRAY(&scratch, const char *, n + 1);
	size_t *row = NEW_ARRAY(size_t, t->n + 1), k = (size_t)m->design.n + 1;
	enum status status = group_names(&m->plan, t->past, &scratch, name, e);
	m->group = ARENA_ARRAY(a, struct group, n + 1);
	m->group[0] = (struct group){ "", ARENA_ARRAY(a, double, k) };
	m->n_group = 1;
	for (size_t r = 0; r < t->n; r++)
		row[r] = r;
	if (!status && t->n && fit_subset(m, t, row, t->n, jobs, m->group[0].coef))
		m->group[0].coef[0] = m->plan.is_glm ? 0 : 1; /* nothing to learn: the level itself */
	memcpy(sorted, name, (size_t)n * sizeof *name);
	qsort(sorted, (size_t)n, sizeof *sorted, by_text);
	for (int i = 0; !status && strcmp(m->plan.by, "all") && i < n; i++) {
		size_t some = 0;
		if (i && !strcmp(sorted[i], sorted[i - 1]))
			continue;
		for (size_t r = 0; r < t->n; r++)
			if (!strcmp(name[t->row[r].i], sorted[i]))
				row[some++] = r;
		struct group *g = &m->group[m->n_group];
		*g = (struct group){ arena_strdup(a, sorted[i]), ARENA_ARRAY(a, double, k) };
		m->n_group += some >= GROUP_ROWS && !fit_subset(m, t, row, some, jobs, g->coef);
	}
	free(row);
	arena_release(&scratch);
	return status;
}

static enum status regress_fit(const struct spec *spec, const struct panel *past,
			       const struct fit_context *context, struct arena *a, void **model, struct err *e)
{
	struct model *m = ARENA_ARRAY(a, struct model, 1);
	struct buf names = { 0 };
	const struct feature *list;
	m->spec = spec;
	m->plan = plan_of(spec, past, context, a);
	struct feature_set *set = feature_set_new(past, &m->plan.feature, context->jobs);
	struct table t = { .plan = &m->plan, .past = past, .set = set };
	m->n_feature = feature_list(set, &list);
	feature_names(set, &names);
	m->names = arena_strdup(a, names.text ? names.text : "");
	table_make(&t, context->seed, context->jobs);
	regress_design(list, m->n_feature, t.x, t.level, t.n, a, &m->design);
	enum status status = fit_groups(m, &t, context->jobs, a, e);
	if (!status)
		learn_spread(m, &t, context->jobs);
	table_free(&t);
	feature_set_free(set);
	buf_release(&names);
	*model = status ? NULL : m;
	return status;
}

/* ---- predict ---- */

struct predicting {
	const struct model *m;
	const struct panel *past;
	const struct fit_context *context;
	const struct feature_set *set;
	const int *group;   /* [n] */
	const int *step;    /* [n_step] */
	struct forecast *out;
};

enum { UNKNOWN, STEADY, VARIED };

/* Has the series any known value, and has it varied? */
static int kind_of(const struct panel *p, int i, double *value)
{
	struct series s = panel_series(p, i);
	int known = 0;
	for (int t = 0; t < s.n; t++) {
		if (!series_usable(&s, t))
			continue;
		if (known && (s.units[t] < *value || s.units[t] > *value))
			return VARIED;
		*value = s.units[t];
		known++;
	}
	return !known ? UNKNOWN : known > 1 ? STEADY : VARIED;
}

/* The largest known value, and the range of the known values above it. */
static double bound_of(const double *y, int n, double cap)
{
	double low = INFINITY, high = 0;
	for (int t = 0; t < n; t++) {
		double v = cap_value(y[t], cap);
		low = v < low ? v : low;
		high = v > high ? v : high;
	}
	return high + (high - fmin(fmax(low, 0), high));
}

static void predict_one(const struct predicting *p, int i, struct arena *scratch)
{
	struct forecast one = forecast_at(p->out, i);
	const struct model *m = p->m;
	double value = 0;
	int kind = kind_of(p->past, i, &value), negative_ok = p->context->negative_ok;
	*one.used = (struct made_by){ kind == UNKNOWN ? NULL : m->spec->method->name, RUNG_SPEC,
				      kind == UNKNOWN ? "no value is known"
				      : kind == STEADY ? "it has never varied" : NULL };
	if (kind != VARIED) {
		for (int h = 0; h < one.n_step; h++)
			one.mean[h] = value < 0 && !negative_ok ? 0 : value;
		for (int k = 0; k < one.n_step * one.n_level; k++)
			one.quantile[k] = one.mean[0];
		return;
	}
	float *x = ARENA_ARRAY(scratch, float, (size_t)one.n_step * (size_t)m->n_feature + 1);
	double *row = ARENA_ARRAY(scratch, double, m->design.n + 1);
	struct series s = panel_series(p->past, i);
	double *y = ARENA_ARRAY(scratch, double, s.n + 1);
	series_demand(&s, y);
	double cap = cap_of(s.n, y, scratch), level = fmin(feature_level(p->set, i, p->past->until), cap);
	feature_rows(p->set, i, p->past->until, one.n_step, p->step, x, scratch);
	/* Within the range of what was known, and once that range above it. */
	double most = bound_of(y, s.n, cap);
	for (int h = 0; h < one.n_step; h++)
		one.mean[h] = fmin(mean_of(m, m->group[p->group[i]].coef,
					   x + (size_t)h * (size_t)m->n_feature, level, row), most);
	if (one.n_level)
		regress_spread_apply(&m->spread, series_is_whole(&s), negative_ok, &one);
}

static void predict_some(void *context, size_t from, size_t to, int worker)
{
	const struct predicting *p = context;
	struct arena scratch = { 0 };
	(void)worker;
	for (size_t i = from; i < to; i++) {
		predict_one(p, (int)i, &scratch);
		arena_reset(&scratch);
	}
	arena_release(&scratch);
}

static enum status same_features(const struct model *m, const struct feature_set *set, struct err *e)
{
	struct buf names = { 0 };
	feature_names(set, &names);
	int same = !strcmp(names.text ? names.text : "", m->names);
	buf_release(&names);
	return same ? OK : err_set(e, E_STALE, "the model was trained on other features than there are now; "
					       "train it again");
}

static enum status regress_predict(const void *model, const struct panel *past,
				   const struct fit_context *context, struct arena *a, struct forecast *out,
				   struct err *e)
{
	const struct model *m = model;
	struct arena scratch = { 0 };
	struct plan plan = plan_of(m->spec, past, context, &scratch);
	const char **name = ARENA_ARRAY(&scratch, const char *, past->n + 1);
	int *group = ARENA_ARRAY(&scratch, int, past->n + 1), *step = ARENA_ARRAY(&scratch, int, out->n_step + 1);
	struct feature_set *set = feature_set_new(past, &plan.feature, context->jobs);
	enum status status = same_features(m, set, e);
	(void)a;
	if (!status)
		status = group_names(&plan, past, &scratch, name, e);
	for (int h = 0; h < out->n_step; h++)
		step[h] = h + 1;
	for (int i = 0; !status && i < past->n; i++)
		group[i] = group_of(m, name[i]);
	struct predicting p = { m, past, context, set, group, step, out };
	if (!status)
		par_for((size_t)past->n, 16, context->jobs, predict_some, &p);
	feature_set_free(set);
	arena_release(&scratch);
	return status;
}

static enum status regress_paths(const void *model, const struct panel *past, const struct fit_context *context,
				 struct arena *a, int i, const struct forecast *one, int n_path, double *path,
				 struct err *e)
{
	(void)model, (void)past, (void)context, (void)a, (void)i, (void)one, (void)n_path, (void)path;
	return err_set(e, E_FIT, "a regression does not know how its steps go together");
}

/* ---- blobs ---- */

/* Little-endian numbers of 8 bytes, texts with their length before them, and the first 64 bits of the
 * SHA-256 of all that. */
#define BLOB_VERSION 1
#define COLUMN_WORDS 8

static enum status regress_save(const void *model, struct buf *out, struct err *e)
{
	const struct model *m = model;
	size_t from = out->n;
	(void)e;
	blob_put(out, BLOB_VERSION);
	blob_put(out, (uint64_t)m->n_feature);
	blob_put(out, (uint64_t)m->design.n);
	blob_put(out, (uint64_t)m->n_group);
	blob_put_double(out, m->design.level);
	blob_put_text(out, m->names);
	blob_put_double(out, m->spread.unit);
	for (int c = 0; c < REGRESS_CLASSES; c++)
		blob_put_double(out, m->spread.ratio[c]);
	for (int k = 0; k < m->design.n; k++) {
		const struct regress_column *c = &m->design.at[k];
		const double word[COLUMN_WORDS] = { c->feature, c->kind, c->with, (double)c->code, c->sign,
						    c->mean, c->low, c->high };
		for (int w = 0; w < COLUMN_WORDS; w++)
			blob_put_double(out, word[w]);
	}
	for (int g = 0; g < m->n_group; g++) {
		blob_put_text(out, m->group[g].name);
		for (int k = 0; k <= m->design.n; k++)
			blob_put_double(out, m->group[g].coef[k]);
	}
	blob_seal(out, from);
	return OK;
}

static void take_columns(struct blob *r, struct model *m, struct arena *a)
{
	m->design.at = ARENA_ARRAY(a, struct regress_column, m->design.n + 1);
	for (int k = 0; !r->bad && k < m->design.n; k++) {
		double word[COLUMN_WORDS];
		for (int w = 0; w < COLUMN_WORDS; w++)
			word[w] = blob_get_double(r);
		m->design.at[k] = (struct regress_column){ (int)word[0], (enum regress_kind)(int)word[1],
							   (int)word[2], (float)word[3], (signed char)word[4],
							   word[5], word[6], word[7] };
		r->bad |= word[0] < 0 || word[0] >= m->n_feature || word[2] < 0 || word[2] >= m->n_feature;
	}
}

static enum status regress_load(const struct spec *spec, const unsigned char *blob, size_t n, struct arena *a,
				void **model, struct err *e)
{
	struct model *m = ARENA_ARRAY(a, struct model, 1);
	const struct panel none = { 0 };
	const struct fit_context plain = { 0 };
	struct blob r;
	blob_open(&r, blob, n);
	m->spec = spec;
	m->plan = plan_of(spec, &none, &plain, a);
	r.bad |= blob_get(&r) != BLOB_VERSION;
	uint64_t features = blob_get(&r), columns = blob_get(&r), groups = blob_get(&r);
	r.bad |= features > r.left || columns > r.left || groups > r.left || groups < 1;
	if (r.bad)
		return err_set(e, E_INPUT, "the model of method '%s' is damaged", spec->method->name);
	m->n_feature = (int)features;
	m->design.n = (int)columns;
	m->n_group = (int)groups;
	m->design.level = blob_get_double(&r);
	m->names = blob_get_text(&r, a);
	m->spread.unit = blob_get_double(&r);
	for (int c = 0; c < REGRESS_CLASSES; c++)
		m->spread.ratio[c] = blob_get_double(&r);
	take_columns(&r, m, a);
	m->group = ARENA_ARRAY(a, struct group, groups);
	for (int g = 0; !r.bad && g < m->n_group; g++) {
		m->group[g] = (struct group){ blob_get_text(&r, a), ARENA_ARRAY(a, double, columns + 1) };
		for (int k = 0; k <= m->design.n; k++)
			m->group[g].coef[k] = blob_get_double(&r);
	}
	*model = m;
	return r.bad || r.left ? err_set(e, E_INPUT, "the model of method '%s' is damaged", spec->method->name) : OK;
}

extern const struct method ridge_method, glm_method;
const struct method ridge_method = {
	.name = "ridge",
	.summary = "ridge regression or elastic net over the features of all series",
	.options = ridge_options,
	.fit = regress_fit,
	.predict = regress_predict,
	.save = regress_save,
	.load = regress_load,
	.paths = regress_paths,
	.whole = 1,
};
const struct method glm_method = {
	.name = "glm",
	.summary = "Poisson or negative-binomial regression over the features of all series",
	.options = glm_options,
	.fit = regress_fit,
	.predict = regress_predict,
	.save = regress_save,
	.load = regress_load,
	.paths = regress_paths,
	.whole = 1,
};
