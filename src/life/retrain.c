/* Fitting anew, shadows, promotions. */
#include "config.h"
#include "life/retrain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/process.h"
#include "io/db_alert.h"
#include "io/db_gate.h"
#include "life/gate.h"
#include "life/weeks.h"

#define PROBATION 28 /* days after a promotion in which an alarm takes it back */

/* ---- due or not ---- */

static const char *age_words(const struct run_plan *p, const struct config *config)
{
	static const int age[] = { 28, 4, 1, 14 };
	int every = config_int(config, "train.every");
	int64_t old = (int64_t)period_of_day(&p->calendar, p->as_of)
		- period_of_day(&p->calendar, p->model_as_of);
	return old >= (every ? every : age[p->calendar.kind]) ? "the model is as old as train.every" : NULL;
}

/* The store that an alert's node lies in: "store S01", "S01/dairy", "S01/4711"; NULL: it is of no one store. */
static const char *store_of(const char *node, const char *const *store, int n)
{
	const char *name = !strncmp(node, "store ", 6) ? node + 6 : node;
	for (int k = 0; k < n; k++) {
		size_t length = strlen(store[k]);
		if (!strncmp(name, store[k], length) && (!name[length] || name[length] == '/'))
			return store[k];
	}
	return NULL;
}

static int is_error(const struct alert_row *r)
{
	return !strcmp(r->grade, "ALARM") && (!strcmp(r->layer, "L3") || !strcmp(r->layer, "L4"));
}

/* Stores with open alarms that opened after a day; all of them where one alarm is of no one store. */
static enum status drifted(const struct run_plan *plan, day_t after, struct arena *a, struct retrain_reason *out,
			   int *alarms, struct err *e)
{
	const char **store;
	struct alert_row *row;
	int n_store, n, all = 0, kept = 0;
	enum status status = db_stores(plan->db, a, &store, &n_store, e);
	if (!status)
		status = db_alerts(plan->db, 0, a, &row, &n, e);
	*alarms = 0;
	if (status)
		return status;
	const char **only = ARENA_ARRAY(a, const char *, n_store + 1);
	for (int k = 0; k < n; k++) {
		if (!is_error(&row[k]) || row[k].opened <= after)
			continue;
		const char *name = store_of(row[k].node, store, n_store);
		++*alarms;
		all |= !name;
		int known = 0;
		for (int j = 0; name && j < kept; j++)
			known |= !strcmp(only[j], name);
		if (name && !known)
			only[kept++] = name;
	}
	out->only = only;
	out->n_only = all || kept == n_store ? 0 : kept;
	return OK;
}

enum status retrain_drifted(const struct run_plan *plan, struct arena *a, struct retrain_reason *out,
			    struct err *e)
{
	int alarms;
	*out = (struct retrain_reason){ 0 };
	enum status status = drifted(plan, INT32_MIN + 1, a, out, &alarms, e);
	if (!status && alarms) {
		out->trigger = "drift";
		out->words = "alarms of errors are open";
	}
	return status;
}

enum status retrain_due(const struct run_plan *plan, struct arena *a, struct retrain_reason *out, struct err *e)
{
	int alarms = 0;
	*out = (struct retrain_reason){ 0 };
	if (plan->model_later)
		return OK;
	const char *words = !plan->model ? "no version of this spec is kept" : age_words(plan, plan->config);
	if (words) {
		out->trigger = "schedule";
		out->words = words;
		return OK;
	}
	/* An alarm of a day after the fit, once in a while: what was fitted to a week of a new level is not much yet. */
	if (strcmp(config_text(plan->config, "train.drift"), "yes") || plan->as_of - plan->model_as_of < RETRAIN_COOLDOWN)
		return OK;
	enum status status = drifted(plan, plan->model_as_of, a, out, &alarms, e);
	if (!status && alarms) {
		out->trigger = "drift";
		out->words = "errors have drifted since it was fitted";
	}
	return status;
}

/* ---- the shadow ---- */

static enum status train_challenger(struct run_plan *plan, struct arena *a, const char **said, struct err *e)
{
	struct retrain_reason why;
	struct train_result trained;
	enum status status = retrain_due(plan, a, &why, e);
	if (status || !why.trigger || !strcmp(why.trigger, "drift"))
		return status;
	plan->kind = "train";
	plan->trigger = why.trigger;
	status = run_name(plan, a, e);
	if (!status)
		status = run_train(plan, "challenger", &trained, e);
	if (!status)
		*said = arena_printf(a, "challenger version %lld was fitted: %s", (long long)trained.version, why.words);
	FAILPOINT("retrain.challenger");
	return status;
}

/* Is the origin the eve of a week, or was the last shadow a week ago? */
static int is_eve(const struct run_plan *plan, struct arena *a)
{
	struct run_row last;
	struct err none = { 0 };
	period_t origin = period_of_day(&plan->calendar, plan->as_of);
	if (db_run_newest(plan->db, "shadow", "SHADOWED", plan->spec_text, a, &last, &none))
		return 1;
	period_t before = period_of_day(&plan->calendar, last.as_of);
	int week = week_of(&plan->calendar, origin + 1);
	return origin > before && (week_start(&plan->calendar, week) == origin + 1
				   || origin - before >= week_length(&plan->calendar));
}

