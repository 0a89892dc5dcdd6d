/*
 * Boosted trees: what can be counted on paper, what must hold of any, and that threads change no byte.
 */
#include "config.h"
#include "unit.h"

#ifdef HAVE_XGBOOST
#include <math.h>
#include <string.h>
#include "base/mem.h"
#include "fixture.h"
#include "model/xgb.h"

#define N 4000
#define COLUMNS 4
#define NAN_F ((float)NAN)

struct table {
	int n_column;
	float x[N * COLUMNS], label[N], weight[N], margin[N];
};

static const float *batch_of(void *context, size_t from, size_t n)
{
	(void)n;
	struct table *t = context;
	return t->x + from * (size_t)t->n_column;
}

static const struct xgb_plan plain = {
	.objective = XGB_SQUARED, .power = 1.1, .quantile = .5, .base = 0, .rounds = 1, .depth = 1,
	.eta = 1, .min_child = 0, .subsample = 1, .colsample = 1, .lambda = 1, .bins = 64, .seed = 7,
	.jobs = 1, .missing = (float)NAN,
};

static struct xgb_rows rows_of(struct table *t, size_t n)
{
	return (struct xgb_rows){ .n = n, .batch_size = 700, .n_column = t->n_column, .batch = batch_of,
				  .context = t, .label = t->label };
}

static struct xgb *train(const struct xgb_plan *plan, const struct xgb_rows *rows)
{
	struct err e = { 0 };
	struct xgb *b;
	if (xgb_train(plan, rows, &b, &e))
		fail_msg("%s", e.text);
	return b;
}

static void predict(const struct xgb *b, size_t n, const float *x, const float *margin, enum xgb_kind kind,
		    float *out)
{
	struct err e = { 0 };
	if (xgb_predict(b, n, x, margin, kind, out, &e))
		fail_msg("%s", e.text);
}

/* A table whose label hangs on all columns and their products, with noise. */
static struct table *make_table(void)
{
	struct table *t = NEW_ARRAY(struct table, 1);
	t->n_column = COLUMNS;
	for (int i = 0; i < N; i++) {
		float *x = t->x + i * COLUMNS;
		for (int k = 0; k < COLUMNS; k++)
			x[k] = (float)fixture_noise((uint64_t)k, (uint64_t)i);
		double mean = 1 + 4 * (double)x[0] * (double)x[1] + (x[2] > .5f ? 2 : 0);
		t->label[i] = (float)floor(2 * mean * fixture_noise(9, (uint64_t)i));
		t->weight[i] = .3f + (float)fixture_noise(10, (uint64_t)i);
		t->margin[i] = (float)log(1 + (double)x[0]);
		if (i % 13 == 0)
			x[3] = NAN_F;
	}
	return t;
}

/*
 * A stump on four rows: x 0 0 1 1, label 1 2 10 12, base 0, squared loss: g = -y, h = 1, so the leaves
 * are -G / (H + lambda) = 3 / 3 and 22 / 3.
 */
static void stump_by_hand(void **state)
{
	(void)state;
	struct table t = { .n_column = 1, .x = { 0, 0, 1, 1 }, .label = { 1, 2, 10, 12 } };
	struct xgb_rows rows = rows_of(&t, 4);
	float out[4];
	struct xgb *b = train(&plain, &rows);
	predict(b, 4, t.x, NULL, XGB_VALUE, out);
	unit_near((double)out[0], 1, 1e-6);
	unit_near((double)out[2], 22. / 3, 1e-6);
	xgb_free(b);
	/* With eta .5 from base 3: g = 3 - y, leaves 3 / 3 and -(-16) / 3, halved. */
	struct xgb_plan plan = plain;
	plan.eta = .5;
	plan.base = 3;
	b = train(&plan, &rows);
	predict(b, 4, t.x, NULL, XGB_VALUE, out);
	unit_near((double)out[0], 3 - .5 * 3 / 3, 1e-6);
	unit_near((double)out[2], 3 + .5 * 16 / 3, 1e-6);
	xgb_free(b);
}

