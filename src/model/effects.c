/* Effects by count regression, from the item to the chain. */
#include "config.h"
#include "model/effects.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/par.h"
#include "model/cause.h"
#include "num/glm.h"

#define STRETCH_DAYS 168    /* 24 weeks: the level of a series is free to differ between them */
#define STRETCH_PERIODS 24
#define STORES_MOST 24      /* series of an item that are looked at */
#define ITEMS_MOST 400      /* items of a category from which its weeks and weekdays are learned */
#define WEEKDAYS 7
#define NORMAL_90 1.6448536269514722

/* How far a coefficient may be from 0, or an item's from its category's, before the data speak (sd). */
#define PRIOR_CAUSE 3.
#define PRIOR_EVENT .7
#define PRIOR_DAY .2
#define PRIOR_WEEKDAY 1.
#define PRIOR_WEEK .25
#define PRIOR_ITEM 1.

const char *effect_scope_name(enum effect_scope scope)
{
	static const char *const name[] = { "chain", "category", "item" };
	return name[scope];
}

/* An estimate of a coefficient, and what it comes from. */
struct guess {
	double x, var;   /* var INFINITY: nothing is known */
	double n;        /* days on which it shows */
	double own;
};

struct item {
	const char *name;
	int n_series, category;
	int *series;         /* [n_series] ascending, at most STORES_MOST */
	struct guess *guess; /* [causes.n + WEEKDAYS] those that items have; days of all */
};

struct category {
	const char *name;
	int n_item;
	int *item;           /* [n_item] numbers */
	double *coef;        /* [k] of its regression; NULL: none */
	struct guess *guess; /* [causes.n + WEEKDAYS] */
};

/* Everything about a panel; columns of a regression are causes, weekdays, weeks. */
struct work {
	const struct panel *panel;
	const struct effects_options *o;
	struct causes causes;
	int days;             /* 1: periods are days */
	period_t from;        /* first period that is looked at */
	int n_week, k;        /* weeks in the span; all columns */
	int n_item, n_category;
	struct item *item;
	struct category *category;
	unsigned *shut;       /* [n] weekdays on which a series never sells */
	const struct category *of; /* whose regression it is */
};

/* ---- rows ---- */

static int stretch_of(const struct work *w, period_t period)
{
	return (period - w->from) / (w->days ? STRETCH_DAYS : STRETCH_PERIODS);
}

static int week_of(const struct work *w, period_t period)
{
	return w->days ? (period - w->from) / 7 : period - w->from;
}

/* May the day teach what demand is? Not closed, out of stock (not even for a part), or unknown. */
static int usable(const struct work *w, int i, const struct series *s, int t)
{
	const struct drivers *d = w->panel->drivers;
	const float *out = d ? d->share_out : NULL;
	return series_usable(s, t) && s->units[t] >= 0 && !(out && out[w->panel->begin[i] + t] > 0);
}

/* Does an item have a coefficient of its own for this cause? */
static int is_own(const struct cause *c)
{
	return c->kind == CAUSE_PRICE || c->kind == CAUSE_MECHANIC || c->kind == CAUSE_LEAD
	       || c->kind == CAUSE_TAIL;
}

/* A regression of some items: all columns, or the items' own with the category's rest as offset. */
struct regression {
	const struct work *w;
	const int *item;          /* a block each */
	const double *rest;       /* [w->k] coefficients of the offset; NULL: all columns are free */
	int n_own;
	const int *own;           /* [n_own] columns that are free where `rest` is given */
	struct arena *scratch;    /* one: such regressions run in one thread; NULL where `rest` is not given */
};

