/* What the files of the roi engine share: the past that all worlds have in common, and a world: rules
 * and costs, with what the arms' replays came to under them. */
#ifndef STOCK_ROI_PRIVATE_H
#define STOCK_ROI_PRIVATE_H

#include "stock/roi.h"

#define ROI_DRAWS 2000
#define ROI_MEMBER_DRAWS 500
#define ROI_LEVEL .9
#define SMALL_SEGMENT 5      /* series below which tau is chosen with all others */
#define SHORT_DAYS 182       /* of a test window that nothing is put on a year from */
#define SPANS 3              /* sums kept: over P, P - 1, and with twice the lead time */
enum { SPAN_USUAL, SPAN_SHORTER, SPAN_LONGER };

/* Columns are origins and periods alike, counted from setup->learn. */
struct roi_state {
	const struct roi_setup *u;
	struct arena *a;             /* of the result and of all that lives as long */
	int n, n_origin, validate, test;
	int block, n_block;          /* periods of a block; blocks of the test window */
	int n_tau, fixed;            /* fixed: index of the firm's own tau, or -1 */
	double tau[ROI_TAU_MAX];
	struct truth truth;
	double *known;               /* [n][n_origin] demand as the past knows it */
	int n_span, *span;           /* [n][n_span] */
	struct arm_result *arm;      /* [n_arm] */
	double *error_abs, *error_sum;     /* [n_arm][n] of sums over P in the test window */
	double *actual_sum;                /* [n] */
};

/* One way in which the shop might be run. */
struct world {
	struct stock_rules *rules;   /* [n] */
	struct stock_costs *costs;   /* [n] */
	int span;                    /* which sums the policies see */
	struct policy **policy;      /* [n_arm]; NULL: the arm does not take part */
	uint8_t *choice;             /* [n_arm][n_segment] index of tau */
	double *validation;          /* [n_arm] total at the choice */
	double *total;               /* [n_arm] of the test window at the choice */
	struct roi_point *curve;     /* [n_arm][n_tau], or NULL */
	struct roi_point *point;     /* [n_arm] */
	double *cost;                /* [n_arm][n][n_block] totals at the choice */
	struct stock_sums *sums;     /* [n][n_arm] */
	struct stock_money *money;   /* [n][n_arm] */
	int64_t decisions;           /* reviews of one arm in the test window */
};

/* Truth, spans and forecasts. */
MUST_CHECK enum status roi_settle(struct roi_state *s, struct world *base, struct err *e);
/* Rules and costs by some parameters [n]; memory is the arena's. */
MUST_CHECK enum status world_settle(const struct roi_state *s, const struct parameters *p, struct arena *a,
				    struct world *w, struct err *e);
/* Levels, calibration and the test window for the arms that `wanted` marks; `curves`: every tau too.
 * `lent`: a world whose policies may be taken as they are, or NULL. */
void world_live(const struct roi_state *s, struct world *w, const uint8_t *wanted, int curves,
		const struct world *lent, struct arena *a);
/* The test window of one arm, series by series at the tau of index[i]: cost [n][n_block]; sums and
 * money [n] may be NULL. Returns the total. */
double world_at(const struct roi_state *s, const struct world *w, int arm, const uint8_t *index,
		double *cost, struct stock_sums *sums, struct stock_money *money);
/* One series of one arm at a tau, period by period. Returns the number of periods. */
int world_trace(const struct roi_state *s, const struct world *w, int arm, int i, int tau,
		struct replay_day *day, float *level, int *from);

/* Benefit, cuts and money over years, out of the world as it is. */
void roi_judge(const struct roi_state *s, const struct world *w, struct roi_result *out);
/* Money of the window as money a year; NaN: too short. */
double roi_year(const struct roi_state *s, const struct roi_result *r, double window);
/* Other worlds: what the result hangs on, and what would beat any forecast. */
MUST_CHECK enum status roi_tornado(const struct roi_state *s, const struct world *w, struct roi_result *out,
				   struct err *e);
void roi_warn(const struct roi_state *s, struct roi_result *out);

#endif
