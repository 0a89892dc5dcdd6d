/* Nodes of runs. */
#include "config.h"
#include "io/db_node.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/process.h"
#include "io/db_private.h"

/* ---- writing ---- */

/* Places of the stored levels among those of a forecast; -1: it lacks one. */
static void find_levels(const struct forecast *f, int at[N_DEFAULT_LEVEL])
{
	for (int k = 0; k < N_DEFAULT_LEVEL; k++) {
		at[k] = -1;
		for (int l = 0; l < f->n_level; l++)
			if (fabs(f->level[l] - default_level[k]) < 1e-9)
				at[k] = l;
	}
}

static void write_tier(struct stmt *s, int64_t seq, const struct tier *tier, const struct tier_forecast *t)
{
	int at[N_DEFAULT_LEVEL];
	find_levels(&t->f, at);
	stmt_int(s, 1, seq);
	stmt_text(s, 2, tier->name);
	for (int i = 0; i < tier->n_node; i++) {
		struct forecast one = forecast_at(&t->f, i);
		stmt_text(s, 3, tier->node[i]);
		for (int h = 0; h < one.n_step; h++) {
			stmt_int(s, 4, h + 1);
			stmt_double(s, 5, one.mean[h]);
			for (int k = 0; k < N_DEFAULT_LEVEL; k++)
				stmt_double(s, 6 + k, t->known && at[k] >= 0
					    ? one.quantile[h * one.n_level + at[k]] : (double)NAN);
			stmt_run(s);
		}
	}
}

static enum status write_rows(struct db *db, int64_t seq, const struct hierarchy *tree,
			      const struct tier_forecast *tier, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "DELETE FROM forecast_node WHERE run = ?1", e);
	if (status)
		return status;
	stmt_int(&s, 1, seq);
	stmt_run(&s);
	status = stmt_close(&s, e);
	if (!status)
		status = stmt_open(&s, db, "INSERT INTO forecast_node VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
				   " ?9, ?10, ?11, ?12)", e);
	if (status)
		return status;
	for (int k = 0; k < tree->n_tier; k++)
		write_tier(&s, seq, &tree->tier[k], &tier[k]);
	return stmt_close(&s, e);
}

enum status db_node_write(struct db *db, int64_t seq, const struct hierarchy *tree,
			  const struct tier_forecast *tier, struct err *e)
{
	int own;
	enum status status = db_join(db, &own, e);
	if (status)
		return status;
	status = write_rows(db, seq, tree, tier, e);
	FAILPOINT("nodes.commit");
	status = db_leave(db, own, status, e);
	FAILPOINT("nodes.committed");
	return status;
}

/* ---- reading ---- */

enum status db_node_there(struct db *db, int64_t seq, int *there, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT 1 FROM forecast_node WHERE run = ?1 LIMIT 1", e);
	if (status)
		return status;
	stmt_int(&s, 1, seq);
	*there = stmt_step(&s);
	return stmt_close(&s, e);
}

enum status db_node_tiers(struct db *db, int64_t seq, struct arena *a, const char ***out, int *n,
			  struct err *e)
{
	struct stmt s;
	VEC(const char *) found = { 0 };
	enum status status = stmt_open(&s, db, "SELECT DISTINCT tier FROM forecast_node WHERE run = ?1"
				       " ORDER BY tier", e);
	if (status)
		return status;
	stmt_int(&s, 1, seq);
	while (stmt_step(&s))
		VEC_PUSH(&found, arena_strdup(a, stmt_get_text(&s, 0)));
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, const char *, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	return stmt_close(&s, e);
}

/* The node under way. */
struct node_reader {
	struct forecast one;
	struct made_by used;
	char *node; /* NULL: none yet */
	int known, n;
	const char *tier;
	node_seen *seen;
	void *context;
};

static enum status give_node(struct node_reader *r, struct err *e)
{
	if (!r->node)
		return OK;
	r->n++;
	enum status status = r->seen(r->context, r->tier, r->node, &r->one, r->known, e);
	free(r->node);
	r->node = NULL;
	return status;
}

