/*
 * The replay: for each spec, window by window over a block; then the scoring of one forecast of a
 * block, series by series, into the cells.
 */
#include "config.h"
#include "eval/backtest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/par.h"
#include "base/process.h"
#include "eval/cells.h"
#include "eval/tiers.h"
#include "series/demand_class.h"

#define CHUNK 128    /* series whose sums are made together; part of the result's definition */
#define BUCKETS_MAX 16

struct bucket {
	int from, to; /* steps counted from 0, [from, to) */
	int cell;
};

struct backtest {
	const struct backtest_setup *setup;
	struct arena arena;
	const struct spec **spec;   /* [n_spec] each within a fallback, as at night */
	struct cells cells;
	struct tiers *tiers;
	int season, young, silent;
	int cell_all, cell_series;  /* cell_series -1: no tiers */
	int *cell_window;           /* [windows] */
	int *cell_horizon;          /* [horizon] */
	int cell_class[N_DEMAND_CLASS];
	struct bucket bucket[BUCKETS_MAX];
	int n_bucket;
	int64_t *fell, *made;       /* [n_spec] forecasts of series below rung 0, and in all */
	double done;                /* forecasts of series made, for progress */
};

period_t backtest_last_origin(period_t until, int gap, int horizon)
{
	return until - gap - horizon;
}

period_t backtest_origin(const struct backtest_setup *setup, int w)
{
	return setup->last - (setup->windows - 1 - w) * setup->step;
}

/* ---- the fixed cells ---- */

/* Width of the first bucket: about a season where that is a week, else about a month or a quarter. */
static int bucket_width(enum period_kind kind, int season)
{
	static const int width[] = { 7, 4, 3, 7 };
	return season > 1 && season <= 7 ? season : width[kind];
}

/* Ranges of steps that double: 1-7, 8-14, 15-28, 29-56 ... */
static void name_buckets(struct backtest *b)
{
	const struct backtest_setup *u = b->setup;
	int part = cells_part(&b->cells, "bucket"), from = 0;
	int to = bucket_width(u->calendar.kind, b->season);
	while (from < u->horizon && b->n_bucket < BUCKETS_MAX) {
		struct buf name = { 0 };
		if (to > u->horizon || b->n_bucket == BUCKETS_MAX - 1)
			to = u->horizon;
		buf_addf(&name, "%d-%d", u->gap + from + 1, u->gap + to);
		b->bucket[b->n_bucket++] =
			(struct bucket){ from, to, cells_at(&b->cells, part, name.text) };
		buf_release(&name);
		from = to;
		to = 2 * to;
	}
}

static void name_cells(struct backtest *b)
{
	const struct backtest_setup *u = b->setup;
	char text[DAY_TEXT_MAX];
	b->cell_all = cells_at(&b->cells, cells_part(&b->cells, "all"), "");
	int part = cells_part(&b->cells, "window");
	b->cell_window = ARENA_ARRAY(&b->arena, int, u->windows);
	for (int w = 0; w < u->windows; w++) {
		period_t origin = backtest_origin(u, w);
		b->cell_window[w] = cells_at(&b->cells, part, period_format(&u->calendar, origin, text));
	}
	part = cells_part(&b->cells, "horizon");
	b->cell_horizon = ARENA_ARRAY(&b->arena, int, u->horizon);
	for (int h = 0; h < u->horizon; h++) {
		struct buf name = { 0 };
		buf_add_int(&name, u->gap + h + 1);
		b->cell_horizon[h] = cells_at(&b->cells, part, name.text);
		buf_release(&name);
	}
	name_buckets(b);
	part = cells_part(&b->cells, "class");
	for (int k = 0; k < N_DEMAND_CLASS; k++)
		b->cell_class[k] = cells_at(&b->cells, part, demand_class_name((enum demand_class)k));
	b->cell_series = -1;
	if (u->tree)
		b->cell_series = cells_at(&b->cells, cells_part(&b->cells, "tier"), "series");
	for (int k = 0; k < u->n_attribute; k++)
		cells_part(&b->cells, u->attribute[k]);
}

/* A spec that is no chain is closed by the last rungs, as it would be at night. */
static const struct spec *spec_closed(const struct spec *spec, struct arena *a)
{
	const struct method *fallback = method_find("fallback");
	if (spec->method == fallback)
		return spec;
	const struct spec **part = ARENA_ARRAY(a, const struct spec *, 1);
	struct spec *closed = ARENA_ARRAY(a, struct spec, 1);
	part[0] = spec;
	*closed = (struct spec){ .method = fallback, .n_part = 1, .part = part };
	return closed;
}

