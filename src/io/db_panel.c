/*
 * Panels out of the db. The sales table lies by (day, series); ids ascend within a day, so the place
 * of a row is found by walking a sorted list of ids beside it, and a whole panel is one scan. One
 * store is a key range on each day.
 */
#include "config.h"
#include "io/db_panel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/symtab.h"
#include "io/db_driver.h"
#include "io/db_private.h"

/* Bases of states that a check reads off what came before and after the day (quality/state.h). Where
 * it saw beyond the day asked for, they are left out: what was not known then is not shown. */
#define WITH_HINDSIGHT "'weekday','holiday','annual','empty','long'"

/* Where each id of the panel has its values. */
struct place {
	int64_t id;
	int32_t series; /* index in the panel */
};

struct load {
	struct db *db;
	const struct panel_request *request;
	struct arena arena;
	struct catalog_series *catalog; /* [n] of the panel */
	int n;
	struct calendar calendar;
	period_t until;
	int hindsight;       /* states of days were settled by a check that saw more than as_of */
	struct place *place; /* [n] by id */
	int64_t *begin;
	period_t *first;
	double *units;
	uint8_t *state;
	int32_t *listing_begin; /* [n+1], or NULL */
	struct listing *listing;
	day_t day;         /* of the row in hand */
	period_t period;
	int at;            /* place in `place` up to which the day's ids were walked */
};

int db_month(const struct calendar *c, day_t day)
{
	struct calendar months = { PERIOD_MONTH, 0 };
	return c->kind == PERIOD_NUMBER ? day >> 5 : period_of_day(&months, day);
}

enum status db_sales_span(struct db *db, day_t as_of, day_t *first, day_t *last, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, db, "SELECT (SELECT min(day) FROM sales WHERE day <= ?1),"
				       " (SELECT max(day) FROM sales WHERE day <= ?1)", e);
	if (status)
		return status;
	stmt_int(&s, 1, as_of == DAY_NONE ? INT32_MAX : as_of);
	*first = *last = DAY_NONE;
	if (stmt_step(&s) && !isnan(stmt_get_double(&s, 0))) {
		*first = (day_t)stmt_get_int(&s, 0);
		*last = (day_t)stmt_get_int(&s, 1);
	}
	return stmt_close(&s, e);
}

/* Offset of series i's value for a day, or -1 when it lies outside of what the panel shows. */
static int64_t cell(const struct load *l, int i, day_t day)
{
	period_t p = period_of_day(&l->calendar, day);
	if (p < l->first[i] || p > l->until)
		return -1;
	return l->begin[i] + (p - l->first[i]);
}

static int by_id(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	return x->id < y->id ? -1 : x->id > y->id;
}

static int find_place(const struct load *l, int64_t id)
{
	struct place key = { id, 0 };
	const struct place *p = bsearch(&key, l->place, (size_t)l->n, sizeof key, by_id);
	return p ? p->series : -1;
}

/* Period of a series' first value. Who is listed but has not sold yet has none, unless a day without a row
 * is known to be one without a sale. */
static period_t first_period(const struct load *l, const struct catalog_series *s, day_t end)
{
	if (s->rows && s->first <= end)
		return period_of_day(&l->calendar, s->first);
	if (l->request->gaps == GAP_ZERO && s->listed_from <= end)
		return period_of_day(&l->calendar, s->listed_from);
	return l->until + 1;
}

/* Series that have begun by the end or are listed after it, their offsets, and columns filled by the gap policy. */
static enum status lay_out(struct load *l, struct err *e)
{
	const struct panel_request *r = l->request;
	day_t feed_first, feed_last;
	int known;
	enum status status = db_calendar(l->db, &l->calendar, &known, e);
	if (!status)
		status = db_sales_span(l->db, r->as_of, &feed_first, &feed_last, e);
	if (!status && feed_last == DAY_NONE)
		status = err_set(e, E_INPUT, "'%s' holds no sales%s", db_path(l->db),
				 r->as_of == DAY_NONE ? "" : " up to that day");
	int n_all = 0;
	if (!status)
		status = db_series(l->db, r->store, &l->arena, &l->catalog, &n_all, e);
	if (status)
		return status;
	l->until = period_of_day(&l->calendar, feed_last);
	const char *settled = db_meta(l->db, "states_until", &l->arena);
	l->hindsight = r->as_of != DAY_NONE && settled && atoi(settled) > r->as_of;
	for (int i = 0; i < n_all; i++)
		if (catalog_in_panel(&l->catalog[i], feed_last))
			l->catalog[l->n++] = l->catalog[i];
	l->place = NEW_ARRAY(struct place, l->n);
	l->begin = NEW_ARRAY(int64_t, l->n + 1);
	l->first = NEW_ARRAY(period_t, l->n);
	for (int i = 0; i < l->n; i++) {
		l->place[i] = (struct place){ l->catalog[i].id, i };
		l->first[i] = first_period(l, &l->catalog[i], feed_last);
		l->begin[i + 1] = l->begin[i] + l->until - l->first[i] + 1;
	}
	qsort(l->place, (size_t)l->n, sizeof *l->place, by_id);
	size_t cells = (size_t)l->begin[l->n];
	l->units = xmalloc(cells * sizeof *l->units);
	l->state = xmalloc(cells + 1);
	for (size_t k = 0; k < cells; k++)
		l->units[k] = r->gaps == GAP_ZERO ? 0 : (double)NAN;
	memset(l->state, r->gaps == GAP_ZERO ? DAY_ZERO : DAY_MISSING, cells);
	return OK;
}

