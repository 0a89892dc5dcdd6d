/*
 * What the files of feature/ share. A block makes some columns of one family: `plan` says which (by the
 * drivers and the options alone) and prepares what it needs, `fill` writes them for a row. Blocks of what
 * is known at the origin are filled once and copied to the row of each step.
 *
 * As-of. A row knows its origin o. History is read through sums from the front of the series and of its
 * groups, of which only entries up to o are touched; drivers are read through the accessors of a view
 * that ends at o. A series that began after o has added nothing to any sum up to o.
 */
#ifndef FEATURE_FEATURE_PRIVATE_H
#define FEATURE_FEATURE_PRIVATE_H

#include "feature/feature.h"

#include <math.h>

#define N_WINDOW 7
#define N_SMOOTH 3
#define N_KIND_MAX 6
#define N_BLOCK_MAX 32
#define SEASONS_BACK 26 /* occurrences of a place in the season that its index looks at */

/* Sums over the first k cells of a series. */
struct feature_cum {
	double sum, square;
	int32_t known, sold; /* cells with a value; with more than zero */
};

/* Sums over all series of a group up to a period. */
struct group_cum {
	double sum;
	int32_t known, sold;
};

/* One way to pool series. */
struct feature_kind {
	const char *name;        /* "store", "dept", "store_dept" */
	int n_group;
	const int32_t *of;       /* [n] group of each series */
	struct group_cum *cum;   /* [n_group][n_period + 1] */
};

/* A stretch of history. */
struct stretch {
	double sum, square;
	int known, sold;
};

struct feature_row {
	const struct panel *view;  /* ends at the origin */
	int i, step;
	period_t origin, target;
	int n;                     /* cells of the series up to the origin */
	const double *demand;      /* [n] */
	const struct feature_cum *cum; /* [n+1] */
	double level;              /* feature_level */
};

struct feature_block {
	const char *family;
	int at_origin;             /* the same for every step */
	void (*plan)(struct feature_set *);
	void (*fill)(const struct feature_set *, const struct feature_row *, float *out);
};

struct planned_block {
	const struct feature_block *block;
	int first, n;              /* columns */
};

/*
 * What a promotion adds to those before it: from..until without the days that an earlier one covers
 * (empty when until < from). Sums are over all earlier ones of the series.
 */
struct promotion_cum {
	period_t from, until;
	period_t covered;          /* latest end of this and the earlier ones */
	int32_t days, known;
	double sum;                /* demand on known days */
};

struct feature_set {
	const struct panel *panel;
	struct feature_options options;
	int jobs;
	int season, year;          /* year 0: none */
	int window[N_WINDOW];      /* ascending */
	double half_life[N_SMOOTH];
	struct arena arena;
	double *demand;            /* [cells] */
	struct feature_cum *cum;   /* [cells + n], series i from begin[i] + i */
	float *smooth;             /* [cells][N_SMOOTH] exponential means */
	int32_t *first_sale;       /* [n] cell of the first sale in the view, or INT32_MAX */
	period_t from;             /* first period of the sums of groups */
	int n_period;
	int n_kind, parent;        /* kind that a young series is compared with */
	struct feature_kind kind[N_KIND_MAX];
	int n_feature, room;
	struct feature *feature;
	int n_block;
	struct planned_block block[N_BLOCK_MAX];
	const char *family;        /* of the block that is being planned */
	/* feature_event.c */
	int32_t *event_at;         /* first event of each period from the first event's, and one more */
	int32_t *event_before;     /* [n_event] the one of the same name before it, or -1 */
	float *event_code, *type_code; /* by number of the name */
	/* feature_price.c */
	double *price_max;         /* highest price up to each step */
	double *price_area;        /* sum of price times periods before each step */
	double *price_sum;         /* [parent groups][n_period] prices of the series on sale */
	int32_t *price_n;
	/* feature_promotion.c */
	struct promotion_cum *promotion; /* of each span */
	double *lift_sum, *lift_base; /* [parent groups][n_period + 1] demand on promotion, and what was
				       * usual before it */
	float *mechanic_code;
	/* feature_driver.c */
	uint8_t *is_flag;          /* [n_column] only 0 and 1 */
	float **value_code;        /* [n_attribute][n_value] */
	float *store_code;         /* [n] */
};

/* Adds a column to the block that is being planned; `name` and `summary` as by printf once. */
void feature_add(struct feature_set *, enum feature_known, const char *owner, double cost,
		 const char *summary, const char *name, ...) __attribute__((format(printf, 6, 7)));

/*
 * A name as a number in [0, 1) that stays the same whatever other names there are, so that a model
 * which was trained before a name came is not misled: 24 bits of FNV-1a.
 */
float feature_code(const char *name);

static inline float feature_ratio(double a, double b)
{
	return b > 0 ? (float)(a / b) : NAN;
}

/* The periods [from, until] of the row's series that are history. */
static inline struct stretch row_stretch(const struct feature_set *s, const struct feature_row *r,
					 period_t from, period_t until)
{
	period_t first = s->panel->first[r->i];
	int low = from <= first ? 0 : from - first, high = until < first ? 0 : until - first + 1;
	if (high > r->n)
		high = r->n;
	if (low >= high)
		return (struct stretch){ 0 };
	const struct feature_cum *a = r->cum + low, *b = r->cum + high;
	return (struct stretch){ b->sum - a->sum, b->square - a->square, b->known - a->known,
				 b->sold - a->sold };
}

/* The last `length` periods up to the origin. */
static inline struct stretch row_recent(const struct feature_set *s, const struct feature_row *r, int length)
{
	return row_stretch(s, r, r->origin - length + 1, r->origin);
}

static inline double stretch_mean(struct stretch x)
{
	return x.known ? x.sum / x.known : (double)NAN;
}

/* Demand of the row's series in a period of its history; NaN outside. */
static inline double row_demand(const struct feature_set *s, const struct feature_row *r, period_t period)
{
	int k = period - s->panel->first[r->i];
	return k >= 0 && k < r->n ? r->demand[k] : (double)NAN;
}

/* Group of series i over [from, until], until at most the row's origin. */
static inline struct stretch group_stretch(const struct feature_set *s, int kind, int i, period_t from,
					   period_t until)
{
	const struct feature_kind *k = &s->kind[kind];
	const struct group_cum *cum = k->cum + (size_t)k->of[i] * ((size_t)s->n_period + 1);
	int low = from <= s->from ? 0 : from - s->from, high = until < s->from ? 0 : until - s->from + 1;
	if (high > s->n_period)
		high = s->n_period;
	if (low >= high)
		return (struct stretch){ 0 };
	return (struct stretch){ cum[high].sum - cum[low].sum, 0, cum[high].known - cum[low].known,
				 cum[high].sold - cum[low].sold };
}

/* The latest period at or before the origin that has the target's place in the season. */
static inline period_t row_same_place(const struct feature_set *s, const struct feature_row *r)
{
	return r->target - (r->step + s->season - 1) / s->season * s->season;
}

/* feature_history.c: demand and its sums. */
void history_prepare(struct feature_set *);
/* feature_group.c: which kinds there are, and their sums. */
void group_prepare(struct feature_set *);

extern const struct feature_block lag_block, same_block, window_block, trend_block, scaled_block;
extern const struct feature_block season_block, year_block, years_block, pooled_block, age_block;
extern const struct feature_block calendar_block, event_block, price_block, promotion_origin_block;
extern const struct feature_block promotion_block, driver_block, driver_origin_block, attribute_block;
extern const struct feature_block attribute_origin_block, step_block;

#endif
