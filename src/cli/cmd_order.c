/* forecast order: what to order tonight, and why. */
#include "config.h"
#include "cli/command.h"

#include <math.h>
#include <string.h>
#include "base/log.h"
#include "cli/scope.h"
#include "life/order_run.h"

/* The contract with an ERP: exactly these columns, in this order, are written as csv and tsv. */
static const struct column columns[] = {
	{ .name = "store", .type = COLUMN_TEXT, .width = 12 },
	{ .name = "item", .type = COLUMN_TEXT, .width = 22 },
	{ .name = "order_date", .title = "ordered", .type = COLUMN_TEXT, .hidden = 1 },
	{ .name = "arrival_date", .title = "arrives", .type = COLUMN_TEXT },
	{ .name = "units", .type = COLUMN_NUMBER },
	{ .name = "packs", .type = COLUMN_NUMBER, .hidden = 1 },
	{ .name = "on_hand", .title = "on hand", .type = COLUMN_NUMBER },
	{ .name = "on_order", .title = "on order", .type = COLUMN_NUMBER },
	{ .name = "forecast", .title = "expected", .type = COLUMN_NUMBER },
	{ .name = "level", .type = COLUMN_NUMBER },
	{ .name = "tau", .type = COLUMN_NUMBER, .digits = 2 },
	{ .name = "reason", .type = COLUMN_TEXT, .hidden = 1 },
	{ 0 }
};

static void add_row(struct table *t, const struct order_result *r, const struct order_proposal *l)
{
	char day[DAY_TEXT_MAX];
	const struct calendar *c = &r->calendar;
	table_text(t, l->key.store);
	table_text(t, l->key.item);
	table_text(t, period_format(c, period_of_day(c, l->day), day));
	table_text(t, period_format(c, period_of_day(c, l->arrives), day));
	table_mark(t, l->cut ? MARK_WARN : MARK_NONE);
	table_number(t, l->line.units);
	table_number(t, l->line.packs);
	table_number(t, l->on_hand);
	table_number(t, l->on_order);
	table_number(t, l->line.forecast);
	table_number(t, l->line.level);
	table_number(t, l->tau);
	table_text(t, l->reason);
}

/* What was left out, on stderr. */
static void tell(const struct order_result *r)
{
	if (r->unknown)
		log_note("%d series without a known stock: --assume-stock N orders for them too", r->unknown);
	if (r->not_tonight)
		log_note("%d series %s not reviewed tonight: --all shows %s", r->not_tonight,
			 r->not_tonight == 1 ? "is" : "are", r->not_tonight == 1 ? "it" : "them");
	if (r->not_listed)
		log_note("%d series %s off the list when the order would arrive", r->not_listed,
			 r->not_listed == 1 ? "is" : "are");
	if (r->too_short)
		log_warning("for %d series the forecast is shorter than lead time and review together", r->too_short);
	if (r->cut)
		log_note("%d line%s cut by the budget", r->cut, r->cut == 1 ? " was" : "s were");
}

static void write_total(const struct order_result *r, const struct text_style *style, struct buf *out)
{
	struct buf total = { 0 };
	double units = 0;
	int lines = 0;
	for (int k = 0; k < r->n; k++) {
		units += r->line[k].line.units;
		lines += r->line[k].line.units > 0;
	}
	buf_addf(&total, "%d line%s, ", lines, lines == 1 ? "" : "s");
	buf_add_number(&total, floor(10 * units + .5) / 10);
	buf_adds(&total, units == 1 ? " unit, " : " units, ");
	buf_add_number(&total, floor(100 * r->cost + .5) / 100);
	buf_addf(&total, " at unit cost; forecast run %s, levels by %s", r->forecast.id, r->level_from);
	buf_addc(out, '\n');
	text_wrap(out, total.text, 0, 0, style);
	buf_release(&total);
	buf_addf(out, "--format csv has the reason of each line\n");
}

static double number_or(const struct call *c, const char *name, double preset)
{
	const char *text = call_option(c, name);
	return text ? option_number(text) : preset;
}

