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
#define WARM 14               /* known days before a series teaches the store, and is told of */
#define SHARES 16             /* steps of the share of hours */
#define NOT_TOLD (SHARES + 1) /* out of stock, for how long is not known */
#define FREAK 10.             /* standard deviations above the mean beyond which a sale teaches no more */
#define MOST_BETWEEN 4.       /* variance of a day's factor */
#define MOST_FULL 3.          /* times what days in stock say that full demand may be */
#define NOT_TOLD_COVERS .8    /* what such a day sells of its demand, before days have told */

/* What is filtered twice, for each answer by itself. */
enum view { STOCKED, FULL, N_VIEW };

/* One series as the days pass. Level = sold / exposure. */
struct level {
	double sold[N_VIEW], exposure[N_VIEW];
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
	double *expected[N_VIEW];/* [to - from] of the day in hand without the day's factor; NaN: not known */
	uint8_t *promoted;       /* [to - from] 1: on promotion */
	struct ratio weekday[N_VIEW][WEEK], promotion, share[NOT_TOLD + 1];
	struct ratio told;       /* of all days with hours, beside what the usual course of a day covers */
	struct ratio size;       /* sold a series-day in stock: (sum, days) */
	double lift;             /* factor of a promotion */
	double day[N_VIEW];      /* the day's factor */
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

static double weekday_factor(const struct store_pass *s, enum view v, period_t t)
{
	if (s->panel->calendar.kind != PERIOD_DAY)
		return 1;
	return shrunk(&s->weekday[v][weekday_of(s->panel, t)], 1, usual(s, PRIOR_POOL));
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
	const struct promotion_span *span;
	s->lift = shrunk(&s->promotion, 1, usual(s, PRIOR_POOL));
	for (int i = 0; i < s->to - s->from; i++)
		s->promoted[i] = cell_of(s->panel, s->from + i, t) >= 0
			&& driver_promotions(s->panel, s->from + i, t, t, &span, 1, NULL) > 0;
	for (int v = 0; v < N_VIEW; v++) {
		double weekday = weekday_factor(s, (enum view)v, t);
		for (int i = 0; i < s->to - s->from; i++) {
			const struct level *l = &s->level[i];
			double factor = weekday * (s->promoted[i] ? s->lift : 1);
			s->expected[v][i] = l->exposure[v] > 0 ? l->sold[v] / l->exposure[v] * factor
							       : (double)NAN;
		}
	}
	/* Where nearly all days are cut off, nothing else holds the estimate from above. */
	for (int i = 0; i < s->to - s->from; i++)
		if (s->expected[STOCKED][i] > 0 && s->expected[FULL][i] > MOST_FULL * s->expected[STOCKED][i])
			s->expected[FULL][i] = MOST_FULL * s->expected[STOCKED][i];
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
	*between = fmin(*between, MOST_BETWEEN);
}

static void forget(struct level *l)
{
	for (int v = 0; v < N_VIEW; v++) {
		l->sold[v] *= FORGET;
		l->exposure[v] *= FORGET;
	}
	l->square *= FORGET;
	l->mean *= FORGET;
	l->mean_square *= FORGET;
}

/* What a day that is known, or estimated, tells of the store's weekdays. */
static void learn_weekday(struct store_pass *s, enum view v, int i, period_t t, double sold)
{
	struct ratio *r = &s->weekday[v][weekday_of(s->panel, t)];
	double m = s->expected[v][i];
	if (s->level[i].known < WARM || !(m > 0) || isnan(sold))
		return;
	double weekday = weekday_factor(s, v, t);
	r->sold += sold;
	r->expected += m / weekday;
}

/* A day in stock teaches the series and the store. */
static void learn_known(struct store_pass *s, int i, period_t t, double sold)
{
	struct level *l = &s->level[i];
	double lift = s->promoted[i] ? s->lift : 1, m = s->expected[STOCKED][i] * s->day[STOCKED];
	l->fraction |= sold != floor(sold);
	if (l->known >= WARM && m > 0 && l->mean > 0)
		sold = fmin(sold, m + FREAK * sqrt(m * fmax(l->square / l->mean, 1e-9) + m * m));
	if (l->known >= WARM && m > 0) {
		l->square += (sold - m) * (sold - m);
		l->mean += m;
		l->mean_square += m * m;
		if (s->promoted[i]) {
			s->promotion.sold += sold;
			s->promotion.expected += m / lift;
		}
	}
	for (int v = 0; v < N_VIEW; v++) {
		double exposure = weekday_factor(s, (enum view)v, t) * lift * s->day[v];
		learn_weekday(s, (enum view)v, i, t, sold);
		l->sold[v] += sold;
		l->exposure[v] += exposure;
	}
	l->known++;
	s->size.sold += sold;
	s->size.expected += 1;
}

/* Bin of the share of hours out of stock; a day that sold nothing and tells no hours was out all day. */
static int share_of(const struct panel *p, int64_t at)
{
	const struct drivers *d = p->drivers;
	double out = d && d->share_out ? (double)d->share_out[at] : (double)NAN;
	if (isnan(out) && p->units[at] > 0)
		return NOT_TOLD;
	out = isnan(out) || out > 1 ? 1 : out < 0 ? 0 : out;
	return (int)(out * SHARES + .5);
}

/* The share of the day that was seen. */
static double cover_of(int share)
{
	return share == NOT_TOLD ? 1 : 1 - share / (double)SHARES;
}

static double full_demand(double m, double sold, int share, const struct level *l)
{
	double within, between, full, cover = cover_of(share);
	variance_of(l, &within, &between);
	if (isnan(m))
		return cover > 0 && sold > 0 ? sold / cover : (double)NAN;
	if (share != NOT_TOLD)
		full = sold + (1 - cover) * m * exposure_factor(cover * m, sold, within, between);
	else if (!l->fraction)
		full = censored_count_mean(m, between, sold);
	else
		full = l->square > 0 && m > 0
			? censored_gamma_mean(m, within * m + between * m * m, sold) : fmax(m, sold);
	return fmax(full, sold);
}

/* Share of a day's demand that comes in so many of its hours, before days have told: shelves run empty
 * toward the evening, when most has been bought. */
static double usual_cover(int share)
{
	return share == NOT_TOLD ? NOT_TOLD_COVERS : sqrt(1 - share / (double)SHARES);
}

/* What series with this share of the day in stock sell of their expected demand: as the store's days
 * tell, and where these are few, by the usual course of a day. */
static double sold_share(const struct store_pass *s, int share)
{
	double pull = share == NOT_TOLD ? 1 : shrunk(&s->told, 1, usual(s, PRIOR_POOL));
	return shrunk(&s->share[share], pull * usual_cover(share), usual(s, PRIOR_POOL));
}

static void learn_share(struct store_pass *s, int share, double m, double sold)
{
	s->share[share].sold += sold;
	s->share[share].expected += m;
	if (share == NOT_TOLD || share == SHARES)
		return;
	s->told.sold += sold;
	s->told.expected += m * usual_cover(share);
}

/* How the store's series sell today, by what was to be expected of them: those in stock, and in the full
 * answer the others by their estimates as if the day were like any other. */
static void judge_day(struct store_pass *s, period_t t)
{
	struct ratio day[N_VIEW] = { { 0, 0 } };
	for (int i = 0; i < s->to - s->from; i++) {
		int64_t at = cell_of(s->panel, s->from + i, t);
		double m = s->expected[STOCKED][i], full_m = s->expected[FULL][i];
		if (at < 0 || !(m > 0) || !(full_m > 0))
			continue;
		double sold = s->panel->units[at];
		if (s->panel->state[at] == DAY_STOCKOUT) {
			day[FULL].sold += full_demand(full_m, fmax(sold, 0), share_of(s->panel, at), &s->level[i]);
			day[FULL].expected += full_m;
		} else if (s->panel->state[at] <= DAY_ZERO) {
			day[STOCKED].sold += sold;
			day[STOCKED].expected += m;
			day[FULL].sold += sold;
			day[FULL].expected += full_m;
		}
	}
	for (int v = 0; v < N_VIEW; v++)
		s->day[v] = fmax(shrunk(&day[v], 1, usual(s, PRIOR_DAY)), 1e-3);
}

/* Teaches the full level: exposure is what was seen of the day, or EM's estimate of all of it. */
static void learn_full(struct level *l, int share, double exposure, double sold, double full)
{
	if (share == NOT_TOLD && isnan(full))
		return;
	l->sold[FULL] += share == NOT_TOLD ? full : sold;
	l->exposure[FULL] += exposure * cover_of(share);
}

/* A day out of stock: both answers, and what it teaches. Returns the one that is asked for. */
static double judge_stockout(struct store_pass *s, int i, period_t t, double sold, int share)
{
	struct level *l = &s->level[i];
	double lift = s->promoted[i] ? s->lift : 1, within, between, z = .5;
	double g = sold_share(s, share), m = s->expected[STOCKED][i] * s->day[STOCKED];
	double full = full_demand(s->expected[FULL][i] * s->day[FULL], sold, share, l);
	double comparable = g > 0 && sold > 0 ? sold / g : (double)NAN;
	variance_of(l, &within, &between);
	if (!isnan(m)) {
		comparable = m * exposure_factor(g * m, sold, within, between);
		z = g * m * between / (g * m * between + within);
	}
	learn_weekday(s, FULL, i, t, full);
	learn_full(l, share, weekday_factor(s, FULL, t) * lift * s->day[FULL], sold, full);
	if (m > 0 && l->known >= WARM)
		learn_share(s, share, m, sold);
	if (g > 0 && z > 0) {
		l->sold[STOCKED] += z * sold / g;
		l->exposure[STOCKED] += z * weekday_factor(s, STOCKED, t) * lift * s->day[STOCKED];
	}
	if (s->uncensor == DEMAND_FULL)
		return full;
	return l->known >= WARM ? comparable : (double)NAN;
}

static void forget_pools(struct store_pass *s)
{
	struct ratio *all[] = { s->weekday[0], &s->promotion, s->share, &s->size, &s->told };
	static const int n[] = { N_VIEW * WEEK, 1, NOT_TOLD + 1, 1, 1 };
	for (int k = 0; k < 5; k++)
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
			learn_known(s, i - s->from, t, fmax(s->panel->units[at], 0));
		} else if (s->panel->state[at] == DAY_STOCKOUT) {
			s->demand[at] = judge_stockout(s, i - s->from, t, fmax(s->panel->units[at], 0),
						       share_of(s->panel, at));
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

enum demand_mode demand_mode_of(const char *name)
{
	return !strcmp(name, "full") ? DEMAND_FULL : !strcmp(name, "yes") ? DEMAND_IN_STOCK : DEMAND_KNOWN;
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
				.level = NEW_ARRAY(struct level, n),
				.expected = { NEW_ARRAY(double, n), NEW_ARRAY(double, n) },
				.promoted = NEW_ARRAY(uint8_t, n) };
	for (int i = from; i < to; i++)
		first = p->begin[i + 1] > p->begin[i] && p->first[i] < first ? p->first[i] : first;
	for (period_t t = first; t <= p->until; t++)
		pass_day(&s, t);
	free(s.level);
	free(s.expected[STOCKED]);
	free(s.expected[FULL]);
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
