/* cost.conf, items.csv and the command line, laid over one another. */
#include "config.h"
#include "life/cost_conf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/file.h"
#include "base/symtab.h"
#include "io/db_stock.h"

static enum status number(const char *where, const char *name, const char *text, double low, double high,
			  double *out, struct err *e)
{
	if (!number_parse(text, strlen(text), '.', 0, out))
		return err_set(e, E_USAGE, "%s: %s '%s' is no number", where, name, text);
	if (!(*out >= low && *out <= high))
		return err_set(e, E_USAGE, "%s: %s %s is not between %g and %g", where, name, text, low, high);
	return OK;
}

static enum status unknown(const char *where, const char *name, const char *const *known, size_t n,
			   struct err *e)
{
	const char *near = nearest_name(name, known, n);
	return err_set(e, E_USAGE, "%s: '%s' is unknown%s%s%s", where, name, near ? ", did you mean '" : "",
		       near ? near : "", near ? "'?" : "");
}

static enum status unknown_parameter(const char *where, const char *name, struct err *e)
{
	const char *known[N_PARAMETER];
	for (int k = 0; k < N_PARAMETER; k++)
		known[k] = parameter_info[k].name;
	return unknown(where, name, known, N_PARAMETER, e);
}

/* ---- the file ---- */

static enum status read_ramp(struct cost_conf *c, const char *where, const char *text, struct err *e)
{
	int n = 0;
	while (*text) {
		size_t length = strcspn(text, " ,");
		double x;
		if (length && (n == CASH_YEARS_MAX || !number_parse(text, length, '.', 0, &x) || x < 0))
			return err_set(e, E_USAGE, "%s: ramp has '%.*s', which is no share", where, (int)length,
				       text);
		if (length)
			c->cash.ramp[n++] = x;
		text += length + (text[length] != 0);
	}
	if (!n)
		return err_set(e, E_USAGE, "%s: ramp is empty", where);
	for (int k = n; k < CASH_YEARS_MAX; k++)
		c->cash.ramp[k] = c->cash.ramp[n - 1];
	return OK;
}

static enum status read_roi(struct cost_conf *c, const struct ini_entry *entry, const char *where,
			    struct err *e)
{
	double years = c->cash.years;
	const struct {
		const char *name;
		double low, high, *value;
		enum basis *basis;
	} key[] = {
		{ "build", 0, 1e15, &c->cash.build, &c->build },
		{ "run", 0, 1e15, &c->cash.run, &c->run },
		{ "people", -1e15, 1e15, &c->cash.people, &c->people },
		{ "r", -.9, 10, &c->cash.rate, &c->rate },
		{ "N", 1, CASH_YEARS_MAX, &years, &c->years },
		{ "decay", 0, 1, &c->cash.decay, &c->decay },
		{ "realisation", 0, 1, &c->realisation, &c->realised },
	};
	static const char *const known[] = { "build", "run", "people", "r", "N", "decay", "realisation",
					     "ramp", "currency" };
	if (!strcmp(entry->key, "ramp")) {
		c->ramp = BASIS_YOURS;
		return read_ramp(c, where, entry->value, e);
	}
	if (!strcmp(entry->key, "currency")) {
		c->currency = entry->value;
		return OK;
	}
	for (size_t k = 0; k < sizeof key / sizeof *key; k++) {
		if (strcmp(entry->key, key[k].name))
			continue;
		enum status status = number(where, entry->key, entry->value, key[k].low, key[k].high,
					    key[k].value, e);
		*key[k].basis = BASIS_YOURS;
		c->cash.years = (int)years;
		return status;
	}
	return unknown(where, entry->key, known, sizeof known / sizeof *known, e);
}

static enum status check_entry(struct cost_conf *c, const struct ini_entry *entry, struct err *e)
{
	char where[200];
	double x;
	int k = parameter_find(entry->key);
	snprintf(where, sizeof where, "%.180s:%d", c->path, entry->line);
	if (!strcmp(entry->section, "roi"))
		return read_roi(c, entry, where, e);
	if (strcmp(entry->section, "default") && !strchr(entry->section, ' '))
		return err_set(e, E_USAGE, "%s: section '%s' is neither default, roi, nor an attribute and its"
			       " value ('category dairy')", where, entry->section);
	if (k < 0)
		return unknown_parameter(where, entry->key, e);
	return number(where, entry->key, entry->value, parameter_info[k].min, parameter_info[k].max, &x, e);
}

static enum status find_file(struct cost_conf *c, const struct config *config, const char *path,
			     struct err *e)
{
	char *beside = file_join(config_dir(config), "cost.conf");
	enum status status = OK;
	if (path || file_exists(beside)) {
		status = ini_read(&c->ini, path ? path : beside, e);
		c->path = arena_strdup(&c->ini.text, path ? path : beside);
	}
	free(beside);
	return status;
}

enum status cost_conf_read(struct cost_conf *c, const struct config *config, const char *path, struct err *e)
{
	memset(c, 0, sizeof *c);
	c->currency = "";
	c->realisation = .6;
	c->cash = (struct cash_plan){ .rate = .1, .years = 3 };
	for (int k = 0; k < CASH_YEARS_MAX; k++)
		c->cash.ramp[k] = k ? 1 : .5;
	enum status status = find_file(c, config, path, e);
	for (size_t k = 0; !status && k < c->ini.n; k++)
		status = check_entry(c, &c->ini.entry[k], e);
	c->cash_told = c->build && c->run && c->people;
	return status;
}

