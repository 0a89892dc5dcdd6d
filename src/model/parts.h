/*
 * The parts of a local method that holds local methods (combine, select): their parameters side by
 * side, and their trial on past windows. A part's place in p is a flag (1: it was fitted), then its
 * own parameters.
 */
#ifndef MODEL_PARTS_H
#define MODEL_PARTS_H

#include "model/local.h"

#define PARTS_MAX 32

/* Doubles of all parts, flags and all. A part that is not local counts nothing. */
int parts_n_parameter(const struct spec *, int season);
/* Place of part k's flag within p. */
int parts_at(const struct spec *, int season, int k);
/* Are there parts, and is each a local method? E_USAGE with a sentence otherwise. */
MUST_CHECK enum status parts_check(const struct spec *, struct err *);
/* Fits part k into p (of all parts); its flag says whether that went well. E_FIT: it did not. */
enum status parts_fit(const struct spec *, int k, const struct local_series *, struct arena *scratch,
		      double *p, struct err *);
/* What part k would have forecast at n_end past origins, as local_replay; rows of NaN where it could
 * not. False: it was not fitted. */
int parts_replay(const struct spec *, int k, const double *p, const struct local_series *,
		 struct arena *scratch, int n_end, const int *end, int n_step, double *mean);

/*
 * A trial: all parts fitted to what was known before the first of some windows, then replayed at
 * each of them without a refit. Its errors are what part of the future each would have missed.
 */
struct tryout {
	int n_part, n_end, n_step;
	int *end;      /* [n_end] values known at each origin, ascending */
	double *error; /* [n_part][n_end][n_step] actual - mean; NaN: no forecast, or no actual */
};

/* Tries the parts at `windows` origins near the end; n_end is 0 when the past is too short. Memory is
 * the arena's. */
void tryout_run(const struct spec *, const struct local_series *, int windows, struct arena *,
	       struct tryout *out);
/* Mean squared error of part k over the cases that all tried parts have; NaN: none. `cases` gets
 * their number. A part that made no forecast at all is not waited for. */
double tryout_loss(const struct tryout *, int k, int *cases);

#endif
