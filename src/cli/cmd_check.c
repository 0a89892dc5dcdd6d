/* forecast check: what is wrong with the sales, and the contract that says so. */
#include "config.h"
#include "cli/command.h"

#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/log.h"
#include "cli/scope.h"
#include "io/db_catalog.h"
#include "life/check_stage.h"
#include "life/lock.h"
#include "life/nodes.h"

#define EXAMPLES 3 /* findings of one rule that people are shown */

static const struct column columns[] = {
	{ .name = "severity", .type = COLUMN_TEXT },
	{ .name = "rule", .type = COLUMN_TEXT },
	{ .name = "cases", .type = COLUMN_INT },
	{ .name = "store", .type = COLUMN_TEXT, .width = 16 },
	{ .name = "item", .type = COLUMN_TEXT, .width = 20 },
	{ .name = "day", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "until", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "value", .type = COLUMN_NUMBER, .hidden = 1 },
	{ .name = "expected", .type = COLUMN_NUMBER, .hidden = 1 },
	{ .name = "text", .title = "what", .type = COLUMN_WRAP },
	{ 0 }
};

static enum text_mark severity_mark(enum severity severity)
{
	return severity == SEVERITY_BLOCK ? MARK_BAD
		: severity == SEVERITY_NOTE ? MARK_NONE : MARK_WARN;
}

static void push_day(struct table *t, const struct calendar *c, day_t day)
{
	char text[DAY_TEXT_MAX];
	if (day == DAY_NONE)
		table_none(t);
	else
		table_text(t, period_format(c, period_of_day(c, day), text));
}

static void push_finding(struct table *t, const struct calendar *c, const struct finding *f)
{
	table_mark(t, severity_mark(f->severity));
	table_text(t, severity_name(f->severity));
	table_text(t, f->rule);
	table_int(t, f->cases);
	table_text(t, f->store);
	table_text(t, f->item);
	push_day(t, c, f->day);
	push_day(t, c, f->until);
	table_number(t, f->value);
	table_number(t, f->expected);
	table_text(t, f->text);
}

/* Stands for the findings of a rule that people are not shown. */
static void push_rest(struct table *t, const struct finding *f, size_t n)
{
	table_mark(t, severity_mark(f->severity));
	table_text(t, severity_name(f->severity));
	table_text(t, f->rule);
	for (int i = 0; i < 7; i++)
		table_none(t);
	table_textf(t, "and %zu more (-v shows them)", n);
}

static void write_findings(struct call *c, const struct check_result *r)
{
	struct table *t = table_new(columns);
	struct text_style style = text_style_of(call_on_terminal(c));
	enum format format = call_format(c);
	int all = format != FORMAT_TABLE || call_flag(c, "verbose");
	for (size_t i = 0, to; i < r->n_finding; i = to) {
		const struct finding *f = &r->finding[i];
		for (to = i; to < r->n_finding && r->finding[to].severity == f->severity
			     && !strcmp(r->finding[to].rule, f->rule); to++)
			;
		size_t show = all || to - i <= EXAMPLES + 1 ? to - i : EXAMPLES;
		for (size_t k = i; k < i + show; k++)
			push_finding(t, &r->profile.calendar, &r->finding[k]);
		if (i + show < to)
			push_rest(t, f, to - i - show);
	}
	if (format != FORMAT_TABLE || r->n_finding)
		table_write(t, format, &style, c->out);
	table_free(t);
}

static void tell_summary(const struct check_result *r)
{
	char from[DAY_TEXT_MAX], until[DAY_TEXT_MAX];
	const struct feed_profile *p = &r->profile;
	const struct calendar *calendar = &p->calendar;
	log_note("checked %lld rows of %d series in %d stores, %s .. %s: %zu blocking, %zu quarantined,"
		 " %zu warnings, %zu notes", (long long)p->rows, p->n_series, p->n_store,
		 period_format(calendar, period_of_day(calendar, p->first), from),
		 period_format(calendar, period_of_day(calendar, r->as_of), until),
		 r->by_severity[SEVERITY_BLOCK], r->by_severity[SEVERITY_QUARANTINE],
		 r->by_severity[SEVERITY_WARN], r->by_severity[SEVERITY_NOTE]);
}

/* Keeps the findings of one store and those of no store. */
static void keep_store(struct check_result *r, const char *store)
{
	size_t n = 0;
	memset(r->by_severity, 0, sizeof r->by_severity);
	for (size_t i = 0; i < r->n_finding; i++) {
		const struct finding *f = &r->finding[i];
		if (f->store && strcmp(f->store, store))
			continue;
		r->by_severity[f->severity]++;
		r->finding[n++] = *f;
	}
	r->n_finding = n;
}

