/*
 * Judging: rows of the files are grouped by the day on which they were made; a cell is a series and period
 * that every file tells of from that day, whose demand is known. For each such day the specs are fitted to
 * the past up to it and forecast the same cells.
 */
#include "config.h"
#include "life/judge_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/process.h"
#include "io/given.h"
#include "life/run_private.h"
#include "stock/cost_metric.h"
#include "life/cost_conf.h"

#define FILES 16

struct work {
	struct db *db;
	const struct config *config;
	const struct judge_request *q;
	struct arena *a;
	struct run_plan plan;
	struct panel_owner owner;
	struct catalog_series *series;
	int n;
	struct given_file file[FILES];
	const struct spec *spec[FILES];
	struct unit_cost *cost;       /* [n] */
	double *sum;                  /* [n_step][n_metric][METRIC_SUMS] */
	double *error, *series_error; /* [n_step] of the series at hand; [n][n_step] absolute errors */
	struct judge_result *out;
};

/* ---- reading ---- */

static enum status read_panel(struct work *w, struct err *e)
{
	struct catalog_series *all;
	int n, at = 0;
	enum status status = run_plan(&w->plan, w->db, w->config, "judge", DAY_NONE, NULL, w->q->jobs, w->a, e);
	if (status)
		return status;
	struct panel_request request = run_panel_request(&w->plan, NULL);
	status = db_panel(w->db, &request, &w->owner, e);
	if (!status)
		status = db_series(w->db, NULL, w->a, &all, &n, e);
	if (status)
		return status;
	run_uncensor(&w->plan, &w->owner);
	const struct panel *p = &w->owner.panel;
	w->n = p->n;
	w->series = ARENA_ARRAY(w->a, struct catalog_series, p->n + 1);
	for (int i = 0; i < p->n; i++) {
		while (at < n && series_key_compare(&all[at].key, &p->key[i]) < 0)
			at++;
		w->series[i] = all[at];
	}
	return OK;
}

static enum status read_files(struct work *w, struct err *e)
{
	enum status status = OK;
	if (w->q->n_file > FILES || w->q->n_spec > FILES)
		return err_set(e, E_USAGE, "more than %d files or specs", FILES);
	for (int k = 0; !status && k < w->q->n_file; k++) {
		struct given_file *f = &w->file[k];
		status = given_read(w->q->file[k], &w->owner.panel.calendar, w->series, w->n, f, e);
		for (int64_t j = 0; j < f->rejected && j < GIVEN_SHOWN; j++)
			log_warning("set aside: %s", f->shown[j]);
		w->out->rejected += f->rejected;
		w->out->unknown += f->unknown;
		w->out->crossing += f->crossing;
	}
	for (int k = 0; !status && k < w->q->n_spec; k++) {
		struct run_plan plan;
		status = run_plan(&plan, w->db, w->config, "judge", DAY_NONE, w->q->spec[k], w->q->jobs, w->a, e);
		w->spec[k] = status ? NULL : plan.spec;
	}
	return status;
}

static enum status settle_costs(struct work *w, struct err *e)
{
	struct cost_conf conf;
	struct parameters *p = ARENA_ARRAY(w->a, struct parameters, w->n + 1);
	enum status status = cost_conf_read(&conf, w->config, NULL, e);
	if (!status)
		status = cost_conf_settle(&conf, w->db, w->plan.as_of, 0, NULL, w->series, w->n, w->a, p, e);
	w->cost = ARENA_ARRAY(w->a, struct unit_cost, w->n + 1);
	for (int i = 0; !status && i < w->n; i++)
		status = cost_metric_settle(&p[i], &w->owner.panel.calendar, &w->cost[i], e);
	cost_conf_release(&conf);
	return status;
}

static void settle_steps(struct work *w)
{
	struct judge_result *out = w->out;
	int n = w->q->n_spec + w->q->n_file;
	const char **name = ARENA_ARRAY(w->a, const char *, n + 1);
	for (int k = 0; k < w->q->n_spec; k++)
		name[k] = w->q->spec[k];
	for (int k = 0; k < w->q->n_file; k++) {
		const char *slash = strrchr(w->q->file[k], '/');
		name[w->q->n_spec + k] = slash ? slash + 1 : w->q->file[k];
	}
	out->n_step = n;
	out->name = name;
	out->n_metric = metric_list(w->a, w->plan.n_level, w->plan.level, 1, &cost_metric, &out->metric);
	w->sum = ARENA_ARRAY(w->a, double, (size_t)n * (size_t)out->n_metric * METRIC_SUMS + 1);
	w->series_error = ARENA_ARRAY(w->a, double, (size_t)w->n * (size_t)n + 1);
}

/* ---- one day on which forecasts were made ---- */

