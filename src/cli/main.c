/*
 * The program: parses the call, reads the settings, runs the command, writes its result, and turns
 * the status into the exit code. The only place that ends the process on purpose.
 */
#include "config.h"
#include "cli/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "base/process.h"
#include "cli/parse.h"
#include "num/library.h"

static enum log_format log_format_of(const char *name)
{
	return !name || !strcmp(name, "text") ? LOG_TEXT : !strcmp(name, "json") ? LOG_JSON : LOG_LOGFMT;
}

static void set_up_log(const struct call *c)
{
	const char *progress = call_option(c, "progress");
	log_setup(call_flag(c, "quiet") ? LOG_ERROR : call_flag(c, "verbose") ? LOG_DETAIL : LOG_NOTE,
		  log_format_of(call_option(c, "log")), progress && !strcmp(progress, "json"));
}

/* Options that are settings by another name, and --set KEY=VALUE. */
static enum status apply_options(struct config *config, const struct call *c, struct err *e)
{
	static const char *const same[][2] = {
		{ "db", "db.path" },		 { "jobs", "resources.jobs" },
		{ "horizon", "run.horizon" },	 { "quantiles", "run.quantiles" },
		{ "gaps", "gaps.policy" },	 { "returns", "returns.policy" },
		{ "map", "ingest.map" },	 { "seed", "run.seed" },
	};
	enum status status = OK;
	for (int i = 0; !status && i < c->n_given; i++) {
		const char *name = c->given_option[i]->name, *value = c->given_value[i];
		for (size_t k = 0; !status && k < sizeof same / sizeof *same; k++)
			if (!strcmp(name, same[k][0]))
				status = config_set(config, same[k][1], value, e);
		if (status || strcmp(name, "set"))
			continue;
		const char *equals = strchr(value, '=');
		if (!equals)
			return err_set(e, E_USAGE, "--set wants KEY=VALUE, not '%s'", value);
		char *key = arena_strdup(c->arena, value);
		key[equals - value] = '\0';
		status = config_set(config, key, equals + 1, e);
	}
	return status;
}

/* For a command that does nothing without a subcommand. */
static enum status wants_subcommand(const struct command *command, struct err *e)
{
	struct buf names = { 0 };
	for (const struct command *const *s = command->sub; *s; s++)
		buf_addf(&names, "%s%s", names.n ? ", " : "", (*s)->name);
	enum status status = err_set(e, E_USAGE, "'%s' wants one of: %s", command->name, names.text);
	buf_release(&names);
	return status;
}

static enum status run_command(struct call *c, struct err *e)
{
	if (!c->command->run)
		return wants_subcommand(c->command, e);
	struct config *config = NULL;
	enum status status = config_read(&config, call_option(c, "config"), e);
	if (!status)
		status = apply_options(config, c, e);
	c->config = config;
	if (!status)
		status = c->command->run(c, e);
	c->ended = 1;
	/* What a command made before it failed is still its result: findings, for instance. */
	struct err flush = { 0 };
	enum status flushed = !status || c->out->n ? call_flush(c, &flush) : OK;
	config_free(config);
	if (!status && flushed)
		*e = flush;
	return status ? status : flushed;
}

static int finish(enum status status, int exit_code, const struct err *e)
{
	if (!status)
		return exit_code;
	if (e->text[0])
		log_error("%s", e->text);
	return status == E_STOPPED && process_stop() ? 128 + process_stop() : err_exit_code(status);
}

/* Text that needs no command: help and version. */
static enum status write_text(struct call *c, const struct parsed *p, struct err *e)
{
	if (p->version)
		buf_adds(c->out, "forecast " PACKAGE_VERSION "\n");
	else
		help_write(p->n_given || p->parent || p->n_word ? p->command : NULL, p->parent, c->out);
	c->ended = 1;
	return call_flush(c, e);
}

/*
 * XGBoost's threads are libgomp's, which by default spin while they wait: on a machine with other work
 * training then costs twice the CPU. libgomp reads its policy before main, so the program starts itself
 * anew with the policy set, once: it is set then. Whoever has set one keeps it. Where the program cannot
 * be found or started, it goes on as it is.
 */
static void wait_without_spinning(char **argv)
{
#ifdef HAVE_XGBOOST
	char path[4096];
	if (getenv("OMP_WAIT_POLICY"))
		return;
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	if (n <= 0 || setenv("OMP_WAIT_POLICY", "passive", 1))
		return;
	path[n] = '\0';
	execv(path, argv);
	unsetenv("OMP_WAIT_POLICY");
#else
	(void)argv;
#endif
}

int main(int argc, char **argv)
{
	struct arena arena = { 0 };
	struct buf out = { 0 };
	struct err e = { 0 };
	struct parsed p;
	num_library_init();
	enum status status = parse_argv(argc, argv, &arena, &p, &e);
	struct call call = { .command = p.command, .n_word = p.n_word, .word = p.word,
			     .n_given = p.n_given, .given_option = p.option, .given_value = p.value,
			     .arena = &arena, .out = &out };
	if (!status && p.command && p.command->trains && !p.help && !p.version)
		wait_without_spinning(argv);
	if (!status)
		set_up_log(&call);
	if (!status)
		status = p.help || p.version ? write_text(&call, &p, &e) : run_command(&call, &e);
	int code = finish(status, call.exit_code, &e);
	buf_release(&out);
	arena_release(&arena);
	return code;
}
