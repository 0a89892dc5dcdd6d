/* What the life/run*.c files share. Included by nobody else. */
#ifndef LIFE_RUN_PRIVATE_H
#define LIFE_RUN_PRIVATE_H

#include "base/sha256.h"
#include "life/nodes.h"
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
 * checked against the invariants. `nodes` (may be NULL) gets the sums of a whole panel. */
MUST_CHECK enum status run_forecast_piece(const struct run_plan *plan, const char *piece,
					  const struct panel *panel, const struct fit_context *context,
					  struct nodes *nodes, struct arena *a, struct forecast *out,
					  struct err *e);

/* What a stage took, summed up. */
struct stage_clock {
	double wall, cpu;
};
void stage_start(struct stage_clock *c);
void stage_stop(const struct stage_clock *c, struct stage_clock *sum);

/* A part that is being fitted: it was not found, and is not put yet. */
struct open_part {
	char *name;
	struct stage_clock began, inner;
};

/* What a part took when it was last fitted, whatever the origin was. */
struct part_cost {
	const char *name;
	double wall;
	int seen;
};

/*
 * Fitted parts in the db while a training is under way (io/db_model.h), behind the fit_cache of a fit.
 * That a part cannot be kept is a warning and no end. Parts are told from others by their names and by
 * `base`: a hash of data, config, code, origin and the model that served before.
 */
struct part_cache {
	struct fit_cache cache; /* for fit_context.cache */
	const struct run_plan *plan;
	int64_t record;         /* run whose stages the parts' cost goes to; 0: none */
	char base[SHA256_HEX_SIZE];
	int found, kept, lost;  /* parts taken, kept, and not kept */
	struct stage_clock parts; /* of all parts fitted */
	VEC(struct open_part) open; /* under way, outer ones first */
	struct arena arena;
	struct part_cost *cost; /* [n_cost] of the last training of this spec, if there was one */
	int n_cost;
	double done, total;     /* of it, in seconds; total 0: nothing to go by */
};
/* The plan has a name (run_name) and is borrowed. Release when all is fitted. */
void part_cache_init(struct part_cache *p, const struct run_plan *plan);
void part_cache_release(struct part_cache *p);
/* The key of a part. */
void part_key(const struct part_cache *p, const char *name, char hex[SHA256_HEX_SIZE]);

#endif