/*
 * Tweedie, p 1.5, from base 4 (margin log 4): g = -y 4^-.5 + 4^.5 = 2 - y/2, h = .5 y/2 + .5 2 = 1 + y/4.
 * Rows 0, 2 | 12, 20: G 3, H 2.5 and G -12, H 10; leaves -3 / 3.5 and 12 / 11 on the log scale.
 */
static void tweedie_by_hand(void **state)
{
	(void)state;
	struct table t = { .n_column = 1, .x = { 0, 0, 1, 1 }, .label = { 0, 2, 12, 20 } };
	struct xgb_rows rows = rows_of(&t, 4);
	struct xgb_plan plan = plain;
	float out[4];
	double g, h;
	plan.objective = XGB_TWEEDIE;
	plan.power = 1.5;
	plan.base = 4;
	xgb_gradient(&plan, 1, 12, log(4), &g, &h);
	unit_near(g, -4, 1e-12);
	unit_near(h, 4, 1e-12);
	struct xgb *b = train(&plan, &rows);
	predict(b, 4, t.x, NULL, XGB_MARGIN, out);
	unit_near((double)out[0], log(4) - 3 / 3.5, 1e-5);
	unit_near((double)out[2], log(4) + 12. / 11, 1e-5);
	predict(b, 4, t.x, NULL, XGB_VALUE, out);
	unit_near((double)out[2], 4 * exp(12. / 11), 1e-4);
	/* From a margin of its own instead of the base: the same tree on top of it. */
	float margin[4] = { 1, 1, 1, 1 };
	predict(b, 4, t.x, margin, XGB_MARGIN, out);
	unit_near((double)out[2], 1 + 12. / 11, 1e-5);
	xgb_free(b);
}

/* Derivatives against differences of the losses, written out. */
static double loss(const struct xgb_plan *p, double width, double y, double m)
{
	double u = y - m, rho = p->power;
	switch (p->objective) {
	case XGB_TWEEDIE:
		return -y * exp((1 - rho) * m) / (1 - rho) + exp((2 - rho) * m) / (2 - rho);
	case XGB_POISSON:
		return exp(m) - y * m;
	case XGB_PINBALL:
		return (p->quantile - .5 + atan(u / width) / M_PI) * u + width / M_PI;
	default:
		return u * u / 2;
	}
}

static void gradients(void **state)
{
	(void)state;
	static const double y[] = { 0, .5, 3, 40 }, m[] = { -1, .2, 2.5 };
	const double d = 1e-4;
	for (int o = XGB_SQUARED; o <= XGB_PINBALL; o++)
		for (int i = 0; i < 12; i++) {
			struct xgb_plan p = plain;
			double g, h, at = m[i % 3], of = y[i / 3];
			p.objective = (enum xgb_objective)o;
			p.quantile = .9;
			double low = loss(&p, .7, of, at - d), mid = loss(&p, .7, of, at);
			double high = loss(&p, .7, of, at + d);
			xgb_gradient(&p, .7, of, at, &g, &h);
			unit_near(g, (high - low) / (2 * d), 1e-5 * (1 + fabs(g)));
			if (o != XGB_POISSON) /* whose hessian is widened, as XGBoost's own is */
				unit_near(h, (high - 2 * mid + low) / (d * d), 1e-4 * (1 + fabs(h)));
		}
}

