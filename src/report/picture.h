/*
 * The pictures: what each is drawn from, and how it looks. One palette for all (colours that stay
 * apart for colour-blind eyes and in grey print: Okabe and Ito 2008, tints of one blue for the
 * bands). The page replaces the palette's colours by CSS variables, so a picture follows light and
 * dark; nothing else in an SVG may have one of these colours.
 *
 * Each function adds one picture to the plot and returns its number. Arrays and strings are borrowed
 * during the call. NaN is a value that is not known and leaves a gap.
 */
#ifndef REPORT_PICTURE_H
#define REPORT_PICTURE_H

#include "report/plot.h"
#include "series/events.h"
#include "series/forecast.h"
#include "series/panel.h"

struct palette_entry {
	const char *name; /* of the CSS variable, without dashes */
	const char *light; /* "#rrggbb": what the pictures use */
	const char *dark;
};
extern const struct palette_entry palette[]; /* ends with name NULL */

/* How a picture is wanted. */
struct look {
	enum plot_kind kind;
	int width, height; /* as plot_begin takes them */
	int titled;        /* 0: the page writes the title itself */
	int utf8;          /* DUMB: shades and dots beyond ASCII */
};

/* Past and forecast of one series or one node. */
struct fan {
	const char *title;
	const char *unit;       /* what is counted: "units", or NULL */
	struct calendar calendar;
	int n_past;
	period_t first;         /* period of units[0] */
	const double *units;    /* [n_past] */
	const uint8_t *state;   /* [n_past] enum day_state, or NULL */
	int n_step, n_level;    /* n_step 0: history alone */
	period_t origin;        /* step 1 is origin + 1 */
	const double *level;    /* [n_level] */
	const double *mean;     /* [n_step] */
	const double *quantile; /* [n_step][n_level], or NULL where only the mean is known */
	const double *actual;   /* [n_step] what was sold after all, or NULL */
	const struct event *event; /* [n_event] in the span shown */
	int n_event;
};
/* History, then mean and the bands that the levels pair up to (50, 80, 90 %). */
int picture_fan(struct plot *p, const char *name, const struct look *look, const struct fan *fan);
/* A long history: what was sold, and its mean over one season. Forecast fields are not used. */
int picture_series(struct plot *p, const char *name, const struct look *look, const struct fan *fan);

/* Sums over the nodes of a tier: what was sold in the last n_step periods beside what is expected in
 * the next n_step. */
struct totals {
	const char *title;
	const char *unit;
	int n;
	const char *const *node; /* [n] */
	const double *past;      /* [n] */
	const double *next;      /* [n] */
};
/* At most PICTURE_NODES bars: the largest, and the rest in one. */
#define PICTURE_NODES 12
/* The height that n nodes need. */
int totals_height(const struct look *look, int n);
int picture_totals(struct plot *p, const char *name, const struct look *look, const struct totals *t);

/* One line a method over steps or levels. */
struct curves {
	const char *title;
	const char *x_label, *y_label;
	int n, m;
	const char *const *method; /* [n] */
	const double *x;           /* [m] ascending */
	const double *y;           /* [n][m] shares */
	int best;                  /* the method that is drawn strongly, or -1 */
	int floor;                 /* the method that is the floor to beat (grey, dashed), or -1 */
};
/* Error against step. */
int picture_errors(struct plot *p, const char *name, const struct look *look, const struct curves *c);
/* Share that was really within against the share promised; the diagonal is the goal. */
int picture_coverage(struct plot *p, const char *name, const struct look *look,
		     const struct curves *c);

/* What came in and what was wrong with it, by period. */
struct intake {
	const char *title;
	struct calendar calendar;
	int n;
	period_t first;
	const double *good, *bad, *findings; /* [n] each */
	const char *good_label, *bad_label;  /* "series with data", "without" */
};
int picture_quality(struct plot *p, const char *name, const struct look *look, const struct intake *q);

#endif
