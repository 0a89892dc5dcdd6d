/*
 * Local methods lifted to panels: a parallel loop over the series, a distribution for each from the
 * method's own errors in past windows, and a mark on those that failed, for the fallback.
 *
 * Errors of a step h are divided by the step's scale sqrt((mean + level) / (2 level)) before they
 * are pooled and multiplied by it after: sales vary about as the root of their mean, so busy
 * weekdays get wider quantiles than slow ones, and the whole stays proportional to the units.
 */
#include "config.h"
#include "model/local.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_cdf.h>
#include "base/par.h"
#include "num/stat.h"

#define N_RANGE 4        /* ranges of steps that share their errors */
#define WINDOWS_MAX 40   /* past origins that are replayed */
#define ERRORS_ENOUGH 20 /* errors from which a range needs no help */
#define SPREAD_ENOUGH 5  /* errors from which a series' own spread counts */
#define LEVELS_MAX 99
#define CHUNK 16

struct local_model {
	const struct local_method *method;
	const struct spec *spec;
	int n, n_parameter;
	int64_t *key;         /* [n] 64 bits of SHA-256 of the series' key */
	uint8_t *failed;      /* [n] 1: could not be fitted */
	const char **reason;  /* [n] why, or NULL */
	double *p;            /* [n][n_parameter] */
};

/* What one worker needs; its strings outlive the loop, the scratch is reset for every series. */
struct worker {
	struct arena scratch, strings;
};

struct pool;

struct job {
	const struct local_model *model;
	const struct panel *panel;
	const struct fit_context *context;
	struct local_model *fitting;  /* while fitting */
	struct forecast *out;         /* while predicting */
	struct shape *shape;          /* [n][N_RANGE] while predicting */
	const struct pool *pool;      /* [n_segment][N_RANGE] while spreading */
	int season;
	double cycle;
	struct worker *worker;        /* [jobs] */
};

static struct local_series demand_of(const struct job *job, int i, struct arena *scratch)
{
	struct series s = panel_series(job->panel, i);
	double *y = ARENA_ARRAY(scratch, double, s.n + 1);
	series_demand(&s, y);
	/* Nothing is known before the first known value: start there. */
	int skip = 0;
	while (skip < s.n && isnan(y[skip]))
		skip++;
	return (struct local_series){ .n = s.n - skip, .y = y + skip, .season = job->season,
				      .cycle = job->cycle, .first = s.first + skip,
				      .whole = series_is_whole(&s),
				      .negative_ok = job->context->negative_ok };
}

static int season_of(const struct panel *p, const struct fit_context *c)
{
	return c->season > 0 ? c->season : period_season(&p->calendar);
}

static double cycle_of(const struct panel *p, const struct fit_context *c)
{
	return c->season > 0 || c->cycle > 0 ? c->cycle : period_cycle(&p->calendar);
}

int local_parameters(const struct local_method *m, const struct spec *spec, int season)
{
	return m->n_parameter ? m->n_parameter(spec, season) : 0;
}

static struct worker *workers_new(int jobs)
{
	return NEW_ARRAY(struct worker, jobs > 0 ? jobs : 1);
}

static void workers_free(struct worker *w, int jobs)
{
	for (int k = 0; k < (jobs > 0 ? jobs : 1); k++) {
		arena_release(&w[k].scratch);
		arena_release(&w[k].strings);
	}
	free(w);
}

/* ---- fit ---- */

static void fit_some(void *context, size_t from, size_t to, int worker)
{
	struct job *job = context;
	struct local_model *m = job->fitting;
	struct worker *w = &job->worker[worker];
	for (size_t i = from; i < to; i++) {
		struct err e = { 0 };
		m->key[i] = series_key_hash(&job->panel->key[i]);
		if (!m->method->fit)
			continue;
		struct local_series s = demand_of(job, (int)i, &w->scratch);
		double *p = m->p + i * (size_t)m->n_parameter;
		m->failed[i] = m->method->fit(m->spec, &s, &w->scratch, p, &e) != OK;
		if (m->failed[i])
			m->reason[i] = arena_strdup(&w->strings, e.text);
		arena_reset(&w->scratch);
	}
}

