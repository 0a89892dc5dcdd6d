/*
 * How a table looks to people: text to the left, numbers to the right with one number of decimals a
 * column and no thousands separators (they mean different things in different countries). Where the
 * page is too narrow the widest texts give way; numbers are never cut.
 */
#include "config.h"
#include "report/table_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GAP 2         /* blanks between columns */
#define NARROWEST 8   /* no text column is cut below this */
#define SPARK_ROOM 24 /* bars at most, unless the column says otherwise */

/* Decimals that show three digits of x: none from 100 on, 1 from 10, 2 from 1, 3 below. */
static int digits_for(double x)
{
	return x >= 99.95 ? DIGITS_WHOLE : x >= 9.995 ? 1 : x >= 0.9995 ? 2 : 3;
}

int number_digits(const double *x, int n)
{
	double largest = 0;
	int whole = 1;
	for (int i = 0; i < n; i++) {
		if (!isfinite(x[i]))
			continue;
		whole &= x[i] == floor(x[i]);
		largest = fabs(x[i]) > largest ? fabs(x[i]) : largest;
	}
	return whole ? DIGITS_WHOLE : digits_for(largest);
}

int number_show(char *out, double x, int digits)
{
	if (isnan(x))
		return snprintf(out, NUMBER_MAX, "n/a");
	if (isinf(x))
		return snprintf(out, NUMBER_MAX, x > 0 ? "inf" : "-inf");
	if (digits == DIGITS_AUTO)
		digits = number_digits(&x, 1);
	if (fabs(x) >= 1e15)
		return snprintf(out, NUMBER_MAX, "%.6g", x);
	int n = snprintf(out, NUMBER_MAX, "%.*f", digits < 0 ? 0 : digits, x);
	/* What rounds to nothing is nothing, not minus nothing. */
	if (out[0] == '-' && strspn(out + 1, "0.") == (size_t)n - 1) {
		memmove(out, out + 1, (size_t)n);
		n--;
	}
	return n;
}

/* One column as it will be drawn. */
struct drawn {
	const struct column *column;
	int index;
	int digits, width, right;
};

static int is_text(const struct column *c)
{
	return c->type == COLUMN_TEXT || c->type == COLUMN_WRAP;
}

const char *column_heading(const struct column *c)
{
	return c->title ? c->title : c->name;
}

int column_digits(const struct table *t, int index)
{
	const struct column *c = &t->column[index];
	if (c->digits != DIGITS_AUTO)
		return c->digits;
	if (c->type != COLUMN_NUMBER)
		return 1;
	VEC(double) x = { 0 };
	for (int row = 0; row < table_rows(t); row++)
		if (cell_at(t, row, index)->kind == CELL_NUMBER)
			VEC_PUSH(&x, cell_at(t, row, index)->number);
	int digits = number_digits(x.at, (int)x.n);
	VEC_FREE(&x);
	return digits;
}

/* Past and future on one scale would need bars of one call: a blank stands between them. */
static int spark_show(struct buf *out, const struct cell *c, int room, const struct text_style *style)
{
	int n = (int)c->whole;
	if (c->split >= n)
		return text_spark(out, c->spark, n, room, style);
	double *x = NEW_ARRAY(double, n + 1);
	memcpy(x, c->spark, (size_t)c->split * sizeof *x);
	x[c->split] = (double)NAN;
	memcpy(x + c->split + 1, c->spark + c->split, (size_t)(n - c->split) * sizeof *x);
	int width = text_spark(out, x, n + 1, room, style);
	free(x);
	return width;
}

/* Writes a cell that is not text; returns its columns. */
static int value_show(struct buf *out, const struct drawn *d, const struct cell *c,
		      const struct text_style *style)
{
	char text[NUMBER_MAX];
	int n = 0;
	switch (c->kind) {
	case CELL_NONE:
		n = snprintf(text, sizeof text, "-");
		break;
	case CELL_INT:
		n = snprintf(text, sizeof text, "%lld", (long long)c->whole);
		break;
	case CELL_NUMBER:
		n = number_show(text, d->column->type == COLUMN_PERCENT ? 100 * c->number : c->number,
				d->digits);
		break;
	case CELL_FLAG:
		n = snprintf(text, sizeof text, c->whole ? "yes" : "no");
		break;
	case CELL_SPARK:
		return spark_show(out, c, d->column->width ? d->column->width : SPARK_ROOM, style);
	case CELL_TEXT:
		return text_add(out, c->text, d->width, style);
	}
	buf_add(out, text, (size_t)n);
	return n;
}

static int cell_width(const struct drawn *d, const struct cell *c, const struct text_style *style)
{
	if (c->kind == CELL_TEXT)
		return text_width(c->text);
	struct buf scratch = { 0 };
	int width = value_show(&scratch, d, c, style);
	buf_release(&scratch);
	return width;
}

const char *column_unit(const struct column *c)
{
	return c->unit ? c->unit : c->type == COLUMN_PERCENT ? "%" : NULL;
}

static void measure(const struct table *t, struct drawn *d, const struct text_style *style)
{
	const struct column *c = d->column;
	d->digits = column_digits(t, d->index);
	d->right = c->type == COLUMN_INT || c->type == COLUMN_NUMBER || c->type == COLUMN_PERCENT;
	d->width = text_width(column_heading(c));
	if (column_unit(c) && text_width(column_unit(c)) > d->width)
		d->width = text_width(column_unit(c));
	for (int row = 0; row < table_rows(t); row++) {
		int width = cell_width(d, cell_at(t, row, d->index), style);
		d->width = width > d->width ? width : d->width;
	}
	if (c->width && is_text(c) && d->width > c->width)
		d->width = c->width;
}