void cost_conf_release(struct cost_conf *c)
{
	ini_release(&c->ini);
}

/* ---- the series ---- */

static void tell(struct parameters *p, int k, double x)
{
	p->value[k] = x;
	p->basis[k] = BASIS_YOURS;
}

/* The series that a section is of: marks [n]. */
static enum status members(const struct cost_conf *c, const struct ini_entry *entry, struct db *db,
			   const struct catalog_series *series, int n, struct arena *a, uint8_t *in,
			   struct err *e)
{
	if (!strcmp(entry->section, "default")) {
		memset(in, 1, (size_t)n);
		return OK;
	}
	const char *blank = strchr(entry->section, ' ');
	const char **value = ARENA_ARRAY(a, const char *, n + 1);
	char name[100];
	snprintf(name, sizeof name, "%.*s", (int)(blank - entry->section), entry->section);
	enum status status = db_attribute_column(db, name, series, n, a, value, e);
	if (status == E_NOTFOUND) {
		err_wrap(e, "%s:%d", c->path, entry->line);
		e->code = E_USAGE;
		return E_USAGE;
	}
	for (int i = 0; !status && i < n; i++)
		in[i] = !strcmp(value[i], blank + strspn(blank, " "));
	return status;
}

static enum status lay_file(const struct cost_conf *c, struct db *db, const struct catalog_series *series,
			    int n, struct arena *a, struct parameters *out, struct err *e)
{
	uint8_t *in = ARENA_ARRAY(a, uint8_t, n + 1);
	const char *last = NULL;
	enum status status = OK;
	/* Sections in the file's order, "default" before all others. */
	for (int turn = 0; turn < 2; turn++)
		for (size_t k = 0; !status && k < c->ini.n; k++) {
			const struct ini_entry *entry = &c->ini.entry[k];
			double x = 0;
			int is_default = !strcmp(entry->section, "default");
			if (!strcmp(entry->section, "roi") || is_default == turn)
				continue;
			if (!last || strcmp(last, entry->section))
				status = members(c, entry, db, series, n, a, in, e);
			last = entry->section;
			number_parse(entry->value, strlen(entry->value), '.', 0, &x);
			for (int i = 0; !status && i < n; i++)
				if (in[i])
					tell(&out[i], parameter_find(entry->key), x);
		}
	return status;
}

static int by_item(const void *key, const void *row)
{
	int64_t a = *(const int64_t *)key, b = ((const struct item_cost *)row)->item;
	return (a > b) - (a < b);
}

static enum status lay_items(struct db *db, const struct catalog_series *series, int n, struct arena *a,
			     struct parameters *out, struct err *e)
{
	struct item_cost *cost;
	int m;
	enum status status = db_item_costs(db, a, &cost, &m, e);
	for (int i = 0; !status && i < n; i++) {
		const struct item_cost *at = m ? bsearch(&series[i].item, cost, (size_t)m, sizeof *cost, by_item)
					       : NULL;
		while (at && at > cost && at[-1].item == series[i].item)
			at--;
		for (; at && at < cost + m && at->item == series[i].item; at++) {
			int k = parameter_find(at->name);
			if (k >= 0)
				tell(&out[i], k, at->value);
		}
	}
	return status;
}

static enum status lay_line(int n_set, const char *const *set, int n, struct parameters *out, struct err *e)
{
	for (int j = 0; j < n_set; j++) {
		char name[64];
		double x;
		const char *equals = strchr(set[j], '=');
		if (!equals || equals - set[j] >= (int)sizeof name)
			return err_set(e, E_USAGE, "--assume '%s' is no name=value", set[j]);
		snprintf(name, sizeof name, "%.*s", (int)(equals - set[j]), set[j]);
		int k = parameter_find(name);
		if (k < 0)
			return unknown_parameter("--assume", name, e);
		enum status status = number("--assume", name, equals + 1, parameter_info[k].min,
					    parameter_info[k].max, &x, e);
		if (status)
			return status;
		for (int i = 0; i < n; i++)
			tell(&out[i], k, x);
	}
	return OK;
}

enum status cost_conf_settle(const struct cost_conf *c, struct db *db, day_t day, int n_set,
			     const char *const *set, const struct catalog_series *series, int n,
			     struct arena *a, struct parameters *out, struct err *e)
{
	double *price = ARENA_ARRAY(a, double, n + 1);
	for (int i = 0; i < n; i++)
		parameters_init(&out[i]);
	enum status status = lay_file(c, db, series, n, a, out, e);
	if (!status)
		status = lay_items(db, series, n, a, out, e);
	if (!status)
		status = db_prices_on(db, day, series, n, price, e);
	for (int i = 0; !status && i < n; i++)
		if (!isnan(price[i]) && price[i] > 0)
			tell(&out[i], PARAMETER_PRICE, price[i]);
	return status ? status : lay_line(n_set, set, n, out, e);
}
