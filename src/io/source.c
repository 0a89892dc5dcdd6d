/*
 * Bytes of a file, unpacked where need be. libarchive is looked at only for files whose first bytes
 * say that they are packed: plain files are read straight, at full speed.
 */
#include "config.h"
#include "io/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/file.h"
#include "base/mem.h"

#ifdef HAVE_LIBARCHIVE
#include <archive.h>
#include <archive_entry.h>
#endif

#define BLOCK 262144

struct source {
	char *name;
	int fd;
	int64_t bytes, done;
	const char *packing; /* "gzip" ..., NULL = plain */
	void *archive;       /* struct archive *, while a packed file is being read */
	int along;           /* what is read is hashed on the way */
	struct sha256 sha;
};

/* What files begin with. Those without `packing` are refused with `advice`. */
static const struct magic {
	const char *bytes;
	size_t n;
	const char *packing, *advice;
} magic[] = {
	{ "\x1f\x8b", 2, "gzip", NULL },
	{ "\xfd" "7zXZ", 6, "xz", NULL },
	{ "PK\3\4", 4, "zip", NULL },
	{ "BZh", 3, "bzip2", NULL },
	{ "\x28\xb5\x2f\xfd", 4, "zstd", NULL },
	{ "PAR1", 4, NULL, "is a Parquet file: write it out as CSV" },
	{ "SQLite format 3", 16, NULL, "is an SQLite db: write the table out as CSV" },
	{ "\xd0\xcf\x11\xe0", 4, NULL, "is an Excel workbook: save the sheet as CSV" },
	{ "%PDF-", 5, NULL, "is a PDF: ask for the table as CSV" },
};

static enum status copy_input(struct source *s, const char *temp_dir, struct err *e)
{
	char *block = xmalloc(BLOCK);
	ssize_t n = 0;
	enum status status = file_temporary(temp_dir, &s->fd, e);
	while (!status && (n = read(STDIN_FILENO, block, BLOCK)) != 0) {
		if (n > 0)
			status = file_write_all(s->fd, block, (size_t)n, "a temporary file", e);
		else if (errno != EINTR)
			status = err_set(e, E_IO, "cannot read standard input: %s", strerror(errno));
	}
	free(block);
	return status;
}

static enum status open_file(struct source *s, const char *path, struct err *e)
{
	struct stat st;
	s->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (s->fd < 0)
		return err_set(e, E_INPUT, "cannot read '%s': %s", path, strerror(errno));
	if (fstat(s->fd, &st) || S_ISDIR(st.st_mode))
		return err_set(e, E_INPUT, "cannot read '%s': it is a folder", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, E_INPUT, "cannot read '%s': it is no regular file (pipe it in as '-')",
			       path);
	return OK;
}

static enum status look(struct source *s, struct err *e)
{
	unsigned char head[16] = { 0 };
	ssize_t n = pread(s->fd, head, sizeof head, 0);
	if (n < 0)
		return err_set(e, E_INPUT, "cannot read '%s': %s", s->name, strerror(errno));
	for (size_t k = 0; k < sizeof magic / sizeof *magic; k++) {
		if ((size_t)n < magic[k].n || memcmp(head, magic[k].bytes, magic[k].n))
			continue;
		if (!magic[k].packing)
			return err_set(e, E_INPUT, "'%s' %s", s->name, magic[k].advice);
		s->packing = magic[k].packing;
	}
#ifndef HAVE_LIBARCHIVE
	if (s->packing)
		return err_set(e, E_IO, "'%s' is packed (%s), and this forecast was built without"
			       " libarchive: unpack it first", s->name, s->packing);
#endif
	return OK;
}

enum status source_open(struct source **out, const char *path, const char *temp_dir, struct err *e)
{
	int from_stdin = !strcmp(path, "-");
	struct source *s = xcalloc(1, sizeof *s);
	s->fd = -1;
	s->name = xstrdup(from_stdin ? "standard input" : path);
	enum status status = from_stdin ? copy_input(s, temp_dir, e) : open_file(s, path, e);
	if (!status)
		status = look(s, e);
	*out = status ? NULL : s;
	if (status)
		source_close(s);
	return status;
}

const char *source_name(const struct source *s)
{
	return s->name;
}

static enum status read_plain(struct source *s, void *into, size_t room, size_t *n, struct err *e)
{
	ssize_t got;
	do
		got = read(s->fd, into, room);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_set(e, E_INPUT, "cannot read '%s': %s", s->name, strerror(errno));
	*n = (size_t)got;
	s->done += got;
	if (s->along)
		sha256_add(&s->sha, into, *n);
	return OK;
}

