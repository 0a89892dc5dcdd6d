/*
 * The report: one HTML page that needs no server, no script and nothing from elsewhere. Pictures are
 * inline SVG; without gnuplot the page says so and keeps its tables.
 */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "base/buf.h"
#include "base/err.h"
#include "life/digest.h"

/*
 * Adds the page of a digest to `out`. Template and style come from the data folder (FORECAST_DATADIR,
 * else where they were installed): reports/templates/page.html and page.css. E_IO: they cannot be
 * read. That gnuplot is missing or failed is no error: the sentence is in *without, empty when all
 * pictures are there. `keep` as in plot_new.
 */
MUST_CHECK enum status page_write(const struct digest *d, const char *keep, struct buf *out,
				  struct err *without, struct err *e);

#endif
