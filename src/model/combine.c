/*
 * Combination: several methods on one series, joined to one forecast (Bates & Granger 1969). The mean
 * of a few sound methods is hard to beat (Clemen 1989); the median holds off one that runs away
 * (Petropoulos & Svetunkov 2020). Weights, where they are asked for, come from a trial: each method
 * fitted on the past before some windows and judged on them (model/parts.h), so none is paid for
 * fitting well.
 *
 *     by=mean      equal weights
 *     by=median    the median of each step
 *     by=trimmed   the mean without the lowest and the highest (from four methods on)
 *     by=inverse   weights that go as mean squared error to the power -W/2, W the windows: the
 *                  likelihood of normal errors, a window counted as one case
 *     by=stacked   weights >= 0 with sum 1 that make the error of the sum least (Breiman 1996), pulled
 *                  half-way to the inverse ones
 *
 * A method that cannot do a series is left out, and the series' row says which. The distribution is
 * that of the combined forecast's own past errors.
 */
#include "config.h"
#include "model/parts.h"

#include <math.h>
#include <string.h>
#include <gsl/gsl_linalg.h>
#include "num/stat.h"

#define combine_NAME "combine"
#define combine_SUMMARY "several methods joined: mean, median or weights from past windows"
#define COMBINE_WINDOWS 8
static const struct option combine_OPTIONS[] = {
	{ .name = "by", .type = OPTION_CHOICE, .value = "mean|median|trimmed|inverse|stacked",
	  .choices = "mean|median|trimmed|inverse|stacked", .preset = "mean",
	  .help = "how the forecasts are joined" },
	{ 0 }
};

enum joining { BY_MEAN, BY_MEDIAN, BY_TRIMMED, BY_INVERSE, BY_STACKED };

static enum joining joining_of(const struct spec *spec)
{
	static const char *const name[] = { "mean", "median", "trimmed", "inverse", "stacked" };
	const char *by = spec_text(spec, "by");
	int k = 0;
	while (strcmp(by, name[k]))
		k++;
	return (enum joining)k;
}

/* p: a weight for each part, then the parts' own. */
static int combine_n_parameter(const struct spec *spec, int season)
{
	return spec->n_part + parts_n_parameter(spec, season);
}

/* ---- weights ---- */

/* Mean squared errors of the parts that the trial has seen; the others lose their weight, unless it
 * has seen none. False: none. */
static int losses_of(const struct tryout *t, double *weight, double *loss)
{
	int cases, seen = 0;
	for (int k = 0; k < t->n_part; k++) {
		loss[k] = weight[k] > 0 ? tryout_loss(t, k, &cases) : (double)NAN;
		seen += isfinite(loss[k]);
	}
	for (int k = 0; seen && k < t->n_part; k++)
		weight[k] = isfinite(loss[k]);
	return seen;
}

static void weigh_inverse(const struct tryout *t, const double *loss, double *weight)
{
	double least = INFINITY;
	for (int k = 0; k < t->n_part; k++)
		if (weight[k] > 0 && loss[k] < least)
			least = loss[k] + 1e-300;
	for (int k = 0; k < t->n_part; k++)
		if (weight[k] > 0)
			weight[k] = pow(least / (loss[k] + 1e-300), COMBINE_WINDOWS / 2.0);
}

/*
 * Least w'Sw with sum(w) = 1 over the parts in `use` [n]: S^-1 1 / 1'S^-1 1 by Cholesky (Bates &
 * Granger). False when S is not positive definite.
 */
static int least_variance(const double *s, int n, const int *use, double *w)
{
	double cell[PARTS_MAX * PARTS_MAX], ones[PARTS_MAX], sum = 0;
	int m = 0;
	for (int i = 0; i < n; i++)
		if (use[i])
			m++;
	gsl_matrix_view a = gsl_matrix_view_array(cell, (size_t)m, (size_t)m);
	gsl_vector_view x = gsl_vector_view_array(ones, (size_t)m);
	for (int i = 0, at = 0; i < n; i++)
		for (int j = 0; use[i] && j < n; j++)
			if (use[j])
				cell[at++] = s[i * n + j];
	gsl_vector_set_all(&x.vector, 1);
	if (gsl_linalg_cholesky_decomp1(&a.matrix) || gsl_linalg_cholesky_svx(&a.matrix, &x.vector))
		return 0;
	for (int i = 0; i < m; i++)
		sum += ones[i];
	for (int i = 0, at = 0; i < n; i++)
		w[i] = use[i] ? ones[at++] / sum : 0;
	return 1;
}

