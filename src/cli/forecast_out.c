/* Forecasts as a command's result. The CSV goes out in pieces, so a whole chain needs no memory. */
#include "config.h"
#include "cli/forecast_out.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "report/table.h"

#define PIECE (1 << 20) /* bytes of CSV that are gathered before they are written */

/* Place of a shown level in the forecast; -1 when the forecast lacks it. */
static int level_at(const struct forecast *f, double level)
{
	for (int l = 0; l < f->n_level; l++)
		if (fabs(f->level[l] - level) < 1e-9)
			return l;
	return -1;
}

static void write_csv_names(struct forecast_out *o, char delimiter)
{
	static const char *const name[] = { "store", "item", "date", "step", "mean" };
	for (int k = 0; k < 5; k++)
		buf_addf(o->call->out, "%s%c", name[k], delimiter);
	for (int l = 0; l < o->n_level; l++) {
		buf_addc(o->call->out, 'q');
		buf_add_number(o->call->out, o->level[l]);
		buf_addc(o->call->out, delimiter);
	}
	buf_addf(o->call->out, "method%crung\n", delimiter);
}

static enum status add_csv(struct forecast_out *o, const struct series_key *key,
			   const struct forecast *one, struct err *e)
{
	struct buf *out = o->call->out;
	char delimiter = o->format == FORMAT_TSV ? '\t' : ',', date[DAY_TEXT_MAX];
	if (!o->n_series)
		write_csv_names(o, delimiter);
	buf_clear(&o->csv_head);
	buf_add_csv(&o->csv_head, key->store, delimiter);
	buf_addc(&o->csv_head, delimiter);
	buf_add_csv(&o->csv_head, key->item, delimiter);
	buf_addc(&o->csv_head, delimiter);
	for (int h = 0; h < one->n_step; h++) {
		buf_add(out, o->csv_head.text, o->csv_head.n);
		buf_adds(out, period_format(&o->calendar, one->origin + 1 + h, date));
		buf_addc(out, delimiter);
		buf_add_int(out, h + 1);
		buf_addc(out, delimiter);
		buf_add_number(out, one->mean[h]);
		for (int l = 0; l < o->n_level; l++) {
			int at = level_at(one, o->level[l]);
			buf_addc(out, delimiter);
			if (at >= 0)
				buf_add_number(out, one->quantile[h * one->n_level + at]);
		}
		buf_addc(out, delimiter);
		buf_adds(out, one->used->method);
		buf_addc(out, delimiter);
		buf_add_int(out, one->used->rung);
		buf_addc(out, '\n');
	}
	return out->n > PIECE ? call_flush(o->call, e) : OK;
}

static void json_steps(struct json *j, const struct forecast_out *o, const struct forecast *one)
{
	char date[DAY_TEXT_MAX], level[NUMBER_MAX];
	json_key(j, "steps");
	json_open(j, '[');
	for (int h = 0; h < one->n_step; h++) {
		json_open(j, '{');
		json_key(j, "step");
		json_int(j, h + 1);
		json_key(j, "date");
		json_text(j, period_format(&o->calendar, one->origin + 1 + h, date));
		json_key(j, "mean");
		json_number(j, one->mean[h]);
		json_key(j, "quantiles");
		json_open(j, '{');
		for (int l = 0; l < o->n_level; l++) {
			int at = level_at(one, o->level[l]);
			number_format(level, o->level[l]);
			json_key(j, level);
			json_number(j, at < 0 ? (double)NAN : one->quantile[h * one->n_level + at]);
		}
		json_close(j);
		json_close(j);
	}
	json_close(j);
}

static enum status add_json(struct forecast_out *o, const struct series_key *key,
			    const struct forecast *one, struct err *e)
{
	struct json j = { .out = o->call->out };
	char date[DAY_TEXT_MAX];
	buf_adds(o->call->out, o->n_series ? ",\n" : "[");
	json_open(&j, '{');
	json_key(&j, "store");
	json_text(&j, key->store);
	json_key(&j, "item");
	json_text(&j, key->item);
	json_key(&j, "origin");
	json_text(&j, period_format(&o->calendar, one->origin, date));
	json_key(&j, "method");
	json_text(&j, one->used->method);
	json_key(&j, "rung");
	json_int(&j, one->used->rung);
	json_key(&j, "reason");
	json_text(&j, one->used->reason);
	json_steps(&j, o, one);
	json_close(&j);
	return o->call->out->n > PIECE ? call_flush(o->call, e) : OK;
}

/* ---- for people ---- */

static const struct column series_columns[] = {
	{ .name = "store", .type = COLUMN_TEXT, .width = 14 },
	{ .name = "item", .type = COLUMN_TEXT, .width = 20 },
	{ .name = "next", .title = "next", .unit = "period", .type = COLUMN_NUMBER },
	{ .name = "total", .title = "whole", .unit = "horizon", .type = COLUMN_NUMBER },
	{ .name = "path", .title = "mean by period", .type = COLUMN_SPARK, .width = 14 },
	{ .name = "method", .type = COLUMN_TEXT, .width = 16 },
	{ .name = "rung", .type = COLUMN_INT },
	{ 0 }
};

