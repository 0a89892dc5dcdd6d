/*
 * Days, and the periods a db counts in. A day is a plain number (days since 1970-01-01, proleptic
 * Gregorian): no clock, no zone, no locale, never time_t. A period is a day, a week, a month, or a
 * bare number; periods are counted without gaps, so lag 1 is always the period before.
 */
#ifndef SERIES_CALENDAR_H
#define SERIES_CALENDAR_H

#include <stddef.h>
#include <stdint.h>

typedef int32_t day_t;    /* days since 1970-01-01 */
typedef int32_t period_t; /* number of a period; for PERIOD_DAY the same as day_t */

#define DAY_NONE INT32_MIN
#define DAY_TEXT_MAX 16

enum period_kind { PERIOD_DAY, PERIOD_WEEK, PERIOD_MONTH, PERIOD_NUMBER };

/* What one step of a panel is. */
struct calendar {
	enum period_kind kind;
	int week_start; /* PERIOD_WEEK: weekday on which a week begins, 0 = Monday .. 6 = Sunday */
};

day_t day_from_ymd(int year, int month, int day);       /* DAY_NONE when there is no such date */
void day_to_ymd(day_t day, int *year, int *month, int *dom);
int day_of_week(day_t day);                             /* 0 = Monday .. 6 = Sunday */
int month_days(int year, int month);
day_t day_easter(int year);                             /* Western Easter Sunday (Gregorian computus) */
int day_iso_week(day_t day, int *iso_year);             /* ISO 8601 week 1..53 */

/* Reads 2026-11-23, 20261123 or 2026/11/23; the whole text. DAY_NONE when it is no date. */
day_t day_parse(const char *text, size_t n);
/* Writes YYYY-MM-DD; returns out. */
const char *day_format(day_t day, char out[DAY_TEXT_MAX]);

/* Name of a kind ("day"), and back (-1 = unknown). */
const char *period_kind_name(enum period_kind kind);
int period_kind_find(const char *name);

/* The period that a day lies in; for PERIOD_NUMBER the number itself. */
period_t period_of_day(const struct calendar *c, day_t day);
/* First day of a period: the value that db columns named `day` hold. */
day_t period_start(const struct calendar *c, period_t p);
/* The period as people and CSV files write it: date of its first day, or the number. Returns out. */
const char *period_format(const struct calendar *c, period_t p, char out[DAY_TEXT_MAX]);
/* Reads what period_format writes (and any date within the period). DAY_NONE when it is none. */
period_t period_parse(const struct calendar *c, const char *text, size_t n);
/* Season length in periods: 7, 52, 12, and 1 for numbers. */
int period_season(const struct calendar *c);
/* The longer season beside it, in periods: a year of days, 365.25; 0 where there is none. */
double period_cycle(const struct calendar *c);

#endif
