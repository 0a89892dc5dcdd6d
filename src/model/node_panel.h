/*
 * The tree's nodes as a panel, so that any method can forecast them: a series per node (store = name of
 * the tier, item = name of the node), with drivers that sum up those of its members.
 */
#ifndef MODEL_NODE_PANEL_H
#define MODEL_NODE_PANEL_H

#include "base/err.h"
#include "series/driver.h"
#include "series/hierarchy.h"

#define NODES_MOST 2000 /* nodes of a tier that is made unasked */

/*
 * Tiers of a panel: `names` are joined by '+' (or commas), each "total", "store", "item", an attribute,
 * or several of them joined by '*': "total+store+state*dept". "": the total, the store, every attribute,
 * and the crossings of the store and its attributes with each attribute of the items; those of one node,
 * of a quarter of the series' number or more, or of more than NODES_MOST are left out, and of two that
 * group alike the first stays. E_USAGE: no such attribute, or a name that stands twice.
 */
MUST_CHECK enum status node_tiers(const struct panel *, const char *names, struct arena *,
				  struct hierarchy *out, struct err *e);

struct node_panel {
	struct panel panel;
	int *begin; /* [n_tier] number of the series of each tier's first node; the rest follow in order */
};

/*
 * Sums of the members' demand. What a series (item, store) that is closed, out of stock or unknown on a
 * day would have sold is filled in by the share of the node that it usually is, by its mean up to the
 * day before, which fades while nothing is known of it; where more than half is to be filled in, the
 * day is unknown, or closed where all are. No value depends on what came after its day. Before its first
 * member a node has what is known of it from elsewhere (node_history).
 *
 * Drivers: events and closings that concern at least half of the members; columns averaged; the price
 * as a chained index of the members' mean log change, 1 at first; "promotion_share", a column, the
 * share of the members that are on promotion; attributes "tier" and those that the tiers are made of.
 * Everything is the arena's; keys of nodes are borrowed from the tree.
 */
void node_panel_make(const struct panel *, const struct hierarchy *, struct arena *, struct node_panel *out);

#endif
