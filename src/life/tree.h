/* The tiers of a db's series, as they are declared in the config. */
#ifndef LIFE_TREE_H
#define LIFE_TREE_H

#include "io/db_catalog.h"
#include "life/settings.h"
#include "series/hierarchy.h"

/* Adds one tier over the catalogue: "total", "store", "state*dept". A tier that is there is not added
 * again. E_NOTFOUND: no such attribute. */
MUST_CHECK enum status tree_add(struct hierarchy *tree, struct db *db,
				const struct catalog_series *catalog, int n, const char *tier,
				size_t length, struct arena *a, struct err *e);
/*
 * The config's tiers (hierarchy.tiers), or, where it names none, the total and one for each attribute
 * of n_default.
 */
MUST_CHECK enum status tree_declared(struct hierarchy *tree, struct db *db, const struct config *config,
				     const struct catalog_series *catalog, int n,
				     const char *const *preset, int n_preset, struct arena *a,
				     struct err *e);
/* Attributes that make a tier by themselves, the store first: those with at least two values and at most
 * nodes_max, `room` of them at most. Names are the arena's. */
MUST_CHECK enum status tree_preset(struct db *db, const struct catalog_series *catalog, int n, int room,
				   int nodes_max, struct arena *a, const char **preset, int *n_preset,
				   struct err *e);

#endif
