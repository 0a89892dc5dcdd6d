/* Names to numbers (FNV-1a, linear probing), and the nearest name for "did you mean". */
#include "config.h"
#include "base/symtab.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

static uint32_t hash_of(const char *text, size_t n)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)text[i]) * 16777619u;
	return h ^ h >> 15;
}

/* The slot where the text is, or the free one where it belongs. */
static size_t slot_of(const struct symtab *t, const char *text, size_t n, uint32_t h)
{
	size_t i = h & (t->n_slot - 1);
	for (; t->slot[i]; i = (i + 1) & (t->n_slot - 1)) {
		int32_t k = t->slot[i] - 1;
		if (t->hash[k] == h && !strncmp(t->name[k], text, n) && !t->name[k][n])
			break;
	}
	return i;
}

static void grow(struct symtab *t)
{
	t->n_slot = t->n_slot ? t->n_slot * 2 : 64;
	free(t->slot);
	t->slot = NEW_ARRAY(int32_t, t->n_slot);
	for (size_t k = 0; k < t->n; k++) {
		size_t i = t->hash[k] & (t->n_slot - 1);
		while (t->slot[i])
			i = (i + 1) & (t->n_slot - 1);
		t->slot[i] = (int32_t)k + 1;
	}
}

int32_t symtab_intern(struct symtab *t, const char *text, size_t n)
{
	if (2 * t->n >= t->n_slot)
		grow(t);
	uint32_t h = hash_of(text, n);
	size_t i = slot_of(t, text, n, h);
	if (t->slot[i])
		return t->slot[i] - 1;
	if (t->n == t->room) {
		t->room = mem_room(t->room, t->n + 1);
		t->name = xrealloc(t->name, t->room * sizeof *t->name);
		t->hash = xrealloc(t->hash, t->room * sizeof *t->hash);
	}
	char *copy = arena_alloc(&t->text, n + 1);
	memcpy(copy, text, n);
	t->name[t->n] = copy;
	t->hash[t->n] = h;
	t->slot[i] = (int32_t)++t->n;
	return (int32_t)t->n - 1;
}

int32_t symtab_find(const struct symtab *t, const char *text, size_t n)
{
	return t->n_slot ? t->slot[slot_of(t, text, n, hash_of(text, n))] - 1 : -1;
}

void symtab_release(struct symtab *t)
{
	arena_release(&t->text);
	free(t->name);
	free(t->hash);
	free(t->slot);
	memset(t, 0, sizeof *t);
}

#define NEAREST_MAX 64

/* Levenshtein distance, letters compared without case; both at most NEAREST_MAX long. */
static size_t edit_distance(const char *a, size_t n_a, const char *b, size_t n_b)
{
	size_t row[NEAREST_MAX + 1];
	for (size_t j = 0; j <= n_b; j++)
		row[j] = j;
	for (size_t i = 1; i <= n_a; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= n_b; j++) {
			size_t change = diagonal + (strncasecmp(a + i - 1, b + j - 1, 1) != 0);
			size_t other = 1 + (row[j] < row[j - 1] ? row[j] : row[j - 1]);
			diagonal = row[j];
			row[j] = change < other ? change : other;
		}
	}
	return row[n_b];
}

const char *nearest_name(const char *text, const char *const *name, size_t n)
{
	size_t length = strlen(text), best = length / 3 + 2;
	const char *found = NULL;
	if (!length || length > NEAREST_MAX)
		return NULL;
	for (size_t k = 0; k < n; k++) {
		size_t other = strlen(name[k]);
		if (other > NEAREST_MAX)
			continue;
		size_t d = edit_distance(text, length, name[k], other);
		if (d < best && d < length) {
			best = d;
			found = name[k];
		}
	}
	return found;
}
