/* Signals as a flag, clocks of the process, failpoints. */
#include "config.h"
#include "base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/mem.h"

/* A signal handler can reach nothing but a global. */
static volatile sig_atomic_t *stop_flag(void)
{
	static volatile sig_atomic_t flag;
	return &flag;
}

static void take_note(int number)
{
	*stop_flag() = number;
}

void process_catch_signals(void)
{
	struct sigaction action = { .sa_handler = take_note };
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

int process_stop(void)
{
	return *stop_flag();
}

static double cpu_of(int who)
{
	struct rusage use;
	if (getrusage(who, &use))
		return 0;
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec)
		+ 1e-6 * (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
}

double process_cpu(void)
{
	return cpu_of(RUSAGE_SELF) + cpu_of(RUSAGE_CHILDREN);
}

double process_wall(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double process_until(int hour, int minute)
{
	struct tm now;
	time_t t = time(NULL);
	localtime_r(&t, &now);
	int left = (hour * 60 + minute - now.tm_hour * 60 - now.tm_min) * 60 - now.tm_sec;
	return left > 0 ? left : left + 86400;
}

/* ---- another program ---- */

extern char **environ;

static char **environment_with(char *const *extra)
{
	VEC(char *) all = { 0 };
	for (char **v = environ; v && *v; v++)
		VEC_PUSH(&all, *v);
	for (char *const *v = extra; v && *v; v++)
		VEC_PUSH(&all, *v);
	VEC_PUSH(&all, NULL);
	return all.at;
}

static int spawn(char *const *argv, char *const *extra, int input, pid_t *child)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none;
	char **environment = environment_with(extra);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawnattr_init(&attributes);
	sigemptyset(&none);
	sigaddset(&none, SIGPIPE);
	posix_spawnattr_setsigdefault(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
	int reason = posix_spawnp(child, argv[0], &actions, &attributes, argv, environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	free(environment);
	return reason;
}

/* Hands over what the pipe takes; false when the reader is gone or the time is over. */
static int hand_over(int pipe_end, const char *text, size_t n, double until)
{
	for (size_t at = 0; at < n;) {
		struct pollfd ready = { .fd = pipe_end, .events = POLLOUT };
		if (process_wall() > until || poll(&ready, 1, 100) < 0)
			return 0;
		if (!ready.revents)
			continue;
		ssize_t done = write(pipe_end, text + at, n - at);
		if (done < 0 && errno != EAGAIN && errno != EINTR)
			return 0;
		at += done > 0 ? (size_t)done : 0;
	}
	return 1;
}

static int wait_until(pid_t child, double until)
{
	const struct timespec nap = { 0, 10000000 };
	int status;
	for (;;) {
		pid_t done = waitpid(child, &status, WNOHANG);
		if (done == child)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (process_wall() > until)
			break;
		nanosleep(&nap, NULL);
	}
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	return -2;
}

int process_feed(char *const *argv, char *const *extra, const char *text, size_t n, int limit)
{
	int ends[2];
	pid_t child;
	double until = process_wall() + limit;
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	if (pipe2(ends, O_CLOEXEC))
		return -1;
	sigaction(SIGPIPE, &ignore, &before);
	int reason = spawn(argv, extra, ends[0], &child);
	close(ends[0]);
	if (!reason) {
		fcntl(ends[1], F_SETFL, O_NONBLOCK);
		hand_over(ends[1], text, n, until);
	}
	close(ends[1]);
	int code = reason ? -1 : wait_until(child, until);
	sigaction(SIGPIPE, &before, NULL);
	return code;
}

#ifdef WITH_FAILPOINTS
void process_failpoint(const char *name)
{
	static int seen;
	const char *wanted = getenv("FORECAST_FAILPOINT");
	size_t n = strlen(name);
	if (!wanted || strncmp(wanted, name, n) || (wanted[n] && wanted[n] != ':'))
		return;
	if (++seen >= (wanted[n] ? atoi(wanted + n + 1) : 1))
		kill(getpid(), SIGKILL);
}

void process_fault(const char *method, const char *store, const char *item)
{
	const char *wanted = getenv("FORECAST_FAULT");
	size_t n = wanted ? strcspn(wanted, "=") : 0;
	char place[256];
	if (!wanted || (size_t)snprintf(place, sizeof place, "%s:%s/%s", method, store, item) != n
	    || strncmp(place, wanted, n) != 0 || !wanted[n])
		return;
	if (!strcmp(wanted + n + 1, "crash"))
		raise(SIGSEGV);
	while (!strcmp(wanted + n + 1, "hang"))
		poll(NULL, 0, 1000);
	while (!strcmp(wanted + n + 1, "hoard"))
		memset(xmalloc(1 << 24), 1, 1 << 24);
}
#endif
