/* A table as HTML. Numbers are shown as in text; a spark is a small line of its own, drawn here. */
#include "config.h"
#include "report/table_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHORT 20 /* text up to this width is kept on one line */
#define SPARK_WIDTH 120
#define SPARK_HEIGHT 22

static int is_number(const struct column *c)
{
	return c->type == COLUMN_INT || c->type == COLUMN_NUMBER || c->type == COLUMN_PERCENT;
}

static void heading_html(const struct column *c, struct buf *out)
{
	buf_adds(out, is_number(c) ? "<th class=\"num\">" : "<th>");
	buf_add_html(out, column_heading(c));
	if (c->unit) {
		buf_adds(out, c->unit_is_word ? " " : " <small>");
		buf_add_html(out, c->unit);
		buf_adds(out, c->unit_is_word ? "" : "</small>");
	}
	buf_adds(out, "</th>");
}

/* Points from..until of the spark as one or more lines: a gap breaks them. */
static void spark_line(const struct cell *c, int from, int until, double low, double high,
		       const char *class, struct buf *out)
{
	int drawn = 0;
	buf_addf(out, "<path class=\"%s\" d=\"", class);
	for (int i = from; i < until; i++) {
		if (!isfinite(c->spark[i])) {
			drawn = 0;
			continue;
		}
		double x = 1 + (SPARK_WIDTH - 2.0) * i / (c->whole > 1 ? (double)(c->whole - 1) : 1);
		double y = 1 + (SPARK_HEIGHT - 2.0) * (high - c->spark[i]) / (high - low);
		buf_addf(out, "%s%.1f %.1f", drawn ? "L" : "M", x, y);
		drawn = 1;
	}
	buf_adds(out, "\"/>");
}

static void spark_html(const struct cell *c, struct buf *out)
{
	double low = 0, high = 0;
	for (int64_t i = 0; i < c->whole; i++)
		if (isfinite(c->spark[i])) {
			low = fmin(low, c->spark[i]);
			high = fmax(high, c->spark[i]);
		}
	if (!(high > low))
		high = low + 1;
	buf_addf(out, "<svg class=\"spark\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
		 " aria-hidden=\"true\">", SPARK_WIDTH, SPARK_HEIGHT, SPARK_WIDTH, SPARK_HEIGHT);
	spark_line(c, 0, c->split, low, high, "past", out);
	spark_line(c, c->split, (int)c->whole, low, high, "next", out);
	buf_adds(out, "</svg>");
}

static void cell_html(const struct column *column, const struct cell *c, int digits, struct buf *out)
{
	static const char *const class[] = { "", "good", "warn", "bad", "dim", "strong" };
	char text[NUMBER_MAX];
	const char *kind = is_number(column) ? "num" : c->kind == CELL_TEXT &&
		text_width(c->text) <= SHORT ? "short" : "";
	buf_adds(out, "<td");
	if (*kind || c->mark)
		buf_addf(out, " class=\"%s%s%s\"", kind, *kind && c->mark ? " " : "", class[c->mark]);
	buf_addc(out, '>');
	switch (c->kind) {
	case CELL_NONE:
		buf_adds(out, "\xe2\x80\x93");
		break;
	case CELL_TEXT:
		buf_add_html(out, c->text);
		break;
	case CELL_INT:
		buf_add_int(out, c->whole);
		break;
	case CELL_FLAG:
		buf_adds(out, c->whole ? "yes" : "no");
		break;
	case CELL_NUMBER:
		number_show(text, column->type == COLUMN_PERCENT ? 100 * c->number : c->number, digits);
		buf_adds(out, text);
		if (column->type == COLUMN_PERCENT && isfinite(c->number))
			buf_adds(out, "\xc2\xa0%");
		break;
	case CELL_SPARK:
		spark_html(c, out);
		break;
	}
	buf_adds(out, "</td>");
}

/* A heading over the rows that follow, where the section changes. */
static void section_html(const struct table *t, int row, int section, int shown, struct buf *out)
{
	const struct cell *c = cell_at(t, row, section);
	const struct cell *before = row ? cell_at(t, row - 1, section) : NULL;
	const char *text = c->kind == CELL_TEXT ? c->text : "";
	if (before && !strcmp(text, before->kind == CELL_TEXT ? before->text : ""))
		return;
	buf_addf(out, "<tr class=\"section\"><th colspan=\"%d\">", shown);
	buf_add_html(out, text);
	buf_adds(out, "</th></tr>\n");
}

void table_html(const struct table *t, struct buf *out)
{
	int section = -1, shown = 0;
	int *digits = NEW_ARRAY(int, t->n_column);
	buf_adds(out, "<div class=\"table\"><table>\n<thead><tr>");
	for (int i = 0; i < t->n_column; i++) {
		digits[i] = column_digits(t, i);
		if (t->column[i].hidden)
			continue;
		if (t->column[i].type == COLUMN_SECTION) {
			section = i;
			continue;
		}
		heading_html(&t->column[i], out);
		shown++;
	}
	buf_adds(out, "</tr></thead>\n<tbody>\n");
	for (int row = 0; row < table_rows(t); row++) {
		if (section >= 0)
			section_html(t, row, section, shown, out);
		buf_adds(out, "<tr>");
		for (int i = 0; i < t->n_column; i++)
			if (i != section && !t->column[i].hidden)
				cell_html(&t->column[i], cell_at(t, row, i), digits[i], out);
		buf_adds(out, "</tr>\n");
	}
	buf_adds(out, "</tbody></table></div>\n");
	free(digits);
}
