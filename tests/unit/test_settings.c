/* Settings: who wins (command line > environment > file > default), and what is refused how. */
#include "config.h"
#include "unit.h"

#include <string.h>
#include <unistd.h>
#include "base/file.h"
#include "life/settings.h"

static char dir[] = "tmp-unit-settings.XXXXXX";

static int enter(void **state)
{
	(void)state;
	return !mkdtemp(dir) || chdir(dir);
}

static int leave(void **state)
{
	(void)state;
	unlink("forecast.conf");
	unlink("other.conf");
	return chdir("..") || rmdir(dir);
}

static void write_text(const char *path, const char *text)
{
	struct err e = { 0 };
	assert_int_equal(file_write(path, text, strlen(text), &e), OK);
}

static void refused(const char *text, const char *want)
{
	struct config *c;
	struct err e = { 0 };
	write_text("other.conf", text);
	assert_int_equal(config_read(&c, "other.conf", &e), E_USAGE);
	assert_string_equal(e.text, want);
}

static void defaults_are_right_values(void **state)
{
	(void)state;
	struct config *c;
	struct err e = { 0 };
	assert_int_equal(config_read(&c, NULL, &e), OK);
	for (const struct setting *s = settings; s->o.name; s++) {
		assert_string_equal(config_origin(c, s->o.name), "default");
		assert_non_null(strchr(s->o.name, '.'));
		assert_non_null(s->o.help);
		if (s->o.preset && option_check(&s->o, s->o.preset, &e))
			fail_msg("%s", e.text);
	}
	config_free(c);
	config_free(NULL);
}

static void the_nearer_wins(void **state)
{
	(void)state;
	struct config *c;
	struct err e = { 0 };
	write_text("forecast.conf", "[run]\n# remark\nhorizon = 14\nseed = 7\n");
	setenv("FORECAST_RUN_SEED", "8", 1);
	assert_int_equal(config_read(&c, NULL, &e), OK);
	assert_int_equal(config_int(c, "run.horizon"), 14);
	assert_string_equal(config_origin(c, "run.horizon"), "forecast.conf:3");
	assert_int_equal(config_int(c, "run.seed"), 8);
	assert_string_equal(config_origin(c, "run.seed"), "FORECAST_RUN_SEED");
	assert_int_equal(config_set(c, "run.seed", "9", &e), OK);
	assert_int_equal(config_int(c, "run.seed"), 9);
	assert_string_equal(config_dir(c), ".");
	config_free(c);
	setenv("FORECAST_RUN_SEED", "many", 1);
	assert_int_equal(config_read(&c, NULL, &e), E_USAGE);
	assert_string_equal(e.text, "FORECAST_RUN_SEED: 'run.seed' must be a number, not 'many'");
	unsetenv("FORECAST_RUN_SEED");
}

static void an_empty_text_is_the_default(void **state)
{
	(void)state;
	struct config *c;
	struct err e = { 0 };
	write_text("forecast.conf", "[run]\ncheap =\nspec = ets\nsegment = dept\n");
	assert_int_equal(config_read(&c, NULL, &e), OK);
	assert_string_equal(config_text(c, "run.cheap"), "baseline");
	assert_string_equal(config_origin(c, "run.cheap"), "default");
	assert_int_equal(config_set(c, "run.spec", "", &e), OK);
	assert_string_equal(config_text(c, "run.spec"), "champion");
	assert_string_equal(config_origin(c, "run.spec"), "default");
	assert_int_equal(config_set(c, "check.contract", "", &e), OK);
	assert_string_equal(config_text(c, "check.contract"), "contract.conf");
	assert_int_equal(config_set(c, "run.segment", "", &e), OK);
	assert_null(config_text(c, "run.segment"));
	config_free(c);
}

static void wrong_ones_are_named(void **state)
{
	(void)state;
	refused("[run]\nhorizn = 3\n",
		"other.conf:2: setting 'run.horizn' is unknown, did you mean 'run.horizon'?");
	refused("\n\n[zoo]\nelephant = 1\n",
		"other.conf:4: setting 'zoo.elephant' is unknown; 'forecast config show' lists them");
	refused("[run]\nhorizon = -1\n",
		"other.conf:2: 'run.horizon' must lie between 0 and 1000, not be -1");
}

/* What is hashed does not depend on where a value came from, nor on settings that change no number. */
static void hashed_text(void **state)
{
	(void)state;
	struct config *c;
	struct err e = { 0 };
	struct buf by_default = { 0 }, by_file = { 0 };
	write_text("forecast.conf", "");
	assert_int_equal(config_read(&c, NULL, &e), OK);
	config_write(c, &by_default);
	config_free(c);
	write_text("forecast.conf", "[run]\nseed = 1\n[resources]\njobs = 3\n");
	assert_int_equal(config_read(&c, NULL, &e), OK);
	config_write(c, &by_file);
	assert_string_equal(by_default.text, by_file.text);
	assert_int_equal(config_set(c, "run.seed", "2", &e), OK);
	buf_clear(&by_file);
	config_write(c, &by_file);
	assert_string_not_equal(by_default.text, by_file.text);
	config_free(c);
	buf_release(&by_default);
	buf_release(&by_file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_right_values),
		cmocka_unit_test(the_nearer_wins),
		cmocka_unit_test(an_empty_text_is_the_default),
		cmocka_unit_test(wrong_ones_are_named),
		cmocka_unit_test(hashed_text),
	};
	return cmocka_run_group_tests(tests, enter, leave);
}
