/*
 * Method `boost` on made panels: what it must find, what it must not see, and what its models keep.
 */
#include "config.h"
#include "unit.h"

#ifdef HAVE_XGBOOST
#include "fixture.h"
#include "model/ahead.h"
#include "model/method.h"

#define SERIES 16
#define DAYS 300
#define STEPS 28
#define MONDAY 19723
#define TERSE "rounds=60,min_child=5,eta=.15,depth=5"

/* Two stores of eight items; flyers fall on random days and sell on weekends only; a price that moves
 * and draws demand; a column known when its day is over. */
struct shop {
	struct fixture f;
	struct drivers drivers;
	struct driver_column column[2];
	struct price_step price[SERIES * 20];
	int64_t price_begin[SERIES + 1];
	float flyer[SERIES][DAYS], weather[DAYS];
	int32_t row_of[SERIES];
	struct panel panel;
};

static double price_at(const struct shop *s, int i, int t)
{
	double price = 0;
	for (int64_t k = s->price_begin[i]; k < s->price_begin[i + 1]; k++)
		if (s->price[k].from <= MONDAY + t)
			price = s->price[k].price;
	return price;
}

static double mean_at(const struct shop *s, int i, int t)
{
	int weekend = t % 7 >= 5;
	return (4 + i % 3) * (s->flyer[i][t] > 0 && weekend ? 4 : 1) * pow(price_at(s, i, t), -1.5)
		* (s->weather[t] > 0 ? 1.1 : 1);
}

static void shop_init(struct shop *s)
{
	static double y[DAYS];
	memset(s, 0, sizeof *s);
	fixture_init(&s->f, PERIOD_DAY);
	for (int t = 0; t < DAYS; t++)
		s->weather[t] = fixture_noise(3, (uint64_t)t) > .5 ? 1 : 0;
	for (int i = 0; i < SERIES; i++) {
		char item[16];
		s->row_of[i] = i;
		for (int k = 0; k < 20; k++)
			s->price[i * 20 + k] = (struct price_step){
				MONDAY + k * 15, .8 + .4 * fixture_noise((uint64_t)(90 + i), (uint64_t)k) };
		s->price_begin[i + 1] = (i + 1) * 20;
		for (int t = 0; t < DAYS; t++)
			s->flyer[i][t] = fixture_noise((uint64_t)(50 + i), (uint64_t)t) < .3 ? 1 : 0;
		for (int t = 0; t < DAYS; t++)
			y[t] = floor(2 * mean_at(s, i, t) * (.25 + .5 * fixture_noise((uint64_t)i, (uint64_t)t))
				     + fixture_noise(7, (uint64_t)(t * SERIES + i)));
		snprintf(item, sizeof item, "i%02d", i);
		fixture_add(&s->f, i < SERIES / 2 ? "a" : "b", item, MONDAY, DAYS, y);
	}
	s->column[0] = (struct driver_column){ "flyer", DRIVER_KNOWN, MISSING_ZERO, SERIES, s->row_of, MONDAY,
					       MONDAY + DAYS - 1, &s->flyer[0][0] };
	s->column[1] = (struct driver_column){ "weather", DRIVER_PAST, MISSING_CARRY, 1, NULL, MONDAY,
					       MONDAY + DAYS - 1, s->weather };
	s->drivers = (struct drivers){ .n = SERIES, .price_known = DRIVER_KNOWN, .price = s->price,
				       .price_begin = s->price_begin, .price_until = MONDAY + DAYS - 1,
				       .promotion_known = DRIVER_KNOWN, .n_column = 2, .column = s->column };
	s->panel = *fixture_panel(&s->f);
	s->panel.drivers = &s->drivers;
}

static const struct fit_context plain = { .jobs = 1, .seed = 1 };

static const struct spec *spec_of(const char *text, struct arena *a)
{
	const struct spec *spec;
	struct err e = { 0 };
	if (spec_parse(text, a, &spec, &e))
		fail_msg("%s", e.text);
	return spec;
}

static void *fit(const struct spec *spec, const struct panel *past, const struct fit_context *context,
		 struct arena *a)
{
	struct err e = { 0 };
	void *model;
	if (spec->method->fit(spec, past, context, a, &model, &e))
		fail_msg("%s", e.text);
	return model;
}

static void predict(const struct spec *spec, void *model, const struct panel *past, struct arena *a,
		    struct forecast *out)
{
	struct err e = { 0 };
	forecast_init(out, a, past->n, STEPS, N_DEFAULT_LEVEL, default_level, past->until);
	if (spec->method->predict(model, past, &plain, a, out, &e))
		fail_msg("%s", e.text);
	if (forecast_check(out, past->key, &e))
		fail_msg("%s", e.text);
}

