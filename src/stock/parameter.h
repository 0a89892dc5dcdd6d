/*
 * What a series costs and how it is ordered, as people give it: one table of parameters with default,
 * range, unit and source, read by cost.conf, by items.csv, by the page's box of assumptions and by the
 * tornado. A parameter is known by its name in all of them.
 *
 * parameters_settle makes of them what the replay needs: whole periods and units, and money per unit.
 * Days are periods in a daily db; in one of weeks, months or numbers lead_days, review_days, shelf_days
 * and markdown_days count its periods (lead_periods, review_periods ... are other names for them), for
 * who plans in weeks says "lead time 2".
 */
#ifndef STOCK_PARAMETER_H
#define STOCK_PARAMETER_H

#include "base/err.h"
#include "series/calendar.h"
#include "stock/cost.h"
#include "stock/replay.h"

enum parameter {
	PARAMETER_PRICE,       /* money a unit sold; preset: mean price of the db, else 1 */
	PARAMETER_UNIT_COST,   /* money a unit; preset: price x (1 - margin) */
	PARAMETER_MARGIN,      /* share of the price, used where no unit cost is told */
	PARAMETER_SALVAGE,     /* share of the unit cost that waste brings */
	PARAMETER_DISPOSAL,    /* share of the unit cost that its disposal costs */
	PARAMETER_GOODWILL,    /* share of the margin, for each lost unit */
	PARAMETER_SUBST,       /* share u of unserved buyers who take something else here */
	PARAMETER_HOLD_RATE,   /* a year, on the unit cost; preset .25, and .18 for what spoils, whose risk
			        * is the waste */
	PARAMETER_HOLDING,     /* money a unit and period; told: stands instead of hold_rate */
	PARAMETER_SHORTAGE,    /* money a lost unit; told: stands instead of margin, subst and goodwill */
	PARAMETER_ORDER_COST,  /* money an order line */
	PARAMETER_MARKDOWN,    /* share d off the price in the last `markdown_days` days of shelf life */
	PARAMETER_MARKDOWN_DAYS,
	PARAMETER_LEAD_DAYS,   /* L: whole days between order evening and arrival morning */
	PARAMETER_REVIEW_DAYS, /* R */
	PARAMETER_PACK, PARAMETER_MOQ,
	PARAMETER_SHELF_DAYS,  /* A: days it can be sold on arrival; 0 = does not spoil */
	PARAMETER_MAX_STOCK,   /* units; 0 = none */
	PARAMETER_LIFO,        /* share of units that buyers take from the freshest */
	N_PARAMETER
};

/* One line of the table. */
struct parameter_info {
	const char *name;         /* "hold_rate" */
	const char *unit;         /* "a year", "days", "share" ..., or NULL */
	double preset;            /* NaN: made of others */
	double min, max;          /* what is accepted */
	double low, high;         /* range of the tornado; both 0: it does not take part */
	const char *source;       /* where the default comes from, for the page */
};
extern const struct parameter_info parameter_info[N_PARAMETER];
/* The parameter of that name, or -1. */
int parameter_find(const char *name);

enum basis { BASIS_DEFAULT, BASIS_YOURS }; /* who says so */

/* All parameters of one series. */
struct parameters {
	double value[N_PARAMETER]; /* NaN: not told, and to be made of others */
	uint8_t basis[N_PARAMETER];
};
/* The table's presets. */
void parameters_init(struct parameters *p);

/* Units of the replay in one unit of sales: 1 where they are counted, 1000 where they are weighed. */
#define WEIGHED 1000

/*
 * Rules and costs of a series. `scale` is 1 or WEIGHED: units in `rules` and money in `costs` are per
 * scaled unit. E_USAGE: a value is out of bounds or they contradict one another (salvage above unit
 * cost, lead time below 0), in a sentence without the series' name.
 */
MUST_CHECK enum status parameters_settle(const struct parameters *p, const struct calendar *calendar,
					 int scale, struct stock_rules *rules, struct stock_costs *costs,
					 struct err *e);

#endif
