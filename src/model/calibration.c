/* Distributions around means: what is learnt from a trial, and how it is applied. */
#include "config.h"
#include "model/calibration_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_cdf.h>
#include "base/par.h"
#include "model/spread.h"
#include "num/copula.h"
#include "num/count.h"
#include "num/stat.h"
#include "series/demand_class.h"

#define COUNT_LEVEL 5.0     /* mean demand up to which a distribution of counts is used */
#define COUNT_CASES 600000  /* cases after which only every so manyth is looked at */
#define LEVEL_DAYS 400      /* newest periods that make the level */
#define SIZE_TRUST 14.0     /* days of one's own that weigh as much as the group's size */
#define DISPERSION_TRUST 28.0
#define POOL_TRUST 200.0    /* cases of a group that weigh as much as those of all */
#define POWER_PRIOR 0.5
#define POWER_TRUST 5.0
#define CERTAIN 20          /* cases without any error, after which a series has no spread */
#define DISPERSION_PRIOR 0.5
#define CHUNK 32

const double calibration_grid[GRID] = {
	.0005, .001, .0025, .005, .01, .015, .02, .025, .03, .04, .05, .06, .075, .1, .125, .15, .165, .2,
	.25, .3, .35, .4, .45, .475, .5, .525, .55, .6, .65, .7, .75, .8, .835, .85, .875, .9, .925, .94,
	.95, .96, .97, .975, .98, .985, .99, .995, .9975, .999, .9995
};

int calibration_range(const struct calibration *c, int step)
{
	int width = c->season > 1 && c->season <= 14 ? c->season : 4;
	int most = c->n_step <= width ? 0 : c->n_step <= 2 * width ? 1 : c->n_step <= 4 * width ? 2 : 3;
	int range = step <= width ? 0 : step <= 2 * width ? 1 : step <= 4 * width ? 2 : 3;
	return range < most ? range : most;
}

double calibration_scale(double mean, double level, double power)
{
	return level > 0 ? level * pow(FLAT + (1 - FLAT) * (mean > 0 ? mean : 0) / level, power) : 0;
}

double calibration_growth(const double *size, int n_step)
{
	double n = 0, x1 = 0, y1 = 0, x2 = 0, xy = 0;
	for (int h = 0; h < n_step; h++) {
		if (!(size[h] > 0) || !isfinite(size[h]))
			continue;
		double x = log(h + 1), y = log(size[h]);
		n++;
		x1 += x;
		y1 += y;
		x2 += x * x;
		xy += x * y;
	}
	double spread = n > 2 ? x2 - x1 * x1 / n : 0, slope = spread > 0 ? (xy - x1 * y1 / n) / spread : 0;
	return slope < 0 ? 0 : slope > GROWTH_MOST ? GROWTH_MOST : slope;
}

double calibration_grown(const struct calibration *c, double power, int step)
{
	double sum = 0;
	if (!(power > 0))
		return 1;
	for (int h = 1; h <= c->n_step; h++)
		sum += pow(h, power);
	return pow(step, power) * c->n_step / sum;
}

/* ---- what a series is ---- */

/* Counts by level, in steps of two, and by how their sizes differ; the rest by demand class. */
static int group_of(double level, int whole, int counted, enum demand_class class)
{
	static const double cut[] = { .1, .2, .4, .8, 1.6, 3.2 };
	int k = 0;
	if (!counted)
		return (whole ? GROUP_WHOLE : GROUP_PARTS) + (int)class;
	while (k < 6 && level > cut[k])
		k++;
	return 2 * k + (class == CLASS_LUMPY || class == CLASS_ERRATIC);
}

struct standing calibration_standing(const struct series *s, int negative_ok)
{
	struct standing out = { 0 };
	double sum = 0, *y = NEW_ARRAY(double, s->n + 1);
	int known = 0;
	series_demand(s, y);
	for (int t = s->n > LEVEL_DAYS ? s->n - LEVEL_DAYS : 0; t < s->n; t++)
		if (!isnan(y[t])) {
			sum += fabs(y[t]);
			known++;
		}
	out.level = known ? sum / known : 0;
	out.whole = series_is_whole(s);
	out.counted = out.whole && !negative_ok && out.level <= COUNT_LEVEL;
	out.group = group_of(out.level, out.whole, out.counted,
			     demand_class_of(y, s->n, 0, s->n + 1));
	free(y);
	return out;
}

