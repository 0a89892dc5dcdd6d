/*
 * Demand where sales were cut off by an empty shelf. What was sold stays what it is; beside it stands
 * an estimate of what would have been sold, for methods to learn from and for people to see.
 *
 * One pass forward over each store's days: the estimate of a day is made of that day and those before
 * it, never of later ones, so a view that ends earlier has the same numbers, and a feature row of a past
 * origin sees nothing beyond it. O(cells); stores do not see one another, so a store read by itself has
 * the numbers that it has among the others.
 *
 * The expected demand m of a series and day is level x weekday x promotion x the day's own factor. The
 * level forgets with 1/56 a day and is sold / exposure (the discounted gamma-Poisson filter of Harvey &
 * Fernandes 1989, "Time series models for count or qualitative observations"); the weekday's and the
 * promotions' factors and the day's are those of the store's series in stock, drawn towards 1.
 *
 * Two questions, two answers:
 *
 *   DEMAND_FULL     what would have been sold with a full shelf. The hours out of stock told: sold +
 *                   (1 - w) m G, w the share of the hours in stock (demand is taken to come evenly over
 *                   them), G the day's factor given that w m of it sold so much (exposure_factor in
 *                   num/censor.h).
 *                   Only known that it ran out: E[D | D >= sold] by the negative binomial (gamma for
 *                   fractions) about m, the E step of EM, whose M step is the filter. Out all day: m.
 *                   Never below what was sold.
 *   DEMAND_IN_STOCK what the day tells about days in stock. Shelves run empty on days of much demand, so
 *                   days in stock all day are days of less, and full demand is above what they sell (by a
 *                   seventh in FreshRetailNet). Sold is held against what series with the same share of
 *                   the hours in stock sold of their expected demand, g: m (1 + Z (sold / (g m) - 1)), Z
 *                   by credibility. Its mean over the days out of stock is that of days in stock, and it
 *                   still tells which series rise. May be below what was sold; NaN until the series has
 *                   been in stock on 14 days.
 *
 * g is what the store's days with that share of hours sold of their expected demand, drawn to
 * k sqrt(1 - share), k the mean of sold / expected by that curve.
 *
 * Variances are the series' own: counts vary with their mean and by a factor a day; of quantities half
 * of the variance is taken to lie between days.
 */
#ifndef FEATURE_DEMAND_H
#define FEATURE_DEMAND_H

#include "series/driver.h"
#include "series/panel.h"

enum demand_mode {
	DEMAND_KNOWN,    /* days out of stock are not known: NaN */
	DEMAND_IN_STOCK, /* as above */
	DEMAND_FULL,
};

/* The mode of that name (no, yes, full), as the setting demand.uncensor has it. */
enum demand_mode demand_mode_of(const char *name);

/*
 * Cleaned demand of all series of a view into demand[begin[n]] (the panel's cells): sales on days in
 * stock; NaN on closed, missing and feedless days; on days out of stock by the mode (enum demand_mode),
 * NaN where the series has never shown any demand. Cells after p->until are NaN. Reads nothing after
 * p->until.
 */
void demand_fill(const struct panel *p, int uncensor, int jobs, double *demand);

/* Has the view a day out of stock? Where it has none, demand_fill gives sales, whatever the mode. */
int demand_has_stockouts(const struct panel *p);

#endif
