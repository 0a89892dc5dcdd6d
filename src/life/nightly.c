/* The night as a machine of stages. */
#include "config.h"
#include "life/nightly.h"

#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/process.h"
#include "io/db_admin.h"
#include "io/db_audit.h"
#include "io/db_watch.h"
#include "life/again.h"
#include "life/behave.h"
#include "life/canary.h"
#include "life/notify.h"
#include "life/retrain.h"

#define STAGES_MAX 16
#define KEPT_RUNS 14 /* published runs that stay whole however old they are */

/* What the stages before the run's record took, until there is a record to write it to. */
struct took {
	const char *name;
	double wall, cpu;
	int written;
};

struct walk {
	struct night *night;
	struct took took[STAGES_MAX];
	int n;
};

static enum status write_took(struct walk *w, struct err *e)
{
	enum status status = OK;
	for (int k = 0; !status && w->night->result.seq && k < w->n; k++) {
		struct took *t = &w->took[k];
		if (!t->written)
			status = db_resource(w->night->db, w->night->result.seq, t->name, t->wall, t->cpu, e);
		t->written = 1;
	}
	return status;
}

/* A night that never came to a run leaves a record too: status must tell it. */
static enum status record_blocked(struct night *n, const char *state, int exit_code, const char *why,
				  struct err *e)
{
	struct run_plan *p = &n->plan;
	if (n->result.seq)
		return db_run_stop(n->db, n->result.seq, state, exit_code, why, e);
	enum status status = run_plan(p, n->db, n->config, "nightly", n->as_of, NULL, n->jobs, n->arena, e);
	if (!status)
		status = run_name(p, n->arena, e);
	if (status)
		return status;
	struct run_new new = run_record(p, 0);
	status = db_run_begin(n->db, &new, &n->result.seq, e);
	return status ? status : db_run_stop(n->db, n->result.seq, state, exit_code, why, e);
}

static void record_failure(struct night *n, const char *state, int exit_code, const char *why)
{
	struct err e = { 0 };
	if (record_blocked(n, state, exit_code, why, &e))
		log_warning("the night's record could not be written: %s", e.text);
}

static enum status walk_stage(struct walk *w, const struct stage *stage, struct err *e)
{
	struct night *n = w->night;
	struct took *t = &w->took[w->n++];
	double wall = process_wall(), cpu = process_cpu();
	log_detail("stage %s", stage->name);
	enum status status = stage->run(n, e);
	*t = (struct took){ stage->name, process_wall() - wall, process_cpu() - cpu, 0 };
	/* What was published before is not written again, unless its night was cut off after it. */
	int settled = n->result.already_published && (n->result.told || !stage->after_publish);
	if (!status && n->result.seq && stage->state && !settled && n->result.exit_code != 4)
		status = db_run_state(n->db, n->result.seq, stage->state, -1, NULL, e);
	return status;
}

/* What is published has grown old, and tonight brought nothing to replace it. */
static int is_stale(const struct night *n)
{
	return n->result.already_published && n->stale_days > config_int(n->config, "publish.max_stale_days");
}

static int night_exit_code(const struct night *n)
{
	return n->blocked ? 5 : n->result.exit_code == 4 || is_stale(n) ? 4
		: n->result.exit_code == 3 || n->degraded ? 3 : 0;
}

