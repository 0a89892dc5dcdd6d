/*
 * A count with a level and a week: the mean of a step is level x index of its place in the
 * season, and around it lies a negative binomial, with extra zeros where there are more than it
 * explains.
 *
 * The level is a ratio of discounted sums, s the index, m the ratio of the plain sums:
 *
 *     l = (sum w^k y[T-k] + c m) / (sum w^k s[T-k] + c),    m = sum y / sum s
 *
 * what Harvey & Fernandes (1989, "Time series models for count or qualitative observations", J.
 * of Business & Economic Statistics 7) get for a Poisson count whose gamma level is discounted by
 * w each period, their exposure being the index; c periods of the long run are kept, so that a
 * silent spell does not end in certainty. w and c are those of the Poisson likelihood of
 * forecasts made one season ahead, which is free of the unit in which the demand is counted.
 *
 * Dispersion and extra zeros are those of the same forecasts. Where there is no dispersion, so that
 * the counts may vary less than a Poisson, the levels asked for are recalibrated (num/count.h).
 */
#include "config.h"
#include "model/negbin.h"

#include <math.h>
#include <string.h>
#include "model/intermittent.h"
#include "model/known.h"
#include "num/count.h"

#define negbin_NAME "negbin"
#define negbin_SUMMARY "discounted level times week, negative binomial around it"
static const struct option negbin_OPTIONS[] = {
	{ .name = "discount", .type = OPTION_NUMBER, .value = "W", .preset = "0", .min = 0,
	  .max = 1, .help = "weight of a value relative to the next; 0: fitted" },
	SEASON_OPTION,
	{ 0 }
};

enum { DISCOUNT, PRIOR, DISPERSION, ZERO, N_PARAMETER }; /* places in p */

static const double discount_tried[] = { .5, .7, .8, .87, .92, .95, .97, .98, .99, .995, .998 };
static const double prior_tried[] = { 0, .5, 1, 2, 4, 8 };
#define PRIOR_START 2     /* place of the prior with which discounts are tried first */
#define N_OF(table) ((int)(sizeof(table) / sizeof *(table)))

#define WEIGHT_MOST 1e100 /* the growing weight is taken back to 1 here */
#define TRUST 1           /* pairs that the family's own form is worth */

/* The sums by place: the level for any profile without another pass. Weights grow instead of being
 * discounted, which costs one product a value. */
struct level {
	struct profile profile;
	double discount, prior, weight;
	double *demand, *exposure; /* [season] */
	double *index;             /* [season] room */
	int known;
};

