/*
 * The forecasts that would have been published in the weeks of the past, and what they came to: what the
 * monitor's thresholds are learnt from, until there are enough weeks that were served. At the eve of each week
 * the spec sees panel_until(eve) and the closings that could be foreseen; it is fitted anew every `refit` weeks.
 */
#ifndef LIFE_PAST_H
#define LIFE_PAST_H

#include "life/settings.h"
#include "io/db.h"

#define PAST_SPEC "monitor.replayed" /* key of the db's setting that holds the replayed spec, closed by its ladder */

struct past_request {
	const char *spec;  /* NULL: the setting monitor.spec */
	int weeks, refit;  /* how many weeks back; weeks between fits */
	day_t as_of;       /* DAY_NONE: all there is */
	int jobs;
};
struct past_result {
	int weeks, series; /* weeks that have residuals now */
	const char *spec;  /* the arena's of the config or the request */
};
/*
 * Replaces the residuals of role "replay" by those of the last weeks that are mature. Left out are weeks that begin
 * in the history's first two seasons or, if that is longer, before the spread of forecasts knows errors of every
 * step (of days: two weeks and the horizon). E_INPUT: there are fewer than 52 such weeks; E_STOPPED: a signal, what
 * was there is gone and the next call makes it anew (thresholds that were calibrated before stay).
 */
MUST_CHECK enum status past_replay(struct db *db, const struct config *config, const struct past_request *q,
				   struct past_result *out, struct err *e);

#endif