static struct local_model *model_new(const struct local_method *method, const struct spec *spec, int n,
				     int n_parameter, struct arena *a)
{
	struct local_model *m = ARENA_ARRAY(a, struct local_model, 1);
	m->method = method;
	m->spec = spec;
	m->n = n;
	m->n_parameter = n_parameter;
	m->key = ARENA_ARRAY(a, int64_t, n + 1);
	m->failed = ARENA_ARRAY(a, uint8_t, n + 1);
	m->reason = ARENA_ARRAY(a, const char *, n + 1);
	m->p = ARENA_ARRAY(a, double, (size_t)n * (size_t)n_parameter + 1);
	return m;
}

enum status local_fit(const struct local_method *method, const struct spec *spec,
		      const struct panel *past, const struct fit_context *context, struct arena *a,
		      void **model, struct err *e)
{
	int season = season_of(past, context), n_parameter = local_parameters(method, spec, season);
	if (n_parameter > LOCAL_PARAMETERS)
		return err_set(e, E_USAGE, "method '%s' with a season of %d has more than %d parameters",
			       method->name, season, LOCAL_PARAMETERS);
	struct local_model *m = model_new(method, spec, past->n, n_parameter, a);
	struct job job = { .panel = past, .context = context, .fitting = m, .season = season,
			   .cycle = cycle_of(past, context), .worker = workers_new(context->jobs) };
	par_for((size_t)past->n, CHUNK, context->jobs, fit_some, &job);
	for (int i = 0; i < m->n; i++)
		if (m->reason[i])
			m->reason[i] = arena_strdup(a, m->reason[i]);
	workers_free(job.worker, context->jobs);
	*model = m;
	return OK;
}

/* ---- the errors of past windows ---- */

/* What the past says of one range of steps. */
struct shape {
	int n;                      /* errors seen */
	double spread;              /* mean absolute scaled error */
	double level;               /* mean absolute demand of the series */
	double *quantile;           /* [n_level] of the scaled errors */
};

/* Steps 1..n in N_RANGE ranges that double: 1-7, 8-14, 15-28, 29- for a season of 7. */
static int range_width(int season)
{
	return season > 1 && season <= 14 ? season : 4;
}

static int range_of(int step, int season)
{
	int width = range_width(season);
	return step <= width ? 0 : step <= 2 * width ? 1 : step <= 4 * width ? 2 : 3;
}

static double mean_demand(const struct local_series *s)
{
	double sum = 0;
	int n = 0;
	int from = s->n > 400 ? s->n - 400 : 0;
	for (int t = from; t < s->n; t++)
		if (!isnan(s->y[t])) {
			sum += fabs(s->y[t]);
			n++;
		}
	return n ? sum / n : 0;
}

static double step_scale(double mean, double level)
{
	return level > 0 ? sqrt(((mean > 0 ? mean : 0) + level) / (2 * level)) : 1;
}

struct errors {
	double *at[N_RANGE]; /* room for all */
	int n[N_RANGE];
};

/* Replays the method at past origins and collects its scaled errors by range of steps. */
static void replay(const struct local_model *m, const double *p, const struct local_series *s,
		   int n_step, double level, struct arena *scratch, struct errors *out)
{
	int season = s->season > 1 ? s->season : 1;
	int shortest = 2 * season > 3 ? (season <= 14 ? 2 * season : season + 4) : 3;
	int room = s->n - shortest;
	int stride = room / WINDOWS_MAX;
	stride = stride < 1 ? 1 : season <= 14 && stride > season ? season : stride > 7 ? 7 : stride;
	/* The first ranges are always replayed whole: what a step gets does not depend on how many
	 * steps were asked for. */
	int whole_ranges = 4 * range_width(season);
	n_step = n_step > whole_ranges ? n_step : whole_ranges;
	double *mean = ARENA_ARRAY(scratch, double, n_step);
	for (int r = 0; r < N_RANGE; r++)
		out->at[r] = ARENA_ARRAY(scratch, double, (size_t)WINDOWS_MAX * (size_t)n_step);
	for (int k = 1; k <= WINDOWS_MAX && s->n - k * stride >= shortest; k++) {
		struct local_series past = *s;
		struct err e;
		past.n = s->n - k * stride;
		int steps = k * stride < n_step ? k * stride : n_step;
		if (m->method->predict(m->spec, p, &past, scratch, steps, mean, &e))
			continue;
		for (int h = 0; h < steps; h++) {
			double y = s->y[past.n + h];
			int r = range_of(h + 1, season);
			if (!isnan(y) && isfinite(mean[h]))
				out->at[r][out->n[r]++] = (y - mean[h]) / step_scale(mean[h], level);
		}
	}
}

