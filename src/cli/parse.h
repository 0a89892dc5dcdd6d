/* The command line: words, options against tables, help, completion. */
#ifndef CLI_PARSE_H
#define CLI_PARSE_H

#include "cli/command.h"

/* What the words and options of argv come to. Memory is the arena's. */
struct parsed {
	const struct command *command; /* innermost */
	const struct command *parent;  /* of a subcommand, else NULL */
	int help, version;
	int n_word;
	const char **word;
	int n_given;
	const struct option **option;
	const char **value;
};

/* Parses argv[1..]. Without a command the command is `run`. E_USAGE with the nearest name. */
MUST_CHECK enum status parse_argv(int argc, char **argv, struct arena *a, struct parsed *out,
				  struct err *e);
/* Text of --help for the program (command NULL), a command or a subcommand (with its parent). */
void help_write(const struct command *c, const struct command *parent, struct buf *out);
/* One line per command, subcommand and option, "command sub --option": what completion and the
 * manual's test read. */
void help_write_words(struct buf *out);

#endif
