/*
 * The backtest of a db. What is settled here: specs are closed by the ladder as at night; scores are
 * cut by every attribute with few values; the tiers are those of the config, else one for each cut.
 */
#include "config.h"
#include "life/backtest_run.h"

#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/process.h"
#include "eval/backtest.h"
#include "io/db_score.h"
#include "io/db_stock.h"
#include "io/weights.h"
#include "life/cost_conf.h"
#include "life/run_private.h"
#include "life/segments.h"
#include "life/tree.h"
#include "stock/cost_metric.h"

#define MEMBERS_MAX 60    /* an attribute with more values is no cut of the scores */
#define ATTRIBUTES_MAX 16
#define SPECS_MAX 64
#define REFERENCE "snaive"

static const char *const default_specs[] = { "seasonal_window_mean", "window_mean", "ses", "naive",
					     NULL };

struct work {
	struct db *db;
	const struct config *config;
	const struct backtest_request *request;
	struct arena *arena;
	struct run_plan plan;
	struct backtest_setup setup;
	struct catalog_series *catalog; /* [n] of the scope, by key */
	int n;
	const char **value[ATTRIBUTES_MAX]; /* [n_attribute][n] */
	const char *attribute[ATTRIBUTES_MAX];
	struct hierarchy tree;
	double *weight;                 /* [n] or NULL */
	struct unit_cost *cost;         /* [n] or NULL */
	int n_store;
};

/* ---- specs ---- */

static int is_named(const char *const *name, int n, const char *wanted)
{
	while (n > 0)
		if (!strcmp(name[--n], wanted))
			return 1;
	return 0;
}

struct spec_list {
	const char *name[SPECS_MAX], *text[SPECS_MAX];
	const struct spec *spec[SPECS_MAX];
	int n;
};

/* Adds a spec; with `unless_there` not if one that does the same is there by another name. */
static enum status add_spec(struct work *w, struct spec_list *l, const char *name, int unless_there,
			    struct err *e)
{
	struct run_plan plan;
	if (is_named(l->name, l->n, name))
		return OK;
	if (l->n == SPECS_MAX)
		return err_set(e, E_USAGE, "more than %d specs were given", SPECS_MAX);
	/* "champion" is what serves, whatever recipe was promoted, unless run.spec says otherwise. */
	int serving = !strcmp(name, "champion") && !w->request->n_spec
		&& !strcmp(config_origin(w->config, "run.spec"), "default");
	enum status status = run_plan(&plan, w->db, w->config, "backtest", w->request->as_of, serving ? NULL : name,
				      w->request->jobs, w->arena, e);
	if (status || (unless_there && is_named(l->text, l->n, plan.spec_text)))
		return status;
	l->name[l->n] = name;
	l->text[l->n] = plan.spec_text;
	l->spec[l->n++] = plan.spec;
	return OK;
}

/* Those given, or the config's and the baselines; the reference is always among them. */
static enum status settle_specs(struct work *w, struct err *e)
{
	const struct backtest_request *r = w->request;
	const char *configured = config_text(w->config, "run.spec");
	struct spec_list *l = ARENA_ARRAY(w->arena, struct spec_list, 1);
	enum status status = OK;
	for (int i = 0; !status && i < r->n_spec; i++)
		status = add_spec(w, l, r->spec[i], 0, e);
	if (!status && !r->n_spec)
		status = add_spec(w, l, configured ? configured : "champion", 0, e);
	if (!status)
		status = add_spec(w, l, REFERENCE, 0, e);
	for (int i = 0; !status && !r->n_spec && default_specs[i]; i++)
		status = add_spec(w, l, default_specs[i], 1, e);
	w->setup.n_spec = l->n;
	w->setup.name = l->name;
	w->setup.spec = l->spec;
	return status;
}

/* ---- origins ---- */

