/*
 * Memory. Out of memory ends the program here, in one sentence, with exit 6: no other line handles
 * it (what is published stays, the run resumes). Short-lived numbers live in an arena: no free, no
 * leak, no ladder of clean-ups in numerics.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/* As the C library's, but never NULL; caller frees. */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t size);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t length);

/* Array of `count` zeroed things of a type. */
#define NEW_ARRAY(type, count) ((type *)xcalloc((size_t)(count), sizeof(type)))

/*
 * Growable typed array: `VEC(int) v = {0}; VEC_PUSH(&v, 7); v.at[0]; v.n; VEC_FREE(&v)`.
 * The pointer moves when it grows: hold indexes, not pointers.
 */
#define VEC(type)                                                                                  \
	struct {                                                                                   \
		type *at;                                                                          \
		size_t n, room;                                                                    \
	}
#define VEC_RESERVE(v, want)                                                                       \
	do {                                                                                       \
		if ((v)->room < (size_t)(want)) {                                                  \
			(v)->room = mem_room((v)->room, (size_t)(want));                           \
			(v)->at = xrealloc((v)->at, (v)->room * sizeof *(v)->at);                  \
		}                                                                                  \
	} while (0)
#define VEC_PUSH(v, ...)                                                                           \
	do {                                                                                       \
		VEC_RESERVE(v, (v)->n + 1);                                                        \
		(v)->at[(v)->n++] = (__VA_ARGS__);                                                 \
	} while (0)
#define VEC_FREE(v)                                                                                \
	do {                                                                                       \
		free((v)->at);                                                                     \
		(v)->at = NULL;                                                                    \
		(v)->n = (v)->room = 0;                                                            \
	} while (0)
/* Room to grow to, half as much again and at least `want`. */
size_t mem_room(size_t room, size_t want);

/* A pile of memory that is dropped as a whole. Zero-initialised = empty. */
struct arena {
	struct arena_block *block;
	size_t used;
};

/* Zeroed, aligned for any type; lives until the arena is reset or released. */
void *arena_alloc(struct arena *a, size_t size);
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc(arena, (size_t)(count) * sizeof(type)))
/* A copy of the text that lives as long. */
char *arena_strdup(struct arena *a, const char *text);

/* Drops the contents and keeps the largest block for the next use. */
void arena_reset(struct arena *a);
void arena_release(struct arena *a);

/* Peak resident memory of the process so far, or of the greatest of its ended children, in bytes. */
size_t mem_peak(void);

#endif
