/*
 * The door to gnuplot: what text from data becomes in a script, line by line; that gnuplot draws it
 * and runs nothing; what is said where it is missing, fails or hangs. Ticks and labels by hand.
 */
#include "config.h"
#include "unit.h"
#include "base/file.h"
#include "report/axis.h"
#include "report/picture.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void check_quote(const char *text, const char *want)
{
	struct buf b = { 0 };
	plot_quote(&b, text);
	assert_string_equal(b.text, want);
	buf_release(&b);
}

static void quotes(void **state)
{
	(void)state;
	check_quote("plain", "'plain'");
	check_quote("", "''");
	check_quote("O'Brien's", "'O''Brien''s'");
	check_quote("'a''", "'\xe2\x80\x99" "a''\xe2\x80\x99'");
	check_quote("a\xff\xc2\x9b", "'a\xef\xbf\xbd\xef\xbf\xbd'");
	check_quote("`touch x`", "'`touch x`'");
	check_quote("a\nsystem(\"touch x\")", "'a system(\"touch x\")'");
	check_quote("a\r\nEOD\nset output '/tmp/x'", "'a  EOD set output ''/tmp/x'''");
	check_quote("50 %\\n{/Bold x}\x7f", "'50 %\\n{/Bold x} '");
	struct buf b = { 0 };
	plot_quote_tick(&b, "50 % of 'it'");
	assert_string_equal(b.text, "'50 %% of ''it'''");
	buf_release(&b);
}

static void data_is_numbers(void **state)
{
	const double x[] = { 1, 2.5, NAN, INFINITY, -0.125, 1e10 };
	struct buf b = { 0 };
	(void)state;
	plot_data(&b, "d", x, 3, 2);
	assert_string_equal(b.text, "$d << EOD\n1 2.5\nNaN NaN\n-0.125 10000000000\nEOD\n");
	buf_release(&b);
}

static void ticks_of_days(void **state)
{
	const struct calendar days = { .kind = PERIOD_DAY };
	struct buf b = { 0 };
	period_t from = day_from_ymd(2026, 12, 20);
	(void)state;
	/* 20 Dec 2026 is a Sunday: Mondays are the 21st, the 28th, and 4 and 11 January. */
	axis_periods(&b, &days, from, from + 27, 5);
	char want[300];
	snprintf(want, sizeof want, "set xrange [%d.5:%d.5]\nset xtics nomirror ('21 Dec 2026' %d, '28 Dec' %d,"
		 " '4 Jan 2027' %d, '11 Jan' %d)\n", from - 1, from + 27, from + 1, from + 8, from + 15,
		 from + 22);
	assert_string_equal(b.text, want);
	buf_release(&b);
}

static void ticks_of_other_periods(void **state)
{
	const struct calendar months = { .kind = PERIOD_MONTH }, numbers = { .kind = PERIOD_NUMBER };
	struct buf b = { 0 };
	char want[300];
	(void)state;
	period_t from = period_of_day(&months, day_from_ymd(2025, 5, 1));
	axis_periods(&b, &months, from, from + 20, 8);
	snprintf(want, sizeof want, "set xrange [%d.5:%d.5]\nset xtics nomirror ('Jul 2025' %d, 'Oct' %d,"
		 " 'Jan 2026' %d, 'Apr' %d, 'Jul' %d, 'Oct' %d, 'Jan 2027' %d)\n", from - 1, from + 20, from + 2,
		 from + 5, from + 8, from + 11, from + 14, from + 17, from + 20);
	assert_string_equal(b.text, want);
	buf_clear(&b);
	axis_periods(&b, &numbers, 1, 100, 6);
	assert_string_equal(b.text, "set xrange [0.5:100.5]\nset xtics nomirror ('20' 20, '40' 40, '60' 60,"
				    " '80' 80, '100' 100)\n");
	buf_release(&b);
}

static void value_axis(void **state)
{
	struct buf b = { 0 };
	double low, high;
	(void)state;
	axis_values(&b, 0, 37000, 4, &low, &high);
	assert_string_equal(b.text, "set yrange [0:40000]\nset ytics ('0' 0, '10 k' 10000, '20 k' 20000,"
				    " '30 k' 30000, '40 k' 40000)\n");
	buf_clear(&b);
	axis_shares(&b, 0, 0.33, 4, &low, &high);
	assert_string_equal(b.text, "set yrange [0:0.35]\nset ytics ('0' 0, '10 %%' 0.1, '20 %%' 0.2,"
				    " '30 %%' 0.3)\n");
	buf_release(&b);
}