enum status nightly_walk(struct night *night, const struct stage *stages, int *exit_code,
			 struct err *e)
{
	struct walk w = { .night = night };
	enum status status = OK;
	for (const struct stage *s = stages; !status && s->name && w.n < STAGES_MAX; s++) {
		if (night->result.exit_code == 4 && !s->after_publish)
			continue;
		if (process_stop())
			status = err_set(e, E_STOPPED, "stopped before '%s'; 'forecast nightly --resume' takes"
					 " it up", s->name);
		else
			status = walk_stage(&w, s, e);
		if (status && s->after_publish && status != E_STOPPED) {
			log_warning("%s: %s", s->name, e->text);
			night->degraded = 1;
			status = OK;
		}
		if (!status && night->blocked) {
			*exit_code = 5;
			record_failure(night, "BLOCKED", 5, night->why_blocked ? night->why_blocked
									       : "check found what must stop the night");
			break;
		}
	}
	if (status == E_INPUT) {
		night->blocked = 1;
		record_failure(night, "BLOCKED", 5, e->text);
	}
	else if (status && status != E_STOPPED && status != E_LOCKED)
		record_failure(night, "FAILED", 6, e->text);
	/* A night that did not come to its last stage is told all the same. */
	struct err late = { 0 };
	if ((night->blocked || (status && status != E_STOPPED && status != E_LOCKED)) && nightly_notify(night, &late))
		log_warning("%s", late.text);
	if (write_took(&w, &late))
		log_warning("%s", late.text);
	*exit_code = night_exit_code(night);
	return status;
}

#define TRAIN_SHARE .5   /* of the time left that a training may take under a deadline */
#define TRAIN_LONGER 1.3 /* times the last training: data grow, nights differ */

/* Is there time and memory for a training? As the last one took. Where none is known, the night does not try. */
static enum status may_train(struct night *n, int *may, struct err *e)
{
	const struct run_limits *limits = &n->limits;
	double wall, bytes;
	int found;
	*may = 1;
	if (!n->guarded || (!(limits->deadline > 0) && !limits->memory))
		return OK;
	enum status status = db_training_cost(n->db, &wall, &bytes, &found, e);
	if (status)
		return status;
	if (limits->deadline > 0)
		*may = found && TRAIN_LONGER * wall < TRAIN_SHARE * (limits->deadline - process_wall());
	if (limits->memory)
		*may &= found && bytes < (double)limits->memory;
	return OK;
}

/* Fits the plan's recipe anew for that reason, if time and memory do; *fitted: 1 if it was. */
static enum status fit_anew(struct night *n, const struct retrain_reason *why, int *fitted, struct err *e)
{
	struct train_result trained = { 0 };
	enum status status = may_train(n, fitted, e);
	if (status)
		return status;
	if (!*fitted) {
		n->trained = arena_printf(n->arena, "put off, for want of time or memory: %s", why->words);
		log_note("training %s", n->trained);
		return OK;
	}
	n->plan.trigger = why->trigger;
	n->plan.only = why->only;
	n->plan.n_only = why->n_only;
	status = run_name(&n->plan, n->arena, e);
	if (!status)
		status = run_train(&n->plan, "champion", &trained, e);
	if (!status) {
		n->trained = arena_printf(n->arena, "version %lld: %s", (long long)trained.version, why->words);
		log_note("fitted %s", n->trained);
	}
	return status;
}

enum status nightly_train(struct night *n, struct err *e)
{
	struct retrain_reason why = { 0 };
	int fitted;
	enum status status = run_plan(&n->plan, n->db, n->config, "train", n->as_of, NULL, n->jobs, n->arena, e);
	if (!status)
		status = retrain_due(&n->plan, n->arena, &why, e);
	if (!status && why.trigger)
		status = fit_anew(n, &why, &fitted, e);
	FAILPOINT("nightly.train");
	return status;
}

enum status nightly_shadow(struct night *n, struct err *e)
{
	if (config_text(n->config, "challenger.spec") && n->limits.deadline > 0 && process_wall() > n->limits.deadline) {
		log_note("the challenger is put off: the deadline has come");
		return OK;
	}
	enum status status = retrain_shadow(n->db, n->config, n->as_of, n->jobs, n->arena, &n->shadowed, e);
	if (!status && n->shadowed)
		log_note("%s", n->shadowed);
	FAILPOINT("nightly.shadow");
	return status;
}

