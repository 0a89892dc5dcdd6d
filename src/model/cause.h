/*
 * What drives a series, as a few columns for regressions: the price paid, promotions by mechanic and
 * what goes before and after them, events, and what else is known ahead. Columns are made of drivers
 * alone, by their accessors (series/driver.h), never of sales.
 */
#ifndef MODEL_CAUSE_H
#define MODEL_CAUSE_H

#include "base/err.h"
#include "base/mem.h"
#include "series/driver.h"

#define CAUSES_MAX 64
#define CAUSE_SHAPE_DAYS 6 /* days in a promotion that have a column of their own; the last: and later */
#define CAUSE_DIP 4        /* open days after a promotion on which less is bought */
#define CAUSE_BEFORE 3     /* days before it on which the flyer is read, or an event is prepared */
#define CAUSE_AFTER 2      /* days after an event */

enum cause_kind {
	CAUSE_PRICE,    /* log of the price paid, relative to a reference */
	CAUSE_MECHANIC, /* 1 on days of a promotion of mechanic `number` */
	CAUSE_DAY,      /* 1 on day `number` (from 0) of a promotion */
	CAUSE_LEAD,     /* 1 on the days before a promotion */
	CAUSE_TAIL,     /* 1 on the days after a promotion */
	CAUSE_EVENT,    /* number of events of type `number` */
	CAUSE_EVE,      /* 1 on the days before an event of type `number`; -1: of any */
	CAUSE_MORROW,   /* 1 on the days after one */
	CAUSE_COLUMN,   /* value of driver column `number` */
};

struct cause {
	enum cause_kind kind;
	int number;
	signed char sign; /* -1: may not raise demand; 1: may not lower it; 0: either */
	const char *name; /* "price", "promotion flyer", "after promotion", "event holiday", ... */
};

struct causes {
	int n;
	struct cause at[CAUSES_MAX];
	/* [n_mechanic] log of the price paid to the regular one that CAUSE_PRICE leaves out on days of a
	 * promotion, so that the effect of CAUSE_MECHANIC is the lift at that depth; NULL: none. */
	const double *depth;
};

/* What is taken up. */
enum {
	CAUSES_SHAPE = 1,   /* days of a promotion one by one */
	CAUSES_CENTRED = 2, /* causes->depth is the mean of each mechanic */
	CAUSES_COMPACT = 4, /* days before and after events of all types together */
	CAUSES_AHEAD = 8,   /* only what is known ahead, so that a past forecast is made as tonight's is */
};

/* The columns that a panel's drivers allow; names are the arena's. n = 0: none. */
void causes_list(const struct panel *p, int how, struct arena *a, struct causes *out);

/* What does not depend on the day. */
struct cause_place {
	int i;            /* series */
	unsigned shut;    /* bit w: weekday w (0 = Monday) is never open; of days only */
	double reference; /* of CAUSE_PRICE; not above 0: the first price there is */
};

/* Columns for periods from .. from + n - 1, into x[n][causes->n]; nothing in it is NaN. */
void causes_fill(const struct panel *p, const struct causes *c, const struct cause_place *place,
		 period_t from, int n, struct arena *scratch, double *x);

/* First price of a series; NaN: none. */
double cause_reference(const struct panel *p, int i);
/* 32 bits of a name, by which a kept coefficient finds its column again. */
uint32_t cause_hash(const char *name);

#endif