static int by_period(const void *a, const void *b)
{
	period_t x = *(const period_t *)a, y = *(const period_t *)b;
	return (x > y) - (x < y);
}

/* The days on which the first file's forecasts were made, ascending, each once. */
static int made_days(const struct work *w, period_t *made)
{
	int n = 0, kept = 0;
	for (size_t k = 0; k < w->file[0].n; k++)
		made[n++] = w->file[0].row[k].made;
	qsort(made, (size_t)n, sizeof *made, by_period);
	for (int k = 0; k < n; k++)
		if (!kept || made[k] != made[kept - 1])
			made[kept++] = made[k];
	return kept;
}

static const struct given_forecast *find(const struct given_file *f, int series, period_t made, period_t period)
{
	size_t low = 0, high = f->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct given_forecast *g = &f->row[middle];
		int before = g->series != series ? g->series < series
			     : g->made != made  ? g->made < made
						: g->period < period;
		if (before)
			low = middle + 1;
		else
			high = middle;
	}
	const struct given_forecast *g = &f->row[low];
	return low < f->n && g->series == series && g->made == made && g->period == period ? g : NULL;
}

/* A day's forecasts of all specs; quantiles too. */
struct made_day {
	period_t made, last; /* last period that is told and known */
	struct forecast *f;  /* [n_spec] */
};

static enum status forecast_day(struct work *w, struct made_day *day, struct arena *a, struct err *e)
{
	struct panel past = panel_until(&w->owner.panel, day->made);
	struct fit_context context = run_fit_context(&w->plan);
	enum status status = OK;
	context.horizon = day->last - day->made;
	day->f = ARENA_ARRAY(a, struct forecast, w->q->n_spec + 1);
	for (int k = 0; !status && k < w->q->n_spec; k++) {
		const struct method *method = w->spec[k]->method;
		void *model = NULL;
		forecast_init(&day->f[k], a, past.n, context.horizon, w->plan.n_level, w->plan.level, past.until);
		if (process_stop())
			return err_set(e, E_STOPPED, "stopped");
		status = method->fit(w->spec[k], &past, &context, a, &model, e);
		if (!status)
			status = method->predict(model, &past, &context, a, &day->f[k], e);
		if (model && method->release)
			method->release(model);
	}
	return status;
}

/* Pairs of one series and step of the stairs. */
struct cells {
	int n;
	period_t *period;
	double *actual, *mean, *quantile;
};

static void step_values(const struct work *w, const struct made_day *day, int i, int step, struct cells *c)
{
	int n_level = w->plan.n_level;
	for (int k = 0; k < c->n; k++) {
		if (step < w->q->n_spec) {
			struct forecast one = forecast_at(&day->f[step], i);
			int h = c->period[k] - day->made - 1;
			c->mean[k] = one.mean[h];
			memcpy(c->quantile + (size_t)k * (size_t)n_level,
			       one.quantile + (size_t)h * (size_t)n_level, (size_t)n_level * sizeof(double));
			continue;
		}
		const struct given_file *f = &w->file[step - w->q->n_spec];
		const struct given_forecast *g = find(f, i, day->made, c->period[k]);
		c->mean[k] = g->mean;
		for (int l = 0; l < n_level; l++) {
			double *q = &c->quantile[(size_t)k * (size_t)n_level + (size_t)l];
			*q = (double)NAN;
			for (int j = 0; j < f->n_level; j++)
				if (fabs(f->level[j] - w->plan.level[l]) < 1e-9)
					*q = g->quantile[j];
		}
	}
}

static void score_step(struct work *w, int i, int step, const struct cells *c, const double scale[3])
{
	struct judge_result *out = w->out;
	int quantiles = 1;
	double *sum = w->sum + (size_t)step * (size_t)out->n_metric * METRIC_SUMS;
	for (int k = 0; k < c->n * w->plan.n_level; k++)
		quantiles &= !isnan(c->quantile[k]);
	struct pairs p = { .n = c->n, .actual = c->actual, .mean = c->mean,
			   .n_level = quantiles ? w->plan.n_level : 0, .level = w->plan.level,
			   .quantile = c->quantile, .mae_scale = scale[0], .mse_scale = scale[1],
			   .step_scale = scale[2], .cost = &w->cost[i] };
	for (int m = 0; m < out->n_metric; m++)
		if (!out->metric[m].level || p.n_level)
			out->metric[m].add(&out->metric[m], &p, sum + (size_t)m * METRIC_SUMS);
	double *error = &w->series_error[(size_t)i * (size_t)out->n_step + (size_t)step];
	for (int k = 0; k < c->n; k++)
		*error += fabs(c->mean[k] - c->actual[k]);
}

