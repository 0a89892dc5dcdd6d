/*
 * The contract of a method: how the future is guessed. It speaks of panels, so that one booster over
 * all series and one ETS per series look alike. Local methods write the simpler local_method
 * (model/local.h), which model/local.c lifts to this one. combine, fallback, calibrate and reconcile
 * are methods that hold methods.
 *
 * To add a method: 1. its file here; 2. a line in methods.c; 3. a line in src/local.mk; 4. a spec in
 * models/. The conformance tests find it by themselves.
 */
#ifndef MODEL_METHOD_H
#define MODEL_METHOD_H

#include <stdatomic.h>
#include "base/buf.h"
#include "base/err.h"
#include "base/mem.h"
#include "base/option.h"
#include "model/spec.h"
#include "series/driver.h"
#include "series/forecast.h"
#include "series/hierarchy.h"
#include "series/panel.h"

/*
 * Fitted parts kept on the way, so that a long training that was killed goes on where it stopped.
 * `name` says all that the part depends on besides data, config and code.
 */
struct fit_cache {
	void *context;
	/* Appends what is kept under a name to `out`; false: nothing is. */
	int (*get)(void *context, const char *name, struct buf *out);
	void (*put)(void *context, const char *name, const struct buf *blob);
};

/* The series that each worker is at, for another process that looks on: the memory is shared with it. */
#define FIT_SLOTS 256
struct fit_watch {
	struct fit_slot {
		_Atomic int64_t series; /* 1 + its id; 0: none */
		_Atomic int64_t since;  /* milliseconds of process_wall */
	} slot[FIT_SLOTS];
};

/* What a fit may use besides the data: never the clock, never a hidden global. */
struct fit_context {
	int jobs;        /* threads */
	uint64_t seed;   /* master seed */
	int season;      /* season length in periods; 0 = the calendar's */
	double cycle;    /* a longer season beside it; 0 = the calendar's */
	int horizon;     /* steps that will be asked for; 0 = as usual: 28 days, 13 weeks, 12 months, 14 */
	int negative_ok; /* sales may be below zero (returns booked net) */
	const void *previous; /* the model of this spec that served until now, or NULL */
	const struct fit_cache *cache; /* NULL: none */
	/* [n] of the panel, 1: leave that series out. Methods that look at one series at a time do, and mark it as
	 * failed; its numbers are nobody's. NULL: none is. Not for a spec that learns across series. */
	const uint8_t *skip;
	struct fit_watch *watch; /* NULL: nobody looks on */
};

/* A worker (from 0) begins with a series of a panel, and is done with it: every loop over series says so. */
void fit_begin(const struct fit_context *context, const char *method, const struct panel *p, int i, int worker);
void fit_end(const struct fit_context *context, int worker);
static inline int fit_skips(const struct fit_context *context, int i)
{
	return context->skip && context->skip[i];
}

/*
 * Means that a spec gave at past origins by models that had not seen what came after them: what
 * weights, reconciliation and calibration learn from.
 */
struct trial {
	int n, n_origin, n_step;
	const period_t *origin; /* [n_origin] ascending; origin + n_step is within the past */
	double *mean;           /* [n_origin][n][n_step]; NaN: not made */
};

struct local_method;

/* What the means of one series are made of. Memory is the arena's. */
struct mean_parts {
	int n_step, n_part;
	const char **name;   /* [n_part] family of features, or another word for a cause */
	double *base;        /* [n_step] what stands without any of them */
	double *part;        /* [n_step][n_part] units that each adds or takes */
	double *mean;        /* [n_step] = base + sum of the parts */
};

struct method {
	const char *name, *summary;
	const struct option *options; /* of a spec that names this method; NULL = none */
	/*
	 * Fits the spec to the past. *model is the arena's or, with release, its own. A series that
	 * cannot be fitted is not an error of the whole: predict marks it (used[i].method = NULL with a
	 * reason) and the fallback takes it. E_USAGE: the spec is wrong. After a failure there is no
	 * model: *model is NULL, or the arena's alone.
	 */
	enum status (*fit)(const struct spec *, const struct panel *past, const struct fit_context *,
			   struct arena *, void **model, struct err *);
	/*
	 * Fills `out` (n = past->n) from the fitted model and the past up to the origin, which may be
	 * later than the one it was fitted at. n_level 0: only means are wanted.
	 */
	enum status (*predict)(const void *model, const struct panel *past, const struct fit_context *,
			       struct arena *, struct forecast *out, struct err *);
	/* Parameters as a fixed little-endian blob, and back. */
	enum status (*save)(const void *model, struct buf *out, struct err *);
	enum status (*load)(const struct spec *, const unsigned char *blob, size_t n, struct arena *,
			    void **model, struct err *);
	void (*release)(void *model); /* NULL: everything is the arena's */
	void (*rest)(void); /* Optional: ends the threads that its library keeps for later; see methods_rest */
	/*
	 * Futures of one series, so that sums over steps have a distribution: path[n_path][n_step]. Each
	 * step has the distribution of `one`, the forecast of series i (n = 1, what was published, guards
	 * and all); how the steps go together is the model's own where it can simulate, else that of its
	 * past errors. The draws depend on the seed and the series' key alone. E_FIT: the model does not
	 * know how they go together.
	 */
	enum status (*paths)(const void *model, const struct panel *past, const struct fit_context *,
			     struct arena *, int i, const struct forecast *one, int n_path,
			     double *path, struct err *);
	/*
	 * Optional: parts that sum to the means of series i for steps 1..n_step from the past's end, before
	 * guards and whatever else a method around it changes. E_FIT with a sentence: this series has none.
	 */
	enum status (*explain)(const void *model, const struct panel *past, const struct fit_context *,
			       struct arena *, int i, int n_step, struct mean_parts *out, struct err *);
	/* The method of one series behind it, for methods that hold methods; NULL: it is not local. */
	const struct local_method *local;
	/* 1: it learns across series, so it is fitted and predicts for the whole panel at once, never
	 * store by store. See spec_is_whole. */
	int whole;
	/* Optional, of methods that hold methods: the trial that `fit` made, combined or corrected as
	 * predict does it; only of a model that was fitted, not loaded. NULL: it kept none. Borrowed. */
	const struct trial *(*trial)(const void *model);
	/*
	 * Optional: distributions of the nodes of a tier, which are not those of their series. node->mean
	 * [n_node][n_step] is given and stays; quantiles are filled in. NULL: the method knows none.
	 */
	enum status (*nodes)(const void *model, const struct panel *past, const struct fit_context *,
			     const struct tier *, struct arena *, struct forecast *node, struct err *);
};

/* All methods, NULL-terminated, in the order in which they are listed. */
extern const struct method *const methods[];
const struct method *method_find(const char *name);
/* Ends the threads that the libraries behind the methods keep for later, so that this process may fork; they come
 * back by themselves. */
void methods_rest(void);

#endif
