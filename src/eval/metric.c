/*
 * The metrics. Sources: Hyndman & Koehler, "Another look at measures of forecast accuracy" (2006) for
 * MASE; the M5 Competitors' Guide (2020) for RMSSE, WRMSSE and the trimming of leading zeros; Kolassa
 * & Schuetz (2007) for MAD/mean, which retailers call WAPE; Gneiting & Raftery (2007) for the pinball
 * loss.
 */
#include "config.h"
#include "eval/metric.h"

#include <math.h>
#include <string.h>
#include "base/buf.h"
#include "num/count.h"

static double ratio(const double *sum)
{
	return sum[1] > 0 ? sum[0] / sum[1] : (double)NAN;
}

static double percent(const double *sum)
{
	return 100 * ratio(sum);
}

static double root(const double *sum)
{
	return sqrt(ratio(sum));
}

/* A count: zero is an answer. */
static double count(const double *sum)
{
	return sum[0];
}

static int usable_scale(double scale)
{
	return scale > 0 && isfinite(scale);
}

static double sum_abs_actual(const struct pairs *p)
{
	double sum = 0;
	for (int k = 0; k < p->n; k++)
		sum += fabs(p->actual[k]);
	return sum;
}

static double sum_abs_error(const struct pairs *p)
{
	double sum = 0;
	for (int k = 0; k < p->n; k++)
		sum += fabs(p->mean[k] - p->actual[k]);
	return sum;
}

static double sum_squared_error(const struct pairs *p)
{
	double sum = 0;
	for (int k = 0; k < p->n; k++)
		sum += (p->mean[k] - p->actual[k]) * (p->mean[k] - p->actual[k]);
	return sum;
}

static void add_wape(const struct metric *m, const struct pairs *p, double *sum)
{
	(void)m;
	sum[0] += sum_abs_error(p);
	sum[1] += sum_abs_actual(p);
	sum[2] += p->n;
}

static void add_bias(const struct metric *m, const struct pairs *p, double *sum)
{
	(void)m;
	for (int k = 0; k < p->n; k++) {
		sum[0] += p->mean[k] - p->actual[k];
		sum[1] += p->actual[k];
	}
	sum[2] += p->n;
}

static void add_mae(const struct metric *m, const struct pairs *p, double *sum)
{
	(void)m;
	sum[0] += sum_abs_error(p);
	sum[1] += p->n;
	sum[2] += p->n;
}

static void add_rmse(const struct metric *m, const struct pairs *p, double *sum)
{
	(void)m;
	sum[0] += sum_squared_error(p);
	sum[1] += p->n;
	sum[2] += p->n;
}

static void add_mase(const struct metric *m, const struct pairs *p, double *sum)
{
	(void)m;
	if (!usable_scale(p->mae_scale))
		return;
	sum[0] += sum_abs_error(p) / p->mae_scale;
	sum[1] += p->n;
	sum[2] += p->n;
}

/* The root is taken for each series before they are averaged (M5 guide). */
static double rmsse(const struct pairs *p)
{
	return sqrt(sum_squared_error(p) / p->n / p->mse_scale);
}

static void add_rmsse(const struct metric *m, const struct pairs *p, double *sum)
{
	(void)m;
	if (!usable_scale(p->mse_scale))
		return;
	sum[0] += rmsse(p);
	sum[1] += 1;
	sum[2] += 1;
}

/* Weights are normalised over all series, those without a scale too, as the M5 guide has it. */
static void add_wrmsse(const struct metric *m, const struct pairs *p, double *sum)
{
	(void)m;
	sum[1] += p->weight;
	if (!usable_scale(p->mse_scale))
		return;
	sum[0] += p->weight * rmsse(p);
	sum[2] += 1;
}

static void add_unscaled(const struct metric *m, const struct pairs *p, double *sum)
{
	(void)m;
	sum[0] += !usable_scale(p->mse_scale) || !usable_scale(p->mae_scale);
	sum[2] += 1;
}

/* Error of the sum over the steps: what counts when one order covers them all. */
static void add_cumulative(const struct metric *m, const struct pairs *p, double *sum)
{
	(void)m;
	double error = 0, actual = 0;
	for (int k = 0; k < p->n; k++) {
		error += p->mean[k] - p->actual[k];
		actual += p->actual[k];
	}
	sum[0] += fabs(error);
	sum[1] += fabs(actual);
	sum[2] += 1;
}

/* Only where something was sold; mape_share tells how often that was. */
static void add_mape(const struct metric *m, const struct pairs *p, double *sum)
{
	(void)m;
	for (int k = 0; k < p->n; k++) {
		if (!(p->actual[k] > 0))
			continue;
		sum[0] += fabs(p->mean[k] - p->actual[k]) / p->actual[k];
		sum[1] += 1;
		sum[2] += 1;
	}
}

static void add_mape_share(const struct metric *m, const struct pairs *p, double *sum)
{
	(void)m;
	for (int k = 0; k < p->n; k++)
		sum[0] += p->actual[k] > 0;
	sum[1] += p->n;
	sum[2] += p->n;
}

