/* The night's watch: what has come due is judged, the layers look, statistics and alerts are kept. */
#include "config.h"
#include "life/monitor.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/process.h"
#include "eval/drift_bench.h"
#include "io/db_model.h"
#include "io/db_panel.h"
#include "life/monitor_null.h"
#include "life/monitor_private.h"
#include "life/past.h"
#include "life/realise.h"
#include "life/run.h"

#define QUIET_ERRORS 28      /* days after which an alert of errors closes by itself */
#define QUIET_DATA 8         /* and one of data or nights: findings are of concern for a week */
#define RECALIBRATE_DAYS 91
#define LEAST_HISTORY 52
#define HISTORY (DRIFT_WINDOW + DRIFT_BASELINE)
#define BENCH_SHARE .1       /* of the series, that get a shift in the bench */

/* ---- what the layers say ---- */

void watch_stat(struct watch *w, const char *monitor, const char *node, double value, double p, double threshold,
		const char *verdict)
{
	VEC_PUSH(&w->stat, (struct stat_row){ monitor, node, verdict, w->day, w->day, value, p, threshold, 0 });
}

struct alert_row *watch_alert(struct watch *w, const char *code, const char *grade, const char *node,
			      const char *text)
{
	char layer[3] = { code[0], code[1], '\0' };
	VEC_PUSH(&w->alert, (struct alert_row){
		.code = code, .layer = arena_strdup(&w->arena, layer), .grade = grade, .node = node, .cause = "",
		.text = text, .opened = w->day, .last = w->day, .closed = DAY_NONE, .snoozed_until = DAY_NONE,
		.from = w->day, .value = (double)NAN, .baseline = (double)NAN, .threshold = (double)NAN,
		.money = (double)NAN, .series = 1, .version = w->run->model });
	return &w->alert.at[w->alert.n - 1];
}

/* ---- causes ---- */

static int concerns(const char *node, const char *of)
{
	size_t n = strlen(of);
	return !strcmp(of, "all") || !strcmp(node, of) || (!strncmp(node, of, n) && node[n] == '/');
}

/* What is known of the last days that may lie behind an alarm of errors: a bad feed, a price list, a new model. */
static enum status find_causes(struct watch *w, struct err *e)
{
	struct alert_row *open;
	struct model_row champion;
	struct err none = { 0 };
	int n;
	enum status status = db_alerts(w->db, 0, &w->arena, &open, &n, e);
	int young = !db_model_find(w->db, "champion", &w->arena, &champion, &none)
		&& champion.as_of > w->day - 14;
	for (size_t k = 0; !status && k < w->alert.n; k++) {
		struct alert_row *a = &w->alert.at[k];
		if (strcmp(a->layer, "L3") && strcmp(a->layer, "L4"))
			continue;
		for (size_t j = 0; j < w->alert.n && !*a->cause; j++) {
			const struct alert_row *b = &w->alert.at[j];
			if ((b->layer[1] == '0' || b->layer[1] == '1') && *b->grade == 'A' && concerns(a->node, b->node))
				a->cause = arena_printf(&w->arena, "%s (%s)", b->code, b->node);
		}
		for (int j = 0; j < n && !*a->cause; j++)
			if ((open[j].layer[1] == '0' || open[j].layer[1] == '1') && open[j].last > w->day - 14
			    && *open[j].grade == 'A' && concerns(a->node, open[j].node))
				a->cause = arena_printf(&w->arena, "%s (%s)", open[j].code, open[j].node);
		if (!*a->cause && young)
			a->cause = arena_printf(&w->arena, "model version %lld serves for less than two weeks",
					      (long long)champion.version);
	}
	return status;
}

/* ---- keeping ---- */

static enum status keep(struct watch *w, struct err *e)
{
	struct monitor_result *r = w->result;
	int closed[2] = { 0, 0 };
	enum status status = db_begin(w->db, e);
	if (status)
		return status;
	status = db_stats_write(w->db, w->run->seq, w->stat.at, (int)w->stat.n, e);
	for (size_t k = 0; !status && k < w->alert.n; k++) {
		int fresh = 0;
		status = db_alert_raise(w->db, &w->alert.at[k], &fresh, e);
		r->opened += fresh;
		r->alarms += !strcmp(w->alert.at[k].grade, "ALARM");
		r->reviews += !strcmp(w->alert.at[k].grade, "REVIEW");
	}
	FAILPOINT("monitor.alerts");
	if (!status)
		status = db_alert_expire(w->db, 1, w->day - QUIET_ERRORS, w->day, &closed[0], e);
	if (!status)
		status = db_alert_expire(w->db, 0, w->day - QUIET_DATA, w->day, &closed[1], e);
	r->closed = closed[0] + closed[1];
	if (!status)
		status = db_commit(w->db, e);
	if (status)
		db_rollback(w->db);
	r->stats = (int)w->stat.n;
	return status;
}