/* One row into the block. */
static void put_row(const struct regression *r, const double *cause, period_t period, int n,
		    struct glm_block *out)
{
	const struct work *w = r->w;
	int c = w->causes.n, week = c + WEEKDAYS + week_of(w, period);
	int weekday = w->days ? c + day_of_week(period) : -1;
	if (!r->rest) {
		double *x = out->x + (size_t)n * (size_t)w->k;
		memset(x, 0, (size_t)w->k * sizeof *x);
		memcpy(x, cause, (size_t)c * sizeof *x);
		x[week] = 1;
		if (weekday >= 0)
			x[weekday] = 1;
		return;
	}
	double offset = r->rest[week] + (weekday >= 0 ? r->rest[weekday] : 0);
	for (int j = 0; j < c; j++)
		if (!is_own(&w->causes.at[j]))
			offset += cause[j] * r->rest[j];
	for (int j = 0; j < r->n_own; j++)
		out->x[(size_t)n * (size_t)r->n_own + (size_t)j] = cause[r->own[j]];
	out->offset[n] = offset;
}

/* Rows of one series in a stretch; they share a level. */
static int put_stretch(const struct regression *r, int i, int stretch, int group, const double *x, int n,
		       struct glm_block *out)
{
	const struct work *w = r->w;
	struct series s = panel_series(w->panel, i);
	int begin = s.first > w->from ? s.first : w->from;
	int length = w->days ? STRETCH_DAYS : STRETCH_PERIODS;
	int first = w->from + stretch * length > begin ? w->from + stretch * length : begin;
	for (int p = first; p < w->from + (stretch + 1) * length && p < s.first + s.n; p++) {
		if (!usable(w, i, &s, p - s.first))
			continue;
		put_row(r, x + (size_t)(p - begin) * (size_t)w->causes.n, p, n, out);
		out->y[n] = s.units[p - s.first];
		out->group[n] = group;
		out->cluster[n] = stretch;
		n++;
	}
	return n;
}

static int fill(void *context, size_t b, struct glm_block *out)
{
	const struct regression *r = context;
	const struct work *w = r->w;
	const struct item *it = &w->item[r->item[b]];
	struct arena scratch = { 0 };
	double **x = ARENA_ARRAY(&scratch, double *, it->n_series + 1);
	int n = 0;
	for (int k = 0; k < it->n_series; k++) {
		struct series s = panel_series(w->panel, it->series[k]);
		period_t begin = s.first > w->from ? s.first : w->from;
		int length = s.first + s.n - begin > 0 ? s.first + s.n - begin : 0;
		struct cause_place place = { it->series[k], w->shut[it->series[k]], 0 };
		x[k] = ARENA_ARRAY(&scratch, double, (size_t)length * (size_t)w->causes.n + 1);
		causes_fill(w->panel, &w->causes, &place, begin, length, &scratch, x[k]);
	}
	for (int stretch = 0; stretch <= stretch_of(w, w->panel->until); stretch++)
		for (int k = 0; k < it->n_series; k++)
			n = put_stretch(r, it->series[k], stretch, stretch * it->n_series + k, x[k], n, out);
	arena_release(&scratch);
	return n;
}

/* Most rows that an item of some has. */
static int rows_most(const struct work *w, const int *item, int n)
{
	int most = 0;
	for (int b = 0; b < n; b++) {
		int rows = 0;
		const struct item *it = &w->item[item[b]];
		for (int k = 0; k < it->n_series; k++) {
			struct series s = panel_series(w->panel, it->series[k]);
			period_t begin = s.first > w->from ? s.first : w->from;
			rows += s.first + s.n > begin ? s.first + s.n - begin : 0;
		}
		most = rows > most ? rows : most;
	}
	return most;
}

/* ---- a category ---- */

static double prior_of(const struct work *w, int column)
{
	if (column >= w->causes.n + WEEKDAYS)
		return PRIOR_WEEK;
	if (column >= w->causes.n)
		return PRIOR_WEEKDAY;
	switch (w->causes.at[column].kind) {
	case CAUSE_DAY:
		return PRIOR_DAY;
	case CAUSE_EVENT:
	case CAUSE_EVE:
	case CAUSE_MORROW:
		return PRIOR_EVENT;
	default:
		return PRIOR_CAUSE;
	}
}

/* Variance of a coefficient: by the model, or robust where that is more. */
static double variance_at(const struct glm_fit *f, int j)
{
	size_t at = (size_t)j * (size_t)f->k + (size_t)j;
	double robust = f->n_cluster > 2 ? f->sandwich[at] : 0;
	return fmax(f->covariance[at], isfinite(robust) ? robust : 0);
}