static enum status ask(struct call *c, struct db *db, struct order_result *r, struct err *e)
{
	int n_set = call_count(c, "assume");
	const char **set = ARENA_ARRAY(c->arena, const char *, n_set + 1);
	const char *policy = call_option(c, "policy"), *rounding = call_option(c, "rounding");
	struct order_request q = { .store = call_option(c, "store"), .item = call_option(c, "item"),
				   .run = call_option(c, "run"), .cost = call_option(c, "cost"), .n_set = n_set,
				   .set = set, .level = number_or(c, "level", 0),
				   .budget = number_or(c, "budget", 0),
				   .assume_stock = number_or(c, "assume-stock", (double)NAN),
				   .all = call_flag(c, "all") };
	for (int k = 0; k < n_set; k++)
		set[k] = call_option_at(c, "assume", k);
	q.policy = policy && !strcmp(policy, "rsnQ") ? POLICY_RSNQ : POLICY_RS;
	q.rounding = rounding && !strcmp(rounding, "down") ? ROUND_DOWN : ROUND_UP;
	enum status status = q.store ? scope_store(c, db, q.store, e) : OK;
	if (!status && q.store && q.item)
		status = scope_item(c, db, q.store, q.item, e);
	return status ? status : order_run(db, c->config, &q, c->arena, r, e);
}

static enum status run(struct call *c, struct err *e)
{
	struct db *db = NULL;
	struct order_result *r = ARENA_ARRAY(c->arena, struct order_result, 1);
	struct text_style style = text_style_of(call_on_terminal(c));
	enum status status = call_db(c, DB_WRITE, &db, e);
	if (!status)
		status = ask(c, db, r, e);
	if (!status) {
		struct table *t = table_new(columns);
		for (int k = 0; k < r->n; k++)
			add_row(t, r, &r->line[k]);
		tell(r);
		table_write(t, call_format(c), &style, c->out);
		if (call_format(c) == FORMAT_TABLE)
			write_total(r, &style, c->out);
		table_free(t);
		if (r->forecast.exit_code == 3)
			c->exit_code = 3;
	}
	db_close(db);
	return status;
}

static const struct option options[] = {
	{ .name = "store", .type = OPTION_TEXT, .value = "S", .help = "only this store" },
	{ .name = "item", .type = OPTION_TEXT, .value = "I", .help = "only this item" },
	{ .name = "policy", .type = OPTION_CHOICE, .value = "rS|rsnQ", .preset = "rS", .choices = "rS|rsnQ",
	  .help = "order up to S, or packs below s" },
	{ .name = "rounding", .type = OPTION_CHOICE, .value = "up|down", .preset = "up", .choices = "up|down",
	  .help = "orders to packs" },
	{ .name = "level", .type = OPTION_NUMBER, .value = "X", .min = .01, .max = .9999,
	  .help = "order at this level [as the last 'forecast roi' chose, else the textbook's]" },
	{ .name = "budget", .type = OPTION_NUMBER, .value = "X", .min = .000001, .max = 1e15,
	  .help = "money for all lines at unit cost; those that earn most go first" },
	{ .name = "assume-stock", .type = OPTION_NUMBER, .value = "X", .min = 0, .max = 1e12,
	  .help = "units on hand where stock is not known [no order]" },
	{ .name = "all", .type = OPTION_FLAG, .help = "all series, also those that need nothing tonight" },
	{ .name = "cost", .type = OPTION_TEXT, .value = "FILE", .help = "costs [cost.conf beside the config]" },
	{ .name = "assume", .type = OPTION_TEXT, .value = "NAME=VALUE", .several = 1,
	  .help = "a cost or rule for all series, as in lead_days=2" },
	{ .name = "run", .type = OPTION_TEXT, .value = "RUN", .help = "from this run [the published one]" },
	{ 0 }
};

static const char *const examples[] = {
	"forecast order --store S01", "# tonight's proposals of a store",
	"forecast order --format csv -o orders.csv", "# all stores, with reasons, for the ERP",
	"forecast order --budget 5000", "# the lines that earn most for 5000", NULL
};

extern const struct command cmd_order;
const struct command cmd_order = {
	.name = "order",
	.summary = "what to order tonight, and why",
	.about = "From the published forecast, the stock of the evening (stock files: on_hand, on_order) and\n"
		 "the rules (items.csv, cost.conf): an order up to the level that the sum of the days until\n"
		 "the next order's arrival stays below with probability tau, in packs. The level is a\n"
		 "quantile of the sum, never a sum of quantiles. Columns of csv: store, item, order_date,\n"
		 "arrival_date, units, packs, on_hand, on_order, forecast, level, tau, reason.\n"
		 "Each proposal is kept in table decision. Exit 3: the forecast was published degraded.",
	.options = options,
	.examples = examples,
	.run = run,
};
