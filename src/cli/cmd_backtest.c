/*
 * forecast backtest: replays past origins and shows how each spec would have done, always beside the
 * seasonal naive on the same cases.
 */
#include "config.h"
#include "cli/command.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/process.h"
#include "cli/backtest_age.h"
#include "cli/scope.h"
#include "life/backtest_run.h"
#include "stock/cost_metric.h"

/* ---- tables for people: one row a spec, best first, under a heading for each cut ---- */

#define SHOWN_MAX 10

/* The metrics that people see first; which of them depends on whether there are weights. */
struct shown {
	const char *metric, *title, *unit;
	int digits, weighted; /* weighted: 1 only with weights, -1 only without */
};

static const struct shown shown[] = {
	{ "wape", "WAPE", NULL, 3, 0 },         { "bias", "bias", "%", 1, 0 },
	{ "mase", "MASE", NULL, 3, -1 },        { "rmsse", "RMSSE", NULL, 3, 0 },
	{ "wrmsse", "WRMSSE", NULL, 3, 1 },     { "wql", "WQL", NULL, 3, 0 },
	{ "coverage_80", "in 80%", NULL, 0, 0 }, { "coverage_90", "in 90%", NULL, 0, 0 },
};
#define N_SHOWN ((int)(sizeof shown / sizeof *shown))

struct view {
	const struct backtest_result *r;
	const struct metric *objective;
	struct column column[SHOWN_MAX + 4];
	const char *metric[SHOWN_MAX];
	int n_metric;
};

static void make_columns(struct view *v)
{
	struct column *c = v->column;
	*c++ = (struct column){ .name = "cut", .type = COLUMN_SECTION };
	*c++ = (struct column){ .name = "method", .type = COLUMN_TEXT, .width = 22 };
	for (int k = 0; k < N_SHOWN; k++) {
		if (shown[k].weighted * (v->r->weighted ? 1 : -1) < 0)
			continue;
		v->metric[v->n_metric++] = shown[k].metric;
		*c++ = (struct column){ .name = shown[k].metric, .title = shown[k].title,
					.unit = shown[k].unit, .digits = shown[k].digits,
					.type = strncmp(shown[k].metric, "coverage", 8)
						? COLUMN_NUMBER : COLUMN_PERCENT };
	}
	*c++ = (struct column){ .name = "gain", .title = "gain", .type = COLUMN_PERCENT };
	*c = (struct column){ 0 };
}

static double value_of(const struct backtest_result *r, const char *method, const char *part,
		       const char *member, const char *metric)
{
	const struct score *s = backtest_find(r, method, part, member, metric);
	return s ? s->value : (double)NAN;
}

/* Specs in order of the objective in a cut, those without a value last. */
static void rank(const struct view *v, const char *part, const char *member, const char *objective,
		 const char **order)
{
	for (int i = 0; i < v->r->n_spec; i++) {
		double value = value_of(v->r, v->r->spec[i], part, member, objective);
		int at = i;
		while (at > 0 && !isnan(value)) {
			double before = value_of(v->r, order[at - 1], part, member, objective);
			if (before <= value)
				break;
			order[at] = order[at - 1];
			at--;
		}
		order[at] = v->r->spec[i];
	}
}

static void add_cut(const struct view *v, struct table *t, const char *part, const char *member)
{
	const struct backtest_result *r = v->r;
	const char **order = NEW_ARRAY(const char *, r->n_spec);
	const struct score *cases = backtest_find(r, r->reference, part, member, "mae");
	/* The mean of the tiers has one metric only. */
	const char *objective = cases ? v->objective->name : "wrmsse";
	double reference = value_of(r, r->reference, part, member, objective);
	struct buf heading = { 0 };
	buf_addf(&heading, "%s%s%s", *member ? part : "all", *member ? " " : "", member);
	if (cases)
		buf_addf(&heading, ": %lld cases", (long long)cases->cases);
	rank(v, part, member, objective, order);
	for (int i = 0; i < r->n_spec; i++) {
		table_text(t, heading.text);
		table_text(t, order[i]);
		for (int k = 0; k < v->n_metric; k++)
			table_number(t, value_of(r, order[i], part, member, v->metric[k]));
		double gain = metric_gain(v->objective, value_of(r, order[i], part, member, objective),
					  reference);
		table_mark(t, gain > 0 ? MARK_GOOD : gain < 0 ? MARK_BAD : MARK_NONE);
		table_number(t, gain);
	}
	buf_release(&heading);
	free(order);
}

/* Members of a part in the order of the scores; each once. */
static void add_part(const struct view *v, struct table *t, const char *part)
{
	const struct backtest_result *r = v->r;
	for (int i = 0; i < r->n_score; i++) {
		const struct score *s = &r->score[i];
		int of_tiers = !strcmp(part, "tier") && !strcmp(s->member, "mean");
		if (!strcmp(s->method, r->reference) && !strcmp(s->part, part)
		    && !strcmp(s->metric, of_tiers ? "wrmsse" : "mae") && s->cases)
			add_cut(v, t, part, s->member);
	}
}

