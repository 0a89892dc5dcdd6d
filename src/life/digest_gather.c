/*
 * The digest out of the db. Sales and forecasts are read store by store and added to the nodes of the
 * tiers; of the series themselves only the biggest and those that change most are kept.
 */
#include "config.h"
#include "life/digest_gather.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "io/db_alert.h"
#include "io/db_catalog.h"
#include "io/db_model.h"
#include "io/db_quality.h"
#include "io/db_report.h"
#include "io/db_score.h"
#include "io/db_stock.h"
#include "life/run.h"
#include "life/tree.h"

#define COUNTS_MAX 64   /* kinds of reasons that are told apart */
#define TIERS_PRESET 4  /* tiers taken from attributes where none are declared */
#define RUNS_BACK 1000  /* how far back a backtest is looked for */

/* The greatest by a size, kept in order; full slots are used again. */
struct top {
	struct digest_series *series; /* [room] */
	double *size;                 /* [room] */
	int n, room;
};

struct gather {
	struct db *db;
	const struct config *config;
	const struct run_row *run;
	struct digest *d;
	struct arena *a;
	struct catalog_series *catalog; /* [n] */
	int n, at;                      /* series; the one that was met last */
	struct hierarchy tree;
	double **node_past, **node_mean; /* [n_tier][n_node * n_past or n_step] */
	struct top fan, change;
	struct digest_count rung[COUNTS_MAX + 1], method[COUNTS_MAX + 1];
	int rung_of[COUNTS_MAX + 1];
	double *count[5];               /* known, unknown, stockout, closed, found: [n_past] */
	struct panel panel;             /* of the store under way */
	double *past;                   /* [n_past] scratch */
	uint8_t *state;
};

int digest_past(const struct calendar *c, int n_step)
{
	static const int shown[] = { [PERIOD_DAY] = 56, [PERIOD_WEEK] = 52, [PERIOD_MONTH] = 36,
				     [PERIOD_NUMBER] = 56 };
	return shown[c->kind] > n_step ? shown[c->kind] : n_step;
}

enum status digest_find_run(struct db *db, const char *name, struct arena *a, struct run_row *out,
			    struct err *e)
{
	struct run_row *row;
	int n;
	if (!name)
		return db_run_published(db, a, out, e);
	if (strcmp(name, "last"))
		return db_run_find(db, name, a, out, e);
	enum status status = db_runs(db, RUNS_BACK, a, &row, &n, e);
	for (int i = 0; !status && i < n; i++)
		if (row[i].done > 0) {
			*out = row[i];
			return OK;
		}
	return status ? status : err_set(e, E_NOTFOUND, "nothing was forecast yet");
}

/* ---- tiers ---- */

static enum status make_tree(struct gather *g, struct err *e)
{
	const char *preset[TIERS_PRESET + 1];
	int n_preset = 0;
	enum status status = tree_preset(g->db, g->catalog, g->n, TIERS_PRESET, DIGEST_NODES, g->a, preset,
					 &n_preset, e);
	if (!status)
		status = tree_declared(&g->tree, g->db, g->config, g->catalog, g->n, preset, n_preset, g->a, e);
	if (status)
		return status;
	g->node_past = ARENA_ARRAY(g->a, double *, g->tree.n_tier + 1);
	g->node_mean = ARENA_ARRAY(g->a, double *, g->tree.n_tier + 1);
	for (int k = 0; k < g->tree.n_tier; k++) {
		size_t n = (size_t)g->tree.tier[k].n_node;
		g->node_past[k] = ARENA_ARRAY(g->a, double, n * (size_t)g->d->n_past);
		g->node_mean[k] = ARENA_ARRAY(g->a, double, n * (size_t)g->d->n_step);
		/* NaN until something is known. */
		for (size_t i = 0; i < n * (size_t)g->d->n_past; i++)
			g->node_past[k][i] = (double)NAN;
	}
	return OK;
}

