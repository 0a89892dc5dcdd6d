/*
 * forecast explore features: the columns that methods see which learn across series, their values for
 * one series, and what each family is worth by backtests without it.
 */
#include "config.h"
#include "cli/command.h"

#include <math.h>
#include <string.h>
#include "base/log.h"
#include "base/process.h"
#include "cli/scope.h"
#include "feature/feature.h"
#include "io/db_panel.h"
#include "life/backtest_run.h"

#define FAMILY_MAX 32
#define METRIC "rmsse"

static int int_option(const struct call *c, const char *name, int otherwise)
{
	const char *text = call_option(c, name);
	return text ? (int)option_number(text) : otherwise;
}

static const char *known_name(enum feature_known known)
{
	return known == KNOWN_AT_ORIGIN ? "origin" : known == KNOWN_AHEAD ? "ahead" : "always";
}

/* The panel as a run at --as-of would read it, and the columns over it. */
struct view {
	struct panel_owner owner;
	struct feature_set *set;
	const struct feature *feature; /* [n] */
	int n;
};

static void view_release(struct view *v)
{
	feature_set_free(v->set);
	panel_release(&v->owner);
}

static enum status view_open(struct call *c, struct db *db, struct view *v, struct err *e)
{
	struct run_plan plan = { .db = db, .config = c->config, .jobs = call_jobs(c) };
	int known;
	*v = (struct view){ 0 };
	enum status status = db_calendar(db, &plan.calendar, &known, e);
	if (!status)
		status = scope_as_of(c, &plan.calendar, &plan.as_of, e);
	if (status)
		return status;
	plan.as_of_given = plan.as_of != DAY_NONE;
	struct panel_request request = run_panel_request(&plan, NULL);
	status = db_panel(db, &request, &v->owner, e);
	if (status)
		return status;
	struct fit_context context = run_fit_context(&plan);
	struct feature_options options = {
		.season = context.season ? context.season : period_season(&plan.calendar),
		.cycle = context.season || context.cycle > 0 ? context.cycle : period_cycle(&plan.calendar),
		.uncensor = 1 };
	v->set = feature_set_new(&v->owner.panel, &options, plan.jobs);
	v->n = feature_list(v->set, &v->feature);
	return OK;
}

static const struct column columns[] = {
	{ .name = "family", .type = COLUMN_TEXT },
	{ .name = "feature", .type = COLUMN_TEXT },
	{ .name = "known", .type = COLUMN_TEXT },
	{ .name = "owner", .type = COLUMN_TEXT },
	{ .name = "value", .type = COLUMN_NUMBER, .digits = 3 },
	{ .name = "assumed", .type = COLUMN_FLAG },
	{ .name = "version", .type = COLUMN_INT, .hidden = 1 },
	{ .name = "cost", .unit = "ns", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "summary", .type = COLUMN_WRAP },
	{ 0 },
};

/* One row a column; `value` NULL: of no series. */
static void write_table(struct call *c, const struct view *v, const float *value, int i, period_t origin,
			int step)
{
	/* Without a series there is nothing to say of values. */
	struct column shown[sizeof columns / sizeof *columns];
	memcpy(shown, columns, sizeof columns);
	shown[4].hidden = shown[5].hidden = !value;
	shown[7].hidden = shown[8].hidden = value != NULL;
	struct text_style style = text_style_of(call_on_terminal(c));
	struct table *t = table_new(shown);
	for (int k = 0; k < v->n; k++) {
		const struct feature *f = &v->feature[k];
		table_text(t, f->family);
		table_text(t, f->name);
		table_text(t, known_name(f->known));
		table_text(t, f->owner);
		if (value) {
			table_number(t, (double)value[k]);
			table_flag(t, feature_assumed_by(v->set, k, i, origin, step));
		} else {
			table_none(t);
			table_none(t);
		}
		table_int(t, f->version);
		table_number(t, f->cost);
		table_text(t, f->summary);
	}
	table_write(t, call_format(c), &style, c->out);
	table_free(t);
}

