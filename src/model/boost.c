/*
 * Boosted trees over the features of all series (Friedman 2001, "Greedy function approximation";
 * Chen & Guestrin 2016, "XGBoost"). The M5 contest was won by such models: Tweedie loss, hundreds of
 * trees, one model over many series.
 *
 *     mode=direct     a row is (series, origin, horizon) and the horizon is a feature; one model says
 *                     all steps and sees nothing after the origin
 *     mode=recursive  a model of one step, run forward on its own means
 *     target=scaled   learns shapes: what is sold over the series' recent level, which is put back
 *     margin=level    trees correct the recent level instead of finding it: on M5 worth 1 to 4 % of WRMSSE
 *                     at 200 rounds
 *     by=LIST         one booster a group ("store*dept"); small groups share one
 *
 * Weights. By default an error of one unit counts as Tweedie's loss on units counts it: as 1 / level^p,
 * near the inverse variance of counts, so neither fast nor slow series are left to noise and totals stay
 * unbiased; it serves WRMSSE and WAPE alike. weight=influence is WRMSSE's own: revenue over mean
 * squared difference.
 *
 * A series that has never varied is forecast as what it was. Steps beyond those that were learned are
 * answered with the last one's trees.
 */
#include "config.h"
#include "model/boost_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/process.h"
#include "model/ahead.h"
#include "model/blob.h"
#include "model/boost_options.h"

#define FEW_ROWS 30     /* fewer teach nothing */
#define GROUP_ROWS 2000 /* a group with fewer known targets shares a booster */

/* ---- options ---- */

static int choice(const struct spec *s, const char *option, const char *of)
{
	return !strcmp(spec_text(s, option), of);
}

static enum boost_weight weight_of(const char *name)
{
	static const char *const names[] = { "auto", "none", "scale", "revenue", "influence" };
	int k = 0;
	while (strcmp(names[k], name))
		k++;
	return (enum boost_weight)k;
}

static struct xgb_plan tree_plan(const struct spec *s)
{
	return (struct xgb_plan){
		.objective = choice(s, "objective", "tweedie")	 ? XGB_TWEEDIE
			     : choice(s, "objective", "poisson") ? XGB_POISSON
			     : choice(s, "objective", "squared") ? XGB_SQUARED
								 : XGB_PINBALL,
		.power = spec_number(s, "power"),
		.quantile = spec_number(s, "quantile"),
		.rounds = (int)spec_number(s, "rounds"),
		.depth = (int)spec_number(s, "depth"),
		.leaves = (int)spec_number(s, "leaves"),
		.eta = spec_number(s, "eta"),
		.min_child = spec_number(s, "min_child"),
		.subsample = spec_number(s, "subsample"),
		.colsample = spec_number(s, "colsample"),
		.lambda = spec_number(s, "lambda"),
		.bins = (int)spec_number(s, "bins"),
		.missing = (float)NAN,
	};
}

/* Families are joined by + in a spec, where a comma ends a value. */
static const char *without_of(const struct spec *s, struct arena *a)
{
	char *text = arena_strdup(a, spec_text(s, "without"));
	for (char *c = text; *c; c++)
		if (*c == '+')
			*c = ',';
	return *text ? text : NULL;
}

static enum status plan_of(const struct spec *s, const struct panel *past, const struct fit_context *context,
			   struct arena *a, struct boost_plan *plan, struct err *e)
{
	static const int usual_step[] = { 28, 13, 12, 14 }, usual_history[] = { 1096, 157, 0, 0 };
	int kind = past->calendar.kind, steps = (int)spec_number(s, "steps");
	int history = (int)spec_number(s, "history");
	*plan = (struct boost_plan){
		.tree = tree_plan(s),
		.scaled = choice(s, "target", "scaled"),
		.from_level = choice(s, "margin", "level"),
		.recursive = choice(s, "mode", "recursive"),
		.monotone = choice(s, "monotone", "yes"),
		.seeds = (int)spec_number(s, "seeds"),
		.draws = choice(s, "mode", "recursive") ? 1 : (int)spec_number(s, "draws"),
		.steps = steps > 0 ? steps : context->horizon > 0 ? context->horizon : usual_step[kind],
		.rows = (size_t)spec_number(s, "rows"),
		.history = history > 0 ? history : usual_history[kind],
		.weight = weight_of(spec_text(s, "weight")),
		.by = spec_text(s, "by"),
	};
	plan->feature.season = context->season > 0 ? context->season : period_season(&past->calendar);
	plan->feature.cycle = context->season > 0 || context->cycle > 0 ? context->cycle
									: period_cycle(&past->calendar);
	plan->feature.without = without_of(s, a);
	plan->feature.uncensor = choice(s, "uncensor", "yes");
	if (!plan->tree.depth && !plan->tree.leaves)
		return err_set(e, E_USAGE, "boost: depth=0 wants a bound on the leaves");
	return OK;
}

