/* Drivers as a view shows them, and as they come out of a db. */
#include "config.h"
#include "unit.h"

#include <unistd.h>
#include "fixture.h"
#include "base/file.h"
#include "io/db_panel.h"
#include "io/ingest.h"
#include "model/node_panel.h"
#include "series/driver.h"

#define DB "test_driver.db"

static double value(const struct panel *p, int k, int i, period_t t, int *assumed)
{
	*assumed = 0;
	return driver_value(p, k, i, t, assumed);
}

/* What is past is not seen after the origin; what is known is, as far as its table speaks. */
static void accessors_show_what_is_known(void **state)
{
	static const float x[] = { 1, NAN, 3, 4 };
	static const struct driver_column column[] = {
		{ "plan", DRIVER_KNOWN, MISSING_CARRY, 1, NULL, 10, 13, x },
		{ "seen", DRIVER_PAST, MISSING_CARRY, 1, NULL, 10, 13, x },
		{ "none", DRIVER_PAST, MISSING_NONE, 1, NULL, 10, 13, x },
		{ "zero", DRIVER_KNOWN, MISSING_ZERO, 1, NULL, 10, 13, x },
	};
	const struct drivers d = { .n = 1, .n_column = 4, .column = column };
	const struct panel p = { .n = 1, .until = 12, .drivers = &d };
	int assumed;
	(void)state;
	unit_near(value(&p, 0, 0, 13, &assumed), 4, 0);
	assert_int_equal(assumed, 0);
	unit_near(value(&p, 0, 0, 14, &assumed), 4, 0);
	assert_int_equal(assumed, 1);
	unit_near(value(&p, 0, 0, 11, &assumed), 1, 0);
	unit_near(value(&p, 1, 0, 12, &assumed), 3, 0);
	assert_int_equal(assumed, 0);
	unit_near(value(&p, 1, 0, 13, &assumed), 3, 0);
	assert_int_equal(assumed, 1);
	assert_true(isnan(value(&p, 2, 0, 13, &assumed)));
	unit_near(value(&p, 3, 0, 11, &assumed), 0, 0);
	unit_near(value(&p, 3, 0, 14, &assumed), 0, 0);
	assert_int_equal(assumed, 1);
	assert_true(isnan(value(&p, 0, 0, 9, &assumed)));
}

static void past_promotions_end_at_the_origin(void **state)
{
	static const int64_t begin[] = { 0, 2 };
	static const struct promotion_span span[] = { { 5, 20, 0, .1 }, { 14, 16, 0, .2 } };
	struct drivers d = { .n = 1, .promotion_begin = begin, .promotion = span, .promotion_until = 20 };
	const struct panel p = { .n = 1, .until = 12, .drivers = &d };
	const struct promotion_span *out[4];
	int assumed = 0;
	(void)state;
	assert_int_equal(driver_promotions(&p, 0, 15, 15, out, 4, &assumed), 2);
	assert_int_equal(assumed, 0);
	assert_int_equal(driver_promotions(&p, 0, 21, 22, out, 4, &assumed), 0);
	assert_int_equal(assumed, 1);
	d.promotion_known = DRIVER_PAST;
	assumed = 0;
	assert_int_equal(driver_promotions(&p, 0, 15, 15, out, 4, &assumed), 0);
	assert_int_equal(assumed, 1);
	assert_int_equal(driver_promotions(&p, 0, 12, 12, out, 4, &assumed), 1);
}

/* ---- out of a db ---- */

