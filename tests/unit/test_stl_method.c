/* The method stl against stlf of R's forecast 8.20, and how it takes its parts and its series. */
#include "config.h"
#include "unit.h"

#include <math.h>
#include <string.h>
#include "fixture.h"
#include "model/local.h"

#define MOST 1000

/* The values of a case of tests/reference/stl.csv. */
static int read_values(const char *name, double *y)
{
	char line[512];
	int n = 0;
	FILE *f = fopen(unit_source("tests/reference/stl.csv"), "r");
	assert_non_null(f);
	while (fgets(line, sizeof line, f))
		if (!strncmp(line, name, strlen(name)))
			assert_int_equal(sscanf(line, "%*[^,],%*d,%*d,%*d,%lf", &y[n++]), 1);
	fclose(f);
	assert_true(n > 0 && n <= MOST);
	return n;
}

/* Fits to fitted [s->n] and predicts from `from`; the status of whichever fails. */
static enum status run(const char *text, const struct local_series *fitted,
		       const struct local_series *from, int n_step, double *mean)
{
	struct arena a = { 0 };
	struct err e = { 0 };
	const struct spec *spec;
	static double p[LOCAL_PARAMETERS];
	memset(p, 0, sizeof p);
	assert_int_equal(spec_parse(text, &a, &spec, &e), OK);
	const struct local_method *m = spec->method->local;
	enum status status = m->fit ? m->fit(spec, fitted, &a, p, &e) : OK;
	if (!status)
		status = m->predict(spec, p, from, &a, n_step, mean, &e);
	assert_true(!status || *e.text);
	arena_release(&a);
	return status;
}

static void expect(const char *text, const struct local_series *s, int n_step, const double *expected)
{
	double mean[64];
	assert_int_equal(run(text, s, s, n_step, mean), OK);
	for (int h = 0; h < n_step; h++)
		unit_near(mean[h], expected[h], 1e-6 * fabs(expected[h]));
}

static struct local_series series_of(int n, const double *y, int season, double cycle)
{
	return (struct local_series){ .n = n, .y = y, .season = season, .cycle = cycle, .first = 19723 };
}

/* stlf(AirPassengers, method = "naive"); "rwdrift", lambda = 0; "naive", lambda = .3 by the median; and
 * stlf(msts(taylor[1:1000], c(48, 336)), method = "naive"). */
static void stlf_of_r(void **state)
{
	(void)state;
	static double y[MOST];
	struct local_series s = series_of(read_values("airpassengers-mstl", y), y, 12, 0);
	expect("stl(naive, lambda=none)", &s, 14,
	       (double[]){ 443.5090671478, 424.9972862902, 465.9385875921, 463.3144941277, 470.4611907960,
			   522.5752549432, 575.0720999597, 570.8959776923, 497.1854762052, 448.2873927736,
			   400.6016907239, 432.0000000000, 443.5090671478, 424.9972862902 });
	expect("stl(drift, lambda=0)", &s, 4,
	       (double[]){ 446.7876049853, 426.2122205842, 491.8037308003, 490.5240950883 });
	expect("stl(naive, lambda=0.3, back=median)", &s, 3,
	       (double[]){ 442.8285321693, 420.4323138436, 473.4630088429 });
	s = series_of(read_values("taylor-mstl", y), y, 48, 336);
	expect("stl(naive, lambda=none)", &s, 5,
	       (double[]){ 27202.65794517, 27300.46899157, 27709.15316312, 28328.67796844, 28889.22684193 });
}

/* Where no season fits in twice, the part has the series to itself. */
static void without_a_season(void **state)
{
	(void)state;
	double y[40], plain[8];
	for (int t = 0; t < 40; t++)
		y[t] = 20 + 5 * fixture_noise(2, (uint64_t)t);
	struct local_series s = series_of(40, y, 20, 365.25);
	assert_int_equal(run("ses", &s, &s, 8, plain), OK);
	expect("stl(ses, lambda=none)", &s, 8, plain);
	expect("stl(ses, lambda=none, season=1)", &s, 8, plain);
	assert_int_equal(run("theta", &(struct local_series){ .n = 40, .y = y, .season = 1 },
			     &(struct local_series){ .n = 40, .y = y, .season = 1 }, 8, plain), OK);
	expect("stl(lambda=none)", &s, 8, plain);
}

