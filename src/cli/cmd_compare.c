/* forecast compare: is one better than the other, and what does each step add. */
#include "config.h"
#include "cli/command.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "base/process.h"
#include "cli/stairs.h"
#include "life/backtest_run.h"
#include "life/compare_run.h"

/* ---- two runs ---- */

static const struct column slice_columns[] = {
	{ .name = "part", .type = COLUMN_SECTION },
	{ .name = "member", .title = "", .type = COLUMN_TEXT, .width = 24 },
	{ .name = "first", .type = COLUMN_NUMBER, .digits = 4 },
	{ .name = "second", .type = COLUMN_NUMBER, .digits = 4 },
	{ .name = "gain", .type = COLUMN_PERCENT },
	{ .name = "cases", .type = COLUMN_INT },
	{ 0 }
};

static struct table *slice_table(const struct compare_result *r)
{
	struct table *t = table_new(slice_columns);
	for (int k = 0; k < r->n_slice; k++) {
		const struct compare_slice *s = &r->slice[k];
		if (!s->cases)
			continue;
		table_text(t, s->part);
		table_text(t, s->member);
		table_number(t, s->value[0]);
		table_number(t, s->value[1]);
		table_mark(t, s->gain > 0 ? MARK_GOOD : s->gain < 0 ? MARK_BAD : MARK_NONE);
		table_number(t, s->gain);
		table_int(t, s->cases);
	}
	return t;
}

static const char *verdict_of(const struct compare_result *r)
{
	static const char *const say[] = { "better", "worse", "no difference proven", "too few origins" };
	return say[r->verdict];
}

static void write_people(const struct compare_result *r, struct buf *out)
{
	buf_addf(out, "first:  %s of run %s: %s %.5g\n", r->spec[0], r->run[0].id, r->objective, r->value[0]);
	buf_addf(out, "second: %s of run %s: %s %.5g\n\n", r->spec[1], r->run[1].id, r->objective, r->value[1]);
	buf_addf(out, "%d origins: the first's loss is %.2f %% %s (90 %% interval of the gain %.2f to %.2f %%)\n",
		 r->n_origin, 100 * fabs(r->effect), r->effect < 0 ? "more" : "less", 100 * r->low, 100 * r->high);
	if (!isnan(r->test.p_one))
		buf_addf(out, "fixed-b Diebold-Mariano: t = %.3f with %d degrees, one-sided p %.4f\n",
			 r->test.statistic, r->test.freedom, r->test.p_one);
	buf_addf(out, "verdict: %s", verdict_of(r));
	if (r->verdict == COMPARE_FEW)
		buf_addf(out, ": a claim takes %d", COMPARE_ORIGINS);
	buf_adds(out, "\n\nSlices are shown, not tested:\n");
}

static void write_json(const struct compare_result *r, struct table *slices, struct buf *out)
{
	struct json j = { .out = out };
	json_open(&j, '{');
	json_key(&j, "objective");
	json_text(&j, r->objective);
	for (int k = 0; k < 2; k++) {
		json_key(&j, k ? "second" : "first");
		json_open(&j, '{');
		json_key(&j, "run");
		json_text(&j, r->run[k].id);
		json_key(&j, "spec");
		json_text(&j, r->spec[k]);
		json_key(&j, "value");
		json_number(&j, r->value[k]);
		json_close(&j);
	}
	const struct {
		const char *key;
		double value;
	} number[] = { { "effect", r->effect }, { "low", r->low }, { "high", r->high },
		       { "statistic", r->test.statistic }, { "p", r->test.p_one }, { "p_two", r->test.p_two } };
	json_key(&j, "origins");
	json_int(&j, r->n_origin);
	for (size_t k = 0; k < sizeof number / sizeof *number; k++) {
		json_key(&j, number[k].key);
		json_number(&j, number[k].value);
	}
	json_key(&j, "verdict");
	json_text(&j, verdict_of(r));
	json_key(&j, "slices");
	table_json(slices, &j);
	json_close(&j);
	buf_addc(out, '\n');
}

