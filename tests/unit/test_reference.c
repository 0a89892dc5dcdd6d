/* The reference values and their reader against what R's own documentation prints, and the meaning
 * of the records of exponential smoothing by running the recursion that they describe. */
#include "config.h"
#include "reference.h"

#define SEASON_MAX 24

static double sum(const struct reference_series *s, int *known)
{
	double total = 0;
	*known = 0;
	for (int t = 0; t < s->n; t++) {
		if (isnan(s->y[t]))
			continue;
		total += s->y[t];
		++*known;
	}
	return total;
}

static void public_series(void **state)
{
	(void)state;
	/* sum(x), length(na.omit(x)) in R. */
	static const struct {
		const char *name;
		int season, n, known;
		double sum;
	} facts[] = {
		{ "AirPassengers", 12, 144, 144, 40363 },
		{ "Nile", 1, 100, 100, 91935 },
		{ "co2", 12, 468, 468, 157741.05 },
		{ "lynx", 1, 114, 114, 175334 },
		{ "presidents", 4, 120, 114, 6419 },
		{ "AirPassengers.holes", 12, 144, 138, 0 },
	};
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		struct reference_series s;
		int known;
		assert_true(reference_series_find(facts[i].name, &s));
		assert_string_equal(s.name, facts[i].name);
		assert_int_equal(s.season, facts[i].season);
		assert_int_equal(s.n, facts[i].n);
		double total = sum(&s, &known);
		assert_int_equal(known, facts[i].known);
		if (facts[i].sum > 0)
			unit_near(total, facts[i].sum, 1e-8);
		reference_series_release(&s);
	}
}

static void real_series(void **state)
{
	(void)state;
	/* First value, last value and length as they stand in the sets. */
	static const struct {
		const char *name;
		int season, n;
		double first, last;
	} facts[] = {
		{ "aus_retail/A3349849A", 12, 441, 4.4, 40.9 },
		{ "carparts/part_21050475", 12, 51, 3, 1 },
		{ "m4_weekly/W295", 1, 80, 5820, 2979 },
		{ "m4_hourly/H1", 24, 700, 605, 684 },
	};
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		struct reference_series s;
		if (!reference_series_find(facts[i].name, &s))
			continue;
		assert_int_equal(s.season, facts[i].season);
		assert_int_equal(s.n, facts[i].n);
		unit_near(s.y[0], facts[i].first, 1e-12);
		unit_near(s.y[s.n - 1], facts[i].last, 1e-12);
		reference_series_release(&s);
	}
}

static void reads_records(void **state)
{
	(void)state;
	char text[] = "# a remark\0\0one A x=1 y=2;NA;-3e-2 word=ANA\0one B x=4\0two A xy=5 x=NA";
	struct reference ref = { text, sizeof text - 1 };
	const char *r = reference_next(&ref, "one", NULL, NULL);
	double v[3];
	char word[8];
	unit_near(reference_number(r, "x"), 1, 0);
	assert_int_equal(reference_vector(r, "y", v, 3), 3);
	assert_true(v[0] == 2 && isnan(v[1]) && v[2] == -.03);
	assert_int_equal(reference_vector(r, "z", v, 3), 0);
	assert_true(isnan(reference_number(r, "z")));
	assert_true(reference_is(r, "word", "ANA") && !reference_is(r, "word", "AN"));
	reference_word(r, "name", word, sizeof word);
	assert_string_equal(word, "A");
	r = reference_next(&ref, "one", NULL, r);
	unit_near(reference_number(r, "x"), 4, 0);
	assert_null(reference_next(&ref, "one", NULL, r));
	r = reference_next(&ref, NULL, "A", r);
	assert_true(reference_number(r, "xy") == 5 && isnan(reference_number(r, "x")));
	assert_null(reference_next(&ref, NULL, NULL, r));
	assert_null(reference_next(&ref, "on", NULL, NULL));
}

