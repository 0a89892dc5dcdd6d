/*
 * gnuplot's SVG made fit to stand inside an HTML page: without declarations, namespaces (HTML needs
 * none), titles of gnuplot's own and fixed sizes and fonts; ids made unique by a prefix; colours of
 * the palette as CSS variables, so that the picture follows light and dark.
 */
#ifndef REPORT_SVG_H
#define REPORT_SVG_H

#include "base/buf.h"
#include "base/err.h"

/* Adds the picture; `prefix`: letters, digits and '-', unique in the page; `label` is read out to
 * those who cannot see it. E_BUG: that is no SVG of gnuplot's. */
MUST_CHECK enum status svg_inline(const char *svg, const char *prefix, const char *label,
				  struct buf *out, struct err *e);

#endif
