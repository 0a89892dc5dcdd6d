/*
 * A loop on several threads. The work is cut into chunks that threads take by an atomic counter;
 * whoever computes writes only to its own slots, so the number of threads never changes a number.
 */
#ifndef BASE_PAR_H
#define BASE_PAR_H

#include <stddef.h>

/* Called for items [from, to); `worker` is 0 .. jobs-1, for scratch memory. */
typedef void par_body(void *context, size_t from, size_t to, int worker);

/* Runs body over [0, n) in chunks; returns when all is done. jobs < 2: in the calling thread. */
void par_for(size_t n, size_t chunk, int jobs, par_body *body, void *context);

/* Processors this process may use, at least 1. */
int par_processors(void);

#endif
