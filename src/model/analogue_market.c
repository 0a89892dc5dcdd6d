/* The market at an origin: levels of items, sizes of stores, and which items are alike. */
#include "config.h"
#include "model/analogue.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/par.h"
#include "base/symtab.h"
#include "num/cap.h"

#define RECENT 56        /* known periods of which a level is the mean */
#define LEAST_KNOWN 14   /* known periods without which there is none */
#define PROFILE_MAX 32   /* a longer season gets no profile */
#define PROFILE_PRIOR 20 /* series whose mean says 1 */
#define PRICE_WIDTH .3   /* of log price: half as dear again is hardly alike any more */
#define PRICE_WEIGHT 2.
#define LEAST_VARIANCE .1
#define ENOUGH 3         /* mature items of a category that make it speak for itself */
#define TRIAL_ITEMS 200  /* mature items that are guessed from the others */

double market_profile(const struct market *m, int store, period_t t)
{
	int place = (int)(t % m->season);
	return m->profile[(size_t)store * (size_t)m->season + (size_t)(place < 0 ? place + m->season : place)];
}

int market_groups(const struct panel *p, const char *name, int32_t *group, const char *const **text)
{
	static const char *const usual[] = { "category", "cat", "department", "dept", "family", NULL };
	const struct attribute *a = name ? driver_attribute(p->drivers, name) : NULL;
	for (int k = 0; !a && usual[k]; k++)
		a = driver_attribute(p->drivers, usual[k]);
	for (int i = 0; i < p->n; i++)
		group[i] = a ? (a->code[i] < 0 ? a->n_value : a->code[i]) : p->segment[i];
	if (text)
		*text = a ? a->value : NULL;
	return a ? a->n_value + 1 : p->n_segment;
}

/* ---- who there is ---- */

static void number_keys(struct market *m, struct arena *a)
{
	const struct panel *p = m->past;
	struct symtab items = { 0 };
	m->item_of = ARENA_ARRAY(a, int32_t, p->n + 1);
	m->store_of = ARENA_ARRAY(a, int32_t, p->n + 1);
	m->item = ARENA_ARRAY(a, const char *, p->n + 1);
	for (int i = 0; i < p->n; i++) {
		const char *name = p->key[i].item;
		m->item_of[i] = symtab_intern(&items, name, strlen(name));
		m->item[m->item_of[i]] = name;
		m->n_item = m->item_of[i] >= m->n_item ? m->item_of[i] + 1 : m->n_item;
		m->n_store += !i || strcmp(p->key[i].store, p->key[i - 1].store);
		m->store_of[i] = m->n_store - 1;
	}
	symtab_release(&items);
	m->begin = ARENA_ARRAY(a, int32_t, m->n_item + 1);
	m->series = ARENA_ARRAY(a, int32_t, p->n + 1);
	int32_t *at = ARENA_ARRAY(a, int32_t, m->n_item + 1);
	for (int i = 0; i < p->n; i++)
		m->begin[m->item_of[i] + 1]++;
	for (int k = 0; k < m->n_item; k++)
		at[k + 1] = m->begin[k + 1] += m->begin[k];
	for (int i = 0; i < p->n; i++)
		m->series[at[m->item_of[i]]++] = i;
}

/* ---- levels ---- */

struct scan {
	struct market *m;
	double *square; /* [n] variance about the level */
	uint8_t *whole; /* [n] */
	struct arena *scratch; /* [jobs] */
};

static void scan_some(void *context, size_t from, size_t to, int worker)
{
	struct scan *scan = context;
	struct market *m = scan->m;
	for (size_t i = from; i < to; i++) {
		struct series s = panel_series(m->past, (int)i);
		double *y = ARENA_ARRAY(&scan->scratch[worker], double, s.n + 1), sum = 0, square = 0;
		int known = 0, t;
		m->level[i] = NAN;
		scan->whole[i] = (uint8_t)(!s.n || series_is_whole(&s));
		if (s.n >= m->old) {
			series_demand(&s, y);
			double cap = cap_of(s.n, y, &scan->scratch[worker]);
			for (t = s.n - 1; t >= 0 && known < RECENT; t--) {
				double v = cap_value(y[t], cap);
				if (isnan(v))
					continue;
				known++;
				sum += v;
				square += v * v;
			}
		}
		if (known >= LEAST_KNOWN) {
			m->level[i] = fmax(sum / known, 0);
			scan->square[i] = square / known - sum / known * (sum / known);
		}
		arena_reset(&scan->scratch[worker]);
	}
}

