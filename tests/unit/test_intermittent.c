/* Methods for intermittent demand: R's values, hand calculations, and what holds for all. */
#include "config.h"
#include "unit.h"

#include <math.h>
#include <string.h>
#include "base/mem.h"
#include "model/intermittent.h"
#include "num/stat.h"

#define N (double)NAN
#define STEPS 14

static const double demand[] = {0, 0, 3, 0, 1, 0, 0, 0, 5, 2, 0, 0,
				1, 0, 0, 4, 0, 0, 0, 0, 2, 6, 0, 0};
static const char *const all[] = { "adida", "croston", "imapa", "sba", "sba(correction=sbj)", "tsb",
				   "croston(profile=on)", "sba(profile=on)", "tsb(profile=on)",
				   "adida(profile=on)", "imapa(profile=on)", "croston(alpha=0.1)",
				   "tsb(alpha_demand=0.1,alpha_probability=0.05)" };
#define N_ALL ((int)(sizeof all / sizeof *all))

/* A spec fitted to a series. */
struct fitted {
	struct arena arena;
	struct err e;
	const struct spec *spec;
	const struct local_method *method;
	struct local_series s;
	double p[LOCAL_PARAMETERS];
};

static enum status fit(struct fitted *f, const char *text, int n, const double *y, int season)
{
	memset(f, 0, sizeof *f);
	assert_int_equal(spec_parse(text, &f->arena, &f->spec, &f->e), OK);
	f->method = f->spec->method->local;
	f->s = (struct local_series){ .n = n, .y = y, .season = season, .whole = 1 };
	return f->method->fit(f->spec, &f->s, &f->arena, f->p, &f->e);
}

static enum status predict(struct fitted *f, double *mean)
{
	return f->method->predict(f->spec, f->p, &f->s, &f->arena, STEPS, mean, &f->e);
}

static double mean_of(const char *text, int n, const double *y)
{
	struct fitted f;
	double mean[STEPS];
	assert_int_equal(fit(&f, text, n, y, 1), OK);
	assert_int_equal(predict(&f, mean), OK);
	for (int h = 1; h < STEPS; h++)
		unit_near(mean[h], mean[0], 0);
	arena_release(&f.arena);
	return mean[0];
}

/* R 4.2, forecast 8.20: croston(y, h = 1, alpha = .1)$mean and so on. */
static void croston_as_in_r(void **state)
{
	(void)state;
	double more[30] = { 0 };
	unit_near(mean_of("croston(alpha=0.1)", 24, demand), 1.0829215511666455, 1e-12);
	unit_near(mean_of("croston(alpha=0.3)", 24, demand), 1.3338291219357918, 1e-12);
	memcpy(more, demand, sizeof demand);
	more[27] = 12;
	more[28] = 1;
	unit_near(mean_of("croston(alpha=0.1)", 30, more), 1.2478543391681227, 1e-12);
	/* fitted(croston(y, alpha = .1))[c(6, 12)] */
	unit_near(mean_of("croston(alpha=0.1)", 5, demand), 0.96551724137931028, 1e-12);
	unit_near(mean_of("croston(alpha=0.1)", 11, demand), 1.03880384478462107, 1e-12);
	/* croston(c(0,0,0,0,7,0), h = 1, alpha = .1): one demand is its size over its place. */
	unit_near(mean_of("croston(alpha=0.1)", 6, (double[]){ 0, 0, 0, 0, 7, 0 }), 1.4, 1e-12);
}

static void corrections_are_factors(void **state)
{
	(void)state;
	unit_near(mean_of("sba(alpha=0.1)", 24, demand), 0.95 * 1.0829215511666455, 1e-12);
	unit_near(mean_of("sba(alpha=0.3,correction=sbj)", 24, demand),
		  (1 - .3 / 1.7) * 1.3338291219357918, 1e-12);
	/* A demand in every period leaves nothing to correct. */
	const double each[] = { 3, 5, 4, 6 };
	unit_near(mean_of("sba(alpha=0.1)", 4, each), mean_of("croston(alpha=0.1)", 4, each), 0);
}

/* The equations of the file, in Python. */
static void tsb_by_hand(void **state)
{
	(void)state;
	unit_near(mean_of("tsb(alpha_demand=0.1,alpha_probability=0.05)", 24, demand),
		  1.018743936316517, 1e-12);
	unit_near(mean_of("tsb(alpha_demand=0.2,alpha_probability=0.3)", 24, demand),
		  0.9165512492329928, 1e-12);
	/* z = 4, p = 1/2; a silent period: .45; a demand of 2: z = 3.8, p = .505. */
	unit_near(mean_of("tsb(alpha_demand=0.1,alpha_probability=0.1)", 4, (double[]){0, 4, 0, 2}),
		  3.8 * .505, 1e-12);
	/* What has ceased to sell falls by 1 - beta a period; Croston's forecast stays. */
	double ceased[44] = { 0 };
	memcpy(ceased, demand, sizeof demand);
	unit_near(mean_of("tsb(alpha_demand=0.1,alpha_probability=0.05)", 44, ceased),
		  1.018743936316517 * pow(.95, 20), 1e-12);
	unit_near(mean_of("croston(alpha=0.1)", 44, ceased), 1.0829215511666455, 1e-12);
}

