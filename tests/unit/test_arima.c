/* The ARIMA engine: R's likelihoods at given parameters, its searches, and what theory says. */
#include "config.h"
#include "unit.h"

#include <math.h>
#include <string.h>
#include "model/local.h"
#include "model/method.h"
#include "num/arima_search.h"
#include "num/fourier.h"
#include "num/unitroot.h"

#define N (double)NAN
#define COUNT(a) ((int)(sizeof(a) / sizeof *(a)))

/* R's data sets AirPassengers, presidents, lh, LakeHuron, Nile. */
static const double air[] = {
	112, 118, 132, 129, 121, 135, 148, 148, 136, 119, 104, 118, 115, 126,
	141, 135, 125, 149, 170, 170, 158, 133, 114, 140, 145, 150, 178, 163,
	172, 178, 199, 199, 184, 162, 146, 166, 171, 180, 193, 181, 183, 218,
	230, 242, 209, 191, 172, 194, 196, 196, 236, 235, 229, 243, 264, 272,
	237, 211, 180, 201, 204, 188, 235, 227, 234, 264, 302, 293, 259, 229,
	203, 229, 242, 233, 267, 269, 270, 315, 364, 347, 312, 274, 237, 278,
	284, 277, 317, 313, 318, 374, 413, 405, 355, 306, 271, 306, 315, 301,
	356, 348, 355, 422, 465, 467, 404, 347, 305, 336, 340, 318, 362, 348,
	363, 435, 491, 505, 404, 359, 310, 337, 360, 342, 406, 396, 420, 472,
	548, 559, 463, 407, 362, 405, 417, 391, 419, 461, 472, 535, 622, 606,
	508, 461, 390, 432,
};

static const double presidents[] = {
	N, 87, 82, 75, 63, 50, 43, 32, 35, 60, 54, 55, 36, 39,
	N, N, 69, 57, 57, 51, 45, 37, 46, 39, 36, 24, 32, 23,
	25, 32, N, 32, 59, 74, 75, 60, 71, 61, 71, 57, 71, 68,
	79, 73, 76, 71, 67, 75, 79, 62, 63, 57, 60, 49, 48, 52,
	57, 62, 61, 66, 71, 62, 61, 57, 72, 83, 71, 78, 79, 71,
	62, 74, 76, 64, 62, 57, 80, 73, 69, 69, 71, 64, 69, 62,
	63, 46, 56, 44, 44, 52, 38, 46, 36, 49, 35, 44, 59, 65,
	65, 56, 66, 53, 61, 52, 51, 48, 54, 49, 49, 61, N, N,
	68, 44, 40, 27, 28, 25, 24, 24,
};

static const double lh[] = {
	2.4, 2.4, 2.4, 2.2, 2.1, 1.5, 2.3, 2.3, 2.5, 2.0, 1.9, 1.7, 2.2, 1.8,
	3.2, 3.2, 2.7, 2.2, 2.2, 1.9, 1.9, 1.8, 2.7, 3.0, 2.3, 2.0, 2.0, 2.9,
	2.9, 2.7, 2.7, 2.3, 2.6, 2.4, 1.8, 1.7, 1.5, 1.4, 2.1, 3.3, 3.5, 3.5,
	3.1, 2.6, 2.1, 3.4, 3.0, 2.9,
};

static const double huron[] = {
	580.38, 581.86, 580.97, 580.80, 579.79, 580.39, 580.42, 580.82, 581.40, 581.32, 581.44, 581.68, 581.17, 580.53,
	580.01, 579.91, 579.14, 579.16, 579.55, 579.67, 578.44, 578.24, 579.10, 579.09, 579.35, 578.82, 579.32, 579.01,
	579.00, 579.80, 579.83, 579.72, 579.89, 580.01, 579.37, 578.69, 578.19, 578.67, 579.55, 578.92, 578.09, 579.37,
	580.13, 580.14, 579.51, 579.24, 578.66, 578.86, 578.05, 577.79, 576.75, 576.75, 577.82, 578.64, 580.58, 579.48,
	577.38, 576.90, 576.94, 576.24, 576.84, 576.85, 576.90, 577.79, 578.18, 577.51, 577.23, 578.42, 579.61, 579.05,
	579.26, 579.22, 579.38, 579.10, 577.95, 578.12, 579.75, 580.85, 580.41, 579.96, 579.61, 578.76, 578.18, 577.21,
	577.13, 579.10, 578.25, 577.91, 576.89, 575.96, 576.80, 577.68, 578.38, 578.52, 579.74, 579.31, 579.89, 579.96,
};

