/*
 * The invented chain's files: the same bytes each time whatever the locale and zone, every line of
 * the sales either the chain's or a fault of the list, and nothing over other people's files.
 */
#include "config.h"
#include <dirent.h>
#include <locale.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "base/file.h"
#include "base/ini.h"
#include "io/demo.h"
#include "unit.h"

static const struct demo_plan plan = { { 4, 60, 200, 20267, 3 }, 5 }; /* ends 2025-06-28 */

static char top[] = "tmp-demo.XXXXXX";

static char *write_demo(const char *name, const struct demo_plan *p, struct demo_summary *sum)
{
	struct err e = { 0 };
	char *dir = file_join(top, name);
	if (demo_write(dir, p, sum, &e))
		fail_msg("%s", e.text);
	return dir;
}

static struct buf slurp(const char *dir, const char *name)
{
	struct buf b = { 0 };
	struct err e = { 0 };
	char *path = file_join(dir, name);
	if (file_read(path, &b, &e))
		fail_msg("%s", e.text);
	free(path);
	return b;
}

static int make_top(void **state)
{
	(void)state;
	return !mkdtemp(top);
}

static void remove_dir(const char *dir)
{
	const struct dirent *entry;
	DIR *d = opendir(dir);
	while (d && (entry = readdir(d)))
		if (entry->d_name[0] != '.') {
			char *path = file_join(dir, entry->d_name);
			if (file_is_dir(path))
				remove_dir(path);
			else
				unlink(path);
			free(path);
		}
	if (d)
		closedir(d);
	rmdir(dir);
}

static int remove_top(void **state)
{
	(void)state;
	remove_dir(top);
	return 0;
}

static void same_bytes_in_any_locale_and_zone(void **state)
{
	(void)state;
	static const char *const names[] = {
		"stores.csv", "items.csv", "assortment.csv", "events.csv", "calendar.csv", "promo.csv",
		"prices.csv", "sales.csv", "stock.csv", "faults.csv", "cost.conf", "forecast.conf",
		"README.txt", "inbox/sales_2025-06-27.csv", "inbox/stock_2025-06-28.csv",
		"faults/sales_bad_day.csv", "faults/sales_odd_day.csv", "truth/categories.csv", "truth/stores.csv",
		"truth/items.csv", "truth/promotions.csv", "truth/lost.csv", "truth/totals.csv",
	};
	struct demo_summary a, b;
	char *first = write_demo("first", &plan, &a);
	setenv("TZ", "America/St_Johns", 1);
	tzset();
	/* The one with a decimal comma that is installed, if any. */
	if (!setlocale(LC_ALL, "de_DE.UTF-8"))
		setlocale(LC_ALL, "fr_FR.UTF-8");
	char *second = write_demo("second", &plan, &b);
	setlocale(LC_ALL, "C");
	setenv("TZ", "UTC", 1);
	tzset();
	assert_int_equal(a.bytes, b.bytes);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct buf x = slurp(first, names[i]), y = slurp(second, names[i]);
		assert_int_equal(x.n, y.n);
		assert_memory_equal(x.text, y.text, x.n);
		buf_release(&x);
		buf_release(&y);
	}
	free(first);
	free(second);
}

/* faults.csv as read back. */
struct fault {
	char kind[32], file[40], store[16], item[16];
	long line, lines, met;
	day_t from, until;
};
struct fault_list {
	struct fault at[64];
	int n;
};

/* The next comma-separated field of a line. */
static char *field(char **rest)
{
	char *at = *rest, *end = at + strcspn(at, ",\n");
	*rest = *end ? end + 1 : end;
	*end = '\0';
	return at;
}

static void read_faults(const char *dir, struct fault_list *list)
{
	struct buf b = slurp(dir, "faults.csv");
	list->n = 0;
	for (char *at = strchr(b.text, '\n') + 1, *next; *at; at = next) {
		struct fault *f = &list->at[list->n++];
		next = strchr(at, '\n') + 1;
		*f = (struct fault){ 0 };
		snprintf(f->kind, sizeof f->kind, "%s", field(&at));
		snprintf(f->file, sizeof f->file, "%s", field(&at));
		f->line = atol(field(&at));
		f->lines = atol(field(&at));
		snprintf(f->store, sizeof f->store, "%s", field(&at));
		snprintf(f->item, sizeof f->item, "%s", field(&at));
		char *from = field(&at), *until = field(&at);
		f->from = day_parse(from, strlen(from));
		f->until = day_parse(until, strlen(until));
	}
	buf_release(&b);
}

