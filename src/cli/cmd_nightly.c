/*
 * forecast nightly: the whole chain under one lock. This file fills in the table of stages that
 * life/nightly.h walks, because only cli may know both the night and the report.
 */
#include "config.h"
#include "cli/command.h"

#include <stdio.h>
#include <string.h>
#include "base/log.h"
#include "base/process.h"
#include "cli/limits.h"
#include "cli/nightly_dry.h"
#include "cli/report_out.h"
#include "cli/scope.h"
#include "life/check_stage.h"
#include "life/digest_gather.h"
#include "life/ingest_stage.h"
#include "life/lock.h"
#include "life/monitor.h"
#include "life/nightly.h"

static enum status stage_ingest(struct night *n, struct err *e)
{
	struct ingest_result *out;
	int done;
	enum status status = ingest_stage(n->db, n->config, n->arena, &out, &done, e);
	for (int i = 0; i < done; i++) {
		n->files_new += !out[i].known;
		n->rows_new += out[i].known ? 0 : out[i].counts.fresh + out[i].counts.changed;
		n->rows_rejected += out[i].known ? 0 : out[i].counts.rejected;
	}
	FAILPOINT("nightly.ingest");
	return status;
}

#define TOLD_MAX 5 /* findings that are told one by one when they block the night */

static enum status stage_check(struct night *n, struct err *e)
{
	struct check_result result;
	enum status status = check_stage(n->db, n->config, n->as_of, &result, n->arena, e);
	if (status)
		return status;
	int code = check_exit_code(&result, n->strict);
	n->findings = (int)result.n_finding;
	n->blocked = code == 5;
	n->degraded |= code == 3;
	for (size_t k = 0; k < result.n_finding; k++)
		if (!strcmp(result.finding[k].rule, "stale") && !result.finding[k].store)
			n->stale_days = (int)result.finding[k].value;
	int told = 0, more = 0;
	for (size_t k = 0; n->blocked && k < result.n_finding; k++) {
		const struct finding *f = &result.finding[k];
		if (f->severity < (n->strict ? SEVERITY_WARN : SEVERITY_BLOCK))
			continue;
		if (told == TOLD_MAX) {
			more++;
			continue;
		}
		told++;
		if (!n->why_blocked)
			n->why_blocked = arena_printf(n->arena, "%s: %s", f->rule, f->text);
		log_error("%s: %s%s%s%s%s", f->rule, f->store ? f->store : "", f->item ? "/" : "",
			  f->item ? f->item : "", f->store || f->item ? ": " : "", f->text);
	}
	if (n->blocked && n->why_blocked) {
		int ratio = !strncmp(n->why_blocked, "ratio", 5);
		status = monitor_blocked(n->db, result.as_of, ratio ? "L0.ratio" : "L0.block", n->why_blocked, e);
	}
	if (more)
		log_error("and %d more: 'forecast check' lists them; 'forecast ingest undo BATCH' takes back"
			  " the newest file", more);
	FAILPOINT("nightly.check");
	return status;
}

/* The page of the night; without gnuplot it is made without pictures. A failure is told, and leaves the
 * night published. */
static enum status stage_report(struct night *n, struct err *e)
{
	struct run_row run;
	struct digest d;
	char number[24];
	snprintf(number, sizeof number, "%lld", (long long)n->result.seq);
	enum status status = digest_find_run(n->db, n->result.seq ? number : NULL, n->arena, &run, e);
	if (!status)
		status = digest_gather(n->db, n->config, &run, NULL, n->arena, &d, e);
	if (!status)
		status = report_file(n->db, n->config, &d, NULL, n->arena, &n->report_path, e);
	FAILPOINT("nightly.report");
	return status;
}

/* What came due is judged and all charts are looked at; alerts that are open make the night degraded. */
static enum status stage_monitor(struct night *n, struct err *e)
{
	struct run_row run;
	struct monitor_result result;
	char number[24];
	snprintf(number, sizeof number, "%lld", (long long)n->result.seq);
	enum status status = digest_find_run(n->db, n->result.seq ? number : NULL, n->arena, &run, e);
	if (!status && !(n->result.already_published && n->result.told))
		status = monitor_run(n->db, n->config, &run, &result, e);
	else
		return status;
	if (!status) {
		n->alarms = result.alarms;
		n->alerts_opened = result.opened;
		n->degraded |= result.alarms > 0;
	}
	FAILPOINT("nightly.monitor");
	return status;
}

