/* forecast db: the file as a whole. */
#include "config.h"
#include "cli/command.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/file.h"
#include "base/log.h"
#include "io/db_admin.h"
#include "io/db_panel.h"
#include "io/db_run.h"
#include "life/lock.h"

/* ---- sql ---- */

struct sql_result {
	struct call *call;
	struct column *column; /* [n + 1] */
	struct table *table;
	int n;
};

static void take_row(void *context, int row, int n, const char *const *value)
{
	struct sql_result *r = context;
	if (row < 0) {
		r->column = ARENA_ARRAY(r->call->arena, struct column, n + 1);
		for (int k = 0; k < n; k++)
			r->column[k] = (struct column){ .name = arena_strdup(r->call->arena, value[k]), .type = COLUMN_TEXT };
		r->table = table_new(r->column);
		return;
	}
	for (int k = 0; k < n; k++)
		table_text(r->table, value[k]);
}

static enum status sql_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct sql_result r = { .call = c };
	if (c->n_word != 1)
		return err_set(e, E_USAGE, "one statement is wanted, in quotes");
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = db_sql(db, c->word[0], take_row, &r, e);
	if (!status) {
		struct text_style style = text_style_of(call_on_terminal(c));
		table_write(r.table, call_format(c), &style, c->out);
	}
	if (r.table)
		table_free(r.table);
	db_close(db);
	return status;
}

/* ---- copies ---- */

static enum status check_copy(struct call *c, const char *path, struct err *e)
{
	struct db *copy = NULL;
	struct run_row run;
	struct err none = { 0 };
	char hex[SHA256_HEX_SIZE];
	enum status status = db_open(&copy, path, DB_READ, e);
	if (!status)
		status = db_integrity(copy, e);
	/* What it publishes gives its hash. */
	if (!status && !db_run_published(copy, c->arena, &run, &none)) {
		status = db_forecast_hash(copy, run.seq, hex, e);
		if (!status && strcmp(hex, run.published_hash))
			status = err_set(e, E_INPUT, "'%s': the published forecasts do not give their hash", path);
	}
	db_close(copy);
	return status;
}

static enum status backup_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	if (c->n_word != 1)
		return err_set(e, E_USAGE, "one FILE is wanted");
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = db_copy(db, c->word[0], e);
	db_close(db);
	if (!status)
		status = check_copy(c, c->word[0], e);
	if (!status)
		log_note("'%s' is whole", c->word[0]);
	return status;
}

static enum status put_in_place(struct call *c, const char *from, struct err *e)
{
	const char *path = config_text(c->config, "db.path");
	char *part = arena_printf(c->arena, "%s.restore", path);
	struct db *source = NULL;
	unlink(part);
	enum status status = db_open(&source, from, DB_READ, e);
	if (!status)
		status = db_copy(source, part, e);
	db_close(source);
	if (status)
		return status;
	/* The log of the file that goes must not be taken for one of that which comes. */
	unlink(arena_printf(c->arena, "%s-wal", path));
	unlink(arena_printf(c->arena, "%s-shm", path));
	if (rename(part, path))
		return err_set(e, E_IO, "cannot rename '%s' to '%s'", part, path);
	return OK;
}

static enum status restore_run(struct call *c, struct err *e)
{
	struct lock lock = { -1 };
	if (c->n_word != 1)
		return err_set(e, E_USAGE, "one FILE is wanted");
	enum status status = check_copy(c, c->word[0], e);
	if (status || call_flag(c, "check")) {
		if (!status)
			log_note("'%s' is whole", c->word[0]);
		return status;
	}
	status = lock_take(&lock, config_text(c->config, "db.path"), 0, e);
	if (!status)
		status = put_in_place(c, c->word[0], e);
	if (!status)
		log_note("'%s' is put in the place of '%s'", c->word[0], config_text(c->config, "db.path"));
	lock_drop(&lock);
	return status;
}

/* ---- retention ---- */

static enum status collect(struct call *c, struct db *db, struct gc_result *r, struct err *e)
{
	day_t first, last;
	const char *keep = call_option(c, "keep"), *days = call_option(c, "keep-days");
	struct gc_plan plan = { .keep_runs = keep ? (int)option_number(keep) : 14,
				.keep_days = days ? (int)option_number(days) : config_int(c->config, "db.keep_days"),
				.dry = call_flag(c, "dry"), .unjudged = days != NULL };
	enum status status = db_sales_span(db, DAY_NONE, &first, &last, e);
	plan.today = last == DAY_NONE ? 0 : last;
	if (!status)
		status = db_gc(db, &plan, r, e);
	return status || plan.dry ? status : db_compact(db, e);
}

