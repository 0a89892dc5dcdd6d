/*
 * Who says what stock costs: --assume on the command line, then items.csv (table item_cost), then cost.conf,
 * then the presets of stock/parameter.h; a price that nobody says is the db's. INI syntax:
 *
 *   [default]              # all series
 *   hold_rate = 0.18
 *   [category dairy]       # those with that attribute; of sections that fit the last in the file stands
 *   shelf_days = 12
 *   [item 1001]            # "item" and "store" are attributes too
 *   pack = 12
 *   [roi]
 *   build = 40000          # once; run and people: a year
 *   run = 6000
 *   people = 25000
 *   r = 0.10               # discount rate a year
 *   N = 3                  # years
 *   ramp = 0.5 1 1         # share of the benefit in each; the last goes on
 *   decay = 0              # share of it lost a year
 *   realisation = 0.6
 *   currency = EUR
 *
 * Names are those of stock/parameter.h; salvage and disposal are shares of the unit cost, goodwill of the
 * margin, wherever they stand.
 */
#ifndef LIFE_COST_CONF_H
#define LIFE_COST_CONF_H

#include "base/ini.h"
#include "io/db_catalog.h"
#include "life/settings.h"
#include "stock/cash.h"
#include "stock/parameter.h"

struct cost_conf {
	struct ini ini;
	const char *path;    /* NULL: no file was there */
	struct cash_plan cash;
	double realisation;
	const char *currency; /* "" not told */
	enum basis build, run, people, rate, years, ramp, decay, realised;
	int cash_told;       /* build, run and people are all told */
};

/* Reads and checks the file (path NULL: the config's cost.file, else cost.conf beside the config if it is
 * there). E_USAGE with file, line and the nearest name. Release in any case. */
MUST_CHECK enum status cost_conf_read(struct cost_conf *c, const struct config *config, const char *path,
				      struct err *e);
void cost_conf_release(struct cost_conf *c);

/*
 * Parameters of n series; prices as of a day. set[n_set] are "name=value". E_USAGE: a value that is none, or
 * out of its bounds, with who said it; an attribute that is not there is E_USAGE too.
 */
MUST_CHECK enum status cost_conf_settle(const struct cost_conf *c, struct db *db, day_t day, int n_set,
					const char *const *set, const struct catalog_series *series, int n,
					struct arena *a, struct parameters *out, struct err *e);

#endif
