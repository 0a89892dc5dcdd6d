/*
 * The gates before a model serves: each is a condition with a verdict, a figure and a sentence, kept as a row of
 * gate_result. A gate without evidence does not open.
 *
 * The evidence is what both forecast of the same weeks: the champion as served, the challenger in its shadow, errors
 * summed over all series by week, for tests per series promote equal models half of the time. Where there are fewer
 * than 26 such weeks, a backtest that scored both specs speaks.
 */
#ifndef LIFE_GATE_H
#define LIFE_GATE_H

#include "base/mem.h"
#include "io/db.h"
#include "life/settings.h"

enum gate_verdict { GATE_PASS, GATE_FAIL, GATE_INSUFFICIENT, GATE_SKIPPED };
const char *gate_verdict_name(enum gate_verdict verdict); /* "pass" ... */

struct gate_row {
	const char *gate, *words; /* "G4", what it asks */
	enum gate_verdict verdict;
	double value, threshold;  /* NaN: none */
	const char *text;
};
#define N_GATE 16
struct gate_report {
	int64_t version, against;  /* against 0: there is no champion yet */
	day_t day;                 /* the last with sales */
	day_t promoted, rolled_back; /* when a challenger last became champion, and a rollback was; long ago: never */
	int tries;                 /* challengers that were held against this champion, this one too */
	int n, failed, insufficient;
	struct gate_row row[N_GATE];
};
/* Days and nothing else of a report. */
MUST_CHECK enum status gate_state(struct db *db, struct gate_report *out, struct err *e);
/* Runs all gates for a version against the champion and keeps the results, in a transaction of its own. Texts are
 * the arena's. */
MUST_CHECK enum status gates_run(struct db *db, const struct config *config, int64_t version, struct arena *a,
				 struct gate_report *out, struct err *e);
/* Makes the report's version the champion, in one transaction, logged as a promotion. */
MUST_CHECK enum status gates_promote(struct db *db, const struct gate_report *g, const char *reason,
				     struct err *e);

/* Is one better? The rule of G3, G4 and G16 by itself: losses per origin, the same origins in both. */
#define GATE_ORIGINS 26
#define GATE_EFFECT .005
#define GATE_P .025
struct gate_better {
	double effect, p, limit; /* share of the champion's loss that is saved; one-sided p; what it must be under */
	enum gate_verdict verdict;
};
void gate_better(const double *champion, const double *challenger, int n, int tries, struct gate_better *out);

#endif