enum status nightly_promote(struct night *n, struct err *e)
{
	enum status status = OK;
	if (n->as_of == DAY_NONE)
		status = canary_judge(n->db, n->config, n->arena, &n->canary, &n->promoted, e);
	n->degraded |= n->promoted != NULL; /* it does harm */
	if (!status && n->as_of == DAY_NONE && !n->promoted)
		status = retrain_promote(n->db, n->config, n->arena, &n->promoted, e);
	if (!status && n->promoted)
		log_note("%s", n->promoted);
	FAILPOINT("nightly.promote");
	return status;
}

static enum status forecast_once(struct night *n, int stale_ends, struct err *e)
{
	enum status status = run_plan(&n->plan, n->db, n->config, "nightly", n->as_of, NULL, n->jobs,
				      n->arena, e);
	if (!status && n->guarded)
		status = run_guard(&n->plan, &n->limits, n->arena, e);
	if (!status)
		status = run_name(&n->plan, n->arena, e);
	n->plan.strict = n->strict;
	n->plan.stale_ends = stale_ends;
	return status ? status : run_execute(&n->plan, &n->result, e);
}

/* A night whose files bring drivers that the model has not seen (the first events, a new column) fits it anew. */
enum status nightly_forecast(struct night *n, struct err *e)
{
	static const struct retrain_reason why = { .trigger = "features",
						   .words = "the data have other features than those it was fitted to" };
	int fitted = 0;
	enum status status = forecast_once(n, 1, e);
	if (status == E_STALE && !n->plan.model_later) {
		struct err stale = *e;
		status = run_plan(&n->plan, n->db, n->config, "train", n->as_of, NULL, n->jobs, n->arena, e);
		if (!status)
			status = fit_anew(n, &why, &fitted, e);
		if (!status)
			status = fitted || n->guarded ? forecast_once(n, fitted, e)
				: err_set(e, stale.code, "%s", stale.text);
	}
	FAILPOINT("nightly.forecast");
	return status;
}

/* A change that nothing explains holds the run, unless a person takes it: that is kept in the audit. */
static enum status behave(struct night *n, struct err *e)
{
	struct behaviour b;
	if (n->result.already_published)
		return OK;
	enum status status = behave_check(n->db, n->config, n->result.seq, n->arena, &b, e);
	if (status || !b.odd)
		return status;
	if (n->result.cheap) {
		/* Another spec explains a change; to be late with a better one was not wanted. */
		log_warning("%s (many are cheap tonight)", b.words);
		return OK;
	}
	if (!n->accept_change) {
		n->plan.hold_because = b.words;
		return OK;
	}
	log_note("accepted: %s", b.words);
	const struct audit_entry entry = { .action = "accept change",
					   .object = arena_printf(n->arena, "run %lld", (long long)n->result.seq),
					   .reason = n->accept_change };
	return db_audit_add(n->db, &entry, e);
}

enum status nightly_publish(struct night *n, struct err *e)
{
	enum status status = behave(n, e);
	if (!status)
		status = run_publish(&n->plan, &n->result, e);
	if (!status && n->result.exit_code == 4)
		log_note("held: %s (%d of %d series fell back)", n->result.why_held, n->result.fallbacks,
			 n->result.series);
	FAILPOINT("nightly.publish");
	return status;
}

enum status nightly_verify(struct night *n, struct err *e)
{
	struct again r;
	if (!n->verify || !n->result.seq)
		return OK;
	enum status status = again_run(n->db, n->config, arena_printf(n->arena, "%lld", (long long)n->result.seq),
				       n->jobs, n->arena, &r, e);
	if (status)
		return status;
	if (r.verdict == AGAIN_EQUAL)
		n->verified = "made once more: the same bytes";
	else {
		n->verified = arena_printf(n->arena, "made once more, it DIFFERS%s%s", r.where ? ", first at " : "",
					   r.where ? r.where : "");
		n->degraded = 1;
		log_error("run %lld: %s; 'forecast replay' tells more", (long long)n->result.seq, n->verified);
	}
	return OK;
}

