/*
 * New items by their like. An item without much history sells about what items like it sell: its
 * analogues, by the attributes that both have (the rarer the value, the more it says) and by price; or the
 * item itself in stores that have had it for longer; or the twin that the planner names by the item's
 * attribute `twin`. Their level, the store's size, its week and the launch curve of the category (what
 * items sell in their first twelve weeks beside what they sell after that, learned from past launches)
 * make the mean before the first sale. Then each day has its say:
 *
 *     level = (a + sold / phi) / (a / level of the analogues + exposure / phi)
 *
 * the gamma-Poisson conjugate (Gelman et al., "Bayesian data analysis", 3rd ed., 2.6), a = 1 / variance of
 * an item's true level about what its analogues say, phi the variance / mean of a day. The weight of the
 * own data is n / (n + k), k = a phi / level in days, and rises with each day. What the item sells in
 * other stores moves the analogues' level first, in the same way.
 *
 * Older series are left to other methods: fallback(X, analogue, ses, snaive, young=28).
 */
#include "config.h"
#include "model/analogue.h"

#include <math.h>
#include <string.h>
#include "model/blob.h"
#include "model/spread.h"
#include "num/count.h"

#define PRIOR_LAUNCHES 3. /* launches that the chain's curve counts for in a category, and 1 in the chain */
#define NEW_IN_STORE 28   /* periods after the store's own beginning from which a first sale is a launch */
#define NAMES 4           /* analogues that are named */

static const struct option analogue_options[] = {
	{ .name = "until", .type = OPTION_INT, .value = "N", .preset = "84", .min = 1, .max = 100000,
	  .help = "series that began at least so many periods ago are old enough for other methods" },
	{ .name = "most", .type = OPTION_INT, .value = "N", .preset = "8", .min = 1, .max = 1000,
	  .help = "analogues of an item" },
	{ .name = "category", .type = OPTION_TEXT, .value = "NAME",
	  .help = "attribute of items that shares a launch curve; default category, cat, department or dept" },
	{ 0 }
};

/* The launch curves of the categories, by name; the last is the chain's. */
struct analogue_model {
	const struct spec *spec;
	int n;
	const char **name; /* [n] */
	double *curve;     /* [n + 1][LAUNCH_BINS] */
};

static int bin_length(const struct panel *p)
{
	return p->calendar.kind == PERIOD_DAY ? 7 : 1;
}

/* ---- launch curves ---- */

struct curve_sum {
	double sold[LAUNCH_BINS], expected[LAUNCH_BINS];
	double mature;  /* levels of the launches */
	int launches;
};

/* Adds a launch that has become mature since: its first bins beside its level after them. */
static void add_launch(const struct series *s, int length, const double *y, struct curve_sum *sum)
{
	int from = LAUNCH_BINS * length, known = 0;
	double mature = 0;
	for (int t = from; t < 2 * from && t < s->n; t++)
		if (!isnan(y[t])) {
			mature += y[t];
			known++;
		}
	if (known < 4 * length || !(mature > 0))
		return;
	mature /= known;
	for (int t = 0; t < from; t++)
		if (!isnan(y[t])) {
			sum->sold[t / length] += y[t] / mature;
			sum->expected[t / length]++;
		}
	sum->mature += mature;
	sum->launches++;
}

static void close_curve(const struct curve_sum *sum, const double *prior, int length, double *curve)
{
	for (int b = 0; b < LAUNCH_BINS; b++) {
		double weight = PRIOR_LAUNCHES * length;
		curve[b] = (sum->sold[b] + weight * (prior ? prior[b] : 1)) / (sum->expected[b] + weight);
	}
}

static void learn_curves(const struct panel *p, const int32_t *group, int n_group, struct arena *a,
			 double *curve)
{
	struct curve_sum *sum = ARENA_ARRAY(a, struct curve_sum, n_group + 1);
	int length = bin_length(p);
	period_t store_first = 0;
	for (int i = 0; i < p->n; i++) {
		struct series s = panel_series(p, i);
		if (!i || strcmp(p->key[i].store, p->key[i - 1].store)) {
			store_first = s.first;
			for (int k = i; k < p->n && !strcmp(p->key[k].store, p->key[i].store); k++)
				store_first = p->first[k] < store_first ? p->first[k] : store_first;
		}
		if (s.first < store_first + NEW_IN_STORE || s.n < (LAUNCH_BINS + 4) * length)
			continue;
		struct arena scratch = { 0 };
		double *y = ARENA_ARRAY(&scratch, double, s.n);
		series_demand(&s, y);
		add_launch(&s, length, y, &sum[group[i]]);
		add_launch(&s, length, y, &sum[n_group]);
		arena_release(&scratch);
	}
	close_curve(&sum[n_group], NULL, length, curve + (size_t)n_group * LAUNCH_BINS);
	for (int k = 0; k < n_group; k++)
		close_curve(&sum[k], curve + (size_t)n_group * LAUNCH_BINS, length, curve + (size_t)k * LAUNCH_BINS);
}

