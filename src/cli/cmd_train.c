/* forecast train: fits the champion's spec to all series and keeps the parameters as a version. */
#include "config.h"
#include "cli/command.h"

#include "base/log.h"
#include "base/process.h"
#include "cli/scope.h"
#include "cli/stages.h"
#include "life/lock.h"
#include "life/retrain.h"
#include "life/run.h"

static enum status show_stages(struct call *c, struct db *db, int64_t record, struct err *e)
{
	struct run_row run;
	struct buf name = { 0 };
	buf_addf(&name, "%lld", (long long)record);
	enum status status = db_run_find(db, name.text, c->arena, &run, e);
	buf_release(&name);
	return status ? status : stages_write(c, db, &run, 1, e);
}

/* Of a spec that is fitted store by store: only the stores with open alarms of errors. */
static enum status only_drifted(struct call *c, struct run_plan *plan, int *idle, struct err *e)
{
	struct retrain_reason why;
	enum status status = retrain_drifted(plan, c->arena, &why, e);
	if (status)
		return status;
	*idle = !why.trigger;
	plan->trigger = "drift";
	plan->only = why.only;
	plan->n_only = why.n_only;
	for (int k = 0; k < why.n_only; k++)
		log_note("store '%s' has drifted", why.only[k]);
	return OK;
}

static enum status train_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct lock lock = { -1 };
	struct run_plan plan;
	struct calendar calendar;
	int known, idle = 0;
	day_t as_of = DAY_NONE;
	struct train_result trained = { 0 };
	process_catch_signals();
	enum status status = call_db(c, DB_WRITE, &db, e);
	if (!status)
		status = lock_take(&lock, db_path(db), 0, e);
	if (!status)
		status = db_calendar(db, &calendar, &known, e);
	if (!status)
		status = scope_as_of(c, &calendar, &as_of, e);
	if (!status)
		status = run_plan(&plan, db, c->config, "train", as_of, call_option(c, "spec"), call_jobs(c),
				  c->arena, e);
	if (!status && call_option(c, "only"))
		status = only_drifted(c, &plan, &idle, e);
	if (!status && idle)
		log_note("no error has drifted: nothing to fit");
	if (!status && !idle)
		status = run_name(&plan, c->arena, e);
	if (!status && !idle)
		status = run_train(&plan, "champion", &trained, e);
	if (idle) {
		db_close(db);
		lock_drop(&lock);
		return status;
	}
	if (!status)
		log_note("version %lld is the champion; 'forecast models show' tells its spec", (long long)trained.version);
	if (!status && trained.parts_found)
		log_note("%d part%s there from a training that was cut off", trained.parts_found,
			 trained.parts_found == 1 ? " was" : "s were");
	if (!status && call_flag(c, "verbose"))
		status = show_stages(c, db, trained.record, e);
	db_close(db);
	lock_drop(&lock);
	return status;
}

static const struct option options[] = {
	{ .name = "as-of", .type = OPTION_TEXT, .value = "D", .help = "fit to what was known on that day" },
	{ .name = "only", .type = OPTION_CHOICE, .value = "drifted", .choices = "drifted",
	  .help = "fit only stores with open alarms of errors; the others are taken over" },
	{ .name = "spec", .type = OPTION_TEXT, .value = "SPEC", .help = "what to fit [champion]" },
	{ 0 }
};

extern const struct command cmd_train;
const struct command cmd_train = {
	.name = "train",
	.summary = "fit the spec to all series and keep a new version",
	.about = "The version gets the alias champion; runs and nights take its parameters instead of fitting\n"
		 "anew, as long as the setting run.spec (or --spec) says the same spec. The same data and\n"
		 "spec give the same version. nightly does it by itself when it is due (train.every).\n"
		 "What is fitted is kept as it comes: a training that was cut off goes on from there. With\n"
		 "-v it says what each stage took; 'forecast status runs --stages' says it later.",
	.options = options,
	.run = train_run,
	.trains = 1,
};
