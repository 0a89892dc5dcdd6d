/*
 * ARIMA models of one series as parameters that local methods keep: what `arima` and `dhr` share. Up
 * to two models are kept, whose forecasts are averaged, with the harmonics that are their columns.
 */
#ifndef MODEL_ARIMA_KEPT_H
#define MODEL_ARIMA_KEPT_H

#include "model/local.h"
#include "num/arima.h"

/* Seasons that give columns: harmonics of each, lowest first. */
struct harmonics {
	int k[2];
	double period[2];
};

/* Drivers that give columns, by name, so that they are found again when there are others beside them. */
#define KEPT_CAUSES 20
struct kept_causes {
	int n;
	uint32_t name[KEPT_CAUSES]; /* cause_hash */
	unsigned shut;              /* weekdays without sales when it was fitted */
	double reference;           /* of prices */
};

/* How drivers are taken up: not at all, all that may be (with the right sign), or those that show. */
enum kept_drivers { DRIVERS_OFF, DRIVERS_ON, DRIVERS_AUTO };
#define DRIVERS_OPTION                                                                             \
	{ .name = "drivers", .type = OPTION_CHOICE, .value = "off|on|auto", .preset = "off",       \
	  .choices = "off|on|auto",                                                                \
	  .help = "columns of prices, promotions, events and known drivers; auto: those that show" }
enum kept_drivers kept_drivers_of(const struct spec *);

struct arima_kept {
	int n_model;               /* 0..2 */
	struct arima_model model[2];
	struct harmonics harmonics; /* columns of every model, after its trend */
	struct kept_causes causes; /* columns after those */
	double cap;                /* values are cut to it: num/cap.h */
	double scale;              /* models are of y / scale: the largest |y|, so that a unit changes no bit */
	period_t first;            /* harmonics begin here */
};

/* Parameters that n_model models with at most `columns` columns, and causes (0 or KEPT_CAUSES) beside
 * them, take. */
int arima_kept_parameters(int n_model, int columns, int causes);
void arima_kept_write(const struct arima_kept *, int n_model, int columns, int causes, double *p);
void arima_kept_read(const double *p, int n_model, int columns, int causes, struct arima_kept *);

/* Cap, scale and first period of a series to be fitted. */
void arima_kept_start(struct arima_kept *, const struct local_series *, struct arena *scratch);
/* y cut to the cap in units of the scale, and the harmonics' columns for n_step rows more, in the scratch. */
struct arima_data arima_kept_data(const struct arima_kept *, const struct local_series *, int n_step,
				  struct arena *scratch);

/* Chooses how many harmonics of each period are worth it (AICc of a regression with ARIMA(1,d,1)
 * errors), at most those in `h` before; h->k is set. y has no gap. */
void arima_kept_choose(const struct local_series *, const double *y, int ar_season, struct harmonics *h,
		       struct arena *scratch);

/*
 * Chooses the drivers of a series, after its harmonics: columns that vary and are not made of the
 * others; those whose effect has the wrong sign in a regression with ARIMA(1,d,1) errors (a price that
 * raises demand, a promotion that lowers it) are left out, and with DRIVERS_AUTO those within two
 * standard errors of nothing.
 */
void arima_kept_causes(struct arima_kept *, const struct local_series *, enum kept_drivers, struct arena *);
/* Leaves out the drivers whose effect has the wrong sign in a fitted model; 1: there were some. */
int arima_kept_wrong(struct arima_kept *, const struct local_series *, struct arena *);

/* The contract's functions for models that were read from p. A forecast is kept within the range of
 * the known values and once that range to either side. */
enum status arima_kept_replay(const struct arima_kept *, const struct local_series *,
			      struct arena *scratch, int n_end, const int *end, int n_step,
			      double *mean, struct err *);
enum status arima_kept_predict(const struct arima_kept *, const struct local_series *,
			       struct arena *scratch, int n_step, double *mean, struct err *);
enum status arima_kept_sd(const struct arima_kept *, const struct local_series *,
			  struct arena *scratch, int n_step, double *sd, struct err *);
enum status arima_kept_paths(const struct arima_kept *, const struct local_series *,
			     struct arena *scratch, struct rng *, int n_path, int n_step, double *path,
			     struct err *);

#endif
