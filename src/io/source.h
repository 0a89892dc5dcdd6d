/*
 * A file to be read as bytes: plain, standard input ("-"), or compressed (.gz, .xz, .zip with one
 * file in it, told by its first bytes, not by its name). The SHA-256 is that of the raw file, so it
 * can be looked up in the ledger before anything is unpacked or parsed.
 */
#ifndef IO_SOURCE_H
#define IO_SOURCE_H

#include <stdint.h>
#include "base/err.h"
#include "base/sha256.h"

struct source;

/*
 * Opens a file. Standard input is first copied to a nameless file in `temp_dir` (NULL: the working
 * folder), since it is read twice. E_INPUT: cannot be read, a folder, an Excel workbook or other
 * file that is no text. Close with source_close.
 */
MUST_CHECK enum status source_open(struct source **out, const char *path, const char *temp_dir,
				   struct err *e);
void source_close(struct source *s);
/* The path as given, "standard input" for "-". */
const char *source_name(const struct source *s);

/* Hash and length of the raw file. */
MUST_CHECK enum status source_hash(struct source *s, char hex[SHA256_HEX_SIZE], int64_t *bytes,
				   struct err *e);
/* Length of the raw file, without reading it. */
int64_t source_bytes(const struct source *s);
/* Takes the hash on the way of the reading that source_rewind begins next, which must go to the end
 * of the file. 0: it cannot be had so (packed files are not read straight). */
int source_hash_along(struct source *s);
/* The hash taken along. */
void source_hash_taken(struct source *s, char hex[SHA256_HEX_SIZE]);
/* Goes to the first byte of the (unpacked) contents. */
MUST_CHECK enum status source_rewind(struct source *s, struct err *e);
/* Reads up to `room` bytes of contents; *n = 0 at the end. E_INPUT: damaged archive. */
MUST_CHECK enum status source_read(struct source *s, void *into, size_t room, size_t *n,
				   struct err *e);
/* Raw bytes read since the last rewind, for progress. */
int64_t source_done(const struct source *s);

#endif
