/*
 * Panels made by hand for tests: name the series in ascending order, give their values (NaN = not
 * known), and take the panel. All memory is the fixture's arena.
 */
#ifndef TESTS_FIXTURE_H
#define TESTS_FIXTURE_H

#include <math.h>
#include <string.h>
#include "base/mem.h"
#include "series/panel.h"

#define FIXTURE_SERIES_MAX 64

struct fixture {
	struct arena arena;
	struct panel panel;
	struct series_key key[FIXTURE_SERIES_MAX];
	int64_t id[FIXTURE_SERIES_MAX], begin[FIXTURE_SERIES_MAX + 1];
	period_t first[FIXTURE_SERIES_MAX];
	int32_t segment[FIXTURE_SERIES_MAX];
	VEC(double) units;
	VEC(uint8_t) state;
};

static inline void fixture_init(struct fixture *f, enum period_kind kind)
{
	memset(f, 0, sizeof *f);
	f->panel.calendar = (struct calendar){ kind, 0 };
	f->panel.until = INT32_MIN;
	f->panel.n_segment = 1;
}

/* Adds a series that begins at `first`; later changes of state go through f->state. */
static inline void fixture_add(struct fixture *f, const char *store, const char *item, period_t first,
			       int n, const double *y)
{
	int i = f->panel.n++;
	f->key[i] = (struct series_key){ arena_strdup(&f->arena, store),
					 arena_strdup(&f->arena, item) };
	f->id[i] = 1000000 + i;
	f->first[i] = first;
	f->segment[i] = 0;
	for (int t = 0; t < n; t++) {
		VEC_PUSH(&f->units, y[t]);
		VEC_PUSH(&f->state, (uint8_t)(isnan(y[t]) ? DAY_MISSING
					      : y[t] == 0 ? DAY_ZERO : DAY_SOLD));
	}
	f->begin[i + 1] = (int64_t)f->units.n;
	if (n && first + n - 1 > f->panel.until)
		f->panel.until = first + n - 1;
}

/* The panel of what was added; valid until the next fixture_add. */
static inline const struct panel *fixture_panel(struct fixture *f)
{
	f->panel.key = f->key;
	f->panel.id = f->id;
	f->panel.first = f->first;
	f->panel.begin = f->begin;
	f->panel.units = f->units.at;
	f->panel.state = f->state.at;
	f->panel.segment = f->segment;
	return &f->panel;
}

static inline void fixture_release(struct fixture *f)
{
	arena_release(&f->arena);
	VEC_FREE(&f->units);
	VEC_FREE(&f->state);
}

/* A repeatable number in [0, 1) out of two; for made-up sales. */
static inline double fixture_noise(uint64_t a, uint64_t b)
{
	uint64_t x = a * 0x9e3779b97f4a7c15u + b * 0xbf58476d1ce4e5b9u + 0x94d049bb133111ebu;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return (double)((x ^ (x >> 31)) >> 11) / 9007199254740992.0;
}

#endif
