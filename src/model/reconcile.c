/*
 * Reconciliation: the first part forecasts the series, the others (averaged) the nodes of upper tiers,
 * which see the level, the week and the calendar through less noise; weighed by their past errors they
 * change the series' means, so that what the tree knows reaches the leaves. Published nodes are the
 * sums of the leaves, whatever was solved, so the tree adds up by construction.
 *
 *     method=bottom_up     the first part as it is
 *     method=proportions   the middle tier's own forecasts, spread by the leaves' proportions
 *     method=wls           least squares with variances from past windows (Hyndman, Lee & Wang 2016)
 *     method=mint          with their covariances, shrunk (Wickramasuriya et al. 2019)
 *
 * solved at the finest tier of at most MIDDLE_MOST nodes (at=middle) or at the series (at=leaves, wls).
 * The errors are those of a trial (model/trial.h). Every past window is reconciled by the errors of the
 * others; where the scaled errors over tiers clearly rise by it, nothing is changed (auto=on), and a note
 * says so.
 */
#include "config.h"
#include "model/calibration.h"
#include "model/held.h"
#include "model/tree.h"

#include <math.h>
#include <gsl/gsl_cdf.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "num/gls.h"
#include "num/stat.h"

#define PARTS_MAX 32
#define MIDDLE_MOST 500
#define ERROR_MOST 25.0  /* medians of squared errors at which one is cut: some ten variances */
#define DAYS_OF_CASE 4.0 /* days of a node's errors that tell as much as one free case */
#define TIER_TRUST 4.0   /* free cases that weigh as much as the tier does */
#define RECENT 28        /* periods that stand in for a leaf without a forecast */
#define ROUNDED 1e-18    /* of the squared sales: errors that are the arithmetic's */
#define CERTAIN 20       /* cases without any error, after which a leaf is left alone */

static const struct option reconcile_options[] = {
	{ .name = "tiers", .type = OPTION_TEXT, .value = "TIERS", .preset = "",
	  .help = "upper tiers, joined by +, of attributes joined by *; empty: from the attributes" },
	{ .name = "method", .type = OPTION_CHOICE, .value = "bottom_up|proportions|wls|mint",
	  .choices = "bottom_up|proportions|wls|mint", .preset = "wls",
	  .help = "how nodes and series are joined" },
	{ .name = "at", .type = OPTION_CHOICE, .value = "middle|leaves", .choices = "middle|leaves",
	  .preset = "middle", .help = "what is solved for: the finest tier of some hundred nodes, or the series" },
	{ .name = "shrink", .type = OPTION_NUMBER, .value = "S", .preset = "0.5", .min = 0, .max = 1,
	  .help = "share of the correction that is not believed" },
	{ .name = "most", .type = OPTION_NUMBER, .value = "X", .preset = "0.15", .min = 0, .max = 1000,
	  .help = "most by which a series is scaled up or down" },
	{ .name = "auto", .type = OPTION_CHOICE, .value = "on|off", .choices = "on|off", .preset = "on",
	  .help = "leave the series as they are where past windows say clearly that it harms" },
	{ .name = "windows", .type = OPTION_INT, .value = "N", .preset = "8", .min = 1, .max = 60,
	  .help = "past windows of the trial, where the first part has none of its own" },
	{ .name = "stride", .type = OPTION_INT, .value = "N", .preset = "0", .min = 0, .max = 1000,
	  .help = "periods between them; 0: a week, two where all parts are local" },
	{ 0 }
};

struct reconcile_model {
	const struct spec *spec;
	struct tree_rule rule;       /* BOTTOM_UP: nothing is changed */
	struct held base;
	int n_top;
	struct held top[PARTS_MAX];
	const char *tiers, *middle;  /* names; middle "": the leaves */
	int n_node, n_middle, n_leaf;
	const char **node;           /* [n_node] "tier<newline>node", ascending */
	int middle_from;             /* first node of the middle tier */
	struct tree_errors errors;   /* in those numbers */
	int64_t *leaf;               /* [n_leaf] hashes of keys */
	struct trial trial;
	struct calibration *calibration;
};

/* ---- trees ---- */

static enum status tree_make(const struct panel *p, const char *tiers, struct arena *a, struct tree *t,
			     struct err *e)
{
	*t = (struct tree){ .leaves = p, .middle = -1 };
	enum status status = node_tiers(p, tiers, a, &t->tiers, e);
	if (!status)
		node_panel_make(p, &t->tiers, a, &t->nodes);
	return status;
}

static int finest_tier(const struct hierarchy *h)
{
	int best = -1;
	for (int k = 0; k < h->n_tier; k++)
		if (h->tier[k].n_node <= MIDDLE_MOST
		    && (best < 0 || h->tier[k].n_node > h->tier[best].n_node))
			best = k;
	return best;
}

/* A node's name in the model: no two are alike, and they ascend as the node panel does. */
static const char *node_name(const struct series_key *key, struct arena *a)
{
	struct buf name = { 0 };
	buf_addf(&name, "%s\n%s", key->store, key->item);
	const char *copy = arena_strdup(a, name.text);
	buf_release(&name);
	return copy;
}

