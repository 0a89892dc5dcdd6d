/*
 * Bytes of models: little-endian, whatever the machine, with a check sum, so that a damaged one is
 * refused and never read beyond its end. Blobs nest with their lengths before them.
 */
#ifndef MODEL_BLOB_H
#define MODEL_BLOB_H

#include "base/buf.h"
#include "base/mem.h"

/* Eight bytes each. */
void blob_put(struct buf *out, uint64_t x);
/* As its bits. */
void blob_put_double(struct buf *out, double x);
/* A length and so many bytes. */
void blob_put_bytes(struct buf *out, const void *bytes, size_t n);
/* The same of a text. */
void blob_put_text(struct buf *out, const char *text);
/* Ends what began at out->n == from with the check sum of it. */
void blob_seal(struct buf *out, size_t from);

/* A blob being read. What is read beyond its end is 0 or NULL and sets `bad`. */
struct blob {
	const unsigned char *at;
	size_t left;
	int bad;
};

/* False: the check sum is wrong. */
int blob_open(struct blob *b, const unsigned char *bytes, size_t n);
/* What blob_put and blob_put_double wrote. */
uint64_t blob_get(struct blob *b);
/* As above. */
double blob_get_double(struct blob *b);
/* Borrowed; *n its length. */
const unsigned char *blob_get_bytes(struct blob *b, size_t *n);
/* A copy in the arena; "" when it is bad. */
const char *blob_get_text(struct blob *b, struct arena *a);
/* A count of things of at least `size` bytes each, which must be left in the blob. */
int blob_get_count(struct blob *b, size_t size);

#endif
