/*
 * What was made fast gives the numbers of the plain way, to the last bit: the plain way stands here, as
 * short as it can be written, and both see the same made-up series.
 */
#include "config.h"
#include "unit.h"
#include "fixture.h"

#include <string.h>
#include <gsl/gsl_sf_psi.h>
#include "model/intermittent.h"
#include "model/negbin.h"
#include "model/spread.h"
#include "num/count.h"

#define N_LONGEST 800
#define N_KIND 8
#define TALLIED 1024

static void same_bits(double x, double plain)
{
	if (!(x == plain || (isnan(x) && isnan(plain))) || (signbit(x) != 0) != (signbit(plain) != 0))
		fail_msg("%.17g is not %.17g", x, plain);
}

/* Sales of item k: rare, usual, many, with a week, unknown days, a silence, none, with parts and returns. */
static void sales(int k, int n, double *y)
{
	struct rng *r = rng_new();
	static const double mean[N_KIND] = { .05, .6, 40, 2, 1.3, .9, 0, 1.1 };
	rng_seed(r, (uint64_t)k + 1, "plain", "sales");
	for (int t = 0; t < n; t++) {
		double season = k % N_KIND == 3 ? (t % 7 > 4 ? 2.5 : .4) : 1;
		struct count c = { mean[k % N_KIND] * season, k % 3 ? .2 * (k % 5) : 0, k % 4 == 1 ? .3 : 0 };
		y[t] = count_draw(&c, r);
		if (k % N_KIND == 4 && rng_uniform(r) < .2)
			y[t] = NAN;
		if (k % N_KIND == 5 && t > n / 3 && t < n / 2)
			y[t] = 0;
		if (k % N_KIND == 7)
			y[t] = rng_uniform(r) < .02 ? -1 : y[t] + (k % 16 > 8 ? .25 : 0);
	}
	if (k % 11 == 10 && n > 2)
		y[n / 2] = 3000; /* beyond what is tallied */
	rng_free(r);
}

/* ---- dispersion: the score of all values, anew at every point ---- */

static double rising_slope(double a, double k)
{
	if (a * k < 1e-6)
		return k * (k - 1) / 2 - a * k * (k - 1) * (2 * k - 1) / 6;
	double r = 1 / a;
	return r * (k - r * (gsl_sf_psi(r + k) - gsl_sf_psi(r)));
}

static int tells(double y, double mean)
{
	return mean > 0 && y >= 0 && isfinite(mean) && isfinite(y);
}

static double score(const double *y, const double *mean, int n, double a)
{
	double sum = 0;
	for (int j = 1; j < TALLIED; j++) {
		int above = 0;
		for (int t = 0; t < n; t++)
			above += tells(y[t], mean[t]) && y[t] >= j + 1 && y[t] <= TALLIED;
		sum += above * j / (1 + a * j);
		if (!above)
			break;
	}
	for (int t = 0; t < n; t++) {
		double m = mean[t], am = a * m;
		if (!tells(y[t], m))
			continue;
		sum += am < 1e-4 ? m * m * (.5 - 2 * am / 3) : (log1p(am) - am / (1 + am)) / (a * a);
		sum -= y[t] * m / (1 + am);
		if (y[t] > TALLIED)
			sum += rising_slope(a, y[t]);
	}
	return sum;
}

