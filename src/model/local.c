/*
 * Local methods lifted to panels: a parallel loop over the series, a distribution for each from the
 * method's own errors at past origins (model/spread.h), and a mark on those that failed, for the
 * fallback.
 */
#include "config.h"
#include "model/local.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/par.h"
#include "base/sha256.h"
#include "model/spread.h"
#include "num/cap.h"

#define CHUNK 16

struct local_model {
	const struct local_method *method;
	const struct spec *spec;
	int n, n_parameter, season;
	int64_t *key;         /* [n] 64 bits of SHA-256 of the series' key */
	uint8_t *failed;      /* [n] 1: could not be fitted */
	const char **reason;  /* [n] why, or NULL */
	double *p;            /* [n][n_parameter] */
};

/* What one worker needs; its strings outlive the loop, the scratch is reset for every series. */
struct worker {
	struct arena scratch, strings;
	struct err wrong; /* E_USAGE of a fit: the spec, not the series, is at fault */
};

struct job {
	const struct local_model *model;
	const struct panel *panel;
	const struct fit_context *context;
	struct local_model *fitting;  /* while fitting */
	const double *start;          /* [n] first parameter of each series while fitting, or NULL */
	struct forecast *out;         /* while predicting */
	struct spread *spread;        /* [n] while predicting */
	struct spread_pool *pool;     /* [n_segment] while predicting */
	uint8_t *wanting;             /* [n_segment] while predicting: some of it will borrow */
	int season;
	struct worker *worker;        /* [jobs] */
};

static int season_of(const struct panel *p, const struct fit_context *c)
{
	return c->season > 0 ? c->season : period_season(&p->calendar);
}

static double cycle_of(const struct panel *p, const struct fit_context *c)
{
	return c->season > 0 || c->cycle > 0 ? c->cycle : period_cycle(&p->calendar);
}

struct local_series local_series_of(const struct local_method *method, const struct panel *panel,
				    const struct fit_context *context, int i, struct arena *scratch)
{
	struct series s = panel_series(panel, i);
	double *y = ARENA_ARRAY(scratch, double, s.n + 1);
	series_demand(&s, y);
	/* Nothing is known before the first known value: start there. */
	int skip = 0;
	while (skip < s.n && isnan(y[skip]))
		skip++;
	/* A freak value ruins whoever squares errors to fit; cut is only how far beyond all others it
	 * lies. Methods without a fit repeat or average what was, and stay what they are in the books. */
	double cap = method->fit ? cap_of(s.n - skip, y + skip, scratch) : (double)INFINITY;
	for (int t = skip; t < s.n; t++)
		y[t] = cap_value(y[t], cap);
	return (struct local_series){ .n = s.n - skip, .y = y + skip, .season = season_of(panel, context),
				      .cycle = cycle_of(panel, context), .first = s.first + skip,
				      .whole = series_is_whole(&s),
				      .negative_ok = context->negative_ok,
				      .panel = panel, .i = i };
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
		m->failed[i] = (uint8_t)fit_skips(job->context, (int)i);
		if (!m->method->fit || m->failed[i])
			continue;
		fit_begin(job->context, m->method->name, job->panel, (int)i, worker);
		struct local_series s = local_series_of(m->method, job->panel, job->context, (int)i,
							&w->scratch);
		double *p = m->p + i * (size_t)m->n_parameter;
		if (job->start)
			p[0] = job->start[i];
		enum status status = m->method->fit(m->spec, &s, &w->scratch, p, &e);
		m->failed[i] = status != OK;
		if (status == E_USAGE)
			w->wrong = e;
		if (m->failed[i])
			m->reason[i] = arena_strdup(&w->strings, e.text);
		arena_reset(&w->scratch);
		fit_end(job->context, worker);
	}
}

static struct local_model *model_new(const struct local_method *method, const struct spec *spec, int n,
				     int n_parameter, int season, struct arena *a)
{
	struct local_model *m = ARENA_ARRAY(a, struct local_model, 1);
	m->method = method;
	m->spec = spec;
	m->n = n;
	m->n_parameter = n_parameter;
	m->season = season;
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
	return local_fit_from(method, spec, past, context, NULL, a, model, e);
}

