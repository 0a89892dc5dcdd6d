/*
 * Work done in a process of its own: what befalls it there (a crash, no more memory, no end) befalls nobody else.
 *
 *	struct child_plan plan = { .body = make, .context = &x, .until = deadline, .bytes = 256 << 20 };
 *	enum child_end end = child_run(&plan, &out, &how);
 *
 * The child starts as a copy of this process (fork), so it sees all that is in memory; what it changes there is lost,
 * and only the bytes that it gives back come home. It must not touch an open db or file, and the caller must run no
 * thread meanwhile.
 */
#ifndef BASE_CHILD_H
#define BASE_CHILD_H

#include <stddef.h>
#include "base/buf.h"
#include "base/err.h"

enum child_end {
	CHILD_DONE,    /* the body returned OK; its bytes are there */
	CHILD_FAILED,  /* the body returned an error */
	CHILD_LATE,    /* it was not done at plan->until, and was ended */
	CHILD_ENDED,   /* plan->look ended it */
	CHILD_MEMORY,  /* it asked for more memory than it may have */
	CHILD_CRASHED, /* a signal ended it, or it left by itself */
	CHILD_STOPPED, /* this process was asked to stop (process_stop); the child was ended */
	CHILD_NONE,    /* it could not be started; how->e says why */
};

struct child_plan {
	/* The work, in the child: appends its result to `out`. */
	enum status (*body)(void *context, struct buf *out, struct err *e);
	void *context;
	double until;  /* by process_wall; 0: no end */
	size_t bytes;  /* of data that the child may hold in all; 0: no limit */
	/* Called here some twenty times a second while it works: anything but 0 ends it. NULL: nobody looks. */
	int (*look)(void *look_context);
	void *look_context;
};

/* More on how it ended. */
struct child_report {
	int signal;      /* CHILD_CRASHED: the signal, or 0 with the exit code below */
	int code;
	struct err e;    /* CHILD_FAILED, CHILD_NONE */
};

/* Runs the body in a child and waits for it. `out` gets the result's bytes (only with CHILD_DONE). */
enum child_end child_run(const struct child_plan *plan, struct buf *out, struct child_report *how);

#endif
