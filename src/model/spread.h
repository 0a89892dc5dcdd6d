/*
 * The distribution around a mean path, from a method's own errors: the method is replayed at past
 * origins, its errors are scaled, sorted by range of steps, and their quantiles are added to the
 * mean (empirical residual quantiles; Hyndman & Athanasopoulos, FPP3, 5.5; split conformal with
 * rolling origins).
 *
 * An error of step h is divided by growth[h] (mean / level)^power before it is pooled and multiplied by
 * it after (near zero the scale is flat). The power: sales vary about as the root of their mean and
 * turnover that grows about as the mean itself, so busy weekdays and high levels get wider quantiles,
 * and the whole stays proportional to the units; it is learnt from the windows. The growth: how the
 * model itself says that its errors grow over the steps (local_method.sd), 1 where it says nothing.
 *
 * A series that is counted in whole units and sells few of them gets a distribution of counts around
 * its means instead (model/negbin.h), once it is long enough to know its dispersion: errors that are
 * added to a mean and rounded are no counts.
 *
 * A series with few errors borrows the form of its segment and keeps its own size of error; where
 * there is nothing to borrow, the model's own normal distribution stands, and without a model one as
 * wide as the series' level.
 */
#ifndef MODEL_SPREAD_H
#define MODEL_SPREAD_H

#include "model/local.h"

#define SPREAD_RANGES 4 /* ranges of steps that share their errors */
#define SPREAD_LEVELS 99

/* What the past says of one series; arrays are the caller's. */
struct spread {
	int n[SPREAD_RANGES];       /* errors seen; 0 in all: nothing is known */
	double size[SPREAD_RANGES]; /* mean absolute scaled error */
	double level;               /* mean absolute demand */
	double power;               /* of the mean, with which errors grow; 0 to 1 */
	int counted;                /* 1: the quantiles are set already, by spread_count */
	double sd;                  /* of step 1 by the model; 0: it does not say */
	double *growth;             /* [n_step], 1 at step 1, not falling */
	double *quantile;           /* [SPREAD_RANGES][n_level] of the scaled errors */
};

/* The form of a segment: sums over its series of quantiles divided by size; zero-initialised. */
struct spread_pool {
	int n[SPREAD_RANGES];
	double size_to_level[SPREAD_RANGES];
	double quantile[SPREAD_RANGES][SPREAD_LEVELS];
};

/* Periods before the first past origin, of a season of so many periods. */
int spread_shortest(int season);
/* Sets the quantiles of `one` around its means where the series is counted in whole units, sells few of them
 * and is long enough (1: spread.counted); else leaves them (0). */
int spread_count(const struct local_series *, struct arena *scratch, struct forecast *one);
/* Replays the method over the series and fills `out` but for `counted` (its arrays set, n_level <=
 * SPREAD_LEVELS); of `one` levels and steps are read. */
void spread_learn(const struct local_method *, const struct spec *, const double *p,
		  const struct local_series *, struct arena *scratch, struct forecast *one,
		  struct spread *out);
/*
 * Past errors as they followed one another: rows[k][n_step] from each past origin that has n_step
 * known periods behind it, scaled as above; NaN where the truth is not known. Returns the number of
 * rows (0: the past is too short); memory is the scratch's.
 */
int spread_rows(const struct local_method *, const struct spec *, const double *p,
		const struct local_series *, struct arena *scratch, int n_step, double **rows);
/* Has it so few errors somewhere in its steps that spread_apply would look into the pool? */
int spread_is_short(const struct spread *, int n_step, int season);
/* Adds a series with enough errors to its segment's pool. */
void spread_pool_add(struct spread_pool *, const struct spread *, int n_level);
/* Quantiles around the means of `one` (n = 1): ascending, not below 0 unless negative_ok, whole for
 * series that are counted in whole units. Where errors are few, `s` is changed to what it borrowed. */
void spread_apply(struct spread *s, const struct spread_pool *, int season, int whole, int negative_ok,
		  struct forecast *one);

/* The random stream of a series' paths: by master seed and key alone. Free with rng_free. */
struct rng *spread_rng(const struct series_key *, uint64_t seed);
/* Turns a template path[n_path][one->n_step] into draws from the distribution of `one` (n = 1) whose
 * order at each step is the template's; places that are NaN are put in a random order. */
void spread_paths(struct rng *, const struct forecast *one, int whole, int negative_ok, int n_path,
		  double *path);

/*
 * Quantiles where no error was ever seen and no model speaks: normal with a standard deviation of
 * `sd`, cut at zero unless negative_ok.
 */
void spread_normal(struct forecast *one, double sd, int whole, int negative_ok);

#endif
