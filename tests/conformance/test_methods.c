/*
 * Every method there is over every reference series. Methods are found through methods[], so a new
 * one is held to all of this by being listed.
 */
#include "config.h"
#include "../unit/unit.h"

#include "../unit/fixture.h"
#include "model/method.h"

#define N (double)NAN
#define STEPS 35
#define LONG 420
#define MONDAY 19723 /* 2024-01-01: a leap day lies within */

/* How a panel of reference series differs from the plain one. */
struct twist {
	double scale;
	int shift;          /* periods */
	int turned;         /* keys in the opposite order */
	int scramble_after; /* values from this one on are something else; 0: none */
};

enum { CONSTANT, ZEROS, ONE_POINT, TRAILING, UNKNOWN, WEEKLY, FRACTIONS, SPARSE, LUMPY, TREND, SPIKE,
       SHUT, N_REFERENCE };

static double reference_value(int kind, int t)
{
	double noise = fixture_noise((uint64_t)kind, (uint64_t)t), week = t % 7 >= 5 ? 2 : 1;
	switch (kind) {
	case CONSTANT:
		return 7;
	case ZEROS:
		return 0;
	case TRAILING:
		return t >= LONG - 40 ? N : floor(10 * noise);
	case UNKNOWN:
		return N;
	case WEEKLY:
		return floor(10 * week * (.5 + noise));
	case FRACTIONS:
		return 1.37 * week * (.5 + noise) + .01;
	case SPARSE:
		return noise < .2 ? 1 : 0;
	case LUMPY:
		return noise < .15 ? floor(1 + 400 * noise * noise * 10) : 0;
	case TREND:
		return floor(t / 10 + 5 * noise);
	case SPIKE:
		return t == LONG - 60 ? 1e9 : floor(8 * noise);
	case SHUT:
		return t % 7 == 6 ? N : floor(10 * noise);
	default:
		return 4;
	}
}

static void make_panel(struct fixture *f, const struct twist *twist)
{
	static double y[LONG];
	fixture_init(f, PERIOD_DAY);
	for (int k = 0; k < N_REFERENCE; k++) {
		int kind = twist->turned ? N_REFERENCE - 1 - k : k;
		int n = kind == ONE_POINT ? 1 : LONG, from = LONG - n;
		char item[16];
		snprintf(item, sizeof item, "item%02d", k);
		for (int t = 0; t < n; t++) {
			y[t] = twist->scale * reference_value(kind, t);
			if (twist->scramble_after && from + t >= twist->scramble_after)
				y[t] = 1000 * fixture_noise(77, (uint64_t)t);
		}
		fixture_add(f, "store", item, MONDAY + twist->shift + from, n, y);
	}
	/* One that is listed and has not sold yet. */
	fixture_add(f, "store", "listed", MONDAY + twist->shift + LONG, 0, y);
	for (int t = 6; t < LONG; t += 7) /* the shop is shut on the day that SHUT does not know */
		f->state.at[f->begin[twist->turned ? N_REFERENCE - 1 - SHUT : SHUT] + t] = DAY_CLOSED;
	for (size_t t = 0; t < f->units.n; t++)
		if (f->state.at[t] == DAY_CLOSED)
			f->units.at[t] = 0;
}

static const struct twist plain = { 1, 0, 0, 0 };

/* Methods inside one that holds methods; "" for the others. */
static const char *parts_of(const struct method *m)
{
	static const char *const holder[] = { "fallback", "combine", "select", "blend", "reconcile" };
	for (size_t k = 0; k < sizeof holder / sizeof *holder; k++)
		if (!strcmp(m->name, holder[k]))
			return "(ses, snaive)";
	return strcmp(m->name, "calibrate") && strcmp(m->name, "borrow") ? "" : "(ses)";
}

/* Draws its rows by the names of the series and knows the date: with other names or days it is another
 * draw, and no byte is the same. */
static int draws_rows(const struct method *m)
{
	static const char *const drawing[] = { "boost", "ridge", "glm" };
	for (size_t k = 0; k < sizeof drawing / sizeof *drawing; k++)
		if (!strcmp(m->name, drawing[k]))
			return 1;
	return 0;
}

/* A method with options that spare the test's time. */
static const char *brief(const struct method *m)
{
	return !strcmp(m->name, "boost") ? "boost(rounds=20)" : m->name;
}

