/*
 * Rows to values. Most of a large file's time is spent here, so what rows have in common is looked up
 * once: a row's series is mostly that of the row before or the one after it, its date that of the row
 * before.
 */
#include "config.h"
#include "io/intake.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "io/db_catalog.h"

#define NAME_MAX_BYTES 255
#define VALUE_KEPT 120
#define UNITS_CHUNK (4u << 20)
#define OTHER_CHUNK (1u << 20)
#define UNITS_MAX 1e15

static const struct span empty = { "", 0 };

void intake_reject(struct intake *in, int64_t line, const char *field, const struct span *value,
		   const char *reason)
{
	in->counts.rejected++;
	if (in->reject.n >= REJECTS_KEPT)
		return;
	char *copy = arena_alloc(&in->arena, VALUE_KEPT + 1);
	if (value)
		memcpy(copy, value->at, value->n < VALUE_KEPT ? value->n : VALUE_KEPT);
	VEC_PUSH(&in->reject, (struct reject){ line, field ? arena_strdup(&in->arena, field) : NULL,
					       value ? copy : NULL, arena_strdup(&in->arena, reason) });
}

static const struct span *field_of(const struct csv_row *row, int column)
{
	return column >= 0 && column < row->n ? &row->field[column] : &empty;
}

static const char *header_of(const struct intake *in, int column)
{
	return column >= 0 ? in->layout.column[column].header : NULL;
}

static struct span trimmed(const struct span *s)
{
	struct span t = *s;
	while (t.n && (unsigned char)*t.at <= ' ') {
		t.at++;
		t.n--;
	}
	while (t.n && (unsigned char)t.at[t.n - 1] <= ' ')
		t.n--;
	return t;
}

/* Length of the UTF-8 sequence at c (RFC 3629), 0 = none. */
static size_t utf8_length(const unsigned char *c, const unsigned char *end)
{
	size_t n = c[0] < 0x80 ? 1 : c[0] >= 0xc2 && c[0] < 0xe0 ? 2 : (c[0] & 0xf0) == 0xe0 ? 3
		: c[0] >= 0xf0 && c[0] < 0xf5 ? 4 : 0;
	if (n > (size_t)(end - c))
		return 0;
	for (size_t k = 1; k < n; k++)
		if ((c[k] & 0xc0) != 0x80)
			return 0;
	return n;
}

/* Bytes that are no UTF-8 are taken for Latin-1, whose code points are Unicode's. */
static struct span in_utf8(struct intake *in, const struct span *s)
{
	const unsigned char *c = (const unsigned char *)s->at, *end = c + s->n;
	while (c < end) {
		size_t n = utf8_length(c, end);
		if (!n)
			break;
		c += n;
	}
	if (c == end)
		return *s;
	char *out = arena_alloc(&in->arena, 2 * s->n + 1), *at = out;
	for (size_t k = 0; k < s->n; k++) {
		unsigned char b = (unsigned char)s->at[k];
		if (b >= 0x80)
			*at++ = (char)(0xc0 | b >> 6);
		*at++ = (char)(b < 0x80 ? b : 0x80 | (b & 0x3f));
	}
	*at = '\0';
	in->latin1++;
	return (struct span){ out, (size_t)(at - out) };
}

const char *intake_text(struct intake *in, const struct csv_row *row, int column)
{
	struct span s = trimmed(field_of(row, column));
	s = in_utf8(in, &s);
	char *copy = arena_alloc(&in->arena, s.n + 1);
	memcpy(copy, s.at, s.n);
	return copy;
}

/* A name that can be a store's or item's; 0: the row was set aside. */
static int name_of(struct intake *in, const struct csv_row *row, int column, struct span *out)
{
	const struct span *field = field_of(row, column);
	*out = trimmed(field);
	*out = in_utf8(in, out);
	const char *reason = !out->n ? "is empty" : out->n > NAME_MAX_BYTES ? "is longer than 255 bytes"
		: NULL;
	if (reason)
		intake_reject(in, row->line, header_of(in, column), field, reason);
	return !reason;
}

