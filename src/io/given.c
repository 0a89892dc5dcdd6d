/* Reading forecasts that somebody made. */
#include "config.h"
#include "io/given.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/buf.h"
#include "io/csvin.h"

struct reading {
	const char *name;
	const struct calendar *calendar;
	const struct catalog_series *series;
	int n;
	struct given_file *out;
	VEC(struct given_forecast) row;
	int store, item, date, mean, made;
	int quantile[GIVEN_LEVELS]; /* columns, in the order of `level` */
	int begun;
};

static int column_of(const struct csv_row *row, const char *const *names)
{
	for (; *names; names++)
		for (int k = 0; k < row->n; k++)
			if (!strcasecmp(row->field[k].at, *names))
				return k;
	return -1;
}

/* The level that a header such as q05, q0.9, q90 or p50 names; NaN: none. */
static double level_of(const char *header)
{
	double x;
	if ((*header != 'q' && *header != 'Q' && *header != 'p' && *header != 'P')
	    || !number_parse(header + 1, strlen(header + 1), '.', 0, &x))
		return (double)NAN;
	if (!strchr(header, '.'))
		x /= strlen(header + 1) > 2 ? 1000 : 100;
	return x > 0 && x < 1 ? x : (double)NAN;
}

static void take_levels(struct reading *r, const struct csv_row *row)
{
	struct given_file *f = r->out;
	for (int k = 0; k < row->n && f->n_level < GIVEN_LEVELS; k++) {
		double level = level_of(row->field[k].at);
		int at = f->n_level;
		if (isnan(level))
			continue;
		for (; at > 0 && f->level[at - 1] > level; at--) {
			f->level[at] = f->level[at - 1];
			r->quantile[at] = r->quantile[at - 1];
		}
		f->level[at] = level;
		r->quantile[at] = k;
		f->n_level++;
	}
}

static enum status take_header(struct reading *r, const struct csv_row *row, struct err *e)
{
	static const char *const store[] = { "store", "store_id", "location", "shop", NULL };
	static const char *const item[] = { "item", "item_id", "sku", "product", "product_id", NULL };
	static const char *const date[] = { "date", "period", "day", "week", "month", "target", "ds", NULL };
	static const char *const mean[] = { "mean", "forecast", "units", "qty", "quantity", "value", "yhat",
					    NULL };
	static const char *const made[] = { "made", "origin", "created", "as_of", "made_on", NULL };
	r->begun = 1;
	r->store = column_of(row, store);
	r->item = column_of(row, item);
	r->date = column_of(row, date);
	r->mean = column_of(row, mean);
	r->made = column_of(row, made);
	r->out->has_made = r->made >= 0;
	take_levels(r, row);
	if (r->store < 0 || r->item < 0 || r->date < 0 || r->mean < 0)
		return err_set(e, E_INPUT, "%s:%lld: forecasts need the columns store, item, date and mean",
			       r->name, (long long)row->line);
	return OK;
}

static void reject(struct reading *r, int64_t line, const char *format, ...) PRINTF(3, 4);

static void reject(struct reading *r, int64_t line, const char *format, ...)
{
	struct given_file *f = r->out;
	if (f->rejected < GIVEN_SHOWN) {
		char *to = f->shown[f->rejected];
		va_list rest;
		int n = snprintf(to, sizeof f->shown[0], "%.80s:%lld: ", r->name, (long long)line);
		va_start(rest, format);
		vsnprintf(to + n, sizeof f->shown[0] - (size_t)n, format, rest);
		va_end(rest);
	}
	f->rejected++;
}

static int by_key(const void *a, const void *b)
{
	const struct catalog_series *x = a, *y = b;
	return series_key_compare(&x->key, &y->key);
}

static const char *field(const struct csv_row *row, int k)
{
	return k >= 0 && k < row->n ? row->field[k].at : "";
}