/* ---- fit ---- */

struct fitting {
	const struct spec *spec;
	const struct panel *past;
	const struct fit_context *context;
	const struct feature_set *set;
	struct boost_model *model;
	struct boost_chances chances;
	struct arena scratch;
	const char **name;   /* [n] group of each series */
	int *group;          /* [n] its number */
	int done, total;     /* rounds */
};

static int tell_round(void *context, int round)
{
	struct fitting *f = context;
	progress("boosting", f->done + round, f->total);
	return process_stop() != 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Number of a name among the groups but the last, or the last. */
static int group_of(const struct boost_model *m, const char *name)
{
	int low = 0, high = m->n_group - 1;
	while (low < high) {
		int middle = low + (high - low) / 2, order = strcmp(m->group[middle].name, name);
		if (!order)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return m->n_group - 1;
}

/* Groups that are large enough, by name, and one for all others; the last is empty of rows only where
 * every group is large, and then learns from all. */
static void make_groups(struct fitting *f, struct arena *a)
{
	int n = f->past->n;
	struct boost_model *m = f->model;
	const char **sorted = ARENA_ARRAY(&f->scratch, const char *, n + 1);
	int64_t *known = ARENA_ARRAY(&f->scratch, int64_t, n + 1);
	int n_name = 0;
	memcpy(sorted, f->name, (size_t)n * sizeof *sorted);
	qsort(sorted, (size_t)n, sizeof *sorted, by_text);
	for (int i = 0; i < n; i++)
		if (!n_name || strcmp(sorted[n_name - 1], sorted[i]) != 0)
			sorted[n_name++] = sorted[i];
	for (int i = 0; i < n; i++) {
		const char **at = bsearch(&f->name[i], sorted, (size_t)n_name, sizeof *sorted, by_text);
		known[at - sorted] += f->chances.known[i];
	}
	m->group = ARENA_ARRAY(a, struct boost_group, n_name + 1);
	for (int k = 0; n_name > 1 && k < n_name; k++)
		if (known[k] >= GROUP_ROWS)
			m->group[m->n_group++].name = arena_strdup(a, sorted[k]);
	m->group[m->n_group++].name = "";
	for (int k = 0; k < m->n_group; k++)
		m->group[k].tree = ARENA_ARRAY(a, struct xgb *, m->plan.seeds);
	for (int i = 0; i < n; i++)
		f->group[i] = group_of(m, f->name[i]);
}

/* What a booster depends on besides data, config and code. */
static void part_name(const struct fitting *f, int g, int seed, struct buf *out)
{
	buf_adds(out, "booster ");
	spec_write(f->spec, out);
	buf_addf(out, " @ %d group %d '%s' seed %d of %llu", (int)f->past->until, g, f->model->group[g].name,
		 seed, (unsigned long long)f->context->seed);
}

static enum status train_one(struct fitting *f, int g, int seed, const struct boost_sample *sample,
			     struct err *e)
{
	struct xgb **tree = &f->model->group[g].tree[seed];
	const struct fit_cache *cache = f->context->cache;
	struct buf name = { 0 }, bytes = { 0 };
	enum status status = OK;
	uint32_t number = (uint32_t)(f->context->seed * 2654435761u + (uint64_t)g * 131u + (uint64_t)seed) >> 1;
	part_name(f, g, seed, &name);
	if (cache && cache->get(cache->context, name.text, &bytes)) {
		status = xgb_load(bytes.text, bytes.n, f->model->n_column, (float)NAN, f->context->jobs,
				  tree, e);
	} else {
		status = boost_train(&f->model->plan, f->set, sample, number, f->context->jobs, tell_round,
				     f, tree, e);
		if (!status && cache)
			status = xgb_save(*tree, &bytes, e);
		if (!status && cache)
			cache->put(cache->context, name.text, &bytes);
	}
	f->done += f->model->plan.tree.rounds;
	buf_release(&name);
	buf_release(&bytes);
	return status;
}

static enum status train_group(struct fitting *f, int g, struct err *e)
{
	int n = f->past->n, members = 0;
	uint8_t *member = NEW_ARRAY(uint8_t, n + 1);
	struct boost_sample sample;
	enum status status = OK;
	for (int i = 0; i < n; i++)
		members += member[i] = f->group[i] == g;
	if (!members) /* all groups are large: the last stands ready for one that is not known yet */
		memset(member, 1, (size_t)n);
	boost_sample(&f->model->plan, f->set, f->past, &f->chances, member, f->context->seed, &sample);
	f->model->group[g].unit = sample.unit;
	/* Without rows there are no trees, and predict leaves the series to the next of the chain. */
	for (int s = 0; !status && sample.row.n >= FEW_ROWS && s < f->model->plan.seeds; s++)
		status = train_one(f, g, s, &sample, e);
	boost_sample_free(&sample);
	free(member);
	return status;
}

/* Horizons no longer than a quarter of the longest past, so that there is something to learn. */
static void shorten_steps(const struct panel *past, struct boost_plan *plan)
{
	int longest = 0;
	for (int i = 0; i < past->n; i++)
		if (past->until - past->first[i] + 1 > longest)
			longest = past->until - past->first[i] + 1;
	if (plan->steps > longest / 4)
		plan->steps = longest / 4 > 1 ? longest / 4 : 1;
}

static enum status fit_all(struct fitting *f, struct arena *a, struct err *e)
{
	struct boost_model *m = f->model;
	struct buf names = { 0 };
	const struct feature *list;
	m->n_column = feature_list(f->set, &list);
	feature_names(f->set, &names);
	m->names = arena_strdup(a, names.text ? names.text : "");
	buf_release(&names);
	enum status status = boost_group_names(m->plan.by, f->past, &f->scratch, f->name, e);
	if (status)
		return status;
	boost_chances(&m->plan, f->set, f->past, f->past->until, m->plan.rows, f->context->jobs, &f->scratch,
		      &f->chances);
	make_groups(f, a);
	f->total = m->n_group * m->plan.seeds * m->plan.tree.rounds;
	for (int g = 0; !status && g < m->n_group; g++)
		status = train_group(f, g, e);
	if (!status)
		status = boost_spread_learn(&m->plan, f->set, f->past, f->context, &m->spread, e);
	progress_end();
	return status;
}

static void boost_release(void *model)
{
	struct boost_model *m = model;
	for (int g = 0; g < m->n_group; g++)
		for (int s = 0; m->group[g].tree && s < m->plan.seeds; s++) {
			xgb_free(m->group[g].tree[s]);
			m->group[g].tree[s] = NULL;
		}
}

static enum status boost_fit(const struct spec *spec, const struct panel *past,
			     const struct fit_context *context, struct arena *a, void **model, struct err *e)
{
	struct boost_model *m = ARENA_ARRAY(a, struct boost_model, 1);
	m->spec = spec;
	enum status status = plan_of(spec, past, context, a, &m->plan, e);
	if (status)
		return status;
	shorten_steps(past, &m->plan);
	struct fitting f = { .spec = spec, .past = past, .context = context, .model = m };
	f.name = ARENA_ARRAY(&f.scratch, const char *, past->n + 1);
	f.group = ARENA_ARRAY(&f.scratch, int, past->n + 1);
	struct feature_set *set = feature_set_new(past, &m->plan.feature, context->jobs);
	f.set = set;
	status = fit_all(&f, a, e);
	feature_set_free(set);
	arena_release(&f.scratch);
	if (status)
		boost_release(m);
	*model = status ? NULL : m;
	return status;
}

/* ---- predict ---- */

struct predicting {
	struct boost_model *model;
	const struct panel *past;
	const struct fit_context *context;
	int n_step;
	double *mean;  /* [n][n_step] */
	uint8_t *kind; /* [n] */
	double *value; /* [n] what a series that never varied always was */
	int *group;    /* [n] */
};

enum { UNKNOWN, SHORT, STEADY, VARIED };

/* Has the series any known value, and has it varied? */
static uint8_t kind_of(const struct panel *p, int i, double *value)
{
	struct series s = panel_series(p, i);
	int known = 0;
	for (int t = 0; t < s.n; t++) {
		if (!series_usable(&s, t))
			continue;
		if (known && s.units[t] != *value)
			return VARIED;
		*value = s.units[t];
		known++;
	}
	return !known ? UNKNOWN : known > 1 ? STEADY : VARIED;
}

static enum status same_features(const struct boost_model *m, const struct feature_set *set, struct err *e)
{
	struct buf names = { 0 };
	feature_names(set, &names);
	int same = !strcmp(names.text ? names.text : "", m->names);
	buf_release(&names);
	return same ? OK
		    : err_set(e, E_STALE, "the model was trained on other features than there are now; "
					  "train it again");
}

/* Means of all series that varied, at steps from an origin, into mean[i][stride], group by group. */
static enum status means_of_all(const struct predicting *p, const struct feature_set *set, period_t origin,
				int n_step, const int *step, double *mean, size_t stride, struct err *e)
{
	int n = p->past->n, *series = NEW_ARRAY(int, n + 1);
	double *some = NEW_ARRAY(double, (size_t)n * (size_t)n_step + 1);
	enum status status = OK;
	for (int g = 0; !status && g < p->model->n_group; g++) {
		int members = 0;
		for (int i = 0; i < n; i++)
			if (p->kind[i] == VARIED && p->group[i] == g)
				series[members++] = i;
		status = boost_means(&p->model->plan, set, &p->model->group[g], members, series, origin,
				     n_step, step, p->context->negative_ok, p->context->jobs, some, e);
		for (int k = 0; !status && k < members; k++)
			memcpy(mean + (size_t)series[k] * stride, some + (size_t)k * (size_t)n_step,
			       (size_t)n_step * sizeof *mean);
	}
	free(series);
	free(some);
	return status;
}

static enum status predict_direct(const struct predicting *p, struct err *e)
{
	int *step = NEW_ARRAY(int, p->n_step + 1);
	struct feature_set *set = feature_set_new(p->past, &p->model->plan.feature, p->context->jobs);
	for (int h = 0; h < p->n_step; h++)
		step[h] = h + 1;
	enum status status = same_features(p->model, set, e);
	if (!status)
		status = means_of_all(p, set, p->past->until, p->n_step, step, p->mean, (size_t)p->n_step, e);
	feature_set_free(set);
	free(step);
	return status;
}

/* Runs one step at a time on a panel that is lengthened by the means. */
static enum status predict_recursive(const struct predicting *p, struct err *e)
{
	static const int one_step[] = { 1 };
	struct ahead ahead;
	enum status status = OK;
	double *mean = NEW_ARRAY(double, p->past->n + 1);
	ahead_init(&ahead, p->past, p->n_step);
	for (int h = 0; !status && h < p->n_step; h++) {
		struct panel view = panel_until(&ahead.panel, p->past->until + h);
		struct feature_set *set = feature_set_new(&view, &p->model->plan.feature, p->context->jobs);
		status = same_features(p->model, set, e);
		if (!status)
			status = means_of_all(p, set, view.until, 1, one_step, mean, 1, e);
		feature_set_free(set);
		for (int i = 0; i < p->past->n; i++) {
			double y = p->kind[i] == VARIED ? mean[i] : p->kind[i] == STEADY ? p->value[i]
											 : (double)NAN;
			ahead_set(&ahead, i, view.until + 1, y);
			p->mean[(size_t)i * (size_t)p->n_step + (size_t)h] = y;
		}
	}
	ahead_release(&ahead);
	free(mean);
	return status;
}

static void publish(const struct predicting *p, int i, struct forecast *out, struct arena *a)
{
	const struct boost_plan *plan = &p->model->plan;
	struct forecast one = forecast_at(out, i);
	*one.used = (struct made_by){ "boost", RUNG_SPEC, NULL };
	if (p->kind[i] == UNKNOWN || p->kind[i] == SHORT) {
		*one.used = (struct made_by){ NULL, RUNG_SPEC, p->kind[i] == SHORT
					      ? "the past was too short to learn from" : "no value is known" };
		return;
	}
	if (p->kind[i] == STEADY) {
		one.used->reason = "it has never varied";
		for (int h = 0; h < one.n_step; h++)
			one.mean[h] = !p->context->negative_ok && p->value[i] < 0 ? 0 : p->value[i];
		for (int k = 0; k < one.n_step * one.n_level; k++)
			one.quantile[k] = one.mean[0];
		return;
	}
	if (!plan->recursive && one.n_step > plan->steps) {
		struct buf text = { 0 };
		buf_addf(&text, "steps beyond %d are answered by the trees of step %d", plan->steps,
			 plan->steps);
		one.used->reason = arena_strdup(a, text.text);
		buf_release(&text);
	}
	struct series s = panel_series(p->past, i);
	if (one.n_level)
		boost_spread_apply(&p->model->spread, series_is_whole(&s), p->context->negative_ok, &one);
}

static enum status boost_predict(const void *model, const struct panel *past,
				 const struct fit_context *context, struct arena *a, struct forecast *out,
				 struct err *e)
{
	struct boost_model *m = ARENA_ARRAY(a, struct boost_model, 1);
	struct arena scratch = { 0 };
	*m = *(const struct boost_model *)model;
	struct predicting p = { .model = m, .past = past, .context = context, .n_step = out->n_step,
				.mean = out->mean, .kind = ARENA_ARRAY(&scratch, uint8_t, past->n + 1),
				.value = ARENA_ARRAY(&scratch, double, past->n + 1),
				.group = ARENA_ARRAY(&scratch, int, past->n + 1) };
	const char **name = ARENA_ARRAY(&scratch, const char *, past->n + 1);
	struct boost_plan now;
	enum status status = plan_of(m->spec, past, context, &scratch, &now, e);
	m->plan.feature = now.feature;
	if (!status)
		status = boost_group_names(m->plan.by, past, &scratch, name, e);
	for (int i = 0; !status && i < past->n; i++) {
		p.kind[i] = kind_of(past, i, &p.value[i]);
		p.group[i] = group_of(m, name[i]);
		if (p.kind[i] == VARIED && !m->group[p.group[i]].tree[0])
			p.kind[i] = SHORT;
	}
	for (int g = 0; !status && g < m->n_group; g++)
		for (int s = 0; !status && s < m->plan.seeds && m->group[g].tree[s]; s++)
			status = xgb_jobs(m->group[g].tree[s], context->jobs, e);
	if (!status)
		status = m->plan.recursive ? predict_recursive(&p, e) : predict_direct(&p, e);
	for (int i = 0; !status && i < past->n; i++)
		publish(&p, i, out, a);
	arena_release(&scratch);
	return status;
}

static enum status boost_paths(const void *model, const struct panel *past, const struct fit_context *context,
			       struct arena *a, int i, const struct forecast *one, int n_path, double *path,
			       struct err *e)
{
	(void)model, (void)past, (void)context, (void)a, (void)i, (void)one, (void)n_path, (void)path;
	return err_set(e, E_FIT, "boosted trees do not know how their steps go together");
}

/* ---- blobs ---- */

/*
 * Little-endian: numbers of 8 bytes, texts and trees with their length before them; the first 64 bits
 * of the SHA-256 of all that at the end. See local.c, whose blobs end alike.
 */
#define BLOB_VERSION 1

static enum status boost_save(const void *model, struct buf *out, struct err *e)
{
	const struct boost_model *m = model;
	size_t from = out->n;
	enum status status = OK;
	blob_put(out, BLOB_VERSION);
	blob_put(out, (uint64_t)m->n_group);
	blob_put(out, (uint64_t)m->plan.seeds);
	blob_put(out, (uint64_t)m->n_column);
	blob_put(out, (uint64_t)m->plan.steps);
	blob_put_text(out, m->names);
	blob_put_double(out, m->spread.unit);
	for (int c = 0; c < BOOST_CLASSES; c++)
		blob_put_double(out, m->spread.ratio[c]);
	for (int g = 0; g < m->n_group; g++) {
		blob_put_text(out, m->group[g].name);
		blob_put_double(out, m->group[g].unit);
		for (int s = 0; !status && s < m->plan.seeds; s++) {
			struct buf bytes = { 0 };
			if (m->group[g].tree[s])
				status = xgb_save(m->group[g].tree[s], &bytes, e);
			blob_put_bytes(out, bytes.text ? bytes.text : "", bytes.n);
			buf_release(&bytes);
		}
	}
	blob_seal(out, from);
	return status;
}

static enum status load_group(struct blob *r, const struct boost_model *m, struct boost_group *g,
			      struct arena *a, struct err *e)
{
	enum status status = OK;
	g->name = blob_get_text(r, a);
	g->unit = blob_get_double(r);
	g->tree = ARENA_ARRAY(a, struct xgb *, m->plan.seeds);
	for (int s = 0; !status && !r->bad && s < m->plan.seeds; s++) {
		size_t n;
		const unsigned char *bytes = blob_get_bytes(r, &n);
		if (bytes && n)
			status = xgb_load(bytes, n, m->n_column, (float)NAN, 1, &g->tree[s], e);
	}
	return status;
}

static void load_head(struct blob *r, struct boost_model *m, struct arena *a)
{
	r->bad |= blob_get(r) != BLOB_VERSION;
	uint64_t groups = blob_get(r), seeds = blob_get(r), columns = blob_get(r), steps = blob_get(r);
	r->bad |= groups > r->left || columns > r->left || (int64_t)seeds != m->plan.seeds || steps > 1000;
	m->n_group = r->bad ? 0 : (int)groups;
	m->n_column = r->bad ? 0 : (int)columns;
	m->plan.steps = (int)steps;
	m->names = blob_get_text(r, a);
	m->spread.unit = blob_get_double(r);
	for (int c = 0; c < BOOST_CLASSES; c++)
		m->spread.ratio[c] = blob_get_double(r);
	m->group = ARENA_ARRAY(a, struct boost_group, m->n_group + 1);
}

static enum status boost_load(const struct spec *spec, const unsigned char *blob, size_t n, struct arena *a,
			      void **model, struct err *e)
{
	struct boost_model *m = ARENA_ARRAY(a, struct boost_model, 1);
	const struct panel none = { 0 };
	const struct fit_context plain = { 0 };
	struct blob r;
	blob_open(&r, blob, n);
	enum status status = plan_of(spec, &none, &plain, a, &m->plan, e);
	m->spec = spec;
	if (!status && !r.bad)
		load_head(&r, m, a);
	for (int g = 0; !status && !r.bad && g < m->n_group; g++)
		status = load_group(&r, m, &m->group[g], a, e);
	if (!status && (r.bad || r.left || !m->n_group))
		status = err_set(e, E_INPUT, "the model of method 'boost' is damaged");
	if (status)
		boost_release(m);
	*model = status ? NULL : m;
	return status;
}

/* ---- what the means are made of ---- */

/*
 * On the link's scale the parts are Shapley values c_k by family (model/xgb.h), S their sum, on top of b:
 * the trees' mean, or the level with margin=level. With a log link the mean is e^(b + S), and a family
 * gets
 *
 *     c_k e^b (e^S - 1) / S,
 *
 * the Aumann-Shapley value of e^(b + sum c) along the straight line from 0 to c (Aumann & Shapley 1974,
 * "Values of Non-Atomic Games"): parts and e^b sum to the mean. Of several boosters it is the mean of
 * theirs.
 */

/* Families in the order of the columns: number[k] of each column. Returns how many. */
static int families_of(const struct feature_set *set, const char **family, int *number)
{
	const struct feature *list;
	int n = feature_list(set, &list), n_family = 0;
	for (int k = 0; k < n; k++) {
		int f = 0;
		while (f < n_family && strcmp(family[f], list[k].family) != 0)
			f++;
		if (f == n_family)
			family[n_family++] = list[k].family;
		number[k] = f;
	}
	return n_family;
}

/*
 * Adds to base and parts what a booster says of one row: c[n_column + 1] on the link's scale, sizes in
 * units.
 */
static void add_parts(const struct boost_plan *plan, const float *c, int n_column, const int *number,
		      double size, double *base, double *part)
{
	double b = (double)c[n_column], sum = 0, slope = 1;
	for (int k = 0; k < n_column; k++)
		sum += (double)c[k];
	if (boost_log_link(plan))
		slope = exp(b) * (fabs(sum) > 1e-8 ? expm1(sum) / sum : 1);
	*base += size * (boost_log_link(plan) ? exp(b) : b);
	for (int k = 0; k < n_column; k++)
		part[number[k]] += size * slope * (double)c[k];
}

static enum status parts_of(const struct boost_plan *plan, const struct boost_group *g, int n_column,
			    const float *x, double level, const int *number, struct mean_parts *out,
			    struct err *e)
{
	size_t n = (size_t)out->n_step, width = (size_t)n_column + 1;
	float *c = NEW_ARRAY(float, n * width), *margin = plan->from_level ? NEW_ARRAY(float, n) : NULL;
	double size = g->unit * (plan->scaled ? level : 1) / plan->seeds;
	enum status status = OK;
	for (size_t h = 0; margin && h < n; h++)
		margin[h] = (float)boost_margin(plan, level, g->unit);
	for (int s = 0; !status && s < plan->seeds; s++) {
		status = xgb_contributions(g->tree[s], n, x, margin, c, e);
		for (size_t h = 0; !status && h < n; h++)
			add_parts(plan, c + h * width, n_column, number, size, &out->base[h],
				  out->part + h * (size_t)out->n_part);
	}
	free(c);
	free(margin);
	return status;
}

static void sum_parts(struct mean_parts *p)
{
	for (int h = 0; h < p->n_step; h++) {
		p->mean[h] = p->base[h];
		for (int k = 0; k < p->n_part; k++)
			p->mean[h] += p->part[h * p->n_part + k];
	}
}

static enum status explain_from(struct boost_model *m, const struct panel *past, int group, int i,
				const struct feature_set *set, const struct fit_context *context,
				struct arena *a, struct mean_parts *out, struct err *e)
{
	int *number = ARENA_ARRAY(a, int, m->n_column + 1), *step = ARENA_ARRAY(a, int, out->n_step + 1);
	float *x = ARENA_ARRAY(a, float, (size_t)out->n_step * (size_t)m->n_column + 1);
	double level;
	for (int h = 0; h < out->n_step; h++)
		step[h] = h + 1;
	out->name = ARENA_ARRAY(a, const char *, m->n_column + 1);
	out->n_part = families_of(set, out->name, number);
	for (int k = 0; k < out->n_part; k++)
		out->name[k] = arena_strdup(a, out->name[k]);
	out->base = ARENA_ARRAY(a, double, out->n_step + 1);
	out->mean = ARENA_ARRAY(a, double, out->n_step + 1);
	out->part = ARENA_ARRAY(a, double, (size_t)out->n_step * (size_t)out->n_part + 1);
	boost_rows_at(set, 1, &i, past->until, out->n_step, step, context->jobs, x, &level);
	enum status status = parts_of(&m->plan, &m->group[group], m->n_column, x, level, number, out, e);
	sum_parts(out);
	return status;
}

static enum status boost_explain(const void *model, const struct panel *past,
				 const struct fit_context *context, struct arena *a, int i, int n_step,
				 struct mean_parts *out, struct err *e)
{
	struct boost_model m = *(const struct boost_model *)model;
	struct boost_plan now;
	double value;
	memset(out, 0, sizeof *out);
	out->n_step = n_step;
	if (m.plan.recursive)
		return err_set(e, E_FIT, "a recursive booster's steps stand on one another: no parts of their own");
	if (kind_of(past, i, &value) != VARIED)
		return err_set(e, E_FIT, "the series has never varied: it is forecast as what it was");
	const char **name = ARENA_ARRAY(a, const char *, past->n + 1);
	enum status status = plan_of(m.spec, past, context, a, &now, e);
	m.plan.feature = now.feature;
	if (!status)
		status = boost_group_names(m.plan.by, past, a, name, e);
	if (status)
		return status;
	int group = group_of(&m, name[i]);
	if (!m.group[group].tree[0])
		return err_set(e, E_FIT, "the past was too short to learn from");
	struct feature_set *set = feature_set_new(past, &m.plan.feature, context->jobs);
	status = same_features(&m, set, e);
	if (!status)
		status = explain_from(&m, past, group, i, set, context, a, out, e);
	feature_set_free(set);
	return status;
}

extern const struct method boost_method;
const struct method boost_method = {
	.name = "boost",
	.summary = "boosted trees over the features of all series (XGBoost)",
	.options = boost_options,
	.fit = boost_fit,
	.predict = boost_predict,
	.save = boost_save,
	.load = boost_load,
	.release = boost_release,
	.rest = xgb_rest,
	.paths = boost_paths,
	.explain = boost_explain,
	.whole = 1,
};
