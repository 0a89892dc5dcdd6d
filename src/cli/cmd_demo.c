/* forecast demo: an invented chain of shops with known truth and injected faults, as files. */
#include "config.h"
#include "cli/command.h"

#include <string.h>
#include "base/log.h"
#include "io/demo.h"

/* A Saturday. No clock is read, so that every machine makes the same bytes. */
#define LAST_DAY "2025-06-28"

static const struct option options[] = {
	{ .name = "stores", .type = OPTION_INT, .value = "N", .preset = "10", .min = 1, .max = 200,
	  .help = "shops of the chain" },
	{ .name = "items", .type = OPTION_INT, .value = "N", .preset = "500", .min = 1, .max = 20000,
	  .help = "items on its list; smaller shops carry fewer" },
	{ .name = "days", .type = OPTION_INT, .value = "N", .preset = "800", .min = 60, .max = 7300,
	  .help = "days of history" },
	{ .name = "until", .type = OPTION_TEXT, .value = "DATE", .preset = LAST_DAY,
	  .help = "last day of the history" },
	{ .name = "tail", .type = OPTION_INT, .value = "N", .preset = "7", .min = 0, .max = 60,
	  .help = "of these, days that come as daily files in inbox/" },
	{ .name = "seed", .type = OPTION_INT, .value = "N", .preset = "1", .min = 0, .max = 2147483647,
	  .help = "another seed makes another chain" },
	{ 0 }
};

/* A whole number that has been given or is preset; the parser has checked its bounds. */
static int option_of(const struct call *c, const char *name)
{
	const char *given = call_option(c, name);
	return (int)option_number(given ? given : option_find(options, name)->preset);
}

static enum status last_day(const struct call *c, day_t *out, struct err *e)
{
	const char *given = call_option(c, "until");
	const char *text = given ? given : LAST_DAY;
	*out = day_parse(text, strlen(text));
	if (*out == DAY_NONE)
		return err_set(e, E_USAGE, "--until wants a date like " LAST_DAY ", not '%s'", text);
	return OK;
}

static void tell(const struct demo_summary *s, const char *dir)
{
	char first[DAY_TEXT_MAX], last[DAY_TEXT_MAX];
	log_note("an invented chain of %d stores and %d items, %s to %s, is in '%s' (%.0f MB)",
		 s->n_store, s->n_item, day_format(s->first, first), day_format(s->last, last), dir,
		 (double)s->bytes / 1e6);
	log_note("%lld lines of %lld series: %.0f %% without a sale, %.1f %% of evenings with an empty"
		 " shelf, %.1f %% of demand lost by it",
		 (long long)s->rows, (long long)s->series, 100.0 * (double)s->zeros / (double)s->rows,
		 100.0 * (double)s->empty / (double)s->rows,
		 100.0 * (double)s->lost / (double)(s->units + s->lost));
	log_note("%d promotions; %d faults put in on purpose, listed in faults.csv; README.txt says"
		 " how to go on", s->promotions, s->faults);
}

static enum status demo_run(struct call *c, struct err *e)
{
	const char *given = call_option(c, "output"), *dir = given ? given : "demo";
	struct demo_plan plan = { .chain = { .n_store = option_of(c, "stores"),
					     .n_item = option_of(c, "items"),
					     .n_day = option_of(c, "days"),
					     .seed = (uint64_t)option_of(c, "seed") },
				  .tail = option_of(c, "tail") };
	struct demo_summary summary;
	enum status status = last_day(c, &plan.chain.last, e);
	if (!status)
		status = demo_write(dir, &plan, &summary, e);
	if (!status)
		tell(&summary, dir);
	return status;
}

static const char *const examples[] = {
	"forecast demo -o shops", "# ten stores, 500 items, 800 days",
	"forecast demo -o small --stores 2 --items 20 --days 200 --seed 7", "# another, smaller chain",
	NULL
};

extern const struct command cmd_demo;
const struct command cmd_demo = {
	.name = "demo",
	.summary = "an invented chain of shops with known truth and injected faults",
	.about = "Writes the files that a chain of supermarkets would export (sales, stock, prices,\n"
		 "promotions, closures) into the folder of --output, which is new or empty [demo].\n"
		 "What made them lies in truth/, the faults put in on purpose in faults.csv. The\n"
		 "same options make the same bytes everywhere; no line was ever sold.",
	.options = options,
	.examples = examples,
	.run = demo_run,
};
