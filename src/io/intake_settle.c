/*
 * What the rows leave to be settled when all are read: which period the db counts in, what a day
 * without a row means; then everything is written, in the order of the tables.
 */
#include "config.h"
#include "io/intake.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "io/db_catalog.h"
#include "io/db_panel.h"

#define HOURS_OPEN 16 /* FreshRetailNet counts the hours from 6 to 22 */

/* Growable lists, as VEC has them, that functions hand to one another. */
struct day_list {
	day_t *at;
	size_t n, room;
};

struct day_value {
	int64_t id;
	double value;
};

struct value_list {
	struct day_value *at;
	size_t n, room;
};

/* The distinct days of the file, ascending. */
static void list_days(const struct intake *in, struct day_list *days)
{
	if (in->counts.first == DAY_NONE)
		return;
	for (int64_t day = in->counts.first; day <= in->counts.last; day++) {
		uint32_t bit = (uint32_t)(day + DAY_BIAS);
		if (in->day_seen[bit >> 3] >> (bit & 7) & 1)
			VEC_PUSH(days, (day_t)day);
	}
}

static int is_month_end(day_t day, int last)
{
	int y, m, d;
	day_to_ymd(day, &y, &m, &d);
	return last ? d == month_days(y, m) : d == 1;
}

static int all_month_ends(const struct day_list *days, int last)
{
	for (size_t k = 0; k < days->n; k++)
		if (!is_month_end(days->at[k], last))
			return 0;
	return 1;
}

static int all_same_weekday(const struct day_list *days)
{
	for (size_t k = 1; k < days->n; k++)
		if ((days->at[k] - days->at[0]) % 7)
			return 0;
	return 1;
}

static int header_tells(const struct intake *in, enum role role, const char *word)
{
	int column = in->layout.at[role];
	char low[64] = { 0 };
	if (column < 0)
		return 0;
	snprintf(low, sizeof low, "%s", in->layout.column[column].header);
	for (char *c = low; *c; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	return strstr(low, word) != NULL;
}

/*
 * The period that the days make: firsts (or lasts) of months, one weekday, or days. Fewer than three
 * are believed only where the header says so too.
 */
static struct calendar infer_period(const struct intake *in, const struct day_list *days)
{
	int few = days->n < 3;
	int month = all_month_ends(days, 0) || all_month_ends(days, 1);
	int week = all_same_weekday(days);
	int says_month = header_tells(in, ROLE_DATE, "month");
	int says_week = header_tells(in, ROLE_DATE, "week") || header_tells(in, ROLE_UNITS, "week");
	if (in->date_form == DATE_NUMBER)
		return (struct calendar){ PERIOD_NUMBER, 0 };
	if (in->date_form == DATE_MONTH || (month && (!few || says_month)))
		return (struct calendar){ PERIOD_MONTH, 0 };
	if (in->date_form == DATE_WEEK || (week && (!few || says_week)))
		return (struct calendar){ PERIOD_WEEK, day_of_week(days->at[0]) };
	return (struct calendar){ PERIOD_DAY, 0 };
}

static enum status check_period(const struct intake *in, const struct day_list *days, struct err *e)
{
	static const char *const weekday[] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
					       "Saturday", "Sunday" };
	const struct calendar *c = &in->calendar;
	char text[DAY_TEXT_MAX];
	int numbers = in->date_form == DATE_NUMBER;
	if (numbers != (c->kind == PERIOD_NUMBER))
		return err_set(e, E_INPUT, "'%s' counts periods by %s, but the db by %s", in->name,
			       numbers ? "number" : "date",
			       numbers ? period_kind_name(c->kind) : "number");
	for (size_t k = 0; k < days->n; k++) {
		day_t day = days->at[k];
		if (c->kind == PERIOD_WEEK && day_of_week(day) != c->week_start)
			return err_set(e, E_INPUT, "'%s' has sales of %s, a %s, but the db counts weeks that"
				       " begin on %s", in->name, day_format(day, text),
				       weekday[day_of_week(day)], weekday[c->week_start]);
		if (c->kind == PERIOD_MONTH && !is_month_end(day, 0) && !is_month_end(day, 1))
			return err_set(e, E_INPUT, "'%s' has sales of %s, but the db counts months", in->name,
				       day_format(day, text));
	}
	return OK;
}

