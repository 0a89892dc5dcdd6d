/* The figures of a return: difference with its interval, by cut, by cause, and over years. */
#include "config.h"
#include "stock/roi_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "num/stat.h"

#define YEAR_DAYS 365.

static int draws_of(const struct roi_state *s)
{
	return s->u->draws > 0 ? s->u->draws : ROI_DRAWS;
}

static double level_of(const struct roi_state *s)
{
	return s->u->level > 0 ? s->u->level : ROI_LEVEL;
}

static const double *cost_of(const struct roi_state *s, const struct world *w, int arm)
{
	return w->cost + (size_t)arm * (size_t)s->n * (size_t)s->n_block;
}

/* rival - model of some series (of[i] == member; of NULL: all), packed; returns their number. */
static int differences(const struct roi_state *s, const struct world *w, const struct roi_result *r,
		       const int *of, int member, double *x)
{
	const double *rival = cost_of(s, w, r->rival), *model = cost_of(s, w, r->model);
	int n = 0;
	for (int i = 0; i < s->n; i++) {
		if (of && of[i] != member)
			continue;
		for (int b = 0; b < s->n_block; b++) {
			size_t at = (size_t)i * (size_t)s->n_block + (size_t)b;
			x[(size_t)n * (size_t)s->n_block + (size_t)b] = rival[at] - model[at];
		}
		n++;
	}
	return n;
}

static double series_benefit(const struct roi_state *s, const struct world *w, const struct roi_result *r,
			     int i)
{
	const struct stock_money *m = w->money + (size_t)i * (size_t)s->u->n_arm;
	return m[r->rival].total - m[r->model].total;
}

/* ---- arms ---- */

static double share(double a, double b)
{
	return b > 0 ? a / b : (double)NAN;
}

static void judge_arms(const struct roi_state *s, const struct world *w, struct roi_result *out)
{
	const struct roi_setup *u = s->u;
	struct roi_arm_result *arm = ARENA_ARRAY(s->a, struct roi_arm_result, u->n_arm);
	double actual = stat_sum(s->actual_sum, (size_t)s->n);
	for (int k = 0; k < u->n_arm; k++) {
		size_t at = (size_t)k * (size_t)s->n;
		double *tau = ARENA_ARRAY(s->a, double, u->n_segment + 1);
		for (int g = 0; g < u->n_segment; g++)
			tau[g] = s->tau[w->choice[(size_t)k * (size_t)u->n_segment + (size_t)g]];
		arm[k] = (struct roi_arm_result){
			.name = u->arm[k].name, .kind = u->arm[k].kind,
			.wape = share(stat_sum(s->error_abs + at, (size_t)s->n), actual),
			.bias = share(stat_sum(s->error_sum + at, (size_t)s->n), actual),
			.validation_total = w->validation[k], .tau = tau, .point = w->point[k],
			.made = s->arm[k].made, .fell = s->arm[k].fell,
			.cpu = s->arm[k].fit_cpu + s->arm[k].predict_cpu,
		};
		memcpy(arm[k].curve, w->curve + (size_t)k * (size_t)s->n_tau,
		       (size_t)s->n_tau * sizeof *arm[k].curve);
	}
	out->arm = arm;
}

/* The baseline to be held against: the one named, or the cheapest on the validation window. */
static void choose_rival(const struct roi_state *s, const struct world *w, struct roi_result *out)
{
	const struct roi_setup *u = s->u;
	out->model = u->model;
	out->rival = u->rival;
	out->perfect = out->simplest = -1;
	for (int k = 0; k < u->n_arm; k++) {
		if (u->arm[k].kind == ARM_PERFECT) {
			out->perfect = k;
			continue;
		}
		if (k == u->model)
			continue;
		if (out->simplest < 0)
			out->simplest = k;
		if (u->rival < 0 && (out->rival < 0 || w->validation[k] < w->validation[out->rival]))
			out->rival = k;
	}
	if (out->rival < 0)
		out->rival = out->model;
}

/* ---- policy apart from forecast ---- */

/* Index of the tau nearest to the textbook's for a series: the newsvendor's where it spoils, else that of
 * lost sales without lead time, m / (m + h R). */
static uint8_t textbook(const struct roi_state *s, const struct stock_rules *r, const struct stock_costs *c)
{
	double under = c->lost_margin + c->goodwill;
	double over = r->shelf ? c->waste : c->holding * r->review;
	double tau = under + over > 0 ? under / (under + over) : s->tau[0];
	int best = 0;
	for (int k = 1; k < s->n_tau; k++)
		if (fabs(s->tau[k] - tau) < fabs(s->tau[best] - tau))
			best = k;
	return (uint8_t)best;
}

