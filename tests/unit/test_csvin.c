/* CSV in: fields, lines, delimiters, and what is refused. */
#include "config.h"
#include "unit.h"

#include <string.h>
#include "base/buf.h"
#include "base/file.h"
#include "io/csvin.h"

/* Rows as "line:field|field;" */
static enum status show(void *context, const struct csv_row *row, struct err *e)
{
	struct buf *out = context;
	(void)e;
	buf_addf(out, "%lld:", (long long)row->line);
	for (int i = 0; i < row->n; i++) {
		assert_int_equal(strlen(row->field[i].at), row->field[i].n);
		buf_addf(out, "%s%s", i ? "|" : "", row->field[i].at);
	}
	buf_adds(out, ";");
	return OK;
}

static enum status read_text(const char *text, size_t n, struct buf *out, struct err *e)
{
	struct source *s = NULL;
	char delimiter = ',';
	assert_int_equal(file_write("unit.csv", text, n, e), OK);
	enum status status = source_open(&s, "unit.csv", ".", e);
	if (!status)
		status = csvin_delimiter(s, &delimiter, e);
	if (!status)
		status = csvin_read(s, delimiter, show, out, e);
	source_close(s);
	remove("unit.csv");
	return status;
}

static void reads(const char *text, const char *want)
{
	struct buf out = { 0 };
	struct err e = { 0 };
	if (read_text(text, strlen(text), &out, &e))
		fail_msg("%s", e.text);
	assert_string_equal(out.text, want);
	buf_release(&out);
}

static void refuses(const char *text, size_t n, const char *sentence)
{
	struct buf out = { 0 };
	struct err e = { 0 };
	assert_int_equal(read_text(text, n, &out, &e), E_INPUT);
	assert_string_equal(e.text, sentence);
	buf_release(&out);
}

static void reads_fields_and_lines(void **state)
{
	(void)state;
	reads("a,b\n1,2\n", "1:a|b;2:1|2;");
	reads("a,b\r\n1,2\r\n\r\n3,4", "1:a|b;2:1|2;4:3|4;");
	reads("a,b\r1,2\r\r3,4\r", "1:a|b;2:1|2;4:3|4;");
	reads("\xef\xbb\xbf" "a;b;c\n1,5;2;3\n", "1:a|b|c;2:1,5|2|3;");
	reads("a\tb\n1\t\n", "1:a|b;2:1|;");
	reads("a|b\n\"x|y\"|z\n", "1:a|b;2:x|y|z;");
	reads("a,b\n\"two\nlines\",\"say \"\"hi\"\"\"\n3,4\n", "1:a|b;2:two\nlines|say \"hi\";4:3|4;");
	reads("a,b\n\"1\r\n2\r\n3\",x\r\n4,5\r\n", "1:a|b;2:1\r\n2\r\n3|x;5:4|5;");
	reads(" a , b \n", "1:a|b;");
	reads("sep=;\na;b\n1;2\n", "2:a|b;3:1|2;");
	reads("\"a,b\";c\n1;2\n", "1:a,b|c;2:1|2;");
}

/* Blocks end anywhere: a row across their border is one row, with the right line. */
static void reads_across_blocks(void **state)
{
	(void)state;
	struct buf text = { 0 }, out = { 0 };
	struct err e = { 0 };
	buf_adds(&text, "a,b\n");
	for (int k = 0; k < 100000; k++)
		buf_adds(&text, "12345,\"x\ny\"\n");
	assert_int_equal(read_text(text.text, text.n, &out, &e), OK);
	assert_string_equal(out.text + out.n - strlen("200000:12345|x\ny;"), "200000:12345|x\ny;");
	buf_release(&text);
	buf_release(&out);
}

static void refuses_what_is_broken(void **state)
{
	(void)state;
	refuses("", 0, "'unit.csv' is empty");
	refuses("a,b\n1,2\n\"3,4\n5,6\n", 17, "unit.csv:3: a quote that opens on this line is not closed by the"
		" end of the file: the file is cut short or damaged");
	refuses("a,b\n1,\0\n", 8, "unit.csv:2: the line holds a NUL byte: this is no text file, or a damaged"
		" one");
	refuses("a\0b\0", 4, "'unit.csv' is UTF-16: save it as UTF-8 (in Excel, 'CSV UTF-8')");
}

static void hashes_the_raw_bytes(void **state)
{
	(void)state;
	/* FIPS 180-4's example: SHA-256 of "abc". */
	struct source *s;
	struct err e = { 0 };
	char hex[SHA256_HEX_SIZE];
	int64_t bytes;
	assert_int_equal(file_write("unit.csv", "abc", 3, &e), OK);
	assert_int_equal(source_open(&s, "unit.csv", ".", &e), OK);
	assert_int_equal(source_hash(s, hex, &bytes, &e), OK);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(bytes, 3);
	source_close(s);
	remove("unit.csv");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_fields_and_lines),
		cmocka_unit_test(reads_across_blocks),
		cmocka_unit_test(refuses_what_is_broken),
		cmocka_unit_test(hashes_the_raw_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
