/*
 * SHA-256 (FIPS 180-4), for naming things by what is in them: files, data, configs, models, runs.
 * Uses the processor's SHA extensions where it has them; both paths are tested against the FIPS
 * vectors.
 */
#ifndef BASE_SHA256_H
#define BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32
#define SHA256_HEX_SIZE 65

struct sha256 {
	uint32_t state[8];
	uint64_t length;         /* bytes taken in */
	unsigned char block[64]; /* the last length % 64 of them */
	int portable;            /* 1: never use the extensions (for tests) */
};

/* Begins; takes in n bytes. */
void sha256_init(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *bytes, size_t n);
/* A string with its length before it, so that ("ab","c") and ("a","bc") differ. */
void sha256_add_string(struct sha256 *s, const char *text);
void sha256_add_i64(struct sha256 *s, int64_t x);
/* IEEE double, little-endian; every NaN as one NaN, -0 as 0. */
void sha256_add_double(struct sha256 *s, double x);
/* The hash of all that was taken in; begin again before the next. */
void sha256_end(struct sha256 *s, unsigned char out[SHA256_SIZE]);

/* A hash as 64 lower-case digits and a NUL. */
void sha256_hex(const unsigned char hash[SHA256_SIZE], char out[SHA256_HEX_SIZE]);
/* Hash of a NUL-terminated text as hex. */
void sha256_hex_of(const char *text, char out[SHA256_HEX_SIZE]);

#endif