/* Cross products of the errors of all parts over the windows, where all of them have one; the
 * diagonal is raised a little, so that parts that agree share their weight. */
static void error_products(const struct tryout *t, const double *weight, double *s)
{
	size_t cells = (size_t)t->n_end * (size_t)t->n_step, n = (size_t)t->n_part;
	double trace = 0;
	memset(s, 0, n * n * sizeof *s);
	for (size_t c = 0; c < cells; c++) {
		int all = 1;
		for (size_t k = 0; all && k < n; k++)
			all = !(weight[k] > 0) || isfinite(t->error[k * cells + c]);
		for (size_t i = 0; all && i < n; i++)
			for (size_t j = 0; weight[i] > 0 && j <= i; j++)
				if (weight[j] > 0)
					s[i * n + j] += t->error[i * cells + c] * t->error[j * cells + c];
	}
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			s[j * n + i] = s[i * n + j];
	for (int i = 0; i < t->n_part; i++)
		trace += s[i * t->n_part + i];
	for (int i = 0; i < t->n_part; i++)
		s[i * t->n_part + i] += 0.02 * trace / t->n_part + 1e-300;
}

/* Non-negative weights: the least variance, the most negative part dropped until none is. */
static void weigh_stacked(const struct tryout *t, const double *loss, double *weight)
{
	double s[PARTS_MAX * PARTS_MAX], w[PARTS_MAX] = { 0 }, sum = 0;
	int use[PARTS_MAX], n = t->n_part, left = 0;
	error_products(t, weight, s);
	for (int k = 0; k < n; k++)
		left += use[k] = weight[k] > 0;
	while (left) {
		int worst = -1;
		if (!least_variance(s, n, use, w))
			return;
		for (int k = 0; k < n; k++)
			if (use[k] && w[k] < 0 && (worst < 0 || w[k] < w[worst]))
				worst = k;
		if (worst < 0)
			break;
		use[worst] = 0;
		left--;
	}
	weigh_inverse(t, loss, weight);
	for (int k = 0; k < n; k++)
		sum += weight[k];
	for (int k = 0; k < n; k++)
		weight[k] = (w[k] + weight[k] / sum) / 2;
}

static enum status combine_fit(const struct spec *spec, const struct local_series *s, struct arena *scratch,
			       double *p, struct err *e)
{
	double *weight = p, *own = p + spec->n_part, sum = 0;
	enum joining by = joining_of(spec);
	struct err first = { 0 };
	for (int k = 0; k < spec->n_part; k++) {
		struct err why = { 0 };
		weight[k] = parts_fit(spec, k, s, scratch, own, &why) == OK;
		sum += weight[k];
		if (!(weight[k] > 0) && !*first.text)
			first = why;
	}
	if (!(sum > 0))
		return err_set(e, E_FIT, "%s", first.text);
	if (by == BY_INVERSE || by == BY_STACKED) {
		struct tryout t;
		double loss[PARTS_MAX];
		tryout_run(spec, s, COMBINE_WINDOWS, scratch, &t);
		if (t.n_end && losses_of(&t, weight, loss))
			(by == BY_INVERSE ? weigh_inverse : weigh_stacked)(&t, loss, weight);
	}
	sum = 0;
	for (int k = 0; k < spec->n_part; k++)
		sum += weight[k];
	for (int k = 0; k < spec->n_part; k++)
		weight[k] /= sum;
	return OK;
}

/* ---- joining ---- */