/* Means with a leaf's recent mean where the base has none. */
static void fill_leaves(const struct panel *then, int n_step, double *leaf)
{
	for (int i = 0; i < then->n; i++) {
		double *x = leaf + (size_t)i * (size_t)n_step, sum = 0;
		struct series s = panel_series(then, i);
		int n = 0;
		if (isfinite(x[0]))
			continue;
		for (int t = s.n - 1; t >= 0 && t >= s.n - RECENT; t--)
			if (series_usable(&s, t)) {
				sum += s.units[t];
				n++;
			}
		for (int h = 0; h < n_step; h++)
			x[h] = n ? sum / n : 0;
	}
}

/* ---- the trial of nodes ---- */

/* Names in the cache for parts that are fitted to nodes. */
struct node_cache {
	const struct fit_cache *outer;
	const char *prefix;
};

static void cache_name(const struct node_cache *c, const char *name, struct buf *out)
{
	buf_addf(out, "%s%s", c->prefix, name);
}

static int cache_get(void *context, const char *name, struct buf *out)
{
	struct node_cache *c = context;
	struct buf own = { 0 };
	cache_name(c, name, &own);
	int found = c->outer->get(c->outer->context, own.text, out);
	buf_release(&own);
	return found;
}

static void cache_put(void *context, const char *name, const struct buf *blob)
{
	struct node_cache *c = context;
	struct buf own = { 0 };
	cache_name(c, name, &own);
	c->outer->put(c->outer->context, own.text, blob);
	buf_release(&own);
}

static enum status fit_tops(struct reconcile_model *m, const struct tree *t, const struct fit_context *context,
			    const struct trial_plan *plan, struct arena *a, struct err *e)
{
	const struct reconcile_model *before = context->previous;
	struct buf prefix = { 0 };
	buf_addf(&prefix, "nodes of %s: ", m->tiers);
	struct node_cache names = { context->cache, prefix.text };
	struct fit_cache cache = { &names, cache_get, cache_put };
	struct fit_context own = *context;
	own.cache = context->cache ? &cache : NULL;
	enum status status = OK;
	for (int k = 0; !status && k < m->n_top; k++) {
		const void *previous = before && before->n_top == m->n_top ? before->top[k].model : NULL;
		status = held_fit(m->spec->part[k + 1], &t->nodes.panel, &own, previous, plan, a, &m->top[k],
				  e);
		if (!status && !m->top[k].model)
			log_note("reconcile: without %s (%s)", m->top[k].spec->method->name, m->top[k].why);
	}
	buf_release(&prefix);
	return status;
}

/* Mean of the tops that have one; NaN: none. */
static double mean_of_tops(double sum, int n)
{
	return n ? sum / n : (double)NAN;
}

/* A trial at work: [n_origin][...][n_step] of nodes and leaves. */
struct lesson {
	const struct reconcile_model *m;
	const struct tree *tree;
	int n_origin, n_step, n_node, n_middle;
	double *top;          /* [n_origin][n_node][n_step] means of nodes */
	double *base;         /* [n_origin][n][n_step] means of leaves, filled up */
	double *sum;          /* [n_origin][n_middle][n_step] their sums at the middle */
	double *node_actual;  /* [n_origin][n_node][n_step] */
	double *leaf_actual;  /* [n_origin][n][n_step] */
	double *level, *jump; /* [n_node] usual demand, mean squared difference */
	double days;          /* distinct days of the windows */
};

static void average_tops(const struct reconcile_model *m, struct lesson *l)
{
	size_t cells = (size_t)l->n_origin * (size_t)l->n_node * (size_t)l->n_step;
	for (size_t c = 0; c < cells; c++) {
		double sum = 0;
		int n = 0;
		for (int k = 0; k < m->n_top; k++)
			if (m->top[k].trial && isfinite(m->top[k].trial->mean[c])) {
				sum += m->top[k].trial->mean[c];
				n++;
			}
		l->top[c] = mean_of_tops(sum, n);
	}
}

static void measure_series(const struct series *s, double *level, double *jump)
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
	*level = n ? sum / n : 0;
	*jump = n_jump ? jumps / n_jump : 0;
}

static void lesson_fill(struct reconcile_model *m, const struct tree *t, const struct trial_plan *plan,
			struct arena *a, struct lesson *l)
{
	const struct panel *p = t->leaves;
	size_t steps = (size_t)plan->n_step, origins = (size_t)plan->n_origin;
	size_t leaves = (size_t)p->n * steps, middle = 0;
	*l = (struct lesson){ .m = m, .tree = t, .n_origin = plan->n_origin, .n_step = plan->n_step,
			      .n_node = t->nodes.panel.n };
	l->n_middle = t->middle < 0 ? 0 : t->tiers.tier[t->middle].n_node;
	middle = (size_t)l->n_middle * steps;
	l->top = ARENA_ARRAY(a, double, origins * (size_t)l->n_node * steps + 1);
	l->base = ARENA_ARRAY(a, double, origins * leaves + 1);
	l->sum = ARENA_ARRAY(a, double, origins * middle + 1);
	l->level = ARENA_ARRAY(a, double, l->n_node + 1);
	l->jump = ARENA_ARRAY(a, double, l->n_node + 1);
	average_tops(m, l);
	memcpy(l->base, m->base.trial->mean, origins * leaves * sizeof(double));
	for (int k = 0; k < plan->n_origin; k++) {
		struct panel then = panel_until(p, plan->origin[k]);
		int next = k + 1 < plan->n_origin ? plan->origin[k + 1] - plan->origin[k] : plan->n_step;
		fill_leaves(&then, plan->n_step, l->base + (size_t)k * leaves);
		l->days += next < plan->n_step ? next : plan->n_step;
		if (l->n_middle)
			tree_sums(t, t->middle, l->base + (size_t)k * leaves, plan->n_step,
				  l->sum + (size_t)k * middle);
	}
	struct trial nodes = { l->n_node, plan->n_origin, plan->n_step, plan->origin, NULL };
	l->node_actual = trial_actual(&nodes, &t->nodes.panel, a);
	l->leaf_actual = trial_actual(m->base.trial, p, a);
	for (int j = 0; j < l->n_node; j++) {
		struct series s = panel_series(&t->nodes.panel, j);
		measure_series(&s, &l->level[j], &l->jump[j]);
	}
}