static enum status read_as_of(struct call *c, struct db *db, day_t *as_of, struct err *e)
{
	struct calendar calendar;
	int known;
	enum status status = db_calendar(db, &calendar, &known, e);
	return status ? status : scope_as_of(c, &calendar, as_of, e);
}

static enum status check_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct lock lock = { -1 };
	struct check_result r;
	day_t as_of = DAY_NONE;
	const char *store = call_option(c, "store");
	enum status status = call_db(c, DB_WRITE, &db, e);
	if (!status)
		status = lock_take(&lock, db_path(db), 0, e);
	if (!status)
		status = read_as_of(c, db, &as_of, e);
	if (!status && store)
		status = scope_store(c, db, store, e);
	if (!status)
		status = check_stage(db, c->config, as_of, &r, c->arena, e);
	db_close(db);
	lock_drop(&lock);
	if (status)
		return status;
	if (store)
		keep_store(&r, store);
	write_findings(c, &r);
	tell_summary(&r);
	c->exit_code = check_exit_code(&r, call_flag(c, "strict"));
	return OK;
}

/* What the data themselves suggest as of a day. */
static enum status infer(struct call *c, struct check_result *r, struct err *e)
{
	struct db *db = NULL;
	day_t as_of = DAY_NONE;
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = read_as_of(c, db, &as_of, e);
	if (!status)
		status = check_look(db, c->config, as_of, NULL, r, c->arena, e);
	db_close(db);
	return status;
}

/* Writes the contract to its place; what is there stays, unless --force. */
static enum status contract_infer_run(struct call *c, struct err *e)
{
	struct check_result r;
	const char *path = check_contract_path(c->config, c->arena);
	int printed = call_option(c, "output") != NULL;
	if (!printed && !call_flag(c, "force") && file_exists(path))
		return err_set(e, E_USAGE, "'%s' is there already: --force replaces it, 'forecast check"
			       " contract diff' compares", path);
	enum status status = infer(c, &r, e);
	if (status)
		return status;
	contract_write(&r.contract, &r.profile, c->out);
	if (printed)
		return OK;
	status = file_write(path, c->out->text, c->out->n, e);
	buf_clear(c->out);
	if (!status)
		log_note("wrote '%s'; it holds from now on", path);
	return status;
}

static const struct column clause_columns[] = {
	{ .name = "section", .type = COLUMN_TEXT },
	{ .name = "key", .type = COLUMN_TEXT },
	{ .name = "contract", .type = COLUMN_TEXT },
	{ .name = "data", .type = COLUMN_TEXT },
	{ .name = "help", .title = "what", .type = COLUMN_WRAP },
	{ 0 }
};

/* Exit 1 when the data suggest another contract than the one that holds. */
static enum status contract_diff_run(struct call *c, struct err *e)
{
	struct check_result r;
	struct contract held;
	struct contract_clause a, b;
	const char *path = check_contract_path(c->config, c->arena);
	contract_init(&held);
	enum status status = contract_read(&held, path, e);
	if (!status)
		status = infer(c, &r, e);
	if (status)
		return status;
	struct table *t = table_new(clause_columns);
	struct text_style style = text_style_of(call_on_terminal(c));
	for (int i = 0; contract_clause(&held, i, &a) && contract_clause(&r.contract, i, &b); i++) {
		if (!strcmp(a.value, b.value))
			continue;
		table_text(t, a.section);
		table_text(t, a.key);
		table_text(t, a.value);
		table_text(t, b.value);
		table_text(t, a.help);
	}
	c->exit_code = table_rows(t) > 0;
	if (table_rows(t) || call_format(c) != FORMAT_TABLE)
		table_write(t, call_format(c), &style, c->out);
	log_note("%d clauses differ between '%s' and the data", table_rows(t), path);
	table_free(t);
	return OK;
}

static enum status contract_run(struct call *c, struct err *e)
{
	const char *verb = c->n_word ? c->word[0] : "check";
	const char *path = check_contract_path(c->config, c->arena);
	if (c->n_word > 1)
		return err_set(e, E_USAGE, "'check contract %s' takes no '%s'", verb, c->word[1]);
	if (!strcmp(verb, "infer"))
		return contract_infer_run(c, e);
	if (!strcmp(verb, "diff"))
		return contract_diff_run(c, e);
	if (strcmp(verb, "check"))
		return err_set(e, E_USAGE, "'check contract' does infer, check or diff, not '%s'", verb);
	if (!file_exists(path))
		return err_set(e, E_USAGE, "there is no contract '%s': 'forecast check contract infer'"
			       " writes one", path);
	return check_run(c, e);
}

