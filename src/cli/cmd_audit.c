/* forecast audit: the chain of who did what, and whether it is whole. */
#include "config.h"
#include "cli/command.h"

#include <string.h>
#include "io/db_audit.h"

static const struct column columns[] = {
	{ .name = "seq", .title = "no.", .type = COLUMN_INT },
	{ .name = "at", .type = COLUMN_TEXT },
	{ .name = "user", .type = COLUMN_TEXT, .width = 12 },
	{ .name = "host", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "action", .type = COLUMN_TEXT },
	{ .name = "object", .type = COLUMN_WRAP },
	{ .name = "before", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "after", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "reason", .title = "why", .type = COLUMN_WRAP },
	{ .name = "command", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "sha256", .type = COLUMN_TEXT, .hidden = 1 },
	{ 0 }
};

static enum status read_all(struct call *c, struct audit_row **row, int *n, struct err *e)
{
	struct db *db = NULL;
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = db_audit_read(db, c->arena, row, n, e);
	db_close(db);
	return status;
}

static enum status list_run(struct call *c, struct err *e)
{
	struct audit_row *row;
	struct text_style style = text_style_of(call_on_terminal(c));
	int n;
	enum status status = read_all(c, &row, &n, e);
	if (status)
		return status;
	struct table *t = table_new(columns);
	for (int k = 0; k < n; k++) {
		const struct audit_row *r = &row[k];
		/* For people the minute is enough, and an alias says where it moved to; of other objects the state is a hash. */
		const char *object = r->object, *at = r->at;
		if (call_format(c) == FORMAT_TABLE)
			at = arena_printf(c->arena, "%.16sZ", r->at);
		if (call_format(c) == FORMAT_TABLE && !strcmp(r->action, "alias"))
			object = arena_printf(c->arena, "%s %s%s%s", r->object, r->before ? r->before : "",
					      r->before ? " to " : "", r->after ? r->after : "none");
		const char *const text[] = { at,	r->user,  r->host,   r->action,  object,
					     r->before, r->after, r->reason, r->command, r->hash };
		table_int(t, r->seq);
		for (int j = 0; j < 10; j++)
			table_text(t, text[j]);
	}
	table_write(t, call_format(c), &style, c->out);
	table_free(t);
	return OK;
}

static enum status head_run(struct call *c, struct err *e)
{
	struct audit_row *row;
	int n;
	enum status status = read_all(c, &row, &n, e);
	if (!status && n)
		buf_addf(c->out, "%lld %s\n", (long long)row[n - 1].seq, row[n - 1].hash);
	return status;
}

static enum status verify_run(struct call *c, struct err *e)
{
	struct audit_row *row;
	const char *why;
	int64_t bad;
	int n;
	enum status status = read_all(c, &row, &n, e);
	if (status)
		return status;
	db_audit_verify(row, n, call_option(c, "head"), &bad, &why);
	if (bad) {
		c->exit_code = 1;
		buf_addf(c->out, "broken at seq %lld: %s\n", (long long)bad, why);
	} else {
		buf_addf(c->out, "whole: %d rows\n", n);
	}
	return OK;
}

static const struct option verify_options[] = {
	{ .name = "head", .type = OPTION_TEXT, .value = "SHA256",
	  .help = "a head that was kept elsewhere: it must still be in the chain" },
	{ 0 }
};

static const struct command head = { .name = "head", .summary = "number and hash of the last row, to keep elsewhere",
				     .run = head_run };
static const struct command verify = { .name = "verify",
				       .summary = "is the chain whole",
				       .about = "Exit 1 and the first bad row where one was changed, taken out, moved or\n"
						"put in by hand; rows cut off at the end are told by --head.",
				       .options = verify_options,
				       .run = verify_run };
static const struct command *const subcommands[] = { &head, &verify, NULL };

static const char *const examples[] = {
	"forecast audit", "# who did what, and when", "forecast audit head >> /somewhere/else",
	"# what later proves that nothing was cut off",
	"forecast audit verify --head $(tail -n 1 /somewhere/else | cut -d' ' -f2)", "# is all still there", NULL
};

extern const struct command cmd_audit;
const struct command cmd_audit = {
	.name = "audit",
	.summary = "the chain of who did what, and why",
	.about = "Files taken in and taken back, models and their aliases, runs that were published or held: each\n"
		 "change of state is a row with time, user, host and command line, and the hash of the row\n"
		 "before it.",
	.sub = subcommands,
	.examples = examples,
	.run = list_run,
};
