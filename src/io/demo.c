/*
 * The invented chain as files. The days stream past: one day's cells are in memory, lines go out in
 * pieces of 64 KiB, so a history of any length takes the same room.
 */
#include "config.h"
#include "io/demo_private.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/log.h"

#define PIECE 65536

enum status demo_file_open(struct demo_file *out, const char *dir, const char *name,
			   const char *header, struct err *e)
{
	*out = (struct demo_file){ .name = name, .path = file_join(dir, name) };
	out->f = fopen(out->path, "wb");
	if (!out->f) {
		enum status status = err_set(e, E_IO, "cannot write '%s': %s", out->path,
					     strerror(errno));
		free(out->path);
		*out = (struct demo_file){ 0 };
		return status;
	}
	buf_adds(&out->text, header);
	demo_file_line(out);
	return OK;
}

static void file_flush(struct demo_file *out)
{
	if (out->text.n && fwrite(out->text.text, 1, out->text.n, out->f) != out->text.n)
		out->failed = errno ? errno : EIO;
	out->bytes += (int64_t)out->text.n;
	buf_clear(&out->text);
}

void demo_file_line(struct demo_file *out)
{
	buf_addc(&out->text, '\n');
	out->lines++;
	if (out->text.n >= PIECE)
		file_flush(out);
}

enum status demo_file_close(struct demo_file *out, int64_t *bytes, struct err *e)
{
	enum status status = OK;
	if (!out->f)
		return OK;
	file_flush(out);
	if (fclose(out->f) && !out->failed)
		out->failed = errno;
	if (out->failed)
		status = err_set(e, E_IO, "cannot write '%s': %s", out->path, strerror(out->failed));
	*bytes += out->bytes;
	buf_release(&out->text);
	free(out->path);
	*out = (struct demo_file){ 0 };
	return status;
}

static void put_int(struct buf *b, int x)
{
	char digits[12];
	int n = 0, minus = x < 0;
	unsigned rest = minus ? 0u - (unsigned)x : (unsigned)x;
	do
		digits[n++] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (minus)
		buf_addc(b, '-');
	while (n)
		buf_addc(b, digits[--n]);
}

void demo_put_money(struct buf *b, int cents)
{
	put_int(b, cents / 100);
	buf_addc(b, '.');
	buf_addc(b, (char)('0' + cents / 10 % 10));
	buf_addc(b, (char)('0' + cents % 10));
}

/* Every line has a date: written digit by digit, it costs a fifth of what day_format does. */
void demo_put_day(struct buf *b, day_t day)
{
	int year, month, dom;
	if (day == DAY_NONE)
		return;
	day_to_ymd(day, &year, &month, &dom);
	char text[10] = { (char)('0' + year / 1000 % 10), (char)('0' + year / 100 % 10),
			  (char)('0' + year / 10 % 10),	  (char)('0' + year % 10), '-',
			  (char)('0' + month / 10),	  (char)('0' + month % 10), '-',
			  (char)('0' + dom / 10),	  (char)('0' + dom % 10) };
	buf_add(b, text, sizeof text);
}

void demo_put_row(struct demo_file *out, const struct demo_row *row)
{
	struct buf *b = &out->text;
	buf_adds(b, row->store);
	buf_addc(b, ',');
	buf_adds(b, row->item);
	buf_addc(b, ',');
	demo_put_day(b, row->day);
	buf_addc(b, ',');
	put_int(b, row->units);
	buf_addc(b, ',');
	demo_put_money(b, row->price);
	buf_adds(b, row->promo ? ",1" : ",0");
	demo_file_line(out);
}

/* The files that grow by the day. */
struct growing {
	struct demo_file sales, stock, lost, totals;
};

static enum status growing_open(struct growing *g, const char *dir, struct err *e)
{
	enum status status = demo_file_open(&g->sales, dir, "sales.csv",
					    "store,item,date,units,price,promo", e);
	if (!status)
		status = demo_file_open(&g->stock, dir, "stock.csv", "store,item,date,on_hand", e);
	if (!status)
		status = demo_file_open(&g->lost, dir, "truth/lost.csv",
					"store,item,date,demand,units", e);
	if (!status)
		status = demo_file_open(&g->totals, dir, "truth/totals.csv",
					"store,date,expected,demand,units,arrived,wasted,on_hand", e);
	return status;
}

/* Closes both files of a feed; keeps the first error. */
static enum status feed_close(struct demo_file *a, struct demo_file *b, int64_t *bytes,
			      enum status status, struct err *e)
{
	enum status first = demo_file_close(a, bytes, status ? NULL : e);
	status = status ? status : first;
	first = demo_file_close(b, bytes, status ? NULL : e);
	return status ? status : first;
}

