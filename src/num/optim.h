/*
 * Minimising a function of a few variables, by GSL's multimin. A value that is not finite means "not
 * there": the search turns back from it, so a function may refuse points outside of its region.
 */
#ifndef NUM_OPTIM_H
#define NUM_OPTIM_H

struct optim_problem {
	int n; /* variables, at least 1 */
	double (*value)(const double *x, void *context);
	/* Value, and the gradient into g [n]; only optim_bfgs asks for it. */
	double (*gradient)(const double *x, double *g, void *context);
	void *context;
};

/*
 * Nelder-Mead (nmsimplex2; Nelder & Mead 1965) from x [n] with steps `step` [n] to a simplex of size
 * `size` or `most` iterations, whichever is first. x gets the best point; returns its value.
 */
double optim_simplex(const struct optim_problem *, double *x, const double *step, double size, int most);

/*
 * BFGS with line searches (vector_bfgs2; Fletcher, "Practical Methods of Optimization", 1987, 2.6)
 * from x [n]: `step` is the length of the first trial, and it ends where a step gains less than
 * `gain` twice, where no step gains, or after `most` iterations. x gets the best point; returns its
 * value. Starts from x as it is; the value there must be finite.
 */
double optim_bfgs(const struct optim_problem *, double *x, double step, double gain, int most);

#endif
