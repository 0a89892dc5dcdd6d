/*
 * Joint draws out of distributions that are known step by step: the order of some template decides
 * which values go together (an empirical copula; the Schaake shuffle of Clark et al. 2004, ensemble
 * copula coupling of Schefzik et al. 2013).
 */
#ifndef NUM_COPULA_H
#define NUM_COPULA_H

#include "num/rng.h"

/*
 * Value at probability u of a distribution given by quantile[n_level] at level[n_level], both
 * ascending: linear between the levels on the scale of normal scores, and beyond the outer ones in
 * the slope of the last piece, at most twice the distance from the median (n_level 1: the value).
 */
double copula_quantile(const double *level, const double *quantile, int n_level, double u);

/*
 * Replaces path[n_path][n_step], a template, by draws from quantile[n_step][n_level]: at each step
 * the k-th smallest of the template becomes the value at (k - 1/2) / n_path. Ties, and places that
 * are NaN, are put in a random order.
 */
void copula_reorder(struct rng *, const double *level, int n_level, const double *quantile, int n_step,
		    int n_path, double *path);

#endif
