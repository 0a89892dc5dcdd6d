/* Sums and scores of the nodes. Nodes of all tiers are numbered through, coarse tiers first. */
#include "config.h"
#include "eval/tiers.h"

#include <math.h>
#include <stdlib.h>

struct tiers {
	const struct backtest_setup *setup;
	int n_node, n_history;
	int *begin;          /* [n_tier] number of each tier's first node */
	double *history;     /* [n_node][n_history] sales from setup->first to the last origin */
	double *actual;      /* [n_node][windows][horizon] */
	uint8_t *seen;       /* [n_node][windows][horizon] 1: some series is scored there */
	double *mean;        /* [n_node][n_spec][windows][horizon] */
	double *weight;      /* [n_node] */
	double *quantile;    /* [n_node][n_spec][windows][horizon][n_level]; NULL: none was made */
	uint8_t *known;      /* [n_node][n_spec][windows] 1: the quantiles are there */
};

struct tiers *tiers_new(const struct backtest_setup *setup)
{
	const struct hierarchy *tree = setup->tree;
	if (!tree || !tree->n_tier)
		return NULL;
	struct tiers *t = xcalloc(1, sizeof *t);
	t->setup = setup;
	t->begin = NEW_ARRAY(int, tree->n_tier);
	for (int k = 0; k < tree->n_tier; k++) {
		t->begin[k] = t->n_node;
		t->n_node += tree->tier[k].n_node;
	}
	t->n_history = setup->last < setup->first ? 0 : setup->last - setup->first + 1;
	size_t n = (size_t)t->n_node, cells = n * (size_t)setup->windows * (size_t)setup->horizon;
	t->history = NEW_ARRAY(double, n * (size_t)t->n_history);
	t->actual = NEW_ARRAY(double, cells);
	t->seen = NEW_ARRAY(uint8_t, cells);
	t->mean = NEW_ARRAY(double, cells * (size_t)setup->n_spec);
	t->weight = NEW_ARRAY(double, n);
	t->known = NEW_ARRAY(uint8_t, n * (size_t)setup->n_spec * (size_t)setup->windows);
	return t;
}

void tiers_free(struct tiers *t)
{
	if (!t)
		return;
	free(t->begin);
	free(t->history);
	free(t->actual);
	free(t->seen);
	free(t->mean);
	free(t->weight);
	free(t->quantile);
	free(t->known);
	free(t);
}

/* Node of a leaf in tier k. */
static size_t node_of(const struct tiers *t, int k, int leaf)
{
	return (size_t)(t->begin[k] + t->setup->tree->tier[k].node_of[leaf]);
}

/* Offset of series s' value `step` steps after an origin (0 = first scored), or -1 if not scored. */
static int scored_at(const struct backtest_setup *setup, const struct series *s, period_t origin,
		     int step)
{
	int64_t t = (int64_t)origin + 1 + setup->gap + step - s->first;
	if (origin < s->first || t < 0 || t >= s->n || !series_usable(s, (int)t))
		return -1;
	return (int)t;
}

static void add_series(struct tiers *t, const struct series *s, size_t node, double weight)
{
	const struct backtest_setup *u = t->setup;
	double *history = t->history + node * (size_t)t->n_history;
	t->weight[node] += weight;
	for (int k = 0; k < s->n; k++) {
		int64_t at = (int64_t)s->first + k - u->first;
		if (at >= 0 && at < t->n_history && !isnan(s->units[k]))
			history[at] += s->units[k];
	}
	size_t cell = node * (size_t)u->windows * (size_t)u->horizon;
	for (int w = 0; w < u->windows; w++) {
		for (int h = 0; h < u->horizon; h++, cell++) {
			int at = scored_at(u, s, backtest_origin(u, w), h);
			if (at < 0)
				continue;
			t->actual[cell] += s->units[at];
			t->seen[cell] = 1;
		}
	}
}

