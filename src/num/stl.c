/*
 * STL and MSTL. A loess fit at x over places j of its window is a weighted sum of y[j], with tricube
 * weights of |j - x| times, in robust rounds, the weight of the place. Without robustness weights
 * the sum in the middle of the series is the same for every x (and, the weights being even, the
 * local line gives what the local mean gives): these weights are worked out once for a smoother, so
 * the cost of a fit there is one product a place.
 */
#include "config.h"
#include "num/stl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "num/stat.h"

static int next_odd(int x)
{
	return x % 2 ? x : x + 1;
}

static int tenth(int window)
{
	return (window + 9) / 10;
}

struct stl_plan stl_plan_of(int n, int period, int season_window, int robust)
{
	int periodic = season_window == STL_PERIODIC;
	int season = periodic ? 10 * n + 1 : season_window > 3 ? season_window : 3;
	int trend = next_odd((int)ceil(1.5 * period / (1 - 1.5 / season)));
	int low = next_odd(period);
	return (struct stl_plan){
		.period = period,
		.periodic = periodic,
		.season = { next_odd(season), 0, tenth(season) },
		.trend = { trend, 1, tenth(trend) },
		.low = { low, 1, tenth(low) },
		.inner = robust ? 1 : 2,
		.outer = robust ? 15 : 0,
	};
}

/* ---- loess ---- */

/* A smoother over arrays of one length; places count from 1 as in the paper. */
struct smoother {
	struct stl_loess by;
	int n;
	double *w;      /* [window or n, the lesser] weights of one fit */
	double *middle; /* [window] those of every fit in the middle; NULL: window wider than n */
};

/* Tricube weight at distance r of a window that reaches h; 1 and 0 within a thousandth of its ends. */
static double tricube(double r, double h)
{
	if (r > .999 * h)
		return 0;
	if (r <= .001 * h)
		return 1;
	double u = r / h, v = 1 - u * u * u;
	return v * v * v;
}

static struct smoother smoother_of(const struct stl_loess *by, int n, struct arena *scratch)
{
	struct smoother s = { *by, n, NULL, NULL };
	s.by.window = next_odd(by->window > 3 ? by->window : 3);
	int half = s.by.window / 2;
	s.w = ARENA_ARRAY(scratch, double, n < s.by.window ? n : s.by.window);
	if (s.by.window >= n)
		return s;
	double sum = 0;
	s.middle = ARENA_ARRAY(scratch, double, s.by.window);
	for (int j = -half; j <= half; j++)
		sum += s.middle[j + half] = tricube(abs(j), half);
	for (int j = 0; j < s.by.window; j++)
		s.middle[j] /= sum;
	return s;
}

/* Turns weights w of places left.. into those of a local line at x: w (1 + b (j - a)), with a the
 * weighted mean place. */
static void tilt(double *w, int n_w, int left, double x, int n)
{
	double a = 0, c = 0;
	for (int j = 0; j < n_w; j++)
		a += w[j] * (left + j);
	for (int j = 0; j < n_w; j++)
		c += w[j] * (left + j - a) * (left + j - a);
	if (sqrt(c) <= .001 * (n - 1))
		return; /* all the weight is on one place */
	double b = (x - a) / c;
	for (int j = 0; j < n_w; j++)
		w[j] *= 1 + b * (left + j - a);
}

static double dot(const double *a, const double *b, int n)
{
	/* Four sums at once: one alone would wait for each addition. */
	double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
	int j = 0;
	for (; j + 3 < n; j += 4) {
		s0 += a[j] * b[j];
		s1 += a[j + 1] * b[j + 1];
		s2 += a[j + 2] * b[j + 2];
		s3 += a[j + 3] * b[j + 3];
	}
	for (; j < n; j++)
		s0 += a[j] * b[j];
	return (s0 + s1) + (s2 + s3);
}

/* Fit at place x (0 and n + 1 are beyond the ends) from y [n]; robust [n] may be NULL. Where all the
 * weights are 0 it is `otherwise`. */
