/* Runs made again. */
#include "config.h"
#include "life/again.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "io/db_admin.h"
#include "life/check_stage.h"
#include "life/run.h"

#define NEAR 1e-9

struct work {
	struct db *db, *copy;
	const struct config *config;
	struct config *then;   /* the settings that the run had */
	struct arena *a;
	struct again *out;
	const struct run_row *data; /* the run to whose data the copy goes back */
	int jobs;
	struct run_origin origin;   /* of that run */
	int64_t seq;           /* of the run in the copy */
};

/* The data as they were; what the check found out since is found out anew. */
static enum status go_back(struct work *w, struct err *e)
{
	struct check_result result;
	const struct run_row *run = w->data;
	const struct run_origin *origin = &w->origin;
	enum status status = db_run_origin(w->copy, run->seq, &w->origin, e);
	if (!status && !origin->batch)
		status = err_set(e, E_USAGE, "run %lld is older than what is kept of its files", (long long)run->seq);
	int checked = strcmp(run->kind, "run") != 0;
	if (!status)
		status = db_go_back(w->copy, origin->batch, origin->asked == DAY_NONE ? run->as_of : origin->asked,
				    checked ? 0 : run->seq, e);
	if (!status && checked)
		status = check_stage(w->copy, w->then, origin->asked, &result, w->a, e);
	return status;
}

/* What stayed cheap in a guarded run stays so, on other data too: it is the night's fate and not the data's. */
static enum status follow_guard(struct work *w, struct run_plan *plan, struct err *e)
{
	struct cheap_series *cheap;
	const struct run_limits none = { .memory = 0 };
	int n;
	enum status status = db_run_cheap(w->copy, w->out->run.seq, w->a, &cheap, &n, e);
	if (status || !n)
		return status;
	plan->follow = w->out->run.seq;
	return run_guard(plan, &none, w->a, e);
}

/* The canary that served beside the run's own version. */
static enum status settle_canary(struct work *w, struct run_plan *plan, struct err *e)
{
	struct run_origin recipe;
	struct model_row row;
	char version[24];
	enum status status = db_run_origin(w->copy, w->out->run.seq, &recipe, e);
	if (status || !recipe.canary)
		return status;
	snprintf(version, sizeof version, "%lld", (long long)recipe.canary);
	status = db_model_find(w->copy, version, w->a, &row, e);
	plan->canary = recipe.canary;
	plan->canary_share = recipe.canary_share;
	plan->canary_hash = status ? "" : row.hash;
	return status;
}

static enum status settle_plan(struct work *w, struct run_plan *plan, struct err *e)
{
	const struct run_row *run = &w->out->run;
	char version[24];
	snprintf(version, sizeof version, "%lld", (long long)run->model);
	enum status status = run_plan(plan, w->copy, w->then, "replay", w->origin.asked, run->spec, w->jobs, w->a, e);
	if (!status && run->model)
		status = run_plan_alias(plan, version, w->a, e);
	else
		plan->model = 0;
	if (!status && run->model && plan->model_later)
		status = err_set(e, E_USAGE, "version %s, which made run %lld, was fitted to later days than the data end"
				 " that it is to forecast from", version, (long long)run->seq);
	else if (!status && run->model && plan->model != run->model)
		status = err_set(e, E_USAGE, "version %s, which made run %lld, cannot be loaded", version,
				 (long long)run->seq);
	if (!status)
		status = settle_canary(w, plan, e);
	if (!status)
		status = follow_guard(w, plan, e);
	if (!status)
		status = run_name(plan, w->a, e);
	return status;
}

static enum status compare_chunks(struct work *w, struct err *e)
{
	const char **then, **now;
	int n_then, n_now;
	enum status status = db_chunk_hashes(w->db, w->out->run.seq, w->a, &then, &n_then, e);
	if (!status)
		status = db_chunk_hashes(w->copy, w->seq, w->a, &now, &n_now, e);
	w->out->chunks = status ? 0 : n_then;
	for (int k = 0; !status && k < n_then; k++)
		w->out->unequal += k >= n_now || strcmp(then[k], now[k]);
	if (!status && n_now > n_then)
		w->out->unequal += n_now - n_then;
	return status;
}