static void take_step(struct node_reader *r, struct stmt *s)
{
	int h = (int)stmt_get_int(s, 1) - 1;
	if (h < 0 || h >= r->one.n_step)
		return;
	r->one.mean[h] = stmt_get_real(s, 2);
	for (int k = 0; k < N_DEFAULT_LEVEL; k++) {
		r->one.quantile[h * N_DEFAULT_LEVEL + k] = stmt_get_double(s, 3 + k);
		r->known &= !isnan(r->one.quantile[h * N_DEFAULT_LEVEL + k]);
	}
}

static enum status read_nodes(struct node_reader *r, struct stmt *s, struct err *e)
{
	enum status status = OK;
	while (!status && stmt_step(s)) {
		const char *node = stmt_get_text(s, 0);
		if (!r->node || strcmp(r->node, node)) {
			status = give_node(r, e);
			r->node = xstrdup(node);
			r->known = 1;
		}
		take_step(r, s);
	}
	if (!status)
		status = give_node(r, e);
	free(r->node);
	return status;
}

enum status db_node_read(struct db *db, const struct run_row *run, const char *tier, node_seen *seen,
			 void *context, int *n, struct err *e)
{
	struct arena a = { 0 };
	struct stmt s;
	struct calendar calendar;
	int calendar_known;
	struct node_reader r = { .tier = tier, .seen = seen, .context = context };
	*n = 0;
	enum status status = db_calendar(db, &calendar, &calendar_known, e);
	if (!status)
		status = stmt_open(&s, db, "SELECT node, step, mean, q05, q10, q25, q50, q75, q90, q95"
				   " FROM forecast_node WHERE run = ?1 AND tier = ?2 ORDER BY node, step", e);
	if (status)
		return status;
	forecast_init(&r.one, &a, 1, run->horizon, N_DEFAULT_LEVEL, default_level,
		      period_of_day(&calendar, run->as_of));
	r.used.method = "sum";
	r.one.used = &r.used;
	stmt_int(&s, 1, run->seq);
	stmt_text(&s, 2, tier);
	status = read_nodes(&r, &s, e);
	enum status closed = stmt_close(&s, status ? NULL : e);
	*n = r.n;
	arena_release(&a);
	return status ? status : closed;
}

/* ---- means ---- */

struct id_place {
	int64_t id;
	int at;
};

static int by_id(const void *a, const void *b)
{
	const struct id_place *x = a, *y = b;
	return x->id < y->id ? -1 : x->id > y->id;
}

static enum status scan_means(struct db *db, const struct run_row *run, const struct id_place *place, int n,
			      double *mean, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT series, step, mean FROM forecast WHERE run = ?1"
				       " ORDER BY series, step", e);
	if (status)
		return status;
	stmt_int(&s, 1, run->seq);
	for (int at = 0; stmt_step(&s);) {
		int64_t id = stmt_get_int(&s, 0);
		int h = (int)stmt_get_int(&s, 1) - 1;
		while (at < n && place[at].id < id)
			at++;
		if (at < n && place[at].id == id && h >= 0 && h < run->horizon)
			mean[(size_t)place[at].at * (size_t)run->horizon + (size_t)h] =
				stmt_get_real(&s, 2);
	}
	return stmt_close(&s, e);
}

enum status db_forecast_means(struct db *db, const struct run_row *run,
			      const struct catalog_series *catalog, int n, double *mean, struct err *e)
{
	struct id_place *place = NEW_ARRAY(struct id_place, n);
	for (int i = 0; i < n; i++)
		place[i] = (struct id_place){ catalog[i].id, i };
	qsort(place, (size_t)n, sizeof *place, by_id);
	for (size_t k = 0; k < (size_t)n * (size_t)run->horizon; k++)
		mean[k] = (double)NAN;
	enum status status = scan_means(db, run, place, n, mean, e);
	free(place);
	return status;
}
