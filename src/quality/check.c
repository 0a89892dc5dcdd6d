/*
 * The pass over the sales. What a day's rows mean for a series depends on whether its store was open
 * that day, so a day is first summed by store and then handed to the series; whether a store was open
 * is told from its own past here, and once more, with the future known, in quality/state.c.
 */
#include "config.h"
#include "quality/check_private.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY 14          /* days of a store's means */
#define OPEN_UNITS .05     /* of the mean: less is no day of business */
#define BROKEN_ROWS .2
#define ENOUGH 20          /* rows or units below which shares say nothing */
#define PAUSE 28           /* days: a longer absence of a series is no gap, it was not listed */
#define FALSE_DAYS .2      /* share of chance among the days of the silent runs that are told */
#define BUSY_UNITS 20      /* a store's day is drawn to its mean by so many units */

struct check *check_new(const struct check_input *input, struct arena *a)
{
	struct check *c = xcalloc(1, sizeof *c);
	const struct feed_scope *s = input->scope;
	c->in = *input;
	c->arena = a;
	c->has_contract = input->contract != NULL;
	if (input->contract)
		c->contract = *input->contract;
	else
		contract_init(&c->contract);
	c->until = period_of_day(&s->calendar, input->as_of);
	c->rules = (struct watch_rules){ c->contract.ratio_limit, c->contract.units_max,
					 input->zero_gaps != 0, input->promotion,
					 input->n_promotion };
	store_table_init(&c->table, s, c->until, input->n_ahead, a);
	c->watch = NEW_ARRAY(struct watch, s->n);
	c->store = NEW_ARRAY(struct store_watch, s->n_store);
	for (int i = 0; i < s->n; i++) {
		struct watch *w = &c->watch[i];
		w->first = w->last = w->last_sold = w->negative_day = DAY_NONE;
		w->extreme_day = w->spike_day = w->over_day = w->gap_day = w->shift_day = DAY_NONE;
	}
	c->profile = (struct feed_profile){ .calendar = s->calendar, .units_min = NAN,
					    .units_max = NAN, .first = s->first,
					    .last = s->last, .n_store = s->n_store, .n_series = s->n };
	c->stock_first = c->stock_last = DAY_NONE;
	return c;
}

void check_free(struct check *c)
{
	for (int k = 0; k < c->in.scope->n_store; k++) {
		VEC_FREE(&c->store[k].open);
		VEC_FREE(&c->store[k].busy);
	}
	free(c->store);
	free(c->watch);
	VEC_FREE(&c->runs.run);
	VEC_FREE(&c->days);
	VEC_FREE(&c->findings);
	free(c);
}

/* Was the store open, and its feed whole? Judged by its own days before. */
static void judge_store(struct store_watch *s, day_t day)
{
	s->present_today = s->open_today = 0;
	if (!s->rows_today)
		return;
	s->present_today = s->rows < ENOUGH || s->rows_today >= BROKEN_ROWS * s->rows;
	s->open_today = s->present_today
			&& (s->units < ENOUGH || s->units_today > OPEN_UNITS * s->units);
	s->present += s->present_today;
	if (!s->open_today)
		return;
	VEC_PUSH(&s->open, day);
	VEC_PUSH(&s->busy, s->seen ? (float)((s->units_today + BUSY_UNITS) / (s->units + BUSY_UNITS)) : 1);
	s->seen += s->seen < MEMORY;
	s->rows += (s->rows_today - s->rows) / s->seen;
	s->units += (s->units_today - s->units) / s->seen;
}

static void sum_stores(struct check *c, const struct feed_day *d)
{
	const int32_t *store_of = c->in.scope->store_of;
	for (int k = 0; k < c->in.scope->n_store; k++) {
		c->store[k].rows_today = 0;
		c->store[k].units_today = 0;
	}
	for (int i = 0; i < d->n; i++) {
		struct store_watch *s = &c->store[store_of[d->series[i]]];
		s->rows_today++;
		s->units_today += d->units[i];
	}
	for (int k = 0; k < c->in.scope->n_store; k++)
		judge_store(&c->store[k], d->day);
}

