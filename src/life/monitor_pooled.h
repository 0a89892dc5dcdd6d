/* L2 of the monitor: the fleet's errors as one distribution (eval/pooled.h). */
#ifndef LIFE_MONITOR_POOLED_H
#define LIFE_MONITOR_POOLED_H

#include "life/monitor_fleet.h"
#include "life/monitor_private.h"

/* Judges the last week of the fleets, over all series and in each member of each cut: statistics L2.shape and
 * L2.shape.net, alerts L2.shape (REVIEW) of weeks that were served. */
void watch_pooled(struct watch *w, const struct fleets *f);

#endif