static double fit_at(const struct smoother *s, const double *y, const double *robust, int x,
		     double otherwise)
{
	int n = s->n, window = s->by.window, half = window / 2;
	int left = x - half, right;
	if (left > n - window + 1)
		left = n - window + 1;
	if (left < 1)
		left = 1;
	right = left + window - 1 < n ? left + window - 1 : n;
	if (!robust && s->middle && x - left == half && right - x == half)
		return dot(s->middle, y + left - 1, window);
	double h = x - left > right - x ? x - left : right - x, sum = 0;
	if (window > n)
		h += (window - n) / 2;
	int n_w = right - left + 1;
	for (int j = 0; j < n_w; j++) {
		double w = tricube(abs(left + j - x), h);
		s->w[j] = robust ? w * robust[left + j - 1] : w;
		sum += s->w[j];
	}
	if (!(sum > 0))
		return otherwise;
	for (int j = 0; j < n_w; j++)
		s->w[j] /= sum;
	if (s->by.degree > 0)
		tilt(s->w, n_w, left, x, n);
	return dot(s->w, y + left - 1, n_w);
}

/* Straight line between the ends of out[0, length]. */
static void line_between(double *out, int length)
{
	double step = (out[length] - out[0]) / length;
	for (int j = 1; j < length; j++)
		out[j] = out[0] + step * j;
}

/* Smooths y [n] to out [n]. */
static void smooth(const struct smoother *s, const double *y, const double *robust, double *out)
{
	int n = s->n, jump = s->by.jump < 1 ? 1 : s->by.jump, last = 1;
	if (n < 2) {
		out[0] = y[0];
		return;
	}
	if (jump > n - 1)
		jump = n - 1;
	for (int x = 1; x <= n; x = x + jump > n && x < n ? n : x + jump) {
		out[x - 1] = fit_at(s, y, robust, x, y[x - 1]);
		if (x - last > 1)
			line_between(out + last - 1, x - last);
		last = x;
	}
}

/* ---- the inner round ---- */

/* Arrays of one decomposition, all the scratch's. */
struct stl_work {
	struct smoother season[2]; /* of the longer and the shorter cycle-subseries */
	struct smoother low, trend;
	double *cycle;   /* [n + 2 period] smoothed cycle-subseries, a cycle longer at both ends */
	double *a, *b;   /* [n + 2 period] */
	double *sub, *sub_weight, *sub_out; /* [n / period + 3] one subseries */
};

static struct stl_work work_of(const struct stl_plan *plan, int n, struct arena *scratch)
{
	int most = n / plan->period + 3;
	size_t wide = (size_t)n + 2 * (size_t)plan->period;
	struct stl_work w = {
		.low = smoother_of(&plan->low, n, scratch),
		.trend = smoother_of(&plan->trend, n, scratch),
		.cycle = ARENA_ARRAY(scratch, double, wide),
		.a = ARENA_ARRAY(scratch, double, wide),
		.b = ARENA_ARRAY(scratch, double, wide),
		.sub = ARENA_ARRAY(scratch, double, most),
		.sub_weight = ARENA_ARRAY(scratch, double, most),
		.sub_out = ARENA_ARRAY(scratch, double, most),
	};
	w.season[0] = smoother_of(&plan->season, (n - 1) / plan->period + 1, scratch);
	w.season[1] = smoother_of(&plan->season, n / plan->period, scratch);
	return w;
}

/* Smooths the cycle-subseries of y [n] into w->cycle. */
static void smooth_cycles(const struct stl_plan *plan, struct stl_work *w, int n, const double *y,
			  const double *robust)
{
	int period = plan->period;
	for (int phase = 0; phase < period; phase++) {
		int k = (n - 1 - phase) / period + 1;
		const struct smoother *s = &w->season[k < w->season[0].n];
		for (int i = 0; i < k; i++)
			w->sub[i] = y[phase + i * period];
		for (int i = 0; robust && i < k; i++)
			w->sub_weight[i] = robust[phase + i * period];
		const double *weight = robust ? w->sub_weight : NULL;
		double *out = w->sub_out;
		smooth(s, w->sub, weight, out + 1);
		out[0] = fit_at(s, w->sub, weight, 0, out[1]);
		out[k + 1] = fit_at(s, w->sub, weight, k + 1, out[k]);
		for (int i = 0; i < k + 2; i++)
			w->cycle[phase + i * period] = out[i];
	}
}

/* Moving means of `length` values of x [n]: out [n - length + 1]. */
static void moving_mean(const double *x, int n, int length, double *out)
{
	double sum = 0;
	for (int t = 0; t < length; t++)
		sum += x[t];
	out[0] = sum / length;
	for (int t = length; t < n; t++) {
		sum += x[t] - x[t - length];
		out[t - length + 1] = sum / length;
	}
}