static void shapes_of(const struct errors *errors, const struct forecast *f, int whole, double level,
		      struct shape *shape)
{
	for (int r = 0; r < N_RANGE; r++) {
		double *at = errors->at[r], sum = 0;
		int n = errors->n[r];
		shape[r].n = n;
		shape[r].level = level;
		for (int k = 0; k < n; k++)
			sum += fabs(at[k]);
		shape[r].spread = n ? sum / n : 0;
		stat_sort(at, (size_t)n);
		for (int l = 0; n && l < f->n_level; l++)
			shape[r].quantile[l] = whole ? stat_quantile_type1(at, (size_t)n, f->level[l])
						     : stat_quantile(at, (size_t)n, f->level[l]);
	}
}

/* ---- predict ---- */

/* The fitted parameters of a series, by place or by key; NULL: it was not among those fitted. */
static const double *parameters_of(const struct local_model *m, const struct series_key *key, int i,
				   int *at)
{
	int64_t hash = series_key_hash(key);
	if (i >= m->n || m->key[i] != hash)
		for (i = 0; i < m->n && m->key[i] != hash; i++)
			;
	*at = i;
	return i < m->n ? m->p + (size_t)i * (size_t)m->n_parameter : NULL;
}

/* Means of one series, and what its past errors look like. */
static enum status predict_one(const struct job *job, int i, struct arena *scratch, struct err *e)
{
	const struct local_model *m = job->model;
	struct forecast one = forecast_at(job->out, i);
	struct shape *shape = job->shape + (size_t)i * N_RANGE;
	struct local_series s = demand_of(job, i, scratch);
	double fresh[LOCAL_PARAMETERS] = { 0 };
	int at;
	const double *p = parameters_of(m, &job->panel->key[i], i, &at);
	if (p && m->failed[at])
		return err_set(e, E_FIT, "%s", m->reason[at] ? m->reason[at] : "could not be fitted");
	if (!p) {
		/* A series that came after the fit is fitted here. */
		enum status status = m->method->fit ? m->method->fit(m->spec, &s, scratch, fresh, e) : OK;
		if (status)
			return status;
		p = fresh;
	}
	enum status status = m->method->predict(m->spec, p, &s, scratch, one.n_step, one.mean, e);
	if (status)
		return status;
	for (int h = 0; h < one.n_step; h++)
		if (!isfinite(one.mean[h]))
			return err_set(e, E_FIT, "%s gave no finite number", m->method->name);
	struct series whole = panel_series(job->panel, i);
	struct errors errors = { 0 };
	double level = mean_demand(&s);
	replay(m, p, &s, one.n_step, level, scratch, &errors);
	shapes_of(&errors, job->out, series_is_whole(&whole), level, shape);
	one.used->method = m->method->name;
	return OK;
}

static void predict_some(void *context, size_t from, size_t to, int worker)
{
	struct job *job = context;
	struct worker *w = &job->worker[worker];
	for (size_t i = from; i < to; i++) {
		struct err e = { 0 };
		if (predict_one(job, (int)i, &w->scratch, &e)) {
			job->out->used[i].method = NULL;
			job->out->used[i].reason = arena_strdup(&w->strings, e.text);
		}
		arena_reset(&w->scratch);
	}
}