static void monotone(void **state)
{
	(void)state;
	static const int8_t rule[COLUMNS] = { -1, 0, 0, 0 };
	struct table *t = make_table();
	struct xgb_rows rows = rows_of(t, N);
	struct xgb_plan plan = plain;
	float x[200 * COLUMNS], out[200];
	plan.rounds = 30;
	plan.depth = 5;
	plan.eta = .2;
	for (int held = 0; held < 2; held++) {
		plan.monotone = held ? rule : NULL;
		struct xgb *b = train(&plan, &rows);
		int rises = 0;
		for (int k = 0; k < 200; k++) {
			const float row[COLUMNS] = { (float)k / 200, .6f, .7f, .2f };
			memcpy(x + k * COLUMNS, row, sizeof row);
		}
		predict(b, 200, x, NULL, XGB_VALUE, out);
		for (int k = 1; k < 200; k++)
			rises += out[k] > out[k - 1];
		assert_true(held ? !rises : rises > 3); /* the label does rise with it */
		xgb_free(b);
	}
	free(t);
}

static struct xgb_plan full_plan(int jobs)
{
	struct xgb_plan plan = plain;
	plan.objective = XGB_TWEEDIE;
	plan.base = 3;
	plan.rounds = 40;
	plan.depth = 6;
	plan.eta = .1;
	plan.min_child = 5;
	plan.subsample = .6;
	plan.colsample = .5;
	plan.jobs = jobs;
	return plan;
}

static void contributions(void **state)
{
	(void)state;
	struct table *t = make_table();
	struct xgb_rows rows = rows_of(t, N);
	struct xgb_plan plan = full_plan(1);
	struct err e = { 0 };
	float part[50 * (COLUMNS + 1)], margin[50];
	double gain[COLUMNS];
	rows.margin = t->margin;
	struct xgb *b = train(&plan, &rows);
	for (int own = 0; own < 2; own++) {
		assert_int_equal(xgb_contributions(b, 50, t->x, own ? t->margin : NULL, part, &e), OK);
		predict(b, 50, t->x, own ? t->margin : NULL, XGB_MARGIN, margin);
		for (int i = 0; i < 50; i++) {
			double sum = 0;
			for (int k = 0; k <= COLUMNS; k++)
				sum += (double)part[i * (COLUMNS + 1) + k];
			unit_near(sum, (double)margin[i], 1e-5);
		}
	}
	/* The column that is noise gains least. (The first is in the margins already.) */
	assert_int_equal(xgb_gain(b, gain, &e), OK);
	assert_true(gain[1] > gain[3] && gain[2] > gain[3]);
	xgb_free(b);
	free(t);
}

static void save_of(const struct xgb *b, struct buf *out)
{
	struct err e = { 0 };
	buf_clear(out);
	assert_int_equal(xgb_save(b, out, &e), OK);
}

static void same_bytes_at_any_jobs(void **state)
{
	(void)state;
	struct table *t = make_table();
	struct buf bytes[2] = { { 0 }, { 0 } };
	struct xgb_rows rows = rows_of(t, N);
	rows.weight = t->weight;
	for (int leaves = 0; leaves < 32; leaves += 31)
		for (int jobs = 1; jobs <= 3; jobs++) {
			struct xgb_plan plan = full_plan(jobs);
			plan.leaves = leaves;
			rows.batch_size = jobs == 3 ? N : 700;
			struct xgb *b = train(&plan, &rows);
			save_of(b, &bytes[jobs > 1]);
			assert_int_equal(bytes[0].n, bytes[jobs > 1].n);
			assert_memory_equal(bytes[0].text, bytes[jobs > 1].text, bytes[0].n);
			xgb_free(b);
		}
	/* Another seed draws other rows. */
	struct xgb_plan plan = full_plan(1);
	plan.seed = 8;
	plan.leaves = 31;
	struct xgb *b = train(&plan, &rows);
	save_of(b, &bytes[1]);
	assert_true(bytes[0].n != bytes[1].n || memcmp(bytes[0].text, bytes[1].text, bytes[0].n) != 0);
	xgb_free(b);
	buf_release(&bytes[0]);
	buf_release(&bytes[1]);
	free(t);
}