/* Fits at STEPS before the end and predicts. */
static void make(const char *text, const struct panel *p, const struct fit_context *context, struct arena *a,
		 struct forecast *out)
{
	const struct spec *spec = spec_of(text, a);
	struct panel past = panel_until(p, MONDAY + DAYS - 1 - STEPS);
	void *model = fit(spec, &past, context, a);
	predict(spec, model, &past, a, out);
	if (spec->method->release)
		spec->method->release(model);
}

/* Mean absolute distance to the means that made the sales. */
static double distance(const struct shop *s, const struct forecast *f)
{
	double sum = 0;
	for (int i = 0; i < SERIES; i++)
		for (int h = 0; h < STEPS; h++)
			sum += fabs(f->mean[i * STEPS + h] - mean_at(s, i, DAYS - STEPS + h));
	return sum / (SERIES * STEPS);
}

/* Flyers work on weekends only: no sum of effects says that, trees do. */
static void finds_interactions(void **state)
{
	(void)state;
	static const char *const other[] = { "mean", "seasonal_window_mean", "ridge" };
	struct shop s;
	struct arena a = { 0 };
	struct forecast f;
	shop_init(&s);
	make("boost(" TERSE ")", &s.panel, &plain, &a, &f);
	double boost = distance(&s, &f);
	for (size_t k = 0; k < sizeof other / sizeof *other; k++) {
		if (!method_find(other[k]))
			continue;
		make(other[k], &s.panel, &plain, &a, &f);
		if (!(boost < .75 * distance(&s, &f)))
			fail_msg("boost is %g away, %s %g", boost, other[k], distance(&s, &f));
	}
	arena_release(&a);
	fixture_release(&s.f);
}

/* Every way to learn stays near the truth: none is off in units or links. */
static void every_way_works(void **state)
{
	(void)state;
	static const char *const way[] = {
		"target=scaled", "margin=none", "target=scaled,margin=none", "objective=poisson",
		"objective=squared", "objective=squared,target=scaled,margin=none", "objective=pinball",
		"mode=recursive", "mode=recursive,target=scaled", "by=store", "by=store*item", "seeds=2",
		"weight=none", "weight=scale", "weight=revenue", "weight=influence", "rows=2000",
		"leaves=15,depth=0", "monotone=yes", "without=lag+window", "uncensor=no", "history=100",
		"steps=7",
	};
	struct shop s;
	shop_init(&s);
	for (size_t k = 0; k < sizeof way / sizeof *way; k++) {
		struct arena a = { 0 };
		struct forecast f;
		char text[256];
		snprintf(text, sizeof text, "boost(" TERSE ",%s)", way[k]);
		make(text, &s.panel, &plain, &a, &f);
		if (!(distance(&s, &f) < 2))
			fail_msg("%s is %g away", way[k], distance(&s, &f));
		arena_release(&a);
	}
	fixture_release(&s.f);
}

/* Neither sales nor drivers of the past may be seen after the origin, step by step or at once. */
static void does_not_see_the_future(void **state)
{
	(void)state;
	static const char *const spec[] = { "boost(" TERSE ")", "boost(" TERSE ",mode=recursive)" };
	struct shop s;
	struct arena a = { 0 };
	struct forecast f[2];
	for (int k = 0; k < 2; k++) {
		shop_init(&s);
		make(spec[k], &s.panel, &plain, &a, &f[0]);
		for (int i = 0; i < SERIES; i++)
			for (int t = DAYS - STEPS; t < DAYS; t++)
				s.f.units.at[i * DAYS + t] = 1000 * fixture_noise(1, (uint64_t)t);
		for (int t = DAYS - STEPS; t < DAYS; t++)
			s.weather[t] = 77;
		make(spec[k], &s.panel, &plain, &a, &f[1]);
		assert_memory_equal(f[0].mean, f[1].mean, SERIES * STEPS * sizeof(double));
		/* But plans are seen. */
		for (int i = 0; i < SERIES; i++)
			for (int t = DAYS - STEPS; t < DAYS; t++)
				s.flyer[i][t] = 1;
		make(spec[k], &s.panel, &plain, &a, &f[1]);
		assert_true(f[0].mean[5] != f[1].mean[5]);
		fixture_release(&s.f);
	}
	arena_release(&a);
}

