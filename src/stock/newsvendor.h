/*
 * One order for one stretch of demand: g(S) = h E[(S - D)+] + p E[(D - S)+], least where F(S) reaches the
 * critical ratio p / (p + h) (Arrow, Harris & Marschak 1951; Snyder & Shen, "Fundamentals of Supply Chain
 * Theory", ch. 4). Of counts it is the smallest S with F(S) not below the ratio.
 */
#ifndef STOCK_NEWSVENDOR_H
#define STOCK_NEWSVENDOR_H

#include "num/loss.h"

/* Costs of a unit too much and of a unit too few. */
struct newsvendor {
	double over, under;
};
/* What prices come to: over = cost - salvage, under = price - cost + goodwill. */
struct newsvendor newsvendor_of_prices(double price, double cost, double salvage, double goodwill);
double newsvendor_ratio(const struct newsvendor *);
double newsvendor_cost(const struct newsvendor *, const struct law *, double s);
/* The best S; NaN where the ratio is not within (0, 1). */
double newsvendor_best(const struct newsvendor *, const struct law *);
/* Expected profit of s: price x sold + salvage x left - goodwill x lost - cost x s. */
double newsvendor_profit(const struct law *, double price, double cost, double salvage, double goodwill,
			 double s);
/*
 * The myopic policy of many periods: what is bought for `cost` now saves `next` later, discounted by
 * gamma. S with F(S) = (p + gamma next - cost) / (p + h); its cost is
 * cost S + g(S) - gamma next (S - E[D]) (Snyder & Shen 4.4.4).
 */
double newsvendor_myopic(const struct newsvendor *, const struct law *, double cost, double next,
			 double gamma_, double *expected);

#endif
