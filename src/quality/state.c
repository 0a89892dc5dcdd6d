/*
 * States of store-days. Everything is told from two numbers a store and day, so a pass over the sales
 * needs no more memory than that table. What is usual comes from blocks of 28 periods with their
 * neighbours (84 in all): a median that follows the season and costs one sort a block.
 */
#include "config.h"
#include "quality/state.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK 28
#define WEEKS_AROUND 8
#define WEEKS_LEAST 4   /* fewer say nothing about a weekday */
#define YEARS_LEAST 2
#define USUAL_UNITS 20  /* by a Poisson law, none of 20 is seen once in 500 million days */
#define USUAL_ROWS 20
#define EASTER_FROM (-3)
#define EASTER_UNTIL 60

enum basis { BASIS_NONE, CALENDAR, WEEKDAY, HOLIDAY, ANNUAL, EMPTY, LONG, PEERS, HALF, ALONE };

static const char *const basis_names[] = { "", "calendar", "weekday", "holiday", "annual", "empty",
					   "long", "peers", "half", "alone" };

const struct state_policy state_default = { .reporting = .95, .regular = .8, .quiet = .01, .half = .2,
					    .peers = .5, .window = 56 };

const char *state_basis(int basis)
{
	return basis_names[basis];
}

void store_table_init(struct store_table *t, const struct feed_scope *scope, period_t until,
		      int n_ahead, struct arena *a)
{
	*t = (struct store_table){ .calendar = scope->calendar, .n_store = scope->n_store,
				   .n_ahead = n_ahead, .store_id = scope->store_id };
	t->first = period_of_day(&scope->calendar, scope->first);
	t->n = until < t->first ? 0 : until - t->first + 1;
	t->n_open = ARENA_ARRAY(a, int, t->n_store + 1);
	for (int k = 0; k < t->n_store; k++)
		for (t->n_open[k] = t->n; t->n_open[k] > 0
		     && feed_store_shut(scope, k, period_start(&t->calendar, t->first + t->n_open[k] - 1));)
			t->n_open[k]--;
	size_t cells = (size_t)t->n_store * (size_t)t->n;
	size_t shown = (size_t)t->n_store * (size_t)(t->n + n_ahead);
	t->rows = ARENA_ARRAY(a, uint32_t, cells + 1);
	t->units = ARENA_ARRAY(a, double, cells + 1);
	t->state = ARENA_ARRAY(a, uint8_t, shown + 1);
	t->basis = ARENA_ARRAY(a, uint8_t, shown + 1);
}

void store_table_add(struct store_table *t, const struct feed_scope *scope, const struct feed_day *d)
{
	int p = period_of_day(&t->calendar, d->day) - t->first;
	if (p < 0 || p >= t->n)
		return;
	for (int i = 0; i < d->n; i++) {
		size_t at = (size_t)scope->store_of[d->series[i]] * (size_t)t->n + (size_t)p;
		t->rows[at]++;
		t->units[at] += d->units[i];
	}
}

