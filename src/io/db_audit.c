/* The chain of audit rows. */
#include "config.h"
#include "io/db_audit.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "io/db_private.h"

#define COMMAND_MAX 1000
#define NO_ROW "0000000000000000000000000000000000000000000000000000000000000000"

/* ---- who ---- */

static void user_name(char *out, size_t n)
{
	const struct passwd *p = getpwuid(geteuid());
	if (p && p->pw_name)
		snprintf(out, n, "%s", p->pw_name);
	else
		snprintf(out, n, "%ld", (long)geteuid());
}

static void host_name(char *out, size_t n)
{
	if (gethostname(out, n))
		snprintf(out, n, "?");
	out[n - 1] = '\0';
}

/* The words of this process, blanks between them, as the kernel keeps them; "" where it does not. */
static void command_line(char out[COMMAND_MAX])
{
	int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, out, COMMAND_MAX - 1);
	if (fd >= 0)
		close(fd);
	n = n < 0 ? 0 : n;
	while (n > 0 && !out[n - 1])
		n--;
	for (ssize_t k = 0; k < n; k++)
		if (!out[k])
			out[k] = ' ';
	out[n] = '\0';
}

/* ---- the chain ---- */

static void add_text(struct sha256 *s, const char *text)
{
	sha256_add_i64(s, text != NULL);
	sha256_add_string(s, text ? text : "");
}

static void row_hash(const struct audit_row *r, char hex[SHA256_HEX_SIZE])
{
	struct sha256 s;
	unsigned char hash[SHA256_SIZE];
	const char *const text[] = { r->at,     r->user,  r->host,   r->command, r->action,
				     r->object, r->before, r->after, r->reason,  r->previous };
	sha256_init(&s);
	sha256_add_i64(&s, r->seq);
	for (size_t k = 0; k < sizeof text / sizeof *text; k++)
		add_text(&s, text[k]);
	sha256_end(&s, hash);
	sha256_hex(hash, hex);
}

static enum status last_row(struct db *db, int64_t *seq, char previous[SHA256_HEX_SIZE], struct err *e)
{
	struct stmt s;
	*seq = 0;
	snprintf(previous, SHA256_HEX_SIZE, "%s", NO_ROW);
	enum status status = stmt_open(&s, db, "SELECT seq, sha256 FROM audit ORDER BY seq DESC LIMIT 1", e);
	if (status)
		return status;
	if (stmt_step(&s)) {
		*seq = stmt_get_int(&s, 0);
		snprintf(previous, SHA256_HEX_SIZE, "%s", stmt_get_text(&s, 1));
	}
	return stmt_close(&s, e);
}

static enum status insert(struct db *db, const struct audit_row *r, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "INSERT INTO audit VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
				       " ?10, ?11, ?12)", e);
	if (status)
		return status;
	const char *const text[] = { r->at,     r->user,  r->host,   r->command,  r->action, r->object,
				     r->before, r->after, r->reason, r->previous, r->hash };
	stmt_int(&s, 1, r->seq);
	for (int k = 0; k < 11; k++)
		stmt_text(&s, 2 + k, text[k]);
	stmt_run(&s);
	return stmt_close(&s, e);
}

static enum status append(struct db *db, const struct audit_entry *entry, struct err *e)
{
	char now[UTC_TEXT_MAX], user[100], host[100], command[COMMAND_MAX];
	char previous[SHA256_HEX_SIZE], hash[SHA256_HEX_SIZE];
	int64_t seq;
	enum status status = last_row(db, &seq, previous, e);
	if (status)
		return status;
	user_name(user, sizeof user);
	host_name(host, sizeof host);
	command_line(command);
	struct audit_row r = { seq + 1, db_utc_now(now), user, host, command, entry->action, entry->object,
			       entry->before, entry->after, entry->reason, previous, hash };
	row_hash(&r, hash);
	return insert(db, &r, e);
}

enum status db_audit_add(struct db *db, const struct audit_entry *entry, struct err *e)
{
	int own = !db->in_transaction;
	enum status status = own ? db_begin(db, e) : OK;
	if (status)
		return status;
	status = append(db, entry, e);
	if (own && !status)
		status = db_commit(db, e);
	if (own && status)
		db_rollback(db);
	return status;
}

/* ---- reading ---- */

static const char *text_at(struct stmt *s, int column, struct arena *a)
{
	const char *text = stmt_get_text(s, column);
	return text ? arena_strdup(a, text) : NULL;
}

enum status db_audit_read(struct db *db, struct arena *a, struct audit_row **out, int *n, struct err *e)
{
	struct stmt s;
	VEC(struct audit_row) found = { 0 };
	*n = 0;
	enum status status = stmt_open(&s, db, "SELECT seq, ts, os_user, host, cmdline, action, object,"
				       " before_hash, after_hash, reason, prev_sha256, sha256 FROM audit"
				       " ORDER BY seq", e);
	if (status)
		return status;
	while (stmt_step(&s)) {
		struct audit_row r = { .seq = stmt_get_int(&s, 0) };
		const char **text[] = { &r.at,     &r.user,  &r.host,   &r.command,  &r.action, &r.object,
					&r.before, &r.after, &r.reason, &r.previous, &r.hash };
		for (int k = 0; k < 11; k++)
			*text[k] = text_at(&s, 1 + k, a);
		VEC_PUSH(&found, r);
	}
	status = stmt_close(&s, e);
	*n = (int)found.n;
	*out = ARENA_ARRAY(a, struct audit_row, found.n + 1);
	if (found.n)
		memcpy(*out, found.at, found.n * sizeof **out);
	VEC_FREE(&found);
	return status;
}

void db_audit_verify(const struct audit_row *row, int n, const char *head, int64_t *bad, const char **why)
{
	const char *previous = NO_ROW;
	int seen = !head;
	*bad = 0;
	*why = NULL;
	for (int k = 0; k < n; k++) {
		char hash[SHA256_HEX_SIZE];
		row_hash(&row[k], hash);
		*why = row[k].seq != k + 1		     ? "a row before it is missing"
		       : strcmp(row[k].previous, previous) ? "it does not follow the row before it"
		       : strcmp(row[k].hash, hash)	     ? "it was changed"
							     : NULL;
		if (*why) {
			*bad = row[k].seq != k + 1 ? k + 1 : row[k].seq;
			return;
		}
		seen |= head && !strcmp(row[k].hash, head);
		previous = row[k].hash;
	}
	if (!seen) {
		*bad = n + 1;
		*why = "the row with that hash is gone";
	}
}