/* The mean of a log-normal lies above its median; a series with a 0 has no Box-Cox scale. */
static void back_as_mean(void **state)
{
	(void)state;
	double y[140], mean[8], median[8], none[8];
	for (int t = 0; t < 140; t++)
		y[t] = exp(3 + (t % 7 == 4) + fixture_noise(9, (uint64_t)t));
	struct local_series s = series_of(140, y, 7, 0);
	assert_int_equal(run("stl(theta, lambda=0)", &s, &s, 8, mean), OK);
	assert_int_equal(run("stl(theta, lambda=0, back=median)", &s, &s, 8, median), OK);
	for (int h = 0; h < 8; h++)
		unit_near(mean[h] / median[h], 1 + 1. / 24, .02); /* variance of the noise: 1/12 */
	y[50] = 0;
	assert_int_equal(run("stl(theta, lambda=0)", &s, &s, 8, mean), OK);
	assert_int_equal(run("stl(theta, lambda=none)", &s, &s, 8, none), OK);
	assert_memory_equal(mean, none, sizeof mean);
}

/* On logs the part's spread comes back in proportion to the level. */
static void spread_comes_back(void **state)
{
	(void)state;
	double y[140], mean[8], sd[2][8];
	static double p[LOCAL_PARAMETERS];
	struct err e = { 0 };
	for (int k = 0; k < 2; k++) {
		struct arena a = { 0 };
		const struct spec *spec;
		for (int t = 0; t < 140; t++)
			y[t] = (k ? 10 : 1) * exp(3 + (t % 7 == 4) + fixture_noise(9, (uint64_t)t));
		struct local_series s = series_of(140, y, 7, 0);
		memset(p, 0, sizeof p);
		assert_int_equal(spec_parse("stl(theta, lambda=0, back=median)", &a, &spec, &e), OK);
		const struct local_method *m = spec->method->local;
		assert_int_equal(m->fit(spec, &s, &a, p, &e), OK);
		assert_int_equal(m->sd(spec, p, &s, &a, 8, sd[k], &e), OK);
		assert_int_equal(m->predict(spec, p, &s, &a, 8, mean, &e), OK);
		for (int h = 0; h < 8; h++)
			unit_near(sd[k][h] / mean[h], .27, .05); /* sd of the noise: 1/sqrt(12) */
		arena_release(&a);
	}
	for (int h = 0; h < 8; h++)
		unit_near(sd[1][h], 10 * sd[0][h], 1e-5 * sd[1][h]);
}

/* What comes after the fit: a 0 on a log scale, a freak, a beginning cut off. */
static void later_than_the_fit(void **state)
{
	(void)state;
	double y[212], before[8], mean[8];
	for (int t = 0; t < 212; t++)
		y[t] = 30 + (t % 7 == 4 ? 20 : 0) + fixture_noise(9, (uint64_t)t);
	struct local_series s = series_of(203, y, 7, 0), later = s;
	assert_int_equal(run("stl", &s, &s, 8, before), OK);
	later.n = 210;
	y[205] = 0;
	y[206] = 1e9;
	assert_int_equal(run("stl", &s, &later, 8, mean), OK);
	for (int h = 0; h < 8; h++)
		assert_true(mean[h] > 5 && mean[h] < 200);
	later = series_of(203 - 70, y + 70, 7, 0);
	later.first += 70;
	assert_int_equal(run("stl", &s, &later, 8, mean), OK);
	for (int h = 0; h < 8; h++)
		unit_near(mean[h], before[h], 2);
}

/* Unknown values stay unknown to the part: a shop that is shut on Sundays, and a gap. */
static void unknown_values(void **state)
{
	(void)state;
	double y[210], mean[14];
	for (int t = 0; t < 210; t++)
		y[t] = t % 7 == 6 || (t > 100 && t < 109) ? (double)NAN : 10 + 2 * (t % 7);
	struct local_series s = series_of(210, y, 7, 0);
	assert_int_equal(run("stl", &s, &s, 14, mean), OK);
	for (int h = 0; h < 14; h++)
		if (h % 7 < 6)
			unit_near(mean[h], 10 + 2 * (h % 7), .5);
	for (int t = 0; t < 210; t++)
		y[t] = (double)NAN;
	assert_int_equal(run("stl", &s, &s, 14, mean), E_FIT);
}

static void wrong_specs(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct err e = { 0 };
	const struct spec *spec;
	double y[50] = { 1, 2, 3 }, mean[8];
	struct local_series s = series_of(50, y, 7, 0);
	assert_int_equal(spec_parse("stl(ses, theta)", &a, &spec, &e), E_USAGE);
	assert_int_equal(spec_parse("stl(fallback(ses))", &a, &spec, &e), E_USAGE);
	arena_release(&a);
	assert_int_equal(run("stl(lambda=2)", &s, &s, 8, mean), E_USAGE);
	assert_int_equal(run("stl(lambda=log)", &s, &s, 8, mean), E_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stlf_of_r),
		cmocka_unit_test(without_a_season),
		cmocka_unit_test(back_as_mean),
		cmocka_unit_test(spread_comes_back),
		cmocka_unit_test(later_than_the_fit),
		cmocka_unit_test(unknown_values),
		cmocka_unit_test(wrong_specs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
