/*
 * What prices, promotions, events and weekdays do to demand, with intervals, for each item, category
 * and the chain: a count regression
 *
 *     log mu = level of the series in a stretch of 24 weeks + week of the category
 *            + weekday + events + price elasticity x log price + promotion by mechanic and day ...
 *
 * The level is a fixed effect of each stretch (num/glm.h), so a price that stays for long is told from
 * a level that moves by what happens about its changes. Effects are estimated for each category, then
 * for each item given its category's weekdays, weeks and events. An item's own estimate is pulled
 * towards its category and the category's towards the chain by credibility: w = tau^2 / (tau^2 + v),
 * with v the variance of the estimate (robust to errors that hang together within a stretch) and
 * tau^2 that between items by moments (DerSimonian & Laird 1986; Buhlmann 1967).
 *
 * An estimate on the wrong side of zero (a price that raises demand, a promotion that lowers it) is
 * not believed: the category's value takes its place. Days that are closed, out of stock or unknown
 * are left out.
 */
#ifndef MODEL_EFFECTS_H
#define MODEL_EFFECTS_H

#include "base/err.h"
#include "base/mem.h"
#include "series/driver.h"

enum effect_scope { EFFECT_CHAIN, EFFECT_CATEGORY, EFFECT_ITEM };
const char *effect_scope_name(enum effect_scope scope); /* "chain", "category", "item" */

struct effect {
	const char *effect;       /* "price", "promotion flyer", "promotion day 1", "before promotion",
				   * "after promotion", "event holiday", "weekday Monday" ... */
	enum effect_scope scope;
	const char *member;       /* item or category; "" of the chain */
	const char *parent;       /* category of an item, else "" */
	double estimate;          /* elasticity of "price"; else a factor on demand */
	double low, high;         /* 90 % interval */
	double se;                /* of the elasticity or of the factor's logarithm */
	double n;                 /* days of series on which it shows */
	double own;               /* share of the member's own data in the estimate; the rest is borrowed */
};

struct effects_options {
	const char *by;           /* attribute of items that makes categories; NULL: all are one */
	int periods;              /* how far back; 0: three years */
	int jobs;
};

/*
 * Estimates from a view, by (chain, category, item; in each by name, then in the order of columns).
 * Memory is the arena's. E_NOTFOUND: no such attribute; E_FIT: the panel has no drivers, or too few sales
 * to tell anything.
 */
MUST_CHECK enum status effects_estimate(const struct panel *past, const struct effects_options *,
					struct arena *, const struct effect **out, int *n, struct err *);

#endif
