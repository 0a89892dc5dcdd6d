/* Sums of what was published, and their check. */
#include "config.h"
#include "life/nodes.h"

#include <math.h>
#include <string.h>
#include "base/log.h"
#include "life/tree.h"

#define PRESET_MAX 16
#define PRESET_NODES 60  /* an attribute with more values is no tier by itself */
#define OFF_MAX 1e-6

/* Drops the tiers that are too large to be written. */
static void drop_large(struct hierarchy *tree)
{
	int kept = 0;
	for (int k = 0; k < tree->n_tier; k++) {
		if (tree->tier[k].n_node <= NODES_MAX)
			tree->tier[kept++] = tree->tier[k];
		else
			log_detail("tier '%s' has %d nodes; up to %d are published", tree->tier[k].name,
				   tree->tier[k].n_node, NODES_MAX);
	}
	tree->n_tier = kept;
}

/* The series that a panel up to a day has; DAY_NONE: all. */
static enum status read_catalog(struct nodes *nodes, struct db *db, day_t as_of, struct err *e)
{
	int n = 0;
	enum status status = db_series(db, NULL, &nodes->arena, &nodes->catalog, &n, e);
	for (int i = 0; !status && i < n; i++)
		if (as_of == DAY_NONE || catalog_in_panel(&nodes->catalog[i], as_of))
			nodes->catalog[nodes->n++] = nodes->catalog[i];
	return status;
}

static enum status declare_tiers(struct nodes *nodes, struct db *db, const struct config *config,
				 struct err *e)
{
	const char *preset[PRESET_MAX + 1];
	int n_preset = 0;
	enum status status = OK;
	if (!config_text(config, "hierarchy.tiers"))
		status = tree_preset(db, nodes->catalog, nodes->n, PRESET_MAX, PRESET_NODES, &nodes->arena,
				     preset, &n_preset, e);
	if (!status)
		status = tree_declared(&nodes->tree, db, config, nodes->catalog, nodes->n, preset, n_preset,
				       &nodes->arena, e);
	drop_large(&nodes->tree);
	return status;
}

enum status nodes_init(struct nodes *nodes, struct db *db, const struct config *config, day_t as_of,
		       struct err *e)
{
	memset(nodes, 0, sizeof *nodes);
	enum status status = read_catalog(nodes, db, as_of, e);
	return status ? status : declare_tiers(nodes, db, config, e);
}

void nodes_release(struct nodes *nodes)
{
	arena_release(&nodes->arena);
}

void nodes_sum(struct nodes *nodes, const double *leaf, int n_step, int n_level, const double *level,
	       period_t origin)
{
	struct arena *a = &nodes->arena;
	nodes->tier = ARENA_ARRAY(a, struct tier_forecast, nodes->tree.n_tier + 1);
	for (int k = 0; k < nodes->tree.n_tier; k++) {
		const struct tier *tier = &nodes->tree.tier[k];
		struct tier_forecast *to = &nodes->tier[k];
		forecast_init(&to->f, a, tier->n_node, n_step, n_level, level, origin);
		hierarchy_sum(tier, nodes->n, n_step, leaf, to->f.mean);
	}
}

/* ---- quantiles ---- */

/* Names of a tier's nodes in the shape that forecast_check speaks of. */
static const struct series_key *node_keys(const struct tier *tier, struct arena *a)
{
	struct series_key *key = ARENA_ARRAY(a, struct series_key, tier->n_node + 1);
	for (int i = 0; i < tier->n_node; i++)
		key[i] = (struct series_key){ tier->name, tier->node[i] };
	return key;
}

enum status nodes_spread(struct nodes *nodes, const struct run_plan *plan, const void *model,
			 const struct panel *past, const struct fit_context *context, struct err *e)
{
	const struct method *method = plan->spec->method;
	enum status status = OK;
	for (int k = 0; !status && method->nodes && k < nodes->tree.n_tier; k++) {
		struct tier_forecast *t = &nodes->tier[k];
		const struct tier *tier = &nodes->tree.tier[k];
		struct arena scratch = { 0 };
		struct err none = { 0 };
		status = method->nodes(model, past, context, tier, &scratch, &t->f, &none);
		t->known = !status;
		for (int i = 0; !status && i < t->f.n; i++)
			t->f.used[i].method = "nodes";
		if (!status)
			status = forecast_check(&t->f, node_keys(tier, &scratch), e);
		else if (status != E_FIT)
			*e = none;
		/* What knows no distribution of one tier may know that of another. */
		status = status == E_FIT ? OK : status;
		arena_release(&scratch);
	}
	return status;
}