void tiers_add_actuals(struct tiers *t, const struct backtest_block *block)
{
	for (int i = 0; t && i < block->panel->n; i++) {
		struct series s = panel_series(block->panel, i);
		double weight = block->weight ? block->weight[i] : 0;
		for (int k = 0; block->leaf[i] >= 0 && k < t->setup->tree->n_tier; k++)
			add_series(t, &s, node_of(t, k, block->leaf[i]), weight);
	}
}

void tiers_add_forecast(struct tiers *t, const struct backtest_block *block, const struct forecast *f,
			int spec, int window)
{
	for (int i = 0; t && i < block->panel->n; i++) {
		const struct backtest_setup *u = t->setup;
		struct series s = panel_series(block->panel, i);
		const double *mean = f->mean + (size_t)i * (size_t)f->n_step + (size_t)u->gap;
		for (int k = 0; block->leaf[i] >= 0 && k < u->tree->n_tier; k++) {
			size_t node = node_of(t, k, block->leaf[i]);
			double *to = t->mean + ((node * (size_t)u->n_spec + (size_t)spec)
						* (size_t)u->windows + (size_t)window)
				* (size_t)u->horizon;
			for (int h = 0; h < u->horizon; h++)
				if (scored_at(u, &s, f->origin, h) >= 0)
					to[h] += mean[h];
		}
	}
}

/* ---- quantiles ---- */

/* Is every series of the tree in the block? */
static int is_whole_tree(const struct tiers *t, const struct backtest_block *block)
{
	int n = 0;
	for (int i = 0; i < block->panel->n; i++)
		n += block->leaf[i] >= 0;
	return n == t->setup->tree->n;
}

/* A tier of the tree over the series of a block. */
static struct tier tier_of_block(const struct tiers *t, int k, const struct backtest_block *block,
				 struct arena *a)
{
	struct tier tier = t->setup->tree->tier[k];
	int32_t *node_of = ARENA_ARRAY(a, int32_t, block->panel->n + 1);
	for (int i = 0; i < block->panel->n; i++)
		node_of[i] = block->leaf[i] >= 0 ? tier.node_of[block->leaf[i]] : -1;
	tier.node_of = node_of;
	return tier;
}

/* Keeps the quantiles of a node's scored steps, less what of its mean is not scored. */
static void keep_node(struct tiers *t, const struct forecast *node, int j, size_t place)
{
	const struct backtest_setup *u = t->setup;
	size_t horizon = (size_t)u->horizon, n_level = (size_t)u->n_level;
	struct forecast one = forecast_at(node, j);
	t->known[place] = 1;
	for (size_t h = 0; h < horizon; h++) {
		size_t step = (size_t)u->gap + h;
		double share = one.mean[step] > 0 ? t->mean[place * horizon + h] / one.mean[step] : 1;
		for (size_t l = 0; l < n_level; l++)
			t->quantile[(place * horizon + h) * n_level + l] =
				share * one.quantile[step * n_level + l];
	}
}

void tiers_add_nodes(struct tiers *t, const struct backtest_block *block, const struct tiers_source *source,
		     const struct forecast *f, int spec, int window)
{
	if (!t || !f->n_level || !source->method->nodes || !is_whole_tree(t, block))
		return;
	const struct backtest_setup *u = t->setup;
	size_t cells = (size_t)t->n_node * (size_t)u->n_spec * (size_t)u->windows * (size_t)u->horizon;
	enum status status = OK;
	for (int k = 0; !status && k < u->tree->n_tier; k++) {
		struct arena a = { 0 };
		struct tier tier = tier_of_block(t, k, block, &a);
		struct forecast node;
		struct err e;
		forecast_init(&node, &a, tier.n_node, f->n_step, f->n_level, f->level, f->origin);
		for (int i = 0; i < f->n; i++)
			for (int h = 0; tier.node_of[i] >= 0 && h < f->n_step; h++)
				node.mean[(size_t)tier.node_of[i] * (size_t)f->n_step + (size_t)h] +=
					f->mean[(size_t)i * (size_t)f->n_step + (size_t)h];
		status = source->method->nodes(source->model, source->past, source->context, &tier, &a, &node,
					       &e);
		if (!status && !t->quantile)
			t->quantile = NEW_ARRAY(double, cells * (size_t)u->n_level);
		for (int j = 0; !status && j < tier.n_node; j++)
			keep_node(t, &node, j, ((size_t)(t->begin[k] + j) * (size_t)u->n_spec + (size_t)spec)
				  * (size_t)u->windows + (size_t)window);
		arena_release(&a);
	}
}

