/*
 * The fallback ladder: a method that holds a chain of methods, so that every series ends with a
 * forecast. The first part makes all it can; what it could not goes to the next, and so on; the last
 * rungs need not be written and close every chain: the segment's seasonal profile times the own
 * mean, the own mean, zero. Guards then hold every number within what the series has ever sold. The
 * rung and the reason stay with the series.
 */
#include "config.h"
#include "model/spread.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/par.h"

#define SEASON_MAX 400 /* longest season that gets a profile */

static const struct option fallback_options[] = {
	{ .name = "cap", .type = OPTION_NUMBER, .value = "K", .preset = "3", .min = 1, .max = 1000,
	  .help = "no forecast above K times the third largest value ever sold" },
	{ .name = "dead_after", .type = OPTION_INT, .value = "N", .preset = "0", .min = 0, .max = 100000,
	  .help = "periods without a sale after which an item counts as dead; 0: a year and a season" },
	{ .name = "young", .type = OPTION_INT, .value = "N", .preset = "0", .min = 0, .max = 100000,
	  .help = "series that began fewer periods ago are left to the second method on (analogue)" },
	{ 0 }
};

static const char left_young[] = "young: it began fewer periods ago than a history needs";

struct fallback_model {
	const struct spec *spec;
	void *first; /* the fitted first part */
};

static enum status fallback_fit(const struct spec *spec, const struct panel *past,
				const struct fit_context *context, struct arena *a, void **model,
				struct err *e)
{
	if (!spec->n_part)
		return err_set(e, E_USAGE, "method 'fallback' needs a chain of methods");
	struct fallback_model *m = ARENA_ARRAY(a, struct fallback_model, 1);
	const struct fallback_model *before = context->previous;
	struct fit_context inner = *context;
	inner.previous = before ? before->first : NULL;
	m->spec = spec;
	enum status status = spec->part[0]->method->fit(spec->part[0], past, &inner, a, &m->first, e);
	/* What could not be fitted is nobody's to release. */
	*model = status ? NULL : m;
	return status;
}

/* ---- series that fell, as a panel of their own ---- */

struct fallen {
	struct panel panel;
	int *of; /* [panel.n] place in the whole panel */
};

static void fallen_find(const struct panel *p, const struct forecast *f, struct arena *a,
			struct fallen *out)
{
	int n = 0;
	int64_t cells = 0;
	for (int i = 0; i < p->n; i++)
		if (!f->used[i].method) {
			n++;
			cells += p->begin[i + 1] - p->begin[i];
		}
	struct series_key *key = ARENA_ARRAY(a, struct series_key, n + 1);
	int64_t *id = ARENA_ARRAY(a, int64_t, n + 1), *begin = ARENA_ARRAY(a, int64_t, n + 1);
	period_t *first = ARENA_ARRAY(a, period_t, n + 1);
	int32_t *segment = ARENA_ARRAY(a, int32_t, n + 1);
	double *units = ARENA_ARRAY(a, double, cells + 1), *demand = ARENA_ARRAY(a, double, cells + 1);
	uint8_t *state = ARENA_ARRAY(a, uint8_t, cells + 1);
	out->of = ARENA_ARRAY(a, int, n + 1);
	n = 0;
	for (int i = 0; i < p->n; i++) {
		if (f->used[i].method)
			continue;
		size_t length = (size_t)(p->begin[i + 1] - p->begin[i]);
		out->of[n] = i;
		key[n] = p->key[i];
		id[n] = p->id[i];
		first[n] = p->first[i];
		segment[n] = p->segment[i];
		memcpy(units + begin[n], p->units + p->begin[i], length * sizeof *units);
		memcpy(state + begin[n], p->state + p->begin[i], length);
		if (p->demand)
			memcpy(demand + begin[n], p->demand + p->begin[i], length * sizeof *demand);
		begin[n + 1] = begin[n] + (int64_t)length;
		n++;
	}
	out->panel = *p;
	out->panel.n = n;
	out->panel.key = key;
	out->panel.id = id;
	out->panel.first = first;
	out->panel.begin = begin;
	out->panel.units = units;
	out->panel.state = state;
	out->panel.demand = p->demand ? demand : NULL;
	out->panel.segment = segment;
	/* What is not listed or shut is set to zero by the ladder's last step, for all. */
	out->panel.listing_begin = NULL;
	/* Drivers are numbered as in the whole panel; who takes what fell does without. */
	out->panel.drivers = NULL;
	out->panel.n_closing = 0;
	out->panel.drivers = NULL; /* they number the series of the whole */
}

