/*
 * Runs of days without sale that are no chance: an empty shelf, where no stock file says so.
 *
 * Each series keeps its level (units / what the store's days were like, forgetting with 1/56 a day) and
 * its share of days without sale, whose prior is the negative binomial with dispersion by moments. Under
 * chance a run has the likelihood prod P0(m_t), m_t = level x busy_t, busy_t what the store sold that day
 * beside its mean (weekday, eve of a holiday, weather, all in one). Level is that of the days before and of the two weeks
 * after: demand that had fallen shows itself there. Days on promotion do not teach, nor do runs that look
 * improbable.
 *
 * Which runs are told is decided over all series at the end, by empirical Bayes (Efron 2010, "Large-scale
 * inference", ch. 5): an empty shelf begins after a sale with probability rho and lasts n days with
 * q (1 - q)^(n - 1), both learned by EM over all runs; a run is an empty shelf with probability
 * rho g(n) / (rho g(n) + prod P0). The runs told are the most probable ones, as many as keep the expected
 * share of false days at a given rate.
 */
#ifndef QUALITY_SILENCE_H
#define QUALITY_SILENCE_H

#include <stddef.h>
#include <stdint.h>
#include "base/mem.h"

/* One series as it streams by. */
struct quiet {
	float sold, busy;                 /* level = sold / busy, both forgetting */
	float square, mean, mean_square;  /* sums of (sold - m)^2, m, m^2, forgetting */
	float zeros, known;               /* days without sale among days, forgetting slowly */
	int32_t last;                     /* the store's count of open days at the last sale */
	int32_t days;                     /* sales so far */
	int32_t pending, due;             /* newest run that waits for what comes after, + 1; its first due */
	double all_sold, all_busy;        /* without forgetting, promotions and suspicious runs */
};

/* A run of days without sale. */
struct silent_run {
	int32_t series;
	int32_t from, n;      /* the store's open days [from, from + n) */
	int32_t older;        /* next of the series' waiting runs, + 1 */
	float sold, busy, dispersion; /* level before it, as sums */
	float zeros, known;           /* days without sale among days before it */
	double all_sold, all_busy;    /* of the series when it ended */
	float log_p;          /* of the run by chance */
	float empty;          /* probability that the shelf was empty */
	int chosen;
};

struct silences {
	VEC(struct silent_run) run;
	int64_t sales;        /* after which a run could have begun */
};

/* A sale on the store's open day `open`, after so many open days without one; busy [open + 1] what the
 * store's days were like beside its mean, up to today. teaches 0: a day that says nothing of the level (a
 * promotion, a freak value). */
void silence_sold(struct quiet *, const float *busy, int32_t open, int32_t zeros, double units, int teaches,
		  int32_t series, struct silences *all);
/* At the end of the feed: runs of a series that still wait are judged by what there is. */
void silence_end(struct quiet *, const float *busy, int32_t open, struct silences *all);
/* Chooses the runs that are told, with an expected share `rate` of false days among theirs at most. */
void silences_choose(struct silences *all, double rate);

#endif
