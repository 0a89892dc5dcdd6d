/*
 * The small tables: calendars, events, closures, promotions, listings, items, stores, sums. Their rows
 * become entries while the file is read and are written when all of it was good.
 */
#include "config.h"
#include "io/intake.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include "io/db_catalog.h"

static int has(const struct intake *in, enum role role)
{
	return in->layout.at[role] >= 0;
}

/* A store or item of a small table: "", "*" and "all" mean every one. 0: the row was set aside. */
static int key_of(struct intake *in, const struct csv_row *row, enum role role, int32_t *out)
{
	int column = in->layout.at[role];
	const char *text = intake_text(in, row, column);
	*out = -1;
	if (!*text || !strcmp(text, "*") || !strcmp(text, "all"))
		return 1;
	*out = role == ROLE_STORE ? intake_store(in, row) : intake_item(in, row);
	return *out >= 0;
}

/* Days from..to, or one day. 0: the row was set aside. */
static int span_of(struct intake *in, const struct csv_row *row, struct entry *out)
{
	enum role from = has(in, ROLE_FROM) ? ROLE_FROM : ROLE_DATE;
	out->from = intake_day(in, row, from, NULL);
	out->until = from == ROLE_FROM ? DAY_NONE : out->from;
	if (out->from == DAY_NONE)
		return 0;
	int to = in->layout.at[ROLE_TO];
	if (to < 0 || !*intake_text(in, row, to))
		return 1;
	out->until = intake_day(in, row, ROLE_TO, NULL);
	if (out->until != DAY_NONE && out->until < out->from) {
		intake_reject(in, row->line, in->layout.column[to].header, &row->field[to],
			      "lies before the first day");
		return 0;
	}
	return out->until != DAY_NONE;
}

/* A label, and the days from..until that bear it: all days of a week have the week's. */
static void take_label(struct intake *in, int64_t line, day_t day, const char *text)
{
	size_t known = in->label_name.n;
	if (!*text)
		return;
	int32_t k = symtab_intern(&in->label_name, text, strlen(text));
	if ((size_t)k == known) {
		VEC_PUSH(&in->label_entry, in->entry.n);
		VEC_PUSH(&in->entry, (struct entry){ line, -1, ENTRY_LABEL, day, day, text, NULL, 0, 0 });
	}
	struct entry *entry = &in->entry.at[in->label_entry.at[k]];
	entry->from = day < entry->from ? day : entry->from;
	entry->until = day > entry->until ? day : entry->until;
}

/* One day of a calendar: its labels, up to two events, its drivers. */
static void calendar_row(struct intake *in, const struct csv_row *row)
{
	static const enum role name[] = { ROLE_NAME, ROLE_NAME_2 }, type[] = { ROLE_TYPE, ROLE_TYPE_2 };
	const struct layout *l = &in->layout;
	struct entry entry = { .line = row->line, .store = -1, .item = -1 };
	entry.from = entry.until = intake_day(in, row, ROLE_DATE, NULL);
	if (entry.from == DAY_NONE)
		return;
	take_label(in, row->line, entry.from, intake_text(in, row, l->at[ROLE_LABEL]));
	take_label(in, row->line, entry.from, intake_text(in, row, l->at[ROLE_WEEK_LABEL]));
	for (int k = 0; k < 2; k++) {
		entry.name = intake_text(in, row, l->at[name[k]]);
		entry.type = intake_text(in, row, l->at[type[k]]);
		if (*entry.name)
			VEC_PUSH(&in->entry, entry);
	}
	for (int i = 0; i < l->n; i++) {
		int bad;
		entry.item = ENTRY_DRIVER;
		entry.name = l->column[i].name;
		if (l->column[i].role == ROLE_DRIVER && intake_number(in, row, i, &entry.value, &bad))
			VEC_PUSH(&in->entry, entry);
	}
}

