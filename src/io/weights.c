/* Reading weights of series. */
#include "config.h"
#include "io/weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/buf.h"
#include "io/csvin.h"

struct reading {
	const char *name;
	const struct catalog_series *series;
	int n;
	double *out;
	int *found;
	int level, store, item, weight; /* columns; level -1: all lines are series */
	struct err *e;
};

static int column_of(const struct csv_row *row, const char *const *names)
{
	for (; *names; names++)
		for (int k = 0; k < row->n; k++)
			if (!strcasecmp(row->field[k].at, *names))
				return k;
	return -1;
}

static enum status take_header(struct reading *r, const struct csv_row *row)
{
	static const char *const level[] = { "Level_id", NULL };
	static const char *const store[] = { "store", "store_id", NULL };
	static const char *const item[] = { "item", "item_id", NULL };
	static const char *const weight[] = { "weight", "revenue", "Dollar_Sales", NULL };
	static const char *const worth[] = { "Dollar_Sales", "weight", NULL };
	static const char *const agg1[] = { "Agg_Level_1", NULL }, *const agg2[] = { "Agg_Level_2", NULL };
	r->level = column_of(row, level);
	r->item = column_of(row, r->level < 0 ? item : agg1);
	r->store = column_of(row, r->level < 0 ? store : agg2);
	r->weight = column_of(row, r->level < 0 ? weight : worth);
	if (r->item < 0 || r->store < 0 || r->weight < 0)
		return err_set(r->e, E_INPUT, "%s:%lld: weights need the columns store, item and weight",
			       r->name, (long long)row->line);
	return OK;
}

static int by_key(const void *a, const void *b)
{
	const struct catalog_series *x = a, *y = b;
	return series_key_compare(&x->key, &y->key);
}

static enum status take_row(void *context, const struct csv_row *row, struct err *e)
{
	struct reading *r = context;
	double weight;
	r->e = e;
	if (r->item == -1)
		return take_header(r, row);
	int last = r->store > r->item ? r->store : r->item;
	last = r->weight > last ? r->weight : last;
	if (row->n <= last)
		return err_set(e, E_INPUT, "%s:%lld: the line has %d fields, not %d", r->name,
			       (long long)row->line, row->n, last + 1);
	if (r->level >= 0 && strcmp(row->field[r->level].at, "Level12"))
		return OK;
	const struct span *text = &row->field[r->weight];
	if (!number_parse(text->at, text->n, '.', 0, &weight) || weight < 0)
		return err_set(e, E_INPUT, "%s:%lld: weight '%s' is not a number from zero on", r->name,
			       (long long)row->line, text->at);
	struct catalog_series key = { .key = { row->field[r->store].at, row->field[r->item].at } };
	const struct catalog_series *at = bsearch(&key, r->series, (size_t)r->n, sizeof key, by_key);
	if (at) {
		r->out[at - r->series] = weight;
		++*r->found;
	}
	return OK;
}

enum status weights_read(const char *path, const struct catalog_series *series, int n, double *out,
			 int *found, struct err *e)
{
	struct source *source;
	char delimiter;
	struct reading r = { .name = path, .series = series, .n = n, .out = out, .found = found,
			     .item = -1 };
	memset(out, 0, (size_t)n * sizeof *out);
	*found = 0;
	enum status status = source_open(&source, path, NULL, e);
	if (status)
		return status;
	status = csvin_delimiter(source, &delimiter, e);
	if (!status)
		status = csvin_read(source, delimiter, take_row, &r, e);
	source_close(source);
	return status;
}
