/*
 * The faults of real feeds, put into the invented chain's sales on purpose and listed with file and
 * line: what `ingest` must set aside, what `check` must find, and one file that the gate must refuse.
 * Kinds and their places in the history are a table; every fault works on the lines of its victims.
 */
#include "config.h"
#include "io/demo_private.h"

#include <string.h>
#include "num/rng.h"

#define DUPLICATES 25 /* lines that come twice */

static const struct {
	const char *name, *detail;
	double place;       /* share of the history before it; unused by files of their own */
	int days, victims;  /* days it lasts; series it strikes, 0 = a whole store */
	double rate;        /* least units a day of a victim */
} kinds[] = {
	[FAULT_NOFEED] = { "nofeed", "the store's lines are missing, the others' are there", .71, 2, 0, 0 },
	[FAULT_GAP] = { "gap", "the series' lines are missing, the store's others are there", .52, 9, 2, 1 },
	[FAULT_DUPLICATE] = { "duplicate", "the lines come twice, alike", .44, 1, 0, 0 },
	[FAULT_CONFLICT] = { "conflict", "the line comes twice, with other units", .47, 1, 2, 1 },
	[FAULT_NEGATIVE] = { "negative", "units are below zero", .58, 1, 3, .5 },
	[FAULT_SPIKE] = { "spike", "units with three digits too many", .63, 1, 2, 3 },
	[FAULT_PRICE_ZERO] = { "price_zero", "the price is 0", .66, 1, 3, .5 },
	[FAULT_UNKNOWN_ITEM] = { "unknown_item", "an extra line of an item that items.csv lacks", .76, 3,
				 1, .5 },
	[FAULT_CUT] = { "cut_line", "the line ends after the date", .34, 1, 2, .5 },
	[FAULT_NUMBER] = { "no_number", "units are 'n/a'", .38, 1, 2, .5 },
	[FAULT_DATE] = { "no_date", "the date is the 31st of February", .41, 1, 1, .5 },
	[FAULT_BYTES] = { "bytes", "item and units are bytes that are no text", .86, 1, 1, .5 },
	[FAULT_UNIT] = { "unit_bug", "units are a hundred times too large in a third of the series", 0, 1,
			 0, 0 },
	[FAULT_FUTURE] = { "future_date", "the date is a hundred years late", 0, 1, 2, .5 },
	[FAULT_UNKNOWN_STORE] = { "unknown_store", "an extra line of a store that stores.csv lacks", 0, 1,
				  1, .5 },
};

/* The first day from `day` on which the store is open, and still before `end`. */
static day_t open_day(const struct simulation *s, int store, day_t day, day_t end)
{
	while (day < end && !sim_open(s, store, day))
		day++;
	return day < end ? day : DAY_NONE;
}

/* A series that is on the list all through and sells enough; -1 where there is none. */
static int victim(const struct simulation *s, struct rng *r, int store, double rate)
{
	int start = rng_choice(r, s->plan.n_item);
	for (int k = 0; k < s->plan.n_item; k++) {
		int i = (start + k) % s->plan.n_item;
		const struct sim_item *it = &s->item[i];
		if (s->carried[(size_t)store * s->plan.n_item + i] && it->launched == DAY_NONE
		    && it->delisted == DAY_NONE && it->rate * s->store[store].size >= rate
		    && !sim_categories[it->category].month_from)
			return i;
	}
	return -1;
}

static void plan_kind(struct demo_faults *f, const struct simulation *s, int kind, int days,
		      struct rng *r)
{
	int victims = kinds[kind].victims ? kinds[kind].victims : 1;
	day_t end = s->first + days;
	if (kind == FAULT_NOFEED && s->plan.n_store < 3)
		return; /* nothing tells it from a closed chain */
	for (int v = 0; v < victims; v++) {
		int store = (kind + v + 2) % s->plan.n_store;
		day_t from = s->first + (day_t)(kinds[kind].place * days) + 3 * v;
		from = open_day(s, store, from - day_of_week(from) + 1, end);
		int item = kinds[kind].victims ? victim(s, r, store, kinds[kind].rate) : -1;
		if (from == DAY_NONE || (kinds[kind].victims && item < 0))
			continue;
		day_t until = from + kinds[kind].days - 1;
		f->fault[f->n++] = (struct demo_fault){ .kind = kind, .store = store, .item = item,
							.from = from,
							.until = until < end ? until : end - 1 };
	}
}

void demo_faults_plan(struct demo_faults *f, const struct simulation *s, int tail)
{
	struct rng *r = rng_new();
	*f = (struct demo_faults){ 0 };
	rng_seed(r, s->plan.seed, "chain", "faults");
	for (int kind = 0; kind < N_FAULT_HISTORY; kind++)
		plan_kind(f, s, kind, s->plan.n_day - tail, r);
	rng_free(r);
}

void demo_faults_add(struct demo_faults *f, const struct simulation *s, enum demo_fault_kind kind,
		     day_t day)
{
	struct rng *r = rng_new();
	rng_seed(r, s->plan.seed, kinds[kind].name, "faults");
	int victims = kinds[kind].victims ? kinds[kind].victims : 1;
	for (int v = 0; v < victims; v++) {
		int store = v % s->plan.n_store;
		int item = kinds[kind].victims ? victim(s, r, store, kinds[kind].rate) : -1;
		if (kinds[kind].victims && (item < 0 || !sim_open(s, store, day)))
			continue;
		f->fault[f->n++] = (struct demo_fault){ .kind = kind, .item = item, .from = day,
							.until = day,
							.store = item < 0 ? -1 : store };
	}
	rng_free(r);
}