static const double nile[] = {
	1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994,
	1020, 960, 1180, 799, 958, 1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100,
	774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969, 831, 726,
	456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845,
	744, 796, 1040, 759, 781, 865, 845, 944, 984, 897, 822, 1010, 771, 676,
	649, 846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050,
	918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718,
	714, 740,
};

static struct arima_model at(int n, const double *y, int k, const double *const *x,
			     const struct arima_order *o, int trend, const double *coef, struct arena *a)
{
	const struct arima_data data = { n, y, k, x };
	struct arima_model m = { 0 };
	assert_int_equal(arima_evaluate(arima_work_new(&data, o, trend, a), o, coef, &m), OK);
	return m;
}

static void logs(double *y)
{
	for (int t = 0; t < COUNT(air); t++)
		y[t] = log(air[t]);
}

static const struct arima_order airline = { 0, 1, 1, 0, 1, 1, 12 };
static const double airline_coef[] = { -.4, -.55 };

/* arima(diff(diff(log(AirPassengers), 12)), c(0,0,1), list(order = c(0,0,1), period = 12),
 *       fixed = c(-.4, -.55), method = "ML", transform.pars = FALSE, include.mean = FALSE)$loglik
 * (differences by R's diffuse start are exact to kappa only), and without differences
 * arima(log(AirPassengers), c(2,0,1), list(order = c(1,0,1), period = 12), fixed = c(.5,.2,.3,.6,-.2)) */
static void likelihood_as_in_r(void **state)
{
	(void)state;
	struct arena a = { 0 };
	double y[COUNT(air)];
	logs(y);
	struct arima_model m = at(COUNT(y), y, 0, NULL, &airline, 0, airline_coef, &a);
	unit_near(m.loglik, 244.6915511231, 1e-6);
	const struct arima_order mixed = { 2, 0, 1, 1, 0, 1, 12 };
	m = at(COUNT(y), y, 0, NULL, &mixed, 0, (const double[]){ .5, .2, .3, .6, -.2 }, &a);
	unit_near(m.loglik, -158.8558745686, 1e-6);
	unit_near(m.sigma2, .518179572228, 1e-9);
	/* y[c(30, 31, 77, 100)] <- NA; the second with y - y[1] and kappa = 1e7, for R's diffuse start. */
	y[29] = y[30] = y[76] = y[99] = N;
	m = at(COUNT(y), y, 0, NULL, &mixed, 0, (const double[]){ .5, .2, .3, .6, -.2 }, &a);
	unit_near(m.loglik, -157.6056395043, 1e-6);
	m = at(COUNT(y), y, 0, NULL, &airline, 0, airline_coef, &a);
	unit_near(m.loglik, 236.05041605802, 1e-6);
	arena_release(&a);
}

/* arima(presidents, c(3,0,0), fixed = c(.7,.2,-.1,NA)), arima(lh, c(1,0,1), fixed = c(.5,.2,NA)),
 * arima(LakeHuron, c(2,0,0), xreg = time(LakeHuron) - 1920, fixed = c(1,-.3,NA,NA)), all
 * method = "ML", transform.pars = FALSE: log-likelihood, variance, regression. */
static void regression_as_in_r(void **state)
{
	(void)state;
	struct arena a = { 0 };
	const struct arima_order ar3 = { 3, 0, 0, 0, 0, 0, 1 }, arma = { 1, 0, 1, 0, 0, 0, 1 };
	const struct arima_order ar2 = { 2, 0, 0, 0, 0, 0, 1 };
	struct arima_model m = at(COUNT(presidents), presidents, 0, NULL, &ar3, 1,
				  (const double[]){ .7, .2, -.1 }, &a);
	unit_near(m.loglik, -414.7001428541, 1e-6);
	unit_near(m.beta[0], 56.1511280, 2e-6);
	unit_near(m.se[0], 4.03162, 1e-5);
	m = at(COUNT(lh), lh, 0, NULL, &arma, 1, (const double[]){ .5, .2 }, &a);
	unit_near(m.loglik, -28.8367283181, 1e-6);
	unit_near(m.sigma2, .1925957566, 1e-8);
	double year[COUNT(huron)];
	for (int t = 0; t < COUNT(huron); t++)
		year[t] = 1875 + t - 1920;
	const double *const x[] = { year };
	m = at(COUNT(huron), huron, 1, x, &ar2, 1, (const double[]){ 1, -.3 }, &a);
	unit_near(m.loglik, -101.2191576342, 1e-6);
	unit_near(m.beta[0], 579.0970190, 1e-6);
	unit_near(m.beta[1], -.0217311, 1e-6);
	arena_release(&a);
}

