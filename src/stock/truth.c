/*
 * Demand of days that sales do not tell. The mean of such a day is the level of the days in stock
 * around it, times how the series sells on that weekday and on promotion, both drawn towards 1 (for
 * few days tell little); the dispersion is the series' own about such means. Both sides of the day are
 * used, and days that ran out count for what they would have sold (expectation and maximisation, for days
 * in stock alone are days of less demand): this is hindsight, and no forecast is ever shown it. Freak
 * values (num/cap.h) are slips: such a day is not known. Outside of the assortment nothing is asked for
 * that was not sold.
 */
#include "config.h"
#include "stock/truth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "base/par.h"
#include "num/cap.h"
#include "num/count.h"
#include "num/loss.h"
#include "num/rng.h"
#include "series/driver.h"
#include "stock/parameter.h"

#define SIDE_DAYS 56   /* of the window on each side, in days; 8 of longer periods */
#define SIDE_PERIODS 8
#define FACTOR_TRUST 4. /* days that a weekday's or promotion's factor is drawn towards 1 by */
#define CHUNK 32
#define EM_ROUNDS 6     /* of expectation and maximisation */

struct work {
	const struct panel *panel;
	enum truth_mode mode;
	uint64_t seed;
	struct truth *out;
	int64_t *stockout, *unknown, *days; /* [n] */
};

/* One series at work; arrays [n]. */
struct past {
	struct series s;
	int side, season;
	uint8_t *promoted;
	double *taken;            /* units that a day counts for; NaN: it tells nothing */
	double *sum, *count;      /* running, of units on usable days without promotion */
	double *mean;             /* expected units; NaN: nothing tells */
	double weekday[7], promotion, overall;
	double cap;               /* units above are taken for a slip, not for demand */
	struct count law;
};

static void mark_promotions(const struct panel *p, int i, struct past *w)
{
	const struct promotion_span *span[64];
	if (!p->drivers || !w->s.n)
		return;
	/* Spans of a year at a time, so that the room always suffices. */
	for (int from = 0; from < w->s.n; from += 200) {
		int to = from + 199 < w->s.n ? from + 199 : w->s.n - 1;
		int n = driver_promotions(p, i, w->s.first + from, w->s.first + to, span, 64, NULL);
		for (int k = 0; k < n && k < 64; k++)
			for (int t = from; t <= to; t++)
				if (w->s.first + t >= span[k]->from && w->s.first + t <= span[k]->until)
					w->promoted[t] = 1;
	}
}

static double units_at(const struct past *w, int t)
{
	return w->s.units[t] > 0 ? w->s.units[t] : 0;
}

/* Does the day tell demand? */
static int tells(const struct past *w, int t)
{
	return series_usable(&w->s, t) && w->s.units[t] <= w->cap;
}

/* Does it tell at least what was sold? */
static int is_known(const struct past *w, int t)
{
	return w->s.state[t] != DAY_MISSING && w->s.state[t] != DAY_NOFEED && units_at(w, t) <= w->cap;
}

static int weekday_at(const struct past *w, int t)
{
	return w->season == 7 ? (int)(((w->s.first + t) % 7 + 7) % 7) : 0;
}

/* Mean of usable days without promotion within the window, or of all of them. */
static double level_at(const struct past *w, int t)
{
	int from = t - w->side < 0 ? 0 : t - w->side;
	int to = t + w->side + 1 > w->s.n ? w->s.n : t + w->side + 1;
	double n = w->count[to] - w->count[from];
	return n >= FACTOR_TRUST ? (w->sum[to] - w->sum[from]) / n : w->overall;
}

static void run_sums(struct past *w)
{
	for (int t = 0; t < w->s.n; t++) {
		int in = !isnan(w->taken[t]) && !w->promoted[t];
		w->sum[t + 1] = w->sum[t] + (in ? w->taken[t] : 0);
		w->count[t + 1] = w->count[t] + in;
	}
	double n = w->count[w->s.n];
	w->overall = n > 0 ? w->sum[w->s.n] / n : (double)NAN;
}

