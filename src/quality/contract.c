/* The contract as a table of clauses: section, key, type, bounds, place in the struct. */
#include "config.h"
#include "quality/contract.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/ini.h"
#include "base/symtab.h"

static const char *const rule_names[N_CHECK] = {
	[CHECK_GAP] = "gap",           [CHECK_DUPLICATE] = "duplicate", [CHECK_REJECT] = "reject",
	[CHECK_NEGATIVE] = "negative", [CHECK_RANGE] = "range",         [CHECK_SPIKE] = "spike",
	[CHECK_RATIO] = "ratio",       [CHECK_SHIFT] = "shift",         [CHECK_UNKNOWN] = "unknown",
	[CHECK_PRICE] = "price",       [CHECK_FUTURE] = "future",       [CHECK_STALE] = "stale",
	[CHECK_NOFEED] = "nofeed",     [CHECK_CLOSED] = "closed",       [CHECK_VOLUME] = "volume",
	[CHECK_HORIZON] = "event-horizon", [CHECK_STOCKOUT] = "stockout",
	[CHECK_COPY] = "copy",
};

static const enum severity preset_severity[N_CHECK] = {
	[CHECK_GAP] = SEVERITY_WARN,      [CHECK_DUPLICATE] = SEVERITY_WARN,
	[CHECK_REJECT] = SEVERITY_WARN,   [CHECK_NEGATIVE] = SEVERITY_WARN,
	[CHECK_RANGE] = SEVERITY_WARN,    [CHECK_SPIKE] = SEVERITY_WARN,
	[CHECK_RATIO] = SEVERITY_BLOCK,   [CHECK_SHIFT] = SEVERITY_NOTE,
	[CHECK_UNKNOWN] = SEVERITY_WARN,  [CHECK_PRICE] = SEVERITY_WARN,
	[CHECK_FUTURE] = SEVERITY_BLOCK,  [CHECK_STALE] = SEVERITY_WARN,
	[CHECK_NOFEED] = SEVERITY_WARN,   [CHECK_CLOSED] = SEVERITY_NOTE,
	[CHECK_VOLUME] = SEVERITY_BLOCK,  [CHECK_HORIZON] = SEVERITY_WARN,
	[CHECK_STOCKOUT] = SEVERITY_NOTE, [CHECK_COPY] = SEVERITY_WARN,
};

enum clause_type { CLAUSE_NUMBER, CLAUSE_INT, CLAUSE_FLAG };

struct clause {
	const char *section, *key;
	enum clause_type type;
	size_t place;
	double min, max;
	const char *help;
};

#define PLACE(member) offsetof(struct contract, member)
static const struct clause clauses[] = {
	{ "units", "whole", CLAUSE_FLAG, PLACE(units_whole), 0, 1, "units are whole numbers" },
	{ "units", "max", CLAUSE_NUMBER, PLACE(units_max), 0, INFINITY, "largest units of a row" },
	{ "units", "mostly", CLAUSE_NUMBER, PLACE(units_mostly), 0, 1,
	  "share of the rows that keep type and limit" },
	{ "price", "max", CLAUSE_NUMBER, PLACE(price_max), 0, INFINITY, "largest price" },
	{ "keys", "unique", CLAUSE_FLAG, PLACE(keys_unique), 0, 1,
	  "one row for a store, item and day" },
	{ "stores", "declared", CLAUSE_FLAG, PLACE(stores_declared), 0, 1,
	  "every store is in a list of stores" },
	{ "items", "declared", CLAUSE_FLAG, PLACE(items_declared), 0, 1,
	  "every item is in a list of items" },
	{ "gaps", "filled", CLAUSE_NUMBER, PLACE(filled), 0, 1,
	  "series with a row on this share of their days have gaps on the others" },
	{ "freshness", "max_age", CLAUSE_INT, PLACE(max_age), 0, 10000,
	  "periods that the last row of a store may be old" },
	{ "freshness", "live", CLAUSE_FLAG, PLACE(live), 0, 1,
	  "the feed goes on: its age is measured from today" },
	{ "volume", "warn", CLAUSE_NUMBER, PLACE(volume_warn), 0, INFINITY,
	  "departure of the last day's rows that is told" },
	{ "volume", "block", CLAUSE_NUMBER, PLACE(volume_block), 0, INFINITY,
	  "departure of the last day's rows that blocks" },
	{ "ratio", "limit", CLAUSE_NUMBER, PLACE(ratio_limit), 2, 1e6,
	  "times a series' median that make a value extreme" },
	{ "ratio", "share", CLAUSE_NUMBER, PLACE(ratio_share), 0, 1,
	  "share of series with a changed unit that blocks; fewer are quarantined" },
	{ "stock", "out_share", CLAUSE_NUMBER, PLACE(stockout_share), 0, 1,
	  "share of the opening hours without stock that makes a stock-out" },
};
#define N_CLAUSE ((int)(sizeof clauses / sizeof *clauses))

