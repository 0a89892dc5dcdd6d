/* Growable strings and their escapes: RFC 4180 for CSV, RFC 8259 for JSON, HTML's five characters. */
#include "config.h"
#include "unit.h"

#include <string.h>
#include "base/buf.h"

static void buf_is_a_string(void **state)
{
	(void)state;
	struct buf b = { 0 };
	buf_adds(&b, "one");
	buf_addc(&b, ' ');
	buf_add(&b, "two!", 3);
	buf_addf(&b, " %d%s", 3, "");
	assert_string_equal(b.text, "one two 3");
	assert_int_equal(b.n, 9);
	buf_clear(&b);
	assert_string_equal(b.text, "");
	for (int i = 0; i < 10000; i++)
		buf_addc(&b, 'x');
	assert_int_equal(strlen(b.text), 10000);
	char *own = buf_detach(&b);
	assert_int_equal(strlen(own), 10000);
	assert_int_equal(b.n, 0);
	free(own);
	own = buf_detach(&b);
	assert_string_equal(own, "");
	free(own);
	buf_release(&b);
}

static void buf_keeps_nul_bytes(void **state)
{
	(void)state;
	struct buf b = { 0 };
	buf_add(&b, "a\0b", 3);
	assert_int_equal(b.n, 3);
	assert_memory_equal(b.text, "a\0b", 4);
	buf_release(&b);
}

static void integers_at_their_ends(void **state)
{
	(void)state;
	static const int64_t x[] = { 0, -1, 42, INT64_MAX, INT64_MIN };
	static const char *const text[] = { "0", "-1", "42", "9223372036854775807",
					    "-9223372036854775808" };
	struct buf b = { 0 };
	for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
		buf_clear(&b);
		buf_add_int(&b, x[i]);
		assert_string_equal(b.text, text[i]);
	}
	buf_release(&b);
}

static void csv_quotes_only_what_needs_it(void **state)
{
	(void)state;
	static const struct {
		const char *field;
		char delimiter;
		const char *want;
	} c[] = {
		{ "plain", ',', "plain" },
		{ "", ',', "" },
		{ "a,b", ',', "\"a,b\"" },
		{ "a,b", ';', "a,b" },
		{ "a;b", ';', "\"a;b\"" },
		{ "say \"hi\"", ',', "\"say \"\"hi\"\"\"" },
		{ "two\nlines", ',', "\"two\nlines\"" },
		{ "cr\r", ',', "\"cr\r\"" },
		{ "tab\there", '\t', "\"tab\there\"" },
	};
	struct buf b = { 0 };
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		buf_clear(&b);
		buf_adds(&b, "");
		buf_add_csv(&b, c[i].field, c[i].delimiter);
		assert_string_equal(b.text, c[i].want);
	}
	buf_release(&b);
}

static void json_strings(void **state)
{
	(void)state;
	static const char *const c[][2] = {
		{ "plain", "\"plain\"" },
		{ "\"\\", "\"\\\"\\\\\"" },
		{ "a\nb\x01\x7f", "\"a\\u000ab\\u0001\\u007f\"" },
		{ "caf\xc3\xa9", "\"caf\xc3\xa9\"" },
		{ "\xf0\x9f\x8d\x8e", "\"\xf0\x9f\x8d\x8e\"" },
		/* stray continuation, overlong slash, surrogate, beyond U+10FFFF, cut short */
		{ "\x80", "\"\\ufffd\"" },
		{ "\xc0\xaf", "\"\\ufffd\\ufffd\"" },
		{ "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"" },
		{ "\xf4\x90\x80\x80", "\"\\ufffd\\ufffd\\ufffd\\ufffd\"" },
		{ "x\xe2\x82", "\"x\\ufffd\\ufffd\"" },
	};
	struct buf b = { 0 };
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		buf_clear(&b);
		buf_add_json(&b, c[i][0]);
		assert_string_equal(b.text, c[i][1]);
	}
	buf_release(&b);
}

static void html_is_plain_text(void **state)
{
	(void)state;
	struct buf b = { 0 };
	buf_add_html(&b, "<b onclick='x'>\"R&D\"</b>\n\x1b[1m\xff");
	assert_string_equal(b.text, "&lt;b onclick=&#39;x&#39;&gt;&quot;R&amp;D&quot;&lt;/b&gt;  [1m"
				    "\xef\xbf\xbd");
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buf_is_a_string),
		cmocka_unit_test(buf_keeps_nul_bytes),
		cmocka_unit_test(integers_at_their_ends),
		cmocka_unit_test(csv_quotes_only_what_needs_it),
		cmocka_unit_test(json_strings),
		cmocka_unit_test(html_is_plain_text),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
