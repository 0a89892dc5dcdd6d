/*
 * How fast a model ages: at the same past origins, models that were fitted some time before forecast from what was
 * known at the origin (their states advance, their parameters do not). The curve says how often fitting pays (Zanotti
 * 2025, "Do global forecasting models require frequent retraining?", arXiv 2505.00356).
 */
#ifndef LIFE_STALENESS_H
#define LIFE_STALENESS_H

#include "life/settings.h"
#include "io/db.h"

struct staleness_request {
	const char *spec;   /* NULL: what serves */
	int windows, step;  /* origins, periods between them; step 0: the horizon */
	day_t as_of;
	int jobs;
};
struct staleness_point {
	int age;            /* periods between fit and origin */
	double wape;        /* sum of absolute errors of the means over units */
	double gain;        /* of a fresh fit on this one, share of its error; 0 at age 0 */
	int64_t cases;
};
#define STALENESS_AGES 7
struct staleness {
	int n, windows;
	struct staleness_point point[STALENESS_AGES];
	int proposed;       /* the oldest age that loses less than 1 % */
	const char *spec;   /* the arena's */
};
/* E_INPUT: the history is too short for the windows and ages. */
MUST_CHECK enum status staleness_run(struct db *db, const struct config *config,
				     const struct staleness_request *q, struct arena *a, struct staleness *out,
				     struct err *e);

#endif
