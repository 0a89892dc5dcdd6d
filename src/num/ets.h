/*
 * Exponential smoothing in state-space form: Hyndman, Koehler, Ord & Snyder (2008), "Forecasting with
 * Exponential Smoothing" (below: the book), tables 2.2 and 2.3. All 30 forms, seasons of any length,
 * values that are not known (NaN) passed over: the states go on, nothing is learnt.
 *
 * The states move alike whether errors are additive or multiplicative; with phi b for the slope's
 * share of a step (b^phi where the trend is multiplicative), q = l + phi b (or l b^phi) and the
 * forecast f = q, q + s or q s:
 *
 *     e = y - f,    d = e (or e / s, season multiplicative)
 *     l' = q + alpha d,   b' = phi b + beta d (or b^phi + beta d / l),   s' = s + gamma e (or e / q)
 *
 * A model is a vector theta[ETS_SEASON + m] in one layout for all forms, so that vectors of different
 * forms can be handed to one another as starts. What a form does not have is 0, and phi 1.
 */
#ifndef NUM_ETS_H
#define NUM_ETS_H

#include "base/err.h"
#include "base/mem.h"
#include "num/rng.h"

enum ets_part { ETS_NONE, ETS_ADD, ETS_MUL };

struct ets_form {
	enum ets_part error, trend, season; /* the error is never ETS_NONE */
	int damped;                         /* only with a trend */
};

/* Places in theta: smoothing parameters, then the states before y[0]; season k is that of y[k]. */
enum { ETS_ALPHA, ETS_BETA, ETS_GAMMA, ETS_PHI, ETS_LEVEL, ETS_SLOPE, ETS_SEASON };

#define ETS_LANES 16 /* vectors that ets_batch takes in one pass */

/* ---- forms ---- */

/* "AAdN" into a form; 0 when the text names none. */
int ets_form_read(const char *text, struct ets_form *out);
/* The form's name into out [5]. */
void ets_form_name(struct ets_form form, char *out);
/* Free parameters: smoothing, initial states (m - 1 of a season) and the variance, as counted by AIC. */
int ets_form_parameters(struct ets_form form, int m);
/* Variances of forecasts exist and no trend is multiplicative: what a search tries unasked. */
int ets_form_sound(struct ets_form form);

enum ets_bounds {
	ETS_USUAL = 1,      /* 1e-4 <= alpha <= .9999, beta <= alpha, gamma <= 1 - alpha */
	ETS_ADMISSIBLE = 2, /* the past's weight dies out (the book, ch. 10) */
	ETS_BOTH = 3,
};

/*
 * Do the effects of old values die out: the roots of the characteristic polynomial (the book, ch. 10)
 * lie within the unit circle (Schur-Cohn; phi may be 1).
 */
int ets_admissible(struct ets_form form, int m, const double *theta);

/* ---- passes over a series ---- */

/* What a pass adds up. Zero-initialised. */
struct ets_sum {
	int n;        /* known values */
	double sse;   /* sum of squared errors, relative ones where the error is multiplicative */
	double log_f; /* sum of log |f|, where the error is multiplicative */
};

/* -2 log-likelihood without its constant: n log(sse) + 2 sum log |f| (the book, 5.3); +Inf where it
 * does not exist. An error sum below 1e-24 a value counts as that: a perfect fit is finite. */
double ets_criterion(const struct ets_sum *sum);

/*
 * Filters y[from, to) on from `state` [2 + m] (level, slope, season by place t mod m), which is
 * moved; `sum` may be NULL.
 */
void ets_advance(struct ets_form form, int m, const double *theta, int from, int to, const double *y,
		 double *state, struct ets_sum *sum);
/* The criterion of theta over y[n]; state [2 + m] gets the states after it. */
double ets_evaluate(struct ets_form form, int m, const double *theta, int n, const double *y,
		    double *state);
/*
 * The criteria of ETS_LANES vectors in one pass: theta [ETS_SEASON + m][ETS_LANES], overwritten.
 * Each is what ets_evaluate gives, to the last bit, whatever the processor.
 */
void ets_batch(struct ets_form form, int m, double *theta, int n, const double *y, double *criterion);

/*
 * The criterion as least squares: exp(criterion / n) is a sum of squares of u = e, or of relative
 * errors times the geometric mean of |f|. One pass with the derivatives of all states carried along
 * gives u'u, J'u and J'J up to one common factor.
 */
