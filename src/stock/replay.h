/*
 * The replay: one series' shelf, period by period, under a stock policy. Period t (a day, or a week in
 * a weekly db):
 *
 *	1. what is due arrives, fresh, to be sold in periods t .. t+A-1
 *	2. demand is served from stock, oldest first (FIFO), freshest first (LIFO), or a mix
 *	3. what is not served is lost; nothing is carried over
 *	4. units whose last sellable period was t are waste
 *	5. holding is charged on what is left
 *	6. if t is a review: the forecaster sees the data up to and including t,
 *	   IP = on hand + on order, S[t] = order-up-to level, q = round(max(0, S - IP)),
 *	   which arrives at the start of t+1+L
 *
 * so the order of t is the last that can help t+1+L .. t+L+R: the protection interval is t+1 .. t+P,
 * P = L + R.
 *
 * Invariants over any stretch (asserted in test builds): open + received = sold + wasted + end;
 * demand = sold + lost; every order is a multiple of the pack and at least the MOQ.
 * Units are whole (see WEIGHED in parameter.h).
 */
#ifndef STOCK_REPLAY_H
#define STOCK_REPLAY_H

#include "base/mem.h"
#include "series/calendar.h"
#include "stock/cost.h"

enum stock_policy {
	POLICY_RS,   /* (R,S): at each review up to S */
	POLICY_RSNQ, /* (R,s,nQ): only when IP < s, with n = ceil((s - IP) / Q), Q the pack; S[t] is s */
};
enum stock_rounding {
	ROUND_UP,   /* to the next pack, over S if need be; then up to the MOQ, in packs */
	ROUND_DOWN, /* to the pack below, never over S; nothing if that is less than the MOQ */
};

/* How one series is ordered. Periods and units of the replay. */
struct stock_rules {
	int lead;               /* L >= 0 */
	int review;             /* R >= 1: reviews at periods t with (t - phase) mod R = 0 */
	int phase;
	uint8_t weekdays;       /* bit day_of_week(t): review on these days instead; 0 = by `review` */
	int protect;            /* P = L + R; with weekdays, L + the longest wait between two reviews */
	int64_t pack, moq;      /* >= 1, >= 0 */
	int64_t max_stock;      /* IP after an order is not above; 0 = none */
	int shelf;              /* A; 0 = does not spoil */
	int marked_days;        /* marked down in the last so many sellable periods */
	double lifo;            /* share of demand served freshest first: 0 FIFO, 1 LIFO */
	enum stock_policy policy;
	enum stock_rounding rounding;
};
/* Is period t (day = its first day) a review? */
int stock_review(const struct stock_rules *r, period_t t, day_t day);
/* Units to order: roi.md 1.5. `level` is S (or s); position = on hand + on order. */
int64_t stock_order(const struct stock_rules *r, double level, int64_t position);

/* One series and policy at work over n periods. Arrays are borrowed. */
struct replay {
	const struct stock_rules *rules;
	int n;
	const int64_t *demand;   /* [n] */
	const uint8_t *review;   /* [n] 1 at reviews */
	const float *level;      /* [n] S at the end of each period; only reviews are read; NaN: no order */
	int64_t start;           /* fresh units before the first period */
	const int64_t *due;      /* [L+1] arrives at periods 0 .. L; NULL = nothing */
	int warm;                /* periods that are lived but not summed */
	int block;               /* periods of a stretch; 0 = one stretch */
};

/* One period, for a trace. */
struct replay_day {
	int64_t received, open, sold, lost, wasted, end, order, on_order;
};

struct replay_room; /* scratch of one worker */
struct replay_room *replay_room_new(void);
void replay_room_free(struct replay_room *room);

/* Stretches that a replay is summed in: ceil((n - warm) / block), 1 for block 0. */
int replay_blocks(const struct replay *r);
/* Lives through it. sums [replay_blocks] are set; trace [n] may be NULL. */
void replay_run(const struct replay *r, struct replay_room *room, struct stock_sums *sums,
		struct replay_day *trace);

#endif
