/* From a header to a layout; see the header for map.conf, map_names.c for the names. */
#include "config.h"
#include "io/map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/buf.h"
#include "base/symtab.h"
#include "io/datum.h"
#include "io/map_names.h"

static const char *const shapes[N_SHAPE] = {
	"long", "wide-days", "wide-series", "invoices", "calendar", "events", "closures", "promotions",
	"assortment", "items", "stores", "sums",
};

static const char *const roles[N_MAP_ROLE] = {
	"store", "item", "date", "units", "price", "promo", "on_hand", "on_order", "hours_out", "from", "to",
	"mechanic",
	"depth", "name", "type", "closed", "invoice", "description", "label", "week_label", "node",
	"tier", "personal", "ignore",
};

static const struct file_key {
	const char *key, *values; /* values "" = any */
} file_keys[] = {
	{ "shape", "long wide-days wide-series invoices calendar events closures promotions assortment"
		   " items stores sums" },
	{ "delimiter", "" }, { "decimal", "point comma" },
	{ "date", "ymd iso dmy mdy month week number" }, { "header", "yes no" }, { "store", "" },
	{ "gaps", "zero missing" }, { "returns", "net separate floor" },
};

const char *shape_name(enum shape shape)
{
	return shapes[shape];
}

static int has_word(const char *words, const char *word)
{
	size_t n = strlen(word);
	for (const char *c = strstr(words, word); c; c = strstr(c + 1, word))
		if ((c == words || c[-1] == ' ') && (c[n] == ' ' || !c[n]))
			return 1;
	return 0;
}

