/* Demand where sales were cut off: a filter over the days of a store. */
#include "config.h"
#include "feature/demand.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/par.h"
#include "num/censor.h"

#define WEEK 7
#define FORGET (1 - 1 / 56.)  /* of a series' level a day */
#define FORGET_POOL (1 - 1 / 365.) /* of a store's factors */
#define PRIOR_DAY 10          /* series-days of usual size that say 1 to a day's factor */
#define PRIOR_POOL 30         /* the same to a weekday, a promotion, a share of hours */
#define WARM 14               /* known days before a series teaches the store's factors */
#define SHARES 16             /* steps of the share of hours */
#define NOT_TOLD (SHARES + 1) /* out of stock, for how long is not known */
#define NOT_TOLD_COVERS .8    /* what such a day sells of its demand, before days have told */

/* One series as the days pass. Level = sold / exposure, in both answers. */
struct level {
	double sold, exposure;           /* of days in stock, and by credibility of others */
	double full_sold, full_exposure; /* of all days, by what was seen of them */
	double square, mean, mean_square;/* sums of (sold - m)^2, m, m^2 over days in stock */
	int32_t known;
	uint8_t fraction;
};

/* A sum of what was sold beside what was expected. */
struct ratio {
	double sold, expected;
};

struct store_pass {
	const struct panel *panel;
	int from, to;            /* the store's series */
	int uncensor;
	double *demand;
	struct level *level;     /* [to - from] */
	double *expected;        /* [to - from] of the day in hand without the day's factor; NaN: not known */
	uint8_t *promoted;       /* [to - from] 1: on promotion */
	struct ratio weekday[WEEK], promotion, share[NOT_TOLD + 1];
	struct ratio size;       /* sold a series-day in stock: (sum, days) */
	double lift;             /* factor of a promotion */
	double day;              /* the day's factor */
};

static double shrunk(const struct ratio *r, double prior, double weight)
{
	double below = r->expected + weight;
	return below > 0 ? (r->sold + prior * weight) / below : prior;
}

/* What so many series-days of the store sell. */
static double usual(const struct store_pass *s, double days)
{
	return s->size.expected > 0 ? days * s->size.sold / s->size.expected : 0;
}

static int weekday_of(const struct panel *p, period_t t)
{
	if (p->calendar.kind != PERIOD_DAY)
		return 0;
	return ((int)(t % WEEK) + WEEK) % WEEK;
}

static double weekday_factor(const struct store_pass *s, period_t t)
{
	if (s->panel->calendar.kind != PERIOD_DAY)
		return 1;
	return shrunk(&s->weekday[weekday_of(s->panel, t)], 1, usual(s, PRIOR_POOL));
}

/* The cell of series i in a period; -1: it has none there, or none that may be seen. */
static int64_t cell_of(const struct panel *p, int i, period_t t)
{
	int64_t at = (int64_t)t - p->first[i];
	return at < 0 || t > p->until || p->begin[i] + at >= p->begin[i + 1] ? -1 : p->begin[i] + at;
}

/* Expected demand of all series before the day is looked at. */
static void expect(struct store_pass *s, period_t t)
{
	double weekday = weekday_factor(s, t);
	const struct promotion_span *span;
	s->lift = shrunk(&s->promotion, 1, usual(s, PRIOR_POOL));
	for (int i = s->from; i < s->to; i++) {
		const struct level *l = &s->level[i - s->from];
		int on = cell_of(s->panel, i, t) >= 0
			&& driver_promotions(s->panel, i, t, t, &span, 1, NULL) > 0;
		s->promoted[i - s->from] = (uint8_t)on;
		s->expected[i - s->from] = l->exposure > 0
			? l->sold / l->exposure * weekday * (on ? s->lift : 1) : (double)NAN;
	}
}

/* How the store's series in stock sell today, by what was to be expected of them. */
static void judge_day(struct store_pass *s, period_t t)
{
	struct ratio day = { 0 };
	for (int i = s->from; i < s->to; i++) {
		int64_t at = cell_of(s->panel, i, t);
		double m = s->expected[i - s->from];
		if (at < 0 || s->panel->state[at] > DAY_ZERO || !(m > 0))
			continue;
		day.sold += s->panel->units[at];
		day.expected += m;
	}
	s->day = fmax(shrunk(&day, 1, usual(s, PRIOR_DAY)), 1e-3);
}

