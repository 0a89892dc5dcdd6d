/* The two halves of the node panel: sums (node_panel.c), and what explains them (node_driver.c). */
#ifndef MODEL_NODE_PANEL_PRIVATE_H
#define MODEL_NODE_PANEL_PRIVATE_H

#include "model/node_panel.h"

/* Periods ahead in which at least half of a node's members are shut. */
void node_closings(const struct panel *, const struct hierarchy *, struct arena *, struct node_panel *out);
/* Drivers of the nodes. */
void node_drivers(const struct panel *, const struct hierarchy *, struct arena *, struct node_panel *out);

#endif