static enum status settle_period(struct intake *in, struct err *e)
{
	struct day_list days = { 0 };
	char start[4];
	enum status status = OK;
	list_days(in, &days);
	if (in->units >= 0 && days.n && !in->calendar_known) {
		in->calendar = infer_period(in, &days);
		snprintf(start, sizeof start, "%d", in->calendar.week_start);
		status = db_set_meta(in->db, "period", period_kind_name(in->calendar.kind), e);
		if (!status)
			status = db_set_meta(in->db, "week_start", start, e);
		in->calendar_known = 1;
	} else if (in->units >= 0 && days.n) {
		status = check_period(in, &days, e);
	}
	VEC_FREE(&days);
	return status;
}

static day_t first_day(const struct intake *in, day_t day)
{
	return in->calendar.kind == PERIOD_DAY || day == DAY_NONE
		? day : period_start(&in->calendar, period_of_day(&in->calendar, day));
}

static void report_progress(int64_t done, int64_t total)
{
	if (!(done & 0xffff))
		progress("writing", (double)done, (double)total);
}

/*
 * Of rows with one key: invoice lines add up, equal ones are one, and of two values the larger is
 * taken and the other set aside. Not the later line's: the order of rows must decide nothing.
 */
static void join_rows(struct intake *in, struct sorter_record *held, const struct sorter_record *next)
{
	if (in->layout.shape == SHAPE_INVOICES) {
		held->value += next->value;
		return;
	}
	if (held->value == next->value) {
		in->counts.same++;
		return;
	}
	struct sorter_record less = *next;
	if (next->value > held->value) {
		less = *held;
		*held = *next;
	}
	char value[NUMBER_MAX], reason[96];
	struct span s = { value, (size_t)number_format(value, less.value) };
	snprintf(reason, sizeof reason, "stands again on line %lld with another value, the larger,"
		 " which is used", (long long)held->line);
	intake_reject(in, less.line, "units", &s, reason);
}

static enum status put_sale(struct intake *in, struct sales_writer *w, const struct sorter_record *r,
			    struct err *e)
{
	double units = r->value;
	if (units < 0 && in->returns == RETURNS_KEPT_FLOOR)
		units = 0;
	return sales_writer_put(w, first_day(in, (day_t)(r->key >> 40) - DAY_BIAS),
				(int64_t)(r->key & ((UINT64_C(1) << 40) - 1)), units, e);
}

static enum status write_units(struct intake *in, struct err *e)
{
	struct sorter *s = in->measure.at[in->units].sorter;
	struct sales_writer *w;
	struct sorter_record held = { 0 }, next;
	int64_t done = 0;
	int more = 1, holding = 0;
	enum status status = sorter_finish(s, e);
	if (!status)
		status = sales_writer_open(&w, in->db, &in->roster, &in->batch, e);
	if (status)
		return status;
	while (!status && more) {
		status = sorter_next(s, &next, &more, e);
		report_progress(++done, sorter_count(s));
		if (status)
			break;
		if (more && holding && next.key == held.key) {
			join_rows(in, &held, &next);
			continue;
		}
		if (holding)
			status = put_sale(in, w, &held, e);
		held = next;
		holding = more;
	}
	if (status) {
		sales_writer_drop(w);
		return status;
	}
	return sales_writer_close(w, &in->calendar, &in->counts, e);
}

/* Where prices are told by the week, each stands for seven days. */
static day_t known_until(const struct intake *in, const struct roster_series *s, day_t last_observed)
{
	int weekly = in->layout.at[ROLE_DATE] < 0 && in->layout.at[ROLE_WEEK_LABEL] >= 0;
	return weekly && s->old_last != DAY_NONE && s->old_last <= last_observed + 6 ? DAY_NONE
										     : s->old_last;
}