struct backtest *backtest_new(const struct backtest_setup *setup)
{
	struct backtest *b = xcalloc(1, sizeof *b);
	b->setup = setup;
	b->season = setup->context.season > 0 ? setup->context.season : period_season(&setup->calendar);
	b->young = setup->horizon;
	b->silent = 3 * setup->horizon;
	b->spec = ARENA_ARRAY(&b->arena, const struct spec *, setup->n_spec);
	for (int s = 0; s < setup->n_spec; s++)
		b->spec[s] = spec_closed(setup->spec[s], &b->arena);
	b->fell = ARENA_ARRAY(&b->arena, int64_t, setup->n_spec);
	b->made = ARENA_ARRAY(&b->arena, int64_t, setup->n_spec);
	b->cells.n_spec = setup->n_spec;
	b->cells.n_metric =
		metric_list(&b->arena, setup->n_level, setup->level, setup->n_extra, setup->extra,
			    &b->cells.metric);
	name_cells(b);
	b->tiers = tiers_new(setup);
	return b;
}

void backtest_free(struct backtest *b)
{
	if (!b)
		return;
	tiers_free(b->tiers);
	cells_release(&b->cells);
	arena_release(&b->arena);
	free(b);
}

int backtest_metrics(const struct backtest *b, const struct metric **out)
{
	*out = b->cells.metric;
	return b->cells.n_metric;
}

/* ---- one block ---- */

/* Room of one worker for the pairs of one series. */
struct score_room {
	int *step;               /* [horizon] */
	double *actual, *mean;   /* [horizon] */
	double *quantile;        /* [horizon][n_level] */
	double *sum;             /* [stride] */
};

/* A block at work. */
struct replay {
	struct backtest *b;
	const struct backtest_block *block;
	struct arena arena;
	double *mae, *mse, *step; /* [panel->n][windows] scales at the origins */
	uint8_t *class;          /* [panel->n][windows] */
	int **cell;              /* [n_attribute][panel->n] */
	struct score_room *room; /* [jobs] */
	double *chunk;           /* [n_chunk][n_cell][stride] */
	const struct forecast *f;
	int spec, window;
};

static int jobs_of(const struct backtest *b)
{
	return b->setup->context.jobs > 1 ? b->setup->context.jobs : 1;
}

static size_t chunks_of(const struct replay *r)
{
	return ((size_t)r->block->panel->n + CHUNK - 1) / CHUNK;
}

/* Scales and classes of some series at every origin. */
static void look_back(void *context, size_t from, size_t to, int worker)
{
	struct replay *r = context;
	const struct backtest_setup *u = r->b->setup;
	(void)worker;
	int *end = NEW_ARRAY(int, u->windows);
	for (size_t i = from; i < to; i++) {
		struct series s = panel_series(r->block->panel, (int)i);
		double *y = NEW_ARRAY(double, s.n);
		series_known(&s, y);
		for (int w = 0; w < u->windows; w++) {
			int64_t known = (int64_t)backtest_origin(u, w) - s.first + 1;
			end[w] = (int)(known < 0 ? 0 : known < s.n ? known : s.n);
			r->class[i * (size_t)u->windows + (size_t)w] =
				(uint8_t)demand_class_of(y, end[w], r->b->young, r->b->silent);
		}
		size_t at = i * (size_t)u->windows;
		scales_at(y, s.n, r->b->season, u->windows, end, r->mae + at, r->mse + at, r->step + at);
		free(y);
	}
	free(end);
}

