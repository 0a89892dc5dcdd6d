/*
 * Economic order quantities (Harris 1913; Silver, Pyke & Thomas, "Inventory and Production Management in
 * Supply Chains", 4th ed., ch. 4; Snyder & Shen ch. 3). Fixed cost K an order, holding cost h a unit and
 * time, demand rate d in the same time.
 */
#ifndef STOCK_LOTSIZE_H
#define STOCK_LOTSIZE_H

/* The quantity, and cost a time without the purchase price. */
double eoq_best(double fixed, double holding, double demand);
double eoq_cost(double fixed, double holding, double demand, double q);
/* With backorders at b a unit and time: quantity; *backordered: share x of it that is; the largest backlog is
 * x Q. */
double eoq_backorder_best(double fixed, double holding, double backorder, double demand, double *backordered,
			  double *cost);
/* Made at a rate above the demand's: d (1 - d / rate) stands for d. NaN: the rate is too low. */
double epq_best(double fixed, double holding, double demand, double rate, double *cost);

/* Prices price[n] from quantities from[n] on, from[0] = 0; holding is `rate` on the price. */
struct discount {
	int n;
	const double *from, *price;
	double rate;
};
/* The best quantity and its cost a time, purchase included; *region: which price it is bought at. All units at
 * the price, or each unit at the price of its region. */
double discount_all_units(double fixed, double demand, const struct discount *, int *region, double *cost);
double discount_incremental(double fixed, double demand, const struct discount *, int *region, double *cost);

#endif
