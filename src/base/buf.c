/* Growable strings, and the writing and reading of numbers that no locale can change. */
#include "config.h"
#include "base/buf.h"
#include "base/mem.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void reserve(struct buf *b, size_t more)
{
	if (b->room < b->n + more + 1) {
		b->room = mem_room(b->room, b->n + more + 1);
		b->text = xrealloc(b->text, b->room);
	}
}

void buf_add(struct buf *b, const void *bytes, size_t n)
{
	reserve(b, n);
	if (n)
		memcpy(b->text + b->n, bytes, n);
	b->n += n;
	b->text[b->n] = '\0';
}

void buf_adds(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_addf(struct buf *b, const char *format, ...)
{
	va_list args, again;
	va_start(args, format);
	va_copy(again, args);
	int n = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (n < 0)
		BUG("cannot format '%s'", format);
	reserve(b, (size_t)n);
	vsnprintf(b->text + b->n, (size_t)n + 1, format, again);
	va_end(again);
	b->n += (size_t)n;
}

static int format_digits(char *out, uint64_t v)
{
	char reversed[24];
	int n = 0;
	do {
		reversed[n++] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	for (int i = 0; i < n; i++)
		out[i] = reversed[n - 1 - i];
	return n;
}

void buf_add_int(struct buf *b, int64_t x)
{
	char text[24];
	int n = 0;
	if (x < 0)
		text[n++] = '-';
	n += format_digits(text + n, x < 0 ? 0 - (uint64_t)x : (uint64_t)x);
	buf_add(b, text, (size_t)n);
}

/*
 * Ten significant digits. The common cases, whole numbers and values from 1e-4 to 1e9, take a path
 * of integer arithmetic, about ten times as fast as printf; the rest goes through %.10g.
 */
int number_format(char *out, double x)
{
	static const double ten[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
				      1e12, 1e13 };
	int n = 0;
	if (isnan(x)) {
		out[0] = '\0';
		return 0;
	}
	double a = fabs(x);
	if (a < 1e15 && a == floor(a)) {
		if (x < 0)
			out[n++] = '-';
		n += format_digits(out + n, (uint64_t)a);
		out[n] = '\0';
		return n;
	}
	if (!(a >= 1e-4 && a < 1e9))
		return snprintf(out, NUMBER_MAX, "%.10g", x);
	int decimals = 13;
	for (double limit = 1e-3; a >= limit && decimals > 0; limit *= 10)
		decimals--;
	uint64_t scaled = (uint64_t)llround(a * ten[decimals]);
	while (decimals && scaled % 10 == 0) {
		scaled /= 10;
		decimals--;
	}
	uint64_t unit = (uint64_t)ten[decimals];
	if (x < 0)
		out[n++] = '-';
	n += format_digits(out + n, scaled / unit);
	if (decimals) {
		uint64_t rest = scaled % unit;
		out[n++] = '.';
		for (int i = decimals - 1; i >= 0; i--) {
			out[n + i] = (char)('0' + rest % 10);
			rest /= 10;
		}
		n += decimals;
	}
	out[n] = '\0';
	return n;
}

void buf_add_number(struct buf *b, double x)
{
	char text[NUMBER_MAX];
	buf_add(b, text, (size_t)number_format(text, x));
}

void buf_add_csv(struct buf *b, const char *field, char delimiter)
{
	const char special[] = { '"', '\r', '\n', delimiter, '\0' };
	if (!strpbrk(field, special)) {
		buf_adds(b, field);
		return;
	}
	buf_addc(b, '"');
	for (const char *c = field; *c; c++) {
		if (*c == '"')
			buf_addc(b, '"');
		buf_addc(b, *c);
	}
	buf_addc(b, '"');
}

/* Length of the UTF-8 sequence at c, or 0 where there is none. */
static int utf8_length(const unsigned char *c)
{
	int n = c[0] < 0x80 ? 1 : c[0] >= 0xc2 && c[0] < 0xe0 ? 2 : (c[0] & 0xf0) == 0xe0 ? 3
		: c[0] >= 0xf0 && c[0] < 0xf5 ? 4 : 0;
	for (int i = 1; i < n; i++)
		if ((c[i] & 0xc0) != 0x80)
			return 0;
	if (n == 3 && ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] >= 0xa0)))
		return 0;
	if (n == 4 && ((c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] >= 0x90)))
		return 0;
	return n;
}

void buf_add_json(struct buf *b, const char *text)
{
	buf_addc(b, '"');
	for (const unsigned char *c = (const unsigned char *)text; *c;) {
		int n = utf8_length(c);
		if (!n)
			buf_adds(b, "\\ufffd");
		else if (*c == '"' || *c == '\\')
			buf_addf(b, "\\%c", *c);
		else if (*c < 0x20 || *c == 0x7f)
			buf_addf(b, "\\u%04x", *c);
		else
			buf_add(b, c, (size_t)n);
		c += n ? n : 1;
	}
	buf_addc(b, '"');
}