static double dispersion(const double *y, const double *mean, int n)
{
	double start = count_dispersion_moments(y, mean, n), low = 1e-8, high = fmax(start, 1e-3);
	if (isnan(start))
		return NAN;
	if (score(y, mean, n, low) <= 0)
		return 0;
	while (score(y, mean, n, high) > 0) {
		low = high;
		high *= 4;
		if (high > COUNT_DISPERSION_MAX)
			return COUNT_DISPERSION_MAX;
	}
	while (low < high / 4 && score(y, mean, n, high / 4) <= 0)
		high /= 4;
	low = fmax(low, high / 4);
	double x = log(low), z = log(high), fx = score(y, mean, n, low), fz = score(y, mean, n, high);
	for (int k = 0, side = 0; k < 40; k++) {
		double w = fx > fz ? (z * fx - x * fz) / (fx - fz) : (x + z) / 2;
		if (fabs(w - x) < 1e-10 || fabs(z - w) < 1e-10)
			return exp(w);
		double fw = score(y, mean, n, exp(w));
		*(fw > 0 ? &x : &z) = w;
		*(fw > 0 ? &fx : &fz) = fw;
		if (side && (fw > 0) == (side > 0))
			*(fw > 0 ? &fz : &fx) /= 2;
		side = fw > 0 ? 1 : -1;
	}
	return exp((x + z) / 2);
}

/* Sales of item k and means that have little to do with them. */
static int pairs(int k, double *y, double *mean)
{
	static const int length[] = { 1, 3, 28, 61, 450, N_LONGEST };
	int n = length[k % 6];
	sales(k, n, y);
	for (int t = 0; t < n; t++) {
		double u = fixture_noise((uint64_t)k, (uint64_t)t);
		mean[t] = u < .03 ? (double)NAN : u < .06 ? 0 : u * (k % 7 == 6 ? 1e-5 : k % N_KIND == 2 ? 80 : 2.5);
	}
	return n;
}

static void dispersion_as_plainly(void **state)
{
	(void)state;
	double y[N_LONGEST], mean[N_LONGEST];
	for (int k = 0; k < 66; k++) {
		int n = pairs(k, y, mean);
		double a = count_dispersion(y, mean, n), plain = dispersion(y, mean, n);
		assert_int_equal(isnan(a), isnan(plain));
		if (!isnan(a))
			unit_near(a, plain, 2e-10 * plain);
	}
}

/* The score changes its sign within a relative 1e-10 of what is found. It did so within 5e-10, and after three
 * times as many steps, when the value at the end that stays was halved the first time already. */
static void dispersion_is_the_root(void **state)
{
	(void)state;
	double y[N_LONGEST], mean[N_LONGEST];
	int found = 0;
	for (int k = 0; k < 66; k++) {
		int n = pairs(k, y, mean);
		double a = count_dispersion(y, mean, n);
		if (!(a > 1e-3) || a >= COUNT_DISPERSION_MAX)
			continue;
		assert_true(score(y, mean, n, a * (1 - 1e-10)) > 0);
		assert_true(score(y, mean, n, a * (1 + 1e-10)) < 0);
		found++;
	}
	assert_true(found > 20);
}

/* ---- likelihood: of each value on its own ---- */

static void likelihood_as_plainly(void **state)
{
	(void)state;
	double y[N_LONGEST], mean[N_LONGEST];
	for (int k = 0; k < 66; k++) {
		int n = pairs(k, y, mean);
		const struct count c = { 0, k % 4 ? pow(10, k % 9 - 5) : 0, k % 3 ? .1 * (k % 7) : 0 };
		struct count at = c;
		double sum = 0;
		for (int t = 0; t < n; t++) {
			at.mean = mean[t] / (1 - c.zero);
			sum += tells(y[t], mean[t]) ? count_log_pmf(&at, y[t]) : 0;
		}
		same_bits(count_log_likelihood(y, mean, n, &c), sum);
	}
}

/* ---- the level's discount and prior: every pair tried on its own, in two rounds ---- */

enum { DISCOUNT, PRIOR, DISPERSION, ZERO };

