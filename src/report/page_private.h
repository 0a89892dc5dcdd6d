/* What page.c and page_figure.c share; no one else includes it. */
#ifndef REPORT_PAGE_PRIVATE_H
#define REPORT_PAGE_PRIVATE_H

#include "life/digest.h"
#include "report/plot.h"

#define PAGE_TIERS 3 /* tiers that get a picture */

/* The places for pictures on the page. */
enum slot {
	SLOT_TOTAL,
	SLOT_TIER,
	SLOT_FAN = SLOT_TIER + PAGE_TIERS,
	SLOT_ERRORS = SLOT_FAN + DIGEST_FANS,
	SLOT_COVERAGE,
	SLOT_INTAKE,
	N_SLOT
};

/* A picture that was asked for; all gnuplot's work is done in one process before the page is
 * written. */
struct figure {
	int there, picture, narrow;
	char name[24];              /* of the file, and prefix of its ids */
	const char *caption, *under;/* the arena's; plain text */
};

struct page {
	const struct digest *d;
	struct buf *out;
	struct err *without;  /* why there are no pictures */
	struct plot *plot;
	struct figure figure[N_SLOT];
	struct arena arena;
};

/* Adds a whole page: template and style of the data folder around a body. E_IO: they cannot be read. */
MUST_CHECK enum status page_frame(const char *title, const struct buf *body, struct buf *out,
				  struct err *e);
/* Adds HTML as it is: a literal of ours or text that has been escaped. */
void page_say(struct page *p, const char *html);
/* Draws all pictures; what goes wrong is kept in p->without. */
void page_draw(struct page *p, const char *keep);
/* Writes the figure of a slot, if there is one. */
void page_figure(struct page *p, int slot);
void page_release(struct page *p);

#endif
