/*
 * Borrowed seasonality: the part forecasts what is left when seasonal indices are taken out, and they are
 * put back. The indices of a series are drawn to those of its category in its store, of the store and of
 * the chain by how much it can know itself (model/season_index.h), so that a series that sells seldom has
 * the week of its shelf and not a week of chance; a year is borrowed by series that have not seen two.
 *
 *     borrow(ses), borrow(tsb), borrow(ets(season=1))
 *
 * Quantiles are the part's times the index; of whole counts a negative binomial's about the mean, with the
 * dispersion of the past about index x level.
 */
#include "config.h"
#include "model/method.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/par.h"
#include "model/blob.h"
#include "model/season_index.h"
#include "num/count.h"

#define PAST 364    /* periods that tell of a count's dispersion */
#define LEVEL 56    /* periods of the level before each */

static const struct option borrow_options[] = {
	{ .name = "category", .type = OPTION_TEXT, .value = "NAME",
	  .help = "attribute of items that lends the season; default category, cat, department or dept" },
	{ .name = "year", .type = OPTION_CHOICE, .value = "yes|no", .choices = "yes|no", .preset = "yes",
	  .help = "take out the months of the year too, where some series has seen two years" },
	{ 0 }
};

struct borrow_model {
	const struct spec *spec;
	struct season_index index;
	void *part; /* fitted to what is left */
};

/* ---- the panel without its seasons ---- */

struct flat {
	struct panel panel;
	double *units;
	int64_t *begin; /* from 0, whatever slice the panel is */
};

struct flatten {
	const struct season_index *index;
	const struct panel *panel;
	double *units;
	int first; /* row of the index of the panel's first series */
};

static void flatten_some(void *context, size_t from, size_t to, int worker)
{
	const struct flatten *f = context;
	const struct panel *p = f->panel;
	(void)worker;
	for (size_t i = from; i < to; i++) {
		struct series s = panel_series(p, (int)i);
		int row = season_index_row(f->index, &p->key[i], f->first + (int)i);
		double *y = f->units + (p->begin[i] - p->begin[0]);
		series_demand(&s, y);
		for (int t = 0; t < s.n; t++)
			y[t] /= season_index_at(f->index, row, &p->calendar, s.first + t);
		for (int64_t t = s.n; t < p->begin[i + 1] - p->begin[i]; t++)
			y[t] = NAN;
	}
}

/* The same panel with units / index as what was demanded. */
static void flat_init(struct flat *f, const struct season_index *index, const struct panel *p, int first, int jobs)
{
	size_t cells = (size_t)(p->begin[p->n] - p->begin[0]);
	f->units = xmalloc((cells + 1) * sizeof *f->units);
	struct flatten flatten = { index, p, f->units, first };
	par_for((size_t)p->n, 64, jobs, flatten_some, &flatten);
	f->begin = NEW_ARRAY(int64_t, p->n + 1);
	for (int i = 0; i <= p->n; i++)
		f->begin[i] = p->begin[i] - p->begin[0];
	f->panel = *p;
	f->panel.begin = f->begin;
	f->panel.state = p->state + p->begin[0];
	f->panel.demand = f->panel.units = f->units;
}

static void flat_release(struct flat *f)
{
	free(f->units);
	free(f->begin);
}

/* ---- fit and predict ---- */

static int season_of(const struct panel *p, const struct fit_context *c)
{
	return c->season > 0 ? c->season : period_season(&p->calendar);
}

static enum status borrow_fit(const struct spec *spec, const struct panel *past,
			      const struct fit_context *context, struct arena *a, void **model, struct err *e)
{
	if (spec->n_part != 1)
		return err_set(e, E_USAGE, "method 'borrow' takes one method, as in borrow(ses)");
	struct borrow_model *m = ARENA_ARRAY(a, struct borrow_model, 1);
	const struct borrow_model *before = context->previous;
	struct fit_context inner = *context;
	struct flat flat;
	inner.previous = before ? before->part : NULL;
	inner.cache = NULL; /* its parts are kept by what they are fitted to */
	m->spec = spec;
	season_index_learn(&m->index, past, season_of(past, context), spec_text(spec, "category"),
			   !strcmp(spec_text(spec, "year"), "yes"), context->jobs, a);
	flat_init(&flat, &m->index, past, 0, context->jobs);
	enum status status = spec->part[0]->method->fit(spec->part[0], &flat.panel, &inner, a, &m->part, e);
	flat_release(&flat);
	*model = status ? NULL : m;
	return status;
}

