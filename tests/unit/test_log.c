/* The one voice on stderr: levels, shapes, and that data cannot drive the terminal. */
#include "config.h"
#include "unit.h"

#include <string.h>
#include <unistd.h>
#include "base/buf.h"
#include "base/file.h"
#include "base/log.h"

static char path[] = "tmp-unit-log.XXXXXX";
static int kept;

/* From here on stderr goes to a file; heard() gives what was said and lets it go to its place. */
static void listen(void)
{
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	fflush(stderr);
	kept = dup(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
}

static struct buf heard(void)
{
	struct buf text = { 0 };
	struct err e = { 0 };
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);
	assert_int_equal(file_read(path, &text, &e), OK);
	unlink(path);
	memcpy(path + strlen(path) - 6, "XXXXXX", 6);
	buf_adds(&text, "");
	return text;
}

static void say_all(void)
{
	log_error("e");
	log_warning("w %d", 1);
	log_note("n");
	log_detail("d");
}

static void expect(enum log_level level, enum log_format format, const char *run, const char *want)
{
	log_setup(level, format, 0);
	log_set_run(run);
	listen();
	say_all();
	struct buf text = heard();
	assert_string_equal(text.text, want);
	buf_release(&text);
}

static void levels_and_shapes(void **state)
{
	(void)state;
	expect(LOG_ERROR, LOG_TEXT, "", "forecast: error: e\n");
	expect(LOG_NOTE, LOG_TEXT, "",
	       "forecast: error: e\nforecast: warning: w 1\nforecast: n\n");
	expect(LOG_DETAIL, LOG_LOGFMT, "ab12",
	       "level=error run=ab12 msg=\"e\"\nlevel=warning run=ab12 msg=\"w 1\"\n"
	       "level=note run=ab12 msg=\"n\"\nlevel=detail run=ab12 msg=\"d\"\n");
	expect(LOG_WARNING, LOG_JSON, "",
	       "{\"level\":\"error\",\"message\":\"e\"}\n{\"level\":\"warning\",\"message\":\"w 1\"}\n");
}

static void data_stays_on_its_line(void **state)
{
	(void)state;
	log_setup(LOG_NOTE, LOG_TEXT, 0);
	listen();
	log_warning("item '%s'", "\x1b[2J\nforecast: all is well\r\x7f");
	struct buf text = heard();
	assert_string_equal(text.text, "forecast: warning: item ' [2J forecast: all is well  '\n");
	buf_release(&text);
}

static void no_picture_of_progress_in_a_file(void **state)
{
	(void)state;
	log_setup(LOG_NOTE, LOG_TEXT, 0);
	listen();
	progress("fit", 1, 2);
	progress_end();
	struct buf text = heard();
	assert_string_equal(text.text, "");
	buf_release(&text);
}

/* The time left is not told before a twentieth is done, nor by what was done before the stage began. */
static void time_left_is_told_when_it_is_known(void **state)
{
	(void)state;
	log_setup(LOG_NOTE, LOG_TEXT, 1);
	listen();
	progress("a", 4, 100);
	progress_end();
	progress("b", 50, 100);
	progress_end();
	progress_task("c", 0, 0);
	progress_task_end();
	struct buf text = heard();
	log_setup(LOG_NOTE, LOG_TEXT, 0);
	assert_string_equal(text.text, "{\"stage\":\"a\",\"done\":4,\"total\":100,\"eta_s\":null}\n"
				       "{\"stage\":\"b\",\"done\":50,\"total\":100,\"eta_s\":null}\n"
				       "{\"stage\":\"c\",\"done\":0,\"total\":0,\"eta_s\":null}\n");
	buf_release(&text);
}

static void says_once(void **state)
{
	(void)state;
	log_setup(LOG_NOTE, LOG_TEXT, 0);
	listen();
	log_warning_once("boost is left out");
	log_warning_once("boost is left out");
	log_warning_once("100 % more");
	struct buf text = heard();
	assert_string_equal(text.text, "forecast: warning: boost is left out\nforecast: warning: 100 % more\n");
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_once),
		cmocka_unit_test(levels_and_shapes),
		cmocka_unit_test(data_stays_on_its_line),
		cmocka_unit_test(no_picture_of_progress_in_a_file),
		cmocka_unit_test(time_left_is_told_when_it_is_known),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
