/*
 * The papers that a model needs before it serves: what problem it solves, who owns it, and that the law has nothing
 * against its sources. INI files beside forecast.conf:
 *
 *   canvas.conf   [problem]  statement, decision, users, intended_use, not_for
 *   owners.conf   [model] owner, approver     [alert] owner
 *                 [source NAME] owner, licence, purpose, personal_data (no), retention_days, legal_ok_by
 *
 * NAME is the kind of a file as the ledger has it (long, items, events ...); [source *] speaks for all others.
 */
#ifndef LIFE_PAPERS_H
#define LIFE_PAPERS_H

#include "base/ini.h"
#include "base/mem.h"
#include "io/db.h"
#include "life/settings.h"

struct papers {
	struct ini canvas, owners;
	int has_canvas, has_owners;
};
/* Reads both; a file that is not there is no error. E_USAGE: an unknown section or key, with the nearest name. */
MUST_CHECK enum status papers_read(struct papers *p, const struct config *config, struct err *e);
void papers_release(struct papers *p);
/* A value, or NULL where it is not told or empty; borrowed from the papers. */
const char *papers_get(const struct papers *p, const char *section, const char *key);

/* What a promotion lacks, in a sentence (the arena's), or NULL: a problem, an owner, a legal word on each source, an
 * approver who is not the one who asks. */
const char *papers_missing(struct db *db, const struct config *config, struct arena *a);

#endif
