/*
 * The segments that order levels are chosen by: ABC by margin x class of shelf life. One definition for the
 * return that chooses them and for the order that uses them.
 */
#ifndef LIFE_SEGMENTS_H
#define LIFE_SEGMENTS_H

#include "series/panel.h"
#include "stock/parameter.h"

#define N_ABC 3
#define N_SHELF 4
extern const char *const abc_name[N_ABC];     /* A: the first 80 % of margin, B: to 95 %, C */
extern const char *const shelf_name[N_SHELF]; /* "keeps", "to 7 periods" ... */

struct segments {
	int *abc, *shelf, *of;    /* [n] */
	int n_segment;
	const char *const *name;  /* [n_segment] "A, keeps" */
};

/* A, B or C of each of n series by its value: the first 80 % of the sum, up to 95 %, the rest; equal values in
 * the order given. */
void abc_of(const double *value, int n, const char **out);
/* Of the series of a panel by what they sold up to its view's end. Memory is the arena's. */
void segments_of(const struct panel *p, const struct parameters *parameters, struct arena *a,
		 struct segments *out);

#endif
