/*
 * Holidays by rule, and events that win over them. How a rule finds its days is here; the rules of
 * the countries are the table of holiday_rules.c.
 */
#include "config.h"
#include "series/events.h"

#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/mem.h"
#include "series/holiday_rules.h"

static const char *const regions[] = {
	"DE",     "DE-BB",  "DE-BE",  "DE-BW",  "DE-BY", "DE-HB", "DE-HE", "DE-HH", "DE-MV",
	"DE-NI",  "DE-NW",  "DE-RP",  "DE-SH",  "DE-SL", "DE-SN", "DE-ST", "DE-TH", "FR",
	"FR-57",  "FR-67",  "FR-68",  "GB",     "GB-ENG", "GB-NIR", "GB-SCT", "GB-WLS", "IT",
	"US",     NULL,
};

const char *const *events_regions(void)
{
	return regions;
}

/* Events while they are gathered. */
struct draft {
	VEC(struct event) events;
	struct arena *arena;
};

static struct arena *owned_arena(struct events *out)
{
	*out = (struct events){ .memory = xcalloc(1, sizeof(struct arena)) };
	return out->memory;
}

static int event_order(const void *a, const void *b)
{
	const struct event *x = a, *y = b;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	int by_store = strcmp(x->store ? x->store : "", y->store ? y->store : "");
	return by_store ? by_store : strcmp(x->name, y->name);
}

/* Is the region one of the rule's: "DE" in a rule stands for DE and all that begins with "DE-". */
static int rule_is_for(const struct holiday_rule *r, const char *region)
{
	size_t whole = strlen(region), country = strcspn(region, "-");
	for (const char *at = r->regions; *at;) {
		size_t n = strcspn(at, " ");
		if ((n == whole || n == country) && !strncmp(at, region, n))
			return 1;
		at += n + strspn(at + n, " ");
	}
	return 0;
}

static day_t nth_weekday(int year, int month, int weekday, int nth)
{
	if (nth > 0) {
		day_t first = day_from_ymd(year, month, 1);
		return first + (weekday - day_of_week(first) + 7) % 7 + 7 * (nth - 1);
	}
	day_t last = day_from_ymd(year, month, month_days(year, month));
	return last - (day_of_week(last) - weekday + 7) % 7;
}

static day_t rule_day(const struct holiday_rule *r, int year)
{
	day_t day = DAY_NONE, bound;
	switch (r->kind) {
	case RULE_FIXED:
		return day_from_ymd(year, r->month, r->a);
	case RULE_NTH:
		day = nth_weekday(year, r->month, r->a, r->b) + r->plus;
		break;
	case RULE_BEFORE:
		bound = day_from_ymd(year, r->month, r->b) - 1;
		day = bound - (day_of_week(bound) - r->a + 7) % 7 + r->plus;
		break;
	case RULE_EASTER:
		day = day_easter(year) + r->a;
		break;
	}
	if (r->shift == SHIFT_OFF_PENTECOST && day == day_easter(year) + 49)
		day += 7;
	return day;
}

static void draft_add(struct draft *d, const struct holiday_rule *r, day_t day, const char *suffix)
{
	const char *name = r->name;
	if (suffix) {
		size_t n = strlen(name);
		char *text = arena_alloc(d->arena, n + strlen(suffix) + 1);
		memcpy(text, name, n);
		memcpy(text + n, suffix, strlen(suffix) + 1);
		name = text;
	}
	VEC_PUSH(&d->events, (struct event){ day, NULL, name, r->type, r->closed && !suffix });
}

static int is_public(const struct draft *d, day_t day)
{
	for (size_t i = 0; i < d->events.n; i++)
		if (d->events.at[i].day == day && !strcmp(d->events.at[i].type, "public"))
			return 1;
	return 0;
}

/*
 * Bank holidays on a weekend get the next weekday that is no holiday, the earlier holiday first:
 * Christmas Day on a Saturday moves to Monday, Boxing Day then to Tuesday. Christmas Day on a Sunday
 * moves to Tuesday, since Monday is Boxing Day.
 */
static void add_substitutes(struct draft *d, const char *region, int year)
{
	VEC(struct event) weekend = { 0 };
	VEC(const struct holiday_rule *) rule = { 0 };
	for (const struct holiday_rule *r = holiday_rules; r->name; r++) {
		day_t day = rule_day(r, year);
		if (r->shift != SHIFT_GB_SUBSTITUTE || day_of_week(day) < 5 || year < r->from
		    || year > r->until || !rule_is_for(r, region))
			continue;
		size_t at = weekend.n;
		VEC_PUSH(&weekend, (struct event){ .day = day });
		VEC_PUSH(&rule, r);
		for (; at && weekend.at[at - 1].day > day; at--) {
			weekend.at[at] = weekend.at[at - 1];
			rule.at[at] = rule.at[at - 1];
		}
		weekend.at[at].day = day;
		rule.at[at] = r;
	}
	for (size_t i = 0; i < weekend.n; i++) {
		day_t day = weekend.at[i].day + 1;
		while (day_of_week(day) >= 5 || is_public(d, day))
			day++;
		draft_add(d, rule.at[i], day, " (substitute)");
	}
	VEC_FREE(&weekend);
	VEC_FREE(&rule);
}

