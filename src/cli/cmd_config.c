/* forecast config: is the file right, where does each value come from, what differed between runs. */
#include "config.h"
#include "cli/command.h"

#include <string.h>
#include "base/log.h"
#include "io/db_run.h"

static const struct column columns[] = {
	{ .name = "setting", .type = COLUMN_TEXT },
	{ .name = "value", .type = COLUMN_TEXT, .width = 26 },
	{ .name = "origin", .type = COLUMN_TEXT },
	{ .name = "unit", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "help", .type = COLUMN_TEXT, .hidden = 1 },
	{ 0 }
};

static void write_table(struct call *c, struct table *t)
{
	struct text_style style = text_style_of(call_on_terminal(c));
	table_write(t, call_format(c), &style, c->out);
	table_free(t);
}

static enum status show_run(struct call *c, struct err *e)
{
	(void)e;
	struct table *t = table_new(columns);
	for (const struct setting *s = settings; s->o.name; s++) {
		const char *value = config_text(c->config, s->o.name);
		table_text(t, s->o.name);
		table_text(t, value ? value : "");
		table_text(t, config_origin(c->config, s->o.name));
		table_text(t, s->unit);
		table_text(t, s->o.help);
	}
	write_table(c, t);
	return OK;
}

/* The settings were read before the command ran: had one been wrong, it would not be here. */
static enum status check_run(struct call *c, struct err *e)
{
	(void)e;
	int set = 0;
	for (const struct setting *s = settings; s->o.name; s++)
		set += strcmp(config_origin(c->config, s->o.name), "default") != 0;
	log_note("settings are right; %d differ from the defaults", set);
	return OK;
}

static const struct column diff_columns[] = {
	{ .name = "setting", .type = COLUMN_TEXT },
	{ .name = "first", .type = COLUMN_TEXT },
	{ .name = "second", .type = COLUMN_TEXT },
	{ 0 }
};

/* Both texts are sorted "key = value" lines with the same keys, unless versions differ. */
static void diff_lines(struct table *t, char *a, char *b)
{
	while (a || b) {
		char *line_a = a && *a ? a : NULL, *line_b = b && *b ? b : NULL;
		if (!line_a && !line_b)
			return;
		size_t n_a = line_a ? strcspn(line_a, "\n") : 0, n_b = line_b ? strcspn(line_b, "\n") : 0;
		size_t key_a = line_a ? strcspn(line_a, " ") : 0, key_b = line_b ? strcspn(line_b, " ") : 0;
		int order = !line_a ? 1 : !line_b ? -1
			: strncmp(line_a, line_b, key_a > key_b ? key_a : key_b);
		if (order || n_a != n_b || memcmp(line_a, line_b, n_a)) {
			table_textf(t, "%.*s", (int)(order <= 0 ? key_a : key_b), order <= 0 ? line_a : line_b);
			table_textf(t, "%.*s", order <= 0 ? (int)(n_a - key_a) : 0,
				    order <= 0 ? line_a + key_a : "");
			table_textf(t, "%.*s", order >= 0 ? (int)(n_b - key_b) : 0,
				    order >= 0 ? line_b + key_b : "");
		}
		if (order <= 0)
			a = line_a + n_a + (line_a[n_a] == '\n');
		if (order >= 0)
			b = line_b + n_b + (line_b[n_b] == '\n');
	}
}

static enum status diff_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct run_row run[2];
	struct buf text[2] = { { 0 } };
	if (c->n_word != 2)
		return err_set(e, E_USAGE, "'config diff' wants two runs");
	enum status status = call_db(c, DB_READ, &db, e);
	for (int k = 0; !status && k < 2; k++) {
		status = db_run_find(db, c->word[k], c->arena, &run[k], e);
		if (!status)
			status = db_config_text(db, run[k].config_hash, &text[k], e);
	}
	if (!status) {
		struct table *t = table_new(diff_columns);
		diff_lines(t, text[0].text, text[1].text);
		if (!table_rows(t))
			log_note("the two runs had the same settings");
		write_table(c, t);
	}
	buf_release(&text[0]);
	buf_release(&text[1]);
	db_close(db);
	return status;
}

static const struct option show_options[] = {
	{ .name = "origin", .type = OPTION_FLAG, .help = "where each value comes from (always shown)" },
	{ 0 }
};

static const struct command check = { .name = "check", .summary = "are the settings right",
				      .run = check_run };
static const struct command show = { .name = "show", .summary = "all settings and where they come from",
				     .options = show_options, .run = show_run };
static const struct command diff = { .name = "diff", .summary = "what differed between two runs",
				     .words = "RUN1 RUN2", .run = diff_run };
static const struct command *const subcommands[] = { &check, &show, &diff, NULL };

extern const struct command cmd_config;
const struct command cmd_config = {
	.name = "config",
	.summary = "settings: is the file right, where does each value come from",
	.about = "Settings come from the command line, the environment (FORECAST_RUN_HORIZON), the file\n"
		 "forecast.conf (or -c FILE), and the defaults, in this order.",
	.sub = subcommands,
	.run = show_run,
};
