/*
 * Coverage: which drivers' tables reach over the horizon, for which series. Where one that is known ahead
 * ends earlier, its policy (setting driver.missing) fills in: the series' rows say so in their reason,
 * "assumed=price,temperature", and the run tells it once a driver. What is known only when its day is over
 * is assumed by nature and not told. Only for specs that look at drivers (spec_sees_drivers).
 */
#ifndef LIFE_COVERAGE_H
#define LIFE_COVERAGE_H

#include "base/mem.h"
#include "series/driver.h"
#include "series/forecast.h"

struct coverage_driver {
	const char *name; /* "price", "promotion", or the column's */
	enum driver_missing missing;
	int series;       /* for how many it ends before the horizon */
	const char *store, *item; /* the first of them */
};

/* Counts over the panels that were added. Zero it; strings are the arena's that they were added with. */
struct coverage {
	struct coverage_driver *driver; /* [n] in the order in which they were met */
	int n, room;
};

/*
 * Adds the series of a view that are listed somewhere in its next `horizon` periods. note[past->n] (may be
 * NULL) gets "assumed=..." for those that lack something, else NULL. Memory is the arena's.
 */
void coverage_add(struct coverage *, const struct panel *past, int horizon, struct arena *, const char **note);
/* One warning a driver that ends early. */
void coverage_warn(const struct coverage *);
/* Adds to the reasons of a view's forecast what was assumed for it. Memory is the arena's. */
void coverage_flag(const struct panel *past, struct arena *, struct forecast *out);

#endif
