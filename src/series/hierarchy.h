/*
 * The tree (and cross-cuts) over the series. A tier is a layer: item x store, item, department,
 * store, total; a node is one member. Tiers are declared over attributes of stores and items:
 * "total", "store", "dept", "state*dept", ..., and every series has one node in every tier.
 */
#ifndef SERIES_HIERARCHY_H
#define SERIES_HIERARCHY_H

#include <stdint.h>
#include "base/mem.h"

struct tier {
	const char *name;         /* as declared */
	int n_node;
	const char *const *node;  /* [n_node] names, "CA|FOODS" for crossings; ascending */
	const int32_t *node_of;   /* [n] node of each series */
};

/* Tiers from coarse to fine, over n series in panel order. Memory is the arena's. */
struct hierarchy {
	int n, n_tier;
	struct tier *tier; /* [n_tier] */
};

/*
 * Groups n series by the joined values of n_part attribute columns (value[part][series]).
 * Adds one tier. n_part 0 = the total.
 */
void hierarchy_add(struct hierarchy *h, struct arena *a, const char *name, int n_part,
		   const char *const *const *value);
/* Sums leaf[n][width] to out[n_node][width] of one tier, in series order. */
void hierarchy_sum(const struct tier *t, int n, int width, const double *leaf, double *out);
const struct tier *hierarchy_find(const struct hierarchy *h, const char *name);

#endif
