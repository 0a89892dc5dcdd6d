/*
 * Guarded runs: with a deadline, a memory limit, a time limit of one series, or kept apart from crashes.
 *
 * Every series first gets a cheap forecast (setting run.cheap), which is written; from then on the run could be
 * published. Then the blocks are made again by the run's own spec, the one with the most money at stake for its work
 * first, each in a child process that may run out of time or memory, or crash: what it did not finish stays cheap.
 *
 * A series that crashes, or takes too long, is named by what the child's workers were at (model/method.h, fit_watch);
 * the block is made once more without it. Where the time does not do for all, the series with the most money at stake
 * are made of each block, so a block is one fit with some series left out and can be made again from the record:
 * series_failure keeps for each series that stayed cheap its reason, marked with CHEAP_MARK.
 *
 * What was upgraded whole is byte for byte what a run without guard gives.
 */
#include "config.h"
#include "life/guard_private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "base/log.h"
#include "base/process.h"

#define PROBE 16 /* series that tell how long one takes */

/* ---- a block's panels and models, so that the child needs no db ---- */

static void drop_work(struct guard *g, struct work *w, int n)
{
	struct execution *x = g->x;
	for (int k = 0; k < n; k++) {
		buf_release(&w[k].blob);
		/* The one panel of all is kept for the next look at it. */
		if (!*w[k].name && w[k].owner.panel.n) {
			x->whole = w[k].owner;
			x->has_whole = 1;
		} else {
			panel_release(&w[k].owner);
		}
	}
	free(w);
}

static enum status take_work(struct guard *g, const struct block *b, int64_t *id, struct work **out, struct err *e)
{
	struct execution *x = g->x;
	struct work *w = NEW_ARRAY(struct work, b->to - b->from);
	enum status status = OK;
	int at = 0;
	for (int k = b->from; !status && k < b->to; k++) {
		struct work *one = &w[k - b->from];
		one->name = x->pieces.name[k];
		one->at = at;
		status = run_plan_of(x, one->name, &one->plan, e);
		if (!status)
			status = run_read_model(one->plan, one->name, &one->blob, &one->found, e);
		if (!status)
			status = run_take_piece(x, k, &one->owner, e);
		for (int i = 0; !status && i < one->owner.panel.n; i++)
			id[at + i] = one->owner.panel.id[i];
		at += x->pieces.series[k];
	}
	for (int k = 0; status && k < b->to - b->from; k++)
		w[k].name = w[k].name ? w[k].name : "";
	*out = w;
	return status;
}

/* ---- cheap forecasts ---- */

/* Where a series stays cheap, whatever the cheap spec says of it. */
static void mark_cheap(struct made_by *used, const char *why, struct arena *a)
{
	used->reason = used->reason ? arena_printf(a, "%s; %s", why, used->reason) : why;
	if (used->rung < RUNG_SIMPLER)
		used->rung = RUNG_SIMPLER;
}

/* The block's cheap forecasts; of a whole panel, the sums too. */
static enum status make_cheap(struct guard *g, const struct block *b, struct work *w, struct arena *a,
			      struct forecast *f, struct err *e)
{
	struct execution *x = g->x;
	struct fit_context context = run_fit_context(&g->cheap);
	struct stage_clock c;
	enum status status = OK;
	stage_start(&c);
	for (int k = 0; !status && k < b->to - b->from; k++) {
		struct forecast part = forecast_at(f, w[k].at);
		part.n = w[k].owner.panel.n;
		status = run_forecast_from(&g->cheap, w[k].name, NULL, &w[k].owner.panel, &context, x->nodes, a, &part, e);
	}
	stage_stop(&c, &x->model);
	return status;
}

/* All chunks of a block and its sums, or nothing: what is found after a kill is of one making. */
static enum status write_block(struct guard *g, const struct block *b, const struct forecast *f, const int64_t *id,
			       struct err *e)
{
	struct execution *x = g->x;
	struct db *db = x->plan->db;
	enum status status = db_begin(db, e);
	if (status)
		return status;
	status = run_write_block(x, b, 0, f, id, e);
	if (!status && x->nodes)
		status = db_node_write(db, x->seq, &x->nodes->tree, x->nodes->tier, e);
	return db_leave(db, 1, status, e);
}

