/*
 * Which days a store was shut, and on which its feed failed: told once, from how many rows and units
 * each store sent each day. A day without sales can mean four things (nothing sold, shut, no feed,
 * not known), and a method that takes one for another learns nonsense.
 *
 * A store-day is, in this order,
 *   closed   "calendar"  the user's calendar says so and (nearly) nothing was sold
 *            "weekday"   it was quiet on that weekday in 80 % of the weeks around, and on another
 *                        weekday in 20 % of them at most
 *            "holiday"   it was quiet on a public holiday of the region
 *            "annual"    it was quiet on that date, or that day from Easter, in 80 % of the years, and
 *                        on that weekday in 20 % of the weeks around at most
 *            "empty"     rows came as usual, but sold 1 % of the usual at most
 *            "long"      no rows for more than 56 days, then rows again
 *   nofeed   "peers"     no rows, while at least half of its peers sent theirs and it had regularly
 *                        sent its own (on 80 % of its last 56 open days, of which 5 % at most were
 *                        the begin of a gap)
 *            "half"      the same, with less than a fifth of its usual rows
 *   missing  "alone"     no rows from a store that always sent them, and no peers to compare with or
 *                        none that sent either
 * and otherwise it is what its rows say; a store that reports at odd times is left to the gap policy.
 * "Quiet" is: no rows, or units of 1 % of the usual at most (where 20 or more are usual).
 */
#ifndef QUALITY_STATE_H
#define QUALITY_STATE_H

#include "base/mem.h"
#include "series/feed.h"
#include "series/finding.h"

/* Shares and lengths by which the above is told. */
struct state_policy {
	double reporting;     /* .95: how regularly a store has to report before silence is a fault */
	double regular;       /* .8: in how many weeks or years before a closing is regular */
	double quiet;         /* .01: units below this share of the usual are none */
	double half;          /* .2: rows below this share of the usual are a broken feed */
	double peers;         /* .5: share of the peers that must have reported */
	int window;           /* 56: open periods looked back, and the longest silence that is a fault */
};
extern const struct state_policy state_default;

/* Rows and units of each store and period, and what follows. */
struct store_table {
	struct calendar calendar;
	int n_store, n;         /* stores; periods first .. first + n - 1 */
	int n_ahead;            /* further periods that have a state, but no rows yet */
	period_t first;
	const int64_t *store_id;/* [n_store] borrowed */
	int *n_open;            /* [n_store] periods until the store's assortment ends, n at most: what comes after is no
	                         * silence */
	uint32_t *rows;         /* [n_store][n] */
	double *units;          /* [n_store][n] */
	uint8_t *state;         /* [n_store][n + n_ahead] enum day_state: DAY_SOLD = it reported */
	uint8_t *basis;         /* [n_store][n + n_ahead] see state_basis */
};

/* An empty table over the scope's span plus `n_ahead` periods; memory is the arena's. */
void store_table_init(struct store_table *t, const struct feed_scope *scope, period_t until,
		      int n_ahead, struct arena *a);
/* Adds a day's rows. */
void store_table_add(struct store_table *t, const struct feed_scope *scope, const struct feed_day *d);

/*
 * Fills state and basis from rows and units. `user` are the user's events, `rules` the holidays of the
 * region; either may be empty. Periods ahead are closed where the past says that they will be.
 */
void store_states(struct store_table *t, const char *const *store, const struct state_policy *policy,
		  const struct events *user, const struct events *rules);

/* What `basis` holds, as text: "weekday". */
const char *state_basis(int basis);
/* All store-days that are not as their rows say, by (store, day); *out is the arena's. */
size_t store_days(const struct store_table *t, struct arena *a, struct store_day **out);

#endif
