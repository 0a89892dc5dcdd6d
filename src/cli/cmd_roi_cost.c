/* forecast roi cost: what the errors of one run cost. */
#include "config.h"
#include "cli/command.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/json.h"
#include "life/cost_run.h"

static const struct column columns[] = {
	{ .name = "store", .type = COLUMN_TEXT, .width = 10 },
	{ .name = "item", .type = COLUMN_TEXT, .width = 20 },
	{ .name = "lost_margin", .title = "lost", .unit = "margin", .type = COLUMN_NUMBER },
	{ .name = "goodwill", .title = "good-", .unit = "will", .type = COLUMN_NUMBER },
	{ .name = "waste", .type = COLUMN_NUMBER },
	{ .name = "holding", .title = "hold-", .unit = "ing", .type = COLUMN_NUMBER },
	{ .name = "ordering", .title = "order-", .unit = "ing", .type = COLUMN_NUMBER },
	{ .name = "total", .type = COLUMN_NUMBER },
	{ .name = "perfect", .title = "perfect", .unit = "foresight", .type = COLUMN_NUMBER },
	{ .name = "short_periods", .hidden = 1, .type = COLUMN_INT },
	{ .name = "fill_rate", .hidden = 1, .type = COLUMN_PERCENT },
	{ .name = "lost_units", .hidden = 1, .type = COLUMN_NUMBER },
	{ .name = "waste_units", .hidden = 1, .type = COLUMN_NUMBER },
	{ .name = "leftover_units", .hidden = 1, .type = COLUMN_NUMBER },
	{ 0 }
};

static double fill_of(const struct cost_row *r)
{
	return r->demand > 0 ? 1 - r->lost / r->demand : (double)NAN;
}

static void add_row(struct table *t, const struct cost_row *r)
{
	table_text(t, r->key.store ? r->key.store : "all");
	table_text(t, r->key.item);
	table_number(t, r->money.lost_margin);
	table_number(t, r->money.goodwill);
	table_number(t, r->money.waste + r->money.markdown);
	table_number(t, r->money.holding);
	table_number(t, r->money.ordering);
	table_number(t, r->money.total);
	table_number(t, r->perfect.total);
	table_int(t, r->short_periods);
	table_number(t, fill_of(r));
	table_number(t, r->lost);
	table_number(t, r->wasted);
	table_number(t, r->leftover);
}

/* The dearest first; or those that were short most often. */
static int by_excess(const void *a, const void *b)
{
	const struct cost_row *x = a, *y = b;
	double p = x->money.total - x->perfect.total, q = y->money.total - y->perfect.total;
	return p != q ? (p < q) - (p > q) : series_key_compare(&x->key, &y->key);
}

static int by_short(const void *a, const void *b)
{
	const struct cost_row *x = a, *y = b;
	int p = x->short_periods, q = y->short_periods;
	return p != q ? (p < q) - (p > q) : by_excess(a, b);
}

static void write_json(const struct cost_result *r, struct table *rows, struct buf *out)
{
	struct json j = { .out = out };
	const struct cost_row *a = &r->all;
	const struct {
		const char *key;
		double value;
	} number[] = {
		{ "lost_margin", a->money.lost_margin }, { "goodwill", a->money.goodwill },
		{ "waste", a->money.waste + a->money.markdown }, { "holding", a->money.holding },
		{ "ordering", a->money.ordering }, { "total", a->money.total },
		{ "perfect_total", a->perfect.total }, { "errors_cost", a->money.total - a->perfect.total },
		{ "demand_units", a->demand }, { "lost_units", a->lost }, { "waste_units", a->wasted },
		{ "leftover_units", a->leftover }, { "fill_rate", fill_of(a) }, { "imputed", r->imputed },
	};
	json_open(&j, '{');
	json_key(&j, "run");
	json_text(&j, r->run.id);
	json_key(&j, "periods");
	json_int(&j, r->last - r->first + 1);
	for (size_t k = 0; k < sizeof number / sizeof *number; k++) {
		json_key(&j, number[k].key);
		json_number(&j, number[k].value);
	}
	json_key(&j, "series");
	table_json(rows, &j);
	json_close(&j);
	buf_addc(out, '\n');
}