/* predict(arima(log(AirPassengers), c(0,1,1), seasonal = c(0,1,1), fixed = c(-.4,-.55),
 *         method = "ML", transform.pars = FALSE, kappa = 1e9), 3), and the maximum itself. */
static void forecast_as_in_r(void **state)
{
	(void)state;
	struct arena a = { 0 };
	double y[COUNT(air)], mean[3], sd[3], cov[9];
	logs(y);
	const struct arima_data data = { .n = COUNT(y), .y = y };
	struct arima_model m = at(COUNT(y), y, 0, NULL, &airline, 0, airline_coef, &a);
	arima_forecast(&m, &data, 3, &a, mean, sd);
	const double mean_r[] = { 6.11016291, 6.05352424, 6.17091128 }, sd_r[] = { 0.03673674, 0.04284202, 0.04817977 };
	arima_covariance(&m, 3, &a, cov);
	for (int h = 0; h < 3; h++) {
		unit_near(mean[h], mean_r[h], 1e-6);
		unit_near(sd[h], sd_r[h], 2e-6);
		unit_near(cov[4 * h], sd[h] * sd[h], 1e-12);
	}
	/* arima(log(AirPassengers), c(0,1,1), seasonal = c(0,1,1)): -.4018, -.5569, 244.70 */
	memset(&m, 0, sizeof m);
	assert_int_equal(arima_fit_order(&data, &airline, 0, &a, &m), OK);
	unit_near(m.coef[0], -.4018, 1e-3);
	unit_near(m.coef[1], -.5569, 1e-3);
	unit_near(m.loglik, 244.6965, 1e-3);
	arena_release(&a);
}

/* Both filters are of one process: a gap that is only at the end changes no likelihood, and the fast
 * filter agrees with Kalman's when the first value is known but not used. */
static void filters_agree(void **state)
{
	(void)state;
	struct arena a = { 0 };
	double y[COUNT(lh) + 2], whole[4], gap[4];
	const struct arima_order o = { 2, 0, 1, 0, 0, 0, 1 };
	const double coef[] = { .5, -.3, .4 };
	memcpy(y, lh, sizeof lh);
	y[COUNT(lh)] = y[COUNT(lh) + 1] = N;
	struct arima_model m = at(COUNT(lh), lh, 0, NULL, &o, 1, coef, &a);
	struct arima_model longer = at(COUNT(y), y, 0, NULL, &o, 1, coef, &a);
	unit_near(longer.loglik, m.loglik, 1e-8);
	unit_near(longer.beta[0], m.beta[0], 1e-8);
	const struct arima_data data = { .n = COUNT(lh), .y = lh }, other = { .n = COUNT(y), .y = y };
	double sd[4], sd_gap[4];
	arima_forecast(&m, &data, 4, &a, whole, sd);
	arima_forecast(&m, &other, 2, &a, gap, sd_gap);
	for (int h = 0; h < 2; h++) {
		unit_near(gap[h], whole[h + 2], 1e-10);
		unit_near(sd_gap[h], sd[h + 2], 1e-10);
	}
	arena_release(&a);
}

/* A replay is what a forecast of the series cut there gives, bit by bit, with gaps and without. */
static void replay_is_forecast(void **state)
{
	(void)state;
	struct arena a = { 0 };
	double y[COUNT(air)], all[5 * 6], one[6];
	const int end[] = { 14, 40, 90, 120, 144 };
	for (int gaps = 0; gaps < 2; gaps++) {
		logs(y);
		if (gaps)
			y[60] = y[61] = y[119] = N;
		const struct arima_data data = { .n = COUNT(y), .y = y };
		struct arima_model m = at(COUNT(y), y, 0, NULL, &airline, 0, airline_coef, &a);
		arima_replay(&m, &data, 5, end, 6, &a, all);
		for (int k = 0; k < 5; k++) {
			const struct arima_data cut = { .n = end[k], .y = y };
			arima_forecast(&m, &cut, 6, &a, one, NULL);
			assert_memory_equal(one, all + 6 * k, sizeof one);
			assert_true(isfinite(one[0]));
		}
	}
	arena_release(&a);
}

