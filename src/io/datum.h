/*
 * Dates and numbers as people write them. How a column writes them is decided over many of its
 * values, each of which votes for the forms it can be read in; what the values leave open is asked
 * for, never guessed.
 */
#ifndef IO_DATUM_H
#define IO_DATUM_H

#include <stddef.h>
#include <stdint.h>
#include "series/calendar.h"

enum date_form {
	DATE_YMD,    /* 2026-11-23, 2026/11/23, 2026.11.23, 20261123 */
	DATE_DMY,    /* 23.11.2026, 23/11/2026, 23-11-26 */
	DATE_MDY,    /* 11/23/2026, 11-23-26 */
	DATE_MONTH,  /* 2026-11, 2026M11: the first of the month */
	DATE_WEEK,   /* 2026-W48: the Monday of the ISO week */
	DATE_NUMBER, /* 48: a whole number of a period */
	N_DATE_FORM
};
#define DATE_ASK (-1)  /* day and month cannot be told apart */
#define DATE_NO_FORM (-2) /* no value was a date */

/* Name in map.conf ("ymd", "dmy" ...), and back (-1 = unknown). */
const char *date_form_name(int form);
int date_form_find(const char *name, size_t n);

/* Reads a date in a form; a time of day after it ("2026-11-23 08:26:00", "...T08:26Z") is passed
 * over. Two-digit years are 1969..2068 (as POSIX has them). DAY_NONE when it is none. */
day_t date_read(enum date_form form, const char *text, size_t n);

/* How many values can be read in each form. Zero-initialise. */
struct date_votes {
	int64_t form[N_DATE_FORM], values;
};
void date_vote(struct date_votes *v, const char *text, size_t n);
/* The form that most values have, DATE_ASK, or DATE_NO_FORM. */
int date_decide(const struct date_votes *v);

/* How a file writes numbers. */
struct number_form {
	char point, group; /* '.' and ',' or the other way round */
};
/* Evidence: values that only a decimal point, or only a decimal comma, can explain; and those such
 * as 1.234 that both can. Zero-initialise. */
struct number_votes {
	int64_t point, comma, open_point, open_comma;
};
void number_vote(struct number_votes *v, const char *text, size_t n);
/* 1: *out is decided. 0: it is open ("1.234" and nothing else, between other delimiters than ','). */
int number_decide(const struct number_votes *v, char delimiter, struct number_form *out);

/* Reads a number; blanks at the ends are passed over. */
int number_read(const struct number_form *f, const char *text, size_t n, double *out);
/* Is this how people write that there is no value: "", NA, N/A, NaN, null, None, "-", "?" ... */
int number_is_missing(const char *text, size_t n);

#endif
