/* Runs: blocks of whole stores are read, forecast and written; then published or held. */
#include "config.h"
#include "life/run.h"

#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/process.h"

#define CHUNK_SERIES 1000 /* series in a transaction */
#define BLOCK_SERIES 1000 /* small stores are taken together until there are this many */

/* Stores that are read and forecast one after the other and held together until they are written. */
struct block {
	int from, to;      /* stores [from, to) */
	int series, chunk; /* series in it, number of its first chunk */
};

struct stores {
	const char **name;
	int *series; /* [n] that have begun by the origin */
	int n;
};

/* What the stages of a run took. */
struct clock {
	double wall, cpu;
};

static void clock_start(struct clock *c)
{
	c->wall = process_wall();
	c->cpu = process_cpu();
}

static void clock_stop(const struct clock *c, struct clock *sum)
{
	sum->wall += process_wall() - c->wall;
	sum->cpu += process_cpu() - c->cpu;
}

struct execution {
	const struct run_plan *plan;
	struct stores stores;
	struct arena arena;
	int64_t seq;
	int n_series, n_done, chunks_there;
	struct clock read, model, write;
};

/* ---- one store ---- */

/* The fitted model of a store: the champion's parameters where there are, else fitted now. */
static enum status fit_store(const struct run_plan *plan, const char *store, const struct panel *past,
			     const struct fit_context *context, struct arena *a, void **model,
			     struct err *e)
{
	const struct method *method = plan->spec->method;
	struct buf blob = { 0 };
	int found = 0;
	enum status status = plan->model ? db_model_blob(plan->db, plan->model, store, &blob, &found, e) : OK;
	if (!status && found)
		status = method->load(plan->spec, (const unsigned char *)blob.text, blob.n, a, model, e);
	else if (!status)
		status = method->fit(plan->spec, past, context, a, model, e);
	buf_release(&blob);
	return status;
}

/* Forecasts of a store's panel into `out` (n = panel->n); checked against the invariants. */
static enum status forecast_panel(const struct run_plan *plan, const char *store,
				  const struct panel *panel, struct arena *a, struct forecast *out,
				  struct err *e)
{
	struct panel past = panel_until(panel, period_of_day(&plan->calendar, plan->as_of));
	struct fit_context context = run_fit_context(plan);
	void *model = NULL;
	enum status status = fit_store(plan, store, &past, &context, a, &model, e);
	if (!status)
		status = plan->spec->method->predict(model, &past, &context, a, out, e);
	if (model && plan->spec->method->release)
		plan->spec->method->release(model);
	if (!status)
		status = forecast_check(out, past.key, e);
	return status ? err_wrap(e, "store '%s'", store) : OK;
}

enum status run_store(const struct run_plan *plan, const char *store, const char *item,
		      forecast_seen *seen, void *context, struct err *e)
{
	struct arena a = { 0 };
	struct panel_owner owner = { 0 };
	struct forecast f;
	struct panel_request request = run_panel_request(plan, store);
	enum status status = db_panel(plan->db, &request, &owner, e);
	if (!status) {
		forecast_init(&f, &a, owner.panel.n, plan->horizon, plan->n_level, plan->level,
			      period_of_day(&plan->calendar, plan->as_of));
		status = forecast_panel(plan, store, &owner.panel, &a, &f, e);
	}
	for (int i = 0; !status && i < owner.panel.n; i++) {
		struct catalog_series series = { .id = owner.panel.id[i], .key = owner.panel.key[i] };
		struct forecast one = forecast_at(&f, i);
		if (!item || !strcmp(series.key.item, item))
			status = seen(context, &series, &one, e);
	}
	panel_release(&owner);
	arena_release(&a);
	return status;
}

/* ---- all stores ---- */

static enum status list_stores(struct execution *x, struct err *e)
{
	struct catalog_series *series;
	int n;
	enum status status = db_series(x->plan->db, NULL, &x->arena, &series, &n, e);
	x->stores.name = ARENA_ARRAY(&x->arena, const char *, n + 1);
	x->stores.series = ARENA_ARRAY(&x->arena, int, n + 1);
	for (int i = 0; !status && i < n; i++) {
		if (series[i].first == DAY_NONE || series[i].first > x->plan->as_of)
			continue;
		if (!x->stores.n || strcmp(x->stores.name[x->stores.n - 1], series[i].key.store))
			x->stores.name[x->stores.n++] = series[i].key.store;
		x->stores.series[x->stores.n - 1]++;
		x->n_series++;
	}
	return status;
}

