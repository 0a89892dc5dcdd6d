/* Specs: the grammar, the one canonical form, and sentences for what is wrong. */
#include "config.h"
#include "unit.h"

#include <string.h>
#include "model/method.h"

static void brief(const char *text, const char *expected)
{
	struct arena a = { 0 };
	struct err e = { 0 };
	struct buf out = { 0 };
	const struct spec *spec;
	assert_int_equal(spec_parse(text, &a, &spec, &e), OK);
	spec_write_brief(spec, &out);
	assert_string_equal(out.text, expected);
	buf_release(&out);
	arena_release(&a);
}

static void canonical(const char *text, const char *expected)
{
	struct arena a = { 0 };
	struct err e = { 0 };
	struct buf out = { 0 };
	const struct spec *spec;
	if (spec_parse(text, &a, &spec, &e))
		fail_msg("%s", e.text);
	spec_write(spec, &out);
	assert_string_equal(out.text, expected);
	/* The canonical form is a fixed point. */
	if (spec_parse(expected, &a, &spec, &e))
		fail_msg("%s", e.text);
	buf_clear(&out);
	spec_write(spec, &out);
	assert_string_equal(out.text, expected);
	buf_release(&out);
	arena_release(&a);
}

static void writes_every_option_out(void **state)
{
	(void)state;
	canonical("snaive", "snaive(season=0, of=season)");
	brief("fallback(window_mean(window=28), snaive(season=0), ses)", "fallback(window_mean, snaive, ses)");
	brief("fallback(window_mean(window=14), zero)", "fallback(window_mean(window=14), zero)");
	canonical(" window_mean ( window = 14 ) ", "window_mean(window=14)");
	canonical("fallback(window_mean, fallback(ses(alpha=0.5)), zero)",
		  "fallback(cap=3, dead_after=0, young=0, window_mean(window=28),"
		  " fallback(cap=3, dead_after=0, young=0, ses(alpha=0.5)), zero)");
}

static void refuses(const char *text, const char *words)
{
	struct arena a = { 0 };
	struct err e = { 0 };
	const struct spec *spec;
	assert_int_equal(spec_parse(text, &a, &spec, &e), E_USAGE);
	if (!strstr(e.text, words))
		fail_msg("'%s' does not say '%s'", e.text, words);
	arena_release(&a);
}

static void says_what_is_wrong(void **state)
{
	(void)state;
	refuses("snaiv", "did you mean 'snaive'?");
	refuses("window_mean(windw=3)", "did you mean 'window'?");
	refuses("window_mean(window=three)", "must be a number, not 'three'");
	refuses("window_mean(window=2.5)", "must be a whole number");
	refuses("window_mean(window=0)", "must lie between");
	refuses("ses(alpha=0.5", "')' is missing");
	refuses("ses, snaive", "names 2 methods");
	refuses("", "a method is missing");
	refuses("fallback(,ses)", "a name is missing");
	refuses("ses)", "')' was not expected");
	refuses("fallback(fallback(fallback(fallback(fallback(fallback(fallback(fallback(ses))))))))",
		"nested too deep");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_every_option_out),
		cmocka_unit_test(says_what_is_wrong),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