static void event_row(struct intake *in, const struct csv_row *row)
{
	struct entry entry = { .line = row->line, .item = -1 };
	double closed = in->layout.shape == SHAPE_CLOSURES;
	int bad = 0;
	if (!key_of(in, row, ROLE_STORE, &entry.store) || !span_of(in, row, &entry))
		return;
	if (entry.until == DAY_NONE)
		entry.until = entry.from;
	if (has(in, ROLE_CLOSED) && !intake_number(in, row, in->layout.at[ROLE_CLOSED], &closed, &bad)
	    && bad)
		return;
	entry.closed = closed != 0;
	entry.name = intake_text(in, row, in->layout.at[ROLE_NAME]);
	entry.type = intake_text(in, row, in->layout.at[ROLE_TYPE]);
	if (in->layout.shape == SHAPE_CLOSURES) {
		if (!entry.closed)
			return;
		entry.name = *entry.name ? entry.name : "closed";
	}
	if (!*entry.name) {
		intake_reject(in, row->line, in->layout.column[in->layout.at[ROLE_NAME]].header, NULL,
			      "is empty");
		return;
	}
	if (entry.until - entry.from > 3660) {
		intake_reject(in, row->line, NULL, NULL, "spans more than ten years");
		return;
	}
	VEC_PUSH(&in->entry, entry);
}

/* A promotion or a listing: store, item, from, to. */
static void series_row(struct intake *in, const struct csv_row *row)
{
	struct entry entry = { .line = row->line, .value = (double)NAN };
	int bad = 0;
	if (!key_of(in, row, ROLE_STORE, &entry.store) || !key_of(in, row, ROLE_ITEM, &entry.item)
	    || !span_of(in, row, &entry))
		return;
	if (in->layout.shape == SHAPE_PROMOTIONS) {
		if (entry.until == DAY_NONE) {
			intake_reject(in, row->line, NULL, NULL, "has no last day");
			return;
		}
		if (has(in, ROLE_DEPTH)
		    && !intake_number(in, row, in->layout.at[ROLE_DEPTH], &entry.value, &bad)) {
			entry.value = (double)NAN;
			if (bad)
				return;
		}
		entry.name = intake_text(in, row, in->layout.at[ROLE_MECHANIC]);
	}
	/* A pair that is named is a series, sold or not; "every store" means those that have it. */
	if (entry.store >= 0 && entry.item >= 0)
		roster_series_of(&in->roster, entry.store, entry.item);
	VEC_PUSH(&in->entry, entry);
}

/* An item or a store with its attributes and costs. */
static void catalogue_row(struct intake *in, const struct csv_row *row)
{
	const struct layout *l = &in->layout;
	struct entry entry = { .line = row->line, .store = -1, .item = -1 };
	if (l->shape == SHAPE_ITEMS)
		entry.item = intake_item(in, row);
	else
		entry.store = intake_store(in, row);
	if (entry.item < 0 && entry.store < 0)
		return;
	for (int i = 0; i < l->n; i++) {
		const struct map_column *c = &l->column[i];
		int bad;
		entry.name = c->name;
		entry.type = NULL;
		if (c->role == ROLE_ITEM_ATTRIBUTE || c->role == ROLE_STORE_ATTRIBUTE)
			entry.type = intake_text(in, row, i);
		else if (c->role != ROLE_COST || !intake_number(in, row, i, &entry.value, &bad))
			continue;
		VEC_PUSH(&in->entry, entry);
	}
}

void intake_entry(struct intake *in, const struct csv_row *row)
{
	in->counts.rows++;
	switch (in->layout.shape) {
	case SHAPE_CALENDAR:
		calendar_row(in, row);
		break;
	case SHAPE_EVENTS:
	case SHAPE_CLOSURES:
		event_row(in, row);
		break;
	case SHAPE_PROMOTIONS:
	case SHAPE_ASSORTMENT:
		series_row(in, row);
		break;
	default:
		catalogue_row(in, row);
		break;
	}
}

/* Rows told by the first entry that each made; what follows from the same row is not counted again. */
struct line_count {
	int64_t line;
	struct ingest_counts row;
};

