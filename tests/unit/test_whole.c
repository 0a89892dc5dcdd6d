/*
 * Specs that learn across series, from end to end on a db: fitted once over the whole panel, written in
 * the same chunks, answered for a store with the night's numbers, taken up part by part after a death,
 * and the same as of a past day as in a backtest's window. The method is a test double: weekday means of
 * the whole chain, shared out by each series' own mean; it counts how often its parts are fitted.
 */
#include "config.h"
#include "unit.h"

#include <math.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/file.h"
#include "eval/backtest.h"
#include "io/ingest.h"
#include "life/nodes.h"
#include "life/run.h"

#define DB "test_whole.db"
#define SALES "test_whole.csv"
#define SEASON 7

/* ---- the double ---- */

struct pool {
	double part[2]; /* mean of all units; mean without the first third */
};

static int fitted[2], predicted, die_after = -1;

/* Mean of what was sold by all series, of periods from a third of the past on where `late`. */
static double pool_mean(const struct panel *past, int late)
{
	double sum = 0, n = 0;
	for (int i = 0; i < past->n; i++) {
		struct series s = panel_series(past, i);
		for (int t = late ? s.n / 3 : 0; t < s.n; t++)
			if (series_usable(&s, t)) {
				sum += s.units[t];
				n++;
			}
	}
	return n > 0 ? sum / n : 0;
}

static enum status pool_fit(const struct spec *spec, const struct panel *past,
			    const struct fit_context *context, struct arena *a, void **model, struct err *e)
{
	struct pool *m = ARENA_ARRAY(a, struct pool, 1);
	(void)spec;
	(void)e;
	for (int k = 0; k < 2; k++) {
		const struct fit_cache *c = context->cache;
		const char *name = k ? "late mean" : "mean";
		struct buf blob = { 0 };
		if (c && c->get(c->context, name, &blob)) {
			memcpy(&m->part[k], blob.text, sizeof m->part[k]);
		} else {
			m->part[k] = pool_mean(past, k);
			fitted[k]++;
			buf_add(&blob, &m->part[k], sizeof m->part[k]);
			if (c)
				c->put(c->context, name, &blob);
			if (die_after == k)
				_exit(9);
		}
		buf_release(&blob);
	}
	*model = m;
	return OK;
}

static enum status pool_predict(const void *model, const struct panel *past,
				const struct fit_context *context, struct arena *a, struct forecast *out,
				struct err *e)
{
	const struct pool *m = model;
	(void)context;
	(void)a;
	(void)e;
	predicted++;
	for (int i = 0; i < past->n; i++) {
		struct forecast one = forecast_at(out, i);
		struct series s = panel_series(past, i);
		double own = 0;
		for (int t = 0; t < s.n; t++)
			own += series_usable(&s, t) ? s.units[t] / s.n : 0;
		for (int h = 0; h < one.n_step; h++) {
			one.mean[h] = (own + m->part[0] + m->part[1]) / 3 + h * .125;
			for (int l = 0; l < one.n_level; l++)
				one.quantile[h * one.n_level + l] = one.mean[h] * (.5 + one.level[l]);
		}
		one.used->method = "pool";
	}
	return OK;
}

static enum status pool_save(const void *model, struct buf *out, struct err *e)
{
	(void)e;
	buf_add(out, model, sizeof(struct pool));
	return OK;
}

static enum status pool_load(const struct spec *spec, const unsigned char *blob, size_t n, struct arena *a,
			     void **model, struct err *e)
{
	(void)spec;
	if (n != sizeof(struct pool))
		return err_set(e, E_INPUT, "no pool");
	*model = ARENA_ARRAY(a, struct pool, 1);
	memcpy(*model, blob, n);
	return OK;
}

static enum status pool_nodes(const void *model, const struct panel *past, const struct fit_context *context,
			      const struct tier *tier, struct arena *a, struct forecast *node, struct err *e)
{
	(void)model;
	(void)past;
	(void)context;
	(void)a;
	if (!strcmp(tier->name, "item"))
		return err_set(e, E_FIT, "not of items");
	for (size_t k = 0; k < (size_t)node->n * (size_t)node->n_step; k++)
		for (int l = 0; l < node->n_level; l++)
			node->quantile[k * (size_t)node->n_level + (size_t)l] = node->mean[k] * (.9 + .2 * node->level[l]);
	return OK;
}

