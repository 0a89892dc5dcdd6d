/* Settings, db and rules of the check brought together. */
#include "config.h"
#include "life/check_stage.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "feature/demand.h"
#include "io/db_panel.h"
#include "io/db_quality.h"
#include "life/run.h"

#define AHEAD 28 /* days beyond the horizon for which closings are foretold: a run may be late */
#define YEARS_AROUND 400

/* What the pass needs to have at hand. */
struct stage_data {
	struct feed_scope scope;
	struct feed_facts facts;
	struct events user, rules;
};

const char *check_contract_path(const struct config *config, struct arena *a)
{
	const char *path = config_text(config, "check.contract");
	if (*path == '/')
		return path;
	char *joined = file_join(config_dir(config), path);
	path = arena_strdup(a, joined);
	free(joined);
	return path;
}

/* The day of check.today, or that of the clock. */
static enum status find_today(const struct config *config, day_t *out, struct err *e)
{
	char now[UTC_TEXT_MAX];
	const char *text = config_text(config, "check.today");
	*out = text && *text ? day_parse(text, strlen(text)) : day_parse(db_utc_now(now), 10);
	return *out != DAY_NONE ? OK : err_set(e, E_USAGE, "'check.today' is no date: '%s'", text);
}

static int horizon_of(const struct config *config, const struct calendar *c)
{
	static const int usual[] = { [PERIOD_DAY] = 28, [PERIOD_WEEK] = 13, [PERIOD_MONTH] = 12,
				     [PERIOD_NUMBER] = 14 };
	int horizon = config_int(config, "run.horizon");
	return horizon ? horizon : usual[c->kind];
}

static int choice(const char *value, const char *const *names)
{
	int i = 0;
	while (names[i] && strcmp(names[i], value))
		i++;
	return i;
}

static enum status gather(struct db *db, const struct config *config, day_t *as_of, day_t today,
			  struct stage_data *d, struct arena *a, struct err *e)
{
	const char *region = config_text(config, "calendar.region");
	enum status status = db_feed_scope(db, *as_of, a, &d->scope, e);
	if (!status && d->scope.last == DAY_NONE)
		status = err_set(e, E_INPUT, "'%s' holds no sales%s", db_path(db),
				 *as_of == DAY_NONE ? "" : " up to that day");
	if (status)
		return status;
	/* Days that have not come are told of, but they are not what is checked. */
	if (*as_of == DAY_NONE && d->scope.calendar.kind != PERIOD_NUMBER && d->scope.last > today
	    && d->scope.first <= today)
		status = db_feed_scope(db, today, a, &d->scope, e);
	if (*as_of == DAY_NONE)
		*as_of = d->scope.last;
	if (!status)
		status = db_feed_facts(db, &d->scope, a, &d->facts, e);
	/* Those to come too: on such days the calendar shuts stores ahead. */
	if (!status)
		events_copy(&d->user, d->facts.event, d->facts.n_event, d->scope.first, *as_of + YEARS_AROUND);
	if (!status && region && *region && d->scope.calendar.kind != PERIOD_NUMBER)
		status = events_holidays(&d->rules, region, d->scope.first, *as_of + YEARS_AROUND, e);
	return status ? err_wrap(e, "check") : OK;
}

static void take_day(void *check, const struct feed_day *day)
{
	check_day(check, day);
}

enum status check_look(struct db *db, const struct config *config, day_t as_of,
		       const struct contract *contract, struct check_result *out, struct arena *a,
		       struct err *e)
{
	static const char *const stock_at[] = { "open", "close", NULL };
	static const char *const silent[] = { "off", "tell", "state", NULL };
	struct stage_data d = { 0 };
	struct check *check = NULL;
	day_t today;
	enum status status = find_today(config, &today, e);
	if (!status)
		status = gather(db, config, &as_of, today, &d, a, e);
	if (!status) {
		const struct calendar *calendar = &d.scope.calendar;
		int horizon = horizon_of(config, calendar);
		const char *gaps = config_text(config, "gaps.policy");
		struct check_input input = {
			.scope = &d.scope, .as_of = as_of, .today = today, .horizon = horizon,
			.zero_gaps = !strcmp(gaps, "zero") ? 1 : !strcmp(gaps, "missing") ? 0 : -1,
			.n_ahead = calendar->kind == PERIOD_DAY ? horizon + AHEAD : horizon,
			.stock_at = (enum stock_at)choice(config_text(config, "check.stock_at"), stock_at),
			.silent = (enum silent_policy)choice(config_text(config, "check.silent"), silent),
			.contract = contract, .user = &d.user, .rules = &d.rules,
			.promotion = d.facts.promotion, .n_promotion = d.facts.n_promotion };
		check = check_new(&input, a);
		status = db_feed_days(db, &d.scope, as_of, take_day, check, e);
	}
	if (!status)
		check_end(check, &d.facts, out);
	if (check)
		check_free(check);
	events_release(&d.user);
	events_release(&d.rules);
	return status;
}

