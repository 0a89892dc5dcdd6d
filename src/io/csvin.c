/*
 * The libcsv door. libcsv hands over fields and row ends but no places, so lines are counted here:
 * each unquoted line end is reported (CSV_REPALL_NL), and quoted newlines are looked for only in
 * blocks that hold a quote at all.
 */
#include "config.h"
#include "io/csvin.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"

#define BLOCK 262144
#define FIELD_MAX (4 << 20) /* a longer field is a quote that someone forgot to close */

struct reader {
	const char *name;
	csv_seen *seen;
	void *context;
	struct err *e;
	enum status status;
	int64_t line, row_line; /* lines from 1 */
	int quotes;             /* this block may hold quoted newlines */
	int after_cr;           /* the last line end was a CR: an LF next belongs to it */
	int first;              /* no row was handed over yet */
	VEC(struct span) field; /* of the row; .at is set when it is whole, since text may move */
	char *text;             /* the row's fields, each with its NUL */
	size_t used, room;
};

static void count_newlines(struct reader *r, const char *text, size_t n)
{
	const char *end = text + n;
	for (const char *c = text; c < end; c++)
		if (*c == '\n' || (*c == '\r' && (c + 1 == end || c[1] != '\n')))
			r->line++;
}

static void take_field(void *bytes, size_t n, void *context)
{
	struct reader *r = context;
	if (r->status)
		return;
	if (!r->field.n)
		r->row_line = r->line;
	if (r->quotes)
		count_newlines(r, bytes, n);
	if (r->room < r->used + n + 1) {
		r->room = mem_room(r->room, r->used + n + 1);
		r->text = xrealloc(r->text, r->room);
	}
	if (n)
		memcpy(r->text + r->used, bytes, n);
	r->text[r->used + n] = '\0';
	if (r->field.n == r->field.room)
		VEC_RESERVE(&r->field, r->field.n + 1);
	r->field.at[r->field.n++].n = n;
	r->used += n + 1;
	r->after_cr = 0;
}

static void hand_over(struct reader *r)
{
	const char *at = r->text;
	for (size_t k = 0; k < r->field.n; k++) {
		r->field.at[k].at = at;
		at += r->field.at[k].n + 1;
	}
	struct csv_row row = { r->row_line, (int)r->field.n, r->field.at };
	r->field.n = r->used = 0;
	/* Excel's "sep=;" only tells the delimiter, which csvin_delimiter has read. */
	if (r->first && row.n && row.field[0].n <= 5 && !strncmp(row.field[0].at, "sep=", 4))
		return;
	r->first = 0;
	r->status = r->seen(r->context, &row, r->e);
}

static void take_end(int c, void *context)
{
	struct reader *r = context;
	if (r->status)
		return;
	if (r->field.n)
		hand_over(r);
	else if (c == '\n' && r->after_cr) {
		r->after_cr = 0;
		return;
	}
	r->after_cr = c == '\r';
	r->line++;
}

/* Parses one block; the block may end anywhere. */
static enum status parse_block(struct reader *r, struct csv_parser *p, const char *block, size_t n)
{
	const char *nul = memchr(block, '\0', n);
	size_t good = nul ? (size_t)(nul - block) : n;
	r->quotes = p->quoted || memchr(block, '"', good);
	if (csv_parse(p, block, good, take_field, take_end, r) != good && !r->status)
		return err_set(r->e, E_IO, "cannot read '%s': %s", r->name, csv_strerror(csv_error(p)));
	if (r->status)
		return r->status;
	if (nul)
		return err_set(r->e, E_INPUT, "%s:%lld: the line holds a NUL byte: this is no text file,"
			       " or a damaged one", r->name, (long long)r->line);
	if (p->entry_pos > FIELD_MAX)
		return err_set(r->e, E_INPUT, "%s:%lld: a field is longer than %d MB: a quote on or after"
			       " this line is not closed", r->name,
			       (long long)(r->field.n ? r->row_line : r->line), FIELD_MAX >> 20);
	return OK;
}

