/* What the pictures are drawn from, out of a digest. Arrays are borrowed from the digest or are the
 * arena's. */
#ifndef REPORT_DIGEST_PICTURE_H
#define REPORT_DIGEST_PICTURE_H

#include "life/digest.h"
#include "report/picture.h"

/* The node of the whole, or NULL. */
const struct digest_node *digest_total(const struct digest *d);
/* The fan of a node, or, with series not NULL, of that series. */
void digest_fan(const struct digest *d, const struct digest_node *node,
		const struct digest_series *series, struct fan *out);
/* The nodes of a tier; NULL: the first with several, else the first. 0: there is no such tier, or
 * nothing sells in it. */
int digest_totals(const struct digest *d, const char *tier, struct arena *a, struct totals *out);
/* The tiers that have nodes, coarse to fine; the arena's. */
int digest_tiers(const struct digest *d, struct arena *a, const char *const **out);

#define CURVES_MAX 7 /* methods that a picture can tell apart */
/* Error by step of the floor, the run's own spec and the first others; 0: fewer than two steps. */
int digest_errors(const struct digest *d, struct arena *a, struct curves *out);
/* Share of sales within each central band against the share promised, for floor and own spec; 0: not
 * scored. Counts lie within more often than promised: a band cannot end between two whole numbers. */
int digest_coverage(const struct digest *d, struct arena *a, struct curves *out);
/*
 * What share of sales each quantile really had, for floor and own spec: any number from the share
 * below it to the share at most it will do, and the one nearest to the level is taken. 0: not scored.
 */
int digest_calibration(const struct digest *d, struct arena *a, struct curves *out);
/* What came in by period. */
void digest_intake(const struct digest *d, struct intake *out);

#endif
