/* Accessors of drivers: what may be seen from the view's origin. */
#include "config.h"
#include "series/driver.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void assume(int *assumed)
{
	if (assumed)
		*assumed = 1;
}

/* Last period for which the prices of a series are told, as seen from the origin. */
static period_t price_end(const struct panel *p, int i)
{
	const struct drivers *d = p->drivers;
	period_t told = d->price_told ? d->price_told[i] : d->price_until;
	return told > p->until ? d->price_until : told;
}

double driver_price(const struct panel *p, int i, period_t period, int *assumed)
{
	const struct drivers *d = p->drivers;
	if (!d || !d->price_begin)
		return (double)NAN;
	period_t seen = d->price_known == DRIVER_PAST && period > p->until ? p->until : period;
	int64_t low = d->price_begin[i], high = d->price_begin[i + 1];
	while (low < high) {
		int64_t middle = low + (high - low) / 2;
		if (d->price[middle].from <= seen)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == d->price_begin[i])
		return (double)NAN;
	if (seen < period || period > d->price_until || (period > p->until && period > price_end(p, i)))
		assume(assumed);
	return d->price[low - 1].price;
}

int driver_promotions(const struct panel *p, int i, period_t from, period_t until,
		      const struct promotion_span **out, int room, int *assumed)
{
	const struct drivers *d = p->drivers;
	int n = 0;
	if (!d || !d->promotion_begin)
		return 0;
	if (d->promotion_known == DRIVER_PAST && from > p->until) {
		assume(assumed);
		return 0;
	}
	if (until > d->promotion_until || (d->promotion_known == DRIVER_PAST && until > p->until))
		assume(assumed);
	for (int64_t k = d->promotion_begin[i]; k < d->promotion_begin[i + 1]; k++) {
		const struct promotion_span *s = &d->promotion[k];
		if (s->from > until)
			break;
		if (s->until < from || (d->promotion_known == DRIVER_PAST && s->from > p->until))
			continue;
		if (n < room)
			out[n] = s;
		n++;
	}
	return n;
}

int driver_events(const struct panel *p, int i, period_t period, const struct event_day **out, int room)
{
	const struct drivers *d = p->drivers;
	int n = 0, low = 0, high = d ? d->n_event : 0;
	while (low < high) {
		int middle = low + (high - low) / 2;
		if (d->event[middle].period < period)
			low = middle + 1;
		else
			high = middle;
	}
	for (; d && low < d->n_event && d->event[low].period == period; low++) {
		if (i < d->event[low].series_from || i >= d->event[low].series_to)
			continue;
		if (n < room)
			out[n] = &d->event[low];
		n++;
	}
	return n;
}

double driver_value(const struct panel *p, int k, int i, period_t period, int *assumed)
{
	const struct driver_column *c = &p->drivers->column[k];
	period_t last = c->known == DRIVER_PAST && p->until < c->until ? p->until : c->until, seen = period;
	const float *row = c->value + (size_t)(c->row_of ? c->row_of[i] : 0)
		* (size_t)(c->until - c->from + 1);
	if (period < c->from || (c->known == DRIVER_PAST && period > p->until && c->missing == MISSING_NONE))
		return (double)NAN;
	if (period > last) {
		assume(assumed);
		seen = last;
	}
	if (seen == period && !isnan(row[seen - c->from]))
		return (double)row[seen - c->from];
	if (c->missing == MISSING_ZERO)
		return 0;
	if (c->missing == MISSING_CARRY && period > p->until)
		assume(assumed);
	while (c->missing == MISSING_CARRY && seen > c->from && isnan(row[seen - c->from]))
		seen--;
	return c->missing == MISSING_CARRY && seen >= c->from ? (double)row[seen - c->from] : (double)NAN;
}

static int by_name(const void *key, const void *entry)
{
	return strcmp(key, ((const struct node_history *)entry)->name);
}

const struct node_history *driver_history(const struct drivers *d, const char *name)
{
	return d && d->n_history ? bsearch(name, d->history, (size_t)d->n_history, sizeof *d->history, by_name)
				 : NULL;
}

const struct attribute *driver_attribute(const struct drivers *d, const char *name)
{
	for (int k = 0; d && k < d->n_attribute; k++)
		if (!strcmp(d->attribute[k].name, name))
			return &d->attribute[k];
	return NULL;
}