struct standings {
	const struct panel *panel;
	struct standing *at; /* [n] */
	int negative_ok;
};

static void standings_some(void *context, size_t from, size_t to, int worker)
{
	struct standings *s = context;
	(void)worker;
	for (size_t i = from; i < to; i++) {
		struct series one = panel_series(s->panel, (int)i);
		s->at[i] = calibration_standing(&one, s->negative_ok);
	}
}

static struct standing *standings_of(const struct panel *p, const struct fit_context *context)
{
	struct standings s = { p, NEW_ARRAY(struct standing, p->n + 1), context->negative_ok };
	par_for((size_t)p->n, CHUNK, context->jobs, standings_some, &s);
	return s.at;
}

static int by_hash(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;
	return x[0] != y[0] ? (x[0] < y[0] ? -1 : 1) : (x[1] > y[1]) - (x[1] < y[1]);
}

void calibration_sort(struct calibration *c, struct arena *a)
{
	int64_t *pair = NEW_ARRAY(int64_t, 2 * (size_t)c->n + 1);
	c->order = ARENA_ARRAY(a, int, c->n + 1);
	for (int i = 0; i < c->n; i++) {
		pair[2 * i] = c->key[i];
		pair[2 * i + 1] = i;
	}
	qsort(pair, (size_t)c->n, 2 * sizeof *pair, by_hash);
	for (int i = 0; i < c->n; i++)
		c->order[i] = (int)pair[2 * i + 1];
	free(pair);
}