static enum status cast_shadow(struct run_plan *plan, struct arena *a, const char **said, struct err *e)
{
	struct run_result result;
	plan->kind = "shadow";
	plan->trigger = "schedule";
	if (!is_eve(plan, a))
		return OK;
	enum status status = run_name(plan, a, e);
	if (!status)
		status = run_execute(plan, &result, e);
	FAILPOINT("retrain.shadow");
	if (!status)
		status = db_run_state(plan->db, result.seq, "SHADOWED", 0, NULL, e);
	if (!status && !*said)
		*said = arena_printf(a, "version %lld forecast in the shadow", (long long)plan->model);
	return status;
}

enum status retrain_shadow(struct db *db, const struct config *config, day_t as_of, int jobs, struct arena *a,
			   const char **said, struct err *e)
{
	struct run_plan plan;
	const char *spec = config_text(config, "challenger.spec");
	*said = NULL;
	if (!spec)
		return OK;
	enum status status = run_plan(&plan, db, config, "shadow", as_of, spec, jobs, a, e);
	const char *wanted = status ? NULL : plan.spec_text;
	struct err none = { 0 };
	struct model_row row;
	/* The recipe serves already: its refits need no challenge. */
	if (!status && !db_model_find(db, "champion", a, &row, &none) && !strcmp(row.spec, wanted))
		return OK;
	plan.alias = "challenger";
	plan.model = 0;
	plan.model_later = 0;
	/* The version that is kept of this very spec, if there is one. */
	if (!status && !db_model_find(db, "challenger", a, &row, &none) && !strcmp(row.spec, wanted))
		status = run_plan_alias(&plan, "challenger", a, e);
	if (!status)
		status = train_challenger(&plan, a, said, e);
	if (!status)
		status = run_plan(&plan, db, config, "shadow", as_of, spec, jobs, a, e);
	if (!status)
		status = run_plan_alias(&plan, "challenger", a, e);
	return status ? status : cast_shadow(&plan, a, said, e);
}

/* ---- who serves ---- */

/* A promoted model that errors alarm about within its probation is taken back. */
static enum status take_back(struct db *db, const struct gate_report *g, struct arena *a, const char **said,
			     struct err *e)
{
	struct alert_row *row;
	int n;
	int64_t version = 0, run;
	enum status status = db_alerts(db, 0, a, &row, &n, e);
	if (!status)
		status = db_model_promoted_from(db, &version, e);
	for (int k = 0; !status && k < n; k++) {
		int chain = !strcmp(row[k].node, "all") || !strncmp(row[k].node, "store ", 6);
		if (!is_error(&row[k]) || !chain || row[k].opened <= g->promoted)
			continue;
		status = db_model_rollback(db, &version, &run, "errors alarm within four weeks of the promotion", e);
		if (!status)
			*said = arena_printf(a, "went back to version %lld: errors alarm since the promotion",
					     (long long)version);
		return status;
	}
	return status;
}

static int is_champions_recipe(struct db *db, const struct model_row *row, struct arena *a)
{
	struct model_row champion;
	struct err none = { 0 };
	return !db_model_find(db, "champion", a, &champion, &none) && !strcmp(champion.spec, row->spec);
}

/* Have enough weeks been shadowed, and is the last look a week ago? Each look is kept. */
static enum status enough_shadow(struct db *db, day_t day, int *out, struct err *e)
{
	uint8_t has[2 * GATE_ORIGINS];
	struct calendar c;
	day_t looked;
	int known, n = 0;
	*out = 0;
	enum status status = db_calendar(db, &c, &known, e);
	if (!status)
		status = db_gates_day(db, &looked, e);
	if (status || (looked != DAY_NONE && day - looked < 7))
		return status;
	int week = week_of(&c, period_of_day(&c, day));
	status = db_resid_weeks(db, RESID_SHADOW, BAND_FAR, week - 2 * GATE_ORIGINS + 1, week, has, e);
	for (int k = 0; !status && k < 2 * GATE_ORIGINS; k++)
		n += has[k];
	*out = n >= GATE_ORIGINS;
	return status;
}

enum status retrain_promote(struct db *db, const struct config *config, struct arena *a, const char **said,
			    struct err *e)
{
	struct gate_report g;
	struct model_row row;
	struct err none = { 0 };
	int is_auto = !strcmp(config_text(config, "promote.auto"), "yes"), enough;
	*said = NULL;
	enum status status = gate_state(db, &g, e);
	if (status)
		return status;
	if (is_auto && g.promoted != DAY_NONE && g.day - g.promoted <= PROBATION) {
		status = take_back(db, &g, a, said, e);
		if (status || *said)
			return status;
	}
	if (db_model_find(db, "challenger", a, &row, &none) || is_champions_recipe(db, &row, a) || g.day - g.rolled_back < RETRAIN_COOLDOWN)
		return OK;
	status = enough_shadow(db, g.day, &enough, e);
	if (status || !enough)
		return status;
	status = gates_run(db, config, row.version, a, &g, e);
	if (status || g.failed || g.insufficient)
		return status;
	if (is_auto)
		status = gates_promote(db, &g, "all gates passed", e);
	*said = is_auto ? arena_printf(a, "promoted version %lld: all gates passed", (long long)row.version)
			: arena_printf(a, "challenger version %lld passes all gates: 'forecast models promote %lld'"
				       " lets it serve", (long long)row.version, (long long)row.version);
	return status;
}