static void stock_row(struct demo_file *out, const char *store, const char *item, day_t day,
		      int on_hand)
{
	struct buf *b = &out->text;
	buf_adds(b, store);
	buf_addc(b, ',');
	buf_adds(b, item);
	buf_addc(b, ',');
	demo_put_day(b, day);
	buf_addc(b, ',');
	put_int(b, on_hand);
	demo_file_line(out);
}

static void lost_row(struct demo_file *out, const struct demo_row *row, int demand)
{
	char date[DAY_TEXT_MAX];
	buf_addf(&out->text, "%s,%s,%s,%d,%d", row->store, row->item, day_format(row->day, date),
		 demand, row->units);
	demo_file_line(out);
}

struct store_total {
	double expected;
	int64_t demand, units, arrived, wasted, on_hand;
};

static void total_add(struct store_total *t, const struct sim_cell *c)
{
	t->expected += c->expected;
	t->demand += c->demand;
	t->units += c->sold;
	t->arrived += c->arrived;
	t->wasted += c->wasted;
	t->on_hand += c->on_hand;
}

static void total_row(struct demo_file *out, const char *store, day_t day,
		      const struct store_total *t)
{
	buf_addf(&out->text, "%s,", store);
	demo_put_day(&out->text, day);
	buf_addc(&out->text, ',');
	buf_add_number(&out->text, t->expected);
	buf_addf(&out->text, ",%lld,%lld,%lld,%lld,%lld", (long long)t->demand, (long long)t->units,
		 (long long)t->arrived, (long long)t->wasted, (long long)t->on_hand);
	demo_file_line(out);
}

static void summary_add(struct demo_summary *sum, const struct sim_cell *c)
{
	sum->rows++;
	sum->zeros += !c->sold;
	sum->empty += !c->on_hand;
	sum->units += c->sold;
	sum->lost += c->demand - c->sold;
	sum->revenue += c->sold * (c->price / 100.0);
}

/* One store's day into the feed; `sum` NULL: a day beyond the history. */
static void write_store_day(const struct simulation *s, int st, struct demo_faults *faults,
			    struct demo_file *sales, struct demo_file *stock, struct growing *g,
			    struct demo_summary *sum)
{
	const struct sim_cell *cell = s->cell + (size_t)st * s->plan.n_item;
	const char *store = s->store[st].id;
	int faulty = demo_faults_on(faults, s->day), open = sim_open(s, st, s->day);
	int lost = faulty && demo_feed_lost(faults, st, s->day);
	struct store_total total = { 0 };
	for (int i = 0; i < s->plan.n_item; i++) {
		total_add(&total, &cell[i]);
		if (!open || !cell[i].listed)
			continue;
		struct demo_row row = { store, s->item[i].id, s->day, cell[i].sold, cell[i].price,
					cell[i].promotion >= 0 };
		if (faulty)
			demo_faults_put(faults, sales, st, i, &row);
		else
			demo_put_row(sales, &row);
		if (stock && !lost)
			stock_row(stock, store, row.item, s->day, cell[i].on_hand);
		if (sum && cell[i].demand > cell[i].sold)
			lost_row(&g->lost, &row, cell[i].demand);
		if (sum)
			summary_add(sum, &cell[i]);
	}
	if (sum && s->day >= s->store[st].opened)
		total_row(&g->totals, store, s->day, &total);
}

/* The names of a day's own files; NULL: the days of sales.csv. */
static enum status write_day(const struct simulation *s, const char *dir, const char *sales_name,
			     const char *stock_name, struct demo_faults *faults, struct growing *g,
			     struct demo_summary *sum, int64_t *bytes, struct err *e)
{
	struct demo_file sales = { 0 }, stock = { 0 };
	enum status status = OK;
	if (sales_name)
		status = demo_file_open(&sales, dir, sales_name, "store,item,date,units,price,promo", e);
	if (!status && stock_name)
		status = demo_file_open(&stock, dir, stock_name, "store,item,date,on_hand", e);
	for (int st = 0; st < s->plan.n_store && !status; st++)
		write_store_day(s, st, faults, sales_name ? &sales : &g->sales,
				stock_name   ? &stock
				: sales_name ? NULL
					     : &g->stock,
				g, sum);
	return feed_close(&sales, &stock, bytes, status, e);
}

static int stores_open(const struct simulation *s, day_t day)
{
	int n = 0;
	for (int st = 0; st < s->plan.n_store; st++)
		n += sim_open(s, st, day);
	return n;
}