struct ets_normal {
	int n_free;      /* variables: those of theta that the form has, in order, without the last season */
	int stride;      /* n_free rounded up to a multiple of 4 */
	const int *free; /* [n_free] their places in theta */
	double uu;       /* u'u */
	double *ju;      /* [stride] J'u; d criterion / d theta = 2 n ju / uu */
	double *jj;      /* [stride][stride] J'J, on and below the diagonal */
	double *room;    /* of the pass */
};
/* Makes the arrays; theirs is the arena. */
struct ets_normal ets_normal_new(struct ets_form form, int m, struct arena *a);
/* Fills it for theta over y[n]; returns the criterion. The last season moves against the others, so
 * that their sum stays. */
double ets_normal_at(struct ets_form form, int m, const double *theta, int n, const double *y,
		     struct ets_normal *out);

/* ---- fitting ---- */

/* A start for the states of theta, from the beginning of y[n] (a line and the means of places around
 * it); smoothing parameters are left alone. At least one value must be known. */
void ets_start(struct ets_form form, int m, int n, const double *y, double *theta);

/*
 * Fits one form to y[n], values about 1 in size: theta [ETS_SEASON + m] gets the best vector found
 * from a grid of smoothing parameters and from start [n_start][ETS_SEASON + m], fitted vectors of
 * simpler forms; Levenberg-Marquardt steps within the bounds over all variables at once. Returns the
 * criterion, +Inf where no start gives a finite one.
 */
double ets_fit(struct ets_form form, int m, enum ets_bounds bounds, int n, const double *y, int n_start,
	       const double *start, struct arena *scratch, double *theta);

enum ets_ic { ETS_AICC, ETS_AIC, ETS_BIC };

/* What a search may choose from. */
struct ets_wish {
	unsigned error, trend, season; /* bits 1 << enum ets_part */
	unsigned damped;               /* bits 1 << 0: plain trends, 1 << 1: damped ones */
	int restricted;                /* only ets_form_sound */
	int keep_season;               /* no form without a season where ets_season_is_plain */
	enum ets_ic ic;
	enum ets_bounds bounds;
};

/*
 * Is there a season that no choice should drop: of at most 24 periods, seen at least ten times, and
 * with an autocorrelation of the first differences at its lag above .3. The criteria judge one step
 * ahead, where a slope that turns fast can imitate the curve of a day; over a whole season it cannot.
 */
int ets_season_is_plain(int m, int n, const double *y);

struct ets_choice {
	struct ets_form form;
	int n, m;          /* known values; m = 1 where no season was fitted */
	double criterion;  /* of the values as given: loglik = -criterion / 2 */
	double ic;         /* the one asked for; +Inf where the values are too few for it */
	double sigma2;     /* of the (relative) errors, sum / (n - parameters without variance) */
};

/*
 * The form with the least information criterion among those wished for, and its theta
 * [ETS_SEASON + m]. Multiplicative parts are barred where a value is <= 0, a season longer than half
 * of the series is dropped, and a form needs two known values more than it has parameters; what
 * remains is at least the mean smoothed with a fixed alpha, so it always finds one. Returns 0 when
 * no value is known.
 */
int ets_choose(const struct ets_wish *wish, int m, int n, const double *y, struct arena *scratch,
	       double *theta, struct ets_choice *out);

/* ---- the future ---- */

/* Point forecasts of steps 1..n_step after time t from state [2 + m]; errors are taken as zero. */
void ets_path(struct ets_form form, int m, const double *theta, int t, const double *state, int n_step,
	      double *mean);
/*
 * Standard deviations of the errors of steps 1..n_step: exact for additive structures (the book, 6.2
 * and 6.3), right to the order of sigma2 for a multiplicative season under multiplicative errors.
 * Returns 0 for other forms: draw paths.
 */
int ets_sd(struct ets_form form, int m, const double *theta, double sigma2, int t, const double *state,
	   int n_step, double *sd);
/*
 * One future drawn from the model with normal errors; state [2 + m] is overwritten. A relative error
 * is at least -1 + 1e-6, and no value goes beyond `cap` in size.
 */
void ets_draw(struct ets_form form, int m, const double *theta, double sigma2, int t, double *state,
	      double cap, struct rng *rng, int n_step, double *path);

#endif
