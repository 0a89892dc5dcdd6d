/* The run lock: one holder at a time, named to the second, gone when its process dies. */
#include "config.h"
#include "unit.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "life/lock.h"

static char dir[] = "tmp-unit-lock.XXXXXX";

static int enter(void **state)
{
	(void)state;
	return !mkdtemp(dir) || chdir(dir);
}

static int leave(void **state)
{
	(void)state;
	unlink("x.db.lock");
	return chdir("..") || rmdir(dir);
}

/* A child that takes the lock, says so, and waits to be killed. */
static pid_t holder(void)
{
	int ready[2];
	assert_int_equal(pipe(ready), 0);
	pid_t pid = fork();
	if (!pid) {
		struct lock lock;
		struct err e = { 0 };
		char ok = lock_take(&lock, "x.db", 0, &e) == OK;
		if (write(ready[1], &ok, 1) == 1)
			pause();
		_exit(0);
	}
	char ok = 0;
	assert_int_equal(read(ready[0], &ok, 1), 1);
	assert_true(ok);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void taken_and_dropped(void **state)
{
	(void)state;
	struct lock lock;
	struct err e = { 0 };
	for (int i = 0; i < 3; i++) {
		assert_int_equal(lock_take(&lock, "x.db", 0, &e), OK);
		lock_drop(&lock);
	}
}

static void held_by_one(void **state)
{
	(void)state;
	struct lock lock;
	struct err e = { 0 };
	pid_t pid = holder();
	char number[32];
	snprintf(number, sizeof number, "%ld", (long)pid);
	assert_int_equal(lock_take(&lock, "x.db", 0, &e), E_LOCKED);
	assert_non_null(strstr(e.text, number));
	/* kill -9 leaves no stale lock */
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_int_equal(lock_take(&lock, "x.db", 0, &e), OK);
	lock_drop(&lock);
}

static void waited_for(void **state)
{
	(void)state;
	struct lock lock;
	struct err e = { 0 };
	pid_t pid = holder(), killer = fork();
	if (!killer) {
		usleep(100000);
		kill(pid, SIGKILL);
		_exit(0);
	}
	assert_int_equal(lock_take(&lock, "x.db", 60, &e), OK);
	lock_drop(&lock);
	waitpid(pid, NULL, 0);
	waitpid(killer, NULL, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(taken_and_dropped),
		cmocka_unit_test(held_by_one),
		cmocka_unit_test(waited_for),
	};
	return cmocka_run_group_tests(tests, enter, leave);
}