/* ---- scores ---- */

/* Room for the scoring of one node after the other. */
struct node_room {
	int *end;                 /* [windows] length of the history at each origin */
	double *mae, *mse, *step; /* [windows] */
	double *actual, *mean;    /* [horizon] */
	double *quantile;         /* [horizon][n_level] */
};

/* Pairs of one node, spec and window, in the room. */
static struct pairs node_pairs(const struct tiers *t, size_t node, int spec, int window,
			       const struct node_room *room)
{
	const struct backtest_setup *u = t->setup;
	double *actual = room->actual, *mean = room->mean;
	size_t horizon = (size_t)u->horizon, windows = (size_t)u->windows;
	size_t at = (node * windows + (size_t)window) * horizon;
	size_t place = (node * (size_t)u->n_spec + (size_t)spec) * windows + (size_t)window;
	size_t n_level = t->known[place] ? (size_t)u->n_level : 0;
	const double *from = t->mean + place * horizon;
	struct pairs p = { .actual = actual, .mean = mean, .weight = t->weight[node], .level = u->level,
			   .n_level = (int)n_level, .quantile = room->quantile };
	for (size_t h = 0; h < horizon; h++) {
		if (!t->seen[at + h])
			continue;
		for (size_t l = 0; l < n_level; l++)
			room->quantile[(size_t)p.n * n_level + l] =
				t->quantile[(place * horizon + h) * n_level + l];
		actual[p.n] = t->actual[at + h];
		mean[p.n++] = from[h];
	}
	return p;
}

static void score_node(const struct tiers *t, size_t node, const struct node_room *room, int season,
		       const struct cells *cells, int cell)
{
	const struct backtest_setup *u = t->setup;
	scales_at(t->history + node * (size_t)t->n_history, t->n_history, season, u->windows, room->end,
		  room->mae, room->mse, room->step);
	for (int s = 0; s < u->n_spec; s++) {
		for (int w = 0; w < u->windows; w++) {
			struct pairs p = node_pairs(t, node, s, w, room);
			p.mae_scale = room->mae[w];
			p.mse_scale = room->mse[w];
			p.step_scale = room->step[w];
			if (p.n)
				cells_add(cells, &p, cells_sum(cells, cell, s));
		}
	}
}

void tiers_score(const struct tiers *t, struct cells *cells, int season)
{
	if (!t)
		return;
	const struct backtest_setup *u = t->setup;
	struct arena a = { 0 };
	struct node_room room = { ARENA_ARRAY(&a, int, u->windows), ARENA_ARRAY(&a, double, u->windows),
				  ARENA_ARRAY(&a, double, u->windows), ARENA_ARRAY(&a, double, u->windows),
				  ARENA_ARRAY(&a, double, u->horizon),
				  ARENA_ARRAY(&a, double, u->horizon),
				  ARENA_ARRAY(&a, double, (size_t)u->horizon * (size_t)u->n_level + 1) };
	for (int w = 0; w < u->windows; w++) {
		int64_t known = (int64_t)backtest_origin(u, w) - u->first + 1;
		room.end[w] = known < 0 ? 0 : (int)known;
	}
	int part = cells_part(cells, "tier");
	for (int k = 0; k < u->tree->n_tier; k++) {
		int cell = cells_at(cells, part, u->tree->tier[k].name);
		for (int j = 0; j < u->tree->tier[k].n_node; j++)
			score_node(t, (size_t)(t->begin[k] + j), &room, season, cells, cell);
	}
	arena_release(&a);
}