static struct fault *find_fault(struct fault_list *list, const char *store, const char *item, day_t day)
{
	for (int i = 0; i < list->n; i++) {
		struct fault *f = &list->at[i];
		if (day < f->from || day > f->until || strcmp(f->store, store)
		    || (*f->item && strcmp(f->item, item)))
			continue;
		if (!strcmp(f->kind, "duplicate") && f->met == f->lines)
			continue;
		return f;
	}
	return NULL;
}

/* A file by lines. */
struct lines {
	char *at;
	long n;
};

static const char *next_line(struct lines *l)
{
	char *line = l->at, *end = strchr(line, '\n');
	assert_non_null(end);
	*end = '\0';
	l->at = end + 1;
	l->n++;
	return line;
}

/* The line as the fault should have left it: a pattern that the real one must contain. */
static void check_fault(struct fault *f, struct lines *l, const char *clean)
{
	f->met++;
	if (!strcmp(f->kind, "nofeed") || !strcmp(f->kind, "gap"))
		return;
	int adds = !strcmp(f->kind, "duplicate") || !strcmp(f->kind, "conflict")
		   || !strcmp(f->kind, "unknown_item");
	if (adds)
		assert_string_equal(next_line(l), clean);
	const char *bad = next_line(l);
	if (f->met == 1)
		assert_int_equal(l->n, f->line);
	if (!strcmp(f->kind, "duplicate"))
		assert_string_equal(bad, clean);
	else
		assert_string_not_equal(bad, clean);
	static const char *const marks[][2] = {
		{ "negative", ",-" },	  { "price_zero", ",0.00," },	{ "unknown_item", ",999001," },
		{ "no_number", ",n/a," }, { "no_date", "-02-31," },	{ "spike", "000," },
		{ "bytes", "\x01\xff\xfe#" },
	};
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (!strcmp(f->kind, marks[i][0]))
			assert_non_null(strstr(bad, marks[i][1]));
	if (!strcmp(f->kind, "cut_line"))
		assert_true(strlen(bad) < strlen(clean) && !strncmp(bad, clean, strlen(bad)));
}

static void clean_line(const struct simulation *s, int st, int i, char *out, size_t size)
{
	const struct sim_cell *c = &s->cell[(size_t)st * (size_t)s->plan.n_item + (size_t)i];
	char date[DAY_TEXT_MAX];
	snprintf(out, size, "%s,%s,%s,%d,%d.%02d,%d", s->store[st].id, s->item[i].id,
		 day_format(s->day, date), c->sold, c->price / 100, c->price % 100, c->promotion >= 0);
}

/* Walks the chain and the files side by side. */
static void every_line_is_the_chains_or_a_listed_fault(void **state)
{
	(void)state;
	struct demo_summary sum;
	struct fault_list faults;
	struct simulation *s;
	struct err e = { 0 };
	char *dir = write_demo("walk", &plan, &sum), clean[96], name[64], date[DAY_TEXT_MAX];
	struct buf text = slurp(dir, "sales.csv");
	struct lines history = { text.text, 0 };
	long rows = 0;
	read_faults(dir, &faults);
	assert_int_equal(faults.n, sum.faults);
	assert_string_equal(next_line(&history), "store,item,date,units,price,promo");
	assert_int_equal(simulation_new(&s, &plan.chain, &e), OK);
	while (s->day < s->plan.last && simulation_step(s)) {
		struct buf tail = { 0 };
		struct lines inbox = { 0 }, *l = &history;
		if (s->day > s->plan.last - plan.tail) {
			snprintf(name, sizeof name, "inbox/sales_%s.csv", day_format(s->day, date));
			char *path = file_join(dir, name);
			if (file_exists(path)) {
				tail = slurp(dir, name);
				inbox.at = tail.text;
				next_line(&inbox);
			}
			free(path);
			l = &inbox;
		}
		for (int st = 0; st < s->plan.n_store; st++)
			for (int i = 0; i < s->plan.n_item && sim_open(s, st, s->day); i++) {
				if (!s->cell[st * s->plan.n_item + i].listed)
					continue;
				clean_line(s, st, i, clean, sizeof clean);
				struct fault *f = find_fault(&faults, s->store[st].id, s->item[i].id, s->day);
				if (f)
					check_fault(f, l, clean);
				else
					assert_string_equal(next_line(l), clean);
				rows++;
			}
		assert_true(!inbox.at || !*inbox.at);
		buf_release(&tail);
	}
	assert_int_equal(*history.at, '\0');
	assert_int_equal(rows, sum.rows);
	for (int i = 0; i < faults.n; i++)
		if (!strcmp(faults.at[i].file, "sales.csv"))
			assert_int_equal(faults.at[i].met, faults.at[i].lines);
	simulation_free(s);
	buf_release(&text);
	free(dir);
}