/* Sizes of stores and levels of items by turns: level = store x item, as ratios of sums. */
static void split_levels(struct market *m)
{
	for (int k = 0; k < m->n_store; k++)
		m->store[k] = 1;
	for (int round = 0; round < 4; round++) {
		double all = 0, stores = 0;
		for (int k = 0; k < m->n_item; k++) {
			double sum = 0, size = 0;
			for (int32_t j = m->begin[k]; j < m->begin[k + 1]; j++) {
				int i = m->series[j];
				if (isnan(m->level[i]))
					continue;
				sum += m->level[i];
				size += m->store[m->store_of[i]];
			}
			m->item_level[k] = size > 0 ? sum / size : (double)NAN;
		}
		for (int i = 0; i < m->past->n;) {
			double sum = 0, expected = 0;
			int store = m->store_of[i];
			for (; i < m->past->n && m->store_of[i] == store; i++) {
				if (isnan(m->level[i]))
					continue;
				sum += m->level[i];
				expected += m->item_level[m->item_of[i]];
			}
			m->store[store] = expected > 0 && sum > 0 ? sum / expected : 1;
		}
		for (int k = 0; k < m->n_store; k++) {
			all += m->store[k];
			stores++;
		}
		for (int k = 0; stores > 0 && k < m->n_store; k++)
			m->store[k] *= stores / all;
	}
}

/* Variances by moments over the mature series. */
static void measure(struct market *m, const struct scan *scan)
{
	double square = 0, mean = 0, far = 0, noise = 0, size = 0;
	int whole = 0, all = 0;
	for (int i = 0; i < m->past->n; i++) {
		double x = m->level[i], expected = m->store[m->store_of[i]] * m->item_level[m->item_of[i]];
		if (!(x > 0))
			continue;
		all++;
		whole += scan->whole[i];
		square += scan->square[i];
		mean += x;
		if (m->begin[m->item_of[i] + 1] - m->begin[m->item_of[i]] < 2)
			continue;
		far += (x - expected) * (x - expected);
		noise += scan->square[i] / RECENT;
		size += expected * expected;
	}
	m->whole = 2 * whole > all;
	m->within = mean > 0 ? square / mean : 1;
	m->between_stores = size > 0 && far > noise ? (far - noise) / size : .05;
}

static void learn_profiles(struct market *m, struct arena *a)
{
	const struct panel *p = m->past;
	size_t cells = (size_t)m->n_store * (size_t)m->season;
	double *expected = ARENA_ARRAY(a, double, cells + 1);
	m->profile = ARENA_ARRAY(a, double, cells + 1);
	for (int i = 0; m->season <= PROFILE_MAX && i < p->n; i++) {
		struct series s = panel_series(p, i);
		int from = s.n > RECENT ? s.n - RECENT : 0;
		size_t row = (size_t)m->store_of[i] * (size_t)m->season;
		for (int t = from; m->level[i] > 0 && t < s.n; t++) {
			int place = (int)(((int64_t)s.first + t) % m->season);
			if (!series_usable(&s, t))
				continue;
			place = place < 0 ? place + m->season : place;
			m->profile[row + (size_t)place] += fmin(s.units[t] / m->level[i], RECENT);
			expected[row + (size_t)place]++;
		}
	}
	for (size_t c = 0; c < cells; c++)
		m->profile[c] = (m->profile[c] + PROFILE_PRIOR) / (expected[c] + PROFILE_PRIOR);
}

