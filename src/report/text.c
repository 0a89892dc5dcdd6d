/*
 * Text on a page of fixed-width letters. Ranges of wide and of combining characters follow Unicode
 * 15's EastAsianWidth.txt (W and F) and general category Mn, in the coarse blocks that names of shops
 * and goods are written in.
 */
#include "config.h"
#include "report/text.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define WIDTH_MIN 40 /* narrower terminals get lines that they wrap themselves */
#define REPLACED 0xfffd

struct range {
	uint32_t from, until;
};

static const struct range combining[] = {
	{ 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x0610, 0x061a },
	{ 0x064b, 0x065f }, { 0x0900, 0x0902 }, { 0x093c, 0x093c }, { 0x0941, 0x0948 },
	{ 0x094d, 0x094d }, { 0x0e31, 0x0e31 }, { 0x0e34, 0x0e3a }, { 0x0e47, 0x0e4e },
	{ 0x1ab0, 0x1aff }, { 0x1dc0, 0x1dff }, { 0x200b, 0x200d }, { 0x20d0, 0x20ff },
	{ 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f },
};

static const struct range wide[] = {
	{ 0x1100, 0x115f }, { 0x231a, 0x231b }, { 0x23e9, 0x23ec }, { 0x2614, 0x2615 },
	{ 0x26bd, 0x26be }, { 0x2705, 0x2705 }, { 0x2728, 0x2728 }, { 0x274c, 0x274c },
	{ 0x2753, 0x2757 }, { 0x2795, 0x2797 }, { 0x2e80, 0x303e }, { 0x3041, 0x33ff },
	{ 0x3400, 0x4dbf }, { 0x4e00, 0x9fff }, { 0xa000, 0xa4cf }, { 0xa960, 0xa97f },
	{ 0xac00, 0xd7a3 }, { 0xf900, 0xfaff }, { 0xfe30, 0xfe6f }, { 0xff00, 0xff60 },
	{ 0xffe0, 0xffe6 }, { 0x1f300, 0x1f64f }, { 0x1f680, 0x1f6ff }, { 0x1f7e0, 0x1f7eb },
	{ 0x1f900, 0x1f9ff }, { 0x1fa70, 0x1faff }, { 0x20000, 0x3fffd },
};

/* Control characters and whatever changes the direction of writing or hides in a line. */
static const struct range harmful[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x061c, 0x061c }, { 0x200e, 0x200f },
	{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff }, { 0xfff9, 0xfffb },
	{ 0xe0000, 0xe0fff },
};

static int range_has(const struct range *r, size_t n, uint32_t code)
{
	for (size_t i = 0; i < n; i++)
		if (code >= r[i].from && code <= r[i].until)
			return 1;
	return 0;
}
#define IN(table, code) range_has(table, sizeof table / sizeof *(table), code)

/* One character: bytes taken, its code (REPLACED where it must not be shown) and its columns. */
struct glyph {
	size_t bytes;
	uint32_t code;
	int width;
};

static struct glyph glyph_at(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	struct glyph g = { 1, c[0], 1 };
	size_t n = c[0] < 0x80 ? 1 : c[0] >= 0xc2 && c[0] < 0xe0 ? 2 : (c[0] & 0xf0) == 0xe0 ? 3
		: c[0] >= 0xf0 && c[0] < 0xf5 ? 4 : 0;
	if (n > 1) {
		g.code = c[0] & (0x7fu >> n);
		for (size_t i = 1; i < n; i++) {
			if ((c[i] & 0xc0) != 0x80) {
				n = 0;
				break;
			}
			g.code = g.code << 6 | (c[i] & 0x3fu);
		}
	}
	if (!n || g.code < least[n] || g.code > 0x10ffff || (g.code >= 0xd800 && g.code < 0xe000)) {
		g.code = REPLACED;
		return g;
	}
	g.bytes = n;
	if (g.code >= 0x20 && g.code < 0x7f)
		return g;
	if (IN(harmful, g.code))
		g.code = REPLACED;
	else if (IN(combining, g.code))
		g.width = 0;
	else if (IN(wide, g.code))
		g.width = 2;
	return g;
}

static int says_utf8(void)
{
	static const char *const variable[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	for (size_t i = 0; i < sizeof variable / sizeof *variable; i++) {
		const char *value = getenv(variable[i]);
		if (!value || !*value)
			continue;
		for (; *value; value++)
			if (tolower((unsigned char)value[0]) == 'u' &&
			    tolower((unsigned char)value[1]) == 't' &&
			    tolower((unsigned char)value[2]) == 'f' &&
			    (value[3] == '8' || (value[3] == '-' && value[4] == '8')))
				return 1;
		return 0;
	}
	return 0;
}

struct text_style text_style_of(int on_terminal)
{
	struct text_style style = { .width = 80, .utf8 = says_utf8() };
	if (!on_terminal)
		return style;
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
	style.colour = !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
	struct winsize size;
	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col > 0)
		style.width = size.ws_col < WIDTH_MIN ? WIDTH_MIN : size.ws_col;
	return style;
}

