/*
 * The Theta methods: thetaf of R (tests/reference/thetaf.R), the equations of Fiorucci et al. (2016)
 * written out plainly, and what must hold between the three.
 */
#include "config.h"
#include "unit.h"

#include <math.h>
#include <string.h>
#include "fixture.h"
#include "model/local.h"

#define N (double)NAN
#define STEPS 14

/* Places of the parameters in theta's p. */
enum { ALPHA, LEVEL, WEIGHT, LINE_A, LINE_B, SIGMA };

struct fitted {
	struct arena a;
	const struct spec *spec;
	struct local_series s;
	double p[LOCAL_PARAMETERS];
};

static void fit(struct fitted *f, const char *text, int season, int n, const double *y)
{
	struct err e = { 0 };
	memset(f, 0, sizeof *f);
	f->s = (struct local_series){ .n = n, .y = y, .season = season, .first = 19723,
				      .negative_ok = 1 };
	assert_int_equal(spec_parse(text, &f->a, &f->spec, &e), OK);
	assert_int_equal(f->spec->method->local->fit(f->spec, &f->s, &f->a, f->p, &e), OK);
}

static void predict(struct fitted *f, int n, int n_step, double *mean)
{
	struct local_series s = f->s;
	struct err e;
	s.n = n;
	assert_int_equal(f->spec->method->local->predict(f->spec, f->p, &s, &f->a, n_step, mean, &e), OK);
}

/* ---- against R ---- */

struct reference {
	char name[32];
	int season, n;
	double alpha, level, slope, sigma, mean[STEPS], half_80[STEPS], y[600];
};

static double take(const char **at)
{
	char *end;
	double x = strtod(*at, &end);
	*at = *end == ',' ? end + 1 : end;
	return x;
}

static int read_reference(FILE *f, struct reference *r)
{
	static char line[20000];
	if (!fgets(line, sizeof line, f))
		return 0;
	const char *at = strchr(line, ',');
	snprintf(r->name, sizeof r->name, "%.*s", (int)(at++ - line), line);
	r->season = (int)take(&at);
	r->n = (int)take(&at);
	r->alpha = take(&at);
	r->level = take(&at);
	r->slope = 2 * take(&at);
	r->sigma = take(&at);
	for (int h = 0; h < STEPS; h++)
		r->mean[h] = take(&at);
	for (int h = 0; h < STEPS; h++)
		r->half_80[h] = take(&at);
	for (int t = 0; t < r->n; t++)
		r->y[t] = take(&at);
	return 1;
}

/*
 * With R's alpha and first level: its forecasts and intervals to 1e-6 of their size. With one's own:
 * errors no larger (R's search stops within 1e-8 of its criterion), and forecasts that differ by as
 * little as that leaves alpha open.
 */
static void thetaf_of_r(void **state)
{
	(void)state;
	static struct reference r;
	static struct fitted f;
	double mean[STEPS], sd[STEPS];
	struct err e;
	int read = 0;
	FILE *file = fopen(unit_source("tests/reference/thetaf.csv"), "r");
	assert_non_null(file);
	for (; read_reference(file, &r); read++) {
		fit(&f, "theta", r.season, r.n, r.y);
		assert_true(f.p[SIGMA] <= r.sigma * (1 + 1e-9));
		unit_near(f.p[SIGMA], r.sigma, 1e-3 * r.sigma);
		unit_near(f.p[LINE_B], r.slope, 1e-9 * fabs(r.slope));
		predict(&f, r.n, STEPS, mean);
		for (int h = 0; h < STEPS; h++)
			unit_near(mean[h], r.mean[h], 2e-3 * fabs(r.mean[h]));
		f.p[ALPHA] = r.alpha;
		f.p[LEVEL] = r.level;
		f.p[SIGMA] = r.sigma;
		predict(&f, r.n, STEPS, mean);
		assert_int_equal(f.spec->method->local->sd(f.spec, f.p, &f.s, &f.a, STEPS, sd, &e), OK);
		for (int h = 0; h < STEPS; h++) {
			unit_near(mean[h], r.mean[h], 1e-9 * fabs(r.mean[h]));
			unit_near(1.2815515655446 * sd[h], r.half_80[h], 1e-9 * r.half_80[h]);
		}
		arena_release(&f.a);
	}
	fclose(file);
	assert_int_equal(read, 8);
}

/* ---- against the equations ---- */

/*
 * OTM (dynamic 0) and DOTM (1) as Fiorucci et al. write them, for given
 * alpha, theta and first level. Returns the sum of squared one-step errors; mean [n_step].
 */
