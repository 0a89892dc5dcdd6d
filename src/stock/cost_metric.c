/* The newsvendor's cost of a window, period by period. */
#include "config.h"
#include "stock/cost_metric.h"

#include <math.h>

/* The quantile at a level, by straight lines between those there are; the outer ones beyond. */
static double quantile_at(const struct pairs *p, int k, double tau)
{
	const double *q = p->quantile + (size_t)k * (size_t)p->n_level;
	int above = 0;
	while (above < p->n_level && p->level[above] < tau)
		above++;
	if (above == 0 || above == p->n_level)
		return q[above ? above - 1 : 0];
	double share = (tau - p->level[above - 1]) / (p->level[above] - p->level[above - 1]);
	return q[above - 1] + share * (q[above] - q[above - 1]);
}

static void add_cost(const struct metric *m, const struct pairs *p, double sum[METRIC_SUMS])
{
	const struct unit_cost *c = p->cost;
	double left = 0;
	(void)m;
	if (!c || !p->n_level || !(c->under > 0) || !(c->over > 0))
		return;
	for (int k = 0; k < p->n; k++) {
		double level = ceil(quantile_at(p, k, c->under / (c->under + c->over)) - 1e-9);
		double shelf = left > level ? left : level, y = p->actual[k] > 0 ? p->actual[k] : 0;
		left = shelf > y ? shelf - y : 0;
		sum[0] += c->under * (y > shelf ? y - shelf : 0) + c->over * left;
		sum[1] += y;
		left = c->keeps ? left : 0;
	}
	sum[2] += p->n;
}

static double per_unit(const double sum[METRIC_SUMS])
{
	return sum[1] > 0 ? sum[0] / sum[1] : (double)NAN;
}

const struct metric cost_metric = { "cost", "money of lost sales, stock and waste per unit of demand", AIM_LOW, 0,
				    add_cost, per_unit };

enum status cost_metric_settle(const struct parameters *p, const struct calendar *calendar,
			       struct unit_cost *out, struct err *e)
{
	struct stock_rules rules;
	struct stock_costs costs;
	enum status status = parameters_settle(p, calendar, 1, &rules, &costs, e);
	if (status)
		return status;
	out->under = costs.lost_margin + costs.goodwill;
	out->keeps = rules.shelf != 1;
	out->over = out->keeps ? costs.holding : costs.waste;
	return OK;
}