static void add_to_nodes(struct gather *g, int at, const double *mean)
{
	const struct digest *d = g->d;
	for (int k = 0; k < g->tree.n_tier; k++) {
		size_t node = (size_t)g->tree.tier[k].node_of[at];
		double *past = g->node_past[k] + node * (size_t)d->n_past;
		double *next = g->node_mean[k] + node * (size_t)d->n_step;
		for (int t = 0; t < d->n_past; t++)
			if (isfinite(g->past[t]))
				past[t] = isfinite(past[t]) ? past[t] + g->past[t] : g->past[t];
		for (int h = 0; h < d->n_step; h++)
			next[h] += mean[h];
	}
}

/* ---- one series ---- */

/* The last n_past periods up to the origin, and their counts by period. */
static void read_past(struct gather *g, int i)
{
	const struct digest *d = g->d;
	struct series s = panel_series(&g->panel, i);
	period_t first = d->origin - d->n_past + 1;
	for (int t = 0; t < d->n_past; t++) {
		int at = first + t - s.first;
		int there = at >= 0 && at < s.n;
		g->past[t] = there ? s.units[at] : (double)NAN;
		g->state[t] = there ? s.state[at] : DAY_MISSING;
		if (!there)
			continue;
		int kind = s.state[at] == DAY_STOCKOUT ? 2 : s.state[at] == DAY_CLOSED ? 3
			: isfinite(s.units[at]) ? 0 : 1;
		g->count[kind][t]++;
	}
}

/* The slot for a series of that size, or NULL when it is not among the greatest. */
static struct digest_series *top_slot(struct top *top, double size)
{
	int at = top->n;
	if (!(size > 0) || (top->n == top->room && top->size[top->n - 1] >= size))
		return NULL;
	if (top->n < top->room)
		top->n++;
	else
		at--;
	struct digest_series slot = top->series[at];
	for (; at > 0 && top->size[at - 1] < size; at--) {
		top->series[at] = top->series[at - 1];
		top->size[at] = top->size[at - 1];
	}
	top->series[at] = slot;
	top->size[at] = size;
	return &top->series[at];
}

static void top_put(struct gather *g, struct top *top, double size, const struct catalog_series *series,
		    const struct forecast *f, double past_sum, double next_sum)
{
	const struct digest *d = g->d;
	size_t n_past = (size_t)d->n_past, n_step = (size_t)d->n_step, n_level = (size_t)d->n_level;
	struct digest_series *s = top_slot(top, size);
	struct buf name = { 0 };
	if (!s)
		return;
	double *past = ARENA_ARRAY(g->a, double, n_past), *mean = ARENA_ARRAY(g->a, double, n_step);
	double *quantile = ARENA_ARRAY(g->a, double, n_step * n_level);
	uint8_t *state = arena_alloc(g->a, n_past);
	memcpy(past, g->past, n_past * sizeof *past);
	memcpy(state, g->state, n_past);
	memcpy(mean, f->mean, n_step * sizeof *mean);
	memcpy(quantile, f->quantile, n_step * n_level * sizeof *quantile);
	buf_addf(&name, "%s/%s", series->key.store, series->key.item);
	*s = (struct digest_series){
		.key = { arena_strdup(g->a, series->key.store), arena_strdup(g->a, series->key.item) },
		.sum = { "series", arena_strdup(g->a, name.text), past_sum, next_sum, past, mean },
		.state = state, .quantile = quantile,
		.used = { arena_strdup(g->a, f->used[0].method), f->used[0].rung, NULL },
	};
	buf_release(&name);
}