static double plain_theta(int dynamic, int n, const double *y, double alpha, double theta, double l0,
			  int n_step, double *mean)
{
	double z[2000], st = 0, sy = 0, stt = 0, sty = 0, sse = 0;
	double level = l0, average = 0, a = 0, b = 0;
	for (int t = 1; t <= n; t++) {
		st += t;
		stt += (double)t * t;
		sy += y[t - 1];
		sty += t * y[t - 1];
		z[t] = y[t - 1];
	}
	if (!dynamic) {
		b = (n * sty - st * sy) / (n * stt - st * st);
		a = (sy - b * st) / n;
	}
	for (int t = 1; t <= n + n_step; t++) {
		double mu = level + (1 - 1 / theta) * (pow(1 - alpha, t - 1) * a
						       + (1 - pow(1 - alpha, t)) / alpha * b);
		if (dynamic && t == 1)
			mu = z[1];
		if (t <= n)
			sse += (z[t] - mu) * (z[t] - mu);
		else
			z[t] = mean[t - n - 1] = mu;
		level = alpha * z[t] + (1 - alpha) * level;
		if (!dynamic)
			continue;
		double before = average;
		average = ((t - 1) * average + z[t]) / t;
		b = t == 1 ? 0 : ((t - 2) * b + 6. / t * (z[t] - before)) / (t + 1);
		a = average - (t + 1) / 2. * b;
	}
	return sse;
}

/* Sales with a trend that bends, and noise. */
static void bent(int n, double *y)
{
	for (int t = 0; t < n; t++)
		y[t] = 50 + (t < n / 2 ? .8 * t : .4 * n - .3 * (t - n / 2))
			+ 8 * fixture_noise(3, (uint64_t)t) - 4;
}

static void equations_of_fiorucci(void **state)
{
	(void)state;
	enum { n = 120 };
	static struct fitted f;
	double y[n], mean[STEPS], plain[STEPS];
	bent(n, y);
	for (int dynamic = 0; dynamic < 2; dynamic++) {
		fit(&f, dynamic ? "dotm" : "otheta", 1, n, y);
		double alpha = f.p[ALPHA], w = f.p[WEIGHT], l0 = f.p[LEVEL], theta = 1 / (1 - w);
		predict(&f, n, STEPS, mean);
		double sse = plain_theta(dynamic, n, y, alpha, theta, l0, STEPS, plain);
		for (int h = 0; h < STEPS; h++)
			unit_near(mean[h], plain[h], 1e-9 * fabs(plain[h]));
		unit_near(f.p[SIGMA], sqrt(sse / (n - 2)), 1e-9);
		/* No point of a grid around it does better. */
		for (int k = 0; k < 125; k++) {
			double other_w = w + .02 * (k % 5 - 2), other_l = l0 + .5 * (k / 5 % 5 - 2);
			double other_alpha = alpha + .02 * (k / 25 - 2);
			if (other_w < 0 || other_w >= 1 || other_alpha < .1 || other_alpha > .99)
				continue;
			assert_true(plain_theta(dynamic, n, y, other_alpha, 1 / (1 - other_w), other_l, 1,
						plain) >= sse * (1 - 1e-9));
		}
		arena_release(&f.a);
	}
}

/* w = 0 (theta 1) leaves simple exponential smoothing; w = 1/2 (theta 2) without the line's start is
 * the standard method with one more (1 - alpha)^n of its slope. */
static void forms_meet(void **state)
{
	(void)state;
	enum { n = 60 };
	static struct fitted f, standard;
	double y[n], mean[STEPS], expected[STEPS], level;
	bent(n, y);
	for (int k = 0; k < 2; k++) {
		fit(&f, k ? "dotm" : "otheta", 1, n, y);
		f.p[WEIGHT] = 0;
		level = f.p[LEVEL];
		for (int t = 0; t < n; t++)
			level = f.p[ALPHA] * y[t] + (1 - f.p[ALPHA]) * level;
		predict(&f, n, STEPS, mean);
		for (int h = 0; h < STEPS; h++)
			unit_near(mean[h], level, 1e-9);
		arena_release(&f.a);
	}
	fit(&f, "otheta", 1, n, y);
	fit(&standard, "theta", 1, n, y);
	f.p[WEIGHT] = .5;
	f.p[LINE_A] = 0;
	f.p[ALPHA] = standard.p[ALPHA];
	f.p[LEVEL] = standard.p[LEVEL];
	double more = .5 * f.p[LINE_B] * pow(1 - f.p[ALPHA], n);
	predict(&f, n, STEPS, mean);
	predict(&standard, n, STEPS, expected);
	for (int h = 0; h < STEPS; h++)
		unit_near(mean[h], expected[h] + more, 1e-9);
	arena_release(&f.a);
	arena_release(&standard.a);
}

