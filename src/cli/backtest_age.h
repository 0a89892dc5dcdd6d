/* The staleness curve, as a result of backtest. */
#ifndef CLI_BACKTEST_AGE_H
#define CLI_BACKTEST_AGE_H

#include "cli/command.h"

/* Makes and writes it; step 0: the horizon. Errors as staleness_run. */
MUST_CHECK enum status backtest_age(struct call *c, struct db *db, int windows, int step, struct err *e);

#endif