/* Counts a series under (name, rung, reason). Beyond COUNTS_MAX kinds the rest are one. */
static void count_series(struct gather *g, struct digest_count *count, int *n, const char *name, int rung,
			 const char *reason, const struct catalog_series *series)
{
	int at = 0;
	while (at < *n && (strcmp(count[at].name, name) || (reason && g->rung_of[at] != rung) ||
			   (reason && strcmp(count[at].reason, reason))))
		at++;
	if (at == COUNTS_MAX && at == *n) {
		name = "others";
		reason = reason ? "further reasons" : NULL;
	}
	if (at == *n) {
		struct buf example = { 0 };
		buf_addf(&example, "%s/%s", series->key.store, series->key.item);
		count[at] = (struct digest_count){ arena_strdup(g->a, name),
						   reason ? arena_strdup(g->a, reason) : NULL,
						   reason ? arena_strdup(g->a, example.text) : NULL, 0 };
		if (reason)
			g->rung_of[at] = rung;
		++*n;
		buf_release(&example);
	}
	count[at].series++;
}

static enum status series_seen(void *context, const struct catalog_series *series,
			       const struct forecast *f, struct err *e)
{
	struct gather *g = context;
	struct digest *d = g->d;
	double past_sum = 0, next_sum = 0;
	int i = panel_find(&g->panel, series->key.store, series->key.item), known = 0;
	while (g->at < g->n && series_key_compare(&g->catalog[g->at].key, &series->key) < 0)
		g->at++;
	if (i < 0 || g->at == g->n || series_key_compare(&g->catalog[g->at].key, &series->key))
		return err_set(e, E_BUG, "series '%s/%s' has a forecast but no sales", series->key.store,
			       series->key.item);
	if (f->n_step != d->n_step || f->n_level != d->n_level)
		return err_set(e, E_BUG, "series '%s/%s' has %d steps and %d levels, not %d and %d",
			       series->key.store, series->key.item, f->n_step, f->n_level, d->n_step,
			       d->n_level);
	read_past(g, i);
	for (int t = d->n_past - d->n_step; t < d->n_past; t++)
		if (isfinite(g->past[t])) {
			past_sum += g->past[t];
			known++;
		}
	for (int h = 0; h < d->n_step; h++)
		next_sum += f->mean[h];
	add_to_nodes(g, g->at, f->mean);
	top_put(g, &g->fan, next_sum, series, f, past_sum, next_sum);
	/* A change against a past that is half unknown would be one of the data, not of the sales. */
	if (2 * known >= d->n_step)
		top_put(g, &g->change, fabs(next_sum - past_sum), series, f, past_sum, next_sum);
	count_series(g, g->method, &d->n_method, f->used[0].method, 0, NULL, series);
	if (f->used[0].rung != RUNG_SPEC)
		count_series(g, g->rung, &d->n_rung, rung_name(f->used[0].rung), (int)f->used[0].rung,
			     f->used[0].reason ? f->used[0].reason : "not told", series);
	d->n_series++;
	return OK;
}

/* The levels of the run, out of its text. */
static enum status read_levels(const struct run_row *run, struct digest *d, struct arena *a,
			       struct err *e)
{
	double *level = ARENA_ARRAY(a, double, strlen(run->levels) / 2 + 2);
	for (const char *at = run->levels; *at;) {
		size_t length = strcspn(at, ",");
		if (!number_parse(at, length, '.', 0, &level[d->n_level++]))
			return err_set(e, E_BUG, "run '%s' has levels '%s'", run->id, run->levels);
		at += length + (at[length] == ',');
	}
	d->level = level;
	return OK;
}

static enum status gather_store(struct gather *g, const char *store, struct err *e)
{
	const struct run_plan plan = { .db = g->db, .config = g->config, .calendar = g->d->calendar };
	struct panel_request request = run_panel_request(&plan, store);
	struct panel_owner owner = { 0 };
	enum status status = db_panel(g->db, &request, &owner, e);
	if (!status) {
		g->panel = panel_until(&owner.panel, g->d->origin);
		status = db_forecast_read(g->db, g->run, store, NULL, series_seen, g, e);
	}
	panel_release(&owner);
	return status;
}

