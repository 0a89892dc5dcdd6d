/*
 * Two scored specs held against one another: the loss per origin by fixed-b Diebold-Mariano with a block
 * bootstrap's interval, the slices beside it. What is not comparable is refused: other data, origins, steps,
 * gap, scope or scored cases.
 */
#ifndef LIFE_COMPARE_RUN_H
#define LIFE_COMPARE_RUN_H

#include "eval/metric.h"
#include "io/db_run.h"
#include "num/fixed_b.h"
#include "series/score.h"

#define COMPARE_ORIGINS 26   /* below, nothing is claimed */
#define COMPARE_EFFECT .005  /* of the loss that a claim needs */
#define COMPARE_P .025       /* one-sided */

struct compare_request {
	const char *name[2];     /* RUN or RUN:SPEC; the second NULL: the first run's best other spec */
	const char *objective;   /* metric that is to be small; NULL: rmsse */
};
enum compare_verdict { COMPARE_BETTER, COMPARE_WORSE, COMPARE_SAME, COMPARE_FEW };
/* One slice: values of both, and the first's gain on the second. */
struct compare_slice {
	const char *part, *member;
	double value[2], gain;
	int64_t cases;
};
struct compare_result {
	struct run_row run[2];
	const char *spec[2], *objective;
	int n_origin;
	double value[2];         /* over all cases */
	double effect;           /* gain of the first on the mean loss of the second */
	double low, high;        /* 90 % interval of it */
	struct fixed_b test;     /* of loss 2 - loss 1 by origin: positive, the first is better */
	enum compare_verdict verdict;
	int n_slice;
	struct compare_slice *slice; /* memory is the arena's */
};
/* E_USAGE: what makes them not comparable, in a sentence; E_NOTFOUND: no such run or spec. */
MUST_CHECK enum status compare_run(struct db *db, const struct compare_request *q, struct arena *a,
				   struct compare_result *out, struct err *e);

#endif
