/* forecast ingest: files into the db, and back out again. */
#include "config.h"
#include "cli/command.h"

#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/log.h"
#include "life/ingest_stage.h"
#include "life/lock.h"
#include "report/table.h"

static const struct option options[] = {
	{ .name = "map", .type = OPTION_TEXT, .value = "FILE",
	  .help = "what the columns mean, for files whose header does not tell" },
	{ .name = "returns", .type = OPTION_CHOICE, .value = "POLICY", .choices = "net|separate|floor",
	  .help = "negative sales: netted, kept apart as driver 'returns', or taken as zero" },
	{ .name = "gaps", .type = OPTION_CHOICE, .value = "POLICY", .choices = "auto|zero|missing",
	  .help = "what a day without a row means: nothing sold, or not known" },
	{ .name = "known-at", .type = OPTION_TEXT, .value = "DAY",
	  .help = "the day from which on the values count as known (default: today)" },
	{ .name = "owner", .type = OPTION_TEXT, .value = "NAME", .help = "whose data they are" },
	{ .name = "licence", .type = OPTION_TEXT, .value = "TEXT", .help = "under which terms they came" },
	{ .name = "purpose", .type = OPTION_TEXT, .value = "TEXT", .help = "what they may be used for" },
	{ .name = "dry", .type = OPTION_FLAG, .help = "say what would be done, and change nothing" },
	{ .name = "wait", .type = OPTION_NUMBER, .value = "S", .min = 0, .max = 86400, .preset = "0",
	  .help = "seconds to wait for another run to end" },
	{ 0 }
};

static const struct column columns[] = {
	{ .name = "file", .type = COLUMN_TEXT, .width = 22 },
	{ .name = "format", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "rows", .type = COLUMN_INT, .hidden = 1 }, /* the sum of the next four */
	{ .name = "new", .type = COLUMN_INT },
	{ .name = "changed", .type = COLUMN_INT },
	{ .name = "same", .type = COLUMN_INT },
	{ .name = "rejected", .type = COLUMN_INT },
	{ .name = "from", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "to", .title = "until", .type = COLUMN_TEXT },
	{ .name = "batch", .type = COLUMN_INT },
	{ 0 }
};

static void push_day(struct table *t, const struct calendar *c, day_t day)
{
	char text[DAY_TEXT_MAX];
	if (day == DAY_NONE)
		table_none(t);
	else
		table_text(t, period_format(c, period_of_day(c, day), text));
}

/* People see the file's name, programs its path. */
static void push_result(struct table *t, const struct calendar *c, const struct ingest_result *r,
			int for_people)
{
	const struct ingest_counts *n = &r->counts;
	const char *slash = for_people ? strrchr(r->file, '/') : NULL;
	table_text(t, slash ? slash + 1 : r->file);
	table_text(t, r->format);
	table_int(t, n->rows);
	table_int(t, n->fresh);
	table_int(t, n->changed);
	table_int(t, n->same);
	if (n->rejected)
		table_mark(t, MARK_WARN);
	table_int(t, n->rejected);
	push_day(t, c, n->first);
	push_day(t, c, n->last);
	table_int(t, r->batch);
}

static void write_results(struct call *c, const struct calendar *calendar,
			  const struct ingest_result *result, int n)
{
	struct table *t = table_new(columns);
	struct text_style style = text_style_of(call_on_terminal(c));
	for (int k = 0; k < n; k++) {
		push_result(t, calendar, &result[k], call_format(c) == FORMAT_TABLE);
		if (result[k].known)
			log_note("'%s' was ingested before, as batch %lld: 0 new", result[k].file,
				 (long long)result[k].batch);
	}
	if (n || call_format(c) != FORMAT_TABLE)
		table_write(t, call_format(c), &style, c->out);
	table_free(t);
}

static enum status read_options(const struct call *c, struct ingest_options *o, struct err *e)
{
	const char *known = call_option(c, "known-at");
	*o = ingest_options_from(c->config);
	o->owner = call_option(c, "owner");
	o->licence = call_option(c, "licence");
	o->purpose = call_option(c, "purpose");
	o->dry = call_flag(c, "dry");
	if (known)
		o->known = day_parse(known, strlen(known));
	return known && o->known == DAY_NONE
		? err_set(e, E_USAGE, "--known-at '%s' is no date (YYYY-MM-DD)", known) : OK;
}