/* One store while its days are told. Arrays are slices of the table, but for quiet and usual. */
struct teller {
	const struct store_table *t;
	const struct state_policy *policy;
	const struct events *user, *rules;
	const char *store;
	const uint32_t *rows;
	const double *units;
	uint8_t *state, *basis;
	uint8_t *quiet;            /* [n] */
	double *usual_units, *usual_rows; /* [n / BLOCK + 1] */
	int from, to;              /* periods of its first and last row; from > to: it has none */
};

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double *x, int n)
{
	if (!n)
		return 0;
	qsort(x, (size_t)n, sizeof *x, by_value);
	return n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

static void tell_usual(struct teller *s)
{
	double units[3 * BLOCK], rows[3 * BLOCK];
	for (int block = 0; block * BLOCK < s->t->n; block++) {
		int n = 0;
		for (int p = (block - 1) * BLOCK; p < (block + 2) * BLOCK; p++) {
			if (p < s->from || p > s->to || !s->rows[p])
				continue;
			units[n] = s->units[p];
			rows[n++] = s->rows[p];
		}
		s->usual_units[block] = median(units, n);
		s->usual_rows[block] = median(rows, n);
	}
}

static int is_quiet(const struct teller *s, int p)
{
	double usual = s->usual_units[p / BLOCK];
	return !s->rows[p] || (usual >= USUAL_UNITS && s->units[p] <= s->policy->quiet * usual);
}

static void set(struct teller *s, int p, enum day_state state, enum basis basis)
{
	s->state[p] = (uint8_t)state;
	s->basis[p] = (uint8_t)basis;
}

/* How often the weekday of period p was quiet in the weeks around (after the last row: in the last
 * weeks before it), of how many weeks. */
static int quiet_weeks(const struct teller *s, int p, int *seen)
{
	int quiet = 0, self = p <= s->to;
	*seen = 0;
	while (p > s->to)
		p -= 7;
	for (int k = -WEEKS_AROUND; k <= WEEKS_AROUND; k++) {
		int q = p + 7 * k;
		if ((!k && self) || q < s->from || q > s->to)
			continue;
		++*seen;
		quiet += s->quiet[q];
	}
	return quiet;
}

/* Is the weekday of period p one on which the store mostly reported? */
static int loud_weekday(const struct teller *s, int p)
{
	int seen, quiet = quiet_weeks(s, p, &seen);
	return seen >= WEEKS_LEAST && quiet <= (1 - s->policy->regular) * seen;
}

/* Is it one on which the store was mostly quiet, unlike on some other? Who sells at odd times is quiet
 * on most days of any name: that is no closing. */
static int quiet_weekday(const struct teller *s, int p)
{
	int seen, quiet = quiet_weeks(s, p, &seen), loud = 0;
	if (seen < WEEKS_LEAST || quiet < s->policy->regular * seen)
		return 0;
	for (int k = 1; !loud && k < 7; k++)
		loud = loud_weekday(s, p - k);
	return loud;
}

/* Counts period q as one more year in which the day was seen. */
static void count_year(const struct teller *s, int q, int *seen, int *quiet)
{
	if (q < s->from || q > s->to || !loud_weekday(s, q))
		return;
	++*seen;
	*quiet += s->quiet[q];
}

/* Is the date of period p, or its distance from Easter, quiet in most years? */
static int quiet_each_year(const struct teller *s, int p)
{
	int year, month, dom, first, last, unused;
	int seen = 0, quiet = 0, seen_easter = 0, quiet_easter = 0;
	day_t day = s->t->first + p;
	day_to_ymd(day, &year, &month, &dom);
	day_to_ymd(s->t->first + s->from, &first, &unused, &unused);
	day_to_ymd(s->t->first + s->to, &last, &unused, &unused);
	int from_easter = day - day_easter(year);
	for (int y = first; y <= last; y++) {
		day_t date = day_from_ymd(y, month, dom);
		if (date != DAY_NONE)
			count_year(s, date - s->t->first, &seen, &quiet);
		if (from_easter >= EASTER_FROM && from_easter <= EASTER_UNTIL)
			count_year(s, day_easter(y) + from_easter - s->t->first, &seen_easter,
				   &quiet_easter);
	}
	return (seen >= YEARS_LEAST && quiet >= s->policy->regular * seen)
	       || (seen_easter >= YEARS_LEAST && quiet_easter >= s->policy->regular * seen_easter);
}

/* Events of a day that concern the store: is one of them of the kind asked for? */
static int has_event(const struct events *ev, day_t day, const char *store, int closed)
{
	const struct event *at;
	size_t n = events_on(ev, day, &at);
	for (size_t i = 0; i < n; i++)
		if (event_is_for(&at[i], store)
		    && (closed ? at[i].closed : !strcmp(at[i].type, "public")))
			return 1;
	return 0;
}

/* Does the user's calendar shut the store? Sales of a tenth of the usual or more say otherwise; a week or month to
 * come is shut where all its days are. */
static int closed_by_user(const struct teller *s, int p)
{
	day_t day = period_start(&s->t->calendar, s->t->first + p);
	if (!has_event(s->user, day, s->store, 1))
		return 0;
	if (p < s->t->n)
		return s->units[p] <= .1 * s->usual_units[p / BLOCK];
	for (day_t end = period_start(&s->t->calendar, s->t->first + p + 1); ++day < end;)
		if (!has_event(s->user, day, s->store, 1))
			return 0;
	return 1;
}

/* Ahead of the feed: was each past day of the same event's name closed? */
static int closed_like_its_name(const struct teller *s, const struct events *ev, day_t day)
{
	const struct event *at;
	size_t n = events_on(ev, day, &at);
	for (size_t i = 0; i < n; i++) {
		int seen = 0, closed = 0;
		for (size_t k = 0; k < ev->n && ev->event[k].day < day; k++) {
			int p = ev->event[k].day - s->t->first;
			if (p < s->from || p > s->to || strcmp(ev->event[k].name, at[i].name)
			    || !event_is_for(&ev->event[k], s->store) || s->basis[p] == WEEKDAY)
				continue;
			seen++;
			closed += s->state[p] == DAY_CLOSED;
		}
		if (seen && seen == closed && event_is_for(&at[i], s->store))
			return 1;
	}
	return 0;
}

static void tell_closed(struct teller *s)
{
	int daily = s->t->calendar.kind == PERIOD_DAY;
	for (int p = s->from; p <= s->to; p++)
		s->quiet[p] = (uint8_t)is_quiet(s, p);
	for (int p = 0; p < s->t->n; p++)
		if (closed_by_user(s, p))
			set(s, p, DAY_CLOSED, CALENDAR);
	for (int p = s->from; daily && p < s->t->n; p++)
		if (s->state[p] == DAY_SOLD && (p > s->to || s->quiet[p]) && quiet_weekday(s, p))
			set(s, p, DAY_CLOSED, WEEKDAY);
	for (int p = s->from; daily && p <= s->to; p++) {
		day_t day = s->t->first + p;
		if (!s->quiet[p] || s->state[p] != DAY_SOLD)
			continue;
		if (has_event(s->rules, day, s->store, 0))
			set(s, p, DAY_CLOSED, HOLIDAY);
		else if (loud_weekday(s, p) && quiet_each_year(s, p))
			set(s, p, DAY_CLOSED, ANNUAL);
		else if (s->rows[p] && s->units[p] >= 0 && loud_weekday(s, p)
			 && s->rows[p] >= s->usual_rows[p / BLOCK] / 2)
			set(s, p, DAY_CLOSED, EMPTY);
	}
}

static void tell_ahead(struct teller *s)
{
	int daily = s->t->calendar.kind == PERIOD_DAY;
	for (int p = s->t->n; p < s->t->n + s->t->n_ahead; p++) {
		day_t day = s->t->first + p;
		if (closed_by_user(s, p))
			set(s, p, DAY_CLOSED, CALENDAR);
		else if (daily && quiet_weekday(s, p))
			set(s, p, DAY_CLOSED, WEEKDAY);
		else if (daily && (closed_like_its_name(s, s->user, day)
				   || closed_like_its_name(s, s->rules, day)))
			set(s, p, DAY_CLOSED, HOLIDAY);
		else if (daily && loud_weekday(s, p) && quiet_each_year(s, p))
			set(s, p, DAY_CLOSED, ANNUAL);
	}
}

/* Rows that are no feed: none, or a fraction of the usual, of its weekday's usual too. */
static int is_broken(const struct teller *s, int p)
{
	double usual = s->usual_rows[p / BLOCK], same[2 * WEEKS_AROUND];
	int n = 0, step = s->t->calendar.kind == PERIOD_DAY ? 7 : 1;
	if (!s->rows[p])
		return 1;
	if (usual < USUAL_ROWS || s->rows[p] >= s->policy->half * usual)
		return 0;
	for (int k = -WEEKS_AROUND; k <= WEEKS_AROUND; k++) {
		int q = p + step * k;
		if (k && q >= s->from && q <= s->to && s->rows[q])
			same[n++] = s->rows[q];
	}
	return s->rows[p] < median(same, n) / 2;
}

/* Did the store report regularly before the silence that begins at p? */
static int was_regular(const struct teller *s, int p)
{
	int open = 0, gaps = 0, reported = 0;
	for (int q = p - 1; q >= s->from && open < s->policy->window; q--) {
		if (s->state[q] == DAY_CLOSED)
			continue;
		open++;
		reported += s->rows[q] > 0;
		gaps += !s->rows[q] && (q == s->from || s->rows[q - 1]);
	}
	return open >= 8 && reported >= s->policy->regular * open
	       && gaps <= (1 - s->policy->reporting) * open + .5;
}

/* Share of the other stores that were open and sent rows; -1: there are none. */
static double peers_reporting(const struct teller *all, int n_store, int self, int p)
{
	int peers = 0, reported = 0;
	for (int k = 0; k < n_store; k++) {
		const struct teller *s = &all[k];
		if (k == self || p < s->from || p > s->to + s->policy->window || p >= s->t->n_open[k]
		    || s->state[p] == DAY_CLOSED)
			continue;
		peers++;
		reported += s->rows[p]
			    && (s->usual_rows[p / BLOCK] < USUAL_ROWS
				|| s->rows[p] >= s->policy->half * s->usual_rows[p / BLOCK]);
	}
	return peers ? (double)reported / peers : -1;
}

static void tell_silence(struct teller *all, int n_store, int self)
{
	struct teller *s = &all[self];
	int n = s->t->n_open[self], window = s->policy->window;
	for (int p = s->from; p < n; p++) {
		if (s->state[p] == DAY_CLOSED || !is_broken(s, p))
			continue;
		int end = p, open = 0;
		for (; end < n && (s->state[end] == DAY_CLOSED || is_broken(s, end)); end++)
			open += s->state[end] != DAY_CLOSED;
		int regular = was_regular(s, p), brief = regular && open <= window;
		for (int q = p; q < end; q++) {
			if (s->state[q] == DAY_CLOSED)
				continue;
			double peers = peers_reporting(all, n_store, self, q);
			if (regular && !brief && end < n && !s->rows[q])
				set(s, q, DAY_CLOSED, LONG);
			else if (brief && peers >= s->policy->peers)
				set(s, q, DAY_NOFEED, s->rows[q] ? HALF : PEERS);
			else if (brief && !s->rows[q])
				set(s, q, DAY_MISSING, ALONE);
		}
		p = end - 1;
	}
}

void store_states(struct store_table *t, const char *const *store, const struct state_policy *policy,
		  const struct events *user, const struct events *rules)
{
	struct arena scratch = { 0 };
	struct teller *all = ARENA_ARRAY(&scratch, struct teller, t->n_store + 1);
	for (int k = 0; k < t->n_store; k++) {
		struct teller *s = &all[k];
		size_t cell = (size_t)k * (size_t)t->n, shown = (size_t)k * (size_t)(t->n + t->n_ahead);
		*s = (struct teller){ .t = t, .policy = policy, .user = user, .rules = rules,
				      .store = store[k], .rows = t->rows + cell,
				      .units = t->units + cell, .state = t->state + shown,
				      .basis = t->basis + shown, .from = t->n, .to = -1 };
		s->quiet = ARENA_ARRAY(&scratch, uint8_t, t->n + 1);
		s->usual_units = ARENA_ARRAY(&scratch, double, t->n / BLOCK + 1);
		s->usual_rows = ARENA_ARRAY(&scratch, double, t->n / BLOCK + 1);
		for (int p = 0; p < t->n; p++) {
			if (!s->rows[p])
				continue;
			s->from = s->from < p ? s->from : p;
			s->to = p;
		}
		tell_usual(s);
		tell_closed(s);
	}
	for (int k = 0; k < t->n_store; k++)
		tell_silence(all, t->n_store, k);
	for (int k = 0; k < t->n_store; k++)
		tell_ahead(&all[k]);
	arena_release(&scratch);
}

size_t store_days(const struct store_table *t, struct arena *a, struct store_day **out)
{
	size_t n = 0, cells = (size_t)t->n_store * (size_t)(t->n + t->n_ahead);
	for (size_t i = 0; i < cells; i++)
		n += t->basis[i] != BASIS_NONE;
	*out = ARENA_ARRAY(a, struct store_day, n + 1);
	n = 0;
	for (int k = 0; k < t->n_store; k++) {
		for (int p = 0; p < t->n + t->n_ahead; p++) {
			size_t at = (size_t)k * (size_t)(t->n + t->n_ahead) + (size_t)p;
			if (t->basis[at])
				(*out)[n++] = (struct store_day){
					t->store_id[k], period_start(&t->calendar, t->first + p),
					(enum day_state)t->state[at], basis_names[t->basis[at]] };
		}
	}
	return n;
}