/* ---- out of the db ---- */

/* The series that the run has, and their means leaf[n][horizon]. */
static enum status read_leaves(struct nodes *nodes, struct db *db, const struct run_row *run, double **leaf,
			       struct err *e)
{
	size_t width = (size_t)run->horizon;
	enum status status = read_catalog(nodes, db, DAY_NONE, e);
	if (status)
		return status;
	*leaf = ARENA_ARRAY(&nodes->arena, double, (size_t)nodes->n * width + 1);
	status = db_forecast_means(db, run, nodes->catalog, nodes->n, *leaf, e);
	int n = nodes->n;
	nodes->n = 0;
	for (int i = 0; !status && i < n; i++) {
		const double *from = *leaf + (size_t)i * width;
		if (!width || isnan(from[0]))
			continue;
		memmove(*leaf + (size_t)nodes->n * width, from, width * sizeof **leaf);
		nodes->catalog[nodes->n++] = nodes->catalog[i];
	}
	return status;
}

enum status nodes_complete(struct db *db, const struct config *config, const struct run_row *run,
			   struct err *e)
{
	struct nodes nodes = { 0 };
	double *leaf;
	int there;
	enum status status = db_node_there(db, run->seq, &there, e);
	if (status || there)
		return status;
	status = read_leaves(&nodes, db, run, &leaf, e);
	if (!status)
		status = declare_tiers(&nodes, db, config, e);
	if (!status) {
		nodes_sum(&nodes, leaf, run->horizon, 0, NULL, 0);
		status = db_node_write(db, run->seq, &nodes.tree, nodes.tier, e);
	}
	nodes_release(&nodes);
	return status;
}

/* Sums of a tier that was not published. */
static enum status read_other(struct db *db, const struct run_row *run, const char *tier, node_seen *seen,
			      void *context, struct err *e)
{
	struct nodes nodes = { 0 };
	struct calendar calendar;
	double *leaf;
	int known;
	enum status status = db_calendar(db, &calendar, &known, e);
	if (!status)
		status = read_leaves(&nodes, db, run, &leaf, e);
	if (!status)
		status = tree_add(&nodes.tree, db, nodes.catalog, nodes.n, tier, strlen(tier), &nodes.arena, e);
	if (!status)
		nodes_sum(&nodes, leaf, run->horizon, N_DEFAULT_LEVEL, default_level,
			  period_of_day(&calendar, run->as_of));
	for (int i = 0; !status && i < nodes.tree.tier[0].n_node; i++) {
		struct forecast one = forecast_at(&nodes.tier[0].f, i);
		for (int k = 0; k < one.n_step * one.n_level; k++)
			one.quantile[k] = (double)NAN;
		one.used->method = "sum";
		status = seen(context, tier, nodes.tree.tier[0].node[i], &one, 0, e);
	}
	nodes_release(&nodes);
	return status;
}

enum status nodes_read(struct db *db, const struct run_row *run,
		       const char *tier, node_seen *seen, void *context, struct err *e)
{
	int n;
	enum status status = db_node_read(db, run, tier, seen, context, &n, e);
	return status || n ? status : read_other(db, run, tier, seen, context, e);
}

/* ---- coherence ---- */

/* A tier held against sums that were made another way: backwards, in compensated arithmetic (Neumaier
 * 1974), so that an error of the summing itself shows. */
struct tier_check {
	const struct tier *tier;
	double *sum, *rest; /* [n_node][n_step] */
	struct coherence *out;
};