static void put(struct load *l, int64_t at, double units)
{
	if (units < 0 && l->request->returns == RETURNS_FLOOR)
		units = 0;
	l->units[at] = units;
	l->state[at] = units == 0 ? DAY_ZERO : DAY_SOLD;
}

/* Takes one row of sales; ids ascend within a day, so the place is found by walking beside them. */
static void take_row(void *context, int64_t row_day, int64_t id, double units)
{
	struct load *l = context;
	day_t day = (day_t)row_day;
	if (day != l->day) {
		l->day = day;
		l->period = period_of_day(&l->calendar, day);
		l->at = 0;
	}
	while (l->at < l->n && l->place[l->at].id < id)
		l->at++;
	if (l->at == l->n || l->place[l->at].id != id)
		return;
	int i = l->place[l->at].series;
	if (l->period >= l->first[i])
		put(l, l->begin[i] + (l->period - l->first[i]), units);
}

/* All stores: one scan of the table. */
static enum status read_all(struct load *l, struct err *e)
{
	struct stmt s;
	enum status status = db_collect(l->db, take_row, l, e);
	if (!status)
		status = stmt_open(&s, l->db, "SELECT collect(day, series, units) FROM sales"
				   " WHERE day <= ?1", e);
	if (status)
		return status;
	stmt_int(&s, 1, l->request->as_of == DAY_NONE ? INT32_MAX : l->request->as_of);
	stmt_run(&s);
	return stmt_close(&s, e);
}

/* One store: a key range on each period of its life. */
static enum status read_store(struct load *l, struct err *e)
{
	struct stmt s;
	if (!l->n)
		return OK;
	enum status status = db_collect(l->db, take_row, l, e);
	if (!status)
		status = stmt_open(&s, l->db, "SELECT collect(day, series, units) FROM sales"
				   " WHERE day = ?1 AND series BETWEEN ?2 AND ?3", e);
	if (status)
		return status;
	period_t first = l->first[0];
	for (int i = 1; i < l->n; i++)
		first = l->first[i] < first ? l->first[i] : first;
	for (period_t p = first; p <= l->until; p++) {
		stmt_int(&s, 1, period_start(&l->calendar, p));
		stmt_int(&s, 2, l->place[0].id);
		stmt_int(&s, 3, l->place[l->n - 1].id);
		stmt_run(&s);
	}
	return stmt_close(&s, e);
}

/*
 * What was corrected after `as_of` is shown as it was believed then: the old value of the earliest
 * correction that was still to come.
 */
static enum status undo_later_corrections(struct load *l, struct err *e)
{
	struct stmt s;
	if (l->request->as_of == DAY_NONE)
		return OK;
	enum status status = stmt_open(&s, l->db, "SELECT day, series, units FROM sales_history"
				       " WHERE known_until > ?1 AND day <= ?1"
				       " ORDER BY day, series, known_until DESC, batch DESC", e);
	if (status)
		return status;
	stmt_int(&s, 1, l->request->as_of);
	while (stmt_step(&s)) {
		int i = find_place(l, stmt_get_int(&s, 1));
		int64_t at = i < 0 ? -1 : cell(l, i, (day_t)stmt_get_int(&s, 0));
		double units = stmt_get_double(&s, 2);
		if (at < 0)
			continue;
		if (isnan(units)) {
			l->units[at] = l->request->gaps == GAP_ZERO ? 0 : (double)NAN;
			l->state[at] = l->request->gaps == GAP_ZERO ? DAY_ZERO : DAY_MISSING;
		} else {
			put(l, at, units);
		}
	}
	return stmt_close(&s, e);
}

