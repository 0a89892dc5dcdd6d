/*
 * The door to gnuplot: a script in a folder, a process without a shell, a time limit. A file beats a
 * pipe: it is reproducible, can be tested where gnuplot is absent, and is what --keep hands out.
 * Measured: a hundred small SVGs in one process take 0.03 s, so one process draws a whole page.
 */
#include "config.h"
#include "report/plot.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"
#include "report/text.h"

extern char **environ;

struct plot {
	char *dir;
	int keep;
	struct buf script;
	VEC(char *) file; /* names of the pictures */
};

enum status plot_new(struct plot **out, const char *keep, struct err *e)
{
	struct plot *p = xcalloc(1, sizeof *p);
	enum status status = OK;
	if (keep) {
		p->keep = 1;
		p->dir = xstrdup(keep);
		status = file_make_dir(keep, e);
	} else {
		const char *tmp = getenv("TMPDIR");
		p->dir = file_join(tmp && *tmp ? tmp : "/tmp", "forecast-plot.XXXXXX");
		if (!mkdtemp(p->dir)) {
			status = err_set(e, E_IO, "cannot make folder '%s': %s", p->dir, strerror(errno));
			p->keep = 1; /* there is nothing to remove */
		}
	}
	if (status) {
		plot_free(p);
		return status;
	}
	buf_adds(&p->script, "set encoding utf8\n");
	*out = p;
	return OK;
}

static void remove_file(const struct plot *p, const char *name)
{
	char *path = file_join(p->dir, name);
	unlink(path);
	free(path);
}

void plot_free(struct plot *p)
{
	if (!p)
		return;
	if (!p->keep) {
		remove_file(p, PLOT_SCRIPT);
		for (size_t i = 0; i < p->file.n; i++)
			remove_file(p, p->file.at[i]);
		rmdir(p->dir);
	}
	for (size_t i = 0; i < p->file.n; i++)
		free(p->file.at[i]);
	VEC_FREE(&p->file);
	buf_release(&p->script);
	free(p->dir);
	free(p);
}

int plot_begin(struct plot *p, const char *name, enum plot_kind kind, int width, int height)
{
	static const char *const ending[] = { "svg", "png", "pdf", "txt" };
	struct buf file = { 0 };
	for (const char *c = name; *c; c++)
		if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_'))
			BUG("picture name '%s'", name);
	buf_addf(&file, "%s.%s", name, ending[kind]);
	VEC_PUSH(&p->file, buf_detach(&file));
	buf_adds(&p->script, "\nreset\n");
	switch (kind) {
	case PLOT_SVG:
		buf_addf(&p->script, "set terminal svg noenhanced size %d,%d font 'Arial,13' name '%s'"
			 " background '#ffffff'\n", width, height, name);
		break;
	case PLOT_PNG:
		/* Twice the pixels: sharp on a good screen and in print. */
		buf_addf(&p->script, "set terminal pngcairo noenhanced size %d,%d font 'Sans,10'"
			 " fontscale 2 linewidth 2 pointscale 2\n", 2 * width, 2 * height);
		break;
	case PLOT_PDF:
		buf_addf(&p->script, "set terminal pdfcairo noenhanced size %.3fin,%.3fin"
			 " font 'Sans,10'\n", width / 96.0, height / 96.0);
		break;
	case PLOT_DUMB:
		buf_addf(&p->script, "set terminal dumb noenhanced mono size %d,%d aspect 1\n", width,
			 height);
		break;
	}
	buf_addf(&p->script, "set output '%s'\n", p->file.at[p->file.n - 1]);
	return (int)p->file.n - 1;
}

struct buf *plot_script(struct plot *p)
{
	return &p->script;
}

/*
 * gnuplot 5.4.4 takes '' for a quote within a string, but not at its beginning and not twice in a
 * row (''''b' and 'a''''b' are errors), so a quote in such a place becomes a typographic one.
 */