/* 8 demands up to period 22: mean interval 2.75, buckets of 3. */
static void aggregation_by_hand(void **state)
{
	(void)state;
	unit_near(mean_of("adida(alpha=0.1)", 24, demand), 1.0304666, 1e-12);
	unit_near(mean_of("imapa(alpha=0.1)", 24, demand), 0.9402297046491435, 1e-12);
	/* Two demands up to 4: buckets 0+4, 0+2; level 4 + .5 (2 - 4) = 3. The single periods: 0,
	 * 2, 1, 1.5. The fifth value moves the buckets to 4+0, 2+6 with 3 in 5: still 2, level 6.
	 */
	const double y[] = { 0, 4, 0, 2, 6 };
	unit_near(mean_of("adida(alpha=0.5)", 4, y), 1.5, 1e-12);
	unit_near(mean_of("imapa(alpha=0.5)", 4, y), 1.5, 1e-12);
	unit_near(mean_of("adida(alpha=0.5)", 5, y), 3, 1e-12);
}

/* A period that is not known is neither a sale nor none: it might as well not be there. */
static void unknown_periods_are_passed_over(void **state)
{
	(void)state;
	double y[48];
	for (int t = 0; t < 24; t++) {
		y[2 * t] = t % 3 ? N : demand[t];
		y[2 * t + 1] = t % 3 ? demand[t] : N;
	}
	for (int k = 0; k < N_ALL; k++)
		if (!strstr(all[k], "profile"))
			unit_near(mean_of(all[k], 48, y), mean_of(all[k], 24, demand), 0);
}

static void nothing_sold_is_zero(void **state)
{
	(void)state;
	const double zeros[] = { 0, 0, N, 0, -2 }, unknown[] = { N, N };
	for (int k = 0; k < N_ALL; k++) {
		struct fitted f;
		double sd[STEPS];
		unit_near(mean_of(all[k], 5, zeros), 0, 0);
		assert_int_equal(fit(&f, all[k], 2, unknown, 1), E_FIT);
		arena_release(&f.arena);
		assert_int_equal(fit(&f, all[k], 5, zeros, 1), OK);
		if (f.method->sd)
			assert_int_equal(f.method->sd(f.spec, f.p, &f.s, &f.arena, STEPS, sd, &f.e),
					 E_FIT);
		arena_release(&f.arena);
	}
}

static double weekly(int t)
{
	static const double of[] = { .2, .2, .3, .3, .5, .9, .8 };
	double u = (t * 7919 % 1009) / 1009., v = (t * 104729 % 907) / 907.;
	return t % 31 == 5 ? N : u < of[t % 7] ? floor(1 + 4 * v) : 0;
}

static void replay_is_predict_at_each_origin(void **state)
{
	(void)state;
	static double y[400], rows[6 * STEPS];
	static const int end[] = { 0, 1, 9, 40, 41, 400 };
	for (int t = 0; t < 400; t++)
		y[t] = t < 3 ? N : weekly(t);
	for (int k = 0; k < N_ALL; k++) {
		struct fitted f;
		double mean[STEPS];
		assert_int_equal(fit(&f, all[k], 400, y, 7), OK);
		assert_int_equal(
			f.method->replay(f.spec, f.p, &f.s, &f.arena, 6, end, STEPS, rows, &f.e),
			OK);
		for (int i = 0; i < 6; i++) {
			f.s.n = end[i];
			int made = predict(&f, mean) == OK;
			assert_int_equal(made, end[i] > 3);
			for (int h = 0; h < STEPS; h++)
				if (made)
					unit_near(rows[i * STEPS + h], mean[h], 0);
				else
					assert_true(isnan(rows[i * STEPS + h]));
		}
		arena_release(&f.arena);
	}
}

/* Buehlmann & Straub by hand for two places: 1, 3, 2 and 5, 7, 6; m = 4, within 1, between
 * (3 (2 - 4)^2 + 3 (6 - 4)^2 - 1) / (6 - 18/6) = 23/3, z = 3 / (3 + 3/23) = 23/24. */
static void profile_by_hand(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct profile p;
	double index[7];
	const double y[] = { 1, 5, 3, 7, N, N, 2, 6 };
	profile_init(&p, 2, 0, &a);
	for (int t = 0; t < 8; t++)
		profile_add(&p, y[t]);
	profile_index(&p, index);
	unit_near(index[0], 1 - 23. / 48, 1e-12);
	unit_near(index[1], 1 + 23. / 48, 1e-12);
	/* Places that differ by no more than their noise are flat; a sure pattern stays as it is.
	 */
	profile_init(&p, 2, 1, &a);
	for (int t = 0; t < 8; t++)
		profile_add(&p, (double[]){ 1, 3, 3, 1 }[t % 4]);
	profile_index(&p, index);
	unit_near(index[0], 1, 1e-12);
	profile_init(&p, 7, -3, &a);
	assert_int_equal(p.place, 4);
	for (int t = 0; t < 28; t++)
		profile_add(&p, p.place < 5 ? 2 : 9);
	profile_index(&p, index);
	unit_near(index[4], 2 * 7. / 28, 1e-12);
	unit_near(index[5], 9 * 7. / 28, 1e-12);
	arena_release(&a);
}