const char *check_rule_name(enum check_rule rule)
{
	return rule_names[rule];
}

void contract_init(struct contract *c)
{
	*c = (struct contract){ .units_max = INFINITY, .units_mostly = 1, .price_max = INFINITY,
				.keys_unique = 1, .filled = .95, .max_age = 3, .volume_warn = .2,
				.volume_block = .5, .ratio_limit = 10, .ratio_share = .01,
				.stockout_share = .1 };
	memcpy(c->severity, preset_severity, sizeof c->severity);
}

/* The next number above x of the form 1, 2 or 5 times a power of ten. */
static double round_up(double x)
{
	double power = pow(10, floor(log10(x)));
	double head = x / power;
	return (head <= 1 ? 1 : head <= 2 ? 2 : head <= 5 ? 5 : 10) * power;
}

void contract_infer(struct contract *c, const struct feed_profile *p)
{
	contract_init(c);
	c->units_whole = p->rows && !p->fractions;
	if (p->units_max > 0)
		c->units_max = round_up(4 * p->units_max);
	if (p->price_max > 0)
		c->price_max = round_up(4 * p->price_max);
	c->stores_declared = p->stores_listed;
	c->items_declared = p->items_listed;
	c->max_age = p->calendar.kind == PERIOD_DAY ? 3 : 1;
	/* A feed that once brought a day within a week of its passing is fed regularly. */
	c->live = p->calendar.kind != PERIOD_NUMBER && p->lag >= 0
		  && p->lag <= (p->calendar.kind == PERIOD_MONTH ? 45 : 14);
	if (p->lag > c->max_age && c->live && p->calendar.kind == PERIOD_DAY)
		c->max_age = p->lag + 2;
}

static void clause_text(const struct contract *c, const struct clause *clause, char out[40])
{
	const char *at = (const char *)c + clause->place;
	double number;
	int whole;
	if (clause->type == CLAUSE_NUMBER) {
		memcpy(&number, at, sizeof number);
		if (isinf(number))
			memcpy(out, "none", 5);
		else
			number_format(out, number);
		return;
	}
	memcpy(&whole, at, sizeof whole);
	if (clause->type == CLAUSE_FLAG)
		snprintf(out, 40, "%s", whole ? "yes" : "no");
	else
		snprintf(out, 40, "%d", whole);
}

int contract_clause(const struct contract *c, int number, struct contract_clause *out)
{
	if (number < 0 || number >= N_CLAUSE + N_CHECK)
		return 0;
	if (number < N_CLAUSE) {
		*out = (struct contract_clause){ clauses[number].section, clauses[number].key,
						 clauses[number].help, "" };
		clause_text(c, &clauses[number], out->value);
		return 1;
	}
	int rule = number - N_CLAUSE;
	*out = (struct contract_clause){ "severity", rule_names[rule], NULL, "" };
	snprintf(out->value, sizeof out->value, "%s", severity_name(c->severity[rule]));
	return 1;
}

