/*
 * Which days a store will be shut, as an origin of the past could tell. A panel's own closings lie after
 * its end; a replay stands at hundreds of origins within it, and what is known there is less than what
 * the days' states say now. Foreseen are
 *
 *	- closures of the calendar (events that close), which are plans
 *	- a weekday on which the store was shut the last three times or more (Sundays)
 *	- the same date of the year before, if the store was shut then on a weekday on which it opens
 *
 * A closure that none of them tells (a burst pipe) was not known, and no forecast sees it.
 */
#ifndef STOCK_FORESIGHT_H
#define STOCK_FORESIGHT_H

#include "series/panel.h"

struct foresight;

/* For origins first .. last. Borrows the panel; memory is the arena's. Panels that are not daily have
 * their own closings alone. */
struct foresight *foresight_new(const struct panel *p, period_t first, period_t last, struct arena *a);
/* The panel as it was at an origin, with the closings that are foreseen in the `steps` periods after it
 * in place of its own. The closings are the arena's. */
struct panel foresight_panel(const struct foresight *f, period_t origin, int steps, struct arena *a);

#endif
