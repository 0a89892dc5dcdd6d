/*
 * A return from the db. Settled here: the panel (of a store, or all), what each series costs, the windows,
 * the segments that tau is chosen by (ABC by margin x class of shelf life), the cuts that the benefit is
 * told by, and the arms.
 */
#include "config.h"
#include "life/roi_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/sha256.h"
#include "io/db_stock.h"
#include "io/given.h"
#include "life/cost_conf.h"
#include "life/roi_keep.h"
#include "life/run_private.h"
#include "life/segments.h"
#include "series/demand_class.h"

#define CUTS 16
#define MEMBERS 60   /* an attribute with more values is no cut */
#define PAST_SHARE .17   /* of a short history: what methods begin with */
#define LEARN_SHARE .13
#define TEST_SHARE .45

struct work {
	struct db *db;
	const struct config *config;
	const struct roi_request *q;
	struct arena *a;
	struct run_plan plan;
	struct panel_owner owner;
	struct catalog_series *series;   /* [n] in panel order */
	int n;
	struct cost_conf cost;
	struct parameters *parameters;   /* [n] */
	struct given_file given;
	struct given_row *given_row;
	struct given given_arm;
	struct arm arm[ROI_ARM_MAX];
	struct roi_cut cut[CUTS];
	struct segments segments;
	struct roi_setup setup;
};

/* ---- panel ---- */

/* What the catalogue says of the panel's series; both are sorted by key. */
static enum status match_catalog(struct work *w, struct err *e)
{
	struct catalog_series *all;
	const struct panel *p = &w->owner.panel;
	int n, at = 0;
	enum status status = db_series(w->db, w->q->store, w->a, &all, &n, e);
	if (status)
		return status;
	w->n = p->n;
	w->series = ARENA_ARRAY(w->a, struct catalog_series, p->n + 1);
	for (int i = 0; i < p->n; i++) {
		while (at < n && series_key_compare(&all[at].key, &p->key[i]) < 0)
			at++;
		if (at == n || series_key_compare(&all[at].key, &p->key[i]))
			BUG("series '%s/%s' is not in the catalogue", p->key[i].store, p->key[i].item);
		w->series[i] = all[at];
	}
	return OK;
}

static enum status read_panel(struct work *w, struct err *e)
{
	enum status status = run_plan(&w->plan, w->db, w->config, "roi", w->q->to, w->q->model, w->q->jobs,
				      w->a, e);
	if (status)
		return status;
	struct panel_request request = run_panel_request(&w->plan, w->q->store);
	status = db_panel(w->db, &request, &w->owner, e);
	if (status)
		return status;
	run_uncensor(&w->plan, &w->owner);
	return match_catalog(w, e);
}

/* ---- windows ---- */

static period_t least(period_t a, period_t b)
{
	return a < b ? a : b;
}

/* Test, before it validation (a whole year where there is one: levels that are chosen in one season do not
 * fit the next), before it the origins that only leave errors. */
static enum status settle_windows(struct work *w, struct err *e)
{
	static const int year[] = { 364, 52, 12, 364 }, block[] = { 28, 4, 1, 28 };
	struct roi_setup *u = &w->setup;
	const struct panel *p = &w->owner.panel;
	const struct calendar *c = &p->calendar;
	period_t first = p->until, last = p->until;
	for (int i = 0; i < p->n; i++)
		first = least(first, p->first[i]);
	int total = last - first + 1, y = year[c->kind], b = block[c->kind];
	u->n_test = least(y, (period_t)(TEST_SHARE * total)) / b * b;
	if (w->q->from != DAY_NONE)
		u->n_test = last - period_of_day(c, w->q->from) + 1;
	u->test = last - u->n_test + 1;
	int before = u->test - first;
	int validate = least(y, (period_t)(.45 * before)), learn = least(y / 4, (period_t)(.25 * before));
	u->validate = u->test - validate;
	u->learn = u->validate - learn;
	if (u->n_test < b || validate < 2 * b || learn < b)
		return err_set(e, E_INPUT, "history of %d periods is too short for a return: %d to test on and"
			       " %d before them are the least", total, b, 5 * b);
	return OK;
}

