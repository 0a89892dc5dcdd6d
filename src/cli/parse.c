/* Parsing argv against the command tables. */
#include "config.h"
#include "cli/parse.h"

#include <string.h>
#include "base/symtab.h"

const struct option common_options[] = {
	{ .name = "db", .type = OPTION_TEXT, .value = "FILE", .help = "the db file [forecast.db]" },
	{ .name = "config", .letter = 'c', .type = OPTION_TEXT, .value = "FILE",
	  .help = "settings [forecast.conf]" },
	{ .name = "format", .type = OPTION_CHOICE, .value = "table|csv|tsv|json",
	  .choices = "table|csv|tsv|json", .preset = "table", .help = "shape of the result" },
	{ .name = "json", .type = OPTION_FLAG, .help = "short for --format json" },
	{ .name = "output", .letter = 'o', .type = OPTION_TEXT, .value = "FILE",
	  .help = "where the result goes [standard output]" },
	{ .name = "jobs", .letter = 'j', .type = OPTION_INT, .value = "N", .min = 0, .max = 256,
	  .help = "workers; never changes a number [one per processor]" },
	{ .name = "quiet", .letter = 'q', .type = OPTION_FLAG, .help = "say only errors" },
	{ .name = "verbose", .letter = 'v', .type = OPTION_FLAG, .help = "say more" },
	{ .name = "log", .type = OPTION_CHOICE, .value = "text|logfmt|json", .choices = "text|logfmt|json",
	  .preset = "text", .help = "shape of the messages" },
	{ .name = "progress", .type = OPTION_CHOICE, .value = "auto|json", .choices = "auto|json",
	  .preset = "auto", .help = "progress on a terminal, or as JSON lines" },
	{ .name = "set", .type = OPTION_TEXT, .value = "KEY=VALUE", .several = 1,
	  .help = "a setting for this call, as in --set run.seed=7" },
	{ .name = "help", .letter = 'h', .type = OPTION_FLAG, .help = "this text" },
	{ 0 }
};

static const struct command *find_command(const struct command *const *table, const char *name)
{
	for (; table && *table; table++)
		if (!strcmp((*table)->name, name))
			return *table;
	return NULL;
}

static size_t command_names(const struct command *const *table, const char **out, size_t room)
{
	size_t n = 0;
	for (; table && *table && n < room; table++)
		out[n++] = (*table)->name;
	return n;
}

#define NAMES_MAX 128

static enum status unknown_command(const char *word, struct err *e)
{
	const char *name[NAMES_MAX];
	for (const struct command *const *c = commands; *c; c++)
		if (find_command((*c)->sub, word))
			return err_set(e, E_USAGE, "'%s' is a subcommand: type 'forecast %s %s'", word,
				       (*c)->name, word);
	const char *near = nearest_name(word, name, command_names(commands, name, NAMES_MAX));
	return err_set(e, E_USAGE, "command '%s' is unknown%s%s%s", word, near ? ", did you mean '" : "",
		       near ? near : "", near ? "'?" : "; 'forecast --help' lists them");
}

/* An option of the command or a common one, by name or letter. */
static const struct option *find_option(const struct command *c, const char *name, char letter)
{
	const struct option *table[] = { c ? c->options : NULL, common_options };
	for (int t = 0; t < 2; t++)
		for (const struct option *o = table[t]; o && o->name; o++)
			if (name ? !strcmp(o->name, name) : o->letter == letter)
				return o;
	return NULL;
}

static enum status unknown_option(const struct command *c, const char *text, const char *name,
				  struct err *e)
{
	const char *known[NAMES_MAX];
	size_t n = 0;
	const struct option *table[] = { c ? c->options : NULL, common_options };
	for (int t = 0; t < 2; t++)
		for (const struct option *o = table[t]; o && o->name && n < NAMES_MAX; o++)
			known[n++] = o->name;
	const char *near = nearest_name(name, known, n);
	return err_set(e, E_USAGE, "option '%s' is unknown to '%s'%s%s%s", text, c ? c->name : "forecast",
		       near ? ", did you mean '--" : "", near ? near : "", near ? "'?" : "");
}

struct reader {
	int argc, at;
	char **argv;
	struct arena *arena;
	struct parsed *out;
};