static void top_new(struct gather *g, struct top *top, int room)
{
	top->room = room;
	top->series = ARENA_ARRAY(g->a, struct digest_series, room + 1);
	top->size = ARENA_ARRAY(g->a, double, room + 1);
}

static enum status gather_series(struct gather *g, const char *store, struct err *e)
{
	struct digest *d = g->d;
	enum status status = db_series(g->db, store, g->a, &g->catalog, &g->n, e);
	if (status)
		return status;
	for (int i = 0; i < g->n; i++)
		d->n_store += !i || strcmp(g->catalog[i].key.store, g->catalog[i - 1].key.store) != 0;
	status = make_tree(g, e);
	top_new(g, &g->fan, DIGEST_FANS);
	top_new(g, &g->change, DIGEST_CHANGES);
	g->past = ARENA_ARRAY(g->a, double, d->n_past);
	g->state = arena_alloc(g->a, (size_t)d->n_past);
	for (int k = 0; k < 5; k++)
		g->count[k] = ARENA_ARRAY(g->a, double, d->n_past);
	for (int i = 0; !status && i < g->n; i++)
		if (!i || strcmp(g->catalog[i].key.store, g->catalog[i - 1].key.store))
			status = gather_store(g, g->catalog[i].key.store, e);
	return status;
}

/* ---- what the db says besides ---- */

static int by_count(const void *a, const void *b)
{
	const struct digest_count *x = a, *y = b;
	return x->series != y->series ? (x->series < y->series ? 1 : -1) : strcmp(x->name, y->name);
}

static int by_size(const void *a, const void *b)
{
	const struct digest_node *x = a, *y = b;
	if (x->next_sum < y->next_sum || x->next_sum > y->next_sum)
		return x->next_sum < y->next_sum ? 1 : -1;
	return strcmp(x->name, y->name);
}

/* The nodes of each tier, the biggest of those with too many. */
static void take_nodes(struct gather *g)
{
	struct digest *d = g->d;
	int room = 0;
	for (int k = 0; k < g->tree.n_tier; k++)
		room += g->tree.tier[k].n_node;
	struct digest_node *node = ARENA_ARRAY(g->a, struct digest_node, room + 1);
	for (int k = 0; k < g->tree.n_tier; k++) {
		const struct tier *tier = &g->tree.tier[k];
		struct digest_node *from = node + d->n_node;
		for (int i = 0; i < tier->n_node; i++) {
			const double *past = g->node_past[k] + (size_t)i * (size_t)d->n_past;
			const double *mean = g->node_mean[k] + (size_t)i * (size_t)d->n_step;
			from[i] = (struct digest_node){ .tier = tier->name, .name = tier->node[i], .past = past,
							.mean = mean };
			if (!strcmp(tier->name, "total"))
				from[i].name = "all";
			else if (!*from[i].name)
				from[i].name = "(none)";
			for (int t = d->n_past - d->n_step; t < d->n_past; t++)
				from[i].past_sum += isfinite(past[t]) ? past[t] : 0;
			for (int h = 0; h < d->n_step; h++)
				from[i].next_sum += mean[h];
		}
		qsort(from, (size_t)tier->n_node, sizeof *from, by_size);
		d->n_node += tier->n_node < DIGEST_NODES ? tier->n_node : DIGEST_NODES;
	}
	d->node = node;
}

static enum status take_findings(struct gather *g, struct err *e)
{
	struct digest *d = g->d;
	struct finding *all;
	size_t n;
	day_t as_of;
	enum status status = db_findings(g->db, DAY_NONE, g->a, &all, &n, &as_of, e);
	if (status)
		return status;
	d->checked = db_meta(g->db, "checked_at", g->a) != NULL;
	struct finding *shown = ARENA_ARRAY(g->a, struct finding, n + 1);
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		const struct finding *f = &all[i];
		if (d->store && f->store && strcmp(d->store, f->store))
			continue;
		shown[kept++] = *f;
		d->findings[f->severity]++;
		if (f->day == DAY_NONE)
			continue;
		period_t from = period_of_day(&d->calendar, f->day);
		period_t until = f->until == DAY_NONE ? from : period_of_day(&d->calendar, f->until);
		for (period_t p = from; p <= until && p <= d->origin; p++)
			if (p > d->origin - d->n_past)
				g->count[4][p - (d->origin - d->n_past + 1)]++;
	}
	qsort(shown, kept, sizeof *shown, finding_order);
	d->finding = shown;
	d->n_finding = kept < DIGEST_FINDINGS ? (int)kept : DIGEST_FINDINGS;
	return OK;
}

