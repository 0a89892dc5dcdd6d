/*
 * Weeks as the monitor counts them, and what is kept of one: a residual of each series, sums of each node.
 * A week is seven days that begin on a Monday, or one period of another calendar.
 */
#ifndef LIFE_WEEKS_H
#define LIFE_WEEKS_H

#include "eval/residual.h"
#include "io/db_realised.h"
#include "life/settings.h"

static inline int week_length(const struct calendar *c)
{
	return c->kind == PERIOD_DAY ? 7 : 1;
}
/* The week that a period lies in; its first period. */
int week_of(const struct calendar *c, period_t p);
period_t week_start(const struct calendar *c, int week);

/* One cut of the series: "all", "store", an attribute of items with 2 to 60 values. */
struct cut {
	const char *name;
	const char **member; /* [n_member] */
	int *of;             /* [n] number of each series' member */
	int n_member;
};
#define CUTS_MAX 12
/* All series of a db and their cuts; memory is the arena's. */
struct cuts {
	struct calendar calendar;
	struct catalog_series *series; /* [n] by id */
	int n, n_cut, gaps_zero;
	struct cut cut[CUTS_MAX];      /* the first is "all", the second "store" where there are several */
};
MUST_CHECK enum status cuts_settle(struct cuts *c, struct db *db, const struct config *config, struct arena *a,
				   struct err *e);
/* Place of a series among them, or -1. */
int cuts_find(const struct cuts *c, int64_t id);

/* A week under way. Zero it; release it. */
struct week_sums {
	const struct cuts *cuts;
	VEC(struct resid_row) row;
	struct resid_node *node[CUTS_MAX]; /* [n_member] of each cut */
};
void week_begin(struct week_sums *w, const struct cuts *c);
/* Adds series i of the cuts, if anything of it counts. Rows are to come by id within a store. */
void week_add(struct week_sums *w, int i, const struct residual *r);
/* Writes the rows, and forgets them; the sums stay. In the caller's transaction. */
MUST_CHECK enum status week_write_rows(struct week_sums *w, struct db *db, enum resid_role role,
				       enum resid_band band, int week, struct err *e);
/* Writes the sums. In the caller's transaction. */
MUST_CHECK enum status week_write_nodes(struct week_sums *w, struct db *db, enum resid_role role,
					enum resid_band band, int week, struct err *e);
void week_release(struct week_sums *w);

#endif
