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
#include "life/run_private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include "base/child.h"
#include "base/log.h"
#include "base/process.h"

#define STAKE_PERIODS { 28, 4, 1, 28 } /* the last periods whose sales are what is at stake, by the calendar's kind */
#define PROBE 16       /* series that tell how long one takes */
#define SURE .85       /* share of the time left that is planned for */
#define GUILTY_MAX 50  /* series of one block that may be left out for crashing */

static const char why_late[] = CHEAP_MARK "the deadline came first";

/* A piece of a block, held while the block is made. */
struct work {
	const struct run_plan *plan;
	const char *name;
	struct panel_owner owner;
	struct buf blob;
	int found, at; /* the blob is there; number of its first series within the block */
};

struct guard {
	struct execution *x;
	struct run_plan cheap;        /* the same run by the cheap spec */
	struct block *block;          /* [n_block] */
	int n_block, n;
	double *stake, *effort;       /* [n] money of the last weeks; periods of history, which the work goes with */
	uint8_t *chosen, *done;       /* [n] to be upgraded; upgraded */
	uint8_t *open;                /* [n_block] 1: nothing of it was upgraded by an earlier attempt */
	double *overhead;             /* [n_block] wall seconds that reading and writing it take */
	double effort_done, wall_done;/* of children so far */
	double reserve;               /* seconds before the deadline that writing and publishing need */
	struct fit_watch *watch;      /* shared with the child */
};

/* ---- what is at stake ---- */

static void weigh_series(const struct panel *past, int i, double usual, double *stake, double *effort)
{
	static const int span[] = STAKE_PERIODS;
	struct series s = panel_series(past, i);
	double money = 0;
	int from = s.n - span[past->calendar.kind];
	for (int t = from > 0 ? from : 0; t < s.n; t++) {
		double price = driver_price(past, i, s.first + t, NULL);
		if (series_usable(&s, t) && s.units[t] > 0)
			money += s.units[t] * (price > 0 ? price : usual);
	}
	*stake = money;
	*effort = s.n + 1;
}

/* Mean of the last prices of a panel; 1 where none is known. */
static double usual_price(const struct panel *past)
{
	double sum = 0;
	int n = 0;
	for (int i = 0; i < past->n; i++) {
		double price = driver_price(past, i, past->until, NULL);
		if (price > 0) {
			sum += price;
			n++;
		}
	}
	return n ? sum / n : 1;
}

static void weigh_piece(struct guard *g, const struct panel *panel, int at)
{
	const struct run_plan *p = g->x->plan;
	struct panel past = panel_until(panel, period_of_day(&p->calendar, p->as_of));
	double usual = usual_price(&past);
	for (int i = 0; i < past.n; i++)
		weigh_series(&past, i, usual, &g->stake[at + i], &g->effort[at + i]);
}

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
		weigh_piece(g, &w[j].owner.panel, b->at + w[j].at);
	if (!status && !there)
		status = make_cheap(g, b, w, &a, &f, e);
	const char *why = x->plan->limits.deadline > 0 ? why_late : CHEAP_MARK "its turn did not come";
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

/* ---- one block in a child ---- */

struct attempt {
	struct guard *g;
	const struct block *b;
	struct work *w;
	const uint8_t *skip;  /* [b->series] or NULL */
	double until;
	int64_t slow;         /* the series that took too long; 0: none */
};

static enum status attempt_body(void *context, struct buf *out, struct err *e)
{
	struct attempt *t = context;
	struct execution *x = t->g->x;
	struct arena a = { 0 };
	struct forecast f;
	enum status status = OK;
	run_block_init(x, t->b, &a, &f);
	for (int k = 0; !status && k < t->b->to - t->b->from; k++) {
		struct work *w = &t->w[k];
		struct fit_context fit = run_fit_context(w->plan);
		struct forecast part = forecast_at(&f, w->at);
		part.n = w->owner.panel.n;
		fit.skip = t->skip ? t->skip + w->at : NULL;
		fit.watch = t->g->watch;
		status = run_forecast_from(w->plan, w->name, w->found ? &w->blob : NULL, &w->owner.panel, &fit, x->nodes,
					   &a, &part, e);
	}
	if (status)
		return status;
	forecast_pack(&f, out);
	for (int k = 0; x->nodes && k < x->nodes->tree.n_tier; k++) {
		buf_add(out, &x->nodes->tier[k].known, sizeof x->nodes->tier[k].known);
		forecast_pack(&x->nodes->tier[k].f, out);
	}
	return OK;
}

static enum status unpack(struct guard *g, const struct buf *out, struct arena *a, struct forecast *f, struct err *e)
{
	struct nodes *nodes = g->x->nodes;
	const char *at = out->text, *end = at + out->n;
	enum status status = forecast_unpack(&at, end, a, f, e);
	if (!status && nodes)
		nodes_sum(nodes, f->mean, f->n_step, f->n_level, f->level, f->origin);
	for (int k = 0; !status && nodes && k < nodes->tree.n_tier; k++) {
		if ((size_t)(end - at) < sizeof nodes->tier[k].known)
			return err_set(e, E_BUG, "a child's tiers are cut off");
		memcpy(&nodes->tier[k].known, at, sizeof nodes->tier[k].known);
		at += sizeof nodes->tier[k].known;
		status = forecast_unpack(&at, end, &nodes->arena, &nodes->tier[k].f, e);
	}
	return status;
}

