/* The past, forecast again week by week. */
#include "config.h"
#include "life/past.h"

#include <math.h>
#include <stdlib.h>
#include "base/log.h"
#include "base/process.h"
#include "io/db_panel.h"
#include "life/run_private.h"
#include "life/weeks.h"
#include "model/spread.h"
#include "stock/foresight.h"

#define LEAST_WEEKS 52 /* fewer tell nothing of a year */

struct past {
	struct db *db;
	const struct past_request *q;
	struct arena arena;
	struct run_plan plan;
	struct pieces pieces;
	struct cuts cuts;
	int first, n_week;         /* weeks first .. first + n_week - 1 */
	struct week_sums *week[2]; /* [n_week] of both bands */
	int done;
};

/* ---- one piece ---- */

struct teacher {
	void *model;
	int fitted; /* week of the fit */
	struct arena arena;
};

static void forget(struct teacher *t, const struct method *method)
{
	if (t->model && method->release)
		method->release(t->model);
	t->model = NULL;
	arena_release(&t->arena);
}

/* What came in steps [0, horizon) after the origin; NaN where it judges nothing. */
static void came(const struct panel *p, int i, period_t origin, int horizon, double *out)
{
	struct series s = panel_series(p, i);
	for (int h = 0; h < horizon; h++) {
		int t = origin + 1 + h - s.first;
		out[h] = t >= 0 && t < s.n && series_usable(&s, t) ? s.units[t] : (double)NAN;
	}
}

static void judge(struct past *x, const struct panel *p, const int *place, const struct forecast *f, int week)
{
	const struct calendar *c = &x->plan.calendar;
	int length = week_length(c), horizon = x->plan.horizon;
	int far = week_of(c, f->origin + horizon + 1) - 1;
	double *actual = NEW_ARRAY(double, horizon + 1);
	for (int i = 0; i < p->n; i++) {
		struct forecast one = forecast_at(f, i);
		struct residual r;
		if (place[i] < 0 || p->first[i] > f->origin)
			continue;
		came(p, i, f->origin, horizon, actual);
		residual_of(&one, 0, length, actual, &r);
		week_add(&x->week[BAND_NEAR][week - x->first], place[i], &r);
		if (far >= x->first + x->n_week)
			continue;
		int from = week_start(c, far) - f->origin - 1;
		residual_of(&one, from, from + length, actual + from, &r);
		week_add(&x->week[BAND_FAR][far - x->first], place[i], &r);
	}
	free(actual);
}

static enum status forecast_week(struct past *x, const struct panel *p, const struct foresight *foresight,
				 const int *place, int week, struct teacher *t, struct err *e)
{
	const struct method *method = x->plan.spec->method;
	struct fit_context context = run_fit_context(&x->plan);
	struct arena a = { 0 };
	struct forecast f;
	period_t origin = week_start(&x->plan.calendar, week) - 1;
	struct panel past = foresight_panel(foresight, origin, x->plan.horizon, &a);
	enum status status = OK;
	if (!t->model || week - t->fitted >= x->q->refit) {
		forget(t, method);
		t->fitted = week;
		status = method->fit(x->plan.spec, &past, &context, &t->arena, &t->model, e);
	}
	if (!status) {
		forecast_init(&f, &a, past.n, x->plan.horizon, N_DEFAULT_LEVEL, default_level, past.until);
		status = method->predict(t->model, &past, &context, &a, &f, e);
	}
	if (!status)
		status = forecast_check(&f, past.key, e);
	if (!status)
		judge(x, p, place, &f, week);
	arena_release(&a);
	return status;
}

static enum status write_piece(struct past *x, struct err *e)
{
	enum status status = db_begin(x->db, e);
	for (int band = 0; !status && band < 2; band++)
		for (int k = 0; !status && k < x->n_week; k++)
			status = week_write_rows(&x->week[band][k], x->db, RESID_REPLAY, (enum resid_band)band,
						 x->first + k, e);
	FAILPOINT("past.piece");
	if (!status)
		status = db_commit(x->db, e);
	if (status)
		db_rollback(x->db);
	return status;
}