int text_width(const char *text)
{
	int width = 0;
	while (*text) {
		struct glyph g = glyph_at(text);
		width += g.width;
		text += g.bytes;
	}
	return width;
}

static void glyph_add(struct buf *out, const char *text, const struct glyph *g, int utf8)
{
	if (g->code != REPLACED)
		buf_add(out, text, g->bytes);
	else
		buf_adds(out, utf8 ? "\xef\xbf\xbd" : "?");
}

int text_add(struct buf *out, const char *text, int room, const struct text_style *style)
{
	int width = 0, cut = room > 0 && text_width(text) > room;
	if (cut)
		room--;
	while (*text) {
		struct glyph g = glyph_at(text);
		if (cut && width + g.width > room)
			break;
		glyph_add(out, text, &g, style->utf8);
		width += g.width;
		text += g.bytes;
	}
	if (cut) {
		buf_adds(out, style->utf8 ? "\xe2\x80\xa6" : "~");
		width++;
	}
	return width;
}

size_t text_line(const char *text, int room, const char **next)
{
	int width = 0;
	const char *blank = NULL, *c = text;
	while (*c) {
		struct glyph g = glyph_at(c);
		if (*c == ' ' && c > text)
			blank = c;
		if (width + g.width > room && c > text)
			break;
		width += g.width;
		c += g.bytes;
	}
	if (!*c) {
		*next = NULL;
		return (size_t)(c - text);
	}
	const char *end = blank ? blank : c;
	*next = end;
	while (**next == ' ')
		++*next;
	if (!**next)
		*next = NULL;
	while (end > text + 1 && end[-1] == ' ')
		end--;
	return (size_t)(end - text);
}

void text_wrap(struct buf *out, const char *text, int at, int indent, const struct text_style *style)
{
	struct buf line = { 0 };
	while (text) {
		const char *next;
		int room = style->width - at;
		buf_add(&line, text, text_line(text, room > 1 ? room : 1, &next));
		text_add(out, line.text, 0, style);
		buf_addc(out, '\n');
		buf_clear(&line);
		if (next)
			text_pad(out, indent);
		text = next;
		at = indent;
	}
	buf_release(&line);
}

void text_pad(struct buf *out, int n)
{
	while (n-- > 0)
		buf_addc(out, ' ');
}

void text_rule(struct buf *out, int n, const struct text_style *style)
{
	while (n-- > 0)
		buf_adds(out, style->utf8 ? "\xe2\x94\x80" : "-");
}

/* Mean of the known values of group i of `groups` over x[n]; NaN when none is known. */
static double group_mean(const double *x, int n, int groups, int i)
{
	int from = (int)((int64_t)i * n / groups), until = (int)((int64_t)(i + 1) * n / groups);
	double sum = 0;
	int known = 0;
	for (int t = from; t < until; t++)
		if (isfinite(x[t])) {
			sum += x[t];
			known++;
		}
	return known ? sum / known : (double)NAN;
}

int text_spark(struct buf *out, const double *x, int n, int room, const struct text_style *style)
{
	static const char ascii[] = "_.-=+*#@";
	int groups = room > 0 && n > room ? room : n;
	double low = 0, high = 0;
	for (int i = 0; i < groups; i++) {
		double v = group_mean(x, n, groups, i);
		low = v < low ? v : low;
		high = v > high ? v : high;
	}
	for (int i = 0; i < groups; i++) {
		double v = group_mean(x, n, groups, i);
		int eighth = high > low ? (int)floor((v - low) / (high - low) * 7.999) : 0;
		if (isnan(v))
			buf_addc(out, ' ');
		else if (style->utf8)
			buf_addf(out, "\xe2\x96%c", (char)(0x81 + eighth));
		else
			buf_addc(out, ascii[eighth]);
	}
	return groups;
}

void text_mark_on(struct buf *out, enum text_mark mark, const struct text_style *style)
{
	static const char *const code[] = { "", "32", "33", "31", "2", "1" };
	if (style->colour && mark)
		buf_addf(out, "\033[%sm", code[mark]);
}

void text_mark_off(struct buf *out, enum text_mark mark, const struct text_style *style)
{
	if (style->colour && mark)
		buf_adds(out, "\033[0m");
}
