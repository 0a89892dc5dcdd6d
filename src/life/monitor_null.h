/* Thresholds of the drift charts, from the db and back. */
#ifndef LIFE_MONITOR_NULL_H
#define LIFE_MONITOR_NULL_H

#include "life/monitor_fleet.h"
#include "io/db_alert.h"

/* Calibrates all channels of the fleets. Memory is the arena's. */
void monitor_null_make(const struct fleets *f, struct arena *a, struct drift_null out[N_CHANNEL]);
/* Keeps them as the next calibration, in a transaction of its own. */
MUST_CHECK enum status monitor_null_write(struct db *db, const struct drift_null null[N_CHANNEL], day_t day,
					  int64_t version, const char *config_hash, int64_t *id, struct err *e);
/* The newest calibration; *id 0: there is none. The arena's. */
MUST_CHECK enum status monitor_null_read(struct db *db, struct arena *a, struct drift_null out[N_CHANNEL],
					 int64_t *id, day_t *day, struct err *e);

#endif