/* ---- variances ---- */

/* Mean squared error of one row [n_origin] strides apart, but for one window, the largest ones cut; NaN:
 * no case. */
static double row_variance(const struct lesson *l, const double *actual, size_t actual_stride,
			   const double *mean, size_t mean_stride, int without, double *room)
{
	size_t n = 0;
	double sum = 0;
	for (int k = 0; k < l->n_origin; k++)
		for (int h = 0; k != without && h < l->n_step; h++) {
			double e = actual[(size_t)k * actual_stride + (size_t)h]
				- mean[(size_t)k * mean_stride + (size_t)h];
			if (isfinite(e))
				room[n++] = e * e;
		}
	stat_sort(room, n);
	double most = n ? ERROR_MOST * stat_median(room, n) : 0;
	for (size_t k = 0; k < n; k++)
		sum += most > 0 && room[k] > most ? most : room[k];
	return n ? sum / (double)n : (double)NAN;
}

/* Draws the variances [n] of a tier's nodes towards their share of the squared level. */
static void draw_to_tier(const struct lesson *l, int n, const double *level, double *v)
{
	double sum = 0, square = 0, free_cases = l->days / DAYS_OF_CASE;
	for (int j = 0; j < n; j++)
		if (isfinite(v[j]) && level[j] > 0) {
			sum += v[j];
			square += level[j] * level[j];
		}
	double share = square > 0 ? sum / square : 0;
	for (int j = 0; j < n; j++) {
		double usual = share * level[j] * level[j];
		if (isfinite(v[j]))
			v[j] = (free_cases * v[j] + TIER_TRUST * usual) / (free_cases + TIER_TRUST)
				+ 1e-9 * (usual + 1e-300);
	}
}

static void node_variances(const struct lesson *l, int without, double *room, struct tree_errors *out)
{
	const struct tree *t = l->tree;
	size_t steps = (size_t)l->n_step, stride = (size_t)l->n_node * steps;
	size_t middle = (size_t)l->n_middle * steps;
	int from = t->middle < 0 ? 0 : t->nodes.begin[t->middle];
	for (size_t j = 0; j < (size_t)l->n_node; j++)
		out->top[j] = row_variance(l, l->node_actual + j * steps, stride, l->top + j * steps, stride,
					   without, room);
	for (int k = 0; k < t->tiers.n_tier; k++)
		draw_to_tier(l, t->tiers.tier[k].n_node, l->level + t->nodes.begin[k],
			     out->top + t->nodes.begin[k]);
	for (size_t j = 0; j < (size_t)l->n_middle; j++)
		out->sum[j] = row_variance(l, l->node_actual + ((size_t)from + j) * steps, stride,
					   l->sum + j * steps, middle, without, room);
	draw_to_tier(l, l->n_middle, l->level + from, out->sum);
}

/* Variances of leaves; 0 for one that never erred. The base's own means count, not what stands in. */
static void leaf_variances(const struct lesson *l, const struct trial *base, double *out)
{
	size_t steps = (size_t)l->n_step, stride = (size_t)base->n * steps;
	for (size_t i = 0; i < (size_t)base->n; i++) {
		double sum = 0, size = 0, n = 0;
		for (int k = 0; k < l->n_origin; k++)
			for (size_t h = 0; h < steps; h++) {
				size_t at = (size_t)k * stride + i * steps + h;
				double e = l->leaf_actual[at] - base->mean[at];
				if (isfinite(e)) {
					sum += e * e;
					size += l->leaf_actual[at] * l->leaf_actual[at];
					n++;
				}
			}
		/* What a fit rounds is no error. */
		sum = sum <= ROUNDED * size ? 0 : sum;
		out[i] = n >= CERTAIN ? sum / n : n > 0 ? fmax(sum / n, 1e-12) : 1e-12;
	}
}

