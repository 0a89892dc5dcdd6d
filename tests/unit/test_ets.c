/*
 * Exponential smoothing: likelihoods, choices, forecasts and spreads against R (tests/reference), and
 * what must hold whatever the data: derivatives, lanes, values not known, long seasons.
 */
#include "config.h"
#include "unit.h"

#include "fixture.h"
#include "model/local.h"
#include "num/ets.h"
#include "num/library.h"
#include "reference.h"

#define M_MOST 53
#define SIZE (ETS_SEASON + M_MOST)
#define UNKNOWN (double)NAN

static const char *const all_forms[] = {
	"ANN", "ANA", "ANM", "AAN", "AAA", "AAM", "AAdN", "AAdA", "AAdM", "AMN", "AMA", "AMM", "AMdN",
	"AMdA", "AMdM", "MNN", "MNA", "MNM", "MAN", "MAA", "MAM", "MAdN", "MAdA", "MAdM", "MMN", "MMA",
	"MMM", "MMdN", "MMdA", "MMdM",
};
#define N_FORM (sizeof all_forms / sizeof *all_forms)

static const struct ets_wish everything = {
	.error = 6, .trend = 3, .season = 7, .damped = 3, .restricted = 1, .bounds = ETS_BOTH,
};

static struct ets_form form_of(const char *name)
{
	struct ets_form f;
	char back[6];
	assert_true(ets_form_read(name, &f));
	ets_form_name(f, back);
	assert_string_equal(back, name);
	return f;
}

/* A model of a record of R, into our layout. */
static struct ets_form model_of(const char *record, int m, double *theta)
{
	char name[8];
	double state[64];
	reference_word(record, "method", name, sizeof name);
	struct ets_form f = form_of(name);
	const char *const key[] = { "alpha", "beta", "gamma", "phi" };
	memset(theta, 0, SIZE * sizeof *theta);
	for (int k = 0; k < 4; k++) {
		double x = reference_number(record, key[k]);
		theta[k] = isnan(x) ? k == ETS_PHI : x;
	}
	int n = reference_vector(record, "initstate", state, 64), at = 0;
	theta[ETS_LEVEL] = state[at++];
	if (f.trend)
		theta[ETS_SLOPE] = state[at++];
	for (int k = 0; f.season && k < m; k++)
		theta[ETS_SEASON + k] = state[n - 1 - k];
	return f;
}

/* A made series with a trend and a season, all positive. */
static double made(int t, int m)
{
	double noise = fixture_noise(5, (uint64_t)t) - .5;
	return (10 + .02 * t) * (1 + .3 * sin(6.283185307179586 * (t % m) / m)) + 2 * noise;
}

static void make_theta(struct ets_form f, int m, const double *y, int n, double *theta)
{
	memset(theta, 0, SIZE * sizeof *theta);
	theta[ETS_ALPHA] = .3;
	theta[ETS_BETA] = f.trend ? .05 : 0;
	theta[ETS_GAMMA] = f.season ? .2 : 0;
	theta[ETS_PHI] = f.damped ? .9 : 1;
	ets_start(f, m, n, y, theta);
}

/* ---- against R ---- */

static void likelihood_as_r(void **state)
{
	(void)state;
	struct reference *ref = reference_open("tests/reference/ets.txt");
	int n = 0;
	for (const char *r = NULL; (r = reference_next(ref, NULL, NULL, r));) {
		struct reference_series s;
		double theta[SIZE], end[2 + M_MOST];
		if (!reference_series(r, &s))
			continue;
		struct ets_form f = model_of(r, s.season, theta);
		double criterion = ets_evaluate(f, s.season, theta, s.n, s.y, end);
		double loglik = reference_number(r, "loglik");
		unit_near(-criterion / 2, loglik, 1e-8 * fabs(loglik));
		assert_int_equal(ets_form_parameters(f, s.season), (int)reference_number(r, "np"));
		reference_series_release(&s);
		n++;
	}
	assert_true(n >= 150);
	reference_close(ref);
}

