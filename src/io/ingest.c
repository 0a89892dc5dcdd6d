/* Files into the db, one after the other; see the header, and intake.h for one file's way. */
#include "config.h"
#include "io/ingest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "io/intake.h"

#define SAMPLE_ROWS 1000 /* that tell how dates and numbers are written, unless they leave it open */

/* A file that waits to be read. */
struct waiting {
	struct source *source;
	int rank; /* files of a lower rank first */
	int place;
};

static void vote(struct intake *in, const struct csv_row *row)
{
	static const enum role dated[] = { ROLE_DATE, ROLE_FROM, ROLE_TO };
	const struct layout *l = &in->layout;
	for (size_t k = 0; k < sizeof dated / sizeof *dated; k++) {
		int column = l->at[dated[k]];
		if (column >= 0 && column < row->n && row->field[column].n)
			date_vote(&in->date_votes, row->field[column].at, row->field[column].n);
	}
	for (int i = 0; i < l->n && i < row->n; i++) {
		enum role role = l->column[i].role;
		if ((role >= ROLE_UNITS && role <= ROLE_HOURS_OUT) || role == ROLE_DEPTH || role == ROLE_CELL
		    || role == ROLE_DRIVER || role == ROLE_COST)
			number_vote(&in->number_votes, row->field[i].at, row->field[i].n);
	}
}

/* Is the first row of the file data? Then the map must say what the columns are. */
static int header_is_no(const struct intake *in)
{
	const char *header = map_file_value(in->map, "header");
	return header && !strcmp(header, "no");
}

static enum status see_sample(void *context, const struct csv_row *row, struct err *e)
{
	struct intake *in = context;
	if (!in->header_seen) {
		in->header_seen = 1;
		enum status status = map_layout(in->map, in->name, row, &in->arena, &in->layout, e);
		if (status || !header_is_no(in))
			return status;
	}
	vote(in, row);
	return ++in->voters >= in->voters_max ? E_STOPPED : OK;
}

static enum status find_delimiter(struct intake *in, struct err *e)
{
	const char *told = map_file_value(in->map, "delimiter");
	if (!told)
		return csvin_delimiter(in->source, &in->delimiter, e);
	in->delimiter = !strcmp(told, "tab") || !strcmp(told, "\\t") ? '\t' : *told;
	return in->delimiter && (told[1] == '\0' || in->delimiter == '\t') ? OK
		: err_set(e, E_USAGE, "%s: delimiter '%s' is not one character or 'tab'", in->map->path, told);
}

/* The header's layout, and what up to `rows` rows tell. */
static enum status sample(struct intake *in, int64_t rows, struct err *e)
{
	in->header_seen = 0;
	in->voters = 0;
	in->voters_max = rows;
	memset(&in->date_votes, 0, sizeof in->date_votes);
	memset(&in->number_votes, 0, sizeof in->number_votes);
	enum status status = csvin_read(in->source, in->delimiter, see_sample, in, e);
	if (!status && !in->header_seen)
		status = err_set(e, E_INPUT, "'%s' is empty", in->name);
	return status;
}

static int needs_dates(const struct intake *in)
{
	const struct layout *l = &in->layout;
	return l->at[ROLE_DATE] >= 0 || l->at[ROLE_FROM] >= 0;
}

/* What the votes say; 0: they leave something open. Sentence and code go to e. */
static int decided(struct intake *in, struct err *e)
{
	const char *date = map_file_value(in->map, "date"), *decimal = map_file_value(in->map, "decimal");
	int numbers = number_decide(&in->number_votes, in->delimiter, &in->number_form);
	in->date_form = date ? date_form_find(date, strlen(date)) : date_decide(&in->date_votes);
	if (decimal) {
		in->number_form = *decimal == 'c' ? (struct number_form){ ',', '.' }
						  : (struct number_form){ '.', ',' };
		numbers = 1;
	}
	if (in->layout.numbered)
		in->date_form = DATE_NUMBER;
	if (in->date_form == DATE_ASK && needs_dates(in))
		err_set(e, E_INPUT, "'%s': its dates can be read as day/month or as month/day, and none tells"
			" which: write 'date = dmy' or 'date = mdy' under [file] of a map", in->name);
	else if (in->date_form == DATE_NO_FORM && needs_dates(in) && in->voters)
		err_set(e, E_INPUT, "'%s': column '%s' holds no dates", in->name, in->layout.column[
			in->layout.at[in->layout.at[ROLE_DATE] >= 0 ? ROLE_DATE : ROLE_FROM]].header);
	else if (!numbers)
		err_set(e, E_INPUT, "'%s': numbers such as 1.234 may mean 1234 or 1.234, and none tells"
			" which: write 'decimal = point' or 'decimal = comma' under [file] of a map", in->name);
	else
		return 1;
	return 0;
}

