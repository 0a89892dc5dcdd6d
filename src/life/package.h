/*
 * A model version as one file, to carry to another machine:
 *
 *	forecast package 1
 *	BYTES                   length of the head that follows
 *	head                    INI: [model] what it is, fits and was made of; [part N] name, bytes, sha256
 *	parts                   one after the other
 *	64 digits and a newline SHA-256 of everything before
 *
 * Names within the head are written in hexadecimal, so no text of the data can break it.
 */
#ifndef LIFE_PACKAGE_H
#define LIFE_PACKAGE_H

#include "base/buf.h"
#include "base/sha256.h"
#include "io/db_model.h"

/* What a head says; strings are the arena's. */
struct package_head {
	struct model_row row;
	struct calendar calendar;
	const char *code;        /* program and libraries that fitted it, "" not told */
	int n_part;
};

/* Writes a version to a file. E_IO. */
MUST_CHECK enum status package_write(struct db *db, int64_t version, const char *path, struct err *e);
/* Is the file whole? E_INPUT: what is wrong, in a sentence. */
MUST_CHECK enum status package_verify(const char *path, struct arena *a, struct package_head *out, struct err *e);
/* Puts it into a db as a version (*version; the one there is if it has it already). E_INPUT: damaged, or made for
 * another calendar. */
MUST_CHECK enum status package_install(struct db *db, const char *path, struct arena *a, int64_t *version,
				       struct err *e);
/* Packs a version into memory, unpacks it, loads every part and compares all bytes. E_INPUT: it does not survive. */
MUST_CHECK enum status package_prove(struct db *db, int64_t version, struct err *e);
/* The hash of a version out of its parts, as the training made it. */
MUST_CHECK enum status package_hash(struct db *db, const struct model_row *row, char hex[SHA256_HEX_SIZE],
				    struct err *e);

#endif
