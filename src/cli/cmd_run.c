/*
 * forecast run, the default command. With a store it answers from the published run if that is up to
 * date, else computes for that store; without one it runs for all and publishes.
 */
#include "config.h"
#include "cli/command.h"

#include <string.h>
#include "base/log.h"
#include "base/process.h"
#include "cli/forecast_out.h"
#include "cli/limits.h"
#include "cli/scope.h"
#include "cli/sum_out.h"
#include "life/lock.h"
#include "life/nodes.h"
#include "life/run.h"

/* Levels to show: those asked for, or the config's. */
static enum status shown_levels(struct call *c, double **level, int *n, struct err *e)
{
	const char *text = config_text(c->config, "run.quantiles");
	*level = ARENA_ARRAY(c->arena, double, strlen(text ? text : "") + 1);
	*n = 0;
	for (const char *at = text ? text : ""; *at;) {
		size_t length = strcspn(at, ", ");
		double x = 0;
		if (length && (!number_parse(at, length, '.', 0, &x) || !(x > 0 && x < 1)))
			return err_set(e, E_USAGE, "level '%.*s' is not a number between 0 and 1",
				       (int)length, at);
		int k = *n;
		while (length && k > 0 && (*level)[k - 1] > x) {
			(*level)[k] = (*level)[k - 1];
			k--;
		}
		if (length && (k == 0 || (*level)[k - 1] < x)) {
			(*level)[k] = x;
			++*n;
		}
		at += length + (at[length] != '\0');
	}
	return OK;
}

/* Does the published run answer this call as it stands? */
static int answers(const struct call *c, const struct run_row *run, int64_t data_version,
		   const double *level, int n_level)
{
	int horizon = config_int(c->config, "run.horizon");
	if (call_option(c, "as-of") || call_option(c, "spec") || run->data_version != data_version
	    || (horizon && horizon != run->horizon))
		return 0;
	/* The run keeps its levels as text; each asked for must be one of them. */
	for (int l = 0; l < n_level; l++) {
		int found = 0;
		for (const char *at = run->levels; *at;) {
			size_t length = strcspn(at, ",");
			double x;
			found |= number_parse(at, length, '.', 0, &x) && x > level[l] - 1e-9 && x < level[l] + 1e-9;
			at += length + (at[length] == ',');
		}
		if (!found)
			return 0;
	}
	return 1;
}

struct answer {
	struct db *db;
	struct run_row published;
	int from_published;
	struct run_plan plan;
	struct run_answer held;
	struct forecast_out out;
	struct sum_out sums; /* with --per */
	forecast_seen *seen; /* what takes the series, and its context */
	void *taker;
	int n;               /* series given */
};

/* Passes a series on, and counts it. */
static enum status give(void *context, const struct catalog_series *series, const struct forecast *one,
			struct err *e)
{
	struct answer *a = context;
	a->n++;
	return a->seen(a->taker, series, one, e);
}

/* How the series are shown: by period, or summed up. */
static enum status choose_shape(struct call *c, struct answer *a, struct err *e)
{
	a->sums = (struct sum_out){ .call = c, .calendar = a->out.calendar, .format = call_format(c),
				    .level = a->out.level, .n_level = a->out.n_level };
	enum status status = sum_per_of(c, &a->out.calendar, &a->sums.per, e);
	a->seen = a->sums.per == PER_STEP ? forecast_out_add : sum_out_series;
	a->taker = a->sums.per == PER_STEP ? (void *)&a->out : (void *)&a->sums;
	return status;
}

static void end_shape(struct answer *a)
{
	if (a->sums.per == PER_STEP)
		forecast_out_end(&a->out);
	else
		sum_out_end(&a->sums);
}

static enum status prepare(struct call *c, struct answer *a, struct err *e)
{
	struct err none = { 0 };
	double *level;
	int known;
	int64_t data_version;
	day_t as_of;
	enum status status = shown_levels(c, &level, &a->out.n_level, e);
	if (!status)
		status = db_calendar(a->db, &a->out.calendar, &known, e);
	if (!status)
		status = scope_as_of(c, &a->out.calendar, &as_of, e);
	if (!status)
		status = db_data_version(a->db, &data_version, e);
	if (status)
		return status;
	a->out.call = c;
	a->out.format = call_format(c);
	a->out.level = level;
	status = choose_shape(c, a, e);
	if (status)
		return status;
	a->from_published = !db_run_published(a->db, c->arena, &a->published, &none)
		&& answers(c, &a->published, data_version, level, a->out.n_level);
	if (a->from_published)
		return OK;
	status = run_plan(&a->plan, a->db, c->config, "answer", as_of, call_option(c, "spec"), call_jobs(c),
			  c->arena, e);
	/* A spec that learns across series would have to make them all: a run may have done it. */
	if (!status && spec_is_whole(a->plan.spec))
		status = run_kept(&a->plan, c->arena, &a->published, &a->from_published, e);
	if (!status && !a->from_published)
		log_detail("nothing published answers this; forecasting now");
	return status;
}

