/* Axes that people read. Round steps are 1, 2 or 5 times a power of ten (Heckbert, Nice Numbers for
 * Graph Labels, Graphics Gems 1990). */
#include "config.h"
#include "report/axis.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "report/plot.h"

static const char *const month_name[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

const char *period_label(const struct calendar *c, period_t p, int with_year,
			 char out[PERIOD_LABEL_MAX])
{
	int year, month, dom;
	if (c->kind == PERIOD_NUMBER) {
		snprintf(out, PERIOD_LABEL_MAX, "%d", p);
		return out;
	}
	day_to_ymd(period_start(c, p), &year, &month, &dom);
	if (month < 1 || month > 12)
		BUG("period %d has no month", p);
	if (c->kind == PERIOD_MONTH)
		snprintf(out, PERIOD_LABEL_MAX, with_year ? "%s %d" : "%s", month_name[month - 1], year);
	else
		snprintf(out, PERIOD_LABEL_MAX, with_year ? "%d %s %d" : "%d %s", dom,
			 month_name[month - 1], year);
	return out;
}

static int year_of(const struct calendar *c, period_t p)
{
	int year, month, dom;
	day_to_ymd(period_start(c, p), &year, &month, &dom);
	return year;
}

void period_span_label(const struct calendar *c, period_t from, period_t until, struct buf *out)
{
	char text[PERIOD_LABEL_MAX];
	int one_year = c->kind == PERIOD_NUMBER || year_of(c, from) == year_of(c, until);
	if (from != until)
		buf_addf(out, "%s to ", period_label(c, from, !one_year, text));
	buf_adds(out, period_label(c, until, 1, text));
}

/* How ticks follow one another: every `step` periods on those with (p - phase) % step = 0, or, with
 * months > 0, on the first period of each such number of months. */
struct ticks {
	int step, phase, months;
};

static struct ticks ticks_choose(const struct calendar *c, period_t from, period_t until, int labels)
{
	static const int day_step[] = { 1, 2, 7, 14 }, week_step[] = { 1, 2, 4 };
	static const int month_step[] = { 1, 3, 6, 12, 24, 60, 120, 240 };
	int n = until - from + 1;
	if (labels < 2)
		labels = 2;
	if (c->kind == PERIOD_DAY)
		for (size_t i = 0; i < 4; i++)
			if (n <= day_step[i] * labels) /* day 4 was a Monday */
				return (struct ticks){ .step = day_step[i], .phase = day_step[i] > 2 ? 4 : from };
	if (c->kind == PERIOD_WEEK)
		for (size_t i = 0; i < 3; i++)
			if (n <= week_step[i] * labels)
				return (struct ticks){ .step = week_step[i], .phase = from };
	if (c->kind == PERIOD_NUMBER) {
		int step = 1;
		for (int i = 0; n > step * labels; i++)
			step = i % 3 == 1 ? step / 2 * 5 : step * 2;
		return (struct ticks){ .step = step, .phase = 0 };
	}
	double months = n / (c->kind == PERIOD_DAY ? 30.4 : c->kind == PERIOD_WEEK ? 4.35 : 1);
	size_t i = 0;
	while (i < 7 && months > month_step[i] * labels)
		i++;
	return (struct ticks){ .months = month_step[i] };
}

/* Is p the first period that begins in a month whose number is a multiple of `months`? */
static int tick_in_month(const struct calendar *c, period_t p, int months)
{
	int year, month, dom, year0, month0;
	day_to_ymd(period_start(c, p), &year, &month, &dom);
	day_to_ymd(period_start(c, p - 1), &year0, &month0, &dom);
	return (year != year0 || month != month0) && (year * 12 + month - 1) % months == 0;
}

static int is_tick(const struct calendar *c, period_t p, const struct ticks *t)
{
	if (t->months)
		return tick_in_month(c, p, t->months);
	int rest = (p - t->phase) % t->step;
	return rest == 0;
}

/* Where ticks follow months, a label is the month alone, or the year where a year begins. */
static void tick_label(const struct calendar *c, period_t p, const struct ticks *t, int with_year,
		       char out[PERIOD_LABEL_MAX])
{
	if (t->months >= 12)
		snprintf(out, PERIOD_LABEL_MAX, "%d", year_of(c, p));
	else if (t->months && c->kind != PERIOD_MONTH) {
		const struct calendar month = { .kind = PERIOD_MONTH };
		period_label(&month, period_of_day(&month, period_start(c, p)), with_year, out);
	} else
		period_label(c, p, with_year, out);
}

void axis_periods(struct buf *script, const struct calendar *c, period_t from, period_t until,
		  int labels)
{
	struct ticks t = ticks_choose(c, from, until, labels);
	int year = 0, n = 0;
	buf_addf(script, "set xrange [%.1f:%.1f]\nset xtics nomirror (", from - 0.5, until + 0.5);
	for (period_t p = from; p <= until; p++) {
		char text[PERIOD_LABEL_MAX];
		if (!is_tick(c, p, &t))
			continue;
		int now = c->kind == PERIOD_NUMBER ? 0 : year_of(c, p);
		tick_label(c, p, &t, now != year, text);
		year = now;
		buf_adds(script, n++ ? ", " : "");
		plot_quote_tick(script, text);
		buf_addf(script, " %d", p);
	}
	buf_adds(script, ")\n");
}

static double nice_step(double span, int labels)
{
	double rough = span / (labels > 1 ? labels : 1);
	double power = pow(10, floor(log10(rough)));
	double ratio = rough / power;
	return power * (ratio <= 1.0001 ? 1 : ratio <= 2.0001 ? 2 : ratio <= 5.0001 ? 5 : 10);
}

/* Text of a value on an axis with that step, in units of `unit`. */
static void tick_value(char out[NUMBER_MAX], double x, double step, double unit, const char *sign)
{
	int digits = 0;
	for (double s = step / unit; s < 0.9999 && digits < 6; s *= 10)
		digits++;
	if (fabs(x) < step / 2)
		snprintf(out, NUMBER_MAX, "0");
	else
		snprintf(out, NUMBER_MAX, "%.*f%s", digits, x / unit, sign);
}

static void axis(struct buf *script, double low, double high, int labels, int shares, double *from,
		 double *until)
{
	if (!(high > low))
		high = low + 1;
	double step = nice_step(high - low, labels);
	double unit = shares ? 0.01 : high >= 1e6 ? 1e6 : high >= 1e4 ? 1e3 : 1;
	const char *sign = shares ? " %" : high >= 1e6 ? " M" : high >= 1e4 ? " k" : "";
	*from = floor(low / step + 1e-9) * step;
	*until = ceil(2 * high / step - 1e-9) * step / 2;
	buf_addf(script, "set yrange [%.10g:%.10g]\nset ytics (", *from, *until);
	int n = (int)floor((*until - *from) / step + 1e-9);
	for (int i = 0; i <= n; i++) {
		char text[NUMBER_MAX];
		double x = *from + i * step;
		tick_value(text, x, step, unit, sign);
		buf_adds(script, i ? ", " : "");
		plot_quote_tick(script, text);
		buf_addf(script, " %.10g", x);
	}
	buf_adds(script, ")\n");
}

void axis_values(struct buf *script, double low, double high, int labels, double *from, double *until)
{
	axis(script, low, high, labels, 0, from, until);
}

void axis_shares(struct buf *script, double low, double high, int labels, double *from, double *until)
{
	axis(script, low, high, labels, 1, from, until);
}

int value_label(char out[NUMBER_MAX], double x)
{
	double a = fabs(x), unit = a >= 999500 ? 1e6 : a >= 9995 ? 1e3 : 1;
	const char *sign = unit > 1e3 ? " M" : unit > 1 ? " k" : "";
	double v = a / unit;
	int digits = v >= 99.95 || (unit == 1 && (a == floor(a) || a >= 99.95)) ? 0 : v >= 9.995 ? 1 : 2;
	return snprintf(out, NUMBER_MAX, "%.*f%s", digits, x / unit, sign);
}
