/* The sanity suite. */
#include "config.h"
#include "life/sanity.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "io/db_panel.h"
#include "life/package.h"
#include "life/run_private.h"

#define N_SERIES 12 /* of a made panel: a spec that learns across series needs some */
#define N_DAYS 210
#define N_STEP 28
#define WORSE 1.25  /* times snaive's error that is borne in the one holdout of the suite */

/* ---- panels made by hand ---- */

enum shape { SHAPE_WEEK, SHAPE_SCALED, SHAPE_SHIFTED, SHAPE_ZERO, SHAPE_CONSTANT, SHAPE_GAP, SHAPE_SHORT };

/* A repeatable number in [0, 1). */
static double noise(uint64_t a, uint64_t b)
{
	uint64_t x = a * 0x9e3779b97f4a7c15u + b * 0xbf58476d1ce4e5b9u + 0x94d049bb133111ebu;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return (double)((x ^ (x >> 31)) >> 11) / 9007199254740992.0;
}

static double value_of(enum shape shape, int i, int t)
{
	static const double week[] = { 1, .9, .95, 1.05, 1.3, 1.6, .6 };
	double y = floor(20 * (i + 1) * week[t % 7] * (.8 + .4 * noise((uint64_t)i, (uint64_t)t)));
	return shape == SHAPE_SCALED ? 10 * y : shape == SHAPE_ZERO ? 0 : shape == SHAPE_CONSTANT ? 7
		: shape == SHAPE_GAP && t > 60 && t < 90 ? (double)NAN : y;
}

static struct panel *make_panel(enum shape shape, struct arena *a)
{
	struct panel *p = ARENA_ARRAY(a, struct panel, 1);
	struct series_key *key = ARENA_ARRAY(a, struct series_key, N_SERIES);
	int64_t *id = ARENA_ARRAY(a, int64_t, N_SERIES), *begin = ARENA_ARRAY(a, int64_t, N_SERIES + 1);
	period_t *first = ARENA_ARRAY(a, period_t, N_SERIES);
	double *units = ARENA_ARRAY(a, double, N_SERIES * N_DAYS);
	uint8_t *state = ARENA_ARRAY(a, uint8_t, N_SERIES * N_DAYS);
	int n_day = shape == SHAPE_SHORT ? 3 : N_DAYS;
	/* Shifted by four weeks: the same weekdays. */
	period_t start = 20000 + (shape == SHAPE_SHIFTED ? 28 : 0);
	for (int i = 0; i < N_SERIES; i++) {
		char name[16];
		snprintf(name, sizeof name, "item%02d", i);
		key[i] = (struct series_key){ "S", arena_strdup(a, name) };
		id[i] = SERIES_PER_STORE + i;
		first[i] = start + N_DAYS - n_day;
		for (int t = 0; t < n_day; t++) {
			double y = value_of(shape, i, t);
			units[begin[i] + t] = y;
			state[begin[i] + t] = (uint8_t)(isnan(y) ? DAY_MISSING : y > 0 ? DAY_SOLD : DAY_ZERO);
		}
		begin[i + 1] = begin[i] + n_day;
	}
	*p = (struct panel){ .calendar = { PERIOD_DAY, 0 }, .n = N_SERIES, .until = start + N_DAYS - 1, .key = key,
			     .id = id, .first = first, .begin = begin, .units = units, .state = state,
			     .segment = ARENA_ARRAY(a, int32_t, N_SERIES), .n_segment = 1 };
	return p;
}

/* ---- the checks ---- */

struct suite {
	const struct spec *spec;
	struct fit_context context;
	struct arena *a;
	struct sanity *out;
};

static void note(struct suite *s, const char *name, int failed, const char *text)
{
	struct sanity *out = s->out;
	if (out->n == SANITY_MAX)
		return;
	out->check[out->n++] = (struct sanity_check){ name, failed ? arena_strdup(s->a, text) : "", failed };
	if (failed && !out->failed) {
		struct buf first = { 0 };
		buf_addf(&first, "%s: %s", name, text);
		out->first_failure = arena_strdup(s->a, first.text);
		buf_release(&first);
	}
	out->failed += failed;
}

/* Fits and predicts a shape; the forecast's invariants (finite, not negative, quantiles in order) are checked. */
static enum status answer(struct suite *s, enum shape shape, struct arena *a, struct forecast *f, struct err *e)
{
	const struct method *m = s->spec->method;
	struct panel *p = make_panel(shape, a);
	void *model = NULL;
	enum status status = m->fit(s->spec, p, &s->context, a, &model, e);
	if (!status) {
		forecast_init(f, a, p->n, N_STEP, N_DEFAULT_LEVEL, default_level, p->until);
		status = m->predict(model, p, &s->context, a, f, e);
	}
	if (!status)
		status = forecast_check(f, p->key, e);
	if (model && m->release)
		m->release(model);
	return status;
}

static double sum_means(const struct forecast *f)
{
	double sum = 0;
	for (int k = 0; k < f->n * f->n_step; k++)
		sum += f->mean[k];
	return sum;
}

