/* forecast status performance: what published forecasts came to. */
#include "config.h"
#include "cli/command.h"

#include <string.h>
#include "base/log.h"
#include "io/db_panel.h"
#include "io/db_realised.h"

static const struct column columns[] = {
	{ .name = "part", .type = COLUMN_TEXT },
	{ .name = "member", .type = COLUMN_TEXT, .width = 16 },
	{ .name = "steps", .type = COLUMN_TEXT },
	{ .name = "runs", .type = COLUMN_INT },
	{ .name = "units", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "wape", .title = "WAPE", .type = COLUMN_PERCENT },
	{ .name = "expected_wape", .title = "expected", .type = COLUMN_PERCENT },
	{ .name = "bias", .type = COLUMN_PERCENT },
	{ .name = "inside_50", .title = "in 50 %", .type = COLUMN_PERCENT, .hidden = 1 },
	{ .name = "inside_80", .title = "in 80 %", .type = COLUMN_PERCENT },
	{ .name = "inside_90", .title = "in 90 %", .type = COLUMN_PERCENT },
	{ .name = "pinball", .type = COLUMN_NUMBER, .hidden = 1 },
	{ 0 }
};

static void push_sum(struct table *t, const struct realised_sum *x)
{
	const struct realised_row *s = &x->sum;
	double units = s->units > 0 ? s->units : 1, cells = s->cells ? (double)s->cells : 1;
	table_text(t, x->part);
	table_text(t, x->member);
	table_textf(t, x->step_from == x->step_to ? "%d" : "%d-%d", x->step_from, x->step_to);
	table_int(t, x->runs);
	table_number(t, s->units);
	table_number(t, s->abs_error / units);
	table_number(t, s->expected / units);
	table_number(t, (s->mean - s->units) / units);
	for (int k = 0; k < 3; k++)
		table_number(t, (double)s->inside[k] / cells);
	table_number(t, s->pinball / cells);
}

static enum status performance_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct realised_sum *sum;
	day_t first, last;
	const char *days = call_option(c, "last"), *by = call_option(c, "by");
	int n = 0, shown = 0;
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = db_sales_span(db, DAY_NONE, &first, &last, e);
	day_t from = days && last != DAY_NONE ? last - (day_t)option_number(days) : INT32_MIN + 1;
	if (!status)
		status = db_realised_read(db, call_flag(c, "shadow"), from, INT32_MAX, call_flag(c, "steps"), c->arena,
					  &sum, &n, e);
	if (!status) {
		struct table *t = table_new(columns);
		struct text_style style = text_style_of(call_on_terminal(c));
		for (int k = 0; k < n; k++)
			if (!sum[k].sum.cells || (strcmp(sum[k].part, "all") && (!by || strcmp(sum[k].part, by))))
				continue;
			else {
				push_sum(t, &sum[k]);
				shown++;
			}
		if (shown || call_format(c) != FORMAT_TABLE)
			table_write(t, call_format(c), &style, c->out);
		table_free(t);
		if (!shown)
			log_note("no published forecast has seen its whole horizon yet");
		c->exit_code = 0;
	}
	db_close(db);
	return status;
}

static const struct option options[] = {
	{ .name = "last", .type = OPTION_INT, .value = "DAYS", .min = 1, .max = 100000,
	  .help = "only forecasts made within so many days before the last day with sales" },
	{ .name = "by", .type = OPTION_TEXT, .value = "PART",
	  .help = "cut by store or by an attribute of the items too" },
	{ .name = "steps", .type = OPTION_FLAG, .help = "each step ahead, not steps put together" },
	{ .name = "shadow", .type = OPTION_FLAG, .help = "what the shadow forecast instead of what was served" },
	{ 0 }
};

static const char *const examples[] = { "forecast status performance", "# how good what was published turned out",
					"forecast status performance --by store --last 28", "# the last four weeks by store",
					NULL };

extern const struct command cmd_status_performance;
const struct command cmd_status_performance = {
	.name = "performance",
	.summary = "what published forecasts came to",
	.about = "Each published forecast is judged once, when its whole horizon and the days of\n"
		 "monitor.maturity have passed. WAPE: sum of absolute errors of the median by units sold;\n"
		 "expected: the same as the forecast's own distribution has it; bias: forecast less sold,\n"
		 "by units sold; in 80 %: share of days within that interval.",
	.options = options,
	.examples = examples,
	.run = performance_run,
};
