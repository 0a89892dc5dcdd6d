/*
 * The files of an invented chain of shops, as a retailer would export them:
 *
 *   stores.csv items.csv assortment.csv      who sells what, since when
 *   sales.csv stock.csv                      a line for each listed item, store and open day
 *   inbox/sales_DATE.csv, stock_DATE.csv     the last days, a file each, as nights bring them
 *   calendar.csv events.csv                  closed days; holidays and occasions
 *   promo.csv prices.csv                     promotions, past and planned; prices to come
 *   faults.csv                               the faults that were put in, with file and line
 *   faults/sales_bad_day.csv                 a day with a unit bug, which the gate must refuse
 *   faults/sales_odd_day.csv                 the same day with dates of the next century and a store
 *                                            that nobody knows
 *   truth/                                   what no retailer knows; never to be ingested
 *   cost.conf forecast.conf README.txt
 *
 * The same plan gives the same bytes.
 */
#ifndef IO_DEMO_H
#define IO_DEMO_H

#include "series/simulate.h"

struct demo_plan {
	struct simulation_plan chain;
	int tail; /* days at the end that go to inbox/, 0 .. 60 */
};

/* What was written. */
struct demo_summary {
	day_t first, last;
	int n_store, n_item;
	int64_t series;     /* item x store pairs that sold on some day */
	int64_t rows, zeros;/* lines of sales.csv and inbox/; of them with nothing sold */
	int64_t empty;      /* of them with nothing on hand in the evening */
	int64_t units, lost;/* sold; demanded but not there */
	double revenue;
	int promotions, faults;
	int64_t bytes;
};

/* Writes the files into a folder, which is made. E_USAGE: the plan is out of bounds, or the folder
 * is not empty. */
MUST_CHECK enum status demo_write(const char *dir, const struct demo_plan *plan,
				  struct demo_summary *out, struct err *e);

#endif