static void write_for_people(struct call *c, struct view *v)
{
	const struct backtest_result *r = v->r;
	char first[DAY_TEXT_MAX], last[DAY_TEXT_MAX];
	struct text_style style = text_style_of(call_on_terminal(c));
	make_columns(v);
	struct table *t = table_new(v->column);
	add_part(v, t, "all");
	for (int i = 0; i < call_count(c, "by"); i++)
		add_part(v, t, call_option_at(c, "by", i));
	buf_addf(c->out, "%d windows of %d steps, %d apart: origins %s to %s\n", r->windows, r->horizon,
		 r->step, period_format(&r->calendar, r->first, first),
		 period_format(&r->calendar, r->last, last));
	buf_addf(c->out, "%d series of %d stores; run %s (%lld)\n\n", r->n_series, r->n_store, r->id,
		 (long long)r->seq);
	table_write(t, FORMAT_TABLE, &style, c->out);
	table_free(t);
	buf_addf(c->out, "\nbest first by %s (%s); gain: over %s\n", v->objective->name,
		 v->objective->summary, r->reference);
	double unscaled = value_of(r, r->reference, "all", "", "unscaled");
	if (unscaled > 0)
		buf_addf(c->out, "%.0f windows of series have no scale and are left out of MASE or RMSSE\n",
			 unscaled);
	for (int i = 0; i < r->n_spec; i++) {
		double fell = value_of(r, r->spec[i], "all", "", "fallback");
		if (fell > 0)
			buf_addf(c->out, "%.0f forecasts of %s fell down the ladder\n", fell, r->spec[i]);
	}
}

/* ---- for programs: one row a score ---- */

static const struct column long_columns[] = {
	{ .name = "method", .type = COLUMN_TEXT },  { .name = "part", .type = COLUMN_TEXT },
	{ .name = "member", .type = COLUMN_TEXT },  { .name = "metric", .type = COLUMN_TEXT },
	{ .name = "value", .type = COLUMN_NUMBER }, { .name = "cases", .type = COLUMN_INT },
	{ .name = "gain", .type = COLUMN_PERCENT }, { 0 }
};

static int is_asked(const struct call *c, const char *part)
{
	int n = call_count(c, "by");
	for (int i = 0; i < n; i++)
		if (!strcmp(call_option_at(c, "by", i), part))
			return 1;
	return !n || !strcmp(part, "all");
}

static void add_long(struct table *t, const struct backtest_result *r, int i)
{
	const struct score *s = &r->score[i];
	const struct metric *m = metric_find(r->metric, r->n_metric, s->metric);
	const struct score *reference = backtest_reference(r, i);
	table_text(t, s->method);
	table_text(t, s->part);
	table_text(t, s->member);
	table_text(t, s->metric);
	table_number(t, s->value);
	table_int(t, s->cases);
	if (m && m->aim == AIM_LOW)
		table_number(t, metric_gain(m, s->value, reference ? reference->value : (double)NAN));
	else
		table_none(t);
}

static void write_for_programs(struct call *c, const struct backtest_result *r)
{
	struct table *t = table_new(long_columns);
	for (int i = 0; i < r->n_score; i++)
		if (is_asked(c, r->score[i].part))
			add_long(t, r, i);
	if (call_format(c) == FORMAT_JSON) {
		struct json j = { .out = c->out };
		json_open(&j, '{');
		json_key(&j, "run");
		json_text(&j, r->id);
		json_key(&j, "seq");
		json_int(&j, r->seq);
		json_key(&j, "windows");
		json_int(&j, r->windows);
		json_key(&j, "step");
		json_int(&j, r->step);
		json_key(&j, "horizon");
		json_int(&j, r->horizon);
		json_key(&j, "series");
		json_int(&j, r->n_series);
		json_key(&j, "origins");
		json_int(&j, r->windows);
		json_key(&j, "slices");
		json_open(&j, '[');
		for (int i = 0; i < r->n_score; i++) {
			const struct score *s = &r->score[i];
			if (strcmp(s->method, r->reference) || strcmp(s->metric, "mae") || !s->cases)
				continue;
			struct buf slice = { 0 };
			buf_addf(&slice, "%s%s%s", s->part, *s->member ? " " : "", s->member);
			json_text(&j, slice.text);
			buf_release(&slice);
		}
		json_close(&j);
		json_key(&j, "reference");
		json_text(&j, r->reference);
		json_key(&j, "scores");
		table_json(t, &j);
		json_close(&j);
		buf_addc(c->out, '\n');
	} else {
		table_write(t, call_format(c), NULL, c->out);
	}
	table_free(t);
}

/* ---- the command ---- */

static int int_option(const struct call *c, const char *name, int otherwise)
{
	const char *text = call_option(c, name);
	return text ? (int)option_number(text) : otherwise;
}

