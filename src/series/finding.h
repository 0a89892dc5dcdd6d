/*
 * What a check says: findings, and the states of days that follow from them. quality makes them, io
 * keeps them, cli and report show them.
 */
#ifndef SERIES_FINDING_H
#define SERIES_FINDING_H

#include <stddef.h>
#include <stdint.h>
#include "series/panel.h"

/* note: told. warn: told, and refused under --strict. quarantine: the values concerned are kept out
 * of what methods learn from. block: nothing is forecast from such data. */
enum severity { SEVERITY_NOTE, SEVERITY_WARN, SEVERITY_QUARANTINE, SEVERITY_BLOCK };
#define N_SEVERITY 4
const char *severity_name(enum severity severity);
/* Back from the name; -1 = unknown. */
int severity_find(const char *name);

/* One finding. Strings are borrowed or an arena's. */
struct finding {
	const char *rule;         /* "gap", "ratio", ...: quality/check.h lists them */
	enum severity severity;
	const char *store, *item; /* NULL: not of one */
	day_t day, until;         /* first and last day concerned; DAY_NONE: of no day */
	double value, expected;   /* NaN: not told */
	int64_t cases;            /* how many rows, days or series */
	const char *text;         /* one sentence, lower case, no full stop */
};

/* Most severe first; then by rule, store, item, day. For qsort. */
int finding_order(const void *a, const void *b);

/* The state of a whole store on a day: DAY_NOFEED, DAY_CLOSED or DAY_MISSING. */
struct store_day {
	int64_t store;      /* the db's number */
	day_t day;
	enum day_state state;
	const char *basis;  /* how that is known: "calendar", "weekday", "peers", ... */
};

/* The state of one series on a day, where its row does not tell it. */
struct series_day {
	int64_t series;     /* the db's number */
	day_t day;
	enum day_state state;
	const char *basis;
};

#endif
