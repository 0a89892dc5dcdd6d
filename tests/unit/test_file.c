/* Whole files: what is written is read, and a failed write leaves the old file as it was. */
#include "config.h"
#include "unit.h"

#include <dirent.h>
#include <string.h>
#include <sys/resource.h>
#include <signal.h>
#include <unistd.h>
#include "base/file.h"

static char dir[] = "tmp-unit-file.XXXXXX";

static int enter(void **state)
{
	(void)state;
	return !mkdtemp(dir) || chdir(dir);
}

static int leave(void **state)
{
	(void)state;
	unlink("a");
	rmdir("one/two/three");
	rmdir("one/two");
	rmdir("one");
	return chdir("..") || rmdir(dir);
}

static size_t files_here(void)
{
	size_t n = 0;
	DIR *d = opendir(".");
	for (struct dirent *entry; (entry = readdir(d));)
		n += entry->d_name[0] != '.';
	closedir(d);
	return n;
}

static void write_then_read(void **state)
{
	(void)state;
	struct err e = { 0 };
	struct buf b = { 0 };
	assert_int_equal(file_write("a", "one\0two", 7, &e), OK);
	assert_int_equal(file_write("a", "1\0002", 3, &e), OK);
	assert_int_equal(file_read("a", &b, &e), OK);
	assert_int_equal(b.n, 3);
	assert_memory_equal(b.text, "1\0002", 3);
	assert_int_equal(files_here(), 1);
	buf_release(&b);
}

/* A disk that is full half-way, made of a limit on the size of files. */
static void failed_write_keeps_the_old_file(void **state)
{
	(void)state;
	struct err e = { 0 };
	struct buf b = { 0 };
	assert_int_equal(file_write("a", "old", 3, &e), OK);
	struct rlimit was, limit;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	limit = was;
	limit.rlim_cur = 1000;
	signal(SIGXFSZ, SIG_IGN);
	static char big[5000];
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	enum status status = file_write("a", big, sizeof big, &e);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
	assert_int_equal(status, E_IO);
	assert_string_equal(e.text, "cannot write 'a': File too large");
	assert_int_equal(file_read("a", &b, &e), OK);
	assert_string_equal(b.text, "old");
	assert_int_equal(files_here(), 1);
	buf_release(&b);
}

static void sentences(void **state)
{
	(void)state;
	struct err e = { 0 };
	struct buf b = { 0 };
	assert_int_equal(file_read("none", &b, &e), E_IO);
	assert_string_equal(e.text, "cannot read 'none': No such file or directory");
	assert_int_equal(file_read(".", &b, &e), E_IO);
	assert_string_equal(e.text, "cannot read '.': Is a directory");
	assert_int_equal(file_write("no/such/folder", "", 0, &e), E_IO);
	assert_string_equal(e.text, "cannot write 'no/such/folder': No such file or directory");
	buf_release(&b);
}

static void folders(void **state)
{
	(void)state;
	struct err e = { 0 };
	assert_int_equal(file_make_dir("one/two/three", &e), OK);
	assert_int_equal(file_make_dir("one/two/three", &e), OK);
	assert_true(file_is_dir("one/two/three"));
	assert_int_equal(file_write("a", "", 0, &e), OK);
	assert_true(file_exists("a"));
	assert_false(file_is_dir("a"));
	assert_int_equal(file_make_dir("a/b", &e), E_IO);
	assert_string_equal(e.text, "cannot make folder 'a': a file is in its place");
	static const char *const c[][3] = {
		{ "a", "b", "a/b" }, { "a/", "b", "a/b" }, { "", "b", "b" }, { "/", "b", "/b" },
	};
	for (size_t i = 0; i < sizeof c / sizeof *c; i++) {
		char *path = file_join(c[i][0], c[i][1]);
		assert_string_equal(path, c[i][2]);
		free(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write_then_read),
		cmocka_unit_test(failed_write_keeps_the_old_file),
		cmocka_unit_test(sentences),
		cmocka_unit_test(folders),
	};
	return cmocka_run_group_tests(tests, enter, leave);
}
