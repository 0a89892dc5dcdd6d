/* The residuals of a db as fleets for the drift chart: series near and far, and nodes by what is watched of them. */
#ifndef LIFE_MONITOR_FLEET_H
#define LIFE_MONITOR_FLEET_H

#include "eval/drift.h"
#include "life/weeks.h"

enum channel { CHANNEL_NEAR, CHANNEL_FAR, CHANNEL_NODE_NEAR, CHANNEL_NODE_FAR, CHANNEL_SIZE, CHANNEL_COVERAGE };
#define N_CHANNEL 6
#define CHANNEL_LEAVES 2 /* channels below are of series, the others of nodes */
extern const char *const channel_name[N_CHANNEL]; /* "near" ... */

/* A node of the fleets: its place in the cuts. */
struct fleet_node {
	int cut, member;
};
/* All that the charts look at; memory is the arena's. */
struct fleets {
	int first, n_week;                /* week first + n_week - 1 is in hand */
	int served, last_served;          /* of them, weeks that were served; 1: the last was */
	int n_series, n_node;
	struct drift_fleet fleet[N_CHANNEL];
	float *error[CHANNEL_LEAVES];     /* [n_week][n_series] units less mean */
	float *value[N_CHANNEL];          /* [n_week][n_node] what the fleets of nodes borrow */
	int n_group;
	const char **group_name;          /* [n_group] "S01/dairy" */
	const struct fleet_node *node;    /* [n_node] */
};
/*
 * The last `weeks` weeks that there are; n_week 0: there are none. `spec` is what serves, or NULL: size and
 * coverage of weeks that another spec replayed are left out, for each has intervals of its own kind.
 */
MUST_CHECK enum status fleets_load(struct fleets *out, struct db *db, const struct config *config,
				   const struct cuts *cuts, const char *spec, int weeks, struct arena *a,
				   struct err *e);
/* Name of a node, "store S01"; the arena's. */
const char *fleet_node_name(const struct cuts *c, const struct fleet_node *n, struct arena *a);

#endif
