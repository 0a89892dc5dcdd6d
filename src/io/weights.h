/*
 * Weights of series: what each is worth (revenue), for WRMSSE. A CSV file with a header that names a
 * store, an item and a weight (weight, revenue or dollar_sales); M5's weights_evaluation.csv is
 * known by its columns, of which the lines of Level12 are taken.
 */
#ifndef IO_WEIGHTS_H
#define IO_WEIGHTS_H

#include "io/db_catalog.h"

/* Weights of n series sorted by key into out [n], 0 where the file has none. *found counts the series
 * that it names. E_INPUT with file and line: no such columns, no number, below zero. */
MUST_CHECK enum status weights_read(const char *path, const struct catalog_series *series, int n,
				    double *out, int *found, struct err *e);

#endif
