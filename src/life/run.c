/* Runs: blocks of whole stores, or the whole panel, are read, forecast and written; then published or
 * held. */
#include "config.h"
#include "life/run_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/process.h"
#include "life/canary.h"
#include "life/coverage.h"

#define CHUNK_SERIES 1000 /* series in a transaction */
#define BLOCK_SERIES 1000 /* small stores are taken together until there are this many */

static int chunks_of(int series)
{
	return (series + CHUNK_SERIES - 1) / CHUNK_SERIES;
}

int run_next_block(const struct pieces *s, struct block *b)
{
	b->chunk += chunks_of(b->series);
	b->at += b->series;
	b->from = b->to;
	b->series = 0;
	while (b->to < s->n && (b->series == 0 || b->series + s->series[b->to] <= BLOCK_SERIES))
		b->series += s->series[b->to++];
	return b->to > b->from;
}

enum status run_plan_of(struct execution *x, const char *piece, const struct run_plan **plan, struct err *e)
{
	char name[24];
	*plan = x->plan;
	if (!x->plan->canary || !*piece || canary_place(piece) >= x->plan->canary_share)
		return OK;
	*plan = x->canary;
	if (x->canary)
		return OK;
	snprintf(name, sizeof name, "%lld", (long long)x->plan->canary);
	struct run_plan *canary = ARENA_ARRAY(&x->arena, struct run_plan, 1);
	*canary = *x->plan;
	enum status status = run_plan_alias(canary, arena_strdup(&x->arena, name), &x->arena, e);
	if (!status && spec_is_whole(canary->spec))
		status = err_set(e, E_USAGE, "version %s learns across series and cannot serve single stores: 'forecast"
				 " models promote' another as canary", name);
	if (!status)
		*plan = x->canary = canary;
	return status;
}

enum status run_take_piece(struct execution *x, int k, struct panel_owner *out, struct err *e)
{
	struct stage_clock c;
	const char *piece = x->pieces.name[k];
	enum status status = OK;
	stage_start(&c);
	if (x->has_whole)
		*out = x->whole;
	else
		status = run_read_piece(x->plan, piece, out, e);
	x->has_whole = 0;
	stage_stop(&c, &x->read);
	if (!status && out->panel.n != x->pieces.series[k])
		status = err_set(e, E_BUG, "'%s' has %d series, not %d", piece, out->panel.n, x->pieces.series[k]);
	return status;
}

void run_block_init(const struct execution *x, const struct block *b, struct arena *a, struct forecast *f)
{
	const struct run_plan *p = x->plan;
	forecast_init(f, a, b->series, p->horizon, p->n_level, p->level, period_of_day(&p->calendar, p->as_of));
}

static enum status forecast_block(struct execution *x, const struct block *b, struct arena *a,
				  struct forecast *f, int64_t *id, struct err *e)
{
	enum status status = OK;
	int at = 0;
	for (int k = b->from; !status && k < b->to; k++) {
		struct panel_owner owner = { 0 };
		struct stage_clock c;
		const struct run_plan *plan;
		const char *piece = x->pieces.name[k];
		status = run_plan_of(x, piece, &plan, e);
		if (!status)
			status = run_take_piece(x, k, &owner, e);
		if (!status) {
			struct fit_context context = run_fit_context(plan);
			struct forecast part = forecast_at(f, at);
			if (spec_is_whole(plan->spec) && !plan->model)
				context.cache = &x->parts.cache;
			part.n = owner.panel.n;
			memcpy(id + at, owner.panel.id, (size_t)part.n * sizeof *id);
			stage_start(&c);
			status = run_forecast_piece(plan, piece, &owner.panel, &context, x->nodes, a, &part, e);
			stage_stop(&c, &x->model);
			at += part.n;
		}
		panel_release(&owner);
	}
	return status;
}