/* All series, for a part that learns from those that did not fall too. */
static void fallen_with_all(const struct panel *p, struct arena *a, struct fallen *out)
{
	out->panel = *p;
	out->of = ARENA_ARRAY(a, int, p->n + 1);
	for (int i = 0; i < p->n; i++)
		out->of[i] = i;
}

/* Why a series is on a lower rung: what the part that made it says, and why the one before did not. A
 * series that was left to it for its youth has not fallen. */
static void tell_part(const struct spec *part, const struct made_by *made, struct arena *a,
		      struct made_by *used)
{
	int young = used->reason == left_young;
	struct buf text = { 0 };
	used->rung = young ? RUNG_SPEC : strcmp(part->method->name, "snaive") ? RUNG_SIMPLER : RUNG_SNAIVE;
	if (made->reason)
		buf_addf(&text, "%s%s", made->reason, young ? "" : "; ");
	if (!young || !made->reason)
		buf_adds(&text, used->reason ? used->reason : "no reason was given");
	used->reason = arena_strdup(a, text.text);
	buf_release(&text);
}

/* The next part of the chain for the series that have none yet; `reason` keeps why they fell. */
static enum status try_part(const struct spec *part, const struct panel *past,
			    const struct fit_context *context, struct arena *a, struct forecast *out,
			    struct err *e)
{
	struct arena own = { 0 };
	struct fit_context anew = *context;
	struct fallen fallen;
	struct forecast f;
	void *model = NULL;
	int open = 0;
	for (int i = 0; i < past->n; i++)
		open += !out->used[i].method;
	if (spec_is_whole(part))
		fallen_with_all(past, &own, &fallen);
	else
		fallen_find(past, out, &own, &fallen);
	if (!open) {
		arena_release(&own);
		return OK;
	}
	forecast_init(&f, &own, fallen.panel.n, out->n_step, out->n_level, out->level, out->origin);
	anew.previous = NULL;
	anew.cache = NULL; /* what is kept there are parts of the whole panel */
	anew.skip = NULL;  /* what is left out is not among those that fell */
	enum status status = part->method->fit(part, &fallen.panel, &anew, &own, &model, e);
	if (!status)
		status = part->method->predict(model, &fallen.panel, &anew, &own, &f, e);
	for (int k = 0; !status && k < fallen.panel.n; k++) {
		struct made_by *used = &out->used[fallen.of[k]];
		if (used->method || !f.used[k].method)
			continue;
		const char *why = used->reason;
		forecast_copy(&f, k, out, fallen.of[k]);
		used->reason = why;
		tell_part(part, &f.used[k], a, used);
	}
	if (model && part->method->release)
		part->method->release(model);
	arena_release(&own);
	return status;
}

/* ---- the rungs that close every chain ---- */

static double own_mean(const struct series *s)
{
	double sum = 0;
	int n = 0;
	for (int t = 0; t < s->n; t++)
		if (series_usable(s, t)) {
			sum += s->units[t];
			n++;
		}
	return n ? sum / n : (double)NAN;
}

