/* Features of groups of series: the item in all stores, the store, categories, the chain. */
#include "config.h"
#include "feature/feature_private.h"

#include <stdio.h>
#include <string.h>
#include "base/par.h"
#include "base/symtab.h"

/* Weight of "no season" in an index, in periods of usual size. */
#define WEIGHT_SEASON 4.0

/* Groups of one property of the series. */
struct property {
	const char *name;
	int n;              /* values */
	const int32_t *of;  /* [n series] */
};

static struct property by_name(struct feature_set *s, int of_store)
{
	const struct panel *p = s->panel;
	int32_t *of = ARENA_ARRAY(&s->arena, int32_t, p->n + 1);
	struct symtab names = { 0 };
	for (int i = 0; i < p->n; i++) {
		const char *name = of_store ? p->key[i].store : p->key[i].item;
		of[i] = symtab_intern(&names, name, strlen(name));
	}
	struct property out = { of_store ? "store" : "item", (int)names.n, of };
	symtab_release(&names);
	return out;
}

/* Values of an attribute, with one more for "not told". */
static struct property by_attribute(struct feature_set *s, const struct attribute *a)
{
	int32_t *of = ARENA_ARRAY(&s->arena, int32_t, s->panel->n + 1);
	for (int i = 0; i < s->panel->n; i++)
		of[i] = a->code[i] < 0 ? a->n_value : a->code[i];
	return (struct property){ a->name, a->n_value + 1, of };
}

static void add_kind(struct feature_set *s, const char *name, int n_group, const int32_t *of)
{
	s->kind[s->n_kind++] = (struct feature_kind){ arena_strdup(&s->arena, name), n_group, of, NULL };
}

/* Groups of two properties together. */
static void add_pair(struct feature_set *s, struct property a, struct property b)
{
	char name[128];
	int32_t *of = ARENA_ARRAY(&s->arena, int32_t, s->panel->n + 1);
	for (int i = 0; i < s->panel->n; i++)
		of[i] = a.of[i] * b.n + b.of[i];
	snprintf(name, sizeof name, "%s_%s", a.name, b.name);
	add_kind(s, name, a.n * b.n, of);
}

/*
 * The attribute that groups best: of those that put several series together, the one with the most
 * values ("dept" before "cat"). NULL: none.
 */
static const struct attribute *best_attribute(const struct feature_set *s, int of_store, int members)
{
	const struct drivers *d = s->panel->drivers;
	const struct attribute *best = NULL;
	for (int k = 0; d && k < d->n_attribute; k++) {
		const struct attribute *a = &d->attribute[k];
		if (a->of_store == of_store && a->n_value > 1 && 2 * a->n_value <= members
		    && (!best || a->n_value > best->n_value))
			best = a;
	}
	return best;
}

static void choose_kinds(struct feature_set *s)
{
	struct property store = by_name(s, 1), item = by_name(s, 0);
	const struct attribute *of_item = best_attribute(s, 0, item.n);
	const struct attribute *of_store = best_attribute(s, 1, store.n);
	add_kind(s, item.name, item.n, item.of);
	add_kind(s, store.name, store.n, store.of);
	s->parent = 1;
	if (of_item) {
		struct property dept = by_attribute(s, of_item);
		add_kind(s, dept.name, dept.n, dept.of);
		s->parent = s->n_kind;
		add_pair(s, store, dept);
		if (of_store)
			add_pair(s, by_attribute(s, of_store), dept);
	}
	add_kind(s, "total", 1, ARENA_ARRAY(&s->arena, int32_t, s->panel->n + 1));
}

