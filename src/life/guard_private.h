/* What the files of guarded runs share (life/guard.c). */
#ifndef LIFE_GUARD_PRIVATE_H
#define LIFE_GUARD_PRIVATE_H

#include "base/child.h"
#include "life/run_private.h"

extern const char guard_late[]; /* the reason of a series that the deadline came before */

/* A piece of a block, held while the block is made. */
struct work {
	const struct run_plan *plan;
	const char *name;
	struct panel_owner owner;
	struct buf blob;
	int found, at; /* the blob is there; number of its first series within the block */
};

/* A guarded run under way. */
struct guard {
	struct execution *x;
	struct run_plan cheap;        /* the same run by the cheap spec */
	struct block *block;          /* [n_block] */
	int n_block, n;
	double *stake, *effort;       /* [n] money of the last weeks; periods of history, which the work goes with */
	uint8_t *chosen, *done;       /* [n] to be upgraded; upgraded */
	uint8_t *open;                /* [n_block] 1: nothing of it was upgraded by an earlier attempt */
	double *overhead;             /* [n_block] wall seconds that reading and writing it take */
	double effort_done, wall_done;/* of children so far */
	double reserve;               /* seconds before the deadline that writing and publishing need */
	struct fit_watch *watch;      /* shared with the child */
};

/* ---- life/guard_choose.c: what is at stake, and in which order ---- */

/* Fills stake and effort of a piece's series, from number `at` of the run on. */
void guard_weigh(struct guard *g, const struct panel *panel, int at);
struct rank {
	double worth; /* stake over effort */
	int i;
};
/* Places 0 .. n - 1 by worth, the greatest first; the caller frees. */
struct rank *guard_ranks(const double *stake, const double *effort, int n);
/* Blocks, the one with the most at stake for its work first; those of which nothing is chosen come last. The caller
 * frees. */
int *guard_order(const struct guard *g);
/* Seconds until writing must begin; without a deadline a lot. */
double guard_time_left(const struct guard *g);
/* Chooses anew in blocks order[from..], for all that the time left does for: the series worth most. */
void guard_choose(struct guard *g, const int *order, int from);

/* ---- life/guard_attempt.c: one block in a child ---- */

/* A block that a child is to make. */
struct attempt {
	struct guard *g;
	const struct block *b;
	struct work *w;
	const uint8_t *skip;  /* [b->series] or NULL */
	double until;
	int64_t slow;         /* the series that took too long; 0: none */
};
/* Makes the block but for what is left out, once. `out` gets its forecasts, packed, and its sums. */
enum child_end guard_try(struct attempt *t, struct buf *out, struct child_report *how);
/*
 * Makes a block but for what is left out (skip [series], changed; stays [series]: the reasons) until a child comes
 * through with it. id [series]: the numbers of its series. *made 0: none did, and all of the block stays cheap for the
 * reason *why. E_USAGE: the spec is wrong; E_STOPPED.
 */
MUST_CHECK enum status guard_make(struct attempt *t, const int64_t *id, uint8_t *skip, const char **stays,
				  struct arena *a, struct forecast *f, int *made, const char **why, struct err *e);

#endif
