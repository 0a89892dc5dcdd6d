/* forecast status: is all well, and what ran. */
#include "config.h"
#include "cli/command.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include "base/log.h"
#include "cli/stages.h"
#include "io/db_alert.h"
#include "io/db_model.h"
#include "io/db_panel.h"
#include "io/db_quality.h"
#include "io/db_run.h"
#include "life/canary.h"

/* Seconds since a UTC text of db_utc_now, by the clock of today; -1 when there is none. */
static double age_of(const char *utc)
{
	int y, mo, d, h, mi, s;
	struct timespec now;
	if (!utc || sscanf(utc, "%d-%d-%dT%d:%d:%dZ", &y, &mo, &d, &h, &mi, &s) != 6)
		return -1;
	clock_gettime(CLOCK_REALTIME, &now);
	return (double)now.tv_sec - ((double)day_from_ymd(y, mo, d) * 86400 + h * 3600 + mi * 60 + s);
}

/* "26h", "90m", "2d" or seconds; -1 when it is none of them. */
static double age_parse(const char *text)
{
	static const char unit[] = "smhd";
	static const double seconds[] = { 1, 60, 3600, 86400 };
	size_t n = strlen(text);
	double x, factor = 1;
	const char *u = n ? strchr(unit, text[n - 1]) : NULL;
	if (u && *u) {
		factor = seconds[u - unit];
		n--;
	}
	return number_parse(text, n, '.', 0, &x) && x >= 0 ? x * factor : -1;
}

/* What status says of the db. */
struct health {
	struct run_row published, last;
	int has_published, has_last, fresh;
	struct calendar calendar;
	day_t sales_until;
	double age_s;
	struct finding *finding; /* [n_finding] of the last check */
	size_t n_finding;
	int serious;             /* of them, graver than a note */
	int alarms, reviews;     /* open alerts; snoozed ones aside */
	struct model_row champion;
	struct alias_move move;  /* the last that became of the champion */
	int has_champion, has_move;
	struct canary_look canary;
};

/* Does a finding say that sales are late or did not come? */
static int is_feed(const struct finding *f)
{
	return f->severity >= SEVERITY_WARN && (!strcmp(f->rule, "nofeed") || !strcmp(f->rule, "stale"));
}

static int feeds_missing(const struct health *h)
{
	int n = 0;
	for (size_t i = 0; i < h->n_finding; i++)
		n += is_feed(&h->finding[i]);
	return n;
}

/* Alerts, and who serves. */
static enum status look_on(struct call *c, struct db *db, struct health *h, struct err *e)
{
	struct alert_row *alert;
	struct alias_move *move;
	struct err none = { 0 };
	int n, n_move;
	enum status status = db_alerts(db, 0, c->arena, &alert, &n, e);
	for (int i = 0; !status && i < n; i++) {
		if (alert[i].snoozed_until != DAY_NONE && alert[i].snoozed_until >= h->sales_until)
			continue;
		h->alarms += !strcmp(alert[i].grade, "ALARM");
		h->reviews += !strcmp(alert[i].grade, "REVIEW");
	}
	h->has_champion = !db_model_find(db, "champion", c->arena, &h->champion, &none);
	if (!status)
		status = db_model_moves(db, 50, c->arena, &move, &n_move, e);
	for (int i = 0; !status && !h->has_move && i < n_move; i++)
		if (strcmp(move[i].alias, "challenger")) {
			h->move = move[i];
			h->has_move = 1;
		}
	return status ? status : canary_look(db, c->arena, &h->canary, e);
}

static enum status look(struct call *c, struct db *db, struct health *h, struct err *e)
{
	struct err none = { 0 };
	int64_t version;
	int known;
	day_t first;
	enum status status = db_calendar(db, &h->calendar, &known, e);
	if (!status)
		status = db_data_version(db, &version, e);
	if (!status)
		status = db_sales_span(db, DAY_NONE, &first, &h->sales_until, e);
	if (status)
		return status;
	h->has_published = !db_run_published(db, c->arena, &h->published, &none);
	h->has_last = !db_run_find(db, "last", c->arena, &h->last, &none);
	h->fresh = h->has_published && h->published.data_version == version;
	h->age_s = h->has_published ? age_of(h->published.ended) : -1;
	day_t checked;
	status = db_findings(db, DAY_NONE, c->arena, &h->finding, &h->n_finding, &checked, e);
	for (size_t i = 0; !status && i < h->n_finding; i++)
		h->serious += h->finding[i].severity >= SEVERITY_WARN;
	return status ? status : look_on(c, db, h, e);
}

