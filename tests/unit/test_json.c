/* Writing JSON: commas and brackets in their places (RFC 8259). */
#include "config.h"
#include "unit.h"

#include <math.h>
#include "base/json.h"

static void nested(void **state)
{
	(void)state;
	struct buf b = { 0 };
	struct json j = { .out = &b };
	json_open(&j, '{');
	json_key(&j, "a");
	json_int(&j, -1);
	json_key(&j, "list");
	json_open(&j, '[');
	json_number(&j, 0.5);
	json_number(&j, (double)NAN);
	json_bool(&j, 1);
	json_bool(&j, 0);
	json_text(&j, NULL);
	json_open(&j, '{');
	json_close(&j);
	json_open(&j, '[');
	json_close(&j);
	json_close(&j);
	json_key(&j, "q\"");
	json_text(&j, "x\ny");
	json_close(&j);
	assert_string_equal(b.text, "{\"a\":-1,\"list\":[0.5,null,true,false,null,{},[]],"
				    "\"q\\\"\":\"x\\u000ay\"}");
	assert_int_equal(j.depth, 0);
	buf_release(&b);
}

static void numbers_round_trip(void **state)
{
	(void)state;
	static const double x[] = { 0.1, 1.0 / 3, 1e22, 123456789.123456789, 5e-324, -1e308 };
	struct buf b = { 0 };
	for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
		struct json j = { .out = &b };
		buf_clear(&b);
		json_number(&j, x[i]);
		assert_true(strtod(b.text, NULL) == x[i]);
	}
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nested),
		cmocka_unit_test(numbers_round_trip),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
