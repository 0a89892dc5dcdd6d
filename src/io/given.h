/*
 * Forecasts that somebody made, from a CSV file whose header names
 *
 *	store, item          as in the db (also store_id, item_id, sku ...)
 *	date                 of the period forecast (also period, day, week, month, target)
 *	mean                 (also forecast, units, qty, quantity, value, yhat)
 *	made                 optional: the last day known to whoever made it (also origin, created, as_of)
 *	q05, q0.9, q90 ...   optional: quantiles at these levels
 *
 * Without `made` a forecast is taken to have been made the day before the first period that the file tells
 * of. A row that cannot be used is set aside with its line, value and reason; the others stand.
 */
#ifndef IO_GIVEN_H
#define IO_GIVEN_H

#include "io/db_catalog.h"

#define GIVEN_LEVELS 32
#define GIVEN_SHOWN 5 /* rows set aside that are told in full */

struct given_forecast {
	int32_t series;    /* place in the catalogue */
	period_t made, period;
	double mean;
	double quantile[GIVEN_LEVELS]; /* [n_level]; NaN: not told */
};

struct given_file {
	size_t n;
	struct given_forecast *row;   /* [n] by (series, made, period); of two with one key the larger mean */
	int n_level;
	double level[GIVEN_LEVELS];   /* ascending */
	int has_made;
	int64_t lines, unknown, rejected, crossing; /* lines; of series that the db does not know; set aside;
						     * whose quantiles cross or are below zero */
	char shown[GIVEN_SHOWN][200]; /* "file:line: reason" */
};

/* Reads a file for the n series of a catalogue, sorted by key. Free with given_free. E_INPUT: no such
 * columns, or no row can be used; E_IO. */
MUST_CHECK enum status given_read(const char *path, const struct calendar *calendar,
				  const struct catalog_series *series, int n, struct given_file *out,
				  struct err *e);
void given_free(struct given_file *f);

#endif
