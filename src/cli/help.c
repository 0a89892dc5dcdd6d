/* Help from the tables: the same text for --help, the help command and the tests. */
#include "config.h"
#include "cli/parse.h"

#include <stdio.h>
#include <string.h>
#include "report/text.h"

#define INDENT 29 /* where what an option does begins */

static const struct text_style page = { .width = 80, .utf8 = 1 }; /* as wide as the manual page */

/* Paragraphs, told apart by empty lines, filled anew; a line that begins with a blank stands as it is. */
static void write_about(const char *text, struct buf *out)
{
	struct buf paragraph = { 0 };
	while (*text) {
		size_t n = strcspn(text, "\n");
		int alone = !n || *text == ' ';
		if (alone && paragraph.n) {
			text_wrap(out, paragraph.text, 0, 0, &page);
			buf_clear(&paragraph);
		}
		if (alone) {
			buf_add(out, text, n);
			buf_addc(out, '\n');
		} else {
			if (paragraph.n)
				buf_addc(&paragraph, ' ');
			buf_add(&paragraph, text, n);
		}
		text += n + (text[n] == '\n');
	}
	if (paragraph.n)
		text_wrap(out, paragraph.text, 0, 0, &page);
	buf_release(&paragraph);
}

static void write_option(const struct option *o, struct buf *out)
{
	char left[64];
	struct buf right = { 0 };
	if (o->letter)
		snprintf(left, sizeof left, "-%c, --%s%s%s", o->letter, o->name, o->value ? " " : "",
			 o->value ? o->value : "");
	else
		snprintf(left, sizeof left, "--%s%s%s", o->name, o->value ? " " : "",
			 o->value ? o->value : "");
	if (strlen(left) > 26)
		buf_addf(out, "  %s\n  %-26s ", left, "");
	else
		buf_addf(out, "  %-26s ", left);
	buf_adds(&right, o->help);
	if (o->preset)
		buf_addf(&right, " [%s]", o->preset);
	text_wrap(out, right.text, INDENT, INDENT, &page);
	buf_release(&right);
}

static void write_options(const char *title, const struct option *table, struct buf *out)
{
	if (!table || !table->name)
		return;
	buf_addf(out, "\n%s\n", title);
	for (; table->name; table++)
		write_option(table, out);
}

static void write_program(struct buf *out)
{
	buf_adds(out, "forecast - forecasts retail demand from past sales\n\n"
		      "usage: forecast COMMAND [SUBCOMMAND] [WHAT] [--options]\n"
		      "       forecast --store S [--item I]      (the command is then 'run')\n\n"
		      "commands\n");
	for (const struct command *const *c = commands; *c; c++)
		buf_addf(out, "  %-10s %s\n", (*c)->name, (*c)->summary);
	write_options("options of every command", common_options, out);
	buf_adds(out, "\n'forecast COMMAND --help' tells the rest; 'man forecast' tells all.\n");
}

void help_write(const struct command *c, const struct command *parent, struct buf *out)
{
	if (!c) {
		write_program(out);
		return;
	}
	struct buf line = { 0 };
	const char *outer = parent ? parent->name : "", *blank = parent ? " " : "";
	buf_addf(&line, "forecast %s%s%s - %s", outer, blank, c->name, c->summary);
	text_wrap(out, line.text, 0, 0, &page);
	buf_clear(&line);
	buf_addc(out, '\n');
	if (c->run) {
		buf_addf(&line, "usage: forecast %s%s%s%s%s%s", outer, blank, c->name, c->words ? " " : "",
			 c->words ? c->words : "", c->options ? " [--options]" : "");
		text_wrap(out, line.text, 0, 16, &page);
	}
	buf_release(&line);
	if (c->sub)
		buf_addf(out, "%s forecast %s%s%s SUBCOMMAND [--options]\n", c->run ? "      " : "usage:", outer, blank,
			 c->name);
	if (c->about) {
		buf_addc(out, '\n');
		write_about(c->about, out);
	}
	if (c->sub) {
		buf_adds(out, "\nsubcommands\n");
		for (const struct command *const *s = c->sub; *s; s++)
			buf_addf(out, "  %-11s %s\n", (*s)->name, (*s)->summary);
	}
	write_options("options", c->options, out);
	write_options("options of every command", common_options, out);
	if (c->examples) {
		buf_adds(out, "\nexamples\n");
		for (const char *const *x = c->examples; *x; x++)
			buf_addf(out, "  %s\n", *x);
	}
}

static void write_words(const struct command *c, const char *prefix, struct buf *out)
{
	buf_addf(out, "%s%s\n", prefix, c->name);
	for (const struct option *o = c->options; o && o->name; o++)
		buf_addf(out, "%s%s --%s\n", prefix, c->name, o->name);
}

void help_write_words(struct buf *out)
{
	for (const struct option *o = common_options; o->name; o++)
		buf_addf(out, "--%s\n", o->name);
	for (const struct command *const *c = commands; *c; c++) {
		char prefix[64];
		write_words(*c, "", out);
		snprintf(prefix, sizeof prefix, "%s ", (*c)->name);
		for (const struct command *const *s = (*c)->sub; s && *s; s++)
			write_words(*s, prefix, out);
	}
}