/* Ascending, with none (NaN) first. */
static int by_value(const void *a, const void *b)
{
	double x = ((const struct observation *)a)->value, y = ((const struct observation *)b)->value;
	if (isnan(x) || isnan(y))
		return !!isnan(y) - !!isnan(x);
	return x < y ? -1 : x > y;
}

/* Of several values of a day the median stands, of two the larger: whatever the order of rows. */
static size_t one_a_day(struct observation *o, size_t n)
{
	size_t kept = 0;
	for (size_t from = 0, to; from < n; from = to) {
		for (to = from + 1; to < n && o[to].day == o[from].day; to++)
			;
		if (to - from > 1)
			qsort(o + from, to - from, sizeof *o, by_value);
		o[kept++] = o[from + (to - from) / 2];
	}
	return kept;
}

/* Prices and promotion days: by series. */
static enum status write_by_series(struct intake *in, struct fact_writer *w, const struct measure *m,
				   struct ingest_counts *counts, struct err *e)
{
	VEC(struct observation) o = { 0 };
	struct sorter_record r = { 0 };
	int64_t id = -1;
	int more = 1;
	enum status status = sorter_finish(m->sorter, e);
	while (!status && more) {
		status = sorter_next(m->sorter, &r, &more, e);
		int64_t next = more ? (int64_t)(r.key >> 24) : -1;
		day_t day = first_day(in, (day_t)(r.key & 0xffffff) - DAY_BIAS);
		if (status)
			break;
		if (next != id && o.n) {
			o.n = one_a_day(o.at, o.n);
			const struct roster_series *s = &in->roster.series.at[roster_find(&in->roster, id)];
			if (m->role == ROLE_PRICE)
				fact_prices(w, id, o.at, o.n, known_until(in, s, o.at[o.n - 1].day), counts);
			else
				fact_promotion_days(w, id, o.at, o.n, counts);
			o.n = 0;
		}
		id = next;
		if (more)
			VEC_PUSH(&o, (struct observation){ day, r.value });
	}
	VEC_FREE(&o);
	return status;
}

/* One value where all series of the day agree, else one a store where its series agree. */
static void write_driver_day(struct fact_writer *w, const char *name, day_t day, const struct value_list *v,
			     struct ingest_counts *counts)
{
	size_t same = 1;
	while (same < v->n && v->at[same].value == v->at[0].value)
		same++;
	if (same == v->n && v->n > 1) {
		fact_driver(w, name, day, 0, v->at[0].value, counts);
		return;
	}
	for (size_t from = 0, to; from < v->n; from = to) {
		int64_t store = v->at[from].id / SERIES_PER_STORE;
		int agree = 1;
		for (to = from; to < v->n && v->at[to].id / SERIES_PER_STORE == store; to++)
			agree &= v->at[to].value == v->at[from].value;
		for (size_t k = from; !agree && k < to; k++)
			fact_driver(w, name, day, v->at[k].id, v->at[k].value, counts);
		if (agree)
			fact_driver(w, name, day, to - from > 1 ? store * SERIES_PER_STORE : v->at[from].id,
				    v->at[from].value, counts);
	}
}

static void write_stock_day(struct fact_writer *w, enum role role, day_t day, const struct value_list *v,
			    struct ingest_counts *counts)
{
	for (size_t k = 0; k < v->n; k++) {
		double told[STOCK_VALUES] = { (double)NAN, (double)NAN, (double)NAN, (double)NAN };
		int at = role == ROLE_ON_HAND ? 0 : role == ROLE_ON_ORDER ? 1 : 2;
		told[at] = v->at[k].value;
		if (role == ROLE_HOURS_OUT)
			told[3] = HOURS_OPEN;
		fact_stock(w, day, v->at[k].id, told, counts);
	}
}