static void see_row(struct check *c, struct watch *w, const struct store_watch *s, day_t day)
{
	if (!w->rows++) {
		w->first = day;
		w->present_first = s->present;
	} else {
		int32_t absent = s->present - w->present_last - 1;
		period_t p = period_of_day(&c->in.scope->calendar, w->last);
		if (absent > PAUSE)
			w->paused += absent;
		else if (absent > 0 && w->gap_day == DAY_NONE)
			w->gap_day = period_start(&c->in.scope->calendar, p + 1);
	}
	w->present_last = s->present;
	w->last = day;
}

static void see_units(struct check *c, const struct feed_day *d)
{
	struct feed_profile *p = &c->profile;
	double least = INFINITY, most = -INFINITY;
	int64_t fractions = 0;
	for (int i = 0; i < d->n; i++) {
		double u = d->units[i];
		least = u < least ? u : least;
		most = u > most ? u : most;
		fractions += u != floor(u);
	}
	p->rows += d->n;
	p->fractions += fractions;
	if (d->n && !(p->units_min <= least))
		p->units_min = least;
	if (d->n && !(p->units_max >= most))
		p->units_max = most;
}

/* Hours without stock count as a share of the opening hours where these are told. */
static int is_out_of_stock(const struct check *c, const struct feed_day *d, int i, double units)
{
	if (d->hours_out[i] > 0) {
		double open = d->hours_open[i] > 0 ? d->hours_open[i] : d->hours_out[i];
		if (d->hours_out[i] / open >= c->contract.stockout_share)
			return 1;
	}
	if (isnan(d->on_hand[i]) || d->on_hand[i] > 0)
		return 0;
	return c->in.stock_at == STOCK_CLOSE || !(units > 0);
}

static void see_stock(struct check *c, const struct feed_day *d)
{
	const struct feed_scope *scope = c->in.scope;
	int row = 0;
	for (int i = 0; i < d->n_stock; i++) {
		int32_t series = d->stock_series[i];
		while (row < d->n && d->series[row] < series)
			row++;
		double units = row < d->n && d->series[row] == series ? d->units[row] : 0;
		c->stock_rows++;
		if (!is_out_of_stock(c, d, i, units))
			continue;
		VEC_PUSH(&c->days, (struct series_day){ scope->id[series], d->day, DAY_STOCKOUT,
							"stock" });
		c->store[scope->store_of[series]].out++;
		c->stock_out++;
		if (c->stock_first == DAY_NONE)
			c->stock_first = d->day;
		c->stock_last = d->day;
	}
}

void check_day(struct check *c, const struct feed_day *d)
{
	const int32_t *store_of = c->in.scope->store_of;
	store_table_add(&c->table, c->in.scope, d);
	sum_stores(c, d);
	see_units(c, d);
	check_copy_day(c, d);
	for (int i = 0; i < d->n; i++) {
		struct watch *w = &c->watch[d->series[i]];
		struct store_watch *s = &c->store[store_of[d->series[i]]];
		double units = d->units[i];
		see_row(c, w, s, d->day);
		if (units < 0 && !w->negative++)
			w->negative_day = d->day;
		if (units < (double)w->worst)
			w->worst = (float)units;
		if (!s->open_today)
			continue;
		if (units == 0) {
			w->zeros++;
			w->says_zero = 1;
		} else {
			watch_sold(w, &c->rules, d->day, (int32_t)s->open.n - 1, s->busy.at, units,
				   d->series[i], &c->runs);
		}
	}
	see_stock(c, d);
}

void check_tell(struct check *c, const struct finding *f)
{
	VEC_PUSH(&c->findings, *f);
}

const char *check_text(struct check *c, const char *format, ...)
{
	char text[600];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return arena_strdup(c->arena, text);
}

const char *check_date(struct check *c, day_t day)
{
	char text[DAY_TEXT_MAX];
	const struct calendar *calendar = &c->in.scope->calendar;
	return arena_strdup(c->arena, period_format(calendar, period_of_day(calendar, day), text));
}

static int by_day(const void *a, const void *b)
{
	const struct series_day *x = a, *y = b;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	if (x->series != y->series)
		return x->series < y->series ? -1 : 1;
	return (x->state > y->state) - (x->state < y->state);
}

/* In a dense feed days without a row are gaps, not days without sale. */
static void drop_gaps(struct check *c)
{
	size_t n = 0;
	for (size_t i = 0; i < c->runs.run.n; i++)
		if (c->watch[c->runs.run.at[i].series].says_zero)
			c->runs.run.at[n++] = c->runs.run.at[i];
	c->runs.run.n = n;
}

