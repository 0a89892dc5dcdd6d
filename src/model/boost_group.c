/* Which series share a booster. */
#include "config.h"
#include "model/boost_private.h"

#include <string.h>

/* Does a name stand at [at, at + n)? */
static int is(const char *at, size_t n, const char *name)
{
	return strlen(name) == n && !strncmp(at, name, n);
}

static enum status add_value(const struct panel *p, int i, const char *at, size_t n, struct buf *out,
			     struct err *e)
{
	if (is(at, n, "all"))
		return OK;
	if (is(at, n, "store") || is(at, n, "item")) {
		buf_adds(out, is(at, n, "store") ? p->key[i].store : p->key[i].item);
		return OK;
	}
	if (is(at, n, "segment")) {
		buf_add_int(out, p->segment[i]);
		return OK;
	}
	char name[128];
	if (n >= sizeof name)
		n = sizeof name - 1;
	memcpy(name, at, n);
	name[n] = '\0';
	const struct attribute *a = p->drivers ? driver_attribute(p->drivers, name) : NULL;
	if (!a)
		return err_set(e, E_USAGE, "by: there is no attribute '%s'", name);
	buf_adds(out, a->code[i] < 0 ? "" : a->value[a->code[i]]);
	return OK;
}

enum status boost_group_names(const char *by, const struct panel *p, struct arena *a, const char **name,
			      struct err *e)
{
	enum status status = OK;
	for (int i = 0; !status && i < p->n; i++) {
		struct buf whole = { 0 }, value = { 0 };
		for (const char *at = by; !status && *at;) {
			size_t n = strcspn(at, "*");
			buf_clear(&value);
			status = add_value(p, i, at, n, &value, e);
			if (at != by)
				buf_addc(&whole, '*');
			buf_add(&whole, value.text ? value.text : "", value.n);
			at += n;
			at += *at == '*';
		}
		name[i] = arena_strdup(a, whole.text ? whole.text : "");
		buf_release(&whole);
		buf_release(&value);
	}
	return status;
}
