/*
 * The door to gnuplot. Pictures are described as one script, which one gnuplot process draws; the
 * script is a file, so that it can be kept, read and run again by hand.
 *
 * Text from data can do no harm: it enters only through plot_quote (single quotes, where gnuplot
 * runs no backticks; '' for a quote; control characters as blanks, so no line of the script can
 * end early), everything is noenhanced, and datablocks hold numbers only. gnuplot is run without a
 * shell, without the user's ~/.gnuplot and without the user's GNUPLOT variables.
 */
#ifndef REPORT_PLOT_H
#define REPORT_PLOT_H

#include "base/buf.h"
#include "base/err.h"

enum plot_kind { PLOT_SVG, PLOT_PNG, PLOT_PDF, PLOT_DUMB };

struct plot;

/* `keep`: folder to leave script and pictures in, made if need be; NULL: a temporary one that
 * plot_free removes. */
MUST_CHECK enum status plot_new(struct plot **out, const char *keep, struct err *e);
void plot_free(struct plot *p);

/*
 * Begins a picture and returns its number, 0 ... `name`: a-z, 0-9 and '_'; it names the file,
 * and the ids within an SVG. Width and height in pixels (PDF: 96 a inch; DUMB: characters).
 */
int plot_begin(struct plot *p, const char *name, enum plot_kind kind, int width, int height);
/* The script, to which the picture under way is added. Lent until the next plot call. */
struct buf *plot_script(struct plot *p);

/* Adds text as a single-quoted gnuplot string. */
void plot_quote(struct buf *script, const char *text);
/* The same for the label of a tick, which gnuplot takes for a format: % is written %%. */
void plot_quote_tick(struct buf *script, const char *text);
/* Adds a datablock $name of n rows and m columns, x[n][m] row by row; NaN is written as NaN. */
void plot_data(struct buf *script, const char *name, const double *x, int n, int m);

/*
 * Draws all pictures. `limit` in seconds. E_IO: gnuplot is not there, complained (its first words
 * are in the sentence), or took too long. The script is written in each case.
 */
MUST_CHECK enum status plot_run(struct plot *p, int limit, struct err *e);
/* Adds the bytes of a picture that was drawn. */
MUST_CHECK enum status plot_read(const struct plot *p, int picture, struct buf *out, struct err *e);
/* Folder of script and pictures, and the script's name in it. */
const char *plot_dir(const struct plot *p);
#define PLOT_SCRIPT "forecast.gp"

#endif
