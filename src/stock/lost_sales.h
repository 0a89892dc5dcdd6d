/*
 * The exact lost-sales system with a base stock (Zipkin, "Old and new methods for lost-sales inventory
 * systems", 2008): each evening the position is brought back to S, so what is ordered is what was sold; an
 * order arrives L mornings after the next one. The state is what was sold on the last L days, the rest of S
 * being on the shelf; its stationary distribution comes by repeated multiplication.
 */
#ifndef STOCK_LOST_SALES_H
#define STOCK_LOST_SALES_H

#include "base/err.h"
#include "num/loss.h"

#define LOST_SALES_STATES 400000 /* (S + 1)^L at most */

struct lost_sales {
	double fill;       /* share of demand that is served */
	double end_stock;  /* mean, in the evening */
	double lost;       /* mean, a day */
	double cost;       /* h end_stock + p lost */
};
/* `demand` of counts (Poisson, negative binomial, or a pmf of whole numbers). E_USAGE: S or L too large, or
 * other demand. */
MUST_CHECK enum status lost_sales_of(const struct law *demand, int lead, int s, double holding, double penalty,
				     struct lost_sales *out, struct err *e);
/* The S of least cost, which is convex in it (Janakiraman & Roundy 2004). */
MUST_CHECK enum status lost_sales_best(const struct law *demand, int lead, double holding, double penalty,
				       int *s, struct lost_sales *out, struct err *e);

#endif
