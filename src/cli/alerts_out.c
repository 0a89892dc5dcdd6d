/* Open alerts as lines or as a table. */
#include "config.h"
#include "cli/alerts_out.h"

#include <math.h>
#include <string.h>

#define INDENT 12 /* of what is odd, under its grade and number */

static const struct column columns[] = {
	{ .name = "id", .type = COLUMN_INT },
	{ .name = "grade", .type = COLUMN_TEXT },
	{ .name = "code", .type = COLUMN_TEXT },
	{ .name = "node", .type = COLUMN_TEXT, },
	{ .name = "opened", .type = COLUMN_TEXT },
	{ .name = "money", .type = COLUMN_NUMBER },
	{ .name = "text", .type = COLUMN_TEXT },
	{ .name = "layer", .type = COLUMN_TEXT },
	{ .name = "last", .type = COLUMN_TEXT },
	{ .name = "closed", .type = COLUMN_TEXT },
	{ .name = "snoozed_until", .type = COLUMN_TEXT },
	{ .name = "window_from", .type = COLUMN_TEXT },
	{ .name = "value", .type = COLUMN_NUMBER },
	{ .name = "baseline", .type = COLUMN_NUMBER },
	{ .name = "threshold", .type = COLUMN_NUMBER },
	{ .name = "series", .type = COLUMN_INT },
	{ .name = "version", .type = COLUMN_INT },
	{ .name = "cause", .type = COLUMN_TEXT },
	{ 0 }
};

static void push_day(struct table *t, const struct calendar *c, day_t day)
{
	char text[DAY_TEXT_MAX];
	if (day == DAY_NONE)
		table_none(t);
	else
		table_text(t, period_format(c, period_of_day(c, day), text));
}

static void push_alert(struct table *t, const struct calendar *c, const struct alert_row *r)
{
	table_int(t, r->id);
	table_text(t, r->grade);
	table_text(t, r->code);
	table_text(t, r->node);
	push_day(t, c, r->opened);
	table_number(t, r->money);
	table_text(t, r->text);
	table_text(t, r->layer);
	push_day(t, c, r->last);
	push_day(t, c, r->closed);
	push_day(t, c, r->snoozed_until);
	push_day(t, c, r->from);
	table_number(t, r->value);
	table_number(t, r->baseline);
	table_number(t, r->threshold);
	table_int(t, r->series);
	table_int(t, r->version);
	table_text(t, r->cause);
}

/* One alert in a few lines: what is odd, where, since when, what it may cost, what may lie behind it. */
static void write_lines(struct buf *out, const struct calendar *c, const struct alert_row *r,
			const struct text_style *style)
{
	enum text_mark mark = strcmp(r->grade, "ALARM") ? MARK_WARN : MARK_BAD;
	char day[DAY_TEXT_MAX];
	text_mark_on(out, mark, style);
	buf_addf(out, "%-6s", r->grade);
	text_mark_off(out, mark, style);
	buf_addf(out, " %-4lld %-12s ", (long long)r->id, r->code);
	text_add(out, r->node, 0, style);
	buf_addf(out, ", since %s", period_format(c, period_of_day(c, r->opened), day));
	if (!isnan(r->money))
		buf_addf(out, ", %.0f a week", r->money);
	if (r->closed != DAY_NONE)
		buf_addf(out, ", closed %s", period_format(c, period_of_day(c, r->closed), day));
	if (r->snoozed_until != DAY_NONE)
		buf_addf(out, ", snoozed until %s", period_format(c, period_of_day(c, r->snoozed_until), day));
	buf_addc(out, '\n');
	text_pad(out, INDENT);
	text_wrap(out, r->text, INDENT, INDENT, style);
	if (*r->cause) {
		text_pad(out, INDENT);
		buf_adds(out, "likely: ");
		text_wrap(out, r->cause, INDENT + 8, INDENT + 8, style);
	}
}

void alerts_write(struct call *c, const struct calendar *calendar, const struct alert_row *row, int n)
{
	struct text_style style = text_style_of(call_on_terminal(c));
	if (call_format(c) == FORMAT_TABLE) {
		for (int k = 0; k < n; k++)
			write_lines(c->out, calendar, &row[k], &style);
		return;
	}
	struct table *t = table_new(columns);
	for (int k = 0; k < n; k++)
		push_alert(t, calendar, &row[k]);
	table_write(t, call_format(c), &style, c->out);
	table_free(t);
}