enum status run_write_block(struct execution *x, const struct block *b, int first, const struct forecast *f,
			    const int64_t *id, struct err *e)
{
	enum status status = OK;
	struct stage_clock c;
	stage_start(&c);
	for (int k = 0; !status && k < chunks_of(b->series); k++) {
		struct forecast part = forecast_at(f, k * CHUNK_SERIES);
		int left = b->series - k * CHUNK_SERIES;
		part.n = left < CHUNK_SERIES ? left : CHUNK_SERIES;
		if (b->chunk + k < first)
			continue;
		if (process_stop())
			return err_set(e, E_STOPPED, "stopped; 'forecast %s --resume' takes it up",
				       x->plan->kind);
		status = db_forecast_write(x->plan->db, x->seq, b->chunk + k, id + k * CHUNK_SERIES, &part,
					   e);
	}
	stage_stop(&c, &x->write);
	return status;
}

static enum status run_block(struct execution *x, const struct block *b, struct err *e)
{
	struct arena a = { 0 };
	struct forecast f;
	int64_t *id = NEW_ARRAY(int64_t, b->series);
	run_block_init(x, b, &a, &f);
	enum status status = forecast_block(x, b, &a, &f, id, e);
	if (!status)
		status = run_write_block(x, b, x->chunks_there, &f, id, e);
	if (!status && x->nodes)
		status = db_node_write(x->plan->db, x->seq, &x->nodes->tree, x->nodes->tier, e);
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
	struct run_new new = run_record(p, x->pieces.n_series);
	return db_run_begin(p->db, &new, &x->seq, e);
}

static enum status record_stages(struct execution *x, struct err *e)
{
	static const char *const stage[] = { "read", "forecast", "write" };
	const struct stage_clock *took[] = { &x->read, &x->model, &x->write };
	enum status status = OK;
	for (int k = 0; !status && k < 3; k++)
		status = db_resource(x->plan->db, x->seq, stage[k], took[k]->wall, took[k]->cpu, e);
	return status;
}

/* How many series did the published run of that number leave cheap, any for want of time, and is there time now? */
static enum status find_better(const struct run_plan *p, int64_t seq, struct arena *a, int *n, int *better,
			       struct err *e)
{
	struct cheap_series *cheap;
	int timely = !(p->limits.deadline > 0) || process_wall() < p->limits.deadline;
	*better = *n = 0;
	if (!p->cheap)
		return OK;
	enum status status = db_run_cheap(p->db, seq, a, &cheap, n, e);
	for (int i = 0; !status && timely && i < *n; i++)
		*better |= guard_was_late(cheap[i].reason);
	return status;
}

/* Is the id published already? Then there is nothing to do, unless a guarded run had too little time. */
static enum status find_published(const struct run_plan *p, struct run_result *result, struct arena *a,
				  struct err *e)
{
	struct run_row row;
	struct err none = { 0 };
	int better = 0, cheap = 0;
	enum status status = db_run_published(p->db, a, &row, &none);
	if (status == E_NOTFOUND)
		return OK;
	if (status)
		*e = none;
	else if (!strcmp(row.id, p->id))
		status = find_better(p, row.seq, a, &cheap, &better, e);
	if (!status && !strcmp(row.id, p->id) && !better) {
		result->already_published = 1;
		result->told = strcmp(row.state, "PUBLISHED") != 0;
		result->seq = row.seq;
		result->series = row.series;
		result->fallbacks = row.fallbacks;
		result->cheap = cheap;
		result->exit_code = 0;
		memcpy(result->published_hash, row.published_hash, strlen(row.published_hash) + 1);
	}
	return status;
}

/* Before the run: which drivers end before the horizon. */
static enum status cover(struct execution *x, struct err *e)
{
	const struct run_plan *plan = x->plan;
	struct coverage coverage = { 0 };
	enum status status = OK;
	for (int k = 0; !status && spec_sees_drivers(plan->spec) && k < x->pieces.n; k++) {
		struct panel_owner owner = { 0 };
		status = run_take_piece(x, k, &owner, e);
		struct panel past = panel_until(&owner.panel, period_of_day(&plan->calendar, plan->as_of));
		if (!status)
			coverage_add(&coverage, &past, plan->horizon, &x->arena, NULL);
		x->has_whole = !status && spec_is_whole(plan->spec);
		if (x->has_whole)
			x->whole = owner;
		else
			panel_release(&owner);
	}
	coverage_warn(&coverage);
	return status || !plan->strict || !coverage.n ? status
		: err_set(e, E_INPUT, "'%s' ends before the horizon for %d series, which --strict does not allow:"
			  " nothing was forecast", coverage.driver[0].name, coverage.driver[0].series);
}

