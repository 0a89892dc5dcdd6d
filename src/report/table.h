/*
 * A table: columns described once, rows pushed cell by cell, written in any of the shapes a command
 * offers. For people it is text in columns; csv, tsv and json carry the exact values, so that a
 * program reads back what the table was given.
 *
 *     static const struct column columns[] = {
 *             { .name = "item", .type = COLUMN_TEXT },
 *             { .name = "mean", .type = COLUMN_NUMBER, .unit = "units" },
 *             { 0 } };
 *     struct table *t = table_new(columns);
 *     table_text(t, "1001");
 *     table_number(t, 3.25);
 *     table_write(t, format, &style, out);
 *     table_free(t);
 */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include <stdint.h>
#include "base/buf.h"
#include "base/json.h"
#include "report/text.h"

/* The shapes of an output, in the order of --format's choices. */
enum format { FORMAT_TABLE, FORMAT_CSV, FORMAT_TSV, FORMAT_JSON };

enum column_type {
	COLUMN_TEXT,
	COLUMN_WRAP,    /* text that goes on in further lines rather than be cut */
	COLUMN_SECTION, /* for people: a heading over the rows wherever it changes, no column */
	COLUMN_INT,
	COLUMN_NUMBER,
	COLUMN_PERCENT, /* a share: 0.123 is shown as 12.3 %, and written as 0.123 */
	COLUMN_FLAG,    /* yes or no; true or false in json */
	COLUMN_SPARK,   /* several numbers: small bars; joined by blanks in csv; an array in json */
};

/* Digits after the point, for people. Any positive number means itself. */
#define DIGITS_AUTO 0     /* chosen by the column's values: about three that matter */
#define DIGITS_WHOLE (-1) /* none */

struct column {
	const char *name;   /* in csv, tsv and json, and in the heading unless there is a title; NULL ends */
	const char *title;  /* heading for people, or NULL */
	const char *unit;   /* second line of the heading, or NULL */
	int unit_is_word;   /* which goes on with the heading, and is as large as it in HTML */
	enum column_type type;
	int digits;         /* NUMBER: as above; PERCENT: DIGITS_AUTO is one */
	int width;          /* columns at most for people; 0 = as wide as needed */
	int hidden;         /* not shown to people */
};

struct table;

/* Both the columns and their strings are borrowed until table_free. */
struct table *table_new(const struct column *columns);
void table_free(struct table *t);

/* The next cell of the row; a full row begins the next one. Text is copied; NULL = nothing there.
 * A cell of another kind than its column is a BUG, but any column takes table_none(). */
void table_text(struct table *t, const char *text);
void table_textf(struct table *t, const char *format, ...) PRINTF(2, 3);
void table_int(struct table *t, int64_t x);
void table_number(struct table *t, double x);  /* NUMBER and PERCENT; NaN is "n/a" for people */
void table_flag(struct table *t, int x);
void table_spark(struct table *t, const double *x, int n); /* copied; NaN = a gap */
/* The same, of which the first `split` are past and the others expected. */
void table_spark_split(struct table *t, const double *x, int n, int split);
void table_none(struct table *t);
/* How the next cell is coloured for people. */
void table_mark(struct table *t, enum text_mark mark);
/* Full rows so far. */
int table_rows(const struct table *t);

/* Adds the table to `out`; `style` is for FORMAT_TABLE alone. csv and tsv have a line of names first.
 * In tsv, tab, newline, CR and backslash in text are written \t \n \r \\. */
void table_write(const struct table *t, enum format format, const struct text_style *style,
		 struct buf *out);
/* The table as an array of objects inside a larger JSON text. */
void table_json(const struct table *t, struct json *j);

/* Adds the table as an HTML table: text escaped, marks as classes good, warn, bad, dim; sparks as
 * inline SVG with classes past and next. */
void table_html(const struct table *t, struct buf *out);

/* A number as the tables show it, digits as in a column; "n/a" for NaN. Returns the length; out has
 * room for NUMBER_MAX bytes. */
int number_show(char *out, double x, int digits);
/* What DIGITS_AUTO chooses for n values: a positive number or DIGITS_WHOLE. */
int number_digits(const double *x, int n);

#endif
