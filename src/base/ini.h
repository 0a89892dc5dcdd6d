/*
 * INI syntax, as all .conf and .spec files have it: `[section]`, `key = value`, `#` or `;` at the
 * start of a line for remarks, values in "double quotes" where blanks at the ends or a leading #
 * matter. A key may stand more than once. Nothing is interpreted here.
 */
#ifndef BASE_INI_H
#define BASE_INI_H

#include "base/err.h"
#include "base/mem.h"

struct ini_entry {
	const char *section; /* "" before the first section */
	const char *key, *value;
	int line;
};

/* The entries in the order of the file. Owns its text. */
struct ini {
	struct ini_entry *entry; /* [n] */
	size_t n, room;
	struct arena text;
};

/* Reads text; `name` is for the error sentence ("forecast.conf:12: ..."). E_USAGE on bad syntax. */
MUST_CHECK enum status ini_parse(struct ini *ini, const char *name, const char *text, struct err *e);
/* Reads a file. E_IO when it cannot be read. */
MUST_CHECK enum status ini_read(struct ini *ini, const char *path, struct err *e);
/* The last value of a key, or NULL. */
const char *ini_get(const struct ini *ini, const char *section, const char *key);
void ini_release(struct ini *ini);

#endif