static enum status check_encoding(const char *name, const unsigned char *block, size_t n, struct err *e)
{
	if (n >= 2 && ((block[0] == 0xff && block[1] == 0xfe) || (block[0] == 0xfe && block[1] == 0xff)
		       || (block[0] && !block[1]) || (!block[0] && block[1])))
		return err_set(e, E_INPUT, "'%s' is UTF-16: save it as UTF-8 (in Excel, 'CSV UTF-8')", name);
	return OK;
}

static size_t mark_length(const char *block, size_t n)
{
	return n >= 3 && !memcmp(block, "\xef\xbb\xbf", 3) ? 3 : 0;
}

static enum status read_blocks(struct reader *r, struct source *s, struct csv_parser *p)
{
	char *block = xmalloc(BLOCK);
	size_t n = 0;
	int first = 1;
	enum status status = source_rewind(s, r->e);
	do {
		if (!status)
			status = source_read(s, block, BLOCK, &n, r->e);
		if (!status && first)
			status = check_encoding(r->name, (unsigned char *)block, n, r->e);
		size_t skip = first ? mark_length(block, n) : 0;
		if (!status && n)
			status = parse_block(r, p, block + skip, n - skip);
		first = 0;
	} while (!status && n);
	/* libcsv looks for an open quote at the end only when it is strict. */
	if (!status)
		csv_set_opts(p, (unsigned char)(csv_get_opts(p) | CSV_STRICT | CSV_STRICT_FINI));
	if (!status && csv_fini(p, take_field, take_end, r))
		status = err_set(r->e, E_INPUT, "%s:%lld: a quote that opens on this line is not closed"
				 " by the end of the file: the file is cut short or damaged", r->name,
				 (long long)(r->field.n ? r->row_line : r->line));
	if (!status)
		status = r->status;
	free(block);
	return status;
}

enum status csvin_read(struct source *s, char delimiter, csv_seen *seen, void *context, struct err *e)
{
	struct csv_parser p;
	struct err own = { 0 };
	struct reader r = { .name = source_name(s), .seen = seen, .context = context,
			    .e = e ? e : &own, .line = 1, .first = 1 };
	if (csv_init(&p, CSV_REPALL_NL))
		return err_set(e, E_IO, "cannot start libcsv");
	csv_set_delim(&p, (unsigned char)delimiter);
	r.e->text[0] = '\0';
	enum status status = read_blocks(&r, s, &p);
	csv_free(&p);
	free(r.text);
	VEC_FREE(&r.field);
	return status == E_STOPPED && !r.e->text[0] ? OK : status;
}

enum status csvin_delimiter(struct source *s, char *out, struct err *e)
{
	static const char candidate[] = ",;\t|";
	size_t count[4] = { 0 }, n = 0;
	char *block = xmalloc(BLOCK);
	enum status status = source_rewind(s, e);
	if (!status)
		status = source_read(s, block, BLOCK, &n, e);
	if (!status)
		status = check_encoding(source_name(s), (unsigned char *)block, n, e);
	if (!status && n == mark_length(block, n))
		status = err_set(e, E_INPUT, "'%s' is empty", source_name(s));
	size_t from = mark_length(block, n), best = 0;
	int quoted = 0, begun = 0;
	if (!status && n >= from + 5 && !memcmp(block + from, "sep=", 4)) {
		*out = block[from + 4];
		free(block);
		return OK;
	}
	for (size_t k = from; !status && k < n; k++) {
		const char *at = block[k] ? strchr(candidate, block[k]) : NULL;
		quoted ^= block[k] == '"';
		if (!quoted && begun && (block[k] == '\n' || block[k] == '\r'))
			break;
		begun |= block[k] != '\n' && block[k] != '\r';
		if (at && !quoted)
			count[at - candidate]++;
	}
	for (size_t k = 1; k < 4; k++)
		if (count[k] > count[best])
			best = k;
	*out = candidate[best];
	free(block);
	return status;
}