/* Loss of a quantile q of level u for an actual y: u (y - q) above it, (1 - u)(q - y) below it. */
static double pinball(double y, double q, double u)
{
	return y >= q ? u * (y - q) : (1 - u) * (q - y);
}

static double sum_pinball(const struct pairs *p)
{
	double sum = 0;
	for (int k = 0; k < p->n; k++)
		for (int l = 0; l < p->n_level; l++)
			sum += pinball(p->actual[k], p->quantile[k * p->n_level + l], p->level[l]);
	return sum;
}

static void add_pinball(const struct metric *m, const struct pairs *p, double *sum)
{
	(void)m;
	if (!p->n_level)
		return;
	sum[0] += sum_pinball(p);
	sum[1] += (double)p->n * p->n_level;
	sum[2] += p->n;
}

/* Scaled pinball loss of a series: mean over steps and levels, over the mean change from one period to
 * the next (M5 guide, uncertainty). NaN: no levels, or no scale. */
static double scaled_pinball(const struct pairs *p)
{
	if (!p->n_level || !usable_scale(p->step_scale))
		return (double)NAN;
	return sum_pinball(p) / ((double)p->n * p->n_level) / p->step_scale;
}

static void add_spl(const struct metric *m, const struct pairs *p, double *sum)
{
	(void)m;
	double loss = scaled_pinball(p);
	if (isnan(loss))
		return;
	sum[0] += loss;
	sum[1] += 1;
	sum[2] += 1;
}

static void add_wspl(const struct metric *m, const struct pairs *p, double *sum)
{
	(void)m;
	double loss = scaled_pinball(p);
	if (isnan(loss))
		return;
	sum[0] += p->weight * loss;
	sum[1] += p->weight;
	sum[2] += 1;
}

/* Weighted quantile loss: twice the pinball loss over what was sold, mean over the levels. */
static void add_wql(const struct metric *m, const struct pairs *p, double *sum)
{
	(void)m;
	if (!p->n_level)
		return;
	sum[0] += 2 * sum_pinball(p) / p->n_level;
	sum[1] += sum_abs_actual(p);
	sum[2] += p->n;
}

/* Column of a level among the quantiles, or -1. Levels are typed by people: equal to 1e-9. */
static int level_at(const struct pairs *p, double level)
{
	for (int l = 0; l < p->n_level; l++)
		if (fabs(p->level[l] - level) < 1e-9)
			return l;
	return -1;
}

static void add_pinball_level(const struct metric *m, const struct pairs *p, double *sum)
{
	int l = level_at(p, m->level);
	if (l < 0)
		return;
	for (int k = 0; k < p->n; k++)
		sum[0] += pinball(p->actual[k], p->quantile[k * p->n_level + l], m->level);
	sum[1] += p->n;
	sum[2] += p->n;
}

static void add_atmost(const struct metric *m, const struct pairs *p, double *sum)
{
	int l = level_at(p, m->level);
	if (l < 0)
		return;
	for (int k = 0; k < p->n; k++)
		sum[0] += p->actual[k] <= p->quantile[k * p->n_level + l];
	sum[1] += p->n;
	sum[2] += p->n;
}

static void add_below(const struct metric *m, const struct pairs *p, double *sum)
{
	int l = level_at(p, m->level);
	if (l < 0)
		return;
	for (int k = 0; k < p->n; k++)
		sum[0] += p->actual[k] < p->quantile[k * p->n_level + l];
	sum[1] += p->n;
	sum[2] += p->n;
}

/* Share of actuals within the central interval that holds m->level of the probability. */
static void add_coverage(const struct metric *m, const struct pairs *p, double *sum)
{
	int low = level_at(p, (1 - m->level) / 2), high = level_at(p, (1 + m->level) / 2);
	if (low < 0 || high < 0)
		return;
	for (int k = 0; k < p->n; k++) {
		const double *q = p->quantile + k * p->n_level;
		sum[0] += p->actual[k] >= q[low] && p->actual[k] <= q[high];
	}
	sum[1] += p->n;
	sum[2] += p->n;
}

/* The same, where the ends of an interval of counts are within by their share. */
static void add_covered(const struct metric *m, const struct pairs *p, double *sum)
{
	double low = (1 - m->level) / 2, high = (1 + m->level) / 2;
	if (level_at(p, low) < 0 || level_at(p, high) < 0)
		return;
	for (int k = 0; k < p->n; k++)
		sum[0] += quantiles_covered(p->n_level, p->level, p->quantile + k * p->n_level,
					    p->actual[k], low, high);
	sum[1] += p->n;
	sum[2] += p->n;
}