/* One pass of the inner loop: season and trend from the trend before. */
static void inner_round(const struct stl_plan *plan, struct stl_work *w, int n, const double *y,
			const double *robust, double *season, double *trend)
{
	int period = plan->period, wide = n + 2 * period;
	for (int t = 0; t < n; t++)
		w->a[t] = y[t] - trend[t];
	smooth_cycles(plan, w, n, w->a, robust);
	moving_mean(w->cycle, wide, period, w->a);
	moving_mean(w->a, wide - period + 1, period, w->b);
	moving_mean(w->b, wide - 2 * period + 2, 3, w->a);
	smooth(&w->low, w->a, NULL, w->b);
	for (int t = 0; t < n; t++) {
		season[t] = w->cycle[t + period] - w->b[t];
		w->a[t] = y[t] - season[t];
	}
	smooth(&w->trend, w->a, robust, trend);
}

/* Bisquare weights of the remainders within six medians. */
static void robust_weights(int n, const double *y, const double *season, const double *trend,
			   double *sorted, double *weight)
{
	for (int t = 0; t < n; t++)
		sorted[t] = fabs(y[t] - (trend[t] + season[t]));
	stat_sort(sorted, (size_t)n);
	double h = 3 * (sorted[n / 2] + sorted[n - n / 2 - 1]);
	for (int t = 0; t < n; t++) {
		double r = fabs(y[t] - (trend[t] + season[t])), u = r / h;
		weight[t] = r <= .001 * h ? 1 : r > .999 * h ? 0 : (1 - u * u) * (1 - u * u);
	}
}

/* Every cycle gets the mean season of its phases. */
static void average_cycles(int period, int n, double *season)
{
	for (int phase = 0; phase < period; phase++) {
		double sum = 0;
		int k = 0;
		for (int t = phase; t < n; t += period, k++)
			sum += season[t];
		for (int t = phase; t < n; t += period)
			season[t] = sum / k;
	}
}

enum status stl_decompose(const struct stl_plan *plan, int n, const double *y, struct arena *scratch,
			  double *season, double *trend, double *weight)
{
	if (plan->period < 2 || n <= 2 * plan->period)
		return E_FIT;
	for (int t = 0; t < n; t++)
		if (!isfinite(y[t]))
			return E_FIT;
	struct stl_work w = work_of(plan, n, scratch);
	double *robust = ARENA_ARRAY(scratch, double, n);
	memset(trend, 0, (size_t)n * sizeof *trend);
	for (int t = 0; t < n; t++)
		robust[t] = 1;
	for (int outer = 0; outer <= plan->outer; outer++) {
		for (int inner = 0; inner < plan->inner; inner++)
			inner_round(plan, &w, n, y, outer ? robust : NULL, season, trend);
		if (outer < plan->outer)
			robust_weights(n, y, season, trend, w.a, robust);
	}
	if (weight)
		memcpy(weight, robust, (size_t)n * sizeof *weight);
	if (plan->periodic)
		average_cycles(plan->period, n, season);
	return OK;
}

/* ---- several seasons ---- */

int mstl_usable(int n, const int *period, int length, int *out)
{
	int usable = 0;
	for (int k = 0; k < n; k++) {
		int at = usable, p = period[k], known = 0;
		for (int i = 0; i < usable; i++)
			known |= out[i] == p;
		if (known || p < 2 || (double)p >= length / 2.)
			continue;
		for (; at > 0 && out[at - 1] > p; at--)
			out[at] = out[at - 1];
		out[at] = p;
		usable++;
	}
	return usable;
}

enum status mstl_decompose(const struct mstl_plan *by, int n, const double *y, struct arena *scratch,
			   double *season, double *trend)
{
	int n_season = by->n_season;
	double *rest = ARENA_ARRAY(scratch, double, n + 1);
	stl_fill(n_season, by->period, n, y, scratch, rest);
	memset(season, 0, (size_t)n_season * (size_t)n * sizeof *season);
	enum status status = n_season < 1 ? E_FIT : OK;
	for (int round = 0; round < (n_season > 1 ? by->iterate : 1); round++)
		for (int k = 0; !status && k < n_season; k++) {
			double *own = season + (size_t)k * (size_t)n;
			int window = by->window ? by->window : 7 + 4 * (k + 1);
			struct stl_plan plan = stl_plan_of(n, by->period[k], window, by->robust);
			for (int t = 0; t < n; t++)
				rest[t] += own[t];
			status = stl_decompose(&plan, n, rest, scratch, own, trend, NULL);
			for (int t = 0; t < n; t++)
				rest[t] -= own[t];
		}
	return status;
}