/* ---- number by number ---- */

struct numbers {
	struct arena *a;
	VEC(struct series_key) key;
	VEC(double) value; /* per series: mean and quantiles of all steps */
	int width, n_level;
};

static enum status take(void *context, const struct catalog_series *series, const struct forecast *one,
			struct err *e)
{
	struct numbers *n = context;
	(void)e;
	n->n_level = one->n_level;
	n->width = one->n_step * (1 + one->n_level);
	VEC_PUSH(&n->key, (struct series_key){ arena_strdup(n->a, series->key.store),
					       arena_strdup(n->a, series->key.item) });
	for (int h = 0; h < one->n_step; h++) {
		VEC_PUSH(&n->value, one->mean[h]);
		for (int l = 0; l < one->n_level; l++)
			VEC_PUSH(&n->value, one->quantile[h * one->n_level + l]);
	}
	return OK;
}

static void hold_beside(struct work *w, const struct numbers *x, const struct numbers *y)
{
	if (x->key.n != y->key.n || x->width != y->width) {
		w->out->largest = INFINITY;
		w->out->where = "the series themselves";
		return;
	}
	for (size_t k = 0; k < x->value.n; k++) {
		double p = x->value.at[k], q = y->value.at[k], size = fmax(fabs(p), fabs(q));
		double difference = size > 0 ? fabs(p - q) / size : 0;
		if (difference > 0 && !w->out->where) {
			const struct series_key *key = &x->key.at[k / (size_t)x->width];
			int step = (int)(k % (size_t)x->width) / (1 + x->n_level) + 1;
			w->out->where = arena_printf(w->a, "%s/%s step %d", key->store, key->item, step);
		}
		w->out->largest = fmax(w->out->largest, difference);
	}
}

static enum status compare_numbers(struct work *w, struct err *e)
{
	struct numbers x = { .a = w->a }, y = { .a = w->a };
	struct run_row again;
	char name[24];
	snprintf(name, sizeof name, "%lld", (long long)w->seq);
	enum status status = db_run_find(w->copy, name, w->a, &again, e);
	if (!status)
		status = db_forecast_read(w->db, &w->out->run, NULL, NULL, take, &x, e);
	if (!status)
		status = db_forecast_read(w->copy, &again, NULL, NULL, take, &y, e);
	if (!status)
		hold_beside(w, &x, &y);
	VEC_FREE(&x.key);
	VEC_FREE(&x.value);
	VEC_FREE(&y.key);
	VEC_FREE(&y.value);
	return status;
}

static enum status find_differences(struct work *w, const struct run_plan *plan, struct err *e)
{
	struct again *out = w->out;
	struct err none = { 0 };
	if (strcmp(plan->data_hash, out->run.data_hash)
	    && db_snapshot_diff(w->copy, out->run.data_hash, plan->data_hash, w->a, &out->part, &out->n_part, &none))
		out->n_part = 0;
	if (strcmp(plan->code_hash, out->run.code_hash)) {
		out->code_then = out->run.code_hash;
		out->code_now = plan->code_hash;
	}
	/* Rows that somebody edited: the chunks' hashes are of what was written. */
	enum status status = compare_chunks(w, e);
	if (!status)
		status = compare_numbers(w, e);
	out->verdict = !out->unequal && !out->where ? AGAIN_EQUAL : out->largest <= NEAR ? AGAIN_NEAR : AGAIN_DIFFERS;
	return status;
}

/* The run's recipe, settings and version on the data of w->data, as a run of the copy. */
static enum status make(struct work *w, struct run_plan *plan, struct err *e)
{
	struct buf text = { 0 };
	struct run_result result = { 0 };
	enum status status = db_config_text(w->copy, w->out->run.config_hash, &text, e);
	if (!status)
		status = config_from_text(&w->then, text.n ? text.text : "", config_dir(w->config), e);
	buf_release(&text);
	if (!status)
		status = go_back(w, e);
	if (!status)
		status = settle_plan(w, plan, e);
	if (!status)
		status = run_execute(plan, &result, e);
	w->seq = result.seq;
	return status;
}

