/* Features of the date: place in week, month and year. */
#include "config.h"
#include "feature/feature_private.h"

#define TURN 6.283185307179586

static void plan_calendar(struct feature_set *s)
{
	enum period_kind kind = s->panel->calendar.kind;
	const char *owner = kind == PERIOD_NUMBER ? "forecast" : "calendar";
	if (s->season > 1)
		feature_add(s, KNOWN_AHEAD, owner, 3, "place of the target in the season (days: 0 = Monday)",
			    "place");
	if (s->year)
		for (int k = 0; k < 2; k++)
			feature_add(s, KNOWN_AHEAD, owner, 20, "place in the year as a point on a circle",
				    k ? "year_cos" : "year_sin");
	if (kind == PERIOD_NUMBER)
		return;
	feature_add(s, KNOWN_AHEAD, owner, 5, "month, 1..12", "month");
	if (kind == PERIOD_MONTH) {
		feature_add(s, KNOWN_AHEAD, owner, 5, "days of the month", "month_days");
		feature_add(s, KNOWN_AHEAD, owner, 5, "Saturdays and Sundays of the month", "weekend_days");
		return;
	}
	feature_add(s, KNOWN_AHEAD, owner, 5, "day of the month (of the period's first day)", "month_day");
	feature_add(s, KNOWN_AHEAD, owner, 5, "days to the end of the month", "month_left");
	feature_add(s, KNOWN_AHEAD, owner, 5, "which of its weekdays in the month, 1..5", "month_week");
	feature_add(s, KNOWN_AHEAD, owner, 10, "ISO week", "year_week");
}

static int weekend_days(day_t first, int n)
{
	int count = 0;
	for (int k = 0; k < n; k++)
		count += day_of_week(first + k) >= 5;
	return count;
}

static void fill_calendar(const struct feature_set *s, const struct feature_row *r, float *out)
{
	const struct calendar *c = &s->panel->calendar;
	int year, month, dom;
	day_t day = period_start(c, r->target);
	if (s->season > 1) {
		int place = r->target % s->season;
		*out++ = (float)(c->kind == PERIOD_DAY && s->season == 7 ? day_of_week(day)
				 : place < 0 ? place + s->season : place);
	}
	if (c->kind == PERIOD_NUMBER) {
		double turn = s->year ? TURN * fmod(r->target, s->options.cycle) / s->options.cycle : 0;
		if (s->year) {
			*out++ = (float)sin(turn);
			*out++ = (float)cos(turn);
		}
		return;
	}
	day_to_ymd(day, &year, &month, &dom);
	if (s->year) {
		double turn = TURN * (day - day_from_ymd(year, 1, 1)) / 365.25;
		*out++ = (float)sin(turn);
		*out++ = (float)cos(turn);
	}
	*out++ = (float)month;
	int n = month_days(year, month);
	if (c->kind == PERIOD_MONTH) {
		*out++ = (float)n;
		*out++ = (float)weekend_days(day, n);
		return;
	}
	*out++ = (float)dom;
	*out++ = (float)(n - dom);
	*out++ = (float)((dom - 1) / 7 + 1);
	*out++ = (float)day_iso_week(day, &year);
}

const struct feature_block calendar_block = { "calendar", 0, plan_calendar, fill_calendar };