static enum status two_runs(struct call *c, struct db *db, struct err *e)
{
	struct compare_result *r = ARENA_ARRAY(c->arena, struct compare_result, 1);
	struct compare_request q = { .objective = call_option(c, "objective") };
	struct text_style style = text_style_of(call_on_terminal(c));
	const char *fail = call_option(c, "fail-on");
	if (c->n_word < 1 || c->n_word > 2)
		return err_set(e, E_USAGE, "compare wants RUN1 [RUN2], or --fva");
	q.name[0] = c->word[0];
	q.name[1] = c->n_word > 1 ? c->word[1] : NULL;
	enum status status = compare_run(db, &q, c->arena, r, e);
	if (status)
		return status;
	struct table *t = slice_table(r);
	if (call_format(c) == FORMAT_TABLE)
		write_people(r, c->out);
	if (call_format(c) == FORMAT_JSON)
		write_json(r, t, c->out);
	else
		table_write(t, call_format(c), &style, c->out);
	table_free(t);
	if (fail && ((!strcmp(fail, "worse") && r->verdict == COMPARE_WORSE)
		     || (!strcmp(fail, "unproven") && r->verdict != COMPARE_BETTER)))
		c->exit_code = 1;
	return OK;
}

/* ---- the stairs ---- */

static double value_in(const struct backtest_result *r, const char *spec, const char *metric)
{
	const struct score *s = backtest_find(r, spec, "all", "", metric);
	return s ? s->value : (double)NAN;
}

/* The gain of the last step over the first by origin, with its interval. */
static void gain_interval(const struct backtest_result *r, double *point, double *low, double *high)
{
	double *d = NEW_ARRAY(double, r->windows + 1), base = 0;
	const char *last = r->spec[r->n_spec - 1];
	int n = 0;
	for (int k = r->begin[0]; k < r->begin[1]; k++) {
		const struct score *s = &r->score[k];
		if (strcmp(s->part, "window") || strcmp(s->metric, "wape") || isnan(s->value))
			continue;
		const struct score *other = backtest_find(r, last, "window", s->member, "wape");
		if (n < r->windows && other && !isnan(other->value)) {
			d[n++] = s->value - other->value;
			base += s->value;
		}
	}
	*point = *low = *high = (double)NAN;
	if (n) {
		struct fixed_b f;
		fixed_b_test(d, n, &f);
		base /= n;
		origins_bootstrap(d, n, (r->horizon + r->step - 1) / r->step, 2000, .9, 1, low, high);
		*point = f.mean / base;
		*low /= base;
		*high /= base;
	}
	free(d);
}

static enum status stairs_of_backtest(struct call *c, struct db *db, const char *const *spec, int n,
				      struct err *e)
{
	struct backtest_result r;
	const char *windows = call_option(c, "windows"), *refit = call_option(c, "refit");
	struct backtest_request q = { .windows = windows ? (int)option_number(windows) : 8,
				      .refit = refit ? (int)option_number(refit) : 4, .n_spec = n, .spec = spec,
				      .as_of = DAY_NONE, .costs = 1, .jobs = call_jobs(c) };
	struct stair *s = ARENA_ARRAY(c->arena, struct stair, n + 1);
	double point, low, high;
	enum status status = backtest_run(db, c->config, &q, c->arena, &r, e);
	if (status)
		return status;
	for (int k = 0; k < n; k++)
		s[k] = (struct stair){ spec[k], value_in(&r, spec[k], "wape"), value_in(&r, spec[k], "bias"),
				       value_in(&r, spec[k], "cost"), (double)NAN,
				       value_in(&r, spec[k], "coverage_80") };
	gain_interval(&r, &point, &low, &high);
	if (call_format(c) == FORMAT_JSON) {
		struct json j = { .out = c->out };
		json_open(&j, '{');
		json_key(&j, "run");
		json_text(&j, r.id);
		stairs_write(c, s, n, &j);
		json_key(&j, "fva_vs_snaive");
		json_open(&j, '{');
		json_key(&j, "point");
		json_number(&j, point);
		json_key(&j, "ci_low");
		json_number(&j, low);
		json_key(&j, "ci_high");
		json_number(&j, high);
		json_close(&j);
		json_close(&j);
		buf_addc(c->out, '\n');
		return OK;
	}
	if (call_format(c) == FORMAT_TABLE)
		buf_addf(c->out, "%d origins, run %s\n\n", r.windows, r.id);
	stairs_write(c, s, n, NULL);
	if (call_format(c) == FORMAT_TABLE)
		buf_addf(c->out, "\n%s against %s: %.1f %% less error (90 %% interval %.1f to %.1f %%)\n", spec[n - 1],
			 spec[0], 100 * point, 100 * low, 100 * high);
	return OK;
}

