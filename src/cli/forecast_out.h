/* Forecasts as a command's result: the contract CSV, JSON, and tables for people. */
#ifndef CLI_FORECAST_OUT_H
#define CLI_FORECAST_OUT_H

#include "cli/command.h"
#include "io/db_catalog.h"
#include "series/forecast.h"

/* Zero-initialise with call, calendar, format and the levels to show set. */
struct forecast_out {
	struct call *call;
	struct calendar calendar;
	enum format format;
	const double *level;     /* [n_level] those that are shown */
	int n_level;
	int n_series;            /* written so far */
	struct table *table;     /* one row a series */
	struct buf csv_head;
	/* The only series, kept for the table of one. */
	char *store, *item, *method, *reason;
	int rung, n_step;
	period_t origin;
	double *mean, *quantile;
};

/* Takes the next series; a forecast_seen of io/db_run.h. CSV has exactly the columns
 * store,item,date,step,mean,q<level>...,method,rung. */
MUST_CHECK enum status forecast_out_add(void *out, const struct catalog_series *series,
					const struct forecast *one, struct err *e);
/* Writes what only the end allows, and frees. */
void forecast_out_end(struct forecast_out *out);

#endif
