/* What the files that draw pictures share; no one else includes it. */
#ifndef REPORT_PICTURE_PRIVATE_H
#define REPORT_PICTURE_PRIVATE_H

#include "report/axis.h"
#include "report/picture.h"

/* The palette as the pictures use it. */
#define INK "#1f2933"
#define MUTED "#66727f"
#define GRID "#e1e5ea"
#define SHADE "#f4f6f8"
#define BAND90 "#dceaf6"
#define BAND80 "#b9d6ec"
#define BAND50 "#86b6db"
#define MEAN "#0a5c9e"
#define ALERT "#d55e00"
#define ORANGE "#e69f00"
#define GREEN "#009e73"
#define PURPLE "#a0528b"
#define PAPER "#ffffff"

/* Begins a picture: margins, border, grid, a title with a line under it (either may be NULL). Returns
 * its number. `right`: characters of room on the right. */
int picture_begin(struct plot *p, const char *name, const struct look *look, const char *title,
		  const char *subtitle, int left, int right);
/*
 * A legend in one row over the plot, of entries that are set one after the other: gnuplot's own key
 * makes all columns as wide as the widest and breaks the row early.
 */
struct legend {
	struct buf *s;
	const struct look *look;
	double x, y; /* of the next entry; pixels from the left, share of the height */
};
struct legend legend_begin(struct plot *p, const struct look *look, double x, double y);
enum sign { SIGN_LINE, SIGN_BOX, SIGN_POINT };
/* `colour` for lines and boxes; `style` of a point: "pointtype 7 ...". */
void legend_add(struct legend *l, enum sign sign, const char *colour, const char *style,
		const char *text);
/* Height of the row over the plot, as a share of the picture. */
double legend_place(const struct look *look, int lines);
/* Labels that fit along the bottom. */
int picture_labels(const struct look *look);
/* Text at a place given in gnuplot's coordinates. */
void picture_text(struct buf *s, const char *text, const char *place, const char *colour, int size);

/* One node of a picture of totals. */
struct bar {
	const char *node;
	double past, next;
	int index;
};
/* The nodes that are shown, largest first, into bar[PICTURE_NODES]; the last may stand for the rest and
 * is then named in `rest`. Returns how many. */
#define BAR_REST_MAX 40
int totals_bars(const struct totals *t, struct bar *bar, char rest[BAR_REST_MAX]);
/* "+4.2 %", from the past to the next; "new" where there was no past. */
void change_label(char out[NUMBER_MAX], double past, double next);

/* The pictures of picture.h as characters, for a terminal; each gives its number in the plot. */
int dumb_fan(struct plot *p, const char *name, const struct look *look, const struct fan *fan);
int dumb_series(struct plot *p, const char *name, const struct look *look, const struct fan *fan);
int dumb_totals(struct plot *p, const char *name, const struct look *look, const struct totals *t);
int dumb_curves(struct plot *p, const char *name, const struct look *look, const struct curves *c,
		int diagonal);
int dumb_quality(struct plot *p, const char *name, const struct look *look, const struct intake *q);

/* The pair of levels (index of the lower and the upper) that bounds the central `share`; 0 when the
 * forecast has none. */
int fan_band(const struct fan *fan, double share, int *low, int *high);
/* Least and greatest value that a fan shows; *low is 0 unless something lies below. */
void fan_range(const struct fan *fan, double *low, double *high);

#endif