enum status digest_scores(struct db *db, const struct config *config, struct arena *a,
			  struct digest *d, struct err *e)
{
	static const char *const part[] = { "all", "bucket", "horizon" };
	const char *spec = config_text(config, "run.spec");
	struct run_row *run;
	struct score *of_part[3];
	int n_run, at = 0, known, n[3] = { 0 };
	d->spec = spec ? spec : "champion";
	d->floor = "snaive";
	d->score_note = "";
	enum status status = db_calendar(db, &d->calendar, &known, e);
	if (!status)
		status = db_runs(db, RUNS_BACK, a, &run, &n_run, e);
	while (!status && at < n_run && (strcmp(run[at].kind, "backtest") || run[at].exit_code))
		at++;
	if (status || at == n_run)
		return status;
	for (int k = 0; !status && k < 3; k++)
		status = db_score_read(db, run[at].seq, NULL, part[k], NULL, a, &of_part[k], &n[k], e);
	if (status)
		return status;
	struct score *all = ARENA_ARRAY(a, struct score, n[0] + n[1] + n[2] + 1);
	for (int k = 0; k < 3; k++) {
		if (n[k])
			memcpy(all + d->n_score, of_part[k], (size_t)n[k] * sizeof *all);
		d->n_score += n[k];
	}
	d->score = all;
	d->score_run = run[at].seq;
	int windows, step, horizon;
	char note[160];
	if (sscanf(run[at].spec, "windows=%d step=%d horizon=%d", &windows, &step, &horizon) == 3) {
		const char *kind = period_kind_name(d->calendar.kind);
		snprintf(note, sizeof note, "%d origins, %d %s%s apart, %d %ss ahead", windows, step, kind,
			 step == 1 ? "" : "s", horizon, kind);
		d->score_note = arena_strdup(a, note);
	}
	return OK;
}

static enum status take_alerts(struct gather *g, struct err *e)
{
	struct digest *d = g->d;
	struct alert_row *row;
	struct alias_move *move;
	int n, n_move;
	enum status status = db_alerts(g->db, 0, g->a, &row, &n, e);
	if (!status)
		status = db_model_moves(g->db, DIGEST_MOVES, g->a, &move, &n_move, e);
	if (status)
		return status;
	struct digest_alert *alert = ARENA_ARRAY(g->a, struct digest_alert, n + 1);
	for (int k = 0; k < n; k++) {
		d->alarms += !strcmp(row[k].grade, "ALARM");
		alert[k] = (struct digest_alert){ row[k].grade, row[k].code, row[k].node, row[k].text, row[k].cause,
						  row[k].opened, row[k].money };
	}
	struct digest_move *moves = ARENA_ARRAY(g->a, struct digest_move, n_move + 1);
	for (int k = 0; k < n_move; k++)
		moves[k] = (struct digest_move){ move[k].day, move[k].alias, move[k].reason, move[k].version,
						 move[k].before };
	d->alert = alert;
	d->n_alert = n < DIGEST_ALERTS ? n : DIGEST_ALERTS;
	d->move = moves;
	d->n_move = n_move;
	return OK;
}