/* Variance of a series about its mean as within x mean + between x mean^2. */
static void variance_of(const struct level *l, double *within, double *between)
{
	double rest = l->square - l->mean;
	*within = 1;
	*between = l->mean_square > 0 && rest > 0 ? rest / l->mean_square : 0;
	if (l->fraction && l->mean > 0 && l->mean_square > 0) {
		*within = l->square / l->mean / 2;
		*between = l->square / l->mean_square / 2;
	}
}

static void forget(struct level *l)
{
	l->sold *= FORGET;
	l->exposure *= FORGET;
	l->full_sold *= FORGET;
	l->full_exposure *= FORGET;
	l->square *= FORGET;
	l->mean *= FORGET;
	l->mean_square *= FORGET;
}

/* A day in stock teaches the series and the store. */
static void learn_known(struct store_pass *s, int i, period_t t, double sold)
{
	struct level *l = &s->level[i - s->from];
	double weekday = weekday_factor(s, t), lift = s->promoted[i - s->from] ? s->lift : 1;
	double exposure = weekday * lift * s->day, m = s->expected[i - s->from];
	l->fraction |= sold != floor(sold);
	if (l->known >= WARM && m > 0) {
		double far = sold - m * s->day;
		l->square += far * far;
		l->mean += m * s->day;
		l->mean_square += m * s->day * m * s->day;
		if (s->promoted[i - s->from]) {
			s->promotion.sold += sold;
			s->promotion.expected += m / lift * s->day;
		}
		s->weekday[weekday_of(s->panel, t)].sold += sold;
		s->weekday[weekday_of(s->panel, t)].expected += m / weekday;
	}
	l->known++;
	l->sold += sold;
	l->exposure += exposure;
	l->full_sold += sold;
	l->full_exposure += exposure;
	s->size.sold += sold;
	s->size.expected += 1;
}

/* Bin of the share of hours out of stock; a day that sold nothing and tells no hours was out all day. */
static int share_of(const struct panel *p, int64_t at, double *in_stock)
{
	const struct drivers *d = p->drivers;
	double out = d && d->share_out ? (double)d->share_out[at] : (double)NAN;
	if (isnan(out) && p->units[at] > 0)
		return NOT_TOLD;
	out = isnan(out) || out > 1 ? 1 : out < 0 ? 0 : out;
	*in_stock = 1 - out;
	return (int)(out * SHARES + .5);
}

static double full_demand(double m, double sold, int share, double in_stock, const struct level *l)
{
	double within, between, full;
	variance_of(l, &within, &between);
	if (isnan(m))
		return in_stock > 0 && sold > 0 ? sold / in_stock : (double)NAN;
	if (share != NOT_TOLD)
		full = sold + (1 - in_stock) * m * exposure_factor(in_stock * m, sold, within, between);
	else if (!l->fraction)
		full = censored_count_mean(m, between, sold);
	else
		full = l->square > 0 && m > 0
			? censored_gamma_mean(m, within * m + between * m * m, sold) : fmax(m, sold);
	return fmax(full, sold);
}

/* A day out of stock: both answers, and what it teaches. Returns the one that is asked for. */
static double judge_stockout(struct store_pass *s, int i, period_t t, int64_t at)
{
	struct level *l = &s->level[i - s->from];
	double sold = fmax(s->panel->units[at], 0), m = s->expected[i - s->from] * s->day, in_stock = .5;
	double lift = s->promoted[i - s->from] ? s->lift : 1, within, between;
	double exposure = weekday_factor(s, t) * lift * s->day;
	int share = share_of(s->panel, at, &in_stock);
	double prior = share == NOT_TOLD ? NOT_TOLD_COVERS : 1 - share / (double)SHARES;
	double g = shrunk(&s->share[share], prior, usual(s, PRIOR_POOL));
	double full_m = l->full_exposure > 0 ? l->full_sold / l->full_exposure * exposure : (double)NAN;
	double full = full_demand(full_m, sold, share, in_stock, l), comparable;
	variance_of(l, &within, &between);
	comparable = isnan(m) ? (g > 0 && sold > 0 ? sold / g : (double)NAN)
		: m * exposure_factor(g * m, sold, within, between);
	if (share != NOT_TOLD) {
		l->full_sold += sold;
		l->full_exposure += exposure * in_stock;
	} else if (!isnan(full)) {
		l->full_sold += full;
		l->full_exposure += exposure;
	}
	if (m > 0 && l->known >= WARM) {
		s->share[share].sold += sold;
		s->share[share].expected += m;
	}
	double z = isnan(m) ? .5 : g * m * between / (g * m * between + within);
	if (g > 0 && z > 0) {
		l->sold += z * sold / g;
		l->exposure += z * exposure;
	}
	return s->uncensor == DEMAND_FULL ? full : s->uncensor ? comparable : (double)NAN;
}

