/* forecast monitor: what is odd about forecasts and inputs; its thresholds; what its alarms are worth. */
#include "config.h"
#include "cli/command.h"

#include <limits.h>
#include <math.h>
#include <string.h>
#include "base/log.h"
#include "base/process.h"
#include "cli/alerts_out.h"
#include "cli/scope.h"
#include "eval/drift_bench.h"
#include "life/lock.h"
#include "life/monitor.h"

static enum status write_open(struct call *c, struct db *db, int *alarms, struct err *e)
{
	struct alert_row *row;
	struct calendar calendar;
	int n = 0, known;
	enum status status = db_calendar(db, &calendar, &known, e);
	if (!status)
		status = db_alerts(db, 0, c->arena, &row, &n, e);
	for (int k = 0; !status && k < n; k++)
		*alarms += !strcmp(row[k].grade, "ALARM") && row[k].snoozed_until == DAY_NONE;
	if (!status)
		alerts_write(c, &calendar, row, n);
	return status;
}

static enum status watch(struct call *c, struct db *db, struct err *e)
{
	struct run_row run;
	struct monitor_result r;
	int alarms = 0;
	enum status status = db_run_published(db, c->arena, &run, e);
	if (!status)
		status = monitor_run(db, c->config, &run, &r, e);
	if (!status)
		status = write_open(c, db, &alarms, e);
	if (status)
		return status;
	log_note("%d statistics; %d alarms and %d reviews tonight, %d alerts opened, %d closed%s", r.stats, r.alarms,
		 r.reviews, r.opened, r.closed,
		 r.insufficient ? "; too few weeks for errors and coverage (INSUFFICIENT)" : "");
	const char *fail = call_option(c, "fail-on");
	c->exit_code = fail && (alarms || (!strcmp(fail, "review") && r.reviews)) ? 1 : 0;
	return OK;
}

/* With the lock that a night takes: the tables are written. */
static enum status locked(struct call *c, enum status (*work)(struct call *, struct db *, struct err *),
			  struct err *e)
{
	struct lock lock = { -1 };
	struct db *db = NULL;
	process_catch_signals();
	enum status status = lock_take(&lock, config_text(c->config, "db.path"), 0, e);
	if (!status)
		status = call_db(c, DB_WRITE, &db, e);
	if (!status)
		status = work(c, db, e);
	db_close(db);
	lock_drop(&lock);
	return status;
}

static enum status monitor_command(struct call *c, struct err *e)
{
	return locked(c, watch, e);
}

static enum status calibrate(struct call *c, struct db *db, struct err *e)
{
	struct monitor_calibration r;
	struct calendar calendar;
	day_t as_of = DAY_NONE;
	int known;
	enum status status = db_calendar(db, &calendar, &known, e);
	if (!status)
		status = scope_as_of(c, &calendar, &as_of, e);
	if (!status)
		status = monitor_calibrate(db, c->config, as_of, call_jobs(c), call_option(c, "spec"),
					   call_flag(c, "replay"), &r, e);
	if (status)
		return status;
	buf_addf(c->out, "calibration   %lld\nweeks         %d, of them %d served\nclasses       %d\n",
		 (long long)r.id, r.weeks, r.served, r.n_class);
	return OK;
}

static enum status calibrate_command(struct call *c, struct err *e)
{
	return locked(c, calibrate, e);
}

/* ---- the bench ---- */

static const struct column bench_columns[] = {
	{ .name = "fleet", .type = COLUMN_TEXT },
	{ .name = "false_alarms_per_week", .title = "false", .unit = "a week", .type = COLUMN_NUMBER, .digits = 2 },
	{ .name = "low", .title = "from", .type = COLUMN_NUMBER, .digits = 2 },
	{ .name = "high", .title = "to", .type = COLUMN_NUMBER, .digits = 2 },
	{ .name = "found", .unit = "in 26 weeks", .type = COLUMN_PERCENT },
	{ .name = "delay", .title = "median", .unit = "weeks", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "false_share", .title = "false", .unit = "of alarms", .type = COLUMN_PERCENT },
	{ 0 }
};

static void push_bench(struct table *t, const char *what, const struct monitor_bench *b)
{
	table_text(t, what);
	const double value[] = { b->false_week, b->low, b->high, b->found, b->delay, b->false_share };
	for (size_t k = 0; k < sizeof value / sizeof *value; k++)
		table_number(t, value[k]);
}

static struct monitor_bench invented(const struct drift_world *w, double budget)
{
	struct drift_score s;
	drift_bench(w, budget, &s);
	return (struct monitor_bench){ NULL, s.false_week, s.low, s.high, s.found, s.delay, s.false_share };
}

