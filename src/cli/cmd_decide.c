/* forecast decide: per segment, is it worth to learn? From a return that was kept. */
#include "config.h"
#include "cli/command.h"

#include <math.h>
#include <string.h>
#include "life/roi_keep.h"

static const struct column columns[] = {
	{ .name = "cut", .type = COLUMN_SECTION },
	{ .name = "member", .title = "", .type = COLUMN_TEXT, .width = 20 },
	{ .name = "series", .type = COLUMN_INT },
	{ .name = "simple_wape", .title = "error", .unit = "simple", .type = COLUMN_NUMBER, .digits = 3 },
	{ .name = "model_wape", .title = "", .unit = "model", .type = COLUMN_NUMBER, .digits = 3 },
	{ .name = "saving", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "low", .title = "90 % from", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "high", .title = "to", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "verdict", .type = COLUMN_TEXT },
	{ 0 }
};

/* Money decides, with its interval; the error is shown beside it. */
static void add_row(struct table *t, const struct member_row *m)
{
	double low = m->value[6], high = m->value[7];
	table_text(t, m->cut);
	table_text(t, m->member);
	table_int(t, m->series);
	table_number(t, m->value[3]);
	table_number(t, m->value[4]);
	table_number(t, m->value[5]);
	table_number(t, low);
	table_number(t, high);
	table_mark(t, low > 0 ? MARK_GOOD : high < 0 ? MARK_BAD : MARK_NONE);
	table_text(t, low > 0 ? "model" : high < 0 ? "simple" : "not proven");
}

static enum status run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct run_row kept;
	struct roi_rows rows;
	struct text_style style = text_style_of(call_on_terminal(c));
	const char *by = call_option(c, "by");
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = roi_kept(db, c->n_word ? c->word[0] : NULL, c->arena, &kept, &rows, e);
	if (!status) {
		struct table *t = table_new(columns);
		const char *model = roi_figure_text(&rows, "model"), *simple = roi_figure_text(&rows, "rival");
		for (int k = 0; k < rows.n_member; k++)
			if (rows.member[k].series && !strcmp(rows.member[k].cut, by ? by : "segment"))
				add_row(t, &rows.member[k]);
		if (!table_rows(t))
			status = err_set(e, E_USAGE, "run %s has no cut '%s'", kept.id, by ? by : "segment");
		if (call_format(c) == FORMAT_TABLE && !status)
			buf_addf(c->out, "run %s: '%s' against '%s', the cheapest simple rule\n\n", kept.id, model,
				 simple);
		if (!status)
			table_write(t, call_format(c), &style, c->out);
		table_free(t);
	}
	db_close(db);
	return status;
}

static const struct option options[] = {
	{ .name = "by", .type = OPTION_TEXT, .value = "CUT", .preset = "segment",
	  .help = "by segment, abc, class, shelf life, store or an attribute" },
	{ 0 }
};

static const char *const examples[] = { "forecast decide --by class", "# ML or not, by demand class", NULL };

extern const struct command cmd_decide;
const struct command cmd_decide = {
	.name = "decide",
	.summary = "per segment: is the model worth it",
	.words = "[RUN]",
	.about = "Reads the last return ('forecast roi' makes one) and says for each segment whether the model\n"
		 "is worth it over the cheapest simple rule: in error, and in money with its 90 % interval.\n"
		 "Where the interval holds zero (not proven) the simple rule stays.",
	.options = options,
	.examples = examples,
	.run = run,
};
