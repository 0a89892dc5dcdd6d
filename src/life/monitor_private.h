/* What the files of the monitor share. */
#ifndef LIFE_MONITOR_PRIVATE_H
#define LIFE_MONITOR_PRIVATE_H

#include "life/monitor.h"
#include "life/weeks.h"

/* A night's watch under way. */
struct watch {
	struct db *db;
	const struct config *config;
	const struct run_row *run;
	struct arena arena;
	struct cuts cuts;
	day_t day;           /* of the run: the last that is known */
	VEC(struct stat_row) stat;
	VEC(struct alert_row) alert;
	struct monitor_result *result;
};
/* Adds a statistic with its verdict. Strings are borrowed until the end of the watch. */
void watch_stat(struct watch *w, const char *monitor, const char *node, double value, double p, double threshold,
		const char *verdict);
/* Adds an alert of a code; `grade` "ALARM" or "REVIEW". */
struct alert_row *watch_alert(struct watch *w, const char *code, const char *grade, const char *node,
			      const char *text);

/* L0, L1 and L6. */
MUST_CHECK enum status watch_inputs(struct watch *w, struct err *e);
/* L3 and L4. */
MUST_CHECK enum status watch_drift(struct watch *w, struct err *e);

#endif