/* e[t] of a form with an additive error and season; Hyndman et al. (2008), table 2.2. */
static double squared_errors(const char *r, const struct reference_series *y)
{
	double state[SEASON_MAX + 2], alpha = reference_number(r, "alpha"), total = 0;
	double beta = reference_number(r, "beta"), gamma = reference_number(r, "gamma");
	double phi = reference_number(r, "phi");
	int trend = !isnan(beta), m = isnan(gamma) ? 0 : y->season;
	assert_int_equal(reference_vector(r, "initstate", state, SEASON_MAX + 2), 1 + trend + m);
	double l = state[0], b = trend ? state[1] : 0, *s = state + 1 + trend;
	phi = isnan(phi) ? 1 : phi;
	for (int t = 0; t < y->n; t++) {
		/* s[0] is the youngest: the season that y[t] sees stands last until all have turned. */
		double *season = m ? s + m - 1 - t % m : NULL;
		double e = y->y[t] - (l + phi * b) - (season ? *season : 0);
		l += phi * b + alpha * e;
		b = phi * b + (trend ? beta * e : 0);
		if (season)
			*season += gamma * e;
		total += e * e;
	}
	return total;
}

static void smoothing_means_what_its_head_says(void **state)
{
	(void)state;
	struct reference *ets = reference_open("tests/reference/ets.txt");
	int seen = 0;
	for (const char *r = NULL; (r = reference_next(ets, "ets_form", NULL, r)); ) {
		struct reference_series y;
		char method[8];
		reference_word(r, "method", method, sizeof method);
		assert_true(reference_is(r, "asked", method));
		if (method[0] != 'A' || !reference_series(r, &y))
			continue;
		double ss = squared_errors(r, &y);
		unit_near(ss / y.n / reference_number(r, "mse"), 1, 1e-8);
		unit_near(-y.n / 2. * log(ss), reference_number(r, "loglik"), 1e-8);
		reference_series_release(&y);
		seen++;
	}
	assert_true(seen > 50);
	reference_close(ets);
}

/* The likelihood R's help page of arima prints at the estimates, which the record rounds. */
static void arima_as_documented(void **state)
{
	(void)state;
	static const struct {
		const char *name, *order;
		double loglik, sigma2;
	} facts[] = {
		{ "lh", "3;0;0;0;0;0", -27.09, .1787 },
		{ "lh", "1;0;0;0;0;0", -29.38, .1975 },
		{ "USAccDeaths", "0;1;1;0;1;1", -425.44, 99347 },
	};
	struct reference *arima = reference_open("tests/reference/arima.txt");
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		const char *r = NULL;
		do
			r = reference_next(arima, "arima_fixed", facts[i].name, r);
		while (r && !reference_is(r, "order", facts[i].order));
		assert_non_null(r);
		unit_near(reference_number(r, "loglik"), facts[i].loglik, .0051);
		unit_near(reference_number(r, "sigma2") / facts[i].sigma2, 1, 1e-3);
		unit_near(reference_number(r, "exact"), reference_number(r, "loglik"), 2e-3);
	}
	reference_close(arima);
}

static void all_kinds_are_there(void **state)
{
	(void)state;
	static const struct {
		const char *file, *kind;
		int least;
	} kinds[] = {
		{ "series.txt", "series", 20 }, { "ets.txt", "ets", 30 }, { "ets.txt", "ets_form", 150 },
		{ "arima.txt", "arima", 35 },   { "arima.txt", "arima_fixed", 45 },
		{ "theta.txt", "theta", 30 },   { "theta.txt", "croston", 4 },
		{ "theta.txt", "stl", 50 },     { "theta.txt", "mstl", 18 },
		{ "theta.txt", "tests", 35 },
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		char path[64];
		snprintf(path, sizeof path, "tests/reference/%s", kinds[i].file);
		struct reference *ref = reference_open(path);
		int n = 0;
		for (const char *r = NULL; (r = reference_next(ref, kinds[i].kind, NULL, r)); )
			n++;
		if (n < kinds[i].least)
			fail_msg("%d records of %s", n, kinds[i].kind);
		reference_close(ref);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(public_series),
		cmocka_unit_test(real_series),
		cmocka_unit_test(reads_records),
		cmocka_unit_test(smoothing_means_what_its_head_says),
		cmocka_unit_test(arima_as_documented),
		cmocka_unit_test(all_kinds_are_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
