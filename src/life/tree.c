/* The tiers of a db's series: attributes, and crossings of them, out of the db. */
#include "config.h"
#include "life/tree.h"

#include <string.h>

#define PARTS_MAX 8

enum status tree_add(struct hierarchy *tree, struct db *db, const struct catalog_series *catalog, int n,
		     const char *tier, size_t length, struct arena *a, struct err *e)
{
	const char *const *part[PARTS_MAX];
	int n_part = 0;
	char *name = arena_strdup(a, tier);
	name[length] = '\0';
	char *rest = arena_strdup(a, name);
	if (hierarchy_find(tree, name))
		return OK;
	while (*rest && strcmp(name, "total")) {
		size_t end = strcspn(rest, "*");
		char *at = rest;
		rest += end + (rest[end] == '*');
		at[end] = '\0';
		if (n_part == PARTS_MAX)
			return err_set(e, E_USAGE, "tier '%s' crosses more than %d attributes", name, PARTS_MAX);
		const char **value = ARENA_ARRAY(a, const char *, n + 1);
		enum status status = db_attribute_column(db, at, catalog, n, a, value, e);
		if (status)
			return err_wrap(e, "tier '%s'", name);
		part[n_part++] = value;
	}
	tree->n = n;
	hierarchy_add(tree, a, name, n_part, part);
	return OK;
}

enum status tree_declared(struct hierarchy *tree, struct db *db, const struct config *config,
			  const struct catalog_series *catalog, int n, const char *const *preset,
			  int n_preset, struct arena *a, struct err *e)
{
	const char *text = config_text(config, "hierarchy.tiers");
	enum status status = OK;
	tree->n = n;
	for (const char *at = text ? text : ""; !status && *at;) {
		size_t length = strcspn(at, ", ");
		if (length)
			status = tree_add(tree, db, catalog, n, at, length, a, e);
		at += length + (at[length] != '\0');
	}
	if (!text)
		status = tree_add(tree, db, catalog, n, "total", strlen("total"), a, e);
	for (int k = 0; !status && !text && k < n_preset; k++)
		status = tree_add(tree, db, catalog, n, preset[k], strlen(preset[k]), a, e);
	return status;
}

static enum status add_preset(struct db *db, const struct catalog_series *catalog, int n, const char *name,
			      int nodes_max, struct arena *a, const char **preset, int *n_preset,
			      struct err *e)
{
	struct hierarchy one = { .n = n };
	enum status status = tree_add(&one, db, catalog, n, name, strlen(name), a, e);
	if (!status && one.tier[0].n_node > 1 && one.tier[0].n_node <= nodes_max)
		preset[(*n_preset)++] = name;
	return status;
}

enum status tree_preset(struct db *db, const struct catalog_series *catalog, int n, int room, int nodes_max,
			struct arena *a, const char **preset, int *n_preset, struct err *e)
{
	static const char *const owner[] = { "store", "item" };
	*n_preset = 0;
	enum status status = room > 0 ? add_preset(db, catalog, n, "store", nodes_max, a, preset, n_preset, e)
				      : OK;
	for (int k = 0; !status && k < 2; k++) {
		const char **name;
		int n_name = 0;
		status = db_attributes(db, owner[k], a, &name, &n_name, e);
		for (int i = 0; !status && i < n_name && *n_preset < room; i++)
			status = add_preset(db, catalog, n, name[i], nodes_max, a, preset, n_preset, e);
	}
	return status;
}