int32_t intake_store(struct intake *in, const struct csv_row *row)
{
	struct span name;
	int column = in->layout.at[ROLE_STORE];
	if (column < 0)
		return in->store_here;
	return name_of(in, row, column, &name) ? roster_store_of(&in->roster, name.at, name.n) : -1;
}

int32_t intake_item(struct intake *in, const struct csv_row *row)
{
	struct span name;
	int column = in->layout.at[ROLE_ITEM];
	if (column < 0)
		return in->item_here;
	return name_of(in, row, column, &name) ? roster_item_of(&in->roster, name.at, name.n) : -1;
}

static int is_text(const char *name, const struct span *s)
{
	return !strcmp(name, s->at);
}

/* Is the row one of series k? */
static int is_series(const struct intake *in, const struct csv_row *row, int32_t k)
{
	const struct roster_series *s = &in->roster.series.at[k];
	int store = in->layout.at[ROLE_STORE], item = in->layout.at[ROLE_ITEM];
	if (item >= 0 ? !is_text(in->roster.item_name.name[s->item], &row->field[item])
		      : s->item != in->item_here)
		return 0;
	return store >= 0 ? is_text(in->roster.store_name.name[s->store], &row->field[store])
			  : s->store == in->store_here;
}

/* The series of a row, -1: it was set aside. */
static int32_t series_of(struct intake *in, const struct csv_row *row)
{
	for (int k = 0; k < 2; k++) {
		int32_t guess = in->guess + k;
		if (guess >= 0 && (size_t)guess < in->roster.series.n && is_series(in, row, guess))
			return in->guess = guess;
	}
	int32_t store = intake_store(in, row);
	int32_t item = store < 0 ? -1 : intake_item(in, row);
	if (item < 0)
		return -1;
	return in->guess = roster_series_of(&in->roster, store, item);
}

int intake_see_day(struct intake *in, day_t day)
{
	if (day < -DAY_BIAS || day >= DAY_BIAS)
		return 0;
	uint32_t bit = (uint32_t)(day + DAY_BIAS);
	in->day_seen[bit >> 3] |= (uint8_t)(1u << (bit & 7));
	if (in->counts.first == DAY_NONE || day < in->counts.first)
		in->counts.first = day;
	if (in->counts.last == DAY_NONE || day > in->counts.last)
		in->counts.last = day;
	return 1;
}