/* ---- segments and cuts ---- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A cut by texts [n]; none when it has one value or too many, or the name is taken. */
static void add_cut(struct work *w, const char *name, const char *const *value)
{
	const char **sorted = ARENA_ARRAY(w->a, const char *, w->n + 1);
	int *of = ARENA_ARRAY(w->a, int, w->n + 1), members = 0;
	for (int k = 0; k < w->setup.n_cut; k++)
		if (!strcmp(w->cut[k].name, name))
			return;
	if (!w->n || w->setup.n_cut == CUTS)
		return;
	memcpy(sorted, value, (size_t)w->n * sizeof *sorted);
	qsort(sorted, (size_t)w->n, sizeof *sorted, by_text);
	for (int i = 0; i < w->n; i++)
		if (!members || strcmp(sorted[i], sorted[members - 1]))
			sorted[members++] = sorted[i];
	if (members < 2 || members > MEMBERS)
		return;
	for (int i = 0; i < w->n; i++) {
		const char **at = bsearch(&value[i], sorted, (size_t)members, sizeof *sorted, by_text);
		of[i] = (int)(at - sorted);
	}
	w->cut[w->setup.n_cut++] = (struct roi_cut){ name, members, sorted, of };
}

static void add_numbered(struct work *w, const char *name, const char *const *names, const int *of)
{
	const char **value = ARENA_ARRAY(w->a, const char *, w->n + 1);
	for (int i = 0; i < w->n; i++)
		value[i] = names[of[i]];
	add_cut(w, name, value);
}

static void add_classes(struct work *w)
{
	const char **value = ARENA_ARRAY(w->a, const char *, w->n + 1);
	struct panel past = panel_until(&w->owner.panel, w->setup.test - 1);
	int block = past.calendar.kind == PERIOD_DAY ? 28 : 4;
	for (int i = 0; i < w->n; i++) {
		struct series s = panel_series(&past, i);
		double *y = NEW_ARRAY(double, s.n + 1);
		series_known(&s, y);
		value[i] = demand_class_name(demand_class_of(y, s.n, block, 3 * block));
		free(y);
	}
	add_cut(w, "class", value);
}

static enum status settle_cuts(struct work *w, struct err *e)
{
	static const char *const owner[] = { "store", "item" };
	const char **value = ARENA_ARRAY(w->a, const char *, w->n + 1);
	enum status status = OK;
	add_numbered(w, "segment", w->segments.name, w->segments.of);
	add_numbered(w, "abc", abc_name, w->segments.abc);
	add_classes(w);
	add_numbered(w, "shelf life", shelf_name, w->segments.shelf);
	for (int i = 0; i < w->n; i++)
		value[i] = w->series[i].key.store;
	add_cut(w, "store", value);
	for (int k = 0; !status && k < 2; k++) {
		const char **name;
		int n = 0;
		status = db_attributes(w->db, owner[k], w->a, &name, &n, e);
		for (int j = 0; !status && j < n; j++) {
			const char **column = ARENA_ARRAY(w->a, const char *, w->n + 1);
			status = db_attribute_column(w->db, name[j], w->series, w->n, w->a, column, e);
			if (!status)
				add_cut(w, name[j], column);
		}
	}
	w->setup.cut = w->cut;
	return status;
}

/* ---- arms ---- */

static const char *expression_of(const struct spec *spec, struct arena *a)
{
	struct buf text = { 0 };
	spec_write(spec, &text);
	const char *kept = arena_strdup(a, text.text);
	buf_release(&text);
	return kept;
}