static enum status replay_piece(struct past *x, int k, struct err *e)
{
	struct panel_owner owner = { 0 };
	struct arena a = { 0 };
	struct teacher t = { 0 };
	const struct calendar *c = &x->plan.calendar;
	enum status status = run_read_piece(&x->plan, x->pieces.name[k], &owner, e);
	if (status)
		return status;
	const struct panel *p = &owner.panel;
	int *place = ARENA_ARRAY(&a, int, p->n + 1);
	for (int i = 0; i < p->n; i++)
		place[i] = cuts_find(&x->cuts, p->id[i]);
	const struct foresight *foresight = foresight_new(p, week_start(c, x->first) - 1,
							  week_start(c, x->first + x->n_week - 1) - 1, &a);
	for (int week = x->first; !status && week < x->first + x->n_week; week++) {
		status = process_stop() ? err_set(e, E_STOPPED, "stopped; the thresholds are as before")
					: forecast_week(x, p, foresight, place, week, &t, e);
		x->done += p->n;
		progress("replaying the past", x->done, (double)x->pieces.n_series * x->n_week);
	}
	forget(&t, x->plan.spec->method);
	panel_release(&owner);
	arena_release(&a);
	return status ? status : write_piece(x, e);
}

/* ---- all of it ---- */

/* Periods of a history after which forecasts are as wide as their errors: two seasons are seen, and past origins
 * of the spread (model/spread.h) have what came in the whole horizon behind them. */
static int unripe(const struct calendar *c, int horizon)
{
	int seasons = 2 * period_season(c), errors = spread_shortest(period_season(c)) + horizon;
	return seasons > errors ? seasons : errors;
}

static enum status settle(struct past *x, const struct config *config, struct err *e)
{
	day_t first, last;
	const char *spec = x->q->spec ? x->q->spec : config_text(config, "monitor.spec");
	enum status status = run_plan(&x->plan, x->db, config, "monitor", x->q->as_of, spec, x->q->jobs, &x->arena,
				      e);
	if (!status)
		status = db_sales_span(x->db, x->q->as_of, &first, &last, e);
	if (!status)
		status = run_pieces(&x->plan, &x->arena, &x->pieces, e);
	if (!status)
		status = cuts_settle(&x->cuts, x->db, config, &x->arena, e);
	if (status)
		return status;
	x->plan.model = 0; /* no version of today may speak of the past */
	const struct calendar *c = &x->plan.calendar;
	int maturity = c->kind == PERIOD_DAY ? config_int(config, "monitor.maturity") : 0;
	int until = week_of(c, period_of_day(c, last) - maturity + 1) - 1;
	int from = week_of(c, period_of_day(c, first) + unripe(c, x->plan.horizon) - 1) + 1;
	x->n_week = until - from + 1 < x->q->weeks ? until - from + 1 : x->q->weeks;
	x->first = until - x->n_week + 1;
	return x->n_week >= LEAST_WEEKS ? OK
		: err_set(e, E_INPUT, "history allows %d weeks of replay; thresholds need %d at least",
			  x->n_week < 0 ? 0 : x->n_week, LEAST_WEEKS);
}

static enum status write_nodes(struct past *x, struct err *e)
{
	enum status status = db_begin(x->db, e);
	for (int band = 0; !status && band < 2; band++)
		for (int k = 0; !status && k < x->n_week; k++)
			status = week_write_nodes(&x->week[band][k], x->db, RESID_REPLAY, (enum resid_band)band,
						  x->first + k, e);
	if (!status)
		status = db_commit(x->db, e);
	if (status)
		db_rollback(x->db);
	return status;
}

static enum status drop_old(struct past *x, struct err *e)
{
	enum status status = db_begin(x->db, e);
	if (!status)
		status = db_resid_drop(x->db, RESID_REPLAY, e);
	if (!status)
		status = db_set_meta(x->db, PAST_SPEC, x->plan.spec_text, e);
	if (!status)
		status = db_commit(x->db, e);
	if (status)
		db_rollback(x->db);
	return status;
}

enum status past_replay(struct db *db, const struct config *config, const struct past_request *q,
			struct past_result *out, struct err *e)
{
	struct past x = { .db = db, .q = q };
	enum status status = settle(&x, config, e);
	for (int band = 0; !status && band < 2; band++) {
		x.week[band] = ARENA_ARRAY(&x.arena, struct week_sums, x.n_week + 1);
		for (int k = 0; k < x.n_week; k++)
			week_begin(&x.week[band][k], &x.cuts);
	}
	if (!status)
		status = drop_old(&x, e);
	for (int k = 0; !status && k < x.pieces.n; k++)
		status = replay_piece(&x, k, e);
	progress_end();
	if (!status)
		status = write_nodes(&x, e);
	*out = (struct past_result){ x.n_week, x.pieces.n_series, q->spec ? q->spec : config_text(config, "monitor.spec") };
	for (int band = 0; band < 2; band++)
		for (int k = 0; x.week[band] && k < x.n_week; k++)
			week_release(&x.week[band][k]);
	arena_release(&x.arena);
	return status;
}
