/*
 * The return on a forecast: arms replayed through one stock policy over the same past, and the
 * difference in money (roi.md 1).
 *
 *	settle     rules and costs of every series; truth; time line
 *	forecast   every arm at every origin (stock/arm)
 *	levels     order-up-to levels for every tau (stock/policy)
 *	calibrate  tau by segment and arm: least cost of a replay over the validation window, the same grid
 *	           and code for every arm, the perfect one included
 *	replay     every arm and tau over the test window
 *	judge      benefit with interval, by cut; cash; tornado; shadow replays
 *
 * Time line, in periods:  learn (errors only) | validate (warm-up, then scored) | test (scored; its
 * warm-up lies in the validation window). No decision of the test window touches anything chosen in it.
 *
 * Invariants: arms with equal forecasts give equal bytes; the result does not depend on the number of
 * threads, the order of rows or the order of arms; future data change no order of the past.
 */
#ifndef STOCK_ROI_H
#define STOCK_ROI_H

#include "stock/arm.h"
#include "stock/benefit.h"
#include "stock/cash.h"
#include "stock/parameter.h"
#include "stock/policy.h"

#define ROI_TAU_MAX 16
#define ROI_ARM_MAX 12
#define ROI_BLOCK_WEEKS 4
extern const double roi_tau[]; /* .50 .60 .70 .80 .85 .90 .93 .95 .97 .98 .99 */
#define N_ROI_TAU 11

/* A cut of the series that the benefit is told by. */
struct roi_cut {
	const char *name;                /* "abc", "shelf", "store", "segment" ... */
	int n_member;
	const char *const *member;       /* [n_member] */
	const int *of;                   /* [n] member of each series */
};

struct roi_setup {
	const struct panel *panel;
	const struct parameters *parameters; /* [n] */
	int n_arm;
	const struct arm *arm;           /* [n_arm]; the perfect one last */
	int model;                       /* index of the arm whose worth is asked */
	int rival;                       /* the baseline to be held against; -1: the best of the others on the
					  * validation window, by cost */
	enum stock_policy policy;
	enum stock_rounding rounding;
	period_t learn, validate, test;  /* first periods of each stretch */
	int n_test;                      /* scored periods */
	int refit, step, refresh;        /* see arm.h, policy.h */
	double tau_fixed;                /* > 0: the firm's own tau for all; 0: calibrated */
	const int *segment;              /* [n] tau is chosen by segment */
	int n_segment;
	const char *const *segment_name; /* [n_segment] */
	int n_cut;
	const struct roi_cut *cut;       /* [n_cut] */
	struct cash_plan cash;           /* benefit is filled in by the result */
	int cash_told;                   /* 0: build, run and people are not told: no NPV */
	double realisation, coverage;    /* a; sales of all series / sales of those replayed */
	enum truth_mode truth;
	const struct truth *told;        /* demand as a simulator knows it, from `learn` to the end of the
					  * test window; NULL: made of the sales by `truth` */
	struct fit_context context;      /* seed and jobs too */
	int draws;                       /* of the bootstrap; 0: 2000 */
	double level;                    /* of the interval; 0: .9 */
	int shadows, tornado;            /* 1: make them */
};

/* One point of an arm's trade-off curve, or its operating point. Money per window. */
struct roi_point {
	double tau;                      /* 0: as calibrated, segment by segment */
	struct stock_money money;
	double demand, sold, lost, wasted; /* units */
	double lost_value, wasted_value; /* at price, at unit cost */
	double fill;                     /* P2 = 1 - lost / demand in units */
	double service;                  /* P1: cycles without a lost unit */
	double stock_value;              /* mean at unit cost */
	double cover;                    /* days of cover: mean stock value over cost of sales a day */
	double waste_share;              /* wasted cost / sales value */
	double lines;                    /* order lines */
};

struct roi_arm_result {
	const char *name;
	enum arm_kind kind;
	double wape;                     /* of the sums over protection intervals in the test window */
	double bias;                     /* the same: sum(F - Y) / sum Y */
	double validation_total;         /* at its calibrated tau */
	const double *tau;               /* [n_segment] */
	struct roi_point point;          /* at the calibrated tau */
	struct roi_point curve[ROI_TAU_MAX]; /* [n_tau] the same tau for all series */
	int64_t made, fell;
	double cpu;
};

