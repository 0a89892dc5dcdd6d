/* What forecasts came to: what was sold since, sums by run and step, residuals by series and week. */
#ifndef IO_DB_REALISED_H
#define IO_DB_REALISED_H

#include "io/db.h"
#include "io/db_catalog.h"

/* A run whose forecasts are to be judged: published, or of a shadow. */
struct judged_run {
	int64_t seq, model;
	day_t as_of;
	int horizon;
	int shadow;   /* 1: its forecasts were kept and not served */
	int realised; /* its sums are written */
};
/* The last one of each origin and role with as_of >= from, by (shadow, as_of); the arena's. */
MUST_CHECK enum status db_judged_runs(struct db *db, day_t from, struct arena *a, struct judged_run **out,
				      int *n, struct err *e);

/*
 * What came in periods [from, from + n_period) of each of n series (sorted by id), as out[n][n_period]: units
 * sold; NaN where the day does not judge a forecast: closed, out of stock, not known. Days without a row are 0
 * where `gaps_zero`, from the series' first sale on. E_IO.
 */
MUST_CHECK enum status db_actuals(struct db *db, const struct calendar *calendar, period_t from, int n_period,
				  int gaps_zero, const struct catalog_series *series, int n, double *out,
				  struct err *e);

/* Which of n series (by id) are on promotion on some day of [from, until]: out[n] 0 or 1. */
MUST_CHECK enum status db_promoted_series(struct db *db, day_t from, day_t until,
					  const struct catalog_series *series, int n, int *out, struct err *e);

/* One row of table realised; `part` and `member` name the cut. */
struct realised_row {
	int step;
	const char *part, *member;
	day_t day;
	int64_t cells, inside[3];
	double units, mean, abs_error, expected, pinball;
};
/* Replaces what the run had, in the caller's transaction. */
MUST_CHECK enum status db_realised_write(struct db *db, int64_t run, const struct realised_row *row, int n,
					 struct err *e);
/*
 * Sums over runs: by (role, part, member, bucket of steps) for origins in [from, until]. shadow 0: what was
 * served. The buckets are steps 1, 2-7, 8-14 and beyond, or each step where `by_step`. The arena's.
 */
struct realised_sum {
	const char *part, *member;
	int step_from, step_to, runs;
	struct realised_row sum;
};
MUST_CHECK enum status db_realised_read(struct db *db, int shadow, day_t from, day_t until, int by_step,
					struct arena *a, struct realised_sum **out, int *n, struct err *e);

/* Who forecast a residual, and how far ahead: the first week, the last week of the horizon. */
enum resid_role { RESID_SERVED, RESID_SHADOW, RESID_REPLAY };
enum resid_band { BAND_NEAR, BAND_FAR };
struct resid_row {
	int64_t series;
	float z, error; /* error: units less mean */
	int days, outside;
};
/* Sums of a node: `part` and `member` name the cut. */
struct resid_node {
	const char *part, *member;
	int week, series;
	double units, mean, loss, expected;
	int64_t days, outside;
};
/* Writes a week of a role and band, rows by series; what the stores among them had is replaced. In the caller's
 * transaction. */
MUST_CHECK enum status db_resid_write(struct db *db, enum resid_role role, enum resid_band band, int week,
				      const struct resid_row *row, int n, struct err *e);
/* The nodes of a role and band; node->week says of which week. In the caller's transaction. */
MUST_CHECK enum status db_resid_nodes_write(struct db *db, enum resid_role role, enum resid_band band,
					    const struct resid_node *node, int n, struct err *e);
/* Weeks in [from, until] that a role and band has: has[until - from + 1]. */
MUST_CHECK enum status db_resid_weeks(struct db *db, enum resid_role role, enum resid_band band, int from,
				      int until, uint8_t *has, struct err *e);
/* The last week that was served or replayed in a band; INT_MIN: none. */
MUST_CHECK enum status db_resid_last(struct db *db, enum resid_band band, int *week, struct err *e);
/* Rows of a band in weeks [from, until], by (week, series): what was served, or where a week was not, what
 * the replay has; shadow 1: the shadow's instead. */
typedef void resid_seen(void *context, int week, const struct resid_row *row);
MUST_CHECK enum status db_resid_read(struct db *db, int shadow, enum resid_band band, int from, int until,
				     resid_seen *seen, void *context, struct err *e);
/* The same of nodes, by (week, part, member); the arena's. */
MUST_CHECK enum status db_resid_nodes_read(struct db *db, int shadow, enum resid_band band, int from,
					   int until, struct arena *a, struct resid_node **out, int *n, struct err *e);
/* Takes away a role. */
MUST_CHECK enum status db_resid_drop(struct db *db, enum resid_role role, struct err *e);

#endif
