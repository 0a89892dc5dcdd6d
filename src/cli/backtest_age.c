/* forecast backtest --staleness: error against the age of the model. */
#include "config.h"
#include "cli/backtest_age.h"

#include "cli/scope.h"
#include "life/staleness.h"

static const struct column columns[] = {
	{ .name = "age", .type = COLUMN_INT },
	{ .name = "wape", .title = "WAPE", .type = COLUMN_PERCENT, .digits = 2 },
	{ .name = "gain", .title = "a fresh fit saves", .type = COLUMN_PERCENT, .digits = 2 },
	{ .name = "cases", .type = COLUMN_INT },
	{ 0 }
};

static void push(struct table *t, const struct staleness *s)
{
	for (int k = 0; k < s->n; k++) {
		table_int(t, s->point[k].age);
		table_number(t, s->point[k].wape);
		table_number(t, s->point[k].gain);
		table_int(t, s->point[k].cases);
	}
}

static void write_curve(struct call *c, const struct staleness *s, const struct calendar *calendar)
{
	struct text_style style = text_style_of(call_on_terminal(c));
	struct table *t = table_new(columns);
	push(t, s);
	if (call_format(c) == FORMAT_JSON) {
		struct json j = { .out = c->out };
		json_open(&j, '{');
		json_key(&j, "spec");
		json_text(&j, s->spec);
		json_key(&j, "windows");
		json_int(&j, s->windows);
		json_key(&j, "proposed");
		json_int(&j, s->proposed);
		json_key(&j, "curve");
		table_json(t, &j);
		json_close(&j);
		buf_addc(c->out, '\n');
	} else {
		table_write(t, call_format(c), &style, c->out);
		if (call_format(c) == FORMAT_TABLE)
			buf_addf(c->out, "\nA model of %d %ss loses less than 1 %%: train.every = %d does.\n", s->proposed,
				 period_kind_name(calendar->kind), s->proposed ? s->proposed : 1);
	}
	table_free(t);
}

enum status backtest_age(struct call *c, struct db *db, int windows, int step, struct err *e)
{
	struct staleness s;
	struct calendar calendar;
	int known;
	struct staleness_request q = { .spec = call_option(c, "spec"), .windows = windows, .step = step,
				       .as_of = DAY_NONE, .jobs = call_jobs(c) };
	enum status status = db_calendar(db, &calendar, &known, e);
	if (!status)
		status = scope_as_of(c, &calendar, &q.as_of, e);
	if (!status)
		status = staleness_run(db, c->config, &q, c->arena, &s, e);
	if (!status)
		write_curve(c, &s, &calendar);
	return status;
}