/* Dispersion of a count about index x the mean of what was left in the periods before. */
static double dispersion_of(const struct season_index *x, int row, const struct panel *p, const struct series *s,
			    struct arena *scratch)
{
	double *y = ARENA_ARRAY(scratch, double, s->n + 1), *mean = ARENA_ARRAY(scratch, double, s->n + 1);
	double sum = 0;
	int known = 0, from = s->n > PAST ? s->n - PAST : 0;
	series_known(s, y);
	for (int t = 0; t < s->n; t++) {
		double f = season_index_at(x, row, &p->calendar, s->first + t);
		mean[t] = known >= LEVEL / 4 ? sum / known * f : (double)NAN;
		if (!isnan(y[t])) {
			sum += y[t] / f;
			known++;
		}
		if (t >= LEVEL && !isnan(y[t - LEVEL])) {
			sum -= y[t - LEVEL] / season_index_at(x, row, &p->calendar, s->first + t - LEVEL);
			known--;
		}
	}
	double a = count_dispersion_moments(y + from, mean + from, s->n - from);
	return isnan(a) ? 0 : a;
}

static void put_back(const struct borrow_model *m, const struct panel *p, int i, struct arena *scratch,
		     struct forecast *one)
{
	struct series s = panel_series(p, i);
	int row = season_index_row(&m->index, &p->key[i], i), whole = series_is_whole(&s);
	double dispersion = one->n_level && whole ? dispersion_of(&m->index, row, p, &s, scratch) : 0;
	for (int h = 0; h < one->n_step; h++) {
		double f = season_index_at(&m->index, row, &p->calendar, one->origin + 1 + h);
		double *q = one->quantile + (size_t)h * (size_t)one->n_level;
		one->mean[h] *= f;
		if (whole && one->mean[h] >= 0 && dispersion > 0) {
			struct count c = { one->mean[h], dispersion, 0 };
			count_quantiles(&c, one->n_level, one->level, q);
			continue;
		}
		for (int l = 0; l < one->n_level; l++)
			q[l] = whole ? nearbyint(q[l] * f) : q[l] * f;
	}
}

static enum status borrow_predict(const void *model, const struct panel *past, const struct fit_context *context,
				  struct arena *a, struct forecast *out, struct err *e)
{
	const struct borrow_model *m = model;
	struct arena scratch = { 0 };
	struct flat flat;
	if (m->index.season != season_of(past, context))
		return err_set(e, E_USAGE, "the model of method 'borrow' was fitted with another season; train it again");
	flat_init(&flat, &m->index, past, 0, context->jobs);
	enum status status = m->spec->part[0]->method->predict(m->part, &flat.panel, context, a, out, e);
	for (int i = 0; !status && i < past->n; i++) {
		struct forecast one = forecast_at(out, i);
		if (one.used->method)
			put_back(m, past, i, &scratch, &one);
		arena_reset(&scratch);
	}
	flat_release(&flat);
	arena_release(&scratch);
	return status;
}

/* How the steps go together is the part's affair: ranks do not know of a factor. */
static enum status borrow_paths(const void *model, const struct panel *past, const struct fit_context *context,
				struct arena *a, int i, const struct forecast *one, int n_path, double *path,
				struct err *e)
{
	const struct borrow_model *m = model;
	const struct method *part = m->spec->part[0]->method;
	struct flat flat;
	if (!part->paths)
		return err_set(e, E_FIT, "'%s' does not know how its steps go together", part->name);
	if (spec_is_whole(m->spec->part[0])) {
		flat_init(&flat, &m->index, past, 0, context->jobs);
	} else {
		struct panel alone = panel_slice(past, i, i + 1);
		flat_init(&flat, &m->index, &alone, i, 1);
		i = 0;
	}
	enum status status = part->paths(m->part, &flat.panel, context, a, i, one, n_path, path, e);
	flat_release(&flat);
	return status;
}

