/*
 * Text widths and tables: what people see, by hand count, and that csv, tsv and json give back what
 * went in.
 */
#include "config.h"
#include "unit.h"
#include "report/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct text_style ascii80 = { .width = 80 };
static const struct text_style utf80 = { .width = 80, .utf8 = 1 };

static void widths(void **state)
{
	(void)state;
	assert_int_equal(text_width("abc"), 3);
	assert_int_equal(text_width("M\xc3\xbcsli"), 5);
	assert_int_equal(text_width("Mu\xcc\x88sli"), 5);         /* u and combining diaeresis */
	assert_int_equal(text_width("\xe7\x89\x9b\xe4\xb9\xb3"), 4); /* two ideographs */
	assert_int_equal(text_width("\xf0\x9f\x8d\x8e"), 2);       /* an apple */
	assert_int_equal(text_width("a\xff" "b"), 3);
}

static void check_cut(const char *text, int room, const struct text_style *style, const char *want)
{
	struct buf b = { 0 };
	int width = text_add(&b, text, room, style);
	assert_string_equal(b.text, want);
	assert_int_equal(width, text_width(want));
	assert_true(room == 0 || width <= room);
	buf_release(&b);
}

static void cuts(void **state)
{
	(void)state;
	check_cut("abcdef", 6, &utf80, "abcdef");
	check_cut("abcdefg", 6, &utf80, "abcde\xe2\x80\xa6");
	check_cut("abcdefg", 6, &ascii80, "abcde~");
	/* An ideograph that would be cut in half is left out. */
	check_cut("\xe7\x89\x9b\xe4\xb9\xb3\xe7\x89\x9b", 4, &utf80, "\xe7\x89\x9b\xe2\x80\xa6");
	check_cut("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 3, &utf80, "\xc3\xa9\xc3\xa9\xe2\x80\xa6");
}

static void control_characters(void **state)
{
	(void)state;
	check_cut("a\033[31mb\r\nc", 0, &ascii80, "a?[31mb??c");
	check_cut("a\xc2\x9b" "b", 0, &ascii80, "a?b");         /* C1: CSI in one character */
	check_cut("a\xe2\x80\xae" "b", 0, &utf80, "a\xef\xbf\xbd" "b"); /* right-to-left override */
	check_cut("a\xc0\xaf", 0, &ascii80, "a??");             /* an overlong slash */
}

static void lines(void **state)
{
	const char *next;
	(void)state;
	const char *text = "one two three";
	assert_int_equal(text_line(text, 7, &next), 7);
	assert_string_equal(next, "three");
	assert_int_equal(text_line(text, 6, &next), 3);
	assert_string_equal(next, "two three");
	assert_int_equal(text_line("abcdefgh", 3, &next), 3);
	assert_string_equal(next, "defgh");
	assert_int_equal(text_line("abc", 3, &next), 3);
	assert_null(next);
	assert_int_equal(text_line("", 3, &next), 0);
	assert_null(next);
	const struct text_style narrow = { .width = 9 };
	struct buf b = { 0 };
	text_wrap(&b, "one two three", 4, 2, &narrow);
	assert_string_equal(b.text, "one\n  two\n  three\n");
	buf_release(&b);
}

static void sparks(void **state)
{
	struct buf b = { 0 };
	const double x[] = { 0, 4, 8, NAN };
	const double pairs[] = { 0, 0, 8, 8, 2, 6 };
	(void)state;
	assert_int_equal(text_spark(&b, x, 4, 0, &utf80), 4);
	assert_string_equal(b.text, "\xe2\x96\x81\xe2\x96\x84\xe2\x96\x88 ");
	buf_clear(&b);
	assert_int_equal(text_spark(&b, x, 4, 0, &ascii80), 4);
	assert_string_equal(b.text, "_=@ ");
	buf_clear(&b);
	assert_int_equal(text_spark(&b, pairs, 6, 3, &ascii80), 3);
	assert_string_equal(b.text, "_@=");
	buf_release(&b);
}

static void check_number(double x, int digits, const char *want)
{
	char text[NUMBER_MAX];
	assert_int_equal(number_show(text, x, digits), strlen(want));
	assert_string_equal(text, want);
}

static void numbers(void **state)
{
	(void)state;
	check_number(1234.5, DIGITS_AUTO, "1234"); /* ties go to the even digit, as printf rounds */
	check_number(1e9 + 0.7, DIGITS_AUTO, "1000000001");
	check_number(12.345, DIGITS_AUTO, "12.3");
	check_number(1.23456, DIGITS_AUTO, "1.23");
	check_number(0.0123, DIGITS_AUTO, "0.012");
	check_number(5, DIGITS_AUTO, "5");
	check_number(2.5, 3, "2.500");
	check_number(-0.0001, 1, "0.0");
	check_number(-0.4, DIGITS_WHOLE, "0");
	check_number(-0.25, 1, "-0.2");
	check_number(NAN, 2, "n/a");
	check_number(INFINITY, 2, "inf");
	const double x[] = { 0.5, 99.94, NAN };
	assert_int_equal(number_digits(x, 3), 1);
	const double whole[] = { 1, 200000, NAN };
	assert_int_equal(number_digits(whole, 3), DIGITS_WHOLE);
}

static const struct column columns[] = {
	{ .name = "store", .type = COLUMN_SECTION },
	{ .name = "item", .type = COLUMN_TEXT },
	{ .name = "rows", .type = COLUMN_INT },
	{ .name = "mean", .type = COLUMN_NUMBER, .unit = "units" },
	{ .name = "wape", .title = "WAPE", .type = COLUMN_PERCENT },
	{ .name = "last", .title = "last 4", .type = COLUMN_SPARK },
	{ .name = "stale", .type = COLUMN_FLAG },
	{ .name = "id", .type = COLUMN_INT, .hidden = 1 },
	{ 0 }
};

static struct table *sample(void)
{
	static const double up[] = { 0, 1, 2, 4 }, gap[] = { 3, NAN };
	struct table *t = table_new(columns);
	table_text(t, "CA_1");
	table_text(t, "a,\"b\"\tc");
	table_int(t, -12);
	table_number(t, 0.1);
	table_number(t, 0.123);
	table_spark(t, up, 4);
	table_flag(t, 1);
	table_int(t, 1);
	table_text(t, "TX_1");
	table_text(t, "plain");
	table_int(t, INT64_MAX);
	table_number(t, 1.0 / 3);
	table_none(t);
	table_spark(t, gap, 2);
	table_flag(t, 0);
	table_int(t, 2);
	return t;
}

static void check_written(enum format format, const struct text_style *style, const char *want)
{
	struct buf b = { 0 };
	struct table *t = sample();
	assert_int_equal(table_rows(t), 2);
	table_write(t, format, style, &b);
	assert_string_equal(b.text, want);
	table_free(t);
	buf_release(&b);
}

static void csv_is_exact(void **state)
{
	(void)state;
	check_written(FORMAT_CSV, NULL,
		      "store,item,rows,mean,wape,last,stale,id\n"
		      "CA_1,\"a,\"\"b\"\"\tc\",-12,0.1,0.123,0 1 2 4,1,1\n"
		      "TX_1,plain,9223372036854775807,0.33333333333333331,,3 -,0,2\n");
	check_written(FORMAT_TSV, NULL,
		      "store\titem\trows\tmean\twape\tlast\tstale\tid\n"
		      "CA_1\ta,\"b\"\\tc\t-12\t0.1\t0.123\t0 1 2 4\t1\t1\n"
		      "TX_1\tplain\t9223372036854775807\t0.33333333333333331\t\t3 -\t0\t2\n");
}

static void json_is_exact(void **state)
{
	(void)state;
	check_written(FORMAT_JSON, NULL,
		      "[\n"
		      "{\"store\":\"CA_1\",\"item\":\"a,\\\"b\\\"\\u0009c\",\"rows\":-12,\"mean\":0.1,"
		      "\"wape\":0.123,\"last\":[0,1,2,4],\"stale\":true,\"id\":1},\n"
		      "{\"store\":\"TX_1\",\"item\":\"plain\",\"rows\":9223372036854775807,"
		      "\"mean\":0.33333333333333331,\"wape\":null,\"last\":[3,null],\"stale\":false,"
		      "\"id\":2}\n]\n");
}

static void every_double_comes_back(void **state)
{
	static const struct column one[] = { { .name = "x", .type = COLUMN_NUMBER }, { 0 } };
	static const double x[] = { 0.1, 1e-300, 123456789.123456789, -2.5e17, 3.0000000000000004,
				    5e-324, 1.7976931348623157e308, 98765.4321 };
	(void)state;
	struct table *t = table_new(one);
	struct buf b = { 0 };
	for (size_t i = 0; i < sizeof x / sizeof *x; i++)
		table_number(t, x[i]);
	table_write(t, FORMAT_CSV, NULL, &b);
	const char *line = strchr(b.text, '\n') + 1;
	for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
		assert_true(strtod(line, NULL) == x[i]);
		line = strchr(line, '\n') + 1;
	}
	table_free(t);
	buf_release(&b);
}

