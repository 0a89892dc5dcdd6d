/* Evidence out of live weeks, or out of a backtest. */
#include "config.h"
#include "life/gate_evidence.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "io/db_gate.h"
#include "io/db_realised.h"
#include "io/db_score.h"
#include "life/compare_run.h"
#include "life/gate.h"
#include "life/run.h"
#include "life/weeks.h"

#define WEEKS_BACK 156
#define BACKTESTS_BACK 200

/* ---- live weeks ---- */

struct side {
	struct resid_node *node[2]; /* [n] of near and far */
	int n[2];
};

static enum status read_side(struct db *db, int shadow, int last, struct arena *a, struct side *s, struct err *e)
{
	enum status status = OK;
	for (int band = 0; !status && band < 2; band++)
		status = db_resid_nodes_read(db, shadow, (enum resid_band)band, last - WEEKS_BACK, last, a,
					     &s->node[band], &s->n[band], e);
	return status;
}

static const struct resid_node *node_of(const struct side *s, int band, int week, const char *part,
					const char *member)
{
	for (int k = 0; k < s->n[band]; k++) {
		const struct resid_node *x = &s->node[band][k];
		if (x->week == week && !strcmp(x->part, part) && !strcmp(x->member, member))
			return x;
	}
	return NULL;
}

/* Loss of a node in a week, near and far together; NaN where either side lacks it. */
static double week_loss(const struct side *s, int week, const char *part, const char *member)
{
	double sum = 0;
	for (int band = 0; band < 2; band++) {
		const struct resid_node *x = node_of(s, band, week, part, member);
		if (!x)
			return (double)NAN;
		sum += x->loss;
	}
	return sum;
}

struct totals {
	double units, mean;
	int64_t days, outside;
};

static void add_totals(struct totals *t, const struct side *s, int week)
{
	for (int band = 0; band < 2; band++) {
		const struct resid_node *x = node_of(s, band, week, "all", "all");
		t->units += x->units;
		t->mean += x->mean;
		t->days += x->days;
		t->outside += x->outside;
	}
}

static void live_slices(const struct side side[2], const int *week, struct arena *a, struct evidence *out)
{
	int last = out->n ? week[out->n - 1] : 0, n = 0;
	double all = 0;
	out->slice = ARENA_ARRAY(a, struct evidence_slice, side[1].n[0] + 1);
	for (int t = 0; t < out->n; t++)
		all += out->loss[0][t];
	for (int k = 0; k < side[1].n[0]; k++) {
		const struct resid_node *x = &side[1].node[0][k];
		double *loss[2], sum = 0;
		if (x->week != last || !strcmp(x->part, "all") || !x->days)
			continue;
		int whole = 1;
		for (int j = 0; j < 2; j++) {
			loss[j] = ARENA_ARRAY(a, double, out->n + 1);
			for (int t = 0; t < out->n; t++) {
				loss[j][t] = week_loss(&side[j], week[t], x->part, x->member);
				whole &= !isnan(loss[j][t]);
				sum += j ? 0 : loss[j][t];
			}
		}
		if (whole && sum > 0)
			out->slice[n++] = (struct evidence_slice){ x->part, x->member, sum / all, { loss[0], loss[1] } };
	}
	out->n_slice = n;
}

/* Weeks whose far forecast, too, was made by these two recipes. */
static enum status first_week(struct db *db, const struct model_row *challenger, const struct model_row *champion,
			      int *week, struct err *e)
{
	static const int horizon[] = { 28, 13, 12, 14 };
	struct calendar c;
	day_t since;
	int known;
	*week = INT32_MIN;
	enum status status = db_calendar(db, &c, &known, e);
	if (!status)
		status = db_gate_since(db, challenger->version, champion->version, &since, e);
	if (!status && since != DAY_NONE)
		*week = week_of(&c, period_of_day(&c, since) + horizon[c.kind]) + 1;
	return status;
}

static enum status live(struct db *db, int from, struct arena *a, struct evidence *out, struct err *e)
{
	struct side side[2];
	struct totals total[2];
	int last, week[WEEKS_BACK + 1], n = 0;
	enum status status = db_resid_last(db, BAND_NEAR, &last, e);
	if (status || last == INT32_MIN)
		return status;
	for (int j = 0; !status && j < 2; j++)
		status = read_side(db, j, last, a, &side[j], e);
	if (status)
		return status;
	memset(total, 0, sizeof total);
	for (int j = 0; j < 2; j++)
		out->loss[j] = ARENA_ARRAY(a, double, WEEKS_BACK + 1);
	int begin = last - WEEKS_BACK + 1 > from ? last - WEEKS_BACK + 1 : from;
	for (int w = begin; w <= last; w++) {
		double loss[2] = { week_loss(&side[0], w, "all", "all"), week_loss(&side[1], w, "all", "all") };
		const struct resid_node *x = node_of(&side[0], 0, w, "all", "all");
		const struct resid_node *y = node_of(&side[1], 0, w, "all", "all");
		out->shadow_weeks += y != NULL;
		if (isnan(loss[0]) || isnan(loss[1]))
			continue;
		out->unequal += x->days != y->days;
		for (int j = 0; j < 2; j++) {
			out->loss[j][n] = loss[j];
			add_totals(&total[j], &side[j], w);
		}
		week[n++] = w;
	}
	out->n = n;
	out->live = 1;
	out->basis = "weeks that were served and shadowed";
	out->has_coverage = n > 0;
	for (int j = 0; j < 2 && n; j++) {
		out->outside[j] = (double)total[j].outside / (double)total[j].days;
		out->bias[j] = (total[j].mean - total[j].units) / (total[j].units > 0 ? total[j].units : 1);
	}
	live_slices(side, week, a, out);
	return OK;
}

