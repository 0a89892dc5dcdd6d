/* Bytes of models, written and read. */
#include "config.h"
#include "model/blob.h"

#include <limits.h>
#include <string.h>

#define WORD 8

void blob_put(struct buf *out, uint64_t x)
{
	for (int k = 0; k < WORD; k++)
		buf_addc(out, (char)(unsigned char)(x >> (8 * k) & 255));
}

void blob_put_double(struct buf *out, double x)
{
	uint64_t bits;
	memcpy(&bits, &x, sizeof bits);
	blob_put(out, bits);
}

void blob_put_bytes(struct buf *out, const void *bytes, size_t n)
{
	blob_put(out, n);
	buf_add(out, bytes, n);
}

void blob_put_text(struct buf *out, const char *text)
{
	blob_put_bytes(out, text, strlen(text));
}

/* FNV-1a (Fowler, Noll & Vo), 64 bits. */
static uint64_t check_sum(const unsigned char *bytes, size_t n)
{
	uint64_t sum = UINT64_C(0xcbf29ce484222325);
	for (size_t k = 0; k < n; k++)
		sum = (sum ^ bytes[k]) * UINT64_C(0x100000001b3);
	return sum;
}

void blob_seal(struct buf *out, size_t from)
{
	blob_put(out, check_sum((const unsigned char *)out->text + from, out->n - from));
}

static uint64_t word_at(const unsigned char *at)
{
	uint64_t x = 0;
	for (int k = WORD - 1; k >= 0; k--)
		x = x << 8 | at[k];
	return x;
}

int blob_open(struct blob *b, const unsigned char *bytes, size_t n)
{
	*b = (struct blob){ bytes, n < WORD ? 0 : n - WORD, n < WORD };
	b->bad = b->bad || word_at(bytes + b->left) != check_sum(bytes, b->left);
	return !b->bad;
}

uint64_t blob_get(struct blob *b)
{
	if (b->left < WORD) {
		b->bad = 1;
		return 0;
	}
	uint64_t x = word_at(b->at);
	b->at += WORD;
	b->left -= WORD;
	return x;
}

double blob_get_double(struct blob *b)
{
	uint64_t bits = blob_get(b);
	double x;
	memcpy(&x, &bits, sizeof x);
	return x;
}

const unsigned char *blob_get_bytes(struct blob *b, size_t *n)
{
	uint64_t length = blob_get(b);
	const unsigned char *bytes = b->at;
	*n = 0;
	if (b->bad || length > b->left) {
		b->bad = 1;
		return NULL;
	}
	*n = (size_t)length;
	b->at += length;
	b->left -= (size_t)length;
	return bytes;
}

const char *blob_get_text(struct blob *b, struct arena *a)
{
	size_t n;
	const unsigned char *bytes = blob_get_bytes(b, &n);
	char *text = arena_alloc(a, n + 1);
	if (bytes)
		memcpy(text, bytes, n);
	return text;
}

int blob_get_count(struct blob *b, size_t size)
{
	uint64_t n = blob_get(b);
	if (n > INT_MAX || n > b->left / (size ? size : 1)) {
		b->bad = 1;
		return 0;
	}
	return (int)n;
}