/* ---- bytes ---- */

static enum status borrow_save(const void *model, struct buf *out, struct err *e)
{
	const struct borrow_model *m = model;
	const struct season_index *x = &m->index;
	struct buf part = { 0 };
	size_t from = out->n;
	blob_put(out, (uint64_t)x->n);
	blob_put(out, (uint64_t)x->season);
	blob_put(out, (uint64_t)x->yearly);
	for (int i = 0; i <= x->n; i++) {
		blob_put(out, i < x->n ? (uint64_t)x->key[i] : 0);
		for (int d = 0; d < x->season; d++)
			blob_put_double(out, (double)x->week[(size_t)i * (size_t)x->season + (size_t)d]);
		for (int d = 0; x->yearly && d < YEAR_PLACES; d++)
			blob_put_double(out, (double)x->year[(size_t)i * YEAR_PLACES + (size_t)d]);
	}
	enum status status = m->spec->part[0]->method->save(m->part, &part, e);
	blob_put_bytes(out, part.n ? part.text : "", part.n);
	blob_seal(out, from);
	buf_release(&part);
	return status;
}

static void read_rows(struct blob *b, struct season_index *x)
{
	for (int i = 0; i <= x->n; i++) {
		x->key[i] = (int64_t)blob_get(b);
		for (int d = 0; d < x->season; d++)
			x->week[(size_t)i * (size_t)x->season + (size_t)d] = (float)blob_get_double(b);
		for (int d = 0; x->yearly && d < YEAR_PLACES; d++)
			x->year[(size_t)i * YEAR_PLACES + (size_t)d] = (float)blob_get_double(b);
	}
}

static enum status borrow_load(const struct spec *spec, const unsigned char *bytes, size_t n, struct arena *a,
			       void **model, struct err *e)
{
	struct borrow_model *m = ARENA_ARRAY(a, struct borrow_model, 1);
	struct season_index *x = &m->index;
	struct blob b;
	size_t size = 0;
	int sound = blob_open(&b, bytes, n);
	m->spec = spec;
	x->n = sound ? blob_get_count(&b, 8) : 0;
	uint64_t season = sound ? blob_get(&b) : 0;
	x->yearly = sound && blob_get(&b) == 1;
	if (!sound || b.bad || !season || season > n / 8)
		return err_set(e, E_INPUT, "what method 'borrow' has learned is damaged");
	x->season = (int)season;
	x->key = ARENA_ARRAY(a, int64_t, x->n + 1);
	x->week = ARENA_ARRAY(a, float, (size_t)(x->n + 1) * (size_t)x->season);
	x->year = ARENA_ARRAY(a, float, (size_t)(x->n + 1) * YEAR_PLACES);
	x->own_year = ARENA_ARRAY(a, uint8_t, x->n + 1);
	read_rows(&b, x);
	const unsigned char *part = blob_get_bytes(&b, &size);
	if (b.bad || b.left)
		return err_set(e, E_INPUT, "what method 'borrow' has learned is damaged");
	enum status status = spec->part[0]->method->load(spec->part[0], part, size, a, &m->part, e);
	*model = status ? NULL : m;
	return status;
}

static void borrow_release(void *model)
{
	struct borrow_model *m = model;
	const struct method *part = m->spec->part[0]->method;
	if (m->part && part->release)
		part->release(m->part);
}

extern const struct method borrow_method;
const struct method borrow_method = {
	.name = "borrow",
	.summary = "a method on what is left without seasons borrowed from category, store and chain",
	.options = borrow_options,
	.fit = borrow_fit,
	.predict = borrow_predict,
	.save = borrow_save,
	.load = borrow_load,
	.release = borrow_release,
	.paths = borrow_paths,
	.whole = 1,
};
