/*
 * The sanity suite of a version: its recipe is fitted to series made by hand and must behave, and its own parts must
 * forecast. What fails is told; a version that failed carries the fact "sanity = fail".
 */
#ifndef LIFE_SANITY_H
#define LIFE_SANITY_H

#include "io/db_model.h"
#include "life/settings.h"

struct sanity_check {
	const char *name, *text; /* text: what failed, or "" */
	int failed;
};
#define SANITY_MAX 16
struct sanity {
	int n, failed;
	const char *first_failure; /* "scale: ..." or "" */
	struct sanity_check check[SANITY_MAX];
};
/* Runs it. Texts are the arena's. E_USAGE: the spec cannot be read. */
MUST_CHECK enum status sanity_run(struct db *db, const struct config *config, const struct model_row *version,
				  struct arena *a, struct sanity *out, struct err *e);

#endif