/* The chosen form's AICc is R's or less, but for .01, in at least 95 % of the series. */
static void choice_as_good_as_r(void **state)
{
	(void)state;
	struct reference *ref = reference_open("tests/reference/ets.txt");
	int n = 0, good = 0;
	for (const char *r = NULL; (r = reference_next(ref, "ets", NULL, r));) {
		struct reference_series s;
		struct arena a = { 0 };
		struct ets_choice choice;
		double theta[SIZE];
		if (!reference_series(r, &s))
			continue;
		assert_true(ets_choose(&everything, s.season, s.n, s.y, &a, theta, &choice));
		int is_good = choice.ic <= reference_number(r, "aicc") + .01;
		if (!is_good)
			print_message("# %.60s: %.4f\n", r, choice.ic);
		good += is_good;
		n++;
		arena_release(&a);
		reference_series_release(&s);
	}
	assert_true(n >= 20 && good >= .95 * n);
	reference_close(ref);
}

/* And each form by itself. */
static void every_form_as_good_as_r(void **state)
{
	(void)state;
	struct reference *ref = reference_open("tests/reference/ets.txt");
	int n = 0, good = 0;
	for (const char *r = NULL; (r = reference_next(ref, "ets_form", NULL, r));) {
		struct reference_series s;
		struct arena a = { 0 };
		struct ets_choice choice;
		double theta[SIZE];
		if (!reference_series(r, &s))
			continue;
		struct ets_form f = model_of(r, s.season, theta);
		struct ets_wish only = { 1u << f.error, 1u << f.trend, 1u << f.season, 1u << f.damped, 0, 0,
					 ETS_AICC, ETS_BOTH };
		assert_true(ets_choose(&only, s.season, s.n, s.y, &a, theta, &choice));
		int is_good = choice.ic <= reference_number(r, "aicc") + .01;
		if (!is_good)
			print_message("# %.60s: %.4f\n", r, choice.ic);
		good += is_good;
		n++;
		arena_release(&a);
		reference_series_release(&s);
	}
	print_message("# %d of %d forms\n", good, n);
	assert_true(n >= 130 && good >= .95 * n);
	reference_close(ref);
}

/* R's forecasts and 80 % bounds at R's parameters. For the third class R has exact moments of the
 * product of level and season, we the path without errors and a spread of first order; and R counts
 * what an error does to the season's place a season later one step too early (step m). */
static void forecasts_as_r(void **state)
{
	(void)state;
	struct reference *ref = reference_open("tests/reference/ets.txt");
	for (const char *r = NULL; (r = reference_next(ref, "ets", NULL, r));) {
		struct reference_series s;
		double theta[SIZE], end[2 + M_MOST], mean[12], sd[12], expected[12], low[12], high[12];
		if (!reference_series(r, &s))
			continue;
		struct ets_form f = model_of(r, s.season, theta);
		ets_evaluate(f, s.season, theta, s.n, s.y, end);
		ets_path(f, s.season, theta, s.n, end, 12, mean);
		assert_true(ets_sd(f, s.season, theta, reference_number(r, "sigma2"), s.n, end, 12, sd));
		int n = reference_vector(r, "mean", expected, 12);
		reference_vector(r, "lo80", low, 12);
		reference_vector(r, "hi80", high, 12);
		double near = f.season == ETS_MUL ? 5e-3 : 1e-6;
		double near_sd = f.season == ETS_MUL ? .01 : f.season ? 1e-3 : 1e-6;
		for (int h = 0; h < n; h++) {
			double width = (high[h] - low[h]) / (2 * 1.2815515655446004);
			unit_near(mean[h], expected[h], near * (1e-3 + fabs(expected[h])));
			unit_near(sd[h], width, near_sd * width);
		}
		reference_series_release(&s);
	}
	reference_close(ref);
}