static void people_see_columns(void **state)
{
	(void)state;
	check_written(FORMAT_TABLE, &ascii80,
		      "item                    rows   mean  WAPE  last 4  stale\n"
		      "                              units     %\n"
		      "--------------------------------------------------------\n"
		      "CA_1\n"
		      "a,\"b\"?c                  -12  0.100  12.3  _.=@    yes\n"
		      "\n"
		      "TX_1\n"
		      "plain    9223372036854775807  0.333     -  @       no\n");
}

static void colour_only_when_asked(void **state)
{
	static const struct column one[] = { { .name = "state", .type = COLUMN_TEXT }, { 0 } };
	struct text_style colour = { .width = 80, .colour = 1 };
	(void)state;
	struct table *t = table_new(one);
	struct buf b = { 0 };
	table_mark(t, MARK_BAD);
	table_text(t, "failed");
	table_write(t, FORMAT_TABLE, &ascii80, &b);
	assert_string_equal(b.text, "state\n------\nfailed\n");
	buf_clear(&b);
	table_write(t, FORMAT_TABLE, &colour, &b);
	assert_string_equal(b.text, "\033[1mstate \033[0m\n------\n\033[31mfailed\033[0m\n");
	table_free(t);
	buf_release(&b);
}

static void long_text_gives_way(void **state)
{
	static const struct column two[] = {
		{ .name = "code", .type = COLUMN_TEXT }, { .name = "text", .type = COLUMN_WRAP },
		{ .name = "n", .type = COLUMN_INT }, { 0 }
	};
	struct text_style narrow = { .width = 30 };
	(void)state;
	struct table *t = table_new(two);
	struct buf b = { 0 };
	table_text(t, "spike");
	table_text(t, "sold 400 units where 4 are usual; a pack was counted");
	table_int(t, 12345);
	table_write(t, FORMAT_TABLE, &narrow, &b);
	assert_string_equal(b.text, "code   text                  n\n"
				    "------------------------------\n"
				    "spike  sold 400 units    12345\n"
				    "       where 4 are\n"
				    "       usual; a pack\n"
				    "       was counted\n");
	table_free(t);
	buf_release(&b);
}