static void replay_init(struct replay *r, struct backtest *b, const struct backtest_block *block)
{
	const struct backtest_setup *u = b->setup;
	size_t n = (size_t)block->panel->n, stride = cells_stride(&b->cells);
	*r = (struct replay){ .b = b, .block = block };
	struct arena *a = &r->arena;
	r->mae = ARENA_ARRAY(a, double, n * (size_t)u->windows);
	r->mse = ARENA_ARRAY(a, double, n * (size_t)u->windows);
	r->step = ARENA_ARRAY(a, double, n * (size_t)u->windows);
	r->class = ARENA_ARRAY(a, uint8_t, n * (size_t)u->windows);
	r->cell = ARENA_ARRAY(a, int *, u->n_attribute);
	for (int k = 0; k < u->n_attribute; k++) {
		int part = cells_part(&b->cells, u->attribute[k]);
		r->cell[k] = ARENA_ARRAY(a, int, n);
		for (size_t i = 0; i < n; i++)
			r->cell[k][i] = cells_at(&b->cells, part, block->member[k][i]);
	}
	r->room = ARENA_ARRAY(a, struct score_room, jobs_of(b));
	for (int j = 0; j < jobs_of(b); j++)
		r->room[j] = (struct score_room){
			ARENA_ARRAY(a, int, u->horizon), ARENA_ARRAY(a, double, u->horizon),
			ARENA_ARRAY(a, double, u->horizon),
			ARENA_ARRAY(a, double, (size_t)u->horizon * (size_t)u->n_level),
			ARENA_ARRAY(a, double, stride)
		};
	r->chunk = ARENA_ARRAY(a, double, chunks_of(r) * (size_t)b->cells.n_cell * stride);
	par_for(n, CHUNK, jobs_of(b), look_back, r);
}

/* Series i's forecast beside what came, without the days that are no demand. */
static struct pairs pairs_of(const struct replay *r, int i, struct score_room *room)
{
	const struct backtest_setup *u = r->b->setup;
	struct series s = panel_series(r->block->panel, i);
	struct forecast one = forecast_at(r->f, i);
	size_t at = (size_t)i * (size_t)u->windows + (size_t)r->window, width = (size_t)u->n_level;
	struct pairs p = { .actual = room->actual, .mean = room->mean, .n_level = u->n_level,
			   .level = u->level, .quantile = room->quantile, .mae_scale = r->mae[at],
			   .mse_scale = r->mse[at], .step_scale = r->step[at],
			   .weight = r->block->weight ? r->block->weight[i] : 0,
			   .cost = r->block->cost ? &r->block->cost[i] : NULL };
	int64_t t = (int64_t)r->f->origin + 1 + u->gap - s.first;
	for (int h = 0; r->f->origin >= s.first && h < u->horizon && t < s.n; h++, t++) {
		if (!series_usable(&s, (int)t))
			continue;
		room->step[p.n] = h;
		room->actual[p.n] = s.units[t];
		room->mean[p.n] = one.mean[u->gap + h];
		memcpy(room->quantile + (size_t)p.n * width,
		       one.quantile + (size_t)(u->gap + h) * width, width * sizeof(double));
		p.n++;
	}
	return p;
}

/* The pairs [from, to) of those given. */
static struct pairs pairs_part(const struct pairs *p, int from, int to)
{
	struct pairs part = *p;
	part.n = to - from;
	part.actual += from;
	part.mean += from;
	part.quantile += (size_t)from * (size_t)p->n_level;
	return part;
}

/* Scores one series into the sums of its chunk. */
static void score_series(const struct replay *r, int i, struct score_room *room, double *chunk)
{
	const struct backtest *b = r->b;
	const struct cells *c = &b->cells;
	size_t stride = cells_stride(c);
	struct pairs p = pairs_of(r, i, room);
	if (!p.n)
		return;
	int class = r->class[(size_t)i * (size_t)b->setup->windows + (size_t)r->window];
	int whole[4] = { b->cell_all, b->cell_window[r->window], b->cell_class[class],
			 b->cell_series };
	memset(room->sum, 0, stride * sizeof *room->sum);
	cells_add(c, &p, room->sum);
	for (int k = 0; k < 4 + b->setup->n_attribute; k++) {
		int cell = k < 4 ? whole[k] : r->cell[k - 4][i];
		double *to = cell < 0 ? NULL : chunk + (size_t)cell * stride;
		for (size_t j = 0; to && j < stride; j++)
			to[j] += room->sum[j];
	}
	for (int k = 0; k < p.n; k++) {
		struct pairs one = pairs_part(&p, k, k + 1);
		cells_add(c, &one, chunk + (size_t)b->cell_horizon[room->step[k]] * stride);
	}
	for (int k = 0, from = 0, to; k < b->n_bucket; k++, from = to) {
		for (to = from; to < p.n && room->step[to] < b->bucket[k].to; to++)
			;
		struct pairs some = pairs_part(&p, from, to);
		if (some.n)
			cells_add(c, &some, chunk + (size_t)b->bucket[k].cell * stride);
	}
}

