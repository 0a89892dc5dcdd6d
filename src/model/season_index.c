/* Seasonal indices by credibility. */
#include "config.h"
#include "model/season_index.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/par.h"
#include "model/analogue.h"
#include "num/cap.h"

#define WINDOW 364        /* periods of days from which the short season is learned */
#define SEASONS 3         /* of a longer season */
#define LEAST_INDEX .05
#define YEARS_MOST 3
#define SWING 2.          /* of a borrowed year, from 1 up and down */

void credibility_step(int n_node, int places, const double *sold, const double *expected, const double *phi,
		      const int32_t *parent, const double *above, double *index)
{
	double far = 0, size = 0;
	for (int k = 0; k < n_node; k++)
		for (int d = 0; d < places; d++) {
			double e = expected[k * places + d];
			if (!(e > 0))
				continue;
			double off = sold[k * places + d] / e - above[parent[k] * places + d];
			far += e * off * off - phi[k];
			size += e;
		}
	double between = size > 0 && far > 0 ? far / size : 0;
	for (int k = 0; k < n_node; k++)
		for (int d = 0; d < places; d++) {
			double e = expected[k * places + d], p = above[parent[k] * places + d];
			double weight = e * between, z = phi[k] > 0 ? weight / (weight + phi[k]) : 1;
			index[k * places + d] = !(e > 0) ? p : z < 1
				? p + z * (sold[k * places + d] / e - p) : sold[k * places + d] / e;
		}
}

/* ---- the tree: series, category in store, store, chain ---- */

enum { CATEGORIES, STORES, CHAIN, N_TIER };

struct family {
	int n_node[N_TIER];
	int32_t *node[N_TIER];   /* [n] node of each series */
	int32_t *parent[N_TIER]; /* [n_node] node in the next tier; of stores 0 */
};

static void family_init(struct family *f, const struct panel *p, const char *category, struct arena *a)
{
	int32_t *group = ARENA_ARRAY(a, int32_t, p->n + 1), *seen;
	int n_group = market_groups(p, category, group, NULL), store = -1, n = 0;
	for (int t = 0; t < N_TIER; t++) {
		f->node[t] = ARENA_ARRAY(a, int32_t, p->n + 1);
		f->parent[t] = ARENA_ARRAY(a, int32_t, p->n + 1);
	}
	seen = ARENA_ARRAY(a, int32_t, n_group + 1);
	for (int i = 0; i < p->n; i++) {
		if (!i || strcmp(p->key[i].store, p->key[i - 1].store)) {
			store++;
			memset(seen, -1, (size_t)n_group * sizeof *seen);
		}
		if (seen[group[i]] < 0) {
			f->parent[CATEGORIES][n] = store;
			seen[group[i]] = n++;
		}
		f->node[CATEGORIES][i] = seen[group[i]];
		f->node[STORES][i] = store;
	}
	f->n_node[CATEGORIES] = n;
	f->n_node[STORES] = store + 1;
	f->n_node[CHAIN] = 1;
}

/* Sums of a tier's series, and phi as their mean by size. */
struct sums {
	double *sold, *expected, *phi;
};

static struct sums sum_up(const struct family *f, int tier, int n, int places, const struct sums *leaf,
			  struct arena *a)
{
	size_t nodes = (size_t)f->n_node[tier];
	struct sums out = { ARENA_ARRAY(a, double, nodes * (size_t)places + 1),
			    ARENA_ARRAY(a, double, nodes * (size_t)places + 1),
			    ARENA_ARRAY(a, double, nodes + 1) };
	double *size = ARENA_ARRAY(a, double, nodes + 1);
	for (int i = 0; i < n; i++) {
		int32_t node = f->node[tier][i];
		double own = 0;
		for (int d = 0; d < places; d++) {
			out.sold[node * places + d] += leaf->sold[i * places + d];
			out.expected[node * places + d] += leaf->expected[i * places + d];
			own += leaf->expected[i * places + d];
		}
		out.phi[node] += own * leaf->phi[i];
		size[node] += own;
	}
	for (size_t k = 0; k < nodes; k++)
		out.phi[k] = size[k] > 0 ? out.phi[k] / size[k] : 0;
	return out;
}

