/* What a check needs out of the db, and what it leaves there: findings, states of days. */
#ifndef IO_DB_QUALITY_H
#define IO_DB_QUALITY_H

#include "base/mem.h"
#include "io/db.h"
#include "series/feed.h"
#include "series/finding.h"

/* Stores and series by number, and the span of the sales up to `as_of` (DAY_NONE: of all). Arrays and
 * strings are the arena's. */
MUST_CHECK enum status db_feed_scope(struct db *db, day_t as_of, struct arena *a,
				     struct feed_scope *out, struct err *e);

/* Sales and stock rows up to `as_of`, one day at a time, ascending; the day and its arrays live until
 * the call returns. One scan of each table; memory holds one day. */
typedef void feed_day_seen(void *context, const struct feed_day *day);
MUST_CHECK enum status db_feed_days(struct db *db, const struct feed_scope *scope, day_t as_of,
				    feed_day_seen *seen, void *context, struct err *e);

/* Rejected rows of the newest delivery (the files taken in within a day of the last), put together by
 * the begin of their reason; prices that are none, promotions, tables with an end, the user's events,
 * and how promptly files come. */
MUST_CHECK enum status db_feed_facts(struct db *db, const struct feed_scope *scope, struct arena *a,
				     struct feed_facts *out, struct err *e);

/* Replaces the findings of `as_of`, and keeps their names. */
MUST_CHECK enum status db_findings_write(struct db *db, day_t as_of, const struct finding *finding,
					 size_t n, struct err *e);
/* Findings of a check, in their order; as_of DAY_NONE: of the last check. *as_of_out gets the day,
 * DAY_NONE when nothing was ever checked. */
MUST_CHECK enum status db_findings(struct db *db, day_t as_of, struct arena *a, struct finding **out,
				   size_t *n, day_t *as_of_out, struct err *e);

/*
 * Replaces all states of days. Nothing is written, and *changed is 0, when they are what the db has
 * already; else the data's version rises (db_touch). Store-days by (store, day), series-days by
 * (day, series).
 */
MUST_CHECK enum status db_states_write(struct db *db, const struct store_day *store_day, size_t n_store,
				       const struct series_day *series_day, size_t n_series,
				       int *changed, struct err *e);
/* Demand of a series on a day out of stock. */
struct demand_estimate {
	day_t day;
	int64_t series;
	double demand;
};
/* Replaces all estimates by these, by (day, series). Nothing is written where they are the same. */
MUST_CHECK enum status db_estimates_write(struct db *db, const struct demand_estimate *estimate, size_t n,
					  struct err *e);
/* Names of the stores with days out of stock, ascending; the arena's. */
MUST_CHECK enum status db_stores_out(struct db *db, struct arena *a, const char ***out, int *n,
				     struct err *e);
/* Store-days of a store (0: of all) from `from` on, by (store, day); *out is the arena's. */
MUST_CHECK enum status db_store_days(struct db *db, int64_t store, day_t from, struct arena *a,
				     struct store_day **out, size_t *n, struct err *e);

#endif
