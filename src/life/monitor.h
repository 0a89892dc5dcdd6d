/*
 * Monitoring: has something gone wrong that the forecasts or the data tell? The layers are
 *
 *	L0 data      what the check found tonight: blocks, unit bugs, missing feeds, duplicates
 *	L1 inputs    prices that ceased or jumped, promotions, events missing from the days ahead
 *	L2 shape     the errors of all series, of a store or a segment as one distribution (eval/pooled.h)
 *	L3 errors    bias of series and nodes, near and far; errors larger than was expected
 *	L4 coverage  what lies outside the 90 % interval, by node
 *	L6 nights    duration, age of the model, fallbacks
 *
 * (L5, tonight's forecast beside last night's, is life/behave.h.) Every
 * statistic is kept (table monitor_stat), alarm or not. Thresholds of L3 and L4 come from monitor_calibrate, those
 * of L1, L2 and L6 from the same statistic's own past. Where there are too few weeks the answer is INSUFFICIENT.
 */
#ifndef LIFE_MONITOR_H
#define LIFE_MONITOR_H

#include "io/db_alert.h"
#include "io/db_run.h"
#include "life/settings.h"

struct monitor_result {
	int stats, alarms, reviews; /* statistics written; alerts seen tonight by grade */
	int opened, closed;         /* alerts that opened (or rose to ALARM), and that four quiet weeks closed */
	int insufficient;           /* 1: L3 and L4 have no thresholds yet */
	int week;                   /* of L3; INT_MIN: none */
};
/*
 * Judges what has come due (life/realise.h), then runs all layers as of a run's day and keeps statistics and
 * alerts in one transaction. May be called again for the same run: alerts are updated, not doubled.
 */
MUST_CHECK enum status monitor_run(struct db *db, const struct config *config, const struct run_row *run,
				   struct monitor_result *out, struct err *e);

/* A night that was blocked has no run to watch: its alarm is raised by itself ("L0.block", "L0.ratio"). */
MUST_CHECK enum status monitor_blocked(struct db *db, day_t day, const char *code, const char *text,
				       struct err *e);

/* What a calibration stands on. */
struct monitor_calibration {
	int64_t id;
	int weeks, served; /* weeks of history; of them forecasts that were really served */
	int n_class;
};
/*
 * Thresholds from the past: of the weeks that were served, and before them of the replayed ones (life/past.h,
 * made here where they are missing or `replay` is 1; with -1 never). E_INPUT: fewer than 52 weeks.
 */
MUST_CHECK enum status monitor_calibrate(struct db *db, const struct config *config, day_t as_of, int jobs,
					 const char *spec, int replay, struct monitor_calibration *out, struct err *e);

/* False alarms and delays on this db's own residuals: what a row of `monitor bench` says. */
struct monitor_bench {
	const char *what; /* "nothing put in", "level -20 %" ... */
	double false_week, low, high, found, delay, false_share;
};
/* Charts the last 26 weeks with thresholds from those before; *n rows of out (room for 12). E_INPUT: too few weeks. */
MUST_CHECK enum status monitor_bench(struct db *db, const struct config *config, struct monitor_bench *out,
				     int *n, int *series, struct err *e);

#endif