/* Searches at R's differences reach the AICc of auto.arima(x)$aicc, forecast 8.20, or 2 more. */
static void search_as_good_as_r(void **state)
{
	(void)state;
	double y[COUNT(air)];
	logs(y);
	const struct {
		int n, season, d, D;
		const double *y;
		double aicc;
	} set[] = {
		{ COUNT(y), 12, 1, 1, y, -483.210085 },
		{ COUNT(nile), 1, 1, 0, nile, 1267.507395 },
		{ COUNT(huron), 1, 1, 0, huron, 220.257865 },
		{ COUNT(lh), 1, 0, 0, lh, 65.30378 },
		{ COUNT(presidents), 4, 0, 0, presidents, 839.3445 },
	};
	for (int i = 0; i < COUNT(set); i++) {
		struct arena a = { 0 };
		const struct arima_data data = { .n = set[i].n, .y = set[i].y };
		struct arima_scope scope = arima_scope_default(set[i].season);
		struct arima_model m;
		scope.d = set[i].d;
		scope.D = set[i].D;
		assert_int_equal(arima_search(&data, &scope, &a, &m), OK);
		assert_true(m.aicc < set[i].aicc + 2);
		arena_release(&a);
	}
}

/* ur.kpss(x, type = "mu", use.lag = trunc(3 * sqrt(length(x)) / 13)); forecast's ndiffs(x) is 1, 0, 1. */
static void kpss_as_in_r(void **state)
{
	(void)state;
	struct arena a = { 0 };
	unit_near(unitroot_kpss(nile, 100, 2), 1.3152264632, 1e-8);
	unit_near(unitroot_kpss(lh, 48, 1), .3678891108, 1e-8);
	unit_near(unitroot_kpss(huron, 98, 2), 1.2212185694, 1e-8);
	assert_int_equal(unitroot_differences(nile, 100, 2, &a), 1);
	assert_int_equal(unitroot_differences(lh, 48, 2, &a), 0);
	assert_int_equal(unitroot_differences(huron, 98, 2, &a), 1);
	arena_release(&a);
}

/* y = 3 x + u, u an AR(1) of .6: the coefficient within two of its standard errors, orders found. */
static void coefficient_of_a_simulation(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct rng *rng = rng_new();
	double y[600], x[600], u = 0;
	rng_seed(rng, 3, "arima", "test");
	for (int t = 0; t < 600; t++) {
		u = .6 * u + rng_gaussian(rng);
		x[t] = rng_gaussian(rng);
		y[t] = 10 + 3 * x[t] + u;
	}
	const double *const column[] = { x };
	const struct arima_data data = { 600, y, 1, column };
	const struct arima_order ar1 = { 1, 0, 0, 0, 0, 0, 1 };
	struct arima_scope scope = arima_scope_default(1);
	struct arima_model m, truth = { 0 };
	assert_int_equal(arima_search(&data, &scope, &a, &m), OK);
	assert_int_equal(arima_fit_order(&data, &ar1, 1, &a, &truth), OK);
	assert_int_equal(m.order.d, 0);
	assert_true(m.aicc < truth.aicc + .1);
	unit_near(truth.coef[0], .6, .07);
	unit_near(m.beta[1], 3, 2 * m.se[1]);
	unit_near(m.se[1], 1 / sqrt(600 * 1.36), .006);
	rng_free(rng);
	arena_release(&a);
}

/* Variance of the sum of 10 steps of an AR(1): the sum of its covariances; from paths within 5 %. */
static void paths_have_the_variance_of_sums(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct rng *rng = rng_new();
	const struct arima_order ar1 = { 1, 0, 0, 0, 0, 0, 1 };
	struct arima_model m = at(COUNT(lh), lh, 0, NULL, &ar1, 1, (const double[]){ .7 }, &a);
	const struct arima_data data = { .n = COUNT(lh), .y = lh };
	enum { PATHS = 20000, STEPS = 10 };
	double *path = ARENA_ARRAY(&a, double, PATHS * STEPS), cov[STEPS * STEPS], theory = 0, sum = 0, sq = 0;
	arima_covariance(&m, STEPS, &a, cov);
	for (int k = 0; k < STEPS * STEPS; k++)
		theory += cov[k];
	double weights = 0; /* by hand: sigma^2 sum of ((1 - .7^j) / .3)^2 */
	for (int j = 1; j <= STEPS; j++)
		weights += pow((1 - pow(.7, j)) / .3, 2);
	unit_near(theory, m.sigma2 * weights, 1e-9);
	rng_seed(rng, 1, "paths", "test");
	arima_paths(&m, &data, rng, PATHS, STEPS, &a, path);
	for (int k = 0; k < PATHS; k++) {
		double s = 0;
		for (int h = 0; h < STEPS; h++)
			s += path[k * STEPS + h];
		sum += s / PATHS;
		sq += s * s / PATHS;
	}
	unit_near((sq - sum * sum) / theory, 1, .05);
	rng_free(rng);
	arena_release(&a);
}

