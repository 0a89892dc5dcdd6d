/* The outbox emptied. */
#include "config.h"
#include "life/notify.h"

#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/log.h"
#include "base/process.h"

#define WORDS_MAX 32

/* Is a row of that grade to be told? */
static int is_wanted(const struct config *config, const char *grade)
{
	const char *on = config_text(config, "notify.on");
	return !strcmp(on, "always") || (!strcmp(on, "degraded") && strcmp(grade, "ok"));
}

/* Headers of a mail take one line each: control characters become blanks. */
static void add_header(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, "%s: ", name);
	for (const char *c = value; *c; c++)
		buf_addc(out, (unsigned char)*c < ' ' || *c == 127 ? ' ' : *c);
	buf_addc(out, '\n');
}

static enum status write_mail(const char *path, const struct outbox_row *row, struct err *e)
{
	struct buf mail = { 0 };
	add_header(&mail, "Subject", row->subject);
	add_header(&mail, "X-Forecast-Key", row->key);
	add_header(&mail, "X-Forecast-Grade", row->grade);
	buf_adds(&mail, "Content-Type: text/plain; charset=UTF-8\n\n");
	buf_adds(&mail, row->body);
	enum status status = file_write(path, mail.text, mail.n, e);
	buf_release(&mail);
	return status;
}

static char *variable(struct arena *a, const char *name, const char *value)
{
	return arena_printf(a, "%s=%s", name, value);
}

/* Runs the command, split at blanks; no shell sees it. NULL: it went well. */
static const char *run_command(const char *command, const struct outbox_row *row, struct arena *a)
{
	char *argv[WORDS_MAX + 1], *copy = arena_strdup(a, command);
	int n = 0;
	for (char *at = copy; *at && n < WORDS_MAX;) {
		at += strspn(at, " \t");
		size_t length = strcspn(at, " \t");
		if (length)
			argv[n++] = at;
		at += length;
		if (*at)
			*at++ = '\0';
	}
	argv[n] = NULL;
	if (!n)
		return "notify.command is empty";
	char *extra[] = { variable(a, "FORECAST_KEY", row->key), variable(a, "FORECAST_GRADE", row->grade),
			  variable(a, "FORECAST_SUBJECT", row->subject), NULL };
	int code = process_feed(argv, extra, row->body, strlen(row->body), NOTIFY_SECONDS);
	return !code ? NULL : code == -1 ? arena_printf(a, "'%s' could not be started", argv[0])
		: code == -2 ? arena_printf(a, "'%s' took longer than %d s and was ended", argv[0], NOTIFY_SECONDS)
		: arena_printf(a, "'%s' ended with %d", argv[0], code);
}

static enum status send_row(struct db *db, const struct config *config, const struct outbox_row *row,
			    struct arena *a, int *sent, int *failed, struct err *e)
{
	const char *command = config_text(config, "notify.command"), *file = config_text(config, "notify.file");
	const char *error = NULL;
	struct err why = { 0 };
	int wanted = (command || file) && is_wanted(config, row->grade);
	if (wanted && file && write_mail(file, row, &why))
		error = why.text;
	if (wanted && command && !error)
		error = run_command(command, row, a);
	if (error)
		log_warning("'%s' was not told: %s; the next night tries again", row->key, error);
	*sent += wanted && !error;
	*failed += error != NULL;
	FAILPOINT("notify.told");
	return db_outbox_done(db, row->id, error, e);
}

enum status notify_send(struct db *db, const struct config *config, const char *key, const char *grade,
			const char *body, int *sent, int *failed, struct err *e)
{
	struct arena a = { 0 };
	struct outbox_row *row;
	int n;
	*sent = *failed = 0;
	enum status status = db_outbox_unsent(db, &a, &row, &n, e);
	for (int k = 0; !status && k < n; k++) {
		if (key && !strcmp(row[k].key, key)) {
			row[k].grade = grade;
			row[k].body = body;
			status = db_outbox_fill(db, row[k].id, grade, body, e);
		}
		if (!status)
			status = send_row(db, config, &row[k], &a, sent, failed, e);
	}
	arena_release(&a);
	return status;
}
