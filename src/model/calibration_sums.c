/* Distributions of sums, out of past errors as they were: over the series of a node, and over steps. */
#include "config.h"
#include "model/calibration_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_cdf.h>
#include "model/spread.h"
#include "num/copula.h"
#include "num/stat.h"

#define NODE_POWER 0.75      /* of the mean, with which a node's errors grow: between root and share */
#define NODE_DAYS 4.0        /* days of a node's errors that tell as much as one free case */
#define NODE_TRUST 8.0       /* free cases that weigh as much as what nodes of that size do */
#define NODE_FREEDOM 30.0    /* free cases from which the errors' own form is taken */
#define NODES_FOR_LINE 8     /* nodes from which the size is seen to go with the level */
#define NORMAL_SIZE 0.7978845608028654 /* mean |x| of a standard normal, sqrt(2 / pi) */
#define OWN_SHARE 0.5        /* of the paths that follow the series' own rows */

/* ---- nodes ---- */

/* A tier's nodes in the past windows. */
struct sums {
	const struct calibration *c;
	int n;                  /* nodes */
	size_t width;           /* n_origin * n_step */
	double *error, *mean;   /* [n][width] sums over the series that are known */
	double *level, *size;   /* [n] usual mean; mean size of scaled errors, NaN: not known */
	double *own;            /* [n] free cases */
	double *line;           /* [n] size that nodes of this level have */
	double *growth;         /* [n_step] what errors of a step are of the usual */
	double power;           /* of the step, with which errors grow */
	double free_cases;      /* of all nodes together */
};

static void add_series(const struct sums *s, int node, int k)
{
	const struct calibration *c = s->c;
	for (size_t j = 0; j < s->width; j++) {
		size_t at = (size_t)k * s->width + j, to = (size_t)node * s->width + j;
		if (c->error[at] == NO_ERROR)
			continue;
		double root = c->mean[at] / 255.0;
		s->error[to] += c->error[at] * c->top[k] / 32767;
		s->mean[to] += root * root * c->mean_top[k];
	}
}

/* A cell in which less than half of the node is known says nothing of it. */
static double scaled_error(const struct sums *s, int node, size_t j)
{
	size_t at = (size_t)node * s->width + j;
	if (!(s->mean[at] > .5 * s->level[node]) && !(s->mean[at] > 0 && s->level[node] < 2))
		return (double)NAN;
	return s->error[at] / calibration_scale(s->mean[at], s->level[node], NODE_POWER);
}

static void measure_node(struct sums *s, int node)
{
	double sum = 0, mean = 0;
	int n = 0, known = 0;
	for (size_t j = 0; j < s->width; j++) {
		double m = s->mean[(size_t)node * s->width + j];
		mean += m;
		known += m > 0;
	}
	s->level[node] = known ? mean / known : 0;
	for (size_t j = 0; j < s->width; j++) {
		double z = scaled_error(s, node, j);
		if (isfinite(z)) {
			sum += fabs(z);
			n++;
		}
	}
	s->size[node] = n ? sum / n : (double)NAN;
	s->own[node] = n * s->c->days / (double)s->width / NODE_DAYS;
	s->free_cases += s->own[node];
}

/* What nodes of a level have for a size: a line through the logarithms, or the median of few nodes. */
static void draw_line(struct sums *s)
{
	double n = 0, x1 = 0, y1 = 0, x2 = 0, xy = 0, *size = NEW_ARRAY(double, s->n + 1);
	size_t known = 0;
	for (int j = 0; j < s->n; j++) {
		if (!(s->size[j] > 0) || !(s->level[j] > 0))
			continue;
		double x = log(s->level[j]), y = log(s->size[j]);
		size[known++] = s->size[j];
		n++;
		x1 += x;
		y1 += y;
		x2 += x * x;
		xy += x * y;
	}
	stat_sort(size, known);
	double middle = known ? stat_median(size, known) : (double)NAN;
	double slope = n >= NODES_FOR_LINE ? (xy - x1 * y1 / n) / (x2 - x1 * x1 / n + 1) : 0;
	for (int j = 0; j < s->n; j++) {
		s->line[j] = middle;
		if (n >= NODES_FOR_LINE && s->level[j] > 0)
			s->line[j] = exp(y1 / n + slope * (log(s->level[j]) - x1 / n));
	}
	free(size);
}

static double size_of(const struct sums *s, int j)
{
	if (isnan(s->size[j]))
		return s->line[j];
	if (s->n < 3)
		return s->size[j];
	return (s->own[j] * s->size[j] + NODE_TRUST * s->line[j]) / (s->own[j] + NODE_TRUST);
}

/* How errors grow over the steps: as a power, drawn to none where nodes are few. */
static void learn_growth(struct sums *s)
{
	int n_step = s->c->n_step;
	double *n = NEW_ARRAY(double, n_step + 1);
	memset(s->growth, 0, (size_t)n_step * sizeof *s->growth);
	for (int j = 0; j < s->n; j++)
		for (size_t k = 0; size_of(s, j) > 0 && k < s->width; k++) {
			double z = fabs(scaled_error(s, j, k)) / size_of(s, j);
			size_t h = k % (size_t)n_step;
			s->growth[h] += isfinite(z) ? z : 0;
			n[h] += isfinite(z);
		}
	for (int h = 0; h < n_step; h++)
		s->growth[h] = n[h] > 0 ? s->growth[h] / n[h] : (double)NAN;
	s->power = calibration_growth(s->growth, n_step) * s->free_cases / (s->free_cases + NODE_FREEDOM);
	for (int h = 0; h < n_step; h++)
		s->growth[h] = calibration_grown(s->c, s->power, h + 1);
	free(n);
}

/* Quantiles of errors over size and growth: those seen, and as free cases are few, those of a t whose
 * freedom is the cases that the size was made of. */
