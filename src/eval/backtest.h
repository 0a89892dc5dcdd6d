/*
 * Backtest: the past replayed. At each of several origins every spec is fitted (or kept from an
 * earlier one), forecasts what was then the future from what was then known, and is scored by what
 * came. Methods run through their contract and see the panel through panel_until alone.
 *
 * Data come in blocks (a store at a time), in a fixed order; only sums are kept, so a backtest needs
 * the memory of its largest block and of the tiers' nodes, whatever the number of series. Within a
 * block the scoring is cut into chunks of fixed size whose sums are added in order: the number of
 * threads changes no bit.
 *
 *     struct backtest *b = backtest_new(&setup);
 *     for each store: backtest_block(b, &block, &e);
 *     backtest_scores(b, &arena, &score, &n);
 *     backtest_free(b);
 *
 * Not scored: days that are closed, out of stock or unknown, and series that had not begun at the
 * origin.
 */
#ifndef EVAL_BACKTEST_H
#define EVAL_BACKTEST_H

#include "eval/metric.h"
#include "model/method.h"
#include "series/hierarchy.h"
#include "series/score.h"

struct backtest_setup {
	int n_spec;
	const struct spec *const *spec; /* [n_spec] */
	const char *const *name;        /* [n_spec] what the scores call them */
	struct calendar calendar;
	int windows, step, horizon;     /* origins, periods between them, steps that are scored */
	int gap;                        /* steps after the origin that are not scored */
	int refit;                      /* fit anew at every refit-th window; 0 and 1: at each */
	period_t last;                  /* the latest origin; see backtest_last_origin */
	period_t first;                 /* first period of the data; only tiers need it */
	int n_level;
	const double *level;            /* [n_level] */
	struct fit_context context;
	int n_attribute;                /* segments that scores are cut by */
	const char *const *attribute;   /* [n_attribute] names */
	const struct hierarchy *tree;   /* tiers above the series; n_tier may be 0; NULL: none */
	int weighted;                   /* blocks bring weights: WRMSSE means something */
	int n_series;                   /* in all blocks, for the progress that is shown; 0: not known */
	int n_extra;
	const struct metric *extra;     /* [n_extra] metrics of the caller's, beside eval's own */
};

/* Some series that are scored together: a store, or all. All borrowed for the call. */
struct backtest_block {
	const struct panel *panel;         /* beyond the last origin: its end is the truth */
	const char *const *const *member;  /* [n_attribute][panel->n] value of each attribute */
	const int32_t *leaf;               /* [panel->n] number of the series in the tree; -1: none */
	const double *weight;              /* [panel->n] revenue, or NULL */
	const struct panel *all;           /* what the specs are shown, `panel` being a part of it
					    * (panel_slice); NULL: `panel` itself */
	int at;                            /* place of the first series of `panel` in `all` */
	const struct unit_cost *cost;      /* [panel->n] for metrics of money, or NULL */
};

/* The latest origin whose last step is within a panel that ends at `until`. */
period_t backtest_last_origin(period_t until, int gap, int horizon);
/* Origin of window w, 0 the earliest. */
period_t backtest_origin(const struct backtest_setup *setup, int w);

struct backtest;
/* The setup and all it points to is borrowed until backtest_free. */
struct backtest *backtest_new(const struct backtest_setup *setup);
/* Replays all windows of all specs over a block. E_USAGE from a spec's fit; E_BUG when a forecast
 * breaks its invariants. */
MUST_CHECK enum status backtest_block(struct backtest *b, const struct backtest_block *block,
				      struct err *e);
/* All scores, sorted by (method as given, part, member, metric as listed); strings and array are the
 * arena's. Call once, after the last block. */
int backtest_scores(struct backtest *b, struct arena *a, const struct score **out);
/* The metrics of its scores, borrowed. */
int backtest_metrics(const struct backtest *b, const struct metric **out);
void backtest_free(struct backtest *b);

#endif
