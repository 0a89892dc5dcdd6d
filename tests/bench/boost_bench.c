/*
 * XGBoost from C beside XGBoost from Python: the same table of 20 lags, windows and dates of a long CSV
 * file (unique_id,ds,y; daily, each series in order and equally long at its right edge), ten past
 * origins, the same parameters, trained by our door to the library.
 *
 *     make -C build tests/bench/boost_bench
 *     OMP_WAIT_POLICY=passive build/tests/bench/boost_bench in.csv 28 [rounds [jobs]]
 *
 * Prints one line of JSON: rows, mean Tweedie loss on the training table, sum of the forecasts, CPU
 * seconds of reading, features, training and prediction, peak memory.
 */
#include "config.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "base/process.h"
#include "model/xgb.h"
#include "series/calendar.h"

enum { COLUMNS = 20, SEASON = 7, ORIGINS = 10 };

struct set {
	size_t n_series;
	int length, steps;
	day_t first;
	VEC(float) y; /* [n_series][length] */
};

static void read_set(struct set *s, const char *path)
{
	char line[256], last[64] = "";
	FILE *f = fopen(path, "r");
	if (!f || !fgets(line, sizeof line, f)) {
		fprintf(stderr, "cannot read '%s'\n", path);
		exit(2);
	}
	while (fgets(line, sizeof line, f)) {
		char *date = strchr(line, ','), *y = date ? strchr(date + 1, ',') : NULL;
		if (!y)
			continue;
		*date = *y = '\0';
		if (!s->n_series)
			s->first = day_parse(date + 1, (size_t)(y - date - 1));
		if (strcmp(last, line) != 0) {
			s->n_series++;
			snprintf(last, sizeof last, "%.63s", line);
		}
		VEC_PUSH(&s->y, strtof(y + 1, NULL));
	}
	fclose(f);
	s->length = (int)(s->y.n / s->n_series);
}

static float mean_of(const float *y, int n)
{
	double sum = 0;
	for (int k = 0; k < n; k++)
		sum += (double)y[k];
	return (float)(sum / n);
}

static void fill_row(const struct set *s, const float *y, int t, int o, float *x)
{
	static const int window[] = { SEASON, 4 * SEASON, 8 * SEASON, 26 * SEASON };
	int back = o - ((o - t) % SEASON + SEASON) % SEASON, zeros = 0, year, month, dom, c = 0;
	double square = 0, same = 0;
	for (int k = 0; k < 4; k++)
		x[c++] = y[o - k];
	for (int k = 0; k < 4; k++)
		x[c++] = y[back - k * SEASON];
	for (int k = 0; k < 4; k++)
		x[c++] = mean_of(y + o + 1 - window[k], window[k]);
	for (int k = 0; k < 28; k++)
		square += (double)(y[o - k] - x[9]) * (double)(y[o - k] - x[9]);
	for (int k = 0; k < 56; k++)
		zeros += y[o - k] == 0;
	for (int k = 0; k < 8; k++)
		same += (double)y[back - k * SEASON];
	x[c++] = (float)sqrt(square / 28);
	x[c++] = (float)(zeros / 56.);
	x[c++] = (float)(same / 8);
	x[c++] = (float)(t - o);
	x[c++] = (float)(t % SEASON);
	day_to_ymd(s->first + t, &year, &month, &dom);
	x[c++] = (float)month;
	x[c++] = (float)dom;
	x[c++] = (float)(s->first + t - day_from_ymd(year, 1, 1) + 1);
}

/* Row k of the table: origin by origin, step by step, series by series. */
static void place_of(const struct set *s, size_t k, int *o, int *t, size_t *i)
{
	size_t steps = (size_t)s->steps;
	*i = k % s->n_series;
	*o = s->length - 1 - s->steps - (int)(k / s->n_series / steps) * SEASON;
	*t = *o + 1 + (int)(k / s->n_series % steps);
}

#define BATCH 16384
struct stream {
	const struct set *set;
	float *chunk;
};