/* R: forecast:::admissible(alpha, beta, gamma, phi, m). */
static const struct {
	const char *form;
	int m;
	double alpha, beta, gamma, phi;
	int is_admissible;
} region[] = {
	{ "AAdA", 52, 1.123798, 0.286663, 0.201662, 0.9, 0 },
	{ "ANA", 4, 1.333518, 0.000000, 0.659980, 1.0, 1 },
	{ "AAdA", 7, 0.289312, 0.202641, 1.024258, 0.9, 0 },
	{ "ANA", 7, 1.059038, 0.000000, 1.004267, 1.0, 0 },
	{ "ANA", 4, 0.238795, 0.000000, 1.155173, 1.0, 1 },
	{ "AAA", 4, 1.390178, 0.257141, 0.752636, 1.0, 0 },
	{ "ANA", 12, 0.475217, 0.000000, 0.195841, 1.0, 1 },
	{ "ANA", 7, 1.296636, 0.000000, 0.017633, 1.0, 1 },
	{ "ANA", 4, 1.298976, 0.000000, 1.186683, 1.0, 0 },
	{ "AAA", 4, 1.419175, 0.312561, 0.312360, 1.0, 0 },
	{ "ANA", 52, 0.349880, 0.000000, 0.330841, 1.0, 1 },
	{ "AAdA", 7, 1.208740, 0.144030, 1.041414, 0.9, 0 },
	{ "AAdA", 24, 1.075198, 0.012525, 0.481321, 0.9, 1 },
	{ "AAdA", 12, 0.544109, 0.488378, 0.476420, 0.9, 0 },
	{ "ANA", 4, 0.684223, 0.000000, 0.994707, 1.0, 1 },
	{ "ANA", 24, 0.725403, 0.000000, 0.154412, 1.0, 1 },
};

static void region_as_r(void **state)
{
	(void)state;
	for (size_t k = 0; k < sizeof region / sizeof *region; k++) {
		double theta[SIZE] = { region[k].alpha, region[k].beta, region[k].gamma, region[k].phi };
		assert_int_equal(ets_admissible(form_of(region[k].form), region[k].m, theta),
				 region[k].is_admissible);
	}
	/* Without a season: the book, table 10.1. */
	assert_true(ets_admissible(form_of("ANN"), 1, (double[]){ 1.99, 0, 0, 1 }));
	assert_false(ets_admissible(form_of("ANN"), 1, (double[]){ 2.01, 0, 0, 1 }));
	assert_true(ets_admissible(form_of("AAN"), 1, (double[]){ .5, 2.99, 0, 1 }));
	assert_false(ets_admissible(form_of("AAN"), 1, (double[]){ .5, 3.01, 0, 1 }));
	assert_false(ets_admissible(form_of("AAdN"), 1, (double[]){ 2, .1, 0, .9 }));
}

/* ---- what must hold ---- */

/* Derivatives by ets_normal_at and by differences of ets_evaluate, for every form and variable. */
static void derivatives_are_right(void **state)
{
	(void)state;
	static const int season[] = { 1, 4, 7 };
	double y[60], theta[SIZE], moved[SIZE], end[2 + M_MOST];
	for (size_t k = 0; k < N_FORM; k++) {
		struct ets_form f = form_of(all_forms[k]);
		int m = season[f.season ? 1 + k % 2 : 0];
		struct arena a = { 0 };
		for (int t = 0; t < 60; t++)
			y[t] = t == 17 || t == 40 ? UNKNOWN : made(t, m > 1 ? m : 7);
		make_theta(f, m, y, 60, theta);
		struct ets_normal z = ets_normal_new(f, m, &a);
		double value = ets_normal_at(f, m, theta, 60, y, &z);
		unit_near(value, ets_evaluate(f, m, theta, 60, y, end), 1e-9 * fabs(value));
		for (int i = 0; i < z.n_free; i++) {
			double slope[2], step = 1e-6 * fmax(1, fabs(theta[z.free[i]]));
			for (int side = 0; side < 2; side++) {
				double by = side ? step : -step;
				memcpy(moved, theta, sizeof moved);
				moved[z.free[i]] += by;
				if (z.free[i] >= ETS_SEASON)
					moved[ETS_SEASON + m - 1] -= by;
				slope[side] = ets_evaluate(f, m, moved, 60, y, end);
			}
			double expected = (slope[1] - slope[0]) / (2 * step);
			unit_near(2 * 58 * z.ju[i] / z.uu, expected, 1e-5 * (1 + fabs(expected)));
		}
		arena_release(&a);
	}
}

