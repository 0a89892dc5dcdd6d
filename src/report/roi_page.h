/*
 * The manager's page of a return: one sentence, the table, the pictures, the assumptions, and what it does
 * not claim; one HTML file without server or script (see report/page.h).
 */
#ifndef REPORT_ROI_PAGE_H
#define REPORT_ROI_PAGE_H

#include "life/roi_run.h"

/* Adds the page to `out`. `keep` and *without as in page_write. E_IO: the template cannot be read. */
MUST_CHECK enum status roi_page_write(const struct roi_scope *s, const struct roi_result *r,
				      const char *keep, struct buf *out, struct err *without,
				      struct err *e);
/* Adds a section for the report's page: the sentence, the table and the waterfall. */
void roi_section_write(const struct roi_scope *s, const struct roi_result *r, struct buf *out);

#endif
