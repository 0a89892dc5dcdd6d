/* Published forecasts against what came. */
#include "config.h"
#include "life/realise.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/process.h"
#include "io/db_panel.h"
#include "io/db_run.h"

#define WEEKS_BACK 60  /* weeks that are caught up with after a pause */

struct judge {
	struct db *db;
	const struct config *config;
	struct arena arena;
	struct cuts cuts;
	period_t known; /* the last period that is mature */
	struct judged_run *run;
	int n_run;
};

static enum status settle(struct judge *j, day_t as_of, struct err *e)
{
	struct calendar c;
	day_t first, last;
	int known;
	enum status status = db_calendar(j->db, &c, &known, e);
	if (!status)
		status = db_sales_span(j->db, as_of, &first, &last, e);
	if (!status && last == DAY_NONE)
		status = err_set(e, E_INPUT, "'%s' holds no sales", db_path(j->db));
	if (status)
		return status;
	j->known = period_of_day(&c, last) - (c.kind == PERIOD_DAY ? config_int(j->config, "monitor.maturity") : 0);
	day_t back = period_start(&c, week_start(&c, week_of(&c, j->known) - WEEKS_BACK));
	status = db_judged_runs(j->db, back, &j->arena, &j->run, &j->n_run, e);
	return status || !j->n_run ? status : cuts_settle(&j->cuts, j->db, j->config, &j->arena, e);
}

/* ---- a run, by step and cut ---- */

struct run_sums {
	struct judge *j;
	const double *actual;   /* [n][horizon] */
	int horizon;
	struct realised *sum[CUTS_MAX]; /* [n_cut][n_member][horizon] */
};

static enum status sum_series(void *context, const struct catalog_series *series, const struct forecast *one,
			      struct err *e)
{
	struct run_sums *s = context;
	int i = cuts_find(&s->j->cuts, series->id);
	(void)e;
	for (int h = 0; i >= 0 && h < s->horizon; h++) {
		double y = s->actual[(size_t)i * (size_t)s->horizon + (size_t)h];
		for (int k = 0; !isnan(y) && k < s->j->cuts.n_cut; k++)
			realised_add(&s->sum[k][s->j->cuts.cut[k].of[i] * s->horizon + h], one, h, y);
	}
	return OK;
}

static enum status write_sums(struct run_sums *s, const struct judged_run *run, struct err *e)
{
	struct judge *j = s->j;
	VEC(struct realised_row) row = { 0 };
	period_t origin = period_of_day(&j->cuts.calendar, run->as_of);
	for (int k = 0; k < j->cuts.n_cut; k++)
		for (int m = 0; m < j->cuts.cut[k].n_member; m++)
			for (int h = 0; h < s->horizon; h++) {
				const struct realised *x = &s->sum[k][m * s->horizon + h];
				VEC_PUSH(&row, (struct realised_row){
					h + 1, j->cuts.cut[k].name, j->cuts.cut[k].member[m],
					period_start(&j->cuts.calendar, origin + h + 1), x->cells,
					{ x->inside[0], x->inside[1], x->inside[2] }, x->units, x->mean,
					x->abs_error, x->expected, x->pinball });
			}
	enum status status = db_begin(j->db, e);
	if (!status)
		status = db_realised_write(j->db, run->seq, row.at, (int)row.n, e);
	FAILPOINT("realise.run");
	if (!status)
		status = db_commit(j->db, e);
	if (status)
		db_rollback(j->db);
	VEC_FREE(&row);
	return status;
}

static enum status read_run(struct judge *j, int64_t seq, struct arena *a, struct run_row *out, struct err *e)
{
	char name[24];
	snprintf(name, sizeof name, "%lld", (long long)seq);
	return db_run_find(j->db, name, a, out, e);
}

static enum status judge_run(struct judge *j, const struct judged_run *run, struct err *e)
{
	struct arena a = { 0 };
	struct run_row row;
	struct run_sums s = { .j = j, .horizon = run->horizon };
	double *actual = ARENA_ARRAY(&a, double, (size_t)j->cuts.n * (size_t)run->horizon + 1);
	for (int k = 0; k < j->cuts.n_cut; k++)
		s.sum[k] = ARENA_ARRAY(&a, struct realised, j->cuts.cut[k].n_member * run->horizon + 1);
	enum status status = db_actuals(j->db, &j->cuts.calendar, period_of_day(&j->cuts.calendar, run->as_of) + 1,
					run->horizon, j->cuts.gaps_zero, j->cuts.series, j->cuts.n, actual, e);
	s.actual = actual;
	if (!status)
		status = read_run(j, run->seq, &a, &row, e);
	if (!status)
		status = db_forecast_read(j->db, &row, NULL, NULL, sum_series, &s, e);
	if (!status)
		status = write_sums(&s, run, e);
	arena_release(&a);
	return status;
}

/* ---- a week, by series ---- */

