/* What the life/run*.c files share. Included by nobody else. */
#ifndef LIFE_RUN_PRIVATE_H
#define LIFE_RUN_PRIVATE_H

#include "life/run.h"

/*
 * What a plan's spec is fitted to in one piece: a store, or, where it learns across series, the whole
 * panel. The pieces cover all series that have begun by the origin, each once, in key order.
 */
struct pieces {
	const char **name; /* [n] store; "" is the whole panel */
	int *series;       /* [n] */
	int n, n_series;
};

/* The pieces of a plan; memory is the arena's. */
MUST_CHECK enum status run_pieces(const struct run_plan *plan, struct arena *a, struct pieces *out,
				  struct err *e);
/* The piece that a store lies in: the store, or "" for the whole panel. */
const char *run_piece_of(const struct run_plan *plan, const char *store);
/* Panel of a piece. */
MUST_CHECK enum status run_read_piece(const struct run_plan *plan, const char *piece,
				      struct panel_owner *out, struct err *e);
/* Adds to a panel what methods learn from days out of stock, by the setting demand.uncensor. */
void run_uncensor(const struct run_plan *plan, struct panel_owner *out);
/* What the plan's version keeps of a piece, loaded; *model NULL: there is none. */
MUST_CHECK enum status run_load_piece(const struct run_plan *plan, const char *piece, struct arena *a,
				      void **model, struct err *e);
/* Forecasts of a piece's panel into `out` (n = panel->n), by the plan's version or a fit of its own;
 * checked against the invariants. */
MUST_CHECK enum status run_forecast_piece(const struct run_plan *plan, const char *piece,
					  const struct panel *panel, const struct fit_context *context,
					  struct arena *a, struct forecast *out, struct err *e);

#endif
