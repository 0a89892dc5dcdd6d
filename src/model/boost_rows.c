/*
 * The rows of method `boost`. Training rows are drawn, not chosen by hand: for each known target of each
 * series one horizon h (or some: draws), uniform in 1..H by a hash of key and period, so that one model serves all
 * horizons and no row sees what its origin could not. Where there are more targets than rows are
 * wanted, a tenth of the chance is alike for all and the rest goes as weight x root of level: about the
 * size of a row's gradient, so that few rows say as much as many; a row's weight is divided by its
 * chance, so the loss stays what it was.
 */
#include "config.h"
#include "model/boost_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/par.h"
#include "num/cap.h"

#define BATCH 16384     /* rows handed over at a time */
#define SERIES_CHUNK 16
#define ROW_CHUNK 256
#define ALIKE .1        /* share of the rows that is drawn without regard to weight */
#define MOST_WEIGHT .99 /* weights by money or influence are cut at this quantile */

/* A number in [0, 1) and one of `n` out of a key, a period and a seed (splitmix64's finisher). */
static uint64_t mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

static uint64_t draw(int64_t key, period_t period, uint64_t seed)
{
	return mix(mix((uint64_t)key ^ mix(seed)) + 0x9e3779b97f4a7c15u * (uint64_t)(uint32_t)period);
}

/* ---- weights and chances ---- */

struct look {
	const struct boost_plan *plan;
	const struct feature_set *set;
	const struct panel *past;
	struct boost_chances *out;
	double *difference; /* [n] mean squared difference */
	struct arena *scratch; /* [jobs] */
};

static period_t first_target(const struct boost_plan *plan, const struct panel *past, int i, period_t until)
{
	period_t from = past->first[i];
	return plan->history > 0 && until - plan->history + 1 > from ? until - plan->history + 1 : from;
}

static void look_some(void *context, size_t from, size_t to, int worker)
{
	struct look *look = context;
	for (size_t i = from; i < to; i++) {
		period_t first = first_target(look->plan, look->past, (int)i, look->out->until);
		int64_t n = (int64_t)look->out->until - first + 1, known = 0;
		double last = NAN, sum = 0;
		double *y = ARENA_ARRAY(&look->scratch[worker], double, (n > 0 ? n : 0) + 1);
		for (int64_t t = 0; t < n; t++) {
			y[t] = feature_target(look->set, (int)i, (period_t)(first + t));
			if (isnan(y[t]))
				continue;
			known++;
			sum += isnan(last) ? 0 : (y[t] - last) * (y[t] - last);
			last = y[t];
		}
		look->out->known[i] = known;
		look->difference[i] = known > 1 ? sum / (double)(known - 1) : 0;
		look->out->cap[i] = n > 0 ? cap_of((int)n, y, &look->scratch[worker]) : (double)INFINITY;
		arena_reset(&look->scratch[worker]);
	}
}

/* Power of the level by which a row's loss is multiplied so that an error of one unit counts as it does
 * in Tweedie's loss of units: as 1 / level^power. */
static double level_power(const struct boost_plan *plan)
{
	switch (plan->tree.objective) {
	case XGB_TWEEDIE:
		return plan->scaled ? 2 - plan->tree.power : 0;
	case XGB_POISSON:
		return plan->scaled ? 1 : 0;
	case XGB_PINBALL:
		return plan->scaled ? 1 : 0;
	default:
		return plan->scaled ? 1 : -1;
	}
}