/* A lane gives the bits of the plain loop: clones for newer processors change nothing. */
static void lanes_are_the_plain_loop(void **state)
{
	(void)state;
	static double lane[SIZE * ETS_LANES];
	double y[300], theta[SIZE], criterion[ETS_LANES], end[2 + M_MOST];
	for (size_t k = 0; k < N_FORM; k++) {
		struct ets_form f = form_of(all_forms[k]);
		int m = f.season ? 12 : 1;
		double expected[ETS_LANES];
		for (int t = 0; t < 300; t++)
			y[t] = t % 50 == 17 ? UNKNOWN : made(t, 12);
		make_theta(f, m, y, 300, theta);
		for (int i = 0; i < ETS_LANES; i++) {
			theta[ETS_ALPHA] = .05 + .04 * i;
			theta[ETS_LEVEL] *= 1.01;
			for (int j = 0; j < ETS_SEASON + m; j++)
				lane[j * ETS_LANES + i] = theta[j];
			expected[i] = ets_evaluate(f, m, theta, 300, y, end);
		}
		ets_batch(f, m, lane, 300, y, criterion);
		assert_memory_equal(criterion, expected, sizeof expected);
	}
}

/* By hand: l = 10; e = 2, l = 11; not known; e = 1 - 0, l = 11.5; and with a season of 2. */
static void unknown_values_are_passed_over(void **state)
{
	(void)state;
	double end[4];
	const double y[] = { 12, UNKNOWN, 12 };
	double simple[ETS_SEASON + 1] = { .5, 0, 0, 1, 10, 0, 0 };
	double criterion = ets_evaluate(form_of("ANN"), 1, simple, 3, y, end);
	unit_near(end[0], 11.5, 1e-12);
	unit_near(criterion, 2 * log(4 + 1), 1e-12);
	/* Slope 1 goes on while nothing is known: 10 + 1, e = 1: 11.5, 1.25; 12.75; 14, e = -2. */
	double holt[ETS_SEASON + 1] = { .5, .25, 0, 1, 10, 1, 0 };
	ets_evaluate(form_of("AAN"), 1, holt, 3, y, end);
	unit_near(end[0], 13, 1e-12);
	unit_near(end[1], .75, 1e-12);
	/* The season keeps its place: y[2] sees the first place again. */
	double seasonal[ETS_SEASON + 2] = { .5, 0, .5, 1, 10, 0, 1, -1 };
	ets_evaluate(form_of("ANA"), 2, seasonal, 3, y, end);
	unit_near(end[0], 10.5, 1e-12);
	unit_near(end[2], 1.5, 1e-12);
	unit_near(end[3], -1, 0);
}

/* Every seventh day unknown costs no more than what it does not tell. */
static void gaps_do_not_move_the_fit(void **state)
{
	(void)state;
	double y[420], theta[SIZE], end[2 + M_MOST], mean[7];
	struct arena a = { 0 };
	struct ets_choice choice;
	for (int t = 0; t < 420; t++)
		y[t] = t % 7 == 6 || (t > 200 && t < 230) ? UNKNOWN : 20 + 5 * (t % 7) + sin(t * 1.7);
	assert_true(ets_choose(&everything, 7, 420, y, &a, theta, &choice));
	assert_int_equal(choice.m, 7);
	ets_evaluate(choice.form, 7, theta, 420, y, end);
	ets_path(choice.form, 7, theta, 420, end, 7, mean);
	for (int h = 0; h < 6; h++)
		unit_near(mean[h], 20 + 5 * h, 1);
	arena_release(&a);
}