/* A store's day that is said to be missing keeps the rows that came later; a value in quarantine is
 * said to be missing because of its row. */
static void set_state(struct load *l, int64_t at, const char *name, int keep_rows)
{
	for (int k = DAY_MISSING; k < N_DAY_STATE; k++) {
		if (strcmp(name, day_state_name((enum day_state)k)))
			continue;
		if (k == DAY_MISSING && keep_rows && l->state[at] <= DAY_ZERO
		    && l->request->gaps == GAP_MISSING)
			return;
		l->state[at] = (uint8_t)k;
		if (k == DAY_MISSING || k == DAY_NOFEED)
			l->units[at] = (double)NAN;
		else if (isnan(l->units[at]))
			l->units[at] = 0;
	}
}

/* Days on which a whole store was closed or sent nothing. */
static enum status apply_store_days(struct load *l, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, l->db, "SELECT store, day, state FROM store_day"
				       " WHERE NOT (?1 AND basis IN (" WITH_HINDSIGHT "))"
				       " ORDER BY store, day", e);
	if (status)
		return status;
	stmt_int(&s, 1, l->hindsight);
	while (stmt_step(&s)) {
		int64_t low = stmt_get_int(&s, 0) * SERIES_PER_STORE;
		day_t day = (day_t)stmt_get_int(&s, 1);
		int from = 0, to = l->n;
		while (from < to) {
			int middle = from + (to - from) / 2;
			if (l->place[middle].id < low)
				from = middle + 1;
			else
				to = middle;
		}
		for (; from < l->n && l->place[from].id < low + SERIES_PER_STORE; from++) {
			int64_t at = cell(l, l->place[from].series, day);
			if (at >= 0)
				set_state(l, at, stmt_get_text(&s, 2), 1);
		}
	}
	return stmt_close(&s, e);
}

/* Periods looked back for what a store usually sells; units that tell it; the share that is nothing: as
 * quality/state.h has them for days on which rows came, but nothing was sold. */
#define USUAL_PERIODS 56
#define USUAL_LEAST 20.0
#define QUIET_SHARE 0.01

/* Closes the periods of some series of one store on which it sold nothing against what was usual before. */
static void close_quiet(struct load *l, int from, int to, double *total)
{
	period_t first = l->until;
	for (int i = from; i < to; i++)
		first = l->first[i] < first ? l->first[i] : first;
	int n = l->until - first + 1, open = 0;
	double recent[USUAL_PERIODS], sum = 0;
	for (int t = 0; t < n; t++)
		total[t] = NAN;
	for (int i = from; i < to; i++)
		for (int64_t k = l->begin[i]; k < l->begin[i + 1]; k++) {
			double *day = &total[l->first[i] - first + (k - l->begin[i])];
			if (!isnan(l->units[k]))
				*day = (isnan(*day) ? 0 : *day) + l->units[k];
		}
	for (int t = 0; t < n; t++) {
		int known = open < USUAL_PERIODS ? open : USUAL_PERIODS;
		double usual = known ? sum / known : 0;
		if (isnan(total[t]))
			continue;
		if (usual >= USUAL_LEAST && total[t] <= QUIET_SHARE * usual) {
			for (int i = from; i < to; i++)
				if (l->first[i] <= first + t)
					l->state[l->begin[i] + (first + t - l->first[i])] = DAY_CLOSED;
			continue;
		}
		double *slot = &recent[open % USUAL_PERIODS];
		sum += total[t] - (open >= USUAL_PERIODS ? *slot : 0);
		*slot = total[t];
		open++;
	}
}

/*
 * What the last check says of days without sales, it says with the days after them in sight. Where more
 * was known to it than is asked for, such days are told anew, each from the days before it alone.
 */
static void close_empty_days(struct load *l)
{
	if (!l->hindsight || !l->n)
		return;
	period_t first = l->until;
	for (int i = 0; i < l->n; i++)
		first = l->first[i] < first ? l->first[i] : first;
	double *total = NEW_ARRAY(double, l->until - first + 1);
	for (int from = 0, to; from < l->n; from = to) {
		for (to = from + 1; to < l->n && !strcmp(l->catalog[to].key.store, l->catalog[from].key.store);)
			to++;
		close_quiet(l, from, to, total);
	}
	free(total);
}

