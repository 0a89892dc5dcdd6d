/* A child process with limits, and the pipe that its result comes home by. */
#include "config.h"
#include "base/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include "base/process.h"

#define LOOK_MS 50
#define PIECE 65536
#define EXIT_MEMORY 6 /* how base/mem.c leaves when there is none */

/* What comes before the bytes: written by the same program on the same machine. */
struct head {
	struct err e;
	size_t n;
};

static int write_all(int fd, const void *bytes, size_t n)
{
	const char *at = bytes;
	while (n) {
		ssize_t done = write(fd, at, n);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return 0;
		at += done;
		n -= (size_t)done;
	}
	return 1;
}

static _Noreturn void be_child(const struct child_plan *plan, pid_t parent, int fd)
{
	struct buf out = { 0 };
	struct head head;
	memset(&head, 0, sizeof head);
#ifdef __linux__
	/* Whoever kills the parent ends the child too; it may have died before this line. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
	if (getppid() != parent)
		_exit(1);
	if (plan->bytes) {
		const struct rlimit most = { plan->bytes, plan->bytes };
		setrlimit(RLIMIT_DATA, &most);
	}
	const struct rlimit no_core = { 0, 0 };
	setrlimit(RLIMIT_CORE, &no_core);
	enum status status = plan->body(plan->context, &out, &head.e);
	head.e.code = status;
	head.n = status ? 0 : out.n;
	_exit(write_all(fd, &head, sizeof head) && write_all(fd, out.text, head.n) ? 0 : 1);
}

static void end_child(pid_t child, int *status)
{
	kill(child, SIGKILL);
	while (waitpid(child, status, 0) < 0 && errno == EINTR)
		;
}

/* Reads until the child closes its end; CHILD_DONE: it did. */
static enum child_end listen_to(const struct child_plan *plan, int fd, struct buf *got)
{
	char piece[PIECE];
	for (;;) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		poll(&ready, 1, LOOK_MS);
		if (process_stop())
			return CHILD_STOPPED;
		if (ready.revents) {
			ssize_t n = read(fd, piece, sizeof piece);
			if (n > 0)
				buf_add(got, piece, (size_t)n);
			else if (!n || errno != EINTR)
				return CHILD_DONE;
		}
		if (plan->until > 0 && process_wall() > plan->until)
			return CHILD_LATE;
		if (plan->look && plan->look(plan->look_context))
			return CHILD_ENDED;
	}
}

/* What a child left behind that went by itself. */
static enum child_end read_result(int status, const struct buf *got, struct buf *out, struct child_report *how)
{
	struct head head;
	if (WIFSIGNALED(status)) {
		how->signal = WTERMSIG(status);
		return CHILD_CRASHED;
	}
	how->code = WEXITSTATUS(status);
	if (how->code == EXIT_MEMORY)
		return CHILD_MEMORY;
	if (how->code || got->n < sizeof head)
		return CHILD_CRASHED;
	memcpy(&head, got->text, sizeof head);
	if (head.n != got->n - sizeof head)
		return CHILD_CRASHED;
	how->e = head.e;
	buf_add(out, got->text + sizeof head, head.n);
	return head.e.code ? CHILD_FAILED : CHILD_DONE;
}

enum child_end child_run(const struct child_plan *plan, struct buf *out, struct child_report *how)
{
	int ends[2], status = 0;
	struct buf got = { 0 };
	pid_t parent = getpid(), child;
	*how = (struct child_report){ .signal = 0 };
	if (pipe2(ends, O_CLOEXEC)) {
		err_set(&how->e, E_IO, "no pipe: %s", strerror(errno));
		return CHILD_NONE;
	}
	/* What is in a buffer of stdio would be written twice. */
	fflush(NULL);
	child = fork();
	if (!child)
		be_child(plan, parent, ends[1]);
	close(ends[1]);
	if (child < 0) {
		err_set(&how->e, E_IO, "no process: %s", strerror(errno));
		close(ends[0]);
		return CHILD_NONE;
	}
	enum child_end end = listen_to(plan, ends[0], &got);
	close(ends[0]);
	if (end == CHILD_DONE) {
		while (waitpid(child, &status, 0) < 0 && errno == EINTR)
			;
		end = read_result(status, &got, out, how);
	} else {
		end_child(child, &status);
	}
	buf_release(&got);
	return end;
}