/* Silent runs that are no chance, as states of their days. */
static void mark_silent(struct check *c)
{
	const struct feed_scope *scope = c->in.scope;
	for (size_t i = 0; i < c->runs.run.n; i++) {
		const struct silent_run *r = &c->runs.run.at[i];
		const day_t *open = c->store[scope->store_of[r->series]].open.at;
		for (int32_t k = r->from; r->chosen && k < r->from + r->n; k++)
			VEC_PUSH(&c->days, (struct series_day){ scope->id[r->series], open[k],
								DAY_STOCKOUT, "silent" });
	}
}

/* Sorted, one state a series and day: where two are told, the first by number of state stays. */
static void take_series_days(struct check *c, struct check_result *out)
{
	size_t n = 0;
	if (c->days.n)
		qsort(c->days.at, c->days.n, sizeof *c->days.at, by_day);
	out->series_day = ARENA_ARRAY(c->arena, struct series_day, c->days.n + 1);
	for (size_t i = 0; i < c->days.n; i++) {
		const struct series_day *d = &c->days.at[i], *last = n ? &out->series_day[n - 1] : NULL;
		if (!last || last->day != d->day || last->series != d->series)
			out->series_day[n++] = *d;
	}
	out->n_series_day = n;
}

static void complete_profile(struct check *c, const struct feed_facts *facts)
{
	const struct feed_scope *scope = c->in.scope;
	for (int i = 0; i < scope->n; i++)
		if (c->watch[i].rows)
			c->spans += c->watch[i].present_last - c->watch[i].present_first + 1
				    - c->watch[i].paused;
	c->profile.filled = c->spans ? (double)c->profile.rows / (double)c->spans : 1;
	c->profile.price_min = facts->price_min;
	c->profile.price_max = facts->price_max;
	c->profile.lag = facts->lag;
	for (int k = 0; k < scope->n_store; k++)
		c->profile.stores_listed |= scope->store_declared[k] == DECLARED_YES;
	for (int i = 0; i < scope->n; i++)
		c->profile.items_listed |= scope->item_declared[i] == DECLARED_YES;
}

void check_end(struct check *c, const struct feed_facts *facts, struct check_result *out)
{
	*out = (struct check_result){ .as_of = c->in.as_of };
	complete_profile(c, facts);
	if (!c->has_contract)
		contract_infer(&c->contract, &c->profile);
	store_states(&c->table, c->in.scope->store, &state_default, c->in.user, c->in.rules);
	for (int i = 0; i < c->in.scope->n; i++) {
		const struct store_watch *s = &c->store[c->in.scope->store_of[i]];
		silence_end(&c->watch[i].quiet, s->busy.at, (int32_t)s->open.n, &c->runs);
	}
	if (c->profile.filled >= c->contract.filled)
		drop_gaps(c);
	if (c->in.silent != SILENT_OFF)
		silences_choose(&c->runs, FALSE_DAYS);
	check_series(c);
	check_stores(c);
	check_facts(c, facts);
	check_copy(c);
	if (c->in.silent == SILENT_STATE)
		mark_silent(c);
	out->n_store_day = store_days(&c->table, c->arena, &out->store_day);
	take_series_days(c, out);
	out->n_finding = c->findings.n;
	out->finding = ARENA_ARRAY(c->arena, struct finding, c->findings.n + 1);
	if (c->findings.n) {
		qsort(c->findings.at, c->findings.n, sizeof *c->findings.at, finding_order);
		memcpy(out->finding, c->findings.at, c->findings.n * sizeof *c->findings.at);
	}
	for (size_t i = 0; i < out->n_finding; i++)
		out->by_severity[out->finding[i].severity]++;
	out->profile = c->profile;
	out->contract = c->contract;
	out->dense = c->profile.filled >= c->contract.filled;
}

int check_exit_code(const struct check_result *r, int strict)
{
	int feed = 0;
	for (size_t i = 0; i < r->n_finding; i++)
		feed |= r->finding[i].severity >= SEVERITY_WARN
			&& (!strcmp(r->finding[i].rule, check_rule_name(CHECK_STALE))
			    || !strcmp(r->finding[i].rule, check_rule_name(CHECK_NOFEED)));
	size_t warned = r->n_finding - r->by_severity[SEVERITY_NOTE];
	if (r->by_severity[SEVERITY_BLOCK] || (strict && warned))
		return 5;
	return feed ? 3 : 0;
}