static void save_and_load(void **state)
{
	(void)state;
	struct table *t = make_table();
	struct buf bytes = { 0 }, again = { 0 };
	struct xgb_rows rows = rows_of(t, N);
	struct xgb_plan plan = full_plan(2);
	struct err e = { 0 };
	static float out[2][N];
	struct xgb *b = train(&plan, &rows), *loaded;
	save_of(b, &bytes);
	assert_int_equal(xgb_load(bytes.text, bytes.n, COLUMNS, NAN_F, 1, &loaded, &e), OK);
	save_of(loaded, &again);
	assert_int_equal(bytes.n, again.n);
	assert_memory_equal(bytes.text, again.text, bytes.n);
	predict(b, N, t->x, NULL, XGB_VALUE, out[0]);
	predict(loaded, N, t->x, NULL, XGB_VALUE, out[1]);
	assert_memory_equal(out[0], out[1], sizeof out[0]);
	/* A few rows at a time are the same as all at once. */
	for (size_t i = 0; i < N; i += 77)
		predict(loaded, N - i < 77 ? N - i : 77, t->x + i * COLUMNS, NULL, XGB_VALUE, out[1] + i);
	assert_memory_equal(out[0], out[1], sizeof out[0]);
	xgb_free(b);
	xgb_free(loaded);
	buf_release(&bytes);
	buf_release(&again);
	free(t);
}

/* Quantiles of a label that is uniform in [0, 10 (1 + x0)): as many lie below as they say, overall and
 * where the label is wide. */
static void pinball_coverage(void **state)
{
	(void)state;
	static const double level[] = { .1, .5, .9 };
	static float out[N];
	struct table *t = make_table();
	struct xgb_rows rows = rows_of(t, N);
	for (int i = 0; i < N; i++)
		t->label[i] = (float)(10 * (1 + (double)t->x[i * COLUMNS]) * fixture_noise(20, (uint64_t)i));
	for (int l = 0; l < 3; l++) {
		struct xgb_plan plan = plain;
		int below = 0, wide = 0, wide_below = 0;
		plan.objective = XGB_PINBALL;
		plan.quantile = level[l];
		plan.base = 7.5;
		plan.rounds = 100;
		plan.depth = 3;
		plan.eta = .1;
		struct xgb *b = train(&plan, &rows);
		predict(b, N, t->x, NULL, XGB_VALUE, out);
		for (int i = 0; i < N; i++) {
			int is_wide = t->x[i * COLUMNS] > .75f, is_below = t->label[i] <= out[i];
			below += is_below;
			wide += is_wide;
			wide_below += is_wide && is_below;
		}
		unit_near((double)below / N, level[l], .03);
		unit_near((double)wide_below / wide, level[l], .05);
		xgb_free(b);
	}
	free(t);
}

static int stop_at_three(void *context, int done)
{
	(void)context;
	return done == 3;
}

/* What is wrong is said in a sentence, and training can be stopped. */
static void errors(void **state)
{
	(void)state;
	struct table *t = make_table();
	struct xgb_rows rows = rows_of(t, 100);
	struct xgb_plan plan = full_plan(1);
	struct err e = { 0 };
	struct xgb *b;
	plan.subsample = 7;
	assert_int_equal(xgb_train(&plan, &rows, &b, &e), E_FIT);
	assert_non_null(strstr(e.text, "subsample"));
	assert_null(strchr(e.text, '\n'));
	assert_null(b);
	plan = full_plan(1);
	plan.round = stop_at_three;
	assert_int_equal(xgb_train(&plan, &rows, &b, &e), E_STOPPED);
	free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stump_by_hand), cmocka_unit_test(tweedie_by_hand),
		cmocka_unit_test(gradients),     cmocka_unit_test(monotone),
		cmocka_unit_test(contributions), cmocka_unit_test(same_bytes_at_any_jobs),
		cmocka_unit_test(save_and_load), cmocka_unit_test(pinball_coverage),
		cmocka_unit_test(errors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
int main(void)
{
	return unit_skip("built without XGBoost");
}
#endif
