/*
 * Metrics: how far a forecast was from what came. Each is a line in a table with one function that
 * adds the pairs of one series to three sums; the value is made of the sums at the end, so scores of
 * blocks, windows and shops add up and no forecast has to be kept.
 *
 * Zero-safe: what would divide by zero is n/a (NaN), never 0 and never infinite. A series whose scale
 * is zero or unknown is left out of the scaled metrics and counted by `unscaled`.
 *
 * To add a metric: its add function, and a line in metric_table.
 */
#ifndef EVAL_METRIC_H
#define EVAL_METRIC_H

#include "base/mem.h"

/*
 * What one series (or node of a tier) did in one window over some of its steps: only cases whose
 * actual is demand, so neither unknown, closed nor out of stock.
 */
struct unit_cost;
struct pairs {
	int n;                       /* at least 1 */
	const double *actual, *mean; /* [n] */
	int n_level;                 /* 0: no quantiles (nodes, where the method knows none for sums) */
	const double *level;         /* [n_level] ascending */
	const double *quantile;      /* [n][n_level] */
	double mae_scale, mse_scale; /* see scales_at; 0 or NaN: none */
	double weight;               /* of the series, as revenue; 0 without weights */
	double step_scale;           /* see scales_at; 0 or NaN: none */
	const struct unit_cost *cost;/* of the series, for metrics of money; NULL: not told */
};

/* Money of a unit short, and of a unit left over at a period's end; `keeps` 0: what is left is lost. */
struct unit_cost {
	double under, over;
	int keeps;
};

/* sum[0] / sum[1] in most metrics; sum[2] counts the cases (or series) that went in. */
#define METRIC_SUMS 3

enum metric_aim {
	AIM_LOW,   /* less is better: it has a gain over a reference */
	AIM_ZERO,  /* bias: near zero is better */
	AIM_LEVEL, /* coverage: near the level is better */
	AIM_NONE,  /* a count or a share */
};

struct metric {
	const char *name, *summary;
	enum metric_aim aim;
	double level; /* of metrics of one quantile or interval, else 0 */
	void (*add)(const struct metric *, const struct pairs *, double sum[METRIC_SUMS]);
	double (*value)(const double sum[METRIC_SUMS]); /* NaN = n/a */
};

/* The metrics that need no level, ended by name NULL. */
extern const struct metric metric_table[];
/* How many they are. */
int metric_count(void);

/*
 * All metrics for forecasts with these levels: metric_table, coverage of each central interval that
 * two levels span ("coverage_80": closed ends; "covered_80": an end that is a count is within by its
 * share of the interval, see quantiles_covered), and for each level the pinball loss and the shares of actuals at
 * most and below the quantile ("pinball_0.9", "atmost_0.9", "below_0.9"): calibrated when
 * below <= level <= atmost, which is one number for real values and two for counts.
 * After them the caller's own, extra[n_extra]. Returns their number; the array is the arena's.
 */
int metric_list(struct arena *a, int n_level, const double *level, int n_extra,
		const struct metric *extra, const struct metric **out);
/* The metric of that name among n, or NULL. */
const struct metric *metric_find(const struct metric *list, int n, const char *name);

/* Gain over a reference on the same cases, 1 - value/reference; NaN where it means nothing. */
double metric_gain(const struct metric *m, double value, double reference);

/*
 * Scales of y[n] (NaN = not known) at origins: end[k], ascending, is how many of y are known there.
 * mae[k]: mean |y[t] - y[t-season]|, the in-sample error of the seasonal naive (Hyndman & Koehler
 * 2006); mse[k]: mean (y[t] - y[t-1])^2 and step[k]: mean |y[t] - y[t-1]| (M5 guides, accuracy and
 * uncertainty). All from the first sale on, over pairs of which both are known; NaN when there are none.
 */
void scales_at(const double *y, int n, int season, int n_end, const int *end, double *mae, double *mse,
	       double *step);

#endif