enum status local_fit_from(const struct local_method *method, const struct spec *spec,
			   const struct panel *past, const struct fit_context *context,
			   const double *start, struct arena *a, void **model, struct err *e)
{
	int season = season_of(past, context), n_parameter = local_parameters(method, spec, season);
	if (n_parameter > LOCAL_PARAMETERS)
		return err_set(e, E_USAGE, "method '%s' with a season of %d has more than %d parameters",
			       method->name, season, LOCAL_PARAMETERS);
	struct local_model *m = model_new(method, spec, past->n, n_parameter, season, a);
	struct job job = { .panel = past, .context = context, .fitting = m, .start = start,
			   .season = season, .worker = workers_new(context->jobs) };
	par_for((size_t)past->n, CHUNK, context->jobs, fit_some, &job);
	for (int i = 0; i < m->n; i++)
		if (m->reason[i])
			m->reason[i] = arena_strdup(a, m->reason[i]);
	enum status status = OK;
	for (int k = 0; !status && k < (context->jobs > 0 ? context->jobs : 1); k++)
		if (*job.worker[k].wrong.text)
			status = err_set(e, E_USAGE, "%s", job.worker[k].wrong.text);
	workers_free(job.worker, context->jobs);
	*model = m;
	return status;
}

/* ---- predict ---- */

void local_replay(const struct local_method *m, const struct spec *spec, const double *p,
		  const struct local_series *s, struct arena *scratch, int n_end, const int *end,
		  int n_step, double *mean)
{
	size_t steps = (size_t)n_step;
	struct err e;
	if (m->replay) {
		if (n_end && m->replay(spec, p, s, scratch, n_end, end, n_step, mean, &e))
			for (size_t k = 0; k < (size_t)n_end * steps; k++)
				mean[k] = NAN;
		return;
	}
	for (int k = 0; k < n_end; k++) {
		struct local_series past = *s;
		past.n = end[k];
		if (m->predict(spec, p, &past, scratch, n_step, mean + (size_t)k * steps, &e))
			for (size_t h = 0; h < steps; h++)
				mean[(size_t)k * steps + h] = NAN;
	}
}

/* The name on the numbers, and what there is to say of them. */
static void tell_maker(const struct local_model *m, const double *p, int season, struct arena *strings,
		       struct made_by *used)
{
	struct buf note = { 0 };
	used->method = m->method->name;
	if (m->method->made_by)
		used->method = m->method->made_by(m->spec, p, season, &note);
	if (note.n)
		used->reason = arena_strdup(strings, note.text);
	buf_release(&note);
}

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

const double *local_model_parameters(const void *model, const struct series_key *key, int i)
{
	const struct local_model *m = model;
	int at;
	const double *p = parameters_of(m, key, i, &at);
	return p && !m->failed[at] ? p : NULL;
}

/* The parameters of series i: those fitted, or, of one that came after the fit, `fresh` [LOCAL_PARAMETERS]. */
static enum status settle_parameters(const struct job *job, int i, const struct local_series *s,
				     struct arena *scratch, double *fresh, const double **p, struct err *e)
{
	const struct local_model *m = job->model;
	int at;
	*p = parameters_of(m, &job->panel->key[i], i, &at);
	if (*p && m->failed[at])
		return err_set(e, E_FIT, "%s", m->reason[at] ? m->reason[at] : "could not be fitted");
	if (*p)
		return OK;
	memset(fresh, 0, LOCAL_PARAMETERS * sizeof *fresh);
	*p = fresh;
	return m->method->fit ? m->method->fit(m->spec, s, scratch, fresh, e) : OK;
}

/* Means of one series, and what its past errors look like. */
static enum status predict_one(const struct job *job, int i, struct worker *w, struct err *e)
{
	struct arena *scratch = &w->scratch;
	const struct local_model *m = job->model;
	struct forecast one = forecast_at(job->out, i);
	struct local_series s = local_series_of(m->method, job->panel, job->context, i, scratch);
	struct spread *spread = &job->spread[i];
	double fresh[LOCAL_PARAMETERS];
	const double *p;
	enum status status = settle_parameters(job, i, &s, scratch, fresh, &p, e);
	if (!status)
		status = m->method->predict(m->spec, p, &s, scratch, one.n_step, one.mean, e);
	if (status)
		return status;
	for (int h = 0; h < one.n_step; h++) {
		if (!isfinite(one.mean[h]))
			return err_set(e, E_FIT, "%s gave no finite number", m->method->name);
		if (one.mean[h] < 0 && !s.negative_ok)
			one.mean[h] = 0;
	}
	spread->counted = one.n_level && spread_count(&s, scratch, &one);
	if (one.n_level && !spread->counted)
		spread_learn(m->method, m->spec, p, &s, scratch, &one, spread);
	tell_maker(m, p, job->season, &w->strings, one.used);
	return OK;
}

