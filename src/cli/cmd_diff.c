/* forecast diff: what two runs say of the days that both forecast, and which of their inputs differ. */
#include "config.h"
#include "cli/command.h"

#include <string.h>
#include "base/log.h"
#include "io/db_admin.h"
#include "io/db_trace.h"
#include "life/again.h"

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

/* *differ 1: another set of series stayed cheap in one of two runs [2]. */
static enum status cheap_differ(struct db *db, const struct run_row *run, struct arena *a, int *differ, struct err *e)
{
	struct cheap_series *cheap[2];
	int n[2] = { 0, 0 };
	enum status status = OK;
	for (int k = 0; !status && k < 2; k++)
		status = db_run_cheap(db, run[k].seq, a, &cheap[k], &n[k], e);
	*differ = !status && n[0] != n[1];
	for (int i = 0; !status && !*differ && i < n[0]; i++)
		*differ = cheap[0][i].id != cheap[1][i].id;
	return status;
}

/* "version 3 serves 0.33", or nothing. */
static enum status canary_of(struct call *c, struct db *db, const struct run_row *run, const char **out, struct err *e)
{
	struct run_origin origin;
	enum status status = db_run_origin(db, run->seq, &origin, e);
	*out = origin.canary ? arena_printf(c->arena, "version %lld serves %g", (long long)origin.canary, origin.canary_share)
		: "";
	return status;
}

