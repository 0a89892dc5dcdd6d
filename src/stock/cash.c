/* Discounting, payback and rate of return; the formulas are those of any textbook of finance. */
#include "config.h"
#include "stock/cash.h"

#include <float.h>
#include <math.h>

#define RATE_LOW (-.999999)
#define RATE_HIGH 10.
#define RATE_STEPS 2000
#define BISECTIONS 200

double cash_npv(double rate, const double *flow, int n)
{
	double sum = 0, factor = 1;
	for (int k = 0; k < n; k++, factor /= 1 + rate)
		sum += flow[k] * factor;
	return sum;
}

/* The root between a and b, where the values differ in sign: bisection down to neighbouring doubles. */
static double root(const double *flow, int n, double a, double b)
{
	double at_a = cash_npv(a, flow, n);
	for (int k = 0; k < BISECTIONS; k++) {
		double middle = a + (b - a) / 2, at = cash_npv(middle, flow, n);
		if (at == 0)
			return middle;
		if ((at < 0) == (at_a < 0))
			a = middle;
		else
			b = middle;
	}
	return a + (b - a) / 2;
}

/* Walks outward from 0, so that of several roots the one nearest to 0 is given. */
double cash_irr(const double *flow, int n)
{
	double up = RATE_HIGH / RATE_STEPS, down = -RATE_LOW / RATE_STEPS;
	int sign = cash_npv(0, flow, n) < 0;
	if (cash_npv(0, flow, n) == 0 && n > 1)
		return 0;
	for (int k = 0; k < RATE_STEPS; k++) {
		if ((cash_npv((k + 1) * up, flow, n) < 0) != sign)
			return root(flow, n, k * up, (k + 1) * up);
		if ((cash_npv(-(k + 1) * down, flow, n) < 0) != sign)
			return root(flow, n, -k * down, -(k + 1) * down);
	}
	return (double)NAN;
}

double cash_payback(double rate, const double *flow, int n)
{
	double sum = 0, factor = 1;
	for (int k = 0; k < n; k++, factor /= 1 + rate) {
		double next = sum + flow[k] * factor;
		if (next >= 0)
			return k && sum < 0 ? k - 1 + -sum / (next - sum) : k;
		sum = next;
	}
	return (double)NAN;
}

void cash_flows(const struct cash_plan *p, double *flow)
{
	double kept = 1;
	flow[0] = -p->build;
	for (int k = 1; k <= p->years; k++, kept *= 1 - p->decay)
		flow[k] = p->benefit * p->ramp[k - 1] * kept - p->run - p->people;
}

/* NPV of a benefit of 1 a year with its ramp and decay. */
static double benefit_factor(const struct cash_plan *p)
{
	struct cash_plan one = *p;
	double flow[CASH_YEARS_MAX + 1];
	one.build = one.run = one.people = 0;
	one.benefit = 1;
	cash_flows(&one, flow);
	return cash_npv(p->rate, flow, p->years + 1);
}

struct cash_result cash_judge(const struct cash_plan *p)
{
	struct cash_result r;
	double flow[CASH_YEARS_MAX + 1], sum = 0, spent = p->build + p->years * (p->run + p->people);
	cash_flows(p, flow);
	for (int k = 0; k <= p->years; k++)
		sum += flow[k];
	r.npv = cash_npv(p->rate, flow, p->years + 1);
	r.irr = cash_irr(flow, p->years + 1);
	r.payback = cash_payback(0, flow, p->years + 1);
	r.payback_discounted = cash_payback(p->rate, flow, p->years + 1);
	r.roi = spent > 0 ? sum / spent : (double)NAN;
	double factor = benefit_factor(p);
	r.break_even = factor > 0 ? (p->benefit * factor - r.npv) / factor : (double)NAN;
	return r;
}