/* A spec of the method as it comes; with a chain for those that hold methods. */
static const struct spec *spec_of(const struct method *m, struct arena *a)
{
	const struct spec *spec;
	struct err e = { 0 };
	struct buf text = { 0 };
	buf_addf(&text, "%s%s", brief(m), parts_of(m));
	assert_int_equal(spec_parse(text.text, a, &spec, &e), OK);
	buf_release(&text);
	return spec;
}

/* The method as the only one in a chain: what it cannot do, the last rungs do. */
static const struct spec *closed_of(const struct method *m, struct arena *a)
{
	const struct spec *spec;
	struct err e = { 0 };
	struct buf text = { 0 };
	if (!strcmp(m->name, "fallback"))
		return spec_of(m, a);
	/* Who serves new items only leaves the others to the next of its chain. */
	buf_addf(&text, "fallback(%s%s%s)", brief(m), parts_of(m), strcmp(m->name, "analogue") ? "" : ", ses");
	assert_int_equal(spec_parse(text.text, a, &spec, &e), OK);
	buf_release(&text);
	return spec;
}

struct made {
	struct arena arena;
	struct forecast f;
};

enum { THROUGH_BLOB = 1, TWO_JOBS = 2 };

static void make_at(const struct spec *spec, const struct panel *p, period_t origin, int how,
		    struct made *out)
{
	struct err e = { 0 };
	const struct fit_context context = { .jobs = how & TWO_JOBS ? 2 : 1, .seed = 1 };
	struct panel past = panel_until(p, origin);
	void *model;
	memset(out, 0, sizeof *out);
	assert_int_equal(spec->method->fit(spec, &past, &context, &out->arena, &model, &e), OK);
	if (how & THROUGH_BLOB) {
		struct buf blob = { 0 };
		assert_int_equal(spec->method->save(model, &blob, &e), OK);
		if (spec->method->release)
			spec->method->release(model);
		assert_int_equal(spec->method->load(spec, (unsigned char *)blob.text, blob.n,
						    &out->arena, &model, &e), OK);
		buf_release(&blob);
	}
	forecast_init(&out->f, &out->arena, p->n, STEPS, N_DEFAULT_LEVEL, default_level, past.until);
	assert_int_equal(spec->method->predict(model, &past, &context, &out->arena, &out->f, &e), OK);
	if (spec->method->release)
		spec->method->release(model);
}

static void make(const struct spec *spec, const struct panel *p, int how, struct made *out)
{
	make_at(spec, p, p->until, how, out);
}

/* Forecasts of two panels are the same bytes, or those of b `scale` times those of a to `far`. */
static void same_bytes(const struct made *a, const struct made *b)
{
	size_t cells = (size_t)a->f.n * STEPS;
	assert_memory_equal(a->f.mean, b->f.mean, cells * sizeof(double));
	assert_memory_equal(a->f.quantile, b->f.quantile, cells * N_DEFAULT_LEVEL * sizeof(double));
	for (int i = 0; i < a->f.n; i++)
		assert_int_equal(a->f.used[i].rung, b->f.used[i].rung);
}

static void near_scaled(const struct forecast *a, const struct forecast *b, double scale)
{
	for (int h = 0; h < STEPS; h++) {
		unit_near(b->mean[h], scale * a->mean[h], 1e-5 * scale * (1 + fabs(a->mean[h])));
		for (int l = 0; l < N_DEFAULT_LEVEL; l++) {
			double q = a->quantile[h * N_DEFAULT_LEVEL + l];
			unit_near(b->quantile[h * N_DEFAULT_LEVEL + l], scale * q,
				  1e-5 * scale * (1 + fabs(q)));
		}
	}
}

/* Calls a check for every method with an arena of its own. */
static void for_each(void (*check)(const struct method *, struct arena *))
{
	for (const struct method *const *m = methods; *m; m++) {
		struct arena a = { 0 };
		check(*m, &a);
		arena_release(&a);
	}
}

/* ---- what holds ---- */