static const struct label *find_label(const struct intake *in, const char *text)
{
	size_t from = 0, to = in->n_label;
	while (from < to) {
		size_t middle = (from + to) / 2;
		int order = strcmp(in->label[middle].text, text);
		if (!order)
			return &in->label[middle];
		if (order < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return NULL;
}

/* Sales of a day that has not come when the file is known are a slip of the pen: they would move the
 * end of the whole panel. */
static int is_future(const struct intake *in, day_t day)
{
	return (in->units >= 0 || in->layout.shape == SHAPE_SUMS) && day > in->batch.known_day && in->date_form != DATE_NUMBER
		&& !(in->calendar_known && in->calendar.kind == PERIOD_NUMBER);
}

static int read_day(struct intake *in, const struct span *s, int is_label, struct date_cache *out)
{
	if (is_label) {
		const struct label *label = find_label(in, s->at);
		out->day = label ? label->from : DAY_NONE;
		out->until = label ? label->until : DAY_NONE;
	} else {
		out->day = out->until = date_read((enum date_form)in->date_form, s->at, s->n);
	}
	return out->day != DAY_NONE;
}

day_t intake_day(struct intake *in, const struct csv_row *row, enum role role, day_t *until)
{
	int column = in->layout.at[role];
	const struct span *s = field_of(row, column);
	if (s->n && s->n == in->date.n && !memcmp(s->at, in->date.text, s->n)) {
		if (until)
			*until = in->date.until;
		return in->date.day;
	}
	struct date_cache read = { .n = 0 };
	struct span text = trimmed(s);
	if (!read_day(in, &text, role == ROLE_WEEK_LABEL, &read)) {
		intake_reject(in, row->line, header_of(in, column), s, !s->n ? "is empty"
			      : role == ROLE_WEEK_LABEL ? "is not in the calendar" : "is no date");
		return DAY_NONE;
	}
	if (is_future(in, read.day) || !intake_see_day(in, read.day)) {
		intake_reject(in, row->line, header_of(in, column), s, "lies in the future");
		return DAY_NONE;
	}
	if (s->n < sizeof read.text) {
		memcpy(read.text, s->at, s->n);
		read.n = s->n;
		in->date = read;
	}
	if (until)
		*until = read.until;
	return read.day;
}

static int truth(const struct span *s, double *out)
{
	static const char *const yes[] = { "true", "yes", "y", "t", "ja", "x" };
	static const char *const no[] = { "false", "no", "n", "f", "nein" };
	char low[8];
	if (!s->n || s->n >= sizeof low)
		return 0;
	for (size_t k = 0; k < s->n; k++)
		low[k] = (char)(s->at[k] | 0x20);
	low[s->n] = '\0';
	for (size_t k = 0; k < sizeof yes / sizeof *yes; k++)
		if (!strcmp(low, yes[k]))
			return *out = 1, 1;
	for (size_t k = 0; k < sizeof no / sizeof *no; k++)
		if (!strcmp(low, no[k]))
			return *out = 0, 1;
	return 0;
}

int intake_number(struct intake *in, const struct csv_row *row, int column, double *out, int *bad)
{
	const struct span *s = field_of(row, column);
	*bad = 0;
	if (number_read(&in->number_form, s->at, s->n, out)) {
		if (fabs(*out) <= UNITS_MAX)
			return 1;
		intake_reject(in, row->line, header_of(in, column), s, "is beyond any quantity");
		*bad = 1;
		return 0;
	}
	struct span text = trimmed(s);
	if (number_is_missing(text.at, text.n))
		return 0;
	enum role role = in->layout.column[column].role;
	if ((role == ROLE_PROMO || role == ROLE_DRIVER || role == ROLE_CLOSED) && truth(&text, out))
		return 1;
	intake_reject(in, row->line, header_of(in, column), s, "is no number");
	*bad = 1;
	return 0;
}

int intake_measure(struct intake *in, enum role role, const char *name, int column)
{
	for (size_t k = 0; k < in->measure.n; k++)
		if (in->measure.at[k].role == role
		    && (role != ROLE_DRIVER || !strcmp(in->measure.at[k].name, name)))
			return (int)k;
	size_t chunk = role == ROLE_UNITS ? UNITS_CHUNK : OTHER_CHUNK;
	VEC_PUSH(&in->measure, (struct measure){ role, name, column, sorter_new(chunk, in->temp_dir) });
	return (int)in->measure.n - 1;
}

enum status intake_put(struct intake *in, int measure, int32_t series, day_t day, double value,
		       int64_t line, struct err *e)
{
	const struct measure *m = &in->measure.at[measure];
	int64_t id = in->roster.series.at[series].id;
	uint64_t key = m->role == ROLE_PRICE || m->role == ROLE_PROMO ? key_by_series(day, id)
								     : key_by_day(day, id);
	return sorter_add(m->sorter, key, value, line, e);
}

/* Is a column's day one that nobody can have sold on? Then its value is set aside. */
static int set_aside(struct intake *in, int64_t line, day_t day)
{
	char text[DAY_TEXT_MAX];
	if (!is_future(in, day))
		return 0;
	day_format(day, text);
	struct span value = { text, strlen(text) };
	intake_reject(in, line, "date", &value, "lies in the future");
	return 1;
}

/* Units of a series on a day, by the policy for returns. */
static enum status put_units(struct intake *in, int32_t series, day_t day, double units, int64_t line,
			     struct err *e)
{
	if (set_aside(in, line, day))
		return OK;
	in->zeros += units == 0;
	if (units < 0 && in->returns != RETURNS_KEPT_NET) {
		if (in->returns == RETURNS_KEPT_SEPARATE) {
			in->returned = intake_measure(in, ROLE_DRIVER, "returns", -1);
			enum status status = intake_put(in, in->returned, series, day, -units, line, e);
			if (status)
				return status;
		}
		units = 0;
	}
	return intake_put(in, in->units, series, day, units, line, e);
}

/* Attributes beside the sales: taken from the first row of a series in the file. */
static void take_attributes(struct intake *in, const struct csv_row *row, int32_t series)
{
	while (in->series_seen.n <= (size_t)series)
		VEC_PUSH(&in->series_seen, 0);
	if (in->series_seen.at[series])
		return;
	in->series_seen.at[series] = 1;
	const struct roster_series *s = &in->roster.series.at[series];
	for (int i = 0; i < in->layout.n; i++) {
		const struct map_column *c = &in->layout.column[i];
		int of_item = c->role == ROLE_ITEM_ATTRIBUTE;
		if (!of_item && c->role != ROLE_STORE_ATTRIBUTE)
			continue;
		const char *value = intake_text(in, row, i);
		if (*value)
			VEC_PUSH(&in->entry, (struct entry){ row->line, of_item ? -1 : s->store,
							     of_item ? s->item : -1, DAY_NONE, DAY_NONE,
							     c->name, value, 0, 0 });
	}
}

static int has_attributes(const struct intake *in)
{
	return in->layout.at[ROLE_ITEM_ATTRIBUTE] >= 0 || in->layout.at[ROLE_STORE_ATTRIBUTE] >= 0;
}

/* The other values of a long row. One that cannot be read is set aside; the row's units stay. */
static enum status put_others(struct intake *in, const struct csv_row *row, int32_t series, day_t day,
			      struct err *e)
{
	enum status status = OK;
	for (size_t k = 0; !status && k < in->measure.n; k++) {
		double value;
		int bad, column = in->measure.at[k].column;
		if ((int)k == in->units || column < 0)
			continue;
		if (!intake_number(in, row, column, &value, &bad))
			continue;
		if ((int)k == in->promo && value == 0)
			value = (double)NAN;
		else if ((int)k == in->promo)
			value = 0;
		status = intake_put(in, (int)k, series, day, value, row->line, e);
	}
	return status;
}

static enum status long_row(struct intake *in, const struct csv_row *row, struct err *e)
{
	double units = 0;
	int bad = 0;
	in->counts.rows++;
	enum role dated = in->layout.at[ROLE_DATE] >= 0 ? ROLE_DATE : ROLE_WEEK_LABEL;
	day_t day = intake_day(in, row, dated, NULL);
	if (day == DAY_NONE)
		return OK;
	int column = in->layout.at[ROLE_UNITS];
	if (in->units >= 0 && !intake_number(in, row, column, &units, &bad)) {
		if (!bad)
			intake_reject(in, row->line, header_of(in, column), field_of(row, column),
				      "is missing");
		return OK;
	}
	int32_t series = series_of(in, row);
	if (series < 0)
		return OK;
	enum status status = OK;
	if (in->units >= 0)
		status = put_units(in, series, day, units, row->line, e);
	if (!status && in->measure.n > 1 - (in->units < 0))
		status = put_others(in, row, series, day, e);
	if (!status && has_attributes(in))
		take_attributes(in, row, series);
	return status;
}

/* One row a series, one column a day. Empty cells are days without a value. */
static enum status wide_days_row(struct intake *in, const struct csv_row *row, struct err *e)
{
	int32_t series = series_of(in, row);
	enum status status = OK;
	if (series < 0) {
		in->counts.rows++;
		return OK;
	}
	for (int i = 0; !status && i < in->layout.n; i++) {
		double units;
		int bad;
		if (in->layout.column[i].role != ROLE_CELL)
			continue;
		int there = intake_number(in, row, i, &units, &bad);
		in->counts.rows += there || bad;
		if (there)
			status = put_units(in, series, in->layout.column[i].day, units, row->line, e);
	}
	if (!status && has_attributes(in))
		take_attributes(in, row, series);
	return status;
}

/* Sales of a node on a day. */
static void put_sum(struct intake *in, int64_t line, const char *node, day_t day, double units)
{
	if (!set_aside(in, line, day))
		VEC_PUSH(&in->entry, (struct entry){ line, -1, -1, day, day, node, NULL, units, 0 });
}

/* Why a text names no node, or NULL. */
static const char *node_trouble(const char *text)
{
	int n = 1;
	if (!*text)
		return "is empty";
	for (const char *at = text; *at; at++) {
		int separates = *at == '/' || *at == '|';
		n += separates;
		if (separates && (at == text || !at[1] || at[1] == '/' || at[1] == '|'))
			return "has an empty part";
	}
	return n > NODE_PARTS ? "has too many parts" : NULL;
}

/* Sales of a node: one row with a column a day, or one row a day. */
static void sums_row(struct intake *in, const struct csv_row *row)
{
	const struct layout *l = &in->layout;
	const char *node = intake_text(in, row, l->at[ROLE_NODE]), *trouble = node_trouble(node);
	int dated = l->at[ROLE_DATE] >= 0, bad;
	double units;
	in->counts.rows += dated || trouble;
	if (trouble) {
		intake_reject(in, row->line, l->column[l->at[ROLE_NODE]].header,
			      field_of(row, l->at[ROLE_NODE]), trouble);
		return;
	}
	if (dated) {
		day_t day = intake_day(in, row, ROLE_DATE, NULL);
		if (day != DAY_NONE && intake_number(in, row, l->at[ROLE_UNITS], &units, &bad))
			put_sum(in, row->line, node, day, units);
	}
	for (int i = 0; !dated && i < l->n; i++) {
		if (l->column[i].role != ROLE_CELL)
			continue;
		int there = intake_number(in, row, i, &units, &bad);
		in->counts.rows += there || bad;
		if (there)
			put_sum(in, row->line, node, l->column[i].day, units);
	}
}

/* One row a day, one column a series. */
static enum status wide_series_row(struct intake *in, const struct csv_row *row, struct err *e)
{
	day_t day = intake_day(in, row, ROLE_DATE, NULL);
	enum status status = OK;
	if (day == DAY_NONE)
		in->counts.rows++;
	for (int i = 0; !status && day != DAY_NONE && i < in->layout.n; i++) {
		const struct map_column *c = &in->layout.column[i];
		double value;
		int bad;
		if (c->role != ROLE_CELL)
			continue;
		int there = intake_number(in, row, i, &value, &bad);
		in->counts.rows += c->cell == ROLE_UNITS && (there || bad);
		if (!there)
			continue;
		if (c->cell == ROLE_UNITS)
			status = put_units(in, in->cell_series[i], day, value, row->line, e);
		else if (c->cell == ROLE_PROMO)
			status = intake_put(in, in->promo, in->cell_series[i], day,
					    value == 0 ? (double)NAN : 0, row->line, e);
		else
			status = intake_put(in, in->price, in->cell_series[i], day, value, row->line, e);
	}
	return status;
}

enum status intake_row(struct intake *in, const struct csv_row *row, struct err *e)
{
	switch (in->layout.shape) {
	case SHAPE_WIDE_DAYS:
		return wide_days_row(in, row, e);
	case SHAPE_WIDE_SERIES:
		return wide_series_row(in, row, e);
	case SHAPE_INVOICES:
		return intake_invoice(in, row, e);
	case SHAPE_LONG:
		return long_row(in, row, e);
	case SHAPE_SUMS:
		sums_row(in, row);
		return OK;
	default:
		intake_entry(in, row);
		return OK;
	}
}

/* Days of the columns of a wide file; d_1 and its like by the calendar's labels. */
static enum status date_cells(struct intake *in, struct err *e)
{
	const struct layout *l = &in->layout;
	const char *lacking = NULL;
	int n = 0;
	for (int i = 0; i < l->n; i++) {
		struct map_column *c = &l->column[i];
		if (c->role != ROLE_CELL)
			continue;
		if (c->day == DAY_NONE) {
			const struct label *label = find_label(in, c->header);
			c->day = label ? label->from : DAY_NONE;
			lacking = label || lacking ? lacking : c->header;
			n += !label;
		}
		if (c->day != DAY_NONE && !is_future(in, c->day) && !intake_see_day(in, c->day))
			return err_set(e, E_INPUT, "'%s': column '%s' lies beyond any calendar", in->name,
				       c->header);
	}
	if (lacking)
		return err_set(e, E_INPUT, "'%s': %d columns (the first is '%s') are days without a date:"
			       " ingest the calendar that dates them first, or in the same call", in->name, n,
			       lacking);
	return OK;
}

static void name_cells(struct intake *in)
{
	const struct layout *l = &in->layout;
	in->cell_series = ARENA_ARRAY(&in->arena, int32_t, l->n + 1);
	for (int i = 0; i < l->n; i++) {
		const struct map_column *c = &l->column[i];
		if (c->role != ROLE_CELL)
			continue;
		if (c->cell == ROLE_PROMO)
			in->promo = intake_measure(in, ROLE_PROMO, NULL, -1);
		else if (c->cell == ROLE_PRICE)
			in->price = intake_measure(in, ROLE_PRICE, NULL, -1);
		struct span item = { c->name, strlen(c->name) };
		item = in_utf8(in, &item);
		in->cell_series[i] = roster_series_of(&in->roster, in->store_here,
						      roster_item_of(&in->roster, item.at, item.n));
	}
}

/* A measure for each column of a long file that holds values. */
static void find_measures(struct intake *in)
{
	static const enum role single[] = { ROLE_UNITS, ROLE_PRICE, ROLE_PROMO, ROLE_ON_HAND,
					    ROLE_ON_ORDER, ROLE_HOURS_OUT };
	int *place[] = { &in->units, &in->price, &in->promo, &in->on_hand, &in->on_order,
			 &in->hours_out };
	const struct layout *l = &in->layout;
	for (size_t k = 0; k < sizeof single / sizeof *single; k++)
		if (l->at[single[k]] >= 0)
			*place[k] = intake_measure(in, single[k], NULL, l->at[single[k]]);
	for (int i = 0; i < l->n; i++)
		if (l->column[i].role == ROLE_DRIVER)
			intake_measure(in, ROLE_DRIVER, l->column[i].name, i);
}

enum status intake_prepare(struct intake *in, struct err *e)
{
	const struct layout *l = &in->layout;
	const char *store = map_file_value(in->map, "store");
	int with_series = l->shape == SHAPE_LONG || l->shape == SHAPE_WIDE_DAYS
		|| l->shape == SHAPE_WIDE_SERIES || l->shape == SHAPE_INVOICES;
	in->store_here = in->item_here = in->guess = -1;
	store = store ? store : "all";
	if (with_series && l->at[ROLE_STORE] < 0)
		in->store_here = roster_store_of(&in->roster, store, strlen(store));
	if (with_series && l->at[ROLE_ITEM] < 0 && l->shape != SHAPE_WIDE_SERIES)
		in->item_here = roster_item_of(&in->roster, "all", 3);
	if (l->shape == SHAPE_LONG)
		find_measures(in);
	else if (with_series)
		in->units = intake_measure(in, ROLE_UNITS, NULL, -1);
	if (l->shape == SHAPE_INVOICES && l->at[ROLE_PRICE] >= 0)
		in->price = intake_measure(in, ROLE_PRICE, NULL, -1);
	if (l->shape == SHAPE_WIDE_SERIES)
		name_cells(in);
	return l->shape == SHAPE_WIDE_DAYS || l->shape == SHAPE_SUMS ? date_cells(in, e) : OK;
}
