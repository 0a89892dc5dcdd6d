/*
 * Looking at an array in which some values are not known (NaN), as the baselines do. Values keep
 * their places: lag 7 is the value seven periods ago or unknown, never the seventh known one.
 */
#ifndef MODEL_KNOWN_H
#define MODEL_KNOWN_H

#include "model/local.h"

/* Index of the last known of y[n], or -1. */
int known_last(const double *y, int n);
/* Mean of the known values of y[from, to), from below 0 taken as 0; NaN when none is known. */
double known_mean(const double *y, int from, int to);
/* Season length in periods: the spec's option `season`, or the calendar's where that is 0. */
int local_season(const struct spec *spec, const struct local_series *s);
/* Phase 0..m-1 of a period in a season of m >= 1 periods: absolute, so it does not hang on where a
 * series begins. */
int known_phase(period_t period, int m);
/* The option, for the tables of the methods that have a season. */
#define SEASON_OPTION                                                                              \
	{ .name = "season", .type = OPTION_INT, .value = "N", .preset = "0", .min = 0, .max = 5000,  \
	  .help = "season length in periods; 0 is the calendar's" }

#endif
