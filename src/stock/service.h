/*
 * Safety stock and service. Cycle service P1 is the probability of a cycle without a lost unit, fill rate P2
 * the share of demand served from the shelf; they are not the same (Silver, Pyke & Thomas, ch. 6).
 */
#ifndef STOCK_SERVICE_H
#define STOCK_SERVICE_H

#include "num/loss.h"

/* Standard deviation of demand over P periods with lead time sd: sqrt(P sd^2 + mean^2 lead_sd^2). */
double service_sd(double sd, double periods, double mean, double lead_sd);
/* z(level) x that. */
double safety_stock(double level, double sd, double periods, double mean, double lead_sd);
/*
 * (s,Q): P2 = 1 - sigma_L G(k) / Q, and the k that reaches a P2.
 */
double fill_sq(double sd_lead, double k, double q);
double fill_sq_inverse(double fill, double sd_lead, double q);
/*
 * (R,S), backorders, exact: P2 = 1 - (n_{L+R}(S) - n_L(S)) / (mu R) (Silver & Bischak 2011, Disney et al.
 * 2015); the traditional formula leaves n_L out. `per` is the law of one period's demand; both NaN where sums
 * of it have no law.
 */
double fill_rs(const struct law *per, double review, double lead, double s, double *traditional);
/* P1 = P(D_{L+R} <= S). */
double cycle_rs(const struct law *per, double review, double lead, double s);
/* The smallest S (whole for counts) with a P2 not below `fill` < 1; NaN: none. */
double fill_rs_inverse(const struct law *per, double review, double lead, double fill);

#endif
