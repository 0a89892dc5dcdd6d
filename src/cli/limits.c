/* Limits as typed. */
#include "config.h"
#include "cli/limits.h"

#include <string.h>
#include "base/process.h"

#define LEAST_MEMORY (16. * 1024 * 1024) /* a child that may have less can do nothing */
#define DAY_SECONDS 86400

/* A number and one letter after it; the letter's place in `units`, -1 where there is none, -2: not such a text. */
static int number_and_unit(const char *text, const char *units, double *out)
{
	size_t n = strlen(text);
	const char *unit = n ? strchr(units, text[n - 1]) : NULL;
	if (!number_parse(text, unit ? n - 1 : n, '.', 0, out) || !(*out >= 0))
		return -2;
	return unit ? (int)(unit - units) : -1;
}

static int two_digits(const char *text, int most, int *out)
{
	if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
		return 0;
	*out = 10 * (text[0] - '0') + text[1] - '0';
	return *out <= most;
}

static enum status read_deadline(const char *text, double *out, struct err *e)
{
	static const double seconds[] = { 1, 60, 3600 };
	int hour, minute;
	double span;
	if (strlen(text) == 5 && text[2] == ':' && two_digits(text, 23, &hour) && two_digits(text + 3, 59, &minute)) {
		*out = process_wall() + process_until(hour, minute);
		return OK;
	}
	int unit = number_and_unit(*text == '+' ? text + 1 : text, "smh", &span);
	if (unit < 0 || span * seconds[unit] > 7 * DAY_SECONDS)
		return err_set(e, E_USAGE, "--deadline wants a time like 05:30, or a span like 90s, 20m or 2h of at most a"
				 " week, not '%s'", text);
	*out = process_wall() + span * seconds[unit];
	return OK;
}

static enum status read_size(const char *text, size_t *out, struct err *e)
{
	static const double size[] = { 1024., 1048576., 1073741824., 1099511627776. };
	double x;
	int unit = number_and_unit(text, "KMGT", &x);
	double bytes = unit >= 0 ? x * size[unit] : x;
	if (unit == -2 || bytes > 1e15)
		return err_set(e, E_USAGE, "--mem wants a size like 512M or 4G, not '%s'", text);
	if (bytes < LEAST_MEMORY)
		return err_set(e, E_USAGE, "--mem %s is less than any forecast needs: give 16M or more", text);
	*out = (size_t)bytes;
	return OK;
}

enum status limits_of(const struct call *c, struct run_limits *out, int *guarded, struct err *e)
{
	const char *deadline = call_option(c, "deadline"), *memory = call_option(c, "mem");
	enum status status = OK;
	*out = (struct run_limits){ .series_seconds = config_number(c->config, "run.series_seconds") };
	*guarded = deadline || memory || call_flag(c, "isolate") || out->series_seconds > 0;
	if (deadline)
		status = read_deadline(deadline, &out->deadline, e);
	if (!status && memory)
		status = read_size(memory, &out->memory, e);
	return status;
}