/* The past errors of a series that has a distribution of counts: for the others of its segment. */
static void learn_counted(const struct job *job, int i, struct arena *scratch)
{
	const struct local_model *m = job->model;
	struct forecast one = forecast_at(job->out, i);
	struct local_series s = local_series_of(m->method, job->panel, job->context, i, scratch);
	double fresh[LOCAL_PARAMETERS];
	const double *p;
	struct err e;
	if (!settle_parameters(job, i, &s, scratch, fresh, &p, &e))
		spread_learn(m->method, m->spec, p, &s, scratch, &one, &job->spread[i]);
}

static void predict_some(void *context, size_t from, size_t to, int worker)
{
	struct job *job = context;
	struct worker *w = &job->worker[worker];
	for (size_t i = from; i < to; i++) {
		struct err e = { 0 };
		if (fit_skips(job->context, (int)i)) {
			job->out->used[i].method = NULL;
			continue;
		}
		fit_begin(job->context, job->model->method->name, job->panel, (int)i, worker);
		if (predict_one(job, (int)i, w, &e)) {
			job->out->used[i].method = NULL;
			job->out->used[i].reason = arena_strdup(&w->strings, e.text);
		}
		arena_reset(&w->scratch);
		fit_end(job->context, worker);
	}
}

static void learn_some(void *context, size_t from, size_t to, int worker)
{
	struct job *job = context;
	struct worker *w = &job->worker[worker];
	for (size_t i = from; i < to; i++) {
		if (!job->out->used[i].method || !job->spread[i].counted || !job->wanting[job->panel->segment[i]])
			continue;
		fit_begin(job->context, job->model->method->name, job->panel, (int)i, worker);
		learn_counted(job, (int)i, &w->scratch);
		arena_reset(&w->scratch);
		fit_end(job->context, worker);
	}
}

static void spread_some(void *context, size_t from, size_t to, int worker)
{
	struct job *job = context;
	(void)worker;
	for (size_t i = from; i < to; i++) {
		struct forecast one = forecast_at(job->out, (int)i);
		struct series s = panel_series(job->panel, (int)i);
		if (one.used->method)
			spread_apply(&job->spread[i], &job->pool[job->panel->segment[i]], job->season,
				     series_is_whole(&s), job->context->negative_ok, &one);
	}
}

/* The arrays of all spreads in one piece of memory, which the caller frees after them. */
static double *spreads_init(struct spread *spread, const struct forecast *f)
{
	size_t n_step = (size_t)f->n_step, n_quantile = SPREAD_RANGES * (size_t)f->n_level;
	double *at = NEW_ARRAY(double, (size_t)f->n * (n_step + n_quantile));
	for (int i = 0; i < f->n; i++) {
		spread[i].growth = at + (size_t)i * (n_step + n_quantile);
		spread[i].quantile = spread[i].growth + n_step;
	}
	return at;
}

enum status local_predict(const void *model, const struct panel *past,
			  const struct fit_context *context, struct arena *a, struct forecast *out,
			  struct err *e)
{
	const struct local_model *m = model;
	if (out->n_level > SPREAD_LEVELS)
		return err_set(e, E_USAGE, "more than %d quantile levels were asked for", SPREAD_LEVELS);
	if (m->season != season_of(past, context)
	    || m->n_parameter != local_parameters(m->method, m->spec, m->season))
		return err_set(e, E_USAGE, "the model of method '%s' was fitted with another season; train it again",
			       m->method->name);
	struct job job = { .model = model, .panel = past, .context = context, .out = out,
			   .season = season_of(past, context),
			   .worker = workers_new(context->jobs),
			   .spread = NEW_ARRAY(struct spread, past->n),
			   .pool = NEW_ARRAY(struct spread_pool, past->n_segment),
			   .wanting = NEW_ARRAY(uint8_t, past->n_segment) };
	double *room = spreads_init(job.spread, out);
	par_for((size_t)past->n, CHUNK, context->jobs, predict_some, &job);
	/* Most series of a shop are counted, and hardly ever does one ask for their errors. */
	for (int i = 0; i < past->n; i++)
		if (out->used[i].method && !job.spread[i].counted && spread_is_short(&job.spread[i], out->n_step, job.season))
			job.wanting[past->segment[i]] = 1;
	if (out->n_level)
		par_for((size_t)past->n, CHUNK, context->jobs, learn_some, &job);
	/* In series order: the sums of a segment depend on nothing else. */
	for (int i = 0; out->n_level && i < past->n; i++)
		if (out->used[i].method)
			spread_pool_add(&job.pool[past->segment[i]], &job.spread[i], out->n_level);
	if (out->n_level)
		par_for((size_t)past->n, CHUNK, context->jobs, spread_some, &job);
	for (int i = 0; i < past->n; i++)
		if (out->used[i].reason)
			out->used[i].reason = arena_strdup(a, out->used[i].reason);
	free(room);
	free(job.spread);
	free(job.pool);
	free(job.wanting);
	workers_free(job.worker, context->jobs);
	return OK;
}

