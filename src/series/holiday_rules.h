/*
 * The holidays of countries as a table: each line is one name in some regions over some years, and
 * says how its date is found. A change of law is another line with other years, so the past keeps the
 * days it had. Read by series/events.c alone.
 */
#ifndef SERIES_HOLIDAY_RULES_H
#define SERIES_HOLIDAY_RULES_H

/* How a rule finds its day in a year. Weekdays: 0 = Monday .. 6 = Sunday. */
enum rule_kind {
	RULE_FIXED,  /* day a of the month */
	RULE_NTH,    /* weekday a of the month, the b-th (-1 = the last), and `plus` days */
	RULE_BEFORE, /* the last weekday a strictly before day b of the month, and `plus` days */
	RULE_EASTER, /* a days after Western Easter Sunday */
};

/* What happens on weekends and where two feasts meet. */
enum rule_shift {
	SHIFT_NONE,
	SHIFT_US_OBSERVED,   /* on a Saturday also the Friday before, on a Sunday the Monday after */
	SHIFT_GB_SUBSTITUTE, /* on a weekend also the next weekday that is no holiday */
	SHIFT_OFF_PENTECOST, /* a week later where it would fall on Pentecost */
};

struct holiday_rule {
	const char *name;    /* NULL ends the table */
	const char *regions; /* separated by blanks; "DE" stands for all of DE */
	enum rule_kind kind;
	int month, a, b, plus;
	int from, until;     /* years, inclusive */
	enum rule_shift shift;
	const char *type;    /* "public", "regional", "religious", "commercial" */
	int closed;          /* shops are shut by law or nearly universal custom */
};

/* All rules, ended by one without a name. */
extern const struct holiday_rule holiday_rules[];

#endif
