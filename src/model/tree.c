/* Leaves and nodes joined. */
#include "config.h"
#include "model/tree.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_linalg.h>
#include "num/gls.h"

void tree_sums(const struct tree *t, int tier, const double *leaf, int n_step, double *out)
{
	hierarchy_sum(&t->tiers.tier[tier], t->leaves->n, n_step, leaf, out);
}

/* ---- at a middle tier ---- */

/* Rows that are to be used: of nodes that were forecast, and of the middle's sums. */
struct rows {
	int n, n_top;
	int *of;        /* [n] number among all nodes and middle nodes */
	double *share;  /* [n][n_middle] */
	double *y;      /* [n][n_step] */
	double *w;      /* [n] or [n][n] */
};

static int all_made(const double *x, int n)
{
	for (int h = 0; h < n; h++)
		if (!isfinite(x[h]))
			return 0;
	return 1;
}

/* Which nodes can be used: forecast, with known errors; with PROPORTIONS those of the middle alone. */
static void choose_rows(const struct tree *t, const struct tree_errors *e, enum joining how, const double *top,
			int n_step, struct rows *r)
{
	int n_node = t->nodes.panel.n, n_middle = t->tiers.tier[t->middle].n_node;
	int from = t->nodes.begin[t->middle];
	r->of = NEW_ARRAY(int, n_node + n_middle + 1);
	for (int j = 0; j < n_node; j++) {
		int middle = j >= from && j < from + n_middle;
		if (all_made(top + (size_t)j * (size_t)n_step, n_step)
		    && (how == PROPORTIONS ? middle : e->top[j] > 0 && isfinite(e->top[j])))
			r->of[r->n++] = j;
	}
	r->n_top = r->n;
	for (int j = 0; how != PROPORTIONS && j < n_middle; j++)
		if (e->sum[j] > 0 && isfinite(e->sum[j]))
			r->of[r->n++] = n_node + j;
}

/* What share of each middle node lies in each chosen node, by the leaves' means. */
static void fill_shares(const struct tree *t, const double *leaf, int n_step, struct rows *r)
{
	int n_node = t->nodes.panel.n, n_middle = t->tiers.tier[t->middle].n_node;
	const int32_t *middle_of = t->tiers.tier[t->middle].node_of;
	double *volume = NEW_ARRAY(double, t->leaves->n + 1), *all = NEW_ARRAY(double, n_middle + 1);
	int *members = NEW_ARRAY(int, n_middle + 1), *row = NEW_ARRAY(int, n_node + 1);
	r->share = NEW_ARRAY(double, (size_t)r->n * (size_t)n_middle + 1);
	for (int i = 0; i < t->leaves->n; i++) {
		for (int h = 0; h < n_step; h++)
			volume[i] += fabs(leaf[(size_t)i * (size_t)n_step + (size_t)h]);
		all[middle_of[i]] += volume[i];
		members[middle_of[i]]++;
	}
	for (int j = 0; j < n_node; j++)
		row[j] = -1;
	for (int k = 0; k < r->n_top; k++)
		row[r->of[k]] = k;
	for (int k = 0; k < t->tiers.n_tier; k++)
		for (int i = 0; i < t->leaves->n; i++) {
			int to = row[t->nodes.begin[k] + t->tiers.tier[k].node_of[i]], j = middle_of[i];
			if (to >= 0)
				r->share[(size_t)to * (size_t)n_middle + (size_t)j] +=
					all[j] > 0 ? volume[i] / all[j] : 1.0 / members[j];
		}
	/* Whole nodes are whole, not whole but for rounding. */
	for (size_t k = 0; k < (size_t)r->n_top * (size_t)n_middle; k++)
		if (fabs(r->share[k] - 1) < 1e-9)
			r->share[k] = 1;
	for (int k = r->n_top; k < r->n; k++)
		r->share[(size_t)k * (size_t)n_middle + (size_t)(r->of[k] - n_node)] = 1;
	free(row);
	free(members);
	free(all);
	free(volume);
}

