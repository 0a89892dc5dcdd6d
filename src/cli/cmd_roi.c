/* forecast roi: what better forecasts are worth in money. One file a subcommand. */
#include "config.h"
#include "cli/command.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/log.h"
#include "base/process.h"
#include "cli/scope.h"
#include "io/db_stock.h"
#include "life/roi_run.h"
#include "report/roi_page.h"
#include "report/roi_view.h"

extern const struct command roi_cost;
extern const struct command roi_formula;
extern const struct command roi_tradeoff;

static double number_or(const struct call *c, const char *name, double preset)
{
	const char *text = call_option(c, name);
	return text ? option_number(text) : preset;
}

/* Lokad's closed form of 2012, as a cross-check that nobody should rely on. */
static enum status closed_form(struct call *c, struct err *e)
{
	static const char *const needed[] = { "turnover", "margin", "service", "alpha", "err", "err-new", NULL };
	for (int k = 0; needed[k]; k++)
		if (!call_option(c, needed[k]))
			return err_set(e, E_USAGE, "--closed-form wants --%s too", needed[k]);
	double err = number_or(c, "err", 0);
	if (!(err > 0))
		return err_set(e, E_USAGE, "--err is not above 0");
	log_note("a rule of thumb of 2012, dated by its own author");
	buf_add_number(c->out, number_or(c, "turnover", 0) * (1 - number_or(c, "service", 0))
			       * number_or(c, "margin", 0) * number_or(c, "alpha", 0)
			       * (err - number_or(c, "err-new", 0)) / err);
	buf_addc(c->out, '\n');
	return OK;
}

static enum status day_option(const struct call *c, const struct calendar *calendar, const char *name,
			      day_t *out, struct err *e)
{
	const char *text = call_option(c, name);
	*out = DAY_NONE;
	if (!text)
		return OK;
	period_t p = period_parse(calendar, text, strlen(text));
	if (p == DAY_NONE)
		return err_set(e, E_USAGE, "--%s '%s' is no date", name, text);
	*out = period_start(calendar, p);
	return OK;
}

static enum status ask(struct call *c, struct db *db, struct roi_scope *scope, struct roi_result *r,
		       struct err *e)
{
	int n_set = call_count(c, "assume"), known;
	const char **set = ARENA_ARRAY(c->arena, const char *, n_set + 1);
	const char *policy = call_option(c, "policy"), *rounding = call_option(c, "rounding");
	const char *truth = call_option(c, "truth");
	struct calendar calendar;
	struct roi_request q = { .baseline = call_option(c, "baseline"), .model = call_option(c, "model"),
				 .cost = call_option(c, "cost"), .store = call_option(c, "store"),
				 .n_set = n_set, .set = set, .tau = number_or(c, "tau", 0),
				 .refit = (int)number_or(c, "refit", 0), .step = (int)number_or(c, "step", 0),
				 .tornado = !call_flag(c, "quick"), .shadows = !call_flag(c, "quick"),
				 .jobs = call_jobs(c) };
	for (int k = 0; k < n_set; k++)
		set[k] = call_option_at(c, "assume", k);
	q.policy = policy && !strcmp(policy, "rsnQ") ? POLICY_RSNQ : POLICY_RS;
	q.rounding = rounding && !strcmp(rounding, "down") ? ROUND_DOWN : ROUND_UP;
	q.truth = truth && !strcmp(truth, "sales") ? TRUTH_SALES : TRUTH_DRAW;
	enum status status = db_calendar(db, &calendar, &known, e);
	if (!status)
		status = day_option(c, &calendar, "from", &q.from, e);
	if (!status)
		status = day_option(c, &calendar, "to", &q.to, e);
	if (!status && q.store)
		status = scope_store(c, db, q.store, e);
	return status ? status : roi_run_db(db, c->config, &q, c->arena, scope, r, e);
}

static void write_result(struct call *c, const struct roi_scope *scope, const struct roi_result *r)
{
	struct text_style style = text_style_of(call_on_terminal(c));
	enum format format = call_format(c);
	if (format == FORMAT_JSON) {
		roi_json(scope, r, c->arena, c->out);
	} else if (format == FORMAT_TABLE) {
		roi_text(scope, r, &style, c->arena, c->out);
	} else {
		struct table *t = roi_table(scope, r, ROI_VIEW_ARMS, NULL, c->arena);
		table_write(t, format, &style, c->out);
		table_free(t);
	}
}

static enum status write_file(const char *dir, const char *name, const struct buf *text, struct err *e)
{
	char *path = file_join(dir, name);
	enum status status = file_write(path, text->text, text->n, e);
	free(path);
	return status;
}

/* The folder of -o: the page, and everything as JSON. */
static enum status write_folder(struct call *c, const char *dir, const struct roi_scope *scope,
				const struct roi_result *r, struct err *e)
{
	struct buf text = { 0 };
	struct err without = { 0 };
	enum status status = file_make_dir(dir, e);
	if (!status)
		status = roi_page_write(scope, r, NULL, &text, &without, e);
	if (!status)
		status = write_file(dir, "roi.html", &text, e);
	buf_clear(&text);
	if (!status) {
		roi_json(scope, r, c->arena, &text);
		status = write_file(dir, "roi.json", &text, e);
	}
	if (!status && without.code)
		log_warning("the page has no pictures: %s", without.text);
	if (!status)
		log_note("the page is '%s/roi.html'", dir);
	buf_release(&text);
	return status;
}