/* ---- what is not known ---- */

/* Takes from rest [n] the mean distance of each phase to the centred moving mean of a period, and
 * adds it to season [n]. A phase that was never known has none. */
static void take_phases(int period, int n, double *rest, double *season, struct arena *scratch)
{
	double *sum = ARENA_ARRAY(scratch, double, n + 1), *far = ARENA_ARRAY(scratch, double, period);
	int *known = ARENA_ARRAY(scratch, int, n + 1), *n_far = ARENA_ARRAY(scratch, int, period);
	for (int t = 0; t < n; t++) {
		sum[t + 1] = sum[t] + (isnan(rest[t]) ? 0 : rest[t]);
		known[t + 1] = known[t] + !isnan(rest[t]);
	}
	for (int t = 0; t < n; t++) {
		int from = t - period / 2 > 0 ? t - period / 2 : 0;
		int to = from + period < n ? from + period : n;
		from = to - period > 0 ? to - period : 0;
		if (isnan(rest[t]))
			continue;
		far[t % period] += rest[t] - (sum[to] - sum[from]) / (known[to] - known[from]);
		n_far[t % period]++;
	}
	for (int t = 0; t < n; t++) {
		int phase = t % period;
		double mean = n_far[phase] ? far[phase] / n_far[phase] : 0;
		season[t] += mean;
		rest[t] -= mean;
	}
}

/* Straight lines over the gaps of y [n], level before the first and after the last known value. */
static void join_gaps(int n, double *y)
{
	int last = -1;
	for (int t = 0; t < n; t++) {
		if (isnan(y[t]))
			continue;
		for (int j = last + 1; j < t; j++)
			y[j] = last < 0 ? y[t] : y[last] + (y[t] - y[last]) * (j - last) / (t - last);
		last = t;
	}
	for (int j = last + 1; last >= 0 && j < n; j++)
		y[j] = y[last];
}

void stl_fill(int n_period, const int *period, int n, const double *y, struct arena *scratch,
	      double *out)
{
	int gaps = 0;
	for (int t = 0; t < n; t++)
		gaps += isnan(y[t]) != 0;
	if (out != y)
		memcpy(out, y, (size_t)n * sizeof *out);
	if (!gaps)
		return;
	double *rest = ARENA_ARRAY(scratch, double, n), *season = ARENA_ARRAY(scratch, double, n);
	memcpy(rest, out, (size_t)n * sizeof *rest);
	for (int k = 0; k < n_period; k++)
		take_phases(period[k], n, rest, season, scratch);
	join_gaps(n, rest);
	for (int t = 0; t < n; t++)
		if (isnan(out[t]))
			out[t] = rest[t] + season[t];
}

/* ---- strength ---- */

double stl_strength(int n, const double *season, const double *remainder)
{
	double mean = 0, mean_both = 0, var = 0, var_both = 0;
	for (int t = 0; t < n; t++) {
		mean += remainder[t] / n;
		mean_both += (season[t] + remainder[t]) / n;
	}
	for (int t = 0; t < n; t++) {
		double r = remainder[t] - mean, both = season[t] + remainder[t] - mean_both;
		var += r * r;
		var_both += both * both;
	}
	return var_both > 0 && var < var_both ? 1 - var / var_both : 0;
}

double stl_season_strength(int n, const double *y, int period, struct arena *scratch)
{
	double *filled = ARENA_ARRAY(scratch, double, n + 1);
	double *season = ARENA_ARRAY(scratch, double, n + 1);
	double *trend = ARENA_ARRAY(scratch, double, n + 1);
	if (!mstl_usable(1, &period, n, &period))
		return (double)NAN;
	stl_fill(1, &period, n, y, scratch, filled);
	const struct mstl_plan plan = { .n_season = 1, .period = { period }, .iterate = 1 };
	if (mstl_decompose(&plan, n, filled, scratch, season, trend))
		return (double)NAN;
	double most = 0, most_beside = 0; /* |value|, |season + remainder| */
	for (int t = 0; t < n; t++) {
		most = fmax(most, fabs(filled[t]));
		filled[t] -= season[t] + trend[t];
		most_beside = fmax(most_beside, fabs(filled[t] + season[t]));
	}
	/* Beside a constant there is only what rounding leaves. */
	return most_beside > 1e-12 * most ? stl_strength(n, season, filled) : 0;
}