static void check_value(double x, const char *want)
{
	char text[NUMBER_MAX];
	value_label(text, x);
	assert_string_equal(text, want);
}

static void value_labels(void **state)
{
	(void)state;
	check_value(0, "0");
	check_value(7, "7");
	check_value(7.125, "7.12");
	check_value(1234, "1234");
	check_value(12345, "12.3 k");
	check_value(1234567, "1.23 M");
	check_value(999600, "1.00 M");
	check_value(-45600, "-45.6 k");
}

static int has_gnuplot(void)
{
	static const char *const place[] = { "/usr/bin/gnuplot", "/usr/local/bin/gnuplot",
					     "/bin/gnuplot", "/opt/local/bin/gnuplot" };
	for (size_t i = 0; i < sizeof place / sizeof *place; i++)
		if (file_exists(place[i]))
			return 1;
	return 0;
}

static const char hostile[] = "''; system(\"touch OWNED\") #\n`touch OWNED`\nEOD\n"
			      "set output 'OWNED'\n\"`touch OWNED`\" @x %s {/=80 x} \\";

/* A small fan whose every text is hostile. */
static void hostile_fan(struct fan *fan)
{
	static const double units[] = { 3, 0, NAN, 5, 8, 2, 4 }, mean[] = { 4, 5, 6 };
	static const double quantile[] = { 1, 4, 9, 2, 5, 9, 2, 6, 11 }, level[] = { .05, .5, .95 };
	static const uint8_t days[] = { DAY_SOLD, DAY_STOCKOUT, DAY_NOFEED, DAY_SOLD, DAY_SOLD, DAY_SOLD,
					DAY_SOLD };
	static struct event event;
	period_t first = day_from_ymd(2026, 11, 2);
	event = (struct event){ first + 2, NULL, hostile, "user", 0 };
	*fan = (struct fan){ .title = hostile, .unit = hostile, .calendar = { .kind = PERIOD_DAY },
			     .n_past = 7, .first = first, .units = units, .state = days, .n_step = 3,
			     .n_level = 3, .origin = first + 6, .level = level, .mean = mean,
			     .quantile = quantile, .event = &event, .n_event = 1 };
}

static void draw_hostile(struct plot *p, enum plot_kind kind)
{
	static const char *const name[] = { hostile, hostile };
	static const double past[] = { 5, 3 }, next[] = { 4, 4 }, x[] = { 1, 2 }, y[] = { .5, .6, .4, .5 };
	struct look look = { kind, kind == PLOT_DUMB ? 80 : 600, kind == PLOT_DUMB ? 24 : 300, 1, 0 };
	struct fan fan;
	struct totals totals = { hostile, hostile, 2, name, past, next };
	struct curves curves = { hostile, hostile, hostile, 2, 2, name, x, y, 0, 1 };
	struct intake intake = { hostile, { .kind = PERIOD_DAY }, 2, 20000, past, next, next, "a", "b" };
	hostile_fan(&fan);
	picture_fan(p, "fan", &look, &fan);
	picture_series(p, "series", &look, &fan);
	picture_totals(p, "totals", &look, &totals);
	picture_errors(p, "errors", &look, &curves);
	picture_coverage(p, "coverage", &look, &curves);
	picture_quality(p, "quality", &look, &intake);
}

/* Every line of the script begins with a word of ours; what is inside quotes is left out. */
static void check_script(const char *script)
{
	static const char *const begin[] = { "set ", "unset ", "reset", "plot ", "$", "EOD", " $", "" };
	int in_data = 0;
	for (const char *line = script; *line;) {
		size_t n = strcspn(line, "\n");
		int known = 0;
		if (in_data) {
			in_data = strncmp(line, "EOD\n", 4) != 0;
			assert_true(!in_data || strspn(line, "0123456789.-+eNa ") == n);
			known = 1;
		} else if (n && line[0] == '$') {
			in_data = memmem(line, n, " << EOD", 7) != NULL;
		}
		for (size_t i = 0; !known && i < sizeof begin / sizeof *begin; i++)
			known = *begin[i] ? !strncmp(line, begin[i], strlen(begin[i])) : n == 0;
		if (!known)
			fail_msg("a line of the script: %.*s", (int)n, line);
		line += n + (line[n] == '\n');
	}
}