/* The section that the report shows. */
static enum status keep_section(struct db *db, const struct roi_scope *scope, const struct roi_result *r,
				struct err *e)
{
	struct buf html = { 0 };
	roi_section_write(scope, r, &html);
	enum status status = db_page_write(db, scope->seq, "roi-section", html.text, e);
	buf_release(&html);
	return status;
}

static enum status run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct roi_scope *scope = ARENA_ARRAY(c->arena, struct roi_scope, 1);
	struct roi_result *r = ARENA_ARRAY(c->arena, struct roi_result, 1);
	if (c->n_word)
		return err_set(e, E_USAGE, "'%s' is no subcommand of roi", c->word[0]);
	if (call_flag(c, "closed-form"))
		return closed_form(c, e);
	process_catch_signals();
	enum status status = call_db(c, DB_WRITE, &db, e);
	if (!status)
		status = ask(c, db, scope, r, e);
	if (!status)
		status = keep_section(db, scope, r, e);
	if (!status && call_option(c, "output"))
		status = write_folder(c, call_option(c, "output"), scope, r, e);
	else if (!status)
		write_result(c, scope, r);
	db_close(db);
	return status;
}

static const struct option options[] = {
	{ .name = "from", .type = OPTION_TEXT, .value = "D",
	  .help = "first day that is scored [52 weeks before the last]" },
	{ .name = "to", .type = OPTION_TEXT, .value = "D", .help = "last day that is known and scored" },
	{ .name = "model", .type = OPTION_TEXT, .value = "SPEC", .help = "whose worth is asked [run.spec]" },
	{ .name = "baseline", .type = OPTION_TEXT, .value = "FILE|SPEC",
	  .help = "held against: forecasts as .csv, or a spec [cheapest simple one]" },
	{ .name = "cost", .type = OPTION_TEXT, .value = "FILE", .help = "costs [cost.conf beside the config]" },
	{ .name = "assume", .type = OPTION_TEXT, .value = "NAME=VALUE", .several = 1,
	  .help = "a cost or rule for all series, as in lead_days=2" },
	{ .name = "store", .type = OPTION_TEXT, .value = "S", .help = "only this store" },
	{ .name = "policy", .type = OPTION_CHOICE, .value = "rS|rsnQ", .preset = "rS", .choices = "rS|rsnQ",
	  .help = "order up to S, or packs below s" },
	{ .name = "rounding", .type = OPTION_CHOICE, .value = "up|down", .preset = "up", .choices = "up|down",
	  .help = "orders to packs" },
	{ .name = "tau", .type = OPTION_NUMBER, .value = "X", .min = .01, .max = .9999,
	  .help = "the firm's own level [chosen by cost for every arm]" },
	{ .name = "truth", .type = OPTION_CHOICE, .value = "draw|sales", .preset = "draw",
	  .choices = "draw|sales", .help = "demand of days out of stock: drawn, or what was sold" },
	{ .name = "refit", .type = OPTION_INT, .value = "N", .min = 1, .max = 10000,
	  .help = "periods between fits [28 days; 91 of what learns across series]" },
	{ .name = "step", .type = OPTION_INT, .value = "N", .min = 1, .max = 366,
	  .help = "periods between forecasts [1]" },
	{ .name = "quick", .type = OPTION_FLAG, .help = "without tornado and other worlds" },
	{ .name = "closed-form", .type = OPTION_FLAG,
	  .help = "a rule of thumb instead, of the six figures below" },
	{ .name = "turnover", .type = OPTION_NUMBER, .value = "X", .help = "of the rule: a year" },
	{ .name = "margin", .type = OPTION_NUMBER, .value = "X", .help = "of the rule: a share" },
	{ .name = "service", .type = OPTION_NUMBER, .value = "X", .help = "of the rule: service level" },
	{ .name = "alpha", .type = OPTION_NUMBER, .value = "X",
	  .help = "of the rule: cost of a stock-out over its margin" },
	{ .name = "err", .type = OPTION_NUMBER, .value = "X", .help = "of the rule: the old error" },
	{ .name = "err-new", .type = OPTION_NUMBER, .value = "X", .help = "of the rule: the new error" },
	{ 0 }
};

static const struct command *const subcommands[] = { &roi_cost, &roi_tradeoff, &roi_formula, NULL };

static const char *const examples[] = {
	"forecast roi --model ets", "# ets against the cheapest simple rule, the last year",
	"forecast roi --baseline planner.csv --from 2026-01-01 -o roi",
	"# against the planner's own forecasts; the page in the folder roi",
	"forecast roi --assume lead_days=2 --assume holding=0.2 \\",
	"    --assume shortage=1 --assume pack=1",
	"# a weekly db: two weeks of lead time, costs in money a unit and week", NULL
};

extern const struct command cmd_roi;
const struct command cmd_roi = {
	.name = "roi",
	.summary = "what better forecasts are worth in money",
	.about = "Replays the past day by day: each way of forecasting orders by the same rule, at a level\n"
		 "that is chosen for each by cost on the time before; what is not there is lost, what is\n"
		 "too old is waste. Day t: what is due arrives; demand is served, oldest first; what is not\n"
		 "served is lost; what had its last day is waste; holding is charged; at a review the\n"
		 "forecaster sees all up to t and orders up to S, to arrive on the morning of t+1+lead.\n"
		 "The difference in cost is told with an interval, and against build, run and people (in\n"
		 "[roi] of cost.conf) as present value. The result is kept as a run.",
	.options = options,
	.sub = subcommands,
	.examples = examples,
	.run = run,
	.trains = 1,
};
