/* forecast models: the fitted versions. */
#include "config.h"
#include "cli/cmd_models.h"

#include "base/log.h"
#include "io/db_model.h"
#include "life/canary.h"
#include "model/spec.h"

static const struct column columns[] = {
	{ .name = "version", .type = COLUMN_INT },
	{ .name = "aliases", .type = COLUMN_TEXT },
	{ .name = "as_of", .title = "as of", .type = COLUMN_TEXT },
	{ .name = "series", .type = COLUMN_INT },
	{ .name = "bytes", .type = COLUMN_INT },
	{ .name = "made_at", .title = "made at", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "hash", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "data_hash", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "spec", .type = COLUMN_WRAP },
	{ 0 }
};

#define SPEC_SHOWN 160 /* bytes of a recipe that a list has room for */

/* For people a recipe is its methods, and the options that are not what they are by default. */
static const char *spec_shown(struct call *c, const char *text)
{
	const struct spec *spec;
	struct err none = { 0 };
	struct buf b = { 0 };
	if (call_format(c) != FORMAT_TABLE || spec_parse(text, c->arena, &spec, &none))
		return text;
	spec_write_brief(spec, &b);
	const char *out = b.n > SPEC_SHOWN ? arena_printf(c->arena, "%.*s ...", SPEC_SHOWN, b.text)
					   : arena_strdup(c->arena, b.text);
	buf_release(&b);
	return out;
}

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
			table_text(t, spec_shown(c, row[i].spec));
		}
		if (!n)
			log_note("no model was kept yet: 'forecast train' fits one");
		table_write(t, call_format(c), &style, c->out);
		table_free(t);
	}
	db_close(db);
	return status;
}

static const struct column part_columns[] = {
	{ .name = "part", .type = COLUMN_TEXT, .width = 30 },
	{ .name = "bytes", .type = COLUMN_INT },
	{ 0 }
};

/* What people want to know of a version before its parts. */
static void write_head(struct call *c, const struct model_row *row, const char *day)
{
	struct text_style style = text_style_of(call_on_terminal(c));
	buf_addf(c->out, "version    %lld%s%s\n", (long long)row->version, *row->aliases ? ", " : "",
		 row->aliases);
	buf_addf(c->out, "fitted to  %d series up to %s, made at %s\n", row->series, day, row->made_at);
	buf_addf(c->out, "hash       %s\ndata       %s\n", row->hash, row->data_hash);
	buf_adds(c->out, "spec       ");
	text_wrap(c->out, row->spec, 11, 11, &style);
}

/* How it does as a canary, where it is one. */
static enum status write_canary(struct call *c, struct db *db, const struct model_row *row, struct err *e)
{
	struct canary_look look;
	enum status status = canary_look(db, c->arena, &look, e);
	if (!status && look.version == row->version)
		buf_addf(c->out, "canary     %s\n", canary_words(&look, c->arena));
	return status;
}

static enum status show_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct model_row row;
	struct model_part *part;
	struct calendar calendar;
	char day[DAY_TEXT_MAX];
	int n = 0, known;
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = db_calendar(db, &calendar, &known, e);
	if (!status)
		status = db_model_find(db, c->n_word ? c->word[0] : "champion", c->arena, &row, e);
	if (!status)
		status = db_model_parts(db, row.version, c->arena, &part, &n, e);
	if (!status) {
		struct table *t = table_new(part_columns);
		struct text_style style = text_style_of(call_on_terminal(c));
		if (call_format(c) == FORMAT_TABLE)
			write_head(c, &row, period_format(&calendar, period_of_day(&calendar, row.as_of), day));
		if (call_format(c) == FORMAT_TABLE)
			status = write_canary(c, db, &row, e);
		if (call_format(c) == FORMAT_TABLE)
			buf_addc(c->out, '\n');
		for (int i = 0; i < n; i++) {
			table_text(t, *part[i].name || call_format(c) != FORMAT_TABLE ? part[i].name : "all series");
			table_int(t, part[i].bytes);
		}
		table_write(t, call_format(c), &style, c->out);
		table_free(t);
	}
	db_close(db);
	return status;
}

static const struct command show = { .name = "show", .summary = "one version and its parts",
				     .words = "[VERSION|ALIAS]",
				     .about = "Of a spec that learns across series there is one part; of others there\n"
					      "is one for each store. Without a name it is the champion.",
				     .run = show_run };
static const struct command list = { .name = "list", .summary = "the versions, newest first",
				     .run = list_run };
static const struct command *const subcommands[] = { &list,	    &show,	     &models_test,
						     &models_promote, &models_rollback, &models_package,
						     &models_verify,  &models_install,  &models_card, NULL };

extern const struct command cmd_models;
const struct command cmd_models = { .name = "models", .summary = "the fitted versions and their aliases",
				    .sub = subcommands, .run = list_run };