static enum status give(struct reader *r, const struct option *o, const char *value, struct err *e)
{
	enum status status = o->type == OPTION_FLAG ? OK : option_check(o, value, e);
	if (status)
		return status;
	r->out->option[r->out->n_given] = o;
	r->out->value[r->out->n_given++] = value;
	r->out->help |= !strcmp(o->name, "help");
	return OK;
}

/* The value after an option: what follows '=', or the next word. */
static enum status take_value(struct reader *r, const struct option *o, const char *attached,
			      const char **value, struct err *e)
{
	*value = attached;
	if (o->type == OPTION_FLAG) {
		*value = "";
		return attached ? err_set(e, E_USAGE, "option '--%s' takes no value", o->name) : OK;
	}
	if (!attached && r->at + 1 < r->argc)
		*value = r->argv[++r->at];
	return *value ? OK : err_set(e, E_USAGE, "option '--%s' needs a value: %s", o->name, o->value);
}

static enum status read_long(struct reader *r, const char *text, struct err *e)
{
	const char *equals = strchr(text, '=');
	size_t n = equals ? (size_t)(equals - text) : strlen(text);
	char *name = arena_alloc(r->arena, n + 1);
	memcpy(name, text, n);
	const struct option *o = find_option(r->out->command, name + 2, 0);
	const char *value;
	if (!o)
		return unknown_option(r->out->command, name, name + 2, e);
	enum status status = take_value(r, o, equals ? equals + 1 : NULL, &value, e);
	return status ? status : give(r, o, value, e);
}

/* -j4, -j 4, -qv */
static enum status read_letters(struct reader *r, const char *text, struct err *e)
{
	for (const char *c = text + 1; *c; c++) {
		const struct option *o = find_option(r->out->command, NULL, *c);
		const char *value;
		if (!o)
			return err_set(e, E_USAGE, "option '-%c' is unknown to '%s'", *c,
				       r->out->command->name);
		int flag = o->type == OPTION_FLAG;
		enum status status = take_value(r, o, flag || !c[1] ? NULL : c + 1, &value, e);
		if (!status)
			status = give(r, o, value, e);
		if (status || !flag)
			return status;
	}
	return OK;
}

/* Command and subcommand: the first words without a dash. Returns the index of what follows. */
static enum status read_command(struct reader *r, struct err *e)
{
	struct parsed *p = r->out;
	p->command = find_command(commands, "run");
	r->at = 1;
	if (r->argc < 2 || r->argv[1][0] == '-')
		return OK;
	p->command = find_command(commands, r->argv[1]);
	if (!p->command)
		return unknown_command(r->argv[1], e);
	r->at = 2;
	const struct command *sub = r->argc > 2 ? find_command(p->command->sub, r->argv[2]) : NULL;
	if (sub) {
		p->parent = p->command;
		p->command = sub;
		r->at = 3;
	}
	return OK;
}

enum status parse_argv(int argc, char **argv, struct arena *a, struct parsed *out, struct err *e)
{
	struct reader r = { argc, 1, argv, a, out };
	memset(out, 0, sizeof *out);
	out->word = ARENA_ARRAY(a, const char *, argc + 1);
	/* A word of letters (-qv) may be as many options. */
	size_t room = 1;
	for (int i = 1; i < argc; i++)
		room += strlen(argv[i]);
	out->option = ARENA_ARRAY(a, const struct option *, room);
	out->value = ARENA_ARRAY(a, const char *, room);
	if (argc == 2 && (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))) {
		out->version = 1;
		return OK;
	}
	if (argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		out->help = 1;
		return OK;
	}
	enum status status = read_command(&r, e);
	int words_only = 0;
	for (; !status && r.at < argc; r.at++) {
		const char *text = argv[r.at];
		if (words_only || text[0] != '-' || !text[1])
			out->word[out->n_word++] = text;
		else if (!strcmp(text, "--"))
			words_only = 1;
		else if (text[1] == '-')
			status = read_long(&r, text, e);
		else
			status = read_letters(&r, text, e);
	}
	if (!status && out->n_word && !out->command->words && !out->help)
		status = err_set(e, E_USAGE, "'%s' was not expected after '%s'", out->word[0],
				 out->command->name);
	return status;
}
