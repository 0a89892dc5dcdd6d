/*
 * Is the last day another day's file under a new date? Of series that sold on it, not nearly all sell just as much
 * as on any given day of the week before: of a copy nearly all do.
 */
#include "config.h"
#include "quality/check_private.h"

#include <math.h>

#define COPY_UNITS 1.f  /* what did not sell repeats by nature */
#define COPY_SERIES 30  /* with so many there is no chance, though half may agree where ones and twos are sold */
#define COPY_SHARE .9
#define COPY_USUAL .75 /* where the day before repeats so much of another, days do so by nature */

void check_copy_day(struct check *c, const struct feed_day *d)
{
	struct recent_days *r = &c->recent;
	int n = c->in.scope->n;
	if (!r->units) {
		r->units = ARENA_ARRAY(c->arena, float, (size_t)COPY_DAYS * (size_t)n + 1);
		for (int k = 0; k < COPY_DAYS; k++)
			r->day[k] = DAY_NONE;
	}
	float *units = r->units + (size_t)r->at * (size_t)n;
	for (int i = 0; i < n; i++)
		units[i] = NAN;
	for (int k = 0; k < d->n; k++)
		units[d->series[k]] = (float)d->units[k];
	r->day[r->at] = d->day;
	r->at = (r->at + 1) % COPY_DAYS;
}

/* Share of the series that sold enough on the last day which sold the same on another; 0 of too few. */
static double equal_share(const float *last, const float *other, int n, int *cases)
{
	int equal = 0;
	*cases = 0;
	for (int i = 0; i < n; i++) {
		if (!(last[i] >= COPY_UNITS) || isnan(other[i]))
			continue;
		++*cases;
		equal += last[i] == other[i];
	}
	return *cases >= COPY_SERIES ? (double)equal / *cases : 0;
}

/* The most that a kept day shares with another (besides `aside`, -1: none); *with and *cases say which, of how many. */
static double most_equal(const struct check *c, int day, int aside, int *with, int *cases)
{
	const struct recent_days *r = &c->recent;
	size_t n = (size_t)c->in.scope->n;
	double most = 0;
	*with = -1;
	*cases = 0;
	for (int k = 0; k < COPY_DAYS; k++) {
		int seen = 0;
		if (k == day || k == aside || r->day[k] == DAY_NONE || r->day[day] == DAY_NONE)
			continue;
		double share = equal_share(r->units + (size_t)day * n, r->units + (size_t)k * n, (int)n, &seen);
		if (share <= most)
			continue;
		most = share;
		*with = k;
		*cases = seen;
	}
	return most;
}

/* A feed whose days repeat by nature (an invented one, say) has no copies. */
void check_copy(struct check *c)
{
	struct recent_days *r = &c->recent;
	int last = (r->at + COPY_DAYS - 1) % COPY_DAYS, before = (r->at + COPY_DAYS - 2) % COPY_DAYS, with, cases;
	int other, others;
	if (!r->units || r->day[last] != c->in.as_of)
		return;
	double most = most_equal(c, last, -1, &with, &cases);
	if (most < COPY_SHARE || most_equal(c, before, last, &other, &others) > COPY_USUAL)
		return;
	check_tell(c, &(struct finding){
		.rule = check_rule_name(CHECK_COPY), .severity = c->contract.severity[CHECK_COPY], .day = c->in.as_of,
		.until = DAY_NONE, .value = most, .expected = COPY_SHARE, .cases = cases,
		.text = check_text(c, "%.0f %% of %d series sold on the last day just what they sold on %s: the same file"
				   " under another date?", 100 * most, cases, check_date(c, r->day[with])) });
}
