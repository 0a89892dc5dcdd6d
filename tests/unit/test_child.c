/* Work in a child process: each way it can end, and what comes home. */
#include "config.h"
#include "unit.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>
#include "base/child.h"
#include "base/mem.h"
#include "base/process.h"

#define MANY (1 << 20) /* more than a pipe holds */

struct task {
	int value;
	enum { GIVE, FAIL, SLEEP, HOARD, CRASH, LEAVE } what;
};

static enum status work(void *context, struct buf *out, struct err *e)
{
	struct task *t = context;
	t->value++; /* stays in the child */
	switch (t->what) {
	case GIVE:
		for (int k = 0; k < MANY; k++)
			buf_addc(out, (char)(k % 251));
		return OK;
	case FAIL: buf_adds(out, "half"); return err_set(e, E_FIT, "no fit for %d", 7);
	case SLEEP: sleep(60); return OK;
	case HOARD:
		for (;;)
			memset(xmalloc(MANY), 1, MANY);
	case CRASH: raise(SIGKILL); return OK;
	case LEAVE: _exit(3);
	}
	return OK;
}

static enum child_end run(struct child_plan plan, struct task *t, struct buf *out, struct child_report *how)
{
	plan.body = work;
	plan.context = t;
	return child_run(&plan, out, how);
}

static void bytes_come_home(void **state)
{
	struct task t = { 1, GIVE };
	struct buf out = { 0 };
	struct child_report how;
	(void)state;
	buf_adds(&out, "before");
	assert_int_equal(run((struct child_plan){ 0 }, &t, &out, &how), CHILD_DONE);
	assert_int_equal(out.n, 6 + MANY);
	assert_memory_equal(out.text, "before", 6);
	for (int k = 0; k < MANY; k++)
		assert_int_equal((unsigned char)out.text[6 + k], k % 251);
	assert_int_equal(t.value, 1);
	buf_release(&out);
}

static void errors_come_home(void **state)
{
	struct task t = { 0, FAIL };
	struct buf out = { 0 };
	struct child_report how;
	(void)state;
	assert_int_equal(run((struct child_plan){ 0 }, &t, &out, &how), CHILD_FAILED);
	assert_int_equal(how.e.code, E_FIT);
	assert_string_equal(how.e.text, "no fit for 7");
	assert_int_equal(out.n, 0);
	buf_release(&out);
}

static void ends_are_told_apart(void **state)
{
	struct task t = { 0, CRASH };
	struct buf out = { 0 };
	struct child_report how;
	(void)state;
	assert_int_equal(run((struct child_plan){ 0 }, &t, &out, &how), CHILD_CRASHED);
	assert_int_equal(how.signal, SIGKILL);
	t.what = LEAVE;
	assert_int_equal(run((struct child_plan){ 0 }, &t, &out, &how), CHILD_CRASHED);
	assert_int_equal(how.signal, 0);
	assert_int_equal(how.code, 3);
	t.what = SLEEP;
	assert_int_equal(run((struct child_plan){ .until = process_wall() + .1 }, &t, &out, &how), CHILD_LATE);
	assert_int_equal(out.n, 0);
}

static int third_time(void *context)
{
	return ++*(int *)context == 3;
}

static void who_looks_may_end_it(void **state)
{
	struct task t = { 0, SLEEP };
	struct buf out = { 0 };
	struct child_report how;
	int times = 0;
	(void)state;
	assert_int_equal(run((struct child_plan){ .look = third_time, .look_context = &times }, &t, &out, &how),
			 CHILD_ENDED);
	assert_int_equal(times, 3);
}

static void memory_is_limited(void **state)
{
	struct task t = { 0, HOARD };
	struct buf out = { 0 };
	struct child_report how;
	(void)state;
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
	return; /* these take what memory they like */
#endif
	assert_int_equal(run((struct child_plan){ .bytes = 256 * (size_t)MANY }, &t, &out, &how), CHILD_MEMORY);
	/* This process is not limited by it. */
	void *own = xmalloc(512 * (size_t)MANY);
	assert_non_null(own);
	free(own);
}

static void a_signal_ends_both(void **state)
{
	struct task t = { 0, SLEEP };
	struct buf out = { 0 };
	struct child_report how;
	(void)state;
	process_catch_signals();
	raise(SIGTERM);
	assert_int_equal(run((struct child_plan){ 0 }, &t, &out, &how), CHILD_STOPPED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_come_home),
		cmocka_unit_test(errors_come_home),
		cmocka_unit_test(ends_are_told_apart),
		cmocka_unit_test(who_looks_may_end_it),
		cmocka_unit_test(memory_is_limited),
		cmocka_unit_test(a_signal_ends_both),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