/* Indices of all series from the chain down; the chain's own go behind the last series. */
static void draw_down(const struct family *f, int n, int places, const struct sums *leaf, float *index)
{
	struct arena a = { 0 };
	double *above = ARENA_ARRAY(&a, double, places + 1), *own;
	for (int d = 0; d < places; d++)
		above[d] = 1;
	for (int tier = CHAIN; tier >= CATEGORIES; tier--) {
		struct sums s = sum_up(f, tier, n, places, leaf, &a);
		own = ARENA_ARRAY(&a, double, (size_t)f->n_node[tier] * (size_t)places + 1);
		credibility_step(f->n_node[tier], places, s.sold, s.expected, s.phi, f->parent[tier], above, own);
		above = own;
		for (int d = 0; tier == CHAIN && d < places; d++)
			index[(size_t)n * (size_t)places + (size_t)d] = (float)fmax(own[d], LEAST_INDEX);
	}
	own = ARENA_ARRAY(&a, double, (size_t)n * (size_t)places + 1);
	credibility_step(n, places, leaf->sold, leaf->expected, leaf->phi, f->node[CATEGORIES], above, own);
	for (size_t c = 0; c < (size_t)n * (size_t)places; c++)
		index[c] = (float)fmax(own[c], LEAST_INDEX);
	arena_release(&a);
}

/* ---- what the series say ---- */

struct look {
	const struct panel *panel;
	struct season_index *out;
	struct sums leaf;
	int places, by_month;
	struct arena *scratch; /* [jobs] */
};

static int place_of(const struct look *l, period_t t)
{
	int year, month, dom;
	if (!l->by_month)
		return ((int)(t % l->places) + l->places) % l->places;
	day_to_ymd(t, &year, &month, &dom);
	return month - 1;
}

/* First value from which a series is asked; s->n: it is not. Years are asked in whole ones. */
static int begin_of(const struct look *l, const struct series *s)
{
	if (l->by_month) {
		int years = s->n / 365 < YEARS_MOST ? s->n / 365 : YEARS_MOST;
		return years < 2 ? s->n : s->n - 365 * years;
	}
	int most = l->places * SEASONS > WINDOW ? l->places * SEASONS : WINDOW;
	return s->n > most ? s->n - most : 0;
}

/* Means by place beside those of spans that hold each place alike: the whole, or each year. */
static void see_series(const struct look *l, int i, const double *y, const struct series *s, int from)
{
	int places = l->places, span = l->by_month ? 365 : s->n - from;
	double *sold = l->leaf.sold + (size_t)i * (size_t)places, square = 0, within = 0, size = 0;
	double *expected = l->leaf.expected + (size_t)i * (size_t)places;
	int days = 0;
	for (int a = from; a < s->n; a += span) {
		double sum = 0;
		int known = 0;
		for (int t = a; t < a + span && t < s->n; t++)
			if (!isnan(y[t])) {
				sum += y[t];
				known++;
			}
		for (int t = a; sum > 0 && t < a + span && t < s->n; t++)
			if (!isnan(y[t])) {
				int d = place_of(l, s->first + t);
				sold[d] += y[t];
				expected[d] += sum / known;
				square += y[t] * y[t];
				days++;
			}
	}
	for (int d = 0; d < places; d++)
		size += expected[d];
	double mean = days ? size / days : 0;
	for (int d = 0; d < places; d++)
		within += expected[d] > 0 ? sold[d] * sold[d] / (expected[d] / mean) : 0;
	if (days > places && mean > 0)
		l->leaf.phi[i] = fmax(square - within, 0) / (days - places) / mean;
	/* What rounding leaves of nothing is nothing. */
	if (l->leaf.phi[i] < 1e-12 * mean)
		l->leaf.phi[i] = 0;
}