int demo_faults_on(const struct demo_faults *f, day_t day)
{
	for (int k = 0; k < f->n; k++)
		if (day >= f->fault[k].from && day <= f->fault[k].until)
			return 1;
	return 0;
}

int demo_feed_lost(const struct demo_faults *f, int store, day_t day)
{
	for (int k = 0; k < f->n; k++)
		if (f->fault[k].kind == FAULT_NOFEED && f->fault[k].store == store
		    && day >= f->fault[k].from && day <= f->fault[k].until)
			return 1;
	return 0;
}

static struct demo_fault *fault_of(struct demo_faults *f, int store, int item, day_t day)
{
	for (int k = 0; k < f->n; k++) {
		struct demo_fault *t = &f->fault[k];
		if (day < t->from || day > t->until || (t->store >= 0 && t->store != store)
		    || (t->item >= 0 && t->item != item))
			continue;
		if ((t->kind == FAULT_DUPLICATE && t->lines >= DUPLICATES)
		    || (t->kind == FAULT_UNIT && item % 3))
			continue;
		return t;
	}
	return NULL;
}

/* A line that is none: what comes before the units is as it should be, or not even that. */
static void put_broken(struct demo_file *out, const struct demo_row *row, enum demo_fault_kind kind)
{
	struct buf *b = &out->text;
	char date[DAY_TEXT_MAX];
	buf_addf(b, "%s,", row->store);
	if (kind == FAULT_BYTES) {
		buf_adds(b, "\x01\xff\xfe#,");
		demo_put_day(b, row->day);
		buf_adds(b, ",\xc3\x28,");
	} else {
		day_format(row->day, date);
		if (kind == FAULT_DATE)
			memcpy(date + 4, "-02-31", 6);
		buf_addf(b, "%s,%s", row->item, date);
		if (kind == FAULT_NUMBER)
			buf_adds(b, ",n/a,");
		else if (kind == FAULT_DATE)
			buf_addf(b, ",%d,", row->units);
	}
	if (kind != FAULT_CUT) {
		demo_put_money(b, row->price);
		buf_addf(b, ",%d", row->promo);
	}
	demo_file_line(out);
}

/* The row with a wrong value. */
static void put_wrong(struct demo_file *out, const struct demo_row *row, enum demo_fault_kind kind)
{
	struct demo_row wrong = *row;
	int year, month, dom;
	switch (kind) {
	case FAULT_CONFLICT:
		wrong.units += 3;
		break;
	case FAULT_NEGATIVE:
		wrong.units = -1 - row->units % 3;
		break;
	case FAULT_SPIKE:
		wrong.units = 1000 * (row->units > 0 ? row->units : 1);
		break;
	case FAULT_PRICE_ZERO:
		wrong.price = 0;
		break;
	case FAULT_UNKNOWN_ITEM:
		wrong.item = "999001";
		break;
	case FAULT_UNKNOWN_STORE:
		wrong.store = "S999";
		break;
	case FAULT_FUTURE:
		day_to_ymd(row->day, &year, &month, &dom);
		wrong.day = day_from_ymd(year + 100, month, dom > 28 ? 28 : dom);
		break;
	case FAULT_UNIT:
		wrong.units *= 100;
		break;
	default:
		break;
	}
	demo_put_row(out, &wrong);
}

void demo_faults_put(struct demo_faults *f, struct demo_file *out, int store, int item,
		     const struct demo_row *row)
{
	struct demo_fault *t = fault_of(f, store, item, row->day);
	if (!t) {
		demo_put_row(out, row);
		return;
	}
	int removes = t->kind == FAULT_NOFEED || t->kind == FAULT_GAP;
	int adds = t->kind == FAULT_DUPLICATE || t->kind == FAULT_CONFLICT
		   || t->kind == FAULT_UNKNOWN_ITEM || t->kind == FAULT_UNKNOWN_STORE;
	t->lines++;
	t->file = out->name;
	if (removes)
		return;
	if (adds)
		demo_put_row(out, row);
	if (!t->line)
		t->line = out->lines + 1;
	if (t->kind >= FAULT_CUT && t->kind <= FAULT_BYTES)
		put_broken(out, row, t->kind);
	else
		put_wrong(out, row, t->kind);
}

enum status demo_write_faults(const struct demo_faults *f, const struct simulation *s,
			      const char *dir, int64_t *bytes, struct err *e)
{
	struct demo_file out;
	enum status status = demo_file_open(&out, dir, "faults.csv",
					    "kind,file,line,lines,store,item,from,to,detail", e);
	if (status)
		return status;
	for (int k = 0; k < f->n; k++) {
		const struct demo_fault *t = &f->fault[k];
		if (!t->lines)
			continue;
		buf_addf(&out.text, "%s,%s,", kinds[t->kind].name, t->file);
		if (t->line)
			buf_add_int(&out.text, t->line);
		buf_addf(&out.text, ",%lld,%s,%s,", (long long)t->lines,
			 t->store >= 0 ? s->store[t->store].id : "",
			 t->item >= 0 ? s->item[t->item].id : "");
		demo_put_day(&out.text, t->from);
		buf_addc(&out.text, ',');
		demo_put_day(&out.text, t->until);
		buf_addc(&out.text, ',');
		buf_add_csv(&out.text, kinds[t->kind].detail, ',');
		demo_file_line(&out);
	}
	return demo_file_close(&out, bytes, e);
}