/* With a rule, no dearer day is forecast to sell more. */
static void monotone_in_price(void **state)
{
	(void)state;
	struct shop s;
	struct arena a = { 0 };
	struct forecast f[2];
	shop_init(&s);
	const struct spec *spec = spec_of("boost(" TERSE ",monotone=yes)", &a);
	struct panel past = panel_until(&s.panel, MONDAY + DAYS - 1 - STEPS);
	void *model = fit(spec, &past, &plain, &a);
	predict(spec, model, &past, &a, &f[0]);
	for (int i = 0; i < SERIES; i++)
		for (int k = 0; k < 20; k++)
			if (s.price[i * 20 + k].from > past.until)
				s.price[i * 20 + k].price *= .8;
	predict(spec, model, &past, &a, &f[1]);
	int more = 0;
	for (int k = 0; k < SERIES * STEPS; k++) {
		assert_true(f[1].mean[k] >= f[0].mean[k] - 1e-6);
		more += f[1].mean[k] > f[0].mean[k] + .1;
	}
	assert_true(more > SERIES * STEPS / 4);
	spec->method->release(model);
	arena_release(&a);
	fixture_release(&s.f);
}

/* Parts and base sum to the means, for either link and with several boosters. */
static void parts_sum_to_the_mean(void **state)
{
	(void)state;
	static const char *const way[] = { "seeds=2", "objective=squared", "target=scaled,margin=none" };
	struct shop s;
	shop_init(&s);
	for (size_t k = 0; k < sizeof way / sizeof *way; k++) {
		struct arena a = { 0 };
		struct forecast f;
		struct mean_parts p;
		struct err e = { 0 };
		char text[256];
		snprintf(text, sizeof text, "fallback(boost(" TERSE ",%s))", way[k]);
		const struct spec *spec = spec_of(text, &a);
		void *model = fit(spec, &s.panel, &plain, &a);
		predict(spec, model, &s.panel, &a, &f);
		if (spec->method->explain(model, &s.panel, &plain, &a, 3, STEPS, &p, &e))
			fail_msg("%s", e.text);
		for (int h = 0; h < STEPS; h++) {
			double sum = p.base[h];
			for (int j = 0; j < p.n_part; j++)
				sum += p.part[h * p.n_part + j];
			unit_near(sum, p.mean[h], 1e-9 * (1 + fabs(sum)));
			unit_near(sum, f.mean[3 * STEPS + h], 1e-5 * (1 + fabs(sum)));
		}
		spec->method->release(model);
		arena_release(&a);
	}
	fixture_release(&s.f);
}

/* ---- what is kept ---- */

struct shelf {
	int n, puts, gets;
	struct buf name[16], blob[16];
	int closed_after; /* puts that are taken */
};

static int shelf_get(void *context, const char *name, struct buf *out)
{
	struct shelf *s = context;
	for (int k = 0; k < s->n; k++)
		if (!strcmp(s->name[k].text, name)) {
			buf_add(out, s->blob[k].text, s->blob[k].n);
			s->gets++;
			return 1;
		}
	return 0;
}

static void shelf_put(void *context, const char *name, const struct buf *blob)
{
	struct shelf *s = context;
	if (s->puts++ >= s->closed_after)
		return;
	buf_adds(&s->name[s->n], name);
	buf_add(&s->blob[s->n++], blob->text, blob->n);
}

/* A training that was cut off after some boosters goes on with the next, to the same bytes. */
static void training_goes_on(void **state)
{
	(void)state;
	static const char text[] = "boost(" TERSE ",by=store,seeds=2)";
	struct shop s;
	struct arena a = { 0 };
	struct forecast f[3];
	struct shelf shelf = { .closed_after = 3 };
	const struct fit_cache cache = { &shelf, shelf_get, shelf_put };
	struct fit_context context = plain;
	shop_init(&s);
	make(text, &s.panel, &plain, &a, &f[0]);
	context.cache = &cache;
	make(text, &s.panel, &context, &a, &f[1]);
	int all = shelf.puts;
	shelf.closed_after = 16;
	make(text, &s.panel, &context, &a, &f[2]);
	assert_int_equal(shelf.gets, 3);
	assert_int_equal(shelf.puts, 2 * all - 3);
	for (int k = 1; k < 3; k++)
		assert_memory_equal(f[0].mean, f[k].mean, SERIES * STEPS * sizeof(double));
	for (int k = 0; k < shelf.n; k++) {
		buf_release(&shelf.name[k]);
		buf_release(&shelf.blob[k]);
	}
	arena_release(&a);
	fixture_release(&s.f);
}