/* Coefficients of columns [from, to) less their mean over those with data, as guesses. */
static void centre(const struct work *w, const struct glm_fit *f, int from, int to, struct guess *g)
{
	int n = 0;
	double mean = 0;
	for (int j = from; j < to; j++) {
		double prior = prior_of(w, j);
		g[j].var = variance_at(f, j) < .9 * prior * prior ? 1 : (double)INFINITY;
		n += isfinite(g[j].var);
		mean += isfinite(g[j].var) ? f->coef[j] : 0;
	}
	for (int j = from; j < to; j++) {
		double robust = 0, model = 0;
		if (!isfinite(g[j].var))
			continue;
		for (int a = from; a < to; a++)
			for (int b = from; b < to; b++) {
				double share = isfinite(g[a].var) && isfinite(g[b].var)
					? ((a == j) - 1. / n) * ((b == j) - 1. / n) : 0;
				size_t at = (size_t)a * (size_t)f->k + (size_t)b;
				robust += share * f->sandwich[at];
				model += share * f->covariance[at];
			}
		g[j].x = f->coef[j] - mean / n;
		g[j].var = fmax(fmax(model, isfinite(robust) ? robust : 0), 1e-12);
	}
	/* What is left out of the offset of items: the mean belongs to the promotion as a whole. */
	for (int j = from; j < to; j++)
		f->coef[j] = isfinite(g[j].var) ? f->coef[j] - mean / n : 0;
}

/* Guesses of a category for what items have no estimate of their own. */
static void category_guesses(struct work *w, struct category *c, const struct glm_fit *f)
{
	int n = w->causes.n, day = -1, days = 0;
	for (int j = 0; j < n; j++) {
		double prior = prior_of(w, j), var = variance_at(f, j);
		c->guess[j].x = f->coef[j];
		c->guess[j].var = var < .9 * prior * prior ? fmax(var, 1e-12) : (double)INFINITY;
		if (w->causes.at[j].kind == CAUSE_DAY) {
			day = day < 0 ? j : day;
			days++;
		}
	}
	if (days)
		centre(w, f, day, day + days, c->guess);
	if (w->days)
		centre(w, f, n, n + WEEKDAYS, c->guess);
}

static void fit_category(struct work *w, struct category *c, struct arena *a)
{
	struct arena own = { 0 };
	struct glm_fit f;
	int n = c->n_item < ITEMS_MOST ? c->n_item : ITEMS_MOST;
	double *penalty = ARENA_ARRAY(&own, double, w->k);
	struct regression r = { .w = w, .item = c->item };
	for (int j = 0; j < w->k; j++)
		penalty[j] = 1 / (prior_of(w, j) * prior_of(w, j));
	const struct glm_rows rows = { .k = w->k, .n_block = (size_t)n, .most = rows_most(w, c->item, n),
				       .grouped = 1, .context = &r, .fill = fill };
	const struct glm_options o = { .family = GLM_AUTO, .penalty = penalty, .most = 25, .gain = 1e-7,
				       .jobs = w->o->jobs };
	c->guess = ARENA_ARRAY(a, struct guess, w->causes.n + WEEKDAYS);
	for (int j = 0; j < w->causes.n + WEEKDAYS; j++)
		c->guess[j].var = INFINITY;
	if (rows.most && !glm_fit(&rows, &o, &own, &f)) {
		category_guesses(w, c, &f);
		c->coef = ARENA_ARRAY(a, double, w->k);
		memcpy(c->coef, f.coef, (size_t)w->k * sizeof *c->coef);
	}
	arena_release(&own);
}

/* ---- items ---- */