static void write_text(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static const char *const files[] = { "td_calendar.csv", "td_stores.csv", "td_items.csv", "td_sales.csv",
				     "td_prices.csv", "td_promo.csv" };
#define N_FILE ((int)(sizeof files / sizeof *files))

/* Sales of 20 days, or of ten weeks. */
static void write_files(int weekly)
{
	struct buf sales = { 0 }, calendar = { 0 };
	write_text(files[1], "store,state\nA,CA\nB,TX\nC,NV\n");
	write_text(files[2], "item,dept\nx,food\ny,toys\n");
	buf_adds(&calendar, "date,d,event_name_1,event_type_1,snap_CA,snap_TX,temperature\n");
	for (int t = 1; t <= 28; t++)
		buf_addf(&calendar, "2024-01-%02d,d_%d,%s,%s,%d,%d,%d\n", t, t, t == 15 ? "King" : "",
			 t == 15 ? "National" : "", t % 2, t % 3 == 0, t);
	write_text(files[0], calendar.text);
	buf_adds(&sales, "store,item,date,units\n");
	for (int t = 0; weekly && t < 10; t++) {
		char day[DAY_TEXT_MAX];
		day_format(day_from_ymd(2024, 1, 1) + 7 * t, day);
		buf_addf(&sales, "A,x,%s,%d\nB,x,%s,2\n", day, t, day);
	}
	for (int t = 1; !weekly && t <= 20; t++)
		buf_addf(&sales, "A,x,2024-01-%02d,%d\nA,y,2024-01-%02d,1\nB,x,2024-01-%02d,2\nC,x,2024-01-%02d,3\n",
			 t, t, t, t, t);
	write_text(files[3], sales.text);
	write_text(files[4], "store,item,date,price\nA,x,2024-01-01,2.5\nA,x,2024-01-08,2.5\nA,x,2024-01-15,2\n");
	write_text(files[5], "store,item,from,to,mechanic,depth\nA,x,2024-01-05,2024-01-07,flyer,20\n"
		   "B,x,2024-01-22,2024-01-25,display,\n");
	buf_release(&sales);
	buf_release(&calendar);
}

static struct db *fill_db(int weekly)
{
	struct db *db;
	struct err e = { 0 };
	struct arena a = { 0 };
	struct ingest_result result[N_FILE];
	const struct ingest_options options = { .known = DAY_NONE, .reject_share = .5 };
	int done = 0;
	unlink(DB);
	write_files(weekly);
	assert_int_equal(db_open(&db, DB, DB_CREATE, &e), OK);
	if (ingest_files(db, &options, N_FILE, files, &a, result, &done, &e))
		fail_msg("%s", e.text);
	arena_release(&a);
	return db;
}

static void drop_db(struct db *db)
{
	db_close(db);
	unlink(DB);
	unlink(DB ".lock");
	for (int k = 0; k < N_FILE; k++)
		unlink(files[k]);
}

static int column_of(const struct drivers *d, const char *name)
{
	for (int k = 0; k < d->n_column; k++)
		if (!strcmp(d->column[k].name, name))
			return k;
	return -1;
}

static void drivers_come_out_of_a_db(void **state)
{
	struct db *db = fill_db(0);
	struct err e = { 0 };
	struct panel_owner o = { 0 };
	struct panel_request q = { .as_of = DAY_NONE, .gaps = GAP_ZERO, .drivers = 1, .known = "temperature" };
	const struct event_day *event[2];
	const struct promotion_span *span[2];
	const day_t first = day_from_ymd(2024, 1, 1);
	int assumed = 0;
	(void)state;
	if (db_panel(db, &q, &o, &e))
		fail_msg("%s", e.text);
	const struct panel *p = &o.panel;
	const struct drivers *d = p->drivers;
	int ax = panel_find(p, "A", "x"), ay = panel_find(p, "A", "y"), bx = panel_find(p, "B", "x");
	int cx = panel_find(p, "C", "x");
	assert_int_equal(d->n, 4);
	/* One column of the stores out of one for each state; a state without column tells nothing. */
	assert_int_equal(column_of(d, "snap_ca"), -1);
	int snap = column_of(d, "snap");
	assert_true(snap >= 0);
	assert_int_equal(d->column[snap].known, DRIVER_KNOWN);
	assert_int_equal(d->column[snap].missing, MISSING_ZERO);
	for (int t = 1; t <= 28; t++) {
		unit_near(driver_value(p, snap, ax, first + t - 1, NULL), t % 2, 0);
		unit_near(driver_value(p, snap, ay, first + t - 1, NULL), t % 2, 0);
		unit_near(driver_value(p, snap, bx, first + t - 1, NULL), t % 3 == 0, 0);
	}
	unit_near(driver_value(p, snap, cx, first, NULL), 0, 0);
	unit_near(driver_value(p, column_of(d, "temperature"), bx, first + 24, &assumed), 25, 0);
	assert_int_equal(assumed, 0);
	unit_near(driver_value(p, column_of(d, "temperature"), bx, first + 28, &assumed), 28, 0);
	assert_int_equal(assumed, 1);
	unit_near(driver_price(p, ax, first + 6, NULL), 2.5, 0);
	unit_near(driver_price(p, ax, first + 14, NULL), 2, 0);
	assert_true(isnan(driver_price(p, bx, first + 6, NULL)));
	assert_int_equal(d->price_until, first + 14);
	/* Per cent become a share; the plan speaks as far as its last day. */
	assert_int_equal(driver_promotions(p, ax, first + 5, first + 5, span, 2, NULL), 1);
	unit_near(span[0]->depth, .2, 1e-12);
	assert_string_equal(d->mechanic[span[0]->mechanic], "flyer");
	assert_int_equal(driver_promotions(p, bx, first + 23, first + 23, span, 2, NULL), 1);
	assert_true(isnan(span[0]->depth));
	assert_int_equal(d->promotion_until, first + 24);
	assert_int_equal(driver_events(p, cx, first + 14, event, 2), 1);
	assert_string_equal(d->event_name[event[0]->name], "King");
	assert_string_equal(d->event_type[event[0]->type], "National");
	const struct attribute *dept = driver_attribute(d, "dept"), *of = driver_attribute(d, "state");
	assert_non_null(dept);
	assert_int_equal(dept->of_store, 0);
	assert_string_equal(dept->value[dept->code[ay]], "toys");
	assert_non_null(of);
	assert_int_equal(of->of_store, 1);
	assert_string_equal(of->value[of->code[bx]], "TX");
	panel_release(&o);
	drop_db(db);
}

/* A store asked for by itself is told what all stores together are told of it. */
static void one_store_is_told_the_same(void **state)
{
	struct db *db = fill_db(0);
	struct err e = { 0 };
	struct panel_owner all = { 0 }, one = { 0 };
	struct panel_request q = { .as_of = DAY_NONE, .gaps = GAP_ZERO, .drivers = 1 };
	const struct promotion_span *span[2];
	(void)state;
	assert_int_equal(db_panel(db, &q, &all, &e), OK);
	for (int s = 0; s < 3; s++) {
		q.store = s == 0 ? "A" : s == 1 ? "B" : "C";
		if (db_panel(db, &q, &one, &e))
			fail_msg("%s", e.text);
		const struct drivers *d = one.panel.drivers, *a = all.panel.drivers;
		assert_int_equal(d->n_column, a->n_column);
		assert_int_equal(d->promotion_until, a->promotion_until);
		for (int i = 0; i < one.panel.n; i++) {
			int j = panel_find(&all.panel, q.store, one.panel.key[i].item);
			for (int t = 0; t < 35; t++) {
				period_t day = one.panel.first[i] + t;
				for (int k = 0; k < d->n_column; k++) {
					assert_int_equal(d->column[k].known, a->column[k].known);
					double x = driver_value(&one.panel, k, i, day, NULL);
					double y = driver_value(&all.panel, k, j, day, NULL);
					assert_true(x == y || (isnan(x) && isnan(y)));
				}
				double x = driver_price(&one.panel, i, day, NULL);
				double y = driver_price(&all.panel, j, day, NULL);
				assert_true(x == y || (isnan(x) && isnan(y)));
				assert_int_equal(driver_promotions(&one.panel, i, day, day, span, 2, NULL),
						 driver_promotions(&all.panel, j, day, day, span, 2, NULL));
			}
		}
		panel_release(&one);
		one = (struct panel_owner){ 0 };
	}
	panel_release(&all);
	drop_db(db);
}

/* Days before an origin are the same to a panel of that day, and what is past ends there. */
static void the_day_asked_for_is_the_end(void **state)
{
	struct db *db = fill_db(0);
	struct err e = { 0 };
	struct panel_owner o = { 0 };
	const day_t first = day_from_ymd(2024, 1, 1);
	struct panel_request q = { .as_of = first + 9, .gaps = GAP_ZERO, .drivers = 1, .past = "temperature, price" };
	int assumed = 0;
	(void)state;
	if (db_panel(db, &q, &o, &e))
		fail_msg("%s", e.text);
	const struct panel *p = &o.panel;
	int ax = panel_find(p, "A", "x"), temperature = column_of(p->drivers, "temperature");
	assert_int_equal(p->until, first + 9);
	unit_near(driver_value(p, temperature, ax, first + 12, &assumed), 10, 0);
	assert_int_equal(assumed, 1);
	unit_near(driver_price(p, ax, first + 16, NULL), 2.5, 0);
	unit_near(driver_value(p, column_of(p->drivers, "snap"), ax, first + 12, NULL), 1, 0);
	panel_release(&o);
	drop_db(db);
}

/* Weeks: a price stands from the week in which it changes, a promotion runs in every week that it
 * touches, a column's value is the mean of its days. */
static void days_become_weeks(void **state)
{
	struct db *db = fill_db(1);
	struct err e = { 0 };
	struct panel_owner o = { 0 };
	struct panel_request q = { .as_of = DAY_NONE, .gaps = GAP_ZERO, .drivers = 1 };
	const struct event_day *event[2];
	const struct promotion_span *span[2];
	(void)state;
	if (db_panel(db, &q, &o, &e))
		fail_msg("%s", e.text);
	const struct panel *p = &o.panel;
	assert_int_equal(p->calendar.kind, PERIOD_WEEK);
	int ax = panel_find(p, "A", "x"), bx = panel_find(p, "B", "x");
	period_t first = p->first[ax];
	int snap = column_of(p->drivers, "snap"), warm = column_of(p->drivers, "temperature");
	unit_near(driver_value(p, snap, ax, first, NULL), 4. / 7, 1e-6);     /* 1, 3, 5, 7 January */
	unit_near(driver_value(p, snap, ax, first + 1, NULL), 3. / 7, 1e-6); /* 9, 11, 13 */
	unit_near(driver_value(p, snap, bx, first, NULL), 2. / 7, 1e-6);     /* 3, 6 */
	unit_near(driver_value(p, warm, bx, first + 1, NULL), 11, 1e-5);
	unit_near(driver_price(p, ax, first + 1, NULL), 2.5, 0);
	unit_near(driver_price(p, ax, first + 2, NULL), 2, 0);
	assert_int_equal(driver_promotions(p, bx, first + 3, first + 3, span, 2, NULL), 1);
	assert_int_equal(driver_promotions(p, bx, first + 2, first + 2, span, 2, NULL), 0);
	assert_int_equal(driver_events(p, ax, first + 2, event, 2), 1);
	panel_release(&o);
	drop_db(db);
}

/* Holidays by rule stand beside the user's events; wrong settings are named. */
static void holidays_and_wrong_words(void **state)
{
	struct db *db = fill_db(0);
	struct err e = { 0 };
	struct panel_owner o = { 0 };
	const struct event_day *event[2];
	const day_t first = day_from_ymd(2024, 1, 1);
	struct panel_request q = { .as_of = DAY_NONE, .gaps = GAP_ZERO, .drivers = 1, .region = "US" };
	(void)state;
	if (db_panel(db, &q, &o, &e))
		fail_msg("%s", e.text);
	/* The user's King stands for that day alone; the rules tell the others, also ahead. */
	assert_int_equal(driver_events(&o.panel, 0, first + 14, event, 2), 1);
	assert_string_equal(o.panel.drivers->event_name[event[0]->name], "King");
	assert_true(driver_events(&o.panel, 0, first, event, 2) >= 1);
	assert_true(driver_events(&o.panel, 0, day_from_ymd(2024, 12, 25), event, 2) >= 1);
	panel_release(&o);
	q.region = NULL;
	static const struct {
		const char *known, *past, *missing, *says;
	} wrong[] = {
		{ "temperature, snap", "snap", NULL, "'snap'" },
		{ "units", NULL, NULL, "'units'" },
		{ NULL, "temperature,units", NULL, "'units'" },
		{ NULL, NULL, "temperature=never", "'temperature=never'" },
	};
	for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
		q.known = wrong[k].known;
		q.past = wrong[k].past;
		q.missing = wrong[k].missing;
		struct err says = { 0 };
		assert_int_equal(db_panel(db, &q, &o, &says), E_USAGE);
		if (!strstr(says.text, wrong[k].says))
			fail_msg("'%s' does not name %s", says.text, wrong[k].says);
	}
	drop_db(db);
}