static void quote(struct buf *script, const char *text, int is_format)
{
	char *plain = xstrdup(text);
	struct buf clean = { 0 };
	for (char *c = plain; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = ' ';
	text_add(&clean, plain, 0, &(struct text_style){ .utf8 = 1 });
	buf_addc(script, '\'');
	for (size_t i = 0; i < clean.n; i++) {
		char c = clean.text[i];
		if (c == '\'' && (i == 0 || clean.text[i - 1] == '\''))
			buf_adds(script, "\xe2\x80\x99");
		else if (c == '\'' || (is_format && c == '%'))
			buf_addf(script, "%c%c", c, c);
		else
			buf_addc(script, c);
	}
	buf_addc(script, '\'');
	buf_release(&clean);
	free(plain);
}

void plot_quote(struct buf *script, const char *text)
{
	quote(script, text, 0);
}

void plot_quote_tick(struct buf *script, const char *text)
{
	quote(script, text, 1);
}

void plot_data(struct buf *script, const char *name, const double *x, int n, int m)
{
	buf_addf(script, "$%s << EOD\n", name);
	for (int i = 0; i < n; i++) {
		for (int j = 0; j < m; j++) {
			double v = x[(size_t)i * (size_t)m + (size_t)j];
			if (j)
				buf_addc(script, ' ');
			if (isfinite(v))
				buf_add_number(script, v);
			else
				buf_adds(script, "NaN");
		}
		buf_addc(script, '\n');
	}
	buf_adds(script, "EOD\n");
}

/* The environment without what would change gnuplot's settings or how it writes numbers, with
 * `locale` in it. Caller frees the array. */
static char **plain_environment(char *locale)
{
	VEC(char *) kept = { 0 };
	VEC_PUSH(&kept, locale);
	for (char **v = environ; *v; v++)
		if (strncmp(*v, "GNUPLOT", 7) && strncmp(*v, "GNUTERM", 7) && strncmp(*v, "LC_", 3) &&
		    strncmp(*v, "LANG", 4))
			VEC_PUSH(&kept, *v);
	VEC_PUSH(&kept, NULL);
	return kept.at;
}

static enum status start(const struct plot *p, int complaint, pid_t *child, struct err *e)
{
	char program[] = "gnuplot", plain[] = "-d", script[] = PLOT_SCRIPT, locale[] = "LC_ALL=C";
	char *args[] = { program, plain, script, NULL };
	char **environment = plain_environment(locale);
	posix_spawn_file_actions_t actions;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addchdir_np(&actions, p->dir);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, complaint, STDERR_FILENO);
	int reason = posix_spawnp(child, "gnuplot", &actions, NULL, args, environment);
	posix_spawn_file_actions_destroy(&actions);
	free(environment);
	if (!reason)
		return OK;
	/* Without PATH the system's default is searched, which answers in the same way. */
	if (reason == ENOENT || reason == EACCES || reason == ENOTDIR)
		return err_set(e, E_IO, "gnuplot was not found; on Debian: apt-get install gnuplot-nox");
	return err_set(e, E_IO, "cannot start gnuplot: %s", strerror(reason));
}

static double seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Waits for the child while reading what it says on stderr; past the limit it is ended. Returns the
 * status of waitpid, or -1 when it took too long. */
static int wait_and_read(pid_t child, int complaint, int limit, struct buf *said)
{
	double until = seconds() + limit;
	int open = 1, status = 0;
	char block[4096];
	for (;;) {
		struct pollfd ready = { .fd = open ? complaint : -1, .events = POLLIN };
		if (poll(&ready, 1, open ? 100 : 10) > 0) {
			ssize_t n = read(complaint, block, sizeof block);
			if (n > 0 && said->n < sizeof block)
				buf_add(said, block, (size_t)n);
			open = n > 0 || (n < 0 && errno == EINTR);
			if (open)
				continue;
		}
		if (!open && waitpid(child, &status, WNOHANG) == child)
			return status;
		if (seconds() > until) {
			kill(child, SIGKILL);
			waitpid(child, &status, 0);
			return -1;
		}
	}
}

/* gnuplot's complaint in one line: its last words, without the script's text and the pointer. */
static const char *last_words(struct buf *said)
{
	while (said->n && strchr(" \n\t", said->text[said->n - 1]))
		said->text[--said->n] = '\0';
	const char *line = said->n ? strrchr(said->text, '\n') : NULL;
	return line ? line + 1 : said->n ? said->text : "it gave no reason";
}

static enum status run(const struct plot *p, int limit, struct err *e)
{
	int pipe_fd[2];
	pid_t child;
	struct buf said = { 0 };
	if (pipe(pipe_fd))
		return err_set(e, E_IO, "cannot start gnuplot: %s", strerror(errno));
	fcntl(pipe_fd[0], F_SETFD, FD_CLOEXEC);
	fcntl(pipe_fd[1], F_SETFD, FD_CLOEXEC);
	enum status status = start(p, pipe_fd[1], &child, e);
	close(pipe_fd[1]);
	if (!status) {
		int ended = wait_and_read(child, pipe_fd[0], limit, &said);
		if (ended == -1)
			status = err_set(e, E_IO, "gnuplot took more than %d s and was ended", limit);
		else if (!WIFEXITED(ended) || WEXITSTATUS(ended))
			status = err_set(e, E_IO, "gnuplot failed: %s", last_words(&said));
	}
	close(pipe_fd[0]);
	buf_release(&said);
	return status;
}

enum status plot_run(struct plot *p, int limit, struct err *e)
{
	char *path = file_join(p->dir, PLOT_SCRIPT);
	buf_adds(&p->script, "\nset output\n");
	enum status status = file_write(path, p->script.text, p->script.n, e);
	free(path);
	return status ? status : run(p, limit, e);
}

enum status plot_read(const struct plot *p, int picture, struct buf *out, struct err *e)
{
	char *path = file_join(p->dir, p->file.at[picture]);
	enum status status = file_read(path, out, e);
	free(path);
	return status;
}

const char *plot_dir(const struct plot *p)
{
	return p->dir;
}
