/*
 * Tables: the cells, and their writing as csv, tsv and json. How they look to people is in
 * table_show.c. Exact values: doubles are written with as many digits as it takes to read back the
 * same bits.
 */
#include "config.h"
#include "report/table_private.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct table *table_new(const struct column *columns)
{
	struct table *t = xcalloc(1, sizeof *t);
	t->column = columns;
	while (columns[t->n_column].name)
		t->n_column++;
	return t;
}

void table_free(struct table *t)
{
	if (!t)
		return;
	arena_release(&t->memory);
	VEC_FREE(&t->cell);
	free(t);
}

/* The column that the next cell lies in. */
static const struct column *column_next(const struct table *t)
{
	return &t->column[t->cell.n % (size_t)t->n_column];
}

static void cell_push(struct table *t, struct cell cell)
{
	cell.mark = t->mark;
	t->mark = MARK_NONE;
	VEC_PUSH(&t->cell, cell);
}

static void expect(const struct table *t, int fits, const char *what)
{
	if (!fits)
		BUG("%s for column '%s'", what, column_next(t)->name);
}

void table_text(struct table *t, const char *text)
{
	expect(t, column_next(t)->type <= COLUMN_SECTION, "text");
	if (!text)
		table_none(t);
	else
		cell_push(t, (struct cell){ .kind = CELL_TEXT, .text = arena_strdup(&t->memory, text) });
}

void table_textf(struct table *t, const char *format, ...)
{
	char text[512];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	table_text(t, text);
}

void table_int(struct table *t, int64_t x)
{
	expect(t, column_next(t)->type == COLUMN_INT, "whole number");
	cell_push(t, (struct cell){ .kind = CELL_INT, .whole = x });
}

void table_number(struct table *t, double x)
{
	enum column_type type = column_next(t)->type;
	expect(t, type == COLUMN_NUMBER || type == COLUMN_PERCENT, "number");
	cell_push(t, (struct cell){ .kind = CELL_NUMBER, .number = x });
}

void table_flag(struct table *t, int x)
{
	expect(t, column_next(t)->type == COLUMN_FLAG, "flag");
	cell_push(t, (struct cell){ .kind = CELL_FLAG, .whole = x != 0 });
}

void table_spark(struct table *t, const double *x, int n)
{
	table_spark_split(t, x, n, n);
}

void table_spark_split(struct table *t, const double *x, int n, int split)
{
	expect(t, column_next(t)->type == COLUMN_SPARK, "numbers");
	double *copy = ARENA_ARRAY(&t->memory, double, n);
	if (n > 0)
		memcpy(copy, x, (size_t)n * sizeof *x);
	cell_push(t, (struct cell){ .kind = CELL_SPARK, .spark = copy, .whole = n,
				 .split = split });
}

void table_none(struct table *t)
{
	cell_push(t, (struct cell){ .kind = CELL_NONE });
}

void table_mark(struct table *t, enum text_mark mark)
{
	t->mark = mark;
}

int table_rows(const struct table *t)
{
	return (int)(t->cell.n / (size_t)t->n_column);
}

/* JSON has no NaN and no infinity; csv has room for both: nothing, and inf. */
static void exact_add(struct buf *out, double x)
{
	if (isfinite(x))
		buf_add_json_number(out, x);
	else if (isinf(x))
		buf_adds(out, x > 0 ? "inf" : "-inf");
}

static void tsv_add(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\t')
			buf_adds(out, "\\t");
		else if (*text == '\n')
			buf_adds(out, "\\n");
		else if (*text == '\r')
			buf_adds(out, "\\r");
		else if (*text == '\\')
			buf_adds(out, "\\\\");
		else
			buf_addc(out, *text);
	}
}

static void field_add(struct buf *out, const struct cell *c, char delimiter)
{
	switch (c->kind) {
	case CELL_NONE:
		break;
	case CELL_TEXT:
		if (delimiter == '\t')
			tsv_add(out, c->text);
		else
			buf_add_csv(out, c->text, delimiter);
		break;
	case CELL_INT:
	case CELL_FLAG:
		buf_add_int(out, c->whole);
		break;
	case CELL_NUMBER:
		exact_add(out, c->number);
		break;
	case CELL_SPARK:
		for (int64_t i = 0; i < c->whole; i++) {
			if (i)
				buf_addc(out, ' ');
			if (isfinite(c->spark[i]))
				buf_add_json_number(out, c->spark[i]);
			else
				buf_addc(out, '-');
		}
		break;
	}
}

static void write_separated(const struct table *t, char delimiter, struct buf *out)
{
	for (int i = 0; i < t->n_column; i++) {
		if (i)
			buf_addc(out, delimiter);
		buf_add_csv(out, t->column[i].name, delimiter);
	}
	buf_addc(out, '\n');
	for (int row = 0; row < table_rows(t); row++) {
		for (int i = 0; i < t->n_column; i++) {
			if (i)
				buf_addc(out, delimiter);
			field_add(out, cell_at(t, row, i), delimiter);
		}
		buf_addc(out, '\n');
	}
}

static void json_cell(struct json *j, const struct cell *c)
{
	switch (c->kind) {
	case CELL_NONE:
		json_text(j, NULL);
		break;
	case CELL_TEXT:
		json_text(j, c->text);
		break;
	case CELL_INT:
		json_int(j, c->whole);
		break;
	case CELL_FLAG:
		json_bool(j, c->whole != 0);
		break;
	case CELL_NUMBER:
		json_number(j, c->number);
		break;
	case CELL_SPARK:
		json_open(j, '[');
		for (int64_t i = 0; i < c->whole; i++)
			json_number(j, c->spark[i]);
		json_close(j);
		break;
	}
}

void table_json(const struct table *t, struct json *j)
{
	json_open(j, '[');
	for (int row = 0; row < table_rows(t); row++) {
		json_open(j, '{');
		for (int i = 0; i < t->n_column; i++) {
			json_key(j, t->column[i].name);
			json_cell(j, cell_at(t, row, i));
		}
		json_close(j);
	}
	json_close(j);
}

/* One object a line, so that a long table can be read and compared line by line. */
static void write_json(const struct table *t, struct buf *out)
{
	buf_addc(out, '[');
	for (int row = 0; row < table_rows(t); row++) {
		struct json j = { .out = out };
		buf_adds(out, row ? ",\n" : "\n");
		json_open(&j, '{');
		for (int i = 0; i < t->n_column; i++) {
			json_key(&j, t->column[i].name);
			json_cell(&j, cell_at(t, row, i));
		}
		json_close(&j);
	}
	buf_adds(out, table_rows(t) ? "\n]\n" : "]\n");
}

void table_write(const struct table *t, enum format format, const struct text_style *style,
		 struct buf *out)
{
	if (t->cell.n % (size_t)t->n_column)
		BUG("a row ends before column '%s'", column_next(t)->name);
	switch (format) {
	case FORMAT_TABLE:
		table_show(t, style, out);
		break;
	case FORMAT_CSV:
		write_separated(t, ',', out);
		break;
	case FORMAT_TSV:
		write_separated(t, '\t', out);
		break;
	case FORMAT_JSON:
		write_json(t, out);
		break;
	}
}