static int take_quantiles(const struct reading *r, const struct csv_row *row, struct given_forecast *g)
{
	double least = 0;
	int right = 1;
	for (int k = 0; k < r->out->n_level; k++) {
		const char *text = field(row, r->quantile[k]);
		g->quantile[k] = (double)NAN;
		if (*text && number_parse(text, strlen(text), '.', 0, &g->quantile[k])) {
			right &= g->quantile[k] >= least;
			least = g->quantile[k];
		}
	}
	return right;
}

static enum status take_row(void *context, const struct csv_row *row, struct err *e)
{
	struct reading *r = context;
	struct given_forecast g = { 0 };
	if (!r->begun)
		return take_header(r, row, e);
	r->out->lines++;
	const char *date = field(row, r->date), *mean = field(row, r->mean), *made = field(row, r->made);
	struct catalog_series key = { .key = { field(row, r->store), field(row, r->item) } };
	const struct catalog_series *at = bsearch(&key, r->series, (size_t)r->n, sizeof key, by_key);
	g.period = period_parse(r->calendar, date, strlen(date));
	g.made = r->made >= 0 ? period_parse(r->calendar, made, strlen(made)) : DAY_NONE;
	if (!at) {
		r->out->unknown++;
	} else if (g.period == DAY_NONE) {
		reject(r, row->line, "date '%.40s' is no date", date);
	} else if (r->made >= 0 && g.made == DAY_NONE) {
		reject(r, row->line, "made '%.40s' is no date", made);
	} else if (r->made >= 0 && g.made >= g.period) {
		reject(r, row->line, "made '%.40s' is not before the day that is forecast", made);
	} else if (!number_parse(mean, strlen(mean), '.', 0, &g.mean) || g.mean < 0) {
		reject(r, row->line, "mean '%.40s' is not a number from zero on", mean);
	} else {
		g.series = (int32_t)(at - r->series);
		r->out->crossing += !take_quantiles(r, row, &g);
		VEC_PUSH(&r->row, g);
	}
	return OK;
}

static int by_series(const void *a, const void *b)
{
	const struct given_forecast *x = a, *y = b;
	if (x->series != y->series)
		return x->series < y->series ? -1 : 1;
	if (x->made != y->made)
		return x->made < y->made ? -1 : 1;
	if (x->period != y->period)
		return x->period < y->period ? -1 : 1;
	/* Two rows of one key: the larger mean stands, whatever the order of rows. */
	return (x->mean > y->mean) - (x->mean < y->mean);
}

static void settle(struct reading *r)
{
	struct given_file *f = r->out;
	size_t n = 0;
	period_t first = INT32_MAX;
	for (size_t k = 0; k < r->row.n; k++)
		first = r->row.at[k].period < first ? r->row.at[k].period : first;
	for (size_t k = 0; !f->has_made && k < r->row.n; k++)
		r->row.at[k].made = first - 1;
	qsort(r->row.at, r->row.n, sizeof *r->row.at, by_series);
	for (size_t k = 0; k < r->row.n; k++) {
		const struct given_forecast *g = &r->row.at[k];
		if (n && r->row.at[n - 1].series == g->series && r->row.at[n - 1].made == g->made
		    && r->row.at[n - 1].period == g->period)
			n--;
		r->row.at[n++] = *g;
	}
	f->row = r->row.at;
	f->n = n;
}

enum status given_read(const char *path, const struct calendar *calendar, const struct catalog_series *series,
		       int n, struct given_file *out, struct err *e)
{
	struct source *source;
	char delimiter;
	struct reading r = { .name = path, .calendar = calendar, .series = series, .n = n, .out = out };
	memset(out, 0, sizeof *out);
	enum status status = source_open(&source, path, NULL, e);
	if (status)
		return status;
	status = csvin_delimiter(source, &delimiter, e);
	if (!status)
		status = csvin_read(source, delimiter, take_row, &r, e);
	source_close(source);
	if (!status && !r.row.n)
		status = out->rejected
				 ? err_set(e, E_INPUT, "%s", out->shown[0])
				 : err_set(e, E_INPUT, "%s: no row is of a series that the db knows", path);
	if (status)
		VEC_FREE(&r.row);
	else
		settle(&r);
	return status;
}

void given_free(struct given_file *f)
{
	free(f->row);
	f->row = NULL;
}
