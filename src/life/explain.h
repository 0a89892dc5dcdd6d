/* What the forecast of one series is made of: parts that sum to its means. */
#ifndef LIFE_EXPLAIN_H
#define LIFE_EXPLAIN_H

#include "life/run.h"

struct explanation {
	struct mean_parts parts; /* base first; the last part is what guards changed, if they did;
				  * parts.mean is the forecast that is given out */
	period_t origin;
	const char *method;      /* that made the series */
	const char *note;        /* why the parts are not the method's own, or NULL */
};

/*
 * Explains a series of a plan: by the method's own parts where the spec has them, else its means are
 * split into level, season and the rest. Base and parts sum to the mean to 1e-9 of it. Memory is the
 * arena's. E_NOTFOUND: there is no such series at that origin.
 */
MUST_CHECK enum status run_explain(const struct run_plan *plan, const char *store, const char *item,
				   struct arena *a, struct explanation *out, struct err *e);

#endif