static struct analogue_model *model_new(const struct spec *spec, int n, struct arena *a)
{
	struct analogue_model *m = ARENA_ARRAY(a, struct analogue_model, 1);
	*m = (struct analogue_model){ spec, n, ARENA_ARRAY(a, const char *, n + 1),
				      ARENA_ARRAY(a, double, (size_t)(n + 1) * LAUNCH_BINS) };
	return m;
}

static enum status analogue_fit(const struct spec *spec, const struct panel *past,
				const struct fit_context *context, struct arena *a, void **model, struct err *e)
{
	const char *const *text = NULL;
	struct arena scratch = { 0 };
	int32_t *group = ARENA_ARRAY(&scratch, int32_t, past->n + 1);
	int n = market_groups(past, spec_text(spec, "category"), group, &text);
	struct analogue_model *m = model_new(spec, n, a);
	(void)context, (void)e;
	for (int k = 0; k < n; k++)
		m->name[k] = text && k < n - 1 ? arena_strdup(a, text[k]) : "";
	learn_curves(past, group, n, &scratch, m->curve);
	arena_release(&scratch);
	*model = m;
	return OK;
}

/* The curve of a category: by its name, or by its number where categories have none. */
static const double *curve_of(const struct analogue_model *m, const char *const *text, int n, int group)
{
	const char *name = text && group < n - 1 ? text[group] : "";
	for (int k = 0; *name && k < m->n; k++)
		if (!strcmp(m->name[k], name))
			return m->curve + (size_t)k * LAUNCH_BINS;
	if (!text && group < m->n && !*m->name[group])
		return m->curve + (size_t)group * LAUNCH_BINS;
	return m->curve + (size_t)m->n * LAUNCH_BINS;
}

/* ---- one series ---- */

struct work {
	const struct analogue_model *model;
	struct market market;
	const char *const *text; /* names of the categories, or NULL */
	int n_group, length;
};

/* A young series: what it sold in how many days of a mature item of level 1 in a usual store. */
struct evidence {
	double sold, exposure;
};

static double curve_at(const struct work *w, int i, period_t launch, period_t t)
{
	const double *curve = curve_of(w->model, w->text, w->n_group, w->market.group[i]);
	int64_t bin = ((int64_t)t - launch) / w->length;
	return bin < 0 ? curve[0] : bin < LAUNCH_BINS ? curve[bin] : 1;
}

/* The day from which it is sold: of the first value, or for one without, of its listing. */
static period_t launch_of(const struct panel *p, int i)
{
	struct series s = panel_series(p, i);
	if (s.n || !p->listing_begin)
		return s.first;
	for (int32_t k = p->listing_begin[i]; k < p->listing_begin[i + 1]; k++)
		if (p->listing[k].until > p->until)
			return p->listing[k].from;
	return s.first;
}

static struct evidence evidence_of(const struct work *w, int i, struct arena *scratch)
{
	struct series s = panel_series(w->market.past, i);
	struct evidence e = { 0, 0 };
	double *y = ARENA_ARRAY(scratch, double, s.n + 1);
	int store = w->market.store_of[i];
	series_demand(&s, y);
	for (int t = 0; t < s.n; t++) {
		period_t day = s.first + t;
		if (isnan(y[t]))
			continue;
		e.sold += fmax(y[t], 0);
		e.exposure += w->market.store[store] * market_profile(&w->market, store, day)
			      * curve_at(w, i, s.first, day);
	}
	return e;
}

/* What the item sells in other stores where it is young too, beside its analogues' level: Buhlmann-Straub
 * credibility. Changes level and variance. */
static void ask_other_stores(const struct work *w, int i, struct arena *scratch, double *level,
			     double *variance)
{
	const struct market *m = &w->market;
	int item = m->item_of[i];
	double precision = 1 / fmax(*variance, 1e-9), sum = precision;
	for (int32_t j = m->begin[item]; j < m->begin[item + 1]; j++) {
		int other = m->series[j];
		if (other == i || !isnan(m->level[other]))
			continue;
		struct evidence e = evidence_of(w, other, scratch);
		double expected = e.exposure * *level;
		if (!(expected > 0))
			continue;
		double weight = 1 / (m->within / expected + m->between_stores);
		sum += weight * e.sold / expected;
		precision += weight;
	}
	*level *= sum / precision;
	*variance = 1 / precision;
}

static void tell(const struct market *m, const struct likeness *like, double own, struct arena *a,
		 struct made_by *used)
{
	struct buf text = { 0 };
	buf_adds(&text, "basis=analogue:");
	for (int k = 0; k < like->n && k < NAMES; k++)
		buf_addf(&text, "%s%s", k ? "," : "", m->item[like->item[k]]);
	if (like->n > NAMES)
		buf_addf(&text, " and %d more", like->n - NAMES);
	buf_addf(&text, "; own %.0f %%", 100 * own);
	used->method = "analogue";
	used->reason = arena_strdup(a, text.text);
	buf_release(&text);
}

