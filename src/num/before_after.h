/*
 * Did a change do something? Units that got it (treated) against units that did not (control), each by how much it
 * changed from before to after: difference in differences. Each unit is one number, for its weeks depend on each other
 * and counting them singly finds effects in nothing (Bertrand, Duflo & Mullainathan 2004, "How much should we trust
 * differences-in-differences estimates?", Quarterly J. of Economics 119, section IV.C: collapse to before and after;
 * Donald & Lang 2007, Review of Economics and Statistics 89: t over the groups).
 */
#ifndef NUM_BEFORE_AFTER_H
#define NUM_BEFORE_AFTER_H

struct before_after {
	double effect;  /* mean change of the treated less that of the control */
	double freedom; /* of the t distribution */
	double p_one;   /* P of an effect as large if there is none or a negative one */
};
/*
 * From the changes of n_treated and n_control units, such as logarithms of ratios. Two or more on both sides: Welch's
 * t (Welch 1947, Biometrika 34). One on a side: its spread is taken to be the other side's. All NaN where a side is
 * empty, where there are fewer than three units in all, or where nothing varies.
 */
void before_after_test(const double *treated, int n_treated, const double *control, int n_control,
		       struct before_after *out);

#endif
