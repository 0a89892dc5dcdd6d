/* Checking values against option tables. */
#include "config.h"
#include "base/option.h"

#include <math.h>
#include <string.h>
#include "base/buf.h"

double option_number(const char *value)
{
	double x;
	return number_parse(value, strlen(value), '.', 0, &x) ? x : (double)NAN;
}

static int is_choice(const char *choices, const char *value)
{
	size_t n = strlen(value);
	if (strchr(value, '|'))
		return 0;
	for (const char *c = choices; c; c = strchr(c, '|')) {
		c += *c == '|';
		if (n && !strncmp(c, value, n) && (c[n] == '|' || !c[n]))
			return 1;
	}
	return 0;
}

enum status option_check(const struct option *o, const char *value, struct err *e)
{
	if (o->type == OPTION_CHOICE && !is_choice(o->choices, value))
		return err_set(e, E_USAGE, "'%s' must be one of %s, not '%s'", o->name, o->choices, value);
	if (o->type != OPTION_INT && o->type != OPTION_NUMBER)
		return OK;
	double x = option_number(value);
	if (isnan(x))
		return err_set(e, E_USAGE, "'%s' must be a number, not '%s'", o->name, value);
	if (o->type == OPTION_INT && x != floor(x))
		return err_set(e, E_USAGE, "'%s' must be a whole number, not '%s'", o->name, value);
	if ((o->min != 0 || o->max != 0) && (x < o->min || x > o->max))
		return err_set(e, E_USAGE, "'%s' must lie between %.10g and %.10g, not be %s", o->name,
			       o->min, o->max, value);
	return OK;
}

const struct option *option_find(const struct option *table, const char *name)
{
	for (; table && table->name; table++)
		if (!strcmp(table->name, name))
			return table;
	return NULL;
}