/* The distribution: of a day about its level, and of the level. */
static void spread_out(const struct work *w, int whole, struct forecast *one, double variance)
{
	double within = w->market.within, mean = 0;
	if (!one->n_level)
		return;
	for (int h = 0; h < one->n_step; h++) {
		struct count c = { one->mean[h], 0, 0 };
		mean += one->mean[h] / one->n_step;
		if (!whole)
			continue;
		if (one->mean[h] > 0)
			c.dispersion = fmax((within - 1) / one->mean[h], 0) + variance;
		count_quantiles(&c, one->n_level, one->level, one->quantile + (size_t)h * (size_t)one->n_level);
	}
	if (!whole)
		spread_normal(one, sqrt(within * mean + variance * mean * mean), 0, 0);
}

static void predict_one(struct work *w, int i, struct arena *scratch, struct arena *a, struct forecast *one)
{
	struct market *m = &w->market;
	struct likeness like;
	int store = m->store_of[i];
	if (!market_liken(m, m->item_of[i], (int)spec_number(w->model->spec, "most"), scratch, &like)) {
		one->used->reason = "no item has enough history to liken it to";
		return;
	}
	double level = like.level, variance = like.variance;
	ask_other_stores(w, i, scratch, &level, &variance);
	double prior = 1 / (variance + m->between_stores), expected = level * m->store[store];
	struct evidence e = evidence_of(w, i, scratch);
	double seen = e.exposure / m->store[store];
	if (expected > 0)
		level = (prior + e.sold / m->within) / (prior / expected + seen / m->within);
	else
		level = seen > 0 ? e.sold / seen : 0;
	double own = seen / m->within / (prior / fmax(expected, 1e-300) + seen / m->within);
	period_t launch = launch_of(m->past, i);
	for (int h = 0; h < one->n_step; h++) {
		period_t t = one->origin + 1 + h;
		one->mean[h] = level * market_profile(m, store, t) * curve_at(w, i, launch, t);
	}
	struct series s = panel_series(m->past, i);
	int whole = e.exposure > 0 ? series_is_whole(&s) : m->whole;
	spread_out(w, whole, one, 1 / (prior + seen * expected / m->within));
	tell(m, &like, own, a, one->used);
}

static enum status analogue_predict(const void *model, const struct panel *past, const struct fit_context *context,
				    struct arena *a, struct forecast *out, struct err *e)
{
	struct arena own = { 0 }, scratch = { 0 };
	struct work w = { .model = model, .length = bin_length(past) };
	int until = (int)spec_number(w.model->spec, "until"), young = 0;
	int season = context->season > 0 ? context->season : period_season(&past->calendar);
	(void)e;
	for (int i = 0; i < past->n; i++) {
		out->used[i] = (struct made_by){ NULL, RUNG_SPEC, "it has history enough of its own" };
		young += panel_series(past, i).n < until;
	}
	if (young) {
		market_init(&w.market, past, season, until, context->jobs, &own);
		w.n_group = market_groups(past, spec_text(w.model->spec, "category"), w.market.group, &w.text);
	}
	for (int i = 0; young && i < past->n; i++) {
		struct forecast one = forecast_at(out, i);
		if (panel_series(past, i).n < until)
			predict_one(&w, i, &scratch, a, &one);
		arena_reset(&scratch);
	}
	arena_release(&w.market.memory);
	arena_release(&scratch);
	arena_release(&own);
	return OK;
}

static enum status analogue_save(const void *model, struct buf *out, struct err *e)
{
	const struct analogue_model *m = model;
	size_t from = out->n;
	(void)e;
	blob_put(out, (uint64_t)m->n);
	for (int k = 0; k < m->n; k++)
		blob_put_text(out, m->name[k]);
	for (size_t k = 0; k < (size_t)(m->n + 1) * LAUNCH_BINS; k++)
		blob_put_double(out, m->curve[k]);
	blob_seal(out, from);
	return OK;
}

static enum status analogue_load(const struct spec *spec, const unsigned char *bytes, size_t n, struct arena *a,
				 void **model, struct err *e)
{
	struct blob b;
	int whole = blob_open(&b, bytes, n), groups = whole ? blob_get_count(&b, 8) : 0;
	struct analogue_model *m = model_new(spec, groups, a);
	for (int k = 0; k < groups; k++)
		m->name[k] = blob_get_text(&b, a);
	for (size_t k = 0; whole && k < (size_t)(groups + 1) * LAUNCH_BINS; k++)
		m->curve[k] = blob_get_double(&b);
	if (!whole || b.bad || b.left)
		return err_set(e, E_INPUT, "what method 'analogue' has learned is damaged");
	*model = m;
	return OK;
}

extern const struct method analogue_method;
const struct method analogue_method = {
	.name = "analogue",
	.summary = "new items by items like them: attributes, launch curve, own data as they come",
	.options = analogue_options,
	.fit = analogue_fit,
	.predict = analogue_predict,
	.save = analogue_save,
	.load = analogue_load,
	.whole = 1,
};