static const struct method pool = { .name = "pool", .summary = "a test double", .fit = pool_fit,
				    .predict = pool_predict, .save = pool_save, .load = pool_load,
				    .nodes = pool_nodes, .whole = 1 };
static const struct spec pool_spec = { .method = &pool };
static const struct spec *const inside[] = { &pool_spec };

/* ---- a db ---- */

static const int n_item[] = { 900, 600, 700 };
#define N_SERIES 2200

struct shop {
	struct db *db;
	struct config *config;
	struct arena arena;
	struct spec closed;
};

static void write_sales(int items_share, int n_period, int days)
{
	struct err e = { 0 };
	struct buf b = { 0 };
	char date[DAY_TEXT_MAX];
	day_t first = day_from_ymd(2024, 1, 1);
	int months = days == 30;
	buf_adds(&b, "store,item,date,units\n");
	for (int t = 0; t < n_period; t++)
		for (int s = 0; s < 3; s++)
			for (int i = 0; i < n_item[s] / items_share; i++)
				buf_addf(&b, "S%d,I%04d,%s,%d\n", s, i,
					 day_format(months ? day_from_ymd(2020 + t / 12, t % 12 + 1, 1)
							   : first + t * days, date),
					 (i * 7 + t * (s + 1) + (t % SEASON) * 3) % 11);
	assert_int_equal(file_write(SALES, b.text, b.n, &e), OK);
	buf_release(&b);
}

static void drop(void)
{
	unlink(DB);
	unlink(DB "-wal");
	unlink(DB "-shm");
}

static void open_shop(struct shop *s)
{
	struct err e = { 0 };
	memset(s, 0, sizeof *s);
	s->closed = (struct spec){ .method = method_find("fallback"), .n_part = 1, .part = inside };
	assert_int_equal(config_read(&s->config, NULL, &e), OK);
	if (db_open(&s->db, DB, DB_CREATE, &e))
		fail_msg("%s", e.text);
	fitted[0] = fitted[1] = predicted = 0;
}

static void close_shop(struct shop *s)
{
	db_close(s->db);
	config_free(s->config);
	arena_release(&s->arena);
}

/* A new db: 2,200 series divided by items_share, a row every so many days (30: of each month). */
static void make_shop(struct shop *s, int items_share, int n_period, int days)
{
	struct err e = { 0 };
	struct ingest_result result;
	const struct ingest_options options = { .known = DAY_NONE, .reject_share = .5, .gaps = "missing" };
	const char *const path[] = { SALES };
	int done;
	drop();
	write_sales(items_share, n_period, days);
	open_shop(s);
	if (ingest_files(s->db, &options, 1, path, &s->arena, &result, &done, &e))
		fail_msg("%s", e.text);
	unlink(SALES);
}

static struct run_plan plan_of(struct shop *s, const char *kind, day_t as_of, int jobs)
{
	struct err e = { 0 };
	struct run_plan plan;
	struct buf text = { 0 };
	if (run_plan(&plan, s->db, s->config, kind, as_of, "fallback(snaive)", jobs, &s->arena, &e))
		fail_msg("%s", e.text);
	plan.spec = &s->closed;
	spec_write(plan.spec, &text);
	plan.spec_text = arena_strdup(&s->arena, text.text);
	buf_release(&text);
	/* run_plan looked for a champion of the other spec; this one's is looked for as it does. */
	struct model_row row;
	if (!db_model_find(s->db, "champion", &s->arena, &row, &e) && !strcmp(row.spec, plan.spec_text)
	    && row.as_of <= plan.as_of) {
		plan.model = row.version;
		plan.model_hash = row.hash;
	}
	assert_int_equal(run_name(&plan, &s->arena, &e), OK);
	return plan;
}

static struct run_row run_all(struct shop *s, const struct run_plan *plan)
{
	struct err e = { 0 };
	struct run_result result;
	struct run_row row;
	if (run_execute(plan, &result, &e) || run_publish(plan, &result, &e))
		fail_msg("%s", e.text);
	assert_int_equal(db_run_find(s->db, plan->id, &s->arena, &row, &e), OK);
	return row;
}

/* ---- reading ---- */

struct seen {
	int n, steps;
	double mean[N_SERIES * 28];
};

