/*
 * Sorting more records than memory should hold: chunks are radix-sorted and written to one nameless
 * file, then merged. Stable: records of one key come out in the order in which they went in. Input
 * that is in order already costs no sorting and no merging.
 */
#ifndef IO_SORTER_H
#define IO_SORTER_H

#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

struct sorter_record {
	uint64_t key;
	double value;
	int64_t line; /* of the file it came from */
};

struct sorter;

/* `chunk`: records held in memory (24 bytes each, twice that while a chunk is sorted); beyond it they
 * go to a nameless file in `dir` (NULL: the working folder). Free with sorter_free. */
struct sorter *sorter_new(size_t chunk, const char *dir);
void sorter_free(struct sorter *s);
/* E_IO: the temporary file cannot be written. */
MUST_CHECK enum status sorter_add(struct sorter *s, uint64_t key, double value, int64_t line,
				  struct err *e);
int64_t sorter_count(const struct sorter *s);
/* Ends the adding. To be called once before sorter_next. */
MUST_CHECK enum status sorter_finish(struct sorter *s, struct err *e);
/* The next record in order of key. *more = 0 at the end. */
MUST_CHECK enum status sorter_next(struct sorter *s, struct sorter_record *out, int *more,
				   struct err *e);

#endif
