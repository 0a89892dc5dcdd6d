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
/* The same as bytes, not loaded; *found 0: the version keeps nothing of that piece, or there is no version. */
MUST_CHECK enum status run_read_model(const struct run_plan *plan, const char *piece, struct buf *blob, int *found,
				      struct err *e);
/* Forecasts of a piece's panel from a model's bytes (NULL: a fit of its own), without a look at the db. */
MUST_CHECK enum status run_forecast_from(const struct run_plan *plan, const char *piece, const struct buf *blob,
					 const struct panel *panel, const struct fit_context *context,
					 struct nodes *nodes, struct arena *a, struct forecast *out, struct err *e);
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

/* Pieces that are read and forecast one after the other and held together until they are written. */
struct block {
	int from, to;      /* pieces [from, to) */
	int series, chunk; /* series in it, number of its first chunk */
	int at;            /* number of its first series in the whole run */
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

/* A run under way (life/run.c). */
struct execution {
	const struct run_plan *plan;
	struct run_plan *canary;  /* that of the canary's stores, once one was met */
	struct pieces pieces;
	struct arena arena;
	int64_t seq;
	int n_done, chunks_there;
	struct part_cache parts;  /* of a spec that learns across series and has no version */
	struct nodes *nodes;      /* of a spec that learns across series; NULL: of another */
	int nodes_there;
	struct panel_owner whole; /* the one panel of such a spec, from the look at its drivers on */
	int has_whole;
	struct stage_clock read, model, write;
};

/* The block after `b` (zeroed: the first); false at the end. */
int run_next_block(const struct pieces *s, struct block *b);
/* The plan that a piece is forecast by: the canary's for its stores. *plan is the execution's. */
MUST_CHECK enum status run_plan_of(struct execution *x, const char *piece, const struct run_plan **plan,
				   struct err *e);
/* The panel of a piece, which has so many series; that of all is handed over where it was read before. */
MUST_CHECK enum status run_take_piece(struct execution *x, int k, struct panel_owner *out, struct err *e);
/* Room for a block's forecasts; the arena's. */
void run_block_init(const struct execution *x, const struct block *b, struct arena *a, struct forecast *f);
/* Writes the block's chunks from number `first` of the run on. E_STOPPED: a signal came. */
MUST_CHECK enum status run_write_block(struct execution *x, const struct block *b, int first,
				       const struct forecast *f, const int64_t *id, struct err *e);
/* The blocks of a guarded run (life/guard.c), and of one that is made again as it went (plan->follow). */
MUST_CHECK enum status guard_blocks(struct execution *x, struct run_result *result, struct err *e);
MUST_CHECK enum status guard_follow(struct execution *x, struct err *e);
/* Is that the reason of a series that stayed cheap because the deadline came first? */
int guard_was_late(const char *reason);

#endif