/* 0 well, 1 warning, 2 critical, with a sentence. */
static int judge(const struct health *h, double max_age_s, const char **words)
{
	int bad_last = h->has_last && (!strcmp(h->last.state, "FAILED") || !strcmp(h->last.state, "BLOCKED")
				       || !strcmp(h->last.state, "HELD"));
	*words = !h->has_published ? "nothing is published yet"
		: max_age_s >= 0 && (h->age_s < 0 || h->age_s > max_age_s) ? "the published run is too old"
		: bad_last ? "the last run did not publish"
		: h->has_last && !strcmp(h->last.state, "CANCELLED") ? "the last run was interrupted"
		: !h->fresh ? "there are data that the published run has not seen"
		: feeds_missing(h) ? "sales are late or did not come"
		: h->alarms ? "alarms are open"
		: h->published.exit_code == 3 ? "published, but degraded" : "all is well";
	if (!h->has_published || (max_age_s >= 0 && (h->age_s < 0 || h->age_s > max_age_s)) || bad_last)
		return 2;
	return strcmp(*words, "all is well") != 0;
}

static const char *day_text(const struct health *h, day_t day, char out[DAY_TEXT_MAX])
{
	if (day == DAY_NONE)
		return "none";
	return period_format(&h->calendar, period_of_day(&h->calendar, day), out);
}

static void write_json(struct call *c, const struct health *h, int grade, const char *words)
{
	struct json j = { .out = c->out };
	char day[DAY_TEXT_MAX];
	int busy = h->has_last && !*h->last.ended;
	json_open(&j, '{');
	json_key(&j, "status");
	json_text(&j, grade == 0 ? "ok" : grade == 1 ? "warning" : "critical");
	json_key(&j, "message");
	json_text(&j, words);
	json_key(&j, "sales_until");
	json_text(&j, day_text(h, h->sales_until, day));
	json_key(&j, "published_run");
	json_text(&j, h->has_published ? h->published.id : NULL);
	json_key(&j, "published_origin");
	json_text(&j, h->has_published ? day_text(h, h->published.as_of, day) : NULL);
	json_key(&j, "published_age_s");
	json_number(&j, h->age_s);
	json_key(&j, "up_to_date");
	json_bool(&j, h->fresh);
	json_key(&j, "series");
	json_int(&j, h->has_published ? h->published.series : 0);
	json_key(&j, "fallbacks");
	json_int(&j, h->has_published ? h->published.fallbacks : 0);
	json_key(&j, "findings");
	json_int(&j, h->serious);
	json_key(&j, "feeds_missing");
	json_open(&j, '[');
	for (size_t i = 0; i < h->n_finding; i++)
		if (is_feed(&h->finding[i]))
			json_text(&j, h->finding[i].store);
	json_close(&j);
	json_key(&j, "alarms");
	json_int(&j, h->alarms);
	json_key(&j, "reviews");
	json_int(&j, h->reviews);
	json_key(&j, "champion");
	if (h->has_champion)
		json_int(&j, h->champion.version);
	else
		json_text(&j, NULL);
	json_key(&j, "canary");
	if (h->canary.version)
		json_int(&j, h->canary.version);
	else
		json_text(&j, NULL);
	json_key(&j, "last_state");
	json_text(&j, h->has_last ? h->last.state : NULL);
	json_key(&j, "done");
	json_int(&j, h->has_last ? h->last.done : 0);
	double share = h->has_last && h->last.series ? (double)h->last.done / h->last.series : 0;
	json_key(&j, "eta_s");
	json_number(&j, busy && share > 0 ? age_of(h->last.started) * (1 - share) / share : 0);
	json_close(&j);
	buf_addc(c->out, '\n');
}