static enum status settle_windows(struct work *w, struct err *e)
{
	static const int usual_step[] = { 7, 4, 3, 7 };
	const struct backtest_request *r = w->request;
	struct backtest_setup *s = &w->setup;
	day_t first, last;
	enum status status = db_sales_span(w->db, r->as_of, &first, &last, e);
	if (status)
		return status;
	s->calendar = w->plan.calendar;
	s->windows = r->windows;
	s->step = r->step ? r->step : usual_step[s->calendar.kind];
	s->horizon = w->plan.horizon;
	s->gap = r->gap;
	s->refit = r->refit;
	s->first = period_of_day(&s->calendar, first);
	s->last = backtest_last_origin(period_of_day(&s->calendar, last), s->gap, s->horizon);
	/* The earliest origin has a season, or at least ten periods, before it. */
	int season = s->context.season > 0 ? s->context.season : period_season(&s->calendar);
	int room = s->last - s->first + 1 - (season > 10 ? season : 10);
	int possible = room < 0 ? 0 : room / s->step + 1;
	if (possible < s->windows)
		return err_set(e, E_INPUT, "history of %d periods allows %d windows of %d steps, %d apart,"
			       " not %d: ask for less with --windows, --step or --horizon",
			       s->last - s->first + 1 + s->gap + s->horizon, possible, s->horizon, s->step,
			       s->windows);
	return OK;
}

/* ---- series, cuts and tiers ---- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int count_members(const char *const *value, int n)
{
	const char **sorted = NEW_ARRAY(const char *, n);
	int members = 0;
	if (n)
		memcpy(sorted, value, (size_t)n * sizeof *sorted);
	qsort(sorted, (size_t)n, sizeof *sorted, by_text);
	for (int i = 0; i < n; i++)
		members += !i || strcmp(sorted[i], sorted[i - 1]);
	free(sorted);
	return members;
}

/* Cuts that every backtest has. */
static const char *const fixed_cuts[] = { "all", "window", "horizon", "bucket", "class", "tier" };
#define N_FIXED_CUT ((int)(sizeof fixed_cuts / sizeof *fixed_cuts))

/* An attribute becomes a cut when it has two values at least and not too many, or is asked for. */
static enum status add_attribute(struct work *w, const char *name, int asked, struct err *e)
{
	int *n = &w->setup.n_attribute;
	if (*n == ATTRIBUTES_MAX || is_named(fixed_cuts, N_FIXED_CUT, name)
	    || is_named(w->attribute, *n, name))
		return OK;
	const char **value = ARENA_ARRAY(w->arena, const char *, w->n + 1);
	enum status status = db_attribute_column(w->db, name, w->catalog, w->n, w->arena, value, e);
	int members = status ? 0 : count_members(value, w->n);
	if (status || (!asked && (members < 2 || members > MEMBERS_MAX)))
		return status;
	w->attribute[*n] = name;
	w->value[(*n)++] = value;
	return OK;
}

/* A, B, C by revenue before the first origin (price x units, 80 and 95 %): a cut like an attribute. */
static enum status add_abc(struct work *w, struct err *e)
{
	int *n = &w->setup.n_attribute;
	double *price = ARENA_ARRAY(w->arena, double, w->n + 1), *units = ARENA_ARRAY(w->arena, double, w->n + 1);
	const char **value = ARENA_ARRAY(w->arena, const char *, w->n + 1);
	day_t day = period_start(&w->setup.calendar, backtest_origin(&w->setup, 0));
	enum status status = db_prices_on(w->db, day, w->catalog, w->n, price, e);
	if (!status)
		status = db_units_until(w->db, day, w->catalog, w->n, units, e);
	for (int i = 0; !status && i < w->n; i++)
		units[i] *= price[i] > 0 ? price[i] : 1;
	if (!status && *n < ATTRIBUTES_MAX) {
		abc_of(units, w->n, value);
		w->attribute[*n] = "abc";
		w->value[(*n)++] = value;
	}
	return status;
}

