/*
 * Days of stores, gathered once from the states of their series; asked for at each origin, where only
 * days up to it are looked at. A store is a slice of the panel, so its closings are ranges of series.
 */
#include "config.h"
#include "stock/foresight.h"

#include <string.h>
#include "series/driver.h"

#define BACK_DAYS 373  /* before the first origin: a year and a week */
#define WEEKS 4        /* of a weekday that are looked at ... */
#define WEEKS_LEAST 3  /* ... of which so many must be known */
#define WEEKS_FAR 8    /* back to so many */

enum { UNKNOWN, OPEN, SHUT };

struct foresight {
	const struct panel *panel;
	period_t first;    /* day of column 0 */
	int n_day, n_store;
	int *begin;        /* [n_store + 1] first series of each store */
	uint8_t *day;      /* [n_store][n_day] */
};

static void find_stores(struct foresight *f, struct arena *a)
{
	const struct panel *p = f->panel;
	f->begin = ARENA_ARRAY(a, int, p->n + 1);
	for (int i = 0; i < p->n; i++)
		if (!i || strcmp(p->key[i].store, p->key[i - 1].store))
			f->begin[f->n_store++] = i;
	f->begin[f->n_store] = p->n;
}

/* A store is open where one of its series could be sold. */
static void mark_days(struct foresight *f, int store)
{
	uint8_t *day = f->day + (size_t)store * (size_t)f->n_day;
	for (int i = f->begin[store]; i < f->begin[store + 1]; i++) {
		struct series s = panel_series(f->panel, i);
		for (int k = 0; k < f->n_day; k++) {
			int64_t t = (int64_t)f->first + k - s.first;
			if (t < 0 || t >= s.n)
				continue;
			if (s.state[t] == DAY_CLOSED && day[k] == UNKNOWN)
				day[k] = SHUT;
			else if (series_usable(&s, (int)t) || s.state[t] == DAY_STOCKOUT)
				day[k] = OPEN;
		}
	}
}

struct foresight *foresight_new(const struct panel *p, period_t first, period_t last, struct arena *a)
{
	struct foresight *f = ARENA_ARRAY(a, struct foresight, 1);
	*f = (struct foresight){ .panel = p };
	if (p->calendar.kind != PERIOD_DAY)
		return f;
	f->first = first - BACK_DAYS;
	f->n_day = last - f->first + 1;
	find_stores(f, a);
	f->day = ARENA_ARRAY(a, uint8_t, (size_t)f->n_store * (size_t)f->n_day + 1);
	for (int store = 0; store < f->n_store; store++)
		mark_days(f, store);
	return f;
}

/* What a day was, as known at an origin. */
static int day_at(const struct foresight *f, int store, period_t t, period_t origin)
{
	int64_t k = (int64_t)t - f->first;
	return t > origin || k < 0 || k >= f->n_day ? UNKNOWN
						    : f->day[(size_t)store * (size_t)f->n_day + (size_t)k];
}

static int shut_by_calendar(const struct foresight *f, int store, period_t t)
{
	const struct event_day *event[16];
	int n = f->panel->drivers ? driver_events(f->panel, f->begin[store], t, event, 16) : 0;
	for (int k = 0; k < n && k < 16; k++)
		if (event[k]->closed)
			return 1;
	return 0;
}

static int shut_by_weekday(const struct foresight *f, int store, period_t t, period_t origin)
{
	int known = 0;
	for (period_t back = t - 7; known < WEEKS && back > origin - 7 * WEEKS_FAR; back -= 7) {
		int day = day_at(f, store, back, origin);
		if (day == OPEN)
			return 0;
		known += day == SHUT;
	}
	return known >= WEEKS_LEAST;
}

static int shut_a_year_ago(const struct foresight *f, int store, period_t t, period_t origin)
{
	int year, month, dom;
	day_to_ymd(t, &year, &month, &dom);
	day_t then = day_from_ymd(year - 1, month, dom);
	return then != DAY_NONE && day_at(f, store, then, origin) == SHUT
	       && (day_at(f, store, then - 7, origin) == OPEN || day_at(f, store, then + 7, origin) == OPEN);
}

struct panel foresight_panel(const struct foresight *f, period_t origin, int steps, struct arena *a)
{
	struct panel view = panel_until(f->panel, origin);
	if (!f->n_store)
		return view;
	int n = 0;
	struct closing *closing = ARENA_ARRAY(a, struct closing, (size_t)f->n_store * (size_t)steps + 1);
	for (int store = 0; store < f->n_store; store++)
		for (period_t t = origin + 1; t <= origin + steps; t++)
			if (shut_by_calendar(f, store, t) || shut_by_weekday(f, store, t, origin)
			    || shut_a_year_ago(f, store, t, origin))
				closing[n++] = (struct closing){ f->begin[store], f->begin[store + 1], t };
	view.n_closing = n;
	view.closing = closing;
	return view;
}