/* ---- sums of nodes ---- */

#define SUMS "td_sums.csv"

static void take_in(struct db *db, const char *text, int64_t fresh, int64_t changed, int64_t rejected)
{
	struct err e = { 0 };
	struct arena a = { 0 };
	struct ingest_result r;
	const char *file = SUMS;
	const struct ingest_options options = { .known = day_from_ymd(2024, 2, 1), .reject_share = .7 };
	int done = 0;
	write_text(SUMS, text);
	if (ingest_files(db, &options, 1, &file, &a, &r, &done, &e))
		fail_msg("%s", e.text);
	assert_int_equal(r.counts.fresh, fresh);
	assert_int_equal(r.counts.changed, changed);
	assert_int_equal(r.counts.rejected, rejected);
	arena_release(&a);
	unlink(SUMS);
}

static void sums_have_one_name_a_node(void **state)
{
	struct db *db = fill_db(0);
	struct err e = { 0 };
	struct panel_owner o = { 0 };
	struct panel_request q = { .as_of = DAY_NONE, .gaps = GAP_ZERO, .drivers = 1 };
	const struct node_history *h;
	const period_t first = day_from_ymd(2023, 12, 30);
	(void)state;
	/* An empty node, one with an empty part, a day to come and what is no number are set aside. */
	take_in(db, "node,date,units\nfood|CA,2023-12-30,5\nCA/food,2024-01-01,6\nTotal,2023-12-31,9\n"
		"all,2024-01-01,10\n,2024-01-01,3\nCA//food,2024-01-01,3\nCA|food,2024-02-02,7\n"
		"CA|food,2024-01-02,x\n", 4, 0, 4);
	/* The same told again in another shape is not new; what differs is changed. */
	take_in(db, "tier,series,2023-12-30,2024-01-01,2024-02-02\nstate*dept,food/CA,5,8,1\nall,,1,1,1\n", 0, 1, 2);
	if (db_panel(db, &q, &o, &e))
		fail_msg("%s", e.text);
	assert_int_equal(o.panel.drivers->n_history, 2);
	assert_non_null(h = driver_history(o.panel.drivers, "CA|food"));
	assert_int_equal(h->first, first);
	assert_int_equal(h->n, 3);
	unit_near(h->units[0], 5, 0);
	assert_true(isnan(h->units[1]));
	unit_near(h->units[2], 8, 0);
	assert_non_null(h = driver_history(o.panel.drivers, "total"));
	assert_int_equal(h->n, 2);
	unit_near(h->units[1], 10, 0);
	assert_null(driver_history(o.panel.drivers, "food|CA"));
	panel_release(&o);
	/* The nodes of one store are others: "total" is that store there. */
	q.store = "A";
	assert_int_equal(db_panel(db, &q, &o, &e), OK);
	assert_int_equal(o.panel.drivers->n_history, 0);
	panel_release(&o);
	drop_db(db);
}