static void the_bad_day_is_a_hundred_times_too_large(void **state)
{
	(void)state;
	struct demo_summary sum;
	char *dir = write_demo("bad", &plan, &sum);
	struct buf bad = slurp(dir, "faults/sales_bad_day.csv");
	struct lines l = { bad.text, 0 };
	long rows = 0, large = 0;
	next_line(&l);
	while (*l.at) {
		char store[16], item[16], date[16];
		int units;
		assert_int_equal(sscanf(next_line(&l), "%15[^,],%15[^,],%15[^,],%d", store, item, date,
					&units), 4);
		assert_string_equal(date, "2025-06-30");
		rows++;
		large += units >= 100 && units % 100 == 0;
	}
	assert_true(rows > 100 && large > rows / 10 && large < rows / 2);
	buf_release(&bad);
	free(dir);
}

static void the_odd_day_has_a_century_too_many(void **state)
{
	(void)state;
	struct demo_summary sum;
	struct fault_list faults;
	char *dir = write_demo("odd", &plan, &sum);
	struct buf odd = slurp(dir, "faults/sales_odd_day.csv");
	struct lines l = { odd.text, 0 };
	int later = 0, unknown = 0, listed = 0;
	read_faults(dir, &faults);
	while (*l.at) {
		const char *line = next_line(&l);
		later += strstr(line, ",2125-06-") != NULL;
		unknown += !strncmp(line, "S999,", 5);
		for (int i = 0; i < faults.n; i++)
			if (!strcmp(faults.at[i].file, "faults/sales_odd_day.csv")
			    && faults.at[i].line == l.n)
				listed += strstr(line, ",2125-06-") || !strncmp(line, "S999,", 5);
	}
	assert_int_equal(later, 2);
	assert_int_equal(unknown, 1);
	assert_int_equal(listed, 3);
	buf_release(&odd);
	free(dir);
}

static void the_settings_can_be_read(void **state)
{
	(void)state;
	struct demo_summary sum;
	struct err e = { 0 };
	struct ini conf = { 0 }, cost = { 0 };
	char *dir = write_demo("settings", &plan, &sum);
	char *conf_path = file_join(dir, "forecast.conf"), *cost_path = file_join(dir, "cost.conf");
	assert_int_equal(ini_read(&conf, conf_path, &e), OK);
	assert_int_equal(ini_read(&cost, cost_path, &e), OK);
	assert_string_equal(ini_get(&conf, "run", "segment"), "category");
	assert_string_equal(ini_get(&cost, "default", "goodwill"), "0.2");
	assert_string_equal(ini_get(&cost, "roi", "ramp"), "0.5 1 1");
	ini_release(&conf);
	ini_release(&cost);
	free(conf_path);
	free(cost_path);
	free(dir);
}

static void a_folder_in_use_is_refused(void **state)
{
	(void)state;
	struct demo_summary sum;
	struct err e = { 0 };
	char *dir = write_demo("used", &plan, &sum);
	assert_int_equal(demo_write(dir, &plan, &sum, &e), E_USAGE);
	assert_non_null(strstr(e.text, "is not empty"));
	struct demo_plan odd = plan;
	odd.tail = 100;
	assert_int_equal(demo_write(dir, &odd, &sum, &e), E_USAGE);
	free(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_bytes_in_any_locale_and_zone),
		cmocka_unit_test(every_line_is_the_chains_or_a_listed_fault),
		cmocka_unit_test(the_bad_day_is_a_hundred_times_too_large),
		cmocka_unit_test(the_odd_day_has_a_century_too_many),
		cmocka_unit_test(the_settings_can_be_read),
		cmocka_unit_test(a_folder_in_use_is_refused),
	};
	return cmocka_run_group_tests(tests, make_top, remove_top);
}
