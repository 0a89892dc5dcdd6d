/*
 * What the methods for intermittent demand share: one pass over a series, in which each value is
 * learnt and the demand a period can be asked for at any place, and a profile of the season for
 * those who want one (a Croston forecast is flat, but the sum over many items keeps the pattern
 * of the week).
 *
 * A value that is not known is passed over: it is neither a sale nor a period without one, so the
 * intervals count known periods only and a rate is demand per known period. A value of zero or
 * below is a period without demand.
 */
#ifndef MODEL_INTERMITTENT_H
#define MODEL_INTERMITTENT_H

#include "model/local.h"

/* A method as a pass sees it: learn one known value, tell the demand a period. */
struct rate_source {
	void *state;
	void (*learn)(void *state, double y);
	double (*rate)(void *state);
};

/* The options of the profile, for the tables of methods. */
#define PROFILE_OPTIONS                                                                      \
	{ .name = "profile", .type = OPTION_CHOICE, .value = "WHEN", .preset = "off",        \
	  .choices = "off|on",                                                               \
	  .help = "times the season's profile of the series, shrunk to flat" },              \
	{ .name = "season", .type = OPTION_INT, .value = "N", .preset = "0", .min = 0,       \
	  .max = 5000, .help = "season length of the profile; 0 is the calendar's" }

/* local_method's replay for a source at its start: rows rate x profile. A row without a known value
 * before it is NaN. */
enum status rate_replay(const struct spec *, const struct local_series *, struct arena *scratch,
			struct rate_source *, int n_end, const int *end, int n_step, double *mean);
/* local_method's predict in the same terms; E_FIT without a known value. */
enum status rate_predict(const struct spec *, const struct local_series *, struct arena *scratch,
			 struct rate_source *, int n_step, double *mean, struct err *);
/* Sum of squares of y[t] - (rate before t) over the known values after the first, of a source at
 * its start: what a weight that is not given is fitted by. */
double rate_sse(const struct local_series *, const struct rate_source *);

/*
 * Demand as an occurrence and a size, both independent of the past: what the forecasts of Croston's
 * family stand for. Sizes are those seen, the newest with probability `weight`, the one before with
 * weight (1 - weight), and so on, the rest for the first: their mean is the smoothed size.
 */
struct occurrence {
	double probability;        /* of a demand in a period, <= 1 */
	double weight;             /* of the newest size, in [0, 1] */
	double size, variance;     /* mean and variance of the sizes so weighted */
	double rate_variance;      /* variance of the estimate of probability x size */
};
/* local_method's paths: sizes are bootstrapped. A profile moves the probability, and, where that
 * would be above 1, the size; sizes of whole series stay whole. E_FIT without a known value. */
enum status occurrence_paths(const struct spec *, const struct local_series *,
			     struct arena *scratch, const struct occurrence *, struct rng *,
			     int n_path, int n_step, double *path, struct err *);
/* local_method's sd: the same for each step but for the profile. E_FIT where nothing varies. */
enum status occurrence_sd(const struct spec *, const struct local_series *, struct arena *scratch,
			  const struct occurrence *, int n_step, double *sd, struct err *);

/*
 * Demand by place in the season, growing value by value. Each index is the mean of its place over
 * the mean of all, moved toward 1 by the credibility n / (n + k) of its n values; k is the
 * variance within the places over that between them (Buehlmann & Straub 1970; Buehlmann & Gisler,
 * "A Course in Credibility Theory", 2005, chapter 4), so a pattern that the noise could have made
 * is none.
 */
struct profile {
	int season, place;           /* places; place of the next value */
	double *n, *sum, *square;    /* [season] */
};
/* A profile of the season at a period; memory of the arena. */
void profile_init(struct profile *, int season, period_t first, struct arena *);
/* The next period's value; NaN is passed over. */
void profile_add(struct profile *, double y);
/* Index of each place, index [season], mean 1 over the places; flat where nothing is known. */
void profile_index(const struct profile *, double *index);

#endif