/* 1: the past has more series x weeks than a night replays by itself. */
static enum status is_too_much(struct watch *w, int *much, struct err *e)
{
	const struct calendar *c = &w->cuts.calendar;
	day_t first, last;
	int most = config_int(w->config, "monitor.replay_weeks");
	enum status status = db_sales_span(w->db, w->day, &first, &last, e);
	if (status || first == DAY_NONE)
		return status;
	int weeks = week_of(c, period_of_day(c, last)) - week_of(c, period_of_day(c, first)) + 1;
	*much = (double)w->cuts.n * (weeks < most ? weeks : most) > config_int(w->config, "monitor.replay_most");
	return OK;
}

/* Thresholds where there are none, or old ones: out of what is kept; the past is replayed only the first time. */
static enum status keep_calibrated(struct watch *w, struct err *e)
{
	struct monitor_calibration c;
	struct null_row *row;
	struct err why = { 0 };
	int64_t id;
	day_t day;
	int n;
	enum status status = db_null_newest(w->db, &w->arena, &id, &day, &row, &n, e);
	if (status || (id && w->day - day < RECALIBRATE_DAYS) || config_int(w->config, "monitor.replay_weeks") < 0)
		return status;
	int much = 0;
	status = is_too_much(w, &much, e);
	if (status)
		return status;
	status = monitor_calibrate(w->db, w->config, w->day, config_int(w->config, "resources.jobs"), NULL,
				   much ? -1 : 0, &c, &why);
	if (status == E_INPUT || status == E_USAGE) {
		log_detail("no thresholds yet: %s%s", why.text,
			   much ? " (more than monitor.replay_most: 'forecast monitor calibrate' replays the past)" : "");
		return OK;
	}
	if (status)
		*e = why;
	return status;
}

enum status monitor_run(struct db *db, const struct config *config, const struct run_row *run,
			struct monitor_result *out, struct err *e)
{
	struct watch w = { .db = db, .config = config, .run = run, .day = run->as_of, .result = out };
	struct realise_result realised;
	*out = (struct monitor_result){ .week = INT_MIN };
	enum status status = realise(db, config, run->as_of, &realised, e);
	if (!status)
		status = cuts_settle(&w.cuts, db, config, &w.arena, e);
	if (!status)
		status = keep_calibrated(&w, e);
	if (!status)
		status = watch_inputs(&w, e);
	if (!status)
		status = watch_drift(&w, e);
	if (!status)
		status = find_causes(&w, e);
	if (!status)
		status = keep(&w, e);
	VEC_FREE(&w.stat);
	VEC_FREE(&w.alert);
	arena_release(&w.arena);
	return status;
}

enum status monitor_blocked(struct db *db, day_t day, const char *code, const char *text, struct err *e)
{
	const struct alert_row row = { .code = code, .layer = "L0", .grade = "ALARM", .node = "all", .cause = "",
				       .text = text, .opened = day, .last = day, .closed = DAY_NONE,
				       .snoozed_until = DAY_NONE, .from = day, .value = (double)NAN,
				       .baseline = (double)NAN, .threshold = (double)NAN, .money = (double)NAN,
				       .series = 1 };
	int fresh;
	enum status status = db_begin(db, e);
	if (status)
		return status;
	status = db_alert_raise(db, &row, &fresh, e);
	if (!status)
		status = db_commit(db, e);
	if (status)
		db_rollback(db);
	return status;
}

/* ---- thresholds ---- */

static enum status count_weeks(struct db *db, int until, int *weeks, struct err *e)
{
	uint8_t served[HISTORY], replay[HISTORY];
	*weeks = 0;
	enum status status = db_resid_weeks(db, RESID_SERVED, BAND_NEAR, until - HISTORY + 1, until, served, e);
	if (!status)
		status = db_resid_weeks(db, RESID_REPLAY, BAND_NEAR, until - HISTORY + 1, until, replay, e);
	for (int k = 0; !status && k < HISTORY; k++)
		*weeks += served[k] || replay[k];
	return status;
}

static enum status known_weeks(struct db *db, int *weeks, struct err *e)
{
	int until;
	*weeks = 0;
	enum status status = db_resid_last(db, BAND_NEAR, &until, e);
	return status || until == INT32_MIN ? status : count_weeks(db, until, weeks, e);
}

