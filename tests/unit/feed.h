/*
 * Hand-made feeds for the tests of quality: stores x items x days of units in one array, NAN where no
 * row came.
 */
#ifndef TESTS_UNIT_FEED_H
#define TESTS_UNIT_FEED_H

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "quality/check.h"

struct made_feed {
	struct arena arena;
	struct feed_scope scope;
	int n_store, n_item, n_day;
	double *units; /* [n_day][n_store * n_item] */
	struct events none, user, rules;
	struct check_input input;
	struct feed_facts facts;
};

static inline double *made_at(struct made_feed *m, int store, int item, int day)
{
	return &m->units[(size_t)day * (size_t)(m->n_store * m->n_item)
			 + (size_t)(store * m->n_item + item)];
}

/* Stores S0.., items I0.., from 2015-01-05 (a Monday) on. */
static inline void made_init(struct made_feed *m, int n_store, int n_item, int n_day)
{
	int n = n_store * n_item;
	*m = (struct made_feed){ .n_store = n_store, .n_item = n_item, .n_day = n_day };
	int64_t *store_id = ARENA_ARRAY(&m->arena, int64_t, n_store), *id;
	const char **store = ARENA_ARRAY(&m->arena, const char *, n_store);
	uint8_t *declared = ARENA_ARRAY(&m->arena, uint8_t, n + n_store);
	struct series_key *key = ARENA_ARRAY(&m->arena, struct series_key, n);
	int32_t *store_of = ARENA_ARRAY(&m->arena, int32_t, n);
	char name[32];
	id = ARENA_ARRAY(&m->arena, int64_t, n);
	memset(declared, DECLARED_NO_LIST, (size_t)(n + n_store));
	for (int s = 0; s < n_store; s++) {
		snprintf(name, sizeof name, "S%d", s);
		store[s] = arena_strdup(&m->arena, name);
		store_id[s] = s + 1;
		for (int i = 0; i < n_item; i++) {
			snprintf(name, sizeof name, "I%d", i);
			key[s * n_item + i] = (struct series_key){ store[s],
								   arena_strdup(&m->arena, name) };
			id[s * n_item + i] = (s + 1) * 1000000 + i;
			store_of[s * n_item + i] = s;
		}
	}
	day_t first = day_from_ymd(2015, 1, 5);
	m->scope = (struct feed_scope){ .calendar = { PERIOD_DAY, 0 }, .n_store = n_store,
					.store_id = store_id, .store = store,
					.store_declared = declared, .n = n, .id = id, .key = key,
					.store_of = store_of, .item_declared = declared + n_store,
					.first = first, .last = first + n_day - 1,
					.last_ever = first + n_day - 1 };
	m->units = ARENA_ARRAY(&m->arena, double, (size_t)n * (size_t)n_day);
	/* About ten a day, never the same two days running, no randomness needed. */
	for (int d = 0; d < n_day; d++)
		for (int i = 0; i < n; i++)
			m->units[(size_t)d * (size_t)n + (size_t)i] = 8 + (d * 7 + i * 3) % 5;
	m->input = (struct check_input){ .scope = &m->scope, .as_of = m->scope.last,
					 .today = DAY_NONE, .horizon = 28, .zero_gaps = -1,
					 .n_ahead = 56, .stock_at = STOCK_CLOSE, .silent = SILENT_TELL,
					 .user = &m->user, .rules = &m->rules };
	m->facts = (struct feed_facts){ .price_min = NAN, .price_max = NAN, .lag = -1 };
}

/* Runs the check over the feed; stock rows, if any, come with the day `stock->day`. */
static inline void made_check(struct made_feed *m, const struct feed_day *stock,
			      struct check_result *out)
{
	int n = m->n_store * m->n_item;
	int32_t *series = ARENA_ARRAY(&m->arena, int32_t, n);
	double *units = ARENA_ARRAY(&m->arena, double, n);
	struct check *c = check_new(&m->input, &m->arena);
	for (int d = 0; d < m->n_day; d++) {
		struct feed_day day = { .day = m->scope.first + d, .series = series, .units = units };
		if (stock && stock->day == day.day)
			day = *stock, day.series = series, day.units = units;
		for (int i = 0; i < n; i++) {
			double u = m->units[(size_t)d * (size_t)n + (size_t)i];
			if (isnan(u))
				continue;
			series[day.n] = i;
			units[day.n++] = u;
		}
		if (day.n || day.n_stock)
			check_day(c, &day);
	}
	check_end(c, &m->facts, out);
	check_free(c);
}

/* Number of findings of a rule; *last gets the last of them. */
static inline size_t made_found(const struct check_result *r, const char *rule,
				const struct finding **last)
{
	static const struct finding none;
	size_t n = 0;
	if (last)
		*last = &none;
	for (size_t i = 0; i < r->n_finding; i++) {
		if (strcmp(r->finding[i].rule, rule))
			continue;
		n++;
		if (last)
			*last = &r->finding[i];
	}
	return n;
}

/* State of a store's day as told, DAY_SOLD where nothing was told; *basis gets how it is known. */
static inline enum day_state made_state(const struct check_result *r, int store, day_t day,
					const char **basis)
{
	for (size_t i = 0; i < r->n_store_day; i++)
		if (r->store_day[i].store == store + 1 && r->store_day[i].day == day) {
			*basis = r->store_day[i].basis;
			return r->store_day[i].state;
		}
	*basis = "";
	return DAY_SOLD;
}

static inline void made_release(struct made_feed *m)
{
	events_release(&m->user);
	events_release(&m->rules);
	arena_release(&m->arena);
}

#endif