/* Those asked for first, then what the stores and items have. */
static enum status settle_attributes(struct work *w, struct err *e)
{
	static const char *const owner[] = { "store", "item" };
	enum status status = OK;
	for (int k = 0; !status && k < w->request->n_by; k++) {
		status = strcmp(w->request->by[k], "abc") ? add_attribute(w, w->request->by[k], 1, e)
							  : add_abc(w, e);
		if (status == E_NOTFOUND)
			err_wrap(e, "scores are cut by window, horizon, bucket, class, abc, tier or attribute");
	}
	if (!status)
		status = add_attribute(w, "store", 0, e);
	for (int k = 0; !status && k < 2; k++) {
		const char **name;
		int n = 0;
		status = db_attributes(w->db, owner[k], w->arena, &name, &n, e);
		for (int i = 0; !status && i < n; i++)
			status = add_attribute(w, name[i], 0, e);
	}
	w->setup.attribute = w->attribute;
	return status;
}

/* The config's tiers, or the total and one for each cut. */
static enum status settle_tiers(struct work *w, struct err *e)
{
	enum status status = tree_declared(&w->tree, w->db, w->config, w->catalog, w->n, w->attribute,
					   w->setup.n_attribute, w->arena, e);
	w->setup.tree = &w->tree;
	return status;
}

static enum status settle_series(struct work *w, struct err *e)
{
	enum status status = db_series(w->db, w->request->store, w->arena, &w->catalog, &w->n, e);
	if (status)
		return status;
	for (int i = 0; i < w->n; i++)
		w->n_store += !i || strcmp(w->catalog[i].key.store, w->catalog[i - 1].key.store);
	w->setup.n_series = w->n;
	status = settle_attributes(w, e);
	if (!status)
		status = settle_tiers(w, e);
	if (status || !w->request->weights)
		return status;
	int found;
	w->weight = ARENA_ARRAY(w->arena, double, w->n + 1);
	status = weights_read(w->request->weights, w->catalog, w->n, w->weight, &found, e);
	if (!status && !found)
		status = err_set(e, E_INPUT, "'%s' has no weight for any series here", w->request->weights);
	else if (!status && found < w->n)
		log_note("%d of %d series have no weight", w->n - found, w->n);
	w->setup.weighted = 1;
	return status;
}

/* What each series' units cost when the first origin was. */
static enum status settle_costs(struct work *w, struct err *e)
{
	struct cost_conf conf;
	struct parameters *p = ARENA_ARRAY(w->arena, struct parameters, w->n + 1);
	day_t day = period_start(&w->setup.calendar, backtest_origin(&w->setup, 0));
	enum status status = cost_conf_read(&conf, w->config, NULL, e);
	if (!status)
		status = cost_conf_settle(&conf, w->db, day, 0, NULL, w->catalog, w->n, w->arena, p, e);
	w->cost = ARENA_ARRAY(w->arena, struct unit_cost, w->n + 1);
	for (int i = 0; !status && i < w->n; i++)
		status = cost_metric_settle(&p[i], &w->setup.calendar, &w->cost[i], e);
	cost_conf_release(&conf);
	w->setup.n_extra = 1;
	w->setup.extra = &cost_metric;
	return status;
}

static enum status settle(struct work *w, struct err *e)
{
	const struct backtest_request *r = w->request;
	enum status status = run_plan(&w->plan, w->db, w->config, "backtest", r->as_of, NULL, r->jobs,
				      w->arena, e);
	w->setup.n_level = w->plan.n_level;
	w->setup.level = w->plan.level;
	if (!status)
		w->setup.context = run_fit_context(&w->plan);
	if (!status)
		status = settle_specs(w, e);
	if (!status)
		status = settle_windows(w, e);
	w->setup.context.horizon = w->setup.gap + w->setup.horizon;
	if (!status)
		status = settle_series(w, e);
	return status || !w->request->costs ? status : settle_costs(w, e);
}

/* ---- the replay ---- */