/* sold / expected, drawn towards 1. */
static double factor(double sold, double expected, double level)
{
	double weight = FACTOR_TRUST * level;
	return expected + weight > 0 ? (sold + weight) / (expected + weight) : 1;
}

static void learn_factors(struct past *w)
{
	double sold[7] = { 0 }, expected[7] = { 0 }, on = 0, on_expected = 0;
	for (int t = 0; t < w->s.n; t++)
		if (!isnan(w->taken[t]) && !w->promoted[t]) {
			sold[weekday_at(w, t)] += w->taken[t];
			expected[weekday_at(w, t)] += level_at(w, t);
		}
	for (int d = 0; d < 7; d++)
		w->weekday[d] = factor(sold[d], expected[d], w->overall);
	for (int t = 0; t < w->s.n; t++)
		if (!isnan(w->taken[t]) && w->promoted[t]) {
			on += w->taken[t];
			on_expected += level_at(w, t) * w->weekday[weekday_at(w, t)];
		}
	w->promotion = factor(on, on_expected, w->overall);
}

/* Means of every day, and the dispersion about them, in units x scale. */
static void learn_round(struct past *w, int scale)
{
	double *y = NEW_ARRAY(double, w->s.n + 1), *m = NEW_ARRAY(double, w->s.n + 1);
	int n = 0;
	run_sums(w);
	if (!isnan(w->overall))
		learn_factors(w);
	for (int t = 0; t < w->s.n; t++) {
		w->mean[t] = isnan(w->overall) ? (double)NAN
			     : level_at(w, t) * w->weekday[weekday_at(w, t)]
				       * (w->promoted[t] ? w->promotion : 1) * scale;
		if (tells(w, t) && !isnan(w->mean[t])) {
			y[n] = floor(units_at(w, t) * scale + .5);
			m[n++] = w->mean[t];
		}
	}
	double a = count_dispersion_moments(y, m, n);
	w->law.dispersion = isnan(a) ? 0 : a;
	free(y);
	free(m);
}

/* E[D | D >= least] for the law with that mean. */
static double expected_beyond(const struct count *law, double least)
{
	const double a = law->dispersion;
	const struct law l = a > 0 ? (struct law){ .kind = LAW_NEGBIN, .a = 1 / a, .b = 1 / (1 + a * law->mean) }
				   : (struct law){ .kind = LAW_POISSON, .a = law->mean };
	double tail = least > 0 ? law_tail(&l, least - 1) : 1;
	return tail > 1e-12 ? least + law_loss(&l, least) / tail : least;
}

/*
 * By expectation and maximisation (Dempster, Laird & Rubin 1977): days that ran out count for what they would
 * have sold if the law of the round before is right. Days in stock alone are days of less demand.
 */
static void learn(struct past *w, int scale)
{
	int out = 0;
	for (int t = 0; t < w->s.n; t++)
		w->taken[t] = tells(w, t) ? units_at(w, t) : (double)NAN;
	learn_round(w, scale);
	for (int k = 0; k < EM_ROUNDS && (!k || out); k++) {
		for (int t = 0; t < w->s.n; t++) {
			if (w->s.state[t] != DAY_STOCKOUT || !is_known(w, t) || !(w->mean[t] > 0))
				continue;
			w->law.mean = w->mean[t];
			w->taken[t] = expected_beyond(&w->law, floor(units_at(w, t) * scale + .5)) / scale;
			out++;
		}
		if (out)
			learn_round(w, scale);
	}
}

/* A draw of demand that is at least `least`, u in [0, 1). */
static int64_t draw(const struct count *law, double least, double u)
{
	double tail = least > 0 ? count_tail(law, least - 1) : 1, level = 1 - tail * (1 - u);
	double x = level < 1 ? count_quantile(law, level) : least;
	return (int64_t)(x > least ? x : least);
}