void buf_add_json_number(struct buf *b, double x)
{
	if (!isfinite(x)) {
		buf_adds(b, "null");
		return;
	}
	char text[NUMBER_MAX];
	number_format(text, x);
	if (strtod(text, NULL) != x)
		snprintf(text, sizeof text, "%.17g", x);
	buf_adds(b, text);
}

void buf_add_html(struct buf *b, const char *text)
{
	for (const unsigned char *c = (const unsigned char *)text; *c;) {
		int n = utf8_length(c);
		if (!n)
			buf_adds(b, "\xef\xbf\xbd");
		else if (*c == '&')
			buf_adds(b, "&amp;");
		else if (*c == '<')
			buf_adds(b, "&lt;");
		else if (*c == '>')
			buf_adds(b, "&gt;");
		else if (*c == '"')
			buf_adds(b, "&quot;");
		else if (*c == '\'')
			buf_adds(b, "&#39;");
		else if (*c < 0x20 || *c == 0x7f)
			buf_addc(b, ' ');
		else
			buf_add(b, c, (size_t)n);
		c += n ? n : 1;
	}
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	if (b->text)
		b->text[0] = '\0';
}

void buf_release(struct buf *b)
{
	free(b->text);
	b->text = NULL;
	b->n = b->room = 0;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list list, again;
	va_start(list, format);
	va_copy(again, list);
	int n = vsnprintf(NULL, 0, format, list);
	char *out = arena_alloc(a, (size_t)(n > 0 ? n : 0) + 1);
	vsnprintf(out, (size_t)(n > 0 ? n : 0) + 1, format, again);
	va_end(again);
	va_end(list);
	return out;
}

char *buf_detach(struct buf *b)
{
	char *text = b->text ? b->text : xstrdup("");
	b->text = NULL;
	b->n = b->room = 0;
	return text;
}

/* Digits of the mantissa into v (19 kept), with the power of ten they must be scaled by. */
struct mantissa {
	uint64_t v;
	int digits, scale;
	int seen;
};

static void mantissa_add(struct mantissa *m, char digit, int after_point)
{
	m->seen = 1;
	if (m->digits < 19) {
		m->v = m->v * 10 + (uint64_t)(digit - '0');
		if (m->v)
			m->digits++;
		m->scale -= after_point;
	} else {
		m->scale += !after_point;
	}
}

/* Whole part with grouping; returns the first character after it, or NULL. */
static const char *parse_whole(const char *c, const char *end, char group, struct mantissa *m)
{
	int in_group = -1;
	for (; c < end; c++) {
		if (*c >= '0' && *c <= '9') {
			mantissa_add(m, *c, 0);
			if (in_group >= 0 && ++in_group > 3)
				return NULL;
		} else if (group && *c == group && m->seen && (in_group < 0 || in_group == 3)) {
			in_group = 0;
		} else {
			break;
		}
	}
	return in_group < 0 || in_group == 3 ? c : NULL;
}

int number_parse(const char *text, size_t n, char point, char group, double *out)
{
	const char *c = text, *end = text + n;
	struct mantissa m = { 0 };
	int negative = c < end && *c == '-';
	if (c < end && (*c == '-' || *c == '+'))
		c++;
	c = parse_whole(c, end, group, &m);
	if (!c)
		return 0;
	if (c < end && *c == point)
		for (c++; c < end && *c >= '0' && *c <= '9'; c++)
			mantissa_add(&m, *c, 1);
	if (!m.seen)
		return 0;
	if (c < end && (*c == 'e' || *c == 'E')) {
		int sign = 1, e = 0;
		c++;
		if (c < end && (*c == '-' || *c == '+'))
			sign = *c++ == '-' ? -1 : 1;
		if (c == end)
			return 0;
		for (; c < end && *c >= '0' && *c <= '9'; c++)
			e = e < 9999 ? e * 10 + (*c - '0') : e;
		m.scale += sign * e;
	}
	if (c != end)
		return 0;
	/* Clinger's fast path: both operands exact, one rounding; else strtod on a plain rewrite. */
	static const double ten[] = { 1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
				      1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
				      1e22 };
	double x;
	if (m.v < (UINT64_C(1) << 53) && m.scale >= -22 && m.scale <= 22) {
		x = (double)m.v;
		x = m.scale < 0 ? x / ten[-m.scale] : x * ten[m.scale];
	} else {
		char plain[48];
		snprintf(plain, sizeof plain, "%llue%d", (unsigned long long)m.v, m.scale);
		x = strtod(plain, NULL);
	}
	*out = negative ? -x : x;
	return isfinite(x);
}