/* ---- a backtest ---- */

/* The name under which a backtest scored a canonical spec, or NULL. */
static const char *name_of(struct db *db, const struct config *config, const struct score *score, int n,
			   const char *text, struct arena *a)
{
	for (int k = 0; k < n; k++) {
		struct run_plan plan;
		struct err none = { 0 };
		if (!run_plan(&plan, db, config, "backtest", DAY_NONE, score[k].method, 1, a, &none)
		    && !strcmp(plan.spec_text, text))
			return score[k].method;
	}
	return NULL;
}

static double score_of(const struct score *score, int n, const char *method)
{
	for (int k = 0; k < n; k++)
		if (!strcmp(score[k].method, method))
			return score[k].value;
	return (double)NAN;
}

static void find_simpler(const struct score *all, int n, const char *own, const char *rival, struct evidence *out)
{
	double best = INFINITY, mine = score_of(all, n, own);
	for (int k = 0; k < n; k++)
		if (strcmp(all[k].method, own) && strcmp(all[k].method, rival) && all[k].value < best) {
			best = all[k].value;
			out->simpler = all[k].method;
		}
	out->simpler_gain = out->simpler ? 1 - mine / best : (double)NAN;
}

static enum status of_backtest(struct db *db, const struct run_row *run, const struct score *all, int n,
			       const char *own, const char *rival, struct arena *a, struct evidence *out,
			       struct err *e)
{
	struct score *window[2], *cost;
	int n_window[2], n_cost;
	const char *name[2] = { rival, own };
	enum status status = OK;
	for (int j = 0; !status && j < 2; j++)
		status = db_score_read(db, run->seq, name[j], "window", "rmsse", a, &window[j], &n_window[j], e);
	if (!status)
		status = db_score_read(db, run->seq, NULL, "all", "cost", a, &cost, &n_cost, e);
	if (status)
		return status;
	out->n = n_window[0] < n_window[1] ? n_window[0] : n_window[1];
	for (int j = 0; j < 2; j++) {
		out->loss[j] = ARENA_ARRAY(a, double, out->n + 1);
		for (int k = 0; k < out->n; k++)
			out->loss[j][k] = window[j][k].value;
	}
	for (int k = 0; k < out->n; k++)
		out->unequal += window[0][k].cases != window[1][k].cases;
	if (n_cost) {
		double x = score_of(cost, n_cost, own), y = score_of(cost, n_cost, rival);
		out->has_cost = !isnan(x) && y > 0;
		out->cost_gain = 1 - x / y;
	}
	find_simpler(all, n, own, rival, out);
	out->basis = arena_printf(a, "backtest %lld", (long long)run->seq);
	return OK;
}

/* The newest backtest that scored both. */
static enum status backtest(struct db *db, const struct config *config, const char *own, const char *rival,
			    struct arena *a, struct evidence *out, struct err *e)
{
	struct run_row *run;
	int n;
	enum status status = db_runs(db, BACKTESTS_BACK, a, &run, &n, e);
	for (int k = 0; !status && k < n; k++) {
		struct score *all;
		int n_all;
		if (strcmp(run[k].kind, "backtest") || run[k].exit_code)
			continue;
		status = db_score_read(db, run[k].seq, NULL, "all", "rmsse", a, &all, &n_all, e);
		const char *mine = status ? NULL : name_of(db, config, all, n_all, own, a);
		const char *his = mine ? name_of(db, config, all, n_all, rival, a) : NULL;
		if (his)
			return of_backtest(db, &run[k], all, n_all, mine, his, a, out, e);
	}
	return status;
}

enum status evidence_gather(struct db *db, const struct config *config, const struct model_row *challenger,
			    const struct model_row *champion, struct arena *a, struct evidence *out, struct err *e)
{
	struct evidence kept;
	*out = (struct evidence){ .basis = "nothing" };
	int from = INT32_MIN;
	enum status status = champion ? first_week(db, challenger, champion, &from, e) : OK;
	if (!status)
		status = live(db, from, a, out, e);
	if (status || !champion || out->n >= GATE_ORIGINS)
		return status;
	kept = (struct evidence){ .shadow_weeks = out->shadow_weeks, .basis = "nothing" };
	status = backtest(db, config, challenger->spec, champion->spec, a, &kept, e);
	if (!status && kept.n >= out->n)
		*out = kept;
	return status;
}