static void check_shape(struct suite *s, const char *name, enum shape shape, double low, double high)
{
	struct arena a = { 0 };
	struct err e = { 0 };
	struct forecast f;
	char text[160];
	enum status status = answer(s, shape, &a, &f, &e);
	if (status) {
		note(s, name, 1, e.text);
	} else {
		double mean = sum_means(&f) / (f.n * f.n_step);
		snprintf(text, sizeof text, "the mean forecast is %g, not within %g and %g", mean, low, high);
		note(s, name, !(mean >= low && mean <= high), text);
	}
	arena_release(&a);
}

/* One shape's forecast over another's must be `factor`. */
static void check_ratio(struct suite *s, const char *name, enum shape shape, double factor, double tolerance)
{
	struct arena a = { 0 };
	struct err e = { 0 };
	struct forecast f, g;
	char text[160];
	enum status status = answer(s, SHAPE_WEEK, &a, &f, &e);
	if (!status)
		status = answer(s, shape, &a, &g, &e);
	if (status) {
		note(s, name, 1, e.text);
	} else {
		double ratio = sum_means(&g) / sum_means(&f);
		snprintf(text, sizeof text, "the forecast is %.4f times the plain one, not %g", ratio, factor);
		note(s, name, !(fabs(ratio / factor - 1) <= tolerance), text);
	}
	arena_release(&a);
}

/* Steps of the made panel's own future against snaive. */
static double holdout_error(struct suite *s, const struct spec *spec, struct err *e)
{
	struct suite other = *s;
	struct arena a = { 0 };
	struct forecast f;
	double error = 0;
	other.spec = spec;
	if (answer(&other, SHAPE_WEEK, &a, &f, e))
		error = (double)NAN;
	else
		for (int i = 0; i < f.n; i++)
			for (int h = 0; h < f.n_step; h++)
				error += fabs(f.mean[i * f.n_step + h] - value_of(SHAPE_WEEK, i, N_DAYS + h));
	arena_release(&a);
	return error;
}

static void check_bar(struct suite *s)
{
	const struct spec *naive;
	struct err e = { 0 };
	char text[160];
	if (spec_parse("fallback(snaive)", s->a, &naive, &e)) {
		note(s, "naive", 1, e.text);
		return;
	}
	double own = holdout_error(s, s->spec, &e), other = holdout_error(s, naive, &e);
	snprintf(text, sizeof text, "error %g where the last week repeated makes %g", own, other);
	note(s, "naive", !(own <= WORSE * other), text);
}

/* The version's own parts give its hash, load, and forecast what the db holds. */
static void check_parts(struct suite *s, struct db *db, const struct config *config, const struct model_row *v)
{
	struct arena a = { 0 };
	struct err e = { 0 };
	struct run_plan plan;
	struct pieces pieces = { 0 };
	char hex[SHA256_HEX_SIZE], name[24];
	snprintf(name, sizeof name, "%lld", (long long)v->version);
	enum status status = package_hash(db, v, hex, &e);
	note(s, "hash", status || strcmp(hex, v->hash), status ? e.text : "its parts do not give its hash");
	status = run_plan(&plan, db, config, "test", DAY_NONE, NULL, s->context.jobs, &a, &e);
	if (!status)
		status = run_plan_alias(&plan, name, &a, &e);
	if (!status)
		status = run_pieces(&plan, &a, &pieces, &e);
	for (int k = 0; !status && k < pieces.n && k < 1; k++) {
		struct panel_owner owner = { 0 };
		struct forecast f;
		struct fit_context context = run_fit_context(&plan);
		status = run_read_piece(&plan, pieces.name[k], &owner, &e);
		if (!status) {
			forecast_init(&f, &a, owner.panel.n, plan.horizon, plan.n_level, plan.level,
				      period_of_day(&plan.calendar, plan.as_of));
			status = run_forecast_piece(&plan, pieces.name[k], &owner.panel, &context, NULL, &a, &f, &e);
		}
		panel_release(&owner);
	}
	note(s, "own parts", status != OK, e.text);
	arena_release(&a);
}

enum status sanity_run(struct db *db, const struct config *config, const struct model_row *version, struct arena *a,
		       struct sanity *out, struct err *e)
{
	struct suite s = { .context = { .jobs = 1, .horizon = N_STEP, .seed = 1 }, .a = a, .out = out };
	*out = (struct sanity){ .first_failure = "" };
	enum status status = spec_parse(version->spec, a, &s.spec, e);
	if (status)
		return status;
	check_parts(&s, db, config, version);
	/* Means of 20 (i + 1) over twelve series: 130, times 1.057 of the week. */
	check_shape(&s, "plain", SHAPE_WEEK, 110, 160);
	check_shape(&s, "gap", SHAPE_GAP, 110, 160);
	check_shape(&s, "zero", SHAPE_ZERO, 0, .5);
	check_shape(&s, "constant", SHAPE_CONSTANT, 6, 8);
	check_shape(&s, "three days", SHAPE_SHORT, 1, 1000);
	check_ratio(&s, "scale", SHAPE_SCALED, 10, .05);
	check_ratio(&s, "calendar shift", SHAPE_SHIFTED, 1, .03);
	check_bar(&s);
	return db_model_fact(db, version->version, "sanity", out->failed ? "fail" : "pass", e);
}
