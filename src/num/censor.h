/*
 * Means of what was cut off: demand of which only a lower bound is known (the shelf was empty in the
 * end), and demand of which only a part of the day was seen.
 */
#ifndef NUM_CENSOR_H
#define NUM_CENSOR_H

/*
 * E[D | D >= sold] of a count with variance mean + a mean^2 (a = 0: Poisson): what the E step of EM puts
 * in place of a censored day (Conrad 1976, "Sales data and the estimation of demand", for Poisson;
 * Nahmias 1994, "Demand estimation in lost sales inventory systems"). By the identity
 * d NB(d; mean, a) = mean NB(d - 1; mean (1 + a), a / (1 + a)) it is a quotient of two tails. Never below
 * `sold`, which need not be whole.
 */
double censored_count_mean(double mean, double a, double sold);
/* The same of a quantity that is gamma distributed with that mean and variance, both > 0. */
double censored_gamma_mean(double mean, double variance, double sold);

/*
 * Posterior mean of a day's own factor G about 1: G has variance `between`, and what is sold given G has
 * mean G seen and variance `within` times that, `seen` being the mean of what the seen part of the day
 * sells. Gamma-Poisson where within = 1 (the shape 1 / between + sold over the rate 1 / between + seen),
 * the best linear estimate anyway: 1 + Z (sold / seen - 1), Z = seen between / (seen between + within)
 * (Buhlmann & Gisler 2005, "A course in credibility theory", 2.4 and 3.1). 1 where nothing was seen.
 */
double exposure_factor(double seen, double sold, double within, double between);

#endif
