/* nightly --dry: what a night would do, and why. */
#ifndef CLI_NIGHTLY_DRY_H
#define CLI_NIGHTLY_DRY_H

#include "cli/command.h"

/* Takes in and checks in a copy of the db, which goes again; the db is only read. Writes one line a stage. */
MUST_CHECK enum status nightly_dry(struct call *c, struct err *e);

#endif
