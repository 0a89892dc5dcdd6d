/*
 * Features: what may explain demand, as columns beside the panel, for methods that learn across
 * series. One code path makes them for training and for tonight, from a view that ends at the origin:
 * a row for (series, origin, step) reads sales up to the origin, drivers known ahead up to the target,
 * drivers of the past up to the origin, and nothing else. tests/conformance/test_features.c scrambles
 * the future and compares bytes, for every feature.
 *
 *     struct feature_set *set = feature_set_new(&past, &options, jobs);
 *     feature_rows(set, i, origin, n_step, step, out, &scratch);
 *     feature_set_free(set);
 *
 * Which columns there are depends on the panel's drivers and the options alone, not on values: a model
 * keeps feature_names() and refuses a set that differs.
 */
#ifndef FEATURE_FEATURE_H
#define FEATURE_FEATURE_H

#include "base/buf.h"
#include "base/mem.h"
#include "series/driver.h"
#include "series/panel.h"

/* When a column is known, seen from the origin. */
enum feature_known {
	KNOWN_AT_ORIGIN, /* made of what was sold up to the origin */
	KNOWN_AHEAD,     /* calendar, plan */
	KNOWN_ALWAYS,    /* attribute, the step itself */
};

struct feature {
	const char *name;    /* "mean_28", "price_relative", "event_name" */
	int version;         /* raised when its formula changes */
	const char *family;  /* what --ablate leaves out: "lag", "window", "trend", "season", "pooled",
			      * "calendar", "event", "price", "promotion", "driver", "attribute" */
	enum feature_known known;
	const char *owner;   /* who answers for it: the source table, or "forecast" */
	double cost;         /* CPU nanoseconds a value, measured roughly */
	const char *summary; /* formula in a line, with units */
};

struct feature_options {
	int season;          /* season length in periods, >= 1 */
	double cycle;        /* a longer season beside it; 0: none */
	const char *without; /* families left out, comma-separated; NULL: none */
	int uncensor;        /* history and targets hold estimated demand on days out of stock (feature/
			      * demand.h); 0: those days are unknown */
};

struct feature_set;

/*
 * Prepares the columns over a view: cleaned demand, sums of every group, price statistics. The panel is
 * borrowed and must outlive the set. Costs O(cells). Never fails.
 */
struct feature_set *feature_set_new(const struct panel *past, const struct feature_options *, int jobs);
void feature_set_free(struct feature_set *);

/* The columns: [return] descriptions, in the order of a row. Borrowed. */
int feature_list(const struct feature_set *, const struct feature **out);
/* Names and versions, comma-separated: what a model was trained on. */
void feature_names(const struct feature_set *, struct buf *out);

/*
 * Rows of series i at an origin (at most the view's end) for some steps, ascending, >= 1:
 * out[n_step][columns]; NaN where a column says nothing. Sales after `origin` are not read even where
 * the view has them, so rows of past origins equal those made when the past was all there was, but for
 * what the set is told of drivers. Thread-safe with a scratch per thread, which is not reset here.
 */
void feature_rows(const struct feature_set *, int i, period_t origin, int n_step, const int *step,
		  float *out, struct arena *scratch);

/* What a model learns: cleaned demand of series i in a period of the view (estimated where `uncensor`
 * says so); NaN: unknown, closed, before the first sale, or not to be learned from. */
double feature_target(const struct feature_set *, int i, period_t period);
/* A size of the series at an origin, > 0: mean of the last 56 known periods, shrunk to its whole mean
 * and, where it is young, to its group's; what scaled targets are divided by. */
double feature_level(const struct feature_set *, int i, period_t origin);
/* Was a driver value assumed for series i at a step from an origin? */
int feature_assumed(const struct feature_set *, int i, period_t origin, int step);
/* The same of column k alone: does it lean on a value that was assumed? */
int feature_assumed_by(const struct feature_set *, int k, int i, period_t origin, int step);

#endif