static int chunks_of(int series)
{
	return (series + CHUNK_SERIES - 1) / CHUNK_SERIES;
}

/* The block after `b` (zeroed: the first); false at the end. */
static int next_block(const struct stores *s, struct block *b)
{
	b->chunk += chunks_of(b->series);
	b->from = b->to;
	b->series = 0;
	while (b->to < s->n && (b->series == 0 || b->series + s->series[b->to] <= BLOCK_SERIES))
		b->series += s->series[b->to++];
	return b->to > b->from;
}

static enum status forecast_block(struct execution *x, const struct block *b, struct arena *a,
				  struct forecast *f, int64_t *id, struct err *e)
{
	enum status status = OK;
	int at = 0;
	for (int k = b->from; !status && k < b->to; k++) {
		struct panel_owner owner = { 0 };
		struct clock c;
		struct panel_request request = run_panel_request(x->plan, x->stores.name[k]);
		clock_start(&c);
		status = db_panel(x->plan->db, &request, &owner, e);
		clock_stop(&c, &x->read);
		if (!status && owner.panel.n != x->stores.series[k])
			status = err_set(e, E_BUG, "store '%s' has %d series, not %d", x->stores.name[k],
					 owner.panel.n, x->stores.series[k]);
		if (!status) {
			struct forecast part = forecast_at(f, at);
			part.n = owner.panel.n;
			memcpy(id + at, owner.panel.id, (size_t)part.n * sizeof *id);
			clock_start(&c);
			status = forecast_panel(x->plan, x->stores.name[k], &owner.panel, a, &part, e);
			clock_stop(&c, &x->model);
			at += part.n;
		}
		panel_release(&owner);
	}
	return status;
}

static enum status write_block(struct execution *x, const struct block *b, const struct forecast *f,
			       const int64_t *id, struct err *e)
{
	enum status status = OK;
	struct clock c;
	clock_start(&c);
	for (int k = 0; !status && k < chunks_of(b->series); k++) {
		struct forecast part = forecast_at(f, k * CHUNK_SERIES);
		int left = b->series - k * CHUNK_SERIES;
		part.n = left < CHUNK_SERIES ? left : CHUNK_SERIES;
		if (b->chunk + k < x->chunks_there)
			continue;
		if (process_stop())
			return err_set(e, E_STOPPED, "stopped; 'forecast %s --resume' takes it up",
				       x->plan->kind);
		status = db_forecast_write(x->plan->db, x->seq, b->chunk + k, id + k * CHUNK_SERIES, &part,
					   e);
	}
	clock_stop(&c, &x->write);
	return status;
}

static enum status run_block(struct execution *x, const struct block *b, struct err *e)
{
	struct arena a = { 0 };
	struct forecast f;
	int64_t *id = NEW_ARRAY(int64_t, b->series);
	forecast_init(&f, &a, b->series, x->plan->horizon, x->plan->n_level, x->plan->level,
		      period_of_day(&x->plan->calendar, x->plan->as_of));
	enum status status = forecast_block(x, b, &a, &f, id, e);
	if (!status)
		status = write_block(x, b, &f, id, e);
	free(id);
	arena_release(&a);
	return status;
}

/* The record of this run: that of an interrupted attempt, or a new one. */
static enum status open_run(struct execution *x, struct err *e)
{
	const struct run_plan *p = x->plan;
	struct run_row row;
	struct err none = { 0 };
	enum status status = db_run_unfinished(p->db, p->kind, p->id, &x->arena, &row, &none);
	if (!status) {
		x->seq = row.seq;
		log_note("taking up run %s (%d of %d series are done)", row.id, row.done, row.series);
		return db_forecast_chunks(p->db, x->seq, &x->chunks_there, e);
	}
	if (status != E_NOTFOUND) {
		*e = none;
		return status;
	}
	struct run_new new = { .id = p->id, .kind = p->kind, .trigger = p->trigger, .spec = p->spec_text,
			       .levels = p->levels_text, .data_hash = p->data_hash,
			       .config_hash = p->config_hash, .config_text = p->config_text,
			       .code_hash = p->code_hash, .code_text = p->code_text,
			       .model_hash = p->model_hash, .as_of = p->as_of, .horizon = p->horizon,
			       .series = x->n_series, .data_version = p->data_version,
			       .model = p->model };
	return db_run_begin(p->db, &new, &x->seq, e);
}

