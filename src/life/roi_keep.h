/* A return as rows of the db, and the figures by which other commands know it. */
#ifndef LIFE_ROI_KEEP_H
#define LIFE_ROI_KEEP_H

#include "io/db_run.h"
#include "io/db_stock.h"
#include "life/roi_run.h"

/* Writes everything that is kept of a return under its run (scope->seq). */
MUST_CHECK enum status roi_keep(struct db *db, const struct roi_scope *scope, const struct panel *panel,
				const struct roi_result *r, struct arena *a, struct err *e);
/* What was kept under a run: by id, by number, or (NULL) the newest return. E_NOTFOUND: there is none;
 * E_USAGE: the run is no return. */
MUST_CHECK enum status roi_kept(struct db *db, const char *name, struct arena *a, struct run_row *run,
				struct roi_rows *rows, struct err *e);
/* A figure of it by name, NaN; its text, NULL. */
double roi_figure(const struct roi_rows *rows, const char *name);
const char *roi_figure_text(const struct roi_rows *rows, const char *name);

#endif