static void check_invariants(const struct method *m, struct arena *a)
{
	struct fixture f;
	struct made made;
	struct err e = { 0 };
	make_panel(&f, &plain);
	const struct panel *p = fixture_panel(&f);
	make(closed_of(m, a), p, 0, &made);
	if (forecast_check(&made.f, p->key, &e))
		fail_msg("%s: %s", m->name, e.text);
	for (size_t k = 0; k < (size_t)p->n * STEPS; k++) {
		assert_true(made.f.mean[k] >= 0);
		assert_true(made.f.quantile[k * N_DEFAULT_LEVEL] >= 0);
		assert_true(made.f.mean[k] < 1e6); /* one spike of 1e9 raises nothing to its height */
	}
	arena_release(&made.arena);
	/* By itself it either makes a sound forecast of a series, or says why not. */
	make(spec_of(m, a), p, 0, &made);
	for (int i = 0; i < p->n; i++) {
		struct forecast one = forecast_at(&made.f, i);
		if (!one.used->method)
			assert_non_null(one.used->reason);
		else if (forecast_check(&one, &p->key[i], &e))
			fail_msg("%s: %s", m->name, e.text);
	}
	arena_release(&made.arena);
	fixture_release(&f);
}

static void check_plain_series(const struct method *m, struct arena *a)
{
	struct fixture f;
	struct made made;
	make_panel(&f, &plain);
	make(closed_of(m, a), fixture_panel(&f), 0, &made);
	struct forecast constant = forecast_at(&made.f, CONSTANT), zeros = forecast_at(&made.f, ZEROS);
	struct forecast unknown = forecast_at(&made.f, UNKNOWN);
	/* Without XGBoost it is the segment's profile that answers for it. */
	if (strstr(m->summary, "not in this program")) {
		arena_release(&made.arena);
		fixture_release(&f);
		return;
	}
	double expected = strcmp(m->name, "zero") ? 7 : 0;
	for (int h = 0; h < STEPS; h++) {
		unit_near(constant.mean[h], expected, 1e-9);
		unit_near(zeros.mean[h], 0, 0);
		unit_near(unknown.mean[h], 0, 0);
		for (int l = 0; l < N_DEFAULT_LEVEL; l++) {
			if (expected > 0)
				unit_near(constant.quantile[h * N_DEFAULT_LEVEL + l], 7, 0);
			unit_near(zeros.quantile[h * N_DEFAULT_LEVEL + l], 0, 0);
		}
	}
	arena_release(&made.arena);
	fixture_release(&f);
}

/* Counts have whole quantiles; quantities need not. */
static void check_counts(const struct method *m, struct arena *a)
{
	struct fixture f;
	struct made made;
	make_panel(&f, &plain);
	make(closed_of(m, a), fixture_panel(&f), 0, &made);
	for (int i = 0; i < N_REFERENCE; i++)
		for (size_t k = 0; i != FRACTIONS && k < (size_t)STEPS * N_DEFAULT_LEVEL; k++) {
			double q = made.f.quantile[(size_t)i * STEPS * N_DEFAULT_LEVEL + k];
			unit_near(q, floor(q), 0);
		}
	arena_release(&made.arena);
	fixture_release(&f);
}

/* Dozens or pieces: the same forecast in another unit. (Counts are rounded, so quantities tell.) */
static void check_scale(const struct method *m, struct arena *a)
{
	struct fixture f[2];
	struct made made[2];
	/* Trees hold floats: by a power of two nothing is rounded and no tie falls the other way. */
	const double scale = draws_rows(m) ? 1024 : 1000;
	struct twist thousand = plain;
	thousand.scale = scale;
	make_panel(&f[0], &plain);
	make_panel(&f[1], &thousand);
	for (int k = 0; k < 2; k++)
		make(closed_of(m, a), fixture_panel(&f[k]), 0, &made[k]);
	struct forecast one = forecast_at(&made[0].f, FRACTIONS), other = forecast_at(&made[1].f, FRACTIONS);
	near_scaled(&one, &other, scale);
	for (int i = 0; i < N_REFERENCE; i++)
		for (int h = 0; h < STEPS; h++)
			unit_near(made[1].f.mean[i * STEPS + h], scale * made[0].f.mean[i * STEPS + h],
				  1e-2 * (1 + made[0].f.mean[i * STEPS + h]));
	for (int k = 0; k < 2; k++) {
		arena_release(&made[k].arena);
		fixture_release(&f[k]);
	}
}

