/*
 * Pictures of a return: what makes the difference, what each level of service costs in stock, what the
 * result hangs on, when the money is back. Palette and manner as in report/picture.h; each adds one picture
 * to the plot and returns its number.
 */
#ifndef REPORT_ROI_PICTURE_H
#define REPORT_ROI_PICTURE_H

#include "life/roi_run.h"
#include "report/picture.h"

/* From the baseline's cost to the model's, line by line. */
int roi_picture_waterfall(struct plot *p, const char *name, const struct look *look,
			  const struct roi_scope *s, const struct roi_result *r);
/* Share of demand served against mean stock, every arm over the grid of levels; dots: as calibrated. */
int roi_picture_tradeoff(struct plot *p, const char *name, const struct look *look,
			 const struct roi_scope *s, const struct roi_result *r);
/* The same curves against waste; only where something spoils. */
int roi_picture_waste(struct plot *p, const char *name, const struct look *look, const struct roi_scope *s,
		      const struct roi_result *r);
/* Bars of NPV (or of the window's saving) for each assumption; height by roi_tornado_height. */
int roi_picture_tornado(struct plot *p, const char *name, const struct look *look,
			const struct roi_scope *s, const struct roi_result *r);
int roi_tornado_height(const struct roi_result *r);
/* Cumulative discounted cash with its band, and where it is paid back. */
int roi_picture_cash(struct plot *p, const char *name, const struct look *look, const struct roi_scope *s,
		     const struct roi_result *r);
/* Saving by member of a cut, with its interval. */
int roi_picture_members(struct plot *p, const char *name, const struct look *look, const char *cut,
			const struct roi_result *r);
int roi_members_height(const struct roi_result *r, const char *cut);

#endif