static void fill_rows(const struct tree *t, const struct tree_errors *e, const double *top, const double *sum,
		      int n_step, int full, struct rows *r)
{
	size_t steps = (size_t)n_step, n_node = (size_t)t->nodes.panel.n;
	size_t all = n_node + (size_t)t->tiers.tier[t->middle].n_node, n = (size_t)r->n;
	r->y = NEW_ARRAY(double, n * steps + 1);
	r->w = NEW_ARRAY(double, (full ? n * n : n) + 1);
	for (size_t k = 0; k < n; k++) {
		size_t of = (size_t)r->of[k];
		memcpy(r->y + k * steps, of < n_node ? top + of * steps : sum + (of - n_node) * steps,
		       steps * sizeof(double));
		if (!full)
			r->w[k] = of < n_node ? e->top[of] : e->sum[of - n_node];
		for (size_t j = 0; full && j < n; j++)
			r->w[k * n + j] = e->covariance[of * all + (size_t)r->of[j]];
	}
}

/* Scales the leaves of each middle node towards b; leaves that never erred keep what they have. */
static void scale_leaves(const struct tree *t, const struct tree_errors *e, const struct tree_rule *rule,
			 const double *b, const double *sum, int n_step, double *leaf)
{
	const struct tier *middle = &t->tiers.tier[t->middle];
	double *fixed = NEW_ARRAY(double, (size_t)middle->n_node * (size_t)n_step + 1);
	for (int i = 0; i < t->leaves->n; i++)
		for (int h = 0; e->leaf[i] <= 0 && h < n_step; h++)
			fixed[(size_t)middle->node_of[i] * (size_t)n_step + (size_t)h] +=
				leaf[(size_t)i * (size_t)n_step + (size_t)h];
	for (int i = 0; i < t->leaves->n; i++)
		for (int h = 0; !(e->leaf[i] <= 0) && h < n_step; h++) {
			size_t at = (size_t)middle->node_of[i] * (size_t)n_step + (size_t)h;
			double loose = sum[at] - fixed[at], ratio = (b[at] - fixed[at]) / loose;
			if (!(loose > 0) || !isfinite(ratio))
				continue;
			ratio = (1 - rule->shrink) * (ratio - 1);
			ratio = ratio > rule->most ? rule->most : ratio < -rule->most ? -rule->most : ratio;
			leaf[(size_t)i * (size_t)n_step + (size_t)h] *= 1 + ratio;
		}
	free(fixed);
}

static int join_middle(const struct tree *t, const struct tree_errors *e, const struct tree_rule *rule,
		       const double *top, int n_step, double *leaf)
{
	struct rows r = { 0 };
	int n_middle = t->tiers.tier[t->middle].n_node, good = 0;
	int full = rule->how == MINT && e->covariance;
	size_t cells = (size_t)n_middle * (size_t)n_step;
	double *sum = NEW_ARRAY(double, cells + 1), *b = NEW_ARRAY(double, cells + 1);
	tree_sums(t, t->middle, leaf, n_step, sum);
	choose_rows(t, e, rule->how, top, n_step, &r);
	if (r.n_top && rule->how == PROPORTIONS) {
		memcpy(b, sum, cells * sizeof *b);
		for (int k = 0; k < r.n; k++)
			memcpy(b + (size_t)(r.of[k] - t->nodes.begin[t->middle]) * (size_t)n_step,
			       top + (size_t)r.of[k] * (size_t)n_step, (size_t)n_step * sizeof *b);
		good = 1;
	} else if (r.n_top) {
		fill_shares(t, leaf, n_step, &r);
		fill_rows(t, e, top, sum, n_step, full, &r);
		good = gls_solve(r.share, r.n, n_middle, r.w, !full, !rule->negative_ok, r.y, n_step, b);
	}
	if (good)
		scale_leaves(t, e, rule, b, sum, n_step, leaf);
	free(r.of);
	free(r.share);
	free(r.y);
	free(r.w);
	free(b);
	free(sum);
	return good;
}

/* ---- at the leaves ---- */