static void fill_series(const struct work *k, int i, struct rng *r)
{
	const struct panel *p = k->panel;
	struct truth *out = k->out;
	struct past w = { .s = panel_series(p, i),
			  .side = p->calendar.kind == PERIOD_DAY ? SIDE_DAYS : SIDE_PERIODS,
			  .season = period_season(&p->calendar) };
	int scale = out->scale[i] = series_is_whole(&w.s) || !w.s.n ? 1 : WEIGHED;
	w.promoted = NEW_ARRAY(uint8_t, w.s.n + 1);
	w.sum = NEW_ARRAY(double, w.s.n + 1);
	w.count = NEW_ARRAY(double, w.s.n + 1);
	w.mean = NEW_ARRAY(double, w.s.n + 1);
	w.taken = NEW_ARRAY(double, w.s.n + 1);
	w.cap = INFINITY;
	if (k->mode == TRUTH_DRAW) {
		struct arena scratch = { 0 };
		series_known(&w.s, w.mean);
		w.cap = cap_of(w.s.n, w.mean, &scratch);
		arena_release(&scratch);
		mark_promotions(p, i, &w);
		learn(&w, scale);
	}
	struct buf key = { 0 };
	buf_addf(&key, "%s/%s", w.s.key.store, w.s.key.item);
	rng_seed(r, k->seed, key.text, "truth");
	buf_release(&key);
	int64_t *demand = out->demand + (size_t)i * (size_t)out->n_period;
	for (int t = 0; t < w.s.n; t++) {
		int at = (int)(w.s.first + t - out->first);
		enum day_state state = (enum day_state)w.s.state[t];
		double u = rng_uniform(r); /* one a day, so that a day's draw depends on no other day */
		int listed = panel_listed(p, i, w.s.first + t);
		int known = !listed || is_known(&w, t);
		double sold = known && state != DAY_CLOSED ? floor(units_at(&w, t) * scale + .5) : 0, x = sold;
		w.law.mean = w.mean[t];
		if (k->mode == TRUTH_DRAW && !isnan(w.mean[t]) && (!known || (listed && state == DAY_STOCKOUT)))
			x = (double)draw(&w.law, sold, u);
		if (at < 0 || at >= out->n_period)
			continue;
		demand[at] = (int64_t)x;
		out->sold[i] += sold / scale;
		out->imputed[i] += (x - sold) / scale;
		k->days[i] += listed;
		k->stockout[i] += state == DAY_STOCKOUT;
		k->unknown[i] += !known;
	}
	free(w.promoted);
	free(w.sum);
	free(w.count);
	free(w.mean);
	free(w.taken);
}

static void fill_some(void *context, size_t from, size_t to, int worker)
{
	struct rng *r = rng_new();
	(void)worker;
	for (size_t i = from; i < to; i++)
		fill_series(context, (int)i, r);
	rng_free(r);
}

void truth_fill(const struct panel *p, period_t first, int n_period, enum truth_mode mode, uint64_t seed,
		int jobs, struct arena *a, struct truth *out)
{
	size_t n = (size_t)p->n;
	*out = (struct truth){ .n = p->n, .n_period = n_period, .first = first,
			       .scale = ARENA_ARRAY(a, int, n + 1),
			       .demand = ARENA_ARRAY(a, int64_t, n * (size_t)n_period + 1),
			       .sold = ARENA_ARRAY(a, double, n + 1),
			       .imputed = ARENA_ARRAY(a, double, n + 1) };
	struct work k = { p, mode, seed, out, NEW_ARRAY(int64_t, n + 1), NEW_ARRAY(int64_t, n + 1),
			  NEW_ARRAY(int64_t, n + 1) };
	par_for(n, CHUNK, jobs, fill_some, &k);
	for (size_t i = 0; i < n; i++) {
		out->stockout_days += k.stockout[i];
		out->unknown_days += k.unknown[i];
		out->days += k.days[i];
	}
	free(k.stockout);
	free(k.unknown);
	free(k.days);
}