static enum status record_stages(struct execution *x, struct err *e)
{
	static const char *const stage[] = { "read", "forecast", "write" };
	const struct clock *took[] = { &x->read, &x->model, &x->write };
	enum status status = OK;
	for (int k = 0; !status && k < 3; k++)
		status = db_resource(x->plan->db, x->seq, stage[k], took[k]->wall, took[k]->cpu, e);
	return status;
}

/* Is the id published already? Then there is nothing to do. */
static enum status find_published(const struct run_plan *p, struct run_result *result, struct arena *a,
				  struct err *e)
{
	struct run_row row;
	struct err none = { 0 };
	enum status status = db_run_published(p->db, a, &row, &none);
	if (status == E_NOTFOUND)
		return OK;
	if (status)
		*e = none;
	else if (!strcmp(row.id, p->id)) {
		result->already_published = 1;
		result->told = strcmp(row.state, "PUBLISHED") != 0;
		result->seq = row.seq;
		result->series = row.series;
		result->fallbacks = row.fallbacks;
		result->exit_code = 0;
		memcpy(result->published_hash, row.published_hash, strlen(row.published_hash) + 1);
	}
	return status;
}

enum status run_execute(const struct run_plan *plan, struct run_result *result, struct err *e)
{
	struct execution x = { .plan = plan };
	memset(result, 0, sizeof *result);
	enum status status = find_published(plan, result, &x.arena, e);
	if (!status && !result->already_published)
		status = list_stores(&x, e);
	if (!status && !result->already_published)
		status = open_run(&x, e);
	log_set_run(plan->id);
	struct block b = { 0 };
	while (!status && !result->already_published && next_block(&x.stores, &b)) {
		if (b.chunk + chunks_of(b.series) > x.chunks_there)
			status = run_block(&x, &b, e);
		x.n_done += b.series;
		progress("forecasting", x.n_done, x.n_series);
	}
	progress_end();
	if (!result->already_published) {
		result->seq = x.seq;
		result->series = x.n_series;
	}
	if (!status && !result->already_published)
		status = record_stages(&x, e);
	else if (status && x.seq) {
		struct err kept = { 0 };
		enum status noted = db_run_state(plan->db, x.seq, status == E_STOPPED ? "CANCELLED" : "FAILED",
						 -1, e->text, &kept);
		if (noted)
			log_warning("%s", kept.text);
	}
	arena_release(&x.arena);
	return status;
}

/* ---- publishing ---- */

#define LARGE_PANEL 1000 /* series from which on too many fallbacks hold the run */

/* Exit code by the share of series that fell back: 0, 3 (degraded) or 4 (held). */
static int judge(const struct run_plan *p, const struct run_result *r)
{
	double share = r->series ? (double)r->fallbacks / r->series : 0;
	if (r->series >= LARGE_PANEL && share > config_number(p->config, "publish.hold_share"))
		return 4;
	return share > config_number(p->config, "publish.warn_share") ? 3 : 0;
}

/* Does the published run know a later day? Then this one, however made, does not take its place. */
static int is_older(const struct run_plan *plan, struct arena *a)
{
	struct run_row row;
	struct err none = { 0 };
	return !db_run_published(plan->db, a, &row, &none) && row.as_of > plan->as_of;
}

enum status run_publish(const struct run_plan *plan, struct run_result *result, struct err *e)
{
	struct arena a = { 0 };
	struct run_row row;
	struct buf seq = { 0 };
	if (result->already_published)
		return OK;
	buf_addf(&seq, "%lld", (long long)result->seq);
	enum status status = db_run_find(plan->db, seq.text, &a, &row, e);
	if (!status && row.done != row.series)
		status = err_set(e, E_BUG, "run %s holds %d of %d series", row.id, row.done, row.series);
	if (!status)
		status = db_forecast_hash(plan->db, result->seq, result->published_hash, e);
	if (!status) {
		result->fallbacks = row.fallbacks;
		result->exit_code = is_older(plan, &a) ? 4 : judge(plan, result);
		result->why_held = is_older(plan, &a)
			? "the published run knows later days; it stays"
			: "more series fell back than publish.hold_share allows; the last published run stays";
		FAILPOINT("publish.before");
		if (result->exit_code == 4)
			status = db_run_state(plan->db, result->seq, "HELD", 4, result->why_held, e);
		else
			status = db_publish(plan->db, result->seq, result->published_hash,
					    result->exit_code, e);
	}
	buf_release(&seq);
	arena_release(&a);
	return status;
}