static enum status see(void *context, const struct catalog_series *series, const struct forecast *one,
		       struct err *e)
{
	struct seen *seen = context;
	(void)series;
	(void)e;
	assert_string_equal(one->used->method, "pool");
	for (int h = 0; h < one->n_step; h++)
		seen->mean[seen->steps++] = one->mean[h];
	seen->n++;
	return OK;
}

static void a_run_fits_once(void **state)
{
	struct shop s;
	struct err e = { 0 };
	struct seen *night = calloc(1, sizeof *night), *asked = calloc(1, sizeof *asked);
	struct run_answer held = { 0 };
	struct run_row kept;
	int chunks, found;
	(void)state;
	make_shop(&s, 1, 40, 1);
	struct run_plan plan = plan_of(&s, "run", DAY_NONE, 1);
	assert_true(spec_is_whole(plan.spec));
	struct run_row row = run_all(&s, &plan);
	assert_int_equal(fitted[0], 1);
	assert_int_equal(predicted, 1);
	assert_int_equal(row.series, N_SERIES);
	assert_int_equal(row.done, N_SERIES);
	assert_int_equal(db_forecast_chunks(s.db, row.seq, &chunks, &e), OK);
	assert_int_equal(chunks, 3); /* of 1,000 series, whatever the stores */
	assert_int_equal(db_forecast_read(s.db, &row, "S1", NULL, see, night, &e), OK);
	assert_int_equal(night->n, 600);

	/* A store asked for by itself: all is made once, for any number of questions. */
	struct run_plan again = plan_of(&s, "answer", DAY_NONE, 2);
	assert_int_equal(run_store(&again, &held, "S1", NULL, see, asked, &e), OK);
	assert_int_equal(run_store(&again, &held, "S2", "I0003", see, asked, &e), OK);
	assert_int_equal(run_store(&again, &held, "S1", "I0003", see, asked, &e), OK);
	assert_int_equal(fitted[0], 2);
	assert_int_equal(asked->n, 602);
	assert_memory_equal(asked->mean, night->mean, 600 * 28 * sizeof(double));
	assert_int_equal(run_kept(&again, &s.arena, &kept, &found, &e), OK);
	assert_true(found);
	assert_int_equal(kept.seq, row.seq);
	run_answer_release(&held);
	close_shop(&s);
	free(night);
	free(asked);
}

static void nodes_add_up(void **state)
{
	struct shop s;
	struct err e = { 0 };
	struct coherence *c;
	int n;
	(void)state;
	make_shop(&s, 100, 40, 1);
	assert_int_equal(config_set(s.config, "hierarchy.tiers", "total, store, item", &e), OK);
	struct run_plan plan = plan_of(&s, "run", DAY_NONE, 1);
	struct run_row row = run_all(&s, &plan);
	assert_int_equal(nodes_check(s.db, &row, &s.arena, &c, &n, &e), OK);
	assert_int_equal(n, 4);
	for (int k = 0; k < n; k++)
		assert_true(nodes_coherent(&c[k]));
	assert_string_equal(c[0].tier, "series");
	assert_int_equal(c[0].nodes, 22);
	assert_string_equal(c[1].tier, "item");
	assert_int_equal(c[1].nodes, 9);
	assert_int_equal(c[2].nodes, 3);
	assert_int_equal(c[3].nodes, 1);
	close_shop(&s);
}

static enum status see_node(void *context, const char *tier, const char *node, const struct forecast *one,
			    int known, struct err *e)
{
	double *out = context;
	(void)node;
	(void)e;
	assert_int_equal(known, strcmp(tier, "item") != 0);
	out[0] += one->mean[0];
	out[1] += one->quantile[0];
	return OK;
}

static void nodes_have_quantiles_where_they_are_known(void **state)
{
	struct shop s;
	struct err e = { 0 };
	int n;
	double total[2] = { 0 }, item[2] = { 0 };
	(void)state;
	open_shop(&s);
	struct run_row row;
	assert_int_equal(db_run_published(s.db, &s.arena, &row, &e), OK);
	assert_int_equal(db_node_read(s.db, &row, "total", see_node, total, &n, &e), OK);
	assert_int_equal(n, 1);
	unit_near(total[1], total[0] * .91, 1e-9); /* the double's 5 % quantile */
	assert_int_equal(db_node_read(s.db, &row, "item", see_node, item, &n, &e), OK);
	assert_int_equal(n, 9);
	unit_near(item[0], total[0], 1e-9);
	close_shop(&s);
}

