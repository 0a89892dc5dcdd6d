/*
 * A run once more: in a copy of the db that is brought back to what was known then, with the settings, recipe and
 * version that the run recorded, and its numbers held beside those that it wrote. The db itself is only read.
 */
#ifndef LIFE_AGAIN_H
#define LIFE_AGAIN_H

#include "io/db_run.h"
#include "life/settings.h"

enum again_verdict { AGAIN_EQUAL, AGAIN_NEAR, AGAIN_DIFFERS };
struct again {
	struct run_row run;
	enum again_verdict verdict;
	int chunks, unequal;      /* chunks of the run; those with another hash */
	double largest;           /* relative difference, where not equal */
	const char *where;        /* first series and step that differ, "S01/4711 step 3"; or NULL */
	int n_part;               /* tables and months whose data could not be brought back */
	const char **part;        /* [n_part] */
	const char *code_then, *code_now; /* NULL: the program is the same */
};
/*
 * E_NOTFOUND: no such run; E_USAGE: it made no forecasts, or its version's parts are gone. A copy of the db lies
 * beside it while this lasts. Strings are the arena's.
 */
MUST_CHECK enum status again_run(struct db *db, const struct config *config, const char *name, int jobs,
				 struct arena *a, struct again *out, struct err *e);

/*
 * The recipe, settings and version of one run on the data of another, as a run of a copy of the db, which `seen` gets
 * with its number: what of the change between the two comes from the data. Errors as above.
 */
typedef enum status cross_seen(void *context, struct db *copy, int64_t seq, struct err *e);
MUST_CHECK enum status again_cross(struct db *db, const struct config *config, const struct run_row *recipe,
				   const struct run_row *data, int jobs, struct arena *a, cross_seen *seen,
				   void *context, struct err *e);

#endif