/* Stock and drivers: by day. */
static enum status write_by_day(struct intake *in, struct fact_writer *w, const struct measure *m,
				struct ingest_counts *counts, struct err *e)
{
	struct value_list v = { 0 };
	struct sorter_record r = { 0 };
	day_t day = DAY_NONE;
	int more = 1;
	enum status status = sorter_finish(m->sorter, e);
	while (!status && more) {
		status = sorter_next(m->sorter, &r, &more, e);
		if (status)
			break;
		day_t next = more ? first_day(in, (day_t)(r.key >> 40) - DAY_BIAS) : DAY_NONE;
		int64_t id = (int64_t)(r.key & ((UINT64_C(1) << 40) - 1));
		if (next != day && v.n) {
			if (m->role == ROLE_DRIVER)
				write_driver_day(w, m->name, day, &v, counts);
			else
				write_stock_day(w, m->role, day, &v, counts);
			v.n = 0;
		}
		day = next;
		/* Returns of a day add up; of several values of a column the largest stands. */
		if (more && v.n && v.at[v.n - 1].id == id && m->column < 0)
			v.at[v.n - 1].value += r.value;
		else if (more && v.n && v.at[v.n - 1].id == id)
			v.at[v.n - 1].value = fmax(v.at[v.n - 1].value, r.value);
		else if (more)
			VEC_PUSH(&v, (struct day_value){ id, r.value });
	}
	VEC_FREE(&v);
	return status;
}

/* All that is not sales. Of a file without sales the first kind of value is what is counted. */
static enum status write_facts(struct intake *in, struct err *e)
{
	struct ingest_counts aside = { 0 };
	struct fact_writer *w = fact_writer_new(in->db, &in->calendar);
	enum status status = OK;
	intake_write_entries(in, w);
	for (size_t k = 0; !status && k < in->measure.n; k++) {
		const struct measure *m = &in->measure.at[k];
		struct ingest_counts *counts = in->units < 0 && !k ? &in->counts : &aside;
		if (m->role == ROLE_PRICE || m->role == ROLE_PROMO)
			status = write_by_series(in, w, m, counts, e);
		else if (m->role != ROLE_UNITS)
			status = write_by_day(in, w, m, counts, e);
	}
	enum status closed = fact_writer_close(w, status ? NULL : e);
	return status ? status : closed;
}

/* A file that never says zero and leaves out days tells only what was sold. */
static const char *infer_gaps(const struct intake *in)
{
	int64_t rows = 0, periods = 0;
	for (size_t k = 0; k < in->roster.series.n; k++) {
		const struct roster_series *s = &in->roster.series.at[k];
		rows += s->rows;
		if (s->rows)
			periods += period_of_day(&in->calendar, s->last)
				- period_of_day(&in->calendar, s->first) + 1;
	}
	return in->layout.shape == SHAPE_INVOICES || (!in->zeros && rows < periods) ? "zero" : "missing";
}

static enum status settle_gaps(struct intake *in, struct err *e)
{
	const char *had = db_meta(in->db, "gaps", &in->arena);
	const char *told = in->options->gaps ? in->options->gaps : map_file_value(in->map, "gaps");
	if (in->units < 0 || (had && !told))
		return OK;
	return db_set_meta(in->db, "gaps", told ? told : infer_gaps(in), e);
}

enum status intake_settle(struct intake *in, struct err *e)
{
	day_t first, known_last;
	enum status status = settle_period(in, e);
	if (!status)
		status = db_sales_span(in->db, DAY_NONE, &first, &known_last, e);
	if (!status)
		status = db_batch_add(in->db, &in->batch, e);
	if (!status && in->units >= 0)
		status = write_units(in, e);
	if (!status)
		status = write_facts(in, e);
	if (!status)
		status = db_batch_keep_undo(in->db, &in->batch, &in->roster, known_last,
					    in->units >= 0 && in->measure.n == 1, e);
	if (!status)
		status = roster_save(&in->roster, in->db, e);
	if (!status)
		status = settle_gaps(in, e);
	if (!status)
		status = db_reject_add(in->db, in->batch.id, in->reject.at, in->reject.n, e);
	if (!status)
		status = db_touch(in->db, e);
	if (status)
		return status;
	in->counts.first = first_day(in, in->counts.first);
	in->counts.last = first_day(in, in->counts.last);
	in->batch.counts = in->counts;
	return db_batch_end(in->db, &in->batch, e);
}
