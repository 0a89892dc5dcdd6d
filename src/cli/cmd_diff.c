/* forecast diff: what two runs say of the days that both forecast, and which of their inputs differ. */
#include "config.h"
#include "cli/command.h"

#include <string.h>
#include "base/log.h"
#include "io/db_trace.h"

static const struct column columns[] = {
	{ .name = "store", .type = COLUMN_TEXT },
	{ .name = "series", .type = COLUMN_INT },
	{ .name = "changed", .type = COLUMN_INT },
	{ .name = "first", .type = COLUMN_NUMBER, .unit = "units" },
	{ .name = "second", .type = COLUMN_NUMBER, .unit = "units" },
	{ .name = "change", .type = COLUMN_NUMBER, .unit = "units" },
	{ .name = "share", .type = COLUMN_PERCENT },
	{ 0 }
};

static void tell_inputs(const struct run_row *one, const struct run_row *other)
{
	const char *pair[][3] = { { "data", one->data_hash, other->data_hash },
				  { "settings", one->config_hash, other->config_hash },
				  { "program", one->code_hash, other->code_hash },
				  { "model", one->model_hash, other->model_hash },
				  { "recipe", one->spec, other->spec } };
	struct buf same = { 0 }, differ = { 0 };
	for (size_t k = 0; k < sizeof pair / sizeof *pair; k++) {
		struct buf *to = strcmp(pair[k][1], pair[k][2]) ? &differ : &same;
		buf_addf(to, "%s%s", to->n ? ", " : "", pair[k][0]);
	}
	log_note("differ: %s; the same: %s", differ.n ? differ.text : "nothing", same.n ? same.text : "nothing");
	buf_release(&same);
	buf_release(&differ);
}

static void add_row(struct table *t, const struct diff_row *r)
{
	table_text(t, r->store);
	table_int(t, r->series);
	table_int(t, r->changed);
	table_number(t, r->one);
	table_number(t, r->other);
	table_number(t, r->other - r->one);
	if (r->one > 0)
		table_number(t, (r->other - r->one) / r->one);
	else
		table_none(t);
}

static void show(struct call *c, const struct diff_row *row, int n)
{
	struct text_style style = text_style_of(call_on_terminal(c));
	struct table *t = table_new(columns);
	struct diff_row all = { .store = "all" };
	for (int k = 0; k < n; k++) {
		add_row(t, &row[k]);
		all.series += row[k].series;
		all.changed += row[k].changed;
		all.one += row[k].one;
		all.other += row[k].other;
	}
	add_row(t, &all);
	table_write(t, call_format(c), &style, c->out);
	table_free(t);
}

static enum status diff_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct run_row run[2];
	struct calendar calendar;
	struct diff_row *row = NULL;
	int known, n = 0;
	if (c->n_word != 2)
		return err_set(e, E_USAGE, "two runs are wanted, by id or number; 'forecast status runs' lists them");
	enum status status = call_db(c, DB_READ, &db, e);
	for (int k = 0; !status && k < 2; k++)
		status = db_run_find(db, c->word[k], c->arena, &run[k], e);
	if (!status)
		status = db_calendar(db, &calendar, &known, e);
	if (!status)
		status = db_run_diff(db, run[0].seq, run[1].seq,
				     period_of_day(&calendar, run[0].as_of) - period_of_day(&calendar, run[1].as_of), c->arena,
				     &row, &n, e);
	if (!status && !n)
		status = err_set(e, E_USAGE, "runs %s and %s forecast no series and period in common", c->word[0], c->word[1]);
	if (!status) {
		show(c, row, n);
		tell_inputs(&run[0], &run[1]);
	}
	db_close(db);
	return status;
}

static const char *const examples[] = { "forecast diff 41 42", "# what did tonight change", NULL };

extern const struct command cmd_diff;
const struct command cmd_diff = {
	.name = "diff",
	.summary = "the change between two runs",
	.words = "RUN RUN",
	.about = "Sums of the means over the series and periods that both runs have, by store, and how\n"
		 "many series say something else. Which of data, settings, program, model and recipe\n"
		 "differ is a message; 'db diff' names the months of the data, 'config diff' the settings.",
	.examples = examples,
	.run = diff_run,
};