const struct metric metric_table[] = {
	{ "wape", "sum of absolute errors / sum of sales", AIM_LOW, 0, add_wape, ratio },
	{ "bias", "sum of errors / sum of sales, percent", AIM_ZERO, 0, add_bias, percent },
	{ "mae", "mean absolute error", AIM_LOW, 0, add_mae, ratio },
	{ "rmse", "root of the mean squared error", AIM_LOW, 0, add_rmse, root },
	{ "mase", "absolute error / that of the in-sample seasonal naive", AIM_LOW, 0, add_mase, ratio },
	{ "rmsse", "root of squared error / that of the in-sample naive", AIM_LOW, 0, add_rmsse, ratio },
	{ "wrmsse", "RMSSE weighted by revenue", AIM_LOW, 0, add_wrmsse, ratio },
	{ "cumulative", "absolute error of the sum over the steps / sales", AIM_LOW, 0, add_cumulative,
	  ratio },
	{ "mape", "mean absolute error / sale where there was one, percent", AIM_LOW, 0, add_mape,
	  percent },
	{ "mape_share", "share of cases that mape can speak of, percent", AIM_NONE, 0, add_mape_share,
	  percent },
	{ "pinball", "pinball loss, mean over the levels", AIM_LOW, 0, add_pinball, ratio },
	{ "wql", "weighted quantile loss", AIM_LOW, 0, add_wql, ratio },
	{ "spl", "pinball loss / mean change from period to period", AIM_LOW, 0, add_spl, ratio },
	{ "wspl", "scaled pinball loss weighted by revenue", AIM_LOW, 0, add_wspl, ratio },
	{ "unscaled", "series without a scale, left out of mase or rmsse", AIM_NONE, 0, add_unscaled,
	  count },
	{ 0 }
};

int metric_count(void)
{
	return (int)(sizeof metric_table / sizeof *metric_table) - 1;
}

static const struct metric level_table[] = {
	{ "pinball", "pinball loss of the level", AIM_LOW, 0, add_pinball_level, ratio },
	{ "atmost", "share of actuals at most the quantile", AIM_LEVEL, 0, add_atmost, ratio },
	{ "below", "share of actuals below the quantile", AIM_LEVEL, 0, add_below, ratio },
};
#define N_LEVEL_TABLE ((int)(sizeof level_table / sizeof *level_table))

static struct metric metric_named(struct arena *a, struct metric m, double number, double level)
{
	struct buf name = { 0 };
	buf_addf(&name, "%s_", m.name);
	buf_add_number(&name, number);
	m.name = arena_strdup(a, name.text);
	m.level = level;
	buf_release(&name);
	return m;
}

int metric_list(struct arena *a, int n_level, const double *level, int n_extra,
		const struct metric *extra, const struct metric **out)
{
	static const struct metric coverage = { "coverage", "share of actuals within the interval",
						AIM_LEVEL, 0, add_coverage, ratio };
	static const struct metric covered = { "covered", "the same, ends of counts by their share",
					       AIM_LEVEL, 0, add_covered, ratio };
	int n = 0, n_table = metric_count();
	struct metric *list = ARENA_ARRAY(a, struct metric,
					  n_table + n_level * (N_LEVEL_TABLE + 2) + n_extra);
	for (; n < n_table; n++)
		list[n] = metric_table[n];
	for (int l = 0; l < n_level; l++) {
		double width = level[n_level - 1 - l] - level[l];
		if (width < 0 && fabs(level[l] + level[n_level - 1 - l] - 1) < 1e-9) {
			list[n++] = metric_named(a, coverage, round(-1e6 * width) / 1e4, -width);
			list[n++] = metric_named(a, covered, round(-1e6 * width) / 1e4, -width);
		}
	}
	for (int k = 0; k < N_LEVEL_TABLE; k++)
		for (int l = 0; l < n_level; l++)
			list[n++] = metric_named(a, level_table[k], level[l], level[l]);
	for (int k = 0; k < n_extra; k++)
		list[n++] = extra[k];
	*out = list;
	return n;
}

const struct metric *metric_find(const struct metric *list, int n, const char *name)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(list[i].name, name))
			return &list[i];
	return NULL;
}

double metric_gain(const struct metric *m, double value, double reference)
{
	if (m->aim != AIM_LOW || !(reference > 0))
		return (double)NAN;
	return 1 - value / reference;
}

void scales_at(const double *y, int n, int season, int n_end, const int *end, double *mae, double *mse,
	       double *step)
{
	double sum_abs = 0, sum_square = 0, sum_step = 0;
	int n_abs = 0, n_square = 0, first = 0;
	while (first < n && (isnan(y[first]) || y[first] == 0))
		first++;
	int t = first;
	for (int k = 0; k < n_end; k++) {
		for (; t < n && t < end[k]; t++) {
			double far = t - season >= first ? y[t] - y[t - season] : (double)NAN;
			double near = t > first ? y[t] - y[t - 1] : (double)NAN;
			if (!isnan(far)) {
				sum_abs += fabs(far);
				n_abs++;
			}
			if (!isnan(near)) {
				sum_square += near * near;
				sum_step += fabs(near);
				n_square++;
			}
		}
		mae[k] = n_abs ? sum_abs / n_abs : (double)NAN;
		mse[k] = n_square ? sum_square / n_square : (double)NAN;
		step[k] = n_square ? sum_step / n_square : (double)NAN;
	}
}
