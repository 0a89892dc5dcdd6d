/* Dates and numbers as people write them; see the header. */
#include "config.h"
#include "io/datum.h"

#include <string.h>
#include <strings.h>
#include "base/buf.h"

#define YEAR_MIN 1600
#define YEAR_MAX 2500

static const char *const form_name[N_DATE_FORM] = { "ymd", "dmy", "mdy", "month", "week", "number" };

const char *date_form_name(int form)
{
	return form_name[form];
}

int date_form_find(const char *name, size_t n)
{
	for (int k = 0; k < N_DATE_FORM; k++)
		if (strlen(form_name[k]) == n && !strncasecmp(form_name[k], name, n))
			return k;
	return n == 3 && !strncasecmp(name, "iso", 3) ? DATE_YMD : -1;
}

/* A run of at most `max` digits; returns how many. */
static int take_digits(const char **c, const char *end, int max, int *out)
{
	int n = 0;
	for (*out = 0; n < max && *c < end && **c >= '0' && **c <= '9'; (*c)++, n++)
		*out = *out * 10 + (**c - '0');
	return n;
}

/* Nothing, or a time of day after a blank or a T. */
static int is_time_of_day(const char *c, const char *end)
{
	if (c == end)
		return 1;
	if (*c != ' ' && *c != 'T')
		return 0;
	int digits = 0;
	for (c++; c < end; c++) {
		digits += *c >= '0' && *c <= '9';
		if (!memchr("0123456789:.+-ZAPMapm ", *c, 22))
			return 0;
	}
	return digits > 0;
}

static day_t checked(int y, int m, int d)
{
	return y < YEAR_MIN || y > YEAR_MAX ? DAY_NONE : day_from_ymd(y, m, d);
}

/* Three numbers with the same separator between them. */
static day_t read_parts(enum date_form form, const char *c, const char *end)
{
	int part[3], length[3];
	length[0] = take_digits(&c, end, 8, &part[0]);
	if (length[0] == 8 && form == DATE_YMD && is_time_of_day(c, end))
		return checked(part[0] / 10000, part[0] / 100 % 100, part[0] % 100);
	if (c == end || !memchr("-/.", *c, 3))
		return DAY_NONE;
	char separator = *c++;
	length[1] = take_digits(&c, end, 2, &part[1]);
	if (!length[1] || c == end || *c++ != separator)
		return DAY_NONE;
	length[2] = take_digits(&c, end, 4, &part[2]);
	if (!length[2] || !is_time_of_day(c, end))
		return DAY_NONE;
	if (form == DATE_YMD)
		return length[0] == 4 && length[2] <= 2 ? checked(part[0], part[1], part[2]) : DAY_NONE;
	if (length[0] > 2 || (length[2] != 4 && length[2] != 2) || (form == DATE_MDY && separator == '.'))
		return DAY_NONE;
	int year = length[2] == 4 ? part[2] : part[2] + (part[2] < 69 ? 2000 : 1900);
	return form == DATE_DMY ? checked(year, part[1], part[0]) : checked(year, part[0], part[1]);
}

static day_t read_month(const char *c, const char *end)
{
	int y, m;
	if (take_digits(&c, end, 4, &y) != 4 || c == end || !memchr("-/Mm", *c, 4))
		return DAY_NONE;
	c++;
	return take_digits(&c, end, 2, &m) && c == end ? checked(y, m, 1) : DAY_NONE;
}

static day_t read_week(const char *c, const char *end)
{
	int y, w, iso_year;
	if (take_digits(&c, end, 4, &y) != 4)
		return DAY_NONE;
	c += c < end && *c == '-';
	if (c == end || (*c != 'W' && *c != 'w'))
		return DAY_NONE;
	c++;
	if (!take_digits(&c, end, 2, &w) || c != end || w < 1 || y < YEAR_MIN || y > YEAR_MAX)
		return DAY_NONE;
	day_t fourth = day_from_ymd(y, 1, 4); /* always in week 1 */
	day_t monday = fourth - day_of_week(fourth) + 7 * (w - 1);
	return day_iso_week(monday, &iso_year) == w && iso_year == y ? monday : DAY_NONE;
}