enum status nightly_retain(struct night *n, struct err *e)
{
	const struct gc_plan plan = { .keep_runs = KEPT_RUNS, .keep_days = (int)config_int(n->config, "db.keep_days"),
				      .today = n->plan.as_of };
	const char *last = db_meta(n->db, GC_DAY, n->arena);
	struct gc_result r;
	if (n->as_of != DAY_NONE || n->result.already_published || (last && plan.today - atoi(last) < 7))
		return OK;
	enum status status = db_gc(n->db, &plan, &r, e);
	if (!status && (r.runs_thinned || r.versions))
		log_note("retention: %lld runs thinned, %lld versions forgotten", (long long)r.runs_thinned,
			 (long long)r.versions);
	return status;
}

const char *nightly_grade(const struct night *n)
{
	return n->blocked ? "blocked" : n->result.exit_code == 4 ? "held"
		: n->result.exit_code == 3 || n->degraded ? "degraded" : "ok";
}

enum status nightly_notify(struct night *n, struct err *e)
{
	struct buf body = { 0 };
	int sent, failed;
	const char *key = arena_printf(n->arena, "run %lld %s", (long long)n->result.seq,
				       n->blocked ? "blocked" : n->result.exit_code == 4 ? "held" : "published");
	nightly_digest(n, night_exit_code(n), &body);
	enum status status = notify_send(n->db, n->config, key, nightly_grade(n), body.text, &sent, &failed, e);
	n->degraded |= !status && failed;
	buf_release(&body);
	FAILPOINT("nightly.notify");
	return status;
}

void nightly_digest(const struct night *n, int exit_code, struct buf *out)
{
	static const char *const words[] = { "all is well", "", "", "published, but degraded",
					     "HELD: the last published run stays", "BLOCKED by the data" };
	char day[DAY_TEXT_MAX];
	const struct calendar *c = &n->plan.calendar;
	buf_addf(out, "night         %s\n", words[exit_code >= 0 && exit_code <= 5 ? exit_code : 0]);
	buf_addf(out, "ingested      %d new files, %lld new rows, %lld rejected\n", n->files_new,
		 (long long)n->rows_new, (long long)n->rows_rejected);
	buf_addf(out, "checked       %d findings\n", n->findings);
	if (!n->plan.id[0])
		return;
	buf_addf(out, "known until   %s", period_format(c, period_of_day(c, n->plan.as_of), day));
	if (n->stale_days)
		buf_addf(out, ", STALE for %d days", n->stale_days);
	buf_addc(out, '\n');
	buf_addf(out, "forecast      %d series, %d %ss ahead%s\n", n->result.series, n->plan.horizon,
		 period_kind_name(c->kind), n->result.already_published ? " (published before)" : "");
	buf_addf(out, "fell back     %d series\n", n->result.fallbacks - n->result.cheap);
	if (n->result.cheap && n->result.already_published)
		buf_addf(out, "stayed cheap  %d series\n", n->result.cheap);
	else if (n->result.cheap)
		buf_addf(out, "stayed cheap  %d series; the others make %.0f %% of the last weeks' sales\n", n->result.cheap,
			 100 * n->result.at_stake);
	if (n->trained)
		buf_addf(out, "fitted        %s\n", n->trained);
	if (n->shadowed)
		buf_addf(out, "challenger    %s\n", n->shadowed);
	if (n->canary)
		buf_addf(out, "canary        %s\n", n->canary);
	if (n->promoted)
		buf_addf(out, "model         %s\n", n->promoted);
	if (n->verified)
		buf_addf(out, "verified      %s\n", n->verified);
	buf_addf(out, "watched       %d alarms, %d alerts opened\n", n->alarms, n->alerts_opened);
	buf_addf(out, "run           %s (number %lld)\n", n->plan.id, (long long)n->result.seq);
	if (n->report_path)
		buf_addf(out, "report        %s\n", n->report_path);
}