/* ---- training ---- */

/* What serves a store until now, if the champion is of this spec: a choice among methods does not
 * leave it without a reason. */
static enum status load_previous(const struct run_plan *plan, const char *store, struct arena *a,
				 void **previous, struct err *e)
{
	struct buf blob = { 0 };
	int found = 0;
	*previous = NULL;
	enum status status = plan->model ? db_model_blob(plan->db, plan->model, store, &blob, &found, e) : OK;
	if (!status && found)
		status = plan->spec->method->load(plan->spec, (const unsigned char *)blob.text, blob.n, a,
						  previous, e);
	buf_release(&blob);
	return status;
}

static enum status train_store(const struct run_plan *plan, const char *store, int part,
			       int64_t version, struct sha256 *hash, int64_t *bytes, struct err *e)
{
	struct arena a = { 0 };
	struct panel_owner owner = { 0 };
	struct buf blob = { 0 };
	void *model = NULL, *previous = NULL;
	struct panel_request request = run_panel_request(plan, store);
	struct fit_context context = run_fit_context(plan);
	enum status status = db_panel(plan->db, &request, &owner, e);
	if (!status)
		status = load_previous(plan, store, &a, &previous, e);
	context.previous = previous;
	if (!status)
		status = plan->spec->method->fit(plan->spec, &owner.panel, &context, &a, &model, e);
	if (!status)
		status = plan->spec->method->save(model, &blob, e);
	if (model && plan->spec->method->release)
		plan->spec->method->release(model);
	if (previous && plan->spec->method->release)
		plan->spec->method->release(previous);
	if (!status) {
		sha256_add_string(hash, store);
		sha256_add(hash, blob.text ? blob.text : "", blob.n);
		*bytes += (int64_t)blob.n;
		status = db_model_part(plan->db, version, part, store, blob.text, blob.n, e);
	}
	buf_release(&blob);
	panel_release(&owner);
	arena_release(&a);
	return status;
}

static enum status train_stores(struct execution *x, int promote, int64_t *version, struct err *e)
{
	const struct run_plan *plan = x->plan;
	struct sha256 hash;
	unsigned char end[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];
	int64_t bytes = 0;
	sha256_init(&hash);
	sha256_add_string(&hash, plan->spec_text);
	sha256_add_string(&hash, plan->data_hash);
	enum status status = db_model_begin(plan->db, version, e);
	for (int k = 0; !status && k < x->stores.n; k++) {
		status = train_store(plan, x->stores.name[k], k, *version, &hash, &bytes, e);
		if (!status && process_stop())
			status = err_set(e, E_STOPPED, "stopped; no version was kept");
		x->n_done += x->stores.series[k];
		progress("training", x->n_done, x->n_series);
	}
	progress_end();
	sha256_end(&hash, end);
	sha256_hex(end, hex);
	struct model_row row = { .method = plan->spec->method->name, .spec = plan->spec_text,
				 .hash = hex, .data_hash = plan->data_hash,
				 .config_hash = plan->config_hash, .as_of = plan->as_of,
				 .series = x->n_series, .bytes = bytes };
	if (!status)
		status = db_model_keep(plan->db, &row, version, e);
	if (!status && promote)
		status = db_model_alias(plan->db, "champion", *version, e);
	return status;
}

enum status run_train(const struct run_plan *plan, int promote, int64_t *version, struct err *e)
{
	struct execution x = { .plan = plan };
	enum status status = list_stores(&x, e);
	if (!status)
		status = db_begin(plan->db, e);
	if (!status) {
		status = train_stores(&x, promote, version, e);
		if (!status)
			status = db_commit(plan->db, e);
		if (status)
			db_rollback(plan->db);
	}
	arena_release(&x.arena);
	return status;
}