/*
 * Shape of a segment: the mean over its series of their quantiles divided by their spread (quantile
 * averaging, Vincent 1912), and the mean ratio of spread to level. Sums run in series order.
 */
struct pool {
	int n;
	double spread_to_level;
	double quantile[LEVELS_MAX];
};

static void pool_segments(const struct job *job, struct pool *pool)
{
	const struct forecast *f = job->out;
	for (int i = 0; i < f->n; i++) {
		for (int r = 0; f->used[i].method && r < N_RANGE; r++) {
			const struct shape *s = &job->shape[(size_t)i * N_RANGE + (size_t)r];
			struct pool *to = &pool[job->panel->segment[i] * N_RANGE + r];
			if (s->n < ERRORS_ENOUGH || !(s->spread > 0) || !(s->level > 0))
				continue;
			to->n++;
			to->spread_to_level += s->spread / s->level;
			for (int l = 0; l < f->n_level; l++)
				to->quantile[l] += s->quantile[l] / s->spread;
		}
	}
}

/* Fills up a shape with few errors: the segment's form times the own spread. False: no help. */
static int borrow(struct shape *s, const struct pool *pool, int n_level)
{
	if (!pool->n)
		return 0;
	double spread = s->n >= SPREAD_ENOUGH ? s->spread : s->level * pool->spread_to_level / pool->n;
	for (int l = 0; l < n_level; l++)
		s->quantile[l] = spread * pool->quantile[l] / pool->n;
	return 1;
}

static double settle(double q, int whole, int negative_ok)
{
	if (whole)
		q = floor(q + 0.5);
	return q < 0 && !negative_ok ? 0 : q;
}

void local_spread_by_level(struct forecast *one, double level, int whole, int negative_ok)
{
	for (int h = 0; h < one->n_step; h++)
		for (int l = 0; l < one->n_level; l++) {
			double q = one->mean[h] + level * gsl_cdf_ugaussian_Pinv(one->level[l]);
			one->quantile[h * one->n_level + l] = settle(q, whole, negative_ok);
		}
}

/* Quantiles of one series from the shapes of its ranges. */
static void spread_one(const struct job *job, int i, const struct pool *pool)
{
	struct forecast one = forecast_at(job->out, i);
	struct shape *shape = job->shape + (size_t)i * N_RANGE;
	struct series s = panel_series(job->panel, i);
	int whole = series_is_whole(&s), negative_ok = job->context->negative_ok, season = job->season;
	int known[N_RANGE], any = -1;
	for (int r = 0; r < N_RANGE; r++) {
		known[r] = shape[r].n >= ERRORS_ENOUGH
			|| borrow(&shape[r], &pool[job->panel->segment[i] * N_RANGE + r], one.n_level)
			|| shape[r].n >= SPREAD_ENOUGH;
		any = known[r] && (r < N_RANGE - 1 || any < 0) ? r : any;
	}
	for (int h = 0; h < one.n_step; h++)
		if (!negative_ok && one.mean[h] < 0)
			one.mean[h] = 0;
	if (any < 0) {
		local_spread_by_level(&one, shape[0].level, whole, negative_ok);
		return;
	}
	for (int h = 0; h < one.n_step; h++) {
		/* A range without errors of its own takes those of the longest that has. */
		int r = range_of(h + 1, season);
		const double *error = shape[known[r] ? r : any].quantile;
		double scale = step_scale(one.mean[h], shape[0].level), last = -INFINITY;
		for (int l = 0; l < one.n_level; l++) {
			double q = settle(one.mean[h] + scale * error[l], whole, negative_ok);
			last = q > last ? q : last;
			one.quantile[h * one.n_level + l] = last;
		}
	}
}

static void spread_some(void *context, size_t from, size_t to, int worker)
{
	struct job *job = context;
	(void)worker;
	for (size_t i = from; i < to; i++)
		if (job->out->used[i].method)
			spread_one(job, (int)i, job->pool);
}