/* Nodes begin where the sums do, are the items' from their first day on, and know nothing after the day
 * asked for. */
static void nodes_begin_with_the_sums(void **state)
{
	struct db *db = fill_db(0);
	struct err e = { 0 };
	struct arena a = { 0 };
	const day_t first = day_from_ymd(2024, 1, 1);
	(void)state;
	take_in(db, "node,date,units\ntotal,2023-12-30,70\ntotal,2023-12-31,80\ntotal,2024-01-01,999\n"
		"total,2024-01-15,999\ntoys|CA,2023-12-31,4\nnobody,2023-12-31,1\n", 6, 0, 0);
	for (int late = 0; late < 2; late++) {
		struct panel_owner o = { 0 };
		struct panel_request q = { .as_of = late ? DAY_NONE : first + 9, .gaps = GAP_ZERO, .drivers = 1 };
		struct hierarchy h;
		struct node_panel out;
		int last = late ? 20 : 10;
		if (db_panel(db, &q, &o, &e))
			fail_msg("%s", e.text);
		assert_int_equal(driver_history(o.panel.drivers, "total")->n, late ? 17 : 3);
		assert_int_equal(node_tiers(&o.panel, "total+state*dept", &a, &h, &e), OK);
		node_panel_make(&o.panel, &h, &a, &out);
		struct series s = panel_series(&out.panel, out.begin[0]);
		assert_int_equal(s.first, first - 2);
		assert_int_equal(s.n, last + 2);
		unit_near(s.units[0], 70, 0);
		unit_near(s.units[1], 80, 0);
		/* A,x sold t on day t, the others 1, 2 and 3. */
		for (int t = 1; t <= last; t++)
			unit_near(s.units[t + 1], t + 6, 1e-12);
		for (int j = 0; j < out.panel.n; j++) {
			s = panel_series(&out.panel, j);
			if (strcmp(out.panel.key[j].item, "CA|toys"))
				continue;
			assert_int_equal(s.first, first - 1);
			unit_near(s.units[0], 4, 0);
			unit_near(s.units[1], 1, 0);
		}
		panel_release(&o);
	}
	arena_release(&a);
	drop_db(db);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accessors_show_what_is_known),
		cmocka_unit_test(past_promotions_end_at_the_origin),
		cmocka_unit_test(drivers_come_out_of_a_db),
		cmocka_unit_test(the_day_asked_for_is_the_end),
		cmocka_unit_test(one_store_is_told_the_same),
		cmocka_unit_test(sums_have_one_name_a_node),
		cmocka_unit_test(nodes_begin_with_the_sums),
		cmocka_unit_test(days_become_weeks),
		cmocka_unit_test(holidays_and_wrong_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
