/* A return as rows. */
#include "config.h"
#include "life/roi_keep.h"

#include <math.h>
#include <string.h>

static void keep_series(const struct panel *p, const struct roi_result *r, struct arena *a,
			struct roi_rows *rows)
{
	rows->replay = ARENA_ARRAY(a, struct replay_row, (size_t)r->n * (size_t)r->n_arm + 1);
	for (int i = 0; i < r->n; i++)
		for (int k = 0; k < r->n_arm; k++) {
			const struct stock_sums *s = &r->sums[(size_t)i * (size_t)r->n_arm + (size_t)k];
			const struct stock_money *m = &r->money[(size_t)i * (size_t)r->n_arm + (size_t)k];
			double by = r->scale[i];
			struct replay_row *to = &rows->replay[rows->n_replay++];
			*to = (struct replay_row){ r->arm[k].name, p->id[i],
				{ (double)s->demand / by, (double)s->sold / by, (double)s->lost / by,
				  (double)s->wasted / by, (double)s->held / by, (double)s->received / by,
				  (double)s->lines, m->lost_margin, m->goodwill, m->waste, m->holding,
				  m->ordering, m->markdown, m->total } };
		}
}

static struct point_row point_row(const char *arm, const struct roi_point *p)
{
	const struct stock_money *m = &p->money;
	return (struct point_row){ arm, p->tau,
				   { p->fill, p->service, p->stock_value, p->cover, p->waste_share,
				     m->lost_margin, m->goodwill, m->waste, m->holding, m->ordering, m->markdown,
				     m->total } };
}

static void keep_points(const struct roi_result *r, struct arena *a, struct roi_rows *rows)
{
	rows->point = ARENA_ARRAY(a, struct point_row, (size_t)r->n_arm * (size_t)(r->n_tau + 1) + 1);
	rows->level = ARENA_ARRAY(a, struct level_row, (size_t)r->n_arm * (size_t)r->n_segment + 1);
	for (int k = 0; k < r->n_arm; k++) {
		const struct roi_arm_result *arm = &r->arm[k];
		rows->point[rows->n_point++] = point_row(arm->name, &arm->point);
		for (int t = 0; t < r->n_tau; t++)
			rows->point[rows->n_point++] = point_row(arm->name, &arm->curve[t]);
		for (int g = 0; g < r->n_segment; g++)
			rows->level[rows->n_level++] =
				(struct level_row){ arm->name, r->segment_name[g], arm->tau[g] };
	}
}

static void keep_members(const struct roi_result *r, struct arena *a, struct roi_rows *rows)
{
	rows->member = ARENA_ARRAY(a, struct member_row, r->n_member + 1);
	for (int k = 0; k < r->n_member; k++) {
		const struct roi_member *m = &r->member[k];
		rows->member[rows->n_member++] = (struct member_row){
			m->cut, m->member, m->series, m->worse,
			{ m->sales, m->rival_total, m->model_total, m->rival_wape, m->model_wape,
			  m->benefit.total, m->benefit.low, m->benefit.high } };
	}
}

static void keep_figures(const struct roi_scope *scope, const struct roi_result *r, struct arena *a,
			 struct roi_rows *rows)
{
	const struct figure_row figure[] = {
		{ "benefit", NULL, r->benefit.total },
		{ "benefit_low", NULL, r->benefit.low },
		{ "benefit_high", NULL, r->benefit.high },
		{ "share", NULL, r->share },
		{ "captured", NULL, r->captured },
		{ "policy_gain", NULL, r->policy_gain },
		{ "forecast_gain", NULL, r->forecast_gain },
		{ "year", NULL, r->year },
		{ "year_low", NULL, r->year_low },
		{ "year_high", NULL, r->year_high },
		{ "npv", NULL, scope->n_cash && r->cash.npv != 0 ? r->cash.npv : (double)NAN },
		{ "npv_low", NULL, r->cash.npv != 0 ? r->npv_low : (double)NAN },
		{ "npv_high", NULL, r->cash.npv != 0 ? r->npv_high : (double)NAN },
		{ "imputed", NULL, r->imputed },
		{ "days", NULL, r->days },
		{ "scenario", NULL, scope->scenario },
		{ "series", NULL, r->n },
		{ "model_wape", NULL, r->arm[r->model].wape },
		{ "rival_wape", NULL, r->arm[r->rival].wape },
		{ "model", r->arm[r->model].name, 0 },
		{ "rival", r->arm[r->rival].name, 0 },
		{ "currency", scope->currency, 0 },
	};
	rows->n_figure = (int)(sizeof figure / sizeof *figure);
	rows->figure = ARENA_ARRAY(a, struct figure_row, rows->n_figure);
	memcpy(rows->figure, figure, sizeof figure);
	rows->cash = ARENA_ARRAY(a, struct cash_row, 3 * (CASH_YEARS_MAX + 1));
	for (int k = 0; r->cash.npv != 0 && k <= r->plan.years; k++) {
		if (!k)
			rows->cash[rows->n_cash++] = (struct cash_row){ 0, "build", -r->plan.build };
		else {
			rows->cash[rows->n_cash++] = (struct cash_row){ k, "benefit", r->flow[k] + r->plan.run
								       + r->plan.people };
			rows->cash[rows->n_cash++] = (struct cash_row){ k, "run and people",
									-r->plan.run - r->plan.people };
		}
	}
}

enum status roi_keep(struct db *db, const struct roi_scope *scope, const struct panel *panel,
		     const struct roi_result *r, struct arena *a, struct err *e)
{
	struct roi_rows rows = { 0 };
	keep_series(panel, r, a, &rows);
	keep_points(r, a, &rows);
	keep_members(r, a, &rows);
	keep_figures(scope, r, a, &rows);
	return db_roi_write(db, scope->seq, &rows, e);
}

enum status roi_kept(struct db *db, const char *name, struct arena *a, struct run_row *run,
		     struct roi_rows *rows, struct err *e)
{
	struct run_row *all;
	int n = 0;
	enum status status = OK;
	if (name) {
		status = db_run_find(db, name, a, run, e);
		if (!status && strcmp(run->kind, "roi"))
			return err_set(e, E_USAGE, "run '%s' is a %s, not a return: see 'forecast status runs'",
				       name, run->kind);
	} else {
		status = db_runs(db, 1000000, a, &all, &n, e);
		int at = 0;
		while (!status && at < n && (strcmp(all[at].kind, "roi") || strcmp(all[at].state, "SCORED")))
			at++;
		if (!status && at == n)
			return err_set(e, E_NOTFOUND, "there is no return yet: 'forecast roi' makes one");
		if (!status)
			*run = all[at];
	}
	return status ? status : db_roi_read(db, run->seq, a, rows, e);
}

static const struct figure_row *find(const struct roi_rows *rows, const char *name)
{
	for (int k = 0; k < rows->n_figure; k++)
		if (!strcmp(rows->figure[k].name, name))
			return &rows->figure[k];
	return NULL;
}

double roi_figure(const struct roi_rows *rows, const char *name)
{
	const struct figure_row *f = find(rows, name);
	return f ? f->value : (double)NAN;
}

const char *roi_figure_text(const struct roi_rows *rows, const char *name)
{
	const struct figure_row *f = find(rows, name);
	return f ? f->text : NULL;
}