static void unit_quantiles(const struct sums *s, int n_level, const double *level, double *unit)
{
	double *z = NEW_ARRAY(double, (size_t)s->n * s->width + 1), sum = 0;
	size_t n = 0;
	for (int j = 0; j < s->n; j++)
		for (size_t k = 0; size_of(s, j) > 0 && k < s->width; k++) {
			double x = scaled_error(s, j, k)
				/ (size_of(s, j) * s->growth[k % (size_t)s->c->n_step]);
			if (isfinite(x)) {
				z[n++] = x;
				sum += fabs(x);
			}
		}
	double mean = n ? sum / (double)n : 1;
	stat_sort(z, n);
	double per_node = s->n ? s->free_cases / s->n : 0;
	double freedom = fmax(per_node + (s->n >= 3 ? NODE_TRUST : 0), 4);
	double weight = n ? s->free_cases / (s->free_cases + NODE_FREEDOM) : 0;
	for (int l = 0; l < n_level; l++) {
		double t = mean * gsl_cdf_tdist_Pinv(level[l], freedom) / NORMAL_SIZE;
		double seen = n ? stat_quantile_type6(z, n, level[l]) : 0;
		unit[l] = weight * seen + (1 - weight) * t;
	}
	free(z);
}

static void fill_node(const struct sums *s, int j, const double *unit, int negative_ok, struct forecast *node)
{
	struct forecast one = forecast_at(node, j);
	double size = size_of(s, j);
	for (int h = 0; h < one.n_step; h++) {
		double level = s->level[j] > 0 ? s->level[j] : one.mean[h];
		double scale = calibration_scale(one.mean[h], level, NODE_POWER) * (isnan(size) ? 1 : size)
			* (h < s->c->n_step ? s->growth[h] : calibration_grown(s->c, s->power, h + 1));
		for (int l = 0; l < one.n_level; l++) {
			double q = one.mean[h] + scale * unit[l];
			one.quantile[h * one.n_level + l] = q < 0 && !negative_ok ? 0 : q;
		}
	}
}

enum status calibration_nodes(const struct calibration *c, const struct panel *past,
			      const struct fit_context *context, const struct tier *tier,
			      struct forecast *node, struct err *e)
{
	struct arena a = { 0 };
	size_t n = (size_t)tier->n_node;
	struct sums s = { .c = c, .n = tier->n_node, .width = (size_t)c->n_origin * (size_t)c->n_step };
	if (!c->error || !s.width || !c->n_known)
		return err_set(e, E_FIT, "no past errors were kept for sums");
	s.error = ARENA_ARRAY(&a, double, n * s.width + 1);
	s.mean = ARENA_ARRAY(&a, double, n * s.width + 1);
	s.level = ARENA_ARRAY(&a, double, n + 1);
	s.size = ARENA_ARRAY(&a, double, n + 1);
	s.own = ARENA_ARRAY(&a, double, n + 1);
	s.line = ARENA_ARRAY(&a, double, n + 1);
	s.growth = ARENA_ARRAY(&a, double, c->n_step + 1);
	double *unit = ARENA_ARRAY(&a, double, node->n_level + 1);
	for (int i = 0; i < past->n; i++) {
		int k = calibration_find(c, &past->key[i], i);
		if (tier->node_of[i] >= 0 && k >= 0)
			add_series(&s, tier->node_of[i], k);
	}
	for (int j = 0; j < s.n; j++)
		measure_node(&s, j);
	draw_line(&s);
	learn_growth(&s);
	unit_quantiles(&s, node->n_level, node->level, unit);
	for (int j = 0; j < s.n; j++)
		fill_node(&s, j, unit, context->negative_ok, node);
	arena_release(&a);
	return OK;
}

/* ---- paths ---- */

/* Mean size of a series' errors, to make rows of several series one kind; 0: it has none. */
static double row_size(const struct calibration *c, int k)
{
	size_t width = (size_t)c->n_origin * (size_t)c->n_step;
	double sum = 0;
	int n = 0;
	for (size_t j = (size_t)k * width; j < ((size_t)k + 1) * width; j++)
		if (c->error[j] != NO_ERROR) {
			sum += fabs((double)c->error[j]);
			n++;
		}
	return n ? sum / n : 0;
}

/* One row of past errors as the order of a path. */
static void copy_row(const struct calibration *c, int k, int window, double size, int n_step, double *path)
{
	size_t from = ((size_t)k * (size_t)c->n_origin + (size_t)window) * (size_t)c->n_step;
	for (int h = 0; h < n_step; h++) {
		int known = h < c->n_step && c->error[from + (size_t)h] != NO_ERROR && size > 0;
		path[h] = known ? c->error[from + (size_t)h] / size : (double)NAN;
	}
}

enum status calibration_paths(const struct calibration *c, const struct panel *past,
			      const struct fit_context *context, int i, const struct forecast *one, int n_path,
			      double *path, struct err *e)
{
	struct series s = panel_series(past, i);
	int own = calibration_find(c, &s.key, i);
	if (!c->error || !c->n || !c->n_origin)
		return err_set(e, E_FIT, "no past errors were kept for paths");
	struct rng *rng = spread_rng(&s.key, context->seed);
	for (int k = 0; k < n_path; k++) {
		int window = (int)(rng_uniform(rng) * c->n_origin), other = (int)(rng_uniform(rng) * c->n);
		int row = own >= 0 && rng_uniform(rng) < OWN_SHARE ? own : other;
		copy_row(c, row, window, row_size(c, row), one->n_step,
			 path + (size_t)k * (size_t)one->n_step);
	}
	spread_paths(rng, one, series_is_whole(&s), context->negative_ok, n_path, path);
	rng_free(rng);
	return OK;
}
