/* What calibration.c learns and applies, calibration_sums.c makes sums of, and both keep. */
#ifndef MODEL_CALIBRATION_PRIVATE_H
#define MODEL_CALIBRATION_PRIVATE_H

#include "model/calibration.h"

#define RANGES 4      /* ranges of steps */
#define GRID 49       /* probabilities at which quantiles are kept */
#define PIT_CELLS 100 /* cells of (0, 1) of a transform */
/* Groups: small counts by level and kind, larger ones by class, quantities by class; then all of each. */
#define GROUP_WHOLE 14
#define GROUP_PARTS 20
#define GROUP_ALL_COUNTS 26
#define GROUP_ALL_WHOLE 27
#define GROUP_ALL_PARTS 28
#define N_GROUP 29
#define FLAT 0.1      /* share of the scale that does not go with the mean */
#define GROWTH_MOST 0.75
#define NO_ERROR INT16_MIN

/* What a group's range of steps knows. */
struct pool {
	int n;                   /* cases; 0: none */
	float quantile[GRID];    /* of errors over their size */
	float below[PIT_CELLS];  /* share of the transform up to the end of each cell */
};

struct group {
	double power;      /* of the mean, with which errors grow */
	double size;       /* usual size of scaled errors */
	double dispersion; /* of counts */
	double growth;     /* power of the step, with which errors grow; of the groups of all */
	struct pool pool[RANGES];
};

struct calibration {
	int n, season, n_origin, n_step, n_known; /* n_known: cases in all */
	double days;           /* distinct days that the windows cover */
	int64_t *key;          /* [n] hashes */
	double *size;          /* [n] of scaled errors; NaN: the group's; 0: never erred */
	double *dispersion;    /* [n]; NaN: the group's */
	struct group group[N_GROUP];
	/* Past errors, or NULL: error[n][n_origin][n_step] in 1/32767 of top[n], mean as the square of
	 * 1/255 of mean_top[n]. */
	int16_t *error;
	uint8_t *mean;
	double *top, *mean_top;
	int *order;            /* [n] by hash, to find a series anywhere */
};

extern const double calibration_grid[GRID];

/* Range of a step, counted from 1. */
int calibration_range(const struct calibration *, int step);
/* Power of the step with which sizes [n_step] (NaN: not known) grow: 0 to GROWTH_MOST. */
double calibration_growth(const double *size, int n_step);
/* What an error at a step is of the mean over the trial's steps, growing with a power. */
double calibration_grown(const struct calibration *, double power, int step);
/* Place of a series in the model, sought at i first; -1: it is not there. */
int calibration_find(const struct calibration *, const struct series_key *, int i);
/* Makes `order`. */
void calibration_sort(struct calibration *, struct arena *);
/* How errors of a mean go with it. */
double calibration_scale(double mean, double level, double power);

/* The group of all that are of a group's kind. */
int calibration_group_of_all(int group);

/* What is known of a series at a time. */
struct standing {
	double level;  /* mean size of the newest demand */
	int whole, counted, group;
};
/* By its demand up to the view's end. */
struct standing calibration_standing(const struct series *, int negative_ok);

#endif