static void judge_policy(const struct roi_state *s, const struct world *w, struct roi_result *out)
{
	struct arena scratch = { 0 };
	uint8_t *index = ARENA_ARRAY(&scratch, uint8_t, s->n + 1);
	double *cost = ARENA_ARRAY(&scratch, double, (size_t)s->n * (size_t)s->n_block + 1);
	for (int i = 0; i < s->n; i++)
		index[i] = s->fixed >= 0 ? (uint8_t)s->fixed : textbook(s, &w->rules[i], &w->costs[i]);
	out->policy_before = world_at(s, w, out->rival, index, cost, NULL, NULL);
	out->policy_gain = out->policy_before - w->total[out->rival];
	out->forecast_gain = w->total[out->rival] - w->total[out->model];
	arena_release(&scratch);
}

/* Where a curve, ascending in x, has the value x: y by straight lines; NaN outside. */
static double along(const struct roi_point *p, int n, double x, int by_fill)
{
	for (int k = 0; k + 1 < n; k++) {
		double a = by_fill ? p[k].fill : p[k].stock_value;
		double b = by_fill ? p[k + 1].fill : p[k + 1].stock_value;
		double y = by_fill ? p[k].stock_value : p[k].fill;
		double z = by_fill ? p[k + 1].stock_value : p[k + 1].fill;
		if (a <= x && x <= b)
			return b > a ? y + (z - y) * (x - a) / (b - a) : y;
	}
	return (double)NAN;
}

static void judge_curves(const struct roi_state *s, struct roi_result *out)
{
	const struct roi_arm_result *model = &out->arm[out->model], *rival = &out->arm[out->rival];
	double stock = along(model->curve, s->n_tau, rival->point.fill, 1);
	double fill = along(model->curve, s->n_tau, rival->point.stock_value, 0);
	out->equal_fill = rival->point.stock_value - stock;
	out->equal_stock = (fill - rival->point.fill) * rival->point.demand;
}

/* ---- cuts ---- */

static void judge_member(const struct roi_state *s, const struct world *w, const struct roi_cut *cut, int m,
			 double *x, const struct roi_result *r, struct roi_member *out)
{
	double rival_miss = 0, model_miss = 0, actual = 0;
	*out = (struct roi_member){ .cut = cut->name, .member = cut->member[m] };
	for (int i = 0; i < s->n; i++) {
		const struct stock_money *money = w->money + (size_t)i * (size_t)s->u->n_arm;
		const struct stock_sums *sums = w->sums + (size_t)i * (size_t)s->u->n_arm;
		if (cut->of[i] != m)
			continue;
		out->series++;
		out->worse += series_benefit(s, w, r, i) < 0;
		out->sales += (double)sums[r->model].sold * w->costs[i].price;
		out->rival_total += money[r->rival].total;
		out->model_total += money[r->model].total;
		rival_miss += s->error_abs[(size_t)r->rival * (size_t)s->n + (size_t)i];
		model_miss += s->error_abs[(size_t)r->model * (size_t)s->n + (size_t)i];
		actual += s->actual_sum[i];
	}
	out->rival_wape = share(rival_miss, actual);
	out->model_wape = share(model_miss, actual);
	struct buf name = { 0 };
	buf_addf(&name, "%s/%s", cut->name, cut->member[m]);
	int n = differences(s, w, r, cut->of, m, x);
	benefit_bootstrap(x, n, s->n_block, ROI_MEMBER_DRAWS, level_of(s), s->u->context.seed, name.text, NULL,
			  &out->benefit);
	buf_release(&name);
}

static void judge_cuts(const struct roi_state *s, const struct world *w, double *x, struct roi_result *out)
{
	const struct roi_setup *u = s->u;
	int n = 0, at = 0;
	for (int k = 0; k < u->n_cut; k++)
		n += u->cut[k].n_member;
	struct roi_member *member = ARENA_ARRAY(s->a, struct roi_member, n + 1);
	for (int k = 0; k < u->n_cut; k++)
		for (int m = 0; m < u->cut[k].n_member; m++)
			judge_member(s, w, &u->cut[k], m, x, out, &member[at++]);
	out->n_member = n;
	out->member = member;
}

static int descending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x < y) - (x > y);
}

/* How even the benefit is: series that lose by it, and the share that the best tenth carries. */
static void judge_spread(const struct roi_state *s, const struct world *w, struct roi_result *out)
{
	double *x = NEW_ARRAY(double, s->n + 1), top = 0;
	int n = 0;
	for (int i = 0; i < s->n; i++) {
		const struct stock_sums *sums = w->sums + (size_t)i * (size_t)s->u->n_arm;
		const struct stock_rules *r = &w->rules[i];
		double mean = (double)sums[out->model].demand / s->u->n_test;
		if (!sums[out->model].demand) {
			out->excluded++;
			continue;
		}
		out->fresh_case_cover += r->shelf && (double)r->pack > mean * r->shelf;
		x[n++] = series_benefit(s, w, out, i);
		out->worse += x[n - 1] < 0;
	}
	qsort(x, (size_t)n, sizeof *x, descending);
	for (int k = 0; k < (n + 9) / 10; k++)
		top += x[k];
	out->top_tenth = out->benefit.total > 0 ? top / out->benefit.total : (double)NAN;
	free(x);
}