/* Steps keep their weekday, whatever day the series begins and ends on. */
static void profile_follows_the_week(void **state)
{
	(void)state;
	static double y[365];
	for (int t = 0; t < 365; t++)
		y[t] = weekly(t);
	for (int k = 0; k < N_ALL; k++) {
		struct fitted f;
		double mean[STEPS], shifted[STEPS];
		if (!strstr(all[k], "profile"))
			continue;
		assert_int_equal(fit(&f, all[k], 365, y, 7), OK);
		assert_int_equal(predict(&f, mean), OK);
		/* 365 is a place 1: steps 5 and 6 are the best days. */
		assert_true(mean[4] > 2 * mean[0] && mean[5] > 2 * mean[6]);
		unit_near(mean[7], mean[0], 0);
		f.s.first = -36;
		assert_int_equal(predict(&f, shifted), OK);
		for (int h = 0; h < STEPS; h++)
			unit_near(shifted[h], mean[h], 1e-12);
		arena_release(&f.arena);
	}
}

/* Means and spreads of many paths are those that the method tells. */
static void paths_agree_with_mean_and_sd(void **state)
{
	(void)state;
	static double y[365], path[20000 * STEPS], column[20000];
	static const char *const with_paths[] = { "croston(alpha=0.1)", "sba(alpha=0.1,profile=on)",
						  "tsb(profile=on)", "tsb" };
	struct rng *r = rng_new();
	for (int t = 0; t < 365; t++)
		y[t] = weekly(t);
	for (int k = 0; k < 4; k++) {
		struct fitted f;
		double mean[STEPS], sd[STEPS];
		assert_int_equal(fit(&f, with_paths[k], 365, y, 7), OK);
		assert_int_equal(predict(&f, mean), OK);
		assert_int_equal(f.method->sd(f.spec, f.p, &f.s, &f.arena, STEPS, sd, &f.e), OK);
		assert_int_equal(
			f.method->paths(f.spec, f.p, &f.s, &f.arena, r, 20000, STEPS, path, &f.e),
			OK);
		for (int h = 0; h < STEPS; h++) {
			for (int i = 0; i < 20000; i++) {
				column[i] = path[i * STEPS + h];
				assert_true(column[i] >= 0 && column[i] == floor(column[i]));
			}
			unit_near(stat_mean(column, 20000), mean[h], 5 * sd[h] / sqrt(20000));
			/* sd holds the uncertainty of the estimates too: a little above that of the
			 * paths. */
			double ratio = sqrt(stat_variance(column, 20000)) / sd[h];
			assert_true(ratio < 1.03 && ratio > .9);
		}
		arena_release(&f.arena);
	}
	rng_free(r);
}

/* Size 2, probability 1/2 without end: process 1/2 (0 + 4) - 1; estimate, v = 1/19, p = 2: v 1/8 4.
 */
static void sd_by_hand(void **state)
{
	(void)state;
	struct fitted f;
	double y[40], sd[STEPS];
	for (int t = 0; t < 40; t++)
		y[t] = t % 2 ? 2 : 0;
	assert_int_equal(fit(&f, "croston(alpha=0.1)", 40, y, 1), OK);
	assert_int_equal(f.method->sd(f.spec, f.p, &f.s, &f.arena, STEPS, sd, &f.e), OK);
	for (int h = 0; h < STEPS; h++)
		unit_near(sd[h], sqrt(1 + .5 / 19), 1e-12);
	arena_release(&f.arena);
}

/* A weight that is not given leaves no larger squared error than any that could have been. */
static void weights_are_fitted(void **state)
{
	(void)state;
	double y[300];
	for (int t = 0; t < 300; t++)
		y[t] = t < 150 ? 20 * (t % 3 == 0) : t % 3 == 0;
	/* After a fall the best weight is large: the forecast has left the old level. */
	assert_true(mean_of("croston", 300, y) < .5);
	assert_true(mean_of("croston(alpha=0.02)", 300, y) > 1);
	assert_true(mean_of("tsb", 300, y) < .5);
	assert_true(mean_of("adida", 300, y) < .5);
	assert_true(mean_of("imapa", 300, y) < .5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(croston_as_in_r),
		cmocka_unit_test(corrections_are_factors),
		cmocka_unit_test(tsb_by_hand),
		cmocka_unit_test(aggregation_by_hand),
		cmocka_unit_test(unknown_periods_are_passed_over),
		cmocka_unit_test(nothing_sold_is_zero),
		cmocka_unit_test(replay_is_predict_at_each_origin),
		cmocka_unit_test(profile_by_hand),
		cmocka_unit_test(profile_follows_the_week),
		cmocka_unit_test(paths_agree_with_mean_and_sd),
		cmocka_unit_test(sd_by_hand),
		cmocka_unit_test(weights_are_fitted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