/* V + A D A' of the chosen nodes: the variances of leaves that two nodes have in common. */
static void fill_common(const struct tree *t, const struct tree_errors *e, const int *row, size_t m, double *cell)
{
	int place[64], n_tier = t->tiers.n_tier < 64 ? t->tiers.n_tier : 64;
	for (int i = 0; i < t->leaves->n; i++) {
		for (int k = 0; k < n_tier; k++)
			place[k] = row[t->nodes.begin[k] + t->tiers.tier[k].node_of[i]];
		for (int k = 0; k < n_tier; k++)
			for (int l = 0; place[k] >= 0 && l < n_tier; l++)
				if (place[l] >= 0)
					cell[(size_t)place[k] * m + (size_t)place[l]] += e->leaf[i];
	}
	for (int j = 0; j < t->nodes.panel.n; j++)
		if (row[j] >= 0)
			cell[(size_t)row[j] * (m + 1)] += e->top[j];
}

static void add_step(const struct tree *t, const struct tree_errors *e, const struct tree_rule *rule,
		     const int *row, const double *lambda, int n_step, int h, double *leaf)
{
	for (int i = 0; i < t->leaves->n; i++) {
		double *x = &leaf[(size_t)i * (size_t)n_step + (size_t)h], change = 0;
		for (int k = 0; k < t->tiers.n_tier; k++) {
			int to = row[t->nodes.begin[k] + t->tiers.tier[k].node_of[i]];
			change += to >= 0 ? lambda[to] : 0;
		}
		change *= (1 - rule->shrink) * e->leaf[i];
		if (fabs(change) > rule->most * fabs(*x))
			change = change > 0 ? rule->most * fabs(*x) : -rule->most * fabs(*x);
		*x += change;
		if (*x < 0 && !rule->negative_ok)
			*x = 0;
	}
}

static int join_leaves(const struct tree *t, const struct tree_errors *e, const struct tree_rule *rule,
		       const double *top, int n_step, double *leaf)
{
	int n_node = t->nodes.panel.n, *row = NEW_ARRAY(int, n_node + 1);
	size_t m = 0;
	for (int j = 0; j < n_node; j++) {
		int use = all_made(top + (size_t)j * (size_t)n_step, n_step) && e->top[j] > 0
			&& isfinite(e->top[j]);
		row[j] = use ? (int)m++ : -1;
	}
	double *cell = NEW_ARRAY(double, m * m + 1), *lambda = NEW_ARRAY(double, m + 1);
	double *sum = NEW_ARRAY(double, (size_t)n_node * (size_t)n_step + 1);
	int good = 0;
	for (int k = 0; k < t->tiers.n_tier; k++)
		tree_sums(t, k, leaf, n_step, sum + (size_t)t->nodes.begin[k] * (size_t)n_step);
	if (m) {
		fill_common(t, e, row, m, cell);
		gsl_matrix_view a = gsl_matrix_view_array(cell, m, m);
		gsl_vector_view x = gsl_vector_view_array(lambda, m);
		good = !gsl_linalg_cholesky_decomp1(&a.matrix);
		for (int h = 0; good && h < n_step; h++) {
			for (int j = 0; j < n_node; j++)
				if (row[j] >= 0)
					lambda[row[j]] = top[(size_t)j * (size_t)n_step + (size_t)h]
						- sum[(size_t)j * (size_t)n_step + (size_t)h];
			good = !gsl_linalg_cholesky_svx(&a.matrix, &x.vector);
			if (good)
				add_step(t, e, rule, row, lambda, n_step, h, leaf);
		}
	}
	free(sum);
	free(lambda);
	free(cell);
	free(row);
	return good;
}

int tree_join(const struct tree *t, const struct tree_errors *e, const struct tree_rule *rule,
	      const double *top, int n_step, double *leaf)
{
	if (rule->how == BOTTOM_UP || !t->tiers.n_tier || !t->leaves->n)
		return 0;
	return t->middle < 0 ? join_leaves(t, e, rule, top, n_step, leaf)
			     : join_middle(t, e, rule, top, n_step, leaf);
}