static enum status recognise(struct intake *in, struct err *e)
{
	struct err open = { 0 };
	enum status status = find_delimiter(in, e);
	if (!status)
		status = sample(in, SAMPLE_ROWS, e);
	if (status || decided(in, &open))
		return status;
	if (in->voters == in->voters_max)
		status = sample(in, INT64_MAX, e);
	if (status || decided(in, &open))
		return status;
	if (e)
		*e = open;
	return open.code;
}

static enum status see_row(void *context, const struct csv_row *row, struct err *e)
{
	struct intake *in = context;
	if (!in->header_seen) {
		in->header_seen = 1;
		if (!header_is_no(in))
			return OK;
	}
	if (row->n != in->layout.n) {
		char reason[96];
		snprintf(reason, sizeof reason, "has %d fields where the header has %d", row->n, in->layout.n);
		intake_reject(in, row->line, NULL, row->n ? &row->field[0] : NULL, reason);
		in->counts.rows++;
		return OK;
	}
	if (!(++in->voters & 0xfff))
		progress("reading", (double)source_done(in->source), (double)in->batch.bytes);
	return intake_row(in, row, e);
}

/* Too much that cannot be used is not dirt but a misunderstanding. */
static enum status judge(const struct intake *in, struct err *e)
{
	const struct ingest_counts *c = &in->counts;
	char first[320] = "";
	if (!c->rows)
		return err_set(e, E_INPUT, "'%s' has a header but no rows", in->name);
	if (!c->rejected || ((double)c->rejected <= in->options->reject_share * (double)c->rows
			     && c->rejected < c->rows))
		return OK;
	if (in->reject.n) {
		const struct reject *r = &in->reject.at[0];
		snprintf(first, sizeof first, "; the first: line %lld, %s%s%s%s%s%s", (long long)r->line,
			 r->field ? r->field : "the row", r->value ? " '" : "", r->value ? r->value : "",
			 r->value ? "'" : "", " ", r->reason);
	}
	return err_set(e, E_INPUT, "'%s': %lld of %lld %s cannot be used%s", in->name,
		       (long long)c->rejected, (long long)c->rows,
		       in->layout.shape == SHAPE_WIDE_DAYS || in->layout.shape == SHAPE_WIDE_SERIES
		       || (in->layout.shape == SHAPE_SUMS && in->layout.at[ROLE_DATE] < 0)
		       ? "values" : "rows", first);
}

static void say_notes(const struct intake *in)
{
	const struct layout *l = &in->layout;
	if (l->customer >= 0)
		log_note("'%s': column '%s' holds personal data and was left out unread", in->name,
			 l->column[l->customer].header);
	if (l->left_out)
		log_note("'%s': columns left out: %s", in->name, l->left_out);
	if (in->left_out[0] + in->left_out[1] + in->left_out[2])
		log_note("'%s': lines that are no sales were left out: %lld without an article (postage, fees),"
			 " %lld without a price, %lld without a quantity", in->name,
			 (long long)in->left_out[0], (long long)in->left_out[1], (long long)in->left_out[2]);
	if (in->matched + in->unmatched)
		log_note("'%s': of %lld returned lines %lld were taken back from the day of their sale",
			 in->name, (long long)(in->matched + in->unmatched), (long long)in->matched);
	if (in->latin1)
		log_note("'%s': %lld names were no UTF-8 and were read as Latin-1", in->name,
			 (long long)in->latin1);
	if (in->counts.rejected)
		log_warning("'%s': %lld rows could not be used and are kept aside in reject_row; the first:"
			    " line %lld, %s %s", in->name, (long long)in->counts.rejected,
			    (long long)in->reject.at[0].line,
			    in->reject.at[0].field ? in->reject.at[0].field : "the row",
			    in->reject.at[0].reason);
}

