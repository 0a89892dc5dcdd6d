/* forecast help: the same text as --help. */
#include "config.h"
#include "cli/parse.h"

#include <string.h>

static const struct command *find(const struct command *const *table, const char *name)
{
	for (; table && *table; table++)
		if (!strcmp((*table)->name, name))
			return *table;
	return NULL;
}

static enum status help_run(struct call *c, struct err *e)
{
	if (call_flag(c, "words")) {
		help_write_words(c->out);
		return OK;
	}
	const struct command *command = c->n_word > 0 ? find(commands, c->word[0]) : NULL;
	const struct command *sub = command && c->n_word > 1 ? find(command->sub, c->word[1]) : NULL;
	if ((c->n_word > 0 && !command) || (c->n_word > 1 && !sub))
		return err_set(e, E_USAGE, "there is no command '%s%s%s'", c->word[0],
			       command ? " " : "", command ? c->word[1] : "");
	help_write(sub ? sub : command, sub ? command : NULL, c->out);
	return OK;
}

static const struct option options[] = {
	{ .name = "words", .type = OPTION_FLAG, .help = "all commands and options, one a line" },
	{ 0 }
};

extern const struct command cmd_help;
const struct command cmd_help = { .name = "help", .summary = "the same text as --help",
				  .words = "[COMMAND [SUBCOMMAND]]", .options = options,
				  .run = help_run };