/* An invented fleet: one object for a script, or a table of cases. */
static enum status bench_invented(struct call *c, double budget)
{
	static const struct {
		const char *what;
		double share, shift, spoilt;
	} cases[] = { { "nothing wrong", 0, 0, 0 },
		      { "0.5 % shifted by 2 sd", .005, 2, 0 },
		      { "0.5 % shifted by 1.5 sd", .005, 1.5, 0 },
		      { "1.5 sd, 1 % of the past spoilt", .005, 1.5, .01 } };
	int n = call_flag(c, "null") ? 1 : 4;
	struct text_style style = text_style_of(call_on_terminal(c));
	struct table *t = table_new(bench_columns);
	struct monitor_bench b = { 0 };
	for (int k = 0; k < n; k++) {
		struct drift_world w = drift_world_usual();
		w.share = cases[k].share;
		w.shift = cases[k].shift;
		w.spoilt = cases[k].spoilt;
		w.seed = (uint64_t)config_number(c->config, "run.seed") + (uint64_t)k;
		b = invented(&w, budget);
		push_bench(t, cases[k].what, &b);
	}
	if (n == 1 && call_format(c) == FORMAT_JSON) {
		struct json j = { .out = c->out };
		json_open(&j, '{');
		json_key(&j, "false_alarms_per_week");
		json_number(&j, b.false_week);
		json_key(&j, "low");
		json_number(&j, b.low);
		json_key(&j, "high");
		json_number(&j, b.high);
		json_close(&j);
		buf_addc(c->out, '\n');
	} else {
		table_write(t, call_format(c), &style, c->out);
	}
	table_free(t);
	return OK;
}

static enum status bench_own(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct monitor_bench row[12];
	int n = 0, series = 0;
	struct text_style style = text_style_of(call_on_terminal(c));
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = monitor_bench(db, c->config, row, &n, &series, e);
	if (!status) {
		struct table *t = table_new(bench_columns);
		for (int k = 0; k < n; k++)
			push_bench(t, row[k].what, &row[k]);
		table_write(t, call_format(c), &style, c->out);
		table_free(t);
		log_note("%d series; the last 26 weeks, thresholds from those before; a tenth of the series are shifted",
			 series);
	}
	db_close(db);
	return status;
}

static enum status bench_command(struct call *c, struct err *e)
{
	double budget = config_number(c->config, "monitor.budget") / 30000;
	const char *profile = call_option(c, "profile");
	if (call_flag(c, "null") || (profile && !strcmp(profile, "ci")))
		return bench_invented(c, budget);
	return bench_own(c, e);
}

static const struct option calibrate_options[] = {
	{ .name = "as-of", .type = OPTION_TEXT, .value = "D", .help = "use only what was known on that day" },
	{ .name = "spec", .type = OPTION_TEXT, .value = "SPEC",
	  .help = "what replays the past (default: the setting monitor.spec)" },
	{ .name = "replay", .type = OPTION_FLAG, .help = "replay the past even where enough weeks are there" },
	{ 0 }
};
static const struct option bench_options[] = {
	{ .name = "null", .type = OPTION_FLAG,
	  .help = "an invented fleet of 30,490 series with nothing wrong: only its false alarms" },
	{ .name = "profile", .type = OPTION_CHOICE, .value = "own|ci", .choices = "own|ci", .preset = "own",
	  .help = "this db's own residuals with shifts put in, or an invented fleet" },
	{ 0 }
};
static const struct option options[] = {
	{ .name = "fail-on", .type = OPTION_CHOICE, .value = "alarm|review", .choices = "alarm|review",
	  .help = "exit 1 when such an alert is open" },
	{ 0 }
};

static const struct command calibrate_ = {
	.name = "calibrate",
	.summary = "thresholds from this db's own past",
	.about = "Runs the charts over the weeks that were served and, where there are fewer than 52,\n"
		 "over a replay of the past, and keeps what they give when nothing is wrong. The night\n"
		 "does so by itself every quarter, and the first time where the panel is not too large\n"
		 "(setting monitor.replay_most).",
	.options = calibrate_options,
	.run = calibrate_command,
	.trains = 1,
};
static const struct command bench = {
	.name = "bench",
	.summary = "false alarms and delays of the charts, measured",
	.about = "On this db: the last 26 weeks are charted with thresholds from the weeks before, as they\n"
		 "are and with level shifts put into a tenth of the series. Alarms among the others count\n"
		 "as false, although some may be real. 'forecast monitor calibrate' comes first.",
	.options = bench_options,
	.run = bench_command,
};
static const struct command *const subcommands[] = { &calibrate_, &bench, NULL };

static const char *const examples[] = {
	"forecast monitor", "# judge what has come due, say what is open",
	"forecast monitor --fail-on alarm", "# for a script: exit 1 when somebody should look",
	"forecast monitor bench", "# what its alarms are worth on this db", NULL
};

extern const struct command cmd_monitor;
const struct command cmd_monitor = {
	.name = "monitor",
	.summary = "what is odd about forecasts, inputs and nights",
	.about = "Judges the published forecasts whose days have come, runs the charts on errors, intervals,\n"
		 "inputs and nights, and opens, updates and closes alerts. The night does it after\n"
		 "publishing. Errors are charted by week, net of what their group has in common, against\n"
		 "thresholds from the past; below 26 weeks the answer is INSUFFICIENT.",
	.options = options,
	.sub = subcommands,
	.examples = examples,
	.run = monitor_command,
	.trains = 1,
};