enum status local_predict(const void *model, const struct panel *past,
			  const struct fit_context *context, struct arena *a, struct forecast *out,
			  struct err *e)
{
	if (out->n_level > LEVELS_MAX)
		return err_set(e, E_USAGE, "more than %d quantile levels were asked for", LEVELS_MAX);
	const struct local_model *m = model;
	if (m->n_parameter != local_parameters(m->method, m->spec, season_of(past, context)))
		return err_set(e, E_USAGE, "the model of method '%s' was fitted with another season; train it again",
			       m->method->name);
	struct job job = { .model = model, .panel = past, .context = context, .out = out,
			   .season = season_of(past, context), .cycle = cycle_of(past, context),
			   .worker = workers_new(context->jobs) };
	size_t n_shape = (size_t)past->n * N_RANGE, n_level = (size_t)out->n_level;
	double *quantile = NEW_ARRAY(double, n_shape * n_level);
	job.shape = NEW_ARRAY(struct shape, n_shape);
	for (size_t k = 0; k < n_shape; k++)
		job.shape[k].quantile = quantile + k * n_level;
	struct pool *pool = NEW_ARRAY(struct pool, (size_t)past->n_segment * N_RANGE);
	par_for((size_t)past->n, CHUNK, context->jobs, predict_some, &job);
	pool_segments(&job, pool);
	job.pool = pool;
	par_for((size_t)past->n, CHUNK, context->jobs, spread_some, &job);
	for (int i = 0; i < past->n; i++)
		if (!out->used[i].method && out->used[i].reason)
			out->used[i].reason = arena_strdup(a, out->used[i].reason);
	free(pool);
	free(quantile);
	free(job.shape);
	workers_free(job.worker, context->jobs);
	return OK;
}

/* ---- blobs: n, n_parameter, then key, failed, parameters of each series; little-endian ---- */

static void put64(struct buf *out, uint64_t x)
{
	unsigned char bytes[8];
	for (int i = 0; i < 8; i++)
		bytes[i] = (unsigned char)(x >> (8 * i));
	buf_add(out, bytes, sizeof bytes);
}

static uint64_t get64(const unsigned char *bytes)
{
	uint64_t x = 0;
	for (int i = 0; i < 8; i++)
		x |= (uint64_t)bytes[i] << (8 * i);
	return x;
}

enum status local_save(const void *model, struct buf *out, struct err *e)
{
	(void)e;
	const struct local_model *m = model;
	int n_parameter = m->n_parameter;
	put64(out, (uint64_t)m->n);
	put64(out, (uint64_t)n_parameter);
	for (int i = 0; i < m->n; i++) {
		put64(out, (uint64_t)m->key[i]);
		buf_addc(out, (char)m->failed[i]);
		for (int k = 0; k < n_parameter; k++) {
			uint64_t bits;
			memcpy(&bits, &m->p[(size_t)i * (size_t)n_parameter + (size_t)k], sizeof bits);
			put64(out, bits);
		}
	}
	return OK;
}

enum status local_load(const struct local_method *method, const struct spec *spec,
		       const unsigned char *blob, size_t size, struct arena *a, void **model,
		       struct err *e)
{
	uint64_t n_parameter = size >= 16 ? get64(blob + 8) : LOCAL_PARAMETERS + 1;
	size_t row = 9 + 8 * (size_t)n_parameter;
	if (n_parameter > LOCAL_PARAMETERS || get64(blob) != (size - 16) / row || (size - 16) % row)
		return err_set(e, E_INPUT, "parameters of method '%s' are damaged", method->name);
	struct local_model *m = model_new(method, spec, (int)get64(blob), (int)n_parameter, a);
	const unsigned char *at = blob + 16;
	for (int i = 0; i < m->n; i++, at += row) {
		m->key[i] = (int64_t)get64(at);
		m->failed[i] = at[8];
		double *p = m->p + (size_t)i * (size_t)n_parameter;
		for (size_t k = 0; k < n_parameter; k++) {
			uint64_t bits = get64(at + 9 + 8 * k);
			memcpy(&p[k], &bits, sizeof bits);
		}
	}
	*model = m;
	return OK;
}
