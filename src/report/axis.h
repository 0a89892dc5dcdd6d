/*
 * Axes that people read: ticks at round numbers, at Mondays, at the first of a month. Made here and
 * not by gnuplot, whose dates follow the locale and know neither weeks nor months as periods.
 */
#ifndef REPORT_AXIS_H
#define REPORT_AXIS_H

#include "base/buf.h"
#include "series/calendar.h"

#define PERIOD_LABEL_MAX 24

/* A period as a picture names it: "2 Nov", with the year "2 Nov 2026"; "Nov 2026"; the number. */
const char *period_label(const struct calendar *c, period_t p, int with_year,
			 char out[PERIOD_LABEL_MAX]);
/* "2 Nov to 30 Nov 2026". */
void period_span_label(const struct calendar *c, period_t from, period_t until, struct buf *out);

/* Adds xrange and xtics for periods [from, until], with at most `labels` labels; half a period of
 * room at both ends. Years stand where they begin and at the first label. */
void axis_periods(struct buf *script, const struct calendar *c, period_t from, period_t until,
		  int labels);
/* Adds yrange and ytics from `low` to `high` with about `labels` labels: 0, 20 k, 40 k ...
 * The range chosen is in *from and *until. */
void axis_values(struct buf *script, double low, double high, int labels, double *from, double *until);
/* The same for percentages of shares: 0.1 is "10 %". */
void axis_shares(struct buf *script, double low, double high, int labels, double *from, double *until);

/* A value as a label beside a bar or a line: three digits, k and M. Returns its length. */
int value_label(char out[NUMBER_MAX], double x);

#endif
