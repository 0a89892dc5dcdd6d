/*
 * The digest as tables, and whole as text and as JSON. The page shows the same tables, so a number
 * is the same wherever it is read.
 */
#ifndef REPORT_DIGEST_VIEW_H
#define REPORT_DIGEST_VIEW_H

#include "life/digest.h"
#include "report/table.h"

enum view {
	VIEW_TOTALS,    /* sums by tier */
	VIEW_ALERTS,    /* what monitoring holds open */
	VIEW_MODELS,    /* what became of the models */
	VIEW_FINDINGS,  /* what is wrong with the data */
	VIEW_FALLBACKS, /* series on a lower rung, by rung and reason */
	VIEW_CHANGES,   /* series whose sales are expected to change most */
	VIEW_ACCURACY,  /* methods in the last backtest */
	VIEW_STEPS,     /* the same by ranges of steps */
	VIEW_INTAKE,    /* what came in, by period, newest first */
	VIEW_FILES,     /* newest files */
	VIEW_METHODS,   /* who made the forecasts */
	VIEW_RUN,       /* names and hashes of the run */
	VIEW_STAGES,    /* time and memory */
	N_VIEW
};

struct view_text {
	const char *key;   /* in json */
	const char *title;
	const char *empty; /* what an empty table means */
};
extern const struct view_text view_text[N_VIEW];
/* What it means that a view of this digest is empty. */
const char *view_empty(const struct digest *d, enum view view);

/* All that is known, or what a person reads: of the totals VIEW_TIERS tiers, VIEW_NODES of each. */
enum extent { EXTENT_ALL, EXTENT_SHORT };
#define VIEW_TIERS 4
#define VIEW_NODES 12

/* The table of a view; free it before the arena goes. */
struct table *view_table(const struct digest *d, enum view view, enum extent extent, struct arena *a);

/* "28 days", "1 week". */
void periods_say(const struct digest *d, int n, struct buf *out);
/* What the digest is of: "Forecast for all stores, 24 Nov to 21 Dec 2026". */
void digest_title(const struct digest *d, struct buf *out);
/* The verdict in words for people. */
const char *verdict_say(enum verdict verdict);

/* The night in some lines, as a mail has it. */
void digest_text(const struct digest *d, const struct text_style *style, struct buf *out);
/* Everything, as one JSON object. */
void digest_json(const struct digest *d, struct buf *out);

#endif
