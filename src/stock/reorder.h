/*
 * Reorder points under continuous and periodic review.
 *
 * (r,Q): at r order Q; demand over the lead time has the law l, unmet demand waits at p a unit and time.
 * Exact cost (Zipkin 2000, 6.2): (K lambda + integral from r to r + Q of g(y) dy) / Q with the newsvendor's
 * g; of counts the sum of g over r + 1 .. r + Q.
 * (s,S): each period, at s or below order up to S; g(y) is the cost of a period that begins with y.
 * Exact by Zheng & Federgruen 1991, "Finding optimal (s,S) policies is about as simple as evaluating a
 * single policy".
 */
#ifndef STOCK_REORDER_H
#define STOCK_REORDER_H

#include "base/err.h"
#include "num/loss.h"

struct reorder {
	double fixed, holding, backorder;
	double demand;           /* lambda, units a time */
	const struct law *law;   /* of the lead time's demand; (s,S): of a period's */
};

/* Exact cost a time of a pair. */
double rq_cost(const struct reorder *, double r, double q);
/* The best r for a Q. */
double rq_reorder(const struct reorder *, double q);
/* The best pair, to the rounding of doubles; of counts exact (Federgruen & Zheng 1992). */
void rq_best(const struct reorder *, double *r, double *q);
/* Approximations, normal: expected inventory level, with p a unit lost (Hadley & Whitin 1963); EOQ with
 * backorders and its best r; EOQ and safety stock; by the loss functions. *cost: what the first takes its
 * own cost for; NULL: not wanted. */
void rq_expected_level(const struct reorder *, double *r, double *q, double *cost);
void rq_eoqb(const struct reorder *, double *r, double *q);
void rq_eoq_stock(const struct reorder *, double *r, double *q);
void rq_loss_function(const struct reorder *, double *r, double *q);

/* Exact for counts; E_USAGE where the numbers are too large to try. */
MUST_CHECK enum status ss_best(const struct reorder *, double *s, double *S, double *cost, struct err *e);
MUST_CHECK enum status ss_cost(const struct reorder *, double s, double S, double *cost, struct err *e);
/* The power approximation (Ehrhardt & Mosier 1984): mean and sd of one period's demand; the law is that
 * of lead_time + 1 periods. */
void ss_power(const struct reorder *, double mean, double sd, double lead_time, double *s, double *S);

#endif
