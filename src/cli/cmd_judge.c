/* forecast judge: forecasts that somebody made, scored beside ours on the same cells. */
#include "config.h"
#include "cli/command.h"

#include "base/log.h"
#include "base/process.h"
#include "cli/stairs.h"

static void tell(const struct judge_result *r)
{
	if (r->unknown)
		log_note("%lld rows are of series that the db does not know", (long long)r->unknown);
	if (r->rejected)
		log_warning("%lld rows were set aside", (long long)r->rejected);
	if (r->crossing)
		log_warning("%lld rows have quantiles that cross or lie below zero", (long long)r->crossing);
	if (r->future)
		log_note("%lld rows tell of days that have not come", (long long)r->future);
	if (r->not_told)
		log_note("%lld known days between are not told of, and not scored", (long long)r->not_told);
}

static enum status run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct judge_result *r = ARENA_ARRAY(c->arena, struct judge_result, 1);
	const char *configured = config_text(c->config, "run.spec");
	int n = call_count(c, "spec");
	const char **spec = ARENA_ARRAY(c->arena, const char *, n + 2);
	struct judge_request q = { .n_file = c->n_word, .file = c->word, .spec = spec, .jobs = call_jobs(c) };
	if (!c->n_word)
		return err_set(e, E_USAGE, "judge wants a file of forecasts");
	spec[q.n_spec++] = "snaive";
	for (int k = 0; k < n; k++)
		spec[q.n_spec++] = call_option_at(c, "spec", k);
	if (!n)
		spec[q.n_spec++] = configured ? configured : "champion";
	process_catch_signals();
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = judge_run(db, c->config, &q, c->arena, r, e);
	if (!status) {
		tell(r);
		if (call_format(c) == FORMAT_TABLE)
			buf_addf(c->out, "%lld cells, forecasts made on %d days\n\n", (long long)r->cells,
				 r->n_made);
		if (call_format(c) == FORMAT_JSON) {
			struct json j = { .out = c->out };
			json_open(&j, '{');
			json_key(&j, "cells");
			json_int(&j, r->cells);
			json_key(&j, "not_told");
			json_int(&j, r->not_told);
			json_key(&j, "set_aside");
			json_int(&j, r->rejected);
			stairs_write(c, stairs_of_judge(c, r), r->n_step, &j);
			json_close(&j);
			buf_addc(c->out, '\n');
		} else {
			stairs_write(c, stairs_of_judge(c, r), r->n_step, NULL);
		}
	}
	db_close(db);
	return status;
}

static const struct option options[] = {
	{ .name = "spec", .type = OPTION_TEXT, .value = "SPEC", .several = 1,
	  .help = "what they are held against, besides snaive [run.spec]" },
	{ 0 }
};

static const char *const examples[] = {
	"forecast judge planner.csv", "# the planner beside the seasonal naive and the champion",
	"forecast judge vendor.csv planner.csv --spec ets", "# two files, on the cells that both tell of", NULL
};

extern const struct command cmd_judge;
const struct command cmd_judge = {
	.name = "judge",
	.summary = "score forecasts that somebody else made",
	.words = "FILE...",
	.about = "CSV with the columns store, item, date, mean, and where they are told made (the last day\n"
		 "known to whoever made them) and quantiles (q10, q50, q90 ...). On each day on which they\n"
		 "were made the specs forecast the same cells from what was known then; all are scored by the\n"
		 "same metrics. 'forecast roi --baseline FILE' says what they are worth in money.",
	.options = options,
	.examples = examples,
	.run = run,
	.trains = 1,
};