/* Adds an arm; with `once` not if one that does the same is there. */
static enum status add_arm(struct work *w, const char *name, const char *expression, int once, struct err *e)
{
	struct run_plan plan;
	enum status status = run_plan(&plan, w->db, w->config, "roi", w->q->to, expression, w->q->jobs, w->a, e);
	for (int k = 0; !status && k < w->setup.n_arm; k++) {
		if (once && !strcmp(expression_of(w->arm[k].spec, w->a), expression_of(plan.spec, w->a)))
			return OK;
		if (!strcmp(w->arm[k].name, name)) {
			struct buf other = { 0 };
			buf_addf(&other, "%s (baseline)", name);
			name = arena_strdup(w->a, other.text);
			buf_release(&other);
		}
	}
	if (!status)
		w->arm[w->setup.n_arm++] = (struct arm){ .name = name, .spec = plan.spec };
	return status;
}

/* A baseline that is a file of forecasts is read; else it is a spec. */
static enum status add_baseline(struct work *w, struct err *e)
{
	const char *name = w->q->baseline;
	size_t n = strlen(name);
	int is_file = n > 4 && !strcmp(name + n - 4, ".csv");
	enum status status = add_arm(w, name, is_file ? "seasonal_window_mean" : name, 0, e);
	int at = w->setup.n_arm - 1;
	w->setup.rival = at;
	if (status || !is_file)
		return status;
	const char *slash = strrchr(name, '/');
	status = given_read(name, &w->owner.panel.calendar, w->series, w->n, &w->given, e);
	if (status)
		return status;
	for (int64_t k = 0; k < w->given.rejected && k < GIVEN_SHOWN; k++)
		log_warning("set aside: %s", w->given.shown[k]);
	if (w->given.rejected + w->given.unknown)
		log_note("'%s': %lld rows set aside, %lld of series not known here", name,
			 (long long)w->given.rejected, (long long)w->given.unknown);
	w->given_row = ARENA_ARRAY(w->a, struct given_row, w->given.n + 1);
	for (size_t k = 0; k < w->given.n; k++)
		w->given_row[k] = (struct given_row){ w->given.row[k].series, w->given.row[k].made,
						      w->given.row[k].period, w->given.row[k].mean };
	w->given_arm = (struct given){ w->given.n, w->given_row };
	w->arm[at].kind = ARM_GIVEN;
	w->arm[at].given = &w->given_arm;
	w->arm[at].name = slash ? slash + 1 : name;
	return OK;
}

static enum status settle_arms(struct work *w, struct err *e)
{
	const char *configured = config_text(w->config, "run.spec");
	int days = w->owner.panel.calendar.kind == PERIOD_DAY;
	struct roi_setup *u = &w->setup;
	enum status status = OK;
	u->rival = -1;
	u->model = 0;
	w->arm[u->n_arm++] = (struct arm){ .name = w->q->model ? w->q->model
						   : configured ? configured : "champion",
					   .spec = w->plan.spec };
	if (w->q->baseline)
		status = add_baseline(w, e);
	if (!status)
		status = add_arm(w, "snaive", "snaive", 1, e);
	if (!status)
		status = add_arm(w, days ? "ma28" : "ma8", days ? "window_mean(window=28)"
							       : "window_mean(window=8)", 1, e);
	if (!status)
		status = add_arm(w, days ? "wd8" : "seasonal_window_mean", "seasonal_window_mean", 1, e);
	if (!status)
		status = add_arm(w, "ets", "ets", 1, e);
	w->arm[u->n_arm++] = (struct arm){ .name = "perfect", .kind = ARM_PERFECT };
	u->arm = w->arm;
	return status;
}

/* ---- all together ---- */

static enum status settle_costs(struct work *w, struct err *e)
{
	day_t day = period_start(&w->owner.panel.calendar, w->setup.test);
	w->parameters = ARENA_ARRAY(w->a, struct parameters, w->n + 1);
	enum status status = cost_conf_read(&w->cost, w->config, w->q->cost, e);
	if (!status)
		status = cost_conf_settle(&w->cost, w->db, day, w->q->n_set, w->q->set, w->series, w->n, w->a,
					  w->parameters, e);
	return status;
}

