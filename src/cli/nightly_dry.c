/* A night in a copy of the db, as far as it is cheap: files and check for true, of the rest whether it is due. */
#include "config.h"
#include "cli/nightly_dry.h"

#include <string.h>
#include <unistd.h>
#include "cli/scope.h"
#include "io/db_admin.h"
#include "life/check_stage.h"
#include "life/ingest_stage.h"
#include "life/retrain.h"

static enum status say_ingest(struct call *c, struct db *db, struct err *e)
{
	struct ingest_result *out;
	int done, fresh = 0;
	int64_t rows = 0;
	enum status status = ingest_stage(db, c->config, c->arena, &out, &done, e);
	for (int k = 0; k < done; k++) {
		fresh += !out[k].known;
		rows += out[k].known ? 0 : out[k].counts.fresh + out[k].counts.changed;
	}
	if (status == E_INPUT)
		buf_addf(c->out, "ingest    would refuse: %s\n", e->text);
	else if (!status)
		buf_addf(c->out, "ingest    %d of %d files are new, with %lld rows\n", fresh, done, (long long)rows);
	return status;
}

static enum status say_check(struct call *c, struct db *db, day_t as_of, int *blocked, struct err *e)
{
	struct check_result r;
	enum status status = check_stage(db, c->config, as_of, &r, c->arena, e);
	if (status)
		return status;
	int code = check_exit_code(&r, call_flag(c, "strict"));
	*blocked = code == 5;
	buf_addf(c->out, "check     %zu findings%s%s%s\n", r.n_finding,
		 *blocked ? "; would block: " : code == 3 ? "; degraded: a feed is stale or missing" : "",
		 *blocked ? r.finding[0].rule : "", *blocked ? " (forecast check lists them)" : "");
	return OK;
}

static enum status say_train(struct call *c, struct db *db, day_t as_of, const struct run_limits *limits,
			     struct run_plan *plan, struct err *e)
{
	struct retrain_reason why;
	enum status status = run_plan(plan, db, c->config, "nightly", as_of, NULL, call_jobs(c), c->arena, e);
	if (!status)
		status = retrain_due(plan, c->arena, &why, e);
	if (!status && limits)
		status = run_guard(plan, limits, c->arena, e);
	if (status)
		return status;
	if (why.trigger)
		buf_addf(c->out, "train     would fit %s: %s\n", why.n_only ? "the stores that have drifted" : "anew",
			 why.words);
	else
		buf_addf(c->out, "train     version %lld serves on\n", (long long)plan->model);
	struct text_style style = text_style_of(call_on_terminal(c));
	buf_adds(c->out, "forecast  ");
	text_wrap(c->out, plan->spec_text, 10, 10, &style);
	return why.trigger ? OK : run_name(plan, c->arena, e);
}

static enum status say_publish(struct call *c, struct db *db, const struct run_plan *plan, struct err *e)
{
	struct run_row published;
	struct err none = { 0 };
	char day[DAY_TEXT_MAX];
	(void)e;
	const struct calendar *calendar = &plan->calendar;
	period_format(calendar, period_of_day(calendar, plan->as_of), day);
	if (!plan->id[0])
		buf_addf(c->out, "publish   a new run as of %s\n", day);
	else if (!db_run_published(db, c->arena, &published, &none) && !strcmp(published.id, plan->id))
		buf_addf(c->out, "publish   nothing: run %s is published already\n", plan->id);
	else
		buf_addf(c->out, "publish   run %s as of %s\n", plan->id, day);
	return OK;
}

static enum status in_copy(struct call *c, struct db *db, const struct run_limits *limits, struct err *e)
{
	struct calendar calendar;
	struct run_plan plan = { 0 };
	day_t as_of = DAY_NONE;
	int known, blocked = 0;
	enum status status = db_calendar(db, &calendar, &known, e);
	if (!status)
		status = scope_as_of(c, &calendar, &as_of, e);
	if (!status)
		status = say_ingest(c, db, e);
	if (!status)
		status = say_check(c, db, as_of, &blocked, e);
	if (status || blocked)
		return status;
	status = say_train(c, db, as_of, limits, &plan, e);
	return status ? status : say_publish(c, db, &plan, e);
}

enum status nightly_dry(struct call *c, const struct run_limits *limits, struct err *e)
{
	struct db *db = NULL, *copy = NULL;
	const char *path = config_text(c->config, "db.path");
	const char *there = arena_printf(c->arena, "%s.dry-%ld", path, (long)getpid());
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = db_copy(db, there, e);
	if (!status)
		status = db_open(&copy, there, DB_WRITE, e);
	if (!status)
		status = in_copy(c, copy, limits, e);
	db_close(copy);
	db_close(db);
	unlink(there);
	unlink(arena_printf(c->arena, "%s-wal", there));
	unlink(arena_printf(c->arena, "%s-shm", there));
	return status;
}
