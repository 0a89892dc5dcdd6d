/* forecast explore effects: what prices, promotions, events and weekdays do to demand. */
#include "config.h"
#include "cli/command.h"

#include <string.h>
#include "cli/scope.h"
#include "io/db_panel.h"
#include "life/run.h"
#include "model/effects.h"

static const struct column columns[] = {
	{ .name = "scope", .type = COLUMN_TEXT },
	{ .name = "member", .type = COLUMN_TEXT },
	{ .name = "effect", .type = COLUMN_WRAP },
	{ .name = "estimate", .type = COLUMN_NUMBER, .digits = 3 },
	{ .name = "low", .type = COLUMN_NUMBER, .digits = 3 },
	{ .name = "high", .type = COLUMN_NUMBER, .digits = 3 },
	{ .name = "n", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "own", .unit = "%", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "borrowed", .unit = "%", .type = COLUMN_NUMBER, .digits = DIGITS_WHOLE },
	{ .name = "se", .type = COLUMN_NUMBER, .digits = 3, .hidden = 1 },
	{ 0 },
};

/* The category of an item among the effects; NULL: there is no such item. */
static const char *category_of(const struct effect *e, int n, const char *item)
{
	for (int k = 0; k < n; k++)
		if (e[k].scope == EFFECT_ITEM && !strcmp(e[k].member, item))
			return e[k].parent;
	return NULL;
}

/* Is a row asked for: of an item itself, its category and the chain; without an item all. */
static int is_shown(const struct effect *e, const char *item, const char *category)
{
	return !item || e->scope == EFFECT_CHAIN
	       || !strcmp(e->member, e->scope == EFFECT_ITEM ? item : category);
}

static enum status write_effects(struct call *c, const struct effect *list, int n, struct err *e)
{
	const char *item = call_option(c, "item"), *category = item ? category_of(list, n, item) : "";
	struct text_style style = text_style_of(call_on_terminal(c));
	if (!category)
		return err_set(e, E_NOTFOUND, "item '%s' had no sales that tell of effects", item);
	struct table *t = table_new(columns);
	for (int k = 0; k < n; k++) {
		const struct effect *x = &list[k];
		if (!is_shown(x, item, category))
			continue;
		table_text(t, effect_scope_name(x->scope));
		table_text(t, x->member);
		table_text(t, x->effect);
		table_number(t, x->estimate);
		table_number(t, x->low);
		table_number(t, x->high);
		table_number(t, x->n);
		table_number(t, 100 * x->own);
		table_number(t, 100 * (1 - x->own));
		table_number(t, x->se);
	}
	table_write(t, call_format(c), &style, c->out);
	table_free(t);
	return OK;
}

/* The attribute that makes categories: as typed, or that of the settings where the db has it. */
static const char *categories(const struct call *c, const struct panel *p)
{
	const char *by = call_option(c, "by"), *segment = config_text(c->config, "run.segment");
	if (by)
		return by;
	return segment && p->drivers && driver_attribute(p->drivers, segment) ? segment : NULL;
}

static enum status effects_run(struct call *c, struct err *e)
{
	struct db *db;
	struct run_plan plan = { .config = c->config, .jobs = call_jobs(c) };
	struct panel_owner owner = { 0 };
	const struct effect *list;
	int known, n;
	enum status status = call_db(c, DB_READ, &db, e);
	if (status)
		return status;
	plan.db = db;
	status = db_calendar(db, &plan.calendar, &known, e);
	if (!status)
		status = scope_as_of(c, &plan.calendar, &plan.as_of, e);
	if (!status) {
		plan.as_of_given = plan.as_of != DAY_NONE;
		struct panel_request request = run_panel_request(&plan, NULL);
		status = db_panel(db, &request, &owner, e);
	}
	if (!status) {
		const char *history = call_option(c, "history");
		const struct effects_options o = { categories(c, &owner.panel),
						   history ? (int)option_number(history) : 0, plan.jobs };
		status = effects_estimate(&owner.panel, &o, c->arena, &list, &n, e);
		if (!status)
			status = write_effects(c, list, n, e);
		panel_release(&owner);
	}
	db_close(db);
	return status;
}

static const struct option options[] = {
	{ .name = "item", .type = OPTION_TEXT, .value = "X", .help = "only this item, its category and the chain" },
	{ .name = "by", .type = OPTION_TEXT, .value = "ATTRIBUTE",
	  .help = "attribute of items that makes categories (default: run.segment)" },
	{ .name = "history", .type = OPTION_INT, .value = "N", .min = 1, .max = 100000,
	  .help = "periods that are looked at (default: three years)" },
	{ .name = "as-of", .type = OPTION_TEXT, .value = "D", .help = "the last day that is known" },
	{ 0 },
};

static const char *const examples[] = {
	"forecast explore effects --item 1001", "# what price and promotions do to an item",
	"forecast explore effects --by dept --format csv", "# all effects by department, for a program", NULL
};

extern const struct command explore_effects;
const struct command explore_effects = {
	.name = "effects",
	.summary = "what prices, promotions, events and weekdays do to demand",
	.about = "Effects by a count regression with a level for each series and half year: elasticity\n"
		 "of the price; factors on demand of promotions by mechanic (at their usual depth), by\n"
		 "their day, before and after them, of events and weekdays; each with its 90 % interval,\n"
		 "the days it shows on, and how much of it is the member's own. The rest is borrowed from\n"
		 "its category, as the category's is from the chain. A price never raises demand and a\n"
		 "promotion never lowers it: such an estimate gives way to the category's.",
	.options = options,
	.examples = examples,
	.run = effects_run,
};
