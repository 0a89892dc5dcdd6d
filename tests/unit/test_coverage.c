/* Which drivers end before the horizon, for whom, and what the rows say of it: by hand. */
#include "config.h"
#include "unit.h"

#include <math.h>
#include <string.h>
#include "fixture.h"
#include "life/coverage.h"

#define N 4
#define MONDAY 19723 /* 2024-01-01 */
#define END (MONDAY + 9)

/* Four series of ten days. Prices: the first was told of the plan, the second changes in it, the third was
 * last told at the origin, the fourth has none. */
struct shop {
	struct fixture f;
	struct drivers d;
	int64_t begin[N + 1], promotion_begin[N + 1];
	struct price_step price[4];
	period_t told[N];
	struct promotion_span span[1];
	struct driver_column column[3];
	float warm[20], sun[10], flag[2 * 20];
	int32_t row[N];
};

static void make(struct shop *s)
{
	static const char *const item[N] = { "a", "b", "c", "d" };
	double y[10];
	memset(s, 0, sizeof *s);
	for (int t = 0; t < 10; t++)
		y[t] = t;
	fixture_init(&s->f, PERIOD_DAY);
	for (int i = 0; i < N; i++)
		fixture_add(&s->f, "S", item[i], MONDAY, 10, y);
	memcpy(s->begin, (int64_t[]){ 0, 1, 3, 4, 4 }, sizeof s->begin);
	s->price[0] = (struct price_step){ MONDAY, 1 };
	s->price[1] = (struct price_step){ MONDAY, 1 };
	s->price[2] = (struct price_step){ END + 3, 2 };
	s->price[3] = (struct price_step){ MONDAY, 3 };
	memcpy(s->told, (period_t[]){ END + 1, END + 3, END, INT32_MIN }, sizeof s->told);
	/* Both rows of a flag are told to the end, the second not of one day ahead. */
	for (int t = 0; t < 40; t++)
		s->flag[t] = t == 20 + 12 ? NAN : 1;
	memcpy(s->row, (int32_t[]){ 0, 1, 0, 1 }, sizeof s->row);
	s->column[0] = (struct driver_column){ "warm", DRIVER_KNOWN, MISSING_ZERO, 1, NULL, MONDAY, END + 2, s->warm };
	s->column[1] = (struct driver_column){ "sun", DRIVER_PAST, MISSING_CARRY, 1, NULL, MONDAY, END, s->sun };
	s->column[2] = (struct driver_column){ "flag", DRIVER_KNOWN, MISSING_CARRY, 2, s->row, MONDAY, END + 10,
					       s->flag };
	s->d = (struct drivers){ .n = N, .price_begin = s->begin, .price = s->price, .price_until = END + 30,
				 .price_told = s->told, .n_column = 3, .column = s->column };
	s->f.panel.drivers = &s->d;
}

static void matrix_by_hand(void **state)
{
	struct shop s;
	struct arena a = { 0 };
	struct coverage c = { 0 };
	const char *note[N];
	(void)state;
	make(&s);
	const struct panel *p = fixture_panel(&s.f);
	/* Two days are covered but for the one price that was never in the plan. */
	coverage_add(&c, p, 2, &a, note);
	assert_int_equal(c.n, 1);
	assert_string_equal(c.driver[0].name, "price");
	assert_int_equal(c.driver[0].series, 1);
	assert_string_equal(c.driver[0].item, "c");
	assert_null(note[0]);
	assert_null(note[1]);
	assert_string_equal(note[2], "assumed=price");
	assert_null(note[3]);
	/* A week is not: a column ends, another has a hole; what is known when its day is over is not told. */
	c = (struct coverage){ 0 };
	coverage_add(&c, p, 7, &a, note);
	assert_string_equal(note[0], "assumed=warm");
	assert_string_equal(note[1], "assumed=warm,flag");
	assert_string_equal(note[2], "assumed=price,warm");
	assert_string_equal(note[3], "assumed=warm,flag");
	assert_int_equal(c.n, 3);
	assert_string_equal(c.driver[0].name, "warm");
	assert_int_equal(c.driver[0].series, N);
	assert_int_equal(c.driver[0].missing, MISSING_ZERO);
	/* Panels add up: one entry a driver however many pieces there are. */
	coverage_add(&c, p, 7, &a, NULL);
	assert_int_equal(c.n, 3);
	assert_int_equal(c.driver[0].series, 2 * N);
	arena_release(&a);
	fixture_release(&s.f);
}

/* At an origin in the past the later prices are known: none was assumed then. */
static void the_past_knew_its_prices(void **state)
{
	struct shop s;
	struct arena a = { 0 };
	struct coverage c = { 0 };
	const char *note[N];
	(void)state;
	make(&s);
	struct panel then = panel_until(fixture_panel(&s.f), END - 5);
	coverage_add(&c, &then, 4, &a, note);
	assert_int_equal(c.n, 0);
	for (int i = 0; i < N; i++)
		assert_null(note[i]);
	arena_release(&a);
	fixture_release(&s.f);
}

static void rows_say_it_beside_the_rest(void **state)
{
	struct shop s;
	struct arena a = { 0 };
	struct forecast f;
	(void)state;
	make(&s);
	forecast_init(&f, &a, N, 2, 0, NULL, END);
	for (int i = 0; i < N; i++)
		f.used[i].method = "ridge";
	coverage_flag(fixture_panel(&s.f), &a, &f);
	assert_null(f.used[0].reason);
	assert_string_equal(f.used[2].reason, "assumed=price");
	f.used[2].reason = "guard: held at 3";
	coverage_flag(fixture_panel(&s.f), &a, &f);
	assert_string_equal(f.used[2].reason, "guard: held at 3; assumed=price");
	arena_release(&a);
	fixture_release(&s.f);
}

/* A series that is no longer listed needs no price. */
static void what_is_not_listed_lacks_nothing(void **state)
{
	struct shop s;
	struct arena a = { 0 };
	struct coverage c = { 0 };
	static const int32_t begin[] = { 0, 1, 2, 3, 4 };
	struct listing listing[N];
	(void)state;
	make(&s);
	for (int i = 0; i < N; i++)
		listing[i] = (struct listing){ MONDAY, i == 2 ? END : END + 99 };
	s.f.panel.listing_begin = begin;
	s.f.panel.listing = listing;
	coverage_add(&c, fixture_panel(&s.f), 2, &a, NULL);
	assert_int_equal(c.n, 0);
	arena_release(&a);
	fixture_release(&s.f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matrix_by_hand),
		cmocka_unit_test(the_past_knew_its_prices),
		cmocka_unit_test(rows_say_it_beside_the_rest),
		cmocka_unit_test(what_is_not_listed_lacks_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
