/*
 * Writing and reading numbers. The reference is the C library: what number_format writes is what
 * printf's %.10g means (in plain notation), what number_parse reads is what strtod reads.
 */
#include "config.h"
#include "unit.h"

#include <math.h>
#include <string.h>
#include "base/buf.h"

/* A generator of its own (xorshift64*), so that the cases are the same everywhere. */
static uint64_t next(uint64_t *s)
{
	*s ^= *s >> 12;
	*s ^= *s << 25;
	*s ^= *s >> 27;
	return *s * UINT64_C(2685821657736338717);
}

static double uniform(uint64_t *s)
{
	return (double)(next(s) >> 11) / 9007199254740992.0;
}

static void writes_known_numbers(void **state)
{
	(void)state;
	static const struct {
		double x;
		const char *want;
	} c[] = {
		{ 0, "0" },
		{ -0.0, "0" },
		{ 1, "1" },
		{ -7, "-7" },
		{ 0.1, "0.1" },
		{ -2.5, "-2.5" },
		{ 1.0 / 3, "0.3333333333" },
		{ 2.0 / 3, "0.6666666667" },
		{ 0.0001, "0.0001" },
		{ 99999999.994, "99999999.99" },
		{ 999999999.96, "1000000000" },
		{ 123456789012.0, "123456789012" },
		{ 1e15, "1e+15" },
		{ 1e-5, "1e-05" },
		{ 1e300, "1e+300" },
		{ (double)INFINITY, "inf" },
		{ (double)NAN, "" },
	};
	char text[NUMBER_MAX];
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		int n = number_format(text, c[i].x);
		assert_string_equal(text, c[i].want);
		assert_int_equal(n, strlen(text));
	}
}

static void writes_what_printf_writes(void **state)
{
	(void)state;
	uint64_t s = 42;
	for (int i = 0; i < 50000; i++) {
		double x = (uniform(&s) - 0.5) * pow(10, floor(uniform(&s) * 13) - 4);
		char text[NUMBER_MAX], want[64];
		number_format(text, x);
		snprintf(want, sizeof want, "%.10g", x);
		/* x * 10^d is itself rounded, so on a tie of the last digit both are right. */
		if (strtod(text, NULL) != strtod(want, NULL)) {
			double unit = pow(10, floor(log10(fabs(x))) - 9);
			assert_true(fabs(strtod(text, NULL) - x) <= unit * 0.5000001);
		}
	}
}

static void reads_back_what_it_wrote(void **state)
{
	(void)state;
	uint64_t s = 7;
	struct buf b = { 0 };
	for (int i = 0; i < 30000; i++) {
		double x = ldexp(uniform(&s) - 0.5, (int)(next(&s) % 600) - 300), y = 0;
		buf_clear(&b);
		buf_add_json_number(&b, x);
		assert_true(number_parse(b.text, b.n, '.', 0, &y));
		assert_true(x == y);
	}
	buf_clear(&b);
	buf_add_json_number(&b, (double)NAN);
	buf_add_json_number(&b, -(double)INFINITY);
	assert_string_equal(b.text, "nullnull");
	buf_release(&b);
}

static void reads_decimal_forms(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		char point, group;
		double want;
	} c[] = {
		{ "0", '.', 0, 0 },
		{ "+12", '.', 0, 12 },
		{ "-12.50", '.', 0, -12.5 },
		{ ".5", '.', 0, 0.5 },
		{ "5.", '.', 0, 5 },
		{ "1e3", '.', 0, 1000 },
		{ "1.5E-2", '.', 0, 0.015 },
		{ "1234,5", ',', 0, 1234.5 },
		{ "1.234,5", ',', '.', 1234.5 },
		{ "1,234,567.25", '.', ',', 1234567.25 },
		{ "1 234", '.', ' ', 1234 },
		{ "1'000'000", '.', '\'', 1000000 },
		{ "1234567.25", '.', ',', 1234567.25 },
		{ "0000000000000000000000012", '.', 0, 12 },
		{ "123456789012345678901234567890", '.', 0, 123456789012345678901234567890.0 },
		{ "0.1234567890123456789012345", '.', 0, 0.1234567890123456789012345 },
		{ "179769313486231570e291", '.', 0, 1.7976931348623157e308 },
		{ "5e-324", '.', 0, 5e-324 },
		{ "1e-400", '.', 0, 0 },
		{ "0e99999999999", '.', 0, 0 },
	};
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		double x = -1;
		if (!number_parse(c[i].text, strlen(c[i].text), c[i].point, c[i].group, &x))
			fail_msg("'%s' was not read", c[i].text);
		if (x != c[i].want)
			fail_msg("'%s' read as %.17g", c[i].text, x);
	}
}

static void refuses_what_is_no_number(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		char point, group;
	} c[] = {
		{ "", '.', 0 },      { " 1", '.', 0 },     { "1 ", '.', 0 },     { "-", '.', 0 },
		{ ".", '.', 0 },     { "1.2.3", '.', 0 },  { "1,5", '.', 0 },    { "0x10", '.', 0 },
		{ "nan", '.', 0 },   { "inf", '.', 0 },    { "1e", '.', 0 },     { "1e+", '.', 0 },
		{ "1e400", '.', 0 }, { "--1", '.', 0 },    { "1.234.5", ',', '.' },
		{ "12,34", '.', ',' },	{ "1,2345", '.', ',' },	{ ",123", '.', ',' },
		{ "1,,234", '.', ',' },	{ "1,234,", '.', ',' },	{ "$5", '.', 0 },
	};
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		double x;
		if (number_parse(c[i].text, strlen(c[i].text), c[i].point, c[i].group, &x))
			fail_msg("'%s' was read as %.17g", c[i].text, x);
	}
}

static void reads_only_its_n_bytes(void **state)
{
	(void)state;
	double x;
	assert_true(number_parse("12345", 3, '.', 0, &x));
	assert_true(x == 123);
	assert_false(number_parse("1\0002", 3, '.', 0, &x));
}

static void reads_as_strtod(void **state)
{
	(void)state;
	uint64_t s = 99;
	for (int i = 0; i < 30000; i++) {
		char text[64];
		int digits = 1 + (int)(next(&s) % 17);
		snprintf(text, sizeof text, "%.*e", digits, ldexp(uniform(&s), (int)(next(&s) % 200) - 100));
		double x;
		assert_true(number_parse(text, strlen(text), '.', 0, &x));
		assert_true(x == strtod(text, NULL));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_known_numbers),
		cmocka_unit_test(writes_what_printf_writes),
		cmocka_unit_test(reads_back_what_it_wrote),
		cmocka_unit_test(reads_decimal_forms),
		cmocka_unit_test(refuses_what_is_no_number),
		cmocka_unit_test(reads_only_its_n_bytes),
		cmocka_unit_test(reads_as_strtod),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