static void score_series(struct work *w, const struct made_day *day, int i, struct arena *scratch)
{
	struct series s = panel_series(&w->owner.panel, i);
	int most = day->last - day->made, known = day->made - s.first + 1;
	double scale[3];
	struct cells c = { .period = ARENA_ARRAY(scratch, period_t, most + 1),
			   .actual = ARENA_ARRAY(scratch, double, most + 1),
			   .mean = ARENA_ARRAY(scratch, double, most + 1),
			   .quantile = ARENA_ARRAY(scratch, double, (size_t)most * (size_t)w->plan.n_level + 1) };
	double *y = ARENA_ARRAY(scratch, double, s.n + 1);
	for (period_t t = day->made + 1; known > 0 && t <= day->last; t++) {
		int at = t - s.first, told = 1;
		if (at >= s.n || !series_usable(&s, at))
			continue;
		for (int k = 0; k < w->q->n_file; k++)
			told &= find(&w->file[k], i, day->made, t) != NULL;
		if (!told) {
			w->out->not_told++;
			continue;
		}
		c.period[c.n] = t;
		c.actual[c.n++] = s.units[at];
	}
	if (!c.n)
		return;
	series_known(&s, y);
	int season = w->plan.calendar.kind == PERIOD_NUMBER ? 1 : period_season(&w->plan.calendar);
	scales_at(y, s.n, season, 1, &known, &scale[0], &scale[1], &scale[2]);
	w->out->cells += c.n;
	for (int step = 0; step < w->out->n_step; step++) {
		step_values(w, day, i, step, &c);
		score_step(w, i, step, &c, scale);
	}
}

static enum status judge_day(struct work *w, period_t made, struct err *e)
{
	struct arena a = { 0 }, scratch = { 0 };
	struct made_day day = { .made = made, .last = made };
	for (size_t k = 0; k < w->file[0].n; k++) {
		const struct given_forecast *g = &w->file[0].row[k];
		if (g->made == made && g->period > w->owner.panel.until)
			w->out->future++;
		else if (g->made == made && g->period > day.last)
			day.last = g->period;
	}
	if (day.last == made || made >= w->owner.panel.until)
		return OK;
	enum status status = forecast_day(w, &day, &a, e);
	for (int i = 0; !status && i < w->n; i++) {
		arena_reset(&scratch);
		score_series(w, &day, i, &scratch);
	}
	w->out->n_made++;
	arena_release(&a);
	arena_release(&scratch);
	return status;
}

static void finish(struct work *w)
{
	struct judge_result *out = w->out;
	out->value = ARENA_ARRAY(w->a, double, (size_t)out->n_step * (size_t)out->n_metric + 1);
	out->better = ARENA_ARRAY(w->a, double, out->n_step + 1);
	for (int k = 0; k < out->n_step; k++) {
		int series = 0, better = 0;
		for (int m = 0; m < out->n_metric; m++) {
			size_t at = (size_t)k * (size_t)out->n_metric + (size_t)m;
			out->value[at] = out->metric[m].value(w->sum + at * METRIC_SUMS);
		}
		for (int i = 0; k && i < w->n; i++) {
			const double *error = &w->series_error[(size_t)i * (size_t)out->n_step];
			series += error[k] > 0 || error[k - 1] > 0;
			better += error[k] < error[k - 1];
		}
		out->better[k] = k && series ? (double)better / series : (double)NAN;
	}
}

static enum status judge_all(struct work *w, struct err *e)
{
	period_t *made = NEW_ARRAY(period_t, w->file[0].n + 1);
	int n = made_days(w, made);
	enum status status = OK;
	for (int k = 0; !status && k < n; k++) {
		status = judge_day(w, made[k], e);
		progress("judge", k + 1, n);
	}
	progress_end();
	free(made);
	if (!status && !w->out->cells)
		status = err_set(e, E_USAGE, "none of the forecasts can be scored: no day that they tell of is known"
				 " in '%s'", db_path(w->db));
	return status;
}

enum status judge_run(struct db *db, const struct config *config, const struct judge_request *q,
		      struct arena *a, struct judge_result *out, struct err *e)
{
	struct work w = { .db = db, .config = config, .q = q, .a = a, .out = out };
	memset(out, 0, sizeof *out);
	enum status status = read_panel(&w, e);
	if (!status)
		status = read_files(&w, e);
	if (!status)
		status = settle_costs(&w, e);
	if (!status) {
		out->calendar = w.plan.calendar;
		settle_steps(&w);
		status = judge_all(&w, e);
	}
	if (!status)
		finish(&w);
	for (int k = 0; k < FILES; k++)
		given_free(&w.file[k]);
	panel_release(&w.owner);
	return status;
}