/* What days without a row mean, as the data suggest it, unless somebody else has said so. */
static enum status write_gaps(struct db *db, int dense, int touched, struct arena *a, struct err *e)
{
	const char *gaps = db_meta(db, "gaps", a), *from = db_meta(db, "gaps_from", a);
	const char *found = dense ? "missing" : "zero";
	if (gaps && (!from || strcmp(from, "check") || !strcmp(gaps, found)))
		return OK;
	enum status status = db_set_meta(db, "gaps", found, e);
	if (!status)
		status = db_set_meta(db, "gaps_from", "check", e);
	return status || touched ? status : db_touch(db, e);
}

/* States are those of the latest day that was ever checked; an older --as-of only tells. */
static enum status write_states(struct db *db, const struct check_result *r, struct arena *a,
				struct err *e)
{
	char day[32];
	const char *until = db_meta(db, "states_until", a);
	int changed;
	if (until && r->as_of < atoi(until))
		return OK;
	snprintf(day, sizeof day, "%d", (int)r->as_of);
	enum status status = db_states_write(db, r->store_day, r->n_store_day, r->series_day,
					     r->n_series_day, &changed, e);
	if (!status && (!until || strcmp(until, day)))
		status = db_set_meta(db, "states_until", day, e);
	return status ? status : write_gaps(db, r->dense, changed, a, e);
}

struct estimates {
	VEC(struct demand_estimate) of;
};

static int by_day(const void *a, const void *b)
{
	const struct demand_estimate *x = a, *y = b;
	if (x->day != y->day)
		return x->day < y->day ? -1 : 1;
	return (x->series > y->series) - (x->series < y->series);
}

static enum status estimate_store(struct db *db, const struct config *config, const char *store,
				  struct estimates *out, struct err *e)
{
	const struct run_plan plan = { .db = db, .config = config };
	struct panel_request request = run_panel_request(&plan, store);
	struct panel_owner owner = { 0 };
	request.drivers = 1;
	enum status status = db_panel(db, &request, &owner, e);
	if (status)
		return status;
	const struct panel *p = &owner.panel;
	double *demand = NEW_ARRAY(double, p->begin[p->n] + 1);
	demand_fill(p, DEMAND_FULL, 1, demand);
	for (int i = 0; i < p->n; i++)
		for (int64_t k = p->begin[i]; k < p->begin[i + 1]; k++)
			if (p->state[k] == DAY_STOCKOUT && !isnan(demand[k]))
				VEC_PUSH(&out->of, (struct demand_estimate){
					period_start(&p->calendar, p->first[i] + (period_t)(k - p->begin[i])),
					p->id[i], demand[k] });
	free(demand);
	panel_release(&owner);
	return OK;
}

/* What would have been sold on the days out of stock, for people to see beside the sales. */
static enum status write_estimates(struct db *db, const struct config *config, struct arena *a, struct err *e)
{
	struct estimates all = { { 0 } };
	const char **store;
	int n = 0;
	enum status status = db_stores_out(db, a, &store, &n, e);
	for (int k = 0; !status && k < n; k++)
		status = estimate_store(db, config, store[k], &all, e);
	if (all.of.n)
		qsort(all.of.at, all.of.n, sizeof *all.of.at, by_day);
	if (!status)
		status = db_estimates_write(db, all.of.at, all.of.n, e);
	VEC_FREE(&all.of);
	return status;
}

enum status check_stage(struct db *db, const struct config *config, day_t as_of,
			struct check_result *out, struct arena *a, struct err *e)
{
	const char *path = check_contract_path(config, a);
	struct contract contract;
	int has_contract = file_exists(path);
	enum status status = OK;
	contract_init(&contract);
	if (has_contract)
		status = contract_read(&contract, path, e);
	if (!status)
		status = check_look(db, config, as_of, has_contract ? &contract : NULL, out, a, e);
	if (!status)
		status = db_begin(db, e);
	if (status)
		return status;
	status = db_findings_write(db, out->as_of, out->finding, out->n_finding, e);
	if (!status)
		status = write_states(db, out, a, e);
	if (!status)
		status = write_estimates(db, config, a, e);
	if (!status)
		status = db_commit(db, e);
	if (status)
		db_rollback(db);
	return status;
}
