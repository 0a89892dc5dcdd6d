/*
 * Tonight's order of one series: from the published forecast, what is on hand and on its way, and the rules,
 * to units and the reason for them (roi.md 1.2 to 1.5).
 */
#ifndef STOCK_ORDER_H
#define STOCK_ORDER_H

#include "base/buf.h"
#include "stock/interval.h"
#include "stock/parameter.h"

enum level_basis {
	LEVEL_TEXTBOOK,   /* newsvendor's ratio, or m / (m + h R) */
	LEVEL_CALIBRATED, /* by the last return on forecasts, for the series' segment */
	LEVEL_YOURS,
};

struct order_question {
	const struct stock_rules *rules;   /* units x scale */
	const struct stock_costs *costs;
	int scale;
	double tau;
	enum level_basis basis;
	const struct series *past;
	const struct forecast *one;        /* n = 1, steps from the day after the origin */
	int first;                         /* step (from 0) of the day after the order's evening */
	int season;
	uint64_t seed;
	double on_hand, on_order;          /* units */
};

struct order_line {
	double forecast;     /* mean over the protection interval, units */
	double until;        /* of it, mean until the order arrives */
	double level;        /* S or s, units */
	double position;     /* on hand + on order */
	double units;        /* to order */
	double packs;
	double gain;         /* expected money that the order earns, per unit of its cost */
	double spoils;       /* units that would not sell within their life, in the mean */
	int capped;          /* 1: cut to what sells within the shelf life at tau */
};
/* The textbook's tau of a series. */
double order_textbook(const struct stock_rules *r, const struct stock_costs *c);
/* Memory is the arena's scratch. The forecast must reach over the protection interval: E_USAGE. */
MUST_CHECK enum status order_line(const struct order_question *q, struct arena *scratch,
				  struct order_line *out, struct err *e);
/* Why: "expects 41.2 units in 2 days, level 52 (tau .93, calibrated); on hand 12, on order 6: needs 34,
 * 36 in packs of 6". */
void order_reason(const struct order_question *q, const struct order_line *l, const char *period,
		  struct buf *out);

#endif
