/* Views of a panel: what was known at an origin, one series, one store. */
#include "config.h"
#include "series/panel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/sha256.h"

static const char *const state_name[N_DAY_STATE] = { "sold", "zero", "missing", "nofeed", "closed",
						     "stockout" };

const char *day_state_name(enum day_state state)
{
	return state_name[state];
}

int series_key_compare(const struct series_key *a, const struct series_key *b)
{
	int by_store = strcmp(a->store, b->store);
	return by_store ? by_store : strcmp(a->item, b->item);
}

int64_t series_key_hash(const struct series_key *key)
{
	struct sha256 s;
	unsigned char hash[SHA256_SIZE];
	uint64_t out = 0;
	sha256_init(&s);
	sha256_add_string(&s, key->store);
	sha256_add_string(&s, key->item);
	sha256_end(&s, hash);
	for (int i = 0; i < 8; i++)
		out = out << 8 | hash[i];
	return (int64_t)out;
}

struct panel panel_until(const struct panel *p, period_t origin)
{
	struct panel view = *p;
	if (origin < view.until)
		view.until = origin;
	return view;
}

struct panel panel_slice(const struct panel *p, int from, int to)
{
	struct panel slice = *p;
	slice.n = to - from;
	slice.key += from;
	slice.id += from;
	slice.first += from;
	slice.begin += from;
	slice.segment = p->segment ? p->segment + from : NULL;
	slice.listing_begin = p->listing_begin ? p->listing_begin + from : NULL;
	slice.n_closing = 0;
	slice.closing = NULL;
	slice.drivers = NULL;
	return slice;
}

struct series panel_series(const struct panel *p, int i)
{
	struct series s = { .key = p->key[i], .first = p->first[i] };
	int64_t n = p->begin[i + 1] - p->begin[i];
	int64_t seen = (int64_t)p->until - p->first[i] + 1;
	s.n = (int)(seen < 0 ? 0 : seen < n ? seen : n);
	s.units = p->units + p->begin[i];
	s.state = p->state + p->begin[i];
	s.demand = p->demand ? p->demand + p->begin[i] : NULL;
	return s;
}

/* First index whose key is not below the given one. */
static int lower_bound(const struct panel *p, const struct series_key *key)
{
	int from = 0, to = p->n;
	while (from < to) {
		int middle = from + (to - from) / 2;
		if (series_key_compare(&p->key[middle], key) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

int panel_find(const struct panel *p, const char *store, const char *item)
{
	struct series_key key = { store, item };
	int i = lower_bound(p, &key);
	return i < p->n && !series_key_compare(&p->key[i], &key) ? i : -1;
}

void panel_store(const struct panel *p, const char *store, int *from, int *to)
{
	struct series_key key = { store, "" };
	*from = *to = lower_bound(p, &key);
	while (*to < p->n && !strcmp(p->key[*to].store, store))
		++*to;
}

int panel_listed(const struct panel *p, int i, period_t period)
{
	if (!p->listing_begin || p->listing_begin[i] == p->listing_begin[i + 1])
		return 1;
	for (int32_t k = p->listing_begin[i]; k < p->listing_begin[i + 1]; k++)
		if (period >= p->listing[k].from && period <= p->listing[k].until)
			return 1;
	return 0;
}

int series_demand(const struct series *s, double *out)
{
	int known = 0;
	if (!s->demand)
		return series_known(s, out);
	for (int t = 0; t < s->n; t++) {
		out[t] = s->demand[t];
		known += !isnan(out[t]);
	}
	return known;
}

int series_known(const struct series *s, double *out)
{
	int known = 0;
	for (int t = 0; t < s->n; t++) {
		int usable = series_usable(s, t);
		out[t] = usable ? s->units[t] : (double)NAN;
		known += usable;
	}
	return known;
}

int series_is_whole(const struct series *s)
{
	int known = 0;
	for (int t = 0; t < s->n; t++) {
		if (isnan(s->units[t]))
			continue;
		known = 1;
		if (s->units[t] != floor(s->units[t]))
			return 0;
	}
	return known;
}

int series_silence(const struct series *s)
{
	int zeros = 0;
	for (int t = s->n - 1; t >= 0; t--) {
		if (s->units[t] > 0 || s->units[t] < 0)
			return zeros ? s->n - 1 - t : 0;
		zeros += s->units[t] == 0;
	}
	return s->n;
}

void panel_release(struct panel_owner *p)
{
	for (int i = 0; i < p->n_memory; i++)
		free(p->memory[i]);
	arena_release(&p->arena);
	memset(p, 0, sizeof *p);
}
