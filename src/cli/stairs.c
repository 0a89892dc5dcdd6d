/* The stairs of forecast value added, as a table. */
#include "config.h"
#include "cli/stairs.h"

#include <math.h>
#include <string.h>

static const struct column columns[] = {
	{ .name = "step", .type = COLUMN_TEXT, .width = 22 },
	{ .name = "wape", .title = "WAPE", .type = COLUMN_NUMBER, .digits = 4 },
	{ .name = "bias", .unit = "%", .type = COLUMN_NUMBER, .digits = 1 },
	{ .name = "cost", .title = "cost", .unit = "a unit", .type = COLUMN_NUMBER, .digits = 4 },
	{ .name = "fva", .title = "value", .unit = "added", .type = COLUMN_NUMBER, .digits = 4 },
	{ .name = "fva_cost", .title = "in", .unit = "money", .type = COLUMN_NUMBER, .digits = 4 },
	{ .name = "better", .title = "better on", .unit = "series", .type = COLUMN_PERCENT },
	{ .name = "coverage_80", .title = "in 80%", .type = COLUMN_PERCENT },
	{ 0 }
};

static void add_row(struct table *t, const struct stair *s, const struct stair *before)
{
	double fva = before ? before->wape - s->wape : (double)NAN;
	table_text(t, s->name);
	table_number(t, s->wape);
	table_number(t, s->bias);
	table_number(t, s->cost);
	table_mark(t, fva > 0 ? MARK_GOOD : fva < 0 ? MARK_BAD : MARK_NONE);
	if (before) {
		table_number(t, fva);
		table_number(t, before->cost - s->cost);
		table_number(t, s->better);
	} else {
		table_none(t);
		table_none(t);
		table_none(t);
	}
	table_number(t, s->coverage);
}

void stairs_write(struct call *c, const struct stair *stair, int n, struct json *json)
{
	struct table *t = table_new(columns);
	struct text_style style = text_style_of(call_on_terminal(c));
	for (int k = 0; k < n; k++)
		add_row(t, &stair[k], k ? &stair[k - 1] : NULL);
	if (json) {
		json_key(json, "stairs");
		table_json(t, json);
	} else {
		table_write(t, call_format(c), &style, c->out);
	}
	table_free(t);
}

static double value_of(const struct judge_result *r, int step, const char *metric)
{
	for (int m = 0; m < r->n_metric; m++)
		if (!strcmp(r->metric[m].name, metric))
			return r->value[(size_t)step * (size_t)r->n_metric + (size_t)m];
	return (double)NAN;
}

const struct stair *stairs_of_judge(struct call *c, const struct judge_result *r)
{
	struct stair *s = ARENA_ARRAY(c->arena, struct stair, r->n_step + 1);
	for (int k = 0; k < r->n_step; k++)
		s[k] = (struct stair){ r->name[k], value_of(r, k, "wape"), value_of(r, k, "bias"),
				       value_of(r, k, "cost"), r->better[k], value_of(r, k, "coverage_80") };
	return s;
}