static enum status settle(struct work *w, struct err *e)
{
	static const int refit[] = { 28, 4, 1, 28 };
	struct roi_setup *u = &w->setup;
	enum status status = read_panel(w, e);
	if (!status)
		status = settle_windows(w, e);
	if (!status)
		status = settle_costs(w, e);
	if (status)
		return status;
	struct panel past = panel_until(&w->owner.panel, u->test - 1);
	segments_of(&past, w->parameters, w->a, &w->segments);
	u->segment = w->segments.of;
	u->n_segment = w->segments.n_segment;
	u->segment_name = w->segments.name;
	status = settle_cuts(w, e);
	if (!status)
		status = settle_arms(w, e);
	int cadence = refit[w->owner.panel.calendar.kind];
	u->panel = &w->owner.panel;
	u->parameters = w->parameters;
	u->policy = w->q->policy;
	u->rounding = w->q->rounding;
	u->refit = w->q->refit ? w->q->refit : cadence;
	u->step = w->q->step ? w->q->step : 1;
	u->refresh = cadence;
	u->tau_fixed = w->q->tau;
	u->cash = w->cost.cash;
	u->cash_told = w->cost.cash_told;
	u->realisation = w->cost.realisation;
	u->coverage = 1;
	u->truth = w->q->truth;
	u->context = run_fit_context(&w->plan);
	u->context.horizon = 0;
	u->tornado = w->q->tornado;
	u->shadows = w->q->shadows;
	return status;
}

/* What was replayed, in one line: it is hashed into the run's id, with every parameter. */
static const char *describe(const struct work *w)
{
	const struct roi_setup *u = &w->setup;
	struct sha256 hash;
	unsigned char digest[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];
	struct buf text = { 0 };
	sha256_init(&hash);
	sha256_add(&hash, w->parameters, (size_t)w->n * sizeof *w->parameters);
	sha256_add(&hash, &u->cash, sizeof u->cash);
	sha256_end(&hash, digest);
	sha256_hex(digest, hex);
	buf_addf(&text, "test=%d+%d validate=%d learn=%d refit=%d step=%d policy=%d rounding=%d tau=%g truth=%d"
		 " realisation=%g store=%s costs=%.16s:", u->test, u->n_test, u->validate, u->learn, u->refit,
		 u->step, (int)u->policy, (int)u->rounding, u->tau_fixed, (int)u->truth, u->realisation,
		 w->q->store ? w->q->store : "", hex);
	for (int k = 0; k < u->n_arm; k++) {
		buf_adds(&text, k ? "; " : " ");
		buf_adds(&text, w->arm[k].spec ? expression_of(w->arm[k].spec, w->a) : w->arm[k].name);
	}
	const char *kept = arena_strdup(w->a, text.text);
	buf_release(&text);
	return kept;
}

static enum status keep(struct work *w, struct roi_scope *scope, const struct roi_result *r, struct err *e)
{
	struct run_plan *p = &w->plan;
	p->spec_text = describe(w);
	p->model = 0;
	p->model_hash = "";
	enum status status = run_name(p, w->a, e);
	if (status)
		return status;
	struct run_new new = run_record(p, w->n);
	scope->id = arena_strdup(w->a, p->id);
	scope->data_hash = p->data_hash;
	status = db_run_begin(w->db, &new, &scope->seq, e);
	if (!status)
		status = roi_keep(w->db, scope, &w->owner.panel, r, w->a, e);
	return status ? status : db_run_state(w->db, scope->seq, "SCORED", 0, NULL, e);
}

/* ---- what the head of the page says ---- */

static int count_items(const struct work *w)
{
	const char **item = NEW_ARRAY(const char *, w->n + 1);
	int n = 0;
	for (int i = 0; i < w->n; i++)
		item[i] = w->series[i].key.item;
	qsort(item, (size_t)w->n, sizeof *item, by_text);
	for (int i = 0; i < w->n; i++)
		n += !i || strcmp(item[i], item[i - 1]);
	free(item);
	return n;
}

