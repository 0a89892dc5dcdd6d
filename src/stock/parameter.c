/*
 * The table of parameters (roi.md part 3 names the sources), and what the replay makes of a series'
 * values. Money that depends on other money (margin of the price, waste of the unit cost) is settled
 * here and nowhere else.
 */
#include "config.h"
#include "stock/parameter.h"

#include <math.h>
#include <string.h>

#define HOLD_RATE_DRY .25
#define HOLD_RATE_SPOILS .18
#define YEAR_DAYS 365.

const struct parameter_info parameter_info[N_PARAMETER] = {
	[PARAMETER_PRICE] = { "price", "money a unit", (double)NAN, 0, 1e9, 0, 0,
			      "the db's mean price, else 1" },
	[PARAMETER_UNIT_COST] = { "unit_cost", "money a unit", (double)NAN, 0, 1e9, 0, 0,
				  "price less margin" },
	[PARAMETER_MARGIN] = { "margin", "of the price", .25, -1, 1, .20, .40,
			       "gross margin of grocers, 20 to 40 %" },
	[PARAMETER_SALVAGE] = { "salvage", "of unit cost", 0, 0, 1, 0, .2, "own: waste brings nothing" },
	[PARAMETER_DISPOSAL] = { "disposal", "of unit cost", .02, 0, 10, 0, 0, "own" },
	[PARAMETER_GOODWILL] = { "goodwill", "of the margin", .2, 0, 100, 0, 2,
				 "Anderson, Fitzsimons and Simester 2006, taken low" },
	[PARAMETER_SUBST] = { "subst", "share of buyers", .35, 0, .999, .1, .6,
			      "GMA 2002: a third buys something else here" },
	[PARAMETER_HOLD_RATE] = { "hold_rate", "a year", (double)NAN, 0, 10, .10, .35,
				  "capital, storage, insurance: .25, .18 where waste is counted apart" },
	[PARAMETER_HOLDING] = { "holding", "money a unit and period", (double)NAN, 0, 1e9, 0, 0,
				"stands instead of hold_rate" },
	[PARAMETER_SHORTAGE] = { "shortage", "money a lost unit", (double)NAN, 0, 1e9, 0, 0,
				 "stands instead of margin, subst and goodwill" },
	[PARAMETER_ORDER_COST] = { "order_cost", "money a line", 0, 0, 1e9, 0, 0, "own" },
	[PARAMETER_MARKDOWN] = { "markdown", "of the price", 0, 0, 1, 0, 0,
				 "own: nothing is marked down" },
	[PARAMETER_MARKDOWN_DAYS] = { "markdown_days", "periods", 1, 0, 1000, 0, 0, "the last one" },
	[PARAMETER_LEAD_DAYS] = { "lead_days", "periods", 1, 0, 1000, 1, 2, "own: from the next warehouse" },
	[PARAMETER_REVIEW_DAYS] = { "review_days", "periods", 1, 1, 1000, 0, 0, "own: every evening" },
	[PARAMETER_PACK] = { "pack", "units", 6, 1, 1e9, 1, 12, "own" },
	[PARAMETER_MOQ] = { "moq", "units", 0, 0, 1e9, 0, 0, "own: none" },
	[PARAMETER_SHELF_DAYS] = { "shelf_days", "periods", 0, 0, 36500, 0, 0, "own: does not spoil" },
	[PARAMETER_MAX_STOCK] = { "max_stock", "units", 0, 0, 1e12, 0, 0, "own: none" },
	[PARAMETER_LIFO] = { "lifo", "of the units", 0, 0, 1, 0, 0, "own: oldest first" },
};

int parameter_find(const char *name)
{
	static const struct {
		const char *other;
		enum parameter p;
	} synonym[] = {
		{ "lead_periods", PARAMETER_LEAD_DAYS },     { "review_periods", PARAMETER_REVIEW_DAYS },
		{ "shelf_periods", PARAMETER_SHELF_DAYS },   { "markdown_periods", PARAMETER_MARKDOWN_DAYS },
		{ "cost", PARAMETER_UNIT_COST },
	};
	for (int k = 0; k < N_PARAMETER; k++)
		if (!strcmp(parameter_info[k].name, name))
			return k;
	for (size_t k = 0; k < sizeof synonym / sizeof *synonym; k++)
		if (!strcmp(synonym[k].other, name))
			return (int)synonym[k].p;
	return -1;
}