static const struct column coherence_columns[] = {
	{ .name = "tier", .type = COLUMN_TEXT },
	{ .name = "nodes", .type = COLUMN_INT },
	{ .name = "off", .title = "off by", .type = COLUMN_NUMBER },
	{ .name = "least", .title = "least mean", .type = COLUMN_NUMBER },
	{ .name = "crossed", .title = "crossed steps", .type = COLUMN_INT },
	{ .name = "missing", .title = "missing nodes", .type = COLUMN_INT },
	{ .name = "ok", .type = COLUMN_FLAG },
	{ 0 }
};

/* Exit 1 when the published sums do not add up. */
static enum status coherence_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct coherence *tier;
	struct run_row run;
	const char *name = call_option(c, "run");
	int n = 0;
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = name ? db_run_find(db, name, c->arena, &run, e) : db_run_published(db, c->arena, &run, e);
	if (!status)
		status = nodes_check(db, &run, c->arena, &tier, &n, e);
	db_close(db);
	if (status)
		return status;
	struct table *t = table_new(coherence_columns);
	struct text_style style = text_style_of(call_on_terminal(c));
	for (int k = 0; k < n; k++) {
		int ok = nodes_coherent(&tier[k]);
		table_text(t, tier[k].tier);
		table_int(t, tier[k].nodes);
		table_number(t, tier[k].off);
		table_number(t, tier[k].nodes ? tier[k].least : 0);
		table_int(t, tier[k].crossed);
		table_int(t, tier[k].missing);
		table_mark(t, ok ? MARK_NONE : MARK_BAD);
		table_flag(t, ok);
		if (!ok || !tier[0].nodes)
			c->exit_code = 1;
	}
	table_write(t, call_format(c), &style, c->out);
	table_free(t);
	return OK;
}

static const struct option options[] = {
	{ .name = "as-of", .type = OPTION_TEXT, .value = "D", .help = "check what there was up to that day" },
	{ .name = "store", .type = OPTION_TEXT, .value = "S", .help = "show what concerns that store" },
	{ .name = "strict", .type = OPTION_FLAG, .help = "warnings refuse the data too (exit 5)" },
	{ 0 }
};

static const struct option contract_options[] = {
	{ .name = "as-of", .type = OPTION_TEXT, .value = "D", .help = "use what there was up to that day" },
	{ .name = "store", .type = OPTION_TEXT, .value = "S", .help = "show what concerns that store" },
	{ .name = "strict", .type = OPTION_FLAG, .help = "warnings refuse the data too (exit 5)" },
	{ .name = "force", .type = OPTION_FLAG, .help = "infer: replace a contract that is there" },
	{ 0 }
};

static const char *const examples[] = {
	"forecast check", "# what is wrong with the sales",
	"forecast check --strict --json", "# for a script: any warning refuses the data",
	"forecast check contract infer", "# write down what the data keep today, as contract.conf",
	NULL
};

static const struct command contract = {
	.name = "contract",
	.summary = "the data contract: infer, check, diff",
	.words = "[infer|check|diff]",
	.about = "infer writes contract.conf from the data as they are: limits, severities, shares. check\n"
		 "holds the data against it, as forecast check does. diff shows where the data would now\n"
		 "suggest another contract, and exits 1 when they do.",
	.options = contract_options,
	.run = contract_run,
};

static const struct option coherence_options[] = {
	{ .name = "run", .type = OPTION_TEXT, .value = "RUN",
	  .help = "a run, by id, number or last [the published one]" },
	{ 0 }
};

static const struct command coherence = {
	.name = "coherence",
	.summary = "do published sums add up over the tree",
	.about = "Holds the published means of every node against the sum of its series: off by less than\n"
		 "1e-6, no mean below zero, no quantiles that cross, no node missing. Exit 1 if not.",
	.options = coherence_options,
	.run = coherence_run,
};

static const struct command *const subcommands[] = { &contract, &coherence, NULL };

extern const struct command cmd_check;
const struct command cmd_check = {
	.name = "check",
	.summary = "what is wrong with the sales, and what their days mean",
	.about = "Gaps, duplicates, negative units, spikes, changed units, unknown stores and items, prices,\n"
		 "days to come, stale or missing feeds, closed days, volume, the calendar's end, stock-outs.\n"
		 "Keeps findings and the states of days in the db.\n"
		 "Exit 5: a blocking finding, or with --strict any warning. 3: a stale or missing feed. Else 0.",
	.options = options,
	.sub = subcommands,
	.examples = examples,
	.run = check_run,
};
