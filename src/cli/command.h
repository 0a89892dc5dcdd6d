/*
 * A command is a file cmd_NAME.c with one const struct command; commands.c is the table of the first
 * level, `.sub` that of the second. The parser, --help, the completion and the manual's test all
 * read these tables.
 *
 * To add a command: 1. cmd_NAME.c; 2. a line in commands.c; 3. a line in src/local.mk; 4. a section
 * in forecast.1 (tests/arch/help.sh compares them).
 */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/option.h"
#include "io/db.h"
#include "life/settings.h"
#include "report/table.h"
#include "report/table.h"

/* One call of a command: what was typed, after parsing and checking against the tables. */
struct call {
	const struct command *command;
	const struct config *config; /* settings: defaults, file, environment, command line */
	int n_word;
	const char *const *word;     /* [n_word] arguments without dashes */
	int n_given;
	const struct option *const *given_option; /* [n_given] in the order typed */
	const char *const *given_value;           /* [n_given]; "" for flags */
	struct arena *arena;         /* lives as long as the call */
	struct buf *out;             /* the result; main writes it to stdout or --output, checked */
	int ended;                   /* set by main when the command is through */
	int exit_code;               /* 0 unless the command sets 1, 3, 4 */
};

struct command {
	const char *name, *summary;  /* summary: one line, no full stop */
	const char *words;           /* what follows in the synopsis, "FILE..." or NULL */
	const char *about;           /* some lines for --help: what it does, what comes out, exit codes */
	const struct option *options;/* its own; the common ones need not be listed */
	const struct command *const *sub; /* NULL-terminated, or NULL */
	const char *const *examples; /* NULL-terminated: command line, then "#" and what it does */
	enum status (*run)(struct call *, struct err *); /* NULL: it wants a subcommand */
	int trains; /* 1: it may fit models or predict with them, and threads of libraries may work */
};

/* All commands, NULL-terminated, in the order of the help. */
extern const struct command *const commands[];
/* Options that every command has: --db, -c, --format, --json, -o, -j, -q, -v, --log, --progress ... */
extern const struct option common_options[];

/* Last value of an option as typed, or NULL. */
const char *call_option(const struct call *c, const char *name);
int call_flag(const struct call *c, const char *name);
/* Number of times an option was given, and its i-th value. */
int call_count(const struct call *c, const char *name);
const char *call_option_at(const struct call *c, const char *name, int i);

/* What --format asks for (table by default) and -j (the processors by default). */
enum format call_format(const struct call *c);
int call_jobs(const struct call *c);
/* Writes what is in c->out to its place and empties it: for results too large to pile up. */
MUST_CHECK enum status call_flush(struct call *c, struct err *e);
/* Opens the db that --db, the config or the default names; the sentence says how to make one. */
MUST_CHECK enum status call_db(struct call *c, enum db_mode mode, struct db **out, struct err *e);
/* True when stdout is a terminal and no -o is given: pictures and colours may be used. */
int call_on_terminal(const struct call *c);

#endif
