/*
 * What is known beside the sales: prices, promotions, events, further columns and attributes of a
 * panel's series, as plain facts in periods. feature/ makes columns of them for methods.
 *
 * What may be seen. Each is one of
 *   DRIVER_KNOWN   known ahead: plans and calendars. Seen wherever its table speaks.
 *   DRIVER_PAST    known when its day is over: weather, footfall. Seen up to the view's origin.
 *   static         attributes.
 * The accessors take the panel, whose `until` is the origin of the view, and show nothing else; where
 * a known driver's table has ended, its policy fills in and the value is flagged as assumed.
 */
#ifndef SERIES_DRIVER_H
#define SERIES_DRIVER_H

#include "series/panel.h"

enum driver_known { DRIVER_KNOWN, DRIVER_PAST };
/* What a value is taken for where none is told: the last one, zero, or unknown. */
enum driver_missing { MISSING_CARRY, MISSING_ZERO, MISSING_NONE };

/* From this period on, until the next step, the price stands. */
struct price_step {
	period_t from;
	double price; /* per unit, > 0 */
};

/* A series is on promotion in [from, until]. */
struct promotion_span {
	period_t from, until;
	int mechanic; /* number of its name */
	double depth; /* share off the regular price, 0..1; NaN: not told */
};

/* A special day of some series, those of whole stores: [series_from, series_to). */
struct event_day {
	period_t period;
	int series_from, series_to;
	int name, type; /* numbers of their names */
	int closed;
};

/* A numeric column: of every series (n_row = panel n), of each store (rows by store) or of the chain
 * (n_row 1). */
struct driver_column {
	const char *name;           /* "snap", "discount", "temperature" */
	enum driver_known known;
	enum driver_missing missing;
	int n_row;
	const int32_t *row_of;      /* [n] row of each series, or NULL: row 0 */
	period_t from, until;       /* what the table speaks for */
	const float *value;         /* [n_row][until - from + 1]; NaN: not told */
};

/* A property of stores or items: "dept", "brand", "state". */
struct attribute {
	const char *name;
	int of_store;                /* 1: of the store, 0: of the item */
	int n_value;
	const char *const *value;    /* [n_value] ascending */
	const int32_t *code;         /* [n] number of the value; -1: not told */
};

/*
 * What a node of the tree sold, period by period without gaps, where it is known from before (or
 * beside) the items': shops keep sums for longer. `name` is the values of the attributes that the node
 * stands for, in byte order: "CA|FOODS"; "total" is all.
 */
struct node_history {
	const char *name;
	period_t first;
	int n;
	const double *units; /* [n]; NaN: not told */
};

/* All arrays are the panel owner's. Series are numbered as in the panel. */
struct drivers {
	int n;
	enum driver_known price_known, promotion_known;
	const int64_t *price_begin;      /* [n+1] offsets into price, or NULL: no prices */
	const struct price_step *price;  /* of each series, ascending */
	period_t price_until;            /* last period that the price tables speak for */
	const period_t *price_told;      /* [n] last period of which a price of the series was told; one that
					  * was told none beyond the origin is not in the plan; NULL: all are */
	const int64_t *promotion_begin;  /* [n+1] offsets, or NULL */
	const struct promotion_span *promotion; /* of each series, by from */
	period_t promotion_until;        /* last period that the plan speaks for */
	int n_mechanic;
	const char *const *mechanic;     /* [n_mechanic] ascending */
	int n_event;
	const struct event_day *event;   /* [n_event] by (period, series_from, name) */
	period_t event_from, event_until;/* what the calendar speaks for */
	int n_event_name, n_event_type;
	const char *const *event_name, *const *event_type; /* ascending */
	int n_column;
	const struct driver_column *column;
	int n_attribute;
	const struct attribute *attribute;
	int n_history;
	const struct node_history *history; /* [n_history] by name, up to the panel's end */
	const float *share_out;          /* [begin[n]] of the panel's cells: share of the opening hours out
					  * of stock, 0..1, NaN: not told; NULL: no stock file */
};

/* Price of series i in a period as seen from the view's origin; NaN before its first price or without
 * prices. *assumed (may be NULL) is set to 1 where the last known price was carried on: beyond the tables,
 * or beyond the last period told where that does not lie after the origin. */
double driver_price(const struct panel *p, int i, period_t period, int *assumed);
/* The promotions of series i that touch [from, until] as seen from the origin, by from: fills `out`
 * with at most `room` of them, returns how many there are. *assumed: a part of the span lies beyond
 * the plan, where none is taken to run. */
int driver_promotions(const struct panel *p, int i, period_t from, period_t until,
		      const struct promotion_span **out, int room, int *assumed);
/* Events of a period that concern series i: as above. */
int driver_events(const struct panel *p, int i, period_t period, const struct event_day **out, int room);
/* Value of column k for series i; NaN: not known, not to be seen, or not told and MISSING_NONE. */
double driver_value(const struct panel *p, int k, int i, period_t period, int *assumed);
/* History of a node by its name, or NULL. */
const struct node_history *driver_history(const struct drivers *d, const char *name);
/* The attribute of that name, or NULL. */
const struct attribute *driver_attribute(const struct drivers *d, const char *name);

#endif