static void see_some(void *context, size_t first, size_t to, int worker)
{
	const struct look *l = context;
	for (size_t i = first; i < to; i++) {
		struct series s = panel_series(l->panel, (int)i);
		int from = begin_of(l, &s);
		double *y = ARENA_ARRAY(&l->scratch[worker], double, s.n + 1);
		series_demand(&s, y);
		double cap = cap_of(s.n - from, y + from, &l->scratch[worker]);
		for (int t = from; t < s.n; t++)
			y[t] = fmax(cap_value(y[t], cap), isnan(y[t]) ? (double)NAN : 0);
		if (from < s.n)
			see_series(l, (int)i, y, &s, from);
		if (l->by_month)
			l->out->own_year[i] = from < s.n;
		arena_reset(&l->scratch[worker]);
	}
}

static void learn_places(struct season_index *x, const struct panel *p, const struct family *f, int places,
			 int by_month, int jobs, float *index)
{
	struct arena a = { 0 };
	size_t cells = (size_t)p->n * (size_t)places + 1;
	struct look l = { p, x, { ARENA_ARRAY(&a, double, cells), ARENA_ARRAY(&a, double, cells),
				  ARENA_ARRAY(&a, double, p->n + 1) }, places, by_month,
			  NEW_ARRAY(struct arena, jobs > 0 ? jobs : 1) };
	par_for((size_t)p->n, 64, jobs, see_some, &l);
	for (int k = 0; k < (jobs > 0 ? jobs : 1); k++)
		arena_release(&l.scratch[k]);
	free(l.scratch);
	draw_down(f, p->n, places, &l.leaf, index);
	arena_release(&a);
}

static int has_two_years(const struct panel *p)
{
	for (int i = 0; p->calendar.kind == PERIOD_DAY && i < p->n; i++)
		if (panel_series(p, i).n >= 2 * 365)
			return 1;
	return 0;
}

void season_index_learn(struct season_index *x, const struct panel *past, int season, const char *category,
			int yearly, int jobs, struct arena *a)
{
	struct arena own = { 0 };
	struct family f;
	size_t rows = (size_t)past->n + 1;
	*x = (struct season_index){ past->n, season > 0 ? season : 1, yearly && has_two_years(past),
				    ARENA_ARRAY(a, int64_t, rows), NULL, NULL, ARENA_ARRAY(a, uint8_t, rows) };
	x->week = ARENA_ARRAY(a, float, rows * (size_t)x->season);
	x->year = ARENA_ARRAY(a, float, rows * YEAR_PLACES);
	for (int i = 0; i < past->n; i++)
		x->key[i] = series_key_hash(&past->key[i]);
	family_init(&f, past, category, &own);
	learn_places(x, past, &f, x->season, 0, jobs, x->week);
	if (x->yearly)
		learn_places(x, past, &f, YEAR_PLACES, 1, jobs, x->year);
	for (size_t r = 0; x->yearly && r < rows; r++)
		for (size_t d = 0; (r == rows - 1 || !x->own_year[r]) && d < YEAR_PLACES; d++)
			x->year[r * YEAR_PLACES + d] =
				fminf(fmaxf(x->year[r * YEAR_PLACES + d], (float)(1 / SWING)), (float)SWING);
	arena_release(&own);
}

int season_index_row(const struct season_index *x, const struct series_key *key, int i)
{
	int64_t hash = series_key_hash(key);
	if (i < x->n && x->key[i] == hash)
		return i;
	for (i = 0; i < x->n && x->key[i] != hash; i++)
		;
	return i;
}

/* Months' factors joined by straight lines from middle to middle. */
static double year_at(const float *year, day_t day)
{
	int y, month, dom;
	day_to_ymd(day, &y, &month, &dom);
	double at = (dom - .5) / month_days(y, month) - .5, w = fabs(at);
	int other = at < 0 ? (month + 10) % 12 : month % 12;
	return (double)year[month - 1] * (1 - w) + (double)year[other] * w;
}

double season_index_at(const struct season_index *x, int row, const struct calendar *c, period_t t)
{
	int place = ((int)(t % x->season) + x->season) % x->season;
	double f = (double)x->week[(size_t)row * (size_t)x->season + (size_t)place];
	if (x->yearly)
		f *= year_at(x->year + (size_t)row * YEAR_PLACES, period_start(c, t));
	return f;
}