/* Days on which each cause shows in an item: it is not 0, or, of a price, it differs within a stretch. */
static void count_days(const struct work *w, const struct item *it, struct arena *scratch)
{
	int c = w->causes.n;
	for (int k = 0; k < it->n_series; k++) {
		struct series s = panel_series(w->panel, it->series[k]);
		period_t begin = s.first > w->from ? s.first : w->from;
		int n = s.first + s.n > begin ? s.first + s.n - begin : 0;
		struct cause_place place = { it->series[k], w->shut[it->series[k]], 0 };
		double *x = ARENA_ARRAY(scratch, double, (size_t)n * (size_t)c + 1);
		causes_fill(w->panel, &w->causes, &place, begin, n, scratch, x);
		for (int t = 0; t < n; t++) {
			if (!usable(w, it->series[k], &s, begin - s.first + t))
				continue;
			for (int j = 0; j < c; j++) {
				double value = x[(size_t)t * (size_t)c + (size_t)j];
				if (w->causes.at[j].kind == CAUSE_PRICE)
					value -= x[j];
				it->guess[j].n += fabs(value) > 1e-9;
			}
			if (w->days)
				it->guess[c + day_of_week(begin + t)].n += 1;
		}
	}
}

struct item_job {
	struct work *w;
	const int *item; /* those of a category */
	const struct category *category;
	int n_own;
	const int *own;
};

/* The estimate that the item's own days give: what the fit with a weak prior says, less the prior. */
static void own_guess(const struct glm_fit *f, int j, double prior, struct guess *g)
{
	size_t at = (size_t)j * (size_t)f->k + (size_t)j;
	double penalty = 1 / (PRIOR_ITEM * PRIOR_ITEM);
	double all = f->covariance[at] > 0 ? 1 / f->covariance[at] : 0, own = all - penalty;
	if (!(own > .02 * penalty))
		return;
	/* Few stretches tell their own variance badly: widened as the variance of Student's t is. */
	double few = f->n_cluster > 3 ? (f->n_cluster - 1.) / (f->n_cluster - 3.) : 3;
	double robust = f->n_cluster > 2 ? few * f->sandwich[at] / f->covariance[at] : 1;
	g->x = (all * f->coef[j] - penalty * prior) / own;
	/* The robust variance is of the whole; where it is less, the model's stands. */
	g->var = fmax(1, isfinite(robust) ? robust * all / own : 1) / own;
}

static void fit_items(void *context, size_t from, size_t to, int worker)
{
	const struct item_job *job = context;
	struct work *w = job->w;
	(void)worker;
	for (size_t b = from; b < to; b++) {
		struct arena scratch = { 0 };
		struct glm_fit f;
		struct item *it = &w->item[job->item[b]];
		double *penalty = ARENA_ARRAY(&scratch, double, job->n_own + 1);
		double *prior = ARENA_ARRAY(&scratch, double, job->n_own + 1);
		struct regression r = { w, &job->item[b], job->category->coef, job->n_own, job->own, NULL };
		const struct glm_rows rows = { .k = job->n_own, .n_block = 1,
					       .most = rows_most(w, &job->item[b], 1), .grouped = 1,
					       .context = &r, .fill = fill };
		const struct glm_options o = { .family = GLM_AUTO, .penalty = penalty, .prior = prior,
					       .most = 30, .gain = 1e-8, .jobs = 1 };
		for (int j = 0; j < job->n_own; j++) {
			penalty[j] = 1 / (PRIOR_ITEM * PRIOR_ITEM);
			prior[j] = job->category->coef[job->own[j]];
		}
		count_days(w, it, &scratch);
		if (rows.most && !glm_fit(&rows, &o, &scratch, &f))
			for (int j = 0; j < job->n_own; j++)
				own_guess(&f, j, prior[j], &it->guess[job->own[j]]);
		arena_release(&scratch);
	}
}

static void fit_all(struct work *w, struct arena *a)
{
	int *own = ARENA_ARRAY(a, int, w->causes.n + 1), n_own = 0;
	for (int j = 0; j < w->causes.n; j++)
		if (is_own(&w->causes.at[j]))
			own[n_own++] = j;
	for (int i = 0; i < w->n_item; i++) {
		w->item[i].guess = ARENA_ARRAY(a, struct guess, w->causes.n + WEEKDAYS);
		for (int j = 0; j < w->causes.n; j++)
			w->item[i].guess[j].var = INFINITY;
	}
	for (int c = 0; c < w->n_category; c++) {
		struct category *cat = &w->category[c];
		fit_category(w, cat, a);
		struct item_job job = { w, cat->item, cat, n_own, own };
		if (cat->coef)
			par_for((size_t)cat->n_item, 1, w->o->jobs, fit_items, &job);
	}
}

