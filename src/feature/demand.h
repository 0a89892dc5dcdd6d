/*
 * Demand where sales were cut off by an empty shelf. What was sold stays what it is; beside it stands
 * an estimate of what would have been sold, for methods to learn from.
 */
#ifndef FEATURE_DEMAND_H
#define FEATURE_DEMAND_H

#include "series/driver.h"
#include "series/panel.h"

/*
 * Cleaned demand of all series of a view into demand[begin[n]] (the panel's cells): sales on days in
 * stock; NaN on closed, missing and feedless days; on days out of stock the estimate, never below what
 * was sold (uncensor 0: NaN). Cells after p->until are NaN. Reads nothing after p->until.
 */
void demand_fill(const struct panel *p, int uncensor, int jobs, double *demand);

#endif
