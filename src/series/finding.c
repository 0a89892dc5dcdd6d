/* Names and order of findings. */
#include "config.h"
#include "series/finding.h"

#include <string.h>

static const char *const names[N_SEVERITY] = { "note", "warn", "quarantine", "block" };

const char *severity_name(enum severity severity)
{
	return names[severity];
}

int severity_find(const char *name)
{
	for (int i = 0; i < N_SEVERITY; i++)
		if (!strcmp(name, names[i]))
			return i;
	return -1;
}

static int text_order(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

int finding_order(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;
	int order = (x->severity < y->severity) - (x->severity > y->severity);
	if (!order)
		order = text_order(x->rule, y->rule);
	if (!order)
		order = text_order(x->store, y->store);
	if (!order)
		order = text_order(x->item, y->item);
	if (!order)
		order = (x->day > y->day) - (x->day < y->day);
	return order ? order : text_order(x->text, y->text);
}
