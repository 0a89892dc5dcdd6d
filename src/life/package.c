/* Model versions in and out of files. */
#include "config.h"
#include "life/package.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/ini.h"
#include "base/process.h"
#include "model/method.h"

#define MAGIC "forecast package 1\n"
#define TRAILER (SHA256_HEX_SIZE - 1 + 1) /* digits and a newline */

static void hash_bytes(const void *bytes, size_t n, char hex[SHA256_HEX_SIZE])
{
	struct sha256 s;
	unsigned char out[SHA256_SIZE];
	sha256_init(&s);
	sha256_add(&s, bytes, n);
	sha256_end(&s, out);
	sha256_hex(out, hex);
}

static void add_hex(struct buf *out, const char *key, const char *text)
{
	buf_addf(out, "%s = \"", key);
	for (const char *c = text; *c; c++)
		buf_addf(out, "%02x", (unsigned)(unsigned char)*c);
	buf_adds(out, "\"\n");
}

/* A text that was written by add_hex; NULL: it is none. */
static const char *from_hex(const char *hex, struct arena *a)
{
	size_t n = hex ? strlen(hex) : 1;
	char *out = n % 2 ? NULL : arena_alloc(a, n / 2 + 1);
	for (size_t k = 0; out && k < n / 2; k++) {
		unsigned byte;
		if (sscanf(hex + 2 * k, "%2x", &byte) != 1 || !byte)
			return NULL;
		out[k] = (char)byte;
	}
	return out;
}

/* ---- out ---- */

static void write_head(const struct model_row *row, const struct calendar *c, const char *code, struct buf *out)
{
	buf_addf(out, "[model]\nperiod = %s\nweek_start = %d\n", period_kind_name(c->kind), c->week_start);
	buf_addf(out, "as_of = %d\nseries = %d\nhash = %s\ndata_hash = %s\nconfig_hash = %s\nmade_at = %s\n", row->as_of,
		 row->series, row->hash, row->data_hash, row->config_hash, row->made_at);
	add_hex(out, "method", row->method);
	add_hex(out, "spec", row->spec);
	add_hex(out, "code", code ? code : "");
}

static enum status pack(struct db *db, int64_t version, struct buf *out, struct err *e)
{
	struct arena a = { 0 };
	struct model_row row;
	struct model_part *part;
	struct calendar calendar;
	struct buf head = { 0 }, parts = { 0 };
	char name[24], hex[SHA256_HEX_SIZE];
	int n = 0, known;
	snprintf(name, sizeof name, "%lld", (long long)version);
	enum status status = db_model_find(db, name, &a, &row, e);
	if (!status)
		status = db_calendar(db, &calendar, &known, e);
	if (!status)
		status = db_model_parts(db, version, &a, &part, &n, e);
	if (!status)
		write_head(&row, &calendar, db_model_told(db, version, "code", &a), &head);
	for (int k = 0; !status && k < n; k++) {
		size_t from = parts.n;
		int found;
		status = db_model_blob(db, version, part[k].name, &parts, &found, e);
		hash_bytes(parts.n ? parts.text + from : "", parts.n - from, hex);
		buf_addf(&head, "[part %d]\nbytes = %zu\nsha256 = %s\n", k, parts.n - from, hex);
		add_hex(&head, "name", part[k].name);
	}
	if (!status) {
		buf_addf(out, MAGIC "%zu\n", head.n);
		buf_add(out, head.text, head.n);
		buf_add(out, parts.n ? parts.text : "", parts.n);
		hash_bytes(out->text, out->n, hex);
		buf_addf(out, "%s\n", hex);
	}
	buf_release(&head);
	buf_release(&parts);
	arena_release(&a);
	return status;
}

enum status package_write(struct db *db, int64_t version, const char *path, struct err *e)
{
	struct buf out = { 0 };
	enum status status = pack(db, version, &out, e);
	if (!status)
		status = file_write(path, out.text, out.n, e);
	buf_release(&out);
	return status;
}

/* ---- in ---- */

struct unpacked {
	const struct buf *file;
	struct ini head;
	struct package_head what;
	const char **name;  /* [n_part] */
	size_t *at, *bytes; /* [n_part] places in the file */
};

static enum status bad(struct err *e, const char *name, const char *why)
{
	return err_set(e, E_INPUT, "package '%s' %s", name, why);
}

