/*
 * Options as data: one table type for the command line, for settings and for methods. Parsers, help,
 * completion and the manual's test all read the tables.
 */
#ifndef BASE_OPTION_H
#define BASE_OPTION_H

#include "base/err.h"

enum option_type {
	OPTION_FLAG,   /* no value */
	OPTION_TEXT,   /* any text */
	OPTION_INT,    /* whole number in [min, max] */
	OPTION_NUMBER, /* decimal number in [min, max] */
	OPTION_CHOICE, /* one of `choices`, written a|b|c */
};

struct option {
	const char *name;    /* "horizon", without dashes; NULL ends a table */
	char letter;         /* 'j', or 0 */
	enum option_type type;
	const char *value;   /* what the value is called in help: "N"; NULL for flags */
	const char *preset;  /* the default as text, or NULL */
	double min, max;     /* for INT and NUMBER; both 0 = no bounds */
	const char *choices; /* for CHOICE */
	int several;         /* may stand more than once */
	const char *help;    /* one line, no full stop */
};

/* Is the text a right value for the option? E_USAGE with a sentence that names it. */
MUST_CHECK enum status option_check(const struct option *o, const char *value, struct err *e);
/* Value of a checked INT or NUMBER. */
double option_number(const char *value);
/* The option of that name in a table, or NULL. */
const struct option *option_find(const struct option *table, const char *name);

#endif
