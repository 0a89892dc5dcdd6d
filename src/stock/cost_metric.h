/*
 * What a forecast's errors cost, as a metric of eval's: money per unit of demand of a shelf that is filled
 * every evening for the next period (lead time 0, review 1) up to the forecast's quantile at the critical
 * ratio of its series. One period is protected, so the published quantile of that period is the level and
 * nothing need be summed. What is left stays on the shelf, or is waste where it lasts one period only.
 */
#ifndef STOCK_COST_METRIC_H
#define STOCK_COST_METRIC_H

#include "eval/metric.h"
#include "stock/parameter.h"

/* "cost": for backtest_setup.extra. */
extern const struct metric cost_metric;
/* What eval needs of a series' parameters. E_USAGE: out of bounds. */
MUST_CHECK enum status cost_metric_settle(const struct parameters *p, const struct calendar *calendar,
					  struct unit_cost *out, struct err *e);

#endif