/* naive -> statistical -> the config's -> what somebody gave. */
static enum status stairs(struct call *c, struct db *db, struct err *e)
{
	const char *configured = config_text(c->config, "run.spec"), *given = call_option(c, "given");
	const char **spec = ARENA_ARRAY(c->arena, const char *, call_count(c, "spec") + 4);
	int n = 0;
	spec[n++] = "snaive";
	for (int k = 0; k < call_count(c, "spec"); k++)
		spec[n++] = call_option_at(c, "spec", k);
	if (n == 1) {
		spec[n++] = "ets";
		if (!configured || strcmp(configured, "ets"))
			spec[n++] = configured ? configured : "champion";
	}
	if (!given)
		return stairs_of_backtest(c, db, spec, n, e);
	struct judge_result *r = ARENA_ARRAY(c->arena, struct judge_result, 1);
	struct judge_request q = { .n_file = 1, .file = &given, .n_spec = n, .spec = spec, .jobs = call_jobs(c) };
	enum status status = judge_run(db, c->config, &q, c->arena, r, e);
	if (status)
		return status;
	if (call_format(c) == FORMAT_TABLE)
		buf_addf(c->out, "%lld cells, forecasts made on %d days\n\n", (long long)r->cells, r->n_made);
	if (call_format(c) != FORMAT_JSON) {
		stairs_write(c, stairs_of_judge(c, r), r->n_step, NULL);
		return OK;
	}
	struct json j = { .out = c->out };
	json_open(&j, '{');
	stairs_write(c, stairs_of_judge(c, r), r->n_step, &j);
	json_close(&j);
	buf_addc(c->out, '\n');
	return OK;
}

static enum status run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	int fva = call_flag(c, "fva");
	if (fva && c->n_word)
		return err_set(e, E_USAGE, "--fva makes its own runs: leave '%s' out", c->word[0]);
	process_catch_signals();
	enum status status = call_db(c, fva && !call_option(c, "given") ? DB_WRITE : DB_READ, &db, e);
	if (!status)
		status = fva ? stairs(c, db, e) : two_runs(c, db, e);
	db_close(db);
	return status;
}

static const struct option options[] = {
	{ .name = "objective", .type = OPTION_TEXT, .value = "METRIC", .preset = "rmsse",
	  .help = "the loss by origin: rmsse, wape, mase, wql, wrmsse, cost ..." },
	{ .name = "fail-on", .type = OPTION_CHOICE, .value = "worse|unproven", .choices = "worse|unproven",
	  .help = "exit 1 if the first is worse, or not proven better" },
	{ .name = "fva", .type = OPTION_FLAG,
	  .help = "instead: value added by each step, naive, statistical, the config's, given" },
	{ .name = "given", .type = OPTION_TEXT, .value = "FILE",
	  .help = "with --fva: forecasts that somebody made, as the last step" },
	{ .name = "spec", .type = OPTION_TEXT, .value = "SPEC", .several = 1,
	  .help = "with --fva: the steps after snaive [ets, then run.spec]" },
	{ .name = "windows", .type = OPTION_INT, .value = "N", .preset = "8", .min = 1, .max = 1000,
	  .help = "with --fva: origins that are replayed" },
	{ .name = "refit", .type = OPTION_INT, .value = "K", .preset = "4", .min = 1, .max = 1000,
	  .help = "with --fva: fit anew at every K-th origin" },
	{ 0 }
};

static const char *const examples[] = {
	"forecast compare 12:champion 12:ets", "# two specs of one backtest",
	"forecast compare 14 12 --objective cost --fail-on worse", "# two backtests, for a script",
	"forecast compare --fva --given planner.csv", "# what does the planner add", NULL
};

extern const struct command cmd_compare;
const struct command cmd_compare = {
	.name = "compare",
	.summary = "is one better than the other; what does each step add",
	.words = "[RUN1[:SPEC] [RUN2[:SPEC]]]",
	.about = "Two backtests, or two specs of one: the loss is summed over all series at each origin and\n"
		 "tested by fixed-b Diebold-Mariano; the interval is of blocks of origins. A claim takes 26\n"
		 "origins, half a per cent and p below .025. Runs on other data, origins, steps or cells are\n"
		 "refused (exit 2). Without SPEC: the best of the run. The values added by the steps of --fva\n"
		 "sum to the difference of the last and the first.",
	.options = options,
	.examples = examples,
	.run = run,
	.trains = 1,
};
