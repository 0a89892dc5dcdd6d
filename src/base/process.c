/* Signals as a flag, clocks of the process, failpoints. */
#include "config.h"
#include "base/process.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

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

double process_cpu(void)
{
	struct rusage use;
	if (getrusage(RUSAGE_SELF, &use))
		return 0;
	return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec)
		+ 1e-6 * (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec);
}

double process_wall(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
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
#endif
