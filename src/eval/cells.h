/*
 * The sums of a backtest: for each cut of the cases (part and member: a cell) and each spec, the sums
 * of every metric. Cells are numbered in the order in which they are first named and are never lost,
 * so a block adds to what earlier blocks left.
 */
#ifndef EVAL_CELLS_H
#define EVAL_CELLS_H

#include "base/symtab.h"
#include "eval/metric.h"

struct cell_part {
	const char *name;
	struct symtab member;
	VEC(int) cell; /* number of each member's cell */
};

/* Zero-initialise with n_spec, n_metric and metric set. */
struct cells {
	int n_spec, n_metric;
	const struct metric *metric;  /* [n_metric] */
	VEC(struct cell_part) part;
	int n_cell;
	double *sum;                  /* [n_cell][n_spec][n_metric][METRIC_SUMS] */
	size_t room;
};

/* Number of doubles that one cell keeps for one spec. */
static inline size_t cells_stride(const struct cells *c)
{
	return (size_t)c->n_metric * METRIC_SUMS;
}

/* Number of a part, which is made if it is new; the name is borrowed. */
int cells_part(struct cells *c, const char *name);
/* Number of the cell of a member, which is made with zero sums if it is new. Moves `sum`. */
int cells_at(struct cells *c, int part, const char *member);
/* The sums [n_metric][METRIC_SUMS] of one spec in a cell; until the next cells_at. */
double *cells_sum(const struct cells *c, int cell, int spec);
/* Adds the pairs to sums [n_metric][METRIC_SUMS]. */
void cells_add(const struct cells *c, const struct pairs *p, double *sum);
void cells_release(struct cells *c);

#endif