static void long_seasons_are_found(void **state)
{
	(void)state;
	static const int season[] = { 12, 24, 52, 53 };
	static double y[53 * 6];
	for (size_t k = 0; k < sizeof season / sizeof *season; k++) {
		int m = season[k], n = 6 * m;
		double theta[SIZE], end[2 + M_MOST], mean[M_MOST], sse = 0;
		struct arena a = { 0 };
		struct ets_choice choice;
		for (int t = 0; t < n; t++)
			y[t] = 100 + 30 * sin(6.283185307179586 * t / m) + 4 * fixture_noise(9, (uint64_t)t);
		assert_true(ets_choose(&everything, m, n, y, &a, theta, &choice));
		assert_int_equal(choice.m, m);
		ets_evaluate(choice.form, m, theta, n, y, end);
		ets_path(choice.form, m, theta, n, end, m, mean);
		for (int h = 0; h < m; h++) {
			double far = mean[h] - (102 + 30 * sin(6.283185307179586 * (n + h) / m));
			sse += far * far;
		}
		assert_true(sqrt(sse / m) < 1.2);
		arena_release(&a);
	}
}

/* The formulas' spread is that of drawn futures. */
static void spread_is_that_of_paths(void **state)
{
	(void)state;
	enum { PATHS = 20000, STEPS = 16 };
	static double path[STEPS];
	static const char *const form[] = { "ANN", "AAdA", "AAA", "MNN", "MAN", "MAdA", "MNM", "MAM" };
	struct rng *rng = rng_new();
	rng_seed(rng, 1, "ets", "test");
	for (size_t k = 0; k < sizeof form / sizeof *form; k++) {
		struct ets_form f = form_of(form[k]);
		double theta[SIZE] = { .3, f.trend ? .02 : 0, f.season ? .1 : 0, f.damped ? .9 : 1 };
		double x[2 + 7] = { 50, f.trend ? .5 : 0 }, sum[STEPS] = { 0 }, square[STEPS] = { 0 };
		double sd[STEPS], moved[2 + 7], sigma2 = f.error == ETS_MUL ? .01 : 9;
		for (int i = 0; i < 7; i++)
			x[2 + i] = f.season == ETS_MUL ? .7 + .1 * i : f.season ? 2 * i - 6 : 0;
		assert_true(ets_sd(f, 7, theta, sigma2, 3, x, STEPS, sd));
		for (int i = 0; i < PATHS; i++) {
			memcpy(moved, x, sizeof moved);
			ets_draw(f, 7, theta, sigma2, 3, moved, 1e9, rng, STEPS, path);
			for (int h = 0; h < STEPS; h++) {
				sum[h] += path[h] / PATHS;
				square[h] += path[h] * path[h] / PATHS;
			}
		}
		for (int h = 0; h < STEPS; h++)
			unit_near(sqrt(square[h] - sum[h] * sum[h]), sd[h], .03 * sd[h]);
	}
	rng_free(rng);
}

static void names_that_are_no_form(void **state)
{
	(void)state;
	static const char *const wrong[] = { "", "A", "NNN", "ANdN", "AAxA", "AAdAA", "ZZZ", "aan" };
	struct ets_form f;
	for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++)
		assert_false(ets_form_read(wrong[k], &f));
}

/* ---- the method ---- */

extern const struct method ets_method;

struct fitted {
	struct arena a;
	const struct spec *spec;
	double p[LOCAL_PARAMETERS];
};

static const struct local_method *local(void)
{
	return ets_method.local;
}

