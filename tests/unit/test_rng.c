/* Random numbers by name: the same stream the same numbers, other streams others, right moments. */
#include "config.h"
#include <math.h>
#include "base/sha256.h"
#include "num/rng.h"
#include "num/stat.h"
#include "unit.h"

#define N 20000

static void same_stream_same_numbers(void **state)
{
	(void)state;
	struct rng *a = rng_new(), *b = rng_new();
	rng_seed(a, 7, "CA_1/FOODS_1", "demand");
	rng_seed(b, 3, "other", "");
	for (int i = 0; i < 100; i++)
		rng_gaussian(b); /* what was drawn before must not matter */
	rng_seed(b, 7, "CA_1/FOODS_1", "demand");
	for (int i = 0; i < 1000; i++) {
		assert_true(rng_uniform(a) == rng_uniform(b));
		assert_true(rng_gaussian(a) == rng_gaussian(b));
		assert_int_equal(rng_negative_binomial(a, 3, .5), rng_negative_binomial(b, 3, .5));
	}
	rng_free(a);
	rng_free(b);
	rng_free(NULL);
}

static void other_names_other_numbers(void **state)
{
	(void)state;
	static const struct { uint64_t master; const char *key, *stage; } s[] = {
		{ 1, "a", "b" }, { 2, "a", "b" }, { 1, "ab", "" }, { 1, "", "ab" },
		{ 1, "a", "c" }, { 1, "b", "b" }, { (uint64_t)1 << 40 | 1, "a", "b" },
	};
	enum { S = sizeof s / sizeof *s };
	double first[S];
	struct rng *r = rng_new();
	for (int i = 0; i < S; i++) {
		rng_seed(r, s[i].master, s[i].key, s[i].stage);
		first[i] = rng_uniform(r);
		for (int j = 0; j < i; j++)
			assert_true(first[i] != first[j]);
	}
	rng_free(r);
}

/* Made by an independent program after the papers of the two generators and the header's recipe. */
static void first_numbers_are_kept(void **state)
{
	(void)state;
	static const double known[] = { 0.3428346891887486, 0.7558146920055151,
					0.5626338629517704, 0.8257995219901204 };
	struct rng *r = rng_new();
	rng_seed(r, 1, "store/item", "stage");
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		assert_true(fabs(rng_uniform(r) - known[i]) < 1e-15);
	rng_free(r);
}

static void moments(const char *name, const double *x, double mean, double variance, double sd_of_var)
{
	double m = stat_mean(x, N), v = stat_variance(x, N);
	/* Five standard errors: the seeds are fixed, so this either holds for ever or never. */
	if (fabs(m - mean) > 5 * sqrt(variance / N) || fabs(v - variance) > 5 * sd_of_var / sqrt(N))
		fail_msg("%s: mean %g not %g, or variance %g not %g", name, m, mean, v, variance);
}

static void distributions_have_their_moments(void **state)
{
	(void)state;
	static double x[N];
	struct rng *r = rng_new();
	rng_seed(r, 1, "moments", "");
	for (int i = 0; i < N; i++)
		x[i] = rng_uniform(r);
	moments("uniform", x, .5, 1.0 / 12, .08);
	for (int i = 0; i < N; i++)
		x[i] = rng_gaussian(r);
	moments("gaussian", x, 0, 1, sqrt(2));
	for (int i = 0; i < N; i++)
		x[i] = rng_gamma(r, 4, .5);
	moments("gamma", x, 2, 1, sqrt(2 + 6.0 / 4));
	for (int i = 0; i < N; i++)
		x[i] = (double)rng_poisson(r, 3.5);
	moments("poisson", x, 3.5, 3.5, 3.5 * sqrt(2 + 1 / 3.5));
	for (int i = 0; i < N; i++)
		x[i] = (double)rng_negative_binomial(r, 2, .75);
	moments("negative binomial", x, 2, 5, 5 * sqrt(2 + 6 * .75 + 1.0 / 5));
	for (int i = 0; i < N; i++)
		x[i] = rng_bernoulli(r, .3);
	moments("bernoulli", x, .3, .21, .21 * 1.5);
	for (int i = 0; i < N; i++)
		x[i] = rng_choice(r, 6);
	moments("choice", x, 2.5, 35.0 / 12, 3);
	assert_int_equal(rng_poisson(r, 0), 0);
	assert_int_equal(rng_negative_binomial(r, 0, 1), 0);
	rng_free(r);
}

static void streams_of_like_names_are_not_alike(void **state)
{
	(void)state;
	static double x[N];
	double sum = 0;
	char key[32];
	struct rng *r = rng_new();
	for (int i = 0; i < N; i++) {
		snprintf(key, sizeof key, "store/%d", i);
		rng_seed(r, 1, key, "");
		x[i] = rng_uniform(r);
	}
	moments("first of each stream", x, .5, 1.0 / 12, .08);
	for (int i = 1; i < N; i++)
		sum += (x[i] - .5) * (x[i - 1] - .5);
	assert_true(fabs(sum / N * 12) < 5 / sqrt(N));
	rng_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_stream_same_numbers),
		cmocka_unit_test(other_names_other_numbers),
		cmocka_unit_test(first_numbers_are_kept),
		cmocka_unit_test(distributions_have_their_moments),
		cmocka_unit_test(streams_of_like_names_are_not_alike),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