enum status monitor_calibrate(struct db *db, const struct config *config, day_t as_of, int jobs,
			      const char *spec, int replay, struct monitor_calibration *out, struct err *e)
{
	struct arena a = { 0 };
	struct cuts cuts;
	struct fleets f = { 0 };
	struct drift_null null[N_CHANNEL];
	struct past_result past;
	struct model_row champion = { 0 };
	struct err none = { 0 };
	day_t first, last;
	int weeks;
	const struct past_request q = { spec, config_int(config, "monitor.replay_weeks"), DRIFT_WINDOW, as_of, jobs };
	enum status status = known_weeks(db, &weeks, e);
	if (!status && replay >= 0 && (replay || weeks < LEAST_HISTORY))
		status = past_replay(db, config, &q, &past, e);
	if (!status)
		status = cuts_settle(&cuts, db, config, &a, e);
	if (!status)
		status = fleets_load(&f, db, config, &cuts, NULL, HISTORY, &a, e);
	if (!status)
		status = known_weeks(db, &weeks, e);
	if (!status && weeks < LEAST_HISTORY)
		status = err_set(e, E_INPUT, "%d weeks of residuals; thresholds need %d", weeks, LEAST_HISTORY);
	if (!status)
		status = db_sales_span(db, as_of, &first, &last, e);
	if (!status) {
		if (db_model_find(db, "champion", &a, &champion, &none))
			champion.version = 0;
		monitor_null_make(&f, &a, null);
		*out = (struct monitor_calibration){ 0, weeks, f.served, 0 };
		for (int k = 0; k < N_CHANNEL; k++)
			out->n_class += null[k].n_class;
		status = monitor_null_write(db, null, last, champion.version, "", &out->id, e);
	}
	arena_release(&a);
	return status;
}

/* ---- the bench ---- */

/* Units that each series sold a week before the charted weeks, over the sd of its residuals, times `factor`: a
 * change of level by that share in units of z. */
static void level_shift(const struct fleets *f, const double *units, double factor, float *out)
{
	int n = f->n_series;
	for (int i = 0; i < n; i++) {
		double error = 0, z = 0;
		for (int t = 0; t < f->n_week; t++) {
			size_t cell = (size_t)t * (size_t)n + (size_t)i;
			if (isnan(f->fleet[CHANNEL_NEAR].z[cell]))
				continue;
			error += fabs((double)f->error[CHANNEL_NEAR][cell]);
			z += fabs((double)f->fleet[CHANNEL_NEAR].z[cell]);
		}
		out[i] = error > 0 ? (float)(factor * units[i] * z / error) : 0;
	}
}

/* Mean units a week over the 13 weeks before the charted ones. */
static enum status usual_units(struct db *db, const struct fleets *f, const struct cuts *c, double *out,
			       struct err *e)
{
	enum { WEEKS = 13 };
	int length = week_length(&c->calendar), n_period = WEEKS * length;
	double *actual = NEW_ARRAY(double, (size_t)c->n * (size_t)n_period + 1);
	period_t from = week_start(&c->calendar, f->first + f->n_week - DRIFT_WINDOW - WEEKS);
	enum status status = db_actuals(db, &c->calendar, from, n_period, c->gaps_zero, c->series, c->n, actual, e);
	for (int i = 0; i < c->n; i++) {
		double sum = 0;
		int known = 0;
		for (int k = 0; k < n_period; k++) {
			double y = actual[(size_t)i * (size_t)n_period + (size_t)k];
			sum += isnan(y) ? 0 : y;
			known += !isnan(y);
		}
		out[i] = known ? sum / known * length : 0;
	}
	free(actual);
	return status;
}

enum status monitor_bench(struct db *db, const struct config *config, struct monitor_bench *out, int *n,
			  int *series, struct err *e)
{
	static const struct {
		const char *what;
		double factor;
	} put_in[] = { { "nothing put in", 0 },	   { "level -10 %", -.1 }, { "level -20 %", -.2 },
		       { "level -30 %", -.3 }, { "level -50 %", -.5 },  { "level +50 %", .5 } };
	struct arena a = { 0 };
	struct cuts cuts;
	struct fleets f;
	double budget = config_number(config, "monitor.budget") / 30000;
	*n = 0;
	enum status status = cuts_settle(&cuts, db, config, &a, e);
	if (!status)
		status = fleets_load(&f, db, config, &cuts, NULL, HISTORY + DRIFT_WINDOW, &a, e);
	if (!status && !f.n_week)
		status = err_set(e, E_INPUT, "there are no residuals yet: 'forecast monitor calibrate' makes them");
	double *units = ARENA_ARRAY(&a, double, cuts.n + 1);
	float *shift = ARENA_ARRAY(&a, float, cuts.n + 1);
	if (!status)
		status = usual_units(db, &f, &cuts, units, e);
	for (size_t k = 0; !status && k < sizeof put_in / sizeof *put_in; k++) {
		struct drift_score s;
		level_shift(&f, units, put_in[k].factor, shift);
		drift_bench_own(&f.fleet[CHANNEL_NEAR], DRIFT_WINDOW, put_in[k].factor < 0 || put_in[k].factor > 0 ? shift : NULL,
				BENCH_SHARE, 1, budget, &s);
		out[(*n)++] = (struct monitor_bench){ put_in[k].what, s.false_week, s.low, s.high, s.found, s.delay,
						      s.false_share };
	}
	*series = cuts.n;
	arena_release(&a);
	return status;
}
