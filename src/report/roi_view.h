/*
 * The return on a forecast in words and tables: the same ones on the page, on a terminal and as JSON, so a
 * number is the same wherever it is read.
 */
#ifndef REPORT_ROI_VIEW_H
#define REPORT_ROI_VIEW_H

#include "life/roi_run.h"
#include "report/table.h"

/* Money for people: three digits that matter with thousands apart, "12,300"; the currency after it. */
void money_say(double x, const char *currency, struct buf *out);

/*
 * What a manager reads first, a sentence or two. A lower bound below zero: "no proven saving"; not the firm's
 * own data: "scenario"; less than half a year: nothing a year; no cash told: the keys to set.
 */
void roi_sentence(const struct roi_scope *s, const struct roi_result *r, struct buf *out);
/* Its two halves: the saving, and what it is worth after all costs. */
void roi_headline(const struct roi_scope *s, const struct roi_result *r, struct buf *out);
void roi_second(const struct roi_scope *s, const struct roi_result *r, struct buf *out);
/* "3 stores, 120 items, 52 weeks to 2026-11-22" */
void roi_scope_say(const struct roi_scope *s, const struct roi_result *r, struct buf *out);
/* What the lines of cost are called for people. */
const char *money_line_say(int line);

enum roi_view {
	ROI_VIEW_LINES,    /* cost line by line: rival, model, difference, perfect */
	ROI_VIEW_SERVICE,  /* the same of fill, stock, waste, orders */
	ROI_VIEW_ARMS,     /* every arm: error, level, costs */
	ROI_VIEW_MEMBERS,  /* who gains and who loses */
	ROI_VIEW_SHADOWS,  /* what would beat any forecast */
	ROI_VIEW_TORNADO,
	ROI_VIEW_ASSUMPTIONS,
	ROI_VIEW_CURVES,
	N_ROI_VIEW
};
struct roi_view_text {
	const char *key;   /* in json */
	const char *title;
};
extern const struct roi_view_text roi_view_text[N_ROI_VIEW];
/* The table of a view; free it before the arena goes. `cut` (NULL: all): members of that cut alone. */
struct table *roi_table(const struct roi_scope *s, const struct roi_result *r, enum roi_view view,
			const char *cut, struct arena *a);
/* The cut that a page shows: the categories or departments where there are any, else "abc". */
const char *roi_cut_shown(const struct roi_result *r);

/* What to do: where to switch, where to stay, where packs or lead times matter more. Adds lines. */
void roi_actions(const struct roi_scope *s, const struct roi_result *r, struct buf *out);

/* All of it for a terminal of 80 columns, and as one JSON object. */
void roi_text(const struct roi_scope *s, const struct roi_result *r, const struct text_style *style,
	      struct arena *a, struct buf *out);
void roi_json(const struct roi_scope *s, const struct roi_result *r, struct arena *a, struct buf *out);

#endif