/* Pieces, record and, of a whole panel, the tiers: what there is to do and what is done. */
static enum status begin(struct execution *x, struct nodes *nodes, struct err *e)
{
	const struct run_plan *plan = x->plan;
	enum status status = run_pieces(plan, &x->arena, &x->pieces, e);
	if (!status)
		status = cover(x, e);
	if (!status)
		status = open_run(x, e);
	if (status || !spec_is_whole(plan->spec))
		return status;
	x->nodes = nodes;
	status = nodes_init(nodes, plan->db, plan->config, plan->as_of, e);
	return status ? status : db_node_there(plan->db, x->seq, &x->nodes_there, e);
}

static enum status run_blocks(struct execution *x, struct err *e)
{
	struct block b = { 0 };
	enum status status = OK;
	while (!status && run_next_block(&x->pieces, &b)) {
		int there = b.chunk + chunks_of(b.series) <= x->chunks_there;
		if (!there || (x->nodes && !x->nodes_there))
			status = run_block(x, &b, e);
		x->n_done += b.series;
		progress("forecasting", x->n_done, x->pieces.n_series);
	}
	progress_end();
	return status;
}

static void note_end(struct execution *x, enum status status, const struct err *why)
{
	struct err kept = { 0 };
	if (status && x->seq
	    && db_run_state(x->plan->db, x->seq, status == E_STOPPED ? "CANCELLED" : "FAILED", -1, why->text,
			    &kept))
		log_warning("%s", kept.text);
	/* All is written: parts that were fitted for it are of no more use. */
	if (!status && x->parts.kept + x->parts.found && db_parts_drop(x->plan->db, x->parts.base, &kept))
		log_warning("%s", kept.text);
}

enum status run_execute(const struct run_plan *plan, struct run_result *result, struct err *e)
{
	struct execution x = { .plan = plan };
	struct nodes nodes = { 0 };
	memset(result, 0, sizeof *result);
	log_set_run(plan->id);
	enum status status = find_published(plan, result, &x.arena, e);
	if (!status && !result->already_published) {
		part_cache_init(&x.parts, plan);
		status = begin(&x, &nodes, e);
		if (!status)
			status = plan->follow ? guard_follow(&x, e) : plan->cheap ? guard_blocks(&x, result, e)
				: run_blocks(&x, e);
		if (!status)
			status = record_stages(&x, e);
		note_end(&x, status, e);
		result->seq = x.seq;
		result->series = x.pieces.n_series;
	}
	if (x.has_whole)
		panel_release(&x.whole);
	part_cache_release(&x.parts);
	nodes_release(&nodes);
	arena_release(&x.arena);
	return status;
}

/* ---- publishing ---- */

#define LARGE_PANEL 1000 /* series from which on too many fallbacks hold the run */

/* Exit code by the share of series that fell back: 0, 3 (degraded) or 4 (held). A series that kept its cheap forecast
 * did not fall: the run was told to publish so rather than late. */
static int judge(const struct run_plan *p, const struct run_result *r)
{
	double share = r->series ? (double)(r->fallbacks - r->cheap) / r->series : 0;
	if (r->series >= LARGE_PANEL && share > config_number(p->config, "publish.hold_share"))
		return 4;
	return r->cheap || share > config_number(p->config, "publish.warn_share") ? 3 : 0;
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
	if (!status)
		status = nodes_complete(plan->db, plan->config, &row, e);
	if (!status) {
		result->fallbacks = row.fallbacks;
		result->exit_code = is_older(plan, &a) ? 4 : judge(plan, result);
		result->why_held = is_older(plan, &a)
			? "the published run knows later days; it stays"
			: "more series fell back than publish.hold_share allows; the last published run stays";
		if (plan->hold_because && result->exit_code != 4) {
			result->exit_code = 4;
			result->why_held = plan->hold_because;
		}
		FAILPOINT("publish.before");
		if (result->exit_code == 4)
			status = db_run_hold(plan->db, result->seq, result->why_held, e);
		else
			status = db_publish(plan->db, result->seq, result->published_hash,
					    result->exit_code, e);
	}
	buf_release(&seq);
	arena_release(&a);
	return status;
}