static void score_chunks(void *context, size_t from, size_t to, int worker)
{
	struct replay *r = context;
	size_t size = (size_t)r->b->cells.n_cell * cells_stride(&r->b->cells);
	for (size_t k = from; k < to; k++) {
		double *chunk = r->chunk + k * size;
		memset(chunk, 0, size * sizeof *chunk);
		for (int i = (int)k * CHUNK; i < r->block->panel->n && i < (int)(k + 1) * CHUNK; i++)
			score_series(r, i, &r->room[worker], chunk);
	}
}

/* Scores the forecast of one spec and window; chunks are added in order. */
static void score_window(struct replay *r)
{
	struct backtest *b = r->b;
	size_t stride = cells_stride(&b->cells);
	par_for(chunks_of(r), 1, jobs_of(b), score_chunks, r);
	for (size_t k = 0; k < chunks_of(r); k++) {
		const double *chunk = r->chunk + k * (size_t)b->cells.n_cell * stride;
		for (int cell = 0; cell < b->cells.n_cell; cell++) {
			double *to = cells_sum(&b->cells, cell, r->spec);
			for (size_t j = 0; j < stride; j++)
				to[j] += chunk[(size_t)cell * stride + j];
		}
	}
	for (int i = 0; i < r->f->n; i++) {
		if (r->f->origin < r->block->panel->first[i])
			continue;
		b->made[r->spec]++;
		b->fell[r->spec] += r->f->used[i].rung != RUNG_SPEC;
	}
	tiers_add_forecast(b->tiers, r->block, r->f, r->spec, r->window);
}

/* ---- one spec over the windows of a block ---- */

struct fitted {
	const struct spec *spec;
	void *model; /* NULL: not fitted */
	struct arena arena;
};

static void fitted_release(struct fitted *f)
{
	if (f->model && f->spec->method->release)
		f->spec->method->release(f->model);
	f->model = NULL;
	arena_release(&f->arena);
}

static enum status forecast_window(struct replay *r, struct fitted *fitted, struct arena *a,
				   struct err *e)
{
	const struct backtest_setup *u = r->b->setup;
	const struct method *method = fitted->spec->method;
	const struct panel *all = r->block->all ? r->block->all : r->block->panel;
	struct panel past = panel_until(all, backtest_origin(u, r->window));
	enum status status = OK;
	if (r->window % (u->refit > 1 ? u->refit : 1) == 0) {
		fitted_release(fitted);
		status = method->fit(fitted->spec, &past, &u->context, &fitted->arena, &fitted->model, e);
	}
	if (status)
		return status;
	struct forecast f;
	forecast_init(&f, a, past.n, u->gap + u->horizon, u->n_level, u->level, past.until);
	status = method->predict(fitted->model, &past, &u->context, a, &f, e);
	if (!status)
		status = forecast_check(&f, past.key, e);
	if (status)
		return status;
	struct forecast part = forecast_at(&f, r->block->at);
	part.n = r->block->panel->n;
	r->f = &part;
	score_window(r);
	struct tiers_source source = { method, fitted->model, &past, &u->context };
	tiers_add_nodes(r->b->tiers, r->block, &source, &f, r->spec, r->window);
	r->f = NULL;
	return OK;
}

static enum status replay_spec(struct replay *r, struct err *e)
{
	const struct backtest_setup *u = r->b->setup;
	struct fitted fitted = { .spec = r->b->spec[r->spec] };
	struct arena a = { 0 };
	enum status status = OK;
	for (r->window = 0; !status && r->window < u->windows; r->window++) {
		arena_reset(&a);
		status = process_stop() ? err_set(e, E_STOPPED, "stopped; no score was kept")
					: forecast_window(r, &fitted, &a, e);
		r->b->done += r->block->panel->n;
		progress("backtest", r->b->done, (double)u->n_series * u->n_spec * u->windows);
	}
	arena_release(&a);
	fitted_release(&fitted);
	return status && status != E_STOPPED ? err_wrap(e, "spec '%s'", u->name[r->spec]) : status;
}

enum status backtest_block(struct backtest *b, const struct backtest_block *block, struct err *e)
{
	struct replay r;
	enum status status = OK;
	if (!block->panel->n)
		return OK;
	if (block->panel->until < b->setup->last + b->setup->gap + b->setup->horizon)
		return err_set(e, E_USAGE, "the sales end before the last window's steps do");
	replay_init(&r, b, block);
	tiers_add_actuals(b->tiers, block);
	for (r.spec = 0; !status && r.spec < b->setup->n_spec; r.spec++)
		status = replay_spec(&r, e);
	arena_release(&r.arena);
	return status;
}