/* A block that is there already is only looked at for what is at stake. */
static enum status cheap_block(struct guard *g, int k, struct err *e)
{
	struct execution *x = g->x;
	const struct block *b = &g->block[k];
	int there = k + 1 < g->n_block ? g->block[k + 1].chunk <= x->chunks_there
		: b->chunk < x->chunks_there && (!x->nodes || x->nodes_there);
	int64_t *id = NEW_ARRAY(int64_t, b->series);
	double began = process_wall(), written = x->write.wall;
	struct arena a = { 0 };
	struct forecast f;
	struct work *w;
	run_block_init(x, b, &a, &f);
	enum status status = take_work(g, b, id, &w, e);
	for (int j = 0; !status && j < b->to - b->from; j++)
		guard_weigh(g, &w[j].owner.panel, b->at + w[j].at);
	if (!status && !there)
		status = make_cheap(g, b, w, &a, &f, e);
	const char *why = x->plan->limits.deadline > 0 ? guard_late : CHEAP_MARK "its turn did not come";
	for (int i = 0; !status && !there && i < f.n; i++)
		mark_cheap(&f.used[i], why, &a);
	if (!status && !there)
		status = write_block(g, b, &f, id, e);
	g->overhead[k] = process_wall() - began;
	double wrote = 1.5 * (x->write.wall - written);
	g->reserve = g->reserve > wrote ? g->reserve : wrote;
	drop_work(g, w, b->to - b->from);
	free(id);
	arena_release(&a);
	return status;
}