static double likelihood(const struct local_series *s, const double *index, int lead, const double *p, double *mean)
{
	double demand = 0, exposure = 0, all_demand = 0, all_exposure = 0, sum = 0;
	for (int t = 0; t < s->n; t++) {
		int from = t - lead;
		if (from >= 0 && !isnan(s->y[from])) {
			double y = s->y[from] > 0 ? s->y[from] : 0;
			demand = p[DISCOUNT] * demand + y;
			exposure = p[DISCOUNT] * exposure + index[from];
			all_demand += y;
			all_exposure += index[from];
		}
		mean[t] = all_exposure > 0 ? index[t] * ((demand + p[PRIOR] * all_demand / all_exposure)
							 / (exposure + p[PRIOR]))
					   : (double)NAN;
		if (!isnan(s->y[t]) && mean[t] > 0) {
			sum -= mean[t];
			sum += s->y[t] > 0 ? s->y[t] * log(mean[t]) : 0;
		}
	}
	return sum;
}

static void choose(const struct local_series *s, const double *index, int lead, double *p, int which,
		   const double *tried, int n, double *mean)
{
	double best = -INFINITY, chosen = tried[0];
	for (int k = 0; k < n; k++) {
		p[which] = tried[k];
		double l = likelihood(s, index, lead, p, mean);
		if (l > best) {
			best = l;
			chosen = tried[k];
		}
	}
	p[which] = chosen;
}

static void fit_plainly(const struct local_series *s, double given, struct arena *a, double *p)
{
	static const double discount[] = { .5, .7, .8, .87, .92, .95, .97, .98, .99, .995, .998 };
	static const double prior[] = { 0, .5, 1, 2, 4, 8 };
	struct profile profile;
	struct count shape = { 0 };
	int lead = s->season > 1 ? s->season : 1;
	double *mean = ARENA_ARRAY(a, double, s->n + 1), *index = ARENA_ARRAY(a, double, s->n + 1);
	double *place = ARENA_ARRAY(a, double, lead);
	profile_init(&profile, s->season, s->first, a);
	int at = profile.place;
	for (int t = 0; t < s->n; t++)
		profile_add(&profile, s->y[t]);
	profile_index(&profile, place);
	for (int t = 0; t < s->n; t++)
		index[t] = place[(at + t) % profile.season];
	lead = lead <= s->n / 4 ? lead : 1;
	p[PRIOR] = 1;
	for (int round = 0; round < 2; round++) {
		p[DISCOUNT] = given;
		if (!(given > 0))
			choose(s, index, lead, p, DISCOUNT, discount, 11, mean);
		choose(s, index, lead, p, PRIOR, prior, 6, mean);
	}
	likelihood(s, index, lead, p, mean);
	count_fit(s->y, mean, s->n, &shape);
	p[DISPERSION] = shape.dispersion;
	p[ZERO] = shape.zero;
}

static void level_as_plainly(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct err e;
	double y[N_LONGEST];
	static const int length[] = { 1, 6, 29, 63, 120, 447, N_LONGEST };
	const struct spec *spec[2];
	assert_int_equal(spec_parse("negbin", &a, &spec[0], &e), OK);
	assert_int_equal(spec_parse("negbin(discount=0.9)", &a, &spec[1], &e), OK);
	for (int k = 0; k < 77; k++) {
		double p[4] = { 0 }, plain[4] = { 0 };
		struct local_series s = { .n = length[k % 7], .y = y, .season = k % 5 ? 7 : 1 + k % 13, .first = 3 * k - 40,
					  .whole = 1 };
		sales(k, s.n, y);
		enum status status = spec[k % 10 == 9]->method->local->fit(spec[k % 10 == 9], &s, &a, p, &e);
		if (status)
			continue;
		fit_plainly(&s, k % 10 == 9 ? .9 : 0, &a, plain);
		for (int j = 0; j < 4; j++)
			same_bits(p[j], plain[j]);
	}
	arena_release(&a);
}

/* ---- distributions of a panel: the errors of every series learnt, whoever asks for them ---- */