static void level_init(struct level *l, const double *p, int season, const struct local_series *s,
		       struct arena *scratch)
{
	profile_init(&l->profile, season, s->first, scratch);
	l->discount = p[DISCOUNT];
	l->prior = p[PRIOR];
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

/* The level of sums in which the newest value weighs 1; NaN: nothing is known, 0: only places that
 * never sell are. */
static double level_of(double demand, double exposure, double all_demand, double all_exposure,
		       double prior)
{
	if (!(all_exposure > 0))
		return NAN;
	return (demand + prior * all_demand / all_exposure) / (exposure + prior);
}

static void level_row(struct level *l, int n_step, double *mean)
{
	double demand = 0, exposure = 0, all_demand = 0, all_exposure = 0;
	profile_index(&l->profile, l->index);
	for (int j = 0; j < l->profile.season; j++) {
		demand += l->demand[j];
		exposure += l->exposure[j] * l->index[j];
		all_demand += l->profile.sum[j];
		all_exposure += l->profile.n[j] * l->index[j];
	}
	double level = level_of(demand / l->weight, exposure / l->weight, all_demand, all_exposure,
				l->prior);
	if (isnan(level) && l->known)
		level = 0;
	for (int h = 0; h < n_step; h++)
		mean[h] = level * l->index[(l->profile.place + h) % l->profile.season];
}

static enum status negbin_replay(const struct spec *spec, const double *p,
				 const struct local_series *s, struct arena *scratch, int n_end,
				 const int *end, int n_step, double *mean, struct err *e)
{
	(void)e;
	struct level l;
	int t = 0;
	level_init(&l, p, local_season(spec, s), s, scratch);
	for (int k = 0; k < n_end; k++) {
		for (; t < end[k]; t++)
			level_learn(&l, s->y[t]);
		level_row(&l, n_step, mean + (size_t)k * (size_t)n_step);
	}
	return OK;
}

static enum status negbin_predict(const struct spec *spec, const double *p,
				  const struct local_series *s, struct arena *scratch, int n_step,
				  double *mean, struct err *e)
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
static void means_ahead(const struct local_series *s, const double *index, const double *p,
			int lead, double *mean)
{
	double demand = 0, exposure = 0, all_demand = 0, all_exposure = 0;
	for (int t = 0; t < s->n; t++) {
		int from = t - lead;
		if (from >= 0 && !isnan(s->y[from])) {
			double y = s->y[from] > 0 ? s->y[from] : 0;
			demand = p[DISCOUNT] * demand + y;
			exposure = p[DISCOUNT] * exposure + index[from];
			all_demand += y;
			all_exposure += index[from];
		}
		mean[t] = index[t] * level_of(demand, exposure, all_demand, all_exposure, p[PRIOR]);
	}
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

/* ---- the discount and the prior of the highest likelihood ---- */

#define LANES 6     /* pairs that go over the series together */
#define FACTORS 16  /* sales whose means are multiplied before a logarithm is taken */
#define GUESSED 4   /* units a sale up to which they are */

enum { N_SIDE = PRIOR + 1 }; /* places of a pair: DISCOUNT and PRIOR */
enum measure { EXACT, GUESS };

struct search {
	const struct local_series *s;
	const double *index;    /* [n] of the whole series */
	int lead;
	double units;           /* sold in all */
	const double *discount; /* [n_discount] to choose from */
	int n_discount;
	double likelihood[2][N_OF(discount_tried)][N_OF(prior_tried)]; /* by measure; NaN: not tried yet */
};

/* LANES pairs on their way over a series: means_ahead and the Poisson log-likelihood, but for what does not depend
 * on the means. Each pair's sums are made in the same order as if it went alone, so to the same bits. */
struct lanes {
	double discount[LANES], prior[LANES], demand[LANES], exposure[LANES], sum[LANES];
	double all_demand, all_exposure;
	double product[LANES]; /* of a GUESS: of `factors` means */
	int factors;
};

static void lanes_learn(struct lanes *l, double y, double index)
{
	for (int k = 0; k < LANES; k++)
		l->demand[k] = l->discount[k] * l->demand[k] + y;
	for (int k = 0; k < LANES; k++)
		l->exposure[k] = l->discount[k] * l->exposure[k] + index;
	l->all_demand += y;
	l->all_exposure += index;
}

/* Priors are powers of two, which may be multiplied after the division as well as before. */
static void lanes_means(const struct lanes *l, double index, double mean[LANES])
{
	double usual = l->all_demand / l->all_exposure;
	for (int k = 0; k < LANES; k++)
		mean[k] = index * ((l->demand[k] + l->prior[k] * usual) / (l->exposure[k] + l->prior[k]));
}

/* The product so far into the sum; NaN where it left what a double holds to all digits. */
static void lanes_take(struct lanes *l)
{
	for (int k = 0; k < LANES; k++) {
		double p = l->product[k];
		l->sum[k] += p > 1e-290 && p < 1e290 ? log(p) : (double)NAN;
		l->product[k] = 1;
	}
	l->factors = 0;
}

/* Takes in y > 0: by a logarithm, or in a GUESS a few whole units by a product, one logarithm for many sales. */
static void lanes_sale(struct lanes *l, enum measure measure, double y, const double mean[LANES])
{
	if (measure == EXACT || y > GUESSED || y != floor(y)) {
		for (int k = 0; k < LANES; k++)
			if (mean[k] > 0)
				l->sum[k] += y * log(mean[k]);
		return;
	}
	for (double unit = 0; unit < y; unit++)
		for (int k = 0; k < LANES; k++)
			l->product[k] *= mean[k] > 0 ? mean[k] : 1;
	if (++l->factors == FACTORS)
		lanes_take(l);
}

static void lanes_run(struct lanes *l, const struct search *x, enum measure measure)
{
	const struct local_series *s = x->s;
	for (int t = 0; t < s->n; t++) {
		int from = t - x->lead;
		double mean[LANES];
		if (from >= 0 && !isnan(s->y[from]))
			lanes_learn(l, s->y[from] > 0 ? s->y[from] : 0, x->index[from]);
		if (isnan(s->y[t]) || !(l->all_exposure > 0))
			continue;
		lanes_means(l, x->index[t], mean);
		for (int k = 0; k < LANES; k++)
			l->sum[k] -= mean[k] > 0 ? mean[k] : 0;
		if (s->y[t] > 0)
			lanes_sale(l, measure, s->y[t], mean);
	}
	lanes_take(l);
}

/* Measures n <= LANES pairs, places in the tables. */
static void try_pairs(struct search *x, enum measure measure, int n, int pair[LANES][N_SIDE])
{
	struct lanes l = { .all_demand = 0 };
	for (int k = 0; k < LANES; k++) {
		const int *at = pair[k < n ? k : 0];
		l.discount[k] = x->discount[at[DISCOUNT]];
		l.prior[k] = prior_tried[at[PRIOR]];
		l.product[k] = 1;
	}
	lanes_run(&l, x, measure);
	for (int k = 0; k < n; k++)
		x->likelihood[measure][pair[k][DISCOUNT]][pair[k][PRIOR]] = l.sum[k];
}

/* Measures those of one side's places that are wanted and were not measured; what they are is left in out. */
static void try_side(struct search *x, enum measure measure, const int given[N_SIDE], int side, int n_place,
		     const uint8_t *wanted, double *out)
{
	int open[LANES][N_SIDE], n = 0;
	for (int k = 0; k < n_place; k++) {
		int pair[N_SIDE] = { given[DISCOUNT], given[PRIOR] };
		pair[side] = k;
		if (wanted[k] && isnan(x->likelihood[measure][pair[DISCOUNT]][pair[PRIOR]]))
			memcpy(open[n++], pair, sizeof pair);
		if (n == LANES || (n && k == n_place - 1)) {
			try_pairs(x, measure, n, open);
			n = 0;
		}
	}
	for (int k = 0; k < n_place; k++)
		out[k] = x->likelihood[measure][side == DISCOUNT ? k : given[DISCOUNT]][side == PRIOR ? k : given[PRIOR]];
}

/*
 * Moves one side of a pair to where the likelihood is highest, the other side being as it is. Guesses are right to
 * 1e-9 of the terms they sum, by far (their rounding is n 1e-16 of them), so only those next to the best can be the
 * one; where there are several (of a series that never varies all are the same), the exact sums decide.
 */
static void choose(struct search *x, int pair[N_SIDE], int side)
{
	uint8_t wanted[N_OF(discount_tried)];
	double value[N_OF(discount_tried)], best = -INFINITY;
	int all = side == PRIOR ? N_OF(prior_tried) : x->n_discount, n = 0, chosen = 0;
	memset(wanted, 1, sizeof wanted);
	try_side(x, GUESS, pair, side, all, wanted, value);
	for (int k = 0; k < all; k++)
		best = value[k] > best ? value[k] : best;
	for (int k = 0; k < all; k++) {
		wanted[k] = !(value[k] < best - 1e-9 * (1 + 8 * x->units + fabs(best)));
		n += wanted[k];
		chosen = wanted[k] ? k : chosen;
	}
	if (n > 1) {
		try_side(x, EXACT, pair, side, all, wanted, value);
		best = -INFINITY;
		chosen = 0;
	}
	for (int k = 0; n > 1 && k < all; k++)
		if (wanted[k] && value[k] > best) {
			best = value[k];
			chosen = k;
		}
	pair[side] = chosen;
}

/* The parameters of a series, p [N_PARAMETER]; `given` is the discount, or 0. */
static enum status fit_season(const struct local_series *s, int season, double given,
			      struct arena *scratch, double *p, struct err *e)
{
	if (known_last(s->y, s->n) < 0)
		return err_set(e, E_FIT, "no known value");
	struct search x = { .s = s, .index = whole_index(season, s, scratch), .lead = lead_of(season, s->n),
			    .discount = given > 0 ? &given : discount_tried,
			    .n_discount = given > 0 ? 1 : N_OF(discount_tried) };
	int pair[N_SIDE] = { 0, PRIOR_START };
	for (int k = 0; k < x.n_discount; k++)
		for (int j = 0; j < N_OF(prior_tried); j++)
			x.likelihood[EXACT][k][j] = x.likelihood[GUESS][k][j] = NAN;
	for (int t = 0; t < s->n; t++)
		x.units += s->y[t] > 0 ? s->y[t] : 0;
	/* Where one of the two is good, the other hardly matters: two rounds find both. */
	for (int round = 0; round < 2; round++) {
		if (x.n_discount > 1)
			choose(&x, pair, DISCOUNT);
		choose(&x, pair, PRIOR);
	}
	p[DISCOUNT] = x.discount[pair[DISCOUNT]];
	p[PRIOR] = prior_tried[pair[PRIOR]];
	double *mean = ARENA_ARRAY(scratch, double, s->n + 1);
	struct count shape = { 0 };
	means_ahead(s, x.index, p, x.lead, mean);
	count_fit(s->y, mean, s->n, &shape);
	p[DISPERSION] = shape.dispersion;
	p[ZERO] = shape.zero;
	return OK;
}

static enum status negbin_fit(const struct spec *spec, const struct local_series *s,
			      struct arena *scratch, double *p, struct err *e)
{
	return fit_season(s, local_season(spec, s), spec_number(spec, "discount"), scratch, p, e);
}

/* ---- the distribution ---- */

/* Quantiles [n_step][n_level] around means [n_step], by the parameters p. */
static enum status spread(const struct local_series *s, int season, const double *p,
			  struct arena *scratch, struct forecast *one, struct err *e)
{
	struct count c = { .dispersion = p[DISPERSION], .zero = p[ZERO] };
	double *asked = ARENA_ARRAY(scratch, double, one->n_level + 1);
	if (!s->whole || s->negative_ok)
		return err_set(e, E_FIT, "not counted in whole units from 0 on");
	memcpy(asked, one->level, (size_t)one->n_level * sizeof *asked);
	if (!(c.dispersion > 0) && !(c.zero > 0)) {
		double *past = ARENA_ARRAY(scratch, double, s->n + 1);
		means_ahead(s, whole_index(season, s, scratch), p, lead_of(season, s->n), past);
		count_recalibrate(s->y, past, s->n, &c, TRUST, one->n_level, one->level, asked);
	}
	for (int h = 0; h < one->n_step; h++) {
		c.mean = fmax(one->mean[h], 0) / (1 - c.zero);
		count_quantiles(&c, one->n_level, asked,
				one->quantile + (size_t)h * (size_t)one->n_level);
	}
	return OK;
}

enum status negbin_quantile(const struct spec *spec, const double *p, const struct local_series *s,
			    struct arena *scratch, int n_step, int n_level, const double *level,
			    double *quantile, struct err *e)
{
	double *mean = ARENA_ARRAY(scratch, double, n_step + 1);
	struct forecast one = { .n = 1, .n_step = n_step, .n_level = n_level, .level = level,
				.mean = mean, .quantile = quantile };
	enum status status = negbin_predict(spec, p, s, scratch, n_step, mean, e);
	return status ? status : spread(s, local_season(spec, s), p, scratch, &one, e);
}

enum status negbin_around(const struct local_series *s, struct arena *scratch, struct forecast *one,
			  struct err *e)
{
	double p[N_PARAMETER];
	enum status status = fit_season(s, s->season, 0, scratch, p, e);
	return status ? status : spread(s, s->season, p, scratch, one, e);
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
