/* What the files of method analogue share: the market as it is at an origin. */
#ifndef MODEL_ANALOGUE_H
#define MODEL_ANALOGUE_H

#include "model/method.h"

#define LAUNCH_BINS 12 /* weeks (or periods) from a launch until a level is mature */

/* Items, stores and levels at an origin. An item's level is that of a store of usual size. */
struct market {
	const struct panel *past;
	int n_item, n_store, season, old;
	int32_t *item_of, *store_of;   /* [n] of each series, numbered by their order in the panel */
	const char **item;             /* [n_item] names */
	int32_t *begin, *series;       /* [n_item + 1], [n]: the series of each item */
	int32_t *group;                /* [n] category of each series */
	double *level;                 /* [n] mean of the last known periods of a series that is old enough;
					* NaN: it is not */
	double *store;                 /* [n_store] size beside the mean */
	double *item_level;            /* [n_item]; NaN: old enough nowhere */
	double *profile;               /* [n_store][season] of the week; 1 where nothing is known */
	double within;                 /* variance / mean of a series' periods */
	double between_stores;         /* variance of an item's level in a store about its own x the store's */
	double sharpness;              /* how much likeness counts, see market_liken */
	const double *const *rarity;   /* [attribute][value] of a shared value; NULL: not asked for yet */
	struct arena memory;
	int whole;                     /* most series are counted in whole units */
};

/* The market at the end of a view; memory is the arena's, and its own: release that. Series that began at least `old` periods ago
 * are mature. Methods' view of demand, without freak values. */
void market_init(struct market *, const struct panel *past, int season, int old, int jobs, struct arena *);
/* Factor of the week in a store's period. */
double market_profile(const struct market *, int store, period_t t);
/* Number of the category that series share: attribute `name` of items (NULL or unknown: the first of
 * category, cat, department, dept, family that there is, else the panel's segments). *text may be NULL:
 * no names, else [number] names. Returns how many. */
int market_groups(const struct panel *, const char *name, int32_t *group, const char *const **text);

/* The items that item `target` is likened to, with weights that sum to 1. */
struct likeness {
	int n;
	int32_t *item;     /* [n] most alike first */
	double *weight;
	double level;      /* what they say of the target's level, in a store of usual size */
	double variance;   /* of its true level about that, over the square */
};
/*
 * The item itself where it is mature in some store; else its twin, where one is named and mature; else the
 * items of its category (of all, where these are fewer than three), weighted by exp(sharpness x likeness):
 * the sharpness is the one that serves best where each mature item is guessed from the others. `most` at
 * most, ties aside. False: no item is mature. Memory is the arena's.
 */
int market_liken(struct market *, int target, int most, struct arena *, struct likeness *out);

#endif