/* The record of a series among those that are cheap [n] by number, or NULL. */
static const struct cheap_series *find_cheap(const struct cheap_series *cheap, int n, int64_t id)
{
	int low = 0, high = n;
	while (low < high) {
		int middle = low + (high - low) / 2;
		if (cheap[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && cheap[low].id == id ? &cheap[low] : NULL;
}

/* What an earlier attempt has upgraded: the series of which the record no longer says that they are cheap. */
static enum status find_done(struct guard *g, struct err *e)
{
	struct execution *x = g->x;
	struct arena a = { 0 };
	struct cheap_series *cheap;
	struct catalog_series *series;
	int n, n_all, at = 0;
	enum status status = db_run_cheap(x->plan->db, x->seq, &a, &cheap, &n, e);
	if (!status)
		status = db_series(x->plan->db, NULL, &a, &series, &n_all, e);
	for (int i = 0; !status && i < n_all; i++)
		if (catalog_in_panel(&series[i], x->plan->as_of))
			g->done[at++] = !find_cheap(cheap, n, series[i].id);
	arena_release(&a);
	return status;
}

/* ---- the upgrades ---- */

/* How fast the machine is tonight: some series of the first block, made for nothing else. */
static enum status probe(struct guard *g, const struct block *b, struct err *e)
{
	int64_t *id = NEW_ARRAY(int64_t, b->series);
	uint8_t *skip = NEW_ARRAY(uint8_t, b->series);
	struct rank *r = guard_ranks(g->stake + b->at, g->effort + b->at, b->series);
	struct buf out = { 0 };
	struct child_report how;
	struct work *w;
	int taken = 0;
	double effort = 0;
	memset(skip, 1, (size_t)b->series);
	for (int j = 0; taken < PROBE && j < b->series; j++, taken++) {
		skip[r[j].i] = 0;
		effort += g->effort[b->at + r[j].i];
	}
	enum status status = take_work(g, b, id, &w, e);
	struct attempt t = { g, b, w, skip, g->x->plan->limits.deadline - g->reserve, 0 };
	double began = process_wall();
	enum child_end end = status ? CHILD_NONE : guard_try(&t, &out, &how);
	/* One that crashes or is late says as much: so long it takes at least. */
	if (!status && end != CHILD_STOPPED) {
		g->effort_done = effort;
		g->wall_done = process_wall() - began;
	}
	drop_work(g, w, b->to - b->from);
	buf_release(&out);
	free(r);
	free(skip);
	free(id);
	return status;
}

/* Cheap forecasts in the places of those that stay cheap, if any do. */
static enum status merge_cheap(struct guard *g, const struct block *b, struct work *w, const uint8_t *skip,
			       const char *const *stays, struct arena *a, struct forecast *f, struct err *e)
{
	struct forecast cheap;
	if (!memchr(skip, 1, (size_t)b->series))
		return OK;
	run_block_init(g->x, b, a, &cheap);
	enum status status = make_cheap(g, b, w, a, &cheap, e);
	for (int i = 0; !status && i < f->n; i++)
		if (skip[i]) {
			forecast_copy(&cheap, i, f, i);
			mark_cheap(&f->used[i], stays[i], a);
		}
	return status;
}

/* Makes a block's chosen series; *f holds the forecasts of all where `made` comes back 1, or *why tells why not. */
static enum status make_chosen(struct guard *g, const struct block *b, struct work *w, const int64_t *id, uint8_t *skip,
			       const char **stays, struct arena *a, struct forecast *f, int *made, const char **why,
			       struct err *e)
{
	double deadline = g->x->plan->limits.deadline, effort = 0, began = process_wall();
	struct attempt t = { .g = g, .b = b, .w = w, .until = deadline > 0 ? deadline - g->reserve : 0 };
	for (int i = 0; i < b->series; i++) {
		skip[i] = !g->chosen[b->at + i];
		stays[i] = skip[i] ? guard_late : NULL;
		effort += skip[i] ? 0 : g->effort[b->at + i];
	}
	enum status status = guard_make(&t, id, skip, stays, a, f, made, why, e);
	g->wall_done += process_wall() - began;
	g->effort_done += *made ? effort : 0;
	for (int i = 0; !*made && i < b->series; i++) {
		stays[i] = stays[i] ? stays[i] : *why;
		skip[i] = 1;
	}
	return status;
}

static enum status upgrade_block(struct guard *g, const struct block *b, struct err *e)
{
	struct arena a = { 0 };
	struct forecast f;
	struct work *w;
	int64_t *id = NEW_ARRAY(int64_t, b->series);
	uint8_t *skip = NEW_ARRAY(uint8_t, b->series);
	const char **stays = NEW_ARRAY(const char *, b->series), *why = NULL;
	int made = 0;
	run_block_init(g->x, b, &a, &f);
	enum status status = take_work(g, b, id, &w, e);
	if (!status)
		status = make_chosen(g, b, w, id, skip, stays, &a, &f, &made, &why, e);
	/* A block that came too late is in the record as that already. */
	if (!status && (made || why != guard_late)) {
		status = merge_cheap(g, b, w, skip, stays, &a, &f, e);
		if (!status)
			status = write_block(g, b, &f, id, e);
	}
	for (int i = 0; !status && i < b->series; i++)
		g->done[b->at + i] = !skip[i];
	FAILPOINT("guard.upgraded");
	drop_work(g, w, b->to - b->from);
	arena_release(&a);
	free(stays);
	free(skip);
	free(id);
	return status;
}

static int any_chosen(const struct guard *g, const struct block *b)
{
	int n = 0;
	for (int i = b->at; i < b->at + b->series; i++)
		n += g->chosen[i];
	return n;
}

/* Chooses what is not done, and makes it block by block as long as the time does. */
static enum status upgrade(struct guard *g, struct err *e)
{
	enum status status = OK;
	int timed = g->x->plan->limits.deadline > 0, n_done = 0;
	for (int k = 0; k < g->n_block; k++) {
		/* A block of which an earlier attempt made a part is left as it is. */
		const struct block *b = &g->block[k];
		int any = 0;
		for (int i = b->at; i < b->at + b->series; i++)
			any |= g->done[i];
		g->open[k] = !any;
		memset(g->chosen + b->at, !any, (size_t)b->series);
	}
	int *order = guard_order(g);
	if (timed && !g->x->nodes && g->n_block && any_chosen(g, &g->block[order[0]]) && guard_time_left(g) > 0)
		status = probe(g, &g->block[order[0]], e);
	if (!status && timed)
		guard_choose(g, order, 0);
	free(order);
	order = guard_order(g);
	for (int k = 0; !status && k < g->n_block; k++) {
		if (timed && k)
			guard_choose(g, order, k);
		if (any_chosen(g, &g->block[order[k]]) && guard_time_left(g) > 0)
			status = upgrade_block(g, &g->block[order[k]], e);
		n_done += g->block[order[k]].series;
		progress("upgrading", n_done, g->n);
	}
	progress_end();
	free(order);
	return status;
}

/* ---- the run ---- */

static void guard_init(struct guard *g, struct execution *x)
{
	VEC(struct block) found = { 0 };
	struct block b = { 0 };
	while (run_next_block(&x->pieces, &b))
		VEC_PUSH(&found, b);
	*g = (struct guard){ .x = x, .cheap = *x->plan, .n_block = (int)found.n, .n = x->pieces.n_series, .reserve = .5 };
	g->cheap.spec = x->plan->cheap;
	g->cheap.model = 0;
	g->cheap.canary = 0;
	g->block = ARENA_ARRAY(&x->arena, struct block, found.n + 1);
	if (found.n)
		memcpy(g->block, found.at, found.n * sizeof b);
	VEC_FREE(&found);
	g->stake = ARENA_ARRAY(&x->arena, double, g->n + 1);
	g->effort = ARENA_ARRAY(&x->arena, double, g->n + 1);
	g->chosen = ARENA_ARRAY(&x->arena, uint8_t, g->n + 1);
	g->done = ARENA_ARRAY(&x->arena, uint8_t, g->n + 1);
	g->open = ARENA_ARRAY(&x->arena, uint8_t, g->n_block + 1);
	g->overhead = ARENA_ARRAY(&x->arena, double, g->n_block + 1);
}

static void tell(const struct guard *g, struct run_result *result)
{
	double all = 0, better = 0;
	for (int i = 0; i < g->n; i++) {
		all += g->stake[i];
		better += g->done[i] ? g->stake[i] : 0;
		result->cheap += !g->done[i];
	}
	result->at_stake = all > 0 ? better / all : 0;
	if (result->cheap)
		log_note("%d of %d series keep their cheap forecast; those upgraded make %.0f %% of the last weeks' sales",
			 result->cheap, g->n, 100 * result->at_stake);
}

enum status guard_blocks(struct execution *x, struct run_result *result, struct err *e)
{
	struct guard g;
	enum status status = OK;
	double began = process_wall();
	int n_done = 0;
	guard_init(&g, x);
	for (int k = 0; !status && k < g.n_block; k++) {
		status = cheap_block(&g, k, e);
		n_done += g.block[k].series;
		progress("cheap forecasts", n_done, g.n);
	}
	progress_end();
	/* Publishing reads and hashes what was written. */
	g.reserve += .1 * (process_wall() - began);
	FAILPOINT("guard.cheap");
	if (!status)
		status = find_done(&g, e);
	void *shared = mmap(NULL, sizeof *g.watch, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!status && shared == MAP_FAILED)
		status = err_set(e, E_IO, "no memory that processes share");
	g.watch = shared;
	if (!status)
		status = upgrade(&g, e);
	if (!status)
		tell(&g, result);
	if (shared != MAP_FAILED)
		munmap(shared, sizeof *g.watch);
	return status;
}

/* ---- once more as it went ---- */

static enum status follow_block(struct guard *g, const struct block *b, const struct cheap_series *cheap, int n_cheap,
				struct err *e)
{
	struct execution *x = g->x;
	struct arena a = { 0 };
	struct forecast f;
	struct work *w;
	int64_t *id = NEW_ARRAY(int64_t, b->series);
	uint8_t *skip = NEW_ARRAY(uint8_t, b->series);
	const char **stays = NEW_ARRAY(const char *, b->series);
	const struct cheap_series *one;
	int n_skip = 0;
	run_block_init(x, b, &a, &f);
	enum status status = take_work(g, b, id, &w, e);
	for (int i = 0; !status && i < b->series; i++)
		if ((one = find_cheap(cheap, n_cheap, id[i]))) {
			skip[i] = 1;
			stays[i] = one->reason;
			n_skip++;
		}
	/* The whole panel is made at once or not at all: on other data there may be series that were not there then. */
	for (int i = 0; !status && x->nodes && n_skip && i < b->series; i++) {
		stays[i] = skip[i] ? stays[i] : CHEAP_MARK "the others stayed so";
		skip[i] = 1;
	}
	n_skip = x->nodes && n_skip ? b->series : n_skip;
	for (int k = 0; !status && n_skip < b->series && k < b->to - b->from; k++) {
		struct fit_context context = run_fit_context(w[k].plan);
		struct forecast part = forecast_at(&f, w[k].at);
		part.n = w[k].owner.panel.n;
		context.skip = n_skip ? skip + w[k].at : NULL;
		status = run_forecast_from(w[k].plan, w[k].name, w[k].found ? &w[k].blob : NULL, &w[k].owner.panel,
					   &context, x->nodes, &a, &part, e);
	}
	if (!status)
		status = merge_cheap(g, b, w, skip, stays, &a, &f, e);
	/* The reason was kept whole. */
	for (int i = 0; !status && i < b->series; i++)
		if (skip[i])
			f.used[i].reason = stays[i];
	if (!status)
		status = write_block(g, b, &f, id, e);
	drop_work(g, w, b->to - b->from);
	arena_release(&a);
	free(stays);
	free(skip);
	free(id);
	return status;
}

enum status guard_follow(struct execution *x, struct err *e)
{
	struct guard g;
	struct cheap_series *cheap;
	int n;
	guard_init(&g, x);
	enum status status = db_run_cheap(x->plan->db, x->plan->follow, &x->arena, &cheap, &n, e);
	for (int k = 0; !status && k < g.n_block; k++)
		status = follow_block(&g, &g.block[k], cheap, n, e);
	return status;
}
