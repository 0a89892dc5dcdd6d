/*
 * Money over years: net present value, rate of return, payback. Year 0 is not discounted (Brealey, Myers
 * & Allen, "Principles of Corporate Finance", ch. 2; a spreadsheet's NPV() discounts its first value).
 */
#ifndef STOCK_CASH_H
#define STOCK_CASH_H

#define CASH_YEARS_MAX 30

/* sum_k flow[k] / (1 + rate)^k, k = 0 .. n-1. */
double cash_npv(double rate, const double *flow, int n);
/* The rate in (-1, 10] with NPV 0 by bracketing and Brent's method; NaN: no sign change. */
double cash_irr(const double *flow, int n);
/* Years until the running sum of flow[k] (discounted at `rate`; 0: plain) is not below 0, linear within
 * the year; NaN: never. */
double cash_payback(double rate, const double *flow, int n);

/* A project: invest now, run and earn for years. */
struct cash_plan {
	double build;            /* year 0 */
	double run, people;      /* a year */
	double benefit;          /* a full year at full ramp */
	double rate;
	int years;               /* 1 .. CASH_YEARS_MAX */
	double ramp[CASH_YEARS_MAX]; /* share of the benefit in year k, 1-based - 1 */
	double decay;            /* share of the benefit that is lost a year */
};
/* flow[years + 1]. */
void cash_flows(const struct cash_plan *p, double *flow);

struct cash_result {
	double npv, irr, payback, payback_discounted;
	double roi;              /* (sum of benefits - all costs) / all costs, undiscounted */
	double break_even;       /* yearly benefit with NPV 0 */
};
/* All figures of a project; NaN where one has no value. */
struct cash_result cash_judge(const struct cash_plan *p);

#endif
