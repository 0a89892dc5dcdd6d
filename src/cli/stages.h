/* What the stages of runs took, as a table. */
#ifndef CLI_STAGES_H
#define CLI_STAGES_H

#include "cli/command.h"
#include "io/db_run.h"

/* Writes the stages of n runs, in the order given. */
MUST_CHECK enum status stages_write(struct call *c, struct db *db, const struct run_row *run, int n,
				    struct err *e);

#endif