/* Mean of demand / own mean by place in the season, over the series of each segment. */
static double *season_profiles(const struct panel *p, int season)
{
	size_t size = (size_t)p->n_segment * (size_t)season;
	double *sum = NEW_ARRAY(double, size), *n = NEW_ARRAY(double, size);
	for (int i = 0; i < p->n; i++) {
		struct series s = panel_series(p, i);
		double mean = own_mean(&s);
		for (int t = 0; mean > 0 && t < s.n; t++) {
			int64_t place = ((int64_t)s.first + t) % season;
			size_t k = (size_t)p->segment[i] * (size_t)season
				+ (size_t)(place < 0 ? place + season : place);
			if (series_usable(&s, t)) {
				sum[k] += s.units[t] / mean;
				n[k] += 1;
			}
		}
	}
	for (size_t k = 0; k < size; k++)
		sum[k] = n[k] > 0 ? sum[k] / n[k] : (double)NAN;
	free(n);
	return sum;
}

static void close_one(const struct panel *p, int i, const double *profile, int season, int negative_ok,
		      struct forecast *out)
{
	struct series s = panel_series(p, i);
	struct forecast one = forecast_at(out, i);
	double mean = own_mean(&s);
	enum rung rung = isnan(mean) ? RUNG_ZERO : profile ? RUNG_PROFILE : RUNG_MEAN;
	for (int h = 0; h < one.n_step; h++) {
		int64_t place = ((int64_t)out->origin + 1 + h) % (season > 0 ? season : 1);
		double index = profile ? profile[(size_t)p->segment[i] * (size_t)season
						 + (size_t)(place < 0 ? place + season : place)] : 1;
		one.mean[h] = isnan(mean) ? 0 : mean * (isnan(index) ? 1 : index);
		if (one.mean[h] < 0 && !negative_ok)
			one.mean[h] = 0;
	}
	spread_normal(&one, isnan(mean) ? 0 : fabs(mean), series_is_whole(&s), negative_ok);
	one.used->method = rung == RUNG_ZERO ? "zero" : rung == RUNG_MEAN ? "mean" : "profile";
	one.used->rung = rung;
	if (!one.used->reason)
		one.used->reason = "no known value";
}

static void close_chain(const struct panel *p, const struct fit_context *context, struct forecast *out)
{
	int season = context->season > 0 ? context->season : period_season(&p->calendar);
	double *profile = NULL;
	int open = 0;
	for (int i = 0; i < p->n; i++)
		open += !out->used[i].method;
	if (open && season > 1 && season <= SEASON_MAX)
		profile = season_profiles(p, season);
	for (int i = 0; open && i < p->n; i++)
		if (!out->used[i].method)
			close_one(p, i, profile, season, context->negative_ok, out);
	free(profile);
}

/* ---- guards ---- */

/* Third largest value when there are ten that are not zero, else the largest: a lone spike does not
 * raise what is thought possible. */
static double robust_max(const struct series *s)
{
	double top[3] = { 0, 0, 0 };
	int n = 0;
	for (int t = 0; t < s->n; t++) {
		double v = series_usable(s, t) ? fabs(s->units[t]) : 0;
		if (v == 0)
			continue;
		n++;
		for (int k = 0; k < 3; k++)
			if (v > top[k]) {
				double swap = top[k];
				top[k] = v;
				v = swap;
			}
	}
	return n >= 10 ? top[2] : top[0];
}

static int hold_below(double *x, size_t n, double cap)
{
	int held = 0;
	for (size_t k = 0; k < n; k++)
		if (x[k] > cap) {
			x[k] = cap;
			held = 1;
		}
	return held;
}

/* Step h (from 0) of one series: certainly nothing. */
static void zero_step(struct forecast *one, int h)
{
	one->mean[h] = 0;
	memset(one->quantile + h * one->n_level, 0, (size_t)one->n_level * sizeof(double));
}

/* The whole series sells nothing, for a reason that is no failure. */
static void zero_series(struct forecast *one, const char *reason)
{
	for (int h = 0; h < one->n_step; h++)
		zero_step(one, h);
	*one->used = (struct made_by){ "zero", RUNG_SPEC, reason };
}