void market_init(struct market *m, const struct panel *past, int season, int old, int jobs, struct arena *a)
{
	memset(m, 0, sizeof *m);
	m->past = past;
	m->season = season > 0 && season <= PROFILE_MAX ? season : 1;
	m->old = old;
	number_keys(m, a);
	m->level = ARENA_ARRAY(a, double, past->n + 1);
	m->group = ARENA_ARRAY(a, int32_t, past->n + 1);
	m->store = ARENA_ARRAY(a, double, m->n_store + 1);
	m->item_level = ARENA_ARRAY(a, double, m->n_item + 1);
	struct scan scan = { m, ARENA_ARRAY(a, double, past->n + 1), ARENA_ARRAY(a, uint8_t, past->n + 1),
			     NEW_ARRAY(struct arena, jobs > 0 ? jobs : 1) };
	par_for((size_t)past->n, 64, jobs, scan_some, &scan);
	for (int k = 0; k < (jobs > 0 ? jobs : 1); k++)
		arena_release(&scan.scratch[k]);
	free(scan.scratch);
	split_levels(m);
	measure(m, &scan);
	learn_profiles(m, a);
}

/* ---- likeness ---- */

static int series_of_item(const struct market *m, int item)
{
	return m->series[m->begin[item]];
}

/* A price of the item, the first that is known in a store. */
static double price_of(const struct market *m, int item)
{
	for (int32_t j = m->begin[item]; j < m->begin[item + 1]; j++) {
		int i = m->series[j];
		period_t t = m->past->until, first = m->past->first[i];
		double price = driver_price(m->past, i, first > t ? first : t, NULL);
		if (price > 0)
			return price;
	}
	return NAN;
}

/* Values that both share count by how rare they are (Lin 1998, "An information-theoretic definition of
 * similarity"); price by its distance. */
static double score(const struct market *m, int a, int b, const double *const *rarity, double price)
{
	const struct drivers *d = m->past->drivers;
	int i = series_of_item(m, a), j = series_of_item(m, b);
	double sum = 0, other = price > 0 ? price_of(m, b) : (double)NAN;
	for (int k = 0; d && k < d->n_attribute; k++) {
		const struct attribute *at = &d->attribute[k];
		if (!at->of_store && at->code[i] >= 0 && at->code[i] == at->code[j])
			sum += rarity[k][at->code[i]];
	}
	if (other > 0) {
		double far = log(other / price) / PRICE_WIDTH;
		sum += PRICE_WEIGHT * exp(-far * far / 2);
	}
	return sum;
}

/* -log of the share of items that have a value, [attribute][value]. */
static double **rarities(const struct market *m, struct arena *a)
{
	const struct drivers *d = m->past->drivers;
	double **out = ARENA_ARRAY(a, double *, d ? d->n_attribute + 1 : 1);
	for (int k = 0; d && k < d->n_attribute; k++) {
		const struct attribute *at = &d->attribute[k];
		out[k] = ARENA_ARRAY(a, double, at->n_value + 1);
		for (int j = 0; j < m->n_item; j++) {
			int32_t code = at->code[series_of_item(m, j)];
			if (code >= 0)
				out[k][code]++;
		}
		for (int v = 0; v < at->n_value; v++)
			out[k][v] = out[k][v] > 0 ? log(m->n_item / out[k][v]) : 0;
	}
	return out;
}

/* The item that the planner names as twin; -1: none, or it is not mature. */
static int twin_of(const struct market *m, int item)
{
	const struct attribute *twin = driver_attribute(m->past->drivers, "twin");
	int32_t code = twin && !twin->of_store ? twin->code[series_of_item(m, item)] : -1;
	for (int k = 0; code >= 0 && k < m->n_item; k++)
		if (!strcmp(m->item[k], twin->value[code]))
			return isnan(m->item_level[k]) ? -1 : k;
	return -1;
}

static void one_alone(const struct market *m, int item, double variance, struct arena *a,
		      struct likeness *out)
{
	*out = (struct likeness){ 1, ARENA_ARRAY(a, int32_t, 1), ARENA_ARRAY(a, double, 1),
				  m->item_level[item], variance };
	out->item[0] = item;
	out->weight[0] = 1;
}

struct candidate {
	int32_t item;
	double score;
};

static int by_score(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return x->item - y->item;
}