static enum status gc_run(struct call *c, struct err *e)
{
	struct lock lock = { -1 };
	struct db *db = NULL;
	struct gc_result r;
	enum status status = lock_take(&lock, config_text(c->config, "db.path"), 0, e);
	if (!status)
		status = call_db(c, DB_WRITE, &db, e);
	if (!status)
		status = collect(c, db, &r, e);
	if (!status)
		buf_addf(c->out, "runs thinned       %lld\nforecast rows      %lld\nmodel versions     %lld\n"
			 "weeks of residuals %lld\nstatistics         %lld\nparts of trainings %lld\n",
			 (long long)r.runs_thinned, (long long)r.forecast_rows, (long long)r.versions,
			 (long long)r.resid_weeks, (long long)r.stats, (long long)r.parts);
	db_close(db);
	lock_drop(&lock);
	return status;
}

/* ---- snapshots ---- */

static const struct column log_columns[] = {
	{ .name = "run", .type = COLUMN_INT },	 { .name = "as_of", .title = "as of", .type = COLUMN_TEXT },
	{ .name = "at", .type = COLUMN_TEXT },	 { .name = "parts", .type = COLUMN_INT },
	{ .name = "hash", .type = COLUMN_WRAP }, { 0 }
};

static enum status log_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct snapshot_row *row;
	struct calendar calendar;
	char day[DAY_TEXT_MAX];
	int n = 0, known;
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = db_calendar(db, &calendar, &known, e);
	if (!status)
		status = db_snapshots(db, 1000, c->arena, &row, &n, e);
	if (!status) {
		struct text_style style = text_style_of(call_on_terminal(c));
		struct table *t = table_new(log_columns);
		for (int k = 0; k < n; k++) {
			table_int(t, row[k].run);
			table_text(t, period_format(&calendar, period_of_day(&calendar, row[k].as_of), day));
			table_text(t, row[k].at);
			table_int(t, row[k].parts);
			table_text(t, row[k].hash);
		}
		table_write(t, call_format(c), &style, c->out);
		table_free(t);
	}
	db_close(db);
	return status;
}

/* A hash, or the data hash of a run. */
static enum status hash_of(struct call *c, struct db *db, const char *word, const char **out, struct err *e)
{
	struct run_row run;
	*out = word;
	if (strlen(word) == SHA256_HEX_SIZE - 1)
		return OK;
	enum status status = db_run_find(db, word, c->arena, &run, e);
	*out = status ? NULL : run.data_hash;
	return status;
}

static enum status diff_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	const char *hash[2], **part;
	int n = 0;
	if (c->n_word != 2)
		return err_set(e, E_USAGE, "two runs or data hashes are wanted");
	enum status status = call_db(c, DB_READ, &db, e);
	for (int k = 0; !status && k < 2; k++)
		status = hash_of(c, db, c->word[k], &hash[k], e);
	if (!status)
		status = db_snapshot_diff(db, hash[0], hash[1], c->arena, &part, &n, e);
	for (int k = 0; !status && k < n; k++)
		buf_addf(c->out, "%s\n", part[k]);
	if (!status && !n)
		log_note("the data are the same");
	db_close(db);
	return status;
}

static const struct option restore_options[] = {
	{ .name = "check", .type = OPTION_FLAG, .help = "only say whether the copy is whole" },
	{ 0 }
};
static const struct option gc_options[] = {
	{ .name = "keep", .type = OPTION_INT, .value = "N", .min = 1, .max = 100000, .preset = "14",
	  .help = "published runs that stay whole" },
	{ .name = "keep-days", .type = OPTION_INT, .value = "DAYS", .min = 1, .max = 100000,
	  .help = "older runs keep steps 1, 7, 14 and 28 alone (default: the setting db.keep_days)" },
	{ .name = "dry", .type = OPTION_FLAG, .help = "only say what would go" },
	{ 0 }
};

static const struct command sql = { .name = "sql", .summary = "a query that only reads", .words = "'SELECT ...'",
				    .about = "What would write is refused with exit 2.", .run = sql_run };
static const struct command backup = { .name = "backup", .summary = "a whole copy, while all goes on", .words = "FILE",
				       .about = "The copy is synced, and checked as by restore --check.", .run = backup_run };
static const struct command restore = { .name = "restore", .summary = "put a copy in the place of the db",
					.words = "FILE",
					.about = "The copy must be whole and its published forecasts give their hash.",
					.options = restore_options, .run = restore_run };
static const struct command gc = { .name = "gc", .summary = "retention: take away what is old",
				   .about = "What is published, what an alias names, the last three champions and the audit\n"
					    "are never touched.",
				   .options = gc_options, .run = gc_run };
static const struct command log_ = { .name = "log", .summary = "snapshots of the data that runs saw", .run = log_run };
static const struct command diff = { .name = "diff", .summary = "tables and months that differ between two snapshots",
				     .words = "RUN|HASH RUN|HASH", .run = diff_run };
static const struct command *const subcommands[] = { &sql, &gc, &backup, &restore, &log_, &diff, NULL };

extern const struct command cmd_db;
const struct command cmd_db = {
	.name = "db",
	.summary = "the db file: read-only SQL, retention, copies, data snapshots",
	.sub = subcommands,
};
