/*
 * The arithmetic of reconciliation: means of leaves, means of nodes by methods of their own, and how far
 * either was off in the past, joined to means of leaves whose sums are the nodes.
 *
 * The rows of an unknown b are the nodes of one middle tier. Forecasts of all nodes are observations of
 * sums of them, and so are the sums of the leaves at the middle tier themselves (accuracy by their own
 * past errors); a node that cuts through the middle tier holds of each of its nodes the share that the
 * leaves have in it. b is that of least weighted squares (num/gls.h). Then the leaves of each middle
 * node are scaled by b / sum, half-way or as told, within limits.
 *
 * Or there is no middle: every leaf is an unknown, and with variances D of leaves and V of nodes
 *
 *     x = D A' (V + A D A')^-1 (y - A b)
 *
 * is added to the leaves b, which is the same least squares in as many unknowns as there are nodes.
 */
#ifndef MODEL_TREE_H
#define MODEL_TREE_H

#include "model/node_panel.h"

enum joining { BOTTOM_UP, PROPORTIONS, WLS, MINT };

/* A panel's tree. */
struct tree {
	const struct panel *leaves;
	struct hierarchy tiers;
	struct node_panel nodes;
	int middle; /* the tier whose nodes are the unknowns; -1: the leaves are */
};

/* How far forecasts were off, in the numbers of a tree. */
struct tree_errors {
	double *top;        /* [nodes] variances of nodes' own forecasts; NaN: not known */
	double *sum;        /* [middle nodes] of the leaves' sums at the middle */
	double *leaf;       /* [leaves]; 0: a leaf that never erred, and stays as it is */
	double *covariance; /* [nodes + middle nodes]^2, or NULL: they are taken for independent */
};

struct tree_rule {
	enum joining how;
	double shrink, most; /* 1 + (1 - shrink)(ratio - 1), at most `most` off 1 */
	int negative_ok;
};

/* Sums of the leaves at a tier: out[n_node][n_step]. */
void tree_sums(const struct tree *, int tier, const double *leaf, int n_step, double *out);
/*
 * Changes leaf[n][n_step], finite, so that they go with top[nodes][n_step], NaN where not made. False:
 * nothing could be solved and nothing was changed.
 */
int tree_join(const struct tree *, const struct tree_errors *, const struct tree_rule *, const double *top,
	      int n_step, double *leaf);

#endif