/* Errors of all rows, case by case, to their shrunken covariance. */
static void fill_covariance(const struct lesson *l, int without, struct tree_errors *out)
{
	int all = l->n_node + l->n_middle, n = 0;
	int from = l->tree->nodes.begin[l->tree->middle];
	size_t steps = (size_t)l->n_step;
	double *x = NEW_ARRAY(double, (size_t)l->n_origin * steps * (size_t)all + 1);
	double *variance = NEW_ARRAY(double, all + 1);
	for (int j = 0; j < all; j++) {
		double v = j < l->n_node ? out->top[j] : out->sum[j - l->n_node];
		variance[j] = v > 0 && isfinite(v) ? v : 1;
	}
	for (size_t k = 0; k < (size_t)l->n_origin; k++)
		for (size_t h = 0; (int)k != without && h < steps; h++, n++)
			for (int j = 0; j < all; j++) {
				int node = j < l->n_node ? j : from + j - l->n_node;
				double y = l->node_actual[(k * (size_t)l->n_node + (size_t)node) * steps + h];
				double f = j < l->n_node
					? l->top[(k * (size_t)l->n_node + (size_t)j) * steps + h]
					: l->sum[(k * (size_t)l->n_middle + (size_t)(j - l->n_node)) * steps + h];
				x[(size_t)n * (size_t)all + (size_t)j] = y - f;
			}
	gls_shrink(x, n, all, variance, out->covariance);
	free(variance);
	free(x);
}

static void learn_errors(const struct lesson *l, int without, struct tree_errors *out)
{
	double *room = NEW_ARRAY(double, (size_t)l->n_origin * (size_t)l->n_step + 1);
	node_variances(l, without, room, out);
	if (out->covariance)
		fill_covariance(l, without, out);
	free(room);
}

/* ---- does it help? ---- */

/* Root mean squared error over root mean squared difference of a window, weighed by level over a tier. */
static double tier_loss(const struct lesson *l, int tier, int window, const double *leaf)
{
	const struct tier *t = &l->tree->tiers.tier[tier];
	size_t steps = (size_t)l->n_step;
	double *sum = NEW_ARRAY(double, (size_t)t->n_node * steps + 1), loss = 0, weights = 0;
	tree_sums(l->tree, tier, leaf, l->n_step, sum);
	for (int j = 0; j < t->n_node; j++) {
		int node = l->tree->nodes.begin[tier] + j, n = 0;
		const double *actual = l->node_actual
			+ ((size_t)window * (size_t)l->n_node + (size_t)node) * steps;
		double squares = 0;
		for (size_t h = 0; h < steps; h++) {
			double e = actual[h] - sum[(size_t)j * steps + h];
			squares += isfinite(e) ? e * e : 0;
			n += isfinite(e);
		}
		if (!n || !(l->jump[node] > 0))
			continue;
		loss += l->level[node] * sqrt(squares / n / l->jump[node]);
		weights += l->level[node];
	}
	free(sum);
	return weights > 0 ? loss / weights : 0;
}

/* The same of the leaves, as share of the base's loss. */
static double leaf_loss(const struct lesson *l, int window, const double *leaf)
{
	const struct panel *p = l->tree->leaves;
	size_t steps = (size_t)l->n_step, from = (size_t)window * (size_t)p->n * steps;
	double loss = 0, weights = 0;
	for (int i = 0; i < p->n; i++) {
		struct series s = panel_series(p, i);
		double level, jump, squares = 0;
		int n = 0;
		measure_series(&s, &level, &jump);
		for (size_t h = 0; h < steps; h++) {
			size_t at = (size_t)i * steps + h;
			double e = l->leaf_actual[from + at] - leaf[at];
			squares += isfinite(e) ? e * e : 0;
			n += isfinite(e);
		}
		if (!n || !(jump > 0))
			continue;
		loss += level * sqrt(squares / n / jump);
		weights += level;
	}
	return weights > 0 ? loss / weights : 0;
}

static double window_loss(const struct lesson *l, int window, const double *leaf)
{
	double loss = leaf_loss(l, window, leaf);
	for (int k = 0; k < l->tree->tiers.n_tier; k++)
		loss += tier_loss(l, k, window, leaf);
	return loss;
}

static void errors_new(int n_node, int n_middle, int n_leaf, int full, struct arena *a,
		       struct tree_errors *out)
{
	size_t all = (size_t)n_node + (size_t)n_middle;
	out->top = ARENA_ARRAY(a, double, n_node + 1);
	out->sum = ARENA_ARRAY(a, double, n_middle + 1);
	out->leaf = ARENA_ARRAY(a, double, n_leaf + 1);
	out->covariance = full ? ARENA_ARRAY(a, double, all * all + 1) : NULL;
}

/*
 * Did the differences of loss [n] between windows, which cover `free` windows without overlap, rise beyond
 * chance? A one-sided t-test at 5 %, with as many degrees of freedom as there are free windows, less one:
 * combining forecasts is the better guess until the past says otherwise (Clemen 1989), and a few windows
 * that overlap say little.
 */
static int clearly_worse(const double *difference, int n, double free)
{
	double mean = 0, square = 0;
	for (int k = 0; k < n; k++)
		mean += difference[k] / n;
	for (int k = 0; k < n; k++)
		square += (difference[k] - mean) * (difference[k] - mean) / (n > 1 ? n - 1 : 1);
	if (n < 2 || !(free > 1) || !(mean > 0))
		return 0;
	return mean > gsl_cdf_tdist_Pinv(0.95, free - 1) * sqrt(square / free);
}