static enum status tell_inputs(struct call *c, struct db *db, const struct run_row *run, struct err *e)
{
	const struct run_row *one = &run[0], *other = &run[1];
	const char *canary[2];
	int cheap;
	enum status status = canary_of(c, db, one, &canary[0], e);
	if (!status)
		status = canary_of(c, db, other, &canary[1], e);
	if (!status)
		status = cheap_differ(db, run, c->arena, &cheap, e);
	if (status)
		return status;
	const char *pair[][3] = { { "data", one->data_hash, other->data_hash },
				  { "settings", one->config_hash, other->config_hash },
				  { "program", one->code_hash, other->code_hash },
				  { "model", one->model_hash, other->model_hash },
				  { "recipe", one->spec, other->spec },
				  { "canary", canary[0], canary[1] } };
	/* Most runs have none, and that is not worth a word. */
	size_t n = sizeof pair / sizeof *pair - (!*canary[0] && !*canary[1]);
	struct buf same = { 0 }, differ = { 0 };
	for (size_t k = 0; k < n; k++) {
		struct buf *to = strcmp(pair[k][1], pair[k][2]) ? &differ : &same;
		buf_addf(to, "%s%s", to->n ? ", " : "", pair[k][0]);
	}
	if (cheap)
		buf_addf(&differ, "%swhat stayed cheap", differ.n ? ", " : "");
	log_note("differ: %s; the same: %s", differ.n ? differ.text : "nothing", same.n ? same.text : "nothing");
	buf_release(&same);
	buf_release(&differ);
	return OK;
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

/* ---- split by cause ---- */

static const struct column cause_columns[] = {
	{ .name = "store", .type = COLUMN_TEXT },
	{ .name = "series", .type = COLUMN_INT },
	{ .name = "first", .type = COLUMN_NUMBER, .unit = "units" },
	{ .name = "by_data", .type = COLUMN_NUMBER, .unit = "units" },
	{ .name = "by_model", .type = COLUMN_NUMBER, .unit = "units" },
	{ .name = "second", .type = COLUMN_NUMBER, .unit = "units" },
	{ 0 }
};

struct causes {
	struct arena *a;
	const struct run_row *run; /* [2] */
	int shift, most;
	struct diff_row *to, *from; /* first to crossed, crossed to second */
	int n_to, n_from;
};

static enum status take_crossed(void *context, struct db *copy, int64_t seq, struct err *e)
{
	struct causes *x = context;
	enum status status = db_run_diff(copy, x->run[0].seq, seq, x->shift, x->most, x->run[1].seq, x->a, &x->to, &x->n_to, e);
	return status ? status : db_run_diff(copy, seq, x->run[1].seq, 0, x->most, x->run[0].seq, x->a, &x->from,
					     &x->n_from, e);
}

static void add_cause(struct table *t, const char *store, const struct diff_row *to, const struct diff_row *from)
{
	table_text(t, store);
	table_int(t, to->series);
	table_number(t, to->one);
	table_number(t, to->other - to->one);
	table_number(t, from->other - from->one);
	table_number(t, from->other);
}

/* Both halves are of the same series, so of the same stores. */
static void show_causes(struct call *c, const struct causes *x)
{
	struct text_style style = text_style_of(call_on_terminal(c));
	struct table *t = table_new(cause_columns);
	struct diff_row to = { 0 }, from = { 0 };
	for (int k = 0; k < x->n_to && k < x->n_from; k++) {
		add_cause(t, x->to[k].store, &x->to[k], &x->from[k]);
		to.series += x->to[k].series;
		to.one += x->to[k].one;
		to.other += x->to[k].other;
		from.one += x->from[k].one;
		from.other += x->from[k].other;
	}
	add_cause(t, "all", &to, &from);
	table_write(t, call_format(c), &style, c->out);
	table_free(t);
}

static enum status split(struct call *c, struct db *db, const struct run_row *run, int shift, struct err *e)
{
	/* Of the second run's steps the first knows as many. */
	struct causes x = { .a = c->arena, .run = run, .shift = shift, .most = run[0].horizon + shift };
	enum status status = again_cross(db, c->config, &run[0], &run[1], call_jobs(c), c->arena, take_crossed, &x, e);
	if (!status && (x.n_to != x.n_from || !x.n_to))
		status = err_set(e, E_USAGE, "the runs have no series and period in common");
	if (!status)
		show_causes(c, &x);
	return status;
}

static enum status diff_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct run_row run[2];
	struct calendar calendar;
	struct diff_row *row = NULL;
	int known, n = 0, shift = 0;
	if (c->n_word != 2)
		return err_set(e, E_USAGE, "two runs are wanted, by id or number; 'forecast status runs' lists them");
	enum status status = call_db(c, DB_READ, &db, e);
	for (int k = 0; !status && k < 2; k++)
		status = db_run_find(db, c->word[k], c->arena, &run[k], e);
	if (!status)
		status = db_calendar(db, &calendar, &known, e);
	if (!status)
		shift = period_of_day(&calendar, run[0].as_of) - period_of_day(&calendar, run[1].as_of);
	if (!status)
		status = db_run_diff(db, run[0].seq, run[1].seq, shift, 0, 0, c->arena, &row, &n, e);
	if (!status && !n)
		status = err_set(e, E_USAGE, "runs %s and %s forecast no series and period in common", c->word[0], c->word[1]);
	if (!status && call_flag(c, "causes"))
		status = split(c, db, run, shift, e);
	else if (!status)
		show(c, row, n);
	if (!status)
		status = tell_inputs(c, db, run, e);
	db_close(db);
	return status;
}

static const struct option options[] = {
	{ .name = "causes", .type = OPTION_FLAG,
	  .help = "split the change into that of the data and that of the model; costs a forecast" },
	{ 0 }
};

static const char *const examples[] = { "forecast diff 41 42", "# what did tonight change",
					"forecast diff 41 42 --causes", NULL };

extern const struct command cmd_diff;
const struct command cmd_diff = {
	.name = "diff",
	.summary = "the change between two runs",
	.words = "RUN RUN",
	.about = "Sums of the means over the series and periods that both runs have, by store, and how\n"
		 "many series say something else. Which of data, settings, program, model and recipe\n"
		 "differ is a message; 'db diff' names the months of the data, 'config diff' the settings.\n\n"
		 "--causes makes the first run's forecast once more, in a copy of the db, from the data of\n"
		 "the second: by_data is what that changes, by_model what recipe, version, settings and\n"
		 "program do on top, and that what stayed cheap in one run with limits did not in the other.\n"
		 "The two sum to the change.",
	.options = options,
	.examples = examples,
	.run = diff_run,
};
