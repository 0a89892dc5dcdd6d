/* Allocation that cannot fail, and arenas. */
#include "config.h"
#include "base/mem.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static _Noreturn void out_of_memory(size_t size)
{
	fprintf(stderr, "forecast: out of memory (%zu bytes asked for)\n", size);
	_Exit(6);
}

void *xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);
	if (!p)
		out_of_memory(size);
	return p;
}

void *xcalloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);
	if (!p)
		out_of_memory(count * size);
	return p;
}

void *xrealloc(void *old, size_t size)
{
	void *p = realloc(old, size ? size : 1);
	if (!p)
		out_of_memory(size);
	return p;
}

char *xstrdup(const char *text)
{
	return xstrndup(text, strlen(text));
}

char *xstrndup(const char *text, size_t length)
{
	char *p = xmalloc(length + 1);
	memcpy(p, text, length);
	p[length] = '\0';
	return p;
}

size_t mem_room(size_t room, size_t want)
{
	size_t grown = room + room / 2 + 16;
	return grown > want ? grown : want;
}

struct arena_block {
	struct arena_block *next;
	size_t size;
	alignas(max_align_t) unsigned char data[];
};

static struct arena_block *block_new(size_t size, struct arena_block *next)
{
	struct arena_block *b = xmalloc(sizeof *b + size);
	b->next = next;
	b->size = size;
	return b;
}

void *arena_alloc(struct arena *a, size_t size)
{
	size_t align = alignof(max_align_t);
	size = (size + align - 1) / align * align;
	if (!a->block || a->block->size - a->used < size) {
		size_t room = a->block ? a->block->size * 2 : 65536;
		a->block = block_new(room > size ? room : size, a->block);
		a->used = 0;
	}
	void *p = a->block->data + a->used;
	a->used += size;
	return memset(p, 0, size);
}

char *arena_strdup(struct arena *a, const char *text)
{
	size_t size = strlen(text) + 1;
	return memcpy(arena_alloc(a, size), text, size);
}

/* The newest block is the largest: keep it, drop the rest. */
void arena_reset(struct arena *a)
{
	if (!a->block)
		return;
	struct arena_block *b = a->block->next;
	while (b) {
		struct arena_block *next = b->next;
		free(b);
		b = next;
	}
	a->block->next = NULL;
	a->used = 0;
}

void arena_release(struct arena *a)
{
	arena_reset(a);
	free(a->block);
	a->block = NULL;
	a->used = 0;
}

size_t mem_peak(void)
{
	struct rusage own, children;
	if (getrusage(RUSAGE_SELF, &own) || getrusage(RUSAGE_CHILDREN, &children))
		return 0;
	long most = own.ru_maxrss > children.ru_maxrss ? own.ru_maxrss : children.ru_maxrss;
	return (size_t)most * 1024;
}
