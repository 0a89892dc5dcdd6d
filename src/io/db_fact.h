/*
 * What explains sales, into the db: prices, promotions, stock, drivers, listings, events, the
 * calendar's labels, attributes and costs. Everything is put where it is not or has changed, and
 * counted as new, changed or same. All within a transaction of the caller's.
 */
#ifndef IO_DB_FACT_H
#define IO_DB_FACT_H

#include "io/db.h"
#include "io/db_sales.h"

/* One observation of a series on a day; NaN = none. */
struct observation {
	day_t day;
	double value;
};

struct fact_writer;
/* Begins writing to a db whose periods the calendar counts; fact_writer_close ends it. */
struct fact_writer *fact_writer_new(struct db *db, const struct calendar *c);
/* Ends the writing: the first failure of all that was put. Frees the writer in any case. */
MUST_CHECK enum status fact_writer_close(struct fact_writer *w, struct err *e);

/*
 * Prices of one series as observed on n days, ascending. The db keeps changes only: between two
 * observed days the earlier price stands; after the last one what the db had, where it knew the
 * series (`known_last`: last day known, DAY_NONE = none) beyond it. The last day observed is kept beside
 * them (table price_told): a plan that changes nothing is a plan.
 */
void fact_prices(struct fact_writer *w, int64_t series, const struct observation *o, size_t n,
		 day_t known_last, struct ingest_counts *counts);
/* A promotion flag of one series on n days, ascending: NaN = none; else the depth, 0 = not told. The
 * db keeps spans of the mechanic ''; days that are not observed keep what the db had. */
void fact_promotion_days(struct fact_writer *w, int64_t series, const struct observation *o, size_t n,
			 struct ingest_counts *counts);
/* A promotion from..until; depth NaN = not told. */
void fact_promotion(struct fact_writer *w, int64_t series, day_t from, day_t until,
		    const char *mechanic, double depth, struct ingest_counts *counts);
/* Stock of a series on a day, what is on its way, hours out of stock and hours open; NaN = not told, and
 * leaves what the db has. */
#define STOCK_VALUES 4
void fact_stock(struct fact_writer *w, day_t day, int64_t series, const double told[STOCK_VALUES],
		struct ingest_counts *counts);
/* A driver's value. `series` is a series' id, or a store's id x SERIES_PER_STORE for the whole store,
 * or 0 for all; the narrower one stands. */
void fact_driver(struct fact_writer *w, const char *name, day_t day, int64_t series, double value,
		 struct ingest_counts *counts);
#define NODE_PARTS 16 /* attributes that a node may cross */
/* Sales of a node of the tree on a day. It is named by at most NODE_PARTS attribute values, none empty,
 * between '/' or '|' and in any order; "Total" and "all" are the whole. */
void fact_node(struct fact_writer *w, const char *name, day_t day, double units,
	       struct ingest_counts *counts);
/* Listed from..until; until DAY_NONE = still. */
void fact_listing(struct fact_writer *w, int64_t series, day_t from, day_t until,
		  struct ingest_counts *counts);
/* An event of a day; store 0 = all. */
void fact_event(struct fact_writer *w, day_t day, int64_t store, const char *name, const char *type,
		int closed, struct ingest_counts *counts);
/* What a label such as d_1 or a week's number stands for: the days from..until. */
void fact_label(struct fact_writer *w, const char *label, day_t from, day_t until,
		struct ingest_counts *counts);
/* The days that a calendar or event file speaks for. */
void fact_span(struct fact_writer *w, const char *source, day_t from, day_t until);
/* An attribute of a store or item ("store", "item"); "" takes it away. */
void fact_attribute(struct fact_writer *w, const char *of, int64_t owner, const char *name,
		    const char *value, struct ingest_counts *counts);
/* A cost or handling number of an item. */
void fact_cost(struct fact_writer *w, int64_t item, const char *name, double value,
	       struct ingest_counts *counts);

/* All labels of the calendar, sorted by text. Strings are the arena's. */
struct label {
	const char *text;
	day_t from, until;
};
MUST_CHECK enum status db_labels(struct db *db, struct arena *a, struct label **out, size_t *n,
				 struct err *e);

#endif