int calibration_find(const struct calibration *c, const struct series_key *key, int i)
{
	int64_t hash = series_key_hash(key);
	int low = 0, high = c->n;
	if (i < c->n && c->key[i] == hash)
		return i;
	while (low < high) {
		int middle = low + (high - low) / 2;
		if (c->key[c->order[middle]] < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low < c->n && c->key[c->order[low]] == hash ? c->order[low] : -1;
}

/* ---- learning ---- */

/* A trial at work: sums of each series, and in them those of each window, which are left out for it. */
struct lesson {
	struct calibration *c;
	const struct trial *trial;
	const double *actual;
	const struct standing *at; /* [n] */
	double *n, *size;          /* [n][n_origin] cases, and sums of their scaled errors' size */
	double *over, *square;     /* [n][n_origin] of counts: sum of (y - m)^2 - m, and of m^2 */
};

static size_t cell_of(const struct lesson *l, int i, int k, int h)
{
	return ((size_t)k * (size_t)l->c->n + (size_t)i) * (size_t)l->c->n_step + (size_t)h;
}

/* Groups that a group's cases go into: itself and that of all like it. */
int calibration_group_of_all(int group)
{
	if (group >= GROUP_ALL_COUNTS)
		return group;
	return group < GROUP_WHOLE ? GROUP_ALL_COUNTS : group < GROUP_PARTS ? GROUP_ALL_WHOLE : GROUP_ALL_PARTS;
}

/* Powers of the mean with which errors grow, by group: slope of log error on log mean within series. */
static void learn_power(struct lesson *l)
{
	struct calibration *c = l->c;
	double sxx[N_GROUP] = { 0 }, sxy[N_GROUP] = { 0 };
	for (int i = 0; i < c->n; i++) {
		double n = 0, x1 = 0, y1 = 0, x2 = 0, xy = 0, level = l->at[i].level;
		for (int k = 0; level > 0 && k < c->n_origin; k++)
			for (int h = 0; h < c->n_step; h++) {
				double m = l->trial->mean[cell_of(l, i, k, h)];
				double e = fabs(l->actual[cell_of(l, i, k, h)] - m) / level;
				if (!(e > 0) || !isfinite(e))
					continue;
				double x = log(FLAT + (1 - FLAT) * (m > 0 ? m : 0) / level), y = log(e);
				n++;
				x1 += x;
				y1 += y;
				x2 += x * x;
				xy += x * y;
			}
		if (n < 2)
			continue;
		sxx[l->at[i].group] += x2 - x1 * x1 / n;
		sxy[l->at[i].group] += xy - x1 * y1 / n;
	}
	for (int g = 0; g < N_GROUP; g++) {
		double power = (sxy[g] + POWER_TRUST * POWER_PRIOR) / (sxx[g] + POWER_TRUST);
		c->group[g].power = power < 0 ? 0 : power > 1 ? 1 : power;
	}
}

static void learn_series(struct lesson *l, int i)
{
	struct calibration *c = l->c;
	const struct standing *at = &l->at[i];
	for (int k = 0; k < c->n_origin; k++) {
		size_t sum = (size_t)i * (size_t)c->n_origin + (size_t)k;
		for (int h = 0; h < c->n_step; h++) {
			double y = l->actual[cell_of(l, i, k, h)], m = l->trial->mean[cell_of(l, i, k, h)];
			double e = y - m, scale = calibration_scale(m, at->level, c->group[at->group].power);
			if (!isfinite(e))
				continue;
			l->n[sum]++;
			l->size[sum] += scale > 0 ? fabs(e) / scale : 0;
			l->over[sum] += e * e - m;
			l->square[sum] += m * m;
		}
	}
}

/* Sums of a series over its windows without one (-1: with all). */
static void sums_of(const struct lesson *l, int i, int without, double *n, double *size, double *over,
		    double *square)
{
	*n = *size = *over = *square = 0;
	for (int k = 0; k < l->c->n_origin; k++) {
		size_t at = (size_t)i * (size_t)l->c->n_origin + (size_t)k;
		if (k == without)
			continue;
		*n += l->n[at];
		*size += l->size[at];
		*over += l->over[at];
		*square += l->square[at];
	}
}

/* A day that lies in several windows is one day. */
static double own_days(const struct calibration *c, double cases)
{
	return cases * c->days / ((double)c->n_origin * c->n_step);
}

/* Size and dispersion of series i by its windows but one, drawn towards the group's. */
static double size_without(const struct lesson *l, int i, int without)
{
	double n, size, over, square, group = l->c->group[l->at[i].group].size;
	sums_of(l, i, without, &n, &size, &over, &square);
	double days = own_days(l->c, n);
	return n > 0 ? (days * size / n + SIZE_TRUST * group) / (days + SIZE_TRUST) : group;
}

static double dispersion_without(const struct lesson *l, int i, int without)
{
	double n, size, over, square, group = l->c->group[l->at[i].group].dispersion;
	sums_of(l, i, without, &n, &size, &over, &square);
	double days = own_days(l->c, n);
	if (!(square > 0))
		return group;
	double own = days * over / n + DISPERSION_TRUST * group * square / n;
	own /= (days + DISPERSION_TRUST) * square / n;
	return own < 0 ? 0 : own < COUNT_DISPERSION_MAX ? own : COUNT_DISPERSION_MAX;
}

/* The usual size of each group is the median of its series': no one series moves it. */
static void learn_groups(struct lesson *l)
{
	struct calibration *c = l->c;
	double *size = NEW_ARRAY(double, c->n + 1), *dispersion = NEW_ARRAY(double, c->n + 1);
	for (int g = N_GROUP - 1; g >= 0; g--) {
		double over = 0, square = 0;
		size_t n = 0, counts = 0;
		for (int i = 0; i < c->n; i++) {
			double cases, s, o, q;
			int mine = l->at[i].group == g || calibration_group_of_all(l->at[i].group) == g;
			sums_of(l, i, -1, &cases, &s, &o, &q);
			if (!mine || !(cases > 0))
				continue;
			size[n++] = s / cases;
			if (l->at[i].counted && q > 0) {
				dispersion[counts++] = o / q;
				over += o;
				square += q;
			}
		}
		stat_sort(size, n);
		int all = calibration_group_of_all(g);
		c->group[g].size = n ? stat_median(size, n) : c->group[all].size;
		/* Moments of all together weigh the larger ones; a lone giant is held off by the median's
		 * fourfold. */
		stat_sort(dispersion, counts);
		double middle = counts ? stat_quantile(dispersion, counts, .75) : 0;
		double a = square > 0 ? over / square : 0;
		c->group[g].dispersion = !counts ? (g >= GROUP_ALL_COUNTS ? DISPERSION_PRIOR
							  : c->group[all].dispersion)
			: a < 0 ? 0 : a > 4 * fmax(middle, .25) ? 4 * fmax(middle, .25) : a;
	}
	free(dispersion);
	free(size);
}

/* P(X < y) and P(X <= y) of a negative binomial, by its recurrence. */
static void cdf_around(double m, double a, double y, double *below, double *up_to)
{
	double plain = m > 0 ? exp(a * m > 1e-12 ? -log1p(a * m) / a : -m) : 1;
	struct count c = { .mean = m, .dispersion = a };
	if (y > 200) {
		*below = count_cdf(&c, y - 1);
		*up_to = count_cdf(&c, y);
		return;
	}
	*below = 0;
	*up_to = plain;
	for (double j = 0; j < y; j++) {
		plain *= m * (1 + a * j) / ((1 + a * m) * (j + 1));
		*below = *up_to;
		*up_to += plain;
	}
	*up_to = *up_to < 1 ? *up_to : 1;
	*below = *below < *up_to ? *below : *up_to;
}

/* Adds a case, spread evenly over [from, to], to the cells of a transform. */
static void spread_case(double *cell, double from, double to)
{
	from = fmin(fmax(from, 0), 1) * PIT_CELLS;
	to = fmin(fmax(to, 0), 1) * PIT_CELLS;
	int i = (int)fmin(from, PIT_CELLS - 1), j = (int)fmin(to, PIT_CELLS - 1);
	if (i >= j || to - from < 1e-9) {
		cell[i] += 1;
		return;
	}
	double density = 1 / (to - from);
	cell[i] += (i + 1 - from) * density;
	cell[j] += (to - j) * density;
	for (int k = i + 1; k < j; k++)
		cell[k] += density;
}

/* The transforms of all counts: cell[N_GROUP][RANGES][PIT_CELLS]. */
static void transform_counts(struct lesson *l, double *cell)
{
	struct calibration *c = l->c;
	int64_t cases = 0;
	for (int i = 0; i < c->n; i++)
		cases += l->at[i].counted ? c->n_origin * c->n_step : 0;
	int every = (int)(cases / COUNT_CASES) + 1;
	for (int i = 0; i < c->n; i++) {
		const struct standing *at = &l->at[i];
		for (int k = 0; at->counted && k < c->n_origin; k++) {
			double a = dispersion_without(l, i, k);
			for (int h = (i + k) % every; h < c->n_step; h += every) {
				double y = l->actual[cell_of(l, i, k, h)], below, up_to;
				double m = l->trial->mean[cell_of(l, i, k, h)];
				if (!isfinite(y) || !isfinite(m) || y < 0 || c->size[i] <= 0)
					continue;
				int range = calibration_range(c, h + 1);
				cdf_around(fmax(m, 0), a, y, &below, &up_to);
				spread_case(cell + (at->group * RANGES + range) * PIT_CELLS, below, up_to);
				c->group[at->group].pool[range].n++;
			}
		}
	}
}

static void learn_counts(struct lesson *l)
{
	struct calibration *c = l->c;
	double *cell = NEW_ARRAY(double, N_GROUP * RANGES * PIT_CELLS);
	transform_counts(l, cell);
	for (int g = 0; g < GROUP_WHOLE; g++)
		for (int r = 0; r < RANGES; r++) {
			c->group[GROUP_ALL_COUNTS].pool[r].n += c->group[g].pool[r].n;
			for (int k = 0; k < PIT_CELLS; k++)
				cell[(GROUP_ALL_COUNTS * RANGES + r) * PIT_CELLS + k] +=
					cell[(g * RANGES + r) * PIT_CELLS + k];
		}
	/* A group is drawn to all counts, and those to the family's own form. */
	for (int g = 0; g <= GROUP_ALL_COUNTS; g++)
		for (int r = 0; (g < GROUP_WHOLE || g == GROUP_ALL_COUNTS) && r < RANGES; r++) {
			const double *own = cell + (g * RANGES + r) * PIT_CELLS;
			const double *all = cell + (GROUP_ALL_COUNTS * RANGES + r) * PIT_CELLS;
			double n = c->group[g].pool[r].n, n_all = c->group[GROUP_ALL_COUNTS].pool[r].n, sum = 0;
			for (int k = 0; k < PIT_CELLS; k++) {
				double prior = (all[k] + POOL_TRUST / PIT_CELLS) / (n_all + POOL_TRUST);
				sum += g < GROUP_WHOLE ? (own[k] + POOL_TRUST * prior) / (n + POOL_TRUST) : prior;
				c->group[g].pool[r].below[k] = (float)fmin(sum, 1);
			}
		}
	free(cell);
}

/* How the errors of larger counts and of quantities grow over the steps, each of one kind. */
static void learn_growth(struct lesson *l)
{
	struct calibration *c = l->c;
	double *sum = NEW_ARRAY(double, c->n_step + 1), *n = NEW_ARRAY(double, c->n_step + 1);
	for (int g = GROUP_ALL_WHOLE; g <= GROUP_ALL_PARTS; g++) {
		memset(sum, 0, (size_t)c->n_step * sizeof *sum);
		memset(n, 0, (size_t)c->n_step * sizeof *n);
		for (int i = 0; i < c->n; i++) {
			const struct standing *at = &l->at[i];
			int mine = calibration_group_of_all(at->group) == g && c->size[i] > 0;
			for (int k = 0; mine && k < c->n_origin; k++)
				for (int h = 0; h < c->n_step; h++) {
					double m = l->trial->mean[cell_of(l, i, k, h)];
					double z = l->actual[cell_of(l, i, k, h)] - m;
					z /= c->size[i] * calibration_scale(m, at->level,
									    c->group[at->group].power);
					sum[h] += isfinite(z) ? fabs(z) : 0;
					n[h] += isfinite(z);
				}
		}
		for (int h = 0; h < c->n_step; h++)
			sum[h] = n[h] > 0 ? sum[h] / n[h] : (double)NAN;
		c->group[g].growth = calibration_growth(sum, c->n_step);
	}
	free(n);
	free(sum);
}

/* What errors of each step are of the usual, for a group; [n_step]. */
static double *grown_steps(const struct calibration *c, int group, int n_step)
{
	double *grown = NEW_ARRAY(double, n_step + 1);
	double power = c->group[calibration_group_of_all(group)].growth;
	double first = calibration_grown(c, power, 1);
	for (int h = 0; h < n_step; h++)
		grown[h] = power > 0 ? first * pow(h + 1, power) : 1;
	return grown;
}

/* Quantiles of errors over their size, of one group and range; `room` has a place for every case. */
static void learn_pool(struct lesson *l, int g, int r, double *room)
{
	struct calibration *c = l->c;
	struct pool *pool = &c->group[g].pool[r];
	int whole_kind = calibration_group_of_all(g);
	const struct pool *all = &c->group[whole_kind].pool[r];
	double *grown = grown_steps(c, g, c->n_step);
	size_t n = 0;
	for (int i = 0; i < c->n; i++) {
		const struct standing *at = &l->at[i];
		int mine = at->group == g || calibration_group_of_all(at->group) == g;
		for (int k = 0; mine && c->size[i] > 0 && k < c->n_origin; k++) {
			double size = size_without(l, i, k);
			for (int h = 0; h < c->n_step; h++) {
				double m = l->trial->mean[cell_of(l, i, k, h)];
				double z = l->actual[cell_of(l, i, k, h)] - m;
				if (calibration_range(c, h + 1) != r)
					continue;
				z /= size * grown[h]
					* calibration_scale(m, at->level, c->group[at->group].power);
				if (isfinite(z))
					room[n++] = z;
			}
		}
	}
	free(grown);
	stat_sort(room, n);
	pool->n = (int)n;
	for (int q = 0; n && q < GRID; q++) {
		double own = stat_quantile_type6(room, n, calibration_grid[q]);
		double weight = g == whole_kind ? 1 : (double)n / ((double)n + POOL_TRUST);
		pool->quantile[q] = (float)(weight * own + (1 - weight) * (double)all->quantile[q]);
	}
}

static void learn_quantiles(struct lesson *l)
{
	struct calibration *c = l->c;
	int64_t cases = 0;
	for (int i = 0; i < c->n; i++)
		cases += l->at[i].group >= GROUP_WHOLE ? c->n_origin * c->n_step : 0;
	double *room = NEW_ARRAY(double, cases + 1);
	for (int g = N_GROUP - 1; g >= GROUP_WHOLE; g--)
		for (int r = 0; g != GROUP_ALL_COUNTS && r < RANGES; r++)
			learn_pool(l, g, r, room);
	free(room);
}

/* Keeps the errors themselves in few bytes. */
static void keep_rows(struct lesson *l, struct arena *a)
{
	struct calibration *c = l->c;
	size_t width = (size_t)c->n_origin * (size_t)c->n_step, n = (size_t)c->n;
	c->error = ARENA_ARRAY(a, int16_t, n * width + 1);
	c->mean = ARENA_ARRAY(a, uint8_t, n * width + 1);
	c->top = ARENA_ARRAY(a, double, n + 1);
	c->mean_top = ARENA_ARRAY(a, double, n + 1);
	for (int i = 0; i < c->n; i++)
		for (int pass = 0; pass < 2; pass++)
			for (int k = 0; k < c->n_origin; k++)
				for (int h = 0; h < c->n_step; h++) {
					double m = l->trial->mean[cell_of(l, i, k, h)];
					double e = l->actual[cell_of(l, i, k, h)] - m;
					size_t at = (size_t)i * width + (size_t)(k * c->n_step + h);
					if (!pass && isfinite(e)) {
						c->top[i] = fmax(c->top[i], fabs(e));
						c->mean_top[i] = fmax(c->mean_top[i], m);
					} else if (pass) {
						double share = c->mean_top[i] > 0 ? m / c->mean_top[i] : 0;
						int known = isfinite(e);
						c->error[at] = !known ? NO_ERROR : c->top[i] > 0
							? (int16_t)lrint(32767 * e / c->top[i]) : 0;
						c->mean[at] = !known ? 0
							: (uint8_t)lrint(255 * sqrt(fmin(fmax(share, 0), 1)));
					}
				}
}

/* Days that at least one window covers. */
static double days_covered(const struct trial *t)
{
	double days = 0;
	for (int k = 0; k < t->n_origin; k++) {
		int next = k + 1 < t->n_origin ? t->origin[k + 1] - t->origin[k] : t->n_step;
		days += next < t->n_step ? next : t->n_step;
	}
	return days;
}

static void settle_series(struct lesson *l, int i)
{
	struct calibration *c = l->c;
	double n, size, over, square;
	sums_of(l, i, -1, &n, &size, &over, &square);
	c->n_known += (int)n;
	c->size[i] = n > 0 ? size_without(l, i, -1) : (double)NAN;
	if (n >= CERTAIN && !(size > 0))
		c->size[i] = 0;
	c->dispersion[i] = n > 0 ? dispersion_without(l, i, -1) : (double)NAN;
}

struct calibration *calibration_learn(const struct panel *past, const struct trial *t,
				      const struct fit_context *context, int rows, struct arena *a)
{
	struct arena own = { 0 };
	size_t n = (size_t)past->n, width = n * (size_t)t->n_origin + 1;
	struct calibration *c = ARENA_ARRAY(a, struct calibration, 1);
	struct standing *at = standings_of(past, context);
	struct lesson l = { c, t, trial_actual(t, past, &own), at, ARENA_ARRAY(&own, double, width),
			    ARENA_ARRAY(&own, double, width), ARENA_ARRAY(&own, double, width),
			    ARENA_ARRAY(&own, double, width) };
	c->n = past->n;
	c->season = context->season > 0 ? context->season : period_season(&past->calendar);
	c->n_origin = t->n_origin;
	c->n_step = t->n_step;
	c->days = days_covered(t);
	c->key = ARENA_ARRAY(a, int64_t, n + 1);
	c->size = ARENA_ARRAY(a, double, n + 1);
	c->dispersion = ARENA_ARRAY(a, double, n + 1);
	for (int i = 0; i < c->n; i++)
		c->key[i] = series_key_hash(&past->key[i]);
	calibration_sort(c, a);
	learn_power(&l);
	for (int i = 0; i < c->n; i++)
		learn_series(&l, i);
	learn_groups(&l);
	for (int i = 0; i < c->n; i++)
		settle_series(&l, i);
	learn_growth(&l);
	learn_quantiles(&l);
	learn_counts(&l);
	if (rows)
		keep_rows(&l, a);
	free(at);
	arena_release(&own);
	return c;
}

/* ---- applying ---- */

static double settle(double q, double mean, int whole, int negative_ok)
{
	q = isfinite(q) ? q : mean;
	q = whole ? floor(q + .5) : q;
	return q < 0 && !negative_ok ? 0 : q;
}

/* The levels at which the family is asked, so that the past lies below as often as is said. */
static void asked_levels(const struct pool *pool, int n_level, const double *level, double *asked)
{
	double below = 0;
	for (int k = 0, l = 0; k < PIT_CELLS && l < n_level; k++) {
		double up_to = (double)pool->below[k];
		for (; l < n_level && (level[l] <= up_to || k == PIT_CELLS - 1); l++) {
			double part = up_to > below ? fmin((level[l] - below) / (up_to - below), 1) : 1;
			asked[l] = fmin(fmax((k + fmax(part, 0)) / PIT_CELLS, 1e-6), 1 - 1e-6);
		}
		below = up_to;
	}
}

static void apply_counts(const struct calibration *c, const struct standing *at, double dispersion,
			 struct forecast *one)
{
	double asked[RANGES][SPREAD_LEVELS];
	int whole = at->whole;
	for (int r = 0; r < RANGES; r++) {
		const struct pool *pool = &c->group[at->group].pool[r];
		pool = pool->n ? pool : &c->group[GROUP_ALL_COUNTS].pool[r];
		if (pool->n)
			asked_levels(pool, one->n_level, one->level, asked[r]);
		else
			memcpy(asked[r], one->level, (size_t)one->n_level * sizeof(double));
	}
	for (int h = 0; h < one->n_step; h++) {
		struct count count = { .mean = fmax(one->mean[h], 0), .dispersion = dispersion };
		double *q = one->quantile + (size_t)h * (size_t)one->n_level;
		count_quantiles(&count, one->n_level, asked[calibration_range(c, h + 1)], q);
		for (int l = 0; l < one->n_level; l++)
			q[l] = settle(q[l], one->mean[h], whole, 0);
	}
}

/* Without any error to learn from: as wide as the level, or as a Poisson where that is more. */
static void apply_unknown(const struct standing *at, int negative_ok, struct forecast *one)
{
	spread_normal(one, at->whole ? fmax(at->level, sqrt(at->level)) : at->level, at->whole, negative_ok);
}

static void apply_errors(const struct calibration *c, const struct standing *at, double size,
			 int negative_ok, struct forecast *one)
{
	double grid[GRID], unit[RANGES][SPREAD_LEVELS], *grown = grown_steps(c, at->group, one->n_step);
	for (int r = 0; r < RANGES; r++) {
		const struct pool *pool = &c->group[at->group].pool[r];
		pool = pool->n ? pool : &c->group[calibration_group_of_all(at->group)].pool[r];
		for (int q = 0; q < GRID; q++)
			grid[q] = (double)pool->quantile[q];
		for (int l = 0; l < one->n_level; l++)
			unit[r][l] = copula_quantile(calibration_grid, grid, GRID, one->level[l]);
	}
	for (int h = 0; h < one->n_step; h++) {
		double scale = size * grown[h]
			* calibration_scale(one->mean[h], at->level, c->group[at->group].power);
		for (int l = 0; l < one->n_level; l++)
			one->quantile[h * one->n_level + l] =
				settle(one->mean[h] + scale * unit[calibration_range(c, h + 1)][l],
				       one->mean[h], at->whole, negative_ok);
	}
	free(grown);
}

struct applying {
	const struct calibration *c;
	const struct panel *past;
	const struct fit_context *context;
	struct forecast *out;
};

static void apply_some(void *context, size_t from, size_t to, int worker)
{
	struct applying *a = context;
	const struct calibration *c = a->c;
	(void)worker;
	for (size_t i = from; i < to; i++) {
		struct forecast one = forecast_at(a->out, (int)i);
		if (!one.used->method)
			continue;
		struct series s = panel_series(a->past, (int)i);
		struct standing at = calibration_standing(&s, a->context->negative_ok);
		int k = calibration_find(c, &s.key, (int)i);
		const struct group *g = &c->group[at.group];
		double size = k >= 0 && !isnan(c->size[k]) ? c->size[k] : g->size;
		double dispersion = k >= 0 && !isnan(c->dispersion[k]) ? c->dispersion[k] : g->dispersion;
		if (k >= 0 && c->size[k] <= 0) /* it never erred */
			apply_errors(c, &at, 0, a->context->negative_ok, &one);
		else if (at.counted)
			apply_counts(c, &at, dispersion, &one);
		else if (c->group[calibration_group_of_all(at.group)].pool[0].n)
			apply_errors(c, &at, size, a->context->negative_ok, &one);
		else
			apply_unknown(&at, a->context->negative_ok, &one);
	}
}

void calibration_apply(const struct calibration *c, const struct panel *past,
		       const struct fit_context *context, struct forecast *out)
{
	struct applying a = { c, past, context, out };
	if (out->n_level)
		par_for((size_t)past->n, CHUNK, context->jobs, apply_some, &a);
}