/* ---- paths ---- */

#define ROWS_ENOUGH 8 /* past windows from which their errors tell how the steps go together */

/* A template of how the steps go together: the model's own paths, or past errors drawn whole. */
static enum status template_of(const struct local_model *m, const double *p, const struct local_series *s,
			       struct arena *scratch, struct rng *rng, int n_path, int n_step, double *path,
			       struct err *e)
{
	double *rows;
	if (m->method->paths && !m->method->paths(m->spec, p, s, scratch, rng, n_path, n_step, path, e))
		return OK;
	int n = spread_rows(m->method, m->spec, p, s, scratch, n_step, &rows);
	if (n < ROWS_ENOUGH)
		return err_set(e, E_FIT, "%d past windows are too few to tell how the steps go together", n);
	for (int k = 0; k < n_path; k++) {
		const double *row = rows + (size_t)rng_choice(rng, n) * (size_t)n_step;
		memcpy(path + (size_t)k * (size_t)n_step, row, (size_t)n_step * sizeof *row);
	}
	return OK;
}

enum status local_paths(const void *model, const struct panel *past, const struct fit_context *context,
			struct arena *a, int i, const struct forecast *one, int n_path, double *path,
			struct err *e)
{
	const struct local_model *m = model;
	const struct series_key *key = &past->key[i];
	const double *p = local_model_parameters(model, key, i);
	if (!p)
		return err_set(e, E_FIT, "'%s/%s' was not fitted", key->store, key->item);
	struct local_series s = local_series_of(m->method, past, context, i, a);
	struct rng *rng = spread_rng(key, context->seed);
	enum status status = template_of(m, p, &s, a, rng, n_path, one->n_step, path, e);
	if (!status)
		spread_paths(rng, one, s.whole, s.negative_ok, n_path, path);
	rng_free(rng);
	return status;
}

/*
 * Blobs, little-endian: n, n_parameter, season; key, failed and parameters of each series; the first
 * 64 bits of the SHA-256 of all that, so that a flipped bit is damage and not another forecast.
 */
#define HEAD 24
#define TAIL 8

static uint64_t check_sum(const void *bytes, size_t n)
{
	struct sha256 s;
	unsigned char hash[SHA256_SIZE];
	uint64_t x = 0;
	sha256_init(&s);
	sha256_add(&s, bytes, n);
	sha256_end(&s, hash);
	for (int i = 0; i < 8; i++)
		x = x << 8 | hash[i];
	return x;
}


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
	size_t from = out->n;
	put64(out, (uint64_t)m->n);
	put64(out, (uint64_t)n_parameter);
	put64(out, (uint64_t)m->season);
	for (int i = 0; i < m->n; i++) {
		put64(out, (uint64_t)m->key[i]);
		buf_addc(out, (char)m->failed[i]);
		for (int k = 0; k < n_parameter; k++) {
			uint64_t bits;
			memcpy(&bits, &m->p[(size_t)i * (size_t)n_parameter + (size_t)k], sizeof bits);
			put64(out, bits);
		}
	}
	put64(out, check_sum(out->text + from, out->n - from));
	return OK;
}

enum status local_load(const struct local_method *method, const struct spec *spec,
		       const unsigned char *blob, size_t size, struct arena *a, void **model,
		       struct err *e)
{
	int whole = size >= HEAD + TAIL && get64(blob + size - TAIL) == check_sum(blob, size - TAIL);
	uint64_t n_parameter = whole ? get64(blob + 8) : LOCAL_PARAMETERS + 1;
	size_t row = 9 + 8 * (size_t)n_parameter, rows = whole ? size - HEAD - TAIL : 0;
	if (n_parameter > LOCAL_PARAMETERS || get64(blob) != rows / row || rows % row)
		return err_set(e, E_INPUT, "parameters of method '%s' are damaged", method->name);
	struct local_model *m = model_new(method, spec, (int)get64(blob), (int)n_parameter,
					  (int)get64(blob + 16), a);
	const unsigned char *at = blob + HEAD;
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
