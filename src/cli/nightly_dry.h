/* nightly --dry: what a night would do, and why. */
#ifndef CLI_NIGHTLY_DRY_H
#define CLI_NIGHTLY_DRY_H

#include "cli/command.h"
#include "life/run.h"

/* Takes in and checks in a copy of the db, which goes again; the db is only read. Writes one line a stage. Where
 * `limits` are given the night would be a guarded one (life/run.h). */
MUST_CHECK enum status nightly_dry(struct call *c, const struct run_limits *limits, struct err *e);

#endif