static enum status replay(struct call *c, struct db *db, int costs, struct backtest_result *r,
			  struct err *e)
{
	struct backtest_request q = { .windows = int_option(c, "windows", 8),
				      .step = int_option(c, "step", 0),
				      .refit = int_option(c, "refit", 1),
				      .gap = int_option(c, "gap", 0), .n_spec = call_count(c, "spec"),
				      .n_by = call_count(c, "by"),
				      .store = call_option(c, "store"),
				      .weights = call_option(c, "weights"), .costs = costs,
				      .jobs = call_jobs(c) };
	const char **spec = ARENA_ARRAY(c->arena, const char *, q.n_spec + 1);
	const char **by = ARENA_ARRAY(c->arena, const char *, q.n_by + 1);
	struct calendar calendar;
	int known;
	for (int i = 0; i < q.n_spec; i++)
		spec[i] = call_option_at(c, "spec", i);
	for (int i = 0; i < q.n_by; i++)
		by[i] = call_option_at(c, "by", i);
	q.spec = spec;
	q.by = by;
	enum status status = db_calendar(db, &calendar, &known, e);
	if (!status)
		status = scope_as_of(c, &calendar, &q.as_of, e);
	if (!status && q.store)
		status = scope_store(c, db, q.store, e);
	return status ? status : backtest_run(db, c->config, &q, c->arena, r, e);
}

static enum status backtest_command(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct backtest_result r;
	const char *objective = call_option(c, "objective");
	struct view v = { .r = &r };
	int costs = objective && !strcmp(objective, cost_metric.name);
	v.objective = costs ? &cost_metric
			    : metric_find(metric_table, metric_count(), objective ? objective : "rmsse");
	if (!v.objective || v.objective->aim != AIM_LOW)
		return err_set(e, E_USAGE, "objective '%s' is no metric to be made small", objective);
	if (!strcmp(v.objective->name, "wrmsse") && !call_option(c, "weights"))
		return err_set(e, E_USAGE, "objective 'wrmsse' needs --weights FILE");
	process_catch_signals();
	enum status status = call_db(c, DB_WRITE, &db, e);
	if (call_flag(c, "staleness")) {
		if (!status)
			status = backtest_age(c, db, int_option(c, "windows", 6), int_option(c, "step", 0), e);
		db_close(db);
		return status;
	}
	if (!status)
		status = replay(c, db, costs, &r, e);
	if (!status && call_format(c) == FORMAT_TABLE)
		write_for_people(c, &v);
	else if (!status)
		write_for_programs(c, &r);
	db_close(db);
	return status;
}

static const struct option options[] = {
	{ .name = "windows", .type = OPTION_INT, .value = "N", .preset = "8", .min = 1, .max = 1000,
	  .help = "origins that are replayed" },
	{ .name = "step", .type = OPTION_INT, .value = "S", .min = 1, .max = 1000,
	  .help = "periods from one origin to the next [7 days, 4 weeks, 3 months]" },
	{ .name = "horizon", .type = OPTION_INT, .value = "H", .min = 1, .max = 1000,
	  .help = "periods that are forecast and scored [28 days, 13 weeks, 12 months]" },
	{ .name = "refit", .type = OPTION_INT, .value = "K", .preset = "1", .min = 1, .max = 1000,
	  .help = "fit anew at every K-th origin" },
	{ .name = "gap", .type = OPTION_INT, .value = "G", .preset = "0", .min = 0, .max = 1000,
	  .help = "periods after the origin that are not scored" },
	{ .name = "spec", .type = OPTION_TEXT, .value = "SPEC", .several = 1,
	  .help = "a method, expression or .spec file [the champion and the baselines]" },
	{ .name = "store", .type = OPTION_TEXT, .value = "S", .help = "only this store" },
	{ .name = "weights", .type = OPTION_TEXT, .value = "FILE",
	  .help = "CSV of store, item, weight: adds WRMSSE" },
	{ .name = "by", .type = OPTION_TEXT, .value = "CUT", .several = 1,
	  .help = "also by window, horizon, bucket, class, abc, tier, store or an attribute" },
	{ .name = "objective", .type = OPTION_TEXT, .value = "METRIC", .preset = "rmsse",
	  .help = "what the specs are ordered by: rmsse, wape, mase, wql, cost (of stock) ..." },
	{ .name = "as-of", .type = OPTION_TEXT, .value = "D", .help = "the last day that is known" },
	{ .name = "staleness", .type = OPTION_FLAG,
	  .help = "instead of scores: error against the age of the model, and how often to fit" },
	{ 0 }
};

static const char *const examples[] = {
	"forecast backtest --windows 8 --step 7", "# eight origins, a week apart",
	"forecast backtest --spec 'window_mean(window=56)' --by class",
	"# a spec beside the seasonal naive, by demand class",
	"forecast backtest --store CA_1 --by horizon --format csv -o s.csv",
	"# every metric by step, for a program", NULL
};

extern const struct command cmd_backtest;
const struct command cmd_backtest = {
	.name = "backtest",
	.summary = "replay past origins and score the specs",
	.about = "Each spec forecasts from what was known at each origin and is scored by what came.\n"
		 "Days that were closed, out of stock or unknown are not scored. Every table shows the\n"
		 "gain over the seasonal naive on the same cases. The scores are kept as a run.\n\n"
		 "Without --spec: the champion and the baselines.",
	.options = options,
	.examples = examples,
	.run = backtest_command,
	.trains = 1,
};
