/* Features of a series' own history: demand and its sums, lags, windows, trend. */
#include "config.h"
#include "feature/feature_private.h"

#include <stdlib.h>
#include <string.h>
#include "base/par.h"
#include "feature/demand.h"
#include "num/stat.h"

#define CHUNK 64
#define N_LAG 7
#define N_SAME 4

/* Sums of one series, and its exponential means: s = (1 - a) s + a y with the weights' own sum beside
 * it, so that early values are plain weighted means; unknown periods are passed over. */
static void sum_series(struct feature_set *s, int i)
{
	int64_t begin = s->panel->begin[i], n = s->panel->begin[i + 1] - begin;
	const double *y = s->demand + begin;
	struct feature_cum *cum = s->cum + begin + i;
	double keep[N_SMOOTH], top[N_SMOOTH] = { 0 }, bottom[N_SMOOTH] = { 0 };
	for (int j = 0; j < N_SMOOTH; j++)
		keep[j] = exp2(-1 / s->half_life[j]);
	s->first_sale[i] = INT32_MAX;
	cum[0] = (struct feature_cum){ 0 };
	for (int64_t k = 0; k < n; k++) {
		int known = !isnan(y[k]), sold = known && y[k] > 0;
		double v = known ? y[k] : 0;
		cum[k + 1] = (struct feature_cum){ cum[k].sum + v, cum[k].square + v * v,
						   cum[k].known + known, cum[k].sold + sold };
		if (sold && s->first_sale[i] == INT32_MAX)
			s->first_sale[i] = (int32_t)k;
		for (int j = 0; j < N_SMOOTH; j++) {
			top[j] = known ? keep[j] * top[j] + (1 - keep[j]) * v : top[j];
			bottom[j] = known ? keep[j] * bottom[j] + (1 - keep[j]) : bottom[j];
			s->smooth[(begin + k) * N_SMOOTH + j] =
				bottom[j] > 0 ? (float)(top[j] / bottom[j]) : NAN;
		}
	}
}

static void sum_some(void *context, size_t from, size_t to, int worker)
{
	(void)worker;
	for (size_t i = from; i < to; i++)
		sum_series(context, (int)i);
}

void history_prepare(struct feature_set *s)
{
	const struct panel *p = s->panel;
	size_t cells = (size_t)p->begin[p->n];
	s->demand = xmalloc((cells + 1) * sizeof *s->demand);
	s->cum = xmalloc((cells + (size_t)p->n + 1) * sizeof *s->cum);
	s->smooth = xmalloc((cells + 1) * N_SMOOTH * sizeof *s->smooth);
	s->first_sale = xmalloc(((size_t)p->n + 1) * sizeof *s->first_sale);
	demand_fill(p, s->options.uncensor, s->jobs, s->demand);
	par_for((size_t)p->n, CHUNK, s->jobs, sum_some, s);
}

static void plan_lag(struct feature_set *s)
{
	for (int k = 0; k < N_LAG; k++)
		feature_add(s, KNOWN_AT_ORIGIN, "forecast", 3, "demand that many periods before the"
			    " period after the origin, units", "lag_%d", k + 1);
}

static void fill_lag(const struct feature_set *s, const struct feature_row *r, float *out)
{
	for (int k = 0; k < N_LAG; k++)
		out[k] = (float)row_demand(s, r, r->origin - k);
}

const struct feature_block lag_block = { "lag", 1, plan_lag, fill_lag };

static void plan_same(struct feature_set *s)
{
	for (int k = 0; k < N_SAME; k++)
		feature_add(s, KNOWN_AT_ORIGIN, "forecast", 4, "demand in the last periods with the"
			    " target's place in the season, units", "same_%d", k + 1);
	feature_add(s, KNOWN_AT_ORIGIN, "forecast", 4, "mean of the last 4 of them", "same_mean_4");
	feature_add(s, KNOWN_AT_ORIGIN, "forecast", 4, "mean of the last 8 of them", "same_mean_8");
}

