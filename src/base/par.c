/* Parallel for on POSIX threads (clean under ThreadSanitizer, which C11 threads are not). */
#include "config.h"
#include "base/par.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>
#include "base/mem.h"

struct loop {
	size_t n, chunk;
	_Atomic size_t next;
	_Atomic int worker;
	par_body *body;
	void *context;
};

static void *loop_run(void *argument)
{
	struct loop *loop = argument;
	int worker = atomic_fetch_add(&loop->worker, 1);
	for (;;) {
		size_t from = atomic_fetch_add(&loop->next, loop->chunk);
		if (from >= loop->n)
			return NULL;
		size_t to = from + loop->chunk;
		loop->body(loop->context, from, to < loop->n ? to : loop->n, worker);
	}
}

#define JOBS_MAX 256

void par_for(size_t n, size_t chunk, int jobs, par_body *body, void *context)
{
	struct loop loop = { .n = n, .chunk = chunk ? chunk : 1, .body = body, .context = context };
	pthread_t thread[JOBS_MAX];
	int started = 0;
	size_t n_chunk = (n + loop.chunk - 1) / loop.chunk;
	if (jobs > JOBS_MAX)
		jobs = JOBS_MAX;
	if ((size_t)jobs > n_chunk)
		jobs = (int)n_chunk;
	/* A thread that cannot be had is not missed: the caller works through what is left. */
	while (started < jobs - 1 && !pthread_create(&thread[started], NULL, loop_run, &loop))
		started++;
	loop_run(&loop);
	for (int i = 0; i < started; i++)
		pthread_join(thread[i], NULL);
}

int par_processors(void)
{
	cpu_set_t set;
	if (!sched_getaffinity(0, sizeof set, &set) && CPU_COUNT(&set) > 0)
		return CPU_COUNT(&set);
	long n = sysconf(_SC_NPROCESSORS_ONLN);
	return n > 0 ? (int)n : 1;
}