static const float *batch(void *context, size_t from, size_t n)
{
	struct stream *s = context;
	for (size_t k = 0; k < n; k++) {
		int o, t;
		size_t i;
		place_of(s->set, from + k, &o, &t, &i);
		fill_row(s->set, s->set->y.at + i * (size_t)s->set->length, t, o, s->chunk + k * COLUMNS);
	}
	return s->chunk;
}

static struct xgb_plan plan_of(int rounds, int jobs)
{
	return (struct xgb_plan){ .objective = XGB_TWEEDIE, .power = 1.1, .base = .5, .rounds = rounds,
				  .depth = 0, .leaves = 127, .eta = .05, .min_child = 20, .subsample = .7,
				  .colsample = .7, .lambda = 1, .bins = 256, .seed = 0, .jobs = jobs,
				  .missing = (float)NAN };
}

static double loss_of(const struct xgb *b, const struct xgb_rows *rows, struct err *e)
{
	double sum = 0;
	float *out = NEW_ARRAY(float, rows->batch_size);
	for (size_t from = 0; from < rows->n; from += rows->batch_size) {
		size_t n = rows->n - from < rows->batch_size ? rows->n - from : rows->batch_size;
		if (xgb_predict(b, n, rows->batch(rows->context, from, n), NULL, XGB_MARGIN, out, e))
			exit(2);
		for (size_t k = 0; k < n; k++) {
			double m = (double)out[k], y = (double)rows->label[from + k];
			sum += y * exp(-.1 * m) / .1 + exp(.9 * m) / .9;
		}
	}
	free(out);
	return sum / (double)rows->n;
}

static double forecast_sum(const struct set *s, const struct xgb *b, struct err *e)
{
	double sum = 0;
	float *x = NEW_ARRAY(float, s->n_series * COLUMNS), *out = NEW_ARRAY(float, s->n_series);
	for (int h = 1; h <= s->steps; h++) {
		for (size_t i = 0; i < s->n_series; i++)
			fill_row(s, s->y.at + i * (size_t)s->length, s->length - 1 + h, s->length - 1,
				 x + i * COLUMNS);
		if (xgb_predict(b, s->n_series, x, NULL, XGB_VALUE, out, e))
			exit(2);
		for (size_t i = 0; i < s->n_series; i++)
			sum += (double)out[i];
	}
	free(x);
	free(out);
	return sum;
}

int main(int argc, char **argv)
{
	struct set s = { 0 };
	struct err e = { 0 };
	struct xgb *b;
	if (argc < 3) {
		fprintf(stderr, "usage: boost_bench in.csv steps [rounds [jobs]]\n");
		return 2;
	}
	s.steps = atoi(argv[2]);
	read_set(&s, argv[1]);
	double read = process_cpu();
	size_t n = s.n_series * (size_t)s.steps * ORIGINS;
	float *label = NEW_ARRAY(float, n);
	for (size_t k = 0; k < n; k++) {
		int o, t;
		size_t i;
		place_of(&s, k, &o, &t, &i);
		label[k] = s.y.at[i * (size_t)s.length + (size_t)t];
	}
	struct stream stream = { &s, NEW_ARRAY(float, BATCH * COLUMNS) };
	struct xgb_rows rows = { .n = n, .batch_size = BATCH, .n_column = COLUMNS, .batch = batch,
				 .context = &stream, .label = label };
	struct xgb_plan plan = plan_of(argc > 3 ? atoi(argv[3]) : 200, argc > 4 ? atoi(argv[4]) : 1);
	if (xgb_train(&plan, &rows, &b, &e)) {
		fprintf(stderr, "%s\n", e.text);
		return 2;
	}
	double trained = process_cpu(), sum = forecast_sum(&s, b, &e), predicted = process_cpu();
	size_t peak = mem_peak();
	printf("{\"rows\": %zu, \"columns\": %d, \"loss\": %.7f, \"forecast_sum\": %.3f, \"cpu_read\": %.2f, "
	       "\"cpu_features_train\": %.2f, \"cpu_predict\": %.2f, \"peak_mb\": %.1f}\n",
	       n, COLUMNS, loss_of(b, &rows, &e), sum, read, trained - read, predicted - trained,
	       (double)peak / 1048576);
	xgb_free(b);
	VEC_FREE(&s.y);
	free(label);
	free(stream.chunk);
	return 0;
}
