/* Method negbin: its level by hand, and quantiles that are counts and hold on simulated demand. */
#include "config.h"
#include "unit.h"

#include <math.h>
#include <string.h>
#include "base/mem.h"
#include "model/negbin.h"
#include "num/count.h"

#define N (double)NAN
#define STEPS 14
#define N_LEVEL 7
static const double level[N_LEVEL] = { .01, .025, .1, .5, .9, .975, .99 };
enum { DISCOUNT, PRIOR, DISPERSION, ZERO }; /* places in p */

struct fitted {
	struct arena arena;
	struct err e;
	const struct spec *spec;
	const struct local_method *method;
	struct local_series s;
	double p[LOCAL_PARAMETERS], mean[STEPS], quantile[STEPS * N_LEVEL];
};

static enum status fit(struct fitted *f, const char *text, int n, const double *y, int season)
{
	memset(f, 0, sizeof *f);
	assert_int_equal(spec_parse(text, &f->arena, &f->spec, &f->e), OK);
	f->method = f->spec->method->local;
	f->s = (struct local_series){ .n = n, .y = y, .season = season, .whole = 1 };
	return f->method->fit(f->spec, &f->s, &f->arena, f->p, &f->e);
}

static enum status ask(struct fitted *f)
{
	assert_int_equal(f->method->predict(f->spec, f->p, &f->s, &f->arena, STEPS, f->mean, &f->e),
			 OK);
	return negbin_quantile(f->spec, f->p, &f->s, &f->arena, STEPS, N_LEVEL, level, f->quantile,
			       &f->e);
}

/* w 1/2, c 2 on 4, unknown, 2, 6, no season: (6 + 1 + 1 + 2 * 4) / (1 + 1/2 + 1/4 + 2). */
static void level_by_hand(void **state)
{
	(void)state;
	struct fitted f;
	assert_int_equal(fit(&f, "negbin(discount=0.5)", 4, (double[]){ 4, N, 2, 6 }, 1), OK);
	f.p[PRIOR] = 2;
	assert_int_equal(ask(&f), OK);
	for (int h = 0; h < STEPS; h++)
		unit_near(f.mean[h], 16 / 3.75, 1e-12);
	arena_release(&f.arena);
}

/* Demand with a week, of dispersion .5. */
static void simulate(struct rng *r, int n, double *y, double zero, double *index)
{
	for (int t = 0; t < n; t++) {
		struct count c = { (t % 7 >= 5 ? 4 : 1.5) / (1 - zero), .5, zero };
		index[t] = count_mean(&c);
		y[t] = count_draw(&c, r);
	}
}

static void simulated_demand_is_found(void **state)
{
	(void)state;
	static double y[1400], mean[1400];
	struct rng *r = rng_new();
	struct fitted f;
	simulate(r, 1400, y, 0, mean);
	assert_int_equal(fit(&f, "negbin", 1400, y, 7), OK);
	assert_int_equal(ask(&f), OK);
	unit_near(f.p[DISPERSION], .5, .12);
	assert_true(f.p[DISCOUNT] >= .97 && f.p[ZERO] < .1);
	for (int h = 0; h < STEPS; h++) {
		struct count truth = { h % 7 >= 5 ? 4 : 1.5, .5, 0 };
		unit_near(f.mean[h], truth.mean, .25 * truth.mean);
		for (int l = 0; l < N_LEVEL; l++) {
			double q = f.quantile[h * N_LEVEL + l];
			assert_true(q >= 0 && q == floor(q));
			assert_true(!l || q >= f.quantile[h * N_LEVEL + l - 1]);
			unit_near(q, count_quantile(&truth, level[l]), 1 + .25 * truth.mean);
		}
	}
	arena_release(&f.arena);
	simulate(r, 1400, y, .5, mean);
	assert_int_equal(fit(&f, "negbin", 1400, y, 7), OK);
	unit_near(f.p[ZERO], .5, .1);
	arena_release(&f.arena);
	rng_free(r);
}

