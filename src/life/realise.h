/*
 * Published forecasts are judged when their days have come: each run once, when its whole horizon lies
 * `maturity` periods back (corrections have come by then), as sums by step and cut; and each whole week once,
 * as residuals by series, which is what the monitor watches.
 *
 * A week is seven days that begin on a Monday, or one period of another calendar. Of a week two forecasts
 * count: the newest that was made before it (near), and the oldest whose horizon reaches its end (far): an
 * adaptive model recovers from a shift within days and hides it in the near one.
 */
#ifndef LIFE_REALISE_H
#define LIFE_REALISE_H

#include "io/db_realised.h"
#include "life/settings.h"

/* Weeks as the monitor counts them. */
static inline int week_length(const struct calendar *c)
{
	return c->kind == PERIOD_DAY ? 7 : 1;
}
/* The week that a period lies in; day 0 is a Thursday. */
int week_of(const struct calendar *c, period_t p);
/* First period of a week. */
period_t week_start(const struct calendar *c, int week);

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
