/*
 * The panel: all series of a scope, as one array with offsets, immutable once built. Series are
 * sorted by (store, item), so a store is a contiguous slice. panel_until() is the only way a method
 * or feature is shown data: a view that ends at the origin.
 *
 * Invariants:
 *  1. key[] ascends strictly by (store, item), bytes compared.
 *  2. begin[0] = 0, begin[i] <= begin[i+1]; series i has values for periods first[i] ..
 *     first[i] + begin[i+1] - begin[i] - 1, without gaps.
 *  3. No accessor gives a value after `until`.
 *  4. units is NaN exactly where the state is DAY_MISSING or DAY_NOFEED; where the state is
 *     DAY_CLOSED or DAY_STOCKOUT it is what was sold, which is not what was demanded.
 */
#ifndef SERIES_PANEL_H
#define SERIES_PANEL_H

#include "base/mem.h"
#include "series/calendar.h"

enum day_state { DAY_SOLD, DAY_ZERO, DAY_MISSING, DAY_NOFEED, DAY_CLOSED, DAY_STOCKOUT };
#define N_DAY_STATE 6
const char *day_state_name(enum day_state state); /* "sold" ... as in the glossary */

struct series_key {
	const char *store, *item;
};

/* By store, then item; bytes. */
int series_key_compare(const struct series_key *a, const struct series_key *b);
/* 64 bits of the key's SHA-256: names a series in hashes and model blobs. */
int64_t series_key_hash(const struct series_key *key);

/* A span in which a series is in the assortment; the plan reaches beyond the panel's end. */
struct listing {
	period_t from, until;
};

/* Some series that will be shut in a period after the panel's own end: nothing will be sold. */
struct closing {
	int from, to;    /* series [from, to) */
	period_t period;
};

struct drivers;

struct panel {
	struct calendar calendar;
	int n;                        /* series */
	period_t until;               /* nothing after this period can be seen */
	const struct series_key *key; /* [n] */
	const int64_t *id;            /* [n] the db's number of the series */
	const period_t *first;        /* [n] period of each series' first value */
	const int64_t *begin;         /* [n+1] offsets into the columns */
	const double *units;          /* [begin[n]] sold per period */
	const uint8_t *state;         /* [begin[n]] enum day_state */
	const int32_t *segment;       /* [n] number of the series' segment (category), 0.. */
	int n_segment;
	const int32_t *listing_begin; /* [n+1] offsets into listing, or NULL: all are always listed */
	const struct listing *listing;/* spans of each series, ascending; a series without is listed */
	int n_closing;
	const struct closing *closing;/* [n_closing] that are known ahead, by (from, period) */
	const struct drivers *drivers;/* series/driver.h; NULL: none were read */
	const double *demand;         /* [begin[n]] what methods learn from (feature/demand.h), each day made
				       * of days up to it alone; NULL: units of days in stock */
};

/* One series as seen from the view's origin; passed by value. */
struct series {
	struct series_key key;
	period_t first;       /* period of units[0] */
	int n;                /* values up to the origin; may be 0 */
	const double *units;  /* [n] */
	const uint8_t *state; /* [n] */
	const double *demand; /* [n] or NULL: as in the panel */
};

/* The same panel as it was at an origin: a view that borrows everything. Origins beyond `until`
 * give `until`. */
struct panel panel_until(const struct panel *p, period_t origin);
/* Series [from, to) as a panel of their own, without drivers and closings: a view of what was sold. */
struct panel panel_slice(const struct panel *p, int from, int to);
/* Series i up to the view's end. */
struct series panel_series(const struct panel *p, int i);
/* Index of a key, or -1. O(log n). */
int panel_find(const struct panel *p, const char *store, const char *item);
/* The slice of one store, as [*from, *to); empty when the store is not there. */
void panel_store(const struct panel *p, const char *store, int *from, int *to);

/* May this value teach a method what demand is: sold or zero? (Not closed, out of stock, unknown.) */
static inline int series_usable(const struct series *s, int t)
{
	return s->state[t] <= DAY_ZERO;
}

/*
 * Copies of the usable units with everything else as NaN, into `out` [s->n]; returns how many are
 * usable.
 */
int series_known(const struct series *s, double *out);
/* The same, but where the panel has estimates of demand on days out of stock, with these: the shape in
 * which the local methods take a series. */
int series_demand(const struct series *s, double *out);

/* Is series i in the assortment in a period? */
int panel_listed(const struct panel *p, int i, period_t period);

/* Has the series been counted in whole units up to the view's end? (False when nothing is known.) */
int series_is_whole(const struct series *s);

/* Periods at the end of the view without a sale: known zeros and unknown days, but at least one
 * known zero; 0 when the last known value is a sale. The whole length when nothing was ever sold. */
int series_silence(const struct series *s);

/* A panel that owns its columns. */
struct panel_owner {
	struct panel panel;
	void *memory[12]; /* freed together */
	int n_memory;
	struct arena arena; /* of the drivers */
};
void panel_release(struct panel_owner *p);

#endif