/* Sums of one kind, series after series. */
static void sum_kind(const struct feature_set *s, struct feature_kind *kind)
{
	const struct panel *p = s->panel;
	size_t width = (size_t)s->n_period + 1;
	for (int i = 0; i < p->n; i++) {
		struct group_cum *row = kind->cum + (size_t)kind->of[i] * width + 1;
		int64_t begin = p->begin[i], end = p->begin[i + 1];
		period_t first = p->first[i];
		for (int64_t k = begin; k < end && first + (k - begin) <= p->until; k++) {
			struct group_cum *at = row + (first - s->from) + (k - begin);
			if (isnan(s->demand[k]))
				continue;
			at->sum += s->demand[k];
			at->known++;
			at->sold += s->demand[k] > 0;
		}
	}
	for (int g = 0; g < kind->n_group; g++) {
		struct group_cum *row = kind->cum + (size_t)g * width;
		for (int t = 1; t <= s->n_period; t++) {
			row[t].sum += row[t - 1].sum;
			row[t].known += row[t - 1].known;
			row[t].sold += row[t - 1].sold;
		}
	}
}

static void sum_some(void *context, size_t from, size_t to, int worker)
{
	struct feature_set *s = context;
	(void)worker;
	for (size_t k = from; k < to; k++)
		sum_kind(s, &s->kind[k]);
}

void group_prepare(struct feature_set *s)
{
	const struct panel *p = s->panel;
	s->from = p->until;
	for (int i = 0; i < p->n; i++)
		s->from = p->first[i] < s->from ? p->first[i] : s->from;
	s->n_period = p->until - s->from + 1;
	choose_kinds(s);
	for (int k = 0; k < s->n_kind; k++)
		s->kind[k].cum = NEW_ARRAY(struct group_cum,
					   (size_t)s->kind[k].n_group * ((size_t)s->n_period + 1));
	par_for((size_t)s->n_kind, 1, s->jobs, sum_some, s);
}

static struct stretch group_recent(const struct feature_set *s, const struct feature_row *r, int kind,
				   int length)
{
	return group_stretch(s, kind, r->i, r->origin - length + 1, r->origin);
}

static void plan_pooled(struct feature_set *s)
{
	const int *w = s->window;
	for (int k = 0; k < s->n_kind; k++) {
		const char *name = s->kind[k].name;
		feature_add(s, KNOWN_AT_ORIGIN, "forecast", 15, "mean demand of a series of the group in"
			    " the last periods, units", "%s_mean_%d", name, w[2]);
		feature_add(s, KNOWN_AT_ORIGIN, "forecast", 15, "ratio of two recent means of the group",
			    "%s_ratio_%d_%d", name, w[0], w[2]);
		feature_add(s, KNOWN_AT_ORIGIN, "forecast", 15, "ratio of two recent means of the group",
			    "%s_ratio_%d_%d", name, w[2], w[5]);
	}
	for (int k = 0; k < 2; k++)
		feature_add(s, KNOWN_AT_ORIGIN, "forecast", 10, "share of the group's series and last"
			    " periods with a sale", "%s_sold_%d", s->kind[k].name, w[2]);
}

static void fill_pooled(const struct feature_set *s, const struct feature_row *r, float *out)
{
	const int *w = s->window;
	float sold[2];
	for (int k = 0; k < s->n_kind; k++) {
		struct stretch x = group_recent(s, r, k, w[2]);
		double mean = stretch_mean(x);
		*out++ = (float)mean;
		*out++ = feature_ratio(stretch_mean(group_recent(s, r, k, w[0])), mean);
		*out++ = feature_ratio(mean, stretch_mean(group_recent(s, r, k, w[5])));
		if (k < 2)
			sold[k] = feature_ratio(x.sold, x.known);
	}
	*out++ = sold[0];
	*out++ = sold[1];
}

const struct feature_block pooled_block = { "pooled", 1, plan_pooled, fill_pooled };

/* Kinds whose seasons are told: the item, the store, and what stands in for a young series. */
static int has_season(const struct feature_set *s, int kind)
{
	return kind < 2 || kind == s->parent;
}

/* Kinds whose years are told: large ones, which have last year's days in good number. */
static int has_year(const struct feature_set *s, int kind)
{
	return kind == s->parent || kind == s->n_kind - 1;
}

