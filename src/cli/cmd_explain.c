/* forecast explain: what a forecast is made of, in units that sum to it. */
#include "config.h"
#include "cli/command.h"

#include <string.h>
#include "base/log.h"
#include "base/process.h"
#include "cli/explain_trace.h"
#include "cli/scope.h"
#include "life/explain.h"

static const struct column columns[] = {
	{ .name = "store", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "item", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "from", .type = COLUMN_TEXT },
	{ .name = "until", .type = COLUMN_TEXT },
	{ .name = "part", .type = COLUMN_TEXT },
	{ .name = "units", .type = COLUMN_NUMBER },
	{ .name = "share", .type = COLUMN_PERCENT },
	{ 0 }
};

struct question {
	const char *store, *item;
	int from, until; /* steps, from 0 */
	struct calendar calendar;
};

/* STORE/ITEM, or --store and --item. */
static enum status who(struct call *c, struct db *db, struct question *q, struct err *e)
{
	q->store = call_option(c, "store");
	q->item = call_option(c, "item");
	if (c->n_word && strchr(c->word[0], '/'))
		return scope_series(c, db, c->word[0], &q->store, &q->item, e);
	if (!q->store || !q->item)
		return err_set(e, E_USAGE, "explain wants STORE/ITEM, or --store and --item");
	enum status status = scope_store(c, db, q->store, e);
	return status ? status : scope_item(c, db, q->store, q->item, e);
}

/* The steps asked for: that of --date, or all. */
static enum status which(const struct call *c, const struct run_plan *plan, struct question *q, struct err *e)
{
	const char *date = call_option(c, "date");
	period_t origin = period_of_day(&plan->calendar, plan->as_of);
	q->from = 0;
	q->until = plan->horizon - 1;
	if (!date)
		return OK;
	period_t period = period_parse(&plan->calendar, date, strlen(date));
	if (period == DAY_NONE)
		return err_set(e, E_USAGE, "--date wants a date, not '%s'", date);
	q->from = q->until = period - origin - 1;
	if (q->from < 0 || q->from >= plan->horizon)
		return err_set(e, E_USAGE, "'%s' is not among the %d periods that are forecast", date,
			       plan->horizon);
	return OK;
}

static void add_row(struct table *t, const struct question *q, const struct explanation *x, const char *part,
		    double units, double mean)
{
	char from[DAY_TEXT_MAX], until[DAY_TEXT_MAX];
	table_text(t, q->store);
	table_text(t, q->item);
	table_text(t, period_format(&q->calendar, x->origin + 1 + q->from, from));
	table_text(t, period_format(&q->calendar, x->origin + 1 + q->until, until));
	table_text(t, part);
	table_number(t, units);
	if (mean > 0)
		table_number(t, units / mean);
	else
		table_none(t);
}

static void show(struct call *c, const struct question *q, const struct explanation *x)
{
	const struct mean_parts *p = &x->parts;
	struct text_style style = text_style_of(call_on_terminal(c));
	struct table *t = table_new(columns);
	double *part = ARENA_ARRAY(c->arena, double, p->n_part + 1), base = 0, mean = 0;
	for (int h = q->from; h <= q->until; h++) {
		base += p->base[h];
		mean += p->mean[h];
		for (int k = 0; k < p->n_part; k++)
			part[k] += p->part[h * p->n_part + k];
	}
	add_row(t, q, x, "base", base, mean);
	for (int k = 0; k < p->n_part; k++)
		add_row(t, q, x, p->name[k], part[k], mean);
	add_row(t, q, x, "mean", mean, mean);
	table_write(t, call_format(c), &style, c->out);
	table_free(t);
	if (x->note)
		log_note("%s/%s: %s, so its means are split into level, season and the rest", q->store,
			 q->item, x->note);
	else
		log_detail("%s/%s: parts of method '%s'", q->store, q->item, x->method);
}

static enum status explain_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct question q = { 0 };
	struct run_plan plan;
	struct explanation x;
	int known;
	day_t as_of = DAY_NONE;
	if (call_flag(c, "downstream") && !call_flag(c, "trace"))
		return err_set(e, E_USAGE, "--downstream goes with --trace");
	if (call_flag(c, "trace"))
		return explain_trace(c, e);
	if (c->n_word > 1)
		return err_set(e, E_USAGE, "one STORE/ITEM is wanted; a date goes with --date, or with --trace");
	process_catch_signals();
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = who(c, db, &q, e);
	if (!status)
		status = db_calendar(db, &q.calendar, &known, e);
	if (!status)
		status = scope_as_of(c, &q.calendar, &as_of, e);
	if (!status)
		status = run_plan(&plan, db, c->config, "answer", as_of, call_option(c, "spec"), call_jobs(c),
				  c->arena, e);
	if (!status)
		status = which(c, &plan, &q, e);
	if (!status)
		status = run_explain(&plan, q.store, q.item, c->arena, &x, e);
	if (!status)
		show(c, &q, &x);
	db_close(db);
	return status;
}

static const struct option options[] = {
	{ .name = "store", .type = OPTION_TEXT, .value = "S", .help = "a store" },
	{ .name = "item", .type = OPTION_TEXT, .value = "I", .help = "an item" },
	{ .name = "date", .type = OPTION_TEXT, .value = "D", .help = "one period [the sum of all]" },
	{ .name = "horizon", .type = OPTION_INT, .value = "N", .min = 1, .max = 10000,
	  .help = "how many periods ahead [28 days, 13 weeks, 12 months]" },
	{ .name = "as-of", .type = OPTION_TEXT, .value = "D",
	  .help = "use only what was known on that day, with it as origin" },
	{ .name = "spec", .type = OPTION_TEXT, .value = "SPEC", .help = "what to explain [champion]" },
	{ .name = "trace", .type = OPTION_FLAG,
	  .help = "STORE/ITEM DATE: all that was published for it; RUN: what it was made of" },
	{ .name = "downstream", .type = OPTION_FLAG,
	  .help = "with --trace: what a file (its number or hash) reached" },
	{ 0 }
};

static const char *const examples[] = { "forecast explain 1/1001", "# the next weeks in parts",
					"forecast explain 1/1001 --date 2026-12-24 --json", "# one day",
					"forecast explain --trace 1/1001 2026-12-24", "# what was served for that day, by which run",
					"forecast explain --trace --downstream 17", "# which runs and models saw file 17", NULL };

extern const struct command cmd_explain;
const struct command cmd_explain = {
	.name = "explain",
	.summary = "what a forecast is made of, in units that sum to it",
	.words = "[STORE/ITEM|RUN|BATCH] [DATE]",
	.about = "Columns: store,item,from,until,part,units,share. The rows sum to the last one, 'mean'. The\n"
		 "parts are the families of features where the spec knows them (boost); else level, season\n"
		 "and the rest of its means. Of a blend they are weighed; a method in it without parts gives\n"
		 "its level to the base, and what differs from it under its name. 'tree' is what reconcile\n"
		 "changed, 'adjustment' what guards did.",
	.options = options,
	.examples = examples,
	.run = explain_run,
	.trains = 1,
};