/* Nothing is sold in periods outside of the assortment. True: there is no other. */
static int zero_unlisted(const struct panel *p, int i, struct forecast *one)
{
	int listed = 0, unlisted = 0;
	for (int h = 0; h < one->n_step; h++) {
		if (panel_listed(p, i, one->origin + 1 + h)) {
			listed++;
			continue;
		}
		unlisted++;
		zero_step(one, h);
	}
	if (!listed)
		zero_series(one, "not_listed");
	else if (unlisted && !one->used->reason)
		one->used->reason = "not_listed for a part of the horizon";
	return !listed;
}

/* Nothing is sold in a period in which the store is shut. */
static void shut_closed_steps(const struct panel *p, struct forecast *out)
{
	for (int k = 0; k < p->n_closing; k++) {
		const struct closing *c = &p->closing[k];
		int64_t h = (int64_t)c->period - out->origin - 1;
		for (int i = c->from; h >= 0 && h < out->n_step && i < c->to; i++) {
			struct forecast one = forecast_at(out, i);
			zero_step(&one, (int)h);
		}
	}
}

/* What the past of a series says against its forecast. */
struct limits {
	double cap;
	int dead;
};

struct watch {
	const struct panel *panel;
	double times;    /* the cap is so many times the robust maximum */
	int dead_after, young;
	struct limits *limits; /* [n] */
};

static void watch_some(void *context, size_t from, size_t to, int worker)
{
	const struct watch *w = context;
	(void)worker;
	for (size_t i = from; i < to; i++) {
		struct series s = panel_series(w->panel, (int)i);
		/* What a young series has sold is no measure of what it will. */
		w->limits[i].cap = s.n && s.n >= w->young ? w->times * robust_max(&s) : (double)INFINITY;
		w->limits[i].dead = s.n && series_silence(&s) >= w->dead_after;
	}
}

static void guard_one(const struct panel *p, int i, const struct limits *limits, struct arena *a,
		      struct forecast *out)
{
	struct forecast one = forecast_at(out, i);
	if (zero_unlisted(p, i, &one))
		return;
	if (limits->dead) {
		zero_series(&one, "dead: no sale for longer than dead_after");
		return;
	}
	size_t cells = (size_t)one.n_step * (size_t)one.n_level;
	int held = hold_below(one.mean, (size_t)one.n_step, limits->cap);
	held |= hold_below(one.quantile, cells, limits->cap);
	if (held) {
		struct buf text = { 0 };
		buf_addf(&text, "guard: held at ");
		buf_add_number(&text, limits->cap);
		if (one.used->reason)
			buf_addf(&text, "; %s", one.used->reason);
		one.used->reason = arena_strdup(a, text.text);
		buf_release(&text);
	}
}

static int dead_after_of(const struct spec *spec, const struct panel *p)
{
	static const int a_year_and_more[] = { 400, 57, 14, 400 };
	int given = (int)spec_number(spec, "dead_after");
	return given ? given : a_year_and_more[p->calendar.kind];
}

/* What is left out gets a place-holder, so that no other part tries it. */
static void fill_skipped(const struct fit_context *context, struct forecast *out)
{
	for (int i = 0; context->skip && i < out->n; i++) {
		struct forecast one = forecast_at(out, i);
		if (!context->skip[i])
			continue;
		for (int h = 0; h < one.n_step; h++)
			zero_step(&one, h);
		*one.used = (struct made_by){ "none", RUNG_ZERO, "left out" };
	}
}