/* Sum and number of the known ones of the last `last` values at the target's place; value[] may be NULL. */
static double same_place(const struct feature_set *s, const struct feature_row *r, int last, int *known)
{
	period_t at = row_same_place(s, r);
	double sum = 0;
	*known = 0;
	for (int k = 0; k < last && at >= s->panel->first[r->i]; k++, at -= s->season) {
		double y = row_demand(s, r, at);
		sum += isnan(y) ? 0 : y;
		*known += !isnan(y);
	}
	return sum;
}

static void fill_same(const struct feature_set *s, const struct feature_row *r, float *out)
{
	int known;
	period_t at = row_same_place(s, r);
	for (int k = 0; k < N_SAME; k++)
		out[k] = (float)row_demand(s, r, at - k * s->season);
	for (int k = 0; k < 2; k++) {
		double sum = same_place(s, r, k ? 8 : 4, &known);
		out[N_SAME + k] = feature_ratio(sum, known);
	}
}

const struct feature_block same_block = { "lag", 0, plan_same, fill_same };

static void plan_window(struct feature_set *s)
{
	const int *w = s->window;
	for (int k = 0; k < N_WINDOW; k++)
		feature_add(s, KNOWN_AT_ORIGIN, "forecast", 5, "mean demand of the last periods, units",
			    "mean_%d", w[k]);
	for (int k = 2; k < 6; k += 3)
		feature_add(s, KNOWN_AT_ORIGIN, "forecast", 8, "sd of demand in the last periods, units",
			    "sd_%d", w[k]);
	for (int k = 2; k < 4; k++) {
		feature_add(s, KNOWN_AT_ORIGIN, "forecast", 250, "median of the last periods, units",
			    "median_%d", w[k]);
		feature_add(s, KNOWN_AT_ORIGIN, "forecast", 10, "quantile .9 of the last periods, units",
			    "q90_%d", w[k]);
	}
	for (int k = 2; k < 5; k += 2)
		feature_add(s, KNOWN_AT_ORIGIN, "forecast", 5, "share of the last periods with a sale",
			    "sold_%d", w[k]);
	for (int k = 0; k < N_SMOOTH; k++)
		feature_add(s, KNOWN_AT_ORIGIN, "forecast", 4, "exponential mean, named by its half-life,"
			    " units", "smooth_%.0f", s->half_life[k]);
	feature_add(s, KNOWN_AT_ORIGIN, "forecast", 20, "periods from the last sale to the origin",
		    "since_sale");
	feature_add(s, KNOWN_AT_ORIGIN, "forecast", 5, "known periods without sale up to the origin",
		    "zero_run");
}

/* Known values of the last `length` periods, sorted; returns how many. */
static size_t sorted_recent(const struct feature_row *r, int length, double *out)
{
	size_t n = 0;
	for (int k = r->n < length ? 0 : r->n - length; k < r->n; k++) {
		double y = r->demand[k];
		size_t at = n;
		if (isnan(y))
			continue;
		for (; at && out[at - 1] > y; at--)
			out[at] = out[at - 1];
		out[at] = y;
		n++;
	}
	return n;
}

static double sd_of(struct stretch x)
{
	if (x.known < 2)
		return (double)NAN;
	double variance = (x.square - x.sum * x.sum / x.known) / (x.known - 1);
	return variance > 0 ? sqrt(variance) : 0;
}

/* Cell of the last sale up to the origin, or -1. */
static int last_sale(const struct feature_row *r)
{
	int k = r->n - 1;
	if (r->cum[r->n].sold)
		while (!(r->demand[k] > 0))
			k--;
	else
		k = -1;
	return k;
}