/* ---- credibility ---- */

/* Sums of a group of guesses, for the variance between them by moments. */
struct between {
	double q, degrees, scale;
};

static void between_add(struct between *b, const struct guess *const *g, int n)
{
	double w = 0, w2 = 0, wx = 0, q = 0;
	int used = 0;
	for (int i = 0; i < n; i++) {
		double own = isfinite(g[i]->var) ? 1 / g[i]->var : 0;
		w += own;
		w2 += own * own;
		wx += own > 0 ? own * g[i]->x : 0;
		used += own > 0;
	}
	for (int i = 0; i < n; i++)
		if (isfinite(g[i]->var))
			q += (g[i]->x - wx / w) * (g[i]->x - wx / w) / g[i]->var;
	if (used < 2)
		return;
	b->q += q;
	b->degrees += used - 1;
	b->scale += w - w2 / w;
}

static double between_variance(const struct between *b)
{
	return b->scale > 0 ? fmax(0, (b->q - b->degrees) / b->scale) : 0;
}

/* Mean of guesses that differ by tau2 between them. */
static struct guess mean_of(const struct guess *const *g, int n, double tau2)
{
	double w = 0, wx = 0;
	struct guess mean = { 0, INFINITY, 0, 1 };
	for (int i = 0; i < n; i++) {
		double own = isfinite(g[i]->var) ? 1 / (g[i]->var + tau2) : 0;
		w += own;
		wx += own > 0 ? own * g[i]->x : 0;
		mean.n += g[i]->n;
	}
	if (w > 0) {
		mean.x = wx / w;
		mean.var = 1 / w;
	}
	return mean;
}

/* A guess pulled towards that of its parent; on the wrong side of 0 the parent's stands for it. */
static void pull(struct guess *g, const struct guess *parent, double tau2, int sign)
{
	double n = g->n;
	if (!isfinite(parent->var)) {
		g->own = isfinite(g->var);
	} else if (!isfinite(g->var)) {
		*g = (struct guess){ parent->x, parent->var + tau2, n, 0 };
	} else {
		double own = tau2 / (tau2 + g->var);
		g->x = own * g->x + (1 - own) * parent->x;
		g->var = own * g->var + (1 - own) * (1 - own) * parent->var;
		g->own = own;
	}
	if (isfinite(g->var) && sign * g->x < 0)
		*g = isfinite(parent->var) ? (struct guess){ parent->x, parent->var + tau2, n, 0 }
					   : (struct guess){ 0, g->var, n, g->own };
	if (sign * g->x < 0)
		g->x = 0;
}

/* Item, category and chain of one column; the chain's guess is returned. */
static struct guess pull_column(struct work *w, int j, struct arena *a)
{
	int own = j < w->causes.n && is_own(&w->causes.at[j]), sign = j < w->causes.n ? w->causes.at[j].sign : 0;
	const struct guess **g = ARENA_ARRAY(a, const struct guess *, w->n_item + w->n_category + 1);
	struct between items = { 0 }, categories = { 0 };
	for (int c = 0; own && c < w->n_category; c++) {
		for (int i = 0; i < w->category[c].n_item; i++)
			g[i] = &w->item[w->category[c].item[i]].guess[j];
		between_add(&items, g, w->category[c].n_item);
	}
	double tau2 = between_variance(&items);
	for (int c = 0; c < w->n_category; c++) {
		struct category *cat = &w->category[c];
		double n = 0;
		for (int i = 0; i < cat->n_item; i++)
			n += w->item[cat->item[i]].guess[j].n;
		for (int i = 0; i < cat->n_item && own; i++)
			g[i] = &w->item[cat->item[i]].guess[j];
		if (own)
			cat->guess[j] = mean_of(g, cat->n_item, tau2);
		cat->guess[j].n = n;
	}
	for (int c = 0; c < w->n_category; c++)
		g[c] = &w->category[c].guess[j];
	between_add(&categories, g, w->n_category);
	double wide2 = between_variance(&categories);
	struct guess chain = mean_of(g, w->n_category, wide2), none = { 0, INFINITY, 0, 0 };
	pull(&chain, &none, 0, sign);
	for (int c = 0; c < w->n_category; c++) {
		pull(&w->category[c].guess[j], &chain, wide2, sign);
		for (int i = 0; own && i < w->category[c].n_item; i++)
			pull(&w->item[w->category[c].item[i]].guess[j], &w->category[c].guess[j], tau2, sign);
	}
	return chain;
}