static void forget_pools(struct store_pass *s)
{
	struct ratio *all[] = { s->weekday, &s->promotion, s->share, &s->size };
	static const int n[] = { WEEK, 1, NOT_TOLD + 1, 1 };
	for (int k = 0; k < 4; k++)
		for (int i = 0; i < n[k]; i++) {
			all[k][i].sold *= FORGET_POOL;
			all[k][i].expected *= FORGET_POOL;
		}
}

static void pass_day(struct store_pass *s, period_t t)
{
	expect(s, t);
	judge_day(s, t);
	forget_pools(s);
	for (int i = s->from; i < s->to; i++) {
		int64_t at = cell_of(s->panel, i, t);
		if (at < 0 || s->panel->state[at] == DAY_CLOSED || isnan(s->panel->units[at]))
			continue;
		forget(&s->level[i - s->from]);
		if (s->panel->state[at] <= DAY_ZERO) {
			s->demand[at] = s->panel->units[at];
			learn_known(s, i, t, fmax(s->panel->units[at], 0));
		} else if (s->panel->state[at] == DAY_STOCKOUT) {
			s->demand[at] = judge_stockout(s, i, t, at);
		}
	}
}

static int has_stockouts(const struct panel *p, int from, int to)
{
	for (int i = from; i < to; i++) {
		struct series s = panel_series(p, i);
		if (s.n && memchr(s.state, DAY_STOCKOUT, (size_t)s.n))
			return 1;
	}
	return 0;
}

int demand_has_stockouts(const struct panel *p)
{
	return has_stockouts(p, 0, p->n);
}

/* Without a day out of stock, or where none is to be estimated, demand is what was sold. */
static void copy_known(const struct panel *p, int from, int to, double *demand)
{
	for (int i = from; i < to; i++) {
		struct series s = panel_series(p, i);
		series_known(&s, demand + p->begin[i]);
		for (int64_t k = p->begin[i] + s.n; k < p->begin[i + 1]; k++)
			demand[k] = NAN;
	}
}

static void pass_store(const struct panel *p, int from, int to, int uncensor, double *demand)
{
	size_t n = (size_t)(to - from);
	period_t first = p->until;
	copy_known(p, from, to, demand);
	if (!uncensor || !has_stockouts(p, from, to))
		return;
	struct store_pass s = { .panel = p, .from = from, .to = to, .uncensor = uncensor, .demand = demand,
				.level = NEW_ARRAY(struct level, n), .expected = NEW_ARRAY(double, n),
				.promoted = NEW_ARRAY(uint8_t, n) };
	for (int i = from; i < to; i++)
		first = p->begin[i + 1] > p->begin[i] && p->first[i] < first ? p->first[i] : first;
	for (period_t t = first; t <= p->until; t++)
		pass_day(&s, t);
	free(s.level);
	free(s.expected);
	free(s.promoted);
}

struct fill {
	const struct panel *panel;
	int uncensor;
	const int *store; /* [n_store + 1] where each store's series begin */
	double *demand;
};

static void fill_some(void *context, size_t from, size_t to, int worker)
{
	const struct fill *f = context;
	(void)worker;
	for (size_t k = from; k < to; k++)
		pass_store(f->panel, f->store[k], f->store[k + 1], f->uncensor, f->demand);
}

void demand_fill(const struct panel *p, int uncensor, int jobs, double *demand)
{
	int *store = NEW_ARRAY(int, p->n + 1), n_store = 0;
	for (int i = 0; i < p->n; i++)
		if (!i || strcmp(p->key[i].store, p->key[i - 1].store))
			store[n_store++] = i;
	store[n_store] = p->n;
	struct fill f = { p, uncensor, store, demand };
	par_for((size_t)n_store, 1, jobs, fill_some, &f);
	free(store);
}