/* Has a worker been at one series for longer than it may? */
static int look(void *context)
{
	struct attempt *t = context;
	double most = t->g->x->plan->limits.series_seconds;
	for (int k = 0; most > 0 && k < FIT_SLOTS; k++) {
		struct fit_slot *slot = &t->g->watch->slot[k];
		int64_t series = atomic_load(&slot->series);
		if (series && process_wall() - (double)atomic_load(&slot->since) / 1000 > most) {
			t->slow = series - 1;
			return 1;
		}
	}
	return 0;
}

static enum child_end try_block(struct attempt *t, struct buf *out, struct child_report *how)
{
	struct guard *g = t->g;
	const struct run_limits *limits = &g->x->plan->limits;
	struct child_plan plan = { .body = attempt_body, .context = t, .until = t->until, .bytes = limits->memory,
				   .look = look, .look_context = t };
	struct stage_clock c;
	t->slow = 0;
	memset(g->watch, 0, sizeof *g->watch);
	methods_rest();
	stage_start(&c);
	enum child_end end = child_run(&plan, out, how);
	stage_stop(&c, &g->x->model);
	return end;
}

/* ---- whose fault it was ---- */

/* Place in the block of each series that a worker was at when the child ended. */
static int at_work(const struct guard *g, const struct block *b, const int64_t *id, int *out)
{
	int n = 0;
	for (int k = 0; k < FIT_SLOTS; k++) {
		int64_t series = atomic_load(&g->watch->slot[k].series);
		for (int i = 0; series && i < b->series; i++)
			if (id[i] == series - 1)
				out[n++] = i;
	}
	return n;
}

/* Does a series end its child when it is alone in it? */
static int is_guilty(const struct attempt *all, int i)
{
	struct attempt alone = *all;
	uint8_t *skip = NEW_ARRAY(uint8_t, all->b->series);
	struct buf out = { 0 };
	struct child_report how;
	memset(skip, 1, (size_t)all->b->series);
	skip[i] = 0;
	alone.skip = skip;
	enum child_end end = try_block(&alone, &out, &how);
	buf_release(&out);
	free(skip);
	return end == CHILD_CRASHED || end == CHILD_MEMORY;
}

/* The series that ended a child, as places in the block; returns how many. */
static int blame(struct attempt *t, enum child_end end, const int64_t *id, int *out)
{
	int at[FIT_SLOTS], n = 0;
	if (end == CHILD_ENDED) {
		for (int i = 0; i < t->b->series; i++)
			if (id[i] == t->slow)
				out[n++] = i;
		return n;
	}
	int n_at = at_work(t->g, t->b, id, at);
	for (int k = 0; k < n_at; k++)
		if (n_at == 1 || is_guilty(t, at[k]))
			out[n++] = at[k];
	return n;
}

static const char *words_of(enum child_end end, const struct child_report *how, struct arena *a)
{
	switch (end) {
	case CHILD_LATE: return why_late;
	case CHILD_ENDED: return CHEAP_MARK "it took longer than run.series_seconds";
	case CHILD_MEMORY: return CHEAP_MARK "out of memory";
	case CHILD_CRASHED:
		return how->signal ? arena_printf(a, CHEAP_MARK "it crashed (signal %d)", how->signal)
			: arena_printf(a, CHEAP_MARK "it ended by itself (code %d)", how->code);
	case CHILD_NONE: case CHILD_FAILED: return arena_printf(a, CHEAP_MARK "%s", how->e.text);
	case CHILD_DONE: case CHILD_STOPPED: break;
	}
	return CHEAP_MARK "it was stopped";
}

/* Errors that a run without guard would end with as well, and that no other series escapes. */
static int is_everybodys(enum child_end end, const struct child_report *how)
{
	return end == CHILD_FAILED && (how->e.code == E_USAGE || how->e.code == E_STOPPED);
}

/*
 * Makes a block but for what is left out (skip [series], changed; stays [series]) until a child comes through with it.
 * *made 0: none did, and all of the block stays cheap for the reason *why.
 */
static enum status make_block(struct attempt *t, const int64_t *id, uint8_t *skip, const char **stays,
			      struct arena *a, struct forecast *f, int *made, const char **why, struct err *e)
{
	struct execution *x = t->g->x;
	int guilty[FIT_SLOTS], may_skip = !x->nodes, left_out = 0;
	*made = 0;
	t->skip = may_skip ? skip : NULL;
	for (;;) {
		struct buf out = { 0 };
		struct child_report how;
		enum child_end end = try_block(t, &out, &how);
		enum status status = OK;
		*made = end == CHILD_DONE;
		if (*made)
			status = unpack(t->g, &out, a, f, e);
		buf_release(&out);
		if (*made || status)
			return status;
		if (end == CHILD_STOPPED)
			return err_set(e, E_STOPPED, "stopped; 'forecast %s --resume' takes it up", x->plan->kind);
		if (is_everybodys(end, &how))
			return err_set(e, how.e.code, "%s", how.e.text);
		*why = words_of(end, &how, a);
		int n = may_skip && (end == CHILD_CRASHED || end == CHILD_MEMORY || end == CHILD_ENDED)
			? blame(t, end, id, guilty) : 0;
		left_out += n;
		if (!n || left_out > GUILTY_MAX)
			return OK;
		for (int k = 0; k < n; k++) {
			skip[guilty[k]] = 1;
			stays[guilty[k]] = *why;
		}
	}
}