static void add_year(struct draft *d, const char *region, int year)
{
	for (const struct holiday_rule *r = holiday_rules; r->name; r++) {
		if (year < r->from || year > r->until || !rule_is_for(r, region))
			continue;
		day_t day = rule_day(r, year);
		draft_add(d, r, day, NULL);
		if (r->shift == SHIFT_US_OBSERVED && day_of_week(day) >= 5)
			draft_add(d, r, day_of_week(day) == 5 ? day - 1 : day + 1, " (observed)");
	}
	add_substitutes(d, region, year);
}

/* Takes over the draft: sorted, cut to [from, until]. */
static void publish(struct events *out, struct draft *d, day_t from, day_t until)
{
	size_t n = 0;
	for (size_t i = 0; i < d->events.n; i++)
		if (d->events.at[i].day >= from && d->events.at[i].day <= until)
			d->events.at[n++] = d->events.at[i];
	out->n = n;
	out->event = ARENA_ARRAY(d->arena, struct event, n + 1);
	if (n) {
		qsort(d->events.at, n, sizeof *d->events.at, event_order);
		memcpy(out->event, d->events.at, n * sizeof *d->events.at);
	}
	out->from = from;
	out->until = until;
	VEC_FREE(&d->events);
}

enum status events_holidays(struct events *out, const char *region, day_t from, day_t until,
			    struct err *e)
{
	struct draft d = { .arena = NULL };
	int known = 0, first_year, last_year, month, dom;
	*out = (struct events){ 0 };
	for (int i = 0; regions[i]; i++)
		known |= !strcmp(regions[i], region);
	if (!known) {
		struct buf all = { 0 };
		for (int i = 0; regions[i]; i++)
			buf_addf(&all, "%s%s", i ? " " : "", regions[i]);
		err_set(e, E_USAGE, "no holidays are known for region '%s'; known are %s", region,
			all.text);
		buf_release(&all);
		return E_USAGE;
	}
	d.arena = owned_arena(out);
	day_to_ymd(from, &first_year, &month, &dom);
	day_to_ymd(until, &last_year, &month, &dom);
	/* New Year's Day on a Saturday is observed in the year before. */
	for (int year = first_year; year <= last_year + 1; year++)
		add_year(&d, region, year);
	publish(out, &d, from, until);
	return OK;
}

static void draft_copy(struct draft *d, const struct event *e)
{
	VEC_PUSH(&d->events, (struct event){ e->day, e->store ? arena_strdup(d->arena, e->store) : NULL,
					     arena_strdup(d->arena, e->name),
					     arena_strdup(d->arena, e->type), e->closed });
}

/* Does the user say something of the day for every store? */
static int named_by_user(const struct events *user, day_t day)
{
	const struct event *at;
	size_t n = events_on(user, day, &at);
	return n && !at->store;
}

void events_merge(struct events *out, const struct events *rules, const struct events *user)
{
	struct draft d = { .arena = owned_arena(out) };
	day_t from = user->n && user->from < rules->from ? user->from : rules->from;
	day_t until = user->n && user->until > rules->until ? user->until : rules->until;
	for (size_t i = 0; i < rules->n; i++)
		if (!named_by_user(user, rules->event[i].day))
			draft_copy(&d, &rules->event[i]);
	for (size_t i = 0; i < user->n; i++)
		draft_copy(&d, &user->event[i]);
	publish(out, &d, from, until);
	if (user->n)
		out->until = user->until;
}

void events_copy(struct events *out, const struct event *event, size_t n, day_t from, day_t until)
{
	struct draft d = { .arena = owned_arena(out) };
	for (size_t i = 0; i < n; i++)
		draft_copy(&d, &event[i]);
	publish(out, &d, from, until);
}

size_t events_on(const struct events *ev, day_t day, const struct event **at)
{
	size_t from = 0, to = ev->n, n = 0;
	while (from < to) {
		size_t middle = from + (to - from) / 2;
		if (ev->event[middle].day < day)
			from = middle + 1;
		else
			to = middle;
	}
	*at = ev->event + from;
	while (from + n < ev->n && ev->event[from + n].day == day)
		n++;
	return n;
}

int event_is_for(const struct event *event, const char *store)
{
	return !event->store || !store || !strcmp(event->store, store);
}

void events_release(struct events *ev)
{
	if (ev->memory)
		arena_release(ev->memory);
	free(ev->memory);
	*ev = (struct events){ 0 };
}