/* The benefit of model over rival in one member of a cut. */
struct roi_member {
	const char *cut, *member;
	int series, worse;               /* in it; of them worse off */
	double sales;                    /* value of the test window */
	double rival_total, model_total;
	double rival_wape, model_wape;
	struct benefit benefit;          /* window money */
};

/* One bar of the tornado. */
struct roi_bar {
	const char *name;                /* parameter, or cash item */
	const char *unit;
	double low, base, high;          /* values tried */
	double at_low, at_high;          /* NPV there; window benefit where no cash was told */
	int replayed;                    /* 1: decisions were made anew */
};

/* A replay of another world with the model's and the rival's forecasts: is it the forecast at all? */
struct roi_shadow {
	const char *name;                /* "lead time one period shorter", "packs of one", "shelf life + 1" */
	double rival_total, model_total; /* window money */
	int series;                      /* that it applies to */
};

/* What the manager's page says. Money of the window unless a year is named. Memory is the arena's. */
struct roi_result {
	int n, n_arm, n_tau, n_segment, n_member, n_bar, n_shadow, n_block;
	double tau[ROI_TAU_MAX];
	const char *const *segment_name; /* [n_segment] borrowed from the setup */
	const struct roi_arm_result *arm;    /* [n_arm] in the order of the setup */
	int model, rival, perfect, simplest; /* indices; rival is the one chosen; perfect -1: none.
					      * simplest: the first arm that is neither model nor perfect */
	period_t test;
	int n_test;
	int days;                        /* days of the test window */
	int short_window;                /* 1: below 26 weeks: nothing is put on a year */
	struct benefit benefit;          /* rival - model */
	double share;                    /* of the rival's total */
	double captured;                 /* (rival - model) / (rival - perfect) */
	/* Policy gain apart from forecast gain: rival at the textbook's tau -> rival calibrated -> model
	 * calibrated. With the firm's own tau the policy stays as it is: before is rival at it, the gain 0. */
	double policy_before, policy_gain, forecast_gain;
	double equal_fill;               /* stock value released at the rival's fill; NaN */
	double equal_stock;              /* units sold more at the rival's stock; NaN */
	double year;                     /* benefit a year, realised; NaN for a short window */
	double year_low, year_high;
	struct cash_plan plan;           /* with the benefit filled in */
	struct cash_result cash;
	double npv_low, npv_high, npv_positive; /* of the bootstrap draws */
	double flow[CASH_YEARS_MAX + 1]; /* undiscounted */
	double band_low[CASH_YEARS_MAX + 1], band_high[CASH_YEARS_MAX + 1]; /* of cumulative discounted cash */
	const struct roi_member *member; /* [n_member] cut by cut */
	const struct roi_bar *bar;       /* [n_bar] widest first */
	const struct roi_shadow *shadow; /* [n_shadow] */
	int fresh_case_cover;            /* series with pack / (mean daily demand x shelf life) > 1 */
	double imputed;                  /* share of the test window's demand that was drawn */
	int64_t stockout_days, unknown_days, series_days, decisions;
	int excluded;                    /* series without demand in the window, or that had not begun */
	int worse;                       /* series worse off with the model */
	double top_tenth;                /* share of the benefit that the best tenth of series carries */
	int n_warning;
	const char *const *warning;      /* [n_warning] sentences: roi.md's pitfalls that fired */
	/* By series, for the db: sums and money of each arm at its calibrated tau. */
	const struct stock_sums *sums;   /* [n][n_arm] in units x scale */
	const struct stock_money *money; /* [n][n_arm] */
	const int *scale;                /* [n] */
};

/* E_INPUT: the history is too short for the windows, with what it allows; E_USAGE: a parameter;
 * E_STOPPED. */
MUST_CHECK enum status roi_run(const struct roi_setup *setup, struct arena *a, struct roi_result *out,
			       struct err *e);

/* Units to order of one series at one review, for tests and traces: runs the arm's replay over the test
 * window at its calibrated tau into trace[n_test + warm-up]; returns the number of periods. */
struct roi_trace_row {
	period_t period;
	double forecast, level;
	struct replay_day day;
};
MUST_CHECK enum status roi_trace(const struct roi_setup *setup, int arm, int series, struct arena *a,
				 struct roi_trace_row **row, int *n, struct err *e);

#endif
