/*
 * One series as it streams by, in some 250 bytes: its own recent sales, by which a value is judged.
 *
 * Extreme values. A sold value is extreme when it is `limit` times the median and four times the
 * largest of the last 24 sold days; or, among whole numbers, when it is a multiple of 100 where none
 * was, `limit` times the median and twice the largest; or, downward, when a series of whole numbers
 * gets a fraction, or another falls below a quarter of its smallest and 1/limit of its median.
 * A day on promotion is extreme only as a hundredfold, or at ten times the limit.
 * Extremes wait. A return to normal makes one or two of them spikes, and more of them an event
 * (promotions last). If they are the series' last word the unit has changed ("ratio"): three of them,
 * or one within the last `recent` days that is a hundredfold or twice as extreme. 28 of them are a new
 * level ("shift").
 */
#ifndef QUALITY_WATCH_H
#define QUALITY_WATCH_H

#include <stddef.h>
#include <stdint.h>
#include "quality/silence.h"
#include "series/feed.h"

#define WATCH_RING 24

struct watch {
	float ring[WATCH_RING];  /* last sold values, without the extreme ones */
	float median, high, low; /* of the ring; the median is renewed every eighth value */
	float extreme, before;   /* the largest (smallest) waiting one, and the median before it */
	float spike, spike_before, shift, shift_before, worst, most;
	int32_t rows, sold, negative, spikes, over;
	day_t first, last, last_sold, negative_day, extreme_day, spike_day, over_day, gap_day, shift_day;
	int32_t present_first, present_last; /* the store's count of reporting days at first and last */
	int32_t paused;                      /* of these, days in long breaks: the item was not listed */
	struct quiet quiet;
	uint16_t zeros;                      /* rows of 0 since the last sale */
	uint16_t n_extreme;
	uint8_t n_ring, at, fresh, down;
	uint8_t fraction, says_zero;         /* has had a value that is not whole; a row of 0 */
};

/* What judging a sold value needs to know. */
struct watch_rules {
	double limit;     /* times the median that make a value extreme */
	double most;      /* units above this are counted as over; infinite: none are */
	int zero_gaps;    /* days without a row are days without sale */
	const struct feed_promotion *promotion; /* [n_promotion] by (series, from) */
	int n_promotion;
};

/* A sold value (not 0) on a day that is the store's open-th open day; busy [open + 1] as in
 * quality/silence.h. */
void watch_sold(struct watch *w, const struct watch_rules *rules, day_t day, int32_t open, const float *busy,
		double units, int32_t series, struct silences *runs);

enum watch_verdict { WATCH_FINE, WATCH_RATIO, WATCH_SPIKE };
/* At the end of the feed: what the waiting extremes are; those of WATCH_RATIO stay in the watch. */
enum watch_verdict watch_end(struct watch *w, double limit, day_t last, int recent);

/* Once it is known that many units changed on `day`: is the series' last value of that day, though
 * not extreme, the only multiple of 100 among its whole numbers? It becomes the waiting one then. */
int watch_hundredfold_late(struct watch *w, day_t day);

#endif