static void sum_backwards(struct tier_check *c, const double *leaf, int n, int n_step)
{
	for (int i = n - 1; i >= 0; i--)
		for (int h = 0; h < n_step; h++) {
			size_t to = (size_t)c->tier->node_of[i] * (size_t)n_step + (size_t)h;
			double x = leaf[(size_t)i * (size_t)n_step + (size_t)h], sum = c->sum[to] + x;
			c->rest[to] += fabs(c->sum[to]) >= fabs(x) ? c->sum[to] - sum + x : x - sum + c->sum[to];
			c->sum[to] = sum;
		}
}

/* Quantiles that fall with the level. */
static int crossings(const struct forecast *one)
{
	int n = 0;
	for (int h = 0; h < one->n_step; h++) {
		const double *q = one->quantile + (size_t)h * (size_t)one->n_level;
		int falls = 0;
		for (int l = 1; l < one->n_level; l++)
			falls |= q[l] < q[l - 1];
		n += falls;
	}
	return n;
}

static enum status check_node(void *context, const char *tier, const char *node,
			      const struct forecast *one, int known, struct err *e)
{
	struct tier_check *c = context;
	int from = 0, to = c->tier->n_node;
	(void)tier;
	(void)e;
	while (from < to) {
		int middle = from + (to - from) / 2;
		if (strcmp(c->tier->node[middle], node) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	int there = from < c->tier->n_node && !strcmp(c->tier->node[from], node);
	for (int h = 0; h < one->n_step; h++) {
		size_t at = (size_t)from * (size_t)one->n_step + (size_t)h;
		double sum = there ? c->sum[at] + c->rest[at] : 0, off = fabs(one->mean[h] - sum);
		c->out->off = off > c->out->off ? off : c->out->off;
		c->out->least = one->mean[h] < c->out->least ? one->mean[h] : c->out->least;
	}
	c->out->nodes++;
	c->out->crossed += known ? crossings(one) : 0;
	return OK;
}

static enum status check_leaf(void *context, const struct catalog_series *series,
			      const struct forecast *one, struct err *e)
{
	struct coherence *c = context;
	(void)series;
	(void)e;
	c->nodes++;
	c->crossed += crossings(one);
	for (int h = 0; h < one->n_step; h++)
		c->least = one->mean[h] < c->least ? one->mean[h] : c->least;
	return OK;
}

static enum status check_tier(struct nodes *nodes, struct db *db, const struct run_row *run, const char *name,
			      const double *leaf, struct coherence *out, struct err *e)
{
	struct hierarchy one = { 0 };
	struct tier_check c = { .out = out };
	int n;
	*out = (struct coherence){ .tier = name, .least = (double)INFINITY };
	enum status status = tree_add(&one, db, nodes->catalog, nodes->n, name, strlen(name), &nodes->arena, e);
	if (status)
		return status;
	size_t cells = (size_t)one.tier[0].n_node * (size_t)run->horizon;
	c.tier = &one.tier[0];
	c.sum = ARENA_ARRAY(&nodes->arena, double, cells + 1);
	c.rest = ARENA_ARRAY(&nodes->arena, double, cells + 1);
	sum_backwards(&c, leaf, nodes->n, run->horizon);
	status = db_node_read(db, run, name, check_node, &c, &n, e);
	out->missing = c.tier->n_node - out->nodes;
	return status;
}

enum status nodes_check(struct db *db, const struct run_row *run,
			struct arena *a, struct coherence **out, int *n, struct err *e)
{
	struct nodes nodes = { 0 };
	const char **tier;
	double *leaf;
	int n_tier = 0;
	enum status status = db_node_tiers(db, run->seq, a, &tier, &n_tier, e);
	if (!status)
		status = read_leaves(&nodes, db, run, &leaf, e);
	*out = ARENA_ARRAY(a, struct coherence, n_tier + 1);
	*n = n_tier + 1;
	**out = (struct coherence){ .tier = "series", .least = (double)INFINITY };
	if (!status)
		status = db_forecast_read(db, run, NULL, NULL, check_leaf, *out, e);
	for (int k = 0; !status && k < n_tier; k++)
		status = check_tier(&nodes, db, run, tier[k], leaf, &(*out)[1 + k], e);
	nodes_release(&nodes);
	return status;
}

int nodes_coherent(const struct coherence *c)
{
	return c->off < OFF_MAX && c->least >= 0 && !c->crossed && !c->missing;
}