/* A flipped bit is damage, and other features than at training are refused. */
static void refuses_what_does_not_fit(void **state)
{
	(void)state;
	struct shop s;
	struct arena a = { 0 };
	struct err e = { 0 };
	struct buf blob = { 0 };
	struct forecast f;
	void *model, *loaded;
	shop_init(&s);
	const struct spec *spec = spec_of("boost(" TERSE ",by=store)", &a);
	model = fit(spec, &s.panel, &plain, &a);
	assert_int_equal(spec->method->save(model, &blob, &e), OK);
	for (size_t k = 0; k < blob.n; k += 1 + blob.n / 7) {
		blob.text[k] = (char)(blob.text[k] ^ 4);
		assert_int_equal(spec->method->load(spec, (unsigned char *)blob.text, blob.n, &a, &loaded, &e),
				 E_INPUT);
		blob.text[k] = (char)(blob.text[k] ^ 4);
	}
	s.drivers.n_column = 1;
	forecast_init(&f, &a, s.panel.n, STEPS, 0, NULL, s.panel.until);
	assert_int_equal(spec->method->predict(model, &s.panel, &plain, &a, &f, &e), E_STALE);
	assert_non_null(strstr(e.text, "features"));
	spec->method->release(model);
	buf_release(&blob);
	arena_release(&a);
	fixture_release(&s.f);
}

/* A chain of shops on its first day: nothing to learn, no error of the whole, the next of the chain. */
static void too_short_to_learn(void **state)
{
	(void)state;
	struct fixture f;
	struct arena a = { 0 };
	struct err e = { 0 };
	struct buf blob = { 0 };
	struct forecast out;
	static const double y[] = { 3, 5 };
	const struct spec *spec = spec_of("boost", &a);
	void *model;
	fixture_init(&f, PERIOD_DAY);
	fixture_add(&f, "s", "i", MONDAY, 1, y);
	fixture_add(&f, "s", "j", MONDAY - 1, 2, y);
	const struct panel *p = fixture_panel(&f);
	model = fit(spec, p, &plain, &a);
	assert_int_equal(spec->method->save(model, &blob, &e), OK);
	spec->method->release(model);
	assert_int_equal(spec->method->load(spec, (unsigned char *)blob.text, blob.n, &a, &model, &e), OK);
	forecast_init(&out, &a, p->n, STEPS, N_DEFAULT_LEVEL, default_level, p->until);
	assert_int_equal(spec->method->predict(model, p, &plain, &a, &out, &e), OK);
	assert_null(out.used[0].method);
	assert_non_null(out.used[0].reason);
	spec->method->release(model);
	buf_release(&blob);
	arena_release(&a);
	fixture_release(&f);
}

/* An attribute that is not there is a wrong call, and so is a tree without bounds. */
static void wrong_specs(void **state)
{
	(void)state;
	static const char *const wrong[] = { "boost(by=nothing)", "boost(depth=0)" };
	struct shop s;
	shop_init(&s);
	for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
		struct arena a = { 0 };
		struct err e = { 0 };
		void *model;
		const struct spec *spec = spec_of(wrong[k], &a);
		assert_int_equal(spec->method->fit(spec, &s.panel, &plain, &a, &model, &e), E_USAGE);
		arena_release(&a);
	}
	fixture_release(&s.f);
}

/* The lengthened panel ends where the origin did for all that is known only afterwards. */
static void ahead_hides_the_future(void **state)
{
	(void)state;
	struct shop s;
	struct ahead x;
	shop_init(&s);
	s.drivers.price_known = DRIVER_PAST;
	struct panel past = panel_until(&s.panel, MONDAY + 200);
	ahead_init(&x, &past, 10);
	ahead_set(&x, 2, MONDAY + 201, 3.5);
	struct series one = panel_series(&x.panel, 2);
	assert_int_equal(one.n, 211);
	unit_near(one.units[201], 3.5, 0);
	assert_true(isnan(one.units[202]));
	for (int t = 0; t <= 200; t++)
		unit_near(one.units[t], s.f.units.at[2 * DAYS + t], 0);
	unit_near(driver_value(&x.panel, 1, 2, MONDAY + 150, NULL), (double)s.weather[150], 0);
	unit_near(driver_value(&x.panel, 1, 2, MONDAY + 205, NULL), (double)s.weather[200], 0);
	unit_near(driver_value(&x.panel, 0, 2, MONDAY + 205, NULL), (double)s.flyer[2][205], 0);
	unit_near(driver_price(&x.panel, 2, MONDAY + 210, NULL), price_at(&s, 2, 200), 0);
	ahead_release(&x);
	fixture_release(&s.f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_interactions),    cmocka_unit_test(every_way_works),
		cmocka_unit_test(does_not_see_the_future), cmocka_unit_test(monotone_in_price),
		cmocka_unit_test(parts_sum_to_the_mean), cmocka_unit_test(training_goes_on),
		cmocka_unit_test(refuses_what_does_not_fit), cmocka_unit_test(wrong_specs),
		cmocka_unit_test(ahead_hides_the_future), cmocka_unit_test(too_short_to_learn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
int main(void)
{
	return unit_skip("built without XGBoost");
}
#endif
