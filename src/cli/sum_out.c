/*
 * Sums as a command's result. A week or month that the horizon covers in part is marked, and says from
 * when to when it is covered, so its days are never taken for a whole one. Quantiles do not add: sums
 * over days show means alone.
 */
#include "config.h"
#include "cli/sum_out.h"

#include <math.h>
#include <string.h>
#include "report/table.h"

#define LEVELS_MAX 99

enum status sum_per_of(struct call *c, const struct calendar *calendar, enum sum_per *out, struct err *e)
{
	const char *per = call_option(c, "per");
	*out = !per ? PER_STEP : !strcmp(per, "week") ? PER_WEEK : PER_MONTH;
	if (*out == PER_STEP || calendar->kind == PERIOD_DAY)
		return OK;
	return err_set(e, E_USAGE, "--per %s sums days; this db counts in %ss", per,
		       period_kind_name(calendar->kind));
}

/* ---- columns ---- */

static struct column *shape(struct sum_out *o)
{
	struct arena *a = o->call->arena;
	struct column *c = ARENA_ARRAY(a, struct column, o->n_level + 9);
	int n = 0;
	c[n++] = (struct column){ .name = o->nodes ? "tier" : "store", .type = COLUMN_TEXT, .width = 16 };
	c[n++] = (struct column){ .name = o->nodes ? "node" : "item", .type = COLUMN_TEXT, .width = 24 };
	if (o->per != PER_STEP) {
		c[n++] = (struct column){ .name = "from", .type = COLUMN_TEXT };
		c[n++] = (struct column){ .name = "until", .type = COLUMN_TEXT };
		c[n++] = (struct column){ .name = "days", .type = COLUMN_INT };
		c[n++] = (struct column){ .name = "partial", .title = "part", .type = COLUMN_FLAG };
		c[n++] = (struct column){ .name = "mean", .type = COLUMN_NUMBER };
		return c;
	}
	if (o->format == FORMAT_TABLE) {
		c[n++] = (struct column){ .name = "next", .unit = "period", .type = COLUMN_NUMBER };
		c[n++] = (struct column){ .name = "total", .title = "whole", .unit = "horizon",
					  .type = COLUMN_NUMBER };
		c[n++] = (struct column){ .name = "path", .title = "mean by period", .type = COLUMN_SPARK,
					  .width = 28 };
		return c;
	}
	c[n++] = (struct column){ .name = "date", .type = COLUMN_TEXT };
	c[n++] = (struct column){ .name = "step", .type = COLUMN_INT };
	c[n++] = (struct column){ .name = "mean", .type = COLUMN_NUMBER };
	for (int l = 0; l < o->n_level; l++) {
		char *name = arena_alloc(a, NUMBER_MAX + 2);
		name[0] = 'q';
		number_format(name + 1, o->level[l]);
		c[n++] = (struct column){ .name = name, .type = COLUMN_NUMBER };
	}
	return c;
}

/* ---- rows ---- */

static void put_names(struct sum_out *o, const char *above, const char *name)
{
	table_text(o->table, above);
	table_text(o->table, name);
}

/* Quantile of step h at a level that is shown; NaN where it is not known. */
static double quantile_at(const struct forecast *one, int h, double level)
{
	for (int l = 0; l < one->n_level; l++)
		if (fabs(one->level[l] - level) < 1e-9)
			return one->quantile[h * one->n_level + l];
	return (double)NAN;
}

static void put_steps(struct sum_out *o, const char *above, const char *name, const struct forecast *one)
{
	char date[DAY_TEXT_MAX];
	for (int h = 0; h < one->n_step; h++) {
		put_names(o, above, name);
		table_text(o->table, period_format(&o->calendar, one->origin + 1 + h, date));
		table_int(o->table, h + 1);
		table_number(o->table, one->mean[h]);
		for (int l = 0; l < o->n_level; l++)
			table_number(o->table, quantile_at(one, h, o->level[l]));
	}
}

static void put_path(struct sum_out *o, const char *above, const char *name, const struct forecast *one)
{
	double total = 0;
	for (int h = 0; h < one->n_step; h++)
		total += one->mean[h];
	put_names(o, above, name);
	table_number(o->table, one->n_step ? one->mean[0] : (double)NAN);
	table_number(o->table, total);
	table_spark(o->table, one->mean, one->n_step);
}

/* The week or month of a day as a number, and its length. */
static period_t larger_of(const struct sum_out *o, day_t day, int *length)
{
	struct calendar larger = { o->per == PER_WEEK ? PERIOD_WEEK : PERIOD_MONTH, o->calendar.week_start };
	period_t p = period_of_day(&larger, day);
	*length = period_start(&larger, p + 1) - period_start(&larger, p);
	return p;
}

static void put_sums(struct sum_out *o, const char *above, const char *name, const struct forecast *one)
{
	char date[DAY_TEXT_MAX];
	for (int h = 0, to, length; h < one->n_step; h = to) {
		period_t larger = larger_of(o, one->origin + 1 + h, &length);
		double sum = 0;
		int same;
		for (to = h; to < one->n_step && larger_of(o, one->origin + 1 + to, &same) == larger; to++)
			sum += one->mean[to];
		put_names(o, above, name);
		table_text(o->table, day_format(one->origin + 1 + h, date));
		table_text(o->table, day_format(one->origin + to, date));
		table_int(o->table, to - h);
		table_flag(o->table, to - h < length);
		table_number(o->table, sum);
	}
}

static enum status add(struct sum_out *o, const char *above, const char *name, const struct forecast *one)
{
	if (!o->table) {
		o->column = shape(o);
		o->table = table_new(o->column);
	}
	o->n++;
	if (o->per != PER_STEP)
		put_sums(o, above, name, one);
	else if (o->format == FORMAT_TABLE)
		put_path(o, above, name, one);
	else
		put_steps(o, above, name, one);
	return OK;
}

enum status sum_out_node(void *out, const char *tier, const char *node, const struct forecast *one,
			 int known, struct err *e)
{
	(void)known;
	(void)e;
	return add(out, tier, node, one);
}

enum status sum_out_series(void *out, const struct catalog_series *series, const struct forecast *one,
			   struct err *e)
{
	(void)e;
	return add(out, series->key.store, series->key.item, one);
}

void sum_out_end(struct sum_out *o)
{
	struct text_style style = text_style_of(call_on_terminal(o->call));
	if (!o->table)
		o->table = table_new(o->column = shape(o));
	table_write(o->table, o->format, &style, o->call->out);
	table_free(o->table);
}
