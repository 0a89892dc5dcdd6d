/* Help from the tables: the same text for --help, the help command and the tests. */
#include "config.h"
#include "cli/parse.h"

#include <stdio.h>
#include <string.h>

static void write_option(const struct option *o, struct buf *out)
{
	char left[64];
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
	buf_adds(out, o->help);
	if (o->preset)
		buf_addf(out, " [%s]", o->preset);
	buf_addc(out, '\n');
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
	buf_addf(out, "forecast %s%s%s - %s\n\n", parent ? parent->name : "", parent ? " " : "", c->name,
		 c->summary);
	buf_addf(out, "usage: forecast %s%s%s%s%s%s\n", parent ? parent->name : "", parent ? " " : "",
		 c->name, c->words ? " " : "", c->words ? c->words : "", c->options ? " [--options]" : "");
	if (c->about)
		buf_addf(out, "\n%s\n", c->about);
	if (c->sub) {
		buf_adds(out, "\nsubcommands\n");
		for (const struct command *const *s = c->sub; *s; s++)
			buf_addf(out, "  %-10s %s\n", (*s)->name, (*s)->summary);
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
