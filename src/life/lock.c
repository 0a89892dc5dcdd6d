/* The run lock (open file description lock, see fcntl(2)). */
#include "config.h"
#include "life/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/process.h"

static int try_lock(int fd)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	return fcntl(fd, F_OFD_SETLK, &whole);
}

/* Who holds it, as the holder wrote it; for people only. */
static void read_holder(int fd, char *out, size_t size)
{
	ssize_t n = pread(fd, out, size - 1, 0);
	out[n > 0 ? n : 0] = '\0';
	out[strcspn(out, "\n")] = '\0';
}

enum status lock_take(struct lock *lock, const char *db_path, double wait_s, struct err *e)
{
	struct buf path = { 0 };
	char holder[64];
	enum status status = OK;
	double until = process_wall() + wait_s;
	buf_addf(&path, "%s.lock", db_path);
	lock->fd = open(path.text, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (lock->fd < 0)
		status = err_set(e, E_IO, "cannot open '%s': %s", path.text, strerror(errno));
	while (!status && try_lock(lock->fd)) {
		if (errno != EAGAIN && errno != EACCES) {
			status = err_set(e, E_IO, "cannot lock '%s': %s", path.text, strerror(errno));
		} else if (process_wall() >= until) {
			read_holder(lock->fd, holder, sizeof holder);
			status = err_set(e, E_LOCKED, "another run is active on '%s'%s%s%s: retry later, or"
					 " --wait", db_path, *holder ? " (" : "", holder, *holder ? ")" : "");
		} else {
			nanosleep(&(struct timespec){ 0, 100000000 }, NULL);
		}
	}
	if (!status) {
		int n = snprintf(holder, sizeof holder, "process %ld\n", (long)getpid());
		if (ftruncate(lock->fd, 0) || pwrite(lock->fd, holder, (size_t)n, 0) != n)
			status = err_set(e, E_IO, "cannot write '%s': %s", path.text, strerror(errno));
	}
	if (status)
		lock_drop(lock);
	buf_release(&path);
	return status;
}

void lock_drop(struct lock *lock)
{
	if (lock->fd >= 0)
		close(lock->fd);
	lock->fd = -1;
}
