/*
 * Merge sort over chunks (Knuth, The Art of Computer Programming 3, 5.4.1), each chunk sorted by an
 * LSD radix sort over the bytes of the key that vary. A run that begins where the one before it ended
 * is joined to it, so sorted input gives one run that is only read back.
 */
#include "config.h"
#include "io/sorter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"

#define READ_RECORDS 16384 /* records of a run that are read at once */

/* A sorted stretch of the file, and the part of it that is in memory. */
struct run {
	int64_t at, end; /* records in the file not read yet */
	struct sorter_record *record; /* [n] */
	size_t next, n;
};

struct sorter {
	size_t chunk, n, room;
	struct sorter_record *record;
	int64_t count;
	char *dir;
	int fd, sorted;     /* sorted: what is in memory ascends */
	uint64_t last_key;  /* of the last record written */
	int64_t written;
	VEC(struct run) run;
	VEC(uint32_t) heap; /* runs that have records left, smallest (key, number) first */
	int finished;
};

struct sorter *sorter_new(size_t chunk, const char *dir)
{
	struct sorter *s = xcalloc(1, sizeof *s);
	s->chunk = chunk;
	s->fd = -1;
	s->sorted = 1;
	s->dir = dir ? xstrdup(dir) : NULL;
	return s;
}

void sorter_free(struct sorter *s)
{
	if (!s)
		return;
	for (size_t k = 0; k < s->run.n; k++)
		if (s->fd >= 0)
			free(s->run.at[k].record);
	if (s->fd >= 0)
		close(s->fd);
	VEC_FREE(&s->run);
	VEC_FREE(&s->heap);
	free(s->record);
	free(s->dir);
	free(s);
}

int64_t sorter_count(const struct sorter *s)
{
	return s->count;
}

static void radix_pass(const struct sorter_record *from, struct sorter_record *to, size_t n, int shift)
{
	size_t at[256] = { 0 }, sum = 0;
	for (size_t i = 0; i < n; i++)
		at[from[i].key >> shift & 255]++;
	for (int b = 0; b < 256; b++) {
		size_t count = at[b];
		at[b] = sum;
		sum += count;
	}
	for (size_t i = 0; i < n; i++)
		to[at[from[i].key >> shift & 255]++] = from[i];
}

static void sort_chunk(struct sorter *s)
{
	uint64_t varying = 0;
	if (s->sorted)
		return;
	for (size_t i = 1; i < s->n; i++)
		varying |= s->record[i].key ^ s->record[0].key;
	struct sorter_record *from = s->record, *to = xmalloc(s->n * sizeof *to), *other = to;
	for (int shift = 0; shift < 64; shift += 8) {
		if (!(varying >> shift & 255))
			continue;
		radix_pass(from, to, s->n, shift);
		struct sorter_record *swap = from;
		from = to;
		to = swap;
	}
	if (from != s->record)
		memcpy(s->record, from, s->n * sizeof *from);
	free(other);
	s->sorted = 1;
}

static enum status spill(struct sorter *s, struct err *e)
{
	enum status status = OK;
	if (!s->n)
		return OK;
	sort_chunk(s);
	if (s->fd < 0)
		status = file_temporary(s->dir, &s->fd, e);
	if (!status)
		status = file_write_all(s->fd, s->record, s->n * sizeof *s->record,
					"a temporary file", e);
	if (status)
		return status;
	if (s->run.n && s->record[0].key >= s->last_key)
		s->run.at[s->run.n - 1].end += (int64_t)s->n;
	else
		VEC_PUSH(&s->run, (struct run){ .at = s->written, .end = s->written + (int64_t)s->n });
	s->last_key = s->record[s->n - 1].key;
	s->written += (int64_t)s->n;
	s->n = 0;
	return OK;
}

enum status sorter_add(struct sorter *s, uint64_t key, double value, int64_t line, struct err *e)
{
	if (s->n == s->chunk) {
		enum status status = spill(s, e);
		if (status)
			return status;
	}
	if (s->n == s->room) {
		size_t room = s->room ? s->room * 2 : 4096;
		s->room = room < s->chunk ? room : s->chunk;
		s->record = xrealloc(s->record, s->room * sizeof *s->record);
	}
	if (s->n && key < s->record[s->n - 1].key)
		s->sorted = 0;
	s->record[s->n++] = (struct sorter_record){ key, value, line };
	s->count++;
	return OK;
}

/* Reads the next part of a run. */
static enum status refill(struct sorter *s, struct run *r, struct err *e)
{
	int64_t left = r->end - r->at;
	r->n = left < READ_RECORDS ? (size_t)left : READ_RECORDS;
	r->next = 0;
	char *into = (char *)r->record;
	size_t want = r->n * sizeof *r->record;
	off_t at = (off_t)(r->at * (int64_t)sizeof *r->record);
	while (want) {
		ssize_t got = pread(s->fd, into, want, at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return err_set(e, E_IO, "cannot read a temporary file: %s",
				       got ? strerror(errno) : "it is too short");
		into += got;
		at += got;
		want -= (size_t)got;
	}
	r->at += (int64_t)r->n;
	return OK;
}

/* Earlier runs first among equal keys: that is what keeps the order stable. */
static int run_before(const struct sorter *s, uint32_t a, uint32_t b)
{
	const struct run *x = &s->run.at[a], *y = &s->run.at[b];
	uint64_t kx = x->record[x->next].key, ky = y->record[y->next].key;
	return kx < ky || (kx == ky && a < b);
}

static void heap_down(struct sorter *s, size_t i)
{
	uint32_t *h = s->heap.at;
	for (;;) {
		size_t least = i;
		for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < s->heap.n; child++)
			if (run_before(s, h[child], h[least]))
				least = child;
		if (least == i)
			return;
		uint32_t swap = h[i];
		h[i] = h[least];
		h[least] = swap;
		i = least;
	}
}

enum status sorter_finish(struct sorter *s, struct err *e)
{
	enum status status = OK;
	if (s->fd < 0) {
		sort_chunk(s);
		if (s->n)
			VEC_PUSH(&s->run, (struct run){ .record = s->record, .n = s->n });
	} else {
		status = spill(s, e);
		free(s->record);
		s->record = NULL;
		s->room = 0;
		for (size_t k = 0; !status && k < s->run.n; k++) {
			s->run.at[k].record = xmalloc(READ_RECORDS * sizeof *s->record);
			status = refill(s, &s->run.at[k], e);
		}
	}
	for (size_t k = 0; !status && k < s->run.n; k++)
		VEC_PUSH(&s->heap, (uint32_t)k);
	for (size_t k = s->heap.n / 2; !status && k-- > 0;)
		heap_down(s, k);
	s->finished = 1;
	return status;
}

enum status sorter_next(struct sorter *s, struct sorter_record *out, int *more, struct err *e)
{
	if (!s->finished)
		BUG("sorter_next before sorter_finish");
	*more = s->heap.n > 0;
	if (!*more)
		return OK;
	struct run *r = &s->run.at[s->heap.at[0]];
	*out = r->record[r->next++];
	if (r->next == r->n && r->at < r->end) {
		enum status status = refill(s, r, e);
		if (status)
			return status;
	}
	if (r->next == r->n)
		s->heap.at[0] = s->heap.at[--s->heap.n];
	if (s->heap.n > 1)
		heap_down(s, 0);
	return OK;
}
