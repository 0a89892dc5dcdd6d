/* What the stages of runs took, as a table. */
#ifndef CLI_STAGES_H
#define CLI_STAGES_H

#include "cli/command.h"
#include "io/db_run.h"

/* Where a stage stands in a night; -1: none of its stages, but a part of one. */
int stage_place(const char *name);
/* Writes the stages of n runs, in the order given; a night's as it walks them. */
MUST_CHECK enum status stages_write(struct call *c, struct db *db, const struct run_row *run, int n,
				    struct err *e);

#endif
