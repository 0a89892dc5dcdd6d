/* What commands ask of their call: options as typed, the db, where the result goes. */
#include "config.h"
#include "cli/command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/file.h"
#include "base/par.h"

int call_count(const struct call *c, const char *name)
{
	int n = 0;
	for (int i = 0; i < c->n_given; i++)
		n += !strcmp(c->given_option[i]->name, name);
	return n;
}

const char *call_option_at(const struct call *c, const char *name, int i)
{
	for (int k = 0; k < c->n_given; k++)
		if (!strcmp(c->given_option[k]->name, name) && i-- == 0)
			return c->given_value[k];
	return NULL;
}

const char *call_option(const struct call *c, const char *name)
{
	int n = call_count(c, name);
	return n ? call_option_at(c, name, n - 1) : NULL;
}

int call_flag(const struct call *c, const char *name)
{
	return call_count(c, name) > 0;
}

enum format call_format(const struct call *c)
{
	static const char *const name[] = { "table", "csv", "tsv", "json" };
	const char *given = call_option(c, "format");
	if (call_flag(c, "json"))
		return FORMAT_JSON;
	for (int i = 0; given && i < 4; i++)
		if (!strcmp(given, name[i]))
			return (enum format)i;
	return FORMAT_TABLE;
}

int call_jobs(const struct call *c)
{
	int jobs = config_int(c->config, "resources.jobs");
	return jobs > 0 ? jobs : par_processors();
}

enum status call_flush(struct call *c, struct err *e)
{
	const char *path = call_option(c, "output");
	enum status status = OK;
	if (path && strcmp(path, "-") && !c->out->n && file_is_dir(path)) {
		/* The folder that the command filled by itself. */
	} else if (path && strcmp(path, "-")) {
		/* A file is replaced as a whole, so it is written once, when the command has ended. */
		if (!c->ended || !c->out->n)
			return OK; /* a command without a result leaves the file alone */
		status = file_write(path, c->out->text ? c->out->text : "", c->out->n, e);
	} else if (c->out->n && (fwrite(c->out->text, 1, c->out->n, stdout) != c->out->n || fflush(stdout))) {
		status = err_set(e, E_IO, "cannot write the result: %s", strerror(errno));
	}
	buf_clear(c->out);
	return status;
}

enum status call_db(struct call *c, enum db_mode mode, struct db **out, struct err *e)
{
	const char *path = config_text(c->config, "db.path");
	return db_open(out, path ? path : "forecast.db", mode, e);
}

int call_on_terminal(const struct call *c)
{
	return !call_option(c, "output") && isatty(STDOUT_FILENO);
}
