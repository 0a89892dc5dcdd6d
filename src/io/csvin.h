/*
 * CSV in: rows of fields with the line on which each began. RFC 4180 and what people send instead:
 * any of , ; tab | as delimiter, LF, CRLF or CR at line ends, a byte order mark, quoted newlines,
 * blank lines (skipped), an Excel "sep=;" line. Refused with the line: a quote that is never closed,
 * NUL bytes, UTF-16. Blanks around fields are dropped.
 */
#ifndef IO_CSVIN_H
#define IO_CSVIN_H

#include <stdint.h>
#include "base/err.h"
#include "io/source.h"

/* A piece of text, with a NUL after it that is not counted. */
struct span {
	const char *at;
	size_t n;
};

struct csv_row {
	int64_t line;             /* physical line, from 1, on which the row began */
	int n;
	const struct span *field; /* [n], valid during the call */
};

/*
 * Gets each row in turn, the header (if any) first. A status other than OK ends the reading and is
 * returned; E_STOPPED without a sentence ends it quietly: csvin_read then returns OK.
 */
typedef enum status csv_seen(void *context, const struct csv_row *, struct err *);

/* Reads all rows from the beginning. `delimiter` as csvin_delimiter found it. E_INPUT with file and
 * line. */
MUST_CHECK enum status csvin_read(struct source *s, char delimiter, csv_seen *seen, void *context,
				  struct err *e);
/* The delimiter of a file: the one of , ; tab | that its first line holds most often outside of
 * quotes; a comma where there is none. E_INPUT: empty file, UTF-16. */
MUST_CHECK enum status csvin_delimiter(struct source *s, char *out, struct err *e);

#endif
