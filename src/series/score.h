/*
 * A score: a judged forecast, as one number of one metric. Scores are what a backtest hands on and
 * what the db keeps. `part` says by what the cases were cut, `member` which cut it is:
 *
 *   all      ""                   everything
 *   window   the origin's date    one replayed origin
 *   horizon  "1", "2" ...         one step
 *   bucket   "1-7", "8-14" ...    a range of steps
 *   class    "smooth" ...         demand class at the origin
 *   tier     a tier's name        sums over its nodes; "series" is the bottom, "mean" the mean of all
 *   store, dept, any attribute    its value
 */
#ifndef SERIES_SCORE_H
#define SERIES_SCORE_H

#include <stdint.h>

struct score {
	const char *method; /* the spec as it was asked for */
	const char *part, *member, *metric;
	double value;       /* NaN = n/a */
	int64_t cases;      /* pairs, or series, that it is made of */
};

#endif
