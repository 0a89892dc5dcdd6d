/*
 * Choice: for each series exactly one of several methods, the one that was best on past windows
 * (model/parts.h: fitted before them, so no method is paid for fitting well). A series' own windows
 * are few, so its losses are pulled towards those of its segment (`pool` cases of the segment count
 * as so many of its own; by=segment: the segment decides alone), and a change needs a margin over the
 * method that served last time, or, at first, over the method named first: the choice does not
 * flicker with the noise (hysteresis).
 *
 * by=class asks nothing of the past windows: the first method serves demand that comes often (smooth,
 * erratic), the second demand that comes seldom (intermittent, lumpy; Syntetos, Boylan & Croston 2005,
 * series/demand_class.h), the third, where it is given, demand that comes often with a season of more
 * than LONG_SEASON periods: the weeks of a year, the hours of a day.
 */
#include "config.h"
#include "model/parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/par.h"
#include "series/demand_class.h"

#define select_NAME "select"
#define select_SUMMARY "one of several methods for each series, by past windows"
#define CHUNK 16
#define LONG_SEASON 13
static const struct option select_OPTIONS[] = {
	{ .name = "by", .type = OPTION_CHOICE, .value = "series|segment|class",
	  .choices = "series|segment|class", .preset = "series",
	  .help = "who chooses: each series, pulled towards its segment; the segment; or the demand class"
		  " (first method: often, second: seldom, third: often and with a long season)" },
	{ .name = "windows", .type = OPTION_INT, .value = "N", .preset = "8", .min = 1, .max = 60,
	  .help = "past windows of the trial" },
	{ .name = "pool", .type = OPTION_NUMBER, .value = "N", .preset = "100", .min = 0, .max = 1e6,
	  .help = "cases of its own that outweigh the segment" },
	{ .name = "margin", .type = OPTION_NUMBER, .value = "X", .preset = "0.03", .min = 0, .max = 1,
	  .help = "share by which another method must be better to take over" },
	{ 0 }
};

/* p: 1 + the part that serves (0: to be chosen), then the parameters of all parts, of which those of
 * the one that serves are set. */
static int select_n_parameter(const struct spec *spec, int season)
{
	return 1 + parts_n_parameter(spec, season);
}

/* ---- losses and choice ---- */

/* Losses of the parts on one series relative to their mean; NaN: not to be had. Returns the cases. */
static int relative_losses(const struct spec *spec, const struct local_series *s, struct arena *scratch,
			   double *loss)
{
	struct tryout t;
	double sum = 0;
	int cases = 0, n = 0, most = 0;
	tryout_run(spec, s, (int)spec_number(spec, "windows"), scratch, &t);
	for (int k = 0; k < spec->n_part; k++) {
		loss[k] = t.n_end ? tryout_loss(&t, k, &cases) : (double)NAN;
		most = cases > most ? cases : most;
		n += isfinite(loss[k]);
		sum += isfinite(loss[k]) ? loss[k] : 0;
	}
	for (int k = 0; k < spec->n_part; k++)
		loss[k] = sum > 0 ? loss[k] * n / sum : 1;
	return most;
}

/* The least of n losses, unless it gains too little over the incumbent. */
static int choose(const double *loss, int n, int incumbent, double margin)
{
	int best = incumbent;
	for (int k = 0; k < n; k++)
		if (isfinite(loss[k]) && (!isfinite(loss[best]) || loss[k] < loss[best]))
			best = k;
	return isfinite(loss[incumbent]) && loss[best] > (1 - margin) * loss[incumbent] ? incumbent : best;
}

static int by_class(const struct spec *spec)
{
	return !strcmp(spec_text(spec, "by"), "class");
}

/* The part that serves a series of its kind. */
static int class_part(const struct spec *spec, const struct local_series *s)
{
	enum demand_class class = demand_class_of(s->y, s->n, 0, s->n + 1);
	int seldom = class == CLASS_INTERMITTENT || class == CLASS_LUMPY || class == CLASS_DEAD;
	int part = seldom ? 1 : s->season > LONG_SEASON ? 2 : 0;
	return part < spec->n_part ? part : 0;
}

