/*
 * Distributions of method `boost` by itself: from errors on a past that was kept back. A small booster
 * (a share of the rows, half the rounds at twice the step) learns from targets up to H periods before
 * the end and says the last H; the variance of its errors over its means, by size of mean, is the
 * variance that is published. It costs a few per cent of the fit. Counts are negative binomial with that
 * variance, quantities log-normal; method `calibrate` does better and takes their place.
 */
#include "config.h"
#include "model/boost_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_cdf.h>
#include "num/count.h"

#define ROWS 100000  /* most of the small booster */
#define SERIES 3000  /* most that it is asked for */
#define ROUNDS 150
#define TRUST 200    /* errors of all sizes that a class's own are weighed against */

static int class_of(double mean, double unit)
{
	int c = mean > 0 ? (int)floor(log2(mean / unit)) + BOOST_CLASSES / 2 : 0;
	return c < 0 ? 0 : c >= BOOST_CLASSES ? BOOST_CLASSES - 1 : c;
}

/* Errors of the booster over the last steps, into the classes. */
struct tally {
	double square[BOOST_CLASSES + 1], mean[BOOST_CLASSES + 1], n[BOOST_CLASSES + 1]; /* last: all */
};

static void tally_add(struct tally *t, int class, double mean, double y)
{
	for (int k = class; k <= BOOST_CLASSES; k += BOOST_CLASSES - class) {
		t->square[k] += (y - mean) * (y - mean);
		t->mean[k] += mean;
		t->n[k]++;
		if (k == BOOST_CLASSES)
			break;
	}
}

static void ratios(const struct tally *t, struct boost_spread *out)
{
	double all = t->mean[BOOST_CLASSES] > 0 ? t->square[BOOST_CLASSES] / t->mean[BOOST_CLASSES] : 0;
	for (int c = 0; c < BOOST_CLASSES; c++) {
		double typical = ldexp(out->unit * 1.5, c - BOOST_CLASSES / 2);
		/* Variance over mean of all sizes, as TRUST errors at this class's mean would show it. */
		out->ratio[c] = (t->square[c] + TRUST * typical * all) / (t->mean[c] + TRUST * typical);
	}
}

/* Series to ask: all, or some drawn by their keys. */
static int choose(const struct panel *past, const struct boost_chances *c, int *series)
{
	int n = 0;
	for (int i = 0; i < past->n; i++)
		if (c->known[i] > 0 && (past->n <= SERIES
					|| (uint64_t)series_key_hash(&past->key[i]) % (uint64_t)past->n < SERIES))
			series[n++] = i;
	return n;
}

static enum status look_back(const struct boost_plan *plan, const struct feature_set *set,
			     const struct panel *past, const struct boost_chances *c,
			     const struct boost_group *g, const struct fit_context *context,
			     struct boost_spread *out, struct err *e)
{
	int *series = NEW_ARRAY(int, past->n + 1), n = choose(past, c, series), H = plan->steps;
	int *step = NEW_ARRAY(int, H + 1);
	double *mean = NEW_ARRAY(double, (size_t)n * (size_t)H + 1);
	struct tally t = { { 0 }, { 0 }, { 0 } };
	for (int h = 0; h < H; h++)
		step[h] = h + 1;
	enum status status = boost_means(plan, set, g, n, series, c->until, H, step, context->negative_ok,
					 context->jobs, mean, e);
	for (int k = 0; !status && k < n; k++)
		for (int h = 0; h < H; h++) {
			double m = mean[(size_t)k * (size_t)H + (size_t)h];
			double y = feature_target(set, series[k], c->until + 1 + h);
			/* A freak tells of itself, not of the others. */
			if (!isnan(y) && fabs(y) <= c->cap[series[k]])
				tally_add(&t, class_of(fabs(m), out->unit), fabs(m), y < 0 ? -y : y);
		}
	ratios(&t, out);
	free(series);
	free(step);
	free(mean);
	return status;
}

enum status boost_spread_learn(const struct boost_plan *full, const struct feature_set *set,
			       const struct panel *past, const struct fit_context *context,
			       struct boost_spread *out, struct err *e)
{
	struct boost_plan plan = *full;
	struct boost_chances chances;
	struct boost_sample sample;
	struct arena a = { 0 };
	struct xgb *tree = NULL;
	size_t rows = full->rows / 4 > 100 ? full->rows / 4 : 100;
	memset(out, 0, sizeof *out);
	plan.recursive = 0;
	plan.seeds = 1;
	plan.rows = rows < ROWS ? rows : ROWS;
	plan.tree.rounds = plan.tree.rounds / 2 < ROUNDS ? plan.tree.rounds / 2 + 1 : ROUNDS;
	plan.tree.eta = plan.tree.eta < .5 ? 2 * plan.tree.eta : 1;
	uint8_t *all = NEW_ARRAY(uint8_t, past->n + 1);
	memset(all, 1, (size_t)past->n);
	boost_chances(&plan, set, past, past->until - plan.steps, plan.rows, context->jobs, &a, &chances);
	boost_sample(&plan, set, past, &chances, all, context->seed, &sample);
	out->unit = sample.unit;
	enum status status = OK;
	if (sample.row.n) {
		status = boost_train(&plan, set, &sample, 1, context->jobs, NULL, NULL, &tree, e);
		const struct boost_group g = { "", sample.unit, &tree };
		if (plan.scaled)
			out->unit = 1;
		if (!status)
			status = look_back(&plan, set, past, &chances, &g, context, out, e);
	}
	xgb_free(tree);
	boost_sample_free(&sample);
	free(all);
	arena_release(&a);
	return status;
}

static double count_at(double mean, double variance, double level)
{
	struct count c = { mean, variance > mean ? (variance - mean) / (mean * mean) : 0, 0 };
	return count_quantile(&c, level);
}

static double quantile_at(double mean, double variance, int whole, int negative_ok, double level)
{
	if (negative_ok) {
		double q = mean + sqrt(variance) * gsl_cdf_ugaussian_Pinv(level);
		return whole ? rint(q) : q;
	}
	if (!(mean > 0))
		return 0;
	double excess = variance / (mean * mean), sigma = sqrt(log1p(excess));
	return whole ? count_at(mean, variance, level)
		     : mean / sqrt(1 + excess) * exp(sigma * gsl_cdf_ugaussian_Pinv(level));
}

void boost_spread_apply(const struct boost_spread *s, int whole, int negative_ok, struct forecast *one)
{
	for (int h = 0; h < one->n_step; h++) {
		double mean = one->mean[h], ratio = s->ratio[class_of(fabs(mean), s->unit)], last = -INFINITY;
		double variance = fabs(mean) * (ratio > 0 ? ratio : s->unit > 0 ? s->unit : 1);
		for (int l = 0; l < one->n_level; l++) {
			double q = quantile_at(mean, variance, whole, negative_ok, one->level[l]);
			last = isfinite(q) && q > last ? q : isfinite(last) ? last : mean;
			one->quantile[h * one->n_level + l] = last;
		}
	}
}