static void check_order(const struct method *m, struct arena *a)
{
	struct fixture f[2];
	struct made made[2];
	struct twist turned = plain;
	turned.turned = 1;
	if (draws_rows(m))
		return;
	make_panel(&f[0], &plain);
	make_panel(&f[1], &turned);
	for (int k = 0; k < 2; k++)
		make(closed_of(m, a), fixture_panel(&f[k]), 0, &made[k]);
	for (int i = 0; i < N_REFERENCE; i++) {
		struct forecast one = forecast_at(&made[0].f, i);
		struct forecast other = forecast_at(&made[1].f, N_REFERENCE - 1 - i);
		near_scaled(&one, &other, 1);
	}
	for (int k = 0; k < 2; k++) {
		arena_release(&made[k].arena);
		fixture_release(&f[k]);
	}
}

static void check_shift(const struct method *m, struct arena *a)
{
	struct fixture f[2];
	struct made made[2];
	struct twist later = plain;
	later.shift = 7;
	if (draws_rows(m))
		return;
	make_panel(&f[0], &plain);
	make_panel(&f[1], &later);
	for (int k = 0; k < 2; k++)
		make(closed_of(m, a), fixture_panel(&f[k]), 0, &made[k]);
	same_bytes(&made[0], &made[1]);
	for (int k = 0; k < 2; k++) {
		arena_release(&made[k].arena);
		fixture_release(&f[k]);
	}
}

static void check_save_and_threads(const struct method *m, struct arena *a)
{
	struct fixture f;
	struct made made, again;
	make_panel(&f, &plain);
	const struct panel *p = fixture_panel(&f);
	make(closed_of(m, a), p, 0, &made);
	for (int how = 1; how < 4; how++) {
		make(closed_of(m, a), p, how, &again);
		same_bytes(&made, &again);
		arena_release(&again.arena);
	}
	arena_release(&made.arena);
	fixture_release(&f);
}

static void check_future(const struct method *m, struct arena *a)
{
	struct fixture f[2];
	struct made made[2];
	struct twist other = plain;
	other.scramble_after = LONG - 50;
	make_panel(&f[0], &plain);
	make_panel(&f[1], &other);
	for (int k = 0; k < 2; k++)
		make_at(closed_of(m, a), fixture_panel(&f[k]), MONDAY + LONG - 51, 0, &made[k]);
	same_bytes(&made[0], &made[1]);
	for (int k = 0; k < 2; k++) {
		arena_release(&made[k].arena);
		fixture_release(&f[k]);
	}
}

static void check_long_series(const struct method *m, struct arena *a)
{
	static double y[10000];
	struct fixture f;
	struct made made;
	struct err e = { 0 };
	for (int t = 0; t < 10000; t++)
		y[t] = reference_value(WEEKLY, t);
	fixture_init(&f, PERIOD_DAY);
	fixture_add(&f, "store", "item", 0, 10000, y);
	make(closed_of(m, a), fixture_panel(&f), 0, &made);
	assert_int_equal(forecast_check(&made.f, f.key, &e), OK);
	arena_release(&made.arena);
	fixture_release(&f);
}

static void check_damaged_blob(const struct method *m, struct arena *a)
{
	struct fixture f;
	struct err e = { 0 };
	const struct fit_context context = { .jobs = 1 };
	struct buf blob = { 0 };
	void *model;
	const struct spec *spec = spec_of(m, a);
	make_panel(&f, &plain);
	assert_int_equal(m->fit(spec, fixture_panel(&f), &context, a, &model, &e), OK);
	assert_int_equal(m->save(model, &blob, &e), OK);
	if (m->release)
		m->release(model);
	for (size_t n = 0; n < blob.n; n += 1 + n / 3)
		assert_int_not_equal(m->load(spec, (unsigned char *)blob.text, n, a, &model, &e), OK);
	buf_release(&blob);
	fixture_release(&f);
}

#define CASE(name)                                                                                 \
	static void name(void **state)                                                             \
	{                                                                                          \
		(void)state;                                                                       \
		for_each(check_##name);                                                            \
	}
CASE(invariants)
CASE(plain_series)
CASE(counts)
CASE(scale)
CASE(order)
CASE(shift)
CASE(save_and_threads)
CASE(future)
CASE(long_series)
CASE(damaged_blob)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(invariants),       cmocka_unit_test(plain_series),
		cmocka_unit_test(counts),           cmocka_unit_test(scale),
		cmocka_unit_test(order),            cmocka_unit_test(shift),
		cmocka_unit_test(save_and_threads), cmocka_unit_test(future),
		cmocka_unit_test(long_series),      cmocka_unit_test(damaged_blob),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