/* The db to write to. A dry call without one tries in a nameless db that goes when it is closed. */
static enum status open_db(struct call *c, int dry, struct db **db, struct lock *lock, struct err *e)
{
	const char *path = config_text(c->config, "db.path");
	if (dry && !file_exists(path))
		return db_open(db, "", DB_CREATE, e);
	const char *wait = call_option(c, "wait");
	enum status status = lock_take(lock, path, wait ? option_number(wait) : 0, e);
	return status ? status : call_db(c, DB_CREATE, db, e);
}

static enum status ingest_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct lock lock = { -1 };
	struct ingest_options o;
	struct ingest_result *result = ARENA_ARRAY(c->arena, struct ingest_result, c->n_word + 1);
	struct calendar calendar;
	struct err none = { 0 };
	int done = 0, known;
	if (!c->n_word)
		return err_set(e, E_USAGE, "ingest wants files: forecast ingest FILE... ('-' is standard"
			       " input)");
	enum status status = read_options(c, &o, e);
	if (!status)
		status = open_db(c, o.dry, &db, &lock, e);
	if (!status)
		status = ingest_files(db, &o, c->n_word, c->word, c->arena, result, &done, e);
	if (db && !db_calendar(db, &calendar, &known, &none))
		write_results(c, &calendar, result, done);
	db_close(db);
	lock_drop(&lock);
	return status;
}

static enum status undo_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct lock lock = { -1 };
	struct ingest_counts counts = { 0 };
	if (c->n_word != 1 || strspn(c->word[0], "0123456789") != strlen(c->word[0]) || !*c->word[0])
		return err_set(e, E_USAGE, "ingest undo wants the number of one batch, as ingest told it");
	long long batch = atoll(c->word[0]);
	enum status status = call_db(c, DB_WRITE, &db, e);
	if (!status)
		status = lock_take(&lock, db_path(db), 0, e);
	if (!status)
		status = db_batch_undo(db, batch, &counts, e);
	db_close(db);
	lock_drop(&lock);
	if (status)
		return status;
	log_note("batch %lld was taken back: %lld rows removed, %lld restored", batch,
		 (long long)counts.fresh, (long long)counts.changed);
	return OK;
}

static const struct command cmd_ingest_undo = {
	.name = "undo",
	.summary = "take back the newest batch",
	.words = "BATCH",
	.about = "Removes the sales that the batch brought and restores those that it corrected, and forgets\n"
		 "the file, so that it can be ingested again. Only the newest batch can be taken back, and\n"
		 "only one of sales alone: prices, promotions and stock are corrected by a new file.",
	.run = undo_run,
};

static const struct command *const sub[] = { &cmd_ingest_undo, NULL };

static const char *const examples[] = {
	"forecast ingest sales.csv", "# sales, recognised by the names of their columns",
	"forecast ingest calendar.csv sales.csv sell_prices.csv", "# several files at once, in any order",
	"zcat sales.csv.gz | forecast ingest -", "# standard input; packed files are read as they are, too",
	"forecast ingest --map map.conf verkauf.csv", "# a file whose columns a map explains",
	NULL
};

const struct command cmd_ingest = {
	.name = "ingest",
	.summary = "take in sales and what explains them",
	.words = "FILE...",
	.about = "Reads CSV files of sales, prices, promotions, stock, events, items and stores into the db:\n"
		 "long, wide by day or by series, invoice lines. What a file is, is told by its header, or by\n"
		 "a map. The same file twice changes nothing; a corrected file updates, and the old values are\n"
		 "kept. Rows that cannot be used are kept aside with line, field, value and reason.\n"
		 "\nSums from before the items' sales are kept teach methods that forecast the tree: columns\n"
		 "node,date,units, or tier (or level),node and a column a day. A node is named by the values\n"
		 "it stands for, between '/' or '|' in any order (CA/FOODS); Total is all. They count for the\n"
		 "days before a node's first item, never after.\n\n"
		 "Prints a line for each file. Exit 5: a file is refused; nothing of it was taken in.",
	.options = options,
	.sub = sub,
	.examples = examples,
	.run = ingest_run,
};