int64_t source_bytes(const struct source *s)
{
	struct stat st;
	return fstat(s->fd, &st) ? 0 : (int64_t)st.st_size;
}

int source_hash_along(struct source *s)
{
	s->along = !s->packing;
	return s->along;
}

void source_hash_taken(struct source *s, char hex[SHA256_HEX_SIZE])
{
	unsigned char hash[SHA256_SIZE];
	sha256_end(&s->sha, hash);
	sha256_hex(hash, hex);
	s->along = 0;
}

enum status source_hash(struct source *s, char hex[SHA256_HEX_SIZE], int64_t *bytes, struct err *e)
{
	struct sha256 sha;
	unsigned char hash[SHA256_SIZE];
	char *block = xmalloc(BLOCK);
	size_t n = 1;
	enum status status = OK;
	sha256_init(&sha);
	s->done = 0;
	if (lseek(s->fd, 0, SEEK_SET) < 0)
		status = err_set(e, E_INPUT, "cannot read '%s': %s", s->name, strerror(errno));
	while (!status && n) {
		status = read_plain(s, block, BLOCK, &n, e);
		if (!status)
			sha256_add(&sha, block, n);
	}
	free(block);
	sha256_end(&sha, hash);
	sha256_hex(hash, hex);
	s->bytes = *bytes = s->done;
	return status;
}

#ifdef HAVE_LIBARCHIVE

static void close_archive(struct source *s)
{
	if (s->archive)
		archive_read_free(s->archive);
	s->archive = NULL;
}

static enum status archive_error(struct source *s, struct err *e)
{
	const char *reason = archive_error_string(s->archive);
	return err_set(e, E_INPUT, "cannot unpack '%s' (%s): %s", s->name, s->packing,
		       reason ? reason : "it is damaged");
}

/* Goes to the one file of a zip; several are refused, since their order would be a guess. */
static enum status find_entry(struct source *s, struct err *e)
{
	struct archive_entry *entry;
	int rc = archive_read_next_header(s->archive, &entry);
	if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
		return rc == ARCHIVE_EOF ? err_set(e, E_INPUT, "'%s' is an empty archive", s->name)
					 : archive_error(s, e);
	const char *name = archive_entry_pathname(entry);
	if (!strcmp(s->packing, "zip") && name
	    && (!strcmp(name, "[Content_Types].xml") || !strncmp(name, "xl/", 3)))
		return err_set(e, E_INPUT, "'%s' is an Excel workbook: save the sheet as CSV", s->name);
	return OK;
}

static enum status open_archive(struct source *s, struct err *e)
{
	close_archive(s);
	s->archive = archive_read_new();
	if (!s->archive)
		return err_set(e, E_IO, "cannot start libarchive");
	archive_read_support_filter_all(s->archive);
	if (!strcmp(s->packing, "zip"))
		archive_read_support_format_zip(s->archive);
	else
		archive_read_support_format_raw(s->archive);
	if (archive_read_open_fd(s->archive, s->fd, BLOCK) != ARCHIVE_OK)
		return archive_error(s, e);
	return find_entry(s, e);
}

static enum status read_packed(struct source *s, void *into, size_t room, size_t *n, struct err *e)
{
	la_ssize_t got = archive_read_data(s->archive, into, room);
	if (got < 0)
		return archive_error(s, e);
	*n = (size_t)got;
	s->done = archive_filter_bytes(s->archive, -1);
	if (!got && !strcmp(s->packing, "zip")) {
		struct archive_entry *entry;
		if (archive_read_next_header(s->archive, &entry) == ARCHIVE_OK)
			return err_set(e, E_INPUT, "'%s' holds more than one file: unpack it and name"
				       " them", s->name);
	}
	return OK;
}

#else

static void close_archive(struct source *s)
{
	(void)s;
}

#endif

enum status source_rewind(struct source *s, struct err *e)
{
	s->done = 0;
	sha256_init(&s->sha);
	if (lseek(s->fd, 0, SEEK_SET) < 0)
		return err_set(e, E_INPUT, "cannot read '%s': %s", s->name, strerror(errno));
#ifdef HAVE_LIBARCHIVE
	if (s->packing)
		return open_archive(s, e);
#endif
	return OK;
}

enum status source_read(struct source *s, void *into, size_t room, size_t *n, struct err *e)
{
	*n = 0;
#ifdef HAVE_LIBARCHIVE
	if (s->packing)
		return read_packed(s, into, room, n, e);
#endif
	return read_plain(s, into, room, n, e);
}

int64_t source_done(const struct source *s)
{
	return s->done;
}

void source_close(struct source *s)
{
	if (!s)
		return;
	close_archive(s);
	if (s->fd >= 0)
		close(s->fd);
	free(s->name);
	free(s);
}