static enum status check_file_entry(const struct map *m, const struct ini_entry *entry, struct err *e)
{
	const char *known[sizeof file_keys / sizeof *file_keys];
	for (size_t k = 0; k < sizeof file_keys / sizeof *file_keys; k++) {
		known[k] = file_keys[k].key;
		if (strcmp(entry->key, known[k]))
			continue;
		if (!*file_keys[k].values || has_word(file_keys[k].values, entry->value))
			return OK;
		return err_set(e, E_USAGE, "%s:%d: %s = '%s' is not one of: %s", m->path, entry->line,
			       entry->key, entry->value, file_keys[k].values);
	}
	const char *near = nearest_name(entry->key, known, sizeof known / sizeof *known);
	return err_set(e, E_USAGE, "%s:%d: key '%s' is unknown in [file]%s%s%s", m->path, entry->line,
		       entry->key, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

/* Role of a key of [columns]; the name after "item.", "store." or "driver." goes to *name. */
static enum role role_of_key(const char *key, const char **name)
{
	static const struct {
		const char *prefix;
		enum role role;
	} named[] = { { "item.", ROLE_ITEM_ATTRIBUTE }, { "store.", ROLE_STORE_ATTRIBUTE },
		      { "driver.", ROLE_DRIVER }, { "cost.", ROLE_COST } };
	*name = NULL;
	for (int k = 0; k < N_MAP_ROLE; k++)
		if (!strcmp(key, roles[k]))
			return (enum role)k;
	for (size_t k = 0; k < sizeof named / sizeof *named; k++) {
		size_t n = strlen(named[k].prefix);
		if (!strncmp(key, named[k].prefix, n) && key[n]) {
			*name = key + n;
			return named[k].role;
		}
	}
	return ROLE_UNKNOWN;
}

enum status map_read(struct map *m, const char *path, struct err *e)
{
	const char *name;
	m->path = path;
	m->given = 1;
	enum status status = ini_read(&m->ini, path, e);
	for (size_t k = 0; !status && k < m->ini.n; k++) {
		const struct ini_entry *entry = &m->ini.entry[k];
		if (!strcmp(entry->section, "file")) {
			status = check_file_entry(m, entry, e);
		} else if (strcmp(entry->section, "columns")) {
			status = err_set(e, E_USAGE, "%s:%d: section [%s] is unknown; a map has [file] and"
					 " [columns]", path, entry->line, entry->section);
		} else if (role_of_key(entry->key, &name) == ROLE_UNKNOWN) {
			const char *near = nearest_name(entry->key, roles, N_MAP_ROLE);
			status = err_set(e, E_USAGE, "%s:%d: role '%s' is unknown in [columns]%s%s%s", path,
					 entry->line, entry->key, near ? "; did you mean '" : "",
					 near ? near : "", near ? "'?" : "");
		}
	}
	return status;
}

void map_release(struct map *m)
{
	ini_release(&m->ini);
}

const char *map_file_value(const struct map *m, const char *key)
{
	return m->given ? ini_get(&m->ini, "file", key) : NULL;
}

/* Roles that the map gives to columns by their headers. */
static enum status apply_map(const struct map *m, const char *file, struct layout *l, struct err *e)
{
	for (size_t k = 0; m->given && k < m->ini.n; k++) {
		const struct ini_entry *entry = &m->ini.entry[k];
		const char *name;
		int i = 0;
		if (strcmp(entry->section, "columns"))
			continue;
		while (i < l->n && strcmp(l->column[i].header, entry->value))
			i++;
		if (i == l->n)
			return err_set(e, E_USAGE, "%s:%d: column '%s' is not in the header of '%s'", m->path,
				       entry->line, entry->value, file);
		l->column[i].role = role_of_key(entry->key, &name);
		l->column[i].name = name;
	}
	return OK;
}

/* The column that most surely has a role becomes it, unless a map has given the role. */
static void assign_best(struct layout *l, char (*folded)[NAME_FOLD_MAX], enum role role)
{
	int best = -1, best_sureness = 0;
	for (int i = 0; i < l->n; i++) {
		if (l->column[i].role == role)
			return;
		int sureness = l->column[i].role == ROLE_UNKNOWN ? name_sureness(role, folded[i]) : 0;
		if (sureness > best_sureness) {
			best = i;
			best_sureness = sureness;
		}
	}
	if (best >= 0)
		l->column[best].role = role;
}

/* "price" of an items file is kept with the costs, other names as the header has them. */
static const char *kept_name(struct arena *a, const char *header, const char *folded)
{
	const char *known = name_kept_as(folded);
	if (known)
		return known;
	char *name = arena_strdup(a, header);
	for (char *c = name; *c; c++) {
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
		else if (*c == ' ')
			*c = '_';
	}
	return name;
}

static void assign_many(struct layout *l, char (*folded)[NAME_FOLD_MAX], enum role role)
{
	for (int i = 0; i < l->n; i++)
		if (l->column[i].role == ROLE_UNKNOWN && name_sureness(role, folded[i]))
			l->column[i].role = role;
}

static void find_first(struct layout *l)
{
	for (int k = 0; k < N_ROLE; k++)
		l->at[k] = -1;
	for (int i = l->n - 1; i >= 0; i--)
		l->at[l->column[i].role] = i;
}

/* d_1 .. d_1941, dates, or V2, V3 ... as column names: the days of a wide file. */
static int find_day_columns(struct layout *l)
{
	struct date_votes votes = { { 0 }, 0 };
	int n = 0, v = 1;
	for (int i = 0; i < l->n; i++) {
		char expected[16];
		snprintf(expected, sizeof expected, "V%d", i + 1);
		v &= l->n > 2 && !strcmp(l->column[i].header, expected);
	}
	for (int i = 0; i < l->n; i++) {
		const char *h = l->column[i].header;
		size_t digits = !strncmp(h, "d_", 2) ? strspn(h + 2, "0123456789") : 0;
		int is_label = digits && !h[2 + digits];
		struct date_votes one = { { 0 }, 0 };
		if (l->column[i].role != ROLE_UNKNOWN || (v && !i))
			continue;
		date_vote(&one, h, strlen(h));
		if (!v && !is_label && !(one.form[DATE_YMD] || one.form[DATE_DMY] || one.form[DATE_MDY]
					 || one.form[DATE_MONTH] || one.form[DATE_WEEK]))
			continue;
		l->column[i] = (struct map_column){ ROLE_CELL, h, NULL, ROLE_UNITS, v ? i : DAY_NONE };
		date_vote(&votes, h, strlen(h));
		n++;
	}
	int form = date_decide(&votes);
	for (int i = 0; !v && i < l->n; i++)
		if (l->column[i].role == ROLE_CELL && form >= 0)
			l->column[i].day = date_read((enum date_form)form, l->column[i].header,
						     strlen(l->column[i].header));
	if (v)
		l->column[0].role = ROLE_ITEM;
	l->numbered = v;
	return n;
}

/* QTY_B1_1, PROMO_B1_1 ...: what is told of which item. */
static int series_cell(struct map_column *c, struct arena *a)
{
	static const struct {
		const char *prefix;
		enum role cell;
	} known[] = { { "qty_", ROLE_UNITS }, { "units_", ROLE_UNITS }, { "sales_", ROLE_UNITS },
		      { "promo_", ROLE_PROMO }, { "price_", ROLE_PRICE } };
	for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
		size_t n = strlen(known[k].prefix);
		if (!strncasecmp(c->header, known[k].prefix, n) && c->header[n]) {
			c->role = ROLE_CELL;
			c->cell = known[k].cell;
			c->name = arena_strdup(a, c->header + n);
			return 1;
		}
	}
	return 0;
}

/* A date and otherwise only columns that mean nothing by name: one series each. */
static int find_series_columns(struct layout *l, struct arena *a)
{
	int prefixed = 0, n = 0;
	for (int i = 0; i < l->n; i++)
		if (l->column[i].role == ROLE_UNKNOWN)
			prefixed += series_cell(&l->column[i], a);
	for (int i = 0; i < l->n; i++) {
		struct map_column *c = &l->column[i];
		if (c->role == ROLE_UNKNOWN && !prefixed)
			*c = (struct map_column){ ROLE_CELL, c->header, c->header, ROLE_UNITS, DAY_NONE };
		n += c->role == ROLE_CELL;
	}
	return n;
}

static int has(const struct layout *l, enum role role)
{
	return l->at[role] >= 0;
}

/* The shape that the roles make, -1 = none. Wide ones have been looked for before. */
static int shape_of_roles(const struct layout *l)
{
	int dated = has(l, ROLE_DATE) || has(l, ROLE_WEEK_LABEL);
	int key = has(l, ROLE_STORE) || has(l, ROLE_ITEM);
	int measured = has(l, ROLE_UNITS) || has(l, ROLE_PRICE) || has(l, ROLE_ON_HAND)
		|| has(l, ROLE_ON_ORDER) || has(l, ROLE_HOURS_OUT) || has(l, ROLE_PROMO);
	if (has(l, ROLE_INVOICE) && has(l, ROLE_ITEM) && has(l, ROLE_UNITS) && has(l, ROLE_DATE))
		return SHAPE_INVOICES;
	if (has(l, ROLE_DATE) && has(l, ROLE_LABEL) && !has(l, ROLE_UNITS))
		return SHAPE_CALENDAR;
	if (has(l, ROLE_ITEM) && has(l, ROLE_FROM) && has(l, ROLE_PRICE) && !has(l, ROLE_MECHANIC))
		return SHAPE_LONG;
	if (has(l, ROLE_ITEM) && has(l, ROLE_FROM) && !has(l, ROLE_UNITS))
		return has(l, ROLE_MECHANIC) || has(l, ROLE_DEPTH) || has(l, ROLE_PROMO)
			? SHAPE_PROMOTIONS : SHAPE_ASSORTMENT;
	if (dated && has(l, ROLE_ITEM) && measured)
		return SHAPE_LONG;
	if (dated && key && has(l, ROLE_UNITS))
		return SHAPE_LONG;
	if ((has(l, ROLE_DATE) || has(l, ROLE_FROM)) && has(l, ROLE_NAME))
		return SHAPE_EVENTS;
	if ((has(l, ROLE_DATE) || has(l, ROLE_FROM)) && (has(l, ROLE_CLOSED) || has(l, ROLE_STORE)))
		return SHAPE_CLOSURES;
	if (has(l, ROLE_ITEM) && !dated && !has(l, ROLE_UNITS) && !has(l, ROLE_STORE))
		return SHAPE_ITEMS;
	if (has(l, ROLE_STORE) && !dated && !has(l, ROLE_ITEM) && !has(l, ROLE_UNITS))
		return SHAPE_STORES;
	return -1;
}

/* What stands for the item where no column surely does: the part before the day columns. */
static void settle_attributes(struct layout *l, char (*folded)[NAME_FOLD_MAX], struct arena *a)
{
	int catalogue = l->shape == SHAPE_ITEMS || l->shape == SHAPE_STORES;
	for (int i = 0; i < l->n; i++) {
		struct map_column *c = &l->column[i];
		int open = c->role == ROLE_UNKNOWN;
		if (l->shape == SHAPE_ITEMS && (c->role == ROLE_PRICE || (open && name_sureness(ROLE_COST,
												folded[i]))))
			c->role = ROLE_COST;
		else if (catalogue && (open || c->role == ROLE_NAME || c->role == ROLE_TYPE
				       || c->role == ROLE_DESCRIPTION || c->role == ROLE_ITEM_ATTRIBUTE
				       || c->role == ROLE_STORE_ATTRIBUTE || c->role == ROLE_DRIVER))
			c->role = l->shape == SHAPE_ITEMS ? ROLE_ITEM_ATTRIBUTE : ROLE_STORE_ATTRIBUTE;
		else if (l->shape == SHAPE_LONG && c->role == ROLE_DESCRIPTION)
			c->role = ROLE_ITEM_ATTRIBUTE;
		if (!c->name && (c->role == ROLE_ITEM_ATTRIBUTE || c->role == ROLE_STORE_ATTRIBUTE
				 || c->role == ROLE_DRIVER || c->role == ROLE_COST))
			c->name = kept_name(a, c->header, folded[i]);
	}
}

static enum status refuse_personal(struct layout *l, const char *file, char (*folded)[NAME_FOLD_MAX],
				   struct err *e)
{
	l->customer = -1;
	for (int i = 0; i < l->n; i++) {
		struct map_column *c = &l->column[i];
		int number = !strcmp(folded[i], "customerid") || !strcmp(folded[i], "customerno")
			|| !strcmp(folded[i], "customernumber");
		int of_shop = l->shape == SHAPE_STORES && (strstr(folded[i], "addre")
							   || strstr(folded[i], "street")
							   || strstr(folded[i], "phone"));
		if (c->role != ROLE_PERSONAL)
			continue;
		c->role = ROLE_IGNORE;
		if (l->shape == SHAPE_INVOICES && number && l->customer < 0)
			l->customer = i;
		else if (!of_shop)
			return err_set(e, E_INPUT, "'%s': column '%s' holds personal data: leave it out of"
				       " the file, or write 'ignore = %s' under [columns] of a map", file,
				       c->header, c->header);
	}
	return OK;
}

static const char *format_name(const struct layout *l)
{
	if (l->shape != SHAPE_LONG || has(l, ROLE_UNITS))
		return l->shape == SHAPE_WIDE_DAYS ? "wide days" : l->shape == SHAPE_WIDE_SERIES
			? "wide series" : shapes[l->shape];
	return has(l, ROLE_PRICE) ? "prices" : has(l, ROLE_PROMO) ? "promotion days" : "stock";
}

/* The sentence for a header that says nothing: what is there, and what would be needed. */
static enum status refuse_unknown(const struct layout *l, const char *file, struct err *e)
{
	struct buf names = { 0 };
	for (int i = 0; i < l->n && i < 8; i++)
		buf_addf(&names, "%s%.40s", i ? ", " : "", l->column[i].header);
	if (l->n > 8)
		buf_addf(&names, ", ... (%d columns)", l->n);
	const char *lack = has(l, ROLE_UNITS) && !has(l, ROLE_DATE) ? "a date"
		: has(l, ROLE_DATE) && has(l, ROLE_UNITS) ? "an item or a store"
		: has(l, ROLE_DATE) && has(l, ROLE_ITEM) ? "units" : NULL;
	err_set(e, E_INPUT, "'%s': its columns (%s) are not recognised%s%s: name them in a map (--map)",
		file, names.text ? names.text : "", lack ? "; missing is " : "", lack ? lack : "");
	buf_release(&names);
	return E_INPUT;
}

static enum status copy_header(const struct map *m, const char *file, const struct csv_row *row,
			       struct arena *a, struct layout *l, struct err *e)
{
	const char *header = map_file_value(m, "header");
	struct symtab seen = { 0 };
	enum status status = OK;
	l->n = row->n;
	l->column = ARENA_ARRAY(a, struct map_column, row->n + 1);
	for (int i = 0; i < l->n; i++) {
		char number[16];
		snprintf(number, sizeof number, "%d", i + 1);
		const char *text = header && !strcmp(header, "no") ? number : row->field[i].at;
		l->column[i] = (struct map_column){ .role = *text ? ROLE_UNKNOWN : ROLE_IGNORE,
						.header = arena_strdup(a, text), .day = DAY_NONE };
		if (!*text || status)
			continue;
		if (symtab_find(&seen, text, strlen(text)) >= 0)
			status = err_set(e, E_INPUT, "%s:%lld: column '%.60s' stands twice in the header",
					 file, (long long)row->line, text);
		symtab_intern(&seen, text, strlen(text));
	}
	symtab_release(&seen);
	return status;
}

static void list_left_out(struct layout *l, struct arena *a)
{
	struct buf names = { 0 };
	for (int i = 0, n = 0; i < l->n; i++)
		if (l->column[i].role == ROLE_UNKNOWN && n++ < 10)
			buf_addf(&names, "%s%s", names.n ? ", " : "", l->column[i].header);
	l->left_out = names.n ? arena_strdup(a, names.text) : NULL;
	buf_release(&names);
}

/* Roles by name. Personal columns first: nothing else may be made of them. */
static void assign_roles(struct layout *l, char (*folded)[NAME_FOLD_MAX])
{
	static const enum role single[] = { ROLE_STORE, ROLE_ITEM, ROLE_DATE, ROLE_UNITS, ROLE_PRICE,
					    ROLE_PROMO, ROLE_ON_HAND, ROLE_ON_ORDER, ROLE_HOURS_OUT, ROLE_FROM, ROLE_TO,
					    ROLE_MECHANIC, ROLE_DEPTH, ROLE_INVOICE, ROLE_LABEL,
					    ROLE_WEEK_LABEL, ROLE_NAME_2, ROLE_TYPE_2, ROLE_NAME,
					    ROLE_TYPE, ROLE_CLOSED, ROLE_DESCRIPTION, ROLE_NODE,
					    ROLE_TIER };
	assign_many(l, folded, ROLE_PERSONAL);
	for (size_t k = 0; k < sizeof single / sizeof *single; k++)
		assign_best(l, folded, single[k]);
	assign_many(l, folded, ROLE_ITEM_ATTRIBUTE);
	assign_many(l, folded, ROLE_STORE_ATTRIBUTE);
	assign_many(l, folded, ROLE_DRIVER);
	assign_many(l, folded, ROLE_IGNORE);
	/* "month" and "week" beside a date only repeat it. */
	for (int i = 0; i < l->n; i++)
		if (l->column[i].role == ROLE_UNKNOWN && name_sureness(ROLE_DATE, folded[i]))
			l->column[i].role = ROLE_IGNORE;
	find_first(l);
}

/* A column that names nodes: surely by its name, or what is else taken for the item beside a tier. A
 * tier without it is a column like any other. */
static int find_node(struct layout *l)
{
	int tier = l->at[ROLE_TIER], item = l->at[ROLE_ITEM];
	if (!has(l, ROLE_NODE) && tier >= 0 && item >= 0 && !has(l, ROLE_STORE)
	    && !strcasecmp(l->column[item].header, "series"))
		l->column[item].role = ROLE_NODE;
	else if (!has(l, ROLE_NODE) && tier >= 0)
		l->column[tier].role = ROLE_UNKNOWN;
	find_first(l);
	return has(l, ROLE_NODE);
}

static int find_shape(const struct map *m, struct layout *l, struct arena *a)
{
	const char *told = map_file_value(m, "shape");
	int shape = -1;
	for (int k = 0; told && k < N_SHAPE; k++)
		if (!strcmp(told, shapes[k]))
			shape = k;
	if ((shape < 0 || shape == SHAPE_SUMS) && find_node(l)
	    && ((has(l, ROLE_DATE) && has(l, ROLE_UNITS)) || find_day_columns(l))) {
		find_first(l);
		return SHAPE_SUMS;
	}
	if ((shape < 0 || shape == SHAPE_WIDE_DAYS) && !has(l, ROLE_DATE) && !has(l, ROLE_UNITS)
	    && find_day_columns(l) && (find_first(l), has(l, ROLE_ITEM) || has(l, ROLE_STORE)))
		return SHAPE_WIDE_DAYS;
	if (shape < 0)
		shape = shape_of_roles(l);
	if ((shape < 0 || shape == SHAPE_WIDE_SERIES) && has(l, ROLE_DATE) && !has(l, ROLE_UNITS)
	    && !has(l, ROLE_ITEM) && find_series_columns(l, a) >= (shape < 0 ? 2 : 1)) {
		find_first(l);
		return SHAPE_WIDE_SERIES;
	}
	return shape;
}

enum status map_layout(const struct map *m, const char *name, const struct csv_row *header,
		       struct arena *a, struct layout *l, struct err *e)
{
	memset(l, 0, sizeof *l);
	enum status status = copy_header(m, name, header, a, l, e);
	if (!status)
		status = apply_map(m, name, l, e);
	if (status)
		return status;
	char (*folded)[NAME_FOLD_MAX] = xcalloc((size_t)l->n + 1, sizeof *folded);
	for (int i = 0; i < l->n; i++)
		name_fold(l->column[i].header, strlen(l->column[i].header), folded[i]);
	assign_roles(l, folded);
	int shape = find_shape(m, l, a);
	l->shape = (enum shape)(shape < 0 ? 0 : shape);
	/* A file that nobody can read may still hold what nobody should: say that first. */
	status = refuse_personal(l, name, folded, e);
	if (!status && shape < 0)
		status = refuse_unknown(l, name, e);
	if (!status) {
		settle_attributes(l, folded, a);
		find_first(l);
		/* A price from a day on is a price observed on that day. */
		if (l->shape == SHAPE_LONG && !has(l, ROLE_DATE) && !has(l, ROLE_WEEK_LABEL))
			l->at[ROLE_DATE] = l->at[ROLE_FROM];
		l->format = format_name(l);
		list_left_out(l, a);
	}
	free(folded);
	return status;
}