static void no_rows(void **state)
{
	(void)state;
	struct table *t = table_new(columns);
	struct buf b = { 0 };
	table_write(t, FORMAT_JSON, NULL, &b);
	table_write(t, FORMAT_CSV, NULL, &b);
	assert_string_equal(b.text, "[]\nstore,item,rows,mean,wape,last,stale,id\n");
	table_free(t);
	buf_release(&b);
}

/* A unit is smaller than its heading on a page, a second word is not. */
static void headings_in_html(void **state)
{
	static const struct column two[] = {
		{ .name = "time", .unit = "s", .type = COLUMN_NUMBER },
		{ .name = "perfect", .unit = "forecast", .unit_is_word = 1, .type = COLUMN_NUMBER },
		{ 0 }
	};
	struct table *t = table_new(two);
	struct buf out = { 0 };
	(void)state;
	table_html(t, &out);
	assert_non_null(strstr(out.text, "time <small>s</small></th>"));
	assert_non_null(strstr(out.text, "perfect forecast</th>"));
	buf_release(&out);
	table_free(t);
}

static void style_by_environment(void **state)
{
	(void)state;
	setenv("LC_ALL", "de_DE.UTF-8", 1);
	assert_int_equal(text_style_of(0).utf8, 1);
	assert_int_equal(text_style_of(0).colour, 0);
	setenv("TERM", "xterm", 1);
	unsetenv("NO_COLOR");
	assert_int_equal(text_style_of(1).colour, 1);
	setenv("NO_COLOR", "1", 1);
	assert_int_equal(text_style_of(1).colour, 0);
	setenv("LC_ALL", "C", 1);
	setenv("LANG", "en_GB.utf8", 1);
	assert_int_equal(text_style_of(0).utf8, 0);
	unsetenv("LC_ALL");
	unsetenv("LC_CTYPE");
	assert_int_equal(text_style_of(0).utf8, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(widths),
		cmocka_unit_test(cuts),
		cmocka_unit_test(control_characters),
		cmocka_unit_test(lines),
		cmocka_unit_test(sparks),
		cmocka_unit_test(numbers),
		cmocka_unit_test(csv_is_exact),
		cmocka_unit_test(json_is_exact),
		cmocka_unit_test(every_double_comes_back),
		cmocka_unit_test(people_see_columns),
		cmocka_unit_test(colour_only_when_asked),
		cmocka_unit_test(long_text_gives_way),
		cmocka_unit_test(no_rows),
		cmocka_unit_test(headings_in_html),
		cmocka_unit_test(style_by_environment),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