/* What the catalogue says of a panel's series [from, to); both are sorted by key. */
static enum status replay_panel(struct work *w, struct backtest *b, const struct panel *all, int from,
				int to, struct err *e)
{
	struct panel slice = panel_slice(all, from, to);
	const struct panel *p = &slice;
	struct arena a = { 0 };
	int n_attribute = w->setup.n_attribute;
	int32_t *leaf = ARENA_ARRAY(&a, int32_t, p->n + 1);
	double *weight = ARENA_ARRAY(&a, double, p->n + 1);
	struct unit_cost *cost = ARENA_ARRAY(&a, struct unit_cost, p->n + 1);
	const char ***member = ARENA_ARRAY(&a, const char **, n_attribute + 1);
	for (int k = 0; k < n_attribute; k++)
		member[k] = ARENA_ARRAY(&a, const char *, p->n + 1);
	for (int i = 0, at = 0; i < p->n; i++) {
		while (at < w->n && series_key_compare(&w->catalog[at].key, &p->key[i]) < 0)
			at++;
		if (at == w->n || series_key_compare(&w->catalog[at].key, &p->key[i]))
			BUG("series '%s/%s' is not in the catalogue", p->key[i].store, p->key[i].item);
		leaf[i] = at;
		weight[i] = w->weight ? w->weight[at] : 0;
		if (w->cost)
			cost[i] = w->cost[at];
		for (int k = 0; k < n_attribute; k++)
			member[k][i] = w->value[k][at];
	}
	const struct backtest_block block = { p, (const char *const *const *)member, leaf,
					      w->weight ? weight : NULL, all, from, w->cost ? cost : NULL };
	enum status status = backtest_block(b, &block, e);
	arena_release(&a);
	return status;
}

/* One store, or, where some spec learns across series, all at once; scored is what was asked for. */
static enum status replay_piece(struct work *w, struct backtest *b, const char *store, struct err *e)
{
	struct panel_owner owner = { 0 };
	struct panel_request request = run_panel_request(&w->plan, store);
	request.drivers |= !store;
	enum status status = db_panel(w->db, &request, &owner, e);
	if (!status)
		run_uncensor(&w->plan, &owner);
	int from = 0, to = owner.panel.n;
	if (!status && w->request->store)
		panel_store(&owner.panel, w->request->store, &from, &to);
	if (!status)
		status = replay_panel(w, b, &owner.panel, from, to, e);
	panel_release(&owner);
	return status;
}

static enum status replay(struct work *w, struct backtest *b, struct err *e)
{
	enum status status = OK;
	int whole = 0;
	for (int k = 0; k < w->setup.n_spec; k++)
		whole |= spec_is_whole(w->setup.spec[k]);
	if (whole)
		status = replay_piece(w, b, NULL, e);
	for (int i = 0; !status && !whole && i < w->n; i++) {
		const char *store = w->catalog[i].key.store;
		if (i && !strcmp(store, w->catalog[i - 1].key.store))
			continue;
		if (process_stop())
			return err_set(e, E_STOPPED, "stopped; no score was kept");
		status = replay_piece(w, b, store, e);
	}
	progress_end();
	return status;
}

/* ---- the record ---- */

/* What was replayed, in one line: it is hashed into the run's id. */
static const char *describe(const struct work *w)
{
	const struct backtest_setup *s = &w->setup;
	struct buf text = { 0 };
	buf_addf(&text, "windows=%d step=%d horizon=%d gap=%d refit=%d", s->windows, s->step, s->horizon,
		 s->gap, s->refit);
	if (w->request->store)
		buf_addf(&text, " store=%s", w->request->store);
	if (w->request->weights)
		buf_addf(&text, " weighted");
	if (w->request->costs)
		buf_addf(&text, " costs");
	for (int i = 0; i < s->n_spec; i++) {
		buf_adds(&text, i ? "; " : ": ");
		spec_write(s->spec[i], &text);
	}
	const char *kept = arena_strdup(w->arena, text.text);
	buf_release(&text);
	return kept;
}