/* A pure line goes on: DOTM and OTM find it whole, the standard method half of its slope. */
static void lines_go_on(void **state)
{
	(void)state;
	enum { n = 200 };
	static struct fitted f;
	double y[n], mean[STEPS];
	for (int t = 0; t < n; t++)
		y[t] = 5 + 3 * (t + 1);
	for (int k = 0; k < 2; k++) {
		fit(&f, k ? "dotm" : "otheta", 1, n, y);
		predict(&f, n, STEPS, mean);
		for (int h = 0; h < STEPS; h++)
			unit_near(mean[h], 5 + 3 * (n + h + 1), k ? 1e-2 : 1e-6);
		arena_release(&f.a);
	}
	fit(&f, "theta", 1, n, y);
	predict(&f, n, 2, mean);
	unit_near(mean[1] - mean[0], 1.5, 1e-9);
	arena_release(&f.a);
}

/* replay gives what predict gives at each origin, gaps and season and all. */
static void replay_is_predict(void **state)
{
	(void)state;
	enum { n = 210 };
	static const char *const all[] = { "theta", "otheta", "dotm" };
	static const int end[] = { 0, 1, 30, 98, 101, 209, 210 };
	static struct fitted f;
	double y[n], mean[STEPS], row[7][STEPS];
	struct err e;
	for (int t = 0; t < n; t++)
		y[t] = t % 31 == 30 || (t > 95 && t < 100) ? N
			: (t % 7 > 4 ? 20 : 10) + .05 * t + 4 * fixture_noise(5, (uint64_t)t);
	for (int k = 0; k < 3; k++) {
		fit(&f, all[k], 7, n, y);
		assert_int_equal(f.spec->method->local->replay(f.spec, f.p, &f.s, &f.a, 7, end, STEPS, row[0],
							       &e), OK);
		for (int i = 0; i < 7; i++) {
			predict(&f, end[i], STEPS, mean);
			assert_memory_equal(mean, row[i], sizeof mean);
		}
		/* Place 210 is a Monday, 215 a Saturday; over all the past they sell 17.2 to 27.2. */
		unit_near(mean[0] / mean[5], 17.2 / 27.2, .03);
		arena_release(&f.a);
	}
}

/* The season is taken where it shows, by ratios unless a value is negative, and as told. */
static void season_by_test(void **state)
{
	(void)state;
	enum { n = 140, KIND = 8 };
	static struct fitted f;
	double y[n], below[n], noise[n], mean[STEPS];
	for (int t = 0; t < n; t++) {
		noise[t] = 10 + 5 * fixture_noise(11, (uint64_t)t);
		y[t] = (t % 7 == 2 ? 3 : 1) * noise[t];
		below[t] = y[t] - 12;
	}
	const struct { const char *spec; const double *y; int kind; } expected[] = {
		{ "theta", y, 1 },
		{ "theta", below, 2 },
		{ "theta", noise, 0 },
		{ "theta(level=0)", noise, 1 },
		{ "theta(level=1)", y, 0 },
		{ "theta(decomposition=additive)", y, 2 },
		{ "theta(decomposition=none)", y, 0 },
		{ "theta(decomposition=multiplicative)", below, 0 },
		{ "theta(season=12)", y, 0 },
	};
	for (size_t k = 0; k < sizeof expected / sizeof *expected; k++) {
		fit(&f, expected[k].spec, 7, n, expected[k].y);
		assert_int_equal((int)f.p[KIND], expected[k].kind);
		predict(&f, n, STEPS, mean);
		for (int h = 0; expected[k].kind == 1 && expected[k].y == y && h < STEPS; h++)
			unit_near(mean[h], h % 7 == 2 ? 37 : 12.5, 2.5);
		arena_release(&f.a);
	}
}

/* A day that is not known moves nothing but the way that the trend bridges. */
static void unknown_at_the_end(void **state)
{
	(void)state;
	enum { n = 100 };
	static struct fitted f;
	double y[n + 3], mean[STEPS], later[STEPS];
	bent(n, y);
	y[n] = y[n + 1] = y[n + 2] = N;
	fit(&f, "theta", 1, n, y);
	predict(&f, n, STEPS, mean);
	predict(&f, n + 3, STEPS, later);
	for (int h = 0; h + 3 < STEPS; h++)
		unit_near(later[h], mean[h + 3], 1e-9);
	arena_release(&f.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(thetaf_of_r),
		cmocka_unit_test(equations_of_fiorucci),
		cmocka_unit_test(forms_meet),
		cmocka_unit_test(lines_go_on),
		cmocka_unit_test(replay_is_predict),
		cmocka_unit_test(season_by_test),
		cmocka_unit_test(unknown_at_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
