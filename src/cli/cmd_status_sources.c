/* forecast status sources: what came in, from when, and whose sales are late. */
#include "config.h"
#include "cli/command.h"

#include <string.h>
#include "base/log.h"
#include "io/db_quality.h"
#include "io/db_trace.h"

static const struct column columns[] = {
	{ .name = "source", .type = COLUMN_TEXT },
	{ .name = "files", .type = COLUMN_INT },
	{ .name = "rows", .type = COLUMN_INT },
	{ .name = "until", .type = COLUMN_TEXT },
	{ .name = "taken_in", .title = "taken in", .type = COLUMN_TEXT },
	{ .name = "newest", .type = COLUMN_TEXT, .width = 24 },
	{ .name = "owner", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "licence", .type = COLUMN_TEXT, .hidden = 1 },
	{ 0 }
};

static void add_row(struct table *t, const struct source_row *r)
{
	char day[DAY_TEXT_MAX];
	table_text(t, r->kind);
	table_int(t, r->files);
	table_int(t, r->rows);
	if (r->until == DAY_NONE)
		table_none(t);
	else
		table_text(t, day_format(r->until, day));
	table_text(t, r->at);
	table_text(t, r->path);
	const char *more[] = { r->owner, r->licence };
	for (int k = 0; k < 2; k++)
		if (more[k])
			table_text(t, more[k]);
		else
			table_none(t);
}

/* Nothing came for longer than ever, or nothing came on the last day while others reported. */
static int is_late(const struct finding *f, day_t as_of)
{
	return f->severity > SEVERITY_NOTE && (!strcmp(f->rule, "stale") || (!strcmp(f->rule, "nofeed") && f->until == as_of));
}

/* Stores that the last check found late, and the feed as a whole; a store long gone is no longer late. */
static enum status tell_late(struct call *c, struct db *db, int *late, struct err *e)
{
	struct finding *finding;
	size_t n;
	day_t as_of;
	*late = 0;
	enum status status = db_findings(db, DAY_NONE, c->arena, &finding, &n, &as_of, e);
	for (size_t k = 0; !status && k < n; k++)
		if (is_late(&finding[k], as_of)) {
			log_warning("%s: %s", finding[k].store ? finding[k].store : "all stores", finding[k].text);
			++*late;
		}
	if (!status && as_of == DAY_NONE)
		log_note("nothing was checked yet; 'forecast check' finds what is late");
	return status;
}

static enum status sources_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct source_row *row;
	int n = 0, late = 0;
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = db_file_kinds(db, c->arena, &row, &n, e);
	if (!status)
		status = tell_late(c, db, &late, e);
	if (!status) {
		struct table *t = table_new(columns);
		struct text_style style = text_style_of(call_on_terminal(c));
		for (int k = 0; k < n; k++)
			add_row(t, &row[k]);
		table_write(t, call_format(c), &style, c->out);
		table_free(t);
		c->exit_code = call_flag(c, "check") && late ? 1 : 0;
	}
	db_close(db);
	return status;
}

static const struct option options[] = {
	{ .name = "check", .type = OPTION_FLAG, .help = "exit 1 when the sales of a store, or all, are late" },
	{ 0 }
};

extern const struct command cmd_status_sources;
const struct command cmd_status_sources = {
	.name = "sources",
	.summary = "what came in, and what is late",
	.about = "One row a kind of file: how many, their rows, the last day they tell of, the newest\n"
		 "and when it was taken in. What the last check found late is told as a warning.",
	.options = options,
	.run = sources_run,
};
