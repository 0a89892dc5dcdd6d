/* What the files of the simulator share: tables and the state that moves from day to day. */
#ifndef SERIES_SIMULATE_PRIVATE_H
#define SERIES_SIMULATE_PRIVATE_H

#include "num/rng.h"
#include "series/simulate.h"

enum sim_format_kind { SIM_SUPER, SIM_CITY, SIM_COMPACT };

struct sim_place {
	const char *name, *state;
	int region;
	enum sim_format_kind format;
	int tourist;
};
struct sim_format {
	const char *name;
	int area;
	double size;       /* factor on demand */
	double range;      /* share of the items that it carries */
	double weekday[7];
};
#define SIM_EASTER 20      /* as `month`: `dom` days after Easter Sunday */
#define SIM_MOTHERS_DAY 21 /* second Sunday in May */
struct sim_occasion {
	const char *category;
	int month, dom;
	int from, until; /* days beside the anchor */
	double peak;
};
extern const struct sim_place sim_places[];
extern const int sim_n_place;
extern const struct sim_format sim_formats[];
extern const struct sim_occasion sim_occasions[];
extern const char *const sim_brands[], *const sim_variants[];
extern const int sim_n_brand, sim_n_variant;

#define SIM_SHELF_MAX 31   /* shelf lives below this are tracked by the day */
#define SIM_PIPELINE 16    /* > the longest lead time + 1 */
#define SIM_SLOPE 60       /* months are joined by lines */

/* Stock of one series. */
struct sim_shelf {
	int on_hand, on_order;
	int arriving[SIM_PIPELINE];  /* by arrival day modulo SIM_PIPELINE */
	int lot[SIM_SHELF_MAX];      /* on hand by days left to sell, where it spoils */
	double average;              /* planner's mean sales on a middling day */
	int begun;                   /* the first order has been placed */
};

/* What the promotions do to an item in a region today. */
struct sim_effect {
	double factor;               /* on demand */
	int promotion;               /* running, or -1 */
};

struct sim_life {
	struct rng *rng;
	double *level;               /* [n_store][n_item] slow AR(1) of log demand */
	double *base;                /* [n_store][n_item] rate x size x taste x exp(level) */
	double *taste;               /* [n_store][n_item] */
	double warmth[SIM_REGIONS];  /* AR(1), sd 1 */
	double *category;            /* [n_store][n_category] today's factor */
	double *weekday;             /* [n_store][n_category][7] */
	double *item;                /* [n_item] today's factor: trend, launch, price */
	double *price_factor;        /* [n_item] (price / first price)^elasticity */
	size_t *price_at, *promo_at; /* [n_item] where the item's entries of today begin */
	struct sim_effect *effect;   /* [n_item][SIM_REGIONS] */
	double *regular, *extra;     /* [n_category] sums over one store's day */
	struct sim_shelf *shelf;     /* [n_store][n_item] */
};

/* Are the day's factors to be known by the planner too? Eve of a closed day: 1.4 the day before,
 * less two days before and the day after; 1 elsewhere. */
double sim_eve(const struct simulation *s, int store, day_t day);
/* Fills item prices, promotions, closures and events into s (simulate_plan.c). */
MUST_CHECK enum status sim_plan_events(struct simulation *s, struct err *e);
void sim_plan_prices(struct simulation *s, struct rng *r);
void sim_plan_promotions(struct simulation *s, struct rng *r);
/* Expected and drawn demand of all cells on s->day (simulate_demand.c). */
void sim_demand_init(struct simulation *s);
void sim_demand_day(struct simulation *s);
/* Arrivals, sales, waste and orders of all cells on s->day (simulate_stock.c). */
void sim_stock_init(struct simulation *s);
void sim_stock_day(struct simulation *s);

#endif