/* ---- setting up ---- */

struct named {
	const char *item, *category;
	int series;
};

static int by_item(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = strcmp(x->item, y->item);
	return order ? order : x->series - y->series;
}

/* Weekdays on which a series never sold in the span, bit by bit. */
static unsigned shut_days(const struct work *w, int i)
{
	struct series s = panel_series(w->panel, i);
	unsigned open = 0, seen = 0;
	for (int t = 0; w->days && t < s.n; t++) {
		unsigned bit = 1u << day_of_week(s.first + t);
		seen |= bit;
		open |= usable(w, i, &s, t) ? bit : 0;
	}
	return seen & ~open;
}

static const char *category_of(const struct attribute *by, int i)
{
	return !by ? "all" : by->code[i] < 0 ? "" : by->value[by->code[i]];
}

static void list_items(struct work *w, const struct attribute *by, struct arena *a)
{
	int n = w->panel->n;
	struct named *all = ARENA_ARRAY(a, struct named, n + 1);
	for (int i = 0; i < n; i++)
		all[i] = (struct named){ w->panel->key[i].item, category_of(by, i), i };
	qsort(all, (size_t)n, sizeof *all, by_item);
	w->item = ARENA_ARRAY(a, struct item, n + 1);
	for (int i = 0, to; i < n; i = to) {
		for (to = i; to < n && !strcmp(all[to].item, all[i].item); to++)
			;
		struct item *it = &w->item[w->n_item++];
		int most = to - i < STORES_MOST ? to - i : STORES_MOST;
		*it = (struct item){ .name = all[i].item, .series = ARENA_ARRAY(a, int, most) };
		/* Of very many stores, some that lie evenly in the list. */
		for (int k = 0; k < most; k++)
			it->series[it->n_series++] = all[i + (int)((int64_t)k * (to - i) / most)].series;
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void list_categories(struct work *w, const struct attribute *by, struct arena *a)
{
	const char **name = ARENA_ARRAY(a, const char *, w->n_item + 1);
	int n = 0;
	for (int i = 0; i < w->n_item; i++)
		name[i] = category_of(by, w->item[i].series[0]);
	qsort(name, (size_t)w->n_item, sizeof *name, by_name);
	for (int i = 0; i < w->n_item; i++)
		if (!n || strcmp(name[n - 1], name[i]))
			name[n++] = name[i];
	w->category = ARENA_ARRAY(a, struct category, n + 1);
	w->n_category = n;
	for (int c = 0; c < n; c++)
		w->category[c] = (struct category){ .name = name[c], .item = ARENA_ARRAY(a, int, w->n_item) };
	for (int i = 0; i < w->n_item; i++)
		for (int c = 0; c < n; c++)
			if (!strcmp(name[c], category_of(by, w->item[i].series[0]))) {
				w->item[i].category = c;
				w->category[c].item[w->category[c].n_item++] = i;
			}
}

static void set_span(struct work *w)
{
	const struct panel *p = w->panel;
	int periods = w->o->periods > 0 ? w->o->periods : w->days ? 1096 : 157;
	period_t first = p->until;
	for (int i = 0; i < p->n; i++)
		first = p->first[i] < first ? p->first[i] : first;
	w->from = p->until - periods + 1 > first ? p->until - periods + 1 : first;
	if (w->days)
		w->from -= day_of_week(w->from); /* weeks begin on Mondays */
	w->n_week = week_of(w, p->until) + 1;
	w->k = w->causes.n + WEEKDAYS + w->n_week;
}

/* ---- what is told ---- */

struct telling {
	const struct work *w;
	struct arena *a;
	VEC(struct effect) list;
};

static const char *column_name(const struct work *w, int j, struct arena *a)
{
	static const char *const day[] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
					   "Sunday" };
	struct buf name = { 0 };
	if (j < w->causes.n)
		return w->causes.at[j].name;
	buf_addf(&name, "weekday %s", day[j - w->causes.n]);
	const char *text = arena_strdup(a, name.text);
	buf_release(&name);
	return text;
}

static void tell(struct telling *t, int j, enum effect_scope scope, const char *member, const char *parent,
		 const struct guess *g)
{
	const struct work *w = t->w;
	int price = j < w->causes.n && w->causes.at[j].kind == CAUSE_PRICE;
	int sign = j < w->causes.n ? w->causes.at[j].sign : 0;
	double se = sqrt(g->var), low = g->x - NORMAL_90 * se, high = g->x + NORMAL_90 * se;
	if (!isfinite(g->var))
		return;
	low = sign > 0 ? fmax(low, 0) : low;
	high = sign < 0 ? fmin(high, 0) : high;
	struct effect e = { column_name(w, j, t->a), scope, member, parent, g->x, low, high, se, g->n,
			    g->own };
	if (!price) {
		e.estimate = exp(e.estimate);
		e.low = exp(e.low);
		e.high = exp(e.high);
	}
	VEC_PUSH(&t->list, e);
}

static void tell_all(struct telling *t, const struct guess *chain)
{
	const struct work *w = t->w;
	int n = w->causes.n + (w->days ? WEEKDAYS : 0);
	for (int j = 0; j < n; j++)
		tell(t, j, EFFECT_CHAIN, "", "", &chain[j]);
	for (int c = 0; c < w->n_category; c++)
		for (int j = 0; j < n; j++)
			tell(t, j, EFFECT_CATEGORY, w->category[c].name, "", &w->category[c].guess[j]);
	for (int i = 0; i < w->n_item; i++)
		for (int j = 0; j < w->causes.n; j++)
			if (is_own(&w->causes.at[j]))
				tell(t, j, EFFECT_ITEM, w->item[i].name,
				     w->category[w->item[i].category].name, &w->item[i].guess[j]);
}

enum status effects_estimate(const struct panel *past, const struct effects_options *o, struct arena *a,
			     const struct effect **out, int *n, struct err *e)
{
	struct work w = { .panel = past, .o = o, .days = past->calendar.kind == PERIOD_DAY };
	const struct attribute *by = o->by ? driver_attribute(past->drivers, o->by) : NULL;
	struct telling t = { &w, a, { 0 } };
	*n = 0;
	if (o->by && !by)
		return err_set(e, E_NOTFOUND, "there is no attribute '%s'", o->by);
	causes_list(past, CAUSES_SHAPE | CAUSES_CENTRED, a, &w.causes);
	set_span(&w);
	w.shut = ARENA_ARRAY(a, unsigned, past->n + 1);
	for (int i = 0; i < past->n; i++)
		w.shut[i] = shut_days(&w, i);
	list_items(&w, by, a);
	list_categories(&w, by, a);
	fit_all(&w, a);
	struct guess *chain = ARENA_ARRAY(a, struct guess, w.causes.n + WEEKDAYS);
	for (int j = 0; j < w.causes.n + (w.days ? WEEKDAYS : 0); j++)
		chain[j] = pull_column(&w, j, a);
	tell_all(&t, chain);
	struct effect *list = ARENA_ARRAY(a, struct effect, t.list.n + 1);
	if (t.list.n)
		memcpy(list, t.list.at, t.list.n * sizeof *list);
	*out = list;
	*n = (int)t.list.n;
	VEC_FREE(&t.list);
	return *n ? OK : err_set(e, E_FIT, "too few sales to tell what drives them");
}