static void predict_plainly(const struct spec *spec, const void *model, const struct panel *p,
			    const struct fit_context *context, struct forecast *f, struct arena *a)
{
	const struct local_method *m = spec->method->local;
	struct spread *spread = ARENA_ARRAY(a, struct spread, p->n + 1);
	struct spread_pool *pool = ARENA_ARRAY(a, struct spread_pool, p->n_segment + 1);
	struct err e;
	for (int i = 0; i < p->n; i++) {
		struct forecast one = forecast_at(f, i);
		struct local_series s = local_series_of(m, p, context, i, a);
		const double *given = local_model_parameters(model, &p->key[i], i);
		spread[i].growth = ARENA_ARRAY(a, double, f->n_step);
		spread[i].quantile = ARENA_ARRAY(a, double, SPREAD_RANGES * f->n_level);
		if (!given || m->predict(spec, given, &s, a, one.n_step, one.mean, &e))
			continue;
		one.used->method = m->name;
		for (int h = 0; h < one.n_step; h++)
			one.mean[h] = one.mean[h] < 0 ? 0 : one.mean[h];
		spread[i].counted = spread_count(&s, a, &one);
		spread_learn(m, spec, given, &s, a, &one, &spread[i]);
		spread_pool_add(&pool[p->segment[i]], &spread[i], f->n_level);
	}
	for (int i = 0; i < p->n; i++) {
		struct forecast one = forecast_at(f, i);
		struct series s = panel_series(p, i);
		if (one.used->method)
			spread_apply(&spread[i], &pool[p->segment[i]], 7, series_is_whole(&s), 0, &one);
	}
}

static void same_forecasts(const struct forecast *f, const struct forecast *plain)
{
	for (int i = 0; i < f->n; i++) {
		struct forecast one = forecast_at(f, i), other = forecast_at(plain, i);
		assert_int_equal(!one.used->method, !other.used->method);
		for (int h = 0; one.used->method && h < f->n_step; h++) {
			same_bits(one.mean[h], other.mean[h]);
			for (int l = 0; l < f->n_level; l++)
				same_bits(one.quantile[h * f->n_level + l], other.quantile[h * f->n_level + l]);
		}
	}
}

/* Segment 0 has young series that borrow, 1 has none, 2 has only such as are counted. */
static void panel_as_plainly(void **state)
{
	(void)state;
	static const char *const spec_text[] = { "seasonal_window_mean", "ses", "snaive", "ets" };
	struct fixture x;
	double y[N_LONGEST];
	fixture_init(&x, PERIOD_DAY);
	for (int k = 0; k < 48; k++) {
		int young = k % 3 == 0 && k % 2, n = young ? 9 + k / 2 : 300;
		char item[16];
		snprintf(item, sizeof item, "%03d", k);
		sales(k % 3 == 2 ? N_KIND * k : k, n, y);
		fixture_add(&x, "S", item, 5000 - n, n, y);
		x.segment[k] = k % 3;
	}
	x.panel.n_segment = 3;
	const struct panel *p = fixture_panel(&x);
	for (int k = 0; k < 8; k++) {
		struct fit_context context = { .jobs = 1 + k % 2, .seed = 1 };
		struct arena a = { 0 };
		struct forecast f, plain;
		struct err e;
		void *model;
		const struct spec *spec;
		int n_step = k < 4 ? 28 : k % 2 ? 10 : 40;
		assert_int_equal(spec_parse(spec_text[k % 4], &a, &spec, &e), OK);
		assert_int_equal(spec->method->fit(spec, p, &context, &a, &model, &e), OK);
		forecast_init(&f, &a, p->n, n_step, N_DEFAULT_LEVEL, default_level, p->until);
		forecast_init(&plain, &a, p->n, n_step, N_DEFAULT_LEVEL, default_level, p->until);
		assert_int_equal(spec->method->predict(model, p, &context, &a, &f, &e), OK);
		predict_plainly(spec, model, p, &context, &plain, &a);
		same_forecasts(&f, &plain);
		arena_release(&a);
	}
	fixture_release(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dispersion_as_plainly),
		cmocka_unit_test(dispersion_is_the_root),
		cmocka_unit_test(likelihood_as_plainly),
		cmocka_unit_test(level_as_plainly),
		cmocka_unit_test(panel_as_plainly),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
