/* forecast models: the fitted versions. */
#include "config.h"
#include "cli/command.h"

#include "base/log.h"
#include "io/db_model.h"

static const struct column columns[] = {
	{ .name = "version", .type = COLUMN_INT },
	{ .name = "aliases", .type = COLUMN_TEXT },
	{ .name = "as_of", .title = "as of", .type = COLUMN_TEXT },
	{ .name = "series", .type = COLUMN_INT },
	{ .name = "bytes", .type = COLUMN_INT },
	{ .name = "made_at", .title = "made at", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "hash", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "data_hash", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "spec", .type = COLUMN_TEXT, .width = 40 },
	{ 0 }
};

static enum status list_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct model_row *row;
	struct calendar calendar;
	char day[DAY_TEXT_MAX];
	int n = 0, known;
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = db_calendar(db, &calendar, &known, e);
	if (!status)
		status = db_models(db, c->arena, &row, &n, e);
	if (!status) {
		struct table *t = table_new(columns);
		struct text_style style = text_style_of(call_on_terminal(c));
		for (int i = 0; i < n; i++) {
			table_int(t, row[i].version);
			table_text(t, row[i].aliases);
			table_text(t, period_format(&calendar, period_of_day(&calendar, row[i].as_of), day));
			table_int(t, row[i].series);
			table_int(t, row[i].bytes);
			table_text(t, row[i].made_at);
			table_text(t, row[i].hash);
			table_text(t, row[i].data_hash);
			table_text(t, row[i].spec);
		}
		if (!n)
			log_note("no model was kept yet: 'forecast train' fits one");
		table_write(t, call_format(c), &style, c->out);
		table_free(t);
	}
	db_close(db);
	return status;
}

static const struct command list = { .name = "list", .summary = "the versions, newest first",
				     .run = list_run };
static const struct command *const subcommands[] = { &list, NULL };

extern const struct command cmd_models;
const struct command cmd_models = { .name = "models", .summary = "the fitted versions and their aliases",
				    .sub = subcommands, .run = list_run };