/* ---- years ---- */

double roi_year(const struct roi_state *s, const struct roi_result *r, double window)
{
	return r->short_window ? (double)NAN
			       : window * YEAR_DAYS / r->days * s->u->coverage * s->u->realisation;
}

static void judge_cash(const struct roi_state *s, double *draw, struct roi_result *out)
{
	int n = draws_of(s), positive = 0;
	double discounted = 1, low = 0, high = 0, flow[CASH_YEARS_MAX + 1];
	out->plan = s->u->cash;
	out->plan.benefit = out->year;
	out->cash = cash_judge(&out->plan);
	cash_flows(&out->plan, out->flow);
	for (int k = 0; k < n; k++) {
		struct cash_plan p = out->plan;
		p.benefit = roi_year(s, out, draw[k]);
		cash_flows(&p, flow);
		draw[k] = cash_npv(p.rate, flow, p.years + 1);
		positive += draw[k] > 0;
	}
	stat_sort(draw, (size_t)n);
	out->npv_low = stat_quantile(draw, (size_t)n, (1 - level_of(s)) / 2);
	out->npv_high = stat_quantile(draw, (size_t)n, (1 + level_of(s)) / 2);
	out->npv_positive = (double)positive / n;
	/* Cumulative cash rises with the benefit in every year, so its band is that of the benefit. */
	struct cash_plan worst = out->plan, best = out->plan;
	double worst_flow[CASH_YEARS_MAX + 1], best_flow[CASH_YEARS_MAX + 1];
	worst.benefit = out->year_low;
	best.benefit = out->year_high;
	cash_flows(&worst, worst_flow);
	cash_flows(&best, best_flow);
	for (int k = 0; k <= out->plan.years; k++, discounted /= 1 + out->plan.rate) {
		out->band_low[k] = low += worst_flow[k] * discounted;
		out->band_high[k] = high += best_flow[k] * discounted;
	}
}

static void judge_benefit(const struct roi_state *s, const struct world *w, double *x, double *draw,
			  struct roi_result *out)
{
	int n = differences(s, w, out, NULL, 0, x);
	benefit_bootstrap(x, n, s->n_block, draws_of(s), level_of(s), s->u->context.seed, "all", draw,
			  &out->benefit);
	out->share = share(out->benefit.total, w->total[out->rival]);
	out->captured = (double)NAN;
	if (out->perfect >= 0 && w->total[out->rival] > w->total[out->perfect])
		out->captured = out->benefit.total / (w->total[out->rival] - w->total[out->perfect]);
	out->year = roi_year(s, out, out->benefit.total);
	out->year_low = roi_year(s, out, out->benefit.low);
	out->year_high = roi_year(s, out, out->benefit.high);
}

static void judge_truth(const struct roi_state *s, struct roi_result *out)
{
	double demand = 0, drawn = stat_sum(s->truth.imputed, (size_t)s->n);
	demand = stat_sum(s->truth.sold, (size_t)s->n) + drawn;
	out->imputed = demand > 0 ? drawn / demand : 0;
	out->stockout_days = s->truth.stockout_days;
	out->unknown_days = s->truth.unknown_days;
	out->series_days = s->truth.days;
}

void roi_judge(const struct roi_state *s, const struct world *w, struct roi_result *out)
{
	const struct roi_setup *u = s->u;
	struct arena scratch = { 0 };
	double *x = ARENA_ARRAY(&scratch, double, (size_t)s->n * (size_t)s->n_block + 1);
	double *draw = ARENA_ARRAY(&scratch, double, draws_of(s) + 1);
	day_t first = period_start(&u->panel->calendar, u->test);
	*out = (struct roi_result){ .n = s->n, .n_arm = u->n_arm, .n_tau = s->n_tau,
				    .n_segment = u->n_segment, .n_block = s->n_block,
				    .segment_name = u->segment_name, .test = u->test, .n_test = u->n_test,
				    .decisions = w->decisions, .sums = w->sums, .money = w->money,
				    .scale = s->truth.scale };
	memcpy(out->tau, s->tau, sizeof out->tau);
	out->days = period_start(&u->panel->calendar, u->test + u->n_test) - first;
	out->short_window = u->panel->calendar.kind == PERIOD_NUMBER || out->days < SHORT_DAYS;
	choose_rival(s, w, out);
	judge_arms(s, w, out);
	judge_truth(s, out);
	judge_benefit(s, w, x, draw, out);
	judge_policy(s, w, out);
	judge_curves(s, out);
	judge_cuts(s, w, x, out);
	judge_spread(s, w, out);
	if (u->cash_told && !out->short_window)
		judge_cash(s, draw, out);
	arena_release(&scratch);
}