/* The whole file by its hash, and where the head lies. */
static enum status open_file(const struct buf *file, const char *name, size_t *head_at, size_t *head_n,
			     struct err *e)
{
	char hex[SHA256_HEX_SIZE];
	size_t magic = sizeof MAGIC - 1;
	if (file->n < magic + TRAILER || memcmp(file->text, MAGIC, magic))
		return bad(e, name, "is no package of forecast, or of another kind");
	hash_bytes(file->text, file->n - TRAILER, hex);
	if (memcmp(file->text + file->n - TRAILER, hex, TRAILER - 1) || file->text[file->n - 1] != '\n')
		return bad(e, name, "is damaged: its bytes do not give the hash at its end");
	char *end;
	unsigned long long n = strtoull(file->text + magic, &end, 10);
	*head_at = (size_t)(end - file->text) + 1;
	*head_n = (size_t)n;
	return *end == '\n' && *head_at + n + TRAILER <= file->n ? OK : bad(e, name, "has no head");
}

static enum status read_model(struct unpacked *u, const char *name, struct arena *a, struct err *e)
{
	struct model_row *r = &u->what.row;
	static const char *const key[] = { "hash", "data_hash", "config_hash", "made_at", "period", "as_of", "series" };
	const char *value[7];
	for (int k = 0; k < 7; k++) {
		value[k] = ini_get(&u->head, "model", key[k]);
		if (!value[k])
			return bad(e, name, "has a head without what is needed");
		value[k] = arena_strdup(a, value[k]);
	}
	r->hash = value[0];
	r->data_hash = value[1];
	r->config_hash = value[2];
	r->made_at = value[3];
	r->as_of = (day_t)atoi(value[5]);
	r->series = atoi(value[6]);
	r->method = from_hex(ini_get(&u->head, "model", "method"), a);
	r->spec = from_hex(ini_get(&u->head, "model", "spec"), a);
	u->what.code = from_hex(ini_get(&u->head, "model", "code"), a);
	const char *week = ini_get(&u->head, "model", "week_start");
	int kind = period_kind_find(value[4]);
	u->what.calendar = (struct calendar){ (enum period_kind)(kind < 0 ? 0 : kind), week ? atoi(week) : 0 };
	return r->method && r->spec && u->what.code && kind >= 0 ? OK : bad(e, name, "has a head that cannot be read");
}

static enum status read_parts(struct unpacked *u, const char *name, size_t at, struct arena *a, struct err *e)
{
	size_t room = u->head.n + 1;
	u->name = ARENA_ARRAY(a, const char *, room);
	u->at = ARENA_ARRAY(a, size_t, room);
	u->bytes = ARENA_ARRAY(a, size_t, room);
	for (int k = 0;; k++) {
		char section[24], hex[SHA256_HEX_SIZE];
		snprintf(section, sizeof section, "part %d", k);
		const char *bytes = ini_get(&u->head, section, "bytes"), *sha = ini_get(&u->head, section, "sha256");
		if (!bytes || !sha)
			break;
		size_t n = (size_t)strtoull(bytes, NULL, 10);
		u->name[k] = from_hex(ini_get(&u->head, section, "name"), a);
		if (!u->name[k] || n > u->file->n || at + n + TRAILER > u->file->n)
			return bad(e, name, "has parts that do not fit");
		hash_bytes(u->file->text + at, n, hex);
		if (strcmp(hex, sha))
			return bad(e, name, "has a part that does not give its hash");
		u->at[k] = at;
		u->bytes[k] = n;
		u->what.row.bytes += (int64_t)n;
		at += n;
		u->what.n_part++;
	}
	return at + TRAILER == u->file->n ? OK : bad(e, name, "has bytes that belong to no part");
}

/* Do spec, data and parts give the hash that names the model? */
static void hash_model(const char *spec, const char *data_hash, struct sha256 *s)
{
	sha256_init(s);
	sha256_add_string(s, spec);
	sha256_add_string(s, data_hash);
}

static void end_hash(struct sha256 *s, char hex[SHA256_HEX_SIZE])
{
	unsigned char out[SHA256_SIZE];
	sha256_end(s, out);
	sha256_hex(out, hex);
}

static enum status check_hash(const struct unpacked *u, const char *name, struct err *e)
{
	struct sha256 s;
	char hex[SHA256_HEX_SIZE];
	hash_model(u->what.row.spec, u->what.row.data_hash, &s);
	for (int k = 0; k < u->what.n_part; k++) {
		sha256_add_string(&s, u->name[k]);
		sha256_add(&s, u->file->text + u->at[k], u->bytes[k]);
	}
	end_hash(&s, hex);
	return strcmp(hex, u->what.row.hash) ? bad(e, name, "holds another model than its hash says") : OK;
}

static enum status unpack(struct unpacked *u, const struct buf *file, const char *name, struct arena *a,
			  struct err *e)
{
	size_t at = 0, n = 0;
	*u = (struct unpacked){ .file = file };
	enum status status = open_file(file, name, &at, &n, e);
	if (status)
		return status;
	char *text = xstrndup(file->text + at, n);
	status = ini_parse(&u->head, name, text, e);
	free(text);
	if (status)
		return bad(e, name, "has a head that cannot be read");
	status = read_model(u, name, a, e);
	if (!status)
		status = read_parts(u, name, at + n, a, e);
	return status ? status : check_hash(u, name, e);
}

