/* L3 and L4: errors and coverage against their own past. */
#include "config.h"
#include "life/monitor_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "io/db_stock.h"
#include "life/monitor_fleet.h"
#include "life/monitor_null.h"
#include "life/monitor_pooled.h"

#define REVIEW_P 1e-3
#define TELL_P .05       /* statistics of series above it are not kept one by one */
#define GROUP_LEAST 5    /* alarms of a group that are told as one, if they are this share of it */
#define GROUP_SHARE .15
#define NODE_WEEKS 26.   /* one false alarm of all node charts in so many weeks */

/* One side of the charts of series: what the worse of near and far says of each. */
struct leaf {
	struct drift_verdict v;
	int channel, series;
	double error, money, score; /* units a week; money a week; rank */
};

struct drift_watch {
	struct watch *w;
	struct fleets f;
	const struct drift_null *null; /* [N_CHANNEL] */
	int64_t calibration;
	struct leaf *leaf;             /* [n_series] */
	double *price;                 /* [n_series] */
};

static const char *const code_of[N_CHANNEL] = { "L3.bias", "L3.bias", "L3.bias",
						"L3.bias", "L3.size", "L4.coverage" };

/* Of a week that nobody was served the charts are kept, but nobody is called. */
static void drift_alert(struct drift_watch *d, const char *code, const char *grade, const char *node,
			const struct drift_verdict *v, double money, int series, const char *text)
{
	if (!d->f.last_served)
		return;
	struct alert_row *a = watch_alert(d->w, code, grade, node, text);
	a->value = v->statistic;
	a->threshold = v->p;
	a->baseline = v->shift;
	a->money = money;
	a->series = series;
	int week = d->f.first + d->f.n_week - v->weeks;
	a->from = period_start(&d->w->cuts.calendar, week_start(&d->w->cuts.calendar, week));
}

static const char *unit_of(const struct drift_watch *d)
{
	return d->w->cuts.calendar.kind == PERIOD_DAY ? "week" : period_kind_name(d->w->cuts.calendar.kind);
}

/* ---- nodes ---- */

static void tell_node(struct drift_watch *d, int channel, int i, const struct drift_verdict *v)
{
	const struct drift_fleet *f = &d->f.fleet[channel];
	const char *name = fleet_node_name(&d->w->cuts, &d->f.node[i], &d->w->arena);
	double now = 0;
	int n = 0;
	for (int t = f->n_week - v->weeks; t < f->n_week; t++) {
		float x = f->z[(size_t)t * (size_t)f->n + (size_t)i];
		now += isnan(x) ? 0 : (double)x;
		n += !isnan(x);
	}
	now = n ? now / n : 0;
	const char *text = channel == CHANNEL_COVERAGE
		? arena_printf(&d->w->arena, "%.1f %% of the days lie outside the 90 %% interval since %d %ss", 100 * now, v->weeks,
			     unit_of(d))
		: channel == CHANNEL_SIZE
		? arena_printf(&d->w->arena, "errors are %.2f times what the forecast itself expects since %d %ss", exp(now),
			     v->weeks, unit_of(d))
		: arena_printf(&d->w->arena, "sells %.1f %% %s than forecast%s since %d %ss", 100 * fabs(expm1(now)),
			     now > 0 ? "more" : "less", channel == CHANNEL_NODE_FAR ? " four weeks ahead" : "", v->weeks,
			     unit_of(d));
	drift_alert(d, code_of[channel], "ALARM", name, v, (double)NAN, 1, text);
}

static void judge_nodes(struct drift_watch *d, int channel)
{
	const struct drift_fleet *f = &d->f.fleet[channel];
	struct drift_verdict *v = NEW_ARRAY(struct drift_verdict, f->n + 1);
	double budget = 1 / (NODE_WEEKS * (N_CHANNEL - CHANNEL_LEAVES) * (f->n ? f->n : 1));
	drift_judge(f, &d->null[channel], budget, 0, v);
	for (int i = 0; i < f->n; i++) {
		const char *verdict = v[i].grade == DRIFT_ALARM ? "ALARM" : v[i].grade == DRIFT_OK ? "OK" : "INSUFFICIENT";
		watch_stat(d->w, arena_printf(&d->w->arena, "%s.%s", code_of[channel], channel_name[channel]),
			   fleet_node_name(&d->w->cuts, &d->f.node[i], &d->w->arena), v[i].statistic, v[i].p, 2 * budget,
			   verdict);
		d->w->stat.at[d->w->stat.n - 1].calibration = d->calibration;
		if (v[i].grade == DRIFT_ALARM)
			tell_node(d, channel, i, &v[i]);
	}
	free(v);
}

/* ---- series ---- */

static void judge_leaves(struct drift_watch *d, int channel, double budget)
{
	const struct drift_fleet *f = &d->f.fleet[channel];
	struct drift_verdict *v = NEW_ARRAY(struct drift_verdict, f->n + 1);
	drift_judge(f, &d->null[channel], budget, drift_fdr(f->n), v);
	for (int i = 0; i < f->n; i++) {
		struct leaf *l = &d->leaf[i];
		int worse = channel == CHANNEL_NEAR || v[i].grade > l->v.grade
			|| (v[i].grade == l->v.grade && v[i].p < l->v.p);
		if (!worse)
			continue;
		*l = (struct leaf){ .v = v[i], .channel = channel, .series = i };
		int n = 0;
		for (int t = f->n_week - v[i].weeks; t < f->n_week; t++) {
			float x = d->f.error[channel][(size_t)t * (size_t)f->n + (size_t)i];
			l->error += isnan(x) ? 0 : (double)x;
			n += !isnan(x);
		}
		l->error = n ? l->error / n : 0;
		l->money = fabs(l->error) * (d->price[i] > 0 ? d->price[i] : 1);
		l->score = l->money * -log10(l->v.p > 1e-30 ? l->v.p : 1e-30);
	}
	free(v);
}