static void plan_season(struct feature_set *s)
{
	if (s->season < 2)
		return;
	feature_add(s, KNOWN_AT_ORIGIN, "forecast", 60, "demand at the target's place in the season against"
		    " the mean of the same seasons, shrunk to 1", "season");
	for (int k = 0; k < s->n_kind; k++)
		if (has_season(s, k))
			feature_add(s, KNOWN_AT_ORIGIN, "forecast", 90, "the same of the group",
				    "%s_season", s->kind[k].name);
}

/* Index of sums at the target's place over a mean, shrunk. */
static float season_index(double sum, double known, double mean)
{
	return mean > 0 ? (float)((sum / mean + WEIGHT_SEASON) / (known + WEIGHT_SEASON)) : NAN;
}

static void fill_season(const struct feature_set *s, const struct feature_row *r, float *out)
{
	period_t last = row_same_place(s, r), first = s->panel->first[r->i];
	/* Whole seasons, so that each place counts alike in the mean. */
	int back = s->season > 31 ? 3 : SEASONS_BACK;
	period_t until = last + s->season - 1 > r->origin ? r->origin : last + s->season - 1;
	period_t from = until - back * s->season + 1;
	double sum = 0, known = 0;
	for (period_t at = last; at >= from && at >= first; at -= s->season) {
		double y = row_demand(s, r, at);
		sum += isnan(y) ? 0 : y;
		known += !isnan(y);
	}
	*out++ = season_index(sum, known, stretch_mean(row_stretch(s, r, from, until)));
	for (int k = 0; k < s->n_kind; k++) {
		double group = 0, times = 0;
		if (!has_season(s, k))
			continue;
		for (period_t at = last; at >= from && at >= s->from; at -= s->season) {
			struct stretch x = group_stretch(s, k, r->i, at, at);
			group += x.known ? x.sum / x.known : 0;
			times += x.known > 0;
		}
		*out++ = season_index(group, times,
				      stretch_mean(group_stretch(s, k, r->i, from, until)));
	}
}

const struct feature_block season_block = { "season", 0, plan_season, fill_season };

static void plan_year(struct feature_set *s)
{
	if (!s->year)
		return;
	feature_add(s, KNOWN_AT_ORIGIN, "forecast", 15, "mean demand around the target a year before,"
		    " against the level", "year_ago");
	for (int k = 1; k < s->n_kind; k++) {
		if (!has_year(s, k))
			continue;
		feature_add(s, KNOWN_AT_ORIGIN, "forecast", 25, "group's mean around the target a year"
			    " before, against that before the origin a year before", "%s_year_ahead",
			    s->kind[k].name);
		feature_add(s, KNOWN_AT_ORIGIN, "forecast", 25, "group's recent mean against that of a year"
			    " before", "%s_growth", s->kind[k].name);
	}
}

/* Mean of a group over a span that is cut at the origin. */
static double group_mean(const struct feature_set *s, const struct feature_row *r, int kind, period_t from,
			 period_t until)
{
	return stretch_mean(group_stretch(s, kind, r->i, from, until < r->origin ? until : r->origin));
}

static void fill_year(const struct feature_set *s, const struct feature_row *r, float *out)
{
	int half = s->season > 31 || s->panel->calendar.kind == PERIOD_MONTH ? 0 : s->season / 2;
	int recent = s->panel->calendar.kind == PERIOD_MONTH ? s->window[1] : s->window[2];
	period_t then = r->target, origin = r->origin - s->year;
	while (then > r->origin)
		then -= s->year;
	period_t before = r->target - then > s->year ? r->origin - (r->target - then) : origin;
	struct stretch x = row_stretch(s, r, then - half, then + half);
	*out++ = x.known ? (float)(x.sum / x.known / r->level) : NAN;
	for (int k = 1; k < s->n_kind; k++) {
		if (!has_year(s, k))
			continue;
		double usual = group_mean(s, r, k, before - recent + 1, before);
		*out++ = feature_ratio(group_mean(s, r, k, then - half, then + half), usual);
		*out++ = feature_ratio(group_mean(s, r, k, r->origin - recent + 1, r->origin),
				       group_mean(s, r, k, origin - recent + 1, origin));
	}
}

const struct feature_block year_block = { "season", 0, plan_year, fill_year };