static void fill_window(const struct feature_set *s, const struct feature_row *r, float *out)
{
	const int *w = s->window;
	double few[64], *sorted = w[3] <= 64 ? few : NEW_ARRAY(double, w[3]);
	struct stretch x[N_WINDOW];
	for (int k = 0; k < N_WINDOW; k++) {
		x[k] = row_recent(s, r, w[k]);
		*out++ = (float)stretch_mean(x[k]);
	}
	*out++ = (float)sd_of(x[2]);
	*out++ = (float)sd_of(x[5]);
	for (int k = 2; k < 4; k++) {
		size_t n = sorted_recent(r, w[k], sorted);
		*out++ = (float)stat_median(sorted, n);
		*out++ = (float)stat_quantile(sorted, n, .9);
	}
	*out++ = feature_ratio(x[2].sold, x[2].known);
	*out++ = feature_ratio(x[4].sold, x[4].known);
	for (int k = 0; k < N_SMOOTH; k++)
		*out++ = r->n ? s->smooth[(s->panel->begin[r->i] + r->n - 1) * N_SMOOTH + k] : NAN;
	int sale = last_sale(r);
	*out++ = sale < 0 ? NAN : (float)(r->n - 1 - sale);
	*out++ = (float)(r->cum[r->n].known - r->cum[sale + 1].known);
	if (sorted != few)
		free(sorted);
}

const struct feature_block window_block = { "window", 1, plan_window, fill_window };

static void plan_trend(struct feature_set *s)
{
	const int *w = s->window;
	feature_add(s, KNOWN_AT_ORIGIN, "forecast", 8, "ratio of two recent means", "ratio_%d_%d", w[0], w[2]);
	feature_add(s, KNOWN_AT_ORIGIN, "forecast", 8, "ratio of two recent means", "ratio_%d_%d", w[2], w[5]);
	for (int k = 2; k < 4; k++)
		feature_add(s, KNOWN_AT_ORIGIN, "forecast", 60, "least-squares slope of the last periods,"
			    " share of their mean a season", "slope_%d", w[k]);
}

/* Slope of the least-squares line through the known values of the last `length` periods. */
static double slope_of(const struct feature_row *r, int length)
{
	double n = 0, t = 0, y = 0, tt = 0, ty = 0;
	for (int k = r->n < length ? 0 : r->n - length; k < r->n; k++) {
		double x = k - r->n + 1, v = r->demand[k];
		if (isnan(v))
			continue;
		n++;
		t += x;
		y += v;
		tt += x * x;
		ty += x * v;
	}
	double below = n * tt - t * t;
	return n > 2 && below > 0 && y > 0 ? (n * ty - t * y) / below / (y / n) : (double)NAN;
}

static void fill_trend(const struct feature_set *s, const struct feature_row *r, float *out)
{
	const int *w = s->window;
	double mean[3] = { stretch_mean(row_recent(s, r, w[0])), stretch_mean(row_recent(s, r, w[2])),
			   stretch_mean(row_recent(s, r, w[5])) };
	out[0] = feature_ratio(mean[0], mean[1]);
	out[1] = feature_ratio(mean[1], mean[2]);
	out[2] = (float)(slope_of(r, w[2]) * s->season);
	out[3] = (float)(slope_of(r, w[3]) * s->season);
}

const struct feature_block trend_block = { "trend", 1, plan_trend, fill_trend };

/*
 * The twins for a target that is divided by the level: the same history as ratios. One set with both
 * serves both targets; a model of one kind leaves the other out ("without=scaled", or "lag,window").
 */
static void plan_scaled(struct feature_set *s)
{
	static const char ratio[] = "the same divided by the level";
	feature_add(s, KNOWN_AT_ORIGIN, "forecast", 10, "natural logarithm of the level, units", "level");
	feature_add(s, KNOWN_AT_ORIGIN, "forecast", 5, ratio, "scaled_same_1");
	feature_add(s, KNOWN_AT_ORIGIN, "forecast", 5, ratio, "scaled_same_mean_4");
	feature_add(s, KNOWN_AT_ORIGIN, "forecast", 5, ratio, "scaled_same_mean_8");
	for (int k = 0; k < 6; k++)
		feature_add(s, KNOWN_AT_ORIGIN, "forecast", 5, ratio, "scaled_mean_%d", s->window[k]);
	feature_add(s, KNOWN_AT_ORIGIN, "forecast", 5, ratio, "scaled_sd_%d", s->window[2]);
	feature_add(s, KNOWN_AT_ORIGIN, "forecast", 5, ratio, "scaled_smooth_%.0f", s->half_life[0]);
	feature_add(s, KNOWN_AT_ORIGIN, "forecast", 5, ratio, "scaled_lag_1");
}

