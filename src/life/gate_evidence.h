/* What a challenger and the champion did on the same origins: losses, slices, coverage, bias. */
#ifndef LIFE_GATE_EVIDENCE_H
#define LIFE_GATE_EVIDENCE_H

#include "io/db_model.h"
#include "life/settings.h"

struct evidence_slice {
	const char *part, *member;
	double share;         /* of the loss of all */
	const double *loss[2];/* [n] champion, challenger */
};
/* All arrays by origin, in their order; [0] is the champion. Memory is the arena's. */
struct evidence {
	int n, live;          /* origins; 1: weeks that were served and shadowed, 0: a backtest */
	int shadow_weeks, unequal;
	const char *basis;    /* "live weeks", "backtest 12" */
	double *loss[2];      /* [n] */
	int n_slice;
	struct evidence_slice *slice;
	int has_coverage;
	double outside[2], bias[2];
	int has_cost;
	double cost_gain;     /* share of the champion's cost that is saved */
	const char *simpler;  /* best of the simpler specs in the same backtest, or NULL */
	double simpler_gain;  /* of the challenger on it */
};
MUST_CHECK enum status evidence_gather(struct db *db, const struct config *config,
				       const struct model_row *challenger, const struct model_row *champion,
				       struct arena *a, struct evidence *out, struct err *e);

#endif
