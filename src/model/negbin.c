/*
 * A count with a level and a week: the mean of a step is level x index of its place in the season, and
 * around it lies a negative binomial, with extra zeros where there are more than it explains.
 *
 * The level is the ratio of discounted sums, l = sum w^k y[T-k] / sum w^k s[T-k], s the index: what
 * Harvey & Fernandes (1989, "Time series models for count or qualitative observations", J. of Business
 * & Economic Statistics 7, eqs. 2.4 and 2.5) get for a Poisson count whose gamma level is discounted
 * by w each period, their exposure being the index. w is the one of the Poisson likelihood of
 * forecasts made one season ahead; that is free of the unit in which the demand is counted.
 *
 * Dispersion and extra zeros are those of the same forecasts, and the levels asked for are
 * recalibrated by their transform (num/count.h), so that the quantiles hold also for what is no
 * negative binomial.
 */
#include "config.h"
#include "model/negbin.h"

#include <math.h>
#include "model/intermittent.h"
#include "model/known.h"
#include "num/count.h"

#define negbin_NAME "negbin"
#define negbin_SUMMARY "discounted level times week, negative binomial around it"
static const struct option negbin_OPTIONS[] = {
	{ .name = "discount", .type = OPTION_NUMBER, .value = "W", .preset = "0", .min = 0, .max = 1,
	  .help = "weight of a value relative to the next; 0: fitted" },
	SEASON_OPTION,
	{ 0 }
};

enum { DISCOUNT, DISPERSION, ZERO, N_PARAMETER }; /* places in p */

static const double discount_tried[] = { .5, .7, .8, .87, .92, .95, .97, .98, .99, .995, .998 };
#define N_TRIED ((int)(sizeof discount_tried / sizeof *discount_tried))

#define WEIGHT_MOST 1e100 /* the growing weight is taken back to 1 here */
#define TRUST 20          /* pairs that the family's own form is worth */

/* The sums by place: the level for any profile without another pass. Weights grow instead of being
 * discounted, which costs one product a value. */
struct level {
	struct profile profile;
	double discount, weight;
	double *demand, *exposure; /* [season] */
	double *index;             /* [season] room */
	int known;
};

static void level_init(struct level *l, double discount, int season, const struct local_series *s,
		       struct arena *scratch)
{
	profile_init(&l->profile, season, s->first, scratch);
	l->discount = discount;
	l->weight = 1;
	l->demand = ARENA_ARRAY(scratch, double, l->profile.season);
	l->exposure = ARENA_ARRAY(scratch, double, l->profile.season);
	l->index = ARENA_ARRAY(scratch, double, l->profile.season);
	l->known = 0;
}

static void level_learn(struct level *l, double y)
{
	int j = l->profile.place;
	profile_add(&l->profile, y);
	if (isnan(y))
		return;
	l->known++;
	l->weight /= l->discount;
	if (l->weight > WEIGHT_MOST) {
		for (int k = 0; k < l->profile.season; k++) {
			l->demand[k] /= l->weight;
			l->exposure[k] /= l->weight;
		}
		l->weight = 1;
	}
	l->demand[j] += l->weight * (y > 0 ? y : 0);
	l->exposure[j] += l->weight;
}

static void level_row(struct level *l, int n_step, double *mean)
{
	double demand = 0, exposure = 0;
	profile_index(&l->profile, l->index);
	for (int j = 0; j < l->profile.season; j++) {
		demand += l->demand[j];
		exposure += l->exposure[j] * l->index[j];
	}
	/* What was known were only places that never sell: they will not. */
	double level = exposure > 0 ? demand / exposure : l->known ? 0 : (double)NAN;
	for (int h = 0; h < n_step; h++)
		mean[h] = level * l->index[(l->profile.place + h) % l->profile.season];
}

static enum status negbin_replay(const struct spec *spec, const double *p, const struct local_series *s,
				 struct arena *scratch, int n_end, const int *end, int n_step,
				 double *mean, struct err *e)
{
	(void)e;
	struct level l;
	int t = 0;
	level_init(&l, p[DISCOUNT], local_season(spec, s), s, scratch);
	for (int k = 0; k < n_end; k++) {
		for (; t < end[k]; t++)
			level_learn(&l, s->y[t]);
		level_row(&l, n_step, mean + (size_t)k * (size_t)n_step);
	}
	return OK;
}

static enum status negbin_predict(const struct spec *spec, const double *p, const struct local_series *s,
				  struct arena *scratch, int n_step, double *mean, struct err *e)
{
	if (known_last(s->y, s->n) < 0)
		return err_set(e, E_FIT, "no known value");
	return negbin_replay(spec, p, s, scratch, 1, &s->n, n_step, mean, e);
}

/* ---- the fit ---- */

