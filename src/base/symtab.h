/*
 * Names to numbers: each string put in gets the next number, 0, 1, 2 ...; the same string the same
 * number. Open addressing; made for some hundred thousand names and tens of millions of look-ups.
 */
#ifndef BASE_SYMTAB_H
#define BASE_SYMTAB_H

#include <stddef.h>
#include <stdint.h>
#include "base/mem.h"

struct symtab {
	struct arena text;   /* the strings */
	const char **name;   /* [n] by number */
	uint32_t *hash;      /* [n] */
	int32_t *slot;       /* [n_slot] number + 1, 0 = free; n_slot a power of two */
	size_t n, room, n_slot;
};

/* The number of a string of n bytes (no NUL inside), which is put in if it is new. */
int32_t symtab_intern(struct symtab *t, const char *text, size_t n);
/* The number of a string, or -1. */
int32_t symtab_find(const struct symtab *t, const char *text, size_t n);
void symtab_release(struct symtab *t);

/* The name nearest to `text` by edit distance, or NULL when none is within a third of its length
 * and one. `name` has n entries. For "did you mean". */
const char *nearest_name(const char *text, const char *const *name, size_t n);

#endif
