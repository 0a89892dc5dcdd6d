/* arima and dhr with drivers: the coefficient that made the sales, the same forecast by every way to it,
 * and nothing of the future. */
#include "config.h"
#include "unit.h"

#include <math.h>
#include <string.h>
#include "model/arima_kept.h"
#include "model/local.h"
#include "num/library.h"
#include "num/rng.h"

#define DAYS 400
#define STEPS 28
#define MONDAY 19723

/* One series with an AR(1) about a level, a promotion of seven days in every five weeks that adds 20,
 * and a price that never changes. */
struct world {
	struct arena arena;
	struct panel panel;
	struct drivers drivers;
	double units[DAYS + STEPS];
	struct promotion_span span[16];
};

static int on_promotion(int t)
{
	return (t / 7) % 5 == 3;
}

static void world_open(struct world *w, uint64_t seed, double effect)
{
	static const struct series_key key = { "s", "i" };
	static const char *const mechanic[] = { "flyer" };
	static const period_t first = MONDAY;
	static const int32_t segment;
	static int64_t begin[2], to[2];
	static uint8_t state[DAYS + STEPS];
	double u = 0;
	struct rng *rng = rng_new();
	memset(w, 0, sizeof *w);
	rng_seed(rng, seed, "driven", "test");
	to[1] = 0;
	for (int t = 0; t < DAYS + STEPS; t++) {
		u = .5 * u + 4 * rng_gaussian(rng);
		w->units[t] = 60.5 + u + (on_promotion(t) ? effect : 0);
		if (on_promotion(t) && t % 7 == 0)
			w->span[to[1]++] = (struct promotion_span){ MONDAY + t, MONDAY + t + 6, 0, NAN };
	}
	rng_free(rng);
	begin[1] = DAYS + STEPS;
	w->drivers = (struct drivers){ .n = 1, .promotion_begin = to, .promotion = w->span, .n_mechanic = 1,
				       .promotion_until = MONDAY + 2 * DAYS, .mechanic = mechanic };
	w->panel = (struct panel){ .calendar = { PERIOD_DAY, 0 }, .n = 1, .until = MONDAY + DAYS + STEPS - 1,
				   .key = &key, .first = &first, .begin = begin, .units = w->units,
				   .state = state, .segment = &segment, .n_segment = 1,
				   .drivers = &w->drivers };
}

static const char *const texts[] = { "arima(order=100, seasonal=000, drivers=on)",
				     "dhr(cycle=1, harmonics=0, drivers=on)" };

static const struct spec *spec_of(const char *text, struct arena *a)
{
	const struct spec *spec;
	struct err e;
	assert_int_equal(spec_parse(text, a, &spec, &e), OK);
	return spec;
}

static const struct fit_context context = { .jobs = 1, .seed = 1 };

/* Forecast of the end from a past; by a blob where `blob`. */
static void forecast(const struct spec *spec, const struct panel *fitted, const struct panel *past, int blob,
		     struct arena *a, double *mean)
{
	struct err e;
	void *model;
	struct buf bytes = { 0 };
	struct forecast f;
	assert_int_equal(spec->method->fit(spec, fitted, &context, a, &model, &e), OK);
	if (blob) {
		assert_int_equal(spec->method->save(model, &bytes, &e), OK);
		assert_int_equal(spec->method->load(spec, (unsigned char *)bytes.text, bytes.n, a, &model, &e), OK);
	}
	forecast_init(&f, a, 1, STEPS, 0, NULL, past->until);
	assert_int_equal(spec->method->predict(model, past, &context, a, &f, &e), OK);
	assert_non_null(f.used->method);
	memcpy(mean, f.mean, STEPS * sizeof *mean);
	buf_release(&bytes);
}

/* The effect is found in twenty worlds: without bias, and within two of its standard deviations in
 * eighteen of them. */