/* Every part must load: features, options and versions of the blobs are looked at there. */
static enum status load_parts(const struct unpacked *u, const char *name, struct err *e)
{
	struct arena a = { 0 };
	const struct spec *spec;
	enum status status = spec_parse(u->what.row.spec, &a, &spec, e);
	for (int k = 0; !status && k < u->what.n_part; k++) {
		void *model = NULL;
		if (!u->bytes[k])
			continue;
		status = spec->method->load(spec, (const unsigned char *)u->file->text + u->at[k], u->bytes[k], &a, &model,
					    e);
		if (model && spec->method->release)
			spec->method->release(model);
	}
	arena_release(&a);
	return status ? err_wrap(e, "package '%s' cannot be loaded", name) : OK;
}

enum status package_verify(const char *path, struct arena *a, struct package_head *out, struct err *e)
{
	struct buf file = { 0 };
	struct unpacked u = { 0 };
	enum status status = file_read(path, &file, e);
	if (!status)
		status = unpack(&u, &file, path, a, e);
	if (!status)
		status = load_parts(&u, path, e);
	*out = u.what;
	ini_release(&u.head);
	buf_release(&file);
	return status;
}

static enum status fits(struct db *db, const struct unpacked *u, const char *name, struct err *e)
{
	struct calendar c;
	int known;
	enum status status = db_calendar(db, &c, &known, e);
	if (status || !known)
		return status;
	const struct calendar *p = &u->what.calendar;
	if (p->kind != c.kind)
		return err_set(e, E_INPUT, "package '%s' is of a model by %s, this db counts by %s", name,
			       period_kind_name(p->kind), period_kind_name(c.kind));
	if (c.kind == PERIOD_WEEK && p->week_start != c.week_start)
		return err_set(e, E_INPUT, "package '%s' is of a model whose weeks begin on another day", name);
	return OK;
}

static enum status install(struct db *db, const struct unpacked *u, int64_t *version, struct err *e)
{
	enum status status = db_model_begin(db, version, e);
	for (int k = 0; !status && k < u->what.n_part; k++)
		status = db_model_part(db, *version, k, u->name[k], u->file->text + u->at[k], u->bytes[k], e);
	FAILPOINT("install.parts");
	if (!status)
		status = db_model_keep(db, &u->what.row, version, e);
	if (!status && *u->what.code)
		status = db_model_fact(db, *version, "code", u->what.code, e);
	if (!status)
		status = db_model_fact(db, *version, "trigger", "installed from a package", e);
	return status;
}

enum status package_install(struct db *db, const char *path, struct arena *a, int64_t *version, struct err *e)
{
	struct buf file = { 0 };
	struct unpacked u = { 0 };
	enum status status = file_read(path, &file, e);
	if (!status)
		status = unpack(&u, &file, path, a, e);
	if (!status)
		status = load_parts(&u, path, e);
	if (!status)
		status = fits(db, &u, path, e);
	if (!status)
		status = db_begin(db, e);
	if (!status) {
		status = install(db, &u, version, e);
		if (!status)
			status = db_commit(db, e);
		if (status)
			db_rollback(db);
	}
	ini_release(&u.head);
	buf_release(&file);
	return status;
}

enum status package_prove(struct db *db, int64_t version, struct err *e)
{
	struct arena a = { 0 };
	struct buf file = { 0 };
	struct unpacked u = { 0 };
	enum status status = pack(db, version, &file, e);
	if (!status)
		status = unpack(&u, &file, "in memory", &a, e);
	if (!status)
		status = load_parts(&u, "in memory", e);
	ini_release(&u.head);
	buf_release(&file);
	arena_release(&a);
	return status;
}

enum status package_hash(struct db *db, const struct model_row *row, char hex[SHA256_HEX_SIZE], struct err *e)
{
	struct arena a = { 0 };
	struct model_part *part;
	struct sha256 s;
	int n;
	enum status status = db_model_parts(db, row->version, &a, &part, &n, e);
	hash_model(row->spec, row->data_hash, &s);
	for (int k = 0; !status && k < n; k++) {
		struct buf blob = { 0 };
		int found;
		status = db_model_blob(db, row->version, part[k].name, &blob, &found, e);
		sha256_add_string(&s, part[k].name);
		sha256_add(&s, blob.n ? blob.text : "", blob.n);
		buf_release(&blob);
	}
	end_hash(&s, hex);
	arena_release(&a);
	return status;
}
