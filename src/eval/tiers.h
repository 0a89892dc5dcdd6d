/*
 * What a backtest keeps of the tiers above the series: for every node, the sums of sales and of
 * forecasts in each window, and its whole history, out of which come the scales. Quantiles do not add:
 * nodes have them where the method knows distributions of sums (method->nodes) and was shown all series
 * at once. A day on which a series' sales are no demand is left out of the node's sales
 * and forecasts alike.
 */
#ifndef EVAL_TIERS_H
#define EVAL_TIERS_H

#include "eval/backtest.h"
#include "eval/cells.h"

struct tiers;

/* NULL when the setup has no tiers. The setup is borrowed. */
struct tiers *tiers_new(const struct backtest_setup *setup);
/* Adds the sales of a block's series: history and windows. Series order. */
void tiers_add_actuals(struct tiers *t, const struct backtest_block *block);
/* Adds one spec's means of one window. */
void tiers_add_forecast(struct tiers *t, const struct backtest_block *block, const struct forecast *f,
			int spec, int window);
/* What made a forecast, and what it was shown. */
struct tiers_source {
	const struct method *method;
	const void *model;
	const struct panel *past;
	const struct fit_context *context;
};
/* Adds the quantiles of the nodes for the same forecast; nothing where the method knows none, or the
 * block is not the whole tree. Where a part of a node is not scored, its quantiles shrink with its mean. */
void tiers_add_nodes(struct tiers *t, const struct backtest_block *block, const struct tiers_source *source,
		     const struct forecast *f, int spec, int window);
/* Scores all nodes into the cells of part "tier". */
void tiers_score(const struct tiers *t, struct cells *cells, int season);
void tiers_free(struct tiers *t);

#endif
