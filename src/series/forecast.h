/*
 * A forecast: always a distribution, always the same shape: a mean and quantiles per series and
 * step, and for each series the method that really made it.
 *
 * Invariants (forecast_check):
 *  1. level[] ascends strictly, each in (0, 1).
 *  2. no mean or quantile is NaN, infinite or (unless negative sales are the policy) below zero.
 *  3. quantiles do not fall with the level.
 *  4. used[i].method is set; rung 0 means that the chosen spec made it.
 */
#ifndef SERIES_FORECAST_H
#define SERIES_FORECAST_H

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "series/panel.h"

/* How far down the fallback ladder a series ended. */
enum rung { RUNG_SPEC, RUNG_SIMPLER, RUNG_SNAIVE, RUNG_PROFILE, RUNG_MEAN, RUNG_ZERO };
const char *rung_name(enum rung rung); /* "spec", "simpler", "seasonal naive", ... */

/* What made a series' numbers. Strings are static or the arena's. */
struct made_by {
	const char *method;
	enum rung rung;
	const char *reason; /* why it fell, or which guard acted; NULL = nothing to tell */
};

struct forecast {
	int n, n_step, n_level;
	period_t origin;       /* step 1 is origin + 1 */
	const double *level;   /* [n_level] */
	double *mean;          /* [n][n_step] */
	double *quantile;      /* [n][n_step][n_level] */
	struct made_by *used;  /* [n] */
};

#define N_DEFAULT_LEVEL 7
extern const double default_level[N_DEFAULT_LEVEL]; /* .05 .1 .25 .5 .75 .9 .95 */

/* Room for n series, zeroed; memory is the arena's, `level` is borrowed. */
void forecast_init(struct forecast *f, struct arena *a, int n, int n_step, int n_level,
		   const double *level, period_t origin);
/* One series of a forecast as a forecast of its own (borrows; writing goes to the whole). */
struct forecast forecast_at(const struct forecast *f, int i);
/* Copies series i of a forecast to place k of another of the same steps and levels; strings are borrowed. */
void forecast_copy(const struct forecast *from, int i, struct forecast *to, int k);
/* Appends a forecast as bytes, for another process of this program on this machine. */
void forecast_pack(const struct forecast *f, struct buf *out);
/* Fills `out`, which has room for just that shape, from what forecast_pack wrote; *at moves beyond it. Strings are the
 * arena's. E_BUG: it is another shape, or cut off. */
MUST_CHECK enum status forecast_unpack(const char **at, const char *end, struct arena *a, struct forecast *out,
				       struct err *e);
/* Are the invariants kept? E_BUG names the first series and step that breaks one. */
MUST_CHECK enum status forecast_check(const struct forecast *f, const struct series_key *key,
				      struct err *e);

#endif