/* ---- scores ---- */

struct score_list {
	struct backtest *b;
	struct arena *arena;
	const struct metric *metric; /* as the cells have them, with names of the caller's arena */
	VEC(struct score) score;
};

/* Numbers of a part's members: attribute values by bytes, all else in order of naming, which is that
 * of time and of steps. */
static void sort_members(const struct cell_part *p, int by_name, int *order)
{
	for (int k = 0; k < (int)p->cell.n; k++) {
		int at = k;
		while (by_name && at > 0
		       && strcmp(p->member.name[order[at - 1]], p->member.name[k]) > 0) {
			order[at] = order[at - 1];
			at--;
		}
		order[at] = k;
	}
}

static void put_score(struct score_list *l, int spec, const char *part, const char *member,
		      const char *metric, double value, double cases)
{
	VEC_PUSH(&l->score, (struct score){ l->b->setup->name[spec], part, member, metric, value,
					    (int64_t)cases });
}

/* All metrics of one spec in one cell, but those that have nothing to say there. */
static void put_cell(struct score_list *l, int spec, const char *part, const char *member, int cell)
{
	const struct cells *c = &l->b->cells;
	const double *sum = cells_sum(c, cell, spec);
	int summed = !strcmp(part, "tier") && cell != l->b->cell_series;
	for (int m = 0; m < c->n_metric; m++, sum += METRIC_SUMS) {
		if (summed && sum[2] == 0)
			continue; /* no quantiles of sums */
		if (!l->b->setup->weighted
		    && (!strcmp(c->metric[m].name, "wrmsse") || !strcmp(c->metric[m].name, "wspl")))
			continue;
		put_score(l, spec, part, member, l->metric[m].name, c->metric[m].value(sum), sum[2]);
	}
}

static void put_part(struct score_list *l, int spec, int part, int by_name)
{
	const struct cell_part *p = &l->b->cells.part.at[part];
	int *order = NEW_ARRAY(int, p->cell.n);
	sort_members(p, by_name, order);
	for (size_t k = 0; k < p->cell.n; k++)
		put_cell(l, spec, p->name, arena_strdup(l->arena, p->member.name[order[k]]),
			 p->cell.at[order[k]]);
	free(order);
}

/* WRMSSE and WSPL as M5 has them: the mean over all tiers, the series themselves being one. A tier
 * without quantiles leaves the mean of WSPL to nobody. */
static void put_tier_mean(struct score_list *l, int spec, const char *name)
{
	const struct cells *c = &l->b->cells;
	const struct metric *metric = metric_find(c->metric, c->n_metric, name);
	const struct cell_part *tiers = &c->part.at[cells_part(&l->b->cells, "tier")];
	double mean = 0, cases = 0;
	for (size_t k = 0; k < tiers->cell.n; k++) {
		const double *sum = cells_sum(c, tiers->cell.at[k], spec)
			+ (metric - c->metric) * METRIC_SUMS;
		mean += metric->value(sum) / (double)tiers->cell.n;
		cases += sum[2];
	}
	if (!isnan(mean) || !strcmp(name, "wrmsse"))
		put_score(l, spec, "tier", "mean", name, mean, cases);
}

int backtest_scores(struct backtest *b, struct arena *a, const struct score **out)
{
	struct score_list l = { .b = b, .arena = a };
	int n_fixed = (int)b->cells.part.n - b->setup->n_attribute;
	metric_list(a, b->setup->n_level, b->setup->level, b->setup->n_extra, b->setup->extra, &l.metric);
	tiers_score(b->tiers, &b->cells, b->season);
	for (int s = 0; s < b->setup->n_spec; s++) {
		for (int k = 0; k < (int)b->cells.part.n; k++)
			put_part(&l, s, k, k >= n_fixed);
		put_score(&l, s, "all", "", "fallback", (double)b->fell[s], (double)b->made[s]);
		if (b->setup->weighted && b->setup->tree) {
			put_tier_mean(&l, s, "wrmsse");
			put_tier_mean(&l, s, "wspl");
		}
	}
	struct score *copy = ARENA_ARRAY(a, struct score, l.score.n);
	memcpy(copy, l.score.at, l.score.n * sizeof *copy);
	*out = copy;
	int n = (int)l.score.n;
	VEC_FREE(&l.score);
	return n;
}
