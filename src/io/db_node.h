/* Nodes of the tree that a run published: sums of its series' means, and quantiles where they are known. */
#ifndef IO_DB_NODE_H
#define IO_DB_NODE_H

#include "io/db_catalog.h"
#include "io/db_run.h"
#include "series/hierarchy.h"

/* The nodes of one tier. Where `known` is 0 there are only means. */
struct tier_forecast {
	struct forecast f; /* n = tier's n_node, the run's levels */
	int known;         /* its quantiles are */
};

/* Writes the nodes of a run, in place of those that are there, in one transaction:
 * tier[tree->n_tier]. */
MUST_CHECK enum status db_node_write(struct db *db, int64_t seq, const struct hierarchy *tree,
				     const struct tier_forecast *tier, struct err *e);
/* Are there nodes of a run? */
MUST_CHECK enum status db_node_there(struct db *db, int64_t seq, int *there, struct err *e);
/* Names of a run's tiers, ascending; strings are the arena's. */
MUST_CHECK enum status db_node_tiers(struct db *db, int64_t seq, struct arena *a, const char ***out,
				     int *n, struct err *e);

/*
 * Reads the nodes of one tier in order of their names. `seen` gets each with a forecast of the seven
 * stored levels (n = 1), valid during the call; `known` 0: its quantiles are NaN. *n: how many there
 * were; 0 when the run has no such tier.
 */
typedef enum status node_seen(void *context, const char *tier, const char *node,
			      const struct forecast *, int known, struct err *);
MUST_CHECK enum status db_node_read(struct db *db, const struct run_row *run, const char *tier,
				    node_seen *seen, void *context, int *n, struct err *e);

/* Means of a run, in one pass: mean[n][run->horizon] of the series of a catalogue in its order; NaN
 * where the run has none. */
MUST_CHECK enum status db_forecast_means(struct db *db, const struct run_row *run,
					 const struct catalog_series *catalog, int n, double *mean,
					 struct err *e);

#endif
