/* Which series each worker is at. */
#include "config.h"
#include "model/method.h"

#include "base/process.h"

void fit_begin(const struct fit_context *context, const char *method, const struct panel *p, int i, int worker)
{
	(void)method;
	if (context->watch && worker < FIT_SLOTS) {
		struct fit_slot *slot = &context->watch->slot[worker];
		atomic_store(&slot->since, (int64_t)(1000 * process_wall()));
		atomic_store(&slot->series, 1 + p->id[i]);
	}
	FAULT(method, p->key[i].store, p->key[i].item);
}

void fit_end(const struct fit_context *context, int worker)
{
	if (context->watch && worker < FIT_SLOTS)
		atomic_store(&context->watch->slot[worker].series, 0);
}