/* Takes columns from the widest text until the table fits the page or nothing more can be taken. */
static void squeeze(struct drawn *d, int n, int page)
{
	for (;;) {
		int total = GAP * (n - 1), widest = -1;
		for (int i = 0; i < n; i++) {
			total += d[i].width;
			if (is_text(d[i].column) && d[i].width > NARROWEST &&
			    (widest < 0 || d[i].width >= d[widest].width))
				widest = i;
		}
		if (total <= page || widest < 0)
			return;
		d[widest].width--;
	}
}

/* Drops the blanks at the end of a line, which a right edge of empty cells leaves. */
static void line_end(struct buf *out, size_t begin)
{
	while (out->n > begin && out->text[out->n - 1] == ' ')
		out->n--;
	buf_addc(out, '\n');
}

static void heading_show(const struct drawn *d, int n, int units, struct buf *out,
			 const struct text_style *style)
{
	size_t begin = out->n;
	enum text_mark mark = units ? MARK_DIM : MARK_BOLD;
	text_mark_on(out, mark, style);
	for (int i = 0; i < n; i++) {
		const char *text = units ? column_unit(d[i].column) : column_heading(d[i].column);
		struct buf cell = { 0 };
		int width = text ? text_add(&cell, text, d[i].width, style) : 0;
		text_pad(out, d[i].right ? d[i].width - width : 0);
		buf_add(out, cell.text, cell.n);
		text_pad(out, (d[i].right ? 0 : d[i].width - width) + (i < n - 1 ? GAP : 0));
		buf_release(&cell);
	}
	text_mark_off(out, mark, style);
	line_end(out, begin);
}

/* One line of a row; rest[i] is what is still to come of a wrapped text. */
static int line_show(const struct table *t, const struct drawn *d, int n, int row, int first,
		     const char **rest, struct buf *out, const struct text_style *style)
{
	int more = 0, pending = 0;
	size_t begin = out->n;
	for (int i = 0; i < n; i++) {
		const struct cell *c = cell_at(t, row, d[i].index);
		struct buf cell = { 0 };
		int width = 0;
		if (d[i].column->type == COLUMN_WRAP && c->kind == CELL_TEXT) {
			const char *from = first ? c->text : rest[i];
			rest[i] = NULL;
			if (from) {
				size_t bytes = text_line(from, d[i].width, &rest[i]);
				char *line = xstrndup(from, bytes);
				width = text_add(&cell, line, 0, style);
				free(line);
			}
			more |= rest[i] != NULL;
		} else if (first) {
			width = value_show(&cell, &d[i], c, style);
		}
		text_pad(out, pending + (d[i].right ? d[i].width - width : 0));
		text_mark_on(out, width ? c->mark : MARK_NONE, style);
		buf_add(out, cell.text, cell.n);
		text_mark_off(out, width ? c->mark : MARK_NONE, style);
		pending = (d[i].right ? 0 : d[i].width - width) + GAP;
		buf_release(&cell);
	}
	line_end(out, begin);
	return more;
}

static void section_show(const struct cell *c, int blank, struct buf *out,
			 const struct text_style *style)
{
	if (blank)
		buf_addc(out, '\n');
	text_mark_on(out, MARK_BOLD, style);
	text_add(out, c->kind == CELL_TEXT ? c->text : "-", style->width, style);
	text_mark_off(out, MARK_BOLD, style);
	buf_addc(out, '\n');
}

static int same_text(const struct cell *a, const struct cell *b)
{
	return a->kind == b->kind && (a->kind != CELL_TEXT || !strcmp(a->text, b->text));
}

void table_show(const struct table *t, const struct text_style *style, struct buf *out)
{
	struct drawn *d = NEW_ARRAY(struct drawn, t->n_column);
	const char **rest = NEW_ARRAY(const char *, t->n_column);
	int n = 0, section = -1, units = 0, total = 0;
	for (int i = 0; i < t->n_column; i++) {
		if (t->column[i].type == COLUMN_SECTION && !t->column[i].hidden)
			section = i;
		else if (!t->column[i].hidden)
			d[n++] = (struct drawn){ .column = &t->column[i], .index = i };
	}
	for (int i = 0; i < n; i++) {
		measure(t, &d[i], style);
		units |= column_unit(d[i].column) != NULL;
	}
	squeeze(d, n, style->width);
	for (int i = 0; i < n; i++)
		total += d[i].width + (i ? GAP : 0);
	heading_show(d, n, 0, out, style);
	if (units)
		heading_show(d, n, 1, out, style);
	text_rule(out, total, style);
	buf_addc(out, '\n');
	for (int row = 0; row < table_rows(t); row++) {
		const struct cell *head = section < 0 ? NULL : cell_at(t, row, section);
		if (head && (!row || !same_text(head, cell_at(t, row - 1, section))))
			section_show(head, row > 0, out, style);
		for (int first = 1; line_show(t, d, n, row, first, rest, out, style);)
			first = 0;
	}
	free(rest);
	free(d);
}