/* A season that is a sum of two harmonics: found, and no more; and the columns are orthogonal. */
static void harmonics_are_counted(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct rng *rng = rng_new();
	const double *x[ARIMA_COLUMNS];
	double y[400];
	const struct arima_order ar1 = { 1, 0, 0, 0, 0, 0, 1 };
	rng_seed(rng, 5, "fourier", "test");
	int k = fourier_append(52, 6, 0, 400, &a, x, 0);
	assert_int_equal(k, 12);
	assert_int_equal(fourier_columns(12, 6), 11);
	for (int t = 0; t < 400; t++)
		y[t] = 5 * x[0][t] + 3 * x[3][t] + rng_gaussian(rng);
	const struct arima_data data = { 400, y, k, x };
	struct arima_work *w = arima_work_new(&data, &ar1, 1, &a);
	struct arima_model m = { 0 };
	assert_int_equal(arima_fit(w, &ar1, 1e-6, 200, &m), OK);
	assert_int_equal(arima_columns_worth(w, &m, 6, 1, 2), 2);
	unit_near(m.beta[1], 5, .3);
	rng_free(rng);
	arena_release(&a);
}

/* The methods on what shops send: each a finite forecast within the guard, or E_FIT and a reason. */
static void methods_survive(void **state)
{
	(void)state;
	static double y[800];
	const char *const text[] = { "arima", "dhr", "arima(order=101,seasonal=011)", "arima(fourier=2)" };
	const int season[] = { 1, 7, 12, 24, 52, 53 }, length[] = { 1, 2, 3, 5, 9, 30, 120 };
	for (int kind = 0; kind < 7; kind++)
		for (int c = 0; c < COUNT(text) * COUNT(season) * COUNT(length); c++) {
			struct arena a = { 0 };
			struct err e = { 0 };
			const struct spec *spec;
			int n = length[c % COUNT(length)], m = season[c / COUNT(length) % COUNT(season)];
			for (int t = 0; t < n; t++)
				y[t] = kind == 0 ? 0 : kind == 1 ? 7 : kind == 2 ? t == n / 2 ? 1e9 : t % 5
					: kind == 3 ? t == n / 2 ? 4 : N : kind == 4 ? t
					: kind == 5 ? t > n - 4 || t % 7 == 6 ? N : t % 7 * 3 % 5 : -t % 4;
			const struct local_series s = { .n = n, .y = y, .season = m, .cycle = m == 7 ? 365.25 : 0 };
			assert_int_equal(spec_parse(text[c / COUNT(length) / COUNT(season)], &a, &spec, &e), OK);
			const struct local_method *l = spec->method->local;
			double *p = ARENA_ARRAY(&a, double, local_parameters(l, spec, m)), mean[9], sd[9];
			enum status status = l->fit(spec, &s, &a, p, &e);
			if (!status)
				status = l->predict(spec, p, &s, &a, 9, mean, &e);
			assert_true(status == OK || (status == E_FIT && *e.text));
			for (int h = 0; !status && h < 9; h++)
				assert_true(fabs(mean[h]) < (kind == 2 && n < 10 ? 3e9 : 1000));
			if (!status && !l->sd(spec, p, &s, &a, 9, sd, &e))
				assert_true(sd[8] > 0 && isfinite(sd[8]));
			arena_release(&a);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(likelihood_as_in_r),
		cmocka_unit_test(regression_as_in_r),
		cmocka_unit_test(forecast_as_in_r),
		cmocka_unit_test(filters_agree),
		cmocka_unit_test(replay_is_forecast),
		cmocka_unit_test(search_as_good_as_r),
		cmocka_unit_test(kpss_as_in_r),
		cmocka_unit_test(coefficient_of_a_simulation),
		cmocka_unit_test(paths_have_the_variance_of_sums),
		cmocka_unit_test(harmonics_are_counted),
		cmocka_unit_test(methods_survive),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
