/*
 * Published forecasts are judged when their days have come: each run once, when its whole horizon lies
 * `maturity` periods back (corrections have come by then), as sums by step and cut; and each whole week once,
 * as residuals by series, which is what the monitor watches.
 *
 * Of a week (life/weeks.h) two forecasts count: the newest that was made before it (near), and the oldest whose horizon reaches its end (far): an
 * adaptive model recovers from a shift within days and hides it in the near one.
 */
#ifndef LIFE_REALISE_H
#define LIFE_REALISE_H

#include "life/weeks.h"

struct realise_result {
	int runs, weeks; /* judged now; weeks counts role x band x week */
};
/*
 * Judges what has come due by `as_of` (DAY_NONE: the last day with sales). Writes; a run or week that was
 * judged before is left alone, so it can be called any number of times. Each run and each week is a
 * transaction of its own.
 */
MUST_CHECK enum status realise(struct db *db, const struct config *config, day_t as_of,
			       struct realise_result *out, struct err *e);

#endif