/* ---- which series, in which order ---- */

struct rank {
	double worth;
	int i;
};

static int by_worth(const void *a, const void *b)
{
	const struct rank *x = a, *y = b;
	return x->worth != y->worth ? (x->worth < y->worth) - (x->worth > y->worth) : x->i - y->i;
}

static struct rank *ranks(const double *stake, const double *effort, int n)
{
	struct rank *r = NEW_ARRAY(struct rank, n + 1);
	for (int i = 0; i < n; i++)
		r[i] = (struct rank){ stake[i] / effort[i], i };
	qsort(r, (size_t)n, sizeof *r, by_worth);
	return r;
}

/* Blocks, the one with the most at stake for its work first; those that are done come last. */
static int *order_blocks(const struct guard *g)
{
	double *stake = NEW_ARRAY(double, g->n_block), *effort = NEW_ARRAY(double, g->n_block);
	int *order = NEW_ARRAY(int, g->n_block + 1);
	for (int k = 0; k < g->n_block; k++)
		for (int i = g->block[k].at; i < g->block[k].at + g->block[k].series; i++) {
			stake[k] += g->chosen[i] ? g->stake[i] : 0;
			effort[k] += g->chosen[i] ? g->effort[i] : 0;
		}
	for (int k = 0; k < g->n_block; k++)
		effort[k] = effort[k] > 0 ? effort[k] : 1;
	struct rank *r = ranks(stake, effort, g->n_block);
	for (int k = 0; k < g->n_block; k++)
		order[k] = r[k].i;
	free(r);
	free(stake);
	free(effort);
	return order;
}

static double time_left(const struct guard *g)
{
	double deadline = g->x->plan->limits.deadline;
	return deadline > 0 ? deadline - g->reserve - process_wall() : 1e12;
}

static int block_of(const struct guard *g, int i)
{
	int k = 0;
	while (k + 1 < g->n_block && g->block[k + 1].at <= i)
		k++;
	return k;
}

/* Chooses anew in blocks order[from..], for all that the time left does for: the series worth most. */
static void choose(struct guard *g, const int *order, int from)
{
	double speed = g->wall_done > 0 ? g->effort_done / g->wall_done : 0, left = SURE * time_left(g), need = 0;
	uint8_t *open = NEW_ARRAY(uint8_t, g->n_block);
	for (int k = from; k < g->n_block; k++) {
		const struct block *b = &g->block[order[k]];
		open[order[k]] = g->open[order[k]];
		memset(g->chosen + b->at, open[order[k]], (size_t)b->series);
	}
	struct rank *r = speed > 0 ? ranks(g->stake, g->effort, g->n) : NULL;
	for (int j = 0; r && j < g->n; j++) {
		int i = r[j].i, k = block_of(g, i);
		if (!open[k])
			continue;
		double more = g->effort[i] / speed + (open[k] == 1 ? g->overhead[k] : 0);
		g->chosen[i] = need + more <= left;
		if (g->chosen[i]) {
			open[k] = 2;
			need += more;
		}
	}
	free(r);
	free(open);
}

/* ---- the upgrades ---- */

/* How fast the machine is tonight: some series of the first block, made for nothing else. */
static enum status probe(struct guard *g, const struct block *b, struct err *e)
{
	int64_t *id = NEW_ARRAY(int64_t, b->series);
	uint8_t *skip = NEW_ARRAY(uint8_t, b->series);
	struct rank *r = ranks(g->stake + b->at, g->effort + b->at, b->series);
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
	enum child_end end = status ? CHILD_NONE : try_block(&t, &out, &how);
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
		stays[i] = skip[i] ? why_late : NULL;
		effort += skip[i] ? 0 : g->effort[b->at + i];
	}
	enum status status = make_block(&t, id, skip, stays, a, f, made, why, e);
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
	if (!status && (made || why != why_late)) {
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
	int *order = order_blocks(g);
	if (timed && !g->x->nodes && g->n_block && any_chosen(g, &g->block[order[0]]) && time_left(g) > 0)
		status = probe(g, &g->block[order[0]], e);
	if (!status && timed)
		choose(g, order, 0);
	free(order);
	order = order_blocks(g);
	for (int k = 0; !status && k < g->n_block; k++) {
		if (timed && k)
			choose(g, order, k);
		if (any_chosen(g, &g->block[order[k]]) && time_left(g) > 0)
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
