/*
 * Days as plain numbers and the periods made of them. Conversion by counting in 400-year cycles with
 * the year beginning in March (so the leap day is the last of its year); Easter by the Gregorian
 * computus as Meeus gives it (Astronomical Algorithms, 2nd ed., ch. 8).
 */
#include "config.h"
#include "series/calendar.h"

#include <stdio.h>
#include <string.h>

#define DAYS_OF_CYCLE 146097 /* 400 years */
#define DAYS_TO_EPOCH 719468 /* 0000-03-01 .. 1970-01-01 */

static int is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

int month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

day_t day_from_ymd(int year, int month, int day)
{
	if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1
	    || day > month_days(year, month))
		return DAY_NONE;
	int y = year - (month <= 2);
	int cycle = y / 400, in_cycle = y % 400;
	int in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	int day_of_cycle = in_cycle * 365 + in_cycle / 4 - in_cycle / 100 + in_year;
	return cycle * DAYS_OF_CYCLE + day_of_cycle - DAYS_TO_EPOCH;
}

void day_to_ymd(day_t day, int *year, int *month, int *dom)
{
	int64_t z = (int64_t)day + DAYS_TO_EPOCH;
	int64_t cycle = (z >= 0 ? z : z - DAYS_OF_CYCLE + 1) / DAYS_OF_CYCLE;
	int doc = (int)(z - cycle * DAYS_OF_CYCLE);
	int in_cycle = (doc - doc / 1460 + doc / 36524 - doc / 146096) / 365;
	int in_year = doc - (365 * in_cycle + in_cycle / 4 - in_cycle / 100);
	int m = (5 * in_year + 2) / 153;
	*dom = in_year - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = (int)(cycle * 400) + in_cycle + (*month <= 2);
}

static int floor_mod(int a, int b)
{
	int r = a % b;
	return r < 0 ? r + b : r;
}

int day_of_week(day_t day)
{
	return floor_mod(day + 3, 7); /* 1970-01-01 was a Thursday */
}

day_t day_easter(int year)
{
	int a = year % 19, b = year / 100, c = year % 100;
	int d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
	int h = (19 * a + b - d - g + 15) % 30;
	int i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
	int m = (a + 11 * h + 22 * l) / 451;
	int n = h + l - 7 * m + 114;
	return day_from_ymd(year, n / 31, n % 31 + 1);
}

int day_iso_week(day_t day, int *iso_year)
{
	/* The week belongs to the year that its Thursday lies in. */
	day_t thursday = day - day_of_week(day) + 3;
	int year, month, dom;
	day_to_ymd(thursday, &year, &month, &dom);
	*iso_year = year;
	return (thursday - day_from_ymd(year, 1, 1)) / 7 + 1;
}

/* Reads exactly n digits. */
static int digits(const char *c, int n, int *out)
{
	*out = 0;
	for (int i = 0; i < n; i++) {
		if (c[i] < '0' || c[i] > '9')
			return 0;
		*out = *out * 10 + (c[i] - '0');
	}
	return 1;
}

day_t day_parse(const char *text, size_t n)
{
	int y, m, d;
	if (n == 10 && (text[4] == '-' || text[4] == '/') && text[7] == text[4])
		return digits(text, 4, &y) && digits(text + 5, 2, &m) && digits(text + 8, 2, &d)
			? day_from_ymd(y, m, d) : DAY_NONE;
	if (n == 8)
		return digits(text, 4, &y) && digits(text + 4, 2, &m) && digits(text + 6, 2, &d)
			? day_from_ymd(y, m, d) : DAY_NONE;
	return DAY_NONE;
}

const char *day_format(day_t day, char out[DAY_TEXT_MAX])
{
	int y, m, d;
	if (day == DAY_NONE)
		return out[0] = '\0', out;
	day_to_ymd(day, &y, &m, &d);
	if (y < 0 || y > 9999)
		snprintf(out, DAY_TEXT_MAX, "day %d", (int)day);
	else
		snprintf(out, DAY_TEXT_MAX, "%04d-%02d-%02d", y, m, d);
	return out;
}

static const char *const kind_name[] = { "day", "week", "month", "number" };

const char *period_kind_name(enum period_kind kind)
{
	return kind_name[kind];
}

int period_kind_find(const char *name)
{
	for (int k = 0; k < 4; k++)
		if (!strcmp(name, kind_name[k]))
			return k;
	return -1;
}

period_t period_of_day(const struct calendar *c, day_t day)
{
	int y, m, d;
	switch (c->kind) {
	case PERIOD_WEEK: {
		/* Monday 1970-01-05 is day 4; week 0 begins on the first week_start on or after it. */
		int shifted = day - 4 - c->week_start;
		return (shifted - floor_mod(shifted, 7)) / 7;
	}
	case PERIOD_MONTH:
		day_to_ymd(day, &y, &m, &d);
		return (y - 1970) * 12 + m - 1;
	case PERIOD_DAY:
	case PERIOD_NUMBER:
		break;
	}
	return day;
}

day_t period_start(const struct calendar *c, period_t p)
{
	switch (c->kind) {
	case PERIOD_WEEK:
		return p * 7 + 4 + c->week_start;
	case PERIOD_MONTH: {
		int month = floor_mod(p, 12);
		return day_from_ymd(1970 + (p - month) / 12, month + 1, 1);
	}
	case PERIOD_DAY:
	case PERIOD_NUMBER:
		break;
	}
	return p;
}

const char *period_format(const struct calendar *c, period_t p, char out[DAY_TEXT_MAX])
{
	if (c->kind == PERIOD_NUMBER)
		snprintf(out, DAY_TEXT_MAX, "%d", (int)p);
	else
		day_format(period_start(c, p), out);
	return out;
}

period_t period_parse(const struct calendar *c, const char *text, size_t n)
{
	if (c->kind != PERIOD_NUMBER) {
		day_t day = day_parse(text, n);
		return day == DAY_NONE ? DAY_NONE : period_of_day(c, day);
	}
	int negative = n && *text == '-', value;
	if (n - (size_t)negative < 1 || n - (size_t)negative > 9
	    || !digits(text + negative, (int)n - negative, &value))
		return DAY_NONE;
	return negative ? -value : value;
}

int period_season(const struct calendar *c)
{
	static const int season[] = { 7, 52, 12, 1 };
	return season[c->kind];
}

double period_cycle(const struct calendar *c)
{
	return c->kind == PERIOD_DAY ? 365.25 : 0;
}