static void weigh(const struct market *m, const struct candidate *c, int n, double sharpness, struct arena *a,
		  struct likeness *out)
{
	double sum = 0, squares = 0, far = 0;
	*out = (struct likeness){ n, ARENA_ARRAY(a, int32_t, n), ARENA_ARRAY(a, double, n), 0, 0 };
	for (int k = 0; k < n; k++) {
		out->item[k] = c[k].item;
		out->weight[k] = exp(sharpness * (c[k].score - c[0].score));
		sum += out->weight[k];
	}
	for (int k = 0; k < n; k++) {
		out->weight[k] /= sum;
		squares += out->weight[k] * out->weight[k];
		out->level += out->weight[k] * m->item_level[c[k].item];
	}
	for (int k = 0; k < n; k++) {
		double x = m->item_level[c[k].item] - out->level;
		far += out->weight[k] * x * x;
	}
	/* Of one more item about their weighted mean: unbiased, and the mean's own. */
	double spread = squares < 1 ? far / (1 - squares) * (1 + squares) : out->level * out->level;
	out->variance = out->level > 0 ? fmax(spread / (out->level * out->level), LEAST_VARIANCE) : 1;
}

/* Mature items beside `target`, of its category where there are enough, the most alike first. */
static int candidates(const struct market *m, int target, const double *const *rarity, struct candidate *c)
{
	double price = price_of(m, target);
	int group = m->group[series_of_item(m, target)], n = 0, same = 0;
	for (int k = 0; k < m->n_item; k++)
		same += k != target && !isnan(m->item_level[k]) && m->group[series_of_item(m, k)] == group;
	for (int k = 0; k < m->n_item; k++) {
		if (k == target || isnan(m->item_level[k])
		    || (same >= ENOUGH && m->group[series_of_item(m, k)] != group))
			continue;
		c[n++] = (struct candidate){ k, score(m, target, k, rarity, price) };
	}
	qsort(c, (size_t)n, sizeof *c, by_score);
	return n;
}

static const double sharpness_tried[] = { 0, .25, .5, 1 };
#define TRIED ((int)(sizeof sharpness_tried / sizeof *sharpness_tried))

/* Each of some mature items guessed from the others; the sharpness with the least error. */
static double learn_sharpness(const struct market *m, const double *const *rarity)
{
	double error[TRIED] = { 0 };
	struct arena a = { 0 };
	int step = 1 + m->n_item / TRIAL_ITEMS, best = 0;
	for (int k = 0; k < m->n_item; k += step) {
		struct candidate *c = ARENA_ARRAY(&a, struct candidate, m->n_item + 1);
		int n = isnan(m->item_level[k]) ? 0 : candidates(m, k, rarity, c);
		for (int t = 0; n && t < TRIED; t++) {
			struct likeness like;
			weigh(m, c, n, sharpness_tried[t], &a, &like);
			if (like.level + m->item_level[k] > 0)
				error[t] += fabs(like.level - m->item_level[k]) / (like.level + m->item_level[k]);
		}
		arena_reset(&a);
	}
	for (int t = 1; t < TRIED; t++)
		if (error[t] < .98 * error[best])
			best = t;
	arena_release(&a);
	return sharpness_tried[best];
}

int market_liken(struct market *m, int target, int most, struct arena *a, struct likeness *out)
{
	int twin = twin_of(m, target), n = 0;
	if (!isnan(m->item_level[target])) {
		one_alone(m, target, 0, a, out);
		return 1;
	}
	if (twin >= 0) {
		one_alone(m, twin, LEAST_VARIANCE, a, out);
		return 1;
	}
	if (!m->rarity) {
		m->rarity = (const double *const *)rarities(m, &m->memory);
		m->sharpness = learn_sharpness(m, m->rarity);
	}
	struct candidate *c = ARENA_ARRAY(a, struct candidate, m->n_item + 1);
	n = candidates(m, target, m->rarity, c);
	if (!n)
		return 0;
	int kept = n < most ? n : most;
	while (kept < n && m->sharpness * (c[kept].score - c[kept - 1].score) >= 0)
		kept++;
	weigh(m, c, kept, m->sharpness, a, out);
	return 1;
}
