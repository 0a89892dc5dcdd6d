/* Forecasts of nodes, and sums of days over weeks or months, as a command's result. */
#ifndef CLI_SUM_OUT_H
#define CLI_SUM_OUT_H

#include "cli/command.h"
#include "io/db_catalog.h"
#include "series/forecast.h"

enum sum_per { PER_STEP, PER_WEEK, PER_MONTH };

/* Zero-initialise with the settings given; of series, or of the nodes of a tier. */
struct sum_out {
	struct call *call;
	struct calendar calendar;
	enum format format;
	enum sum_per per;
	int nodes;               /* 1: nodes; 0: series */
	const double *level;     /* [n_level] those that are shown; sums over days have none */
	int n_level;
	int n;                   /* written so far */
	struct column *column;
	struct table *table;
};

/* Which sums --per asks for; E_USAGE where the db's periods do not make them up. */
MUST_CHECK enum status sum_per_of(struct call *c, const struct calendar *calendar, enum sum_per *out,
				  struct err *e);
/* Take the next node, or series: a node_seen of io/db_node.h, a forecast_seen of io/db_run.h. */
MUST_CHECK enum status sum_out_node(void *out, const char *tier, const char *node,
				    const struct forecast *one, int known, struct err *e);
MUST_CHECK enum status sum_out_series(void *out, const struct catalog_series *series,
				      const struct forecast *one, struct err *e);
/* Writes and frees. */
void sum_out_end(struct sum_out *out);

#endif