static void hostile_text_is_text(void **state)
{
	char dir[] = "/tmp/test_plot.XXXXXX", path[80];
	struct err e = { 0 };
	struct plot *p;
	(void)state;
	assert_non_null(mkdtemp(dir));
	for (int kind = PLOT_SVG; kind <= PLOT_DUMB; kind++) {
		struct buf svg = { 0 };
		assert_int_equal(plot_new(&p, dir, &e), OK);
		draw_hostile(p, (enum plot_kind)kind);
		check_script(plot_script(p)->text);
		if (has_gnuplot()) {
			enum status status = plot_run(p, 60, &e);
			assert_string_equal(e.text, "");
			assert_int_equal(status, OK);
			assert_int_equal(plot_read(p, 0, &svg, &e), OK);
			assert_true(svg.n > 500);
			if (kind == PLOT_SVG)
				assert_non_null(strstr(svg.text, "system(\"touch OWNED\")"));
		}
		buf_release(&svg);
		plot_free(p);
	}
	snprintf(path, sizeof path, "%s/OWNED", dir);
	assert_false(file_exists(path));
	assert_false(file_exists("OWNED"));
	snprintf(path, sizeof path, "rm -r %s", dir);
	assert_int_equal(system(path), 0);
}

/* A program named gnuplot that does what a test wants. */
static void fake_gnuplot(const char *dir, const char *body)
{
	char path[80];
	struct buf script = { 0 };
	struct err e = { 0 };
	buf_addf(&script, "#!/bin/sh\n%s\n", body);
	snprintf(path, sizeof path, "%s/gnuplot", dir);
	assert_int_equal(file_write(path, script.text, script.n, &e), OK);
	assert_int_equal(chmod(path, 0755), 0);
	buf_release(&script);
}

static void run_with(const char *path, int limit, struct err *e)
{
	struct plot *p;
	*e = (struct err){ 0 };
	assert_int_equal(plot_new(&p, NULL, e), OK);
	plot_begin(p, "a", PLOT_SVG, 100, 100);
	char *before = xstrdup(getenv("PATH") ? getenv("PATH") : "");
	setenv("PATH", path, 1);
	enum status status = plot_run(p, limit, e);
	setenv("PATH", before, 1);
	assert_int_equal(status, e->code);
	assert_true(file_exists(plot_dir(p)));
	char *dir = xstrdup(plot_dir(p));
	plot_free(p);
	assert_false(file_exists(dir));
	free(dir);
	free(before);
}

static void failures_are_told(void **state)
{
	char dir[] = "/tmp/test_plot.XXXXXX", path[80], command[80];
	struct err e;
	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s:/usr/bin:/bin", dir);
	run_with("/nonexistent", 10, &e);
	assert_int_equal(e.code, E_IO);
	assert_string_equal(e.text, "gnuplot was not found; on Debian: apt-get install gnuplot-nox");
	fake_gnuplot(dir, "echo 'plot x' >&2; echo '     ^' >&2; echo 'line 7: no such terminal' >&2; exit 1");
	run_with(path, 10, &e);
	assert_string_equal(e.text, "gnuplot failed: line 7: no such terminal");
	fake_gnuplot(dir, "exec sleep 600");
	run_with(path, 1, &e);
	assert_string_equal(e.text, "gnuplot took more than 1 s and was ended");
	fake_gnuplot(dir, "test -z \"$GNUPLOT_LIB$GNUTERM\" && test \"$LC_ALL\" = C && test \"$1\" = -d");
	setenv("GNUTERM", "x11", 1);
	run_with(path, 10, &e);
	assert_string_equal(e.text, "");
	snprintf(command, sizeof command, "rm -r %s", dir);
	assert_int_equal(system(command), 0);
}

static void kept_without_gnuplot(void **state)
{
	char dir[] = "/tmp/test_plot.XXXXXX", path[80], command[80];
	struct err e = { 0 };
	struct plot *p;
	(void)state;
	assert_non_null(mkdtemp(dir));
	char *before = xstrdup(getenv("PATH") ? getenv("PATH") : "");
	setenv("PATH", "/nonexistent", 1);
	assert_int_equal(plot_new(&p, dir, &e), OK);
	draw_hostile(p, PLOT_PNG);
	assert_int_equal(plot_run(p, 10, &e), E_IO);
	plot_free(p);
	setenv("PATH", before, 1);
	snprintf(path, sizeof path, "%s/" PLOT_SCRIPT, dir);
	assert_true(file_exists(path));
	snprintf(command, sizeof command, "rm -r %s", dir);
	assert_int_equal(system(command), 0);
	free(before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quotes),
		cmocka_unit_test(data_is_numbers),
		cmocka_unit_test(ticks_of_days),
		cmocka_unit_test(ticks_of_other_periods),
		cmocka_unit_test(value_axis),
		cmocka_unit_test(value_labels),
		cmocka_unit_test(hostile_text_is_text),
		cmocka_unit_test(failures_are_told),
		cmocka_unit_test(kept_without_gnuplot),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