/* Days on which one series was out of stock, or otherwise not what its row says. */
static enum status apply_series_days(struct load *l, struct err *e)
{
	struct stmt s;
	enum status status = stmt_open(&s, l->db, "SELECT day, series, state FROM day_state"
				       " WHERE day <= ?1 ORDER BY day, series", e);
	if (status)
		return status;
	stmt_int(&s, 1, l->request->as_of == DAY_NONE ? INT32_MAX : l->request->as_of);
	while (stmt_step(&s)) {
		int i = find_place(l, stmt_get_int(&s, 1));
		int64_t at = i < 0 ? -1 : cell(l, i, (day_t)stmt_get_int(&s, 0));
		if (at >= 0)
			set_state(l, at, stmt_get_text(&s, 2), 0);
	}
	return stmt_close(&s, e);
}

/* A span of the assortment as read: ids first, so they can be sorted into panel order. */
struct listed_span {
	int32_t series;
	struct listing span;
};

static int by_series(const void *a, const void *b)
{
	const struct listed_span *x = a, *y = b;
	if (x->series != y->series)
		return x->series < y->series ? -1 : 1;
	return x->span.from < y->span.from ? -1 : x->span.from > y->span.from;
}

/* Spans in which each series is listed; items without any are always sold. */
static enum status read_listings(struct load *l, struct err *e)
{
	struct stmt s;
	VEC(struct listed_span) found = { 0 };
	enum status status = stmt_open(&s, l->db, "SELECT series, day, coalesce(until, 2147483647)"
				       " FROM assortment", e);
	if (status)
		return status;
	while (stmt_step(&s)) {
		int64_t until = stmt_get_int(&s, 2);
		struct listed_span span = { find_place(l, stmt_get_int(&s, 0)), { 0, INT32_MAX } };
		span.span.from = period_of_day(&l->calendar, (day_t)stmt_get_int(&s, 1));
		if (until < INT32_MAX)
			span.span.until = period_of_day(&l->calendar, (day_t)until);
		if (span.series >= 0)
			VEC_PUSH(&found, span);
	}
	if (found.n) {
		qsort(found.at, found.n, sizeof *found.at, by_series);
		l->listing = NEW_ARRAY(struct listing, found.n);
		l->listing_begin = NEW_ARRAY(int32_t, l->n + 1);
	}
	for (size_t k = 0; k < found.n; k++) {
		l->listing[k] = found.at[k].span;
		l->listing_begin[found.at[k].series + 1] = (int32_t)k + 1;
	}
	for (int i = 0; found.n && i < l->n; i++)
		if (l->listing_begin[i + 1] < l->listing_begin[i])
			l->listing_begin[i + 1] = l->listing_begin[i];
	VEC_FREE(&found);
	return stmt_close(&s, e);
}

