/* Scope as typed. */
#include "config.h"
#include "cli/scope.h"

#include <string.h>
#include "base/symtab.h"
#include "io/db_catalog.h"

static enum status find_name(const char *what, const char *name, const char *const *known, int n,
			     struct err *e)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(known[i], name))
			return OK;
	const char *near = nearest_name(name, known, (size_t)n);
	if (near)
		return err_set(e, E_NOTFOUND, "%s '%s' is unknown, did you mean '%s'?", what, name, near);
	if (n && n <= 12) {
		struct buf list = { 0 };
		for (int i = 0; i < n; i++)
			buf_addf(&list, "%s%s", i ? ", " : "", known[i]);
		err_set(e, E_NOTFOUND, "%s '%s' is unknown; there are %s", what, name, list.text);
		buf_release(&list);
		return E_NOTFOUND;
	}
	return err_set(e, E_NOTFOUND, "%s '%s' is unknown (there are %d)", what, name, n);
}

enum status scope_store(struct call *c, struct db *db, const char *store, struct err *e)
{
	const char **known;
	int n;
	enum status status = db_stores(db, c->arena, &known, &n, e);
	return status ? status : find_name("store", store, known, n, e);
}

enum status scope_item(struct call *c, struct db *db, const char *store, const char *item, struct err *e)
{
	const char **known;
	struct catalog_series series;
	int n, found = 0;
	enum status status = store ? db_series_find(db, store, item, c->arena, &series, &found, e) : OK;
	if (status || found)
		return status;
	/* The names of all are only needed to say which is near. */
	status = db_items(db, store, c->arena, &known, &n, e);
	if (!status)
		status = find_name("item", item, known, n, e);
	return status && store ? err_wrap(e, "store '%s'", store) : status;
}

enum status scope_series(struct call *c, struct db *db, const char *word, const char **store, const char **item,
			 struct err *e)
{
	const char *slash = strchr(word, '/');
	enum status status = E_NOTFOUND;
	int told = 0; /* a store was there without the item: that says more than that none was */
	*item = NULL;
	*store = word;
	if (!slash)
		return scope_store(c, db, word, e);
	for (const char *at = slash; status == E_NOTFOUND && at; at = strchr(at + 1, '/')) {
		struct err here = { 0 };
		char *name = arena_strdup(c->arena, word);
		name[at - word] = '\0';
		enum status found = scope_store(c, db, name, &here);
		status = found ? found : scope_item(c, db, name, at + 1, &here);
		if (status != E_NOTFOUND || at == slash || (!found && !told)) {
			*store = name;
			*item = at + 1;
			*e = here;
		}
		told |= !found;
	}
	return status;
}

enum status scope_as_of(const struct call *c, const struct calendar *calendar, day_t *out, struct err *e)
{
	const char *text = call_option(c, "as-of");
	*out = DAY_NONE;
	if (!text)
		return OK;
	period_t p = period_parse(calendar, text, strlen(text));
	if (p == DAY_NONE)
		return err_set(e, E_USAGE, "'as-of' must be a %s, not '%s'",
			       calendar->kind == PERIOD_NUMBER ? "whole number" : "date like 2026-11-23", text);
	*out = calendar->kind == PERIOD_DAY || calendar->kind == PERIOD_NUMBER ? p
		: period_start(calendar, p);
	return OK;
}