static enum status prepare(struct intake *in, struct err *e)
{
	int *place[] = { &in->units, &in->price, &in->promo, &in->on_hand, &in->on_order,
			 &in->hours_out, &in->returned };
	const char *returns = in->options->returns ? in->options->returns
						   : map_file_value(in->map, "returns");
	for (size_t k = 0; k < sizeof place / sizeof *place; k++)
		*place[k] = -1;
	in->returns = !returns || !strcmp(returns, "net") ? RETURNS_KEPT_NET
		: !strcmp(returns, "floor") ? RETURNS_KEPT_FLOOR : RETURNS_KEPT_SEPARATE;
	in->day_seen = xcalloc(DAY_BIAS / 4, 1);
	in->counts = (struct ingest_counts){ .first = DAY_NONE, .last = DAY_NONE };
	in->header_seen = 0;
	in->voters = 0;
	enum status status = roster_load(&in->roster, in->db, e);
	if (!status)
		status = db_labels(in->db, &in->arena, &in->label, &in->n_label, e);
	if (!status)
		status = db_calendar(in->db, &in->calendar, &in->calendar_known, e);
	return status ? status : intake_prepare(in, e);
}

static enum status read_all(struct intake *in, struct err *e)
{
	enum status status = prepare(in, e);
	if (in->hash_along && !source_hash_along(in->source))
		BUG("'%s' cannot be hashed while it is read", in->name);
	if (!status)
		status = csvin_read(in->source, in->delimiter, see_row, in, e);
	if (!status && in->hash_along)
		source_hash_taken(in->source, in->sha256);
	if (!status && in->layout.shape == SHAPE_INVOICES)
		status = intake_invoice_end(in, e);
	return status ? status : judge(in, e);
}

static enum status write_all(struct intake *in, struct err *e)
{
	if (in->options->dry)
		return intake_settle(in, e);
	enum status status = db_load_begin(in->db, e);
	if (status)
		return status;
	return db_load_end(in->db, intake_settle(in, e), e);
}

static void intake_release(struct intake *in)
{
	for (size_t k = 0; k < in->measure.n; k++)
		sorter_free(in->measure.at[k].sorter);
	VEC_FREE(&in->measure);
	VEC_FREE(&in->entry);
	VEC_FREE(&in->label_entry);
	VEC_FREE(&in->invoice);
	VEC_FREE(&in->reject);
	VEC_FREE(&in->series_seen);
	symtab_release(&in->label_name);
	free(in->day_seen);
	free(in->temp_dir);
	roster_release(&in->roster);
	arena_release(&in->arena);
	progress_end();
}

/* What else than the bytes decides what a file means: the map and the policies. */
static void hash_of_map(const struct ingest_options *o, const struct map *m, char out[SHA256_HEX_SIZE])
{
	struct sha256 s;
	unsigned char hash[SHA256_SIZE];
	out[0] = '\0';
	if (!m->given && !o->returns && !o->gaps)
		return;
	sha256_init(&s);
	sha256_add_string(&s, o->returns ? o->returns : "");
	sha256_add_string(&s, o->gaps ? o->gaps : "");
	for (size_t k = 0; m->given && k < m->ini.n; k++) {
		sha256_add_string(&s, m->ini.entry[k].section);
		sha256_add_string(&s, m->ini.entry[k].key);
		sha256_add_string(&s, m->ini.entry[k].value);
	}
	sha256_end(&s, hash);
	sha256_hex(hash, out);
}

static char *folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? xstrndup(path, slash == path ? 1 : (size_t)(slash - path)) : xstrdup(".");
}

/* One file that the ledger does not have. */
static enum status ingest_new(struct intake *in, struct arena *a, struct ingest_result *out,
			      struct err *e)
{
	char now[UTC_TEXT_MAX];
	day_t known = in->options->known;
	db_utc_now(now);
	enum status status = recognise(in, e);
	if (status)
		return status;
	in->batch.known_at = now;
	in->batch.known_day = known == DAY_NONE ? day_parse(now, 10) : known;
	in->batch.format = in->layout.format;
	in->batch.owner = in->options->owner;
	in->batch.licence = in->options->licence;
	in->batch.purpose = in->options->purpose;
	status = read_all(in, e);
	if (!status)
		status = write_all(in, e);
	if (status)
		return status;
	out->format = arena_strdup(a, in->layout.format);
	out->batch = in->batch.id;
	out->counts = in->counts;
	say_notes(in);
	return OK;
}