/* One store, or one item of it. */
static enum status answer_store(struct answer *a, const char *store, const char *item, struct err *e)
{
	if (a->from_published)
		return db_forecast_read(a->db, &a->published, store, item, give, a, e);
	return run_store(&a->plan, &a->held, store, item, give, a, e);
}

static enum status answer_items(struct call *c, struct answer *a, const char *store, struct err *e)
{
	int n = call_count(c, "item"), before = a->n;
	enum status status = n ? OK : answer_store(a, store, NULL, e);
	for (int i = 0; !status && i < n; i++) {
		const char *item = call_option_at(c, "item", i);
		status = scope_item(c, a->db, store, item, e);
		if (!status)
			status = answer_store(a, store, item, e);
	}
	if (!status && a->n == before)
		status = err_set(e, E_NOTFOUND, "store '%s' has no forecast there", store);
	return status;
}

/* Stores given, or every store that has one of the items. */
static enum status answer(struct call *c, struct err *e)
{
	struct answer a = { 0 };
	enum status status = call_db(c, DB_READ, &a.db, e);
	if (!status)
		status = prepare(c, &a, e);
	int n_store = call_count(c, "store");
	for (int i = 0; !status && i < n_store; i++) {
		const char *store = call_option_at(c, "store", i);
		status = scope_store(c, a.db, store, e);
		if (!status)
			status = answer_items(c, &a, store, e);
	}
	for (int i = 0; !status && !n_store && i < call_count(c, "item"); i++) {
		const char *item = call_option_at(c, "item", i), **stores;
		int n;
		status = scope_item(c, a.db, NULL, item, e);
		if (!status)
			status = db_stores(a.db, c->arena, &stores, &n, e);
		for (int k = 0; !status && k < n; k++)
			status = answer_store(&a, stores[k], item, e);
	}
	if (!status)
		end_shape(&a);
	run_answer_release(&a.held);
	db_close(a.db);
	return status;
}

/* The whole published run, where a shape or a file for it was asked for. */
static enum status write_all(struct call *c, struct db *db, struct err *e)
{
	struct answer a = { .db = db, .out = { .call = c, .format = call_format(c) } };
	double *level;
	int known;
	enum status status = shown_levels(c, &level, &a.out.n_level, e);
	a.out.level = level;
	if (!status)
		status = db_calendar(db, &a.out.calendar, &known, e);
	if (!status)
		status = choose_shape(c, &a, e);
	if (!status)
		status = db_run_published(db, c->arena, &a.published, e);
	if (!status)
		status = db_forecast_read(db, &a.published, NULL, NULL, give, &a, e);
	if (!status)
		end_shape(&a);
	return status;
}

/* The nodes of a tier, out of the published run. */
static enum status answer_tier(struct call *c, const char *tier, struct err *e)
{
	struct db *db = NULL;
	struct sum_out out = { .call = c, .format = call_format(c), .nodes = 1 };
	struct run_row run;
	double *level;
	int known;
	int64_t version;
	if (call_count(c, "store") || call_count(c, "item") || call_option(c, "as-of") || call_option(c, "spec"))
		return err_set(e, E_USAGE, "--tier shows the published run; it goes with none of --store,"
			       " --item, --as-of and --spec");
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = shown_levels(c, &level, &out.n_level, e);
	if (!status)
		status = db_calendar(db, &out.calendar, &known, e);
	if (!status)
		status = sum_per_of(c, &out.calendar, &out.per, e);
	if (!status)
		status = db_run_published(db, c->arena, &run, e);
	if (!status)
		status = db_data_version(db, &version, e);
	if (!status && version != run.data_version)
		log_note("there are data that the published run has not seen");
	if (!status) {
		out.level = level;
		status = nodes_read(db, &run, tier, sum_out_node, &out, e);
	}
	if (!status)
		sum_out_end(&out);
	db_close(db);
	return status;
}

/* All stores, published. */
static enum status run_all(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct lock lock = { -1 };
	struct run_plan plan;
	struct run_result result = { 0 };
	struct calendar calendar;
	int known;
	day_t as_of = DAY_NONE;
	const char *wait = call_option(c, "wait");
	struct run_limits limits;
	int guarded;
	process_catch_signals();
	enum status status = limits_of(c, &limits, &guarded, e);
	if (!status)
		status = call_db(c, DB_WRITE, &db, e);
	if (!status)
		status = lock_take(&lock, db_path(db), wait ? option_number(wait) : 0, e);
	if (!status)
		status = db_calendar(db, &calendar, &known, e);
	if (!status)
		status = scope_as_of(c, &calendar, &as_of, e);
	if (!status)
		status = run_plan(&plan, db, c->config, "run", as_of, call_option(c, "spec"), call_jobs(c),
				  c->arena, e);
	if (!status && guarded)
		status = run_guard(&plan, &limits, c->arena, e);
	if (!status)
		status = run_name(&plan, c->arena, e);
	plan.strict = call_flag(c, "strict");
	if (!status)
		status = run_execute(&plan, &result, e);
	if (!status)
		status = run_publish(&plan, &result, e);
	if (!status) {
		c->exit_code = result.exit_code;
		const char *cheap = result.cheap ? arena_printf(c->arena, ", %d stayed cheap", result.cheap) : "";
		log_note("%s run %s: %d series, %d fell back%s%s%s", result.already_published
			 ? "already published:" : result.exit_code == 4 ? "held:" : "published:", plan.id,
			 result.series, result.fallbacks - result.cheap, cheap, result.exit_code == 4 ? "; " : "",
			 result.exit_code == 4 ? result.why_held : "");
	}
	if (!status && result.exit_code != 4
	    && (call_option(c, "output") || call_option(c, "per") || call_format(c) != FORMAT_TABLE))
		status = write_all(c, db, e);
	db_close(db);
	lock_drop(&lock);
	return status;
}

