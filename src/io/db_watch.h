/* Counts that the monitor watches: prices, promotions, nights, and its own earlier statistics. */
#ifndef IO_DB_WATCH_H
#define IO_DB_WATCH_H

#include "io/db.h"

/* Of the series that sold on the last day with sales up to `day`: how many, and how many had a price told of it. */
MUST_CHECK enum status db_prices_told(struct db *db, day_t day, int *selling, int *told, struct err *e);
/* Price changes in each of n weeks that end at day, day - 7 ...: out[n], the newest first. */
MUST_CHECK enum status db_price_changes(struct db *db, day_t day, int n, double *out, struct err *e);
/* Changes of the last week to over `factor` times, or below 1 / factor of, the price before. */
MUST_CHECK enum status db_price_jumps(struct db *db, day_t day, double factor, int *out, struct err *e);
/* Series on promotion on day, day - 7 ...: out[n], the newest first. */
MUST_CHECK enum status db_promoted(struct db *db, day_t day, int n, double *out, struct err *e);
/* Wall seconds and peak memory in bytes of the newest training that came to its end; *found 0: there is none. */
MUST_CHECK enum status db_training_cost(struct db *db, double *seconds, double *bytes, int *found, struct err *e);
/* Wall seconds and share of fallbacks of the newest n runs of a kind that ended before run `seq`, that were not
 * cut off, newest first; *found of them. And the run's own so far. */
MUST_CHECK enum status db_night_past(struct db *db, int64_t seq, const char *kind, int n, double *seconds,
				     double *fallbacks, int *found, struct err *e);
/* Earlier values of a statistic, the newest first, of days before `day`; *found of n. */
MUST_CHECK enum status db_stat_past(struct db *db, const char *monitor, const char *node, day_t day, int n,
				    double *out, int *found, struct err *e);
#endif