struct week_rows {
	struct judge *j;
	const double *actual; /* [n][length] */
	int from, length;     /* first step of the week, steps */
	struct week_sums sums;
};

static enum status week_series(void *context, const struct catalog_series *series, const struct forecast *one,
			       struct err *e)
{
	struct week_rows *w = context;
	struct residual r;
	int i = cuts_find(&w->j->cuts, series->id);
	(void)e;
	if (i < 0)
		return OK;
	residual_of(one, w->from, w->from + w->length, w->actual + (size_t)i * (size_t)w->length, &r);
	week_add(&w->sums, i, &r);
	return OK;
}

/* The run whose forecast of a week counts in a band, or NULL. */
static const struct judged_run *run_of_week(const struct judge *j, int shadow, enum resid_band band,
					    period_t start, int length)
{
	const struct judged_run *best = NULL;
	for (int k = 0; k < j->n_run; k++) {
		const struct judged_run *r = &j->run[k];
		period_t origin = period_of_day(&j->cuts.calendar, r->as_of);
		int fits = origin < start && origin + r->horizon >= start + length - 1;
		if (r->shadow != shadow || !fits || (band == BAND_NEAR && start - origin > length))
			continue;
		/* Ascending by origin: the last is the newest, the first the oldest. */
		if (band == BAND_NEAR || !best)
			best = r;
	}
	return best;
}

static enum status judge_week(struct judge *j, int shadow, enum resid_band band, int week,
			      const struct judged_run *run, struct err *e)
{
	struct arena a = { 0 };
	struct run_row row;
	int length = week_length(&j->cuts.calendar);
	period_t start = week_start(&j->cuts.calendar, week);
	double *actual = ARENA_ARRAY(&a, double, (size_t)j->cuts.n * (size_t)length + 1);
	struct week_rows w = { .j = j, .actual = actual, .length = length,
			       .from = start - period_of_day(&j->cuts.calendar, run->as_of) - 1 };
	enum status status = db_actuals(j->db, &j->cuts.calendar, start, length, j->cuts.gaps_zero, j->cuts.series, j->cuts.n, actual,
					e);
	week_begin(&w.sums, &j->cuts);
	if (!status)
		status = read_run(j, run->seq, &a, &row, e);
	if (!status)
		status = db_forecast_read(j->db, &row, NULL, NULL, week_series, &w, e);
	if (!status)
		status = db_begin(j->db, e);
	if (!status) {
		enum resid_role role = shadow ? RESID_SHADOW : RESID_SERVED;
		status = week_write_rows(&w.sums, j->db, role, band, week, e);
		FAILPOINT("realise.week");
		if (!status)
			status = week_write_nodes(&w.sums, j->db, role, band, week, e);
		status = status ? status : db_commit(j->db, e);
		if (status)
			db_rollback(j->db);
	}
	week_release(&w.sums);
	arena_release(&a);
	return status;
}

static enum status judge_weeks(struct judge *j, int shadow, enum resid_band band, int *n, struct err *e)
{
	const struct calendar *c = &j->cuts.calendar;
	int length = week_length(c);
	/* The last week that is over: the one whose end is known. */
	int until = week_of(c, j->known);
	uint8_t has[WEEKS_BACK + 1];
	while (week_start(c, until) + length - 1 > j->known)
		until--;
	enum status status = db_resid_weeks(j->db, shadow ? RESID_SHADOW : RESID_SERVED, band,
					    until - WEEKS_BACK, until, has, e);
	for (int week = until - WEEKS_BACK; !status && week <= until; week++) {
		const struct judged_run *run = has[week - until + WEEKS_BACK]
			? NULL : run_of_week(j, shadow, band, week_start(c, week), length);
		if (!run)
			continue;
		status = process_stop() ? err_set(e, E_STOPPED, "stopped; the next call goes on from there")
					: judge_week(j, shadow, band, week, run, e);
		++*n;
	}
	return status;
}

enum status realise(struct db *db, const struct config *config, day_t as_of, struct realise_result *out,
		    struct err *e)
{
	struct judge j = { .db = db, .config = config };
	*out = (struct realise_result){ 0 };
	enum status status = settle(&j, as_of, e);
	for (int k = 0; !status && k < j.n_run; k++) {
		const struct judged_run *r = &j.run[k];
		if (r->realised || period_of_day(&j.cuts.calendar, r->as_of) + r->horizon > j.known)
			continue;
		status = process_stop() ? err_set(e, E_STOPPED, "stopped; the next call goes on from there")
					: judge_run(&j, r, e);
		out->runs++;
	}
	for (int shadow = 0; !status && j.n_run && shadow < 2; shadow++)
		for (int band = 0; !status && band < 2; band++)
			status = judge_weeks(&j, shadow, (enum resid_band)band, &out->weeks, e);
	arena_release(&j.arena);
	return status;
}