/* The series that STORE/ITEM names; either name may have a slash in it. */
static enum status find_series(struct call *c, struct db *db, const struct panel *p, const char *name,
			       int *out, struct err *e)
{
	*out = -1;
	const char *cut = strchr(name, '/');
	if (!cut)
		return err_set(e, E_USAGE, "'%s' is no series: say STORE/ITEM", name);
	for (const char *at = cut; at && *out < 0; at = strchr(at + 1, '/')) {
		char *store = arena_strdup(c->arena, name);
		store[at - name] = '\0';
		*out = panel_find(p, store, at + 1);
	}
	if (*out >= 0)
		return OK;
	char *store = arena_strdup(c->arena, name);
	store[cut - name] = '\0';
	enum status status = scope_store(c, db, store, e);
	if (!status)
		status = scope_item(c, db, store, cut + 1, e);
	return status ? status : err_set(e, E_NOTFOUND, "series '%s' had no sales by then", name);
}

static enum status show(struct call *c, struct db *db, struct err *e)
{
	struct view v;
	struct arena scratch = { 0 };
	char day[DAY_TEXT_MAX];
	int i, step = int_option(c, "step", 1);
	enum status status = view_open(c, db, &v, e);
	if (!status && !c->n_word) {
		write_table(c, &v, NULL, 0, 0, step);
	} else if (!status) {
		const struct panel *p = &v.owner.panel;
		status = find_series(c, db, p, c->word[0], &i, e);
		float *value = ARENA_ARRAY(c->arena, float, v.n + 1);
		if (!status) {
			feature_rows(v.set, i, p->until, 1, &step, value, &scratch);
			if (call_format(c) == FORMAT_TABLE)
				buf_addf(c->out, "%s, origin %s, step %d, level %.3g units\n\n", c->word[0],
					 period_format(&p->calendar, p->until, day), step,
					 feature_level(v.set, i, p->until));
			write_table(c, &v, value, i, p->until, step);
		}
	}
	view_release(&v);
	arena_release(&scratch);
	return status;
}

/* ---- what families are worth ---- */

static int list_families(const struct view *v, const char **family)
{
	int n = 0;
	for (int k = 0; k < v->n; k++) {
		int at = 0;
		while (at < n && strcmp(family[at], v->feature[k].family))
			at++;
		if (at == n && n < FAMILY_MAX)
			family[n++] = v->feature[k].family;
	}
	return n;
}

/* The spec with a family left out. */
static const char *spec_without(struct call *c, const char *spec, const char *family)
{
	struct buf text = { 0 };
	size_t n = strlen(spec);
	int open = n > 1 && spec[n - 1] == ')';
	buf_add(&text, spec, open ? n - 1 : n);
	buf_addf(&text, "%swithout=%s)", !open ? "(" : spec[n - 2] == '(' ? "" : ", ", family);
	const char *out = arena_strdup(c->arena, text.text);
	buf_release(&text);
	return out;
}

/* Losses of two specs in the same windows. */
struct paired {
	int n, better;          /* windows, and those in which the full spec is better */
	double with, without, difference, error; /* means; standard error of the difference's mean */
};

static struct paired pair_up(const struct backtest_result *r, const char *full, const char *less)
{
	struct paired out = { 0 };
	double square = 0;
	for (int k = 0; k < r->n_score; k++) {
		const struct score *s = &r->score[k];
		if (strcmp(s->method, full) || strcmp(s->part, "window") || strcmp(s->metric, METRIC))
			continue;
		const struct score *other = backtest_find(r, less, "window", s->member, METRIC);
		if (!other || isnan(s->value) || isnan(other->value))
			continue;
		double d = other->value - s->value;
		out.n++;
		out.better += d > 0;
		out.with += s->value;
		out.without += other->value;
		out.difference += d;
		square += d * d;
	}
	if (out.n) {
		out.with /= out.n;
		out.without /= out.n;
		out.difference /= out.n;
	}
	double variance = out.n > 1 ? (square - out.n * out.difference * out.difference) / (out.n - 1)
		: (double)NAN;
	out.error = variance > 0 ? sqrt(variance / out.n) : variance < 0 ? 0 : variance;
	return out;
}

static const struct column ablation_columns[] = {
	{ .name = "family", .type = COLUMN_TEXT },
	{ .name = "without", .title = "without", .unit = "RMSSE", .type = COLUMN_NUMBER, .digits = 4 },
	{ .name = "with", .title = "with", .unit = "RMSSE", .type = COLUMN_NUMBER, .digits = 4 },
	{ .name = "worth", .title = "worth", .type = COLUMN_PERCENT, .digits = 2 },
	{ .name = "error", .title = "se", .type = COLUMN_PERCENT, .digits = 2 },
	{ .name = "better", .type = COLUMN_INT },
	{ .name = "windows", .type = COLUMN_INT },
	{ 0 },
};