static enum status select_fit(const struct spec *spec, const struct local_series *s, struct arena *scratch,
			      double *p, struct err *e)
{
	double loss[PARTS_MAX];
	struct err first = { 0 };
	if (by_class(spec))
		p[0] = 1 + class_part(spec, s);
	else if (!(p[0] > 0) && spec->n_part > 1) {
		relative_losses(spec, s, scratch, loss);
		p[0] = 1 + choose(loss, spec->n_part, 0, spec_number(spec, "margin"));
	}
	int chosen = p[0] > 0 ? (int)p[0] - 1 : 0;
	enum status status = parts_fit(spec, chosen, s, scratch, p + 1, &first);
	/* What was best on a part of the past may fail on the whole: then the first that does not. */
	for (int k = 0; status && k < spec->n_part; k++) {
		struct err next;
		status = parts_fit(spec, k, s, scratch, p + 1, &next);
		chosen = status ? chosen : k;
	}
	p[0] = chosen + 1;
	return status ? err_set(e, E_FIT, "%s", first.text) : OK;
}

/* ---- the part that serves ---- */

struct serving {
	const struct local_method *method;
	const struct spec *spec;
	const double *p;
};

static struct serving serving(const struct spec *spec, const double *p, int season)
{
	int k = (int)p[0] - 1;
	return (struct serving){ spec->part[k]->method->local, spec->part[k],
				 p + 1 + parts_at(spec, season, k) + 1 };
}

static enum status select_predict(const struct spec *spec, const double *p, const struct local_series *s,
				  struct arena *scratch, int n_step, double *mean, struct err *e)
{
	struct serving v = serving(spec, p, s->season);
	return v.method->predict(v.spec, v.p, s, scratch, n_step, mean, e);
}

static enum status select_replay(const struct spec *spec, const double *p, const struct local_series *s,
				 struct arena *scratch, int n_end, const int *end, int n_step, double *mean,
				 struct err *e)
{
	struct serving v = serving(spec, p, s->season);
	(void)e;
	local_replay(v.method, v.spec, v.p, s, scratch, n_end, end, n_step, mean);
	return OK;
}

static enum status select_sd(const struct spec *spec, const double *p, const struct local_series *s,
			     struct arena *scratch, int n_step, double *sd, struct err *e)
{
	struct serving v = serving(spec, p, s->season);
	return v.method->sd ? v.method->sd(v.spec, v.p, s, scratch, n_step, sd, e)
			    : err_set(e, E_FIT, "'%s' tells no spread", v.method->name);
}

static enum status select_paths(const struct spec *spec, const double *p, const struct local_series *s,
				struct arena *scratch, struct rng *rng, int n_path, int n_step, double *path,
				struct err *e)
{
	struct serving v = serving(spec, p, s->season);
	return v.method->paths ? v.method->paths(v.spec, v.p, s, scratch, rng, n_path, n_step, path, e)
			       : err_set(e, E_FIT, "'%s' draws no paths", v.method->name);
}

static const char *select_made_by(const struct spec *spec, const double *p, int season, struct buf *note)
{
	struct serving v = serving(spec, p, season);
	return v.method->made_by ? v.method->made_by(v.spec, v.p, season, note) : v.method->name;
}

static const struct local_method selection = {
	.name = select_NAME,
	.summary = select_SUMMARY,
	.options = select_OPTIONS,
	.holds = 1,
	.check = parts_check,
	.n_parameter = select_n_parameter,
	.fit = select_fit,
	.predict = select_predict,
	.replay = select_replay,
	.sd = select_sd,
	.paths = select_paths,
	.made_by = select_made_by,
};

/* ---- a panel: segments, and what served before ---- */

struct choosing {
	const struct spec *spec;
	const struct panel *panel;
	const struct fit_context *context;
	double *loss;          /* [n][n_part] relative */
	int *cases;            /* [n] */
	double *choice;        /* [n] 1 + part */
	struct arena *scratch; /* [jobs] */
};