static double *whole_index(int season, const struct local_series *s, struct arena *scratch)
{
	struct profile profile;
	profile_init(&profile, season, s->first, scratch);
	for (int t = 0; t < s->n; t++)
		profile_add(&profile, s->y[t]);
	double *index = ARENA_ARRAY(scratch, double, profile.season);
	double *at = ARENA_ARRAY(scratch, double, s->n + 1);
	profile_index(&profile, index);
	int place = (int)(((int64_t)s->first % profile.season + profile.season) % profile.season);
	for (int t = 0; t < s->n; t++, place = (place + 1) % profile.season)
		at[t] = index[place];
	return at;
}

/*
 * Means [n] of forecasts made `lead` periods before; NaN where there was nothing to forecast from.
 * The index [n] is the one of the whole series.
 */
static void means_ahead(const struct local_series *s, const double *index, double discount, int lead,
			double *mean)
{
	double demand = 0, exposure = 0;
	for (int t = 0; t < s->n; t++) {
		int from = t - lead;
		if (from >= 0 && !isnan(s->y[from])) {
			demand = discount * demand + (s->y[from] > 0 ? s->y[from] : 0);
			exposure = discount * exposure + index[from];
		}
		mean[t] = from >= 0 && exposure > 0 ? demand / exposure * index[t] : (double)NAN;
	}
}

/* Poisson log-likelihood but for what does not depend on the means. */
static double poisson_likelihood(const struct local_series *s, const double *mean)
{
	double sum = 0;
	for (int t = 0; t < s->n; t++) {
		if (isnan(s->y[t]) || !(mean[t] > 0))
			continue;
		sum -= mean[t];
		if (s->y[t] > 0)
			sum += s->y[t] * log(mean[t]);
	}
	return sum;
}

static int lead_of(int season, int n)
{
	int lead = season > 1 ? season : 1;
	return lead <= n / 4 ? lead : 1;
}

static int negbin_n_parameter(const struct spec *spec, int season)
{
	(void)spec, (void)season;
	return N_PARAMETER;
}

static enum status negbin_fit(const struct spec *spec, const struct local_series *s,
			      struct arena *scratch, double *p, struct err *e)
{
	if (known_last(s->y, s->n) < 0)
		return err_set(e, E_FIT, "no known value");
	int season = local_season(spec, s), lead = lead_of(season, s->n);
	const double *index = whole_index(season, s, scratch);
	double *mean = ARENA_ARRAY(scratch, double, s->n + 1), given = spec_number(spec, "discount");
	double best = -INFINITY;
	p[DISCOUNT] = given > 0 ? given : discount_tried[N_TRIED - 1];
	for (int k = 0; given <= 0 && k < N_TRIED; k++) {
		means_ahead(s, index, discount_tried[k], lead, mean);
		double likelihood = poisson_likelihood(s, mean);
		if (likelihood > best) {
			best = likelihood;
			p[DISCOUNT] = discount_tried[k];
		}
	}
	struct count shape = { 0 };
	means_ahead(s, index, p[DISCOUNT], lead, mean);
	count_fit(s->y, mean, s->n, &shape);
	p[DISPERSION] = shape.dispersion;
	p[ZERO] = shape.zero;
	return OK;
}

/* ---- the distribution ---- */

enum status negbin_quantile(const struct spec *spec, const double *p, const struct local_series *s,
			    struct arena *scratch, int n_step, int n_level, const double *level,
			    double *quantile, struct err *e)
{
	double *mean = ARENA_ARRAY(scratch, double, n_step + 1), *asked = ARENA_ARRAY(scratch, double, n_level + 1);
	double *past = ARENA_ARRAY(scratch, double, s->n + 1);
	struct count c = { .dispersion = p[DISPERSION], .zero = p[ZERO] };
	int season = local_season(spec, s);
	if (!s->whole)
		return err_set(e, E_FIT, "not counted in whole units");
	enum status status = negbin_predict(spec, p, s, scratch, n_step, mean, e);
	if (status)
		return status;
	means_ahead(s, whole_index(season, s, scratch), p[DISCOUNT], lead_of(season, s->n), past);
	count_recalibrate(s->y, past, s->n, &c, TRUST, n_level, level, asked);
	for (int h = 0; h < n_step; h++) {
		c.mean = mean[h] / (1 - c.zero);
		count_quantiles(&c, n_level, asked, quantile + (size_t)h * (size_t)n_level);
	}
	return OK;
}

static const struct local_method negbin = {
	.name = negbin_NAME,
	.summary = negbin_SUMMARY,
	.options = negbin_OPTIONS,
	.n_parameter = negbin_n_parameter,
	.fit = negbin_fit,
	.predict = negbin_predict,
	.replay = negbin_replay,
};
LOCAL_METHOD(negbin);
