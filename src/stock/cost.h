/*
 * Money of a stretch of replay. The identity that holds everywhere:
 *
 *	total = lost_margin + goodwill + waste + holding + ordering (+ markdown)
 *
 * Holding is on what lies there overnight; the purchase price is in the unit cost and is not charged
 * again. Waste costs unit cost - salvage + disposal a unit; a lost unit its margin less what is bought
 * instead, and goodwill (roi.md 1.6 has no other lines).
 */
#ifndef STOCK_COST_H
#define STOCK_COST_H

#include <stdint.h>

/* What a unit costs one series, in money. */
struct stock_costs {
	double price, unit_cost; /* a unit */
	double lost_margin;      /* a lost unit: (price - unit cost)(1 - u), or the shortage cost told */
	double goodwill;         /* a lost unit */
	double waste;            /* a wasted unit: unit cost - salvage + disposal */
	double holding;          /* a unit that lies there over the end of a period */
	double order_line;       /* an order line */
	double markdown;         /* a unit sold marked down */
};

/* What happened in a stretch of replay; units are the replay's. */
struct stock_sums {
	int64_t demand, sold, lost, wasted;
	int64_t received, ordered;
	int64_t lines;           /* orders placed */
	int64_t held;            /* sum over its periods of what lay there at their end */
	int64_t marked;          /* sold marked down */
	int64_t open, end;       /* stock before its first period and after its last */
	int64_t periods, short_periods; /* in all; with lost units */
	int64_t cycles, short_cycles;   /* of replenishment, and those with lost units: P1 */
};
/* a += b, b following a in time. */
void stock_sums_add(struct stock_sums *a, const struct stock_sums *b);

struct stock_money {
	double lost_margin, goodwill, waste, holding, ordering, markdown, total;
	double end_value;        /* end stock at unit cost: not in the total, told beside it */
};
/* Money of a stretch. `total` is the sum of the six lines in the order of the struct, to the bit. */
struct stock_money stock_money_of(const struct stock_sums *s, const struct stock_costs *c);
/* a += b line by line. */
void stock_money_add(struct stock_money *a, const struct stock_money *b);
#define N_MONEY_LINE 6
extern const char *const money_line_name[N_MONEY_LINE]; /* "lost_margin" ... "markdown" */
double money_line(const struct stock_money *m, int line);

#endif