/* Three series of which no negative binomial knows: always 7, 7 or 8, nothing at all. */
static void less_varied_than_poisson(void **state)
{
	(void)state;
	double y[200];
	struct fitted f;
	for (int t = 0; t < 200; t++)
		y[t] = 7;
	assert_int_equal(fit(&f, "negbin", 200, y, 7), OK);
	assert_int_equal(ask(&f), OK);
	for (int k = 0; k < STEPS * N_LEVEL; k++)
		unit_near(f.quantile[k], 7, 0);
	arena_release(&f.arena);
	for (int t = 0; t < 200; t++)
		y[t] = 7 + (t * 7919 % 1009 < 400);
	assert_int_equal(fit(&f, "negbin", 200, y, 7), OK);
	assert_int_equal(ask(&f), OK);
	for (int h = 0; h < STEPS; h++) {
		unit_near(f.quantile[h * N_LEVEL + 2], 7, 0);
		unit_near(f.quantile[h * N_LEVEL + 4], 8, 0);
	}
	arena_release(&f.arena);
	memset(y, 0, sizeof y);
	assert_int_equal(fit(&f, "negbin", 200, y, 7), OK);
	assert_int_equal(ask(&f), OK);
	for (int k = 0; k < STEPS * N_LEVEL; k++)
		unit_near(f.quantile[k], 0, 0);
	arena_release(&f.arena);
}

static void replay_is_predict_at_each_origin(void **state)
{
	(void)state;
	static double y[400], mean[400], rows[4 * STEPS];
	static const int end[] = { 1, 20, 399, 400 };
	struct rng *r = rng_new();
	struct fitted f;
	simulate(r, 400, y, 0, mean);
	y[0] = y[50] = N;
	assert_int_equal(fit(&f, "negbin(discount=0.4)", 400, y, 7), OK);
	assert_int_equal(f.method->replay(f.spec, f.p, &f.s, &f.arena, 4, end, STEPS, rows, &f.e),
			 OK);
	assert_true(isnan(rows[0]));
	for (int i = 1; i < 4; i++) {
		f.s.n = end[i];
		assert_int_equal(ask(&f), OK);
		for (int h = 0; h < STEPS; h++)
			unit_near(rows[i * STEPS + h], f.mean[h], 0);
	}
	arena_release(&f.arena);
	rng_free(r);
}

/* Around its own means the distribution is its own. */
static void around_any_mean(void **state)
{
	(void)state;
	static double y[400], mean[400];
	double quantile[STEPS * N_LEVEL];
	struct rng *r = rng_new();
	struct fitted f;
	simulate(r, 400, y, 0, mean);
	assert_int_equal(fit(&f, "negbin", 400, y, 7), OK);
	assert_int_equal(ask(&f), OK);
	struct forecast one = { .n = 1, .n_step = STEPS, .n_level = N_LEVEL, .level = level,
				.mean = f.mean, .quantile = quantile };
	assert_int_equal(negbin_around(&f.s, &f.arena, &one, &f.e), OK);
	assert_memory_equal(quantile, f.quantile, sizeof quantile);
	f.mean[0] = 0;
	assert_int_equal(negbin_around(&f.s, &f.arena, &one, &f.e), OK);
	unit_near(quantile[N_LEVEL - 1], 0, 0);
	f.s.negative_ok = 1;
	assert_int_equal(negbin_around(&f.s, &f.arena, &one, &f.e), E_FIT);
	arena_release(&f.arena);
	rng_free(r);
}

/* Each gets finite counts that ascend, or a reason. */
static void odd_series(void **state)
{
	(void)state;
	static double y[10000];
	static const int length[] = {1, 2, 60, 60, 60, 60, 10000},
			 season[] = {1, 7, 12, 24, 52, 53};
	for (int kind = 0; kind < 7; kind++)
		for (int m = 0; m < 6; m++) {
			struct fitted f;
			int n = length[kind];
			for (int t = 0; t < n; t++)
				y[t] = kind < 2	   ? 3 + t
				       : kind == 2 ? (t == 30 ? 1e9 : t % 3)
				       : kind == 3 ? (t == 20 ? 5 : N)
				       : kind == 4 ? -2 + t % 5
				       : kind == 5 ? (t < 30   ? t % 9
						      : t < 45 ? 0
							       : N)
						   : t * 31 % 17 % 5;
			assert_int_equal(fit(&f, "negbin", n, y, season[m]), OK);
			assert_int_equal(ask(&f), OK);
			for (int k = 0; k < STEPS * N_LEVEL; k++) {
				double q = f.quantile[k];
				assert_true(isfinite(f.mean[k / N_LEVEL]) &&
					    f.mean[k / N_LEVEL] >= 0);
				assert_true(isfinite(q) && q >= 0 && q == floor(q));
				assert_true(k % N_LEVEL == 0 || q >= f.quantile[k - 1]);
			}
			f.s.whole = 0;
			assert_int_equal(ask(&f), E_FIT);
			arena_release(&f.arena);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(level_by_hand),
		cmocka_unit_test(simulated_demand_is_found),
		cmocka_unit_test(less_varied_than_poisson),
		cmocka_unit_test(replay_is_predict_at_each_origin),
		cmocka_unit_test(around_any_mean),
		cmocka_unit_test(odd_series),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
