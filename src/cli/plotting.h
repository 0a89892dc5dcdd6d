/*
 * What the subcommands of `forecast plot` share: the kind of picture, the series it is of, the drawing
 * and where it goes.
 */
#ifndef CLI_PLOTTING_H
#define CLI_PLOTTING_H

#include "cli/command.h"
#include "report/digest_picture.h"

/* One call of a subcommand. */
struct plotting {
	struct call *call;
	struct db *db;
	struct plot *plot;
	struct look look;
	struct calendar calendar;
	const char *store, *item; /* NULL: all */
	struct arena *arena;
};

/* Collects what the picture is drawn from and adds it to p->plot. */
typedef enum status picture_add(struct plotting *p, struct err *e);
/* Everything else, which is the same for all: options, db, series, gnuplot, result. */
MUST_CHECK enum status plot_with(struct call *c, picture_add *add, struct err *e);

/* The digest of the run that --run names, or of the published one. */
MUST_CHECK enum status plot_digest(struct plotting *p, struct digest *d, struct err *e);
/* What the picture is of: "WHAT: STORE/ITEM", the store, or all; the arena's. `what` may be NULL. */
const char *plot_title(const struct plotting *p, const char *what);

/* The pictures of plot_series.c: a fan of a series or of a sum, and a history of one. */
picture_add plot_add_fan, plot_add_series;

#endif