/* ---- training ---- */

static struct model_row train(struct shop *s, int jobs, int *parts_found)
{
	struct err e = { 0 };
	struct train_result result = { 0 };
	struct model_row row;
	struct run_plan plan = plan_of(s, "train", DAY_NONE, jobs);
	if (run_train(&plan, "champion", &result, &e))
		fail_msg("%s", e.text);
	assert_int_equal(db_model_find(s->db, "champion", &s->arena, &row, &e), OK);
	*parts_found = result.parts_found;
	return row;
}

/* Trains in a process of its own that dies after its first part. */
static void train_and_die(int after)
{
	int status;
	pid_t child = fork();
	if (!child) {
		struct shop s;
		int found;
		open_shop(&s);
		die_after = after;
		train(&s, 1, &found);
		_exit(0);
	}
	assert_true(child > 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 9);
}

static void a_training_goes_on_where_it_died(void **state)
{
	struct shop s;
	int found;
	(void)state;
	make_shop(&s, 10, 40, 1);
	struct model_row whole = train(&s, 1, &found);
	assert_int_equal(found, 0);
	assert_int_equal(whole.series, 220);
	assert_int_equal(whole.bytes, 16);
	char hash[SHA256_HEX_SIZE];
	memcpy(hash, whole.hash, sizeof hash);
	close_shop(&s);

	for (int after = 0; after < 2; after++) {
		make_shop(&s, 10, 40, 1);
		close_shop(&s);
		train_and_die(after);
		open_shop(&s);
		struct model_row resumed = train(&s, 2, &found);
		assert_int_equal(found, after + 1);
		assert_int_equal(fitted[0], 0);
		assert_int_equal(fitted[1], after == 0);
		assert_string_equal(resumed.hash, hash);
		/* Parts are forgotten with the version: the next training fits, and comes to the same. */
		struct model_row again = train(&s, 1, &found);
		assert_int_equal(found, 0);
		assert_int_equal(again.version, resumed.version);
		close_shop(&s);
	}
}

static void a_champion_is_loaded_not_fitted(void **state)
{
	struct shop s;
	int found;
	(void)state;
	make_shop(&s, 10, 40, 1);
	train(&s, 1, &found);
	int before = fitted[0];
	struct run_plan plan = plan_of(&s, "run", DAY_NONE, 1);
	assert_true(plan.model > 0);
	struct run_row row = run_all(&s, &plan);
	assert_int_equal(row.fallbacks, 0);
	assert_int_equal(fitted[0], before);
	close_shop(&s);
}

/* ---- the past ---- */

static void as_of_is_the_window_of_a_backtest(void **state)
{
	struct shop s;
	struct err e = { 0 };
	(void)state;
	make_shop(&s, 10, 60, 1);
	day_t origin = day_from_ymd(2024, 1, 1) + 31;
	assert_int_equal(config_set(s.config, "run.horizon", "14", &e), OK);
	struct run_plan now = plan_of(&s, "run", DAY_NONE, 1), then = plan_of(&s, "run", origin, 1);
	struct run_row row = run_all(&s, &then);
	double *mean = ARENA_ARRAY(&s.arena, double, 220 * 14);
	struct catalog_series *catalog;
	struct panel_owner owner = { 0 };
	struct panel_request request = run_panel_request(&now, NULL);
	int n;
	assert_int_equal(db_series(s.db, NULL, &s.arena, &catalog, &n, &e), OK);
	assert_int_equal(n, 220);
	assert_int_equal(db_forecast_means(s.db, &row, catalog, n, mean, &e), OK);
	assert_int_equal(db_panel(s.db, &request, &owner, &e), OK);
	double off = 0;
	for (int i = 0; i < n; i++) {
		struct series one = panel_series(&owner.panel, i);
		for (int h = 0; h < 14; h++)
			off += fabs(mean[i * 14 + h] - one.units[origin + 1 + h - one.first]) / (220 * 14);
	}

	/* The same origin in a backtest, of all series and of one store shown the whole panel. */
	const struct spec *const spec[] = { &s.closed };
	const char *const name[] = { "pool" };
	struct backtest_setup setup = { .n_spec = 1, .spec = spec, .name = name, .calendar = now.calendar,
					.windows = 1, .step = 7, .horizon = 14, .last = origin,
					.first = owner.panel.first[0], .n_level = now.n_level,
					.level = now.level, .context = run_fit_context(&now) };
	for (int part = 0; part < 2; part++) {
		const struct score *score;
		int n_score, found = 0, from = part ? 90 : 0, to = part ? 150 : 220;
		struct panel slice = panel_slice(&owner.panel, from, to);
		int32_t leaf[220];
		for (int i = 0; i < 220; i++)
			leaf[i] = -1;
		const struct backtest_block block = { .panel = &slice, .leaf = leaf, .all = &owner.panel,
						      .at = from };
		struct backtest *b = backtest_new(&setup);
		assert_int_equal(backtest_block(b, &block, &e), OK);
		n_score = backtest_scores(b, &s.arena, &score);
		double expected = off;
		if (part) {
			expected = 0;
			for (int i = from; i < to; i++) {
				struct series one = panel_series(&owner.panel, i);
				for (int h = 0; h < 14; h++)
					expected += fabs(mean[i * 14 + h] - one.units[origin + 1 + h - one.first])
						/ ((to - from) * 14);
			}
		}
		for (int k = 0; k < n_score; k++)
			if (!strcmp(score[k].part, "all") && !strcmp(score[k].metric, "mae")) {
				unit_near(score[k].value, expected, 1e-12);
				assert_int_equal(score[k].cases, (to - from) * 14);
				found++;
			}
		assert_int_equal(found, 1);
		backtest_free(b);
	}
	panel_release(&owner);
	close_shop(&s);
}