void parameters_init(struct parameters *p)
{
	memset(p, 0, sizeof *p);
	for (int k = 0; k < N_PARAMETER; k++)
		p->value[k] = parameter_info[k].preset;
}

static int is_whole(enum parameter p)
{
	return p == PARAMETER_LEAD_DAYS || p == PARAMETER_REVIEW_DAYS || p == PARAMETER_SHELF_DAYS
	       || p == PARAMETER_MARKDOWN_DAYS;
}

static enum status check(const struct parameters *p, struct err *e)
{
	for (int k = 0; k < N_PARAMETER; k++) {
		const struct parameter_info *i = &parameter_info[k];
		double x = p->value[k];
		if (isnan(x) && isnan(i->preset))
			continue;
		if (!(x >= i->min && x <= i->max))
			return err_set(e, E_USAGE, "%s %g is not between %g and %g", i->name, x, i->min,
				       i->max);
		if (is_whole((enum parameter)k) && x != floor(x))
			return err_set(e, E_USAGE, "%s %g is no whole number of periods", i->name, x);
	}
	return OK;
}

/* Units of sales as units of the replay, at least `least`. */
static int64_t units_of(double x, int scale, int64_t least)
{
	int64_t n = (int64_t)floor(x * scale + .5);
	return n < least ? least : n;
}

static void settle_rules(const struct parameters *p, int scale, struct stock_rules *r)
{
	const double *v = p->value;
	*r = (struct stock_rules){
		.lead = (int)v[PARAMETER_LEAD_DAYS],
		.review = (int)v[PARAMETER_REVIEW_DAYS],
		.protect = (int)v[PARAMETER_LEAD_DAYS] + (int)v[PARAMETER_REVIEW_DAYS],
		.pack = units_of(v[PARAMETER_PACK], scale, 1),
		.moq = units_of(v[PARAMETER_MOQ], scale, 0),
		.max_stock = units_of(v[PARAMETER_MAX_STOCK], scale, 0),
		.shelf = (int)v[PARAMETER_SHELF_DAYS],
		.marked_days = v[PARAMETER_MARKDOWN] > 0 ? (int)v[PARAMETER_MARKDOWN_DAYS] : 0,
		.lifo = v[PARAMETER_LIFO],
	};
}

static double period_days(const struct calendar *calendar)
{
	static const double days[] = { 1, 7, YEAR_DAYS / 12, 1 };
	return days[calendar->kind];
}

static void settle_costs(const struct parameters *p, const struct calendar *calendar, int scale,
			 struct stock_costs *c)
{
	const double *v = p->value;
	double price = isnan(v[PARAMETER_PRICE]) ? 1 : v[PARAMETER_PRICE], unit = 1. / scale;
	double cost = isnan(v[PARAMETER_UNIT_COST]) ? price * (1 - v[PARAMETER_MARGIN])
						    : v[PARAMETER_UNIT_COST];
	double rate = v[PARAMETER_HOLD_RATE];
	if (isnan(rate))
		rate = v[PARAMETER_SHELF_DAYS] > 0 ? HOLD_RATE_SPOILS : HOLD_RATE_DRY;
	double margin = price > cost ? price - cost : 0;
	int told = !isnan(v[PARAMETER_SHORTAGE]);
	double holding = isnan(v[PARAMETER_HOLDING]) ? cost * rate * period_days(calendar) / YEAR_DAYS
						     : v[PARAMETER_HOLDING];
	*c = (struct stock_costs){
		.price = price * unit,
		.unit_cost = cost * unit,
		.lost_margin = (told ? v[PARAMETER_SHORTAGE] : margin * (1 - v[PARAMETER_SUBST])) * unit,
		.goodwill = told ? 0 : margin * v[PARAMETER_GOODWILL] * unit,
		.waste = cost * (1 - v[PARAMETER_SALVAGE] + v[PARAMETER_DISPOSAL]) * unit,
		.holding = holding * unit,
		.order_line = v[PARAMETER_ORDER_COST],
		.markdown = price * v[PARAMETER_MARKDOWN] * unit,
	};
}

enum status parameters_settle(const struct parameters *p, const struct calendar *calendar, int scale,
			      struct stock_rules *rules, struct stock_costs *costs, struct err *e)
{
	enum status status = check(p, e);
	if (status)
		return status;
	settle_rules(p, scale, rules);
	settle_costs(p, calendar, scale, costs);
	return OK;
}
