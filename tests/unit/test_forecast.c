/* Forecasts as bytes: what goes in comes out, and what is cut off or of another shape is refused. */
#include "config.h"
#include "unit.h"

#include <string.h>
#include "series/forecast.h"

static const double level[] = { .1, .5, .9 };

static struct forecast made(struct arena *a)
{
	static const char *const method[] = { "ets", "", NULL };
	static const char *const reason[] = { NULL, "cheap: it came late; no known value", "" };
	struct forecast f;
	forecast_init(&f, a, 3, 2, 3, level, 77);
	for (int k = 0; k < 6; k++)
		f.mean[k] = k / 3.;
	for (int k = 0; k < 18; k++)
		f.quantile[k] = k * 1e-300;
	for (int i = 0; i < 3; i++)
		f.used[i] = (struct made_by){ method[i], (enum rung)i, reason[i] };
	return f;
}

static void assert_text(const char *x, const char *y)
{
	assert_int_equal(!x, !y);
	if (x && y)
		assert_string_equal(x, y);
}

static void comes_out_as_it_went_in(void **state)
{
	struct arena a = { 0 };
	struct forecast f = made(&a), g;
	struct buf out = { 0 };
	struct err e;
	(void)state;
	forecast_init(&g, &a, 3, 2, 3, level, 77);
	forecast_pack(&f, &out);
	buf_adds(&out, "rest");
	const char *at = out.text;
	assert_int_equal(forecast_unpack(&at, out.text + out.n, &a, &g, &e), OK);
	assert_string_equal(at, "rest");
	assert_memory_equal(g.mean, f.mean, 6 * sizeof *f.mean);
	assert_memory_equal(g.quantile, f.quantile, 18 * sizeof *f.quantile);
	for (int i = 0; i < 3; i++) {
		assert_text(g.used[i].method, f.used[i].method);
		assert_text(g.used[i].reason, f.used[i].reason);
		assert_int_equal(g.used[i].rung, f.used[i].rung);
	}
	buf_release(&out);
	arena_release(&a);
}

static void what_is_cut_off_is_refused(void **state)
{
	struct arena a = { 0 };
	struct forecast f = made(&a), g;
	struct buf out = { 0 };
	struct err e;
	(void)state;
	forecast_pack(&f, &out);
	for (size_t n = 0; n < out.n; n++) {
		const char *at = out.text;
		forecast_init(&g, &a, 3, 2, 3, level, 77);
		assert_int_equal(forecast_unpack(&at, out.text + n, &a, &g, &e), E_BUG);
	}
	const char *at = out.text;
	forecast_init(&g, &a, 3, 2, 3, level, 78);
	assert_int_equal(forecast_unpack(&at, out.text + out.n, &a, &g, &e), E_BUG);
	buf_release(&out);
	arena_release(&a);
}

static void one_series_is_copied(void **state)
{
	struct arena a = { 0 };
	struct forecast f = made(&a), g = made(&a);
	(void)state;
	forecast_copy(&f, 2, &g, 0);
	assert_memory_equal(g.mean, f.mean + 4, 2 * sizeof *f.mean);
	assert_memory_equal(g.quantile, f.quantile + 12, 6 * sizeof *f.quantile);
	assert_int_equal(g.used[0].rung, 2);
	assert_memory_equal(g.mean + 2, f.mean + 2, 4 * sizeof *f.mean);
	arena_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_out_as_it_went_in),
		cmocka_unit_test(what_is_cut_off_is_refused),
		cmocka_unit_test(one_series_is_copied),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