static enum status fit(struct fitted *f, const char *text, const struct local_series *s, struct err *e)
{
	memset(f, 0, sizeof *f);
	enum status status = spec_parse(text, &f->a, &f->spec, e);
	return status ? status : local()->fit(f->spec, s, &f->a, f->p, e);
}

/* Whatever there is, there is a forecast, a spread and futures, all finite. */
static void hopeless_series_get_a_forecast(void **state)
{
	(void)state;
	static double path[20 * 28], y[10000];
	static const int length[] = { 1, 2, 3, 5, 8, 15, 40, 400 };
	for (int kind = 0; kind < 9; kind++)
		for (size_t k = 0; k < sizeof length / sizeof *length; k++) {
			int n = length[k];
			for (int t = 0; t < n; t++)
				y[t] = kind == 0 ? 0 : kind == 1 ? 3 : kind == 2 ? (t == n / 2 ? 1e9 : t % 3) :
				       kind == 3 ? (t ? UNKNOWN : 5) : kind == 4 ? t - 20 :
				       kind == 5 ? (t > n / 2 ? 0 : 4 + t % 2) :
				       kind == 6 ? (t % 2 ? UNKNOWN : 1 + t) :
				       kind == 7 ? exp(.02 * t) : -1e-9 * (1 + t % 7);
			struct local_series s = { .n = n, .y = y, .season = 7, .first = 100 };
			struct fitted f;
			struct err e;
			double mean[28], sd[28];
			struct rng *rng = rng_new();
			assert_int_equal(fit(&f, "ets", &s, &e), OK);
			assert_int_equal(local()->predict(f.spec, f.p, &s, &f.a, 28, mean, &e), OK);
			assert_int_equal(local()->sd(f.spec, f.p, &s, &f.a, 28, sd, &e), OK);
			assert_int_equal(local()->paths(f.spec, f.p, &s, &f.a, rng, 20, 28, path, &e), OK);
			for (int h = 0; h < 28; h++)
				assert_true(isfinite(mean[h]) && sd[h] > 0 && isfinite(sd[h]));
			for (int h = 0; h < 20 * 28; h++)
				assert_true(isfinite(path[h]));
			for (int i = 0; i < (int)(sizeof f.p / sizeof *f.p); i++)
				assert_true(isfinite(f.p[i]));
			rng_free(rng);
			arena_release(&f.a);
		}
}

/* replay is predict at each origin; also where the beginning was cut off, or is longer than fitted. */
static void replay_is_predict(void **state)
{
	(void)state;
	static double y[200], mean[5 * 10], one[10];
	const int end[] = { 3, 20, 60, 61, 180 };
	for (int t = 0; t < 200; t++)
		y[t] = t % 31 == 5 ? UNKNOWN : made(t, 7);
	struct local_series s = { .n = 180, .y = y + 20, .season = 7, .first = 20 };
	struct fitted f;
	struct err e;
	assert_int_equal(fit(&f, "ets", &s, &e), OK);
	for (int from = 0; from <= 40; from += 20) {
		struct local_series other = { .n = 200 - from, .y = y + from, .season = 7, .first = from };
		int n_end = from == 40 ? 4 : 5;
		assert_int_equal(local()->replay(f.spec, f.p, &other, &f.a, n_end, end, 10, mean, &e), OK);
		for (int k = 0; k < n_end; k++) {
			struct local_series past = other;
			past.n = end[k];
			assert_int_equal(local()->predict(f.spec, f.p, &past, &f.a, 10, one, &e), OK);
			for (int h = 0; h < 10; h++) {
				unit_near(mean[k * 10 + h], one[h], 0);
				if (end[k] > 50) /* a cut beginning hardly shows at the end */
					unit_near(one[h], made(from + end[k] + h, 7), 4);
			}
		}
	}
	arena_release(&f.a);
}