/* One number out of n, in ascending order of the parts: NaN ones do not count. */
static double join(enum joining by, const double *x, const double *weight, int n)
{
	double kept[PARTS_MAX], sum = 0, weights = 0;
	size_t m = 0;
	for (int k = 0; k < n; k++)
		if (isfinite(x[k])) {
			kept[m++] = x[k];
			sum += weight[k] * x[k];
			weights += weight[k];
		}
	if (by == BY_MEDIAN || (by == BY_TRIMMED && m >= 4))
		stat_sort(kept, m);
	if (by == BY_MEDIAN)
		return stat_median(kept, m);
	if (by == BY_TRIMMED && m >= 4)
		return stat_mean(kept + 1, m - 2);
	return weights > 0 ? sum / weights : (double)NAN;
}

static enum status combine_replay(const struct spec *spec, const double *p, const struct local_series *s,
				  struct arena *scratch, int n_end, const int *end, int n_step,
				  double *mean, struct err *e)
{
	const double *weight[PARTS_MAX];
	double *part[PARTS_MAX], x[PARTS_MAX], w[PARTS_MAX];
	size_t cells = (size_t)n_end * (size_t)n_step;
	enum joining by = joining_of(spec);
	int n = 0;
	for (int k = 0; k < spec->n_part; k++) {
		part[n] = ARENA_ARRAY(scratch, double, cells + 1);
		weight[n] = p + k;
		n += p[k] > 0 && parts_replay(spec, k, p + spec->n_part, s, scratch, n_end, end, n_step,
					      part[n]);
	}
	if (!n)
		return err_set(e, E_FIT, "none of the methods has a forecast");
	for (size_t c = 0; c < cells; c++) {
		for (int k = 0; k < n; k++) {
			x[k] = part[k][c];
			w[k] = *weight[k];
		}
		mean[c] = join(by, x, w, n);
	}
	return OK;
}

static enum status combine_predict(const struct spec *spec, const double *p, const struct local_series *s,
				   struct arena *scratch, int n_step, double *mean, struct err *e)
{
	return combine_replay(spec, p, s, scratch, 1, &s->n, n_step, mean, e);
}

/* The weighted mean of what the parts say: errors of methods on one series go together. */
static enum status combine_sd(const struct spec *spec, const double *p, const struct local_series *s,
			      struct arena *scratch, int n_step, double *sd, struct err *e)
{
	double weights = 0, *one = ARENA_ARRAY(scratch, double, n_step);
	memset(sd, 0, (size_t)n_step * sizeof *sd);
	for (int k = 0; k < spec->n_part; k++) {
		const struct local_method *m = spec->part[k]->method->local;
		const double *own = p + spec->n_part + parts_at(spec, s->season, k);
		struct err none;
		if (!(p[k] > 0) || !m->sd
		    || m->sd(spec->part[k], own + 1, s, scratch, n_step, one, &none))
			continue;
		weights += p[k];
		for (int h = 0; h < n_step; h++)
			sd[h] += p[k] * one[h];
	}
	for (int h = 0; h < n_step; h++)
		sd[h] /= weights;
	return weights > 0 ? OK : err_set(e, E_FIT, "no method tells its spread");
}

/* One part alone is not a combination, and parts that are missing are named. */
static const char *combine_made_by(const struct spec *spec, const double *p, int season, struct buf *note)
{
	int left = 0, last = 0;
	(void)season;
	for (int k = 0; k < spec->n_part; k++) {
		left += p[k] > 0;
		last = p[k] > 0 ? k : last;
	}
	for (int k = 0; left < spec->n_part && k < spec->n_part; k++)
		if (!(p[k] > 0))
			buf_addf(note, "%s%s", note->n ? ", " : "without ", spec->part[k]->method->name);
	return left == 1 ? spec->part[last]->method->name : combine_NAME;
}

static const struct local_method combine = {
	.name = combine_NAME,
	.summary = combine_SUMMARY,
	.options = combine_OPTIONS,
	.holds = 1,
	.check = parts_check,
	.n_parameter = combine_n_parameter,
	.fit = combine_fit,
	.predict = combine_predict,
	.replay = combine_replay,
	.sd = combine_sd,
	.made_by = combine_made_by,
};
LOCAL_METHOD(combine);