/* Reconciles every past window by the errors of the others; false: that did clear harm. */
static int replay(const struct lesson *l, const double *leaf, double *mean)
{
	const struct reconcile_model *m = l->m;
	struct arena own = { 0 };
	struct tree_errors e;
	size_t leaves = (size_t)l->tree->leaves->n * (size_t)l->n_step;
	double before = 0, after = 0, *difference = NEW_ARRAY(double, l->n_origin + 1);
	errors_new(l->n_node, l->n_middle, 0, m->errors.covariance != NULL, &own, &e);
	e.leaf = m->errors.leaf;
	for (int k = 0; k < l->n_origin; k++) {
		double *own_leaf = mean + (size_t)k * leaves;
		memcpy(own_leaf, leaf + (size_t)k * leaves, leaves * sizeof *own_leaf);
		learn_errors(l, l->n_origin > 1 ? k : -1, &e);
		tree_join(l->tree, &e, &m->rule, l->top + (size_t)k * (size_t)l->n_node * (size_t)l->n_step,
			  l->n_step, own_leaf);
		double own_before = window_loss(l, k, leaf + (size_t)k * leaves);
		double own_after = window_loss(l, k, own_leaf);
		before += own_before;
		after += own_after;
		difference[k] = own_after - own_before;
	}
	log_detail("reconcile: loss over %d windows %g, bottom-up %g", l->n_origin, after, before);
	int worse = clearly_worse(difference, l->n_origin, l->days / l->n_step);
	free(difference);
	arena_release(&own);
	return !worse;
}

/* ---- the contract ---- */

static void reconcile_release(void *model)
{
	struct reconcile_model *m = model;
	held_release(&m->base);
	for (int k = 0; k < m->n_top; k++)
		held_release(&m->top[k]);
}

static enum joining joining_of(const struct spec *spec)
{
	static const char *const name[] = { "bottom_up", "proportions", "wls", "mint" };
	int k = 0;
	while (strcmp(spec_text(spec, "method"), name[k]))
		k++;
	return spec->n_part > 1 ? (enum joining)k : BOTTOM_UP;
}

static void name_nodes(struct reconcile_model *m, const struct tree *t, struct arena *a)
{
	const struct panel *p = t->leaves;
	m->n_node = t->nodes.panel.n;
	m->n_leaf = p->n;
	m->middle = t->middle < 0 ? "" : arena_strdup(a, t->tiers.tier[t->middle].name);
	m->n_middle = t->middle < 0 ? 0 : t->tiers.tier[t->middle].n_node;
	m->middle_from = t->middle < 0 ? 0 : t->nodes.begin[t->middle];
	m->node = ARENA_ARRAY(a, const char *, m->n_node + 1);
	m->leaf = ARENA_ARRAY(a, int64_t, m->n_leaf + 1);
	for (int j = 0; j < m->n_node; j++)
		m->node[j] = node_name(&t->nodes.panel.key[j], a);
	for (int i = 0; i < m->n_leaf; i++)
		m->leaf[i] = series_key_hash(&p->key[i]);
	errors_new(m->n_node, m->n_middle, m->n_leaf, m->rule.how == MINT && m->n_middle, a, &m->errors);
}

/* The tiers as they came out, so that later panels are cut in the same way. */
static const char *tier_names(const struct hierarchy *h, struct arena *a)
{
	struct buf text = { 0 };
	for (int k = 0; k < h->n_tier; k++)
		buf_addf(&text, "%s%s", k ? "+" : "", h->tier[k].name);
	const char *names = arena_strdup(a, text.n ? text.text : "");
	buf_release(&text);
	return names;
}

/* Learns from the trials of base and tops. */
static void learn(struct reconcile_model *m, const struct tree *t, const struct trial_plan *plan,
		  struct arena *a)
{
	struct arena scratch = { 0 };
	struct lesson l;
	size_t cells = (size_t)plan->n_origin * (size_t)t->leaves->n * (size_t)plan->n_step;
	lesson_fill(m, t, plan, &scratch, &l);
	leaf_variances(&l, m->base.trial, m->errors.leaf);
	double *mean = ARENA_ARRAY(a, double, cells + 1);
	int helps = replay(&l, l.base, mean);
	if (!helps && !strcmp(spec_text(m->spec, "auto"), "on")) {
		log_note("reconcile: it did clear harm in past windows, the series stay as they are");
		m->rule.how = BOTTOM_UP;
	} else {
		learn_errors(&l, -1, &m->errors);
		for (size_t c = 0; c < cells; c++)
			mean[c] = isfinite(m->base.trial->mean[c]) ? mean[c] : (double)NAN;
		m->trial.mean = mean;
	}
	arena_release(&scratch);
}

static enum status fit_tree(struct reconcile_model *m, const struct panel *past,
			    const struct fit_context *context, const struct trial_plan *plan, struct arena *a,
			    struct err *e)
{
	struct tree *t = ARENA_ARRAY(a, struct tree, 1);
	enum status status = tree_make(past, spec_text(m->spec, "tiers"), a, t, e);
	if (status)
		return status;
	m->tiers = tier_names(&t->tiers, a);
	t->middle = strcmp(spec_text(m->spec, "at"), "leaves") ? finest_tier(&t->tiers) : -1;
	if (t->middle < 0 && m->rule.how != WLS)
		return err_set(e, E_USAGE, "at=leaves goes with method=wls alone");
	name_nodes(m, t, a);
	status = fit_tops(m, t, context, plan, a, e);
	if (!status)
		learn(m, t, plan, a);
	return status;
}

