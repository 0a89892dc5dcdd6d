/*
 * Local methods: one series at a time, knowing nothing of the others. local.c lifts such a method to
 * the contract: it loops over the panel in parallel, gives each series a distribution from the
 * method's own errors in past windows, and hands a series that fails to the fallback.
 */
#ifndef MODEL_LOCAL_H
#define MODEL_LOCAL_H

#include "model/method.h"
#include "num/rng.h"

#define LOCAL_PARAMETERS 1000 /* most doubles a local method may keep per series */

/* One series up to an origin, as local methods see it. */
struct local_series {
	int n;           /* periods up to the origin */
	const double *y; /* [n] demand; NaN = not known; for methods that fit, freak values are cut
			  * (num/cap.h) */
	int season;      /* season length in periods, >= 1 */
	double cycle;    /* a longer season beside it (365.25 of days, 168 of hours); 0: none */
	period_t first;  /* period of y[0] */
	int whole;       /* counted in whole units */
	int negative_ok; /* demand may be below zero */
	const struct panel *panel; /* the view it is of, for drivers; NULL: there is none */
	int i;           /* its number there */
};

struct local_method {
	const char *name, *summary;
	const struct option *options;
	int holds; /* 1: it holds methods; the others take none */
	/* Optional: is the spec right, whatever the series? E_USAGE with a sentence; asked when it is read. */
	enum status (*check)(const struct spec *, struct err *);
	/* Doubles kept for each series, at most LOCAL_PARAMETERS, by spec and season; NULL: none. */
	int (*n_parameter)(const struct spec *, int season);
	/*
	 * Fits one series: parameters into p [n_parameter], zeroed before. NULL: nothing to fit.
	 * `scratch` is reset by the caller. E_FIT with a reason when the series is too short or
	 * otherwise unfit. What belongs to a place in time (initial states, phases) is kept with
	 * s->first, so that predict can tell a series whose beginning was cut off.
	 */
	enum status (*fit)(const struct spec *, const struct local_series *, struct arena *scratch,
			   double *p, struct err *);
	/*
	 * Point forecasts (means) for steps 1..n_step from the end of the series given, which may be
	 * shorter or longer than the one fitted: the same code makes tonight's forecast and those of
	 * past windows, and a new day advances the states without a refit. E_FIT when this history
	 * does not allow one.
	 */
	enum status (*predict)(const struct spec *, const double *p, const struct local_series *,
			       struct arena *scratch, int n_step, double *mean, struct err *);
	/*
	 * Optional: what predict would give at n_end past origins, in one pass: mean[k][n_step] from
	 * y[0, end[k]), end ascending. A row that cannot be made is NaN. NULL: predict is called for
	 * each. The conformance test holds both to the same numbers.
	 */
	enum status (*replay)(const struct spec *, const double *p, const struct local_series *,
			      struct arena *scratch, int n_end, const int *end, int n_step,
			      double *mean, struct err *);
	/*
	 * Optional: standard deviations of the errors of steps 1..n_step by the model itself, all > 0
	 * and finite. They give the calibrated distribution its growth over the steps, and are the
	 * distribution where the past has too few errors.
	 */
	enum status (*sd)(const struct spec *, const double *p, const struct local_series *,
			  struct arena *scratch, int n_step, double *sd, struct err *);
	/*
	 * Optional: n_path futures drawn from the model, path[n_path][n_step], with errors as they
	 * follow one another. NULL: the dependence of the steps is taken from past errors.
	 */
	enum status (*paths)(const struct spec *, const double *p, const struct local_series *,
			     struct arena *scratch, struct rng *, int n_path, int n_step, double *path,
			     struct err *);
	/* Optional: the name of what really makes the numbers with these parameters, where that is not
	 * the method itself; a remark on them (what is missing from a mean) is added to `note`. */
	const char *(*made_by)(const struct spec *, const double *p, int season, struct buf *note);
	int windows; /* past origins worth replaying: fewer for a method that is slow there; 0: all */
};

/* n_parameter of a spec for a season: 0 where the method keeps none. */
int local_parameters(const struct local_method *, const struct spec *, int season);

/* Forecasts at past origins: the method's own replay, or predict at each. mean[n_end][n_step]; rows that
 * cannot be made are NaN. */
void local_replay(const struct local_method *, const struct spec *, const double *p,
		  const struct local_series *, struct arena *scratch, int n_end, const int *end,
		  int n_step, double *mean);

/* The generic fit, predict, save and load behind every local method. */
enum status local_fit(const struct local_method *, const struct spec *, const struct panel *,
		      const struct fit_context *, struct arena *, void **, struct err *);
/* As local_fit, where the first parameter of each series is given: start [past->n]. */
enum status local_fit_from(const struct local_method *, const struct spec *, const struct panel *,
			   const struct fit_context *, const double *start, struct arena *, void **,
			   struct err *);
enum status local_predict(const void *, const struct panel *, const struct fit_context *,
			  struct arena *, struct forecast *, struct err *);
enum status local_paths(const void *, const struct panel *, const struct fit_context *, struct arena *,
			int i, const struct forecast *one, int n_path, double *path, struct err *);
enum status local_save(const void *, struct buf *, struct err *);
enum status local_load(const struct local_method *, const struct spec *, const unsigned char *, size_t,
		       struct arena *, void **, struct err *);

/* Series i as a local method sees it; its values are the scratch's. */
struct local_series local_series_of(const struct local_method *, const struct panel *,
				    const struct fit_context *, int i, struct arena *scratch);
/* The parameters of a series in a model that local_fit or local_load made, sought at place i first;
 * NULL: it is not there, or could not be fitted. Borrowed. */
const double *local_model_parameters(const void *model, const struct series_key *, int i);

/*
 * Lifts `static const struct local_method NAME` to `const struct method NAME_method`. NAME_NAME,
 * NAME_SUMMARY and NAME_OPTIONS are its texts and options.
 */
#define LOCAL_METHOD(NAME)                                                                         \
	static enum status NAME##_fit_panel(const struct spec *spec, const struct panel *panel,    \
					    const struct fit_context *context, struct arena *a,    \
					    void **model, struct err *e)                           \
	{                                                                                          \
		return local_fit(&NAME, spec, panel, context, a, model, e);                        \
	}                                                                                          \
	static enum status NAME##_load_panel(const struct spec *spec, const unsigned char *blob,   \
					     size_t n, struct arena *a, void **model,              \
					     struct err *e)                                        \
	{                                                                                          \
		return local_load(&NAME, spec, blob, n, a, model, e);                              \
	}                                                                                          \
	extern const struct method NAME##_method;                                                  \
	const struct method NAME##_method = {                                                      \
		.name = NAME##_NAME,                                                               \
		.summary = NAME##_SUMMARY,                                                         \
		.options = NAME##_OPTIONS,                                                         \
		.fit = NAME##_fit_panel,                                                           \
		.predict = local_predict,                                                          \
		.save = local_save,                                                                \
		.load = NAME##_load_panel,                                                         \
		.paths = local_paths,                                                              \
		.local = &NAME,                                                                    \
	}

#endif
