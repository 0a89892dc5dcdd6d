/*
 * What is special about a day: public holidays by rule, and the user's events, which win. Rules:
 * a fixed date, the nth weekday of a month, an offset from Easter, the last weekday before a date.
 * Countries and regions: US, DE (and DE-BY ...), GB (and GB-SCT ...), FR (and Alsace-Moselle), IT.
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
	int closed;        /* the shops are shut: by the user's word, or by law or nearly all custom */
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
/*
 * Holidays and user events together, copied. A day on which the user has an event for every store
 * keeps the user's alone (so a user can also take a holiday away).
 */
void events_merge(struct events *out, const struct events *rules, const struct events *user);
/* A table of n events in any order, copied, that speaks for [from, until]. */
void events_copy(struct events *out, const struct event *event, size_t n, day_t from, day_t until);
/* All events of one day, those for every store first, as [*at, *at + return). */
size_t events_on(const struct events *ev, day_t day, const struct event **at);
/* Does the event concern a store (NULL: any)? */
int event_is_for(const struct event *event, const char *store);
void events_release(struct events *ev);
/* The regions with rules, NULL-terminated. */
const char *const *events_regions(void);

#endif
