/*
 * Rewrites an SVG tag by tag. It reads what gnuplot 5.4 and 6.0 write, which is flat and regular: no
 * CDATA, no entities in attributes but the five of XML. Text between tags, where words from data
 * stand, is copied as it is: gnuplot has escaped it.
 */
#include "config.h"
#include "report/svg.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "report/picture.h"

/* A piece of text. */
struct span {
	const char *at;
	size_t n;
};

static int span_is(struct span s, const char *text)
{
	return s.n == strlen(text) && !memcmp(s.at, text, s.n);
}

/* The CSS variable of a colour written "#rrggbb" or "rgb(r, g, b)", or NULL. */
static const char *colour_name(struct span value)
{
	char text[32];
	unsigned r, g, b;
	if (value.n >= sizeof text)
		return NULL;
	memcpy(text, value.at, value.n);
	text[value.n] = '\0';
	if (sscanf(text, "rgb( %u , %u , %u )", &r, &g, &b) != 3 &&
	    sscanf(text, "#%2x%2x%2x", &r, &g, &b) != 3)
		return NULL;
	for (const struct palette_entry *p = palette; p->name; p++) {
		unsigned pr, pg, pb;
		if (sscanf(p->light, "#%2x%2x%2x", &pr, &pg, &pb) == 3 && pr == r && pg == g && pb == b)
			return p->name;
	}
	return NULL;
}

/* Attributes that the page sets itself, or that HTML does without. */
static int dropped(struct span tag, struct span name)
{
	if (span_is(name, "font-family") || span_is(name, "standalone"))
		return 1;
	if (!span_is(tag, "svg"))
		return 0;
	return span_is(name, "width") || span_is(name, "height") || span_is(name, "xmlns") ||
	       span_is(name, "xmlns:xlink");
}

static void attribute_add(struct span name, struct span value, const char *prefix, struct buf *out)
{
	const char *colour = colour_name(value);
	buf_addc(out, ' ');
	if (span_is(name, "xlink:href"))
		buf_adds(out, "href");
	else
		buf_add(out, name.at, name.n);
	buf_adds(out, "=\"");
	if (span_is(name, "id")) {
		buf_addf(out, "%s-", prefix);
		buf_add(out, value.at, value.n);
	} else if (value.n && value.at[0] == '#' && span_is(name, "xlink:href")) {
		buf_addf(out, "#%s-", prefix);
		buf_add(out, value.at + 1, value.n - 1);
	} else if (value.n > 5 && !memcmp(value.at, "url(#", 5)) {
		buf_addf(out, "url(#%s-", prefix);
		buf_add(out, value.at + 5, value.n - 5);
	} else if (colour) {
		buf_addf(out, "var(--%s)", colour);
	} else if (span_is(value, "black")) {
		buf_adds(out, "var(--ink)");
	} else {
		buf_add(out, value.at, value.n);
	}
	buf_addc(out, '"');
}

/* Copies the attributes of a tag from c on; returns the place of its '>' or "/>". NULL: not closed. */
static const char *attributes_copy(const char *c, struct span tag, const char *prefix,
				   struct buf *out)
{
	for (;;) {
		while (isspace((unsigned char)*c))
			c++;
		if (*c == '>' || (*c == '/' && c[1] == '>'))
			return c;
		struct span name = { c, strcspn(c, " \t\r\n=/>") }, value = { "", 0 };
		if (!name.n)
			return NULL;
		c += name.n;
		c += strspn(c, " \t\r\n");
		if (*c == '=') {
			c += 1 + strspn(c + 1, " \t\r\n");
			const char quote = *c;
			const char *end = quote == '"' || quote == '\'' ? strchr(c + 1, quote) : NULL;
			if (!end)
				return NULL;
			value = (struct span){ c + 1, (size_t)(end - c - 1) };
			c = end + 1;
		}
		if (!dropped(tag, name))
			attribute_add(name, value, prefix, out);
	}
}

/* Past the end of an element that is left out with what is in it. */
static const char *element_skip(const char *c, struct span tag)
{
	char end[32];
	snprintf(end, sizeof end, "</%.*s>", (int)tag.n, tag.at);
	const char *found = strstr(c, end);
	return found ? found + strlen(end) : NULL;
}

/* One tag at c, which is its '<'; returns what follows it, or NULL. */
static const char *tag_copy(const char *c, const char *prefix, const char *label, struct buf *out)
{
	if (c[1] == '?' || c[1] == '!') {
		const char *end = strchr(c, '>');
		return end ? end + 1 : NULL;
	}
	int closing = c[1] == '/';
	struct span tag = { c + 1 + closing, strcspn(c + 1 + closing, " \t\r\n/>") };
	if (!closing && (span_is(tag, "title") || span_is(tag, "desc") || span_is(tag, "filter")))
		return element_skip(c, tag);
	buf_adds(out, closing ? "</" : "<");
	buf_add(out, tag.at, tag.n);
	if (!closing && span_is(tag, "svg")) {
		buf_adds(out, " role=\"img\" aria-label=\"");
		buf_add_html(out, label);
		buf_addc(out, '"');
	}
	c = attributes_copy(tag.at + tag.n, tag, prefix, out);
	if (!c)
		return NULL;
	size_t n = *c == '/' ? 2 : 1;
	buf_add(out, c, n);
	return c + n;
}

enum status svg_inline(const char *svg, const char *prefix, const char *label, struct buf *out,
		       struct err *e)
{
	size_t before = out->n;
	const char *c = strstr(svg, "<svg");
	int blank = 0;
	while (c && *c) {
		if (*c == '<') {
			c = tag_copy(c, prefix, label, out);
		} else {
			/* One blank stands for any number between tags. */
			int space = isspace((unsigned char)*c) != 0;
			if (!space || !blank)
				buf_addc(out, *c);
			c++;
			blank = space;
			continue;
		}
		blank = 0;
	}
	if (c && out->n > before)
		return OK;
	out->n = before;
	return err_set(e, E_BUG, "the picture '%s' is no SVG as gnuplot writes it", prefix);
}
