/*
 * What monitoring leaves in the db: every statistic of every night, alerts with what came of them, and the
 * thresholds that were calibrated. One alert of a code and node is open at a time; repeats update it.
 */
#ifndef IO_DB_ALERT_H
#define IO_DB_ALERT_H

#include "base/mem.h"
#include "io/db.h"

/* One statistic; written whether it alarms or not. NaN: not told. */
struct stat_row {
	const char *monitor, *node, *verdict; /* "OK", "REVIEW", "ALARM", "INSUFFICIENT" */
	day_t day, from;                      /* the window */
	double value, p, threshold;
	int64_t calibration;                  /* 0: none */
};
/* Replaces those of a run, in the caller's transaction. */
MUST_CHECK enum status db_stats_write(struct db *db, int64_t run, const struct stat_row *row, int n,
				      struct err *e);

struct alert_row {
	int64_t id;
	const char *code, *layer, *grade, *node, *cause, *text;
	day_t opened, last, closed, snoozed_until, from; /* DAY_NONE: not so */
	double value, baseline, threshold, money;
	int series;
	int64_t version;      /* of the model that served */
};
/*
 * Opens an alert (day: row->last), or brings the one that is open up to date; *fresh 1: it was opened, or its
 * grade rose to ALARM. In the caller's transaction.
 */
MUST_CHECK enum status db_alert_raise(struct db *db, const struct alert_row *row, int *fresh, struct err *e);
/* Closes what was last seen before a day: of data and nights (L0, L1, L5, L6), or of errors (L2 to L4); *n counts
 * them. In the caller's transaction. */
MUST_CHECK enum status db_alert_expire(struct db *db, int errors, day_t seen_before, day_t day, int *n,
				       struct err *e);
/* Open ones (all: closed ones too) by grade, money and id; the arena's. */
MUST_CHECK enum status db_alerts(struct db *db, int all, struct arena *a, struct alert_row **out, int *n,
				 struct err *e);
/* Closes (until DAY_NONE) or snoozes an open alert by hand, with an audit row. E_NOTFOUND. */
MUST_CHECK enum status db_alert_settle(struct db *db, int64_t id, day_t day, day_t snooze_until,
				       const char *reason, struct err *e);
/* One class of a calibration; `tail` is n doubles that the monitor made. */
struct null_row {
	const char *class_;
	int weeks, series;
	double phi;
	const double *tail;
	int n_tail;
};
/* Keeps a calibration under the next number, in the caller's transaction. */
MUST_CHECK enum status db_null_write(struct db *db, day_t day, int64_t version, const char *config_hash,
				     const struct null_row *row, int n, int64_t *id, struct err *e);
/* The newest calibration: its number (0: none), day and classes; the arena's. */
MUST_CHECK enum status db_null_newest(struct db *db, struct arena *a, int64_t *id, day_t *day,
				      struct null_row **out, int *n, struct err *e);

#endif
