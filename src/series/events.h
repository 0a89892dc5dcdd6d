/*
 * What is special about a day: public holidays by rule, and the user's events, which win. Rules:
 * a fixed date, the nth weekday of a month, an offset from Easter, the last weekday before a date.
 * Countries and regions: US, DE (and DE-BY ...), GB (and GB-SCT ...), FR.
 */
#ifndef SERIES_EVENTS_H
#define SERIES_EVENTS_H

#include "base/err.h"
#include "series/calendar.h"

struct event {
	day_t day;
	const char *store; /* NULL: every store */
	const char *name;
	const char *type;  /* "public", "commercial", "religious", "user", ... */
	int closed;        /* the shops are shut */
};

/* Events in order of (day, store, name). Owns its strings. */
struct events {
	struct event *event; /* [n] */
	size_t n;
	day_t from, until;   /* span that the table speaks for; `until` is the last user day if any */
	void *memory;
};

/*
 * Holidays of a region ("US", "DE-BY") for every year of [from, until].
 * E_USAGE for a region without rules, naming those that there are.
 */
MUST_CHECK enum status events_holidays(struct events *out, const char *region, day_t from, day_t until,
				       struct err *e);
/* Holidays and user events together; where both name the same day, the user's stays. Both borrowed. */
void events_merge(struct events *out, const struct events *rules, const struct events *user);
/* Events of one day for a store (NULL: of all), as [*at, *at + return). */
size_t events_on(const struct events *ev, day_t day, const struct event **at);
void events_release(struct events *ev);
/* The regions with rules, NULL-terminated. */
const char *const *events_regions(void);

#endif