static void write_findings(struct call *c, const struct health *h)
{
	struct text_style style = text_style_of(call_on_terminal(c));
	buf_addf(c->out, "findings         %d that matter ('forecast check' lists them)\n", h->serious);
	for (size_t i = 0; i < h->n_finding; i++) {
		const struct finding *f = &h->finding[i];
		if (!is_feed(f) && f->severity < SEVERITY_BLOCK)
			continue;
		buf_addf(c->out, "                 %s: ", f->rule);
		if (f->store) {
			buf_adds(c->out, "store ");
			text_add(c->out, f->store, 0, &style);
			buf_adds(c->out, ", ");
		}
		text_add(c->out, f->text, 0, &style);
		buf_addc(c->out, '\n');
	}
}

static void write_text(struct call *c, const struct health *h, const char *words)
{
	struct buf *out = c->out;
	char day[DAY_TEXT_MAX];
	buf_addf(out, "%s\n\n", words);
	buf_addf(out, "sales until      %s\n", day_text(h, h->sales_until, day));
	if (h->has_published) {
		buf_addf(out, "published run    %s (number %lld), known until %s\n", h->published.id,
			 (long long)h->published.seq, day_text(h, h->published.as_of, day));
		buf_addf(out, "published at     %s, %.1f hours ago\n", h->published.ended, h->age_s / 3600);
		buf_addf(out, "series           %d, %d fell back\n", h->published.series,
			 h->published.fallbacks);
		buf_addf(out, "up to date       %s\n", h->fresh ? "yes" : "no: the data have changed since");
	}
	if (h->has_last) {
		buf_addf(out, "last run         %s (%s) %s, ", h->last.id, h->last.kind, h->last.state);
		if (strcmp(h->last.kind, "train")) /* its series are done at the end, all at once */
			buf_addf(out, "%d of ", h->last.done);
		buf_addf(out, "%d series\n", h->last.series);
		if (*h->last.note)
			buf_addf(out, "                 %s\n", h->last.note);
	}
	if (h->has_champion)
		buf_addf(out, "model            version %lld, known until %s\n", (long long)h->champion.version,
			 day_text(h, h->champion.as_of, day));
	if (h->has_move)
		buf_addf(out, "                 %s %s: %s\n", day_text(h, h->move.day, day), h->move.alias,
			 *h->move.reason ? h->move.reason : "no reason told");
	if (h->canary.version)
		buf_addf(out, "canary           %s\n", canary_words(&h->canary, c->arena));
	buf_addf(out, "alerts           %d alarms, %d reviews%s\n", h->alarms, h->reviews,
		 h->alarms + h->reviews ? " ('forecast status alerts' lists them)" : "");
	write_findings(c, h);
}

static enum status status_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct health h = { 0 };
	const char *words, *age = call_option(c, "max-age");
	double max_age_s = age ? age_parse(age) : -1;
	if (age && max_age_s < 0)
		return err_set(e, E_USAGE, "'max-age' must be like 26h, 90m or 2d, not '%s'", age);
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = look(c, db, &h, e);
	db_close(db);
	if (status)
		return status;
	int grade = judge(&h, max_age_s, &words);
	if (call_flag(c, "nagios")) {
		static const char *const name[] = { "OK", "WARNING", "CRITICAL" };
		buf_addf(c->out, "FORECAST %s - %s | age=%.0fs series=%d fallbacks=%d\n", name[grade], words,
			 h.age_s, h.has_published ? h.published.series : 0,
			 h.has_published ? h.published.fallbacks : 0);
		c->exit_code = grade;
		return OK;
	}
	if (call_format(c) == FORMAT_JSON)
		write_json(c, &h, grade, words);
	else
		write_text(c, &h, words);
	c->exit_code = age && (h.age_s < 0 || h.age_s > max_age_s) ? 1 : feeds_missing(&h) || h.alarms ? 3 : 0;
	return OK;
}

