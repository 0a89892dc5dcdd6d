/* forecast explain --trace: what came from what. */
#include "config.h"
#include "cli/explain_trace.h"

#include <string.h>
#include "base/log.h"
#include "cli/scope.h"
#include "io/db_trace.h"

static const struct column link_columns[] = {
	{ .name = "what", .type = COLUMN_TEXT },
	{ .name = "name", .type = COLUMN_TEXT },
	{ .name = "hash", .type = COLUMN_TEXT },
	{ .name = "at", .type = COLUMN_TEXT },
	{ .name = "note", .type = COLUMN_TEXT },
	{ 0 }
};

static const struct column served_columns[] = {
	{ .name = "run", .type = COLUMN_INT },
	{ .name = "id", .type = COLUMN_TEXT },
	{ .name = "origin", .type = COLUMN_TEXT },
	{ .name = "step", .type = COLUMN_INT },
	{ .name = "mean", .type = COLUMN_NUMBER },
	{ .name = "q05", .type = COLUMN_NUMBER, .hidden = 1 },
	{ .name = "q10", .type = COLUMN_NUMBER },
	{ .name = "q25", .type = COLUMN_NUMBER, .hidden = 1 },
	{ .name = "q50", .type = COLUMN_NUMBER },
	{ .name = "q75", .type = COLUMN_NUMBER, .hidden = 1 },
	{ .name = "q90", .type = COLUMN_NUMBER },
	{ .name = "q95", .type = COLUMN_NUMBER, .hidden = 1 },
	{ .name = "method", .type = COLUMN_TEXT },
	{ .name = "rung", .type = COLUMN_INT },
	{ .name = "reason", .type = COLUMN_TEXT },
	{ .name = "model", .type = COLUMN_INT },
	{ .name = "ended", .type = COLUMN_TEXT, .hidden = 1 },
	{ 0 }
};

static void text_or_none(struct table *t, const char *text)
{
	if (text)
		table_text(t, text);
	else
		table_none(t);
}

static void write_out(struct call *c, struct table *t)
{
	struct text_style style = text_style_of(call_on_terminal(c));
	table_write(t, call_format(c), &style, c->out);
	table_free(t);
}

static void write_links(struct call *c, const struct trace_link *link, int n)
{
	struct table *t = table_new(link_columns);
	for (int k = 0; k < n; k++) {
		table_text(t, link[k].what);
		text_or_none(t, link[k].name);
		/* Twelve digits tell things apart for people; programs get all. */
		if (link[k].hash && call_format(c) == FORMAT_TABLE)
			table_textf(t, "%.12s", link[k].hash);
		else
			text_or_none(t, link[k].hash);
		text_or_none(t, link[k].at);
		text_or_none(t, link[k].note);
	}
	write_out(c, t);
}

static enum status trace_value(struct call *c, struct db *db, struct err *e)
{
	const char *store, *item;
	char text[DAY_TEXT_MAX];
	struct calendar calendar;
	struct served_row *row = NULL;
	period_t period = DAY_NONE;
	int known, n = 0;
	enum status status = scope_series(c, db, c->word[0], &store, &item, e);
	if (!status)
		status = db_calendar(db, &calendar, &known, e);
	if (!status && (period = period_parse(&calendar, c->word[1], strlen(c->word[1]))) == DAY_NONE)
		status = err_set(e, E_USAGE, "a date is wanted, not '%s'", c->word[1]);
	if (!status)
		status = db_trace_value(db, &calendar, store, item, period, c->arena, &row, &n, e);
	if (status)
		return status;
	struct table *t = table_new(served_columns);
	for (int k = 0; k < n; k++) {
		table_int(t, row[k].run);
		table_text(t, row[k].id);
		table_text(t, day_format(row[k].as_of, text));
		table_int(t, row[k].step);
		table_number(t, row[k].mean);
		for (int l = 0; l < 7; l++)
			table_number(t, row[k].q[l]);
		table_text(t, row[k].method);
		table_int(t, row[k].rung);
		text_or_none(t, row[k].reason);
		if (row[k].model)
			table_int(t, row[k].model);
		else
			table_none(t);
		table_text(t, row[k].ended);
	}
	write_out(c, t);
	if (!n)
		log_note("no published run has a forecast of %s for %s", c->word[0], c->word[1]);
	return OK;
}

static enum status trace_run(struct call *c, struct db *db, struct err *e)
{
	struct run_row run;
	struct trace_link *link;
	int n;
	enum status status = db_run_find(db, c->word[0], c->arena, &run, e);
	if (!status)
		status = db_trace_run(db, &run, c->arena, &link, &n, e);
	if (!status)
		write_links(c, link, n);
	return status;
}

static enum status trace_batch(struct call *c, struct db *db, struct err *e)
{
	struct trace_link *link;
	int n, named = !strncmp(c->word[0], "batch:", 6);
	enum status status = db_trace_batch(db, c->word[0] + 6 * named, c->arena, &link, &n, e);
	if (!status)
		write_links(c, link, n);
	return status;
}

enum status explain_trace(struct call *c, struct err *e)
{
	struct db *db = NULL;
	int down = call_flag(c, "downstream");
	int value = !down && c->n_word == 2 && strchr(c->word[0], '/');
	if (!value && c->n_word != 1)
		return err_set(e, E_USAGE, "--trace wants STORE/ITEM DATE, or a RUN; with --downstream a file's number or hash");
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = value ? trace_value(c, db, e) : down ? trace_batch(c, db, e) : trace_run(c, db, e);
	db_close(db);
	return status;
}
