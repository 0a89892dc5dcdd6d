/* Ingest as a stage: the settings as options, and the files that the night takes in. */
#ifndef LIFE_INGEST_STAGE_H
#define LIFE_INGEST_STAGE_H

#include "io/ingest.h"
#include "life/settings.h"

/* Options as the settings have them; a policy that is only the default is left to map and data. */
struct ingest_options ingest_options_from(const struct config *config);

/*
 * Takes in the files that ingest.files matches (patterns separated by blanks, relative ones from the
 * folder of forecast.conf, each pattern's files in byte order). *out is the arena's. Files that the
 * ledger knows cost their hash and nothing else; E_INPUT as ingest_files.
 */
MUST_CHECK enum status ingest_stage(struct db *db, const struct config *config, struct arena *a,
				    struct ingest_result **out, int *done, struct err *e);

#endif
