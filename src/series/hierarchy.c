/* Tiers and nodes: grouping of series by attribute values, and sums over the groups. */
#include "config.h"
#include "series/hierarchy.h"

#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/symtab.h"

/* Sorting node numbers by their names. */
static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void hierarchy_add(struct hierarchy *h, struct arena *a, const char *name, int n_part,
		   const char *const *const *value)
{
	struct symtab seen = { 0 };
	struct buf joined = { 0 };
	int32_t *raw = NEW_ARRAY(int32_t, h->n);
	for (int i = 0; i < h->n; i++) {
		buf_clear(&joined);
		for (int k = 0; k < n_part; k++)
			buf_addf(&joined, "%s%s", k ? "|" : "", value[k][i]);
		if (!n_part)
			buf_adds(&joined, "total");
		raw[i] = symtab_intern(&seen, joined.text, joined.n);
	}
	/* Nodes in order of their names, so numbers do not depend on which series came first. */
	const char **node = ARENA_ARRAY(a, const char *, seen.n + 1);
	for (size_t k = 0; k < seen.n; k++)
		node[k] = arena_strdup(a, seen.name[k]);
	qsort(node, seen.n, sizeof *node, by_name);
	int32_t *rank = NEW_ARRAY(int32_t, seen.n), *node_of = ARENA_ARRAY(a, int32_t, h->n + 1);
	for (size_t k = 0; k < seen.n; k++)
		rank[symtab_find(&seen, node[k], strlen(node[k]))] = (int32_t)k;
	for (int i = 0; i < h->n; i++)
		node_of[i] = rank[raw[i]];
	struct tier *tier = ARENA_ARRAY(a, struct tier, h->n_tier + 1);
	if (h->n_tier)
		memcpy(tier, h->tier, (size_t)h->n_tier * sizeof *tier);
	tier[h->n_tier++] = (struct tier){ arena_strdup(a, name), (int)seen.n, node, node_of };
	h->tier = tier;
	free(rank);
	free(raw);
	buf_release(&joined);
	symtab_release(&seen);
}

void hierarchy_sum(const struct tier *t, int n, int width, const double *leaf, double *out)
{
	memset(out, 0, (size_t)t->n_node * (size_t)width * sizeof *out);
	for (int i = 0; i < n; i++) {
		double *to = out + (size_t)t->node_of[i] * (size_t)width;
		for (int h = 0; h < width; h++)
			to[h] += leaf[(size_t)i * (size_t)width + (size_t)h];
	}
}

const struct tier *hierarchy_find(const struct hierarchy *h, const char *name)
{
	for (int k = 0; k < h->n_tier; k++)
		if (!strcmp(h->tier[k].name, name))
			return &h->tier[k];
	return NULL;
}