static void write_head(const struct cost_result *r, struct buf *out)
{
	char first[DAY_TEXT_MAX], last[DAY_TEXT_MAX];
	buf_addf(out, "run %s, %s to %s: ", r->run.id, period_format(&r->calendar, r->first, first),
		 period_format(&r->calendar, r->last, last));
	buf_addf(out, "%.2f in all, %.2f with perfect foresight; the errors cost %.2f\n", r->all.money.total,
		 r->all.perfect.total, r->all.money.total - r->all.perfect.total);
	buf_addf(out, "%.1f %% of demand served, %.6g units wasted, %.6g left at the end; %.1f %% of demand"
		 " drawn\n\n", 100 * fill_of(&r->all), r->all.wasted, r->all.leftover, 100 * r->imputed);
}

static enum status run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct cost_result *r = ARENA_ARRAY(c->arena, struct cost_result, 1);
	struct text_style style = text_style_of(call_on_terminal(c));
	int n_set = call_count(c, "assume");
	const char **set = ARENA_ARRAY(c->arena, const char *, n_set + 1);
	const char *level = call_option(c, "level"), *top = call_option(c, "top"), *by = call_option(c, "by");
	struct cost_request q = { .run = c->n_word ? c->word[0] : NULL, .cost = call_option(c, "cost"),
				  .n_set = n_set, .set = set, .level = level ? option_number(level) : 0 };
	for (int k = 0; k < n_set; k++)
		set[k] = call_option_at(c, "assume", k);
	enum status status = call_db(c, DB_READ, &db, e);
	if (!status)
		status = cost_run(db, c->config, &q, c->arena, r, e);
	if (!status) {
		struct table *t = table_new(columns);
		enum format format = call_format(c);
		int most = top ? (int)option_number(top) : format == FORMAT_TABLE ? 20 : r->n;
		qsort(r->row, (size_t)r->n, sizeof *r->row, by && !strcmp(by, "repeat_stockouts") ? by_short
												: by_excess);
		for (int k = 0; k < r->n && k < most; k++)
			add_row(t, &r->row[k]);
		if (format == FORMAT_TABLE)
			write_head(r, c->out);
		if (format == FORMAT_JSON)
			write_json(r, t, c->out);
		else
			table_write(t, format, &style, c->out);
		table_free(t);
	}
	db_close(db);
	return status;
}

static const struct option options[] = {
	{ .name = "top", .type = OPTION_INT, .value = "N", .min = 1, .max = 1e9,
	  .help = "only so many series [20 in a table, else all]" },
	{ .name = "by", .type = OPTION_CHOICE, .value = "cost|repeat_stockouts", .preset = "cost",
	  .choices = "cost|repeat_stockouts", .help = "the dearest errors first, or the most days short" },
	{ .name = "level", .type = OPTION_NUMBER, .value = "X", .min = .01, .max = .9999,
	  .help = "order at this level [the textbook's]" },
	{ .name = "cost", .type = OPTION_TEXT, .value = "FILE", .help = "costs [cost.conf beside the config]" },
	{ .name = "assume", .type = OPTION_TEXT, .value = "NAME=VALUE", .several = 1,
	  .help = "a cost or rule for all series" },
	{ 0 }
};

static const char *const examples[] = {
	"forecast roi cost", "# the newest run whose days have come",
	"forecast roi cost last --top 10 --by repeat_stockouts", "# what was short most often", NULL
};

extern const struct command roi_cost;
const struct command roi_cost = {
	.name = "cost",
	.summary = "what the errors of one run cost",
	.words = "[RUN]",
	.about = "From the run's origin on every series orders by the run's own distribution, replayed against\n"
		 "what was then sold; beside it the same with perfect foresight. total = lost margin +\n"
		 "goodwill + waste + holding + ordering. RUN: an id, a number, or last.",
	.options = options,
	.examples = examples,
	.run = run,
};
