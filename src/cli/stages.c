/* What the stages of runs took. */
#include "config.h"
#include "cli/stages.h"

#include <stdlib.h>
#include <string.h>

static const struct column columns[] = {
	{ .name = "seq", .title = "no.", .type = COLUMN_INT },
	{ .name = "kind", .type = COLUMN_TEXT },
	{ .name = "stage", .type = COLUMN_TEXT, .width = 40 },
	{ .name = "seconds", .title = "time", .unit = "s", .type = COLUMN_NUMBER, .digits = 2 },
	{ .name = "cpu_seconds", .title = "CPU", .unit = "s", .type = COLUMN_NUMBER, .digits = 2 },
	{ .name = "memory_mb", .title = "memory", .unit = "MB", .type = COLUMN_NUMBER,
	  .digits = DIGITS_WHOLE },
	{ 0 }
};

/* A part's name without the options of its spec, for people; exact shapes have it whole. */
static void push_name(struct table *t, const char *name, enum format format)
{
	struct buf text = { 0 };
	int depth = 0;
	if (format != FORMAT_TABLE) {
		table_text(t, name);
		return;
	}
	for (const char *c = name; *c; c++) {
		depth -= *c == ')';
		if (depth <= 0)
			buf_addc(&text, *c);
		if (*c == '(' && depth++ == 0)
			buf_adds(&text, "..");
	}
	table_text(t, text.n ? text.text : "");
	buf_release(&text);
}

/* A night's stages as it walks them; what is a part of the forecast (read, fit, write) comes before it. */
static int by_place(const void *a, const void *b)
{
	const struct stage_use *x = a, *y = b;
	int forecast = stage_place("forecast"), p = stage_place(x->stage), q = stage_place(y->stage);
	p = p < 0 ? 2 * forecast - 1 : 2 * p;
	q = q < 0 ? 2 * forecast - 1 : 2 * q;
	return p != q ? p - q : strcmp(x->stage, y->stage);
}

enum status stages_write(struct call *c, struct db *db, const struct run_row *run, int n, struct err *e)
{
	struct table *t = table_new(columns);
	struct text_style style = text_style_of(call_on_terminal(c));
	enum status status = OK;
	for (int k = 0; !status && k < n; k++) {
		struct stage_use *stage;
		int n_stage = 0;
		status = db_stages(db, run[k].seq, c->arena, &stage, &n_stage, e);
		if (!status && !strcmp(run[k].kind, "nightly"))
			qsort(stage, (size_t)n_stage, sizeof *stage, by_place);
		for (int i = 0; !status && i < n_stage; i++) {
			table_int(t, run[k].seq);
			table_text(t, run[k].kind);
			push_name(t, stage[i].stage, call_format(c));
			table_number(t, stage[i].wall);
			table_number(t, stage[i].cpu);
			table_number(t, (double)stage[i].maxrss / 1e6);
		}
	}
	if (!status)
		table_write(t, call_format(c), &style, c->out);
	table_free(t);
	return status;
}