static void options_are_obeyed(void **state)
{
	(void)state;
	static double y[140];
	for (int t = 0; t < 140; t++)
		y[t] = made(t, 7);
	struct local_series s = { .n = 140, .y = y, .season = 7, .first = 0 };
	struct fitted f;
	struct err e;
	static const struct {
		const char *spec;
		int error, trend, damped, season;
	} asked[] = {
		{ "ets(model=ANN)", ETS_ADD, ETS_NONE, 0, ETS_NONE },
		{ "ets(model=MAdM)", ETS_MUL, ETS_ADD, 1, ETS_MUL },
		{ "ets(model=AAZ, damped=no)", ETS_ADD, ETS_ADD, 0, ETS_ADD },
		{ "ets(model=AAZ, damped=yes)", ETS_ADD, ETS_ADD, 1, ETS_ADD },
		{ "ets(model=MMN, damped=no)", ETS_MUL, ETS_MUL, 0, ETS_NONE },
		{ "ets(model=ANM, restrict=no)", ETS_ADD, ETS_NONE, 0, ETS_MUL },
		{ "ets(season=1, model=AAN, damped=no)", ETS_ADD, ETS_ADD, 0, ETS_NONE },
	};
	for (size_t k = 0; k < sizeof asked / sizeof *asked; k++) {
		assert_int_equal(fit(&f, asked[k].spec, &s, &e), OK);
		assert_int_equal((int)f.p[0], asked[k].error);
		assert_int_equal((int)f.p[1], asked[k].trend);
		assert_int_equal((int)f.p[2], asked[k].damped);
		assert_int_equal((int)f.p[3], asked[k].season);
		arena_release(&f.a);
	}
	assert_int_equal(fit(&f, "ets(model=XYZ)", &s, &e), E_USAGE);
	arena_release(&f.a);
	/* A zero bars what is multiplicative; fewer than two seasons bar the season. */
	y[30] = 0;
	assert_int_equal(fit(&f, "ets", &s, &e), OK);
	assert_int_equal((int)f.p[0], ETS_ADD);
	assert_int_not_equal((int)f.p[3], ETS_MUL);
	arena_release(&f.a);
	s.n = 13;
	assert_int_equal(fit(&f, "ets", &s, &e), OK);
	assert_int_equal((int)f.p[3], ETS_NONE);
	arena_release(&f.a);
	y[0] = UNKNOWN;
	s.n = 1;
	assert_int_equal(fit(&f, "ets", &s, &e), E_FIT);
	arena_release(&f.a);
}

/* Two sales at the end of a year of zeros were once taken for a slope that reached ten times the
 * largest sale after four weeks. */
static void two_sales_are_no_trend(void **state)
{
	(void)state;
	double y[400] = { 0 };
	struct fitted f;
	struct err e;
	y[396] = y[399] = 1;
	struct local_series s = { .n = 400, .y = y, .season = 7 };
	assert_int_equal(fit(&f, "ets", &s, &e), OK);
	assert_int_equal((int)f.p[1], ETS_NONE);
	arena_release(&f.a);
}

int main(void)
{
	num_library_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(likelihood_as_r),
		cmocka_unit_test(choice_as_good_as_r),
		cmocka_unit_test(every_form_as_good_as_r),
		cmocka_unit_test(forecasts_as_r),
		cmocka_unit_test(region_as_r),
		cmocka_unit_test(derivatives_are_right),
		cmocka_unit_test(lanes_are_the_plain_loop),
		cmocka_unit_test(unknown_values_are_passed_over),
		cmocka_unit_test(gaps_do_not_move_the_fit),
		cmocka_unit_test(long_seasons_are_found),
		cmocka_unit_test(spread_is_that_of_paths),
		cmocka_unit_test(names_that_are_no_form),
		cmocka_unit_test(hopeless_series_get_a_forecast),
		cmocka_unit_test(replay_is_predict),
		cmocka_unit_test(options_are_obeyed),
		cmocka_unit_test(two_sales_are_no_trend),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