static struct reconcile_model *reconcile_new(const struct spec *spec, struct arena *a)
{
	struct reconcile_model *m = ARENA_ARRAY(a, struct reconcile_model, 1);
	m->spec = spec;
	m->n_top = spec->n_part - 1;
	m->rule = (struct tree_rule){ joining_of(spec), spec_number(spec, "shrink"), spec_number(spec, "most"),
				      0 };
	m->tiers = m->middle = "";
	for (int k = 0; k < m->n_top; k++)
		m->top[k].spec = spec->part[k + 1];
	return m;
}

static enum status reconcile_fit(const struct spec *spec, const struct panel *past,
				 const struct fit_context *context, struct arena *a, void **model,
				 struct err *e)
{
	struct trial_plan plan;
	const struct reconcile_model *before = context->previous;
	if (spec->n_part < 1 || spec->n_part > PARTS_MAX)
		return err_set(e, E_USAGE, "method 'reconcile' takes a method for the series, then those for"
			       " the nodes");
	struct reconcile_model *m = reconcile_new(spec, a);
	m->rule.negative_ok = context->negative_ok;
	held_plan(spec, past, context, &plan);
	enum status status = held_fit_first(spec->part[0], past, context, before ? before->base.model : NULL,
					    &plan, a, &m->base, e);
	if (!status && m->base.model) {
		m->trial = *m->base.trial;
		/* Without past windows nothing is known of anybody's errors. */
		if (!plan.n_origin || !past->n)
			m->rule.how = BOTTOM_UP;
		if (m->rule.how != BOTTOM_UP)
			status = fit_tree(m, past, context, &plan, a, e);
	}
	if (status) {
		reconcile_release(m);
		return status;
	}
	if (m->base.model)
		m->calibration = calibration_learn(past, &m->trial, context, 0, a);
	*model = m;
	return OK;
}

/* ---- what was learnt, in the numbers of another day's tree ---- */