static void try_some(void *context, size_t from, size_t to, int worker)
{
	struct choosing *c = context;
	size_t n_part = (size_t)c->spec->n_part;
	for (size_t i = from; i < to; i++) {
		if (fit_skips(c->context, (int)i))
			continue;
		fit_begin(c->context, selection.name, c->panel, (int)i, worker);
		struct local_series s = local_series_of(&selection, c->panel, c->context, (int)i,
							&c->scratch[worker]);
		c->cases[i] = relative_losses(c->spec, &s, &c->scratch[worker], c->loss + i * n_part);
		arena_reset(&c->scratch[worker]);
		fit_end(c->context, worker);
	}
}

/* Mean relative loss of each part by segment: [n_segment][n_part], NaN where none has cases. */
static double *segment_losses(const struct choosing *c)
{
	size_t n_part = (size_t)c->spec->n_part, size = (size_t)c->panel->n_segment * n_part;
	double *sum = NEW_ARRAY(double, size), *n = NEW_ARRAY(double, size);
	for (int i = 0; i < c->panel->n; i++)
		for (size_t k = 0; k < n_part; k++) {
			size_t at = (size_t)c->panel->segment[i] * n_part + k;
			double loss = c->loss[(size_t)i * n_part + k];
			if (c->cases[i] && isfinite(loss)) {
				sum[at] += loss;
				n[at] += 1;
			}
		}
	for (size_t k = 0; k < size; k++)
		sum[k] = n[k] > 0 ? sum[k] / n[k] : (double)NAN;
	free(n);
	return sum;
}

/* The part that served a series when this spec was fitted last; the first where none did. */
static int incumbent_of(const struct choosing *c, int i)
{
	const double *p = c->context->previous
		? local_model_parameters(c->context->previous, &c->panel->key[i], i) : NULL;
	int k = p ? (int)p[0] - 1 : 0;
	return k >= 0 && k < c->spec->n_part ? k : 0;
}

static void choose_all(struct choosing *c)
{
	int n_part = c->spec->n_part, alone = !strcmp(spec_text(c->spec, "by"), "series");
	double pool = spec_number(c->spec, "pool"), margin = spec_number(c->spec, "margin");
	double *segment = segment_losses(c), loss[PARTS_MAX];
	for (int i = 0; i < c->panel->n; i++) {
		const double *own = c->loss + (size_t)i * (size_t)n_part;
		const double *all = segment + (size_t)c->panel->segment[i] * (size_t)n_part;
		double weight = alone ? c->cases[i] : 0, towards = alone ? pool : 1;
		for (int k = 0; k < n_part; k++) {
			int seen = c->cases[i] && isfinite(own[k]);
			loss[k] = isnan(all[k]) ? own[k] : !seen && c->cases[i] ? (double)NAN
				: (weight * (seen ? own[k] : 0) + towards * all[k])
					/ ((seen ? weight : 0) + towards);
		}
		c->choice[i] = 1 + choose(loss, n_part, incumbent_of(c, i), margin);
	}
	free(segment);
}

static enum status select_fit_panel(const struct spec *spec, const struct panel *past,
				    const struct fit_context *context, struct arena *a, void **model,
				    struct err *e)
{
	size_t n = (size_t)past->n;
	int jobs = context->jobs > 0 ? context->jobs : 1;
	struct choosing c = { spec, past, context, NEW_ARRAY(double, n * (size_t)spec->n_part),
			      NEW_ARRAY(int, n), NEW_ARRAY(double, n), NEW_ARRAY(struct arena, jobs) };
	if (spec->n_part > 1 && !by_class(spec)) {
		par_for(n, CHUNK, jobs, try_some, &c);
		choose_all(&c);
	}
	enum status status = local_fit_from(&selection, spec, past, context, c.choice, a, model, e);
	for (int k = 0; k < jobs; k++)
		arena_release(&c.scratch[k]);
	free(c.scratch);
	free(c.choice);
	free(c.cases);
	free(c.loss);
	return status;
}

static enum status select_load_panel(const struct spec *spec, const unsigned char *blob, size_t n,
				     struct arena *a, void **model, struct err *e)
{
	return local_load(&selection, spec, blob, n, a, model, e);
}

extern const struct method select_method;
const struct method select_method = {
	.name = select_NAME,
	.summary = select_SUMMARY,
	.options = select_OPTIONS,
	.fit = select_fit_panel,
	.predict = local_predict,
	.save = local_save,
	.load = select_load_panel,
	.paths = local_paths,
	.local = &selection,
};
