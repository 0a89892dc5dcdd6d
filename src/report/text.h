/*
 * Text on a page of fixed-width letters: how wide a string is, how to cut and wrap it, small bar
 * charts in one line, colour. Strings come from data: whatever could drive a terminal (control
 * characters, changes of writing direction, bytes that are no UTF-8) is shown as a replacement.
 * Widths come from a table of our own, because wcwidth() answers by the locale.
 */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include <stddef.h>
#include <stdint.h>
#include "base/buf.h"

/* What the page can show. */
struct text_style {
	int width;  /* columns */
	int utf8;   /* signs of our own may be beyond ASCII (ellipsis, rules, bars) */
	int colour; /* ANSI colours */
};

enum text_mark { MARK_NONE, MARK_GOOD, MARK_WARN, MARK_BAD, MARK_DIM, MARK_BOLD };

/*
 * The style of standard output. On a terminal: its width, and colour unless NO_COLOR is set or TERM
 * is "dumb". Elsewhere 80 columns without colour. UTF-8 by LC_ALL, LC_CTYPE, LANG as POSIX orders
 * them.
 */
struct text_style text_style_of(int on_terminal);

/* Columns that a string takes as text_add writes it. */
int text_width(const char *text);
/* Adds the text with harmful characters replaced, cut to `room` columns (0 = uncut) with an
 * ellipsis; returns the columns used. */
int text_add(struct buf *out, const char *text, int room, const struct text_style *style);
/* Bytes of the first line when the text is wrapped at blanks to `room` columns; *next is where the
 * following line begins, NULL after the last. Words wider than `room` are broken. */
size_t text_line(const char *text, int room, const char **next);
/* Adds the text as text_add does, wrapped at blanks to the style's width, with a line's end after the last line.
 * It begins in column `at`; its other lines are `indent` columns in. */
void text_wrap(struct buf *out, const char *text, int at, int indent, const struct text_style *style);
/* n columns of blanks. */
void text_pad(struct buf *out, int n);
/* A rule of n columns. */
void text_rule(struct buf *out, int n, const struct text_style *style);
/*
 * One bar a value, from zero (or the least value, if negative) to the greatest; blank where the value
 * is NaN. More than `room` values are averaged in groups. Returns the columns used.
 */
int text_spark(struct buf *out, const double *x, int n, int room, const struct text_style *style);
/* Begins and ends a mark; both write nothing without colour. */
void text_mark_on(struct buf *out, enum text_mark mark, const struct text_style *style);
void text_mark_off(struct buf *out, enum text_mark mark, const struct text_style *style);

#endif