static void count_line(struct ingest_counts *total, struct line_count *c, int64_t line)
{
	if (c->line && c->line != line) {
		if (c->row.fresh)
			total->fresh++;
		else if (c->row.changed)
			total->changed++;
		else
			total->same++;
		memset(&c->row, 0, sizeof c->row);
	}
	c->line = line;
}

/* Each series that an entry means. */
static void write_series(struct intake *in, struct fact_writer *w, const struct entry *entry,
			 struct ingest_counts *c)
{
	for (size_t k = 0; k < in->roster.series.n; k++) {
		const struct roster_series *s = &in->roster.series.at[k];
		if ((entry->store >= 0 && s->store != entry->store)
		    || (entry->item >= 0 && s->item != entry->item))
			continue;
		if (in->layout.shape == SHAPE_PROMOTIONS)
			fact_promotion(w, s->id, entry->from, entry->until, entry->name, entry->value, c);
		else
			fact_listing(w, s->id, entry->from, entry->until, c);
	}
}

static void write_entry(struct intake *in, struct fact_writer *w, size_t k, struct ingest_counts *c)
{
	const struct entry *entry = &in->entry.at[k];
	int64_t store = entry->store >= 0 ? in->roster.store.at[entry->store].id : 0;
	switch (in->layout.shape) {
	case SHAPE_CALENDAR:
		if (entry->item == ENTRY_LABEL)
			fact_label(w, entry->name, entry->from, entry->until, c);
		else if (entry->item == ENTRY_DRIVER)
			fact_driver(w, entry->name, entry->from, 0, entry->value, c);
		else
			fact_event(w, entry->from, 0, entry->name, *entry->type ? entry->type : "user", 0, c);
		break;
	case SHAPE_EVENTS:
	case SHAPE_CLOSURES:
		for (day_t day = entry->from; day <= entry->until; day++)
			fact_event(w, day, store, entry->name, *entry->type ? entry->type : "user",
				   entry->closed, c);
		break;
	case SHAPE_PROMOTIONS:
	case SHAPE_ASSORTMENT:
		if (entry->store >= 0 && entry->item >= 0) {
			int32_t s = roster_series_of(&in->roster, entry->store, entry->item);
			int64_t id = in->roster.series.at[s].id;
			if (in->layout.shape == SHAPE_PROMOTIONS)
				fact_promotion(w, id, entry->from, entry->until, entry->name, entry->value, c);
			else
				fact_listing(w, id, entry->from, entry->until, c);
		} else {
			write_series(in, w, entry, c);
		}
		break;
	case SHAPE_SUMS:
		fact_node(w, entry->name, entry->from, entry->value, c);
		break;
	default:
		if (!entry->type)
			fact_cost(w, in->roster.item.at[entry->item], entry->name, entry->value, c);
		else if (entry->item >= 0)
			fact_attribute(w, "item", in->roster.item.at[entry->item], entry->name, entry->type,
				       c);
		else
			fact_attribute(w, "store", store, entry->name, entry->type, c);
	}
}

void intake_write_entries(struct intake *in, struct fact_writer *w)
{
	enum shape shape = in->layout.shape;
	int counted = shape != SHAPE_SUMS && shape != SHAPE_LONG && shape != SHAPE_WIDE_DAYS && shape != SHAPE_WIDE_SERIES
		&& shape != SHAPE_INVOICES;
	struct line_count line = { 0 };
	for (size_t k = 0; k < in->entry.n; k++) {
		count_line(&in->counts, &line, counted ? in->entry.at[k].line : 0);
		write_entry(in, w, k, shape == SHAPE_SUMS ? &in->counts : &line.row);
	}
	count_line(&in->counts, &line, -1);
	if (shape == SHAPE_CALENDAR || shape == SHAPE_EVENTS || shape == SHAPE_CLOSURES) {
		const char *slash = strrchr(in->name, '/');
		if (in->counts.first != DAY_NONE)
			fact_span(w, slash ? slash + 1 : in->name, in->counts.first, in->counts.last);
	}
}
