/* forecast roi tradeoff: the curves of service against stock and waste, of a return that was kept. */
#include "config.h"
#include "cli/command.h"

#include "base/log.h"
#include "life/roi_keep.h"

static const struct column columns[] = {
	{ .name = "arm", .title = "forecast", .type = COLUMN_TEXT, .width = 22 },
	{ .name = "tau", .type = COLUMN_NUMBER, .digits = 2 },
	{ .name = "fill", .title = "served", .type = COLUMN_PERCENT },
	{ .name = "service", .title = "cycles", .unit = "in stock", .type = COLUMN_PERCENT },
	{ .name = "stock_value", .title = "stock", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "cover", .title = "days of", .unit = "cover", .type = COLUMN_NUMBER, .digits = 1 },
	{ .name = "waste_share", .title = "waste", .type = COLUMN_PERCENT },
	{ .name = "total", .title = "cost", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ 0 }
};

static enum status run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct run_row kept;
	struct roi_rows rows;
	struct text_style style = text_style_of(call_on_terminal(c));
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = roi_kept(db, c->n_word ? c->word[0] : NULL, c->arena, &kept, &rows, e);
	if (!status) {
		struct table *t = table_new(columns);
		for (int k = 0; k < rows.n_point; k++) {
			const struct point_row *p = &rows.point[k];
			table_text(t, p->arm);
			if (p->tau > 0)
				table_number(t, p->tau);
			else
				table_none(t);
			for (int j = 0; j < 5; j++)
				table_number(t, p->value[j]);
			table_number(t, p->value[POINT_VALUES - 1]);
		}
		if (call_format(c) == FORMAT_TABLE)
			buf_addf(c->out, "run %s; the line without tau is where each was ordered\n\n", kept.id);
		table_write(t, call_format(c), &style, c->out);
		table_free(t);
	}
	db_close(db);
	return status;
}

static const char *const examples[] = { "forecast roi tradeoff --format csv",
					"# the curves of the last return", NULL };

extern const struct command roi_tradeoff;
const struct command roi_tradeoff = {
	.name = "tradeoff",
	.summary = "service against stock and waste, level by level",
	.words = "[RUN]",
	.about = "The curves of a return that 'forecast roi' kept: for each way of forecasting and each level\n"
		 "tau, the share of demand served, mean stock, waste and cost. At equal stock the higher curve\n"
		 "is better, whatever stock and lost sales are said to cost. The page has the picture.",
	.examples = examples,
	.run = run,
};