static void weeks_and_months_too(void **state)
{
	(void)state;
	static const int days[] = { 1, 7, 30 }, horizon[] = { 28, 13, 12 };
	static const enum period_kind kind[] = { PERIOD_DAY, PERIOD_WEEK, PERIOD_MONTH };
	for (int k = 0; k < 3; k++) {
		struct shop s;
		int found;
		make_shop(&s, 50, 40, days[k]);
		struct run_plan plan = plan_of(&s, "run", DAY_NONE, 1);
		assert_int_equal(plan.calendar.kind, kind[k]);
		struct run_row row = run_all(&s, &plan);
		assert_int_equal(row.done, 44);
		assert_int_equal(row.horizon, horizon[k]);
		assert_int_equal(fitted[0], 1);
		train(&s, 1, &found);
		close_shop(&s);
	}
}

#ifdef WITH_FAILPOINTS
static void a_killed_run_is_taken_up(void **state)
{
	struct shop s;
	struct err e = { 0 };
	int status, chunks;
	char hash[SHA256_HEX_SIZE];
	(void)state;
	make_shop(&s, 1, 20, 1);
	struct run_plan plan = plan_of(&s, "run", DAY_NONE, 1);
	memcpy(hash, run_all(&s, &plan).published_hash, sizeof hash);
	close_shop(&s);
	make_shop(&s, 1, 20, 1);
	close_shop(&s);
	pid_t child = fork();
	if (!child) {
		setenv("FORECAST_FAILPOINT", "chunk.committed:2", 1);
		open_shop(&s);
		plan = plan_of(&s, "run", DAY_NONE, 1);
		run_all(&s, &plan);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
	open_shop(&s);
	plan = plan_of(&s, "run", DAY_NONE, 2);
	assert_int_equal(db_forecast_chunks(s.db, 1, &chunks, &e), OK);
	assert_int_equal(chunks, 2);
	struct run_row row = run_all(&s, &plan);
	assert_int_equal(row.seq, 1);
	assert_int_equal(row.done, N_SERIES);
	assert_string_equal(row.published_hash, hash);
	close_shop(&s);
}
#endif

static int clean(void **state)
{
	(void)state;
	drop();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_fits_once),
		cmocka_unit_test(nodes_add_up),
		cmocka_unit_test(nodes_have_quantiles_where_they_are_known),
		cmocka_unit_test(a_training_goes_on_where_it_died),
		cmocka_unit_test(a_champion_is_loaded_not_fitted),
		cmocka_unit_test(as_of_is_the_window_of_a_backtest),
		cmocka_unit_test(weeks_and_months_too),
#ifdef WITH_FAILPOINTS
		cmocka_unit_test(a_killed_run_is_taken_up),
#endif
	};
	return cmocka_run_group_tests(tests, NULL, clean);
}
