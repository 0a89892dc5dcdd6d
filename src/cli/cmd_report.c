/* forecast report: what the night came to, as a page, a mail or JSON. */
#include "config.h"
#include "cli/command.h"

#include <string.h>
#include "cli/report_out.h"
#include "cli/scope.h"
#include "life/digest_gather.h"
#include "report/digest_view.h"

static enum status write_digest(struct call *c, struct db *db, const struct digest *d, struct err *e)
{
	const char *keep = call_option(c, "keep"), *path = NULL;
	if (call_flag(c, "mail-ready")) {
		struct text_style style = text_style_of(call_on_terminal(c));
		digest_text(d, &style, c->out);
		return OK;
	}
	if (call_format(c) == FORMAT_JSON) {
		digest_json(d, c->out);
		return OK;
	}
	if (call_option(c, "output"))
		return report_page(d, keep, c->out, e);
	enum status status = report_file(db, c->config, d, keep, c->arena, &path, e);
	if (!status)
		buf_addf(c->out, "%s\n", path);
	return status;
}

static enum status report_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct run_row run;
	struct digest d;
	const char *store = call_option(c, "store"), *name = call_option(c, "run");
	if (call_format(c) == FORMAT_CSV || call_format(c) == FORMAT_TSV)
		return err_set(e, E_USAGE, "a report is a page or json, not %s",
			       call_format(c) == FORMAT_CSV ? "csv" : "tsv");
	if (call_flag(c, "last"))
		name = "last";
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status && store)
		status = scope_store(c, db, store, e);
	if (!status)
		status = digest_find_run(db, name, c->arena, &run, e);
	if (!status)
		status = digest_gather(db, c->config, &run, store, c->arena, &d, e);
	if (!status)
		status = write_digest(c, db, &d, e);
	db_close(db);
	return status;
}

static const struct option options[] = {
	{ .name = "store", .type = OPTION_TEXT, .value = "S", .help = "of this store alone" },
	{ .name = "run", .type = OPTION_TEXT, .value = "RUN",
	  .help = "of this run, by id or number [the published one]" },
	{ .name = "last", .type = OPTION_FLAG, .help = "of the newest run, published or not" },
	{ .name = "mail-ready", .type = OPTION_FLAG, .help = "the digest as plain text of 80 columns" },
	{ .name = "keep", .type = OPTION_TEXT, .value = "DIR",
	  .help = "leave gnuplot's script with its data, and the pictures, in this folder" },
	{ 0 }
};

static const char *const examples[] = {
	"forecast report", "# writes the page, prints its path",
	"forecast report --store CA_1 -o ca_1.html", "# one store, into that file",
	"forecast report --last --mail-ready", "# the digest of the last run",
	NULL
};

extern const struct command cmd_report;
const struct command cmd_report = {
	.name = "report",
	.summary = "the night as one page for people, as a mail, or as json",
	.about = "One HTML file that needs no server and no connection: totals, what needs attention, the\n"
		 "biggest series, accuracy of the last backtest, where the numbers come from. It goes to\n"
		 "the folder of report.dir, beside the db, or to --output. Without gnuplot it has no\n"
		 "pictures, says so, and keeps its tables. --json has the same numbers, exact.\n"
		 "Exit codes: 0, 2 unknown store or run, or nothing published yet.",
	.options = options,
	.examples = examples,
	.run = report_run,
};
