/* What the files of method `boost` share: its plan, its model, its rows. */
#ifndef MODEL_BOOST_PRIVATE_H
#define MODEL_BOOST_PRIVATE_H

#include "feature/feature.h"
#include "model/method.h"
#include "model/xgb.h"

/* What stands for "not known" in a row. A number below all others keeps the table dense, so that
 * XGBoost holds a byte a value instead of four, and a tree can still part it from the rest. */
#define BOOST_ABSENT (-1e30F)

enum boost_weight { WEIGHT_AUTO, WEIGHT_NONE, WEIGHT_SCALE, WEIGHT_REVENUE, WEIGHT_INFLUENCE };

/* The options of a spec, read. */
struct boost_plan {
	struct xgb_plan tree; /* seed, jobs, base and monotone are filled in for each booster */
	int scaled, from_level, recursive, monotone;
	int seeds;
	int draws;            /* horizons drawn for each target */
	int steps;            /* H: horizons that are learned */
	size_t rows;
	int history;          /* periods; 0: all */
	enum boost_weight weight;
	const char *by;
	struct feature_options feature;
};

/* One group of series and its boosters. */
struct boost_group {
	const char *name;   /* values of the attributes, joined by '*' */
	double unit;        /* labels were divided by it */
	struct xgb **tree;  /* [seeds] */
};

#define BOOST_CLASSES 16 /* of sizes of means, each twice the one before */

/* Variance of an error over its mean, by size of the mean, from a past that was kept back. */
struct boost_spread {
	double unit;
	double ratio[BOOST_CLASSES]; /* in units; 0: nothing was seen, the variance is unit x mean */
};

struct boost_model {
	const struct spec *spec;
	struct boost_plan plan;
	int n_group, n_column;
	struct boost_group *group; /* [n_group]; the last takes series of groups that are not there */
	const char *names;         /* feature_names() it was trained on */
	struct boost_spread spread;
};

/* ---- boost_rows.c: which rows are learned from ---- */

struct boost_row {
	int32_t i;        /* series */
	period_t target;
	int32_t step;     /* the origin is target - step */
};

/* How much each series counts and how likely its rows are drawn. */
struct boost_chances {
	period_t until;   /* last target */
	double *weight;   /* [n] */
	double *chance;   /* [n] in [0, 1]; 0: nothing to learn from */
	double *cap;      /* [n] bound on freak values */
	int64_t *known;   /* [n] targets there are */
};

/* Looks at all targets up to `until`, of which about `rows` shall be drawn. */
void boost_chances(const struct boost_plan *, const struct feature_set *, const struct panel *past,
		   period_t until, size_t rows, int jobs, struct arena *, struct boost_chances *);

struct boost_sample {
	VEC(struct boost_row) row;
	float *label, *weight, *margin; /* [row.n]; margin NULL: from the base */
	double unit;
};
/* The rows of the series of one group (member[i] set), sorted by series and target. */
void boost_sample(const struct boost_plan *, const struct feature_set *, const struct panel *past,
		  const struct boost_chances *, const uint8_t *member, uint64_t seed,
		  struct boost_sample *);
void boost_sample_free(struct boost_sample *);

/* Trains on a sample with one seed. `progress` may be NULL. */
enum status boost_train(const struct boost_plan *, const struct feature_set *, const struct boost_sample *,
			uint32_t seed, int jobs, int (*round)(void *, int), void *context,
			struct xgb **out, struct err *);

/* Rows of some series, each at steps [n_step] from an origin, into x[n][n_step][columns]; level[n], where
 * it is not NULL, takes their sizes. */
void boost_rows_at(const struct feature_set *, int n, const int *series, period_t origin, int n_step,
		   const int *step, int jobs, float *x, double *level);

/*
 * Means of some series of one group, mean[n][n_step], at steps from an origin.
 */
enum status boost_means(const struct boost_plan *, const struct feature_set *, const struct boost_group *,
			int n, const int *series, period_t origin, int n_step, const int *step,
			int negative_ok, int jobs, double *mean, struct err *);
/* Where a row starts on the link's scale when margin=level. */
double boost_margin(const struct boost_plan *, double level, double unit);
static inline int boost_log_link(const struct boost_plan *p)
{
	return p->tree.objective == XGB_TWEEDIE || p->tree.objective == XGB_POISSON;
}

/* ---- boost_spread.c ---- */

/* Learns the spread from a small booster's errors on the last steps, which were kept back. */
enum status boost_spread_learn(const struct boost_plan *, const struct feature_set *,
			       const struct panel *past, const struct fit_context *,
			       struct boost_spread *, struct err *);
/* Quantiles around the means of `one` (n = 1). */
void boost_spread_apply(const struct boost_spread *, int whole, int negative_ok, struct forecast *one);

/* ---- boost_group.c ---- */

/* The group name of each series, name[n], by plan->by. E_USAGE: an attribute is not there. */
enum status boost_group_names(const char *by, const struct panel *, struct arena *, const char **name,
			      struct err *);

#endif