static void write_ablation(struct call *c, const struct backtest_result *r, const char *const *spec,
			   const char *const *family, int n)
{
	struct text_style style = text_style_of(call_on_terminal(c));
	struct table *t = table_new(ablation_columns);
	for (int k = 0; k < n; k++) {
		struct paired p = pair_up(r, spec[0], spec[k + 1]);
		double worth = p.n ? p.difference / p.with : (double)NAN;
		table_text(t, family[k]);
		table_number(t, p.n ? p.without : (double)NAN);
		table_number(t, p.n ? p.with : (double)NAN);
		table_mark(t, worth > 0 ? MARK_GOOD : worth < 0 ? MARK_BAD : MARK_NONE);
		table_number(t, worth);
		table_number(t, p.error / p.with);
		table_int(t, p.better);
		table_int(t, p.n);
	}
	table_write(t, call_format(c), &style, c->out);
	table_free(t);
	if (call_format(c) == FORMAT_TABLE)
		buf_addf(c->out, "\n%s, %d windows of %d steps: how much larger the loss is without the family;"
			 " se: of the mean over paired windows\n", spec[0], r->windows, r->horizon);
}

static enum status ablate(struct call *c, struct db *db, struct err *e)
{
	struct view v;
	struct backtest_result r;
	struct calendar calendar;
	const char *family[FAMILY_MAX], *spec[FAMILY_MAX + 1];
	int n = 0, known;
	spec[0] = call_option(c, "spec");
	if (!spec[0])
		spec[0] = method_find("boost") ? "boost" : "ridge";
	struct backtest_request q = { .windows = int_option(c, "windows", 4), .refit = 1, .spec = spec,
				      .jobs = call_jobs(c) };
	enum status status = view_open(c, db, &v, e);
	if (!status) {
		n = list_families(&v, family);
		for (int k = 0; k < n; k++)
			spec[k + 1] = spec_without(c, spec[0], family[k]);
		q.n_spec = n + 1;
	}
	view_release(&v);
	if (!status)
		status = db_calendar(db, &calendar, &known, e);
	if (!status)
		status = scope_as_of(c, &calendar, &q.as_of, e);
	if (!status)
		status = backtest_run(db, c->config, &q, c->arena, &r, e);
	if (!status)
		write_ablation(c, &r, spec, family, n);
	return status;
}

static enum status features_run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	int asked = call_flag(c, "ablate");
	if (asked && c->n_word)
		return err_set(e, E_USAGE, "--ablate is of all series; leave '%s' out", c->word[0]);
	if (asked)
		process_catch_signals();
	enum status status = call_db(c, asked ? DB_WRITE : DB_READ, &db, e);
	if (!status)
		status = asked ? ablate(c, db, e) : show(c, db, e);
	db_close(db);
	return status;
}

static const struct option options[] = {
	{ .name = "as-of", .type = OPTION_TEXT, .value = "D", .help = "the last day that is known" },
	{ .name = "step", .type = OPTION_INT, .value = "H", .preset = "1", .min = 1, .max = 1000,
	  .help = "periods from there to the target" },
	{ .name = "ablate", .type = OPTION_FLAG, .help = "what each family is worth, by backtests without it" },
	{ .name = "spec", .type = OPTION_TEXT, .value = "SPEC",
	  .help = "method whose loss is told; it takes the option 'without' [boost, else ridge]" },
	{ .name = "windows", .type = OPTION_INT, .value = "N", .preset = "4", .min = 1, .max = 1000,
	  .help = "origins that are replayed for --ablate" },
	{ 0 }
};

static const char *const examples[] = {
	"forecast explore features CA_1/FOODS_3_090 --as-of 2016-04-24 --step 7",
	"# what is known of a series then, for a week ahead",
	"forecast explore features --ablate --spec ridge", "# what each family is worth", NULL
};

extern const struct command explore_features;
const struct command explore_features = {
	.name = "features",
	.summary = "what methods that learn across series see",
	.words = "[STORE/ITEM]",
	.about = "The columns made of sales, calendar, events, prices, promotions, further drivers and\n"
		 "attributes: their family, when they are known (at the origin, ahead of it, always), who\n"
		 "answers for them and, for a series, their values. A value is assumed where the table it\n"
		 "comes from does not reach the target.",
	.options = options,
	.examples = examples,
	.run = features_run,
};