static void coefficient_is_found(void **state)
{
	(void)state;
	struct arena a = { 0 };
	const struct spec *spec = spec_of(texts[0], &a);
	double beta[20], mean = 0, square = 0;
	int near = 0;
	for (int k = 0; k < 20; k++) {
		struct world w;
		struct err e;
		struct arena scratch = { 0 };
		static double p[LOCAL_PARAMETERS];
		struct arima_kept kept;
		world_open(&w, (uint64_t)k + 1, 20);
		const struct local_method *m = spec->method->local;
		struct local_series s = local_series_of(m, &w.panel, &context, 0, &scratch);
		memset(p, 0, sizeof p);
		assert_int_equal(m->fit(spec, &s, &scratch, p, &e), OK);
		arima_kept_read(p, 2, 1, KEPT_CAUSES, &kept);
		assert_true(kept.causes.n >= 1);
		/* The mechanic's column is the first after the mean's. */
		beta[k] = kept.scale * kept.model[0].beta[kept.model[0].k - kept.causes.n];
		mean += beta[k] / 20;
		arena_release(&scratch);
	}
	for (int k = 0; k < 20; k++)
		square += (beta[k] - mean) * (beta[k] - mean) / 19;
	for (int k = 0; k < 20; k++)
		near += fabs(beta[k] - 20) < 2 * sqrt(square);
	unit_near(mean, 20, 2 * sqrt(square / 20));
	assert_true(sqrt(square) < 1.5);
	assert_true(near >= 18);
	arena_release(&a);
}

/* Promotions to come are in the forecast; a plain model knows nothing of them. */
static void promotions_are_foreseen(void **state)
{
	(void)state;
	for (int k = 0; k < 2; k++) {
		struct arena a = { 0 };
		struct world w;
		double mean[STEPS];
		world_open(&w, 3, 20);
		struct panel past = panel_until(&w.panel, MONDAY + DAYS - 1);
		forecast(spec_of(texts[k], &a), &past, &past, 0, &a, mean);
		for (int h = 14; h < STEPS; h++)
			unit_near(mean[h], on_promotion(DAYS + h) ? 80.5 : 60.5, 5);
		arena_release(&a);
	}
}

/* Fit here, forecast there; through a blob; replayed: the same numbers. Sales after the origin are not
 * seen. */
static void every_way_is_the_same(void **state)
{
	(void)state;
	for (int k = 0; k < 2; k++) {
		struct arena a = { 0 };
		struct world w;
		struct err e;
		double mean[STEPS], again[STEPS], replayed[2][STEPS];
		const struct spec *spec = spec_of(texts[k], &a);
		world_open(&w, 7, 20);
		struct panel early = panel_until(&w.panel, MONDAY + 359), past = panel_until(&w.panel, MONDAY + 379);
		forecast(spec, &early, &past, 0, &a, mean);
		forecast(spec, &early, &past, 1, &a, again);
		assert_memory_equal(mean, again, sizeof mean);
		void *model;
		assert_int_equal(spec->method->fit(spec, &early, &context, &a, &model, &e), OK);
		const double *p = local_model_parameters(model, &w.panel.key[0], 0);
		struct local_series s = local_series_of(spec->method->local, &w.panel, &context, 0, &a);
		const int end[] = { 300, 380 };
		local_replay(spec->method->local, spec, p, &s, &a, 2, end, STEPS, replayed[0]);
		for (int h = 0; h < STEPS; h++)
			unit_near(replayed[1][h], mean[h], 1e-9 * mean[h]);
		for (int t = 380; t < DAYS + STEPS; t++)
			w.units[t] = 1000 - t;
		forecast(spec, &early, &past, 0, &a, again);
		assert_memory_equal(mean, again, sizeof mean);
		arena_release(&a);
	}
}

/* A promotion that lowers sales has no column: the forecast is that without drivers. */
static void wrong_signs_are_left_out(void **state)
{
	(void)state;
	struct arena a = { 0 };
	struct world w;
	double with[STEPS], without[STEPS];
	world_open(&w, 5, -15);
	/* Without the days beside it, which might well be higher or lower. */
	struct panel past = panel_until(&w.panel, MONDAY + DAYS - 1);
	forecast(spec_of(texts[0], &a), &past, &past, 0, &a, with);
	forecast(spec_of("arima(order=100, seasonal=000)", &a), &past, &past, 0, &a, without);
	for (int h = 14; h < STEPS; h++)
		assert_true(!on_promotion(DAYS + h) || with[h] > without[h] - 5);
	arena_release(&a);
}

int main(void)
{
	num_library_init();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(coefficient_is_found),
		cmocka_unit_test(promotions_are_foreseen),
		cmocka_unit_test(every_way_is_the_same),
		cmocka_unit_test(wrong_signs_are_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
