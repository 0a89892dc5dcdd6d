/*
 * Method `boost` of a program built without XGBoost: its specs are read as elsewhere, and every series is
 * left to the next of the chain, with the reason.
 */
#include "config.h"
#include "base/log.h"
#include "model/boost_options.h"
#include "model/method.h"

#include <string.h>

static const char mark[] = "boost: none"; /* the whole blob */
#define REASON "this program was built without XGBoost"
static const char reason[] = REASON;

static enum status absent_fit(const struct spec *spec, const struct panel *past,
			      const struct fit_context *context, struct arena *a, void **model, struct err *e)
{
	(void)spec, (void)past, (void)context, (void)e;
	log_warning_once("method 'boost' is left out: " REASON);
	*model = ARENA_ARRAY(a, char, 1);
	return OK;
}

static enum status absent_predict(const void *model, const struct panel *past,
				  const struct fit_context *context, struct arena *a, struct forecast *out,
				  struct err *e)
{
	(void)model, (void)past, (void)context, (void)a, (void)e;
	for (int i = 0; i < out->n; i++)
		out->used[i] = (struct made_by){ NULL, RUNG_SPEC, reason };
	return OK;
}

static enum status absent_save(const void *model, struct buf *out, struct err *e)
{
	(void)model, (void)e;
	buf_adds(out, mark);
	return OK;
}

static enum status absent_load(const struct spec *spec, const unsigned char *blob, size_t n, struct arena *a,
			       void **model, struct err *e)
{
	(void)spec;
	if (n != strlen(mark) || memcmp(blob, mark, n) != 0)
		return err_set(e, E_INPUT, "a model of method 'boost' cannot be read: %s", reason);
	*model = ARENA_ARRAY(a, char, 1);
	return OK;
}

extern const struct method boost_method;
const struct method boost_method = {
	.name = "boost",
	.summary = "boosted trees (not in this program: it was built without XGBoost)",
	.options = boost_options,
	.fit = absent_fit,
	.predict = absent_predict,
	.save = absent_save,
	.load = absent_load,
	.whole = 1,
};