static enum status keep(struct work *w, struct backtest_result *out, struct err *e)
{
	struct run_plan *p = &w->plan;
	p->spec_text = describe(w);
	p->model = 0;
	p->model_hash = "";
	enum status status = run_name(p, w->arena, e);
	if (status)
		return status;
	struct run_new new = run_record(p, w->n);
	status = db_run_begin(w->db, &new, &out->seq, e);
	if (!status)
		status = db_score_write(w->db, out->seq, out->score, out->n_score, e);
	if (!status)
		status = db_run_state(w->db, out->seq, "SCORED", 0, NULL, e);
	out->id = arena_strdup(w->arena, p->id);
	return status;
}

static void fill_result(const struct work *w, struct backtest_result *out)
{
	const struct backtest_setup *s = &w->setup;
	out->calendar = s->calendar;
	out->n_store = w->n_store;
	out->n_series = w->n;
	out->windows = s->windows;
	out->step = s->step;
	out->horizon = s->horizon;
	out->gap = s->gap;
	out->refit = s->refit;
	out->first = backtest_origin(s, 0);
	out->last = s->last;
	out->n_spec = s->n_spec;
	out->spec = s->name;
	out->reference = REFERENCE;
	out->weighted = s->weighted;
	out->n_metric = metric_list(w->arena, s->n_level, s->level, s->n_extra, s->extra, &out->metric);
}

/* First score of each spec, [n_spec + 1]: a spec that knows the nodes' distributions has more of them. */
static const int *score_begins(const struct backtest_result *r, struct arena *a)
{
	int *begin = ARENA_ARRAY(a, int, r->n_spec + 1), at = 0;
	for (int k = 0; k < r->n_spec; k++) {
		begin[k] = at;
		while (at < r->n_score && !strcmp(r->score[at].method, r->spec[k]))
			at++;
	}
	begin[r->n_spec] = at;
	if (at != r->n_score)
		BUG("score %d of %d is of none of the specs in their order", at, r->n_score);
	return begin;
}

enum status backtest_run(struct db *db, const struct config *config,
			 const struct backtest_request *request, struct arena *a,
			 struct backtest_result *out, struct err *e)
{
	struct work w = { .db = db, .config = config, .request = request, .arena = a };
	memset(out, 0, sizeof *out);
	enum status status = settle(&w, e);
	if (status)
		return status;
	struct backtest *b = backtest_new(&w.setup);
	status = replay(&w, b, e);
	if (!status) {
		out->n_score = backtest_scores(b, a, &out->score);
		fill_result(&w, out);
		out->begin = score_begins(out, a);
		status = keep(&w, out, e);
	}
	backtest_free(b);
	return status;
}

static int is_score(const struct score *s, const char *part, const char *member, const char *metric)
{
	return !strcmp(s->metric, metric) && !strcmp(s->part, part) && !strcmp(s->member, member);
}

/* Mostly the score stands at the same place among its spec's as `hint` says. */
static const struct score *find_from(const struct backtest_result *r, const char *method, const char *part,
				     const char *member, const char *metric, int hint)
{
	int k = 0;
	while (k < r->n_spec && strcmp(r->spec[k], method))
		k++;
	if (k == r->n_spec)
		return NULL;
	int from = r->begin[k], until = r->begin[k + 1];
	if (hint >= 0 && from + hint < until && is_score(&r->score[from + hint], part, member, metric))
		return &r->score[from + hint];
	for (int i = from; i < until; i++)
		if (is_score(&r->score[i], part, member, metric))
			return &r->score[i];
	return NULL;
}

const struct score *backtest_reference(const struct backtest_result *r, int i)
{
	const struct score *s = &r->score[i];
	int k = 0;
	while (r->begin[k + 1] <= i)
		k++;
	return find_from(r, r->reference, s->part, s->member, s->metric, i - r->begin[k]);
}

const struct score *backtest_find(const struct backtest_result *r, const char *method,
				  const char *part, const char *member, const char *metric)
{
	return find_from(r, method, part, member, metric, -1);
}
