/* Panels out of the db, and the hash of what they are made of. */
#ifndef IO_DB_PANEL_H
#define IO_DB_PANEL_H

#include "base/sha256.h"
#include "io/db.h"
#include "io/db_catalog.h"
#include "series/panel.h"

/* What a day without a row means where nothing else tells. */
enum gap_policy { GAP_ZERO, GAP_MISSING };
/* What negative sales (returns) become. */
enum returns_policy { RETURNS_NET, RETURNS_FLOOR };

struct panel_request {
	const char *store;        /* NULL: all stores */
	day_t as_of;              /* last day to be known; DAY_NONE: all there is */
	enum gap_policy gaps;
	enum returns_policy returns;
	const char *segment;      /* attribute that pools short series ("dept"); NULL: the store */
	int drivers;              /* 1: prices, promotions, events, columns and attributes too */
	const char *known, *past; /* names of driver columns (and "price", "promotion") that are known
				   * ahead, or only when their day is over; NULL: as the tables tell */
	const char *missing;      /* "name=carry|zero|none, ..." of columns; NULL: carry, zero for flags */
	const char *region;       /* whose public holidays are events; NULL: the user's events alone */
};

/*
 * Reads a panel with day states: units, gaps by policy, store days that are closed or without feed,
 * stock-outs, corrections only if known by `as_of`. The panel ends at the last day of the feed
 * (or as_of). A series that is listed but has not sold yet has no values (catalog_in_panel). Release with panel_release. E_NOTFOUND: unknown store; E_INPUT: no sales.
 */
MUST_CHECK enum status db_panel(struct db *db, const struct panel_request *, struct panel_owner *out,
				struct err *e);

/* Number of the month (for PERIOD_NUMBER: of the 32 numbers) that a day's hash belongs to: the key of
 * table data_month. */
int db_month(const struct calendar *c, day_t day);

/* First and last day with sales up to `as_of` (DAY_NONE: all); both DAY_NONE when there are none. */
MUST_CHECK enum status db_sales_span(struct db *db, day_t as_of, day_t *first, day_t *last,
				     struct err *e);

/*
 * SHA-256 of the data as of a day: sales in (month, day, key) order with prices, states, events; the
 * same whatever the order in which files came. Hashes of whole months are kept in data_month.
 */
MUST_CHECK enum status db_data_hash(struct db *db, day_t as_of, char hex[SHA256_HEX_SIZE],
				    struct err *e);

#endif
