/*
 * ARIMA against all that R said of the reference series (tests/reference/arima.txt): the exact
 * likelihood at given parameters, and the order search at R's differences.
 */
#include "config.h"
#include "reference.h"

#include "num/arima_search.h"
#include "num/library.h"

static struct arima_order order_of(const char *record, int season)
{
	double o[6];
	assert_int_equal(reference_vector(record, "order", o, 6), 6);
	return (struct arima_order){ (int)o[0], (int)o[1], (int)o[2], (int)o[3], (int)o[4], (int)o[5],
				     season };
}

/* Has the record that key? */
static int has_key(const char *record, const char *key)
{
	char text[64];
	snprintf(text, sizeof text, " %s=", key);
	return strstr(record, text) != NULL;
}

/* The coefficients in the order of arima_model: ar, ma, sar, sma. */
static void coefficients_of(const char *record, double *coef)
{
	static const char *const key[] = { "ar", "ma", "sar", "sma" };
	for (int k = 0; k < 4; k++)
		if (has_key(record, key[k]))
			coef += reference_vector(record, key[k], coef, ARIMA_COEF);
}

/* Takes the given regression out of y: what is left is the ARIMA's. */
static void take_regression_out(const char *record, struct reference_series *s)
{
	double beta[32] = { 0 };
	double mean = has_key(record, "intercept") ? reference_number(record, "intercept") : 0;
	int k = has_key(record, "beta") ? reference_vector(record, "beta", beta, 32) : 0;
	int drift = reference_is(record, "xreg", "drift");
	for (int t = 0; t < s->n; t++) {
		double fit = mean + (drift ? beta[0] * (t + 1) : 0);
		for (int j = 0; !drift && j < k; j++) {
			double angle = 6.283185307179586 * (j / 2 + 1) * (t + 1) / s->season;
			fit += beta[j] * (j % 2 ? cos(angle) : sin(angle));
		}
		s->y[t] -= fit;
	}
}

static void likelihoods_at_given_parameters(void **state)
{
	(void)state;
	struct reference *all = reference_open("tests/reference/arima.txt");
	int seen = 0, wrong = 0;
	for (const char *r = NULL; (r = reference_next(all, "arima_fixed", NULL, r));) {
		struct reference_series s;
		struct arena a = { 0 };
		struct arima_model m = { 0 };
		double coef[ARIMA_COEF] = { 0 };
		if (!reference_series(r, &s))
			continue;
		struct arima_order o = order_of(r, s.season);
		coefficients_of(r, coef);
		take_regression_out(r, &s);
		const struct arima_data data = { .n = s.n, .y = s.y };
		assert_int_equal(arima_evaluate(arima_work_new(&data, &o, 0, &a), &o, coef, &m), OK);
		double exact = reference_number(r, "exact");
		if (!(fabs(m.loglik - exact) <= 1e-6)) {
			print_message("# %.90s: %.9f is not %.9f\n", r, m.loglik, exact);
			wrong++;
		}
		seen++;
		reference_series_release(&s);
		arena_release(&a);
	}
	reference_close(all);
	print_message("# %d likelihoods\n", seen);
	assert_int_equal(wrong, 0);
	assert_true(seen >= 25);
}

/* At R's d and D the search reaches R's AICc, or 2 more, in nine of ten series. */
static void search_as_good_as_auto_arima(void **state)
{
	(void)state;
	struct reference *all = reference_open("tests/reference/arima.txt");
	int seen = 0, good = 0;
	for (const char *r = NULL; (r = reference_next(all, "arima", NULL, r));) {
		struct reference_series s;
		struct arena a = { 0 };
		struct arima_model m = { 0 };
		if (!reference_series(r, &s))
			continue;
		struct arima_order o = order_of(r, s.season);
		struct arima_scope scope = arima_scope_default(s.season);
		const struct arima_data data = { .n = s.n, .y = s.y };
		scope.d = o.d;
		scope.D = o.D;
		assert_int_equal(arima_search(&data, &scope, &a, &m), OK);
		double theirs = reference_number(r, "aicc");
		good += m.aicc <= theirs + 2;
		if (!(m.aicc <= theirs + 2))
			print_message("# %.40s: AICc %.3f, R %.3f\n", r, m.aicc, theirs);
		seen++;
		reference_series_release(&s);
		arena_release(&a);
	}
	reference_close(all);
	print_message("# %d of %d\n", good, seen);
	assert_true(seen >= 20 && good >= .9 * seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(likelihoods_at_given_parameters),
		cmocka_unit_test(search_as_good_as_auto_arima),
	};
	num_library_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