static day_t read_number(const char *c, const char *end)
{
	int v, n = take_digits(&c, end, 7, &v);
	if (end - c == 2 && c[0] == '.' && c[1] == '0')
		c = end;
	return n && c == end ? v : DAY_NONE;
}

day_t date_read(enum date_form form, const char *text, size_t n)
{
	if (form == DATE_YMD && n == 10 && text[4] == '-') {
		day_t day = day_parse(text, n);
		if (day != DAY_NONE && text[0] != '0')
			return day;
	}
	switch (form) {
	case DATE_MONTH:
		return read_month(text, text + n);
	case DATE_WEEK:
		return read_week(text, text + n);
	case DATE_NUMBER:
		return read_number(text, text + n);
	default:
		return read_parts(form, text, text + n);
	}
}

void date_vote(struct date_votes *v, const char *text, size_t n)
{
	int any = 0;
	for (int k = 0; k < N_DATE_FORM; k++) {
		int can = date_read((enum date_form)k, text, n) != DAY_NONE;
		v->form[k] += can;
		any |= can;
	}
	v->values += any;
}

int date_decide(const struct date_votes *v)
{
	int best = 0;
	for (int k = 1; k < N_DATE_FORM; k++)
		if (v->form[k] > v->form[best])
			best = k;
	if (!v->form[best])
		return DATE_NO_FORM;
	if ((best == DATE_DMY || best == DATE_MDY) && v->form[DATE_DMY] == v->form[DATE_MDY])
		return DATE_ASK;
	return best;
}

void number_vote(struct number_votes *v, const char *text, size_t n)
{
	const char *dot = memchr(text, '.', n), *comma = memchr(text, ',', n);
	if (dot && comma) {
		/* The mark that stands last separates the decimals. */
		if (memchr(dot, ',', (size_t)(text + n - dot)))
			v->comma++;
		else
			v->point++;
		return;
	}
	const char *mark = dot ? dot : comma;
	if (!mark)
		return;
	size_t after = (size_t)(text + n - mark) - 1;
	size_t whole = (size_t)(mark - text) - (*text == '-' || *text == '+');
	int again = memchr(mark + 1, *mark, after) != NULL;
	int decimal = !again && (after != 3 || whole > 3 || !whole || mark[-1] == '0');
	if (again)
		*(dot ? &v->comma : &v->point) += 1;
	else if (decimal && !(whole > 1 && after == 3 && whole <= 3))
		*(dot ? &v->point : &v->comma) += 1;
	else
		*(dot ? &v->open_point : &v->open_comma) += 1;
}

int number_decide(const struct number_votes *v, char delimiter, struct number_form *out)
{
	static const struct number_form with_point = { '.', ',' }, with_comma = { ',', '.' };
	*out = v->comma > v->point ? with_comma : with_point;
	if (v->point || v->comma)
		return 1;
	/* Between commas a point is a point and a quoted comma groups. */
	return delimiter == ',' || (!v->open_point && !v->open_comma);
}

int number_read(const struct number_form *f, const char *text, size_t n, double *out)
{
	/* Whole numbers of up to nine digits, which nearly all units are. */
	if (n && n < 10) {
		int v = 0;
		size_t k = 0;
		for (; k < n && text[k] >= '0' && text[k] <= '9'; k++)
			v = v * 10 + (text[k] - '0');
		if (k == n) {
			*out = v;
			return 1;
		}
	}
	while (n && *text == ' ') {
		text++;
		n--;
	}
	while (n && text[n - 1] == ' ')
		n--;
	return number_parse(text, n, f->point, 0, out) || number_parse(text, n, f->point, f->group, out);
}

int number_is_missing(const char *text, size_t n)
{
	static const char *const word[] = { "NA", "N/A", "#N/A", "NaN", "null", "None", "-", "?", "." };
	if (!n)
		return 1;
	for (size_t k = 0; n <= 4 && k < sizeof word / sizeof *word; k++)
		if (strlen(word[k]) == n && !strncasecmp(word[k], text, n))
			return 1;
	return 0;
}
