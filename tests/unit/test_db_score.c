/* Scores go into the db and come back in the order that people read. */
#include "config.h"
#include "unit.h"

#include <math.h>
#include <string.h>
#include <unistd.h>
#include "io/db_run.h"
#include "io/db_score.h"

static const struct score written[] = {
	{ "ses", "horizon", "10", "wape", .25, 7 },
	{ "ses", "horizon", "9", "wape", .5, 7 },
	{ "naive", "all", "", "wape", (double)NAN, 0 },
	{ "naive", "bucket", "15-28", "wape", 3, 1 },
	{ "naive", "bucket", "1-7", "wape", 2, 1 },
	{ "naive", "bucket", "1-7", "bias", -2, 1 },
};

static void scores_come_back(void **state)
{
	(void)state;
	struct db *db;
	struct err e = { 0 };
	struct arena a = { 0 };
	struct score *row;
	int64_t run;
	int n;
	unlink("test_db_score.db");
	assert_int_equal(db_open(&db, "test_db_score.db", DB_CREATE, &e), OK);
	const struct run_new new = { .id = "x", .kind = "backtest", .trigger = "manual", .spec = "",
				     .levels = "", .data_hash = "", .config_hash = "c", .config_text = "",
				     .code_hash = "b", .code_text = "", .model_hash = "" };
	assert_int_equal(db_run_begin(db, &new, &run, &e), OK);
	for (int k = 0; k < 2; k++) /* the second time they are replaced */
		assert_int_equal(db_score_write(db, run, written, 6, &e), OK);
	assert_int_equal(db_score_read(db, run, NULL, NULL, NULL, &a, &row, &n, &e), OK);
	assert_int_equal(n, 6);
	assert_string_equal(row[0].part, "all");
	assert_true(isnan(row[0].value));
	assert_string_equal(row[1].member, "1-7");
	assert_string_equal(row[1].metric, "bias");
	unit_near(row[1].value, -2, 0);
	assert_string_equal(row[3].member, "15-28");
	assert_string_equal(row[4].member, "9");
	assert_string_equal(row[5].member, "10");
	assert_int_equal(row[5].cases, 7);
	assert_int_equal(db_score_read(db, run, "naive", "bucket", "wape", &a, &row, &n, &e), OK);
	assert_int_equal(n, 2);
	assert_int_equal(db_score_read(db, run + 1, NULL, NULL, NULL, &a, &row, &n, &e), OK);
	assert_int_equal(n, 0);
	db_close(db);
	arena_release(&a);
	unlink("test_db_score.db");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(scores_come_back) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