static void fill_assumptions(const struct work *w, struct roi_scope *s)
{
	for (int k = 0; k < N_PARAMETER; k++) {
		struct roi_assumption *x = &s->assumption[k];
		const struct parameter_info *info = &parameter_info[k];
		*x = (struct roi_assumption){ info->name, info->unit, info->source, (double)NAN, (double)NAN, 0 };
		for (int i = 0; i < w->n; i++) {
			double v = w->parameters[i].value[k];
			if (!(x->low <= v))
				x->low = isnan(v) ? x->low : v;
			if (!(x->high >= v))
				x->high = isnan(v) ? x->high : v;
			x->yours += w->parameters[i].basis[k] == BASIS_YOURS;
		}
	}
	const struct cost_conf *c = &w->cost;
	const struct roi_cash_assumption cash[] = {
		{ "build", "once", c->cash.build, c->build },
		{ "run", "a year", c->cash.run, c->run },
		{ "people", "a year", c->cash.people, c->people },
		{ "r", "a year", c->cash.rate, c->rate },
		{ "N", "years", c->cash.years, c->years },
		{ "ramp", "share in year 1", c->cash.ramp[0], c->ramp },
		{ "decay", "a year", c->cash.decay, c->decay },
		{ "realisation", "share", c->realisation, c->realised },
	};
	s->n_cash = (int)(sizeof cash / sizeof *cash);
	memcpy(s->cash, cash, sizeof cash);
}

/* What is not the firm's own: then it is a scenario, and the page says so. */
static enum status fill_missing(const struct work *w, struct roi_scope *s, struct err *e)
{
	const char **missing = ARENA_ARRAY(w->a, const char *, 4);
	int stock;
	enum status status = db_has_stock(w->db, &stock, e);
	if (!stock)
		missing[s->n_missing++] = "stock";
	if (!s->assumption[PARAMETER_UNIT_COST].yours && !s->assumption[PARAMETER_MARGIN].yours
	    && !s->assumption[PARAMETER_SHORTAGE].yours)
		missing[s->n_missing++] = "unit cost";
	if (!s->assumption[PARAMETER_LEAD_DAYS].yours)
		missing[s->n_missing++] = "lead time";
	if (!s->assumption[PARAMETER_PRICE].yours)
		missing[s->n_missing++] = "price";
	s->missing = missing;
	s->scenario = s->n_missing > 0;
	return status;
}

static enum status fill_scope(const struct work *w, struct roi_scope *s, struct err *e)
{
	const char *simulated = db_meta(w->db, "simulated", w->a);
	s->store = w->q->store;
	s->calendar = w->owner.panel.calendar;
	s->n_series = w->n;
	for (int i = 0; i < w->n; i++)
		s->n_store += !i || strcmp(w->series[i].key.store, w->series[i - 1].key.store);
	s->n_item = count_items(w);
	s->share_of_sales = 1;
	s->currency = arena_strdup(w->a, w->cost.currency);
	s->seed = w->setup.context.seed;
	s->simulated = simulated && *simulated && strcmp(simulated, "0") && strcmp(simulated, "no");
	fill_assumptions(w, s);
	return fill_missing(w, s, e);
}

enum status roi_run_db(struct db *db, const struct config *config, const struct roi_request *request,
		       struct arena *a, struct roi_scope *scope, struct roi_result *out, struct err *e)
{
	struct work w = { .db = db, .config = config, .q = request, .a = a };
	memset(scope, 0, sizeof *scope);
	enum status status = settle(&w, e);
	if (!status)
		status = roi_run(&w.setup, a, out, e);
	if (!status)
		status = fill_scope(&w, scope, e);
	if (!status)
		status = keep(&w, scope, out, e);
	given_free(&w.given);
	cost_conf_release(&w.cost);
	panel_release(&w.owner);
	return status;
}
