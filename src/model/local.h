/*
 * Local methods: one series at a time, knowing nothing of the others. local.c lifts such a method to
 * the contract: it loops over the panel in parallel, gives each series a distribution from the
 * method's own errors in past windows, and hands a series that fails to the fallback.
 */
#ifndef MODEL_LOCAL_H
#define MODEL_LOCAL_H

#include "model/method.h"

#define LOCAL_PARAMETERS 8 /* doubles a local method may keep per series */

/* One series up to an origin, as local methods see it. */
struct local_series {
	int n;            /* periods up to the origin */
	const double *y;  /* [n] demand; NaN = not known */
	int season;       /* season length in periods, >= 1 */
	period_t first;   /* period of y[0] */
};

struct local_method {
	const char *name, *summary;
	const struct option *options;
	/*
	 * Fits one series: parameters into p [LOCAL_PARAMETERS]. `scratch` is reset by the caller.
	 * E_FIT with a reason when the series is too short or otherwise unfit.
	 */
	enum status (*fit)(const struct spec *, const struct local_series *, struct arena *scratch,
			   double *p, struct err *);
	/*
	 * Point forecasts (means) for steps 1..n_step from the end of the series given, which may be
	 * shorter or longer than the one fitted: the same code makes tonight's forecast and those of
	 * past windows. E_FIT when this history does not allow one.
	 */
	enum status (*predict)(const struct spec *, const double *p, const struct local_series *,
			       struct arena *scratch, int n_step, double *mean, struct err *);
};

/* The generic fit, predict, save and load behind every local method; `method` names the one. */
enum status local_fit(const struct local_method *, const struct spec *, const struct panel *,
		      const struct fit_context *, struct arena *, void **, struct err *);
enum status local_predict(const void *, const struct panel *, const struct fit_context *,
			  struct arena *, struct forecast *, struct err *);
enum status local_save(const void *, struct buf *, struct err *);
enum status local_load(const struct local_method *, const struct spec *, const unsigned char *, size_t,
		       struct arena *, void **, struct err *);

/* Defines `const struct method NAME_method` from `static const struct local_method NAME`. */
#define LOCAL_METHOD(NAME)                                                                         \
	static enum status NAME##_fit_panel(const struct spec *s, const struct panel *p,           \
					    const struct fit_context *c, struct arena *a,          \
					    void **model, struct err *e)                           \
	{                                                                                          \
		return local_fit(&NAME, s, p, c, a, model, e);                                     \
	}                                                                                          \
	static enum status NAME##_load(const struct spec *s, const unsigned char *blob, size_t n,  \
				       struct arena *a, void **model, struct err *e)               \
	{                                                                                          \
		return local_load(&NAME, s, blob, n, a, model, e);                                 \
	}                                                                                          \
	extern const struct method NAME##_method;                                                  \
	const struct method NAME##_method = { NAME##_NAME, NAME##_SUMMARY, NAME##_OPTIONS,         \
					      NAME##_fit_panel, local_predict, local_save,         \
					      NAME##_load, NULL }

#endif