static const char *leaf_text(struct drift_watch *d, const struct leaf *l)
{
	return arena_printf(&d->w->arena, "sells %.3g units a %s %s than forecast%s since %d %ss", fabs(l->error), unit_of(d),
			  l->error > 0 ? "more" : "less", l->channel == CHANNEL_FAR ? " at the end of the horizon" : "",
			  l->v.weeks, unit_of(d));
}

static int by_score(const void *a, const void *b)
{
	const struct leaf *x = *(const struct leaf *const *)a, *y = *(const struct leaf *const *)b;
	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	return x->series - y->series;
}

/* Alarms of many series of a group the same way are one. */
static void tell_groups(struct drift_watch *d, uint8_t *told)
{
	const int *group = d->f.fleet[CHANNEL_NEAR].group;
	int *count = NEW_ARRAY(int, 3 * d->f.n_group + 1), *size = count + 2 * d->f.n_group;
	for (int i = 0; i < d->f.n_series; i++) {
		const struct leaf *l = &d->leaf[i];
		size[group[i]] += l->v.grade != DRIFT_INSUFFICIENT;
		count[2 * group[i] + (l->error > 0)] += l->v.grade == DRIFT_ALARM;
	}
	for (int g = 0; g < d->f.n_group; g++)
		for (int up = 0; up < 2; up++) {
			struct drift_verdict worst = { .p = 2 };
			double money = 0, error = 0;
			int n = count[2 * g + up];
			if (n < GROUP_LEAST || n < GROUP_SHARE * size[g])
				continue;
			for (int i = 0; i < d->f.n_series; i++) {
				const struct leaf *l = &d->leaf[i];
				if (group[i] != g || l->v.grade != DRIFT_ALARM || (l->error > 0) != up)
					continue;
				told[i] = 1;
				money += l->money;
				error += l->error;
				if (l->v.p < worst.p)
					worst = l->v;
			}
			drift_alert(d, "L3.bias", "ALARM", d->f.group_name[g], &worst, money, n,
				    arena_printf(&d->w->arena, "%d of %d series sell together %.3g units a %s %s than forecast", n,
					       size[g], fabs(error), unit_of(d), up ? "more" : "less"));
		}
	free(count);
}

static void tell_leaves(struct drift_watch *d, double budget)
{
	struct watch *w = d->w;
	uint8_t *told = NEW_ARRAY(uint8_t, d->f.n_series + 1);
	const struct leaf **sorted = NEW_ARRAY(const struct leaf *, d->f.n_series + 1);
	int reviews = config_int(w->config, "monitor.review"), judged = 0;
	tell_groups(d, told);
	for (int i = 0; i < d->f.n_series; i++) {
		sorted[i] = &d->leaf[i];
		judged += d->leaf[i].v.grade != DRIFT_INSUFFICIENT;
	}
	qsort(sorted, (size_t)d->f.n_series, sizeof *sorted, by_score);
	for (int k = 0; k < d->f.n_series; k++) {
		const struct leaf *l = sorted[k];
		const struct series_key *key = &w->cuts.series[l->series].key;
		int alarm = l->v.grade == DRIFT_ALARM;
		int review = !alarm && l->v.p < REVIEW_P && reviews > 0;
		if (!(l->v.p < TELL_P))
			continue;
		const char *node = arena_printf(&w->arena, "%s/%s", key->store, key->item);
		watch_stat(w, "L3.bias.series", node, l->v.statistic, l->v.p, 2 * budget,
			   alarm ? "ALARM" : review ? "REVIEW" : "OK");
		w->stat.at[w->stat.n - 1].calibration = d->calibration;
		reviews -= review;
		if ((alarm && !told[l->series]) || review)
			drift_alert(d, "L3.bias", alarm ? "ALARM" : "REVIEW", node, &l->v, l->money, 1, leaf_text(d, l));
	}
	watch_stat(w, "L3.bias.judged", "series", judged, (double)NAN, (double)NAN, "OK");
	free(sorted);
	free(told);
}

enum status watch_drift(struct watch *w, struct err *e)
{
	struct drift_watch d = { .w = w };
	struct drift_null null[N_CHANNEL];
	day_t day;
	enum status status = monitor_null_read(w->db, &w->arena, null, &d.calibration, &day, e);
	d.null = null;
	w->result->week = INT32_MIN;
	w->result->insufficient = !d.calibration;
	if (!status && d.calibration)
		status = fleets_load(&d.f, w->db, w->config, &w->cuts, w->run->spec, DRIFT_WINDOW + DRIFT_BASELINE, &w->arena,
				     e);
	if (status || !d.f.n_week) {
		watch_stat(w, "L3.bias.judged", "series", 0, (double)NAN, (double)NAN, "INSUFFICIENT");
		return status;
	}
	w->result->week = d.f.first + d.f.n_week - 1;
	d.leaf = ARENA_ARRAY(&w->arena, struct leaf, d.f.n_series + 1);
	d.price = ARENA_ARRAY(&w->arena, double, d.f.n_series + 1);
	status = db_prices_on(w->db, w->day, w->cuts.series, w->cuts.n, d.price, e);
	if (status)
		return status;
	/* Near and far share the budget. */
	double budget = config_number(w->config, "monitor.budget") / 30000 / 2;
	for (int channel = 0; channel < CHANNEL_LEAVES; channel++)
		judge_leaves(&d, channel, budget);
	tell_leaves(&d, budget);
	for (int channel = CHANNEL_LEAVES; channel < N_CHANNEL; channel++)
		judge_nodes(&d, channel);
	watch_pooled(w, &d.f);
	return OK;
}