static int find_node(const struct reconcile_model *m, const char *name)
{
	int low = 0, high = m->n_node;
	while (low < high) {
		int middle = low + (high - low) / 2;
		if (strcmp(m->node[middle], name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < m->n_node && !strcmp(m->node[low], name) ? low : -1;
}

static int by_hash(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return x[0] != y[0] ? (x[0] < y[0] ? -1 : 1) : (x[1] > y[1]) - (x[1] < y[1]);
}

/* Variances of leaves by their keys; a new one may err. */
static void map_leaves(const struct reconcile_model *m, const struct panel *p, double *out)
{
	int64_t *pair = NEW_ARRAY(int64_t, 2 * (size_t)m->n_leaf + 2);
	for (int i = 0; i < m->n_leaf; i++) {
		pair[2 * i] = m->leaf[i];
		pair[2 * i + 1] = i;
	}
	qsort(pair, (size_t)m->n_leaf, 2 * sizeof *pair, by_hash);
	for (int i = 0; i < p->n; i++) {
		int64_t hash = series_key_hash(&p->key[i]);
		int low = 0, high = m->n_leaf;
		while (low < high) {
			int middle = low + (high - low) / 2;
			if (pair[2 * middle] < hash)
				low = middle + 1;
			else
				high = middle;
		}
		out[i] = low < m->n_leaf && pair[2 * low] == hash ? m->errors.leaf[pair[2 * low + 1]] : 1e-12;
	}
	free(pair);
}

static void map_errors(const struct reconcile_model *m, const struct tree *t, struct arena *a,
		       struct tree_errors *out)
{
	int n = t->nodes.panel.n, n_middle = t->middle < 0 ? 0 : t->tiers.tier[t->middle].n_node;
	int all = n + n_middle, own = m->n_node + m->n_middle;
	int from = t->middle < 0 ? 0 : t->nodes.begin[t->middle], *of = ARENA_ARRAY(a, int, all + 1);
	errors_new(n, n_middle, t->leaves->n, m->errors.covariance != NULL, a, out);
	for (int j = 0; j < n; j++) {
		of[j] = find_node(m, node_name(&t->nodes.panel.key[j], a));
		out->top[j] = of[j] >= 0 ? m->errors.top[of[j]] : (double)NAN;
	}
	for (int j = 0; j < n_middle; j++) {
		int k = of[from + j] - m->middle_from;
		int known = of[from + j] >= 0 && k >= 0 && k < m->n_middle;
		of[n + j] = known ? m->n_node + k : -1;
		out->sum[j] = known ? m->errors.sum[k] : (double)NAN;
	}
	for (int i = 0; out->covariance && i < all; i++)
		for (int j = 0; j < all; j++)
			out->covariance[(size_t)i * (size_t)all + (size_t)j] = of[i] >= 0 && of[j] >= 0
				? m->errors.covariance[(size_t)of[i] * (size_t)own + (size_t)of[j]] : i == j;
	map_leaves(m, t->leaves, out->leaf);
}

/* Means of the nodes [nodes][n_step]. */
static enum status predict_tops(const struct reconcile_model *m, const struct tree *t,
				const struct fit_context *context, struct arena *a, int n_step, double *top,
				struct err *e)
{
	size_t n = (size_t)t->nodes.panel.n, steps = (size_t)n_step;
	int *made = ARENA_ARRAY(a, int, n + 1);
	enum status status = OK;
	for (int k = 0; !status && k < m->n_top; k++) {
		struct forecast f;
		forecast_init(&f, a, (int)n, n_step, 0, NULL, t->nodes.panel.until);
		status = held_predict(&m->top[k], &t->nodes.panel, context, a, &f, e);
		for (size_t j = 0; !status && j < n; j++) {
			made[j] += f.used[j].method != NULL;
			for (size_t h = 0; f.used[j].method && h < steps; h++)
				top[j * steps + h] += f.mean[j * steps + h];
		}
	}
	for (size_t c = 0; c < n * steps; c++)
		top[c] = mean_of_tops(top[c], made[c / steps]);
	return status;
}

static enum status change_leaves(const struct reconcile_model *m, const struct panel *past,
				 const struct fit_context *context, struct forecast *out, struct err *e)
{
	struct arena a = { 0 };
	struct tree t;
	struct tree_errors errors;
	size_t steps = (size_t)out->n_step, cells = (size_t)out->n * steps;
	enum status status = tree_make(past, m->tiers, &a, &t, e);
	if (status == E_USAGE) {
		/* An attribute that the tree was made of is gone: the leaves are still good. */
		log_warning("reconcile: %s; the series stay as they are", e->text);
		memset(e, 0, sizeof *e);
		arena_release(&a);
		return OK;
	}
	double *leaf = ARENA_ARRAY(&a, double, cells + 1);
	double *top = ARENA_ARRAY(&a, double, (size_t)t.nodes.panel.n * steps + 1);
	for (int k = 0; *m->middle && k < t.tiers.n_tier; k++)
		t.middle = strcmp(t.tiers.tier[k].name, m->middle) ? t.middle : k;
	for (size_t c = 0; c < cells; c++)
		leaf[c] = out->used[c / steps].method ? out->mean[c] : (double)NAN;
	fill_leaves(past, out->n_step, leaf);
	map_errors(m, &t, &a, &errors);
	if (!status)
		status = predict_tops(m, &t, context, &a, out->n_step, top, e);
	if (!status && tree_join(&t, &errors, &m->rule, top, out->n_step, leaf))
		for (size_t c = 0; c < cells; c++)
			out->mean[c] = out->used[c / steps].method ? leaf[c] : 0;
	arena_release(&a);
	return status;
}

static enum status reconcile_predict(const void *model, const struct panel *past,
				     const struct fit_context *context, struct arena *a,
				     struct forecast *out, struct err *e)
{
	const struct reconcile_model *m = model;
	enum status status = held_predict(&m->base, past, context, a, out, e);
	if (!status && m->rule.how != BOTTOM_UP && past->n)
		status = change_leaves(m, past, context, out, e);
	if (!status && m->calibration)
		calibration_apply(m->calibration, past, context, out);
	return status;
}

static enum status reconcile_paths(const void *model, const struct panel *past,
				   const struct fit_context *context, struct arena *a, int i,
				   const struct forecast *one, int n_path, double *path, struct err *e)
{
	const struct reconcile_model *m = model;
	return held_paths(&m->base, past, context, a, i, one, n_path, path, e);
}

/* The base's parts, and beside them what the tree changed. */
static enum status reconcile_explain(const void *model, const struct panel *past,
				     const struct fit_context *context, struct arena *a, int i, int n_step,
				     struct mean_parts *out, struct err *e)
{
	const struct reconcile_model *m = model;
	struct mean_parts base;
	struct forecast all;
	size_t from = (size_t)i * (size_t)n_step;
	double *before = ARENA_ARRAY(a, double, n_step + 1);
	forecast_init(&all, a, past->n, n_step, 0, NULL, past->until);
	enum status status = held_predict(&m->base, past, context, a, &all, e);
	if (!status)
		status = held_explain(&m->base, past, context, a, i, &all, &base, e);
	if (status)
		return status;
	memcpy(before, all.mean + from, (size_t)n_step * sizeof *before);
	if (m->rule.how != BOTTOM_UP)
		status = change_leaves(m, past, context, &all, e);
	mean_parts_init(out, a, n_step, base.n_part + 1);
	memcpy(out->name, base.name, (size_t)base.n_part * sizeof *out->name);
	out->name[base.n_part] = "tree";
	memcpy(out->base, base.base, (size_t)n_step * sizeof *out->base);
	for (int h = 0; h < n_step; h++) {
		double *part = out->part + h * out->n_part, change = all.mean[from + (size_t)h] - before[h];
		memcpy(part, base.part + h * base.n_part, (size_t)base.n_part * sizeof *part);
		part[base.n_part] = change;
		out->mean[h] = base.mean[h] + change;
	}
	return status;
}

static void put_all(struct buf *out, const double *x, size_t n)
{
	for (size_t k = 0; k < n; k++)
		blob_put_double(out, x[k]);
}

static void save_tree(const struct reconcile_model *m, struct buf *out)
{
	size_t all = (size_t)m->n_node + (size_t)m->n_middle;
	blob_put_text(out, m->tiers);
	blob_put_text(out, m->middle);
	blob_put(out, (uint64_t)m->n_node);
	blob_put(out, (uint64_t)m->n_middle);
	blob_put(out, (uint64_t)m->n_leaf);
	blob_put(out, (uint64_t)m->middle_from);
	for (int j = 0; j < m->n_node; j++)
		blob_put_text(out, m->node[j]);
	for (int i = 0; i < m->n_leaf; i++)
		blob_put(out, (uint64_t)m->leaf[i]);
	put_all(out, m->errors.top, (size_t)m->n_node);
	put_all(out, m->errors.sum, (size_t)m->n_middle);
	put_all(out, m->errors.leaf, (size_t)m->n_leaf);
	blob_put(out, m->errors.covariance != NULL);
	if (m->errors.covariance)
		put_all(out, m->errors.covariance, all * all);
}

static enum status reconcile_save(const void *model, struct buf *out, struct err *e)
{
	const struct reconcile_model *m = model;
	size_t from = out->n;
	enum status status = held_save(&m->base, out, e);
	blob_put(out, (uint64_t)m->rule.how);
	blob_put(out, (uint64_t)(m->rule.negative_ok != 0));
	for (int k = 0; m->rule.how != BOTTOM_UP && !status && k < m->n_top; k++)
		status = held_save(&m->top[k], out, e);
	if (m->rule.how != BOTTOM_UP)
		save_tree(m, out);
	if (m->calibration)
		calibration_save(m->calibration, out);
	blob_seal(out, from);
	return status;
}

static void get_all(struct blob *b, double *x, size_t n)
{
	for (size_t k = 0; k < n; k++)
		x[k] = blob_get_double(b);
}

static void load_tree(struct blob *b, struct arena *a, struct reconcile_model *m)
{
	m->tiers = blob_get_text(b, a);
	m->middle = blob_get_text(b, a);
	m->n_node = blob_get_count(b, 8);
	m->n_middle = blob_get_count(b, 8);
	m->n_leaf = blob_get_count(b, 8);
	m->middle_from = (int)(blob_get(b) & INT32_MAX);
	m->node = ARENA_ARRAY(a, const char *, m->n_node + 1);
	m->leaf = ARENA_ARRAY(a, int64_t, m->n_leaf + 1);
	for (int j = 0; j < m->n_node; j++)
		m->node[j] = blob_get_text(b, a);
	for (int i = 0; i < m->n_leaf; i++)
		m->leaf[i] = (int64_t)blob_get(b);
	errors_new(m->n_node, m->n_middle, m->n_leaf, 0, a, &m->errors);
	get_all(b, m->errors.top, (size_t)m->n_node);
	get_all(b, m->errors.sum, (size_t)m->n_middle);
	get_all(b, m->errors.leaf, (size_t)m->n_leaf);
	size_t all = (size_t)m->n_node + (size_t)m->n_middle;
	if (blob_get(b) == 1 && all * all <= b->left / 8) {
		m->errors.covariance = ARENA_ARRAY(a, double, all * all + 1);
		get_all(b, m->errors.covariance, all * all);
	}
}

static enum status reconcile_load(const struct spec *spec, const unsigned char *bytes, size_t n,
				  struct arena *a, void **model, struct err *e)
{
	struct blob b;
	if (spec->n_part < 1 || spec->n_part > PARTS_MAX || !blob_open(&b, bytes, n))
		return err_set(e, E_INPUT, "the model of method 'reconcile' is damaged");
	struct reconcile_model *m = reconcile_new(spec, a);
	enum status status = held_load(spec->part[0], &b, a, &m->base, e);
	uint64_t how = status ? 0 : blob_get(&b);
	m->rule.how = how <= MINT ? (enum joining)how : BOTTOM_UP;
	m->rule.negative_ok = !status && blob_get(&b) == 1;
	for (int k = 0; m->rule.how != BOTTOM_UP && !status && k < m->n_top; k++)
		status = held_load(spec->part[k + 1], &b, a, &m->top[k], e);
	if (!status && m->rule.how != BOTTOM_UP)
		load_tree(&b, a, m);
	if (!status && m->base.model)
		status = calibration_load(&b, a, &m->calibration, e);
	if (!status && b.bad)
		status = err_set(e, E_INPUT, "the model of method 'reconcile' is damaged");
	if (status)
		reconcile_release(m);
	*model = status ? NULL : m;
	return status;
}

static const struct trial *reconcile_trial(const void *model)
{
	const struct reconcile_model *m = model;
	return m->trial.mean ? &m->trial : NULL;
}

extern const struct method reconcile_method;
const struct method reconcile_method = {
	.name = "reconcile",
	.summary = "series and the tree's nodes joined, so that all adds up",
	.options = reconcile_options,
	.fit = reconcile_fit,
	.predict = reconcile_predict,
	.save = reconcile_save,
	.load = reconcile_load,
	.release = reconcile_release,
	.paths = reconcile_paths,
	.explain = reconcile_explain,
	.whole = 1,
	.trial = reconcile_trial,
};