static const struct stage stages[] = {
	{ "ingest", NULL, stage_ingest, 0 },
	{ "check", NULL, stage_check, 0 },
	{ "train", NULL, nightly_train, 0 },
	{ "forecast", "CHECKED", nightly_forecast, 0 },
	{ "publish", NULL, nightly_publish, 0 },
	{ "verify", NULL, nightly_verify, 1 },
	{ "monitor", "MONITORED", stage_monitor, 1 },
	{ "shadow", NULL, nightly_shadow, 1 },
	{ "promote", NULL, nightly_promote, 1 },
	{ "retain", NULL, nightly_retain, 1 },
	{ "report", NULL, stage_report, 1 },
	{ "notify", "NOTIFIED", nightly_notify, 1 },
	{ NULL, NULL, NULL, 0 }
};

static enum status nightly_run(struct call *c, struct err *e)
{
	struct night night = { .config = c->config, .arena = c->arena, .jobs = call_jobs(c),
			       .strict = call_flag(c, "strict"), .verify = call_flag(c, "verify"), .as_of = DAY_NONE };
	struct lock lock = { -1 };
	struct calendar calendar;
	int known;
	enum status status = limits_of(c, &night.limits, &night.guarded, e);
	if (status)
		return status;
	if (call_flag(c, "dry"))
		return nightly_dry(c, night.guarded ? &night.limits : NULL, e);
	if (call_flag(c, "accept-change")) {
		night.accept_change = call_option(c, "reason");
		if (!night.accept_change || !*night.accept_change)
			return err_set(e, E_USAGE, "--accept-change wants --reason: whoever reads the audit asks why");
	}
	const char *path = config_text(c->config, "db.path"), *wait = call_option(c, "wait");
	process_catch_signals();
	status = lock_take(&lock, path, wait ? option_number(wait) : 0, e);
	if (!status)
		status = call_db(c, DB_CREATE, &night.db, e);
	if (!status)
		status = db_calendar(night.db, &calendar, &known, e);
	if (!status)
		status = scope_as_of(c, &calendar, &night.as_of, e);
	if (!status)
		status = nightly_walk(&night, stages, &c->exit_code, e);
	if (!status) {
		nightly_digest(&night, c->exit_code, c->out);
		status = db_checkpoint(night.db, e);
	}
	db_close(night.db);
	lock_drop(&lock);
	return status;
}

static const struct option options[] = {
	{ .name = "as-of", .type = OPTION_TEXT, .value = "D",
	  .help = "the night of that day: use only what was known on it" },
	{ .name = "accept-change", .type = OPTION_FLAG,
	  .help = "publish although the forecast changed without a cause; wants --reason" },
	{ .name = "reason", .type = OPTION_TEXT, .value = "TEXT", .help = "why; kept in the audit" },
	{ .name = "dry", .type = OPTION_FLAG,
	  .help = "say what each stage would do and why; files and check are tried in a copy of the db" },
	{ .name = "resume", .type = OPTION_FLAG,
	  .help = "take up an interrupted night (done anyway when nothing has changed)" },
	LIMIT_OPTIONS,
	{ .name = "strict", .type = OPTION_FLAG,
	  .help = "warnings of the check block too, and drivers that end before the horizon" },
	{ .name = "verify", .type = OPTION_FLAG,
	  .help = "make the published run once more and hold the bytes beside it; doubles the work" },
	{ .name = "wait", .type = OPTION_NUMBER, .value = "S", .min = 0, .max = 86400, .preset = "0",
	  .help = "seconds to wait for another run to end" },
	{ 0 }
};

static const char *const examples[] = {
	"forecast nightly",
	"forecast nightly --as-of 2026-11-22",
	"forecast nightly --deadline 05:30 --isolate",
	"30 2 * * *  cd /srv/forecast && forecast nightly -q      (crontab)",
	NULL
};

extern const struct command cmd_nightly;
const struct command cmd_nightly = {
	.name = "nightly",
	.summary = "ingest what is new, check, forecast, publish, report",
	.about = "Takes in the files that the setting ingest.files matches and that are new, checks the\n"
		 "data, fits the model anew when it is due (setting train.every) or does not know a driver\n"
		 "that has come, forecasts every series, and publishes in one step: killed at any moment, the\n"
		 "last published run stays whole, and the next call goes on where this one stopped. The\n"
		 "same data, settings and program give the same run, which is not written again.\n\n"
		 "With --deadline, --mem, --isolate or the setting run.series_seconds every series first\n"
		 "gets a cheap forecast (run.cheap), then the spec's, in a process of its own. What does\n"
		 "not come through in time, in memory or alive stays cheap and says so (exit code 3). A\n"
		 "training that is due is put off unless the last one tells that it fits.\n\n"
		 "Exit codes: 0 done, 3 published but degraded, 4 held, 5 the data were refused,\n"
		 "6 system, 7 another run is active, 130 or 143 stopped by a signal.",
	.options = options,
	.examples = examples,
	.run = nightly_run,
	.trains = 1,
};