/* What weight= makes of it: a factor on the weight by level. */
static double factor_of(const struct boost_plan *plan, double price, double level, double difference)
{
	double power = plan->tree.objective == XGB_TWEEDIE ? plan->tree.power : 1;
	switch (plan->weight) {
	case WEIGHT_NONE:
		return pow(level, -level_power(plan));
	case WEIGHT_SCALE:
		return pow(level, power - 2);
	case WEIGHT_REVENUE:
		return price;
	case WEIGHT_INFLUENCE: /* revenue / mean squared difference for an error in units squared */
		return difference > 0 ? pow(level, power) * price * level / difference : 0;
	default:
		return 1;
	}
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* Cuts factors by money at their upper end and sees to it that each row keeps a tenth of the mean: what
 * nobody weighs is not learned, and its sum goes astray. */
static void temper(double *factor, const int64_t *known, int n)
{
	double *sorted = NEW_ARRAY(double, n + 1), sum = 0;
	int m = 0;
	for (int i = 0; i < n; i++)
		if (known[i])
			sorted[m++] = factor[i];
	qsort(sorted, (size_t)m, sizeof *sorted, ascending);
	double most = m ? sorted[(int)(MOST_WEIGHT * (m - 1))] : 1;
	for (int i = 0; i < n; i++) {
		factor[i] = factor[i] > most ? most : factor[i];
		sum += known[i] ? factor[i] : 0;
	}
	for (int i = 0; sum > 0 && i < n; i++)
		factor[i] = ALIKE + (1 - ALIKE) * factor[i] * m / sum;
	free(sorted);
}

/* Mean price of the series that have one; 1 where none has. */
static double mean_price(const struct panel *past, period_t until)
{
	double sum = 0;
	int n = 0;
	for (int i = 0; i < past->n; i++) {
		double price = driver_price(past, i, until, NULL);
		if (price > 0) {
			sum += price;
			n++;
		}
	}
	return n ? sum / n : 1;
}

static void set_weights(const struct look *look, double *level)
{
	const struct boost_plan *plan = look->plan;
	struct boost_chances *c = look->out;
	double typical = mean_price(look->past, c->until);
	for (int i = 0; i < look->past->n; i++) {
		double price = driver_price(look->past, i, c->until, NULL);
		level[i] = feature_level(look->set, i, c->until);
		c->weight[i] = factor_of(plan, price > 0 ? price : typical, level[i], look->difference[i]);
	}
	if (plan->weight == WEIGHT_REVENUE || plan->weight == WEIGHT_INFLUENCE)
		temper(c->weight, c->known, look->past->n);
	for (int i = 0; i < look->past->n; i++)
		c->weight[i] *= pow(level[i], level_power(plan));
}

void boost_chances(const struct boost_plan *plan, const struct feature_set *set, const struct panel *past,
		   period_t until, size_t rows, int jobs, struct arena *a, struct boost_chances *out)
{
	int n = past->n, workers = jobs > 0 ? jobs : 1;
	double *pull = NEW_ARRAY(double, n + 1), all = 0, sum = 0;
	*out = (struct boost_chances){ until, ARENA_ARRAY(a, double, n + 1), ARENA_ARRAY(a, double, n + 1),
				       ARENA_ARRAY(a, double, n + 1), ARENA_ARRAY(a, int64_t, n + 1) };
	struct look look = { plan, set, past, out, NEW_ARRAY(double, n + 1),
			     NEW_ARRAY(struct arena, workers) };
	par_for((size_t)n, SERIES_CHUNK, jobs, look_some, &look);
	set_weights(&look, pull);
	for (int i = 0; i < n; i++) {
		pull[i] = out->weight[i] * sqrt(pull[i]);
		all += (double)out->known[i] * plan->draws;
		sum += (double)out->known[i] * plan->draws * pull[i];
	}
	for (int i = 0; i < n; i++) {
		double chance = all > 0 ? (double)rows * (ALIKE / all + (sum > 0 ? (1 - ALIKE) * pull[i] / sum : 0))
					: 0;
		out->chance[i] = !out->known[i] || !(out->weight[i] > 0) ? 0
			: all <= (double)rows || chance > 1		 ? 1
									 : chance;
	}
	for (int k = 0; k < workers; k++)
		arena_release(&look.scratch[k]);
	free(look.scratch);
	free(look.difference);
	free(pull);
}

/* ---- the sample ---- */

double boost_margin(const struct boost_plan *plan, double level, double unit)
{
	double start = plan->scaled ? 1 / unit : level / unit;
	return boost_log_link(plan) ? log(start) : start;
}

static void sample_series(const struct boost_plan *plan, const struct feature_set *set,
			  const struct panel *past, const struct boost_chances *c, int i, uint64_t seed,
			  struct boost_sample *out)
{
	int64_t key = series_key_hash(&past->key[i]);
	period_t first = past->first[i], from = first_target(plan, past, i, c->until);
	while (first <= c->until && isnan(feature_target(set, i, first)))
		first++;
	for (period_t t = from > first ? from : first; t <= c->until; t++)
		for (int k = 0; k < plan->draws; k++) {
			uint64_t bits = draw(key + k, t, seed);
			int step = plan->recursive ? 1 : 1 + (int)((bits & 0xffffff) % (uint64_t)plan->steps);
			if ((double)(bits >> 32) < c->chance[i] * 4294967296.0 && t - step >= first
			    && !isnan(feature_target(set, i, t)))
				VEC_PUSH(&out->row, (struct boost_row){ i, t, step });
		}
}

static double label_of(const struct boost_plan *plan, const struct feature_set *set,
		       const struct boost_chances *c, const struct boost_row *r, double level)
{
	double y = cap_value(feature_target(set, r->i, r->target), c->cap[r->i]);
	if (boost_log_link(plan) && y < 0) /* returns booked net have no logarithm */
		y = 0;
	return plan->scaled ? y / level : y;
}

void boost_sample(const struct boost_plan *plan, const struct feature_set *set, const struct panel *past,
		  const struct boost_chances *c, const uint8_t *member, uint64_t seed,
		  struct boost_sample *out)
{
	memset(out, 0, sizeof *out);
	for (int i = 0; i < past->n; i++)
		if (member[i] && c->chance[i] > 0)
			sample_series(plan, set, past, c, i, seed, out);
	size_t n = out->row.n;
	double *y = NEW_ARRAY(double, n + 1), *level = NEW_ARRAY(double, n + 1), mass = 0, sum = 0;
	out->label = NEW_ARRAY(float, n + 1);
	out->weight = NEW_ARRAY(float, n + 1);
	out->margin = plan->from_level ? NEW_ARRAY(float, n + 1) : NULL;
	for (size_t k = 0; k < n; k++) {
		const struct boost_row *r = &out->row.at[k];
		double w = c->weight[r->i] / c->chance[r->i];
		level[k] = plan->scaled || plan->from_level ? feature_level(set, r->i, r->target - r->step) : 1;
		y[k] = label_of(plan, set, c, r, level[k]);
		mass += w;
		sum += w * fabs(y[k]);
	}
	out->unit = sum > 0 ? sum / mass : 1;
	for (size_t k = 0; k < n; k++) {
		const struct boost_row *r = &out->row.at[k];
		out->weight[k] = (float)(c->weight[r->i] / c->chance[r->i] * (double)n / mass);
		out->label[k] = (float)(y[k] / out->unit);
		if (out->margin)
			out->margin[k] = (float)boost_margin(plan, level[k], out->unit);
	}
	free(y);
	free(level);
}

void boost_sample_free(struct boost_sample *s)
{
	VEC_FREE(&s->row);
	free(s->label);
	free(s->weight);
	free(s->margin);
	memset(s, 0, sizeof *s);
}

/* ---- rows of numbers ---- */

struct filling {
	const struct feature_set *set;
	const struct boost_row *row;  /* training rows, or NULL: series at steps */
	const int *series, *step;
	int n_step, n_column;
	period_t origin;
	float *x;
	double *level;
	struct arena *scratch; /* [jobs] */
};

static void fill_absent(float *x, size_t n)
{
	for (size_t k = 0; k < n; k++)
		if (isnan(x[k]))
			x[k] = BOOST_ABSENT;
}

static void fill_some(void *context, size_t from, size_t to, int worker)
{
	struct filling *f = context;
	struct arena *scratch = &f->scratch[worker];
	for (size_t k = from; k < to; k++) {
		int steps = f->row ? 1 : f->n_step;
		size_t width = (size_t)f->n_column * (size_t)steps;
		int i = f->row ? f->row[k].i : f->series[k];
		period_t origin = f->row ? f->row[k].target - f->row[k].step : f->origin;
		float *x = f->x + k * width;
		feature_rows(f->set, i, origin, steps, f->row ? &f->row[k].step : f->step, x, scratch);
		fill_absent(x, width);
		if (f->level)
			f->level[k] = feature_level(f->set, i, origin);
		arena_reset(scratch);
	}
}

static void fill_all(struct filling *f, size_t n, int jobs)
{
	int workers = jobs > 0 ? jobs : 1;
	f->scratch = NEW_ARRAY(struct arena, workers);
	par_for(n, f->row ? ROW_CHUNK : SERIES_CHUNK, jobs, fill_some, f);
	for (int k = 0; k < workers; k++)
		arena_release(&f->scratch[k]);
	free(f->scratch);
}

void boost_rows_at(const struct feature_set *set, int n, const int *series, period_t origin, int n_step,
		   const int *step, int jobs, float *x, double *level)
{
	const struct feature *list;
	struct filling f = { .set = set, .series = series, .step = step, .n_step = n_step,
			     .n_column = feature_list(set, &list), .origin = origin, .x = x,
			     .level = level };
	fill_all(&f, (size_t)n, jobs);
}

struct stream {
	const struct feature_set *set;
	const struct boost_sample *sample;
	int n_column, jobs;
	float *chunk;
};

static const float *stream_batch(void *context, size_t from, size_t n)
{
	struct stream *s = context;
	struct filling f = { .set = s->set, .row = s->sample->row.at + from, .n_column = s->n_column,
			     .x = s->chunk };
	fill_all(&f, n, s->jobs);
	return s->chunk;
}

/* ---- training and prediction ---- */

/* Columns that must not raise, or must raise, what is predicted. */
static void monotone_rules(const struct feature *list, int n, int8_t *rule)
{
	static const char *const falling[] = { "price", "price_to_max", "price_to_mean", "price_to_last",
					       "price_to_origin", "price_relative" };
	static const char *const rising[] = { "price_off", "promo_depth" };
	for (int k = 0; k < n; k++) {
		for (size_t j = 0; j < sizeof falling / sizeof *falling; j++)
			if (!strcmp(list[k].name, falling[j]))
				rule[k] = -1;
		for (size_t j = 0; j < sizeof rising / sizeof *rising; j++)
			if (!strcmp(list[k].name, rising[j]))
				rule[k] = 1;
	}
}

enum status boost_train(const struct boost_plan *plan, const struct feature_set *set,
			const struct boost_sample *sample, uint32_t seed, int jobs,
			int (*round)(void *, int), void *context, struct xgb **out, struct err *e)
{
	const struct feature *list;
	int n_column = feature_list(set, &list);
	int8_t *rule = NEW_ARRAY(int8_t, n_column + 1);
	struct stream stream = { set, sample, n_column, jobs,
				 NEW_ARRAY(float, (size_t)BATCH * (size_t)n_column) };
	struct xgb_rows rows = { .n = sample->row.n, .batch_size = BATCH, .n_column = n_column,
				 .batch = stream_batch, .context = &stream, .label = sample->label,
				 .weight = sample->weight, .margin = sample->margin };
	struct xgb_plan tree = plan->tree;
	monotone_rules(list, n_column, rule);
	tree.base = 1; /* labels have mean 1 */
	tree.seed = seed;
	tree.jobs = jobs;
	tree.monotone = plan->monotone ? rule : NULL;
	tree.round = round;
	tree.context = context;
	enum status status = xgb_train(&tree, &rows, out, e);
	free(stream.chunk);
	free(rule);
	return status;
}

/* Adds one booster's share to the means of rows. */
static enum status add_means(const struct boost_plan *plan, const struct boost_group *g, int seed, size_t n,
			     const float *x, const float *margin, float *value, double *mean,
			     struct err *e)
{
	enum status status = xgb_predict(g->tree[seed], n, x, margin, XGB_VALUE, value, e);
	for (size_t k = 0; !status && k < n; k++)
		mean[k] += (double)value[k] * g->unit / plan->seeds;
	return status;
}

/* Series whose rows are made at a time: some 60,000 rows. */
static int slice(int n_step)
{
	return 60000 / n_step + 1;
}

static enum status means_of_slice(const struct boost_plan *plan, const struct feature_set *set,
				  const struct boost_group *g, int n, const int *series, period_t origin,
				  int n_step, const int *step, int negative_ok, int jobs, float *x,
				  double *mean, struct err *e)
{
	size_t rows = (size_t)n * (size_t)n_step;
	double *level = NEW_ARRAY(double, n);
	float *value = NEW_ARRAY(float, rows), *margin = plan->from_level ? NEW_ARRAY(float, rows) : NULL;
	enum status status = OK;
	boost_rows_at(set, n, series, origin, n_step, step, jobs, x, level);
	for (size_t k = 0; k < rows; k++) {
		mean[k] = 0;
		if (margin)
			margin[k] = (float)boost_margin(plan, level[k / (size_t)n_step], g->unit);
	}
	for (int s = 0; !status && s < plan->seeds; s++)
		status = add_means(plan, g, s, rows, x, margin, value, mean, e);
	for (size_t k = 0; k < rows; k++) {
		mean[k] *= plan->scaled ? level[k / (size_t)n_step] : 1;
		if (!negative_ok && mean[k] < 0)
			mean[k] = 0;
	}
	free(level);
	free(value);
	free(margin);
	return status;
}

enum status boost_means(const struct boost_plan *plan, const struct feature_set *set,
			const struct boost_group *g, int n, const int *series, period_t origin, int n_step,
			const int *step, int negative_ok, int jobs, double *mean, struct err *e)
{
	const struct feature *list;
	int most = slice(n_step);
	size_t width = (size_t)feature_list(set, &list);
	most = most < n ? most : n;
	float *x = NEW_ARRAY(float, (size_t)most * (size_t)n_step * width + 1);
	enum status status = OK;
	for (int from = 0; !status && from < n; from += most) {
		int part = n - from < most ? n - from : most;
		status = means_of_slice(plan, set, g, part, series + from, origin, n_step, step, negative_ok,
					jobs, x, mean + (size_t)from * (size_t)n_step, e);
	}
	free(x);
	return status;
}