static enum status run_run(struct call *c, struct err *e)
{
	const char *tier = call_option(c, "tier");
	static const char *const of_all[] = { "strict", "isolate", "deadline", "mem" };
	for (int k = 0; k < 4; k++)
		if ((k < 2 ? call_flag(c, of_all[k]) : call_option(c, of_all[k]) != NULL)
		    && (tier || call_count(c, "store") || call_count(c, "item")))
			return err_set(e, E_USAGE, "--%s is for a run of all series; it goes with none of --tier,"
				       " --store and --item", of_all[k]);
	return tier ? answer_tier(c, tier, e)
		: call_count(c, "store") || call_count(c, "item") ? answer(c, e) : run_all(c, e);
}

static const struct option options[] = {
	{ .name = "store", .type = OPTION_TEXT, .value = "S", .several = 1, .help = "a store" },
	{ .name = "item", .type = OPTION_TEXT, .value = "I", .several = 1, .help = "an item" },
	{ .name = "horizon", .type = OPTION_INT, .value = "N", .min = 1, .max = 1000,
	  .help = "how many periods ahead [28 days, 13 weeks, 12 months]" },
	{ .name = "as-of", .type = OPTION_TEXT, .value = "D",
	  .help = "use only what was known on that day, with it as origin" },
	{ .name = "quantiles", .type = OPTION_TEXT, .value = ".1,.5,.9", .help = "levels" },
	{ .name = "spec", .type = OPTION_TEXT, .value = "SPEC",
	  .help = "a name, a file, or an expression like ses(alpha=.2) [champion]" },
	{ .name = "tier", .type = OPTION_TEXT, .value = "TIER",
	  .help = "show the published sums of a tier: total, store, dept, store*dept ..." },
	{ .name = "per", .type = OPTION_CHOICE, .value = "week|month", .choices = "week|month",
	  .help = "show sums over weeks or months of days, with their first and last day" },
	{ .name = "resume", .type = OPTION_FLAG,
	  .help = "take up an interrupted run (done anyway when nothing has changed)" },
	LIMIT_OPTIONS,
	{ .name = "strict", .type = OPTION_FLAG,
	  .help = "drivers that end before the horizon refuse the run (exit 5)" },
	{ .name = "wait", .type = OPTION_NUMBER, .value = "S", .min = 0, .max = 86400, .preset = "0",
	  .help = "seconds to wait for another run to end" },
	{ 0 }
};

static const char *const examples[] = {
	"forecast --store 12",
	"forecast --store 12 --item 1001 --horizon 14",
	"forecast --store 12 --format csv -o store12.csv",
	"forecast run",
	"forecast run --deadline 20m --mem 4G",
	"forecast run --tier store --per week",
	NULL
};

extern const struct command cmd_run;
const struct command cmd_run = {
	.name = "run",
	.summary = "forecast: one store or item at once, or all, published",
	.about = "With --store or --item it answers from the published run if that is up to date, else\n"
		 "it forecasts for that store there and then; nothing is written to the db. Without\n"
		 "either it forecasts every series and publishes the run in one step; with --format or\n"
		 "-o it then writes all of them. A run whose origin is older than the published one's\n"
		 "is held.\n\n"
		 "CSV columns: store,item,date,step,mean,q0.05,q0.1,q0.25,q0.5,q0.75,q0.9,q0.95,\n"
		 "method,rung; one q column for each level. rung 0: the chosen spec made it; 1 a simpler\n"
		 "one, 2 seasonal naive, 3 the segment's profile, 4 the own mean, 5 zero.\n\n"
		 "--tier shows the sums that were published for hierarchy.tiers (any other crossing of\n"
		 "attributes is summed up there and then), with quantiles where the spec knows those of\n"
		 "sums. --per sums up days; a week or month that the horizon covers in part is marked.\n\n"
		 "Where a spec looks at drivers, one that is known ahead but ends before the horizon is told\n"
		 "once and filled in by its policy (setting driver.missing); reason says so: assumed=price.\n\n"
		 "Exit codes: 0 done, 2 unknown store or item, 3 published with many fallbacks, 4 held,\n"
		 "5 refused by --strict, 7 another run is active.",
	.options = options,
	.examples = examples,
	.run = run_run,
	.trains = 1,
};
