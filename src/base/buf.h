/*
 * A growable string of bytes; always ends in a NUL that is not counted. Zero-initialised = empty.
 * Numbers are written without regard to the locale.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

struct buf {
	char *text;
	size_t n, room;
};

/* Adds n bytes, a text, a character, what a printf format gives. */
void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_adds(struct buf *b, const char *text);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *format, ...) PRINTF(2, 3);

/* A double with at most ten significant digits (whole numbers below 1e15 in full), no trailing
 * zeros; NaN is written as nothing. */
void buf_add_number(struct buf *b, double x);
void buf_add_int(struct buf *b, int64_t x);

/* One CSV field by RFC 4180: quoted when it holds a delimiter, quote, CR or LF. */
void buf_add_csv(struct buf *b, const char *field, char delimiter);

/* A JSON string with its quotes; bytes that are no UTF-8 become U+FFFD. */
void buf_add_json(struct buf *b, const char *text);
/* A JSON number; NaN and infinities become null. Round-trips (17 digits at most). */
void buf_add_json_number(struct buf *b, double x);

/* Text for HTML content and attribute values: & < > " ' escaped, control characters as spaces. */
void buf_add_html(struct buf *b, const char *text);

/* Empties it and keeps the memory; gives the memory back. */
void buf_clear(struct buf *b);
void buf_release(struct buf *b);

struct arena;
/* What a printf format gives, as a text that lives as long as the arena. */
char *arena_printf(struct arena *a, const char *format, ...) PRINTF(2, 3);

/* Gives the string away; the buf is empty after it. Caller frees. */
char *buf_detach(struct buf *b);

#define NUMBER_MAX 32
/* Writes x as buf_add_number does; returns the length. `out` has room for NUMBER_MAX bytes. */
int number_format(char *out, double x);

/*
 * Reads a decimal number in [text, text+n): sign, digits, one `point`, exponent; no locale.
 * Digits may be grouped by `group` (0 = none): each group after the first has three digits.
 * False when anything is left over, or the value is not finite.
 */
int number_parse(const char *text, size_t n, char point, char group, double *out);

#endif