static void fill_scaled(const struct feature_set *s, const struct feature_row *r, float *out)
{
	int known;
	*out++ = (float)log(r->level);
	*out++ = (float)(row_demand(s, r, row_same_place(s, r)) / r->level);
	for (int k = 4; k <= 8; k += 4) {
		double sum = same_place(s, r, k, &known);
		*out++ = known ? (float)(sum / known / r->level) : NAN;
	}
	for (int k = 0; k < 6; k++)
		*out++ = (float)(stretch_mean(row_recent(s, r, s->window[k])) / r->level);
	*out++ = (float)(sd_of(row_recent(s, r, s->window[2])) / r->level);
	*out++ = r->n ? (float)((double)s->smooth[(s->panel->begin[r->i] + r->n - 1) * N_SMOOTH]
				/ r->level) : NAN;
	*out++ = (float)(row_demand(s, r, r->origin) / r->level);
}

const struct feature_block scaled_block = { "scaled", 0, plan_scaled, fill_scaled };

static void plan_age(struct feature_set *s)
{
	feature_add(s, KNOWN_AT_ORIGIN, "forecast", 4, "periods from the first sale to the target", "age");
}

static void fill_age(const struct feature_set *s, const struct feature_row *r, float *out)
{
	int first = s->first_sale[r->i];
	*out = first < r->n ? (float)(r->n - 1 - first + r->step) : NAN;
}

const struct feature_block age_block = { "age", 0, plan_age, fill_age };

/*
 * The target's place one and two years before, against what was usual at the same distance then: long
 * histories tell what the season does between an origin and its target. Whole weeks back, so weekdays
 * meet; moving feasts are told by the two dates' events, which trees can compare.
 */
#define N_YEAR 2

/* Widths of what is looked at around the target of a year before: the day, a season, four seasons. */
static int year_width(const struct feature_set *s, int k)
{
	int wide = s->panel->calendar.kind == PERIOD_MONTH ? 3 : s->season > 31 ? 5 : 4 * s->season - 1;
	int middle = s->panel->calendar.kind == PERIOD_MONTH || s->season > 31 ? 1 : s->season;
	return k == 0 ? 1 : k == 1 ? middle : wide;
}

static void plan_years(struct feature_set *s)
{
	static const char summary[] = "mean of so many periods around the target's date years before, against"
		" the recent mean at that year's origin";
	const struct drivers *d = s->panel->drivers;
	if (!s->year)
		return;
	for (int k = 0; k < N_YEAR; k++) {
		for (int w = 0; w < 3; w++)
			if (w != 1 || year_width(s, 1) > 1)
				feature_add(s, KNOWN_AT_ORIGIN, "forecast", 15, summary, "then_%d_%d", k + 1,
					    year_width(s, w));
		for (int c = 0; d && c < d->n_column; c++)
			if (d->column[c].known == DRIVER_KNOWN)
				feature_add(s, KNOWN_AHEAD, d->column[c].name, 15, "value at the target's date"
					    " years before", "%s_then_%d", d->column[c].name, k + 1);
	}
}

static void fill_years(const struct feature_set *s, const struct feature_row *r, float *out)
{
	const struct drivers *d = s->panel->drivers;
	int recent = s->panel->calendar.kind == PERIOD_MONTH ? s->window[1] : s->window[2];
	for (int k = 1; k <= N_YEAR; k++) {
		period_t then = r->target - k * s->year, origin = r->origin - k * s->year;
		struct stretch usual = row_stretch(s, r, origin - recent + 1, origin);
		for (int w = 0; w < 3; w++) {
			int width = year_width(s, w);
			if (w == 1 && width <= 1)
				continue;
			struct stretch x = row_stretch(s, r, then - width / 2, then - width / 2 + width - 1);
			*out++ = usual.known ? feature_ratio(stretch_mean(x), stretch_mean(usual)) : NAN;
		}
		for (int c = 0; d && c < d->n_column; c++)
			if (d->column[c].known == DRIVER_KNOWN)
				*out++ = (float)driver_value(r->view, c, r->i, then, NULL);
	}
}

const struct feature_block years_block = { "season", 0, plan_years, fill_years };
