/*
 * An invented chain of shops whose truth is known: what its demo sells, what tests recover. First
 * the chain is drawn (stores, items, prices, promotions, closures: simulation_new), then it lives
 * day by day (simulation_step). Nothing here reads a clock, a file or the locale: the same plan
 * gives the same numbers.
 *
 * Expected demand of an item in a store on an open day is a product,
 *
 *	rate x store size x taste x level (slow AR(1)) x trend x launch curve
 *	  x weekday^a x season of the category x tourists x eve of a holiday x occasion x weather x day
 *	  x (price / first price)^elasticity x promotion (lift, pull-forward, dip) x cannibalisation
 *
 * and demand is negative binomial about it, in clumps where an item is bought by the half-dozen.
 * What is sold is what the shelf has: a periodic-review stock with lead times, case packs, shelf
 * life and suppliers that fail now and then censors it. Demand is drawn from its own random
 * streams, so it does not depend on the stock.
 *
 * Invariants of a cell: sold <= demand; sold <= opening + arrived;
 * opening + arrived - sold - wasted = on_hand, which is the next day's opening.
 */
#ifndef SERIES_SIMULATE_H
#define SERIES_SIMULATE_H

#include <stdint.h>
#include "base/err.h"
#include "base/mem.h"
#include "series/calendar.h"

#define SIM_REGIONS 4
#define SIM_PLAN_DAYS 84    /* prices, promotions and closures are planned so far beyond the last day */
#define SIM_DIP_DAYS 4      /* open days after a promotion on which less is bought */
#define SIM_CANNIBALISED .3 /* share of a promotion's extra units that its category loses */

/* What is asked for. */
struct simulation_plan {
	int n_store, n_item; /* 1 .. 200, 1 .. 20000 */
	int n_day;           /* 60 .. 7300 days that end at `last` */
	day_t last;
	uint64_t seed;
};

/* A category, its habits and its true effects; `simulate_catalog.c` has them all. */
struct sim_category {
	const char *department, *name;
	const char *noun;             /* in the names of its items */
	double share;                 /* of the items */
	double rate;                  /* units a day of a middling item in a middling store */
	double price_low, price_high, margin;
	double elasticity;            /* d log demand / d log price */
	const double *season;         /* [12] factor in the middle of each month */
	double weather;               /* log demand per sd of warmth */
	double weekend, eve;          /* exponents on the store's weekday and eve factors */
	double dispersion;            /* variance = mean + dispersion x mean^2 */
	double promo_rate;            /* share of the items that is on promotion in a week */
	double dip;                   /* share of demand missing on the days after a promotion */
	int shelf_life;               /* days; 0 = does not spoil */
	int lead, review, pack;       /* days between order evening and arrival morning; between
	                                 orders; units in a case */
	int clump;                    /* items of which every fourth is bought in clumps of this mean */
	int month_from, month_until;  /* months in which it is listed; 0 = always */
};
extern const struct sim_category sim_categories[];
extern const int sim_n_category;

/* A store. Weekday factors have mean 1 over Monday to Saturday; Sunday is for tourist season. */
struct sim_store {
	const char *id, *place, *state, *format;
	int region;                   /* sim_region_name[] */
	int tourist;                  /* open on Sundays from June to September, and fuller then */
	int area;                     /* square metres */
	double size, weekday[7];
	day_t opened;                 /* before the first day for all but a late one */
	day_t refit_from, refit_until;/* shut; DAY_NONE = never */
};
extern const char *const sim_region_name[SIM_REGIONS];

struct sim_item {
	const char *id, *name, *brand;
	int category;
	int price, cost;              /* cents; the first regular price */
	int pack, shelf_life, lead, review;
	double rate;                  /* units a day in a middling store at the first price */
	double trend;                 /* log a year */
	double dispersion;
	int clump;                    /* mean units a purchase; 1 = units come singly */
	day_t launched, delisted;     /* first and last listed day; DAY_NONE = before, after the span */
	day_t outage_from, outage_until; /* its supplier does not deliver; DAY_NONE = always does */
};

/* A regular price that begins on a day. */
struct sim_price {
	int item;
	day_t from;
	int price; /* cents */
};

/* Demand on a promotion's days is lift_price x lift_mechanic x sim_promo_day[] times the regular. */
struct sim_promotion {
	int item, region;             /* region -1: all stores */
	day_t from, until;
	const char *mechanic;         /* "price", "display", "flyer" */
	int depth, price;             /* per cent off; cents */
	double lift_price, lift_mechanic;
	double planned;               /* what the planner takes the lift for, as a factor on it */
};
#define SIM_PROMO_DAYS 6
extern const double sim_promo_day[SIM_PROMO_DAYS]; /* mean 1 */

/* A day that is special to a store or, with store -1, to the chain. */
struct sim_event {
	day_t day;
	int store;
	const char *name, *type;
	int closed;
};

/* One item in one store on one day. */
struct sim_cell {
	int listed;                   /* 0: nothing else is set but the stock */
	double expected;              /* mean demand, promotion and all; 0 where the store is shut */
	double regular;               /* the same without promotion, its shadows and cannibalisation */
	int demand, sold;
	int opening, arrived, wasted, on_hand;
	int price;                    /* cents paid */
	int promotion;                /* index, or -1 */
};

struct simulation {
	struct simulation_plan plan;
	day_t first, day;             /* first day of the history; the day that `cell` is of */
	struct sim_store *store;      /* [n_store] */
	struct sim_item *item;        /* [n_item] by id */
	struct sim_price *price;      /* [n_price] by (item, from) */
	struct sim_promotion *promotion; /* [n_promotion] by (item, from, region) */
	struct sim_event *event;      /* [n_event] by (day, store, name) */
	size_t n_price, n_promotion, n_event;
	uint8_t *open;                /* [n_store][n_day + SIM_PLAN_DAYS] */
	uint8_t *carried;             /* [n_store][n_item] does the store carry the item at all */
	struct sim_cell *cell;        /* [n_store][n_item] */
	struct arena memory;          /* of all the above */
	struct sim_life *life;        /* what moves from day to day */
};

/* Draws the chain; the first step makes its first day. E_USAGE: the plan is out of bounds. Free with
 * simulation_free. */
MUST_CHECK enum status simulation_new(struct simulation **out, const struct simulation_plan *plan,
				      struct err *e);
void simulation_free(struct simulation *s);
/* Lives the next day into s->cell and s->day. 0 when the planned days are used up: n_day days of
 * history and SIM_PLAN_DAYS beyond. */
int simulation_step(struct simulation *s);

/* Is the store open on a day of the span? */
int sim_open(const struct simulation *s, int store, day_t day);
/* Is the item on the store's list that day? (Also on days when the store is shut.) */
int sim_listed(const struct simulation *s, int store, int item, day_t day);
/* Regular price in cents on a day; the index into s->price. */
size_t sim_price_on(const struct simulation *s, int item, day_t day);
/* The promotion that runs in a store on a day, or -1. */
int sim_promotion_on(const struct simulation *s, int store, int item, day_t day);
/* Season factor of a category on a day: the months' factors joined by straight lines. */
double sim_season(const struct sim_category *c, day_t day);
/* Name of item i's store series as a stream key: "S01/10012". */
#define SIM_KEY_MAX 32
const char *sim_key(const struct simulation *s, int store, int item, char out[SIM_KEY_MAX]);

#endif