static void add_row(struct forecast_out *o, const struct series_key *key, const struct forecast *one)
{
	double total = 0;
	for (int h = 0; h < one->n_step; h++)
		total += one->mean[h];
	if (!o->table)
		o->table = table_new(series_columns);
	table_text(o->table, key->store);
	table_text(o->table, key->item);
	table_number(o->table, one->n_step ? one->mean[0] : (double)NAN);
	table_number(o->table, total);
	table_spark(o->table, one->mean, one->n_step);
	table_text(o->table, one->used->method);
	table_int(o->table, one->used->rung);
}

/* The first series is kept whole: if it stays the only one, it is shown step by step. */
static void keep_first(struct forecast_out *o, const struct series_key *key, const struct forecast *one)
{
	size_t steps = (size_t)one->n_step, shown = (size_t)o->n_level;
	o->store = xstrdup(key->store);
	o->item = xstrdup(key->item);
	o->method = xstrdup(one->used->method);
	o->reason = one->used->reason ? xstrdup(one->used->reason) : NULL;
	o->rung = one->used->rung;
	o->n_step = one->n_step;
	o->origin = one->origin;
	o->mean = NEW_ARRAY(double, steps);
	o->quantile = NEW_ARRAY(double, steps * shown);
	for (size_t h = 0; h < steps; h++) {
		o->mean[h] = one->mean[h];
		for (size_t l = 0; l < shown; l++) {
			int at = level_at(one, o->level[l]);
			o->quantile[h * shown + l] = at < 0 ? (double)NAN
				: one->quantile[h * (size_t)one->n_level + (size_t)at];
		}
	}
}

static const char *weekday_name(const struct calendar *c, period_t p)
{
	static const char *const name[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	return c->kind == PERIOD_DAY ? name[day_of_week(p)] : "";
}

#define SHOWN_MAX 12 /* quantile columns that fit on a page */

static void write_one(struct forecast_out *o)
{
	struct column column[SHOWN_MAX + 5] = { { .name = "step", .type = COLUMN_INT },
						{ .name = "date", .type = COLUMN_TEXT },
						{ .name = "day", .type = COLUMN_TEXT },
						{ .name = "mean", .type = COLUMN_NUMBER } };
	char name[SHOWN_MAX][NUMBER_MAX + 1], date[DAY_TEXT_MAX];
	int shown = o->n_level < SHOWN_MAX ? o->n_level : SHOWN_MAX;
	for (int l = 0; l < shown; l++) {
		name[l][0] = 'q';
		number_format(name[l] + 1, o->level[l]);
		column[4 + l] = (struct column){ .name = name[l], .type = COLUMN_NUMBER };
	}
	struct table *t = table_new(column);
	for (int h = 0; h < o->n_step; h++) {
		table_int(t, h + 1);
		table_text(t, period_format(&o->calendar, o->origin + 1 + h, date));
		table_text(t, weekday_name(&o->calendar, o->origin + 1 + h));
		table_number(t, o->mean[h]);
		for (int l = 0; l < shown; l++)
			table_number(t, o->quantile[h * o->n_level + l]);
	}
	struct text_style style = text_style_of(call_on_terminal(o->call));
	struct buf *out = o->call->out;
	text_add(out, o->store, 0, &style);
	buf_addc(out, '/');
	text_add(out, o->item, 0, &style);
	buf_addf(out, "   known until %s   ", period_format(&o->calendar, o->origin, date));
	text_spark(out, o->mean, o->n_step, 28, &style);
	buf_addc(out, '\n');
	table_write(t, FORMAT_TABLE, &style, out);
	buf_addf(out, "method %s", o->method);
	if (o->rung)
		buf_addf(out, ", rung %d (%s)", o->rung, rung_name((enum rung)o->rung));
	if (o->reason) {
		buf_adds(out, ": ");
		text_add(out, o->reason, 0, &style);
	}
	buf_addc(out, '\n');
	table_free(t);
}

enum status forecast_out_add(void *context, const struct catalog_series *series,
			     const struct forecast *one, struct err *e)
{
	struct forecast_out *o = context;
	enum status status = OK;
	if (o->format == FORMAT_CSV || o->format == FORMAT_TSV)
		status = add_csv(o, &series->key, one, e);
	else if (o->format == FORMAT_JSON)
		status = add_json(o, &series->key, one, e);
	else {
		if (!o->n_series)
			keep_first(o, &series->key, one);
		add_row(o, &series->key, one);
	}
	o->n_series++;
	return status;
}

void forecast_out_end(struct forecast_out *o)
{
	struct text_style style = text_style_of(call_on_terminal(o->call));
	if (o->format == FORMAT_JSON)
		buf_adds(o->call->out, o->n_series ? "]\n" : "[]\n");
	else if (o->format != FORMAT_TABLE && !o->n_series)
		write_csv_names(o, o->format == FORMAT_TSV ? '\t' : ',');
	else if (o->format == FORMAT_TABLE && o->n_series == 1)
		write_one(o);
	else if (o->format == FORMAT_TABLE && o->table)
		table_write(o->table, FORMAT_TABLE, &style, o->call->out);
	if (o->table)
		table_free(o->table);
	free(o->store);
	free(o->item);
	free(o->method);
	free(o->reason);
	free(o->mean);
	free(o->quantile);
	buf_release(&o->csv_head);
}
