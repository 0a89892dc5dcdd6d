/*
 * Seasonal indices of all series, each drawn to those of its category in its store, these to the store's,
 * and these to the chain's: series that sell seldom borrow what they cannot know.
 *
 * A node's raw index at a place d of the season is r_d = sold / expected, sums over its days there, what is
 * expected being each series' own mean. It is drawn to its parent's index p_d by credibility (Buhlmann &
 * Straub 1970; Buhlmann & Gisler 2005, "A course in credibility theory", ch. 4):
 *
 *     index_d = p_d + Z_d (r_d - p_d),  Z_d = E_d t / (E_d t + phi)
 *
 * E_d what was expected there, phi the variance / mean of a period about its place's mean (the series'
 * own; of a node the mean of its series'), t the variance between the nodes of a tier about their parents,
 * by moments over all of them.
 */
#ifndef MODEL_SEASON_INDEX_H
#define MODEL_SEASON_INDEX_H

#include "model/method.h"

#define YEAR_PLACES 12

struct season_index {
	int n, season;   /* series; places of the short season */
	int yearly;      /* 1: `year` is filled */
	int64_t *key;    /* [n] of the series (series_key_hash) */
	float *week;     /* [n + 1][season] mean about 1; the last row is the chain's */
	float *year;     /* [n + 1][YEAR_PLACES] by month */
	uint8_t *own_year; /* [n] 1: the series' own years have a say */
};

/*
 * Learns the indices from a view. `yearly`: by month too, for days, where the view has two whole years; of
 * series with two years of their own, and what others borrow stays within half and twice. Memory is the
 * arena's.
 */
void season_index_learn(struct season_index *, const struct panel *past, int season, const char *category,
			int yearly, int jobs, struct arena *);
/* Row of a series, sought at place i first; n (the chain's) for one that was not there. */
int season_index_row(const struct season_index *, const struct series_key *, int i);
/* Factor of a row in a period, > 0. */
double season_index_at(const struct season_index *, int row, const struct calendar *, period_t t);

/*
 * The step that draws raw indices to parents': sold, expected [n_node][places], phi [n_node], parent
 * [n_node] rows of `above`; above and index [..][places]. For tests by hand, and used tier by tier.
 */
void credibility_step(int n_node, int places, const double *sold, const double *expected, const double *phi,
		      const int32_t *parent, const double *above, double *index);

#endif