static enum status take_rest(struct gather *g, struct err *e)
{
	struct digest *d = g->d;
	struct ledger_row *ledger;
	struct stage_use *stage;
	struct event *event;
	size_t n_event;
	day_t from = period_start(&d->calendar, d->origin - d->n_past + 1);
	enum status status = db_ledger(g->db, DIGEST_BATCHES, g->a, &ledger, &d->n_batch, e);
	if (!status)
		status = db_stages(g->db, g->run->seq, g->a, &stage, &d->n_stage, e);
	if (!status)
		status = db_events(g->db, d->store, from, period_start(&d->calendar, d->origin + d->n_step + 1) - 1,
				   g->a, &event, &n_event, e);
	if (status)
		return status;
	struct digest_batch *batch = ARENA_ARRAY(g->a, struct digest_batch, d->n_batch + 1);
	for (int i = 0; i < d->n_batch; i++)
		batch[i] = (struct digest_batch){ ledger[i].path, ledger[i].known_at, ledger[i].rows,
						  ledger[i].added, ledger[i].changed, ledger[i].rejected };
	struct digest_stage *use = ARENA_ARRAY(g->a, struct digest_stage, d->n_stage + 1);
	for (int i = 0; i < d->n_stage; i++)
		use[i] = (struct digest_stage){ stage[i].stage, stage[i].wall, stage[i].cpu, stage[i].maxrss };
	d->batch = batch;
	d->stage = use;
	d->events = (struct events){ .event = event, .n = n_event };
	const char *simulated = db_meta(g->db, "simulated", g->a);
	d->simulated = simulated && *simulated && strcmp(simulated, "0") && strcmp(simulated, "no");
	return OK;
}

static void take_counts(struct gather *g)
{
	struct digest *d = g->d;
	struct digest_count *rung = ARENA_ARRAY(g->a, struct digest_count, COUNTS_MAX + 1);
	struct digest_count *method = ARENA_ARRAY(g->a, struct digest_count, COUNTS_MAX + 1);
	memcpy(rung, g->rung, sizeof g->rung);
	memcpy(method, g->method, sizeof g->method);
	qsort(rung, (size_t)d->n_rung, sizeof *rung, by_count);
	qsort(method, (size_t)d->n_method, sizeof *method, by_count);
	d->rung = rung;
	d->method = method;
	d->fan = g->fan.series;
	d->n_fan = g->fan.n;
	d->change = g->change.series;
	d->n_change = g->change.n;
	d->known = g->count[0];
	d->unknown = g->count[1];
	d->stockout = g->count[2];
	d->closed = g->count[3];
	d->found = g->count[4];
}

enum status digest_gather(struct db *db, const struct config *config, const struct run_row *run,
			  const char *store, struct arena *a, struct digest *out, struct err *e)
{
	struct gather *g = xcalloc(1, sizeof *g);
	int known;
	*g = (struct gather){ .db = db, .config = config, .run = run, .d = out, .a = a };
	*out = (struct digest){
		.store = store, .n_step = run->horizon,
		.run = { run->seq, run->id, run->kind, run->state, run->trigger, run->started, run->ended,
			 run->spec, run->note, run->data_hash, run->config_hash, run->code_hash,
			 run->model_hash, run->published_hash, run->exit_code },
	};
	enum status status = db_calendar(db, &out->calendar, &known, e);
	if (!status) {
		out->origin = period_of_day(&out->calendar, run->as_of);
		out->n_past = digest_past(&out->calendar, out->n_step);
		status = read_levels(run, out, a, e);
	}
	if (!status)
		status = gather_series(g, store, e);
	if (!status)
		status = take_findings(g, e);
	if (!status)
		status = digest_scores(db, config, a, out, e);
	if (!status)
		status = take_rest(g, e);
	if (!status)
		status = take_alerts(g, e);
	if (!status) {
		int64_t roi_run;
		status = db_page_newest(db, "roi-section", a, &roi_run, &out->roi_section, e);
	}
	if (!status) {
		take_nodes(g);
		take_counts(g);
		digest_judge(out, a, config_number(config, "publish.warn_share"));
	}
	free(g);
	return status;
}