/* The first full day beyond the history, twice, with faults that are shown one by one. */
static enum status write_bad_days(struct simulation *s, const char *dir, struct demo_faults *all,
				  int64_t *bytes, struct err *e)
{
	struct demo_faults unit = { .n = 0 }, future = { .n = 0 };
	do {
		if (!simulation_step(s))
			return OK;
	} while (2 * stores_open(s, s->day) <= s->plan.n_store);
	demo_faults_add(&unit, s, FAULT_UNIT, s->day);
	demo_faults_add(&future, s, FAULT_FUTURE, s->day);
	demo_faults_add(&future, s, FAULT_UNKNOWN_STORE, s->day);
	enum status status = write_day(s, dir, "faults/sales_bad_day.csv", NULL, &unit, NULL, NULL,
				       bytes, e);
	if (!status)
		status = write_day(s, dir, "faults/sales_odd_day.csv", NULL, &future, NULL, NULL, bytes,
				   e);
	for (int k = 0; k < unit.n; k++)
		all->fault[all->n++] = unit.fault[k];
	for (int k = 0; k < future.n; k++)
		all->fault[all->n++] = future.fault[k];
	return status;
}

static enum status write_days(struct simulation *s, const struct demo_plan *plan, const char *dir,
			      struct demo_faults *faults, struct demo_summary *sum, struct err *e)
{
	struct growing g = { 0 };
	enum status status = growing_open(&g, dir, e);
	while (!status && s->day < s->plan.last && simulation_step(s)) {
		char sales[64], stock[64], date[DAY_TEXT_MAX];
		int tail = s->day > s->plan.last - plan->tail;
		progress("demo", s->day - s->first + 1, s->plan.n_day);
		if (tail && !stores_open(s, s->day))
			continue;
		day_format(s->day, date);
		snprintf(sales, sizeof sales, "inbox/sales_%s.csv", date);
		snprintf(stock, sizeof stock, "inbox/stock_%s.csv", date);
		status = write_day(s, dir, tail ? sales : NULL, tail ? stock : NULL, faults, &g, sum,
				   &sum->bytes, e);
	}
	progress_end();
	status = feed_close(&g.sales, &g.stock, &sum->bytes, status, e);
	status = feed_close(&g.lost, &g.totals, &sum->bytes, status, e);
	return status ? status : write_bad_days(s, dir, faults, &sum->bytes, e);
}

/* The folder must be new or empty: files of another chain among these would spoil both. */
static enum status check_empty(const char *dir, struct err *e)
{
	const struct dirent *entry;
	enum status status = OK;
	DIR *d = opendir(dir);
	if (!d)
		return err_set(e, E_IO, "cannot read folder '%s': %s", dir, strerror(errno));
	while ((entry = readdir(d)) && !status)
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			status = err_set(e, E_USAGE, "folder '%s' is not empty: choose another, or"
					 " remove it first", dir);
	closedir(d);
	return status;
}

static enum status make_folders(const char *dir, int with_inbox, struct err *e)
{
	static const char *const names[] = { "faults", "truth", "inbox" };
	size_t n = sizeof names / sizeof *names - !with_inbox;
	enum status status = file_make_dir(dir, e);
	if (!status)
		status = check_empty(dir, e);
	for (size_t i = 0; i < n && !status; i++) {
		char *path = file_join(dir, names[i]);
		status = file_make_dir(path, e);
		free(path);
	}
	return status;
}

static int64_t count_series(const struct simulation *s)
{
	int64_t n = 0;
	for (int st = 0; st < s->plan.n_store; st++)
		for (int i = 0; i < s->plan.n_item; i++)
			n += s->carried[(size_t)st * s->plan.n_item + i]
			     && (s->item[i].launched == DAY_NONE
				 || s->item[i].launched <= s->plan.last)
			     && (s->item[i].delisted == DAY_NONE
				 || s->item[i].delisted >= s->store[st].opened);
	return n;
}

enum status demo_write(const char *dir, const struct demo_plan *plan, struct demo_summary *out,
		       struct err *e)
{
	struct simulation *s;
	struct demo_faults faults;
	if (plan->tail < 0 || plan->tail > 60 || plan->tail >= plan->chain.n_day / 2)
		return err_set(e, E_USAGE, "%d days for inbox: at most 60, and less than half of all",
			       plan->tail);
	enum status status = simulation_new(&s, &plan->chain, e);
	if (status)
		return status;
	*out = (struct demo_summary){ .first = s->first, .last = plan->chain.last,
				      .n_store = plan->chain.n_store, .n_item = plan->chain.n_item,
				      .series = count_series(s), .promotions = (int)s->n_promotion };
	demo_faults_plan(&faults, s, plan->tail);
	status = make_folders(dir, plan->tail > 0, e);
	if (!status)
		status = demo_write_tables(s, dir, &out->bytes, e);
	if (!status)
		status = demo_write_truth(s, dir, &out->bytes, e);
	if (!status)
		status = demo_write_texts(plan, dir, &out->bytes, e);
	if (!status)
		status = write_days(s, plan, dir, &faults, out, e);
	if (!status)
		status = demo_write_faults(&faults, s, dir, &out->bytes, e);
	for (int k = 0; k < faults.n; k++)
		out->faults += faults.fault[k].lines > 0;
	simulation_free(s);
	return status;
}