void contract_write(const struct contract *c, const struct feed_profile *p, struct buf *out)
{
	char from[DAY_TEXT_MAX], until[DAY_TEXT_MAX];
	const char *section = "";
	struct contract_clause clause;
	if (p && p->rows) {
		period_t a = period_of_day(&p->calendar, p->first);
		period_t b = period_of_day(&p->calendar, p->last);
		buf_addf(out, "# Data contract, inferred from %lld rows of %d series in %d stores, %s .. %s.\n",
			 (long long)p->rows, p->n_series, p->n_store,
			 period_format(&p->calendar, a, from), period_format(&p->calendar, b, until));
	}
	buf_adds(out, "# Limits hold for 'forecast check'; 'forecast check contract diff' compares them with"
		      " the data.\n");
	for (int i = 0; contract_clause(c, i, &clause); i++) {
		if (strcmp(clause.section, section)) {
			section = clause.section;
			buf_addf(out, "\n[%s]\n", section);
		}
		if (clause.help)
			buf_addf(out, "# %s\n", clause.help);
		buf_addf(out, "%s = %s\n", clause.key, clause.value);
	}
}

static const struct clause *find_clause(const char *section, const char *key)
{
	for (int i = 0; i < N_CLAUSE; i++)
		if (!strcmp(clauses[i].section, section) && !strcmp(clauses[i].key, key))
			return &clauses[i];
	return NULL;
}

static int find_rule(const char *name)
{
	for (int i = 0; i < N_CHECK; i++)
		if (!strcmp(rule_names[i], name))
			return i;
	return -1;
}

static enum status unknown_clause(const char *path, const struct ini_entry *entry, struct err *e)
{
	char full[N_CLAUSE + N_CHECK][64], given[160];
	const char *name[N_CLAUSE + N_CHECK];
	struct contract none;
	struct contract_clause clause;
	contract_init(&none);
	int n = 0;
	for (; contract_clause(&none, n, &clause); n++) {
		snprintf(full[n], sizeof full[n], "%s.%s", clause.section, clause.key);
		name[n] = full[n];
	}
	snprintf(given, sizeof given, "%s.%s", entry->section, entry->key);
	const char *near = nearest_name(given, name, (size_t)n);
	return err_set(e, E_USAGE, "%s:%d: contract has no clause '%s'%s%s%s", path, entry->line, given,
		       near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static enum status set_clause(struct contract *c, const struct clause *clause, const char *path,
			      const struct ini_entry *entry, struct err *e)
{
	char *at = (char *)c + clause->place;
	double number = INFINITY;
	int whole;
	if (clause->type == CLAUSE_FLAG) {
		whole = !strcmp(entry->value, "yes");
		if (!whole && strcmp(entry->value, "no"))
			return err_set(e, E_USAGE, "%s:%d: '%s' of '%s' is neither yes nor no", path,
				       entry->line, entry->value, entry->key);
		memcpy(at, &whole, sizeof whole);
		return OK;
	}
	int unlimited = isinf(clause->max) && !strcmp(entry->value, "none");
	if (!unlimited && !number_parse(entry->value, strlen(entry->value), '.', 0, &number))
		return err_set(e, E_USAGE, "%s:%d: '%s' of '%s' is not a number", path, entry->line,
			       entry->value, entry->key);
	if (number < clause->min || number > clause->max
	    || (clause->type == CLAUSE_INT && number != floor(number)))
		return err_set(e, E_USAGE, "%s:%d: '%s' of '%s' is out of bounds", path, entry->line,
			       entry->value, entry->key);
	whole = (int)(clause->type == CLAUSE_INT ? number : 0);
	if (clause->type == CLAUSE_INT)
		memcpy(at, &whole, sizeof whole);
	else
		memcpy(at, &number, sizeof number);
	return OK;
}

enum status contract_read(struct contract *c, const char *path, struct err *e)
{
	struct ini ini = { 0 };
	enum status status = ini_read(&ini, path, e);
	for (size_t i = 0; !status && i < ini.n; i++) {
		const struct ini_entry *entry = &ini.entry[i];
		const struct clause *clause = find_clause(entry->section, entry->key);
		int rule = strcmp(entry->section, "severity") ? -1 : find_rule(entry->key);
		if (clause) {
			status = set_clause(c, clause, path, entry, e);
		} else if (rule < 0) {
			status = unknown_clause(path, entry, e);
		} else {
			int severity = severity_find(entry->value);
			if (severity < 0)
				status = err_set(e, E_USAGE, "%s:%d: severity '%s' is none of note, warn,"
						 " quarantine, block", path, entry->line, entry->value);
			else
				c->severity[rule] = (enum severity)severity;
		}
	}
	ini_release(&ini);
	return status;
}
