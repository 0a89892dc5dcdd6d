/* False alarms and delays of the drift chart, on invented and on real residuals. */
#include "config.h"
#include "eval/drift_bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "num/rng.h"
#include "num/stat.h"

struct drift_world drift_world_usual(void)
{
	return (struct drift_world){ 30490, 70, 104, 26, .3, 5, .1, .005, 2, 0, 1 };
}

/* ---- an invented fleet ---- */

/* A t with nu degrees (0: normal) of variance 1: normal over the root of a chi-squared by its degrees. */
static double draw(struct rng *r, double nu)
{
	double x = rng_gaussian(r);
	return nu > 2 ? x / sqrt(rng_gamma(r, nu / 2, 2 / nu)) * sqrt((nu - 2) / nu) : x;
}

static int is_shifted(const struct drift_world *w, int i)
{
	return i < (int)(w->share * w->n + .5);
}

static int is_spoilt(const struct drift_world *w, int i)
{
	return w->n - 1 - i < (int)(w->spoilt * w->n + .5);
}

static void make_series(const struct drift_world *w, struct rng *r, int i, const double *common, float *z)
{
	int weeks = w->history + w->weeks;
	double own = sqrt(1 - w->common), innovation = sqrt(1 - w->phi * w->phi), x = draw(r, w->nu);
	for (int t = 0; t < weeks; t++) {
		x = w->phi * x + innovation * draw(r, w->nu);
		double shift = (is_shifted(w, i) && t >= w->history) || (is_spoilt(w, i) && t >= w->history / 2)
			? w->shift : 0;
		z[(size_t)t * (size_t)w->n + (size_t)i] = (float)(own * (x + shift) + sqrt(w->common) * common[t]);
	}
}

static float *make_fleet(const struct drift_world *w)
{
	int weeks = w->history + w->weeks;
	float *z = xmalloc((size_t)w->n * (size_t)weeks * sizeof *z);
	double *common = NEW_ARRAY(double, weeks);
	struct rng *r = rng_new();
	rng_seed(r, w->seed, "common", "drift");
	for (int t = 0; t < weeks; t++)
		common[t] = rng_gaussian(r);
	for (int i = 0; i < w->n; i++) {
		char key[24];
		snprintf(key, sizeof key, "%d", i);
		rng_seed(r, w->seed, key, "drift");
		make_series(w, r, i, common, z);
	}
	rng_free(r);
	free(common);
	return z;
}

/* ---- charting ---- */

struct tally {
	const uint8_t *shifted; /* [n] */
	uint8_t *on;            /* [n] an alarm is open */
	double *delay;          /* [n] weeks until found; infinite: not yet */
	int64_t wrong, right;
};

static void count_week(struct tally *t, const struct drift_verdict *v, int n, int week)
{
	for (int i = 0; i < n; i++) {
		int alarm = v[i].grade == DRIFT_ALARM;
		if (alarm && !t->on[i]) {
			t->wrong += !t->shifted[i];
			t->right += t->shifted[i];
			if (t->shifted[i] && isinf(t->delay[i]))
				t->delay[i] = week + 1;
		}
		t->on[i] = (uint8_t)alarm;
	}
}

/* 5 and 95 % limits of a Poisson count's mean, by the Wilson-Hilferty form of the chi-squared. */
static double count_limit(double n, double z)
{
	double k = n > 0 ? n : 0;
	return k <= 0 ? 0 : k * pow(1 - 1 / (9 * k) + z / (3 * sqrt(k)), 3);
}

static void score(const struct tally *t, int n, int weeks, struct drift_score *out)
{
	double *delay = NEW_ARRAY(double, n + 1);
	int found = 0;
	out->shifted = 0;
	out->weeks = weeks;
	for (int i = 0; i < n; i++)
		if (t->shifted[i]) {
			delay[out->shifted++] = t->delay[i];
			found += !isinf(t->delay[i]);
		}
	stat_sort(delay, (size_t)out->shifted);
	out->false_week = (double)t->wrong / weeks;
	out->low = count_limit((double)t->wrong, -1.645) / weeks;
	out->high = count_limit((double)t->wrong + 1, 1.645) / weeks;
	out->found = out->shifted ? (double)found / out->shifted : (double)NAN;
	out->delay = out->shifted ? stat_quantile_type1(delay, (size_t)out->shifted, .5) : (double)NAN;
	if (isinf(out->delay))
		out->delay = (double)NAN;
	out->false_share = t->wrong + t->right ? (double)t->wrong / (double)(t->wrong + t->right) : (double)NAN;
	free(delay);
}

static void run(const struct drift_fleet *f, int weeks, const uint8_t *shifted, double budget,
		struct drift_score *out)
{
	struct arena a = { 0 };
	struct drift_null null;
	struct drift_fleet past = *f;
	struct drift_verdict *v = NEW_ARRAY(struct drift_verdict, f->n + 1);
	struct tally t = { .shifted = shifted, .on = NEW_ARRAY(uint8_t, f->n + 1),
			   .delay = NEW_ARRAY(double, f->n + 1) };
	for (int i = 0; i < f->n; i++)
		t.delay[i] = (double)INFINITY;
	past.n_week = f->n_week - weeks;
	drift_calibrate(&past, &a, &null);
	for (int week = 0; week < weeks; week++) {
		past.n_week++;
		drift_judge(&past, &null, budget, drift_fdr(f->n), v);
		count_week(&t, v, f->n, week);
		progress("charting", week + 1, weeks);
	}
	progress_end();
	score(&t, f->n, weeks, out);
	free(v);
	free(t.on);
	free(t.delay);
	arena_release(&a);
}

void drift_bench(const struct drift_world *w, double budget, struct drift_score *out)
{
	float *z = make_fleet(w);
	int *group = NEW_ARRAY(int, w->n + 1), *class_ = NEW_ARRAY(int, w->n + 1);
	uint8_t *shifted = NEW_ARRAY(uint8_t, w->n + 1);
	/* The shifted ones are spread over the groups, as the others are. */
	for (int i = 0; i < w->n; i++) {
		group[i] = i % w->n_group;
		shifted[i] = (uint8_t)is_shifted(w, i);
	}
	const struct drift_fleet f = { w->n, w->history + w->weeks, z, group, w->n_group, class_, 1, 0, 0 };
	run(&f, w->weeks, shifted, budget, out);
	free(z);
	free(group);
	free(class_);
	free(shifted);
}

void drift_bench_own(const struct drift_fleet *f, int weeks, const float *shift, double share, uint64_t seed,
		     double budget, struct drift_score *out)
{
	size_t cells = (size_t)f->n * (size_t)f->n_week;
	float *z = xmalloc(cells * sizeof *z + 1);
	uint8_t *shifted = NEW_ARRAY(uint8_t, f->n + 1);
	struct rng *r = rng_new();
	struct drift_fleet own = *f;
	rng_seed(r, seed, "which", "drift");
	memcpy(z, f->z, cells * sizeof *z);
	for (int i = 0; i < f->n; i++) {
		shifted[i] = (uint8_t)(shift && rng_uniform(r) < share);
		for (int t = f->n_week - weeks; shifted[i] && t < f->n_week; t++)
			z[(size_t)t * (size_t)f->n + (size_t)i] += shift[i];
	}
	own.z = z;
	run(&own, weeks, shifted, budget, out);
	rng_free(r);
	free(z);
	free(shifted);
}
