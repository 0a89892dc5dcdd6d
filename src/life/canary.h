/*
 * A canary serves a share of the stores (models promote --to canary). Does it do harm there? Its stores are held
 * beside the others, from before to since, so that what befell the whole chain (a warm week, Christmas) is not laid
 * at its door: difference in differences of the logarithm of the absolute error for each unit sold, a store being
 * one observation (num/before_after.h). Weeks count near: forecasts of the week to come.
 */
#ifndef LIFE_CANARY_H
#define LIFE_CANARY_H

#include "io/db.h"

struct config;

#define CANARY_LEAST 2      /* weeks served that are wanted before there is a comparison */
#define CANARY_BEFORE_LEAST 4
#define CANARY_BEFORE 26    /* weeks before, at most */
#define CANARY_HARM 1.03    /* ratio of errors beyond which it is taken away ... */
#define CANARY_SURE .05     /* ... where this p, one-sided, says that it is not by chance, two weeks running: weeks of
			     * looks together then take away a harmless one in 5 % (tests/bench/canary_placebo.c) */

struct canary_look {
	int64_t version;     /* 0: no canary serves */
	double share;
	const char *unit;    /* what a week is called: "week", or the period of another calendar */
	int weeks, before;   /* whole weeks judged since it serves this share, and of before it served any */
	int stores, others;  /* with sales on both sides of its start */
	double ratio, p;     /* of errors, 1.1: 10 % larger than they would be; NaN: too little to tell */
	int harm;            /* 1: worse by more than CANARY_HARM, with p below CANARY_SURE, now and a week ago */
};
/* Where a store stands in [0, 1), by the first bits of its name's hash. A canary serves those below its share, so a
 * larger share keeps the stores of a smaller one. */
double canary_place(const char *store);
/* What a canary came to, out of what was judged (life/realise.h); writes nothing. Scratch is the arena's. */
MUST_CHECK enum status canary_look(struct db *db, struct arena *a, struct canary_look *out, struct err *e);
/* One line: "version 7 in 4 of 12 stores, 5 weeks: errors 12.1 % larger (p .003)"; the arena's. */
const char *canary_words(const struct canary_look *look, struct arena *a);
/* Takes the canary away, in one transaction; the log has it as a rollback, so no challenger is promoted by itself for
 * a fortnight. E_NOTFOUND: there is none. */
MUST_CHECK enum status canary_end(struct db *db, int64_t *version, const char *reason, struct err *e);
/*
 * The canary's part of a night: looks, and takes it away where it does harm (promote.auto = yes) or says that it
 * should be. *words: how it stands, NULL without a canary; *said: what was done or should be, or NULL.
 */
MUST_CHECK enum status canary_judge(struct db *db, const struct config *config, struct arena *a, const char **words,
				    const char **said, struct err *e);

#endif