/* A day without a row outside of the assortment is not known, whatever the gap policy. */
static void blank_unlisted(struct load *l)
{
	struct panel p = { .listing_begin = l->listing_begin, .listing = l->listing };
	for (int i = 0; l->listing_begin && l->request->gaps == GAP_ZERO && i < l->n; i++) {
		if (l->listing_begin[i] == l->listing_begin[i + 1])
			continue;
		for (int64_t k = l->begin[i]; k < l->begin[i + 1]; k++) {
			if (panel_listed(&p, i, l->first[i] + (period_t)(k - l->begin[i])))
				continue;
			l->units[k] = (double)NAN;
			l->state[k] = DAY_MISSING;
		}
	}
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Segment numbers by the attribute's values in ascending order; without attribute, the store's. */
static enum status number_segments(struct load *l, int32_t *segment, int *n_segment, struct err *e)
{
	const char **value = ARENA_ARRAY(&l->arena, const char *, l->n + 1);
	const char *attribute = l->request->segment ? l->request->segment : "store";
	enum status status = db_attribute_column(l->db, attribute, l->catalog, l->n, &l->arena, value, e);
	if (status)
		return status;
	const char **sorted = ARENA_ARRAY(&l->arena, const char *, l->n + 1);
	memcpy(sorted, value, (size_t)l->n * sizeof *sorted);
	qsort(sorted, (size_t)l->n, sizeof *sorted, by_text);
	int n = 0;
	for (int i = 0; i < l->n; i++)
		if (!n || strcmp(sorted[n - 1], sorted[i]))
			sorted[n++] = sorted[i];
	for (int i = 0; i < l->n; i++) {
		const char **at = bsearch(&value[i], sorted, (size_t)n, sizeof *sorted, by_text);
		segment[i] = (int32_t)(at - sorted);
	}
	*n_segment = n;
	return OK;
}

/* Closings after the panel's end that the past or the calendar tell, as ranges of series. */
static enum status read_closings(struct load *l, struct closing **out, int *n, struct err *e)
{
	struct stmt s;
	VEC(struct closing) found = { 0 };
	enum status status = stmt_open(&s, l->db, "SELECT st.name, d.day FROM store_day d JOIN store st"
				       " ON st.id = d.store WHERE d.state = 'closed' AND d.day > ?1"
				       " AND d.basis IN ('calendar','weekday','holiday','annual')"
				       " AND NOT (?2 AND d.basis IN (" WITH_HINDSIGHT ")) ORDER BY 1, 2", e);
	if (status)
		return status;
	stmt_int(&s, 1, period_start(&l->calendar, l->until));
	stmt_int(&s, 2, l->hindsight);
	int from = 0;
	while (stmt_step(&s)) {
		const char *store = stmt_get_text(&s, 0);
		while (from < l->n && strcmp(l->catalog[from].key.store, store) < 0)
			from++;
		int to = from;
		while (to < l->n && !strcmp(l->catalog[to].key.store, store))
			to++;
		if (to > from)
			VEC_PUSH(&found, (struct closing){ from, to,
				 period_of_day(&l->calendar, (day_t)stmt_get_int(&s, 1)) });
	}
	*out = found.at;
	*n = (int)found.n;
	return stmt_close(&s, e);
}

/* Moves what was loaded into a panel that owns it. */
static enum status finish(struct load *l, struct panel_owner *out, struct err *e)
{
	int n = l->n;
	struct series_key *key = NEW_ARRAY(struct series_key, n);
	int64_t *id = NEW_ARRAY(int64_t, n);
	int32_t *segment = NEW_ARRAY(int32_t, n);
	struct buf names = { 0 };
	for (int i = 0; i < n; i++) {
		buf_add(&names, l->catalog[i].key.store, strlen(l->catalog[i].key.store) + 1);
		buf_add(&names, l->catalog[i].key.item, strlen(l->catalog[i].key.item) + 1);
	}
	char *name = buf_detach(&names);
	const char *at = name;
	for (int i = 0; i < n; i++) {
		key[i].store = at;
		key[i].item = at += strlen(at) + 1;
		at += strlen(at) + 1;
		id[i] = l->catalog[i].id;
	}
	struct closing *closing = NULL;
	int n_segment = 0, n_closing = 0;
	enum status status = number_segments(l, segment, &n_segment, e);
	if (!status)
		status = read_closings(l, &closing, &n_closing, e);
	out->panel = (struct panel){ .calendar = l->calendar, .n = n, .until = l->until, .key = key,
				     .id = id, .first = l->first, .begin = l->begin,
				     .units = l->units, .state = l->state, .segment = segment,
				     .n_segment = n_segment,
				     .listing_begin = l->listing_begin, .listing = l->listing,
				     .n_closing = n_closing, .closing = closing };
	void *memory[] = { closing, key, id, segment, name, l->first, l->begin, l->units, l->state,
			   l->listing_begin, l->listing };
	memcpy(out->memory, memory, sizeof memory);
	out->n_memory = (int)(sizeof memory / sizeof *memory);
	l->first = NULL;
	l->begin = NULL;
	l->units = NULL;
	l->state = NULL;
	l->listing_begin = NULL;
	l->listing = NULL;
	if (status)
		panel_release(out);
	return status;
}

enum status db_panel(struct db *db, const struct panel_request *request, struct panel_owner *out,
		     struct err *e)
{
	struct load l = { .db = db, .request = request, .day = DAY_NONE };
	enum status status = lay_out(&l, e);
	if (!status)
		status = read_listings(&l, e);
	if (!status) {
		blank_unlisted(&l);
		status = request->store ? read_store(&l, e) : read_all(&l, e);
	}
	if (!status)
		status = undo_later_corrections(&l, e);
	if (!status)
		close_empty_days(&l);
	if (!status)
		status = apply_series_days(&l, e);
	if (!status)
		status = apply_store_days(&l, e);
	if (!status)
		status = finish(&l, out, e);
	if (!status && request->drivers) {
		status = db_drivers(db, request, l.catalog, out, e);
		if (status)
			panel_release(out);
	}
	free(l.place);
	free(l.begin);
	free(l.first);
	free(l.units);
	free(l.state);
	free(l.listing_begin);
	free(l.listing);
	arena_release(&l.arena);
	return status;
}