static const struct column run_columns[] = {
	{ .name = "seq", .title = "no.", .type = COLUMN_INT },
	{ .name = "id", .type = COLUMN_TEXT },
	{ .name = "kind", .type = COLUMN_TEXT },
	{ .name = "state", .type = COLUMN_TEXT },
	{ .name = "as_of", .title = "as of", .type = COLUMN_TEXT },
	{ .name = "series", .type = COLUMN_INT, .hidden = 1 },
	{ .name = "done", .type = COLUMN_INT, .hidden = 1 },
	{ .name = "fallbacks", .title = "fell", .type = COLUMN_INT },
	{ .name = "exit_code", .title = "exit", .type = COLUMN_INT },
	{ .name = "started", .type = COLUMN_TEXT },
	{ .name = "ended", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "data_hash", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "config_hash", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "code_hash", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "model_hash", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "published_hash", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "spec", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "note", .type = COLUMN_TEXT, .hidden = 1 },
	{ 0 }
};

/* People see when it started to the minute. */
static void push_run(struct table *t, const struct run_row *r, const struct calendar *calendar, int for_people)
{
	char day[DAY_TEXT_MAX], minute[32];
	table_int(t, r->seq);
	table_text(t, r->id);
	table_text(t, r->kind);
	table_text(t, r->state);
	table_text(t, period_format(calendar, period_of_day(calendar, r->as_of), day));
	table_int(t, r->series);
	table_int(t, r->done);
	table_int(t, r->fallbacks);
	if (r->exit_code < 0)
		table_none(t);
	else
		table_int(t, r->exit_code);
	snprintf(minute, sizeof minute, "%.10s %.5s", r->started, strlen(r->started) > 11 ? r->started + 11 : "");
	const char *const text[] = { for_people ? minute : r->started, r->ended, r->data_hash, r->config_hash, r->code_hash,
				     r->model_hash, r->published_hash, r->spec, r->note };
	for (size_t k = 0; k < sizeof text / sizeof *text; k++)
		table_text(t, text[k]);
}

static enum status runs_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct run_row *row;
	struct calendar calendar;
	const char *limit = call_option(c, "last");
	int n = 0, known;
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = db_calendar(db, &calendar, &known, e);
	if (!status)
		status = db_runs(db, limit ? (int)option_number(limit) : 20, c->arena, &row, &n, e);
	if (!status && call_flag(c, "stages")) {
		status = stages_write(c, db, row, n, e);
	} else if (!status) {
		struct table *t = table_new(run_columns);
		struct text_style style = text_style_of(call_on_terminal(c));
		for (int i = 0; i < n; i++)
			push_run(t, &row[i], &calendar, call_format(c) == FORMAT_TABLE);
		if (!n)
			log_note("nothing ran yet");
		table_write(t, call_format(c), &style, c->out);
		table_free(t);
	}
	db_close(db);
	return status;
}

static const struct option runs_options[] = {
	{ .name = "last", .type = OPTION_INT, .value = "N", .min = 1, .max = 100000, .preset = "20",
	  .help = "how many" },
	{ .name = "stages", .type = OPTION_FLAG,
	  .help = "what their stages took: time, CPU, and the memory at its highest by then" },
	{ 0 }
};
static const struct option options[] = {
	{ .name = "max-age", .type = OPTION_TEXT, .value = "26h",
	  .help = "exit 1 when the published run is older" },
	{ .name = "nagios", .type = OPTION_FLAG,
	  .help = "one line and the exit codes 0, 1, 2 that Nagios wants" },
	{ 0 }
};
static const struct command runs = { .name = "runs", .summary = "past runs, newest first",
				     .options = runs_options, .run = runs_run };
extern const struct command cmd_status_sources, cmd_status_performance, cmd_status_pipeline, cmd_status_alerts;
static const struct command *const subcommands[] = { &runs, &cmd_status_sources, &cmd_status_performance,
						     &cmd_status_pipeline, &cmd_status_alerts, NULL };

extern const struct command cmd_status;
const struct command cmd_status = { .name = "status", .summary = "is all well; past runs",
				    .about = "Exit codes: 0, 3 when a store's sales are late or did not\n"
					     "come or an alarm is open, 1 when --max-age is exceeded.",
				    .options = options, .sub = subcommands, .run = status_run };