static enum status has_forecasts(struct db *db, const struct run_row *run, struct err *e)
{
	int thinned = 0, made = !strcmp(run->kind, "nightly") || !strcmp(run->kind, "run") || !strcmp(run->kind, "shadow");
	if (!made || run->done != run->series || !run->series)
		return err_set(e, E_USAGE, "run %lld is a %s that made no forecasts, or not all of them",
			       (long long)run->seq, run->kind);
	enum status status = db_run_thinned(db, run, &thinned, e);
	if (!status && thinned)
		status = err_set(e, E_USAGE, "run %lld was thinned by retention: not all its steps are left",
				 (long long)run->seq);
	return status;
}

/* Copies that a replay left which was killed: their names end in its number, and no such process is there. */
static void sweep(const char *db, struct arena *a)
{
	const char *slash = strrchr(db, '/'), *name = slash ? slash + 1 : db;
	char *dir = slash ? arena_strdup(a, db) : arena_strdup(a, ".");
	if (slash)
		dir[slash == db ? 1 : slash - db] = '\0';
	const char *prefix = arena_printf(a, "%s.replay-", name);
	size_t length = strlen(prefix);
	DIR *d = opendir(dir);
	for (struct dirent *entry; d && (entry = readdir(d));) {
		char *end;
		if (strncmp(entry->d_name, prefix, length))
			continue;
		long pid = strtol(entry->d_name + length, &end, 10);
		/* With -wal, -shm, or as a copy that is not whole yet. */
		if (pid > 0 && (!*end || *end == '-' || *end == '.') && kill((pid_t)pid, 0) && errno == ESRCH)
			unlink(arena_printf(a, "%s/%s", dir, entry->d_name));
	}
	if (d)
		closedir(d);
}

static enum status open_copy(struct work *w, const char *path, struct err *e)
{
	sweep(db_path(w->db), w->a);
	enum status status = db_copy(w->db, path, e);
	return status ? status : db_open(&w->copy, path, DB_WRITE, e);
}

static void drop_copy(struct work *w, const char *path)
{
	db_close(w->copy);
	config_free(w->then);
	unlink(path);
	unlink(arena_printf(w->a, "%s-wal", path));
	unlink(arena_printf(w->a, "%s-shm", path));
}

static const char *copy_path(const struct db *db, struct arena *a)
{
	return arena_printf(a, "%s.replay-%ld", db_path(db), (long)getpid());
}

enum status again_run(struct db *db, const struct config *config, const char *name, int jobs, struct arena *a,
		      struct again *out, struct err *e)
{
	struct work w = { .db = db, .config = config, .a = a, .out = out, .data = &out->run, .jobs = jobs };
	struct run_plan plan;
	const char *path = copy_path(db, a);
	*out = (struct again){ .largest = 0 };
	enum status status = db_run_find(db, name, a, &out->run, e);
	if (!status)
		status = has_forecasts(db, &out->run, e);
	if (!status)
		status = open_copy(&w, path, e);
	if (!status)
		status = make(&w, &plan, e);
	if (!status)
		status = find_differences(&w, &plan, e);
	drop_copy(&w, path);
	return status;
}

enum status again_cross(struct db *db, const struct config *config, const struct run_row *recipe,
			const struct run_row *data, int jobs, struct arena *a, cross_seen *seen, void *context,
			struct err *e)
{
	struct again crossed = { .run = *recipe };
	struct work w = { .db = db, .config = config, .a = a, .out = &crossed, .data = data, .jobs = jobs };
	struct run_plan plan;
	const char *path = copy_path(db, a);
	enum status status = has_forecasts(db, recipe, e);
	if (!status)
		status = has_forecasts(db, data, e);
	if (!status)
		status = open_copy(&w, path, e);
	if (!status)
		status = make(&w, &plan, e);
	if (!status)
		status = seen(context, w.copy, w.seq, e);
	drop_copy(&w, path);
	return status;
}
