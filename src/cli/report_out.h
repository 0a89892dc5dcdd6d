/* Where reports go: used by `forecast report` and by the night. */
#ifndef CLI_REPORT_OUT_H
#define CLI_REPORT_OUT_H

#include "base/mem.h"
#include "io/db.h"
#include "life/digest.h"
#include "life/settings.h"

/* The page as bytes. Missing pictures are told as a warning. `keep`: folder for gnuplot's script and
 * data, or NULL. */
MUST_CHECK enum status report_page(const struct digest *d, const char *keep, struct buf *out,
				   struct err *e);
/*
 * Writes the page into the folder of report.dir (a relative one lies beside the db) as
 * forecast[-STORE]-ORIGIN.html, replacing an older one in one step. *path is the arena's.
 */
MUST_CHECK enum status report_file(struct db *db, const struct config *config, const struct digest *d,
				   const char *keep, struct arena *a, const char **path,
				   struct err *e);

#endif
