/* Whole files in and out. */
#include "config.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/mem.h"

#define WHOLE_MAX (256u << 20) /* what is read whole is settings, specs, templates, pictures */

enum status file_read(const char *path, struct buf *out, struct err *e)
{
	char block[65536];
	ssize_t n = -1;
	size_t had = out->n;
	/* O_NONBLOCK: a pipe that nobody writes to must not hold the program. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0) {
		while ((n = read(fd, block, sizeof block)) > 0 && out->n - had <= WHOLE_MAX)
			buf_add(out, block, (size_t)n);
		if (n == 0) {
			close(fd);
			return OK;
		}
	}
	enum status status = n > 0
		? err_set(e, E_IO, "cannot read '%s': it does not end within %u MB", path, WHOLE_MAX >> 20)
		: err_set(e, E_IO, "cannot read '%s': %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return status;
}

static int write_all(int fd, const char *bytes, size_t n)
{
	while (n) {
		ssize_t written = write(fd, bytes, n);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return -1;
		bytes += written;
		n -= (size_t)written;
	}
	return 0;
}

static void sync_folder_of(const char *path)
{
	char *dir = xstrdup(path);
	char *slash = strrchr(dir, '/');
	if (slash)
		slash[slash == dir] = '\0';
	int fd = open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		(void)fsync(fd);
		close(fd);
	}
	free(dir);
}

/* A pipe or device is written to, never replaced: renaming would take /dev/null from everyone. */
static enum status write_into(const char *path, const void *bytes, size_t n, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int bad = fd < 0 || write_all(fd, bytes, n);
	int reason = errno;
	if (fd >= 0)
		close(fd);
	return bad ? err_set(e, E_IO, "cannot write '%s': %s", path, strerror(reason)) : OK;
}

enum status file_write(const char *path, const void *bytes, size_t n, struct err *e)
{
	if (file_exists(path) && !file_is_regular(path) && !file_is_dir(path))
		return write_into(path, bytes, n, e);
	struct buf beside = { 0 };
	buf_addf(&beside, "%s.%ld.tmp", path, (long)getpid());
	int fd = open(beside.text, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	int bad = fd < 0 || write_all(fd, bytes, n) || fsync(fd);
	int reason = errno;
	if (fd >= 0 && close(fd) && !bad) {
		bad = 1;
		reason = errno;
	}
	if (!bad && rename(beside.text, path)) {
		bad = 1;
		reason = errno;
	}
	if (bad && fd >= 0)
		unlink(beside.text);
	else if (!bad)
		sync_folder_of(path);
	buf_release(&beside);
	return bad ? err_set(e, E_IO, "cannot write '%s': %s", path, strerror(reason)) : OK;
}

int file_exists(const char *path)
{
	struct stat st;
	return !stat(path, &st);
}

int file_is_dir(const char *path)
{
	struct stat st;
	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

int file_is_regular(const char *path)
{
	struct stat st;
	return !stat(path, &st) && S_ISREG(st.st_mode);
}

enum status file_make_dir(const char *path, struct err *e)
{
	char *part = xstrdup(path);
	enum status status = OK;
	for (char *c = part + 1; !status; c++) {
		if (*c && *c != '/')
			continue;
		char end = *c;
		*c = '\0';
		if (mkdir(part, 0777) && errno != EEXIST)
			status = err_set(e, E_IO, "cannot make folder '%s': %s", part, strerror(errno));
		else if (!file_is_dir(part))
			status = err_set(e, E_IO, "cannot make folder '%s': a file is in its place", part);
		*c = end;
		if (!end)
			break;
	}
	free(part);
	return status;
}

enum status file_temporary(const char *dir, int *out, struct err *e)
{
	char *path = file_join(dir && *dir ? dir : ".", ".forecast-XX" "XX" "XX");
	*out = mkstemp(path);
	int reason = errno;
	if (*out >= 0) {
		unlink(path);
		(void)fcntl(*out, F_SETFD, FD_CLOEXEC);
	}
	free(path);
	return *out >= 0 ? OK : err_set(e, E_IO, "cannot make a temporary file in '%s': %s",
					dir && *dir ? dir : ".", strerror(reason));
}

enum status file_write_all(int fd, const void *bytes, size_t n, const char *name, struct err *e)
{
	return write_all(fd, bytes, n)
		? err_set(e, E_IO, "cannot write %s: %s", name, strerror(errno)) : OK;
}

char *file_join(const char *dir, const char *name)
{
	struct buf path = { 0 };
	size_t n = strlen(dir);
	buf_addf(&path, "%s%s%s", dir, n && dir[n - 1] != '/' ? "/" : "", name);
	return buf_detach(&path);
}
