/* Whole files in and out. A file is written beside its place, synced, and renamed into it. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"
#include "base/err.h"

/* Adds the whole file, of 256 MB at most, to `out`. E_IO with the system's reason. */
MUST_CHECK enum status file_read(const char *path, struct buf *out, struct err *e);
/* Replaces the file in one step: readers see the old or the new one, never a part. */
MUST_CHECK enum status file_write(const char *path, const void *bytes, size_t n, struct err *e);
int file_exists(const char *path);
int file_is_dir(const char *path);
/* Neither folder, pipe nor device. */
int file_is_regular(const char *path);
/* Makes a folder and those above it; fine when it is there. */
MUST_CHECK enum status file_make_dir(const char *path, struct err *e);
/* Opens a nameless file for reading and writing in `dir` (NULL or "": the working folder); it is gone
 * when it is closed. E_IO. Caller closes *out. */
MUST_CHECK enum status file_temporary(const char *dir, int *out, struct err *e);
/* Writes n bytes to a descriptor, or says of which file (`name`) it could not. */
MUST_CHECK enum status file_write_all(int fd, const void *bytes, size_t n, const char *name,
				      struct err *e);
/* dir/name; caller frees. */
char *file_join(const char *dir, const char *name);

#endif
