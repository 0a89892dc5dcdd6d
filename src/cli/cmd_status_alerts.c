/* forecast status alerts: what monitoring holds open, what it means, and settling it by hand. */
#include "config.h"
#include "cli/command.h"

#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/symtab.h"
#include "cli/alerts_out.h"
#include "io/db_panel.h"
#include "life/alert.h"

static enum status write_codes(struct call *c)
{
	static const struct column code_columns[] = { { .name = "code", .type = COLUMN_TEXT },
						      { .name = "words", .type = COLUMN_WRAP },
						      { 0 } };
	struct text_style style = text_style_of(call_on_terminal(c));
	struct table *t = table_new(code_columns);
	for (const struct alert_kind *k = alert_kinds; k->code; k++) {
		table_text(t, k->code);
		table_text(t, k->words);
	}
	/* One a line for a shell's loop; with a format the words too. */
	if (!call_option(c, "format") && !call_flag(c, "json"))
		for (const struct alert_kind *k = alert_kinds; k->code; k++)
			buf_addf(c->out, "%s\n", k->code);
	else
		table_write(t, call_format(c), &style, c->out);
	table_free(t);
	return OK;
}

static enum status list_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct calendar calendar;
	struct alert_row *row;
	int n = 0, known;
	if (call_flag(c, "codes"))
		return write_codes(c);
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = db_calendar(db, &calendar, &known, e);
	if (!status)
		status = db_alerts(db, call_flag(c, "all"), c->arena, &row, &n, e);
	if (!status)
		alerts_write(c, &calendar, row, n);
	if (!status && !n)
		log_note("no alert is open");
	db_close(db);
	return status;
}

static enum status explain_run(struct call *c, struct err *e)
{
	if (c->n_word != 2)
		return err_set(e, E_USAGE, "'alerts explain' wants one CODE; 'forecast status alerts --codes' lists"
			       " them");
	const struct alert_kind *k = alert_kind_find(c->word[1]);
	if (!k) {
		const char *name[64];
		size_t n = 0;
		for (const struct alert_kind *at = alert_kinds; at->code && n < 64; at++)
			name[n++] = at->code;
		const char *near = nearest_name(c->word[1], name, n);
		return err_set(e, E_NOTFOUND, "no alert has the code '%s'%s%s%s", c->word[1],
			       near ? ", did you mean '" : "", near ? near : "",
			       near ? "'?" : "; 'forecast status alerts --codes' lists them");
	}
	struct text_style style = text_style_of(call_on_terminal(c));
	buf_addf(c->out, "%s  ", k->code);
	text_wrap(c->out, k->words, text_width(k->code) + 2, text_width(k->code) + 2, &style);
	buf_addc(c->out, '\n');
	text_wrap(c->out, k->runbook, 0, 0, &style);
	return OK;
}

/* Closing and snoozing: by number, with a reason. */
static enum status settle(struct call *c, int snooze, struct err *e)
{
	struct db *db = NULL;
	day_t first, last;
	char *end = NULL;
	const char *reason = call_option(c, "reason"), *days = call_option(c, "days");
	long long id = c->n_word == 2 ? strtoll(c->word[1], &end, 10) : 0;
	if (c->n_word != 2 || *end || id < 1)
		return err_set(e, E_USAGE, "'alerts %s' wants one number; 'forecast status alerts' lists them",
			       snooze ? "snooze" : "close");
	if (!reason || !*reason)
		return err_set(e, E_USAGE, "--reason is wanted: whoever reads the alert later asks why");
	enum status status = call_db(c, DB_WRITE, &db, e);
	if (!status)
		status = db_sales_span(db, DAY_NONE, &first, &last, e);
	last = last == DAY_NONE ? 0 : last;
	if (!status)
		status = db_alert_settle(db, id, last, snooze ? last + (day_t)option_number(days ? days : "14") : DAY_NONE,
					 reason, e);
	db_close(db);
	return status;
}

static enum status alerts_run(struct call *c, struct err *e)
{
	const char *verb = c->n_word ? c->word[0] : "list";
	if (!strcmp(verb, "list") && c->n_word <= 1)
		return list_run(c, e);
	if (!strcmp(verb, "explain"))
		return explain_run(c, e);
	if (!strcmp(verb, "snooze") || !strcmp(verb, "close"))
		return settle(c, *verb == 's', e);
	return err_set(e, E_USAGE, "'alerts %s' is unknown: list, explain CODE, snooze NUMBER or close NUMBER",
		       c->word[c->n_word - 1]);
}

static const struct option options[] = {
	{ .name = "all", .type = OPTION_FLAG, .help = "closed ones too" },
	{ .name = "codes", .type = OPTION_FLAG, .help = "the codes there are, instead of what is open" },
	{ .name = "days", .type = OPTION_INT, .value = "N", .min = 1, .max = 366, .preset = "14",
	  .help = "for how long an alert is snoozed" },
	{ .name = "reason", .type = OPTION_TEXT, .value = "TEXT",
	  .help = "why it is snoozed or closed; kept with the alert and in the audit" },
	{ 0 }
};

static const char *const examples[] = { "forecast status alerts", "# what is open, gravest and dearest first",
					"forecast status alerts explain L3.bias", "# what it means and what to do",
					"forecast status alerts snooze 7 --days 14 --reason 'roadworks until May'",
					"# do not page for it meanwhile", NULL };

extern const struct command cmd_status_alerts;
const struct command cmd_status_alerts = {
	.name = "alerts",
	.summary = "open alerts, their runbooks, settling them",
	.words = "[list | explain CODE | snooze NUMBER | close NUMBER]",
	.about = "An alert is opened once and updated while it lasts; four quiet weeks close it. ALARM\n"
		 "pages a person, REVIEW is a row of a ranked list.",
	.options = options,
	.examples = examples,
	.run = alerts_run,
};