static enum status ingest_one(struct db *db, const struct ingest_options *o, const struct map *m,
			      struct source *source, struct arena *a, struct ingest_result *out,
			      struct err *e)
{
	struct intake in = { .db = db, .options = o, .map = m, .source = source,
			     .name = source_name(source) };
	char map_hash[SHA256_HEX_SIZE];
	struct batch known;
	int found = 0, maybe = 0;
	in.temp_dir = folder_of(db_path(db));
	hash_of_map(o, m, map_hash);
	out->file = arena_strdup(a, in.name);
	in.batch.bytes = source_bytes(source);
	enum status status = db_batch_of_length(db, in.batch.bytes, &maybe, e);
	/* A file whose length no other had is new: its hash can wait until it is read anyway. */
	in.hash_along = !status && !maybe && source_hash_along(source);
	if (!status && !in.hash_along)
		status = source_hash(source, in.sha256, &in.batch.bytes, e);
	if (!status && maybe)
		status = db_batch_find(db, in.sha256, map_hash, a, &known, &found, e);
	if (!status && found) {
		*out = (struct ingest_result){ .file = out->file, .format = known.format,
					       .batch = known.id, .known = 1, .counts = known.counts };
		out->counts.same = known.counts.rows - known.counts.rejected;
		out->counts.fresh = out->counts.changed = 0;
	} else if (!status) {
		in.batch.sha256 = in.sha256;
		in.batch.map_hash = map_hash;
		in.batch.path = in.name;
		status = ingest_new(&in, a, out, e);
	}
	intake_release(&in);
	return status;
}

/* Calendars date sales; what hangs on series comes after those that make them. */
static int rank_of(enum shape shape)
{
	return shape == SHAPE_CALENDAR ? 0 : shape == SHAPE_STORES || shape == SHAPE_ITEMS ? 1
		: shape == SHAPE_LONG || shape == SHAPE_WIDE_DAYS || shape == SHAPE_WIDE_SERIES
		  || shape == SHAPE_INVOICES ? 2 : 3;
}

static enum status look_at(struct waiting *f, const struct ingest_options *o, const struct map *m,
			   const char *path, const char *temp_dir, struct err *e)
{
	struct intake in = { .options = o, .map = m };
	enum status status = source_open(&f->source, path, temp_dir, e);
	if (!status) {
		in.source = f->source;
		in.name = source_name(f->source);
		status = find_delimiter(&in, e);
	}
	if (!status)
		status = sample(&in, 1, e);
	/* Among files with series those with sales first: they tell what there is. */
	f->rank = rank_of(in.layout.shape) * 2
		+ (!status && in.layout.shape == SHAPE_LONG && in.layout.at[ROLE_UNITS] < 0);
	arena_release(&in.arena);
	return status;
}

static int by_rank(const void *a, const void *b)
{
	const struct waiting *x = a, *y = b;
	return x->rank != y->rank ? x->rank - y->rank : x->place - y->place;
}

static enum status ingest_waiting(struct db *db, const struct ingest_options *o, const struct map *m,
				  struct waiting *file, int n, struct arena *a, struct ingest_result *out,
				  int *done, struct err *e)
{
	enum status status = o->dry ? db_begin(db, e) : OK;
	for (int k = 0; !status && k < n; k++) {
		status = ingest_one(db, o, m, file[k].source, a, &out[k], e);
		*done += !status;
	}
	if (o->dry)
		db_rollback(db);
	return status;
}

enum status ingest_files(struct db *db, const struct ingest_options *o, int n, const char *const *path,
			 struct arena *a, struct ingest_result *out, int *done, struct err *e)
{
	struct map m = { .given = 0 };
	struct waiting *file = NEW_ARRAY(struct waiting, n);
	char *temp_dir = folder_of(db_path(db));
	enum status status = o->map ? map_read(&m, o->map, e) : OK;
	*done = 0;
	for (int k = 0; !status && k < n; k++) {
		file[k].place = k;
		status = look_at(&file[k], o, &m, path[k], temp_dir, e);
	}
	if (!status) {
		qsort(file, (size_t)n, sizeof *file, by_rank);
		status = ingest_waiting(db, o, &m, file, n, a, out, done, e);
	}
	for (int k = 0; k < n; k++)
		source_close(file[k].source);
	map_release(&m);
	free(file);
	free(temp_dir);
	return status;
}
