/*
 * Nodes of a run: for each tier of hierarchy.tiers (else the total, the stores and each attribute of few
 * values) the sums of the published means, in series order, so that they add up; and quantiles of the
 * sums where the spec knows them (method.nodes). They go with the run, and are no part of its hash: they
 * follow from what is hashed and the tiers that are asked for.
 */
#ifndef LIFE_NODES_H
#define LIFE_NODES_H

#include "io/db_node.h"
#include "life/run.h"

#define NODES_MAX 10000 /* a tier with more nodes is not written */

/* The series of a run and the tiers over them. Zero it; release with nodes_release. */
struct nodes {
	struct arena arena;
	struct catalog_series *catalog; /* [n] by key */
	int n;
	struct hierarchy tree;
	struct tier_forecast *tier;     /* [tree.n_tier] */
};
/* Tiers of the config over the series of a panel up to a day. */
MUST_CHECK enum status nodes_init(struct nodes *nodes, struct db *db, const struct config *config,
				  day_t as_of, struct err *e);
/* Fills every tier with the sums of leaf[n][n_step]. */
void nodes_sum(struct nodes *nodes, const double *leaf, int n_step, int n_level, const double *level,
	       period_t origin);
/* Adds the quantiles that a model knows. E_BUG: they are none. */
MUST_CHECK enum status nodes_spread(struct nodes *nodes, const struct run_plan *plan, const void *model,
				    const struct panel *past, const struct fit_context *context,
				    struct err *e);
/* Writes the nodes of a run of the db out of its rows, unless they are there. */
MUST_CHECK enum status nodes_complete(struct db *db, const struct config *config, const struct run_row *run,
				      struct err *e);
/* Sums of one tier of any name over the means of a run, given to `seen` in order of their names. */
MUST_CHECK enum status nodes_read(struct db *db, const struct run_row *run,
				  const char *tier, node_seen *seen, void *context, struct err *e);
void nodes_release(struct nodes *nodes);

/* How far what is published adds up. */
struct coherence {
	const char *tier;   /* "series": the leaves themselves */
	int nodes;
	double off;         /* greatest |node - sum of its leaves| */
	double least;       /* least mean */
	int crossed, missing; /* steps whose quantiles cross; nodes that should be there */
};
/* Holds a run's nodes against its leaves, tier by tier, the leaves first. Everything is the arena's. */
MUST_CHECK enum status nodes_check(struct db *db, const struct run_row *run,
				   struct arena *a, struct coherence **out, int *n, struct err *e);
/* Do they add up to 1e-6, without negative means, crossings and gaps? */
int nodes_coherent(const struct coherence *c);

#endif
