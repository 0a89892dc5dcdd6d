/*
 * What came in, as a check sees it: one day of all series at a time, and what the ledger, the price
 * table and the declared lists say. io fills these in, quality judges them.
 */
#ifndef SERIES_FEED_H
#define SERIES_FEED_H

#include <stddef.h>
#include <stdint.h>
#include "series/events.h"
#include "series/panel.h"

/* Is a store or item in the list of its kind that was given? */
enum declared { DECLARED_NOT, DECLARED_NO_LIST, DECLARED_YES };

/* Who there is. Series ascend by the db's number, so those of a store lie together. */
struct feed_scope {
	struct calendar calendar;
	int n_store;
	const int64_t *store_id;        /* [n_store] ascending */
	const char *const *store;       /* [n_store] */
	const uint8_t *store_declared;  /* [n_store] enum declared */
	const day_t *store_until;       /* [n_store] last day on which anything of the store is in the assortment;
	                                   DAY_NONE: there is no such day; NULL: of none */
	int n;                          /* series */
	const int64_t *id;              /* [n] ascending */
	const struct series_key *key;   /* [n] */
	const int32_t *store_of;        /* [n] index of the series' store */
	const uint8_t *item_declared;   /* [n] enum declared */
	day_t first, last;              /* of all sales rows as of the check; DAY_NONE: there are none */
	day_t last_ever;                /* of all sales rows, also those after it */
};

/* Has store k's assortment ended before a day? */
static inline int feed_store_shut(const struct feed_scope *s, int k, day_t day)
{
	return s->store_until && s->store_until[k] != DAY_NONE && day > s->store_until[k];
}

/* One day (first day of a period) of the feed; series are indexes into the scope, ascending. */
struct feed_day {
	day_t day;
	int n;
	const int32_t *series; /* [n] */
	const double *units;   /* [n] */
	int n_stock;
	const int32_t *stock_series; /* [n_stock] */
	const double *on_hand, *hours_out, *hours_open; /* [n_stock] NaN = not told */
};

/* Rows that ingest did not take, by reason. */
struct feed_reject {
	const char *path, *field, *reason, *value; /* of the first such row; field may be "" */
	int64_t line, rows;
};

/* A series with prices that are none. */
struct feed_price {
	int32_t series;
	int64_t rows;
	day_t day;    /* the first of them */
	double price; /* the lowest */
};

/* Days on which a series is on promotion. */
struct feed_promotion {
	int32_t series;
	day_t from, until;
};

/* A table of the user's that speaks for days up to `until`. */
struct feed_span {
	const char *source;
	day_t from, until;
};

/* What is known beside the rows. All strings and arrays are an arena's. */
struct feed_facts {
	struct feed_reject *reject;
	int n_reject;
	struct feed_price *price;
	int n_price;
	double price_min, price_max;   /* of the prices above zero; NaN: there are none */
	struct feed_promotion *promotion; /* by (series, from) */
	int n_promotion;
	struct feed_span *span;
	int n_span;
	struct event *event;           /* the user's, in order of (day, store, name) */
	size_t n_event;
	int lag;                       /* days from a batch's last day to the day it came in: the least
	                                  of all batches; -1: not known */
};

#endif