static enum status fallback_predict(const void *model, const struct panel *past,
				    const struct fit_context *context, struct arena *a,
				    struct forecast *out, struct err *e)
{
	const struct fallback_model *m = model;
	const struct spec *spec = m->spec;
	int young = (int)spec_number(spec, "young");
	enum status status = spec->part[0]->method->predict(m->first, past, context, a, out, e);
	for (int i = 0; !status && spec->n_part > 1 && i < past->n; i++)
		if (panel_series(past, i).n < young)
			out->used[i] = (struct made_by){ NULL, RUNG_SPEC, left_young };
	if (!status)
		fill_skipped(context, out);
	for (int k = 1; !status && k < spec->n_part; k++)
		status = try_part(spec->part[k], past, context, a, out, e);
	if (status)
		return status;
	close_chain(past, context, out);
	struct watch watch = { past, spec_number(spec, "cap"), dead_after_of(spec, past), young,
			       NEW_ARRAY(struct limits, past->n) };
	par_for((size_t)past->n, 64, context->jobs, watch_some, &watch);
	for (int i = 0; i < past->n; i++)
		guard_one(past, i, &watch.limits[i], a, out);
	shut_closed_steps(past, out);
	free(watch.limits);
	return OK;
}

/* A series that fell has no model left that knows how its steps go together: they are drawn as if
 * they had nothing to do with one another. */
static enum status fallback_paths(const void *model, const struct panel *past,
				  const struct fit_context *context, struct arena *a, int i,
				  const struct forecast *one, int n_path, double *path, struct err *e)
{
	const struct fallback_model *m = model;
	const struct method *first = m->spec->part[0]->method;
	struct series s = panel_series(past, i);
	if (first->paths && !first->paths(m->first, past, context, a, i, one, n_path, path, e))
		return OK;
	for (size_t k = 0; k < (size_t)n_path * (size_t)one->n_step; k++)
		path[k] = NAN;
	struct rng *rng = spread_rng(&s.key, context->seed);
	spread_paths(rng, one, series_is_whole(&s), context->negative_ok, n_path, path);
	rng_free(rng);
	return OK;
}

/* A series that the first part made; of others nothing is kept that could be asked. */
static enum status fallback_explain(const void *model, const struct panel *past,
				    const struct fit_context *context, struct arena *a, int i, int n_step,
				    struct mean_parts *out, struct err *e)
{
	const struct fallback_model *m = model;
	const struct method *first = m->spec->part[0]->method;
	if (!first->explain)
		return err_set(e, E_FIT, "method '%s' has no parts of its own", first->name);
	return first->explain(m->first, past, context, a, i, n_step, out, e);
}

static enum status fallback_save(const void *model, struct buf *out, struct err *e)
{
	const struct fallback_model *m = model;
	return m->spec->part[0]->method->save(m->first, out, e);
}

static enum status fallback_load(const struct spec *spec, const unsigned char *blob, size_t n,
				 struct arena *a, void **model, struct err *e)
{
	struct fallback_model *m = ARENA_ARRAY(a, struct fallback_model, 1);
	m->spec = spec;
	enum status status = spec->part[0]->method->load(spec->part[0], blob, n, a, &m->first, e);
	*model = status ? NULL : m;
	return status;
}

static void fallback_release(void *model)
{
	struct fallback_model *m = model;
	if (m->spec->part[0]->method->release)
		m->spec->part[0]->method->release(m->first);
}

static const struct trial *fallback_trial(const void *model)
{
	const struct fallback_model *m = model;
	const struct method *first = m->spec->part[0]->method;
	return first->trial ? first->trial(m->first) : NULL;
}

static enum status fallback_nodes(const void *model, const struct panel *past,
				  const struct fit_context *context, const struct tier *tier, struct arena *a,
				  struct forecast *node, struct err *e)
{
	const struct fallback_model *m = model;
	const struct method *first = m->spec->part[0]->method;
	return first->nodes ? first->nodes(m->first, past, context, tier, a, node, e)
			    : err_set(e, E_FIT, "'%s' knows no distribution of sums", first->name);
}

extern const struct method fallback_method;
const struct method fallback_method = {
	.name = "fallback",
	.summary = "a chain: each series takes the first that can",
	.options = fallback_options,
	.fit = fallback_fit,
	.predict = fallback_predict,
	.save = fallback_save,
	.load = fallback_load,
	.release = fallback_release,
	.paths = fallback_paths,
	.explain = fallback_explain,
	.trial = fallback_trial,
	.nodes = fallback_nodes,
};
