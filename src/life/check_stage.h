/*
 * The check as a stage: the feed out of the db, past the rules of quality/, findings and states of days
 * back into the db. `forecast check` and the night call the same.
 */
#ifndef LIFE_CHECK_STAGE_H
#define LIFE_CHECK_STAGE_H

#include "base/mem.h"
#include "io/db.h"
#include "life/settings.h"
#include "quality/check.h"

/*
 * Checks the sales up to `as_of` (DAY_NONE: all, but none later than today) against the contract that
 * check.contract names, or, where there is no such file, against what the data themselves suggest.
 * Writes the findings of that day; writes states of days unless a later day was checked before; all in
 * one transaction. Needs a db that is open for writing. The result is the arena's.
 *
 * E_INPUT: no sales; E_USAGE: the contract or a setting is wrong. Findings are no failure: what they
 * mean is check_exit_code().
 */
MUST_CHECK enum status check_stage(struct db *db, const struct config *config, day_t as_of,
				   struct check_result *out, struct arena *a, struct err *e);
/* The same without writing anything; works on a db that is open for reading. `contract` NULL: as the
 * data suggest. */
MUST_CHECK enum status check_look(struct db *db, const struct config *config, day_t as_of,
				  const struct contract *contract, struct check_result *out,
				  struct arena *a, struct err *e);
/* Path of the contract, whether it exists or not; the arena's. */
const char *check_contract_path(const struct config *config, struct arena *a);

#endif
