/* One block of a guarded run in a child process, and whose fault it was when that did not come through. */
#include "config.h"
#include "life/guard_private.h"

#include <stdlib.h>
#include <string.h>
#include "base/process.h"

#define GUILTY_MAX 50 /* series of one block that may be left out for crashing */

const char guard_late[] = CHEAP_MARK "the deadline came first";

int guard_was_late(const char *reason)
{
	return !strncmp(reason, guard_late, sizeof guard_late - 1);
}

/* ---- one block in a child ---- */

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

enum child_end guard_try(struct attempt *t, struct buf *out, struct child_report *how)
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
	enum child_end end = guard_try(&alone, &out, &how);
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
	case CHILD_LATE: return guard_late;
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
static int is_everybodys(const struct run_plan *p, enum child_end end, const struct child_report *how)
{
	return end == CHILD_FAILED && (how->e.code == E_USAGE || how->e.code == E_STOPPED
				       || (how->e.code == E_STALE && p->stale_ends));
}

enum status guard_make(struct attempt *t, const int64_t *id, uint8_t *skip, const char **stays,
			      struct arena *a, struct forecast *f, int *made, const char **why, struct err *e)
{
	struct execution *x = t->g->x;
	int guilty[FIT_SLOTS], may_skip = !x->nodes, left_out = 0;
	*made = 0;
	t->skip = may_skip ? skip : NULL;
	for (;;) {
		struct buf out = { 0 };
		struct child_report how;
		enum child_end end = guard_try(t, &out, &how);
		enum status status = OK;
		*made = end == CHILD_DONE;
		if (*made)
			status = unpack(t->g, &out, a, f, e);
		buf_release(&out);
		if (*made || status)
			return status;
		if (end == CHILD_STOPPED)
			return err_set(e, E_STOPPED, "stopped; 'forecast %s --resume' takes it up", x->plan->kind);
		if (is_everybodys(x->plan, end, &how))
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
