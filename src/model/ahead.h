/*
 * A panel with periods added at its end, for methods that run forward on their own forecasts. What the
 * origin could not see stays unseen: drivers that are known only when their day is over end there.
 */
#ifndef MODEL_AHEAD_H
#define MODEL_AHEAD_H

#include "series/driver.h"
#include "series/panel.h"

struct ahead {
	struct panel panel;    /* until = the past's until + n_step */
	period_t origin;
	double *units;
	uint8_t *state;
	struct drivers drivers;
	struct arena arena;
};

/* Copies the past up to its end and makes room for n_step periods, whose values are not known yet. */
void ahead_init(struct ahead *, const struct panel *past, int n_step);
/* What is taken to be sold in a period after the origin; NaN: not known. Closed periods stay closed. */
void ahead_set(struct ahead *, int i, period_t period, double units);
void ahead_release(struct ahead *);

#endif
